// SPDX-License-Identifier: LGPL-2.1-or-later
// light_client: see crowd.h.
#include <csignal>
#include <iostream>

#include "apps/link/command_line.h"
#include "tests/light_client/crowd.h"

namespace ball {
namespace {

struct RawOptions {
  char* host = nullptr;
  int port = 8080;
  int clients = 1;
  int frames = 0;
  double duration = 0;
  char* behaviour = nullptr;
  double stay = 0;
  int joins = 0;
};

constexpr char kWhat[] =
    "Many WebRTC clients of one server in one process, as light as can be: each answers every "
    "frame of server-app by its RTP timestamp as its last packet arrives, with a fixed point, "
    "without decrypting, depayloading or decoding it. Prints a JSON line for each at the end: "
    "frames and frames a second, and the longest gap between two, from the moment when all of "
    "them streamed; frames of which a packet was missing (not answered); the time from the start "
    "of its connection to its first answer.";

std::optional<ExitCode> Parse(int* argc, char*** argv, RawOptions* raw) {
  const GOptionEntry entries[] = {
      {"host", 'H', 0, G_OPTION_ARG_STRING, &raw->host,
       "Name or address of the server (default: 127.0.0.1)", "HOST"},
      {"port", 'p', 0, G_OPTION_ARG_INT, &raw->port,
       "TCP port of the server, 1 to 65535 (default: 8080)", "PORT"},
      {"clients", 'c', 0, G_OPTION_ARG_INT, &raw->clients,
       "Sessions at the same time, 1 to 1000 (default: 1)", "N"},
      {"frames", 'n', 0, G_OPTION_ARG_INT, &raw->frames,
       "Each leaves after so many frames (default: 0, no end)", "N"},
      {"duration", 't', 0, G_OPTION_ARG_DOUBLE, &raw->duration,
       "Leave so many seconds after all of them stream, or joined where they never do (default: 0, "
       "no end)",
       "S"},
      {"behave", 0, 0, G_OPTION_ARG_STRING, &raw->behaviour,
       "What they do: answers, vanishes, no-answer, slow-answer, no-ice, no-dtls, no-channel, "
       "closes-channel, floods, garbles, forges, or one after another: all (default: answers)",
       "HOW"},
      {"stay", 0, 0, G_OPTION_ARG_DOUBLE, &raw->stay,
       "Each leaves after so many seconds, and another one joins (default: 0, no end)", "S"},
      {"joins", 0, 0, G_OPTION_ARG_INT, &raw->joins,
       "With --stay: how many join in all (default: 0, no end)", "N"},
      {}};
  return ParseCommandLine(argc, argv, {entries}, kWhat, kExitCodesHelp);
}

std::string WrongRange(const RawOptions& raw) {
  if (raw.port < 1 || raw.port > 65535) return "--port takes 1 to 65535";
  if (raw.clients < 1 || raw.clients > 1000) return "--clients takes 1 to 1000";
  if (raw.frames < 0) return "--frames takes 0 or more";
  if (!(raw.duration >= 0 && raw.duration <= 1e9)) return "--duration takes 0 to 1000000000 (s)";
  if (!(raw.stay >= 0 && raw.stay <= 1e9)) return "--stay takes 0 to 1000000000 (s)";
  if (raw.joins < 0) return "--joins takes 0 or more";
  return {};
}

std::chrono::milliseconds ToMilliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

// False where there is no such behaviour.
bool Behave(const std::string& how, Crowd::Settings* settings) {
  settings->all_behaviours = how == "all";
  const auto behaviour = ParseBehaviour(how == "all" ? "answers" : how);
  if (behaviour) settings->session.behaviour = *behaviour;
  return behaviour.has_value();
}

}  // namespace
}  // namespace ball

int main(int argc, char** argv) {
  // A server that went away is noticed where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  ball::RawOptions raw;
  const auto exit_code = ball::Parse(&argc, &argv, &raw);
  const ball::OwnedString host(raw.host);
  const ball::OwnedString behaviour(raw.behaviour);
  if (exit_code) return static_cast<int>(*exit_code);
  ball::Crowd::Settings settings;
  std::string wrong = ball::WrongRange(raw);
  if (!ball::Behave(behaviour ? behaviour.get() : "answers", &settings)) {
    wrong = "--behave takes none of that name";
  }
  if (!wrong.empty()) {
    std::cerr << "light_client: " << wrong << "; see light_client --help" << std::endl;
    return static_cast<int>(ball::ExitCode::kUsage);
  }
  if (host) settings.session.host = host.get();
  settings.session.port = raw.port;
  settings.clients = static_cast<size_t>(raw.clients);
  settings.frames = static_cast<size_t>(raw.frames);
  settings.duration = ball::ToMilliseconds(raw.duration);
  settings.stay = ball::ToMilliseconds(raw.stay);
  settings.joins = static_cast<size_t>(raw.joins);
  return static_cast<int>(ball::Crowd(settings).Run());
}
