// SPDX-License-Identifier: LGPL-2.1-or-later
// What a client says of videos that it cannot show.
#include <gtest/gtest.h>

#include <regex>
#include <string>

#include "tests/loop/peers.h"
#include "tests/run_until.h"

namespace ball {
namespace {

class UnknownCodecTest : public PairTest {};

TEST_F(UnknownCodecTest, IsNamed) {
  const auto tamper = [](const std::string& sdp) {
    return std::regex_replace(sdp, std::regex("VP8/90000"), "H263/90000");
  };
  ASSERT_TRUE(Connect(server_, client_, tamper));
  ASSERT_TRUE(RunUntil([&] { return !client_.log().failures.empty(); }));
  EXPECT_EQ(client_.log().failures.front(), "the peer sends a codec that we do not know: H263");
}

// A payload type that is known by its number (RFC 3551): no line of the offer names it.
constexpr guint8 kH263 = 34;

std::string NumberedOffer(const std::string& sdp) {
  const auto nameless = std::regex_replace(sdp, std::regex("a=(rtpmap|fmtp|rtcp-fb):.*\r\n"), "");
  return std::regex_replace(nameless, std::regex("(m=video .* UDP/TLS/RTP/SAVPF).*\r\n"),
                            "$1 " + std::to_string(kH263) + "\r\n");
}

std::string NamedAnswer(const std::string& sdp) {
  return std::regex_replace(sdp, std::regex("(m=video .* UDP/TLS/RTP/SAVPF).*\r\n"),
                            "$1 96\r\na=rtpmap:96 VP8/90000\r\n");
}

gboolean SetType(GstBuffer** packet, guint, gpointer) {
  *packet = gst_buffer_make_writable(*packet);
  guint8 type = 0;
  gst_buffer_extract(*packet, 1, &type, 1);
  type = static_cast<guint8>((type & 0x80) | kH263);
  gst_buffer_fill(*packet, 1, &type, 1);
  return TRUE;
}

GstPadProbeReturn OnPackets(GstPad*, GstPadProbeInfo* info, gpointer) {
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0) {
    auto* list = gst_buffer_list_make_writable(GST_PAD_PROBE_INFO_BUFFER_LIST(info));
    gst_buffer_list_foreach(list, SetType, nullptr);
    info->data = list;
  } else {
    auto* packet = GST_PAD_PROBE_INFO_BUFFER(info);
    SetType(&packet, 0, nullptr);
    info->data = packet;
  }
  return GST_PAD_PROBE_OK;
}

TEST_F(UnknownCodecTest, MayHaveNoName) {
  ASSERT_TRUE(Connect(server_, client_, NumberedOffer, NamedAnswer));
  gst_pad_add_probe(
      server_.packets().get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      OnPackets, nullptr, nullptr);
  ASSERT_TRUE(RunUntil([&] { return !client_.log().failures.empty(); }));
  EXPECT_EQ(client_.log().failures.front(),
            "the peer sends a codec that we do not know: one without a name");
}

}  // namespace
}  // namespace ball
