/* Keys as text: PEM files of private keys (RFC 7468, RFC 5958; PBES2 with scrypt, RFC 7914), JWK (RFC 7517, RFC 7518 section 6, RFC 8037 section 2), and
 * SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
 *
 * Private keys are read through OpenSSL, block by block, with the password handed over as it is: OpenSSL's own reader would ask on the terminal
 * when it wants one. Public keys in DER are read here, because that takes 2 us where OpenSSL 3.0's decoders take 150.
 * Invariant: a file is either refused or gives exactly the key of its first private block. */
#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/der.h"
#include "crypto/inside.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

MR_CRYPTO_CLEANUP(BIO, bio, BIO_free_all)
MR_CRYPTO_CLEANUP(EVP_PKEY, pkey, EVP_PKEY_free)
MR_CRYPTO_CLEANUP(X509_SIG, sealed, X509_SIG_free)
MR_CRYPTO_CLEANUP(PKCS8_PRIV_KEY_INFO, info, PKCS8_PRIV_KEY_INFO_free)

/* ---- SubjectPublicKeyInfo ---- */

#define OID_EC "\x2A\x86\x48\xCE\x3D\x02\x01"
#define OID_P256 "\x2A\x86\x48\xCE\x3D\x03\x01\x07"
#define OID_P384 "\x2B\x81\x04\x00\x22"
#define OID_P521 "\x2B\x81\x04\x00\x23"
#define OID_RSA "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
#define OID_ED25519 "\x2B\x65\x70"

static bool curve_of(mr_str parameters, mr_key_kind *ret)
{
    mr_str oid;
    if (!mr_der_get(&parameters, MR_DER_OID, &oid) || parameters.len) return false;
    if (MR_DER_IS(oid, OID_P256))
        *ret = MR_KEY_P256;
    else if (MR_DER_IS(oid, OID_P384))
        *ret = MR_KEY_P384;
    else if (MR_DER_IS(oid, OID_P521))
        *ret = MR_KEY_P521;
    else
        return false;
    return true;
}

/* The kinds that Merit verifies with; others are left to OpenSSL, which may know them. */
static mr_key_kind kind_of(mr_str algorithm, mr_str parameters)
{
    mr_key_kind kind = MR_KEY_OTHER;
    if (MR_DER_IS(algorithm, OID_EC) && curve_of(parameters, &kind)) return kind;
    if (MR_DER_IS(algorithm, OID_RSA) && (parameters.len == 0 || MR_DER_IS(parameters, "\x05\x00"))) return MR_KEY_RSA;
    if (MR_DER_IS(algorithm, OID_ED25519) && parameters.len == 0) return MR_KEY_ED25519;
    return MR_KEY_OTHER;
}

static int read_other(mr_key *k, mr_str spki, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)spki.ptr;
    mr_openssl_start();
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &p, (long)spki.len);
    ERR_clear_error();
    if (!pkey) return MR_FAIL(err, MR_E_UNSUPPORTED, "a public key of an unknown kind", MR_NOWHERE);
    k->bits = (unsigned)EVP_PKEY_get_bits(pkey);
    atomic_store(&k->pkey, pkey);
    return MR_OK;
}

static int fill_public(mr_key *k, mr_str spki, mr_str bits, struct mr_err *err)
{
    switch (k->kind) {
    case MR_KEY_RSA: return mr_rsa_set_der(k, bits, err);
    case MR_KEY_ED25519: return mr_ed25519_set_public(k, bits, err);
    case MR_KEY_OTHER: return read_other(k, spki, err);
    default: return mr_ec_set_public(k, bits, err);
    }
}

int mr_key_of_public_der(mr_str spki, mr_key **ret, struct mr_err *err)
{
    mr_str in = spki, body, algorithm, oid, bits;
    if (!mr_der_get(&in, MR_DER_SEQUENCE, &body) || in.len || !mr_der_get(&body, MR_DER_SEQUENCE, &algorithm) ||
        !mr_der_get(&algorithm, MR_DER_OID, &oid) || !mr_der_bits(&body, &bits) || body.len)
        return MR_FAIL(err, MR_E_FORMAT, "not a public key", MR_NOWHERE);
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(kind_of(oid, algorithm), false);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    MR_TRY(fill_public(k, spki, bits, err));
    *ret = k;
    k = NULL;
    return MR_OK;
}

/* PKCS#1 RSAPublicKey, as old tools write it. */
static int read_rsa_public(mr_str der, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(MR_KEY_RSA, false);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    MR_TRY(mr_rsa_set_der(k, der, err));
    *ret = k;
    k = NULL;
    return MR_OK;
}

int mr_key_read_public_pem(mr_str pem, mr_key **ret, struct mr_err *err)
{
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long size = 0;
    int code;
    if (pem.len > MR_LIMIT_KEY_FILE) return MR_FAIL(err, MR_E_LIMIT, "too large for a key", MR_LIMIT_KEY_FILE);
    MR_CLEANUP(bio_freep) BIO *in = BIO_new_mem_buf(pem.ptr ? pem.ptr : "", (int)pem.len);
    if (!in) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for a key");
    if (!PEM_read_bio(in, &name, &header, &data, &size))
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "there is no public key in this text");
    mr_str der = mr_str_make((const char *)data, (size_t)size);
    if (strcmp(name, PEM_STRING_PUBLIC) == 0)
        code = mr_key_of_public_der(der, ret, err);
    else if (strcmp(name, PEM_STRING_RSA_PUBLIC) == 0)
        code = read_rsa_public(der, ret, err);
    else
        code = MR_FAIL(err, MR_E_FORMAT, "this text holds something else than a public key", MR_NOWHERE);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(data);
    return code;
}

int mr_key_write_public_der(const mr_key *k, mr_arena *a, mr_str *ret, struct mr_err *err)
{
    EVP_PKEY *pkey = mr_key_pkey(k);
    unsigned char *der = NULL;
    int size = pkey ? i2d_PUBKEY(pkey, &der) : -1;
    if (size < 0) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the public key could not be written");
    mr_str copy = mr_arena_dup(a, mr_str_make((const char *)der, (size_t)size));
    OPENSSL_free(der);
    if (!copy.ptr) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    *ret = copy;
    return MR_OK;
}

/* ---- from OpenSSL's handle ---- */

static mr_key_kind kind_of_pkey(EVP_PKEY *pkey)
{
    char group[32];
    int explicit_curve = 0;
    if (EVP_PKEY_is_a(pkey, "RSA")) return MR_KEY_RSA;
    if (EVP_PKEY_is_a(pkey, "ED25519")) return MR_KEY_ED25519;
    if (!EVP_PKEY_is_a(pkey, "EC") || EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) != 1)
        return MR_KEY_OTHER;
    /* A curve spelled out may pass for a named one with another generator (CVE-2020-0601). */
    if (EVP_PKEY_get_int_param(pkey, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicit_curve) == 1 &&
        explicit_curve)
        return MR_KEY_OTHER;
    if (strcmp(group, "prime256v1") == 0) return MR_KEY_P256;
    if (strcmp(group, "secp384r1") == 0) return MR_KEY_P384;
    return strcmp(group, "secp521r1") == 0 ? MR_KEY_P521 : MR_KEY_OTHER;
}

static int fill_ed25519(mr_key *k, EVP_PKEY *pkey, struct mr_err *err)
{
    uint8_t octets[32];
    size_t size = sizeof octets;
    if (!k->is_private) {
        if (EVP_PKEY_get_raw_public_key(pkey, k->ed25519_public, &size) == 1 && size == 32) return MR_OK;
        return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the key could not be read");
    }
    if (EVP_PKEY_get_raw_private_key(pkey, octets, &size) != 1 || size != 32)
        return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the key could not be read");
    int code = mr_ed25519_set_seed(k, octets, err);
    OPENSSL_cleanse(octets, sizeof octets);
    return code;
}

int mr_key_of_pkey(EVP_PKEY *pkey, bool is_private, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(kind_of_pkey(pkey), is_private);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    if (k->kind == MR_KEY_ED25519) {
        MR_TRY(fill_ed25519(k, pkey, err));
        EVP_PKEY_free(pkey);
    } else if (k->kind == MR_KEY_RSA || k->kind == MR_KEY_OTHER) {
        k->bits = (unsigned)EVP_PKEY_get_bits(pkey);
        atomic_store(&k->pkey, pkey);
    } else {
        MR_TRY(mr_ec_of_pkey(k, pkey, err));
        EVP_PKEY_free(pkey);
    }
    ERR_clear_error(); /* looking for parameters that are not there leaves some */
    *ret = k;
    k = NULL;
    return MR_OK;
}

/* ---- private keys in PEM ---- */

/* The password for a block that RFC 1421 encrypts ("Proc-Type: 4,ENCRYPTED"); never asks anyone. */
static int give_password(char *out, int size, int writing, void *self)
{
    const mr_str *password = self;
    if (writing || password->len == 0 || password->len > (size_t)size) return -1;
    memcpy(out, password->ptr, password->len);
    return (int)password->len;
}

static int read_pkcs8(PKCS8_PRIV_KEY_INFO *info, EVP_PKEY **ret, struct mr_err *err)
{
    EVP_PKEY *pkey = info ? EVP_PKCS82PKEY(info) : NULL;
    if (!pkey) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the private key cannot be read");
    *ret = pkey;
    return MR_OK;
}

static int read_encrypted(mr_str der, mr_str password, EVP_PKEY **ret, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    MR_CLEANUP(sealed_freep) X509_SIG *sealed = d2i_X509_SIG(NULL, &p, (long)der.len);
    if (!sealed) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the encrypted private key cannot be read");
    if (password.len == 0)
        return MR_OPENSSL_FAIL(err, MR_E_PASSWORD, "the private key is encrypted and no password was given");
    ERR_clear_error();
    MR_CLEANUP(info_freep) PKCS8_PRIV_KEY_INFO *info = PKCS8_decrypt(sealed, password.ptr, (int)password.len);
    unsigned long reason = ERR_peek_error();
    if (!info && ERR_GET_REASON(reason) == ERR_R_UNSUPPORTED)
        return MR_OPENSSL_FAIL(err, MR_E_UNSUPPORTED, "the private key is encrypted in a way that is no longer safe");
    if (!info) return MR_OPENSSL_FAIL(err, MR_E_PASSWORD, "the password does not open the private key");
    return read_pkcs8(info, ret, err);
}

static int read_plain(mr_str der, EVP_PKEY **ret, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)der.ptr;
    MR_CLEANUP(info_freep) PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, (long)der.len);
    return read_pkcs8(info, ret, err);
}

/* "RSA PRIVATE KEY" and "EC PRIVATE KEY", the forms before PKCS#8. */
static int read_traditional(char *header, mr_str der, int type, mr_str password, EVP_PKEY **ret, struct mr_err *err)
{
    EVP_CIPHER_INFO cipher;
    long size = (long)der.len;
    if (PEM_get_EVP_CIPHER_INFO(header, &cipher) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the header of the private key cannot be read");
    if (cipher.cipher && password.len == 0)
        return MR_OPENSSL_FAIL(err, MR_E_PASSWORD, "the private key is encrypted and no password was given");
    if (PEM_do_header(&cipher, (unsigned char *)der.ptr, &size, give_password, &password) != 1)
        return MR_OPENSSL_FAIL(err, MR_E_PASSWORD, "the password does not open the private key");
    const unsigned char *p = (const unsigned char *)der.ptr;
    EVP_PKEY *pkey = d2i_PrivateKey(type, NULL, &p, size);
    if (pkey) {
        *ret = pkey;
        return MR_OK;
    }
    return cipher.cipher ? MR_OPENSSL_FAIL(err, MR_E_PASSWORD, "the password does not open the private key")
                         : MR_OPENSSL_FAIL(err, MR_E_FORMAT, "the private key cannot be read");
}

int mr_key_of_pem_block(const char *name, char *header, mr_str data, mr_str password, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(pkey_freep) EVP_PKEY *pkey = NULL;
    mr_openssl_start();
    if (strcmp(name, PEM_STRING_PKCS8) == 0)
        MR_TRY(read_encrypted(data, password, &pkey, err));
    else if (strcmp(name, PEM_STRING_PKCS8INF) == 0)
        MR_TRY(read_plain(data, &pkey, err));
    else if (strcmp(name, PEM_STRING_RSA) == 0)
        MR_TRY(read_traditional(header, data, EVP_PKEY_RSA, password, &pkey, err));
    else if (strcmp(name, PEM_STRING_ECPRIVATEKEY) == 0)
        MR_TRY(read_traditional(header, data, EVP_PKEY_EC, password, &pkey, err));
    else
        return MR_FAIL(err, MR_E_NOT_FOUND, "not a private key", MR_NOWHERE);
    mr_key *key;
    MR_TRY(mr_key_of_pkey(pkey, true, &key, err));
    pkey = NULL;
    if (key->kind == MR_KEY_OTHER) {
        mr_key_free(key);
        return MR_FAIL(err, MR_E_UNSUPPORTED, "a private key of a kind that cannot seal", MR_NOWHERE);
    }
    *ret = key;
    return MR_OK;
}

/* The next block of the text: 1 a private key was read, 0 another block, -1 no more. */
static int next_key(BIO *in, mr_str password, mr_key **ret, int *ret_code, struct mr_err *err)
{
    char *name = NULL, *header = NULL;
    unsigned char *data = NULL;
    long size = 0;
    if (PEM_read_bio(in, &name, &header, &data, &size) != 1) {
        ERR_clear_error();
        return -1;
    }
    *ret_code = mr_key_of_pem_block(name, header, mr_str_make((const char *)data, (size_t)size), password, ret, err);
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(data, (size_t)size);
    return *ret_code == MR_E_NOT_FOUND ? 0 : 1;
}

int mr_key_read_pem(mr_str pem, mr_str password, mr_key **ret, struct mr_err *err)
{
    int code = MR_OK, found = 0;
    mr_openssl_start();
    if (pem.len > MR_LIMIT_KEY_FILE) return MR_FAIL(err, MR_E_LIMIT, "too large for a key file", MR_LIMIT_KEY_FILE);
    MR_CLEANUP(bio_freep) BIO *in = BIO_new_mem_buf(pem.ptr ? pem.ptr : "", (int)pem.len);
    if (!in) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for a key");
    while ((found = next_key(in, password, ret, &code, err)) == 0) mr_err_forget(err);
    if (found < 0) return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "there is no private key in this text");
    return code;
}

enum { SCRYPT_N = 16384, SCRYPT_R = 8, SCRYPT_P = 1 }; /* 16 MiB and 50 ms; within the limit of OpenSSL's reader */

static int write_encrypted(BIO *out, PKCS8_PRIV_KEY_INFO *info, mr_str password)
{
    X509_ALGOR *pbe = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 0, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
    MR_CLEANUP(sealed_freep) X509_SIG *sealed = pbe ? PKCS8_set0_pbe(password.ptr, (int)password.len, info, pbe) : NULL;
    if (!sealed) {
        X509_ALGOR_free(pbe);
        return 0;
    }
    return PEM_write_bio_PKCS8(out, sealed);
}

int mr_key_write_pem(const mr_key *k, mr_str password, mr_buf *out, struct mr_err *err)
{
    if (!k->is_private) return MR_FAIL(err, MR_E_KEY, "the key has no private part", MR_NOWHERE);
    if (k->elsewhere.sign) return MR_FAIL(err, MR_E_KEY, "the private key does not leave its token", MR_NOWHERE);
    if (password.len > 1024) return MR_FAIL(err, MR_E_LIMIT, "a password has at most 1024 octets", 1024);
    EVP_PKEY *pkey = mr_key_pkey(k);
    MR_CLEANUP(info_freep) PKCS8_PRIV_KEY_INFO *info = pkey ? EVP_PKEY2PKCS8(pkey) : NULL;
    MR_CLEANUP(bio_freep) BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed */
    int done = info && bio &&
               (password.len ? write_encrypted(bio, info, password) : PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info));
    char *text = NULL;
    long size = done ? BIO_get_mem_data(bio, &text) : 0;
    if (size <= 0) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the private key could not be written");
    mr_buf_put(out, mr_str_make(text, (size_t)size));
    OPENSSL_cleanse(text, (size_t)size);
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    return MR_OK;
}

/* ---- JWK ---- */

static void put_member(mr_buf *out, const char *name, mr_str octets)
{
    mr_buf_putc(out, '"');
    mr_buf_puts(out, name);
    mr_buf_puts(out, "\":\"");
    mr_base64url_put(out, octets);
    mr_buf_putc(out, '"');
}

static const char *curve_name(mr_key_kind kind)
{
    static const char *const names[] = {
        [MR_KEY_P256] = "P-256", [MR_KEY_P384] = "P-384", [MR_KEY_P521] = "P-521", [MR_KEY_ED25519] = "Ed25519"};
    return names[kind];
}

static int write_ec(const mr_key *k, mr_buf *out, struct mr_err *err)
{
    uint8_t point[133];
    size_t size = mr_ec_size(k->kind);
    if (!mr_ec_point(k, point)) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the public key could not be written");
    mr_buf_format(out, "{\"crv\":\"%s\",\"kty\":\"EC\",", curve_name(k->kind));
    put_member(out, "x", mr_str_make((const char *)point + 1, size));
    mr_buf_putc(out, ',');
    put_member(out, "y", mr_str_make((const char *)point + 1 + size, size));
    return MR_OK;
}

static int write_rsa(const mr_key *k, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_LIMIT_KEY_FILE);
    mr_str n, e;
    MR_TRY(mr_rsa_get_public(k, &a, &n, &e, err));
    mr_buf_putc(out, '{');
    put_member(out, "e", e);
    mr_buf_puts(out, ",\"kty\":\"RSA\",");
    put_member(out, "n", n);
    return MR_OK;
}

int mr_key_write_jwk(const mr_key *k, mr_buf *out, struct mr_err *err)
{
    mr_openssl_start();
    switch (k->kind) {
    case MR_KEY_OTHER: return MR_FAIL(err, MR_E_UNSUPPORTED, "a key of a kind that JOSE does not have", MR_NOWHERE);
    case MR_KEY_RSA: MR_TRY(write_rsa(k, out, err)); break;
    case MR_KEY_ED25519:
        mr_buf_puts(out, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",");
        put_member(out, "x", mr_str_make((const char *)k->ed25519_public, 32));
        break;
    default: MR_TRY(write_ec(k, out, err));
    }
    mr_buf_putc(out, '}');
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    return MR_OK;
}

static int jwk_octets(mr_arena *a, mr_str text, mr_str *ret, struct mr_err *err)
{
    if (mr_base64url_read(a, text, ret, NULL) == MR_OK && ret->len) return MR_OK;
    return MR_FAIL(err, MR_E_FORMAT, "a member of the JWK is missing or is not base64url", MR_NOWHERE);
}

/* x and y are as long as the curve's field (RFC 7518 6.2.1.2). */
static int read_jwk_ec(mr_arena *a, const struct mr_jwk *jwk, mr_key *k, struct mr_err *err)
{
    uint8_t point[133] = {POINT_CONVERSION_UNCOMPRESSED};
    size_t size = mr_ec_size(k->kind);
    mr_str x, y;
    MR_TRY(jwk_octets(a, jwk->x, &x, err));
    MR_TRY(jwk_octets(a, jwk->y, &y, err));
    if (x.len != size || y.len != size)
        return MR_FAIL(err, MR_E_FORMAT, "x or y of the JWK has the wrong length", MR_NOWHERE);
    memcpy(point + 1, x.ptr, size);
    memcpy(point + 1 + size, y.ptr, size);
    return mr_ec_set_public(k, mr_str_make((const char *)point, 1 + 2 * size), err);
}

static int jwk_kind(const struct mr_jwk *jwk, mr_key_kind *ret, struct mr_err *err)
{
    bool ec = mr_str_is(jwk->kty, "EC"), okp = mr_str_is(jwk->kty, "OKP");
    if (mr_str_is(jwk->kty, "RSA")) {
        *ret = MR_KEY_RSA;
        return MR_OK;
    }
    for (mr_key_kind kind = MR_KEY_P256; (ec || okp) && kind < MR_KEY_OTHER; kind++) {
        if (kind == MR_KEY_RSA || okp != (kind == MR_KEY_ED25519) || !mr_str_is(jwk->crv, curve_name(kind))) continue;
        *ret = kind;
        return MR_OK;
    }
    return MR_FAIL_DETAIL(err, MR_E_UNSUPPORTED, "a JWK of an unknown kind or curve", "%.*s %.*s", MR_STR_ARG(jwk->kty),
                          MR_STR_ARG(jwk->crv));
}

static int read_jwk(mr_arena *a, const struct mr_jwk *jwk, mr_key *k, struct mr_err *err)
{
    mr_str first, second;
    if (k->kind == MR_KEY_RSA) {
        MR_TRY(jwk_octets(a, jwk->n, &first, err));
        MR_TRY(jwk_octets(a, jwk->e, &second, err));
        return mr_rsa_set_public(k, first, second, err);
    }
    if (k->kind != MR_KEY_ED25519) return read_jwk_ec(a, jwk, k, err);
    MR_TRY(jwk_octets(a, jwk->x, &first, err));
    return mr_ed25519_set_public(k, first, err);
}

int mr_key_of_jwk(const struct mr_jwk *jwk, mr_key **ret, struct mr_err *err)
{
    mr_key_kind kind = MR_KEY_OTHER;
    mr_openssl_start();
    MR_TRY(jwk_kind(jwk, &kind, err));
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(kind, false);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 2 * MR_LIMIT_KEY_FILE);
    MR_TRY(read_jwk(&a, jwk, k, err));
    *ret = k;
    k = NULL;
    return MR_OK;
}

/* Whether both have the same public part; of the kinds that a private JWK has. */
static bool is_same_public(const mr_key *a, const mr_key *b)
{
    uint8_t first[133], second[133];
    if (a->kind != b->kind) return false;
    if (a->kind == MR_KEY_ED25519) return memcmp(a->ed25519_public, b->ed25519_public, 32) == 0;
    return mr_ec_point(a, first) && mr_ec_point(b, second) && memcmp(first, second, 1 + 2 * mr_ec_size(a->kind)) == 0;
}

static int read_secret(mr_key *k, mr_str d, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str octets;
    mr_arena_init(&a, 2 * MR_LIMIT_KEY_FILE);
    MR_TRY(jwk_octets(&a, d, &octets, err));
    int code = mr_key_set_secret(k, octets, err);
    OPENSSL_cleanse((char *)octets.ptr, octets.len);
    return code;
}

int mr_key_of_private_jwk(const struct mr_jwk *jwk, mr_str d, mr_key **ret, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *public = NULL;
    MR_TRY(mr_key_of_jwk(jwk, &public, err));
    if (public->kind == MR_KEY_RSA)
        return MR_FAIL(err, MR_E_UNSUPPORTED, "a private RSA key is not read in this form", MR_NOWHERE);
    MR_CLEANUP(mr_key_freep) mr_key *k = mr_key_alloc(public->kind, true);
    if (!k) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a key", MR_NOWHERE);
    MR_TRY(read_secret(k, d, err));
    if (!is_same_public(k, public))
        return MR_FAIL(err, MR_E_FORMAT, "the private key does not fit its public key", MR_NOWHERE);
    *ret = k;
    k = NULL;
    return MR_OK;
}
