// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace ball {

// One sentence about a file that cannot be written, for the reason that errno names: what failed
// and what to do.
std::string CannotWrite(const std::string& path);

// A file that takes the place of another only when it is whole:
//
//   Open (PATH.tmpPID) -> Append ... -> Commit (on the disk, renamed to PATH)
//
// Until then, and for good where something fails or the process is killed, what was there stays.
// Without a Commit nothing is left behind, but by a process that is killed: its lines are still
// under the temporary name. A device or a pipe is no place for a rename: it is written to as it is,
// at once. Each call returns an empty text, or what failed; after a failure the file is closed. Any
// thread, one at a time.
class ReplacementFile {
 public:
  ReplacementFile() = default;
  ~ReplacementFile() { Abandon(); }
  ReplacementFile(const ReplacementFile&) = delete;
  ReplacementFile& operator=(const ReplacementFile&) = delete;

  std::string Open(const std::string& path);
  std::string Append(const std::string& text);
  std::string Commit();
  // Closes it and removes what was written.
  void Abandon();
  bool is_open() const { return file_ >= 0; }

 private:
  std::string Fail();

  // As the user gave it, and where it leads: a link stays a link.
  std::string path_;
  std::string place_;
  // Empty for a device or a pipe.
  std::string temporary_;
  int file_ = -1;
};

}  // namespace ball
