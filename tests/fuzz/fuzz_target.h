// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// What each fuzz target defines. It is run by libFuzzer (meson setup -Dfuzz=true), or by
// replay.cpp, which needs no clang.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace ball {

// What must hold for every input. Where it does not, the fuzzer keeps the input.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

inline std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A line on a terminal or in a log.
inline bool IsPrintableAscii(std::string_view text) {
  for (const char c : text) {
    if (c < ' ' || c > '~') return false;
  }
  return true;
}

}  // namespace ball
