// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/farewell.h"

#include <array>
#include <utility>

namespace ball {
namespace {

constexpr guint kLimit = 1000;  // ms
constexpr size_t kMaxThrownAway = 4 * size_t{1024} * 1024;
constexpr size_t kMaxFarewells = 64;

// Over TLS, tells that nothing follows: that takes some bytes of the socket's buffer, and would
// block where there is no room for them.
void EndTls(GSocketConnection* connection) {
  if (!G_IS_TCP_WRAPPER_CONNECTION(connection)) return;
  GSocket* socket = g_socket_connection_get_socket(connection);
  if ((g_socket_condition_check(socket, G_IO_OUT) & G_IO_OUT) == 0) return;
  g_output_stream_close(g_io_stream_get_output_stream(G_IO_STREAM(connection)), nullptr, nullptr);
}

// One connection that ends; it deletes itself.
class Farewell {
 public:
  static size_t count() { return count_; }

  explicit Farewell(Ref<GSocketConnection> connection) : connection_(std::move(connection)) {
    ++count_;
    readable_ = Ref<GSource>::adopt(g_socket_create_source(socket(), G_IO_IN, nullptr));
    g_source_set_callback(readable_.get(), G_SOURCE_FUNC(OnReadable), this, nullptr);
    g_source_attach(readable_.get(), nullptr);
    limit_ = Ref<GSource>::adopt(g_timeout_source_new(kLimit));
    g_source_set_callback(limit_.get(), OnLimit, this, nullptr);
    g_source_attach(limit_.get(), nullptr);
  }
  ~Farewell() {
    g_source_destroy(readable_.get());
    g_source_destroy(limit_.get());
    g_socket_close(socket(), nullptr);
    --count_;
  }
  Farewell(const Farewell&) = delete;
  Farewell& operator=(const Farewell&) = delete;

 private:
  GSocket* socket() const { return g_socket_connection_get_socket(connection_.get()); }

  static gboolean OnReadable(GSocket* socket, GIOCondition, gpointer data) {
    auto* self = static_cast<Farewell*>(data);
    std::array<char, 16384> bytes{};
    const gssize count =
        g_socket_receive_with_blocking(socket, bytes.data(), bytes.size(), FALSE, nullptr, nullptr);
    if (count > 0) self->thrown_away_ += static_cast<size_t>(count);
    if (count > 0 && self->thrown_away_ < kMaxThrownAway) return G_SOURCE_CONTINUE;
    delete self;
    return G_SOURCE_REMOVE;
  }

  static gboolean OnLimit(gpointer self) {
    delete static_cast<Farewell*>(self);
    return G_SOURCE_REMOVE;
  }

  static size_t count_;

  const Ref<GSocketConnection> connection_;
  Ref<GSource> readable_;
  Ref<GSource> limit_;
  size_t thrown_away_ = 0;
};

size_t Farewell::count_ = 0;

}  // namespace

void SayFarewell(Ref<GSocketConnection> connection) {
  EndTls(connection.get());
  GSocket* socket = g_socket_connection_get_socket(connection.get());
  if (Farewell::count() >= kMaxFarewells ||
      g_socket_shutdown(socket, FALSE, TRUE, nullptr) == FALSE) {
    g_socket_close(socket, nullptr);
    return;
  }
  new Farewell(std::move(connection));
}

}  // namespace ball
