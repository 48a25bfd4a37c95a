// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace ball {

// A self-signed certificate, made for these tests with openssl, and its digests as
// `openssl x509 -fingerprint` says them.
inline constexpr char kTestCertificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBhTCCASugAwIBAgIUMsiwAq9QEFHEsOmDCNuTTJudqicwCgYIKoZIzj0EAwIw\n"
    "GDEWMBQGA1UEAwwNZ3N0LWJhbGwtdGVzdDAeFw0yNjExMjIxNjU5MTJaFw0zNjEx\n"
    "MTkxNjU5MTJaMBgxFjAUBgNVBAMMDWdzdC1iYWxsLXRlc3QwWTATBgcqhkjOPQIB\n"
    "BggqhkjOPQMBBwNCAAQFS5SLHbq+6vx2TzJI5i8uFzraphZE5+3xQaOhm4updYCo\n"
    "6O0AHgUnd3CfePbiCazt8hUNMwTq/JAD1MqLzQGOo1MwUTAdBgNVHQ4EFgQUAPns\n"
    "fsATiU9pvAsKTprgxe9SrJwwHwYDVR0jBBgwFoAUAPnsfsATiU9pvAsKTprgxe9S\n"
    "rJwwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBgT5JdAkB2f9mY\n"
    "RgSHV0hJxo0TA5LVTFv+XQ8cDG4C4gIhAJzMTCwXmeWOwkm7ZlqDGza3oINC0d0f\n"
    "xLmtBZ2K0zPC\n"
    "-----END CERTIFICATE-----\n";

inline constexpr char kTestSha1[] = "F4:C5:5D:15:B4:CA:04:81:B9:7E:72:96:36:FE:B8:1C:D5:72:BC:11";
inline constexpr char kTestSha256[] =
    "0F:08:BE:32:A0:E8:37:9A:A1:07:59:31:D5:BC:B1:74:7C:36:91:EE:19:D7:81:A3:D4:16:D8:78:"
    "55:EA:3E:47";
inline constexpr char kTestSha384[] =
    "FD:26:59:AD:09:D0:71:C4:B2:6E:E4:44:58:A4:4C:68:14:31:E6:C9:88:28:5D:DF:7B:7A:FD:F6:"
    "45:1E:39:FD:B1:53:6C:14:30:60:E7:F6:B6:80:97:E5:B3:78:4E:B4";
inline constexpr char kTestSha512[] =
    "D6:75:22:D3:96:D1:61:6A:76:E7:7F:CC:AF:94:77:37:3D:BF:FD:44:4E:07:80:AB:BB:72:55:1C:"
    "9C:4E:F5:1C:A2:FE:06:FD:09:13:74:C8:F1:AB:07:C5:7C:EF:16:87:4C:0A:60:6F:4E:D7:8C:6D:"
    "A3:75:AB:66:D5:1F:6C:03";

}  // namespace ball
