// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"
#include "apps/link/visitor.h"

namespace ball {

// Answers checks on a Unix socket, for probes of this machine. Main thread only.
class StatusSocket {
 public:
  explicit StatusSocket(std::function<Status()> status) : status_(std::move(status)) {}
  ~StatusSocket();
  StatusSocket(const StatusSocket&) = delete;
  StatusSocket& operator=(const StatusSocket&) = delete;

  // In a directory that is private to the user. An empty text, or why it does not listen.
  std::string Listen(const std::string& path);

 private:
  static gboolean OnIncoming(GSocketService* service, GSocketConnection* connection,
                             GObject* source, gpointer data);

  void Answer(Visitor& visitor, const SignallingMessage& answer);

  const std::function<Status()> status_;
  Mailbox mailbox_;
  Ref<GSocketService> service_;
  SignalHandler incoming_;
  std::list<std::unique_ptr<Visitor>> visitors_;
};

}  // namespace ball
