// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <set>

namespace ball {

// A shared memory segment that a library of this process has made and keeps open, and of which it
// tells nothing. One thread at a time.
class SharedSegment {
 public:
  SharedSegment() = default;
  ~SharedSegment() { Forget(); }
  SharedSegment(const SharedSegment&) = delete;
  SharedSegment& operator=(const SharedSegment&) = delete;

  // Runs `make`, which makes one in place of the one before: false where it made none.
  bool Find(const std::function<void()>& make);
  bool found() const { return file_ >= 0; }
  // Takes memory for all of it: false, with errno, where there is none.
  bool Reserve() const;
  // Whether its name was removed, so that nobody can open it any more.
  bool Removed() const;

 private:
  void HoldName() const;
  void Forget();

  // Our own descriptor of it.
  int file_ = -1;
};

}  // namespace ball
