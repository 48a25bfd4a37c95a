# SPDX-License-Identifier: LGPL-2.1-or-later
"""The number in the picture."""
import os
import sys
import unittest

import numpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import marker  # noqa: E402

SIZES = ((480, 640), (720, 1280), (1080, 1920))


class MarkerTest(unittest.TestCase):
    def test_is_read_as_written_at_each_size(self):
        for height, width in SIZES:
            picture = numpy.zeros((height, width, 3), numpy.uint8)
            for number in (0, 1, 0x5555, 0xAAAA, 0xFFFF):
                marker.write(picture, number)
                self.assertEqual(marker.read(picture), number)

    def test_counts_modulo_its_bits(self):
        picture = numpy.zeros((480, 640, 3), numpy.uint8)
        marker.write(picture, marker.NUMBERS + 7)
        self.assertEqual(marker.read(picture), 7)

    def test_survives_what_a_codec_does_to_black_and_white(self):
        picture = numpy.zeros((480, 640, 3), numpy.uint8)
        marker.write(picture, 0x1234)
        noise = numpy.random.default_rng(1).integers(-60, 60, picture.shape)
        self.assertEqual(marker.read(numpy.clip(picture + noise, 0, 255).astype(numpy.uint8)), 0x1234)

    def test_a_picture_without_one_has_none(self):
        for shade in (0, 255):
            self.assertIsNone(marker.read(numpy.full((480, 640, 3), shade, numpy.uint8)))


if __name__ == "__main__":
    unittest.main()
