// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "apps/link/glib_ptr.h"
#include "plugins/rtp_timestamp.h"

namespace ball {

// The RTP timestamp in a packet's header; nothing where it is no RTP packet. Any thread.
std::optional<RtpTimestamp> ReadRtpTimestamp(GstBuffer* packet);

// The stream that it belongs to; 0 where it is no RTP packet. Any thread.
uint32_t ReadSsrc(GstBuffer* packet);

}  // namespace ball
