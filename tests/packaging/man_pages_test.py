# SPDX-License-Identifier: LGPL-2.1-or-later
"""The man pages against the programs' --help.

usage: man_pages_test.py FOLDER_OF_THE_PAGES PROGRAM...
"""
import os
import pathlib
import re
import subprocess
import sys
import unittest

PAGES, PROGRAMS = pathlib.Path(sys.argv[1]), [pathlib.Path(path).resolve() for path in sys.argv[2:]]
del sys.argv[1:]


def told(program, option):
    return subprocess.run([program, option], check=True, capture_output=True, text=True, encoding="utf-8",
                          env=os.environ | {"LC_ALL": "C.UTF-8"}).stdout


def page_of(program):
    """The page as text, troff's hyphens put back."""
    return (PAGES / f"{program.name}.1").read_text(encoding="utf-8").replace("\\-", "-")


class ManPagesTest(unittest.TestCase):
    def each_line_of_help(self, pattern, wanted):
        for program in PROGRAMS:
            page = page_of(program)
            lines = re.findall(pattern, told(program, "--help"), re.MULTILINE)
            self.assertNotEqual(lines, [], program.name)
            for line in lines:
                with self.subTest(program=program.name, line=line[0]):
                    self.assertIn(wanted.format(*line), page)

    def test_each_option_of_help_is_there_with_its_text(self):
        self.each_line_of_help(r"^  (-.*?)  +(.*)$", ".TP\n.B {0}\n{1}\n")

    def test_each_exit_code_of_help_is_there_with_its_text(self):
        self.each_line_of_help(r"^  ([0-9]+)  +(.*)$", ".TP\n.B {0}\n{1}\n")

    def test_every_option_of_the_page_is_one_of_help(self):
        for program in PROGRAMS:
            help_text = told(program, "--help")
            for option in re.findall(r"^\.B (-.*)$", page_of(program), re.MULTILINE):
                with self.subTest(program=program.name, option=option):
                    self.assertIn(f"  {option}  ", help_text)

    def test_the_version_is_the_programs(self):
        for program in PROGRAMS:
            version = told(program, "--version").split()[-1]
            self.assertIn(f'"gst-ball {version}"', page_of(program).splitlines()[1])

    def test_nothing_of_the_template_is_left(self):
        for program in PROGRAMS:
            self.assertNotRegex(page_of(program), r"@[A-Z]+@")


if __name__ == "__main__":
    unittest.main()
