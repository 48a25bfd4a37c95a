// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/impairer.h"

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace ball {
namespace {

using Instant = Link::Instant;

constexpr size_t kLargestPacket = 65'535;

Instant Now() { return std::chrono::steady_clock::now(); }

// steady_clock is the clock that timerfd calls monotonic.
itimerspec At(Instant instant) {
  const auto since = instant.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  itimerspec timer{};
  timer.it_value.tv_sec = seconds.count();
  // Of all zeros it would never fire.
  timer.it_value.tv_nsec = std::max<long>(1, std::chrono::nanoseconds(since - seconds).count());
  return timer;
}

std::string Json(const Link::Counts& counts, uint64_t refused) {
  return "{\"sent\":" + std::to_string(counts.sent) +
         ",\"delivered\":" + std::to_string(counts.delivered) +
         ",\"lost\":" + std::to_string(counts.lost) +
         ",\"overflowed\":" + std::to_string(counts.overflowed) +
         ",\"blacked_out\":" + std::to_string(counts.blacked_out) +
         ",\"duplicated\":" + std::to_string(counts.duplicated) +
         ",\"reordered\":" + std::to_string(counts.reordered) +
         ",\"refused\":" + std::to_string(refused) + "}";
}

}  // namespace

Impairer::Impairer(const std::array<Side, 2>& sides, uint64_t seed)
    // The two ways must not lose their packets alike.
    : links_{Link(sides[0].sends, 2 * seed, Now()), Link(sides[1].sends, 2 * seed + 1, Now())},
      tuns_{sides[0].tun, sides[1].tun},
      timer_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}

bool Impairer::Run(int signals, const std::function<bool()>& on_signal) {
  std::array<pollfd, 4> watched{{{tuns_[0], POLLIN, 0},
                                 {tuns_[1], POLLIN, 0},
                                 {timer_.number(), POLLIN, 0},
                                 {signals, POLLIN, 0}}};
  while (true) {
    Deliver();
    if (!SetTimer()) return false;
    if (poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return false;
    if (watched[0].revents != 0) TakeFrom(0);
    if (watched[1].revents != 0) TakeFrom(1);
    if (watched[3].revents != 0 && !on_signal()) return true;
  }
}

void Impairer::BlackOut(std::chrono::nanoseconds length) {
  for (Link& link : links_) link.BlackOut(Now() + length);
}

std::string Impairer::Counts() const {
  return "{\"to_client\":" + Json(links_[0].counts(), refused_[0]) +
         ",\"to_server\":" + Json(links_[1].counts(), refused_[1]) + "}";
}

void Impairer::TakeFrom(size_t side) {
  static std::array<uint8_t, kLargestPacket> bytes;
  while (true) {
    const ssize_t length = read(tuns_[side], bytes.data(), bytes.size());
    if (length <= 0) return;
    links_[side].Send(Link::Packet(bytes.data(), bytes.data() + length), Now());
    // With nothing to wait for it goes on before the next one is read.
    Deliver();
  }
}

void Impairer::Deliver() {
  for (size_t side = 0; side < links_.size(); ++side) {
    while (const std::optional<Link::Packet> packet = links_[side].Receive(Now())) {
      if (write(tuns_[1 - side], packet->data(), packet->size()) < 0) ++refused_[side];
    }
  }
}

bool Impairer::SetTimer() {
  std::optional<Instant> next;
  for (const Link& link : links_) {
    const std::optional<Instant> due = link.NextDue();
    if (due && (!next || *due < *next)) next = due;
  }
  // All zeros: it does not fire.
  const itimerspec timer = next ? At(*next) : itimerspec{};
  return timerfd_settime(timer_.number(), TFD_TIMER_ABSTIME, &timer, nullptr) == 0;
}

}  // namespace ball
