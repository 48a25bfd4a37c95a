// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/locator-app/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <semaphore>
#include <string>
#include <thread>

namespace ball {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

constexpr uint64_t kMiB = uint64_t{1024} * 1024;
constexpr int kNotEntered = 254;

// A system call: 0 where it succeeds, else its errno.
using Attempt = std::function<int()>;

int Errno(long result) { return result < 0 ? errno : 0; }

// What an attempt comes to in a process of its own, after `prepare`, which may fail. 128 + N where
// signal N ended it.
int Outcome(const Attempt& attempt, const std::function<std::string()>& prepare = {}) {
  const pid_t child = fork();
  if (child == 0) _exit(prepare && !prepare().empty() ? kNotEntered : attempt());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Enter() { return EnterSandbox(4096 * kMiB); }

std::string EnterAndRefuseSockets() {
  const std::string error = Enter();
  return error.empty() ? RefuseSockets() : error;
}

int Socket(int family) { return Errno(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }

int Fork() {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  if (child > 0) waitpid(child, nullptr, 0);
  return Errno(child);
}

int Execute() {
  char program[] = "/bin/true";
  char* const arguments[] = {program, nullptr};
  // Where it works, the exit code is the program's: 0.
  return Errno(execve(program, arguments, nullptr));
}

int ReadOwnMemoryAsAnother() {
  char from = 1;
  char to = 0;
  const iovec local{&to, 1};
  const iovec remote{&from, 1};
  return Errno(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
}

int RaiseCoreLimit() {
  const rlimit none{0, 0};
  return Errno(setrlimit(RLIMIT_CORE, &none));
}

struct RefusedCase {
  std::string name;
  Attempt attempt;
  int error;
};

class RefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(RefusedTest, WorksOutsideAndIsRefusedInside) {
  EXPECT_EQ(Outcome(GetParam().attempt), 0);
  EXPECT_EQ(Outcome(GetParam().attempt, Enter), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Sandbox, RefusedTest,
    testing::Values(RefusedCase{"InternetSocket", [] { return Socket(AF_INET); }, EACCES},
                    RefusedCase{"NetlinkSocket", [] { return Socket(AF_NETLINK); }, EACCES},
                    RefusedCase{"Program", Execute, EACCES},
                    RefusedCase{"MemoryOfProcesses", ReadOwnMemoryAsAnother, EPERM},
                    RefusedCase{"SignalToTheParent", [] { return Errno(kill(getppid(), 0)); },
                                EPERM},
                    RefusedCase{"OtherLimits", RaiseCoreLimit, EPERM}),
    [](const auto& param) { return param.param.name; });

// A leak check, which sanitizers make, is a process that traces this one.
TEST(SandboxTest, StartsNoProcessAndTracesNone) {
  EXPECT_EQ(Outcome(Fork), 0);
  EXPECT_EQ(Outcome(Fork, Enter), kSanitized ? 0 : EPERM);
  const auto trace = [] { return Errno(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); };
  EXPECT_EQ(Outcome(trace), 0);
  EXPECT_EQ(Outcome(trace, Enter), kSanitized ? 0 : EPERM);
}

// As root these would work outside; nobody else may in every place, so that is not looked at.
TEST(SandboxTest, RefusesWhatLeadsToPrivileges) {
  EXPECT_EQ(Outcome([] { return Errno(syscall(SYS_unshare, CLONE_NEWUSER)); }, Enter), EPERM);
  EXPECT_EQ(Outcome([] { return Errno(syscall(SYS_bpf, 0, nullptr, 0)); }, Enter), EPERM);
  EXPECT_EQ(Outcome([] { return Errno(syscall(SYS_keyctl, 0, 0, 0, 0, 0)); }, Enter), EPERM);
  EXPECT_EQ(Outcome([] { return Errno(syscall(SYS_io_uring_setup, 1, nullptr)); }, Enter), ENOSYS);
}

TEST(SandboxTest, CannotGainPrivilegesAndDumpsNoCore) {
  EXPECT_EQ(Outcome([] { return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 0 : 1; }, Enter), 0);
  EXPECT_EQ(Outcome(
                [] {
                  rlimit core = {1, 1};
                  getrlimit(RLIMIT_CORE, &core);
                  return core.rlim_max == 0 ? 0 : 1;
                },
                Enter),
            0);
}

TEST(SandboxTest, LeavesWhatALocatorNeeds) {
  EXPECT_EQ(Outcome([] { return Socket(AF_UNIX); }, Enter), 0);
  EXPECT_EQ(Outcome([] { return Errno(open("/proc/self/maps", O_RDONLY)); }, Enter), 0);
  EXPECT_EQ(Outcome(
                [] {
                  int answer = 1;
                  std::thread([&answer] { answer = 0; }).join();
                  return answer;
                },
                Enter),
            0);
  EXPECT_EQ(Outcome([] { return raise(SIGKILL); }, Enter), 128 + SIGKILL);
}

TEST(SandboxTest, BoundsTheAddressSpace) {
  const auto take = [] {
    void* memory = mmap(nullptr, 1024 * kMiB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : 0;
  };
  const auto bounded = [] { return EnterSandbox(512 * kMiB); };
  EXPECT_EQ(Outcome(take, bounded), kSanitized ? 0 : ENOMEM);
  EXPECT_EQ(Outcome(take, Enter), 0);
  EXPECT_EQ(Outcome(take, [] { return EnterSandbox(0); }), 0);
}

TEST(SandboxTest, HoldsForThreadsThatRanBefore) {
  EXPECT_EQ(Outcome([] {
              std::binary_semaphore entered(0);
              int result = 0;
              std::thread before([&] {
                entered.acquire();
                result = Socket(AF_INET);
              });
              const bool failed = !Enter().empty();
              entered.release();
              before.join();
              return failed ? kNotEntered : result;
            }),
            EACCES);
}

TEST(SandboxTest, RefusesEverySocketInTheEnd) {
  EXPECT_EQ(Outcome([] { return Socket(AF_UNIX); }, EnterAndRefuseSockets), EACCES);
  EXPECT_EQ(Outcome([] { return Socket(AF_INET); }, EnterAndRefuseSockets), EACCES);
  EXPECT_EQ(Outcome([] { return Errno(connect(0, nullptr, 0)); }, EnterAndRefuseSockets), EACCES);
}

}  // namespace
}  // namespace ball
