// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/crowd.h"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <sstream>

namespace ball {
namespace {

// A server sets a session up in some tens of milliseconds of its processor's time.
constexpr size_t kJoiningAtOnce = 8;

double Milliseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

std::string Line(size_t client, const LightSession& session) {
  std::ostringstream line;
  line << std::fixed << "{\"client\":" << client << ",\"frames\":" << session.pace().count()
       << ",\"fps\":" << std::setprecision(2) << session.pace().Rate()
       << ",\"longest_gap_ms\":" << std::setprecision(1)
       << Milliseconds(session.pace().LongestGap()) << ",\"incomplete\":" << session.incomplete()
       << ",\"joined_ms\":" << Milliseconds(session.joined()) << "}\n";
  return line.str();
}

}  // namespace

Crowd::Crowd(const Settings& settings) : settings_(settings) { SctpChannel::StartStack(); }

Crowd::~Crowd() {
  sessions_.clear();
  SctpChannel::EndStack();
}

ExitCode Crowd::Run() {
  if (!identity_.valid()) {
    Fail(ExitCode::kFailure, "OpenSSL makes no certificate for DTLS");
    return exit_code_;
  }
  const StopSignals signals([this] { LeaveAll(); });
  tick_.Every(std::chrono::milliseconds(SctpChannel::kTickMs), [] { SctpChannel::Tick(); });
  // Those that never stream are not waited for.
  const bool all_at_once = settings_.all_behaviours || !Streams(settings_.session.behaviour);
  const size_t at_once = all_at_once ? settings_.clients : kJoiningAtOnce;
  for (size_t i = 0; i < std::min(at_once, settings_.clients); ++i) StartNext();
  if (all_at_once) BeginDuration();
  loop_.Run();
  Print();
  return exit_code_;
}

void Crowd::StartNext() {
  sessions_.emplace_back();
  Start(sessions_.size() - 1);
}

LightSession::Settings Crowd::NextSettings() {
  LightSession::Settings next = settings_.session;
  if (settings_.all_behaviours) {
    next.behaviour = kBehaviours[joined_ % kBehaviours.size()].behaviour;
  }
  ++joined_;
  return next;
}

void Crowd::Start(size_t index) {
  auto& session = sessions_[index];
  session = std::make_unique<LightSession>(NextSettings(), identity_, poller_, EventsOf(index));
  if (settings_.stay.count() != 0) {
    // The first ones one after another, so that they do not all come and go at once.
    const bool first = joined_ <= settings_.clients;
    const auto stay =
        first ? settings_.stay * static_cast<int>(joined_) / static_cast<int>(settings_.clients)
              : settings_.stay;
    stays_[index].Once(stay, [this, index] { OnStayed(index); });
  }
  session->Start();
}

// Who was thrown out before is replaced only now, so that no more come than are meant to.
void Crowd::OnStayed(size_t index) {
  if (sessions_[index]->ended()) return Follow(index);
  sessions_[index]->Leave();
}

void Crowd::Follow(size_t index) {
  if (MoreJoin()) {
    --ended_;
    return Start(index);
  }
  if (ended_ == sessions_.size()) loop_.Quit();
}

bool Crowd::MoreJoin() const {
  return settings_.stay.count() != 0 && !leaving_ &&
         (settings_.joins == 0 || joined_ < settings_.joins);
}

LightSession::Events Crowd::EventsOf(size_t index) {
  return {[this] { OnStreaming(); }, [this, index] { OnAnswered(index); },
          // The session is still in its own call.
          [this, index](const std::string& error) {
            mailbox_.Post([this, index, error] { OnEnded(index, error); });
          }};
}

void Crowd::OnStreaming() {
  ++streaming_;
  if (leaving_) return;
  if (sessions_.size() < settings_.clients) StartNext();
  if (streaming_ < settings_.clients) return;
  counting_ = true;
  for (const auto& session : sessions_) session->StartCounting();
  BeginDuration();
}

void Crowd::BeginDuration() {
  if (settings_.duration.count() == 0 || duration_timer_.running()) return;
  duration_timer_.Once(settings_.duration, [this] { LeaveAll(); });
}

void Crowd::OnAnswered(size_t index) {
  LightSession& session = *sessions_[index];
  if (counting_ && settings_.frames != 0 && session.pace().count() >= settings_.frames) {
    session.Leave();
  }
}

void Crowd::OnEnded(size_t index, const std::string& error) {
  ++ended_;
  if (!error.empty() && !leaving_) OnBroken(index, error);
  if (!MoreJoin() || !stays_[index].running()) Follow(index);
}

// Who behaves badly is meant to be thrown out.
void Crowd::OnBroken(size_t index, const std::string& error) {
  const std::string line = "client " + std::to_string(index + 1) + ": " + error;
  if (settings_.session.behaviour == Behaviour::kAnswers && !settings_.all_behaviours) {
    const bool streamed = sessions_[index]->streaming();
    return Fail(streamed ? ExitCode::kConnectionLost : ExitCode::kNoConnection, line);
  }
  std::cerr << "light_client: " + line + "\n";
}

void Crowd::LeaveAll() {
  // A second signal does not wait for the server's byes.
  if (std::exchange(leaving_, true)) return loop_.Quit();
  for (const auto& session : sessions_) session->Leave();
  if (ended_ == sessions_.size()) loop_.Quit();
}

void Crowd::Fail(ExitCode code, const std::string& reason) {
  std::cerr << "light_client: " + reason + "\n";
  if (exit_code_ != ExitCode::kSuccess) return;
  exit_code_ = code;
  LeaveAll();
}

void Crowd::Print() const {
  for (size_t i = 0; i < sessions_.size(); ++i) {
    if (sessions_[i]->streaming()) std::cout << Line(i + 1, *sessions_[i]);
  }
  std::cout << std::flush;
}

}  // namespace ball
