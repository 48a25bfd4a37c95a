// SPDX-License-Identifier: LGPL-2.1-or-later
// RTP timestamps that come to their end, as they do once in 13 hours.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "tests/process/faults.h"

namespace ball {
namespace {

// The RTP timestamps in the CSV, in the order of the frames.
std::vector<uint32_t> Timestamps(const std::string& csv_path) {
  std::vector<uint32_t> timestamps;
  auto lines = Lines(Contents(csv_path));
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t field = lines[i].find(',') + 1;
    timestamps.push_back(static_cast<uint32_t>(std::strtoul(&lines[i][field], nullptr, 10)));
  }
  return timestamps;
}

// Half of 32 bits of ticks are more than six hours.
bool Wraps(const std::vector<uint32_t>& timestamps) {
  return std::adjacent_find(timestamps.begin(), timestamps.end(), [](uint32_t a, uint32_t b) {
           return a > b && a - b > (uint32_t{1} << 31);
         }) != timestamps.end();
}

class WrapTest : public FaultTest, public testing::WithParamInterface<std::string> {};

TEST_P(WrapTest, TimestampsThatWrapLoseNothing) {
  // Six seconds after the start of the server.
  const auto server = StartReporting({"--codec", GetParam(), "--rtp-origin",
                                      std::to_string((int64_t{1} << 32) - int64_t{6} * 90000)});
  const auto client = StartClient(server->port(), {"--duration", "9"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  ExpectWholeReports();
  EXPECT_TRUE(Wraps(Timestamps(Path("frames.csv"))));
  EXPECT_EQ(Report().Number("sessions.0.messages.unknown"), 0);
  EXPECT_EQ(Report().Number("sessions.0.messages.duplicate"), 0);
  EXPECT_LE(Frames("lost"), 0.2 * Frames("sent"));
  EXPECT_LE(Report().Number("sessions.0.matched_error_px.rms").value_or(1e9), 0.5);
}

INSTANTIATE_TEST_SUITE_P(Codecs, WrapTest, testing::Values("VP8", "H264"),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace ball
