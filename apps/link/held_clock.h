// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>

namespace ball {

// Keeps the thread of GStreamer's system clock from running timers while it lives; they run then.
//
// A DTLS handshake that is not through has a timer that holds its connection. Where it goes off
// just while the elements of that connection are destroyed, the connection is destroyed on the
// clock's thread meanwhile, and GLib ends the process (seen with 1.22: "invalid_closure_notify:
// assertion failed"; later ones let go of the connection first). So nobody destroys the elements of
// a connection without this.
//
// The timers of other handshakes wait meanwhile; nothing else in a session needs that thread. It is
// held for `limit` at the most, and waited for as long, so that a destruction that hangs does not
// hold up everybody. Any thread; where several hold it at once, one does after the other.
class HeldClock {
 public:
  explicit HeldClock(std::chrono::milliseconds limit = std::chrono::milliseconds(500));
  ~HeldClock();
  HeldClock(const HeldClock&) = delete;
  HeldClock& operator=(const HeldClock&) = delete;

  // False: the thread was busy for too long, or there is none.
  bool held() const { return held_; }

 private:
  struct State;

  std::shared_ptr<State> state_;
  bool held_ = false;
};

}  // namespace ball
