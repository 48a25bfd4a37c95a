// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/promises.h"

namespace ball {
namespace {

struct Answer {
  GstPromiseChangeFunc call;
  gpointer data;
};

void OnChange(GstPromise* promise, gpointer data) {
  if (gst_promise_wait(promise) != GST_PROMISE_RESULT_REPLIED) return;
  const auto* answer = static_cast<Answer*>(data);
  answer->call(promise, answer->data);
}

}  // namespace

// What is answered already stays as it is.
Promises::~Promises() {
  for (const auto& promise : made_) gst_promise_interrupt(promise.get());
}

GstPromise* Promises::Make(GstPromiseChangeFunc on_answer, gpointer data) {
  const std::lock_guard guard(lock_);
  made_.push_back(Ref<GstPromise>::adopt(gst_promise_new_with_change_func(
      OnChange, new Answer{on_answer, data},
      [](gpointer answer) { delete static_cast<Answer*>(answer); })));
  return made_.back().get();
}

}  // namespace ball
