/* Candidates are collected from three places: the trust folder, the credential itself, the address that it names. Each is opened and judged on its own; one that
 * a newer record of the same decision by the same signer replaces is left out, wherever it was found, so that an old copy inside a credential does not
 * survive its withdrawal. Of what remains the answer that says most is given.
 *
 * From a record that does not stand nothing follows, neither good nor bad: anybody can write one. */
#include "credential/accreditation_judge.h"

#include "base/limits.h"
#include "credential/accreditation_chain.h"
#include "credential/status.h"

struct candidate {
    mr_accreditation_record record;
    struct mr_accreditation_standing standing;
    bool fetched;
};
struct judging {
    mr_arena *a;
    const struct mr_accreditation_judging *j;
    const mr_accreditation *claim;
    const struct mr_awarding_party *party;
    const struct mr_coverage_question *question;
    struct candidate *all; /* MR_LIMIT_ACCREDITATION_TRIES */
    size_t count;
    struct mr_err *err;
};

/* ---- what a record is worth ---- */

static void stand(struct mr_accreditation_standing *s, mr_state state, const char *id, mr_str detail)
{
    s->step = (struct mr_step){.state = state, .id = id, .detail = detail, .at = MR_TIME_NONE};
}

/* May the signer accredit? Whoever is known for it; of a certificate an anchor must vouch, too, for anybody can write a number into one. */
static const struct mr_known_issuer *find_accreditor(const struct mr_accreditation_judging *j,
                                                     const struct mr_accreditation_seal *seal)
{
    if (seal->is_test || (seal->signer_name.len && !seal->anchor.len)) return NULL;
    return mr_trust_find_accreditor(j->trust, seal->signer);
}

static int ask_status(mr_arena *a, const struct mr_accreditation_judging *j, const mr_accreditation_record *r,
                      const mr_json *payload, struct mr_accreditation_standing *s, struct mr_err *err)
{
    const struct mr_status_asking asking = {.opening = j->opening, .issuer = r->issuer};
    struct mr_status_answer answer;
    MR_TRY(mr_status_ask(a, &asking, payload, &answer, err));
    if (answer.step.state == MR_FAILED)
        stand(s, MR_UNCHECKED,
              answer.status == MR_STATUS_SUSPENDED ? "accreditation.suspended_now" : "accreditation.withdrawn_now",
              answer.list);
    if (answer.step.state == MR_UNCHECKED) stand(s, MR_UNCHECKED, "accreditation.status", answer.list);
    return MR_OK;
}

/* An agent that is not known itself may have been accredited to accredit by one that is. */
static int climb(mr_arena *a, const struct mr_accreditation_judging *j, const mr_accreditation_record *r,
                 const mr_json *payload, mr_str *ret_root, struct mr_err *err)
{
    const struct mr_climbing climbing = {.opening = j->opening, .trust = j->trust, .at = r->made};
    struct mr_accreditation_chain chain;
    *ret_root = MR_STR_EMPTY;
    if (r->made == MR_TIME_NONE || !mr_accreditation_names_policy(payload)) return MR_OK;
    MR_TRY(mr_accreditation_chain_follow(a, &climbing, payload, &chain, err));
    if (chain.step.state == MR_PASSED) *ret_root = chain.root;
    return MR_OK;
}

static int judge_signer(mr_arena *a, const struct mr_accreditation_judging *j, const mr_accreditation_record *r,
                        const mr_json *payload, struct mr_accreditation_standing *s, struct mr_err *err)
{
    const char *fault = mr_accreditation_signer_fault(r, &s->seal);
    const struct mr_known_issuer *known = find_accreditor(j, &s->seal);
    mr_str name = s->seal.signer_name.len ? s->seal.signer_name : s->seal.signer;
    if (fault) return stand(s, MR_UNCHECKED, fault, name), MR_OK;
    if (known)
        s->voucher = known->name.len ? known->name : known->id;
    else if (!s->seal.is_test && !s->seal.signer_name.len)
        MR_TRY(climb(a, j, r, payload, &s->voucher, err));
    if (!s->voucher.len) {
        stand(s, MR_UNCHECKED, s->seal.is_test ? "accreditation.agency_test" : "accreditation.agency_unknown", name);
        return MR_OK;
    }
    if (s->seal.key_revoked != MR_TIME_NONE && s->seal.key_revoked <= j->opening.now) {
        stand(s, MR_UNCHECKED, "accreditation.key_revoked", s->seal.signer);
        return MR_OK;
    }
    s->trusted = true;
    stand(s, MR_PASSED, "accreditation.stands", name);
    return ask_status(a, j, r, payload, s, err);
}

int mr_accreditation_stand(mr_arena *a, const struct mr_accreditation_judging *j, mr_str text,
                           mr_accreditation_record *ret, struct mr_accreditation_standing *ret_standing,
                           struct mr_err *err)
{
    const mr_json *payload = NULL;
    *ret_standing = (struct mr_accreditation_standing){0};
    MR_TRY(mr_accreditation_open(a, &j->opening, j->trust, text, ret, &ret_standing->seal, &payload, err));
    const struct mr_step *step = &ret_standing->seal.step;
    if (step->state != MR_PASSED) {
        stand(ret_standing, MR_UNCHECKED, "accreditation.seal", mr_str_of(step->id));
        return MR_OK;
    }
    if (!ret->is_record) {
        stand(ret_standing, MR_UNCHECKED, "accreditation.form", MR_STR_EMPTY);
        return MR_OK;
    }
    return judge_signer(a, j, ret, payload, ret_standing, err);
}

/* ---- finding records ---- */

static int add(struct judging *w, mr_str text, mr_str name, bool fetched)
{
    if (w->count == MR_LIMIT_ACCREDITATION_TRIES) return MR_OK;
    for (size_t i = 0; i < w->count; i++)
        if (mr_str_eq(w->all[i].record.text, mr_str_trim(text))) return MR_OK;
    struct candidate *c = &w->all[w->count++];
    MR_TRY(mr_accreditation_stand(w->a, w->j, text, &c->record, &c->standing, w->err));
    c->record.name = name;
    c->fetched = fetched;
    return MR_OK;
}

static bool names_the_same_decision(const mr_accreditation *a, const mr_accreditation *b)
{
    const mr_str one[] = {a->id, a->reference}, two[] = {b->id, b->reference};
    for (size_t i = 0; i < 4; i++)
        if (one[i / 2].len && mr_str_eq(one[i / 2], two[i % 2])) return true;
    return false;
}

/* Another agency's record proves nothing of what is claimed of this one. */
static bool is_of_agent(const struct judging *w, const mr_accreditation *record)
{
    const mr_accreditation *claim = w->claim;
    bool named = claim && (claim->agent.names.count || claim->agent.identifier_count);
    return !named || mr_party_compare(&claim->agent, &record->agent) != MR_PARTY_OTHER;
}

/* How near a record of the folder is, from what it says unverified: 0 covers, 1 a decision that is among the candidates, 2 of the same party; 3 none of
 * these. */
static int distance(const struct judging *w, const mr_accreditation *record)
{
    if (!is_of_agent(w, record)) return 3;
    mr_coverage c = mr_accreditation_covers(record, w->question);
    if (mr_coverage_holds(c)) return 0;
    for (size_t i = 0; i < w->count; i++)
        if (names_the_same_decision(&w->all[i].record.accreditation, record)) return 1;
    if (w->claim && names_the_same_decision(w->claim, record)) return 1;
    return c == MR_OUTSIDE_ORGANISATION ? 3 : 2;
}

static int add_from_folder(struct judging *w)
{
    const mr_trust *t = w->j->trust;
    for (int near = 0; t && near < 3; near++)
        for (size_t i = 0; i < t->record_count; i++) {
            const mr_accreditation_record *r = &t->records[i];
            if (r->is_record && distance(w, &r->accreditation) == near) MR_TRY(add(w, r->text, r->name, false));
        }
    return MR_OK;
}

static bool is_https(mr_str url)
{
    return mr_str_has_prefix(url, MR_STR("https://"));
}

/* What stands at the address may be a page for people: then there is no record, which is no fault. */
static int add_from_network(struct judging *w)
{
    const mr_fetch *fetch = w->j->opening.fetch;
    mr_str url = !w->claim ? MR_STR_EMPTY : is_https(w->claim->reference) ? w->claim->reference : w->claim->id;
    mr_accreditation_record peeked;
    mr_str text = MR_STR_EMPTY;
    struct mr_err e = {0};
    if (!fetch || !is_https(url)) return MR_OK;
    int code = fetch->get(fetch->self, w->a, url, "application/vc+jwt, application/vc, application/json",
                          MR_LIMIT_ACCREDITATION, &text, &e);
    if (code == MR_OK) code = mr_accreditation_peek(w->a, text, &peeked, &e);
    if (code == MR_E_NOMEM) return MR_FAIL(w->err, MR_E_NOMEM, "no memory for accreditations", MR_NOWHERE);
    return code == MR_OK ? add(w, text, url, true) : MR_OK;
}

static int collect(struct judging *w)
{
    for (size_t i = 0; i < w->j->embedded_count; i++) MR_TRY(add(w, w->j->embedded[i], MR_STR_EMPTY, false));
    MR_TRY(add_from_network(w));
    return add_from_folder(w);
}

/* ---- what they say ---- */

static bool is_replaced(const struct judging *w, const struct candidate *c)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct candidate *other = &w->all[i];
        if (other != c && other->standing.trusted && other->record.made > c->record.made &&
            mr_str_eq(other->standing.seal.signer, c->standing.seal.signer) && c->record.accreditation.id.len &&
            mr_str_eq(other->record.accreditation.id, c->record.accreditation.id))
            return true;
    }
    return false;
}

/* The identifiers that a credential gives its issuer are the issuer's own word. One of the record must be the seal's, or at least the name: else whoever
 * writes another's register number beside his own name would take over its accreditation. */
static bool is_certified(const struct judging *w, const mr_accreditation *record)
{
    if (!w->party->is_issuer) return true;
    for (size_t i = 0; i < record->organisation_count; i++)
        if (mr_party_compare(&record->organisations[i], &w->party->certified) != MR_PARTY_OTHER) return true;
    return false;
}

static const char *message_of(mr_coverage c)
{
    static const char *const ids[MR_COVERAGES_] = {
        [MR_COVERS] = "quality.passed",
        [MR_COVERS_WITH_CONDITIONS] = "quality.passed_conditions",
        [MR_OUTSIDE_ORGANISATION] = "quality.outside.organisation",
        [MR_OUTSIDE_DECISION] = "quality.outside.decision",
        [MR_OUTSIDE_EARLY] = "quality.outside.early",
        [MR_OUTSIDE_EXPIRED] = "quality.outside.expired",
        [MR_OUTSIDE_WITHDRAWN] = "quality.outside.withdrawn",
        [MR_OUTSIDE_SUSPENDED] = "quality.outside.suspended",
        [MR_OUTSIDE_PROGRAMME] = "quality.outside.programme",
        [MR_OUTSIDE_FIELD] = "quality.outside.field",
        [MR_OUTSIDE_LEVEL] = "quality.outside.level",
        [MR_OUTSIDE_JURISDICTION] = "quality.outside.jurisdiction",
        [MR_OUTSIDE_TYPE] = "quality.outside.type",
        [MR_UNDECIDED_ORGANISATION] = "quality.undecided.organisation",
        [MR_UNDECIDED_DECISION] = "quality.undecided.decision",
        [MR_UNDECIDED_DAY] = "quality.undecided.day",
        [MR_UNDECIDED_PROGRAMME] = "quality.undecided.programme",
        [MR_UNDECIDED_FIELD] = "quality.undecided.field",
        [MR_UNDECIDED_LEVEL] = "quality.undecided.level",
        [MR_UNDECIDED_JURISDICTION] = "quality.undecided.jurisdiction",
        [MR_UNDECIDED_TYPE] = "quality.undecided.type",
    };
    return ids[c];
}

static mr_str say_day(mr_arena *a, mr_date day)
{
    char text[11] = "";
    if (mr_date_is_set(day)) mr_date_write(day, text);
    return mr_arena_dup(a, mr_str_of(text));
}

/* For experts: which record, in force when, signed by whom. */
static mr_str describe(struct judging *w, const struct candidate *c)
{
    const mr_accreditation *r = &c->record.accreditation;
    mr_str from = say_day(w->a, mr_date_is_set(r->valid_from) ? r->valid_from : r->issued),
           until = say_day(w->a, r->valid_until), withdrawn = say_day(w->a, r->withdrawn),
           name = c->record.name.len ? c->record.name : r->id;
    return mr_arena_format(w->a, "%.*s: %.*s/%.*s%s%.*s; %.*s", MR_STR_ARG(name), MR_STR_ARG(from), MR_STR_ARG(until),
                           withdrawn.len ? ", withdrawn " : "", MR_STR_ARG(withdrawn),
                           MR_STR_ARG(c->standing.seal.signer));
}

static void answer_of(struct judging *w, const struct candidate *c, struct mr_accreditation_answer *ret)
{
    const struct mr_step *step = &c->standing.step;
    const mr_accreditation *record = &c->record.accreditation;
    *ret = (struct mr_accreditation_answer){.state = MR_UNCHECKED,
                                            .id = step->id,
                                            .coverage = MR_COVERAGES_,
                                            .record = *record,
                                            .voucher = c->standing.voucher,
                                            .detail = step->detail,
                                            .fetched = c->fetched};
    if (!c->standing.trusted) return;
    mr_coverage coverage = mr_accreditation_covers(record, w->question);
    if (mr_coverage_holds(coverage) && !is_certified(w, record)) coverage = MR_UNDECIDED_ORGANISATION;
    /* A status without a date changes nothing about what was outside in any case. */
    if (!mr_coverage_is_outside(coverage) && step->state != MR_PASSED) return;
    ret->coverage = coverage;
    ret->id = message_of(coverage);
    ret->state = mr_coverage_holds(coverage) ? MR_PASSED : mr_coverage_is_outside(coverage) ? MR_FAILED : MR_UNCHECKED;
    ret->detail = describe(w, c);
}

/* Passed, passed with conditions, failed, unchecked after a look at its limits, unchecked. */
static int rank(const struct mr_accreditation_answer *a)
{
    if (a->state == MR_PASSED) return a->coverage == MR_COVERS ? 0 : 1;
    if (a->state == MR_FAILED)
        return a->coverage == MR_OUTSIDE_ORGANISATION ? 4 : a->coverage == MR_OUTSIDE_PROGRAMME ? 3 : 2;
    return a->coverage != MR_COVERAGES_ ? 5 : a->record.title.count ? 6 : 7;
}

bool mr_accreditation_answer_is_better(const struct mr_accreditation_answer *a,
                                       const struct mr_accreditation_answer *than)
{
    return rank(a) < rank(than);
}

int mr_accreditation_judge(mr_arena *a, const struct mr_accreditation_judging *j, const mr_accreditation *claim,
                           const struct mr_awarding_party *party, const struct mr_coverage_question *question,
                           struct mr_accreditation_answer *ret, struct mr_err *err)
{
    struct judging w = {.a = a, .j = j, .claim = claim, .party = party, .question = question, .err = err};
    *ret = (struct mr_accreditation_answer){.state = MR_UNCHECKED,
                                            .id = j->opening.fetch ? "quality.no_record" : "quality.not_asked",
                                            .coverage = MR_COVERAGES_};
    w.all = MR_NEW_ARRAY(a, struct candidate, MR_LIMIT_ACCREDITATION_TRIES);
    if (!w.all) return MR_FAIL(err, MR_E_NOMEM, "no memory for accreditations", MR_NOWHERE);
    MR_TRY(collect(&w));
    for (size_t i = 0; i < w.count; i++) {
        struct mr_accreditation_answer answer;
        const struct candidate *c = &w.all[i];
        if (is_replaced(&w, c) || !is_of_agent(&w, &c->record.accreditation)) continue;
        answer_of(&w, c, &answer);
        if (mr_accreditation_answer_is_better(&answer, ret)) *ret = answer;
    }
    return MR_OK;
}
