// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/shared_segment.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace ball {
namespace {

namespace fs = std::filesystem;

// As shmsink names them, and what the kernel adds to the name of a removed one.
constexpr char kSegments[] = "/dev/shm/shmpipe.";
constexpr char kRemoved[] = " (deleted)";

// The open segments of this process: the inode and a descriptor of each.
std::map<ino_t, int> OpenSegments() {
  std::map<ino_t, int> segments;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc/self/fd", ignored)) {
    const std::string place = fs::read_symlink(entry.path(), ignored);
    if (place.rfind(kSegments, 0) != 0) continue;
    const int file = std::stoi(entry.path().filename());
    struct stat status = {};
    if (fstat(file, &status) == 0) segments.emplace(status.st_ino, file);
  }
  return segments;
}

}  // namespace

bool SharedSegment::Find(const std::function<void()>& make) {
  if (Removed()) HoldName();
  const auto before = OpenSegments();
  make();
  Forget();
  for (const auto& [inode, file] : OpenSegments()) {
    if (before.count(inode) == 0) file_ = fcntl(file, F_DUPFD_CLOEXEC, 0);
  }
  return found();
}

bool SharedSegment::Reserve() const {
  struct stat status = {};
  if (fstat(file_, &status) != 0) return false;
  errno = posix_fallocate(file_, 0, status.st_size);
  return errno == 0;
}

bool SharedSegment::Removed() const {
  struct stat status = {};
  return fstat(file_, &status) == 0 && status.st_nlink == 0;
}

// shmsink would give the next one the free name, and then remove it when it is done with the old
// one.
void SharedSegment::HoldName() const {
  std::error_code ignored;
  const std::string place = fs::read_symlink("/proc/self/fd/" + std::to_string(file_), ignored);
  const std::string name = place.substr(0, place.rfind(kRemoved));
  const int file = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) close(file);
}

void SharedSegment::Forget() {
  if (file_ >= 0) close(std::exchange(file_, -1));
}

}  // namespace ball
