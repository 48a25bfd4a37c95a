// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/session_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <ostream>
#include <string>

#include "tests/apps/link/test_certificate.h"
#include "tests/patience.h"

namespace ball {
namespace {

using std::chrono::steady_clock;

const std::string kFingerprintLine = std::string("a=fingerprint:sha-256 ") + kTestSha256 + "\r\n";
const std::string kHead = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
const std::string kCandidateA = "candidate:1 1 udp 2130706431 192.0.2.1 1111 typ host";
const std::string kCandidateB = "candidate:1 1 udp 2130706431 192.0.2.1 2222 typ host";

// A section as aiortc writes it: with ICE credentials and candidates of its own.
std::string Section(const std::string& m_line, const std::string& mid, const std::string& ufrag,
                    const std::string& candidate) {
  return "m=" + m_line + "\r\nc=IN IP4 0.0.0.0\r\na=mid:" + mid + "\r\na=ice-ufrag:" + ufrag +
         "\r\na=ice-pwd:" + ufrag + "password\r\na=" + candidate + "\r\na=end-of-candidates\r\n" +
         "a=setup:actpass\r\n";
}

std::string Video(const std::string& mid = "0", const std::string& ufrag = "first") {
  return Section("video 9 UDP/TLS/RTP/SAVPF 97", mid, ufrag, kCandidateA) +
         "a=rtpmap:97 VP8/90000\r\n";
}

std::string Data(const std::string& mid = "1", const std::string& ufrag = "second") {
  return Section("application 9 DTLS/SCTP 5000", mid, ufrag, kCandidateB);
}

std::string Offer() {
  return kHead + "a=group:BUNDLE 0 1\r\n" + Video() + kFingerprintLine + Data() + kFingerprintLine;
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

TEST(ParsePeerDescriptionTest, ReadsTheFingerprint) {
  const auto result = ParsePeerDescription(Offer());
  ASSERT_TRUE(result.description) << result.error;
  EXPECT_EQ(result.description->fingerprint, (Fingerprint{"sha-256", kTestSha256}));
  EXPECT_TRUE(result.error.empty());
}

TEST(ParsePeerDescriptionTest, ReadsWhatTheVideoCanBeEncodedAs) {
  const auto encodings = [](const std::string& rtpmaps) {
    const std::string offer = Replaced(Offer(), "a=rtpmap:97 VP8/90000\r\n", rtpmaps);
    return ParsePeerDescription(offer).description->encodings;
  };
  EXPECT_THAT(encodings("a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n"),
              testing::ElementsAre("VP8", "rtx"));
  EXPECT_THAT(encodings("a=rtpmap:96\r\na=rtpmap:97 H264\r\n"), testing::ElementsAre("H264"));
  EXPECT_THAT(encodings(""), testing::IsEmpty());
}

TEST(ParsePeerDescriptionTest, GivesEveryBundledSectionTheFirstOnesTransport) {
  const auto result = ParsePeerDescription(Offer());
  ASSERT_TRUE(result.description);
  const std::string& sdp = result.description->sdp;
  EXPECT_EQ(Count(sdp, "a=ice-ufrag:first\r\n"), 2U);
  EXPECT_EQ(Count(sdp, "a=ice-pwd:firstpassword\r\n"), 2U);
  EXPECT_EQ(Count(sdp, "a=" + kCandidateA), 2U);
  EXPECT_EQ(Count(sdp, "second"), 0U);
  EXPECT_EQ(Count(sdp, kCandidateB), 0U);
}

TEST(ParsePeerDescriptionTest, LeavesOutCandidatesThatMustNotBeTried) {
  const auto result = ParsePeerDescription(Replaced(Offer(), "192.0.2.1 1111", "example.org 1111"));
  ASSERT_TRUE(result.description) << result.error;
  EXPECT_EQ(Count(result.description->sdp, "candidate:"), 0U);
  EXPECT_EQ(result.description->left_out, "its address is a name, and names are not looked up");
}

TEST(ParsePeerDescriptionTest, LeavesOutLoopbackWhereThePeerDoesNotSignalOverIt) {
  const std::string offer = Replaced(Offer(), "192.0.2.1 1111", "127.0.0.1 1111");
  EXPECT_EQ(Count(ParsePeerDescription(offer, true).description->sdp, "127.0.0.1 1111"), 2U);
  EXPECT_EQ(Count(ParsePeerDescription(offer, false).description->sdp, "127.0.0.1 1111"), 0U);
}

TEST(ParsePeerDescriptionTest, RefusesASectionWithoutIceCredentials) {
  for (const char* line : {"a=ice-ufrag:first\r\n", "a=ice-pwd:firstpassword\r\n"}) {
    const auto result = ParsePeerDescription(Replaced(Offer(), line, ""));
    EXPECT_FALSE(result.description);
    EXPECT_EQ(result.error, "a section has no ICE credentials (ice-ufrag, ice-pwd)");
  }
}

TEST(ParsePeerDescriptionTest, RefusesThousandsOfLines) {
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "a=x\r\n";
  EXPECT_EQ(ParsePeerDescription(Offer() + lines).error, "it has more than 4096 lines");
}

TEST(ParsePeerDescriptionTest, TakesTheTransportOfTheSectionThatTheBundleNamesFirst) {
  const auto result =
      ParsePeerDescription(Replaced(Offer(), "BUNDLE 0 1", "BUNDLE 1 0 1 nowhere 0"));
  ASSERT_TRUE(result.description);
  EXPECT_EQ(Count(result.description->sdp, "a=ice-ufrag:second\r\n"), 2U);
  EXPECT_EQ(Count(result.description->sdp, "first"), 0U);
}

TEST(ParsePeerDescriptionTest, LeavesSectionsOutsideTheBundleAlone) {
  for (const std::string group : {"BUNDLE 0", "LS 0 1", "BUNDLE", "BUNDLE nowhere 0 1"}) {
    const auto result = ParsePeerDescription(Replaced(Offer(), "BUNDLE 0 1", group));
    ASSERT_TRUE(result.description) << group;
    EXPECT_EQ(Count(result.description->sdp, "a=ice-ufrag:first\r\n"), 1U) << group;
    EXPECT_EQ(Count(result.description->sdp, "a=ice-ufrag:second\r\n"), 1U) << group;
  }
}

TEST(ParsePeerDescriptionTest, KeepsWhatIsNotTransport) {
  const auto result = ParsePeerDescription(Offer() + "a=sctpmap:5000 webrtc-datachannel 65535\r\n");
  ASSERT_TRUE(result.description);
  EXPECT_EQ(Count(result.description->sdp, "a=rtpmap:97 VP8/90000\r\n"), 1U);
  EXPECT_EQ(Count(result.description->sdp, "a=sctpmap:5000 webrtc-datachannel 65535\r\n"), 1U);
  EXPECT_EQ(Count(result.description->sdp, "a=mid:1\r\n"), 1U);
}

TEST(ParsePeerDescriptionTest, LosesNoLineBehindASectionsTitle) {
  const auto result = ParsePeerDescription(Replaced(Offer(), "c=IN IP4", "i=camera\r\nc=IN IP4"));
  ASSERT_TRUE(result.description);
  EXPECT_EQ(Count(result.description->sdp, "\r\nc=IN IP4 0.0.0.0\r\n"), 2U);
}

TEST(ParsePeerDescriptionTest, IsIndifferentToTheCaseOfAFingerprint) {
  const auto result = ParsePeerDescription(kHead + Video() + "a=fingerprint:SHA-256 0f:08:be\r\n" +
                                           Data("1") + "a=fingerprint:sha-256 0F:08:BE\r\n");
  ASSERT_TRUE(result.description) << result.error;
  EXPECT_EQ(result.description->fingerprint, (Fingerprint{"sha-256", "0F:08:BE"}));
}

TEST(ParsePeerDescriptionTest, TakesTheSessionsFingerprintForSectionsWithoutOne) {
  const auto result = ParsePeerDescription(kHead + kFingerprintLine + Video() + Data());
  ASSERT_TRUE(result.description) << result.error;
  EXPECT_EQ(result.description->fingerprint.digest, kTestSha256);
}

TEST(ParsePeerDescriptionTest, NeedsNoFingerprintForARejectedSection) {
  const std::string rejected = "m=application 0 DTLS/SCTP 5000\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\n";
  const auto result = ParsePeerDescription(kHead + Video() + kFingerprintLine + rejected);
  ASSERT_TRUE(result.description) << result.error;
}

TEST(ParsePeerDescriptionTest, CountsABundleOnlySectionAsAccepted) {
  // RFC 8843, section 6: its port is 0, though it is not rejected.
  const auto result = ParsePeerDescription(kHead + Data() + kFingerprintLine +
                                           Replaced(Video(), "video 9", "video 0") +
                                           kFingerprintLine + "a=bundle-only\r\n");
  EXPECT_TRUE(result.description) << result.error;
}

std::string ManyCandidates(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += "a=" + kCandidateB + "\r\n";
  return lines;
}

std::string ManySections(int count) {
  std::string sections;
  for (int i = 0; i < count; ++i) sections += Data(std::to_string(i + 1)) + kFingerprintLine;
  return sections;
}

TEST(ParsePeerDescriptionTest, TakesManySectionsAndCandidates) {
  const std::string sdp = kHead + Video() + kFingerprintLine;
  EXPECT_TRUE(ParsePeerDescription(sdp + ManyCandidates(250)).description);
  EXPECT_TRUE(ParsePeerDescription(sdp + ManySections(63)).description);
}

struct Refused {
  const char* name;
  std::string sdp;
  const char* reason;
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }

class RefusedDescriptionTest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedDescriptionTest, IsRefusedWithTheReason) {
  const auto result = ParsePeerDescription(GetParam().sdp);
  EXPECT_FALSE(result.description);
  EXPECT_EQ(result.error, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Descriptions, RefusedDescriptionTest,
    testing::Values(
        Refused{"Empty", "", "it is no SDP"}, Refused{"Garbage", "garbage", "it is no SDP"},
        Refused{"Json", R"({"type":"offer"})", "it is no SDP"},
        Refused{"Nul", Offer() + std::string(1, '\0'), "it is no SDP"},
        Refused{"NulInside", Replaced(Offer(), "s=-", std::string("s=\0", 3)), "it is no SDP"},
        Refused{"HeadOnly", kHead, "it has no video section"},
        Refused{"DataOnly", kHead + Data() + kFingerprintLine, "it has no video section"},
        Refused{"VideoRejected", Replaced(Offer(), "video 9", "video 0"),
                "it has no video section"},
        Refused{"NoFingerprint", kHead + Video(), "a section has no certificate fingerprint"},
        Refused{"OneWithoutFingerprint", kHead + Video() + kFingerprintLine + Data(),
                "a section has no certificate fingerprint"},
        Refused{"FingerprintWithoutDigest", kHead + Video() + "a=fingerprint:sha-256\r\n",
                "a section has no certificate fingerprint"},
        Refused{"EmptyFingerprint", kHead + Video() + "a=fingerprint:\r\n",
                "a section has no certificate fingerprint"},
        Refused{"DifferentFingerprints",
                kHead + Video() + kFingerprintLine + Data() + "a=fingerprint:sha-256 00:11\r\n",
                "its sections have different certificate fingerprints"},
        Refused{"SameDigestOtherHash",
                kHead + Video() + kFingerprintLine + Data() + "a=fingerprint:sha-1 " + kTestSha256 +
                    "\r\n",
                "its sections have different certificate fingerprints"},
        Refused{"EmptySection", Offer() + "m=\r\n", "it is no well-formed SDP"},
        Refused{"SecondVersion", Offer() + "v=1\r\n", "it is no well-formed SDP"},
        Refused{"TooManySections", kHead + Video() + kFingerprintLine + ManySections(64),
                "it has too many sections or candidates"},
        Refused{"TooManyCandidates", kHead + Video() + kFingerprintLine + ManyCandidates(256),
                "it has too many sections or candidates"},
        Refused{"UnknownHash", kHead + Video() + "a=fingerprint:md5 00:11\r\n",
                "its fingerprint uses an unknown hash"}),
    [](const auto& info) { return info.param.name; });

// Descriptions of the longest line that signalling takes, each made to cost much.
std::string Repeated(const std::string& part, size_t bytes) {
  std::string text;
  text.reserve(bytes);
  while (text.size() + part.size() <= bytes) text += part;
  return text;
}

constexpr size_t kLongest = size_t{256} * 1024;

std::string ManyCandidatesForManySections() {
  std::string sections;
  std::string group = "a=group:BUNDLE 0";
  for (int i = 1; i < 3000; ++i) {
    const std::string mid = std::to_string(i);
    group += " " + mid;
    sections += "m=a 9 a 0\r\na=mid:" + mid + "\r\n";
  }
  const std::string head = kHead + kFingerprintLine + group + "\r\n" + Video();
  return head + Repeated("a=candidate:\r\n", kLongest - head.size() - sections.size()) + sections;
}

struct Costly {
  const char* name;
  std::string sdp;
};

void PrintTo(const Costly& costly, std::ostream* out) { *out << costly.name; }

class CostlyDescriptionTest : public testing::TestWithParam<Costly> {};

TEST_P(CostlyDescriptionTest, IsAnsweredSoon) {
  ASSERT_LE(GetParam().sdp.size(), kLongest);
  const auto start = steady_clock::now();
  const auto result = ParsePeerDescription(GetParam().sdp);
  // Some milliseconds; the limit allows for a slow machine.
  EXPECT_LT(steady_clock::now() - start, kSlowdown * std::chrono::seconds(1));
  EXPECT_NE(result.description.has_value(), !result.error.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Descriptions, CostlyDescriptionTest,
    testing::Values(
        Costly{"OneChar", std::string(kLongest, 'a')}, Costly{"Equals", std::string(kLongest, '=')},
        Costly{"LineEnds", Repeated("\r\n", kLongest)},
        Costly{"Attributes", kHead + Repeated("a=b\r\n", kLongest - kHead.size())},
        Costly{"Sections", kHead + kFingerprintLine + Repeated("m=video 9 a 0\r\n", kLongest / 2)},
        Costly{"LongGroup", kHead + kFingerprintLine + Video() + "a=group:BUNDLE 0" +
                                Repeated(" 1", kLongest / 2) + "\r\n"},
        Costly{"GroupOfUnknownMids", kHead + kFingerprintLine + "a=group:BUNDLE 0" +
                                         Repeated(" 1", kLongest / 3) + "\r\n" + Video() +
                                         Repeated("m=video 9 a 0\r\n", kLongest / 2)},
        Costly{"CandidatesForManySections", ManyCandidatesForManySections()}),
    [](const auto& info) { return info.param.name; });

TEST(ParsePeerDescriptionTest, DoesNotRepeatAHostilePeersTextInItsReason) {
  const auto result = ParsePeerDescription(kHead + Video() + "a=fingerprint:\x1b[2J" +
                                           std::string(90000, 'x') + " 00:11\r\n");
  EXPECT_EQ(result.error, "its fingerprint uses an unknown hash");
}

struct Digest {
  const char* name;
  const char* hash;
  const char* digest;
};

class FingerprintOfTest : public testing::TestWithParam<Digest> {};

TEST_P(FingerprintOfTest, IsWhatOpensslSays) {
  EXPECT_EQ(FingerprintOf(kTestCertificate, GetParam().hash),
            (Fingerprint{GetParam().hash, GetParam().digest}));
}

INSTANTIATE_TEST_SUITE_P(Hashes, FingerprintOfTest,
                         testing::Values(Digest{"Sha1", "sha-1", kTestSha1},
                                         Digest{"Sha256", "sha-256", kTestSha256},
                                         Digest{"Sha384", "sha-384", kTestSha384},
                                         Digest{"Sha512", "sha-512", kTestSha512}),
                         [](const auto& info) { return info.param.name; });

TEST(FingerprintOfTest, IsOfTheFirstCertificateWhateverStandsAround) {
  const std::string pem = kTestCertificate;
  EXPECT_EQ(FingerprintOf("a note\n" + pem + pem, "sha-256")->digest, kTestSha256);
}

TEST(FingerprintOfTest, IsNothingForWhatIsNoCertificate) {
  const std::string begin = "-----BEGIN CERTIFICATE-----\n";
  const std::string end = "-----END CERTIFICATE-----\n";
  for (const std::string& pem :
       {std::string(), std::string("garbage"), begin, end, end + begin, begin + end,
        begin + "\n\n" + end, begin + "MIIB", std::string(1000, '\0')}) {
    EXPECT_EQ(FingerprintOf(pem, "sha-256"), std::nullopt) << pem;
  }
}

TEST(FingerprintOfTest, IsNothingForAnotherHash) {
  for (const char* hash : {"", "md5", "sha256", "SHA-256", "sha-256 "}) {
    EXPECT_EQ(FingerprintOf(kTestCertificate, hash), std::nullopt) << hash;
  }
}

TEST(FingerprintOfTest, DiffersAfterTheChangeOfOneByte) {
  const auto changed = FingerprintOf(Replaced(kTestCertificate, "MIIBhT", "MIIBhU"), "sha-256");
  ASSERT_TRUE(changed);
  EXPECT_NE(changed->digest, kTestSha256);
}

TEST(WithFingerprintTest, ReplacesEveryOneAndNothingElse) {
  const Fingerprint own{"sha-256", "AB:CD"};
  EXPECT_EQ(WithFingerprint("v=0\r\na=fingerprint:sha-1 01\r\nm=video 9 X 96\r\n"
                            "a=fingerprint:sha-256 02\r\na=x-fingerprint:sha-256 03\r\n",
                            own),
            "v=0\r\na=fingerprint:sha-256 AB:CD\r\nm=video 9 X 96\r\n"
            "a=fingerprint:sha-256 AB:CD\r\na=x-fingerprint:sha-256 03\r\n");
  EXPECT_EQ(WithFingerprint("a=fingerprint:sha-1 01", own), "a=fingerprint:sha-256 AB:CD\r\n");
  EXPECT_EQ(WithFingerprint("", own), "");
}

class GoodCandidateTest : public testing::TestWithParam<const char*> {};

TEST_P(GoodCandidateTest, IsACandidate) { EXPECT_TRUE(IsCandidate(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Lines, GoodCandidateTest,
    testing::Values("candidate:1 1 udp 2130706431 192.0.2.1 1111 typ host",
                    "1 1 UDP 2130706431 192.0.2.1 1111 typ host",
                    "candidate:f957a2332b1715da3b0ef8ba684454eb 256 udp 0 fd00::2 65535 typ relay",
                    "candidate:1 1 TCP 4294967295 192.0.2.1 9 typ host tcptype active",
                    "candidate:1 1 udp 1 192.0.2.1 1 typ srflx raddr 10.0.0.1 rport 5",
                    "candidate:1 2 udp 1 dead-beef.local 1 typ prflx generation 0"));

class BadCandidateTest : public testing::TestWithParam<std::string> {};

TEST_P(BadCandidateTest, IsNoCandidate) { EXPECT_FALSE(IsCandidate(GetParam())); }

INSTANTIATE_TEST_SUITE_P(
    Lines, BadCandidateTest,
    testing::Values(
        "", "candidate:", "garbage", "candidate:1 1 udp 1 192.0.2.1 1 typ",
        "candidate:1 1 udp 1 192.0.2.1 1 host typ", "candidate:1 1 udp 1 192.0.2.1 1 typ hosts",
        "candidate:1 1 sctp 1 192.0.2.1 1 typ host", "candidate:1 0 udp 1 192.0.2.1 1 typ host",
        "candidate:1 257 udp 1 192.0.2.1 1 typ host", "candidate:1 -1 udp 1 192.0.2.1 1 typ host",
        "candidate:1 x udp 1 192.0.2.1 1 typ host",
        "candidate:1 1 udp 4294967296 192.0.2.1 1 typ host",
        "candidate:1 1 udp -1 192.0.2.1 1 typ host", "candidate:1 1 udp 1 192.0.2.1 65536 typ host",
        "candidate:1 1 udp 1 192.0.2.1 1x typ host",
        "candidate:123456789012345678901234567890123 1 udp 1 192.0.2.1 1 typ host",
        "candidate:1 1 udp 1 192.0.2.1 1 typ host\r\na=ice-ufrag:evil",
        std::string("candidate:1 1 udp 1 192.0.2.1\0 1 typ host", 41),
        "candidate:1 1 udp 1 192.0.2.1\x1b 1 typ host", std::string(100000, ' ')));

}  // namespace
}  // namespace ball
