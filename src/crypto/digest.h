/* Digests. */
#ifndef MR_CRYPTO_DIGEST_H
#define MR_CRYPTO_DIGEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"

typedef enum mr_digest_kind { MR_SHA256, MR_SHA384, MR_SHA512 } mr_digest_kind;
typedef struct mr_digest {
    uint8_t bytes[64];
    uint8_t size; /* 32, 48 or 64; 16 or 20 of the old ones */
} mr_digest;

/* The digest of all parts, one after the other. Errors: MR_E_CRYPTO. */
int mr_digest_make(mr_digest_kind kind, const mr_str *parts, size_t count, mr_digest *ret,
                   struct mr_err *err) MR_MUST_CHECK;
static inline mr_str mr_digest_str(const mr_digest *d)
{
    return (mr_str){(const char *)d->bytes, d->size};
}
/* MD5 ("md5") and SHA-1 ("sha1"), which prove nothing any more: only to see what others once wrote with them. False: no such name. */
bool mr_digest_make_old(mr_str name, const mr_str *parts, size_t count, mr_digest *ret);
/* SHA-256 of one text; cannot fail. */
void mr_sha256(mr_str text, uint8_t out[32]);

#endif
