// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/bad_network_options.h"

#include <charconv>
#include <cmath>

namespace ball {
namespace {

template <typename Value>
std::optional<Value> Number(const std::string& text) {
  Value value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// What is wrong with an impairment's settings, or nothing where they were taken.
std::string TakeImpairment(const std::string& text, const std::vector<Impairment*>& destinations) {
  const ParsedImpairment parsed = ParseImpairment(text);
  if (!parsed.impairment) return parsed.error;
  for (Impairment* destination : destinations) *destination = *parsed.impairment;
  return {};
}

std::string TakeMeans(const std::string& text, BadNetworkOptions& options) {
  using Means = BadNetworkOptions::Means;
  if (text != "auto" && text != "netem" && text != "impairer") {
    return "it must be auto, netem or impairer";
  }
  options.means = text == "netem"      ? Means::kNetem
                  : text == "impairer" ? Means::kImpairer
                                       : Means::kAuto;
  return {};
}

std::string TakeSeed(const std::string& text, BadNetworkOptions& options) {
  const std::optional<uint64_t> seed = Number<uint64_t>(text);
  if (!seed) return "it must be a whole number";
  options.seed = *seed;
  return {};
}

std::string TakeBlackout(const std::string& text, BadNetworkOptions& options) {
  const std::optional<double> seconds = Number<double>(text);
  if (!seconds || !(*seconds >= 0 && *seconds <= 3600)) return "it must be seconds, 0 to 3600";
  options.blackout = std::chrono::nanoseconds(std::llround(*seconds * 1e9));
  return {};
}

// What is wrong with an option's value, or nothing where it was taken; none: there is no such
// option.
std::optional<std::string> Take(const std::string& name, const std::string& value,
                                BadNetworkOptions& options) {
  if (name == "--both") return TakeImpairment(value, {&options.to_client, &options.to_server});
  if (name == "--to-client") return TakeImpairment(value, {&options.to_client});
  if (name == "--to-server") return TakeImpairment(value, {&options.to_server});
  if (name == "--with") return TakeMeans(value, options);
  if (name == "--seed") return TakeSeed(value, options);
  if (name == "--blackout") return TakeBlackout(value, options);
  if (name != "--counts") return {};
  options.counts = value;
  return std::string();
}

}  // namespace

ParsedBadNetworkOptions ParseBadNetworkOptions(const std::vector<std::string>& arguments) {
  BadNetworkOptions options;
  auto argument = arguments.begin();
  for (; argument != arguments.end() && argument->starts_with("-"); ++argument) {
    if (*argument == "--") {
      ++argument;
      break;
    }
    if (*argument == "-h" || *argument == "--help") {
      options.help = true;
      return {options, {}};
    }
    const size_t equals = argument->find('=');
    const std::string name = argument->substr(0, equals);
    std::string value;
    if (equals != std::string::npos) {
      value = argument->substr(equals + 1);
    } else if (std::next(argument) != arguments.end()) {
      value = *++argument;
    }
    const std::optional<std::string> wrong = Take(name, value, options);
    if (!wrong) return {{}, "there is no option " + name + " (see --help)"};
    if (!wrong->empty()) return {{}, name + ": " + *wrong};
  }
  options.command.assign(argument, arguments.end());
  return {options, {}};
}

std::string BadNetworkHelp() {
  return R"(Two networks with a bad one between them, which nothing can leave.

  bad_network [OPTION...] [COMMAND...]

  the server's network   10.79.0.1  ---- bad ----  10.79.0.2   the client's network

COMMAND runs in the server's. Its variables BALL_SERVER_NETWORK and BALL_CLIENT_NETWORK name a file for
`nsenter --net=FILE`, BALL_SERVER_ADDRESS and BALL_CLIENT_ADDRESS the addresses, BALL_BAD_NETWORK is the process
that a signal goes to, and BALL_CARRIED_BY is netem or impairer. Without COMMAND it prints these six as one JSON
object when all is ready, and stays until SIGINT or SIGTERM. Everything is gone when it has ended.

  --both SETTINGS        what is done to the packets of either direction
  --to-client SETTINGS   what is done to those from the server to the client
  --to-server SETTINGS   what is done to those from the client to the server
  --with MEANS           who does it (default: auto):
                           netem      the kernel, at both ends of a veth cable; it draws by chance, whatever --seed says
                           impairer   this program, between two TUN interfaces
                           auto       netem where the kernel has it and it can do both directions, else the impairer
  --seed N               another run of bad luck; the same one loses the same packets again (default: 1)
  --blackout S           how long nothing arrives once SIGUSR1 came (default: 2)
  --counts FILE          at the end, what became of the packets, as JSON: netem's are what `tc -s` tells

SETTINGS are separated by commas, such as loss=5,delay=50. A later option takes the place of an earlier one.

  loss=PERCENT           lost by chance
  burst=PACKETS          so many lost in a row in the mean, by the model of Gilbert and Elliott (default: 1)
  delay=MS               one way
  jitter=MS              0 to MS are added to the delay, drawn anew every 5 ms (by netem for each packet); packets
                         stay in order
  reorder=PERCENT:MS     so many come MS later than the others, which overtake them; beside a delay the impairer's only
  duplicate=PERCENT      come twice
  rate=KBIT/S            a token bucket of 1500 bytes
  queue=MS               packets that would wait longer before the rate are lost (default: 200)
  blackout=START_S:LENGTH_S   nothing arrives in that time, counted from the program's start; the impairer's only

Exit status: COMMAND's; 2 the options cannot be used; 125 the networks could not be made (it needs root, or user
namespaces, and for the impairer /dev/net/tun).
)";
}

}  // namespace ball
