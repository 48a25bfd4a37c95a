// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "apps/link/exit_code.h"
#include "apps/link/main_loop.h"
#include "tests/light_client/light_session.h"

namespace ball {

// Many sessions at the same time. They join a few at a time; when all of them stream, frames are
// counted, until each has its number or the time is over.
//
// Those that leave after a stay are replaced by new ones, until so many have joined. Main thread
// only.
class Crowd {
 public:
  struct Settings {
    LightSession::Settings session;
    size_t clients = 1;
    // One behaviour after another, beginning with the session's, for each that joins.
    bool all_behaviours = false;
    // How long each stays; 0 = without end.
    std::chrono::milliseconds stay{0};
    // That join in all, with a stay; 0 = no end.
    size_t joins = 0;
    // Leave after so many frames each, or so long; 0 = no end.
    size_t frames = 0;
    std::chrono::milliseconds duration{0};
  };

  explicit Crowd(const Settings& settings);
  ~Crowd();

  // Runs until all sessions are over, and prints a line for each that streamed. The exit code.
  ExitCode Run();

 private:
  void StartNext();
  void Start(size_t index);
  void OnStayed(size_t index);
  // Another one joins where this one was, or the crowd is over.
  void Follow(size_t index);
  bool MoreJoin() const;
  LightSession::Settings NextSettings();
  LightSession::Events EventsOf(size_t index);
  void OnStreaming();
  void BeginDuration();
  void OnAnswered(size_t index);
  void OnEnded(size_t index, const std::string& error);
  void OnBroken(size_t index, const std::string& error);
  void LeaveAll();
  void Fail(ExitCode code, const std::string& reason);
  void Print() const;

  const Settings settings_;
  MainLoop loop_;
  Mailbox mailbox_;
  Poller poller_;
  const DtlsIdentity identity_;
  std::vector<std::unique_ptr<LightSession>> sessions_;
  std::map<size_t, Timer> stays_;
  size_t joined_ = 0;
  size_t streaming_ = 0;
  size_t ended_ = 0;
  bool counting_ = false;
  bool leaving_ = false;
  ExitCode exit_code_ = ExitCode::kSuccess;
  Timer tick_;
  Timer duration_timer_;
};

}  // namespace ball
