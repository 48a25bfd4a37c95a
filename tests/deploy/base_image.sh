#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes the base image that the Dockerfile expects, from Debian's packages alone, and gives it to the engine.
#
#   tests/deploy/base_image.sh ENGINE [SUITE]       podman or docker; bookworm (the default) or trixie
#
# Where an image of that name is there already, it is kept. Package sources are this machine's.
set -euo pipefail
engine=${1:?ENGINE} suite=${2:-bookworm}
name=debian:$suite-slim
! "$engine" image inspect "$name" >/dev/null 2>&1 || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/sources"
# shellcheck source=tests/apt_sources.sh
. "$(dirname "$(dirname "$(readlink -f "$0")")")/apt_sources.sh"
copy_apt_sources "$suite" "$work/sources"
cat >"$work/finish" <<'HOOK'
#!/bin/sh
set -e
rm -rf "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/var/lib/apt/lists/* "$1/etc/hostname"
for file in "${0%/*}"/sources/*; do
  case $file in
    */sources.list) cp "$file" "$1/etc/apt/" ;;
    *) cp "$file" "$1/etc/apt/sources.list.d/" ;;
  esac
done
: >"$1/etc/resolv.conf"
HOOK
chmod 755 "$work/finish"
merged=()
[ "$suite" != bookworm ] || merged=(--include=usr-is-merged --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr)
mmdebstrap --quiet --variant=minbase --mode=root "${merged[@]}" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  --customize-hook="$work/finish" "$suite" "$work/base.tar" "$work"/sources/*
[ "$engine" != podman ] || name=localhost/$name
"$engine" import --change 'CMD ["bash"]' "$work/base.tar" "$name" >/dev/null
