// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace ball {

// A number from 0 to 1 (not included) that looks random but depends on nothing but its arguments,
// on every machine: the SplitMix64 finalizer (Steele, Lea, Flood 2014) over seed and coordinates.
inline double UnitNoise(uint32_t seed, uint32_t x, uint32_t y) {
  uint64_t bits = (uint64_t{y} << 32 | x) + 0x9e3779b97f4a7c15 * (uint64_t{seed} + 1);
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((bits ^ (bits >> 31)) >> 11) * 0x1p-53;
}

}  // namespace ball
