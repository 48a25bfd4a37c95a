// SPDX-License-Identifier: LGPL-2.1-or-later
// Candidates that come on their own, and before the description that they belong to: of messages
// that are sent one right behind the other the last may be read while the first is still at work.
#include <gtest/gtest.h>

#include <regex>
#include <sstream>
#include <string>

#include "tests/loop/peers.h"

namespace ball {
namespace {

std::string WithoutCandidates(const std::string& sdp) {
  return std::regex_replace(sdp, std::regex("a=candidate:.*\r\n"), "");
}

// Hands the candidates of a description over, then what is left of it.
Tamper Before(WebRtcPeer& to) {
  return [&to](const std::string& sdp) {
    std::istringstream lines(sdp);
    for (std::string line; std::getline(lines, line);) {
      if (line.rfind("a=candidate:", 0) != 0) continue;
      line.pop_back();  // the CR
      to.AddCandidate({line.substr(2), "video0", 0});
    }
    return WithoutCandidates(sdp);
  };
}

class CandidatesTest : public PairTest {};

// One side's are enough: the other one sees where its packets come from.
TEST_F(CandidatesTest, OfTheServerMayComeBeforeItsOffer) {
  ASSERT_TRUE(Connect(server_, client_, Before(client_.peer()), WithoutCandidates));
  EXPECT_TRUE(AwaitAnswers(server_, client_, 5));
}

TEST_F(CandidatesTest, OfTheClientMayComeBeforeItsAnswer) {
  ASSERT_TRUE(Connect(server_, client_, WithoutCandidates, Before(server_.peer())));
  EXPECT_TRUE(AwaitAnswers(server_, client_, 5));
}

}  // namespace
}  // namespace ball
