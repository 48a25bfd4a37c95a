// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/server-app/report_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/process/file.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Report MakeReport(const std::string& version, int sessions) {
  Report report;
  report.version = version;
  report.video = {640, 480, "30/1", "VP8", 2000000};
  report.sessions.resize(static_cast<size_t>(sessions));
  return report;
}

FrameRecord MakeRecord(uint32_t id) {
  FrameRecord record;
  record.frame.id = RtpTimestamp{id};
  record.frame.truth = Ball{1, 2, 3};
  return record;
}

// A disk that is full: no file of this process may grow beyond a few bytes.
class FullDisk {
 public:
  FullDisk() {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit full = before_;
    full.rlim_cur = 10;
    setrlimit(RLIMIT_FSIZE, &full);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

class ReportWriterTest : public testing::Test {
 protected:
  ReportWriterTest() {
    std::string name = (fs::temp_directory_path() / "gst-ball-report-XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  ~ReportWriterTest() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return directory_ + "/" + name; }
  size_t CountFiles() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(directory_), {}));
  }

  std::string directory_;
};

using Print = ReportWriter::Print;

TEST_F(ReportWriterTest, WritesTheWholeReportAndNothingElse) {
  ReportWriter writer({Print::kNone, Path("report.json"), ""});
  ASSERT_EQ(writer.Open(), "");
  EXPECT_EQ(CountFiles(), 0U) << "there is no report yet";
  const Report report = MakeReport("1", 2);
  EXPECT_EQ(writer.WriteReport(report), "");
  EXPECT_EQ(Read(Path("report.json")), ReportJson(report));
  EXPECT_EQ(CountFiles(), 1U);
}

TEST_F(ReportWriterTest, OpenKeepsAnEarlierReportUntilThereIsANewOne) {
  std::ofstream(Path("report.json")) << "earlier";
  ReportWriter writer({Print::kNone, Path("report.json"), ""});
  ASSERT_EQ(writer.Open(), "");
  EXPECT_EQ(Read(Path("report.json")), "earlier");
  EXPECT_EQ(writer.WriteReport(MakeReport("1", 1)), "");
  EXPECT_EQ(Read(Path("report.json")), ReportJson(MakeReport("1", 1)));
}

TEST_F(ReportWriterTest, NobodySeesHalfAReport) {
  ReportWriter writer({Print::kNone, Path("report.json"), ""});
  // More than a stream's buffer: it takes several writes.
  const Report odd = MakeReport("odd", 100);
  const Report even = MakeReport("even", 100);
  const std::array<std::string, 2> whole = {ReportJson(even), ReportJson(odd)};
  ASSERT_EQ(writer.WriteReport(even), "");
  std::atomic<bool> end = false;
  std::atomic<size_t> reads = 0;
  std::atomic<size_t> halves = 0;
  std::thread reader([&] {
    while (!end) {
      const std::string seen = Read(Path("report.json"));
      if (seen != whole[0] && seen != whole[1]) ++halves;
      ++reads;
    }
  });
  for (int i = 0; i < 40 || reads < 40; ++i) {
    EXPECT_EQ(writer.WriteReport(i % 2 == 0 ? odd : even), "");
  }
  end = true;
  reader.join();
  EXPECT_EQ(halves, 0U);
}

TEST_F(ReportWriterTest, AFullDiskIsToldAndLeavesTheEarlierReport) {
  std::ofstream(Path("report.json")) << "earlier";
  ReportWriter writer({Print::kNone, Path("report.json"), ""});
  std::string error;
  {
    const FullDisk full;
    error = writer.WriteReport(MakeReport("1", 3));
  }
  EXPECT_EQ(error.find("cannot write " + Path("report.json") + " ("), 0U) << error;
  EXPECT_EQ(Read(Path("report.json")), "earlier");
  EXPECT_EQ(CountFiles(), 1U) << "half a report is left";
}

TEST_F(ReportWriterTest, OpenTellsThatAReportCannotBeWritten) {
  const std::string path = Path("missing/report.json");
  ReportWriter writer({Print::kNone, path, ""});
  EXPECT_EQ(writer.Open(), "cannot write " + path +
                               " (No such file or directory): give a file in a directory that you "
                               "can write to");
  EXPECT_EQ(CountFiles(), 0U);
}

TEST_F(ReportWriterTest, OpenTellsThatTheReportIsADirectory) {
  for (const std::string& path : {directory_, directory_ + "/"}) {
    ReportWriter writer({Print::kNone, path, ""});
    EXPECT_EQ(writer.Open().find("cannot write " + path + " (Is a directory): "), 0U) << path;
    EXPECT_EQ(CountFiles(), 0U) << path;
  }
}

TEST_F(ReportWriterTest, AReportWhoseDirectoryWentAwayIsTold) {
  fs::create_directory(Path("sub"));
  ReportWriter writer({Print::kNone, Path("sub/report.json"), ""});
  ASSERT_EQ(writer.Open(), "");
  fs::remove_all(Path("sub"));
  EXPECT_EQ(writer.WriteReport(MakeReport("1", 1))
                .find("cannot write " + Path("sub/report.json") + " (No such file or directory)"),
            0U);
}

TEST_F(ReportWriterTest, APipeGetsTheReportAndStaysAPipe) {
  const std::string path = Path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const File pipe(open(path.c_str(), O_RDWR | O_NONBLOCK));
  ReportWriter writer({Print::kNone, path, ""});
  ASSERT_EQ(writer.Open(), "");
  const Report report = MakeReport("1", 1);
  EXPECT_EQ(writer.WriteReport(report), "");
  EXPECT_TRUE(fs::is_fifo(path));
  std::array<char, 60000> text{};
  const ssize_t size = read(pipe.number(), text.data(), text.size());
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string(text.data(), static_cast<size_t>(size)), ReportJson(report));
}

TEST_F(ReportWriterTest, WithoutPathsNothingIsWritten) {
  ReportWriter writer({Print::kNone, "", ""});
  EXPECT_EQ(writer.Open(), "");
  EXPECT_EQ(writer.WriteReport(MakeReport("1", 1)), "");
  EXPECT_FALSE(writer.wants_frames());
}

TEST_F(ReportWriterTest, TheCsvHasAHeaderAndALinePerFrameThatEndInCrLf) {
  ReportWriter writer({Print::kNone, "", Path("frames.csv")});
  ASSERT_EQ(writer.Open(), "");
  EXPECT_TRUE(writer.wants_frames());
  EXPECT_EQ(writer.Frames(1, {MakeRecord(10), MakeRecord(20)}), "");
  EXPECT_EQ(writer.Frames(2, {MakeRecord(30)}), "");
  EXPECT_EQ(writer.Frames(3, {}), "");
  EXPECT_EQ(writer.FinishFrames(), "");
  EXPECT_FALSE(writer.wants_frames());
  EXPECT_EQ(Read(Path("frames.csv")), CsvHeader() + "\r\n" + CsvLine(1, MakeRecord(10)) + "\r\n" +
                                          CsvLine(1, MakeRecord(20)) + "\r\n" +
                                          CsvLine(2, MakeRecord(30)) + "\r\n");
  EXPECT_EQ(CountFiles(), 1U);
}

TEST_F(ReportWriterTest, AnEarlierCsvStaysUntilTheNewOneIsWhole) {
  std::ofstream(Path("frames.csv")) << "earlier";
  ReportWriter writer({Print::kNone, "", Path("frames.csv")});
  ASSERT_EQ(writer.Open(), "");
  EXPECT_EQ(writer.Frames(1, {MakeRecord(10)}), "");
  EXPECT_EQ(Read(Path("frames.csv")), "earlier");
  EXPECT_EQ(writer.FinishFrames(), "");
  EXPECT_EQ(Read(Path("frames.csv")), CsvHeader() + "\r\n" + CsvLine(1, MakeRecord(10)) + "\r\n");
}

TEST_F(ReportWriterTest, ACsvThatIsNotFinishedLeavesNothing) {
  std::ofstream(Path("frames.csv")) << "earlier";
  {
    ReportWriter writer({Print::kNone, "", Path("frames.csv")});
    ASSERT_EQ(writer.Open(), "");
    EXPECT_EQ(writer.Frames(1, {MakeRecord(10)}), "");
  }
  EXPECT_EQ(Read(Path("frames.csv")), "earlier");
  EXPECT_EQ(CountFiles(), 1U);
}

TEST_F(ReportWriterTest, AFullDiskEndsTheCsvOnceAndLeavesTheEarlierOne) {
  std::ofstream(Path("frames.csv")) << "earlier";
  ReportWriter writer({Print::kNone, "", Path("frames.csv")});
  ASSERT_EQ(writer.Open(), "");
  {
    const FullDisk full;
    EXPECT_EQ(writer.Frames(1, {MakeRecord(10)}),
              "cannot write " + Path("frames.csv") +
                  " (File too large): make room there, or give a file on another disk");
  }
  EXPECT_FALSE(writer.wants_frames());
  EXPECT_EQ(writer.FinishFrames(), "") << "it was told";
  EXPECT_EQ(Read(Path("frames.csv")), "earlier");
  EXPECT_EQ(CountFiles(), 1U) << "half a CSV is left";
}

TEST_F(ReportWriterTest, APipeGetsTheLinesOfTheCsvAtOnce) {
  const std::string path = Path("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const File pipe(open(path.c_str(), O_RDWR | O_NONBLOCK));
  ReportWriter writer({Print::kNone, "", path});
  ASSERT_EQ(writer.Open(), "");
  EXPECT_EQ(writer.Frames(1, {MakeRecord(10)}), "");
  std::array<char, 60000> text{};
  const ssize_t size = read(pipe.number(), text.data(), text.size());
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string(text.data(), static_cast<size_t>(size)),
            CsvHeader() + "\r\n" + CsvLine(1, MakeRecord(10)) + "\r\n");
  EXPECT_EQ(writer.FinishFrames(), "");
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(ReportWriterTest, ALinkStaysALinkToTheNewReport) {
  std::ofstream(Path("report.json")) << "earlier";
  fs::create_symlink("report.json", Path("link"));
  ReportWriter writer({Print::kNone, Path("link"), ""});
  EXPECT_EQ(writer.WriteReport(MakeReport("1", 1)), "");
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(Read(Path("report.json")), ReportJson(MakeReport("1", 1)));
}

TEST_F(ReportWriterTest, OpenTellsThatTheCsvCannotBeWritten) {
  for (const auto& [path, why] : {std::pair{Path("missing/frames.csv"), "No such file"},
                                  std::pair{directory_, "Is a directory"}}) {
    ReportWriter writer({Print::kNone, "", path});
    EXPECT_EQ(writer.Open().find("cannot write " + path + " (" + why), 0U) << path;
    EXPECT_FALSE(writer.wants_frames()) << path;
  }
}

// What one line each for how a session does and for a message prints.
std::string Printed(Print print) {
  ReportWriter writer({print, "", ""});
  testing::internal::CaptureStdout();
  writer.Live(1, LedgerTotals{});
  writer.Coordinates(1, CoordinateMessage{}, Verdict{});
  return testing::internal::GetCapturedStdout();
}

TEST_F(ReportWriterTest, PrintsNeitherLiveNorEachWithNone) { EXPECT_EQ(Printed(Print::kNone), ""); }

TEST_F(ReportWriterTest, PrintsOnlyTheLiveLineWithLive) {
  EXPECT_EQ(Printed(Print::kLive), SessionLiveLine(1, LedgerTotals{}) + "\n");
}

TEST_F(ReportWriterTest, PrintsOnlyTheMessagesWithEach) {
  EXPECT_EQ(Printed(Print::kEach), CoordinateLine(1, CoordinateMessage{}, Verdict{}) + "\n");
}

TEST_F(ReportWriterTest, SaysWhatItPrints) {
  EXPECT_TRUE(ReportWriter({Print::kLive, "", ""}).prints_live());
  EXPECT_FALSE(ReportWriter({Print::kEach, "", ""}).prints_live());
  EXPECT_FALSE(ReportWriter({Print::kNone, "", ""}).prints_live());
}

TEST_F(ReportWriterTest, LinesAndTablesArePrintedInAnyCase) {
  ReportWriter writer({Print::kNone, "", ""});
  testing::internal::CaptureStdout();
  writer.Line("a line");
  writer.Table(SessionReport{});
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "a line\n\n" + ReportTable(SessionReport{}));
}

TEST_F(ReportWriterTest, WritingFilesPrintsNothing) {
  ReportWriter writer({Print::kNone, Path("report.json"), Path("frames.csv")});
  testing::internal::CaptureStdout();
  EXPECT_EQ(writer.Open(), "");
  EXPECT_EQ(writer.Frames(1, {MakeRecord(10)}), "");
  EXPECT_EQ(writer.FinishFrames(), "");
  EXPECT_EQ(writer.WriteReport(MakeReport("1", 1)), "");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace ball
