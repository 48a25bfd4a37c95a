// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/frame_numbers.h"

#include <utility>

namespace ball {

size_t FrameNumbers::SkippedBefore(const GstBuffer* frame) {
  const guint64 number = GST_BUFFER_OFFSET(frame);
  // Where it counts bytes, as behind a file, it does not go on by one.
  const bool numbered =
      GST_BUFFER_OFFSET_IS_VALID(frame) && GST_BUFFER_OFFSET_END(frame) == number + 1;
  const guint64 expected = std::exchange(next_, numbered ? number + 1 : GST_BUFFER_OFFSET_NONE);
  return numbered && expected < number ? number - expected : 0;
}

}  // namespace ball
