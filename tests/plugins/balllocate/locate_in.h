// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

// What the locator's tests share: one ball in a small picture.

#include <cmath>
#include <optional>

#include "plugins/balllocate/locator.h"
#include "tests/plugins/balllocate/test_picture.h"

namespace ball::locate::test {

inline constexpr int kWidth = 160;
inline constexpr int kHeight = 120;

inline LocatorSettings With(LocateMethod method) {
  LocatorSettings settings;
  settings.method = method;
  return settings;
}

inline std::optional<Detection> LocateIn(const TestPicture& picture,
                                         const LocatorSettings& settings = {},
                                         PixelFormat format = PixelFormat::kI420) {
  const CodedFrame frame(picture, format);
  return Locator(settings).Locate(frame.view());
}

inline double ErrorOf(const std::optional<Detection>& found, const Ball& truth) {
  if (!found) return 1e9;
  return std::hypot(found->ball.x - truth.x, found->ball.y - truth.y);
}

inline TestPicture WithDisc(const Background& background, const Ball& disc,
                            const Rgb& color = kOrange) {
  TestPicture picture(kWidth, kHeight, background);
  picture.DrawDisc(disc, color);
  return picture;
}

}  // namespace ball::locate::test
