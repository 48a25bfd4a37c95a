// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SHM_DEPAY (gst_shm_depay_get_type())
G_DECLARE_FINAL_TYPE(GstShmDepay, gst_shm_depay, GST, SHM_DEPAY, GstElement)

GST_ELEMENT_REGISTER_DECLARE(shmdepay)

G_END_DECLS
