// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/soak/frame_figures.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>

namespace ball {
namespace {

std::vector<std::string> Fields(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  return fields;
}

double Number(const std::string& field) {
  return field.empty() ? -1 : std::strtod(field.c_str(), nullptr);
}

// `values` in order.
double Quantile(const std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  const auto index = static_cast<size_t>(part * static_cast<double>(values.size()));
  return values[std::min(index, values.size() - 1)];
}

}  // namespace

std::vector<FrameLine> ReadFrameLines(const std::string& csv_path) {
  std::ifstream file(csv_path);
  std::string line;
  std::getline(file, line);
  std::map<std::string, size_t> column;
  for (const std::string& name : Fields(line)) column.emplace(name, column.size());
  std::vector<FrameLine> lines;
  while (std::getline(file, line)) {
    auto fields = Fields(line);
    // Empty fields at the end of a line are none to getline.
    fields.resize(column.size());
    lines.push_back({std::atoi(fields[column["session"]].c_str()),
                     Number(fields[column["drawn_s"]]), fields[column["fate"]],
                     Number(fields[column["matched_error_px"]]),
                     Number(fields[column["loop_ms"]])});
  }
  return lines;
}

FrameFigures FiguresOf(const std::vector<FrameLine>& lines, double begin_s, double end_s,
                       int last_locating) {
  FrameFigures figures;
  std::vector<double> loops;
  double squares = 0;
  size_t located = 0;
  for (const FrameLine& line : lines) {
    if (line.drawn_s < begin_s || line.drawn_s >= end_s) continue;
    ++figures.frames;
    if (line.fate == "lost" || line.fate == "late") ++figures.lost;
    if (line.loop_ms >= 0) loops.push_back(line.loop_ms);
    if (line.session > last_locating || line.matched_error_px < 0) continue;
    squares += line.matched_error_px * line.matched_error_px;
    ++located;
  }
  std::sort(loops.begin(), loops.end());
  figures.loop_p50_ms = Quantile(loops, 0.5);
  figures.loop_p99_ms = Quantile(loops, 0.99);
  figures.matched_error_px = located == 0 ? 0 : std::sqrt(squares / static_cast<double>(located));
  return figures;
}

FrameFigures MedianOf(const std::vector<FrameFigures>& figures) {
  const auto median = [&figures](auto FrameFigures::*figure) {
    std::vector<FrameFigures> order = figures;
    std::sort(order.begin(), order.end(),
              [figure](const auto& a, const auto& b) { return a.*figure < b.*figure; });
    return order[order.size() / 2].*figure;
  };
  return {median(&FrameFigures::frames), median(&FrameFigures::lost),
          median(&FrameFigures::loop_p50_ms), median(&FrameFigures::loop_p99_ms),
          median(&FrameFigures::matched_error_px)};
}

std::ostream& operator<<(std::ostream& out, const FrameFigures& figures) {
  return out << figures.frames << " frames, " << figures.lost << " lost or late, loop p50 "
             << figures.loop_p50_ms << " ms, p99 " << figures.loop_p99_ms << " ms, matched error "
             << figures.matched_error_px << " px RMS";
}

}  // namespace ball
