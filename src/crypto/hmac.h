/* HMAC-SHA-256 (RFC 2104), for texts that only this installation can make. */
#ifndef MR_CRYPTO_HMAC_H
#define MR_CRYPTO_HMAC_H

#include "base/str.h"

/* out: 32 octets; cannot fail. */
void mr_hmac_sha256(mr_str key, mr_str text, uint8_t out[32]);

#endif
