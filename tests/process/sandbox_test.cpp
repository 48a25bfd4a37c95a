// SPDX-License-Identifier: LGPL-2.1-or-later
// What the running locator may not do, looked at from outside; and what keeps others out of the way
// of the frames.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/process/file.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::HasSubstr;

// The rest of the line of /proc/PID/FILE that begins with `name`, its blanks made one.
std::string Field(pid_t pid, const std::string& file, const std::string& name) {
  std::ifstream lines("/proc/" + std::to_string(pid) + "/" + file);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(name, 0) != 0) continue;
    std::istringstream words(line.substr(name.size()));
    std::string text, word;
    while (words >> word) text += (text.empty() ? "" : " ") + word;
    return text;
  }
  return "no " + name;
}

// A limit, soft and hard; none where a sanitizer is compiled in.
std::string Bytes(const std::string& limit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return "unlimited unlimited bytes";
#else
  return limit + " " + limit + " bytes";
#endif
}

mode_t ModeOf(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777 : 01000;
}

// A UDP port of the loopback that hears whether somebody sends.
class Listener {
 public:
  Listener() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_.number(), plain, size) == 0) getsockname(socket_.number(), plain, &size);
    port_ = ntohs(address.sin_port);
  }
  int port() const { return port_; }
  bool Hears(std::chrono::milliseconds limit) const {
    pollfd file = {socket_.number(), POLLIN, 0};
    return poll(&file, 1, static_cast<int>(limit.count())) == 1;
  }

 private:
  File socket_{socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  int port_ = 0;
};

class SandboxTest : public ProgramTest {
 protected:
  void TearDown() override {
    client_.reset();
    server_.reset();
    ProgramTest::TearDown();
  }

  // A client and its locator, that answers.
  void Run(const Arguments& arguments) {
    server_ = StartServer({"--print", "each"});
    client_ = StartClient(server_->port(), arguments);
    locator_ = LocatorOf(*client_);
    ASSERT_NE(locator_, 0) << client_->Errors();
    ASSERT_TRUE(server_->AwaitOutput(" matched")) << client_->Errors();
  }

  // A locator that sends each frame to that port as well, so small that it fits into a packet.
  static Arguments Sending(const Listener& listener) {
    return {"--locator",
            "tee name=t ! queue ! videoscale ! video/x-raw,width=64,height=48 "
            "! udpsink sync=false async=false host=127.0.0.1 port=" +
                std::to_string(listener.port()) + " t. ! queue ! balllocate"};
  }

  std::unique_ptr<Server> server_;
  std::unique_ptr<Child> client_;
  pid_t locator_ = 0;
};

TEST_F(SandboxTest, LocatorHasNoNewPrivilegesAFilterAndBoundedMemory) {
  Run({});
  EXPECT_EQ(Field(locator_, "status", "NoNewPrivs:"), "1");
  EXPECT_EQ(Field(locator_, "status", "Seccomp:"), "2");
  EXPECT_EQ(Field(locator_, "limits", "Max core file size"), "0 0 bytes");
  EXPECT_EQ(Field(locator_, "limits", "Max address space"), Bytes("1073741824"));
}

TEST_F(SandboxTest, MemoryIsBoundedAsSaid) {
  Run({"--locator-memory", "700"});
  EXPECT_EQ(Field(locator_, "limits", "Max address space"), Bytes("734003200"));
}

TEST_F(SandboxTest, OffIsOff) {
  Run({"--locator-sandbox", "off"});
  const pid_t self = getpid();
  for (const char* field : {"NoNewPrivs:", "Seccomp_filters:"}) {
    EXPECT_EQ(Field(locator_, "status", field), Field(self, "status", field));
  }
  for (const char* field : {"Max core file size", "Max address space"}) {
    EXPECT_EQ(Field(locator_, "limits", field), Field(self, "limits", field));
  }
}

TEST_F(SandboxTest, LocatorThatWantsTheNetworkIsRefusedItAndSaysSo) {
  const Listener listener;
  server_ = StartServer({});
  client_ = StartClient(server_->port(), Sending(listener));
  EXPECT_EQ(client_->AwaitExit(), 1);
  EXPECT_THAT(client_->Errors(), HasSubstr("--locator-sandbox off"));
  EXPECT_FALSE(listener.Hears(std::chrono::milliseconds(0)));
}

TEST_F(SandboxTest, LocatorThatWantsTheNetworkGetsItWithoutTheSandbox) {
  const Listener listener;
  Run(Concatenated(Sending(listener), {"--locator-sandbox", "off"}));
  EXPECT_TRUE(listener.Hears(kPatience));
}

TEST_F(SandboxTest, FramesAreOfferedToThisUserOnly) {
  Run({});
  const std::string base = runtime() + "/gst-ball";
  EXPECT_EQ(ModeOf(base), 0700);
  EXPECT_EQ(ModeOf(base + "/client-" + std::to_string(client_->pid()) + "-1"), 0700);
  const auto segments = SegmentsOf(client_->pid());
  ASSERT_FALSE(segments.empty());
  for (const std::string& segment : segments) EXPECT_EQ(ModeOf("/dev/shm/" + segment), 0600);
}

}  // namespace
}  // namespace ball
