// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs every command that our elements' documentation shows.
#include "tests/plugins/launch_lines.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "tests/patience.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<fs::path> ElementFiles() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(PLUGINS_DIR)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("gst") && name.ends_with(".cpp")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

struct Command {
  std::string name;
  std::string line;
};

void PrintTo(const Command& command, std::ostream* stream) { *stream << command.line; }

std::vector<Command> AllCommands() {
  std::vector<Command> commands;
  for (const fs::path& file : ElementFiles()) {
    int number = 0;
    for (const std::string& line : LaunchLinesIn(TextOf(file))) {
      commands.push_back({file.stem().string() + "_" + std::to_string(++number), line});
    }
  }
  return commands;
}

// What gst-launch-1.0 would do with the line, up to the end of the stream. Returns what went wrong.
std::string Launch(const std::string& line) {
  g_auto(GStrv) arguments = nullptr;
  g_autoptr(GError) error = nullptr;
  if (!g_shell_parse_argv(line.c_str(), nullptr, &arguments, &error)) return error->message;
  GStrv first = arguments;
  while (*first != nullptr && !std::string(*first).ends_with("gst-launch-1.0")) ++first;
  if (*first != nullptr) ++first;
  while (*first != nullptr && **first == '-') ++first;  // -v, -e and the like
  GstElement* parsed = gst_parse_launchv(const_cast<const gchar**>(first), &error);
  g_autoptr(GstElement) pipeline = GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr)));
  if (parsed != nullptr) gst_bin_add(GST_BIN(pipeline), parsed);
  if (error != nullptr) return error->message;
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  g_autoptr(GstMessage) message =
      gst_bus_timed_pop_filtered(bus, kSlowdown * 20 * GST_SECOND,
                                 static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  gst_element_set_state(pipeline, GST_STATE_NULL);
  if (message == nullptr) return "did not end in time";
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return {};
  gst_message_parse_error(message, &error, nullptr);
  return error->message;
}

class LaunchLineTest : public testing::TestWithParam<Command> {
 protected:
  // Lines may name files: they belong into a directory that goes away.
  void SetUp() override {
    g_autofree gchar* directory = g_dir_make_tmp("ball-launch-XXXXXX", nullptr);
    ASSERT_NE(directory, nullptr);
    directory_ = directory;
    fs::current_path(directory_);
  }
  void TearDown() override {
    fs::current_path("/");
    fs::remove_all(directory_);
  }

 private:
  fs::path directory_;
};

TEST_P(LaunchLineTest, RunsToItsEnd) { EXPECT_EQ(Launch(GetParam().line), "") << GetParam().line; }

INSTANTIATE_TEST_SUITE_P(Documented, LaunchLineTest, testing::ValuesIn(AllCommands()),
                         [](const auto& info) { return info.param.name; });

TEST(LaunchLinesTest, EveryElementShowsOne) {
  for (const fs::path& file : ElementFiles()) {
    const std::string text = TextOf(file);
    if (text.find("GST_ELEMENT_REGISTER_DEFINE") == std::string::npos) continue;
    EXPECT_FALSE(LaunchLinesIn(text).empty()) << file;
  }
}

TEST(LaunchLinesTest, FindsLinesOnlyInSectionBlocksAndJoinsContinuations) {
  const auto lines = LaunchLinesIn(
      "/* |[ gst-launch-1.0 stray ]| */\n"
      "/**\n * SECTION:element-one\n * |[\n * gst-launch-1.0 a \\\n *     ! b\n * cd somewhere\n"
      " * gst-launch-1.0 c\n * ]| and gst-launch-1.0 prose\n * |[\n * gst-launch-1.0 d\n * ]|\n "
      "*/\n"
      "/** SECTION:element-two |[\n gst-launch-1.0 e\n]| */");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[0], "gst-launch-1.0 a  ! b");
  EXPECT_EQ(lines[1], "gst-launch-1.0 c");
  EXPECT_EQ(lines[2], "gst-launch-1.0 d");
  EXPECT_EQ(lines[3], "gst-launch-1.0 e");
}

TEST(LaunchLinesTest, UnfinishedBlockHasNoLines) {
  EXPECT_TRUE(LaunchLinesIn("/** SECTION:element-one |[ gst-launch-1.0 a */").empty());
  EXPECT_TRUE(LaunchLinesIn("/** SECTION:element-one |[ gst-launch-1.0 a ]|").empty());
  EXPECT_TRUE(LaunchLinesIn("").empty());
}

TEST(LaunchLinesTest, BrokenLineIsToldFromOneThatRuns) {
  EXPECT_EQ(Launch("gst-launch-1.0 -v fakesrc num-buffers=1 ! fakesink"), "");
  EXPECT_NE(Launch("gst-launch-1.0 fakesrc num-buffers=1 ! nosuchelement"), "");
  EXPECT_NE(Launch("gst-launch-1.0 filesrc location=/nonexistent ! fakesink"), "");
}

}  // namespace
}  // namespace ball
