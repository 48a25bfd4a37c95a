// SPDX-License-Identifier: LGPL-2.1-or-later
// Time to find the ball in one frame, against the recipes that people write with OpenCV. Names are
// what/how/width/height:
//
//   locate/METHOD[_track]_FORMAT         the locator on the dark checkers that all methods master
//   locate/color_i420_noise              on noise
//   locate/color_i420_others             on noise, with five balls of other colours
//   locate/color_i420_empty              on noise without a ball
//   locate/hough_i420_scattered          among things of the ball's colour all over the picture
//   element/color[_track]_i420           all of balllocate: buffer in, buffer with the answer out
//   recipe/hsv_inrange_moments           on a BGR picture that is ready; [_1_thread]: on one thread
//   recipe/threshold_enclosing_circle    on luma
//   recipe/hough_circles                 on luma
//   recipe/i420_to_bgr                   what a recipe in colour has to do before
#include <benchmark/benchmark.h>
#include <gst/check/gstharness.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#include <functional>
#include <map>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "plugins/balllocate/locator.h"
#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

enum class Scene { kCheckers, kNoise, kOthers, kEmpty, kScattered };

test::Background BackgroundOf(Scene scene) {
  const bool checkers = scene == Scene::kCheckers || scene == Scene::kScattered;
  return checkers ? test::Checkers(32, test::kBlack, {0.3, 0.3, 0.3}) : test::GreyNoise(7);
}

// A ball of radius 20, where there is one.
TestPicture PictureOf(int width, int height, Scene scene) {
  TestPicture picture(width, height, BackgroundOf(scene));
  if (scene == Scene::kOthers) {
    const std::vector<test::Rgb> colors{
        {0, 0.6, 1}, {1, 0, 0.2}, {0.8, 1, 0}, {0.5, 0, 1}, {0.1, 0.9, 0.3}};
    double x = 0.1;
    for (const test::Rgb& color : colors) picture.DrawDisc({(x += 0.1) * width, 50, 20}, color);
  }
  if (scene == Scene::kScattered) {
    for (double v = 0.05; v < 1; v += 0.1) {
      for (double u = 0.05; u < 1; u += 0.1) {
        picture.DrawDisc({u * width, v * height, 4}, test::kOrange);
      }
    }
  }
  if (scene != Scene::kEmpty) picture.DrawDisc({0.7 * width, 0.6 * height, 20}, test::kOrange);
  return picture;
}

// Made once.
const CodedFrame& FrameOf(int width, int height, PixelFormat format, Scene scene) {
  static std::map<std::tuple<int, PixelFormat, Scene>, std::unique_ptr<CodedFrame>> frames;
  auto& frame = frames[{width, format, scene}];
  if (frame == nullptr) {
    frame = std::make_unique<CodedFrame>(PictureOf(width, height, scene), format);
  }
  return *frame;
}

int WidthOf(const benchmark::State& state) { return static_cast<int>(state.range(0)); }
int HeightOf(const benchmark::State& state) { return static_cast<int>(state.range(1)); }

LocatorSettings With(LocateMethod method, bool track = false) {
  LocatorSettings settings;
  settings.method = method;
  settings.track = track;
  return settings;
}

void Locate(benchmark::State& state, const LocatorSettings& settings, PixelFormat format,
            Scene scene) {
  const FrameView& view = FrameOf(WidthOf(state), HeightOf(state), format, scene).view();
  Locator locator(settings);
  for (auto _ : state) {
    auto found = locator.Locate(view);
    if (found.has_value() == (scene == Scene::kEmpty)) state.SkipWithError("wrong answer");
    benchmark::DoNotOptimize(found);
  }
}

// The planes one after the other, without the frame's padding.
GstBuffer* BufferOf(const FrameView& view) {
  const auto size = static_cast<gsize>(view.width) * view.height;
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, size * 3 / 2, nullptr);
  gsize offset = 0;
  for (int plane = 0; plane < 3; ++plane) {
    const int scale = plane == 0 ? 1 : 2;
    const gsize row_size = view.width / scale;
    for (int row = 0; row < view.height / scale; ++row, offset += row_size) {
      gst_buffer_fill(buffer, offset, view.planes[plane].data + row * view.planes[plane].stride,
                      row_size);
    }
  }
  return buffer;
}

// Each buffer is new, and shares its memory with all others.
void LocateInElement(benchmark::State& state, bool track) {
  const FrameView& view =
      FrameOf(WidthOf(state), HeightOf(state), PixelFormat::kI420, Scene::kCheckers).view();
  GstHarness* harness = gst_harness_new_parse(track ? "balllocate track=true" : "balllocate");
  if (harness == nullptr || harness->element == nullptr) {
    state.SkipWithError("no balllocate: set GST_PLUGIN_PATH");
    return;
  }
  const std::string caps =
      "video/x-raw,format=I420,framerate=30/1,colorimetry=bt601,"
      "chroma-site=jpeg,width=" +
      std::to_string(view.width) + ",height=" + std::to_string(view.height);
  gst_harness_set_src_caps_str(harness, caps.c_str());
  GstBuffer* frame = BufferOf(view);
  for (auto _ : state) {
    GstBuffer* located = gst_harness_push_and_pull(harness, gst_buffer_copy(frame));
    if (gst_buffer_get_meta(located, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE) == nullptr) {
      state.SkipWithError("not found");
    }
    gst_buffer_unref(located);
  }
  gst_buffer_unref(frame);
  gst_harness_teardown(harness);
}

// Lets OpenCV use so many threads, as many as it wants with a negative number.
class Threads {
 public:
  explicit Threads(int count) { cv::setNumThreads(count); }
  ~Threads() { cv::setNumThreads(-1); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
};

cv::Mat BgrOf(const benchmark::State& state) {
  return PictureOf(WidthOf(state), HeightOf(state), Scene::kCheckers).ToBgr();
}

cv::Mat LumaOf(const benchmark::State& state) {
  cv::Mat yuv;
  cv::cvtColor(BgrOf(state), yuv, cv::COLOR_BGR2YUV_I420);
  return yuv.rowRange(0, HeightOf(state));
}

void ConvertToBgr(benchmark::State& state, int threads) {
  const Threads limit(threads);
  cv::Mat yuv;
  cv::cvtColor(BgrOf(state), yuv, cv::COLOR_BGR2YUV_I420);
  cv::Mat bgr;
  for (auto _ : state) {
    cv::cvtColor(yuv, bgr, cv::COLOR_YUV2BGR_I420);
    benchmark::DoNotOptimize(bgr.data);
  }
}

void HsvInRangeMoments(benchmark::State& state, int threads) {
  const Threads limit(threads);
  const cv::Mat bgr = BgrOf(state);
  cv::Mat hsv;
  cv::Mat mask;
  for (auto _ : state) {
    cv::cvtColor(bgr, hsv, cv::COLOR_BGR2HSV);
    cv::inRange(hsv, cv::Scalar(10, 200, 200), cv::Scalar(20, 255, 255), mask);
    benchmark::DoNotOptimize(cv::moments(mask, true).m10);
  }
}

void ThresholdEnclosingCircle(benchmark::State& state, int threads) {
  const Threads limit(threads);
  const cv::Mat grey = LumaOf(state);
  cv::Mat mask;
  for (auto _ : state) {
    cv::threshold(grey, mask, 140, 255, cv::THRESH_BINARY);
    std::vector<std::vector<cv::Point>> contours;
    cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE);
    cv::Point2f centre;
    float radius = 0;
    for (const auto& contour : contours) cv::minEnclosingCircle(contour, centre, radius);
    benchmark::DoNotOptimize(radius);
  }
}

void HoughCircles(benchmark::State& state, int threads) {
  const Threads limit(threads);
  const cv::Mat grey = LumaOf(state);
  for (auto _ : state) {
    std::vector<cv::Vec3f> circles;
    cv::HoughCircles(grey, circles, cv::HOUGH_GRADIENT, 1, 20, 200, 30, 10, 40);
    benchmark::DoNotOptimize(circles.data());
  }
}

void Register(const std::string& name, const std::function<void(benchmark::State&)>& function) {
  auto* registered = benchmark::RegisterBenchmark(name.c_str(), function);
  registered->Unit(benchmark::kMicrosecond);
  for (const auto& [width, height] :
       {std::pair{640, 480}, {1280, 720}, {1920, 1080}, {3840, 2160}}) {
    registered->Args({width, height});
  }
}

void RegisterLocator(const std::string& name, const LocatorSettings& settings,
                     PixelFormat format = PixelFormat::kI420, Scene scene = Scene::kCheckers) {
  Register("locate/" + name,
           [=](benchmark::State& state) { Locate(state, settings, format, scene); });
}

void RegisterRecipe(const std::string& name, void (*recipe)(benchmark::State&, int)) {
  Register("recipe/" + name, [=](benchmark::State& state) { recipe(state, -1); });
  Register("recipe/" + name + "_1_thread", [=](benchmark::State& state) { recipe(state, 1); });
}

void RegisterAll() {
  const LocatorSettings color = With(LocateMethod::kColor);
  const LocatorSettings track = With(LocateMethod::kColor, true);
  RegisterLocator("color_i420", color);
  RegisterLocator("color_track_i420", track);
  RegisterLocator("color_nv12", color, PixelFormat::kNv12);
  RegisterLocator("color_bgrx", color, PixelFormat::kBgrx);
  RegisterLocator("color_i420_noise", color, PixelFormat::kI420, Scene::kNoise);
  RegisterLocator("color_track_i420_noise", track, PixelFormat::kI420, Scene::kNoise);
  RegisterLocator("color_i420_others", color, PixelFormat::kI420, Scene::kOthers);
  RegisterLocator("color_i420_empty", color, PixelFormat::kI420, Scene::kEmpty);
  RegisterLocator("contrast_i420", With(LocateMethod::kContrast));
  RegisterLocator("hough_i420", With(LocateMethod::kHough));
  RegisterLocator("hough_i420_scattered", With(LocateMethod::kHough), PixelFormat::kI420,
                  Scene::kScattered);
  for (const bool tracks : {false, true}) {
    Register(tracks ? "element/color_track_i420" : "element/color_i420",
             [=](benchmark::State& state) { LocateInElement(state, tracks); });
  }
  RegisterRecipe("hsv_inrange_moments", HsvInRangeMoments);
  RegisterRecipe("threshold_enclosing_circle", ThresholdEnclosingCircle);
  RegisterRecipe("hough_circles", HoughCircles);
  RegisterRecipe("i420_to_bgr", ConvertToBgr);
}

}  // namespace
}  // namespace ball::locate

int main(int argc, char** argv) {
  gst_init(nullptr, nullptr);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  ball::locate::RegisterAll();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
