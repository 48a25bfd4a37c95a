# SPDX-License-Identifier: LGPL-2.1-or-later
"""Our own programs, as a user starts them, and what their reports say."""
from __future__ import annotations

import csv
import dataclasses
import json
import os
import tempfile
import time
from typing import Any, Mapping, Sequence

from measure.estimates import median, percentile
from measure.loop_run import SETTLED_S, LoopRun, Setting, cpu_ms_per_frame
from measure.machine import Load, LoadMeter, Yardstick
from measure.processes import Group, Program, Sample, cpu_share, once_more

START_S, END_S = 15.0, 15.0
NAMES = ("server", "client")


@dataclasses.dataclass(frozen=True)
class Programs:
    """Those of a build directory."""
    build: str

    def path(self, *parts: str) -> str:
        return os.path.join(self.build, *parts)

    def environment(self) -> dict[str, str]:
        """The plugin of this build, and a registry of its own, so that the user's is left alone."""
        return {"GST_PLUGIN_PATH": self.path("plugins"),
                "GST_REGISTRY": self.path("tests", "bench", "registry.bin")}

    def start_server(self, group: Group, *options: str) -> Program:
        command = [self.path("apps", "server-app", "server-app"), "--port", "0", *options]
        return group.start("server", command, self.environment())

    def start_client(self, group: Group, port: int, *options: str) -> Program:
        command = [self.path("apps", "client-app", "client-app"), "--port", str(port), "--display", "none", *options]
        return group.start("client", command, self.environment())

    def start_light_clients(self, group: Group, port: int, clients: int, *options: str) -> Program:
        """Many in one process, which answer without decoding."""
        command = [self.path("tests", "light_client", "light_client"), "--host", "127.0.0.1", "--port", str(port),
                   "--clients", str(clients), *options]
        return group.start("light clients", command, self.environment())


def source_options(setting: Setting) -> list[str]:
    """server-app's."""
    options = ["--width", str(setting.width), "--height", str(setting.height), "--framerate", f"{setting.fps}/1"]
    return options + (["--source", "ballsrc is-live=true background=noise distractors=5"] if setting.noise else [])


@dataclasses.dataclass(frozen=True)
class Moment:
    """Resident memory in MiB of each process, so many seconds after the client's start."""
    seconds: float
    rss_mib: dict[str, float]


@once_more
def run_loop(programs: Programs, setting: Setting) -> LoopRun:
    """server-app, client-app and its locator-app on loopback, to the end. ProgramFailed where one of them fails."""
    return watch_loop(programs, setting, [])


def watch_loop(programs: Programs, setting: Setting, moments: list[Moment]) -> LoopRun:
    """The same; `moments` is filled while they run."""
    meter = LoadMeter()
    with tempfile.TemporaryDirectory(prefix="ball-bench-") as directory, Yardstick() as yardstick, Group() as group:
        report_file, csv_file = os.path.join(directory, "report.json"), os.path.join(directory, "frames.csv")
        server = programs.start_server(group, "--sessions", "1", "--print", "none", "--report", report_file,
                                       "--csv", csv_file, *source_options(setting))
        client = programs.start_client(group, server.port(), "--duration", f"{setting.seconds:g}")
        seen = []
        for samples in group.watch(client, setting.seconds + START_S):
            seen.append(samples)
            moments.append(Moment(time.monotonic() - client.started, group_memory(group, "rss_mib")))
        client.wait(END_S)
        server.wait(END_S)
        peaks = group_memory(group, "peaks_mib")
        with open(report_file, encoding="utf-8") as file:
            session = json.load(file)["sessions"][0]
        with open(csv_file, encoding="utf-8", newline="") as file:
            frames = list(csv.DictReader(file))
    return loop_run(session, frames, setting.fps, samples_by_program(seen), peaks, meter.load(), yardstick.tail())


def group_memory(group: Group, what: str) -> dict[str, float]:
    """`peaks_mib` or `rss_mib` of all programs and their children; our locator and the other stack's worker are
    `locator`."""
    memory: dict[str, float] = {}
    for program in group.programs:
        memory.update(getattr(program, what)())
    for name in ("locator-app", "client's child"):
        if name in memory:
            memory["locator"] = memory.pop(name)
    return memory


def samples_by_program(seen: Sequence[Mapping[str, Sample]]) -> list[list[Sample]]:
    return [[moment[name] for moment in seen] for name in NAMES]


def loop_run(session: Mapping[str, Any], frames: Sequence[Mapping[str, str]], fps: float,
             samples: Sequence[Sequence[Sample]], peaks: dict[str, float], load: Load, tail: float = 1.0) -> LoopRun:
    """Out of a session of the report, and the lines of the CSV."""
    drawn = [float(frame["drawn_s"]) for frame in frames]
    matched = [frame for frame in frames if frame["fate"] == "matched"]
    loops = [float(frame["loop_ms"]) for frame in matched]
    answers = [float(frame["drawn_s"]) + float(frame["loop_ms"]) / 1000 for frame in matched]
    quarter = max(1, len(loops) // 4)
    settled = [(frame, at) for frame, at in zip(frames, drawn) if at >= drawn[0] + SETTLED_S]
    # What is missing between them was skipped by the source, or not sent: `drawn` is when they were due.
    span = settled[-1][1] - settled[0][1] if settled else 0.0
    missing = round(span * fps) + 1 - len(settled) if settled else 0
    settled_loops = [float(frame["loop_ms"]) for frame, _ in settled if frame["fate"] == "matched"]
    return LoopRun(
        sent=session["frames"]["sent"], returned=session["frames"]["matched"],
        settled_lost=missing + sum(frame["fate"] != "matched" for frame, _ in settled),
        sent_fps=(len(settled) - 1) / span if len(settled) > 1 else 0.0,
        loop_ms=session["loop_ms"], quarters_ms=(median(loops[:quarter]), median(loops[-quarter:])),
        error_rms=session["matched_error_px"]["rms"], cpu_ms=cpu_ms_per_frame(samples, answers), peaks_mib=peaks,
        stages_ms=session["stages_ms"], load=load, tail=tail,
        settled_p99_ms=percentile(settled_loops, 99) if settled_loops else None)


@dataclasses.dataclass(frozen=True)
class Joining:
    """In ms: from the server's start until it listens, from the client's until its first coordinate is scored."""
    server_ready_ms: float
    first_scored_ms: float
    disturbance: float


@once_more
def run_joining(programs: Programs) -> Joining:
    """A server, and a client that leaves once it has seen that it is scored."""
    meter = LoadMeter()
    with Group() as group:
        server = programs.start_server(group, "--sessions", "1", "--print", "each")
        ready, listening = server.line(r"listening on .*:(\d+)$", START_S)
        client = programs.start_client(group, int(listening.group(1)))
        scored, _ = server.line(r"^session 1  ", START_S)
        client.interrupt()
        client.wait(END_S)
        server.wait(END_S)
    return Joining(1000 * (ready - server.started), 1000 * (scored - client.started), meter.load().disturbance())


@dataclasses.dataclass(frozen=True)
class Served:
    """How a server fared with so many clients at once."""
    clients: int
    fps: list[float]            # of each client
    server_cpu: float | None    # cores
    clients_cpu: float | None   # cores, of all of them
    server_rss_mib: float | None  # peak
    disturbance: float

    def slowest(self) -> float:
        """Of a client that never came about, 0."""
        return min(self.fps, default=0.0) if len(self.fps) >= self.clients else 0.0


@once_more
def run_clients(programs: Programs, clients: int, seconds: float) -> Served:
    """Light clients on one server-app at 640x480@30."""
    meter = LoadMeter()
    with Group() as group:
        server = programs.start_server(group, "--print", "none", "--max-sessions", str(max(clients, 16)))
        light = programs.start_light_clients(group, server.port(), clients, "--duration", f"{seconds:g}")
        begin = time.monotonic()
        seen = list(group.watch(light, seconds + 2 * START_S + clients))
        said = [json.loads(line) for line in light.rest()]
        server.interrupt()
        server.wait(END_S)
        settled, end = begin + (seen[-1]["server"].at - begin) / 2, seen[-1]["server"].at
        peak = server.peaks_mib().get("server")
    shares = [cpu_share_of(seen, name, settled, end) for name in ("server", "light clients")]
    return Served(clients, [session["fps"] for session in said if "fps" in session], *shares, peak,
                  meter.load().disturbance())


def cpu_share_of(seen: Sequence[Mapping[str, Sample]], name: str, begin: float, end: float) -> float | None:
    return cpu_share([moment[name] for moment in seen if name in moment], begin, end)
