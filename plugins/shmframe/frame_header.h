// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "plugins/rtp_timestamp.h"

namespace ball {

// A frame in shared memory describes itself: this header, then at once the payload (the bytes of
// the frame as its producer laid them out, padding included). All numbers are little-endian.
//
//   byte  bytes  field
//      0      4  magic "BALF"
//      4      2  version, 1
//      6      2  header size: 144; the payload follows there
//      8      4  check word: FNV-1a (32 bits) of the header with these four bytes zero
//     12      4  flags: bit 0 = there is an RTP timestamp, the others 0
//     16      4  format, a FrameFormat
//     20      4  width, pixels, 1..32767
//     24      4  height, pixels, 1..32767
//     28    4+4  frames per second, numerator 0.. (0 = variable) and denominator 1..
//     36    4+4  pixel aspect ratio, numerator 1.. and denominator 1..
//     44      4  colorimetry: range 0..2, matrix 0..6, transfer 0..16, primaries 0..12, a byte each
//     48      4  chroma site, 0..15
//     52      4  number of planes; must be the format's
//     56    4*4  stride of each plane, bytes; planes that the format does not have: 0
//     72    4*8  offset of each plane from the start of the payload, bytes; likewise
//    104      8  payload size, bytes: all that follows the header
//    112      8  PTS: the writer's running time, ns, below 2^63; all ones = none
//    120      8  duration, ns, below 2^63; all ones = none
//    128      8  sequence: 0 for the writer's first frame, then one more for each
//    136      4  RTP timestamp (90 kHz); 0 where the flag is not set
//    140      4  0
//
// The first twelve bytes mean the same in every version, so that a reader can say "other version"
// and "damaged" apart. Colorimetry and chroma site are the numbers of GStreamer's enumerations
// (GstVideoColorRange and so on), which are part of its ABI.
inline constexpr size_t kFrameHeaderSize = 144;
inline constexpr uint16_t kFrameHeaderVersion = 1;
// No version's header is longer: who copies this much has all there is to check.
inline constexpr size_t kMaxFrameHeaderSize = 512;
inline constexpr size_t kMaxPlanes = 4;

// Four characters as they stand in memory.
constexpr uint32_t FourCc(char a, char b, char c, char d) {
  const auto byte = [](char value) { return static_cast<uint32_t>(static_cast<uint8_t>(value)); };
  return byte(a) | byte(b) << 8 | byte(c) << 16 | byte(d) << 24;
}

// The layouts that a frame may have. The codes are our own and never change their meaning.
enum class FrameFormat : uint32_t {
  kI420 = FourCc('I', '4', '2', '0'),
  kNv12 = FourCc('N', 'V', '1', '2'),
  kBgrx = FourCc('B', 'G', 'R', 'x'),
  kRgbx = FourCc('R', 'G', 'B', 'x'),
  kBgra = FourCc('B', 'G', 'R', 'A'),
  kRgba = FourCc('R', 'G', 'B', 'A'),
  kBgr = FourCc('B', 'G', 'R', ' '),
  kRgb = FourCc('R', 'G', 'B', ' '),
  kGray8 = FourCc('G', 'R', 'A', '8'),
};

struct Fraction {
  int32_t numerator = 0;
  int32_t denominator = 1;

  friend bool operator==(const Fraction&, const Fraction&) = default;
};

struct Colorimetry {
  uint8_t range = 0;
  uint8_t matrix = 0;
  uint8_t transfer = 0;
  uint8_t primaries = 0;

  friend bool operator==(const Colorimetry&, const Colorimetry&) = default;
};

// What the reader needs for its caps.
struct Picture {
  FrameFormat format = FrameFormat::kI420;
  uint32_t width = 0;   // pixels
  uint32_t height = 0;  // pixels
  Fraction framerate;   // frames a second
  Fraction pixel_aspect_ratio{1, 1};
  Colorimetry colorimetry;
  uint32_t chroma_site = 0;

  friend bool operator==(const Picture&, const Picture&) = default;
};

// Where a plane lies in the payload, in bytes.
struct Plane {
  uint64_t offset = 0;
  uint32_t stride = 0;

  friend bool operator==(const Plane&, const Plane&) = default;
};

struct FrameHeader {
  Picture picture;
  std::array<Plane, kMaxPlanes> planes;  // the format's planes first, the others as they are here
  uint64_t payload_size = 0;             // bytes
  std::optional<std::chrono::nanoseconds> pts;       // the writer's running time
  std::optional<std::chrono::nanoseconds> duration;  // how long the frame is to be shown
  uint64_t sequence = 0;
  std::optional<RtpTimestamp> rtp_timestamp;

  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

// Why a header was refused.
enum class HeaderFault {
  kTooShort,            // fewer bytes than a header
  kNotAFrame,           // the magic is not there
  kDamaged,             // header size out of range, or the check word does not fit
  kUnsupportedVersion,  // whole, but of a version that we do not know
  kBadFlags,            // a flag or a reserved byte that is not defined is set
  kBadFormat,           // format not known
  kBadSize,             // width or height out of range
  kBadFramerate,
  kBadAspectRatio,
  kBadColorimetry,  // a number out of range, or the RGB matrix for a format that is not RGB
  kBadChromaSite,
  kBadPlanes,       // wrong number of planes, a plane that leaves the payload, rows that overlap
  kBadPayloadSize,  // not what follows the header
  kBadTime,         // a PTS or duration that is negative, or from 2^63 ns on
};

// A short sentence part for log and error messages.
std::string_view ToString(HeaderFault fault);

// Either the header, or the fault.
struct ParsedHeader {
  std::optional<FrameHeader> header;
  HeaderFault fault = HeaderFault::kTooShort;  // means something only where there is no header
  uint16_t version = 0;                        // the writer's; 0 where it could not be read
};

// How many bytes a row of the plane has that belong to the picture, and how many rows it has.
struct PlaneShape {
  uint64_t row_bytes = 0;
  uint64_t rows = 0;
};

// How many planes the format has: 1..3, 0 for a format that is not known.
size_t PlaneCount(FrameFormat format);

// The shape of plane `plane` (below PlaneCount) of a picture. Chroma of odd sizes is rounded up.
PlaneShape ShapeOfPlane(const Picture& picture, size_t plane);

// What is wrong with a header that is to be sent; nothing where it is right. A reader refuses
// exactly those headers of which this says so.
std::optional<HeaderFault> Check(const FrameHeader& header);

// The header's bytes. It should have passed Check.
std::array<std::byte, kFrameHeaderSize> Serialize(const FrameHeader& header);

// Reads the header at the start of a buffer of `buffer_size` bytes. `bytes` are the first of them,
// at least kMaxFrameHeaderSize where there are as many. They must be the caller's own copy: a
// writer may change shared memory between a check and a use. A header that is returned describes
// planes that lie inside the `buffer_size - kFrameHeaderSize` bytes behind it, whatever the input.
ParsedHeader ParseFrameHeader(std::span<const std::byte> bytes, uint64_t buffer_size);

}  // namespace ball
