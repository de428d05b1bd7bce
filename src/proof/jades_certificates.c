/* The certificates that a sealed file carries, and which of them is the seal's. */
#include "proof/jades_inside.h"

#include "base/encoding.h"

/* ---- the pool ---- */

static mr_certificate *find_der(const struct mr_jades_pool *pool, mr_str der)
{
    for (size_t i = 0; i < pool->count; i++)
        if (mr_str_eq(mr_certificate_der(pool->items[i]), der)) return pool->items[i];
    return NULL;
}

int mr_jades_pool_read(struct mr_jades_pool *pool, mr_str der, mr_certificate **ret, struct mr_err *err)
{
    mr_certificate *c = find_der(pool, der);
    if (!c) {
        if (pool->count == MR_LIMIT_CERTIFICATES)
            return MR_FAIL(err, MR_E_LIMIT, "more certificates than allowed", MR_NOWHERE);
        MR_TRY(mr_certificate_read(der, &c, err));
        pool->items[pool->count++] = c;
    }
    if (ret) *ret = c;
    return MR_OK;
}

void mr_jades_pool_share(struct mr_jades_pool *pool, mr_certificate *c)
{
    if (pool->count < MR_LIMIT_CERTIFICATES && !find_der(pool, mr_certificate_der(c)))
        pool->items[pool->count++] = mr_certificate_share(c);
}

void mr_jades_pool_done(struct mr_jades_pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) mr_certificate_free(pool->items[i]);
    pool->count = 0;
}

static bool same_key(mr_arena *a, const mr_certificate *c, const mr_certificate *d)
{
    mr_str one, other;
    return mr_key_write_public_der(mr_certificate_key(c), a, &one, NULL) == MR_OK &&
           mr_key_write_public_der(mr_certificate_key(d), a, &other, NULL) == MR_OK && mr_str_eq(one, other);
}

bool mr_jades_pool_has_twin(const struct mr_jades_pool *pool, mr_arena *a, const mr_certificate *c)
{
    if (find_der(pool, mr_certificate_der(c))) return false;
    for (size_t i = 0; i < pool->count; i++) {
        const mr_certificate *d = pool->items[i];
        int same = mr_str_eq(mr_certificate_issuer_der(c), mr_certificate_issuer_der(d)) +
                   mr_str_eq(mr_certificate_serial(c), mr_certificate_serial(d)) +
                   (mr_certificate_not_before(c) == mr_certificate_not_before(d));
        if (same == 3 || (same == 2 && same_key(a, c, d))) return true;
    }
    return false;
}

/* ---- the seal's certificate ---- */

static int pass_or_refuse(int code, struct mr_step *step, const char *id, mr_arena *a, const struct mr_err *found,
                          struct mr_err *err)
{
    if (code == MR_OK) return MR_OK;
    if (!mr_jades_is_trouble(code)) return mr_jades_refuse_error(step, id, a, found);
    if (err) *err = *found;
    return code;
}

/* One element of x5c (RFC 7515 4.1.6). The first must be readable; of the others those that are not are left out with a remark, for nothing can
 * depend on them. */
static int read_element(struct mr_jades_work *w, const mr_json *element, bool first, mr_jades *j, mr_certificate **ret,
                        struct mr_step *step, struct mr_err *err)
{
    struct mr_err found = {0};
    mr_str der;
    if (!mr_json_is(element, MR_JSON_STRING))
        return mr_jades_refuse(step, "seal.certificate.missing", "x5c holds something that is no text");
    int code = mr_base64_read(w->a, mr_json_text(element), &der, &found);
    MR_TRY(pass_or_refuse(code, step, "seal.certificate.missing", w->a, &found, err));
    code = mr_jades_pool_read(w->pool, der, ret, &found);
    if (!first && code != MR_OK && code != MR_E_LIMIT && !mr_jades_is_trouble(code)) {
        mr_jades_remark(j, "seal.remark.certificate_unreadable");
        return MR_OK;
    }
    return pass_or_refuse(code, step, "seal.certificate.missing", w->a, &found, err);
}

/* Does the header's digest number `at` name this certificate? */
static int is_named(struct mr_jades_work *w, const struct mr_jades_header *h, uint32_t at, const mr_certificate *c,
                    bool *ret, struct mr_err *err)
{
    mr_digest_kind kind;
    mr_digest digest;
    mr_str wanted, der = mr_certificate_der(c);
    *ret = false;
    MR_TRY(mr_jades_header_digest(w->a, h, at, &kind, &wanted, err));
    if (!wanted.len) return MR_OK;
    MR_TRY(mr_digest_make(kind, &der, 1, &digest, err));
    *ret = mr_str_eq(mr_digest_str(&digest), wanted);
    return MR_OK;
}

/* sigX5ts names further certificates of the path; those of the file that it does not name are simply not part of it. */
static int find_in_pool(struct mr_jades_work *w, const struct mr_jades_header *h, mr_certificate **ret,
                        struct mr_err *err)
{
    bool named = false;
    for (size_t i = 0; i < w->pool->count && !named; i++) {
        MR_TRY(is_named(w, h, 0, w->pool->items[i], &named, err));
        if (named) *ret = w->pool->items[i];
    }
    return MR_OK;
}

/* kid is a hint, not trust: a kid of the known form that names another certificate is worth a remark. */
static int check_kid(struct mr_jades_work *w, const struct mr_jades_header *h, const mr_certificate *c, mr_jades *j,
                     struct mr_err *err)
{
    mr_str kid = mr_json_get_str(h->json, "kid"), own, der;
    if (!kid.len || mr_base64_read(w->a, kid, &der, NULL) != MR_OK || !der.len || der.ptr[0] != 0x30) return MR_OK;
    MR_TRY(mr_jades_kid(w->a, c, &own, err));
    if (!mr_str_eq(kid, own)) mr_jades_remark(j, "seal.remark.kid");
    return MR_OK;
}

int mr_jades_find_certificate(struct mr_jades_work *w, const struct mr_jades_header *h, mr_jades *j,
                              mr_certificate **ret, struct mr_step *step, struct mr_err *err)
{
    mr_certificate *c = NULL, *other;
    bool named = false, first = true;
    MR_JSON_EACH (element, h->x5c) {
        MR_TRY(read_element(w, element, first, j, first ? &c : &other, step, err));
        first = false;
    }
    if (c) {
        MR_TRY(is_named(w, h, 0, c, &named, err));
        if (!named)
            return mr_jades_refuse(step, "seal.certificate.mismatch",
                                   "the first certificate of x5c is not the one that the header's digest names");
    } else {
        MR_TRY(find_in_pool(w, h, &c, err));
        if (!c)
            return mr_jades_refuse(step, "seal.certificate.missing",
                                   "no x5c, and no certificate of the file has the digest in the header");
    }
    MR_TRY(check_kid(w, h, c, j, err));
    *ret = c;
    return MR_OK;
}
