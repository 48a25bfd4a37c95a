// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "apps/link/main_loop.h"
#include "apps/link/visitor.h"
#include "apps/wire/token.h"

namespace ball {

// Receives each connection before it is a session: answers a check, asks for the token where there
// is one, and lets the others in.
//
// Without a token nothing needs to be said: whoever is silent for a moment is let in, since stock
// peers await the offer. Main thread only.
class Reception {
 public:
  struct Settings {
    std::optional<Token> token;
    // From the connection to the hello, where there is a token. 0: without end.
    std::chrono::milliseconds hello_limit{10000};
    // A check says so at once. Who says nothing has its offer later by this much.
    std::chrono::milliseconds silence{20};
  };

  struct Events {
    std::function<Status()> status;
    // Why nobody is let in now; nothing where somebody is.
    std::function<std::optional<ErrorMessage>()> refusal;
    // `first` is what it said so far, if anything.
    std::function<void(std::unique_ptr<SignallingConnection>,
                       const std::optional<SignallingMessage>& first)>
        on_admitted;
    // A line for the log, about one that was not let in.
    std::function<void(const std::string&)> on_note;
  };

  // Beyond so many that have not said what they want, the one that has been silent longest goes.
  static constexpr size_t kMaxWaiting = 64;

  Reception(const Settings& settings, Events events);
  Reception(const Reception&) = delete;
  Reception& operator=(const Reception&) = delete;

  void Receive(std::unique_ptr<SignallingConnection> connection);
  // Who waits is refused, and nobody is waited for any more.
  void Close();

 private:
  void OnMessage(Visitor& visitor, const SignallingMessage& message);
  void OnSilent(Visitor& visitor);
  void OnGone(Visitor& visitor, const std::string& reason);
  void Admit(Visitor& visitor, const std::optional<SignallingMessage>& first);
  void TurnAway(Visitor& visitor, const ErrorMessage& why);
  void MakeRoom();
  void ForgetSoon();

  const Settings settings_;
  const Events events_;
  Mailbox mailbox_;
  std::list<std::unique_ptr<Visitor>> visitors_;
  bool closed_ = false;
};

}  // namespace ball
