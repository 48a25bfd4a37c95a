// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/command_line.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace ball {
namespace {

struct Outcome {
  std::optional<ExitCode> code;
  int number = 0;
  std::string output;
  std::string errors;
};

// A program with the option --number.
Outcome Parse(std::vector<std::string> arguments) {
  Outcome outcome;
  const GOptionEntry entries[] = {
      {"number", 'n', 0, G_OPTION_ARG_INT, &outcome.number, "A number", "N"}, {}};
  arguments.insert(arguments.begin(), "a-program");
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int argc = static_cast<int>(arguments.size());
  char** argv = pointers.data();
  g_set_prgname("a-program");
  outcome.code = ParseCommandLine(&argc, &argv, {entries}, "Does this.", kExitCodesHelp);
  return outcome;
}

Outcome ParseQuietly(const std::vector<std::string>& arguments) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Outcome outcome = Parse(arguments);
  outcome.output = testing::internal::GetCapturedStdout();
  outcome.errors = testing::internal::GetCapturedStderr();
  return outcome;
}

TEST(ParseCommandLineTest, SetsOptionsAndGoesOn) {
  const Outcome outcome = ParseQuietly({"--number", "7"});
  EXPECT_EQ(outcome.code, std::nullopt);
  EXPECT_EQ(outcome.number, 7);
  EXPECT_EQ(outcome.output + outcome.errors, "");
  EXPECT_EQ(ParseQuietly({"-n", "3"}).number, 3);
  EXPECT_EQ(ParseQuietly({}).code, std::nullopt);
}

TEST(ParseCommandLineTest, PrintsTheVersionAndEnds) {
  for (const char* option : {"--version", "-V"}) {
    const Outcome outcome = ParseQuietly({option});
    EXPECT_EQ(outcome.code, ExitCode::kSuccess);
    EXPECT_EQ(outcome.output, std::string("a-program ") + BALL_VERSION + "\n");
  }
}

struct Unusable {
  const char* name;
  std::vector<std::string> arguments;
  const char* complaint;
};

class UnusableCommandLineTest : public testing::TestWithParam<Unusable> {};

TEST_P(UnusableCommandLineTest, IsSaidInOneSentence) {
  const Outcome outcome = ParseQuietly(GetParam().arguments);
  EXPECT_EQ(outcome.code, ExitCode::kUsage);
  EXPECT_EQ(outcome.output, "");
  EXPECT_NE(outcome.errors.find(GetParam().complaint), std::string::npos) << outcome.errors;
  EXPECT_EQ(outcome.errors.substr(0, 11), "a-program: ");
  const std::string advice = "; see a-program --help\n";
  ASSERT_GT(outcome.errors.size(), advice.size());
  EXPECT_EQ(outcome.errors.find(advice), outcome.errors.size() - advice.size());
  EXPECT_EQ(outcome.errors.find('\n'), outcome.errors.size() - 1);
}

INSTANTIATE_TEST_SUITE_P(
    CommandLines, UnusableCommandLineTest,
    testing::Values(Unusable{"UnknownOption", {"--nonsense"}, "--nonsense"},
                    Unusable{"NoNumber", {"--number", "seven"}, "seven"},
                    Unusable{"NoValue", {"--number"}, "--number"},
                    Unusable{"TooLarge", {"--number", "99999999999"}, "99999999999"},
                    Unusable{"Argument", {"file"}, "unexpected argument 'file'"},
                    Unusable{"EmptyArgument", {""}, "unexpected argument ''"},
                    Unusable{"ArgumentAfterDashes", {"--", "-n"}, "unexpected argument"}),
    [](const auto& info) { return info.param.name; });

TEST(ParseCommandLineDeathTest, HelpNamesOptionsAndExitCodes) {
  // GOption prints it and exits. What it prints goes to standard output, which a death test does
  // not match.
  EXPECT_EXIT(Parse({"--help"}), testing::ExitedWithCode(0), "");
  EXPECT_EXIT(Parse({"--help-gst"}), testing::ExitedWithCode(0), "");
}

TEST(ExitCodesHelpTest, NamesEveryCode) {
  const std::string help = kExitCodesHelp;
  for (const char* code : {"\n  0  ", "\n  1  ", "\n  2  ", "\n  3  ", "\n  4  ", "\n  5  "}) {
    EXPECT_NE(help.find(code), std::string::npos) << code;
  }
}

TEST(MissingElementTest, IsTheFirstThatIsNotInstalled) {
  EXPECT_EQ(MissingElement({}), "");
  EXPECT_EQ(MissingElement({"identity", "fakesink"}), "");
  EXPECT_EQ(MissingElement({"identity", "nosuchelement", "norsuchother"}), "nosuchelement");
  EXPECT_EQ(MissingElement({""}), "");
}

TEST(MissingElementAdviceTest, SaysWhatToDo) {
  for (const char* ours : {"ballsrc", "balllocate", "balloverlay", "shmpay", "shmdepay"}) {
    EXPECT_EQ(MissingElementAdvice(ours),
              std::string("the GStreamer element ") + ours +
                  " is missing: set GST_PLUGIN_PATH to the directory of libgstball.so");
  }
  EXPECT_EQ(MissingElementAdvice("vp8enc"),
            "the GStreamer element vp8enc is missing: install the GStreamer plugins good, bad, "
            "ugly and nice (packaging/ lists them)");
}

}  // namespace
}  // namespace ball
