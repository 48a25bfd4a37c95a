// SPDX-License-Identifier: LGPL-2.1-or-later
// Debian's coturn between our programs. Runs in in_three_networks.sh: server and client are in
// networks that know no way to each other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/process/carrier.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kToServer[] = "10.77.1.1";
constexpr char kToClient[] = "10.77.2.1";
constexpr char kServer[] = "10.77.1.2";
constexpr char kClient[] = "10.77.2.2";

// The start of a command in another network: `variable` holds the process that is in it.
Arguments Enter(const char* variable) {
  const char* holder = std::getenv(variable);
  return {"nsenter", "--net", "--target", holder == nullptr ? "none" : holder, "--"};
}

// Lets the server's network out through the NAT, as long as the object lives.
class Nat {
 public:
  Nat() { Forward("1"); }
  ~Nat() { Forward("0"); }
  Nat(const Nat&) = delete;
  Nat& operator=(const Nat&) = delete;

 private:
  static void Forward(const char* value) {
    std::ofstream("/proc/sys/net/ipv4/ip_forward") << value;
  }
};

class RelayTest : public ProgramTest {
 protected:
  // turnserver at these addresses, with the account ball:S3cret; started with `enter`.
  std::unique_ptr<Child> StartTurnServer(const Arguments& addresses, const Arguments& enter = {}) {
    // Free here is free there: only the tests' own programs are in these networks.
    turn_port_ = std::to_string(LineListener().port());
    Arguments command = Concatenated(enter, {"turnserver",     "-n",           "--no-cli",
                                             "--no-tls",       "--no-dtls",    "--no-rfc5780",
                                             "--lt-cred-mech", "--realm",      "ball",
                                             "--user",         "ball:S3cret",  "--listening-port",
                                             turn_port_,       "--log-file",   "stdout",
                                             "--verbose",      "--pidfile",    Path("turn.pid"),
                                             "--userdb",       Path("turn.db")});
    for (const std::string& address : addresses) {
      command = Concatenated(command, {"--listening-ip", address, "--relay-ip", address});
    }
    auto child = std::make_unique<Child>(command, Variables());
    // The last thing that it does before it serves.
    EXPECT_TRUE(child->AwaitOutput("SQLite DB connection success")) << child->Output();
    return child;
  }
  const std::string& turn_port() const { return turn_port_; }
  std::string Turn(const std::string& address, const std::string& password = "S3cret") const {
    std::string uri = "turn://ball:";
    return uri.append(password).append("@").append(address).append(":").append(turn_port_);
  }

  std::unique_ptr<Server> StartServer(const Arguments& arguments) {
    return std::make_unique<Server>(
        Concatenated({"--host", kServer, "--open", "--port", "0", "--report", Path("report.json"),
                      "--sessions", "1", "--late-after", "9000"},
                     arguments),
        Variables(), Enter("BALL_SERVER_NETWORK"));
  }
  std::unique_ptr<Child> StartClient(const Arguments& arguments) {
    const Arguments connect = {PathOf(Program::kClient),        "--host",    kToClient, "--port",
                               std::to_string(carrier_.port()), "--display", "none"};
    return std::make_unique<Child>(
        Concatenated(Enter("BALL_CLIENT_NETWORK"), Concatenated(connect, arguments)), Variables());
  }
  // Carries a session of 30 frames from its start to its end.
  void ExpectScore(Server& server, Child& client) {
    ASSERT_TRUE(carrier_.CarryDescriptions(server.port(), kServer))
        << server.Errors() << client.Errors() << carrier_.offer();
    EXPECT_TRUE(carrier_.CarryByes()) << server.Errors() << client.Errors();
    EXPECT_EQ(client.AwaitExit(), 0) << client.Errors();
    EXPECT_EQ(server.AwaitExit(), 0) << server.Errors();
    EXPECT_EQ(server.Errors(), "");
    EXPECT_THAT(Lines(client.Errors()), Each(testing::StartsWith("client-app: ")));
    const ReportReader report(Path("report.json"));
    ExpectBalance(report);
    // On a busy machine the last answers may not be there when the session ends.
    EXPECT_GE(report.Number("sessions.0.frames.matched"), 20);
    EXPECT_LE(report.Number("sessions.0.matched_error_px.rms").value_or(1e9), 0.5);
  }

  SignallingCarrier carrier_{kToClient};

 private:
  std::string turn_port_;
};

auto OfType(const char* type) { return Field(&OfferedAddress::type, type); }

class RelayOnlyTest : public RelayTest, public testing::WithParamInterface<std::string> {};

TEST_P(RelayOnlyTest, EveryAddressIsTheTurnServersAndTheClientScores) {
  const auto turn = StartTurnServer({kToServer, kToClient});
  const auto server = StartServer({"--relay-only", "--turn-server", Turn(kToServer) + GetParam()});
  const auto client = StartClient(
      {"--relay-only", "--turn-server", Turn(kToClient) + GetParam(), "--frames", "30"});
  ExpectScore(*server, *client);
  EXPECT_THAT(AddressesIn(carrier_.offer()), AllOf(Not(IsEmpty()), Each(OfType("relay"))));
  EXPECT_THAT(AddressesIn(carrier_.answer()), AllOf(Not(IsEmpty()), Each(OfType("relay"))));
  // Ours are given back: at the default lifetime they would be there for ten minutes.
  EXPECT_TRUE(turn->AwaitOutput("lifetime=0"));
  EXPECT_TRUE(turn->AwaitOutput("lifetime=0"));
}

INSTANTIATE_TEST_SUITE_P(Transports, RelayOnlyTest, testing::Values("", "?transport=tcp"),
                         [](const auto& param) { return param.param.empty() ? "Udp" : "Tcp"; });

TEST_F(RelayTest, ClientWithoutARouteToTheServerScoresOverTheTurnServer) {
  const auto turn = StartTurnServer({kToServer, kToClient});
  const auto server = StartServer({"--turn-server", Turn(kToServer)});
  const auto client = StartClient({"--turn-server", Turn(kToClient), "--frames", "30"});
  ExpectScore(*server, *client);
  EXPECT_THAT(AddressesIn(carrier_.offer()), Contains(OfType("host")));
  EXPECT_THAT(AddressesIn(carrier_.offer()), Contains(OfType("relay")));
}

TEST_F(RelayTest, OneRelayIsEnough) {
  const auto turn = StartTurnServer({kToServer, kToClient});
  const auto server = StartServer({"--turn-server", Turn(kToServer), "--relay-only"});
  const auto client = StartClient({"--frames", "30"});
  // The relay reaches the client's own address from where the TURN server is.
  ExpectScore(*server, *client);
  EXPECT_THAT(AddressesIn(carrier_.answer()), Each(OfType("host")));
}

TEST_F(RelayTest, TurnServersAreReadFromAFile) {
  const auto turn = StartTurnServer({kToServer, kToClient});
  std::ofstream(Path("server")) << "# ours\n" << Turn(kToServer) << "\n";
  std::ofstream(Path("client")) << Turn(kToClient) << "?transport=udp";
  const auto server =
      StartServer({"--relay-only", "--turn-server", std::string("@").append(Path("server"))});
  const auto client = StartClient(
      {"--relay-only", "--turn-server", std::string("@").append(Path("client")), "--frames", "30"});
  ExpectScore(*server, *client);
}

TEST_F(RelayTest, WrongPasswordOfTheServerIsToldToBothAndNeverShown) {
  const auto turn = StartTurnServer({kToServer, kToClient});
  const auto server = StartServer(
      {"--relay-only", "--turn-server", Turn(kToServer, "Wr0ng"), "--gst-debug=webrtc*:6"});
  const auto client = StartClient({});
  EXPECT_FALSE(carrier_.CarryDescriptions(server->port(), kServer));
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("no --turn-server gives a relay address"));
  EXPECT_TRUE(server->AwaitError("no --turn-server gives a relay address"));
  EXPECT_THAT(server->Errors() + server->Output() + client->Errors(), Not(HasSubstr("Wr0ng")));
}

TEST_F(RelayTest, WrongPasswordOfTheClientEndsItWithTheReason) {
  const auto turn = StartTurnServer({kToServer, kToClient});
  const auto server = StartServer({});
  const auto client = StartClient({"--relay-only", "--turn-server", Turn(kToClient, "Wr0ng")});
  EXPECT_FALSE(carrier_.CarryDescriptions(server->port(), kServer));
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("no --turn-server gives a relay address"));
}

TEST_F(RelayTest, TurnServerThatIsNotThereEndsTheSessionWithTheReason) {
  const auto server =
      StartServer({"--relay-only", "--turn-server", "turn://ball:S3cret@10.77.1.1:1"});
  const auto client = StartClient({});
  EXPECT_FALSE(carrier_.CarryDescriptions(server->port(), kServer));
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("no --turn-server gives a relay address"));
}

TEST_F(RelayTest, StunTellsTheServersAddressOutsideOfItsNat) {
  const Nat nat;
  const auto stun = StartTurnServer({kClient}, Enter("BALL_CLIENT_NETWORK"));
  const auto server =
      StartServer({"--stun-server", std::string(kClient).append(":").append(turn_port())});
  const auto client = StartClient({"--frames", "30"});
  ExpectScore(*server, *client);
  EXPECT_THAT(AddressesIn(carrier_.offer()),
              Contains(AllOf(OfType("srflx"), Field(&OfferedAddress::address, kToClient))));
}

TEST_F(RelayTest, StunServerThatIsNotThereOnlyTakesTime) {
  const Nat nat;
  const auto server = StartServer({"--stun-server", std::string(kClient) + ":1"});
  const auto client = StartClient({"--frames", "30"});
  ExpectScore(*server, *client);
  EXPECT_THAT(AddressesIn(carrier_.offer()), AllOf(Not(IsEmpty()), Each(OfType("host"))));
}

}  // namespace
}  // namespace ball
