// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/report_reader.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <vector>

namespace ball {
namespace {

// The member or element of that name or number, or null.
JsonNode* Step(JsonNode* node, const std::string& step) {
  if (JSON_NODE_HOLDS_OBJECT(node)) {
    return json_object_get_member(json_node_get_object(node), step.c_str());
  }
  if (!JSON_NODE_HOLDS_ARRAY(node)) return nullptr;
  JsonArray* array = json_node_get_array(node);
  const guint index = static_cast<guint>(std::atoi(step.c_str()));
  return index < json_array_get_length(array) ? json_array_get_element(array, index) : nullptr;
}

std::vector<std::string> Fields(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

// Frames of each "SESSION.FATE".
using FrameCounts = std::map<std::string, double>;

FrameCounts CountFrames(const std::string& csv_path) {
  std::ifstream file(csv_path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(text.size() >= 2 && text.compare(text.size() - 2, 2, "\r\n") == 0)
      << csv_path << " ends in the middle of a line";
  FrameCounts counts;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const auto names = Fields(line);
  EXPECT_EQ(names.front(), "session");
  while (std::getline(lines, line)) {
    const auto fields = Fields(line);
    EXPECT_EQ(fields.size(), names.size()) << line;
    if (fields.size() == names.size()) ++counts[fields[0] + "." + fields[3]];
  }
  return counts;
}

// For the table in tests/README.md: what became of the frames.
void TellFrames(const ReportReader& report, const std::string& session) {
  std::cout << "[   GAP    ]";
  for (const char* fate : {"sent", "matched", "not_found", "late", "lost"}) {
    std::cout << ' ' << fate << ' ' << report.Number(session + "frames." + fate).value_or(-1);
  }
  std::cout << std::endl;
}

}  // namespace

ReportReader::ReportReader(const std::string& path) : ReportReader() {
  valid_ = json_parser_load_from_file(parser_.get(), path.c_str(), nullptr) != FALSE;
}

ReportReader ReportReader::OfText(const std::string& json) {
  ReportReader reader;
  reader.valid_ = json_parser_load_from_data(reader.parser_.get(), json.data(),
                                             static_cast<gssize>(json.size()), nullptr) != FALSE;
  return reader;
}

JsonNode* ReportReader::Find(const std::string& path) const {
  JsonNode* node = valid_ ? json_parser_get_root(parser_.get()) : nullptr;
  std::istringstream steps(path);
  for (std::string step; node != nullptr && std::getline(steps, step, '.');) {
    node = Step(node, step);
  }
  return node;
}

std::optional<double> ReportReader::Number(const std::string& path) const {
  JsonNode* found = Find(path);
  if (found == nullptr || !JSON_NODE_HOLDS_VALUE(found)) return {};
  return json_node_get_double(found);
}

std::string ReportReader::Text(const std::string& path) const {
  JsonNode* found = Find(path);
  const char* text =
      found != nullptr && JSON_NODE_HOLDS_VALUE(found) ? json_node_get_string(found) : nullptr;
  return text == nullptr ? "" : text;
}

size_t ReportReader::Size(const std::string& path) const {
  JsonNode* found = Find(path);
  if (found == nullptr || !JSON_NODE_HOLDS_ARRAY(found)) return 0;
  return json_array_get_length(json_node_get_array(found));
}

void ExpectBalance(const ReportReader& report, int session) {
  ASSERT_TRUE(report.valid());
  const std::string at = "sessions." + std::to_string(session) + ".";
  const auto sum = [&](const std::string& group, std::initializer_list<const char*> names) {
    double total = 0;
    for (const char* name : names) {
      const auto count = report.Number(at + group + name);
      EXPECT_TRUE(count) << at << group << name;
      total += count.value_or(0);
    }
    return total;
  };
  EXPECT_EQ(report.Number(at + "frames.sent"),
            sum("frames.", {"matched", "not_found", "late", "lost"}));
  EXPECT_EQ(report.Number(at + "messages.received"),
            sum("messages.", {"matched", "not_found", "late", "duplicate", "unknown",
                              "unidentified", "malformed"}));
}

void ExpectWhole(const std::string& report_path, const std::string& csv_path) {
  const ReportReader report(report_path);
  ASSERT_TRUE(report.valid()) << report_path;
  FrameCounts told;
  const auto sessions = static_cast<int>(report.Size("sessions"));
  for (int session = 0; session < sessions; ++session) {
    ExpectBalance(report, session);
    const std::string at = "sessions." + std::to_string(session) + ".";
    TellFrames(report, at);
    const auto id = static_cast<int>(report.Number(at + "id").value_or(0));
    for (const char* fate : {"matched", "not_found", "late", "lost"}) {
      const double frames = report.Number(at + "frames." + fate).value_or(-1);
      if (frames != 0) told[std::to_string(id) + "." + fate] = frames;
    }
  }
  EXPECT_EQ(CountFrames(csv_path), told);
}

}  // namespace ball
