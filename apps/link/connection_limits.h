// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace ball {

// How many connections a server has at the same time, of one address and in all. Main thread only.
class ConnectionLimits {
 public:
  struct Settings {
    // A session is one connection, and so are a check and a client that is not admitted yet. Some
    // hundred take less than the 1024 files that a process may have open on most systems.
    size_t total = 512;
    // Behind a NAT, or a Service of Kubernetes, many clients have one address.
    size_t per_address = 256;
  };

  // What a connection holds; given back when it is destroyed, which must be before the limits are.
  class Place {
   public:
    Place(ConnectionLimits& limits, std::string address);
    Place(Place&& other) noexcept;
    Place& operator=(Place&& other) = delete;
    ~Place();

   private:
    ConnectionLimits* limits_;
    std::string address_;
  };

  explicit ConnectionLimits(const Settings& settings) : settings_(settings) {}
  ConnectionLimits(const ConnectionLimits&) = delete;
  ConnectionLimits& operator=(const ConnectionLimits&) = delete;

  // A place for a connection of that address; nothing where there is none.
  std::optional<Place> Enter(const std::string& address);
  // Why there is none for it now, a sentence for the peer.
  std::string WhyFull(const std::string& address) const;

  size_t count() const { return count_; }

 private:
  size_t CountOf(const std::string& address) const;

  const Settings settings_;
  size_t count_ = 0;
  std::map<std::string, size_t> per_address_;
};

}  // namespace ball
