// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/source_watch.h"

#include <utility>

#include "apps/wire/number_text.h"

namespace ball {
namespace {

std::string Seconds(std::chrono::steady_clock::duration time) {
  return ShortNumber(std::chrono::duration<double>(time).count(), 1) + " s";
}

}  // namespace

SourceWatch::SourceWatch(const Limits& limits, Events events, Time started)
    : limits_(limits), events_(std::move(events)), started_(started) {}

void SourceWatch::Look(const std::optional<Time>& delivered, Time now) {
  if (!delivered) return LookForFirst(now);
  if (!silent_since_ && now - *delivered > limits_.silence) {
    silent_since_ = delivered;
    events_.on_note("the source has delivered no frame for " + Seconds(limits_.silence) +
                    ": the sessions wait for it; check --source and --encoder");
  } else if (silent_since_ && *delivered > *silent_since_) {
    const Time before = *std::exchange(silent_since_, std::nullopt);
    events_.on_note("the source delivers frames again, after " + Seconds(*delivered - before));
  }
}

void SourceWatch::LookForFirst(Time now) {
  if (now - started_ <= limits_.first || std::exchange(never_told_, true)) return;
  events_.on_never("it delivered no frame within " + Seconds(limits_.first) +
                   ": check --source and --encoder");
}

}  // namespace ball
