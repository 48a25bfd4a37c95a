// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <string>

namespace ball {

// Packets, alone or in lists.
inline constexpr auto kPacketProbe =
    static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);

// Whether an element is of that factory.
bool IsA(GstElement* element, const char* factory_name);

// Calls for each of the elements, again for all where they change meanwhile; frees the iterator.
void ForEachElement(GstIterator* elements, GstIteratorForeachFunction call, gpointer data);

// A name for a peer's SCTP association that no other one in this process has, 1 to 65535; they come
// round again after so many. webrtcbin draws it by lot, and two of the same name hang: nothing is
// sent over the later one, and its pipeline may not end. Any thread.
guint NextSctpAssociation();

// Sets up what webrtcbin adds to itself, for short delays. `identity`: the PEM for DTLS; empty for
// GStreamer's own. `association`: the name of the SCTP association. Any thread.
void SetUpPeerElement(GstElement* element, const std::string& identity, guint association);

// Drops whatever media packets come from now on, before a pipeline is stopped. That begins at its
// end: where the peer's first report comes only now, srtpdec takes it for a stream that nobody has
// announced, and says so in a GLib critical (seen in 1.22). Any thread.
void RefusePackets(GstElement* webrtcbin);

}  // namespace ball
