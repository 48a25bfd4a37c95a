// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/locator_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/patience.h"
#include "tests/run_until.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// What fake locators have in common. An answer is for the frame whose timestamp is $1; that of its
// pid tells who spoke. `stay` waits like a locator does until its input closes.
constexpr char kPrelude[] = R"(#!/bin/sh
ready() { echo '{"ready":true}'; }
answer() {
  echo '{"rtp_timestamp":'$1',"found":true,"x":1.5,"y":2.5,"radius":20,"confidence":0.5,' \
       '"received_us":10,"located_us":20}'
}
stay() { exec cat; }
# Whether this is the first one that runs here.
first() { mkdir "$0.ran" 2>/dev/null; }
# Waits until the test opens it.
gate() { read -r _ <"$0.gate"; }
)";

// That of an answer to a frame which was never handed over.
constexpr RtpTimestamp kNoFrame{99};

bool IsGone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

// A locator process that runs a script, and what came of it.
class LocatorProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = OwnedString(g_dir_make_tmp("ball-locator-XXXXXX", nullptr)).get();
    settings_.program = directory_ / "locator";
  }
  void TearDown() override {
    locator_.reset();
    fs::remove_all(directory_);
  }

  void Start(const std::string& script) {
    std::ofstream(settings_.program) << kPrelude << script << '\n';
    fs::permissions(settings_.program, fs::perms::owner_all);
    StartProgram();
  }

  void StartProgram() {
    LocatorProcess::Events events;
    events.on_ready = [this] { ++ready_; };
    events.on_located = [this](const LocatorMessage& message) {
      located_.push_back(message);
      return message.rtp_timestamp != kNoFrame;
    };
    events.on_restart = [this](const std::string& why) { restarts_.push_back(why); };
    events.on_failed = [this](const std::string& reason) { failures_.push_back(reason); };
    events.hindrance = [this] { return hindrance_; };
    events.on_hindered = [this](const std::string& reason) { hindered_.push_back(reason); };
    events.last_handed_over = [this] {
      return handing_over_ ? steady_clock::now() : steady_clock::time_point();
    };
    locator_ = std::make_unique<LocatorProcess>(settings_, std::move(events));
    locator_->Start();
  }

  void MakeGate() const { ASSERT_EQ(mkfifo((settings_.program + ".gate").c_str(), 0600), 0); }
  // Waits until the locator stands before it.
  void OpenGate() const { std::ofstream(settings_.program + ".gate") << "open\n"; }

  bool AwaitAnswers(size_t count) {
    return RunUntil([this, count] { return located_.size() >= count; });
  }
  bool AwaitRestart() {
    return RunUntil([this] { return !restarts_.empty(); });
  }
  bool AwaitFailure() {
    return RunUntil([this] { return !failures_.empty(); });
  }
  static void RunFor(milliseconds time) {
    RunUntil([] { return false; }, time);
  }

  // The pid of the locator that gave the last answer with `answer $$`.
  pid_t Speaker() const { return static_cast<pid_t>(located_.back().rtp_timestamp.value().value); }

  LocatorProcess::Settings settings_;
  bool handing_over_ = false;
  std::string hindrance_;
  std::unique_ptr<LocatorProcess> locator_;
  int ready_ = 0;
  std::vector<LocatorMessage> located_;
  std::vector<std::string> restarts_;
  std::vector<std::string> failures_;
  std::vector<std::string> hindered_;
  fs::path directory_;
};

TEST_F(LocatorProcessTest, TellsThatItIsReadyThenWhatItLocated) {
  Start("ready; answer 7; answer 8; stay");
  ASSERT_TRUE(AwaitAnswers(2));
  EXPECT_EQ(ready_, 1);
  LocatorMessage expected;
  expected.rtp_timestamp = RtpTimestamp{7};
  expected.found = true;
  expected.x = 1.5;
  expected.y = 2.5;
  expected.radius = 20;
  expected.confidence = 0.5;
  expected.received = std::chrono::microseconds(10);
  expected.located = std::chrono::microseconds(20);
  EXPECT_EQ(located_[0], expected);
  EXPECT_EQ(located_[1].rtp_timestamp, RtpTimestamp{8});
  EXPECT_EQ(locator_->restarts(), 0);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(LocatorProcessTest, StartsNoneWhereSomethingHindersIt) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  hindrance_ = "the stairs are wet";
  kill(Speaker(), SIGKILL);
  ASSERT_TRUE(RunUntil([this] { return !hindered_.empty(); }));
  EXPECT_EQ(hindered_, std::vector{hindrance_});
  EXPECT_TRUE(restarts_.empty());
  EXPECT_TRUE(failures_.empty());
  RunFor(milliseconds(100));
  EXPECT_EQ(located_.size(), 1U);
}

TEST_F(LocatorProcessTest, GivesItsArgumentsToTheLocator) {
  settings_.arguments = {"41", "two words", "; exit 1"};
  Start(R"([ "$#$2$3" = "3two words; exit 1" ] && { ready; answer $1; }; stay)");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_EQ(located_[0].rtp_timestamp, RtpTimestamp{41});
}

TEST_F(LocatorProcessTest, IsNotReadyBeforeTheLocatorSaysSo) {
  MakeGate();
  Start("gate; ready; stay");
  RunFor(milliseconds(200));
  EXPECT_EQ(ready_, 0);
  OpenGate();
  EXPECT_TRUE(RunUntil([this] { return ready_ == 1; }));
}

TEST_F(LocatorProcessTest, PutsTogetherALineThatComesInPieces) {
  MakeGate();
  // The first piece is written at once with the answer before it.
  Start(R"sh(eight=$(answer 8); ready; printf '%s\n{"rtp_timestamp":9,"fou' "$eight"; gate
printf 'nd":false,"received_us":1,"located_us":2}\n'; stay)sh");
  ASSERT_TRUE(AwaitAnswers(1));
  OpenGate();
  ASSERT_TRUE(AwaitAnswers(2));
  EXPECT_EQ(located_[1].rtp_timestamp, RtpTimestamp{9});
  EXPECT_FALSE(located_[1].found);
}

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
  const std::string go = settings_.program + ".go";
  ASSERT_EQ(mkfifo(go.c_str(), 0600), 0);
  Start(R"(first || stay; echo $$ > "$0.pid"; read line < "$0.go"; ready; answer 2)");
  const Holdup holdup([&] {
    std::ofstream(go) << "go" << std::endl;
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

TEST_F(LocatorProcessTest, OneThatDiesThreeTimesBeforeItIsReadyFailsOnce) {
  Start(R"(echo x >> "$0.runs"; exit 3)");
  ASSERT_TRUE(AwaitFailure());
  RunFor(milliseconds(700));
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_EQ(failures_[0],
            "the locator does not start (it ended): see what it wrote above, and check --locator");
  EXPECT_EQ(fs::file_size(settings_.program + ".runs"), 3U * 2U);
  EXPECT_EQ(restarts_.size(), 2U);
  EXPECT_EQ(locator_->restarts(), 2);
  EXPECT_EQ(ready_, 0);
}

TEST_F(LocatorProcessTest, OneThatDiesAfterItWasReadyNeverFails) {
  Start(R"(echo x >> "$0.runs"; ready
if [ $(wc -l < "$0.runs") -lt 6 ]; then exit 3; fi; answer 2; stay)");
  ASSERT_TRUE(AwaitAnswers(1));
  EXPECT_TRUE(failures_.empty());
  EXPECT_EQ(locator_->restarts(), 5);
  EXPECT_EQ(ready_, 1);
}

TEST_F(LocatorProcessTest, FailedStartsBeforeOneThatWorkedDoNotCount) {
  Start(R"(echo x >> "$0.runs"
case $(wc -l < "$0.runs") in 1|2|4|5) exit 3;; 3) ready; exit 3;; esac
ready; answer 2; stay)");
  ASSERT_TRUE(RunUntil([this] { return !located_.empty() || !failures_.empty(); }));
  EXPECT_TRUE(failures_.empty());
  EXPECT_EQ(locator_->restarts(), 5);
}

TEST_F(LocatorProcessTest, AProgramThatIsMissingFailsWithASentence) {
  StartProgram();
  ASSERT_TRUE(AwaitFailure());
  RunFor(milliseconds(300));
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_NE(failures_[0].find("cannot start " + settings_.program + " ("), std::string::npos)
      << failures_[0];
  EXPECT_NE(failures_[0].find("install it beside client-app"), std::string::npos);
  EXPECT_EQ(locator_->restarts(), 0);
}

TEST_F(LocatorProcessTest, TheLocatorEndsWithItsOwner) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  locator_.reset();
  EXPECT_TRUE(RunUntil([this] { return IsGone(Speaker()); }));
  EXPECT_TRUE(restarts_.empty());
}

TEST_F(LocatorProcessTest, ALocatorThatHeedsNothingEndsWithItsOwner) {
  Start("trap '' TERM HUP INT PIPE; ready; answer $$; exec tail -f /dev/null");
  ASSERT_TRUE(AwaitAnswers(1));
  locator_.reset();
  EXPECT_TRUE(RunUntil([this] { return IsGone(Speaker()); }));
}

TEST_F(LocatorProcessTest, NoneIsStartedAfterItsOwnerWentInARestart) {
  Start("ready; answer $$; stay");
  ASSERT_TRUE(AwaitAnswers(1));
  ASSERT_EQ(kill(Speaker(), SIGKILL), 0);
  ASSERT_TRUE(AwaitRestart());
  locator_.reset();
  RunFor(milliseconds(300));
  EXPECT_EQ(located_.size(), 1U);
}

TEST(FindLocatorAppTest, IsABareNameWhereThereIsNoneBesideTheProgram) {
  EXPECT_EQ(FindLocatorApp(), "locator-app");
}

}  // namespace
}  // namespace ball
