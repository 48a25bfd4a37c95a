#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The server of the usual exercise, in stock aiortc: a bouncing ball out, its coordinates back, the error told.

A VideoStreamTrack draws the ball with NumPy and OpenCV, aiortc encodes it as VP8, and each client's answers come over
its data channel as {"frame": N, "x": .., "y": ..}, N being the number that marker.py wrote into the picture. The loop's
latency is from the moment that the picture is drawn to the arrival of the answer that names it, both on this process's
monotonic clock; the error is against the ball in that very frame. Answers that only count ({"rtp_timestamp": ..}, of
light_client.py) have neither.

It prints `listening on HOST:PORT`, serves so many clients at once, and ends some time after the last of them connected.
The last line on stdout is one JSON object:
  sent          frames drawn            returned      frames answered within --late-after, by the first client
  settled_lost  frames drawn later than --settled after the first one, and not returned
  loop_ms       {"count", "p50", "p95", "p99", "max"}, of frames answered; null without one
  loop_ms_quarters   medians of the first and the last quarter of them
  error_px      {"rms", ..}
  first_answer_s, answers_s     on the monotonic clock, so that another process can tell what they mean
  fps           drawn a second, so late as it was
  client_fps    answers a second of each client from the moment that all were connected
Exit status: 0 all clients connected and stayed, 1 not so, 2 wrong arguments.
"""
from __future__ import annotations

import argparse
import asyncio
import dataclasses
import fractions
import json
import math
import os
import sys
import time
from typing import Any

import cv2
import numpy
from aiortc import VideoStreamTrack
from aiortc.contrib.media import MediaRelay
from aiortc.contrib.signaling import BYE
from av import VideoFrame

import connection
import marker

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "interop"))
import picture  # noqa: E402

CLOCK_RATE = 90000
SETTLE_S = 1.0  # before clients are counted: the burst of the beginning is not the rate
CONNECT_S = 30.0
NEVER = (math.inf, math.inf)
SHIFT = 6  # fraction bits of cv2.circle's coordinates


@dataclasses.dataclass(frozen=True)
class Drawn:
    """Where the ball is in a frame (px), and when it was drawn (monotonic s)."""
    at: float
    x: float
    y: float


class BallTrack(VideoStreamTrack):
    """Pictures of a moving ball, numbered, at a rate of our choosing (VideoStreamTrack's own is fixed at 30)."""

    def __init__(self, width: int, height: int, fps: float) -> None:
        super().__init__()
        self.width, self.height, self.fps = width, height, fps
        self.strip = marker.strip_height(height)
        self.course = picture.Course(width, height - self.strip)
        self.drawn: list[Drawn] = []
        self.begin: float | None = None

    async def recv(self) -> VideoFrame:
        number = len(self.drawn)
        if self.begin is None:
            self.begin = time.monotonic()
        await asyncio.sleep(max(0.0, self.begin + number / self.fps - time.monotonic()))
        x, y = self.course.at(number / self.fps)
        pixels = self._draw(number, x, y + self.strip)
        self.drawn.append(Drawn(time.monotonic(), x, y + self.strip))
        frame = VideoFrame.from_ndarray(pixels, format="bgr24")
        frame.pts, frame.time_base = round(number * CLOCK_RATE / self.fps), fractions.Fraction(1, CLOCK_RATE)
        return frame

    def _draw(self, number: int, x: float, y: float) -> numpy.ndarray:
        pixels = numpy.zeros((self.height, self.width, 3), numpy.uint8)
        scale = 1 << SHIFT  # cv2 counts from a pixel's centre
        centre = (round((x - 0.5) * scale), round((y - 0.5) * scale))
        radius = round(self.course.radius * scale)
        cv2.circle(pixels, centre, radius, picture.ORANGE_BGR, cv2.FILLED, cv2.LINE_AA, SHIFT)
        marker.write(pixels, number)
        return pixels

    def frame_named(self, number: int) -> int | None:
        """Which one it is, from 0: the latest with that number modulo marker.NUMBERS; None where there is none."""
        last = len(self.drawn) - 1
        frame = last - (last - number) % marker.NUMBERS
        return frame if frame >= 0 else None


class Session:
    """One client: its peer connection, and when and how it answered."""

    def __init__(self, signaling: connection.AcceptedSignaling, track: BallTrack) -> None:
        self.peer, self.signaling, self.track = connection.peer_connection(), signaling, track
        self.arrivals: list[float] = []
        self.answered: dict[int, tuple[float, float]] = {}  # frame, from 0: latency in s, error in px

    async def connect(self, video: VideoStreamTrack) -> None:
        self.peer.addTransceiver(video, direction="sendonly")
        # An answerer cannot add an application section: the offer has to have one.
        self.peer.createDataChannel("session").on("message", self.receive)
        self.peer.on("datachannel", lambda channel: channel.on("message", self.receive))
        await self.peer.setLocalDescription(await self.peer.createOffer())
        await self.signaling.send(self.peer.localDescription)
        await self.peer.setRemoteDescription(await self.signaling.receive())
        await connection.connected(self.peer)

    async def left(self) -> None:
        """Returns when the client says bye or is gone."""
        while await self.signaling.receive() not in (BYE, None):
            pass

    def receive(self, message: str) -> None:
        now = time.monotonic()
        self.arrivals.append(now)
        answer = json.loads(message)
        number = self.track.frame_named(answer["frame"]) if "frame" in answer else None
        if number is not None and number not in self.answered:
            frame = self.track.drawn[number]
            self.answered[number] = (now - frame.at, math.hypot(answer["x"] - frame.x, answer["y"] - frame.y))

    def fps_since(self, begin: float, end: float) -> float:
        return sum(begin <= arrival < end for arrival in self.arrivals) / (end - begin)


class Server:
    """Waits for its clients, serves them for a while, and scores the first."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.track = BallTrack(options.width, options.height, options.fps)
        self.relay = MediaRelay()
        self.sessions: list[Session] = []

    async def run(self) -> dict[str, Any]:
        accepted: asyncio.Queue = asyncio.Queue()
        listener = await asyncio.start_server(lambda *streams: accepted.put_nowait(streams),
                                              self.options.host, self.options.port)
        host, port = listener.sockets[0].getsockname()[:2]
        print(f"listening on {host}:{port}", flush=True)
        try:
            for _ in range(self.options.clients):
                await self.accept(*await accepted.get())
            begin = time.monotonic() + (SETTLE_S if self.options.clients > 1 else 0)
            end = begin + self.options.duration
            await self.serve_until(end)
            return self.result(begin, end)
        finally:
            listener.close()
            for session in self.sessions:
                await connection.close(session.signaling, session.peer)

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Session(connection.AcceptedSignaling(reader, writer), self.track)
        self.sessions.append(session)
        alone = self.options.clients == 1
        video = self.track if alone else self.relay.subscribe(self.track)
        await asyncio.wait_for(session.connect(video), CONNECT_S)

    async def serve_until(self, end: float) -> None:
        """And until the answers to the last frames are late; ConnectionLost if a client leaves sooner. Frames are drawn
        all the time: aiortc's receiver hands a frame on when the next one begins."""
        late = self.options.late_after / 1000
        leaving = [asyncio.ensure_future(session.left()) for session in self.sessions]
        done, _ = await asyncio.wait(leaving, timeout=end + late - time.monotonic(),
                                     return_when=asyncio.FIRST_COMPLETED)
        for task in leaving:
            task.cancel()
        if done:
            raise connection.ConnectionLost("a client left before the end")

    def in_time(self, number: int) -> bool:
        """Whether the first client answered that frame, and not late."""
        latency, _ = self.sessions[0].answered.get(number, NEVER)
        return latency <= self.options.late_after / 1000

    def result(self, begin: float, end: float) -> dict[str, Any]:
        first = self.sessions[0]
        drawn = [frame for frame in self.track.drawn if frame.at <= end]
        in_time = [first.answered[number] for number in range(len(drawn)) if self.in_time(number)]
        latencies = [1000 * latency for latency, _ in in_time]
        quarter = max(1, len(latencies) // 4)
        return {
            "sent": len(drawn), "returned": len(in_time),
            "settled_lost": sum(at - drawn[0].at >= self.options.settled and not self.in_time(number)
                                for number, at in enumerate(frame.at for frame in drawn)),
            "fps": (len(drawn) - 1) / max(1e-9, drawn[-1].at - drawn[0].at) if drawn else 0.0,
            "loop_ms": summary(latencies),
            "loop_ms_quarters": [summary(latencies[:quarter]), summary(latencies[-quarter:])],
            "error_px": summary([error for _, error in in_time]),
            "first_answer_s": min(first.arrivals, default=None), "answers_s": first.arrivals,
            "client_fps": [session.fps_since(begin, end) for session in self.sessions]}


def summary(values: list[float]) -> dict[str, float] | None:
    """Count, RMS, percentiles by nearest rank; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)

    def rank(percent: float) -> float:
        return ordered[max(0, math.ceil(percent / 100 * len(ordered)) - 1)]
    return {"count": len(ordered), "rms": math.sqrt(sum(value * value for value in ordered) / len(ordered)),
            "p50": rank(50), "p95": rank(95), "p99": rank(99), "max": ordered[-1]}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--size", default="640x480", help="WIDTHxHEIGHT")
    parser.add_argument("--fps", type=float, default=30.0, help="frames a second")
    parser.add_argument("--duration", type=float, default=10.0, help="seconds, from when all are connected")
    parser.add_argument("--clients", type=int, default=1, help="so many are waited for, and served at once")
    parser.add_argument("--late-after", type=float, default=1000.0, help="ms; an answer that comes later is lost")
    parser.add_argument("--settled", type=float, default=1.0, help="seconds; settled_lost counts frames from then on")
    options = parser.parse_args()
    try:
        options.width, options.height = (int(side) for side in options.size.split("x"))
    except ValueError:
        parser.error(f"--size {options.size}: expected WIDTHxHEIGHT")
    return options


def main() -> int:
    try:
        result = asyncio.run(Server(arguments()).run())
    except (connection.ConnectionLost, asyncio.TimeoutError, OSError) as error:
        print(f"server.py: {error or 'a client did not connect'}", file=sys.stderr)
        return 1
    print(json.dumps(result), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
