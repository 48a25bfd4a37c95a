// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/ice_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ball {
namespace {

using testing::HasSubstr;
using testing::Not;

// A UDP port of the loopback that is in use.
class BusyPort {
 public:
  BusyPort()
      : socket_(Ref<GSocket>::adopt(g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                                 G_SOCKET_PROTOCOL_UDP, nullptr))) {
    const auto any =
        Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", 0));
    g_socket_bind(socket_.get(), any.get(), FALSE, nullptr);
    const auto bound =
        Ref<GSocketAddress>::adopt(g_socket_get_local_address(socket_.get(), nullptr));
    number_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound.get()));
  }

  uint16_t number() const { return number_; }

 private:
  Ref<GSocket> socket_;
  uint16_t number_ = 0;
};

// Relays only, over a server where nobody listens.
IceOptions RelayOnly() {
  TurnServer server;
  server.server.host = "127.0.0.1";
  server.server.port = 1;
  server.user = "ball";
  server.password = "S3cret";
  IceOptions options;
  options.turn_servers = {server};
  options.relay_only = true;
  return options;
}

TEST(WhyNoCandidateTest, TellsAnAddressThatIsNotOfThisMachine) {
  IceOptions options;
  // RFC 5737: nobody's.
  options.address = "192.0.2.1";
  EXPECT_THAT(WhyNoCandidate(options), HasSubstr("cannot use --ice-address 192.0.2.1"));
}

TEST(WhyNoCandidateTest, TellsARangeWithoutAFreePort) {
  const BusyPort busy;
  IceOptions options;
  options.address = "127.0.0.1";
  options.ports = PortRange{busy.number(), busy.number()};
  EXPECT_THAT(WhyNoCandidate(options), HasSubstr("no UDP port of --ice-port-range"));
}

TEST(WhyNoCandidateTest, TellsATurnServerThatGivesNoAddressWithoutItsPassword) {
  const IceOptions options = RelayOnly();
  EXPECT_THAT(WhyNoCandidate(options), HasSubstr("no --turn-server gives a relay address"));
  EXPECT_THAT(WhyNoCandidate(options), Not(HasSubstr("S3cret")));
}

TEST(ConfigureIceTest, DebugLogNeverHoldsAPassword) {
  std::string log;
  const GstLogFunction note = [](GstDebugCategory*, GstDebugLevel, const gchar*, const gchar*, gint,
                                 GObject*, GstDebugMessage* message, gpointer data) {
    *static_cast<std::string*>(data) += gst_debug_message_get(message);
  };
  // The macro of that name compares a function with void*.
  (gst_debug_add_log_function)(note, &log, nullptr);
  gst_debug_set_threshold_for_name("webrtc*", GST_LEVEL_LOG);
  const auto webrtcbin = Ref<GstElement>::sink(gst_element_factory_make("webrtcbin", nullptr));
  IceOptions options = RelayOnly();
  options.stun_server = HostPort{"127.0.0.1", 3478};
  ConfigureIce(webrtcbin.get(), options);
  gst_debug_set_threshold_for_name("webrtc*", GST_LEVEL_NONE);
  gst_debug_remove_log_function_by_data(&log);
  EXPECT_THAT(log, HasSubstr("stun://127.0.0.1:3478"));
  EXPECT_THAT(log, Not(HasSubstr("S3cret")));
}

TEST(OffersLoopbackTest, LooksAtTheAddressesOfCandidates) {
  EXPECT_TRUE(OffersLoopback("v=0\r\na=candidate:1 1 UDP 2015363327 127.0.0.1 9 typ host\r\n"));
  EXPECT_TRUE(
      OffersLoopback("a=candidate:1 1 UDP 1 10.0.0.1 9 typ host\r\n"
                     "a=candidate:2 1 UDP 1 ::1 9 typ host\r\n"));
  EXPECT_FALSE(
      OffersLoopback("c=IN IP4 127.0.0.1\r\na=candidate:1 1 UDP 1 10.0.0.1 9 typ host\r\n"));
  EXPECT_FALSE(
      OffersLoopback("a=candidate:1 1 UDP 1 10.0.0.1 9 typ srflx raddr 127.0.0.1 rport 9\r\n"));
  EXPECT_FALSE(OffersLoopback("a=candidate:1 1 UDP\r\na=candidate:\r\n"));
  EXPECT_FALSE(OffersLoopback(""));
}

TEST(HasCandidateTest, LooksForACandidateLine) {
  EXPECT_TRUE(HasCandidate("v=0\r\nm=video 9\r\na=candidate:1 1 UDP 1 10.0.0.1 9 typ host\r\n"));
  EXPECT_FALSE(HasCandidate("v=0\r\nm=video 9\r\na=end-of-candidates\r\n"));
}

}  // namespace
}  // namespace ball
