# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bench's programs: what they say, what they cost, and that nothing of them is left."""
import os
import select
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from measure.processes import Group, ProgramFailed, output  # noqa: E402

TIMEOUT_S = 20.0
# A program with a child that would stay for long.
PARENT = "sleep 1000 & echo child $!; echo listening on 127.0.0.1:4711; wait"


def ends(pid):
    """Whether that process is gone, or goes within the time."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], TIMEOUT_S)[0])
    finally:
        os.close(handle)


class GroupTest(unittest.TestCase):
    def test_what_its_programs_started_ends_with_it(self):
        with Group() as group:
            program = group.start("parent", ["sh", "-c", PARENT])
            child = int(program.line(r"child (\d+)", TIMEOUT_S)[1].group(1))
        self.assertFalse(program.running())
        self.assertTrue(ends(child))

    def test_its_programs_end_when_what_uses_them_fails(self):
        with self.assertRaises(KeyboardInterrupt):
            with Group() as group:
                program = group.start("sleeper", ["sleep", "1000"])
                raise KeyboardInterrupt
        self.assertFalse(program.running())

    def test_a_sample_has_the_memory_of_children_by_their_names(self):
        with Group() as group:
            program = group.start("parent", ["sh", "-c", PARENT])
            self.assertEqual(program.port(), 4711)
            self.assertGreaterEqual(group.samples()["parent"].cpu, 0.0)
            self.assertGreater(program.peaks_mib()["parent"], 0.0)
            self.assertEqual(set(program.rss_mib()) - {"sleep", "parent's child"}, {"parent"})


class ProgramTest(unittest.TestCase):
    def test_one_that_ends_too_soon_is_told_with_its_last_words(self):
        with Group() as group:
            program = group.start("server", ["sh", "-c", "echo no port >&2; exit 3"])
            with self.assertRaisesRegex(ProgramFailed, "server ended without a line like 'listening'.*: no port"):
                program.line("listening", TIMEOUT_S)
            with self.assertRaisesRegex(ProgramFailed, "server ended with 3"):
                program.wait(TIMEOUT_S)

    def test_one_that_says_nothing_is_not_waited_for_for_ever(self):
        with Group() as group:
            program = group.start("server", ["sleep", "1000"])
            with self.assertRaisesRegex(ProgramFailed, "server said nothing like 'listening' in 0 s"):
                program.line("listening", 0)

    def test_lines_that_nobody_read_are_there_at_the_end(self):
        with Group() as group:
            program = group.start("talker", ["sh", "-c", "echo one; echo two"])
            program.wait(TIMEOUT_S)
            self.assertEqual(program.rest(), ["one", "two"])


class OutputTest(unittest.TestCase):
    def test_is_what_was_said(self):
        self.assertEqual(output(["sh", "-c", "echo $WHAT"], {"WHAT": "this"}), "this\n")

    def test_a_failure_is_one_sentence(self):
        with self.assertRaisesRegex(ProgramFailed, "^sh ended with 2: because$"):
            output(["sh", "-c", "echo because >&2; exit 2"], {})


if __name__ == "__main__":
    unittest.main()
