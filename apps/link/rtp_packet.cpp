// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/rtp_packet.h"

#include <gst/rtp/gstrtpbuffer.h>

namespace ball {

std::optional<RtpTimestamp> ReadRtpTimestamp(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) return {};
  const RtpTimestamp timestamp{gst_rtp_buffer_get_timestamp(&rtp)};
  gst_rtp_buffer_unmap(&rtp);
  return timestamp;
}

uint32_t ReadSsrc(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) return 0;
  const uint32_t ssrc = gst_rtp_buffer_get_ssrc(&rtp);
  gst_rtp_buffer_unmap(&rtp);
  return ssrc;
}

}  // namespace ball
