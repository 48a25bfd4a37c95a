# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bash completes for the three programs, which are in PATH as the installed ones are.

usage: completion_test.py PROGRAM...
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAMS = [pathlib.Path(path).resolve() for path in sys.argv[1:]]
del sys.argv[1:]
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "packaging/completion/gst-ball.bash"
ASK = """source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
"$(complete -p "$1" | sed 's/.*-F \\([^ ]*\\).*/\\1/')" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}" """


def completed(*words, folder=None):
    """What is offered for the last word, which may be empty."""
    path = os.pathsep.join([str(program.parent) for program in PROGRAMS] + [os.environ["PATH"]])
    output = subprocess.run(["bash", "-c", ASK, SCRIPT, *words], check=True, capture_output=True, text=True,
                            cwd=folder, env={"PATH": path, "HOME": os.environ.get("HOME", "/")}).stdout
    return output.split()


class CompletionTest(unittest.TestCase):
    def test_every_option_of_help_is_offered(self):
        for program in PROGRAMS:
            text = subprocess.run([program, "--help"], check=True, capture_output=True, text=True).stdout
            options = re.findall(r"^  (?:-., )?(--[a-z0-9-]+)", text, re.MULTILINE)
            self.assertIn("--version", options)
            self.assertEqual(sorted(completed(program.name, "--")), sorted(options))

    def test_an_option_is_completed_from_its_beginning(self):
        self.assertEqual(completed("client-app", "--reco"), ["--reconnect"])

    def test_options_are_offered_after_a_value_and_after_an_option_without_one(self):
        self.assertEqual(completed("client-app", "--port", "80", "--reco"), ["--reconnect"])
        self.assertEqual(completed("client-app", "--reconnect", "--displ"), ["--display"])

    def test_values_that_help_names_are_offered(self):
        self.assertEqual(completed("server-app", "--print", ""), ["each", "live", "none"])
        self.assertEqual(completed("server-app", "--codec", ""), ["VP8", "VP9", "H264"])
        self.assertEqual(completed("server-app", "-c", "H"), ["H264"])

    def test_a_placeholder_is_no_value(self):
        self.assertEqual(completed("client-app", "--display", ""), ["auto", "none"])
        self.assertEqual(completed("server-app", "--port", ""), [])

    def test_values_are_offered_behind_an_equals_sign(self):
        self.assertEqual(completed("server-app", "--codec", "=", "VP"), ["VP8", "VP9"])
        self.assertEqual(completed("server-app", "--print", "="), ["each", "live", "none"])

    def test_a_file_is_offered_where_one_is_wanted(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "report.json").touch()
            self.assertEqual(completed("server-app", "--report", "rep", folder=folder), ["report.json"])


if __name__ == "__main__":
    unittest.main()
