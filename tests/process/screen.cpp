// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/screen.h"

#include <csignal>
#include <utility>

namespace ball {
namespace {

// Fields of an XWD file's header, 32 bits each, big-endian (X11/XWDFile.h).
enum Field : size_t {
  kHeaderSize = 0,
  kVersion = 1,
  kWidth = 4,
  kHeight = 5,
  kByteOrder = 7,
  kBitsPerPixel = 11,
  kBytesPerLine = 12,
  kColors = 19,
  kFields = 25,
};
constexpr uint32_t kXwdVersion = 7;
constexpr size_t kColorSize = 12;

uint32_t Read(const std::string& bytes, Field field) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[field * 4 + i]);
  }
  return value;
}

}  // namespace

std::optional<Screenshot> Screenshot::Parse(std::string xwd) {
  if (xwd.size() < kFields * 4 || Read(xwd, kVersion) != kXwdVersion) return {};
  // Of the many forms the one that Xvfb has: blue, green, red, nothing.
  if (Read(xwd, kBitsPerPixel) != 32 || Read(xwd, kByteOrder) != 0) return {};
  Screenshot shot;
  shot.width_ = static_cast<int>(Read(xwd, kWidth));
  shot.height_ = static_cast<int>(Read(xwd, kHeight));
  shot.line_ = Read(xwd, kBytesPerLine);
  shot.first_pixel_ = Read(xwd, kHeaderSize) + Read(xwd, kColors) * kColorSize;
  if (xwd.size() < shot.first_pixel_ + shot.line_ * Read(xwd, kHeight)) return {};
  shot.bytes_ = std::move(xwd);
  return shot;
}

Rgb Screenshot::At(int x, int y) const {
  const size_t pixel = first_pixel_ + line_ * static_cast<size_t>(y) + 4 * static_cast<size_t>(x);
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(bytes_[pixel + i]); };
  return {byte(2), byte(1), byte(0)};
}

Screenshot::Patch Screenshot::Find(const std::function<bool(Rgb)>& wanted) const {
  Patch patch;
  for (int y = 0; y < height_; ++y) {
    for (int x = 0; x < width_; ++x) {
      if (!wanted(At(x, y))) continue;
      ++patch.count;
      patch.x += x + 0.5;
      patch.y += y + 0.5;
    }
  }
  if (patch.count == 0) return patch;
  patch.x /= static_cast<double>(patch.count);
  patch.y /= static_cast<double>(patch.count);
  return patch;
}

// -noreset: it would otherwise start anew whenever its last client goes, be it xwd, and refuse one
// that comes in that moment.
Display::Display()
    : server_({"Xvfb", "-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp",
               "-noreset"}) {
  // It writes the number when it can be connected to.
  const auto number = server_.AwaitOutput("");
  if (number) name_ = ":" + *number;
}

Display::~Display() { Unplug(); }

void Display::Unplug() {
  // It removes its lock file and socket.
  server_.Signal(SIGTERM);
  server_.AwaitExit();
}

std::optional<Screenshot> Display::Take() const {
  Child xwd({"xwd", "-root", "-silent", "-display", name_});
  if (xwd.AwaitExit() != 0) return {};
  return Screenshot::Parse(xwd.Output());
}

std::optional<Screenshot> Display::Await(
    const std::function<bool(const Screenshot&)>& pleases) const {
  const auto limit = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < limit) {
    auto shot = Take();
    if (shot && pleases(*shot)) return shot;
  }
  return {};
}

}  // namespace ball
