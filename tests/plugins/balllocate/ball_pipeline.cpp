// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/plugins/balllocate/ball_pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

namespace ball::test {
namespace {

// What the probes write, from the streaming threads.
struct Record {
  std::mutex lock;
  std::map<GstClockTime, std::optional<Ball>> truths;
  std::map<GstClockTime, std::optional<LocatedBall>> answers;
};

GstPadProbeReturn RecordTruth(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* record = static_cast<Record*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const std::lock_guard<std::mutex> guard(record->lock);
  record->truths[GST_BUFFER_PTS(buffer)] = FindTruth(buffer);
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn RecordAnswer(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* record = static_cast<Record*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  const std::lock_guard<std::mutex> guard(record->lock);
  record->answers[GST_BUFFER_PTS(buffer)] = FindAnswer(buffer);
  return GST_PAD_PROBE_OK;
}

void Probe(GstElement* pipeline, const char* element, const char* pad_name,
           GstPadProbeCallback callback, Record* record) {
  g_autoptr(GstElement) found = gst_bin_get_by_name(GST_BIN(pipeline), element);
  g_autoptr(GstPad) pad = gst_element_get_static_pad(found, pad_name);
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, callback, record, nullptr);
}

void RunToEnd(GstElement* pipeline) {
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstMessage) message = gst_bus_timed_pop_filtered(
      bus, 60 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_element_set_state(pipeline, GST_STATE_NULL);
  ASSERT_NE(message, nullptr) << "the pipeline did not end";
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return;
  g_autoptr(GError) error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  ADD_FAILURE() << error->message;
}

}  // namespace

std::vector<SeenFrame> RunPipeline(const std::string& line) {
  g_autoptr(GError) error = nullptr;
  g_autoptr(GstElement) pipeline = gst_parse_launch(line.c_str(), &error);
  if (error != nullptr) {
    ADD_FAILURE() << line << ": " << error->message;
    return {};
  }
  Record record;
  Probe(pipeline, "source", "src", RecordTruth, &record);
  Probe(pipeline, "sink", "sink", RecordAnswer, &record);
  RunToEnd(pipeline);
  std::vector<SeenFrame> frames;
  for (const auto& [pts, answer] : record.answers) frames.push_back({record.truths[pts], answer});
  return frames;
}

Score ScoreOf(const std::vector<SeenFrame>& frames) {
  Score score;
  double squares = 0;
  for (const SeenFrame& frame : frames) {
    ++score.frames;
    if (frame.truth) ++score.with_ball;
    if (!frame.truth && frame.answer) ++score.false_hits;
    if (!frame.truth || !frame.answer) continue;
    ++score.found;
    const double error =
        std::hypot(frame.answer->ball.x - frame.truth->x, frame.answer->ball.y - frame.truth->y);
    squares += error * error;
    score.worst = std::max(score.worst, error);
  }
  score.rms = std::sqrt(squares / std::max(score.found, 1));
  return score;
}

}  // namespace ball::test
