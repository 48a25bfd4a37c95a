// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace ball {
namespace {

// The line, and what may stand around and below it.
constexpr size_t kMaxTokenFile = 64 * size_t{1024};

}  // namespace

TextFile ReadTextFile(const std::string& path, size_t max) {
  TextFile file;
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {"", std::strerror(errno)};
  std::array<char, 4096> bytes;
  ssize_t count = 1;
  while (count > 0 && file.text.size() <= max) {
    do {
      count = read(descriptor, bytes.data(), bytes.size());
    } while (count < 0 && errno == EINTR);
    if (count > 0) file.text.append(bytes.data(), static_cast<size_t>(count));
  }
  const std::string error = count < 0 ? std::strerror(errno) : "";
  close(descriptor);
  if (!error.empty()) return {"", error};
  if (file.text.size() > max) {
    return {"", "it is longer than " + std::to_string(max) + " bytes", true};
  }
  return file;
}

bool WriteAll(int file, const std::string& text) {
  for (size_t done = 0; done < text.size();) {
    const ssize_t count = write(file, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<size_t>(count);
  }
  return true;
}

TokenFile ReadTokenFile(const std::string& path) {
  const TextFile file = ReadTextFile(path, kMaxTokenFile);
  if (!file.error.empty()) {
    return {{},
            "cannot read the token from " + path + " (" + file.error +
                "): give --token-file a file that you can read"};
  }
  auto token = Token::Parse(file.text);
  if (token) return {token, ""};
  return {{},
          "the first line of " + path + " is no token: it takes 1 to " +
              std::to_string(Token::kMax) + " bytes of text"};
}

}  // namespace ball
