#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the images run: the program that ROLE names, in this process's place.
#
#   docker run -e ROLE=server gst-ball [SERVER_OPTION...]
#   docker run -e ROLE=client gst-ball [CLIENT_OPTION...]
#   docker exec CONTAINER gst-ball --check=STATE          asks the program that runs there
#
# SERVER_HOST and SERVER_PORT say where the client finds the server (default: ball_server, or this host itself where that name
# is not known, as on the host's network; 8080). A server without --token-file is open to everybody who reaches its port.

has() { # REGEX ARGUMENT...: whether one of the arguments is such an option
  local regex=$1 word
  shift
  for word; do
    [[ ! $word =~ ^($regex) ]] || return 0
  done
  return 1
}

# Where the program listens only its own options say. It is the first process, but not under `docker run --init`.
check() { # --check=STATE
  local process words i where
  for process in /proc/[0-9]*; do
    # By the file, not its name: on the host's process table there are those of other containers, too.
    [ ! "$process/exe" -ef /usr/bin/client-app ] || exec client-app "$@"
    [ "$process/exe" -ef /usr/bin/server-app ] || continue
    mapfile -d '' -t words <"$process/cmdline"
    where=()
    for ((i = 1; i < ${#words[@]}; i++)); do
      case ${words[i]} in
        --host | -H | --port | -p | --tls-cert) where+=("${words[i]}" "${words[++i]}") ;;
        --host=* | -H* | --port=* | -p* | --tls-cert=*) where+=("${words[i]}") ;;
      esac
    done
    # One that has it asks, as we do.
    has --check "${words[@]}" || exec server-app "${where[@]}" "$@"
  done
  echo "gst-ball: neither server-app nor client-app runs in this container, or not as this user" >&2
  exit 3
}

case ${1:-} in --check*) check "$@" ;; esac
# Kubernetes has a variable of this name of its own where there is a Service `server`.
case ${SERVER_PORT:-} in '' | tcp://*) SERVER_PORT=8080 ;; esac
case ${ROLE:-} in
  server)
    open=--open
    ! has '--token-file(=|$)' "$@" || open=''
    # --open has the server say in the log that it is open.
    exec server-app --host=0.0.0.0 --port="$SERVER_PORT" ${open:+"$open"} "$@"
    ;;
  client)
    if [ -z "${SERVER_HOST:-}" ] && ! has '--host(=|$)|-H' "$@"; then
      SERVER_HOST=127.0.0.1
      ! getent hosts ball_server >/dev/null || SERVER_HOST=ball_server
    fi
    exec client-app ${SERVER_HOST:+--host="$SERVER_HOST"} --port="$SERVER_PORT" "$@"
    ;;
  '') echo "gst-ball: ROLE is not set: start the container with -e ROLE=server or -e ROLE=client" >&2 ;;
  *) echo "gst-ball: unknown ROLE '$ROLE': it is server or client" >&2 ;;
esac
exit 2
