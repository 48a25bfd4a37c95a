#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the pods of deploy/kubernetes with podman: two servers, of which one goes, clients that score, and one from outside
# through the TURN server of its overlay.
#
#   tests/deploy/pods_test.sh [BUILD_DIR]     default: build, where manifests_test.sh leaves what it renders
#
# Wants root, podman, node, and the images gst-ball-server, gst-ball-client and gst-ball-turn, which it builds.
# The last line is `N passed, N failed`; exit status 0 when none failed.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
build=${1:-$root/build}
case $build in -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;; esac
rendered=$build/manifests/rendered

id=ball-pods-$$
work=$(mktemp -d)
# shellcheck source=tests/deploy/expect.sh
. "$here/expect.sh"
podman() { command podman "$@" 2> >(grep -v systemd >&2); }
pods=(score client other server turn near)
clean_up() {
  for pod in "${pods[@]}"; do podman pod rm -f -t 1 "$id-$pod" >/dev/null 2>&1; done
  podman rm -f -t 1 "$id-walker" >/dev/null 2>&1
  podman rm -f -t 1 "$id-outside" >/dev/null 2>&1
  podman volume ls --quiet --filter name="$id" | while read -r volume; do podman volume rm -f "$volume" >/dev/null; done
  podman network rm "$id" >/dev/null 2>&1
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
# Rendered anew: what is there may be of other manifests.
"$here/manifests_test.sh" "$build" >"$work/manifests" || { cat "$work/manifests"; exit 1; }

on_failure() {
  for name in server-server other-server client-client score-score near-server turn-turn outside; do podman logs --tail 3 "$id-$name" 2>&1; done
  podman logs --tail 5 "$id-walker" 2>&1
}
image() { # NAME TARGET: of these sources; an old one would say nothing of them
  "$here/base_image.sh" podman &&
    podman build --format docker -q -t "$1" --target "$2" -f "$root/deploy/docker/Dockerfile" "$root"
}
play() { # WORKLOAD POD [TOKEN]
  (cd "$build/manifests" && node pods.mjs "$manifests" "${3:-$token}" "$1" "$id-$2" "${addresses[@]}") >"$work/$2.yaml" &&
    podman kube play --network "$id" "$work/$2.yaml"
}
address() { # POD
  podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' \
    "$(podman pod inspect --format '{{.InfraContainerID}}' "$id-$1")"
}
# To the end of the log: podman fails where nobody reads on.
says() { podman logs "$1" 2>&1 | grep "$2" >/dev/null; } # CONTAINER TEXT
says_times() { [ "$(podman logs "$1" 2>&1 | grep -c "$2")" = "$3" ]; } # CONTAINER TEXT COUNT
ended() { # CONTAINER STATUS
  [ "$(podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$1")" = "exited $2" ]
}
report() { # FILE CONDITION: of the report, which is `report`
  cat "$1" && node -e 'const report = JSON.parse(require("fs").readFileSync(process.argv[1]));
    process.exit(eval(process.argv[2]) ? 0 : 1)' "$1" "$2"
}
fetch_report() { podman cp "$id-$1-server:/reports/report.json" "$work/$1.json"; } # POD

expect "there is an image of the server" image gst-ball-server server
expect "there is an image of the client" image gst-ball-client client
cp "$here/pods.mjs" "$build/manifests/"
manifests=$work/pods.yaml
cat "$rendered/base.yaml" <(echo ---) "$rendered/score.yaml" >"$manifests"
token=$(head -c 24 /dev/urandom | od -An -vtx1 | tr -d ' \n')
podman network create "$id" >/dev/null

# As a Service does, the name leads to either server. Podman's own names do not do for that: now and then they do not
# answer for half a minute when a pod goes.
addresses=()
for pod in server other; do
  expect "a server's pod starts: $pod" play server $pod
  addresses+=("$(address $pod)")
  container=$id-$pod-server
  expect "it listens" await 10 says "$container" 'listening on'
  expect "its probes hold" await 15 podman exec "$container" server-app --check=ready
done
echo "$token" >"$work/token"
mkdir -m 777 "$work/reports"
walker() { # the Deployment's client, with a report
  podman run -d --name "$id-walker" --network "$id" "${addresses[@]/#/--add-host=server:}" --read-only --cap-drop=ALL -v "$work/token:/token:ro" -v "$work/reports:/reports" \
    gst-ball-client --host=server --port=8080 --display=none --reconnect --token-file=/token --report=/reports/walker.json
}
expect "a client with a report starts" walker
expect "it answers frames of one of the servers" await 20 podman exec "$id-walker" client-app --check=ready
first=server second=other
! says "$id-other-server" '^session 1: .* connected' || first=other second=server
expect "the pod of that one ($first) stops in time" podman pod stop -t 5 "$id-$first"
expect "it ended in good order" await 5 ended "$id-$first-server" 0
expect "the client is told" says "$id-walker" 'said bye'
expect "the other one ($second) has it within 5 s" await 5 says "$id-$second-server" '^session 1: .* connected'
expect "it receives again" await 5 says_times "$id-walker" receiving 2
expect "the report of the one that has gone can be fetched" fetch_report $first
expect "it has the session, which the drain ended" report "$work/$first.json" \
  'report.sessions.length === 1 && report.sessions[0].ended === "server stopped" && report.sessions[0].frames.matched > 0'
expect "the table is in its log" says "$id-$first-server" 'matched error, px'
expect "the client stops in time" podman stop -t 5 "$id-walker"
expect "it ended in good order, too" ended "$id-walker" 0
expect "its report has both sessions" report "$work/reports/walker.json" \
  'report.sessions.length === 2 && report.sessions[0].connected_s < report.sessions[1].connected_s'

expect "the client's pod starts" play client client
expect "the client receives" await 20 says "$id-client-client" receiving
expect "its probes hold too" await 15 podman exec "$id-client-client" client-app --check=ready
expect "the score job's pod starts" play score score
expect "it meets its thresholds" await 60 ended "$id-score-score" 0
expect "it prints the table" says "$id-score-score" 'matched error, px'
podman pod rm -f -t 1 "$id-score" >/dev/null 2>&1
expect "a pod with another token starts" play score score "not the $token"
expect "it is refused" await 20 ended "$id-score-score" 4
expect "the last server's pod stops in time" podman pod stop -t 5 "$id-$second"
expect "it ended in good order" await 5 ended "$id-$second-server" 0

# The overlay for clients outside the cluster: one on the host's network, whose media comes through the relay.
manifests=$rendered/turn.yaml
addresses=()
expect "there is an image of the TURN server" image gst-ball-turn turn
expect "the overlay's TURN server starts" play turn turn
expect "it serves" await 10 says "$id-turn-turn" 'Total General servers'
expect "the overlay's server starts" play server near
expect "it listens" await 10 says "$id-near-server" 'listening on'
outside() { # PASSWORD: the README's command
  podman rm -f -t 1 "$id-outside" >/dev/null 2>&1
  podman run --name "$id-outside" --network host --read-only --cap-drop=ALL -v "$work/token:/token:ro" gst-ball-client \
    --host="$(address near)" --port=8080 --display=none --token-file=/token --frames=150 --require='matched>=140' \
    --turn-server="turn://ball:$1@$(address turn):3478" --relay-only
}
expect "a client outside the cluster scores through the relay" outside "$token"
shut_out() { ! outside wrong && says "$id-outside" 'no --turn-server gives a relay address'; }
expect "without the relay's password it has no way" shut_out
expect "the overlay's server stops in time" podman pod stop -t 5 "$id-near"
expect "it ended in good order" await 5 ended "$id-near-server" 0

finish
