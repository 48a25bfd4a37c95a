#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bench: every part of the loop and the whole of it, beside what people would use instead, in one run.

  packaging/install-packages.sh build run test bench && packaging/build.sh build -Dbench=true      once
  tests/bench/run.py                                 everything, in under 10 minutes on 2 cores
  tests/bench/run.py --quick --only loop,limit       some of it, shorter and noisier
  tests/bench/run.py --json bench.json --svg plots   the figures and the plots, too
  tests/bench/run.py --soak 30m                      the loop for so long instead: memory and latency, start and end

Sections:
  micro    Google Benchmark: ballsrc against videotestsrc, balllocate against the OpenCV recipes, shmpay ! shmsink
           against one memcpy and against gdppay, at four sizes
  loop     the real programs and the stock aiortc stack (tests/bench/aiortc_stack), in alternation: latency, processor
           time of all processes, memory, frames lost, error, joining
  limit    the highest frame rate that loses nothing, of both; what happens above it
  clients  how many clients a server serves at 29 fps or more, of both; what each further one costs
  growth   processor time and latency from 640x480 to 3840x2160
  stages   the ledger's stages beside encode, decode and locate, each timed alone; latency (median and p99) and
           processor time beside bare webrtcbin loops, without and with a locator

The table has a row for each figure: the median of the repetitions and half of their range (+-), what it is compared
with, the ratio, the target, and the verdict. "too noisy" stands where other processes (stolen time included) had over
10 % of the machine, or the repetitions are more than +-25 % apart and do not all say the same, or p99 or the highest
frame rate is missed where one and the same piece of work, timed meanwhile, has a p99 of over twice its median (a host
that gives the machine less now and then is seen by nothing else); what the medians say is then in brackets. Ratios of
the two stacks come of runs in alternation, so they bear more noise than the figures.

All traffic stays on loopback, on free ports. Ctrl-C ends everything that was started.
Exit status: 0 everything was measured, whatever it shows; 1 something could not be; 2 wrong arguments; 130 at Ctrl-C.
"""
from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import signal
import sys
import time
from types import ModuleType
from typing import Any, Callable

from measure import machine, table
from measure.context import Context, Progress
from measure.gst_ball import Programs
from measure.processes import ProgramFailed
from measure.table import Row
from sections import clients, growth, limit, loop, micro, soak, stages

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECTIONS: dict[str, ModuleType] = {"micro": micro, "loop": loop, "limit": limit, "clients": clients,
                                   "growth": growth, "stages": stages}
NEEDED = ("apps/server-app/server-app", "apps/client-app/client-app", "apps/locator-app/locator-app",
          "tests/bench/ballsrc_bench", "tests/bench/balllocate_bench", "tests/bench/shmframe_bench",
          "tests/bench/parts_bench", "tests/bench/bare_loop_bench", "tests/light_client/light_client")
UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600}
EXIT_OK, EXIT_FAILED, EXIT_INTERRUPTED = 0, 1, 130


def duration(text: str) -> float:
    """"90", "90s", "30m" or "2h", in s."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if not found or float(found.group(1)) == 0:
        raise argparse.ArgumentTypeError(f"{text}: expected a time such as 90s, 30m or 2h")
    return float(found.group(1)) * UNITS_S[found.group(2)]


def sections(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in SECTIONS:
            raise argparse.ArgumentTypeError(f"no section {name}; there are {', '.join(SECTIONS)}")
    return [name for name in SECTIONS if name in names]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"), help="build directory (default: build)")
    parser.add_argument("--only", type=sections, default=list(SECTIONS), metavar="SECTION,...", help="these sections")
    parser.add_argument("--quick", action="store_true", help="shorter runs, not repeated: a look, not a result")
    parser.add_argument("--soak", type=duration, metavar="TIME", help="run the loop for so long (30m), nothing else")
    parser.add_argument("--json", metavar="FILE", help="write rows, figures and machine there")
    parser.add_argument("--svg", metavar="DIR", help="write plots there (python3-matplotlib)")
    return parser.parse_args()


def missing(build: str) -> list[str]:
    return [name for name in NEEDED if not os.path.exists(os.path.join(build, name))]


def unwritable(options: argparse.Namespace) -> str:
    """Why a file that is asked for could not be written in ten minutes; empty if it can."""
    if options.json:
        folder = os.path.dirname(os.path.abspath(options.json))
        if not os.access(folder, os.W_OK):
            return f"cannot write to {folder}: give --json a file in another directory"
    if options.svg and importlib.util.find_spec("matplotlib") is None:
        return "--svg wants python3-matplotlib: packaging/install-packages.sh bench"
    if options.svg:
        try:
            os.makedirs(options.svg, exist_ok=True)
        except OSError as error:
            return f"{error}: give --svg another directory"
    return ""


def measured(name: str, run: Callable[[], list[Row]]) -> list[Row]:
    """A section's rows; where it fails, one that says why."""
    try:
        return run()
    except (ProgramFailed, OSError) as error:
        return [Row(f"section {name}", "", [], targets=(table.at_least(0),), note=str(error))]


def all_rows(context: Context, options: argparse.Namespace) -> list[Row]:
    if options.soak:
        return measured("soak", lambda: soak.run(context, options.soak))
    rows: list[Row] = []
    for name in options.only:
        module = SECTIONS[name]
        rows.extend(measured(name, lambda: module.run(context)))
    return rows


def heading(before: dict[str, Any], options: argparse.Namespace) -> str:
    quick = "; --quick: a look, not a result" if options.quick else ""
    return (f"{before['processors']} x {before['processor']}, Linux {before['kernel']}; load average "
            f"{before['load_average']:.2f} before, {os.getloadavg()[0]:.2f} after{quick}")


def write(options: argparse.Namespace, before: dict[str, Any], rows: list[Row], context: Context) -> None:
    """The files that were asked for."""
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"schema": "gst-ball-bench/1", "quick": options.quick, "machine": before,
                       "rows": [row.as_json() for row in rows], "figures": context.figures}, file, indent=1)
            file.write("\n")
    if options.svg:
        from measure import plots  # matplotlib takes a second to load, and is not always there
        plots.write(options.svg, context.figures)


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def bench(options: argparse.Namespace) -> int:
    before = machine.describe()
    seconds = options.soak or sum(SECTIONS[name].estimate(options.quick) for name in options.only)
    context = Context(Programs(os.path.abspath(options.build)), options.quick, Progress(seconds))
    begin = time.monotonic()
    rows = all_rows(context, options)
    print(heading(before, options))
    print(table.text(rows))
    print(f"{table.tally(rows)}; {time.monotonic() - begin:.0f} s")
    write(options, before, rows, context)
    unmeasured = any(row.verdict() is table.Verdict.NOT_MEASURED for row in rows)
    return EXIT_FAILED if unmeasured else EXIT_OK


def main() -> int:
    options = arguments()
    absent = missing(options.build)
    if absent:
        print(f"run.py: {options.build} has no {absent[0]}; build with packaging/build.sh build -Dbench=true",
              file=sys.stderr)
        return EXIT_FAILED
    reason = unwritable(options)
    if reason:
        print(f"run.py: {reason}", file=sys.stderr)
        return EXIT_FAILED
    signal.signal(signal.SIGTERM, interrupted)
    try:
        return bench(options)
    except KeyboardInterrupt:
        print("run.py: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except OSError as error:
        print(f"run.py: {error}", file=sys.stderr)
        return EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
