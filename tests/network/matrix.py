#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The loop over one bad network after the other, as one table: what came back, how wrong and how late.

  tests/network/matrix.py                          everything, in under 10 minutes: it says how long
  tests/network/matrix.py --only 'loss 5 %' --only blackout     the rows whose names hold one of these
  tests/network/matrix.py --json matrix.json       the figures, too
  tests/network/matrix.py --only 'loss 5 %' --protection none --protection fec     one row for each of these
  tests/network/matrix.py -- --bitrate 400000      other options of server-app, behind a second -- of client-app

server-app and client-app run in a network namespace each, with build/tests/network/bad_network between them: what a
row is called is done to the packets of either direction (rate: of the video's). Each row has its own run, from joining to the
bye, so that what is lost while it joins counts, too. The impairer loses the same packets with the same seed.

  matched       of the frames sent, those that came back in time with a ball
  found         of the answers, those with a ball
  error         of the matched frames, root mean square
  p99 >10 s     of the frames that were drawn later than 10 s after the first one
  gap           the longest time without an answer, once there was one
  joined        from the client's start to the first answer
  recovered     from the end of the blackout to the next answer in time

Needs root, or unprivileged user namespaces, and /dev/net/tun.
Exit status: 0 each row was measured, whatever it shows; 1 one could not be; 2 wrong arguments; 130 at Ctrl-C.
"""
from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time
from typing import Callable, Sequence

import bad_loop
from bad_loop import Outcome, ProgramFailed, Run

LOSSES, DELAYS, JITTERS = (0, 1, 5, 10), (0, 50, 150), (0, 30)
BLACKOUT_AT_S = 5.0
# So long that there is something to say of the time after its first 10 s.
LIMITED_S = 18.0
# The usual scene needs less than 500 kbit/s; this one takes all that it is given.
NOISE = ("--source", "ballsrc is-live=true background=noise")
# Joining and leaving, beside the seconds of a run: for the forecast only.
AROUND_S = 2.0


@dataclasses.dataclass(frozen=True)
class Row:
    """A network, as it is called and as it is made."""
    name: str
    to_client: str
    to_server: str
    blackout_at_s: float | None = None
    least_s: float = 0.0
    server: tuple[str, ...] = ()


def both(name: str, settings: str) -> Row:
    return Row(name, settings, settings)


def product() -> list[Row]:
    rows = []
    for loss in LOSSES:
        for delay in DELAYS:
            for jitter in JITTERS:
                rows.append(both(f"loss {loss} %, delay {delay} ms, jitter {jitter} ms",
                                 f"loss={loss},delay={delay},jitter={jitter}"))
    return rows


ROWS = [*product(),
        both("loss 5 % in bursts of 4, delay 50 ms", "loss=5,burst=4,delay=50"),
        both("reordering 5 % by 20 ms, delay 20 ms", "reorder=5:20,delay=20"),
        both("duplication 5 %, delay 20 ms", "duplicate=5,delay=20"),
        Row("500 kbit/s", "rate=500,delay=20", "delay=20", least_s=LIMITED_S),
        Row("500 kbit/s, noise as background", "rate=500,delay=20", "delay=20", least_s=LIMITED_S, server=NOISE),
        Row("blackout of 2 s, delay 20 ms", "delay=20", "delay=20", blackout_at_s=BLACKOUT_AT_S)]


def number(value: float | None, decimals: int = 0) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"


def percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


COLUMNS: list[tuple[str, Callable[[Outcome], str]]] = [
    ("sent", lambda o: str(o.sent)),
    ("matched %", lambda o: percent(o.matched_share())),
    ("found %", lambda o: percent(o.found_rate())),
    ("lost", lambda o: str(o.lost)),
    ("late", lambda o: str(o.late)),
    ("dupl.", lambda o: str(o.duplicates)),
    ("error px", lambda o: number(o.error_rms, 3)),
    ("p50 ms", lambda o: number(o.loop_p50, 1)),
    ("p99 ms", lambda o: number(o.loop_p99, 1)),
    ("p99 >10 s", lambda o: number(o.settled_p99, 1)),
    ("gap ms", lambda o: number(o.longest_gap)),
    ("joined s", lambda o: number(o.joined_s, 2)),
    ("recovered ms", lambda o: number(o.recovered)),
]


def lines(results: Sequence[tuple[str, Outcome | str]]) -> list[str]:
    """The table, as Markdown. A result that is a text says why there is none."""
    cells = [["network", *(title for title, _ in COLUMNS)]]
    for name, result in results:
        if isinstance(result, Outcome):
            balance = "" if result.balanced else " (does not balance)"
            cells.append([name + balance, *(of(result) for _, of in COLUMNS)])
        else:
            cells.append([f"{name}: {result}", *["-"] * len(COLUMNS)])
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    table = []
    for row in cells:
        padded = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        table.append("| " + " | ".join(padded) + " |")
    rule = [":" + "-" * (widths[0] - 1), *("-" * (width - 1) + ":" for width in widths[1:])]
    table.insert(1, "| " + " | ".join(rule) + " |")
    return table


def chosen(texts: Sequence[str]) -> list[Row]:
    return [row for row in ROWS if not texts or any(text in row.name for text in texts)]


def variants(rows: Sequence[Row], protections: Sequence[str]) -> list[Row]:
    """Each row once for each --protection; as server-app does it by itself where there is none."""
    if not protections:
        return list(rows)
    return [dataclasses.replace(row, name=f"{row.name}, {protection}", server=(*row.server, "--protection", protection))
            for row in rows for protection in protections]


def measure(row: Row, options: argparse.Namespace, server: Sequence[str], client: Sequence[str]) -> Outcome | str:
    run = Run(to_client=row.to_client, to_server=row.to_server, seconds=max(options.seconds, row.least_s),
              seed=options.seed, means=options.means, server=[*row.server, *server], client=client,
              blackout_at_s=row.blackout_at_s)
    try:
        return bad_loop.run_once(run, os.path.abspath(options.build))
    except ProgramFailed as error:
        return str(error)


def show_progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure_all(rows: Sequence[Row], options: argparse.Namespace, server: Sequence[str],
                client: Sequence[str]) -> list[tuple[str, Outcome | str]]:
    forecast = sum(max(options.seconds, row.least_s) + AROUND_S for row in rows)
    show_progress(f"{len(rows)} networks, about {forecast / 60:.1f} minutes")
    results: list[tuple[str, Outcome | str]] = []
    for at, row in enumerate(rows, 1):
        result = measure(row, options, server, client)
        results.append((row.name, result))
        said = result if isinstance(result, str) else (
            f"matched {percent(result.matched_share())} %, loop p99 {number(result.loop_p99)} ms "
            f"({result.packets['carried_by']})")
        show_progress(f"[{at}/{len(rows)}] {row.name}: {said}")
    return results


def write_json(path: str, results: Sequence[tuple[str, Outcome | str]]) -> None:
    rows = [{"network": name, "failed": result} if isinstance(result, str) else
            {"network": name, "matched_share": result.matched_share(), "found_rate": result.found_rate(),
             **dataclasses.asdict(result)} for name, result in results]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"schema": "gst-ball-matrix/1", "rows": rows}, file, indent=1)
        file.write("\n")


def arguments(own: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="TEXT", help="rows whose names hold it; may be given again")
    parser.add_argument("--protection", action="append", default=[], metavar="none|nack|fec|nack+fec",
                        help="server-app's; each row once for each that is given (default: as server-app does)")
    parser.add_argument("--list", action="store_true", help="print the rows' names, and do nothing")
    parser.add_argument("--seconds", type=float, default=12.0, metavar="S", help="a row, at the least (default: 12)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another run of bad luck (default: 1)")
    bad_loop.add_means(parser)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--build", default=os.path.join(os.path.dirname(bad_loop.TESTS), "build"),
                        help="build directory (default: build)")
    options = parser.parse_args(own)
    if not chosen(options.only):
        parser.error("no row's name holds what --only says; --list tells the names")
    if not 0 < options.seconds <= 3600:
        parser.error("--seconds must be over 0 and at most 3600")
    return options


def main() -> int:
    own, server, client = bad_loop.split(sys.argv[1:])
    options = arguments(own)
    rows = variants(chosen(options.only), options.protection)
    if options.list:
        print("\n".join(row.name for row in rows))
        return 0
    bad_loop.become_root_of_user_namespace()
    begin = time.monotonic()
    try:
        results = measure_all(rows, options, server, client)
    except KeyboardInterrupt:
        return 130
    print("\n".join(lines(results)))
    show_progress(f"took {(time.monotonic() - begin) / 60:.1f} minutes")
    if options.json:
        write_json(options.json, results)
    return 1 if any(isinstance(result, str) for _, result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
