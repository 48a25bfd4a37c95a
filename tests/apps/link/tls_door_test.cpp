// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/tls_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

Ref<GSocketConnection> ConnectionOf(int socket) {
  const auto owner = Ref<GSocket>::adopt(g_socket_new_from_fd(socket, nullptr));
  return Ref<GSocketConnection>::adopt(g_socket_connection_factory_create_connection(owner.get()));
}

// What the door says of one whose silence ends before the main loop has its turn, and who sent that
// before.
std::vector<std::string> NotesOfLate(std::string_view sent) {
  std::vector<std::string> notes;
  TlsDoor::Settings settings;
  settings.silence = milliseconds(1);
  TlsDoor door(settings, {{}, [&](const std::string& note) { notes.push_back(note); }});
  std::array<int, 2> ends{};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  door.Receive(ConnectionOf(ends[0]), {});
  EXPECT_EQ(send(ends[1], sent.data(), sent.size(), 0), static_cast<ssize_t>(sent.size()));
  std::this_thread::sleep_for(2 * settings.silence);
  EXPECT_TRUE(RunUntil([&] { return !notes.empty(); }));
  close(ends[1]);
  RunPending();
  return notes;
}

TEST(TlsDoorTest, TurnsAwayWhoIsSilent) {
  EXPECT_THAT(NotesOfLate(""), ElementsAre(HasSubstr("nothing came of it")));
}

TEST(TlsDoorTest, WhoSpokeWhileThisProcessHadNoTurnWasNotSilent) {
  // The type of a handshake's record, and none of TLS behind it.
  EXPECT_THAT(NotesOfLate("\x16 no such version"),
              ElementsAre(HasSubstr("ended in its TLS handshake")));
}

}  // namespace
}  // namespace ball
