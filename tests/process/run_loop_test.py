# SPDX-License-Identifier: LGPL-2.1-or-later
"""apps/run-loop.sh with the programs of a build directory: run_loop_test.py BUILD_DIR. What it installs and compiles with only
notes that it was called."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SCRIPT = pathlib.Path(os.path.abspath(__file__)).parents[2] / "apps" / "run-loop.sh"
PATIENCE_S = 120
TABLE = "matched error, px"


def processes_of(session):
    """The numbers of its processes."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            number, rest = stat.parent.name, stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        except OSError:
            continue  # it has just ended
        state, _, _, its_session = rest.split()[:4]
        if int(its_session) == session and state != "Z":
            found.append(number)
    return found


class RunLoopTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)
        (self.root / "apps").mkdir()
        (self.root / "packaging").mkdir()
        shutil.copy(SCRIPT, self.root / "apps")
        for name in "build.sh", "install-packages.sh":
            tool = self.root / "packaging" / name
            tool.write_text(f'#!/bin/sh\necho "$0 $*" >>{self.root}/calls\nexit ${{FAILS:-0}}\n', encoding="utf-8")
            tool.chmod(0o755)

    def start(self, *arguments, **environment):
        return subprocess.Popen(
            [self.root / "apps" / "run-loop.sh", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, "BALL_BUILD_DIR": BUILD, "XDG_RUNTIME_DIR": str(self.root), **environment})

    def run_to_its_end(self, *arguments, **environment):
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=PATIENCE_S)
        return process.returncode, output, errors

    def test_installs_builds_runs_the_loop_and_ends_with_the_table(self):
        status, output, errors = self.run_to_its_end("--frames", "20", "--", "--display", "none")
        self.assertEqual(status, 0, errors)
        self.assertIn(" matched", output)
        self.assertIn(TABLE, output)
        calls = (self.root / "calls").read_text(encoding="utf-8").splitlines()
        self.assertEqual([pathlib.Path(call.split()[0]).name for call in calls], ["install-packages.sh", "build.sh"])

    def test_runs_nothing_where_it_cannot_install(self):
        status, output, _ = self.run_to_its_end(FAILS="1")
        self.assertEqual((status, output), (1, ""))

    def test_ends_in_good_order_where_it_is_interrupted(self):
        process = self.start("--no-install", "--", "--display", "none")
        self.addCleanup(process.stdout.close)
        for line in process.stdout:
            if " matched" in line:
                break
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 0, errors)
        self.assertIn(TABLE, output)
        deadline = time.monotonic() + PATIENCE_S
        while processes_of(process.pid) and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(processes_of(process.pid), [])

    def test_lets_a_server_end_that_is_on_its_way_out(self):
        for name, text in ("server-app", "echo listening on 127.0.0.1:9\nexec sleep 1"), ("client-app", "true"):
            program = self.root / "build" / "apps" / name / name
            program.parent.mkdir(parents=True)
            program.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
            program.chmod(0o755)
        status, _, errors = self.run_to_its_end("--frames", "20", BALL_BUILD_DIR=str(self.root / "build"))
        self.assertEqual(status, 0, errors)

    def test_tells_whose_option_was_wrong(self):
        for arguments in ("--wings", "2"), ("--", "--wings"):
            with self.subTest(arguments):
                status, _, errors = self.run_to_its_end("--no-install", *arguments)
                self.assertEqual(status, 2, errors)
                self.assertIn("wings", errors)


if __name__ == "__main__":
    BUILD = sys.argv.pop(1)
    unittest.main()
