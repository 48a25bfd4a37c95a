// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace ball {

// The time now, as a report names it: ISO 8601 in UTC.
std::string ReportDate();

// The file that a report goes to; no path, no file. Both return an empty text, or what failed.
class ReportFile {
 public:
  explicit ReportFile(std::string path) : path_(std::move(path)) {}

  // Tries that it can be written: better now than after an hour of measuring.
  std::string Try() const;
  // As a ReplacementFile: nobody sees half a report, and the one before it stays where it fails.
  std::string Write(const std::string& text) const;

 private:
  std::string path_;
};

}  // namespace ball
