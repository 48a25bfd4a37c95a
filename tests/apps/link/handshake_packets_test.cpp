// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/handshake_packets.h"

#include <gst/check/gstharness.h>
#include <gtest/gtest.h>

#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Sctp(uint8_t chunk, uint8_t protocol) {
  Bytes packet(28, 0);
  packet[12] = chunk;
  packet[27] = protocol;
  return packet;
}

TEST(HandshakePacketsTest, KnowsTheDtlsHandshakeFromWhatFollowsIt) {
  EXPECT_TRUE(IsDtlsHandshake(Bytes{22, 254, 253}));
  EXPECT_TRUE(IsDtlsHandshake(Bytes{20, 254, 253}));
  EXPECT_FALSE(IsDtlsHandshake(Bytes{23, 254, 253}));
  EXPECT_FALSE(IsDtlsHandshake(Bytes{21, 254, 253}));
  EXPECT_FALSE(IsDtlsHandshake({}));
}

TEST(HandshakePacketsTest, KnowsWhatSetsUpAnAssociationOrAChannel) {
  for (const uint8_t chunk : {1, 2, 10, 11}) EXPECT_TRUE(IsSctpSetUp(Sctp(chunk, 0)));
  EXPECT_TRUE(IsSctpSetUp(Sctp(0, 50)));
  EXPECT_FALSE(IsSctpSetUp(Sctp(0, 51)));
  EXPECT_FALSE(IsSctpSetUp(Sctp(3, 50)));
  EXPECT_FALSE(IsSctpSetUp(Bytes(15, 0)));
  EXPECT_FALSE(IsSctpSetUp(Bytes(27, 0)));
}

size_t Sent(const Bytes& bytes) {
  const auto element = Ref<GstElement>::sink(gst_element_factory_make("identity", nullptr));
  SendHandshakesTwice(element.get(), IsDtlsHandshake);
  GstHarness* harness = gst_harness_new_with_element(element.get(), "sink", "src");
  gst_harness_set_src_caps_str(harness, "application/x-dtls");
  gst_harness_push(harness, gst_buffer_new_memdup(bytes.data(), bytes.size()));
  const size_t sent = gst_harness_buffers_received(harness);
  for (size_t i = 0; i < sent; ++i) {
    GstBuffer* buffer = gst_harness_pull(harness);
    EXPECT_EQ(gst_buffer_memcmp(buffer, 0, bytes.data(), bytes.size()), 0);
    gst_buffer_unref(buffer);
  }
  gst_harness_teardown(harness);
  return sent;
}

TEST(HandshakePacketsTest, HandshakesGoOutTwiceAndNothingElse) {
  EXPECT_EQ(Sent({22, 254, 253, 1}), 2U);
  EXPECT_EQ(Sent({23, 254, 253, 1}), 1U);
}

}  // namespace
}  // namespace ball
