// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "apps/link/codec.h"
#include "apps/link/glib_ptr.h"

namespace ball {

// A payloader's caps with what a receiver may ask us for.
Ref<GstCaps> WithFeedback(Codec codec, const GstCaps* payloaded);

}  // namespace ball
