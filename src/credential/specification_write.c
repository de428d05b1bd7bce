/* Specification files, written from the model: the inverse of specification_file.c, member by member in the order of docs/specification.md.
 *
 * Numbers are texts of hundredths here as there: 2.5 is written "2.5" and never passes through a double. Hours come from whole minutes and are rounded
 * up to hundredths, because the reader rounds down to minutes: 100 minutes are 1.67 hours, which are 100 minutes again. */
#include "credential/specification_write.h"

#include "credential/elm_template.h"
#include "credential/specification_values.h"
#include "json/write.h"

/* --- values ------------------------------------------------------------------------------------------------------- */

static void put_texts(mr_json_writer *w, const char *name, mr_texts texts)
{
    if (!mr_texts_are_set(texts)) return;
    mr_json_put_name(w, name);
    mr_json_begin_object(w);
    for (size_t i = 0; i < texts.count; i++) {
        mr_json_put_name_str(w, texts.items[i].language);
        mr_json_put_str(w, texts.items[i].text);
    }
    mr_json_end_object(w);
}

static void put_code(mr_json_writer *w, const char *name, const mr_concept *c)
{
    if (c) mr_json_put_member_c(w, name, c->code);
}

static void put_codes(mr_json_writer *w, const char *name, const mr_concept *const *codes, size_t count)
{
    if (count == 0) return;
    mr_json_put_name(w, name);
    mr_json_begin_array(w);
    for (size_t i = 0; i < count; i++) mr_json_put_cstr(w, codes[i]->code);
    mr_json_end_array(w);
}

static void put_date(mr_json_writer *w, const char *name, mr_date date)
{
    char text[11];
    if (!mr_date_is_set(date)) return;
    mr_date_write(date, text);
    mr_json_put_member_c(w, name, text);
}

static void put_hundredths(mr_json_writer *w, const char *name, int64_t hundredths)
{
    char text[24];
    if (hundredths <= 0) return;
    mr_elm_write_points(hundredths, text);
    mr_json_put_name(w, name);
    mr_json_put_raw(w, mr_str_of(text));
}

static void put_true(mr_json_writer *w, const char *name, bool value)
{
    if (!value) return;
    mr_json_put_flag(w, name, true);
}

/* --- parties ------------------------------------------------------------------------------------------------------ */

static bool same_texts(mr_texts a, mr_texts b)
{
    if (a.count != b.count) return false;
    for (size_t i = 0; i < a.count; i++)
        if (!mr_str_eq(mr_texts_find(b, a.items[i].language), a.items[i].text)) return false;
    return true;
}

bool mr_organisation_equals(const mr_organisation *a, const mr_organisation *b)
{
    return same_texts(a->name, b->name) && a->country == b->country && same_texts(a->address, b->address) &&
           mr_str_eq(a->registration, b->registration) && mr_str_eq(a->vat, b->vat) && mr_str_eq(a->eidas, b->eidas) &&
           mr_str_eq(a->homepage, b->homepage) && mr_str_eq(a->email, b->email) && mr_str_eq(a->deqar, b->deqar) &&
           mr_str_eq(a->schac, b->schac) && mr_str_eq(a->ror, b->ror);
}

static void put_organisation(mr_json_writer *w, const mr_organisation *o)
{
    mr_json_begin_object(w);
    put_texts(w, "name", o->name);
    put_code(w, "country", o->country);
    put_texts(w, "address", o->address);
    mr_json_put_member_if(w, "registration", o->registration);
    mr_json_put_member_if(w, "vat", o->vat);
    mr_json_put_member_if(w, "eidas", o->eidas);
    mr_json_put_member_if(w, "homepage", o->homepage);
    mr_json_put_member_if(w, "email", o->email);
    mr_json_put_member_if(w, "deqar", o->deqar);
    mr_json_put_member_if(w, "schac", o->schac);
    mr_json_put_member_if(w, "ror", o->ror);
    mr_json_end_object(w);
}

static bool is_provider(const mr_specification *s, const mr_organisation *o)
{
    return mr_organisation_equals(o, &s->provider);
}

static void put_parties(mr_json_writer *w, const mr_specification *s)
{
    bool alone = s->awarding_body_count == 0 || (s->awarding_body_count == 1 && is_provider(s, &s->awarding_bodies[0]));
    mr_json_put_name(w, "provider");
    put_organisation(w, &s->provider);
    if (alone) return;
    mr_json_put_name(w, "awarding_bodies");
    mr_json_begin_array(w);
    for (size_t i = 0; i < s->awarding_body_count; i++) {
        if (is_provider(s, &s->awarding_bodies[i]))
            mr_json_put_cstr(w, "provider");
        else
            put_organisation(w, &s->awarding_bodies[i]);
    }
    mr_json_end_array(w);
}

/* --- elements ----------------------------------------------------------------------------------------------------- */

static void put_skills(mr_json_writer *w, const struct mr_learning_outcome *o)
{
    if (o->skill_count == 0) return;
    mr_json_put_name(w, "skills");
    mr_json_begin_array(w);
    for (size_t i = 0; i < o->skill_count; i++) {
        mr_json_begin_object(w);
        mr_json_put_member_if(w, "uri", o->skills[i].uri);
        put_texts(w, "label", o->skills[i].label);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

static void put_outcomes(mr_json_writer *w, const mr_specification *s)
{
    if (s->outcome_count == 0) return;
    mr_json_put_name(w, "learning_outcomes");
    mr_json_begin_array(w);
    for (size_t i = 0; i < s->outcome_count; i++) {
        const struct mr_learning_outcome *o = &s->outcomes[i];
        mr_json_begin_object(w);
        put_texts(w, "title", o->title);
        put_texts(w, "description", o->description);
        put_code(w, "type", o->type);
        put_code(w, "reuse", o->reuse_level);
        put_skills(w, o);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

static void put_workload(mr_json_writer *w, const mr_specification *s)
{
    if (s->ects_hundredths <= 0 && s->workload_minutes <= 0 && !mr_texts_are_set(s->workload_other)) return;
    mr_json_put_name(w, "workload");
    mr_json_begin_object(w);
    put_hundredths(w, "ects", s->ects_hundredths);
    put_hundredths(w, "hours", (s->workload_minutes * 100 + 59) / 60);
    put_texts(w, "other", s->workload_other);
    mr_json_end_object(w);
}

static void put_level(mr_json_writer *w, const mr_specification *s)
{
    if (!mr_specification_is_qualification(s) && !mr_texts_are_set(s->cycle) && !mr_texts_are_set(s->level_reason))
        return;
    mr_json_put_name(w, "level");
    mr_json_begin_object(w);
    if (s->eqf) {
        mr_json_put_name(w, "eqf");
        mr_json_put_raw(w, mr_str_of(s->eqf->code)); /* "6": a number */
    }
    if (s->level_basis != MR_LEVEL_NOT_SAID) mr_json_put_member_c(w, "basis", mr_spec_bases[s->level_basis - 1]);
    put_code(w, "nqf", s->nqf);
    mr_json_put_member_if(w, "authority", s->nqf_authority);
    put_date(w, "since", s->nqf_since);
    put_texts(w, "cycle", s->cycle);
    put_texts(w, "does_not_apply", s->level_reason);
    mr_json_end_object(w);
}

static void put_assessments(mr_json_writer *w, const mr_specification *s)
{
    if (s->assessment_count == 0) return;
    mr_json_put_name(w, "assessment");
    mr_json_begin_array(w);
    for (size_t i = 0; i < s->assessment_count; i++) {
        const struct mr_assessment *a = &s->assessments[i];
        mr_json_begin_object(w);
        put_code(w, "type", a->type);
        put_texts(w, "title", a->title);
        put_code(w, "mode", a->mode);
        put_texts(w, "grading", a->grading);
        if (a->assessor) {
            mr_json_put_name(w, "assessor");
            put_organisation(w, a->assessor);
        }
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

static void put_participation(mr_json_writer *w, const mr_specification *s)
{
    if (s->mode_count == 0 && !mr_texts_are_set(s->participation_reason)) return;
    mr_json_put_name(w, "participation");
    mr_json_begin_object(w);
    put_codes(w, "modes", s->modes, s->mode_count);
    put_texts(w, "does_not_apply", s->participation_reason);
    mr_json_end_object(w);
}

static void put_one_quality(mr_json_writer *w, const mr_specification *s, const struct mr_quality *q)
{
    mr_json_begin_object(w);
    mr_json_put_member_c(w, "kind", mr_spec_quality_kinds[q->kind]);
    put_texts(w, "title", q->title);
    /* of internal quality assurance it goes without saying that it is the provider's */
    if (!(q->kind == MR_QUALITY_INTERNAL && is_provider(s, &q->by)) && mr_texts_are_set(q->by.name)) {
        mr_json_put_name(w, "by");
        put_organisation(w, &q->by);
    }
    mr_json_put_member_if(w, "reference", q->reference);
    put_date(w, "valid_from", q->valid_from);
    put_date(w, "valid_until", q->valid_until);
    put_true(w, "conditional", q->conditional);
    mr_json_end_object(w);
}

static void put_quality(mr_json_writer *w, const mr_specification *s)
{
    if (s->quality_count == 0) return;
    mr_json_put_name(w, "quality_assurance");
    mr_json_begin_array(w);
    for (size_t i = 0; i < s->quality_count; i++) put_one_quality(w, s, &s->quality[i]);
    mr_json_end_array(w);
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static void put_identity(mr_json_writer *w, const mr_specification *s)
{
    mr_json_put_member_c(w, "specification", "1");
    mr_json_put_member_if(w, "id", s->id);
    mr_json_put_member_if(w, "version", s->version);
    put_texts(w, "title", s->title);
    put_texts(w, "description", s->description);
}

static void put_elements(mr_json_writer *w, const mr_specification *s)
{
    put_outcomes(w, s);
    put_workload(w, s);
    put_level(w, s);
    put_assessments(w, s);
    put_participation(w, s);
    put_quality(w, s);
    put_texts(w, "prerequisites", s->prerequisites);
    if (s->supervision != MR_SUPERVISION_NOT_SAID)
        mr_json_put_member_c(w, "supervision", mr_spec_supervisions[s->supervision - 1]);
    put_texts(w, "stackability", s->stackability);
    put_texts(w, "further_information", s->further);
}

static void put_more(mr_json_writer *w, const mr_specification *s)
{
    put_code(w, "type", s->type);
    put_code(w, "setting", s->setting);
    put_codes(w, "fields", s->fields, s->field_count);
    put_codes(w, "languages", s->languages, s->language_count);
    put_code(w, "schedule", s->schedule);
    put_texts(w, "content", s->content);
    put_texts(w, "purpose", s->purpose);
    put_texts(w, "target_group", s->target_group);
    put_texts(w, "price", s->price);
    put_texts(w, "funding", s->funding);
    put_texts(w, "recognition_policy", s->recognition_policy);
    put_texts(w, "regulated_profession", s->regulated_profession);
    mr_json_put_member_if(w, "homepage", s->homepage);
    put_date(w, "review_by", s->review_by);
    if (s->valid_months > 0) {
        mr_json_put_number(w, "valid_months", s->valid_months);
    }
    put_true(w, "partial_qualification", s->partial_qualification);
}

void mr_specification_write(const mr_specification *s, mr_buf *out)
{
    mr_json_writer w;
    mr_json_writer_init(&w, out, 2);
    mr_json_begin_object(&w);
    put_identity(&w, s);
    put_parties(&w, s);
    put_elements(&w, s);
    put_more(&w, s);
    mr_json_end_object(&w);
    mr_buf_putc(out, '\n');
}
