#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds, and runs the loop: server and client on this machine's loopback.
#
#   apps/run-loop.sh [--no-install] [SERVER_OPTION...] [-- CLIENT_OPTION...]
#
# A window shows the video where there is a display; the coordinates and, at the end, the table of errors
# and latencies come on the terminal. It ends after 10 s, or as --duration, --frames or --sessions says; Ctrl-C
# ends it sooner, with the table too. A second Ctrl-C does not wait for anything.
#
#   apps/run-loop.sh --duration 60 --print live
#   apps/run-loop.sh --report /tmp/report.json -- --display none
#
# Exit status: the server's; the client's where the client failed first; 1 could not install or build.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
build=${BALL_BUILD_DIR:-$root/build}

server_options=(--host 127.0.0.1 --port 0) client_options=()
install=1 ends='' by_itself='' has_print=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --no-install) install= ;;
    --) shift; client_options=("$@"); break ;;
    *)
      case $1 in
        --duration* | -t*) ends=server ;;
        --sessions*) ends=server by_itself=1 ;;
        --frames* | -n*) ends=${ends:-session} by_itself=1 ;;
        --print*) has_print=1 ;;
      esac
      server_options+=("$1")
      ;;
  esac
  shift
done
case $ends in
  '') server_options+=(--duration 10) ;;
  session) server_options+=(--sessions 1) ;; # else the server would wait for the next client
esac
[ -n "$has_print" ] || server_options+=(--print each)

[ -z "$install" ] || "$root/packaging/install-packages.sh" build run || exit 1
# Without the tests, so that a machine for running needs no GoogleTest; a directory that has them keeps them.
tests=(-Dtests=false)
[ ! -d "$build/meson-private" ] || tests=()
"$root/packaging/build.sh" "$build" "${tests[@]}" || exit 1

export GST_PLUGIN_PATH=$build/plugins${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
server='' client='' interrupts=0
running() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }
interrupt() { # the server, whose bye ends the client and whose table comes last; again: both, at once
  interrupts=$((interrupts + 1))
  if [ $interrupts -gt 1 ]; then
    ! running "$server" || kill -KILL "$server"
    ! running "$client" || kill -KILL "$client"
  elif running "$server"; then
    kill -INT "$server"
  elif running "$client"; then
    kill -INT "$client"
  fi
}
trap interrupt INT TERM HUP

# Each program in a process group of its own: Ctrl-C comes to this script alone, which then ends both in order.
set -m
pipe=$(mktemp -u)
mkfifo -m 600 "$pipe"
exec 3<>"$pipe" 4<"$pipe"
rm -f "$pipe"
"$build/apps/server-app/server-app" "${server_options[@]}" </dev/null >&3 3>&- 4<&- &
server=$!
exec 3>&-

address=
while [ -z "$address" ] && IFS= read -r line <&4; do
  echo "$line"
  [[ ! $line =~ listening\ on\ (.+):([0-9]+)$ ]] || address="${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
done
cat <&4 &
copier=$!
exec 4<&-
if [ -n "$address" ] && [ $interrupts = 0 ]; then
  "$build/apps/client-app/client-app" --host "${address% *}" --port "${address#* }" "${client_options[@]}" </dev/null &
  client=$!
fi

status_of() { # of a program, once it has ended; a signal to this script only interrupts the wait
  while running "$1"; do wait "$1" 2>/dev/null || true; done
  wait "$1"
}

exec 5<> <(:) # nothing ever comes on it: `read -t` waits without a child, to which Ctrl-C would go
ended_within() { # SECONDS PROGRAM
  local tenths
  for ((tenths = 10 * $1; tenths > 0; tenths--)); do
    running "$2" || return 0
    read -r -t 0.1 -u 5 || true
  done
  return 1
}

client_status=0
if [ -n "$client" ]; then
  while running "$server" && running "$client"; do wait -n "$server" "$client" 2>/dev/null || true; done
  if running "$server"; then # the client has left: its window was closed, or it failed
    status_of "$client" || client_status=$?
    # One that ends with its session is on its way out, and needs no signal.
    [ -z "$by_itself" ] || ended_within 3 "$server" || true
    [ $interrupts != 0 ] || interrupt
  fi
fi
server_status=0
status_of "$server" || server_status=$?
if [ -n "$client" ]; then
  for signal in INT KILL; do # for a client that the server's bye did not reach
    ended_within 5 "$client" || kill -$signal "$client"
  done
  status_of "$client" || client_status=$?
fi
status_of "$copier" || true
[ $client_status = 0 ] || exit $client_status
exit $server_status
