// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <mutex>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {

// What an element is asked and answers later. One that is stopped before loses the question, which
// nobody would release then: those without an answer end here. The element answers nothing any
// more when this is destroyed. Any thread.
class Promises {
 public:
  Promises() = default;
  ~Promises();
  Promises(const Promises&) = delete;
  Promises& operator=(const Promises&) = delete;

  // A promise, lent for as long as this lives. `on_answer` is called once it is answered, on the
  // thread of who does it.
  GstPromise* Make(GstPromiseChangeFunc on_answer, gpointer data);

 private:
  std::mutex lock_;
  std::vector<Ref<GstPromise>> made_;
};

}  // namespace ball
