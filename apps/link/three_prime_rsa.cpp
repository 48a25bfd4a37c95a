// SPDX-License-Identifier: LGPL-2.1-or-later
// RSA methods are deprecated since OpenSSL 3.0, without a successor short of a provider.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "apps/link/three_prime_rsa.h"

#include <openssl/rsa.h>

namespace ball {
namespace {

int MakeKey(RSA* rsa, int bits, BIGNUM* exponent, BN_GENCB* progress) {
  // Else it would come back here.
  if (RSA_set_method(rsa, RSA_PKCS1_OpenSSL()) != 1) return 0;
  return RSA_generate_multi_prime_key(rsa, bits, 3, exponent, progress);
}

// Null where there is no memory.
RSA_METHOD* MakeMethod() {
  RSA_METHOD* method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
  if (method != nullptr) RSA_meth_set_keygen(method, MakeKey);
  return method;
}

}  // namespace

ThreePrimeRsa::ThreePrimeRsa() {
  // For good: a key that another thread reads meanwhile goes on with it.
  static const RSA_METHOD* const method = MakeMethod();
  if (method != nullptr) RSA_set_default_method(method);
}

ThreePrimeRsa::~ThreePrimeRsa() { RSA_set_default_method(RSA_PKCS1_OpenSSL()); }

}  // namespace ball
