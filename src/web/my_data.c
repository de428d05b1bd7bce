/* "My data": what is kept about whoever is signed in, by whom, why, how long; taking it along, having its use restricted, and ending the account. */
#include "base/limits.h"
#include "service/erasure.h"
#include "service/export.h"
#include "service/restriction.h"
#include "web/office.h"
#include "web/session.h"

#define HERE MR_STR("/account/data")
#define AWARDS 200

/* ---- the page ---- */

static mr_str say(mr_page *p, size_t purpose, const char *what)
{
    return mr_message_str(p->language, mr_arena_format(p->arena, "privacy.%s.%s", mr_purposes[purpose].word, what));
}

/* What there is of, and what is kept of everybody; what belongs to those who work for providers only when she does. */
static int put_purposes(mr_page *p, struct mr_err *err)
{
    int64_t counts[MR_PURPOSE_COUNT];
    mr_json_writer *v = &p->view;
    MR_TRY(mr_personal_data_count(p->service, p->actor, p->actor->id, counts, err));
    mr_json_put_name(v, "purposes");
    mr_json_begin_array(v);
    for (size_t i = 0; i < MR_PURPOSE_COUNT; i++) {
        const struct mr_purpose_row *row = &mr_purposes[i];
        if (!counts[i]) continue;
        mr_json_begin_object(v);
        mr_json_put_member(v, "what", say(p, i, "what"));
        mr_json_put_member(v, "why", say(p, i, "why"));
        mr_json_put_member(v, "long", say(p, i, "long"));
        mr_json_put_member(v, "count", mr_say_count(p->arena, p->language, counts[i]));
        mr_json_put_member(v, "keeper", mr_message(p->language, mr_purpose_keeper_message(row)));
        mr_json_put_member(v, "ground", mr_message(p->language, mr_purpose_ground_message(row)));
        mr_json_put_member(v, "erasure", mr_message(p->language, mr_purpose_erasure_message(row)));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

static void put_award(mr_page *p, const struct mr_kept_award *award)
{
    mr_json_writer *v = &p->view;
    const struct mr_privacy_award *row = &award->row;
    mr_json_begin_object(v);
    mr_json_put_member(v, "id", row->id);
    mr_json_put_member(v, "title", award->title);
    mr_json_put_member(v, "title_lang", award->title_language);
    mr_json_put_member(v, "provider", award->provider);
    mr_json_put_flag(&p->view, "closed", award->is_closed);
    mr_date on;
    if (mr_date_parse(row->awarded_on, &on, NULL) == MR_OK)
        mr_json_put_member(v, "on", mr_say_date(p->arena, p->language, on));
    if (row->restricted_at != MR_TIME_NONE)
        mr_json_put_member(
            v, "state",
            MR_SAY(p->arena, p->language,
                   mr_arena_format(p->arena, "my_data.restricted.%.*s", MR_STR_ARG(row->restricted_for)).ptr,
                   {"date", mr_say_day(p->arena, p->language, row->restricted_at)}));
    mr_json_put_flag(&p->view, "may_ask", row->restricted_at == MR_TIME_NONE);
    mr_json_put_flag(&p->view, "may_end", mr_str_is(row->restricted_for, "asked"));
    mr_json_end_object(v);
}

static int put_awards(mr_page *p, struct mr_err *err)
{
    struct mr_kept_award *list;
    size_t count;
    MR_TRY(mr_restriction_awards(p->service, p->actor, p->arena, p->language, AWARDS, &list, &count, err));
    mr_json_put_flag(&p->view, "has_awards", count > 0);
    mr_json_put_name(&p->view, "awards");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < count; i++) put_award(p, &list[i]);
    mr_json_end_array(&p->view);
    return MR_OK;
}

/* One archive, or, of a large wallet, several. */
static int put_archives(mr_page *p, struct mr_err *err)
{
    struct mr_erasure e;
    mr_json_writer *v = &p->view;
    MR_TRY(mr_erasure_look(p->service, p->actor, p->arena, p->actor->id, &e, err));
    int64_t parts = (e.items + MR_LIMIT_EXPORT_ITEMS - 1) / MR_LIMIT_EXPORT_ITEMS;
    mr_json_put_flag(&p->view, "several", parts > 1);
    mr_json_put_name(v, "parts");
    mr_json_begin_array(v);
    for (int64_t i = 1; i <= (parts ? parts : 1); i++) {
        mr_json_begin_object(v);
        mr_json_put_number(v, "part", i);
        mr_json_put_member(v, "name",
                           parts > 1 ? MR_SAY(p->arena, p->language, "my_data.export.part",
                                              {"part", mr_say_count(p->arena, p->language, i)},
                                              {"of", mr_say_count(p->arena, p->language, parts)})
                                     : mr_message(p->language, "my_data.export.do"));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    return MR_OK;
}

void mr_web_my_data(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p)) return;
    mr_page_begin(p, "my_data.title", "");
    int code = put_purposes(p, &err);
    if (code == MR_OK) code = put_awards(p, &err);
    if (code == MR_OK) code = put_archives(p, &err);
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_flag(&p->view, "asked", mr_http_query(p->request, "asked").len > 0);
    mr_json_put_flag(&p->view, "ended", mr_http_query(p->request, "ended").len > 0);
    mr_page_show_private(p, "my_data");
}

/* ---- taking it along ---- */

void mr_web_my_data_export(mr_page *p)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    struct mr_export_result result;
    uint64_t part = 1;
    mr_buf_init(&out, MR_LIMIT_HTTP_RESPONSE);
    if (!mr_web_has_account(p) || !mr_web_is_fresh(p, HERE)) return;
    if (!mr_str_to_u64(mr_http_query(p->request, "part"), &part) || part < 1 ||
        part > 1 + MR_LIMIT_WALLET_ITEMS / MR_LIMIT_EXPORT_ITEMS)
        part = 1;
    const struct mr_export_order order = {.person_id = p->actor->id,
                                          .language = p->language,
                                          .skip = ((size_t)part - 1) * MR_LIMIT_EXPORT_ITEMS,
                                          .limit = MR_LIMIT_EXPORT_ITEMS,
                                          .most = MR_LIMIT_EXPORT};
    if (mr_export_write(p->service, p->actor, &order, &out, &result, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_download(p, "application/zip", mr_arena_format(p->arena, "my-data-%llu.zip", (unsigned long long)part),
                     mr_buf_str(&out));
}

/* ---- restricting ---- */

static void show_award(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_kept_award award;
    if (!mr_web_has_account(p)) return;
    int code = mr_restriction_award(p->service, p->actor, p->arena, p->language, p->part[0], &award, &err);
    mr_page_begin(p, "my_data.restrict.title", "");
    if (code == MR_E_NOT_FOUND) {
        mr_page_not_found(p);
        return;
    }
    if (code != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_json_put_name(&p->view, "award");
    put_award(p, &award);
    mr_json_put_member(&p->view, "remark", mr_http_form(p->request, "remark"));
    if (wrong) {
        mr_page_say(p, "wrong", wrong);
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "my_data_restrict");
}

void mr_web_my_data_award(mr_page *p)
{
    show_award(p, NULL);
}

static void back(mr_page *p, int code, const char *done, const struct mr_err *err)
{
    if (code == MR_OK || code == MR_E_EXISTS || code == MR_E_STATE)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "%.*s?%s=1#awards", MR_STR_ARG(HERE), done));
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, err);
}

void mr_web_my_data_restrict(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p)) return;
    int code = mr_restriction_ask(p->service, p->actor, p->arena, p->language, p->part[0],
                                  mr_http_form(p->request, "remark"), &err);
    if (code == MR_E_FORMAT)
        show_award(p, "my_data.restrict.wrong");
    else
        back(p, code, "asked", &err);
}

void mr_web_my_data_restrict_end(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_account(p)) return;
    int code = mr_restriction_end(p->service, p->actor, p->arena, p->part[0], &err);
    back(p, code, "ended", &err);
}

/* ---- ending the account ---- */

static void put_erasure(mr_page *p, const struct mr_erasure *e)
{
    mr_json_writer *v = &p->view;
    bool waiting = false;
    mr_json_put_member(v, "email", e->email);
    mr_json_put_member(v, "items", mr_office_count(p, "erase.items", e->items));
    mr_json_put_member(v, "addresses", mr_office_count(p, "erase.addresses", e->addresses));
    if (e->claims) mr_json_put_member(v, "claims", mr_office_count(p, "erase.claims", e->claims));
    if (e->undecided) mr_json_put_member(v, "undecided", mr_office_count(p, "erase.undecided", e->undecided));
    mr_json_put_name(v, "keepers");
    mr_json_begin_array(v);
    for (size_t i = 0; i < e->keeper_count; i++) {
        const struct mr_privacy_keeper *k = &e->keepers[i];
        mr_json_begin_object(v);
        mr_json_put_member(v, "name", k->name);
        if (k->records) mr_json_put_member(v, "records", mr_office_count(p, "erase.records", k->records));
        if (k->decisions) mr_json_put_member(v, "decisions", mr_office_count(p, "erase.decisions", k->decisions));
        if (k->enrolments) mr_json_put_member(v, "enrolments", mr_office_count(p, "erase.enrolments", k->enrolments));
        if (k->waiting) mr_json_put_member(v, "waiting", mr_office_count(p, "erase.waiting", k->waiting));
        mr_json_put_flag(&p->view, "closed", k->closed);
        mr_json_end_object(v);
        waiting |= k->waiting > 0;
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_keepers", e->keeper_count > 0);
    if (waiting) mr_json_put_member(v, "waiting_why", mr_office_count(p, "erase.waiting_why", MR_LIMIT_PREVIEW_DAYS));
    mr_json_put_member(v, "backups",
                       e->backup_days ? mr_office_count(p, "erase.backups", e->backup_days)
                                      : mr_message(p->language, "erase.backups_unsaid"));
    if (e->last_administrator_of.len)
        mr_json_put_member(
            v, "blocked",
            MR_SAY(p->arena, p->language, "erase.last_administrator", {"organisation", e->last_administrator_of}));
    else if (e->last_of_installation)
        mr_json_put_member(v, "blocked", mr_message(p->language, "erase.last_installation"));
}

static void show_erase(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    struct mr_erasure e;
    mr_page_begin(p, "erase.title", "");
    if (mr_erasure_look(p->service, p->actor, p->arena, p->actor->id, &e, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    put_erasure(p, &e);
    if (wrong) {
        mr_page_say(p, "wrong", wrong);
        mr_http_set_status(p->response, 422);
    }
    mr_page_show_private(p, "erase");
}

void mr_web_my_data_erase_ask(mr_page *p)
{
    if (mr_web_has_account(p) && mr_web_is_fresh(p, MR_STR("/account/data/erase"))) show_erase(p, NULL);
}

/* Signed out everywhere, this browser among that. */
static void show_erased(mr_page *p, const struct mr_erasure *e)
{
    mr_web_session_clear(p);
    p->session = NULL, p->actor = &mr_actor_stranger, p->form_token[0] = '\0';
    mr_page_begin(p, "erased.title", "");
    put_erasure(p, e);
    mr_page_show_private(p, "erased");
}

/* The fresh sign-in shows who it is, and the address that is typed that it is meant. */
void mr_web_my_data_erase(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_erasure e;
    if (!mr_web_has_account(p) || !mr_web_is_fresh(p, MR_STR("/account/data/erase"))) return;
    mr_str typed = mr_sign_in_email(p->arena, mr_http_form(p->request, "email"));
    if (!mr_str_eq(typed, p->session->email)) {
        show_erase(p, "erase.wrong");
        return;
    }
    int code = mr_erasure_do(p->service, p->actor, p->arena, p->actor->id, &e, &err);
    if (code == MR_OK)
        show_erased(p, &e);
    else if (code == MR_E_STATE)
        show_erase(p, "erase.not_now");
    else
        mr_page_fail(p, &err);
}
