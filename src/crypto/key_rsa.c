/* RSA signatures, PKCS#1 v1.5 and PSS (RFC 8017 sections 8.1, 8.2; RFC 7518 sections 3.3, 3.5), by EVP.
 *
 * Preparing a context looks algorithms up by name; it is done once for each key and way of signing, and the prepared context is copied for
 * each operation, so that threads share nothing that changes. The digest is made before (digest.c). */
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

MR_CRYPTO_CLEANUP(EVP_PKEY_CTX, context, EVP_PKEY_CTX_free)
MR_CRYPTO_CLEANUP(BIGNUM, number, BN_free)
MR_CRYPTO_CLEANUP(OSSL_PARAM_BLD, builder, OSSL_PARAM_BLD_free)
MR_CRYPTO_CLEANUP(OSSL_PARAM, params, OSSL_PARAM_free)

enum { MOST_BITS = 8192 }; /* a larger modulus only burns time */

int mr_rsa_generate(mr_key *k, unsigned bits, struct mr_err *err)
{
    if (bits < 2048 || bits > MOST_BITS) return MR_FAIL(err, MR_E_KEY, "an RSA key has 2048 to 8192 bits", MR_NOWHERE);
    EVP_PKEY *pkey = EVP_RSA_gen(bits);
    if (!pkey) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the key could not be made");
    atomic_store(&k->pkey, pkey);
    k->bits = bits;
    return MR_OK;
}

static EVP_PKEY *make_public(const BIGNUM *n, const BIGNUM *e)
{
    EVP_PKEY *pkey = NULL;
    MR_CLEANUP(builder_freep) OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (!builder || OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
        return NULL;
    MR_CLEANUP(params_freep) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    MR_CLEANUP(context_freep) EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (!params || !context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
        return NULL;
    return pkey;
}

int mr_rsa_set_public(mr_key *k, mr_str n, mr_str e, struct mr_err *err)
{
    if (n.len == 0 || n.ptr[0] == 0 || e.len == 0 || e.ptr[0] == 0)
        return MR_FAIL(err, MR_E_FORMAT, "an RSA number is empty or starts with a zero octet", MR_NOWHERE);
    if (n.len > MOST_BITS / 8 || e.len > 8)
        return MR_FAIL(err, MR_E_UNSUPPORTED, "an RSA number is too large", MR_NOWHERE);
    MR_CLEANUP(number_freep) BIGNUM *modulus = BN_bin2bn((const unsigned char *)n.ptr, (int)n.len, NULL);
    MR_CLEANUP(number_freep) BIGNUM *exponent = BN_bin2bn((const unsigned char *)e.ptr, (int)e.len, NULL);
    if (!modulus || !exponent) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for a key");
    if (!BN_is_odd(modulus) || !BN_is_odd(exponent) || BN_is_one(exponent))
        return MR_FAIL(err, MR_E_FORMAT, "not an RSA key: an even number or the exponent 1", MR_NOWHERE);
    EVP_PKEY *pkey = make_public(modulus, exponent);
    if (!pkey) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the RSA key could not be made");
    atomic_store(&k->pkey, pkey);
    k->bits = (unsigned)BN_num_bits(modulus);
    return MR_OK;
}

/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } (RFC 8017 A.1.1) */
int mr_rsa_set_der(mr_key *k, mr_str der, struct mr_err *err)
{
    mr_str numbers, n, e;
    if (!mr_der_get(&der, MR_DER_SEQUENCE, &numbers) || der.len || !mr_der_unsigned(&numbers, 4096, &n) ||
        !mr_der_unsigned(&numbers, 4096, &e) || numbers.len)
        return MR_FAIL(err, MR_E_FORMAT, "not an RSA public key", MR_NOWHERE);
    return mr_rsa_set_public(k, n, e, err);
}

static int number_out(EVP_PKEY *pkey, const char *name, mr_arena *a, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(number_freep) BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(pkey, name, &number) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the RSA key has no numbers");
    size_t size = (size_t)BN_num_bytes(number);
    unsigned char *octets = mr_arena_alloc(a, size);
    if (!octets) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    BN_bn2bin(number, octets);
    *ret = mr_str_make((const char *)octets, size);
    return MR_OK;
}

int mr_rsa_get_public(const mr_key *k, mr_arena *a, mr_str *ret_n, mr_str *ret_e, struct mr_err *err)
{
    EVP_PKEY *pkey = atomic_load(&k->pkey);
    MR_TRY(number_out(pkey, OSSL_PKEY_PARAM_RSA_N, a, ret_n, err));
    return number_out(pkey, OSSL_PKEY_PARAM_RSA_E, a, ret_e, err);
}

static const char *digest_name(mr_digest_kind kind)
{
    static const char *const names[] = {[MR_SHA256] = "SHA256", [MR_SHA384] = "SHA384", [MR_SHA512] = "SHA512"};
    return names[kind];
}

/* A context ready for signing or verifying. PSS: MGF1 with the same digest, salt as long as the digest. */
static EVP_PKEY_CTX *make_context(mr_key *k, struct mr_scheme scheme, bool sign)
{
    bool pss = scheme.family == MR_SCHEME_RSA_PSS;
    const char *digest = digest_name(scheme.digest);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, atomic_load(&k->pkey), NULL);
    OSSL_PARAM params[5], *p = params;
    *p++ = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PAD_MODE,
                                            pss ? OSSL_PKEY_RSA_PAD_MODE_PSS : OSSL_PKEY_RSA_PAD_MODE_PKCSV15, 0);
    *p++ = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_DIGEST, (char *)digest, 0);
    if (pss) {
        *p++ = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_MGF1_DIGEST, (char *)digest, 0);
        *p++ = OSSL_PARAM_construct_utf8_string(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST, 0);
    }
    *p = OSSL_PARAM_construct_end();
    if (context && (sign ? EVP_PKEY_sign_init_ex(context, params) : EVP_PKEY_verify_init_ex(context, params)) == 1)
        return context;
    EVP_PKEY_CTX_free(context);
    return NULL;
}

/* A private copy of the prepared context; freed by the caller. */
static EVP_PKEY_CTX *borrow_context(mr_key *k, struct mr_scheme scheme, bool sign)
{
    size_t index = (size_t)scheme.digest * 4 + (scheme.family == MR_SCHEME_RSA_PSS ? 2 : 0) + (sign ? 1 : 0);
    EVP_PKEY_CTX *ready = atomic_load(&k->rsa_ready[index]);
    if (!ready) {
        EVP_PKEY_CTX *made = make_context(k, scheme, sign);
        if (!made) return NULL;
        if (atomic_compare_exchange_strong(&k->rsa_ready[index], &ready, made))
            ready = made;
        else
            EVP_PKEY_CTX_free(made);
    }
    return EVP_PKEY_CTX_dup(ready);
}

int mr_rsa_sign(mr_key *k, struct mr_scheme scheme, const mr_digest *digest, uint8_t *out, size_t size,
                struct mr_err *err)
{
    MR_CLEANUP(context_freep) EVP_PKEY_CTX *context = borrow_context(k, scheme, true);
    size_t written = size;
    if (!context || EVP_PKEY_sign(context, out, &written, digest->bytes, digest->size) != 1 || written != size)
        return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "RSA signing failed");
    return MR_OK;
}

int mr_rsa_verify(mr_key *k, struct mr_scheme scheme, const mr_digest *digest, mr_str signature, struct mr_err *err)
{
    if (signature.len != (k->bits + 7) / 8)
        return MR_FAIL(err, MR_E_SIGNATURE, "an RSA signature is as long as its modulus", MR_NOWHERE);
    MR_CLEANUP(context_freep) EVP_PKEY_CTX *context = borrow_context(k, scheme, false);
    if (!context) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "RSA verification could not start");
    if (EVP_PKEY_verify(context, (const unsigned char *)signature.ptr, signature.len, digest->bytes, digest->size) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_SIGNATURE, "the signature does not fit");
    return MR_OK;
}
