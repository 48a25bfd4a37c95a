#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a command with Docker's engine: the one that runs here, else one of the command's own, which ends with it.
#
#   tests/deploy/docker_engine.sh COMMAND [ARGUMENT...]
#
# Wants root and Debian's docker.io. Exit status: the command's; 1 when the engine does not start.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  '') echo "docker_engine: no command (see --help)" >&2; exit 2 ;;
esac
! docker version >/dev/null 2>&1 || exec "$@"
command -v dockerd >/dev/null || { echo "docker_engine: no dockerd; run packaging/install-packages.sh deploy" >&2; exit 1; }

# Beside Docker's own directory: where /tmp is, images do not always fit, nor does an overlay always work.
work=$(mktemp -d /var/lib/ball-docker-XXXXXX)
# A bridge and addresses of its own, too: another engine may be running.
bridge=ball$$ net=10.$((128 + $$ % 100))
clean_up() {
  set +e # all of it, whatever has ended by itself already
  [ -z "${engine:-}" ] || { kill "$engine"; wait "$engine"; } 2>/dev/null
  ! ip link show "$bridge" >/dev/null 2>&1 || ip link delete "$bridge"
  umount -q "$work"/run/netns/* 2>/dev/null # the engine leaves its own network's mount
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

export DOCKER_HOST=unix://$work/socket
ip link add "$bridge" type bridge
ip address add "$net.0.1/24" dev "$bridge"
dockerd --data-root "$work/data" --exec-root "$work/run" --pidfile "$work/pid" --host "$DOCKER_HOST" --bridge "$bridge" \
  --default-address-pool "base=$net.128.0/17,size=24" >"$work/log" 2>&1 &
engine=$!
for _ in {1..300}; do
  ! docker version >/dev/null 2>&1 || break
  kill -0 "$engine" 2>/dev/null || break
  read -r -t 0.1 <> <(:) || true
done
docker version >/dev/null || { echo "docker_engine: the engine does not start:"; tail -n 5 "$work/log"; exit 1; } >&2
"$@"
