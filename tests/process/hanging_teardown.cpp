// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded into a program: the first BALL_HANGING_TEARDOWNS pipelines with a webrtcbin hang when
// they are stopped, as GStreamer 1.22 does where a peer was closed at a wrong moment. With
// BALL_HANGING_EXIT it hangs when it ends, as a library's end may.
#include <dlfcn.h>
#include <gst/gst.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace {

bool HasPeer(GstElement* element) {
  if (!GST_IS_BIN(element)) return false;
  GstElement* peer = gst_bin_get_by_name(GST_BIN(element), "peer");
  if (peer == nullptr) return false;
  gst_object_unref(peer);
  return true;
}

int HangsWanted() {
  const char* text = std::getenv("BALL_HANGING_TEARDOWNS");
  return text == nullptr ? 0 : std::atoi(text);
}

__attribute__((destructor)) void HangAtExit() {
  while (std::getenv("BALL_HANGING_EXIT") != nullptr) pause();
}

}  // namespace

extern "C" GstStateChangeReturn gst_element_set_state(GstElement* element, GstState state) {
  using SetState = GstStateChangeReturn (*)(GstElement*, GstState);
  static const auto real = reinterpret_cast<SetState>(dlsym(RTLD_NEXT, "gst_element_set_state"));
  static std::atomic<int> hung = 0;
  if (state == GST_STATE_NULL && HasPeer(element) && hung++ < HangsWanted()) {
    while (true) pause();
  }
  return real(element, state);
}
