// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/sctp_filter.h"

#include "apps/link/sctp_packet.h"

namespace ball {
namespace {

constexpr size_t kChunkHeader = 4;
// Behind the header of a chunk of data, the TSN and the number of the stream. The same for I-DATA
// (RFC 8260, section 2.1).
constexpr size_t kStreamOffset = 8;

// A session needs two channels, and a peer may open eight.
constexpr size_t kMaxStreams = 16;
// Each of those may be closed, and the request repeated.
constexpr size_t kMaxResets = 32;

uint16_t Read16(std::span<const uint8_t> bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

size_t Padded(size_t size) { return (size + 3) / 4 * 4; }

}  // namespace

SctpFilter::Verdict SctpFilter::Judge(std::span<const uint8_t> packet) {
  if (packet.size() < sctp::kCommonHeader) return Verdict::kDropped;
  auto rest = packet.subspan(sctp::kCommonHeader);
  while (!rest.empty()) {
    if (rest.size() < kChunkHeader) return Verdict::kDropped;
    const size_t size = Read16(rest, 2);
    if (size < kChunkHeader || size > rest.size()) return Verdict::kDropped;
    const Verdict verdict = JudgeChunk(rest.first(size));
    if (verdict != Verdict::kPasses) return verdict;
    // The last one may come without its padding.
    rest = rest.subspan(Padded(size) < rest.size() ? Padded(size) : rest.size());
  }
  return Verdict::kPasses;
}

SctpFilter::Verdict SctpFilter::JudgeChunk(std::span<const uint8_t> chunk) {
  switch (chunk[0]) {
    case sctp::kShutdown:
      return Verdict::kDropped;
    case sctp::kData:
    case sctp::kIData:
      return JudgeData(chunk);
    case sctp::kReconfig:
      return ++resets_ > kMaxResets ? Verdict::kExcess : Verdict::kPasses;
    default:
      return Verdict::kPasses;
  }
}

SctpFilter::Verdict SctpFilter::JudgeData(std::span<const uint8_t> chunk) {
  if (chunk.size() < kStreamOffset + sizeof(uint16_t)) return Verdict::kDropped;
  const uint16_t stream = Read16(chunk, kStreamOffset);
  if (streams_.contains(stream)) return Verdict::kPasses;
  if (streams_.size() == kMaxStreams) return Verdict::kExcess;
  streams_.insert(stream);
  return Verdict::kPasses;
}

}  // namespace ball
