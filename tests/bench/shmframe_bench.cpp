// SPDX-License-Identifier: LGPL-2.1-or-later
// What it costs to make a frame describe itself, against gdppay and gdpdepay (which lose readers
// that join late) and against one copy of the frame, which shmsink makes in any case.
#include <benchmark/benchmark.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

struct HarnessTeardown {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};

std::string Caps(const benchmark::State& state) {
  return "video/x-raw,format=I420,width=" + std::to_string(state.range(0)) +
         ",height=" + std::to_string(state.range(1)) + ",framerate=30/1";
}

size_t FrameSize(const benchmark::State& state) {
  return static_cast<size_t>(state.range(0) * state.range(1) * 3 / 2);
}

// One frame there and back, the same memory each time.
void RunChain(benchmark::State& state, const char* chain) {
  const std::unique_ptr<GstHarness, HarnessTeardown> harness(gst_harness_new_parse(chain));
  gst_harness_set_src_caps_str(harness.get(), Caps(state).c_str());
  std::vector<uint8_t> bytes(FrameSize(state), 1);
  GstClockTime pts = 0;
  for (auto _ : state) {
    GstBuffer* frame = gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, bytes.data(),
                                                   bytes.size(), 0, bytes.size(), nullptr, nullptr);
    GST_BUFFER_PTS(frame) = pts += GST_SECOND / 30;
    gst_harness_push(harness.get(), frame);
    gst_buffer_unref(gst_harness_pull(harness.get()));
  }
}

void BM_ShmPayAndDepay(benchmark::State& state) { RunChain(state, "shmpay ! shmdepay"); }
void BM_GdpPayAndDepay(benchmark::State& state) { RunChain(state, "gdppay ! gdpdepay"); }
void BM_Identity(benchmark::State& state) { RunChain(state, "identity ! identity"); }

void BM_MemcpyOfTheFrame(benchmark::State& state) {
  const std::vector<uint8_t> from(FrameSize(state), 1);
  std::vector<uint8_t> to(FrameSize(state));
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({640, 480})->Args({1280, 720})->Args({1920, 1080})->Args({3840, 2160});
  bench->Unit(benchmark::kMicrosecond);
}

BENCHMARK(BM_ShmPayAndDepay)->Apply(Sizes);
BENCHMARK(BM_GdpPayAndDepay)->Apply(Sizes);
BENCHMARK(BM_Identity)->Apply(Sizes);
BENCHMARK(BM_MemcpyOfTheFrame)->Apply(Sizes);

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
