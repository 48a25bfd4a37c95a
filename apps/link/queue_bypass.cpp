// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/queue_bypass.h"

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

struct Bypass {
  GstElement* queue;  // Outlives its pads' probes.
  GstPad* source;
  // The bringing thread's.
  bool open = false;
};

// Whether what came before a first buffer (caps, segment) and all that waited have gone out.
bool IsDrained(const Bypass& bypass) {
  GstEvent* segment = gst_pad_get_sticky_event(bypass.source, GST_EVENT_SEGMENT, 0);
  if (segment == nullptr) return false;
  gst_event_unref(segment);
  guint waiting = 0;
  g_object_get(bypass.queue, "current-level-buffers", &waiting, nullptr);
  return waiting == 0;
}

GstPadProbeReturn OnBuffer(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& bypass = *static_cast<Bypass*>(data);
  bypass.open = !gst_pad_is_blocked(bypass.source) && (bypass.open || IsDrained(bypass));
  if (!bypass.open) return GST_PAD_PROBE_OK;
  GST_PAD_PROBE_INFO_FLOW_RETURN(info) =
      gst_pad_push(bypass.source, GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = nullptr;
  return GST_PAD_PROBE_HANDLED;
}

}  // namespace

void BypassQueue(GstElement* queue) {
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(queue, "sink"));
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(queue, "src"));
  gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, OnBuffer,
                    new Bypass{queue, source.get()},
                    [](gpointer data) { delete static_cast<Bypass*>(data); });
}

}  // namespace ball
