# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Clean Debian machines for the tests of this folder, made by mmdebstrap and gone when they have run. To be sourced.

# shellcheck source=tests/apt_sources.sh
. "$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")/apt_sources.sh"

# Ends the script with a sentence (by its `say`) where it has no clean machines of that release.
need_clean_machines() { # RELEASE
  case $1 in bookworm | trixie) ;; *) say "--suite takes bookworm or trixie"; exit 2 ;; esac
  [ "$(id -u)" = 0 ] || { say "needs root"; exit 1; }
  command -v mmdebstrap >/dev/null || { say "no mmdebstrap; run packaging/install-packages.sh package"; exit 1; }
}

# Copies what belongs to the project, changed or not, and nothing that was built: of a clone what git knows.
copy_sources() ( # ROOT DIRECTORY
  cd "$1"
  if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$1" ]; then
    git ls-files -z | while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
      tar -c --null -T - | tar -x -C "$2"
  else
    tar -c --exclude=./.git --exclude='./build*' . | tar -x -C "$2"
  fi
)

# Runs a script, as root, in a new minimal Debian.
#
#   clean_machine RELEASE SCRIPT [copy-in DIR_HERE DIR_THERE | copy-out DIR_THERE DIR_HERE]...
#
# SCRIPT is the path of a bash script. copy-in puts a directory's content there before it runs, copy-out fetches
# one afterwards. The machine has this machine's apt sources (for its RELEASE), proxy and certificates, handed over
# at run time.
# Status: the script's, or mmdebstrap's own.
clean_machine() (
  local release=$1 script=$2 given file status=0
  shift 2
  given=$(mktemp -d)
  trap 'rm -rf "$given"' EXIT
  chmod 755 "$given"
  mkdir "$given/sources" "$given/certificates"
  install -m 755 "$script" "$given/script"

  copy_apt_sources "$release" "$given/sources"
  apt-config dump --format '%f "%v";%n' Acquire |
    grep -E '^Acquire::(https?::|Check-|Retries)' | grep -v '""' >"$given/apt.conf" || true
  # Those that somebody put on this machine, for a mirror or proxy that only they vouch for.
  find /etc/ssl/certs -maxdepth 1 -type f -name '*.pem' -exec cp {} "$given/certificates/" \; 2>/dev/null || true
  find /usr/local/share/ca-certificates -type f -name '*.crt' -exec cp {} "$given/certificates/" \; 2>/dev/null || true
  for file in "$given"/certificates/*.pem; do [ ! -e "$file" ] || mv "$file" "${file%.pem}.crt"; done

  local hooks=() options=(--quiet --variant=minbase --mode=root --format=null --aptopt="$given/apt.conf"
    --aptopt='APT::Install-Recommends "false"')
  # Without it, a package of bookworm moves all of /usr about, after the installation.
  [ "$release" != bookworm ] || options+=(--include=usr-is-merged
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr)
  # In both places: the bundle for now, the single ones for when a package brings ca-certificates along.
  hooks+=(--customize-hook="mkdir -p \$1/usr/local/share/ca-certificates \$1/etc/ssl/certs"
    --customize-hook="sync-in $given/certificates /usr/local/share/ca-certificates"
    --customize-hook="[ ! -e /etc/ssl/certs/ca-certificates.crt ] || cp -L /etc/ssl/certs/ca-certificates.crt \$1/etc/ssl/certs/"
    --customize-hook="copy-in $given/script /root")
  local after=()
  while [ $# -gt 0 ]; do
    case $1 in
      copy-in) hooks+=(--customize-hook="mkdir -p \$1$3" --customize-hook="sync-in $2 $3") ;;
      copy-out) after+=(--customize-hook="sync-out $2 $3") ;;
    esac
    shift 3
  done
  hooks+=(--customize-hook="chroot \$1 env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin bash /root/script </dev/null")
  TMPDIR=${TMPDIR:-/var/tmp} mmdebstrap "${options[@]}" "${hooks[@]}" "${after[@]}" \
    "$release" /dev/null "$given"/sources/* || status=$?
  return $status
)
