// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/frame_handoff.h"

#include <gst/video/video.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Two frames under way and one being written: with more a slow locator would get old frames.
constexpr guint kSharedFrames = 3;
// Beside the pixels: the header, and what the area's allocator keeps.
constexpr guint kFrameOverhead = 64 * 1024;
// At 600 frames a second several frames may come at once during any other process's turn: what is
// younger waits. The locator's own queue holds fewer, so that one that is slow in general looks at
// new ones.
constexpr milliseconds kWaiting{100};
// How often it is looked whether the segment is still there, or whether there is room by now.
constexpr milliseconds kCheckPeriod{250};
// Without room for so long nobody will make any.
constexpr std::chrono::seconds kFullLimit{10};

std::string Megabytes(guint bytes) {
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return std::string(g_ascii_formatd(text, sizeof text, "%.1f", bytes / 1e6)) + " MB";
}

// Then shmsink only tells the locator of it. Any other it copies, and waits for room if there is
// none, which a locator that hangs makes none of.
bool LiesInSharedMemory(GstBuffer* frame) {
  if (gst_buffer_n_memory(frame) != 1) return false;
  const GstAllocator* allocator = gst_buffer_peek_memory(frame, 0)->allocator;
  return allocator != nullptr &&
         std::string_view(G_OBJECT_TYPE_NAME(allocator)) == "GstShmSinkAllocator";
}

}  // namespace

std::string FrameHandoff::Text(const std::string& socket_path) {
  return "queue name=waiting leaky=downstream "
         "! shmpay name=pay in-place=false ! shmsink name=handoff wait-for-connection=false "
         "sync=false async=false enable-last-sample=false perms=0600 socket-path=\"" +
         socket_path + "\"";
}

FrameHandoff::FrameHandoff(GstElement* pipeline, Events events)
    : events_(std::move(events)),
      waiting_(Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline), "waiting")), kWaiting,
               LiesInSharedMemory),
      pay_(Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline), "pay"))),
      sink_(Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline), "handoff"))) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(pay_.get(), "sink"));
  gst_pad_add_probe(
      pad.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      OnItem, this, nullptr);
}

// Streaming thread, and so are all below.
GstPadProbeReturn FrameHandoff::OnItem(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<FrameHandoff*>(data);
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    const auto now = steady_clock::now();
    if (!self->Ready(now)) return GST_PAD_PROBE_DROP;
    self->handed_over_ = now;
  } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(GST_PAD_PROBE_INFO_EVENT(info), &caps);
    self->Fit(caps);
  }
  return GST_PAD_PROBE_OK;
}

void FrameHandoff::Fit(GstCaps* caps) {
  GstVideoInfo info;
  if (!gst_video_info_from_caps(&info, caps)) return;
  // Decoders pad their lines and rows.
  const auto frame = static_cast<guint>(GST_VIDEO_INFO_SIZE(&info) * 5 / 4) + kFrameOverhead;
  size_ = kSharedFrames * frame;
  reserved_ = Reserve();
}

bool FrameHandoff::Ready(Time now) {
  if (now < next_check_) return reserved_;
  next_check_ = now + kCheckPeriod;
  Check(now);
  return reserved_;
}

void FrameHandoff::Check(Time now) {
  if (reserved_ && segment_.Removed()) {
    Note("the shared memory was removed: it is made again");
    reserved_ = false;
  }
  if (!reserved_) reserved_ = Reserve();
  if (!reserved_) return TellFull(now);
  if (std::exchange(full_since_, std::nullopt)) Note("there is room in shared memory again");
}

// The decoder may draw into the segment only once it has memory, and what it drew into an old one
// is not sent: the reader has none of it any more.
bool FrameHandoff::Reserve() {
  g_object_set(pay_.get(), "in-place", FALSE, nullptr);
  const bool reserved = MakeSegment();
  g_object_set(pay_.get(), "in-place", reserved ? TRUE : FALSE, nullptr);
  return reserved;
}

// Makes the segment, unless it is there and only has no memory yet.
bool FrameHandoff::MakeSegment() {
  guint size = 0;
  g_object_get(sink_.get(), "shm-size", &size, nullptr);
  const bool fits = segment_.found() && !segment_.Removed() && (size == size_ || size == size_ + 1);
  // shmsink makes another one only of another size.
  const guint next = size == size_ ? size_ + 1 : size_;
  const auto make = [&] { g_object_set(sink_.get(), "shm-size", next, nullptr); };
  return (fits || segment_.Find(make)) && segment_.Reserve();
}

void FrameHandoff::TellFull(Time now) {
  const std::string full = std::string("no room for frames in shared memory (") +
                           std::strerror(errno) + "): make " + Megabytes(size_) +
                           " free in /dev/shm, or make that larger";
  if (!full_since_) {
    full_since_ = now;
    return Note(full + "; waiting for it");
  }
  if (now - *full_since_ < kFullLimit) return;
  full_since_ = now;
  mailbox_.Post([this, full] { events_.on_failed(full); });
}

void FrameHandoff::Note(const std::string& text) {
  mailbox_.Post([this, text] { events_.on_note(text); });
}

}  // namespace ball
