/* The key of one verification method (Controlled Identifiers 1.0 sections 2.2 and 2.2.1 to 2.2.3), and of its elders in the security vocabulary.
 *
 * Three members may hold a key; a method has exactly one of them, and its type says which kinds may be in it. A type or a kind that is not known is
 * told by name and leaves the question open; anything malformed answers it. */
#include "base/encoding.h"
#include "proof/controller_inside.h"
#include "proof/jwk.h"

enum { MULTIBASE = 1, JWK = 2, BASE58 = 4 };

static const struct type {
    const char *name;
    unsigned forms;
    bool ed25519; /* and no other kind */
} types[] = {
    {"Multikey", MULTIBASE, false},
    {"JsonWebKey", JWK, false},
    {"JsonWebKey2020", JWK, false},
    {"Ed25519VerificationKey2020", MULTIBASE | JWK, true},
    {"Ed25519VerificationKey2018", BASE58 | MULTIBASE | JWK, true},
};

static const struct type *find_type(mr_str name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (mr_str_is(name, types[i].name)) return &types[i];
    return NULL;
}

static unsigned forms_of(const mr_json *method)
{
    return (mr_json_get(method, "publicKeyMultibase") ? MULTIBASE : 0) |
           (mr_json_get(method, "publicKeyJwk") ? JWK : 0) | (mr_json_get(method, "publicKeyBase58") ? BASE58 : 0);
}

static int read_multibase(mr_arena *a, const mr_json *method, mr_key **ret, struct mr_err *err)
{
    mr_str octets;
    MR_TRY(mr_multibase_read(a, mr_json_get_str(method, "publicKeyMultibase"), &octets, err));
    return mr_key_of_multikey(octets, ret, err);
}

/* 2018: the bare octets, in base58btc without the letter for it. */
static int read_base58(mr_arena *a, const mr_json *method, mr_key **ret, struct mr_err *err)
{
    mr_str octets, parts[2] = {MR_STR("\xed\x01")};
    MR_TRY(mr_base58btc_read(a, mr_json_get_str(method, "publicKeyBase58"), &parts[1], err));
    octets = mr_arena_concat(a, parts, 2);
    if (!octets.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a key", MR_NOWHERE);
    return mr_key_of_multikey(octets, ret, err);
}

static int read_key(mr_arena *a, const mr_json *method, unsigned form, mr_key **ret, struct mr_err *err)
{
    if (form == MULTIBASE) return read_multibase(a, method, ret, err);
    if (form == BASE58) return read_base58(a, method, ret, err);
    return mr_jwk_read(mr_json_get(method, "publicKeyJwk"), ret, err);
}

/* `expires` and `revoked`: absent, or times that can be read. */
static bool read_time(const mr_json *method, const char *name, int64_t *ret)
{
    const mr_json *v = mr_json_get(method, name);
    *ret = MR_TIME_NONE;
    return !v || mr_time_parse(mr_json_str(v), ret, NULL) == MR_OK;
}

int mr_verification_method_read(mr_arena *a, const mr_json *method, struct mr_method *ret, struct mr_err *err)
{
    struct mr_err why = {0};
    mr_str name = mr_json_get_str(method, "type");
    const struct type *type = find_type(name);
    unsigned form = forms_of(method);
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    if (!read_time(method, "expires", &ret->expires) || !read_time(method, "revoked", &ret->revoked))
        ret->why = mr_key_step_c(MR_KEY_DOCUMENT, "expires or revoked is no time");
    else if (!type)
        ret->why = name.len ? mr_key_step(a, MR_KEY_UNKNOWN_KIND, name)
                            : mr_key_step_c(MR_KEY_DOCUMENT, "a verification method without type");
    else if (form & (form - 1))
        ret->why = mr_key_step_c(MR_KEY_DOCUMENT, "a verification method with more than one key");
    else if (!(form & type->forms))
        ret->why = mr_key_step_c(MR_KEY_DOCUMENT, "a verification method without the key that its type asks for");
    else if (read_key(a, method, form, &key, &why) != MR_OK)
        ret->why = mr_key_step_of(a, &why);
    else if (type->ed25519 && mr_key_get_kind(key) != MR_KEY_ED25519)
        ret->why = mr_key_step_c(MR_KEY_DOCUMENT, "the key is not of the kind that its type names");
    else {
        ret->key = key;
        key = NULL;
        ret->why = mr_key_step_c(MR_KEY_FINE, NULL);
    }
    if (why.code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for a key", MR_NOWHERE);
    return MR_OK;
}
