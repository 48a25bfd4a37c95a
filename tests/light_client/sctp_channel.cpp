// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/sctp_channel.h"

#include <arpa/inet.h>
#include <usrsctp.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

namespace ball {
namespace {

// Payload protocol identifiers (RFC 8831, section 8).
constexpr uint32_t kControl = 50;
constexpr uint32_t kText = 51;
constexpr uint32_t kBinary = 53;
// Messages of the channel's own protocol (RFC 8832, section 8.2.1).
constexpr uint8_t kOpen = 3;
constexpr uint8_t kAck = 2;
// The DTLS client's streams are the even ones (RFC 8832, section 6).
constexpr uint16_t kStream = 0;
constexpr uint16_t kStreams = 1024;
constexpr uint32_t kHeartbeatMs = 2000;

sockaddr_conn Address(uint16_t port, void* owner) {
  sockaddr_conn address{};
  address.sconn_family = AF_CONN;
  address.sconn_port = htons(port);
  address.sconn_addr = owner;
  return address;
}

// Reliable and ordered, priority 0, no protocol.
std::vector<uint8_t> OpenMessage(const std::string& label) {
  std::vector<uint8_t> message(12, 0);
  message[0] = kOpen;
  message[8] = static_cast<uint8_t>(label.size() >> 8);
  message[9] = static_cast<uint8_t>(label.size());
  message.insert(message.end(), label.begin(), label.end());
  return message;
}

void SetOptions(struct socket* socket) {
  const int on = 1;
  usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_NODELAY, &on, sizeof on);
  sctp_initmsg init{};
  init.sinit_num_ostreams = kStreams;
  init.sinit_max_instreams = kStreams;
  usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_INITMSG, &init, sizeof init);
  sctp_event event{};
  event.se_assoc_id = SCTP_ALL_ASSOC;
  event.se_on = 1;
  event.se_type = SCTP_ASSOC_CHANGE;
  usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_EVENT, &event, sizeof event);
  sctp_assoc_value reset{};
  reset.assoc_id = SCTP_ALL_ASSOC;
  reset.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ | SCTP_ENABLE_CHANGE_ASSOC_REQ;
  usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, &reset, sizeof reset);
  // A sign of life of who sends nothing else: a real client would send RTCP.
  sctp_paddrparams path{};
  path.spp_address.ss_family = AF_CONN;
  path.spp_assoc_id = SCTP_FUTURE_ASSOC;
  path.spp_flags = SPP_HB_ENABLE;
  path.spp_hbinterval = kHeartbeatMs;
  usrsctp_setsockopt(socket, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, &path, sizeof path);
  // No farewell when it is closed: the signalling says bye.
  const linger at_once{1, 0};
  usrsctp_setsockopt(socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

bool IsAssociationUp(const void* data, size_t size) {
  sctp_assoc_change change{};
  if (size < sizeof change) return false;
  std::memcpy(&change, data, sizeof change);
  return change.sac_type == SCTP_ASSOC_CHANGE && change.sac_state == SCTP_COMM_UP;
}

}  // namespace

struct SctpChannel::Callbacks {
  static int Output(void* address, void* data, size_t size, uint8_t, uint8_t) {
    static_cast<SctpChannel*>(address)->events_.send(Bytes(static_cast<uint8_t*>(data), size));
    return 0;
  }

  static int Input(struct socket*, union sctp_sockstore, void* data, size_t size,
                   struct sctp_rcvinfo info, int flags, void* self) {
    auto* channel = static_cast<SctpChannel*>(self);
    if (data == nullptr) return 1;
    if ((flags & MSG_NOTIFICATION) == 0) {
      channel->OnData(info.rcv_sid, ntohl(info.rcv_ppid), Bytes(static_cast<uint8_t*>(data), size));
    } else if (IsAssociationUp(data, size)) {
      channel->OnUp();
    }
    // The data is ours now (usrsctp's manual, "usrsctp_socket").
    std::free(data);
    return 1;
  }
};

void SctpChannel::StartStack() {
  usrsctp_init_nothreads(0, Callbacks::Output, nullptr);
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
}

void SctpChannel::EndStack() { usrsctp_finish(); }

void SctpChannel::Tick() { usrsctp_handle_timers(kTickMs); }

SctpChannel::SctpChannel(uint16_t port, std::string label, Events events)
    : port_(port), label_(std::move(label)), events_(std::move(events)) {
  usrsctp_register_address(this);
}

SctpChannel::~SctpChannel() {
  if (socket_ != nullptr) usrsctp_close(socket_);
  usrsctp_deregister_address(this);
}

void SctpChannel::Start() {
  socket_ = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, Callbacks::Input, nullptr, 0, this);
  if (socket_ == nullptr) return;
  usrsctp_set_non_blocking(socket_, 1);
  SetOptions(socket_);
  sockaddr_conn address = Address(port_, this);
  auto* name = reinterpret_cast<sockaddr*>(&address);
  // Goes on by itself; where it cannot, the session's time to connect runs out.
  if (usrsctp_bind(socket_, name, sizeof address) == 0) {
    usrsctp_connect(socket_, name, sizeof address);
  }
}

void SctpChannel::Receive(Bytes packet) {
  usrsctp_conninput(this, packet.data(), packet.size(), 0);
}

void SctpChannel::OnUp() {
  if (!label_.empty()) Write(kStream, kControl, OpenMessage(label_));
}

void SctpChannel::OnData(uint16_t stream, uint32_t kind, Bytes data) {
  if (kind != kControl || data.empty()) return;
  if (data[0] == kOpen) Write(stream, kControl, Bytes(&kAck, 1));
  if (data[0] != kAck || stream != kStream || std::exchange(open_, true)) return;
  events_.on_open();
}

bool SctpChannel::Send(const std::string& text) {
  return open_ &&
         Write(kStream, kText, Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

bool SctpChannel::SendBinary(const std::string& bytes) {
  return open_ && Write(kStream, kBinary,
                        Bytes(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()));
}

void SctpChannel::Close() {
  if (!std::exchange(open_, false)) return;
  std::array<uint8_t, sizeof(sctp_reset_streams) + sizeof kStream> bytes{};
  auto* reset = reinterpret_cast<sctp_reset_streams*>(bytes.data());
  reset->srs_flags = SCTP_STREAM_RESET_OUTGOING;
  reset->srs_number_streams = 1;
  reset->srs_stream_list[0] = kStream;
  usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, reset, bytes.size());
}

bool SctpChannel::Write(uint16_t stream, uint32_t kind, Bytes data) {
  sctp_sndinfo info{};
  info.snd_sid = stream;
  info.snd_ppid = htonl(kind);
  info.snd_flags = SCTP_EOR;
  return usrsctp_sendv(socket_, data.data(), data.size(), nullptr, 0, &info, sizeof info,
                       SCTP_SENDV_SNDINFO, 0) >= 0;
}

}  // namespace ball
