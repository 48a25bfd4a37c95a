// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <chrono>

#include "apps/link/glib_ptr.h"

namespace ball {

// The way past an element that gives what comes to it to a thread of its own, as queue and appsrc
// do: two switches of thread for each buffer, which are not worth it while nothing waits there and
// the element behind does nothing. A buffer then goes on at once, on the thread that brings it. The
// order stays, and whoever brings one does not wait for what came before.
//
// Whoever brings the buffers, one thread at a time, asks for each one:
//
//   if (bypass.IsOpen()) return bypass.Push(buffer);
//   bypass.Leave(buffer);  // ... and gives it to the element.
//
// Destroyed after its pads were stopped.
class QueueBypass {
 public:
  // What takes longer than that behind the element is worth a thread.
  static constexpr std::chrono::milliseconds kPatience{2};

  // `source`: where the element's own thread pushes. Need not be linked yet.
  explicit QueueBypass(Ref<GstPad> source, std::chrono::nanoseconds patience = kPatience);
  ~QueueBypass();
  QueueBypass(const QueueBypass&) = delete;
  QueueBypass& operator=(const QueueBypass&) = delete;

  // For the next hundred buffers not, where one that went past took longer than `patience`: whoever
  // brings them is not held up again and again.
  bool IsOpen();
  // Takes the buffer. What came of it is told to the element as well, by the next buffer, which
  // goes there unless this is GST_FLOW_OK.
  GstFlowReturn Push(GstBuffer* buffer);
  // This one is about to be given to the element.
  void Leave(const GstBuffer* buffer) { awaited_ = buffer; }
  // So is something that the next buffer must not overtake: an event.
  void Close() { awaited_ = this; }
  // All of it, for a probe of the buffers and events that come to the element.
  GstPadProbeReturn Take(GstPadProbeInfo* info);

 private:
  static GstPadProbeReturn OnBehind(GstPad* pad, GstPadProbeInfo* info, gpointer self);

  bool FindBehind();

  const Ref<GstPad> source_;
  const std::chrono::nanoseconds patience_;
  // The bringing thread's.
  Ref<GstPad> behind_;
  gulong probe_ = 0;
  int rest_ = 0;
  // The last buffer that was left to the element, until it comes to the one behind; `this` where
  // the next one must be left to it. Only ever compared.
  std::atomic<const void*> awaited_ = this;
};

// Of a `queue`, for whatever comes to it. Any thread.
void BypassQueue(GstElement* queue,
                 std::chrono::nanoseconds patience = std::chrono::nanoseconds::max());

}  // namespace ball
