# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every section of the bench is given: the programs, how long to measure, and where to say how far it is."""
from __future__ import annotations

import dataclasses
import sys
import time
from typing import Any

from measure.estimates import median
from measure.gst_ball import Programs
from measure.loop_run import LoopRun
from measure.table import number


class Progress:
    """Says on stderr what runs, and how long all that is still to come will take. Estimates, in s, of the sections."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._begin = time.monotonic()
        self._running = 0.0

    def step(self, text: str, seconds: float) -> None:
        """What begins now, and how long it should take."""
        self._left = max(0.0, self._left - self._running)
        self._running = seconds
        spent = time.monotonic() - self._begin
        print(f"[{spent:4.0f} s, {self._left:4.0f} s left] {text}", file=sys.stderr, flush=True)


@dataclasses.dataclass
class Context:
    """`figures` is filled by the sections: what the plots are drawn of, and the JSON file holds."""
    programs: Programs
    quick: bool
    progress: Progress
    figures: dict[str, Any] = dataclasses.field(default_factory=dict)

    def repetitions(self) -> int:
        return 1 if self.quick else 3

    def seconds(self, full: float) -> float:
        """How long a run lasts that has so many seconds when there is time."""
        return max(3.0, full / 2) if self.quick else full


def disturbance(runs: list[LoopRun]) -> float:
    """The worst of them: what others had of the machine."""
    return max((run.load.disturbance() for run in runs), default=0.0)


def tail(runs: list[LoopRun]) -> float:
    """The median of them: how far the machine itself is from doing the same in the same time."""
    return median([run.tail for run in runs]) or 1.0


def tail_note(runs: list[LoopRun]) -> str:
    return f"one and the same piece of work meanwhile: p99 {number(tail(runs))} times its median"


def known(values: list[float | None]) -> list[float]:
    """Those that were seen."""
    return [value for value in values if value is not None]
