// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/netem_crossing.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace ball {
namespace {

using Command = std::vector<std::string>;

// Fixed, so that the ends know each other: a lossy network would lose ARP's questions, too.
constexpr std::array<const char*, 2> kHardwareAddresses = {"02:00:00:4f:00:01",
                                                           "02:00:00:4f:00:02"};

// What a command wrote, and whether it ended well.
struct Outcome {
  bool ok = false;
  std::string said;
};

Command Concatenated(Command first, const Command& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

[[noreturn]] void Become(const Network& network, const Command& command, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  // Where Debian has them, which is not in everybody's PATH.
  const char* path = std::getenv("PATH");
  setenv("PATH", (std::string(path == nullptr ? "" : path) + ":/usr/sbin:/sbin").c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  if (EnterNetwork(network)) execvp(arguments[0], arguments.data());
  _exit(127);
}

std::string ReadAll(int file) {
  std::string text;
  std::array<char, 4096> bytes{};
  for (ssize_t length = 1; length > 0 || (length < 0 && errno == EINTR);) {
    length = read(file, bytes.data(), bytes.size());
    if (length > 0) text.append(bytes.data(), static_cast<size_t>(length));
  }
  return text;
}

Outcome RunIn(const Network& network, const Command& command) {
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  const File end(pipe[0]);
  File start(pipe[1]);
  const pid_t child = fork();
  if (child == 0) Become(network, command, start.number());
  start.Close();
  Outcome outcome;
  if (child < 0) return outcome;
  outcome.said = ReadAll(end.number());
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  outcome.ok = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return outcome;
}

// Empty where it ended well.
std::string WhyNot(const Network& network, const Command& command) {
  const Outcome outcome = RunIn(network, command);
  if (outcome.ok) return {};
  std::string line;
  for (const std::string& word : command) line += (line.empty() ? "" : " ") + word;
  const std::string said = outcome.said.substr(0, outcome.said.find('\n'));
  return "'" + line + "' failed" + (said.empty() ? "" : " (" + said + ")");
}

std::string FileOf(const Network& network) {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(network.name_space.number());
}

}  // namespace

NetemCrossing::NetemCrossing(const std::array<End, 2>& ends)
    : ends_(ends), timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}

NetemCrossing::Made NetemCrossing::Make(const std::array<End, 2>& ends) {
  auto crossing = std::unique_ptr<NetemCrossing>(new NetemCrossing(ends));
  std::string error = crossing->LayCable();
  // The step that fails where the kernel has no netem comes first.
  for (const End& end : ends) {
    if (error.empty()) error = Impair(end);
  }
  if (error.empty()) error = crossing->SetUpEnds();
  if (error.empty()) return {std::move(crossing), {}};
  // With one end the other one goes, too.
  RunIn(*ends[0].network, {"ip", "link", "delete", "eth0"});
  return {nullptr, std::move(error)};
}

std::string NetemCrossing::LayCable() const {
  return WhyNot(*ends_[0].network, {"ip", "link", "add", "eth0", "address", kHardwareAddresses[0],
                                    "type", "veth", "peer", "name", "eth0", "address",
                                    kHardwareAddresses[1], "netns", FileOf(*ends_[1].network)});
}

std::string NetemCrossing::Impair(const End& end) {
  const auto qdiscs = NetemQdiscs(end.sends);
  if (!qdiscs) return "netem cannot do what is asked for";
  for (const Qdisc& qdisc : *qdiscs) {
    std::string error =
        WhyNot(*end.network, Concatenated({"tc", "qdisc", "add", "dev", "eth0"}, qdisc));
    if (!error.empty()) return error;
  }
  return {};
}

std::string NetemCrossing::SetUpEnds() const {
  std::string error;
  // Each packet by itself: those that the kernel cuts up behind netem would be lost as one.
  for (const End& end : ends_) {
    if (error.empty()) {
      error = WhyNot(*end.network, {"ip", "link", "set", "eth0", "gso_max_segs", "1", "up"});
    }
  }
  for (size_t i = 0; i < ends_.size(); ++i) {
    if (error.empty()) error = SetUpInterface(*ends_[i].network);
    if (error.empty()) {
      error =
          WhyNot(*ends_[i].network, {"ip", "neighbour", "replace", ends_[1 - i].network->address,
                                     "lladdr", kHardwareAddresses[1 - i], "dev", "eth0"});
    }
  }
  return error;
}

bool NetemCrossing::Run(int signals, const std::function<bool()>& on_signal) {
  std::array<pollfd, 2> watched{{{timer_.number(), POLLIN, 0}, {signals, POLLIN, 0}}};
  while (true) {
    if (poll(watched.data(), watched.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    uint64_t times = 0;
    if (watched[0].revents != 0 && read(timer_.number(), &times, sizeof times) > 0) Change(false);
    if (watched[1].revents != 0 && !on_signal()) return true;
  }
}

void NetemCrossing::BlackOut(std::chrono::nanoseconds length) {
  Change(true);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length);
  itimerspec timer{};
  timer.it_value = {seconds.count(), (length - seconds).count()};
  timerfd_settime(timer_.number(), 0, &timer, nullptr);
}

void NetemCrossing::Change(bool dark) const {
  for (const End& end : ends_) {
    const Qdisc root = dark ? DarkNetem(end.sends) : NetemQdiscs(end.sends)->front();
    RunIn(*end.network, Concatenated({"tc", "qdisc", "change", "dev", "eth0"}, root));
  }
}

std::string NetemCrossing::Counts() const {
  std::array<std::string, 2> told;
  for (size_t i = 0; i < ends_.size(); ++i) {
    told[i] = RunIn(*ends_[i].network, {"tc", "-s", "-j", "qdisc", "show", "dev", "eth0"}).said;
    if (told[i].empty()) told[i] = "[]";
  }
  return R"({"to_client":)" + told[0] + R"(,"to_server":)" + told[1] + "}";
}

}  // namespace ball
