// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>

#include "apps/compare/instant.h"
#include "apps/compare/network_report.h"
#include "apps/link/receiver_report.h"
#include "apps/server-app/loss_share.h"
#include "apps/server-app/overshoot.h"
#include "apps/server-app/queue_gauge.h"

namespace ball {

// bit/s of the encoded video.
struct RateLimits {
  int least = 150000;
  int most = 2000000;
};

// What one session's network takes, as one would find out by hand: send more until a queue builds
// up or packets are lost, then send what came through, and a little less.
//
// A queue is seen by the time of a frame and its answer under way (without the time spent in the
// client), and by the round trip of receiver reports: the shortest of either in the last moment,
// against the shortest of the last half minute. So neither jitter nor frames that waited for
// repeated packets are taken for one. For its first half minute a session also has the round trip
// of its SCTP handshake, as the queue may be full from the first frame on. A moment is six round
// trips, and 400 ms at least (1.6 s for a client that tells no times).
//
//   queue over 50 ms     the rate becomes what came through, less 15 % (50 % for half a second and
//                        more) until the queue is gone, then less 15 %; of a rate that is not used
//                        that share is taken away until the queue is gone
//   loss over 10 %       the rate is lowered by half of that share, at each hundred packets, and at
//                        each report while no frame is answered
//   requests for packets it is halved each second: the network loses all that is sent
//   or key frames, but
//   no answer or report,
//   for a second
//   none of these        it grows by 8 % a second: if it is used, or the network is not, or there
//                        never was a queue, or none for half a minute
//
// A rate is used where the encoder makes 60 % of it, a network where it makes 60 % of what came
// through when there was a queue, or since. Of a simple scene an encoder makes a small part of the
// rate, and the coarser the less: the rate must grow then, too.
//
// Times and sizes are arguments. One thread at a time.
class SessionRate {
 public:
  explicit SessionRate(const RateLimits& limits)
      : limits_(limits), rate_(limits.most), lowest_(limits.most) {}

  // A frame of so many bytes was answered. `travel`: both ways; nothing where it is not known.
  void Answered(Instant now, size_t bytes, const std::optional<std::chrono::nanoseconds>& travel);
  void Reported(Instant now, const ReceiverReport& report);
  // There and back took so long before any media was sent. The shortest counts.
  void PathTook(Instant now, std::chrono::nanoseconds round_trip);
  // The client asked for packets or a key frame.
  void Requested(Instant now);

  // Every tenth of a second. `made`: what the encoder made of late, `asked`: what it was asked for,
  // which is less than the rate where another session takes less, bit/s. The rate.
  int Update(Instant now, double made, int asked);

  int rate() const { return rate_; }
  // Whether the client said anything of late. One that did not slows nobody down.
  bool Heard(Instant now) const;
  // For how long nothing should be sent, so that a queue gets empty which even the lowest rate
  // fills.
  std::chrono::milliseconds Pause() const { return pause_; }
  // What it saw so far, for the report.
  NetworkReport Report() const;

 private:
  std::chrono::nanoseconds Queue(Instant now);
  std::optional<std::chrono::nanoseconds> WithoutQueue(Instant now) const;
  double CameThrough(Instant now) const;
  void Cut(Instant now, std::chrono::nanoseconds queue, double made, int asked);
  bool SaidOfLate(Instant now) const;
  bool Starves(Instant now) const;
  void Grow(Instant now, std::chrono::duration<double> since, double made, int asked);
  int Within(double rate) const;
  void Lower(double rate);

  const RateLimits limits_;
  int rate_;
  int lowest_;
  size_t cuts_ = 0;
  std::chrono::nanoseconds longest_queue_{};
  // What came through at the last cut.
  std::optional<double> taken_;
  // What the network takes, as far as that is known.
  std::optional<double> capacity_;
  bool draining_ = false;
  Instant last_cut_{};
  std::optional<Instant> last_update_;
  std::optional<Instant> last_requested_;
  // Since when it asks without a pause.
  Instant asks_since_{};
  // When the first frame that was answered was sent.
  std::optional<Instant> began_;
  // The last answer or report.
  std::optional<Instant> last_said_;
  std::chrono::milliseconds pause_{};
  QueueGauge answers_;
  QueueGauge reports_;
  std::optional<std::pair<Instant, std::chrono::nanoseconds>> path_;
  LossShare loss_;
  std::deque<std::pair<Instant, size_t>> answered_;  // of the last second
  std::optional<double> lost_;
  std::optional<std::chrono::nanoseconds> round_trip_;
};

// The one encoder's bit rate for all sessions: what the slowest one takes that is heard of, never
// less than the limits say. One thread at a time.
class RateController {
 public:
  explicit RateController(const RateLimits& limits) : limits_(limits) {}

  // That session's, made where it is new.
  SessionRate& Of(int session) { return sessions_.try_emplace(session, limits_).first->second; }
  void Leave(int session) { sessions_.erase(session); }
  // Every tenth of a second. `bytes`: what the encoder made in all.
  int Update(Instant now, size_t bytes);
  // Whether the encoder makes much more than that, or did of late.
  bool overshoots() const { return overshoots_; }

 private:
  // bit/s over the last second.
  double Made(Instant now, size_t bytes);

  const RateLimits limits_;
  int asked_ = limits_.most;
  std::map<int, SessionRate> sessions_;
  std::deque<std::pair<Instant, size_t>> made_;
  Overshoot overshoot_;
  bool overshoots_ = false;
};

}  // namespace ball
