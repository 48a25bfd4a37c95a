// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/trickled_candidates.h"

#include <utility>

namespace ball {

void TrickledCandidates::Add(const Candidate& candidate) {
  if (early_) return early_->push_back(candidate);
  PassOn(candidate);
}

void TrickledCandidates::OnDescription() {
  const auto early = std::exchange(early_, {});
  if (!early) return;
  for (const Candidate& candidate : *early) PassOn(candidate);
}

void TrickledCandidates::PassOn(const Candidate& candidate) {
  g_signal_emit_by_name(webrtcbin_.get(), "add-ice-candidate", static_cast<guint>(candidate.m_line),
                        candidate.candidate.c_str());
}

}  // namespace ball
