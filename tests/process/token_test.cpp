// SPDX-License-Identifier: LGPL-2.1-or-later
// A server that asks for a token, and clients that have it, another one, or none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>

#include "tests/process/line_socket.h"
#include "tests/process/programs.h"

namespace ball {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kToken[] = "open sesame";

class TokenTest : public ProgramTest {
 protected:
  void SetUp() override { server_ = StartServer({"--token-file", FileOf("token", kToken)}); }
  void TearDown() override {
    server_.reset();
    ProgramTest::TearDown();
  }

  std::string FileOf(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name)) << text << "\n";
    return Path(name);
  }

  // What a raw client gets for its bytes, line by line, until the server closes.
  std::vector<std::string> AnswersTo(const std::string& bytes) const {
    LineSocket socket = LineSocket::ConnectTo(server_->port());
    socket.Send(bytes);
    std::vector<std::string> lines;
    while (const auto line = socket.ReadLine()) lines.push_back(*line);
    return lines;
  }

  Server& server() { return *server_; }

 private:
  std::unique_ptr<Server> server_;
};

TEST_F(TokenTest, RightOneIsServed) {
  const auto client =
      StartClient(server().port(), {"--token-file", FileOf("own", kToken), "--frames", "5"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  server().Signal(SIGTERM);
  EXPECT_EQ(server().AwaitExit(), 0);
  EXPECT_THAT(server().Output() + server().Errors() + client->Output() + client->Errors(),
              Not(HasSubstr(kToken)));
}

TEST_F(TokenTest, WrongOneIsRefusedForGood) {
  const auto client =
      StartClient(server().port(), {"--token-file", FileOf("own", "open says me"), "--reconnect"});
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_EQ(client->Errors(),
            "client-app: the server says: the token is not the server's (--token-file)\n");
  EXPECT_TRUE(server().AwaitError("was turned away: the token is not the server's"));
  EXPECT_THAT(server().Errors(), AllOf(Not(HasSubstr(kToken)), Not(HasSubstr("open says me"))));
}

TEST_F(TokenTest, ClientWithoutOneIsRefusedAfterAWhile) {
  const auto client = StartClient(server().port(), {});
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("no hello with a token within 10 s (--hello-timeout)"));
}

TEST_F(TokenTest, ServerWithoutOneIgnoresTheHello) {
  const auto open = StartServer({});
  const auto client =
      StartClient(open->port(), {"--token-file", FileOf("own", kToken), "--frames", "5"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
}

TEST_F(TokenTest, EachKindOfWrongHelloGetsOneErrorAndNoOffer) {
  const std::string hello = R"({"type":"hello","token":")";
  for (const std::string& bytes :
       {hello + "open\"}\n", hello + "\"}\n", hello + kToken + "x\"}\n",
        hello + std::string(200000, 'x') + "\"}\n", hello + std::string(300000, 'x') + "\"}\n",
        std::string("{\"type\":\"hello\",\"report\":true}\n"), std::string("{\"type\":\"bye\"}\n"),
        std::string("{\"type\":\"answer\",\"sdp\":\"\"}\n"), std::string("garbage\n")}) {
    const auto lines = AnswersTo(bytes);
    ASSERT_LE(lines.size(), 1U) << bytes.substr(0, 80);
    // A line that is too long may lose its answer: the rest of it is not read.
    if (lines.empty()) {
      EXPECT_GT(bytes.size(), 262144U);
      continue;
    }
    EXPECT_THAT(lines[0], HasSubstr("\"type\": \"error\"}")) << bytes.substr(0, 80);
  }
}

TEST_F(TokenTest, HalfAHelloDoesNotKeepOthersOut) {
  std::vector<LineSocket> halves;
  for (int i = 0; i < 80; ++i) {
    halves.push_back(LineSocket::ConnectTo(server().port()));
    ASSERT_TRUE(halves.back().Send("{\"type\":\"hello\",\"tok"));
  }
  const auto client =
      StartClient(server().port(), {"--token-file", FileOf("own", kToken), "--frames", "5"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_TRUE(server().AwaitError("too many connections wait for a hello"));
}

}  // namespace
}  // namespace ball
