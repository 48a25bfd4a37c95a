// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that come with parity, in RED.
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "tests/loop/peers.h"
#include "tests/run_until.h"

namespace ball {
namespace {

// What another thread finds while webrtcbin gives the list of payload types anew.
void ForgetRedTypes(GstElement* rtpreddec) {
  GValue none = G_VALUE_INIT;
  g_value_init(&none, GST_TYPE_ARRAY);
  g_object_set_property(G_OBJECT(rtpreddec), "payloads", &none);
  g_value_unset(&none);
}

class ParityTest : public PairTest {};

// A packet that was not unpacked in this moment stopped the stream, once in some 2000 sessions.
TEST_F(ParityTest, IsUnpackedWhileTheListOfItsPayloadTypesIsGivenAnew) {
  ASSERT_TRUE(Connect(server_, client_));
  ASSERT_TRUE(AwaitAnswers(server_, client_, 10));
  const auto rtpreddec = FirstOf(client_.receiver().pipeline(), "rtpreddec");
  ASSERT_TRUE(rtpreddec);
  ForgetRedTypes(rtpreddec.get());
  EXPECT_TRUE(AwaitAnswers(server_, client_, 60));
  EXPECT_TRUE(client_.log().failures.empty());
}

// A network that loses one packet of a stream in 21 (by turns one with a frame and one with its
// parity), and all that is sent again: repetitions are a stream of their own.
class Network {
 public:
  static GstPadProbeReturn OnPackets(GstPad*, GstPadProbeInfo* info, gpointer network) {
    if ((info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0) {
      auto* list = gst_buffer_list_make_writable(GST_PAD_PROBE_INFO_BUFFER_LIST(info));
      gst_buffer_list_foreach(list, Carry, network);
      info->data = list;
      return GST_PAD_PROBE_OK;
    }
    const bool lost = static_cast<Network*>(network)->Loses(GST_PAD_PROBE_INFO_BUFFER(info));
    return lost ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  }
  static void Free(gpointer network) { delete static_cast<Network*>(network); }

 private:
  static constexpr int kLosesOneOf = 21;

  static gboolean Carry(GstBuffer** packet, guint, gpointer network) {
    if (static_cast<Network*>(network)->Loses(*packet)) gst_clear_buffer(packet);
    return TRUE;
  }

  bool Loses(GstBuffer* packet) {
    std::array<guint8, 4> source{};
    gst_buffer_extract(packet, 8, source.data(), source.size());
    if (source != source_.value_or(source)) return true;
    source_ = source;
    return ++count_ % kLosesOneOf == 0;
  }

  std::optional<std::array<guint8, 4>> source_;
  int count_ = 0;
};

guint Recovered(const Ref<GstElement>& decoder) {
  guint recovered = 0;
  g_object_get(decoder.get(), "recovered", &recovered, nullptr);
  return recovered;
}

TEST_F(ParityTest, BringsLostPacketsBack) {
  ASSERT_TRUE(Connect(server_, client_));
  ASSERT_TRUE(AwaitAnswers(server_, client_, 10));
  gst_pad_add_probe(
      server_.packets().get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      Network::OnPackets, new Network, Network::Free);
  const auto decoder = FirstOf(client_.receiver().pipeline(), "rtpulpfecdec");
  ASSERT_TRUE(decoder);
  EXPECT_TRUE(RunUntil([&] { return Recovered(decoder) >= 5; })) << Recovered(decoder);
  const size_t seen = client_.seen().size();
  EXPECT_TRUE(RunUntil([&] { return client_.seen().size() >= seen + 20; }));
}

}  // namespace
}  // namespace ball
