/* Chains of certificates at a given time (RFC 5280 section 6.1, as far as seals need it).
 *
 * Idea: walk up from the leaf and try every certificate that could be the issuer by name and key identifier, anchors first, and go back where a way
 * ends badly. The best end wins: an anchor, then a chain that fits but leads to none, then the first break that was met. A chain may end in any anchor,
 * also an intermediate authority, because a trusted list names the issuing authority of seals and not its root.
 *
 * Invariants:
 *   1. a way has at most MR_LIMIT_CHAIN certificates and none twice; all ways together check at most MR_LIMIT_CHAIN_TRIES signatures, since whoever
 *      writes a file also writes the pool;
 *   2. what is on the way fits: valid at `at`, signed by the one above with SHA-256 or stronger, and all above the leaf may issue;
 *   3. the signature of a certificate at the end of the way is not checked: an anchor is trusted for being in the list, and a self-issued certificate
 *      that is none proves nothing by signing itself. A self-signed leaf is the exception: whoever changed it broke it.
 *
 * Not evaluated: certificate policies. Name constraints are OpenSSL's. */
#include "base/limits.h"
#include "crypto/inside.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

MR_CRYPTO_CLEANUP(NAME_CONSTRAINTS, constraints, NAME_CONSTRAINTS_free)

_Static_assert(sizeof((struct mr_chain){0}.certificates) / sizeof(mr_certificate *) == MR_LIMIT_CHAIN, "one limit");

struct walk {
    mr_certificate *const *pool, *const *anchors;
    size_t pool_count, anchor_count;
    int64_t at;
    unsigned tries_left;
    struct mr_chain way, best;
    bool has_best;
};

static bool same(const mr_certificate *a, const mr_certificate *b)
{
    return a == b || memcmp(mr_certificate_sha256(a), mr_certificate_sha256(b), 32) == 0;
}

static bool is_anchor(const struct walk *w, const mr_certificate *c)
{
    for (size_t i = 0; i < w->anchor_count; i++)
        if (same(w->anchors[i], c)) return true;
    return false;
}

static bool is_on_way(const struct walk *w, const mr_certificate *c)
{
    for (size_t i = 0; i < w->way.count; i++)
        if (same(w->way.certificates[i], c)) return true;
    return false;
}

static const char expired[] = "it had expired at that time";

/* Keep the way as it is now if it ends better than the best so far. */
static void consider(struct walk *w, mr_chain_state state, const char *why, size_t why_at)
{
    if (w->has_best && w->best.state <= state) return;
    w->best = w->way;
    w->best.state = state;
    w->best.why = why;
    w->best.why_at = why_at;
    w->best.expired = why == expired;
    w->has_best = true;
}

static const char *judge_alone(const mr_certificate *c, int64_t at)
{
    if (at < mr_certificate_not_before(c)) return "it was not yet valid at that time";
    if (at > mr_certificate_not_after(c)) return expired;
    if (mr_certificate_has_unknown_critical(c)) return "it has a critical extension that is not known";
    return NULL;
}

/* pathLenConstraint counts the authorities between that are not self-issued (RFC 5280 4.2.1.9). */
static bool is_too_deep(const struct walk *w, const mr_certificate *issuer)
{
    int between = 0, limit = mr_certificate_path_length(issuer);
    for (size_t i = 1; i < w->way.count; i++) between += !mr_certificate_is_self_issued(w->way.certificates[i]);
    return limit >= 0 && between > limit;
}

static bool breaks_name_constraints(const struct walk *w, const mr_certificate *issuer)
{
    X509 *x = mr_certificate_x509(issuer);
    MR_CLEANUP(constraints_freep)
    NAME_CONSTRAINTS *limits = x ? X509_get_ext_d2i(x, NID_name_constraints, NULL, NULL) : NULL;
    bool fits = limits != NULL;
    for (size_t i = 0; i < w->way.count && fits; i++) {
        X509 *below = mr_certificate_x509(w->way.certificates[i]);
        if (i > 0 && mr_certificate_is_self_issued(w->way.certificates[i])) continue;
        fits = below && NAME_CONSTRAINTS_check(below, limits) == X509_V_OK;
    }
    ERR_clear_error();
    return !fits;
}

/* What speaks against `issuer` as the next on the way; NULL when nothing does. */
static const char *judge_issuer(const struct walk *w, const mr_certificate *issuer)
{
    bool old_anchor = mr_certificate_is_version1(issuer) && is_anchor(w, issuer); /* X.509 v1 has no basicConstraints */
    if (!mr_certificate_is_authority(issuer) && !old_anchor) return "it is no certificate authority (basicConstraints)";
    if (!(mr_certificate_key_usage(issuer) & MR_USE_KEY_CERT_SIGN)) return "it may not sign certificates (keyUsage)";
    if (is_too_deep(w, issuer)) return "more authorities stand below it than it allows (pathLenConstraint)";
    if (mr_certificate_has_name_constraints(issuer) && breaks_name_constraints(w, issuer))
        return "a name below it is outside its name constraints";
    return judge_alone(issuer, w->at);
}

static int explore(struct walk *w, struct mr_err *err);

/* Try one candidate as issuer of the last on the way. */
static int try_issuer(struct walk *w, mr_certificate *issuer, struct mr_err *err)
{
    size_t last = w->way.count - 1;
    if (w->way.count == MR_LIMIT_CHAIN || w->tries_left == 0) {
        consider(w, MR_CHAIN_BROKEN, "the chain is longer or has more branches than allowed", last);
        return MR_OK;
    }
    const char *why = judge_issuer(w, issuer);
    if (!why) {
        w->tries_left--;
        int code = mr_certificate_check_signature(w->way.certificates[last], issuer, err);
        if (code == MR_E_SIGNATURE || code == MR_E_UNSUPPORTED) {
            consider(w, MR_CHAIN_BROKEN,
                     code == MR_E_SIGNATURE ? "its signature is not its issuer's"
                                            : "it is signed with a weak or unknown algorithm or key",
                     last);
            mr_err_forget(err);
            return MR_OK;
        }
        MR_TRY(code);
    }
    w->way.certificates[w->way.count++] = issuer;
    int code = MR_OK;
    if (why)
        consider(w, MR_CHAIN_BROKEN, why, last + 1);
    else
        code = explore(w, err);
    w->way.certificates[--w->way.count] = NULL;
    return code;
}

static bool is_done(const struct walk *w)
{
    return w->has_best && w->best.state == MR_CHAIN_ANCHORED;
}

static int try_all(struct walk *w, mr_certificate *const *list, size_t count, bool *ret_found, struct mr_err *err)
{
    const mr_certificate *last = w->way.certificates[w->way.count - 1];
    for (size_t i = 0; i < count && !is_done(w); i++) {
        if (!mr_certificate_names_issuer(last, list[i]) || is_on_way(w, list[i])) continue;
        *ret_found = true;
        MR_TRY(try_issuer(w, list[i], err));
    }
    return MR_OK;
}

/* Go on from the last certificate on the way, which fits. */
static int explore(struct walk *w, struct mr_err *err)
{
    const mr_certificate *last = w->way.certificates[w->way.count - 1];
    bool found = false;
    if (is_anchor(w, last)) {
        consider(w, MR_CHAIN_ANCHORED, NULL, 0);
        return MR_OK;
    }
    if (mr_certificate_names_issuer(last, last)) {
        consider(w, MR_CHAIN_UNANCHORED, NULL, 0);
        return MR_OK;
    }
    MR_TRY(try_all(w, w->anchors, w->anchor_count, &found, err));
    MR_TRY(try_all(w, w->pool, w->pool_count, &found, err));
    if (!found) consider(w, MR_CHAIN_UNANCHORED, NULL, 0);
    return MR_OK;
}

/* A self-signed leaf that is no anchor must at least have signed itself. */
static int judge_leaf(const struct walk *w, mr_certificate *leaf, const char **ret_why, struct mr_err *err)
{
    *ret_why = judge_alone(leaf, w->at);
    if (*ret_why || is_anchor(w, leaf) || !mr_certificate_names_issuer(leaf, leaf)) return MR_OK;
    int code = mr_certificate_check_signature(leaf, leaf, err);
    if (code != MR_E_SIGNATURE && code != MR_E_UNSUPPORTED) return code;
    mr_err_forget(err);
    *ret_why = "it names itself as issuer and its signature is not its own";
    return MR_OK;
}

int mr_chain_build(mr_certificate *leaf, mr_certificate *const *pool, size_t pool_count, mr_certificate *const *anchors,
                   size_t anchor_count, int64_t at, struct mr_chain *ret, struct mr_err *err)
{
    struct walk w = {.pool = pool,
                     .anchors = anchors,
                     .pool_count = pool_count,
                     .anchor_count = anchor_count,
                     .at = at,
                     .tries_left = MR_LIMIT_CHAIN_TRIES,
                     .way = {.certificates = {leaf}, .count = 1}};
    const char *why;
    MR_TRY(judge_leaf(&w, leaf, &why, err));
    if (why)
        consider(&w, MR_CHAIN_BROKEN, why, 0);
    else
        MR_TRY(explore(&w, err));
    *ret = w.best;
    return MR_OK;
}
