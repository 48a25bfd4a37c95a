// SPDX-License-Identifier: LGPL-2.1-or-later
// What one frame costs the streaming thread: ballsrc beside videotestsrc pattern=ball.
//
// Downstream holds on to the last few buffers, as encoders do, so that several are in use in turn.
// The first frames, for which buffers are made and backgrounds painted, are not counted.
#include <benchmark/benchmark.h>
#include <gst/gst.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWarmUp = 20;
constexpr size_t kHeld = 4;

class Downstream {
 public:
  explicit Downstream(int frames) { seconds_.reserve(frames); }
  ~Downstream() {
    for (GstBuffer* buffer : held_) gst_clear_buffer(&buffer);
  }
  Downstream(const Downstream&) = delete;
  Downstream& operator=(const Downstream&) = delete;

  static GstPadProbeReturn OnBuffer(GstPad*, GstPadProbeInfo* info, gpointer downstream) {
    static_cast<Downstream*>(downstream)->Take(GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
  }

  // The median, so that other work on the machine matters little.
  double SecondsPerFrame() {
    const auto middle = seconds_.begin() + static_cast<ptrdiff_t>(seconds_.size() / 2);
    std::nth_element(seconds_.begin(), middle, seconds_.end());
    return *middle;
  }

 private:
  void Take(GstBuffer* buffer) {
    const auto now = Clock::now();
    if (++taken_ > kWarmUp)
      seconds_.push_back(std::chrono::duration<double>(now - before_).count());
    gst_buffer_replace(&held_[taken_ % kHeld], buffer);
    before_ = now;
  }

  int taken_ = 0;
  std::array<GstBuffer*, kHeld> held_{};
  std::vector<double> seconds_;
  Clock::time_point before_;
};

std::string CapsOf(const benchmark::State& state, const char* format) {
  return std::string("video/x-raw,framerate=30/1,format=") + format +
         ",width=" + std::to_string(state.range(0)) + ",height=" + std::to_string(state.range(1));
}

double SecondsPerFrame(const std::string& source, const std::string& caps, int frames) {
  Downstream downstream(frames);
  const std::string description = source +
                                  " name=source num-buffers=" + std::to_string(kWarmUp + frames) +
                                  " ! " + caps + " ! fakesink";
  g_autoptr(GstElement) pipeline = gst_parse_launch(description.c_str(), nullptr);
  g_autoptr(GstElement) element = gst_bin_get_by_name(GST_BIN(pipeline), "source");
  g_autoptr(GstPad) pad = gst_element_get_static_pad(element, "src");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, Downstream::OnBuffer, &downstream, nullptr);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
      bus, GST_CLOCK_TIME_NONE, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_element_set_state(pipeline, GST_STATE_NULL);
  return GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS ? downstream.SecondsPerFrame() : -1;
}

void Frame(benchmark::State& state, const char* source, const char* format, int frames) {
  for (auto _ : state) {
    const double seconds = SecondsPerFrame(source, CapsOf(state, format), frames);
    if (seconds < 0) state.SkipWithError("the pipeline failed: is GST_PLUGIN_PATH set?");
    state.SetIterationTime(seconds);
  }
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Args({640, 480})->Args({1280, 720})->Args({1920, 1080})->Args({3840, 2160});
  benchmark->UseManualTime()->Unit(benchmark::kMicrosecond)->Iterations(1);
}

BENCHMARK_CAPTURE(Frame, ballsrc_i420, "ballsrc", "I420", 2000)->Apply(Sizes);
BENCHMARK_CAPTURE(Frame, ballsrc_bgrx, "ballsrc", "BGRx", 2000)->Apply(Sizes);
BENCHMARK_CAPTURE(Frame, ballsrc_noise, "ballsrc background=noise", "I420", 2000)->Apply(Sizes);
BENCHMARK_CAPTURE(Frame, ballsrc_radius_200, "ballsrc radius=200", "I420", 500)->Apply(Sizes);
BENCHMARK_CAPTURE(Frame, ballsrc_5_distractors, "ballsrc distractors=5", "I420", 2000)
    ->Apply(Sizes);
BENCHMARK_CAPTURE(Frame, videotestsrc_ball, "videotestsrc pattern=ball", "I420", 20)->Apply(Sizes);

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
