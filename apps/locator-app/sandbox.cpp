// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/locator-app/sandbox.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <type_traits>
#include <vector>

namespace ball {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// One system call that is refused: always, or where an argument is as `conditions` say.
struct Refusal {
  const char* call;
  int error;
  std::vector<scmp_arg_cmp> conditions = {};
};

using Refusals = std::vector<Refusal>;

scmp_arg_cmp Compare(unsigned argument, scmp_compare how, uint64_t a, uint64_t b = 0) {
  return {argument, how, a, b};
}

// io_uring could do all of these without a system call that is seen here; a C library that is told
// ENOSYS does without.
Refusals Network() {
  return {{"socket", EACCES, {Compare(0, SCMP_CMP_NE, AF_UNIX)}},
          {"socketpair", EACCES, {Compare(0, SCMP_CMP_NE, AF_UNIX)}},
          {"io_uring_setup", ENOSYS},
          {"io_uring_enter", ENOSYS},
          {"io_uring_register", ENOSYS}};
}

// A thread is a clone, too. What clone3 does stands in memory, where no filter can look: with
// ENOSYS the C library takes clone.
Refusals Programs() {
  Refusals refusals = {{"execve", EACCES}, {"execveat", EACCES}, {"fork", EPERM}, {"vfork", EPERM}};
  if (kSanitized) return refusals;
#if defined(__s390x__)
  constexpr unsigned kFlags = 1;
#else
  constexpr unsigned kFlags = 0;
#endif
  refusals.push_back({"clone", EPERM, {Compare(kFlags, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)}});
  refusals.push_back({"clone3", ENOSYS});
  return refusals;
}

// The client runs under the same user.
Refusals OtherProcesses() {
  const auto self = static_cast<uint64_t>(getpid());
  Refusals refusals = {{"process_vm_readv", EPERM},
                       {"process_vm_writev", EPERM},
                       {"process_madvise", EPERM},
                       {"pidfd_getfd", EPERM},
                       {"pidfd_open", EPERM},
                       {"pidfd_send_signal", EPERM},
                       {"kcmp", EPERM},
                       {"kill", EPERM, {Compare(0, SCMP_CMP_NE, self)}},
                       {"tgkill", EPERM, {Compare(0, SCMP_CMP_NE, self)}},
                       {"tkill", EPERM},
                       {"rt_sigqueueinfo", EPERM},
                       {"rt_tgsigqueueinfo", EPERM},
                       // Nobody's limits: the bound on memory is one.
                       {"prlimit64", EPERM, {Compare(2, SCMP_CMP_NE, 0)}},
                       {"setrlimit", EPERM},
                       // Keys pressed on the terminal that our messages go to.
                       {"ioctl", EPERM, {Compare(1, SCMP_CMP_MASKED_EQ, 0xffffffff, TIOCSTI)}}};
  if (!kSanitized) refusals.push_back({"ptrace", EPERM});
  return refusals;
}

// Most of them want a privilege that it has not; all of them have been ways to one.
Refusals Kernel() {
  Refusals refusals;
  for (const char* call : {"acct",
                           "add_key",
                           "bpf",
                           "chroot",
                           "clock_adjtime",
                           "clock_settime",
                           "delete_module",
                           "finit_module",
                           "fsconfig",
                           "fsmount",
                           "fsopen",
                           "fspick",
                           "init_module",
                           "ioperm",
                           "iopl",
                           "kexec_load",
                           "keyctl",
                           "mount",
                           "mount_setattr",
                           "move_mount",
                           "open_tree",
                           "personality",
                           "pivot_root",
                           "quotactl",
                           "reboot",
                           "request_key",
                           "setdomainname",
                           "sethostname",
                           "setns",
                           "settimeofday",
                           "swapoff",
                           "swapon",
                           "umount2",
                           "unshare",
                           "userfaultfd",
                           "vmsplice",
                           "adjtimex",
                           "perf_event_open",
                           "kexec_file_load",
                           "open_by_handle_at"}) {
    refusals.push_back({call, EPERM});
  }
  return refusals;
}

// From here on, in each thread that there is. Returns 0 or an errno.
int Install(const std::vector<Refusals>& groups) {
  const std::unique_ptr<std::remove_pointer_t<scmp_filter_ctx>, decltype(&seccomp_release)> filter(
      seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
  if (!filter) return ENOMEM;
  int result = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  for (const Refusals& group : groups) {
    for (const auto& [call, error, conditions] : group) {
      const int number = seccomp_syscall_resolve_name(call);
      // One that this library, or this architecture, does not know.
      if (number == __NR_SCMP_ERROR) continue;
      if (result == 0) {
        result =
            seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(error), number,
                                   static_cast<unsigned>(conditions.size()), conditions.data());
      }
    }
  }
  return -(result == 0 ? seccomp_load(filter.get()) : result);
}

bool Limit(__rlimit_resource resource, rlim_t value) {
  rlimit limit = {};
  if (getrlimit(resource, &limit) != 0) return false;
  limit.rlim_max = std::min(limit.rlim_max, value);
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(resource, &limit) == 0;
}

std::string Because(const char* what, int error) {
  return std::string(what) + ": " + std::strerror(error);
}

}  // namespace

std::string EnterSandbox(uint64_t address_space) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Because("no_new_privs", errno);
  if (!Limit(RLIMIT_CORE, 0)) return Because("core size", errno);
  if (!kSanitized && address_space != 0 && !Limit(RLIMIT_AS, address_space)) {
    return Because("address space", errno);
  }
  const int error = Install({Network(), Programs(), OtherProcesses(), Kernel()});
  return error == 0 ? std::string() : Because("seccomp", error);
}

std::string RefuseSockets() {
  const int error = Install({{{"socket", EACCES}, {"connect", EACCES}, {"bind", EACCES}}});
  return error == 0 ? std::string() : Because("seccomp", error);
}

}  // namespace ball
