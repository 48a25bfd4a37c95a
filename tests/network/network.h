// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tests/process/file.h"

namespace ball {

// A network namespace with a loopback and one interface, whose packets go to and come from `tun`.
// It is gone when nobody has it open and no process is in it.
struct Network {
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

// Makes one, with `address` (IPv4, of a /24) on an interface called eth0; this process is in it
// from then on. It returns once the interface is running, which ICE wants of it.
MadeNetwork MakeNetwork(const std::string& address);

// Goes into a network. False, with errno, where it cannot.
bool EnterNetwork(const Network& network);

}  // namespace ball
