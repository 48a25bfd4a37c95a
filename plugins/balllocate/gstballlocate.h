// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstbasetransform.h>
#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_BALL_LOCATE (gst_ball_locate_get_type())
G_DECLARE_FINAL_TYPE(GstBallLocate, gst_ball_locate, GST, BALL_LOCATE, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE(balllocate)

G_END_DECLS
