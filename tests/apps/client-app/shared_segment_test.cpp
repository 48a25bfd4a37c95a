// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/shared_segment.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "tests/process/file.h"

namespace ball {
namespace {

// Named as shmsink does, but with a number that it does not come to.
const std::string kName = "/shmpipe." + std::to_string(getpid()) + ".987654";

class SharedSegmentTest : public testing::Test {
 protected:
  SharedSegmentTest() { Remove(); }
  ~SharedSegmentTest() override { Remove(); }

  void Make(off_t size) {
    file_ = File(shm_open(kName.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600));
    ASSERT_EQ(ftruncate(file_.number(), size), 0);
  }
  static void Remove() { shm_unlink(kName.c_str()); }
  static bool Named() { return access(("/dev/shm" + kName).c_str(), F_OK) == 0; }

  off_t Allocated() const {
    struct stat status = {};
    fstat(file_.number(), &status);
    return status.st_blocks * 512;
  }

  File file_;
  SharedSegment segment_;
};

TEST_F(SharedSegmentTest, FindsTheOneThatWasMade) {
  EXPECT_TRUE(segment_.Find([this] { Make(100000); }));
  EXPECT_TRUE(segment_.found());
  EXPECT_FALSE(segment_.Removed());
}

TEST_F(SharedSegmentTest, FindsNoneWhereNoneWasMade) {
  EXPECT_FALSE(segment_.Find([] {}));
  EXPECT_FALSE(segment_.found());
}

TEST_F(SharedSegmentTest, FindsNoneThatWasThereBefore) {
  Make(100000);
  EXPECT_FALSE(segment_.Find([] {}));
}

TEST_F(SharedSegmentTest, ReservesMemoryForAllOfIt) {
  ASSERT_TRUE(segment_.Find([this] { Make(100000); }));
  EXPECT_EQ(Allocated(), 0);
  EXPECT_TRUE(segment_.Reserve());
  EXPECT_GE(Allocated(), 100000);
}

TEST_F(SharedSegmentTest, MoreThanThereIsIsNotReserved) {
  // An exabyte.
  ASSERT_TRUE(segment_.Find([this] { Make(off_t{1} << 60); }));
  EXPECT_FALSE(segment_.Reserve());
  EXPECT_LE(Allocated(), 1 << 20);
}

TEST_F(SharedSegmentTest, TellsThatItsNameWasRemoved) {
  ASSERT_TRUE(segment_.Find([this] { Make(100000); }));
  Remove();
  EXPECT_TRUE(segment_.Removed());
}

// shmsink removes the name of the old one when it has made the next: it must not be the next one's.
TEST_F(SharedSegmentTest, TheNameOfARemovedOneIsNotFreeForTheNext) {
  ASSERT_TRUE(segment_.Find([this] { Make(100000); }));
  Remove();
  bool taken = false;
  segment_.Find([&taken] { taken = Named(); });
  EXPECT_TRUE(taken);
}

}  // namespace
}  // namespace ball
