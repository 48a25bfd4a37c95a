// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients that are connected and then send what is no coordinate message, or not theirs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "tests/light_client/garble.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr char kMalformed[] = "what came on a data channel is no coordinate message";
constexpr char kUnknown[] = "no frame of this session has the RTP timestamp";

class HostileDataTest : public ProgramTest {};

size_t LinesWith(const std::string& log, const std::string& text) {
  const auto lines = Lines(log);
  return static_cast<size_t>(std::count_if(lines.begin(), lines.end(), [&](const auto& line) {
    return line.find(text) != std::string::npos;
  }));
}

TEST_F(HostileDataTest, EachMessageIsCountedNoneIsMatchedAndOneLineIsLoggedOfEachKind) {
  const auto server = StartServer({"--report", Path("report.json")});
  const auto bystander = StartLightClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput("session 1: "));
  // Each kind several times, of two sessions that answer each other's frames.
  const auto hostile =
      StartLightClient(server->port(), {"--clients", "2", "--behave", "garbles", "--frames", "90"});
  EXPECT_EQ(hostile->AwaitExit(), 0) << hostile->Errors();
  bystander->Signal(SIGTERM);
  EXPECT_EQ(bystander->AwaitExit(), 0) << bystander->Errors();
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);

  EXPECT_EQ(LinesWith(server->Errors(), kMalformed), 2) << server->Errors();
  EXPECT_EQ(LinesWith(server->Errors(), kUnknown), 2) << server->Errors();
  const ReportReader report(Path("report.json"));
  ASSERT_EQ(report.Size("sessions"), 3);
  for (int i = 0; i < 3; ++i) {
    ExpectBalance(report, i);
    const std::string session = "sessions." + std::to_string(i);
    const bool was_hostile = report.Number(session + ".messages.malformed").value_or(0) > 0;
    const auto id = report.Number(session + ".id");
    EXPECT_EQ(was_hostile, id != 1);
    // Every third answer or so: the light client's own answers are in between.
    EXPECT_GE(report.Number(session + ".messages.malformed"), was_hostile ? 60 : 0);
    EXPECT_GE(report.Number(session + ".messages.unknown"), was_hostile ? 4 : 0);
    EXPECT_LE(report.Number(session + ".messages.unknown"), was_hostile ? 20 : 0);
    EXPECT_EQ(report.Number(session + ".messages.unidentified"), 0);
    EXPECT_EQ(report.Number(session + ".messages.duplicate"), 0);
    EXPECT_LE(report.Number(session + ".frames.lost"), 3);
  }
}

TEST_F(HostileDataTest, FingerprintOfAnotherCertificateEndsTheSessionBeforeAFrame) {
  const auto server = StartServer({});
  const auto bystander = StartLightClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput("session 1: "));
  const auto hostile = StartLightClient(server->port(), {"--behave", "forges"});
  hostile->AwaitExit();
  const std::string why = "the peer's certificate is not the one its description names";
  EXPECT_THAT(hostile->Errors(), HasSubstr(why));
  EXPECT_TRUE(server->AwaitError("ended before it streamed: " + why));
  bystander->Signal(SIGTERM);
  EXPECT_EQ(bystander->AwaitExit(), 0) << bystander->Errors();
  EXPECT_THAT(Lines(server->Errors()), SizeIs(1));
}

}  // namespace
}  // namespace ball
