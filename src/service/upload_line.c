#include "service/upload_line.h"

#include "base/limits.h"
#include "json/write.h"

static int keep(mr_arena *a, mr_buf *text, mr_str *ret, struct mr_err *err)
{
    *ret = mr_arena_dup(a, mr_buf_str(text));
    return ret->ptr && !mr_buf_failed(text) ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for a row", MR_NOWHERE);
}

static void put_date(mr_json_writer *w, const char *name, mr_date date)
{
    char text[11];
    if (!mr_date_is_set(date)) return;
    mr_date_write(date, text);
    mr_json_put_member_c(w, name, text);
}

static void put_number(mr_json_writer *w, const char *name, int64_t value)
{
    if (value == 0) return;
    mr_json_put_number(w, name, value);
}

static void put_achievement(mr_json_writer *w, const struct mr_result_row *row)
{
    const mr_achievement *x = &row->achievement;
    mr_json_begin_object(w);
    mr_json_put_member_c(w, "key", row->learner_key);
    mr_json_put_member_if(w, "name", x->learner.full_name);
    mr_json_put_member_if(w, "given_name", x->learner.given_name);
    mr_json_put_member_if(w, "family_name", x->learner.family_name);
    put_date(w, "birth_date", x->learner.birth_date);
    mr_json_put_member_if(w, "email", x->learner.email);
    mr_json_put_member_if(w, "student_number", x->learner.student_number);
    mr_json_put_member_if(w, "grade", x->grade);
    put_date(w, "date", x->awarded_on);
    mr_json_put_member_if(w, "place", x->place);
    put_number(w, "ects", x->ects_awarded);
    put_number(w, "supervision", (int64_t)x->supervision);
    mr_json_put_member_if(w, "language", x->learner.language);
    mr_json_end_object(w);
}

static void put_findings(mr_json_writer *w, const struct mr_findings *findings)
{
    mr_json_begin_array(w);
    for (size_t i = 0; i < findings->count; i++) {
        const struct mr_finding *f = &findings->items[i];
        mr_json_begin_object(w);
        mr_json_put_member_c(w, "element", f->element);
        mr_json_put_member_c(w, "id", f->id);
        mr_json_put_member_if(w, "value", f->value);
        mr_json_put_member_if(w, "expected", f->expected);
        mr_json_put_member_c(w, "pointer", f->pointer);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
}

int mr_upload_list_write(mr_arena *a, const mr_str *texts, size_t count, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 8 * MR_LIMIT_TABLE_ROW);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_array(&w);
    for (size_t i = 0; i < count; i++) mr_json_put_str(&w, texts[i]);
    mr_json_end_array(&w);
    return keep(a, &text, ret, err);
}

int mr_upload_list_read(mr_arena *a, mr_str json, const mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    const mr_json *list;
    MR_TRY(mr_json_parse(a, json, NULL, &list, err));
    mr_str *texts = MR_NEW_ARRAY(a, mr_str, mr_json_count(list) + 1);
    size_t count = 0;
    if (!texts) return MR_FAIL(err, MR_E_NOMEM, "no memory for a row", MR_NOWHERE);
    MR_JSON_EACH (item, list) texts[count++] = mr_json_str(item);
    *ret = texts, *ret_count = count;
    return MR_OK;
}

int mr_upload_line_write(mr_arena *a, const struct mr_result_row *row, const mr_str *cells, size_t count,
                         struct mr_upload_line *ret, struct mr_err *err)
{
    static const char *const fates[] = {[MR_ROW_READY] = "ready",
                                        [MR_ROW_REFUSED] = "refused",
                                        [MR_ROW_DUPLICATE] = "duplicate",
                                        [MR_ROW_NOT_PASSED] = "not_passed"};
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 8 * MR_LIMIT_TABLE_ROW);
    *ret = (struct mr_upload_line){.number = (int64_t)row->number,
                                   .first_number = (int64_t)row->first_number,
                                   .fate = mr_str_of(fates[row->fate]),
                                   .name = row->achievement.learner.full_name,
                                   .email = row->achievement.learner.email};
    mr_json_writer_init(&w, &text, 0);
    put_achievement(&w, row);
    MR_TRY(keep(a, &text, &ret->achievement, err));
    if (row->findings.count) {
        mr_buf_clear(&text);
        mr_json_writer_init(&w, &text, 0);
        put_findings(&w, &row->findings);
        MR_TRY(keep(a, &text, &ret->findings, err));
    }
    return mr_upload_list_write(a, cells, count, &ret->cells, err);
}

static mr_date date_of(const mr_json *object, const char *name)
{
    mr_date date = {0};
    mr_str text = mr_json_get_str(object, name);
    if (text.len && mr_date_parse(text, &date, NULL) != MR_OK) date = (mr_date){0};
    return date;
}

static int64_t number_of(const mr_json *object, const char *name)
{
    int64_t value = 0;
    const mr_json *number = mr_json_get(object, name);
    return number && mr_json_to_int64(number, &value) ? value : 0;
}

int mr_upload_line_row(mr_arena *a, const struct mr_upload_line *line, struct mr_result_row *ret, struct mr_err *err)
{
    const mr_json *x;
    MR_TRY(mr_json_parse(a, line->achievement, NULL, &x, err));
    *ret = (struct mr_result_row){.number = (size_t)line->number, .fate = MR_ROW_READY};
    mr_findings_init(&ret->findings, a);
    mr_str key = mr_json_get_str(x, "key");
    if (key.len == sizeof ret->learner_key - 1) memcpy(ret->learner_key, key.ptr, key.len);
    ret->achievement = (mr_achievement){
        .learner = {.full_name = mr_json_get_str(x, "name"),
                    .given_name = mr_json_get_str(x, "given_name"),
                    .family_name = mr_json_get_str(x, "family_name"),
                    .birth_date = date_of(x, "birth_date"),
                    .email = mr_json_get_str(x, "email"),
                    .student_number = mr_json_get_str(x, "student_number"),
                    .language = mr_json_get_str(x, "language")},
        .grade = mr_json_get_str(x, "grade"),
        .awarded_on = date_of(x, "date"),
        .place = mr_json_get_str(x, "place"),
        .ects_awarded = number_of(x, "ects"),
        .supervision = (mr_supervision)number_of(x, "supervision"),
    };
    return MR_OK;
}

int mr_upload_line_findings(mr_arena *a, const struct mr_upload_line *line, struct mr_findings *ret, struct mr_err *err)
{
    const mr_json *list = NULL;
    mr_findings_init(ret, a);
    if (!line->findings.len) return MR_OK;
    MR_TRY(mr_json_parse(a, line->findings, NULL, &list, err));
    MR_JSON_EACH (item, list) {
        const char *element = mr_arena_cstr(a, mr_json_get_str(item, "element"));
        const char *id = mr_arena_cstr(a, mr_json_get_str(item, "id"));
        if (!element || !id) return MR_FAIL(err, MR_E_NOMEM, "no memory for a row", MR_NOWHERE);
        struct mr_finding *f = mr_findings_add(ret, element, id, mr_json_get_str(item, "value"));
        mr_str pointer = mr_json_get_str(item, "pointer");
        f->expected = mr_json_get_str(item, "expected");
        size_t size = pointer.len < sizeof f->pointer - 1 ? pointer.len : sizeof f->pointer - 1;
        if (size) memcpy(f->pointer, pointer.ptr, size);
        f->pointer[size] = '\0';
    }
    return MR_OK;
}
