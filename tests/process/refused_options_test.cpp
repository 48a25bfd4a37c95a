// SPDX-License-Identifier: LGPL-2.1-or-later
// Options about tokens, scores and checks that cannot be used: one sentence and an exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

struct ErrorCase {
  std::string name;
  Program program;
  Arguments arguments;
  int exit_code;
  // What went wrong, and what to do.
  std::string problem;
  std::string advice;
};

class RefusedOptionTest : public ProgramTest, public testing::WithParamInterface<ErrorCase> {};

TEST_P(RefusedOptionTest, IsToldInOneSentence) {
  const ErrorCase& param = GetParam();
  const auto child = Start(param.program, param.arguments);
  EXPECT_EQ(child->AwaitExit(), param.exit_code);
  EXPECT_THAT(child->Errors(), AllOf(StartsWith(NameOf(param.program) + ": "),
                                     HasSubstr(param.problem), HasSubstr(param.advice)));
  EXPECT_THAT(Lines(child->Errors()), SizeIs(1)) << child->Errors();
  EXPECT_EQ(child->Output(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Options, RefusedOptionTest,
    testing::Values(ErrorCase{"RequirementOfNothing",
                              Program::kClient,
                              {"--require", "latency<=3"},
                              2,
                              "--require: a report has no number 'latency'",
                              "--help"},
                    ErrorCase{"RequirementWithoutALimit",
                              Program::kClient,
                              {"--require", "matched>="},
                              2,
                              "--require: '' in 'matched>=' is no number",
                              "--help"},
                    ErrorCase{"ClientPrint",
                              Program::kClient,
                              {"--print", "each"},
                              2,
                              "--print takes table",
                              "--help"},
                    ErrorCase{"ServerCheck",
                              Program::kServer,
                              {"--check=well"},
                              2,
                              "--check takes startup, ready or live",
                              "--help"},
                    ErrorCase{"ClientCheck",
                              Program::kClient,
                              {"--check=startup"},
                              2,
                              "--check takes ready or live",
                              "--help"},
                    ErrorCase{"CheckWithUnknownOption",
                              Program::kServer,
                              {"--check=live", "--colour"},
                              2,
                              "Unknown option --colour",
                              "--help"},
                    ErrorCase{"PidWithoutCheck",
                              Program::kClient,
                              {"--pid", "1"},
                              2,
                              "--pid is for --check",
                              "--help"},
                    ErrorCase{"ServerTokenThatIsNotThere",
                              Program::kServer,
                              {"--port", "0", "--token-file", "/nowhere/token"},
                              1,
                              "cannot read the token from /nowhere/token",
                              "give --token-file a file that you can read"},
                    ErrorCase{"ServerTokenWithoutAName",
                              Program::kServer,
                              {"--port", "0", "--token-file="},
                              1,
                              "cannot read the token from ",
                              "give --token-file"},
                    ErrorCase{"EmptyClientToken",
                              Program::kClient,
                              {"--display", "none", "--token-file", "/dev/null"},
                              1,
                              "the first line of /dev/null is no token",
                              "1 to 4096 bytes"},
                    ErrorCase{"ClientReportInNoDirectory",
                              Program::kClient,
                              {"--display", "none", "--report", "/nowhere/report.json"},
                              1,
                              "cannot write /nowhere/report.json",
                              "a directory that you can write to"},
                    ErrorCase{"RequireFileThatIsNotThere",
                              Program::kClient,
                              {"--display", "none", "--require-file", "/nowhere/required"},
                              1,
                              "cannot read the requirements from /nowhere/required",
                              "give --require-file a file that you can read"}),
    [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace ball
