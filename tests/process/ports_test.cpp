// SPDX-License-Identifier: LGPL-2.1-or-later
// --ice-port-range and --ice-address: where media goes.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/process/carrier.h"
#include "tests/process/programs.h"
#include "tests/process/report_reader.h"

namespace ball {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Field;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Not;

// A UDP port of the loopback, taken for as long as the object lives; 0 where it is not free.
class TakenPort {
 public:
  explicit TakenPort(int port) : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in end = {};
    end.sin_family = AF_INET;
    end.sin_port = htons(static_cast<uint16_t>(port));
    end.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof end;
    auto* generic = reinterpret_cast<sockaddr*>(&end);
    if (bind(socket_.number(), generic, size) == 0 &&
        getsockname(socket_.number(), generic, &size) == 0) {
      number_ = ntohs(end.sin_port);
    }
  }

  int number() const { return number_; }

 private:
  File socket_;
  int number_ = 0;
};

// The first of two neighbouring ports that are free, other ones each time. Below those that the
// system gives out by itself, to other tests for instance.
int TwoFreePorts() {
  static int next = 20000 + 2 * (getpid() % 5000);
  for (; next < 32000; next += 2) {
    if (TakenPort(next).number() != 0 && TakenPort(next + 1).number() != 0) {
      next += 2;
      return next - 2;
    }
  }
  return 0;
}

std::string RangeFrom(int first) { return std::to_string(first) + "-" + std::to_string(first + 1); }

auto Within(int first) { return Field(&OfferedAddress::port, AllOf(Ge(first), Le(first + 1))); }

class PortsTest : public ProgramTest {};

TEST_F(PortsTest, OfferAndAnswerNameOnlyPortsOfTheRanges) {
  const int first = TwoFreePorts();
  const auto server = StartServer(
      {"--sessions", "1", "--ice-port-range", RangeFrom(first), "--report", Path("report.json")});
  SignallingCarrier carrier;
  const int second = TwoFreePorts();
  const auto client =
      StartClient(carrier.port(), {"--frames", "30", "--ice-port-range", RangeFrom(second)});
  ASSERT_TRUE(carrier.CarryDescriptions(server->port())) << client->Errors();
  EXPECT_TRUE(carrier.CarryByes());
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
  const auto offered = AddressesIn(carrier.offer());
  const auto answered = AddressesIn(carrier.answer());
  EXPECT_THAT(offered, AllOf(Not(IsEmpty()), Each(Within(first))));
  EXPECT_THAT(answered, AllOf(Not(IsEmpty()), Each(Within(second))));
  // On a busy machine some answers are late.
  EXPECT_GE(ReportReader(Path("report.json")).Number("sessions.0.frames.matched"), 10);
}

TEST_F(PortsTest, RangeHoldsAsManySessionsAsPortsAndTheNextIsRefusedWithTheReason) {
  const int first = TwoFreePorts();
  const auto server = StartServer({"--ice-port-range", RangeFrom(first)});
  const auto one = StartClient(server->port(), {});
  ASSERT_TRUE(one->AwaitError("receiving "));
  const auto two = StartClient(server->port(), {});
  ASSERT_TRUE(two->AwaitError("receiving "));
  const auto three = StartClient(server->port(), {});
  EXPECT_EQ(three->AwaitExit(), 4);
  EXPECT_THAT(three->Errors(),
              HasSubstr("no UDP port of --ice-port-range " + RangeFrom(first) + " is free"));
  EXPECT_TRUE(one->running());
  EXPECT_TRUE(two->running());
}

TEST_F(PortsTest, PortOfASessionThatEndedIsFreeAgain) {
  const std::string port = std::to_string(TwoFreePorts());
  const auto server = StartServer({"--sessions", "2", "--ice-port-range", port + "-" + port});
  for (int i = 0; i < 2; ++i) {
    const auto client = StartClient(server->port(), {"--frames", "5", "--reconnect"});
    EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  }
  EXPECT_EQ(server->AwaitExit(), 0) << server->Errors();
}

TEST_F(PortsTest, AddressThatIsNotOfThisMachineIsNamed) {
  // RFC 5737: nobody's.
  const auto server = StartServer({"--ice-address", "192.0.2.1"});
  const auto client = StartClient(server->port(), {});
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("cannot use --ice-address 192.0.2.1"));
}

struct WrongCase {
  Arguments arguments;
  const char* reason;
};

class WrongIceOptionTest : public ProgramTest, public testing::WithParamInterface<WrongCase> {};

TEST_P(WrongIceOptionTest, EndsBothProgramsWithAReasonThatHoldsNoPassword) {
  for (const Program program : {Program::kServer, Program::kClient}) {
    const auto child = Start(program, GetParam().arguments);
    EXPECT_EQ(child->AwaitExit(), 2);
    EXPECT_EQ(child->Output(), "");
    EXPECT_EQ(Lines(child->Errors()).size(), 1U) << child->Errors();
    EXPECT_THAT(child->Errors(), HasSubstr(GetParam().reason));
    EXPECT_THAT(child->Errors(), Not(HasSubstr("S3cret")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Options, WrongIceOptionTest,
    testing::Values(WrongCase{{"--ice-port-range", "0-1"}, "--ice-port-range takes MIN-MAX"},
                    WrongCase{{"--ice-port-range", "2-1"}, "--ice-port-range takes MIN-MAX"},
                    WrongCase{{"--ice-address", "localhost"}, "--ice-address takes an IP address"},
                    WrongCase{{"--stun-server", "stun:host"}, "--stun-server takes HOST[:PORT]"},
                    WrongCase{{"--turn-server", "turn://u:S3cret@"}, "--turn-server takes turn://"},
                    WrongCase{{"--turn-server", "@/does/not/exist"}, "cannot be read"},
                    WrongCase{{"--relay-only"}, "--relay-only needs a --turn-server"}));

}  // namespace
}  // namespace ball
