// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/plugins/balllocate/test_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace ball::locate::test {
namespace {

constexpr int kSubsamples = 12;

std::uint32_t Hash(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
  std::uint32_t h = x * 0x9e3779b1U ^ (y + 0x7f4a7c15U) * 0x85ebca6bU ^ seed * 0xc2b2ae35U;
  h = (h ^ (h >> 15)) * 0x2c1b3c6dU;
  h = (h ^ (h >> 12)) * 0x297a2d39U;
  return h ^ (h >> 15);
}

double Unit(std::uint32_t x, std::uint32_t y, std::uint32_t seed) {
  return Hash(x, y, seed) / 4294967295.0;
}

// Value noise: random values at multiples of `period`, smooth in between.
double Smooth(double x, double y, double period, std::uint32_t seed) {
  const double u = x / period + 1000;
  const double v = y / period + 1000;
  const auto i = static_cast<std::uint32_t>(u);
  const auto j = static_cast<std::uint32_t>(v);
  const double a = u - i;
  const double b = v - j;
  const double s = a * a * (3 - 2 * a);
  const double t = b * b * (3 - 2 * b);
  const double top = std::lerp(Unit(i, j, seed), Unit(i + 1, j, seed), s);
  const double bottom = std::lerp(Unit(i, j + 1, seed), Unit(i + 1, j + 1, seed), s);
  return std::lerp(top, bottom, t);
}

std::uint8_t Rounded(double value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
}

cv::Vec3f ToPixel(const Rgb& color) {
  return {static_cast<float>(color.r), static_cast<float>(color.g), static_cast<float>(color.b)};
}

// Average of the picture's colour over [x - 1, x + 1] x [y - 1, y + 1], where pixels end.
cv::Vec3d BoxAverage(const cv::Mat& pixels, double x, double y) {
  cv::Vec3d sum;
  double total = 0;
  for (int j = static_cast<int>(std::floor(y - 1)); j < y + 1; ++j) {
    for (int i = static_cast<int>(std::floor(x - 1)); i < x + 1; ++i) {
      const double across = std::min(i + 1.0, x + 1) - std::max<double>(i, x - 1);
      const double down = std::min(j + 1.0, y + 1) - std::max<double>(j, y - 1);
      const cv::Vec3f& pixel = pixels.at<cv::Vec3f>(std::clamp(j, 0, pixels.rows - 1),
                                                    std::clamp(i, 0, pixels.cols - 1));
      sum += cv::Vec3d(pixel[0], pixel[1], pixel[2]) * across * down;
      total += across * down;
    }
  }
  return sum / total;
}

}  // namespace

Background Solid(const Rgb& color) {
  return [=](int, int) { return color; };
}

Background Gradient(int width, int height) {
  return [=](int x, int y) {
    const double v = (x + y) / (width + height - 2.0);
    return Rgb{v, v, v};
  };
}

Background ColorGradient(int width, int height) {
  return [=](int x, int y) {
    const double u = x / (width - 1.0);
    const double v = y / (height - 1.0);
    return Rgb{0.2 * v, u, 1 - 0.7 * v};
  };
}

Background Checkers(int size, const Rgb& even, const Rgb& odd) {
  return [=](int x, int y) { return (x / size + y / size) % 2 == 0 ? even : odd; };
}

Background GreyNoise(std::uint32_t seed) {
  return [=](int x, int y) {
    const double v = Unit(x, y, seed);
    return Rgb{v, v, v};
  };
}

Background ColorNoise(std::uint32_t seed) {
  return [=](int x, int y) {
    return Rgb{Unit(x, y, seed), Unit(x, y, seed + 101), Unit(x, y, seed + 202)};
  };
}

Background Photograph(std::uint32_t seed) {
  return [=](int x, int y) {
    const double patch = std::floor(6 * Smooth(x, y, 45, seed));
    const auto k = static_cast<std::uint32_t>(patch);
    const double shade =
        0.55 + 0.6 * (Smooth(x, y, 60, seed + 1) - 0.5) + 0.25 * (Smooth(x, y, 9, seed + 2) - 0.5) +
        0.12 * (Smooth(x, y, 2.5, seed + 3) - 0.5) + 0.05 * (Unit(x, y, seed + 4) - 0.5);
    const auto tint = [&](std::uint32_t c) {
      return std::clamp(shade * (0.55 + 0.75 * Unit(k, c, seed + 5)), 0.0, 1.0);
    };
    return Rgb{tint(0), tint(1), tint(2)};
  };
}

const std::vector<std::string>& BackgroundNames() {
  static const std::vector<std::string> names{
      "Black",         "White",         "Blue",      "Gradient",   "ColorGradient", "Checkers",
      "ColorCheckers", "SmallCheckers", "GreyNoise", "ColorNoise", "Photograph"};
  return names;
}

Background BackgroundCalled(const std::string& name, int width, int height) {
  if (name == "White") return Solid(kWhite);
  if (name == "Blue") return Solid({0.1, 0.2, 0.8});
  if (name == "Gradient") return Gradient(width, height);
  if (name == "ColorGradient") return ColorGradient(width, height);
  if (name == "Checkers") return Checkers(16, kBlack, kWhite);
  if (name == "ColorCheckers") return Checkers(23, {0.1, 0.5, 0.2}, {0.3, 0.2, 0.9});
  if (name == "SmallCheckers") return Checkers(5, {0.2, 0.2, 0.2}, {0.8, 0.8, 0.8});
  if (name == "GreyNoise") return GreyNoise(7);
  if (name == "ColorNoise") return ColorNoise(11);
  if (name == "Photograph") return Photograph(3);
  return Solid(kBlack);
}

TestPicture::TestPicture(int width, int height, const Background& background)
    : width_(width), height_(height), pixels_(height, width, CV_32FC3) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      pixels_.at<cv::Vec3f>(y, x) = ToPixel(background(x, y));
    }
  }
}

TestPicture::TestPicture(const TestPicture& other)
    : width_(other.width_), height_(other.height_), pixels_(other.pixels_.clone()) {}

void TestPicture::PaintPixel(int x, int y, const Rgb& color, const Inside& inside) {
  int hits = 0;
  for (int k = 0; k < kSubsamples * kSubsamples; ++k) {
    const int row = k / kSubsamples;
    const double u = x + (k % kSubsamples + 0.5) / kSubsamples;
    const double v = y + (row + 0.5) / kSubsamples;
    if (inside(u, v)) ++hits;
  }
  const float share = static_cast<float>(hits) / (kSubsamples * kSubsamples);
  auto& pixel = pixels_.at<cv::Vec3f>(y, x);
  pixel = pixel * (1 - share) + ToPixel(color) * share;
}

void TestPicture::DrawShape(const Ball& box, const Rgb& color, const Inside& inside) {
  const cv::Rect area = PixelsOf(box);
  for (int y = area.y; y < area.y + area.height; ++y) {
    for (int x = area.x; x < area.x + area.width; ++x) PaintPixel(x, y, color, inside);
  }
}

void TestPicture::DrawDisc(const Ball& disc, const Rgb& color) {
  const auto distance = [&](double x, double y) { return std::hypot(x - disc.x, y - disc.y); };
  const cv::Rect area = PixelsOf(disc);
  for (int y = area.y; y < area.y + area.height; ++y) {
    for (int x = area.x; x < area.x + area.width; ++x) {
      const double middle = distance(x + 0.5, y + 0.5);
      // Only the rim needs samples.
      if (middle < disc.radius - 1) pixels_.at<cv::Vec3f>(y, x) = ToPixel(color);
      if (std::abs(middle - disc.radius) > 1) continue;
      PaintPixel(x, y, color, [&](double u, double v) { return distance(u, v) <= disc.radius; });
    }
  }
}

cv::Rect TestPicture::PixelsOf(const Ball& box) const {
  const cv::Point first(static_cast<int>(std::floor(box.x - box.radius)),
                        static_cast<int>(std::floor(box.y - box.radius)));
  const cv::Point last(static_cast<int>(std::ceil(box.x + box.radius)),
                       static_cast<int>(std::ceil(box.y + box.radius)));
  return cv::Rect(first, last) & cv::Rect(0, 0, width_, height_);
}

void TestPicture::DrawShadedDisc(const Ball& disc, const Rgb& color, double depth) {
  TestPicture painted = *this;
  painted.DrawDisc(disc, kWhite);
  TestPicture cleared = *this;
  cleared.DrawDisc(disc, kBlack);
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      const double place = std::clamp((x + 0.5 - disc.x) / (2 * disc.radius) + 0.5, 0.0, 1.0);
      const double light = 1 - depth * (1 - place);
      const cv::Vec3f white = painted.pixels_.at<cv::Vec3f>(y, x);
      const cv::Vec3f rest = cleared.pixels_.at<cv::Vec3f>(y, x);
      const auto share = white - rest;
      pixels_.at<cv::Vec3f>(y, x) =
          rest + cv::Vec3f(static_cast<float>(share[0] * light * color.r),
                           static_cast<float>(share[1] * light * color.g),
                           static_cast<float>(share[2] * light * color.b));
    }
  }
}

void TestPicture::Blur(double sigma) { cv::GaussianBlur(pixels_, pixels_, {0, 0}, sigma); }

cv::Mat TestPicture::ToBgr() const {
  cv::Mat rgb;
  pixels_.convertTo(rgb, CV_8UC3, 255.0);
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  return bgr;
}

void TestPicture::Assign(const cv::Mat& bgr) {
  cv::Mat rgb;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  rgb.convertTo(pixels_, CV_32FC3, 1 / 255.0);
}

CodedFrame::CodedFrame(const TestPicture& picture, PixelFormat format,
                       const Colorimetry& colorimetry, const ChromaSite& site) {
  view_.format = format;
  view_.width = picture.width();
  view_.height = picture.height();
  view_.colorimetry = colorimetry;
  view_.chroma_site = site;
  switch (format) {
    case PixelFormat::kI420:
    case PixelFormat::kNv12:
      CodeLuma(picture);
      CodeChroma(picture);
      break;
    case PixelFormat::kGray8:
      CodeLuma(picture);
      break;
    case PixelFormat::kBgrx:
      CodeRgb(picture, 2, 0, 4);
      break;
    case PixelFormat::kRgbx:
      CodeRgb(picture, 0, 2, 4);
      break;
    case PixelFormat::kBgr:
      CodeRgb(picture, 2, 0, 3);
      break;
    case PixelFormat::kRgb:
      CodeRgb(picture, 0, 2, 3);
      break;
  }
}

void CodedFrame::CodeLuma(const TestPicture& picture) {
  const Colorimetry& colors = view_.colorimetry;
  const double base = colors.full_range ? 0 : 16;
  const double span = colors.full_range ? 255 : 219;
  const int stride = view_.width + 5;
  planes_[0].assign(static_cast<std::size_t>(stride) * view_.height, 99);
  for (int y = 0; y < view_.height; ++y) {
    for (int x = 0; x < view_.width; ++x) {
      const cv::Vec3f& p = picture.pixels().at<cv::Vec3f>(y, x);
      const double luma = colors.kr * p[0] + (1 - colors.kr - colors.kb) * p[1] + colors.kb * p[2];
      planes_[0][static_cast<std::size_t>(y) * stride + x] = Rounded(base + span * luma);
    }
  }
  view_.planes[0] = {planes_[0].data(), stride};
}

void CodedFrame::CodeChroma(const TestPicture& picture) {
  const Colorimetry& colors = view_.colorimetry;
  const std::size_t width = (view_.width + 1) / 2;
  const std::size_t height = (view_.height + 1) / 2;
  const std::size_t step = view_.format == PixelFormat::kNv12 ? 2 : 1;
  const std::size_t stride = step * width + 3;
  for (auto* plane : {&planes_[1], &planes_[2]}) plane->assign(stride * height, 99);
  std::uint8_t* const first_u = planes_[1].data();
  std::uint8_t* const first_v = step == 2 ? first_u + 1 : planes_[2].data();
  const double span = colors.full_range ? 255 : 224;
  const double offset_x = view_.chroma_site.cosited_x ? 0.5 : 1.0;
  const double offset_y = view_.chroma_site.cosited_y ? 0.5 : 1.0;
  for (std::size_t k = 0; k < width * height; ++k) {
    const std::size_t i = k % width;
    const std::size_t j = k / width;
    const cv::Vec3d p = BoxAverage(picture.pixels(), 2.0 * static_cast<double>(i) + offset_x,
                                   2.0 * static_cast<double>(j) + offset_y);
    const double luma = colors.kr * p[0] + (1 - colors.kr - colors.kb) * p[1] + colors.kb * p[2];
    first_u[j * stride + i * step] = Rounded(128 + span * (p[2] - luma) / (2 - 2 * colors.kb));
    first_v[j * stride + i * step] = Rounded(128 + span * (p[0] - luma) / (2 - 2 * colors.kr));
  }
  view_.planes[1] = {planes_[1].data(), static_cast<std::ptrdiff_t>(stride)};
  view_.planes[2] = {planes_[2].data(), static_cast<std::ptrdiff_t>(stride)};
}

void CodedFrame::CodeRgb(const TestPicture& picture, int red, int blue, int step) {
  const Colorimetry& colors = view_.colorimetry;
  const double base = colors.full_range ? 0 : 16;
  const double span = colors.full_range ? 255 : 219;
  const std::ptrdiff_t stride = std::ptrdiff_t{view_.width} * step + 7;
  planes_[0].assign(static_cast<std::size_t>(stride) * view_.height, 99);
  for (int y = 0; y < view_.height; ++y) {
    std::uint8_t* out = planes_[0].data() + y * stride;
    for (int x = 0; x < view_.width; ++x, out += step) {
      const cv::Vec3f& p = picture.pixels().at<cv::Vec3f>(y, x);
      out[red] = Rounded(base + span * p[0]);
      out[1] = Rounded(base + span * p[1]);
      out[blue] = Rounded(base + span * p[2]);
    }
  }
  view_.planes[0] = {planes_[0].data(), stride};
}

const std::vector<PixelFormat>& AllFormats() {
  static const std::vector<PixelFormat> formats{
      PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kBgrx, PixelFormat::kRgbx,
      PixelFormat::kBgr,  PixelFormat::kRgb,  PixelFormat::kGray8};
  return formats;
}

std::string NameOf(PixelFormat format) {
  switch (format) {
    case PixelFormat::kI420:
      return "I420";
    case PixelFormat::kNv12:
      return "NV12";
    case PixelFormat::kBgrx:
      return "BGRx";
    case PixelFormat::kRgbx:
      return "RGBx";
    case PixelFormat::kBgr:
      return "BGR";
    case PixelFormat::kRgb:
      return "RGB";
    case PixelFormat::kGray8:
      return "GRAY8";
  }
  return "";
}

}  // namespace ball::locate::test
