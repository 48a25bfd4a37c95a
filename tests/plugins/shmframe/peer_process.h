// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace ball {

// What a reading peer said of a frame.
struct SeenFrame {
  unsigned rtp_timestamp = 0;
  bool good = false;
  std::string size;  // "64x48"
  unsigned pts_ms = 0;
};

// A running shm_peer, killed at the end at the latest. Main thread only.
class PeerProcess {
 public:
  PeerProcess(const char* role, const std::string& socket_path);
  ~PeerProcess();
  PeerProcess(const PeerProcess&) = delete;
  PeerProcess& operator=(const PeerProcess&) = delete;

  // The next line of its output; nothing at its end, or when none came for 10 s.
  std::optional<std::string> ReadLine();
  // The next line as a frame; nothing where it is something else.
  std::optional<SeenFrame> ReadFrame();

  void Send(int signal) const;
  // Kills it and waits until it is gone.
  void Kill();
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string pending_;
};

}  // namespace ball
