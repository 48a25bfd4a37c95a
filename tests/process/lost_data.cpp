// SPDX-License-Identifier: LGPL-2.1-or-later
// Preloaded into a program: nothing leaves it over SCTP. Frames come and go, and no data channel
// ever opens.
#include <dlfcn.h>
#include <gst/gst.h>

namespace {

GstPadProbeReturn Drop(GstPad*, GstPadProbeInfo*, gpointer) { return GST_PAD_PROBE_DROP; }

}  // namespace

extern "C" gboolean gst_bin_add(GstBin* bin, GstElement* element) {
  using Add = gboolean (*)(GstBin*, GstElement*);
  static const auto real = reinterpret_cast<Add>(dlsym(RTLD_NEXT, "gst_bin_add"));
  GstElementFactory* factory = gst_element_get_factory(element);
  if (factory != nullptr && g_strcmp0(GST_OBJECT_NAME(factory), "sctpenc") == 0) {
    GstPad* pad = gst_element_get_static_pad(element, "src");
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, Drop, nullptr, nullptr);
    gst_object_unref(pad);
  }
  return real(bin, element);
}
