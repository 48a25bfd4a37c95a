// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/network/network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace ball {
namespace {

constexpr char kInterface[] = "eth0";
// What comes at once while this process waits for a processor must have room.
constexpr int kQueuedPackets = 20'000;
constexpr int kTries = 1000;  // of 10 ms
// The kernel's numbers of /dev/net/tun.
constexpr unsigned kTunMajor = 10;
constexpr unsigned kTunMinor = 200;

std::string Failed(const std::string& what) {
  const int reason = errno;
  return what + ": " + std::strerror(reason);
}

ifreq Request(const char* interface) {
  ifreq request{};
  std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  return request;
}

void SetAddress(sockaddr& destination, in_addr address) {
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  internet.sin_addr = address;
  std::memcpy(&destination, &internet, sizeof internet);
}

// An ioctl of this process's network.
class Settings {
 public:
  Settings() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

  bool Apply(unsigned long what, ifreq& request) const {
    return ioctl(socket_.number(), what, &request) == 0;
  }
  bool BringUp(const char* interface) const {
    ifreq request = Request(interface);
    if (!Apply(SIOCGIFFLAGS, request)) return false;
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    return Apply(SIOCSIFFLAGS, request);
  }
  bool IsRunning(const char* interface) const {
    ifreq request = Request(interface);
    return Apply(SIOCGIFFLAGS, request) && (request.ifr_flags & IFF_RUNNING) != 0;
  }
  bool SetIpv4(const char* interface, const std::string& text) const {
    in_addr address{};
    if (inet_pton(AF_INET, text.c_str(), &address) != 1) {
      errno = EINVAL;
      return false;
    }
    ifreq request = Request(interface);
    SetAddress(request.ifr_addr, address);
    if (!Apply(SIOCSIFADDR, request)) return false;
    SetAddress(request.ifr_netmask, in_addr{htonl(0xFFFFFF00)});
    return Apply(SIOCSIFNETMASK, request);
  }

 private:
  const File socket_;
};

// Without IPv6, of which nobody here asked: its packets would be impaired and counted, too.
void DisableIpv6() {
  std::ofstream(std::string("/proc/sys/net/ipv6/conf/") + kInterface + "/disable_ipv6") << "1";
}

// Small machines and containers have the driver without its node: root makes one for this moment.
File OpenTunDevice() {
  constexpr int kFlags = O_RDWR | O_NONBLOCK | O_CLOEXEC;
  File device(open("/dev/net/tun", kFlags));
  if (device.open() || errno != ENOENT) return device;
  char directory[] = "/dev/ball-XXXXXX";
  if (mkdtemp(directory) == nullptr) return {};
  const std::string node = std::string(directory) + "/tun";
  if (mknod(node.c_str(), S_IFCHR | S_IRUSR | S_IWUSR, makedev(kTunMajor, kTunMinor)) == 0) {
    device = File(open(node.c_str(), kFlags));
  }
  const int reason = errno;
  unlink(node.c_str());
  rmdir(directory);
  errno = reason;
  return device;
}

File OpenTun() {
  File tun = OpenTunDevice();
  if (!tun.open()) return {};
  ifreq request = Request(kInterface);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (ioctl(tun.number(), TUNSETIFF, &request) != 0) return {};
  return tun;
}

bool Configure(const std::string& address) {
  const Settings settings;
  DisableIpv6();
  if (!settings.SetIpv4(kInterface, address) || !settings.BringUp(kInterface)) return false;
  // The kernel takes up to a second to call an interface running. (The other end of a cable must be
  // up for it, too.)
  for (int tries = 0; tries < kTries; ++tries) {
    if (settings.IsRunning(kInterface)) return true;
    poll(nullptr, 0, 10);
  }
  errno = ENETDOWN;
  return false;
}

bool LengthenQueue() {
  ifreq queue = Request(kInterface);
  queue.ifr_qlen = kQueuedPackets;
  return Settings().Apply(SIOCSIFTXQLEN, queue);
}

bool WriteText(const char* path, const std::string& text) {
  const File file(open(path, O_WRONLY | O_CLOEXEC));
  return file.open() &&
         write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

bool BecomeRootOfUserNamespace() {
  const std::string user = std::to_string(geteuid());
  const std::string group = std::to_string(getegid());
  return unshare(CLONE_NEWUSER) == 0 && WriteText("/proc/self/setgroups", "deny") &&
         WriteText("/proc/self/uid_map", "0 " + user + " 1") &&
         WriteText("/proc/self/gid_map", "0 " + group + " 1");
}

}  // namespace

bool AllowNetworks(std::string& error) {
  if (unshare(CLONE_NEWNET) == 0 || BecomeRootOfUserNamespace()) return true;
  error = Failed(
      "not allowed to make a network namespace: run as root, or allow unprivileged user namespaces "
      "(sysctl kernel.unprivileged_userns_clone=1)");
  return false;
}

MadeNetwork MakeNetwork(const std::string& address) {
  MadeNetwork made;
  if (unshare(CLONE_NEWNET) != 0) {
    made.error = Failed("a network namespace cannot be made");
    return made;
  }
  made.network.address = address;
  made.network.name_space = File(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  if (!Settings().BringUp("lo")) made.error = Failed("a loopback interface cannot be set up");
  return made;
}

bool EnterNetwork(const Network& network) {
  return setns(network.name_space.number(), CLONE_NEWNET) == 0;
}

std::string AddTun(Network& network) {
  if (!EnterNetwork(network)) return Failed("a network cannot be entered");
  network.tun = OpenTun();
  if (!network.tun.open()) return Failed("/dev/net/tun cannot be used (modprobe tun)");
  if (!LengthenQueue()) return Failed("an interface cannot be set up");
  return SetUpInterface(network);
}

std::string SetUpInterface(const Network& network) {
  if (!EnterNetwork(network)) return Failed("a network cannot be entered");
  return Configure(network.address) ? "" : Failed("an interface cannot be set up");
}

}  // namespace ball
