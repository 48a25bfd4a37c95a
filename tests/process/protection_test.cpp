// SPDX-License-Identifier: LGPL-2.1-or-later
// What --protection puts into an offer, and that a client takes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

struct Case {
  const char* name;
  Arguments arguments;
  bool retransmission;
  bool parity;
};

class ProtectionTest : public ProgramTest, public testing::WithParamInterface<Case> {};

TEST_P(ProtectionTest, IsOffered) {
  const auto server = StartServer(GetParam().arguments);
  LineSocket socket = LineSocket::ConnectTo(server->port());
  const std::string offer = socket.ReadLine().value_or("");
  ASSERT_THAT(offer, HasSubstr("a=rtpmap:96 VP8/90000"));
  const auto has = [&offer](const char* text) { return offer.find(text) != std::string::npos; };
  EXPECT_EQ(has(" rtx/90000"), GetParam().retransmission) << offer;
  EXPECT_EQ(has("a=rtcp-fb:96 nack\\r"), GetParam().retransmission) << offer;
  EXPECT_EQ(has(" red/90000"), GetParam().parity) << offer;
  EXPECT_EQ(has(" ulpfec/90000"), GetParam().parity) << offer;
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
}

TEST_P(ProtectionTest, CostsNoFrameWhereNothingIsLost) {
  const auto server = StartServer(Concatenated({"--late-after", "9000"}, GetParam().arguments));
  const auto client = StartClient(server->port(), {"--frames", "40", "--require", "matched>=40",
                                                   "--require", "matched_error_px.rms<=0.7"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Each, ProtectionTest,
    testing::Values(Case{"Default", {}, true, false},
                    Case{"None", {"--protection", "none"}, false, false},
                    Case{"Nack", {"--protection", "nack"}, true, false},
                    Case{"Fec", {"--protection", "fec", "--fec-percent", "30"}, false, true},
                    Case{"Both", {"--protection", "nack+fec"}, true, true}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace ball
