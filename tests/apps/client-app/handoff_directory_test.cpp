// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/handoff_directory.h"

#include <fcntl.h>
#include <glib.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "apps/link/glib_ptr.h"

namespace ball {
namespace {

namespace fs = std::filesystem;

void Touch(const fs::path& path) { std::ofstream(path) << "x"; }

// As shmsink names it.
fs::path Segment(pid_t pid) {
  const OwnedString name(g_strdup_printf("/dev/shm/shmpipe.%5d.%5d", static_cast<int>(pid), 77));
  return name.get();
}

mode_t ModeOf(const fs::path& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 0;
}

// Whether somebody holds the lock.
bool IsLocked(const fs::path& path) {
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  const bool locked = flock(file, LOCK_EX | LOCK_NB) != 0;
  close(file);
  return locked;
}

// Another process that has a handoff directory and a segment, until it is killed.
class OtherClient {
 public:
  OtherClient() {
    int ready[2];
    if (pipe(ready) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      Live(ready[1]);
    }
    close(ready[1]);
    char byte = 0;
    has_directory_ = read(ready[0], &byte, 1) == 1 && byte == 'y';
    close(ready[0]);
  }
  ~OtherClient() {
    Kill();
    std::error_code ignored;
    fs::remove(Segment(pid_), ignored);
  }
  OtherClient(const OtherClient&) = delete;
  OtherClient& operator=(const OtherClient&) = delete;

  pid_t pid() const { return pid_; }
  bool has_directory() const { return has_directory_; }
  void Kill() {
    if (running_ && pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    running_ = false;
  }

 private:
  [[noreturn]] static void Live(int ready) {
    const HandoffDirectory directory;
    Touch(Segment(getpid()));
    const char byte = directory.error().empty() ? 'y' : 'n';
    if (write(ready, &byte, 1) != 1) _exit(1);
    for (;;) pause();
  }

  pid_t pid_ = -1;
  bool has_directory_ = false;
  bool running_ = true;
};

class HandoffDirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* before = g_getenv("XDG_RUNTIME_DIR");
    if (before != nullptr) before_ = before;
    runtime_ = OwnedString(g_dir_make_tmp("ball-handoff-XXXXXX", nullptr)).get();
    g_setenv("XDG_RUNTIME_DIR", runtime_.c_str(), TRUE);
    base_ = runtime_ / "gst-ball";
  }
  void TearDown() override {
    if (before_) {
      g_setenv("XDG_RUNTIME_DIR", before_->c_str(), TRUE);
    } else {
      g_unsetenv("XDG_RUNTIME_DIR");
    }
    fs::remove_all(runtime_);
  }

  void MakeBase() {
    fs::create_directory(base_);
    fs::permissions(base_, fs::perms::owner_all);
  }

  // The directories of that process.
  std::vector<fs::path> DirectoriesOf(pid_t pid) const {
    std::vector<fs::path> directories;
    for (const auto& entry : fs::directory_iterator(base_)) {
      const std::string name = entry.path().filename();
      if (name.rfind("client-" + std::to_string(pid) + "-", 0) == 0) {
        directories.push_back(entry.path());
      }
    }
    return directories;
  }

  void ExpectRefused() const {
    const HandoffDirectory directory;
    EXPECT_NE(directory.error().find(base_.string()), std::string::npos) << directory.error();
    EXPECT_NE(directory.error().find("XDG_RUNTIME_DIR"), std::string::npos) << directory.error();
    EXPECT_EQ(directory.error().find('\n'), std::string::npos) << directory.error();
  }

  fs::path runtime_;
  fs::path base_;

 private:
  std::optional<std::string> before_;
};

TEST_F(HandoffDirectoryTest, IsInTheRuntimeDirectoryElseInTheTemporaryOne) {
  EXPECT_EQ(HandoffBase(), base_.string());
  const std::string temporary =
      g_get_tmp_dir() + ("/gst-ball-" + std::to_string(static_cast<unsigned>(geteuid())));
  g_setenv("XDG_RUNTIME_DIR", (runtime_ / "missing").c_str(), TRUE);
  EXPECT_EQ(HandoffBase(), temporary);
  g_unsetenv("XDG_RUNTIME_DIR");
  EXPECT_EQ(HandoffBase(), temporary);
}

TEST_F(HandoffDirectoryTest, DirectoryAndLockLiveAsLongAsTheObject) {
  fs::path path;
  {
    const HandoffDirectory directory;
    ASSERT_EQ(directory.error(), "");
    path = fs::path(directory.SocketPath()).parent_path();
    EXPECT_EQ(path.parent_path(), base_);
    EXPECT_EQ(DirectoriesOf(getpid()), std::vector{path});
    EXPECT_TRUE(fs::is_directory(path));
    EXPECT_TRUE(IsLocked(path / "lock"));
    EXPECT_EQ(ModeOf(base_), 0700U);
    EXPECT_EQ(ModeOf(path), 0700U);
    Touch(directory.SocketPath());
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_TRUE(fs::is_empty(base_));
}

// As shmsink does while its pipeline ends.
TEST_F(HandoffDirectoryTest, IsRemovedWholeWhileItsSocketIsRemovedByAnother) {
  constexpr int kRounds = 3000;
  std::atomic<int> begun = 0;
  std::atomic<int> done = 0;
  std::string socket;
  std::thread other([&] {
    for (int i = 1; i <= kRounds; ++i) {
      while (begun < i) std::this_thread::yield();
      unlink(socket.c_str());
      done = i;
    }
  });
  int left = 0;
  for (int i = 1; i <= kRounds; ++i) {
    auto directory = std::make_unique<HandoffDirectory>();
    socket = directory->SocketPath();
    Touch(socket);
    begun = i;
    directory.reset();
    while (done < i) std::this_thread::yield();
    // Else the next object would take it for one of a killed process, and remove it.
    left += static_cast<int>(DirectoriesOf(getpid()).size());
  }
  other.join();
  EXPECT_EQ(left, 0);
}

TEST_F(HandoffDirectoryTest, KnowsWhetherItIsStillThere) {
  const HandoffDirectory directory;
  ASSERT_EQ(directory.error(), "");
  EXPECT_FALSE(directory.Removed());
  fs::rename(base_, runtime_ / "elsewhere");
  EXPECT_TRUE(directory.Removed());
  fs::rename(runtime_ / "elsewhere", base_);
  EXPECT_FALSE(directory.Removed());
  fs::remove_all(base_);
  EXPECT_TRUE(directory.Removed());
  fs::create_directories(directory.path());
  Touch(fs::path(directory.path()) / "lock");
  EXPECT_TRUE(directory.Removed()) << "that is another one";
}

TEST_F(HandoffDirectoryTest, RemovesTheSegmentsOfItsProcessWithTheObject) {
  {
    const HandoffDirectory directory;
    Touch(Segment(getpid()));
  }
  EXPECT_FALSE(fs::exists(Segment(getpid())));
}

TEST_F(HandoffDirectoryTest, TwoInOneProcessDoNotDisturbEachOther) {
  const HandoffDirectory first;
  auto second = std::make_unique<HandoffDirectory>();
  ASSERT_EQ(first.error() + second->error(), "");
  EXPECT_NE(first.SocketPath(), second->SocketPath());
  EXPECT_EQ(DirectoriesOf(getpid()).size(), 2U);
  second.reset();
  EXPECT_TRUE(fs::is_directory(fs::path(first.SocketPath()).parent_path()));
}

TEST_F(HandoffDirectoryTest, RemovesWhatAKilledProcessLeft) {
  OtherClient other;
  ASSERT_TRUE(other.has_directory());
  other.Kill();
  ASSERT_EQ(DirectoriesOf(other.pid()).size(), 1U);
  ASSERT_TRUE(fs::exists(Segment(other.pid())));
  const HandoffDirectory directory;
  EXPECT_EQ(directory.error(), "");
  EXPECT_TRUE(DirectoriesOf(other.pid()).empty());
  EXPECT_FALSE(fs::exists(Segment(other.pid())));
}

// A pid is given again: whoever has it now, here this process, keeps what it writes to.
TEST_F(HandoffDirectoryTest, LeavesTheSegmentOfALivingProcessWithTheSamePid) {
  const int segment = open(Segment(getpid()).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(segment, 0);
  MakeBase();
  const fs::path abandoned = base_ / ("client-" + std::to_string(getpid()) + "-1");
  fs::create_directory(abandoned);
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 1);
  EXPECT_TRUE(fs::exists(Segment(getpid())));
  close(segment);
  fs::create_directory(abandoned);
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 1);
  EXPECT_FALSE(fs::exists(Segment(getpid())));
}

TEST_F(HandoffDirectoryTest, LeavesALivingProcessAlone) {
  OtherClient other;
  ASSERT_TRUE(other.has_directory());
  {
    const HandoffDirectory directory;
    EXPECT_EQ(directory.error(), "");
  }
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 0);
  EXPECT_EQ(DirectoriesOf(other.pid()).size(), 1U);
  EXPECT_TRUE(fs::exists(Segment(other.pid())));
  other.Kill();
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 1);
}

TEST_F(HandoffDirectoryTest, CountsWhatItRemoves) {
  OtherClient first;
  OtherClient second;
  ASSERT_TRUE(first.has_directory() && second.has_directory());
  first.Kill();
  second.Kill();
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 2);
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 0);
}

TEST_F(HandoffDirectoryTest, RemovesADirectoryWhoseProcessDiedBeforeItLocked) {
  OtherClient other;
  other.Kill();
  fs::remove(DirectoriesOf(other.pid()).at(0) / "lock");
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 1);
  EXPECT_TRUE(DirectoriesOf(other.pid()).empty());
}

TEST_F(HandoffDirectoryTest, LeavesForeignNamesAlone) {
  MakeBase();
  OtherClient other;  // for a pid that is free again
  other.Kill();
  const std::string pid = std::to_string(other.pid());
  const std::vector<std::string> foreign = {"other",
                                            "client-",
                                            "client-x-1",
                                            "client-0-1",
                                            "client--5-1",
                                            "client-" + pid,
                                            "client-" + pid + "-",
                                            "client-" + pid + "x-1",
                                            "client-" + pid + "-1.saved",
                                            "Client-" + pid + "-1",
                                            "client-99999999999999999999-1"};
  for (const auto& name : foreign) fs::create_directory(base_ / name);
  Touch(base_ / ("client-" + pid + "-2"));  // no directory
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 1);
  for (const auto& name : foreign) EXPECT_TRUE(fs::is_directory(base_ / name)) << name;
  EXPECT_TRUE(fs::exists(base_ / ("client-" + pid + "-2")));
}

TEST_F(HandoffDirectoryTest, LeavesForeignSegmentsAlone) {
  OtherClient other;
  ASSERT_TRUE(other.has_directory());
  other.Kill();
  const std::string pid = std::to_string(other.pid());
  const std::vector<std::string> foreign = {"shmpipe." + pid + "x.1", "shmpipe." + pid,
                                            "shmpipe." + pid + ".", "pipe." + pid + ".1"};
  for (const auto& name : foreign) Touch("/dev/shm/" + name);
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 1);
  for (const auto& name : foreign) EXPECT_TRUE(fs::remove("/dev/shm/" + name)) << name;
}

TEST_F(HandoffDirectoryTest, DoesNotFollowALinkOutOfItsBase) {
  MakeBase();
  const fs::path target = runtime_ / "target";
  fs::create_directory(target);
  Touch(target / "precious");
  fs::create_directory_symlink(target, base_ / "client-4194304-1");  // above any pid
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 0);
  EXPECT_TRUE(fs::exists(target / "precious"));
  EXPECT_FALSE(fs::exists(target / "lock"));
}

TEST_F(HandoffDirectoryTest, RefusesABaseThatIsAFile) {
  Touch(base_);
  ExpectRefused();
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 0);
}

TEST_F(HandoffDirectoryTest, RefusesABaseThatOthersCanUse) {
  for (const auto more : {fs::perms::others_all, fs::perms::group_write, fs::perms::others_read}) {
    MakeBase();
    fs::create_directory(base_ / "client-4194304-1");
    fs::permissions(base_, fs::perms::owner_all | more);
    ExpectRefused();
    EXPECT_EQ(RemoveAbandonedHandoffs(base_), 0);
    EXPECT_TRUE(fs::exists(base_ / "client-4194304-1"));
  }
}

TEST_F(HandoffDirectoryTest, RefusesABaseThatIsALink) {
  const fs::path target = runtime_ / "target";
  fs::create_directory(target);
  fs::permissions(target, fs::perms::owner_all);
  fs::create_directory(target / "client-4194304-1");
  fs::create_directory_symlink(target, base_);
  ExpectRefused();
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 0);
  EXPECT_TRUE(fs::exists(target / "client-4194304-1"));
}

TEST_F(HandoffDirectoryTest, RefusesABaseThatCannotBeMade) {
  const fs::path file = runtime_ / "file";
  Touch(file);
  g_setenv("XDG_RUNTIME_DIR", file.c_str(), TRUE);
  base_ = file / "gst-ball";
  ExpectRefused();
  EXPECT_EQ(RemoveAbandonedHandoffs(base_), 0);
}

}  // namespace
}  // namespace ball
