#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures the whole loop with the real programs on loopback, and says what it reaches.

  tests/bench/loop_bench.py [--build DIR] [--seconds 60] [--runs 3] [-- SERVER_OPTION...]

Each run: server-app and client-app (with its locator in a process of its own, frames through shared memory), 640x480
at 30 fps, VP8 at 2 Mbit/s unless server options say otherwise. Prints a row a run and the median of the runs; joining
is measured from the start of client-app's process. On a machine that does other things the p99 is the machine's:
the load average is printed too.
"""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COLUMNS = (("connected", "s"), ("first", "s"), ("p50", "ms"), ("p95", "ms"), ("p99", "ms"), ("max", "ms"),
           ("rms", "px"), ("sent", ""), ("lost", ""), ("cpu", "ms/frame"))


def cpu_seconds():
    """Of all children that have ended, theirs included."""
    times = os.times()
    return times.children_user + times.children_system


def run(build, seconds, server_options):
    environment = dict(os.environ, GST_PLUGIN_PATH=os.path.join(build, "plugins"))
    before = cpu_seconds()
    with tempfile.TemporaryDirectory() as directory:
        report = os.path.join(directory, "report.json")
        # Each coordinate is printed, so that the first one can be seen.
        server = subprocess.Popen(
            [os.path.join(build, "apps/server-app/server-app"), "--port", "0", "--sessions", "1", "--print", "each",
             "--report", report, *server_options], stdout=subprocess.PIPE, text=True, env=environment)
        port = re.search(r":(\d+)$", server.stdout.readline()).group(1)
        begin = time.monotonic()
        client = subprocess.Popen(
            [os.path.join(build, "apps/client-app/client-app"), "--port", port, "--display", "none", "--duration",
             str(seconds)], stderr=subprocess.DEVNULL, env=environment)
        connected = first = None
        for line in server.stdout:
            if connected is None and line.rstrip().endswith("connected"):
                connected = time.monotonic() - begin
            elif connected is not None and first is None and line.startswith("session 1  "):
                first = time.monotonic() - begin
        if client.wait() != 0 or server.wait() != 0:
            sys.exit(f"loop_bench: client-app ended with {client.returncode}, server-app with {server.returncode}")
        with open(report, encoding="utf-8") as file:
            session = json.load(file)["sessions"][0]
    loop, frames = session["loop_ms"], session["frames"]
    return {"connected": connected, "first": first, "p50": loop["p50"], "p95": loop["p95"], "p99": loop["p99"],
            "max": loop["max"], "rms": session["matched_error_px"]["rms"], "sent": frames["sent"],
            "lost": frames["lost"] + frames["late"] + frames["not_found"],
            "cpu": 1000 * (cpu_seconds() - before) / max(1, frames["sent"])}


def row(name, values):
    cells = [f"{values[column]:>10.3f}" if isinstance(values[column], float) else f"{values[column]:>10}"
             for column, _ in COLUMNS]
    return f"{name:<8}" + "".join(cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("server_options", nargs="*", metavar="SERVER_OPTION")
    options = parser.parse_args()
    print(f"load average at the start: {os.getloadavg()[0]:.2f}, processors: {os.cpu_count()}")
    print(" " * 8 + "".join(f"{name + (' ' + unit if unit and len(name + unit) < 9 else ''):>10}"
                            for name, unit in COLUMNS), flush=True)
    results = []
    for number in range(1, options.runs + 1):
        results.append(run(options.build, options.seconds, options.server_options))
        print(row(f"run {number}", results[-1]), flush=True)
    print(row("median", {column: statistics.median(result[column] for result in results) for column, _ in COLUMNS}))
    print("cpu: ms a frame, all processes; lost: lost, late or not found")


if __name__ == "__main__":
    main()
