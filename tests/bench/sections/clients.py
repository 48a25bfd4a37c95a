# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients: how many a server serves at 29 frames a second or more, and what each further one costs it.

The clients only answer, and are the same for both servers: tests/light_client.
"""
from __future__ import annotations

from typing import Callable, Iterable

from measure import aiortc_peer, gst_ball
from measure.context import Context, known
from measure.estimates import slope
from measure.gst_ball import Served
from measure.table import Ratio, Row, at_most, ratio_at_least

OURS = (1, 4, 16, 32, 64, 96)
AIORTC = (4, 8, 12, 16, 20, 24)
ATTEMPTS = 2  # a client that once falls behind may have met a hiccup of the machine
LEAST_FPS = 29.0
TIMES_AIORTC = 4.0
CPU_A_CLIENT = 1.5  # % of a core


def estimate(quick: bool) -> float:
    """Seconds that the section takes."""
    return 40.0 if quick else 112.0


def run(context: Context) -> list[Row]:
    seconds = context.seconds(6.0)

    def ours(clients: int) -> Served:
        context.progress.step(f"clients: ours, {clients}", seconds + 3 + clients / 16)
        return gst_ball.run_clients(context.programs, clients, seconds)

    def aiortc(clients: int) -> Served:
        context.progress.step(f"clients: aiortc, {clients}", seconds + 5 + clients / 4)
        return aiortc_peer.run_clients(context.programs, clients, seconds)
    mine = [_attempted(ours, clients) for clients in (OURS[::2] if context.quick else OURS)]
    theirs = _until_too_many(AIORTC[1::2] if context.quick else AIORTC, aiortc)
    context.figures["clients"] = {"ours": [vars(each) for each in mine], "aiortc": [vars(each) for each in theirs]}
    return rows(mine, theirs)


def _attempted(once: Callable[[int], Served], clients: int) -> Served:
    """The best of the attempts; the first one that serves all is."""
    tries: list[Served] = []
    while len(tries) < ATTEMPTS and not (tries and tries[-1].slowest() >= LEAST_FPS):
        tries.append(once(clients))
    return max(tries, key=Served.slowest)


def _until_too_many(counts: Iterable[int], once: Callable[[int], Served]) -> list[Served]:
    result: list[Served] = []
    for clients in counts:
        result.append(_attempted(once, clients))
        if result[-1].slowest() < LEAST_FPS:
            break
    return result


def most_served(served: list[Served]) -> int:
    return max((each.clients for each in served if each.slowest() >= LEAST_FPS), default=0)


def rows(ours: list[Served], aiortc: list[Served]) -> list[Row]:
    other = max(each.disturbance for each in ours)
    points = [(float(each.clients), 100 * each.server_cpu) for each in ours if each.server_cpu is not None]
    most, last = most_served(ours), ours[-1]
    return [
        Row("clients served at 29 fps or more, 640x480@30", "", [float(most)], [float(most_served(aiortc))],
            "aiortc server", Ratio.TIMES_MORE, (ratio_at_least(TIMES_AIORTC),), other,
            f"most tried: {last.clients}, whose slowest had {last.slowest():.1f} fps"),
        Row("server CPU for a further client", "% of a core", known([slope(points)]), targets=(at_most(CPU_A_CLIENT),),
            other=other),
        Row(f"server CPU with {last.clients} clients", "% of a core",
            known([last.server_cpu and 100 * last.server_cpu]), other=other,
            note=f"the light clients: {100 * (last.clients_cpu or 0):.0f} % of a core"),
        Row(f"server's peak RSS with {last.clients} clients", "MiB", known([last.server_rss_mib]),
            known([ours[0].server_rss_mib]), f"with {ours[0].clients}", Ratio.TIMES_MORE, other=other)]
