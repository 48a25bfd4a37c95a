// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/light_client/poller.h"

#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace ball {

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ >= 0) source_ = g_unix_fd_add(epoll_, G_IO_IN, OnReadable, this);
}

Poller::~Poller() {
  if (source_ != 0) g_source_remove(source_);
  if (epoll_ >= 0) close(epoll_);
}

bool Poller::Add(int fd, std::function<void()> on_readable) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) != 0) return false;
  readers_[fd] = std::move(on_readable);
  return true;
}

void Poller::Remove(int fd) {
  if (readers_.erase(fd) != 0) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

gboolean Poller::OnReadable(gint, GIOCondition, gpointer data) {
  auto* self = static_cast<Poller*>(data);
  std::array<epoll_event, 64> events{};
  const int count = epoll_wait(self->epoll_, events.data(), events.size(), 0);
  for (int i = 0; i < count; ++i) {
    // An earlier one's callback may have removed it.
    const auto reader = self->readers_.find(events[static_cast<size_t>(i)].data.fd);
    if (reader != self->readers_.end()) reader->second();
  }
  return G_SOURCE_CONTINUE;
}

}  // namespace ball
