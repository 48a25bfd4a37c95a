// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_SHM_PAY (gst_shm_pay_get_type())
G_DECLARE_FINAL_TYPE(GstShmPay, gst_shm_pay, GST, SHM_PAY, GstElement)

GST_ELEMENT_REGISTER_DECLARE(shmpay)

G_END_DECLS
