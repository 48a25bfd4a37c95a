// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

namespace ball {

// Takes a `queue` out of the way of what comes to it: as soon as nothing waits in it, a buffer goes
// on to the element behind it at once, on the thread that brings it, which is then the one that
// waits where that element takes its time. While the way out is blocked, buffers wait in the queue
// as before. The first to go past it may overtake the last that was in it, so this is for
// datagrams.
//
// For a queue that has not seen a buffer yet. Any thread.
void BypassQueue(GstElement* queue);

}  // namespace ball
