// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/wire/locator_message.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "apps/wire/coordinate_message.h"

namespace ball {
namespace {

using std::chrono::microseconds;

LocatorMessage Found() {
  return {RtpTimestamp{3527980796}, true, 123.45, 67.89, 20.1, 0.98, microseconds(81234567),
          microseconds(81234627)};
}

constexpr std::string_view kFound =
    R"({"rtp_timestamp":3527980796,"found":true,"x":123.45,"y":67.89,"radius":20.1,)"
    R"("confidence":0.98,"received_us":81234567,"located_us":81234627})";

TEST(SerializeLocatorLineTest, WritesReady) {
  EXPECT_EQ(SerializeLocatorLine(LocatorReady{}), R"({"ready":true})");
}

TEST(SerializeLocatorLineTest, WritesWhatWasFound) {
  EXPECT_EQ(SerializeLocatorLine(Found()), kFound);
}

TEST(SerializeLocatorLineTest, WritesNoBallThatWasNotFoundAndNoIdentityThatIsNotKnown) {
  LocatorMessage message = Found();
  message.found = false;
  message.rtp_timestamp.reset();
  EXPECT_EQ(SerializeLocatorLine(message),
            R"({"found":false,"received_us":81234567,"located_us":81234627})");
}

TEST(SerializeLocatorLineTest, WritesARadiusThatIsReadBack) {
  LocatorMessage message = Found();
  message.radius = 1e-9;
  EXPECT_TRUE(ParseLocatorLine(SerializeLocatorLine(message)));
}

TEST(ParseLocatorLineTest, ReadsReady) {
  EXPECT_EQ(ParseLocatorLine(R"({"ready":true})"), LocatorLine(LocatorReady{}));
}

TEST(ParseLocatorLineTest, ReadsWhatWasFound) {
  EXPECT_EQ(ParseLocatorLine(kFound), LocatorLine(Found()));
}

TEST(ParseLocatorLineTest, ReadsWhatWasNotFoundWithoutABall) {
  LocatorMessage expected;
  expected.received = microseconds(1);
  expected.located = microseconds(1);
  EXPECT_EQ(ParseLocatorLine(R"({"found":false,"x":5,"received_us":1,"located_us":1})"),
            LocatorLine(expected));
}

struct Refused {
  const char* name;
  std::string_view line;
};

class LocatorRefusedTest : public ::testing::TestWithParam<Refused> {};

TEST_P(LocatorRefusedTest, IsNoLine) { EXPECT_EQ(ParseLocatorLine(GetParam().line), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(
    Lines, LocatorRefusedTest,
    ::testing::Values(
        Refused{"Nothing", ""}, Refused{"Warning", "(locator-app:12): GLib-WARNING **: oops"},
        Refused{"Array", "[]"}, Refused{"Empty", "{}"}, Refused{"NotReady", R"({"ready":false})"},
        Refused{"ReadyIsNumber", R"({"ready":1})"},
        Refused{"FoundMissing", R"({"received_us":1,"located_us":1})"},
        Refused{"FoundIsText", R"({"found":"no","received_us":1,"located_us":1})"},
        Refused{"TimesMissing", R"({"found":false})"},
        Refused{"OneTimeMissing", R"({"found":false,"located_us":1})"},
        Refused{"LocatedBeforeReceived", R"({"found":false,"received_us":2,"located_us":1})"},
        Refused{"NegativeTime", R"({"found":false,"received_us":-1,"located_us":1})"},
        Refused{"HugeTime", R"({"found":false,"received_us":1,"located_us":1e17})"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Balls, LocatorRefusedTest,
    ::testing::Values(
        Refused{"NoX", R"({"found":true,"y":1,"radius":1,"confidence":1,"received_us":1,)"
                       R"("located_us":1})"},
        Refused{"NoConfidence", R"({"found":true,"x":1,"y":1,"radius":1,"received_us":1,)"
                                R"("located_us":1})"},
        Refused{"NoRadius", R"({"found":true,"x":1,"y":1,"confidence":1,"received_us":1,)"
                            R"("located_us":1})"},
        Refused{"RadiusZero", R"({"found":true,"x":1,"y":1,"radius":0,"confidence":1,)"
                              R"("received_us":1,"located_us":1})"},
        Refused{"XTooFar", R"({"found":true,"x":1e7,"y":1,"radius":1,"confidence":1,)"
                           R"("received_us":1,"located_us":1})"},
        Refused{"Identity", R"({"rtp_timestamp":4294967296,"found":false,"received_us":1,)"
                            R"("located_us":1})"}),
    [](const auto& info) { return info.param.name; });

TEST(ParseLocatorLineTest, RefusesALineThatIsTooLong) {
  const std::string line(kFound);
  EXPECT_TRUE(ParseLocatorLine(line + std::string(kMaxLocatorLine - line.size(), ' ')));
  EXPECT_FALSE(ParseLocatorLine(line + std::string(kMaxLocatorLine - line.size() + 1, ' ')));
}

}  // namespace
}  // namespace ball
