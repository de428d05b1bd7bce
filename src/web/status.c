/* The status of credentials. For everybody: the signed lists that verifiers ask. For the office: withdrawing and suspending one credential, in two steps, since
 * the first of them is for good: a form that asks what and why, and a page that says what will happen and asks again.
 *
 *   GET  /provider/achievements/<id>/status   the form
 *   POST /provider/achievements/<id>/status   the fields `to` and `reason`: the question; with `confirmed` as well: it is done */
#include "service/status.h"
#include "base/limits.h"
#include "web/office.h"
#include "web/status_many.h"

#define LIST_SECONDS "300" /* for which others may keep a list: this long a withdrawal may go unseen */

/* ---- for everybody ---- */

/* It is public, and verifiers in browsers need it (Token Status List, section 11.2). */
static void answer(mr_page *p, int code, const struct mr_err *err, const char *type, mr_str text)
{
    if (code == MR_OK)
        mr_page_answer_everybody(p, type, LIST_SECONDS, text);
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, err);
}

static void serve(mr_page *p, mr_status_form form, const char *type)
{
    struct mr_err err = {0};
    mr_str text = MR_STR_EMPTY;
    answer(p, mr_status_serve(p->service, p->arena, p->part[0], form, &text, &err), &err, type, text);
}

void mr_web_status_revocation(mr_page *p)
{
    serve(p, MR_STATUS_FORM_REVOCATION, "application/vc+jwt");
}
void mr_web_status_suspension(mr_page *p)
{
    serve(p, MR_STATUS_FORM_SUSPENSION, "application/vc+jwt");
}
void mr_web_status_token(mr_page *p)
{
    serve(p, MR_STATUS_FORM_TOKEN, "application/statuslist+jwt");
}

void mr_web_status_withdrawn(mr_page *p)
{
    struct mr_err err = {0};
    mr_str text = MR_STR_EMPTY;
    answer(p, mr_status_serve_withdrawn(p->service, p->arena, p->part[0], &text, &err), &err, "application/jwt", text);
}

/* ---- for the office ---- */

/* What was sent: `to` is NONE when nothing was chosen. */
enum { NONE = -1 };
struct sent {
    int to;
    mr_str reason, code;
    bool mail;
    const char *wrong; /* message of what is wrong; NULL when nothing is */
};

static mr_str path_of(mr_page *p)
{
    return mr_arena_format(p->arena, "/provider/achievements/%.*s/status", MR_STR_ARG(p->part[0]));
}

/* The way back, and who it is about. */
static int put_place(mr_page *p, const struct mr_achievement_status *now, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_published published;
    struct mr_batch batch;
    mr_str language;
    MR_TRY(mr_catalogue_get(p->service, p->arena, now->specification_id, &published, err));
    MR_TRY(mr_batch_get(p->service, p->actor, p->arena, now->batch_id, &batch, err));
    mr_json_put_member(v, "address", path_of(p));
    mr_json_put_member(v, "batch", mr_office_batch_path(p, batch.id, ""));
    mr_json_put_member(v, "file", batch.file_name);
    mr_json_put_member(v, "slug", published.slug);
    mr_str title = mr_texts_get(published.specification.title, mr_language_tag(p->language), &language);
    mr_json_put_member(v, "specification", title);
    mr_json_put_member(v, "specification_lang", language);
    mr_json_put_member(v, "learner", now->learner);
    return MR_OK;
}

static void put_now(mr_page *p, const struct mr_achievement_status *now)
{
    static const char *const looks[] = {"passed", "unchecked", "failed"};
    static const char *const ids[] = {"office.status.active", "office.status.suspended", "office.status.revoked"};
    mr_json_writer *v = &p->view;
    mr_json_put_flag(v, looks[now->status], true);
    mr_json_put_flag(v, mr_status_name(now->status), true);
    mr_json_put_flag(v, "not_listed", !now->is_listed);
    mr_str since = now->changed_at == MR_TIME_NONE ? MR_STR_EMPTY : mr_say_day(p->arena, p->language, now->changed_at);
    mr_json_put_member(v, "state", MR_SAY(p->arena, p->language, ids[now->status], {"date", since}));
    mr_json_put_member(v, "last_reason", now->reason);
    if (now->reason_code.len)
        mr_json_put_member(
            v, "last_code",
            mr_message_str(p->language, mr_arena_format(p->arena, "status.reason.%.*s", MR_STR_ARG(now->reason_code))));
    if (now->replaced_by.len)
        mr_json_put_member(v, "replaced_by",
                           mr_arena_format(p->arena, "urn:credential:%.*s", MR_STR_ARG(now->replaced_by)));
}

static void put_sent(mr_page *p, const struct sent *sent)
{
    mr_json_writer *v = &p->view;
    if (!sent) return;
    mr_json_put_member(v, "reason", sent->reason);
    if (sent->to != NONE)
        mr_json_put_flag(v, mr_arena_format(p->arena, "to_%s", mr_status_name((mr_status)sent->to)).ptr, true);
    if (!sent->wrong) return;
    mr_http_set_status(p->response, 422);
    mr_json_put_member(v, "wrong", mr_message(p->language, sent->wrong));
    mr_json_put_flag(v, sent->to == NONE ? "wrong_to" : "wrong_reason", true);
}

static void show_form(mr_page *p, const struct sent *sent)
{
    struct mr_err err = {0};
    struct mr_achievement_status now;
    mr_page_begin(p, "office.status.title", "provider.specifications");
    put_sent(p, sent);
    mr_office_put_reasons(p, sent ? sent->code : MR_STR_EMPTY);
    mr_json_put_flag(&p->view, "mail", !sent || sent->mail);
    int code = mr_status_find(p->service, p->actor, p->arena, p->part[0], &now, &err);
    if (code == MR_OK && !now.batch_id.len) code = MR_FAIL(&err, MR_E_NOT_FOUND, "it lives in files", MR_NOWHERE);
    if (code == MR_OK) put_now(p, &now);
    if (code == MR_OK) code = put_place(p, &now, &err);
    if (code == MR_OK)
        mr_page_show_private(p, "status");
    else
        mr_page_fail(p, &err);
}

void mr_web_status(mr_page *p)
{
    show_form(p, NULL);
}

static void show_question(mr_page *p, const struct sent *sent)
{
    struct mr_err err = {0};
    struct mr_achievement_status now;
    const char *to = mr_status_name((mr_status)sent->to);
    mr_json_writer *v = &p->view;
    mr_page_begin(p, "office.status.title", "provider.specifications");
    int code = mr_status_find(p->service, p->actor, p->arena, p->part[0], &now, &err);
    if (code == MR_OK) code = put_place(p, &now, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_member_c(v, "to", to);
    mr_json_put_member(v, "reason", sent->reason);
    mr_json_put_member(v, "code", sent->code);
    mr_json_put_flag(v, "mail", sent->mail);
    mr_json_put_flag(v, to, true);
    mr_page_show_private(p, "status_confirm");
}

static struct sent read_sent(mr_page *p)
{
    struct sent sent = {.to = NONE,
                        .reason = mr_str_trim(mr_http_form(p->request, "reason")),
                        .code = mr_http_form(p->request, "code"),
                        .mail = mr_http_form(p->request, "mail").len > 0};
    mr_str to = mr_http_form(p->request, "to");
    for (mr_status s = MR_STATUS_ACTIVE; s <= MR_STATUS_REVOKED; s++)
        if (mr_str_is(to, mr_status_name(s))) sent.to = (int)s;
    if (sent.to == NONE)
        sent.wrong = "office.status.wrong.to";
    else if (!sent.reason.len)
        sent.wrong = "office.status.wrong.reason";
    else if (mr_utf8_length(sent.reason) > MR_LIMIT_STATUS_REASON)
        sent.wrong = "office.status.wrong.long";
    return sent;
}

/* Whatever came of it, the form's page tells: one that was withdrawn meanwhile is no fault. */
static void change(mr_page *p, const struct sent *sent)
{
    struct mr_err err = {0};
    const struct mr_status_order order = {
        .to = (mr_status)sent->to, .reason = sent->reason, .code = sent->code, .mail = sent->mail};
    int code = mr_status_set(p->service, p->actor, p->part[0], &order, &err);
    if (code == MR_OK || code == MR_E_STATE)
        mr_http_redirect(p->response, path_of(p));
    else
        mr_page_fail(p, &err);
}

void mr_web_status_change(mr_page *p)
{
    struct sent sent = read_sent(p);
    if (sent.wrong)
        show_form(p, &sent);
    else if (mr_http_form(p->request, "confirmed").len)
        change(p, &sent);
    else
        show_question(p, &sent);
}
