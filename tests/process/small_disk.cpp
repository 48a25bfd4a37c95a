// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/small_disk.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>

#include "tests/process/file.h"

namespace ball {

namespace fs = std::filesystem;

SmallDisk::SmallDisk(const std::string& directory, size_t bytes) : directory_(directory) {
  std::error_code ignored;
  fs::create_directories(directory, ignored);
  const std::string options = "mode=1777,size=" + std::to_string(bytes);
  mounted_ = mount("tmpfs", directory.c_str(), "tmpfs", 0, options.c_str()) == 0;
}

SmallDisk::~SmallDisk() {
  // Lazily: a process that was killed a moment ago may still be there.
  if (mounted_) umount2(directory_.c_str(), MNT_DETACH);
}

void SmallDisk::Fill(size_t bytes_left) const {
  struct statvfs status = {};
  statvfs(directory_.c_str(), &status);
  const size_t room = status.f_bavail * status.f_bsize;
  const File filling(open(Filling().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  if (room > bytes_left) {
    posix_fallocate(filling.number(), 0, static_cast<off_t>(room - bytes_left));
  }
}

void SmallDisk::Free() const { unlink(Filling().c_str()); }

size_t SmallDisk::Files() const {
  size_t files = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory_, ignored)) {
    files += entry.path() == Filling() ? 0 : 1;
  }
  return files;
}

}  // namespace ball
