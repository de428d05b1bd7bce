/* The wallet: cards, a time line or a table of what a learner keeps, what is counted, what else was awarded to her, and how something from elsewhere gets in. */
#include "web/wallet.h"

#include "base/limits.h"
#include "credential/wording.h"
#include "service/keep.h"
#include "web/office.h"
#include "web/session.h"

bool mr_web_has_wallet(mr_page *p)
{
    struct mr_err err = {0};
    if (p->session) return true;
    (void)MR_FAIL(&err, MR_E_FORBIDDEN, "only people have a wallet", MR_NOWHERE);
    mr_page_fail(p, &err);
    return false;
}

/* ---- one item ---- */

static void put_look(mr_page *p, const char *look, mr_str word)
{
    static const char *const looks[] = {"passed", "failed", "unchecked", "na"};
    for (size_t i = 0; i < 4; i++) mr_json_put_flag(&p->view, looks[i], strcmp(look, looks[i]) == 0);
    mr_json_put_member_c(&p->view, "state", look);
    mr_json_put_member(&p->view, "word", word);
}

/* What was awarded here shows what is true now; of something from elsewhere only what was true on the day it was added is known. */
static void put_state(mr_page *p, const struct mr_wallet_item_row *row)
{
    mr_str since = mr_say_day(p->arena, p->language, row->status_changed_at),
           end = mr_say_day(p->arena, p->language, row->ends_at),
           day = mr_say_day(p->arena, p->language, row->checked_at);
    bool ended = row->ends_at != MR_TIME_NONE && row->ends_at < mr_env_now(mr_service_env(p->service));
    if (mr_str_is(row->status, "revoked"))
        put_look(p, "failed", MR_SAY(p->arena, p->language, "wallet.state.revoked", {"date", since}));
    else if (mr_str_is(row->status, "suspended"))
        put_look(p, "unchecked", MR_SAY(p->arena, p->language, "wallet.state.suspended", {"date", since}));
    else if (ended)
        put_look(p, "unchecked", MR_SAY(p->arena, p->language, "wallet.state.ended", {"date", end}));
    else if (row->achievement_id.len)
        put_look(p, "passed",
                 end.len ? MR_SAY(p->arena, p->language, "wallet.state.until", {"date", end})
                         : mr_message(p->language, "wallet.state.valid"));
    else if (mr_str_is(row->verdict, "valid"))
        put_look(p, "passed", MR_SAY(p->arena, p->language, "wallet.state.elsewhere.valid", {"date", day}));
    else if (mr_str_is(row->verdict, "invalid"))
        put_look(p, "failed", MR_SAY(p->arena, p->language, "wallet.state.elsewhere.invalid", {"date", day}));
    else
        put_look(p, "unchecked", MR_SAY(p->arena, p->language, "wallet.state.elsewhere.unknown", {"date", day}));
}

static mr_str say_date_text(mr_page *p, mr_str text)
{
    mr_date date;
    return text.len && mr_date_parse(text, &date, NULL) == MR_OK ? mr_say_date(p->arena, p->language, date)
                                                                 : MR_STR_EMPTY;
}

void mr_web_put_wallet_item(mr_page *p, const struct mr_wallet_item_row *row)
{
    mr_json_writer *v = &p->view;
    mr_json_begin_object(v);
    mr_json_put_member(v, "id", row->id);
    mr_json_put_member(v, "title", row->title);
    mr_json_put_member(v, "issuer", row->issuer);
    mr_json_put_member(v, "awarded", say_date_text(p, row->awarded_on));
    mr_json_put_member(v, "credit", row->ects ? mr_wording_ects(p->arena, p->language, row->ects) : MR_STR_EMPTY);
    mr_json_put_flag(&p->view, "elsewhere", row->achievement_id.len == 0);
    put_state(p, row);
    mr_json_end_object(v);
}

/* ---- the list ---- */

static const char *const views[] = {"cards", "timeline", "table"};

static size_t view_of(const mr_page *p)
{
    mr_str asked = mr_http_query(p->request, "view");
    for (size_t i = 0; i < 3; i++)
        if (mr_str_is(asked, views[i])) return i;
    return 0;
}

static void put_views(mr_page *p, size_t chosen)
{
    mr_json_writer *v = &p->view;
    static const char *const names[] = {"wallet.view.cards", "wallet.view.timeline", "wallet.view.table"};
    mr_json_put_name(v, "views");
    mr_json_begin_array(v);
    for (size_t i = 0; i < 3; i++) {
        mr_json_begin_object(v);
        mr_json_put_member_c(v, "view", views[i]);
        mr_page_say(p, "name", names[i]);
        mr_json_put_flag(&p->view, "chosen", i == chosen);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_member_c(v, "view", views[chosen]);
    mr_json_put_flag(&p->view, "as_cards", chosen == 0);
    mr_json_put_flag(&p->view, "as_timeline", chosen == 1);
    mr_json_put_flag(&p->view, "as_table", chosen == 2);
}

static void put_items(mr_page *p, const struct mr_wallet_item_row *rows, size_t count)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) mr_web_put_wallet_item(p, &rows[i]);
    mr_json_end_array(v);
}

/* The same, by the year of the award. */
static void put_years(mr_page *p, const struct mr_wallet_item_row *rows, size_t count)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "years");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count;) {
        mr_str year = mr_str_make(rows[i].awarded_on.ptr, rows[i].awarded_on.len < 4 ? 0 : 4);
        mr_json_begin_object(v);
        mr_json_put_member(v, "year", year.len ? year : mr_message(p->language, "wallet.no_year"));
        mr_json_put_name(v, "items");
        mr_json_begin_array(v);
        for (; i < count && mr_str_eq(year, mr_str_make(rows[i].awarded_on.ptr, rows[i].awarded_on.len < 4 ? 0 : 4));
             i++)
            mr_web_put_wallet_item(p, &rows[i]);
        mr_json_end_array(v);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void put_sum(mr_page *p, const char *member, const struct mr_wallet_sums *sums)
{
    mr_json_writer *v = &p->view;
    if (!sums->ects && !sums->minutes) return;
    mr_json_put_name(v, member);
    mr_json_begin_object(v);
    if (sums->ects) mr_json_put_member(v, "credit", mr_wording_ects(p->arena, p->language, sums->ects));
    if (sums->minutes) mr_json_put_member(v, "hours", mr_wording_workload(p->arena, p->language, 0, sums->minutes));
    mr_json_end_object(v);
}

static int put_totals(mr_page *p, struct mr_err *err)
{
    struct mr_wallet_totals totals;
    MR_TRY(mr_wallet_totals(p->service, p->actor, &totals, err));
    mr_json_put_name(&p->view, "totals");
    mr_json_begin_object(&p->view);
    put_sum(p, "awarded", &totals.awarded);
    put_sum(p, "elsewhere", &totals.elsewhere);
    put_sum(p, "unverified", &totals.unverified);
    if (totals.withdrawn)
        mr_json_put_member(&p->view, "withdrawn", mr_office_count(p, "wallet.totals.withdrawn", totals.withdrawn));
    mr_json_end_object(&p->view);
    return MR_OK;
}

static int put_offers(mr_page *p, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_wallet_offered *list;
    size_t count;
    MR_TRY(mr_wallet_offers(p->service, p->actor, p->arena, p->language, &list, &count, err));
    if (!count) return MR_OK;
    mr_json_put_name(v, "offered");
    mr_json_begin_object(v);
    mr_json_put_member(v, "heading", mr_office_count(p, "wallet.offers", (int64_t)count));
    mr_json_put_name(v, "list");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", list[i].achievement_id);
        mr_json_put_member(v, "title", list[i].title);
        mr_json_put_member(v, "title_lang", list[i].title_language);
        mr_json_put_member(v, "provider", list[i].provider);
        mr_json_put_member(v, "email", list[i].email);
        mr_json_put_member(v, "awarded", say_date_text(p, list[i].awarded_on));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_end_object(v);
    return MR_OK;
}

static int put_wallet(mr_page *p, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_wallet_item_row *rows;
    size_t count, chosen = view_of(p);
    int64_t all;
    uint64_t page = 0;
    mr_str search = mr_str_trim(mr_http_query(p->request, "q"));
    if (!mr_str_to_u64(mr_http_query(p->request, "page"), &page) || page > MR_LIMIT_WALLET_ITEMS) page = 0;
    const struct mr_wallet_query query = {
        .search = search, .skip = (size_t)page * MR_LIMIT_WALLET_PAGE, .limit = MR_LIMIT_WALLET_PAGE};
    MR_TRY(mr_wallet_list(p->service, p->actor, p->arena, &query, &rows, &count, &all, err));
    put_views(p, chosen);
    mr_json_put_member(v, "q", search);
    mr_json_put_member(v, "heading", mr_office_count(p, search.len ? "wallet.found" : "wallet.heading", all));
    mr_json_put_flag(&p->view, "searched", search.len > 0);
    mr_json_put_flag(&p->view, "any", all > 0);
    mr_json_put_flag(&p->view, "has_list", all > 0 || search.len > 0);
    chosen == 1 ? put_years(p, rows, count) : put_items(p, rows, count);
    if (page) mr_json_put_member(v, "previous", mr_arena_format(p->arena, "%d", (int)page - 1));
    if ((int64_t)(query.skip + count) < all)
        mr_json_put_member(v, "next", mr_arena_format(p->arena, "%d", (int)page + 1));
    MR_TRY(put_totals(p, err));
    return put_offers(p, err);
}

void mr_web_put_wallet_tab(mr_page *p, const char *tab)
{
    mr_json_put_name(&p->view, "tab");
    mr_json_begin_object(&p->view);
    mr_json_put_flag(&p->view, tab, true);
    mr_json_end_object(&p->view);
}

void mr_web_wallet(mr_page *p)
{
    struct mr_err err = {0};
    if (!mr_web_has_wallet(p)) return;
    mr_page_begin(p, "wallet.title", "wallet");
    mr_web_put_wallet_tab(p, "all");
    if (put_wallet(p, &err) != MR_OK)
        mr_page_fail(p, &err);
    else {
        mr_json_put_flag(&p->view, "removed", mr_http_query(p->request, "removed").len > 0);
        mr_page_show_private(p, "wallet");
    }
}

void mr_web_wallet_offer(mr_page *p)
{
    struct mr_err err = {0};
    mr_str path;
    if (mr_wallet_offer_take(p->service, p->actor, p->arena, p->language, p->part[0], &path, &err) == MR_OK)
        mr_http_redirect(p->response, path);
    else
        mr_page_fail(p, &err);
}

/* ---- something from elsewhere ---- */

static void show_add(mr_page *p, const char *wrong, mr_str detail)
{
    if (!mr_web_has_wallet(p)) return;
    mr_page_begin(p, "wallet.add.title", "wallet");
    mr_web_put_wallet_tab(p, "add");
    if (wrong) {
        mr_http_set_status(p->response, 422);
        mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
        mr_json_put_member(&p->view, "detail", detail);
    }
    mr_page_show_private(p, "wallet_add");
}

void mr_web_wallet_add(mr_page *p)
{
    show_add(p, NULL, MR_STR_EMPTY);
}

void mr_web_wallet_import(mr_page *p)
{
    struct mr_err err = {0};
    const struct mr_http_part *file = mr_office_file(p, "file");
    mr_str id;
    if (!mr_web_has_wallet(p)) return;
    if (!file) {
        show_add(p, "wallet.add.none", MR_STR_EMPTY);
        return;
    }
    int code = mr_wallet_import(p->service, p->actor, p->arena, p->language, file->file_name, file->content, &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/wallet/items/%.*s?added=1", MR_STR_ARG(id)));
    else if (code == MR_E_FORMAT)
        show_add(p, "wallet.add.no_credential", mr_str_of(err.detail));
    else if (code == MR_E_LIMIT)
        show_add(p, "wallet.add.full", MR_STR_EMPTY);
    else
        mr_page_fail(p, &err);
}

/* ---- beginning by a mailed link ---- */

static void show_begin_over(mr_page *p)
{
    mr_page_begin(p, "sign_in.over.title", "");
    mr_http_set_status(p->response, 410);
    mr_page_show_private(p, "sign_in_over");
}

void mr_web_wallet_begin(mr_page *p)
{
    struct mr_err err = {0};
    mr_str email;
    if (mr_keep_link_check(p->service, p->arena, p->part[0], &email, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    if (!email.len) {
        show_begin_over(p);
        return;
    }
    mr_page_begin(p, "wallet.begin.title", "");
    mr_json_put_member(&p->view, "email", email);
    mr_page_show_private(p, "wallet_begin");
}

void mr_web_wallet_begin_use(mr_page *p)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    const struct mr_visitor v = mr_web_visitor(p);
    mr_str item;
    if (!mr_web_is_from_here(p)) return;
    if (mr_keep_link_use(p->service, p->arena, p->language, &v, p->part[0], &r, &item, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_str to = item.len ? mr_arena_format(p->arena, "/wallet/items/%.*s", MR_STR_ARG(item)) : MR_STR("/wallet");
    if (!mr_web_sign_in_go_on(p, &r, to)) show_begin_over(p);
}
