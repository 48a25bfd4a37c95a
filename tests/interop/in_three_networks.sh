#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a command in a network namespace between two others, which know no way to each other.
#
#   in_three_networks.sh COMMAND...
#
#   server's network            the command's network              client's network
#   10.77.1.2  ------------  10.77.1.1      10.77.2.1  ------------  10.77.2.2
#
# The command may let the server's network out with sysctl net.ipv4.ip_forward=1: it is behind a NAT then, so that
# the client's network sees 10.77.2.1. It enters the others by `nsenter --net --target PID`, where PID is in the variables
# BALL_SERVER_NETWORK and BALL_CLIENT_NETWORK. Nothing can leave the machine. All is gone when the command has ended.
#
# Exit status: the command's; 125 when the networks could not be made (it needs root, or user namespaces).
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

fail() {
  echo "in_three_networks: $*" >&2
  exit 125
}

case ${1:-} in
  '' | -h | --help)
    sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"
    [ $# -gt 0 ] && exit 0 || exit 2
    ;;
  --inside) shift ;;
  *)
    for tool in unshare nsenter setpriv ip nft; do
      command -v $tool >/dev/null || fail "no '$tool'; run packaging/install-packages.sh test"
    done
    for way in '--net' '--user --map-root-user --net'; do
      # shellcheck disable=SC2086 # options, not one word
      if unshare $way true 2>/dev/null; then exec unshare $way "$0" --inside "$@"; fi
    done
    fail "not allowed to make a network namespace: run as root, or allow unprivileged user namespaces" \
      "(sysctl kernel.unprivileged_userns_clone=1)"
    ;;
esac

# A namespace lives as long as a process in it; this one ends with us, however we end.
holders=()
trap 'kill "${holders[@]}" 2>/dev/null || true' EXIT
own=$(readlink /proc/self/ns/net)

# new_network NUMBER: sets `holder` to the process that holds it.
new_network() {
  setpriv --pdeathsig KILL unshare --net sleep infinity &
  holder=$!
  holders+=("$holder")
  while [ "$(readlink "/proc/$holder/ns/net")" = "$own" ]; do
    kill -0 "$holder" 2>/dev/null || fail "a network namespace cannot be made"
  done
  ip link add "ball$1" type veth peer name eth0 netns "$holder" || fail "the kernel has no veth interfaces"
  ip address add "10.77.$1.1/24" dev "ball$1"
  # No IPv6 address: it cannot be used in its first seconds.
  ip link set "ball$1" addrgenmode none up
  local inside=(nsenter --net --target "$holder")
  "${inside[@]}" ip link set lo up
  "${inside[@]}" ip address add "10.77.$1.2/24" dev eth0
  "${inside[@]}" ip link set eth0 addrgenmode none up
  # The kernel takes up to a second to call an interface running, and ICE uses no other.
  until "${inside[@]}" ip -oneline link show dev eth0 | grep -q 'state UP'; do
    kill -0 "$holder" 2>/dev/null || fail "a network namespace has gone"
  done
}

ip link set lo up
new_network 1
export BALL_SERVER_NETWORK=$holder
nsenter --net --target "$holder" ip route add default via 10.77.1.1
new_network 2
export BALL_CLIENT_NETWORK=$holder
nft -f - <<'RULES' || fail "the kernel has no NAT"
table ip nat {
  chain post {
    type nat hook postrouting priority srcnat;
    oifname ball2 masquerade
  }
}
RULES
# Not until the command wants it.
echo 0 >/proc/sys/net/ipv4/ip_forward

status=0
"$@" || status=$?
exit $status
