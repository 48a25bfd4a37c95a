// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>

namespace ball {

// The share of a stream's packets that a network loses, from receiver reports. Where little is sent
// a report is about some ten packets, of which a network that loses 5 % often loses two, and a peer
// that asks for those reports at once, on three or four: only a hundred and more tell a share.
class LossShare {
 public:
  // A report: the share lost since the one before it, 0 to 1, and the number of the latest packet
  // (extended by its wraps) it is about. The share of those since the last share, where they are
  // enough.
  std::optional<double> Add(double lost, uint32_t latest);

 private:
  std::optional<uint32_t> latest_;
  double sent_ = 0;
  double lost_ = 0;
};

}  // namespace ball
