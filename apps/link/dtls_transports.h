// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {

// The transports that carry the media and data of a webrtcbin, each once. Any thread, once a
// description is set.
std::vector<Ref<GstWebRTCDTLSTransport>> DtlsTransportsOf(GstElement* webrtcbin);

// The peer's certificate as PEM; empty before the handshake.
std::string RemoteCertificate(GstWebRTCDTLSTransport* transport);

}  // namespace ball
