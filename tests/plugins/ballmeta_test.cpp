// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballmeta.h"

#include <gst/video/gstvideometa.h>
#include <gtest/gtest.h>

#include <limits>

#include "plugins/shmframe/gstunref.h"

namespace ball {
namespace {

BufferRef NewBuffer() { return BufferRef(gst_buffer_new()); }

GstVideoRegionOfInterestMeta* RegionOf(GstBuffer* buffer) {
  return reinterpret_cast<GstVideoRegionOfInterestMeta*>(
      gst_buffer_get_meta(buffer, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE));
}

// A region as somebody else's element might attach it.
void AttachForeign(GstBuffer* buffer, const char* type, GstStructure* params) {
  auto* region = gst_buffer_add_video_region_of_interest_meta(buffer, type, 0, 0, 1, 1);
  if (params != nullptr) gst_video_region_of_interest_meta_add_param(region, params);
}

GstStructure* Params(const char* name, double x, double y, double radius) {
  return gst_structure_new(name, "x", G_TYPE_DOUBLE, x, "y", G_TYPE_DOUBLE, y, "radius",
                           G_TYPE_DOUBLE, radius, nullptr);
}

TEST(BallMetaTest, EmptyBufferHasNeitherTruthNorAnswer) {
  const BufferRef buffer = NewBuffer();
  EXPECT_FALSE(FindTruth(buffer.get()));
  EXPECT_FALSE(FindAnswer(buffer.get()));
}

TEST(BallMetaTest, TruthIsFoundExactlyAsAttached) {
  const BufferRef buffer = NewBuffer();
  const Ball truth{123.4567890123, -7.25, 20.1};
  AttachTruth(buffer.get(), truth, 640, 480);
  EXPECT_EQ(FindTruth(buffer.get()), truth);
  EXPECT_FALSE(FindAnswer(buffer.get()));
}

TEST(BallMetaTest, AnswerIsFoundWithItsConfidence) {
  const BufferRef buffer = NewBuffer();
  AttachAnswer(buffer.get(), {{10.5, 20.25, 3}, 0.75}, 640, 480);
  const auto answer = FindAnswer(buffer.get());
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->ball, (Ball{10.5, 20.25, 3}));
  EXPECT_EQ(answer->confidence, 0.75);
  EXPECT_FALSE(FindTruth(buffer.get()));
}

TEST(BallMetaTest, TruthAndAnswerLiveSideBySide) {
  const BufferRef buffer = NewBuffer();
  AttachAnswer(buffer.get(), {{1, 2, 3}, 1}, 640, 480);
  AttachTruth(buffer.get(), {4, 5, 6}, 640, 480);
  EXPECT_EQ(FindTruth(buffer.get()), (Ball{4, 5, 6}));
  EXPECT_EQ(FindAnswer(buffer.get())->ball, (Ball{1, 2, 3}));
}

TEST(BallMetaTest, FirstOfSeveralAnswersCounts) {
  const BufferRef buffer = NewBuffer();
  AttachAnswer(buffer.get(), {{1, 2, 3}, 1}, 640, 480);
  AttachAnswer(buffer.get(), {{4, 5, 6}, 1}, 640, 480);
  EXPECT_EQ(FindAnswer(buffer.get())->ball, (Ball{1, 2, 3}));
}

TEST(BallMetaTest, CopiedBufferCarriesThemOn) {
  const BufferRef buffer = NewBuffer();
  AttachTruth(buffer.get(), {4, 5, 6}, 640, 480);
  const BufferRef copy(gst_buffer_copy(buffer.get()));
  EXPECT_EQ(FindTruth(copy.get()), (Ball{4, 5, 6}));
}

TEST(BallMetaTest, RegionIsTheBoundingRectangle) {
  const BufferRef buffer = NewBuffer();
  AttachTruth(buffer.get(), {100.5, 50.25, 10}, 640, 480);
  const auto* region = RegionOf(buffer.get());
  EXPECT_EQ(region->x, 90U);
  EXPECT_EQ(region->w, 21U);
  EXPECT_EQ(region->y, 40U);
  EXPECT_EQ(region->h, 21U);
  EXPECT_STREQ(g_quark_to_string(region->roi_type), "ball-truth");
}

TEST(BallMetaTest, RegionIsCutToThePicture) {
  const BufferRef buffer = NewBuffer();
  AttachTruth(buffer.get(), {-5, 478, 10}, 640, 480);
  const auto* region = RegionOf(buffer.get());
  EXPECT_EQ(region->x, 0U);
  EXPECT_EQ(region->w, 5U);
  EXPECT_EQ(region->y, 468U);
  EXPECT_EQ(region->h, 12U);
}

TEST(BallMetaTest, RegionOfBallOutsideThePictureIsEmpty) {
  const BufferRef buffer = NewBuffer();
  AttachTruth(buffer.get(), {1e12, -1e12, 10}, 640, 480);
  const auto* region = RegionOf(buffer.get());
  EXPECT_EQ(region->w, 0U);
  EXPECT_EQ(region->h, 0U);
  EXPECT_LE(region->x, 640U);
  EXPECT_EQ(region->y, 0U);
  EXPECT_EQ(FindTruth(buffer.get())->x, 1e12);
}

TEST(BallMetaTest, ForeignAnswerWithoutConfidenceIsSure) {
  const BufferRef buffer = NewBuffer();
  AttachForeign(buffer.get(), "ball", Params("ball", 1, 2, 3));
  ASSERT_TRUE(FindAnswer(buffer.get()));
  EXPECT_EQ(FindAnswer(buffer.get())->confidence, 1.0);
}

TEST(BallMetaTest, OtherRegionsAreNoBalls) {
  const BufferRef buffer = NewBuffer();
  AttachForeign(buffer.get(), "face", Params("ball", 1, 2, 3));
  AttachForeign(buffer.get(), "ball", Params("face", 1, 2, 3));
  AttachForeign(buffer.get(), "ball", nullptr);
  EXPECT_FALSE(FindAnswer(buffer.get()));
}

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct ForeignBall {
  const char* name;
  double x, y, radius;
};

class ForeignBallTest : public testing::TestWithParam<ForeignBall> {};

TEST_P(ForeignBallTest, IsRefused) {
  const BufferRef buffer = NewBuffer();
  const auto& [name, x, y, radius] = GetParam();
  AttachForeign(buffer.get(), "ball", Params("ball", x, y, radius));
  EXPECT_FALSE(FindAnswer(buffer.get()));
}

INSTANTIATE_TEST_SUITE_P(Values, ForeignBallTest,
                         testing::Values(ForeignBall{"NanX", kNaN, 2, 3},
                                         ForeignBall{"InfiniteY", 1, kInfinity, 3},
                                         ForeignBall{"NanRadius", 1, 2, kNaN},
                                         ForeignBall{"NoRadius", 1, 2, 0},
                                         ForeignBall{"NegativeRadius", 1, 2, -3}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(BallMetaTest, MissingOrMistypedValueIsRefused) {
  const BufferRef missing = NewBuffer();
  AttachForeign(
      missing.get(), "ball",
      gst_structure_new("ball", "x", G_TYPE_DOUBLE, 1.0, "y", G_TYPE_DOUBLE, 2.0, nullptr));
  EXPECT_FALSE(FindAnswer(missing.get()));
  const BufferRef mistyped = NewBuffer();
  AttachForeign(mistyped.get(), "ball",
                gst_structure_new("ball", "x", G_TYPE_INT, 1, "y", G_TYPE_DOUBLE, 2.0, "radius",
                                  G_TYPE_DOUBLE, 3.0, nullptr));
  EXPECT_FALSE(FindAnswer(mistyped.get()));
}

}  // namespace
}  // namespace ball
