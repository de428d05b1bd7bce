/* The ELM document of a specification, with holes for the learner (elm_template.h; facts elm-edc section 2).
 *
 * It is written once for a batch, from the model straight to JSON text, and filled for each learner (elm_fill.c): ten thousand characters that are the
 * same for everybody are copied and not made again. Lists are always JSON arrays, also of one, as far as the property may have
 * several values. The order of members is ours: JSON-LD gives it no meaning. A European Digital Credential has every node whole wherever it stands, like
 * the Commission's own; a VC 2.0 only the first time, then its id and type.
 *
 * Both documents carry the same subject. The European Digital Credential (VC 1.1) has the page image, profile and shapes of EDC; the VC 2.0 is no
 * EDC and does not say so (its type is VerifiableCredential alone).
 *
 * The awarding process stands twice, for the achievement and for its assessments; `awarding_notes` lets its notes have the same numbers both times, so
 * that both are one node. */
#include "credential/elm_template.h"

#include "base/encoding.h"

#include "base/limits.h"

#include <stdio.h>

#define PROFILE "http://data.europa.eu/snb/model/ap/edc-generic-full"
#define ESCO_SKILL "http://data.europa.eu/esco/skill/"
#define ESCO_SKILLS "http://data.europa.eu/esco/concept-scheme/skills"

/* --- learning outcomes -------------------------------------------------------------------------------------------- */

/* The label that the skill has where the file names it first: one node must not have two labels in one language. */
static mr_texts first_label(const mr_specification *s, mr_str uri)
{
    for (size_t i = 0; i < s->outcome_count; i++) {
        for (size_t j = 0; j < s->outcomes[i].skill_count; j++) {
            if (mr_str_eq(s->outcomes[i].skills[j].uri, uri)) return s->outcomes[i].skills[j].label;
        }
    }
    return (mr_texts){NULL, 0};
}

static void put_skill(struct mr_elm_writer *e, const struct mr_skill *skill, bool esco)
{
    mr_json_begin_object(&e->w);
    mr_json_put_member(&e->w, "id", skill->uri);
    mr_json_put_member_c(&e->w, "type", "Concept");
    if (esco) {
        mr_json_put_name(&e->w, "inScheme");
        mr_json_begin_object(&e->w);
        mr_json_put_member_c(&e->w, "id", ESCO_SKILLS);
        mr_json_put_member_c(&e->w, "type", "ConceptScheme");
        mr_json_end_object(&e->w);
    }
    mr_elm_put_texts(e, "prefLabel", first_label(e->specification, skill->uri));
    mr_json_end_object(&e->w);
}

static void put_skills(struct mr_elm_writer *e, const struct mr_learning_outcome *o, const char *name, bool esco)
{
    bool open = false;
    for (size_t i = 0; i < o->skill_count; i++) {
        if (mr_str_has_prefix(o->skills[i].uri, MR_STR(ESCO_SKILL)) != esco) continue;
        if (!open) {
            mr_json_put_name(&e->w, name);
            mr_json_begin_array(&e->w);
            open = true;
        }
        put_skill(e, &o->skills[i], esco);
    }
    if (open) mr_json_end_array(&e->w);
}

static void put_outcomes(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    if (s->outcome_count == 0) return;
    mr_json_put_name(&e->w, "learningOutcome");
    mr_json_begin_array(&e->w);
    for (size_t i = 0; i < s->outcome_count; i++) {
        const struct mr_learning_outcome *o = &s->outcomes[i];
        char key[24];
        snprintf(key, sizeof key, "%zu", i + 1);
        mr_elm_begin_node(e, "learningOutcome", key, "LearningOutcome");
        mr_elm_put_texts(e, "title", o->title);
        mr_elm_put_concept_member(e, "dcType", o->type);
        mr_elm_put_concept_member(e, "reusabilityLevel", o->reuse_level);
        put_skills(e, o, "relatedESCOSkill", true);
        put_skills(e, o, "relatedSkill", false);
        mr_elm_put_note(e, "additionalNote", o->description);
        mr_json_end_object(&e->w);
    }
    mr_json_end_array(&e->w);
}

/* --- the specification -------------------------------------------------------------------------------------------- */

static void put_workload(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    int64_t hours = s->workload_minutes / 60, minutes = s->workload_minutes % 60;
    if (s->ects_hundredths > 0) {
        char points[24];
        mr_json_put_name(&e->w, "creditPoint");
        mr_json_begin_array(&e->w);
        mr_elm_begin_node(e, "creditPoint", "offered", "CreditPoint");
        mr_elm_put_concept_member(e, "framework", mr_concept_find(MR_SCHEME_CREDIT, MR_STR("ects")));
        mr_elm_write_points(s->ects_hundredths, points);
        mr_json_put_member_c(&e->w, "point", points);
        mr_json_end_object(&e->w);
        mr_json_end_array(&e->w);
    }
    if (s->workload_minutes <= 0) return;
    char duration[48];
    if (minutes == 0)
        snprintf(duration, sizeof duration, "PT%lldH", (long long)hours);
    else if (hours == 0)
        snprintf(duration, sizeof duration, "PT%lldM", (long long)minutes);
    else
        snprintf(duration, sizeof duration, "PT%lldH%lldM", (long long)hours, (long long)minutes);
    mr_json_put_member_c(&e->w, "volumeOfLearning", duration);
}

static mr_texts inclusion_texts(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    char day[11];
    if (!s->nqf || !mr_date_is_set(s->nqf_since))
        return mr_elm_primary_texts(e, s->nqf ? s->nqf_authority : MR_STR_EMPTY);
    mr_date_write(s->nqf_since, day);
    return mr_elm_primary_texts(e, mr_arena_format(e->arena, "%.*s, %s", MR_STR_ARG(s->nqf_authority), day));
}

static mr_texts day_texts(struct mr_elm_writer *e, mr_date day)
{
    char text[11];
    if (!mr_date_is_set(day)) return (mr_texts){NULL, 0};
    mr_date_write(day, text);
    return mr_elm_primary_texts(e, mr_arena_dup(e->arena, mr_str_of(text)));
}

static mr_texts basis_texts(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    if (!s->eqf || s->level_basis == MR_LEVEL_NOT_SAID) return (mr_texts){NULL, 0};
    return mr_elm_label_texts(e, s->level_basis == MR_LEVEL_DECLARED ? MR_ELM_BASIS_DECLARED : MR_ELM_BASIS_REFERENCED);
}

static void put_specification_notes(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    const struct {
        enum mr_elm_label subject;
        mr_texts texts;
    } notes[] = {
        {MR_ELM_NOTE_WORKLOAD, s->workload_other},
        {MR_ELM_NOTE_LEVEL_BASIS, basis_texts(e)},
        {MR_ELM_NOTE_LEVEL_DOES_NOT_APPLY, s->level_reason},
        {MR_ELM_NOTE_NQF_INCLUSION, inclusion_texts(e)},
        {MR_ELM_NOTE_CYCLE, s->cycle},
        {MR_ELM_NOTE_PARTICIPATION_DOES_NOT_APPLY, s->participation_reason},
        {MR_ELM_NOTE_STACKABILITY, s->stackability},
        {MR_ELM_NOTE_CONTENT, s->content},
        {MR_ELM_NOTE_PURPOSE, s->purpose},
        {MR_ELM_NOTE_TARGET_GROUP, s->target_group},
        {MR_ELM_NOTE_SCHEDULE, mr_elm_concept_texts(e, s->schedule)},
        {MR_ELM_NOTE_PRICE, s->price},
        {MR_ELM_NOTE_FUNDING, s->funding},
        {MR_ELM_NOTE_RECOGNITION_POLICY, s->recognition_policy},
        {MR_ELM_NOTE_REGULATED_PROFESSION, s->regulated_profession},
        {MR_ELM_NOTE_REVIEW_BY, day_texts(e, s->review_by)},
    };
    struct mr_elm_notes list = {0};
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        mr_elm_add_note(e, &list, notes[i].subject, notes[i].texts);
    mr_elm_end_notes(e, &list);
}

static void put_levels(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    mr_elm_put_concept_member(e, "eqfLevel", s->eqf);
    mr_elm_put_concepts(e, "nqfLevel", &s->nqf, s->nqf ? 1 : 0);
    mr_json_put_flag(&e->w, "isPartialQualification", s->partial_qualification);
    mr_elm_put_quality(e, false);
}

/* The provider's own name for it, with its version: what later versions and other systems refer to. */
static void put_identifier(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    mr_json_put_name(&e->w, "identifier");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "identifier", "specification", "Identifier");
    mr_json_put_member_c(&e->w, "schemeName", "specification/version");
    mr_json_put_member(&e->w, "notation",
                       mr_arena_format(e->arena, "%.*s/%.*s", MR_STR_ARG(s->id), MR_STR_ARG(s->version)));
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
}

static void put_specification(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    bool qualification = mr_specification_is_qualification(s);
    mr_json_put_name(&e->w, "specifiedBy");
    mr_elm_begin_node(e, qualification ? "qualification" : "learningAchievementSpec", "1",
                      qualification ? "Qualification" : "LearningAchievementSpecification");
    put_identifier(e);
    mr_elm_put_texts(e, "title", s->title);
    mr_elm_put_texts(e, "description", s->description);
    mr_elm_put_concepts(e, "dcType", &s->type, s->type ? 1 : 0);
    put_outcomes(e);
    put_workload(e);
    if (qualification) put_levels(e);
    mr_elm_put_concepts(e, "mode", s->modes, s->mode_count);
    mr_elm_put_concept_member(e, "learningSetting", s->setting);
    mr_elm_put_concepts(e, "thematicArea", s->fields, s->field_count);
    mr_elm_put_concepts(e, "language", s->languages, s->language_count);
    mr_elm_put_note(e, "entryRequirement", s->prerequisites);
    mr_elm_put_web(e, "homepage", "specification", s->homepage);
    put_specification_notes(e);
    mr_json_end_object(&e->w);
}

/* --- awarding and assessment -------------------------------------------------------------------------------------- */

static void put_awarding(struct mr_elm_writer *e)
{
    unsigned after = e->notes;
    if (mr_elm_is_repeated(e, &e->awarding_notes)) {
        mr_json_put_name(&e->w, "awardedBy");
        mr_elm_begin_node(e, "awardingProcess", "1", "AwardingProcess");
        mr_json_end_object(&e->w);
        return;
    }
    if (e->awarding_notes_known) e->notes = e->awarding_notes;
    e->awarding_notes = e->notes;
    mr_json_put_name(&e->w, "awardedBy");
    mr_elm_begin_node(e, "awardingProcess", "1", "AwardingProcess");
    mr_elm_put_awarding_bodies(e);
    mr_elm_hole(e, MR_HOLE_AWARDING);
    mr_json_end_object(&e->w);
    if (e->awarding_notes_known) e->notes = after;
    e->awarding_notes_known = true;
}

/* What an assessment is called: its title, else the labels of its type. */
static void put_assessment_title(struct mr_elm_writer *e, const struct mr_assessment *a)
{
    mr_elm_put_texts(e, "title", mr_texts_are_set(a->title) ? a->title : mr_elm_concept_texts(e, a->type));
}

static void put_grading(struct mr_elm_writer *e, const struct mr_assessment *a, const char *key)
{
    if (!mr_texts_are_set(a->grading)) return;
    mr_json_put_name(&e->w, "gradingScheme");
    mr_elm_begin_node(e, "gradingScheme", key, "GradingScheme");
    put_assessment_title(e, a);
    mr_elm_put_texts(e, "description", a->grading);
    mr_json_end_object(&e->w);
}

/* The grade of the row is that of the whole: it stands at every assessment, since nobody said of which it is. */
static void put_assessment(struct mr_elm_writer *e, const struct mr_assessment *a, size_t number)
{
    char key[32], assessor[32];
    snprintf(key, sizeof key, "%zu", number);
    snprintf(assessor, sizeof assessor, "assessor-%zu", number);
    mr_elm_begin_node(e, "learningAssessment", key, "LearningAssessment");
    put_assessment_title(e, a);
    put_awarding(e);
    mr_json_put_name(&e->w, "grade");
    mr_elm_begin_node(e, "grade", key, "Note");
    mr_json_put_name(&e->w, "noteLiteral");
    mr_elm_hole_value(e, MR_HOLE_GRADE);
    mr_json_end_object(&e->w);
    mr_elm_hole(e, MR_HOLE_SUPERVISION);
    mr_elm_put_assessor(e, "assessedBy", assessor, a->assessor);
    mr_json_put_name(&e->w, "specifiedBy");
    mr_elm_begin_node(e, "learningAssessmentSpec", key, "LearningAssessmentSpecification");
    put_assessment_title(e, a);
    mr_elm_put_concept_member(e, "dcType", a->type);
    mr_elm_put_concepts(e, "mode", &a->mode, a->mode ? 1 : 0);
    put_grading(e, a, key);
    mr_json_end_object(&e->w);
    mr_json_end_object(&e->w);
}

static void put_achievement(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    struct mr_elm_notes notes = {0};
    mr_elm_begin_node(e, "learningAchievement", "1", "LearningAchievement");
    mr_elm_put_texts(e, "title", s->title);
    mr_elm_put_texts(e, "description", s->description);
    put_awarding(e);
    mr_elm_hole(e, MR_HOLE_CREDIT);
    if (s->assessment_count > 0) {
        mr_json_put_name(&e->w, "provenBy");
        mr_json_begin_array(&e->w);
        for (size_t i = 0; i < s->assessment_count; i++) put_assessment(e, &s->assessments[i], i + 1);
        mr_json_end_array(&e->w);
    }
    put_specification(e);
    mr_elm_add_note(e, &notes, MR_ELM_NOTE_FURTHER, s->further);
    mr_elm_end_notes(e, &notes);
    mr_json_end_object(&e->w);
}

static void put_subject(struct mr_elm_writer *e)
{
    mr_json_put_name(&e->w, "credentialSubject");
    mr_elm_begin_node(e, "person", "1", "Person");
    mr_elm_hole(e, MR_HOLE_LEARNER);
    mr_json_put_name(&e->w, "hasClaim");
    mr_json_begin_array(&e->w);
    put_achievement(e);
    mr_json_end_array(&e->w);
    mr_json_end_object(&e->w);
}

/* --- the credential ----------------------------------------------------------------------------------------------- */

static void put_image(struct mr_elm_writer *e)
{
    mr_json_put_name(&e->w, "image");
    mr_elm_begin_node(e, "mediaObject", "page-1", "MediaObject");
    mr_json_put_name(&e->w, "content");
    mr_elm_hole_text(e, "", MR_HOLE_IMAGE);
    mr_elm_put_concept_member(e, "contentEncoding", mr_concept_find(MR_SCHEME_ENCODING, MR_STR("base64")));
    mr_elm_put_concept_member(e, "contentType", mr_concept_find(MR_SCHEME_FILE_TYPE, MR_STR("png")));
    mr_json_end_object(&e->w);
}

static void put_display(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    const mr_concept *primary = mr_concept_find(MR_SCHEME_LANGUAGE, e->t->primary);
    mr_json_put_name(&e->w, "displayParameter");
    mr_elm_begin_node(e, "displayParameter", "1", "DisplayParameter");
    mr_elm_put_texts(e, "title", s->title);
    mr_elm_put_texts(e, "description", s->description);
    mr_json_put_name(&e->w, "language");
    mr_json_begin_array(&e->w);
    for (size_t i = 0; i < s->title.count; i++) {
        const mr_concept *c = mr_concept_find(MR_SCHEME_LANGUAGE, s->title.items[i].language);
        if (c) mr_elm_put_concept(e, c);
    }
    mr_json_end_array(&e->w);
    mr_elm_put_concept_member(e, "primaryLanguage", primary);
    mr_json_put_name(&e->w, "individualDisplay");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "individualDisplay", "1", "IndividualDisplay");
    mr_elm_put_concept_member(e, "language", primary);
    mr_json_put_name(&e->w, "displayDetail");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "displayDetail", "1", "DisplayDetail");
    mr_json_put_number(&e->w, "page", 1);
    put_image(e);
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
    mr_json_end_object(&e->w);
}

/* The document itself, as the Commission's issuer encloses it. The context of a VC 2.0 has no term for it, and a token should be small. */
static void put_mandate_document(struct mr_elm_writer *e)
{
    const struct mr_mandate *m = e->mandate;
    if (!m || e->kind != MR_ELM_EDC) return;
    mr_json_put_name(&e->w, "embeddedEvidence");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "mediaObject", "mandate", "MediaObject");
    mr_elm_put_primary(e, "title", m->name);
    mr_elm_put_concept_member(e, "contentType",
                              mr_concept_find(MR_SCHEME_FILE_TYPE, mr_str_of(mr_mandate_kind_code(m->kind))));
    mr_elm_put_concept_member(e, "contentEncoding", mr_concept_find(MR_SCHEME_ENCODING, MR_STR("base64")));
    mr_json_put_number(&e->w, "contentSize", (int64_t)m->size);
    mr_json_put_name(&e->w, "content");
    mr_json_put_raw(&e->w, MR_STR("\""));
    mr_base64_put(e->out, m->content);
    mr_buf_putc(e->out, '"');
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
}

/* Sealed by another party than those who award: on their behalf, and the reader must see it (facts elm-edc 1.7). */
static void put_mandate(struct mr_elm_writer *e)
{
    const mr_specification *s = e->specification;
    if (!e->certificate || mr_elm_issuer_awards(s, e->certificate)) return;
    const struct mr_certificate_name *subject = mr_certificate_subject(e->certificate);
    mr_str statement = mr_arena_format(e->arena, "Issued by %.*s on behalf of", MR_STR_ARG(subject->organisation));
    for (size_t i = 0; i < s->awarding_body_count; i++) {
        mr_str name = mr_texts_get(s->awarding_bodies[i].name, e->t->primary, NULL);
        statement = mr_arena_format(e->arena, "%.*s%s %.*s", MR_STR_ARG(statement), i > 0 ? "," : "", MR_STR_ARG(name));
    }
    mr_json_put_name(&e->w, "evidence");
    mr_json_begin_array(&e->w);
    mr_elm_begin_node(e, "evidence", "1", "Evidence");
    mr_elm_put_concept_member(e, "dcType", mr_concept_find(MR_SCHEME_EVIDENCE, MR_STR("mandate")));
    mr_json_put_member(&e->w, "evidenceStatement", statement);
    put_mandate_document(e);
    mr_json_end_object(&e->w);
    mr_json_end_array(&e->w);
}

static void put_time(struct mr_elm_writer *e, const char *name, enum mr_elm_hole hole)
{
    mr_json_put_name(&e->w, name);
    mr_elm_hole_text(e, "", hole);
}

static void put_id(struct mr_elm_writer *e)
{
    mr_json_put_name(&e->w, "id");
    mr_elm_hole_text(e, "urn:credential:", MR_HOLE_ID);
}

static void put_edc(struct mr_elm_writer *e)
{
    mr_json_put_name(&e->w, "@context");
    mr_json_put_raw(&e->w, MR_STR(MR_ELM_EDC_CONTEXT));
    put_id(e);
    mr_json_put_name(&e->w, "type");
    mr_json_put_raw(&e->w, MR_STR("[\"VerifiableCredential\",\"EuropeanDigitalCredential\"]"));
    mr_json_put_name(&e->w, "credentialProfiles");
    mr_json_begin_array(&e->w);
    mr_elm_put_concept(e, mr_concept_find(MR_SCHEME_CREDENTIAL_PROFILE, MR_STR("generic")));
    mr_json_end_array(&e->w);
    put_display(e);
    mr_json_put_name(&e->w, "credentialSchema");
    mr_json_put_raw(&e->w, MR_STR("[{\"id\":\"" PROFILE "\",\"type\":\"ShaclValidator2017\"}]"));
    mr_elm_put_issuer(e);
    put_time(e, "issued", MR_HOLE_NOW);
    put_time(e, "issuanceDate", MR_HOLE_NOW);
    put_time(e, "validFrom", MR_HOLE_VALID_FROM);
    if (e->specification->valid_months > 0) {
        put_time(e, "validUntil", MR_HOLE_VALID_UNTIL);
        put_time(e, "expirationDate", MR_HOLE_VALID_UNTIL);
    }
    put_subject(e);
    put_mandate(e);
}

static void put_vc2(struct mr_elm_writer *e)
{
    mr_json_put_name(&e->w, "@context");
    mr_json_put_raw(&e->w, MR_STR(MR_ELM_VC2_CONTEXT));
    put_id(e);
    mr_json_put_name(&e->w, "type");
    mr_json_put_raw(&e->w, MR_STR("[\"VerifiableCredential\"]"));
    mr_json_put_member(&e->w, "name", mr_texts_find(e->specification->title, e->t->primary));
    mr_elm_put_issuer(e);
    put_time(e, "validFrom", MR_HOLE_VALID_FROM);
    if (e->specification->valid_months > 0) put_time(e, "validUntil", MR_HOLE_VALID_UNTIL);
    mr_elm_hole(e, MR_HOLE_STATUS);
    put_subject(e);
    put_mandate(e);
}

/* --- preparing ---------------------------------------------------------------------------------------------------- */

/* A piece of JSON made with the same writer, in the arena. */
static mr_str piece(struct mr_elm_writer *e, void (*put)(struct mr_elm_writer *, const void *), const void *what)
{
    mr_json_writer kept = e->w;
    size_t start = e->out->len;
    mr_json_writer_init(&e->w, e->out, 0);
    put(e, what);
    mr_str text = mr_arena_dup(e->arena, mr_str_make(e->out->ptr + start, e->out->len - start));
    e->out->len = start;
    e->w = kept;
    return text;
}

static void piece_label(struct mr_elm_writer *e, const void *label)
{
    mr_elm_put_label(e, *(const enum mr_elm_label *)label);
}

static void piece_own_concept(struct mr_elm_writer *e, const void *label)
{
    mr_elm_put_own_concept(e, *(const enum mr_elm_label *)label);
}

static void piece_concept(struct mr_elm_writer *e, const void *concept)
{
    mr_elm_put_concept(e, concept);
}

/* Members of an assessment: ELM's concept where there is one, and in words what it does not tell. */
static void piece_supervision(struct mr_elm_writer *e, const void *which)
{
    static const enum mr_elm_label words[] = {[MR_SUPERVISION_NONE] = MR_ELM_UNSUPERVISED,
                                              [MR_SUPERVISION_SUPERVISED] = MR_ELM_SUPERVISED_LABEL,
                                              [MR_SUPERVISION_IDENTITY_ONLINE] = MR_ELM_SUPERVISED_ONLINE,
                                              [MR_SUPERVISION_IDENTITY_ON_SITE] = MR_ELM_SUPERVISED_ON_SITE};
    mr_supervision s = *(const mr_supervision *)which;
    struct mr_elm_notes notes = {0};
    mr_json_begin_object(&e->w);
    mr_json_put_name(&e->w, "idVerification");
    if (s == MR_SUPERVISION_SUPERVISED)
        mr_elm_put_own_concept(e, MR_ELM_SUPERVISED_LABEL);
    else
        mr_elm_put_concept(
            e, mr_concept_find(MR_SCHEME_SUPERVISION, s == MR_SUPERVISION_NONE ? MR_STR("none") : MR_STR("identity")));
    mr_elm_add_note(e, &notes, MR_ELM_NOTE_SUPERVISION, mr_elm_label_texts(e, words[s]));
    mr_elm_end_notes(e, &notes);
    mr_json_end_object(&e->w);
}

/* {"a":1} as ,"a":1 */
static mr_str as_members(mr_arena *a, mr_str object)
{
    if (object.len < 3) return MR_STR_EMPTY;
    return mr_arena_format(a, ",%.*s", (int)object.len - 2, object.ptr + 1);
}

static void prepare_pieces(struct mr_elm_writer *e)
{
    static const enum mr_elm_label passed = MR_ELM_PASSED, place = MR_ELM_NOTE_PLACE;
    struct mr_elm_template *t = e->t;
    t->passed = piece(e, piece_label, &passed);
    t->place_subject = piece(e, piece_own_concept, &place);
    t->ects = piece(e, piece_concept, mr_concept_find(MR_SCHEME_CREDIT, MR_STR("ects")));
    for (mr_supervision s = MR_SUPERVISION_NONE; s <= MR_SUPERVISION_IDENTITY_ON_SITE; s++)
        t->supervisions[s] = as_members(e->arena, piece(e, piece_supervision, &s));
}

int mr_elm_prepare(mr_arena *a, const struct mr_elm_issuing *i, mr_elm_kind kind, const mr_elm_template **ret,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_elm_template *t = MR_NEW(a, struct mr_elm_template);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!t) return MR_FAIL(err, MR_E_NOMEM, "no memory for a document", MR_NOWHERE);
    if (i->certificate || kind != MR_ELM_EDC) MR_TRY(mr_elm_check_certificate(i->certificate, err));
    t->specification = i->specification;
    t->primary = mr_specification_primary_language(i->specification);
    struct mr_elm_writer e = {.out = &out,
                              .t = t,
                              .arena = a,
                              .specification = i->specification,
                              .certificate = i->certificate,
                              .mandate = i->mandate,
                              .issuer_id = i->issuer_id,
                              .kind = kind,
                              .labels = mr_elm_label_languages(i->specification->title)};
    prepare_pieces(&e);
    e.brief = kind == MR_ELM_VC2;
    mr_json_writer_init(&e.w, &out, 0);
    mr_json_begin_object(&e.w);
    if (kind == MR_ELM_VC2)
        put_vc2(&e);
    else
        put_edc(&e);
    mr_json_end_object(&e.w);
    if (e.too_many_holes) return MR_FAIL(err, MR_E_LIMIT, "the specification has too many assessments", MR_NOWHERE);
    if (mr_buf_failed(&out)) return MR_FAIL(err, MR_E_LIMIT, "the document would be larger than allowed", MR_NOWHERE);
    t->text = mr_arena_dup(a, mr_buf_str(&out));
    if (!t->text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a document", MR_NOWHERE);
    *ret = t;
    return MR_OK;
}
