// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string>

namespace ball {

// A disk in memory, mounted on a directory for as long as this object lives. Only for a process in
// a mount namespace of its own (in_mount_namespace.sh).
class SmallDisk {
 public:
  SmallDisk(const std::string& directory, size_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  // Leaves room for so many bytes, or for none.
  void Fill(size_t bytes_left = 0) const;
  // Gives the room back.
  void Free() const;
  // The files on it, without what fills it.
  size_t Files() const;

 private:
  std::string Filling() const { return directory_ + "/filling"; }

  std::string directory_;
  bool mounted_ = false;
};

}  // namespace ball
