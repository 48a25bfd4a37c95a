// SPDX-License-Identifier: LGPL-2.1-or-later
// What a peer sends finds room in the socket, and goes from there to its decryption on one thread.
#include <gtest/gtest.h>
#include <nice/agent.h>
#include <sys/socket.h>

#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

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

// From now on.
SharedThreads Watch(const Ref<GstElement>& element, const char* pad_name) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), pad_name));
  auto threads = std::make_shared<Threads>();
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, OnPacket, new SharedThreads(threads),
                    [](gpointer data) { delete static_cast<SharedThreads*>(data); });
  return threads;
}

// Of each of the peer's sockets, bytes.
std::vector<gint> ReceiveBuffers(GstElement* pipeline) {
  GObject* ice = nullptr;
  g_object_get(FirstOf(pipeline, "webrtcbin").get(), "ice-agent", &ice, nullptr);
  NiceAgent* agent = nullptr;
  g_object_get(Ref<GObject>::adopt(ice).get(), "agent", &agent, nullptr);
  const auto sockets = Ref<GPtrArray>::adopt(
      nice_agent_get_sockets(Ref<NiceAgent>::adopt(agent).get(), 1, NICE_COMPONENT_TYPE_RTP));
  std::vector<gint> buffers(sockets ? sockets->len : 0);
  for (guint i = 0; i < buffers.size(); ++i) {
    g_socket_get_option(G_SOCKET(g_ptr_array_index(sockets.get(), i)), SOL_SOCKET, SO_RCVBUF,
                        &buffers[i], nullptr);
  }
  return buffers;
}

class ReceivingTest : public PairTest {};

TEST_F(ReceivingTest, PacketsGoPastTheQueue) {
  ASSERT_TRUE(Connect(server_, client_));
  ASSERT_TRUE(AwaitAnswers(server_, client_, 20));
  for (GstElement* pipeline : {server_.media().pipeline(), client_.receiver().pipeline()}) {
    const auto received = Watch(FirstOf(pipeline, "nicesrc"), "src");
    const auto decrypted = Watch(FirstOf(pipeline, "dtlssrtpdec"), "sink");
    ASSERT_TRUE(RunUntil([&] { return !decrypted->Seen().empty(); }));
    EXPECT_EQ(decrypted->Seen(), received->Seen());
    EXPECT_EQ(received->Seen().size(), 1U);
  }
}

TEST_F(ReceivingTest, SocketsHaveAllTheRoomThatTheKernelGives) {
  const auto socket = Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr));
  gint usual = 0;
  gint most = 0;
  g_socket_get_option(socket.get(), SOL_SOCKET, SO_RCVBUF, &usual, nullptr);
  g_socket_set_option(socket.get(), SOL_SOCKET, SO_RCVBUF, 1024 * 1024, nullptr);
  g_socket_get_option(socket.get(), SOL_SOCKET, SO_RCVBUF, &most, nullptr);
  ASSERT_TRUE(Connect(server_, client_));
  for (GstElement* pipeline : {server_.media().pipeline(), client_.receiver().pipeline()}) {
    const std::vector<gint> buffers = ReceiveBuffers(pipeline);
    ASSERT_FALSE(buffers.empty());
    for (const gint buffer : buffers) EXPECT_EQ(buffer, most) << usual << " by itself";
  }
}

}  // namespace
}  // namespace ball
