// SPDX-License-Identifier: LGPL-2.1-or-later
// A source that delivers no frame, that stops, that ends; an encoder that fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "tests/process/faults.h"

namespace ball {
namespace {

using testing::HasSubstr;

class SourceFaultTest : public FaultTest {
 protected:
  static bool AwaitAnswer(Server& server) {
    server.SkipLines(Child::Stream::kOutput);
    return server.AwaitOutput("session 1  rtp").has_value();
  }
};

TEST_F(SourceFaultTest, SourceThatNeverDeliversIsToldAndEndsTheServer) {
  const auto server =
      Start(Program::kServer,
            Reporting({"--port", "0", "--source", "ballsrc is-live=true ! valve drop=true"}));
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(server->Errors(),
            "server-app: the source failed: it delivered no frame within 10 s: check --source and "
            "--encoder\n");
  ExpectWholeReports();
}

TEST_F(SourceFaultTest, SourceThatEndsBeforeItsFirstFrameIsTold) {
  const auto server =
      Start(Program::kServer, Reporting({"--port", "0", "--source",
                                         "ballsrc num-buffers=3 ! identity drop-probability=1"}));
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(server->Errors(),
            "server-app: the source ended before its first frame: check --source\n");
}

// One that is not live would be through in a moment: its frames are sent at their time.
class SourceEndTest : public SourceFaultTest, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(Live, SourceEndTest, testing::Values("true", "false"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(SourceEndTest, IsTheEndOfEachSessionInGoodOrder) {
  const auto server =
      StartReporting({"--source", "ballsrc num-buffers=300 is-live=" + std::string(GetParam())});
  const auto client = StartClient(server->port(), {});
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(client->Errors(), HasSubstr("the server said bye"));
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(server->Errors(), "");
  ExpectWholeReports();
  EXPECT_EQ(Report().Text("sessions.0.ended"), "source ended");
  EXPECT_GE(Report().Number("duration_s").value_or(0), 9.5);
}

// Its pictures come from another program, which is stopped. They bring no truth.
TEST_F(SourceFaultTest, SourceThatStopsIsToldAndItsSessionsGoOnWhenItIsBack) {
  ASSERT_EQ(mkfifo(Path("pictures").c_str(), 0600), 0);
  Child camera({LAUNCH, "ballsrc", "is-live=true", "!",
                "video/x-raw,format=I420,width=320,height=240,framerate=30/1", "!", "filesink",
                "buffer-mode=unbuffered", "location=" + Path("pictures")},
               Variables());
  const auto server =
      StartReporting({"--source", "filesrc location=" + Path("pictures") +
                                      " ! rawvideoparse format=i420 width=320 height=240 "
                                      "framerate=30/1"});
  ASSERT_NE(server->port(), 0) << server->Errors();
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(AwaitAnswer(*server)) << client->Errors();
  camera.Signal(SIGSTOP);
  EXPECT_TRUE(
      server->AwaitError("server-app: the source has delivered no frame for 3 s: the "
                         "sessions wait for it; check --source and --encoder"));
  camera.Signal(SIGCONT);
  EXPECT_TRUE(server->AwaitError("server-app: the source delivers frames again, after "));
  EXPECT_TRUE(AwaitAnswer(*server)) << client->Errors();
  ExpectEnds(*client, *server);
  ExpectWholeReports();
}

TEST_F(SourceFaultTest, EncoderThatFailsIsStartedAgainForTheSameSessions) {
  const auto server =
      StartReporting({"--encoder", "identity error-after=60 ! vp8enc deadline=1 cpu-used=16"});
  const auto client = StartClient(server->port(), {});
  ASSERT_TRUE(MatchingGoesOn(*server));
  EXPECT_TRUE(server->AwaitError("server-app: the source failed: "));
  EXPECT_TRUE(MatchingGoesOn(*server));
  // The one that was started again fails again, and too soon.
  EXPECT_EQ(server->AwaitExit(), 1);
  const auto errors = Lines(server->Errors());
  ASSERT_EQ(errors.size(), 2) << server->Errors();
  EXPECT_THAT(errors[0], testing::EndsWith("; started again"));
  EXPECT_THAT(errors[1], testing::StartsWith("server-app: the source failed: "));
  EXPECT_EQ(client->AwaitExit(), 0);
  ExpectWholeReports();
  EXPECT_EQ(Report().Size("sessions"), 1);
  EXPECT_EQ(Report().Text("sessions.0.ended"), "server failed");
  // Some of each of the two.
  EXPECT_GE(Frames("matched"), 61);
  EXPECT_LE(Report().Number("sessions.0.matched_error_px.rms").value_or(1e9), 0.5);
}

}  // namespace
}  // namespace ball
