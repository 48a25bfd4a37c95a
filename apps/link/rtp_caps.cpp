// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/rtp_caps.h"

namespace ball {

Ref<GstCaps> WithFeedback(Codec codec, const GstCaps* payloaded) {
  auto caps = Ref<GstCaps>::adopt(gst_caps_copy(payloaded));
  gst_caps_set_simple(caps.get(), "rtcp-fb-nack-pli", G_TYPE_BOOLEAN, TRUE, "rtcp-fb-ccm-fir",
                      G_TYPE_BOOLEAN, TRUE, nullptr);
  if (codec == Codec::kH264) {
    gst_caps_set_simple(caps.get(), "packetization-mode", G_TYPE_STRING, "1",
                        "level-asymmetry-allowed", G_TYPE_STRING, "1", nullptr);
  }
  return caps;
}

}  // namespace ball
