/* Withdrawing, suspending or reinstating many credentials of a batch: those ticked in its list, or all of it. A form asks what and why and says how many; a page asks
 * again; then it is done, at once for those ticked, by a job for a whole batch.
 *
 *   POST /provider/batches/<id>/status   `id` several times, or `all`; then `to`, `code`, `reason`, `mail`; then `confirmed` */
#include "web/status_many.h"

#include "base/limits.h"
#include "service/status.h"
#include "web/sealing.h"

void mr_office_put_reasons(mr_page *p, mr_str chosen)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "reasons");
    mr_json_begin_array(v);
    for (size_t i = 0; mr_status_reasons[i]; i++) {
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "code", mr_status_reasons[i]);
        mr_json_put_member(
            v, "text",
            mr_message_str(p->language, mr_arena_format(p->arena, "status.reason.%s", mr_status_reasons[i])));
        mr_json_put_flag(&p->view, "chosen", mr_str_is(chosen, mr_status_reasons[i]));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

struct sent {
    mr_str *ids;
    size_t count;
    bool all, has_to;
    struct mr_status_order order;
    const char *wrong;
};

static void read_sent(mr_page *p, struct sent *ret)
{
    *ret = (struct sent){.ids = MR_NEW_ARRAY(p->arena, mr_str, MR_LIMIT_STATUS_MANY),
                         .all = mr_http_form(p->request, "all").len > 0,
                         .order = {.code = mr_http_form(p->request, "code"),
                                   .reason = mr_str_trim(mr_http_form(p->request, "reason")),
                                   .mail = mr_http_form(p->request, "mail").len > 0}};
    mr_str to = mr_http_form(p->request, "to");
    if (ret->ids) ret->count = mr_office_ids(p, "id", ret->ids, MR_LIMIT_STATUS_MANY);
    if (ret->count > MR_LIMIT_STATUS_MANY) ret->count = MR_LIMIT_STATUS_MANY;
    for (mr_status s = MR_STATUS_ACTIVE; s <= MR_STATUS_REVOKED; s++)
        if (mr_str_is(to, mr_status_name(s))) ret->has_to = true, ret->order.to = s;
    if (!ret->all && ret->count == 0)
        ret->wrong = "many.wrong.none";
    else if (mr_http_form(p->request, "asked").len == 0)
        return;
    else if (!ret->has_to)
        ret->wrong = "office.status.wrong.to";
    else if (!ret->order.reason.len)
        ret->wrong = "office.status.wrong.reason";
    else if (mr_utf8_length(ret->order.reason) > MR_LIMIT_STATUS_REASON)
        ret->wrong = "office.status.wrong.long";
}

/* How many: of those ticked, or of the batch those that are not withdrawn. */
static int put_count(mr_page *p, const struct sent *sent, struct mr_err *err)
{
    struct mr_batch_counts counts;
    MR_TRY(mr_batch_count(p->service, p->actor, p->part[0], &counts, err));
    int64_t count = sent->all ? counts.sealed - counts.revoked : (int64_t)sent->count;
    mr_json_put_member(&p->view, "how_many", mr_office_count(p, sent->all ? "many.all" : "many.chosen", count));
    return MR_OK;
}

static void put_sent(mr_page *p, const struct sent *sent)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "ids");
    mr_json_begin_array(v);
    for (size_t i = 0; !sent->all && i < sent->count; i++) mr_json_put_str(v, sent->ids[i]);
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "all", sent->all);
    mr_json_put_member(v, "reason", sent->order.reason);
    mr_json_put_member(v, "code", sent->order.code);
    mr_json_put_flag(&p->view, "mail", sent->order.mail || !sent->has_to);
    mr_office_put_reasons(p, sent->order.code);
    if (sent->has_to) {
        mr_json_put_member_c(v, "to", mr_status_name(sent->order.to));
        mr_json_put_flag(&p->view, mr_arena_format(p->arena, "to_%s", mr_status_name(sent->order.to)).ptr, true);
    }
    if (!sent->wrong) return;
    mr_json_put_member(v, "wrong", mr_message(p->language, sent->wrong));
    mr_http_set_status(p->response, 422);
}

static void show(mr_page *p, const struct sent *sent, bool question)
{
    struct mr_err err = {0};
    struct mr_batch batch;
    struct mr_published published;
    int code = mr_batch_get(p->service, p->actor, p->arena, p->part[0], &batch, &err);
    if (code == MR_OK) code = mr_catalogue_get(p->service, p->arena, batch.specification_id, &published, &err);
    mr_page_begin(p, "many.title", "provider.specifications");
    if (code == MR_OK) code = put_count(p, sent, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_office_put_specification(p, &published);
    mr_json_put_member(&p->view, "batch", mr_office_batch_path(p, batch.id, ""));
    mr_json_put_member(&p->view, "file",
                       batch.file_name.len ? batch.file_name : mr_message(p->language, "batch.single"));
    mr_json_put_flag(&p->view, "question", question);
    put_sent(p, sent);
    mr_page_show_private(p, "status_many");
}

static void do_it(mr_page *p, const struct sent *sent)
{
    struct mr_err err = {0};
    struct mr_status_many result;
    int code = sent->all
                   ? mr_status_set_batch(p->service, p->actor, p->part[0], &sent->order, &err)
                   : mr_status_set_many(p->service, p->actor, sent->ids, sent->count, &sent->order, &result, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_office_batch_path(p, p->part[0], ""));
    else
        mr_page_fail(p, &err);
}

void mr_web_status_many(mr_page *p)
{
    struct sent sent;
    read_sent(p, &sent);
    if (sent.wrong || !sent.has_to)
        show(p, &sent, false);
    else if (mr_http_form(p->request, "confirmed").len)
        do_it(p, &sent);
    else
        show(p, &sent, true);
}
