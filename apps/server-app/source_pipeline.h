// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "apps/compare/truth_ledger.h"
#include "apps/link/bus_watch.h"
#include "apps/link/codec.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"
#include "apps/server-app/encoder_choice.h"
#include "apps/server-app/frame_fanout.h"
#include "apps/server-app/frame_gap.h"
#include "apps/server-app/frame_numbers.h"
#include "apps/server-app/machine_load.h"

namespace ball {

// Draws and encodes, once for all sessions:
//
//   source ! (truth and time of each frame noted) ! videoconvert ! encoder ! appsink -> FrameFanout
//
// Main thread only; what the streaming thread shares is locked.
class SourcePipeline {
 public:
  struct Settings {
    // gst-launch text of a source whose buffers carry `ball-truth` metas; ballsrc where empty.
    std::string source;
    // Pixels and frames a second; for a source of the user's own 0 = as it likes.
    int width = 640;
    int height = 480;
    std::string framerate = "30/1";
    Codec codec = Codec::kVp8;
    int bitrate = 2000000;
    // 0: by size, frame rate and idle cores.
    int encoder_threads = 0;
    // gst-launch text that makes the codec of raw I420 video, in place of our own encoder, whose
    // two settings above it does not have; empty for none.
    std::string encoder;
  };

  struct Events {
    // The encoder has said what it makes: sessions can be offered.
    std::function<void()> on_caps;
    // The source ended by itself.
    std::function<void()> on_end;
    std::function<void(const std::string& reason)> on_failed;
  };

  explicit SourcePipeline(Events events);
  ~SourcePipeline();
  SourcePipeline(const SourcePipeline&) = delete;
  SourcePipeline& operator=(const SourcePipeline&) = delete;

  // An empty text, or one sentence that says what failed and what to do.
  std::string Start(const Settings& settings);
  // After a failure: goes on with new frames at their time, for the same sessions. As Start.
  std::string Restart();
  // Draws no more; the last frames are handed out before it returns.
  void Stop();

  // Of our own encoder, bit/s; one of the user's own is left alone. `overshoots`: it makes more.
  void SetBitrate(int bitrate, bool overshoots = false);
  int bitrate() const { return bitrate_; }

  FrameFanout& fanout() { return fanout_; }
  GstElement* pipeline() const { return pipeline_.get(); }
  // What the encoder makes; empty before on_caps.
  Ref<GstCaps> encoded_caps() const { return encoded_caps_; }
  // Of the raw video; zero and empty before on_caps.
  int width() const { return width_; }
  int height() const { return height_; }
  const std::string& framerate() const { return framerate_; }
  // One line on how the encoder is set up; empty before on_caps.
  std::string EncoderLine() const;
  // Whether its frames come at their own time; what does not, as a file, is paced before the
  // encoder.
  bool live() const { return live_; }
  // When the last frame came out of the encoder, or was drawn while nobody watched; nothing before
  // on_caps.
  std::optional<std::chrono::steady_clock::time_point> LastDelivered() const;
  // Whether a live source has delivered nothing for so long, watched or not.
  bool Stalled(std::chrono::milliseconds limit) const;

 private:
  static GstPadProbeReturn OnRawCaps(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static GstPadProbeReturn OnDrawn(GstPad* pad, GstPadProbeInfo* info, gpointer data);
  static GstFlowReturn OnSample(GstElement* sink, gpointer data);

  std::string Build(const Settings& settings);
  void SetUpSource(double framerate);
  void SetUpEncoder(const EncoderTask& task);
  std::string Play();
  void NoteDrawn(GstClockTime running_time, GstBuffer* buffer, size_t skipped);
  std::optional<DrawnFrame> TakeDrawn(GstClockTime running_time);
  void TellCaps(GstCaps* encoded);
  void NoteCaps(GstCaps* raw, GstCaps* encoded);
  void ForceKeyFrame();

  Events events_;
  Settings settings_;
  MachineLoad load_;
  int bitrate_ = 0;
  bool overshoots_ = false;
  Mailbox mailbox_;
  Ref<GstElement> pipeline_;
  Ref<GstElement> encoder_sink_;
  std::unique_ptr<BusWatch> bus_;
  // What comes to the encoder; its thread only.
  FrameNumbers numbers_;
  FrameGap gap_;
  FrameFanout fanout_;
  SignalHandler new_sample_;

  Ref<GstCaps> encoded_caps_;
  // How the encoder is set up. Written once, by the streaming thread before on_caps.
  std::string encoder_text_;
  int width_ = 0;
  int height_ = 0;
  std::string framerate_;

  std::atomic<bool> live_ = true;
  std::atomic<std::chrono::steady_clock::time_point> last_delivered_ =
      std::chrono::steady_clock::now();
  // Whether the main thread was told the caps. Streaming threads.
  std::atomic<bool> caps_told_ = false;
  // Frames that the encoder has not returned, by their running time.
  std::mutex drawn_lock_;
  std::deque<std::pair<GstClockTime, DrawnFrame>> drawn_;
};

}  // namespace ball
