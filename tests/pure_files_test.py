# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which files tests/pure_files.py takes for pure, in a small tree made here."""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import pure_files  # noqa: E402

TREE = {
    "plugins/ballsrc/painter.cpp": "",
    "plugins/ballsrc/painter.h": "",
    "plugins/ballsrc/gstballsrc.cpp": "",
    "plugins/ballsrc/gstballsrc.h": "",
    "plugins/ballsrc/pixel.h": "#include <vector>\n",
    "plugins/ballsrc/clock.h": "// waits\n#include <gst/gst.h>\n",
    "apps/wire/message.cpp": "",
    "apps/link/peer.cpp": "",
}
WITH, WITHOUT = "c++ -I/usr/include/gstreamer-1.0 -c", "c++ -c"


class PureFilesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = pathlib.Path(self.folder.name).resolve()
        for name, text in TREE.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def found(self, **commands):
        build = self.root / "build"
        build.mkdir(exist_ok=True)
        compiled = {"plugins/ballsrc/painter": WITHOUT, "plugins/ballsrc/gstballsrc": WITH,
                    "apps/wire/message": WITHOUT, "apps/link/peer": WITHOUT, **commands}
        return pure_files.pure_files(
            [{"directory": str(build), "file": f"../{name}.cpp", "command": command}
             for name, command in compiled.items()], self.root)

    def test_takes_what_compiles_without_gstreamer_with_its_header(self):
        self.assertEqual(self.found(), [
            "apps/wire/message.cpp", "plugins/ballsrc/painter.cpp", "plugins/ballsrc/painter.h",
            "plugins/ballsrc/pixel.h"])

    def test_leaves_out_a_source_that_only_a_shell_target_compiles(self):
        self.assertNotIn("apps/wire/message.cpp", self.found(**{"apps/wire/message": WITH}))


if __name__ == "__main__":
    unittest.main()
