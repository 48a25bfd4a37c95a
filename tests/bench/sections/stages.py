# SPDX-License-Identifier: LGPL-2.1-or-later
"""Stages: where the loop's time goes, beside its bare parts, each timed alone at the loop's pace; what it costs and how
long it takes beside a loop of which nothing is ours."""
from __future__ import annotations

import json
from typing import Any

from measure import gst_ball
from measure.context import Context, disturbance, known
from measure.estimates import median
from measure.loop_run import LoopRun, Setting
from measure.processes import output
from measure.table import Ratio, Row, ratio_at_most

SIZES = ((640, 480), (1920, 1080))
STAGES = ("encode", "network", "decode", "hand_over", "locate", "return")
PARTS = ("encode", "decode", "locate")
BARE_STAGES = ("encode", "network", "decode", "locate", "return")
BARE = SIZES[0]    # where threads and messages cost more than pictures do
TIMES_PARTS = 2.0
FPS = 30
Parts = dict[str, dict[str, float]]


def estimate(quick: bool) -> float:
    """Seconds that the section takes."""
    return 38.0 if quick else 124.0


def run(context: Context) -> list[Row]:
    rows: list[Row] = []
    repetitions = 1 if context.quick else 3
    locator = context.programs.path("apps", "locator-app", "locator-app")
    for size in SIZES:
        setting = Setting(*size, fps=FPS, seconds=context.seconds(6.0))
        runs: list[LoopRun] = []
        parts: list[Parts] = []
        bare: list[dict[str, float]] = []
        located: list[dict[str, float]] = []
        for repetition in range(1, repetitions + 1):
            context.progress.step(f"stages: {setting}, {repetition} of {repetitions}",
                                  setting.seconds + (17 if size == BARE else 11))
            parts.append(run_parts(context, size, FPS))
            runs.append(gst_ball.run_loop(context.programs, setting))
            located.append(run_bare_loop(context, size, ["--apart", "--locator", locator]))
            if size == BARE:
                bare.append(run_bare_loop(context, size, []))
        tight = run_parts(context, size, 0)
        name = f"{size[0]}x{size[1]}"
        context.figures.setdefault("stages_ms", {})[name] = {
            "stages": {stage: middle(runs, stage) for stage in STAGES},
            "parts": {part: median([each[part]["p50"] / 1000 for each in parts]) for part in PARTS},
            "parts_back_to_back": {part: tight[part]["p50"] / 1000 for part in PARTS}}
        rows.append(parts_row(name, runs, parts, tight))
        if bare:
            rows.extend(bare_rows(name, runs, bare, "bare webrtcbin loop, 1 process"))
        rows.extend(bare_rows(name, runs, located, "bare loop with a locator, 3 processes"))
    return rows


def run_parts(context: Context, size: tuple[int, int], fps: int) -> Parts:
    """In us; at that pace, or back to back (0)."""
    command = [context.programs.path("tests", "bench", "parts_bench"), f"--width={size[0]}", f"--height={size[1]}",
               f"--fps={fps}", "--frames=90"]
    said: dict[str, Any] = json.loads(output(command, context.programs.environment()))
    return {part: said[part] for part in PARTS}


def run_bare_loop(context: Context, size: tuple[int, int], options: list[str]) -> dict[str, float]:
    """Processor time a frame (cpu_ms), median and 99th percentile of the time to the answer (p50_ms, p99_ms), and
    median of its stages (encode_ms, ...), of two webrtcbins with an encoder, a decoder and an answer."""
    command = [context.programs.path("tests", "bench", "bare_loop_bench"), f"--width={size[0]}", f"--height={size[1]}",
               f"--fps={FPS}", *options]
    said: dict[str, float] = json.loads(output(command, context.programs.environment()))
    return said


def bare_rows(name: str, runs: list[LoopRun], bare: list[dict[str, float]], against: str) -> list[Row]:
    other = disturbance(runs)
    stages = ", ".join(f"{stage} {median([each[f'{stage}_ms'] for each in bare]):.2f}" for stage in BARE_STAGES)
    return [Row(f"loop p50, {name}@{FPS}", "ms", known([run.loop_ms["p50"] for run in runs]),
                [each["p50_ms"] for each in bare], against, Ratio.TIMES_MORE, other=other,
                note=f"ms: {stages} (from the decoded frame to where the ball is)"),
            Row(f"loop p99 once it is settled, {name}@{FPS}", "ms", known([run.settled_p99_ms for run in runs]),
                [each["p99_ms"] for each in bare], against, Ratio.TIMES_MORE, other=other),
            Row(f"CPU a delivered frame, {name}@{FPS}", "ms", known([run.cpu_ms for run in runs]),
                [each["cpu_ms"] for each in bare], against, Ratio.TIMES_MORE, other=other,
                note="bare: no signalling, matching or repeated packets")]


def total_ms(parts: Parts) -> float:
    return sum(parts[part]["p50"] for part in PARTS) / 1000


def middle(runs: list[LoopRun], stage: str) -> float | None:
    """Median of the runs' medians, in ms."""
    return median(known([run.stages_ms[stage]["p50"] for run in runs]))


def parts_row(name: str, runs: list[LoopRun], parts: list[Parts], tight: Parts) -> Row:
    """The loop's median against the sum of the parts' medians; the note says where the rest goes."""
    alone = {part: median([each[part]["p50"] / 1000 for each in parts]) for part in PARTS}
    rest = [f"{stage.replace('_', ' ')} {middle(runs, stage) or 0:.2f}" +
            (f" (alone {alone[stage]:.2f})" if stage in alone else "") for stage in STAGES]
    return Row(f"loop p50, {name}@{FPS}", "ms", known([run.loop_ms["p50"] for run in runs]),
               [total_ms(each) for each in parts], "encode + decode + locate alone", Ratio.TIMES_MORE,
               (ratio_at_most(TIMES_PARTS),), disturbance(runs),
               f"ms: {', '.join(rest)}; the parts back to back {total_ms(tight):.2f}")
