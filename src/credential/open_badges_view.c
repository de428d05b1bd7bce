/* Reading what a badge says in ELM.
 *
 * The badge is turned back into the ELM document that it was made from, and that is read as any other (view.c): a badge and a European Digital Credential of one
 * achievement give the same answers, word for word. What Open Badges has members for is put where ELM has it: the issuer, what was earned. Answers of ELM count
 * before those of the badge's own members, which are shorter; what only the badge says stays. */
#include "credential/open_badges.h"

#include "base/limits.h"
#include "credential/each.h"
#include "credential/open_badges_terms.h"

struct reading {
    mr_json_writer w;
    const mr_json *document, *issuer, *subject, *achievement, *claim;
};

static const mr_json *node_of(const mr_json *object, const char *term)
{
    return mr_each_first(mr_json_find_member(object, mr_badge_iri_of_term(mr_str_of(term))));
}

/* ---- back into ELM ---- */

static void put_country(struct reading *r, mr_str code)
{
    const mr_concept *country = code.len == 2 ? mr_concept_find(MR_SCHEME_COUNTRY, code) : NULL;
    if (!country) return;
    mr_json_put_name(&r->w, "location");
    mr_json_begin_object(&r->w);
    mr_json_put_name(&r->w, "address");
    mr_json_begin_object(&r->w);
    mr_json_put_name(&r->w, "countryCode");
    mr_json_begin_object(&r->w);
    mr_json_put_member_c(&r->w, "id", country->uri);
    mr_json_end_object(&r->w);
    mr_json_end_object(&r->w);
    mr_json_end_object(&r->w);
}

static mr_str eidas_of(const mr_json *profile)
{
    MR_EACH(entry, mr_json_get(profile, "otherIdentifier"))
    {
        if (mr_str_is(mr_json_get_str(entry, "identifierType"), "ext:eidasLegalIdentifier"))
            return mr_json_get_str(entry, "identifier");
    }
    return MR_STR_EMPTY;
}

/* A name has no language in a badge: "und" (BCP 47). */
static void put_issuer(struct reading *r)
{
    mr_str name = mr_json_get_str(r->issuer, "name"), eidas = eidas_of(r->issuer);
    mr_json_put_name(&r->w, "issuer");
    mr_json_begin_object(&r->w);
    mr_json_put_member(&r->w, "id",
                       mr_json_is(r->issuer, MR_JSON_STRING) ? mr_json_text(r->issuer)
                                                             : mr_json_get_str(r->issuer, "id"));
    if (name.len) {
        mr_json_put_name(&r->w, "legalName");
        mr_json_begin_object(&r->w);
        mr_json_put_member(&r->w, "und", name);
        mr_json_end_object(&r->w);
    }
    if (eidas.len) {
        mr_json_put_name(&r->w, "eIDASIdentifier");
        mr_json_begin_object(&r->w);
        mr_json_put_member(&r->w, "notation", eidas);
        mr_json_end_object(&r->w);
    }
    put_country(r, mr_json_get_str(mr_each_get(r->issuer, "address"), "addressCountryCode"));
    mr_json_end_object(&r->w);
}

/* Credits of a badge are of the system in which the same badge offers them, and of none when it does not say. */
static void put_earned(struct reading *r)
{
    const mr_json *earned = mr_json_get(r->subject, "creditsEarned"),
                  *framework = node_of(node_of(r->achievement, "creditPoint"), "framework");
    if (!mr_json_is(earned, MR_JSON_NUMBER) || !framework) return;
    mr_json_put_name(&r->w, "creditReceived");
    mr_json_begin_object(&r->w);
    mr_json_put_member(&r->w, "point", mr_json_text(earned));
    mr_json_put_name(&r->w, "framework");
    mr_json_begin_object(&r->w);
    mr_json_put_member(&r->w, "id", mr_json_get_str(framework, "id"));
    mr_json_end_object(&r->w);
    mr_json_end_object(&r->w);
}

/* The claim refers to the specification, which is the achievement of the badge. */
static void put_claim(struct reading *r)
{
    mr_json_put_name(&r->w, "hasClaim");
    mr_json_begin_object(&r->w);
    mr_json_put_member_c(&r->w, "type", "LearningAchievement");
    MR_JSON_EACH_MEMBER (name, r->claim) {
        if (mr_str_eq(mr_json_text(name), mr_badge_iri_of_term(MR_STR("specifiedBy")))) continue;
        mr_badge_read_member(&r->w, name);
    }
    put_earned(r);
    mr_json_put_name(&r->w, "specifiedBy");
    mr_json_begin_object(&r->w);
    mr_badge_read_members(&r->w, r->achievement);
    mr_json_end_object(&r->w);
    mr_json_end_object(&r->w);
}

static void put_subject(struct reading *r)
{
    mr_json_put_name(&r->w, "credentialSubject");
    mr_json_begin_object(&r->w);
    MR_JSON_EACH_MEMBER (name, r->subject) {
        if (!mr_str_eq(mr_json_text(name), mr_badge_iri_of_term(MR_STR("hasClaim")))) mr_badge_read_member(&r->w, name);
    }
    put_claim(r);
    mr_json_end_object(&r->w);
}

/* When it was awarded, else since when it is valid. */
static void put_date(struct reading *r)
{
    static const char *const members[] = {"awardedDate", "validFrom", "issuanceDate"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        mr_str text = mr_json_get_str(r->document, members[i]);
        if (text.len == 0) continue;
        mr_json_put_member(&r->w, "issued", text);
        return;
    }
}

static void put_evidence(struct reading *r)
{
    mr_json_put_name(&r->w, "evidence");
    mr_json_begin_array(&r->w);
    MR_EACH(evidence, mr_json_get(r->document, "evidence"))
    {
        mr_json_begin_object(&r->w);
        mr_badge_read_members(&r->w, evidence);
        mr_json_end_object(&r->w);
    }
    mr_json_end_array(&r->w);
}

static int write_elm(struct reading *r, mr_arena *a, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&r->w, &out, 0);
    mr_json_begin_object(&r->w);
    put_issuer(r);
    put_date(r);
    put_subject(r);
    put_evidence(r);
    mr_json_end_object(&r->w);
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a badge", MR_NOWHERE);
    *ret = mr_arena_dup(a, mr_buf_str(&out));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to read a badge", MR_NOWHERE);
}

/* ---- into the view ---- */

static void append(struct mr_view_answer *a, const struct mr_view_answer *more)
{
    size_t most = sizeof a->values / sizeof *a->values;
    for (size_t i = 0; i < more->value_count; i++) {
        bool known = a->value_count == most;
        for (size_t j = 0; !known && j < a->value_count; j++) known = mr_str_eq(a->values[j], more->values[i]);
        if (!known) a->values[a->value_count++] = more->values[i];
    }
    a->answered = a->value_count > 0;
}

static void take_answers(mr_view *view, const mr_view *elm)
{
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        struct mr_view_answer own = view->answers[e];
        if (!elm->answers[e].answered) continue;
        view->answers[e] = elm->answers[e];
        if (e == MR_ELEMENT_FURTHER) append(&view->answers[e], &own);
    }
}

static void take(mr_view *view, const mr_view *elm)
{
    take_answers(view, elm);
    if (elm->title.len) view->title = elm->title;
    if (elm->learner.len) view->learner = elm->learner;
    if (elm->awarding_body.len) view->awarding_body = elm->awarding_body;
    if (elm->workload.len) view->workload = elm->workload;
    if (elm->level.len) view->level = elm->level;
    view->ects_awarded = elm->ects_awarded;
    view->workload_minutes = elm->workload_minutes;
    if (mr_date_is_set(elm->birth_date)) view->birth_date = elm->birth_date;
    view->issuer_identifier = elm->issuer_identifier;
    view->on_behalf_of = elm->on_behalf_of;
    view->mandate_missing = elm->mandate_missing;
    view->others_award = elm->others_award;
    view->claims_accreditation = elm->claims_accreditation;
}

/* Answers are read as they are. A badge that is no micro-credential and says something in ELM is still not asked for all elements. */
int mr_open_badges_view(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *view, struct mr_err *err)
{
    struct reading r = {.document = document,
                        .issuer = mr_each_first(mr_json_get(document, "issuer")),
                        .subject = mr_each_first(mr_json_get(document, "credentialSubject"))};
    const mr_json *elm = NULL;
    mr_view said;
    mr_str text;
    struct mr_err ignored;
    r.achievement = mr_each_first(mr_json_get(r.subject, "achievement"));
    r.claim = node_of(r.subject, "hasClaim");
    if (!r.claim && !mr_badge_has_terms(r.achievement)) return MR_OK;
    MR_TRY(write_elm(&r, a, &text, err));
    int code = mr_json_parse(a, text, NULL, &elm, &ignored);
    if (code == MR_OK) code = mr_view_read(a, elm, l, &said, &ignored);
    if (code == MR_E_NOMEM) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a badge", MR_NOWHERE);
    if (code == MR_OK) take(view, &said);
    return MR_OK;
}
