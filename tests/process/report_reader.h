// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <json-glib/json-glib.h>

#include <memory>
#include <optional>
#include <string>

namespace ball {

// A report as others read it: with json-glib, by paths such as "sessions.0.frames.sent".
class ReportReader {
 public:
  explicit ReportReader(const std::string& path);
  static ReportReader OfText(const std::string& json);

  bool valid() const { return valid_; }
  // Nothing where there is none or it is null.
  std::optional<double> Number(const std::string& path) const;
  std::string Text(const std::string& path) const;
  // Elements of an array.
  size_t Size(const std::string& path) const;

 private:
  ReportReader() : parser_(json_parser_new()) {}

  struct Unref {
    void operator()(JsonParser* parser) const { g_object_unref(parser); }
  };

  // What stands there, or null.
  JsonNode* Find(const std::string& path) const;

  std::unique_ptr<JsonParser, Unref> parser_;
  bool valid_ = false;
};

// Fails where a session's counts do not balance:
//   sent = matched + not found + late + lost
//   received = matched + not found + late + duplicate + unknown + unidentified + malformed
void ExpectBalance(const ReportReader& report, int session = 0);

// Fails where one of the two files is not whole: the report valid and all its sessions balanced,
// the CSV of whole lines, one a frame, that tell the same. To be asked after every fault.
void ExpectWhole(const std::string& report_path, const std::string& csv_path);

}  // namespace ball
