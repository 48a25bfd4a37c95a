#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes the demo film (loop.webm) and its still (loop.png) from the real programs, on a display that nobody sees.
#
#   packaging/media/make-film.sh [--no-install] [--out DIR]
#
# --out        where the two files go; default: packaging/media, where those of the README are
# --no-install does not look for missing packages
#
# It installs what is missing, builds, films five scenes of half a minute together, and encodes them: two minutes
# on two cores that do nothing else. What the film shows is what happened: on a busy machine it shows late frames.
# BALL_BUILD_DIR is the build directory, default: build.
#
# Exit status: 0 both files are there; 1 something failed, and DIR is as it was; 2 wrong arguments.
set -euo pipefail
media=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$media")")
build=${BALL_BUILD_DIR:-$root/build}
say() { echo "make-film: $*" >&2; }
fail() { say "$@"; exit 1; }

out=$media install=1
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --no-install) install= ;;
    --out) out=${2:-} && shift ;;
    --out=*) out=${1#*=} ;;
    *) say "unknown argument $1 (see --help)"; exit 2 ;;
  esac
  shift || { say "--out wants a directory (see --help)"; exit 2; }
done
[ -n "$out" ] || { say "--out wants a directory (see --help)"; exit 2; }
{ mkdir -p "$out" 2>/dev/null && [ -w "$out" ]; } || fail "cannot write to $out: give --out a directory that you can write to."

[ -z "$install" ] || "$root/packaging/install-packages.sh" build run film || exit 1
tests=(-Dtests=false) # a build directory that has them keeps them
[ ! -d "$build/meson-private" ] || tests=()
"$root/packaging/build.sh" "$build" "${tests[@]}" >&2 || fail "the programs do not compile: see above."
for program in Xvfb xterm gst-launch-1.0; do
  command -v $program >/dev/null || fail "there is no $program: run packaging/install-packages.sh run film."
done
export GST_PLUGIN_PATH=$build/plugins${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}
export LC_ALL=C.UTF-8
unset WAYLAND_DISPLAY GST_DEBUG G_MESSAGES_DEBUG XENVIRONMENT

work=$(mktemp -d)
still=$out/.loop.png.$$ reel=$out/.loop.webm.$$ # renamed when both are there
running=() # the processes to end, the newest last
clean_up() {
  local status=$? i
  trap - EXIT
  set +e
  for ((i = ${#running[@]} - 1; i >= 0; i--)); do end "${running[i]}" TERM; done
  rm -rf "$work" "$still" "$reel"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Waits without a child process.
exec {never}<> <(:)
hold() { read -r -t "$1" -u "$never" || true; }
await() { # WHAT COMMAND...: until the command succeeds, 20 s at most
  local what=$1 tenths
  shift
  for ((tenths = 200; tenths > 0; tenths--)); do
    ! "$@" || return 0
    hold 0.1
  done
  fail "$what did not come within 20 s; the terminals said: $(cat "$work"/*.log)"
}
is_gone() { # PROCESS: or nothing but its status is left, which bash does not take while in a trap
  local state=Z
  { read -r _ _ state _ <"/proc/$1/stat"; } 2>/dev/null || true
  [ "$state" = Z ]
}
end() { # PROCESS SIGNAL: its exit status
  local tenths
  kill -"$2" "$1" 2>/dev/null
  for ((tenths = 100; tenths > 0; tenths--)); do
    ! is_gone "$1" || break
    hold 0.1
  done
  is_gone "$1" || kill -KILL "$1" 2>/dev/null
  wait "$1" 2>/dev/null
}

## The stage: 1264x704, and a black margin of 8 px around it makes 1280x720.

margin=8 width=1264 height=704
picture_width=480 picture_height=360 # beside it the server's lines of 105 characters are in one piece
picture=(--width "$picture_width" --height "$picture_height")
plain=$'\e[0m' strong=$'\e[1;38;5;215m' prompt=$'\e[38;5;114m$\e[0m '

terminal() { # NAME FONT_SIZE BORDER COLUMNSxROWS+X+Y: shows what is written to $work/NAME.log
  clear "$1"
  # Without the user's resources.
  HOME=$work xterm -fa "DejaVu Sans Mono:pixelsize=$2" -b "$3" -geometry "$4" -bw 0 +sb -bg '#10151c' -fg '#d5dbe3' \
    -e tail -n +1 -f "$work/$1.log" </dev/null >"$work/xterm.$1" 2>&1 &
  running+=($!)
}
write() { # NAME TEXT...
  local name=$1
  shift
  printf '%s' "$@" >>"$work/$name.log"
}
clear() { write "$1" $'\e[H\e[2J\e[3J\e[?25l'; } # the cursor goes, too
command_line() { # NAME WORD...: as somebody would have typed it
  local name=$1 word text=
  shift
  for word in "$@"; do
    [[ $word != *[[:space:]]* ]] || word="'$word'"
    text+="$word "
  done
  write "$name" "$prompt${text% }" $'\n'
}
caption() { # TITLE LINE...
  clear caption
  write caption "$strong$1$plain"
  shift
  write caption "$(printf '\n%s' "$@")"
}

## The actors

server='' client='' # processes
server_line=() client_line=()
copying=() # the processes that bring the loop's lines to the terminals

begin_loop() { # SERVER_OPTION... [-- CLIENT_OPTION...]: and waits for the picture
  local port options=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1") && shift; done
  [ $# = 0 ] || shift
  : >"$work/server.out"
  "$build/apps/server-app/server-app" -p 0 "${options[@]}" </dev/null >"$work/server.out" 2>&1 &
  server=$!
  running+=("$server")
  await "the server's address" grep -q '^listening on' "$work/server.out"
  port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$work/server.out")
  : >"$work/client.out"
  "$build/apps/client-app/client-app" -p "$port" "$@" </dev/null >"$work/client.out" 2>&1 &
  client=$!
  running+=("$client")
  await "the client's picture" grep -q '^client-app: receiving' "$work/client.out"
  server_line=(server-app -p 0 "${options[@]}") client_line=(client-app -p "$port" "$@")
}

show_loop() { # [keep]: in the terminals, what was written so far and what comes; keep: below what the server's has
  if [ "${1:-}" = keep ]; then write server $'\n'; else clear server; fi
  clear client
  command_line server "${server_line[@]}"
  command_line client "${client_line[@]}"
  tail -n +1 -f -s 0.1 --pid="$server" "$work/server.out" >>"$work/server.log" &
  copying=($!)
  tail -n +1 -f -s 0.1 --pid="$client" "$work/client.out" >>"$work/client.log" &
  copying+=($!)
  running+=("${copying[@]}")
}

end_loop() {
  local status=0
  end "$server" INT || status=$?
  [ $status = 0 ] || fail "server-app ended with status $status; it said: $(cat "$work/server.out")"
  await "the client's end" is_gone "$client"
  wait "$client" || fail "client-app ended with status $?; it said: $(cat "$work/client.out")"
  local copy
  for copy in "${copying[@]}"; do await "the last line" is_gone "$copy"; done
}

locator() { # the client's
  local stat process name parent
  for stat in /proc/[0-9]*/stat; do
    { read -r process name _ parent _ <"$stat"; } 2>/dev/null || continue # ended meanwhile
    [ "$name $parent" != "(locator-app) $client" ] || echo "$process"
  done
}

kill_locator() {
  local victim
  victim=$(locator)
  [ -n "$victim" ] || fail "client-app has no locator to kill."
  command_line client kill -KILL "$victim"
  kill -KILL "$victim"
  await "another locator" has_other_locator_than "$victim"
}
has_other_locator_than() { [ -n "$(locator)" ] && [ "$(locator)" != "$1" ]; }

## The scenes

open_curtain() { # so that the film's first picture has everything in it
  terminal caption 18 4 114x4+0+608
  terminal server 12 8 108x39+492+0
  terminal client 12 4 67x15+0+368
  caption "The loop" \
    "server-app draws a ball and sends it over WebRTC. client-app shows it and has it located (green)." \
    "The coordinates go back, and the server, who knows the truth, says how wrong and how late each answer was."
  begin_loop "${picture[@]}" --source 'ballsrc is-live=true background=checkers'
  show_loop
  await "the first live line" grep -q '^session 1: sent' "$work/server.log"
}

scene_kill() {
  caption "The locator is killed, and is back" \
    "client-app hands frames over shared memory to locator-app, a process of its own. When that dies, another" \
    "is there in a fraction of a second. The frames without an answer are counted: none is forgotten."
  hold 1.5
  for _ in 1 2 3; do
    kill_locator
    hold 1.6
  done
  end_loop
}

# With an encoder that has so little that the answer is further off than it else is.
scene_error() {
  local factor=300
  begin_loop "${picture[@]}" --tell-truth --bitrate 60000 \
    --source 'ballsrc is-live=true radius=40 background=gradient background-color=0x204060' -- \
    --show-error "$factor"
  show_loop keep
  caption "Answer, truth and error" \
    "The same programs, with only 60 kbit/s for the encoder. The server is asked to tell the client the truth, and" \
    "the window shows it (white), the answer (green) and the error between them, $factor times as long (red)." \
    "Right: the table of the session before, and the live lines of this one."
  hold 5
  take_still
  hold 2
  end_loop
}

scene_noise() {
  begin_loop "${picture[@]}" --source 'ballsrc is-live=true background=noise distractors=4'
  show_loop
  caption "Noise and distractors" \
    "The same loop with a picture that is hard to encode, and with other balls that move behind ours." \
    "The server takes any source whose frames carry the truth."
  hold 6
  end_loop
}

scene_table() {
  terminal table 20 4 104x25+0+0
  command_line table tail -n 21 server.out
  tail -n 21 "$work/server.out" >>"$work/table.log"
  caption "Each frame is accounted for" \
    "matched error: against the truth of the very frame that was located." \
    "naive error: against where the ball is when the answer comes. It is mostly speed times latency." \
    "loop: from drawn to answered, and the stages that it is made of."
  hold 5
}

## The recording

frame=(videobox border-alpha=0 fill=black left="-$margin" right="-$margin" top="-$margin" bottom="-$margin")

take_still() {
  gst-launch-1.0 -q ximagesrc num-buffers=1 show-pointer=false ! videoconvert ! video/x-raw,format=RGB ! \
    "${frame[@]}" ! pngenc compression-level=9 ! filesink location="$still" || fail "the still cannot be written."
}

film() {
  local camera
  open_curtain
  # Little work, so that the programs have the processors for themselves.
  gst-launch-1.0 -q -e ximagesrc use-damage=false show-pointer=false ! \
    video/x-raw,framerate=30/1 ! queue ! jpegenc quality=95 ! queue ! matroskamux ! \
    filesink location="$work/raw.mkv" </dev/null >"$work/camera" 2>&1 &
  camera=$!
  running+=("$camera")
  await "the first picture" [ -s "$work/raw.mkv" ]
  hold 5
  scene_kill
  scene_error
  scene_noise
  scene_table
  end "$camera" INT || fail "the recording failed: $(cat "$work/camera")"
}

develop() {
  gst-launch-1.0 -q filesrc location="$work/raw.mkv" ! matroskademux ! jpegdec ! videorate ! \
    video/x-raw,framerate=30/1 ! videoconvert ! video/x-raw,format=I420 ! "${frame[@]}" ! \
    vp9enc deadline=1000000 cpu-used=5 row-mt=true threads=2 tile-columns=1 keyframe-max-dist=300 \
    end-usage=cq cq-level=30 target-bitrate=1200000 ! webmmux ! filesink location="$reel" ||
    fail "the film cannot be encoded."
}

exec {display}>"$work/display"
Xvfb -displayfd "$display" -screen 0 ${width}x${height}x24 -nolisten tcp -noreset </dev/null >"$work/xvfb" 2>&1 &
running+=($!)
exec {display}>&-
await "a display" [ -s "$work/display" ]
DISPLAY=:$(cat "$work/display")
export DISPLAY

say "filming ..."
film
say "encoding ..."
develop
mv "$reel" "$out/loop.webm"
mv "$still" "$out/loop.png"
echo "$out/loop.webm: $(($(stat -c %s "$out/loop.webm") / 1024)) KiB"
