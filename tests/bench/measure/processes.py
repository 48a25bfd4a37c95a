# SPDX-License-Identifier: LGPL-2.1-or-later
"""Starts programs, watches what they and their children cost, and ends them."""
from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import Callable, Iterator, Mapping, ParamSpec, Sequence, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_S = 0.5
END_S = 10.0
# They end even where we are killed and cannot end them.
WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")
UTIME, STIME = 11, 12  # fields of /proc/PID/stat, counted behind the command's name


class ProgramFailed(Exception):
    """A program did not do what it was started for; the text says which, and what it said last."""


def once_more(run: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same, tried again where a program failed: one bad start should not cost the minutes before it."""
    @functools.wraps(run)
    def tried(*arguments: Given.args, **options: Given.kwargs) -> Result:
        try:
            return run(*arguments, **options)
        except ProgramFailed as error:
            print(f"{error}; once more", file=sys.stderr)
            return run(*arguments, **options)
    return tried


@dataclasses.dataclass(frozen=True)
class Sample:
    """At a moment (monotonic s): processor time of a program and its descendants so far, in s."""
    at: float
    cpu: float


@dataclasses.dataclass(frozen=True)
class Memory:
    """Of one process, whose own name (comm) that is."""
    name: str
    peak_mib: float
    rss_mib: float


def _read(path: str) -> str:
    """Empty where the process has ended."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _fields(pid: int) -> list[str]:
    return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()


def _cpu_seconds(pid: int) -> float | None:
    fields = _fields(pid)
    return (int(fields[UTIME]) + int(fields[STIME])) / TICKS if fields else None


def _children() -> dict[int, list[int]]:
    """Of each process of the machine."""
    children: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        fields = _fields(int(name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(name))
    return children


class Program:
    """A running program in a process group of its own, with the lines that it says. Main thread only."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.started = time.monotonic()
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self._process = subprocess.Popen(
            [*WITH_US, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._said, text=True,
            env={**os.environ, **(environment or {})}, start_new_session=True)
        self._lines: queue.Queue[tuple[float, str] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read_lines, daemon=True)
        self._reader.start()
        self._cpu: dict[int, float] = {}
        self._memory: dict[int, Memory] = {}

    def _read_lines(self) -> None:
        for line in self._process.stdout:
            self._lines.put((time.monotonic(), line.rstrip("\n")))
        self._lines.put(None)

    def line(self, pattern: str, timeout: float) -> tuple[float, re.Match[str]]:
        """The next line of stdout that holds `pattern`, and when it came (monotonic s). ProgramFailed without one."""
        end = time.monotonic() + timeout
        while True:
            try:
                entry = self._lines.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise ProgramFailed(f"{self.name} said nothing like '{pattern}' in {timeout:g} s") from None
            if entry is None:
                raise ProgramFailed(f"{self.name} ended without a line like '{pattern}'{self._last_words()}")
            found = re.search(pattern, entry[1])
            if found:
                return entry[0], found

    def rest(self) -> list[str]:
        """The lines that it said and nobody has read yet, once it has ended."""
        self._reader.join()
        entries = [self._lines.get() for _ in range(self._lines.qsize())]
        return [entry[1] for entry in entries if entry is not None]

    def port(self) -> int:
        """The one that it says it listens on."""
        return int(self.line(r"listening on .*:(\d+)$", 15.0)[1].group(1))

    def sample(self, children: Mapping[int, Sequence[int]]) -> Sample:
        """Notes what it and its descendants have cost so far; those that ended count with what they had."""
        pids = [self._process.pid]
        for pid in pids:
            pids.extend(children.get(pid, ()))
            seconds = _cpu_seconds(pid)
            if seconds is not None:
                self._cpu[pid] = seconds
                self._note_memory(pid)
        return Sample(time.monotonic(), sum(self._cpu.values()))

    def _note_memory(self, pid: int) -> None:
        status = _read(f"/proc/{pid}/status")
        peak, now = (re.search(rf"^{key}:\s*(\d+) kB", status, re.MULTILINE) for key in ("VmHWM", "VmRSS"))
        name = re.search(r"^Name:\s*(.*)$", status, re.MULTILINE)
        if peak and now and name:
            self._memory[pid] = Memory(name.group(1), int(peak.group(1)) / 1024, int(now.group(1)) / 1024)

    def peaks_mib(self) -> dict[str, float]:
        """Peak resident memory in MiB, as last seen: the program's under its name, its children's under their own.

        A child that bears its parent's name (a forked worker) is `NAME's child`."""
        return self._by_name(lambda memory: memory.peak_mib)

    def rss_mib(self) -> dict[str, float]:
        """Resident memory in MiB, as last seen."""
        return self._by_name(lambda memory: memory.rss_mib)

    def _by_name(self, of: Callable[[Memory], float]) -> dict[str, float]:
        result: dict[str, float] = {}
        root = self._memory.get(self._process.pid)
        for memory in self._memory.values():
            forked = root is not None and memory.name == root.name
            name = self.name if memory is root else f"{self.name}'s child" if forked else memory.name
            result[name] = max(result.get(name, 0.0), of(memory))
        return result

    def running(self) -> bool:
        return self._process.poll() is None

    def interrupt(self) -> None:
        """Asks it to end."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def wait(self, timeout: float, may_fail: bool = False) -> None:
        """For its end; ProgramFailed if that does not come, or with another status than 0."""
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise ProgramFailed(f"{self.name} did not end in {timeout:g} s") from None
        if status != 0 and not may_fail:
            raise ProgramFailed(f"{self.name} ended with {status}{self._last_words()}")

    def _last_words(self) -> str:
        self._said.seek(0)
        said = [line for line in self._said.read().splitlines() if line.strip()]
        return f": {said[-1].strip()}" if said else ""

    def end(self) -> None:
        """Whatever state it is in, and whatever it has started."""
        if self.running():
            self.interrupt()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        self._process.stdout.close()
        self._said.close()


def output(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """What a program says on stdout, to its end; ProgramFailed where that is not status 0."""
    done = subprocess.run([*WITH_US, *command], env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:]
        raise ProgramFailed(": ".join([f"{os.path.basename(command[0])} ended with {done.returncode}", *last]))
    return done.stdout


class Group:
    """Programs that run together; the end of the `with` block is theirs."""

    def __init__(self) -> None:
        self.programs: list[Program] = []

    def __enter__(self) -> Group:
        return self

    def __exit__(self, *_: object) -> None:
        for program in reversed(self.programs):
            program.end()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> Program:
        program = Program(name, command, environment)
        self.programs.append(program)
        return program

    def samples(self) -> dict[str, Sample]:
        """One of each program, by name."""
        children = _children()
        return {program.name: program.sample(children) for program in self.programs}

    def watch(self, until: Program, timeout: float) -> Iterator[dict[str, Sample]]:
        """Samples every SAMPLE_S while that program runs; ProgramFailed if it runs for longer than the time-out."""
        end = time.monotonic() + timeout
        while until.running():
            if time.monotonic() > end:
                raise ProgramFailed(f"{until.name} did not end in {timeout:g} s")
            yield self.samples()
            with contextlib.suppress(ProgramFailed):
                until.wait(SAMPLE_S, may_fail=True)


def cpu_share(samples: Sequence[Sample], begin: float, end: float) -> float | None:
    """Processor seconds a second between two moments, of the samples in between; None of fewer than two."""
    within = [sample for sample in samples if begin <= sample.at <= end]
    if len(within) < 2 or within[-1].at <= within[0].at:
        return None
    return (within[-1].cpu - within[0].cpu) / (within[-1].at - within[0].at)
