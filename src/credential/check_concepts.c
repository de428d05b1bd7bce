/* Concepts against the closed vocabularies (spec/vocabulary).
 *
 * The official shapes ask of some properties that a concept names the right scheme, and never whether the scheme has it. Here: a concept whose address lies in
 * an official list is in that list; its inScheme says the same; and the list is the one for this property. A concept of one's own is allowed where
 * the shapes allow it, and worth a remark where the official list has one of the same name. */
#include "credential/check_inside.h"

/* The list that a property takes its concepts from. class: of the object that has the property; NULL: any. */
static const struct {
    const char *member, *class;
    mr_scheme_code scheme;
} lists[] = {
    {"countryCode", NULL, MR_SCHEME_COUNTRY},
    {"citizenshipCountry", NULL, MR_SCHEME_COUNTRY},
    {"language", NULL, MR_SCHEME_LANGUAGE},
    {"primaryLanguage", NULL, MR_SCHEME_LANGUAGE},
    {"defaultLanguage", NULL, MR_SCHEME_LANGUAGE},
    {"eqfLevel", NULL, MR_SCHEME_EQF},
    {"limitEQFLevel", NULL, MR_SCHEME_EQF},
    {"nqfLevel", NULL, MR_SCHEME_NQF},
    {"thematicArea", NULL, MR_SCHEME_ISCED_F},
    {"limitField", NULL, MR_SCHEME_ISCED_F},
    {"mode", NULL, MR_SCHEME_MODE},
    {"learningSetting", NULL, MR_SCHEME_SETTING},
    {"idVerification", NULL, MR_SCHEME_SUPERVISION},
    {"framework", "CreditPoint", MR_SCHEME_CREDIT},
    {"reusabilityLevel", NULL, MR_SCHEME_REUSE_LEVEL},
    {"learningSchedule", NULL, MR_SCHEME_SCHEDULE},
    {"targetGroup", NULL, MR_SCHEME_TARGET_GROUP},
    {"credentialProfiles", NULL, MR_SCHEME_CREDENTIAL_PROFILE},
    {"contentEncoding", NULL, MR_SCHEME_ENCODING},
    {"contentType", NULL, MR_SCHEME_FILE_TYPE},
    {"spatialCode", NULL, MR_SCHEME_JURISDICTION},
    {"limitJurisdiction", NULL, MR_SCHEME_JURISDICTION},
    {"entitlementStatus", NULL, MR_SCHEME_ENTITLEMENT_STATUS},
    {"gender", NULL, MR_SCHEME_SEX},
    {"dcType", "LearningAssessmentSpecification", MR_SCHEME_ASSESSMENT},
    {"dcType", "LearningAssessment", MR_SCHEME_ASSESSMENT},
    {"dcType", "LearningAchievementSpecification", MR_SCHEME_LEARNING_TYPE},
    {"dcType", "Qualification", MR_SCHEME_LEARNING_TYPE},
    {"dcType", "LearningOpportunity", MR_SCHEME_LEARNING_TYPE},
    {"dcType", "Accreditation", MR_SCHEME_ACCREDITATION},
    {"dcType", "Evidence", MR_SCHEME_EVIDENCE},
    {"dcType", "LearningOutcome", MR_SCHEME_SKILL_TYPE},
    {"dcType", "LearningActivity", MR_SCHEME_ACTIVITY},
    {"dcType", "LearningActivitySpecification", MR_SCHEME_ACTIVITY},
    {"dcType", "LearningEntitlementSpecification", MR_SCHEME_ENTITLEMENT},
    {"dcType", "VerificationCheck", MR_SCHEME_VERIFICATION},
    {"verificationStatus", NULL, MR_SCHEME_VERIFICATION_STATUS},
    {"entitlementStatus", NULL, MR_SCHEME_ENTITLEMENT_STATUS},
    {"status", "Accreditation", MR_SCHEME_ACCREDITATION_STATUS},
    {"limitJurisdiction", NULL, MR_SCHEME_JURISDICTION},
    {"unit", "Amount", MR_SCHEME_CURRENCY},
    {"gender", NULL, MR_SCHEME_SEX},
};

const mr_scheme *mr_check_list_of(mr_str member, const mr_json *owner)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        if (!mr_str_is(member, lists[i].member)) continue;
        if (!lists[i].class || mr_each_has(mr_json_get(owner, "type"), lists[i].class))
            return mr_scheme_get(lists[i].scheme);
    }
    return NULL;
}

/* The beginning that all concepts of a scheme share. */
static mr_str base_of(const mr_scheme *s)
{
    mr_str uri = mr_str_of(s->uri), version = MR_STR("25831c2");
    if (mr_str_has_suffix(uri, version)) uri.len -= version.len + 1;
    return uri;
}

/* The scheme in whose list an address lies, or NULL. */
static const mr_scheme *scheme_of(mr_str uri)
{
    for (int s = 0; s < MR_SCHEME_COUNT_; s++) {
        const mr_scheme *scheme = mr_scheme_get((mr_scheme_code)s);
        mr_str base = base_of(scheme);
        if (mr_str_has_prefix(uri, base) && uri.len > base.len && uri.ptr[base.len] == '/') return scheme;
    }
    return NULL;
}

static mr_scheme_code code_of(const mr_scheme *s)
{
    for (int i = 0; i < MR_SCHEME_COUNT_; i++)
        if (mr_scheme_get((mr_scheme_code)i) == s) return (mr_scheme_code)i;
    return MR_SCHEME_COUNT_;
}

/* Lists that our tables hold in part. */
static bool is_partial(mr_scheme_code s)
{
    return s == MR_SCHEME_LANGUAGE || s == MR_SCHEME_FILE_TYPE || s == MR_SCHEME_JURISDICTION ||
           s == MR_SCHEME_CURRENCY;
}

mr_str mr_check_list_name(struct mr_checking *c, const mr_scheme *s)
{
    return mr_arena_format(c->arena, "check.list.%s", s->name);
}

static const mr_json *label_of(const mr_json *concept)
{
    const mr_json *labels = mr_json_get(concept, "prefLabel");
    const mr_json *found = mr_json_get(labels, "en");
    if (found) return mr_each_first(found);
    MR_JSON_EACH_MEMBER (name, labels) return mr_each_first(name + 1);
    return NULL;
}

static void check_membership(struct mr_checking *c, const mr_json *concept, const mr_json *id, const mr_scheme *scheme)
{
    mr_str uri = mr_json_text(id);
    mr_scheme_code code = code_of(scheme);
    if ((is_partial(code) && scheme_of(uri) == scheme) || mr_concept_find_uri(code, uri)) return;
    const mr_json *name = label_of(concept);
    mr_str label = name ? mr_json_str(name) : mr_iri_is_absolute(uri) ? MR_STR_EMPTY : uri;
    struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_FAULT, NULL, "check.concept_unknown", id, uri);
    const mr_concept *near = mr_concept_find(code, uri);
    if (near || (label.len && mr_check_may_guess(c) && mr_concept_guess(code, label, &near, 1) == 1))
        f->id = "check.concept_unknown.guess", f->expected = mr_str_of(near->uri);
    f->member = mr_check_list_name(c, scheme);
}

static void check_scheme(struct mr_checking *c, const mr_json *concept, const mr_scheme *scheme)
{
    const mr_json *in = mr_each_first(mr_json_get(concept, "inScheme"));
    mr_str uri = mr_check_id(in);
    if (uri.len == 0 || mr_str_is(uri, scheme->uri)) return;
    struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_FAULT, NULL, "check.concept_scheme", in, uri);
    f->expected = mr_str_of(scheme->uri);
    f->member = mr_check_list_name(c, scheme);
}

/* "artefact assessment" as a concept of one's own, where the official list has just that. */
static void check_own(struct mr_checking *c, const mr_json *concept, const mr_scheme *wanted)
{
    const mr_json *label = label_of(concept);
    if (!label || is_partial(code_of(wanted))) return;
    for (size_t i = 0; i < wanted->count; i++) {
        const mr_concept *official = &wanted->concepts[i];
        bool same = official->label[0] && mr_str_eq_ascii_nocase(mr_str_of(official->label[0]), mr_json_str(label));
        if (!same) continue;
        struct mr_finding *f =
            mr_check_add(c, MR_CHECK_IS_REMARK, NULL, "check.concept_own", concept, mr_json_str(label));
        f->expected = mr_str_of(official->uri);
        f->member = mr_check_list_name(c, wanted);
        return;
    }
}

/* An address outside every official list. A concept that says to be from the list is not in it for all that ("http//data.europa.eu/..."), and a
 * mere code ("DK") is no concept; all else is a concept of one's own. */
static void check_elsewhere(struct mr_checking *c, const mr_json *concept, const mr_json *id, const mr_scheme *wanted)
{
    bool object = mr_json_is(concept, MR_JSON_OBJECT);
    bool says = mr_str_is(mr_check_id(mr_json_get(concept, "inScheme")), wanted->uri);
    if (says || (!object && !mr_iri_is_absolute(mr_json_text(id))))
        check_membership(c, concept, id, wanted);
    else if (object)
        check_own(c, concept, wanted);
}

/* ESCO is too large to hold; where it lies is known. */
static void check_esco(struct mr_checking *c, const mr_json *concept, const mr_json *id)
{
    mr_str esco = MR_STR("http://data.europa.eu/esco/");
    bool says = mr_str_has_prefix(mr_check_id(mr_json_get(concept, "inScheme")), esco);
    if (says && !mr_str_has_prefix(mr_json_str(id), esco))
        mr_check_add(c, MR_CHECK_IS_FAULT, NULL, "check.concept_esco", id, mr_json_str(id));
}

static void check_concept(struct mr_checking *c, const mr_json *concept, const mr_json *owner, mr_str member)
{
    const mr_json *id = mr_json_is(concept, MR_JSON_STRING) ? concept : mr_json_get(concept, "id");
    mr_str uri = mr_json_str(id);
    const mr_scheme *wanted = mr_check_list_of(member, owner), *is = scheme_of(uri);
    if (uri.len == 0) return;
    if (!is) {
        if (wanted)
            check_elsewhere(c, concept, id, wanted);
        else
            check_esco(c, concept, id);
        return;
    }
    /* A place is named by its country or by a unit within it. */
    bool country = mr_str_is(member, "spatialCode") && is == mr_scheme_get(MR_SCHEME_COUNTRY);
    if (wanted && wanted != is && !country) {
        struct mr_finding *f = mr_check_add(c, MR_CHECK_IS_FAULT, NULL, "check.concept_list", id, uri);
        f->member = mr_check_list_name(c, is);
        f->also = mr_check_list_name(c, wanted).ptr;
        return;
    }
    check_membership(c, concept, id, is);
    check_scheme(c, concept, is);
}

/* As deep as the reader of JSON went (MR_LIMIT_JSON_DEPTH). */
static void walk(struct mr_checking *c, const mr_json *value, const mr_json *owner, mr_str member)
{
    MR_JSON_EACH (item, value) walk(c, item, owner, member);
    bool concept = mr_each_has(mr_json_get(value, "type"), "Concept") ||
                   (mr_json_is(value, MR_JSON_STRING) && mr_check_list_of(member, owner) != NULL);
    if (concept) check_concept(c, value, owner, member);
    if (mr_each_has(mr_json_get(value, "type"), "Concept")) return;
    MR_JSON_EACH_MEMBER (name, value) {
        if (name[1].type >= MR_JSON_STRING && !mr_str_is(mr_json_text(name), "@context"))
            walk(c, name + 1, value, mr_json_text(name));
    }
}

void mr_check_concepts(struct mr_checking *c)
{
    walk(c, c->document, NULL, MR_STR_EMPTY);
}
