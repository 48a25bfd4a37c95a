// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ball {

// What a bad network does to the packets of one direction. As it is made it does nothing to them.
struct Impairment {
  using Duration = std::chrono::nanoseconds;

  // The packets do not come for `length` from `start` on, which is counted from the link's own.
  struct Blackout {
    Duration start{0};
    Duration length{0};
  };

  // The part of the packets that is lost, 0 to 1.
  double loss = 0;
  // So many are lost in a row in the mean, by the model of Gilbert and Elliott; 1: each by itself.
  double burst = 1;
  // One way.
  Duration delay{0};
  // Between nothing and this is added to the delay; packets stay in order.
  Duration jitter{0};
  // The part of the packets that comes `reorder_by` later than the others, which overtake it.
  double reorder = 0;
  Duration reorder_by{0};
  // The part of the packets that comes twice.
  double duplicate = 0;
  // Bits a second; none: no limit. Packets that would wait longer than `queue` are lost.
  std::optional<double> rate;
  Duration queue = std::chrono::milliseconds(200);
  std::optional<Blackout> blackout;
};

// An impairment, or one sentence that says what cannot be read.
struct ParsedImpairment {
  std::optional<Impairment> impairment;
  std::string error;
};

// Reads settings such as `loss=5,burst=4,delay=50,jitter=30,reorder=2:20,duplicate=1,rate=500,
// queue=200,blackout=5:2`: percent, milliseconds, kbit/s, and for the blackout seconds. An empty
// text is a network that does nothing.
ParsedImpairment ParseImpairment(std::string_view text);

}  // namespace ball
