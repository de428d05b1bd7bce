/* Writing a badge: once for a batch, with holes (open_badges_fill.c).
 *
 * The ELM document of the specification is made first, as for a VC 2.0 with the ELM subject, and read: everything of it that a badge says in ELM is
 * copied from there, so that both say the same. Two kinds of nodes get holes as they are copied: the awarding process (place) and each assessment
 * (supervision). The members of Open Badges come from the model.
 *
 * Texts of Open Badges are in one language, the first of the title; the other languages stand in ELM. */
#include "credential/open_badges.h"

#include "base/limits.h"
#include "credential/elm_template.h"
#include "credential/open_badges_terms.h"

#include <stdio.h>

#define EQF "European Qualifications Framework"

/* elm: the document in ELM; claim: its LearningAchievement */
struct badge {
    struct mr_elm_writer e;
    struct mr_badge_terms terms;
    const mr_json *elm, *claim;
    mr_str achievement; /* id */
};

static void begin(struct badge *b, const char *type)
{
    mr_json_begin_object(&b->e.w);
    mr_json_put_name(&b->e.w, "type");
    mr_json_begin_array(&b->e.w);
    mr_json_put_cstr(&b->e.w, type);
    mr_json_end_array(&b->e.w);
}

static void put(struct badge *b, const char *name, mr_str text)
{
    if (text.len) mr_json_put_member(&b->e.w, name, text);
}

static void begin_list(struct badge *b, const char *name)
{
    mr_json_put_name(&b->e.w, name);
    mr_json_begin_array(&b->e.w);
}

/* ---- parties ---- */

static void put_identifier(struct badge *b, const char *type, mr_str identifier)
{
    if (identifier.len == 0) return;
    mr_json_begin_object(&b->e.w);
    mr_json_put_member_c(&b->e.w, "type", "IdentifierEntry");
    mr_json_put_member(&b->e.w, "identifier", identifier);
    mr_json_put_member_c(&b->e.w, "identifierType", type);
    mr_json_end_object(&b->e.w);
}

static void put_address(struct badge *b, const mr_concept *country, mr_str street)
{
    if (!country) return;
    mr_json_put_name(&b->e.w, "address");
    begin(b, "Address");
    mr_json_put_member(&b->e.w, "addressCountry", mr_concept_label(country, b->e.t->primary));
    mr_json_put_member_c(&b->e.w, "addressCountryCode", country->code);
    put(b, "streetAddress", street);
    mr_json_end_object(&b->e.w);
}

/* The issuer is what the seal's certificate says, under its identifier. */
static void put_issuer(struct badge *b)
{
    const struct mr_certificate_name *subject = mr_certificate_subject(b->e.certificate);
    mr_json_put_name(&b->e.w, "issuer");
    begin(b, "Profile");
    mr_json_put_member(&b->e.w, "id", b->e.issuer_id);
    put(b, "name", subject->organisation);
    put_address(b, mr_concept_find(MR_SCHEME_COUNTRY, subject->country), MR_STR_EMPTY);
    begin_list(b, "otherIdentifier");
    put_identifier(b, "ext:eidasLegalIdentifier", subject->organisation_identifier);
    mr_json_end_array(&b->e.w);
    mr_json_end_object(&b->e.w);
}

static bool has_identifiers(const mr_organisation *o)
{
    return o->eidas.len || o->vat.len || o->registration.len || o->deqar.len || o->schac.len || o->ror.len;
}

/* The first awarding body, the same node as in ELM. */
static void put_creator(struct badge *b)
{
    const mr_organisation *o = &b->e.specification->awarding_bodies[0];
    mr_json_put_name(&b->e.w, "creator");
    begin(b, "Profile");
    mr_json_put_member_c(&b->e.w, "id", "urn:epass:org:body-1");
    put(b, "name", mr_texts_get(o->name, b->e.t->primary, NULL));
    put(b, "url", o->homepage);
    put(b, "email", o->email);
    put_address(b, o->country, mr_texts_get(o->address, b->e.t->primary, NULL));
    if (has_identifiers(o)) {
        begin_list(b, "otherIdentifier");
        put_identifier(b, "ext:eidasLegalIdentifier", o->eidas);
        put_identifier(b, "ext:vatIdentifier", o->vat);
        put_identifier(b, "ext:registration", o->registration);
        put_identifier(b, "ext:DEQAR", o->deqar);
        put_identifier(b, "ext:SCHAC", o->schac);
        put_identifier(b, "ext:ROR", o->ror);
        mr_json_end_array(&b->e.w);
    }
    mr_json_end_object(&b->e.w);
}

/* ---- alignments ---- */

static void put_alignment(struct badge *b, mr_str name, mr_str url, mr_str code, const char *framework,
                          const char *type)
{
    begin(b, "Alignment");
    mr_json_put_member(&b->e.w, "targetName", name.len ? name : url);
    mr_json_put_member(&b->e.w, "targetUrl", url);
    put(b, "targetCode", code);
    put(b, "targetFramework", mr_str_of(framework));
    put(b, "targetType", mr_str_of(type));
    mr_json_end_object(&b->e.w);
}

static void put_concept_alignment(struct badge *b, const mr_concept *c, const char *framework)
{
    if (!c) return;
    put_alignment(b, mr_concept_label(c, b->e.t->primary), mr_str_of(c->uri), mr_str_of(c->code), framework, "");
}

static void put_skill_alignments(struct badge *b)
{
    const mr_specification *s = b->e.specification;
    for (size_t i = 0; i < s->outcome_count; i++) {
        for (size_t j = 0; j < s->outcomes[i].skill_count; j++) {
            const struct mr_skill *skill = &s->outcomes[i].skills[j];
            bool esco = mr_str_has_prefix(skill->uri, MR_STR("http://data.europa.eu/esco/"));
            put_alignment(b, mr_texts_get(skill->label, b->e.t->primary, NULL), skill->uri, MR_STR_EMPTY,
                          esco ? "ESCO" : "", "ceasn:Competency");
        }
    }
}

static void put_alignments(struct badge *b)
{
    const mr_specification *s = b->e.specification;
    size_t skills = 0;
    for (size_t i = 0; i < s->outcome_count; i++) skills += s->outcomes[i].skill_count;
    if (!s->eqf && !s->nqf && s->field_count + skills == 0) return;
    begin_list(b, "alignment");
    if (s->eqf) {
        char name[48];
        snprintf(name, sizeof name, EQF " %s", s->eqf->code);
        put_alignment(b, mr_str_of(name), mr_str_of(s->eqf->uri), mr_str_of(s->eqf->code), EQF, "");
    }
    put_concept_alignment(b, s->nqf, "National qualifications framework");
    for (size_t i = 0; i < s->field_count; i++) put_concept_alignment(b, s->fields[i], "ISCED-F 2013");
    put_skill_alignments(b);
    mr_json_end_array(&b->e.w);
}

/* ---- the achievement ---- */

/* What it was awarded for, as a list in Markdown: each assessment with its scale. */
static mr_str criteria(struct badge *b)
{
    const mr_specification *s = b->e.specification;
    mr_str all = MR_STR_EMPTY, language = b->e.t->primary;
    for (size_t i = 0; i < s->assessment_count; i++) {
        const struct mr_assessment *a = &s->assessments[i];
        mr_str name = mr_texts_get(a->title, language, NULL), grading = mr_texts_get(a->grading, language, NULL);
        if (name.len == 0 && a->type) name = mr_concept_label(a->type, language);
        all = mr_arena_format(b->e.arena, "%.*s%s- %.*s%s%.*s", MR_STR_ARG(all), all.len ? "\n" : "", MR_STR_ARG(name),
                              grading.len ? ": " : "", MR_STR_ARG(grading));
    }
    return all;
}

static mr_str fields(struct badge *b)
{
    const mr_specification *s = b->e.specification;
    mr_str all = MR_STR_EMPTY;
    for (size_t i = 0; i < s->field_count; i++) {
        mr_str label = mr_concept_label(s->fields[i], b->e.t->primary);
        all = mr_arena_format(b->e.arena, "%.*s%s%.*s", MR_STR_ARG(all), all.len ? ", " : "", MR_STR_ARG(label));
    }
    return all;
}

/* One result, since nobody said of which assessment the grade is. */
static void put_result_description(struct badge *b)
{
    begin_list(b, "resultDescription");
    begin(b, "ResultDescription");
    mr_json_put_member_c(&b->e.w, "id", MR_BADGE_RESULT);
    mr_json_put_member(&b->e.w, "name", mr_elm_label(MR_ELM_GRADE, b->e.t->primary));
    mr_json_put_member_c(&b->e.w, "resultType", "Result");
    mr_json_end_object(&b->e.w);
    mr_json_end_array(&b->e.w);
}

static void put_achievement_terms(struct badge *b)
{
    const mr_json *specified = mr_json_get(b->claim, "specifiedBy");
    mr_badge_put_members(&b->terms, specified);
}

static void put_achievement(struct badge *b)
{
    const mr_specification *s = b->e.specification;
    mr_json_put_name(&b->e.w, "achievement");
    mr_json_begin_object(&b->e.w);
    mr_json_put_member(&b->e.w, "id", b->achievement);
    begin_list(b, "type");
    mr_json_put_cstr(&b->e.w, "Achievement");
    mr_json_put_str(&b->e.w, mr_badge_iri_of_type(mr_json_get_str(mr_json_get(b->claim, "specifiedBy"), "type")));
    mr_json_end_array(&b->e.w);
    mr_json_put_member_c(&b->e.w, "achievementType", "MicroCredential");
    mr_json_put_member(&b->e.w, "name", mr_texts_find(s->title, b->e.t->primary));
    mr_json_put_member(&b->e.w, "description", mr_texts_get(s->description, b->e.t->primary, NULL));
    mr_json_put_member(&b->e.w, "inLanguage", b->e.t->primary);
    mr_json_put_member(&b->e.w, "humanCode", s->id);
    mr_json_put_member(&b->e.w, "version", s->version);
    mr_json_put_name(&b->e.w, "criteria");
    mr_json_begin_object(&b->e.w);
    put(b, "narrative", criteria(b));
    mr_json_end_object(&b->e.w);
    put_creator(b);
    if (s->ects_hundredths > 0) {
        char points[24];
        mr_elm_write_points(s->ects_hundredths, points);
        mr_json_put_name(&b->e.w, "creditsAvailable");
        mr_json_put_raw(&b->e.w, mr_str_of(points));
    }
    put(b, "fieldOfStudy", fields(b));
    put_alignments(b);
    put_result_description(b);
    put_achievement_terms(b);
    mr_json_end_object(&b->e.w);
}

/* ---- the subject ---- */

/* ELM's own word for what she achieved: how and by whom; what it is stands in the achievement. */
static void put_claim(struct badge *b)
{
    mr_json_put_name_str(&b->e.w, mr_badge_iri_of_term(MR_STR("hasClaim")));
    mr_json_begin_object(&b->e.w);
    mr_json_put_member(&b->e.w, "id", mr_json_get_str(b->claim, "id"));
    mr_json_put_member(&b->e.w, "type", mr_badge_iri_of_type(MR_STR("LearningAchievement")));
    mr_json_put_name_str(&b->e.w, mr_badge_iri_of_term(MR_STR("specifiedBy")));
    mr_json_begin_object(&b->e.w);
    mr_json_put_member(&b->e.w, "id", b->achievement);
    mr_json_end_object(&b->e.w);
    mr_badge_put_members(&b->terms, b->claim);
    mr_json_end_object(&b->e.w);
}

static void put_subject(struct badge *b, mr_str did)
{
    mr_json_put_name(&b->e.w, "credentialSubject");
    begin(b, "AchievementSubject");
    put(b, "id", did);
    mr_elm_hole(&b->e, MR_HOLE_BADGE_LEARNER);
    put_achievement(b);
    mr_elm_hole(&b->e, MR_HOLE_BADGE_RESULT);
    put_claim(b);
    mr_json_end_object(&b->e.w);
}

/* On behalf of another: the mandate, in both tongues. */
static void put_evidence(struct badge *b)
{
    const mr_json *mandate = mr_json_at(mr_json_get(b->elm, "evidence"), 0);
    if (!mandate) return;
    begin_list(b, "evidence");
    mr_json_begin_object(&b->e.w);
    begin_list(b, "type");
    mr_json_put_cstr(&b->e.w, "Evidence");
    mr_json_put_str(&b->e.w, mr_badge_iri_of_type(MR_STR("Evidence")));
    mr_json_end_array(&b->e.w);
    mr_json_put_member(&b->e.w, "name", mr_elm_label(MR_ELM_MANDATE, b->e.t->primary));
    mr_json_put_member(&b->e.w, "narrative", mr_json_get_str(mandate, "evidenceStatement"));
    mr_badge_put_members(&b->terms, mandate);
    mr_json_end_object(&b->e.w);
    mr_json_end_array(&b->e.w);
}

static void put_hole(struct badge *b, const char *name, const char *before, enum mr_elm_hole hole)
{
    mr_json_put_name(&b->e.w, name);
    mr_elm_hole_text(&b->e, before, hole);
}

static void put_credential(struct badge *b, mr_str did)
{
    mr_json_begin_object(&b->e.w);
    mr_json_put_name(&b->e.w, "@context");
    mr_json_put_raw(&b->e.w, MR_STR(MR_BADGE_CONTEXT));
    put_hole(b, "id", "urn:credential:", MR_HOLE_ID);
    begin_list(b, "type");
    mr_json_put_cstr(&b->e.w, "VerifiableCredential");
    mr_json_put_cstr(&b->e.w, "OpenBadgeCredential");
    mr_json_end_array(&b->e.w);
    mr_json_put_member(&b->e.w, "name", mr_texts_find(b->e.specification->title, b->e.t->primary));
    put_issuer(b);
    put_hole(b, "validFrom", "", MR_HOLE_VALID_FROM);
    if (b->e.specification->valid_months > 0) put_hole(b, "validUntil", "", MR_HOLE_VALID_UNTIL);
    put_hole(b, "awardedDate", "", MR_HOLE_BADGE_AWARDED);
    mr_elm_hole(&b->e, MR_HOLE_STATUS);
    put_subject(b, did);
    put_evidence(b);
    mr_json_put_name(&b->e.w, "proof"); /* 1EdTech's schema wants a list: the proof will be put into it */
    mr_json_put_raw(&b->e.w, MR_STR("[]"));
    mr_json_end_object(&b->e.w);
}

/* ---- preparing ---- */

/* What Open Badges has members for, what is filled in for each learner, and what stands elsewhere. */
static bool leaves_out(void *self, mr_str type, mr_str term)
{
    static const struct {
        const char *type, *term;
    } out[] = {{"LearningAchievement", "title"},          {"LearningAchievement", "description"},
               {"LearningAchievement", "creditReceived"}, {"LearningAchievement", "specifiedBy"},
               {"LearningAssessment", "awardedBy"},       {"LearningAssessment", "grade"},
               {"LearningAssessment", "idVerification"},  {"LearningAssessment", "additionalNote"},
               {"Qualification", "identifier"},           {"LearningAchievementSpecification", "identifier"}};
    (void)self;
    for (size_t i = 0; i < sizeof out / sizeof *out; i++)
        if (mr_str_is(type, out[i].type) && mr_str_is(term, out[i].term)) return true;
    return false;
}

static void leave_hole(void *self, mr_str type)
{
    struct badge *b = self;
    if (mr_str_is(type, "LearningAssessment")) mr_elm_hole(&b->e, MR_HOLE_SUPERVISION);
    if (mr_str_is(type, "AwardingProcess")) mr_elm_hole(&b->e, MR_HOLE_BADGE_PLACE);
}

/* The specification in ELM, of no learner. */
static int read_elm(struct badge *b, const struct mr_elm_issuing *i, const mr_elm_template **ret, struct mr_err *err)
{
    const mr_achievement nobody = {.id = "00000000-0000-4000-8000-000000000000"};
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    MR_TRY(mr_elm_prepare(b->e.arena, i, MR_ELM_VC2, ret, err));
    MR_TRY(mr_elm_fill(*ret, &nobody, i->now, MR_STR_EMPTY, &text, err));
    mr_str kept = mr_arena_dup(b->e.arena, mr_buf_str(&text));
    if (!kept.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE);
    MR_TRY(mr_json_parse(b->e.arena, kept, NULL, &b->elm, err));
    b->claim = mr_json_at(mr_json_get(mr_json_get(b->elm, "credentialSubject"), "hasClaim"), 0);
    return MR_OK;
}

static void put_escaped(mr_buf *out, mr_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
                     c == '.' || c == '_';
        char coded[4];
        snprintf(coded, sizeof coded, plain ? "%c" : "%%%02X", c);
        mr_buf_puts(out, coded);
    }
}

/* What endorsements and other badges can refer to: the same in every badge of this version of the specification. */
static mr_str achievement_id(const struct badge *b)
{
    const mr_specification *s = b->e.specification;
    const mr_organisation *o = &s->awarding_bodies[0];
    mr_str body = o->eidas.len ? o->eidas : o->vat.len ? o->vat : o->registration;
    MR_CLEANUP(mr_buf_done) mr_buf id;
    mr_buf_init(&id, 64 * MR_KIB);
    mr_buf_puts(&id, "urn:merit:specification:");
    put_escaped(&id, body.len ? body : mr_texts_get(o->name, b->e.t->primary, NULL));
    mr_buf_putc(&id, ':');
    put_escaped(&id, s->id);
    mr_buf_putc(&id, ':');
    put_escaped(&id, s->version);
    return mr_arena_dup(b->e.arena, mr_buf_str(&id));
}

/* What stands in the holes, in the form of badges. */
static int convert_piece(struct badge *b, mr_str members, mr_str *ret, struct mr_err *err)
{
    const mr_json *object;
    if (members.len == 0) return MR_OK;
    mr_str text = mr_arena_format(b->e.arena, "{%.*s}", (int)members.len - 1, members.ptr + 1);
    if (!text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE);
    MR_TRY(mr_json_parse(b->e.arena, text, NULL, &object, err));
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer w;
    struct mr_badge_terms plain = {.w = &w};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    mr_badge_put_members(&plain, object);
    mr_json_end_object(&w);
    if (plain.unknown.len) b->terms.unknown = plain.unknown;
    *ret = mr_arena_format(b->e.arena, ",%.*s", (int)out.len - 2, out.ptr + 1);
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE);
}

static int convert_pieces(struct badge *b, const mr_elm_template *elm, struct mr_err *err)
{
    struct mr_elm_template *t = b->e.t;
    for (size_t s = 0; s < sizeof t->supervisions / sizeof *t->supervisions; s++)
        MR_TRY(convert_piece(b, elm->supervisions[s], &t->supervisions[s], err));
    MR_TRY(convert_piece(b, mr_arena_format(b->e.arena, ",\"subject\":%.*s", MR_STR_ARG(elm->place_subject)),
                         &t->place_subject, err));
    t->passed = mr_elm_label(MR_ELM_PASSED, t->primary);
    return MR_OK;
}

static int finish(struct badge *b, struct mr_err *err)
{
    if (b->terms.unknown.len)
        return MR_FAIL_DETAIL(err, MR_E_SPECIFICATION, "a badge has no place for a part of the specification", "%.*s",
                              MR_STR_ARG(b->terms.unknown));
    if (b->e.too_many_holes) return MR_FAIL(err, MR_E_LIMIT, "the specification has too many assessments", MR_NOWHERE);
    if (mr_buf_failed(b->e.out))
        return MR_FAIL(err, MR_E_LIMIT, "the document would be larger than allowed", MR_NOWHERE);
    b->e.t->text = mr_arena_dup(b->e.arena, mr_buf_str(b->e.out));
    return b->e.t->text.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE);
}

int mr_open_badges_prepare(mr_arena *a, const struct mr_elm_issuing *i, mr_str subject, const mr_elm_template **ret,
                           struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_elm_template *t = MR_NEW(a, struct mr_elm_template);
    const mr_elm_template *elm = NULL;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (!t) return MR_FAIL(err, MR_E_NOMEM, "no memory for a badge", MR_NOWHERE);
    t->specification = i->specification;
    t->primary = mr_specification_primary_language(i->specification);
    struct badge b = {.e = {.out = &out,
                            .t = t,
                            .arena = a,
                            .specification = i->specification,
                            .certificate = i->certificate,
                            .issuer_id = i->issuer_id}};
    b.terms = (struct mr_badge_terms){.w = &b.e.w, .self = &b, .leaves_out = leaves_out, .ends = leave_hole};
    b.achievement = achievement_id(&b);
    MR_TRY(read_elm(&b, i, &elm, err));
    MR_TRY(convert_pieces(&b, elm, err));
    mr_json_writer_init(&b.e.w, &out, 0);
    put_credential(&b, subject);
    MR_TRY(finish(&b, err));
    *ret = t;
    return MR_OK;
}
