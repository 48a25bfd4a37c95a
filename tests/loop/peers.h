// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/client-app/receiver.h"
#include "apps/link/teardown.h"
#include "apps/server-app/session_media.h"
#include "apps/server-app/source_pipeline.h"

namespace ball {

// A white ball on black that moves five pixels a frame: 320x240 at 60 frames a second.
SourcePipeline::Settings TestSource(Codec codec);

// A source that runs, and knows its caps.
class RunningSource {
 public:
  explicit RunningSource(Codec codec);

  SourcePipeline& pipeline() { return pipeline_; }
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  bool ready_ = false;
  std::vector<std::string> failures_;
  SourcePipeline pipeline_;
};

// What one end was told.
struct PeerLog {
  std::optional<std::string> description;
  bool connected = false;
  std::vector<std::string> remote_channels;
  std::vector<std::string> open_channels;
  std::vector<std::string> messages;
  std::vector<std::string> failures;
  // What the handshake told of the way there and back.
  std::vector<std::chrono::nanoseconds> round_trips;

  bool IsOpen(const std::string& label) const;
};

// The server's end of a session, as server-app has it: frames start once it is connected, and each
// message goes to the ledger.
class ServerEnd {
 public:
  ServerEnd(SourcePipeline& source, Codec codec, Teardown& teardown,
            const std::string& ice_address = "127.0.0.1");
  ~ServerEnd();
  ServerEnd(const ServerEnd&) = delete;
  ServerEnd& operator=(const ServerEnd&) = delete;

  SessionMedia& media() { return *media_; }
  WebRtcPeer& peer() { return media_->peer(); }
  const PeerLog& log() const { return log_; }
  struct Truth {
    RtpTimestamp id;
    Ball ball;
  };
  // What it would tell the client of the frames.
  const std::vector<Truth>& told() const { return told_; }
  // Where its RTP packets leave, before they are encrypted.
  Ref<GstPad> packets();
  size_t sent() { return media_->ledger().Totals().frames.sent; }

 private:
  Teardown& teardown_;
  PeerLog log_;
  std::vector<Truth> told_;
  std::unique_ptr<SessionMedia> media_;
};

// A frame that a client decoded: its identity, and the centroid of what is bright in it.
struct SeenFrame {
  std::optional<RtpTimestamp> id;
  double x = 0;
  double y = 0;
};

// The client's end, as client-app has it, but that it looks for the ball itself: it answers each
// frame on the channel "coordinates", which it opens.
class ClientEnd {
 public:
  explicit ClientEnd(Teardown& teardown, const std::string& ice_address = "127.0.0.1");
  ~ClientEnd();
  ClientEnd(const ClientEnd&) = delete;
  ClientEnd& operator=(const ClientEnd&) = delete;

  Receiver& receiver() { return *receiver_; }
  WebRtcPeer& peer() { return receiver_->peer(); }
  const PeerLog& log() const { return log_; }
  const std::vector<SeenFrame>& seen() const { return seen_; }
  const std::string& video() const { return video_; }
  // Asks the sender for a key frame, as a decoder does that misses one.
  void RequestKeyFrame();

 private:
  static GstPadProbeReturn OnFrame(GstPad* pad, GstPadProbeInfo* info, gpointer self);

  void Watch();
  void Note(const SeenFrame& frame);
  void Answer(const SeenFrame& frame);

  Teardown& teardown_;
  PeerLog log_;
  std::string directory_;
  std::string video_;
  std::vector<SeenFrame> seen_;
  std::deque<SeenFrame> unanswered_;
  // Closed before the pipeline is buried, whose threads may post until then and after.
  std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<Receiver> receiver_;
};

// Of a pipeline, the first element of that factory, however deep; none where there is none.
Ref<GstElement> FirstOf(GstElement* pipeline, const char* factory);

// Its ends' pipelines stop in good time.
class LoopTest : public testing::Test {
 protected:
  ~LoopTest() override { EXPECT_TRUE(teardown_.Finish(std::chrono::seconds(20))); }

  Teardown teardown_;
};

// A server and a client, not connected yet.
class PairTest : public LoopTest {
 protected:
  RunningSource source_{Codec::kVp8};
  ServerEnd server_{source_.pipeline(), Codec::kVp8, teardown_};
  ClientEnd client_{teardown_};
};

// What a man in the middle makes of a description.
using Tamper = std::function<std::string(const std::string&)>;

// Hands the descriptions over, and waits until each end is connected or has failed; false if that
// takes too long.
bool Connect(ServerEnd& server, ClientEnd& client, const Tamper& offer = {},
             const Tamper& answer = {});

// Waits until the client has answered so many frames.
testing::AssertionResult AwaitAnswers(ServerEnd& server, ClientEnd& client, size_t count);

}  // namespace ball
