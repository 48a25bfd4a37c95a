// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

namespace ball {

// Which of a peer's SCTP packets (RFC 9260, section 3) go on to GStreamer's sctpdec, which trusts
// its peer. Not:
//
//   SHUTDOWN             what comes behind it sctpdec takes for impossible, and ends the process
//                        (1.22). Browsers may send it; a session ends by other means.
//   more than 16 streams each has sctpdec and webrtcbin make two threads
//   more than 32 resets  so does a stream that is used again after one
//   what is no SCTP packet
class SctpFilter {
 public:
  enum class Verdict {
    kPasses,
    kDropped,
    kExcess,  // dropped, since it uses too many streams or resets
  };

  Verdict Judge(std::span<const uint8_t> packet);

 private:
  Verdict JudgeChunk(std::span<const uint8_t> chunk);
  Verdict JudgeData(std::span<const uint8_t> chunk);

  std::set<uint16_t> streams_;
  size_t resets_ = 0;
};

}  // namespace ball
