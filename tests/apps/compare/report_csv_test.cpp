// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <algorithm>

#include "apps/compare/report.h"
#include "tests/apps/compare/ledger_scene.h"

namespace ball {
namespace {

using std::chrono::microseconds;

TEST(CsvTest, NamesEveryField) {
  EXPECT_EQ(
      CsvHeader(),
      "session,rtp_timestamp,drawn_s,fate,truth_x,truth_y,truth_radius,found,x,y,radius,confidence,"
      "matched_error_px,naive_error_px,loop_ms,encode_ms,network_ms,decode_ms,hand_over_ms,"
      "locate_ms,return_ms");
}

TEST(CsvTest, WritesAllThatIsKnown) {
  FrameRecord record;
  record.frame = {RtpTimestamp{4294967295}, Ball{1.5, 2, 10}, Ms(0), Ms(1)};
  record.fate = Fate::kMatched;
  record.answer = FoundAt(4294967295, 1.25, 2);
  record.answer->radius = 9.75;
  record.answer->confidence = 0.5;
  record.matched_error = 0.25;
  record.naive_error = 3;
  record.loop = microseconds(3900);
  record.stages = {microseconds(1),    microseconds(20),    microseconds(300),
                   microseconds(4000), microseconds(50000), microseconds(0)};
  EXPECT_EQ(
      CsvLine(7, record),
      "7,4294967295,3600.000000,matched,1.5,2,10,true,1.25,2,9.75,0.5,0.25,3,3.9,0.001,0.02,0.3,"
      "4,50,0");
}

TEST(CsvTest, LeavesFieldsEmptyThatAreNotKnown) {
  FrameRecord record;
  record.frame = {RtpTimestamp{5}, std::nullopt, Ms(0.25), Ms(1)};
  EXPECT_EQ(CsvLine(1, record), "1,5,3600.000250,lost,,,,,,,,,,,,,,,,,");
}

TEST(CsvTest, WritesNoPositionOfABallThatWasNotFound) {
  FrameRecord record;
  record.fate = Fate::kNotFound;
  record.answer = NotFound(0);
  record.frame.drawn = Ms(0);
  EXPECT_EQ(CsvLine(1, record), "1,0,3600.000000,not_found,,,,false,,,,,,,,,,,,,");
}

TEST(CsvTest, HasAsManyFieldsAsNames) {
  const auto commas = [](const std::string& text) {
    return std::count(text.begin(), text.end(), ',');
  };
  EXPECT_EQ(commas(CsvLine(1, FrameRecord{})), commas(CsvHeader()));
}

}  // namespace
}  // namespace ball
