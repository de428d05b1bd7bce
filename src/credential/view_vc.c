/* Reading a badge, or any other credential, for people.
 *
 * Of an Open Badge the subject (AchievementSubject) has one achievement, whose name, alignments, criteria and results are read; a Comprehensive Learner
 * Record has several, or credentials in it, which are named. Any other credential is told by its types and by the members of its subjects, one
 * "name: value" each, one level deep: nothing is known of what they mean.
 *
 * An answer is given where the badge plainly has it. There is no place in a badge for how one took part or for quality assurance, and
 * endorsements are credentials of others that nobody verified here. */
#include "credential/view_vc.h"

#include "credential/each.h"
#include "credential/endorsement.h"
#include "credential/open_badges.h"
#include "credential/vcdm.h"
#include "credential/wording.h"

struct reading {
    mr_arena *arena;
    const mr_language *language;
    mr_view *view;
    const mr_json *document, *issuer, *subject, *achievement; /* subject: NULL when there are several */
};

#define VALUES_MAX (sizeof((struct mr_view_answer *)0)->values / sizeof(mr_str))

/* ---- texts ---- */

/* A plain text, or {"@value", "@language"}. */
static mr_str string_of(const mr_json *v)
{
    return mr_str_trim(mr_json_str(mr_json_is(v, MR_JSON_OBJECT) ? mr_json_get(v, "@value") : v));
}

/* The text in the reader's language, else in English, else the first. */
static const mr_json *best_of(const struct reading *r, const mr_json *v)
{
    const mr_json *english = NULL;
    MR_EACH(one, v)
    {
        mr_str language = mr_json_get_str(one, "@language");
        if (mr_str_eq_ascii_nocase(language, mr_language_tag(r->language))) return one;
        if (!english && mr_str_eq_ascii_nocase(language, MR_STR("en"))) english = one;
    }
    return english ? english : mr_each_first(v);
}

static mr_str text_of(const struct reading *r, const mr_json *object, const char *member)
{
    return string_of(best_of(r, mr_each_get(object, member)));
}

static mr_str id_of(const mr_json *node)
{
    node = mr_each_first(node);
    return mr_json_is(node, MR_JSON_STRING) ? mr_json_text(node) : mr_json_get_str(node, "id");
}

/* "Name: text"; either alone when the other is empty. */
static mr_str labelled(const struct reading *r, mr_str label, mr_str text)
{
    if (label.len == 0 || text.len == 0) return label.len ? label : text;
    return mr_arena_concat(r->arena, (const mr_str[]){label, MR_STR(": "), text}, 3);
}

/* A number or text as it stands. */
static mr_str scalar_of(const mr_json *v)
{
    if (mr_json_is(v, MR_JSON_NUMBER)) return mr_json_text(v);
    if (mr_json_is(v, MR_JSON_TRUE)) return MR_STR("true");
    if (mr_json_is(v, MR_JSON_FALSE)) return MR_STR("false");
    return string_of(v);
}

/* ---- answers ---- */

static void add(struct reading *r, mr_element e, mr_str value)
{
    struct mr_view_answer *a = &r->view->answers[e];
    if (value.len == 0 || a->value_count == VALUES_MAX) return;
    for (size_t i = 0; i < a->value_count; i++)
        if (mr_str_eq(a->values[i], value)) return;
    a->values[a->value_count++] = value;
    a->answered = true;
}

static void add_labelled(struct reading *r, const char *label, mr_str text)
{
    if (text.len) add(r, MR_ELEMENT_FURTHER, labelled(r, mr_message(r->language, label), text));
}

/* ---- who ---- */

static void read_issuer(struct reading *r)
{
    mr_view *v = r->view;
    mr_str name = text_of(r, r->issuer, "name"),
           code = mr_json_get_str(mr_each_get(r->issuer, "address"), "addressCountryCode");
    v->issuer = name.len ? name : id_of(r->issuer);
    v->awarding_body = name;
    add(r, MR_ELEMENT_AWARDING_BODY, name);
    const mr_concept *country = code.len == 2 ? mr_concept_find(MR_SCHEME_COUNTRY, code) : NULL;
    if (!country) return;
    v->issuer_country = mr_str_of(country->code);
    add(r, MR_ELEMENT_COUNTRY, mr_concept_label(country, mr_language_tag(r->language)));
}

/* Open Badges 3.0 B.1.13 IdentityObject: known by a name or an address, when that is not hashed. */
static mr_str identity_of(const struct reading *r, const char *type)
{
    MR_EACH(identity, mr_json_get(r->subject, "identifier"))
    {
        if (mr_json_is(mr_json_get(identity, "hashed"), MR_JSON_FALSE) &&
            mr_str_is(mr_json_get_str(identity, "identityType"), type))
            return mr_str_trim(mr_json_get_str(identity, "identityHash"));
    }
    return MR_STR_EMPTY;
}

static void read_learner(struct reading *r)
{
    mr_str given = text_of(r, r->subject, "givenName"), family = text_of(r, r->subject, "familyName"),
           name = text_of(r, r->subject, "name");
    if (name.len == 0 && given.len && family.len)
        name = mr_arena_concat(r->arena, (const mr_str[]){given, MR_STR(" "), family}, 3);
    if (name.len == 0) name = given.len ? given : family;
    if (name.len == 0) name = identity_of(r, "name");
    if (name.len == 0) name = identity_of(r, "emailAddress");
    r->view->learner = name;
    add(r, MR_ELEMENT_LEARNER, name);
}

/* ---- when ---- */

/* A date that is there and cannot be read must not look as if it were absent. */
static int64_t time_of(struct reading *r, const char *member)
{
    const mr_json *v = mr_json_get(r->document, member);
    int64_t time = MR_TIME_NONE;
    if (!v || mr_time_parse(mr_json_str(v), &time, NULL) == MR_OK) return time;
    r->view->dates_unreadable = true;
    return MR_TIME_NONE;
}

static int64_t earlier(int64_t a, int64_t b)
{
    if (a == MR_TIME_NONE || b == MR_TIME_NONE) return a == MR_TIME_NONE ? b : a;
    return a < b ? a : b;
}

/* Of 1.1 its own names count, and validUntil, which its context knows; of 2.0 the new names alone. */
static void read_dates(struct reading *r)
{
    mr_view *v = r->view;
    bool first = mr_vcdm_version_of(r->document) == MR_VCDM_1;
    v->valid_from = time_of(r, first ? "issuanceDate" : "validFrom");
    v->valid_until = time_of(r, "validUntil");
    if (first) v->valid_until = earlier(v->valid_until, time_of(r, "expirationDate"));
    v->issued = v->valid_from;
    int64_t awarded = time_of(r, "awardedDate"); /* Open Badges 3.0 B.1.3 */
    v->awarded_on = mr_date_of_time(awarded != MR_TIME_NONE ? awarded : v->issued);
    if (mr_date_is_set(v->awarded_on)) add(r, MR_ELEMENT_DATE, mr_say_date(r->arena, r->language, v->awarded_on));
}

/* ---- what a badge says ---- */

static bool is_level(mr_str framework)
{
    return mr_str_eq_ascii_nocase(framework, MR_STR("EQF")) ||
           mr_str_find(framework, MR_STR("European Qualifications Framework")) >= 0;
}

/* A level of the European or a national framework, by its URL or by the name of the European framework. */
static bool read_level(struct reading *r, const mr_json *alignment)
{
    mr_str url = mr_json_get_str(alignment, "targetUrl"), code = mr_json_get_str(alignment, "targetCode");
    const mr_concept *eqf = mr_concept_find_uri(MR_SCHEME_EQF, url), *nqf = mr_concept_find_uri(MR_SCHEME_NQF, url);
    if (!eqf && is_level(text_of(r, alignment, "targetFramework"))) eqf = mr_concept_find(MR_SCHEME_EQF, code);
    mr_str said = eqf   ? mr_wording_eqf(r->arena, r->language, mr_str_of(eqf->code))
                  : nqf ? mr_concept_label(nqf, mr_language_tag(r->language))
                        : MR_STR_EMPTY;
    if (said.len == 0) return false;
    add(r, MR_ELEMENT_LEVEL, said);
    r->view->level = mr_wording_join(r->arena, r->view->level, said);
    return true;
}

/* What was learnt: an ESCO skill, or what says of itself that it is a competency. */
static bool is_competency(const mr_json *alignment)
{
    mr_str url = mr_json_get_str(alignment, "targetUrl");
    return mr_str_has_prefix(url, MR_STR("http://data.europa.eu/esco/skill/")) ||
           mr_str_is(mr_json_get_str(alignment, "targetType"), "ceasn:Competency");
}

/* Others lead to descriptions and courses: what they mean for it is not said. */
static void read_alignments(struct reading *r)
{
    size_t looked_at = 0;
    MR_EACH(alignment, mr_json_get(r->achievement, "alignment"))
    {
        if (looked_at++ == VALUES_MAX) return;
        if (!read_level(r, alignment) && is_competency(alignment))
            add(r, MR_ELEMENT_OUTCOMES, text_of(r, alignment, "targetName"));
    }
}

/* An object of a list by its id, or NULL. */
static const mr_json *find_by_id(const mr_json *list, mr_str id)
{
    MR_EACH(one, list)
    {
        if (id.len && mr_str_eq(mr_json_get_str(one, "id"), id)) return one;
    }
    return NULL;
}

/* Open Badges 3.0 B.1.19 Result: a value, or a level of a rubric; what it measures is told by its description. */
static void read_results(struct reading *r)
{
    size_t looked_at = 0;
    MR_EACH(result, mr_json_get(r->subject, "result"))
    {
        if (looked_at++ == VALUES_MAX) return;
        const mr_json *description =
            find_by_id(mr_json_get(r->achievement, "resultDescription"), mr_json_get_str(result, "resultDescription"));
        const mr_json *level =
            find_by_id(mr_json_get(description, "rubricCriterionLevel"), mr_json_get_str(result, "achievedLevel"));
        mr_str value = scalar_of(mr_json_get(result, "value"));
        if (value.len == 0) value = text_of(r, level, "name");
        if (value.len) add(r, MR_ELEMENT_GRADE, labelled(r, text_of(r, description, "name"), value));
    }
}

static mr_str credits(const struct reading *r, const mr_json *v)
{
    return mr_json_is(v, MR_JSON_NUMBER) ? MR_SAY(r->arena, r->language, "view.credits", {"count", mr_json_text(v)})
                                         : MR_STR_EMPTY;
}

/* Credits are of whatever system the issuer has: nothing says that they are ECTS. */
static void read_workload(struct reading *r)
{
    mr_str offered = credits(r, mr_json_get(r->achievement, "creditsAvailable")),
           earned = credits(r, mr_json_get(r->subject, "creditsEarned"));
    add(r, MR_ELEMENT_WORKLOAD, offered);
    if (earned.len && !mr_str_eq(earned, offered))
        add(r, MR_ELEMENT_WORKLOAD, MR_SAY(r->arena, r->language, "view.credit_awarded", {"credit", earned}));
    r->view->workload = offered.len ? offered : earned;
}

static void read_evidence(struct reading *r)
{
    MR_EACH(evidence, mr_json_get(r->document, "evidence"))
    {
        mr_str name = text_of(r, evidence, "name");
        if (name.len == 0) name = text_of(r, evidence, "narrative");
        add_labelled(r, "view.evidence", name.len ? name : id_of(evidence));
    }
}

static void read_achievement(struct reading *r)
{
    const mr_json *criteria = mr_each_get(r->achievement, "criteria");
    mr_str narrative = text_of(r, criteria, "narrative");
    add_labelled(r, "view.achievement_type", mr_json_get_str(r->achievement, "achievementType"));
    add(r, MR_ELEMENT_FURTHER, text_of(r, r->achievement, "description"));
    add_labelled(r, "view.criteria", narrative.len ? narrative : id_of(criteria));
    add_labelled(r, "view.field", text_of(r, r->achievement, "fieldOfStudy"));
    add_labelled(r, "view.specialization", text_of(r, r->achievement, "specialization"));
    add(r, MR_ELEMENT_FURTHER, text_of(r, r->subject, "narrative"));
    read_alignments(r);
    read_workload(r);
    read_results(r);
    read_evidence(r);
}

/* ---- records and other credentials ---- */

/* CLR 2.0 B.1 ClrSubject: achievements, and credentials in it. */
static void read_contents(struct reading *r)
{
    MR_EACH(achievement, mr_json_get(r->subject, "achievement"))
    {
        add_labelled(r, "view.contains", text_of(r, achievement, "name"));
    }
    MR_EACH(credential, mr_json_get(r->subject, "verifiableCredential"))
    {
        mr_str name = text_of(r, mr_each_get(mr_json_get(credential, "credentialSubject"), "achievement"), "name");
        add_labelled(r, "view.contains", name.len ? name : text_of(r, credential, "name"));
    }
}

/* A claim of something that has no name of its own is told by its id. */
static mr_str value_of(const struct reading *r, const mr_json *v)
{
    mr_str said = scalar_of(v);
    if (said.len || !mr_json_is(v, MR_JSON_OBJECT)) return said;
    said = text_of(r, v, "name");
    return said.len ? said : id_of(v);
}

static bool is_told_elsewhere(mr_str member)
{
    static const char *const names[] = {"id",         "type",        "@context",
                                        "name",       "givenName",   "familyName",
                                        "identifier", "achievement", "verifiableCredential"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (mr_str_is(member, names[i])) return true;
    return false;
}

static void read_claims(struct reading *r, const mr_json *subject)
{
    MR_JSON_EACH_MEMBER (name, subject) {
        if (is_told_elsewhere(mr_json_text(name))) continue;
        MR_EACH(one, name + 1)
        {
            mr_str value =
                r->view->answers[MR_ELEMENT_FURTHER].value_count < VALUES_MAX ? value_of(r, one) : MR_STR_EMPTY;
            if (value.len) add(r, MR_ELEMENT_FURTHER, labelled(r, mr_json_text(name), value));
        }
    }
}

/* What it says of what kind it is, without the types that every credential has. */
static mr_str kind_of(const struct reading *r)
{
    mr_str all = MR_STR_EMPTY;
    size_t looked_at = 0;
    MR_EACH(type, mr_json_get(r->document, "type"))
    {
        mr_str name = mr_json_str(type);
        if (looked_at++ < VALUES_MAX && !mr_str_is(name, "VerifiableCredential"))
            all = mr_wording_join(r->arena, all, name);
    }
    return all;
}

static void read_title(struct reading *r)
{
    mr_str title = text_of(r, r->achievement, "name");
    if (title.len == 0) title = text_of(r, r->document, "name");
    if (title.len == 0) title = kind_of(r);
    r->view->title = title;
    add(r, MR_ELEMENT_TITLE, title);
    add(r, MR_ELEMENT_FURTHER, text_of(r, r->document, "description"));
}

/* ---- the whole ---- */

static void find_parts(struct reading *r)
{
    const mr_json *subjects = mr_json_get(r->document, "credentialSubject");
    bool several = mr_json_is(subjects, MR_JSON_ARRAY) && mr_json_count(subjects) > 1;
    r->issuer = mr_each_first(mr_json_get(r->document, "issuer"));
    r->subject = several ? NULL : mr_each_first(subjects);
    const mr_json *achievement = mr_json_get(r->subject, "achievement");
    bool record = mr_json_is(achievement, MR_JSON_ARRAY) && mr_json_count(achievement) > 1;
    bool is_record = mr_each_has(mr_json_get(r->document, "type"), "ClrCredential");
    r->achievement = record || is_record ? NULL : mr_each_first(achievement);
    r->view->not_annex = !mr_str_is(mr_json_get_str(r->achievement, "achievementType"), "MicroCredential");
}

int mr_view_read_vc(mr_arena *a, const mr_json *document, const mr_language *l, mr_view *ret, struct mr_err *err)
{
    if (!mr_json_is(document, MR_JSON_OBJECT)) return MR_FAIL(err, MR_E_FORMAT, "format.object", 0);
    *ret = (mr_view){.issued = MR_TIME_NONE, .valid_from = MR_TIME_NONE, .valid_until = MR_TIME_NONE};
    struct reading r = {.arena = a, .language = l, .view = ret, .document = document};
    find_parts(&r);
    ret->id = mr_json_get_str(document, "id");
    read_issuer(&r);
    read_learner(&r);
    read_dates(&r);
    read_title(&r);
    if (r.achievement) {
        read_achievement(&r);
        return mr_open_badges_view(a, document, l, ret, err);
    }
    if (mr_endorsement_is(document)) {
        mr_endorsement_view(a, document, l, ret);
        return MR_OK;
    }
    read_contents(&r);
    MR_EACH(subject, mr_json_get(document, "credentialSubject"))
    {
        read_claims(&r, subject);
    }
    read_evidence(&r);
    return MR_OK;
}
