// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <random>
#include <string>

#include "apps/compare/report.h"
#include "apps/compare/truth_ledger.h"
#include "tests/apps/compare/ledger_scene.h"

namespace ball {

// A session of `frames` frames, all answered with stages of random length.
inline LedgerSummary SummaryOfASession(uint32_t frames) {
  using std::chrono::microseconds;
  TruthLedger ledger;
  std::mt19937 random(7);
  for (uint32_t n = 0; n < frames; ++n) {
    ledger.FrameDrawn(Drawn(VisibleFrame(n)));
    ledger.FrameSent(VisibleFrame(n));
    CoordinateMessage message = FoundAt(n, n + static_cast<double>(random() % 100) / 300, 0);
    const auto part = [&random] { return microseconds(random() % 777); };
    StageTimes stages;
    stages.decoded = part();
    stages.handed_over = stages.decoded + part();
    stages.located = stages.handed_over + part();
    stages.sent = stages.located + part();
    message.stages = stages;
    message.arrived = microseconds(n * 10'000 + 5000) + part();
    ledger.Receive(message, Ms(n * 10.0 + 1) + stages.sent + part());
  }
  ledger.Close(Ms(frames * 10.0));
  return ledger.Summarize();
}

inline SessionReport SessionOf(LedgerSummary ledger) {
  using Seconds = std::chrono::duration<double>;
  return {1, "127.0.0.1:53412", Seconds(0.4), Seconds(59.25), "bye", ledger};
}

inline Report ReportOf(SessionReport session) {
  return {"0.1.0",
          "2024-05-06T07:08:09Z",
          std::chrono::duration<double>(60),
          {640, 480, "30/1", "VP8", 2'000'000},
          {session}};
}

}  // namespace ball
