// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

namespace ball {

// A locator reads pictures that strangers send, and whatever a decoder made of them. It needs a
// processor, memory, and files to read its elements from; here it gives up the rest, for good, as
// an unprivileged process can:
//
//   EnterSandbox()     before the first element is made: no socket but of the machine itself
//                      (AF_UNIX, for shmsrc), no program or process started, no other process
//                      looked into or signalled, no privilege gained, no more memory than that, no
//                      core
//   RefuseSockets()    once shmsrc is connected, before the first frame is looked at: no socket at
//   all
//
// It holds for all threads. What is refused fails with EACCES or EPERM, so that an element can say
// so. Files are left to the user's own permissions: elements of the user's may read models, and
// write what they find. Main thread only.

// Each returns nothing where it holds from now on, else why not, as part of a sentence.

// `address_space` is in bytes, 0 for no bound. In builds with a sanitizer there is none (its shadow
// takes terabytes), and what it needs to report leaks is let through.
std::string EnterSandbox(uint64_t address_space);

std::string RefuseSockets();

}  // namespace ball
