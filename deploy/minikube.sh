#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# gst-ball on minikube, by one command.
#
#   deploy/minikube.sh up       builds the images into minikube, applies the manifests, waits, and prints the score
#   deploy/minikube.sh score    runs a client for some hundred frames again, and prints what it scored
#   deploy/minikube.sh down     removes all of it; minikube itself stays
#
# up starts minikube where it does not run, with Calico, which enforces the network policies. Run again it builds anew and
# rolls that out. MINIKUBE_PROFILE names another profile than `minikube`. OVERLAY=turn adds a TURN server for clients
# outside the cluster.
#
# Exit status: 0 done, and scored well enough; 1 not so; 2 wrong arguments.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
profile=${MINIKUBE_PROFILE:-minikube}
overlay=$root/deploy/kubernetes/overlays/${OVERLAY:-minikube}
namespace=gst-ball

usage() { sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; }
die() { echo "minikube.sh: $*" >&2; exit 1; }
in_minikube() { minikube --profile "$profile" "$@"; }
kube() { kubectl --context "$profile" --namespace $namespace "$@"; }

need() {
  command -v minikube >/dev/null || die "there is no minikube: install it as its documentation says"
  command -v kubectl >/dev/null || die "there is no kubectl: install it (package kubernetes-client), or link it to minikube"
}

# buildctl, which builds where containerd runs the pods, names a stage otherwise than docker and podman do.
stage() { # TARGET: for --build-opt
  local runtime
  runtime=$(kube get nodes --output 'jsonpath={.items[0].status.nodeInfo.containerRuntimeVersion}') || return
  case $runtime in containerd:*) echo "opt=target=$1" ;; *) echo "target=$1" ;; esac
}

build() { # IMAGE:TAG TARGET
  local option
  option=$(stage "$2")
  echo "minikube.sh: building $1 ..."
  in_minikube image build --tag "$1" --file deploy/docker/Dockerfile --build-opt "$option" "$root"
  # minikube exits with 0 where the build failed, too.
  in_minikube image ls | grep "/$1\$" >/dev/null || die "$1 was not built: see above"
}

# Another tag with each build: so that is what the pods get, and they are replaced.
apply() { # DIRECTORY TAG
  kubectl kustomize "$1" | sed "s/\(image: gst-ball-[a-z]*\)$/\1:$2/" | kubectl --context "$profile" apply --filename -
}

remove_images_but() { # TAG; one that a pod still uses stays until the next time
  local old
  mapfile -t old < <(in_minikube image ls | grep '/gst-ball-[a-z]*:' | grep -v ":$1\$")
  [ ${#old[@]} = 0 ] || in_minikube image rm "${old[@]}" >/dev/null 2>&1 || true
}

make_secret() { # NAME KEY=VALUE...: kept where it is there already, so that running clients stay valid
  local name=$1 literals=() pair
  shift
  kube get secret "$name" >/dev/null 2>&1 && return
  for pair; do literals+=("--from-literal=$pair"); done
  kube create secret generic "$name" "${literals[@]}" >/dev/null
}
random() { head -c 24 /dev/urandom | base64 | tr -d '/+=\n'; }

score() {
  local image
  image=$(kube get deployment client --output 'jsonpath={.spec.template.spec.containers[0].image}')
  kube delete job score --ignore-not-found --wait >/dev/null
  apply "$root/deploy/kubernetes/score" "${image##*:}" >/dev/null
  local state=''
  for ((second = 0; second < 150; second++)); do
    state=$(kube get job score --output 'jsonpath={.status.conditions[?(@.status=="True")].type}')
    # FailureTarget and SuccessCriteriaMet come first, while the pod still ends; its log is whole only after that.
    case $state in *Failed* | *Complete*) break ;; esac
    sleep 1
  done
  kube logs job/score || true
  case $state in
    *Failed*) die "the score is below its thresholds (deploy/kubernetes/score/thresholds), or no client came through" ;;
    *Complete*) echo "minikube.sh: the score meets its thresholds" ;;
    *) die "the score job did not end: kubectl --context $profile -n $namespace describe job score" ;;
  esac
}

up() {
  if ! in_minikube status >/dev/null 2>&1; then in_minikube start --cni=calico; fi
  in_minikube addons enable metrics-server >/dev/null || echo "minikube.sh: no metrics server, so nothing scales by itself" >&2
  local tag
  tag=$(date --utc +%Y%m%d-%H%M%S)
  build "gst-ball-server:$tag" server
  build "gst-ball-client:$tag" client
  [ "${OVERLAY:-}" != turn ] || build "gst-ball-turn:$tag" turn
  kubectl --context "$profile" apply --filename "$root/deploy/kubernetes/base/namespace.yaml"
  make_secret gst-ball-token "token=$(random)"
  [ "${OVERLAY:-}" != turn ] || make_secret gst-ball-turn user=ball "password=$(random)"
  apply "$overlay" "$tag"
  kube rollout status deployment/server --timeout=180s
  kube rollout status deployment/client --timeout=180s
  remove_images_but "$tag"
  score
}

down() {
  kubectl --context "$profile" delete namespace $namespace --ignore-not-found
}

[ $# = 1 ] || { usage >&2; exit 2; }
case $1 in
  -h | --help) usage ;;
  up | score | down)
    [ -d "$overlay" ] || die "there is no overlay ${OVERLAY:-}: it is minikube or turn"
    need
    "$1"
    ;;
  *) usage >&2; exit 2 ;;
esac
