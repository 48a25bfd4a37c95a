// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tests/process/file.h"

namespace ball {

// A network namespace with a loopback. With an interface eth0 of its own, too, where there is
// `tun`: its packets go to and come from there. It is gone when nobody has it open and no process
// is in it.
struct Network {
  std::string address;  // of eth0, IPv4, of a /24
  File name_space;
  File tun;
};

// A network, or one sentence that says why there is none.
struct MadeNetwork {
  Network network;
  std::string error;
};

// Lets this process make networks: as root by right, else in a user namespace of its own. False,
// with the reason, where it may not. To be called before there are threads.
bool AllowNetworks(std::string& error);

// Makes one without eth0, which is to have that address. This process is in it from then on.
MadeNetwork MakeNetwork(const std::string& address);

// Goes into a network. False, with errno, where it cannot.
bool EnterNetwork(const Network& network);

// Makes eth0 with `tun`; this process is in the network from then on. Empty, or why there is none.
// It returns once the interface is running, which ICE wants of it.
std::string AddTun(Network& network);

// Gives an eth0 that is there its address, and waits until it is running, which ICE wants of it.
// This process is in the network from then on. Empty, or what failed.
std::string SetUpInterface(const Network& network);

}  // namespace ball
