// SPDX-License-Identifier: LGPL-2.1-or-later
// The bare parts of the loop, each timed alone: encode, decode, locate. Their sum is what the loop
// cannot be faster than. The elements are those of the programs, without network, threads, queues
// or processes around them; frames come at the loop's own pace, so that caches and clocks are as
// cold as there, or back to back with --fps=0.
#include <glib.h>
#include <gst/app/gstappsink.h>
#include <gst/check/gstharness.h>
#include <gst/gst.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "apps/link/command_line.h"

namespace ball {
namespace {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

constexpr int kNominalFps = 30;  // the encoder's bits a frame depend on it
constexpr int kWarmUp = 10;      // the key frame, and what is allocated once

struct Options {
  int width = 640;
  int height = 480;
  int fps = 30;
  int frames = 120;
  // As server-app sets it up where two cores are idle.
  std::string encoder =
      "vp8enc deadline=1 cpu-used=16 end-usage=cbr lag-in-frames=0 keyframe-max-dist=1000000 "
      "target-bitrate=2000000 threads=1";
};

struct HarnessTeardown {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};

// One element or chain that makes one buffer of each.
class Part {
 public:
  Part(const char* name, const std::string& chain)
      : name_(name), harness_(gst_harness_new_parse(chain.c_str())) {}

  void SetCaps(GstCaps* caps) { gst_harness_set_src_caps(harness_.get(), gst_caps_ref(caps)); }

  // Of what it makes; null before the first buffer.
  GstCaps* MadeCaps() const { return gst_pad_get_current_caps(harness_->sinkpad); }

  // Takes the buffer; null where nothing came of it.
  GstBuffer* Run(GstBuffer* buffer) {
    const auto begin = Clock::now();
    gst_harness_push(harness_.get(), buffer);
    times_.emplace_back(Clock::now() - begin);
    return gst_harness_try_pull(harness_.get());
  }

  std::string Json() {
    times_.erase(times_.begin(), times_.begin() + std::min<ptrdiff_t>(kWarmUp, times_.size()));
    std::sort(times_.begin(), times_.end());
    char text[128];
    std::snprintf(text, sizeof text, R"("%s":{"p50":%.1f,"p95":%.1f})", name_, At(50), At(95));
    return text;
  }

 private:
  double At(size_t percent) const {
    return times_.empty() ? 0 : times_[(times_.size() - 1) * percent / 100].count();
  }

  const char* name_;
  std::unique_ptr<GstHarness, HarnessTeardown> harness_;
  std::vector<Microseconds> times_;
};

// Draws frames as they are asked for, a few ahead.
class Source {
 public:
  explicit Source(const Options& options) {
    const std::string text =
        "ballsrc ! video/x-raw,format=I420,width=" + std::to_string(options.width) +
        ",height=" + std::to_string(options.height) +
        ",framerate=" + std::to_string(options.fps > 0 ? options.fps : kNominalFps) +
        "/1 ! appsink name=sink sync=false max-buffers=2";
    pipeline_ = GST_ELEMENT(gst_object_ref_sink(gst_parse_launch(text.c_str(), nullptr)));
    sink_ = gst_bin_get_by_name(GST_BIN(pipeline_), "sink");
    gst_element_set_state(pipeline_, GST_STATE_PLAYING);
  }
  ~Source() {
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    gst_object_unref(sink_);
    gst_object_unref(pipeline_);
  }
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  GstSample* Next() { return gst_app_sink_try_pull_sample(GST_APP_SINK(sink_), 5 * GST_SECOND); }

 private:
  GstElement* pipeline_ = nullptr;
  GstElement* sink_ = nullptr;
};

class Chain {
 public:
  explicit Chain(const Options& options) : encode_("encode", options.encoder) {}

  // The frame through all parts; false where one of them made nothing of it.
  bool Run(GstSample* drawn) {
    if (first_) encode_.SetCaps(gst_sample_get_caps(drawn));
    GstBuffer* encoded = encode_.Run(gst_buffer_ref(gst_sample_get_buffer(drawn)));
    if (encoded == nullptr) return false;
    if (first_) Follow(encode_, decode_);
    GstBuffer* decoded = decode_.Run(encoded);
    if (decoded == nullptr) return false;
    if (first_) Follow(decode_, locate_);
    first_ = false;
    GstBuffer* located = locate_.Run(decoded);
    if (located == nullptr) return false;
    gst_buffer_unref(located);
    return true;
  }

  std::string Json() { return encode_.Json() + "," + decode_.Json() + "," + locate_.Json(); }

 private:
  static void Follow(const Part& before, Part& after) {
    g_autoptr(GstCaps) caps = before.MadeCaps();
    after.SetCaps(caps);
  }

  Part encode_;
  Part decode_{"decode", "vp8dec threads=1"};
  Part locate_{"locate", "balllocate"};
  bool first_ = true;
};

bool Run(const Options& options) {
  Source source(options);
  Chain chain(options);
  const auto begin = Clock::now();
  for (int frame = 0; frame < options.frames + kWarmUp; ++frame) {
    g_autoptr(GstSample) drawn = source.Next();
    if (drawn == nullptr) return false;
    if (options.fps > 0) {
      std::this_thread::sleep_until(
          begin + frame * std::chrono::nanoseconds(std::chrono::seconds(1)) / options.fps);
    }
    if (!chain.Run(drawn)) return false;
  }
  std::printf("{\"width\":%d,\"height\":%d,\"fps\":%d,\"frames\":%d,%s}\n", options.width,
              options.height, options.fps, options.frames, chain.Json().c_str());
  return true;
}

// Nothing where the command line cannot be used; the reason is told.
bool Parse(int* argc, char*** argv, Options& options) {
  g_autofree gchar* encoder = nullptr;
  const GOptionEntry entries[] = {
      {"width", 0, 0, G_OPTION_ARG_INT, &options.width, "px (default: 640)", "PX"},
      {"height", 0, 0, G_OPTION_ARG_INT, &options.height, "px (default: 480)", "PX"},
      {"fps", 0, 0, G_OPTION_ARG_INT, &options.fps, "Pace; 0: back to back (default: 30)", "N"},
      {"frames", 0, 0, G_OPTION_ARG_INT, &options.frames, "How many (default: 120)", "N"},
      {"encoder", 0, 0, G_OPTION_ARG_STRING, &encoder,
       "gst-launch text of a VP8 encoder (default: server-app's)", "FRAGMENT"},
      {}};
  g_autoptr(GOptionContext) context = g_option_context_new(nullptr);
  g_option_context_set_summary(context, "Times the bare parts of the loop, in us, as JSON.");
  g_option_context_add_main_entries(context, entries, nullptr);
  g_option_context_add_group(context, gst_init_get_option_group());
  g_autoptr(GError) error = nullptr;
  if (!g_option_context_parse(context, argc, argv, &error)) {
    std::fprintf(stderr, "parts_bench: %s\n", error->message);
    return false;
  }
  if (options.width < 16 || options.height < 16 || options.fps < 0 || options.frames < 1) {
    std::fprintf(stderr, "parts_bench: a size under 16 px, or a number that is negative\n");
    return false;
  }
  if (encoder != nullptr) options.encoder = encoder;
  return true;
}

int Main(int argc, char** argv) {
  Options options;
  if (!Parse(&argc, &argv, options)) return 2;
  const std::string missing = MissingElement({"ballsrc", "vp8enc", "vp8dec", "balllocate"});
  if (!missing.empty()) {
    std::fprintf(stderr, "parts_bench: no element \"%s\": is GST_PLUGIN_PATH set?\n",
                 missing.c_str());
    return 1;
  }
  if (Run(options)) return 0;
  std::fprintf(stderr, "parts_bench: a part made nothing of a frame\n");
  return 1;
}

}  // namespace
}  // namespace ball

int main(int argc, char** argv) { return ball::Main(argc, argv); }
