# SPDX-License-Identifier: LGPL-2.1-or-later
"""What both aiortc peers share: the connection without outside servers, a bounded run, and the result.

Everything else is stock aiortc, as a customer would write it.
"""
import asyncio
import json
import re
import sys
import traceback

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_TIMED_OUT = 0, 1, 2, 3


class SessionError(Exception):
    """The session did not come about, or broke; the text says how."""


def peer_connection():
    """A peer that asks no STUN server: aiortc's default is one on the internet."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


def forged(description):
    """The same description with fingerprints that are not this peer's certificate's: an impostor."""
    def other_digit(match):
        return match.group(1) + format(15 - int(match.group(2), 16), "X")
    sdp = re.sub(r"(a=fingerprint:\S+ )([0-9A-Fa-f])", other_digit, description.sdp)
    return RTCSessionDescription(sdp=sdp, type=description.type)


async def connected(peer):
    """Returns when ICE and DTLS are up; raises SessionError when they failed."""
    changed = asyncio.Event()
    peer.on("connectionstatechange", changed.set)
    while peer.connectionState != "connected":
        if peer.connectionState in ("failed", "closed"):
            raise SessionError(f"connection {peer.connectionState}")
        await changed.wait()
        changed.clear()


def run(session, result, timeout):
    """Runs the coroutine for at most `timeout` seconds, prints `result` (one line of JSON), returns an exit status.

    `result` is filled by the session; what went wrong is added to its list `errors`, and said on stderr.
    """
    status = EXIT_OK
    try:
        asyncio.run(asyncio.wait_for(session, timeout))
    except asyncio.TimeoutError:
        status = EXIT_TIMED_OUT
        result["errors"].append(f"not done after {timeout:g} s")
    except SessionError as error:
        result["errors"].append(str(error))
    except Exception as error:  # whatever it was, the result shows how far the session came
        traceback.print_exc()
        result["errors"].append(f"{type(error).__name__}: {error}")
    if result["errors"]:
        status = status or EXIT_FAILED
        print("\n".join(result["errors"]), file=sys.stderr)
    print(json.dumps(result, sort_keys=True), flush=True)
    return status
