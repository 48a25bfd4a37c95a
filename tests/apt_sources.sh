# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# To be sourced.

# Copies this machine's apt sources, changed to another release, into a directory that exists.
copy_apt_sources() { # RELEASE DIRECTORY
  local release=$1 directory=$2 here file
  # shellcheck source=/dev/null
  here=$(. /etc/os-release && echo "$VERSION_CODENAME")
  while read -r file; do
    sed "s/\b$here\b/$release/g" "$file" >"$directory/${file##*/}"
  done < <(find /etc/apt/sources.list /etc/apt/sources.list.d -maxdepth 1 -type f -size +0 \
    \( -name '*.list' -o -name '*.sources' \) 2>/dev/null)
}
