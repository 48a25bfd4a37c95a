#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a command, as root of its namespaces, whose only name server is 127.0.0.1, port 53. The machine's own
# /etc/resolv.conf stays as it is: only the command and its children see another.
#
#   with_own_name_server.sh COMMAND...
set -euo pipefail
if [ "${1:-}" != --inside ]; then
  [ $# -gt 0 ] || { sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2; }
  exec unshare --mount "$0" --inside "$@"
fi
shift
own=$(mktemp)
trap 'rm -f "$own"' EXIT
printf 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n' >"$own"
mount --bind "$own" "$(readlink -f /etc/resolv.conf)"
"$@"
