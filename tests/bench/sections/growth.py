# SPDX-License-Identifier: LGPL-2.1-or-later
"""Growth: what a frame costs as the picture grows. (As clients grow: section clients. Joining: section loop.)"""
from __future__ import annotations

from measure import gst_ball
from measure.context import Context, disturbance, known
from measure.estimates import median
from measure.loop_run import LoopRun, Setting
from measure.table import Ratio, Row

SIZES = ((640, 480), (1280, 720), (1920, 1080), (3840, 2160))


def estimate(quick: bool) -> float:
    """Seconds that the section takes."""
    return 14.0 if quick else 60.0


def run(context: Context) -> list[Row]:
    seconds = context.seconds(5.0)
    repetitions = 1 if context.quick else 2
    runs: dict[tuple[int, int], list[LoopRun]] = {size: [] for size in SIZES}
    for repetition in range(1, repetitions + 1):
        for size in SIZES:
            setting = Setting(*size, seconds=seconds)
            context.progress.step(f"growth: {setting}, {repetition} of {repetitions}", seconds + 2)
            runs[size].append(gst_ball.run_loop(context.programs, setting))
    context.figures["growth"] = [
        {"pixels": width * height, "size": f"{width}x{height}", "cpu_ms": median(known([run.cpu_ms for run in each])),
         "loop_p50_ms": median(known([run.loop_ms["p50"] for run in each]))}
        for (width, height), each in runs.items()]
    return [row for size in SIZES for row in rows(size, runs)]


def rows(size: tuple[int, int], runs: dict[tuple[int, int], list[LoopRun]]) -> list[Row]:
    """Processor time and latency of one size, against the smallest."""
    name, smallest = f"{size[0]}x{size[1]}@30", f"{SIZES[0][0]}x{SIZES[0][1]}"
    here, there = runs[size], runs[SIZES[0]] if size != SIZES[0] else []
    against = smallest if there else ""
    other = disturbance(here)
    lost = sum(run.lost() for run in here)
    return [Row(f"CPU a delivered frame, {name}", "ms", known([run.cpu_ms for run in here]),
                known([run.cpu_ms for run in there]), against, Ratio.TIMES_MORE, other=other,
                note=f"{lost} of {sum(run.sent for run in here)} frames lost" if lost else ""),
            Row(f"loop p50, {name}", "ms", known([run.loop_ms["p50"] for run in here]),
                known([run.loop_ms["p50"] for run in there]), against, Ratio.TIMES_MORE, other=other)]
