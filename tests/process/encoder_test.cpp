// SPDX-License-Identifier: LGPL-2.1-or-later
// How the encoder is chosen, and the user's own encoders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/one_sentence.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;

struct EncoderCase {
  std::string name;
  Arguments arguments;
  std::string codec;
  // In what the server tells of its encoder.
  std::string told;
};

class EncoderTest : public ProgramTest, public testing::WithParamInterface<EncoderCase> {};

TEST_P(EncoderTest, MakesWhatTheClientScores) {
  const auto server = StartServer(
      Concatenated({"--sessions", "1", "--report", Path("report.json")}, GetParam().arguments));
  const auto line = server->AwaitOutput("encoding ");
  ASSERT_TRUE(line);
  EXPECT_THAT(*line, HasSubstr(" as " + GetParam().codec + " with "));
  EXPECT_THAT(*line, HasSubstr(GetParam().told));
  const auto client = StartClient(server->port(), {"--frames", "20"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
  const ReportReader report(Path("report.json"));
  ExpectBalance(report);
  // On a busy machine the first answers may be late.
  EXPECT_GE(report.Number("sessions.0.frames.matched"), 15);
  EXPECT_EQ(report.Number("sessions.0.frames.not_found"), 0);
  EXPECT_LE(report.Number("sessions.0.matched_error_px.rms").value_or(1e9), 0.5);
  EXPECT_EQ(report.Text("video.codec"), GetParam().codec);
}

INSTANTIATE_TEST_SUITE_P(
    Encoders, EncoderTest,
    testing::Values(
        EncoderCase{"Default", {}, "VP8", "640x480 at 30/1 fps as VP8 with vp8enc threads=1 "},
        EncoderCase{"ThreadsAskedFor",
                    {"--codec", "VP9", "--encoder-threads", "2"},
                    "VP9",
                    "vp9enc threads=2 tile-columns=1 "},
        EncoderCase{"Slices", {"--codec", "H264", "--encoder-threads", "2"}, "H264", "threads=2"},
        EncoderCase{"OwnVp8",
                    {"--encoder", "vp8enc deadline=1 cpu-used=8 name=encoder"},
                    "VP8",
                    "vp8enc deadline=1 cpu-used=8 name=encoder"},
        EncoderCase{"OwnVp9",
                    {"--encoder", "vp9enc deadline=1 cpu-used=8", "--codec", "vp9"},
                    "VP9",
                    "vp9enc deadline=1"},
        EncoderCase{"OwnH264",
                    {"--encoder", "x264enc tune=zerolatency speed-preset=superfast"},
                    "H264",
                    "speed-preset=superfast"},
        EncoderCase{"ByteStreamInOwnFormat",
                    {"--encoder",
                     "videoconvert ! video/x-raw,format=NV12 ! x264enc tune=zerolatency ! "
                     "video/x-h264,profile=baseline,stream-format=byte-stream"},
                    "H264",
                    "format=NV12"}),
    [](const auto& info) { return info.param.name; });

using OwnEncoderTest = ProgramTest;

TEST_F(OwnEncoderTest, HasNoKnownBitRate) {
  const auto server = StartServer({"--report", Path("report.json"), "--encoder", "vp8enc"});
  server->Signal(SIGINT);
  EXPECT_EQ(server->AwaitExit(), 0);
  const ReportReader report(Path("report.json"));
  ASSERT_TRUE(report.valid());
  EXPECT_EQ(report.Number("video.bitrate"), std::nullopt);
  EXPECT_EQ(report.Number("video.width"), 640);
}

// It takes 40 ms, in which two or three frames are due.
TEST_F(OwnEncoderTest, SkipsAndCountsWhatItIsTooSlowFor) {
  const auto server =
      StartServer({"--sessions", "1", "--report", Path("report.json"), "--framerate", "60",
                   "--encoder", "identity sleep-time=40000 ! vp8enc deadline=1 cpu-used=16"});
  const auto client = StartClient(server->port(), {"--frames", "20"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
  const ReportReader report(Path("report.json"));
  ExpectBalance(report);
  EXPECT_GE(report.Number("sessions.0.frames.skipped"), 20);
  EXPECT_GE(report.Number("sessions.0.stages_ms.encode.p50"), 40);
  EXPECT_THAT(server->Output(), HasSubstr("skipped by the source, as it was too late: "));
}

INSTANTIATE_TEST_SUITE_P(
    Encoders, OneSentenceTest,
    testing::Values(ErrorCase{"EncoderMissing",
                              Program::kServer,
                              {"--encoder", "nosuchenc"},
                              1,
                              "the encoder 'nosuchenc' cannot be used (no element \"nosuchenc\")",
                              "give --encoder gst-launch text"},
                    ErrorCase{"EncoderEmpty",
                              Program::kServer,
                              {"--encoder", ""},
                              1,
                              "the encoder ''",
                              "give --encoder"},
                    ErrorCase{"EncoderOfAnotherCodec",
                              Program::kServer,
                              {"--encoder", "theoraenc"},
                              1,
                              "it makes something else",
                              "VP8, VP9 or H264"},
                    ErrorCase{"EncoderThatDecodes",
                              Program::kServer,
                              {"--encoder", "vp8dec"},
                              1,
                              "it takes no raw video",
                              "VP8, VP9 or H264"},
                    ErrorCase{"EncoderAgainstCodec",
                              Program::kServer,
                              {"--encoder", "vp9enc", "--codec", "VP8"},
                              2,
                              "--encoder makes VP9, not VP8",
                              "leave one of them out"},
                    ErrorCase{"BitrateBelowZero",
                              Program::kServer,
                              {"--bitrate", "-1"},
                              2,
                              "--bitrate takes",
                              "bit/s"},
                    ErrorCase{"EncoderWithBitrate",
                              Program::kServer,
                              {"--encoder", "vp8enc", "--bitrate", "100000"},
                              2,
                              "--bitrate and --encoder-threads are not for --encoder",
                              "set the properties"}),
    NameOfCase);

}  // namespace
}  // namespace ball
