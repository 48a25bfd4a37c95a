// SPDX-License-Identifier: LGPL-2.1-or-later
// Two processes, real shmsink and shmsrc: readers come, go and are killed as they like.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <random>

#include "tests/plugins/shmframe/frame_writer.h"
#include "tests/plugins/shmframe/peer_process.h"
#include "tests/segment_watch.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

class SharedMemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    g_autofree gchar* directory = g_dir_make_tmp("ball-shm-XXXXXX", nullptr);
    ASSERT_NE(directory, nullptr);
    directory_ = directory;
    socket_ = directory_ / "frames";
  }
  void TearDown() override {
    EXPECT_TRUE(fs::is_empty(directory_)) << "a socket was left";
    EXPECT_TRUE(segments_.Of(getpid()).empty()) << "an area was left";
    fs::remove_all(directory_);
  }

  // Reads `count` frames, all right and each newer than the one before; returns the last.
  static SeenFrame ReadGoodFrames(PeerProcess& reader, int count) {
    SeenFrame last;
    for (int i = 0; i < count; ++i) {
      const auto frame = reader.ReadFrame();
      EXPECT_TRUE(frame) << "no frame came";
      if (!frame) return last;
      EXPECT_TRUE(frame->good) << "frame " << frame->rtp_timestamp;
      EXPECT_TRUE(i == 0 || frame->rtp_timestamp > last.rtp_timestamp);
      last = *frame;
    }
    return last;
  }

  fs::path directory_;
  std::string socket_;
  SegmentWatch segments_;
};

TEST_F(SharedMemoryTest, LateReaderGetsRightFramesThatAreNew) {
  FrameWriter writer(socket_);
  ASSERT_TRUE(writer.WaitForDrawn(60));
  PeerProcess reader("read", socket_);
  const SeenFrame first = ReadGoodFrames(reader, 1);
  EXPECT_GE(first.rtp_timestamp, 60U);
  EXPECT_EQ(first.size, "64x48");
  ReadGoodFrames(reader, 20);
}

TEST_F(SharedMemoryTest, PtsIsTheWritersRunningTime) {
  FrameWriter writer(socket_);
  PeerProcess reader("read", socket_);
  const SeenFrame frame = ReadGoodFrames(reader, 5);
  EXPECT_EQ(frame.pts_ms, frame.rtp_timestamp * 5);
}

TEST_F(SharedMemoryTest, PtsIsTheReadersRunningTimeWhereTheSourceStamps) {
  FrameWriter writer(socket_);
  ASSERT_TRUE(writer.WaitForDrawn(200));
  PeerProcess reader("arrive", socket_);
  const SeenFrame frame = ReadGoodFrames(reader, 1);
  EXPECT_LT(frame.pts_ms, 1000U);
}

TEST_F(SharedMemoryTest, ReadersKilledAtAnyMomentNeverStopTheWriter) {
  FrameWriter writer(socket_);
  std::mt19937 random(5);
  unsigned newest = 0;
  for (int round = 0; round < 12; ++round) {
    PeerProcess reader("read", socket_);
    const SeenFrame last = ReadGoodFrames(reader, 1 + static_cast<int>(random() % 20));
    EXPECT_GT(last.rtp_timestamp, newest) << "round " << round;
    newest = last.rtp_timestamp;
    reader.Kill();
    ASSERT_TRUE(writer.WaitForSent(3)) << "round " << round;
  }
}

TEST_F(SharedMemoryTest, ReaderKilledBeforeItsFirstFrameDoesNotStopTheWriter) {
  FrameWriter writer(socket_);
  for (int round = 0; round < 12; ++round) {
    PeerProcess reader("read", socket_);
    ASSERT_TRUE(writer.WaitForDrawn(static_cast<uint64_t>(round)));
  }
  EXPECT_TRUE(writer.WaitForSent(20));
}

TEST_F(SharedMemoryTest, KillingOneReaderDoesNotDisturbAnother) {
  FrameWriter writer(socket_);
  PeerProcess staying("read", socket_);
  ReadGoodFrames(staying, 3);
  for (int round = 0; round < 4; ++round) {
    PeerProcess leaving("read", socket_);
    ReadGoodFrames(leaving, 3);
    leaving.Kill();
    ReadGoodFrames(staying, 10);
  }
}

// A hung reader holds the area; the queue in front of it drops, and the source goes on.
TEST_F(SharedMemoryTest, HungReaderCostsFramesUntilItIsKilledAndStopsNothing) {
  FrameWriter writer(socket_);
  PeerProcess hung("read", socket_);
  ReadGoodFrames(hung, 3);
  hung.Send(SIGSTOP);
  ASSERT_TRUE(writer.WaitForDrawn(30));
  const uint64_t sent = writer.sent();
  ASSERT_TRUE(writer.WaitForDrawn(100));
  EXPECT_LE(writer.sent(), sent + 1) << "the reader did not hang: tests nothing";
  hung.Kill();
  ASSERT_TRUE(writer.WaitForSent(20));
  PeerProcess reader("read", socket_);
  EXPECT_GE(ReadGoodFrames(reader, 1).rtp_timestamp, 130U);
  ReadGoodFrames(reader, 10);
}

TEST_F(SharedMemoryTest, ReaderThatWokeUpGetsRightFramesAgain) {
  FrameWriter writer(socket_);
  PeerProcess reader("read", socket_);
  ReadGoodFrames(reader, 3);
  reader.Send(SIGSTOP);
  ASSERT_TRUE(writer.WaitForDrawn(60));
  reader.Send(SIGCONT);
  ReadGoodFrames(reader, 30);
}

TEST_F(SharedMemoryTest, SizeMayChangeWhileAReaderReads) {
  FrameWriter writer(socket_);
  PeerProcess reader("read", socket_);
  EXPECT_EQ(ReadGoodFrames(reader, 3).size, "64x48");
  writer.SetSize(128, 96);
  SeenFrame frame;
  for (int i = 0; i < 200 && frame.size != "128x96"; ++i) frame = ReadGoodFrames(reader, 1);
  EXPECT_EQ(frame.size, "128x96");
}

TEST_F(SharedMemoryTest, ReaderEndsWithAnErrorWhenTheWriterStopsAndTheNextPairWorks) {
  for (int round = 0; round < 3; ++round) {
    auto writer = std::make_unique<FrameWriter>(socket_);
    PeerProcess reader("read", socket_);
    ReadGoodFrames(reader, 3);
    writer.reset();
    std::optional<std::string> line = reader.ReadLine();
    while (line && line->starts_with("frame ")) line = reader.ReadLine();
    EXPECT_EQ(line, "error");
  }
}

// What the client's next start has to clean up: the dead writer's socket, which shmsink would
// otherwise step aside for, and its area.
TEST_F(SharedMemoryTest, KilledWriterLeavesSocketAndAreaAndTheNextServesOnceTheyAreGone) {
  PeerProcess killed("write", socket_);
  ASSERT_EQ(killed.ReadLine(), "ready");
  const pid_t pid = killed.pid();
  PeerProcess orphan("read", socket_);
  ReadGoodFrames(orphan, 3);
  killed.Kill();
  ASSERT_TRUE(fs::exists(socket_));
  const auto areas = segments_.Of(pid);
  ASSERT_EQ(areas.size(), 1U);
  fs::remove(socket_);
  fs::remove("/dev/shm/" + areas.front());
  FrameWriter writer(socket_);
  PeerProcess reader("read", socket_);
  ReadGoodFrames(reader, 10);
}

}  // namespace
}  // namespace ball
