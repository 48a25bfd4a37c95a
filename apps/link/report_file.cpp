// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/report_file.h"

#include <filesystem>

#include "apps/link/glib_ptr.h"
#include "apps/link/replacement_file.h"

namespace ball {
namespace {

// A pipe waits for its reader when it is opened: it is tried when there is something to read.
bool IsDeviceOrPipe(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_other(std::filesystem::status(path, ignored));
}

}  // namespace

std::string ReportDate() {
  GDateTime* now = g_date_time_new_now_utc();
  const OwnedString text(g_date_time_format_iso8601(now));
  g_date_time_unref(now);
  return text.get();
}

std::string ReportFile::Try() const {
  if (path_.empty() || IsDeviceOrPipe(path_)) return {};
  return ReplacementFile().Open(path_);
}

std::string ReportFile::Write(const std::string& text) const {
  if (path_.empty()) return {};
  ReplacementFile file;
  std::string error = file.Open(path_);
  if (error.empty()) error = file.Append(text);
  if (error.empty()) error = file.Commit();
  return error;
}

}  // namespace ball
