#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Gathers what the programs need at run time: themselves, the GStreamer plugins that hold their elements,
# and every library that these load, with the licences of the packages they come from.
#
#   deploy/docker/collect.sh STAGE IMAGE
#
# STAGE   what `meson install` made, below its DESTDIR
# IMAGE   the directory to fill, to be laid over the same Debian that this runs on
set -euo pipefail
stage=${1:?STAGE} image=${2:?IMAGE}
here=$(dirname "$(readlink -f "$0")")
[ -d "$stage/usr" ] || { echo "collect: $stage has nothing installed" >&2; exit 1; }

# By what a session is made of. H.264 is decoded by openh264: libav's libraries alone take 150 MB.
elements=(
  appsrc queue videoconvertscale videotestsrc typefind autovideosink ximagesink xvimagesink
  vp8enc openh264enc h264parse rtpvp8pay rtpbin
  webrtcbin nicesrc dtlsdec srtpdec sctpdec shmsink
)
# Newer releases have some of them under another name.
alternatives() {
  case $1 in videoconvertscale) echo videoconvertscale videoconvert ;; *) echo "$1" ;; esac
}

plugin_of() { # ELEMENT: the file of the plugin that has it
  local name file
  for name in $(alternatives "$1"); do
    file=$(gst-inspect-1.0 "$name" 2>/dev/null | sed -n 's/^ *Filename *//p')
    [ -z "$file" ] || { echo "$file"; return; }
  done
  echo "collect: no element $1" >&2
  return 1
}

libraries_of() { # FILE...: what the loader loads for them
  local output
  output=$(LD_LIBRARY_PATH=$(dirname "$(find "$stage" -name libgstball.so)") ldd "$@")
  if grep -F 'not found' <<<"$output" >&2; then return 1; fi
  sed -n 's/^.* => \(\/[^ ]*\) .*/\1/p' <<<"$output" | sort -u
}

put() { # FILE...: with the links that lead to it, at the place that is no link (/lib is one, to /usr/lib)
  local file directory
  for file; do
    directory=$(realpath "$(dirname "$file")")
    mkdir -p "$image$directory"
    cp -a "$directory/$(basename "$file")" "$image$directory/"
    [ ! -L "$file" ] || put "$(cd "$directory" && realpath --no-symlinks "$(readlink "$file")")"
  done
}

mkdir -p "$image"
files=("$(command -v gst-inspect-1.0)")
for element in "${elements[@]}"; do
  file=$(plugin_of "$element")
  files+=("$file")
done
files+=("$(find /usr/lib -name gst-plugin-scanner)")
# What libraries load by themselves: libsrtp's cryptography, where it is NSS.
shopt -s nullglob
files+=(/usr/lib/*/lib{softokn3,freebl3,freeblpriv3}.so)
# GIO's TLS.
files+=(/usr/lib/*/gio/modules/libgiognutls.so)
mapfile -t installed < <(find "$stage" -type f \( -perm -u+x -o -name '*.so' \))
mapfile -t libraries < <(libraries_of "${files[@]}" "${installed[@]}")
mapfile -t all < <(printf '%s\n' "${files[@]}" "${libraries[@]}" | sort -u)

put "${all[@]}"
cp -a "$stage/." "$image"
install -m 755 "$here/role.sh" "$image/usr/bin/gst-ball"
mkdir -p "$image/usr/share/gst-ball"

realpath "${all[@]}" | sort -u | while read -r file; do
  dpkg-query --search "$file" 2>/dev/null || dpkg-query --search "${file#/usr}" 2>/dev/null || true
done | sed 's/:.*//' | sort -u | while read -r package; do
  copyright=/usr/share/doc/$package/copyright
  [ ! -e "$copyright" ] || cp --parents --dereference "$copyright" "$image"
done

echo "collect: ${#all[@]} files; the largest:"
# The list says what takes the room.
realpath "${all[@]}" | sort -u | xargs du -k | sort -rn | sed -n 1,12p
