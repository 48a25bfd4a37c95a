#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The client of the usual exercise, in stock aiortc: frames in, the ball's centre back.

Each frame becomes a BGR array and goes through a multiprocessing.Queue to a process that finds the ball by the usual
recipe (BGR to HSV, inRange, moments) and reads the frame's number (see marker.py); the result stands in
multiprocessing.Values and is sent back on the data channel. Two ways of sending:
  --send answer    as soon as the worker has it: a thread waits for the worker's semaphore
  --send stored    whatever the Values hold, on each arriving frame: as most do it; one frame later than it need be

Ends when the server says bye. Exit status: 0 at a bye, 1 otherwise, 2 wrong arguments.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import signal
import sys
import threading
from typing import Iterator

import cv2
import numpy
from aiortc import RTCDataChannel
from aiortc.contrib.signaling import BYE
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

import connection
import marker

ORANGE_LOW, ORANGE_HIGH = (8, 110, 80), (24, 255, 255)  # hue 0..179, saturation, value
NONE_YET = -1.0
END = None


class Located:
    """The worker's latest answer, in shared memory: three Values, of one lock.

    `each`: an answer stands until it was read, so that none is missed."""

    def __init__(self, each: bool) -> None:
        self.each = each
        self.free = multiprocessing.Semaphore(1)
        self.lock = multiprocessing.Lock()
        self.number = multiprocessing.Value("d", NONE_YET, lock=self.lock)
        self.x = multiprocessing.Value("d", 0.0, lock=self.lock)
        self.y = multiprocessing.Value("d", 0.0, lock=self.lock)
        self.ready = multiprocessing.Semaphore(0)  # released once an answer

    def store(self, number: int, x: float, y: float) -> None:
        if self.each:
            self.free.acquire()
        with self.lock:
            self.number.get_obj().value, self.x.get_obj().value, self.y.get_obj().value = number, x, y
        self.ready.release()

    def message(self) -> str | None:
        """What goes to the server; None before the first answer."""
        with self.lock:
            number, x, y = self.number.get_obj().value, self.x.get_obj().value, self.y.get_obj().value
        if self.each:
            self.free.release()
        return None if number == NONE_YET else json.dumps({"frame": int(number), "x": x, "y": y})


def centre(pixels: numpy.ndarray) -> tuple[float, float] | None:
    """Of what is orange in a BGR picture; pixel (0, 0) has its centre at (0.5, 0.5)."""
    hsv = cv2.cvtColor(pixels, cv2.COLOR_BGR2HSV)
    moments = cv2.moments(cv2.inRange(hsv, ORANGE_LOW, ORANGE_HIGH), True)
    if moments["m00"] == 0:
        return None
    return moments["m10"] / moments["m00"] + 0.5, moments["m01"] / moments["m00"] + 0.5


def work(frames: multiprocessing.Queue, located: Located) -> None:
    """The worker process: finds the ball in each frame of the queue, until END."""
    while (pixels := frames.get()) is not END:
        place, number = centre(pixels), marker.read(pixels)
        if place is not None and number is not None:
            located.store(number, *place)


@contextlib.contextmanager
def worker(frames: multiprocessing.Queue, located: Located) -> Iterator[None]:
    process = multiprocessing.Process(target=work, args=(frames, located), daemon=True)
    process.start()
    try:
        yield
    finally:
        frames.cancel_join_thread()  # what it has not read is of no use any more
        process.terminate()
        process.join()


class Client:
    """One session."""

    def __init__(self, options: argparse.Namespace, frames: multiprocessing.Queue, located: Located) -> None:
        self.options, self.frames, self.located = options, frames, located
        self.peer = connection.peer_connection()
        self.channel: RTCDataChannel | None = None

    async def run(self) -> None:
        signaling = await asyncio.wait_for(connection.open_signaling(self.options.host, self.options.port), 10)
        try:
            await self.answer(signaling)
            if self.options.send == "answer":
                self.follow_worker(asyncio.get_running_loop())
            while (message := await signaling.receive()) is not BYE:
                if message is None:
                    raise connection.ConnectionLost("the server is gone without a bye")
        finally:
            await connection.close(signaling, self.peer)

    async def answer(self, signaling) -> None:
        self.peer.on("track", lambda track: asyncio.ensure_future(self.receive(track)))
        offer = await signaling.receive()
        self.channel = self.peer.createDataChannel("coordinates")
        await self.peer.setRemoteDescription(offer)
        await self.peer.setLocalDescription(await self.peer.createAnswer())
        await signaling.send(self.peer.localDescription)

    async def receive(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self.frames.put(frame.to_ndarray(format="bgr24"))
                if self.options.send == "stored":
                    self.send(self.located.message())

    def follow_worker(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sends each answer when it is there."""
        def follow() -> None:
            while self.located.ready.acquire():
                try:
                    message = self.located.message()
                    loop.call_soon_threadsafe(self.send, message)
                except RuntimeError:
                    return  # the loop is closed
        threading.Thread(target=follow, daemon=True).start()

    def send(self, message: str | None) -> None:
        if message is not None and self.channel is not None and self.channel.readyState == "open":
            self.channel.send(message)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--send", choices=("answer", "stored"), default="answer")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the worker ends with us
    frames: multiprocessing.Queue = multiprocessing.Queue()
    located = Located(each=options.send == "answer")
    try:
        with worker(frames, located):
            asyncio.run(Client(options, frames, located).run())
    except (connection.ConnectionLost, asyncio.TimeoutError, OSError) as error:
        print(f"client.py: {error or 'no server there'}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
