# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the pure files of plugins/*/, apps/wire and apps/compare, one path a line, relative to the sources.

A source is pure when a Meson target without GStreamer compiles it: including GStreamer would fail there. A header
goes with the source of its name; one without a source is pure when it includes neither GStreamer nor GLib itself.

usage: pure_files.py COMPILE_COMMANDS_JSON SOURCE_ROOT
"""
import json
import pathlib
import re
import sys

FOLDERS = ("plugins/*", "apps/wire", "apps/compare")
SHELL_INCLUDE = re.compile(r"^#include <(gst/|glib|gio/|gmodule)", re.MULTILINE)


def pure_files(commands, root):
    """Sorted relative paths (str). `commands` is the parsed compilation data base, `root` a pathlib.Path."""
    without_gstreamer = set()
    for entry in commands:
        if "gstreamer-1.0" not in entry["command"]:
            without_gstreamer.add((pathlib.Path(entry["directory"]) / entry["file"]).resolve())
    pure = []
    for pattern in FOLDERS:
        for folder in root.glob(pattern):
            for source in folder.glob("*.cpp"):
                if source.resolve() in without_gstreamer:
                    pure.append(source)
            for header in folder.glob("*.h"):
                source = header.with_suffix(".cpp")
                if source.exists():
                    is_pure = source.resolve() in without_gstreamer
                else:
                    is_pure = not SHELL_INCLUDE.search(header.read_text(encoding="utf-8"))
                if is_pure:
                    pure.append(header)
    return sorted(str(path.relative_to(root)) for path in pure)


def main(commands_path, root):
    with open(commands_path, encoding="utf-8") as commands:
        print("\n".join(pure_files(json.load(commands), pathlib.Path(root).resolve())))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
