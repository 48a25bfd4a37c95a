# SPDX-License-Identifier: LGPL-2.1-or-later
"""A number written into the picture, so that an answer can name the frame that it is about.

aiortc tells its user neither the RTP timestamp that it sent nor the one that it received, and `frame.pts` counts from
the first frame received: nothing but the picture itself says which frame it is. So the top of each picture is a strip
of CELLS squares, black or white, from left to right the 16 bits of the frame's number (most significant first) and 4
check bits. A square is a 20th of the picture wide, 32 px at 640x480: the lowest bit rate of VP8 leaves it plainly black
or white, and half of it is read. The ball stays below the strip, and black and white are not its colour.
"""
from __future__ import annotations

import numpy

BITS = 16
CELLS = BITS + 4
NUMBERS = 1 << BITS


def strip_height(height: int) -> int:
    """Of a picture so many px high, in px."""
    return height // 15


def _check(number: int) -> int:
    """The XOR of the number's four nibbles and of 5: neither an all black nor an all white strip is a number."""
    return 0x5 ^ (number ^ number >> 4 ^ number >> 8 ^ number >> 12) & 0xF


def write(picture: numpy.ndarray, number: int) -> None:
    """Writes `number` modulo 65536 into an array of shape (height, width, 3)."""
    number %= NUMBERS
    code = number << 4 | _check(number)
    cell = picture.shape[1] // CELLS
    shades = [255 if code >> (CELLS - 1 - at) & 1 else 0 for at in range(CELLS)]
    row = numpy.repeat(numpy.array(shades, numpy.uint8), cell)
    picture[:strip_height(picture.shape[0]), :cell * CELLS] = row[None, :, None]


def read(picture: numpy.ndarray) -> int | None:
    """The number in an array of shape (height, width, 3), None where there is none."""
    height, cell = strip_height(picture.shape[0]), picture.shape[1] // CELLS
    strip = picture[height // 4:height - height // 4, :cell * CELLS, 1]
    cells = strip.reshape(strip.shape[0], CELLS, cell)[:, :, cell // 4:cell - cell // 4]
    code = 0
    for mean in cells.mean(axis=(0, 2)):
        code = code << 1 | int(mean > 127)
    number = code >> 4
    return number if code & 0xF == _check(number) else None
