// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/network_options.h"

#include <utility>

namespace ball {

std::vector<GOptionEntry> NetworkEntries(RawNetworkOptions* raw) {
  return {{"protection", 0, 0, G_OPTION_ARG_STRING, &raw->protection,
           "Against lost packets. nack: send again what a client misses; fec: send parity packets "
           "beside each frame; nack+fec: both; none (default: nack)",
           "none|nack|fec|nack+fec"},
          {"fec-percent", 0, 0, G_OPTION_ARG_INT, &raw->fec_percent,
           "Parity packets in percent of the frame's own, 1 to 100 (default: 100)", "PERCENT"},
          {}};
}

std::string ToNetworkSettings(RawNetworkOptions* raw, Session::Settings* settings) {
  const OwnedString protection(std::exchange(raw->protection, nullptr));
  if (raw->fec_percent < 1 || raw->fec_percent > 100) return "--fec-percent takes 1 to 100";
  const auto parsed = ParseLossProtection(protection ? protection.get() : "nack", raw->fec_percent);
  if (!parsed) return "--protection takes none, nack, fec or nack+fec";
  settings->media.peer.protection = *parsed;
  return {};
}

}  // namespace ball
