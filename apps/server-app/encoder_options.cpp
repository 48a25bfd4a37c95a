// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/encoder_options.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ball {
namespace {

// Nothing where the option is not there: an empty text is something else.
std::optional<std::string> TakeOptional(char** text) {
  const OwnedString owned(std::exchange(*text, nullptr));
  return owned ? std::optional<std::string>(owned.get()) : std::nullopt;
}

std::string WrongRange(const RawEncoderOptions& raw) {
  if (!IsAbsentOrIn(raw.bitrate, 10000, 1000000000)) {
    return "--bitrate takes 10000 to 1000000000 (bit/s)";
  }
  if (!IsAbsentOrIn(raw.threads, 1, 16)) return "--encoder-threads takes 1 to 16";
  return {};
}

EncoderError UsageError(const std::string& reason) {
  return {ExitCode::kUsage, reason + "; see server-app --help"};
}

// What is wrong with a fragment of the user's own. It must make `codec` where that was asked for;
// otherwise `codec` becomes what it makes.
std::optional<EncoderError> CheckFragment(const std::string& fragment, bool asked, Codec* codec) {
  const EncodedFragment made = WhatFragmentMakes(fragment);
  if (!made.error.empty()) {
    return EncoderError{ExitCode::kFailure,
                        "the encoder '" + fragment + "' cannot be used (" + made.error +
                            "): give --encoder gst-launch text that takes raw video and ends in "
                            "VP8, VP9 or H264"};
  }
  const auto& codecs = made.codecs;
  if (!asked) {
    *codec = codecs.front();
  } else if (std::find(codecs.begin(), codecs.end(), *codec) == codecs.end()) {
    return UsageError("--encoder makes " + EncodingName(codecs.front()) + ", not " +
                      EncodingName(*codec) + " as --codec says: leave one of them out");
  }
  return std::nullopt;
}

std::optional<EncoderError> CheckOwnEncoder(const RawEncoderOptions& raw,
                                            const std::string& fragment, bool asked, Codec* codec) {
  if (raw.bitrate != kAbsent || raw.threads != kAbsent) {
    return UsageError(
        "--bitrate and --encoder-threads are not for --encoder: set the properties of its "
        "elements");
  }
  return CheckFragment(fragment, asked, codec);
}

}  // namespace

std::vector<GOptionEntry> EncoderEntries(RawEncoderOptions* raw) {
  return {
      {"codec", 'c', 0, G_OPTION_ARG_STRING, &raw->codec,
       "VP8, VP9 or H264 (default: VP8, with --encoder what it makes)", "CODEC"},
      {"bitrate", 'b', 0, G_OPTION_ARG_INT, &raw->bitrate,
       "Bit rate of the video in bit/s, 10000 to 1000000000 (default: 2000000)", "BPS"},
      {"encoder-threads", 0, 0, G_OPTION_ARG_INT, &raw->threads,
       "Threads of the encoder, 1 to 16; more than idle cores make it slower (default: by size, "
       "frame rate and idle cores)",
       "N"},
      {"encoder", 0, 0, G_OPTION_ARG_STRING, &raw->encoder,
       "gst-launch text that makes VP8, VP9 or H264 of raw I420 video, as 'vp8enc deadline=1 "
       "cpu-used=8', without look-ahead or each answer comes that much later (default: the codec's "
       "encoder, set up to be the fastest)",
       "FRAGMENT"},
      {}};
}

std::optional<EncoderError> ToEncoderSettings(RawEncoderOptions* raw,
                                              SourcePipeline::Settings* settings) {
  const auto name = TakeOptional(&raw->codec);
  const auto fragment = TakeOptional(&raw->encoder);
  const std::string range = WrongRange(*raw);
  if (!range.empty()) return UsageError(range);
  const auto codec = ParseCodec(name.value_or("VP8"));
  if (!codec) return UsageError("--codec takes VP8, VP9 or H264");
  settings->codec = *codec;
  settings->encoder = fragment.value_or("");
  if (raw->bitrate != kAbsent) settings->bitrate = raw->bitrate;
  if (raw->threads != kAbsent) settings->encoder_threads = raw->threads;
  if (!fragment) return std::nullopt;
  return CheckOwnEncoder(*raw, *fragment, name.has_value(), &settings->codec);
}

}  // namespace ball
