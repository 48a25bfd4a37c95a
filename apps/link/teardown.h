// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "apps/link/glib_ptr.h"
#include "apps/link/main_loop.h"

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
// hang when its peer was only half negotiated. One that takes too long is cut off: it is not waited
// for any more, and counted. Its threads cannot be ended, and stay. Main thread only.
class Teardown {
 public:
  struct Settings {
    // From its burial on; 0: none is cut off.
    std::chrono::milliseconds limit{0};
    // One was cut off; its name.
    std::function<void(const std::string& name)> on_cut_off;
  };

  Teardown() : Teardown(Settings{}) {}
  explicit Teardown(Settings settings);
  ~Teardown();
  Teardown(const Teardown&) = delete;
  Teardown& operator=(const Teardown&) = delete;

  // Lets the owner leave, sets the pipeline to NULL and then destroys its owner, on a thread of its
  // own.
  void Bury(std::unique_ptr<PipelineOwner> owner, const std::string& name = "");

  // How many were cut off, those that ended after all too.
  size_t cut_off() const { return cut_off_; }

  // Waits for all that was buried and not cut off, and for the burying threads. False if some of it
  // hangs: its threads cannot be ended, so the process should leave by _exit.
  bool Finish(std::chrono::milliseconds limit);

 private:
  struct Graves;

  void Watch();

  const Settings settings_;
  // Leaked if a thread hangs, since that thread still points at it.
  Graves* graves_;
  size_t cut_off_ = 0;
  Timer watch_timer_;
};

}  // namespace ball
