#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the images run: the program that ROLE names, in this process's place.
#
#   docker run -e ROLE=server gst-ball [SERVER_OPTION...]
#   docker run -e ROLE=client gst-ball [CLIENT_OPTION...]
#
# SERVER_HOST and SERVER_PORT say where the client finds the server (default: ball_server, or this host itself where that name
# is not known, as on the host's network; 8080). A server without --token-file is open to everybody who reaches its port.
case ${ROLE:-} in
  server)
    case ${1:-} in --check*) exec server-app "$@" ;; esac
    open=--open
    for option; do
      case $option in --token-file | --token-file=*) open='' ;; esac
    done
    # --open has the server say in the log that it is open.
    exec server-app --host=0.0.0.0 --port="${SERVER_PORT:-8080}" ${open:+"$open"} "$@"
    ;;
  client)
    case ${1:-} in --check*) exec client-app "$@" ;; esac
    known=127.0.0.1
    ! getent hosts ball_server >/dev/null || known=ball_server
    exec client-app --host="${SERVER_HOST:-$known}" --port="${SERVER_PORT:-8080}" "$@"
    ;;
  '') echo "gst-ball: ROLE is not set: start the container with -e ROLE=server or -e ROLE=client" >&2 ;;
  *) echo "gst-ball: unknown ROLE '$ROLE': it is server or client" >&2 ;;
esac
exit 2
