// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <string>

namespace ball {

// Whether an element is of that factory.
bool IsA(GstElement* element, const char* factory_name);

// Sets up what webrtcbin adds to itself, for short delays. `identity`: the PEM for DTLS; empty for
// GStreamer's own. Any thread.
void SetUpPeerElement(GstElement* element, const std::string& identity);

}  // namespace ball
