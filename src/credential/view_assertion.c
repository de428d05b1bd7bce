#include "credential/view_assertion.h"

#include "credential/assertion.h"
#include "credential/each.h"
#include "credential/wording.h"

#include <math.h>

struct reading {
    mr_arena *arena;
    const mr_language *language;
    mr_view *view;
    const mr_json *assertion, *badge, *issuer;
};

#define VALUES_MAX (sizeof((struct mr_view_answer *)0)->values / sizeof(mr_str))

/* ---- texts and answers ---- */

/* A plain text, or {"@value", "@language"}. */
static mr_str text_of(const mr_json *object, const char *member)
{
    const mr_json *v = mr_each_get(object, member);
    v = mr_each_first(v);
    return mr_str_trim(mr_json_str(mr_json_is(v, MR_JSON_OBJECT) ? mr_json_get(v, "@value") : v));
}

static void add(struct reading *r, mr_element e, mr_str value)
{
    struct mr_view_answer *a = &r->view->answers[e];
    value = mr_str_trim(value);
    if (value.len == 0 || a->value_count == VALUES_MAX) return;
    for (size_t i = 0; i < a->value_count; i++)
        if (mr_str_eq(a->values[i], value)) return;
    a->values[a->value_count++] = value;
    a->answered = true;
}

static mr_str labelled(const struct reading *r, mr_str label, mr_str text)
{
    return mr_arena_concat(r->arena, (const mr_str[]){label, MR_STR(": "), text}, 3);
}

static void add_labelled(struct reading *r, const char *label, mr_str text)
{
    if (text.len) add(r, MR_ELEMENT_FURTHER, labelled(r, mr_message(r->language, label), text));
}

/* A member of an extension of the badge class, else of the issuer or assertion. */
static const mr_json *extended(const struct reading *r, const char *extension, const char *member)
{
    const mr_json *objects[] = {r->badge, r->issuer, r->assertion};
    for (size_t i = 0; i < 3; i++) {
        const mr_json *found = mr_json_get(mr_assertion_extension(objects[i], extension), member);
        if (found) return mr_each_first(found);
    }
    return NULL;
}

/* ---- who, when ---- */

static void read_country(struct reading *r)
{
    mr_str code = mr_json_str(extended(r, "InstitutionCountryExtension", "InstitutionCountry"));
    const mr_concept *country = code.len == 2 ? mr_concept_find(MR_SCHEME_COUNTRY, code) : NULL;
    if (!country) return;
    r->view->issuer_country = mr_str_of(country->code);
    add(r, MR_ELEMENT_COUNTRY, mr_concept_label(country, mr_language_tag(r->language)));
}

static void read_issuer(struct reading *r)
{
    mr_str name = text_of(r->issuer, "name");
    r->view->issuer = name.len ? name : mr_assertion_id(r->issuer);
    r->view->awarding_body = name;
    add(r, MR_ELEMENT_AWARDING_BODY, name);
    add_labelled(r, "view.institution", mr_json_str(extended(r, "InstitutionNameExtension", "InstitutionName")));
    add_labelled(r, "view.institution_number",
                 mr_json_str(extended(r, "InstitutionIdentifierExtension", "InstitutionIdentifier")));
    read_country(r);
}

/* Known by an address or another text, when that is not hashed; Blockcerts' extension gives a name. */
static void read_learner(struct reading *r)
{
    const mr_json *recipient = mr_each_first(mr_json_get(r->assertion, "recipient"));
    mr_str name = mr_json_str(extended(r, "RecipientProfile", "name"));
    if (name.len == 0 && mr_json_is(mr_json_get(recipient, "hashed"), MR_JSON_FALSE))
        name = mr_str_trim(mr_json_get_str(recipient, "identity"));
    r->view->learner = name;
    add(r, MR_ELEMENT_LEARNER, name);
}

static int64_t time_of(struct reading *r, const char *member, bool end)
{
    const mr_json *v = mr_each_first(mr_json_get(r->assertion, member));
    int64_t time = MR_TIME_NONE;
    if (!v || mr_json_is(v, MR_JSON_NULL) || mr_assertion_time(v, end, &time)) return time;
    r->view->dates_unreadable = true;
    return MR_TIME_NONE;
}

static void read_dates(struct reading *r)
{
    mr_view *v = r->view;
    v->issued = v->valid_from = time_of(r, "issuedOn", false);
    v->valid_until = time_of(r, "expires", true);
    v->awarded_on = mr_date_of_time(v->issued);
    if (mr_date_is_set(v->awarded_on)) add(r, MR_ELEMENT_DATE, mr_say_date(r->arena, r->language, v->awarded_on));
}

/* ---- what ---- */

static mr_str eqf_of(const struct reading *r, const mr_json *number)
{
    int64_t level = 0;
    if (!mr_json_to_int64(number, &level) || level < 1 || level > 8) return MR_STR_EMPTY;
    return mr_wording_eqf(r->arena, r->language, mr_arena_format(r->arena, "%d", (int)level));
}

static void add_level(struct reading *r, mr_str said)
{
    struct mr_view_answer *a = &r->view->answers[MR_ELEMENT_LEVEL];
    size_t before = a->value_count;
    add(r, MR_ELEMENT_LEVEL, said);
    if (a->value_count > before) r->view->level = mr_wording_join(r->arena, r->view->level, said);
}

static bool read_level(struct reading *r, const mr_json *alignment)
{
    mr_str url = mr_json_get_str(alignment, "targetUrl"), framework = text_of(alignment, "targetFramework");
    const mr_concept *eqf = mr_concept_find_uri(MR_SCHEME_EQF, url), *nqf = mr_concept_find_uri(MR_SCHEME_NQF, url);
    if (!eqf && (mr_str_eq_ascii_nocase(framework, MR_STR("EQF")) ||
                 mr_str_find(framework, MR_STR("European Qualifications Framework")) >= 0))
        eqf = mr_concept_find(MR_SCHEME_EQF, mr_json_get_str(alignment, "targetCode"));
    if (eqf)
        add_level(r, mr_wording_eqf(r->arena, r->language, mr_str_of(eqf->code)));
    else if (nqf)
        add_level(r, mr_concept_label(nqf, mr_language_tag(r->language)));
    return eqf || nqf;
}

static bool is_esco(const mr_json *alignment)
{
    return mr_str_has_prefix(mr_json_get_str(alignment, "targetUrl"), MR_STR("http://data.europa.eu/esco/skill/")) ||
           mr_str_eq_ascii_nocase(text_of(alignment, "targetFramework"), MR_STR("ESCO"));
}

/* Skills are outcomes; others lead to standards and descriptions, which are named with their framework. */
static void read_alignments(struct reading *r)
{
    size_t looked_at = 0;
    MR_EACH(alignment, mr_json_get(r->badge, "alignment"))
    {
        mr_str name = text_of(alignment, "targetName"), framework = text_of(alignment, "targetFramework");
        if (looked_at++ == VALUES_MAX) return;
        if (read_level(r, alignment)) continue;
        if (is_esco(alignment))
            add(r, MR_ELEMENT_OUTCOMES, name);
        else
            add_labelled(r, "view.alignment", framework.len && name.len ? labelled(r, framework, name) : name);
    }
}

static int64_t rounded(const mr_json *number, double times)
{
    double value = 0;
    return mr_json_to_double(number, &value) && value > 0 && value < 100000 ? (int64_t)floor(value * times + 0.5) : 0;
}

/* Credit and hours are two statements, and are told as two. */
static void read_workload(struct reading *r)
{
    const mr_json *load = extended(r, "StudyLoadExtension", "StudyLoad");
    if (!load) load = extended(r, "TimeInvestmentExtension", "TimeInvestment");
    mr_str said = mr_wording_workload(r->arena, r->language, rounded(extended(r, "ECTSExtension", "ECTS"), 100),
                                      rounded(load, 60));
    add(r, MR_ELEMENT_WORKLOAD, said);
    r->view->workload = said;
}

/* "en_EN", "nl-NL": the first two letters are the language. */
static void read_language(struct reading *r)
{
    mr_str tag = mr_json_str(extended(r, "LanguageExtension", "Language"));
    const mr_concept *known = tag.len >= 2 ? mr_concept_find(MR_SCHEME_LANGUAGE, mr_str_make(tag.ptr, 2)) : NULL;
    add_labelled(r, "field.languages", known ? mr_concept_label(known, mr_language_tag(r->language)) : tag);
}

static void read_extensions(struct reading *r)
{
    const mr_json *programme = extended(r, "EducationProgramIdentifierExtension", "EducationProgramIdentifier");
    mr_str level = eqf_of(r, extended(r, "EQFExtension", "EQF"));
    if (level.len) add_level(r, level);
    add(r, MR_ELEMENT_OUTCOMES, mr_json_str(extended(r, "LearningOutcomeExtension", "LearningOutcome")));
    read_workload(r);
    read_language(r);
    if (programme && (mr_json_is(programme, MR_JSON_NUMBER) || mr_json_is(programme, MR_JSON_STRING)))
        add_labelled(r, "view.programme_number", mr_json_text(programme));
    add_labelled(r, "view.grading_table", mr_json_str(extended(r, "GradingTableExtension", "GradingTableURL")));
}

static void read_tags(struct reading *r)
{
    mr_str all = MR_STR_EMPTY;
    size_t count = 0;
    MR_EACH(tag, mr_json_get(r->badge, "tags"))
    {
        if (count++ == VALUES_MAX) break;
        all = mr_wording_join(r->arena, all, mr_str_trim(mr_json_str(tag)));
    }
    add_labelled(r, "view.tags", all);
}

static void read_evidence(struct reading *r)
{
    size_t looked_at = 0;
    MR_EACH(evidence, mr_json_get(r->assertion, "evidence"))
    {
        mr_str name = text_of(evidence, "name");
        if (looked_at++ == VALUES_MAX) return;
        if (name.len == 0) name = text_of(evidence, "narrative");
        add_labelled(r, "view.evidence", name.len ? name : mr_assertion_id(evidence));
    }
}

static void read_badge(struct reading *r)
{
    const mr_json *criteria = mr_each_first(mr_json_get(r->badge, "criteria"));
    mr_str asked = text_of(criteria, "narrative"), kind = text_of(r->badge, "achievementType");
    r->view->title = text_of(r->badge, "name");
    add(r, MR_ELEMENT_TITLE, r->view->title);
    add_labelled(r, "view.achievement_type", kind);
    add(r, MR_ELEMENT_FURTHER, text_of(r->badge, "description"));
    add_labelled(r, "view.criteria", asked.len ? asked : mr_assertion_id(criteria));
    add(r, MR_ELEMENT_FURTHER, text_of(r->assertion, "narrative"));
    r->view->not_annex = !mr_str_is(kind, "MicroCredential");
    read_alignments(r);
    read_extensions(r);
    read_tags(r);
    read_evidence(r);
}

void mr_view_read_assertion(mr_arena *a, const struct mr_view_assertion *parts, const mr_language *l, mr_view *ret)
{
    *ret = (mr_view){.issued = MR_TIME_NONE, .valid_from = MR_TIME_NONE, .valid_until = MR_TIME_NONE};
    struct reading r = {.arena = a,
                        .language = l,
                        .view = ret,
                        .assertion = parts->assertion,
                        .badge = mr_each_first(parts->badge),
                        .issuer = mr_each_first(parts->issuer)};
    mr_str id = mr_assertion_id(parts->assertion);
    ret->id = id.len ? id : mr_json_get_str(parts->assertion, "uid");
    read_issuer(&r);
    read_learner(&r);
    read_dates(&r);
    read_badge(&r);
}
