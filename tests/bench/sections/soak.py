# SPDX-License-Identifier: LGPL-2.1-or-later
"""Soak: the loop for a long time; memory and latency at the start and at the end."""
from __future__ import annotations

from typing import Mapping

from measure import gst_ball
from measure.context import Context, known
from measure.gst_ball import Moment
from measure.loop_run import LoopRun, Setting
from measure.table import Ratio, Row

START_S = 5.0


def run(context: Context, seconds: float) -> list[Row]:
    context.progress.step(f"soak: {seconds / 60:.1f} min", seconds + START_S)
    moments: list[Moment] = []
    loop = gst_ball.watch_loop(context.programs, Setting(seconds=seconds), moments)
    context.figures["soak"] = [vars(moment) for moment in moments]
    return rows(loop, moments)


def rows(loop: LoopRun, moments: list[Moment]) -> list[Row]:
    """The start is a tenth into the run, when everything has been allocated once; the end is the last moment."""
    early, late = moments[len(moments) // 10], moments[-1]
    first, last = loop.quarters_ms
    other = loop.load.disturbance()

    def resident(moment: Moment, name: str) -> list[float]:
        memory: Mapping[str, float] = moment.rss_mib
        return known([memory.get(name)])
    result = [Row(f"soak: RSS of the {name} at the end", "MiB", resident(late, name), resident(early, name),
                  "at the start", Ratio.TIMES_MORE, other=other) for name in sorted(early.rss_mib)]
    result.append(Row("soak: loop p50 of the last quarter", "ms", known([last]), known([first]), "the first quarter",
                      Ratio.TIMES_MORE, other=other,
                      note=f"{loop.sent} frames sent, {loop.lost()} lost; p99 {loop.loop_ms['p99']} ms"))
    return result
