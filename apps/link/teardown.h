// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>

#include "apps/link/glib_ptr.h"

namespace ball {

// Something that owns a pipeline and what the pipeline's threads touch. Before it is buried its
// owner has made sure that it sends no more events.
class PipelineOwner {
 public:
  virtual ~PipelineOwner() = default;
  virtual GstElement* pipeline() const = 0;
  // Called first, on the burying thread, while the pipeline still runs: takes leave of who has to
  // be told over the network.
  virtual void Leave() {}
};

// Ends pipelines away from the main thread: stopping a webrtcbin may take long, and in 1.22 it may
// hang when its peer was only half negotiated. Main thread only.
class Teardown {
 public:
  Teardown();
  ~Teardown();
  Teardown(const Teardown&) = delete;
  Teardown& operator=(const Teardown&) = delete;

  // Lets the owner leave, sets the pipeline to NULL and then destroys its owner, on a thread of its
  // own.
  void Bury(std::unique_ptr<PipelineOwner> owner);

  // Waits for all that was buried. False if some of it hangs: its threads cannot be ended, so the
  // process should leave by _exit.
  bool Finish(std::chrono::milliseconds limit);

 private:
  struct Count;

  // Leaked if a thread hangs, since that thread still points at it.
  Count* count_;
};

}  // namespace ball
