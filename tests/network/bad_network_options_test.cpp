// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/bad_network_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ball {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

TEST(BadNetworkOptionsTest, EachDirectionHasItsOwnSettings) {
  const auto parsed = ParseBadNetworkOptions(
      {"--both", "loss=5", "--to-server=delay=20", "--seed", "7", "--blackout=0.5"});
  ASSERT_TRUE(parsed.options) << parsed.error;
  EXPECT_EQ(parsed.options->to_client.loss, 0.05);
  EXPECT_EQ(parsed.options->to_server.loss, 0);
  EXPECT_EQ(parsed.options->to_server.delay, 20ms);
  EXPECT_EQ(parsed.options->seed, 7U);
  EXPECT_EQ(parsed.options->blackout, 500ms);
  EXPECT_THAT(parsed.options->command, IsEmpty());
}

TEST(BadNetworkOptionsTest, KernelImpairsWhereNothingElseIsAskedFor) {
  using Means = BadNetworkOptions::Means;
  EXPECT_EQ(ParseBadNetworkOptions({}).options->means, Means::kAuto);
  EXPECT_EQ(ParseBadNetworkOptions({"--with", "netem"}).options->means, Means::kNetem);
  EXPECT_EQ(ParseBadNetworkOptions({"--with=impairer"}).options->means, Means::kImpairer);
  EXPECT_THAT(ParseBadNetworkOptions({"--with", "tun"}).error, HasSubstr("--with"));
}

TEST(BadNetworkOptionsTest, CommandKeepsItsOwnOptions) {
  const auto parsed = ParseBadNetworkOptions({"--seed", "7", "sh", "-c", "--help"});
  ASSERT_TRUE(parsed.options);
  EXPECT_THAT(parsed.options->command, ElementsAre("sh", "-c", "--help"));
  EXPECT_FALSE(parsed.options->help);
  EXPECT_THAT(ParseBadNetworkOptions({"--", "-x"}).options->command, ElementsAre("-x"));
}

TEST(BadNetworkOptionsTest, WhatCannotBeReadIsRefusedByName) {
  EXPECT_THAT(ParseBadNetworkOptions({"--bth", "loss=5"}).error, HasSubstr("--bth"));
  EXPECT_THAT(ParseBadNetworkOptions({"--both", "los=5"}).error, HasSubstr("'los'"));
  EXPECT_THAT(ParseBadNetworkOptions({"--seed", "-1"}).error, HasSubstr("--seed"));
  EXPECT_THAT(ParseBadNetworkOptions({"--seed"}).error, HasSubstr("--seed"));
  EXPECT_THAT(ParseBadNetworkOptions({"--blackout", "nan"}).error, HasSubstr("--blackout"));
}

}  // namespace
}  // namespace ball
