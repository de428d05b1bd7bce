/* A seal's private key with its certificates: PKCS#12 (RFC 7292) as authorities deliver it, or PEM in any order.
 *
 * Idea: take everything out of the file, then look which certificate carries the private key's public half, then order the others above it. Files
 * from older software are encrypted with RC2, which OpenSSL 3 keeps in its "legacy" provider: only when the usual way ends in "unsupported" is the
 * file opened once more in a library context of its own that has this provider, so that nothing else in the process can use it.
 *
 * Invariant: what is returned belongs together; otherwise nothing is. */
#include "base/limits.h"
#include "crypto/authority.h"
#include "crypto/inside.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

MR_CRYPTO_CLEANUP(BIO, bio, BIO_free_all)
MR_CRYPTO_CLEANUP(PKCS12, p12, PKCS12_free)
MR_CRYPTO_CLEANUP(OSSL_LIB_CTX, context, OSSL_LIB_CTX_free)
MR_CRYPTO_CLEANUP(PKCS8_PRIV_KEY_INFO, info, PKCS8_PRIV_KEY_INFO_free)

/* What a file holds, before it is put in order. */
struct content {
    mr_key *key;
    mr_certificate *certificates[MR_LIMIT_CERTIFICATES];
    size_t count;
};

static void content_done(struct content *c)
{
    mr_key_free(c->key);
    for (size_t i = 0; i < c->count; i++) mr_certificate_free(c->certificates[i]);
}

static int add_certificate(struct content *c, mr_certificate *one, struct mr_err *err)
{
    if (c->count == MR_LIMIT_CERTIFICATES) {
        mr_certificate_free(one);
        return MR_FAIL(err, MR_E_LIMIT, "too many certificates in the key file", MR_LIMIT_CERTIFICATES);
    }
    c->certificates[c->count++] = one;
    return MR_OK;
}

/* Which of them seals is not for us to guess: one may be for signatures of a person, or for decrypting. */
static int too_many_keys(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_KEY, "the file holds several private keys; export the seal's alone", MR_NOWHERE);
}

/* ---- PEM ---- */

static int take_block(struct content *c, const char *name, char *header, mr_str data, mr_str password,
                      struct mr_err *err)
{
    if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0) {
        mr_certificate *one;
        MR_TRY(mr_certificate_read(data, &one, err));
        return add_certificate(c, one, err);
    }
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    int code = mr_key_of_pem_block(name, header, data, password, &key, err);
    if (code == MR_E_NOT_FOUND) return MR_OK;
    if (c->key) return too_many_keys(err);
    MR_TRY(code);
    c->key = key, key = NULL;
    return MR_OK;
}

static int read_pem(struct content *c, mr_str file, mr_str password, struct mr_err *err)
{
    MR_CLEANUP(bio_freep) BIO *in = BIO_new_mem_buf(file.ptr, (int)file.len);
    if (!in) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for a key");
    for (;;) { /* each turn eats a block of the file */
        char *name = NULL, *header = NULL;
        unsigned char *data = NULL;
        long size = 0;
        if (PEM_read_bio(in, &name, &header, &data, &size) != 1) break;
        int code = take_block(c, name, header, mr_str_make((const char *)data, (size_t)size), password, err);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, (size_t)size);
        MR_TRY(code);
    }
    bool end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    ERR_clear_error();
    return end ? MR_OK : MR_FAIL(err, MR_E_FORMAT, "a PEM block of the key file is damaged", MR_NOWHERE);
}

/* ---- PKCS#12 ---- */

/* The MAC tells a wrong password from a damaged file. A file without a password may have been made with "" or with none. */
static int check_password(PKCS12 *p12, mr_str password, struct mr_err *err)
{
    if (!PKCS12_mac_present(p12))
        return MR_FAIL(err, MR_E_UNSUPPORTED, "the key file has no MAC: nothing tells whether it was changed",
                       MR_NOWHERE);
    if (PKCS12_verify_mac(p12, password.ptr ? password.ptr : "", (int)password.len) == 1) return MR_OK;
    if (password.len == 0 && PKCS12_verify_mac(p12, NULL, 0) == 1) return MR_OK;
    return MR_OPENSSL_FAIL(err, MR_E_PASSWORD,
                           password.len ? "the password does not open the key file" : "the key file needs a password");
}

/* A key made in another library context has to be written and read again to live in ours. */
static int take_key(struct content *c, EVP_PKEY *pkey, struct mr_err *err)
{
    unsigned char *der = NULL;
    MR_CLEANUP(info_freep) PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(pkey);
    int size = info ? i2d_PKCS8_PRIV_KEY_INFO(info, &der) : -1;
    if (size < 0) return MR_OPENSSL_FAIL(err, MR_E_CRYPTO, "the private key cannot be read");
    int code = mr_key_of_pem_block(PEM_STRING_PKCS8INF, NULL, mr_str_make((const char *)der, (size_t)size),
                                   MR_STR_EMPTY, &c->key, err);
    OPENSSL_clear_free(der, (size_t)size);
    return code;
}

static int take_x509(struct content *c, X509 *x, struct mr_err *err)
{
    mr_certificate *one;
    MR_TRY(mr_certificate_of_x509(x, &one, err));
    return add_certificate(c, one, err);
}

static int take_parsed(struct content *c, EVP_PKEY *pkey, X509 *leaf, STACK_OF(X509) * others, struct mr_err *err)
{
    if (pkey) MR_TRY(take_key(c, pkey, err));
    if (leaf) MR_TRY(take_x509(c, leaf, err));
    for (int i = 0; i < sk_X509_num(others); i++) MR_TRY(take_x509(c, sk_X509_value(others, i), err));
    return MR_OK;
}

static size_t count_keys_in(const STACK_OF(PKCS12_SAFEBAG) * bags)
{
    size_t count = 0;
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
        int nid = PKCS12_SAFEBAG_get_nid(sk_PKCS12_SAFEBAG_value(bags, i));
        count += nid == NID_keyBag || nid == NID_pkcs8ShroudedKeyBag;
    }
    return count;
}

/* PKCS12_parse takes the first and says nothing of the others. */
static size_t count_keys(PKCS12 *p12, mr_str password)
{
    size_t count = 0;
    STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
    for (int i = 0; i < sk_PKCS7_num(safes); i++) {
        PKCS7 *safe = sk_PKCS7_value(safes, i);
        STACK_OF(PKCS12_SAFEBAG) *bags = PKCS7_type_is_data(safe) ? PKCS12_unpack_p7data(safe)
                                         : PKCS7_type_is_encrypted(safe)
                                             ? PKCS12_unpack_p7encdata(safe, password.ptr ? password.ptr : "", -1)
                                             : NULL;
        count += count_keys_in(bags);
        sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    }
    sk_PKCS7_pop_free(safes, PKCS7_free);
    ERR_clear_error();
    return count;
}

static bool is_unsupported(void)
{
    bool found = false;
    for (unsigned long e; (e = ERR_get_error());)
        found |= ERR_GET_REASON(e) == ERR_R_UNSUPPORTED ||
                 (ERR_GET_LIB(e) == ERR_LIB_EVP && ERR_GET_REASON(e) == EVP_R_UNSUPPORTED_ALGORITHM) ||
                 (ERR_GET_LIB(e) == ERR_LIB_EVP && ERR_GET_REASON(e) == EVP_R_UNKNOWN_CIPHER);
    return found;
}

/* context: NULL for the usual algorithms. MR_E_UNSUPPORTED asks for the legacy ones. */
static int read_p12_in(struct content *c, OSSL_LIB_CTX *context, mr_str file, mr_str password, struct mr_err *err)
{
    const unsigned char *p = (const unsigned char *)file.ptr;
    PKCS12 *made = PKCS12_init_ex(NID_pkcs7_data, context, NULL);
    MR_CLEANUP(p12_freep) PKCS12 *p12 = d2i_PKCS12(&made, &p, (long)file.len); /* frees `made` on failure */
    if (!p12 || p != (const unsigned char *)file.ptr + file.len)
        return MR_OPENSSL_FAIL(err, MR_E_FORMAT, "neither PEM nor PKCS#12");
    MR_TRY(check_password(p12, password, err));
    EVP_PKEY *pkey = NULL;
    X509 *leaf = NULL;
    STACK_OF(X509) *others = NULL;
    ERR_clear_error();
    if (PKCS12_parse(p12, password.ptr ? password.ptr : "", &pkey, &leaf, &others) != 1) {
        if (is_unsupported())
            return MR_FAIL(
                err, MR_E_UNSUPPORTED,
                "the key file is encrypted in a way that is no longer read; write it anew with today's software",
                MR_NOWHERE);
        return MR_FAIL(err, MR_E_FORMAT, "the key file cannot be opened", MR_NOWHERE);
    }
    int code = count_keys(p12, password) > 1 ? too_many_keys(err) : take_parsed(c, pkey, leaf, others, err);
    EVP_PKEY_free(pkey);
    X509_free(leaf);
    sk_X509_pop_free(others, X509_free);
    ERR_clear_error();
    return code;
}

static int read_p12_legacy(struct content *c, mr_str file, mr_str password, struct mr_err *err)
{
    MR_CLEANUP(context_freep) OSSL_LIB_CTX *context = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *legacy = context ? OSSL_PROVIDER_load(context, "legacy") : NULL;
    OSSL_PROVIDER *usual = legacy ? OSSL_PROVIDER_load(context, "default") : NULL;
    int code =
        usual
            ? read_p12_in(c, context, file, password, err)
            : MR_OPENSSL_FAIL(err, MR_E_LIBRARY,
                              "the key file uses old encryption (RC2) and OpenSSL's legacy provider is not installed");
    if (usual) OSSL_PROVIDER_unload(usual);
    if (legacy) OSSL_PROVIDER_unload(legacy);
    return code;
}

static int read_p12(struct content *c, mr_str file, mr_str password, struct mr_err *err)
{
    char text[1025]; /* OpenSSL wants it NUL-terminated */
    if (password.len >= sizeof text || memchr(password.ptr ? password.ptr : "", 0, password.len))
        return MR_FAIL(err, MR_E_PASSWORD, "a password has at most 1024 octets and no NUL", MR_NOWHERE);
    if (password.len) memcpy(text, password.ptr, password.len);
    text[password.len] = 0;
    mr_str terminated = {text, password.len};
    int code = read_p12_in(c, NULL, file, terminated, err);
    if (code == MR_E_UNSUPPORTED && !c->key) { /* without a MAC once more in vain: no harm */
        content_done(c);
        *c = (struct content){0};
        mr_err_forget(err);
        code = read_p12_legacy(c, file, terminated, err);
    }
    OPENSSL_cleanse(text, sizeof text);
    return code;
}

/* ---- putting it in order ---- */

/* 1 same public key, 0 not, negative when memory is short. */
static int is_of_key(const mr_certificate *c, const mr_key *key)
{
    EVP_PKEY *a = mr_key_pkey(mr_certificate_key(c)), *b = mr_key_pkey(key);
    if (!a || !b) return -1;
    int same = EVP_PKEY_eq(a, b) == 1;
    ERR_clear_error();
    return same;
}

static int choose_leaf(const struct content *c, mr_certificate **ret, struct mr_err *err)
{
    mr_certificate *leaf = NULL;
    for (size_t i = 0; i < c->count; i++) {
        int same = is_of_key(c->certificates[i], c->key);
        if (same < 0) return MR_OPENSSL_FAIL(err, MR_E_NOMEM, "not enough memory for a key");
        /* A renewed certificate for the same key: the one that lasts longest. */
        if (same && (!leaf || mr_certificate_not_after(c->certificates[i]) > mr_certificate_not_after(leaf)))
            leaf = c->certificates[i];
    }
    if (!leaf) return MR_FAIL(err, MR_E_KEY, "no certificate in the file belongs to its private key", MR_NOWHERE);
    *ret = leaf;
    return MR_OK;
}

static bool is_in(const struct mr_seal_key *s, const mr_certificate *c)
{
    bool found = c == s->certificate;
    for (size_t i = 0; i < s->issuer_count; i++) found |= c == s->issuers[i];
    return found;
}

/* The certificate of the file that signed `c` and is not in `s` yet. */
static mr_certificate *find_issuer(const struct content *content, const struct mr_seal_key *s, const mr_certificate *c)
{
    for (size_t i = 0; i < content->count; i++) {
        mr_certificate *issuer = content->certificates[i];
        if (is_in(s, issuer) || !mr_certificate_names_issuer(c, issuer)) continue;
        if (mr_certificate_check_signature(c, issuer, NULL) == MR_OK) return issuer;
    }
    return NULL;
}

static void order_issuers(const struct content *content, struct mr_seal_key *s)
{
    mr_certificate *top = s->certificate;
    while (s->issuer_count < sizeof s->issuers / sizeof *s->issuers && !mr_certificate_is_self_issued(top)) {
        mr_certificate *issuer = find_issuer(content, s, top);
        if (!issuer) break;
        s->issuers[s->issuer_count++] = top = issuer;
    }
}

static int put_in_order(struct content *content, struct mr_seal_key *ret, struct mr_err *err)
{
    struct mr_seal_key s = {0};
    if (!content->key) return MR_FAIL(err, MR_E_KEY, "the file holds no private key", MR_NOWHERE);
    if (content->count == 0) return MR_FAIL(err, MR_E_KEY, "the file holds no certificate", MR_NOWHERE);
    MR_TRY(choose_leaf(content, &s.certificate, err));
    order_issuers(content, &s);
    s.is_test = mr_certificate_is_test(s.certificate);
    for (size_t i = 0; i < s.issuer_count; i++) {
        s.is_test |= mr_certificate_is_test(s.issuers[i]);
        mr_certificate_share(s.issuers[i]);
    }
    mr_certificate_share(s.certificate);
    s.key = mr_key_share(content->key);
    *ret = s;
    return MR_OK;
}

int mr_seal_key_assemble(mr_key *key, mr_certificate *const *certificates, size_t count, struct mr_seal_key *ret,
                         struct mr_err *err)
{
    struct content content = {.key = key};
    while (content.count < count && content.count < MR_LIMIT_CERTIFICATES) {
        content.certificates[content.count] = certificates[content.count];
        content.count++;
    }
    return put_in_order(&content, ret, err);
}

int mr_seal_key_read(mr_str file, mr_str password, struct mr_seal_key *ret, struct mr_err *err)
{
    mr_openssl_start();
    if (file.len > MR_LIMIT_KEY_FILE) return MR_FAIL(err, MR_E_LIMIT, "too large for a key file", MR_LIMIT_KEY_FILE);
    if (file.len == 0) return MR_FAIL(err, MR_E_FORMAT, "the key file is empty", 0);
    MR_CLEANUP(content_done) struct content content = {0};
    if (mr_str_find(file, MR_STR("-----BEGIN ")) >= 0)
        MR_TRY(read_pem(&content, file, password, err));
    else
        MR_TRY(read_p12(&content, file, password, err));
    return put_in_order(&content, ret, err);
}

int mr_seal_key_write(const struct mr_seal_key *s, mr_str password, mr_buf *out, struct mr_err *err)
{
    MR_TRY(mr_key_write_pem(s->key, password, out, err));
    MR_TRY(mr_certificate_write_pem(s->certificate, out, err));
    for (size_t i = 0; i < s->issuer_count; i++) MR_TRY(mr_certificate_write_pem(s->issuers[i], out, err));
    return MR_OK;
}

void mr_seal_key_done(struct mr_seal_key *s)
{
    mr_key_free(s->key);
    mr_certificate_free(s->certificate);
    for (size_t i = 0; i < s->issuer_count; i++) mr_certificate_free(s->issuers[i]);
    *s = (struct mr_seal_key){0};
}

size_t mr_seal_key_chain(const struct mr_seal_key *s, mr_certificate *ret[MR_SEAL_CHAIN_MOST])
{
    size_t count = 0;
    if (s->certificate) ret[count++] = s->certificate;
    for (size_t i = 0; i < s->issuer_count && count < MR_SEAL_CHAIN_MOST; i++)
        if (!mr_certificate_is_self_issued(s->issuers[i])) ret[count++] = s->issuers[i];
    return count;
}
