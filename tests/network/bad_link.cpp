// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/bad_link.h"

#include <csignal>

namespace ball {

BadLink::BadLink(const Arguments& options, std::string counts_path, const Environment& variables)
    : counts_path_(std::move(counts_path)),
      program_(Concatenated({BAD_NETWORK, "--counts", counts_path_}, options), variables),
      names_(ReportReader::OfText(program_.AwaitOutput("{").value_or(""))) {
  EXPECT_TRUE(names_.valid()) << program_.Errors();
}

std::chrono::steady_clock::time_point BadLink::BlackOut(std::chrono::milliseconds length) {
  program_.Signal(SIGUSR1);
  return std::chrono::steady_clock::now() + length;
}

ReportReader BadLink::Counts() {
  program_.Signal(SIGTERM);
  EXPECT_EQ(program_.AwaitExit(), 0) << program_.Errors();
  return ReportReader(counts_path_);
}

Arguments BadLink::Enter(const char* variable) const {
  return {"nsenter", "--net=" + NetworkFile(variable), "--"};
}

}  // namespace ball
