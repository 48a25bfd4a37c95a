# SPDX-License-Identifier: LGPL-2.1-or-later
"""What tests/in_shards.py runs, prints and reports, with a program that behaves like a GoogleTest one."""
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

SCRIPT = pathlib.Path(__file__).resolve().parent / "in_shards.py"
# Six tests, of which it runs its share and reports it; then it does what it is asked for.
PROGRAM = """
import os, sys
index, total = int(os.environ["GTEST_SHARD_INDEX"]), int(os.environ["GTEST_TOTAL_SHARDS"])
mine = range(index, 6, total)
for test in mine:
    print(f"[       OK ] Ball.Rolls/{test} (0 ms)", flush=True)
last = index == total - 1
for word in sys.argv[1:]:
    if word.startswith("--gtest_output=xml:"):
        with open(word.split(":", 1)[1], "w") as report:
            cases = "".join(f'<testcase name="{test}"/>' for test in mine)
            report.write(f'<testsuites><testsuite name="Ball">{cases}</testsuite></testsuites>')
    if word == "fail" and last:
        sys.exit(3)
    if word == "crash" and last:
        os.abort()
    if word == "wait":
        print("waits", flush=True)
        import time; time.sleep(600)
"""


class InShardsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.program = self.directory / "program.py"
        self.program.write_text(PROGRAM)

    def command(self, *arguments):
        return [sys.executable, SCRIPT, "3", sys.executable, self.program, *arguments]

    def run_with(self, *arguments):
        return subprocess.run(self.command(*arguments), stdout=subprocess.PIPE, text=True, timeout=60, check=False)

    def test_runs_each_test_once_and_prints_part_after_part(self):
        ended = self.run_with()
        self.assertEqual(ended.returncode, 0)
        told = [line.split()[3] for line in ended.stdout.splitlines()]
        self.assertEqual(told, [f"Ball.Rolls/{test}" for test in (0, 3, 1, 4, 2, 5)])

    def test_fails_as_the_part_that_failed(self):
        self.assertEqual(self.run_with("fail").returncode, 3)

    def test_fails_and_says_so_when_a_part_crashes(self):
        ended = self.run_with("crash")
        self.assertEqual(ended.returncode, 128 + signal.SIGABRT)
        self.assertIn("part 3 of 3 was ended by SIGABRT", ended.stdout)

    def test_joins_the_reports(self):
        report = self.directory / "all.xml"
        self.assertEqual(self.run_with(f"--gtest_output=xml:{report}").returncode, 0)
        cases = xml.etree.ElementTree.parse(report).getroot().findall("testsuite/testcase")
        self.assertEqual(sorted(case.get("name") for case in cases), list("012345"))

    def test_ended_early_ends_its_parts_and_prints_how_far_they_came(self):
        running = subprocess.Popen(self.command("wait"), stdout=subprocess.PIPE, text=True,
                                   env={**os.environ, "TMPDIR": str(self.directory)})
        told = lambda: "".join(said.read_text() for said in self.directory.glob("*/*.txt"))
        while told().count("waits") < 3:
            self.assertIsNone(running.poll())
        running.terminate()
        said, _ = running.communicate(timeout=60)
        self.assertEqual(running.returncode, 128 + signal.SIGTERM)
        self.assertEqual(said.count("Ball.Rolls"), 6)
        self.assertEqual(list(self.directory.glob("gst-ball-shards-*")), [])

    def test_wants_a_number_and_a_program(self):
        for arguments in ([], ["3"], ["0", "true"], ["many", "true"]):
            ended = subprocess.run([sys.executable, SCRIPT, *arguments], stderr=subprocess.PIPE, text=True, check=False)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn("usage:", ended.stderr)


if __name__ == "__main__":
    unittest.main()
