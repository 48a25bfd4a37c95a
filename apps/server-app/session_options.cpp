// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/session_options.h"

#include <chrono>
#include <cmath>

namespace ball {
namespace {

using std::chrono::milliseconds;

// A day.
constexpr double kMost = 86400;

double Seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

struct TimeOut {
  const char* option;
  double given;
  milliseconds* limit;
};

}  // namespace

RawSessionOptions::RawSessionOptions()
    : hello(Seconds(Reception::Settings{}.hello_limit)),
      answer(Seconds(SessionLimits{}.answer)),
      ice(Seconds(SessionLimits{}.ice)),
      dtls(Seconds(SessionLimits{}.dtls)),
      first_coordinate(Seconds(SessionLimits{}.first_coordinate)),
      idle(Seconds(SessionLimits{}.idle)),
      teardown(Seconds(ServerApp::Settings{}.teardown_limit)) {}

std::vector<GOptionEntry> SessionEntries(RawSessionOptions* raw) {
  return {
      {"hello-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &raw->hello,
       "With --token-file: how many seconds a client may take to its hello; this and the other "
       "time-outs take fractions, and 0 for no end (default: 10)",
       "S"},
      {"answer-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &raw->answer,
       "From the offer to the whole answer (default: 15)", "S"},
      {"ice-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &raw->ice,
       "From the answer to a network path; ICE itself may give up sooner (default: 15)", "S"},
      {"dtls-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &raw->dtls,
       "From the network path to the end of the DTLS handshake (default: 10)", "S"},
      {"first-coordinate-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &raw->first_coordinate,
       "From the first frame to the client's first coordinates; clients that only watch send none "
       "(default: 0, no end)",
       "S"},
      {"idle-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &raw->idle,
       "Without any packet of the client; one that only watches sends some every 6 s or more "
       "often. 0: no end while its signalling connection is open (default: 10)",
       "S"},
      {"teardown-timeout", 0, 0, G_OPTION_ARG_DOUBLE, &raw->teardown,
       "For an ended session's pipeline to stop; one that hangs is cut off and counted (default: "
       "5)",
       "S"},
      {"max-message-rate", 0, 0, G_OPTION_ARG_INT, &raw->message_rate,
       "Messages a second that a client may send, as many at once after a pause; who sends more is "
       "thrown out. 0: no limit (default: 2000)",
       "N"},
      {"tell-truth", 0, 0, G_OPTION_ARG_NONE, &raw->tell_truth,
       "Tell a client that asks (client-app --show-error) where the ball is in each frame: for "
       "showing, not for scoring clients that one does not trust (default: tell nobody)",
       nullptr},
      {}};
}

std::string ToSessionSettings(const RawSessionOptions& raw, ServerApp::Settings* settings) {
  SessionLimits& limits = settings->session.limits;
  const TimeOut time_outs[] = {
      {"--hello-timeout", raw.hello, &settings->reception.hello_limit},
      {"--answer-timeout", raw.answer, &limits.answer},
      {"--ice-timeout", raw.ice, &limits.ice},
      {"--dtls-timeout", raw.dtls, &limits.dtls},
      {"--first-coordinate-timeout", raw.first_coordinate, &limits.first_coordinate},
      {"--idle-timeout", raw.idle, &limits.idle},
      {"--teardown-timeout", raw.teardown, &settings->teardown_limit},
  };
  for (const TimeOut& time_out : time_outs) {
    if (!(time_out.given >= 0 && time_out.given <= kMost)) {
      return std::string(time_out.option) + " takes 0 to 86400 (s; 0: no end)";
    }
    // Up, since 0 is no end.
    *time_out.limit = milliseconds(static_cast<int64_t>(std::ceil(time_out.given * 1000)));
  }
  if (raw.message_rate < 0) return "--max-message-rate takes 0 or more";
  settings->session.media.peer.max_message_rate = static_cast<size_t>(raw.message_rate);
  settings->session.tell_truth = raw.tell_truth != FALSE;
  return {};
}

}  // namespace ball
