// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that come with parity, in RED.
#include <gtest/gtest.h>

#include "tests/loop/peers.h"

namespace ball {
namespace {

// What another thread finds while webrtcbin gives the list of payload types anew.
void ForgetRedTypes(GstElement* rtpreddec) {
  GValue none = G_VALUE_INIT;
  g_value_init(&none, GST_TYPE_ARRAY);
  g_object_set_property(G_OBJECT(rtpreddec), "payloads", &none);
  g_value_unset(&none);
}

class ParityTest : public LoopTest {};

// A packet that was not unpacked in this moment stopped the stream, once in some 2000 sessions.
TEST_F(ParityTest, IsUnpackedWhileTheListOfItsPayloadTypesIsGivenAnew) {
  RunningSource source(Codec::kVp8);
  ServerEnd server(source.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(server, client, 10));
  const auto rtpreddec = FirstOf(client.receiver().pipeline(), "rtpreddec");
  ASSERT_TRUE(rtpreddec);
  ForgetRedTypes(rtpreddec.get());
  EXPECT_TRUE(AwaitAnswers(server, client, 60));
  EXPECT_TRUE(client.log().failures.empty());
}

}  // namespace
}  // namespace ball
