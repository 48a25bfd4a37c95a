# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# To be sourced.

# The blocks of commands in a README that have a word in them, below one heading where that is given: a file each,
# DIRECTORY/block-LINE, with the number of its first line.
readme_blocks() { # README DIRECTORY WORD [HEADING]
  awk -v directory="$2" -v word="$3" -v wanted="${4:-}" '
    /^## / { heading = substr($0, 4) }
    /^```sh$/ { inside = 1; block = ""; first = NR + 1; next }
    /^```$/ && inside {
      inside = 0
      if (index(block, word) && (wanted == "" || heading == wanted)) {
        file = directory "/block-" sprintf("%04d", first)
        printf "%s", block >file
        close(file)
      }
    }
    inside { block = block $0 "\n" }' "$1"
}
