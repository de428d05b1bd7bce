#include "api/inside.h"

#include "base/limits.h"
#include "crypto/authority.h"
#include "json/json.h"
#include "proof/controller.h"
#include "proof/jwk.h"

#define MEMORY (4 * MR_MIB)

static const struct {
    const char *name;
    mr_key_kind kind;
} kinds[] = {{"Ed25519", MR_KEY_ED25519}, {"P-256", MR_KEY_P256}, {"P-384", MR_KEY_P384}, {"P-521", MR_KEY_P521}};

static merit_key *make(merit_error *err)
{
    merit_key *k = mr_api_new(sizeof *k, MEMORY);
    if (!k) (void)mr_api_refuse(err, MR_E_NOMEM, "no memory for a key");
    return k;
}

/* Hand it over when the code is MR_OK, else free it. */
static merit_code finish(merit_key *k, int code, const struct mr_err *e, merit_key **ret, merit_error *err)
{
    if (code != MR_OK) {
        merit_key_free(k);
        return mr_api_fail(err, e);
    }
    *ret = k;
    return MERIT_OK;
}

merit_code merit_key_new(const char *kind, merit_key **ret, merit_error *err)
{
    struct mr_err e = {0};
    size_t count = sizeof kinds / sizeof *kinds, i = 0;
    while (i < count && !mr_str_is(mr_str_of(kind), kinds[i].name)) i++;
    if (i == count) return mr_api_refuse(err, MR_E_USAGE, "there is no such kind of key");
    merit_key *k = make(err);
    if (!k) return MERIT_E_MEMORY;
    return finish(k, mr_key_generate(kinds[i].kind, 0, &k->seal.key, &e), &e, ret, err);
}

/* ---- reading ---- */

static int read_jwk(merit_key *k, mr_str text, struct mr_err *err)
{
    const mr_json *jwk;
    MR_TRY(mr_json_parse(&k->arena, text, NULL, &jwk, err));
    return mr_json_get(jwk, "d") ? mr_jwk_read_private(jwk, &k->seal.key, err) : mr_jwk_read(jwk, &k->seal.key, err);
}

static int read_any(merit_key *k, mr_str text, mr_str password, struct mr_err *err)
{
    mr_str trimmed = mr_str_trim(text);
    bool is_pem = mr_str_find(text, MR_STR("-----BEGIN ")) >= 0;
    if (text.len > MR_LIMIT_KEY_FILE) return MR_FAIL(err, MR_E_LIMIT, "a key file is not so large", MR_NOWHERE);
    if (mr_str_has_prefix(trimmed, MR_STR("{"))) return read_jwk(k, trimmed, err);
    if (is_pem && mr_str_find(text, MR_STR("-----BEGIN CERTIFICATE-----")) < 0)
        return mr_key_read_pem(text, password, &k->seal.key, err);
    return mr_seal_key_read(text, password, &k->seal, err);
}

merit_code merit_key_read(const void *octets, size_t size, const char *password, merit_key **ret, merit_error *err)
{
    struct mr_err e = {0};
    merit_key *k = make(err);
    if (!k) return MERIT_E_MEMORY;
    return finish(k, read_any(k, mr_api_str(octets, size), mr_str_of(password), &e), &e, ret, err);
}

/* ---- a seal to try with ---- */

static int make_test_seal(const struct mr_seal_subject *subject, struct mr_seal_key *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_authority_done) struct mr_authority authority = {0};
    MR_TRY(mr_authority_new(mr_env_system(), &authority, err));
    return mr_authority_issue_seal(&authority, mr_env_system(), subject, MR_KEY_P256, ret, err);
}

merit_code merit_key_new_test_seal(const char *organisation, const char *identifier, const char *country,
                                   merit_key **ret, merit_error *err)
{
    struct mr_err e = {0};
    const struct mr_seal_subject subject = {.organisation = mr_str_of(organisation),
                                            .organisation_identifier = mr_str_of(identifier),
                                            .country = mr_str_of(country),
                                            .common_name = mr_str_of(organisation)};
    if (!subject.organisation.len || !subject.organisation_identifier.len || !subject.country.len)
        return mr_api_refuse(err, MR_E_USAGE, "a seal needs the name, identifier and country of its owner");
    merit_key *k = make(err);
    if (!k) return MERIT_E_MEMORY;
    return finish(k, make_test_seal(&subject, &k->seal, &e), &e, ret, err);
}

void merit_key_free(merit_key *key)
{
    if (!key) return;
    mr_seal_key_done(&key->seal);
    mr_api_free(key);
}

/* ---- telling of it ---- */

bool merit_key_is_private(const merit_key *key)
{
    return mr_key_is_private(key->seal.key);
}

bool merit_key_is_seal(const merit_key *key)
{
    return key->seal.certificate && merit_key_is_private(key);
}

/* ---- writing ---- */

merit_code merit_key_write_pem(const merit_key *key, const char *password, char **ret, merit_error *err)
{
    MR_CLEANUP(mr_buf_wipe) mr_buf out;
    struct mr_err e = {0};
    mr_buf_init(&out, MR_LIMIT_KEY_FILE);
    if (!merit_key_is_private(key)) return mr_api_refuse(err, MR_E_KEY, "it has no private part");
    (void)!mr_buf_reserve(&out, MR_LIMIT_KEY_FILE / 2); /* one that grows leaves copies behind */
    int code = key->seal.certificate ? mr_seal_key_write(&key->seal, mr_str_of(password), &out, &e)
                                     : mr_key_write_pem(key->seal.key, mr_str_of(password), &out, &e);
    return code == MR_OK ? mr_api_hand_over(&out, ret, NULL, err) : mr_api_fail(err, &e);
}

merit_code merit_key_write_jwk(const merit_key *key, char **ret, merit_error *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err e = {0};
    mr_buf_init(&out, MR_LIMIT_KEY_FILE);
    int code = mr_key_write_jwk(key->seal.key, &out, &e);
    return code == MR_OK ? mr_api_hand_over(&out, ret, NULL, err) : mr_api_fail(err, &e);
}

static bool put_did(const merit_key *key, mr_str method, mr_buf *out)
{
    if (mr_str_is(method, "did:key"))
        mr_did_key_put(key->seal.key, out);
    else if (mr_str_is(method, "did:jwk"))
        mr_did_jwk_put(key->seal.key, out);
    else
        return false;
    return true;
}

merit_code merit_key_write_did(const merit_key *key, const char *method, char **ret, merit_error *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_KEY_FILE);
    if (!put_did(key, mr_str_of(method), &out))
        return mr_api_refuse(err, MR_E_USAGE, "a key is written as did:key or did:jwk");
    return mr_api_hand_over(&out, ret, NULL, err);
}

/* did:key names its method by the key once more; did:jwk has only #0. */
void mr_api_key_put_method(const merit_key *key, bool jwk, mr_buf *out)
{
    size_t before = out->len;
    put_did(key, jwk ? MR_STR("did:jwk") : MR_STR("did:key"), out);
    mr_buf_putc(out, '#');
    if (jwk) {
        mr_buf_putc(out, '0');
        return;
    }
    size_t prefix = before + sizeof "did:key:" - 1, end = out->len - 1;
    if (mr_buf_reserve(out, end - prefix)) mr_buf_put(out, mr_str_make(out->ptr + prefix, end - prefix));
}

merit_code merit_key_write_method(const merit_key *key, const char *method, char **ret, merit_error *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    bool jwk = mr_str_is(mr_str_of(method), "did:jwk");
    mr_buf_init(&out, MR_LIMIT_KEY_FILE);
    if (!jwk && !mr_str_is(mr_str_of(method), "did:key"))
        return mr_api_refuse(err, MR_E_USAGE, "a key is written as did:key or did:jwk");
    mr_api_key_put_method(key, jwk, &out);
    return mr_api_hand_over(&out, ret, NULL, err);
}
