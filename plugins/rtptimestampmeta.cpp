// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/rtptimestampmeta.h"

#include <limits>

namespace ball {
namespace {

GstCaps* ReferenceCaps() {
  static GstStaticCaps caps = GST_STATIC_CAPS("timestamp/x-rtp");
  static GstCaps* const kept = gst_static_caps_get(&caps);
  return kept;
}

}  // namespace

void SetRtpTimestamp(GstBuffer* buffer, RtpTimestamp timestamp) {
  if (auto* old = gst_buffer_get_reference_timestamp_meta(buffer, ReferenceCaps())) {
    gst_buffer_remove_meta(buffer, reinterpret_cast<GstMeta*>(old));
  }
  gst_buffer_add_reference_timestamp_meta(buffer, ReferenceCaps(), timestamp.value,
                                          GST_CLOCK_TIME_NONE);
}

std::optional<RtpTimestamp> GetRtpTimestamp(GstBuffer* buffer) {
  const auto* meta = gst_buffer_get_reference_timestamp_meta(buffer, ReferenceCaps());
  if (meta == nullptr || meta->timestamp > std::numeric_limits<uint32_t>::max()) return {};
  return RtpTimestamp{static_cast<uint32_t>(meta->timestamp)};
}

}  // namespace ball
