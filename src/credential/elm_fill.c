/* The learner's part of an ELM document: what stands in the holes of a template (elm_template.h).
 *
 * Dates: a birth date is midnight UTC of its day, because ELM wants a dateTime where a date is meant; verifiers take the written day. The credential
 * is valid from the day of awarding, but never from later than the moment of issuing: east of Greenwich the day may have begun that
 * has not in UTC. It is valid to the end of its last day. */
#include "credential/elm_template.h"

#include "base/encoding.h"
#include "credential/status.h"

#include <stdio.h>

struct filling {
    const struct mr_elm_template *t;
    const mr_achievement *achievement;
    int64_t now;
    mr_str image;
    mr_buf *out;
};

void mr_elm_write_points(int64_t hundredths, char out[24])
{
    int64_t whole = hundredths / 100, part = hundredths % 100;
    if (part == 0)
        snprintf(out, 24, "%lld", (long long)whole);
    else if (part % 10 == 0)
        snprintf(out, 24, "%lld.%lld", (long long)whole, (long long)(part / 10));
    else
        snprintf(out, 24, "%lld.%02lld", (long long)whole, (long long)part);
}

/* ,"name":{"da":"text"} */
static void put_primary_member(struct filling *f, const char *name, mr_str text)
{
    if (text.len == 0) return;
    mr_buf_puts(f->out, ",\"");
    mr_buf_puts(f->out, name);
    mr_buf_puts(f->out, "\":{");
    mr_json_quote(f->out, f->t->primary);
    mr_buf_putc(f->out, ':');
    mr_json_quote(f->out, text);
    mr_buf_putc(f->out, '}');
}

static void put_day_member(struct filling *f, const char *name, mr_date day)
{
    char text[11];
    if (!mr_date_is_set(day)) return;
    mr_date_write(day, text);
    mr_buf_puts(f->out, ",\"");
    mr_buf_puts(f->out, name);
    mr_buf_puts(f->out, "\":\"");
    mr_buf_puts(f->out, text);
    mr_buf_puts(f->out, "T00:00:00Z\"");
}

static void put_time(struct filling *f, int64_t time)
{
    char text[21];
    mr_time_write(time, text);
    mr_buf_puts(f->out, text);
}

static int64_t valid_from(const struct filling *f)
{
    int64_t awarded = mr_date_to_time(f->achievement->awarded_on);
    return mr_date_is_set(f->achievement->awarded_on) && awarded < f->now ? awarded : f->now;
}

static void put_learner(struct filling *f)
{
    const mr_learner *l = &f->achievement->learner;
    put_primary_member(f, "fullName", l->full_name);
    put_primary_member(f, "givenName", l->given_name);
    put_primary_member(f, "familyName", l->family_name);
    put_day_member(f, "dateOfBirth", l->birth_date);
}

static void put_awarding(struct filling *f)
{
    put_day_member(f, "awardingDate", f->achievement->awarded_on);
    if (f->achievement->place.len == 0) return;
    mr_buf_puts(f->out, ",\"additionalNote\":[{\"id\":\"urn:epass:note:place\",\"type\":\"Note\",\"subject\":");
    mr_buf_put(f->out, f->t->place_subject);
    put_primary_member(f, "noteLiteral", f->achievement->place);
    mr_buf_puts(f->out, "}]");
}

static void put_grade(struct filling *f)
{
    if (f->achievement->grade.len == 0) {
        mr_buf_put(f->out, f->t->passed);
        return;
    }
    mr_buf_putc(f->out, '{');
    mr_json_quote(f->out, f->t->primary);
    mr_buf_putc(f->out, ':');
    mr_json_quote(f->out, f->achievement->grade);
    mr_buf_putc(f->out, '}');
}

static void put_credit(struct filling *f)
{
    int64_t credit =
        f->achievement->ects_awarded > 0 ? f->achievement->ects_awarded : f->t->specification->ects_hundredths;
    char points[24];
    if (credit <= 0) return;
    mr_elm_write_points(credit, points);
    mr_buf_puts(
        f->out,
        ",\"creditReceived\":[{\"id\":\"urn:epass:creditPoint:received\",\"type\":\"CreditPoint\",\"framework\":");
    mr_buf_put(f->out, f->t->ects);
    mr_buf_puts(f->out, ",\"point\":\"");
    mr_buf_puts(f->out, points);
    mr_buf_puts(f->out, "\"}]");
}

static void put_status(struct filling *f)
{
    mr_json_writer w;
    if (!f->achievement->status_list.len) return;
    mr_buf_puts(f->out, ",\"credentialStatus\":");
    mr_json_writer_init(&w, f->out, 0);
    mr_status_put_entries(&w, f->achievement->status_list, f->achievement->status_index);
}

static void fill_hole(struct filling *f, uint32_t hole)
{
    mr_supervision s = f->achievement->supervision;
    switch ((enum mr_elm_hole)hole) {
    case MR_HOLE_ID: mr_buf_puts(f->out, f->achievement->id); break;
    case MR_HOLE_NOW: put_time(f, f->now); break;
    case MR_HOLE_VALID_FROM: put_time(f, valid_from(f)); break;
    case MR_HOLE_VALID_UNTIL:
        put_time(f, mr_achievement_valid_until(f->achievement, f->t->specification, f->now));
        break;
    case MR_HOLE_LEARNER: put_learner(f); break;
    case MR_HOLE_AWARDING: put_awarding(f); break;
    case MR_HOLE_SUPERVISION:
        mr_buf_put(f->out, f->t->supervisions[s != MR_SUPERVISION_NOT_SAID ? s : f->t->specification->supervision]);
        break;
    case MR_HOLE_GRADE: put_grade(f); break;
    case MR_HOLE_CREDIT: put_credit(f); break;
    case MR_HOLE_IMAGE: mr_base64_put(f->out, f->image); break;
    case MR_HOLE_STATUS: put_status(f); break;
    case MR_HOLE_BADGE_LEARNER:
    case MR_HOLE_BADGE_RESULT:
    case MR_HOLE_BADGE_PLACE:
    case MR_HOLE_BADGE_AWARDED: mr_badge_fill_hole(f->t, f->achievement, f->now, hole, f->out); break;
    }
}

int mr_elm_fill(const mr_elm_template *t, const mr_achievement *achievement, int64_t now, mr_str page_image,
                mr_buf *out, struct mr_err *err)
{
    struct filling f = {t, achievement, now, page_image, out};
    size_t at = 0;
    for (size_t i = 0; i < t->hole_count; i++) {
        mr_buf_put(out, mr_str_make(t->text.ptr + at, t->holes[i].at - at));
        at = t->holes[i].at;
        fill_hole(&f, t->holes[i].hole);
    }
    mr_buf_put(out, mr_str_from(t->text, at));
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_LIMIT, "the document would be larger than allowed", MR_NOWHERE);
    return MR_OK;
}

static int write_one(const struct mr_elm_issuing *i, mr_elm_kind kind, const mr_achievement *achievement,
                     mr_str page_image, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_elm_template *t;
    mr_arena_init(&a, 64 * (size_t)1024 * 1024);
    MR_TRY(mr_elm_prepare(&a, i, kind, &t, err));
    return mr_elm_fill(t, achievement, i->now, page_image, out, err);
}

int mr_elm_write_edc(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_str page_image, mr_buf *out,
                     struct mr_err *err)
{
    return write_one(i, MR_ELM_EDC, achievement, page_image, out, err);
}

int mr_elm_write_vc2(const struct mr_elm_issuing *i, const mr_achievement *achievement, mr_buf *out, struct mr_err *err)
{
    return write_one(i, MR_ELM_VC2, achievement, MR_STR_EMPTY, out, err);
}
