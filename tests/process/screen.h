// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/process/child.h"

namespace ball {

struct Rgb {
  int red;
  int green;
  int blue;
};

// What a display shows: as xwd writes it.
class Screenshot {
 public:
  // Nothing where this is no picture of 32 bits a pixel.
  static std::optional<Screenshot> Parse(std::string xwd);

  int width() const { return width_; }
  int height() const { return height_; }
  Rgb At(int x, int y) const;

  struct Patch {
    size_t count = 0;
    // The mean of the pixels' centres, in pixels.
    double x = 0;
    double y = 0;
  };
  // The pixels that are wanted.
  Patch Find(const std::function<bool(Rgb)>& wanted) const;

 private:
  std::string bytes_;
  size_t first_pixel_ = 0;
  size_t line_ = 0;
  int width_ = 0;
  int height_ = 0;
};

// An X display without a screen, on whatever number is free.
class Display {
 public:
  Display();
  ~Display();

  // For the variable DISPLAY; empty where the display does not start.
  const std::string& name() const { return name_; }
  std::optional<Screenshot> Take() const;
  // A screenshot that pleases, before patience ends.
  std::optional<Screenshot> Await(const std::function<bool(const Screenshot&)>& pleases) const;
  // As if the monitor's cable were drawn together with the X server's.
  void Unplug();

 private:
  Child server_;
  std::string name_;
};

}  // namespace ball
