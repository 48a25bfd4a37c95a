#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Applies every manifest below deploy/kubernetes to a real API server, and has it admit their pods.
#
#   tests/deploy/apiserver_test.sh
#
# kube-apiserver (1.25 or later: pod security and strict validation), etcd and kubectl are looked for in KUBEBUILDER_ASSETS,
# which is where controller-runtime's setup-envtest puts all three, then in PATH:
#
#   KUBEBUILDER_ASSETS=DIRECTORY tests/deploy/apiserver_test.sh
#
# packaging/install-packages.sh apiserver installs what Debian has of it, etcd and openssl. Its releases up to 13 have no
# kube-apiserver that would do: the source package `kubernetes` of 13 is cut down to kubectl, that of 12 is 1.20. Upstream's
# own release does.
#
# Both servers run on loopback, on free ports, with keys, token and data in a directory that goes with them. There are no
# controllers: so pods are made here from the templates, as the controllers would make them.
#
# The last line is `N passed, N failed`. Exit status: 0 none failed, 1 some did, 77 no API server to ask.
set -euo pipefail
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
manifests=$root/deploy/kubernetes
namespace=gst-ball
strictly=(--validate=strict --warnings-as-errors)
oldest=25 # of 1.25: the minor version from which servers and kubectl know all that is asked here

case ${1-} in
  '') ;;
  -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
  *) echo "apiserver_test: unknown argument $1 (see --help)" >&2; exit 2 ;;
esac

skip() { echo "apiserver_test: skipped: $* (see --help)"; exit 77; }
find_program() { # NAME: its path, from KUBEBUILDER_ASSETS or else PATH
  local assets=${KUBEBUILDER_ASSETS:-/nonexistent}
  if [ -x "$assets/$1" ]; then echo "$assets/$1"; else command -v "$1" || true; fi
}
need_version() { # NAME COMMAND...: that prints its version
  local name=$1 minor
  shift
  minor=$("$@" 2>/dev/null | sed -n 's/.*v1\.\([0-9]*\)\..*/\1/p;/v1\./q' || true)
  [ "${minor:-0}" -ge $oldest ] || skip "$name ${minor:+is 1.$minor, which} is older than 1.$oldest"
}

apiserver=$(find_program kube-apiserver) etcd=$(find_program etcd) kubectl=$(find_program kubectl) missing=()
[ -n "$apiserver" ] || missing+=(kube-apiserver)
[ -n "$etcd" ] || missing+=(etcd)
[ -n "$kubectl" ] || missing+=(kubectl)
for tool in openssl python3; do command -v $tool >/dev/null || missing+=("$tool"); done
[ ${#missing[@]} = 0 ] ||
  skip "no ${missing[*]} in KUBEBUILDER_ASSETS or PATH; what Debian has of it: packaging/install-packages.sh deploy apiserver"
need_version kube-apiserver "$apiserver" --version
need_version kubectl "$kubectl" version --client

umask 077
work=$(mktemp -d)
# shellcheck source=tests/deploy/expect.sh
. "$root/tests/deploy/expect.sh"
etcd_pid='' apiserver_pid=''
end() { # both; the API server first, which would not end without its etcd
  local pid deadline
  for pid in $apiserver_pid $etcd_pid; do
    deadline=$((SECONDS + 20))
    kill "$pid" 2>/dev/null || continue
    while kill -0 "$pid" 2>/dev/null && [ $SECONDS -lt $deadline ]; do read -r -t 0.1 <> <(:) || true; done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  etcd_pid='' apiserver_pid=''
}
clean_up() {
  end
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

kube() { "$kubectl" --kubeconfig "$work/kubeconfig" --cache-dir "$work/cache" --namespace $namespace "$@"; }

free_ports() { # COUNT: that many different ones
  python3 -c '
import socket, sys
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(one.getsockname()[1] for one in held))' "$1"
}

make_keys() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$work/server.key" -out "$work/server.crt" &&
    openssl genrsa -out "$work/accounts.key" 2048 &&
    token=$(openssl rand -hex 24) &&
    echo "$token,tester,tester,system:masters" >"$work/tokens"
}

write_kubeconfig() { # PORT
  cat >"$work/kubeconfig" <<CONFIG
apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: test}}]
clusters: [{name: test, cluster: {server: "https://127.0.0.1:$1", certificate-authority: "$work/server.crt"}}]
users: [{name: test, user: {token: "$token"}}]
CONFIG
}

launch() { # etcd and the API server, in the background, on ports that were free just now
  local client peer secure
  read -r client peer secure < <(free_ports 3)
  rm -rf "$work/etcd"
  "$etcd" --data-dir "$work/etcd" --listen-client-urls "http://127.0.0.1:$client" \
    --advertise-client-urls "http://127.0.0.1:$client" --listen-peer-urls "http://127.0.0.1:$peer" \
    --initial-advertise-peer-urls "http://127.0.0.1:$peer" --initial-cluster "default=http://127.0.0.1:$peer" \
    >"$work/etcd.log" 2>&1 &
  etcd_pid=$!
  # Privileged pods are allowed as far as the server goes: it is pod security alone that is to refuse them.
  "$apiserver" --etcd-servers "http://127.0.0.1:$client" --bind-address 127.0.0.1 --advertise-address 127.0.0.1 \
    --secure-port "$secure" --tls-cert-file "$work/server.crt" --tls-private-key-file "$work/server.key" \
    --cert-dir "$work" --token-auth-file "$work/tokens" --authorization-mode RBAC --allow-privileged=true \
    --enable-admission-plugins NodeRestriction,PodSecurity --endpoint-reconciler-type none \
    --service-account-issuer https://127.0.0.1 --service-account-key-file "$work/accounts.key" \
    --service-account-signing-key-file "$work/accounts.key" --service-cluster-ip-range 10.96.0.0/16 \
    >"$work/apiserver.log" 2>&1 &
  apiserver_pid=$!
  write_kubeconfig "$secure"
}

running() { kill -0 "$etcd_pid" 2>/dev/null && kill -0 "$apiserver_pid" 2>/dev/null; }
start() { # tried again where another program took a port in between
  local attempt deadline
  for attempt in 1 2 3; do
    launch
    deadline=$((SECONDS + 120))
    while running && [ $SECONDS -lt $deadline ]; do
      ! kube get --raw /readyz >/dev/null 2>&1 || return 0
      read -r -t 0.2 <> <(:) || true
    done
    end
    grep -q 'address already in use' "$work"/*.log || break
  done
  echo "the API server did not become ready (attempt $attempt):"
  tail -n 5 "$work"/*.log
  return 1
}

kinds() { "$kubectl" kustomize "$1" | sed -n 's/^kind: //p'; } # DIRECTORY: one line an object
workloads() { kube get "$(kinds "$1" | grep -xE 'Deployment|Job' | sort -u | paste -s -d ,)" --output name; }

takes_all() { # DIRECTORY: strictly, without a warning, and as many objects as there are
  kube apply --kustomize "$1" "${strictly[@]}" | tee "$work/applied" || return
  [ "$(grep -cE ' (created|configured|unchanged)$' "$work/applied")" = "$(kinds "$1" | wc -l)" ]
}

make_pod() { # WORKLOAD: in pod.json, as its controller would make it
  local labels spec
  labels=$(kube get "$1" --output 'jsonpath={.spec.template.metadata.labels}') || return
  spec=$(kube get "$1" --output 'jsonpath={.spec.template.spec}') || return
  cat >"$work/pod.json" <<POD
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "${1##*/}-try", "labels": $labels}, "spec": $spec}
POD
}
admits() { kube create --filename "$work/pod.json" "${strictly[@]}"; }

fails() { # TEXT COMMAND...: fails, and says so
  local text=$1
  shift
  ! "$@" >"$work/answer" 2>&1 || { cat "$work/answer"; echo "it was accepted"; return 1; }
  cat "$work/answer"
  grep -qF "$text" "$work/answer"
}

refuses() { # JSON_PATCH: the pod of pod.json, so changed, for its security and nothing else
  sed 's/-try"/-spoilt"/' "$work/pod.json" >"$work/copy.json"
  "$kubectl" patch --local --filename "$work/copy.json" --type json --patch "$1" --output json >"$work/spoilt.json" || return
  fails 'violates PodSecurity "restricted' kube create --filename "$work/spoilt.json" --dry-run=server
}
refuses_unknown_field() {
  sed 's/-try"/-spoilt"/; s/"spec": {/&"colour": "red", /' "$work/pod.json" >"$work/spoilt.json"
  fails 'unknown field' kube create --filename "$work/spoilt.json" "${strictly[@]}"
}
warns() { # JSON_PATCH: of the server's Deployment, so changed
  fails 'would violate PodSecurity "restricted' kube patch deployment server --type json --patch "$1" --dry-run=server \
    --warnings-as-errors
}

sweep() { # DIRECTORY: removes what it made, so that the next one starts anew; no controller would empty the namespace
  kube delete "$(kinds "$1" | grep -vx Namespace | sort -u | paste -s -d ,)" --all && kube delete pod --all
}

check_directory() { # NAME: of one below deploy/kubernetes
  local directory=$manifests/$1 workload names
  expect "$1: the API server takes each object" takes_all "$directory"
  expect "$1: it keeps them as they are written" kube diff --kustomize "$directory"
  names=$(workloads "$directory" || true)
  [ -n "$names" ] || expect "$1: it has pods" false
  for workload in $names; do
    expect "$1: a pod of ${workload##*/} can be made" make_pod "$workload"
    expect "$1: it is admitted" admits
  done
  expect "$1: it can be removed" sweep "$directory"
}

expect "keys can be made" make_keys
[ "$failed" != 0 ] || expect "$("$apiserver" --version) starts" start
[ "$failed" = 0 ] || { finish; exit; }
expect "it makes the namespace" kube apply --filename "$manifests/base/namespace.yaml" "${strictly[@]}"
# What the controllers would do at once in a new namespace; without it no pod is admitted.
expect "it has an account" kube create serviceaccount default

for file in "$manifests"/{base,overlays/*,score}/kustomization.yaml; do
  directory=${file%/*}
  check_directory "${directory#"$manifests/"}"
done

host_network='{"op": "add", "path": "/spec/hostNetwork", "value": true}'
host_path='{"op": "add", "path": "/spec/volumes/-", "value": {"name": "host", "hostPath": {"path": "/"}}}'
context=/spec/containers/0/securityContext
without() { echo '[{"op": "remove", "path": "'"$1"'"}]'; } # PATH
expect "a pod to spoil can be applied" takes_all "$manifests/base"
expect "it can be made" make_pod deployment.apps/server
expect "unspoilt it is admitted" admits
expect "a privileged copy is refused" refuses \
  '[{"op": "replace", "path": "'$context'", "value": {"privileged": true}}]'
expect "one on the host's network is refused" refuses "[$host_network]"
expect "one with a directory of the host is refused" refuses "[$host_path]"
expect "one that may escalate is refused" refuses "$(without $context/allowPrivilegeEscalation)"
expect "one that keeps its capabilities is refused" refuses "$(without $context/capabilities)"
expect "one that may be root is refused" refuses "$(without /spec/securityContext/runAsNonRoot)"
expect "one without a seccomp profile is refused" refuses "$(without /spec/securityContext/seccompProfile)"
expect "one with an unknown field is refused" refuses_unknown_field
expect "a deployment of such pods is warned of, which fails" warns \
  "$(without /spec/template/spec/securityContext/seccompProfile)"

finish
