# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limit: the highest frame rate that, once settled, loses nothing, and what happens above it."""
from __future__ import annotations

import dataclasses
from typing import Callable

from measure import aiortc_peer, gst_ball
from measure.context import Context, disturbance, known, tail, tail_note
from measure.loop_run import LoopRun, Setting
from measure.table import Ratio, Row, at_least, at_most

OURS = (600, 750, 900, 1000)
AIORTC = (120, 150, 180, 240)
# Where the first ones are too fast for the machine.
OURS_BELOW = (480, 300, 240, 180, 120, 60)
AIORTC_BELOW = (90, 60, 30)
# A rate that once loses a frame may have met a hiccup of the machine; and one that does so each time, too, where the
# next one does not.
ATTEMPTS = 2
TOO_FAST = 2  # so many rates in a row, and the limit is below them
LEAST_FPS = 600
# Above the limit: what server-app's source may be late, so the median is less. Without a bound it grows with the time, and
# is longer than that within seconds.
BOUND_MS = 100.0
Once = Callable[[Setting], LoopRun]


@dataclasses.dataclass
class Climb:
    """Highest rate that kept up (0: none), a run at the next one, and all runs."""
    highest: int
    above: tuple[int, LoopRun] | None
    runs: list[LoopRun]


def estimate(quick: bool) -> float:
    """Seconds that the section takes."""
    return 40.0 if quick else 85.0


def climb(rates: tuple[int, ...], setting: Setting, once: Once, say: Callable[[int], None],
          below: tuple[int, ...]) -> Climb:
    """Up the rates until TOO_FAST of them lost frames at each attempt; where all did, down those of `below`."""
    result = Climb(0, None, [])
    failed = 0
    for fps in rates:
        run = _attempted(dataclasses.replace(setting, fps=fps), result.runs, once, say)
        if run.keeps_up(fps):
            result.highest, result.above, failed = fps, None, 0
        else:
            result.above = result.above or (fps, run)
            failed += 1
            if failed == TOO_FAST:
                break
    for fps in below if result.highest == 0 else ():
        if _attempted(dataclasses.replace(setting, fps=fps), result.runs, once, say).keeps_up(fps):
            result.highest = fps
            break
    return result


def _attempted(setting: Setting, runs: list[LoopRun], once: Once, say: Callable[[int], None]) -> LoopRun:
    """The first run that keeps up, or the last one; all are added to `runs`."""
    for _ in range(ATTEMPTS):
        say(setting.fps)
        runs.append(once(setting))
        if runs[-1].keeps_up(setting.fps):
            break
    return runs[-1]


def run(context: Context) -> list[Row]:
    setting = Setting(seconds=context.seconds(5.0))
    ours = climb(OURS, setting, lambda each: gst_ball.run_loop(context.programs, each),
                 _say(context, "ours", setting.seconds + 2), OURS_BELOW)
    peer = climb(AIORTC, setting, aiortc_peer.run_loop, _say(context, "aiortc", setting.seconds + 5), AIORTC_BELOW)
    context.figures["limit"] = {"ours": ours.highest, "aiortc": peer.highest}
    rows = [Row("highest frame rate that loses nothing, 640x480", "fps", [float(ours.highest)], [float(peer.highest)],
                "aiortc stack", Ratio.TIMES_MORE, (at_least(LEAST_FPS),), disturbance(ours.runs),
                tail_note(ours.runs), tail(ours.runs))]
    return rows + [above_row(name, each) for name, each in (("ours", ours), ("aiortc", peer)) if each.above]


def _say(context: Context, who: str, seconds: float) -> Callable[[int], None]:
    return lambda fps: context.progress.step(f"limit: {who} at {fps} fps", seconds)


def above_row(who: str, climbed: Climb) -> Row:
    fps, run = climbed.above
    first, last = run.quarters_ms
    return Row(f"{who} at {fps} fps: loop p50 of the last quarter", "ms", known([last]), known([first]),
               "its first quarter", Ratio.TIMES_MORE, (at_most(BOUND_MS),) if who == "ours" else (),
               disturbance([run]), f"{run.sent_fps:.0f} fps reached, {run.sent} frames sent, {run.lost()} of them "
               f"lost or late; {run.settled_lost} lost, late or skipped after the first second")
