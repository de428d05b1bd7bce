/* The fields become a table of one row, so that one reader judges what is typed, sent and uploaded. */
#include "service/award_fields.h"

#include "base/limits.h"
#include "table/csv.h"

#include <stddef.h>

static const struct {
    const char *name;
    size_t at;
} fields_[MR_AWARD_FIELDS] = {
    {"name", offsetof(struct mr_award_fields, name)},
    {"given_name", offsetof(struct mr_award_fields, given_name)},
    {"family_name", offsetof(struct mr_award_fields, family_name)},
    {"birth_date", offsetof(struct mr_award_fields, birth_date)},
    {"email", offsetof(struct mr_award_fields, email)},
    {"student_number", offsetof(struct mr_award_fields, student_number)},
    {"grade", offsetof(struct mr_award_fields, grade)},
    {"date", offsetof(struct mr_award_fields, date)},
    {"place", offsetof(struct mr_award_fields, place)},
    {"ects", offsetof(struct mr_award_fields, ects)},
    {"supervision", offsetof(struct mr_award_fields, supervision)},
    {"language", offsetof(struct mr_award_fields, language)},
};

const char *mr_award_field_name(size_t index)
{
    return fields_[index].name;
}

mr_str *mr_award_field_at(struct mr_award_fields *fields, size_t index)
{
    return (mr_str *)(void *)((char *)fields + fields_[index].at);
}

static mr_str value_at(const struct mr_award_fields *fields, size_t index)
{
    return *(const mr_str *)(const void *)((const char *)fields + fields_[index].at);
}

static void put_table(mr_buf *out, const struct mr_award_fields *fields)
{
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++) mr_csv_put_cell(out, mr_str_of(fields_[i].name), ',');
    mr_csv_end_row(out);
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++) mr_csv_put_cell(out, value_at(fields, i), ',');
    mr_csv_end_row(out);
}

static bool is_blank(const struct mr_award_fields *fields)
{
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++)
        if (mr_str_trim(value_at(fields, i)).len) return false;
    return true;
}

static void close_results(mr_results **r)
{
    if (*r) mr_results_close(*r);
}

int mr_award_fields_read(mr_arena *a, const mr_env *env, const struct mr_award_fields *given, struct mr_result_row *ret,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf table;
    MR_CLEANUP(mr_csv_close) mr_csv_reader csv = {0};
    MR_CLEANUP(close_results) mr_results *results = NULL;
    struct mr_award_fields fields = *given;
    bool has_row;
    mr_buf_init(&table, MR_MIB);
    if (is_blank(&fields)) fields.supervision = MR_STR("none"); /* a blank row is none; the missing name is the fault */
    put_table(&table, &fields);
    if (mr_buf_failed(&table)) return MR_FAIL(err, MR_E_LIMIT, "the award is too long", MR_NOWHERE);
    mr_str text = mr_arena_dup(a, mr_buf_str(&table));
    if (!text.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for the award", MR_NOWHERE);
    MR_TRY(mr_csv_open(&csv, mr_csv_from_text(&text), err));
    MR_TRY(mr_results_open(a, &csv, env, &results, err));
    MR_TRY(mr_results_next(results, a, ret, &has_row, err));
    return has_row ? MR_OK : MR_FAIL(err, MR_E_FORMAT, "nothing is told of the award", MR_NOWHERE);
}

static mr_str date_of(mr_arena *a, mr_date date)
{
    char text[11];
    if (!mr_date_is_set(date)) return MR_STR_EMPTY;
    mr_date_write(date, text);
    return mr_arena_dup(a, mr_str_of(text));
}

struct mr_award_fields mr_award_fields_of(mr_arena *a, const mr_achievement *x)
{
    static const char *const supervisions[] = {"", "none", "supervised", "identity-online", "identity-on-site"};
    int64_t ects = x->ects_awarded;
    mr_str points =
        ects > 0 ? mr_arena_format(a, "%lld.%02lld", (long long)(ects / 100), (long long)(ects % 100)) : MR_STR_EMPTY;
    return (struct mr_award_fields){
        .name = x->learner.full_name,
        .given_name = x->learner.given_name,
        .family_name = x->learner.family_name,
        .birth_date = date_of(a, x->learner.birth_date),
        .email = x->learner.email,
        .student_number = x->learner.student_number,
        .grade = x->grade,
        .date = date_of(a, x->awarded_on),
        .place = x->place,
        .ects = points,
        .supervision = mr_str_of(supervisions[x->supervision]),
        .language = x->learner.language,
    };
}

void mr_award_fields_put(mr_json_writer *w, const struct mr_award_fields *fields)
{
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++)
        if (value_at(fields, i).len) mr_json_put_member(w, fields_[i].name, value_at(fields, i));
}

struct mr_award_fields mr_award_fields_get(const mr_json *object)
{
    struct mr_award_fields fields = {0};
    for (size_t i = 0; i < MR_AWARD_FIELDS; i++) {
        const mr_json *v = mr_json_get(object, fields_[i].name);
        if (mr_json_is(v, MR_JSON_STRING) || mr_json_is(v, MR_JSON_NUMBER))
            *mr_award_field_at(&fields, i) = mr_json_text(v);
    }
    return fields;
}
