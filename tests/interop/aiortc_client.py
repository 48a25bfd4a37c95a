#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A stock aiortc client: answers the server's offer, finds the ball in each frame, sends where it is.

The last line on stdout is the result, one JSON object:
  connected_s   from the start to the peer connection's "connected", null when it never was
  frames        video frames received
  size          [width, height] of the last frame, null without one
  found         frames in which there was a ball
  sent          coordinates sent
  channels      labels of the data channels that the server opened
  ended         "frames": all were received; "bye": the server said so; "eof": it went without one
  errors        what went wrong
Exit status: 0 all frames received (and, unless --channel none, coordinates sent), 1 not so, 2 wrong
arguments, 3 out of time.
"""
import argparse
import asyncio
import json
import sys
import time

from aiortc import RTCIceCandidate, RTCSessionDescription
from aiortc.contrib.signaling import BYE, TcpSocketSignaling
from aiortc.mediastreams import MediaStreamError

import attack
import picture
import session

RETRY_S = 0.1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--channel", choices=("own", "server", "none"), default="own",
                        help="send on a channel opened here, on the one the server opened, or not at all")
    parser.add_argument("--label", default="coordinates", help="label of the own channel")
    parser.add_argument("--format", choices=("json", "csv"), default="json",
                        help='{"x":..,"y":..} or x,y')
    parser.add_argument("--frames", type=int, default=60, help="leave after so many; 0: when the server does")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds, for everything")
    parser.add_argument("--forge-fingerprint", action="store_true",
                        help="be an impostor: answer with fingerprints that are not the certificate's")
    parser.add_argument("--attack", choices=attack.ATTACKS, help="once connected, see attack.py")
    return parser.parse_args()


class Client:
    """One session. The result is filled as it goes, so that a time-out still shows how far it came."""

    def __init__(self, options):
        self.options = options
        self.begin = time.monotonic()
        self.result = {"connected_s": None, "frames": 0, "size": None, "found": 0, "sent": 0,
                       "channels": [], "ended": None, "errors": []}
        self.channel = None
        self.video = None

    async def run(self):
        self.video = asyncio.get_running_loop().create_future()
        peer = session.peer_connection()
        peer.on("track", lambda track: self.video.done() or self.video.set_result(track))
        peer.on("datachannel", self.opened_by_server)
        signaling = TcpSocketSignaling(self.options.host, self.options.port)
        tasks = []
        try:
            await self.answer(peer, signaling)
            tasks = [asyncio.ensure_future(self.watch(signaling, peer)),
                     asyncio.ensure_future(self.receive(peer))]
            await self.first_of(tasks)
            await self.flush()
        finally:
            for task in tasks:
                task.cancel()
            await self.leave(signaling, peer)
        self.check()

    async def answer(self, peer, signaling):
        offer = await self.first_message(signaling)
        if not isinstance(offer, RTCSessionDescription) or offer.type != "offer":
            raise session.SessionError(f"expected an offer, got {offer!r}")
        if self.options.channel == "own":
            if "m=application" not in offer.sdp:
                raise session.SessionError("the offer has no application section")
            self.channel = peer.createDataChannel(self.options.label)
        await peer.setRemoteDescription(offer)
        attack.prepare(self.options.attack, peer)
        await peer.setLocalDescription(await peer.createAnswer())
        answer = peer.localDescription
        await signaling.send(session.forged(answer) if self.options.forge_fingerprint else answer)

    async def first_message(self, signaling):
        """The offer; a server that is not listening yet is waited for (the time-out bounds it)."""
        while True:
            try:
                return await signaling.receive()
            except ConnectionRefusedError:
                await asyncio.sleep(RETRY_S)

    async def watch(self, signaling, peer):
        """Returns when the server leaves."""
        while True:
            message = await signaling.receive()
            if message is BYE or message is None:
                self.result["ended"] = "eof" if message is None else "bye"
                return
            if isinstance(message, RTCIceCandidate):
                await peer.addIceCandidate(message)

    async def receive(self, peer):
        """Returns when all frames are there."""
        await session.connected(peer)
        self.result["connected_s"] = round(time.monotonic() - self.begin, 3)
        if self.options.attack:
            await attack.launch(self.options.attack, peer)
        track = await self.video
        while not self.options.frames or self.result["frames"] < self.options.frames:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self.locate(frame)
        self.result["ended"] = "frames"

    def locate(self, frame):
        self.result["frames"] += 1
        self.result["size"] = [frame.width, frame.height]
        found = picture.find(frame.to_ndarray(format="bgr24"))
        if found is None:
            return
        self.result["found"] += 1
        if self.channel is not None and self.channel.readyState == "open":
            self.channel.send(self.message(*found))
            self.result["sent"] += 1

    def message(self, x, y):
        # No rtp_timestamp: aiortc tells its user frame.pts only, which counts from the first frame received.
        if self.options.format == "csv":
            return f"{x:.3f},{y:.3f}"
        return json.dumps({"x": round(x, 3), "y": round(y, 3)})

    def opened_by_server(self, channel):
        self.result["channels"].append(channel.label)
        if self.options.channel == "server":
            self.channel = channel

    async def first_of(self, tasks):
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def flush(self):
        """What is still in the channel's send buffer would be lost by closing it."""
        while self.channel is not None and self.channel.readyState == "open":
            if self.channel.bufferedAmount == 0:
                return
            await asyncio.sleep(0.01)

    async def leave(self, signaling, peer):
        try:
            await signaling.close()
        except OSError:
            pass  # the server has closed the connection first
        await peer.close()

    def check(self):
        result, options = self.result, self.options
        if result["frames"] < max(options.frames, 1):
            result["errors"].append(f"{result['frames']} frames of {options.frames}, ended by {result['ended']}")
        if not options.frames and result["ended"] != "bye":
            result["errors"].append("the server left without a bye")
        if options.channel != "none" and result["found"] and not result["sent"]:
            result["errors"].append(f"the {options.channel} channel did not open")


def main():
    client = Client(arguments())
    return session.run(client.run(), client.result, client.options.timeout)


if __name__ == "__main__":
    sys.exit(main())
