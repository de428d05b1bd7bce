/* Signed Open Badges (2.0 and 1.x): a compact JWS whose payload is the assertion. Its key stands at verification.creator, as a CryptographicKey or, in 1.x, as
 * a PEM file; without one the issuer's own keys are tried. Keys and certificates that a token brings along itself count for nothing. */
#include "credential/verify_assertion_inside.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/each.h"
#include "proof/jose.h"

bool mr_verify_is_signed_assertion(struct mr_verification *w, mr_str text)
{
    mr_str rest = text, header, payload = MR_STR_EMPTY, octets = MR_STR_EMPTY;
    const mr_json *root = NULL;
    if (!mr_str_split(&rest, '.', &header) || !mr_str_split(&rest, '.', &payload)) return false;
    if (mr_base64url_read(w->a, payload, &octets, NULL) != MR_OK) return false;
    /* Most tokens are others: they are not read twice. */
    if (mr_str_find(octets, MR_STR("\"recipient\"")) < 0 && mr_str_find(octets, MR_STR("openbadges")) < 0) return false;
    return mr_json_parse(w->a, octets, NULL, &root, NULL) == MR_OK && mr_assertion_is(root);
}

struct signed_assertion {
    struct mr_asserted x;
    mr_jws jws;
    mr_key *key;
};

static int stop(const struct mr_asserted *x, mr_state state, const char *id, mr_str detail)
{
    mr_asserted_pass_format(x);
    mr_asserted_claim_seal(x, state, id)->detail = detail;
    return MR_OK;
}

/* ---- the key ---- */

static mr_key *key_of_pem(mr_str pem)
{
    mr_key *key = NULL;
    return mr_key_read_public_pem(pem, &key, NULL) == MR_OK ? key : NULL;
}

/* A key may stand alone, or in the profile of the issuer under this id. */
static const mr_json *find_key(const mr_json *root, mr_str at)
{
    if (mr_assertion_class_of(root) != MR_OB_PROFILE) return root;
    MR_EACH(one, mr_json_get(root, "publicKey"))
    {
        if (mr_json_is(one, MR_JSON_OBJECT) && mr_str_eq(mr_assertion_id(one), at)) return one;
    }
    return NULL;
}

/* *ret_why: what to say when there is no key. */
static int read_key(struct signed_assertion *s, const mr_json *root, mr_str at, const char **ret_why,
                    struct mr_err *err)
{
    struct mr_verification *w = s->x.w;
    struct mr_broken broken;
    const mr_json *object = find_key(root, at), *key = NULL;
    *ret_why = "key.document";
    if (!object) return MR_OK;
    MR_TRY(mr_asserted_read(w, object, MR_OB_KEY, at, &key, &broken, err));
    if (broken.id) return MR_OK;
    s->x.key = (struct mr_part_key){.at = at, .owner = mr_assertion_id(mr_json_get(key, "owner"))};
    s->key = key_of_pem(mr_json_get_str(key, "publicKeyPem"));
    return MR_OK;
}

static int fetch_key(struct signed_assertion *s, mr_str url, bool *ret, struct mr_err *err)
{
    struct mr_verification *w = s->x.w;
    struct mr_hosted h;
    const char *why = "key.document";
    *ret = false;
    MR_TRY(mr_hosted_get(w->a, w->v->v.fetch, url, true, &h, err));
    if (h.outcome == MR_HOSTED_NOT_ASKED) return stop(&s->x, MR_UNCHECKED, "key.not_asked", url);
    if (h.outcome != MR_HOSTED_FOUND) return stop(&s->x, MR_UNCHECKED, "key.unreachable", h.detail);
    if (mr_str_has_prefix(mr_str_trim(h.text), MR_STR("-----BEGIN "))) {
        s->x.key = (struct mr_part_key){.at = url, .bare = true};
        s->key = key_of_pem(h.text);
    } else {
        mr_hosted_read_json(w->a, &h);
        if (h.outcome != MR_HOSTED_FOUND) return stop(&s->x, MR_UNCHECKED, "key.unreachable", h.detail);
        mr_str id = mr_assertion_id(h.json);
        MR_TRY(read_key(s, h.json, mr_hosted_was_at(&h, id) ? id : url, &why, err));
    }
    *ret = s->key != NULL;
    return *ret ? MR_OK : stop(&s->x, MR_FAILED, why, url);
}

/* ---- the signature ---- */

/* *ret false: said what is wrong. */
static int verify_signature(struct signed_assertion *s, bool *ret, struct mr_err *err)
{
    struct mr_err e = {0};
    int code = mr_jws_verify(&s->jws, s->key, &e);
    *ret = code == MR_OK;
    if (code == MR_OK) return MR_OK;
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory for a signature", MR_NOWHERE);
    return stop(&s->x, MR_FAILED, code == MR_E_SIGNATURE ? "seal.signature.changed" : "seal.algorithm",
                mr_verify_describe(s->x.w, &e));
}

/* Without a creator any key of the issuer will do. */
static int try_issuer_keys(struct signed_assertion *s, bool *ret, struct mr_err *err)
{
    size_t tried = 0;
    *ret = false;
    MR_EACH(one, mr_json_get(s->x.issuer.json, "publicKey"))
    {
        mr_str at = mr_assertion_id(one);
        const char *why;
        if (tried++ == MR_LIMIT_SIGNATURES) break;
        mr_key_free(s->key), s->key = NULL;
        if (mr_json_is(one, MR_JSON_OBJECT))
            MR_TRY(read_key(s, one, at, &why, err));
        else {
            struct mr_hosted h;
            MR_TRY(mr_hosted_get(s->x.w->a, s->x.w->v->v.fetch, at, false, &h, err));
            if (h.outcome == MR_HOSTED_FOUND) MR_TRY(read_key(s, h.json, at, &why, err));
        }
        if (s->key && mr_jws_verify(&s->jws, s->key, NULL) == MR_OK) {
            *ret = true;
            return MR_OK;
        }
    }
    bool any = tried > 0 && s->key;
    return stop(&s->x, any ? MR_FAILED : MR_UNCHECKED, any ? "seal.signature.changed" : "key.unreachable",
                s->x.issuer.id);
}

static int verify_with_creator(struct signed_assertion *s, mr_str creator, bool *ret, struct mr_err *err)
{
    bool good = false;
    MR_TRY(fetch_key(s, creator, ret, err));
    if (!*ret) return MR_OK;
    MR_TRY(verify_signature(s, ret, err));
    if (!*ret) return MR_OK;
    MR_TRY(mr_asserted_load(&s->x, &good, err));
    *ret = good;
    return MR_OK;
}

static int verify_without_creator(struct signed_assertion *s, bool *ret, struct mr_err *err)
{
    struct mr_asserted *x = &s->x;
    *ret = false;
    if (!x->w->v->v.fetch) return stop(x, MR_UNCHECKED, "key.not_asked", MR_STR_EMPTY);
    MR_TRY(mr_asserted_load(x, ret, err));
    if (!*ret) return MR_OK;
    if (x->issuer.json) return try_issuer_keys(s, ret, err);
    *ret = false;
    return stop(x, MR_UNCHECKED, "key.unreachable", x->badge.detail);
}

static int verify_signed(struct signed_assertion *s, struct mr_err *err)
{
    struct mr_asserted *x = &s->x;
    mr_str creator = mr_assertion_id(mr_json_get(mr_each_first(mr_json_get(x->assertion, "verification")), "creator"));
    bool good = false;
    if (creator.len)
        MR_TRY(verify_with_creator(s, creator, &good, err));
    else
        MR_TRY(verify_without_creator(s, &good, err));
    if (!good) return MR_OK;
    mr_asserted_pass_format(x);
    mr_asserted_claim_seal(x, MR_PASSED, "seal.passed")->detail = x->key.at;
    x->w->r->seal_checks[MR_SEAL_SIGNATURE].text = mr_verify_say(x->w, "seal.signature.passed");
    return mr_asserted_judge(x, err);
}

/* ---- the token ---- */

static int read_token(struct signed_assertion *s, mr_str text, bool *ret, struct mr_err *err)
{
    struct mr_verification *w = s->x.w;
    struct mr_err e = {0};
    struct mr_broken broken;
    const mr_json *root = NULL;
    *ret = false;
    int code = mr_jws_read(w->a, text, &s->jws, &e);
    if (code == MR_OK) code = mr_json_parse(w->a, s->jws.payload, NULL, &root, &e);
    if (code == MR_E_UNSUPPORTED) return mr_verify_not_the_form(w, "format.algorithm", &e, true);
    if (code)
        return mr_verify_not_the_form(w, code == MR_E_NOMEM ? "format.too_much" : "format.broken_token", &e, true);
    s->x.version = mr_assertion_version_of(root);
    s->x.suite = mr_str_of(mr_alg_name(s->jws.alg));
    s->x.text = s->x.given_text = s->jws.payload;
    MR_TRY(mr_asserted_read(w, root, MR_OB_ASSERTION, MR_STR_EMPTY, &s->x.given, &broken, err));
    if (broken.id) return mr_verify_not_the_form(w, broken.id, &broken.e, true);
    s->x.assertion = s->x.given;
    *ret = true;
    return MR_OK;
}

int mr_verify_signed_assertion(struct mr_verification *w, mr_str text, struct mr_err *err)
{
    struct signed_assertion s = {.x = {.w = w}};
    bool good = false;
    int code = read_token(&s, text, &good, err);
    s.x.is_signed = good && mr_assertion_is_signed(s.x.given);
    if (code == MR_OK && good && s.x.is_signed) code = verify_signed(&s, err);
    if (code == MR_OK && good && !s.x.is_signed) {
        /* It says that it is hosted: then it is asked where it stands, and the signature is nobody's. */
        mr_asserted_remark(w, "ob.remark.signature_unused", MR_STR_EMPTY);
        code = mr_asserted_ask_host(&s.x, mr_assertion_id(s.x.given), err);
    }
    mr_key_free(s.key);
    mr_jws_done(&s.jws);
    return code;
}
