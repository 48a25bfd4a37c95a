// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace ball {

// A video codec that both programs know, and the stock elements that we use for it, as gst-launch
// text.
enum class Codec { kVp8, kVp9, kH264 };

// "VP8", "VP9" or "H264", as SDP and caps name them.
std::string EncodingName(Codec codec);

// From an encoding name or what a user types ("vp8", "h.264"); nothing for another one.
std::optional<Codec> ParseCodec(const std::string& name);

// raw I420 video -> encoded frames: constant bit rate (bit/s), no look-ahead, no reordering, key
// frames on demand only. The element named "encoder" has one thread: with more threads than idle
// cores vp8enc spins.
std::string EncoderFragment(Codec codec, int bitrate);

// The same with encoder elements of the user's own: what the codec's payloader can take.
std::string OwnEncoderFragment(Codec codec, const std::string& encoder);

// What elements of the user's own may make of raw video.
struct EncodedFragment {
  // Those that its output's caps allow, VP8 first; one at least where there is no error.
  std::vector<Codec> codecs;
  // Why it cannot be used, in a few words.
  std::string error;
};
EncodedFragment WhatFragmentMakes(const std::string& fragment);

// encoded frames -> RTP packets of the payload type 96: one element, which hands on the packets of
// a frame together. (A filter behind it would pass them on one by one.)
std::string PayloaderFragment(Codec codec);

// RTP packets -> raw video, without reordering or frame threads; asks for a key frame after a loss.
std::string DecoderFragment(Codec codec);

// The first element of the codec's fragments that is not installed, empty if there is none.
std::string MissingEncoder(Codec codec);
// Of those that go with an encoder of the user's own.
std::string MissingPayloader(Codec codec);
std::string MissingDecoder(Codec codec);

}  // namespace ball
