// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "apps/link/main_loop.h"
#include "apps/link/signalling_connection.h"

namespace ball {

// A connection of which it is not known yet what it wants: its first message tells, or that none
// comes within a time (0: it is awaited for ever). Exactly one event comes; in it, or later, the
// visitor is dismissed or its connection taken. Main thread only.
class Visitor {
 public:
  struct Events {
    std::function<void(Visitor&, const SignallingMessage&)> on_message;
    std::function<void(Visitor&)> on_silent;
    // It closed, or sent what is no message.
    std::function<void(Visitor&, const std::string& reason)> on_gone;
  };

  // The visitor must not be destroyed in its events.
  Visitor(std::unique_ptr<SignallingConnection> connection, std::chrono::milliseconds patience,
          Events events);
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  // "ADDRESS:PORT".
  const std::string& peer() const { return peer_; }
  // Answers that, and closes.
  void Dismiss(const SignallingMessage& answer);
  // Gives its connection to somebody else, who starts it again and gets all further events.
  std::unique_ptr<SignallingConnection> Take();
  // Whether it was dismissed or its connection taken.
  bool over() const { return over_; }

 private:
  std::unique_ptr<SignallingConnection> connection_;
  const std::string peer_;
  const Events events_;
  bool over_ = false;
  Timer patience_timer_;
};

}  // namespace ball
