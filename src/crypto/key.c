/* Keys as shared handles, and signing and verifying with them in the forms of JOSE.
 *
 * Idea: one table says what each algorithm needs (kind of key, scheme, digest); the workers key_ec.c, key_rsa.c and key_ed25519.c do
 * one family each; key_text.c reads and writes. A key never changes after it was made, except for what is filled in on demand: those
 * fields are atomic, and whoever comes second throws his own away. So a key may be used from several threads at once.
 * Sources: RFC 7518 section 3, RFC 8037 section 3.1. */
#include "crypto/inside.h"

#include "crypto/der.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

static const struct algorithm {
    const char *name;
    mr_key_kind kind;
    struct mr_scheme scheme;
} algorithms[] = {
    [MR_ALG_ES256] = {"ES256", MR_KEY_P256, {MR_SCHEME_ECDSA, MR_SHA256}},
    [MR_ALG_ES384] = {"ES384", MR_KEY_P384, {MR_SCHEME_ECDSA, MR_SHA384}},
    [MR_ALG_ES512] = {"ES512", MR_KEY_P521, {MR_SCHEME_ECDSA, MR_SHA512}},
    [MR_ALG_RS256] = {"RS256", MR_KEY_RSA, {MR_SCHEME_RSA, MR_SHA256}},
    [MR_ALG_RS384] = {"RS384", MR_KEY_RSA, {MR_SCHEME_RSA, MR_SHA384}},
    [MR_ALG_RS512] = {"RS512", MR_KEY_RSA, {MR_SCHEME_RSA, MR_SHA512}},
    [MR_ALG_PS256] = {"PS256", MR_KEY_RSA, {MR_SCHEME_RSA_PSS, MR_SHA256}},
    [MR_ALG_PS384] = {"PS384", MR_KEY_RSA, {MR_SCHEME_RSA_PSS, MR_SHA384}},
    [MR_ALG_PS512] = {"PS512", MR_KEY_RSA, {MR_SCHEME_RSA_PSS, MR_SHA512}},
    [MR_ALG_EDDSA] = {"EdDSA", MR_KEY_ED25519, {MR_SCHEME_ED25519, MR_SHA512}},
};
enum { ALGORITHMS = sizeof algorithms / sizeof *algorithms };

mr_alg mr_alg_find(mr_str jose_name)
{
    for (size_t i = MR_ALG_NONE + 1; i < ALGORITHMS; i++)
        if (mr_str_is(jose_name, algorithms[i].name)) return (mr_alg)i;
    return MR_ALG_NONE;
}

const char *mr_alg_name(mr_alg alg)
{
    return alg > MR_ALG_NONE && (size_t)alg < ALGORITHMS ? algorithms[alg].name : "none";
}

mr_key *mr_key_alloc(mr_key_kind kind, bool is_private)
{
    static const unsigned bits[] = {
        [MR_KEY_P256] = 256, [MR_KEY_P384] = 384, [MR_KEY_P521] = 521, [MR_KEY_ED25519] = 256, [MR_KEY_OTHER] = 0};
    mr_openssl_start(); /* here, because every use of OpenSSL begins with a key */
    mr_key *k = OPENSSL_zalloc(sizeof *k);
    if (!k) return NULL;
    atomic_init(&k->references, 1);
    k->kind = kind;
    k->is_private = is_private;
    k->bits = bits[kind];
    return k;
}

mr_key *mr_key_share(mr_key *k)
{
    if (k) atomic_fetch_add_explicit(&k->references, 1, memory_order_relaxed);
    return k;
}

void mr_key_free(mr_key *k)
{
    if (!k || atomic_fetch_sub_explicit(&k->references, 1, memory_order_acq_rel) != 1) return;
    if (k->elsewhere.free) k->elsewhere.free(k->elsewhere.self);
    mr_ec_free(k);
    EVP_PKEY_free(atomic_load(&k->pkey));
    for (size_t i = 0; i < MR_RSA_CONTEXTS; i++) EVP_PKEY_CTX_free(atomic_load(&k->rsa_ready[i]));
    OPENSSL_clear_free(k, sizeof *k);
}

void mr_key_freep(mr_key **k)
{
    mr_key_free(*k);
    *k = NULL;
}

mr_key_kind mr_key_get_kind(const mr_key *k)
{
    return k->kind;
}

bool mr_key_is_private(const mr_key *k)
{
    return k->is_private;
}

bool mr_key_is_elsewhere(const mr_key *k)
{
    return k->elsewhere.sign != NULL;
}

void mr_key_set_elsewhere(mr_key *k, struct mr_key_elsewhere elsewhere)
{
    k->elsewhere = elsewhere;
    k->is_private = true;
}

unsigned mr_key_bits(const mr_key *k)
{
    return k->bits;
}

mr_alg mr_key_default_alg(const mr_key *k)
{
    static const mr_alg by_kind[] = {
        [MR_KEY_P256] = MR_ALG_ES256, [MR_KEY_P384] = MR_ALG_ES384,    [MR_KEY_P521] = MR_ALG_ES512,
        [MR_KEY_RSA] = MR_ALG_RS256,  [MR_KEY_ED25519] = MR_ALG_EDDSA, [MR_KEY_OTHER] = MR_ALG_NONE};
    return by_kind[k->kind];
}

bool mr_key_fits(const mr_key *k, mr_alg alg)
{
    if (alg <= MR_ALG_NONE || (size_t)alg >= ALGORITHMS || algorithms[alg].kind != k->kind) return false;
    return k->kind != MR_KEY_RSA || (k->bits >= 2048 && k->bits <= 8192);
}

static int check_fits(const mr_key *k, mr_alg alg, struct mr_err *err)
{
    if (mr_key_fits(k, alg)) return MR_OK;
    if (k->kind == MR_KEY_RSA && k->bits < 2048)
        return MR_FAIL(err, MR_E_KEY, "an RSA key below 2048 bits is too weak", MR_NOWHERE);
    return MR_FAIL_DETAIL(err, MR_E_KEY, "the algorithm does not fit the key", "%s", mr_alg_name(alg));
}

int mr_key_generate(mr_key_kind kind, unsigned rsa_bits, mr_key **ret, struct mr_err *err)
{
    mr_openssl_start();
    if ((unsigned)kind >= MR_KEY_OTHER) return MR_FAIL(err, MR_E_KEY, "no such kind of key", MR_NOWHERE);
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(kind, true);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    if (kind == MR_KEY_RSA)
        MR_TRY(mr_rsa_generate(k, rsa_bits, err));
    else if (kind == MR_KEY_ED25519)
        MR_TRY(mr_ed25519_generate(k, err));
    else
        MR_TRY(mr_ec_generate(k, err));
    *ret = k;
    k = NULL;
    return MR_OK;
}

int mr_key_set_secret(mr_key *k, mr_str octets, struct mr_err *err)
{
    if (k->kind == MR_KEY_RSA || k->kind == MR_KEY_OTHER)
        return MR_FAIL(err, MR_E_UNSUPPORTED, "a private key of a kind that is not read in this form", MR_NOWHERE);
    if (k->kind != MR_KEY_ED25519) return mr_ec_set_secret(k, octets, err);
    if (octets.len != 32) return MR_FAIL(err, MR_E_FORMAT, "an Ed25519 seed has 32 octets", MR_NOWHERE);
    return mr_ed25519_set_seed(k, (const uint8_t *)octets.ptr, err);
}

static size_t signature_size(const mr_key *k)
{
    if (k->kind == MR_KEY_RSA) return (k->bits + 7) / 8;
    return k->kind == MR_KEY_ED25519 ? 64 : 2 * mr_ec_size(k->kind);
}

/* A token gets the text whole, for some make the digest themselves. What it gives back is looked at before anybody else sees it: a seal that does not hold,
 * because the key is another than the certificate's or the device failed, would be found out by its readers otherwise. */
static int sign_elsewhere(mr_key *k, mr_alg alg, const mr_str *parts, size_t count, uint8_t *out, size_t size,
                          struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_digest digest;
    mr_buf_init(&text, SIZE_MAX / 2);
    for (size_t i = 0; i < count; i++) mr_buf_put(&text, parts[i]);
    if (mr_buf_failed(&text)) return MR_FAIL(err, MR_E_NOMEM, "not enough memory to sign", MR_NOWHERE);
    MR_TRY(mr_digest_make(algorithms[alg].scheme.digest, parts, count, &digest, err));
    MR_TRY(k->elsewhere.sign(k->elsewhere.self, algorithms[alg].scheme, mr_buf_str(&text), &digest, out, size, err));
    if (mr_key_verify(k, alg, parts, count, mr_str_make((const char *)out, size), NULL) == MR_OK) return MR_OK;
    return MR_FAIL(err, MR_E_KEY, "what the token signed does not fit the certificate: it is of another key",
                   MR_NOWHERE);
}

int mr_key_sign(mr_key *k, mr_alg alg, const mr_str *parts, size_t count, mr_arena *a, mr_str *ret, struct mr_err *err)
{
    mr_openssl_start();
    MR_TRY(check_fits(k, alg, err));
    if (!k->is_private) return MR_FAIL(err, MR_E_KEY, "the key has no private part", MR_NOWHERE);
    size_t size = signature_size(k);
    uint8_t *out = mr_arena_alloc(a, size);
    if (!out) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a signature", MR_NOWHERE);
    if (k->elsewhere.sign) {
        MR_TRY(sign_elsewhere(k, alg, parts, count, out, size, err));
    } else if (k->kind == MR_KEY_ED25519) {
        MR_TRY(mr_ed25519_sign(k, parts, count, out, err));
    } else {
        mr_digest digest;
        MR_TRY(mr_digest_make(algorithms[alg].scheme.digest, parts, count, &digest, err));
        if (k->kind == MR_KEY_RSA)
            MR_TRY(mr_rsa_sign(k, algorithms[alg].scheme, &digest, out, size, err));
        else
            MR_TRY(mr_ec_sign(k, &digest, out, err));
    }
    *ret = mr_str_make((const char *)out, size);
    return MR_OK;
}

int mr_key_verify(mr_key *k, mr_alg alg, const mr_str *parts, size_t count, mr_str signature, struct mr_err *err)
{
    mr_openssl_start();
    MR_TRY(check_fits(k, alg, err));
    if (signature.len != signature_size(k))
        return MR_FAIL(err, MR_E_SIGNATURE, "the signature has the wrong length", MR_NOWHERE);
    if (k->kind == MR_KEY_ED25519) return mr_ed25519_verify(k, parts, count, signature, err);
    mr_digest digest;
    MR_TRY(mr_digest_make(algorithms[alg].scheme.digest, parts, count, &digest, err));
    if (k->kind == MR_KEY_RSA) return mr_rsa_verify(k, algorithms[alg].scheme, &digest, signature, err);
    size_t size = mr_ec_size(k->kind); /* r || s, RFC 7518 3.4 */
    return mr_ec_verify(k, &digest, mr_str_make(signature.ptr, size), mr_str_from(signature, size), err);
}

/* ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 5480 appendix A) */
static bool read_ecdsa(mr_str der, size_t size, mr_str *ret_r, mr_str *ret_s)
{
    mr_str pair;
    return mr_der_get(&der, MR_DER_SEQUENCE, &pair) && der.len == 0 && mr_der_unsigned(&pair, size, ret_r) &&
           mr_der_unsigned(&pair, size, ret_s) && pair.len == 0;
}

static bool family_fits(const mr_key *k, mr_scheme_family family)
{
    switch (family) {
    case MR_SCHEME_ECDSA: return k->kind == MR_KEY_P256 || k->kind == MR_KEY_P384 || k->kind == MR_KEY_P521;
    case MR_SCHEME_ED25519: return k->kind == MR_KEY_ED25519;
    case MR_SCHEME_RSA:
    case MR_SCHEME_RSA_PSS: return k->kind == MR_KEY_RSA && k->bits >= 2048 && k->bits <= 8192;
    }
    return false;
}

int mr_key_verify_x509(mr_key *k, struct mr_scheme scheme, mr_str text, mr_str signature, struct mr_err *err)
{
    mr_openssl_start();
    if (!family_fits(k, scheme.family))
        return MR_FAIL(err, MR_E_SIGNATURE, "the signature is not of this kind of key", MR_NOWHERE);
    if (scheme.family == MR_SCHEME_ED25519) return mr_ed25519_verify(k, &text, 1, signature, err);
    mr_digest digest;
    MR_TRY(mr_digest_make(scheme.digest, &text, 1, &digest, err));
    if (k->kind == MR_KEY_RSA) return mr_rsa_verify(k, scheme, &digest, signature, err);
    mr_str r, s;
    if (!read_ecdsa(signature, mr_ec_size(k->kind), &r, &s))
        return MR_FAIL(err, MR_E_SIGNATURE, "not an ECDSA signature", MR_NOWHERE);
    return mr_ec_verify(k, &digest, r, s, err);
}

static EVP_PKEY *make_pkey(const mr_key *k)
{
    mr_openssl_start();
    if (k->kind != MR_KEY_ED25519) return mr_ec_to_pkey(k);
    bool secret_is_here = k->is_private && !k->elsewhere.sign;
    EVP_PKEY *pkey = secret_is_here ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k->ed25519_secret, 32)
                                    : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, k->ed25519_public, 32);
    if (!pkey) ERR_clear_error();
    return pkey;
}

EVP_PKEY *mr_key_pkey(const mr_key *k)
{
    mr_key *mine = (mr_key *)k; /* filled in on demand, see the top */
    EVP_PKEY *pkey = atomic_load(&mine->pkey);
    if (pkey) return pkey;
    EVP_PKEY *made = make_pkey(k);
    if (!made) return NULL;
    if (atomic_compare_exchange_strong(&mine->pkey, &pkey, made)) return made;
    EVP_PKEY_free(made);
    return pkey;
}
