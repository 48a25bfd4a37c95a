// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/ice_options.h"

namespace ball {

// The options of a program that say over which addresses media goes: --ice-address,
// --ice-port-range, --stun-server, --turn-server, --relay-only. Main thread only.
class IceArguments {
 public:
  IceArguments();
  ~IceArguments();
  IceArguments(const IceArguments&) = delete;
  IceArguments& operator=(const IceArguments&) = delete;

  // For ParseCommandLine, which writes into this object.
  const GOptionEntry* entries() const { return entries_.data(); }

  // What was given goes into `options`: an empty text, or in one sentence what cannot be used. No
  // sentence tells a password.
  std::string Read(IceOptions* options) const;

 private:
  static std::string ReadTurnServer(const std::string& text, IceOptions* options);
  static std::string ReadTurnFile(const std::string& path, IceOptions* options);

  char* address_ = nullptr;
  char* port_range_ = nullptr;
  char* stun_server_ = nullptr;
  char** turn_servers_ = nullptr;
  gboolean relay_only_ = FALSE;
  const std::array<GOptionEntry, 6> entries_;
};

}  // namespace ball
