#include "web/draft_fields.h"

#define FIELDS(list) .fields = (list), .field_count = sizeof(list) / sizeof *(list)
#define LINE(name, label, key)                                                                                         \
    {                                                                                                                  \
        name, MR_FIELD_LINE, label, key                                                                                \
    }
#define INPUT(name, label, key, type)                                                                                  \
    {                                                                                                                  \
        name, MR_FIELD_LINE, label, key, .input = (type)                                                               \
    }
#define NUMBER(name, label, key)                                                                                       \
    {                                                                                                                  \
        name, MR_FIELD_NUMBER, label, key                                                                              \
    }
#define TITLE(name, label, key)                                                                                        \
    {                                                                                                                  \
        name, MR_FIELD_TITLE, label, key                                                                               \
    }
#define TEXTS(name, label, key)                                                                                        \
    {                                                                                                                  \
        name, MR_FIELD_TEXTS, label, key                                                                               \
    }
#define CODED(kind, name, label, key, of)                                                                              \
    {                                                                                                                  \
        name, kind, label, key, .scheme = (of)                                                                         \
    }
#define WORD(name, label, key, list)                                                                                   \
    {                                                                                                                  \
        name, MR_FIELD_WORD, label, key, .words = (list)                                                               \
    }

/* ---- parties ---- */

static const struct mr_draft_field party_more[] = {
    TITLE("address", "draft.field.address", NULL),
    LINE("registration", "draft.field.registration", "registration"),
    LINE("vat", "draft.field.vat", NULL),
    LINE("eidas", "draft.field.eidas", "eidas"),
    INPUT("homepage", "field.homepage", NULL, "url"),
    INPUT("email", "field.email", NULL, "email"),
    LINE("deqar", "draft.field.deqar", NULL),
    LINE("schac", "draft.field.schac", NULL),
    INPUT("ror", "draft.field.ror", NULL, "url"),
    LINE("did", "draft.field.did", NULL),
};
static const struct mr_draft_field party[] = {
    TITLE("name", "draft.field.legal_name", "legal_name"),
    CODED(MR_FIELD_PICK, "country", "draft.field.country", NULL, MR_SCHEME_COUNTRY),
    /* the rest stands folded under the same object: a name of "" adds no level */
    {"", MR_FIELD_OBJECT, "draft.field.party_more", NULL, .is_folded = true, FIELDS(party_more)},
};

/* ---- outcomes, assessment ---- */

static const struct mr_draft_field skill[] = {
    TITLE("label", "draft.field.skill_label", NULL),
    INPUT("uri", "draft.field.skill_uri", "skill_uri", "url"),
};
static const struct mr_draft_field outcome[] = {
    TITLE("title", "draft.field.outcome", "outcome"),
    TEXTS("description", "field.description", NULL),
    CODED(MR_FIELD_CODE, "type", "draft.field.outcome_type", NULL, MR_SCHEME_SKILL_TYPE),
    CODED(MR_FIELD_CODE, "reuse", "draft.field.reuse", NULL, MR_SCHEME_REUSE_LEVEL),
    {"skills", MR_FIELD_LIST, "draft.field.skills", "skills", FIELDS(skill)},
};
static const struct mr_draft_field assessment[] = {
    CODED(MR_FIELD_CODE, "type", "draft.field.assessment_type", NULL, MR_SCHEME_ASSESSMENT),
    TITLE("title", "draft.field.assessment_title", "assessment_title"),
    CODED(MR_FIELD_CODE, "mode", "draft.field.assessment_mode", NULL, MR_SCHEME_MODE),
    TEXTS("grading", "draft.field.grading", "grading"),
    {"assessor", MR_FIELD_OBJECT, "draft.field.assessor", "assessor", .is_assessor = true, .is_folded = true,
     FIELDS(party)},
};
static const struct mr_draft_field participation[] = {
    CODED(MR_FIELD_CODES, "modes", "draft.field.modes", NULL, MR_SCHEME_MODE),
    TEXTS("does_not_apply", "draft.field.does_not_apply", "participation_reason"),
};
static const struct mr_draft_word supervisions[] = {{"none", "say.supervision.none"},
                                                    {"supervised", "say.supervision.supervised"},
                                                    {"identity-online", "say.supervision.identity_online"},
                                                    {"identity-on-site", "say.supervision.identity_on_site"},
                                                    {NULL, NULL}};

/* ---- workload, level ---- */

static const struct mr_draft_field workload[] = {
    NUMBER("ects", "draft.field.ects", "ects"),
    NUMBER("hours", "draft.field.hours", "hours"),
    TEXTS("other", "draft.field.workload_other", "workload_other"),
};
static const struct mr_draft_word bases[] = {
    {"declared", "specification.level.declared"}, {"referenced", "specification.level.referenced"}, {NULL, NULL}};
static const struct mr_draft_field level[] = {
    {"eqf", MR_FIELD_CODE, "draft.field.eqf", "eqf", .scheme = MR_SCHEME_EQF, .is_number = true},
    WORD("basis", "draft.field.basis", "basis", bases),
    CODED(MR_FIELD_PICK, "nqf", "draft.field.nqf", "nqf", MR_SCHEME_NQF),
    LINE("authority", "draft.field.authority", "authority"),
    INPUT("since", "draft.field.since", NULL, "date"),
    TITLE("cycle", "draft.field.cycle", "cycle"),
    TEXTS("does_not_apply", "draft.field.does_not_apply", "level_reason"),
};

/* ---- quality assurance ---- */

static const struct mr_draft_word kinds[] = {{"internal", "say.quality.internal"},
                                             {"external", "say.quality.external"},
                                             {"programme", "say.quality.programme"},
                                             {"institution", "say.quality.institution"},
                                             {"label", "say.quality.label"},
                                             {"register", "say.quality.register"},
                                             {NULL, NULL}};
static const struct mr_draft_word decisions[] = {{"positive", "accreditation.decision.positive"},
                                                 {"conditional", "accreditation.decision.conditional"},
                                                 {"negative", "accreditation.decision.negative"},
                                                 {NULL, NULL}};
static const struct mr_draft_field programme[] = {
    LINE("id", "field.id", NULL),
    TITLE("title", "draft.field.programme_title", NULL),
};
static const struct mr_draft_field limits[] = {
    CODED(MR_FIELD_PICKS, "fields", "field.fields", NULL, MR_SCHEME_ISCED_F),
    CODED(MR_FIELD_CODES, "levels", "draft.field.eqf", NULL, MR_SCHEME_EQF),
    CODED(MR_FIELD_PICKS, "jurisdictions", "draft.field.jurisdictions", NULL, MR_SCHEME_JURISDICTION),
    CODED(MR_FIELD_CODES, "types", "draft.field.profiles", NULL, MR_SCHEME_CREDENTIAL_PROFILE),
    {"programme", MR_FIELD_OBJECT, "draft.field.programme", NULL, FIELDS(programme)},
};
static const struct mr_draft_field quality_more[] = {
    {"conditional", MR_FIELD_FLAG, "draft.field.conditional", NULL},
    TEXTS("conditions", "draft.field.conditions", NULL),
    WORD("decision", "accreditation.label.decision", NULL, decisions),
    INPUT("issued", "draft.field.issued", NULL, "date"),
    INPUT("review", "draft.field.review", NULL, "date"),
    INPUT("report", "draft.field.report", NULL, "url"),
    {"limits", MR_FIELD_OBJECT, "draft.field.limits", "limits", FIELDS(limits)},
};
static const struct mr_draft_field quality[] = {
    WORD("kind", "draft.field.quality_kind", "quality_kind", kinds),
    TITLE("title", "draft.field.quality_title", "quality_title"),
    {"by", MR_FIELD_OBJECT, "draft.field.quality_by", "quality_by", .is_folded = true, FIELDS(party)},
    LINE("reference", "draft.field.reference", "reference"),
    INPUT("valid_from", "draft.field.valid_from", NULL, "date"),
    INPUT("valid_until", "draft.field.valid_until", NULL, "date"),
    {"", MR_FIELD_OBJECT, "draft.field.quality_more", NULL, .is_folded = true, FIELDS(quality_more)},
};

/* ---- the pages ---- */

static const struct mr_draft_field on_title[] = {
    TITLE("title", "element.title", "title"),
    TEXTS("description", "field.description", "description"),
    LINE("id", "field.id", "id"),
    LINE("version", "field.version", "version"),
};
static const struct mr_draft_field on_provider[] = {
    {"provider", MR_FIELD_OBJECT, "field.provider", "provider", FIELDS(party)},
    {"awarding_bodies", MR_FIELD_LIST, "draft.field.awarding_bodies", "awarding_bodies", .or_provider = true,
     FIELDS(party)},
};
static const struct mr_draft_field on_outcomes[] = {
    {"learning_outcomes", MR_FIELD_LIST, "element.learning_outcomes", "outcomes", .wants_one = true, FIELDS(outcome)},
};
static const struct mr_draft_field on_workload[] = {
    {"workload", MR_FIELD_OBJECT, "element.workload", "workload", FIELDS(workload)},
    {"level", MR_FIELD_OBJECT, "element.level", "level", FIELDS(level)},
    {"partial_qualification", MR_FIELD_FLAG, "draft.field.partial", NULL},
};
static const struct mr_draft_field on_assessment[] = {
    {"assessment", MR_FIELD_LIST, "element.assessment", "assessment", .wants_one = true, FIELDS(assessment)},
    {"participation", MR_FIELD_OBJECT, "element.participation", "participation", FIELDS(participation)},
    WORD("supervision", "element.supervision", "supervision", supervisions),
};
static const struct mr_draft_field on_quality[] = {
    {"quality_assurance", MR_FIELD_LIST, "element.quality_assurance", "quality", .wants_one = true, FIELDS(quality)},
};
static const struct mr_draft_field on_offer[] = {
    TEXTS("prerequisites", "element.prerequisites", "prerequisites"),
    TEXTS("stackability", "element.stackability", "stackability"),
    TEXTS("further_information", "element.further_information", "further_information"),
    CODED(MR_FIELD_CODE, "type", "field.type", "type", MR_SCHEME_LEARNING_TYPE),
    CODED(MR_FIELD_CODE, "setting", "field.setting", "setting", MR_SCHEME_SETTING),
    CODED(MR_FIELD_PICKS, "fields", "field.fields", "fields", MR_SCHEME_ISCED_F),
    CODED(MR_FIELD_PICKS, "languages", "field.languages", NULL, MR_SCHEME_LANGUAGE),
    CODED(MR_FIELD_CODE, "schedule", "field.schedule", NULL, MR_SCHEME_SCHEDULE),
};
static const struct mr_draft_field on_further[] = {
    TEXTS("content", "field.content", "content"),
    TEXTS("purpose", "field.purpose", "purpose"),
    TEXTS("target_group", "field.target_group", "target_group"),
    TEXTS("price", "field.price", "price"),
    TEXTS("funding", "field.funding", "funding"),
    TEXTS("recognition_policy", "field.recognition_policy", "recognition_policy"),
    TEXTS("regulated_profession", "field.regulated_profession", "regulated_profession"),
    INPUT("homepage", "field.homepage", "homepage", "url"),
    INPUT("review_by", "field.review_by", "review_by", "date"),
    NUMBER("valid_months", "field.valid_months", "valid_months"),
};

static const struct mr_draft_section sections[] = {
    {"title", "draft.section.title", FIELDS(on_title)},
    {"provider", "draft.section.provider", FIELDS(on_provider)},
    {"outcomes", "draft.section.outcomes", FIELDS(on_outcomes)},
    {"workload", "draft.section.workload", FIELDS(on_workload)},
    {"assessment", "draft.section.assessment", FIELDS(on_assessment)},
    {"quality", "draft.section.quality", FIELDS(on_quality)},
    {"offer", "draft.section.offer", FIELDS(on_offer)},
    {"further", "draft.section.further", FIELDS(on_further)},
};

const struct mr_draft_section *mr_draft_section_at(size_t index)
{
    return index < sizeof sections / sizeof *sections ? &sections[index] : NULL;
}

const struct mr_draft_section *mr_draft_section_find(mr_str name)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (mr_str_is(name, sections[i].name)) return &sections[i];
    return NULL;
}

const struct mr_draft_section *mr_draft_section_of(mr_str member, const struct mr_draft_field **ret_field)
{
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        for (size_t f = 0; f < sections[i].field_count; f++) {
            if (!mr_str_is(member, sections[i].fields[f].name)) continue;
            if (ret_field) *ret_field = &sections[i].fields[f];
            return &sections[i];
        }
    return NULL;
}

mr_str mr_draft_member_of(const char *element)
{
    static const char *const others[][2] = {{"country", "provider"}, {"awarding_body", "provider"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(element, others[i][0]) == 0) return mr_str_of(others[i][1]);
    return mr_str_of(element);
}
