// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <functional>
#include <map>

namespace ball {

// Calls back on the main thread for many descriptors at the cost of one: the main loop looks at a
// single epoll descriptor, not at each of theirs. Main thread only.
class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // False where the system refuses.
  bool Add(int fd, std::function<void()> on_readable);
  void Remove(int fd);

 private:
  static gboolean OnReadable(gint fd, GIOCondition condition, gpointer self);

  const int epoll_;
  guint source_ = 0;
  std::map<int, std::function<void()>> readers_;
};

}  // namespace ball
