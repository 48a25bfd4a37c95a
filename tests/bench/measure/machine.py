# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the machine did meanwhile, besides what we started."""
from __future__ import annotations

import dataclasses
import hashlib
import os
import resource
import threading
import time

from measure.estimates import median, percentile

TICKS = os.sysconf("SC_CLK_TCK")
# Columns of /proc/stat's first line. Interrupts are left out: those that our own packets make are counted there.
USER, NICE, SYSTEM, STEAL = 0, 1, 2, 7


@dataclasses.dataclass(frozen=True)
class Load:
    """average: of the last minute, at the end. other, stolen: shares of all processors together, 0 to 1."""
    average: float
    other: float
    stolen: float

    def disturbance(self) -> float:
        """What was not ours to use."""
        return self.other + self.stolen


def _machine_seconds() -> tuple[float, float]:
    """(processes, stolen) since the machine's start, of all processors."""
    with open("/proc/stat", encoding="ascii") as file:
        columns = [int(column) / TICKS for column in file.readline().split()[1:]]
    return columns[USER] + columns[NICE] + columns[SYSTEM], columns[STEAL]


def _own_seconds() -> float:
    """Of this process and of all descendants that have ended and were waited for."""
    usages = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


class LoadMeter:
    """Measures from its making to `load()`. What was started in between must have ended and been waited for."""

    def __init__(self) -> None:
        self._begin = time.monotonic()
        self._processes, self._stolen = _machine_seconds()
        self._own = _own_seconds()

    def load(self) -> Load:
        processes, stolen = _machine_seconds()
        room = max(1e-9, (time.monotonic() - self._begin) * (os.cpu_count() or 1))
        other = processes - self._processes - (_own_seconds() - self._own)
        return Load(os.getloadavg()[0], min(1.0, max(0.0, other / room)),
                    min(1.0, max(0.0, (stolen - self._stolen) / room)))


class Yardstick:
    """The same piece of work, time and again until the `with` block ends, so that its times are the machine's alone.

    A machine whose host gives it less now and then, without calling it stolen, is seen by nothing else. It is the
    processor time of a thread that is timed: programs of ours that run meanwhile are not in it."""

    EVERY_S = 0.033
    WORK = bytes(1 << 16)  # 0.1 ms to digest

    def __init__(self) -> None:
        self._times: list[int] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)

    def __enter__(self) -> Yardstick:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _measure(self) -> None:
        while not self._end.wait(self.EVERY_S):
            begin = time.thread_time_ns()
            hashlib.sha256(self.WORK).digest()
            self._times.append(time.thread_time_ns() - begin)

    def tail(self) -> float:
        """Its 99th percentile, in medians: some 1.5 on a machine of one's own. 1 where it was never timed."""
        return percentile(self._times, 99) / median(self._times) if self._times else 1.0


def describe() -> dict[str, object]:
    """Which machine this is."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"processor": model, "processors": os.cpu_count(), "kernel": os.uname().release,
            "load_average": os.getloadavg()[0]}
