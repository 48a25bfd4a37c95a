#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Runs a command in a mount namespace of its own: it may mount small disks, even over /dev/shm, and nobody else sees
# them. They are gone when the command and its children have ended.
#
#   in_mount_namespace.sh COMMAND...
#
# Exit status: the command's; 125 when no namespace could be made (it needs root, or user namespaces).
set -euo pipefail

[ $# -gt 0 ] || { sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 2; }
for way in '' '--user --map-root-user'; do
  # shellcheck disable=SC2086 # options, not one word
  if unshare $way --mount true 2>/dev/null; then exec unshare $way --mount "$@"; fi
done
echo "in_mount_namespace: not allowed to make a mount namespace: run as root, or allow unprivileged user" \
  "namespaces (sysctl kernel.unprivileged_userns_clone=1)" >&2
exit 125
