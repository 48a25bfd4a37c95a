// SPDX-License-Identifier: LGPL-2.1-or-later
// What becomes of a locator that ends, hangs, or does not do what one does.
#include <gio/gio.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/apps/client-app/locator_process_fixture.h"
#include "tests/patience.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

TEST_F(LocatorProcessTest, ALineThatIsNoAnswerStartsItAgain) {
  Start("ready; if first; then echo garbage; answer 1; fi; answer 2; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  ASSERT_EQ(restarts_.size(), 1U);
  EXPECT_EQ(restarts_[0], "it wrote a line that is no answer");
  // What follows the garbage is not believed.
  EXPECT_EQ(located_[0].rtp_timestamp, RtpTimestamp{2});
  EXPECT_EQ(locator_->restarts(), 1);
  EXPECT_EQ(ready_, 1);
}

TEST_F(LocatorProcessTest, ALineWithoutAnEndStartsItAgain) {
  Start("ready; if first; then exec cat /dev/zero; fi; answer 2; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_EQ(restarts_, std::vector<std::string>{"it wrote a line without an end"});
}

TEST_F(LocatorProcessTest, OneThatIsKilledIsStartedAgainWithinASecond) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  const pid_t first = Speaker();
  const auto killed = steady_clock::now();
  ASSERT_EQ(kill(first, SIGKILL), 0);
  ASSERT_TRUE(AwaitAnswers(2));
  EXPECT_LT(steady_clock::now() - killed, kSlowdown * seconds(1));
  EXPECT_NE(Speaker(), first);
  EXPECT_EQ(restarts_, std::vector<std::string>{"it was killed by signal 9"});
  EXPECT_EQ(locator_->restarts(), 1);
  EXPECT_EQ(ready_, 1);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(LocatorProcessTest, OneThatEndsIsStartedAgain) {
  Start("ready; if first; then exit 0; fi; answer 2; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_EQ(restarts_, std::vector<std::string>{"it ended"});
}

TEST_F(LocatorProcessTest, OneThatHangsIsKilledAndStartedAgainWithinASecond) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  const pid_t first = Speaker();
  handing_over_ = true;
  const auto hung = steady_clock::now();
  ASSERT_TRUE(AwaitRestart());
  EXPECT_LT(steady_clock::now() - hung, kSlowdown * seconds(1));
  EXPECT_GE(steady_clock::now() - hung, settings_.hung_after);
  handing_over_ = false;
  EXPECT_EQ(restarts_[0], "it hung");
  ASSERT_TRUE(AwaitAnswers(2));
  EXPECT_NE(Speaker(), first);
  EXPECT_TRUE(RunUntil([first] { return IsGone(first); }));
}

// Holds the main loop up between its poll and its look at what that found, once.
class Holdup {
 public:
  explicit Holdup(std::function<void()> action) : action_(std::move(action)) {
    static GSourceFuncs functions = {nullptr, Check, Dispatch, nullptr, nullptr, nullptr};
    source_ = Ref<GSource>::adopt(g_source_new(&functions, sizeof(Source)));
    reinterpret_cast<Source*>(source_.get())->owner = this;
    g_source_attach(source_.get(), nullptr);
  }
  ~Holdup() { g_source_destroy(source_.get()); }
  Holdup(const Holdup&) = delete;
  Holdup& operator=(const Holdup&) = delete;

 private:
  struct Source {
    GSource base;
    Holdup* owner;
  };

  static gboolean Check(GSource* source) {
    auto* self = reinterpret_cast<Source*>(source)->owner;
    if (const auto action = std::exchange(self->action_, nullptr)) action();
    return FALSE;
  }
  static gboolean Dispatch(GSource*, GSourceFunc, gpointer) { return G_SOURCE_CONTINUE; }

  std::function<void()> action_;
  Ref<GSource> source_;
};

// Runs a program that ends at once, until GLib knows that: what ended before it is known, too.
void AwaitThatGLibKnowsOfEnds() {
  const auto process =
      Ref<GSubprocess>::adopt(g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, nullptr, "true", nullptr));
  ASSERT_TRUE(process);
  ASSERT_TRUE(g_subprocess_wait(process.get(), nullptr, nullptr));
}

// The main loop may learn that it ended before it learns of what was written before that.
TEST_F(LocatorProcessTest, LastWordsOfOneThatEndedCount) {
  MakeGate();
  Start(R"(first || stay; echo $$ > "$0.pid"; gate; ready; answer 2)");
  const Holdup holdup([&] {
    OpenGate();
    pid_t pid = 0;
    std::ifstream(settings_.program + ".pid") >> pid;
    while (!IsGone(pid)) std::this_thread::yield();
    AwaitThatGLibKnowsOfEnds();
  });
  ASSERT_TRUE(AwaitRestart());
  EXPECT_EQ(ready_, 1);
  EXPECT_EQ(located_.size(), 1);
}

// What it started may hold its output open, and write on.
TEST_F(LocatorProcessTest, OutputWithoutEndOfOneThatEndedDoesNotHoldUp) {
  Start("first || stay; ready; while answer 2; do :; done &");
  ASSERT_TRUE(AwaitRestart());
  EXPECT_EQ(restarts_.front(), "it ended");
}

TEST_F(LocatorProcessTest, OneThatAnswersOnlyWhatItWasNotGivenIsStartedAgain) {
  handing_over_ = true;
  Start(
      "ready; if first; then while sleep 0.01; do answer 99; done; fi; "
      "while sleep 0.05; do answer 2; done");
  ASSERT_TRUE(RunUntil([this] { return !located_.empty() && Speaker() == 2; }));
  EXPECT_EQ(restarts_, std::vector<std::string>{"it answers no frame that it was given"});
}

TEST_F(LocatorProcessTest, OneThatAnswersWhatItWasNotGivenBesidesIsKept) {
  settings_.hung_after = milliseconds(600);
  handing_over_ = true;
  Start("ready; while sleep 0.02; do answer 99; answer 2; answer 99; done");
  ASSERT_TRUE(AwaitAnswers(60));
  EXPECT_TRUE(restarts_.empty());
}

TEST_F(LocatorProcessTest, OneThatGetsReadyTwiceIsStartedAgain) {
  Start("ready; if first; then ready; answer 1; fi; answer 2; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_EQ(restarts_, std::vector<std::string>{"it got ready twice"});
  EXPECT_EQ(located_[0].rtp_timestamp, RtpTimestamp{2});
  EXPECT_EQ(ready_, 1);
}

TEST_F(LocatorProcessTest, OneThatIsStoppedHangs) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  const pid_t first = Speaker();
  ASSERT_EQ(kill(first, SIGSTOP), 0);
  handing_over_ = true;
  ASSERT_TRUE(AwaitRestart());
  handing_over_ = false;
  EXPECT_EQ(restarts_[0], "it hung");
  EXPECT_TRUE(RunUntil([first] { return IsGone(first); }));
}

TEST_F(LocatorProcessTest, OneThatIsGivenNoFramesDoesNotHang) {
  settings_.hung_after = milliseconds(100);
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  RunFor(milliseconds(800));
  EXPECT_TRUE(restarts_.empty());
}

TEST_F(LocatorProcessTest, OneThatAnswersDoesNotHang) {
  settings_.hung_after = milliseconds(1000);
  handing_over_ = true;
  Start("ready; while sleep 0.05; do answer $$; done");
  ASSERT_TRUE(AwaitAnswers(40));
  EXPECT_TRUE(restarts_.empty());
}

TEST_F(LocatorProcessTest, OneThatDoesNotGetReadyIsStartedAgain) {
  settings_.start_limit = milliseconds(1000) * kSlowdown;
  handing_over_ = true;
  Start("if first; then stay; fi; ready; answer 2; while sleep 0.05; do answer 3; done");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_EQ(restarts_, std::vector<std::string>{"it did not get ready"});
  EXPECT_EQ(ready_, 1);
}

}  // namespace
}  // namespace ball
