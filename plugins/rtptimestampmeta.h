// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>

#include "plugins/rtp_timestamp.h"

namespace ball {

// The identity of a frame travels on its buffer as a GstReferenceTimestampMeta with caps
// `timestamp/x-rtp`, whose timestamp is the 32-bit RTP timestamp as a plain number (not
// nanoseconds). It survives depayloaders and decoders.

// Replaces what the buffer has of it. `buffer` must be writable.
void SetRtpTimestamp(GstBuffer* buffer, RtpTimestamp timestamp);

// Nothing where the buffer has none, or a value that does not fit in 32 bits.
std::optional<RtpTimestamp> GetRtpTimestamp(GstBuffer* buffer);

}  // namespace ball
