# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ball in a picture, drawn and found with NumPy and OpenCV.

Pixels are gst-ball's: x to the right, y down, pixel (i, j) covers [i, i+1) x [j, j+1), its centre is
(i+0.5, j+0.5). Pictures are uint8 BGR arrays of shape (height, width, 3). Orange on anything that is not.
"""
import math

import cv2
import numpy

ORANGE_BGR = (0, 128, 255)
LEAST_AREA = 12  # pixels: less is noise of the codec


class Course:
    """A ball that moves at constant speed and bounces off the edges; its position is a function of time."""

    def __init__(self, width, height, radius=20.0, speed=180.0, degrees=33.0):
        self.width, self.height, self.radius = width, height, radius
        self._vx = speed * math.cos(math.radians(degrees))
        self._vy = speed * math.sin(math.radians(degrees))

    def at(self, seconds):
        """(x, y) in pixels."""
        x = self._folded(self.width / 3 + self._vx * seconds, self.width)
        return x, self._folded(self.height / 3 + self._vy * seconds, self.height)

    def _folded(self, position, size):
        room = size - 2 * self.radius
        distance = (position - self.radius) % (2 * room)
        return self.radius + min(distance, 2 * room - distance)


def draw(course, x, y):
    """A black picture with an anti-aliased orange ball at (x, y)."""
    picture = numpy.zeros((course.height, course.width, 3), numpy.uint8)
    left, top = max(int(x - course.radius) - 1, 0), max(int(y - course.radius) - 1, 0)
    right = min(int(x + course.radius) + 2, course.width)
    bottom = min(int(y + course.radius) + 2, course.height)
    columns = numpy.arange(left, right) + 0.5 - x
    rows = numpy.arange(top, bottom) + 0.5 - y
    distance = numpy.hypot(columns[None, :], rows[:, None])
    coverage = numpy.clip(course.radius + 0.5 - distance, 0, 1)
    picture[top:bottom, left:right] = (coverage[..., None] * ORANGE_BGR + 0.5).astype(numpy.uint8)
    return picture


def find(picture):
    """(x, y) of the largest orange patch's centroid, or None where there is none."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)
    mask = cv2.inRange(hsv, (8, 110, 80), (24, 255, 255))
    count, _, statistics, centroids = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return None
    largest = 1 + int(numpy.argmax(statistics[1:, cv2.CC_STAT_AREA]))
    if statistics[largest, cv2.CC_STAT_AREA] < LEAST_AREA:
        return None
    x, y = centroids[largest]
    return float(x) + 0.5, float(y) + 0.5
