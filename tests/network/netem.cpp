// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/netem.h"

namespace ball {
namespace {

// More than are ever on their way: what is lost for want of room is the rate's business.
constexpr char kLimit[] = "20000";
// One packet of the usual size with its Ethernet header.
constexpr char kBucket[] = "1600b";
// Packets whose delay varies stay in order where netem has a rate; this one takes 1 us a packet.
constexpr char kNoRate[] = "10gbit";

void Append(Qdisc& qdisc, const Qdisc& more) {
  qdisc.insert(qdisc.end(), more.begin(), more.end());
}

std::string Percent(double part) { return std::to_string(100 * part) + "%"; }

std::string Microseconds(Impairment::Duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(time).count()) + "us";
}

// In bursts: the chances of a packet to begin and to end one.
Qdisc Loss(const Impairment& impairment) {
  if (impairment.burst <= 1) return {"loss", "random", Percent(impairment.loss)};
  const double leave = 1 / impairment.burst;
  const double enter = leave * impairment.loss / (1 - impairment.loss);
  return {"loss", "gemodel", Percent(enter), Percent(leave)};
}

Qdisc Delay(const Impairment& impairment) {
  if (impairment.jitter.count() == 0) return {"delay", Microseconds(impairment.delay)};
  const auto half = impairment.jitter / 2;
  return {"delay", Microseconds(impairment.delay + half), Microseconds(half), "rate", kNoRate};
}

Qdisc Netem(const Impairment& impairment) {
  Qdisc qdisc = {"root", "handle", "1:", "netem", "limit", kLimit};
  if (impairment.reorder > 0) {
    // Those that are not delayed overtake the others.
    Append(qdisc, {"delay", Microseconds(impairment.reorder_by), "reorder",
                   Percent(1 - impairment.reorder)});
  } else if (impairment.delay + impairment.jitter > Impairment::Duration::zero()) {
    Append(qdisc, Delay(impairment));
  }
  if (impairment.loss > 0) Append(qdisc, Loss(impairment));
  if (impairment.duplicate > 0) Append(qdisc, {"duplicate", Percent(impairment.duplicate)});
  return qdisc;
}

Qdisc TokenBucket(const Impairment& impairment) {
  return {"parent",
          "1:1",
          "handle",
          "10:",
          "tbf",
          "rate",
          std::to_string(static_cast<long long>(*impairment.rate)) + "bit",
          "burst",
          kBucket,
          "latency",
          Microseconds(impairment.queue)};
}

}  // namespace

std::optional<std::vector<Qdisc>> NetemQdiscs(const Impairment& impairment) {
  const bool delays = impairment.delay + impairment.jitter > Impairment::Duration::zero();
  if (impairment.blackout || (impairment.reorder > 0 && delays)) return {};
  std::vector<Qdisc> qdiscs = {Netem(impairment)};
  if (impairment.rate) qdiscs.push_back(TokenBucket(impairment));
  return qdiscs;
}

Qdisc DarkNetem(const Impairment& impairment) {
  Impairment dark = impairment;
  dark.loss = dark.burst = 1;
  return Netem(dark);
}

}  // namespace ball
