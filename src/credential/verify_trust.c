/* The check `trust`: who vouches for the issuer, who says so, on the day of the seal. What is true is found by credential/trust.h; here it is put into
 * words. The sentence names the register and its date, and never says "not known" where nothing could tell. */
#include "credential/verify_inside.h"

#include "credential/wording.h"

/* "the trusted list of DK (Digitaliseringsstyrelsen)", or the name that the operator gave it. */
static mr_str name_list(struct mr_verification *w, const struct mr_trust_list *l)
{
    if (l->given_name.len) return l->given_name;
    if (mr_str_is(l->kind, "tsl") && l->territory.len)
        return MR_SAY(w->a, w->l, "trust.list.country", {"territory", l->territory}, {"operator", l->operator});
    return MR_SAY(w->a, w->l, "trust.list.other", {"name", l->name.len ? l->name : l->operator});
}

static mr_str say_day(struct mr_verification *w, int64_t time)
{
    return time == MR_TIME_NONE ? mr_verify_say(w, "trust.day_unknown")
                                : mr_say_date(w->a, w->l, mr_date_of_time(time));
}

static mr_str say_answer(struct mr_verification *w, const struct mr_trust_answer *x, mr_str issuer)
{
    const struct mr_trust_list *l = x->list;
    mr_str says = x->says.len ? x->says : mr_verify_say(w, "trust.this_installation");
    return MR_SAY(w->a, w->l, x->id, {"authority", x->party}, {"party", x->party}, {"name", x->party},
                  {"issuer", issuer}, {"says", says}, {"list", l ? name_list(w, l) : MR_STR_EMPTY},
                  {"date", say_day(w, l ? l->issued : MR_TIME_NONE)},
                  {"next", say_day(w, l ? l->next_update : MR_TIME_NONE)}, {"day", say_day(w, x->at)},
                  {"since", say_day(w, x->since)}, {"until", say_day(w, x->until)}, {"territory", x->territory});
}

static mr_state state_of(const struct mr_trust_answer *x)
{
    return x->state == MR_TRUST_KNOWN ? MR_PASSED : x->state == MR_TRUST_WITHDRAWN ? MR_FAILED : MR_UNCHECKED;
}

/* What experts want: kind and status of the service, number and age of the list, why the seal is worth no more. */
static mr_str describe(struct mr_verification *w, const struct mr_trust_answer *x, mr_str chain)
{
    char issued[21] = "-", next[21] = "-";
    mr_str list = MR_STR(""), service = MR_STR("");
    if (x->list && x->list->issued != MR_TIME_NONE) mr_time_write(x->list->issued, issued);
    if (x->list && x->list->next_update != MR_TIME_NONE) mr_time_write(x->list->next_update, next);
    if (x->list)
        list = mr_arena_format(w->a, "; list %.*s no. %lld of %s, next update %s%s", MR_STR_ARG(x->list->id),
                               (long long)x->list->sequence, issued, next,
                               x->partial ? "; some lists are missing here" : "");
    if (x->service_type.len)
        service = mr_arena_format(w->a, "; service %.*s, status %.*s", MR_STR_ARG(x->service_type),
                                  MR_STR_ARG(x->status.len ? x->status : MR_STR("listed")));
    return mr_arena_format(w->a, "%.*s%.*s%.*s%s%s%s%.*s", MR_STR_ARG(chain), MR_STR_ARG(service), MR_STR_ARG(list),
                           x->says.len ? "; file " : "", x->says.len ? x->says.ptr : "",
                           x->standing_why ? "; standing: " : "", x->standing_why ? (int)strlen(x->standing_why) : 0,
                           x->standing_why ? x->standing_why : "");
}

/* What the seal is worth, where a list says so. */
static mr_str add_standing(struct mr_verification *w, const struct mr_trust_answer *x, mr_str text)
{
    static const char *const ids[] = {[MR_STANDING_ADVANCED] = "trust.standing.advanced",
                                      [MR_STANDING_ADVANCED_QUALIFIED] = "trust.standing.advanced_qualified",
                                      [MR_STANDING_QUALIFIED] = "trust.standing.qualified"};
    if (x->state != MR_TRUST_KNOWN || !x->list || x->standing == MR_STANDING_UNDECIDED) return text;
    return mr_arena_concat(w->a, (const mr_str[]){text, MR_STR(" "), mr_verify_say(w, ids[x->standing])}, 3);
}

static struct mr_check *claim(struct mr_verification *w, const struct mr_trust_answer *x, mr_str issuer)
{
    struct mr_check *c = mr_verify_claim(w, MR_CHECK_TRUST, state_of(x), add_standing(w, x, say_answer(w, x, issuer)));
    c->source = x->list ? name_list(w, x->list) : mr_verify_say(w, "source.anchors");
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

static int check_identifier(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    struct mr_trust_answer x;
    mr_str id = f->secured->key.controller;
    MR_TRY(mr_trust_judge_identifier(w->v->v.trust, w->a, id, awarding_day(w, f), w->now, &x, err));
    struct mr_check *c = claim(w, &x, id);
    if (x.list) c->detail = describe(w, &x, id);
    return MR_OK;
}

static int check_certificate(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    struct mr_trust_answer x;
    const struct mr_trust_question q = {
        .leaf = f->certificate,
        .anchor = f->chain.state == MR_CHAIN_ANCHORED ? f->chain.anchor : NULL,
        .at = f->proven_time != MR_TIME_NONE ? f->proven_time : w->now,
        .claimed = f->proven_time == MR_TIME_NONE ? f->claimed_time : MR_TIME_NONE,
    };
    MR_TRY(mr_trust_judge(w->v->v.trust, w->a, &q, &x, err));
    struct mr_check *c = claim(w, &x, w->r->view.issuer);
    if (q.anchor)
        c->detail = describe(w, &x, mr_certificate_subject(q.anchor)->line);
    else
        c->detail = describe(w, &x,
                             mr_arena_format(w->a, "issued by %.*s%s%s",
                                             MR_STR_ARG(mr_certificate_issuer(f->certificate)->line),
                                             f->chain.why ? "; " : "", f->chain.why ? f->chain.why : ""));
    return MR_OK;
}

int mr_verify_trust(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    struct mr_check *c;
    if (!f->certificate && f->secured && f->secured->key.controller.len) return check_identifier(w, f, err);
    if (f->chain.is_test) {
        w->r->test_seal = true;
        c = mr_verify_claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.test_seal");
    } else if (!f->certificate)
        c = mr_verify_claim_id(w, MR_CHECK_TRUST, MR_UNCHECKED, "trust.key_only");
    else if (f->chain.state == MR_CHAIN_BROKEN) {
        c = mr_verify_claim_id(w, MR_CHECK_TRUST, MR_FAILED, "trust.broken");
        c->detail = mr_str_of(f->chain.why);
    } else
        return check_certificate(w, f, err);
    c->source = mr_verify_say(w, "source.anchors");
    return MR_OK;
}
