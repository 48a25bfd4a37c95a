// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/replacement_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "apps/link/text_file.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

// Where the path leads: itself, where it is no link to something.
std::string PlaceOf(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_symlink(path, ignored)) return path;
  const auto place = fs::canonical(path, ignored);
  return place.empty() ? path : place.string();
}

// A device or a pipe, or what stands for an open file, as /dev/stdout does: not to be renamed over.
bool IsStream(const std::string& path, const fs::file_status& status) {
  if (fs::is_other(status)) return true;
  std::error_code ignored;
  return (path.rfind("/dev/", 0) == 0 || path.rfind("/proc/", 0) == 0) &&
         fs::is_symlink(path, ignored);
}

}  // namespace

std::string CannotWrite(const std::string& path) {
  const int why = errno;
  const bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
  return "cannot write " + path + " (" + std::strerror(why) + "): " +
         (full ? "make room there, or give a file on another disk"
               : "give a file in a directory that you can write to");
}

std::string ReplacementFile::Open(const std::string& path) {
  Abandon();
  path_ = path;
  place_ = PlaceOf(path);
  std::error_code ignored;
  const auto status = fs::status(place_, ignored);
  if (fs::is_directory(status)) {
    errno = EISDIR;
    return CannotWrite(path_);
  }
  const bool stream = IsStream(path, status);
  temporary_ = stream ? "" : place_ + ".tmp" + std::to_string(getpid());
  file_ = stream ? open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)
                 : open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  return file_ < 0 ? CannotWrite(path_) : "";
}

std::string ReplacementFile::Append(const std::string& text) {
  return WriteAll(file_, text) ? "" : Fail();
}

std::string ReplacementFile::Commit() {
  // On the disk before it has the name: after a power cut there is the old one or the new one.
  if (!temporary_.empty() && fsync(file_) != 0) return Fail();
  if (close(std::exchange(file_, -1)) != 0) return Fail();
  if (temporary_.empty()) return {};
  if (std::rename(temporary_.c_str(), place_.c_str()) != 0) return Fail();
  temporary_.clear();
  return {};
}

std::string ReplacementFile::Fail() {
  std::string error = CannotWrite(path_);
  Abandon();
  return error;
}

void ReplacementFile::Abandon() {
  if (file_ >= 0) close(std::exchange(file_, -1));
  if (!temporary_.empty()) unlink(temporary_.c_str());
  temporary_.clear();
}

}  // namespace ball
