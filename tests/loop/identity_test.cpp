// SPDX-License-Identifier: LGPL-2.1-or-later
// Whom a peer talks to: nothing of an impostor is used. And peers come and go without a trace.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "apps/link/peer_elements.h"
#include "tests/loop/peers.h"
#include "tests/run_until.h"

namespace ball {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr char kWrongCertificate[] = "the peer's certificate is not the one its description names";
// Usually some ms. One that hangs never ends; on a machine with much else to do one took over the 3
// s once that client-app grants it.
constexpr seconds kTeardownLimit{20};
// On a loopback connection all that was sent before has long arrived.
constexpr milliseconds kLongAfter{500};

// Another digest in every section: the description is still a good one, of another certificate.
std::string Forge(const std::string& sdp) {
  constexpr std::string_view kName = "a=fingerprint:sha-256 ";
  std::string forged = sdp;
  for (size_t at = forged.find(kName); at != std::string::npos; at = forged.find(kName, at)) {
    at += kName.size();
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
  }
  EXPECT_NE(forged, sdp) << "no fingerprint to forge";
  return forged;
}

size_t CountEntries(const char* directory) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

size_t Threads() { return CountEntries("/proc/self/task"); }
size_t Descriptors() { return CountEntries("/proc/self/fd"); }

// Sends again and again on an open channel, until the other side has heard of us long after the
// first of it.
bool SendForAWhile(WebRtcPeer& from, const std::string& label, WebRtcPeer& to) {
  std::optional<steady_clock::time_point> first;
  return RunUntil([&] {
    if (from.Send(label, R"({"some":"thing"})") && !first) first = steady_clock::now();
    return first && to.LastHeard() > *first + kLongAfter;
  });
}

// What the peer showed in the DTLS handshake, in PEM.
std::string PeerCertificate(GstElement* pipeline) {
  std::string pem;
  GstIterator* elements =
      gst_bin_iterate_all_by_element_factory_name(GST_BIN(pipeline), "dtlssrtpdec");
  gst_iterator_foreach(
      elements,
      [](const GValue* element, gpointer found) {
        gchar* text = nullptr;
        g_object_get(g_value_get_object(element), "peer-pem", &text, nullptr);
        const OwnedString owned(text);
        *static_cast<std::string*>(found) = owned ? owned.get() : "";
      },
      &pem);
  gst_iterator_free(elements);
  return pem;
}

int KeyType(const std::string& pem) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr), X509_free);
  return certificate ? EVP_PKEY_get_base_id(X509_get0_pubkey(certificate.get())) : EVP_PKEY_NONE;
}

class IdentityTest : public testing::Test {
 protected:
  ~IdentityTest() override { EXPECT_TRUE(teardown_.Finish(seconds(20))); }

  // Outlives what is buried, whose threads may still ask it for key frames.
  RunningSource source_{Codec::kVp8};
  Teardown teardown_;
};

TEST_F(IdentityTest, MessagesOfAnHonestPeerArriveEitherWay) {
  ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  EXPECT_TRUE(SendForAWhile(server.peer(), "session", client.peer()));
  EXPECT_TRUE(SendForAWhile(client.peer(), "coordinates", server.peer()));
  EXPECT_FALSE(client.log().messages.empty());
  EXPECT_FALSE(server.log().messages.empty());
}

// The kind of key that every peer has to know; newer peers refuse the RSA key that GStreamer makes.
TEST_F(IdentityTest, BothEndsShowACertificateOfAnEllipticCurve) {
  ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  EXPECT_EQ(KeyType(PeerCertificate(server.media().pipeline())), EVP_PKEY_EC);
  EXPECT_EQ(KeyType(PeerCertificate(client.receiver().pipeline())), EVP_PKEY_EC);
}

TEST_F(IdentityTest, AForgedOfferGivesTheClientNoFrameAndNoMessage) {
  ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client, Forge));
  EXPECT_EQ(client.log().failures, std::vector<std::string>{kWrongCertificate});
  EXPECT_FALSE(client.log().connected);
  // The server is not deceived: it sends.
  ASSERT_TRUE(server.log().connected);
  ASSERT_TRUE(SendForAWhile(server.peer(), "session", client.peer()));
  ASSERT_TRUE(RunUntil([&] { return server.sent() >= 30; }));
  EXPECT_TRUE(client.log().messages.empty());
  EXPECT_TRUE(client.seen().empty());
  EXPECT_TRUE(client.video().empty());
  EXPECT_EQ(client.receiver().journal().decoded(), 0U);
  server.media().ledger().Close(steady_clock::now());
  for (const FrameRecord& sent : server.media().ledger().TakeFinished()) {
    LocatorMessage located;
    located.rtp_timestamp = sent.frame.id;
    EXPECT_FALSE(client.receiver().journal().Answer(located, steady_clock::now()));
  }
  EXPECT_EQ(client.log().failures.size(), 1U) << "it is told once";
}

TEST_F(IdentityTest, AForgedAnswerGivesTheServerNoMessageAndTheClientNoFrame) {
  ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client, {}, Forge));
  EXPECT_EQ(server.log().failures, std::vector<std::string>{kWrongCertificate});
  EXPECT_FALSE(server.log().connected);
  // The client is not deceived: it sends.
  ASSERT_TRUE(client.log().connected);
  ASSERT_TRUE(SendForAWhile(client.peer(), "coordinates", server.peer()));
  EXPECT_TRUE(server.log().messages.empty());
  EXPECT_EQ(server.media().ledger().Totals().messages.received, 0U);
  EXPECT_EQ(server.sent(), 0U);
  EXPECT_TRUE(client.seen().empty());
  EXPECT_EQ(server.log().failures.size(), 1U) << "it is told once";
}

// webrtcbin draws them by lot, and two that drew the same hang.
TEST_F(IdentityTest, NoTwoPeersHaveTheSameSctpAssociation) {
  ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(server, client));
  GstElement* const pipelines[] = {server.media().pipeline(), client.receiver().pipeline()};
  guint drawn = 0;
  std::vector<guint> names;
  for (GstElement* pipeline : pipelines) {
    const auto bin = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline), "peer"));
    // As though both had drawn the same.
    for (const char* factory : {"sctpenc", "sctpdec"}) {
      const auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
      ASSERT_TRUE(element);
      g_object_set(element.get(), "sctp-association-id", 4711U, nullptr);
      gst_element_set_locked_state(element.get(), TRUE);
      gst_bin_add(GST_BIN(bin.get()), element.get());
      g_object_get(element.get(), "sctp-association-id", &drawn, nullptr);
      gst_bin_remove(GST_BIN(bin.get()), element.get());
      names.push_back(drawn);
    }
  }
  EXPECT_EQ(names[0], names[1]) << "the two elements of a peer";
  EXPECT_EQ(names[2], names[3]) << "the two elements of a peer";
  EXPECT_NE(names[0], names[2]);
}

TEST_F(IdentityTest, APeerThatLeavesDoesNotDisturbAnother) {
  auto leaving_server = std::make_unique<ServerEnd>(source_.pipeline(), Codec::kVp8, teardown_);
  auto leaving_client = std::make_unique<ClientEnd>(teardown_);
  ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
  ClientEnd client(teardown_);
  ASSERT_TRUE(Connect(*leaving_server, *leaving_client));
  ASSERT_TRUE(Connect(server, client));
  ASSERT_TRUE(AwaitAnswers(*leaving_server, *leaving_client, 10));
  ASSERT_TRUE(AwaitAnswers(server, client, 10));
  const auto answers = [&] { return server.media().ledger().Totals().messages.received; };

  // First its server does not know that it is gone, and still sends.
  leaving_client.reset();
  EXPECT_TRUE(AwaitAnswers(server, client, answers() + 30));
  leaving_server.reset();
  EXPECT_TRUE(AwaitAnswers(server, client, answers() + 30));

  server.media().StopFrames();
  EXPECT_TRUE(RunUntil([&] { return server.media().ledger().Settled(); }));
  const LedgerTotals totals = server.media().ledger().Totals();
  EXPECT_EQ(totals.frames.sent, totals.frames.matched);
  // Under a sanitizer a machine with other things to do is too slow for some frames.
  if (kSlowdown == 1) {
    EXPECT_EQ(server.media().dropped(), 0U);
  }
  EXPECT_TRUE(server.log().failures.empty());
  EXPECT_TRUE(client.log().failures.empty());
  EXPECT_TRUE(source_.failures().empty());
}

TEST_F(IdentityTest, ManySessionsLeaveNoThreadsAndDescriptorsBehind) {
  constexpr int kCycles = 15;
  // What is made once for the process is there by then.
  constexpr int kFirstCycles = 4;
  size_t threads = 0;
  size_t descriptors = 0;
  for (int cycle = 0; cycle < kCycles; ++cycle) {
    {
      ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
      ClientEnd client(teardown_);
      ASSERT_TRUE(Connect(server, client)) << cycle;
      ASSERT_TRUE(AwaitAnswers(server, client, 3)) << cycle;
    }
    ASSERT_TRUE(teardown_.Finish(kTeardownLimit)) << cycle;
    if (cycle < kFirstCycles) {
      threads = std::max(threads, Threads());
      descriptors = std::max(descriptors, Descriptors());
    }
  }
  EXPECT_TRUE(RunUntil([&] { return Threads() <= threads; }))
      << Threads() << " threads, first " << threads;
  EXPECT_TRUE(RunUntil([&] { return Descriptors() <= descriptors; }))
      << Descriptors() << " descriptors, first " << descriptors;
}

// As a loaded machine does, that makes GStreamer's RSA key.
void Dawdle(GstBin*, GstBin*, GstElement* element, gpointer dawdled) {
  if (!IsA(element, "dtlssrtpenc")) return;
  if (!std::exchange(*static_cast<bool*>(dawdled), true)) g_usleep(3500000);
}

TEST_F(IdentityTest, AMachineThatIsSlowToDescribeItselfMakesItsOfferAllTheSame) {
  bool dawdled = false;
  ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
  const auto bin =
      Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(server.media().pipeline()), "peer"));
  const SignalHandler slow(bin.get(), "deep-element-added", G_CALLBACK(Dawdle), &dawdled);
  EXPECT_TRUE(RunUntil(
      [&] { return server.log().description.has_value() || !server.log().failures.empty(); }));
  EXPECT_TRUE(dawdled);
  EXPECT_EQ(server.log().failures, std::vector<std::string>{});
}

TEST_F(IdentityTest, PeersThatWereNeverAnsweredEndInTime) {
  for (int cycle = 0; cycle < 5; ++cycle) {
    {
      ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
      ASSERT_TRUE(RunUntil([&] { return server.log().description.has_value(); })) << cycle;
    }
    EXPECT_TRUE(teardown_.Finish(kTeardownLimit)) << cycle;
  }
}

TEST_F(IdentityTest, PeersWhoseAnswerNeverArrivedEndInTime) {
  for (int cycle = 0; cycle < 5; ++cycle) {
    {
      ServerEnd server(source_.pipeline(), Codec::kVp8, teardown_);
      ClientEnd client(teardown_);
      ASSERT_TRUE(RunUntil([&] { return server.log().description.has_value(); })) << cycle;
      ASSERT_EQ(client.peer().AcceptOffer(*server.log().description), "") << cycle;
      ASSERT_TRUE(RunUntil([&] { return client.log().description.has_value(); })) << cycle;
    }
    EXPECT_TRUE(teardown_.Finish(kTeardownLimit)) << cycle;
  }
}

}  // namespace
}  // namespace ball
