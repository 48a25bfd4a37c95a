#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Prints a program's man page: what --help says, put into a template.
#
#   packaging/man/man-page.sh TEMPLATE PROGRAM
#
# In the template a line @SUMMARY@ becomes what the program does, @OPTIONS@ its options, @MORE@ the titled
# sections below them (the exit codes), and @VERSION@, anywhere, its version.
#
# Exit status: 0 printed, 1 the program does not tell its --help, 2 wrong arguments.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
esac
if [ $# != 2 ] || [ ! -r "$1" ] || [ ! -x "$2" ]; then
  echo "man-page: give a template and a program (see --help)" >&2
  exit 2
fi

export LC_ALL=C.UTF-8 LANGUAGE='' # not in the builder's language
if ! help=$("$2" --help) || ! version=$("$2" --version); then
  echo "man-page: $2 does not tell --help and --version" >&2
  exit 1
fi

HELP=$help VERSION=${version##* } awk '
  function roff(text) { # what troff takes for more than text
    gsub(/\\/, "\\(rs", text); gsub(/-/, "\\-", text); gsub(/…/, "...", text)
    sub(/^[.\047]/, "\\\\\\&&", text)
    return text
  }
  function item(line, at) { # "  KEY   TEXT"
    sub(/^ +/, "", line)
    at = match(line, /  +/)
    if (!at) return ".TP\n.B " roff(line) "\n"
    return ".TP\n.B " roff(substr(line, 1, at - 1)) "\n" roff(substr(line, at + RLENGTH)) "\n"
  }
  function title(line) {
    sub(/:$/, "", line)
    return line == "Exit codes" ? "EXIT STATUS" : toupper(line)
  }
  BEGIN {
    lines = split(ENVIRON["HELP"], help, "\n")
    place = "usage"
    for (i = 1; i <= lines; i++) {
      line = help[i]
      if (line ~ /^[^ ].* Options:$/) { sub(/:$/, "", line); options = options ".SS " roff(line) "\n"; place = "options" }
      else if (line ~ /^Usage:/) place = "usage"
      else if (line ~ /^[^ ].*:$/ && place != "usage" && place != "summary") { more = more ".SH " roff(title(line)) "\n"; place = "more" }
      else if (place == "usage" && line == "") place = "summary"
      else if (line == "") { if (place == "more") more = more ".PP\n" }
      else if (place == "summary") summary = summary roff(line) "\n"
      else if (place == "options" && line ~ /^ +-/) options = options item(line)
      else if (place == "options") { more = more ".SH NOTES\n" roff(line) "\n"; place = "more" }
      else if (place == "more") more = more (line ~ /^  / ? item(line) : roff(line) "\n")
    }
    gsub(/(\.PP\n)+$/, "", more); gsub(/(\.PP\n)+\.SH/, ".SH", more)
  }
  /^@SUMMARY@$/ { printf "%s", summary; next }
  /^@OPTIONS@$/ { printf "%s", options; next }
  /^@MORE@$/ { printf "%s", more; next }
  { gsub(/@VERSION@/, ENVIRON["VERSION"]); print }' "$1"
