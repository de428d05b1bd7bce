/* Specification files (docs/specification.md), read into the model.
 *
 * The title comes first, whatever its place in the file: its first language is the primary one, in which every other text must be there as well.
 * Each part of the file has a list of its members, beside the function that reads them; what is not in the list is a fault, because a mistyped
 * name would silently lose an answer. Findings name the Annex I element that they are about, or the member where it is none. */
#include "credential/specification_file.h"

#include "base/limits.h"
#include "credential/specification_quality.h"
#include "credential/specification_values.h"
#include "text/messages.h"

#include <stdio.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))
typedef struct mr_spec_reader reader;

/* --- parts -------------------------------------------------------------------------------------------------------- */

static void read_skills(reader *r, const mr_json *v, struct mr_learning_outcome *o)
{
    static const char *const members[] = {"uri", "label"};
    if (!mr_spec_list(r, v, "learning_outcomes")) return;
    struct mr_skill *skills = MR_NEW_ARRAY(r->arena, struct mr_skill, v->len);
    if (!skills) {
        r->nomem = true;
        return;
    }
    MR_JSON_EACH (item, v) {
        struct mr_skill *s = &skills[o->skill_count];
        *s = (struct mr_skill){0};
        if (!mr_spec_object(r, item, "learning_outcomes", members, COUNT(members))) continue;
        const mr_json *uri = mr_json_get(item, "uri"), *label = mr_json_get(item, "label");
        if (!uri) mr_spec_fault(r, item, "learning_outcomes", "spec.skill.uri", MR_STR_EMPTY);
        if (!label) mr_spec_fault(r, item, "learning_outcomes", "spec.skill.label", MR_STR_EMPTY);
        s->uri = mr_spec_url(r, uri, "learning_outcomes", true);
        s->label = mr_spec_texts(r, label, "learning_outcomes", true);
        if (s->uri.len > 0 && mr_texts_are_set(s->label)) o->skill_count++;
    }
    o->skills = skills;
}

static void read_outcomes(reader *r, const mr_json *v, mr_specification *s)
{
    static const char *const members[] = {"title", "description", "type", "reuse", "skills"};
    if (!mr_spec_list(r, v, "learning_outcomes")) return;
    s->outcomes = MR_NEW_ARRAY(r->arena, struct mr_learning_outcome, v->len);
    if (!s->outcomes) {
        r->nomem = true;
        return;
    }
    MR_JSON_EACH (item, v) {
        struct mr_learning_outcome *o = &s->outcomes[s->outcome_count];
        *o = (struct mr_learning_outcome){0}; /* an entry that was not usable left its slot to the next */
        if (!mr_spec_object(r, item, "learning_outcomes", members, COUNT(members))) continue;
        const mr_json *title = mr_json_get(item, "title");
        if (!title) mr_spec_fault(r, item, "learning_outcomes", "spec.outcome.title", MR_STR_EMPTY);
        o->title = mr_spec_texts(r, title, "learning_outcomes", true);
        o->description = mr_spec_texts(r, mr_json_get(item, "description"), "learning_outcomes", false);
        o->type = mr_spec_code(r, mr_json_get(item, "type"), "learning_outcomes", MR_SCHEME_SKILL_TYPE);
        o->reuse_level = mr_spec_code(r, mr_json_get(item, "reuse"), "learning_outcomes", MR_SCHEME_REUSE_LEVEL);
        read_skills(r, mr_json_get(item, "skills"), o);
        if (mr_texts_are_set(o->title)) s->outcome_count++;
    }
}

static void read_workload(reader *r, const mr_json *v, mr_specification *s)
{
    static const char *const members[] = {"ects", "hours", "other"};
    if (!mr_spec_object(r, v, "workload", members, COUNT(members))) return;
    s->ects_hundredths = mr_spec_hundredths(r, mr_json_get(v, "ects"), "workload", "spec.ects");
    s->workload_minutes = mr_spec_hundredths(r, mr_json_get(v, "hours"), "workload", "spec.hours") * 60 / 100;
    s->workload_other = mr_spec_texts(r, mr_json_get(v, "other"), "workload", false);
}

static void read_level(reader *r, const mr_json *v, mr_specification *s)
{
    static const char *const members[] = {"eqf", "basis", "nqf", "authority", "since", "cycle", "does_not_apply"};
    if (!mr_spec_object(r, v, "level", members, COUNT(members))) return;
    s->eqf = mr_spec_code(r, mr_json_get(v, "eqf"), "level", MR_SCHEME_EQF);
    int basis = mr_spec_word(r, mr_json_get(v, "basis"), "level", mr_spec_bases, COUNT(mr_spec_bases));
    s->level_basis = (mr_level_basis)(basis + 1);
    s->nqf = mr_spec_code(r, mr_json_get(v, "nqf"), "level", MR_SCHEME_NQF);
    s->nqf_authority = mr_spec_text(r, mr_json_get(v, "authority"), "level");
    s->nqf_since = mr_spec_date(r, mr_json_get(v, "since"), "level");
    s->cycle = mr_spec_texts(r, mr_json_get(v, "cycle"), "level", true);
    s->level_reason = mr_spec_texts(r, mr_json_get(v, "does_not_apply"), "level", false);
}

static void read_assessor(reader *r, const mr_json *v, struct mr_assessment *a)
{
    if (!v) return;
    mr_organisation *o = MR_NEW(r->arena, mr_organisation);
    if (!o) {
        r->nomem = true;
        return;
    }
    if (mr_spec_organisation(r, v, "assessment", o)) a->assessor = o;
}

static void read_assessments(reader *r, const mr_json *v, mr_specification *s)
{
    static const char *const members[] = {"type", "title", "mode", "grading", "assessor"};
    if (!mr_spec_list(r, v, "assessment")) return;
    s->assessments = MR_NEW_ARRAY(r->arena, struct mr_assessment, v->len);
    if (!s->assessments) {
        r->nomem = true;
        return;
    }
    MR_JSON_EACH (item, v) {
        struct mr_assessment *a = &s->assessments[s->assessment_count];
        *a = (struct mr_assessment){0};
        if (!mr_spec_object(r, item, "assessment", members, COUNT(members))) continue;
        const mr_json *type = mr_json_get(item, "type"), *title = mr_json_get(item, "title");
        if (!type && !title) mr_spec_fault(r, item, "assessment", "spec.assessment.what", MR_STR_EMPTY);
        a->type = mr_spec_code(r, type, "assessment", MR_SCHEME_ASSESSMENT);
        a->title = mr_spec_texts(r, title, "assessment", true);
        a->mode = mr_spec_code(r, mr_json_get(item, "mode"), "assessment", MR_SCHEME_MODE);
        a->grading = mr_spec_texts(r, mr_json_get(item, "grading"), "assessment", false);
        read_assessor(r, mr_json_get(item, "assessor"), a);
        if (a->type || mr_texts_are_set(a->title)) s->assessment_count++;
    }
}

static void read_participation(reader *r, const mr_json *v, mr_specification *s)
{
    static const char *const members[] = {"modes", "does_not_apply"};
    if (!mr_spec_object(r, v, "participation", members, COUNT(members))) return;
    s->modes = mr_spec_codes(r, mr_json_get(v, "modes"), "participation", MR_SCHEME_MODE, &s->mode_count);
    s->participation_reason = mr_spec_texts(r, mr_json_get(v, "does_not_apply"), "participation", false);
}

static void read_quality(reader *r, const mr_json *v, mr_specification *s)
{
    if (!mr_spec_list(r, v, "quality_assurance")) return;
    s->quality = MR_NEW_ARRAY(r->arena, struct mr_quality, v->len);
    if (!s->quality) {
        r->nomem = true;
        return;
    }
    MR_JSON_EACH (item, v) s->quality_count += mr_spec_quality(r, item, &s->provider, &s->quality[s->quality_count]);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

/* Letters, digits, dots and hyphens: it becomes part of web addresses and file names. */
static mr_str read_name(reader *r, const mr_json *v, const char *element, const char *missing_id, const char *form_id,
                        size_t most)
{
    if (!v) {
        mr_spec_fault(r, NULL, element, missing_id, MR_STR_EMPTY);
        return MR_STR_EMPTY;
    }
    mr_str s = mr_spec_text(r, v, element);
    bool ok = s.len > 0 && s.len <= most && s.ptr[0] != '.' && s.ptr[0] != '-';
    for (size_t i = 0; ok && i < s.len; i++) {
        char c = s.ptr[i];
        ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
    }
    if (ok) return s;
    if (s.len > 0) mr_spec_fault(r, v, element, form_id, s);
    return MR_STR_EMPTY;
}

static void read_identity(reader *r, mr_specification *s)
{
    const mr_json *root = r->root, *format = mr_json_get(root, "specification");
    if (!format)
        mr_spec_fault(r, NULL, "specification", "spec.format.missing", MR_STR_EMPTY);
    else if (!mr_str_is(mr_json_str(format), "1"))
        mr_spec_fault(r, format, "specification", "spec.format", mr_json_str(format));
    s->id = read_name(r, mr_json_get(root, "id"), "id", "spec.id.missing", "spec.id", 64);
    s->version = read_name(r, mr_json_get(root, "version"), "version", "spec.version.missing", "spec.version", 32);
    s->title = mr_spec_texts(r, mr_json_get(root, "title"), "title", true);
    r->primary = mr_specification_primary_language(s);
    s->description = mr_spec_texts(r, mr_json_get(root, "description"), "description", false);
}

static void read_parties(reader *r, mr_specification *s)
{
    const mr_json *provider = mr_json_get(r->root, "provider"), *bodies = mr_json_get(r->root, "awarding_bodies");
    if (!provider) mr_spec_fault(r, NULL, "provider", "spec.provider.missing", MR_STR_EMPTY);
    (void)mr_spec_organisation(r, provider, "provider", &s->provider);
    if (bodies && !mr_spec_list(r, bodies, "awarding_body")) return;
    s->awarding_bodies = MR_NEW_ARRAY(r->arena, mr_organisation, bodies ? bodies->len : 1);
    if (!s->awarding_bodies) {
        r->nomem = true;
        return;
    }
    if (!bodies) {
        s->awarding_bodies[0] = s->provider;
        s->awarding_body_count = mr_texts_are_set(s->provider.name);
        return;
    }
    MR_JSON_EACH (item, bodies) {
        mr_organisation *o = &s->awarding_bodies[s->awarding_body_count];
        if (mr_str_is(mr_json_str(item), "provider"))
            *o = s->provider;
        else if (!mr_spec_organisation(r, item, "awarding_body", o))
            continue;
        for (size_t i = 0; i < s->awarding_body_count; i++) {
            if (s->awarding_bodies[i].name.items == o->name.items) o->name.count = 0; /* "provider" twice */
        }
        if (mr_texts_are_set(o->name)) s->awarding_body_count++;
    }
}

static void read_elements(reader *r, mr_specification *s)
{
    const mr_json *root = r->root;
    read_outcomes(r, mr_json_get(root, "learning_outcomes"), s);
    read_workload(r, mr_json_get(root, "workload"), s);
    read_level(r, mr_json_get(root, "level"), s);
    read_assessments(r, mr_json_get(root, "assessment"), s);
    read_participation(r, mr_json_get(root, "participation"), s);
    read_quality(r, mr_json_get(root, "quality_assurance"), s);
    s->prerequisites = mr_spec_texts(r, mr_json_get(root, "prerequisites"), "prerequisites", false);
    int supervision = mr_spec_word(r, mr_json_get(root, "supervision"), "supervision", mr_spec_supervisions,
                                   COUNT(mr_spec_supervisions));
    s->supervision = (mr_supervision)(supervision + 1);
    s->stackability = mr_spec_texts(r, mr_json_get(root, "stackability"), "stackability", false);
    s->further = mr_spec_texts(r, mr_json_get(root, "further_information"), "further_information", false);
}

static void read_months(reader *r, const mr_json *v, mr_specification *s)
{
    int64_t months = 0;
    if (!v) return;
    if (mr_json_to_int64(v, &months) && months >= 1 && months <= 1200)
        s->valid_months = (int)months;
    else
        mr_spec_fault(r, v, "valid_months", "spec.months",
                      mr_json_is(v, MR_JSON_NUMBER) ? mr_json_text(v) : mr_json_str(v));
}

static void read_more(reader *r, mr_specification *s)
{
    const mr_json *root = r->root;
    s->type = mr_spec_code(r, mr_json_get(root, "type"), "type", MR_SCHEME_LEARNING_TYPE);
    if (!s->type) s->type = mr_concept_find(MR_SCHEME_LEARNING_TYPE, MR_STR("short-programme"));
    s->setting = mr_spec_code(r, mr_json_get(root, "setting"), "setting", MR_SCHEME_SETTING);
    s->fields = mr_spec_codes(r, mr_json_get(root, "fields"), "fields", MR_SCHEME_ISCED_F, &s->field_count);
    s->languages =
        mr_spec_codes(r, mr_json_get(root, "languages"), "languages", MR_SCHEME_LANGUAGE, &s->language_count);
    s->schedule = mr_spec_code(r, mr_json_get(root, "schedule"), "schedule", MR_SCHEME_SCHEDULE);
    s->content = mr_spec_texts(r, mr_json_get(root, "content"), "content", false);
    s->purpose = mr_spec_texts(r, mr_json_get(root, "purpose"), "purpose", false);
    s->target_group = mr_spec_texts(r, mr_json_get(root, "target_group"), "target_group", false);
    s->price = mr_spec_texts(r, mr_json_get(root, "price"), "price", false);
    s->funding = mr_spec_texts(r, mr_json_get(root, "funding"), "funding", false);
    s->recognition_policy = mr_spec_texts(r, mr_json_get(root, "recognition_policy"), "recognition_policy", false);
    s->regulated_profession =
        mr_spec_texts(r, mr_json_get(root, "regulated_profession"), "regulated_profession", false);
    s->homepage = mr_spec_url(r, mr_json_get(root, "homepage"), "homepage", false);
    s->review_by = mr_spec_date(r, mr_json_get(root, "review_by"), "review_by");
    read_months(r, mr_json_get(root, "valid_months"), s);
    s->partial_qualification = mr_spec_bool(r, mr_json_get(root, "partial_qualification"), "partial_qualification");
}

static const char *const top_members[] = {"specification",
                                          "id",
                                          "version",
                                          "title",
                                          "description",
                                          "provider",
                                          "awarding_bodies",
                                          "learning_outcomes",
                                          "workload",
                                          "level",
                                          "assessment",
                                          "participation",
                                          "quality_assurance",
                                          "prerequisites",
                                          "supervision",
                                          "stackability",
                                          "further_information",
                                          "type",
                                          "setting",
                                          "fields",
                                          "languages",
                                          "schedule",
                                          "content",
                                          "purpose",
                                          "target_group",
                                          "price",
                                          "funding",
                                          "recognition_policy",
                                          "regulated_profession",
                                          "homepage",
                                          "review_by",
                                          "valid_months",
                                          "partial_qualification"};

int mr_specification_read(mr_arena *a, mr_str text, mr_specification *ret, struct mr_findings *findings,
                          struct mr_err *err)
{
    reader r = {.arena = a, .findings = findings};
    mr_specification s = {0};
    MR_TRY(mr_json_parse(a, text, NULL, &r.root, err));
    if (!mr_json_is(r.root, MR_JSON_OBJECT))
        return MR_FAIL(err, MR_E_JSON, "a specification file is a JSON object", r.root->position);
    mr_spec_object(&r, r.root, "specification", top_members, COUNT(top_members));
    read_identity(&r, &s);
    read_parties(&r, &s);
    read_elements(&r, &s);
    read_more(&r, &s);
    if (r.nomem) return MR_FAIL(err, MR_E_NOMEM, "the specification needs more memory than allowed", MR_NOWHERE);
    mr_annex_check(&s, findings);
    *ret = s;
    return MR_OK;
}

/* --- saying it ---------------------------------------------------------------------------------------------------- */

/* The text of "<prefix>.<element><suffix>", or an empty one when there is none. */
static mr_str about(mr_arena *a, const mr_language *l, const char *prefix, const char *element, const char *suffix)
{
    mr_str id = mr_arena_format(a, "%s.%s%s", prefix, element, suffix);
    bool known = mr_message_exists(l, id) || mr_message_exists(mr_language_english(), id);
    return known ? mr_message_str(l, id) : MR_STR_EMPTY;
}

/* A thing or a part of it: by its message, or as it is written. */
static mr_str name_of(mr_arena *a, const mr_language *l, mr_str name)
{
    bool known = name.len > 0 && mr_message_exists(mr_language_english(), name);
    if (known || name.len == 0) return known ? mr_message_str(l, name) : name;
    return MR_SAY(a, l, "check.quoted", {"name", name});
}

/* A sentence that begins with what was filled in begins with a capital all the same: ASCII and the letters of Latin-1. */
static mr_str capitalise(mr_arena *a, mr_str text)
{
    mr_str copy = mr_arena_dup(a, text);
    char *c = (char *)(uintptr_t)copy.ptr;
    if (copy.len > 0 && c[0] >= 'a' && c[0] <= 'z') c[0] = (char)(c[0] - 32);
    if (copy.len > 1 && c[0] == '\xC3' && (uint8_t)c[1] >= 0xA0 && (uint8_t)c[1] < 0xBF) c[1] = (char)(c[1] - 32);
    return copy;
}

mr_str mr_finding_say(mr_arena *a, const mr_language *l, const struct mr_finding *f)
{
    const char *element = f->element ? f->element : "";
    mr_str label = about(a, l, "element", element, "");
    if (label.len == 0) label = about(a, l, "field", element, "");
    if (label.len == 0) label = mr_str_of(element);
    mr_str why = about(a, l, "element", element, ".why"), help = about(a, l, "element", element, ".help");
    mr_str text = MR_SAY(a, l, f->id, {"value", f->value}, {"expected", f->expected}, {"element", label}, {"why", why},
                         {"help", help}, {"node", name_of(a, l, f->node)}, {"member", name_of(a, l, f->member)},
                         {"also", f->also ? mr_message_str(l, mr_str_of(f->also)) : MR_STR_EMPTY},
                         {"count", mr_say_count(a, l, f->count)}, {"number", mr_say_count(a, l, f->count)},
                         {"where", about(a, l, "check.where", element, "")});
    return mr_str_has_prefix(mr_message(l, f->id), MR_STR("{")) ? capitalise(a, text) : text;
}
