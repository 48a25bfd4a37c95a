// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "apps/link/glib_ptr.h"

namespace ball {

// Closes a connection of which everything is written, so that the other side gets to read it: a
// socket that is closed while bytes of the peer are unread is reset, and what was sent last is lost
// with it. So our direction ends first; what still comes is thrown away, until the other side ends
// too, a second has passed or 4 MiB came. Of 64 connections at the same time: more are closed at
// once. Main thread only.
void SayFarewell(Ref<GSocketConnection> connection);

}  // namespace ball
