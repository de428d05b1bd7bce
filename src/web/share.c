/* A learner's links: all of them, and each with what it shows, how it is handed on, when it was opened, and its end. */
#include "web/share.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/qr.h"
#include "service/organisation.h"
#include "web/sealing.h"
#include "web/wallet.h"

static mr_str path_of(mr_page *p, mr_str id, const char *more)
{
    return mr_arena_format(p->arena, "/wallet/shares/%.*s%s", MR_STR_ARG(id), more);
}

/* ---- one link ---- */

static void put_state(mr_page *p, const struct mr_share *share)
{
    static const struct {
        const char *look, *message;
    } states[] = {[MR_SHARE_OPEN] = {"passed", "share.state.open"},
                  [MR_SHARE_EXPIRED] = {"na", "share.state.expired"},
                  [MR_SHARE_STOPPED] = {"na", "share.state.stopped"}};
    bool stopped = share->state == MR_SHARE_STOPPED;
    mr_json_put_member_c(&p->view, "state", states[share->state].look);
    for (size_t i = 0; i < 4; i++) {
        static const char *const looks[] = {"passed", "failed", "unchecked", "na"};
        mr_json_put_flag(&p->view, looks[i], strcmp(looks[i], states[share->state].look) == 0);
    }
    mr_json_put_member(
        &p->view, "word",
        MR_SAY(p->arena, p->language, states[share->state].message,
               {"date", mr_say_day(p->arena, p->language, stopped ? share->row.stopped_at : share->row.until)}));
    mr_json_put_flag(&p->view, "works", share->state == MR_SHARE_OPEN);
}

static void put_share(mr_page *p, const struct mr_share *share)
{
    mr_json_writer *v = &p->view;
    mr_json_put_member(v, "id", share->row.id);
    mr_json_put_member(v, "label", share->row.label);
    mr_json_put_member(v, "at", path_of(p, share->row.id, ""));
    mr_json_put_member(v, "until", mr_say_day(p->arena, p->language, share->row.until));
    put_state(p, share);
    mr_json_put_member(v, "opened",
                       share->row.opened ? mr_office_count(p, "share.opened", share->row.opened)
                                         : mr_message(p->language, "share.opened.never"));
    mr_json_put_member(v, "opened_last",
                       share->row.opened_at == MR_TIME_NONE
                           ? MR_STR_EMPTY
                           : MR_SAY(p->arena, p->language, "share.opened.last",
                                    {"time", mr_say_time(p->arena, p->language, share->row.opened_at)}));
    mr_json_put_name(v, "shows");
    mr_json_begin_array(v);
    for (size_t i = 0; i < share->item_count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "item_id", share->items[i].item_id);
        mr_json_put_member(v, "of", share->items[i].title);
        mr_json_put_flag(&p->view, "in_part", share->items[i].pointers.len > 0);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

/* ---- all ---- */

static int put_all(mr_page *p, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_share *list;
    size_t count;
    int64_t all;
    uint64_t page = 0;
    if (!mr_str_to_u64(mr_http_query(p->request, "page"), &page) || page > MR_LIMIT_SHARES) page = 0;
    size_t skip = (size_t)page * MR_LIMIT_WALLET_PAGE;
    MR_TRY(mr_share_list(p->service, p->actor, p->arena, skip, MR_LIMIT_WALLET_PAGE, &list, &count, &all, err));
    mr_json_put_flag(&p->view, "any", all > 0);
    mr_json_put_name(v, "shares");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        put_share(p, &list[i]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    if (page) mr_json_put_member(v, "previous", mr_arena_format(p->arena, "%d", (int)page - 1));
    if ((int64_t)(skip + count) < all) mr_json_put_member(v, "next", mr_arena_format(p->arena, "%d", (int)page + 1));
    return MR_OK;
}

void mr_web_shares(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_wallet(p)) return;
    mr_page_begin(p, "share.list.heading", "wallet");
    mr_web_put_wallet_tab(p, "shares");
    if (put_all(p, &err) == MR_OK)
        mr_page_show_private(p, "shares");
    else
        mr_page_fail(p, &err);
}

/* ---- handing it on ---- */

static void put_field(mr_buf *url, const char *name, mr_str value)
{
    if (!value.len) return;
    mr_buf_puts(url, name);
    mr_percent_put(url, value);
}

/* A mail that is ready to be sent, from her own program. */
static void put_mail(mr_page *p, const struct mr_share *share, mr_str link)
{
    MR_CLEANUP(mr_buf_done) mr_buf url;
    mr_buf_init(&url, 64 * MR_KIB);
    mr_buf_puts(&url, "mailto:");
    put_field(&url, "?subject=", MR_SAY(p->arena, p->language, "share.one.mail_subject", {"person", p->actor->name}));
    put_field(&url, "&body=",
              MR_SAY(p->arena, p->language, "share.one.mail_body", {"link", link},
                     {"date", mr_say_day(p->arena, p->language, share->row.until)}, {"person", p->actor->name}));
    mr_json_put_member(&p->view, "mailto", mr_buf_failed(&url) ? MR_STR_EMPTY : mr_buf_str(&url));
}

/* "2026-10-14" as the year and the month that LinkedIn asks for. */
static void put_month(mr_page *p, mr_buf *url, const char *year, const char *month, mr_date day)
{
    if (!mr_date_is_set(day)) return;
    put_field(url, year, mr_arena_format(p->arena, "%d", day.year));
    put_field(url, month, mr_arena_format(p->arena, "%d", day.month));
}

/* The number of the provider's page there; empty when it has none. Without it LinkedIn shows the name, and a grey picture. */
static mr_str linkedin_of(mr_page *p, mr_str org_id)
{
    struct mr_organisation_shown provider;
    if (!org_id.len || mr_organisation_find(p->service, p->arena, org_id, &provider, NULL) != MR_OK)
        return MR_STR_EMPTY;
    return provider.identity.linkedin;
}

/* LinkedIn's form "add to profile", filled in. Its number of the credential stays empty: the address is what finds it. */
static int put_profile(mr_page *p, mr_str item_id, mr_str link, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf url;
    struct mr_wallet_item item;
    mr_date day = {0};
    mr_buf_init(&url, 64 * MR_KIB);
    MR_TRY(mr_wallet_get(p->service, p->actor, p->arena, item_id, &item, err));
    if (mr_date_parse(item.row.awarded_on, &day, NULL) != MR_OK) day = (mr_date){0};
    mr_buf_puts(&url, "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME");
    put_field(&url, "&name=", item.row.title);
    mr_str number = linkedin_of(p, item.row.org_id);
    put_field(&url, number.len ? "&organizationId=" : "&organizationName=", number.len ? number : item.row.issuer);
    put_month(p, &url, "&issueYear=", "&issueMonth=", day);
    if (item.row.ends_at != MR_TIME_NONE)
        put_month(p, &url, "&expirationYear=", "&expirationMonth=", mr_date_of_time(item.row.ends_at));
    put_field(&url, "&certUrl=", link);
    mr_json_begin_object(&p->view);
    mr_json_put_member(&p->view, "of", item.row.title);
    mr_json_put_member(&p->view, "url", mr_buf_failed(&url) ? MR_STR_EMPTY : mr_buf_str(&url));
    mr_json_end_object(&p->view);
    return MR_OK;
}

static int put_ways(mr_page *p, const struct mr_share *share, struct mr_err *err)
{
    mr_str picture, shared = mr_share_path(p->service, p->arena, share->row.id);
    mr_str link =
        mr_arena_format(p->arena, "%.*s%.*s", MR_STR_ARG(mr_service_public_url(p->service)), MR_STR_ARG(shared));
    mr_json_put_member(&p->view, "shared", shared);
    mr_json_put_member(&p->view, "link", link);
    if (mr_qr_picture(p->arena, link, &picture, &(struct mr_err){0}) == MR_OK)
        mr_json_put_member(&p->view, "qr", picture);
    put_mail(p, share, link);
    mr_json_put_name(&p->view, "profiles");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < share->item_count; i++) MR_TRY(put_profile(p, share->items[i].item_id, link, err));
    mr_json_end_array(&p->view);
    return MR_OK;
}

/* ---- the page of one ---- */

static void put_openings(mr_page *p, const struct mr_share *share)
{
    mr_json_put_name(&p->view, "openings");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < share->opening_count; i++)
        mr_json_put_str(&p->view, mr_say_time(p->arena, p->language, share->openings[i]));
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "any_openings", share->opening_count > 0);
}

static int put_one(mr_page *p, struct mr_err *err)
{
    struct mr_share share;
    MR_TRY(mr_share_get(p->service, p->actor, p->arena, p->part[0], &share, err));
    mr_page_begin_titled(p, share.row.label, "wallet");
    put_share(p, &share);
    put_openings(p, &share);
    mr_web_put_share_days(p);
    mr_json_put_flag(&p->view, "made", mr_http_query(p->request, "made").len > 0);
    mr_json_put_flag(&p->view, "changed", mr_http_query(p->request, "changed").len > 0);
    return share.state == MR_SHARE_OPEN ? put_ways(p, &share, err) : MR_OK;
}

static void show_one(mr_page *p, const struct mr_err *wrong)
{
    struct mr_err err = {0};
    if (!mr_web_has_wallet(p)) return;
    int code = put_one(p, &err);
    if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else if (code != MR_OK)
        mr_page_fail(p, &err);
    else {
        if (wrong) mr_http_set_status(p->response, 422);
        mr_json_put_member(&p->view, "wrong", wrong ? mr_web_share_wrong(p, wrong) : MR_STR_EMPTY);
        mr_page_show_private(p, "share");
    }
}

void mr_web_share(mr_page *p)
{
    show_one(p, NULL);
}

static void go_back(mr_page *p, int code, const struct mr_err *err)
{
    if (code == MR_OK)
        mr_http_redirect(p->response, path_of(p, p->part[0], "?changed=1"));
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else if (mr_web_share_wrong(p, err).len)
        show_one(p, err);
    else
        mr_page_fail(p, err);
}

void mr_web_share_end(mr_page *p)
{
    struct mr_err err = {0};
    go_back(p, mr_share_extend(p->service, p->actor, p->part[0], mr_web_share_day(p), &err), &err);
}

void mr_web_share_stop(mr_page *p)
{
    struct mr_err err = {0};
    go_back(p, mr_share_stop(p->service, p->actor, p->part[0], &err), &err);
}
