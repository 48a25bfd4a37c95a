// SPDX-License-Identifier: LGPL-2.1-or-later
// The whole loop: server-app, client-app and the locator-app that it starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "tests/process/faults.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::Not;

class LoopTest : public ProgramTest {
 protected:
  // One session of some frames: the server's end, with a report.
  std::unique_ptr<Server> RunSession(Arguments server, const Arguments& client) {
    // On a busy machine none may be late.
    const Arguments more = {"--sessions",   "1",   "--report", Path("report.json"),
                            "--late-after", "9000"};
    server.insert(server.end(), more.begin(), more.end());
    auto running = StartServer(server);
    const auto connected = StartClient(running->port(), client);
    EXPECT_EQ(connected->AwaitExit(), 0) << connected->Errors();
    EXPECT_EQ(running->AwaitExit(), 0) << running->Errors();
    // Nothing but what the programs say themselves: no warning of GStreamer's or GLib's.
    EXPECT_EQ(running->Errors(), "");
    EXPECT_THAT(Lines(connected->Errors()), testing::Each(testing::StartsWith("client-app: ")));
    return running;
  }

  ReportReader Report() const { return ReportReader(Path("report.json")); }
};

// The machine may be busy with other tests: a frame that comes while the one before it still waits
// takes its place.
void ExpectFewLost(const ReportReader& report, double part) {
  EXPECT_LE(report.Number("sessions.0.frames.lost").value_or(1e9),
            part * report.Number("sessions.0.frames.sent").value_or(0));
}

TEST_F(LoopTest, ReportBalancesAndErrorIsSmall) {
  RunSession({}, {"--frames", "60"});
  const ReportReader report = Report();
  ExpectBalance(report);
  EXPECT_EQ(report.Text("schema"), "gst-ball-report/1");
  EXPECT_EQ(report.Text("video.codec"), "VP8");
  EXPECT_EQ(report.Number("video.width"), 640);
  EXPECT_EQ(report.Text("sessions.0.ended"), "bye");
  EXPECT_GE(report.Number("sessions.0.frames.matched"), 60);
  EXPECT_EQ(report.Number("sessions.0.messages.malformed"), 0);
  EXPECT_EQ(report.Number("sessions.0.messages.unknown"), 0);
  EXPECT_LE(report.Number("sessions.0.matched_error_px.rms").value_or(1e9), 0.5);
  ExpectFewLost(report, 0.2);
}

TEST_F(LoopTest, MeansOfTheStagesAddUpToTheLoop) {
  RunSession({}, {"--frames", "40"});
  const ReportReader report = Report();
  double sum = 0;
  for (const char* stage : {"encode", "network", "decode", "hand_over", "locate", "return"}) {
    const std::string at = std::string("sessions.0.stages_ms.") + stage;
    EXPECT_EQ(report.Number(at + ".count"), report.Number("sessions.0.loop_ms.count"));
    sum += report.Number(at + ".mean").value_or(1e9);
  }
  // Each is rounded to 0.1 us.
  EXPECT_NEAR(sum, report.Number("sessions.0.loop_ms.mean").value_or(0), 0.001);
}

TEST_F(LoopTest, CsvHasALineForEachFrame) {
  RunSession({"--csv", Path("frames.csv")}, {"--frames", "40"});
  const auto lines = Lines(Contents(Path("frames.csv")));
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.front(), testing::StartsWith("session,rtp_timestamp,drawn_s,fate,"));
  EXPECT_EQ(lines.size() - 1, Report().Number("sessions.0.frames.sent"));
}

TEST_F(LoopTest, TableIsPrintedAtTheEnd) {
  const auto server = RunSession({"--print", "none"}, {"--frames", "20"});
  for (const char* row :
       {"frames ", "messages ", "matched error, px", "naive error, px", "loop, ms", "  encode",
        "  network", "  decode", "  hand over", "  locate", "  return", "  sum = loop"}) {
    EXPECT_THAT(server->Output(), HasSubstr(std::string("\n") + row));
  }
}

TEST_F(LoopTest, PrintNoneTellsNoCoordinate) {
  const auto server = RunSession({"--print", "none"}, {"--frames", "40"});
  EXPECT_THAT(server->Output(), Not(HasSubstr("truth (")));
  EXPECT_THAT(server->Output(), Not(HasSubstr("waiting")));
}

TEST_F(LoopTest, PrintLiveTellsALineASecond) {
  const auto server = RunSession({"--print", "live"}, {"--frames", "60"});
  EXPECT_THAT(server->Output(), HasSubstr("session 1: sent "));
  EXPECT_THAT(server->Output(), Not(HasSubstr("truth (")));
}

TEST_F(LoopTest, PrintEachTellsEveryCoordinateWithItsTruth) {
  // On a busy machine none may be late, since only what is in time has an error.
  const auto server = RunSession({"--print", "each"}, {"--frames", "30"});
  size_t told = 0;
  for (const std::string& line : Lines(server->Output())) {
    if (line.find("  truth (") == std::string::npos) continue;
    EXPECT_THAT(line, testing::ContainsRegex("rtp [0-9]+  found \\(.*error .* px  loop .* ms"));
    ++told;
  }
  EXPECT_EQ(told, Report().Number("sessions.0.messages.received"));
}

TEST_F(LoopTest, SizeAndFrameRateAreTheOnesAskedFor) {
  RunSession({"--width", "322", "--height", "242", "--framerate", "60000/1001"},
             {"--frames", "60"});
  const ReportReader report = Report();
  EXPECT_EQ(report.Number("video.width"), 322);
  EXPECT_EQ(report.Number("video.height"), 242);
  EXPECT_EQ(report.Text("video.framerate"), "60000/1001");
  EXPECT_LE(report.Number("sessions.0.matched_error_px.rms").value_or(1e9), 0.5);
}

TEST_F(LoopTest, ClientLeavesWithASummary) {
  const auto server = StartServer({"--sessions", "1"});
  const auto client = StartClient(server->port(), {"--duration", std::to_string(1 + kSlowdown)});
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(client->Errors(), HasSubstr(" frames decoded, "));
  EXPECT_THAT(client->Errors(), HasSubstr(" 0 locator restarts"));
  EXPECT_EQ(server->AwaitExit(), 0);
}

TEST_F(LoopTest, NothingIsLeftInTheRuntimeDirectory) {
  const auto server = StartServer({"--sessions", "1"});
  const auto client = StartClient(server->port(), {"--frames", "10"});
  EXPECT_EQ(client->AwaitExit(), 0);
  EXPECT_THAT(Handoffs(), testing::IsEmpty());
  EXPECT_THAT(SegmentsOf(client->pid()), testing::IsEmpty());
  EXPECT_EQ(server->AwaitExit(), 0);
}

struct CodecCase {
  std::string option;
  std::string name;
};

class CodecTest : public LoopTest, public testing::WithParamInterface<CodecCase> {};

TEST_P(CodecTest, LoopRunsWithIt) {
  RunSession({"--codec", GetParam().option}, {"--frames", "45"});
  const ReportReader report = Report();
  ExpectBalance(report);
  EXPECT_EQ(report.Text("video.codec"), GetParam().name);
  EXPECT_GE(report.Number("sessions.0.frames.matched"), 45);
  EXPECT_LE(report.Number("sessions.0.matched_error_px.rms").value_or(1e9), 0.5);
  ExpectFewLost(report, 0.3);
}

INSTANTIATE_TEST_SUITE_P(Codecs, CodecTest,
                         testing::Values(CodecCase{"VP8", "VP8"}, CodecCase{"VP9", "VP9"},
                                         CodecCase{"H264", "H264"}, CodecCase{"h264", "H264"}),
                         [](const auto& param) { return param.param.option; });

}  // namespace
}  // namespace ball
