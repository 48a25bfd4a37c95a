// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>

namespace ball {

// Holds a session's frames back until the peer shows that it has one, since what follows a key
// frame that was lost is lost, too, and the loss of the very first packet is seen by nobody.
//
//   key frame, the one behind it -> nothing, until there is a sign -> all, from a key frame on
//
// The second one is for receivers that hand on a frame only when the next one comes, and makes the
// loss of the first one's last packets known. Whoever waits for the sign asks for a key frame again
// where it does not come; after a few it goes on without, as the peer may never say anything.
//
// Streaming thread, except where said otherwise.
class StartGate {
 public:
  // The peer has shown a sign. Any thread.
  void Open() { open_ = true; }
  bool open() const { return open_; }

  // For each frame in its order: whether it goes to the peer. What follows one that does not cannot
  // be decoded before the next key frame.
  bool Lets(bool key);

 private:
  static constexpr int kKeyFrames = 3;

  std::atomic<bool> open_ = false;
  int key_frames_ = 0;
  bool behind_key_ = false;
};

}  // namespace ball
