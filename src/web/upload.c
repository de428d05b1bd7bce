/* Results before they are sealed: uploading, how their columns are read, and every row's fate.
 *
 * A page holds at most MR_LIMIT_OFFICE_ROWS rows of each table: those that are left out come first and open, those that are ready stand folded behind them;
 * `?look=N` and `?ready=N` turn the pages, `?kind=refused` shows only those. Of a row with many reasons the page tells REASONS_MOST, so
 * that it stays small; the file of rows that are left out has them all. */
#include "web/upload.h"
#include "web/sealing.h"

#include "base/limits.h"
#include "service/profile.h"
#include "web/office.h"

#define REASONS_MOST 4

/* ---- uploading ---- */

/* What the readers of tables say, and the message that tells it to a registrar. */
static const struct {
    const char *says, *id;
} table_faults[] = {
    {"the table is empty", "upload.empty"},
    {"the table has a header and no rows", "upload.no_rows"},
    {"the table is UTF-16 text", "upload.utf16"},
    {"this is an old workbook (XLS)", "upload.workbook.old"},
    {"this is an OpenDocument table", "upload.workbook.ods"},
    {"this is a binary workbook", "upload.workbook.binary"},
    {"this is a ZIP archive", "upload.workbook.none"},
    {"the workbook is protected", "upload.workbook.protected"},
    {"the workbook is damaged", "upload.workbook.damaged"},
    {"the workbook has no such sheet", "upload.workbook.sheet"},
    {"the workbook", "upload.workbook.large"},
    {"A formula", "upload.header_formula"},
    {"A cell of the row is merged", "upload.header_formula"},
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

mr_str mr_upload_table_fault(mr_page *p, const struct mr_err *err)
{
    const char *id = "upload.unreadable";
    for (size_t i = 0; i < sizeof table_faults / sizeof *table_faults; i++) {
        if (!mr_str_has_prefix(mr_str_of(err->message), mr_str_of(table_faults[i].says))) continue;
        id = table_faults[i].id;
        break;
    }
    return MR_SAY(p->arena, p->language, id, {"detail", mr_str_of(err->detail)},
                  {"most", mr_say_count(p->arena, p->language, MR_LIMIT_UPLOAD_ROWS)});
}

/* A text field of a form that also carries files. */
static mr_str field_of(mr_page *p, const char *name)
{
    struct mr_http_part *parts;
    size_t count;
    if (mr_http_parts(p->request, &parts, &count, NULL) != MR_OK) return MR_STR_EMPTY;
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(parts[i].name, name)) return mr_str_trim(parts[i].content);
    return MR_STR_EMPTY;
}

void mr_web_upload(mr_page *p)
{
    const struct mr_http_part *file = mr_office_file(p, "file");
    struct mr_err err = {0};
    mr_str id;
    if (!file) {
        mr_office_show_specification(p, p->part[0], mr_message(p->language, "upload.nothing"), MR_STR_EMPTY);
        return;
    }
    const struct mr_upload upload = {.specification_id = p->part[0],
                                     .file_name = file->file_name.len ? file->file_name
                                                                      : mr_message(p->language, "upload.unnamed"),
                                     .content = file->content,
                                     .profile_id = field_of(p, "profile")};
    int code = mr_upload_add(p->service, p->actor, p->arena, &upload, &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_office_batch_path(p, id, ""));
    else if (code == MR_E_CSV || code == MR_E_LIMIT)
        mr_office_show_specification(p, p->part[0], mr_upload_table_fault(p, &err), mr_str_of(err.pointer));
    else
        mr_page_fail(p, &err);
}

void mr_web_results_template(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf table;
    struct mr_err err = {0};
    mr_buf_init(&table, MR_MIB);
    if (!mr_str_is(mr_http_query(p->request, "form"), "xlsx")) {
        mr_results_write_template(&table);
        mr_page_download(p, "text/csv; charset=utf-8", MR_STR("results.csv"), mr_buf_str(&table));
    } else if (mr_upload_write_template(p->language, &table, &err) != MR_OK) {
        mr_page_fail(p, &err);
    } else {
        mr_page_download(p, MR_UPLOAD_WORKBOOK_TYPE, MR_STR("results.xlsx"), mr_buf_str(&table));
    }
}

/* ---- preview ---- */

static void put_reasons(mr_page *p, const struct mr_upload_item *r)
{
    mr_json_writer *v = &p->view;
    struct mr_upload_item bare = *r;
    size_t more = r->findings.count > REASONS_MOST ? r->findings.count - REASONS_MOST : 0;
    bare.findings.count = 0;
    mr_str reason = mr_upload_reason(p->arena, p->language, &bare);
    mr_json_put_name(v, "reasons");
    mr_json_begin_array(v);
    if (reason.len) mr_json_put_str(v, reason);
    for (size_t i = 0; i < r->findings.count - more; i++)
        mr_json_put_str(v, mr_finding_say(p->arena, p->language, &r->findings.items[i]));
    if (more) mr_json_put_str(v, mr_office_count(p, "batch.more_reasons", (int64_t)more));
    mr_json_end_array(v);
}

static void put_row(mr_page *p, const struct mr_upload_item *r)
{
    static const char *const looks[] = {[MR_UPLOAD_READY] = "passed",
                                        [MR_UPLOAD_REFUSED] = "failed",
                                        [MR_UPLOAD_DUPLICATE] = "unchecked",
                                        [MR_UPLOAD_HAS_IT] = "na",
                                        [MR_UPLOAD_NOT_PASSED] = "na"};
    mr_json_writer *v = &p->view;
    mr_str fate = mr_arena_format(p->arena, "batch.fate.%s", mr_upload_fate_word(r->fate));
    mr_json_begin_object(v);
    mr_json_put_number(v, "number", r->number);
    mr_json_put_member(v, "name", r->name.len ? r->name : mr_message(p->language, "batch.no_name"));
    mr_json_put_member(v, "email", r->email);
    mr_json_put_member(v, "fate", mr_message_str(p->language, fate));
    mr_json_put_flag(v, looks[r->fate], true);
    put_reasons(p, r);
    mr_json_end_object(v);
}

/* Rows of a group: {"rows", "count", "paging", "open"}; nothing when there are none. */
static int put_rows(mr_page *p, const struct mr_upload_view *u, enum mr_upload_group group, const char *field,
                    struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    size_t all = (size_t)u->counts[group], count;
    struct mr_upload_item *items;
    struct mr_office_paging paging = mr_office_paging(p, field, all);
    if (all == 0) return MR_OK;
    MR_TRY(mr_upload_rows(p->service, p->actor, p->arena, u->batch_id, group, (int64_t)paging.first,
                          paging.end - paging.first, &items, &count, err));
    mr_json_put_name(v, field);
    mr_json_begin_object(v);
    mr_json_put_name(v, "rows");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) put_row(p, &items[i]);
    mr_json_end_array(v);
    mr_office_put_paging(p, paging);
    mr_json_put_member(
        v, "count",
        mr_office_count(p, group == MR_UPLOAD_READY ? "batch.show_ready" : "batch.show_look", (int64_t)all));
    mr_json_put_flag(v, "open", mr_http_query(p->request, field).len > 0);
    mr_json_end_object(v);
    return MR_OK;
}

static const struct {
    enum mr_upload_group group;
    const char *id;
} left_groups[] = {{MR_UPLOAD_REFUSED, "batch.left.refused"},
                   {MR_UPLOAD_DUPLICATE, "batch.left.duplicate"},
                   {MR_UPLOAD_HAS_IT, "batch.left.has_it"},
                   {MR_UPLOAD_NOT_PASSED, "batch.left.not_passed"}};
#define LEFT_GROUPS (sizeof left_groups / sizeof *left_groups)

/* "4 rows are left out: 2 refused, 1 duplicate, 1 who has it already." */
static mr_str left_out(mr_page *p, const struct mr_upload_view *u)
{
    MR_CLEANUP(mr_buf_done) mr_buf list;
    int64_t out = u->counts[MR_UPLOAD_LEFT_OUT];
    mr_buf_init(&list, 4 * MR_KIB);
    if (out == 0) return mr_message(p->language, "batch.left.none");
    for (size_t i = 0; i < LEFT_GROUPS; i++) {
        if (u->counts[left_groups[i].group] == 0) continue;
        if (list.len) mr_buf_puts(&list, ", ");
        mr_buf_put(&list, mr_office_count(p, left_groups[i].id, u->counts[left_groups[i].group]));
    }
    return MR_SAY(p->arena, p->language, "batch.left", {"count", mr_say_count(p->arena, p->language, out)},
                  {"list", mr_buf_str(&list)});
}

/* Which rows that are left out are shown: all, or those of ?kind=. */
static enum mr_upload_group shown_group(mr_page *p, const struct mr_upload_view *u)
{
    mr_str kind = mr_http_query(p->request, "kind");
    for (size_t i = 0; i < LEFT_GROUPS; i++)
        if (mr_str_is(kind, mr_upload_fate_word(left_groups[i].group)) && u->counts[left_groups[i].group])
            return left_groups[i].group;
    return MR_UPLOAD_LEFT_OUT;
}

/* Ways to see only some of them, where there are several kinds. */
static void put_kinds(mr_page *p, const struct mr_upload_view *u, enum mr_upload_group shown)
{
    mr_json_writer *v = &p->view;
    size_t kinds = 0;
    for (size_t i = 0; i < LEFT_GROUPS; i++) kinds += u->counts[left_groups[i].group] > 0;
    if (shown != MR_UPLOAD_LEFT_OUT) mr_json_put_member_c(v, "kind", mr_upload_fate_word(shown));
    if (kinds < 2) return;
    mr_json_put_flag(v, "has_kinds", true);
    mr_json_put_name(v, "kinds");
    mr_json_begin_array(v);
    for (size_t i = 0; i < LEFT_GROUPS; i++) {
        if (u->counts[left_groups[i].group] == 0) continue;
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "word", mr_upload_fate_word(left_groups[i].group));
        mr_json_put_member(v, "text", mr_office_count(p, left_groups[i].id, u->counts[left_groups[i].group]));
        mr_json_put_flag(v, "current", shown == left_groups[i].group);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "all_kinds", shown == MR_UPLOAD_LEFT_OUT);
}

static void put_unused(mr_page *p, const struct mr_upload_view *u)
{
    MR_CLEANUP(mr_buf_done) mr_buf names;
    enum { MOST = 8 };
    mr_buf_init(&names, MR_MIB);
    if (u->unused_count == 0) return;
    for (size_t i = 0; i < u->unused_count && i < MOST; i++) {
        if (i) mr_buf_puts(&names, ", ");
        mr_buf_put(&names, u->unused[i]);
    }
    if (u->unused_count > MOST) mr_buf_puts(&names, ", …");
    mr_json_put_member(&p->view, "unused",
                       MR_SAY(p->arena, p->language, "batch.unused", {"columns", mr_buf_str(&names)}));
}

static mr_str heading_of(mr_page *p, const struct mr_upload_view *u)
{
    int64_t ready_count = u->counts[MR_UPLOAD_READY];
    mr_str read = mr_office_count(p, "batch.read", u->counts[MR_UPLOAD_ALL]);
    mr_str ready =
        ready_count ? mr_office_count(p, "batch.ready", ready_count) : mr_message(p->language, "batch.ready.none");
    return mr_arena_format(p->arena, "%.*s %.*s", MR_STR_ARG(read), MR_STR_ARG(ready));
}

/* How the table was understood, and by whom. */
static void put_how(mr_page *p, const struct mr_upload_view *u)
{
    mr_json_writer *v = &p->view;
    mr_str id = mr_arena_format(p->arena, "mapping.source.%.*s", MR_STR_ARG(u->source));
    mr_json_put_member(v, "how", MR_SAY(p->arena, p->language, id.ptr, {"name", u->mapping.name}));
    mr_json_put_name(v, "fields");
    mr_json_begin_array(v);
    for (mr_result_field f = 0; f < MR_FIELD_COUNT; f++) {
        mr_str column = u->mapping.columns[f].len ? u->mapping.columns[f] : u->mapping.constants[f];
        if (!column.len) continue;
        mr_json_begin_object(v);
        mr_json_put_member(
            v, "field", mr_message_str(p->language, mr_arena_format(p->arena, "mapping.field.%s", mr_field_code(f))));
        mr_json_put_member(v, "column", column);
        mr_json_put_flag(v, "constant", u->mapping.columns[f].len == 0);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static int put_preview(mr_page *p, const struct mr_upload_view *u, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    const int64_t *counts = u->counts;
    enum mr_upload_group shown = shown_group(p, u);
    mr_json_put_member(v, "heading", heading_of(p, u));
    mr_json_put_member(v, "left_out", left_out(p, u));
    mr_json_put_flag(v, "any_left_out", counts[MR_UPLOAD_LEFT_OUT] > 0);
    mr_json_put_flag(v, "any_ready", counts[MR_UPLOAD_READY] > 0);
    mr_json_put_flag(v, "any_refused", counts[MR_UPLOAD_REFUSED] > 0);
    mr_json_put_flag(v, "latin1", u->latin1);
    put_unused(p, u);
    put_how(p, u);
    put_kinds(p, u, shown);
    MR_TRY(put_rows(p, u, shown, "look", err));
    return put_rows(p, u, MR_UPLOAD_READY, "ready", err);
}

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
    mr_json_put_flag(v, "is_unfit", true);
    mr_http_set_status(p->response, 422);
}

static int begin(mr_page *p, const char *title, const struct mr_upload_view *u, struct mr_err *err)
{
    struct mr_published published;
    mr_str language;
    MR_TRY(mr_catalogue_get(p->service, p->arena, u->specification_id, &published, err));
    mr_page_begin(p, title, "provider.specifications");
    mr_json_put_member(&p->view, "address", mr_office_batch_path(p, u->batch_id, ""));
    mr_json_put_member(&p->view, "file", u->file_name);
    mr_json_put_member(&p->view, "slug", published.slug);
    mr_str name = mr_texts_get(published.specification.title, mr_language_tag(p->language), &language);
    mr_json_put_member(&p->view, "specification", name);
    mr_json_put_member(&p->view, "specification_lang", language);
    return MR_OK;
}

int mr_upload_show(mr_page *p, const struct mr_batch *b, const struct mr_findings *unfit, const char *wrong,
                   struct mr_err *err)
{
    struct mr_upload_view u;
    MR_TRY(mr_upload_get(p->service, p->actor, p->arena, b->id, &u, err));
    if (u.needs_mapping) {
        mr_http_redirect(p->response, mr_office_batch_path(p, b->id, "/mapping"));
        return MR_OK;
    }
    MR_TRY(begin(p, "batch.title", &u, err));
    put_unfit(p, unfit);
    mr_date until = mr_date_of_time(b->created_at + MR_LIMIT_PREVIEW_DAYS * MR_DAY_MS);
    mr_json_put_member(
        &p->view, "kept_until",
        MR_SAY(p->arena, p->language, "batch.kept_until", {"date", mr_say_date(p->arena, p->language, until)}));
    MR_TRY(put_preview(p, &u, err));
    MR_TRY(mr_office_put_next(p, b->id, u.counts[MR_UPLOAD_READY], wrong, err));
    mr_office_put_evidence(p, MR_EVIDENCE_BATCH, b->id, mr_office_batch_path(p, b->id, ""));
    mr_page_show_private(p, "upload");
    return MR_OK;
}

/* ---- what can be taken along ---- */

void mr_web_batch_sample(mr_page *p)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf image;
    mr_buf_init(&image, MR_MIB);
    if (mr_upload_draw_sample(p->service, p->actor, p->arena, p->part[0], &image, &err) != MR_OK) {
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
    bool workbook = mr_str_is(mr_http_query(p->request, "form"), "xlsx");
    mr_buf_init(&table, MR_LIMIT_HTTP_RESPONSE);
    if (mr_upload_write_left_out(p->service, p->actor, p->arena, p->part[0], p->language, workbook, &table, &err) !=
        MR_OK)
        mr_page_fail(p, &err);
    else if (workbook)
        mr_page_download(p, MR_UPLOAD_WORKBOOK_TYPE, MR_STR("left-out.xlsx"), mr_buf_str(&table));
    else
        mr_page_download(p, "text/csv; charset=utf-8", MR_STR("left-out.csv"), mr_buf_str(&table));
}
