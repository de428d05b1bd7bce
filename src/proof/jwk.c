/* JSON Web Keys: from JSON to keys, and the names that follow from keys. The octets are read in crypto/key_text.c; here it is decided which members
 * count, and that no private key passes for a public one. Sources: RFC 7517 sections 4 and 5, RFC 7518 section 6, RFC 8037 section 2, RFC 7638. */
#include "proof/jwk.h"

#include "base/limits.h"

/* A member that must be a string when it is there. */
static int read_member(const mr_json *jwk, const char *name, mr_str *ret, struct mr_err *err)
{
    const mr_json *v = mr_json_get(jwk, name);
    if (v && !mr_json_is(v, MR_JSON_STRING))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "a member of the JWK is no text", "%s", name);
    *ret = mr_json_str(v);
    return MR_OK;
}

static int read_public_members(const mr_json *jwk, struct mr_jwk *ret, struct mr_err *err)
{
    if (!mr_json_is(jwk, MR_JSON_OBJECT))
        return MR_FAIL(err, MR_E_FORMAT, "the JWK is no object", jwk ? jwk->position : MR_NOWHERE);
    MR_TRY(read_member(jwk, "kty", &ret->kty, err));
    MR_TRY(read_member(jwk, "crv", &ret->crv, err));
    MR_TRY(read_member(jwk, "x", &ret->x, err));
    MR_TRY(read_member(jwk, "y", &ret->y, err));
    MR_TRY(read_member(jwk, "n", &ret->n, err));
    return read_member(jwk, "e", &ret->e, err);
}

int mr_jwk_read(const mr_json *jwk, mr_key **ret, struct mr_err *err)
{
    static const char *const private_members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
    struct mr_jwk members;
    MR_TRY(read_public_members(jwk, &members, err));
    for (size_t i = 0; i < sizeof private_members / sizeof *private_members; i++)
        if (mr_json_get(jwk, private_members[i]))
            return MR_FAIL(err, MR_E_FORMAT, "the JWK holds a private or symmetric key", jwk->position);
    return mr_key_of_jwk(&members, ret, err);
}

int mr_jwk_read_private(const mr_json *jwk, mr_key **ret, struct mr_err *err)
{
    struct mr_jwk members;
    mr_str d;
    MR_TRY(read_public_members(jwk, &members, err));
    MR_TRY(read_member(jwk, "d", &d, err));
    return mr_key_of_private_jwk(&members, d, ret, err);
}

/* mr_key_write_jwk writes the members that RFC 7638 section 3.2 names, in its order and without white space. */
int mr_jwk_thumbprint(const mr_key *k, uint8_t ret[32], struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_digest digest;
    mr_buf_init(&text, MR_LIMIT_KEY_FILE);
    MR_TRY(mr_key_write_jwk(k, &text, err));
    mr_str part = mr_buf_str(&text);
    MR_TRY(mr_digest_make(MR_SHA256, &part, 1, &digest, err));
    memcpy(ret, digest.bytes, 32);
    return MR_OK;
}

const mr_json *mr_jwks_find(const mr_json *set, mr_str kid)
{
    const mr_json *found = NULL;
    size_t looked = 0;
    MR_JSON_EACH (key, mr_json_get(set, "keys")) {
        if (++looked > MR_LIMIT_CONTROLLER_KEYS) return NULL;
        if (kid.len && !mr_str_eq(mr_json_get_str(key, "kid"), kid)) continue;
        if (found) return NULL;
        found = key;
    }
    return found;
}
