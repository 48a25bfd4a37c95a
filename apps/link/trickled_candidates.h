// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>
#include <utility>
#include <vector>

#include "apps/link/glib_ptr.h"
#include "apps/wire/signalling_message.h"

namespace ball {

// Hands a peer's candidates that come on their own to webrtcbin, once that has the description
// which they belong to. One thread at a time.
class TrickledCandidates {
 public:
  explicit TrickledCandidates(Ref<GstElement> webrtcbin) : webrtcbin_(std::move(webrtcbin)) {}

  // False where this one is more than any peer needs (256).
  bool Count() { return ++count_ <= kMost; }
  void Add(const Candidate& candidate);
  // webrtcbin has the description.
  void OnDescription();

 private:
  // A host has some addresses, and a candidate or two for each.
  static constexpr size_t kMost = 256;

  void PassOn(const Candidate& candidate);

  const Ref<GstElement> webrtcbin_;
  size_t count_ = 0;
  // Nothing any more once there is the description.
  std::optional<std::vector<Candidate>> early_{std::in_place};
};

}  // namespace ball
