#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds what tests need with a sanitizer, or for valgrind, in a build directory of its own, and runs them there.
#
#   tests/sanitizers/run.sh asan|tsan|valgrind [--no-install] [--coverage] [--suite SUITE]... [-- MESON_TEST_ARGUMENT...]
#
# asan       AddressSanitizer with leaks, and UndefinedBehaviorSanitizer. Default suites: pure, element, loop, process, network,
#            interop, fuzz. A test's programs run with it, too
# tsan       ThreadSanitizer. Default suites: the same
# valgrind   memcheck. Default suite: element; programs that a test starts run without it
# --coverage measure the line coverage of the pure folders in the same build (tests/coverage.sh), while suite pure runs
# MESON_TEST_ARGUMENT   such as the names of tests, or --test-args=--gtest_filter=...
#
# Any report fails the run, also one of a program whose end a test does not look at; reports are kept in reports/ of the build
# directory, and printed at the end. What is suppressed is in tests/sanitizers/*.supp: other people's code only, each with its
# reason. The build directories are build-asan, build-tsan and build-valgrind. Exit status: 0 all clean, 1 not.
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
here=$root/tests/sanitizers

tool='' install=1 coverage='' selection=() suites=()
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    asan | tsan | valgrind) tool=$1 ;;
    --no-install) install='' ;;
    --coverage) coverage=1 ;;
    --suite) suites+=("${2:?--suite wants a name}"); shift ;;
    --suite=*) suites+=("${1#*=}") ;;
    --) shift; selection=("$@"); break ;;
    *) echo "sanitizers: unknown argument $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
[ -n "$tool" ] || { echo "sanitizers: say which: asan, tsan or valgrind (see --help)" >&2; exit 2; }
if [ ${#suites[@]} = 0 ]; then
  suites=(pure element loop process network interop fuzz)
  [ $tool != valgrind ] || suites=(element)
fi
[ -z "$install" ] || "$root/packaging/install-packages.sh" build run test ${coverage:+coverage} \
  $([ $tool != valgrind ] || echo valgrind)

# Unoptimized, with line numbers and nothing more to debug by: twice as quick to build as -O1 -g, and hardly slower to
# run. GCC takes its own library's regex for uninitialized under a sanitizer.
options=(-Dtests=true -Dbuildtype=plain -Db_lundef=false -Dwerror=false)
quick='-O0 -g1 -fno-omit-frame-pointer'
case $tool in
  asan) options+=(-Db_sanitize=address,undefined "-Dcpp_args=$quick") ;;
  tsan) options+=(-Db_sanitize=thread "-Dcpp_args=$quick") ;;
  valgrind) options+=("-Dcpp_args=-O1 -g1 -DBALL_SLOWDOWN=10") ;; # it makes all code slow, and better code less of it
esac
[ -z "$coverage" ] || options+=(-Dcoverage=true)
build=$root/build-$tool
meson=/usr/bin/meson
[ -x $meson ] || meson=meson
if [ -f "$build/build.ninja" ]; then "$meson" configure "$build" "${options[@]}"; else "$meson" setup "$build" "$root" "${options[@]}"; fi

reports=$build/reports
rm -rf "$reports"
mkdir "$reports"

# One piece of memory is one piece for the tool, too.
export G_SLICE=always-malloc
# A stack for each report, through libraries without frame pointers, too; the first one ends the test. A library that a
# test preloads comes before the sanitizer's. (detect_stack_use_after_return would need more memory for each thread in
# just those tests that leave none, and cannot do without.)
export ASAN_OPTIONS=detect_leaks=1:fast_unwind_on_malloc=0:strict_string_checks=1:abort_on_error=1:verify_asan_link_order=0
# Memory that is not there is refused, as without a sanitizer: so it is for a picture of 3.6 GB.
bounded=allocator_may_return_null=1:max_allocation_size_mb=2048
export ASAN_OPTIONS=$ASAN_OPTIONS:$bounded
written=log_path=$reports/report
export ASAN_OPTIONS=$ASAN_OPTIONS:$written
export LSAN_OPTIONS=suppressions=$here/lsan.supp:print_suppressions=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:$written:suppressions=$here/ubsan.supp
# It would wait for a second at each end, for which whoever waits for the program takes it for hung.
# What GLib, GStreamer and the codecs do to memory among themselves is theirs, and they synchronize in ways that are not seen.
# What our code does is seen, and so is memory that both touch, from our side.
export TSAN_OPTIONS=suppressions=$here/tsan.supp:second_deadlock_stack=1:ignore_noninstrumented_modules=1:atexit_sleep_ms=100:exitcode=66:$bounded:$written
wrapper=()
without=()
case $tool in
  tsan) # what GLib's locks order, which it does not see; see there
    ninja -C "$build" tests/sanitizers/libglib_happens_before.so
    wrapper=(--wrapper "env LD_PRELOAD=$build/tests/sanitizers/libglib_happens_before.so")
    ;;
  valgrind)
    # The locator's sandbox: it knows no seccomp (3.19: "unhandled amd64-linux syscall: 317").
    without=(--no-suite seccomp)
    # Its own processes, not the shells and Pythons that a test starts.
    wrapper=(--wrapper "valgrind --quiet --error-exitcode=66 --leak-check=full --errors-for-leak-kinds=definite \
--show-leak-kinds=definite --num-callers=40 --suppressions=/usr/share/glib-2.0/valgrind/glib.supp \
--suppressions=$here/valgrind.supp")
    ;;
esac

# Meson builds what the tests need, and nothing else.
run() { # SUITE...: and what the command line adds
  local suite chosen=()
  for suite in "$@"; do chosen+=(--suite "$suite"); done
  "$meson" test -C "$build" --print-errorlogs --timeout-multiplier 20 "${wrapper[@]}" "${chosen[@]}" "${without[@]}" \
    "${selection[@]}"
}
status=0
if [ -n "$coverage" ]; then
  "$root/tests/coverage.sh" --no-install --in "$build" || status=1
  others=()
  for suite in "${suites[@]}"; do [ "$suite" = pure ] || others+=("$suite"); done
  suites=("${others[@]}")
fi
[ ${#suites[@]} = 0 ] || run "${suites[@]}" || status=1
# The tools' notes, such as of memory that was refused, are no reports.
if mapfile -t found < <(grep -rlE '(ERROR|FATAL): |WARNING: ThreadSanitizer|runtime error: ' "$reports") && [ ${#found[@]} -gt 0 ]; then
  cat "${found[@]}"
  echo "sanitizers: ${#found[@]} processes made reports; they are in $reports" >&2
  status=1
fi
exit $status
