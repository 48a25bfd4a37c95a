// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/segment_watch.h"

#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <sstream>
#include <system_error>

namespace ball {
namespace {

namespace fs = std::filesystem;

struct Segment {
  pid_t owner;
  std::pair<dev_t, ino_t> file;
};

// By name, as shmsink gives it: "shmpipe.  PID.    N".
std::map<std::string, Segment> Segments() {
  std::map<std::string, Segment> segments;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/dev/shm", ignored)) {
    const std::string name = entry.path().filename();
    std::istringstream words(name);
    std::string prefix;
    pid_t owner = 0;
    std::getline(words, prefix, '.');
    struct stat status = {};
    if (prefix == "shmpipe" && words >> owner && stat(entry.path().c_str(), &status) == 0) {
      segments[name] = {owner, {status.st_dev, status.st_ino}};
    }
  }
  return segments;
}

}  // namespace

SegmentWatch::SegmentWatch() {
  for (const auto& [name, segment] : Segments()) before_.insert(segment.file);
}

std::vector<std::string> SegmentWatch::Of(pid_t pid) const {
  std::vector<std::string> names;
  for (const auto& [name, segment] : Segments()) {
    if (segment.owner == pid && before_.count(segment.file) == 0) names.push_back(name);
  }
  return names;
}

}  // namespace ball
