// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/network_options.h"

#include <utility>

namespace ball {
namespace {

constexpr int kParityPercent = 100;

std::string ToProtection(const std::string& name, int fec_percent, LossProtection* protection) {
  if (!IsAbsentOrIn(fec_percent, 1, 100)) return "--fec-percent takes 1 to 100";
  const auto parsed =
      ParseLossProtection(name, fec_percent == kAbsent ? kParityPercent : fec_percent);
  if (!parsed) return "--protection takes none, nack, fec or nack+fec";
  if (fec_percent != kAbsent && parsed->parity_percent == 0) {
    return "--fec-percent is for --protection fec or nack+fec";
  }
  *protection = *parsed;
  return {};
}

std::string ToRateControl(const std::string& name, int min_bitrate, ServerApp::Settings* settings) {
  if (name != "adaptive" && name != "fixed") return "--rate-control takes adaptive or fixed";
  settings->follow_networks = name == "adaptive";
  if (!IsAbsentOrIn(min_bitrate, 10000, 1000000000)) {
    return "--min-bitrate takes 10000 to 1000000000 (bit/s)";
  }
  if (min_bitrate == kAbsent) return {};
  if (min_bitrate > settings->source.bitrate) {
    return "--min-bitrate is above --bitrate, which is " +
           std::to_string(settings->source.bitrate) + " bit/s";
  }
  settings->min_bitrate = min_bitrate;
  return {};
}

}  // namespace

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
  const OwnedString control(std::exchange(raw->rate_control, nullptr));
  const std::string wrong = ToProtection(protection ? protection.get() : "nack", raw->fec_percent,
                                         &settings->session.media.peer.protection);
  return wrong.empty()
             ? ToRateControl(control ? control.get() : "adaptive", raw->min_bitrate, settings)
             : wrong;
}

}  // namespace ball
