// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/encoder_choice.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ball {
namespace {

struct ChoiceCase {
  std::string name;
  EncoderTask task;
  double idle_cores;
  EncoderChoice choice;
};

class ChoiceTest : public testing::TestWithParam<ChoiceCase> {};

TEST_P(ChoiceTest, IsMade) {
  EXPECT_EQ(ChooseEncoder(GetParam().task, GetParam().idle_cores), GetParam().choice);
}

INSTANTIATE_TEST_SUITE_P(
    Choices, ChoiceTest,
    testing::Values(
        ChoiceCase{"SmallPicture", {Codec::kVp8, 640, 480, 30}, 16, {1, 0, 16}},
        ChoiceCase{"SmallPictureOnABusyMachine", {Codec::kVp8, 640, 480, 30}, 0, {1, 0, 16}},
        ChoiceCase{"SmallPictureOfManyFrames", {Codec::kVp8, 640, 480, 600}, 16, {2, 1, 16}},
        ChoiceCase{"LargePictureOnABusyMachine", {Codec::kVp8, 1920, 1080, 30}, 0.1, {1, 0, 16}},
        ChoiceCase{"LargePictureOnTwoIdleCores", {Codec::kVp8, 1920, 1080, 30}, 2, {1, 0, 16}},
        ChoiceCase{"LargePictureOnFourIdleCores", {Codec::kVp8, 1920, 1080, 30}, 3.9, {2, 1, 16}},
        ChoiceCase{"LargePictureOnManyCores", {Codec::kVp8, 1920, 1080, 30}, 32, {3, 1, 16}},
        ChoiceCase{"LargestPictureOnManyCores", {Codec::kVp8, 8192, 8192, 30}, 64, {8, 3, 16}},
        ChoiceCase{"PictureOfNoFixedRate", {Codec::kVp8, 1920, 1080, 0}, 4, {2, 1, 16}},
        ChoiceCase{"Vp9", {Codec::kVp9, 1920, 1080, 30}, 8, {3, 1, 9}},
        ChoiceCase{"H264", {Codec::kH264, 1920, 1080, 30}, 8, {3, 0, 0}}),
    [](const auto& info) { return info.param.name; });

TEST(EncoderChoiceTest, NeverTakesMoreThreadsThanIdleCores) {
  for (const int width : {160, 640, 1920, 3840, 8192}) {
    for (double idle = 0; idle <= 20; idle += 0.5) {
      const auto choice = ChooseEncoder({Codec::kVp8, width, width * 9 / 16, 60}, idle);
      EXPECT_GE(choice.threads, 1);
      EXPECT_LE(choice.threads, std::max(1.0, idle)) << width << " px wide, idle: " << idle;
    }
  }
}

TEST(EncoderChoiceTest, TakesThreadsThatWereAskedFor) {
  EXPECT_EQ(EncoderWithThreads(Codec::kVp8, 4), (EncoderChoice{4, 2, 16}));
  EXPECT_EQ(EncoderWithThreads(Codec::kVp8, 16), (EncoderChoice{16, 3, 16}));
}

TEST(EncoderChoiceTest, HasPropertiesForEachEncoder) {
  using Properties = std::vector<std::pair<std::string, int>>;
  const EncoderChoice choice{2, 1, 9};
  EXPECT_EQ(EncoderProperties("vp8enc", choice),
            (Properties{{"threads", 2}, {"token-partitions", 1}, {"cpu-used", 9}}));
  EXPECT_EQ(EncoderProperties("vp9enc", choice),
            (Properties{{"threads", 2}, {"tile-columns", 1}, {"row-mt", 1}, {"cpu-used", 9}}));
  EXPECT_EQ(EncoderProperties("x264enc", choice), (Properties{{"threads", 2}}));
  EXPECT_EQ(EncoderProperties("openh264enc", choice), (Properties{{"multi-thread", 2}}));
  EXPECT_EQ(EncoderProperties("otherenc", choice), Properties{});
}

}  // namespace
}  // namespace ball
