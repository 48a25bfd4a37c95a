// SPDX-License-Identifier: LGPL-2.1-or-later
// The real programs with a bad network between them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/network/bad_link.h"
#include "tests/network/frame_rows.h"

namespace ball {
namespace {

using namespace std::chrono_literals;

// Under a sanitizer frames are late for want of a processor, and sessions start late.
constexpr double kNearlyAll = kSlowdown == 1 ? 0.97 : 0.7;
constexpr double kMost = kSlowdown == 1 ? 0.4 : 0;

class BadNetworkTest : public ProgramTest {
 protected:
  // server-app and client-app, each in its own network. The client leaves after so many seconds.
  void Start(const Arguments& network, int seconds, const Arguments& server_options = {},
             const Arguments& client_options = {}) {
    link_ = std::make_unique<BadLink>(network, Path("packets.json"));
    const Arguments server = {"--host",
                              link_->server_address(),
                              "--port",
                              "0",
                              "--open",
                              "--ice-address",
                              link_->server_address(),
                              "--sessions",
                              "1",
                              "--print",
                              "each",
                              "--report",
                              Path("report.json"),
                              "--csv",
                              Path("frames.csv")};
    server_ = std::make_unique<Server>(Concatenated(server, server_options), Variables(),
                                       link_->EnterServer());
    const Arguments client = {PathOf(Program::kClient),
                              "--host",
                              link_->server_address(),
                              "--port",
                              std::to_string(server_->port()),
                              "--display",
                              "none",
                              "--ice-address",
                              link_->client_address(),
                              "--duration",
                              std::to_string(seconds + kSlowdown - 1)};
    client_ = std::make_unique<Child>(
        Concatenated(link_->EnterClient(), Concatenated(client, client_options)), Variables());
  }
  // To the end; the report must balance, whatever happened.
  void Finish() {
    EXPECT_EQ(client_->AwaitExit(60s), 0) << client_->Errors();
    EXPECT_EQ(server_->AwaitExit(), 0) << server_->Errors();
    const ReportReader report(Path("report.json"));
    ASSERT_EQ(report.Size("sessions"), 1U);
    ExpectWhole(Path("report.json"), Path("frames.csv"));
    rows_ = ReadFrameRows(Path("frames.csv"));
    ASSERT_FALSE(rows_.empty());
  }
  void Run(const Arguments& network, int seconds, const Arguments& server_options = {},
           const Arguments& client_options = {}) {
    Start(network, seconds, server_options, client_options);
    Finish();
  }
  double Number(const std::string& path) const {
    return ReportReader(Path("report.json")).Number("sessions.0." + path).value_or(-1);
  }
  double MatchedShare() const { return Number("frames.matched") / Number("frames.sent"); }

  std::unique_ptr<BadLink> link_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Child> client_;
  std::vector<FrameRow> rows_;
};

TEST_F(BadNetworkTest, DuplicatedPacketsAreNoDuplicatedAnswersAndLoseNothing) {
  Run({"--with", "impairer", "--both", "duplicate=20,delay=20"}, 6);
  EXPECT_GT(link_->Counts().Number("to_server.duplicated").value_or(0), 10);
  EXPECT_EQ(Number("messages.duplicate"), 0);
  EXPECT_EQ(Number("messages.unknown"), 0);
  EXPECT_GE(MatchedShare(), kNearlyAll);
}

TEST_F(BadNetworkTest, ReorderedPacketsAreNoLostFrames) {
  Run({"--with", "impairer", "--both", "reorder=5:20,delay=20"}, 6);
  EXPECT_GT(link_->Counts().Number("to_client.reordered").value_or(0), 5);
  EXPECT_EQ(Number("messages.duplicate"), 0);
  EXPECT_GE(MatchedShare(), kNearlyAll);
  EXPECT_LE(Number("matched_error_px.rms"), 0.7);
}

TEST_F(BadNetworkTest, FirstFrameIsNotSentBeforeItsAnswerCanComeBack) {
  Run({"--both", "delay=150"}, 4);
  // Once there and back; were it sent as soon as its own way is open it would be 0.69 s.
  ASSERT_TRUE(!rows_.empty() && rows_.front().loop);
  EXPECT_LE(*rows_.front().loop, 0.55 * kSlowdown);
}

TEST_F(BadNetworkTest, CoordinatesDoNotWaitForOneThatWasLost) {
  // At 20 % nearly each second would, were they in order.
  Run({"--to-client", "delay=50", "--to-server", "delay=50,loss=20"}, 8);
  ASSERT_FALSE(rows_.empty());
  EXPECT_LE(Percentile(LoopsFrom(rows_, rows_.front().drawn + 2), 50), 0.150 * kSlowdown);
}

TEST_F(BadNetworkTest, AtFivePercentLossAndFiftyMillisecondsNearlyAllFramesComeBackMatched) {
  Run({"--both", "loss=5,delay=50"}, 18);
  EXPECT_GE(MatchedShare(), kNearlyAll);
  EXPECT_LE(Number("matched_error_px.rms"), 0.7);
  EXPECT_GE(Number("matched_error_px.rms"), 0);
}

// With noise as background the encoder takes all that it is given: the bit rate must be found, from
// 2 Mbit/s downwards.
TEST_F(BadNetworkTest, AtFiveHundredKilobitsNothingStallsAfterTenSeconds) {
  Run({"--to-client", "rate=500,delay=20", "--to-server", "delay=20"}, 20,
      {"--source", "ballsrc is-live=true background=noise"});
  const double settled = rows_.front().drawn + 10;
  EXPECT_GE(rows_.back().drawn, settled + 3);
  EXPECT_LE(Percentile(LoopsFrom(rows_, settled), 99), 0.4 * kSlowdown);
  EXPECT_GE(MatchedShareFrom(rows_, settled), kMost);
  EXPECT_LE(LongestGap(rows_, settled), 1.0 * kSlowdown);
  EXPECT_LT(Number("network.lowest_bitrate"), 500e3);
}

TEST_F(BadNetworkTest, CoordinatesFlowAgainWithinTwoSecondsOfABlackout) {
  Start({"--both", "delay=20", "--blackout", "2"}, 9);
  for (int frame = 0; frame < 30; ++frame) ASSERT_TRUE(server_->AwaitOutput("  rtp "));
  const auto light = link_->BlackOut(2s);
  Finish();
  const double dark_until = std::chrono::duration<double>(light.time_since_epoch()).count();
  EXPECT_LE(FirstAnswerAfter(rows_, dark_until), 2.0 * kSlowdown);
  // It was dark indeed.
  EXPECT_GE(LongestGap(rows_), 1.9);
}

}  // namespace
}  // namespace ball
