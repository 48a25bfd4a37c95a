# SPDX-License-Identifier: LGPL-2.1-or-later
"""Figures out of repeated measurements on a machine that is never quite quiet."""
from __future__ import annotations

import math
import statistics
from typing import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """By nearest rank: the least value that `percent` (0 to 100) of them do not exceed. ValueError of nothing."""
    if not values:
        raise ValueError("no percentile of nothing")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return statistics.median(values) if values else None


def spread(values: Sequence[float]) -> float:
    """How far the repetitions are apart: half of their range, as a share of the median; 0 of fewer than two."""
    if len(values) < 2:
        return 0.0
    middle = statistics.median(values)
    return math.inf if middle == 0 else (max(values) - min(values)) / 2 / abs(middle)


def slope(points: Sequence[tuple[float, float]]) -> float | None:
    """Of the straight line of least squares through (x, y); None where fewer than two places differ."""
    if len({x for x, _ in points}) < 2:
        return None
    mean_x = statistics.fmean(x for x, _ in points)
    mean_y = statistics.fmean(y for _, y in points)
    return (sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points))
