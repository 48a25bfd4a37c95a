// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/process/report_reader.h"

#include <gtest/gtest.h>

namespace ball {

ReportReader::ReportReader(const std::string& path)
    : parser_(json_parser_new()),
      valid_(json_parser_load_from_file(parser_.get(), path.c_str(), nullptr) != FALSE) {}

std::unique_ptr<JsonNode, ReportReader::Unref> ReportReader::Find(const std::string& path) const {
  if (!valid_) return nullptr;
  return std::unique_ptr<JsonNode, Unref>(
      json_path_query(path.c_str(), json_parser_get_root(parser_.get()), nullptr));
}

std::optional<double> ReportReader::Number(const std::string& path) const {
  const auto found = Find(path);
  JsonArray* matches = found ? json_node_get_array(found.get()) : nullptr;
  if (matches == nullptr || json_array_get_length(matches) != 1) return {};
  if (json_array_get_null_element(matches, 0)) return {};
  return json_array_get_double_element(matches, 0);
}

std::string ReportReader::Text(const std::string& path) const {
  const auto found = Find(path);
  JsonArray* matches = found ? json_node_get_array(found.get()) : nullptr;
  if (matches == nullptr || json_array_get_length(matches) != 1) return {};
  const char* text = json_array_get_string_element(matches, 0);
  return text == nullptr ? "" : text;
}

size_t ReportReader::Size(const std::string& path) const {
  const auto found = Find(path);
  JsonArray* matches = found ? json_node_get_array(found.get()) : nullptr;
  if (matches == nullptr || json_array_get_length(matches) != 1) return 0;
  return json_array_get_length(json_array_get_array_element(matches, 0));
}

void ExpectBalance(const ReportReader& report, int session) {
  ASSERT_TRUE(report.valid());
  const std::string at = "$.sessions[" + std::to_string(session) + "].";
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

}  // namespace ball
