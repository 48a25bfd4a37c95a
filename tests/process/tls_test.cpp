// SPDX-License-Identifier: LGPL-2.1-or-later
// Signalling over TLS: who is served, and what those are told who are not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "tests/process/faults.h"
#include "tests/process/line_socket.h"
#include "tests/process/programs.h"
#include "tests/process/test_authority.h"

namespace ball {
namespace {

using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::StartsWith;

// What a TLS client sends first: the head of a record with a ClientHello, and no more of it.
constexpr std::string_view kHalfHello("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);

class TlsTest : public ProgramTest {
 protected:
  void SetUp() override {
    authority_ = std::make_unique<TestAuthority>(Path("ca.pem"));
    ASSERT_TRUE(authority_->Issue("IP:127.0.0.1,DNS:ball.test", Path("cert.pem"), Path("key.pem")));
  }

  const TestAuthority& authority() const { return *authority_; }

  std::unique_ptr<Server> StartTlsServer(const Arguments& more = {}) {
    return StartServer(
        Concatenated({"--tls-cert", Path("cert.pem"), "--tls-key", Path("key.pem")}, more));
  }
  std::unique_ptr<Child> StartTrustingClient(int port, const Arguments& more = {}) {
    return StartClient(port, Concatenated({"--tls-ca", Path("ca.pem"), "--frames", "5"}, more));
  }
  // The client is refused by its own exit code and with one sentence, and the server goes on.
  void ExpectRefused(Server& server, const Arguments& client_arguments, const std::string& why) {
    const auto client = StartClient(server.port(), Concatenated({"--reconnect"}, client_arguments));
    EXPECT_EQ(client->AwaitExit(), 4) << client->Errors();
    EXPECT_EQ(client->Errors(),
              "client-app: no TLS with 127.0.0.1:" + std::to_string(server.port()) +
                  ": the server's certificate " + why + "\n");
    EXPECT_TRUE(server.AwaitError("ended in its TLS handshake"));
    EXPECT_TRUE(server.running());
  }

 private:
  std::unique_ptr<TestAuthority> authority_;
};

TEST_F(TlsTest, ServesOverTlsWhatItServesWithout) {
  std::ofstream(Path("token")) << "open sesame\n";
  const Arguments token = {"--token-file", Path("token")};
  const auto server = StartTlsServer(token);
  const auto client =
      StartTrustingClient(server->port(), Concatenated(token, {"--report", Path("report.json")}));
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_TRUE(std::ifstream(Path("report.json")).good());
  server->Signal(SIGTERM);
  EXPECT_EQ(server->AwaitExit(), 0);
  EXPECT_EQ(server->Errors(), "");
}

TEST_F(TlsTest, CertificateAndKeyMayStandInOneFile) {
  std::ofstream both(Path("both.pem"));
  both << std::ifstream(Path("key.pem")).rdbuf() << std::ifstream(Path("cert.pem")).rdbuf();
  both.close();
  const auto server = StartServer({"--tls-cert", Path("both.pem")});
  ASSERT_NE(server->port(), 0) << server->Errors();
  const auto client = StartTrustingClient(server->port());
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
}

TEST_F(TlsTest, NameOfTheCertificateMayBeGiven) {
  const auto server = StartTlsServer();
  const auto client = StartTrustingClient(server->port(), {"--tls-name", "ball.test"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
}

TEST_F(TlsTest, ServersOwnCertificateWillDoForItsCa) {
  const auto server = StartTlsServer();
  const auto client = StartClient(server->port(), {"--tls-ca", Path("cert.pem"), "--frames", "5"});
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
}

TEST_F(TlsTest, CertificateOfAnotherCaIsRefused) {
  const TestAuthority other(Path("other.pem"));
  const auto server = StartTlsServer();
  ExpectRefused(
      *server, {"--tls-ca", Path("other.pem")},
      "is not signed by a CA in " + Path("other.pem") + ": give --tls-ca the one that signed it");
  ExpectRefused(*server, {"--tls"},
                "is signed by no CA that this machine trusts: give its CA with --tls-ca");
}

TEST_F(TlsTest, CertificateForAnotherNameIsRefused) {
  const auto server = StartTlsServer();
  ExpectRefused(
      *server, {"--tls-ca", Path("ca.pem"), "--tls-name", "other.test"},
      "is for ball.test, 127.0.0.1, not for other.test: give one of its names with --host "
      "or --tls-name");
  ExpectRefused(*server, {"--tls-ca", Path("ca.pem"), "--tls-name", "127.0.0.2"},
                "is for ball.test, 127.0.0.1, not for 127.0.0.2: give one of its names with --host "
                "or --tls-name");
}

TEST_F(TlsTest, CertificateThatIsOverIsRefusedAndTheServerSaysSo) {
  ASSERT_TRUE(authority().Issue("IP:127.0.0.1", Path("cert.pem"), Path("key.pem"), {-10, -2}));
  const auto server = StartTlsServer();
  EXPECT_TRUE(server->AwaitError("has expired: clients will refuse it"));
  const auto client = StartTrustingClient(server->port());
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("the server's certificate expired on 20"));
}

TEST_F(TlsTest, CertificateThatIsNotValidYetIsRefused) {
  ASSERT_TRUE(authority().Issue("IP:127.0.0.1", Path("cert.pem"), Path("key.pem"), {2, 10}));
  const auto server = StartTlsServer();
  EXPECT_TRUE(server->AwaitError("is not valid yet: clients will refuse it"));
  const auto client = StartTrustingClient(server->port());
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(), HasSubstr("the server's certificate is not valid before 20"));
}

TEST_F(TlsTest, ClientWithoutTlsIsToldInPlainText) {
  const auto server = StartTlsServer();
  LineSocket hasty = LineSocket::ConnectTo(server->port());
  hasty.Send("{\"type\":\"hello\",\"token\":\"x\"}\n");
  EXPECT_EQ(hasty.ReadLine(),
            "{\"message\": \"the server wants TLS, which the client does not speak: give it "
            "--tls\", \"type\": \"error\"}");
  const auto client = StartClient(server->port(), {});
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_EQ(client->Errors(),
            "client-app: the server says: the server wants TLS, and nothing came of it: give the "
            "client --tls\n");
}

TEST_F(TlsTest, ClientOfAServerWithoutTlsIsTold) {
  const auto server = StartServer({});
  const auto client = StartTrustingClient(server->port());
  EXPECT_EQ(client->AwaitExit(), 4);
  EXPECT_THAT(client->Errors(),
              testing::AllOf(StartsWith("client-app: no TLS with 127.0.0.1:"),
                             HasSubstr("start the server with --tls-cert, or leave --tls and "
                                       "--tls-ca away")));
  EXPECT_TRUE(server->AwaitError("the other side speaks TLS: the server needs --tls-cert"));
}

TEST_F(TlsTest, ServerThatNeverShakesHandsIsGivenUp) {
  const LineListener listener;
  const auto client = StartTrustingClient(listener.port());
  const LineSocket connection = listener.Accept();
  EXPECT_EQ(client->AwaitExit(), 5);
  EXPECT_THAT(client->Errors(), HasSubstr("the handshake broke (it did not end in time)"));
}

TEST_F(TlsTest, HalfHandshakesEndInTimeAndKeepNobodyOut) {
  const auto server = StartTlsServer();
  std::vector<LineSocket> halves;
  for (int i = 0; i < 40; ++i) {
    // Of other addresses than the client's: each has its turn.
    halves.push_back(
        LineSocket::ConnectTo(server->port(), "127.0.0.1", "127.0.1." + std::to_string(1 + i % 2)));
    ASSERT_TRUE(halves.back().Send(kHalfHello));
  }
  const auto begun = steady_clock::now();
  const auto client = StartTrustingClient(server->port());
  EXPECT_EQ(client->AwaitExit(), 0) << client->Errors();
  EXPECT_LT(steady_clock::now() - begun, kSlowdown * std::chrono::seconds(9));
  for (LineSocket& half : halves) EXPECT_TRUE(half.AwaitEnd());
  EXPECT_TRUE(server->AwaitError("ended in its TLS handshake: it did not end in time"));
  EXPECT_TRUE(server->AwaitError("too many TLS handshakes of its address"));
  EXPECT_TRUE(server->running());
}

TEST_F(TlsTest, CheckAsksForTheServersOwnCertificate) {
  const auto server = StartTlsServer();
  // AddressSanitizer's stack of each allocation takes longer than a check waits; on a busy machine
  // another one is made.
  const char* options = std::getenv("ASAN_OPTIONS");
  const Environment quick = {{"ASAN_OPTIONS", std::string(options == nullptr ? "" : options) +
                                                  ":fast_unwind_on_malloc=1"}};
  const auto check = [&](const Arguments& more) {
    std::unique_ptr<Child> made;
    AwaitTrue([&] {
      made = Start(Program::kServer,
                   Concatenated({"--check=ready", "--port", std::to_string(server->port())}, more),
                   quick);
      made->AwaitExit();
      return made->Errors().find("within 1.5 s") == std::string::npos;
    });
    return made;
  };
  const auto right = check({"--tls-cert", Path("cert.pem")});
  EXPECT_EQ(right->AwaitExit(), 0) << right->Errors();
  EXPECT_EQ(right->Output(), "server-app: ready, 0 of 16 sessions\n");
  const auto wrong = check({"--tls-cert", Path("ca.pem")});
  EXPECT_EQ(wrong->AwaitExit(), 1);
  EXPECT_THAT(wrong->Errors(), HasSubstr("the server's certificate is not the one of --tls-cert"));
  const auto plain = check({});
  EXPECT_EQ(plain->AwaitExit(), 1);
  EXPECT_THAT(plain->Errors(), HasSubstr("the server wants TLS, which the client does not speak"));
}

TEST_F(TlsTest, MachineWithoutTlsIsToldWhatToInstall) {
  const Environment without = {{"GIO_MODULE_DIR", "/nowhere"}};
  const std::string advice = "this machine's GIO has no TLS: install the package glib-networking\n";
  const auto client = Start(Program::kClient, {"--tls", "--display", "none"}, without);
  EXPECT_EQ(client->AwaitExit(), 1);
  EXPECT_EQ(client->Errors(), "client-app: " + advice);
  const auto server = Start(
      Program::kServer, {"--tls-cert", Path("cert.pem"), "--tls-key", Path("key.pem")}, without);
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(server->Errors(), "server-app: " + advice);
}

TEST_F(TlsTest, KeyMustBeTheCertificates) {
  ASSERT_TRUE(authority().Issue("IP:127.0.0.1", Path("other.pem"), Path("other.key")));
  const auto server = Start(Program::kServer, {"--port", "0", "--tls-cert", Path("cert.pem"),
                                               "--tls-key", Path("other.key")});
  EXPECT_EQ(server->AwaitExit(), 1);
  EXPECT_EQ(server->Errors(), "server-app: the private key in " + Path("other.key") +
                                  " is not that of the certificate in " + Path("cert.pem") +
                                  ": give --tls-key the one that the certificate was made for\n");
}

}  // namespace
}  // namespace ball
