# SPDX-License-Identifier: LGPL-2.1-or-later
"""The stack to compare with: tests/bench/aiortc_stack, in the terms of our own loop."""
from __future__ import annotations

import json
import os
import time

from measure.gst_ball import Programs, Served, cpu_share_of, group_memory, samples_by_program
from measure.loop_run import SETTLED_S, LoopRun, Setting, cpu_ms_per_frame
from measure.machine import LoadMeter, Yardstick
from measure.processes import Group, Program, once_more

PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's python3-aiortc
STACK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "aiortc_stack")
# A server that falls behind finishes late.
SLACK_S = 40.0
LATE_S = 1.0  # server.py waits so long for the last answers


def _start(group: Group, name: str, program: str, *options: str) -> Program:
    return group.start(name, [PYTHON, os.path.join(STACK, program), *options])


@once_more
def run_loop(setting: Setting, send: str = "answer") -> LoopRun:
    """Server, client and its worker, to the end; `send` as client.py has it. ProgramFailed where one of them fails."""
    meter = LoadMeter()
    with Yardstick() as yardstick, Group() as group:
        server = _start(group, "server", "server.py", "--size", f"{setting.width}x{setting.height}", "--fps",
                        str(setting.fps), "--settled", str(SETTLED_S), "--duration", f"{setting.seconds:g}")
        client = _start(group, "client", "client.py", "--port", str(server.port()), "--send", send)
        seen = list(group.watch(server, setting.seconds + SLACK_S))
        client.wait(SLACK_S, may_fail=True)  # what it leaves in its queue at the end may trip it
        result = json.loads(server.line(r"^\{.*", 1.0)[1].group(0))
        server.wait(SLACK_S)
        peaks = group_memory(group, "peaks_mib")
    loop = result["loop_ms"] or {"p50": None, "p95": None, "p99": None, "max": None}
    first, last = (quarter and quarter["p50"] for quarter in result["loop_ms_quarters"])
    return LoopRun(
        sent=result["sent"], returned=result["returned"], settled_lost=result["settled_lost"],
        sent_fps=result["fps"], loop_ms=loop, quarters_ms=(first, last),
        error_rms=result["error_px"] and result["error_px"]["rms"],
        cpu_ms=cpu_ms_per_frame(samples_by_program(seen), result["answers_s"]), peaks_mib=peaks, stages_ms={},
        load=meter.load(), tail=yardstick.tail(),
        joined_ms=result["first_answer_s"] and 1000 * (result["first_answer_s"] - client.started))


@once_more
def run_clients(programs: Programs, clients: int, seconds: float) -> Served:
    """The light clients that our own server has, on one aiortc server at 640x480@30."""
    meter = LoadMeter()
    with Group() as group:
        server = _start(group, "server", "server.py", "--clients", str(clients), "--duration", f"{seconds:g}")
        programs.start_light_clients(group, server.port(), clients)
        seen = list(group.watch(server, seconds + SLACK_S + clients))
        end = time.monotonic() - LATE_S
        server.wait(SLACK_S, may_fail=True)
        said = [json.loads(line) for line in server.rest() if line.startswith("{")]
        peak = server.peaks_mib().get("server")
    shares = [cpu_share_of(seen, name, end - seconds, end) for name in ("server", "light clients")]
    return Served(clients, said[0]["client_fps"] if said else [], *shares, peak, meter.load().disturbance())
