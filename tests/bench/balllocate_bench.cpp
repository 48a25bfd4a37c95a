// SPDX-License-Identifier: LGPL-2.1-or-later
// Time to find the ball in one frame, against the recipes that people write with OpenCV.
#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "plugins/balllocate/locator.h"
#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate {
namespace {

using test::CodedFrame;
using test::TestPicture;

// Dark checkers: all methods find a ball there.
const test::Background kBackground = test::Checkers(32, test::kBlack, {0.3, 0.3, 0.3});

// A ball of radius 20; made once a size and format.
const CodedFrame& FrameOf(int width, int height, PixelFormat format) {
  static std::map<std::pair<int, PixelFormat>, std::unique_ptr<CodedFrame>> frames;
  auto& frame = frames[{width, format}];
  if (frame == nullptr) {
    TestPicture picture(width, height, kBackground);
    picture.DrawDisc({0.7 * width, 0.6 * height, 20.0}, test::kOrange);
    frame = std::make_unique<CodedFrame>(picture, format);
  }
  return *frame;
}

int WidthOf(const benchmark::State& state) { return static_cast<int>(state.range(0)); }
int HeightOf(const benchmark::State& state) { return static_cast<int>(state.range(1)); }

void Locate(benchmark::State& state, const LocatorSettings& settings, PixelFormat format) {
  const FrameView& view = FrameOf(WidthOf(state), HeightOf(state), format).view();
  Locator locator(settings);
  for (auto _ : state) {
    const auto found = locator.Locate(view);
    if (!found) state.SkipWithError("not found");
    benchmark::DoNotOptimize(found);
  }
}

// I420 as one tall grey picture, as OpenCV wants it.
cv::Mat TallI420(int width, int height) {
  TestPicture picture(width, height, kBackground);
  picture.DrawDisc({0.7 * width, 0.6 * height, 20.0}, test::kOrange);
  cv::Mat yuv;
  cv::cvtColor(picture.ToBgr(), yuv, cv::COLOR_BGR2YUV_I420);
  return yuv;
}

// What every recipe in colour has to do first.
void ConvertToBgr(benchmark::State& state) {
  const cv::Mat yuv = TallI420(WidthOf(state), HeightOf(state));
  cv::Mat bgr;
  for (auto _ : state) {
    cv::cvtColor(yuv, bgr, cv::COLOR_YUV2BGR_I420);
    benchmark::DoNotOptimize(bgr.data);
  }
}

void HsvInRangeMoments(benchmark::State& state) {
  const cv::Mat yuv = TallI420(WidthOf(state), HeightOf(state));
  cv::Mat bgr;
  cv::Mat hsv;
  cv::Mat mask;
  for (auto _ : state) {
    cv::cvtColor(yuv, bgr, cv::COLOR_YUV2BGR_I420);
    cv::cvtColor(bgr, hsv, cv::COLOR_BGR2HSV);
    cv::inRange(hsv, cv::Scalar(10, 200, 200), cv::Scalar(20, 255, 255), mask);
    benchmark::DoNotOptimize(cv::moments(mask, true).m10);
  }
}

void ThresholdEnclosingCircle(benchmark::State& state) {
  const int height = HeightOf(state);
  const cv::Mat grey = TallI420(WidthOf(state), height).rowRange(0, height);
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

void HoughCircles(benchmark::State& state) {
  const int height = HeightOf(state);
  const cv::Mat grey = TallI420(WidthOf(state), height).rowRange(0, height);
  for (auto _ : state) {
    std::vector<cv::Vec3f> circles;
    cv::HoughCircles(grey, circles, cv::HOUGH_GRADIENT, 1, 20, 200, 30, 10, 40);
    benchmark::DoNotOptimize(circles.data());
  }
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMicrosecond);
  benchmark->Args({640, 480})->Args({1280, 720})->Args({1920, 1080})->Args({3840, 2160});
}

LocatorSettings With(LocateMethod method, bool track = false) {
  LocatorSettings settings;
  settings.method = method;
  settings.track = track;
  return settings;
}

BENCHMARK_CAPTURE(Locate, color_i420, With(LocateMethod::kColor), PixelFormat::kI420)->Apply(Sizes);
BENCHMARK_CAPTURE(Locate, color_nv12, With(LocateMethod::kColor), PixelFormat::kNv12)->Apply(Sizes);
BENCHMARK_CAPTURE(Locate, color_bgrx, With(LocateMethod::kColor), PixelFormat::kBgrx)->Apply(Sizes);
BENCHMARK_CAPTURE(Locate, color_track_i420, With(LocateMethod::kColor, true), PixelFormat::kI420)
    ->Apply(Sizes);
BENCHMARK_CAPTURE(Locate, contrast_i420, With(LocateMethod::kContrast), PixelFormat::kI420)
    ->Apply(Sizes);
BENCHMARK_CAPTURE(Locate, hough_i420, With(LocateMethod::kHough), PixelFormat::kI420)->Apply(Sizes);
BENCHMARK(ConvertToBgr)->Apply(Sizes);
BENCHMARK(HsvInRangeMoments)->Apply(Sizes);
BENCHMARK(ThresholdEnclosingCircle)->Apply(Sizes);
BENCHMARK(HoughCircles)->Apply(Sizes);

}  // namespace
}  // namespace ball::locate

BENCHMARK_MAIN();
