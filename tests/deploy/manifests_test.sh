#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Checks every manifest below deploy/kubernetes as a cluster would, without one.
#
#   tests/deploy/manifests_test.sh [BUILD_DIR]        default: build, whose programs tell which options exist
#
# Wants kubectl, node and npm (packaging/install-packages.sh deploy); npm fetches the API's schemas once, into
# BUILD_DIR/manifests. The last line is `N passed, N failed`; exit status 0 when none failed.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
build=${1:-$root/build}
case $build in -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;; esac
for tool in kubectl node npm; do
  command -v $tool >/dev/null || { echo "manifests_test: no $tool; run packaging/install-packages.sh deploy" >&2; exit 1; }
done
[ -x "$build/apps/server-app/server-app" ] || { echo "manifests_test: no programs in $build; run packaging/build.sh" >&2; exit 1; }

work=$build/manifests
mkdir -p "$work"
cp "$here/package.json" "$here/manifests_test.mjs" "$work/"
[ "$work/node_modules/.package-lock.json" -nt "$here/package.json" ] ||
  npm install --prefix "$work" --silent --no-audit --no-fund --no-package-lock

rm -rf "$work/rendered"
mkdir "$work/rendered"
for overlay in base score overlays/minikube overlays/turn; do
  kubectl kustomize "$root/deploy/kubernetes/$overlay" >"$work/rendered/${overlay##*/}.yaml"
done
for program in server client; do
  GST_PLUGIN_PATH=$build/plugins "$build/apps/$program-app/$program-app" --help >"$work/rendered/$program.help"
done
cd "$work"
node manifests_test.mjs rendered "$root/deploy/docker/Dockerfile"
