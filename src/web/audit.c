/* The audit log of an organisation: looked through, filtered, taken away as a file. */
#include "service/audit.h"
#include "service/people.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/time.h"
#include "web/api.h"
#include "web/page.h"

#define PAGE_ROWS 50
#define DAY_MS INT64_C(86400000)

/* The filter as it stands in the address; dates are days in UTC, the last one included. */
static void read_filter(mr_page *p, struct mr_audit_filter *f)
{
    mr_date day;
    *f = (struct mr_audit_filter){.org_id = p->actor->org_id,
                                  .actor_id = mr_http_query(p->request, "actor"),
                                  .action = mr_http_query(p->request, "action"),
                                  .object_id = mr_http_query(p->request, "object")};
    if (mr_date_parse(mr_http_query(p->request, "from"), &day, NULL) == MR_OK) f->from = mr_date_to_time(day);
    if (mr_date_parse(mr_http_query(p->request, "until"), &day, NULL) == MR_OK)
        f->until = mr_date_to_time(day) + DAY_MS;
}

/* ---- the page ---- */

/* What was done, in words (tests/service/test_actor.c walks them all); what an older Merit wrote that is done no more stands as it was written. */
static mr_str say_action(mr_page *p, mr_str word)
{
    if (mr_action_find(word) == MR_MAY_COUNT) return word;
    return mr_message_str(p->language, mr_arena_format(p->arena, "audit.action.%.*s", MR_STR_ARG(word)));
}

static void put_actions(mr_page *p, mr_str chosen)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "actions");
    mr_json_begin_array(v);
    for (mr_action a = 0; a < MR_MAY_COUNT; a++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "word", mr_action_word(a));
        mr_json_put_member(v, "said", say_action(p, mr_action_word(a)));
        mr_json_put_flag(v, "chosen", mr_str_eq(mr_action_word(a), chosen));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* name: of the person, for members of the organisation; may be empty */
static void put_row(mr_page *p, const struct mr_audit_row *row, mr_str name)
{
    mr_json_writer *v = &p->view;
    char at[21];
    mr_time_write(row->at, at);
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "at", at);
    mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, row->at));
    mr_json_put_member(
        v, "who",
        mr_message_str(p->language, mr_arena_format(p->arena, "audit.actor.%.*s", MR_STR_ARG(row->actor_kind))));
    mr_json_put_member(v, "name", name);
    mr_json_put_member(v, "actor", row->actor_id);
    mr_json_put_member(v, "action", say_action(p, row->action));
    mr_json_put_member(v, "object", row->object_id);
    mr_json_put_member(v, "detail", row->detail);
    mr_json_end_object(v);
}

/* The filter as a query, for links that keep it. */
static mr_str query_of(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    static const char *const names[] = {"from", "until", "action", "actor", "object"};
    mr_buf_init(&b, 8 * MR_KIB);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mr_str value = mr_http_query(p->request, names[i]);
        if (!value.len) continue;
        mr_buf_format(&b, "%s=", names[i]);
        mr_percent_put(&b, value);
        mr_buf_putc(&b, '&');
    }
    return mr_arena_dup(p->arena, mr_buf_str(&b));
}

static void put_filter(mr_page *p, const struct mr_audit_filter *f)
{
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "from", mr_http_query(p->request, "from"));
    mr_json_put_member(v, "until", mr_http_query(p->request, "until"));
    mr_json_put_member(v, "filter_actor", f->actor_id);
    mr_json_put_member(v, "filter_object", f->object_id);
    mr_json_put_member(v, "query", query_of(p));
    put_actions(p, f->action);
}

void mr_web_audit(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_audit_filter filter;
    struct mr_audit_row *rows;
    size_t count;
    mr_str ids[PAGE_ROWS], names[PAGE_ROWS];
    read_filter(p, &filter);
    mr_str before = mr_http_query(p->request, "before");
    if (mr_audit_list(p->service, p->actor, p->arena, &filter, before, PAGE_ROWS + 1, &rows, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    size_t shown = count < PAGE_ROWS ? count : PAGE_ROWS;
    for (size_t i = 0; i < shown; i++)
        ids[i] = mr_str_is(rows[i].actor_kind, "person") ? rows[i].actor_id : MR_STR_EMPTY;
    if (mr_people_names(p->service, p->arena, p->actor, filter.org_id, ids, shown, names, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "audit.title", "provider.audit");
    put_filter(p, &filter);
    mr_json_put_name(&p->view, "rows");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < shown; i++) put_row(p, &rows[i], names[i]);
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "has_rows", count > 0);
    if (count > PAGE_ROWS) mr_json_put_member(&p->view, "older", rows[PAGE_ROWS - 1].id);
    mr_page_show_private(p, "audit");
}

static void export(mr_page *p, mr_audit_form form, const char *type, mr_str name)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_audit_filter filter;
    bool more;
    mr_buf_init(&out, MR_LIMIT_AUDIT_FILE);
    read_filter(p, &filter);
    if (mr_audit_export(p->service, p->actor, &filter, form, &out, &more, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (more) mr_http_set_header(p->response, "Merit-More", MR_STR("yes"));
    mr_page_download(p, type, name, mr_buf_str(&out));
}

void mr_web_audit_csv(mr_page *p)
{
    export(p, MR_AUDIT_CSV, "text/csv; charset=utf-8", MR_STR("audit.csv"));
}
void mr_web_audit_json(mr_page *p)
{
    export(p, MR_AUDIT_JSON_LINES, "application/jsonl", MR_STR("audit.jsonl"));
}

/* ---- the API ---- */

static void put_member(mr_json_writer *v, const char *name, mr_str value)
{
    if (value.len) mr_json_put_member(v, name, value);
}

void mr_api_audit(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_audit_filter filter;
    struct mr_audit_row *rows;
    size_t count;
    mr_json_writer *v = &p->view;
    read_filter(p, &filter);
    mr_str after = mr_http_query(p->request, "after");
    if (mr_audit_list(p->service, p->actor, p->arena, &filter, after, PAGE_ROWS + 1, &rows, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count && i < PAGE_ROWS; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", rows[i].id);
        mr_api_put_time(p, "at", rows[i].at);
        mr_json_put_member(v, "actor_kind", rows[i].actor_kind);
        put_member(v, "actor", rows[i].actor_id);
        mr_json_put_member(v, "action", rows[i].action);
        put_member(v, "object", rows[i].object_id);
        put_member(v, "detail", rows[i].detail);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    if (count > PAGE_ROWS) mr_json_put_member(v, "next", rows[PAGE_ROWS - 1].id);
    mr_api_show(p, 200);
}
