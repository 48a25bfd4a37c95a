// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace ball {

// A private directory for the sockets of a client: the one that tells its status, and the one over
// which frames are handed to the locator: BASE/client-PID-N, where BASE is
// $XDG_RUNTIME_DIR/gst-ball, or gst-ball-UID in the temporary directory. A lock in it is held for
// as long as the process lives, however it ends.
//
// Removed with the object. What processes left behind that were killed is removed by the next one:
// their directories, and the shared memory segments of their pids (shmsink names them
// /dev/shm/shmpipe.PID.N), but not those of a living process that has got such a pid. Main thread
// only.
class HandoffDirectory {
 public:
  HandoffDirectory();
  ~HandoffDirectory();
  HandoffDirectory(const HandoffDirectory&) = delete;
  HandoffDirectory& operator=(const HandoffDirectory&) = delete;

  // Empty, or why there is no directory, in one sentence.
  const std::string& error() const { return error_; }
  const std::string& path() const { return path_; }
  std::string SocketPath() const { return path_ + "/frames"; }
  // Whether the directory that was made is not there any more.
  bool Removed() const;
  // Where the client tells its status (status_socket.h), in the one that it has for itself.
  std::string StatusPath() const;

 private:
  std::string path_;
  std::string error_;
  int lock_ = -1;
};

// Removes what killed processes left in that base directory and in /dev/shm. Returns how many there
// were; none where it is not a directory that only this user can write to.
int RemoveAbandonedHandoffs(const std::string& base);

// A client that runs and tells its status.
struct RunningClient {
  pid_t pid;
  std::string status_path;
};

// The clients whose directories are in that base directory; none where it is not private.
std::vector<RunningClient> RunningClients(const std::string& base);

// Where this user's directories are.
std::string HandoffBase();

}  // namespace ball
