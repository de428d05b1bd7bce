/* The adapter to libfido2. What libfido2 does not look at is looked at here, before it: rpIdHash and the flags in the first 37 octets of authenticator data
 * (Web Authentication section 6.1). clientDataJSON is JSON and is read above this layer; its digest is signed, so what was read is what was signed. */
#include "service/passkey.h"
#include "base/lazy.h"
#include "base/secret.h"
#include "crypto/digest.h"

#include <fido.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <fido/eddsa.h>
#include <pthread.h>

#define FIDO_FUNCTIONS(F)                                                                                              \
    F(fido_init)                                                                                                       \
    F(fido_cred_new)                                                                                                   \
    F(fido_cred_free)                                                                                                  \
    F(fido_cred_set_type)                                                                                              \
    F(fido_cred_set_authdata_raw)                                                                                      \
    F(fido_cred_id_ptr)                                                                                                \
    F(fido_cred_id_len)                                                                                                \
    F(fido_cred_pubkey_ptr)                                                                                            \
    F(fido_cred_pubkey_len)                                                                                            \
    F(fido_assert_new)                                                                                                 \
    F(fido_assert_free)                                                                                                \
    F(fido_assert_set_count)                                                                                           \
    F(fido_assert_set_clientdata_hash)                                                                                 \
    F(fido_assert_set_rp)                                                                                              \
    F(fido_assert_set_authdata_raw)                                                                                    \
    F(fido_assert_set_sig)                                                                                             \
    F(fido_assert_set_up)                                                                                              \
    F(fido_assert_set_uv)                                                                                              \
    F(fido_assert_verify)                                                                                              \
    F(es256_pk_new)                                                                                                    \
    F(es256_pk_free)                                                                                                   \
    F(es256_pk_from_ptr)                                                                                               \
    F(rs256_pk_new) F(rs256_pk_free) F(rs256_pk_from_ptr) F(eddsa_pk_new) F(eddsa_pk_free) F(eddsa_pk_from_ptr)
MR_LAZY_LIBRARY(fido, "libfido2.so.1", FIDO_FUNCTIONS)

enum { RP_ID_HASH = 32, FLAGS = 32, COUNTER = 33, HEAD = 37, AT = 53 /* behind flags, counter and AAGUID */ };
enum { FLAG_UP = 1, FLAG_UV = 4, FLAG_AT = 64 };
static const int algorithms[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static void start(void)
{
    fido_table.fido_init(0);
}
static int prepare(struct mr_err *err)
{
    MR_TRY(fido_load(err));
    pthread_once(&once, start);
    return MR_OK;
}

static int check_head(const struct mr_passkey_wanted *wanted, mr_str auth_data, unsigned flags, struct mr_err *err)
{
    uint8_t hash[32];
    if (auth_data.len < HEAD) return MR_FAIL(err, MR_E_FORMAT, "authenticator data are cut off", MR_NOWHERE);
    mr_sha256(wanted->rp_id, hash);
    if (memcmp(auth_data.ptr, hash, sizeof hash) != 0)
        return MR_FAIL(err, MR_E_SIGNATURE, "the passkey belongs to another site", MR_NOWHERE);
    unsigned has = (unsigned char)auth_data.ptr[FLAGS];
    if ((has & flags) != flags)
        return MR_FAIL(err, MR_E_SIGNATURE, "the passkey has not checked who holds it", MR_NOWHERE);
    return MR_OK;
}

static int64_t counter_of(mr_str auth_data)
{
    const unsigned char *c = (const unsigned char *)auth_data.ptr + COUNTER;
    return (int64_t)((uint32_t)c[0] << 24 | (uint32_t)c[1] << 16 | (uint32_t)c[2] << 8 | c[3]);
}

static void cred_free(fido_cred_t **c)
{
    if (*c) fido_table.fido_cred_free(c);
}
static void assert_free(fido_assert_t **c)
{
    if (*c) fido_table.fido_assert_free(c);
}

/* libfido2 wants to be told the algorithm before it reads the key, so each is tried. */
static int take_key(mr_arena *a, int algorithm, mr_str auth_data, struct mr_passkey *ret, struct mr_err *err)
{
    MR_CLEANUP(cred_free) fido_cred_t *cred = fido_table.fido_cred_new();
    if (!cred) return MR_FAIL(err, MR_E_NOMEM, "no memory for a passkey", MR_NOWHERE);
    if (fido_table.fido_cred_set_type(cred, algorithm) != FIDO_OK ||
        fido_table.fido_cred_set_authdata_raw(cred, (const unsigned char *)auth_data.ptr, auth_data.len) != FIDO_OK ||
        !fido_table.fido_cred_pubkey_ptr(cred) || !fido_table.fido_cred_id_len(cred))
        return MR_FAIL(err, MR_E_UNSUPPORTED, "the passkey has no key of a known kind", MR_NOWHERE);
    mr_str id = {(const char *)fido_table.fido_cred_id_ptr(cred), fido_table.fido_cred_id_len(cred)};
    mr_str key = {(const char *)fido_table.fido_cred_pubkey_ptr(cred), fido_table.fido_cred_pubkey_len(cred)};
    *ret = (struct mr_passkey){.id = mr_arena_dup(a, id),
                               .public_key = mr_arena_dup(a, key),
                               .algorithm = algorithm,
                               .counter = counter_of(auth_data),
                               .verified = true};
    return ret->id.ptr && ret->public_key.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
}

int mr_passkey_register(mr_arena *a, const struct mr_passkey_wanted *wanted, mr_str auth_data, struct mr_passkey *ret,
                        struct mr_err *err)
{
    MR_TRY(prepare(err));
    MR_TRY(check_head(wanted, auth_data, FLAG_UP | FLAG_UV | FLAG_AT, err));
    if (auth_data.len < AT) return MR_FAIL(err, MR_E_FORMAT, "authenticator data are cut off", MR_NOWHERE);
    int code = MR_E_UNSUPPORTED;
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms && code == MR_E_UNSUPPORTED; i++)
        code = take_key(a, algorithms[i], auth_data, ret, err);
    return code;
}

/* The key as libfido2's own type; freed by key_free. */
static void *key_open(const struct mr_passkey *kept)
{
    const void *ptr = kept->public_key.ptr;
    size_t len = kept->public_key.len;
    void *key = NULL;
    if (kept->algorithm == COSE_ES256 && (key = fido_table.es256_pk_new()) &&
        fido_table.es256_pk_from_ptr(key, ptr, len) != FIDO_OK)
        fido_table.es256_pk_free((es256_pk_t **)&key);
    if (kept->algorithm == COSE_EDDSA && (key = fido_table.eddsa_pk_new()) &&
        fido_table.eddsa_pk_from_ptr(key, ptr, len) != FIDO_OK)
        fido_table.eddsa_pk_free((eddsa_pk_t **)&key);
    if (kept->algorithm == COSE_RS256 && (key = fido_table.rs256_pk_new()) &&
        fido_table.rs256_pk_from_ptr(key, ptr, len) != FIDO_OK)
        fido_table.rs256_pk_free((rs256_pk_t **)&key);
    return key;
}
static void key_free(const struct mr_passkey *kept, void *key)
{
    if (kept->algorithm == COSE_ES256) fido_table.es256_pk_free((es256_pk_t **)&key);
    if (kept->algorithm == COSE_EDDSA) fido_table.eddsa_pk_free((eddsa_pk_t **)&key);
    if (kept->algorithm == COSE_RS256) fido_table.rs256_pk_free((rs256_pk_t **)&key);
}

static int verify(mr_arena *a, const struct mr_passkey_wanted *wanted, const struct mr_passkey *kept,
                  mr_str client_data, mr_str auth_data, mr_str signature, void *key, struct mr_err *err)
{
    MR_CLEANUP(assert_free) fido_assert_t *asserted = fido_table.fido_assert_new();
    uint8_t hash[32];
    const char *rp_id = mr_arena_cstr(a, wanted->rp_id);
    if (!asserted || !rp_id) return MR_FAIL(err, MR_E_NOMEM, "no memory for an assertion", MR_NOWHERE);
    mr_sha256(client_data, hash);
    const unsigned char *data = (const unsigned char *)auth_data.ptr, *sig = (const unsigned char *)signature.ptr;
    if (fido_table.fido_assert_set_count(asserted, 1) != FIDO_OK ||
        fido_table.fido_assert_set_clientdata_hash(asserted, hash, sizeof hash) != FIDO_OK ||
        fido_table.fido_assert_set_rp(asserted, rp_id) != FIDO_OK ||
        fido_table.fido_assert_set_up(asserted, FIDO_OPT_TRUE) != FIDO_OK ||
        fido_table.fido_assert_set_uv(asserted, FIDO_OPT_TRUE) != FIDO_OK ||
        fido_table.fido_assert_set_authdata_raw(asserted, 0, data, auth_data.len) != FIDO_OK ||
        fido_table.fido_assert_set_sig(asserted, 0, sig, signature.len) != FIDO_OK)
        return MR_FAIL(err, MR_E_FORMAT, "the passkey's answer cannot be read", MR_NOWHERE);
    if (fido_table.fido_assert_verify(asserted, 0, (int)kept->algorithm, key) != FIDO_OK)
        return MR_FAIL(err, MR_E_SIGNATURE, "the passkey's signature is wrong", MR_NOWHERE);
    return MR_OK;
}

int mr_passkey_verify(mr_arena *a, const struct mr_passkey_wanted *wanted, const struct mr_passkey *kept,
                      mr_str client_data, mr_str auth_data, mr_str signature, int64_t *ret_counter, struct mr_err *err)
{
    MR_TRY(prepare(err));
    MR_TRY(check_head(wanted, auth_data, FLAG_UP | FLAG_UV, err));
    void *key = key_open(kept);
    if (!key) return MR_FAIL(err, MR_E_KEY, "the passkey's key cannot be read", MR_NOWHERE);
    int code = verify(a, wanted, kept, client_data, auth_data, signature, key, err);
    key_free(kept, key);
    MR_TRY(code);
    int64_t counter = counter_of(auth_data);
    if (counter <= kept->counter && (counter || kept->counter))
        return MR_FAIL(err, MR_E_SIGNATURE, "the passkey's counter went back: it may have been copied", MR_NOWHERE);
    *ret_counter = counter;
    return MR_OK;
}
