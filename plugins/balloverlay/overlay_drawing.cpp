// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/balloverlay/overlay_drawing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

namespace ball {
namespace {

constexpr int kShift = 4;  // OpenCV's fixed point: 1/16 pixel
// Beyond any picture (32767 pixels), and far below what OpenCV's 32-bit fixed point holds.
constexpr double kFar = 1e5;

class Pen {
 public:
  Pen(cv::Mat& picture, ChannelOrder order) : picture_(picture), order_(order) {}

  void Circle(const Ball& ball, Argb color, int width) const {
    const int radius = Fixed(std::min(ball.radius, kFar));
    cv::circle(picture_, At({ball.x, ball.y}), radius, ColorOf(color), width, cv::LINE_AA, kShift);
  }

  void Line(cv::Point2d from, cv::Point2d to, Argb color, int width) const {
    cv::line(picture_, At(from), At(to), ColorOf(color), width, cv::LINE_AA, kShift);
  }

  void Text(const std::string& text, cv::Point origin, double scale, Argb color) const {
    constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
    const int width = std::max(1, static_cast<int>(std::lround(2 * scale)));
    // The dark rim keeps the text readable on any picture.
    cv::putText(picture_, text, origin, kFont, scale, ColorOf(0xff000000), width + 2, cv::LINE_AA);
    cv::putText(picture_, text, origin, kFont, scale, ColorOf(color), width, cv::LINE_AA);
  }

 private:
  static int Fixed(double pixels) { return static_cast<int>(std::lround(pixels * (1 << kShift))); }

  // OpenCV puts a pixel's centre at whole numbers, we put it at halves.
  static cv::Point At(cv::Point2d place) {
    const auto near = [](double value) { return std::clamp(value, -kFar, kFar); };
    return {Fixed(near(place.x) - 0.5), Fixed(near(place.y) - 0.5)};
  }

  cv::Scalar ColorOf(Argb color) const {
    const double red = color >> 16 & 0xff;
    const double green = color >> 8 & 0xff;
    const double blue = color & 0xff;
    if (order_ == ChannelOrder::kBgr) return {blue, green, red, 255};
    return {red, green, blue, 255};
  }

  cv::Mat& picture_;
  ChannelOrder order_;
};

bool IsDrawable(const std::optional<Ball>& ball) {
  return ball && std::isfinite(ball->x) && std::isfinite(ball->y) && std::isfinite(ball->radius) &&
         ball->radius > 0;
}

// Cheap test that keeps OpenCV from walking along outlines that nobody sees.
bool IsNearPicture(const Ball& ball, const cv::Mat& picture, double margin) {
  const double reach = ball.radius + margin;
  return ball.x >= -reach && ball.y >= -reach && ball.x <= picture.cols + reach &&
         ball.y <= picture.rows + reach;
}

void DrawMark(const Pen& pen, const cv::Mat& picture, const Ball& ball, Argb color, int width) {
  if (!IsNearPicture(ball, picture, width)) return;
  // A circle that is wider than this has a rim that is not told from a straight line; the few that
  // reach into a picture from so far are left out.
  if (ball.radius <= kFar) pen.Circle(ball, color, width);
  const double arm = std::clamp(ball.radius / 4, 2.0, 10.0);
  pen.Line({ball.x - arm, ball.y}, {ball.x + arm, ball.y}, color, width);
  pen.Line({ball.x, ball.y - arm}, {ball.x, ball.y + arm}, color, width);
}

void DrawError(const Pen& pen, const Ball& truth, const Ball& answer, const OverlayStyle& style) {
  const cv::Point2d from(truth.x, truth.y);
  cv::Point2d vector = (cv::Point2d(answer.x, answer.y) - from) * style.error_scale;
  const double length = std::hypot(vector.x, vector.y);
  if (!std::isfinite(length)) return;
  // Shortened as a whole: cutting each coordinate would turn it.
  if (length > kFar) vector *= kFar / length;
  pen.Line(from, from + vector, style.error_color, style.line_width);
}

// With two decimals and a point, in every locale.
std::string Decimal(double value) {
  std::array<char, 400> text;
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 2);
  return {text.data(), end};
}

std::string AnswerText(const OverlayContent& content, bool has_answer) {
  if (!has_answer) return "no ball found";
  return "x " + Decimal(content.answer->x) + "  y " + Decimal(content.answer->y) + "  r " +
         Decimal(content.answer->radius) + "  confidence " + Decimal(content.confidence);
}

void DrawText(const Pen& pen, const cv::Mat& picture, const OverlayContent& content,
              const OverlayStyle& style) {
  const bool has_answer = IsDrawable(content.answer);
  // Readable at any size: a line is about a 24th of the picture's height.
  const double scale = std::clamp(picture.rows / 800.0, 0.3, 2.0);
  const int line_height = static_cast<int>(std::lround(33 * scale));
  const int left = line_height / 2;
  pen.Text(AnswerText(content, has_answer), {left, line_height}, scale, style.answer_color);
  if (!has_answer || !IsDrawable(content.truth)) return;
  const double error =
      std::hypot(content.answer->x - content.truth->x, content.answer->y - content.truth->y);
  pen.Text("error " + Decimal(error) + " px", {left, 2 * line_height}, scale, style.error_color);
}

}  // namespace

void DrawOverlay(cv::Mat& picture, ChannelOrder order, const OverlayContent& content,
                 const OverlayStyle& style) {
  const Pen pen(picture, order);
  const bool has_truth = IsDrawable(content.truth);
  const bool has_answer = IsDrawable(content.answer);
  if (style.draw_answer && has_answer) {
    DrawMark(pen, picture, *content.answer, style.answer_color, style.line_width);
  }
  // Thin, so that a broader answer is seen on both sides.
  if (style.draw_truth && has_truth) DrawMark(pen, picture, *content.truth, style.truth_color, 1);
  if (style.draw_error && has_truth && has_answer) {
    DrawError(pen, *content.truth, *content.answer, style);
  }
  if (style.draw_text) DrawText(pen, picture, content, style);
}

}  // namespace ball
