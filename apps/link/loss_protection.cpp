// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/loss_protection.h"

namespace ball {

std::optional<LossProtection> ParseLossProtection(const std::string& text, int parity_percent) {
  if (text == "none") return LossProtection{false, 0};
  if (text == "nack") return LossProtection{true, 0};
  if (text == "fec") return LossProtection{false, parity_percent};
  if (text == "nack+fec") return LossProtection{true, parity_percent};
  return {};
}

void Protect(GstWebRTCRTPTransceiver* transceiver, const LossProtection& protection) {
  const bool parity = protection.parity_percent > 0;
  g_object_set(transceiver, "do-nack", static_cast<gboolean>(protection.retransmit), "fec-type",
               parity ? GST_WEBRTC_FEC_TYPE_ULP_RED : GST_WEBRTC_FEC_TYPE_NONE, nullptr);
  if (parity) {
    g_object_set(transceiver, "fec-percentage", static_cast<guint>(protection.parity_percent),
                 nullptr);
  }
}

}  // namespace ball
