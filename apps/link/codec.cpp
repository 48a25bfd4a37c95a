// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/codec.h"

#include <algorithm>

#include "apps/link/command_line.h"

namespace ball {
namespace {

// Far longer than any session needs: a peer that lost a frame asks for a key frame.
constexpr char kNoPeriodicKeyFrame[] = "keyframe-max-dist=1000000";

bool Exists(const char* element) { return MissingElement({element}).empty(); }

constexpr char kAvc[] = "video/x-h264,stream-format=avc,alignment=au";
// GStreamer 1.22's rtph264pay puts parameter sets before each slice of a key frame, where its
// rtph264depay takes them for the beginning of another picture: h264parse puts them in once.
constexpr char kParser[] = "h264parse config-interval=-1";

// libvpx's buffers are 4 to 6 s by default: a key frame may then use up what was not needed for
// seconds, more than any network holds at once.
constexpr char kShortBuffers[] =
    " buffer-initial-size=200 buffer-optimal-size=300 buffer-size=500 max-intra-bitrate=300";

// static-threshold: blocks that differ from the frame before by less are taken over. With 100 (0.4
// grey levels squared a pixel) a pipeline that draws and encodes 200 frames of 640x480 takes 135 ms
// of processor time instead of 275, of 1920x1080 570 instead of 1540; with noise behind the ball it
// gains nothing. RMS errors of eight scenes, 1 to 200 px/s, moved by -0.004 to +0.001 px; with 500
// a ball of 1 px/s is 0.03 px off instead of 0.015. vp9enc gains nothing by it.
std::string Vp8Encoder(const std::string& bitrate) {
  return std::string(
             "vp8enc name=encoder deadline=1 cpu-used=16 end-usage=cbr lag-in-frames=0 "
             "static-threshold=100 ") +
         kNoPeriodicKeyFrame + kShortBuffers + " threads=1 target-bitrate=" + bitrate;
}

std::string Vp9Encoder(const std::string& bitrate) {
  return std::string("vp9enc name=encoder deadline=1 cpu-used=9 end-usage=cbr lag-in-frames=0 ") +
         kNoPeriodicKeyFrame + kShortBuffers + " threads=1 target-bitrate=" + bitrate;
}

// As AVC, whose caps carry the parameter sets: with a byte stream the payloader knows its caps only
// after the first frame, too late for an offer. Each key frame carries them as well: x264enc puts
// them in, behind others it is kParser.
std::string H264Encoder(int bitrate) {
  if (Exists("x264enc")) {
    return "x264enc name=encoder tune=zerolatency speed-preset=ultrafast key-int-max=1000000 "
           "threads=1 bitrate=" +
           std::to_string(std::max(1, bitrate / 1000)) + " ! " + kAvc +
           ",profile=constrained-baseline";
  }
  return "openh264enc name=encoder rate-control=bitrate gop-size=0 multi-thread=1 bitrate=" +
         std::to_string(bitrate) + " ! video/x-h264,profile=constrained-baseline ! " + kParser +
         " ! " + kAvc;
}

std::string MediaType(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return "video/x-vp8";
    case Codec::kVp9:
      return "video/x-vp9";
    case Codec::kH264:
      return "video/x-h264";
  }
  return {};
}

bool CanBe(GstPad* pad, const std::string& media_type) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_query_caps(pad, nullptr));
  const auto wanted = Ref<GstCaps>::adopt(gst_caps_new_empty_simple(media_type.c_str()));
  return gst_caps_can_intersect(caps.get(), wanted.get()) != FALSE;
}

Ref<GstPad> OnlyPad(GstElement* bin, const char* name) {
  return Ref<GstPad>::adopt(gst_element_get_static_pad(bin, name));
}

// libav is the faster one, but it is not everywhere: it takes ten times the room of openh264.
std::string H264Decoder() {
  // Frame threads would hold back a frame each.
  // A picture that others are predicted from must not lie in the shared memory for as long: it has
  // room for few.
  if (Exists("avdec_h264")) {
    return "avdec_h264 max-threads=1 thread-type=slice direct-rendering=false";
  }
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

std::string EncoderFragment(Codec codec, int bitrate) {
  switch (codec) {
    case Codec::kVp8:
      return Vp8Encoder(std::to_string(bitrate));
    case Codec::kVp9:
      return Vp9Encoder(std::to_string(bitrate));
    case Codec::kH264:
      return H264Encoder(bitrate);
  }
  return {};
}

std::string OwnEncoderFragment(Codec codec, const std::string& encoder) {
  if (codec == Codec::kH264) return encoder + " ! " + kParser + " ! " + kAvc;
  return encoder + " ! " + MediaType(codec);
}

EncodedFragment WhatFragmentMakes(const std::string& fragment) {
  GError* raw_error = nullptr;
  // As something follows it, it may end in caps.
  const std::string text = fragment + " ! identity";
  const auto bin =
      Ref<GstElement>::sink(gst_parse_bin_from_description(text.c_str(), TRUE, &raw_error));
  const OwnedError error(raw_error);
  if (error) return {{}, error->message};
  const auto in = OnlyPad(bin.get(), "sink");
  const auto out = OnlyPad(bin.get(), "src");
  if (!in || !out) return {{}, "it has no input"};
  if (!CanBe(in.get(), "video/x-raw")) return {{}, "it takes no raw video"};
  EncodedFragment made;
  for (const Codec codec : {Codec::kVp8, Codec::kVp9, Codec::kH264}) {
    if (CanBe(out.get(), MediaType(codec))) made.codecs.push_back(codec);
  }
  if (made.codecs.empty()) made.error = "it makes something else";
  return made;
}

std::string PayloaderFragment(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return "rtpvp8pay pt=96 picture-id-mode=15-bit";
    case Codec::kVp9:
      return "rtpvp9pay pt=96 picture-id-mode=15-bit";
    case Codec::kH264:
      return "rtph264pay pt=96 aggregate-mode=zero-latency";
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

std::string MissingPayloader(Codec codec) {
  switch (codec) {
    case Codec::kVp8:
      return MissingElement({"rtpvp8pay"});
    case Codec::kVp9:
      return MissingElement({"rtpvp9pay"});
    case Codec::kH264:
      return MissingElement({"h264parse", "rtph264pay"});
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
