# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion of server-app, client-app and locator-app. It reads the program's own --help each time, so
# that it knows every option that this program has.

_gst_ball() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} help found kind values
  COMPREPLY=()
  help=$(LC_ALL=C.UTF-8 LANGUAGE='' "${1/#\~/$HOME}" --help 2>/dev/null) || return 0

  # bash takes the = of --port=80 for a word of its own.
  if [ "$current" = = ]; then
    current=''
  elif [ "$before" = = ] && [ "$COMP_CWORD" -gt 2 ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  # "KIND VALUE..." of the option before this word: PATH for a file, HOST, ANY for what cannot be guessed, and the
  # values that stand in the help as a|b or as "A, B or C (default"; nothing where it takes no value.
  found=$(awk -v option="$before" '
    $0 !~ /^  -/ { next }
    {
      names = substr($0, 3); at = match(names, /   *|  +/)
      text = substr(names, at + RLENGTH); names = substr(names, 1, at - 1)
      takes = names; if (!sub(/^[^=]*=/, "", takes)) next
      sub(/=.*/, "", names); count = split(names, name, ", ")
      for (i = 1; i <= count; i++) if (name[i] == option) {
        if (takes ~ /^(FILE|PATH|DIR)$/) print "PATH"
        else if (takes == "HOST") print "HOST"
        else if (takes ~ /\|/) {
          values = ""; count = split(takes, value, "|")
          for (j = 1; j <= count; j++) if (value[j] !~ /^[A-Z]+$/) values = values " " value[j]
          print "ANY" values
        } else if (match(text, /^[A-Z0-9]+(, [A-Z0-9]+)* or [A-Z0-9]+ \(/)) {
          values = substr(text, 1, RLENGTH - 2); gsub(/, | or /, " ", values); print "ANY " values
        } else print "ANY"
        exit
      }
    }' <<<"$help")
  kind=${found%% *}
  values=${found#"$kind"}
  case $kind in
    PATH)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return 0
      ;;
    HOST) mapfile -t COMPREPLY < <(compgen -A hostname -- "$current") && return 0 ;;
    ANY) mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current") && return 0 ;;
  esac
  values=$(grep -oE '^  (-.,)? ?--[a-z0-9-]+' <<<"$help" | grep -oE -- '--[a-z0-9-]+')
  mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
}

complete -F _gst_ball server-app client-app locator-app
