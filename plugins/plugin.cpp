// SPDX-License-Identifier: LGPL-2.1-or-later
// libgstball.so: registers the elements.
#include <gst/gst.h>

GST_ELEMENT_REGISTER_DECLARE(ballsrc)
GST_ELEMENT_REGISTER_DECLARE(balllocate)
GST_ELEMENT_REGISTER_DECLARE(balloverlay)
GST_ELEMENT_REGISTER_DECLARE(shmpay)
GST_ELEMENT_REGISTER_DECLARE(shmdepay)

static gboolean plugin_init(GstPlugin* plugin) {
  gboolean registered = TRUE;
  registered &= GST_ELEMENT_REGISTER(ballsrc, plugin);
  //
  registered &= GST_ELEMENT_REGISTER(balllocate, plugin);
  //
  registered &= GST_ELEMENT_REGISTER(balloverlay, plugin);
  //
  registered &= GST_ELEMENT_REGISTER(shmpay, plugin);
  registered &= GST_ELEMENT_REGISTER(shmdepay, plugin);
  return registered;
}

#define PACKAGE "gst-ball"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, ball,
                  "A ball with known position, its detection, and frames over shared memory",
                  plugin_init, BALL_VERSION, "LGPL", "gst-ball", "gst-ball")
