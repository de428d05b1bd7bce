/* The learner's part of a badge: what stands in the holes that only badges have (open_badges.c). Each writes members with their commas in front, but the date. */
#include "credential/elm_template.h"
#include "credential/open_badges_terms.h"

#include <stdio.h>

struct filling {
    const struct mr_elm_template *t;
    const mr_achievement *achievement;
    mr_json_writer w;
    mr_buf *out;
};

static void put_identity(struct filling *f, const char *type, mr_str value)
{
    if (value.len == 0) return;
    mr_json_begin_object(&f->w);
    mr_json_put_member_c(&f->w, "type", "IdentityObject");
    mr_json_put_flag(&f->w, "hashed", false);
    mr_json_put_member(&f->w, "identityHash", value);
    mr_json_put_member_c(&f->w, "identityType", type);
    mr_json_end_object(&f->w);
}

static void put_birth_date(struct filling *f, mr_date day)
{
    char text[11], time[24];
    if (!mr_date_is_set(day)) return;
    mr_date_write(day, text);
    snprintf(time, sizeof time, "%sT00:00:00Z", text);
    mr_json_put_name_str(&f->w, mr_badge_iri_of_term(MR_STR("dateOfBirth")));
    mr_json_begin_object(&f->w);
    mr_json_put_member_c(&f->w, "@type", "http://www.w3.org/2001/XMLSchema#dateTime");
    mr_json_put_member_c(&f->w, "@value", time);
    mr_json_end_object(&f->w);
}

/* By her name, readable: a badge that a person shows to people. What Open Badges does not ask of a learner stands in ELM. */
static void put_learner(struct filling *f)
{
    const mr_learner *l = &f->achievement->learner;
    mr_json_put_name(&f->w, "identifier");
    mr_json_begin_array(&f->w);
    put_identity(f, "name", l->full_name);
    mr_json_end_array(&f->w);
    mr_badge_put_text(&f->w, "fullName", f->t->primary, l->full_name);
    mr_badge_put_text(&f->w, "givenName", f->t->primary, l->given_name);
    mr_badge_put_text(&f->w, "familyName", f->t->primary, l->family_name);
    put_birth_date(f, l->birth_date);
}

static void put_credits(struct filling *f)
{
    int64_t credit =
        f->achievement->ects_awarded > 0 ? f->achievement->ects_awarded : f->t->specification->ects_hundredths;
    char points[24];
    if (credit <= 0) return;
    mr_elm_write_points(credit, points);
    mr_json_put_name(&f->w, "creditsEarned");
    mr_json_put_raw(&f->w, mr_str_of(points));
}

static void put_result(struct filling *f)
{
    put_credits(f);
    mr_json_put_name(&f->w, "result");
    mr_json_begin_array(&f->w);
    mr_json_begin_object(&f->w);
    mr_json_put_name(&f->w, "type");
    mr_json_put_raw(&f->w, MR_STR("[\"Result\"]"));
    mr_json_put_member_c(&f->w, "resultDescription", MR_BADGE_RESULT);
    mr_json_put_member(&f->w, "value", f->achievement->grade.len ? f->achievement->grade : f->t->passed);
    mr_json_end_object(&f->w);
    mr_json_end_array(&f->w);
}

static void put_place(struct filling *f)
{
    if (f->achievement->place.len == 0) return;
    mr_json_put_name_str(&f->w, mr_badge_iri_of_term(MR_STR("additionalNote")));
    mr_json_begin_array(&f->w);
    mr_json_begin_object(&f->w);
    mr_json_put_member_c(&f->w, "id", "urn:epass:note:place");
    mr_json_put_member(&f->w, "type", mr_badge_iri_of_type(MR_STR("Note")));
    mr_buf_put(f->out, f->t->place_subject);
    mr_badge_put_text(&f->w, "noteLiteral", f->t->primary, f->achievement->place);
    mr_json_end_object(&f->w);
    mr_json_end_array(&f->w);
}

static void put_awarded(struct filling *f, int64_t now)
{
    mr_date day = f->achievement->awarded_on;
    char text[21];
    mr_time_write(mr_date_is_set(day) ? mr_date_to_time(day) : now, text);
    mr_buf_puts(f->out, text);
}

void mr_badge_fill_hole(const mr_elm_template *t, const mr_achievement *achievement, int64_t now, uint32_t hole,
                        mr_buf *out)
{
    struct filling f = {.t = t, .achievement = achievement, .out = out};
    mr_json_writer_continue(&f.w, out);
    switch ((enum mr_elm_hole)hole) {
    case MR_HOLE_BADGE_LEARNER: put_learner(&f); break;
    case MR_HOLE_BADGE_RESULT: put_result(&f); break;
    case MR_HOLE_BADGE_PLACE: put_place(&f); break;
    case MR_HOLE_BADGE_AWARDED: put_awarded(&f, now); break;
    default: break;
    }
}
