// SPDX-License-Identifier: LGPL-2.1-or-later
// The user's own sources and locators.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

class FragmentTest : public ProgramTest {
 protected:
  // One session of some frames.
  void RunSession(const Arguments& server_arguments, const Arguments& client_arguments) {
    // On a busy machine none may be late.
    const Arguments all = {"--sessions",   "1",   "--report", Path("report.json"),
                           "--late-after", "9000"};
    const auto server = StartServer(Concatenated(all, server_arguments));
    const auto client = StartClient(server->port(), client_arguments);
    EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
    EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
    ExpectBalance(Report());
  }

  ReportReader Report() const { return ReportReader(Path("report.json")); }
  std::optional<double> Frames(const std::string& fate) const {
    return Report().Number("sessions.0.frames." + fate);
  }
  double MatchedRms() const {
    return Report().Number("sessions.0.matched_error_px.rms").value_or(1e9);
  }
};

struct SourceCase {
  std::string name;
  std::string fragment;
  int width;
  int height;
};

class SourceTest : public FragmentTest, public testing::WithParamInterface<SourceCase> {};

TEST_P(SourceTest, IsScoredLikeTheOwnOne) {
  RunSession({"--source", GetParam().fragment}, {"--frames", "30"});
  EXPECT_EQ(Report().Number("video.width"), GetParam().width);
  EXPECT_EQ(Report().Number("video.height"), GetParam().height);
  EXPECT_GE(Frames("matched"), 30);
  EXPECT_LE(MatchedRms(), 0.5);
}

INSTANTIATE_TEST_SUITE_P(
    Sources, SourceTest,
    testing::Values(
        SourceCase{"Properties", "ballsrc is-live=true background=checkers motion=gravity", 640,
                   480},
        SourceCase{"EndsInCaps",
                   "ballsrc is-live=true ! video/x-raw,width=320,height=240,framerate=60/1", 320,
                   240},
        SourceCase{"NotLive", "ballsrc ! video/x-raw,width=400,height=300,framerate=30/1", 400,
                   300},
        SourceCase{"OtherFormat",
                   "ballsrc is-live=true ! video/x-raw,format=BGRx,width=320,height=240", 320, 240},
        SourceCase{"SeveralElements",
                   "ballsrc is-live=true ! video/x-raw,width=320,height=240 ! queue ! identity",
                   320, 240}),
    [](const auto& param) { return param.param.name; });

TEST_F(FragmentTest, SourceThatIsNotLiveIsShownInItsTime) {
  RunSession({"--frames", "60", "--source", "ballsrc ! video/x-raw,framerate=30/1"}, {});
  // 59 intervals; as fast as it can they would take a tenth of that.
  EXPECT_GE(Report().Number("sessions.0.duration_s"), 59 / 30.0);
}

TEST_F(FragmentTest, SourceWithoutTruthHasNoError) {
  RunSession(
      {"--source", "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240"},
      {"--frames", "20", "--locator", "balllocate ball-color=0xffffffff"});
  EXPECT_EQ(Report().Number("sessions.0.matched_error_px.count"), 0);
  EXPECT_EQ(Report().Number("sessions.0.matched_error_px.rms"), std::nullopt);
  EXPECT_EQ(Frames("hidden"), Frames("sent"));
  EXPECT_GE(Report().Number("sessions.0.loop_ms.count"), 20);
}

TEST_F(FragmentTest, HiddenBallIsNotFound) {
  RunSession({"--source", "ballsrc is-live=true hide-period=1 hide-duration=0.5"},
             {"--frames", "60"});
  EXPECT_GE(Frames("hidden"), 20);
  EXPECT_GE(Frames("not_found"), 15);
  EXPECT_GE(Frames("matched"), 15);
  EXPECT_EQ(Frames("missed"), 0);
  EXPECT_EQ(Frames("false_found"), 0);
  EXPECT_LE(MatchedRms(), 0.5);
}

// It is drawn as it is to be sent, not a frame ahead: that would count as latency.
TEST_F(FragmentTest, SourceThatIsNotLiveHasTheSameLatency) {
  RunSession({"--source", "ballsrc ! video/x-raw,framerate=4/1"}, {"--frames", "12"});
  EXPECT_LT(Report().Number("sessions.0.loop_ms.p50").value_or(1e9), 200);
}

TEST_F(FragmentTest, LocatorWithOtherPropertiesFindsTheBall) {
  RunSession({}, {"--frames", "30", "--locator", "balllocate method=contrast"});
  EXPECT_GE(Frames("matched"), 30);
  EXPECT_LE(MatchedRms(), 0.5);
}

TEST_F(FragmentTest, LocatorOfSeveralElementsFindsTheBall) {
  RunSession({}, {"--frames", "30", "--locator",
                  "videoconvert ! video/x-raw,format=BGR ! balllocate ! identity"});
  EXPECT_GE(Frames("matched"), 30);
  EXPECT_LE(MatchedRms(), 0.5);
}

TEST_F(FragmentTest, LocatorThatAttachesNothingFindsNothing) {
  RunSession({}, {"--frames", "30", "--locator", "identity"});
  EXPECT_GE(Frames("not_found"), 30);
  EXPECT_EQ(Frames("not_found"), Frames("missed"));
  EXPECT_EQ(Frames("matched"), 0);
  EXPECT_EQ(Report().Number("sessions.0.matched_error_px.rms"), std::nullopt);
}

}  // namespace
}  // namespace ball
