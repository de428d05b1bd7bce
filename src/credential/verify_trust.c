/* The check `trust`: who vouches for the issuer, who says so, on the day of the seal. What is true is found by credential/trust.h and put into
 * words by credential/trust_words.h; here it becomes a check. */
#include "credential/verify_inside.h"

#include "credential/trust_words.h"

static mr_state state_of(const struct mr_trust_answer *x)
{
    return x->state == MR_TRUST_KNOWN ? MR_PASSED : x->state == MR_TRUST_WITHDRAWN ? MR_FAILED : MR_UNCHECKED;
}

static struct mr_check *claim(struct mr_verification *w, const struct mr_trust_answer *x, mr_str issuer)
{
    struct mr_check *c = mr_verify_claim(w, MR_CHECK_TRUST, state_of(x), mr_trust_say(w->a, w->l, x, issuer));
    c->source = x->list ? mr_trust_name_list(w->a, w->l, x->list) : mr_verify_say(w, "source.anchors");
    return c;
}

/* The day that counts for an identifier: of awarding, as the credential says; a time-stamp knows better. */
static int64_t awarding_day(const struct mr_verification *w, const struct mr_found *f)
{
    const mr_view *v = &w->r->view;
    if (f->proven_time != MR_TIME_NONE) return f->proven_time;
    if (mr_date_is_set(v->awarded_on)) return mr_date_to_time(v->awarded_on);
    return v->issued != MR_TIME_NONE ? v->issued : v->valid_from != MR_TIME_NONE ? v->valid_from : w->now;
}

int mr_verify_trust_identifier(struct mr_verification *w, const struct mr_found *f, mr_str id, struct mr_err *err)
{
    struct mr_trust_answer x;
    MR_TRY(mr_trust_judge_identifier(w->v->v.trust, w->a, id, awarding_day(w, f), w->now, &x, err));
    struct mr_check *c = claim(w, &x, id);
    if (x.state == MR_TRUST_KNOWN && x.party.len) mr_verify_certify_names(w, x.party);
    if (x.list) c->detail = mr_trust_describe(w->a, &x, id);
    return MR_OK;
}

static int check_certificate(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    struct mr_trust_answer x;
    /* A time-stamp of one's own making does not take the question back to a day when the list still vouched. */
    bool vouched = f->vouched_time != MR_TIME_NONE;
    int64_t said = f->proven_time != MR_TIME_NONE ? f->proven_time : f->claimed_time;
    const struct mr_trust_question q = {
        .leaf = f->certificate,
        .anchor = f->chain.state == MR_CHAIN_ANCHORED ? f->chain.anchor : NULL,
        .at = vouched ? f->vouched_time : w->now,
        .lists_broken = w->lists_broken,
        .claimed = vouched ? MR_TIME_NONE : said,
    };
    MR_TRY(mr_trust_judge(w->v->v.trust, w->a, &q, &x, err));
    struct mr_check *c = claim(w, &x, w->r->view.issuer);
    if (q.anchor)
        c->detail = mr_trust_describe(w->a, &x, mr_certificate_subject(q.anchor)->line);
    else
        c->detail = mr_trust_describe(w->a, &x,
                                      mr_arena_format(w->a, "issued by %.*s%s%s",
                                                      MR_STR_ARG(mr_certificate_issuer(f->certificate)->line),
                                                      f->chain.why ? "; " : "", f->chain.why ? f->chain.why : ""));
    return MR_OK;
}

/* The seal may be from before. One that says itself that it was made afterwards is not. */
static bool is_expired_since(const struct mr_found *f)
{
    return f->chain.expired && f->proven_time == MR_TIME_NONE &&
           (f->claimed_time == MR_TIME_NONE || f->claimed_time <= mr_certificate_not_after(f->certificate));
}

int mr_verify_trust(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    struct mr_check *c;
    if (!f->certificate && f->secured && f->secured->key.controller.len)
        return mr_verify_trust_identifier(w, f, f->secured->key.controller, err);
    if (f->chain.is_test) {
        w->r->test_seal = true;
        c = mr_verify_claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.test_seal");
    } else if (!f->certificate)
        c = mr_verify_claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.key_only");
    else if (is_expired_since(f)) {
        c = mr_verify_claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.expired");
        c->detail = mr_str_of(f->chain.why);
    } else if (f->chain.state == MR_CHAIN_BROKEN) {
        c = mr_verify_claim_id(w, MR_CHECK_TRUST, MR_FAILED, "trust.broken");
        c->detail = mr_str_of(f->chain.why);
    } else
        return check_certificate(w, f, err);
    c->source = mr_verify_say(w, "source.anchors");
    return MR_OK;
}
