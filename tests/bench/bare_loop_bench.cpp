// SPDX-License-Identifier: LGPL-2.1-or-later
// What a loop over webrtcbin costs where nothing but GStreamer's own elements is in it: the same
// picture through the same encoder, one webrtcbin to another, the same decoder, and a text back on
// a data channel for each frame. Both ends are in one process, without window, signalling, matching
// or protection against losses. With --locator the frame goes over shmpay ! shmsink to a process of
// its own, whose line is awaited before the text goes back. Our three processes can take neither
// less processor time than that nor less time from a frame to its answer.
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/link/codec.h"
#include "apps/link/command_line.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/peer_elements.h"
#include "apps/server-app/encoder_choice.h"
#include "tests/bench/spawned_locator.h"

namespace ball {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kBitrate = 2000000;
constexpr milliseconds kConnectLimit{10000};
constexpr milliseconds kWarmUp{2000};
// As long as a coordinate message.
constexpr char kAnswer[] =
    R"({"rtp_timestamp":3527980796,"found":true,"x":123.456789,"y":67.891234,"radius":20.123456,)"
    R"("confidence":0.98,"arrived_us":81234567,)"
    R"("stages_us":{"decoded":610,"handed_over":700,"located":760,"sent":800}})";

struct Options {
  int width = 640;
  int height = 480;
  int fps = 30;
  int frames = 150;
  std::string locator;  // its program; without one nobody looks at the frames
};

std::string SenderText(const Options& options) {
  return "ballsrc is-live=true ! video/x-raw,format=I420,width=" + std::to_string(options.width) +
         ",height=" + std::to_string(options.height) + ",framerate=" + std::to_string(options.fps) +
         "/1 ! " + EncoderFragment(Codec::kVp8, kBitrate) + " ! " + PayloaderFragment(Codec::kVp8) +
         " name=payloader ! "
         "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000 ! "
         "webrtcbin name=peer bundle-policy=max-bundle";
}

// Where a frame is on its way, in the order of the ledger's stages: each ends one but the first.
enum Stamp : size_t { kDrawn, kSent, kArrived, kDecoded, kLocated, kAnswered, kStamps };
constexpr std::array<const char*, kStamps - 1> kStages = {"encode", "network", "decode", "locate",
                                                          "return"};

// One webrtcbin in a pipeline of its own.
class End {
 public:
  explicit End(const std::string& text)
      : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
        bin_(GST_BIN(gst_parse_bin_from_description(text.c_str(), FALSE, nullptr))) {
    gst_bin_add(GST_BIN(pipeline_.get()), GST_ELEMENT(bin_));
    peer_ = Ref<GstElement>::adopt(gst_bin_get_by_name(bin_, "peer"));
  }
  ~End() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  GstBin* bin() const { return bin_; }
  GstElement* peer() const { return peer_.get(); }
  void SetState(GstState state) { gst_element_set_state(pipeline_.get(), state); }

  void SendCandidatesTo(const End& other) {
    const auto add = +[](GstElement*, guint line, gchar* candidate, gpointer to) {
      g_signal_emit_by_name(to, "add-ice-candidate", line, candidate);
    };
    g_signal_connect(peer_.get(), "on-ice-candidate", G_CALLBACK(add), other.peer());
  }

  // create-offer or create-answer; null where webrtcbin makes none.
  Owned<GstWebRTCSessionDescription> Create(const char* what) {
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(peer_.get(), (std::string("create-") + what).c_str(), nullptr, promise);
    gst_promise_wait(promise);
    GstWebRTCSessionDescription* description = nullptr;
    if (const GstStructure* reply = gst_promise_get_reply(promise)) {
      gst_structure_get(reply, what, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, nullptr);
    }
    gst_promise_unref(promise);
    return Owned<GstWebRTCSessionDescription>(description);
  }

  // set-local-description or set-remote-description
  void Set(const char* which, GstWebRTCSessionDescription* description) {
    GstPromise* promise = gst_promise_new();
    g_signal_emit_by_name(peer_.get(), (std::string("set-") + which + "-description").c_str(),
                          description, promise);
    gst_promise_wait(promise);
    gst_promise_unref(promise);
  }

 private:
  Ref<GstElement> pipeline_;
  GstBin* bin_;  // the pipeline's
  Ref<GstElement> peer_;
};

class BareLoop {
 public:
  explicit BareLoop(const Options& options) : options_(options), sender_(SenderText(options)) {
    if (!options.locator.empty()) locator_ = std::make_unique<SpawnedLocator>(options.locator);
    SetUpEncoder();
    g_signal_connect(receiver_.peer(), "pad-added", G_CALLBACK(OnPad), this);
    g_signal_connect(receiver_.peer(), "on-data-channel", G_CALLBACK(OnChannel), this);
    sender_.SendCandidatesTo(receiver_);
    receiver_.SendCandidatesTo(sender_);
  }
  ~BareLoop() {
    // Before its frames end, of which it would complain.
    if (locator_) locator_->End();
    sender_.SetState(GST_STATE_NULL);
    receiver_.SetState(GST_STATE_NULL);
    if (GObject* channel = channel_.load()) g_object_unref(channel);
    if (own_channel_ != nullptr) g_object_unref(own_channel_);
  }
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;

  bool Connect() {
    // Not playing before the channel is asked for: it must be in the offer.
    receiver_.SetState(GST_STATE_PLAYING);
    sender_.SetState(GST_STATE_READY);
    g_signal_emit_by_name(sender_.peer(), "create-data-channel", "answers", nullptr, &own_channel_);
    if (own_channel_ == nullptr) return false;
    g_signal_connect(own_channel_, "on-message-string", G_CALLBACK(OnAnswer), this);
    sender_.SetState(GST_STATE_PLAYING);
    const auto offer = sender_.Create("offer");
    if (!offer) return false;
    sender_.Set("local", offer.get());
    receiver_.Set("remote", offer.get());
    const auto answer = receiver_.Create("answer");
    if (!answer) return false;
    receiver_.Set("local", answer.get());
    sender_.Set("remote", answer.get());
    return Await(1, kConnectLimit);
  }

  // Until so many answers have come, all in all.
  bool Await(int answers, milliseconds limit) const {
    const auto end = Clock::now() + limit;
    while (answers_ < answers && Clock::now() < end) std::this_thread::sleep_for(milliseconds(50));
    return answers_ >= answers;
  }

  int answers() const { return answers_; }
  // So far, of all processes.
  double SpentMs() const {
    return ProcessorMs(getpid()) + (locator_ ? locator_->ProcessorMs() : 0);
  }

  // From one stamp of a frame to another, the median from the answer `first` on, in ms. Only while
  // a frame comes later than the answer to the one before.
  double MedianMs(int first, Stamp from, Stamp to) const {
    const std::lock_guard guard(lock_);
    std::vector<Clock::duration> took;
    for (auto frame = frames_.begin() + first; frame != frames_.end(); ++frame) {
      took.push_back((*frame)[to] - (*frame)[from]);
    }
    const auto middle = took.begin() + static_cast<std::ptrdiff_t>(took.size() / 2);
    std::nth_element(took.begin(), middle, took.end());
    return std::chrono::duration<double, std::milli>(*middle).count();
  }

 private:
  using Stamps = std::array<Clock::time_point, kStamps>;

  void SetUpEncoder() {
    const auto encoder = Ref<GstElement>::adopt(gst_bin_get_by_name(sender_.bin(), "encoder"));
    const EncoderTask task{Codec::kVp8, options_.width, options_.height,
                           static_cast<double>(options_.fps)};
    for (const auto& [name, value] :
         EncoderProperties("vp8enc", ChooseEncoder(task, std::thread::hardware_concurrency()))) {
      g_object_set(encoder.get(), name.c_str(), value, nullptr);
    }
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder.get(), "sink"));
    gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, OnFrame, this, nullptr);
    const auto payloader = Ref<GstElement>::adopt(gst_bin_get_by_name(sender_.bin(), "payloader"));
    const auto packets = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader.get(), "src"));
    gst_pad_add_probe(packets.get(), kPacketProbe, OnPacket<kSent>, this, nullptr);
  }

  static GstPadProbeReturn OnFrame(GstPad*, GstPadProbeInfo*, gpointer raw) {
    auto* self = static_cast<BareLoop*>(raw);
    const std::lock_guard guard(self->lock_);
    self->frame_ = {Clock::now()};
    return GST_PAD_PROBE_OK;
  }

  template <Stamp kStamp>
  static GstPadProbeReturn OnPacket(GstPad*, GstPadProbeInfo*, gpointer raw) {
    static_cast<BareLoop*>(raw)->StampFirst(kStamp);
    return GST_PAD_PROBE_OK;
  }

  // A frame's first packet tells when it was sent, and when it came.
  void StampFirst(Stamp stamp) {
    const std::lock_guard guard(lock_);
    if (frame_[stamp] == Clock::time_point{}) frame_[stamp] = Clock::now();
  }

  static void OnPad(GstElement*, GstPad* pad, gpointer raw) {
    if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
    auto* self = static_cast<BareLoop*>(raw);
    gst_pad_add_probe(pad, kPacketProbe, OnPacket<kArrived>, self, nullptr);
    const std::string text = DecoderFragment(Codec::kVp8) + " ! identity name=out ! " +
                             (self->locator_ ? "shmpay ! shmsink wait-for-connection=false "
                                               "shm-size=4000000 socket-path=" +
                                                   self->locator_->socket_path()
                                             : "fakesink") +
                             " sync=false async=false";
    GstElement* decoder = gst_parse_bin_from_description(text.c_str(), TRUE, nullptr);
    gst_bin_add(self->receiver_.bin(), decoder);
    const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(decoder), "out"));
    const auto decoded = Ref<GstPad>::adopt(gst_element_get_static_pad(out.get(), "src"));
    gst_pad_add_probe(decoded.get(), GST_PAD_PROBE_TYPE_BUFFER, OnDecoded, self, nullptr);
    gst_element_sync_state_with_parent(decoder);
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(decoder, "sink"));
    if (self->locator_) self->locator_->Start([self] { self->Answer(); });
    gst_pad_link(pad, sink.get());
  }

  static void OnChannel(GstElement*, GObject* channel, gpointer raw) {
    static_cast<BareLoop*>(raw)->channel_ = G_OBJECT(g_object_ref(channel));
  }

  static GstPadProbeReturn OnDecoded(GstPad*, GstPadProbeInfo*, gpointer raw) {
    auto* self = static_cast<BareLoop*>(raw);
    self->StampFirst(kDecoded);
    if (!self->locator_) self->Answer();
    return GST_PAD_PROBE_OK;
  }

  void Answer() {
    StampFirst(kLocated);
    if (GObject* channel = channel_.load()) g_signal_emit_by_name(channel, "send-string", kAnswer);
  }

  static void OnAnswer(GObject*, gchar*, gpointer raw) {
    auto* self = static_cast<BareLoop*>(raw);
    self->StampFirst(kAnswered);
    const std::lock_guard guard(self->lock_);
    self->frames_.push_back(self->frame_);
    ++self->answers_;
  }

  const Options options_;
  std::atomic<int> answers_{0};
  mutable std::mutex lock_;
  Stamps frame_{};                          // of the one that is under way
  std::vector<Stamps> frames_;              // of each that was answered
  std::atomic<GObject*> channel_{nullptr};  // the receiver's end
  GObject* own_channel_ = nullptr;
  std::unique_ptr<SpawnedLocator> locator_;
  End sender_;
  End receiver_{"webrtcbin name=peer bundle-policy=max-bundle"};
};

bool Run(const Options& options) {
  BareLoop loop(options);
  if (!loop.Connect()) return false;
  const int warm = 1 + static_cast<int>(options.fps * kWarmUp.count() / 1000);
  if (!loop.Await(warm, 5 * kWarmUp)) return false;
  const int first = loop.answers();
  const double before = loop.SpentMs();
  if (!loop.Await(first + options.frames, milliseconds(4000) * options.frames / options.fps)) {
    return false;
  }
  const double spent = loop.SpentMs() - before;
  const int answers = loop.answers() - first;
  std::printf(
      "{\"width\":%d,\"height\":%d,\"fps\":%d,\"frames\":%d,\"cpu_ms\":%.3f,\"p50_ms\":%.3f",
      options.width, options.height, options.fps, answers, spent / answers,
      loop.MedianMs(first, kDrawn, kAnswered));
  for (size_t i = 0; i < kStages.size(); ++i) {
    std::printf(",\"%s_ms\":%.3f", kStages[i],
                loop.MedianMs(first, static_cast<Stamp>(i), static_cast<Stamp>(i + 1)));
  }
  std::puts("}");
  return true;
}

// Nothing where the command line cannot be used; the reason is told.
bool Parse(int* argc, char*** argv, Options& options) {
  gchar* locator = nullptr;
  const GOptionEntry entries[] = {
      {"width", 0, 0, G_OPTION_ARG_INT, &options.width, "px (default: 640)", "PX"},
      {"height", 0, 0, G_OPTION_ARG_INT, &options.height, "px (default: 480)", "PX"},
      {"fps", 0, 0, G_OPTION_ARG_INT, &options.fps, "Frame rate (default: 30)", "N"},
      {"frames", 0, 0, G_OPTION_ARG_INT, &options.frames, "How many (default: 150)", "N"},
      {"locator", 0, 0, G_OPTION_ARG_FILENAME, &locator,
       "A locator-app that each frame goes to (default: none)", "PROGRAM"},
      {}};
  g_autoptr(GOptionContext) context = g_option_context_new(nullptr);
  g_option_context_set_summary(
      context,
      "Processor time a frame, and the median time from it to its answer and of each stage, of a "
      "bare webrtcbin loop with both ends here, as JSON.");
  g_option_context_add_main_entries(context, entries, nullptr);
  g_option_context_add_group(context, gst_init_get_option_group());
  g_autoptr(GError) error = nullptr;
  if (!g_option_context_parse(context, argc, argv, &error)) {
    std::fprintf(stderr, "bare_loop_bench: %s\n", error->message);
    return false;
  }
  const OwnedString owned(locator);
  if (locator != nullptr) options.locator = locator;
  if (locator != nullptr && access(locator, X_OK) != 0) {
    std::fprintf(stderr, "bare_loop_bench: %s cannot be run: give --locator a locator-app\n",
                 locator);
    return false;
  }
  if (options.width < 16 || options.height < 16 || options.fps < 1 || options.frames < 1) {
    std::fprintf(stderr, "bare_loop_bench: a size under 16 px, or a number under 1\n");
    return false;
  }
  return true;
}

int Main(int argc, char** argv) {
  Options options;
  if (!Parse(&argc, &argv, options)) return 2;
  const std::string missing =
      MissingElement({"ballsrc", "vp8enc", "vp8dec", "webrtcbin", "shmpay"});
  if (!missing.empty()) {
    std::fprintf(stderr, "bare_loop_bench: no element \"%s\": is GST_PLUGIN_PATH set?\n",
                 missing.c_str());
    return 1;
  }
  if (Run(options)) return 0;
  std::fprintf(stderr, "bare_loop_bench: the loop did not connect, or stopped\n");
  return 1;
}

}  // namespace
}  // namespace ball

int main(int argc, char** argv) { return ball::Main(argc, argv); }
