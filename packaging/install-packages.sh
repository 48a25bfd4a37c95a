#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing of packaging/debian-packages.
#
#   packaging/install-packages.sh [--missing | --depends] [SECTION...]
#
# SECTION   one of those that the file has in brackets, such as build, run or test; `all` for every one. Default: build run
# --missing only prints what is missing, one a line, and installs nothing
# --depends only prints the sections' packages, missing or not, as the Depends of a Debian package
#
# Where everything is there already it needs neither network nor root. Exit status: 0 all there, 1 could
# not install, 2 wrong arguments.
set -euo pipefail
list=$(dirname "$(readlink -f "$0")")/debian-packages
say() { echo "install-packages: $*" >&2; }

sections=() only_missing='' only_depends=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --missing) only_missing=1 ;;
    --depends) only_depends=1 ;;
    -*) say "unknown option $1 (see --help)"; exit 2 ;;
    all) mapfile -t sections < <(sed -n 's/^\[\(.*\)\].*/\1/p' "$list") ;;
    *)
      grep -qxF "[$1]" "$list" || { say "no section '$1' in $list"; exit 2; }
      sections+=("$1")
      ;;
  esac
  shift
done
[ ${#sections[@]} -gt 0 ] || sections=(build run)

# One line a package, alternatives separated by spaces.
wanted() {
  awk -v sections="${sections[*]}" '
    BEGIN { n = split(sections, s, " "); for (i = 1; i <= n; i++) want[s[i]] = 1 }
    { sub(/#.*/, ""); gsub(/\|/, " ") }
    /^\[/ { gsub(/[][]/, ""); on = ($1 in want); next }
    on && NF { $1 = $1; if (!seen[$0]++) print }' "$list"
}

if [ -n "$only_depends" ]; then
  wanted | sed 's/ / | /g' | paste -s -d , | sed 's/,/, /g'
  exit 0
fi

command -v dpkg-query >/dev/null || {
  say "this is not a Debian system; install by hand what $list names, under your system's names."
  exit 1
}

missing() {
  local installed line name found
  # What one provides is there, too: other people's nodejs brings npm, and refuses Debian's beside it.
  installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' |
    sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr ',\n' '  ') "
  wanted | while read -r line; do
    found=
    for name in $line; do [[ $installed != *" $name "* ]] || found=1; done
    [ -n "$found" ] || echo "$line"
  done
}

mapfile -t absent < <(missing)
if [ -n "$only_missing" ]; then
  [ ${#absent[@]} = 0 ] || printf '%s\n' "${absent[@]}"
  exit 0
fi
[ ${#absent[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || {
    say "not root and no sudo; as root, run: packaging/install-packages.sh ${sections[*]} (missing: ${absent[*]})"
    exit 1
  }
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { # apt-get's own progress on a terminal; elsewhere only what it said when it failed
  local run=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@")
  if [ -t 1 ]; then "${run[@]}"; else "${run[@]}" -qq -o Dpkg::Use-Pty=0 </dev/null >"$log" 2>&1; fi
}

choose() { # names: of each line's alternatives the first that this release has; fails when it has none
  local line name known
  names=()
  for line in "${absent[@]}"; do
    known=
    for name in $line; do
      if apt-cache show --no-all-versions "$name" >/dev/null 2>&1; then known=$name && break; fi
    done
    [ -n "$known" ] || { say "this Debian release has no package '$line'"; return 1; }
    names+=("$known")
  done
}

say "installing ${#absent[@]} packages and what they need (sections: ${sections[*]}) ..."
for attempt in 1 2 3; do
  if apt update -o APT::Update::Error-Mode=any && choose &&
    apt install --no-install-recommends "${names[@]}"; then
    exit 0
  fi
  say "attempt $attempt of 3 failed"
  tail -n 15 "$log" >&2
done
say "could not install: ${absent[*]}. Check the network and apt's sources, then run this again."
exit 1
