/* The numbers of a specification: on a page, as CSV, and for programs. */
#include "service/numbers.h"

#include "base/limits.h"
#include "web/api.h"
#include "web/sealing.h"

enum { COLUMNS = 8 };
static const char *const names[COLUMNS] = {"awarded",   "mailed",  "claimed",   "declined",
                                           "undecided", "expired", "suspended", "revoked"};

static void values_of(const struct mr_numbers_row *row, int64_t ret[COLUMNS])
{
    const int64_t values[COLUMNS] = {row->awarded,   row->mailed,  row->claimed,   row->declined,
                                     row->undecided, row->expired, row->suspended, row->revoked};
    memcpy(ret, values, sizeof values);
}

static int read_numbers(mr_page *p, struct mr_numbers *ret, struct mr_err *err)
{
    return mr_numbers_get(p->service, p->actor, p->arena, p->part[0], ret, err);
}

static mr_str column_name(mr_page *p, size_t i)
{
    return mr_message_str(p->language, mr_arena_format(p->arena, "numbers.%s", names[i]));
}

static void put_cells(mr_page *p, const struct mr_numbers_row *row)
{
    int64_t values[COLUMNS];
    mr_json_writer *v = &p->view;
    values_of(row, values);
    mr_json_put_name(v, "cells");
    mr_json_begin_array(v);
    for (size_t i = 0; i < COLUMNS; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "name", column_name(p, i));
        mr_page_put_count(p, "count", values[i]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

void mr_web_numbers(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_numbers numbers;
    struct mr_published published;
    mr_json_writer *v = &p->view;
    int code = mr_catalogue_get(p->service, p->arena, p->part[0], &published, &err);
    if (code == MR_OK) code = read_numbers(p, &numbers, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "numbers.title", "provider.specifications");
    mr_office_put_specification(p, &published);
    if (numbers.has_enrolments) {
        mr_page_put_count(p, "enrolled", numbers.enrolled);
        mr_page_put_count(p, "completed", numbers.completed);
    }
    put_cells(p, &numbers.total);
    if (numbers.claim_percent >= 0) mr_page_put_count(p, "claim_percent", numbers.claim_percent);
    mr_json_put_flag(&p->view, "has_rows", numbers.count > 0);
    mr_json_put_name(v, "rows");
    mr_json_begin_array(v);
    size_t first = numbers.count > MR_LIMIT_OFFICE_ROWS ? numbers.count - MR_LIMIT_OFFICE_ROWS : 0;
    for (size_t i = numbers.count; i > first; i--) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "month", numbers.rows[i - 1].month);
        mr_json_put_member(v, "version", numbers.rows[i - 1].version);
        put_cells(p, &numbers.rows[i - 1]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_page_show_private(p, "numbers");
}

void mr_web_numbers_table(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_numbers numbers;
    mr_buf_init(&out, MR_LIMIT_HTTP_RESPONSE);
    if (read_numbers(p, &numbers, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_numbers_write(&numbers, p->language, &out);
    mr_page_download(p, "text/csv; charset=utf-8", MR_STR("numbers.csv"), mr_buf_str(&out));
}

static void put_members(mr_json_writer *v, const struct mr_numbers_row *row)
{
    int64_t values[COLUMNS];
    values_of(row, values);
    for (size_t i = 0; i < COLUMNS; i++) mr_json_put_number(v, names[i], values[i]);
}

void mr_api_numbers(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_numbers numbers;
    mr_json_writer *v = &p->view;
    if (read_numbers(p, &numbers, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_members(v, &numbers.total);
    if (numbers.claim_percent >= 0) mr_json_put_number(v, "claim_percent", numbers.claim_percent);
    if (numbers.has_enrolments) {
        mr_json_put_number(v, "enrolled", numbers.enrolled);
        mr_json_put_number(v, "completed", numbers.completed);
    }
    mr_json_put_name(v, "rows");
    mr_json_begin_array(v);
    for (size_t i = 0; i < numbers.count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "month", numbers.rows[i].month);
        mr_json_put_member(v, "version", numbers.rows[i].version);
        put_members(v, &numbers.rows[i]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_api_show(p, 200);
}
