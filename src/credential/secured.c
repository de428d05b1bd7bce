/* One door for every mechanism but JAdES. What the text is decides which reader takes it; each reader finds the key first, then verifies, and only then is
 * the payload looked at.
 *
 * Whose key a token's is (VC-JOSE-COSE 1.0 section 4.1, SD-JWT VC section 2.5), the first that fits:
 *   x5c                       the leaf certificate's; the caller judges the certificate
 *   kid, absolute             that verification method
 *   kid, or none; iss a DID   the method of that DID
 *   iss an https URL          SD-JWT VC: the issuer's metadata
 *   jwk                       a key that anybody may have put there: key_only
 * A jwk beside an identifier is never taken for the key: it must be the same, or the token is refused. */
#include "credential/secured.h"

#include "credential/presentation.h"
#include "credential/vcdm.h"
#include "proof/jwk.h"
#include "proof/vc_jwt.h"

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999 */

/* What mr_secured_done gives back. */
struct inside {
    struct mr_data_integrity integrity;
    mr_jws jws;
    mr_sd_jwt sd_jwt;
    bool is_jws, is_sd_jwt, is_integrity;
};
struct opening {
    mr_arena *a;
    const struct mr_opening *o;
    mr_secured *s;
    struct inside *inside;
    mr_relationship use; /* under which the key was looked for */
};

static int out_of_memory(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_NOMEM, "no memory to open a document", MR_NOWHERE);
}

static void set_step(struct opening *w, mr_state state, const char *id, mr_str detail)
{
    w->s->step = (struct mr_step){.state = state, .id = id, .detail = detail, .at = MR_TIME_NONE};
}

/* Seconds since 1970, as JWTs have it, in milliseconds; absurd ones are cut to the end of time. */
static int64_t read_seconds(const mr_json *number)
{
    double seconds;
    if (!mr_json_to_double(number, &seconds)) return MR_TIME_NONE;
    if (seconds > (double)LAST_SECOND) return LAST_SECOND * 1000;
    return seconds < 0 ? 0 : (int64_t)(seconds * 1000);
}

static void take_times(struct opening *w, const mr_json *claims, const mr_json *header)
{
    mr_secured *s = w->s;
    s->claimed_time = read_seconds(mr_json_get(claims, "iat"));
    if (s->claimed_time == MR_TIME_NONE) s->claimed_time = read_seconds(mr_json_get(header, "iat"));
    s->not_before = read_seconds(mr_json_get(claims, "nbf"));
    s->expires = read_seconds(mr_json_get(claims, "exp"));
}

/* ---- whose key ---- */

/* Whoever presents proves who she is; whoever issues states something (Controlled Identifiers 1.0 sections 2.3.1 and 2.3.2). */
static bool is_presentation(mr_str typ, const mr_json *document)
{
    return mr_str_has_prefix(typ, MR_STR("vp+")) || mr_json_get(document, "vp") ||
           mr_vcdm_kind_of(document) == MR_VCDM_PRESENTATION;
}

static mr_relationship use_of(mr_str typ, const mr_json *document)
{
    return is_presentation(typ, document) ? MR_AUTHENTICATION : MR_ASSERTION_METHOD;
}

static bool is_did(mr_str text)
{
    return mr_str_has_prefix(text, MR_STR("did:"));
}

static bool is_absolute(mr_str text)
{
    return is_did(text) || mr_str_has_prefix(text, MR_STR("https://"));
}

/* The party that a payload names: iss, or the credential's issuer, or a presentation's holder. */
static mr_str find_party(const mr_json *claims)
{
    static const char *const members[] = {"issuer", "holder"};
    mr_str iss = mr_json_get_str(claims, "iss");
    const mr_json *inner = mr_json_get(claims, "vc");
    if (iss.len) return iss;
    for (size_t i = 0; i < 2; i++) {
        const mr_json *party = mr_json_get(mr_json_is(inner, MR_JSON_OBJECT) ? inner : claims, members[i]);
        mr_str id = mr_json_is(party, MR_JSON_STRING) ? mr_json_text(party) : mr_json_get_str(party, "id");
        if (id.len) return id;
    }
    return MR_STR_EMPTY;
}

/* The method of a DID that names its key itself: did:key:X#X, did:jwk:X#0. Empty for others: they need a kid. */
static mr_str only_method(mr_arena *a, mr_str did)
{
    if (mr_str_has_prefix(did, MR_STR("did:jwk:"))) return mr_arena_format(a, "%.*s#0", MR_STR_ARG(did));
    if (!mr_str_has_prefix(did, MR_STR("did:key:"))) return MR_STR_EMPTY;
    mr_str rest = mr_str_from(did, 8);
    return mr_arena_format(a, "%.*s#%.*s", MR_STR_ARG(did), MR_STR_ARG(rest));
}

/* The verification method that a kid names, in the light of the party; empty when it names none. */
static mr_str method_of(mr_arena *a, mr_str kid, mr_str party)
{
    if (is_absolute(kid) && mr_str_find_char(kid, '#') >= 0) return kid;
    if (is_did(kid)) return only_method(a, kid).len ? only_method(a, kid) : kid;
    if (!is_did(party)) return is_absolute(kid) ? kid : MR_STR_EMPTY;
    if (only_method(a, party).len) {
        mr_str only = only_method(a, party), fragment = mr_str_from(only, (size_t)mr_str_find_char(only, '#'));
        bool fits = !kid.len || mr_str_eq(kid, fragment) || mr_str_eq(kid, mr_str_from(fragment, 1));
        return fits
                   ? only
                   : mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(party), kid.ptr[0] == '#' ? "" : "#", MR_STR_ARG(kid));
    }
    if (!kid.len) return party; /* the resolver takes the only method that there is */
    return mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(party), kid.ptr[0] == '#' ? "" : "#", MR_STR_ARG(kid));
}

static bool same_key(const mr_key *a, const mr_key *b)
{
    uint8_t one[32], two[32];
    struct mr_err e;
    return mr_jwk_thumbprint(a, one, &e) == MR_OK && mr_jwk_thumbprint(b, two, &e) == MR_OK &&
           memcmp(one, two, 32) == 0;
}

/* The key of a token, borrowed; NULL: none, and the step says why. */
static int find_key(struct opening *w, const mr_jws *j, const mr_json *claims, bool metadata, mr_key **ret,
                    struct mr_err *err)
{
    mr_secured *s = w->s;
    mr_str party = find_party(claims);
    w->use = use_of(j->typ, claims);
    *ret = NULL;
    if (j->certificate_count) {
        memcpy(s->certificates, j->certificates, sizeof s->certificates);
        s->certificate_count = j->certificate_count;
        *ret = mr_certificate_key(j->certificates[0]);
        return MR_OK;
    }
    mr_str method = method_of(w->a, j->kid, party);
    /* of a URL: one of its controller document (VC-JOSE-COSE 1.0 section 4.2) */
    if (!method.len && !metadata && is_absolute(party) && j->kid.len)
        method = mr_arena_format(w->a, "%.*s#%.*s", MR_STR_ARG(party), MR_STR_ARG(j->kid));
    if (method.len)
        MR_TRY(w->o->keys.find(w->o->keys.self, w->a, method, w->use, &s->key, err));
    else if (metadata && mr_str_has_prefix(party, MR_STR("https://")))
        MR_TRY(mr_jwt_vc_issuer_find(w->a, party, j->kid, w->o->fetch, &s->key, err));
    else if (j->jwk) {
        s->key_only = true;
        *ret = j->jwk;
        return MR_OK;
    } else {
        set_step(w, MR_UNCHECKED, "seal.no_key", MR_STR_EMPTY);
        return MR_OK;
    }
    s->step = mr_method_state(&s->key, w->o->now);
    if (s->step.state != MR_PASSED) return MR_OK;
    if (j->jwk && !same_key(j->jwk, s->key.key))
        set_step(w, MR_FAILED, "key.embedded", method);
    else
        *ret = s->key.key;
    return MR_OK;
}

/* ---- tokens ---- */

/* Verify with the key of the party that the unverified payload names: it is believed only if the signature then fits. */
static int verify_signature(struct opening *w, const mr_jws *j, const mr_json *claims, bool metadata,
                            struct mr_err *err)
{
    struct mr_err e = {0};
    mr_key *key = NULL;
    w->s->suite = mr_str_of(mr_alg_name(j->alg));
    w->s->typ = j->typ;
    w->s->issuer = mr_json_get_str(claims, "iss");
    MR_TRY(find_key(w, j, claims, metadata, &key, err));
    if (!key) return MR_OK;
    int code = mr_jws_verify(j, key, &e);
    if (code == MR_E_NOMEM) return out_of_memory(err);
    if (code == MR_OK)
        set_step(w, MR_PASSED, "seal.signature.passed", MR_STR_EMPTY);
    else if (code == MR_E_KEY)
        set_step(w, MR_FAILED, "token.algorithm", mr_arena_format(w->a, "%s", mr_alg_name(j->alg)));
    else
        set_step(w, MR_FAILED, "seal.signature.changed", MR_STR_EMPTY);
    take_times(w, claims, j->header);
    return MR_OK;
}

static bool is_list_token(mr_str typ)
{
    return mr_str_eq_ascii_nocase(typ, MR_STR("statuslist+jwt")) ||
           mr_str_eq_ascii_nocase(typ, MR_STR("withdrawn+jwt"));
}

/* What a rule of the token breaks: a message id, which is the seal's fault, not one of form. */
static int fail_with(struct opening *w, int code, const struct mr_err *e, struct mr_err *err)
{
    if (code == MR_E_NOMEM) return out_of_memory(err);
    set_step(w, MR_FAILED, code == MR_E_FORMAT && e->message ? e->message : "token.form",
             mr_arena_dup(w->a, mr_str_of(e->detail)));
    return MR_OK;
}

/* Claims that cannot be read: when the header alone tells whose key it is and the signature does not fit, they were changed. Otherwise `code`. */
static int refuse_unreadable(struct opening *w, const mr_jws *j, int code, struct mr_err *err)
{
    struct mr_err other = {0};
    if (code == MR_E_NOMEM || verify_signature(w, j, NULL, false, &other) != MR_OK) return code;
    return w->s->step.state == MR_FAILED && mr_str_is(MR_STR("seal.signature.changed"), w->s->step.id) ? MR_OK : code;
}

/* The credential or presentation that the claims are, or hold. */
static int read_document(struct opening *w, mr_str text, const mr_json *claims, struct mr_err *err)
{
    bool presentation = false;
    struct mr_err e = {0};
    int code =
        mr_vc_jwt_document(w->a, w->s->typ, text, claims, &w->s->payload_text, &w->s->payload, &presentation, &e);
    if (code == MR_OK) return MR_OK;
    w->s->payload = NULL;
    return fail_with(w, code, &e, err);
}

/* RFC 7519 section 4.1.3: one recipient or several. */
static bool is_for(const mr_json *aud, mr_str recipient)
{
    if (mr_str_eq(mr_json_str(aud), recipient)) return true;
    MR_JSON_EACH (one, aud) {
        if (mr_str_eq(mr_json_str(one), recipient)) return true;
    }
    return false;
}

/* A presentation answers one question of one recipient, for a while (OpenID for Verifiable Presentations 1.0 section 14.1.2). */
static void check_answer(struct opening *w, const mr_json *claims)
{
    const struct mr_opening *o = w->o;
    const mr_secured *s = w->s;
    bool over = s->expires != MR_TIME_NONE && s->expires < o->now,
         to_come = s->not_before != MR_TIME_NONE && s->not_before > o->now + MR_LIMIT_CLOCK_SKEW_MS;
    if (o->audience.len && !is_for(mr_json_get(claims, "aud"), o->audience))
        set_step(w, MR_FAILED, "proof.domain", mr_json_get_str(claims, "aud"));
    else if (o->nonce.len && !mr_str_eq(mr_json_get_str(claims, "nonce"), o->nonce))
        set_step(w, MR_FAILED, "proof.challenge", mr_json_get_str(claims, "nonce"));
    else if (over || to_come)
        set_step(w, MR_FAILED, "sd_jwt.binding_time", MR_STR_EMPTY);
}

static int open_jws(struct opening *w, mr_str text, struct mr_err *err)
{
    const mr_json *claims = NULL;
    MR_TRY(mr_jws_read(w->a, text, &w->inside->jws, err));
    w->inside->is_jws = true;
    const mr_jws *j = &w->inside->jws;
    w->s->mechanism = MR_MECHANISM_JOSE;
    int code = mr_json_parse(w->a, j->payload, NULL, &claims, err);
    if (code != MR_OK) return refuse_unreadable(w, j, code, err);
    MR_TRY(verify_signature(w, j, claims, false, err));
    if (w->s->step.state == MR_FAILED) return MR_OK;
    if (!is_list_token(j->typ)) {
        MR_TRY(read_document(w, j->payload, claims, err));
        if (w->s->step.state == MR_PASSED && w->use == MR_AUTHENTICATION) check_answer(w, claims);
        return MR_OK;
    }
    w->s->payload = claims;
    w->s->payload_text = j->payload;
    return MR_OK;
}

static int check_binding(struct opening *w, const mr_sd_jwt *s, struct mr_err *err)
{
    struct mr_err e = {0};
    const struct mr_key_binding wanted = {.audience = w->o->audience, .nonce = w->o->nonce, .now = w->o->now};
    w->s->binding.state = MR_NOT_APPLICABLE;
    if (!s->key_binding.len && !w->o->nonce.len) return MR_OK;
    int code = mr_sd_jwt_check_binding(w->a, s, &wanted, &e);
    if (code == MR_E_NOMEM) return out_of_memory(err);
    w->s->binding = (struct mr_step){.state = code == MR_OK ? MR_PASSED : MR_FAILED,
                                     .id = code == MR_OK         ? "sd_jwt.binding_passed"
                                           : code == MR_E_FORMAT ? e.message
                                                                 : "sd_jwt.binding_signature",
                                     .detail = mr_arena_dup(w->a, mr_str_of(e.detail)),
                                     .at = MR_TIME_NONE};
    if (code != MR_OK)
        w->s->step =
            w->s->binding; /* what was tied to a holder and is not hers is no more intact than a changed text */
    return MR_OK;
}

static bool is_sd_jwt_type(mr_str typ)
{
    static const char *const types[] = {"dc+sd-jwt", "vc+sd-jwt", "vp+sd-jwt", "vc+ld+json+sd-jwt"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (mr_str_eq_ascii_nocase(typ, mr_str_of(types[i]))) return true;
    return false;
}

static int refuse_unreadable_sd_jwt(struct opening *w, mr_str text, int code, struct mr_err *err)
{
    struct mr_err other = {0};
    ptrdiff_t end = mr_str_find_char(text, '~');
    w->s->mechanism = MR_MECHANISM_SD_JWT;
    if (end < 0 || mr_jws_read(w->a, mr_str_make(text.ptr, (size_t)end), &w->inside->jws, &other) != MR_OK) return code;
    w->inside->is_jws = true;
    return refuse_unreadable(w, &w->inside->jws, code, err);
}

static int open_sd_jwt(struct opening *w, mr_str text, struct mr_err *err)
{
    int code = mr_sd_jwt_read(w->a, text, &w->inside->sd_jwt, err);
    if (code == MR_E_JSON || code == MR_E_UTF8 || code == MR_E_JSON_DUPLICATE)
        return refuse_unreadable_sd_jwt(w, text, code, err);
    MR_TRY(code);
    w->inside->is_sd_jwt = true;
    const mr_sd_jwt *s = &w->inside->sd_jwt;
    w->s->mechanism = MR_MECHANISM_SD_JWT;
    w->s->hidden_count = s->hidden_count;
    w->s->sd_jwt = s;
    MR_TRY(verify_signature(w, &s->jws, s->payload, mr_json_get(s->payload, "vct") != NULL, err));
    if (w->s->step.state == MR_FAILED) return MR_OK;
    if (!is_sd_jwt_type(s->jws.typ)) {
        set_step(w, MR_FAILED, "token.typ", s->jws.typ);
        return MR_OK;
    }
    if (!mr_json_get(s->payload, "vct"))
        MR_TRY(read_document(w, s->claims_text, s->claims, err));
    else
        w->s->payload = s->claims, w->s->payload_text = s->claims_text;
    return w->s->step.state == MR_FAILED ? MR_OK : check_binding(w, s, err);
}

/* ---- Data Integrity ---- */

/* Of a set of proofs, the one that answers for the issuer: made with a key of his, or else the first. */
static void take_proof(struct opening *w, const mr_json *document)
{
    struct mr_data_integrity *d = &w->inside->integrity;
    mr_str party = find_party(document);
    struct mr_proof *chosen = &d->proofs[0];
    for (size_t i = 0; i < d->count; i++) {
        if (d->proofs[i].key.key && mr_str_eq(d->proofs[i].key.controller, party)) {
            chosen = &d->proofs[i];
            break;
        }
    }
    w->s->suite = chosen->suite_name;
    w->s->key = chosen->key;
    w->s->key.key = NULL; /* it stays the proof's */
    w->s->key_found = chosen->key.key != NULL;
    w->s->claimed_time = chosen->created;
    w->s->expires = chosen->expires;
}

static int open_integrity(struct opening *w, mr_str text, const mr_json *document, struct mr_err *err)
{
    struct mr_data_integrity *d = &w->inside->integrity;
    bool presentation = mr_vcdm_kind_of(document) == MR_VCDM_PRESENTATION;
    struct mr_proof_wanted wanted = {.purpose = presentation ? MR_AUTHENTICATION : MR_ASSERTION_METHOD,
                                     .now = w->o->now};
    w->use = wanted.purpose;
    if (wanted.purpose == MR_AUTHENTICATION) wanted.domain = w->o->audience, wanted.challenge = w->o->nonce;
    w->s->mechanism = MR_MECHANISM_DATA_INTEGRITY;
    w->inside->is_integrity = true;
    MR_TRY(mr_data_integrity_verify(w->a, w->o->contexts, document, &w->o->keys, &wanted, d, err));
    w->s->step = d->step;
    w->s->proof_count = d->count;
    w->s->is_expanded = d->is_expanded;
    if (d->count) take_proof(w, document);
    w->s->payload = document;
    w->s->payload_text = text;
    return MR_OK;
}

/* ---- what is it? ---- */

static int open_token(struct opening *w, mr_str text, struct mr_err *err)
{
    return mr_str_find_char(text, '~') >= 0 ? open_sd_jwt(w, text, err) : open_jws(w, text, err);
}

/* document: the text, read; NULL: it was not. */
static int open_text(struct opening *w, mr_str text, const mr_json *document, struct mr_err *err)
{
    if (!text.len || text.ptr[0] != '{') return open_token(w, text, err);
    if (!document) MR_TRY(mr_json_parse(w->a, text, NULL, &document, err));
    if (mr_sd_jwt_is(document)) return open_sd_jwt(w, text, err);
    mr_vcdm_kind kind = mr_vcdm_kind_of(document);
    if (kind == MR_VCDM_ENVELOPED_CREDENTIAL || kind == MR_VCDM_ENVELOPED_PRESENTATION) {
        mr_str type = MR_STR_EMPTY, token = MR_STR_EMPTY;
        MR_TRY(mr_envelope_read(w->a, document, &type, &token, err));
        return open_token(w, token, err);
    }
    if (!mr_data_integrity_is(document)) return MR_FAIL(err, MR_E_FORMAT, "the document has no proof", MR_NOWHERE);
    return open_integrity(w, text, document, err);
}

/* What a token says of itself decides which keys may sign it; it must then be that, or a key for signing in would issue credentials. */
static void check_use(struct opening *w)
{
    mr_secured *s = w->s;
    bool presentation = mr_vcdm_kind_of(s->payload) == MR_VCDM_PRESENTATION;
    if (!s->payload || s->step.state == MR_FAILED || presentation == (w->use == MR_AUTHENTICATION)) return;
    set_step(w, MR_FAILED, "token.typ", s->typ);
}

int mr_secured_open(mr_arena *a, const struct mr_opening *o, mr_str text, mr_secured *ret, struct mr_err *err)
{
    return mr_secured_open_read(a, o, text, NULL, ret, err);
}

int mr_secured_open_read(mr_arena *a, const struct mr_opening *o, mr_str text, const mr_json *document, mr_secured *ret,
                         struct mr_err *err)
{
    struct inside *inside = MR_NEW(a, struct inside);
    if (!inside) return out_of_memory(err);
    *ret = (mr_secured){
        .claimed_time = MR_TIME_NONE, .not_before = MR_TIME_NONE, .expires = MR_TIME_NONE, .inside = inside};
    ret->binding.state = MR_NOT_APPLICABLE;
    struct opening w = {a, o, ret, inside, MR_ASSERTION_METHOD};
    int code = open_text(&w, mr_str_trim(text), document, err);
    if (code == MR_OK)
        check_use(&w);
    else
        mr_secured_done(ret);
    return code;
}

int mr_secured_check_model(mr_arena *a, mr_contexts *contexts, const mr_secured *s, mr_vcdm_tell *tell, void *self,
                           struct mr_err *err)
{
    return (s->is_expanded ? mr_vcdm_check_expanded : mr_vcdm_check)(a, contexts, s->payload, tell, self, err);
}

bool mr_secured_is_list(const mr_secured *s)
{
    return s->mechanism == MR_MECHANISM_JOSE && is_list_token(s->typ);
}

void mr_secured_done(mr_secured *s)
{
    struct inside *inside = s->inside;
    if (!inside) return;
    mr_key_free(s->key.key);
    if (inside->is_jws) mr_jws_done(&inside->jws);
    if (inside->is_sd_jwt) mr_sd_jwt_done(&inside->sd_jwt);
    if (inside->is_integrity) mr_data_integrity_done(&inside->integrity);
    *s = (mr_secured){0};
}
