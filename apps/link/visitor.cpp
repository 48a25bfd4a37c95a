// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/visitor.h"

#include <utility>

namespace ball {
namespace {

// In which the main loop reads what came before.
constexpr std::chrono::milliseconds kLastTurns{20};

}  // namespace

Visitor::Visitor(std::unique_ptr<SignallingConnection> connection,
                 std::chrono::milliseconds patience, Events events)
    : connection_(std::move(connection)),
      peer_(connection_->PeerName()),
      events_(std::move(events)) {
  // Who spoke while this process had no turn was not silent: that is read first.
  const auto end = [this] {
    patience_timer_.Once(kLastTurns, [this] { events_.on_silent(*this); });
  };
  if (patience.count() != 0) patience_timer_.Once(patience, end);
  connection_->Start({[this](const SignallingMessage& message) {
                        patience_timer_.Stop();
                        if (!over_) events_.on_message(*this, message);
                      },
                      [this](const std::string& reason) {
                        patience_timer_.Stop();
                        if (!over_) events_.on_gone(*this, reason);
                      }});
}

void Visitor::Dismiss(const SignallingMessage& answer) {
  if (std::exchange(over_, true)) return;
  patience_timer_.Stop();
  connection_->Send(answer);
  connection_->CloseAfterSending();
}

std::unique_ptr<SignallingConnection> Visitor::Take() {
  over_ = true;
  patience_timer_.Stop();
  return std::move(connection_);
}

}  // namespace ball
