// SPDX-License-Identifier: LGPL-2.1-or-later
// The header of a frame in shared memory: what is accepted describes planes that lie in the buffer,
// and is what a writer would have written. The first byte's bits say: 1, put the check word right,
// without which nothing would get past it; 2, have the buffer that the header speaks of.
#include <algorithm>
#include <cstring>
#include <vector>

#include "plugins/shmframe/frame_header.h"
#include "tests/fuzz/fuzz_target.h"

namespace ball {
namespace {

constexpr size_t kSizeAt = 6;
constexpr size_t kCheckWordAt = 8;
constexpr size_t kPayloadSizeAt = 104;

uint64_t LittleEndian(const std::vector<std::byte>& bytes, size_t at, size_t count) {
  uint64_t value = 0;
  for (size_t i = count; i-- > 0;) {
    value = value << 8 | (at + i < bytes.size() ? static_cast<uint64_t>(bytes[at + i]) : 0);
  }
  return value;
}

// FNV-1a, as frame_header.h describes it.
void PutCheckWordRight(std::vector<std::byte>& bytes) {
  const size_t size = LittleEndian(bytes, kSizeAt, 2);
  if (size > bytes.size() || size < kCheckWordAt + 4) return;
  std::memset(bytes.data() + kCheckWordAt, 0, 4);
  uint32_t word = 2166136261U;
  for (size_t i = 0; i < size; ++i) word = (word ^ static_cast<uint32_t>(bytes[i])) * 16777619U;
  for (size_t i = 0; i < 4; ++i) {
    bytes[kCheckWordAt + i] = static_cast<std::byte>(word >> (8 * i));
  }
}

// Sides have 15 bits and a stride 32, so that no product overflows; an offset may be anything.
bool LiesInPayload(const FrameHeader& header, size_t plane) {
  const PlaneShape shape = ShapeOfPlane(header.picture, plane);
  const Plane& place = header.planes[plane];
  if (shape.rows == 0 || shape.row_bytes == 0 || place.stride < shape.row_bytes) return false;
  const uint64_t extent = uint64_t{place.stride} * (shape.rows - 1) + shape.row_bytes;
  return place.offset <= header.payload_size && extent <= header.payload_size - place.offset;
}

}  // namespace
}  // namespace ball

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace ball;
  if (size == 0 || size > 2 * kMaxFrameHeaderSize) return 0;
  const unsigned mode = data[0];
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  std::vector<std::byte> bytes(begin + 1, begin + size);
  if ((mode & 1) != 0) PutCheckWordRight(bytes);
  uint64_t buffer_size = bytes.size();
  if ((mode & 2) != 0) buffer_size = kFrameHeaderSize + LittleEndian(bytes, kPayloadSizeAt, 8);

  const ParsedHeader parsed = ParseFrameHeader(bytes, buffer_size);
  if (!parsed.header) {
    Require(IsPrintableAscii(ToString(parsed.fault)), "a fault has a name");
    return 0;
  }
  const FrameHeader& header = *parsed.header;
  Require(!Check(header), "a header that is read may be sent");
  Require(header.payload_size == buffer_size - kFrameHeaderSize,
          "the payload is the buffer's rest");
  for (size_t plane = 0; plane < PlaneCount(header.picture.format); ++plane) {
    Require(LiesInPayload(header, plane), "a plane lies in the payload");
  }
  const auto written = Serialize(header);
  Require(std::equal(written.begin(), written.end(), bytes.begin()),
          "what was read is what a writer writes");
  return 0;
}
