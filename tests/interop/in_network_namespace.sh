#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a command in a network namespace of its own, with loopback and two more interfaces that have addresses.
#
#   in_network_namespace.sh COMMAND...
#
# aiortc offers no ICE candidate on 127.0.0.1, so two peers on one machine would talk over its real network
# address. Here the only other addresses are 10.77.0.1 and, on a bridge named as Docker's is, 10.78.0.1: nothing can
# leave the machine, whatever a peer does. The namespace is gone when the command and its children have ended.
#
# Exit status: the command's; 125 when no namespace could be made (it needs root, or user namespaces).
set -euo pipefail

if [ "${1:-}" != --inside ]; then
  [ $# -gt 0 ] || { sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2; }
  for tool in unshare ip; do
    PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || {
      echo "in_network_namespace: no '$tool'; run packaging/install-packages.sh test" >&2
      exit 125
    }
  done
  for way in '--net' '--user --map-root-user --net'; do
    # shellcheck disable=SC2086 # options, not one word
    if unshare $way true 2>/dev/null; then exec unshare $way "$0" --inside "$@"; fi
  done
  echo "in_network_namespace: not allowed to make a network namespace: run as root, or allow" \
    "unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1)" >&2
  exit 125
fi
shift

PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
interface() { # NAME ADDRESS
  # Which kind of interface the kernel can make differs; the address is what counts.
  if ip link add "$1" type veth peer name "$1-end" 2>/dev/null; then
    ip link set "$1-end" up
  elif ! ip link add "$1" type dummy 2>/dev/null; then
    echo "in_network_namespace: the kernel has neither veth nor dummy interfaces" >&2
    exit 125
  fi
  ip address add "$2" dev "$1"
  ip link set "$1" up
}
interface ball0 10.77.0.1/24
interface docker0 10.78.0.1/24
exec "$@"
