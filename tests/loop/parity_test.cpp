// SPDX-License-Identifier: LGPL-2.1-or-later
// Frames that come with parity, in RED.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/loop/peers.h"

namespace ball {
namespace {

using std::chrono::seconds;

// What another thread finds while webrtcbin gives the list of payload types anew.
void ForgetRedTypes(GstElement* rtpreddec) {
  GValue none = G_VALUE_INIT;
  g_value_init(&none, GST_TYPE_ARRAY);
  g_object_set_property(G_OBJECT(rtpreddec), "payloads", &none);
  g_value_unset(&none);
}

// The one that unpacks what comes.
Ref<GstElement> RedDecoderOf(GstElement* pipeline) {
  Ref<GstElement> found;
  GstIterator* elements =
      gst_bin_iterate_all_by_element_factory_name(GST_BIN(pipeline), "rtpreddec");
  GValue item = G_VALUE_INIT;
  if (gst_iterator_next(elements, &item) == GST_ITERATOR_OK) {
    found = Ref<GstElement>::retain(GST_ELEMENT(g_value_get_object(&item)));
    g_value_unset(&item);
  }
  gst_iterator_free(elements);
  return found;
}

class ParityTest : public testing::Test {
 protected:
  ~ParityTest() override { EXPECT_TRUE(teardown_.Finish(seconds(20))); }

  Teardown teardown_;
};

// A packet that was not unpacked in this moment stopped the stream, once in some 2000 sessions.
TEST_F(ParityTest, IsUnpackedWhileTheListOfItsPayloadTypesIsGivenAnew) {
  RunningSource source(Codec::kVp8);
  ServerEnd server(source.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(server, client, 10));
  const auto rtpreddec = RedDecoderOf(client.receiver().pipeline());
  ASSERT_TRUE(rtpreddec);
  ForgetRedTypes(rtpreddec.get());
  EXPECT_TRUE(AwaitAnswers(server, client, 60));
  EXPECT_TRUE(client.log().failures.empty());
}

}  // namespace
}  // namespace ball
