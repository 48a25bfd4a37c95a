// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/dtls_identity.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace ball {
namespace {

class DtlsIdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(
        BIO_new_mem_buf(pem_.data(), static_cast<int>(pem_.size())), BIO_free);
    certificate_.reset(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
    key_.reset(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
    ASSERT_TRUE(certificate_);
    ASSERT_TRUE(key_);
  }

  const std::string pem_ = MakeDtlsIdentity();
  std::unique_ptr<X509, decltype(&X509_free)> certificate_{nullptr, X509_free};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_{nullptr, EVP_PKEY_free};
};

TEST_F(DtlsIdentityTest, TheKeyIsTheOneThatEveryPeerKnows) {
  ASSERT_EQ(EVP_PKEY_get_base_id(key_.get()), EVP_PKEY_EC);
  char curve[64] = {};
  ASSERT_EQ(EVP_PKEY_get_group_name(key_.get(), curve, sizeof curve, nullptr), 1);
  EXPECT_STREQ(curve, SN_X9_62_prime256v1);
}

TEST_F(DtlsIdentityTest, TheCertificateIsOfTheKeyAndSignedWithIt) {
  EXPECT_EQ(X509_check_private_key(certificate_.get(), key_.get()), 1);
  EXPECT_EQ(X509_verify(certificate_.get(), key_.get()), 1);
  EXPECT_EQ(X509_get_signature_nid(certificate_.get()), NID_ecdsa_with_SHA256);
}

TEST_F(DtlsIdentityTest, IsValidNowAndForAPeerWhoseClockIsOff) {
  for (const time_t off : {-12 * 3600, 0, 12 * 3600}) {
    time_t then = time(nullptr) + off;
    EXPECT_LT(X509_cmp_time(X509_get0_notBefore(certificate_.get()), &then), 0) << off;
    EXPECT_GT(X509_cmp_time(X509_get0_notAfter(certificate_.get()), &then), 0) << off;
  }
}

TEST_F(DtlsIdentityTest, NoTwoAreTheSame) { EXPECT_NE(MakeDtlsIdentity(), pem_); }

}  // namespace
}  // namespace ball
