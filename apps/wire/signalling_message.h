// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

// How two peers find each other: TCP, one JSON object a line, UTF-8, the same bytes as aiortc's
// TcpSocketSignaling writes. The server listens and is the offerer.
//
//   client                                    server
//     | -- Hello (only where a token is asked) --> |
//     | <-- Offer (complete with candidates) ----- |
//     | -- Answer -------------------------------> |
//     | <-- Candidate, any number, optional -----> |
//     | <-- Bye, either side, ends the session --> |
//     | <-- ErrorMessage, then the server closes - |
namespace ball {

// The longest line either side may send, its end not counted: some hundred candidates fit.
inline constexpr size_t kMaxSignallingLine = size_t{256} * 1024;

struct Hello {
  std::string token;

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

  friend bool operator==(const ErrorMessage&, const ErrorMessage&) = default;
};

using SignallingMessage = std::variant<Hello, Offer, Answer, Candidate, Bye, ErrorMessage>;

// Reads one line without its end. Nothing where it is too long, not one strict JSON object
// (json_value.h), of an unknown type, or without a member that its type needs. Members nobody knows
// are ignored.
std::optional<SignallingMessage> ParseSignallingMessage(std::string_view line);

// One line without its end: sorted keys, ASCII, as Python's json.dumps(sort_keys=True) writes it.
std::string SerializeSignallingMessage(const SignallingMessage& message);

}  // namespace ball
