// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/shmframe/frame_header.h"

#include <algorithm>
#include <concepts>
#include <cstring>
#include <iterator>
#include <limits>

namespace ball {
namespace {

constexpr uint32_t kMagic = FourCc('B', 'A', 'L', 'F');
constexpr size_t kCheckWordAt = 8;
constexpr size_t kPrefixSize = 12;
constexpr uint32_t kHasRtpTimestamp = 1;
constexpr uint64_t kNoTime = std::numeric_limits<uint64_t>::max();
constexpr uint32_t kMaxSide = 32767;
constexpr uint32_t kMaxInt = std::numeric_limits<int32_t>::max();
constexpr uint8_t kRgbMatrix = 1;
// The highest numbers that GStreamer's enumerations have.
constexpr Colorimetry kHighest{2, 6, 16, 12};
constexpr uint32_t kHighestChromaSite = 15;

struct PlaneLayout {
  uint8_t bytes_per_sample;
  uint8_t subsampling;  // 0: a sample a pixel; 1: a sample for two by two pixels
};

struct FormatLayout {
  FrameFormat format;
  bool rgb;
  uint8_t plane_count;
  std::array<PlaneLayout, 3> planes;
};

constexpr FormatLayout kLayouts[] = {
    {FrameFormat::kI420, false, 3, {{{1, 0}, {1, 1}, {1, 1}}}},
    {FrameFormat::kNv12, false, 2, {{{1, 0}, {2, 1}, {}}}},
    {FrameFormat::kBgrx, true, 1, {{{4, 0}, {}, {}}}},
    {FrameFormat::kRgbx, true, 1, {{{4, 0}, {}, {}}}},
    {FrameFormat::kBgra, true, 1, {{{4, 0}, {}, {}}}},
    {FrameFormat::kRgba, true, 1, {{{4, 0}, {}, {}}}},
    {FrameFormat::kBgr, true, 1, {{{3, 0}, {}, {}}}},
    {FrameFormat::kRgb, true, 1, {{{3, 0}, {}, {}}}},
    {FrameFormat::kGray8, false, 1, {{{1, 0}, {}, {}}}},
};

const FormatLayout* FindLayout(FrameFormat format) {
  const auto* found = std::find_if(std::begin(kLayouts), std::end(kLayouts),
                                   [&](const auto& layout) { return layout.format == format; });
  return found == std::end(kLayouts) ? nullptr : found;
}

// Writes and reads numbers one after another, least significant byte first.
class Writer {
 public:
  explicit Writer(std::span<std::byte> bytes) : bytes_(bytes) {}

  template <std::unsigned_integral T>
  void Put(T value) {
    // At once, not a byte at a time: a compiler makes one store of it.
    std::array<std::byte, sizeof(T)> little;
    for (size_t i = 0; i < sizeof(T); ++i) {
      little[i] = static_cast<std::byte>(static_cast<uint64_t>(value) >> (8 * i));
    }
    std::memcpy(bytes_.subspan(at_, sizeof(T)).data(), little.data(), sizeof(T));
    at_ += sizeof(T);
  }

 private:
  std::span<std::byte> bytes_;
  size_t at_ = 0;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <std::unsigned_integral T>
  T Get() {
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof(T); ++i) {
      value |= std::to_integer<uint64_t>(bytes_[at_++]) << (8 * i);
    }
    return static_cast<T>(value);
  }

  // A value above what an int32_t holds becomes negative, which no check lets through.
  Fraction GetFraction() {
    const auto numerator = static_cast<int32_t>(Get<uint32_t>());
    return {numerator, static_cast<int32_t>(Get<uint32_t>())};
  }

 private:
  std::span<const std::byte> bytes_;
  size_t at_ = 0;
};

// FNV-1a of the header with its own place zero. A zero byte only multiplies, and most bytes are
// zero: four of them are one multiplication.
uint32_t CheckWord(std::span<const std::byte> header) {
  constexpr uint32_t kPrime = 16777619;
  constexpr uint32_t kPrime4 = kPrime * kPrime * kPrime * kPrime;
  uint32_t hash = 2166136261;
  size_t at = 0;
  for (; at + sizeof(uint32_t) <= header.size(); at += sizeof(uint32_t)) {
    uint32_t word = 0;
    std::memcpy(&word, &header[at], sizeof word);
    if (word == 0 || at == kCheckWordAt) {
      hash *= kPrime4;
      continue;
    }
    for (size_t i = at; i < at + sizeof word; ++i) {
      hash = (hash ^ std::to_integer<uint32_t>(header[i])) * kPrime;
    }
  }
  for (; at < header.size(); ++at) {
    hash = (hash ^ std::to_integer<uint32_t>(header[at])) * kPrime;
  }
  return hash;
}

uint64_t ToWire(const std::optional<std::chrono::nanoseconds>& time) {
  return time ? static_cast<uint64_t>(time->count()) : kNoTime;
}

std::optional<std::chrono::nanoseconds> TimeFromWire(uint64_t value) {
  if (value == kNoTime) return {};
  return std::chrono::nanoseconds{static_cast<int64_t>(value)};
}

bool IsTime(const std::optional<std::chrono::nanoseconds>& time) {
  return !time || time->count() >= 0;
}

// A plane lies inside when its last row's last byte does. The padding behind the last row need not
// be there: decoders that crop leave it out.
bool PlaneFits(const Plane& plane, const PlaneShape& shape, uint64_t payload_size) {
  if (plane.stride < shape.row_bytes || plane.stride > kMaxInt) return false;
  if (plane.offset > payload_size) return false;
  // At most 2^31 * 2^15: cannot overflow.
  const uint64_t extent = plane.stride * (shape.rows - 1) + shape.row_bytes;
  return extent <= payload_size - plane.offset;
}

bool PlanesFit(const FrameHeader& header) {
  const size_t count = PlaneCount(header.picture.format);
  for (size_t i = 0; i < count; ++i) {
    if (!PlaneFits(header.planes[i], ShapeOfPlane(header.picture, i), header.payload_size)) {
      return false;
    }
  }
  return std::all_of(header.planes.begin() + static_cast<ptrdiff_t>(count), header.planes.end(),
                     [](const Plane& unused) { return unused == Plane{}; });
}

bool IsKnown(const Colorimetry& colors, bool rgb) {
  return colors.range <= kHighest.range && colors.matrix <= kHighest.matrix &&
         colors.transfer <= kHighest.transfer && colors.primaries <= kHighest.primaries &&
         (rgb || colors.matrix != kRgbMatrix);
}

bool IsSide(uint32_t pixels) { return pixels >= 1 && pixels <= kMaxSide; }

std::optional<HeaderFault> CheckPicture(const Picture& picture) {
  const FormatLayout* layout = FindLayout(picture.format);
  if (layout == nullptr) return HeaderFault::kBadFormat;
  if (!IsSide(picture.width) || !IsSide(picture.height)) return HeaderFault::kBadSize;
  const Fraction& rate = picture.framerate;
  if (rate.numerator < 0 || rate.denominator < 1) return HeaderFault::kBadFramerate;
  const Fraction& aspect = picture.pixel_aspect_ratio;
  if (aspect.numerator < 1 || aspect.denominator < 1) return HeaderFault::kBadAspectRatio;
  if (!IsKnown(picture.colorimetry, layout->rgb)) return HeaderFault::kBadColorimetry;
  if (picture.chroma_site > kHighestChromaSite) return HeaderFault::kBadChromaSite;
  return {};
}

void PutPicture(Writer& writer, const Picture& picture) {
  writer.Put(static_cast<uint32_t>(picture.format));
  writer.Put(picture.width);
  writer.Put(picture.height);
  for (const Fraction& fraction : {picture.framerate, picture.pixel_aspect_ratio}) {
    writer.Put(static_cast<uint32_t>(fraction.numerator));
    writer.Put(static_cast<uint32_t>(fraction.denominator));
  }
  writer.Put(picture.colorimetry.range);
  writer.Put(picture.colorimetry.matrix);
  writer.Put(picture.colorimetry.transfer);
  writer.Put(picture.colorimetry.primaries);
  writer.Put(picture.chroma_site);
}

Picture GetPicture(Reader& reader) {
  Picture picture;
  picture.format = static_cast<FrameFormat>(reader.Get<uint32_t>());
  picture.width = reader.Get<uint32_t>();
  picture.height = reader.Get<uint32_t>();
  picture.framerate = reader.GetFraction();
  picture.pixel_aspect_ratio = reader.GetFraction();
  picture.colorimetry.range = reader.Get<uint8_t>();
  picture.colorimetry.matrix = reader.Get<uint8_t>();
  picture.colorimetry.transfer = reader.Get<uint8_t>();
  picture.colorimetry.primaries = reader.Get<uint8_t>();
  picture.chroma_site = reader.Get<uint32_t>();
  return picture;
}

// The fields behind the prefix. What FrameHeader cannot express is checked here, the rest in Check.
ParsedHeader ParseFields(std::span<const std::byte> fields) {
  Reader reader(fields);
  FrameHeader header;
  const auto flags = reader.Get<uint32_t>();
  header.picture = GetPicture(reader);
  const auto plane_count = reader.Get<uint32_t>();
  for (Plane& plane : header.planes) plane.stride = reader.Get<uint32_t>();
  for (Plane& plane : header.planes) plane.offset = reader.Get<uint64_t>();
  header.payload_size = reader.Get<uint64_t>();
  header.pts = TimeFromWire(reader.Get<uint64_t>());
  header.duration = TimeFromWire(reader.Get<uint64_t>());
  header.sequence = reader.Get<uint64_t>();
  const RtpTimestamp timestamp{reader.Get<uint32_t>()};
  if ((flags & kHasRtpTimestamp) != 0) header.rtp_timestamp = timestamp;

  const bool stray_timestamp = !header.rtp_timestamp && timestamp.value != 0;
  if ((flags & ~kHasRtpTimestamp) != 0 || stray_timestamp || reader.Get<uint32_t>() != 0) {
    return {{}, HeaderFault::kBadFlags};
  }
  if (const auto fault = Check(header)) return {{}, *fault};
  if (plane_count != PlaneCount(header.picture.format)) return {{}, HeaderFault::kBadPlanes};
  return {header};
}

}  // namespace

std::string_view ToString(HeaderFault fault) {
  switch (fault) {
    case HeaderFault::kTooShort:
      return "shorter than a frame header";
    case HeaderFault::kNotAFrame:
      return "no frame header at its start";
    case HeaderFault::kDamaged:
      return "damaged header";
    case HeaderFault::kUnsupportedVersion:
      return "header of another version";
    case HeaderFault::kBadFlags:
      return "undefined flags";
    case HeaderFault::kBadFormat:
      return "unknown video format";
    case HeaderFault::kBadSize:
      return "picture size out of range";
    case HeaderFault::kBadFramerate:
      return "framerate out of range";
    case HeaderFault::kBadAspectRatio:
      return "pixel aspect ratio out of range";
    case HeaderFault::kBadColorimetry:
      return "colorimetry that does not exist or fit";
    case HeaderFault::kBadChromaSite:
      return "chroma site out of range";
    case HeaderFault::kBadPlanes:
      return "planes that do not fit into the payload";
    case HeaderFault::kBadPayloadSize:
      return "payload size that is not the buffer's";
    case HeaderFault::kBadTime:
      return "time out of range";
  }
  return "unknown fault";
}

size_t PlaneCount(FrameFormat format) {
  const FormatLayout* layout = FindLayout(format);
  return layout == nullptr ? 0 : layout->plane_count;
}

PlaneShape ShapeOfPlane(const Picture& picture, size_t plane) {
  const FormatLayout* layout = FindLayout(picture.format);
  if (layout == nullptr || plane >= layout->plane_count) return {};
  const auto [bytes, subsampling] = layout->planes[plane];
  const uint64_t round_up = (1U << subsampling) - 1;
  return {((picture.width + round_up) >> subsampling) * bytes,
          (picture.height + round_up) >> subsampling};
}

std::optional<HeaderFault> Check(const FrameHeader& header) {
  if (const auto fault = CheckPicture(header.picture)) return fault;
  if (!PlanesFit(header)) return HeaderFault::kBadPlanes;
  if (!IsTime(header.pts) || !IsTime(header.duration)) return HeaderFault::kBadTime;
  return {};
}

std::array<std::byte, kFrameHeaderSize> Serialize(const FrameHeader& header) {
  std::array<std::byte, kFrameHeaderSize> bytes{};
  Writer writer(bytes);
  writer.Put(kMagic);
  writer.Put(kFrameHeaderVersion);
  writer.Put(static_cast<uint16_t>(kFrameHeaderSize));
  writer.Put(uint32_t{0});
  writer.Put(header.rtp_timestamp ? kHasRtpTimestamp : uint32_t{0});
  PutPicture(writer, header.picture);
  writer.Put(static_cast<uint32_t>(PlaneCount(header.picture.format)));
  for (const Plane& plane : header.planes) writer.Put(plane.stride);
  for (const Plane& plane : header.planes) writer.Put(plane.offset);
  writer.Put(header.payload_size);
  writer.Put(ToWire(header.pts));
  writer.Put(ToWire(header.duration));
  writer.Put(header.sequence);
  writer.Put(header.rtp_timestamp.value_or(RtpTimestamp{}).value);
  Writer(std::span(bytes).subspan(kCheckWordAt)).Put(CheckWord(bytes));
  return bytes;
}

ParsedHeader ParseFrameHeader(std::span<const std::byte> bytes, uint64_t buffer_size) {
  if (bytes.size() < kPrefixSize || buffer_size < bytes.size()) return {};
  Reader prefix(bytes);
  if (prefix.Get<uint32_t>() != kMagic) return {{}, HeaderFault::kNotAFrame};
  const auto version = prefix.Get<uint16_t>();
  const auto header_size = prefix.Get<uint16_t>();
  const auto check_word = prefix.Get<uint32_t>();
  if (header_size < kPrefixSize || header_size > kMaxFrameHeaderSize) {
    return {{}, HeaderFault::kDamaged, version};
  }
  if (bytes.size() < header_size) return {{}, HeaderFault::kTooShort, version};
  if (CheckWord(bytes.first(header_size)) != check_word) {
    return {{}, HeaderFault::kDamaged, version};
  }
  if (version != kFrameHeaderVersion) return {{}, HeaderFault::kUnsupportedVersion, version};
  if (header_size != kFrameHeaderSize) return {{}, HeaderFault::kDamaged, version};

  ParsedHeader parsed = ParseFields(bytes.first(kFrameHeaderSize).subspan(kPrefixSize));
  parsed.version = version;
  if (parsed.header && parsed.header->payload_size != buffer_size - kFrameHeaderSize) {
    return {{}, HeaderFault::kBadPayloadSize, version};
  }
  return parsed;
}

}  // namespace ball
