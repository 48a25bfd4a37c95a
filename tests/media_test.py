# SPDX-License-Identifier: LGPL-2.1-or-later
"""The film and the still of packaging/media, as they are in the repository: what a reader of the README gets to see.

BALL_MEDIA_DIR names another directory that has the two.
"""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.path.abspath(__file__)).parent.parent
MEDIA = ROOT / "packaging" / "media"
MADE = pathlib.Path(os.environ.get("BALL_MEDIA_DIR", MEDIA))
FILM, STILL = MADE / "loop.webm", MADE / "loop.png"
WIDTH, HEIGHT = 160, 90  # pixels of the small grey pictures that are looked at
PER_SECOND = 5


def grey_pictures(path, *decoder):
    """What GStreamer decodes of a file, as small pictures of one byte a pixel."""
    with tempfile.TemporaryDirectory() as folder:
        raw = pathlib.Path(folder) / "raw"
        subprocess.run(
            ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", *decoder, "videoconvert",
             "!", "videoscale", "!",
             f"video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT},pixel-aspect-ratio=1/1", "!",
             "filesink", f"location={raw}"],
            check=True, timeout=100, stdin=subprocess.DEVNULL)
        pixels, size = raw.read_bytes(), WIDTH * HEIGHT
    return [pixels[at:at + size] for at in range(0, len(pixels), size)]


def is_lit(picture):
    """Something to see: at least one pixel in a hundred is bright."""
    return sum(pixel > 100 for pixel in picture) * 100 >= len(picture)


class FilmTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pictures = grey_pictures(
            FILM, "matroskademux", "!", "vp9dec", "!", "videorate", "!",
            f"video/x-raw,framerate={PER_SECOND}/1", "!")

    def test_is_smaller_than_8_mb(self):
        self.assertLess(FILM.stat().st_size, 8_000_000)

    def test_takes_20_to_40_s(self):
        self.assertTrue(20 <= len(self.pictures) / PER_SECOND <= 40, len(self.pictures))

    def test_is_never_black(self):
        dark = [i / PER_SECOND for i, picture in enumerate(self.pictures) if not is_lit(picture)]
        self.assertEqual(dark, [])

    def test_moves_but_for_the_table_at_its_end(self):
        pairs = list(zip(self.pictures, self.pictures[1:]))
        moving = sum(any(abs(a - b) > 30 for a, b in zip(*pair)) for pair in pairs)
        self.assertGreater(moving, len(pairs) * 2 / 3)


class StillTest(unittest.TestCase):
    def test_is_a_picture_and_not_black(self):
        pictures = grey_pictures(STILL, "pngdec", "!")
        self.assertEqual([is_lit(picture) for picture in pictures], [True])


class ScriptTest(unittest.TestCase):
    def run_with(self, *arguments):
        return subprocess.run([MEDIA / "make-film.sh", *arguments], check=False, timeout=100,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def test_tells_its_options(self):
        done = self.run_with("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("--out DIR", done.stdout)

    def test_refuses_wrong_arguments_with_a_reason(self):
        for arguments in ["--speed"], ["--out"], ["--out="]:
            done = self.run_with(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertRegex(done.stderr, "^make-film: .*see --help.*\n$")


class ReadmeTest(unittest.TestCase):
    def test_shows_the_still_as_a_link_to_the_film(self):
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        link = re.search(r"\[!\[[^]]+\]\(([^)]+)\)\]\(([^)]+)\)", readme)
        self.assertIsNotNone(link)
        self.assertEqual([ROOT / link[1], ROOT / link[2]], [MEDIA / "loop.png", MEDIA / "loop.webm"])


if __name__ == "__main__":
    unittest.main()
