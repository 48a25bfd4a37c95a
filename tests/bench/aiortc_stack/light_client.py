#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Several stock aiortc clients in one process that only answer: what they receive is not decoded.

aiortc's receiver decodes before its user sees anything, so its decoder is replaced by one that hands on the frame's RTP
timestamp; each frame is answered by {"rtp_timestamp": N}. The rest is what every aiortc client does. They show how many
clients a server can serve when the clients do not eat the machine.

Ends when the server has said bye to all. Exit status: 0 at a bye, 1 otherwise, 2 wrong arguments.
"""
from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import sys
from typing import Any

import aiortc.rtcrtpreceiver
from aiortc.contrib.signaling import BYE
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

import connection


@dataclasses.dataclass(frozen=True)
class Arrived:
    """Stands for a frame that was received and not decoded."""
    rtp_timestamp: int


class NoDecoder:
    """In the place of aiortc's."""

    def decode(self, encoded: Any) -> list[Arrived]:
        return [Arrived(encoded.timestamp)]


class Client:
    """One session."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.peer = connection.peer_connection()

    async def run(self) -> None:
        signaling = await connection.open_signaling(self.host, self.port)
        try:
            self.peer.on("track", lambda track: asyncio.ensure_future(self.receive(track)))
            offer = await signaling.receive()
            self.channel = self.peer.createDataChannel("coordinates")
            await self.peer.setRemoteDescription(offer)
            await self.peer.setLocalDescription(await self.peer.createAnswer())
            await signaling.send(self.peer.localDescription)
            while (message := await signaling.receive()) is not BYE:
                if message is None:
                    raise connection.ConnectionLost("the server is gone without a bye")
        finally:
            await connection.close(signaling, self.peer)

    async def receive(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                if self.channel.readyState == "open":
                    self.channel.send(json.dumps({"rtp_timestamp": frame.rtp_timestamp}))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clients", type=int, default=1)
    return parser.parse_args()


async def run(options: argparse.Namespace) -> None:
    await asyncio.gather(*(Client(options.host, options.port).run() for _ in range(options.clients)))


def main() -> int:
    aiortc.rtcrtpreceiver.get_decoder = lambda codec: NoDecoder()
    try:
        asyncio.run(run(arguments()))
    except (connection.ConnectionLost, OSError) as error:
        print(f"light_client.py: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
