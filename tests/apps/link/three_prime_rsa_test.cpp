// SPDX-License-Identifier: LGPL-2.1-or-later
#include "apps/link/three_prime_rsa.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>
#include <optional>

namespace ball {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Key MakeKey() { return {EVP_RSA_gen(2048), EVP_PKEY_free}; }

int Primes(const Key& key) {
  int primes = 0;
  for (const char* name : {OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
                           OSSL_PKEY_PARAM_RSA_FACTOR3, OSSL_PKEY_PARAM_RSA_FACTOR4}) {
    BIGNUM* prime = nullptr;
    if (EVP_PKEY_get_bn_param(key.get(), name, &prime) == 1) ++primes;
    BN_clear_free(prime);
  }
  return primes;
}

bool SignsAndVerifies(const Key& key) {
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  constexpr std::array<unsigned char, 3> kText{1, 2, 3};
  std::array<unsigned char, 256> signature{};
  size_t size = signature.size();
  const Context signs(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const Context verifies(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return EVP_DigestSignInit(signs.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestSign(signs.get(), signature.data(), &size, kText.data(), kText.size()) == 1 &&
         EVP_DigestVerifyInit(verifies.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(verifies.get(), signature.data(), size, kText.data(), kText.size()) == 1;
}

TEST(ThreePrimeRsaTest, AKeyIsAsLongAndValid) {
  const ThreePrimeRsa three;
  const Key key = MakeKey();
  ASSERT_TRUE(key);
  EXPECT_EQ(Primes(key), 3);
  EXPECT_EQ(EVP_PKEY_get_bits(key.get()), 2048);
  EXPECT_TRUE(SignsAndVerifies(key));
}

TEST(ThreePrimeRsaTest, AfterItsEndKeysAreAsUsualAndItsOwnStayValid) {
  std::optional<ThreePrimeRsa> three(std::in_place);
  const Key before = MakeKey();
  three.reset();
  const Key after = MakeKey();
  ASSERT_TRUE(before && after);
  EXPECT_EQ(Primes(after), 2);
  EXPECT_TRUE(SignsAndVerifies(after));
  EXPECT_TRUE(SignsAndVerifies(before));
}

}  // namespace
}  // namespace ball
