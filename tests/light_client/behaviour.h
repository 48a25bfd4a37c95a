// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ball {

// What a light client does that others do not.
enum class Behaviour {
  kAnswers,        // every frame, and says bye
  kVanishes,       // answers every frame, and goes without a word
  kNoAnswer,       // never answers the offer
  kSlowAnswer,     // sends its answer a byte a second
  kNoIce,          // answers no connectivity check
  kNoDtls,         // begins no handshake
  kNoChannel,      // opens no data channel
  kClosesChannel,  // closes it after some frames, and stays
  kFloods,         // sends 10,000 messages a second
  kGarbles,        // after each answer sends what is none, or another session's
  kForges,         // answers with the fingerprint of another certificate
};

struct NamedBehaviour {
  std::string_view name;
  Behaviour behaviour;
};

inline constexpr std::array<NamedBehaviour, 11> kBehaviours = {{
    {"answers", Behaviour::kAnswers},
    {"vanishes", Behaviour::kVanishes},
    {"no-answer", Behaviour::kNoAnswer},
    {"slow-answer", Behaviour::kSlowAnswer},
    {"no-ice", Behaviour::kNoIce},
    {"no-dtls", Behaviour::kNoDtls},
    {"no-channel", Behaviour::kNoChannel},
    {"closes-channel", Behaviour::kClosesChannel},
    {"floods", Behaviour::kFloods},
    {"garbles", Behaviour::kGarbles},
    {"forges", Behaviour::kForges},
}};

inline std::optional<Behaviour> ParseBehaviour(std::string_view name) {
  for (const NamedBehaviour& named : kBehaviours) {
    if (named.name == name) return named.behaviour;
  }
  return std::nullopt;
}

// Whether it ever sends coordinates.
inline bool Streams(Behaviour behaviour) {
  return behaviour == Behaviour::kAnswers || behaviour == Behaviour::kVanishes ||
         behaviour == Behaviour::kClosesChannel || behaviour == Behaviour::kFloods ||
         behaviour == Behaviour::kGarbles;
}

}  // namespace ball
