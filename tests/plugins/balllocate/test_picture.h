// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "plugins/ball.h"
#include "plugins/balllocate/frame_view.h"

namespace ball::locate::test {

// Red, green, blue, each 0 to 1.
struct Rgb {
  double r = 0;
  double g = 0;
  double b = 0;
};

inline constexpr Rgb kBlack{0, 0, 0};
inline constexpr Rgb kWhite{1, 1, 1};
inline constexpr Rgb kOrange{1, 128 / 255.0, 0};

// What lies behind the ball at pixel (x, y).
using Background = std::function<Rgb(int x, int y)>;

Background Solid(const Rgb& color);
// From black at the top left to white at the bottom right.
Background Gradient(int width, int height);
Background ColorGradient(int width, int height);
Background Checkers(int size, const Rgb& even, const Rgb& odd);
Background GreyNoise(std::uint32_t seed);
Background ColorNoise(std::uint32_t seed);
// Like a photograph: patches of many colours with soft shading, hard edges and fine grain.
Background Photograph(std::uint32_t seed);

// The background called `name`, one of BackgroundNames().
Background BackgroundCalled(const std::string& name, int width, int height);
const std::vector<std::string>& BackgroundNames();

// Whether a point lies in a shape.
using Inside = std::function<bool(double x, double y)>;

// A picture in memory that grows a shape at a time and is then coded in any format. It knows
// nothing of the painter in plugins/: coverage comes from 12 x 12 samples a pixel.
class TestPicture {
 public:
  TestPicture(int width, int height, const Background& background);
  // A copy has pixels of its own.
  TestPicture(const TestPicture& other);
  TestPicture& operator=(const TestPicture& other) = delete;

  void DrawDisc(const Ball& disc, const Rgb& color);
  // Blends `color` wherever inside(x, y) holds, within the given box.
  void DrawShape(const Ball& box, const Rgb& color, const Inside& inside);
  // A disc whose brightness changes from (1 - depth) at its left to 1 at its right end.
  void DrawShadedDisc(const Ball& disc, const Rgb& color, double depth);
  // Gaussian blur of the whole picture.
  void Blur(double sigma);

  // The picture as 8-bit B, G, R, for drawing with OpenCV; Assign takes it back.
  cv::Mat ToBgr() const;
  void Assign(const cv::Mat& bgr);

  int width() const { return width_; }
  int height() const { return height_; }
  const cv::Mat& pixels() const { return pixels_; }

 private:
  void PaintPixel(int x, int y, const Rgb& color, const Inside& inside);
  cv::Rect PixelsOf(const Ball& box) const;

  int width_;
  int height_;
  cv::Mat pixels_;  // CV_32FC3: r, g, b
};

// A coded frame that owns its bytes.
class CodedFrame {
 public:
  CodedFrame(const TestPicture& picture, PixelFormat format, const Colorimetry& colorimetry = {},
             const ChromaSite& site = {});

  const FrameView& view() const { return view_; }

 private:
  void CodeLuma(const TestPicture& picture);
  void CodeChroma(const TestPicture& picture);
  void CodeRgb(const TestPicture& picture, int red, int blue, int step);

  FrameView view_;
  std::vector<std::uint8_t> planes_[3];
};

const std::vector<PixelFormat>& AllFormats();
std::string NameOf(PixelFormat format);

}  // namespace ball::locate::test
