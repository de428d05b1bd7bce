/* The key of an SD-JWT VC's issuer by its metadata on the web (SD-JWT VC section 4): what stands at .well-known/jwt-vc-issuer must be about exactly this
 * issuer, and hold its keys or name where they are. */
#include "base/limits.h"
#include "proof/controller_inside.h"
#include "proof/jwk.h"

static const mr_str scheme = MR_STR_INIT("https://");

/* An https URL without query and fragment. */
static bool is_issuer(mr_str iss)
{
    if (iss.len > MR_LIMIT_IDENTIFIER || iss.len == scheme.len || !mr_str_has_prefix(iss, scheme)) return false;
    for (size_t i = 0; i < iss.len; i++)
        if ((uint8_t)iss.ptr[i] <= ' ' || strchr("?#@\\\x7f", iss.ptr[i])) return false;
    return iss.ptr[scheme.len] != '/';
}

int mr_jwt_vc_issuer_url(mr_arena *a, mr_str iss, mr_str *ret, struct mr_err *err)
{
    if (!is_issuer(iss)) return MR_FAIL(err, MR_E_FORMAT, "the issuer is no https URL", MR_NOWHERE);
    mr_str rest = mr_str_from(iss, scheme.len);
    ptrdiff_t slash = mr_str_find_char(rest, '/');
    size_t host = slash < 0 ? rest.len : (size_t)slash;
    mr_str path = mr_str_from(rest, host);
    if (path.len && path.ptr[path.len - 1] == '/') path.len--; /* a slash at the end does not count */
    mr_str url =
        mr_arena_format(a, "https://%.*s/.well-known/jwt-vc-issuer%.*s", (int)host, rest.ptr, MR_STR_ARG(path));
    if (!url.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
    *ret = url;
    return MR_OK;
}

/* The set in the metadata, or where it says that the set is; exactly one of the two. */
static int load_set(mr_arena *a, const mr_json *metadata, const mr_fetch *fetch, const mr_json **ret,
                    struct mr_step *why, struct mr_err *err)
{
    const mr_json *jwks = mr_json_get(metadata, "jwks"), *uri = mr_json_get(metadata, "jwks_uri");
    mr_str text;
    if (!jwks == !uri)
        *why = mr_key_step_c(MR_KEY_DOCUMENT, "the metadata has not exactly one of jwks and jwks_uri");
    else if (jwks && !mr_json_is(jwks, MR_JSON_OBJECT))
        *why = mr_key_step_c(MR_KEY_DOCUMENT, "jwks is no object");
    else if (jwks)
        *ret = jwks;
    else if (!mr_str_has_prefix(mr_json_str(uri), scheme) || uri->len > MR_LIMIT_IDENTIFIER)
        *why = mr_key_step_c(MR_KEY_DOCUMENT, "jwks_uri is no https URL");
    else
        return mr_controller_fetch(a, mr_json_str(uri), "application/jwk-set+json, application/json", fetch, &text, ret,
                                   why, err);
    return MR_OK;
}

static int read_key(mr_arena *a, const mr_json *set, mr_str kid, struct mr_method *ret, struct mr_err *err)
{
    struct mr_err why = {0};
    const mr_json *jwk = mr_jwks_find(set, kid);
    if (!jwk) {
        ret->why = mr_key_step(a, MR_KEY_ABSENT, kid);
        return MR_OK;
    }
    if (mr_str_is(mr_json_get_str(jwk, "use"), "enc")) {
        ret->why = mr_key_step(a, MR_KEY_RELATIONSHIP, kid);
        return MR_OK;
    }
    int code = mr_jwk_read(jwk, &ret->key, &why);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, why.message, MR_NOWHERE);
    ret->why = code ? mr_key_step_of(a, &why) : mr_key_step_c(MR_KEY_FINE, NULL);
    return MR_OK;
}

int mr_jwt_vc_issuer_find(mr_arena *a, mr_str iss, mr_str kid, const mr_fetch *fetch, struct mr_method *ret,
                          struct mr_err *err)
{
    const mr_json *metadata = NULL, *set = NULL;
    struct mr_err why = {0};
    mr_str text, url;
    *ret = (struct mr_method){.expires = MR_TIME_NONE, .revoked = MR_TIME_NONE};
    int code = mr_jwt_vc_issuer_url(a, iss, &url, &why);
    if (code == MR_E_FORMAT) {
        ret->why = mr_key_step_c(MR_KEY_DOCUMENT, why.message);
        return MR_OK;
    }
    ret->id = kid.len ? mr_arena_format(a, "%.*s#%.*s", MR_STR_ARG(iss), MR_STR_ARG(kid)) : mr_arena_dup(a, iss);
    if (code || !ret->id.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for an address", MR_NOWHERE);
    ret->controller = mr_str_make(ret->id.ptr, iss.len);
    MR_TRY(mr_controller_fetch(a, url, "application/json", fetch, &text, &metadata, &ret->why, err));
    if (!metadata) return MR_OK;
    ret->fetched = true;
    if (!mr_str_eq(mr_json_get_str(metadata, "issuer"), iss)) {
        ret->why = mr_key_step(a, MR_KEY_OTHER_ID, mr_json_get_str(metadata, "issuer"));
        return MR_OK;
    }
    MR_TRY(load_set(a, metadata, fetch, &set, &ret->why, err));
    return set ? read_key(a, set, kid, ret, err) : MR_OK;
}
