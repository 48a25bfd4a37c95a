// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstddef>

namespace ball {

// The numbers that a source gives its frames, as cameras and test sources do in a buffer's offset:
// from them it shows what it has left out.
class FrameNumbers {
 public:
  // How many frames are missing before this one; 0 where the source does not number them, and where
  // it begins anew.
  size_t SkippedBefore(const GstBuffer* frame);

 private:
  guint64 next_ = GST_BUFFER_OFFSET_NONE;
};

}  // namespace ball
