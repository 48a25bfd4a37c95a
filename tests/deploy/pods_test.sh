#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs the pods of deploy/kubernetes with podman, and lets them score.
#
#   tests/deploy/pods_test.sh [BUILD_DIR]     default: build, where manifests_test.sh has left what it rendered
#
# Wants root, podman, node, and the images gst-ball-server and gst-ball-client, which it builds.
# The last line is `N passed, N failed`; exit status 0 when none failed.
set -uo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
build=${1:-$root/build}
case $build in -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;; esac
rendered=$build/manifests/rendered
[ -f "$rendered/base.yaml" ] || "$here/manifests_test.sh" "$build" >/dev/null || exit 1

id=ball-pods-$$
work=$(mktemp -d)
# shellcheck source=tests/deploy/expect.sh
. "$here/expect.sh"
podman() { command podman "$@" 2> >(grep -v systemd >&2); }
clean_up() {
  for pod in score client server; do podman pod rm -f -t 1 "$id-$pod" >/dev/null 2>&1; done
  podman network rm "$id" >/dev/null 2>&1
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

on_failure() { for pod in server client score; do podman logs --tail 3 "$id-$pod-$pod" 2>&1; done; }
image() { # NAME TARGET: of these sources; an old one would say nothing of them
  "$here/base_image.sh" podman &&
    podman build --format docker -q -t "$1" --target "$2" -f "$root/deploy/docker/Dockerfile" "$root"
}
play() { # FILE
  podman kube play --network "$id" "$1"
}
# To the end of the log: podman fails where nobody reads on.
says() { podman logs "$1" 2>&1 | grep "$2" >/dev/null; }
ended() { # CONTAINER STATUS
  [ "$(podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$1")" = "exited $2" ]
}

expect "there is an image of the server" image gst-ball-server server
expect "there is an image of the client" image gst-ball-client client
cp "$here/pods.mjs" "$build/manifests/"
token=$(head -c 24 /dev/urandom | base64 -w 0)
pods() { (cd "$build/manifests" && node pods.mjs "rendered/$1.yaml" "$2" "$id"); }
pods base "$token" >"$work/base.yaml"
pods score "$token" >"$work/score.yaml"
pods score "not the $token" >"$work/impostor.yaml"
podman network create "$id" >/dev/null

expect "the base's pods start" play "$work/base.yaml"
expect "the server listens" await 10 says "$id-server-server" 'listening on'
expect "its probes hold" await 15 podman exec "$id-server-server" server-app --check=ready
expect "the client receives" await 20 says "$id-client-client" receiving
expect "its probes hold too" await 15 podman exec "$id-client-client" client-app --check=ready
expect "the score job's pod starts" play "$work/score.yaml"
expect "it meets its thresholds" await 60 ended "$id-score-score" 0
expect "it prints the table" says "$id-score-score" 'matched error, px'
podman pod rm -f -t 1 "$id-score" >/dev/null 2>&1
expect "a pod with another token starts" play "$work/impostor.yaml"
expect "it is refused" await 20 ended "$id-score-score" 4
expect "the server's pod stops in time" podman pod stop -t 5 "$id-server"
expect "it ended in good order" await 5 ended "$id-server-server" 0

finish
