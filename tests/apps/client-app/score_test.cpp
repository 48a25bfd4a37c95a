// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace ball {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

ReportMessage MessageOf(size_t matched) {
  SessionReport session;
  session.ledger.frames.matched = matched;
  const auto report = json::Parse(SessionJson(session));
  return {std::get<json::Object>(report->data), {}};
}

class ScoreTest : public testing::Test {
 protected:
  ScoreTest() {
    std::string name = (fs::temp_directory_path() / "gst-ball-score-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~ScoreTest() override { fs::remove_all(directory_); }

  std::string Path() const { return directory_ + "/score.json"; }
  std::string Written() const {
    std::ifstream file(Path());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  Score Make(const Score::Settings& settings) {
    return Score(settings, [this](const std::string& note) { notes_.push_back(note); });
  }
  Score::Settings Requiring(const std::string& text) const {
    return {Path(), false, ParseRequirement(text).requirements};
  }

  std::vector<std::string> notes_;
  std::string directory_;
};

TEST_F(ScoreTest, ChangesNothingWhereNothingIsWanted) {
  Score score = Make({});
  score.Add(std::nullopt);
  EXPECT_FALSE(score.wanted());
  EXPECT_EQ(score.Finish(ExitCode::kSuccess), ExitCode::kSuccess);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ScoreTest, HoldsTheLastSessionAgainstWhatIsRequired) {
  Score score = Make(Requiring("matched>=10"));
  score.Add(MessageOf(3));
  score.Add(MessageOf(10));
  EXPECT_EQ(score.Finish(ExitCode::kSuccess), ExitCode::kSuccess);
  score.Add(MessageOf(9));
  EXPECT_EQ(score.Finish(ExitCode::kSuccess), ExitCode::kBelowRequired);
  EXPECT_THAT(notes_, ElementsAre("required matched>=10, but frames.matched is 9"));
}

TEST_F(ScoreTest, WritesEachSessionAtOnceWithItsConnection) {
  Score score = Make(Requiring("matched>=0"));
  score.Begin();
  score.Add(MessageOf(3));
  EXPECT_THAT(Written(), HasSubstr("\"matched\": 3"));
  score.Add(MessageOf(4));
  EXPECT_THAT(Written(), HasSubstr("\"matched\": 3"));
  EXPECT_THAT(Written(), HasSubstr("\"matched\": 4"));
  EXPECT_THAT(Written(), HasSubstr("\"connected_s\": 0"));
}

TEST_F(ScoreTest, ASessionWithoutAReportIsAConnectionLost) {
  Score score = Make(Requiring("matched>=0"));
  score.Add(MessageOf(3));
  score.Add(std::nullopt);
  EXPECT_EQ(score.Finish(ExitCode::kSuccess), ExitCode::kConnectionLost);
  EXPECT_THAT(notes_, ElementsAre(HasSubstr("no report came from the server")));
}

TEST_F(ScoreTest, AReportThatCannotBeReadIsNone) {
  Score score = Make(Requiring("matched>=0"));
  score.Add(ReportMessage{});
  EXPECT_EQ(score.Finish(ExitCode::kSuccess), ExitCode::kConnectionLost);
  EXPECT_EQ(notes_.at(0), "the server's report cannot be read");
}

TEST_F(ScoreTest, AnErrorStaysTheErrorThatItWas) {
  Score score = Make(Requiring("matched>=10"));
  score.Add(MessageOf(1));
  EXPECT_EQ(score.Finish(ExitCode::kRefused), ExitCode::kRefused);
  EXPECT_THAT(notes_, IsEmpty());
}

TEST_F(ScoreTest, AFileThatCannotBeWrittenIsAFailure) {
  Score score = Make({directory_ + "/none/score.json", false, {}});
  EXPECT_THAT(score.Open(), HasSubstr("cannot write"));
  score.Add(MessageOf(1));
  EXPECT_EQ(score.Finish(ExitCode::kSuccess), ExitCode::kFailure);
}

}  // namespace
}  // namespace ball
