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

PatientQueue::PatientQueue(Ref<GstElement> queue, milliseconds limit, Passes passes)
    : queue_(std::move(queue)),
      limit_(limit),
      passes_(passes),
      bypass_(Ref<GstPad>::adopt(gst_element_get_static_pad(queue_.get(), "src"))) {
  g_object_set(queue_.get(), "max-size-buffers", 0, "max-size-bytes", 0, nullptr);
  SetLimit(queue_.get(), set_);
  const auto add_probe = [this](const char* name, int type, GstPadProbeCallback callback) {
    const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(queue_.get(), name));
    gst_pad_add_probe(pad.get(), static_cast<GstPadProbeType>(type), callback, this, nullptr);
  };
  add_probe("sink", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, OnItem);
  add_probe("src", GST_PAD_PROBE_TYPE_BUFFER, OnTaken);
}

GstPadProbeReturn PatientQueue::OnItem(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<PatientQueue*>(data);
  self->writer_ = std::this_thread::get_id();
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    GstBuffer* frame = GST_PAD_PROBE_INFO_BUFFER(info);
    self->FitLimit(frame);
    if (!self->passes_(frame)) {
      self->bypass_.Leave(frame);
      return GST_PAD_PROBE_OK;
    }
  }
  return self->bypass_.Take(info);
}

GstPadProbeReturn PatientQueue::OnTaken(GstPad*, GstPadProbeInfo*, gpointer data) {
  auto* self = static_cast<PatientQueue*>(data);
  self->taken_ = std::this_thread::get_id() != self->writer_.load();
  return GST_PAD_PROBE_OK;
}

void PatientQueue::FitLimit(const GstBuffer* frame) {
  if (!GST_BUFFER_PTS_IS_VALID(frame)) return;
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const nanoseconds held =
      hold_up_.Of(now, nanoseconds(static_cast<int64_t>(GST_BUFFER_PTS(frame))));
  // Less than a step is the machine's doing, which the limit allows for.
  const milliseconds extra = std::min(kMostExtra, held / nanoseconds(kStep) * kStep);
  // GStreamer 1.22's queue reckons from the last frame that it gave out itself, or the start of the
  // segment, and would drop the first of two that come at once.
  const milliseconds limit = taken_ ? limit_ + extra : milliseconds::zero();
  if (set_ == limit) return;
  set_ = limit;
  SetLimit(queue_.get(), limit);
}

}  // namespace ball
