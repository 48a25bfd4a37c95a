#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds with a sanitizer, or for valgrind, in a build directory of its own, and runs tests there.
#
#   tests/sanitizers/run.sh asan|tsan|valgrind [--no-install] [--suite SUITE]... [-- MESON_TEST_ARGUMENT...]
#
# asan      AddressSanitizer with leaks, and UndefinedBehaviorSanitizer. Default suites: pure, element, loop, process, fuzz
# tsan      ThreadSanitizer. Default suites: the same
# valgrind  memcheck. Default suite: element
#
# Any report fails its test. What is suppressed is in tests/sanitizers/*.supp: other people's code only, each with its
# reason. The build directories are build-asan, build-tsan and build-valgrind. Exit status: 0 all clean, 1 not.
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
here=$root/tests/sanitizers

tool='' install=1 selection=() suites=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    asan | tsan | valgrind) tool=$1 ;;
    --no-install) install='' ;;
    --suite) suites+=("${2:?--suite wants a name}"); shift ;;
    --suite=*) suites+=("${1#*=}") ;;
    --) shift; selection=("$@"); break ;;
    *) echo "sanitizers: unknown argument $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
[ -n "$tool" ] || { echo "sanitizers: say which: asan, tsan or valgrind (see --help)" >&2; exit 2; }
if [ ${#suites[@]} = 0 ]; then
  suites=(pure element loop process fuzz)
  [ $tool != valgrind ] || suites=(element)
fi
for suite in "${suites[@]}"; do selection+=(--suite "$suite"); done
[ -z "$install" ] || "$root/packaging/install-packages.sh" build run test \
  $([ $tool != valgrind ] || echo valgrind)

# GCC takes its own library's regex for uninitialized under a sanitizer.
options=(-Dtests=true -Dbuildtype=debug -Doptimization=1 -Db_lundef=false -Dwerror=false)
case $tool in
  asan) options+=(-Db_sanitize=address,undefined) ;;
  tsan) options+=(-Db_sanitize=thread) ;;
esac
build=$root/build-$tool
# Man pages are made by running the programs; what they leak is the tests' business.
ASAN_OPTIONS=detect_leaks=0 "$root/packaging/build.sh" "$build" "${options[@]}"

# One piece of memory is one piece for the tool, too.
export G_SLICE=always-malloc
# A stack for each report, through libraries without frame pointers, too; the first one ends the test.
export ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0:detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=1
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:suppressions=$here/ubsan.supp
export TSAN_OPTIONS=suppressions=$here/tsan.supp:second_deadlock_stack=1:ignore_noninstrumented_modules=1:exitcode=66
wrapper=()
case $tool in
  tsan) # what GLib's locks order, which it does not see; see there
    wrapper=(--wrapper "env LD_PRELOAD=$build/tests/sanitizers/libglib_happens_before.so")
    ;;
  valgrind)
    # Its own processes, not the shells and Pythons that a test starts.
    wrapper=(--wrapper "valgrind --quiet --error-exitcode=66 --leak-check=full --errors-for-leak-kinds=definite \
--show-leak-kinds=definite --num-callers=40 --suppressions=/usr/share/glib-2.0/valgrind/glib.supp \
--suppressions=$here/valgrind.supp")
    ;;
esac

meson=/usr/bin/meson
[ -x $meson ] || meson=meson
"$meson" test -C "$build" --no-rebuild --print-errorlogs --timeout-multiplier 20 "${wrapper[@]}" "${selection[@]}"
