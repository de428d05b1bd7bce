/* One batch of results: uploaded, looked at, sealed, handed over. Its address shows whichever of these it is in.
 *
 * A page holds at most MR_LIMIT_OFFICE_ROWS rows of each table: those that need a look come first and open, those that are ready stand folded
 * behind them; `?look=N` and `?ready=N` turn the pages, `?after=` those of what was sealed, `?name=` searches in it. While sealing the page asks for .../progress; without scripts it is loaded anew. */
#include "base/limits.h"
#include "web/office.h"
#include "web/sealing.h"

/* ---- uploading ---- */

/* What the readers of tables say, and the message that tells it to a registrar. */
static const struct {
    const char *says, *id;
} table_faults[] = {
    {"the table is empty", "upload.empty"},
    {"the table has a header and no rows", "upload.no_rows"},
    {"the table is UTF-16 text", "upload.utf16"},
    {"this is a workbook", "upload.workbook"},
    {"this is a PDF", "upload.other_kind"},
    {"this is an image", "upload.other_kind"},
    {"a NUL byte", "upload.other_kind"},
    {"no column holds the learners' names", "upload.no_name"},
    {"two columns mean the same", "upload.two_columns"},
    {"a quotation mark is not closed", "upload.quote"},
    {"a row is longer than allowed", "upload.quote"},
    {"more rows than one upload may have", "upload.rows"},
    {"the header has more columns than allowed", "upload.columns_many"},
};

static mr_str table_fault(mr_page *p, const struct mr_err *err)
{
    const char *id = "upload.unreadable";
    for (size_t i = 0; i < sizeof table_faults / sizeof *table_faults; i++)
        if (mr_str_has_prefix(mr_str_of(err->message), mr_str_of(table_faults[i].says))) id = table_faults[i].id;
    return MR_SAY(p->arena, p->language, id, {"detail", mr_str_of(err->detail)},
                  {"most", mr_say_count(p->arena, p->language, MR_LIMIT_UPLOAD_ROWS)});
}

void mr_web_upload(mr_page *p)
{
    const struct mr_http_part *file = mr_office_file(p, "file");
    struct mr_err err = {0};
    struct mr_published published;
    mr_str id, name;
    if (!file) {
        mr_office_show_specification(p, p->part[0], mr_message(p->language, "upload.nothing"), MR_STR_EMPTY);
        return;
    }
    if (mr_catalogue_get(p->service, p->arena, p->part[0], &published, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    name = file->file_name.len ? file->file_name : mr_message(p->language, "upload.unnamed");
    int code = mr_batch_upload(p->service, p->arena, published.id, name, file->content, &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_office_batch_path(p, id, ""));
    else if (code == MR_E_CSV || code == MR_E_LIMIT)
        mr_office_show_specification(p, p->part[0], table_fault(p, &err), mr_str_of(err.pointer));
    else
        mr_page_fail(p, &err);
}

/* ---- tables in pages ---- */

struct paging {
    size_t first, end, page, pages;
};

static struct paging paging_of(mr_page *p, const char *field, size_t count)
{
    uint64_t page = 1;
    size_t pages = (count + MR_LIMIT_OFFICE_ROWS - 1) / MR_LIMIT_OFFICE_ROWS;
    if (!mr_str_to_u64(mr_http_query(p->request, field), &page) || page < 1) page = 1;
    if (page > pages) page = pages ? pages : 1;
    size_t first = ((size_t)page - 1) * MR_LIMIT_OFFICE_ROWS, end = first + MR_LIMIT_OFFICE_ROWS;
    return (struct paging){first, end < count ? end : count, (size_t)page, pages};
}

/* {"of": "Page 2 of 12", "previous": N, "next": N} where there is more than one page. */
static void put_paging(mr_page *p, struct paging at)
{
    mr_json_writer *v = &p->view;
    if (at.pages < 2) return;
    mr_json_put_name(v, "paging");
    mr_json_begin_object(v);
    mr_json_put_member(v, "of",
                       MR_SAY(p->arena, p->language, "batch.page_of",
                              {"page", mr_say_count(p->arena, p->language, (int64_t)at.page)},
                              {"pages", mr_say_count(p->arena, p->language, (int64_t)at.pages)}));
    if (at.page > 1) mr_json_put_name(v, "previous"), mr_json_put_int(v, (int64_t)at.page - 1);
    if (at.page < at.pages) mr_json_put_name(v, "next"), mr_json_put_int(v, (int64_t)at.page + 1);
    mr_json_end_object(v);
}

/* ---- preview ---- */

static mr_str date_in_words(mr_page *p, mr_str iso)
{
    mr_date date;
    return mr_date_parse(iso, &date, NULL) == MR_OK ? mr_say_date(p->arena, p->language, date) : iso;
}

static void put_reasons(mr_page *p, const struct mr_preview_row *r)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "reasons");
    mr_json_begin_array(v);
    if (r->fate == MR_PREVIEW_HAS_IT)
        mr_json_put_str(v, MR_SAY(p->arena, p->language, "batch.row.has_it", {"date", date_in_words(p, r->had_on)}));
    if (r->fate == MR_PREVIEW_DUPLICATE)
        mr_json_put_str(v, MR_SAY(p->arena, p->language, "batch.row.duplicate",
                                  {"row", mr_arena_format(p->arena, "%zu", r->first_number)}));
    for (size_t i = 0; i < r->findings.count; i++)
        mr_json_put_str(v, mr_finding_say(p->arena, p->language, &r->findings.items[i]));
    mr_json_end_array(v);
}

static void put_row(mr_page *p, const struct mr_preview_row *r)
{
    static const char *const looks[] = {"passed", "failed", "unchecked", "na"};
    static const char *const fates[] = {"batch.fate.ready", "batch.fate.refused", "batch.fate.duplicate",
                                        "batch.fate.has_it"};
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_name(v, "number");
    mr_json_put_int(v, (int64_t)r->number);
    mr_json_put_member(v, "name", r->name.len ? r->name : mr_message(p->language, "batch.no_name"));
    mr_json_put_member(v, "email", r->email);
    mr_json_put_member(v, "fate", mr_message(p->language, fates[r->fate]));
    mr_json_put_name(v, looks[r->fate]);
    mr_json_put_bool(v, true);
    put_reasons(p, r);
    mr_json_end_object(v);
}

/* The rows that are ready, or those that are not: {"rows", "count", "paging", "open"}; nothing when there are none. */
static void put_rows(mr_page *p, const struct mr_preview *preview, bool ready, const char *field)
{
    mr_json_writer *v = &p->view;
    size_t count = ready ? preview->ready : preview->count - preview->ready, at = 0;
    struct paging paging = paging_of(p, field, count);
    if (count == 0) return;
    mr_json_put_name(v, field);
    mr_json_begin_object(v);
    mr_json_put_name(v, "rows");
    mr_json_begin_array(v);
    for (size_t i = 0; i < preview->count; i++) {
        if ((preview->rows[i].fate == MR_PREVIEW_READY) != ready) continue;
        if (at >= paging.first && at < paging.end) put_row(p, &preview->rows[i]);
        at++;
    }
    mr_json_end_array(v);
    put_paging(p, paging);
    mr_json_put_member(v, "count", mr_office_count(p, ready ? "batch.show_ready" : "batch.show_look", (int64_t)count));
    mr_json_put_name(v, "open");
    mr_json_put_bool(v, mr_http_query(p->request, field).len > 0);
    mr_json_end_object(v);
}

/* "4 rows are left out: 2 refused, 1 duplicate, 1 who has it already." */
static mr_str left_out(mr_page *p, const struct mr_preview *preview)
{
    MR_CLEANUP(mr_buf_done) mr_buf list;
    const struct {
        size_t count;
        const char *id;
    } parts[] = {{preview->refused, "batch.left.refused"},
                 {preview->duplicate, "batch.left.duplicate"},
                 {preview->has_it, "batch.left.has_it"}};
    size_t out = preview->count - preview->ready;
    mr_buf_init(&list, 4 * MR_KIB);
    if (out == 0) return mr_message(p->language, "batch.left.none");
    for (size_t i = 0; i < 3; i++) {
        if (parts[i].count == 0) continue;
        if (list.len) mr_buf_puts(&list, ", ");
        mr_buf_put(&list, mr_office_count(p, parts[i].id, (int64_t)parts[i].count));
    }
    return MR_SAY(p->arena, p->language, out == 1 ? "batch.left.one" : "batch.left.many",
                  {"count", mr_say_count(p->arena, p->language, (int64_t)out)}, {"list", mr_buf_str(&list)});
}

static void put_unused(mr_page *p, const struct mr_preview *preview)
{
    MR_CLEANUP(mr_buf_done) mr_buf names;
    mr_buf_init(&names, MR_MIB);
    if (preview->unused_count == 0) return;
    for (size_t i = 0; i < preview->unused_count && i < MR_PREVIEW_COLUMNS; i++) {
        if (i) mr_buf_puts(&names, ", ");
        mr_buf_put(&names, preview->unused[i]);
    }
    if (preview->unused_count > MR_PREVIEW_COLUMNS) mr_buf_puts(&names, ", …");
    mr_json_put_member(&p->view, "unused",
                       MR_SAY(p->arena, p->language, "batch.unused", {"columns", mr_buf_str(&names)}));
}

static mr_str heading_of(mr_page *p, const struct mr_preview *preview)
{
    mr_str read = mr_office_count(p, "batch.read", (int64_t)preview->count);
    mr_str ready = preview->ready ? mr_office_count(p, "batch.ready", (int64_t)preview->ready)
                                  : mr_message(p->language, "batch.ready.none");
    return mr_arena_format(p->arena, "%.*s %.*s", MR_STR_ARG(read), MR_STR_ARG(ready));
}

static int put_preview(mr_page *p, const struct mr_batch *b, const char *wrong, struct mr_err *err)
{
    struct mr_preview preview;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_batch_preview(p->service, p->arena, b->id, &preview, err));
    mr_json_put_name(v, "preview");
    mr_json_begin_object(v);
    mr_json_put_member(v, "heading", heading_of(p, &preview));
    mr_json_put_member(v, "left_out", left_out(p, &preview));
    mr_json_put_name(v, "any_left_out");
    mr_json_put_bool(v, preview.ready < preview.count);
    mr_json_put_name(v, "any_ready");
    mr_json_put_bool(v, preview.ready > 0);
    mr_json_put_name(v, "any_refused");
    mr_json_put_bool(v, preview.refused > 0);
    mr_json_put_name(v, "latin1");
    mr_json_put_bool(v, preview.latin1);
    put_unused(p, &preview);
    put_rows(p, &preview, false, "look");
    put_rows(p, &preview, true, "ready");
    MR_TRY(mr_office_put_next(p, b->id, (int64_t)preview.ready, wrong, err));
    mr_json_end_object(v);
    return MR_OK;
}

/* ---- sealing, sealed, failed, discarded ---- */

static mr_str progress_text(mr_page *p, const struct mr_batch *b)
{
    return MR_SAY(p->arena, p->language, "batch.progress",
                  {"done", mr_say_count(p->arena, p->language, b->rows_sealed)},
                  {"total", mr_say_count(p->arena, p->language, b->rows_ready)});
}

static int put_sealing(mr_page *p, const struct mr_batch *b, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    (void)err;
    mr_json_put_name(v, "refresh"); /* seconds, for readers without scripts */
    mr_json_put_int(v, 2);
    mr_json_put_name(v, "sealing");
    mr_json_begin_object(v);
    mr_json_put_name(v, "done");
    mr_json_put_int(v, b->rows_sealed);
    mr_json_put_name(v, "total");
    mr_json_put_int(v, b->rows_ready);
    mr_json_put_member(v, "text", progress_text(p, b));
    mr_json_put_member(v, "heading", mr_office_count(p, "batch.sealing", b->rows_ready));
    mr_json_end_object(v);
    return MR_OK;
}

static void put_link(mr_page *p, const struct mr_claim_link *link, size_t number)
{
    mr_json_writer *v = &p->view;
    static const char *const looks[] = {NULL, "unchecked", "failed"};
    const char *claimed = mr_str_is(link->claim_state, "accepted") ? "passed" : "na";
    mr_json_begin_object(v);
    mr_json_put_name(v, "number");
    mr_json_put_int(v, (int64_t)number);
    mr_json_put_member(v, "learner", link->learner);
    mr_json_put_member(v, "email", link->email);
    mr_json_put_member(v, "url", link->url);
    mr_json_put_member(v, "state", mr_claim_link_state(p->service, p->language, link));
    mr_json_put_member(v, "id", link->achievement_id);
    if (link->expires_at != MR_TIME_NONE)
        mr_json_put_member(v, "ends",
                           MR_SAY(p->arena, p->language, "batch.ends",
                                  {"date", mr_say_date(p->arena, p->language, mr_date_of_time(link->expires_at))}));
    mr_json_put_member(
        v, "change",
        mr_message(p->language, link->status == MR_STATUS_ACTIVE ? "batch.status.change" : "batch.status.see"));
    mr_json_put_name(v, link->status == MR_STATUS_ACTIVE ? claimed : looks[link->status]);
    mr_json_put_bool(v, true);
    mr_json_end_object(v);
}

static void put_counts(mr_page *p, const struct mr_batch_counts *c)
{
    const struct {
        const char *id;
        int64_t count;
    } counts[] = {{"batch.count.mailed", c->mailed},       {"batch.count.claimed", c->claimed},
                  {"batch.count.declined", c->declined},   {"batch.count.undecided", c->undecided},
                  {"batch.count.over", c->over},           {"batch.count.expired", c->expired},
                  {"batch.count.suspended", c->suspended}, {"batch.count.revoked", c->revoked}};
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "counts");
    mr_json_begin_array(v);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "name", mr_message(p->language, counts[i].id));
        mr_office_put_number(p, "count", counts[i].count);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* "?after=17.<id>": where the page before ended. */
static struct mr_achievement_place place_of(mr_page *p)
{
    mr_str rest = mr_http_query(p->request, "after"), row;
    uint64_t number;
    if (!mr_str_split(&rest, '.', &row) || !mr_str_to_u64(row, &number)) return (struct mr_achievement_place){0};
    return (struct mr_achievement_place){(int64_t)number, rest};
}

static int put_links(mr_page *p, const struct mr_batch *b, struct mr_err *err)
{
    struct mr_claim_link *links;
    size_t count;
    mr_json_writer *v = &p->view;
    mr_str name = mr_str_trim(mr_http_query(p->request, "name"));
    const struct mr_achievement_query query = {
        .batch_id = b->id, .name = name, .after = place_of(p), .limit = MR_LIMIT_OFFICE_ROWS + 1};
    MR_TRY(mr_batch_search(p->service, p->actor, p->arena, &query, &links, &count, err));
    bool more = count > MR_LIMIT_OFFICE_ROWS;
    if (more) count = MR_LIMIT_OFFICE_ROWS;
    mr_json_put_member(v, "name", name);
    mr_office_put_flag(p, "is_later", query.after.id.len > 0);
    mr_office_put_flag(p, "has_links", count > 0);
    if (count) mr_json_put_member(v, "until", mr_say_date(p->arena, p->language, mr_date_of_time(links[0].until)));
    mr_json_put_name(v, "links");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) put_link(p, &links[i], i + 1);
    mr_json_end_array(v);
    if (more)
        mr_json_put_member(v, "after",
                           mr_arena_format(p->arena, "%lld.%.*s", (long long)links[count - 1].place.row_number,
                                           MR_STR_ARG(links[count - 1].place.id)));
    return MR_OK;
}

static int put_sealed(mr_page *p, const struct mr_batch *b, struct mr_err *err)
{
    struct mr_batch_counts counts;
    struct mr_sealing sealing;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_batch_count(p->service, p->actor, b->id, &counts, err));
    MR_TRY(mr_batch_sealing(p->service, p->actor, p->arena, b->id, &sealing, err));
    bool is_later = mr_str_is(sealing.row.mailing, "later") && counts.with_address > 0;
    mr_json_put_name(v, "sealed");
    mr_json_begin_object(v);
    mr_json_put_member(v, "heading", mr_office_count(p, "batch.sealed", counts.sealed));
    mr_json_put_member(v, "when", mr_say_time(p->arena, p->language, b->sealed_at));
    mr_office_put_flag(p, "is_single", mr_str_is(sealing.row.kind, "single"));
    mr_office_put_flag(p, "may_mail", is_later && mr_actor_may(p->actor, MR_MAY_MAIL_SEND));
    mr_office_put_flag(p, "may_change", mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_STATUS));
    if (mr_str_is(sealing.row.mailing, "queued") || mr_str_is(sealing.row.mailing, "now"))
        mr_json_put_member(v, "mailing", mr_office_count(p, "batch.mailing", counts.with_address));
    put_counts(p, &counts);
    MR_TRY(put_links(p, b, err));
    mr_json_end_object(v);
    return MR_OK;
}

/* error: "code: row 5: what experts need to know" */
static int put_failed(mr_page *p, const struct mr_batch *b, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    mr_str rest = b->error, code;
    (void)err;
    if (!mr_str_split(&rest, ':', &code)) code = MR_STR("other");
    mr_str id = mr_arena_format(p->arena, "batch.failed.%.*s", MR_STR_ARG(code));
    if (!mr_message_exists(mr_language_english(), id)) id = MR_STR("batch.failed.other");
    mr_json_put_name(v, "failed");
    mr_json_begin_object(v);
    mr_json_put_member(v, "text", mr_message_str(p->language, id));
    mr_json_put_member(v, "kept", progress_text(p, b));
    mr_json_put_member(v, "detail", b->error);
    mr_json_end_object(v);
    return MR_OK;
}

static int put_discarded(mr_page *p, const struct mr_batch *b, struct mr_err *err)
{
    (void)b, (void)err;
    mr_json_put_name(&p->view, "discarded");
    mr_json_put_bool(&p->view, true);
    return MR_OK;
}

/* ---- the page ---- */

/* Why nothing was sealed: the sentences. */
static void put_unfit(mr_page *p, const struct mr_findings *findings)
{
    mr_json_writer *v = &p->view;
    if (!findings) return;
    mr_json_put_name(v, "unfit");
    mr_json_begin_array(v);
    for (size_t i = 0; i < findings->count; i++)
        if (!findings->items[i].warning) mr_json_put_str(v, mr_finding_say(p->arena, p->language, &findings->items[i]));
    mr_json_end_array(v);
    mr_json_put_name(v, "is_unfit");
    mr_json_put_bool(v, true);
    mr_http_set_status(p->response, 422);
}

static int put_state(mr_page *p, const struct mr_batch *b, const char *wrong, struct mr_err *err)
{
    static int (*const put[])(mr_page *, const struct mr_batch *, struct mr_err *) = {
        [MR_BATCH_SEALING] = put_sealing,
        [MR_BATCH_SEALED] = put_sealed,
        [MR_BATCH_FAILED] = put_failed,
        [MR_BATCH_DISCARDED] = put_discarded,
    };
    return b->state == MR_BATCH_PREVIEW ? put_preview(p, b, wrong, err) : put[b->state](p, b, err);
}

/* unfit: why it was not sealed just now, or NULL; wrong: what is wrong with the time to seal, or NULL. */
static int show_batch(mr_page *p, const struct mr_findings *unfit, const char *wrong, struct mr_err *err)
{
    struct mr_batch b;
    struct mr_published published;
    MR_TRY(mr_batch_get(p->service, p->arena, p->part[0], &b, err));
    MR_TRY(mr_catalogue_get(p->service, p->arena, b.specification_id, &published, err));
    mr_page_begin(p, "batch.title", "provider.");
    mr_json_put_member(&p->view, "address", mr_office_batch_path(p, b.id, ""));
    mr_json_put_member(&p->view, "file", b.file_name.len ? b.file_name : mr_message(p->language, "batch.single"));
    mr_office_put_specification(p, &published);
    put_unfit(p, unfit);
    MR_TRY(put_state(p, &b, wrong, err));
    if (b.state != MR_BATCH_DISCARDED)
        mr_office_put_evidence(p, MR_EVIDENCE_BATCH, b.id, mr_office_batch_path(p, b.id, ""));
    mr_page_show_private(p, "batch");
    return MR_OK;
}

void mr_office_show_batch(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    if (show_batch(p, NULL, wrong, &err) != MR_OK) mr_page_fail(p, &err);
}

void mr_web_batch(mr_page *p)
{
    mr_office_show_batch(p, NULL);
}

void mr_web_batch_progress(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_batch b;
    mr_json_writer w;
    if (mr_batch_get(p->service, p->arena, p->part[0], &b, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_http_set_type(p->response, "application/json");
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_json_writer_init(&w, mr_http_body(p->response), 0);
    mr_json_begin_object(&w);
    mr_json_put_name(&w, "done");
    mr_json_put_int(&w, b.rows_sealed);
    mr_json_put_name(&w, "total");
    mr_json_put_int(&w, b.rows_ready);
    mr_json_put_member(&w, "text", progress_text(p, &b));
    mr_json_put_name(&w, "finished");
    mr_json_put_bool(&w, b.state != MR_BATCH_SEALING);
    mr_json_end_object(&w);
}

/* ---- what can be taken along ---- */

void mr_web_batch_sample(mr_page *p)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf image;
    mr_buf_init(&image, MR_MIB);
    if (mr_batch_draw_sample(p->service, p->arena, p->part[0], &image, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_http_set_type(p->response, "image/png");
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_buf_put(mr_http_body(p->response), mr_buf_str(&image));
}

void mr_web_batch_refused(mr_page *p)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, MR_LIMIT_HTTP_RESPONSE);
    if (mr_batch_write_refused(p->service, p->arena, p->part[0], p->language, &table, &err) != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_page_download(p, "text/csv; charset=utf-8", MR_STR("left-out.csv"), mr_buf_str(&table));
}

void mr_web_batch_links(mr_page *p)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, MR_LIMIT_HTTP_RESPONSE);
    if (mr_batch_write_links(p->service, p->actor, p->arena, p->part[0], p->language, &table, &err) != MR_OK)
        mr_page_fail(p, &err);
    else
        mr_page_download(p, "text/csv; charset=utf-8", MR_STR("claim-links.csv"), mr_buf_str(&table));
}

/* ---- deciding ---- */

/* Whatever came of it, the batch's page tells: a state that has moved on since the form was made is no fault. */
static void back_to_batch(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, mr_office_batch_path(p, p->part[0], ""));
    else
        mr_page_fail(p, err);
}

void mr_web_batch_seal(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    int code = mr_batch_seal(p->service, p->actor, p->part[0], mr_http_form(p->request, "mail").len > 0, &err);
    if (code != MR_E_SPECIFICATION) {
        back_to_batch(p, code, &err);
        return;
    }
    mr_findings_init(&findings, p->arena);
    code = mr_batch_check(p->service, p->arena, p->part[0], &findings, &err);
    if (code == MR_OK) code = show_batch(p, &findings, NULL, &err);
    if (code != MR_OK) mr_page_fail(p, &err);
}

void mr_web_batch_discard(mr_page *p)
{
    struct mr_err err = {0};
    back_to_batch(p, mr_batch_discard(p->service, p->actor, p->part[0], &err), &err);
}
