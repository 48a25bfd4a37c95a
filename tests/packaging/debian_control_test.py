# SPDX-License-Identifier: LGPL-2.1-or-later
"""packaging/debian against the version of meson.build and the one list of packages.

usage: debian_control_test.py VERSION
"""
import pathlib
import re
import sys
import unittest

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"
VERSION = sys.argv.pop(1)


def without_version(dependency):
    """`g++ (>= 4:12)` -> `g++`; alternatives stay."""
    return re.sub(r"\s*\([^)]*\)", "", dependency).strip()


def sections():
    """The one list: section name -> dependencies as in control."""
    found = {}
    for line in (PACKAGING / "debian-packages").read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            names = found.setdefault(line.strip("[]"), [])
        elif line:
            names.append(re.sub(r"\s*\|\s*", " | ", line))
    return found


def build_depends():
    """Of control: what is always needed, and what only the tests need."""
    control = (PACKAGING / "debian/control").read_text(encoding="utf-8")
    field = re.search(r"^Build-Depends:(.*(?:\n .*)*)", control, re.MULTILINE).group(1)
    always, check = [], []
    for dependency in filter(None, (part.strip() for part in field.split(","))):
        name = without_version(dependency.replace("<!nocheck>", ""))
        (check if "<!nocheck>" in dependency else always).append(name)
    return always, check


class DebianControlTest(unittest.TestCase):
    def test_changelog_has_the_version_of_meson_build(self):
        first = (PACKAGING / "debian/changelog").read_text(encoding="utf-8").splitlines()[0]
        self.assertEqual(re.match(r"gst-ball \((.*)\) ", first).group(1), VERSION)

    def test_build_depends_are_the_build_section_and_debhelper(self):
        always, _ = build_depends()
        self.assertEqual(sorted(always), sorted(sections()["build"] + ["debhelper-compat"]))

    def test_what_only_the_tests_need_is_of_the_test_section(self):
        _, check = build_depends()
        self.assertNotEqual(check, [])
        self.assertEqual([name for name in check if name not in sections()["test"]], [])

    def test_the_apps_depend_on_the_run_section_by_substitution_only(self):
        control = (PACKAGING / "debian/control").read_text(encoding="utf-8")
        apps = control.partition("Package: gst-ball-apps\n")[2]
        self.assertIn("${gst-ball:Run}", apps)
        self.assertEqual([name for name in sections()["run"] if name in apps], [])
        self.assertIn("install-packages.sh --depends run",
                      (PACKAGING / "debian/rules").read_text(encoding="utf-8"))

    def test_what_autopkgtest_installs_is_ours_or_of_the_run_section(self):
        wanted = re.findall(r"^Depends: (.*)$", (PACKAGING / "debian/tests/control").read_text(encoding="utf-8"),
                            re.MULTILINE)
        ours = ["gstreamer1.0-ball", "gst-ball-apps"]
        self.assertEqual([name for line in wanted for name in line.split(", ")
                          if name not in ours + sections()["run"]], [])

    def test_no_package_is_named_twice_in_a_section(self):
        # Two sections may need the same one: each can be installed without the other.
        for section, names in sections().items():
            self.assertEqual(len(names), len(set(names)), section)


if __name__ == "__main__":
    unittest.main()
