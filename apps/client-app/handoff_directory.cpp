// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/handoff_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

constexpr char kSharedMemory[] = "/dev/shm";
constexpr std::string_view kDirectoryPrefix = "client-";
constexpr std::string_view kSegmentPrefix = "shmpipe.";
// A directory holds a lock and two sockets.
constexpr int kRemovals = 4;

std::string LockPath(const std::string& directory) { return directory + "/lock"; }

std::string StatusIn(const std::string& directory) { return directory + "/status"; }

// A lock that its process holds: the file descriptor, or -1 where another process has it.
int TakeLock(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    return -1;
  }
  return file;
}

// The pid in "client-PID-N" or "shmpipe.  PID.    N" (shmsink pads it with spaces). The whole name
// must be of that form: others are not ours to remove.
std::optional<pid_t> PidIn(std::string_view name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) != prefix) return {};
  const char separator = prefix.back();
  name.remove_prefix(prefix.size());
  name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
  pid_t pid = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
  if (parsed.ec != std::errc() || pid <= 0) return {};
  name.remove_prefix(parsed.ptr - name.data());
  const bool has_number = name.size() > 1 && name.front() == separator &&
                          name.find_first_not_of(" 0123456789", 1) == std::string_view::npos;
  return has_number ? std::optional(pid) : std::nullopt;
}

// A pipeline that still ends removes its socket meanwhile: remove_all then stops at what it saw and
// does not find any more, and leaves the rest. Each further try has fewer to see.
void RemoveDirectory(const fs::path& directory) {
  std::error_code error;
  for (int i = 0; i < kRemovals; ++i) {
    fs::remove_all(directory, error);
    if (!error) return;
  }
}

// Whether the process has the file open. False where there is no such process.
bool HasOpen(pid_t pid, const fs::path& file) {
  std::error_code error;
  // It may end meanwhile.
  for (fs::directory_iterator entry("/proc/" + std::to_string(pid) + "/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (fs::equivalent(entry->path(), file, ignored)) return true;
  }
  return false;
}

enum class Segments { kAll, kNotOpen };

// All that are named after the pid, or those that whoever has it does not have open.
void RemoveSegmentsOf(pid_t pid, Segments which) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kSharedMemory, ignored)) {
    const bool is_its = PidIn(entry.path().filename().string(), kSegmentPrefix) == pid;
    if (is_its && (which == Segments::kAll || !HasOpen(pid, entry.path()))) {
      fs::remove(entry.path(), ignored);
    }
  }
}

// A directory of ours that nobody else can write to: a name in /tmp may have been taken by
// somebody.
bool IsPrivateDirectory(const std::string& path) {
  struct stat status = {};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid() && (status.st_mode & 077) == 0;
}

bool RemoveIfAbandoned(const fs::path& directory) {
  const auto pid = PidIn(directory.filename().string(), kDirectoryPrefix);
  if (!pid) return false;
  const int lock = TakeLock(LockPath(directory));
  if (lock < 0) return false;
  // Our own pid may be that of a dead process, as in a container, where it is always the same: what
  // is of this process has a lock that was not free.
  // Somebody may have got the dead one's and write to segments of his own.
  RemoveSegmentsOf(*pid, Segments::kNotOpen);
  RemoveDirectory(directory);
  close(lock);
  return true;
}

}  // namespace

std::string HandoffBase() {
  const char* runtime = g_getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && access(runtime, W_OK) == 0) return std::string(runtime) + "/gst-ball";
  return g_get_tmp_dir() + ("/gst-ball-" + std::to_string(geteuid()));
}

int RemoveAbandonedHandoffs(const std::string& base) {
  if (!IsPrivateDirectory(base)) return 0;
  std::error_code ignored;
  std::vector<fs::path> directories;
  for (const auto& entry : fs::directory_iterator(base, ignored)) {
    // Not a link to one: the lock would be made where it leads.
    if (fs::is_directory(entry.symlink_status(ignored))) directories.push_back(entry.path());
  }
  int removed = 0;
  for (const auto& directory : directories) removed += RemoveIfAbandoned(directory) ? 1 : 0;
  return removed;
}

std::vector<RunningClient> RunningClients(const std::string& base) {
  std::vector<RunningClient> clients;
  if (!IsPrivateDirectory(base)) return clients;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(base, ignored)) {
    const auto pid = PidIn(entry.path().filename().string(), kDirectoryPrefix);
    const std::string status = StatusIn(entry.path());
    if (!pid || !fs::is_socket(status, ignored)) continue;
    // One that is not held was left by a process that was killed.
    const int lock = TakeLock(LockPath(entry.path()));
    if (lock >= 0) {
      close(lock);
    } else {
      clients.push_back({*pid, status});
    }
  }
  return clients;
}

std::string HandoffDirectory::StatusPath() const { return StatusIn(path_); }

bool HandoffDirectory::Removed() const {
  struct stat held = {};
  struct stat there = {};
  if (fstat(lock_, &held) != 0) return false;
  return stat(LockPath(path_).c_str(), &there) != 0 || there.st_dev != held.st_dev ||
         there.st_ino != held.st_ino;
}

HandoffDirectory::HandoffDirectory() {
  static int count = 0;
  const std::string base = HandoffBase();
  if (mkdir(base.c_str(), 0700) != 0 && !IsPrivateDirectory(base)) {
    error_ = "cannot use the directory " + base + " (" + std::strerror(errno) +
             "): set XDG_RUNTIME_DIR to a directory that only you can write to";
    return;
  }
  RemoveAbandonedHandoffs(base);
  path_ = base + "/" + std::string(kDirectoryPrefix) + std::to_string(getpid()) + "-" +
          std::to_string(++count);
  if (mkdir(path_.c_str(), 0700) == 0) lock_ = TakeLock(LockPath(path_));
  if (lock_ < 0) error_ = "cannot make the directory " + path_ + " (" + std::strerror(errno) + ")";
}

HandoffDirectory::~HandoffDirectory() {
  if (lock_ < 0) return;
  // shmsink removes its segments when it stops, unless its pipeline hangs.
  RemoveSegmentsOf(getpid(), Segments::kAll);
  RemoveDirectory(path_);
  close(lock_);
}

}  // namespace ball
