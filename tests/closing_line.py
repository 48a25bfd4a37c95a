# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the closing line of a test run, `N passed, N failed[, N skipped]`, from Meson's testlog.json.

Meson counts executables. Here a GoogleTest executable counts with each of its tests, and one more failure
where it ended badly without a failed test of its own (a crash, a time-out, a test that left the process).
Any other executable counts as one test.

usage: closing_line.py TESTLOG_JSON
Exit status: 0 when at least one test ran and none failed, else 1.
"""
import collections
import json
import re
import sys

GOOGLETEST_BANNER = "[==========] Running "
RESULT_LINE = re.compile(r"\[ +(OK|FAILED|SKIPPED) +\] \S.* \(\d+ ms\)")
OUTCOME = {"OK": "passed", "FAILED": "failed", "SKIPPED": "skipped"}
EXECUTABLE_OUTCOME = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}


def count_executable(entry):
    """The outcomes of one executable's tests, from its line of the log (a dict)."""
    outcome = EXECUTABLE_OUTCOME.get(entry["result"], "failed")
    output = entry.get("stdout") or ""
    tests = collections.Counter(OUTCOME[found] for found in RESULT_LINE.findall(output))
    if outcome == "failed":
        tests["failed"] = max(tests["failed"], 1)
    elif GOOGLETEST_BANNER not in output:
        tests[outcome] += 1
    return tests


def main(path):
    total = collections.Counter()
    try:
        with open(path, encoding="utf-8") as log:
            for line in log:
                total += count_executable(json.loads(line))
    except FileNotFoundError:
        print("no test ran", file=sys.stderr)
    closing = f"{total['passed']} passed, {total['failed']} failed"
    if total["skipped"]:
        closing += f", {total['skipped']} skipped"
    print(closing)
    return 0 if total["passed"] and not total["failed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
