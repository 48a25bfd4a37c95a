// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/report_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

std::string TemporaryName(const std::string& path) {
  return path + ".tmp" + std::to_string(getpid());
}

// What is there already, if it is no file: a device or a pipe, which a rename would replace.
bool IsSpecial(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return std::filesystem::is_other(status);
}

bool IsDirectory(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

}  // namespace

std::string ReportDate() {
  GDateTime* now = g_date_time_new_now_utc();
  const OwnedString text(g_date_time_format_iso8601(now));
  g_date_time_unref(now);
  return text.get();
}

std::string CannotWrite(const std::string& path) {
  return "cannot write " + path + " (" + std::strerror(errno) +
         "): give a file in a directory that you can write to";
}

std::string ReportFile::Try() const {
  if (IsDirectory(path_)) {
    errno = EISDIR;
    return CannotWrite(path_);
  }
  if (path_.empty() || IsSpecial(path_)) return {};
  const std::string temporary = TemporaryName(path_);
  if (!std::ofstream(temporary)) return CannotWrite(path_);
  std::remove(temporary.c_str());
  return {};
}

std::string ReportFile::Write(const std::string& text) const {
  if (path_.empty()) return {};
  const bool special = IsSpecial(path_);
  const std::string temporary = special ? path_ : TemporaryName(path_);
  std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file && (special || std::rename(temporary.c_str(), path_.c_str()) == 0)) return {};
  std::string error = CannotWrite(path_);
  if (!special) std::remove(temporary.c_str());
  return error;
}

}  // namespace ball
