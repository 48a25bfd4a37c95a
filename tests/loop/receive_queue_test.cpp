// SPDX-License-Identifier: LGPL-2.1-or-later
// What a peer sends goes from the socket to its decryption on one thread.
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "tests/loop/peers.h"
#include "tests/run_until.h"

namespace ball {
namespace {

// The threads that brought a pad's packets.
struct Threads {
  std::set<std::thread::id> Seen() const {
    const std::lock_guard guard(lock);
    return seen;
  }

  mutable std::mutex lock;
  std::set<std::thread::id> seen;
};

using SharedThreads = std::shared_ptr<Threads>;

GstPadProbeReturn OnPacket(GstPad*, GstPadProbeInfo*, gpointer data) {
  Threads& threads = **static_cast<SharedThreads*>(data);
  const std::lock_guard guard(threads.lock);
  threads.seen.insert(std::this_thread::get_id());
  return GST_PAD_PROBE_OK;
}

// From now on, of the first element of that factory.
SharedThreads Watch(GstElement* pipeline, const char* factory, const char* pad_name) {
  GstIterator* elements = gst_bin_iterate_all_by_element_factory_name(GST_BIN(pipeline), factory);
  GValue element = G_VALUE_INIT;
  auto threads = std::make_shared<Threads>();
  if (gst_iterator_next(elements, &element) == GST_ITERATOR_OK) {
    const auto pad = Ref<GstPad>::adopt(
        gst_element_get_static_pad(GST_ELEMENT(g_value_get_object(&element)), pad_name));
    gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, OnPacket, new SharedThreads(threads),
                      [](gpointer data) { delete static_cast<SharedThreads*>(data); });
    g_value_unset(&element);
  }
  gst_iterator_free(elements);
  return threads;
}

TEST(ReceiveQueueTest, PacketsGoPastIt) {
  Teardown teardown;
  {
    RunningSource source(Codec::kVp8);
    ServerEnd server(source.pipeline(), Codec::kVp8, teardown);
    ClientEnd client(teardown);
    ASSERT_TRUE(Connect(server, client));
    ASSERT_TRUE(AwaitAnswers(server, client, 20));
    for (GstElement* pipeline : {server.media().pipeline(), client.receiver().pipeline()}) {
      const auto received = Watch(pipeline, "nicesrc", "src");
      const auto decrypted = Watch(pipeline, "dtlssrtpdec", "sink");
      ASSERT_TRUE(RunUntil([&] { return !decrypted->Seen().empty(); }));
      EXPECT_EQ(decrypted->Seen(), received->Seen());
      EXPECT_EQ(received->Seen().size(), 1U);
    }
  }
  EXPECT_TRUE(teardown.Finish(std::chrono::seconds(20)));
}

}  // namespace
}  // namespace ball
