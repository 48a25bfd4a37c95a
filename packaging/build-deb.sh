#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the Debian source and binary packages of this tree: a clone of the repository (its tracked files as they
# are now) or the unpacked release archive.
#
#   packaging/build-deb.sh [--out DIR] [--nocheck] [-- DPKG_BUILDPACKAGE_OPTION...]
#
# --out DIR  where the packages go, made where it is missing; default: build-deb
# --nocheck  does not run the tests, and needs no GoogleTest
#
# Needs the packages of `packaging/install-packages.sh build package` (without --nocheck also of `test`).
# The last lines printed are the paths of what was made. Exit status: 0 made, 1 could not build, 2 wrong arguments.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
say() { echo "build-deb: $*" >&2; }

out=$root/build-deb options=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --out) out=${2:-}; shift || true ;;
    --out=*) out=${1#*=} ;;
    --nocheck)
      export DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:+$DEB_BUILD_OPTIONS }nocheck"
      options+=(--build-profiles=nocheck)
      ;;
    --) shift; options+=("$@"); break ;;
    *) say "unknown option $1 (see --help)"; exit 2 ;;
  esac
  shift || true
done
[ -n "$out" ] || { say "--out wants a directory (see --help)"; exit 2; }
for tool in dpkg-buildpackage dh; do
  command -v $tool >/dev/null || { say "no $tool here; run packaging/install-packages.sh build package"; exit 1; }
done
mkdir -p "$out"
out=$(readlink -f "$out")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(dpkg-parsechangelog -l "$root/packaging/debian/changelog" -S Version)
tree=$work/gst-ball-$version
mkdir "$tree"
cd "$root"
# Git knows which files are sources; the release archive has nothing else, but what was built in it since.
if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$root" ]; then
  git ls-files -z | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done >"$work/files"
  tar -c --null -T "$work/files" | tar -x -C "$tree"
else
  tar -c --exclude=./.git --exclude='./build*' --exclude=__pycache__ . | tar -x -C "$tree"
fi
cp -a "$tree/packaging/debian" "$tree/debian"

cd "$tree"
dpkg-buildpackage -us -uc "${options[@]}" </dev/null || {
  say "dpkg-buildpackage failed; where it names unmet build dependencies, run packaging/install-packages.sh build test package"
  exit 1
}
rm -rf "$tree" "$work/files"
cd "$work"
for file in *; do
  mv -f "$file" "$out/"
  echo "$out/$file"
done
