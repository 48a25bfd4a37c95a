// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/spare_threads.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/run_until.h"

namespace ball {
namespace {

size_t Threads() {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator("/proc/self/task"), {}));
}

// Virtual memory of this process in bytes.
rlim_t AddressSpace() {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * 4096;
}

TEST(SpareThreadsTest, AreThere) { EXPECT_TRUE(HasSpareThreads(16)); }

TEST(SpareThreadsTest, LeavesNoneBehind) {
  const size_t before = Threads();
  HasSpareThreads(16);
  // One that was joined may be listed for a moment longer.
  EXPECT_TRUE(RunUntil([before] { return Threads() == before; }));
}

TEST(SpareThreadsTest, AreNotThereWithoutMemoryForTheirStacks) {
  rlimit before = {};
  getrlimit(RLIMIT_AS, &before);
  rlimit little = before;
  little.rlim_cur = AddressSpace() + (rlim_t{64} << 20);
  setrlimit(RLIMIT_AS, &little);
  const bool spare = HasSpareThreads(200);
  setrlimit(RLIMIT_AS, &before);
  EXPECT_FALSE(spare);
  EXPECT_TRUE(HasSpareThreads(16));
}

}  // namespace
}  // namespace ball
