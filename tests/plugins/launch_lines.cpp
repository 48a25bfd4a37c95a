// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/plugins/launch_lines.h"

#include <sstream>

namespace ball {
namespace {

// What stands between `open` and the next `close`, from `from` on, which moves behind it.
std::string_view Between(std::string_view text, std::string_view open, std::string_view close,
                         size_t& from) {
  const size_t start = text.find(open, from);
  const size_t end = start == std::string_view::npos ? start : text.find(close, start);
  from = end;
  if (end == std::string_view::npos) return {};
  return text.substr(start + open.size(), end - start - open.size());
}

std::string WithoutStar(std::string line) {
  const size_t star = line.find_first_not_of(' ');
  if (star != std::string::npos && line[star] == '*') line.erase(0, star + 1);
  const size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : line.substr(first);
}

void CollectFrom(std::string_view block, std::vector<std::string>& commands) {
  std::istringstream lines{std::string(block)};
  std::string command;
  for (std::string line; std::getline(lines, line);) {
    command += WithoutStar(line);
    if (command.ends_with('\\')) {
      command.back() = ' ';
      continue;
    }
    if (command.find("gst-launch-1.0 ") != std::string::npos) commands.push_back(command);
    command.clear();
  }
}

}  // namespace

std::vector<std::string> LaunchLinesIn(std::string_view source) {
  std::vector<std::string> commands;
  for (size_t at = 0; at != std::string_view::npos;) {
    const std::string_view section = Between(source, "SECTION:", "*/", at);
    for (size_t inner = 0; inner != std::string_view::npos;) {
      CollectFrom(Between(section, "|[", "]|", inner), commands);
    }
  }
  return commands;
}

}  // namespace ball
