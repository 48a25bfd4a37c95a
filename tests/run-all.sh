#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds, and runs the tests.
#
#   tests/run-all.sh [--no-install] [--suite SUITE]... [--coverage] [-- MESON_TEST_ARGUMENT...]
#
# --suite    pure, element, loop, process, interop, network or fuzz only; may be given more than once. Default: all of these.
#            packaging (Debian packages), deploy (containers, Kubernetes) and soak (many minutes of load) run only where they
#            are named: the first two need root, a package mirror, and up to half an hour
# --coverage also measures the line coverage of the pure folders (tests/coverage.sh)
#
# The last line is `N passed, N failed`, with `, N skipped` where a test was skipped. Exit status: 0 when at
# least one test ran and none failed.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
build=${BALL_BUILD_DIR:-$root/build}

install=1 coverage='' sections=(build run test) suites=() selection=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --no-install) install='' ;;
    --suite) suites+=("${2:?--suite wants a name}"); shift ;;
    --suite=*) suites+=("${1#*=}") ;;
    --coverage) coverage=1 sections+=(coverage) ;;
    --) shift; selection+=("$@"); break ;;
    *) echo "run-all: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done

for suite in "${suites[@]}"; do
  selection+=(--suite "$suite")
  [ "$suite" != packaging ] || sections+=(package film)
  [ "$suite" != deploy ] || sections+=(deploy)
done
[ -z "$install" ] || "$root/packaging/install-packages.sh" "${sections[@]}"
"$root/packaging/build.sh" "$build" -Dtests=true

coverage_status=0
[ -z "$coverage" ] || "$root/tests/coverage.sh" --no-install || coverage_status=$?

# The results of an earlier run must not be counted for one that did not come to write its own.
log=$build/meson-logs/testlog.json
rm -f "$log"
meson=/usr/bin/meson
[ -x $meson ] || meson=meson
# Tests have time limits for an idle machine of two cores; a slower or a busy one gets three times as long.
status=0
"$meson" test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier 3 "${selection[@]}" || status=$?

python=/usr/bin/python3 # Debian's, which has the Debian packages
[ -x $python ] || python=python3
"$python" "$root/tests/closing_line.py" "$log" || status=1
[ $status != 0 ] || status=$coverage_status
exit $status
