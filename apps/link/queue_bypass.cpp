// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/queue_bypass.h"

#include <chrono>
#include <utility>

namespace ball {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr int kRest = 100;  // buffers

}  // namespace

QueueBypass::QueueBypass(Ref<GstPad> source, nanoseconds patience)
    : source_(std::move(source)), patience_(patience) {}

QueueBypass::~QueueBypass() {
  if (behind_) gst_pad_remove_probe(behind_.get(), probe_);
}

bool QueueBypass::IsOpen() {
  if (rest_ > 0) {
    --rest_;
    return false;
  }
  if (!FindBehind() || awaited_ != nullptr || gst_pad_is_blocked(source_.get())) return false;
  // What has come there may still be under way.
  if (!GST_PAD_STREAM_TRYLOCK(behind_.get())) return false;
  GST_PAD_STREAM_UNLOCK(behind_.get());
  return true;
}

bool QueueBypass::FindBehind() {
  if (behind_) return true;
  behind_ = Ref<GstPad>::adopt(gst_pad_get_peer(source_.get()));
  if (!behind_) return false;
  // Under that pad's stream lock, so that there is no moment at which a buffer has neither come nor
  // is under way.
  probe_ = gst_pad_add_probe(behind_.get(), GST_PAD_PROBE_TYPE_BUFFER, OnBehind, this, nullptr);
  return true;
}

GstFlowReturn QueueBypass::Push(GstBuffer* buffer) {
  const auto begin = steady_clock::now();
  const GstFlowReturn result = gst_pad_push(source_.get(), buffer);
  if (result != GST_FLOW_OK) Close();
  if (steady_clock::now() - begin > patience_) rest_ = kRest;
  return result;
}

GstPadProbeReturn QueueBypass::Take(GstPadProbeInfo* info) {
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) == 0) {
    Close();
    return GST_PAD_PROBE_OK;
  }
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!IsOpen()) {
    Leave(buffer);
    return GST_PAD_PROBE_OK;
  }
  GST_PAD_PROBE_INFO_FLOW_RETURN(info) = Push(buffer);
  GST_PAD_PROBE_INFO_DATA(info) = nullptr;
  return GST_PAD_PROBE_HANDLED;
}

GstPadProbeReturn QueueBypass::OnBehind(GstPad*, GstPadProbeInfo* info, gpointer self) {
  const void* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  static_cast<QueueBypass*>(self)->awaited_.compare_exchange_strong(buffer, nullptr);
  return GST_PAD_PROBE_OK;
}

void BypassQueue(GstElement* queue, nanoseconds patience) {
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(queue, "sink"));
  auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(queue, "src"));
  gst_pad_add_probe(
      sink.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      [](GstPad*, GstPadProbeInfo* info, gpointer bypass) {
        return static_cast<QueueBypass*>(bypass)->Take(info);
      },
      new QueueBypass(std::move(source), patience),
      [](gpointer data) { delete static_cast<QueueBypass*>(data); });
}

}  // namespace ball
