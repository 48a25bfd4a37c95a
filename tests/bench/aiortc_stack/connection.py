# SPDX-License-Identifier: LGPL-2.1-or-later
"""What both sides share: a peer connection without outside servers, and signalling by TcpSocketSignaling."""
from __future__ import annotations

import asyncio

from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.contrib.signaling import TcpSocketSignaling

RETRY_S = 0.05


class ConnectionLost(Exception):
    """The session did not come about, or broke; the text says how."""


class AcceptedSignaling(TcpSocketSignaling):
    """Stock signalling over an accepted connection: one port serves several clients, and may be any free one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__("", 0)
        self._reader, self._writer = reader, writer


def peer_connection() -> RTCPeerConnection:
    """Asks no STUN server: aiortc's default is one on the internet."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


async def connected(peer: RTCPeerConnection) -> None:
    """Returns when ICE and DTLS are up; raises ConnectionLost when they failed."""
    changed = asyncio.Event()
    peer.on("connectionstatechange", changed.set)
    while peer.connectionState != "connected":
        if peer.connectionState in ("failed", "closed"):
            raise ConnectionLost(f"connection {peer.connectionState}")
        await changed.wait()
        changed.clear()


async def open_signaling(host: str, port: int) -> TcpSocketSignaling:
    """Waits for a server that is not listening yet; the caller bounds it."""
    while True:
        signaling = TcpSocketSignaling(host, port)
        try:
            await signaling._connect(False)
            return signaling
        except ConnectionRefusedError:
            await asyncio.sleep(RETRY_S)


async def close(signaling: TcpSocketSignaling, peer: RTCPeerConnection) -> None:
    """A bye where the other side still listens, and the end of the connection."""
    try:
        await signaling.close()
    except OSError:
        pass  # the other side has closed the connection first
    await peer.close()
