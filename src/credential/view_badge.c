/* Reading the achievement of an Open Badge for people, and what the subject did in it.
 *
 * Open Badges 3.0 has few of the elements of Annex I: criteria, alignments, credits, results. The Dutch fields (edubadges) add ECTS, hours, form of
 * participation, assessment and supervision, and say in alignments what level it has and who accredited it; they are read wherever they stand, because
 * no other meaning of these names is known.
 *
 * Credits are ECTS only when the badge says so; criteria are no learning outcomes; an alignment is an outcome when it leads to a skill or
 * competency, a level when it names the European framework, and quality assurance when it says that it is. */
#include "credential/view_vc_inside.h"

#include "credential/educredential.h"

/* ---- what a badge says ---- */

static bool names_eqf(const mr_json *alignment)
{
    mr_str framework = mr_vc_scalar(mr_each_first(mr_json_get(alignment, "targetFramework")));
    return mr_str_is(mr_json_get_str(alignment, "targetType"), "ext:EQF") ||
           mr_str_eq_ascii_nocase(framework, MR_STR("EQF")) ||
           mr_str_find(framework, MR_STR("European Qualifications Framework")) >= 0;
}

const mr_concept *mr_vc_alignment_level(const mr_json *alignment)
{
    mr_str url = mr_json_get_str(alignment, "targetUrl"), code = mr_json_get_str(alignment, "targetCode");
    const mr_concept *eqf = mr_concept_find_uri(MR_SCHEME_EQF, url);
    if (!eqf && names_eqf(alignment)) eqf = mr_concept_find(MR_SCHEME_EQF, code);
    return eqf ? eqf : mr_concept_find_uri(MR_SCHEME_NQF, url);
}

/* What was learnt: an ESCO skill, or what says of itself that it is a competency. */
static bool is_competency(const mr_json *alignment)
{
    mr_str url = mr_json_get_str(alignment, "targetUrl"), type = mr_json_get_str(alignment, "targetType");
    return mr_str_has_prefix(url, MR_STR("http://data.europa.eu/esco/skill/")) || mr_str_is(type, "ceasn:Competency") ||
           mr_str_is(type, "ext:ESCOAlignment");
}

mr_vc_alignment mr_vc_alignment_of(const mr_json *alignment)
{
    const mr_concept *level = mr_vc_alignment_level(alignment);
    if (level) return level->scheme == MR_SCHEME_EQF ? MR_VC_ALIGNMENT_EQF : MR_VC_ALIGNMENT_NQF;
    if (mr_str_is(mr_json_get_str(alignment, "targetType"), "ext:QualityAssurance")) return MR_VC_ALIGNMENT_QUALITY;
    return is_competency(alignment) ? MR_VC_ALIGNMENT_OUTCOME : MR_VC_ALIGNMENT_OTHER;
}

static void read_level(struct mr_vc_reading *r, const mr_concept *level)
{
    mr_str said = level->scheme == MR_SCHEME_EQF ? mr_wording_eqf(r->arena, r->language, mr_str_of(level->code))
                                                 : mr_concept_label(level, mr_language_tag(r->language));
    mr_vc_add(r, MR_ELEMENT_LEVEL, said);
    r->view->level = mr_wording_join(r->arena, r->view->level, said);
}

/* "Institutional accreditation (Accreditation of the programme), AV-1, https://agency.example/AV-1" */
static void read_quality(struct mr_vc_reading *r, const mr_json *alignment)
{
    mr_str said = mr_wording_with_type(r->arena, mr_vc_text(r, alignment, "targetName"),
                                       mr_vc_text(r, alignment, "targetDescription"));
    said = mr_wording_join(r->arena, said, mr_json_get_str(alignment, "targetCode"));
    said = mr_wording_join(r->arena, said, mr_json_get_str(alignment, "targetUrl"));
    mr_vc_add(r, MR_ELEMENT_QUALITY, said);
    r->view->claims_accreditation |= said.len > 0;
}

/* Others lead to descriptions and courses: what they mean for it is not said. */
static void read_alignments(struct mr_vc_reading *r)
{
    size_t looked_at = 0;
    MR_EACH(alignment, mr_json_get(r->achievement, "alignment"))
    {
        if (looked_at++ == MR_VC_VALUES_MAX) return;
        switch (mr_vc_alignment_of(alignment)) {
        case MR_VC_ALIGNMENT_EQF:
        case MR_VC_ALIGNMENT_NQF: read_level(r, mr_vc_alignment_level(alignment)); break;
        case MR_VC_ALIGNMENT_QUALITY: read_quality(r, alignment); break;
        case MR_VC_ALIGNMENT_OUTCOME: mr_vc_add(r, MR_ELEMENT_OUTCOMES, mr_vc_text(r, alignment, "targetName")); break;
        case MR_VC_ALIGNMENT_OTHER: break;
        }
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

/* A number says nothing without its scale: "8.0 (from 1 to 10, 6 required)". */
static mr_str with_scale(const struct mr_vc_reading *r, mr_str value, const mr_json *description)
{
    mr_str min = mr_vc_scalar(mr_json_get(description, "valueMin")),
           max = mr_vc_scalar(mr_json_get(description, "valueMax")),
           required = mr_vc_scalar(mr_json_get(description, "requiredValue"));
    if (min.len == 0 || max.len == 0) return value;
    return MR_SAY(r->arena, r->language, required.len ? "view.scale_required" : "view.scale", {"value", value},
                  {"min", min}, {"max", max}, {"required", required});
}

/* Open Badges 3.0 B.1.19 Result: a value, or a level of a rubric; what it measures is told by its description. */
static void read_results(struct mr_vc_reading *r)
{
    size_t looked_at = 0;
    MR_EACH(result, mr_json_get(r->subject, "result"))
    {
        if (looked_at++ == MR_VC_VALUES_MAX) return;
        const mr_json *description =
            find_by_id(mr_json_get(r->achievement, "resultDescription"), mr_json_get_str(result, "resultDescription"));
        const mr_json *level =
            find_by_id(mr_json_get(description, "rubricCriterionLevel"), mr_json_get_str(result, "achievedLevel"));
        mr_str value = mr_vc_scalar(mr_json_get(result, "value"));
        if (value.len) value = with_scale(r, value, description);
        if (value.len == 0) value = mr_vc_text(r, level, "name");
        if (value.len) mr_vc_add(r, MR_ELEMENT_GRADE, mr_vc_labelled(r, mr_vc_text(r, description, "name"), value));
    }
}

static mr_str credits(const struct mr_vc_reading *r, const mr_json *v)
{
    return mr_json_is(v, MR_JSON_NUMBER) ? MR_SAY(r->arena, r->language, "view.credits", {"count", mr_json_text(v)})
                                         : MR_STR_EMPTY;
}

int64_t mr_vc_hundredths(const mr_json *v)
{
    double value = 0;
    if (!mr_json_to_double(v, &value) || !(value > 0) || value > 1000000) return 0;
    int64_t hundredths = (int64_t)(value * 100 + 0.5);
    double back = (double)hundredths / 100 - value;
    return back < 1e-9 && back > -1e-9 ? hundredths : 0;
}

/* The Dutch fields: ECTS; hours as study load (SBU), else as the time that was needed. */
static mr_str read_dutch_workload(struct mr_vc_reading *r)
{
    int64_t hours = mr_vc_hundredths(mr_json_get(r->achievement, "SBU"));
    if (hours == 0) hours = mr_vc_hundredths(mr_json_get(r->achievement, "timeInvestment"));
    mr_str said = mr_wording_workload(r->arena, r->language, mr_vc_hundredths(mr_json_get(r->achievement, "ECTS")),
                                      hours * 60 / 100);
    mr_vc_add(r, MR_ELEMENT_WORKLOAD, said);
    return said;
}

/* Other credits are of whatever system the issuer has: nothing says that they are ECTS. */
static void read_workload(struct mr_vc_reading *r)
{
    mr_str dutch = read_dutch_workload(r), offered = credits(r, mr_json_get(r->achievement, "creditsAvailable")),
           earned = credits(r, mr_json_get(r->subject, "creditsEarned"));
    mr_vc_add(r, MR_ELEMENT_WORKLOAD, offered);
    if (earned.len && !mr_str_eq(earned, offered))
        mr_vc_add(r, MR_ELEMENT_WORKLOAD, MR_SAY(r->arena, r->language, "view.credit_awarded", {"credit", earned}));
    r->view->workload = dutch.len ? dutch : offered.len ? offered : earned;
}

/* A term of a closed list by its label, anything else as it stands. */
static const mr_educredential *read_term(struct mr_vc_reading *r, mr_educredential_list list, const char *member,
                                         mr_element e)
{
    mr_str term = mr_json_get_str(r->achievement, member);
    const mr_educredential *known = mr_educredential_find(list, mr_str_trim(term));
    mr_vc_add(r, e, known ? mr_educredential_label(known, mr_language_tag(r->language)) : mr_str_trim(term));
    return known;
}

/* Whether the identity was checked is told when the kind of supervision does not say the same. */
static void read_supervision(struct mr_vc_reading *r)
{
    const mr_educredential *kind =
        read_term(r, MR_EDUCREDENTIAL_SUPERVISION, "supervisionType", MR_ELEMENT_SUPERVISION);
    const mr_json *checked = mr_json_get(r->achievement, "identityChecked");
    bool yes = mr_json_is(checked, MR_JSON_TRUE);
    if (!yes && !mr_json_is(checked, MR_JSON_FALSE)) return;
    mr_supervision unsaid = mr_educredential_supervision(kind, MR_EDUCREDENTIAL_UNSAID);
    if (unsaid != MR_SUPERVISION_NOT_SAID &&
        unsaid == mr_educredential_supervision(kind, yes ? MR_EDUCREDENTIAL_YES : MR_EDUCREDENTIAL_NO))
        return;
    mr_vc_add(r, MR_ELEMENT_SUPERVISION,
              mr_message(r->language, yes ? "view.identity_checked" : "view.identity_not_checked"));
}

/* "nl-NL": the language that the badge is in, and was taught in. */
static void read_language(struct mr_vc_reading *r)
{
    mr_str tag = mr_json_get_str(r->achievement, "inLanguage");
    const mr_concept *c = mr_vc_language(tag);
    mr_vc_add_labelled(r, "view.language", c ? mr_concept_label(c, mr_language_tag(r->language)) : tag);
}

const mr_concept *mr_vc_language(mr_str tag)
{
    bool region = tag.len > 3 && (tag.ptr[2] == '-' || tag.ptr[2] == '_');
    return mr_concept_find(MR_SCHEME_LANGUAGE, region ? mr_str_make(tag.ptr, 2) : tag);
}

static void read_dutch_fields(struct mr_vc_reading *r)
{
    read_term(r, MR_EDUCREDENTIAL_PARTICIPATION, "participationType", MR_ELEMENT_PARTICIPATION);
    read_term(r, MR_EDUCREDENTIAL_ASSESSMENT, "assessmentType", MR_ELEMENT_ASSESSMENT);
    read_supervision(r);
    MR_EACH(programme, mr_json_get(r->achievement, "educationProgramIdentifier"))
    {
        mr_vc_add_labelled(r, "view.programme", mr_vc_scalar(programme));
    }
}

void mr_vc_read_evidence(struct mr_vc_reading *r)
{
    if (r->given) return; /* of the whole */
    MR_EACH(evidence, mr_json_get(r->document, "evidence"))
    {
        mr_str name = mr_vc_text(r, evidence, "name");
        if (name.len == 0) name = mr_vc_text(r, evidence, "narrative");
        mr_vc_add_labelled(r, "view.evidence", name.len ? name : mr_vc_id(evidence));
    }
}

static bool is_called_so(mr_str type)
{
    if (mr_str_has_prefix(type, MR_STR("ext:"))) type = mr_str_from(type, 4);
    return mr_str_eq_ascii_nocase(type, MR_STR("MicroCredential"));
}

/* Open Badges 3.0 B.2.1 knows the type MicroCredential. The Dutch fields tell the kind by the schema that the credential is of. */
bool mr_vc_is_micro_credential(const mr_json *document, const mr_json *achievement)
{
    if (is_called_so(mr_json_get_str(achievement, "achievementType"))) return true;
    if (!mr_each_has(mr_json_get(achievement, "type"), "EducredentialAchievement")) return false;
    MR_EACH(schema, mr_json_get(document, "credentialSchema"))
    {
        if (mr_str_find(mr_json_get_str(schema, "id"), MR_STR("/schemas/microcredential")) >= 0) return true;
    }
    return false;
}

/* What is read of an achievement, a function for each group of terms. */
void mr_vc_read_achievement(struct mr_vc_reading *r)
{
    const mr_json *criteria = mr_each_get(r->achievement, "criteria");
    mr_str narrative = mr_vc_text(r, criteria, "narrative");
    mr_vc_add_labelled(r, "view.achievement_type", mr_json_get_str(r->achievement, "achievementType"));
    mr_vc_add(r, MR_ELEMENT_FURTHER, mr_vc_text(r, r->achievement, "description"));
    mr_vc_add_labelled(r, "view.criteria", narrative.len ? narrative : mr_vc_id(criteria));
    mr_vc_add_labelled(r, "view.field", mr_vc_text(r, r->achievement, "fieldOfStudy"));
    mr_vc_add_labelled(r, "view.specialization", mr_vc_text(r, r->achievement, "specialization"));
    if (!r->given) mr_vc_add(r, MR_ELEMENT_FURTHER, mr_vc_text(r, r->subject, "narrative"));
    read_language(r);
    read_alignments(r);
    read_workload(r);
    read_dutch_fields(r);
    read_results(r);
    mr_vc_read_evidence(r);
}
