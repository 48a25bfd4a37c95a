#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Measures the line coverage of the pure code in plugins/*/, apps/wire and apps/compare by the pure tests.
# Pure is what a Meson target without GStreamer compiles. Prints a line a file and the total.
#
#   tests/coverage.sh [--no-install] [--least PERCENT] [--in DIR]      default: 95
#
# --in DIR  in that build directory, which was made with -Dcoverage=true, instead of a new one (build-coverage)
#
# Exit status: 0 when the total reaches PERCENT and each pure source file is compiled into some pure test.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
build=${BALL_COVERAGE_DIR:-$root/build-coverage}

install=1 least=95 made=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --no-install) install='' ;;
    --least) least=${2:?--least wants a number}; shift ;;
    --in) build=${2:?--in wants a build directory} made=1; shift ;;
    *) echo "coverage: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
[ -z "$install" ] || "$root/packaging/install-packages.sh" build test coverage

meson=/usr/bin/meson
[ -x $meson ] || meson=meson
if [ -e "$build" ] && [ ! -d "$build/meson-private" ]; then
  echo "coverage: $build is there and is not a build directory" >&2
  exit 1
fi
# From nothing: counts of an earlier run, of code that has changed since, would be added.
if [ -n "$made" ]; then
  find "$build" -name '*.gcda' -delete
else
  rm -rf "$build"
  "$meson" setup "$build" "$root" -Dcoverage=true -Dtests=true -Dbuildtype=debug >/dev/null
fi
# Builds what the pure tests need, and nothing else.
"$meson" test -C "$build" --suite pure --print-errorlogs --timeout-multiplier 3

cd "$root"
python=/usr/bin/python3
[ -x $python ] || python=python3
mapfile -t pure < <("$python" tests/pure_files.py "$build/compile_commands.json" "$root")
[ ${#pure[@]} -gt 0 ] || { echo "coverage: found no pure file" >&2; exit 1; }
filters=()
for file in "${pure[@]}"; do filters+=(--filter "${file//./\\.}\$"); done
gcovr --root "$root" --object-directory "$build" "${filters[@]}" \
  --txt --json-summary "$build/coverage.json" --fail-under-line "$least" "$build" || {
  echo "coverage: the line coverage of the pure folders is under $least %" >&2
  exit 1
}

# A file that no pure test links is not in the report at all: it would count as if it did not exist.
unseen=$(for file in "${pure[@]}"; do
  [[ $file == *.h ]] || grep -qF "\"filename\": \"$file\"" "$build/coverage.json" || echo "$file"
done)
[ -z "$unseen" ] || {
  echo "coverage: no pure test is linked with: $unseen" >&2
  exit 1
}
