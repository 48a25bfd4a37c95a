// SPDX-License-Identifier: LGPL-2.1-or-later
// SCTP packets of a peer, one behind the other, each behind two bytes with its size: what goes on
// is whole, ends no association, and has no more streams than sctpdec is to have.
#include <algorithm>
#include <set>
#include <span>

#include "apps/link/handshake_packets.h"
#include "apps/link/handshake_round_trip.h"
#include "apps/link/sctp_filter.h"
#include "tests/fuzz/fuzz_target.h"

namespace ball {
namespace {

constexpr size_t kHeader = 12;
constexpr size_t kMostStreams = 16;

size_t BigEndian(std::span<const uint8_t> bytes, size_t at) {
  Require(at + 2 <= bytes.size(), "a number lies in its packet");
  return static_cast<size_t>(bytes[at]) * 256 + bytes[at + 1];
}

// Of a packet that passed.
void LookAtChunks(std::span<const uint8_t> packet, std::set<size_t>& streams) {
  for (size_t at = kHeader; at < packet.size();) {
    const size_t size = BigEndian(packet, at + 2);
    Require(size >= 4 && at + size <= packet.size(), "a chunk lies in its packet");
    Require(packet[at] != 7, "no SHUTDOWN passes");
    if (packet[at] == 0 || packet[at] == 64) streams.insert(BigEndian(packet, at + 8));
    at += (size + 3) & ~size_t{3};
  }
}

}  // namespace
}  // namespace ball

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  std::span<const uint8_t> rest(data, size);
  SctpFilter filter;
  HandshakeRoundTrip handshake;
  std::set<size_t> streams;
  while (rest.size() >= 2) {
    const size_t told = BigEndian(rest, 0);
    const auto packet = rest.subspan(2).first(std::min(told, rest.size() - 2));
    rest = rest.subspan(2 + packet.size());
    handshake.Sent(packet, {});
    handshake.Received(packet, {});
    IsSctpSetUp(packet);
    if (filter.Judge(packet) == SctpFilter::Verdict::kPasses) LookAtChunks(packet, streams);
  }
  Require(streams.size() <= kMostStreams, "no more streams pass than a peer may have");
  return 0;
}
