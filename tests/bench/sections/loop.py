# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loop: the real programs and the aiortc stack in alternation."""
from __future__ import annotations

from typing import Any, Callable

from measure import aiortc_peer, gst_ball
from measure.context import Context, disturbance, known, tail, tail_note
from measure.loop_run import LoopRun, Setting
from measure.table import Row, Target, at_most, ratio_at_least

START_S = {"ours": 1.5, "aiortc": 4.0, "aiortc stored": 4.0}
JOININGS = 5
# Median and p99 in ms, and how many times under the aiortc stack; of CPU how many times, too.
LIMITS = {(640, 480): (3.5, 6.0, 12.0), (1920, 1080): (9.5, 16.0, 9.0)}
LESS_CPU = 4.0
LESS_MEMORY = {"server": 3.0, "client": 3.0, "locator": 2.0}
FIRST_SCORED_MS = 400.0
ERRORS_PX = {False: 0.15, True: 0.5}
Runs = dict[str, list[LoopRun]]


def estimate(quick: bool) -> float:
    """Seconds that the section takes."""
    return 36.0 if quick else 185.0


def run(context: Context) -> list[Row]:
    rows: list[Row] = []
    theirs: list[float] = []
    for width, height in LIMITS:
        runs = _alternate(context, Setting(width, height, 30, context.seconds(8.0)))
        context.figures.setdefault("loop", {})[f"{width}x{height}"] = {
            name: [{"loop_ms": run.loop_ms, "cpu_ms": run.cpu_ms, "peaks_mib": run.peaks_mib,
                    "sent": run.sent, "returned": run.returned} for run in each] for name, each in runs.items()}
        rows.extend(loop_rows(f"{width}x{height}@30", LIMITS[width, height], runs))
        if (width, height) == (640, 480):
            theirs = _values(runs, "aiortc", lambda run: run.joined_ms)
            rows.extend(memory_rows(runs))
            rows.append(error_row(runs["ours"], False))
    noisy = [_ours(context, Setting(640, 480, 30, context.seconds(6.0), noise=True))
             for _ in range(context.repetitions())]
    return rows + [error_row(noisy, True), *_joining(context, theirs)]


def _ours(context: Context, setting: Setting) -> LoopRun:
    context.progress.step(f"loop: ours, {setting}", setting.seconds + START_S["ours"])
    return gst_ball.run_loop(context.programs, setting)


def _alternate(context: Context, setting: Setting) -> Runs:
    """A B A B, so that what the machine does meanwhile falls on both."""
    kinds: dict[str, Callable[[], LoopRun]] = {
        "ours": lambda: gst_ball.run_loop(context.programs, setting),
        "aiortc": lambda: aiortc_peer.run_loop(setting)}
    if setting.width == 640:
        kinds["aiortc stored"] = lambda: aiortc_peer.run_loop(setting, "stored")
    runs: Runs = {kind: [] for kind in kinds}
    for repetition in range(1, context.repetitions() + 1):
        for kind, once in kinds.items():
            context.progress.step(f"loop: {kind}, {setting}, {repetition} of {context.repetitions()}",
                                  setting.seconds + START_S[kind])
            runs[kind].append(once())
    return runs


def _values(runs: Runs, kind: str, of: Callable[[LoopRun], float | None]) -> list[float]:
    return known([of(run) for run in runs.get(kind, [])])


def loop_rows(where: str, limits: tuple[float, float, float], runs: Runs) -> list[Row]:
    """Latency, processor time and losses at one size; `limits` as in LIMITS."""
    median_ms, p99_ms, times = limits
    other = disturbance([run for each in runs.values() for run in each])

    def row(what: str, unit: str, of: Callable[[LoopRun], float | None], targets: tuple[Target, ...] = (),
            against: str = "aiortc", **more: Any) -> Row:
        return Row(f"{what}, {where}", unit, _values(runs, "ours", of), _values(runs, against, of),
                   against + " stack" if against == "aiortc" else "aiortc sending the stored value",
                   targets=targets, other=other, **more)

    def latency(name: str) -> Callable[[LoopRun], float | None]:
        return lambda run: run.loop_ms[name]
    rows = [row("loop p50", "ms", latency("p50"), (at_most(median_ms), ratio_at_least(times))),
            row("loop p95", "ms", latency("p95")),
            row("loop p99", "ms", latency("p99"), (at_most(p99_ms),), tail=tail(runs["ours"]),
                note=tail_note(runs["ours"]))]
    if "aiortc stored" in runs:
        rows.append(row("loop p50", "ms", latency("p50"), against="aiortc stored"))
    rows.append(row("CPU a delivered frame, all processes", "ms", lambda run: run.cpu_ms, (ratio_at_least(LESS_CPU),)))
    rows.append(row("frames lost", "", lambda run: float(run.lost()), (at_most(0),)))
    return rows


def memory_rows(runs: Runs) -> list[Row]:
    """What others do with the processors does not matter to it."""
    return [Row(f"peak RSS of the {name}, 640x480", "MiB", _values(runs, "ours", lambda run: run.peaks_mib.get(name)),
                _values(runs, "aiortc", lambda run: run.peaks_mib.get(name)), "aiortc stack",
                targets=(ratio_at_least(times),)) for name, times in LESS_MEMORY.items()]


def error_row(runs: list[LoopRun], noise: bool) -> Row:
    scene = "noise and 5 distractors" if noise else "default scene"
    return Row(f"matched error RMS, 640x480, 2 Mbit/s, {scene}", "px", known([run.error_rms for run in runs]),
               targets=(at_most(ERRORS_PX[noise]),), other=disturbance(runs))


def _joining(context: Context, aiortc: list[float]) -> list[Row]:
    """`aiortc`: what its client took to its first answer."""
    joinings = []
    for number in range(1, JOININGS + 1):
        context.progress.step(f"loop: joining, {number} of {JOININGS}", 1.0)
        joinings.append(gst_ball.run_joining(context.programs))
    other = max(joining.disturbance for joining in joinings)
    return [Row("client's start to first scored coordinate", "ms", [joining.first_scored_ms for joining in joinings],
                aiortc, "aiortc stack", targets=(at_most(FIRST_SCORED_MS),), other=other),
            Row("server's start until it listens", "ms", [joining.server_ready_ms for joining in joinings],
                other=other)]
