// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/ballmeta.h"

#include <gst/video/gstvideometa.h>

#include <algorithm>
#include <cmath>

namespace ball {
namespace {

// The part of [centre - radius, centre + radius] that lies inside [0, size], in whole pixels.
struct Span {
  guint start = 0;
  guint length = 0;
};

Span VisibleSpan(double centre, double radius, int size) {
  const double first = std::clamp(std::floor(centre - radius), 0.0, static_cast<double>(size));
  const double last = std::clamp(std::ceil(centre + radius), first, static_cast<double>(size));
  return {static_cast<guint>(first), static_cast<guint>(last - first)};
}

GstVideoRegionOfInterestMeta* AddRegion(GstBuffer* buffer, const char* type, const Ball& ball,
                                        int width, int height) {
  const Span across = VisibleSpan(ball.x, ball.radius, width);
  const Span down = VisibleSpan(ball.y, ball.radius, height);
  return gst_buffer_add_video_region_of_interest_meta(buffer, type, across.start, down.start,
                                                      across.length, down.length);
}

std::optional<double> FiniteDouble(const GstStructure* params, const char* name) {
  double value = 0;
  if (!gst_structure_get_double(params, name, &value) || !std::isfinite(value)) return {};
  return value;
}

std::optional<LocatedBall> ParseParams(const GstStructure* params) {
  const auto x = FiniteDouble(params, "x");
  const auto y = FiniteDouble(params, "y");
  const auto radius = FiniteDouble(params, "radius");
  if (!x || !y || !radius || *radius <= 0) return {};
  return LocatedBall{{*x, *y, *radius}, FiniteDouble(params, "confidence").value_or(1.0)};
}

std::optional<LocatedBall> FindBall(GstBuffer* buffer, const char* type) {
  const GQuark wanted = g_quark_from_string(type);
  gpointer state = nullptr;
  while (GstMeta* meta = gst_buffer_iterate_meta_filtered(
             buffer, &state, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE)) {
    auto* region = reinterpret_cast<GstVideoRegionOfInterestMeta*>(meta);
    if (region->roi_type != wanted) continue;
    const GstStructure* params = gst_video_region_of_interest_meta_get_param(region, type);
    if (params != nullptr) return ParseParams(params);
  }
  return {};
}

}  // namespace

void AttachTruth(GstBuffer* buffer, const Ball& truth, int width, int height) {
  gst_video_region_of_interest_meta_add_param(
      AddRegion(buffer, kTruthMetaType, truth, width, height),
      gst_structure_new(kTruthMetaType, "x", G_TYPE_DOUBLE, truth.x, "y", G_TYPE_DOUBLE, truth.y,
                        "radius", G_TYPE_DOUBLE, truth.radius, nullptr));
}

void AttachAnswer(GstBuffer* buffer, const LocatedBall& answer, int width, int height) {
  gst_video_region_of_interest_meta_add_param(
      AddRegion(buffer, kAnswerMetaType, answer.ball, width, height),
      gst_structure_new(kAnswerMetaType, "x", G_TYPE_DOUBLE, answer.ball.x, "y", G_TYPE_DOUBLE,
                        answer.ball.y, "radius", G_TYPE_DOUBLE, answer.ball.radius, "confidence",
                        G_TYPE_DOUBLE, answer.confidence, nullptr));
}

void RemoveAnswers(GstBuffer* buffer) {
  const GQuark type = g_quark_from_static_string(kAnswerMetaType);
  gst_buffer_foreach_meta(
      buffer,
      [](GstBuffer*, GstMeta** meta, gpointer quark) -> gboolean {
        if ((*meta)->info->api == GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE &&
            reinterpret_cast<GstVideoRegionOfInterestMeta*>(*meta)->roi_type ==
                GPOINTER_TO_UINT(quark)) {
          *meta = nullptr;
        }
        return TRUE;
      },
      GUINT_TO_POINTER(type));
}

std::optional<Ball> FindTruth(GstBuffer* buffer) {
  const auto found = FindBall(buffer, kTruthMetaType);
  if (!found) return {};
  return found->ball;
}

std::optional<LocatedBall> FindAnswer(GstBuffer* buffer) {
  return FindBall(buffer, kAnswerMetaType);
}

}  // namespace ball
