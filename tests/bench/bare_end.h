// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

#include <string>
#include <string_view>
#include <thread>

#include "apps/link/glib_ptr.h"

namespace ball {

// One webrtcbin in a pipeline of its own, and the signalling with the one at the other end of a
// socket, which is in this process or in another. One thread.
class BareEnd {
 public:
  // gst-launch text that holds a `webrtcbin name=peer`; one end of a SOCK_SEQPACKET pair, which
  // goes with this object.
  BareEnd(const std::string& text, int socket);
  ~BareEnd();
  BareEnd(const BareEnd&) = delete;
  BareEnd& operator=(const BareEnd&) = delete;

  GstBin* bin() const { return bin_; }
  GstElement* peer() const { return peer_.get(); }
  void SetState(GstState state) { gst_element_set_state(pipeline_.get(), state); }

  // Answers the other's offer, and exchanges candidates with it, until the other end is gone.
  void Listen();
  // False where webrtcbin makes none.
  bool Offer();
  // Until the other end is gone.
  void AwaitEnd();
  // Stops the pipeline and the exchange.
  void Stop();

 private:
  static void OnCandidate(GstElement*, guint line, gchar* candidate, gpointer self);

  void Read();
  void Take(char kind, const std::string& text);
  void Tell(char kind, std::string_view text) const;
  // create-offer or create-answer, told and set. False where webrtcbin makes none.
  bool Describe(const char* what, char kind);
  void Set(const char* which, GstWebRTCSessionDescription* description);

  const int socket_;
  Ref<GstElement> pipeline_;
  GstBin* bin_;  // the pipeline's
  Ref<GstElement> peer_;
  std::thread reader_;
};

}  // namespace ball
