// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

namespace ball {

// A CA that lives as long as a test, and certificates that it signs. Files are PEM.
class TestAuthority {
 public:
  // Days from now.
  struct Validity {
    int from = -1;
    int to = 30;
  };

  // Writes its certificate there.
  explicit TestAuthority(const std::string& certificate_file);
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  // Writes a certificate for `names` ("DNS:ball.test,IP:127.0.0.1") and its private key. False
  // where that cannot be done.
  bool Issue(const std::string& names, const std::string& certificate_file,
             const std::string& key_file, const Validity& validity) const;
  bool Issue(const std::string& names, const std::string& certificate_file,
             const std::string& key_file) const {
    return Issue(names, certificate_file, key_file, Validity());
  }

 private:
  struct Private;
  std::unique_ptr<Private> private_;
};

}  // namespace ball
