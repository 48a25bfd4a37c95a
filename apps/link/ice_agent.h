// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/ice_options.h"

namespace ball {

// Tells webrtcbin, before it makes a description, which addresses to offer. Main thread only.
void ConfigureIce(GstElement* webrtcbin, const IceOptions& options);

// Gives addresses back to the TURN servers, which would keep them for ten minutes; waits for their
// reply, a second at most. While the pipeline runs, which reads the reply; no media comes through
// afterwards. Any thread but the main one, which is not to wait.
void ReleaseRelays(GstElement* webrtcbin);

// Whether an SDP offers any address for media.
bool HasCandidate(const std::string& sdp);

// Whether one of the addresses that an SDP offers for media is a loopback address: peers that do
// not offer theirs may be on this machine and yet out of its reach, as behind a container's
// published port.
bool OffersLoopback(const std::string& sdp);

// From now on offers this numeric address of this machine, and no others but those added like it.
// Before the description is made. Main thread only.
void AddLocalAddress(GstElement* webrtcbin, const std::string& address);

// Offers this machine's addresses on its bridges to containers and virtual machines (docker0 and
// the like), too: libnice as Debian builds it leaves them out. For a peer that has no address
// chosen, just before the description is made. Main thread only.
void AddBridgeAddresses(GstElement* webrtcbin);

// Lets 1 MB of packets wait in the peer's sockets, or as much as net.core.rmem_max allows: a large
// picture's key frame comes as hundreds of them at once, and the kernel's usual buffer holds 92.
// Once addresses are gathered. Main thread only.
void EnlargeReceiveBuffers(GstElement* webrtcbin);

// Why there may be no address at all to offer, and what to do, in one sentence for the user. Looks
// at this machine's addresses and ports. Any thread.
std::string WhyNoCandidate(const IceOptions& options);

}  // namespace ball
