/* SD-JWT, presented: which disclosures go along, and the holder's proof that she has the key that the issuer named.
 *
 * What is asked for is found in the processed claims; the way down to it is then gone once more through the claims and
 * the payload side by side, and every disclosure on that way goes along. Nothing of the token is written anew: what is
 * shown are its parts as received, in their order.
 *
 * Sources: RFC 9901 sections 4.3, 7.2 and 7.3; RFC 7800 section 3.2 (cnf). */
#include "base/encoding.h"
#include "proof/jwk.h"
#include "proof/sd_jwt_inside.h"

/* ---- what goes along ---- */

static bool contains(const mr_json *container, const mr_json *node)
{
    return node >= container && node < container + container->skip;
}

/* The member of a processed object in its payload: in clear, or in a disclosure, which is wanted then. */
static const mr_json *want_member(const struct mr_sd_disclosures *all, const mr_json *payload, mr_str name)
{
    const mr_json *clear = mr_json_find_member(payload, name);
    if (clear) return clear;
    MR_JSON_EACH (digest, mr_json_get(payload, "_sd")) {
        struct mr_sd_disclosure *d = mr_sd_disclosures_find(all, mr_json_str(digest));
        if (!d || !mr_str_eq(d->name, name)) continue;
        d->wanted = true;
        return d->value;
    }
    return NULL;
}

/* The same for an element; those that are not disclosed do not count. */
static const mr_json *want_element(const struct mr_sd_disclosures *all, const mr_json *payload, uint32_t index)
{
    MR_JSON_EACH (element, payload) {
        const mr_json *digest = mr_sd_placeholder(element);
        struct mr_sd_disclosure *d = digest ? mr_sd_disclosures_find(all, mr_json_str(digest)) : NULL;
        if ((digest && !d) || index-- > 0) continue;
        if (d) d->wanted = true;
        return d ? d->value : element;
    }
    return NULL;
}

/* One step from `*claims` towards `target`, in the payload, too. */
static const mr_json *step(const struct mr_sd_disclosures *all, const mr_json **claims, const mr_json *payload,
                           const mr_json *target)
{
    uint32_t index = 0;
    MR_JSON_EACH_MEMBER (name, *claims) {
        if (!contains(name + 1, target)) continue;
        *claims = name + 1;
        return want_member(all, payload, mr_json_text(name));
    }
    MR_JSON_EACH (element, *claims) {
        if (contains(element, target)) {
            *claims = element;
            return want_element(all, payload, index);
        }
        index++;
    }
    return NULL;
}

static int want(const mr_sd_jwt *s, const struct mr_sd_disclosures *all, mr_str pointer, struct mr_err *err)
{
    const mr_json *claims = s->claims, *payload = s->payload, *target = mr_json_find(claims, pointer);
    if (!target) return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "no such claim", "%.*s", MR_STR_ARG(pointer));
    while (claims != target && payload) payload = step(all, &claims, payload, target);
    return MR_OK;
}

static int choose(const mr_sd_jwt *s, const struct mr_sd_presentation *p, struct mr_sd_disclosures *all,
                  struct mr_err *err)
{
    for (size_t i = 0; i < all->count; i++) all->items[i].wanted = p->all;
    for (size_t i = 0; i < p->show_count && !p->all; i++) MR_TRY(want(s, all, p->show[i], err));
    return MR_OK;
}

/* ---- key binding ---- */

/* The key of cnf, which is the holder's (section 4.1.2). */
static int read_holder_key(const mr_sd_jwt *s, mr_key **ret, struct mr_err *err)
{
    const mr_json *jwk = mr_json_get(mr_json_get(s->claims, "cnf"), "jwk");
    if (!jwk) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.no_cnf", MR_NOWHERE);
    return mr_jwk_read(jwk, ret, err);
}

static int check_holder(mr_arena *scratch, const mr_sd_jwt *s, const mr_key *holder, struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *named = NULL;
    mr_str ours, theirs;
    MR_TRY(read_holder_key(s, &named, err));
    MR_TRY(mr_key_write_public_der(holder, scratch, &ours, err));
    MR_TRY(mr_key_write_public_der(named, scratch, &theirs, err));
    if (!mr_str_eq(ours, theirs))
        return MR_FAIL(err, MR_E_KEY, "the key is not the one that the issuer named", MR_NOWHERE);
    return MR_OK;
}

/* Section 4.3; `shown` is what sd_hash covers. */
static int put_binding_payload(mr_digest_kind kind, const struct mr_sd_presentation *p, mr_str shown, mr_buf *out,
                               struct mr_err *err)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_number(&w, "iat", p->now / 1000);
    mr_json_put_member(&w, "aud", p->audience);
    mr_json_put_member(&w, "nonce", p->nonce);
    mr_json_put_name(&w, "sd_hash");
    mr_json_put_raw(&w, MR_STR("\""));
    MR_TRY(mr_sd_digest_put(kind, shown, out, err));
    mr_buf_putc(out, '"');
    mr_json_end_object(&w);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "no room for the key binding", MR_NOWHERE) : MR_OK;
}

static int put_binding(const mr_sd_jwt *s, const struct mr_sd_presentation *p, mr_str shown, mr_arena *scratch,
                       mr_buf *out, struct mr_err *err)
{
    const struct mr_jose_header header = {.typ = "kb+jwt"};
    mr_jose_signer signer;
    MR_CLEANUP(mr_buf_done) mr_buf payload;
    mr_buf_init(&payload, MR_LIMIT_DOCUMENT);
    MR_TRY(check_holder(scratch, s, p->holder, err));
    MR_TRY(mr_jose_signer_init(&signer, scratch, p->holder, &header, err));
    MR_TRY(put_binding_payload(s->digest, p, shown, &payload, err));
    return mr_jose_sign(&signer, mr_buf_str(&payload), scratch, out, err);
}

static int present(const mr_sd_jwt *s, const struct mr_sd_presentation *p, const struct mr_sd_disclosures *all,
                   mr_arena *scratch, mr_buf *out, struct mr_err *err)
{
    size_t start = out->len;
    mr_buf_put(out, mr_str_make(s->bound_text.ptr, (size_t)mr_str_find_char(s->bound_text, '~') + 1));
    for (size_t i = 0; i < all->count; i++) {
        if (!all->items[i].wanted) continue;
        mr_buf_put(out, all->items[i].text);
        mr_buf_putc(out, '~');
    }
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_LIMIT, "no room for the token", MR_NOWHERE);
    if (!p->holder) return MR_OK;
    return put_binding(s, p, mr_str_make(out->ptr + start, out->len - start), scratch, out, err);
}

int mr_sd_jwt_present(const mr_sd_jwt *s, const struct mr_sd_presentation *p, mr_arena *scratch, mr_buf *out,
                      struct mr_err *err)
{
    struct mr_sd_disclosures all;
    size_t start = out->len;
    MR_TRY(mr_sd_disclosures_read(scratch, s->digest, s->disclosures, s->disclosure_count, &all, err));
    MR_TRY(choose(s, p, &all, err));
    int code = present(s, p, &all, scratch, out, err);
    if (code != MR_OK) out->len = start;
    return code;
}

/* ---- checking a key binding ---- */

/* A member that must be a text. */
static bool read_text(const mr_json *claims, const char *name, mr_str *ret)
{
    const mr_json *v = mr_json_get(claims, name);
    *ret = mr_json_str(v);
    return mr_json_is(v, MR_JSON_STRING);
}

/* Seconds as a NumericDate may have them, also with a fraction; milliseconds. */
static bool read_time(const mr_json *v, int64_t *ret)
{
    double seconds;
    if (!mr_json_to_double(v, &seconds) || !(seconds >= 0 && seconds < 1e12)) return false;
    *ret = (int64_t)(seconds * 1000);
    return true;
}

static int check_binding_hash(const mr_sd_jwt *s, mr_str hash, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf ours;
    mr_buf_init(&ours, mr_sd_digest_width(s->digest));
    MR_TRY(mr_sd_digest_put(s->digest, s->bound_text, &ours, err));
    if (mr_buf_failed(&ours)) return MR_FAIL(err, MR_E_NOMEM, "no memory for a digest", MR_NOWHERE);
    if (!mr_str_eq(mr_buf_str(&ours), hash)) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.binding_hash", MR_NOWHERE);
    return MR_OK;
}

static int check_binding_time(const mr_json *claims, const struct mr_key_binding *wanted, struct mr_err *err)
{
    int64_t issued;
    if (!read_time(mr_json_get(claims, "iat"), &issued))
        return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.binding_form", MR_NOWHERE);
    bool early = issued > wanted->now + MR_LIMIT_CLOCK_SKEW_MS;
    bool late = wanted->max_age_ms > 0 && issued < wanted->now - wanted->max_age_ms;
    if (early || late) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.binding_time", MR_NOWHERE);
    return MR_OK;
}

/* Section 7.3 step 5, behind the signature. */
static int check_binding_claims(const mr_sd_jwt *s, const mr_json *claims, const struct mr_key_binding *wanted,
                                struct mr_err *err)
{
    mr_str audience, nonce, hash;
    if (!read_text(claims, "aud", &audience) || !read_text(claims, "nonce", &nonce) ||
        !read_text(claims, "sd_hash", &hash))
        return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.binding_form", MR_NOWHERE);
    MR_TRY(check_binding_time(claims, wanted, err));
    if (wanted->nonce.len && !mr_str_eq(wanted->nonce, nonce))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.binding_nonce", "%.*s", MR_STR_ARG(nonce));
    if (wanted->audience.len && !mr_str_eq(wanted->audience, audience))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.binding_audience", "%.*s", MR_STR_ARG(audience));
    return check_binding_hash(s, hash, err);
}

static int check_binding(mr_arena *a, const mr_jws *binding, const mr_sd_jwt *s, const struct mr_key_binding *wanted,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
    const mr_json *claims;
    if (!mr_str_is(binding->typ, "kb+jwt")) /* section 4.3 */
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "sd_jwt.binding_form", "%.*s", MR_STR_ARG(binding->typ));
    MR_TRY(read_holder_key(s, &key, err));
    int code = mr_jws_verify(binding, key, err);
    if (code == MR_E_SIGNATURE) return MR_FAIL(err, MR_E_SIGNATURE, "sd_jwt.binding_signature", MR_NOWHERE);
    MR_TRY(code);
    MR_TRY(mr_json_parse(a, binding->payload, NULL, &claims, err));
    return check_binding_claims(s, claims, wanted, err);
}

int mr_sd_jwt_check_binding(mr_arena *a, const mr_sd_jwt *s, const struct mr_key_binding *wanted, struct mr_err *err)
{
    MR_CLEANUP(mr_jws_done) mr_jws binding = {0};
    if (s->key_binding.len == 0) return MR_FAIL(err, MR_E_FORMAT, "sd_jwt.no_key_binding", MR_NOWHERE);
    MR_TRY(mr_jws_read(a, s->key_binding, &binding, err));
    return check_binding(a, &binding, s, wanted, err);
}
