/* Taking the claims of an SD-JWT VC apart: Merit's micro-credential and the Commission's Learning Credential (sd_jwt_claims.def), and what others call
 * by the same names.
 *
 * They are texts in one language, made for people. What Merit made of codes it can recognise by its labels; everything else is taken as a text where
 * a specification has room for one, and told where it has none. A claim that the holder kept back is a gap like any other. */
#include "credential/redescribe_inside.h"

#include "credential/elm_template.h"
#include "credential/sd_jwt_vc.h"
#include "credential/wording.h"

struct claims {
    struct mr_redescribing *d;
    const mr_json *all;
    const mr_language *language; /* of the texts, when Merit speaks it; else English */
};

static mr_str claim(const struct claims *c, const char *name)
{
    return mr_str_trim(mr_json_get_str(c->all, name));
}

static mr_texts claim_texts(const struct claims *c, const char *name)
{
    return mr_redescribe_one(c->d, c->d->primary, claim(c, name));
}

/* The concept that is called so in any of our languages, or NULL. */
static const mr_concept *find_label(mr_scheme_code scheme, mr_str text)
{
    const mr_scheme *s = mr_scheme_get(scheme);
    for (size_t i = 0; i < s->count; i++)
        for (size_t k = 0; k < MR_LABEL_LANGUAGES; k++) {
            mr_str label = mr_concept_label_in(&s->concepts[i], mr_str_of(mr_label_languages[k]));
            if (label.len && mr_str_eq_ascii_nocase(text, label)) return &s->concepts[i];
        }
    return NULL;
}

static bool is_label(mr_str text, enum mr_elm_label label)
{
    for (size_t k = 0; k < MR_LABEL_LANGUAGES; k++)
        if (mr_str_is(text, mr_elm_labels(label)[k])) return true;
    return false;
}

/* The reason in "Does not apply: reason", in any language that Merit speaks; empty for anything else. */
static mr_str reason_of(struct mr_redescribing *d, mr_str text)
{
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        mr_str before = MR_SAY(d->arena, *l, "view.does_not_apply", {"reason", MR_STR_EMPTY});
        if (before.len && mr_str_has_prefix(text, before)) return mr_str_trim(mr_str_from(text, before.len));
    }
    return MR_STR_EMPTY;
}

/* ---- who ---- */

static void read_parties(const struct claims *c)
{
    struct mr_redescribing *d = c->d;
    mr_specification *s = d->s;
    s->provider.name = claim_texts(c, "issuing_authority");
    s->provider.country = mr_concept_find(MR_SCHEME_COUNTRY, claim(c, "issuing_country"));
    s->awarding_bodies = &s->provider;
    s->awarding_body_count = mr_texts_are_set(s->provider.name);
    d->r->issuer = claim(c, "issuing_authority");
    MR_EACH(body, mr_json_get(c->all, "awarding_bodies"))
    {
        if (!mr_str_eq(mr_json_str(body), d->r->issuer))
            mr_redescribe_unclear(d, MR_ELEMENT_AWARDING_BODY, mr_json_str(body)); /* its country is not in it */
    }
}

static mr_date day_of(const struct claims *c, const char *name)
{
    mr_date day = {0};
    mr_str said = claim(c, name);
    return said.len && mr_date_parse(said, &day, NULL) == MR_OK ? day : (mr_date){0};
}

static void read_learner(const struct claims *c)
{
    mr_achievement *a = &c->d->r->achievement;
    a->learner.full_name = claim(c, "name");
    a->learner.given_name = claim(c, "given_name");
    a->learner.family_name = claim(c, "family_name");
    if (a->learner.full_name.len == 0 && a->learner.given_name.len && a->learner.family_name.len)
        a->learner.full_name = mr_arena_concat(
            c->d->arena, (const mr_str[]){a->learner.given_name, MR_STR(" "), a->learner.family_name}, 3);
    if (a->learner.full_name.len == 0) a->learner.full_name = a->learner.family_name;
    a->learner.birth_date = day_of(c, "birthdate");
    a->awarded_on = day_of(c, "date_of_issuance");
    a->place = claim(c, "place_of_awarding");
    mr_str grade = claim(c, "assessment_grade");
    if (!is_label(grade, MR_ELM_PASSED)) a->grade = grade;
    mr_date last = day_of(c, "date_of_expiry");
    if (mr_date_is_set(last)) c->d->s->valid_months = mr_redescribe_months(a->awarded_on, mr_date_to_time(last));
}

/* ---- what ---- */

static void read_outcomes(const struct claims *c)
{
    mr_specification *s = c->d->s;
    s->outcomes = MR_NEW_ARRAY(c->d->arena, struct mr_learning_outcome, MR_REDESCRIBE_ITEMS_MOST);
    if (!s->outcomes) {
        c->d->nomem = true;
        return;
    }
    MR_EACH(outcome, mr_json_get(c->all, "learning_outcomes"))
    {
        mr_texts title = mr_redescribe_texts(c->d, outcome, true);
        if (s->outcome_count == MR_REDESCRIBE_ITEMS_MOST) return;
        if (mr_texts_are_set(title)) s->outcomes[s->outcome_count++] = (struct mr_learning_outcome){.title = title};
    }
}

/* ects_credits is credit awarded; what was offered stands in the statement of workload, "2 ECTS, 56 hours". */
static void read_workload(const struct claims *c)
{
    struct mr_redescribing *d = c->d;
    mr_str said = claim(c, "expected_study_time"), rest = said, part;
    double credit = 0;
    int64_t awarded = 0;
    if (mr_json_to_double(mr_json_get(c->all, "ects_credits"), &credit) && credit > 0 && credit < 1000000)
        awarded = (int64_t)(credit * 100 + 0.5);
    mr_str as_ects = mr_wording_ects(d->arena, c->language, awarded);
    if (awarded && mr_str_split(&rest, ',', &part) && mr_str_eq(part, as_ects))
        d->s->ects_hundredths = awarded;
    else
        rest = said, d->r->achievement.ects_awarded = awarded;
    d->s->workload_other = mr_redescribe_one(d, d->primary, mr_str_trim(rest));
}

static void read_level(const struct claims *c)
{
    struct mr_redescribing *d = c->d;
    mr_specification *s = d->s;
    const mr_json *level = mr_json_get(c->all, "level_of_learning_experience");
    if (mr_json_is(level, MR_JSON_NUMBER)) s->eqf = mr_concept_find(MR_SCHEME_EQF, mr_json_text(level));
    MR_EACH(statement, mr_json_get(c->all, "level_statements"))
    {
        mr_str text = mr_json_str(statement), reason = reason_of(d, text);
        if (is_label(text, MR_ELM_BASIS_DECLARED))
            s->level_basis = MR_LEVEL_DECLARED;
        else if (is_label(text, MR_ELM_BASIS_REFERENCED))
            s->level_basis = MR_LEVEL_REFERENCED;
        else if (reason.len)
            s->level_reason = mr_redescribe_one(d, d->primary, reason);
        else
            mr_redescribe_lost(d, "level",
                               text); /* a framework, its authority, a cycle: which, the text does not say */
    }
}

static void read_assessments(const struct claims *c)
{
    mr_specification *s = c->d->s;
    s->assessments = MR_NEW_ARRAY(c->d->arena, struct mr_assessment, MR_REDESCRIBE_ITEMS_MOST);
    if (!s->assessments) {
        c->d->nomem = true;
        return;
    }
    MR_EACH(said, mr_json_get(c->all, "types_of_assessment"))
    {
        struct mr_assessment *a = &s->assessments[s->assessment_count];
        if (s->assessment_count == MR_REDESCRIBE_ITEMS_MOST) return;
        *a = (struct mr_assessment){.type = find_label(MR_SCHEME_ASSESSMENT, mr_json_str(said))};
        if (!a->type) a->title = mr_redescribe_texts(c->d, said, true);
        if (a->type || mr_texts_are_set(a->title)) s->assessment_count++;
    }
}

static void read_participation(const struct claims *c)
{
    struct mr_redescribing *d = c->d;
    d->s->modes = MR_NEW_ARRAY(d->arena, const mr_concept *, MR_REDESCRIBE_ITEMS_MOST);
    if (!d->s->modes) {
        d->nomem = true;
        return;
    }
    MR_EACH(form, mr_json_get(c->all, "forms_of_participation"))
    {
        mr_str said = mr_json_str(form), reason = reason_of(d, said);
        const mr_concept *mode = find_label(MR_SCHEME_MODE, said);
        if (mode && d->s->mode_count < MR_REDESCRIBE_ITEMS_MOST)
            d->s->modes[d->s->mode_count++] = mode;
        else if (reason.len)
            d->s->participation_reason = mr_redescribe_one(d, d->primary, reason);
        else
            mr_redescribe_unclear(d, MR_ELEMENT_PARTICIPATION, said);
    }
}

/* Only of internal quality assurance is it plain who assures it. */
static void read_quality(const struct claims *c)
{
    struct mr_redescribing *d = c->d;
    d->s->quality = MR_NEW(d->arena, struct mr_quality);
    if (!d->s->quality) {
        d->nomem = true;
        return;
    }
    MR_EACH(kind, mr_json_get(c->all, "types_of_quality_assurance"))
    {
        mr_str said = mr_json_str(kind);
        bool internal = is_label(said, MR_ELM_QUALITY_INTERNAL);
        for (const mr_language *const *l = mr_languages(); *l; l++)
            internal |= mr_str_eq(said, mr_wording_quality(*l, MR_QUALITY_INTERNAL));
        if (!internal) mr_redescribe_unclear(d, MR_ELEMENT_QUALITY, said);
        if (!internal || d->s->quality_count) continue;
        d->s->quality[d->s->quality_count++] = (struct mr_quality){.kind = MR_QUALITY_INTERNAL, .by = d->s->provider};
    }
}

static void read_supervision(const struct claims *c)
{
    mr_str said = claim(c, "supervision");
    for (const mr_language *const *l = mr_languages(); *l; l++)
        for (mr_supervision s = MR_SUPERVISION_NONE; s <= MR_SUPERVISION_IDENTITY_ON_SITE; s++)
            if (said.len && mr_str_eq(said, mr_wording_supervision(*l, s))) c->d->s->supervision = s;
    if (c->d->s->supervision == MR_SUPERVISION_NOT_SAID) mr_redescribe_unclear(c->d, MR_ELEMENT_SUPERVISION, said);
}

static void read_languages(const struct claims *c)
{
    mr_specification *s = c->d->s;
    s->languages = MR_NEW_ARRAY(c->d->arena, const mr_concept *, MR_REDESCRIBE_ITEMS_MOST);
    if (!s->languages) {
        c->d->nomem = true;
        return;
    }
    MR_EACH(code, mr_json_get(c->all, "language_of_classes"))
    {
        const mr_concept *language = mr_concept_find(MR_SCHEME_LANGUAGE, mr_json_str(code));
        if (language && s->language_count < MR_REDESCRIBE_ITEMS_MOST) s->languages[s->language_count++] = language;
    }
}

static mr_texts joined(const struct claims *c, const char *name)
{
    mr_texts all = {NULL, 0};
    size_t count = 0;
    MR_EACH(one, mr_json_get(c->all, name))
    {
        if (count++ < MR_REDESCRIBE_ITEMS_MOST)
            all = mr_redescribe_append(c->d, all, mr_redescribe_one(c->d, c->d->primary, mr_json_str(one)));
    }
    return all;
}

void mr_redescribe_claims(struct mr_redescribing *d)
{
    mr_str said = mr_redescribe_language(mr_json_get_str(d->document, "language_of_texts"));
    const mr_language *l = mr_language_find(said);
    const struct claims c = {.d = d, .all = d->document, .language = l ? l : mr_language_english()};
    if (said.len)
        d->primary = said;
    else
        mr_findings_warn(&d->r->gaps, "title", "convert.language", claim(&c, "achievement_title"));
    d->r->source = claim(&c, "jti");
    d->s->title = claim_texts(&c, "achievement_title");
    d->s->description = claim_texts(&c, "achievement_description");
    read_parties(&c);
    read_learner(&c);
    read_outcomes(&c);
    read_workload(&c);
    read_level(&c);
    read_assessments(&c);
    read_participation(&c);
    read_quality(&c);
    read_supervision(&c);
    read_languages(&c);
    d->s->prerequisites = joined(&c, "prerequisites_to_enroll");
    d->s->stackability = claim_texts(&c, "stackability");
    d->s->further = joined(&c, "further_information");
}
