// SPDX-License-Identifier: LGPL-2.1-or-later
#include <chrono>

#include "apps/compare/report.h"
#include "apps/wire/number_text.h"

namespace ball {
namespace {

using std::chrono::nanoseconds;

constexpr int kDecimals = 4;         // 0.0001 px, 0.1 us
constexpr int kSecondsDecimals = 6;  // 1 us

// None of the fields can hold a comma, a quote or a line end, so none needs quoting.
class Row {
 public:
  explicit Row(int session) : text_(std::to_string(session)) {}

  void Text(std::string_view field) {
    text_ += ',';
    text_ += field;
  }
  void Number(const std::optional<double>& number) {
    Text(number ? ShortNumber(*number, kDecimals) : "");
  }
  void Time(const std::optional<nanoseconds>& time) {
    Number(time ? std::optional(std::chrono::duration<double, std::milli>(*time).count())
                : std::nullopt);
  }
  const std::string& Result() const { return text_; }

 private:
  std::string text_;
};

void AddTruth(const std::optional<Ball>& truth, Row& row) {
  row.Number(truth ? std::optional(truth->x) : std::nullopt);
  row.Number(truth ? std::optional(truth->y) : std::nullopt);
  row.Number(truth ? std::optional(truth->radius) : std::nullopt);
}

void AddAnswer(const std::optional<CoordinateMessage>& answer, Row& row) {
  const bool found = answer && answer->found;
  row.Text(answer ? (answer->found ? "true" : "false") : "");
  row.Number(found ? std::optional(answer->x) : std::nullopt);
  row.Number(found ? std::optional(answer->y) : std::nullopt);
  row.Number(found ? answer->radius : std::nullopt);
  row.Number(answer ? answer->confidence : std::nullopt);
}

}  // namespace

std::string CsvHeader() {
  return "session,rtp_timestamp,drawn_s,fate,truth_x,truth_y,truth_radius,found,x,y,radius,"
         "confidence,matched_error_px,naive_error_px,loop_ms,encode_ms,network_ms,decode_ms,"
         "hand_over_ms,locate_ms,return_ms";
}

std::string CsvLine(int session, const FrameRecord& record) {
  Row row(session);
  row.Text(std::to_string(record.frame.id.value));
  const std::chrono::duration<double> drawn = record.frame.drawn.time_since_epoch();
  row.Text(FixedNumber(drawn.count(), kSecondsDecimals));
  row.Text(ToString(record.fate));
  AddTruth(record.frame.truth, row);
  AddAnswer(record.answer, row);
  row.Number(record.matched_error);
  row.Number(record.naive_error);
  row.Time(record.loop);
  row.Time(record.stages.encode);
  row.Time(record.stages.network);
  row.Time(record.stages.decode);
  row.Time(record.stages.hand_over);
  row.Time(record.stages.locate);
  row.Time(record.stages.back);
  return row.Result();
}

}  // namespace ball
