// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/plugins/shmframe/peer_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <sstream>

namespace ball {

PeerProcess::PeerProcess(const char* role, const std::string& socket_path) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  const std::array<std::string, 3> words = {SHM_PEER, role, socket_path};
  std::array<char*, 4> arguments = {const_cast<char*>(words[0].c_str()),
                                    const_cast<char*>(words[1].c_str()),
                                    const_cast<char*>(words[2].c_str()), nullptr};
  if (posix_spawn(&pid_, SHM_PEER, &actions, nullptr, arguments.data(), environ) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  output_ = ends[0];
}

PeerProcess::~PeerProcess() {
  Kill();
  close(output_);
}

std::optional<std::string> PeerProcess::ReadLine() {
  size_t end = pending_.find('\n');
  while (end == std::string::npos) {
    pollfd ready{output_, POLLIN, 0};
    std::array<char, 4096> bytes;
    if (poll(&ready, 1, 10000) <= 0) return {};
    const ssize_t count = read(output_, bytes.data(), bytes.size());
    if (count <= 0) return {};
    pending_.append(bytes.data(), static_cast<size_t>(count));
    end = pending_.find('\n');
  }
  std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 1);
  return line;
}

std::optional<SeenFrame> PeerProcess::ReadFrame() {
  const auto line = ReadLine();
  if (!line) return {};
  std::istringstream words(*line);
  std::string kind;
  std::string quality;
  SeenFrame frame;
  words >> kind >> frame.rtp_timestamp >> quality >> frame.size >> frame.pts_ms;
  if (!words || kind != "frame") return {};
  frame.good = quality == "good";
  return frame;
}

void PeerProcess::Send(int signal) const {
  if (pid_ > 0) kill(pid_, signal);
}

void PeerProcess::Kill() {
  if (pid_ <= 0) return;
  Send(SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace ball
