// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace ball {

// One sentence about a file that cannot be written, for the reason that errno names.
std::string CannotWrite(const std::string& path);

// The time now, as a report names it: ISO 8601 in UTC.
std::string ReportDate();

// The file that a report goes to; no path, no file. Both return an empty text, or what failed.
class ReportFile {
 public:
  explicit ReportFile(std::string path) : path_(std::move(path)) {}

  // Tries that it can be written: better now than after an hour of measuring.
  std::string Try() const;
  // Under a temporary name, which is then renamed: nobody sees half a report. A device or a pipe is
  // written to as it is.
  std::string Write(const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace ball
