// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/network/crossing.h"
#include "tests/network/impairment.h"
#include "tests/network/netem.h"
#include "tests/network/network.h"
#include "tests/process/file.h"

namespace ball {

// A veth cable between two networks, with the kernel's own impairment (netem) at either end. It
// draws by chance: no two runs lose the same packets.
class NetemCrossing : public Crossing {
 public:
  struct End {
    const Network* network = nullptr;
    // What this end sends is impaired so.
    Impairment sends;
  };
  struct Made;

  // Joins two networks that have no eth0. Nothing is left of it where it fails.
  static Made Make(const std::array<End, 2>& ends);

  const char* name() const override { return "netem"; }
  bool Run(int signals, const std::function<bool()>& on_signal) override;
  void BlackOut(std::chrono::nanoseconds length) override;
  // What tc tells of each queueing discipline.
  std::string Counts() const override;

 private:
  explicit NetemCrossing(const std::array<End, 2>& ends);

  // Each: empty, or what failed.
  std::string LayCable() const;
  static std::string Impair(const End& end);
  std::string SetUpEnds() const;
  void Change(bool dark) const;

  const std::array<End, 2> ends_;
  // Of the end of a blackout.
  const File timer_;
};

// A crossing, or one sentence that says why there is none.
struct NetemCrossing::Made {
  std::unique_ptr<NetemCrossing> crossing;
  std::string error;
};

}  // namespace ball
