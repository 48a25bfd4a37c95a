// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace ball {

// How many times longer than usual things may take where a sanitizer is compiled in, or where the
// build says so (for valgrind, with -DBALL_SLOWDOWN). Tests multiply their tight limits by it, and
// what they ask of frame rates is divided by it.
#if defined(BALL_SLOWDOWN)
inline constexpr int kSlowdown = BALL_SLOWDOWN;
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlowdown = 10;
#else
inline constexpr int kSlowdown = 1;
#endif

}  // namespace ball
