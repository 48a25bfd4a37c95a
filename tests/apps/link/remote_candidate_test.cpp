// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/remote_candidate.h"

#include <gtest/gtest.h>

namespace ball {
namespace {

std::string At(const std::string& address, const std::string& port = "40000") {
  return "candidate:1 1 UDP 2130706431 " + address + " " + port + " typ host";
}

TEST(RemoteCandidateTest, OneHostsNumericAddressIsTried) {
  for (const char* address :
       {"192.0.2.1", "10.0.0.1", "169.254.1.1", "2001:db8::1", "fe80::1", "fd00::2"}) {
    EXPECT_EQ(WhyNotTried(At(address), false), "") << address;
  }
  EXPECT_EQ(WhyNotTried(At("127.0.0.1"), true), "");
  EXPECT_EQ(WhyNotTried(At("::1"), true), "");
  EXPECT_EQ(WhyNotTried(At("192.0.2.1").substr(10), false), "");
}

TEST(RemoteCandidateTest, NamesAreNotLookedUp) {
  for (const char* address :
       {"example.org", "0f2e3c4d-1111-2222-3333-444455556666.local", "localhost", "192.0.2.1.", "1",
        "0x7f000001", "192.0.2", "fe80::1%eth0", "[::1]", "192.0.2.1\xc2\xa0"}) {
    EXPECT_EQ(WhyNotTried(At(address), true), "its address is a name, and names are not looked up")
        << address;
  }
}

TEST(RemoteCandidateTest, AddressesThatNoHostHasAreNotTried) {
  for (const char* address : {"0.0.0.0", "::", "0.1.2.3", "255.255.255.255", "240.0.0.1",
                              "::ffff:0.0.0.0", "::ffff:255.255.255.255"}) {
    EXPECT_EQ(WhyNotTried(At(address), true), "its address is nobody's") << address;
  }
  for (const char* address : {"224.0.0.251", "239.1.1.1", "ff02::fb", "::ffff:224.0.0.1"}) {
    EXPECT_EQ(WhyNotTried(At(address), true), "its address is a group's") << address;
  }
  EXPECT_EQ(WhyNotTried(At("192.0.2.1", "0"), true), "it has no port");
}

TEST(RemoteCandidateTest, LoopbackIsForPeersThatSignalOverIt) {
  for (const char* address : {"127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_NE(WhyNotTried(At(address), false), "") << address;
  }
}

TEST(RemoteCandidateTest, WhatHasNotTheFormOfOneIsNotTried) {
  for (const char* line :
       {"", "candidate:", "candidate:1 1 UDP", "candidate:1 1 UDP 1 a b typ host",
        "candidate:1 1 UDP 1 192.0.2.1 99999 typ host"}) {
    EXPECT_EQ(WhyNotTried(line, true), "it has not the form of one") << line;
  }
}

}  // namespace
}  // namespace ball
