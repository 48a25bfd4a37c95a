// SPDX-License-Identifier: LGPL-2.1-or-later
// What it costs to make a frame describe itself, against gdppay and gdpdepay (which lose readers
// that join late), and to hand it over, against one copy of the frame into shared memory.
#include <benchmark/benchmark.h>
#include <glib/gstdio.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

namespace {

struct HarnessTeardown {
  void operator()(GstHarness* harness) const { gst_harness_teardown(harness); }
};

std::string Caps(const benchmark::State& state) {
  return "video/x-raw,format=I420,width=" + std::to_string(state.range(0)) +
         ",height=" + std::to_string(state.range(1)) + ",framerate=30/1";
}

size_t FrameSize(const benchmark::State& state) {
  return static_cast<size_t>(state.range(0) * state.range(1) * 3 / 2);
}

// One frame there and back, the same memory each time.
void RunChain(benchmark::State& state, const char* chain) {
  const std::unique_ptr<GstHarness, HarnessTeardown> harness(gst_harness_new_parse(chain));
  gst_harness_set_src_caps_str(harness.get(), Caps(state).c_str());
  std::vector<uint8_t> bytes(FrameSize(state), 1);
  GstClockTime pts = 0;
  for (auto _ : state) {
    GstBuffer* frame = gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, bytes.data(),
                                                   bytes.size(), 0, bytes.size(), nullptr, nullptr);
    GST_BUFFER_PTS(frame) = pts += GST_SECOND / 30;
    gst_harness_push(harness.get(), frame);
    gst_buffer_unref(gst_harness_pull(harness.get()));
  }
}

void ShmPayAndDepay(benchmark::State& state) { RunChain(state, "shmpay ! shmdepay"); }
void GdpPayAndDepay(benchmark::State& state) { RunChain(state, "gdppay ! gdpdepay"); }
void Identity(benchmark::State& state) { RunChain(state, "identity ! identity"); }

struct ObjectUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
using ElementPtr = std::unique_ptr<GstElement, ObjectUnref>;

ElementPtr Launch(const std::string& line) {
  return ElementPtr(GST_ELEMENT(gst_object_ref_sink(gst_parse_launch(line.c_str(), nullptr))));
}

// What is killed while it runs leaves no area behind: whoever reads has opened it by now, and
// nobody else needs its name.
void RemoveAreaNames() {
  g_autofree gchar* prefix = g_strdup_printf("shmpipe.%5d.", static_cast<int>(getpid()));
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm", ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) {
      std::filesystem::remove(entry.path(), ignored);
    }
  }
}

// From the frame's entry into shmpay to its exit from shmdepay, through a real socket and area.
// Writer and reader are two pipelines of one process: a thread switch, as between processes.
void ThroughSharedMemory(benchmark::State& state) {
  g_autofree gchar* directory = g_dir_make_tmp("ball-bench-XXXXXX", nullptr);
  const std::string socket = std::string(directory) + "/frames";
  const size_t size = FrameSize(state);
  const ElementPtr writer = Launch(
      "appsrc name=src format=time caps=\"" + Caps(state) + "\" ! shmpay ! shmsink sync=false " +
      "async=false enable-last-sample=false shm-size=" + std::to_string(3 * (size + 256)) +
      " socket-path=" + socket);
  const ElementPtr reader = Launch("shmsrc is-live=true socket-path=" + socket +
                                   " ! shmdepay ! appsink name=sink sync=false async=false "
                                   "enable-last-sample=false");
  gst_element_set_state(writer.get(), GST_STATE_PLAYING);
  gst_element_set_state(reader.get(), GST_STATE_PLAYING);
  const ElementPtr source(gst_bin_get_by_name(GST_BIN(writer.get()), "src"));
  const ElementPtr sink(gst_bin_get_by_name(GST_BIN(reader.get()), "sink"));
  std::vector<uint8_t> bytes(size, 1);
  const auto comes_through = [&] {
    gst_app_src_push_buffer(
        GST_APP_SRC(source.get()),
        gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, bytes.data(), bytes.size(), 0,
                                    bytes.size(), nullptr, nullptr));
    g_autoptr(GstSample) sample =
        gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), 5 * GST_SECOND);
    return sample != nullptr;
  };
  comes_through();
  RemoveAreaNames();
  for (auto _ : state) {
    if (!comes_through()) {
      state.SkipWithError("no frame came through");
      break;
    }
  }
  gst_element_set_state(reader.get(), GST_STATE_NULL);
  gst_element_set_state(writer.get(), GST_STATE_NULL);
  g_rmdir(directory);
}

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Each iteration is the median of some frames, so that other work on the machine matters little.
// `once` tells the seconds of one, or nothing where it failed.
template <typename Once>
void TimeMedians(benchmark::State& state, Once once) {
  constexpr size_t kTimes = 61;
  std::vector<double> seconds(kTimes);
  for (auto _ : state) {
    for (double& each : seconds) {
      const auto time = once();
      if (!time) return state.SkipWithError("no frame came through");
      each = *time;
    }
    std::nth_element(seconds.begin(), seconds.begin() + kTimes / 2, seconds.end());
    state.SetIterationTime(seconds[kTimes / 2]);
  }
}

// A decoder's pool has a few frames, and the area has room for three.
constexpr size_t kFrames = 4;
constexpr size_t kSlots = 3;

class Frames {
 public:
  explicit Frames(size_t size) {
    for (auto& frame : frames_) frame = std::vector<uint8_t>(size, 1);
  }
  const std::vector<uint8_t>& Next() { return frames_[next_++ % kFrames]; }

 private:
  std::array<std::vector<uint8_t>, kFrames> frames_;
  size_t next_ = 0;
};

// Reads what a shmsink writes, and says so.
class Reader {
 public:
  explicit Reader(const std::string& socket)
      : pipeline_(Launch("shmsrc is-live=true socket-path=" + socket +
                         " ! fakesink name=sink sync=false async=false signal-handoffs=true")) {
    const ElementPtr sink(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "sink"));
    g_signal_connect(sink.get(), "handoff", G_CALLBACK(OnFrame), this);
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  ~Reader() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool Await() { return read_.try_acquire_for(std::chrono::seconds(5)); }

 private:
  static void OnFrame(GstElement*, GstBuffer*, GstPad*, gpointer self) {
    static_cast<Reader*>(self)->read_.release();
  }

  std::counting_semaphore<> read_{0};
  ElementPtr pipeline_;
};

struct PoolStop {
  void operator()(GstBufferPool* pool) const {
    gst_buffer_pool_set_active(pool, FALSE);
    gst_object_unref(pool);
  }
};
using PoolPtr = std::unique_ptr<GstBufferPool, PoolStop>;
using AllocatorPtr = std::unique_ptr<GstAllocator, ObjectUnref>;

// Where a frame's pixels are before it is handed over.
enum class Origin {
  kOwnMemory,     // of who drew it
  kProposedPool,  // shmpay's, as decoders have it
  kSinksMemory,   // shmsink's, which then has no shmpay before it
};

// What handing over a frame costs the decoder's thread: getting a buffer where it is shmpay's,
// shmpay, the copy into the area where there is one, telling the reader. Neither the drawing nor
// the reader's own work is counted; each frame is read before the next one.
class HandOver {
 public:
  HandOver(const std::string& caps, size_t size, const std::string& socket, Origin origin)
      : frames_(size),
        size_(size),
        harness_(gst_harness_new_parse(Chain(size, socket, origin).c_str())) {
    gst_harness_set_src_caps_str(harness_.get(), caps.c_str());
    gst_harness_play(harness_.get());
    if (origin == Origin::kProposedPool) pool_ = ProposedPool(caps);
    if (origin == Origin::kSinksMemory) memory_ = ProposedMemory(caps);
    reader_ = std::make_unique<Reader>(socket);
  }

  // In s; nothing where it was not read.
  std::optional<double> Once() {
    const auto& bytes = frames_.Next();
    const auto begin = Clock::now();
    GstBuffer* frame = pool_ ? Acquire() : memory_ ? Allocate() : Wrap(bytes);
    double seconds = SecondsSince(begin);
    if (frame == nullptr) return {};
    if (pool_ || memory_) gst_buffer_fill(frame, 0, bytes.data(), size_);
    const auto drawn = Clock::now();
    gst_harness_push(harness_.get(), frame);
    seconds += SecondsSince(drawn);
    if (!reader_->Await()) return {};
    return seconds;
  }

 private:
  GstBuffer* Acquire() {
    GstBuffer* frame = nullptr;
    gst_buffer_pool_acquire_buffer(pool_.get(), &frame, nullptr);
    return frame;
  }

  GstBuffer* Allocate() { return gst_buffer_new_allocate(memory_.get(), size_, nullptr); }

  GstBuffer* Wrap(const std::vector<uint8_t>& bytes) const {
    return gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, const_cast<uint8_t*>(bytes.data()),
                                       size_, 0, size_, nullptr, nullptr);
  }

  // Null where shmpay proposes none.
  PoolPtr ProposedPool(const std::string& text) {
    g_autoptr(GstCaps) caps = gst_caps_from_string(text.c_str());
    g_autoptr(GstQuery) query = gst_query_new_allocation(caps, TRUE);
    GstBufferPool* pool = nullptr;
    guint size = 0;
    if (!gst_pad_peer_query(harness_->srcpad, query) ||
        gst_query_get_n_allocation_pools(query) == 0) {
      return {};
    }
    gst_query_parse_nth_allocation_pool(query, 0, &pool, &size, nullptr, nullptr);
    GstStructure* config = gst_buffer_pool_get_config(pool);
    gst_buffer_pool_config_set_params(config, caps, size, 0, 0);
    gst_buffer_pool_set_config(pool, config);
    gst_buffer_pool_set_active(pool, TRUE);
    return PoolPtr(pool);
  }

  // Null where shmsink proposes none.
  AllocatorPtr ProposedMemory(const std::string& text) {
    g_autoptr(GstCaps) caps = gst_caps_from_string(text.c_str());
    g_autoptr(GstQuery) query = gst_query_new_allocation(caps, TRUE);
    GstAllocator* allocator = nullptr;
    if (gst_pad_peer_query(harness_->srcpad, query) &&
        gst_query_get_n_allocation_params(query) != 0) {
      gst_query_parse_nth_allocation_param(query, 0, &allocator, nullptr);
    }
    return AllocatorPtr(allocator);
  }

  static std::string Chain(size_t size, const std::string& socket, Origin origin) {
    return std::string(origin == Origin::kSinksMemory ? "" : "shmpay ! ") +
           "shmsink sync=false async=false enable-last-sample=false shm-size=" +
           std::to_string(kSlots * (size + 1024)) + " socket-path=" + socket;
  }

  Frames frames_;
  size_t size_;
  std::unique_ptr<GstHarness, HarnessTeardown> harness_;
  PoolPtr pool_;
  AllocatorPtr memory_;
  std::unique_ptr<Reader> reader_;  // leaves first
};

void TimeHandOver(benchmark::State& state, Origin origin) {
  g_autofree gchar* directory = g_dir_make_tmp("ball-bench-XXXXXX", nullptr);
  const std::string socket = std::string(directory) + "/frames";
  {
    HandOver hand_over(Caps(state), FrameSize(state), socket, origin);
    // The area's pages are there before they are timed.
    for (size_t frame = 0; frame < 2 * kSlots; ++frame) hand_over.Once();
    RemoveAreaNames();
    TimeMedians(state, [&] { return hand_over.Once(); });
  }
  g_rmdir(directory);
}

void ShmPayAndSink(benchmark::State& state) { TimeHandOver(state, Origin::kProposedPool); }
void ShmPayAndSinkCopied(benchmark::State& state) { TimeHandOver(state, Origin::kOwnMemory); }
// The least that any frame costs that GStreamer hands over, and of which its reader knows nothing.
void ShmSinkAlone(benchmark::State& state) { TimeHandOver(state, Origin::kSinksMemory); }

// The least that handing over a frame can cost who cannot draw there: one copy into memory that
// another process sees.
void MemcpyIntoSharedMemory(benchmark::State& state) {
  const size_t size = FrameSize(state);
  const int file = memfd_create("ball-bench", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, static_cast<off_t>(kSlots * size)) != 0) {
    state.SkipWithError("no shared memory");
    return;
  }
  void* area = mmap(nullptr, kSlots * size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (area == MAP_FAILED) {
    state.SkipWithError("shared memory cannot be mapped");
    return;
  }
  std::memset(area, 0, kSlots * size);  // its pages are there before they are timed
  Frames frames(size);
  size_t slot = 0;
  TimeMedians(state, [&]() -> std::optional<double> {
    const auto& bytes = frames.Next();
    const auto begin = Clock::now();
    std::memcpy(static_cast<uint8_t*>(area) + (slot++ % kSlots) * size, bytes.data(), size);
    benchmark::ClobberMemory();
    return SecondsSince(begin);
  });
  munmap(area, kSlots * size);
}

// What shmsink's message to the reader alone costs, whose thread it wakes: of small frames it takes
// longer than a copy.
void TellReader(benchmark::State& state) {
  std::array<int, 2> sockets{};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) != 0) {
    return state.SkipWithError("no socket");
  }
  std::counting_semaphore<> heard{0};
  std::thread reader([&] {
    std::array<char, 32> message{};
    for (pollfd ready{sockets[1], POLLIN, 0}; poll(&ready, 1, -1) == 1;) {
      if (recv(sockets[1], message.data(), message.size(), 0) <= 0) return;
      heard.release();
    }
  });
  TimeMedians(state, [&]() -> std::optional<double> {
    const std::array<char, 32> message{};
    const auto begin = Clock::now();
    if (send(sockets[0], message.data(), message.size(), MSG_NOSIGNAL) < 0) return {};
    const double seconds = SecondsSince(begin);
    if (!heard.try_acquire_for(std::chrono::seconds(5))) return {};
    return seconds;
  });
  shutdown(sockets[0], SHUT_RDWR);
  reader.join();
  for (const int each : sockets) close(each);
}

void Sizes(benchmark::internal::Benchmark* bench) {
  bench->Args({640, 480})->Args({1280, 720})->Args({1920, 1080})->Args({3840, 2160});
  bench->Unit(benchmark::kMicrosecond);
}

BENCHMARK(ShmPayAndDepay)->Name("shm/shmpay_shmdepay")->Apply(Sizes);
BENCHMARK(GdpPayAndDepay)->Name("shm/gdppay_gdpdepay")->Apply(Sizes);
BENCHMARK(Identity)->Name("shm/identity_identity")->Apply(Sizes);
BENCHMARK(ThroughSharedMemory)->Name("shm/through_shared_memory")->Apply(Sizes)->UseRealTime();
BENCHMARK(ShmPayAndSink)->Name("shm/shmpay_shmsink")->Apply(Sizes)->UseManualTime()->Iterations(1);
BENCHMARK(ShmPayAndSinkCopied)
    ->Name("shm/shmpay_shmsink_copied")
    ->Apply(Sizes)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK(ShmSinkAlone)->Name("shm/shmsink_alone")->Apply(Sizes)->UseManualTime()->Iterations(1);
BENCHMARK(TellReader)
    ->Name("shm/tell_reader")
    ->Unit(benchmark::kMicrosecond)
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK(MemcpyIntoSharedMemory)
    ->Name("shm/memcpy_into_shm")
    ->Apply(Sizes)
    ->UseManualTime()
    ->Iterations(1);

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
