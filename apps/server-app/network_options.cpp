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
          {"rate-control", 0, 0, G_OPTION_ARG_STRING, &raw->rate_control,
           "adaptive: the bit rate follows what the slowest client's network takes, between "
           "--min-bitrate and --bitrate; an --encoder keeps its own; fixed (default: adaptive)",
           "adaptive|fixed"},
          {"min-bitrate", 0, 0, G_OPTION_ARG_INT, &raw->min_bitrate,
           "The lowest bit rate in bit/s, 10000 to 1000000000; a client that cannot take it gets "
           "fewer frames (default: 150000)",
           "BPS"},
          {}};
}

std::string ToNetworkSettings(RawNetworkOptions* raw, ServerApp::Settings* settings) {
  const OwnedString protection(std::exchange(raw->protection, nullptr));
  if (raw->fec_percent < 1 || raw->fec_percent > 100) return "--fec-percent takes 1 to 100";
  const auto parsed = ParseLossProtection(protection ? protection.get() : "nack", raw->fec_percent);
  if (!parsed) return "--protection takes none, nack, fec or nack+fec";
  settings->session.media.peer.protection = *parsed;
  const OwnedString control(std::exchange(raw->rate_control, nullptr));
  const std::string rate_control = control ? control.get() : "adaptive";
  if (rate_control != "adaptive" && rate_control != "fixed") {
    return "--rate-control takes adaptive or fixed";
  }
  if (raw->min_bitrate < 10000 || raw->min_bitrate > 1000000000) {
    return "--min-bitrate takes 10000 to 1000000000 (bit/s)";
  }
  settings->follow_networks = rate_control == "adaptive";
  settings->min_bitrate = raw->min_bitrate;
  return {};
}

}  // namespace ball
