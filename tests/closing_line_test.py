# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests/closing_line.py counts, on logs as Meson writes them."""
import contextlib
import io
import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import closing_line  # noqa: E402

TWO_OF_THREE = """[==========] Running 3 tests from 1 test suite.
[ RUN      ] Ball.IsRound
[       OK ] Ball.IsRound (0 ms)
noise without a line end[       OK ] Ball.Bounces/1 (12 ms)
[  FAILED  ] Ball.Stops/0, where GetParam() = (1, "a b") (3 ms)
[  PASSED  ] 2 tests.
[  FAILED  ] 1 test, listed below:
[  FAILED  ] Ball.Stops/0, where GetParam() = (1, "a b")
"""
CRASH = """[==========] Running 2 tests from 1 test suite.
[       OK ] Ball.IsRound (0 ms)
[ RUN      ] Ball.Bursts
"""
SKIPPED = """[==========] Running 2 tests from 1 test suite.
[       OK ] Ball.IsRound (0 ms)
[  SKIPPED ] Ball.Flies (0 ms)
"""
EMPTY = "[==========] Running 0 tests from 0 test suites.\n[  PASSED  ] 0 tests.\n"


class ClosingLineTest(unittest.TestCase):
    def run_on(self, *entries):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
            for result, stdout in entries:
                log.write(json.dumps({"result": result, "stdout": stdout}) + "\n")
            log.flush()
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                status = closing_line.main(log.name)
        return printed.getvalue(), status

    def test_counts_each_googletest_test_once(self):
        self.assertEqual(self.run_on(("FAIL", TWO_OF_THREE)), ("2 passed, 1 failed\n", 1))

    def test_counts_a_crash_as_a_failure_beside_what_had_passed(self):
        self.assertEqual(self.run_on(("FAIL", CRASH)), ("1 passed, 1 failed\n", 1))

    def test_counts_a_time_out_as_a_failure(self):
        self.assertEqual(self.run_on(("TIMEOUT", CRASH)), ("1 passed, 1 failed\n", 1))

    def test_names_skipped_tests(self):
        self.assertEqual(self.run_on(("OK", SKIPPED)), ("1 passed, 0 failed, 1 skipped\n", 0))

    def test_counts_another_executable_as_one(self):
        self.assertEqual(
            self.run_on(("OK", "fine\n"), ("OK", None), ("ERROR", "")), ("2 passed, 1 failed\n", 1)
        )

    def test_refuses_a_run_in_which_no_test_ran(self):
        self.assertEqual(self.run_on(("OK", EMPTY)), ("0 passed, 0 failed\n", 1))
        self.assertEqual(self.run_on(), ("0 passed, 0 failed\n", 1))

    def test_refuses_a_missing_log(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            with contextlib.redirect_stderr(io.StringIO()) as said:
                status = closing_line.main("/nonexistent/testlog.json")
        self.assertEqual(
            (printed.getvalue(), said.getvalue(), status),
            ("0 passed, 0 failed\n", "no test ran\n", 1),
        )


if __name__ == "__main__":
    unittest.main()
