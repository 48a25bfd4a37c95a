// SPDX-License-Identifier: LGPL-2.1-or-later
// A writer of shared memory that lies about its frames, as a process, and locator-app that reads
// it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdint>
#include <fstream>
#include <functional>
#include <sstream>

#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

// As plugins/shmframe/frame_header.h draws it.
constexpr size_t kHeader = 144;
constexpr size_t kVersionAt = 4;
constexpr size_t kCheckWordAt = 8;
constexpr size_t kWidthAt = 20;
constexpr size_t kHeightAt = 24;
constexpr size_t kPayloadSizeAt = 104;

void Put(std::string& bytes, size_t at, uint32_t value, size_t size = 4) {
  for (size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

// So that the lie is looked at, and not taken for damage.
std::string Sealed(std::string frame) {
  Put(frame, kCheckWordAt, 0);
  uint32_t hash = 2166136261;
  for (size_t i = 0; i < kHeader; ++i) hash = (hash ^ static_cast<uint8_t>(frame[i])) * 16777619;
  Put(frame, kCheckWordAt, hash);
  return frame;
}

std::string With(std::string frame, size_t at, uint32_t value) {
  Put(frame, at, value);
  return Sealed(std::move(frame));
}

class HostileFramesTest : public ProgramTest {
 protected:
  void SetUp() override {
    Child maker(
        {LAUNCH, "ballsrc", "num-buffers=1", "!", "video/x-raw,format=I420,width=320,height=240",
         "!", "shmpay", "!", "filesink", "location=" + Path("frame")},
        Variables());
    ASSERT_EQ(maker.AwaitExit(), 0) << maker.Errors();
    std::ostringstream bytes;
    bytes << std::ifstream(Path("frame"), std::ios::binary).rdbuf();
    frame_ = bytes.str();
    ASSERT_EQ(frame_.size(), kHeader + 320 * 240 * 3 / 2);
  }

  void TearDown() override {
    if (writer_) {
      // One that is killed leaves its segment.
      writer_->Signal(SIGINT);
      EXPECT_TRUE(writer_->AwaitExit()) << "the writer goes on";
      EXPECT_THAT(SegmentsOf(writer_->pid()), testing::IsEmpty());
    }
    ProgramTest::TearDown();
  }

  const std::string& frame() const { return frame_; }

  // A process that writes these buffers in turn until the test ends.
  void StartWriter(const std::vector<std::string>& buffers) {
    for (size_t i = 0; i < buffers.size(); ++i) {
      std::ofstream(Path("buffer" + std::to_string(i)), std::ios::binary) << buffers[i];
    }
    writer_ = std::make_unique<Child>(
        Arguments{LAUNCH, "multifilesrc", "location=" + Path("buffer%d"), "loop=true",
                  "stop-index=" + std::to_string(buffers.size() - 1), "!", "identity",
                  "sleep-time=10000", "!", "shmsink", "socket-path=" + socket(),
                  "wait-for-connection=true", "sync=false"},
        Variables());
    EXPECT_TRUE(writer_->AwaitOutput("playing"));
  }
  // Its standard input must stay open, or it takes its client for gone: a pipe that it holds
  // itself.
  std::unique_ptr<Child> StartLocator() {
    EXPECT_EQ(mkfifo(Path("input").c_str(), 0600), 0);
    return std::make_unique<Child>(
        Arguments{"sh", "-c", "exec \"$@\" <>\"$0\"", Path("input"), PathOf(Program::kLocator),
                  "--socket", socket(), "--locator", "balllocate"},
        Variables());
  }

 private:
  std::string socket() const { return Path("frames"); }

  std::string frame_;
  std::unique_ptr<Child> writer_;
};

struct LyingFrame {
  std::string name;
  std::function<std::string(const std::string&)> lie;
};

class LyingFrameTest : public HostileFramesTest, public testing::WithParamInterface<LyingFrame> {};

TEST_P(LyingFrameTest, IsDroppedWithALineAndTheFramesBetweenAreLocated) {
  StartWriter({GetParam().lie(frame()), frame()});
  const auto locator = StartLocator();
  EXPECT_TRUE(locator->AwaitError("Dropped a buffer that is no frame: ")) << locator->Errors();
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(locator->AwaitOutput("\"found\":true")) << locator->Output();
  }
  locator->Signal(SIGTERM);
  EXPECT_EQ(locator->AwaitExit(), 0) << locator->Errors();
  EXPECT_LE(Lines(locator->Errors()).size(), 12) << locator->Errors();
}

INSTANTIATE_TEST_SUITE_P(
    Frames, LyingFrameTest,
    testing::Values(
        LyingFrame{"WrongSize", [](const std::string& frame) { return frame + "more"; }},
        LyingFrame{"Truncated",
                   [](const std::string& frame) { return frame.substr(0, frame.size() - 1000); }},
        LyingFrame{"HeaderCut", [](const std::string& frame) { return frame.substr(0, 100); }},
        LyingFrame{"OneByte", [](const std::string&) { return std::string("B"); }},
        LyingFrame{"Width", [](const std::string& frame) { return With(frame, kWidthAt, 32767); }},
        LyingFrame{"NoHeight", [](const std::string& frame) { return With(frame, kHeightAt, 0); }},
        LyingFrame{"HugeHeight",
                   [](const std::string& frame) { return With(frame, kHeightAt, 0xffffffff); }},
        LyingFrame{"PayloadSize",
                   [](const std::string& frame) { return With(frame, kPayloadSizeAt, 7); }},
        LyingFrame{"Damaged",
                   [](std::string frame) {
                     frame[kWidthAt] = 1;
                     return frame;
                   }},
        LyingFrame{"Garbage",
                   [](const std::string& frame) { return std::string(frame.size(), '\x5a'); }}),
    [](const auto& param) { return param.param.name; });

TEST_F(HostileFramesTest, WriterOfAnotherVersionEndsTheLocatorWithASentence) {
  std::string other = frame();
  Put(other, kVersionAt, 9, 2);
  StartWriter({Sealed(other), frame()});
  const auto locator = StartLocator();
  EXPECT_EQ(locator->AwaitExit(), 1);
  EXPECT_THAT(locator->Errors(), HasSubstr("The writer's frame header has version 9, this reader "
                                           "knows 1. Use the same gst-ball on both sides."));
}

TEST_F(HostileFramesTest, WriterOfNothingButGarbageEndsTheLocatorWithASentence) {
  StartWriter({std::string(5000, 'x'), std::string(50, '\0')});
  const auto locator = StartLocator();
  EXPECT_EQ(locator->AwaitExit(), 1);
  EXPECT_THAT(locator->Errors(), HasSubstr("Is the writer behind shmpay?"));
}

}  // namespace
}  // namespace ball
