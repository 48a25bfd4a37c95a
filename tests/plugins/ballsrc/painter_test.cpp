// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballsrc/painter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/plugins/ballsrc/drawn_picture.h"

namespace ball {
namespace {

constexpr uint32_t kOrange = 0xffff8000;
constexpr PixelFormat kFormats[] = {PixelFormat::kI420, PixelFormat::kNv12, PixelFormat::kBgrx,
                                    PixelFormat::kRgbx, PixelFormat::kBgr,  PixelFormat::kRgb,
                                    PixelFormat::kGray8};
constexpr const char* kFormatNames[] = {"I420", "NV12", "BGRx", "RGBx", "BGR", "RGB", "GRAY8"};
constexpr BackgroundPattern kPatterns[] = {BackgroundPattern::kSolid, BackgroundPattern::kGradient,
                                           BackgroundPattern::kCheckers, BackgroundPattern::kNoise};

ColoredBall Orange(double x, double y, double radius) {
  return {{x, y, radius}, RgbFromArgb(kOrange)};
}

std::vector<uint8_t> Bytes(const PictureLayout& layout, const Canvas& canvas) {
  return {canvas.pixels.get(), canvas.pixels.get() + layout.bytes};
}

std::vector<uint8_t> Fresh(const PictureLayout& layout, const BackgroundSettings& background,
                           std::span<const ColoredBall> balls) {
  const auto painter = Painter::Create(layout, background, {});
  const auto canvas = painter->NewCanvas();
  painter->Paint(*canvas, balls);
  return Bytes(layout, *canvas);
}

// Bytes of which the ball's value is far enough from the background's for a centroid to mean
// something.
bool Tells(const CodedColor& ball, const BackgroundSettings& background, ColorModel model,
           int part) {
  const Rgb color = RgbFromArgb(background.color);
  const int plain = Encode(color, model, {})[part];
  const int shade = Encode(ShadeOf(color), model, {})[part];
  return std::min(std::abs(ball[part] - plain), std::abs(ball[part] - shade)) > 40;
}

struct CentroidCase {
  int format;
  double radius;
  ChromaSite site;
};

class PainterCentroidTest : public testing::TestWithParam<CentroidCase> {
 protected:
  void ExpectCentroids(const Ball& ball, BackgroundPattern pattern) {
    const int size = static_cast<int>(2 * GetParam().radius) + 12;
    const PictureLayout layout =
        PaddedLayout(kFormats[GetParam().format], {size + 1, size}, GetParam().site);
    const BackgroundSettings background{pattern, 0xff000000, 3};
    const auto before = Fresh(layout, background, {});
    const ColoredBall balls[] = {{ball, RgbFromArgb(kOrange)}};
    const auto after = Fresh(layout, background, balls);
    for (const Grid& grid : layout.grids) {
      for (const Plane& plane : grid.planes) ExpectIn(layout, grid, plane, before, after, ball);
    }
  }

 private:
  static void ExpectIn(const PictureLayout& layout, const Grid& grid, const Plane& plane,
                       const std::vector<uint8_t>& before, const std::vector<uint8_t>& after,
                       const Ball& ball) {
    const CodedColor color = Encode(RgbFromArgb(kOrange), layout.model, {});
    for (int byte = 0; byte < plane.pixel_stride; ++byte) {
      const int part = plane.part[byte];
      if (!Tells(color, {}, layout.model, part)) continue;
      const Seen seen = SeenIn(grid, plane, byte, after.data(), before.data(), color[part]);
      EXPECT_NEAR(seen.x, ball.x, 0.02) << "part " << part;
      EXPECT_NEAR(seen.y, ball.y, 0.02) << "part " << part;
      EXPECT_NEAR(std::sqrt(seen.area / M_PI), ball.radius, 0.05) << "part " << part;
    }
  }
};

TEST_P(PainterCentroidTest, CentroidIsTheTruthOnAllPlanesAndBackgrounds) {
  const double radius = GetParam().radius;
  const double middle = radius + 6;
  const double step = radius > 50 ? 1.37 : 0.23;
  for (const BackgroundPattern pattern : kPatterns) {
    for (double part = 0; part < 2; part += step) {
      ExpectCentroids({middle + part, middle - 0.7 * part, radius}, pattern);
    }
  }
}

std::vector<CentroidCase> CentroidCases() {
  std::vector<CentroidCase> cases;
  for (int format = 0; format < 7; ++format) {
    for (const double radius : {2.0, 3.7, 6.0, 20.0}) cases.push_back({format, radius, {}});
  }
  cases.push_back({0, 200, {}});
  cases.push_back({5, 200, {}});
  for (const double radius : {2.0, 8.4, 20.0}) {
    cases.push_back({0, radius, {true, false}});
    cases.push_back({1, radius, {true, true}});
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Balls, PainterCentroidTest, testing::ValuesIn(CentroidCases()),
                         [](const auto& test) {
                           const CentroidCase& of = test.param;
                           return std::string(kFormatNames[of.format]) + "Radius" +
                                  std::to_string(std::lround(of.radius * 10)) + "Tenths" +
                                  (of.site.cosited_across ? "CositedAcross" : "") +
                                  (of.site.cosited_down ? "CositedDown" : "");
                         });

TEST(PainterTest, LumaCentroidIsTheTruthAtTheWallsToo) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kI420, {101, 97});
  const Ball touching[] = {{20, 48.3, 20}, {81, 48.3, 20}, {50.7, 20, 20}, {50.7, 77, 20}};
  const auto before = Fresh(layout, {}, {});
  for (const Ball& ball : touching) {
    const ColoredBall balls[] = {{ball, RgbFromArgb(kOrange)}};
    const auto after = Fresh(layout, {}, balls);
    const Grid& grid = layout.grids[0];
    const Seen seen = SeenIn(grid, grid.planes[0], 0, after.data(), before.data(),
                             Encode(balls[0].color, ColorModel::kYuv, {})[0]);
    EXPECT_NEAR(seen.x, ball.x, 0.02);
    EXPECT_NEAR(seen.y, ball.y, 0.02);
  }
}

TEST(PainterTest, InsideHasExactlyTheCodedColor) {
  for (const PixelFormat format : kFormats) {
    const PictureLayout layout = PaddedLayout(format, {64, 64});
    const ColoredBall balls[] = {Orange(32, 32, 20)};
    const auto picture = Fresh(layout, {}, balls);
    const CodedColor color = Encode(balls[0].color, layout.model, {});
    for (const Grid& grid : layout.grids) {
      for (const Plane& plane : grid.planes) {
        for (int byte = 0; byte < plane.pixel_stride; ++byte) {
          const int middle = grid.width / 2;
          EXPECT_EQ(SampleOf(plane, picture.data(), middle, middle, byte), color[plane.part[byte]]);
        }
      }
    }
  }
}

TEST(PainterTest, FollowsTheColorimetry) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kI420, {64, 64});
  for (const Colorimetry& colorimetry :
       {Colorimetry{0.2126, 0.0722, false}, Colorimetry{0.2627, 0.0593, true}}) {
    const auto painter = Painter::Create(layout, {}, colorimetry);
    const auto canvas = painter->NewCanvas();
    const ColoredBall balls[] = {Orange(32, 32, 20)};
    painter->Paint(*canvas, balls);
    const CodedColor color = Encode(balls[0].color, ColorModel::kYuv, colorimetry);
    EXPECT_EQ(canvas->pixels[layout.grids[0].planes[0].stride * 32 + 32], color[0]);
  }
}

class PainterFormatTest : public testing::TestWithParam<int> {
 protected:
  PixelFormat Format() const { return kFormats[GetParam()]; }
};

// Any sequence of pictures on one canvas gives the same bytes as a new canvas each time.
TEST_P(PainterFormatTest, RepaintIsTheSameAsAFreshPaint) {
  SceneSettings settings;
  settings.ball = {.radius = 9,
                   .speed = 400,
                   .hide_period = std::chrono::milliseconds(900),
                   .hide_duration = std::chrono::milliseconds(200)};
  settings.distractors = 4;
  const PictureLayout layout = PaddedLayout(Format(), {91, 67});
  const BackgroundSettings background{BackgroundPattern::kNoise, 0xff203040, 4};
  const Scene scene(settings, layout.size);
  const auto painter = Painter::Create(layout, background, {});
  const auto canvas = painter->NewCanvas();
  for (int i = 0; i < 200; ++i) {
    const Moment moment = scene.At(std::chrono::milliseconds(33 * i));
    painter->Paint(*canvas, moment.balls);
    const auto fresh = painter->NewCanvas();
    painter->Paint(*fresh, moment.balls);
    ASSERT_EQ(Bytes(layout, *canvas), Bytes(layout, *fresh)) << i;
  }
}

TEST_P(PainterFormatTest, DrawsNothingOutsideThePlanes) {
  for (const PictureSize size : {PictureSize{1, 1}, {2, 3}, {33, 17}, {5, 64}}) {
    const PictureLayout layout = PaddedLayout(Format(), size);
    const double middle = size.width / 2.0;
    const ColoredBall balls[] = {Orange(middle, size.height / 2.0, 30), Orange(0, 0, 6),
                                 Orange(size.width, size.height, 6), Orange(-40, 3, 6),
                                 Orange(1e9, -1e9, 6)};
    auto picture = Fresh(layout, {BackgroundPattern::kSolid, 0xffffffff, 0}, balls);
    BackgroundSettings unused;
    DrawBackground(unused, layout, {0.5, 0.5, true}, picture.data());
    // With all samples overwritten by the same bytes as in an empty picture, padding is what is
    // left.
    auto empty = Fresh(layout, unused, {});
    DrawBackground(unused, layout, {0.5, 0.5, true}, empty.data());
    EXPECT_EQ(picture, empty);
  }
}

TEST_P(PainterFormatTest, BallLargerThanThePictureFillsIt) {
  const PictureLayout layout = PaddedLayout(Format(), {31, 21});
  const ColoredBall balls[] = {Orange(15.5, 10.5, 60)};
  const BackgroundSettings orange{BackgroundPattern::kSolid, kOrange, 0};
  EXPECT_EQ(Fresh(layout, {}, balls), Fresh(layout, orange, {}));
}

INSTANTIATE_TEST_SUITE_P(Formats, PainterFormatTest, testing::Range(0, 7),
                         [](const auto& test) { return kFormatNames[test.param]; });

TEST(PainterTest, LastBallIsInFront) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kRgb, {64, 64});
  const ColoredBall behind{{30, 30, 20}, {0, 0, 1}};
  const ColoredBall both[] = {behind, Orange(36, 34, 10)};
  const auto picture = Fresh(layout, {}, both);
  const Plane& plane = layout.grids[0].planes[0];
  EXPECT_EQ(SampleOf(plane, picture.data(), 36, 34, 0), 235);
  EXPECT_EQ(SampleOf(plane, picture.data(), 36, 34, 2), 16);
  EXPECT_EQ(SampleOf(plane, picture.data(), 18, 30, 2), 235);
}

TEST(PainterTest, EveryCanvasStartsWithTheBackground) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kBgr, {40, 30});
  const BackgroundSettings noise{BackgroundPattern::kNoise, 0xff000000, 9};
  const auto painter = Painter::Create(layout, noise, {});
  const auto one = painter->NewCanvas();
  const auto two = painter->NewCanvas();
  painter->Paint(*one, {});
  painter->Paint(*two, {});
  EXPECT_EQ(Bytes(layout, *one), Bytes(layout, *two));
  EXPECT_FALSE(one->blank);
}

TEST(PainterTest, PaintsOnlyAroundTheBalls) {
  const PictureLayout layout = PaddedLayout(PixelFormat::kGray8, {64, 64});
  const auto painter = Painter::Create(layout, {}, {});
  const auto canvas = painter->NewCanvas();
  painter->Paint(*canvas, {});
  canvas->pixels[0] = 99;  // a mark that a full repaint would remove
  const ColoredBall balls[] = {Orange(40, 40, 10)};
  painter->Paint(*canvas, balls);
  painter->Paint(*canvas, {});
  EXPECT_EQ(canvas->pixels[0], 99);
}

TEST(PainterTest, NoMemoryIsNoPainterAndNoCanvas) {
  PictureLayout layout = PaddedLayout(PixelFormat::kGray8, {64, 64});
  // Never an address space of this size; the compiler must not know, or it would refuse to build.
  volatile size_t impossible = std::numeric_limits<ptrdiff_t>::max() - 4096;
  layout.bytes = impossible;
  EXPECT_EQ(Painter::Create(layout, {}, {}), nullptr);
}

}  // namespace
}  // namespace ball
