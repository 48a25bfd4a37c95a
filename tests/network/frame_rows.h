// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ball {

// A line of server-app's CSV. Times in seconds, of steady_clock where they are points in time.
struct FrameRow {
  double drawn = 0;
  std::string fate;
  std::optional<double> loop;

  bool InTime() const { return fate == "matched" || fate == "not_found"; }
  double arrived() const { return drawn + loop.value_or(0); }
};

// The file's lines in the order in which the frames were drawn; none where it cannot be read.
std::vector<FrameRow> ReadFrameRows(const std::string& path);

// The loop times, in seconds, of what came back in time and was drawn no earlier than `begin`.
std::vector<double> LoopsFrom(const std::vector<FrameRow>& rows, double begin);

// Of the frames drawn no earlier than `begin`, the part that came back in time with a ball; of none
// it is 0.
double MatchedShareFrom(const std::vector<FrameRow>& rows, double begin);

// The least value that `percent` of them do not exceed; of nothing it is infinite.
double Percentile(std::vector<double> values, double percent);

// The longest time between one answer and the next, of frames drawn no earlier than `begin`.
double LongestGap(const std::vector<FrameRow>& rows, double begin = 0);

// From `when` to the next answer in time; infinite where none came.
double FirstAnswerAfter(const std::vector<FrameRow>& rows, double when);

}  // namespace ball
