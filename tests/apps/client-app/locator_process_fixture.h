// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/client-app/locator_process.h"
#include "apps/link/glib_ptr.h"
#include "tests/run_until.h"

namespace ball {

// What fake locators have in common. An answer is for the frame whose timestamp is $1; that of its
// pid tells who spoke. `stay` waits like a locator does until its input closes.
inline constexpr char kPrelude[] = R"(#!/bin/sh
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
inline constexpr RtpTimestamp kNoFrame{99};

inline bool IsGone(pid_t pid) { return kill(pid, 0) != 0 && errno == ESRCH; }

// A locator process that runs a script, and what came of it.
class LocatorProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = OwnedString(g_dir_make_tmp("ball-locator-XXXXXX", nullptr)).get();
    settings_.program = directory_ / "locator";
  }
  void TearDown() override {
    locator_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Start(const std::string& script) {
    std::ofstream(settings_.program) << kPrelude << script << '\n';
    std::filesystem::permissions(settings_.program, std::filesystem::perms::owner_all);
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
      return handing_over_ ? std::chrono::steady_clock::now()
                           : std::chrono::steady_clock::time_point();
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
  static void RunFor(std::chrono::milliseconds time) {
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
  std::filesystem::path directory_;
};

}  // namespace ball
