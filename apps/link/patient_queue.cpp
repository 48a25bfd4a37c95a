// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/patient_queue.h"

#include <algorithm>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// What took longer is of no use any more.
constexpr milliseconds kMostExtra{1000};
// The property is set in steps, so that it is not set for each frame.
constexpr milliseconds kStep{50};

void SetLimit(GstElement* queue, milliseconds limit) {
  g_object_set(queue, "max-size-time", static_cast<guint64>(nanoseconds(limit).count()), nullptr);
}

}  // namespace

PatientQueue::PatientQueue(Ref<GstElement> queue, milliseconds limit)
    : queue_(std::move(queue)), limit_(limit) {
  g_object_set(queue_.get(), "max-size-buffers", 0, "max-size-bytes", 0, nullptr);
  SetLimit(queue_.get(), set_);
  const auto add_probe = [this](const char* name, GstPadProbeCallback callback) {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(queue_.get(), name));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, callback, this, nullptr);
  };
  add_probe("sink", OnFrame);
  add_probe("src", OnTaken);
}

GstPadProbeReturn PatientQueue::OnTaken(GstPad*, GstPadProbeInfo*, gpointer data) {
  static_cast<PatientQueue*>(data)->taken_ = true;
  return GST_PAD_PROBE_REMOVE;
}

GstPadProbeReturn PatientQueue::OnFrame(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<PatientQueue*>(data);
  const GstBuffer* frame = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!GST_BUFFER_PTS_IS_VALID(frame)) return GST_PAD_PROBE_OK;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const nanoseconds held =
      self->hold_up_.Of(now, nanoseconds(static_cast<int64_t>(GST_BUFFER_PTS(frame))));
  // Less than a step is the machine's doing, which the limit allows for.
  const milliseconds extra = std::min(kMostExtra, held / nanoseconds(kStep) * kStep);
  // Until its reader took a frame GStreamer 1.22's queue reckons from the start of the segment, and
  // would drop the first of two that come at once.
  if (!self->taken_ || self->set_ == self->limit_ + extra) return GST_PAD_PROBE_OK;
  self->set_ = self->limit_ + extra;
  SetLimit(self->queue_.get(), self->set_);
  return GST_PAD_PROBE_OK;
}

}  // namespace ball
