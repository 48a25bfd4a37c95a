#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the Debian packages on a clean machine, checks them with lintian, installs them with apt on another clean
# machine, and runs there what somebody would who has just installed them.
#
#   tests/packaging/debian_packages_test.sh [--suite bookworm|trixie] [--keep DIR]
#
# --suite  the Debian release; default: bookworm
# --keep   leaves the packages in DIR
#
# Needs root, a package mirror in this machine's apt sources, and `packaging/install-packages.sh package`. About
# 10 minutes on two cores. Exit status: 0 passed, 1 failed, 2 wrong arguments.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
say() { echo "debian-packages: $*" >&2; }

suite=bookworm keep=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --suite) suite=${2:-}; shift || true ;;
    --keep) keep=${2:-}; [ -n "$keep" ] || { say "--keep wants a directory"; exit 2; }; shift ;;
    *) say "unknown option $1 (see --help)"; exit 2 ;;
  esac
  shift || true
done
# shellcheck source=tests/packaging/clean_machine.sh
. "$here/clean_machine.sh"
need_clean_machines "$suite"

work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/tree" "$work/packages"
copy_sources "$root" "$work/tree"

cat >"$work/build" <<'INSIDE'
set -euo pipefail
cd /root/tree
packaging/install-packages.sh package # debhelper and lintian; what control asks for comes from control alone
ln -s packaging/debian debian
apt-get -y -qq -o Dpkg::Use-Pty=0 build-dep ./ >/dev/null
rm debian
packaging/build-deb.sh --out /root/packages
cd /root/packages
echo "== lintian"
lintian --allow-root --info --fail-on error,warning ./*.changes
dpkg-scanpackages . >Packages # so that apt can take them from there by name
for package in ./*.deb; do echo "== $package"; dpkg-deb --info "$package" control; dpkg-deb --contents "$package"; done
INSIDE
say "building on a clean $suite"
clean_machine "$suite" "$work/build" copy-in "$work/tree" /root/tree copy-out /root/packages "$work/packages"
ls -l "$work/packages"
[ -z "$keep" ] || { mkdir -p "$keep" && cp -a "$work/packages/." "$keep/"; }

cat >"$work/install" <<'INSIDE'
set -euo pipefail
fail() { echo "debian-packages: $*" >&2; exit 1; }
install() { apt-get -y -qq -o Dpkg::Use-Pty=0 install "$@" >/dev/null; }
echo 'deb [trusted=yes] file:/root/packages ./' >/etc/apt/sources.list.d/gst-ball.list
apt-get -qq update
install gst-ball-apps # alone: all that the loop needs comes with it
for tool in g++ cc meson python3; do ! command -v $tool >/dev/null || fail "installing them brings $tool along"; done
libdir=$(dirname "$(find /usr/lib -name libgstball.so)")
[[ $libdir == /usr/lib/*-linux-gnu*/gstreamer-1.0 ]] || fail "the plugin is in $libdir"
version=$(dpkg-query -W -f '${Version}' gst-ball-apps)
for program in server-app client-app locator-app; do
  [ "$(command -v $program)" = /usr/bin/$program ] || fail "no $program in /usr/bin"
  [ "$($program --version)" = "$program $version" ] || fail "$program does not have the version $version"
  [ -s /usr/share/man/man1/$program.1.gz ] || fail "no man page $program(1)"
  [ -s /usr/share/bash-completion/completions/$program ] || fail "no completion of $program"
done
echo "== elements"
/root/packaging/debian/tests/elements
echo "== loop"
/root/packaging/debian/tests/loop
echo "== as autopkgtest"
/root/packaging/install-packages.sh autopkgtest
autopkgtest --no-built-binaries /root/packages/*.dsc -- null
apt-get -y -qq -o Dpkg::Use-Pty=0 purge gst-ball-apps gstreamer1.0-ball >/dev/null
echo "== from the files, as in the README"
install /root/packages/gst-ball-apps_*.deb /root/packages/gstreamer1.0-ball_*.deb
gst-inspect-1.0 ballsrc >/dev/null
apt-get -y -qq -o Dpkg::Use-Pty=0 purge gst-ball-apps gstreamer1.0-ball >/dev/null
echo "== removed"
[ -z "$(find /usr -name '*gstball*' -o -name server-app -o -name client-app -o -name locator-app)" ] ||
  fail "something is left after purging"
INSIDE
say "installing on another clean $suite"
clean_machine "$suite" "$work/install" copy-in "$work/packages" /root/packages \
  copy-in "$work/tree/packaging" /root/packaging
say "passed on $suite"
