# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limit: the highest frame rate that, once settled, loses nothing, and what happens above it."""
from __future__ import annotations

import dataclasses
from typing import Callable

from measure import aiortc_peer, gst_ball
from measure.context import Context, disturbance, known
from measure.loop_run import LoopRun, Setting
from measure.table import Ratio, Row, at_least, ratio_at_most

OURS = (240, 360, 480, 600, 750, 900, 1200)
AIORTC = (60, 90, 120, 150, 180, 240)
# A rate that once loses a frame may have met a hiccup of the machine.
ATTEMPTS = 3
LEAST_FPS = 600
# Above the limit: the last quarter's median against the first's. Without a bound it grows with the time.
GROWTH = 2.0
Once = Callable[[Setting], LoopRun]


@dataclasses.dataclass
class Climb:
    """Highest rate that kept up (0: none), the run at the first rate that did not, and all runs."""
    highest: int
    above: tuple[int, LoopRun] | None
    runs: list[LoopRun]


def estimate(quick: bool) -> float:
    """Seconds that the section takes."""
    return 40.0 if quick else 110.0


def climb(rates: tuple[int, ...], setting: Setting, once: Once, say: Callable[[int], None]) -> Climb:
    """Up the rates until one loses frames ATTEMPTS times."""
    result = Climb(0, None, [])
    for fps in rates:
        for _ in range(ATTEMPTS):
            say(fps)
            run = once(dataclasses.replace(setting, fps=fps))
            result.runs.append(run)
            if run.keeps_up(fps):
                break
        else:
            result.above = (fps, run)
            return result
        result.highest = fps
    return result


def run(context: Context) -> list[Row]:
    setting = Setting(seconds=context.seconds(5.0))
    ours = climb(OURS[2:] if context.quick else OURS, setting, lambda each: gst_ball.run_loop(context.programs, each),
                 _say(context, "ours", setting.seconds + 2))
    peer = climb(AIORTC[1:] if context.quick else AIORTC, setting, aiortc_peer.run_loop,
                 _say(context, "aiortc", setting.seconds + 5))
    context.figures["limit"] = {"ours": ours.highest, "aiortc": peer.highest}
    rows = [Row("highest frame rate that loses nothing, 640x480", "fps", [float(ours.highest)], [float(peer.highest)],
                "aiortc stack", Ratio.TIMES_MORE, (at_least(LEAST_FPS),), disturbance(ours.runs))]
    return rows + [above_row(name, each) for name, each in (("ours", ours), ("aiortc", peer)) if each.above]


def _say(context: Context, who: str, seconds: float) -> Callable[[int], None]:
    return lambda fps: context.progress.step(f"limit: {who} at {fps} fps", seconds)


def above_row(who: str, climbed: Climb) -> Row:
    fps, run = climbed.above
    first, last = run.quarters_ms
    return Row(f"{who} at {fps} fps: loop p50 of the last quarter", "ms", known([last]), known([first]),
               "its first quarter", Ratio.TIMES_MORE, (ratio_at_most(GROWTH),) if who == "ours" else (),
               disturbance([run]), f"{run.sent} frames sent, {run.lost()} dropped or late, {run.settled_lost} of them "
               "after the first second")
