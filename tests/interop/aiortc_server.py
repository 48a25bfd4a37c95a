#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A stock aiortc server: offers video of a moving ball, receives where the client found it.

It prints `listening on HOST:PORT` when a client may connect. The last line on stdout is the result, one
JSON object:
  connected_s     from the client's connection to "connected", null when it never was
  frames          video frames drawn and sent
  channels        labels of the data channels that the client opened
  coordinates     [{"x":..,"y":..,"rtp_timestamp":..,"found":..}] as received, rtp_timestamp null without one
  malformed       messages that were none
  identified      coordinates with an RTP timestamp that fits this stream
  matched_px      {"count","mean","max"}: those against the ball in the very frame they name; null without one
  nearest_px      {"count","mean","max"}: each against the nearest place where the ball was in the last 2 s
  ended           "frames": all were sent; "bye": the client said so; "eof": it went without one
  errors          what went wrong
Exit status: 0 all frames sent and enough coordinates received, 1 not so, 2 wrong arguments, 3 out of time.
"""
import argparse
import asyncio
import collections
import errno
import json
import math
import socket
import sys
import time

from aiortc import RTCIceCandidate, RTCRtpSender, RTCSessionDescription, VideoStreamTrack
from aiortc.contrib.signaling import BYE, TcpSocketSignaling
from av import VideoFrame

import attack
import picture
import session

POLL_S = 0.01
PORT_ATTEMPTS = 20
LAST_ANSWERS_S = 1.0  # for what is under way when the last frame has gone
RECENT_FRAMES = 60


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--channel", choices=("own", "client"), default="own",
                        help='receive on a channel opened here (label "coordinates"),\n'
                        'or wait for the client\'s (then the one opened here is "session")')
    parser.add_argument("--codec", choices=("any", "VP8", "H264"), default="any", help="offered")
    parser.add_argument("--size", default="640x480", help="WIDTHxHEIGHT")
    parser.add_argument("--frames", type=int, default=60, help="leave when so many are sent")
    parser.add_argument("--least", type=int, default=None, metavar="N",
                        help="coordinates wanted (default: half the frames)")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds, for everything")
    parser.add_argument("--forge-fingerprint", action="store_true",
                        help="be an impostor: offer fingerprints that are not the certificate's")
    parser.add_argument("--attack", choices=attack.ATTACKS, help="once connected, see attack.py")
    options = parser.parse_args()
    if options.least is None:
        options.least = options.frames // 2
    try:
        options.width, options.height = (int(side) for side in options.size.split("x"))
    except ValueError:
        parser.error(f"--size {options.size}: expected WIDTHxHEIGHT")
    return options


class BallTrack(VideoStreamTrack):
    """30 pictures a second; remembers each with its presentation time in units of 1/90000 s."""

    def __init__(self, course, wanted):
        super().__init__()
        self.course, self.wanted = course, wanted
        self.drawn = collections.OrderedDict()  # pts -> (x, y)
        self.done = asyncio.Event()

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        self.drawn[pts] = place = self.course.at(float(pts * time_base))
        if len(self.drawn) >= self.wanted:
            self.done.set()
        frame = VideoFrame.from_ndarray(picture.draw(self.course, *place), format="bgr24")
        frame.pts, frame.time_base = pts, time_base
        return frame


def parse_coordinate(text):
    """{"x", "y", "rtp_timestamp", "found"} of a message, or None where it is not one."""
    try:
        message = json.loads(text) if text.lstrip().startswith("{") else dict(zip("xy", text.split(",", 1)))
        coordinate = {"found": message.get("found", True) is True,
                      "rtp_timestamp": message.get("rtp_timestamp"), "x": None, "y": None}
        if coordinate["found"]:
            coordinate.update(x=float(message["x"]), y=float(message["y"]))
            if not (math.isfinite(coordinate["x"]) and math.isfinite(coordinate["y"])):
                return None
        return coordinate
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def summary(errors):
    if not errors:
        return None
    return {"count": len(errors), "mean": round(sum(errors) / len(errors), 3), "max": round(max(errors), 3)}


class Server:
    """One session. The result is filled as it goes, so that a time-out still shows how far it came."""

    def __init__(self, options):
        self.options = options
        self.result = {"connected_s": None, "frames": 0, "channels": [], "coordinates": [], "malformed": 0,
                       "identified": 0, "matched_px": None, "nearest_px": None, "ended": None, "errors": []}
        self.nearest = []  # (pts, error) of each coordinate with a place
        self.track = None

    async def run(self):
        options = self.options
        self.track = BallTrack(picture.Course(options.width, options.height), options.frames)
        peer = session.peer_connection()
        self.offer_parts(peer)
        attack.prepare(self.options.attack, peer)
        await peer.setLocalDescription(await peer.createOffer())
        signaling, tasks = None, []
        try:
            signaling = await self.send_offer(peer.localDescription)
            accepted = time.monotonic()
            await self.take_answer(peer, signaling)
            tasks = [asyncio.ensure_future(self.watch(signaling, peer)),
                     asyncio.ensure_future(self.serve(peer, accepted))]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await self.leave(signaling, peer)
            self.score()
        self.check()

    def offer_parts(self, peer):
        transceiver = peer.addTransceiver(self.track, direction="sendonly")
        if self.options.codec != "any":
            wanted = f"video/{self.options.codec}"
            codecs = RTCRtpSender.getCapabilities("video").codecs
            transceiver.setCodecPreferences([codec for codec in codecs if codec.mimeType == wanted])
        # An answerer cannot add an application section: the offer has one in either case.
        channel = peer.createDataChannel("coordinates" if self.options.channel == "own" else "session")
        channel.on("message", self.receive)
        peer.on("datachannel", self.opened_by_client)

    def opened_by_client(self, channel):
        self.result["channels"].append(channel.label)
        channel.on("message", self.receive)

    async def send_offer(self, offer):
        """Listens, and sends the offer to the one who connects. A port that was free may be taken: another one."""
        if self.options.forge_fingerprint:
            offer = session.forged(offer)
        for _ in range(PORT_ATTEMPTS):
            port = self.options.port or self.free_port()
            signaling = TcpSocketSignaling(self.options.host, port)
            sending = asyncio.ensure_future(signaling.send(offer))
            try:
                # TcpSocketSignaling does not say when it listens.
                while signaling._server is None and not sending.done():
                    await asyncio.sleep(POLL_S)
                if not sending.done():
                    print(f"listening on {self.options.host}:{port}", flush=True)
                await sending
                return signaling
            except OSError as error:
                if error.errno != errno.EADDRINUSE or self.options.port:
                    raise session.SessionError(f"cannot listen on {self.options.host}:{port}: {error}")
            finally:
                sending.cancel()
        raise session.SessionError(f"no free port in {PORT_ATTEMPTS} attempts")

    def free_port(self):
        with socket.socket() as probe:
            probe.bind((self.options.host, 0))
            return probe.getsockname()[1]

    async def take_answer(self, peer, signaling):
        answer = await signaling.receive()
        if not isinstance(answer, RTCSessionDescription) or answer.type != "answer":
            raise session.SessionError(f"expected an answer, got {answer!r}")
        await peer.setRemoteDescription(answer)

    async def watch(self, signaling, peer):
        """Returns when the client leaves."""
        while True:
            message = await signaling.receive()
            if message is BYE or message is None:
                self.result["ended"] = "eof" if message is None else "bye"
                return
            if isinstance(message, RTCIceCandidate):
                await peer.addIceCandidate(message)

    async def serve(self, peer, accepted):
        """Returns when all frames are sent and the answers to the last ones had time to come."""
        await session.connected(peer)
        self.result["connected_s"] = round(time.monotonic() - accepted, 3)
        if self.options.attack:
            await attack.launch(self.options.attack, peer)
        await self.track.done.wait()
        await asyncio.sleep(LAST_ANSWERS_S)
        self.result["ended"] = "frames"

    def receive(self, message):
        coordinate = parse_coordinate(message) if isinstance(message, str) else None
        if coordinate is None:
            self.result["malformed"] += 1
            return
        self.result["coordinates"].append(coordinate)
        if coordinate["found"] and self.track.drawn:
            recent = list(self.track.drawn.items())[-RECENT_FRAMES:]
            self.nearest.append(min((self.distance(place, coordinate), pts) for pts, place in recent)
                                + (coordinate,))

    @staticmethod
    def distance(place, coordinate):
        return math.hypot(place[0] - coordinate["x"], place[1] - coordinate["y"])

    def score(self):
        """The sender's RTP timestamps start at a random number that aiortc keeps to itself; it is what most
        coordinates agree on: the timestamp they name less the time of the frame that fits them best."""
        self.result["frames"] = len(self.track.drawn)
        self.result["nearest_px"] = summary([error for error, _, _ in self.nearest])
        named = [(pts, each) for _, pts, each in self.nearest if isinstance(each["rtp_timestamp"], int)]
        if not named:
            return
        votes = collections.Counter((each["rtp_timestamp"] - pts) % 2**32 for pts, each in named)
        origin = votes.most_common(1)[0][0]
        errors = []
        for _, each in named:
            place = self.track.drawn.get((each["rtp_timestamp"] - origin) % 2**32)
            if place is not None:
                errors.append(self.distance(place, each))
        self.result["identified"] = len(errors)
        self.result["matched_px"] = summary(errors)

    async def leave(self, signaling, peer):
        if signaling is not None:
            try:
                await signaling.close()
            except OSError:
                pass  # the client has closed the connection first
        await peer.close()

    def check(self):
        result, options = self.result, self.options
        if result["frames"] < options.frames:
            result["errors"].append(f"{result['frames']} frames of {options.frames}, ended by {result['ended']}")
        if len(result["coordinates"]) < options.least:
            result["errors"].append(f"{len(result['coordinates'])} coordinates, wanted {options.least}")


def main():
    server = Server(arguments())
    return session.run(server.run(), server.result, server.options.timeout)


if __name__ == "__main__":
    sys.exit(main())
