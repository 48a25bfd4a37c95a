// SPDX-License-Identifier: LGPL-2.1-or-later
// What cannot work is told in one sentence that says what to do, and by the exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/line_socket.h"
#include "tests/process/one_sentence.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

TEST_P(OneSentenceTest, SaysWhatFailedAndWhatToDo) {
  const ErrorCase& param = GetParam();
  const auto child = Start(param.program, param.arguments);
  EXPECT_EQ(child->AwaitExit(), param.exit_code);
  EXPECT_THAT(child->Errors(), AllOf(StartsWith(NameOf(param.program) + ": "),
                                     HasSubstr(param.problem), HasSubstr(param.advice)));
  EXPECT_THAT(Lines(child->Errors()), SizeIs(1)) << child->Errors();
  EXPECT_EQ(child->Output(), "");
}

class ErrorsTest : public ProgramTest {
 protected:
  // An environment in which no plugin of this project is found, nor an installed one: only those of
  // these packages are loaded.
  Environment WithoutPlugin(const std::optional<std::string>& plugin_path) const {
    return {{"GST_PLUGIN_PATH", plugin_path},
            {"GST_PLUGIN_LOADING_WHITELIST",
             "gstreamer:gst-plugins-base:gst-plugins-good:gst-plugins-bad:gst-plugins-ugly:"
             "gst-libav:libnice"},
            {"GST_REGISTRY", Path("registry.bin")},
            {"GST_REGISTRY_FORK", "no"}};
  }
};

const Arguments kNoDisplay = {"--display", "none"};

INSTANTIATE_TEST_SUITE_P(
    Usage, OneSentenceTest,
    testing::Values(
        ErrorCase{"UnknownServerOption",
                  Program::kServer,
                  {"--colour", "red"},
                  2,
                  "Unknown option --colour",
                  "server-app --help"},
        ErrorCase{"UnknownClientOption",
                  Program::kClient,
                  {"--colour"},
                  2,
                  "Unknown option --colour",
                  "client-app --help"},
        ErrorCase{"UnknownLocatorOption",
                  Program::kLocator,
                  {"--colour"},
                  2,
                  "Unknown option --colour",
                  "locator-app --help"},
        ErrorCase{"ServerArgument",
                  Program::kServer,
                  {"here"},
                  2,
                  "unexpected argument 'here'",
                  "--help"},
        ErrorCase{"ClientArgument",
                  Program::kClient,
                  {"there"},
                  2,
                  "unexpected argument 'there'",
                  "--help"},
        ErrorCase{"NoNumber", Program::kServer, {"--port", "8080x"}, 2, "8080x", "--help"},
        ErrorCase{"NumberThatIsTooLong",
                  Program::kServer,
                  {"--port", "99999999999999"},
                  2,
                  "99999999999999",
                  "--help"},
        ErrorCase{"OptionWithoutValue", Program::kServer, {"--port"}, 2, "--port", "--help"},
        ErrorCase{"NoSocket", Program::kLocator, {}, 2, "--socket is missing", "--help"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Ranges, OneSentenceTest,
    testing::Values(
        ErrorCase{
            "ServerPort", Program::kServer, {"--port", "65536"}, 2, "--port takes", "0 to 65535"},
        ErrorCase{
            "ServerPortBelow", Program::kServer, {"--port", "-1"}, 2, "--port takes", "0 to 65535"},
        ErrorCase{"Width", Program::kServer, {"--width", "15"}, 2, "--width takes", "16 to 8192"},
        ErrorCase{"NoWidth", Program::kServer, {"--width", "0"}, 2, "--width takes", "16 to 8192"},
        ErrorCase{
            "NoHeight", Program::kServer, {"--height", "0"}, 2, "--height takes", "16 to 8192"},
        ErrorCase{"RtpOrigin",
                  Program::kServer,
                  {"--rtp-origin", "-1"},
                  2,
                  "--rtp-origin takes",
                  "0 to 4294967295"},
        ErrorCase{
            "Height", Program::kServer, {"--height", "8193"}, 2, "--height takes", "16 to 8192"},
        ErrorCase{"Framerate",
                  Program::kServer,
                  {"--framerate", "0/1"},
                  2,
                  "--framerate takes",
                  "1/1 to 1000/1"},
        ErrorCase{"FramerateWithoutDenominator",
                  Program::kServer,
                  {"--framerate", "30/0"},
                  2,
                  "--framerate takes",
                  "1/1 to 1000/1"},
        ErrorCase{"Codec",
                  Program::kServer,
                  {"--codec", "MJPEG"},
                  2,
                  "--codec takes",
                  "VP8, VP9 or H264"},
        ErrorCase{"Bitrate", Program::kServer, {"--bitrate", "1"}, 2, "--bitrate takes", "bit/s"},
        ErrorCase{"EncoderThreads",
                  Program::kServer,
                  {"--encoder-threads", "0"},
                  2,
                  "--encoder-threads takes",
                  "1 to 16"},
        ErrorCase{"Print",
                  Program::kServer,
                  {"--print", "all"},
                  2,
                  "--print takes",
                  "each, live or none"},
        ErrorCase{"MaxSessions",
                  Program::kServer,
                  {"--max-sessions", "0"},
                  2,
                  "--max-sessions takes",
                  "1 to 256"},
        ErrorCase{
            "Sessions", Program::kServer, {"--sessions", "-1"}, 2, "--sessions takes", "0 or more"},
        ErrorCase{
            "ServerFrames", Program::kServer, {"--frames", "-1"}, 2, "--frames takes", "0 or more"},
        ErrorCase{"ServerDuration",
                  Program::kServer,
                  {"--duration", "-0.5"},
                  2,
                  "--duration takes",
                  "(s)"},
        ErrorCase{"DurationThatIsNoNumber",
                  Program::kServer,
                  {"--duration", "nan"},
                  2,
                  "--duration takes",
                  "(s)"},
        ErrorCase{"LateAfter",
                  Program::kServer,
                  {"--late-after", "9001"},
                  2,
                  "--late-after takes",
                  "1 to 9000 (ms)"},
        ErrorCase{"ClientPort", Program::kClient, {"--port", "0"}, 2, "--port takes", "1 to 65535"},
        ErrorCase{"JitterLatency",
                  Program::kClient,
                  {"--jitter-latency", "10001"},
                  2,
                  "--jitter-latency takes",
                  "0 to 10000 (ms)"},
        ErrorCase{"ShowError",
                  Program::kClient,
                  {"--show-error", "10001"},
                  2,
                  "--show-error takes",
                  "0 to 10000"},
        ErrorCase{"ShowErrorThatIsNoNumber",
                  Program::kClient,
                  {"--show-error", "nan"},
                  2,
                  "--show-error takes",
                  "0 to 10000"},
        ErrorCase{"ShowErrorWithoutAWindow",
                  Program::kClient,
                  {"--show-error", "10", "--display", "none"},
                  2,
                  "--show-error needs a window",
                  "--display none"},
        ErrorCase{
            "ClientFrames", Program::kClient, {"--frames", "-1"}, 2, "--frames takes", "0 or more"},
        ErrorCase{"ClientDuration",
                  Program::kClient,
                  {"--duration", "inf"},
                  2,
                  "--duration takes",
                  "(s)"}),
    NameOfCase);

INSTANTIATE_TEST_SUITE_P(
    Machine, OneSentenceTest,
    testing::Values(ErrorCase{"ForeignAddress",
                              Program::kServer,
                              {"--host", "192.0.2.1", "--port", "0", "--open"},
                              3,
                              "cannot listen on 192.0.2.1:0",
                              "give --host an address of this machine"},
                    ErrorCase{"UnknownServerHost",
                              Program::kServer,
                              {"--host", "no such name"},
                              3,
                              "cannot listen on no such name:8080",
                              "give --host"},
                    ErrorCase{"UnknownHost",
                              Program::kClient,
                              {"--host", "no such name", "--display", "none"},
                              3,
                              "cannot connect to no such name:8080",
                              "no such host: check --host"},
                    ErrorCase{"NoDisplay",
                              Program::kClient,
                              {"--display", "ximagesink"},
                              1,
                              "cannot show video with 'ximagesink'",
                              "--display none"},
                    ErrorCase{"UnknownSink",
                              Program::kClient,
                              {"--display", "nosuchsink"},
                              1,
                              "cannot show video with 'nosuchsink' (no element \"nosuchsink\")",
                              "--display none"},
                    ErrorCase{"ReportInNoDirectory",
                              Program::kServer,
                              {"--port", "0", "--report", "/nowhere/report.json"},
                              1,
                              "cannot write /nowhere/report.json",
                              "a directory that you can write to"},
                    ErrorCase{"CsvInNoDirectory",
                              Program::kServer,
                              {"--port", "0", "--csv", "/nowhere/frames.csv"},
                              1,
                              "cannot write /nowhere/frames.csv",
                              "a directory that you can write to"},
                    ErrorCase{"UnknownSource",
                              Program::kServer,
                              {"--port", "0", "--source", "nosuchsrc"},
                              1,
                              "no element \"nosuchsrc\"",
                              "give --source"},
                    ErrorCase{"SourceThatIsNoFragment",
                              Program::kServer,
                              {"--port", "0", "--source", "ballsrc ! !"},
                              1,
                              "the source 'ballsrc ! !'",
                              "give --source"},
                    ErrorCase{"SourceOfSound",
                              Program::kServer,
                              {"--port", "0", "--source", "audiotestsrc is-live=true"},
                              1,
                              "could not link",
                              "give --source"},
                    ErrorCase{"SourcePropertyThatIsNone",
                              Program::kServer,
                              {"--port", "0", "--source", "ballsrc colour=red"},
                              1,
                              "no property \"colour\"",
                              "give --source"},
                    ErrorCase{"SourceThatDoesNotOpen",
                              Program::kServer,
                              {"--port", "0", "--source", "filesrc location=/nowhere ! decodebin"},
                              1,
                              "/nowhere",
                              ""},
                    ErrorCase{"UnknownLocator",
                              Program::kClient,
                              {"--display", "none", "--locator", "nosuchlocator"},
                              1,
                              "no element \"nosuchlocator\"",
                              "--locator"},
                    ErrorCase{"LocatorThatIsNoFragment",
                              Program::kClient,
                              {"--display", "none", "--locator", "balllocate !"},
                              1,
                              "the locator 'balllocate !'",
                              "--locator"},
                    ErrorCase{"LocatorWithoutFrames",
                              Program::kLocator,
                              {"--socket", "/nowhere/frames"},
                              1,
                              "/nowhere/frames",
                              "client-app"}),
    NameOfCase);

TEST_F(ErrorsTest, PortInUseIsToldWithItsNumber) {
  const LineListener listener;
  const std::string port = std::to_string(listener.port());
  const auto server = Start(Program::kServer, {"--port", port});
  EXPECT_EQ(server->AwaitExit(), 3);
  EXPECT_THAT(server->Errors(),
              AllOf(StartsWith("server-app: cannot listen on 127.0.0.1:" + port),
                    HasSubstr("another program uses this port"), HasSubstr("--port")));
  EXPECT_THAT(Lines(server->Errors()), SizeIs(1));
}

TEST_F(ErrorsTest, NoServerIsTold) {
  const ClosedPort port;
  const auto client = StartClient(port.number(), {});
  EXPECT_EQ(client->AwaitExit(), 3);
  EXPECT_THAT(client->Errors(), AllOf(HasSubstr("cannot connect to 127.0.0.1:"),
                                      EndsWith("start server-app, or give its --host and "
                                               "--port\n")));
  EXPECT_THAT(Lines(client->Errors()), SizeIs(1));
}

class MissingPluginTest : public ErrorsTest, public testing::WithParamInterface<Program> {};

TEST_P(MissingPluginTest, IsToldWithTheVariableToSet) {
  const std::vector<std::optional<std::string>> paths = {std::nullopt, "", runtime()};
  for (const auto& path : paths) {
    const auto child = Start(GetParam(), {}, WithoutPlugin(path));
    EXPECT_EQ(child->AwaitExit(), 1);
    EXPECT_THAT(child->Errors(), HasSubstr("set GST_PLUGIN_PATH to the directory of"));
    EXPECT_THAT(Lines(child->Errors()), SizeIs(1)) << child->Errors();
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, MissingPluginTest,
                         testing::Values(Program::kServer, Program::kClient),
                         [](const auto& param) {
                           return param.param == Program::kServer ? "Server" : "Client";
                         });

TEST_F(ErrorsTest, MissingLocatorProgramIsTold) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {"--locator-app", "/nowhere/locator-app"});
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(client->Errors(), AllOf(HasSubstr("cannot start /nowhere/locator-app"),
                                      HasSubstr("install it beside client-app")));
  EXPECT_THAT(Lines(client->Errors()), SizeIs(1));
}

TEST_F(ErrorsTest, LocatorThatNeverGetsReadyIsGivenUp) {
  const auto server = StartServer({});
  const auto client = StartClient(server->port(), {"--locator-app", "/bin/false"});
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(client->Errors(), HasSubstr("the locator does not start"));
}

TEST_F(ErrorsTest, RuntimeDirectoryOfOthersIsNotUsed) {
  const auto server = StartServer({});
  const Environment foreign = {{"XDG_RUNTIME_DIR", "/proc"}};
  const auto client = Start(
      Program::kClient, {"--port", std::to_string(server->port()), "--display", "none"}, foreign);
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_THAT(client->Errors(), HasSubstr("set XDG_RUNTIME_DIR"));
}

TEST_F(ErrorsTest, WithoutADisplayAutoGoesOnWithoutAWindow) {
  const auto server = StartServer({"--sessions", "1"});
  const auto client =
      Start(Program::kClient, {"--port", std::to_string(server->port()), "--frames", "5"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_THAT(client->Errors(), HasSubstr("no window"));
  EXPECT_EQ(server->AwaitExit(), 0);
}

}  // namespace
}  // namespace ball
