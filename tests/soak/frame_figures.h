// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace ball {

// A line of server-app --csv, as far as it is needed here.
struct FrameLine {
  int session = 0;
  double drawn_s = 0;  // CLOCK_MONOTONIC
  std::string fate;
  double matched_error_px = -1;  // below 0 where there is none
  double loop_ms = -1;
};

std::vector<FrameLine> ReadFrameLines(const std::string& csv_path);

// How frames fared.
struct FrameFigures {
  size_t frames = 0;
  size_t lost = 0;  // neither matched nor not found in time
  double loop_p50_ms = 0;
  double loop_p99_ms = 0;
  double matched_error_px = 0;  // RMS
};

// Of the lines drawn from `begin_s` on and before `end_s`: of all these for the loop, of sessions
// up to `last_locating` for the matched error, since light clients do not look for the ball.
FrameFigures FiguresOf(const std::vector<FrameLine>& lines, double begin_s, double end_s,
                       int last_locating);

// Each figure by itself; `figures` is not empty.
FrameFigures MedianOf(const std::vector<FrameFigures>& figures);

std::ostream& operator<<(std::ostream& out, const FrameFigures& figures);

}  // namespace ball
