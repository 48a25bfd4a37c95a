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
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "apps/link/codec.h"
#include "apps/link/command_line.h"
#include "apps/link/glib_ptr.h"
#include "apps/link/peer_elements.h"
#include "apps/server-app/encoder_choice.h"
#include "tests/bench/bare_end.h"
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
  bool apart = false;
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

// What both ends write to, in memory that is theirs also where they are two processes.
class Shared {
 public:
  // Lives as long as its process. Null where there is no memory.
  static Shared* Make() {
    void* memory =
        mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : new (memory) Shared;
  }

  // Begins a frame.
  void Begin() {
    for (auto& stamp : stamps_) stamp = 0;
    StampFirst(kDrawn);
  }
  // Of a frame that is under way: its first packet tells when it was sent, and when it came.
  void StampFirst(Stamp stamp) {
    int64_t none = 0;
    stamps_[stamp].compare_exchange_strong(none, Clock::now().time_since_epoch().count());
  }
  Clock::time_point At(size_t stamp) const {
    return Clock::time_point(Clock::duration(stamps_[stamp]));
  }

  // 0 where there is none.
  std::atomic<pid_t> locator{0};

 private:
  std::array<std::atomic<int64_t>, kStamps> stamps_{};
};

template <Stamp kStamp>
GstPadProbeReturn OnPacket(GstPad*, GstPadProbeInfo*, gpointer shared) {
  static_cast<Shared*>(shared)->StampFirst(kStamp);
  return GST_PAD_PROBE_OK;
}

class Sender {
 public:
  Sender(const Options& options, Shared& shared, int socket)
      : options_(options), shared_(shared), end_(SenderText(options), socket) {
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
    const auto encoder = Ref<GstElement>::adopt(gst_bin_get_by_name(end_.bin(), "encoder"));
    const EncoderTask task{Codec::kVp8, options_.width, options_.height,
                           static_cast<double>(options_.fps)};
    for (const auto& [name, value] :
         EncoderProperties("vp8enc", ChooseEncoder(task, std::thread::hardware_concurrency()))) {
      g_object_set(encoder.get(), name.c_str(), value, nullptr);
    }
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder.get(), "sink"));
    gst_pad_add_probe(sink.get(), GST_PAD_PROBE_TYPE_BUFFER, OnFrame, &shared_, nullptr);
    const auto payloader = Ref<GstElement>::adopt(gst_bin_get_by_name(end_.bin(), "payloader"));
    const auto packets = Ref<GstPad>::adopt(gst_element_get_static_pad(payloader.get(), "src"));
    gst_pad_add_probe(packets.get(), kPacketProbe, OnPacket<kSent>, &shared_, nullptr);
  }

  static GstPadProbeReturn OnFrame(GstPad*, GstPadProbeInfo*, gpointer shared) {
    static_cast<Shared*>(shared)->Begin();
    return GST_PAD_PROBE_OK;
  }

  static void OnAnswer(GObject*, gchar*, gpointer raw) {
    auto* self = static_cast<Sender*>(raw);
    self->shared_.StampFirst(kAnswered);
    Stamps stamps;
    for (size_t i = 0; i < stamps.size(); ++i) stamps[i] = self->shared_.At(i);
    const std::lock_guard guard(self->lock_);
    self->frames_.push_back(stamps);
    ++self->answers_;
  }

  const Options options_;
  Shared& shared_;
  std::atomic<int> answers_{0};
  mutable std::mutex lock_;
  std::vector<Stamps> frames_;  // of each that was answered
  GObject* channel_ = nullptr;
  BareEnd end_;
};

class Receiver {
 public:
  Receiver(const Options& options, Shared& shared, int socket)
      : shared_(shared), end_(kText, socket) {
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
    gst_pad_add_probe(pad, kPacketProbe, OnPacket<kArrived>, &self->shared_, nullptr);
    const std::string text = DecoderFragment(Codec::kVp8) + " ! identity name=out ! " +
                             (self->locator_ ? "shmpay ! shmsink wait-for-connection=false "
                                               "shm-size=4000000 socket-path=" +
                                                   self->locator_->socket_path()
                                             : "fakesink") +
                             " sync=false async=false";
    GstElement* decoder = gst_parse_bin_from_description(text.c_str(), TRUE, nullptr);
    gst_bin_add(self->end_.bin(), decoder);
    const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(decoder), "out"));
    const auto decoded = Ref<GstPad>::adopt(gst_element_get_static_pad(out.get(), "src"));
    gst_pad_add_probe(decoded.get(), GST_PAD_PROBE_TYPE_BUFFER, OnDecoded, self, nullptr);
    gst_element_sync_state_with_parent(decoder);
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(decoder, "sink"));
    if (self->locator_) {
      self->locator_->Start([self] { self->Answer(); });
      self->shared_.locator = self->locator_->pid();
    }
    gst_pad_link(pad, sink.get());
  }

  static void OnChannel(GstElement*, GObject* channel, gpointer raw) {
    static_cast<Receiver*>(raw)->channel_ = G_OBJECT(g_object_ref(channel));
  }

  static GstPadProbeReturn OnDecoded(GstPad*, GstPadProbeInfo*, gpointer raw) {
    auto* self = static_cast<Receiver*>(raw);
    self->shared_.StampFirst(kDecoded);
    if (!self->locator_) self->Answer();
    return GST_PAD_PROBE_OK;
  }

  void Answer() {
    shared_.StampFirst(kLocated);
    if (GObject* channel = channel_.load()) g_signal_emit_by_name(channel, "send-string", kAnswer);
  }

  Shared& shared_;
  std::atomic<GObject*> channel_{nullptr};
  std::unique_ptr<SpawnedLocator> locator_;
  BareEnd end_;
};

// The receiver, here or in a process of its own, which ends with its sender.
class ReceiverSomewhere {
 public:
  ReceiverSomewhere(const Options& options, Shared& shared, std::array<int, 2> sockets) {
    if (options.apart) process_ = fork();
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(sockets[0]);
      Receiver(options, shared, sockets[1]).AwaitEnd();
      std::_Exit(0);
    }
    if (options.apart) {
      close(sockets[1]);
    } else {
      receiver_ = std::make_unique<Receiver>(options, shared, sockets[1]);
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

bool Run(const Options& options) {
  Shared* shared = Shared::Make();
  std::array<int, 2> sockets{};
  if (shared == nullptr || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sockets.data()) != 0)
    return false;
  const ReceiverSomewhere receiver(options, *shared, sockets);
  Sender sender(options, *shared, sockets[0]);
  if (!sender.Connect()) return false;
  const int warm = 1 + static_cast<int>(options.fps * kWarmUp.count() / 1000);
  if (!sender.Await(warm, 5 * kWarmUp)) return false;
  const auto spent = [&] {
    return ProcessorMs(getpid()) + receiver.SpentMs() + ProcessorMs(shared->locator);
  };
  const int first = sender.answers();
  const double before = spent();
  if (!sender.Await(first + options.frames, milliseconds(4000) * options.frames / options.fps)) {
    return false;
  }
  const double took = spent() - before;
  const int answers = sender.answers() - first;
  std::printf(
      "{\"width\":%d,\"height\":%d,\"fps\":%d,\"frames\":%d,\"cpu_ms\":%.3f,\"p50_ms\":%.3f",
      options.width, options.height, options.fps, answers, took / answers,
      sender.MedianMs(first, kDrawn, kAnswered));
  for (size_t i = 0; i < kStages.size(); ++i) {
    std::printf(",\"%s_ms\":%.3f", kStages[i],
                sender.MedianMs(first, static_cast<Stamp>(i), static_cast<Stamp>(i + 1)));
  }
  std::puts("}");
  return true;
}

// Nothing where the command line cannot be used; the reason is told.
bool Parse(int* argc, char*** argv, Options& options) {
  gchar* locator = nullptr;
  gboolean apart = FALSE;
  const GOptionEntry entries[] = {
      {"width", 0, 0, G_OPTION_ARG_INT, &options.width, "px (default: 640)", "PX"},
      {"height", 0, 0, G_OPTION_ARG_INT, &options.height, "px (default: 480)", "PX"},
      {"fps", 0, 0, G_OPTION_ARG_INT, &options.fps, "Frame rate (default: 30)", "N"},
      {"frames", 0, 0, G_OPTION_ARG_INT, &options.frames, "How many (default: 150)", "N"},
      {"locator", 0, 0, G_OPTION_ARG_FILENAME, &locator,
       "A locator-app that each frame goes to (default: none)", "PROGRAM"},
      {"apart", 0, 0, G_OPTION_ARG_NONE, &apart, "Each end in a process of its own", nullptr},
      {}};
  g_autoptr(GOptionContext) context = g_option_context_new(nullptr);
  g_option_context_set_summary(
      context,
      "Processor time a frame, and the median time from it to its answer and of each stage, of a "
      "bare webrtcbin loop, as JSON.");
  g_option_context_add_main_entries(context, entries, nullptr);
  g_autoptr(GError) error = nullptr;
  if (!g_option_context_parse(context, argc, argv, &error)) {
    std::fprintf(stderr, "bare_loop_bench: %s\n", error->message);
    return false;
  }
  const OwnedString owned(locator);
  if (locator != nullptr) options.locator = locator;
  options.apart = apart != FALSE;
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
  gst_init(nullptr, nullptr);
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
