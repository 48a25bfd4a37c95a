// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

#include <memory>
#include <type_traits>
#include <utility>

namespace ball {

// Owned<T>: a C resource that is freed. Ref<T>: one that is counted. A Ref is made only by adopt,
// retain or sink, so that each call site says what the C function transferred.

struct Free {
  void operator()(char* text) const { g_free(text); }
  void operator()(char** strings) const { g_strfreev(strings); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GOptionContext* context) const { g_option_context_free(context); }
  void operator()(GChecksum* checksum) const { g_checksum_free(checksum); }
  void operator()(GDir* dir) const { g_dir_close(dir); }
  void operator()(GstStructure* structure) const { gst_structure_free(structure); }
  void operator()(GstSDPMessage* sdp) const { gst_sdp_message_free(sdp); }
  void operator()(GstWebRTCSessionDescription* description) const {
    gst_webrtc_session_description_free(description);
  }
};

template <typename T>
using Owned = std::unique_ptr<T, Free>;
using OwnedString = Owned<char>;
using OwnedError = Owned<GError>;

// How a counted type is retained and released: GObjects unless said otherwise.
template <typename T>
struct Counted {
  static void Retain(T* object) { g_object_ref(object); }
  static void Release(T* object) { g_object_unref(object); }
};

template <typename T>
struct CountedMiniObject {
  static void Retain(T* object) { gst_mini_object_ref(GST_MINI_OBJECT_CAST(object)); }
  static void Release(T* object) { gst_mini_object_unref(GST_MINI_OBJECT_CAST(object)); }
};
template <>
struct Counted<GstBuffer> : CountedMiniObject<GstBuffer> {};
template <>
struct Counted<GstCaps> : CountedMiniObject<GstCaps> {};
template <>
struct Counted<GstSample> : CountedMiniObject<GstSample> {};
template <>
struct Counted<GstMessage> : CountedMiniObject<GstMessage> {};
template <>
struct Counted<GstPromise> : CountedMiniObject<GstPromise> {};

template <>
struct Counted<GMainLoop> {
  static void Retain(GMainLoop* loop) { g_main_loop_ref(loop); }
  static void Release(GMainLoop* loop) { g_main_loop_unref(loop); }
};
template <>
struct Counted<GSource> {
  static void Retain(GSource* source) { g_source_ref(source); }
  static void Release(GSource* source) { g_source_unref(source); }
};
template <>
struct Counted<GMainContext> {
  static void Retain(GMainContext* context) { g_main_context_ref(context); }
  static void Release(GMainContext* context) { g_main_context_unref(context); }
};
template <>
struct Counted<GPtrArray> {
  static void Retain(GPtrArray* array) { g_ptr_array_ref(array); }
  static void Release(GPtrArray* array) { g_ptr_array_unref(array); }
};
template <>
struct Counted<GArray> {
  static void Retain(GArray* array) { g_array_ref(array); }
  static void Release(GArray* array) { g_array_unref(array); }
};

template <typename T>
class Ref {
 public:
  Ref() = default;
  // The C function gave us its reference ("transfer full").
  static Ref adopt(T* object) { return Ref(object); }
  // The C function lent the object ("transfer none"): take a reference of our own.
  static Ref retain(T* object) {
    if (object != nullptr) Counted<T>::Retain(object);
    return Ref(object);
  }
  // A new GstElement and its like: floating, so that its first owner sinks it.
  static Ref sink(T* object) {
    if (object != nullptr) g_object_ref_sink(object);
    return Ref(object);
  }

  Ref(const Ref& other) : Ref(retain(other.object_)) {}
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) Counted<T>::Release(object_);
  }

  T* get() const { return object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  // Gives the reference away, to a function that takes it ("transfer full").
  T* release() { return std::exchange(object_, nullptr); }

 private:
  explicit Ref(T* object) : object_(object) {}

  T* object_ = nullptr;
};

// A signal handler that is disconnected with its owner. The handler may still be running in another
// thread when that happens: the state it touches must outlive the emitting object's threads.
class SignalHandler {
 public:
  SignalHandler() = default;
  SignalHandler(gpointer object, const char* signal, GCallback callback, gpointer data)
      : object_(Ref<GObject>::retain(G_OBJECT(object))),
        id_(g_signal_connect(object, signal, callback, data)) {}
  SignalHandler(SignalHandler&& other) noexcept
      : object_(std::move(other.object_)), id_(std::exchange(other.id_, 0)) {}
  SignalHandler& operator=(SignalHandler&& other) noexcept {
    Disconnect();
    object_ = std::move(other.object_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~SignalHandler() { Disconnect(); }

  void Disconnect() {
    if (id_ != 0) g_signal_handler_disconnect(object_.get(), std::exchange(id_, 0));
    object_ = {};
  }

 private:
  Ref<GObject> object_;
  gulong id_ = 0;
};

}  // namespace ball
