// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {

// The transports that carry the media and data of a webrtcbin, each once. Any thread, once a
// description is set.
std::vector<Ref<GstWebRTCDTLSTransport>> DtlsTransportsOf(GstElement* webrtcbin);

// Before a pipeline is stopped: what becomes of ICE no longer matters to webrtcbin's receiving
// bins. Told of it once it is stopped, such a bin blocks its packets again and holds itself for
// that, with its socket, for good (GStreamer 1.22): four descriptors of a session that ended while
// ICE was at work. Any thread.
void LeaveIce(GstElement* webrtcbin);

// The peer's certificate as PEM; empty before the handshake.
std::string RemoteCertificate(GstWebRTCDTLSTransport* transport);

}  // namespace ball
