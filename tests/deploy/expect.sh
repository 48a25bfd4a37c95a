# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# How the scripts of this folder test. To be sourced, with a directory of one's own in $work. $passed and $failed count.

: "${work:?a directory for the output}"
passed=0 failed=0
on_failure() { :; } # prints what else may explain a failure

expect() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$work/output" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "FAILED  $name"
    { cat "$work/output"; on_failure; } | sed 's/^/        /'
  fi
}

await() { # SECONDS COMMAND...: until it succeeds
  local end=$((SECONDS + $1))
  shift
  until "$@" >"$work/attempt" 2>&1; do
    [ $SECONDS -lt $end ] || { cat "$work/attempt"; echo "gave up waiting for: $*"; return 1; }
    read -r -t 0.1 <> <(:) || true
  done
}

finish() { # the closing line; exit status 0 when nothing failed
  echo "$passed passed, $failed failed"
  [ $failed = 0 ]
}
