// SPDX-License-Identifier: LGPL-2.1-or-later
// --help and --version of each program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

struct HelpCase {
  Program program;
  std::vector<std::string> options;
};

class HelpTest : public ProgramTest, public testing::WithParamInterface<HelpCase> {};

TEST_P(HelpTest, NamesEachOptionWithItsDefault) {
  const auto child = Start(GetParam().program, {"--help"});
  EXPECT_EQ(child->AwaitExit(), 0);
  EXPECT_EQ(child->Errors(), "");
  const auto lines = Lines(child->Output());
  for (const std::string& option : GetParam().options) {
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const std::string& text) {
      return text.find("--" + option) != std::string::npos;
    });
    ASSERT_NE(line, lines.end()) << option;
    EXPECT_THAT(*line, testing::AnyOf(HasSubstr("(default: "), HasSubstr("(required)")));
  }
  EXPECT_THAT(child->Output(), HasSubstr("Exit codes:"));
}

// Everything that the program takes stands in the list above.
TEST_P(HelpTest, NamesNoOptionThatIsNotTested) {
  const auto child = Start(GetParam().program, {"--help"});
  EXPECT_EQ(child->AwaitExit(), 0);
  size_t options = 0;
  bool ours = false;
  for (const std::string& line : Lines(child->Output())) {
    if (line == "Application Options:") ours = true;
    if (line.empty()) ours = false;
    if (ours && line.find("  -") == 0) ++options;
  }
  // --version is the one more.
  EXPECT_EQ(options, GetParam().options.size() + 1);
}

TEST_P(HelpTest, VersionIsTold) {
  const auto child = Start(GetParam().program, {"--version"});
  EXPECT_EQ(child->AwaitExit(), 0);
  EXPECT_EQ(child->Output(), NameOf(GetParam().program) + " " BALL_VERSION "\n");
  EXPECT_EQ(child->Errors(), "");
}

INSTANTIATE_TEST_SUITE_P(Programs, HelpTest,
                         testing::Values(HelpCase{Program::kServer,
                                                  {"host=HOST",
                                                   "port=PORT",
                                                   "source=FRAGMENT",
                                                   "width=PX",
                                                   "height=PX",
                                                   "framerate=N[/D]",
                                                   "codec=CODEC",
                                                   "bitrate=BPS",
                                                   "encoder-threads=N",
                                                   "encoder=FRAGMENT",
                                                   "protection=none|nack|fec|nack+fec",
                                                   "fec-percent=PERCENT",
                                                   "rate-control=adaptive|fixed",
                                                   "min-bitrate=BPS",
                                                   "print=each|live|none",
                                                   "report=FILE",
                                                   "csv=FILE",
                                                   "max-sessions=N",
                                                   "sessions=N",
                                                   "frames=N",
                                                   "duration=S",
                                                   "late-after=MS",
                                                   "rtp-origin=N",
                                                   "hello-timeout=S",
                                                   "answer-timeout=S",
                                                   "ice-timeout=S",
                                                   "dtls-timeout=S",
                                                   "first-coordinate-timeout=S",
                                                   "idle-timeout=S",
                                                   "teardown-timeout=S",
                                                   "max-message-rate=N",
                                                   "tell-truth",
                                                   "ice-address=ADDRESS",
                                                   "ice-port-range=MIN-MAX",
                                                   "stun-server=HOST[:PORT]",
                                                   "turn-server=URI|@FILE",
                                                   "relay-only",
                                                   "token-file=FILE",
                                                   "open",
                                                   "tls-cert=FILE",
                                                   "tls-key=FILE",
                                                   "max-connections=N",
                                                   "max-connections-per-address=N",
                                                   "check=startup|ready|live"}},
                                         HelpCase{Program::kClient,
                                                  {"host=HOST",
                                                   "port=PORT",
                                                   "display=auto|none|SINK",
                                                   "show-error=SCALE",
                                                   "locator=FRAGMENT",
                                                   "locator-app=PATH",
                                                   "locator-sandbox=on|off",
                                                   "locator-memory=MIB",
                                                   "reconnect",
                                                   "ice-address=ADDRESS",
                                                   "ice-port-range=MIN-MAX",
                                                   "stun-server=HOST[:PORT]",
                                                   "turn-server=URI|@FILE",
                                                   "relay-only",
                                                   "jitter-latency=MS",
                                                   "frames=N",
                                                   "duration=S",
                                                   "report=FILE",
                                                   "print=table|none",
                                                   "require=EXPRESSION",
                                                   "require-file=FILE",
                                                   "token-file=FILE",
                                                   "tls",
                                                   "tls-ca=FILE",
                                                   "tls-name=NAME",
                                                   "check=ready|live",
                                                   "pid=PID"}},
                                         HelpCase{
                                             Program::kLocator,
                                             {"socket=PATH", "locator=FRAGMENT",
                                              "locator-sandbox=on|off", "locator-memory=MIB"}}),
                         [](const auto& param) {
                           std::string name = NameOf(param.param.program);
                           name.erase(name.find("-app"));
                           return name;
                         });

}  // namespace
}  // namespace ball
