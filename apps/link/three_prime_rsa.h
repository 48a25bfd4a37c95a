// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace ball {

// While it lives, the RSA keys that OpenSSL makes in this process have three primes (RFC 8017) in
// place of two: as long, no different to who sees the public key, and made in a third of the time.
// For a key that a library makes whether it is used or not. Keys below 1024 bits cannot have three
// primes, and fail. One at a time.
class ThreePrimeRsa {
 public:
  ThreePrimeRsa();
  ~ThreePrimeRsa();
  ThreePrimeRsa(const ThreePrimeRsa&) = delete;
  ThreePrimeRsa& operator=(const ThreePrimeRsa&) = delete;
};

}  // namespace ball
