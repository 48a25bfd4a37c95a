#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs server-app and client-app with a bad network between them, and says what came back.

  tests/network/bad_loop.py --both loss=5,delay=50 --seconds 15
  tests/network/bad_loop.py --to-client rate=500 -- --bitrate 400000 -- --jitter-latency 50
  tests/network/bad_loop.py --blackout-at 5
  tests/network/bad_loop.py --to-client rate=500 --joiner-at 6     a second client, over the same network

Each program is in a network namespace of its own, with build/tests/network/bad_network between the two; its --help
tells the settings. What stands behind `--` are options of server-app, behind a second one those of client-app.
Needs root, or unprivileged user namespaces, and /dev/net/tun.

Exit status: 0 it ran, whatever came back; 1 it could not; 2 wrong arguments; 130 at Ctrl-C.
"""
from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import os
import signal
import sys
import tempfile
import time
from typing import Any, Sequence

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "bench"))
from measure.estimates import percentile  # noqa: E402
from measure.processes import Group, Program, ProgramFailed  # noqa: E402

START_S = 15.0
END_S = 15.0
# What the loop does in its first seconds, while it finds its bit rate, is told beside what it does later.
SETTLED_S = 10.0


@dataclasses.dataclass(frozen=True)
class Run:
    """What is put between the programs, for how long, and how they are called."""
    to_client: str = ""
    to_server: str = ""
    seconds: float = 12.0
    seed: int = 1
    means: str = "auto"
    server: Sequence[str] = ()
    client: Sequence[str] = ()
    blackout_at_s: float | None = None  # after the first answer
    blackout_s: float = 2.0
    joiner_at_s: float | None = None  # after the first answer: a second client


@dataclasses.dataclass(frozen=True)
class Frame:
    """A line of server-app's CSV; times in s (monotonic), what does not exist is None."""
    drawn: float
    fate: str
    arrived: float | None
    error: float | None

    def answered(self) -> bool:
        return self.fate in ("matched", "not_found")


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came back. Times in ms unless the name says s, errors in px; what does not exist is None."""
    sent: int
    matched: int
    not_found: int
    late: int
    lost: int
    duplicates: int
    balanced: bool
    error_rms: float | None
    error_p99: float | None
    loop_p50: float | None
    loop_p99: float | None
    settled_p99: float | None  # of frames drawn later than SETTLED_S after the first one
    settled_share: float | None  # of those, the part that came back in time with a ball
    longest_gap: float | None  # between two answers, once the first one is there
    joined_s: float | None     # from the client's start to its first answer
    recovered: float | None    # from the end of the blackout to the next answer
    packets: dict[str, Any]
    controller: dict[str, Any] | None  # what the bit rate controller saw, as the report has it
    joiner: Outcome | None = None  # of the second client

    def matched_share(self) -> float | None:
        return self.matched / self.sent if self.sent else None

    def found_rate(self) -> float | None:
        """Of the answers that say which frame they mean, those with a ball."""
        answers = self.matched + self.not_found
        return self.matched / answers if answers else None


def read_frames(path: str, session: int) -> list[Frame]:
    """That session's, in the order in which they were drawn."""
    def number(text: str) -> float | None:
        return float(text) if text else None

    frames = []
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if int(row["session"]) != session:
                continue
            drawn, loop = float(row["drawn_s"]), number(row["loop_ms"])
            arrived = None if loop is None else drawn + loop / 1000
            frames.append(Frame(drawn, row["fate"], arrived, number(row["matched_error_px"])))
    return sorted(frames, key=lambda frame: frame.drawn)


def arrivals(frames: Sequence[Frame]) -> list[float]:
    """When the answers came, late ones included: even those say that it flows."""
    return sorted(frame.arrived for frame in frames if frame.arrived is not None)


def settled_p99(frames: Sequence[Frame]) -> float | None:
    if not frames:
        return None
    begin = frames[0].drawn + SETTLED_S
    loops = sorted(1000 * (frame.arrived - frame.drawn) for frame in frames
                   if frame.answered() and frame.arrived is not None and frame.drawn >= begin)
    return percentile(loops, 99) if loops else None


def settled_share(frames: Sequence[Frame]) -> float | None:
    settled = [frame for frame in frames if frame.drawn >= frames[0].drawn + SETTLED_S]
    return sum(frame.fate == "matched" for frame in settled) / len(settled) if settled else None


def longest_gap(times: Sequence[float]) -> float | None:
    return max((1000 * (b - a) for a, b in zip(times, times[1:])), default=None)


def recovery(frames: Sequence[Frame], dark_until: float | None) -> float | None:
    """From then to the first answer to a frame that was in time."""
    if dark_until is None:
        return None
    after = [frame.arrived - dark_until for frame in frames
             if frame.answered() and frame.arrived is not None and frame.arrived > dark_until]
    return 1000 * min(after) if after else None


def outcome(session: dict[str, Any], frames: Sequence[Frame], joined_s: float | None, dark_until: float | None,
            packets: dict[str, Any]) -> Outcome:
    """`session` is the report's object."""
    counts, messages = session["frames"], session["messages"]
    parts = ("matched", "not_found", "late")
    balanced = (counts["sent"] == sum(counts[name] for name in (*parts, "lost")) and messages["received"] == sum(
        messages[name] for name in (*parts, "duplicate", "unknown", "unidentified", "malformed")))
    error, loop = session["matched_error_px"], session["loop_ms"]
    return Outcome(
        sent=counts["sent"], matched=counts["matched"], not_found=counts["not_found"], late=counts["late"],
        lost=counts["lost"], duplicates=messages["duplicate"], balanced=balanced, error_rms=error["rms"],
        error_p99=error["p99"], loop_p50=loop["p50"], loop_p99=loop["p99"], settled_p99=settled_p99(frames),
        settled_share=settled_share(frames), longest_gap=longest_gap(arrivals(frames)), joined_s=joined_s,
        recovered=recovery(frames, dark_until), packets=packets, controller=session.get("network"))


class Loop:
    """One run of both programs; `programs` ends what it has started."""

    def __init__(self, run: Run, build: str, programs: Group, folder: str) -> None:
        self._run, self._build, self._programs, self._folder = run, build, programs, folder
        self._environment = {"GST_PLUGIN_PATH": os.path.join(build, "plugins"), "XDG_RUNTIME_DIR": folder,
                             "GST_REGISTRY": os.path.join(build, "tests", "registry.bin")}

    def _path(self, name: str) -> str:
        return os.path.join(self._folder, name)

    def _start(self, name: str, network: str, options: Sequence[str]) -> Program:
        program = os.path.join(self._build, "apps", name, name)
        return self._programs.start(name, ["nsenter", f"--net={network}", "--", program, *options], self._environment)

    def outcome(self) -> Outcome:
        run = self._run
        network = self._programs.start("bad_network", [
            os.path.join(self._build, "tests", "network", "bad_network"), "--to-client", run.to_client,
            "--to-server", run.to_server, "--seed", str(run.seed), "--with", run.means,
            "--blackout", str(run.blackout_s), "--counts", self._path("packets.json")])
        names = json.loads(network.line("^{", START_S)[1].string)
        server_address = names["BALL_SERVER_ADDRESS"]
        server = self._start("server-app", names["BALL_SERVER_NETWORK"], [
            "--host", server_address, "--port", "0", "--open", "--ice-address", server_address,
            "--sessions", "1" if run.joiner_at_s is None else "2",
            "--print", "each", "--report", self._path("report.json"), "--csv", self._path("frames.csv"), *run.server])
        port = server.port()

        def start_client() -> Program:
            return self._start("client-app", names["BALL_CLIENT_NETWORK"], [
                "--host", server_address, "--port", str(port), "--display", "none",
                "--ice-address", names["BALL_CLIENT_ADDRESS"], *run.client])

        clients = [start_client()]
        # The first coordinate that came back; the seconds count from it.
        joined = [self._join(server, clients[0], 1)]
        begin = clients[0].started + joined[0]
        if run.joiner_at_s is not None:
            time.sleep(max(0.0, begin + run.joiner_at_s - time.monotonic()))
            clients.append(start_client())
            joined.append(self._join(server, clients[1], 2))
        dark_until = self._wait(begin, int(names["BALL_BAD_NETWORK"]))
        for client in clients:
            client.interrupt()
        for client in clients:
            client.wait(END_S, may_fail=True)
        server.interrupt()
        server.wait(END_S, may_fail=True)
        network.interrupt()
        network.wait(END_S)
        return self._read(joined, dark_until, names["BALL_CARRIED_BY"])

    def _join(self, server: Program, client: Program, session: int) -> float:
        """From the client's start to its first answer, in s."""
        return server.line(rf"^session {session}  rtp \d+", START_S + 2 * self._run.seconds)[0] - client.started

    def _wait(self, joined: float, network: int) -> float | None:
        """Until the run is over; when its blackout ended."""
        dark_until = None
        if self._run.blackout_at_s is not None:
            time.sleep(max(0.0, joined + self._run.blackout_at_s - time.monotonic()))
            os.kill(network, signal.SIGUSR1)
            dark_until = time.monotonic() + self._run.blackout_s
        time.sleep(max(0.0, joined + self._run.seconds - time.monotonic()))
        return dark_until

    def _read(self, joined_s: Sequence[float], dark_until: float | None, carried_by: str) -> Outcome:
        with open(self._path("report.json"), encoding="utf-8") as file:
            sessions = json.load(file)["sessions"]
        with open(self._path("packets.json"), encoding="utf-8") as file:
            packets = json.load(file)
        if len(sessions) != len(joined_s):
            raise ProgramFailed(f"server-app reports {len(sessions)} sessions")
        first, *others = [
            outcome(session, read_frames(self._path("frames.csv"), session["id"]), joined, dark_until,
                    {"carried_by": carried_by, **packets})
            for session, joined in zip(sorted(sessions, key=lambda one: one["id"]), joined_s)]
        return dataclasses.replace(first, joiner=others[0]) if others else first


def run_once(run: Run, build: str) -> Outcome:
    """ProgramFailed where one of the programs did not do what it was started for."""
    with tempfile.TemporaryDirectory(prefix="bad-loop-") as folder, Group() as programs:
        return Loop(run, build, programs, folder).outcome()


def become_root_of_user_namespace() -> None:
    """Where this is not root: starts this program again in a user namespace, which may make networks."""
    if os.geteuid() != 0:
        os.execvp("unshare", ["unshare", "--user", "--map-root-user", "--", sys.executable, *sys.argv])


def split(arguments: Sequence[str]) -> list[list[str]]:
    """This program's, server-app's and client-app's."""
    parts: list[list[str]] = [[]]
    for argument in arguments:
        if argument == "--" and len(parts) < 3:
            parts.append([])
        else:
            parts[-1].append(argument)
    return parts + [[]] * (3 - len(parts))


def add_means(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--with", dest="means", default="auto", choices=("auto", "netem", "impairer"),
                        help="who impairs: the kernel's netem, whose luck has no seed, or the impairer; "
                             "auto: netem where there is one that can (default: auto)")


def main() -> int:
    own, server, client = split(sys.argv[1:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--both", default="", metavar="SETTINGS", help="of either direction, such as loss=5,delay=50")
    parser.add_argument("--to-client", metavar="SETTINGS", help="of the video's direction (default: as --both)")
    parser.add_argument("--to-server", metavar="SETTINGS", help="of the coordinates' direction (default: as --both)")
    parser.add_argument("--seconds", type=float, default=12.0, metavar="S", help="from the first answer (default: 12)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another run of bad luck (default: 1)")
    add_means(parser)
    parser.add_argument("--blackout-at", type=float, metavar="S", help="nothing arrives from then on, for --blackout")
    parser.add_argument("--joiner-at", type=float, metavar="S", help="a second client joins then")
    parser.add_argument("--blackout", type=float, default=2.0, metavar="S", help="how long that is (default: 2)")
    parser.add_argument("--build", default=os.path.join(os.path.dirname(TESTS), "build"), help="(default: build)")
    options = parser.parse_args(own)
    become_root_of_user_namespace()
    run = Run(to_client=options.both if options.to_client is None else options.to_client,
              to_server=options.both if options.to_server is None else options.to_server,
              seconds=options.seconds, seed=options.seed, means=options.means, server=server, client=client,
              blackout_at_s=options.blackout_at, blackout_s=options.blackout, joiner_at_s=options.joiner_at)
    try:
        result = run_once(run, os.path.abspath(options.build))
    except ProgramFailed as error:
        print(f"bad_loop: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    share, found = result.matched_share(), result.found_rate()
    print(json.dumps({"matched_share": share, "found_rate": found, **dataclasses.asdict(result)}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
