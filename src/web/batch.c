/* One batch of results: sealed, handed over. Its address shows whichever state it is in; before it is sealed, that is web/upload.c.
 *
 * A page holds at most MR_LIMIT_OFFICE_ROWS rows of each table; `?after=` turns the pages of what was sealed, `?name=` searches in it. While sealing the page asks for
 * .../progress; without scripts it is loaded anew. */
#include "base/limits.h"
#include "web/privacy.h"
#include "web/correction.h"
#include "web/office.h"
#include "web/sealing.h"
#include "web/upload.h"

/* ---- sealing, sealed, failed, discarded ---- */

static mr_str progress_text(mr_page *p, const struct mr_batch *b)
{
    return MR_SAY(p->arena, p->language, "batch.progress",
                  {"count", mr_say_count(p->arena, p->language, b->rows_sealed)},
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
    mr_json_put_number(v, "done", b->rows_sealed);
    mr_json_put_number(v, "total", b->rows_ready);
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
    mr_json_put_number(v, "number", (int64_t)number);
    mr_json_put_member(v, "learner", mr_web_name_or_restricted(p, link->learner));
    mr_json_put_member(v, "email", link->email);
    mr_json_put_member(v, "url", link->url);
    mr_json_put_member(v, "state", mr_claim_link_state(p->service, p->language, link));
    mr_json_put_member(v, "id", link->achievement_id);
    if (link->expires_at != MR_TIME_NONE)
        mr_json_put_member(
            v, "ends",
            MR_SAY(p->arena, p->language, "batch.ends", {"date", mr_say_day(p->arena, p->language, link->expires_at)}));
    mr_json_put_member(
        v, "change",
        mr_message(p->language, link->status == MR_STATUS_ACTIVE ? "batch.status.change" : "batch.status.see"));
    mr_json_put_flag(v, link->status == MR_STATUS_ACTIVE ? claimed : looks[link->status], true);
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
        mr_page_put_count(p, "count", counts[i].count);
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
    mr_json_put_flag(&p->view, "is_later", query.after.id.len > 0);
    mr_json_put_flag(&p->view, "has_links", count > 0);
    if (count) mr_json_put_member(v, "until", mr_say_day(p->arena, p->language, links[0].until));
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

/* Who signed it off, and who had it sealed. */
static void put_people(mr_page *p, const struct mr_sealing_row *row)
{
    mr_str nobody = mr_message(p->language, "batch.signed.operator"), sealer = nobody;
    if (row->signed_at != MR_TIME_NONE)
        mr_json_put_member(&p->view, "signed",
                           MR_SAY(p->arena, p->language, "batch.signed",
                                  {"name", row->signed_name.len ? row->signed_name : nobody},
                                  {"when", mr_say_time(p->arena, p->language, row->signed_at)}));
    if (row->sealed_by.len) sealer = mr_office_person(p, row->org_id, row->sealed_by);
    if (sealer.len)
        mr_json_put_member(&p->view, "sealed_by", MR_SAY(p->arena, p->language, "batch.sealed_by", {"name", sealer}));
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
    mr_json_put_flag(&p->view, "is_single", mr_str_is(sealing.row.kind, "single"));
    mr_json_put_flag(&p->view, "may_mail", is_later && mr_actor_may(p->actor, MR_MAY_MAIL_SEND));
    mr_json_put_flag(&p->view, "may_change", mr_actor_may(p->actor, MR_MAY_ACHIEVEMENT_STATUS));
    if (mr_str_is(sealing.row.mailing, "queued") || mr_str_is(sealing.row.mailing, "now"))
        mr_json_put_member(v, "mailing", mr_office_count(p, "batch.mailing", counts.with_address));
    put_people(p, &sealing.row);
    put_counts(p, &counts);
    MR_TRY(put_links(p, b, err));
    mr_json_end_object(v);
    MR_TRY(mr_web_put_corrections(p, sealing.row.org_id, b->id, err));
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
    mr_json_put_flag(&p->view, "discarded", true);
    return MR_OK;
}

/* ---- the page ---- */

/* unfit: why it was not sealed just now, or NULL; wrong: what is wrong with the time to seal, or NULL. */
static int show_batch(mr_page *p, const struct mr_findings *unfit, const char *wrong, struct mr_err *err)
{
    static int (*const put[])(mr_page *, const struct mr_batch *, struct mr_err *) = {
        [MR_BATCH_SEALING] = put_sealing,
        [MR_BATCH_SEALED] = put_sealed,
        [MR_BATCH_FAILED] = put_failed,
        [MR_BATCH_DISCARDED] = put_discarded,
    };
    struct mr_batch b;
    struct mr_published published;
    MR_TRY(mr_batch_get(p->service, p->actor, p->arena, p->part[0], &b, err));
    if (b.state == MR_BATCH_PREVIEW) return mr_upload_show(p, &b, unfit, wrong, err);
    MR_TRY(mr_catalogue_get(p->service, p->arena, b.specification_id, &published, err));
    mr_page_begin(p, "batch.title", "provider.specifications");
    mr_json_put_member(&p->view, "address", mr_office_batch_path(p, b.id, ""));
    mr_json_put_member(&p->view, "file", b.file_name.len ? b.file_name : mr_message(p->language, "batch.single"));
    mr_office_put_specification(p, &published);
    MR_TRY(put[b.state](p, &b, err));
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
    if (mr_batch_get(p->service, p->actor, p->arena, p->part[0], &b, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_http_set_type(p->response, "application/json");
    mr_http_set_header(p->response, "Cache-Control", MR_STR("no-store"));
    mr_json_writer_init(&w, mr_http_body(p->response), 0);
    mr_json_begin_object(&w);
    mr_json_put_number(&w, "done", b.rows_sealed);
    mr_json_put_number(&w, "total", b.rows_ready);
    mr_json_put_member(&w, "text", progress_text(p, &b));
    mr_json_put_flag(&w, "finished", b.state != MR_BATCH_SEALING);
    mr_json_end_object(&w);
}

/* ---- what can be taken along ---- */

void mr_web_batch_links(mr_page *p)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf table;
    mr_buf_init(&table, MR_LIMIT_HTTP_RESPONSE);
    if (mr_batch_write_links(p->service, p->actor, p->part[0], p->language, &table, &err) != MR_OK)
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
    code = mr_upload_check(p->service, p->actor, p->arena, p->part[0], &findings, &err);
    if (code == MR_OK) code = show_batch(p, &findings, NULL, &err);
    if (code != MR_OK) mr_page_fail(p, &err);
}

void mr_web_batch_discard(mr_page *p)
{
    struct mr_err err = {0};
    back_to_batch(p, mr_batch_discard(p->service, p->actor, p->part[0], &err), &err);
}
