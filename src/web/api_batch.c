/* Batches in the API: a table of results is uploaded as the body of a request, looked at, sealed in the background, and read as achievements. */
#include "base/limits.h"
#include "service/batch.h"
#include "service/upload.h"
#include "web/api.h"

static const char *const state_words[] = {"preview", "sealing", "sealed", "failed", "discarded"};

static void put_batch(mr_page *p, const struct mr_batch *b, mr_str slug)
{
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "id", b->id);
    mr_json_put_member(v, "specification", slug);
    mr_json_put_member(v, "file", b->file_name);
    mr_json_put_member_c(v, "state", state_words[b->state]);
    mr_json_put_number(&p->view, "rows_read", b->rows_read);
    mr_json_put_number(&p->view, "rows_ready", b->rows_ready);
    mr_json_put_number(&p->view, "rows_sealed", b->rows_sealed);
    if (b->error.len) mr_json_put_member(v, "error", b->error);
    mr_api_put_time(p, "created_at", b->created_at);
    mr_api_put_time(p, "sealed_at", b->sealed_at);
}

/* The batch that the address names and its specification, when the caller may; false after it has answered. */
static bool find(mr_page *p, mr_action action, struct mr_batch *ret, struct mr_published *ret_of)
{
    struct mr_err err = {0};
    int code = mr_batch_get(p->service, p->actor, p->arena, p->part[0], ret, &err);
    if (code == MR_OK) code = mr_catalogue_get(p->service, p->arena, ret->specification_id, ret_of, &err);
    if (code == MR_OK) return mr_api_may(p, action, ret_of->org_id);
    mr_api_fail(p, &err);
    return false;
}

static bool find_specification(mr_page *p, mr_action action, struct mr_published *ret)
{
    struct mr_err err = {0};
    if (mr_catalogue_get(p->service, p->arena, p->part[0], ret, &err) == MR_OK)
        return mr_api_may(p, action, ret->org_id);
    mr_api_fail(p, &err);
    return false;
}

/* ---- lists ---- */

/* Begin the answer of one part of a list: {"items": [... */
static void begin_items(mr_page *p)
{
    mr_api_begin(p);
    mr_json_put_name(&p->view, "items");
    mr_json_begin_array(&p->view);
}

/* ... ], "next": ...}. last: id of the last item; empty when the list ends with this part. */
static void end_items(mr_page *p, mr_str last)
{
    mr_json_end_array(&p->view);
    if (last.len) mr_api_put_next(p, last);
    mr_api_show(p, 200);
}

void mr_api_batches(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published published;
    struct mr_api_paging paging;
    struct mr_batch *list;
    size_t count;
    if (!find_specification(p, MR_MAY_BATCH_READ, &published) || !mr_api_paging(p, &paging)) return;
    if (mr_batch_list(p->service, p->actor, p->arena, published.id, paging.after, paging.limit + 1, &list, &count,
                      &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    size_t end = count < paging.limit ? count : paging.limit;
    begin_items(p);
    for (size_t i = 0; i < end; i++) {
        mr_json_begin_object(&p->view);
        put_batch(p, &list[i], published.slug);
        mr_json_end_object(&p->view);
    }
    end_items(p, end < count ? list[end - 1].id : MR_STR_EMPTY);
}

static void show(mr_page *p, mr_str id, mr_str slug, bool made)
{
    struct mr_err err = {0};
    struct mr_batch batch;
    if (mr_batch_get(p->service, p->actor, p->arena, id, &batch, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    mr_api_begin(p);
    put_batch(p, &batch, slug);
    if (made)
        mr_api_show_made(p, mr_arena_format(p->arena, "/api/v1/batches/%.*s", MR_STR_ARG(id)));
    else
        mr_api_show(p, 200);
}

void mr_api_batch_add(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_published published;
    mr_str id, name = mr_http_query(p->request, "file");
    if (!find_specification(p, MR_MAY_RESULT_ENTER, &published)) return;
    if (!name.len) name = mr_message(p->language, "upload.unnamed");
    const struct mr_upload upload = {.specification_id = published.id,
                                     .file_name = name,
                                     .content = p->request->body,
                                     .sheet = mr_http_query(p->request, "sheet"),
                                     .profile_id = mr_http_query(p->request, "profile")};
    int code = mr_upload_add(p->service, p->actor, p->arena, &upload, &id, &err);
    if (code == MR_OK)
        show(p, id, published.slug, true);
    else
        mr_api_fail(p, &err);
}

void mr_api_results_template(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, MR_MIB);
    mr_results_write_template(&table);
    mr_api_give(p, "text/csv; charset=utf-8", mr_buf_str(&table));
}

void mr_api_batch(mr_page *p)
{
    struct mr_batch batch;
    struct mr_published published;
    if (find(p, MR_MAY_BATCH_READ, &batch, &published)) show(p, batch.id, published.slug, false);
}

/* ---- rows of a preview ---- */

static void put_finding(mr_page *p, const struct mr_finding *f)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member_c(v, "element", f->element);
    mr_json_put_member_c(v, "code", f->id);
    mr_json_put_member(v, "text", mr_finding_say(p->arena, p->language, f));
    mr_json_put_member_c(v, "pointer", f->pointer);
    mr_json_put_flag(v, "warning", f->warning);
    mr_json_end_object(v);
}

static void put_row(mr_page *p, const struct mr_upload_item *r)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_number(&p->view, "number", r->number);
    mr_json_put_member_c(v, "fate", mr_upload_fate_word(r->fate));
    mr_json_put_member(v, "name", r->name);
    if (r->email.len) mr_json_put_member(v, "email", r->email);
    if (r->first_number) mr_json_put_number(&p->view, "duplicate_of", r->first_number);
    if (r->had_on.len) mr_json_put_member(v, "awarded_on", r->had_on);
    mr_str reason = mr_upload_reason(p->arena, p->language, r);
    if (reason.len) mr_json_put_member(v, "reason", reason);
    mr_json_put_name(v, "findings");
    mr_json_begin_array(v);
    for (size_t i = 0; i < r->findings.count; i++) put_finding(p, &r->findings.items[i]);
    mr_json_end_array(v);
    mr_json_end_object(v);
}

static enum mr_upload_group group_of(mr_str word)
{
    for (enum mr_upload_group g = MR_UPLOAD_READY; g <= MR_UPLOAD_NOT_PASSED; g++)
        if (mr_str_is(word, mr_upload_fate_word(g))) return g;
    return mr_str_is(word, "left_out") ? MR_UPLOAD_LEFT_OUT : MR_UPLOAD_ALL;
}

void mr_api_batch_rows(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_api_paging paging;
    struct mr_upload_item *items;
    uint64_t skip = 0;
    size_t count;
    if (!mr_api_paging(p, &paging)) return;
    if (paging.after.len && (!mr_str_to_u64(paging.after, &skip) || skip > MR_LIMIT_UPLOAD_ROWS)) {
        mr_api_problem(p, 400, MR_STR("paging"), "");
        return;
    }
    if (mr_upload_rows(p->service, p->actor, p->arena, p->part[0], group_of(mr_http_query(p->request, "fate")),
                       (int64_t)skip, paging.limit + 1, &items, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    size_t shown = count < paging.limit ? count : paging.limit;
    begin_items(p);
    for (size_t i = 0; i < shown; i++) put_row(p, &items[i]);
    end_items(p, count > shown ? mr_arena_format(p->arena, "%zu", (size_t)skip + shown) : MR_STR_EMPTY);
}

void mr_api_batch_refused(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_batch batch;
    struct mr_published published;
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, MR_LIMIT_HTTP_RESPONSE);
    if (!find(p, MR_MAY_BATCH_READ, &batch, &published)) return;
    if (mr_upload_write_left_out(p->service, p->actor, p->arena, batch.id, p->language, false, &table, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        mr_api_give(p, "text/csv; charset=utf-8", mr_buf_str(&table));
}

void mr_api_batch_sample(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_batch batch;
    struct mr_published published;
    MR_CLEANUP(mr_buf_done) mr_buf image;
    mr_buf_init(&image, MR_MIB);
    if (!find(p, MR_MAY_BATCH_READ, &batch, &published)) return;
    if (mr_upload_draw_sample(p->service, p->actor, p->arena, batch.id, &image, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        mr_api_give(p, "image/png", mr_buf_str(&image));
}

/* ---- deciding ---- */

void mr_api_batch_seal(mr_page *p)
{
    struct mr_err err = {0}, why = {0};
    struct mr_batch batch;
    struct mr_published published;
    struct mr_findings findings;
    if (!find(p, MR_MAY_BATCH_SEAL, &batch, &published)) return;
    bool mail = !mr_str_is(mr_http_query(p->request, "mail"), "no");
    int code = mr_batch_seal(p->service, p->actor, batch.id, mail, &err);
    if (code == MR_OK) {
        show(p, batch.id, published.slug, false);
        return;
    }
    mr_findings_init(&findings, p->arena);
    if (code == MR_E_SPECIFICATION &&
        mr_upload_check(p->service, p->actor, p->arena, batch.id, &findings, &why) == MR_OK)
        mr_api_fail_findings(p, &err, &findings);
    else
        mr_api_fail(p, &err);
}

void mr_api_batch_discard(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_batch batch;
    struct mr_published published;
    if (!find(p, MR_MAY_RESULT_ENTER, &batch, &published)) return;
    if (mr_batch_discard(p->service, p->actor, batch.id, &err) != MR_OK)
        mr_api_fail(p, &err);
    else
        show(p, batch.id, published.slug, false);
}

/* ---- what was awarded ---- */

static void put_achievement(mr_page *p, const struct mr_claim_link *link)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member(v, "id", link->achievement_id);
    mr_json_put_member(v, "learner", link->learner);
    if (link->email.len) mr_json_put_member(v, "email", link->email);
    mr_json_put_member(v, "claim", link->claim_state);
    mr_api_put_time(p, "claim_until", link->until);
    mr_json_put_member(v, "claim_link", link->url);
    mr_json_put_member_c(v, "status", mr_status_name(link->status));
    mr_json_end_object(v);
}

/* "row.id" of the last one that was given. */
static struct mr_achievement_place place_of(mr_str after)
{
    mr_str row;
    uint64_t number;
    if (!mr_str_split(&after, '.', &row) || !mr_str_to_u64(row, &number)) return (struct mr_achievement_place){0};
    return (struct mr_achievement_place){(int64_t)number, after};
}

void mr_api_batch_achievements(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_api_paging paging;
    struct mr_claim_link *links;
    size_t count;
    if (!mr_api_paging(p, &paging)) return;
    const struct mr_achievement_query query = {.batch_id = p->part[0],
                                               .name = mr_http_query(p->request, "name"),
                                               .after = place_of(paging.after),
                                               .limit = paging.limit + 1};
    if (mr_batch_search(p->service, p->actor, p->arena, &query, &links, &count, &err) != MR_OK) {
        mr_api_fail(p, &err);
        return;
    }
    size_t shown = count < paging.limit ? count : paging.limit;
    begin_items(p);
    for (size_t i = 0; i < shown; i++) put_achievement(p, &links[i]);
    end_items(p, count > shown ? mr_arena_format(p->arena, "%lld.%.*s", (long long)links[shown - 1].place.row_number,
                                                 MR_STR_ARG(links[shown - 1].place.id))
                               : MR_STR_EMPTY);
}
