// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "apps/wire/json_value.h"

// How two peers find each other: TCP, one JSON object a line, UTF-8, the same bytes as aiortc's
// TcpSocketSignaling writes. The server listens and is the offerer.
//
//   client                                    server
//     | -- Hello (who shows or wants something) --------> |
//     | <-- Offer (complete with candidates) ------------ |
//     | -- Answer --------------------------------------> |
//     | <-- Candidate, any number, optional ------------> |
//     | <-- ReportMessage (only who asked for it) ------- |
//     | <-- Bye, either side, ends the session ---------> |
//     | <-- ErrorMessage, then the server closes -------- |
//
// A probe asks a program how it is, instead of all that:
//
//     | -- Check ---------------------------------------> |
//     | <-- Status, then it closes ---------------------- |
namespace ball {

// The longest line either side may send, its end not counted: some hundred candidates fit.
inline constexpr size_t kMaxSignallingLine = size_t{256} * 1024;

// The first line of a client that has something to say before the offer.
struct Hello {
  std::string token;    // empty for none
  bool report = false;  // send me the session's report at its end
  bool truth = false;   // tell me where the ball is in each frame, on the data channel "session"

  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Offer {
  std::string sdp;

  friend bool operator==(const Offer&, const Offer&) = default;
};

struct Answer {
  std::string sdp;

  friend bool operator==(const Answer&, const Answer&) = default;
};

// One ICE candidate ("candidate:..."; empty: there are no more), for the m-line of index `m_line`
// (0 to kMaxMLine), whose a=mid is `mid` (empty where the peer does not say).
struct Candidate {
  std::string candidate;
  std::string mid;
  int m_line = 0;

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// More m-lines than any description that fits a line can have.
inline constexpr int kMaxMLine = 65535;

struct Bye {
  friend bool operator==(const Bye&, const Bye&) = default;
};

// What went wrong, a sentence for a person. It comes from the peer: not fit for a terminal as is.
struct ErrorMessage {
  std::string message;
  bool retry = false;  // it may be otherwise at another time, or at another server

  friend bool operator==(const ErrorMessage&, const ErrorMessage&) = default;
};

// How a session went, before the server's bye: the session's object of the report that the server
// writes, and the report's description of the video (empty where the peer does not say). What is in
// them is apps/compare's.
struct ReportMessage {
  json::Object report;
  json::Object video;

  friend bool operator==(const ReportMessage&, const ReportMessage&) = default;
};

struct Check {
  friend bool operator==(const Check&, const Check&) = default;
};

// How a program is. Counts from 0 to kMaxStatusCount.
struct Status {
  bool ready = false;  // it would do its work for one more
  bool live = false;   // it works
  int sessions = 0;
  int max_sessions = 0;
  int cut_off = 0;  // sessions that did not end in time; who does not say has none

  friend bool operator==(const Status&, const Status&) = default;
};

inline constexpr int kMaxStatusCount = 1'000'000;

using SignallingMessage =
    std::variant<Hello, Offer, Answer, Candidate, Bye, ErrorMessage, ReportMessage, Check, Status>;

// Reads one line without its end. Nothing where it is too long, not one strict JSON object
// (json_value.h), of an unknown type, or without a member that its type needs (a hello: one of its
// three). Members nobody knows are ignored.
std::optional<SignallingMessage> ParseSignallingMessage(std::string_view line);

// Why ParseSignallingMessage() refuses the line, in a few words for who sent it; nothing of the
// line is in it. Empty where it takes it.
std::string WhyNoSignallingMessage(std::string_view line);

// One line without its end: sorted keys, ASCII, as Python's json.dumps(sort_keys=True) writes it.
// (In a report the keys keep their order.)
std::string SerializeSignallingMessage(const SignallingMessage& message);

}  // namespace ball
