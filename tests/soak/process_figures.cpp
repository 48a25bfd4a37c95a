// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/soak/process_figures.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

namespace ball {

ProcessFigures FiguresOf(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  ProcessFigures figures;
  std::error_code ignored;
  const std::filesystem::directory_iterator descriptors(process + "/fd", ignored);
  figures.descriptors = static_cast<size_t>(std::distance(begin(descriptors), end(descriptors)));
  std::ifstream status(process + "/status");
  for (std::string key; status >> key;) {
    if (key == "Threads:") status >> figures.threads;
    if (key == "VmRSS:") status >> figures.resident_kib;
  }
  return figures;
}

std::ostream& operator<<(std::ostream& out, const ProcessFigures& figures) {
  return out << figures.descriptors << " descriptors, " << figures.threads << " threads, "
             << figures.resident_kib << " KiB";
}

}  // namespace ball
