/* The check `quality`: what assures the quality of what was awarded, by whom, on the day of awarding (DESIGN sections 4 and 5.4).
 *
 * A credential claims accreditations in its ELM nodes (of the specification, of an awarding body, as evidence) or by a policy in termsOfUse. What is
 * claimed is looked for in signed records (accreditation_judge.h), or climbed up to a root (accreditation_chain.h).
 *
 * Asked is every achievement of the credential, with those inside it, and for each every awarding body: never the issuer in its place, and never the
 * accrediting agent. For one such pair the best answer counts, because a provider may have several accreditations; of all pairs the worst, so that no
 * failure disappears behind a success. An achievement that cannot be looked at counts as one that could not be checked. */
#include "credential/accreditation_chain.h"
#include "credential/accreditation_judge.h"
#include "credential/each.h"
#include "credential/elm_accreditation.h"
#include "credential/verify_inside.h"
#include "credential/wording.h"

#include "base/encoding.h"
#include "base/limits.h"

enum { EMBEDDED_MOST = 8, LINES_MOST = 16, REMEMBERED_MOST = 16 };

/* What was asked for in this check: many achievements name one accreditation, and each question costs of what may be asked (struct mr_fetch_budget). */
struct remembered {
    mr_str url, text;
    int code;
};
struct quality {
    struct mr_verification *w;
    mr_fetch once;
    struct remembered remembered[REMEMBERED_MOST];
    size_t remembered_count;
    const struct mr_found *f;
    const mr_json *document, *issuer;
    struct mr_accreditation_judging judging;
    mr_str embedded[EMBEDDED_MOST];
    mr_date issued; /* when an achievement does not say when it was awarded */
    size_t claims;  /* accreditations that were read */
    bool any_claim; /* one of them is an accreditation by somebody else */
    bool looking;   /* only for claims; nothing is judged yet */
    bool too_many;  /* more than are looked at */
    mr_str reviews; /* names of what others said that is no accreditation */
    mr_str lines[LINES_MOST];
    size_t line_count, pairs;
    bool fetched;
    struct mr_err *err;
};

/* ---- saying ---- */

static int badness(const struct mr_check *c, bool conditional)
{
    return c->state == MR_FAILED ? 3 : c->state == MR_UNCHECKED ? 2 : conditional ? 1 : 0;
}

/* Of all answers the worst is the sentence; all of them stand in the detail. */
static void tell(struct quality *q, mr_state state, bool conditional, mr_str text, mr_str detail)
{
    struct mr_check *c = &q->w->r->checks[MR_CHECK_QUALITY];
    struct mr_check answer = {.state = state};
    bool known = false;
    q->pairs++;
    mr_str line = detail.len ? detail : text;
    for (size_t i = 0; i < q->line_count; i++) known = known || mr_str_eq(q->lines[i], line);
    if (!known && q->line_count < LINES_MOST) q->lines[q->line_count++] = line;
    if (c->claimed && badness(&answer, conditional) <= badness(c, c->at == 1)) return;
    mr_verify_claim(q->w, MR_CHECK_QUALITY, state, text);
    c->at = conditional; /* until `finish` */
}

static mr_str name_of(const struct quality *q, const mr_party *p)
{
    mr_str name = mr_texts_get(p->names, mr_language_tag(q->w->l), NULL);
    if (name.len || !p->identifier_count) return name;
    return mr_wording_identifier(q->w->a, p->identifiers[0].value);
}

static mr_str say_day(const struct quality *q, mr_date day)
{
    return mr_date_is_set(day) ? mr_say_date(q->w->a, q->w->l, day) : MR_STR_EMPTY;
}

static mr_str say_answer(struct quality *q, const struct mr_accreditation_answer *a, const mr_accreditation *claim,
                         const struct mr_awarding_party *party, const struct mr_coverage_question *question)
{
    const struct mr_verification *w = q->w;
    const mr_accreditation *r = a->record.title.count || !claim ? &a->record : claim;
    mr_str tag = mr_language_tag(w->l), agency = name_of(q, &r->agent), title = mr_texts_get(r->title, tag, NULL);
    mr_str conditions = mr_texts_get(r->conditions, tag, NULL);
    const char *id = a->id;
    if (a->coverage == MR_COVERS_WITH_CONDITIONS && !conditions.len) id = "quality.passed_unsaid_conditions";
    return MR_SAY(w->a, w->l, id, {"agency", agency}, {"body", name_of(q, &party->stated)}, {"title", title},
                  {"day", say_day(q, question->day)},
                  {"from", say_day(q, mr_date_is_set(r->valid_from) ? r->valid_from : r->issued)},
                  {"until", say_day(q, r->valid_until)}, {"withdrawn", say_day(q, r->withdrawn)},
                  {"conditions", conditions}, {"who", a->detail},
                  {"achievement", mr_texts_get(question->programme_title, tag, NULL)});
}

/* ---- who awarded ---- */

/* What the seal says of the issuer. */
static void certify(const struct quality *q, mr_party *ret)
{
    const struct mr_found *f = q->f;
    struct mr_localised *name = MR_NEW(q->w->a, struct mr_localised);
    *ret = (mr_party){0};
    if (!name) return;
    if (f->certificate) {
        const struct mr_certificate_name *subject = mr_certificate_subject(f->certificate);
        name->text = subject->organisation;
        mr_party_add(q->w->a, ret, MR_STR("eidas"), subject->organisation_identifier);
    } else if (f->secured && f->secured->key.controller.len) {
        const struct mr_known_issuer *known =
            mr_trust_find(q->judging.trust, f->secured->key.controller, q->w->r->view.awarded_on);
        if (known) name->text = known->name;
        mr_party_add(q->w->a, ret, MR_STR("did"), f->secured->key.controller);
    }
    if (name->text.len) ret->names = (mr_texts){name, 1};
}

/* An issuer is taken at the identifiers of its seal; of a kind that the seal has, its own word does not count. */
static void add_certified(struct quality *q, struct mr_awarding_party *p)
{
    mr_party stated = p->stated;
    certify(q, &p->certified);
    p->stated.identifier_count = 0;
    for (size_t i = 0; i < p->certified.identifier_count; i++)
        mr_party_add(q->w->a, &p->stated, p->certified.identifiers[i].scheme, p->certified.identifiers[i].value);
    size_t certified = p->stated.identifier_count;
    for (size_t i = 0; i < stated.identifier_count; i++) {
        bool has = false;
        for (size_t k = 0; k < certified; k++)
            has = has || mr_str_eq(p->stated.identifiers[k].scheme, stated.identifiers[i].scheme);
        if (!has) mr_party_add(q->w->a, &p->stated, stated.identifiers[i].scheme, stated.identifiers[i].value);
    }
    if (p->certified.names.count) p->stated.names = p->certified.names;
}

static int read_body(struct quality *q, const mr_json *body, struct mr_awarding_party *ret)
{
    mr_party issuer;
    *ret = (struct mr_awarding_party){0};
    MR_TRY(mr_elm_read_party(q->w->a, q->document, body, &ret->stated, q->err));
    MR_TRY(mr_elm_read_party(q->w->a, q->document, q->issuer, &issuer, q->err));
    if (!body) ret->stated = issuer;
    /* Whoever the check `issuer` takes for the issuer, by a name alone, must be what the seal says. */
    ret->is_issuer = !body || mr_party_share_name(&issuer, &ret->stated) ||
                     mr_party_compare(&issuer, &ret->stated) != MR_PARTY_OTHER;
    if (ret->is_issuer) add_certified(q, ret);
    return MR_OK;
}

/* ---- what is claimed ---- */

/* An assurance by the issuer or an awarding body itself is its own; only one by another party can be an accreditation. */
static bool is_own(const mr_accreditation *claim, const struct mr_awarding_party *party)
{
    if (!claim->agent.names.count && !claim->agent.identifier_count) return claim->kind == MR_QUALITY_INTERNAL;
    return mr_party_compare(&claim->agent, &party->stated) != MR_PARTY_OTHER;
}

static bool is_review(const mr_accreditation *claim)
{
    return claim->kind == MR_QUALITY_EXTERNAL || claim->kind == MR_QUALITY_LABEL;
}

static void remember(struct quality *q, mr_str url, int code, mr_str text)
{
    if (q->remembered_count == REMEMBERED_MOST || text.len > MR_LIMIT_ACCREDITATION) return;
    struct remembered *r = &q->remembered[q->remembered_count];
    *r = (struct remembered){mr_arena_dup(q->w->a, url), mr_arena_dup(q->w->a, text), code};
    q->remembered_count += r->url.ptr && r->text.ptr;
}

static int get_once(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret,
                    struct mr_err *err)
{
    struct quality *q = self;
    const mr_fetch *fetch = q->w->v->v.fetch;
    for (size_t i = 0; i < q->remembered_count; i++) {
        const struct remembered *r = &q->remembered[i];
        if (!mr_str_eq(r->url, url) || r->text.len > max) continue;
        if (r->code) return MR_FAIL(err, (mr_code)r->code, "not had when it was asked for before", MR_NOWHERE);
        *ret = r->text;
        return MR_OK;
    }
    int code = fetch->get(fetch->self, a, url, accept, max, ret, err);
    if (code != MR_E_NOMEM) remember(q, url, code, code ? MR_STR("") : *ret);
    return code;
}

/* Contexts are opened for those who need them. */
static int open_judging(struct quality *q)
{
    if (!q->judging.opening.contexts) {
        q->judging.opening = mr_verify_opening(q->w);
        q->once = (mr_fetch){get_once, q};
        if (q->judging.opening.fetch) q->judging.opening.fetch = &q->once;
    }
    return q->judging.opening.contexts ? MR_OK : MR_FAIL(q->err, MR_E_NOMEM, "no memory for contexts", MR_NOWHERE);
}

struct pair {
    struct mr_awarding_party party;
    struct mr_coverage_question question;
    struct mr_accreditation_answer best;
    mr_accreditation claim; /* that `best` is about */
    bool any;
};

static int judge_claim(struct quality *q, const mr_json *node, struct pair *p)
{
    mr_accreditation claim;
    struct mr_accreditation_answer answer;
    if (q->claims++ >= MR_LIMIT_ACCREDITED_CLAIMS) return q->too_many = true, MR_OK;
    MR_TRY(mr_elm_read_accreditation(q->w->a, q->document, node, &claim, q->err));
    if (is_own(&claim, &p->party)) return MR_OK;
    if (is_review(&claim)) {
        mr_str name = mr_texts_get(claim.title, mr_language_tag(q->w->l), NULL);
        if (mr_str_find(q->reviews, name) < 0) q->reviews = mr_wording_join(q->w->a, q->reviews, name);
        return MR_OK;
    }
    q->any_claim = true;
    if (q->looking) return MR_OK;
    MR_TRY(open_judging(q));
    MR_TRY(mr_accreditation_judge(q->w->a, &q->judging, &claim, &p->party, &p->question, &answer, q->err));
    q->fetched = q->fetched || answer.fetched;
    if (!p->any || mr_accreditation_answer_is_better(&answer, &p->best)) p->best = answer, p->claim = claim;
    p->any = true;
    return MR_OK;
}

static int judge_claims(struct quality *q, const mr_json *accreditations, struct pair *p)
{
    MR_EACH(node, accreditations)
    {
        MR_TRY(judge_claim(q, node, p));
    }
    return MR_OK;
}

/* Does the document claim anything for somebody? Then whoever awarded without a claim of his own is told, too. */
static void tell_pair(struct quality *q, const struct pair *p)
{
    bool conditional = p->best.coverage == MR_COVERS_WITH_CONDITIONS;
    if (p->any) {
        tell(q, p->best.state, conditional, say_answer(q, &p->best, &p->claim, &p->party, &p->question),
             p->best.coverage != MR_COVERAGES_ ? p->best.detail : MR_STR_EMPTY);
        return;
    }
    struct mr_accreditation_answer none = {.state = MR_UNCHECKED, .id = "quality.unclaimed", .coverage = MR_COVERAGES_};
    tell(q, MR_UNCHECKED, false, say_answer(q, &none, NULL, &p->party, &p->question), MR_STR_EMPTY);
}

static int judge_pair(struct quality *q, const mr_json *achievement, const mr_json *body)
{
    const mr_json *specification = mr_elm_whole(q->document, mr_json_get(achievement, "specifiedBy"));
    struct pair p = {.question = {.day = q->issued}};
    body = mr_elm_whole(q->document, body);
    MR_TRY(read_body(q, body, &p.party));
    MR_TRY(mr_elm_read_question(q->w->a, q->document, achievement, &p.question, q->err));
    p.question.body = &p.party.stated;
    MR_TRY(judge_claims(q, mr_json_get(specification, "accreditation"), &p));
    MR_TRY(judge_claims(q, mr_json_get(body, "accreditation"), &p));
    if (p.party.is_issuer && q->issuer != body) MR_TRY(judge_claims(q, mr_json_get(q->issuer, "accreditation"), &p));
    MR_EACH(evidence, mr_json_get(q->document, "evidence"))
    {
        MR_TRY(judge_claims(q, mr_json_get(evidence, "accreditation"), &p));
    }
    if (!q->looking) tell_pair(q, &p);
    return MR_OK;
}

/* ---- every achievement ---- */

struct queue {
    const mr_json *items[MR_LIMIT_ACCREDITED_ACHIEVEMENTS];
    size_t count;
};

static void enqueue(struct quality *q, struct queue *all, const mr_json *achievements)
{
    MR_EACH(item, achievements)
    {
        const mr_json *achievement = mr_elm_whole(q->document, item);
        bool known = false;
        for (size_t i = 0; i < all->count; i++) known = known || all->items[i] == achievement;
        if (known || !mr_json_is(achievement, MR_JSON_OBJECT)) continue;
        if (all->count == MR_LIMIT_ACCREDITED_ACHIEVEMENTS) {
            q->too_many = true;
            return;
        }
        all->items[all->count++] = achievement;
    }
}

/* Was it awarded, or is it an entitlement, an activity? */
static bool is_awarded(const mr_json *claim)
{
    return mr_each_has(mr_json_get(claim, "type"), "LearningAchievement") || mr_json_get(claim, "awardedBy");
}

static int judge_achievement(struct quality *q, const mr_json *achievement)
{
    const mr_json *awarding = mr_elm_whole(q->document, mr_json_get(achievement, "awardedBy")),
                  *bodies = mr_json_get(awarding, "awardingBody");
    if (!is_awarded(achievement)) return MR_OK;
    if (!bodies) return judge_pair(q, achievement, NULL);
    MR_EACH(body, bodies)
    {
        MR_TRY(judge_pair(q, achievement, body));
    }
    return MR_OK;
}

/* Twice: an achievement without a claim matters only when another has one, which may stand behind it. */
static int judge_achievements(struct quality *q)
{
    struct queue all = {.count = 0};
    const mr_json *subject = mr_each_first(mr_json_get(q->document, "credentialSubject"));
    enqueue(q, &all, mr_json_get(subject, "hasClaim"));
    for (size_t i = 0; i < all.count; i++) enqueue(q, &all, mr_json_get(all.items[i], "hasPart"));
    q->looking = true;
    for (size_t i = 0; i < all.count && !q->any_claim; i++) MR_TRY(judge_achievement(q, all.items[i]));
    q->looking = false;
    q->claims = 0;
    for (size_t i = 0; i < all.count && q->any_claim; i++) MR_TRY(judge_achievement(q, all.items[i]));
    return MR_OK;
}

/* ---- other claims ---- */

/* Flat claims name accreditations in words only: any accreditation of the issuer is asked for. */
static int judge_words(struct quality *q)
{
    struct pair p = {.question = {.day = q->w->r->view.awarded_on}};
    q->any_claim = true;
    MR_TRY(open_judging(q));
    certify(q, &p.party.certified);
    p.party.stated = p.party.certified;
    p.party.is_issuer = true;
    p.question.body = &p.party.stated;
    MR_TRY(mr_accreditation_judge(q->w->a, &q->judging, NULL, &p.party, &p.question, &p.best, q->err));
    p.any = true;
    if (p.best.coverage == MR_COVERAGES_ && !p.best.record.title.count) p.best.id = "quality.not_asked";
    tell_pair(q, &p);
    return MR_OK;
}

static int judge_policy(struct quality *q)
{
    MR_TRY(open_judging(q));
    const struct mr_verification *w = q->w;
    mr_date day = mr_date_is_set(w->r->view.awarded_on) ? w->r->view.awarded_on : q->issued;
    const struct mr_concept *country = mr_concept_find(MR_SCHEME_COUNTRY, w->r->view.issuer_country);
    const char *place = country ? strrchr(country->uri, '/') : NULL;
    const struct mr_climbing climbing = {.opening = q->judging.opening,
                                         .trust = q->judging.trust,
                                         .at = mr_date_is_set(day) ? mr_date_to_time(day) + MR_DAY_MS / 2 : w->now,
                                         .place = place ? mr_str_of(place + 1) : MR_STR_EMPTY};
    struct mr_accreditation_chain chain;
    q->any_claim = true;
    MR_TRY(mr_accreditation_chain_follow(w->a, &climbing, q->document, &chain, q->err));
    mr_str text = MR_SAY(w->a, w->l, chain.step.id, {"root", chain.root}, {"day", say_day(q, day)},
                         {"issuer", mr_wording_identifier(w->a, q->f->issuer_id)}, {"where", chain.step.detail},
                         {"count", mr_say_count(w->a, w->l, (int64_t)chain.count)});
    mr_str detail = mr_accreditation_chain_describe(w->a, &chain);
    if (chain.step.state != MR_PASSED && chain.step.detail.len)
        detail = mr_wording_join(w->a, chain.step.detail, detail);
    q->fetched = q->fetched || w->v->v.fetch;
    tell(q, chain.step.state, false, text, detail);
    return MR_OK;
}

/* ---- records that the credential brought along ---- */

static mr_str text_of_node(const struct quality *q, const mr_json *node)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    mr_buf_init(&out, MR_LIMIT_ACCREDITATION);
    mr_json_writer_init(&w, &out, 0);
    mr_json_put_value(&w, node);
    return mr_buf_failed(&out) ? MR_STR_EMPTY : mr_arena_dup(q->w->a, mr_buf_str(&out));
}

/* {"content": base64} of a MediaObject. */
static mr_str decode(const struct quality *q, const mr_json *media)
{
    mr_str octets = MR_STR_EMPTY, content = mr_json_get_str(mr_each_first(media), "content");
    struct mr_err e;
    if (!content.len || content.len > 2 * MR_LIMIT_ACCREDITATION) return MR_STR_EMPTY;
    return mr_base64_read(q->w->a, content, &octets, &e) == MR_OK ? octets : MR_STR_EMPTY;
}

static bool is_signed(const mr_json *evidence)
{
    return mr_json_get(evidence, "proof") ||
           mr_each_has(mr_json_get(evidence, "type"), "EnvelopedVerifiableCredential");
}

static void take_embedded(struct quality *q)
{
    MR_EACH(evidence, mr_json_get(q->document, "evidence"))
    {
        if (q->judging.embedded_count == EMBEDDED_MOST) break;
        const mr_json *media = mr_json_get(evidence, "embeddedEvidence");
        mr_str text = is_signed(evidence) ? text_of_node(q, evidence)
                      : media             ? decode(q, mr_elm_whole(q->document, media))
                                          : MR_STR_EMPTY;
        if (text.len) q->embedded[q->judging.embedded_count++] = text;
    }
    q->judging.embedded = q->embedded;
}

/* ---- all of it ---- */

static void claim_nothing(struct quality *q)
{
    bool answered = q->w->r->view.answers[MR_ELEMENT_QUALITY].answered;
    struct mr_check *c = q->reviews.len
                             ? mr_verify_claim(q->w, MR_CHECK_QUALITY, MR_NOT_APPLICABLE,
                                               mr_verify_say_with(q->w, "quality.reviewed", "names", q->reviews))
                             : mr_verify_claim_id(q->w, MR_CHECK_QUALITY, MR_NOT_APPLICABLE,
                                                  answered ? "quality.internal" : "quality.none");
    c->source = mr_verify_say(q->w, "source.file");
}

static void finish(struct quality *q)
{
    struct mr_check *c = &q->w->r->checks[MR_CHECK_QUALITY];
    if (q->too_many && (!c->claimed || c->state != MR_FAILED))
        mr_verify_claim_id(q->w, MR_CHECK_QUALITY, MR_UNCHECKED, "quality.too_many");
    if (!c->claimed) {
        claim_nothing(q);
        return;
    }
    c->detail = MR_STR_EMPTY;
    for (size_t i = 0; i < q->line_count; i++) {
        if (mr_str_eq(q->lines[i], c->text)) continue;
        c->detail = mr_arena_format(q->w->a, "%.*s%s%.*s", MR_STR_ARG(c->detail), c->detail.len ? " | " : "",
                                    MR_STR_ARG(q->lines[i]));
    }
    c->at = q->w->now;
    c->source = mr_verify_say(q->w, q->fetched                                   ? "source.network"
                                    : c->state == MR_UNCHECKED && !q->line_count ? "source.file"
                                                                                 : "source.anchors");
}

static mr_date day_of_issue(const mr_json *document)
{
    static const char *const names[] = {"issued", "issuanceDate", "validFrom"};
    for (size_t i = 0; i < 3; i++) {
        mr_date day = mr_elm_day(mr_json_str(mr_each_first(mr_json_get(document, names[i]))));
        if (mr_date_is_set(day)) return day;
    }
    return (mr_date){0};
}

static int judge_all(struct quality *q)
{
    bool has_nodes = mr_json_get(mr_each_first(mr_json_get(q->document, "credentialSubject")), "hasClaim") != NULL;
    if (has_nodes) MR_TRY(judge_achievements(q));
    if (mr_accreditation_names_policy(q->document)) MR_TRY(judge_policy(q));
    if (!has_nodes && q->w->r->view.claims_accreditation) return judge_words(q);
    return MR_OK;
}

int mr_verify_quality(struct mr_verification *w, const struct mr_found *f, struct mr_err *err)
{
    struct mr_err e = {0};
    struct quality q = {.w = w,
                        .f = f,
                        .document = f->payload,
                        .issuer = mr_each_first(mr_json_get(f->payload, "issuer")),
                        .judging = {.trust = w->v->v.trust},
                        .issued = day_of_issue(f->payload),
                        .err = &e};
    take_embedded(&q);
    int code = judge_all(&q);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to judge the quality", MR_NOWHERE);
    if (code) q.too_many = true; /* lists that are longer than is looked at */
    finish(&q);
    return MR_OK;
}
