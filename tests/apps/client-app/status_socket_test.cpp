// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/client-app/status_socket.h"

#include <gio/gunixsocketaddress.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "apps/client-app/handoff_directory.h"
#include "apps/link/status_check.h"

namespace ball {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class StatusSocketTest : public testing::Test {
 protected:
  StatusSocketTest() { g_setenv("XDG_RUNTIME_DIR", runtime_.get(), TRUE); }
  ~StatusSocketTest() override {
    g_unsetenv("XDG_RUNTIME_DIR");
    std::filesystem::remove_all(runtime_.get());
  }

  ExitCode Ask(CheckedState state, const std::string& path) const {
    StatusCheck check;
    check.state = state;
    check.where = Ref<GSocketConnectable>::adopt(
        G_SOCKET_CONNECTABLE(g_unix_socket_address_new(path.c_str())));
    check.program = "test";
    return RunStatusCheck(check);
  }
  std::string Path() const { return std::string(runtime_.get()) + "/status"; }

  const OwnedString runtime_{g_dir_make_tmp("ball-status-XXXXXX", nullptr)};
  Status status_{true, true, 1, 1};
  StatusSocket socket_{[this] { return status_; }};
};

TEST_F(StatusSocketTest, AnswersEachCheckWithTheStatusOfThatMoment) {
  ASSERT_EQ(socket_.Listen(Path()), "");
  EXPECT_EQ(Ask(CheckedState::kReady, Path()), ExitCode::kSuccess);
  status_.ready = false;
  EXPECT_EQ(Ask(CheckedState::kReady, Path()), ExitCode::kFailure);
  EXPECT_EQ(Ask(CheckedState::kLive, Path()), ExitCode::kSuccess);
  status_.live = false;
  EXPECT_EQ(Ask(CheckedState::kLive, Path()), ExitCode::kFailure);
  EXPECT_EQ(Ask(CheckedState::kStartup, Path()), ExitCode::kSuccess);
}

TEST_F(StatusSocketTest, NobodyListensBeforeIt) {
  EXPECT_EQ(Ask(CheckedState::kLive, Path()), ExitCode::kNoConnection);
}

TEST_F(StatusSocketTest, SaysWhyItDoesNotListen) {
  EXPECT_THAT(socket_.Listen(std::string(runtime_.get()) + "/none/status"),
              HasSubstr("cannot listen on "));
}

TEST_F(StatusSocketTest, IsFoundByTheDirectoryItIsIn) {
  EXPECT_THAT(RunningClients(HandoffBase()), IsEmpty());
  {
    const HandoffDirectory directory;
    EXPECT_THAT(RunningClients(HandoffBase()), IsEmpty()) << "it tells no status";
    ASSERT_EQ(socket_.Listen(directory.StatusPath()), "");
    const auto clients = RunningClients(HandoffBase());
    ASSERT_THAT(clients, SizeIs(1));
    EXPECT_EQ(clients[0].pid, getpid());
    EXPECT_EQ(clients[0].status_path, directory.StatusPath());
  }
  EXPECT_THAT(RunningClients(HandoffBase()), IsEmpty());
}

TEST(ParseCheckedStateTest, KnowsThreeStates) {
  EXPECT_EQ(ParseCheckedState("startup"), CheckedState::kStartup);
  EXPECT_EQ(ParseCheckedState("ready"), CheckedState::kReady);
  EXPECT_EQ(ParseCheckedState("live"), CheckedState::kLive);
  EXPECT_EQ(ParseCheckedState("Ready"), std::nullopt);
  EXPECT_EQ(ParseCheckedState(""), std::nullopt);
}

}  // namespace
}  // namespace ball
