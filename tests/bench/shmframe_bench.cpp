// SPDX-License-Identifier: LGPL-2.1-or-later
// What it costs to make a frame describe itself, against gdppay and gdpdepay (which lose readers
// that join late) and against one copy of the frame, which shmsink makes in any case.
#include <benchmark/benchmark.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
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

struct ObjectUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
using ElementPtr = std::unique_ptr<GstElement, ObjectUnref>;

ElementPtr Launch(const std::string& line) {
  return ElementPtr(GST_ELEMENT(gst_object_ref_sink(gst_parse_launch(line.c_str(), nullptr))));
}

// From the frame's entry into shmpay to its exit from shmdepay, through a real socket and area.
// Writer and reader are two pipelines of one process: a thread switch, as between processes.
void BM_ThroughSharedMemory(benchmark::State& state) {
  g_autofree gchar* directory = g_dir_make_tmp("ball-bench-XXXXXX", nullptr);
  const std::string socket = std::string(directory) + "/frames";
  const size_t size = FrameSize(state);
  const ElementPtr writer = Launch(
      "appsrc name=src format=time caps=\"" + Caps(state) + "\" ! shmpay ! shmsink sync=false " +
      "async=false enable-last-sample=false shm-size=" + std::to_string(3 * (size + 256)) +
      " socket-path=" + socket);
  const ElementPtr reader = Launch("shmsrc is-live=true socket-path=" + socket +
                                   " ! shmdepay ! appsink name=sink sync=false async=false "
                                   "enable-last-sample=false");
  gst_element_set_state(writer.get(), GST_STATE_PLAYING);
  gst_element_set_state(reader.get(), GST_STATE_PLAYING);
  const ElementPtr source(gst_bin_get_by_name(GST_BIN(writer.get()), "src"));
  const ElementPtr sink(gst_bin_get_by_name(GST_BIN(reader.get()), "sink"));
  std::vector<uint8_t> bytes(size, 1);
  for (auto _ : state) {
    gst_app_src_push_buffer(
        GST_APP_SRC(source.get()),
        gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, bytes.data(), bytes.size(), 0,
                                    bytes.size(), nullptr, nullptr));
    g_autoptr(GstSample) sample =
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), 5 * GST_SECOND);
    if (sample == nullptr) {
      state.SkipWithError("no frame came through");
      break;
    }
  }
  gst_element_set_state(reader.get(), GST_STATE_NULL);
  gst_element_set_state(writer.get(), GST_STATE_NULL);
  g_rmdir(directory);
}

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
BENCHMARK(BM_ThroughSharedMemory)->Apply(Sizes)->UseRealTime();
BENCHMARK(BM_MemcpyOfTheFrame)->Apply(Sizes);

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
