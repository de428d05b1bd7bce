/* Gathering the evidence that a seal of level LT carries (TS 119 182-1 5.3.5, 6.3): the certificates of every chain, and of each certificate below the
 * anchor a word that it was not revoked.
 *
 * What the file holds is used before anybody is asked; what is asked for is judged before it is kept, by the same rules as a verifier's
 * (crypto/revocation.h, mr_jades_is_stale). OCSP is asked first, for it is small; where it does not answer, the revocation list.
 *
 * A responder whose certificate does not say that nobody need ask about it (id-pkix-ocsp-nocheck) needs evidence itself: from its issuer's list alone, for its own
 * word about itself is worth nothing.
 *
 * A chain ends at an anchor, else at a self-issued certificate, else where no further issuer can be got: whoever trusts that issuer has it as an anchor, for
 * trusted lists name issuing authorities. */
#include "proof/jades_inside.h"

#include "base/encoding.h"

/* ---- one certificate's status ---- */

static const char *name_of(const mr_certificate *c)
{
    return mr_certificate_subject(c)->line.ptr ? mr_certificate_subject(c)->line.ptr : "";
}

static int look_up(struct mr_jades_gathering *g, mr_certificate *c, mr_certificate *issuer, const mr_str *ocsp,
                   size_t ocsp_count, const mr_str *crls, size_t crl_count, struct mr_revocation *ret,
                   struct mr_err *err)
{
    return mr_revocation_check(c, issuer, ocsp, ocsp_count, crls, crl_count, g->pool->items, g->pool->count,
                               MR_TIME_NONE, ret, err);
}

/* Does it settle the matter: good and current, or revoked? */
static bool settles(const struct mr_jades_gathering *g, const struct mr_revocation *r, int64_t since)
{
    if (r->state == MR_REVOCATION_REVOKED) return true;
    if (r->state != MR_REVOCATION_GOOD || mr_jades_is_stale(r, g->now)) return false;
    if (r->this_update > g->now + MR_LIMIT_CLOCK_SKEW_MS) return false;
    return since == MR_TIME_NONE || r->this_update > since;
}

static const char *why_not(const struct mr_revocation *r)
{
    switch (r->state) {
    case MR_REVOCATION_ABSENT: return "the answer is about another certificate";
    case MR_REVOCATION_UNKNOWN: return "the responder does not know the certificate";
    case MR_REVOCATION_BAD: return r->why;
    default: return "the answer is out of date";
    }
}

static bool has_text(const mr_str *list, size_t count, mr_str text)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_eq(list[i], text)) return true;
    return false;
}

static int keep(mr_str *list, size_t *count, mr_str der, struct mr_err *err)
{
    if (has_text(list, *count, der)) return MR_OK;
    if (*count == MR_LIMIT_EVIDENCE)
        return MR_FAIL(err, MR_E_LIMIT, "more revocation evidence than a seal may hold", MR_LIMIT_EVIDENCE);
    list[(*count)++] = der;
    return MR_OK;
}

static int ask_list(struct mr_jades_gathering *g, mr_certificate *c, mr_certificate *issuer, struct mr_revocation *ret,
                    struct mr_err *err)
{
    mr_str der;
    MR_TRY(g->source->crl(g->source->self, g->a, c, &der, err));
    MR_TRY(look_up(g, c, issuer, NULL, 0, &der, 1, ret, err));
    if (!settles(g, ret, MR_TIME_NONE))
        return MR_FAIL_DETAIL(err, MR_E_NET, "the revocation list that came back cannot be used", "%s", why_not(ret));
    return keep(g->crls, &g->crl_count, der, err);
}

/* The certificates of those who answered go into the file, with evidence about them where that is asked for. */
static int keep_responder(struct mr_jades_gathering *g, mr_certificate *c, mr_certificate *issuer, struct mr_err *err)
{
    struct mr_revocation r;
    if (!mr_certificate_is_responder(c)) return MR_OK;
    mr_jades_pool_share(g->pool, c);
    if (mr_certificate_is_unchecked(c)) return MR_OK;
    MR_TRY(look_up(g, c, issuer, NULL, 0, g->crls, g->crl_count, &r, err));
    if (!settles(g, &r, MR_TIME_NONE)) MR_TRY(ask_list(g, c, issuer, &r, err));
    if (r.state == MR_REVOCATION_REVOKED)
        return MR_FAIL_DETAIL(err, MR_E_NET, "the certificate of the OCSP responder is revoked", "%s", name_of(c));
    return MR_OK;
}

static int keep_responders(struct mr_jades_gathering *g, mr_str response, mr_certificate *issuer, struct mr_err *err)
{
    mr_certificate *list[MR_LIMIT_CHAIN];
    size_t count = 0;
    MR_TRY(mr_ocsp_certificates(response, list, MR_LIMIT_CHAIN, &count, err));
    int code = MR_OK;
    for (size_t i = 0; i < count; i++) {
        if (code == MR_OK) code = keep_responder(g, list[i], issuer, err);
        mr_certificate_free(list[i]);
    }
    return code;
}

static int ask_ocsp(struct mr_jades_gathering *g, mr_certificate *c, mr_certificate *issuer, struct mr_revocation *ret,
                    struct mr_err *err)
{
    mr_str der;
    MR_TRY(g->source->ocsp(g->source->self, g->a, c, issuer, &der, err));
    MR_TRY(look_up(g, c, issuer, &der, 1, NULL, 0, ret, err));
    if (!settles(g, ret, MR_TIME_NONE))
        return MR_FAIL_DETAIL(err, MR_E_NET, "the OCSP response that came back cannot be used", "%s", why_not(ret));
    MR_TRY(keep_responders(g, der, issuer, err));
    return keep(g->ocsp, &g->ocsp_count, der, err);
}

/* Is it trouble of ours, which asking elsewhere would not mend? */
static bool is_final(int code)
{
    return code == MR_OK || mr_jades_is_trouble(code) || code == MR_E_LIMIT;
}

static int no_place(const mr_certificate *c, struct mr_err *err)
{
    return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE,
                          "a certificate names no place where one can ask whether it was revoked", "%s", name_of(c));
}

static int ask(struct mr_jades_gathering *g, mr_certificate *c, mr_certificate *issuer, struct mr_revocation *ret,
               struct mr_err *err)
{
    struct mr_err first = {0}, second = {0};
    if (!g->source)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "nobody can be asked whether a certificate was revoked", "%s",
                              name_of(c));
    int code = ask_ocsp(g, c, issuer, ret, &first);
    if (is_final(code)) {
        if (code != MR_OK && err) *err = first;
        return code;
    }
    int other = ask_list(g, c, issuer, ret, &second);
    if (other == MR_OK) return MR_OK;
    if (code == MR_E_NOT_FOUND && other == MR_E_NOT_FOUND) return no_place(c, err);
    if (err) *err = other == MR_E_NOT_FOUND || (code != MR_E_NOT_FOUND && !is_final(other)) ? first : second;
    return err ? (int)err->code : other;
}

int mr_jades_check_places(struct mr_jades_gathering *g, const mr_certificate *c, struct mr_err *err)
{
    mr_str places[MR_PLACES_MOST];
    size_t ocsp, lists;
    if (g->ocsp_count || g->crl_count) return MR_OK;
    if (!g->source)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "nobody can be asked whether a certificate was revoked", "%s",
                              name_of(c));
    MR_TRY(mr_certificate_places(g->a, c, MR_PLACE_OCSP, places, &ocsp, err));
    MR_TRY(mr_certificate_places(g->a, c, MR_PLACE_CRL, places, &lists, err));
    return ocsp || lists ? MR_OK : no_place(c, err);
}

static int know_status(struct mr_jades_gathering *g, mr_certificate *c, mr_certificate *issuer, int64_t since,
                       struct mr_revocation *ret, struct mr_err *err)
{
    MR_TRY(look_up(g, c, issuer, g->ocsp, g->ocsp_count, g->crls, g->crl_count, ret, err));
    return settles(g, ret, since) ? MR_OK : ask(g, c, issuer, ret, err);
}

/* ---- chains ---- */

/* One certificate more above the last; *ret_more false when none can be got. */
static int fetch_issuer(struct mr_jades_gathering *g, const mr_certificate *last, bool *ret_more, struct mr_err *err)
{
    mr_certificate *found = NULL;
    struct mr_err why = {0};
    mr_str octets;
    *ret_more = false;
    if (!g->source || g->pool->count == MR_LIMIT_CERTIFICATES) return MR_OK;
    int code = g->source->issuer_certificate(g->source->self, g->a, last, &octets, &why);
    if (code == MR_OK) code = mr_issuer_read(octets, last, &found, &why);
    if (code != MR_OK && mr_jades_is_trouble(code)) {
        if (err) *err = why;
        return code;
    }
    if (code != MR_OK) return MR_OK;
    size_t before = g->pool->count;
    mr_jades_pool_share(g->pool, found);
    *ret_more = g->pool->count > before;
    mr_certificate_free(found);
    return MR_OK;
}

static int build_chain(struct mr_jades_gathering *g, mr_certificate *leaf, int64_t at, struct mr_chain *ret,
                       struct mr_err *err)
{
    for (size_t turn = 0; turn < MR_LIMIT_CHAIN; turn++) {
        bool more = false;
        MR_TRY(mr_chain_build(leaf, g->pool->items, g->pool->count, g->anchors, g->anchor_count, at, ret, err));
        const mr_certificate *last = ret->certificates[ret->count - 1];
        if (ret->state == MR_CHAIN_BROKEN)
            return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "the chain of a certificate does not hold", "%s: %s",
                                  name_of(ret->certificates[ret->why_at]), ret->why);
        if (ret->state == MR_CHAIN_ANCHORED || mr_certificate_is_self_issued(last)) return MR_OK;
        MR_TRY(fetch_issuer(g, last, &more, err));
        if (!more) break;
    }
    if (ret->count > 1) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "the certificate of an issuer is missing and cannot be got", "%s",
                          name_of(leaf));
}

int mr_jades_gather(struct mr_jades_gathering *g, mr_certificate *leaf, int64_t at, int64_t since, struct mr_err *err)
{
    struct mr_chain chain;
    MR_TRY(build_chain(g, leaf, at, &chain, err));
    for (size_t i = 0; i < chain.count; i++) mr_jades_pool_share(g->pool, chain.certificates[i]);
    for (size_t i = 0; i + 1 < chain.count; i++) {
        struct mr_revocation r;
        MR_TRY(know_status(g, chain.certificates[i], chain.certificates[i + 1], since, &r, err));
        if (r.state == MR_REVOCATION_REVOKED && (i > 0 || r.revoked_at == MR_TIME_NONE || r.revoked_at <= at))
            return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "a certificate is revoked", "%s",
                                  name_of(chain.certificates[i]));
    }
    return MR_OK;
}

int mr_jades_ask_revoked(struct mr_jades_gathering *g, mr_certificate *leaf, struct mr_err *err)
{
    struct mr_chain chain;
    struct mr_revocation r;
    if (!g->source || build_chain(g, leaf, g->now, &chain, NULL) != MR_OK || chain.count < 2) return MR_OK;
    if (know_status(g, leaf, chain.certificates[1], MR_TIME_NONE, &r, NULL) != MR_OK) return MR_OK;
    if (r.state != MR_REVOCATION_REVOKED) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_CERTIFICATE, "a certificate is revoked", "%s", name_of(leaf));
}

/* ---- writing ---- */

bool mr_jades_gathering_has_certificates(const struct mr_jades_gathering *g)
{
    return g->pool->count > g->old_certificates;
}

bool mr_jades_gathering_has_evidence(const struct mr_jades_gathering *g)
{
    return g->ocsp_count > g->old_ocsp || g->crl_count > g->old_crls;
}

void mr_jades_put_certificates(mr_buf *out, const struct mr_jades_gathering *g)
{
    const char *before = "[{\"x509Cert\":{\"val\":\"";
    for (size_t i = g->old_certificates; i < g->pool->count; i++) {
        mr_buf_puts(out, before);
        mr_base64_put(out, mr_certificate_der(g->pool->items[i]));
        mr_buf_puts(out, "\"}}");
        before = ",{\"x509Cert\":{\"val\":\"";
    }
    mr_buf_putc(out, ']');
}

/* "NAME":[{"val":...},...], or nothing */
static bool put_list(mr_buf *out, const char *name, const mr_str *list, size_t from, size_t count, bool comma)
{
    if (from == count) return comma;
    mr_buf_format(out, "%s\"%s\":[", comma ? "," : "", name);
    for (size_t i = from; i < count; i++) {
        mr_buf_puts(out, i > from ? ",{\"val\":\"" : "{\"val\":\"");
        mr_base64_put(out, list[i]);
        mr_buf_puts(out, "\"}");
    }
    mr_buf_putc(out, ']');
    return true;
}

void mr_jades_put_evidence(mr_buf *out, const struct mr_jades_gathering *g)
{
    mr_buf_putc(out, '{');
    bool comma = put_list(out, "crlVals", g->crls, g->old_crls, g->crl_count, false);
    put_list(out, "ocspVals", g->ocsp, g->old_ocsp, g->ocsp_count, comma);
    mr_buf_putc(out, '}');
}
