// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/shmframe/frame_header.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace ball {
namespace {

using std::chrono::nanoseconds;
using HeaderBytes = std::array<std::byte, kFrameHeaderSize>;

// 5x3 pixels of I420 with padding: 8 bytes a luma row, 4 a chroma row.
FrameHeader SmallI420() {
  FrameHeader header;
  header.picture = {FrameFormat::kI420, 5, 3, {30, 1}, {4, 3}, {2, 4, 16, 4}, 2};
  header.planes = {Plane{0, 8}, Plane{24, 4}, Plane{32, 4}, Plane{}};
  header.payload_size = 40;
  header.pts = nanoseconds{123456789};
  header.duration = nanoseconds{33333333};
  header.sequence = 77;
  header.rtp_timestamp = RtpTimestamp{3527980796};
  return header;
}

// The tight layout of a picture, as GStreamer rounds strides: to 4 bytes.
FrameHeader Tight(FrameFormat format, uint32_t width, uint32_t height) {
  FrameHeader header;
  header.picture.format = format;
  header.picture.width = width;
  header.picture.height = height;
  for (size_t i = 0; i < PlaneCount(format); ++i) {
    const PlaneShape shape = ShapeOfPlane(header.picture, i);
    header.planes[i] = {header.payload_size, static_cast<uint32_t>((shape.row_bytes + 3) & ~3U)};
    header.payload_size += header.planes[i].stride * shape.rows;
  }
  return header;
}

ParsedHeader ParseOf(const HeaderBytes& bytes, uint64_t payload_size) {
  return ParseFrameHeader(bytes, kFrameHeaderSize + payload_size);
}

void Put(std::span<std::byte> bytes, size_t at, size_t size, uint64_t value) {
  for (size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

uint64_t Get(const HeaderBytes& bytes, size_t at, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= std::to_integer<uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

// The check word as the header file draws it, so that a forged field meets its own check.
void Seal(std::span<std::byte> bytes) {
  Put(bytes, 8, 4, 0);
  uint32_t hash = 2166136261;
  for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<uint32_t>(byte)) * 16777619;
  Put(bytes, 8, 4, hash);
}

TEST(FrameHeaderTest, RoundTripKeepsEveryField) {
  const FrameHeader header = SmallI420();
  const ParsedHeader parsed = ParseOf(Serialize(header), header.payload_size);
  ASSERT_TRUE(parsed.header) << ToString(parsed.fault);
  EXPECT_EQ(*parsed.header, header);
  EXPECT_EQ(parsed.version, kFrameHeaderVersion);
}

TEST(FrameHeaderTest, RoundTripKeepsWhatIsAbsentAbsent) {
  FrameHeader header = SmallI420();
  header.pts.reset();
  header.duration.reset();
  header.rtp_timestamp.reset();
  EXPECT_EQ(ParseOf(Serialize(header), header.payload_size).header, header);
}

TEST(FrameHeaderTest, RoundTripKeepsExtremeValues) {
  FrameHeader header = Tight(FrameFormat::kGray8, 32767, 1);
  header.pts = nanoseconds{std::numeric_limits<int64_t>::max()};
  header.duration = nanoseconds{0};
  header.sequence = std::numeric_limits<uint64_t>::max();
  header.rtp_timestamp = RtpTimestamp{0};
  header.picture.framerate = {0, 1};
  EXPECT_EQ(ParseOf(Serialize(header), header.payload_size).header, header);
}

// The layout that the header file draws is a promise to writers in other languages.
TEST(FrameHeaderTest, BytesLieWhereTheLayoutSays) {
  const HeaderBytes bytes = Serialize(SmallI420());
  EXPECT_EQ(Get(bytes, 0, 4), FourCc('B', 'A', 'L', 'F'));
  EXPECT_EQ(Get(bytes, 4, 2), 1U);
  EXPECT_EQ(Get(bytes, 6, 2), 144U);
  EXPECT_EQ(Get(bytes, 12, 4), 1U);
  EXPECT_EQ(Get(bytes, 16, 4), FourCc('I', '4', '2', '0'));
  EXPECT_EQ(Get(bytes, 20, 4), 5U);
  EXPECT_EQ(Get(bytes, 24, 4), 3U);
  EXPECT_EQ(Get(bytes, 28, 4), 30U);
  EXPECT_EQ(Get(bytes, 36, 4), 4U);
  EXPECT_EQ(Get(bytes, 44, 4), 0x04100402U);
  EXPECT_EQ(Get(bytes, 52, 4), 3U);
  EXPECT_EQ(Get(bytes, 60, 4), 4U);
  EXPECT_EQ(Get(bytes, 88, 8), 32U);
  EXPECT_EQ(Get(bytes, 104, 8), 40U);
  EXPECT_EQ(Get(bytes, 112, 8), 123456789U);
  EXPECT_EQ(Get(bytes, 128, 8), 77U);
  EXPECT_EQ(Get(bytes, 136, 4), 3527980796U);
}

TEST(FrameHeaderTest, CheckWordIsTheDocumentedOne) {
  HeaderBytes bytes = Serialize(SmallI420());
  const HeaderBytes serialized = bytes;
  Seal(bytes);
  EXPECT_EQ(bytes, serialized);
}

// Whatever its length is, and whether its bytes are zero or not.
TEST(FrameHeaderTest, CheckWordOfAnotherVersionIsTheDocumentedOne) {
  for (size_t size = 12; size <= 64; ++size) {
    std::vector<std::byte> bytes(size);
    for (size_t i = 0; i < size; i += 1 + i % 5) bytes[i] = static_cast<std::byte>(i);
    Put(bytes, 0, 4, FourCc('B', 'A', 'L', 'F'));
    Put(bytes, 4, 2, 9);
    Put(bytes, 6, 2, size);
    Seal(bytes);
    EXPECT_EQ(ParseFrameHeader(bytes, size).fault, HeaderFault::kUnsupportedVersion) << size;
  }
}

TEST(FrameHeaderTest, EveryFlippedBitIsRefused) {
  const FrameHeader header = SmallI420();
  for (size_t bit = 0; bit < kFrameHeaderSize * 8; ++bit) {
    HeaderBytes bytes = Serialize(header);
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const ParsedHeader parsed = ParseOf(bytes, header.payload_size);
    EXPECT_FALSE(parsed.header) << "bit " << bit;
    // Damage must never look like another version: that would be an error instead of a drop.
    EXPECT_NE(parsed.fault, HeaderFault::kUnsupportedVersion) << "bit " << bit;
  }
}

TEST(FrameHeaderTest, EveryTruncationIsRefusedAsTooShort) {
  const HeaderBytes bytes = Serialize(SmallI420());
  for (size_t size = 0; size < kFrameHeaderSize; ++size) {
    const ParsedHeader parsed = ParseFrameHeader(std::span(bytes).first(size), size);
    EXPECT_FALSE(parsed.header);
    EXPECT_EQ(parsed.fault, HeaderFault::kTooShort) << size << " bytes";
  }
}

TEST(FrameHeaderTest, BufferSmallerThanItsBytesIsRefused) {
  EXPECT_FALSE(ParseFrameHeader(Serialize(SmallI420()), kFrameHeaderSize - 1).header);
}

TEST(FrameHeaderTest, EveryWrongPayloadSizeIsRefused) {
  const FrameHeader header = SmallI420();
  for (uint64_t size = 0; size < 100; ++size) {
    if (size == header.payload_size) continue;
    const ParsedHeader parsed = ParseOf(Serialize(header), size);
    EXPECT_FALSE(parsed.header);
    EXPECT_EQ(parsed.fault, HeaderFault::kBadPayloadSize) << size << " bytes";
  }
}

TEST(FrameHeaderTest, OtherVersionIsToldEvenWhenItsHeaderIsLonger) {
  std::vector<std::byte> bytes(200);
  const HeaderBytes ours = Serialize(SmallI420());
  std::copy(ours.begin(), ours.end(), bytes.begin());
  bytes[4] = std::byte{9};
  bytes[6] = std::byte{200};
  std::fill_n(bytes.begin() + 8, 4, std::byte{0});
  uint32_t hash = 2166136261;
  for (const std::byte byte : bytes) hash = (hash ^ std::to_integer<uint32_t>(byte)) * 16777619;
  for (size_t i = 0; i < 4; ++i) bytes[8 + i] = static_cast<std::byte>(hash >> (8 * i));
  const ParsedHeader parsed = ParseFrameHeader(bytes, 300);
  EXPECT_FALSE(parsed.header);
  EXPECT_EQ(parsed.fault, HeaderFault::kUnsupportedVersion);
  EXPECT_EQ(parsed.version, 9);
}

// A field of a whole and sealed header that a hostile writer has set.
struct Forged {
  const char* name;
  size_t at;
  size_t size;
  uint64_t value;
  HeaderFault fault;
};

class ForgedHeaderTest : public testing::TestWithParam<Forged> {};

TEST_P(ForgedHeaderTest, IsRefusedForThatField) {
  const FrameHeader header = SmallI420();
  HeaderBytes bytes = Serialize(header);
  Put(bytes, GetParam().at, GetParam().size, GetParam().value);
  Seal(bytes);
  const ParsedHeader parsed = ParseOf(bytes, header.payload_size);
  EXPECT_FALSE(parsed.header);
  EXPECT_EQ(ToString(parsed.fault), ToString(GetParam().fault));
}

constexpr uint64_t kAllOnes = std::numeric_limits<uint64_t>::max();

INSTANTIATE_TEST_SUITE_P(
    Fields, ForgedHeaderTest,
    testing::Values(
        Forged{"Magic", 0, 4, FourCc('B', 'A', 'L', 'L'), HeaderFault::kNotAFrame},
        Forged{"Version0", 4, 2, 0, HeaderFault::kUnsupportedVersion},
        Forged{"Version2", 4, 2, 2, HeaderFault::kUnsupportedVersion},
        Forged{"HeaderSizeZero", 6, 2, 0, HeaderFault::kDamaged},
        Forged{"HeaderSizeLess", 6, 2, 143, HeaderFault::kDamaged},
        Forged{"HeaderSizeMore", 6, 2, 145, HeaderFault::kTooShort},
        Forged{"HeaderSizeHuge", 6, 2, 65535, HeaderFault::kDamaged},
        Forged{"UnknownFlag", 12, 4, 3, HeaderFault::kBadFlags},
        Forged{"TimestampWithoutFlag", 12, 4, 0, HeaderFault::kBadFlags},
        Forged{"FormatZero", 16, 4, 0, HeaderFault::kBadFormat},
        Forged{"FormatYuy2", 16, 4, FourCc('Y', 'U', 'Y', '2'), HeaderFault::kBadFormat},
        Forged{"FormatOfFewerPlanes", 16, 4, FourCc('N', 'V', '1', '2'), HeaderFault::kBadPlanes},
        Forged{"FormatOfOtherMatrix", 16, 4, FourCc('B', 'G', 'R', ' '), HeaderFault::kBadPlanes},
        Forged{"WidthZero", 20, 4, 0, HeaderFault::kBadSize},
        Forged{"WidthAboveStride", 20, 4, 9, HeaderFault::kBadPlanes},
        Forged{"WidthTooLarge", 20, 4, 32768, HeaderFault::kBadSize},
        Forged{"WidthHuge", 20, 4, 0xffffffff, HeaderFault::kBadSize},
        Forged{"HeightZero", 24, 4, 0, HeaderFault::kBadSize},
        Forged{"HeightAbovePayload", 24, 4, 5, HeaderFault::kBadPlanes},
        Forged{"HeightTooLarge", 24, 4, 32768, HeaderFault::kBadSize},
        Forged{"HeightHuge", 24, 4, 0x80000001, HeaderFault::kBadSize},
        Forged{"FramerateNegative", 28, 4, 0x80000000, HeaderFault::kBadFramerate},
        Forged{"FramerateByZero", 32, 4, 0, HeaderFault::kBadFramerate},
        Forged{"FramerateByNegative", 32, 4, 0xffffffff, HeaderFault::kBadFramerate},
        Forged{"AspectZero", 36, 4, 0, HeaderFault::kBadAspectRatio},
        Forged{"AspectNegative", 36, 4, 0xfffffffe, HeaderFault::kBadAspectRatio},
        Forged{"AspectByZero", 40, 4, 0, HeaderFault::kBadAspectRatio},
        Forged{"Range", 44, 1, 3, HeaderFault::kBadColorimetry},
        Forged{"Matrix", 45, 1, 7, HeaderFault::kBadColorimetry},
        Forged{"RgbMatrixForYuv", 45, 1, 1, HeaderFault::kBadColorimetry},
        Forged{"Transfer", 46, 1, 17, HeaderFault::kBadColorimetry},
        Forged{"Primaries", 47, 1, 13, HeaderFault::kBadColorimetry},
        Forged{"ChromaSite", 48, 4, 16, HeaderFault::kBadChromaSite},
        Forged{"NoPlanes", 52, 4, 0, HeaderFault::kBadPlanes},
        Forged{"TooFewPlanes", 52, 4, 2, HeaderFault::kBadPlanes},
        Forged{"TooManyPlanes", 52, 4, 0xffffffff, HeaderFault::kBadPlanes},
        Forged{"StrideZero", 56, 4, 0, HeaderFault::kBadPlanes},
        Forged{"StrideBelowRow", 56, 4, 4, HeaderFault::kBadPlanes},
        Forged{"StrideBeyondPayload", 56, 4, 18, HeaderFault::kBadPlanes},
        Forged{"StrideNegative", 60, 4, 0xfffffffc, HeaderFault::kBadPlanes},
        Forged{"StrideHuge", 64, 4, 0x7fffffff, HeaderFault::kBadPlanes},
        Forged{"StrideOfNoPlane", 68, 4, 4, HeaderFault::kBadPlanes},
        Forged{"OffsetBeyondPayload", 72, 8, 41, HeaderFault::kBadPlanes},
        Forged{"OffsetOneTooFar", 88, 8, 34, HeaderFault::kBadPlanes},
        Forged{"OffsetWrapsAround", 80, 8, kAllOnes - 3, HeaderFault::kBadPlanes},
        Forged{"OffsetOfNoPlane", 96, 8, 1, HeaderFault::kBadPlanes},
        Forged{"PayloadZero", 104, 8, 0, HeaderFault::kBadPlanes},
        Forged{"PayloadLess", 104, 8, 39, HeaderFault::kBadPayloadSize},
        Forged{"PayloadMore", 104, 8, 41, HeaderFault::kBadPayloadSize},
        Forged{"PayloadHuge", 104, 8, kAllOnes, HeaderFault::kBadPayloadSize},
        Forged{"PtsNegative", 112, 8, kAllOnes - 1, HeaderFault::kBadTime},
        Forged{"PtsFrom2To63", 112, 8, uint64_t{1} << 63, HeaderFault::kBadTime},
        Forged{"DurationNegative", 120, 8, kAllOnes - 1, HeaderFault::kBadTime},
        Forged{"Reserved", 140, 4, 1, HeaderFault::kBadFlags}),
    [](const auto& info) { return std::string(info.param.name); });

struct FormatCase {
  const char* name;
  FrameFormat format;
  size_t planes;
  uint64_t row_bytes;  // of the last plane at 5x3
  uint64_t rows;
};

class FrameFormatTest : public testing::TestWithParam<FormatCase> {};

TEST_P(FrameFormatTest, HasTheShapeOfItsOddSizedPlanes) {
  const FrameHeader header = Tight(GetParam().format, 5, 3);
  ASSERT_EQ(PlaneCount(GetParam().format), GetParam().planes);
  const PlaneShape last = ShapeOfPlane(header.picture, GetParam().planes - 1);
  EXPECT_EQ(last.row_bytes, GetParam().row_bytes);
  EXPECT_EQ(last.rows, GetParam().rows);
}

TEST_P(FrameFormatTest, RoundTripsAtOddAndExtremeSizes) {
  const std::array<std::pair<uint32_t, uint32_t>, 5> sizes = {
      {{1, 1}, {5, 3}, {639, 479}, {32767, 1}, {1, 32767}}};
  for (const auto& [width, height] : sizes) {
    const FrameHeader header = Tight(GetParam().format, width, height);
    EXPECT_EQ(ParseOf(Serialize(header), header.payload_size).header, header)
        << width << "x" << height;
  }
}

TEST_P(FrameFormatTest, NeedsNoPaddingBehindTheLastRowButEveryByteOfIt) {
  FrameHeader header = Tight(GetParam().format, 5, 3);
  const Plane& last = header.planes[GetParam().planes - 1];
  header.payload_size = last.offset + last.stride * (GetParam().rows - 1) + GetParam().row_bytes;
  EXPECT_FALSE(Check(header));
  --header.payload_size;
  EXPECT_EQ(Check(header), HeaderFault::kBadPlanes);
}

INSTANTIATE_TEST_SUITE_P(Formats, FrameFormatTest,
                         testing::Values(FormatCase{"I420", FrameFormat::kI420, 3, 3, 2},
                                         FormatCase{"Nv12", FrameFormat::kNv12, 2, 6, 2},
                                         FormatCase{"Bgrx", FrameFormat::kBgrx, 1, 20, 3},
                                         FormatCase{"Rgbx", FrameFormat::kRgbx, 1, 20, 3},
                                         FormatCase{"Bgra", FrameFormat::kBgra, 1, 20, 3},
                                         FormatCase{"Rgba", FrameFormat::kRgba, 1, 20, 3},
                                         FormatCase{"Bgr", FrameFormat::kBgr, 1, 15, 3},
                                         FormatCase{"Rgb", FrameFormat::kRgb, 1, 15, 3},
                                         FormatCase{"Gray8", FrameFormat::kGray8, 1, 5, 3}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(FrameHeaderTest, UnknownFormatHasNoPlanes) {
  Picture picture = SmallI420().picture;
  picture.format = static_cast<FrameFormat>(1);
  EXPECT_EQ(PlaneCount(picture.format), 0U);
  EXPECT_EQ(ShapeOfPlane(picture, 0).rows, 0U);
  EXPECT_EQ(ShapeOfPlane(SmallI420().picture, 3).rows, 0U);
}

TEST(FrameHeaderTest, CheckRefusesNegativeTimes) {
  FrameHeader header = SmallI420();
  header.pts = nanoseconds{-1};
  EXPECT_EQ(Check(header), HeaderFault::kBadTime);
  header = SmallI420();
  header.duration = nanoseconds{-1};
  EXPECT_EQ(Check(header), HeaderFault::kBadTime);
}

TEST(FrameHeaderTest, EveryFaultHasItsOwnWords) {
  std::vector<std::string_view> words;
  for (int i = 0; i <= static_cast<int>(HeaderFault::kBadTime); ++i) {
    words.push_back(ToString(static_cast<HeaderFault>(i)));
  }
  std::sort(words.begin(), words.end());
  EXPECT_EQ(std::adjacent_find(words.begin(), words.end()), words.end());
  EXPECT_EQ(ToString(static_cast<HeaderFault>(99)), "unknown fault");
}

// Counted here once more, in a type that does not wrap around, so that an error in Check does not
// judge itself.
bool LiesInside(const FrameHeader& header, uint64_t payload_size) {
  for (size_t i = 0; i < PlaneCount(header.picture.format); ++i) {
    const PlaneShape shape = ShapeOfPlane(header.picture, i);
    const auto rows_before = static_cast<long double>(shape.rows - 1);
    const auto last_row = static_cast<long double>(header.planes[i].offset) +
                          static_cast<long double>(header.planes[i].stride) * rows_before;
    if (last_row + static_cast<long double>(shape.row_bytes) > payload_size) return false;
  }
  return header.payload_size == payload_size && PlaneCount(header.picture.format) > 0;
}

TEST(FrameHeaderTest, FuzzedHeadersNeverLeadOutsideThePayload) {
  std::mt19937 random(20240611);
  const FrameHeader header = SmallI420();
  const HeaderBytes valid = Serialize(header);
  int accepted = 0;
  for (int round = 0; round < 200000; ++round) {
    HeaderBytes bytes = valid;
    const auto mutations = 1 + random() % 4;
    for (size_t i = 0; i < mutations; ++i) {
      // Small values in fields get past the range checks and so deeper in.
      const size_t at = 12 + random() % (kFrameHeaderSize - 12);
      bytes[at] = static_cast<std::byte>(random() % 2 == 0 ? random() % 64 : random());
    }
    if (random() % 8 != 0) Seal(bytes);
    const uint64_t payload_size = random() % 16 == 0 ? random() % 64 : header.payload_size;
    const size_t copied = random() % 32 == 0 ? random() % kFrameHeaderSize : kFrameHeaderSize;
    const ParsedHeader parsed =
        ParseFrameHeader(std::span(bytes).first(copied), kFrameHeaderSize + payload_size);
    if (!parsed.header) continue;
    ++accepted;
    ASSERT_TRUE(LiesInside(*parsed.header, payload_size)) << "round " << round;
  }
  EXPECT_GT(accepted, 1000) << "the fuzzer hardly reaches what it is to test";
}

TEST(FrameHeaderTest, RandomBytesAreNoFrame) {
  std::mt19937 random(7);
  for (int round = 0; round < 1000; ++round) {
    std::vector<std::byte> bytes(random() % (2 * kMaxFrameHeaderSize));
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::byte>(random()); });
    EXPECT_FALSE(ParseFrameHeader(bytes, bytes.size()).header);
  }
}

}  // namespace
}  // namespace ball
