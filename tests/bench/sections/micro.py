# SPDX-License-Identifier: LGPL-2.1-or-later
"""Micro: one frame drawn, located, handed over; Google Benchmark's repetitions in random order."""
from __future__ import annotations

import json
import statistics
from typing import Any, NamedTuple

from measure.context import Context
from measure.machine import LoadMeter
from measure.processes import output
from measure.table import Ratio, Row, ratio_at_least, ratio_at_most

SIZES = ("640/480", "1280/720", "1920/1080", "3840/2160")
MICROSECONDS = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}
HAND_OVERS = "shm/(shmpay_shmsink(_copied)?|shmsink_alone|memcpy_into_shm)"


class Part(NamedTuple):
    """A bench, and what of it the table needs and the plots show; `batch` of its repetitions count as one."""
    bench: str
    filter: str
    batch: int = 1


# Handing over a small frame is mostly waking its reader, which now and then takes half as long again for some hundred
# frames: it is repeated often, and has a process without the large frames.
PARTS = (
    Part("ballsrc_bench", "Frame/(ballsrc_i420|videotestsrc_ball)/"),
    Part("balllocate_bench", "(locate|element)/(color|color_track|contrast|hough)_i420/|"
         "recipe/(hsv_inrange_moments(_1_thread)?|threshold_enclosing_circle|hough_circles|i420_to_bgr)/"),
    Part("shmframe_bench", f"{HAND_OVERS}/(1280|1920|3840)/|shm/(shmpay_shmdepay|gdppay_gdpdepay)/"),
    Part("shmframe_bench", f"{HAND_OVERS}/640/|shm/tell_reader/", batch=9),
)
TELL_READER = "shm/tell_reader/iterations:1/manual_time"
CIRCLE, HOUGH = "threshold+minEnclosingCircle on grey", "HoughCircles on grey"
METHODS = (("contrast", "threshold_enclosing_circle", CIRCLE), ("hough", "hough_circles", HOUGH))
# 27 times the bytes would be some 27 times the time, were they copied.
NO_COPY = 2.0
Times = dict[str, list[float]]


def estimate(quick: bool) -> float:
    """Seconds that the section takes."""
    return 15.0 if quick else 35.0


def run(context: Context) -> list[Row]:
    meter = LoadMeter()
    times: Times = {}
    for part in PARTS:
        context.progress.step(f"micro: {part.bench}", estimate(context.quick) / len(PARTS))
        times.update(parse(_run(context, part), part.batch))
    context.figures["micro_us"] = times
    return rows(times, meter.load().disturbance())


def _run(context: Context, part: Part) -> dict[str, Any]:
    repetitions = part.batch * (3 if context.quick else 5)
    command = [context.programs.path("tests", "bench", part.bench), f"--benchmark_filter={part.filter}",
               "--benchmark_format=json", "--benchmark_enable_random_interleaving=true",
               f"--benchmark_repetitions={repetitions}", "--benchmark_min_time=0.03"]
    # It says nothing at all where the filter leaves nothing over.
    return json.loads(output(command, context.programs.environment()) or '{"benchmarks": []}')


def parse(said: dict[str, Any], batch: int = 1) -> Times:
    """Microseconds, the medians of each `batch` repetitions in a row, by the name as far as the size:
    "locate/color_i420/640/480"."""
    times: Times = {}
    for benchmark in said["benchmarks"]:
        if benchmark.get("run_type", "iteration") != "iteration" or benchmark.get("error_occurred"):
            continue
        name = "/".join(benchmark["run_name"].split("/")[:4])
        times.setdefault(name, []).append(benchmark["real_time"] * MICROSECONDS[benchmark["time_unit"]])
    return {name: [statistics.median(each[at:at + batch]) for at in range(0, len(each), batch)]
            for name, each in times.items()}


def rows(times: Times, other: float) -> list[Row]:
    """The issue's, each where its benchmarks were there."""
    def row(what: str, measured: str, reference: str, against: str, **rest: Any) -> Row:
        return Row(what, "us", times.get(measured, []), times.get(reference, []), against, other=other, **rest)

    result = [row(f"ballsrc {size.replace('/', 'x')} I420, a frame", f"Frame/ballsrc_i420/{size}",
                  f"Frame/videotestsrc_ball/{size}", "videotestsrc pattern=ball",
                  targets=(ratio_at_least(200),) if size == "1920/1080" else ()) for size in SIZES]
    result.append(row("ballsrc 3840x2160, a frame", "Frame/ballsrc_i420/3840/2160", "Frame/ballsrc_i420/640/480",
                      "ballsrc 640x480", ratio_is=Ratio.TIMES_MORE, targets=(ratio_at_most(1.5),)))
    for what, name, limit in (("tracking", "color_track_i420", 100), ("without tracking", "color_i420", 40)):
        for size in SIZES:
            result.append(row(f"balllocate color {what} {size.replace('/', 'x')} I420", f"locate/{name}/{size}",
                              f"recipe/hsv_inrange_moments/{size}", "HSV+inRange+moments on BGR",
                              targets=(ratio_at_least(limit),) if size == "1920/1080" else ()))
    result.extend(_others(row))
    for size in SIZES:
        result.append(row(f"shmpay ! shmsink {size.replace('/', 'x')}, a frame", f"shm/shmpay_shmsink/{size}",
                          f"shm/memcpy_into_shm/{size}", "one memcpy into shared memory",
                          ratio_is=Ratio.TIMES_MORE, targets=(ratio_at_most(1.2),)))
    result.append(row("shmpay ! shmsink 640x480, a frame", "shm/shmpay_shmsink/640/480", TELL_READER,
                      "one send() to a reader that waits", ratio_is=Ratio.TIMES_MORE,
                      note="what bounds a small frame: its reader has to be woken, whatever is copied"))
    result.append(row("shmpay ! shmsink 640x480, a frame", "shm/shmpay_shmsink/640/480", "shm/shmsink_alone/640/480",
                      "shmsink alone, of its own memory", ratio_is=Ratio.TIMES_MORE,
                      note="what GStreamer takes to hand a frame over that nobody can tell from any other bytes"))
    for size in SIZES:
        result.append(row(f"the same of a frame from elsewhere, {size.replace('/', 'x')}",
                          f"shm/shmpay_shmsink_copied/{size}", f"shm/memcpy_into_shm/{size}",
                          "one memcpy into shared memory", ratio_is=Ratio.TIMES_MORE,
                          note="copied once: who made it does not draw into shmpay's pool" if size == SIZES[-1] else ""))
    result.append(row("shmpay ! shmdepay 3840x2160", "shm/shmpay_shmdepay/3840/2160", "shm/shmpay_shmdepay/640/480",
                      "shmpay ! shmdepay 640x480", ratio_is=Ratio.TIMES_MORE, targets=(ratio_at_most(NO_COPY),),
                      note="a cost that does not grow with the frame: it is not copied but into shared memory"))
    result.append(row("shmpay ! shmdepay 1920x1080", "shm/shmpay_shmdepay/1920/1080",
                      "shm/gdppay_gdpdepay/1920/1080", "gdppay ! gdpdepay"))
    return result


def _others(row: Any) -> list[Row]:
    """balllocate against the other recipes, and what all recipes in colour need first."""
    recipes = (("hsv_inrange_moments_1_thread", "HSV+inRange+moments on 1 thread"),
               ("threshold_enclosing_circle", CIRCLE), ("hough_circles", HOUGH), ("i420_to_bgr", "I420 -> BGR alone"))
    elements = [row(f"the whole element, {what}, 1920x1080 I420", f"element/{name}/1920/1080",
                    "recipe/hsv_inrange_moments/1920/1080", "HSV+inRange+moments on BGR")
                for what, name in (("tracking", "color_track_i420"), ("without tracking", "color_i420"))]
    methods = [row(f"balllocate {method} 1920x1080 I420", f"locate/{method}_i420/1920/1080", f"recipe/{name}/1920/1080",
                   against) for method, name, against in METHODS]
    return elements + methods + [row("balllocate color tracking 1920x1080 I420", "locate/color_track_i420/1920/1080",
                f"recipe/{name}/1920/1080", against) for name, against in recipes]
