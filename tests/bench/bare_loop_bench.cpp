// SPDX-License-Identifier: LGPL-2.1-or-later
// What a loop over webrtcbin costs where nothing but GStreamer's own elements is in it: the same
// picture through the same encoder, one webrtcbin to another, the same decoder, and a text back on
// a data channel for each frame. There is no window, server, matching, or protection against
// losses. With --locator the frame goes over shmpay ! shmsink to a process of its own, whose line
// is awaited before the text goes back; with --apart each end has a process of its own, as ours
// have. Our three processes can take neither less processor time than that nor less time from a
// frame to its answer.
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/compare/error_statistics.h"
#include "apps/link/codec.h"
#include "apps/link/command_line.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/peer_elements.h"
#include "apps/link/rtp_packet.h"
#include "apps/server-app/encoder_choice.h"
#include "apps/server-app/frame_time.h"
#include "plugins/rtptimestampmeta.h"
#include "tests/bench/bare_end.h"
#include "tests/bench/bare_loop_options.h"
#include "tests/bench/loop_board.h"
#include "tests/bench/spawned_locator.h"

namespace ball {
namespace {

using Clock = LoopBoard::Clock;
using std::chrono::milliseconds;

constexpr int kBitrate = 2000000;
constexpr milliseconds kConnectLimit{10000};
constexpr milliseconds kWarmUp{1000};
// What shared memory has room for: the decoder has some while one is looked at.
constexpr int kShmFrames = 9;

std::string SenderText(const BareLoopOptions& options) {
  return "ballsrc is-live=true ! video/x-raw,format=I420,width=" + std::to_string(options.width) +
         ",height=" + std::to_string(options.height) + ",framerate=" + std::to_string(options.fps) +
         "/1 ! " + EncoderFragment(Codec::kVp8, kBitrate) + " ! " + PayloaderFragment(Codec::kVp8) +
         " name=payloader ! "
         "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000 ! "
         "webrtcbin name=peer bundle-policy=max-bundle";
}

constexpr std::array<const char*, LoopBoard::kStamps - 1> kStages = {"encode", "network", "decode",
                                                                     "locate", "return"};
// Stands before the identity of a frame in a coordinate message.
constexpr char kId[] = R"("rtp_timestamp":)";

std::optional<RtpTimestamp> IdIn(const char* message) {
  const char* found = std::strstr(message, kId);
  if (found == nullptr) return std::nullopt;
  return RtpTimestamp{static_cast<uint32_t>(std::strtoul(found + std::strlen(kId), nullptr, 10))};
}

// As long as a coordinate message.
std::string Answer(RtpTimestamp id) {
  return std::string("{") + kId + std::to_string(id.value) +
         R"(,"found":true,"x":123.456789,"y":67.891234,"radius":20.123456,"confidence":0.98,)"
         R"("arrived_us":81234567,)"
         R"("stages_us":{"decoded":610,"handed_over":700,"located":760,"sent":800}})";
}

class Sender {
 public:
  Sender(const BareLoopOptions& options, LoopBoard& board, int socket)
      : options_(options), board_(board), end_(SenderText(options), socket) {
    SetUpEncoder();
    end_.Listen();
  }
  ~Sender() {
    end_.Stop();
    if (channel_ != nullptr) g_object_unref(channel_);
  }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  bool Connect() {
    // Not playing before the channel is asked for: it must be in the offer.
    end_.SetState(GST_STATE_READY);
    g_signal_emit_by_name(end_.peer(), "create-data-channel", "answers", nullptr, &channel_);
    if (channel_ == nullptr) return false;
    g_signal_connect(channel_, "on-message-string", G_CALLBACK(OnAnswer), this);
    end_.SetState(GST_STATE_PLAYING);
    return end_.Offer() && Await(1, kConnectLimit);
  }

  // Until so many answers have come, all in all.
  bool Await(int answers, milliseconds limit) const {
    const auto end = Clock::now() + limit;
    while (answers_ < answers && Clock::now() < end) std::this_thread::sleep_for(milliseconds(50));
    return answers_ >= answers;
  }

  int answers() const { return answers_; }

 private:
  void SetUpEncoder() {
    const auto encoder = Ref<GstElement>::adopt(gst_bin_get_by_name(end_.bin(), "encoder"));
    const EncoderTask task{Codec::kVp8, options_.width, options_.height,
                           static_cast<double>(options_.fps)};
    for (const auto& [name, value] :
         EncoderProperties("vp8enc", ChooseEncoder(task, std::thread::hardware_concurrency()))) {
      g_object_set(encoder.get(), name.c_str(), value, nullptr);
    }
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder.get(), "sink"));
    gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, OnFrame, &board_, nullptr);
    const auto payloader = Ref<GstElement>::adopt(gst_bin_get_by_name(end_.bin(), "payloader"));
    const auto packets = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader.get(), "src"));
    gst_pad_add_probe(packets.get(), kPacketProbe, OnSent, &board_, nullptr);
  }

  // From when the frame was due, as our server counts.
  static GstPadProbeReturn OnFrame(GstPad* pad, GstPadProbeInfo* info, gpointer board) {
    const GstClockTime time = GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(info));
    static_cast<LoopBoard*>(board)->Drawn(FrameTime(GST_PAD_PARENT(pad), time, Clock::now()));
    return GST_PAD_PROBE_OK;
  }

  static GstPadProbeReturn OnSent(GstPad*, GstPadProbeInfo* info, gpointer board) {
    const bool one = (info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0;
    GstBuffer* packet = one ? GST_PAD_PROBE_INFO_BUFFER(info)
                            : gst_buffer_list_get(GST_PAD_PROBE_INFO_BUFFER_LIST(info), 0);
    const auto id = ReadRtpTimestamp(packet);
    if (id) static_cast<LoopBoard*>(board)->Sent(*id, Clock::now());
    return GST_PAD_PROBE_OK;
  }

  static void OnAnswer(GObject*, gchar* message, gpointer raw) {
    auto* self = static_cast<Sender*>(raw);
    if (const auto id = IdIn(message)) self->board_.Set(LoopBoard::kAnswered, *id, Clock::now());
    ++self->answers_;
  }

  const BareLoopOptions options_;
  LoopBoard& board_;
  std::atomic<int> answers_{0};
  GObject* channel_ = nullptr;
  BareEnd end_;
};

class Receiver {
 public:
  Receiver(const BareLoopOptions& options, LoopBoard& board, int socket)
      : board_(board),
        shm_size_(kShmFrames * options.width * options.height * 3 / 2),
        end_(kText, socket) {
    if (!options.locator.empty()) locator_ = std::make_unique<SpawnedLocator>(options.locator);
    g_signal_connect(end_.peer(), "pad-added", G_CALLBACK(OnPad), this);
    g_signal_connect(end_.peer(), "on-data-channel", G_CALLBACK(OnChannel), this);
    end_.SetState(GST_STATE_PLAYING);
    end_.Listen();
  }
  ~Receiver() {
    // Before its frames end, of which it would complain.
    if (locator_) locator_->End();
    end_.Stop();
    if (GObject* channel = channel_.load()) g_object_unref(channel);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // Until the sender is gone.
  void AwaitEnd() { end_.AwaitEnd(); }

 private:
  static constexpr char kText[] = "webrtcbin name=peer bundle-policy=max-bundle";

  static void OnPad(GstElement*, GstPad* pad, gpointer raw) {
    if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
    auto* self = static_cast<Receiver*>(raw);
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, OnPacket, self, nullptr);
    const std::string text = DecoderFragment(Codec::kVp8) + " ! identity name=out ! " +
                             (self->locator_ ? self->ToLocator() : "fakesink") +
                             " sync=false async=false";
    GstElement* decoder = gst_parse_bin_from_description(text.c_str(), TRUE, nullptr);
    gst_bin_add(self->end_.bin(), decoder);
    const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(decoder), "out"));
    const auto decoded = Ref<GstPad>::adopt(gst_element_get_static_pad(out.get(), "src"));
    gst_pad_add_probe(decoded.get(), GST_PAD_PROBE_TYPE_BUFFER, OnDecoded, self, nullptr);
    gst_element_sync_state_with_parent(decoder);
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(decoder, "sink"));
    if (self->locator_) {
      self->locator_->Start([self](const char* line) {
        if (const auto id = IdIn(line)) self->Tell(*id);
      });
      self->board_.locator = self->locator_->pid();
    }
    gst_pad_link(pad, sink.get());
  }

  static void OnChannel(GstElement*, GObject* channel, gpointer raw) {
    static_cast<Receiver*>(raw)->channel_ = G_OBJECT(g_object_ref(channel));
  }

  static GstPadProbeReturn OnPacket(GstPad*, GstPadProbeInfo* info, gpointer raw) {
    GstBuffer* packet = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
    GST_PAD_PROBE_INFO_DATA(info) = packet;
    if (const auto id = ReadRtpTimestamp(packet)) {
      static_cast<Receiver*>(raw)->board_.Set(LoopBoard::kArrived, *id, Clock::now());
      SetRtpTimestamp(packet, *id);
    }
    return GST_PAD_PROBE_OK;
  }

  static GstPadProbeReturn OnDecoded(GstPad*, GstPadProbeInfo* info, gpointer raw) {
    auto* self = static_cast<Receiver*>(raw);
    if (const auto id = GetRtpTimestamp(GST_PAD_PROBE_INFO_BUFFER(info))) {
      self->board_.Set(LoopBoard::kDecoded, *id, Clock::now());
      if (!self->locator_) self->Tell(*id);
    }
    return GST_PAD_PROBE_OK;
  }

  std::string ToLocator() const {
    return "shmpay ! shmsink wait-for-connection=false shm-size=" + std::to_string(shm_size_) +
           " socket-path=" + locator_->socket_path();
  }

  void Tell(RtpTimestamp id) {
    board_.Set(LoopBoard::kLocated, id, Clock::now());
    GObject* channel = channel_.load();
    if (channel != nullptr) g_signal_emit_by_name(channel, "send-string", Answer(id).c_str());
  }

  LoopBoard& board_;
  const int shm_size_;  // bytes
  std::atomic<GObject*> channel_{nullptr};
  std::unique_ptr<SpawnedLocator> locator_;
  BareEnd end_;
};

// The receiver, here or in a process of its own, which ends with its sender.
class ReceiverSomewhere {
 public:
  ReceiverSomewhere(const BareLoopOptions& options, LoopBoard& board, std::array<int, 2> sockets) {
    if (options.apart) process_ = fork();
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(sockets[0]);
      Receiver(options, board, sockets[1]).AwaitEnd();
      std::_Exit(0);
    }
    if (options.apart) {
      close(sockets[1]);
    } else {
      receiver_ = std::make_unique<Receiver>(options, board, sockets[1]);
    }
  }
  ~ReceiverSomewhere() {
    if (process_ > 0) waitpid(process_, nullptr, 0);
  }
  ReceiverSomewhere(const ReceiverSomewhere&) = delete;
  ReceiverSomewhere& operator=(const ReceiverSomewhere&) = delete;

  // Of a process of its own.
  double SpentMs() const { return process_ > 0 ? ProcessorMs(process_) : 0; }

 private:
  pid_t process_ = -1;
  std::unique_ptr<Receiver> receiver_;
};

ErrorStatistics::Summary Summarize(const std::vector<double>& times) {
  ErrorStatistics statistics;
  for (const double time : times) statistics.Add(time);
  return statistics.Summarize();
}

bool Run(const BareLoopOptions& options) {
  LoopBoard* board = LoopBoard::Make();
  std::array<int, 2> sockets{};
  if (board == nullptr || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets.data()) != 0) return false;
  const ReceiverSomewhere receiver(options, *board, sockets);
  Sender sender(options, *board, sockets[0]);
  if (!sender.Connect()) return false;
  const int warm = 1 + static_cast<int>(options.fps * kWarmUp.count() / 1000);
  if (!sender.Await(warm, 5 * kWarmUp)) return false;
  const auto spent = [&] {
    return ProcessorMs(getpid()) + receiver.SpentMs() + ProcessorMs(board->locator);
  };
  const int first = sender.answers();
  const auto begin = Clock::now();
  const double before = spent();
  if (!sender.Await(first + options.frames, milliseconds(4000) * options.frames / options.fps)) {
    return false;
  }
  const double took = spent() - before;
  const int answers = sender.answers() - first;
  const auto loop = Summarize(board->TookMs(begin, LoopBoard::kDrawn, LoopBoard::kAnswered));
  if (loop.count == 0) return false;
  std::printf(
      "{\"width\":%d,\"height\":%d,\"fps\":%d,\"frames\":%d,\"cpu_ms\":%.3f,\"p50_ms\":%.3f,"
      "\"p99_ms\":%.3f",
      options.width, options.height, options.fps, answers, took / answers, *loop.p50, *loop.p99);
  for (size_t i = 0; i < kStages.size(); ++i) {
    const auto stage =
        Summarize(board->TookMs(begin, LoopBoard::Stamp(i), LoopBoard::Stamp(i + 1)));
    std::printf(",\"%s_ms\":%.3f", kStages[i], *stage.p50);
  }
  std::puts("}");
  return true;
}

int Main(int argc, char** argv) {
  const std::optional<BareLoopOptions> options = ParseBareLoop(&argc, &argv);
  if (!options) return 2;
  gst_init(nullptr, nullptr);
  const std::string missing =
      MissingElement({"ballsrc", "vp8enc", "vp8dec", "webrtcbin", "shmpay"});
  if (!missing.empty()) {
    std::fprintf(stderr, "bare_loop_bench: no element \"%s\": is GST_PLUGIN_PATH set?\n",
                 missing.c_str());
    return 1;
  }
  if (Run(*options)) return 0;
  std::fprintf(stderr, "bare_loop_bench: the loop did not connect, or stopped\n");
  return 1;
}

}  // namespace
}  // namespace ball

int main(int argc, char** argv) { return ball::Main(argc, argv); }
