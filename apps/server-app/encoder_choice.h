// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apps/link/codec.h"

namespace ball {

// What an encoder has to do.
struct EncoderTask {
  Codec codec = Codec::kVp8;
  int width = 640;  // px
  int height = 480;
  double framerate = 30;  // frames a second; 0 where it varies
};

// How an encoder is set up so that a frame is through it soonest.
struct EncoderChoice {
  int threads = 1;
  // VP8 token partitions and VP9 tile columns, as the power of two: what threads can share.
  int partitions = 0;
  // vp8enc's and vp9enc's cpu-used, the highest that the codec has; 0 where there is none.
  int speed = 0;

  friend bool operator==(const EncoderChoice&, const EncoderChoice&) = default;
};

// The threads that would make it fast enough if there were cores for them, 1 to 8: a core encodes a
// pixel in some 3 ns (VP8 and VP9 at their highest speed, H.264 "ultrafast"), and a frame should
// take no more than 3 ms, nor half the time to the next one.
int WantedThreads(const EncoderTask& task);

// `idle_cores`: processors that nobody uses, as MachineLoad tells. Half of them at most become
// threads, one at least: the threads of libvpx wait for each other in a loop, so where one of them
// has no core of its own, all are slow (measured at 1920x1080 on two idle cores: a frame takes 4.7
// ms with one thread and 11.5 ms with two, which leave none for the rest).
EncoderChoice ChooseEncoder(const EncoderTask& task, double idle_cores);
// The same with so many threads, whatever the machine does.
EncoderChoice EncoderWithThreads(Codec codec, int threads);

// The same as the properties of `element`, by name and value: an encoder of the codec that
// EncoderFragment may name.
std::vector<std::pair<std::string, int>> EncoderProperties(const std::string& element,
                                                           const EncoderChoice& choice);

}  // namespace ball
