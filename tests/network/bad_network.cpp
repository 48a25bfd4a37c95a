// SPDX-License-Identifier: LGPL-2.1-or-later
// Two network namespaces, a bad network between them, and a command in one of them: see --help.
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>

#include "tests/network/bad_network_options.h"
#include "tests/network/impairer.h"
#include "tests/network/netem_crossing.h"
#include "tests/network/network.h"

namespace ball {
namespace {

constexpr int kUnusable = 2;
constexpr int kNoNetwork = 125;
constexpr int kNotFound = 127;
constexpr char kServerAddress[] = "10.79.0.1";
constexpr char kClientAddress[] = "10.79.0.2";

int Fail(int status, const std::string& reason) {
  std::cerr << "bad_network: " << reason << "\n";
  return status;
}

std::string FileOf(const Network& network) {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(network.name_space.number());
}

// The two networks, and what runs between and in them.
class BadNetwork {
 public:
  explicit BadNetwork(const BadNetworkOptions& options) : options_(options) {}

  int Run() {
    std::string error;
    if (!AllowNetworks(error)) return Fail(kNoNetwork, error);
    if (!Make(kServerAddress, server_) || !Make(kClientAddress, client_)) return kNoNetwork;
    error = Cross();
    if (!error.empty()) return Fail(kNoNetwork, error);
    if (!WatchSignals()) return Fail(kNoNetwork, "signals cannot be watched");
    PreferThisProcess();
    if (options_.command.empty()) {
      PrintVariables();
    } else if (!StartCommand()) {
      return Fail(kNoNetwork, "the command cannot be started");
    }
    const bool carried = crossing_->Run(signals_.number(), [this] { return OnSignal(); });
    if (!carried) return Fail(kNoNetwork, "packets cannot be carried");
    if (!options_.counts.empty()) {
      std::ofstream file(options_.counts);
      file << crossing_->Counts() << std::endl;
      if (!file) return Fail(1, "cannot write " + options_.counts);
    }
    return status_;
  }

 private:
  static bool Make(const std::string& address, Network& network) {
    MadeNetwork made = MakeNetwork(address);
    network = std::move(made.network);
    if (!made.error.empty()) Fail(kNoNetwork, made.error);
    return made.error.empty();
  }

  // Empty, or why nothing can be carried.
  std::string Cross() {
    using Means = BadNetworkOptions::Means;
    if (options_.means != Means::kImpairer) {
      auto made =
          NetemCrossing::Make({{{&server_, options_.to_client}, {&client_, options_.to_server}}});
      crossing_ = std::move(made.crossing);
      if (crossing_) return {};
      if (options_.means == Means::kNetem) return made.error;
    }
    for (Network* network : {&server_, &client_}) {
      std::string error = AddTun(*network);
      if (!error.empty()) return error;
    }
    crossing_ = std::make_unique<Impairer>(
        std::array<Impairer::Side, 2>{{{options_.to_client, server_.tun.number()},
                                       {options_.to_server, client_.tun.number()}}},
        options_.seed);
    return {};
  }

  bool WatchSignals() {
    sigset_t watched;
    sigemptyset(&watched);
    for (const int number : {SIGINT, SIGTERM, SIGUSR1, SIGCHLD}) sigaddset(&watched, number);
    if (sigprocmask(SIG_BLOCK, &watched, &unblocked_) != 0) return false;
    signals_ = File(signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    return signals_.open();
  }

  // Beside busy programs, what waits for a processor here would count as the network's delay. Where
  // it is not allowed it goes without.
  static void PreferThisProcess() {
    sched_param parameters{};
    parameters.sched_priority = 1;
    // Not its children, which are what is measured.
    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters);
  }

  std::map<std::string, std::string> Variables() const {
    return {
        {"BALL_SERVER_NETWORK", FileOf(server_)},       {"BALL_CLIENT_NETWORK", FileOf(client_)},
        {"BALL_SERVER_ADDRESS", kServerAddress},        {"BALL_CLIENT_ADDRESS", kClientAddress},
        {"BALL_BAD_NETWORK", std::to_string(getpid())}, {"BALL_CARRIED_BY", crossing_->name()}};
  }

  void PrintVariables() const {
    std::string object;
    for (const auto& [name, value] : Variables()) {
      object.append(object.empty() ? "{\"" : ",\"").append(name).append("\":\"");
      object.append(value).append("\"");
    }
    std::cout << object << "}" << std::endl;
  }

  bool StartCommand() {
    const std::map<std::string, std::string> variables = Variables();
    command_ = fork();
    if (command_ == 0) RunCommand(variables);
    return command_ > 0;
  }

  [[noreturn]] void RunCommand(const std::map<std::string, std::string>& variables) const {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_SETMASK, &unblocked_, nullptr);
    for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> arguments;
    for (const std::string& argument : options_.command) {
      arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    if (EnterNetwork(server_)) execvp(arguments[0], arguments.data());
    std::perror(("bad_network: " + options_.command.front()).c_str());
    _exit(kNotFound);
  }

  // Whether to go on.
  bool OnSignal() {
    signalfd_siginfo signal{};
    bool on = true;
    while (read(signals_.number(), &signal, sizeof signal) == sizeof signal) {
      if (signal.ssi_signo == SIGUSR1) {
        crossing_->BlackOut(options_.blackout);
      } else if (signal.ssi_signo == SIGCHLD) {
        on = on && !TakeExit();
      } else if (command_ > 0) {
        kill(command_, static_cast<int>(signal.ssi_signo));
      } else {
        on = false;
      }
    }
    return on;
  }

  // Whether the command has ended.
  bool TakeExit() {
    int status = 0;
    if (waitpid(command_, &status, WNOHANG) <= 0) return false;
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }

  const BadNetworkOptions options_;
  Network server_;
  Network client_;
  std::unique_ptr<Crossing> crossing_;
  File signals_;
  sigset_t unblocked_{};
  pid_t command_ = 0;
  int status_ = 0;
};

int Main(const std::vector<std::string>& arguments) {
  const ParsedBadNetworkOptions parsed = ParseBadNetworkOptions(arguments);
  if (!parsed.options) return Fail(kUnusable, parsed.error);
  if (parsed.options->help) {
    std::cout << BadNetworkHelp();
    return 0;
  }
  return BadNetwork(*parsed.options).Run();
}

}  // namespace
}  // namespace ball

int main(int argc, char** argv) { return ball::Main({argv + 1, argv + argc}); }
