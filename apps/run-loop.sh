#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Installs what is missing, builds, and runs the loop: server and client on this machine's loopback.
#
#   apps/run-loop.sh [--no-install] [SERVER_OPTION...] [-- CLIENT_OPTION...]
#
# A window shows the video where there is a display; the coordinates and, at the end, the table of errors
# and latencies come on the terminal. It ends after 10 s, or as --duration or --frames says; Ctrl-C ends it
# sooner, with the table too. A second Ctrl-C does not wait for anything.
#
#   apps/run-loop.sh --duration 60 --print live
#   apps/run-loop.sh --report /tmp/report.json -- --display none
#
# Exit status: the server's; the client's where the client failed first; 1 could not install or build.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
build=${BALL_BUILD_DIR:-$root/build}

server_options=(--host 127.0.0.1 --port 0) client_options=()
install=1 has_end='' has_print=''
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --no-install) install= ;;
    --) shift; client_options=("$@"); break ;;
    *)
      case $1 in --duration* | --frames*) has_end=1 ;; --print*) has_print=1 ;; esac
      server_options+=("$1")
      ;;
  esac
  shift
done
[ -n "$has_end" ] || server_options+=(--duration 10)
[ -n "$has_print" ] || server_options+=(--print each)

[ -z "$install" ] || "$root/packaging/install-packages.sh" build run || exit 1
# Without the tests, so that a machine for running needs no GoogleTest; a directory that has them keeps them.
tests=(-Dtests=false)
[ ! -d "$build/meson-private" ] || tests=()
"$root/packaging/build.sh" "$build" "${tests[@]}" || exit 1

export GST_PLUGIN_PATH=$build/plugins${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
server='' client='' interrupts=0
running() { [ -n "$1" ] && kill -0 "$1" 2>/dev/null; }
end_both() {
  local signal=INT pid
  interrupts=$((interrupts + 1))
  [ $interrupts = 1 ] || signal=KILL
  for pid in $server $client; do kill -$signal "$pid" 2>/dev/null || true; done
}
trap end_both INT TERM HUP

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

client_status=0
if [ -n "$client" ]; then
  while running "$server" && running "$client"; do wait -n "$server" "$client" 2>/dev/null || true; done
  if running "$server"; then # the client has left: its window was closed, or it failed
    status_of "$client" || client_status=$?
    [ $interrupts != 0 ] || end_both
  fi
fi
server_status=0
status_of "$server" || server_status=$?
if [ -n "$client" ]; then
  # The server's bye ends the client; where it did not come through, the client is told. (The timer is not
  # waited for in the foreground: with job control Ctrl-C would go to it and not to this script.)
  sleep 5 &
  timer=$!
  while running "$client" && running $timer; do wait -n "$client" $timer 2>/dev/null || true; done
  ! running "$client" || end_both
  kill $timer 2>/dev/null || true
  status_of "$client" || client_status=$?
fi
status_of "$copier" || true
[ $client_status = 0 ] || exit $client_status
exit $server_status
