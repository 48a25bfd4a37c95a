// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/peer_guard.h"

#include <utility>

#include "apps/link/peer_elements.h"

namespace ball {
namespace {

// A peer has a video, what is repeated of it, and what it reports as; one that draws the same
// number as another has one more.
constexpr size_t kMaxSources = 32;

constexpr char kTooManySources[] = "the peer has more sources of RTP and RTCP than any needs";
constexpr char kTooManyStreams[] =
    "the peer has more streams and resets of data channels than any needs";
constexpr char kUnwanted[] = "the peer sends media, but none is taken from it";

}  // namespace

PeerGuard::PeerGuard(bool takes_media, Told on_excess)
    : takes_media_(takes_media), on_excess_(std::move(on_excess)) {}

PeerGuard::~PeerGuard() = default;

void PeerGuard::Watch(GstElement* element) {
  const std::lock_guard guard(lock_);
  if (IsA(element, "rtpsession")) {
    handlers_.emplace_back(element, "on-new-ssrc", G_CALLBACK(OnSource), this);
  }
  if (!takes_media_ && IsA(element, "dtlssrtpdec")) {
    const auto media = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "rtp_src"));
    gst_pad_add_probe(media.get(), kPacketProbe, OnUnwanted, this, nullptr);
  }
  if (!IsA(element, "sctpdec")) return;
  sctp_ = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "sink"));
  gst_pad_add_probe(sctp_.get(), kPacketProbe, OnSctp, this, nullptr);
}

void PeerGuard::OnSource(GstElement*, guint, gpointer data) {
  auto* self = static_cast<PeerGuard*>(data);
  if (++self->sources_ > kMaxSources) self->Tell(kTooManySources);
}

GstPadProbeReturn PeerGuard::OnUnwanted(GstPad*, GstPadProbeInfo*, gpointer data) {
  static_cast<PeerGuard*>(data)->Tell(kUnwanted);
  return GST_PAD_PROBE_DROP;
}

GstPadProbeReturn PeerGuard::OnSctp(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<PeerGuard*>(data);
  return !self->closed_ && self->AdmitAll(*info) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

// Of a list all or none: a peer repeats what was dropped.
bool PeerGuard::AdmitAll(const GstPadProbeInfo& info) {
  if ((info.type & GST_PAD_PROBE_TYPE_BUFFER) != 0) return Admit(GST_PAD_PROBE_INFO_BUFFER(&info));
  GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(&info);
  for (guint i = 0; i < gst_buffer_list_length(list); ++i) {
    if (!Admit(gst_buffer_list_get(list, i))) return false;
  }
  return true;
}

bool PeerGuard::Admit(GstBuffer* packet) {
  GstMapInfo map;
  if (!gst_buffer_map(packet, &map, GST_MAP_READ)) return false;
  const auto verdict = filter_.Judge({map.data, map.size});
  gst_buffer_unmap(packet, &map);
  if (verdict == SctpFilter::Verdict::kExcess) Tell(kTooManyStreams);
  return verdict == SctpFilter::Verdict::kPasses;
}

void PeerGuard::Tell(const char* why) {
  if (!told_.exchange(true)) on_excess_(why);
}

void PeerGuard::Close() {
  closed_ = true;
  // What is under way may have an element made, which is watched: not with our lock held.
  const Ref<GstPad> sctp = [this] {
    const std::lock_guard guard(lock_);
    return sctp_;
  }();
  if (!sctp) return;
  GST_PAD_STREAM_LOCK(sctp.get());
  GST_PAD_STREAM_UNLOCK(sctp.get());
}

}  // namespace ball
