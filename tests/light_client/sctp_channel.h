// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/light_client/udp_port.h"

struct socket;

namespace ball {

// An SCTP association in DTLS with one data channel (RFC 8831), opened by us (RFC 8832):
//
//   Start           INIT, INIT-ACK, COOKIE  ->
//                   DATA_CHANNEL_OPEN       ->
//   on_open      <- DATA_CHANNEL_ACK
//   Send            text                    ->
//
// What the peer sends on channels of its own is acknowledged and dropped. usrsctp without threads:
// who runs the main loop calls Tick. Main thread only.
class SctpChannel {
 public:
  struct Events {
    std::function<void(Bytes packet)> send;
    std::function<void()> on_open;
  };

  // Without a label the association is made, and no channel.
  SctpChannel(uint16_t port, std::string label, Events events);
  ~SctpChannel();
  SctpChannel(const SctpChannel&) = delete;
  SctpChannel& operator=(const SctpChannel&) = delete;

  // Once a process, before the first and after the last channel.
  static void StartStack();
  static void EndStack();
  // The clock of all associations: call every kTick.
  static constexpr uint32_t kTickMs = 10;
  static void Tick();

  void Start();
  void Receive(Bytes packet);
  // False where the channel is not open or its buffer full.
  bool Send(const std::string& text);
  bool SendBinary(const std::string& bytes);
  // Resets the channel's stream (RFC 8831, section 6.7); the association stays.
  void Close();

 private:
  struct Callbacks;

  void OnData(uint16_t stream, uint32_t kind, Bytes data);
  void OnUp();
  bool Write(uint16_t stream, uint32_t kind, Bytes data);

  const uint16_t port_;
  const std::string label_;
  const Events events_;
  struct socket* socket_ = nullptr;
  bool open_ = false;
};

}  // namespace ball
