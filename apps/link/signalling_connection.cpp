// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/signalling_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <utility>

#include "apps/link/farewell.h"

namespace ball {
namespace {

// A peer that does not read while we write this much is not a signalling peer.
constexpr size_t kMaxOutput = 4 * kMaxSignallingLine;

std::string AddressText(GInetSocketAddress* address) {
  const OwnedString host(g_inet_address_to_string(g_inet_socket_address_get_address(address)));
  const bool v6 = g_socket_address_get_family(G_SOCKET_ADDRESS(address)) == G_SOCKET_FAMILY_IPV6;
  std::string text = v6 ? "[" : "";
  text += host.get();
  text += v6 ? "]:" : ":";
  return text + std::to_string(g_inet_socket_address_get_port(address));
}

// What a TLS peer sends first: a record of type alert or handshake, of major version 3.
bool SpeaksTls(std::string_view begin) {
  return begin.size() >= 2 && (begin[0] == 0x15 || begin[0] == 0x16) && begin[1] == 0x03;
}

GPollableOutputStream* OutputOf(GSocketConnection* connection) {
  return G_POLLABLE_OUTPUT_STREAM(g_io_stream_get_output_stream(G_IO_STREAM(connection)));
}

}  // namespace

std::string PeerNameOf(GSocketConnection* connection) {
  const auto address =
      Ref<GSocketAddress>::adopt(g_socket_connection_get_remote_address(connection, nullptr));
  return G_IS_INET_SOCKET_ADDRESS(address.get()) ? AddressText(G_INET_SOCKET_ADDRESS(address.get()))
                                                 : "unknown";
}

// A read under way. It has its own memory, because a cancelled read may end after its connection.
struct SignallingConnection::Read {
  SignallingConnection* self;
  std::array<char, 16384> bytes;
};

std::string PeerAddressOf(GSocketConnection* connection) {
  const std::string name = PeerNameOf(connection);
  return name.substr(0, name.rfind(':'));
}

SignallingConnection::SignallingConnection(Ref<GSocketConnection> connection,
                                           std::optional<ConnectionLimits::Place> place)
    : place_(std::move(place)),
      connection_(std::move(connection)),
      cancellable_(Ref<GCancellable>::adopt(g_cancellable_new())) {
  GSocket* socket = g_socket_connection_get_socket(connection_.get());
  g_socket_set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
}

SignallingConnection::~SignallingConnection() {
  g_cancellable_cancel(cancellable_.get());
  StopWriting();
  // What is not written by now never is.
  if (!std::exchange(closed_, true)) {
    g_socket_close(g_socket_connection_get_socket(connection_.get()), nullptr);
  }
}

void SignallingConnection::Start(Events events) {
  events_ = std::move(events);
  if (!std::exchange(started_, true)) ReadNext();
}

void SignallingConnection::ReadNext() {
  auto* read = new Read{this, {}};
  g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(connection_.get())),
                            read->bytes.data(), read->bytes.size(), G_PRIORITY_DEFAULT,
                            cancellable_.get(), OnRead, read);
}

void SignallingConnection::OnRead(GObject* stream, GAsyncResult* result, gpointer data) {
  const std::unique_ptr<Read> read(static_cast<Read*>(data));
  GError* raw_error = nullptr;
  const gssize count = g_input_stream_read_finish(G_INPUT_STREAM(stream), result, &raw_error);
  const OwnedError error(raw_error);
  // Cancelled: the connection is gone, so it must not be touched.
  if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) return;
  if (error) return read->self->End(error->message);
  if (count == 0) return read->self->End("end of file");
  const std::string_view bytes(read->bytes.data(), static_cast<size_t>(count));
  if (!std::exchange(read->self->heard_, true) && SpeaksTls(bytes)) {
    return read->self->End(
        "the other side speaks TLS: the server needs --tls-cert, a client --tls");
  }
  const bool fits = read->self->framer_.Feed(bytes);
  const auto gone = Ref<GCancellable>::retain(read->self->cancellable_.get());
  read->self->DeliverLines();
  if (g_cancellable_is_cancelled(gone.get())) return;
  if (!fits) {
    return read->self->End("a line is longer than " + std::to_string(kMaxSignallingLine) +
                           " bytes");
  }
  if (!read->self->ended_) read->self->ReadNext();
}

void SignallingConnection::DeliverLines() {
  const auto gone = Ref<GCancellable>::retain(cancellable_.get());
  while (!g_cancellable_is_cancelled(gone.get()) && !ended_) {
    const auto line = framer_.Next();
    if (!line) return;
    const auto message = ParseSignallingMessage(*line);
    if (!message) {
      return End("a line is no signalling message: " + WhyNoSignallingMessage(*line));
    }
    // The callback may destroy this connection, and its own std::function with it.
    const auto on_message = events_.on_message;
    on_message(*message);
  }
}

void SignallingConnection::Send(const SignallingMessage& message) {
  output_ += SerializeSignallingMessage(message) + "\n";
  if (output_.size() > kMaxOutput) return GiveUp();
  if (!writable_) WriteQueued();
}

// Part of a line may be written already, so nothing that makes sense can follow it. The reader sees
// the end of file and reports it.
void SignallingConnection::GiveUp() {
  output_.clear();
  StopWriting();
  g_socket_shutdown(g_socket_connection_get_socket(connection_.get()), TRUE, TRUE, nullptr);
}

void SignallingConnection::WriteQueued() {
  while (!output_.empty()) {
    GError* raw_error = nullptr;
    const gssize count = g_pollable_output_stream_write_nonblocking(
        OutputOf(connection_.get()), output_.data(), output_.size(), nullptr, &raw_error);
    const OwnedError error(raw_error);
    if (g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) return AwaitWritable();
    // The reader notices the broken connection and reports it.
    if (error) output_.clear();
    if (count > 0) output_.erase(0, static_cast<size_t>(count));
  }
  StopWriting();
  if (closing_) Close();
}

void SignallingConnection::Close() {
  if (!std::exchange(closed_, true)) SayFarewell(connection_);
}

void SignallingConnection::AwaitWritable() {
  if (writable_) return;
  writable_ = Ref<GSource>::adopt(
      g_pollable_output_stream_create_source(OutputOf(connection_.get()), nullptr));
  g_source_set_callback(writable_.get(), G_SOURCE_FUNC(OnWritable), this, nullptr);
  g_source_attach(writable_.get(), nullptr);
}

gboolean SignallingConnection::OnWritable(GObject*, gpointer self) {
  static_cast<SignallingConnection*>(self)->WriteQueued();
  return G_SOURCE_CONTINUE;
}

void SignallingConnection::StopWriting() {
  if (const auto source = std::exchange(writable_, {})) g_source_destroy(source.get());
}

void SignallingConnection::CloseAfterSending() {
  closing_ = true;
  ended_ = true;
  if (!writable_) WriteQueued();
}

void SignallingConnection::End(const std::string& reason) {
  if (std::exchange(ended_, true)) return;
  const auto on_closed = events_.on_closed;
  on_closed(reason);
}

std::optional<std::chrono::microseconds> SignallingConnection::RoundTrip() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  const int socket = g_socket_get_fd(g_socket_connection_get_socket(connection_.get()));
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || info.tcpi_rtt == 0) return {};
  return std::chrono::microseconds(info.tcpi_rtt);
}

std::string SignallingConnection::LoopbackAddress() const {
  const auto address =
      Ref<GSocketAddress>::adopt(g_socket_connection_get_local_address(connection_.get(), nullptr));
  if (!address) return {};
  GInetAddress* host = g_inet_socket_address_get_address(G_INET_SOCKET_ADDRESS(address.get()));
  if (!g_inet_address_get_is_loopback(host)) return {};
  return OwnedString(g_inet_address_to_string(host)).get();
}

}  // namespace ball
