# SPDX-License-Identifier: LGPL-2.1-or-later
"""One run of a whole loop, ours or the other stack's, in the same terms."""
from __future__ import annotations

import dataclasses
from typing import Sequence

from measure.machine import Load
from measure.processes import Sample, cpu_share



# Until then the client's processes are starting: what a rate costs when it lasts is another question.
SETTLED_S = 1.0


@dataclasses.dataclass(frozen=True)
class Setting:
    """What is sent: px, frames a second, and for how many seconds."""
    width: int = 640
    height: int = 480
    fps: int = 30
    seconds: float = 10.0
    noise: bool = False  # a background of noise, and 5 distractors

    def __str__(self) -> str:
        return f"{self.width}x{self.height}@{self.fps}" + (" noise" if self.noise else "")


@dataclasses.dataclass
class LoopRun:
    """Times in ms, errors in px, memory in MiB; what was not seen is None or missing."""
    sent: int
    returned: int
    settled_lost: int                           # lost, late or skipped, of those due SETTLED_S after the first, or later
    sent_fps: float                             # of the same
    loop_ms: dict[str, float | None]            # p50, p95, p99, max
    quarters_ms: tuple[float | None, float | None]  # medians of the first and the last quarter of the frames
    error_rms: float | None
    cpu_ms: float | None                        # a delivered frame, all processes
    peaks_mib: dict[str, float]                 # server, client, locator
    stages_ms: dict[str, dict[str, float]]
    load: Load
    tail: float = 1.0                           # Yardstick's, meanwhile
    settled_p99_ms: float | None = None         # of loop_ms, of those due later than SETTLED_S after the first one
    joined_ms: float | None = None              # from the client's start to its first answer, where it was seen

    def lost(self) -> int:
        return self.sent - self.returned

    def keeps_up(self, fps: float) -> bool:
        """Once it is settled, every frame is sent and comes back, and they are drawn as fast as was asked."""
        return self.settled_lost == 0 and self.sent_fps >= 0.98 * fps


def cpu_ms_per_frame(samples: Sequence[Sequence[Sample]], answers: Sequence[float]) -> float | None:
    """Processor time of all programs for each answer (monotonic s), from when the loop is settled to the last of them.

    `samples` has a list for each program."""
    if len(answers) < 2:
        return None
    begin, end = answers[0] + min(1.0, (answers[-1] - answers[0]) / 4), answers[-1]
    shares = [cpu_share(each, begin, end) for each in samples]
    rate = (len(answers) - 1) / (answers[-1] - answers[0])
    return None if None in shares or rate <= 0 else 1000 * sum(shares) / rate
