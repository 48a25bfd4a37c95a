// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/encoder_choice.h"

#include <algorithm>
#include <cmath>

namespace ball {
namespace {

constexpr double kSecondsPerPixel = 3e-9;
constexpr double kFrameLimit = 3e-3;  // s
constexpr int kMaxThreads = 8;
constexpr int kMaxPartitions = 3;
constexpr double kShareOfIdleCores = 0.5;
// A core that is idle but for a timer now and then is idle.
constexpr double kRounding = 0.25;

int FloorLog2(int number) { return number < 2 ? 0 : 1 + FloorLog2(number / 2); }

// VP8: 16 takes 0.9 ms a frame of 640x480 against 2.3 ms with 8, for a ball of the same quality.
int HighestSpeed(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return 16;
    case Codec::kVp9:
      return 9;
    case Codec::kH264:
      return 0;
  }
  return 0;
}

}  // namespace

int WantedThreads(const EncoderTask& task) {
  const double alone = kSecondsPerPixel * task.width * task.height;
  const double limit =
      task.framerate > 0 ? std::min(kFrameLimit, 0.5 / task.framerate) : kFrameLimit;
  return static_cast<int>(std::clamp(std::ceil(alone / limit), 1.0, double{kMaxThreads}));
}

EncoderChoice ChooseEncoder(const EncoderTask& task, double idle_cores) {
  const double share = (idle_cores + kRounding) * kShareOfIdleCores;
  const int spare = static_cast<int>(std::clamp(share, 1.0, double{kMaxThreads}));
  return EncoderWithThreads(task.codec, std::min(WantedThreads(task), spare));
}

EncoderChoice EncoderWithThreads(Codec codec, int threads) {
  EncoderChoice choice;
  choice.threads = threads;
  choice.partitions = codec == Codec::kH264 ? 0 : std::min(FloorLog2(threads), kMaxPartitions);
  choice.speed = HighestSpeed(codec);
  return choice;
}

std::vector<std::pair<std::string, int>> EncoderProperties(const std::string& element,
                                                           const EncoderChoice& choice) {
  if (element == "vp8enc") {
    return {{"threads", choice.threads},
            {"token-partitions", choice.partitions},
            {"cpu-used", choice.speed}};
  }
  if (element == "vp9enc") {
    return {{"threads", choice.threads},
            {"tile-columns", choice.partitions},
            {"row-mt", choice.threads > 1 ? 1 : 0},
            {"cpu-used", choice.speed}};
  }
  if (element == "x264enc") return {{"threads", choice.threads}};
  if (element == "openh264enc") return {{"multi-thread", choice.threads}};
  return {};
}

}  // namespace ball
