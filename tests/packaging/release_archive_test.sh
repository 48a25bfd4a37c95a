#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes the release archive from a clean clone, with `meson dist`, unpacks it where there is no repository, and
# runs its own tests.
#
#   tests/packaging/release_archive_test.sh [RUN_ALL_ARGUMENT...]
#
# RUN_ALL_ARGUMENT  for tests/run-all.sh of the archive, as --suite pure; default: none, so all of its suites
#
# Needs what tests/run-all.sh needs, and `packaging/install-packages.sh package`. Exit status: 0 passed, 1 failed.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
esac
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
say() { echo "release-archive: $*" >&2; }
[ "$(git -C "$root" rev-parse --show-toplevel 2>/dev/null)" = "$root" ] || { say "$root is no clone"; exit 1; }
meson=/usr/bin/meson # Debian's
[ -x $meson ] || meson=meson

work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$work"' EXIT
git clone -q "file://$root" "$work/clone"
version=$(sed -n "s/^ *version: '\(.*\)',$/\1/p" "$work/clone/meson.build")
"$meson" setup "$work/clone/build" "$work/clone" >/dev/null
"$meson" dist -C "$work/clone/build" --no-tests
archive=$work/clone/build/meson-dist/gst-ball-$version.tar.xz
[ -s "$archive" ] || { say "meson dist did not make gst-ball-$version.tar.xz"; exit 1; }
(cd "${archive%/*}" && sha256sum --quiet -c "${archive##*/}.sha256sum")

mkdir "$work/unpacked"
tar -x -C "$work/unpacked" -f "$archive"
diff <(git -C "$work/clone" ls-files | grep -vE '(^|/)\.git(ignore|attributes)$' | sort) \
  <(cd "$work/unpacked/gst-ball-$version" && find . -type f -o -type l | sed 's,^\./,,' | grep -vE '(^|/)\.git(ignore|attributes)$' | sort) ||
  { say "the archive does not hold what the repository holds"; exit 1; }
"$work/unpacked/gst-ball-$version/packaging/build-deb.sh" --nocheck --out "$work/source" -- --build=source >/dev/null
[ -s "$work/source/gst-ball_$version.dsc" ] || { say "no Debian source package can be made of the archive"; exit 1; }
BALL_BUILD_DIR='' "$work/unpacked/gst-ball-$version/tests/run-all.sh" --no-install "$@"
