// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/reception.h"

#include <algorithm>
#include <utility>

#include "apps/server-app/session_limits.h"

namespace ball {

Reception::Reception(const Settings& settings, Events events)
    : settings_(settings), events_(std::move(events)) {}

void Reception::Receive(std::unique_ptr<SignallingConnection> connection) {
  MakeRoom();
  Visitor::Events events;
  events.on_message = [this](Visitor& visitor, const SignallingMessage& message) {
    OnMessage(visitor, message);
  };
  events.on_silent = [this](Visitor& visitor) { OnSilent(visitor); };
  events.on_gone = [this](Visitor& visitor, const std::string& reason) { OnGone(visitor, reason); };
  const bool awaits_hello = settings_.token && !closed_;
  visitors_.push_back(std::make_unique<Visitor>(
      std::move(connection), awaits_hello ? settings_.hello_limit : settings_.silence, events));
}

void Reception::Close() {
  closed_ = true;
  const auto refusal = events_.refusal();
  for (const auto& visitor : visitors_) {
    visitor->Dismiss(refusal.value_or(ErrorMessage{"nobody is served any more", true}));
  }
  ForgetSoon();
}

void Reception::OnMessage(Visitor& visitor, const SignallingMessage& message) {
  if (std::holds_alternative<Check>(message)) {
    visitor.Dismiss(events_.status());
    return ForgetSoon();
  }
  if (!settings_.token) return Admit(visitor, message);
  const auto* hello = std::get_if<Hello>(&message);
  if (hello == nullptr || hello->token.empty()) {
    return TurnAway(visitor, {"the server wants a hello with a token first (--token-file)"});
  }
  if (!settings_.token->Matches(hello->token)) {
    return TurnAway(visitor, {"the token is not the server's (--token-file)"});
  }
  Admit(visitor, message);
}

void Reception::OnSilent(Visitor& visitor) {
  if (!settings_.token || closed_) return Admit(visitor, {});
  TurnAway(visitor,
           {TimedOut("no hello with a token within", settings_.hello_limit, "--hello-timeout")});
}

void Reception::OnGone(Visitor& visitor, const std::string& reason) {
  const std::string sentence = "signalling connection: " + reason;
  events_.on_note(visitor.peer() + " ended before it streamed: " + sentence);
  visitor.Dismiss(ErrorMessage{sentence});
  ForgetSoon();
}

void Reception::Admit(Visitor& visitor, const std::optional<SignallingMessage>& first) {
  // One that is not served now may be later: that is no news for the log.
  if (const auto refusal = events_.refusal()) {
    visitor.Dismiss(*refusal);
  } else {
    events_.on_admitted(visitor.Take(), first);
  }
  ForgetSoon();
}

void Reception::TurnAway(Visitor& visitor, const ErrorMessage& why) {
  events_.on_note(visitor.peer() + " was turned away: " + why.message);
  visitor.Dismiss(why);
  ForgetSoon();
}

void Reception::MakeRoom() {
  if (visitors_.size() < kMaxWaiting) return;
  const auto oldest = std::find_if(visitors_.begin(), visitors_.end(),
                                   [](const auto& visitor) { return !visitor->over(); });
  if (oldest == visitors_.end()) return;
  TurnAway(**oldest, {"too many connections wait for a hello: try again", true});
}

// Each may still be in its own call: they are destroyed after that.
void Reception::ForgetSoon() {
  mailbox_.Post([this] { visitors_.remove_if([](const auto& one) { return one->over(); }); });
}

}  // namespace ball
