// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tests/process/programs.h"

namespace ball {

// A program that cannot do what it is started for.
struct ErrorCase {
  std::string name;
  Program program;
  Arguments arguments;
  int exit_code;
  // What went wrong, and what to do.
  std::string problem;
  std::string advice;
};

// Each case ends with its exit code and one sentence. Instantiated where the cases are.
class OneSentenceTest : public ProgramTest, public testing::WithParamInterface<ErrorCase> {};

inline std::string NameOfCase(const testing::TestParamInfo<ErrorCase>& info) {
  return info.param.name;
}

}  // namespace ball
