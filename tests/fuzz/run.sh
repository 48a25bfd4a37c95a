#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the fuzz targets with libFuzzer, AddressSanitizer and UBSan, in a build directory of their own.
#
#   tests/fuzz/run.sh [--no-install] [--seconds S] [--runs N] [--list] [TARGET...]
#
# TARGET      such as coordinate_message; --list tells them. Default: all, one after the other
# --runs N    end a target after so many executions. Default: 10000000
# --seconds S and after so many seconds, whichever comes first. Default: 600
#
# It starts from tests/fuzz/corpus/TARGET and from what earlier runs found, build-fuzz/corpus/TARGET. An input that
# breaks something is kept as build-fuzz/findings/TARGET-*; build-fuzz/tests/fuzz/TARGET_fuzz FILE runs it again.
# One input may take 30 s (a busy machine stands still for some) and 1 GiB at most. BALL_FUZZ_BUILD_DIR is the build directory, where not build-fuzz.
#
# A line for each target at the end: executions, seconds, and what it came to. Exit status: 0 all clean, 1
# something was found, 2 wrong arguments.
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
build=${BALL_FUZZ_BUILD_DIR:-$root/build-fuzz}

install=1 seconds=600 runs=10000000 targets=()
mapfile -t known < <(find "$root/tests/fuzz" -name '*_fuzz.cpp' -printf '%f\n' | sed 's/_fuzz\.cpp$//' | sort)
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --no-install) install='' ;;
    --seconds) seconds=${2:?--seconds wants a number}; shift ;;
    --runs) runs=${2:?--runs wants a number}; shift ;;
    --list) printf '%s\n' "${known[@]}"; exit 0 ;;
    -*) echo "fuzz: unknown option $1 (see --help)" >&2; exit 2 ;;
    *)
      [[ " ${known[*]} " == *" $1 "* ]] || { echo "fuzz: no target '$1'; there are: ${known[*]}" >&2; exit 2; }
      targets+=("$1")
      ;;
  esac
  shift
done
[[ $seconds$runs =~ ^[0-9]+$ ]] || { echo "fuzz: --seconds and --runs take whole numbers" >&2; exit 2; }
[ ${#targets[@]} -gt 0 ] || targets=("${known[@]}")

[ -z "$install" ] || "$root/packaging/install-packages.sh" build test fuzz
meson=/usr/bin/meson
[ -x $meson ] || meson=meson
if ! [ -f "$build/build.ninja" ]; then
  CC=clang CXX=clang++ "$meson" setup "$build" "$root" -Dfuzz=true -Dtests=true -Dbuildtype=debugoptimized \
    -Db_sanitize=address,undefined -Db_lundef=false -Dwerror=false
fi
ninja -C "$build" fuzz-targets

# What was freed is kept for a while, to catch its use: not so much of it that it looks like a leak.
export ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=64}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-halt_on_error=1:print_stacktrace=1}
mkdir -p "$build/findings"
summary=() status=0
for target in "${targets[@]}"; do
  found=$build/corpus/$target log=$build/$target.log
  mkdir -p "$found"
  echo "== $target"
  outcome=clean
  # A session description is a few KiB; a signalling line with one in it, and a report, too.
  "$build/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -runs="$runs" -max_len=8192 -timeout=30 \
    -rss_limit_mb=1024 -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
    "$found" "$root/tests/fuzz/corpus/$target" >"$log" 2>&1 || { outcome="FOUND SOMETHING" status=1; }
  [ "$outcome" = clean ] || { sed -n '/^INFO: Seed:/p' "$log"; tail -n 40 "$log"; }
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  cover=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  summary+=("$(printf '%-20s %10s executions, %6s a second, %5s edges: %s' \
    "$target" "${executions:-?}" "${rate:-?}" "${cover:-?}" "$outcome")")
done
printf '%s\n' "${summary[@]}"
exit $status
