/* Taking an Open Badge apart, with the Dutch fields (view_badge.c tells what they are).
 *
 * A badge's texts are mostly plain: they are in the language that the badge says it is in, else taken for English, which is told. Its criteria are what
 * was asked for: how one passes, where there is an assessment, else further information; never learning outcomes. */
#include "credential/redescribe_inside.h"

#include "credential/educredential.h"
#include "credential/vcdm.h"
#include "credential/view_vc_inside.h"

struct badge {
    struct mr_redescribing *d;
    const mr_json *issuer, *subject, *achievement;
};

static mr_str text(const struct badge *b, const mr_json *object, const char *member)
{
    return mr_texts_get(mr_redescribe_texts(b->d, mr_json_get(mr_each_first(object), member), true), b->d->primary,
                        NULL);
}

/* ---- language, title ---- */

static void choose_language(const struct badge *b)
{
    struct mr_redescribing *d = b->d;
    mr_str said = mr_redescribe_language(mr_json_get_str(b->achievement, "inLanguage"));
    const mr_json *name = mr_json_get(b->achievement, "name");
    bool plain = mr_json_is(mr_each_first(name), MR_JSON_STRING);
    if (said.len)
        d->primary = said;
    else if (plain)
        mr_findings_warn(&d->r->gaps, "title", "convert.language", mr_json_str(mr_each_first(name)));
    mr_texts title = mr_redescribe_texts(d, name, true);
    if (title.count && mr_texts_find(title, d->primary).len == 0) d->primary = title.items[0].language;
}

/* ---- who ---- */

/* "Rijksweg 13, 1337 JX Beek" */
static mr_str address_of(const struct badge *b)
{
    const mr_json *a = mr_each_first(mr_json_get(b->issuer, "address"));
    mr_str street = text(b, a, "streetAddress"), code = text(b, a, "postalCode"), town = text(b, a, "addressLocality"),
           both = code.len && town.len ? mr_arena_concat(b->d->arena, (const mr_str[]){code, MR_STR(" "), town}, 3)
                  : code.len           ? code
                                       : town;
    return mr_wording_join(b->d->arena, street, both);
}

static void read_provider(const struct badge *b)
{
    struct mr_redescribing *d = b->d;
    mr_specification *s = d->s;
    const mr_json *address = mr_each_first(mr_json_get(b->issuer, "address"));
    mr_str code = mr_json_get_str(address, "addressCountryCode"), url = mr_json_get_str(b->issuer, "url");
    s->provider.name = mr_redescribe_texts(d, mr_json_get(b->issuer, "name"), true);
    s->provider.country = code.len == 2 ? mr_concept_find(MR_SCHEME_COUNTRY, code) : NULL;
    s->provider.address = mr_redescribe_one(d, d->primary, address_of(b));
    s->provider.email = mr_json_get_str(b->issuer, "email");
    if (!s->provider.country) mr_redescribe_unclear(d, MR_ELEMENT_COUNTRY, text(b, address, "addressCountry"));
    if (mr_str_has_prefix(url, MR_STR("https://"))) s->provider.homepage = url;
    d->r->issuer = mr_texts_get(s->provider.name, d->primary, NULL);
    s->awarding_bodies = &s->provider;
    s->awarding_body_count = mr_texts_are_set(s->provider.name);
}

static mr_str identity_of(const struct badge *b, const char *type)
{
    MR_EACH(identity, mr_json_get(b->subject, "identifier"))
    {
        if (mr_json_is(mr_json_get(identity, "hashed"), MR_JSON_FALSE) &&
            mr_str_is(mr_json_get_str(identity, "identityType"), type))
            return mr_str_trim(mr_json_get_str(identity, "identityHash"));
    }
    return MR_STR_EMPTY;
}

static void read_learner(const struct badge *b)
{
    mr_learner *l = &b->d->r->achievement.learner;
    l->given_name = text(b, b->subject, "givenName");
    l->family_name = text(b, b->subject, "familyName");
    l->full_name = text(b, b->subject, "name");
    l->email = identity_of(b, "emailAddress");
    if (l->full_name.len == 0) l->full_name = identity_of(b, "name");
    if (l->full_name.len == 0 && l->given_name.len && l->family_name.len)
        l->full_name = mr_arena_concat(b->d->arena, (const mr_str[]){l->given_name, MR_STR(" "), l->family_name}, 3);
}

/* ---- when ---- */

static int64_t time_of(const struct badge *b, const char *name)
{
    int64_t time = MR_TIME_NONE;
    mr_str said = mr_json_get_str(b->d->document, name);
    return said.len && mr_time_parse(said, &time, NULL) == MR_OK ? time : MR_TIME_NONE;
}

static void read_dates(const struct badge *b)
{
    bool first = mr_vcdm_version_of(b->d->document) == MR_VCDM_1;
    mr_achievement *a = &b->d->r->achievement;
    mr_str awarded = mr_json_get_str(b->d->document, "awardedDate");
    if (awarded.len == 0) awarded = mr_json_get_str(b->d->document, first ? "issuanceDate" : "validFrom");
    a->awarded_on = mr_redescribe_day(awarded);
    int64_t until = time_of(b, "validUntil");
    if (until == MR_TIME_NONE && first) until = time_of(b, "expirationDate");
    b->d->s->valid_months = mr_redescribe_months(a->awarded_on, until);
    if (until != MR_TIME_NONE && b->d->s->valid_months == 0)
        mr_redescribe_lost(b->d, "valid_months",
                           mr_json_get_str(b->d->document, first ? "expirationDate" : "validUntil"));
}

/* ---- what ---- */

static void add_outcome(const struct badge *b, const mr_json *alignment)
{
    mr_specification *s = b->d->s;
    mr_str url = mr_json_get_str(alignment, "targetUrl");
    mr_texts name = mr_redescribe_texts(b->d, mr_json_get(alignment, "targetName"), true);
    struct mr_learning_outcome *o = &s->outcomes[s->outcome_count];
    struct mr_skill *skill = url.len ? MR_NEW(b->d->arena, struct mr_skill) : NULL;
    if (!mr_texts_are_set(name) || s->outcome_count == MR_REDESCRIBE_ITEMS_MOST) return;
    *o = (struct mr_learning_outcome){.title = name};
    if (skill) {
        *skill = (struct mr_skill){url, name};
        o->skills = skill;
        o->skill_count = 1;
    }
    s->outcome_count++;
}

/* "Review of the programme, AV-1, https://agency.example/AV-1": by whom, and of which kind, a badge cannot say. */
static mr_str say_quality(const struct badge *b, const mr_json *alignment)
{
    mr_arena *a = b->d->arena;
    mr_str said = mr_wording_join(a, text(b, alignment, "targetName"), mr_json_get_str(alignment, "targetCode"));
    return mr_wording_join(a, said, mr_json_get_str(alignment, "targetUrl"));
}

static void read_alignments(const struct badge *b)
{
    mr_specification *s = b->d->s;
    size_t looked_at = 0;
    s->outcomes = MR_NEW_ARRAY(b->d->arena, struct mr_learning_outcome, MR_REDESCRIBE_ITEMS_MOST + 1);
    if (!s->outcomes) {
        b->d->nomem = true;
        return;
    }
    MR_EACH(alignment, mr_json_get(b->achievement, "alignment"))
    {
        mr_vc_alignment meaning = mr_vc_alignment_of(alignment);
        if (looked_at++ == MR_REDESCRIBE_ITEMS_MOST) return;
        if (meaning == MR_VC_ALIGNMENT_EQF && !s->eqf) s->eqf = mr_vc_alignment_level(alignment);
        if (meaning == MR_VC_ALIGNMENT_NQF && !s->nqf) s->nqf = mr_vc_alignment_level(alignment);
        if (meaning == MR_VC_ALIGNMENT_QUALITY)
            mr_redescribe_unclear(b->d, MR_ELEMENT_QUALITY, say_quality(b, alignment));
        if (meaning == MR_VC_ALIGNMENT_OUTCOME) add_outcome(b, alignment);
        if (meaning == MR_VC_ALIGNMENT_OTHER) mr_redescribe_lost(b->d, "", text(b, alignment, "targetName"));
    }
}

static void read_workload(const struct badge *b)
{
    mr_specification *s = b->d->s;
    int64_t hours = mr_vc_hundredths(mr_json_get(b->achievement, "SBU"));
    if (hours == 0) hours = mr_vc_hundredths(mr_json_get(b->achievement, "timeInvestment"));
    s->ects_hundredths = mr_vc_hundredths(mr_json_get(b->achievement, "ECTS"));
    s->workload_minutes = hours * 60 / 100;
    const mr_json *credits = mr_json_get(b->achievement, "creditsAvailable");
    bool answered = s->ects_hundredths || s->workload_minutes;
    if (!mr_json_is(credits, MR_JSON_NUMBER)) return;
    mr_str said = mr_arena_format(b->d->arena, "creditsAvailable: %.*s", MR_STR_ARG(mr_json_text(credits)));
    if (answered)
        mr_redescribe_lost(b->d, "workload", said);
    else
        mr_redescribe_unclear(b->d, MR_ELEMENT_WORKLOAD, said);
}

static void read_assessment(const struct badge *b, mr_texts criteria)
{
    mr_specification *s = b->d->s;
    mr_str said = mr_str_trim(mr_json_get_str(b->achievement, "assessmentType"));
    const mr_educredential *term = mr_educredential_find(MR_EDUCREDENTIAL_ASSESSMENT, said);
    struct mr_assessment *a = MR_NEW(b->d->arena, struct mr_assessment);
    if (said.len == 0 || !a) {
        s->further = mr_redescribe_append(b->d, s->further, criteria);
        return;
    }
    a->type = term && term->code[0] ? mr_concept_find(MR_SCHEME_ASSESSMENT, mr_str_of(term->code)) : NULL;
    if (!a->type)
        a->title = term ? mr_redescribe_labels(b->d, term->label) : mr_redescribe_one(b->d, b->d->primary, said);
    a->grading = criteria;
    s->assessments = a;
    s->assessment_count = 1;
}

static void read_participation(const struct badge *b)
{
    mr_str said = mr_str_trim(mr_json_get_str(b->achievement, "participationType"));
    const mr_educredential *term = mr_educredential_find(MR_EDUCREDENTIAL_PARTICIPATION, said);
    const mr_concept **mode = MR_NEW(b->d->arena, const mr_concept *);
    if (!mode) b->d->nomem = true;
    if (!mode || !term || !term->code[0]) {
        mr_redescribe_unclear(b->d, MR_ELEMENT_PARTICIPATION, said);
        return;
    }
    *mode = mr_concept_find(MR_SCHEME_MODE, mr_str_of(term->code));
    b->d->s->modes = mode;
    b->d->s->mode_count = *mode != NULL;
}

static void read_supervision(const struct badge *b)
{
    const mr_json *checked = mr_json_get(b->achievement, "identityChecked");
    mr_str said = mr_str_trim(mr_json_get_str(b->achievement, "supervisionType"));
    mr_educredential_said identity = mr_json_is(checked, MR_JSON_TRUE)    ? MR_EDUCREDENTIAL_YES
                                     : mr_json_is(checked, MR_JSON_FALSE) ? MR_EDUCREDENTIAL_NO
                                                                          : MR_EDUCREDENTIAL_UNSAID;
    mr_supervision s =
        mr_educredential_supervision(mr_educredential_find(MR_EDUCREDENTIAL_SUPERVISION, said), identity);
    if (s == MR_SUPERVISION_NOT_SAID && identity != MR_EDUCREDENTIAL_UNSAID && said.len)
        said = mr_arena_format(b->d->arena, "%.*s, identityChecked: %s", MR_STR_ARG(said),
                               identity == MR_EDUCREDENTIAL_YES ? "true" : "false");
    if (s == MR_SUPERVISION_NOT_SAID) mr_redescribe_unclear(b->d, MR_ELEMENT_SUPERVISION, said);
    b->d->s->supervision = s;
}

/* What each result is of is told by its description; one alone needs no name. */
static mr_str grade_of(const struct badge *b)
{
    mr_str all = MR_STR_EMPTY;
    size_t looked_at = 0;
    const mr_json *results = mr_json_get(b->subject, "result");
    bool several = mr_json_is(results, MR_JSON_ARRAY) && mr_json_count(results) > 1;
    MR_EACH(result, results)
    {
        const mr_json *described = NULL;
        mr_str of = mr_json_get_str(result, "resultDescription"), value = mr_vc_scalar(mr_json_get(result, "value"));
        if (looked_at++ == MR_REDESCRIBE_ITEMS_MOST) break;
        MR_EACH(description, mr_json_get(b->achievement, "resultDescription"))
        {
            if (of.len && mr_str_eq(mr_json_get_str(description, "id"), of)) described = description;
        }
        mr_str name = several ? text(b, described, "name") : MR_STR_EMPTY;
        if (value.len == 0) continue;
        if (name.len) value = mr_arena_concat(b->d->arena, (const mr_str[]){name, MR_STR(": "), value}, 3);
        all = mr_wording_join(b->d->arena, all, value);
    }
    return all;
}

/* inLanguage is what the badge is in; with the Dutch fields it is what was taught in. */
static void read_languages(const struct badge *b)
{
    bool dutch = mr_each_has(mr_json_get(b->achievement, "type"), "EducredentialAchievement");
    const mr_concept *c = mr_vc_language(mr_json_get_str(b->achievement, "inLanguage"));
    const mr_concept **list = MR_NEW(b->d->arena, const mr_concept *);
    if (!c || !dutch || !list) return;
    *list = c;
    b->d->s->languages = list;
    b->d->s->language_count = 1;
}

static void tell_what_is_lost(const struct badge *b)
{
    static const char *const members[] = {"fieldOfStudy", "specialization", "educationProgramIdentifier"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        MR_EACH(one, mr_json_get(b->achievement, members[i]))
        {
            mr_str said = mr_vc_scalar(one);
            if (said.len)
                mr_redescribe_lost(b->d, "", mr_arena_format(b->d->arena, "%s: %.*s", members[i], MR_STR_ARG(said)));
        }
    }
}

void mr_redescribe_badge(struct mr_redescribing *d)
{
    const mr_json *subject = mr_each_first(mr_json_get(d->document, "credentialSubject"));
    const struct badge b = {.d = d,
                            .issuer = mr_each_first(mr_json_get(d->document, "issuer")),
                            .subject = subject,
                            .achievement = d->given ? d->given : mr_each_first(mr_json_get(subject, "achievement"))};
    const mr_json *criteria = mr_each_first(mr_json_get(b.achievement, "criteria"));
    mr_str page = mr_json_get_str(criteria, "id");
    choose_language(&b);
    d->r->source = mr_json_get_str(d->document, "id");
    d->s->title = mr_redescribe_texts(d, mr_json_get(b.achievement, "name"), true);
    d->s->description = mr_redescribe_texts(d, mr_json_get(b.achievement, "description"), false);
    if (mr_str_has_prefix(page, MR_STR("https://"))) d->s->homepage = page;
    read_provider(&b);
    read_learner(&b);
    read_dates(&b);
    read_alignments(&b);
    read_workload(&b);
    read_assessment(&b, mr_redescribe_texts(d, mr_json_get(criteria, "narrative"), false));
    read_participation(&b);
    read_supervision(&b);
    read_languages(&b);
    d->r->achievement.grade = grade_of(&b);
    tell_what_is_lost(&b);
}
