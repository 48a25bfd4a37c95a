// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/frame_rows.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

namespace ball {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream(line);
  for (std::string field; std::getline(stream, field, ',');) fields.push_back(field);
  return fields;
}

std::string FieldOf(const std::vector<std::string>& header, const std::vector<std::string>& fields,
                    const char* name) {
  const auto at = static_cast<size_t>(std::ranges::find(header, name) - header.begin());
  return at < fields.size() ? fields[at] : "";
}

}  // namespace

std::vector<FrameRow> ReadFrameRows(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> header = Fields(line);
  std::vector<FrameRow> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> fields = Fields(line);
    const std::string loop = FieldOf(header, fields, "loop_ms");
    FrameRow row{std::atof(FieldOf(header, fields, "drawn_s").c_str()),
                 FieldOf(header, fields, "fate"), std::nullopt};
    if (!loop.empty()) row.loop = std::atof(loop.c_str()) / 1000;
    rows.push_back(row);
  }
  std::ranges::sort(rows, {}, &FrameRow::drawn);
  return rows;
}

std::vector<double> LoopsFrom(const std::vector<FrameRow>& rows, double begin) {
  std::vector<double> loops;
  for (const FrameRow& row : rows) {
    if (row.InTime() && row.loop && row.drawn >= begin) loops.push_back(*row.loop);
  }
  return loops;
}

double MatchedShareFrom(const std::vector<FrameRow>& rows, double begin) {
  double drawn = 0;
  double matched = 0;
  for (const FrameRow& row : rows) {
    if (row.drawn < begin) continue;
    ++drawn;
    matched += row.fate == "matched" ? 1 : 0;
  }
  return drawn > 0 ? matched / drawn : 0;
}

double Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return kNever;
  std::ranges::sort(values);
  const auto rank = std::ceil(percent / 100 * static_cast<double>(values.size()));
  return values[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

double LongestGap(const std::vector<FrameRow>& rows, double begin) {
  std::vector<double> arrivals;
  for (const FrameRow& row : rows) {
    if (row.loop && row.drawn >= begin) arrivals.push_back(row.arrived());
  }
  std::ranges::sort(arrivals);
  double longest = arrivals.size() < 2 ? kNever : 0;
  for (size_t i = 1; i < arrivals.size(); ++i) {
    longest = std::max(longest, arrivals[i] - arrivals[i - 1]);
  }
  return longest;
}
double FirstAnswerAfter(const std::vector<FrameRow>& rows, double when) {
  double first = kNever;
  for (const FrameRow& row : rows) {
    if (row.InTime() && row.loop && row.arrived() > when) {
      first = std::min(first, row.arrived() - when);
    }
  }
  return first;
}

}  // namespace ball
