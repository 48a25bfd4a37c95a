// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ball {

// The gst-launch-1.0 commands that the SECTION comments of a source file show: those inside
// `|[ ... ]|`, each as one line, without the comment's stars and with lines that end in a backslash
// joined.
std::vector<std::string> LaunchLinesIn(std::string_view source);

}  // namespace ball
