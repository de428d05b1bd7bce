/* The judgement of a seal over time: time-stamps, the chain of the seal's certificate, revocation evidence, level.
 *
 * Order (EN 319 102-1 5.5 and 5.6, as far as it needs no trusted list):
 *   1. every time-stamp by itself: what it covers, its signature, its authority's chain at its own time;
 *   2. best time: the earliest time-stamp over the signature that holds; without one, now;
 *   3. the times among each other: content before signature before archive, the time claimed not after the first proof
 *      of it (clocks may differ by MR_LIMIT_CLOCK_SKEW_MS), the certificate not expired when the first proof was made;
 *   4. the certificate's chain and its revocation at the best time (which counts for an anchored chain, and against a
 *      revocation, only if an anchored authority vouches for it);
 *   5. the level: the highest whose rules are kept (TS 119 182-1 section 6.3).
 *
 * What each token covers (measured on the Commission's samples; facts elm-edc 1.4):
 *   adoTst  the payload as signed: its octets when b64 is false, else its base64url text
 *   sigTst  the base64url text of the signature
 *   arcTst  payload "." protected "." signature "." and the elements of etsiU before the one that holds it, as they stand
 *
 * A time-stamp whose own authority is found revoked before it made it fails, as one with a broken chain does. Evidence that
 * cannot be accepted counts as no evidence: whoever could spoil it could also have left it out. */
#include "proof/jades_inside.h"

struct kind {
    const char *passed, *none;
    bool latest; /* of several the latest time is told; else the earliest */
};
static const struct kind content_kind = {"seal.content_time.passed", "seal.content_time.none", false};
static const struct kind signature_kind = {"seal.signature_time.passed", "seal.signature_time.none", false};
static const struct kind archive_kind = {"seal.archive_time.passed", "seal.archive_time.none", true};

struct judging {
    struct mr_jades_work *w;
    const struct mr_jades_text *text;
    const struct mr_jades_header *h;
    const struct mr_jades_unsigned *u;
    mr_jades *j;
    struct mr_err *err;
    int64_t archive_first;    /* earliest good archive time-stamp */
    int64_t anchored_first;   /* earliest over the signature whose authority leads to an anchor */
    size_t stamps, anchored;  /* tokens that hold; those whose authority leads to an anchor */
    bool authorities_covered; /* evidence for every authority over the signature is inside */
    int64_t last_stamp;       /* the latest over the signature; j->lasts_until is its end */
};

/* ---- how long a seal lasts ---- */

/* NIST SP 800-57 part 1 rev. 5, table 4: 112 bits of security (RSA below 3072 bits) protect nothing new after 2030. */
static int64_t key_lasts(const mr_certificate *c)
{
    const mr_key *key = mr_certificate_key(c);
    return mr_key_get_kind(key) == MR_KEY_RSA && mr_key_bits(key) < 3072 ? MR_LIMIT_SHORT_RSA_UNTIL : INT64_MAX;
}

/* The certificate's chain is as old as its first member to end; the anchor or root does not count. */
static int64_t chain_lasts(const struct mr_chain *chain)
{
    int64_t until = INT64_MAX;
    for (size_t i = 0; i < chain->count; i++) {
        const mr_certificate *c = chain->certificates[i];
        if (i > 0 && (mr_certificate_is_self_issued(c) || (chain->state == MR_CHAIN_ANCHORED && i + 1 == chain->count)))
            break;
        int64_t end = mr_certificate_not_after(c), key = key_lasts(c);
        if (end < until) until = end;
        if (key < until) until = key;
    }
    return until;
}

static void note_lasting(struct judging *g, const struct mr_timestamp *t)
{
    if (g->last_stamp != MR_TIME_NONE && t->time < g->last_stamp) return;
    g->last_stamp = t->time;
    g->j->lasts_until = chain_lasts(&t->chain);
}

/* ---- revocation ---- */

static int look_up(struct judging *g, mr_certificate *c, mr_certificate *issuer, struct mr_revocation *ret)
{
    return mr_revocation_check(c, issuer, g->u->ocsp, g->u->ocsp_count, g->u->crls, g->u->crl_count, g->w->pool->items,
                               g->w->pool->count, MR_TIME_NONE, ret, g->err);
}

/* Are the certificates from number `from` up to the anchor known to be good? Where no anchor was found only the first counts: the next may be the
 * anchor of whoever trusts it (trusted lists name issuing authorities, whose revocation nobody looks up). */
static int check_chain_evidence(struct judging *g, const struct mr_chain *chain, size_t from, bool *ret)
{
    size_t end = chain->state == MR_CHAIN_ANCHORED ? chain->count : chain->count < 2 ? chain->count : 2;
    *ret = true;
    for (size_t i = from; i + 1 < end && *ret; i++) {
        struct mr_revocation r;
        MR_TRY(look_up(g, chain->certificates[i], chain->certificates[i + 1], &r));
        *ret = r.state == MR_REVOCATION_GOOD;
    }
    return MR_OK;
}

/* ---- one time-stamp ---- */

static int cover_archive(struct judging *g, uint32_t before, mr_str **ret_parts, size_t *ret_count)
{
    mr_str *parts = MR_NEW_ARRAY(g->w->a, mr_str, 6 + (size_t)before);
    size_t count = 0;
    if (!parts) return MR_FAIL(g->err, MR_E_NOMEM, "no room for the parts of an archive time-stamp", MR_NOWHERE);
    parts[count++] = g->text->payload_text;
    parts[count++] = MR_STR(".");
    parts[count++] = g->text->protected_text;
    parts[count++] = MR_STR(".");
    parts[count++] = g->text->signature_text;
    parts[count++] = MR_STR(".");
    MR_JSON_EACH (element, g->u->elements) {
        if (count == 6 + (size_t)before) break;
        parts[count++] = mr_json_text(element);
    }
    *ret_parts = parts, *ret_count = count;
    return MR_OK;
}

static int cover(struct judging *g, const struct kind *kind, uint32_t before, mr_str **ret_parts, size_t *ret_count)
{
    if (kind == &archive_kind) return cover_archive(g, before, ret_parts, ret_count);
    *ret_parts = MR_NEW(g->w->a, mr_str);
    if (!*ret_parts) return MR_FAIL(g->err, MR_E_NOMEM, "no room for the part of a time-stamp", MR_NOWHERE);
    **ret_parts = kind == &content_kind ? g->text->payload_text : g->text->signature_text;
    *ret_count = 1;
    return MR_OK;
}

static const char *fault_id(int code)
{
    switch (code) {
    case MR_E_SIGNATURE: return "seal.time.changed";
    case MR_E_CERTIFICATE: return "seal.time.authority";
    case MR_E_UNSUPPORTED: return "seal.time.method";
    default: return "seal.time.unreadable";
    }
}

/* The name to show for an authority. */
static mr_str authority_name(mr_arena *a, const mr_certificate *c)
{
    const struct mr_certificate_name *name = mr_certificate_subject(c);
    mr_str best = name->common_name.len ? name->common_name : name->organisation.len ? name->organisation : name->line;
    mr_str copy = mr_arena_dup(a, best);
    return copy.ptr ? copy : MR_STR_EMPTY;
}

/* The certificates beside a token's signature are signed by nobody here. What they are good for is checked with them; that they are as the
 * authority sent them shows where the file holds them once more, and in that the signer's is among them (RFC 3161 2.4.1, certReq). */
static bool is_altered(struct judging *g, const struct mr_timestamp *t)
{
    bool has_signer = t->held_count == 0;
    for (size_t i = 0; i < t->held_count; i++) {
        if (mr_jades_pool_has_twin(g->w->pool, g->w->a, t->held[i])) return true;
        has_signer |= mr_str_eq(mr_certificate_der(t->held[i]), mr_certificate_der(t->authority));
    }
    return !has_signer;
}

static void keep_first(int64_t *first, int64_t time)
{
    if (*first == MR_TIME_NONE || time < *first) *first = time;
}

static int use_stamp(struct judging *g, const struct kind *kind, const struct mr_timestamp *t, struct mr_step *step)
{
    bool covered = true;
    if (is_altered(g, t))
        return mr_jades_refuse(step, "seal.time.changed", "a certificate in the time-stamp was altered");
    for (size_t i = 0; i < t->held_count; i++) mr_jades_pool_share(g->w->pool, t->held[i]);
    if (t->chain.count > 1) {
        struct mr_revocation r;
        MR_TRY(look_up(g, t->chain.certificates[0], t->chain.certificates[1], &r));
        if (r.state == MR_REVOCATION_REVOKED && r.revoked_at <= t->time)
            return mr_jades_refuse(step, "seal.time.authority", "the authority's certificate had been revoked");
    }
    if (kind == &signature_kind) MR_TRY(check_chain_evidence(g, &t->chain, 0, &covered));
    g->authorities_covered &= covered;
    g->stamps++;
    g->anchored += t->chain.state == MR_CHAIN_ANCHORED;
    if (kind != &content_kind) keep_first(&g->j->best_time, t->time);
    if (kind != &content_kind) note_lasting(g, t);
    if (kind != &content_kind && t->chain.state == MR_CHAIN_ANCHORED) keep_first(&g->anchored_first, t->time);
    if (kind == &archive_kind) keep_first(&g->archive_first, t->time);
    if (step->at == MR_TIME_NONE || (kind->latest ? t->time > step->at : t->time < step->at)) {
        step->at = t->time;
        step->authority = authority_name(g->w->a, t->authority);
    }
    return MR_OK;
}

static int judge_token(struct judging *g, const struct kind *kind, const struct mr_jades_token *token,
                       struct mr_step *step)
{
    struct mr_err found = {0};
    struct mr_timestamp t;
    mr_str *parts = NULL;
    size_t count = 0;
    MR_TRY(cover(g, kind, token->before, &parts, &count));
    int code = mr_timestamp_verify(token->der, parts, count, g->w->pool->items, g->w->pool->count, g->w->anchors,
                                   g->w->anchor_count, &t, &found);
    if (code == MR_OK) {
        code = use_stamp(g, kind, &t, step);
        mr_timestamp_done(&t);
        return code;
    }
    if (!mr_jades_is_trouble(code)) return mr_jades_refuse_error(step, fault_id(code), g->w->a, &found);
    if (g->err) *g->err = found;
    return code;
}

/* All tokens of one kind. The first that does not hold fails the step. */
static int judge_tokens(struct judging *g, const struct kind *kind, const struct mr_jades_tokens *tokens,
                        struct mr_step *step)
{
    if (step->state == MR_FAILED) return MR_OK; /* its container was not readable */
    for (size_t i = 0; i < tokens->count; i++) {
        int code = judge_token(g, kind, &tokens->items[i], step);
        if (code == MR_E_FORMAT && step->state == MR_FAILED) return MR_OK;
        MR_TRY(code);
    }
    step->state = tokens->count ? MR_PASSED : MR_NOT_APPLICABLE;
    step->id = tokens->count ? kind->passed : kind->none;
    return MR_OK;
}

/* adoTst stands in the protected header (TS 119 182-1 5.2.6). */
static int judge_content(struct judging *g)
{
    const mr_json *ado = mr_json_get(g->h->json, "adoTst");
    struct mr_jades_tokens tokens = {.count = 0};
    struct mr_step *step = &g->j->content_time;
    if (ado) {
        int code = mr_jades_tokens_read(g->w, ado, 0, &tokens, step, "seal.time.unreadable", g->err);
        if (code != MR_OK && step->state != MR_FAILED) return code;
    }
    return judge_tokens(g, &content_kind, &tokens, step);
}

/* ---- times among each other ---- */

static void fail(struct mr_step *step, const char *id, const char *detail)
{
    if (mr_jades_refuse(step, id, detail) == MR_OK) step->state = MR_FAILED; /* it never is */
}

static bool is_later(int64_t a, int64_t b)
{
    return a != MR_TIME_NONE && b != MR_TIME_NONE && a - b > MR_LIMIT_CLOCK_SKEW_MS;
}

static void compare_times(struct judging *g)
{
    mr_jades *j = g->j;
    struct mr_step *first = j->signature_time.state == MR_PASSED ? &j->signature_time : &j->archive_time;
    if (j->best_time == MR_TIME_NONE || first->state != MR_PASSED) return;
    if (j->content_time.state == MR_PASSED && is_later(j->content_time.at, j->best_time))
        fail(&j->content_time, "seal.time.order", "the content time-stamp is later than the one over the signature");
    if (j->signature_time.state == MR_PASSED && is_later(j->signature_time.at, g->archive_first))
        fail(&j->archive_time, "seal.time.order", "an archive time-stamp is earlier than the one over the signature");
    if (is_later(j->claimed_time, j->best_time))
        fail(first, "seal.time.claim", "the seal states a later time than the time-stamp over it");
    else if (j->best_time > mr_certificate_not_after(j->certificate))
        fail(first, "seal.time.expired", "the seal's certificate had expired before the first time-stamp");
}

/* ---- certificate ---- */

static int build_chain(struct judging *g, int64_t at, struct mr_chain *ret)
{
    return mr_chain_build(g->j->certificate, g->w->pool->items, g->w->pool->count, g->w->anchors, g->w->anchor_count,
                          at, ret, g->err);
}

/* Anybody can run a clock: who holds the key of an expired certificate could stamp his seal with an old time of his own making. An anchored chain therefore
 * stays anchored only at a time that an anchored authority vouches for, or now. */
static int confirm_anchor(struct judging *g)
{
    struct mr_chain sure;
    if (g->j->chain.state != MR_CHAIN_ANCHORED || g->j->best_time == g->anchored_first) return MR_OK;
    MR_TRY(build_chain(g, g->anchored_first == MR_TIME_NONE ? g->w->now : g->anchored_first, &sure));
    if (sure.state == MR_CHAIN_ANCHORED) return MR_OK;
    g->j->chain.state = MR_CHAIN_UNANCHORED;
    g->j->chain.why = "only a time-stamp without an anchor says that the certificate was valid then";
    return MR_OK;
}

static int judge_chain(struct judging *g)
{
    mr_jades *j = g->j;
    const char *why = NULL;
    if (!mr_certificate_may_seal(j->certificate, &why)) j->purpose_why = why;
    MR_TRY(build_chain(g, j->best_time == MR_TIME_NONE ? g->w->now : j->best_time, &j->chain));
    return confirm_anchor(g);
}

/* The issuer's certificate, or NULL. A chain that broke at an expired certificate ends before it: then as it was in the certificate's days. */
static int find_issuer(struct judging *g, mr_certificate **ret)
{
    mr_jades *j = g->j;
    struct mr_chain then = j->chain;
    *ret = NULL;
    if (then.count < 2) MR_TRY(build_chain(g, mr_certificate_not_after(j->certificate), &then));
    if (then.count > 1) *ret = then.certificates[1];
    return MR_OK;
}

/* Evidence that was old when the seal was proven to exist says little about that moment (EN 319 102-1 5.2.5, freshness). */
bool mr_jades_is_stale(const struct mr_revocation *r, int64_t at)
{
    if (r->next_update != MR_TIME_NONE && r->next_update >= at) return false;
    return r->this_update == MR_TIME_NONE || at - r->this_update > MR_LIMIT_EVIDENCE_AGE_MS;
}

static void set_evidence(struct judging *g, mr_state state, const char *id, const char *detail, int64_t at)
{
    g->j->revocation_evidence = (struct mr_step){.state = state, .id = id, .detail = mr_str_of(detail), .at = at};
}

/* Was the seal there before its certificate was revoked? Whoever holds a revoked key can run a clock too: only an anchored authority's word counts. */
static bool is_revoked_later(const struct judging *g, const struct mr_revocation *r)
{
    return g->anchored_first != MR_TIME_NONE && r->revoked_at != MR_TIME_NONE && r->revoked_at > g->anchored_first;
}

static const char *bad_evidence_id(mr_revocation_fault fault)
{
    switch (fault) {
    case MR_REVOCATION_FAULT_RESPONDER: return "seal.revocation_evidence.responder";
    case MR_REVOCATION_FAULT_SIGNATURE: return "seal.revocation_evidence.changed";
    default: return "seal.revocation_evidence.unusable";
    }
}

static void state_evidence(struct judging *g, const struct mr_revocation *r)
{
    int64_t at = g->j->best_time == MR_TIME_NONE ? g->w->now : g->j->best_time;
    switch (r->state) {
    case MR_REVOCATION_GOOD:
        if (mr_jades_is_stale(r, at))
            set_evidence(g, MR_UNCHECKED, "seal.revocation_evidence.stale", "too old for the time of the seal",
                         r->this_update);
        else
            set_evidence(g, MR_PASSED, "seal.revocation_evidence.passed", "", r->this_update);
        break;
    case MR_REVOCATION_REVOKED:
        if (is_revoked_later(g, r))
            set_evidence(g, MR_PASSED, "seal.revocation_evidence.later", "revoked after the seal was made",
                         r->revoked_at);
        else
            set_evidence(g, MR_FAILED, "seal.revocation_evidence.revoked", "the seal's certificate is revoked",
                         r->revoked_at);
        break;
    case MR_REVOCATION_UNKNOWN:
        set_evidence(g, MR_UNCHECKED, "seal.revocation_evidence.unusable",
                     "the responder does not know the certificate", r->this_update);
        break;
    case MR_REVOCATION_BAD: set_evidence(g, MR_UNCHECKED, bad_evidence_id(r->fault), r->why, MR_TIME_NONE); break;
    case MR_REVOCATION_ABSENT:
        set_evidence(g, MR_UNCHECKED, "seal.revocation_evidence.absent", "no evidence is about the seal's certificate",
                     MR_TIME_NONE);
        break;
    }
}

static int judge_evidence(struct judging *g)
{
    mr_certificate *issuer;
    struct mr_revocation r;
    if (!g->u->has_evidence) {
        set_evidence(g, MR_NOT_APPLICABLE, "seal.revocation_evidence.none", "", MR_TIME_NONE);
        return MR_OK;
    }
    MR_TRY(find_issuer(g, &issuer));
    if (!issuer) {
        set_evidence(g, MR_UNCHECKED, "seal.revocation_evidence.unusable", "the issuer's certificate is not there",
                     MR_TIME_NONE);
        return MR_OK;
    }
    MR_TRY(look_up(g, g->j->certificate, issuer, &r));
    state_evidence(g, &r);
    return MR_OK;
}

/* ---- level ---- */

/* TS 119 182-1 section 6.3, table 1. */
static int judge_level(struct judging *g)
{
    mr_jades *j = g->j;
    bool covered;
    if (j->signature.state != MR_PASSED || g->h->old_time) return MR_OK;
    j->level = MR_JADES_B;
    if (j->signature_time.state != MR_PASSED || g->u->signature.shared_container) return MR_OK;
    j->level = MR_JADES_T;
    if (j->revocation_evidence.state != MR_PASSED || !g->authorities_covered || g->u->has_references) return MR_OK;
    MR_TRY(check_chain_evidence(g, &j->chain, 1, &covered));
    if (!covered) return MR_OK;
    j->level = j->archive_time.state == MR_PASSED ? MR_JADES_LTA : MR_JADES_LT;
    return MR_OK;
}

static void set_clear(struct mr_step *step)
{
    *step = (struct mr_step){.state = MR_UNCHECKED,
                             .id = "seal.time.clear",
                             .detail = MR_STR_INIT("etsiU holds objects in clear text"),
                             .at = MR_TIME_NONE};
}

int mr_jades_judge_times(struct mr_jades_work *w, const struct mr_jades_text *text, const struct mr_jades_header *h,
                         const struct mr_jades_unsigned *u, mr_jades *j, struct mr_err *err)
{
    struct judging g = {.w = w,
                        .text = text,
                        .h = h,
                        .u = u,
                        .j = j,
                        .err = err,
                        .archive_first = MR_TIME_NONE,
                        .anchored_first = MR_TIME_NONE,
                        .authorities_covered = true,
                        .last_stamp = MR_TIME_NONE};
    MR_TRY(judge_content(&g));
    MR_TRY(judge_tokens(&g, &signature_kind, &u->signature, &j->signature_time));
    MR_TRY(judge_tokens(&g, &archive_kind, &u->archive, &j->archive_time));
    compare_times(&g);
    j->anchored_time = g.anchored_first;
    j->timestamps_anchored = g.stamps > 0 && g.anchored == g.stamps;
    MR_TRY(judge_chain(&g));
    if (j->lasts_until == MR_TIME_NONE) j->lasts_until = mr_certificate_not_after(j->certificate);
    MR_TRY(judge_evidence(&g));
    if (u->clear) {
        set_clear(&j->signature_time);
        set_clear(&j->archive_time);
        set_clear(&j->revocation_evidence);
    }
    return judge_level(&g);
}
