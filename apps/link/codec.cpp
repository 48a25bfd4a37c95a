// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/codec.h"

#include <algorithm>

#include "apps/link/command_line.h"

namespace ball {
namespace {

// Far longer than any session needs: a peer that lost a frame asks for a key frame.
constexpr char kNoPeriodicKeyFrame[] = "keyframe-max-dist=1000000";

bool Exists(const char* element) { return MissingElement({element}).empty(); }

// cpu-used=16: 0.9 ms a frame of 640x480 against 2.3 ms with 8, for a ball of the same quality.
std::string Vp8Encoder(const std::string& bitrate, const std::string& threads) {
  return std::string("vp8enc deadline=1 cpu-used=16 end-usage=cbr lag-in-frames=0 ") +
         kNoPeriodicKeyFrame + " target-bitrate=" + bitrate + " threads=" + threads;
}

std::string Vp9Encoder(const std::string& bitrate, const std::string& threads) {
  return std::string("vp9enc deadline=1 cpu-used=9 end-usage=cbr lag-in-frames=0 ") +
         kNoPeriodicKeyFrame + " target-bitrate=" + bitrate + " threads=" + threads;
}

// As AVC, whose caps carry the parameter sets: with a byte stream the payloader knows its caps only
// after the first frame, too late for an offer.
std::string H264Encoder(int bitrate, const std::string& threads) {
  const std::string avc = " ! video/x-h264,stream-format=avc,alignment=au";
  if (Exists("x264enc")) {
    return "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=1000000 bitrate=" +
           std::to_string(std::max(1, bitrate / 1000)) + " threads=" + threads + avc +
           ",profile=constrained-baseline";
  }
  return "openh264enc rate-control=bitrate gop-size=0 bitrate=" + std::to_string(bitrate) +
         " multi-thread=" + threads + " ! video/x-h264,profile=constrained-baseline ! h264parse" +
         avc;
}

// libav is the faster one, but it is not everywhere: it takes ten times the room of openh264.
std::string H264Decoder() {
  // Frame threads would hold back a frame each.
  if (Exists("avdec_h264")) return "avdec_h264 max-threads=1 thread-type=slice";
  return "h264parse ! openh264dec";
}

}  // namespace

std::string EncodingName(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return "VP8";
    case Codec::kVp9:
      return "VP9";
    case Codec::kH264:
      return "H264";
  }
  return {};
}

std::optional<Codec> ParseCodec(const std::string& name) {
  std::string plain;
  for (const char c : name) {
    if (g_ascii_isalnum(c)) plain += g_ascii_toupper(c);
  }
  for (const Codec codec : {Codec::kVp8, Codec::kVp9, Codec::kH264}) {
    if (plain == EncodingName(codec)) return codec;
  }
  return {};
}

std::string EncoderFragment(Codec codec, int bitrate, int threads) {
  const std::string rate = std::to_string(bitrate);
  switch (codec) {
    case Codec::kVp8:
      return Vp8Encoder(rate, std::to_string(threads));
    case Codec::kVp9:
      return Vp9Encoder(rate, std::to_string(threads));
    case Codec::kH264:
      return H264Encoder(bitrate, std::to_string(threads));
  }
  return {};
}

std::string PayloaderFragment(Codec codec) {
  // What a receiver may ask us for.
  const std::string feedback = ",rtcp-fb-nack-pli=(boolean)true,rtcp-fb-ccm-fir=(boolean)true";
  const std::string caps =
      " pt=96 ! application/x-rtp,media=video,encoding-name=" + EncodingName(codec) +
      ",payload=96" + feedback;
  switch (codec) {
    case Codec::kVp8:
      return "rtpvp8pay picture-id-mode=15-bit" + caps;
    case Codec::kVp9:
      return "rtpvp9pay picture-id-mode=15-bit" + caps;
    case Codec::kH264:
      // No profile-level-id here: it would bind the encoder to that level's picture size.
      return "rtph264pay aggregate-mode=zero-latency config-interval=-1" + caps +
             ",packetization-mode=(string)1,level-asymmetry-allowed=(string)1";
  }
  return {};
}

std::string DecoderFragment(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return "rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec threads=1";
    case Codec::kVp9:
      return "rtpvp9depay request-keyframe=true wait-for-keyframe=true ! vp9dec threads=1";
    case Codec::kH264:
      return "rtph264depay request-keyframe=true wait-for-keyframe=true ! "
             "video/x-h264,stream-format=byte-stream,alignment=au ! " +
             H264Decoder();
  }
  return {};
}

std::string MissingEncoder(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return MissingElement({"vp8enc", "rtpvp8pay"});
    case Codec::kVp9:
      return MissingElement({"vp9enc", "rtpvp9pay"});
    case Codec::kH264:
      return Exists("x264enc") ? MissingElement({"rtph264pay"})
                               : MissingElement({"openh264enc", "h264parse", "rtph264pay"});
  }
  return {};
}

std::string MissingDecoder(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return MissingElement({"rtpvp8depay", "vp8dec"});
    case Codec::kVp9:
      return MissingElement({"rtpvp9depay", "vp9dec"});
    case Codec::kH264:
      return Exists("avdec_h264") ? MissingElement({"rtph264depay"})
                                  : MissingElement({"rtph264depay", "h264parse", "openh264dec"});
  }
  return {};
}

}  // namespace ball
