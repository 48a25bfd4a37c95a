// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <utility>

#include "apps/compare/instant.h"

namespace ball {

// Whether an encoder makes more than it is asked for. vp8enc does, of noise, where it makes two key
// frames a second and more: 500 kbit/s, whatever it is asked for. A network that takes no more than
// that stays full then, loses key frames, and is asked for others.
//
// Times are arguments. One thread at a time.
class Overshoot {
 public:
  // Every tenth of a second: what the encoder is asked for, and what it made in the last second,
  // bit/s. Whether that was too much, now or within the last second.
  bool Update(Instant now, int asked, double made);

 private:
  std::deque<std::pair<Instant, int>> asked_;  // of the time that `made` is about
  Instant until_{};
};

}  // namespace ball
