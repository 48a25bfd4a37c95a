// SPDX-License-Identifier: LGPL-2.1-or-later
// What the bad network does of its own, which must be nothing, and what it is asked to do.
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/socket.h>

#include <cstring>
#include <thread>

#include "tests/network/bad_link.h"
#include "tests/network/frame_rows.h"

namespace ball {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr uint16_t kPort = 5000;
constexpr size_t kBytes = 1200;

sockaddr_in Address(const std::string& text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kPort);
  inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  return address;
}

// A UDP socket in another network: sockets stay where they were made, threads can go there.
File SocketIn(const std::string& network, const std::string& own) {
  File made;
  std::thread([&] {
    const File name_space(open(network.c_str(), O_RDONLY | O_CLOEXEC));
    if (setns(name_space.number(), CLONE_NEWNET) != 0) return;
    made = File(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const sockaddr_in address = Address(own);
    if (bind(made.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      made.Close();
    }
  }).join();
  return made;
}

class ImpairerTest : public testing::Test {
 protected:
  void Open(const Arguments& options) {
    link_ = std::make_unique<BadLink>(Concatenated({"--with", "impairer"}, options),
                                      scratch_.path() + "/packets.json");
    server_ = SocketIn(link_->NetworkFile("BALL_SERVER_NETWORK"), link_->server_address());
    client_ = SocketIn(link_->NetworkFile("BALL_CLIENT_NETWORK"), link_->client_address());
    ASSERT_TRUE(server_.open() && client_.open()) << std::strerror(errno);
    const sockaddr_in address = Address(link_->client_address());
    ASSERT_EQ(
        connect(server_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  void Send(uint32_t number) const {
    std::array<char, kBytes> bytes{};
    std::memcpy(bytes.data(), &number, sizeof number);
    ASSERT_EQ(send(server_.number(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }
  // The number of the next packet; none where none comes in that time.
  std::optional<uint32_t> Receive(std::chrono::milliseconds limit) const {
    const auto end = steady_clock::now() + limit;
    std::array<char, kBytes> bytes{};
    // Without waiting for it, so that this process need not be woken up first.
    while (recv(client_.number(), bytes.data(), bytes.size(), MSG_DONTWAIT) < 0) {
      if (steady_clock::now() > end) return {};
    }
    uint32_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
  }

  ScratchDirectory scratch_;
  std::unique_ptr<BadLink> link_;
  File server_;
  File client_;
};

TEST_F(ImpairerTest, LosesNothingAndKeepsTheOrderWhereNothingIsAsked) {
  Open({});
  // As many at once as the receiving socket has room for.
  constexpr uint32_t kAtOnce = 50;
  for (uint32_t first = 0; first < 20'000; first += kAtOnce) {
    for (uint32_t i = 0; i < kAtOnce; ++i) ASSERT_NO_FATAL_FAILURE(Send(first + i));
    for (uint32_t i = 0; i < kAtOnce; ++i) ASSERT_EQ(Receive(10s), first + i);
  }
  const ReportReader counts = link_->Counts();
  EXPECT_EQ(counts.Number("to_client.sent"), 20'000);
  EXPECT_EQ(counts.Number("to_client.delivered"), 20'000);
  EXPECT_EQ(counts.Number("to_client.refused"), 0);
}

TEST_F(ImpairerTest, AddsLessThanATenthOfAMillisecond) {
  Open({});
  std::vector<double> took;
  for (uint32_t number = 0; number < 2000; ++number) {
    const auto begin = steady_clock::now();
    ASSERT_NO_FATAL_FAILURE(Send(number));
    ASSERT_EQ(Receive(10s), number);
    took.push_back(std::chrono::duration<double>(steady_clock::now() - begin).count());
  }
  // Some wait for a processor that others have; what it takes by itself is what the quicker ones
  // took.
  EXPECT_LT(Percentile(took, 25), 100e-6);
}

TEST_F(ImpairerTest, DelaysByWhatIsAsked) {
  Open({"--to-client", "delay=50"});
  std::vector<double> took;
  for (uint32_t number = 0; number < 20; ++number) {
    const auto begin = steady_clock::now();
    ASSERT_NO_FATAL_FAILURE(Send(number));
    ASSERT_EQ(Receive(10s), number);
    took.push_back(std::chrono::duration<double>(steady_clock::now() - begin).count());
    EXPECT_GE(took.back(), 0.050);
  }
  EXPECT_LT(Percentile(took, 25), 0.0511);
}

TEST_F(ImpairerTest, LosesTheSamePacketsAgainForTheSameSeed) {
  const auto arrived = [this](const char* seed) {
    Open({"--both", "loss=20", "--seed", seed});
    std::vector<uint32_t> numbers;
    for (uint32_t number = 0; number < 50; ++number) Send(number);
    while (const auto came = Receive(200ms)) numbers.push_back(*came);
    return numbers;
  };
  const auto first = arrived("3");
  EXPECT_NEAR(first.size(), 40, 10);
  EXPECT_EQ(arrived("3"), first);
  EXPECT_NE(arrived("4"), first);
}

TEST_F(ImpairerTest, NothingArrivesInABlackoutThatASignalAsksFor) {
  Open({"--blackout", "0.5"});
  ASSERT_NO_FATAL_FAILURE(Send(0));
  ASSERT_EQ(Receive(10s), 0U);
  const auto begin = steady_clock::now();
  link_->BlackOut(500ms);
  // Until the signal has come they pass.
  uint32_t number = 1;
  do ASSERT_NO_FATAL_FAILURE(Send(number++));
  while (Receive(50ms));
  // And from its end on they pass again.
  do ASSERT_NO_FATAL_FAILURE(Send(number++));
  while (!Receive(50ms));
  EXPECT_GE(steady_clock::now() - begin, 500ms);
  EXPECT_GT(link_->Counts().Number("to_client.blacked_out").value_or(0), 0);
}

TEST_F(ImpairerTest, EverythingIsGoneAtItsEnd) {
  Open({});
  const std::string network = link_->NetworkFile("BALL_SERVER_NETWORK");
  EXPECT_EQ(access(network.c_str(), F_OK), 0);
  link_.reset();
  EXPECT_NE(access(network.c_str(), F_OK), 0);
}

TEST(BadNetworkProgramTest, CommandRunsInTheServersNetworkAndItsStatusIsTold) {
  Child program({BAD_NETWORK, "sh", "-c", "ip -brief address show dev eth0; exit 7"});
  EXPECT_TRUE(program.AwaitOutput("10.79.0.1/24"));
  EXPECT_EQ(program.AwaitExit(), 7);
}

TEST(BadNetworkProgramTest, WrongSettingIsToldInOneSentence) {
  Child program({BAD_NETWORK, "--both", "los=5"});
  EXPECT_EQ(program.AwaitExit(), 2);
  EXPECT_EQ(Lines(program.Errors()).size(), 1U);
}

}  // namespace
}  // namespace ball
