#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Follows the README's "Install it" on clean machines, one for each block of commands, to the letter, and sees the loop run
# there: as those blocks run it, and with TLS and a token, as "Who may connect" does.
#
#   tests/packaging/readme_install_test.sh [--suite bookworm|trixie]
#
# --suite  the Debian release; default: bookworm
#
# Needs root, a package mirror in this machine's apt sources, and `packaging/install-packages.sh package`. About 10 minutes
# on two cores. Exit status: 0 passed, 1 failed, 2 wrong arguments.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
say() { echo "readme-install: $*" >&2; }

suite=bookworm
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --suite) suite=${2:-}; shift || true ;;
    *) say "unknown option $1 (see --help)"; exit 2 ;;
  esac
  shift || true
done
# shellcheck source=tests/packaging/clean_machine.sh
. "$here/clean_machine.sh"
need_clean_machines "$suite"
# shellcheck source=tests/readme_blocks.sh
. "$root/tests/readme_blocks.sh"

work=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/tree"
copy_sources "$root" "$work/tree"
readme_blocks "$root/README.md" "$work" client-app "Install it"
mkdir "$work/tls"
readme_blocks "$root/README.md" "$work/tls" tls-cert

count=0
for block in "$work"/block-*; do
  [ -e "$block" ] || break
  line=$((10#${block##*-}))
  {
    cat <<'BEFORE'
set -euo pipefail
cd /root/tree
PATH=/usr/local/bin:$PATH # as a login has it
sudo() { "$@"; } # who runs this is root already
echo 'APT::Get::Assume-Yes "true";' >/etc/apt/apt.conf.d/99yes # nobody answers
BEFORE
    cat "$block"
    echo 'wait $! # the server, whose only session has ended'
    echo 'apt-get -qq install --no-install-recommends openssl'
    cat "$work"/tls/block-*
    echo 'wait $!'
  } >"$work/follow"
  say "following the README from line $line on a clean $suite"
  clean_machine "$suite" "$work/follow" copy-in "$work/tree" /root/tree
  count=$((count + 1))
done
[ -e "$(echo "$work"/tls/block-*)" ] || { say "the README does not show one loop with TLS"; exit 1; }
[ "$count" = 2 ] || { say "the README has $count ways to install instead of 2"; exit 1; }
say "passed on $suite"
