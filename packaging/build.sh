#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Configures where necessary, and compiles.
#
#   packaging/build.sh [BUILD_DIR [MESON_OPTION...]]        default: build
#
# A build directory that exists keeps its options; those given here are changed in it. One that was copied
# or moved along with the sources is made anew, because it still points at the old place.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
dir=${1:-$root/build}
shift || true

# Debian's own: a Python environment put before it in PATH often has no meson, or one without its modules.
meson=/usr/bin/meson
[ -x $meson ] || meson=$(command -v meson) || {
  echo "build: no meson; run packaging/install-packages.sh" >&2
  exit 1
}

info=$dir/meson-info/meson-info.json
if [ -f "$info" ] && grep -qF "\"source\": \"$root\"" "$info" &&
  grep -qF "\"build\": \"$(readlink -f "$dir")\"" "$info"; then
  [ $# = 0 ] || "$meson" configure "$dir" "$@"
elif [ -d "$dir/meson-private" ]; then
  rm -rf "$dir"
  "$meson" setup "$dir" "$root" "$@"
else
  "$meson" setup "$dir" "$root" "$@"
fi
"$meson" compile -C "$dir"
