// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/video/gstvideofilter.h>

G_BEGIN_DECLS

#define GST_TYPE_BALL_OVERLAY (gst_ball_overlay_get_type())
G_DECLARE_FINAL_TYPE(GstBallOverlay, gst_ball_overlay, GST, BALL_OVERLAY, GstVideoFilter)

GST_ELEMENT_REGISTER_DECLARE(balloverlay)

G_END_DECLS
