#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Builds the images and runs them for real: first by the README's own commands, then what these do not show.
#
#   tests/deploy/containers_test.sh [--engine podman|docker] [--suite bookworm|trixie] [--keep]
#
# --keep   leave the images, for another look or a faster next run
#
# Wants root, and packages from Debian for the build; no registry. Images gst-ball and gst-ball-turn are made anew; containers and
# networks of the README's names must not be there. The last line is `N passed, N failed`; exit status 0
# when none failed.
set -uo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
engine=podman suite=bookworm keep=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
    --engine) engine=${2:?--engine wants podman or docker}; shift ;;
    --suite) suite=${2:?--suite wants a name}; shift ;;
    --keep) keep=1 ;;
    *) echo "containers_test: unknown option $1 (see --help)" >&2; exit 2 ;;
  esac
  shift
done
command -v "$engine" >/dev/null || {
  echo "containers_test: no $engine; run packaging/install-packages.sh deploy" >&2
  exit 1
}

id=ball-test-$$
work=$(mktemp -d)
# shellcheck source=tests/deploy/expect.sh
. "$root/tests/deploy/expect.sh"
containers=()
hardened=(--read-only --cap-drop=ALL --security-opt=no-new-privileges)
readme_names=(ball_server ball_client ball_turn) readme_networks=(ball far)

program=$(command -v "$engine")
mkdir "$work/bin"
cat >"$work/bin/docker" <<SHIM
#!/bin/sh
# The engine under test, by the name that the README has, on the Debian under test.
case \$1 in
  build) shift; set -- build $([ "$engine" = docker ] || echo --format docker) --build-arg BASE=debian:$suite-slim "\$@" ;;
  compose) $program compose version >/dev/null 2>&1 || { shift; exec docker-compose "\$@"; } ;;
esac
exec $program "\$@"
SHIM
chmod +x "$work/bin/docker"
PATH=$work/bin:$PATH
export BASE=debian:$suite-slim
# Podman's complaints about a missing systemd, which would run the health checks, are not ours.
engine() { docker "$@" 2> >(grep -v systemd >&2); }

remove_all() { # CONTAINER...: one by one, as podman removes none where one is not there
  for container; do engine rm -f "$container" >/dev/null 2>&1; done
}
clean_up() {
  remove_all "${containers[@]}"
  engine network rm "$id" >/dev/null 2>&1
  ! ip netns pids "$id" >/dev/null 2>&1 || ip netns delete "$id"
  engine rmi -f "$id-server" "$id-client" >/dev/null 2>&1
  [ -n "$keep" ] || engine rmi -f gst-ball gst-ball-turn >/dev/null 2>&1
  [ -z "${display:-}" ] || kill "$display"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

start() { # NAME RUN_ARGUMENT...: a hardened container in the background
  local name=$id-$1
  shift
  containers+=("$name")
  engine run -d --name "$name" "${hardened[@]}" "$@" >/dev/null
}
# To the end of the log: what writes it would fail where nobody reads on.
says() { engine logs "$id-$1" 2>&1 | grep "$2" >/dev/null; } # CONTAINER TEXT
not_says() { ! says "$@"; }
stop() { # CONTAINER: exit status 0 within 5 s of SIGTERM
  local begin=$SECONDS
  engine stop -t 10 "$id-$1" >/dev/null
  [ $((SECONDS - begin)) -le 5 ] || { echo "took $((SECONDS - begin)) s to stop"; return 1; }
  [ "$(engine inspect --format '{{.State.ExitCode}}' "$id-$1")" = 0 ] || { engine logs "$id-$1"; return 1; }
}
remove() { engine rm -f "$id-$1" >/dev/null 2>&1; }
# The image's own health check, in a container of it; podman without systemd has nobody who runs it.
health_check() { # IMAGE CONTAINER
  local words
  mapfile -t words < <(engine image inspect --format '{{range .Config.Healthcheck.Test}}{{println .}}{{end}}' "$1" | sed '/^$/d')
  [ "${words[0]:-}" = CMD ] || { echo "$1 has no command as its health check: ${words[*]}"; return 1; }
  engine exec "$id-$2" "${words[@]:1}"
}
health_check_ends_with() { # STATUS IMAGE CONTAINER
  local wanted=$1 status=0
  shift
  health_check "$@" || status=$?
  [ $status = "$wanted" ] || { echo "exit status $status"; return 1; }
}
is_healthy() { [ "$(engine inspect --format '{{.State.Health.Status}}' "$id-$1")" = healthy ]; } # CONTAINER: for its engine
score() { # FRAMES RUN_ARGUMENT...: a client that must be answered for nearly all of them
  local frames=$1 name=$id-client-$RANDOM
  shift
  containers+=("$name")
  timeout 60 "$engine" run --name "$name" "${hardened[@]}" "$@" --frames="$frames" --print=table \
    --require="matched>=$((frames * 9 / 10))" --require='matched_error_px.rms<=0.5'
}

build() { engine build -q -t "$1" --target "$2" -f "$root/deploy/docker/Dockerfile" "$root"; } # TAG TARGET

none_is_there() {
  local name
  for name in "${readme_names[@]}"; do
    ! docker inspect "$name" >/dev/null 2>&1 || { echo "there is a container $name already"; return 1; }
  done
  for name in "${readme_networks[@]}"; do
    ! docker network inspect "$name" >/dev/null 2>&1 || { echo "there is a network $name already"; return 1; }
  done
}
expect "no container or network has a name that the README uses" none_is_there
[ "$failed" = 0 ] || { finish; exit; }
containers+=("${readme_names[@]}")
expect "the base image can be made" "$root/tests/deploy/base_image.sh" "$engine" "$suite"

# shellcheck source=tests/readme_blocks.sh
. "$root/tests/readme_blocks.sh"
readme_blocks "$root/README.md" "$work" 'docker '
follow() { # BLOCK
  (cd "$root" && timeout 1800 bash -euo pipefail "$1") && return
  echo "exit status $?"
  local name
  for name in "${readme_names[@]}"; do docker logs "$name" 2>&1 | tail -n 5; done
  remove_all "${readme_names[@]}"
  docker network rm "${readme_networks[@]}" >/dev/null 2>&1
  return 1
}
follow_with_window() { # BLOCK: while it runs, the display shows what the client sees
  follow "$1" &
  local block=$! status=0
  await 60 xdotool search --onlyvisible --name . || status=1
  wait "$block" && return "$status"
}
# Else it forgets whom xhost let in as soon as nobody is connected.
Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp -noreset 3>"$work/display" >/dev/null 2>&1 &
display=$!
expect "there is a display" await 20 test -s "$work/display"
DISPLAY=:$(cat "$work/display")
export DISPLAY
for block in "$work"/block-*; do
  line=$((10#${block##*-}))
  if [ "$engine" != docker ] && grep -q 'docker compose' "$block"; then
    echo "        README line $line is not run: podman has no compose"
  elif grep -q xhost "$block"; then
    expect "README line $line: a window" follow_with_window "$block"
  else
    expect "README line $line: $(grep -o 'docker [a-z]*' "$block" | uniq | tr '\n' ',' | sed 's/,$//;s/,/, /g')" follow "$block"
  fi
done

expect "the server's image builds" build "$id-server" server
expect "the client's image builds" build "$id-client" client

in_image() { engine run --rm --entrypoint sh gst-ball -c "$1"; }
refuses() { # TEXT RUN_ARGUMENT...
  local text=$1 output status
  shift
  output=$(engine run --rm "$@" 2>&1)
  status=$?
  if [ $status != 2 ] || ! grep -q "$text" <<<"$output"; then
    echo "status $status: $output"
    return 1
  fi
}
expect "it has no compiler" in_image '! command -v cc gcc g++ clang make ninja meson'
expect "it runs as a fixed user that is not root" in_image 'id -u | grep -qx 10001'
expect "its plugins load" in_image 'gst-inspect-1.0 ballsrc && gst-inspect-1.0 webrtcbin && ! gst-inspect-1.0 -b | grep "\.so"'
smaller() { # IMAGE BYTES
  local size
  size=$(engine image inspect --format '{{.Size}}' "$1")
  echo "$size bytes"
  [ "$size" -lt "$2" ]
}
for image in gst-ball "$id-server" "$id-client"; do expect "$image is below 300 MB" smaller "$image" 300000000; done
expect "without ROLE it says what to do" refuses 'ROLE is not set' gst-ball
expect "an unknown ROLE is refused" refuses "unknown ROLE 'judge'" -e ROLE=judge gst-ball

engine network create "$id" >/dev/null
mkdir -m 777 "$work/reports"
expect "the server starts" start server --network "$id" -e ROLE=server -p 127.0.0.1::8080 \
  -v "$work/reports:/reports" gst-ball --print=none --report=/reports/server.json
expect "it listens" await 10 says server 'listening on'
expect "its log says that it is open" says server 'open to everybody who can reach it'
expect "it is healthy" await 10 engine exec "$id-server" gst-ball --check=ready
expect "a client on the same network scores" score 120 --network "$id" -e ROLE=client -e "SERVER_HOST=$id-server" gst-ball
port=$(engine port "$id-server" 8080/tcp | sed -n 's/.*://p;q')
expect "a client outside comes in by the published port" score 120 --network host -e ROLE=client -e SERVER_HOST=127.0.0.1 \
  -e "SERVER_PORT=$port" gst-ball
expect "another client stays" start staying --network "$id" -e ROLE=client -e "SERVER_HOST=$id-server" gst-ball
expect "it receives" await 15 says staying 'receiving'
expect "the client is healthy" await 10 engine exec "$id-staying" gst-ball --check=ready
expect "the server ends within 5 s of SIGTERM" stop server
expect "its client was told" await 10 says staying 'said bye'
expect "its report is there" grep -q '"schema": *"gst-ball-report/1"' "$work/reports/server.json"
remove server
remove staying

make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ball \
    -keyout "$work/tls/key.pem" -out "$work/tls/cert.pem" && chmod 644 "$work/tls/key.pem"
}
mkdir "$work/tls"
expect "a certificate can be made" make_certificate
expect "a server on another port starts" start elsewhere --network "$id" -e SERVER_PORT=9000 "$id-server"
expect "one with options of its own starts" start secured -e ROLE=server -v "$work/tls:/tls:ro" gst-ball --host=0.0.0.0 -p 9443 \
  --tls-cert /tls/cert.pem --tls-key=/tls/key.pem --gst-debug=1
expect "one that is not the first process starts" start second --init -e ROLE=server gst-ball --port=9001
expect "one with Kubernetes' variable starts" start linked -e SERVER_PORT=tcp://10.96.0.9:8080 "$id-server"
expect "a client starts" start waiting "$id-client" --host=192.0.2.1 --reconnect
expect "a container with something else starts" start sleeping --init --entrypoint sleep "$id-server" 600
for pair in "elsewhere $id-server" "secured gst-ball" "second gst-ball" "linked $id-server" "waiting $id-client"; do
  read -r name image <<<"$pair"
  expect "the image's health check finds $name healthy" await 10 health_check "$image" "$name"
  [ "$engine" != docker ] || expect "so does the engine" await 40 is_healthy "$name"
done
expect "it fails where something else runs" health_check_ends_with 3 "$id-server" sleeping
expect "the client's image takes host and port from the environment" score 60 --network "$id" -e "SERVER_HOST=$id-elsewhere" \
  -e SERVER_PORT=9000 "$id-client"
expect "a server can be stopped dead" engine kill -s STOP "$id-elsewhere"
expect "it fails there" health_check_ends_with 1 "$id-server" elsewhere
expect "the server goes on" engine kill -s CONT "$id-elsewhere"
expect "it holds again" await 10 health_check "$id-server" elsewhere
for name in elsewhere secured second linked waiting sleeping; do remove $name; done

# A machine of its own, in effect: it reaches one address of this one, and no container's. Media would pass without the
# published UDP ports, too: the server's packets go out first, and the answers come back the same way.
make_far_away() {
  ip netns add "$id" && ip link add "veth$$" type veth peer name far netns "$id" &&
    ip address add 198.51.100.1/30 dev "veth$$" && ip link set "veth$$" up &&
    ip -n "$id" address add 198.51.100.2/30 dev far && ip -n "$id" link set far up && ip -n "$id" link set lo up
}
no_way_to() { # CONTAINER
  local address
  address=$(engine inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$id-$1")
  [ -n "$address" ] || address=$(engine inspect --format '{{.NetworkSettings.IPAddress}}' "$id-$1")
  [ -n "$address" ] && ! ip -n "$id" route get "$address"
}
if [ "$engine" = docker ]; then
  echo "        no client comes from elsewhere: Docker's engine puts none into a network that it did not make"
else
  expect "a place elsewhere can be made" make_far_away
  expect "a server with published ports starts" start published -e ROLE=server -p 8080 -p 40000-40019:40000-40019/udp gst-ball \
    --ice-port-range 40000-40019
  expect "it listens for those outside" await 10 says published 'listening on'
  expect "from elsewhere there is no way to it" no_way_to published
  port=$(engine port "$id-published" 8080/tcp | sed -n 's/.*://p;q')
  expect "a client elsewhere scores by the published ports" score 120 --network "ns:/run/netns/$id" -e ROLE=client \
    -e SERVER_HOST=198.51.100.1 -e "SERVER_PORT=$port" gst-ball
  remove published
fi

# The client's verdict is that of the whole.
fails_in_compose() {
  local status=0
  MATCHED=999 FRAMES=60 docker compose -f "$root/deploy/docker/compose.yaml" up --abort-on-container-exit \
    --exit-code-from client || status=$?
  docker compose -f "$root/deploy/docker/compose.yaml" down
  [ $status = 6 ] || { echo "exit status $status"; return 1; }
}
[ "$engine" != docker ] || expect "compose ends with 6 where a threshold is not met" fails_in_compose

echo 'open sesame' >"$work/token"
for image in gst-ball "$id-server"; do
  expect "$image with a token starts" start server -e ROLE=server -v "$work/token:/token:ro" "$image" --token-file /token
  expect "it listens for those who have it" await 10 says server 'listening on'
  expect "its log does not say that it is open" not_says server 'open to everybody'
  remove server
done

expect "at 1080p the server starts" start server --network "$id" "$id-server" --print=none --width=1920 --height=1080 \
  --bitrate=6000000
expect "it listens at 1080p" await 10 says server 'listening on'
expect "a client scores at 1080p with 64 MB of shared memory" score 90 --shm-size=64m --network "$id" "$id-client" \
  "--host=$id-server"
expect "the server's image ends within 5 s of SIGTERM" stop server
remove server

expect "the TURN server starts" start turn --tmpfs /tmp gst-ball-turn --user=ball:PASSWORD
expect "it serves" await 10 says turn 'Total General servers'
expect "it ends within 5 s of SIGTERM" stop turn
remove turn

expect "on the host's network the server starts" start server --network host "$id-server" --host=127.0.0.1 --port=0 --print=none
expect "it listens there" await 10 says server 'listening on'
port=$(engine logs "$id-server" 2>/dev/null | sed -n 's/^listening on .*:\([0-9]*\)$/\1/p')
expect "a client on the same host scores" score 120 --network host "$id-client" --host=127.0.0.1 --port="$port"
expect "a client can be stopped" start staying --network host "$id-client" --host=127.0.0.1 --port="$port"
expect "it receives there" await 15 says staying 'receiving'
expect "a client ends within 5 s of SIGTERM" stop staying
expect "the server does too" stop server

finish
