// SPDX-License-Identifier: LGPL-2.1-or-later
// Stock aiortc on either side of our programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/carrier.h"
#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::Field;
using testing::HasSubstr;
using testing::IsSupersetOf;

// So many that a client under a sanitizer has decoded half of the usual number, too.
constexpr const char* kServed = kSlowdown == 1 ? "60" : "600";

constexpr char kForged[] = "the peer's certificate is not the one its description names";

class InteropTest : public ProgramTest {
 protected:
  std::unique_ptr<Child> StartPeer(const std::string& script, const Arguments& arguments) {
    return std::make_unique<Child>(
        Command(PYTHON, Command(std::string(PEERS) + "/" + script, arguments)), Variables());
  }
  std::unique_ptr<Child> StartAiortcClient(int port, const Arguments& arguments) {
    return StartPeer("aiortc_client.py",
                     Command("--port", Command(std::to_string(port), arguments)));
  }
  std::unique_ptr<Server> StartReportingServer(const Arguments& arguments) {
    return StartServer(Command("--report", Command(Path("report.json"), arguments)));
  }
  ReportReader Report() const { return ReportReader(Path("report.json")); }
  std::optional<double> Count(const std::string& name) const {
    return Report().Number("sessions.0." + name);
  }

  // What a peer of ours says at its end: the last line on its standard output.
  static ReportReader ResultOf(Child& peer) {
    const auto lines = Lines(peer.Output());
    return ReportReader::OfText(lines.empty() ? "" : lines.back());
  }

  // Where an aiortc server listens, 0 where it does not.
  static int PortOf(Child& peer) {
    const auto line = peer.AwaitOutput("listening on ");
    return line ? std::stoi(line->substr(line->rfind(':') + 1)) : 0;
  }
};

struct ClientCase {
  std::string channel;
  std::string format;
  std::string codec;
};

class AiortcClientTest : public InteropTest, public testing::WithParamInterface<ClientCase> {};

// aiortc does not tell its user the RTP timestamp, so its coordinates name no frame.
TEST_P(AiortcClientTest, GetsVideoAndItsCoordinatesAreScoredNaively) {
  const auto& [channel, format, codec] = GetParam();
  const auto server = StartReportingServer({"--sessions", "1", "--codec", codec});
  const auto client = StartAiortcClient(server->port(), {"--channel", channel, "--format", format});
  ASSERT_EQ(client->AwaitExit(), 0) << client->Errors() << client->Output();
  ASSERT_EQ(server->AwaitExit(), 0) << server->Errors();
  const ReportReader result = ResultOf(*client);
  EXPECT_EQ(result.Number("frames"), 60);
  EXPECT_GE(result.Number("found"), 55);
  ExpectBalance(Report());
  EXPECT_EQ(Report().Text("sessions.0.ended"), "bye");
  EXPECT_GE(Count("frames.sent"), 60);
  // The last ones may be under way when aiortc closes its side.
  EXPECT_LE(Count("messages.received"), result.Number("sent"));
  EXPECT_GE(Count("messages.received").value_or(0), 0.9 * *result.Number("sent"));
  EXPECT_EQ(Count("messages.unidentified"), Count("messages.received"));
  EXPECT_EQ(Count("matched_error_px.count"), 0);
  // The last ones may come when nothing is drawn any more.
  EXPECT_GE(Count("naive_error_px.count").value_or(0), 0.8 * *result.Number("sent"));
  EXPECT_GE(result.Number("sent"), channel == "none" ? 0 : 40);
}

INSTANTIATE_TEST_SUITE_P(
    Channels, AiortcClientTest,
    testing::Values(ClientCase{"own", "json", "VP8"}, ClientCase{"own", "csv", "H264"},
                    ClientCase{"server", "json", "H264"}, ClientCase{"server", "csv", "VP8"},
                    ClientCase{"none", "json", "VP8"}),
    [](const auto& param) {
      return param.param.channel + "_" + param.param.format + "_" + param.param.codec;
    });

struct ServerCase {
  std::string channel;
  std::string codec;
};

class AiortcServerTest : public InteropTest, public testing::WithParamInterface<ServerCase> {};

TEST_P(AiortcServerTest, GetsTheCoordinatesOfTheFramesThatItSent) {
  const auto& [channel, codec] = GetParam();
  const auto server =
      StartPeer("aiortc_server.py", {"--channel", channel, "--codec", codec, "--frames", kServed});
  const int port = PortOf(*server);
  ASSERT_NE(port, 0) << server->Errors();
  const auto client = StartClient(port, {});
  ASSERT_EQ(server->AwaitExit(), 0) << server->Errors() << client->Errors();
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_THAT(client->Errors(), HasSubstr("receiving " + codec + " 640x480"));
  const ReportReader result = ResultOf(*server);
  EXPECT_EQ(result.Number("malformed"), 0);
  EXPECT_GE(result.Number("identified"), 30);
  EXPECT_LE(result.Number("matched_px.mean").value_or(1e9), 0.5);
  EXPECT_LE(result.Number("matched_px.max").value_or(1e9), 3);
}

INSTANTIATE_TEST_SUITE_P(Channels, AiortcServerTest,
                         testing::Values(ServerCase{"own", "VP8"}, ServerCase{"own", "H264"},
                                         ServerCase{"client", "VP8"}, ServerCase{"client", "H264"}),
                         [](const auto& param) {
                           return param.param.channel + "_" + param.param.codec;
                         });

TEST_F(InteropTest, ClientWithAForgedFingerprintGetsNoFrame) {
  const auto server = StartReportingServer({});
  const auto forged = StartAiortcClient(server->port(), {"--forge-fingerprint"});
  EXPECT_TRUE(server->AwaitError(kForged)) << server->Errors();
  EXPECT_EQ(forged->AwaitExit(), 1);
  EXPECT_EQ(ResultOf(*forged).Number("frames"), 0);
  server->Signal(SIGINT);
  EXPECT_EQ(server->AwaitExit(), 0);
  // Nothing was sent, so there is no session to report.
  EXPECT_EQ(Report().Size("sessions"), 0);
}

TEST_F(InteropTest, ServerWithAForgedFingerprintGetsNoCoordinate) {
  const auto server = StartPeer("aiortc_server.py", {"--forge-fingerprint"});
  const int port = PortOf(*server);
  ASSERT_NE(port, 0) << server->Errors();
  const auto client = StartClient(port, {});
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_EQ(client->Errors(), "client-app: " + std::string(kForged) + "\n");
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(ResultOf(*server).Size("coordinates"), 0);
}

constexpr char kTooManyStreams[] =
    "the peer has more streams and resets of data channels than any needs";
constexpr char kTooManySources[] = "the peer has more sources of RTP and RTCP than any needs";

struct ExcessCase {
  std::string attack;
  std::string told;
};

class ExcessTest : public InteropTest, public testing::WithParamInterface<ExcessCase> {};

INSTANTIATE_TEST_SUITE_P(, ExcessTest,
                         testing::Values(ExcessCase{"streams", kTooManyStreams},
                                         ExcessCase{"resets", kTooManyStreams},
                                         ExcessCase{"sources", kTooManySources}),
                         [](const auto& param) { return param.param.attack; });

// Each costs threads or memory.
TEST_P(ExcessTest, OfAClientEndsItsSessionAlone) {
  const auto server = StartReportingServer({});
  const auto bystander = StartClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput("session 1: "));
  const auto hostile = StartAiortcClient(server->port(), {"--attack", GetParam().attack});
  EXPECT_TRUE(server->AwaitError(GetParam().told)) << server->Errors();
  EXPECT_EQ(hostile->AwaitExit(), 1);
  EXPECT_TRUE(bystander->running());
  bystander->Signal(SIGINT);
  EXPECT_EQ(bystander->AwaitExit(), 0) << bystander->Errors();
  server->Signal(SIGINT);
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
}

TEST_P(ExcessTest, OfAServerEndsTheClientWithASentence) {
  const auto server = StartPeer("aiortc_server.py", {"--attack", GetParam().attack});
  const int port = PortOf(*server);
  ASSERT_NE(port, 0) << server->Errors();
  const auto client = StartClient(port, {});
  EXPECT_EQ(client->AwaitExit(), 4) << client->Errors();
  EXPECT_THAT(client->Errors(), HasSubstr("client-app: " + GetParam().told + "\n"));
}

TEST_F(InteropTest, ServerThatSendsMoreVideosEndsTheClientWithASentence) {
  const auto server = StartPeer("aiortc_server.py", {"--attack", "videos", "--frames", kServed});
  const int port = PortOf(*server);
  ASSERT_NE(port, 0) << server->Errors();
  const auto client = StartClient(port, {});
  EXPECT_EQ(client->AwaitExit(), 5) << client->Errors();
  EXPECT_THAT(client->Errors(), HasSubstr("client-app: the peer sends more than one video\n"));
}

TEST_F(InteropTest, ServerThatFloodsADataChannelEndsTheClientWithASentence) {
  const auto server = StartPeer("aiortc_server.py", {"--attack", "flood", "--frames", kServed});
  const int port = PortOf(*server);
  ASSERT_NE(port, 0) << server->Errors();
  const auto client = StartClient(port, {});
  EXPECT_EQ(client->AwaitExit(), 4) << client->Errors();
  EXPECT_THAT(client->Errors(), HasSubstr("client-app: the server sends more than 100 messages a "
                                          "second over its data channels\n"));
}

TEST_F(InteropTest, ClientThatSendsMediaIsThrownOutAlone) {
  const auto server = StartReportingServer({});
  const auto bystander = StartClient(server->port(), {});
  ASSERT_TRUE(server->AwaitOutput("session 1: "));
  const auto hostile = StartAiortcClient(server->port(), {"--attack", "videos"});
  EXPECT_TRUE(server->AwaitError("the peer sends media, but none is taken from it"))
      << server->Errors();
  EXPECT_EQ(hostile->AwaitExit(), 1);
  bystander->Signal(SIGINT);
  EXPECT_EQ(bystander->AwaitExit(), 0) << bystander->Errors();
  server->Signal(SIGINT);
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
}

// GStreamer 1.22 ends the process there.
TEST_F(InteropTest, ServerOutlivesDataBehindTheEndOfItsAssociation) {
  const auto server = StartReportingServer({});
  const auto hostile =
      StartAiortcClient(server->port(), {"--channel", "none", "--attack", "shutdown"});
  EXPECT_EQ(hostile->AwaitExit(), 0) << hostile->Errors() << "it still gets its frames";
  server->Signal(SIGINT);
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
}

TEST_F(InteropTest, ClientOutlivesDataBehindTheEndOfItsAssociation) {
  const auto server = StartPeer("aiortc_server.py", {"--attack", "shutdown", "--frames", "90"});
  const int port = PortOf(*server);
  ASSERT_NE(port, 0) << server->Errors();
  const auto client = StartClient(port, {});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_THAT(client->Errors(), HasSubstr("the server said bye"));
}

// A published port's client on the container's host has no other way to the container.
TEST_F(InteropTest, OffersTheAddressOfABridgeToContainers) {
  const auto server = StartServer({"--host", "0.0.0.0", "--open"});
  LineSocket client = LineSocket::ConnectTo(server->port(), "10.77.0.1");
  const auto offer = client.ReadLine();
  ASSERT_TRUE(offer);
  const auto at = [](const char* address) { return Field(&OfferedAddress::address, address); };
  EXPECT_THAT(AddressesIn(*offer), IsSupersetOf({at("10.77.0.1"), at("10.78.0.1")})) << *offer;
}

TEST_F(InteropTest, ServesSeveralKindsOfClientsAtTheSameTime) {
  const auto server = StartReportingServer({"--sessions", "3"});
  const auto own = StartAiortcClient(server->port(), {"--channel", "own", "--frames", "90"});
  const auto other = StartAiortcClient(server->port(), {"--channel", "server", "--frames", "90"});
  const auto client = StartClient(server->port(), {"--frames", "90"});
  EXPECT_EQ(own->AwaitExit(), 0) << own->Errors();
  EXPECT_EQ(other->AwaitExit(), 0) << other->Errors();
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
  const ReportReader report = Report();
  ASSERT_EQ(report.Size("sessions"), 3);
  double identified = 0;
  for (int i = 0; i < 3; ++i) {
    ExpectBalance(report, i);
    const std::string session = "sessions." + std::to_string(i);
    EXPECT_EQ(report.Text(session + ".ended"), "bye");
    identified += report.Number(session + ".messages.matched").value_or(0) > 0 ? 1 : 0;
  }
  EXPECT_EQ(identified, 1);
}

}  // namespace
}  // namespace ball
