// SPDX-License-Identifier: LGPL-2.1-or-later
// Who carries the packets. Whether the kernel has netem is not for a test to say: its tc is played
// by a script here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/network/bad_link.h"

namespace ball {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class NetemCrossingTest : public testing::Test {
 protected:
  // A tc that writes down what it is told, then runs that.
  void PlayTc(const std::string& then) {
    const std::string path = scratch_.path() + "/tc";
    std::ofstream(path) << "#!/bin/sh\necho \"$@\" >>'" << Log() << "'\n" << then << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    const char* usual = std::getenv("PATH");
    variables_ = {{"PATH", scratch_.path() + ":" + (usual == nullptr ? "/usr/bin:/bin" : usual)}};
  }
  std::string Log() const { return scratch_.path() + "/tc.log"; }
  std::string Told() const {
    std::ifstream file(Log());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::unique_ptr<BadLink> Open(const Arguments& options) const {
    return std::make_unique<BadLink>(options, scratch_.path() + "/packets.json", variables_);
  }
  // From the server's network.
  int Ping(const BadLink& link) const {
    Child ping(
        Concatenated(link.EnterServer(), {"python3", "-c", kConnect, link.client_address()}));
    return ping.AwaitExit().value_or(-1);
  }

  // A UDP port that nobody has answers with ICMP, if there is a way.
  static constexpr char kConnect[] =
      "import socket, sys\n"
      "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
      "s.settimeout(20)\n"
      "s.connect((sys.argv[1], 9))\n"
      "s.send(b'x')\n"
      "try: s.recv(1)\n"
      "except ConnectionRefusedError: sys.exit(0)\n"
      "sys.exit(1)\n";

  ScratchDirectory scratch_;
  Environment variables_;
};

TEST_F(NetemCrossingTest, ThisProgramCarriesWhereTheKernelHasNoNetem) {
  PlayTc("exit 2");
  const auto link = Open({"--both", "loss=5"});
  EXPECT_EQ(link->carried_by(), "impairer");
  EXPECT_THAT(Told(), HasSubstr("qdisc add dev eth0 root handle 1: netem"));
}

TEST_F(NetemCrossingTest, ThisProgramCarriesWhatNetemCannot) {
  PlayTc("exit 0");
  EXPECT_EQ(Open({"--both", "reorder=5:20,delay=20"})->carried_by(), "impairer");
}

TEST_F(NetemCrossingTest, ThisProgramCarriesWhereItIsTold) {
  PlayTc("exit 0");
  EXPECT_EQ(Open({"--with", "impairer"})->carried_by(), "impairer");
  EXPECT_EQ(Told(), "");
}

TEST_F(NetemCrossingTest, NetemImpairsBothEndsOfACableThatCarries) {
  PlayTc("exit 0");
  const auto link = Open({"--to-client", "loss=5", "--to-server", "rate=500,delay=20"});
  ASSERT_EQ(link->carried_by(), "netem");
  EXPECT_EQ(Told(),
            "qdisc add dev eth0 root handle 1: netem limit 20000 loss random 5.000000%\n"
            "qdisc add dev eth0 root handle 1: netem limit 20000 delay 20000us\n"
            "qdisc add dev eth0 parent 1:1 handle 10: tbf rate 500000bit burst 1600b latency "
            "200000us\n");
  EXPECT_EQ(Ping(*link), 0);
}

TEST_F(NetemCrossingTest, BlackoutEndsWithTheSettingsThatWereBefore) {
  // Once it is told so, the light is on again.
  PlayTc("case \"$*\" in *'change '*100.0*) ;; *'change '*) echo light >'" + scratch_.path() +
         "/light' ;; esac");
  const auto link = Open({"--both", "delay=20", "--blackout", "0.2"});
  ASSERT_EQ(link->carried_by(), "netem");
  link->BlackOut(200ms);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!std::filesystem::exists(scratch_.path() + "/light")) {
    ASSERT_LT(std::chrono::steady_clock::now(), end);
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_THAT(Told(), HasSubstr("qdisc change dev eth0 root handle 1: netem limit 20000 delay "
                                "20000us loss random 100.000000%\n"));
  EXPECT_THAT(Told(), HasSubstr("qdisc change dev eth0 root handle 1: netem limit 20000 delay "
                                "20000us\n"));
}

TEST_F(NetemCrossingTest, WhatFailsIsToldWhereNetemMustDoIt) {
  PlayTc("echo 'Error: Specified qdisc kind is unknown.' >&2; exit 2");
  Child program({BAD_NETWORK, "--with", "netem"}, variables_);
  EXPECT_EQ(program.AwaitExit(), 125);
  EXPECT_THAT(program.Errors(), HasSubstr("qdisc kind is unknown"));
}

}  // namespace
}  // namespace ball
