// SPDX-License-Identifier: LGPL-2.1-or-later
// What we write, read by a reader that we did not write.
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>

#include <string>

#include "apps/wire/coordinate_message.h"
#include "apps/wire/locator_message.h"
#include "apps/wire/signalling_message.h"

namespace ball {
namespace {

// One member of one object, as json-glib prints it.
std::string MemberIn(const std::string& text, const char* path) {
  ::JsonParser* parser = json_parser_new();
  std::string member;
  if (json_parser_load_from_data(parser, text.data(), static_cast<gssize>(text.size()), nullptr)) {
    ::JsonNode* match = json_path_query(path, json_parser_get_root(parser), nullptr);
    char* printed = json_to_string(match, FALSE);
    member = printed;
    g_free(printed);
    json_node_unref(match);
  }
  g_object_unref(parser);
  return member;
}

TEST(JsonGlibTest, ReadsACoordinateMessage) {
  CoordinateMessage message;
  message.rtp_timestamp = RtpTimestamp{4294967295};
  message.found = true;
  message.x = 123.456;
  message.stages = StageTimes{std::chrono::microseconds(1), std::chrono::microseconds(2),
                              std::chrono::microseconds(3), std::chrono::microseconds(4)};
  const std::string text = SerializeCoordinateMessage(message);
  EXPECT_EQ(MemberIn(text, "$.rtp_timestamp"), "[4294967295]");
  EXPECT_EQ(MemberIn(text, "$.found"), "[true]");
  EXPECT_EQ(MemberIn(text, "$.x").substr(0, 8), "[123.456");
  EXPECT_EQ(MemberIn(text, "$.stages_us.located"), "[3]");
}

TEST(JsonGlibTest, ReadsALocatorLine) {
  EXPECT_EQ(MemberIn(SerializeLocatorLine(LocatorReady{}), "$.ready"), "[true]");
  LocatorMessage message;
  message.located = std::chrono::microseconds(7);
  EXPECT_EQ(MemberIn(SerializeLocatorLine(message), "$.located_us"), "[7]");
}

TEST(JsonGlibTest, ReadsASignallingMessage) {
  const std::string text = SerializeSignallingMessage(Offer{"v=0\r\n\xf0\x9f\x98\x80\"\\"});
  EXPECT_EQ(MemberIn(text, "$.sdp"), "[\"v=0\\r\\n\xf0\x9f\x98\x80\\\"\\\\\"]");
}

}  // namespace
}  // namespace ball
