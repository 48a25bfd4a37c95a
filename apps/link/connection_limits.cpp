// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/connection_limits.h"

#include <utility>

namespace ball {

ConnectionLimits::Place::Place(ConnectionLimits& limits, std::string address)
    : limits_(&limits), address_(std::move(address)) {
  ++limits_->count_;
  ++limits_->per_address_[address_];
}

ConnectionLimits::Place::Place(Place&& other) noexcept
    : limits_(std::exchange(other.limits_, nullptr)), address_(std::move(other.address_)) {}

ConnectionLimits::Place::~Place() {
  if (limits_ == nullptr) return;
  --limits_->count_;
  const auto found = limits_->per_address_.find(address_);
  if (--found->second == 0) limits_->per_address_.erase(found);
}

size_t ConnectionLimits::CountOf(const std::string& address) const {
  const auto found = per_address_.find(address);
  return found == per_address_.end() ? 0 : found->second;
}

std::optional<ConnectionLimits::Place> ConnectionLimits::Enter(const std::string& address) {
  if (count_ >= settings_.total || CountOf(address) >= settings_.per_address) return std::nullopt;
  return std::optional<Place>(std::in_place, *this, address);
}

std::string ConnectionLimits::WhyFull(const std::string& address) const {
  if (CountOf(address) >= settings_.per_address) {
    return "the server has its " + std::to_string(settings_.per_address) +
           " connections of your address (--max-connections-per-address): try again later";
  }
  return "the server has its " + std::to_string(settings_.total) +
         " connections (--max-connections): try again later";
}

}  // namespace ball
