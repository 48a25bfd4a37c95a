// SPDX-License-Identifier: LGPL-2.1-or-later
// The client's window, looked at pixel by pixel.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/process/programs.h"
#include "tests/process/screen.h"

namespace ball {
namespace {

using testing::HasSubstr;

constexpr double kBallX = 400;
constexpr double kBallY = 250;
constexpr double kRadius = 40;

// What is left of these colours behind a lossy codec: 0xffff8000 for the ball, 0xff00ff00 for what
// the overlay draws.
bool IsBall(Rgb color) {
  return color.red > 200 && color.green > 90 && color.green < 170 && color.blue < 60;
}
bool IsMark(Rgb color) { return color.red < 80 && color.green > 200 && color.blue < 80; }
// Of the truth, a smooth line over the answer's, and of the error.
bool IsWhite(Rgb color) { return color.red > 150 && color.green > 200 && color.blue > 150; }
bool IsRed(Rgb color) { return color.red > 240 && color.green < 20 && color.blue < 20; }

class WindowTest : public ProgramTest {
 protected:
  void SetUp() override {
    ASSERT_NE(display_.name(), "");
    server_ = StartServer({"--sessions", "1", "--tell-truth", "--source",
                           "ballsrc is-live=true speed=0 radius=40 start-x=400 start-y=250"});
  }

  void TearDown() override {
    server_.reset();
    ProgramTest::TearDown();
  }

  std::unique_ptr<Child> StartWindow(const Arguments& arguments) {
    return Start(Program::kClient,
                 Command("--port", Command(std::to_string(server_->port()), arguments)),
                 {{"DISPLAY", display_.name()}});
  }

  // One to which everything is shown, of a locator whose answer is 4 px too far to the left.
  std::unique_ptr<Child> StartWrong(const Arguments& arguments) {
    return StartWindow(Command("--locator", Command("videocrop left=4 ! balllocate", arguments)));
  }

  // A screenshot with the ball and the marks of the overlay.
  std::optional<Screenshot> AwaitBall() const {
    return display_.Await([](const Screenshot& shot) {
      return shot.Find(IsBall).count > 1000 && shot.Find(IsMark).count > 100;
    });
  }

  void ExpectLeaves(Child& client) {
    client.Signal(SIGINT);
    EXPECT_EQ(client.AwaitExit(), 0) << client.Errors();
    EXPECT_EQ(server_->AwaitExit(), 0);
  }

  Display& display() { return display_; }
  Server& server() { return *server_; }

 private:
  Display display_;
  std::unique_ptr<Server> server_;
};

class AnyWindowTest : public WindowTest, public testing::WithParamInterface<Arguments> {};

// Without a window manager the window's top left corner is the screen's.
TEST_P(AnyWindowTest, ShowsTheBallAndTheMarksOnIt) {
  const auto client = StartWindow(GetParam());
  const auto shot = AwaitBall();
  ASSERT_TRUE(shot) << client->Errors();
  const auto ball = shot->Find(IsBall);
  EXPECT_NEAR(ball.x, kBallX, 1.5);
  EXPECT_NEAR(ball.y, kBallY, 1.5);
  // Circle and cross are symmetric about the place that was found.
  const auto marks = shot->Find(IsMark);
  EXPECT_NEAR(marks.x, kBallX, 1.5);
  EXPECT_NEAR(marks.y, kBallY, 1.5);
  for (const double side : {-1.0, 1.0}) {
    const int rim = static_cast<int>(kBallX + side * kRadius);
    EXPECT_TRUE(IsMark(shot->At(rim, kBallY)) || IsMark(shot->At(rim - 1, kBallY)));
  }
  ExpectLeaves(*client);
}

INSTANTIATE_TEST_SUITE_P(Sinks, AnyWindowTest,
                         testing::Values(Arguments{}, Arguments{"--display", "auto"},
                                         Arguments{"--display", "ximagesink"}),
                         [](const auto& param) {
                           if (param.param.empty()) return "Default";
                           return param.param.back() == "auto" ? "Auto" : "XImageSink";
                         });

TEST_F(WindowTest, ShowsTheTruthAndTheErrorFromItWhereAsked) {
  const auto client = StartWrong({"--show-error", "20"});
  ASSERT_TRUE(display().Await([](const Screenshot& shot) {
    return IsWhite(shot.At(kBallX, kBallY - kRadius)) && shot.Find(IsRed).count > 300;
  })) << client->Errors();
  const auto shot = AwaitBall();
  ASSERT_TRUE(shot);
  const auto truth = shot->Find(IsWhite);
  EXPECT_GT(truth.count, 100U);
  EXPECT_NEAR(truth.y, kBallY, 2);
  // The answer's cross is at 396, and the error ends at 400 - 20 * 4 px.
  EXPECT_TRUE(IsMark(shot->At(kBallX - 4, kBallY + 8)));
  EXPECT_TRUE(IsRed(shot->At(322, kBallY)));
  EXPECT_FALSE(IsRed(shot->At(316, kBallY)));
  ExpectLeaves(*client);
}

// The server would tell.
TEST_F(WindowTest, ShowsNoTruthWhereNobodyAsks) {
  const auto client = StartWrong({});
  const auto shot = AwaitBall();
  ASSERT_TRUE(shot) << client->Errors();
  EXPECT_EQ(shot->Find(IsWhite).count, 0U);
  EXPECT_EQ(shot->Find(IsRed).count, 0U);
  ExpectLeaves(*client);
}

TEST_F(WindowTest, SaysSoWhereTheServerTellsNoTruth) {
  const auto silent = StartServer({"--sessions", "1"});
  const auto client = Start(Program::kClient, {"--port", std::to_string(silent->port()),
                                               "--display", "fakesink", "--show-error", "10"});
  EXPECT_TRUE(
      client->AwaitError("client-app: the server tells no truth: start it with "
                         "--tell-truth"))
      << client->Errors();
  client->Signal(SIGINT);
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(silent->AwaitExit(), 0);
}

TEST_F(WindowTest, NoneShowsNoWindow) {
  const auto client = StartWindow({"--display", "none", "--frames", "30"});
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_EQ(server().AwaitExit(), 0);
  const auto shot = display().Take();
  ASSERT_TRUE(shot);
  EXPECT_EQ(shot->width(), 800);
  EXPECT_EQ(shot->Find([](Rgb color) { return color.red + color.green + color.blue > 0; }).count,
            0);
}

TEST_F(WindowTest, ClientWhoseDisplayGoesAwayLeavesInGoodOrder) {
  const auto client = StartWindow({});
  const pid_t locator = LocatorOf(*client);
  ASSERT_NE(locator, 0);
  ASSERT_TRUE(AwaitBall()) << client->Errors();
  display().Unplug();
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(client->Errors(), HasSubstr("client-app: the display went away: start again on "
                                          "another, or with --display none\n"));
  EXPECT_TRUE(AwaitGone(locator));
  EXPECT_THAT(Handoffs(), testing::IsEmpty());
  EXPECT_THAT(SegmentsOf(client->pid()), testing::IsEmpty());
  EXPECT_EQ(server().AwaitExit(), 0);
  EXPECT_THAT(server().Output(), HasSubstr("ended: bye"));
}

}  // namespace
}  // namespace ball
