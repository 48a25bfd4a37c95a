// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>

#include "plugins/ballsrc/canvas_pool.h"

namespace ball {

// A buffer whose memory is the canvas's pixels (`bytes` of them), lent out by the pool.
//
// The memory is READONLY, so that whoever wants to write gets a copy instead of spoiling the
// background. The canvas goes back to the pool when the memory is released by its last user, not
// the buffer: elements may keep the memory in a buffer of their own. A GstBufferPool would look at
// the buffer only, and would throw away each one whose memory is READONLY.
GstBuffer* LendAsBuffer(CanvasPool& pool, std::unique_ptr<Canvas> canvas, gsize bytes);

}  // namespace ball
