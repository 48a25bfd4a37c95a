// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

namespace ball {

// A live source of 200 frames a second in front of shmpay and shmsink, as the client has it: frame
// n is GRAY8, filled with the byte n, has the RTP timestamp n and the PTS n * 5 ms. Frames for
// which a slow reader leaves no room are dropped. Any thread.
class FrameWriter {
 public:
  explicit FrameWriter(const std::string& socket_path);
  ~FrameWriter();
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  void SetSize(int width, int height);

  // Wait until that many more frames were drawn, or given to shmsink; false after 10 s.
  bool WaitForDrawn(uint64_t more) { return WaitFor(drawn_, more); }
  bool WaitForSent(uint64_t more) { return WaitFor(sent_, more); }
  uint64_t drawn() const;
  uint64_t sent() const;

 private:
  static GstPadProbeReturn Draw(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  static GstPadProbeReturn Send(GstPad* pad, GstPadProbeInfo* info, gpointer self);
  bool WaitFor(const uint64_t& counter, uint64_t more);
  void Probe(const char* element, GstPadProbeCallback callback);

  GstElement* pipeline_;
  mutable std::mutex lock_;
  std::condition_variable changed_;
  uint64_t drawn_ = 0;
  uint64_t sent_ = 0;
};

}  // namespace ball
