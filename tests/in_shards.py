# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a GoogleTest program's tests in parts beside each other: for tests that mostly wait.

Prints what each part said, one part after the other, and joins their reports where there is to be one.

usage: in_shards.py PARTS PROGRAM [ARGUMENT...]       such as --gtest_filter=FILTER or --gtest_output=xml:FILE
Exit status: that of the first part that failed (128 and more: ended by a signal), else 0.
"""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

REPORT = "--gtest_output=xml:"


class Shard:
    """One of the parts, which runs from the start. Its output and its report go into a directory (a pathlib.Path)."""

    def __init__(self, index, count, command, directory):
        self.name = f"part {index + 1} of {count}"
        self.report = directory / f"{index}.xml"
        self.said = directory / f"{index}.txt"
        environment = {**os.environ, "GTEST_TOTAL_SHARDS": str(count), "GTEST_SHARD_INDEX": str(index)}
        arguments = [REPORT + str(self.report) if word.startswith(REPORT) else word for word in command]
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=subprocess.STDOUT)

    def finish(self):
        """Waits for its end and prints what it said. Returns its exit status."""
        status = self.process.wait()
        sys.stdout.flush()
        sys.stdout.buffer.write(self.said.read_bytes())
        if status < 0:
            print(f"in_shards: {self.name} was ended by {signal.Signals(-status).name}")
        return status if status >= 0 else 128 - status


def join_reports(shards, path):
    """Writes one report of all; a part that crashed has left none."""
    whole = xml.etree.ElementTree.Element("testsuites", name="AllTests")
    for shard in shards:
        if shard.report.exists():
            whole.extend(xml.etree.ElementTree.parse(shard.report).getroot())
    xml.etree.ElementTree.ElementTree(whole).write(path, encoding="UTF-8", xml_declaration=True)


def main(count, command):
    shards = []
    # Whoever ends the test wants to read how far it came.
    signal.signal(signal.SIGTERM, lambda *_: [shard.process.terminate() for shard in shards])
    with tempfile.TemporaryDirectory(prefix="gst-ball-shards-") as directory:
        for index in range(count):
            shards.append(Shard(index, count, command, pathlib.Path(directory)))
        statuses = [shard.finish() for shard in shards]
        for word in command:
            if word.startswith(REPORT):
                join_reports(shards, word[len(REPORT):])
    return next((status for status in statuses if status != 0), 0)


if __name__ == "__main__":
    if len(sys.argv) < 3 or not sys.argv[1].isdecimal() or int(sys.argv[1]) < 1:
        sys.exit(__doc__)
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
