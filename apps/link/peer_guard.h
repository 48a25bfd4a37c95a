// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/sctp_filter.h"

namespace ball {

// Keeps a connected peer from having GStreamer end this process, and from having it make threads
// and tables without end: of its SCTP packets only those go on that SctpFilter lets pass, and it
// may have no more than 32 sources of RTP and RTCP, of each of which rtpbin keeps 26 kB, and
// perhaps a jitter buffer. Where no media is taken none goes on: webrtcbin ends by an error of
// media that it has no pad for. Outlives its elements' streaming.
class PeerGuard {
 public:
  // Told once, with a sentence on what the peer does that it may not. Any thread.
  using Told = std::function<void(const std::string& why)>;

  PeerGuard(bool takes_media, Told on_excess);
  ~PeerGuard();
  PeerGuard(const PeerGuard&) = delete;
  PeerGuard& operator=(const PeerGuard&) = delete;

  // Of an element that webrtcbin has made. Any thread.
  void Watch(GstElement* element);
  // No SCTP packet goes on any more, and none is under way: sctpdec asserts where one meets the end
  // of its association. Any thread but those that stream.
  void Close();

 private:
  static GstPadProbeReturn OnSctp(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static void OnSource(GstElement* rtpsession, guint ssrc, gpointer data);
  static GstPadProbeReturn OnUnwanted(GstPad* pad, GstPadProbeInfo* info, gpointer data);

  bool AdmitAll(const GstPadProbeInfo& info);
  bool Admit(GstBuffer* packet);
  void Tell(const char* why);

  const bool takes_media_;
  const Told on_excess_;
  std::atomic<bool> told_ = false;
  std::atomic<bool> closed_ = false;
  std::atomic<size_t> sources_ = 0;
  // The streaming thread's.
  SctpFilter filter_;
  // Of sctpdec; under lock_.
  std::mutex lock_;
  Ref<GstPad> sctp_;
  std::list<SignalHandler> handlers_;
};

}  // namespace ball
