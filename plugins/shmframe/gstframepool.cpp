// SPDX-License-Identifier: LGPL-2.1-or-later
#include "plugins/shmframe/gstframepool.h"

#include <atomic>
#include <cstring>
#include <memory>
#include <utility>

#include "plugins/shmframe/gstframebuffer.h"

// NOLINTBEGIN(readability-identifier-naming): GObject's names
#define GST_TYPE_FRAME_ALLOCATOR (gst_frame_allocator_get_type())
G_DECLARE_FINAL_TYPE(GstFrameAllocator, gst_frame_allocator, GST, FRAME_ALLOCATOR, GstAllocator)
#define GST_TYPE_FRAME_POOL (gst_frame_pool_get_type())
G_DECLARE_FINAL_TYPE(GstFramePool, gst_frame_pool, GST, FRAME_POOL, GstVideoBufferPool)

// Gives out memory of the area while there is some, else ordinary memory.
struct _GstFrameAllocator {
  GstAllocator parent;
  ball::FrameArea* area;
  GMutex lock;
  gboolean open;  // guarded by lock
  gint era;       // atomic: how often it was closed
};

struct _GstFramePool {
  GstVideoBufferPool parent;
  GstFrameAllocator* allocator;
  gboolean keeps;  // as configured
  // Both guarded by the allocator's lock.
  gboolean gives_up;  // what comes back, for now
  GPtrArray* idle;    // kept frames, all in the area
};

G_DEFINE_TYPE(GstFrameAllocator, gst_frame_allocator, GST_TYPE_ALLOCATOR)
G_DEFINE_TYPE(GstFramePool, gst_frame_pool, GST_TYPE_VIDEO_BUFFER_POOL)
// NOLINTEND(readability-identifier-naming)

namespace {

// The header ends where the frame begins, which stays aligned for the decoder's vector loads.
constexpr gsize kPrefix = 256;
static_assert(kPrefix >= ball::kFrameHeaderSize);

// On each memory that came out of the area.
struct Lease {
  GstFrameAllocator* allocator;
  gint era;
  gsize size;  // of the frame, which begins behind kPrefix
  std::atomic_flag packed = ATOMIC_FLAG_INIT;
};

GQuark LeaseQuark() {
  static const GQuark quark = g_quark_from_static_string("ball-frame-lease");
  return quark;
}

// Of a buffer that has such memory and nothing else; else null.
Lease* LeaseOf(GstBuffer* buffer) {
  if (gst_buffer_n_memory(buffer) != 1) return nullptr;
  GstMemory* memory = gst_buffer_peek_memory(buffer, 0);
  return static_cast<Lease*>(gst_mini_object_get_qdata(GST_MINI_OBJECT(memory), LeaseQuark()));
}

void EndLease(gpointer data) {
  const std::unique_ptr<Lease> lease(static_cast<Lease*>(data));
  gst_object_unref(lease->allocator);
}

// Memory of the area itself, or null: GStreamer 1.22's shmsink gives ordinary memory where it has
// no room left.
GstMemory* Allocate(GstAllocator* area, gsize size, GstAllocationParams params) {
  GstMemory* memory = gst_allocator_alloc(area, size, &params);
  if (memory == nullptr || memory->allocator == area) return memory;
  gst_memory_unref(memory);
  return nullptr;
}

// For header and frame as shmsink copies them.
GstMemory* AllocateCopy(GstAllocator* area, gsize frame_size) {
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  return Allocate(area, ball::kFrameHeaderSize + frame_size, params);
}

// What `allocate` makes in the area, null where that cannot be used now. While the pad's stream is
// locked shmsink cannot stop; where it is busy with a frame nobody waits for that.
template <typename Allocation>
GstMemory* AllocateIn(const ball::FrameArea& area, Allocation allocate) {
  if (!GST_PAD_STREAM_TRYLOCK(area.pad.get())) return nullptr;
  GstMemory* memory =
      GST_PAD_IS_FLUSHING(area.pad.get()) ? nullptr : allocate(area.allocator.get());
  GST_PAD_STREAM_UNLOCK(area.pad.get());
  return memory;
}

// Null where a copy of another such frame would find no room beside it. shmsink waits for that room
// until its reader gives some back, and sees none that comes free otherwise: it must never have to
// wait for what was given out here. To count what is given out is not enough, as frames and copies
// differ in size and leave gaps.
GstMemory* AllocateBesideCopy(GstAllocator* area, gsize size, const GstAllocationParams& params) {
  GstMemory* memory = Allocate(area, size, params);
  if (memory == nullptr) return nullptr;
  GstMemory* copy = AllocateCopy(area, size);
  gst_memory_unref(copy != nullptr ? copy : std::exchange(memory, nullptr));
  return memory;
}

}  // namespace

// Null where it is closed or has no room.
static GstMemory* gst_frame_allocator_lease(GstFrameAllocator* self, gsize size,
                                            const GstAllocationParams& params) {
  g_autoptr(GMutexLocker) guard = g_mutex_locker_new(&self->lock);
  if (!self->open) return nullptr;
  GstMemory* memory = AllocateIn(
      *self->area, [&](GstAllocator* area) { return AllocateBesideCopy(area, size, params); });
  if (memory == nullptr) return nullptr;
  auto* lease =
      new Lease{GST_FRAME_ALLOCATOR(gst_object_ref(self)), g_atomic_int_get(&self->era), size};
  gst_mini_object_set_qdata(GST_MINI_OBJECT(memory), LeaseQuark(), lease, EndLease);
  return memory;
}

static GstMemory* gst_frame_allocator_alloc(GstAllocator* allocator, gsize size,
                                            GstAllocationParams* params) {
  GstMemory* memory = gst_frame_allocator_lease(GST_FRAME_ALLOCATOR(allocator), size, *params);
  return memory != nullptr ? memory : gst_allocator_alloc(nullptr, size, params);
}

static void gst_frame_allocator_finalize(GObject* object) {
  delete GST_FRAME_ALLOCATOR(object)->area;
  g_mutex_clear(&GST_FRAME_ALLOCATOR(object)->lock);
  G_OBJECT_CLASS(gst_frame_allocator_parent_class)->finalize(object);
}

static void gst_frame_allocator_class_init(GstFrameAllocatorClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = gst_frame_allocator_finalize;
  GST_ALLOCATOR_CLASS(klass)->alloc = gst_frame_allocator_alloc;
  // Never called: each memory is its own allocator's.
  GST_ALLOCATOR_CLASS(klass)->free = [](GstAllocator*, GstMemory*) {};
}

static void gst_frame_allocator_init(GstFrameAllocator* self) {
  g_mutex_init(&self->lock);
  self->open = TRUE;
}

// Whoever configures the pool names the allocator that it would use without one.
static gboolean gst_frame_pool_set_config(GstBufferPool* pool, GstStructure* config) {
  auto* self = GST_FRAME_POOL(pool);
  guint max_buffers = 0;
  gst_buffer_pool_config_get_params(config, nullptr, nullptr, nullptr, &max_buffers);
  // Whoever waits for one of a limited number is told only of those that are freed.
  self->keeps = max_buffers == 0;
  GstAllocationParams params;
  gst_allocation_params_init(&params);
  gst_buffer_pool_config_get_allocator(config, nullptr, &params);
  params.prefix = kPrefix;
  gst_buffer_pool_config_set_allocator(config, GST_ALLOCATOR(self->allocator), &params);
  return GST_BUFFER_POOL_CLASS(gst_frame_pool_parent_class)->set_config(pool, config);
}

// No frame is allocated before it is asked for: it would take room.
static gboolean gst_frame_pool_start(GstBufferPool*) { return TRUE; }

// The newest, whose memory is the likeliest to be in a cache.
static GstBuffer* gst_frame_pool_take_idle(GstFramePool* self) {
  g_autoptr(GMutexLocker) guard = g_mutex_locker_new(&self->allocator->lock);
  if (self->idle->len == 0) return nullptr;
  return GST_BUFFER(g_ptr_array_steal_index_fast(self->idle, self->idle->len - 1));
}

// An idle frame needs no proof that a copy finds room beside it: it has not moved since the first.
static GstFlowReturn gst_frame_pool_acquire_buffer(GstBufferPool* pool, GstBuffer** buffer,
                                                   GstBufferPoolAcquireParams* params) {
  if (GST_BUFFER_POOL_IS_FLUSHING(pool)) return GST_FLOW_FLUSHING;
  *buffer = gst_frame_pool_take_idle(GST_FRAME_POOL(pool));
  if (*buffer != nullptr) return GST_FLOW_OK;
  return GST_BUFFER_POOL_CLASS(gst_frame_pool_parent_class)->acquire_buffer(pool, buffer, params);
}

// A buffer whose memory was tagged as changed is not kept.
static void gst_frame_pool_free(GstBufferPool* pool, GstBuffer* buffer) {
  GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_TAG_MEMORY);
  GST_BUFFER_POOL_CLASS(gst_frame_pool_parent_class)->release_buffer(pool, buffer);
}

// Whether what has this lease may be given out again. With the lock held.
static gboolean gst_frame_pool_may_keep(GstBufferPool* pool, const Lease& lease) {
  const auto* self = GST_FRAME_POOL(pool);
  const GstFrameAllocator* allocator = self->allocator;
  return self->keeps && !self->gives_up && !GST_BUFFER_POOL_IS_FLUSHING(pool) &&
         lease.allocator == allocator && lease.era == allocator->era;
}

static gboolean gst_frame_pool_keep(GstBufferPool* pool, GstBuffer* buffer) {
  auto* self = GST_FRAME_POOL(pool);
  g_autoptr(GMutexLocker) guard = g_mutex_locker_new(&self->allocator->lock);
  Lease* lease = LeaseOf(buffer);
  if (lease == nullptr || !gst_frame_pool_may_keep(pool, *lease)) return FALSE;
  // Others may have the pixels.
  if (!gst_buffer_is_all_memory_writable(buffer)) return FALSE;
  GstMemory* memory = gst_buffer_peek_memory(buffer, 0);
  gst_memory_resize(memory, static_cast<gssize>(kPrefix) - static_cast<gssize>(memory->offset),
                    lease->size);
  lease->packed.clear();
  g_ptr_array_add(self->idle, buffer);
  return TRUE;
}

static void gst_frame_pool_release_buffer(GstBufferPool* pool, GstBuffer* buffer) {
  if (!gst_frame_pool_keep(pool, buffer)) gst_frame_pool_free(pool, buffer);
}

static void gst_frame_pool_free_idle(GstBufferPool* pool) {
  auto* self = GST_FRAME_POOL(pool);
  while (GstBuffer* buffer = gst_frame_pool_take_idle(self)) gst_frame_pool_free(pool, buffer);
}

static void gst_frame_pool_finalize(GObject* object) {
  // While the allocator is still there.
  gst_buffer_pool_set_active(GST_BUFFER_POOL(object), FALSE);
  g_ptr_array_unref(GST_FRAME_POOL(object)->idle);
  gst_object_unref(GST_FRAME_POOL(object)->allocator);
  G_OBJECT_CLASS(gst_frame_pool_parent_class)->finalize(object);
}

static void gst_frame_pool_class_init(GstFramePoolClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = gst_frame_pool_finalize;
  auto* pool_class = GST_BUFFER_POOL_CLASS(klass);
  pool_class->set_config = gst_frame_pool_set_config;
  pool_class->start = gst_frame_pool_start;
  pool_class->acquire_buffer = gst_frame_pool_acquire_buffer;
  pool_class->release_buffer = gst_frame_pool_release_buffer;
  pool_class->flush_start = gst_frame_pool_free_idle;
}

static void gst_frame_pool_init(GstFramePool* self) { self->idle = g_ptr_array_new(); }

namespace ball {
namespace {

BufferRef WithMetadata(GstBuffer* frame, GstMemory* memory) {
  BufferRef packed = MetadataOf(frame);
  gst_buffer_append_memory(packed.get(), memory);
  return packed;
}

}  // namespace

FrameArea AreaBehind(GstPad* pad) {
  PadRef peer(gst_pad_get_peer(pad));
  if (!peer) return {};
  const auto* owner = GST_OBJECT_PARENT(peer.get());
  if (owner == nullptr || g_strcmp0(G_OBJECT_TYPE_NAME(owner), "GstShmSink") != 0) return {};
  const CapsRef caps(gst_pad_get_current_caps(pad));
  const QueryRef query(gst_query_new_allocation(caps.get(), FALSE));
  if (!gst_pad_query(peer.get(), query.get())) return {};
  if (gst_query_get_n_allocation_params(query.get()) == 0) return {};
  GstAllocator* allocator = nullptr;
  gst_query_parse_nth_allocation_param(query.get(), 0, &allocator, nullptr);
  return {AllocatorRef(allocator), std::move(peer)};
}

GstBufferPool* NewFramePool(const FrameArea& area) {
  auto* allocator =
      GST_FRAME_ALLOCATOR(gst_object_ref_sink(g_object_new(GST_TYPE_FRAME_ALLOCATOR, nullptr)));
  allocator->area = new FrameArea{AllocatorRef(GST_ALLOCATOR(gst_object_ref(area.allocator.get()))),
                                  PadRef(GST_PAD(gst_object_ref(area.pad.get())))};
  auto* pool = GST_FRAME_POOL(gst_object_ref_sink(g_object_new(GST_TYPE_FRAME_POOL, nullptr)));
  pool->allocator = allocator;
  return GST_BUFFER_POOL(pool);
}

void CloseFramePool(GstBufferPool* pool) {
  GstFrameAllocator* allocator = GST_FRAME_POOL(pool)->allocator;
  {
    g_autoptr(GMutexLocker) guard = g_mutex_locker_new(&allocator->lock);
    allocator->open = FALSE;
    g_atomic_int_inc(&allocator->era);
  }
  gst_frame_pool_free_idle(pool);
}

void OpenFramePool(GstBufferPool* pool) {
  GstFrameAllocator* allocator = GST_FRAME_POOL(pool)->allocator;
  g_autoptr(GMutexLocker) guard = g_mutex_locker_new(&allocator->lock);
  allocator->open = TRUE;
}

RoomForCopy::RoomForCopy(PoolRef pool) : pool_(std::move(pool)) {
  if (!pool_) return;
  GiveUp(TRUE);
  gst_frame_pool_free_idle(pool_.get());
}

RoomForCopy::~RoomForCopy() {
  if (pool_) GiveUp(FALSE);
}

void RoomForCopy::GiveUp(gboolean on) {
  auto* pool = GST_FRAME_POOL(pool_.get());
  g_autoptr(GMutexLocker) guard = g_mutex_locker_new(&pool->allocator->lock);
  pool->gives_up = on;
}

BufferRef PackInPlace(GstBuffer* frame, const FrameHeader& header) {
  Lease* lease = LeaseOf(frame);
  if (lease == nullptr) return {};
  GstMemory* memory = gst_buffer_peek_memory(frame, 0);
  if (memory->offset != kPrefix) return {};
  if (lease->era != g_atomic_int_get(&lease->allocator->era)) return {};
  // A frame that comes a second time may still be with the reader, header and all.
  if (lease->packed.test_and_set()) return {};
  GstMapInfo map;
  if (!gst_memory_map(memory, &map, GST_MAP_READ)) return {};
  const auto bytes = Serialize(header);
  // The bytes before the frame are nobody's but ours, though the frame itself be read-only.
  std::memcpy(map.data - bytes.size(), bytes.data(), bytes.size());
  gst_memory_unmap(memory, &map);
  constexpr auto kSize = static_cast<gssize>(kFrameHeaderSize);
  const auto whole_size = kSize + static_cast<gssize>(header.payload_size);
  if (gst_buffer_is_writable(frame)) {
    gst_buffer_resize(frame, -kSize, whole_size);
    return BufferRef(gst_buffer_ref(frame));
  }
  GstMemory* whole = gst_memory_share(memory, -kSize, whole_size);
  return whole == nullptr ? BufferRef{} : WithMetadata(frame, whole);
}

BufferRef PackInto(const FrameArea& area, GstBuffer* frame, const FrameHeader& header) {
  GstMemory* memory = AllocateIn(
      area, [&](GstAllocator* allocator) { return AllocateCopy(allocator, header.payload_size); });
  if (memory == nullptr) return {};
  BufferRef packed = WithMetadata(frame, memory);
  GstMapInfo map;
  if (!gst_memory_map(memory, &map, GST_MAP_WRITE)) return {};
  const auto bytes = Serialize(header);
  std::memcpy(map.data, bytes.data(), bytes.size());
  gst_buffer_extract(frame, 0, map.data + bytes.size(), header.payload_size);
  gst_memory_unmap(memory, &map);
  return packed;
}

}  // namespace ball
