// SPDX-License-Identifier: LGPL-2.1-or-later
// GLib's locks and reference counts are futexes and atomics in libraries that are not compiled with
// ThreadSanitizer, so it takes what they protect for unprotected. Preloaded, this tells it what
// happens before what. And it lets no signal get lost. Outside of such a program it does no harm.
#include <dlfcn.h>
#include <glib-object.h>
#include <gst/gst.h>
#include <pthread.h>

#include <csignal>
#include <string_view>

#undef g_mutex_trylock
#undef g_object_ref

extern "C" {
void __tsan_acquire(void* address) __attribute__((weak));
void __tsan_release(void* address) __attribute__((weak));
}

namespace {

void Acquire(void* address) {
  if (__tsan_acquire != nullptr && address != nullptr) __tsan_acquire(address);
}

void Release(void* address) {
  if (__tsan_release != nullptr && address != nullptr) __tsan_release(address);
}

// The function of that name in the library behind this one.
template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

// What is called once the last reference to a memory is gone, wherever the buffer went meanwhile.
struct Farewell {
  gpointer data;
  GDestroyNotify notify;
};

void SayFarewell(gpointer data) {
  auto* farewell = static_cast<Farewell*>(data);
  Acquire(farewell);
  farewell->notify(farewell->data);
  g_free(farewell);
}

// The last reference to a source may be GLib's own, which it gives up without a call that is seen
// here.
struct SourceFuncs {
  GSourceFuncs funcs;
  void (*finalize)(GSource*);
};

using CreateThread = int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);

// tsan.supp knows the threads of GLib and of usrsctp, which is in GStreamer's plugin, by this name
// in the stack: their own frames are not always in it.
[[gnu::noinline]] int CreateThreadForLibrary(CreateThread* create, pthread_t* thread,
                                             const pthread_attr_t* attributes, void* (*run)(void*),
                                             void* data) {
  return create(thread, attributes, run, data);
}

bool IsInLibrary(void* address) {
  Dl_info where{};
  if (dladdr(address, &where) == 0) return false;
  const std::string_view file = where.dli_fname;
  return file.find("/libglib-2.0.") != file.npos || file.find("/libgstsctp.") != file.npos;
}

void FinalizeSource(GSource* source) {
  Acquire(source);
  const auto* wrapped = reinterpret_cast<const SourceFuncs*>(source->source_funcs);
  if (wrapped->finalize != nullptr) wrapped->finalize(source);
}

}  // namespace

#define NEXT(name) static auto* const next = Next<decltype(name)>(#name)

#define TAKES(type, name) \
  void name(type* lock) { \
    NEXT(name);           \
    next(lock);           \
    Acquire(lock);        \
  }

#define GIVES(type, name) \
  void name(type* lock) { \
    NEXT(name);           \
    Release(lock);        \
    next(lock);           \
  }

#define TRIES(type, name)            \
  gboolean name(type* lock) {        \
    NEXT(name);                      \
    const gboolean got = next(lock); \
    if (got) Acquire(lock);          \
    return got;                      \
  }

extern "C" {

TAKES(GMutex, g_mutex_lock)
GIVES(GMutex, g_mutex_unlock)
TRIES(GMutex, g_mutex_trylock)
TAKES(GRecMutex, g_rec_mutex_lock)
GIVES(GRecMutex, g_rec_mutex_unlock)
TRIES(GRecMutex, g_rec_mutex_trylock)
TAKES(GRWLock, g_rw_lock_writer_lock)
GIVES(GRWLock, g_rw_lock_writer_unlock)
TRIES(GRWLock, g_rw_lock_writer_trylock)
TAKES(GRWLock, g_rw_lock_reader_lock)
GIVES(GRWLock, g_rw_lock_reader_unlock)
TRIES(GRWLock, g_rw_lock_reader_trylock)

void g_cond_wait(GCond* condition, GMutex* lock) {
  NEXT(g_cond_wait);
  Release(lock);
  next(condition, lock);
  Acquire(lock);
}

gboolean g_cond_wait_until(GCond* condition, GMutex* lock, gint64 end) {
  NEXT(g_cond_wait_until);
  Release(lock);
  const gboolean woken = next(condition, lock, end);
  Acquire(lock);
  return woken;
}

void g_async_queue_push(GAsyncQueue* queue, gpointer data) {
  NEXT(g_async_queue_push);
  Release(queue);
  next(queue, data);
}

gpointer g_async_queue_pop(GAsyncQueue* queue) {
  NEXT(g_async_queue_pop);
  const gpointer data = next(queue);
  Acquire(queue);
  return data;
}

gpointer g_async_queue_try_pop(GAsyncQueue* queue) {
  NEXT(g_async_queue_try_pop);
  const gpointer data = next(queue);
  Acquire(queue);
  return data;
}

gpointer g_async_queue_timeout_pop(GAsyncQueue* queue, guint64 limit) {
  NEXT(g_async_queue_timeout_pop);
  const gpointer data = next(queue, limit);
  Acquire(queue);
  return data;
}

// The last one who lets go frees what the others used before.
void g_object_unref(gpointer object) {
  NEXT(g_object_unref);
  Release(object);
  Acquire(object);
  next(object);
}

void gst_object_unref(gpointer object) {
  NEXT(gst_object_unref);
  Release(object);
  Acquire(object);
  next(object);
}

void gst_mini_object_unref(GstMiniObject* object) {
  NEXT(gst_mini_object_unref);
  Release(object);
  Acquire(object);
  next(object);
}

GstBuffer* gst_buffer_new_wrapped_full(GstMemoryFlags flags, gpointer memory, gsize most,
                                       gsize offset, gsize size, gpointer data,
                                       GDestroyNotify notify) {
  NEXT(gst_buffer_new_wrapped_full);
  if (notify == nullptr) return next(flags, memory, most, offset, size, data, notify);
  auto* farewell = g_new(Farewell, 1);
  *farewell = {data, notify};
  Release(farewell);
  return next(flags, memory, most, offset, size, farewell, SayFarewell);
}

// The wrapper is never freed: GLib may look at it until the source is.
GSource* g_source_new(GSourceFuncs* funcs, guint size) {
  NEXT(g_source_new);
  auto* wrapped = g_new(SourceFuncs, 1);
  *wrapped = {*funcs, funcs->finalize};
  wrapped->funcs.finalize = FinalizeSource;
  return next(&wrapped->funcs, size);
}

void g_source_unref(GSource* source) {
  NEXT(g_source_unref);
  Release(source);
  Acquire(source);
  next(source);
}

void g_main_context_wakeup(GMainContext* context) {
  NEXT(g_main_context_wakeup);
  Release(context);
  next(context);
}

// ThreadSanitizer puts a signal off until its thread next runs code that is compiled with it. While
// the main thread makes another one it takes no signals, and the kernel gives them to any other:
// to one that waits in GLib for good, they are lost. So none but the main thread takes these.
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*run)(void*),
                   void* data) noexcept {
  NEXT(pthread_create);
  sigset_t ends, before;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &ends, &before);
  const int error = IsInLibrary(__builtin_return_address(0))
                        ? CreateThreadForLibrary(next, thread, attributes, run, data)
                        : next(thread, attributes, run, data);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return error;
}

}  // extern "C"
