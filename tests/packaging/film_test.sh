#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Makes the film and the still anew, and holds them against what those of the repository must be.
#
#   tests/packaging/film_test.sh
#
# Needs `packaging/install-packages.sh build run film`. BALL_BUILD_DIR as for packaging/media/make-film.sh. Exit status: 0
# passed, 1 failed.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
esac
root=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
python=/usr/bin/python3 # Debian's
[ -x $python ] || python=python3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/packaging/media/make-film.sh" --no-install --out "$work"
BALL_MEDIA_DIR=$work "$python" "$root/tests/media_test.py" --verbose FilmTest StillTest
