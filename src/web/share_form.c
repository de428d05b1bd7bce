/* Making a link: what, for whom, until when, how much of it; then what they will see; then it is made. Nothing is stored before, the form carries what was said along.
 *
 *   GET  /wallet/share                choose from the wallet (?q= searches)
 *   GET  /wallet/share?item=ID        the form for one credential
 *   GET  /wallet/share?collection=ID  the form for all of a collection, in its order
 *   POST /wallet/share                `item` several times, and what was pressed: `do` "choose" (search), `go` (another page of the choice, from that row), `do` "form" (from the choice, or back
 *                                     from the preview), `open` (the parts of the n-th), "preview", `only` (the n-th of the preview), "make"
 *
 * What is chosen goes along through searches and pages. Of several credentials the parts of one at a time are shown, so that no page grows without bounds; what is ticked of the others goes along in
 * one field each ("ticked.0").
 *
 * What may be left out of a credential is ticked at first. The form says how many choices it showed ("of.0": of the first credential) and which are ticked ("part.0.3"), by their place
 * in mr_share_choices; without such a word everything is. So nothing that she unticked is shown, whatever else she pressed. */
#include "web/share.h"

#include "base/limits.h"
#include "web/sealing.h"
#include "web/wallet.h"

#define DAYS 30        /* when nothing is said */
#define CHOICE_MOST 90 /* octets of a value beside its box */

/* One credential of the form. */
struct wanted {
    struct mr_wallet_item item;
    struct mr_disclosable *choices;
    size_t choice_count;
    bool *ticked;
    struct mr_share_part part;
};
struct form {
    mr_str ids[MR_LIMIT_SHARE_ITEMS + MR_LIMIT_WALLET_PAGE]; /* chosen before, and on a page of the choice */
    size_t count;                                            /* also when it is more than fit */
    struct wanted *wanted;
};

/* ---- days ---- */

static const int day_choices[] = {7, 30, 90, 365};

static int days_of(mr_page *p)
{
    uint64_t days = 0;
    if (!mr_str_to_u64(mr_http_form(p->request, "days"), &days) || days > MR_LIMIT_SHARE_DAYS) return DAYS;
    return days ? (int)days : DAYS;
}

mr_date mr_web_share_day(mr_page *p)
{
    mr_date day;
    mr_str typed = mr_str_trim(mr_http_form(p->request, "until"));
    if (typed.len) return mr_date_parse(typed, &day, NULL) == MR_OK ? day : (mr_date){0};
    return mr_date_of_time(mr_env_now(mr_service_env(p->service)) + days_of(p) * MR_DAY_MS);
}

void mr_web_put_share_days(mr_page *p)
{
    mr_json_writer *v = &p->view;
    int chosen = days_of(p);
    mr_json_put_name(v, "days");
    mr_json_begin_array(v);
    for (size_t i = 0; i < sizeof day_choices / sizeof *day_choices; i++) {
        mr_json_begin_object(v);
        mr_page_put_count(p, "value", day_choices[i]);
        mr_json_put_member(v, "choice",
                           mr_message_str(p->language, mr_arena_format(p->arena, "share.days.%d", day_choices[i])));
        mr_json_put_flag(&p->view, "chosen", day_choices[i] == chosen);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_page_put_count(p, "chosen_days", chosen);
    mr_json_put_member(v, "typed_until", mr_str_trim(mr_http_form(p->request, "until")));
}

mr_str mr_web_share_wrong(mr_page *p, const struct mr_err *err)
{
    const struct {
        mr_code code;
        const char *detail, *message;
        int64_t most;
    } all[] = {{MR_E_FORMAT, "label", "share.wrong.label", MR_LIMIT_SHARE_LABEL},
               {MR_E_FORMAT, "until", "share.wrong.until", MR_LIMIT_SHARE_DAYS / 365},
               {MR_E_FORMAT, "items", "share.wrong.none", 0},
               {MR_E_LIMIT, "items", "share.wrong.many", MR_LIMIT_SHARE_ITEMS},
               {MR_E_FORMAT, "parts", "share.wrong.parts", 0},
               {MR_E_LIMIT, "parts", "share.wrong.parts", 0},
               {MR_E_LIMIT, "shares", "share.wrong.shares", MR_LIMIT_SHARES}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (err->code == all[i].code && strcmp(err->detail, all[i].detail) == 0)
            return MR_SAY(p->arena, p->language, all[i].message,
                          {"most", mr_say_count(p->arena, p->language, all[i].most)});
    return MR_STR_EMPTY;
}

static void put_wrong(mr_page *p, const struct mr_err *err)
{
    if (err) mr_http_set_status(p->response, 422);
    mr_json_put_member(&p->view, "wrong", err ? mr_web_share_wrong(p, err) : MR_STR_EMPTY);
    mr_json_put_flag(&p->view, "wrong_label", err && strcmp(err->detail, "label") == 0);
    mr_json_put_flag(&p->view, "wrong_until", err && strcmp(err->detail, "until") == 0);
}

/* ---- choosing ---- */

static size_t listed(const struct form *f)
{
    size_t room = sizeof f->ids / sizeof *f->ids;
    return f->count < room ? f->count : room;
}

static bool is_among(const struct form *f, size_t end, mr_str id)
{
    for (size_t i = 0; i < end; i++)
        if (mr_str_eq(f->ids[i], id)) return true;
    return false;
}

static void put_item(mr_page *p, const struct mr_wallet_item_row *row, bool chosen)
{
    mr_json_begin_object(&p->view);
    mr_json_put_flag(&p->view, "chosen", chosen);
    mr_json_put_name(&p->view, "item");
    mr_web_put_wallet_item(p, row);
    mr_json_end_object(&p->view);
}

/* What was chosen and stands on another page. */
static int put_chosen(mr_page *p, const struct form *f, const struct mr_wallet_item_row *rows, size_t count,
                      struct mr_err *err)
{
    bool any = false;
    mr_json_put_name(&p->view, "chosen_before");
    mr_json_begin_array(&p->view);
    for (size_t i = 0; i < listed(f); i++) {
        struct mr_wallet_item item;
        bool here = is_among(f, i, f->ids[i]);
        for (size_t k = 0; k < count && !here; k++) here = mr_str_eq(rows[k].id, f->ids[i]);
        if (here) continue;
        int code = mr_wallet_get(p->service, p->actor, p->arena, f->ids[i], &item, err);
        if (code == MR_E_NOT_FOUND) continue;
        MR_TRY(code);
        any = true;
        put_item(p, &item.row, true);
    }
    mr_json_end_array(&p->view);
    mr_json_put_flag(&p->view, "any_before", any);
    return MR_OK;
}

static int put_sets(mr_page *p, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_collection_row *sets;
    size_t set_count, full = 0;
    MR_TRY(mr_collection_list(p->service, p->actor, p->arena, &sets, &set_count, err));
    mr_json_put_name(v, "collections");
    mr_json_begin_array(v);
    for (size_t i = 0; i < set_count; i++) {
        if (!sets[i].count) continue;
        full++;
        mr_json_begin_object(v);
        mr_json_put_member(v, "id", sets[i].id);
        mr_json_put_member(v, "name", sets[i].name);
        mr_json_put_member(v, "count", mr_office_count(p, "collection.count", sets[i].count));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    mr_json_put_flag(&p->view, "has_collections", full > 0);
    return MR_OK;
}

static int put_choice(mr_page *p, const struct form *f, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_wallet_item_row *rows;
    size_t count;
    int64_t all;
    uint64_t from = 0;
    bool posted = p->request->method == MR_POST;
    mr_str search = mr_str_trim(posted ? mr_http_form(p->request, "q") : mr_http_query(p->request, "q"));
    if (!mr_str_to_u64(mr_http_form(p->request, "go"), &from) || from > MR_LIMIT_WALLET_ITEMS) from = 0;
    const struct mr_wallet_query query = {.search = search, .skip = (size_t)from, .limit = MR_LIMIT_WALLET_PAGE};
    MR_TRY(mr_wallet_list(p->service, p->actor, p->arena, &query, &rows, &count, &all, err));
    int64_t end = (int64_t)(from + count), before = (int64_t)from - MR_LIMIT_WALLET_PAGE;
    mr_json_put_member(v, "q", search);
    mr_json_put_flag(&p->view, "any", count > 0);
    mr_json_put_flag(&p->view, "searched", search.len > 0);
    mr_json_put_flag(&p->view, "may_search", search.len > 0 || all > (int64_t)count);
    mr_json_put_number(&p->view, "most_items", MR_LIMIT_SHARE_ITEMS);
    mr_json_put_flag(&p->view, "has_newer", from > 0);
    mr_json_put_number(&p->view, "newer", before > 0 ? before : 0);
    mr_json_put_flag(&p->view, "has_older", end < all);
    mr_json_put_number(&p->view, "older", end);
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) put_item(p, &rows[i], is_among(f, listed(f), rows[i].id));
    mr_json_end_array(v);
    MR_TRY(put_chosen(p, f, rows, count, err));
    return put_sets(p, err);
}

static void show_choice(mr_page *p, const struct form *f, const struct mr_err *wrong)
{
    struct mr_err err = {0};
    mr_page_begin(p, "share.choose.heading", "wallet");
    if (put_choice(p, f, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    put_wrong(p, wrong);
    mr_page_show_private(p, "share_choose");
}

/* ---- reading the form ---- */

/* By its box, or in the field that goes along for those whose boxes are not shown. */
static bool is_ticked(mr_page *p, size_t n, size_t k)
{
    mr_str list = mr_http_form(p->request, mr_arena_cstr(p->arena, mr_arena_format(p->arena, "ticked.%zu", n))), one;
    uint64_t number;
    while (mr_str_split(&list, ' ', &one))
        if (mr_str_to_u64(one, &number) && number == k) return true;
    return mr_http_form(p->request, mr_arena_cstr(p->arena, mr_arena_format(p->arena, "part.%zu.%zu", n, k))).len > 0;
}

static int read_wanted(mr_page *p, size_t n, mr_str id, struct wanted *ret, struct mr_err *err)
{
    MR_TRY(mr_wallet_get(p->service, p->actor, p->arena, id, &ret->item, err));
    MR_TRY(mr_share_choices(p->arena, p->language, &ret->item, &ret->choices, &ret->choice_count, err));
    if (ret->choice_count > MR_LIMIT_SHARE_POINTERS) ret->choice_count = 0;
    mr_str *pointers = MR_NEW_ARRAY(p->arena, mr_str, ret->choice_count + 1);
    ret->ticked = MR_NEW_ARRAY(p->arena, bool, ret->choice_count + 1);
    if (!pointers || !ret->ticked) return MR_FAIL(err, MR_E_NOMEM, "no memory to share", MR_NOWHERE);
    ret->part = (struct mr_share_part){.item_id = ret->item.row.id, .pointers = pointers};
    bool said = mr_http_form(p->request, mr_arena_cstr(p->arena, mr_arena_format(p->arena, "of.%zu", n))).len > 0;
    for (size_t k = 0; k < ret->choice_count; k++) {
        if (ret->choices[k].always) continue;
        ret->ticked[k] = !said || is_ticked(p, n, k);
        if (ret->ticked[k])
            pointers[ret->part.pointer_count++] = ret->choices[k].pointer;
        else
            ret->part.in_part = true;
    }
    return MR_OK;
}

static int read_all(mr_page *p, struct form *f, struct mr_err *err)
{
    if (!f->count) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "nothing is chosen", "items");
    if (f->count > MR_LIMIT_SHARE_ITEMS) return MR_FAIL_DETAIL(err, MR_E_LIMIT, "it is too many", "items");
    f->wanted = MR_NEW_ARRAY(p->arena, struct wanted, f->count);
    if (!f->wanted) return MR_FAIL(err, MR_E_NOMEM, "no memory to share", MR_NOWHERE);
    for (size_t i = 0; i < f->count; i++) MR_TRY(read_wanted(p, i, f->ids[i], &f->wanted[i], err));
    return MR_OK;
}

static int find_collection(mr_page *p, mr_str id, struct form *ret, struct mr_err *err)
{
    struct mr_collection_row row;
    struct mr_wallet_item_row *rows;
    const struct mr_wallet_query query = {.collection_id = id, .limit = MR_LIMIT_SHARE_ITEMS + 1};
    MR_TRY(mr_collection_get(p->service, p->actor, p->arena, id, &row, err));
    MR_TRY(mr_wallet_list(p->service, p->actor, p->arena, &query, &rows, &ret->count, NULL, err));
    for (size_t i = 0; i < ret->count && i < MR_LIMIT_SHARE_ITEMS; i++) ret->ids[i] = rows[i].id;
    return MR_OK;
}

static struct mr_share_order order_of(mr_page *p, const struct form *f, struct mr_share_part *parts)
{
    for (size_t i = 0; i < f->count; i++) parts[i] = f->wanted[i].part;
    return (struct mr_share_order){
        .label = mr_http_form(p->request, "label"), .last_day = mr_web_share_day(p), .parts = parts, .count = f->count};
}

/* ---- showing it ---- */

static mr_str shortened(mr_page *p, mr_str value)
{
    size_t take = CHOICE_MOST;
    if (value.len <= take) return value;
    while (take > 0 && ((unsigned char)value.ptr[take] & 0xC0) == 0x80) take--;
    return mr_arena_format(p->arena, "%.*s…", (int)take, value.ptr);
}

/* Members that programs read, and say nothing in words; they are shown always. */
static bool is_for_programs(const struct mr_disclosable *d)
{
    static const char *const pointers[] = {"/vct", "/iat", "/nbf", "/exp", "/jti"};
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
        if (d->always && mr_str_is(d->pointer, pointers[i])) return true;
    return false;
}

static void put_boxes(mr_page *p, const struct wanted *w, bool always)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, always ? "always" : "boxes");
    mr_json_begin_array(v);
    for (size_t k = 0; k < w->choice_count; k++) {
        if (w->choices[k].always != always || is_for_programs(&w->choices[k])) continue;
        mr_json_begin_object(v);
        mr_page_put_count(p, "k", (int64_t)k);
        mr_json_put_member(v, "part", w->choices[k].name);
        mr_json_put_member(v, "value", shortened(p, w->choices[k].value));
        mr_json_put_flag(&p->view, "ticked", w->ticked[k]);
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static mr_str ticked_list(mr_page *p, const struct wanted *w)
{
    MR_CLEANUP(mr_buf_done) mr_buf list;
    mr_buf_init(&list, 16 * MR_KIB);
    for (size_t k = 0; k < w->choice_count; k++)
        if (w->ticked[k]) mr_buf_format(&list, "%s%zu", list.len ? " " : "", k);
    return mr_arena_dup(p->arena, mr_buf_str(&list));
}

/* open: the one whose parts are shown; -1: none. */
static void put_wanted(mr_page *p, const struct form *f, int64_t open)
{
    mr_json_writer *v = &p->view;
    mr_json_put_name(v, "wanted");
    mr_json_begin_array(v);
    for (size_t i = 0; i < f->count; i++) {
        const struct wanted *w = &f->wanted[i];
        mr_json_begin_object(v);
        mr_page_put_count(p, "n", (int64_t)i);
        mr_json_put_member(v, "id", w->item.row.id);
        mr_json_put_member(v, "of", w->item.row.title);
        mr_json_put_member(v, "issuer", w->item.row.issuer);
        mr_json_put_flag(&p->view, "divisible", w->choice_count > 0);
        mr_json_put_flag(&p->view, "in_part", w->part.in_part);
        mr_json_put_flag(&p->view, "unfolded", w->part.in_part || f->count > 1);
        mr_json_put_flag(&p->view, "opened", (int64_t)i == open);
        mr_json_put_member(v, "ticked_list", w->part.in_part ? ticked_list(p, w) : MR_STR_EMPTY);
        if ((int64_t)i == open) {
            put_boxes(p, w, false);
            put_boxes(p, w, true);
        }
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
}

static void put_typed(mr_page *p)
{
    mr_json_put_member(&p->view, "label", mr_str_trim(mr_http_form(p->request, "label")));
    mr_web_put_share_days(p);
}

static void show_form(mr_page *p, const struct form *f, const struct mr_err *wrong)
{
    uint64_t open;
    if (!mr_str_to_u64(mr_http_form(p->request, "open"), &open) || open >= f->count) open = UINT64_MAX;
    mr_page_begin(p, "share.form.heading", "wallet");
    put_typed(p);
    put_wanted(p, f, f->count == 1 ? 0 : (int64_t)open);
    put_wrong(p, wrong);
    mr_page_show_private(p, "share_form");
}

static int put_preview(mr_page *p, const struct form *f, struct mr_err *err)
{
    const struct mr_actor *she = p->actor;
    struct mr_share_shown *shown = MR_NEW_ARRAY(p->arena, struct mr_share_shown, f->count);
    uint64_t only = 0;
    if (!mr_str_to_u64(mr_http_form(p->request, "only"), &only) || only > f->count) only = 0;
    if (!shown) return MR_FAIL(err, MR_E_NOMEM, "no memory to show it", MR_NOWHERE);
    for (size_t i = 0; i < f->count; i++)
        MR_TRY(mr_share_show(p->service, she, p->arena, &f->wanted[i].part, &shown[i], err));
    const struct mr_web_shared shared = {.title = "share.preview.heading",
                                         .section = "wallet",
                                         .person = she->name,
                                         .shown = shown,
                                         .count = f->count,
                                         .only = (size_t)only};
    MR_TRY(mr_web_put_shared(p, &shared, err));
    put_typed(p);
    put_wanted(p, f, -1);
    mr_json_put_flag(&p->view, "one_of_several", only && f->count > 1);
    mr_json_put_member(&p->view, "date", mr_say_date(p->arena, p->language, mr_web_share_day(p)));
    return MR_OK;
}

static void show_preview(mr_page *p, const struct form *f)
{
    struct mr_err err = {0};
    if (put_preview(p, f, &err) == MR_OK)
        mr_page_show_private(p, "share_preview");
    else
        mr_page_fail(p, &err);
}

/* What is wrong with the choice is told where one chooses, everything else in the form. */
static void refuse(mr_page *p, const struct form *f, const struct mr_err *err)
{
    if (err->code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else if (!mr_web_share_wrong(p, err).len)
        mr_page_fail(p, err);
    else if (strcmp(err->detail, "items") == 0)
        show_choice(p, f, err);
    else
        show_form(p, f, err);
}

/* ---- the pages ---- */

void mr_web_share_form(mr_page *p)
{
    struct mr_err err = {0};
    struct form f = {0};
    mr_str item = mr_http_query(p->request, "item"), collection = mr_http_query(p->request, "collection");
    if (!mr_web_has_wallet(p)) return;
    if (!item.len && !collection.len) {
        show_choice(p, &f, NULL);
        return;
    }
    if (item.len) f.ids[f.count++] = item;
    int code = item.len ? MR_OK : find_collection(p, collection, &f, &err);
    if (code == MR_OK) code = read_all(p, &f, &err);
    if (code == MR_OK)
        show_form(p, &f, NULL);
    else
        refuse(p, &f, &err);
}

void mr_web_share_send(mr_page *p)
{
    struct mr_err err = {0};
    struct form f = {0};
    struct mr_share_part parts[MR_LIMIT_SHARE_ITEMS] = {0};
    mr_str id, what = mr_http_form(p->request, "do");
    if (!mr_web_has_wallet(p)) return;
    f.count = mr_office_ids(p, "item", f.ids, sizeof f.ids / sizeof *f.ids);
    if (mr_str_is(what, "choose") || mr_http_form(p->request, "go").len) {
        show_choice(p, &f, NULL);
        return;
    }
    int code = read_all(p, &f, &err);
    if (code != MR_OK || mr_str_is(what, "form") || mr_http_form(p->request, "open").len) {
        code == MR_OK ? show_form(p, &f, NULL) : refuse(p, &f, &err);
        return;
    }
    const struct mr_share_order order = order_of(p, &f, parts);
    bool make = mr_str_is(what, "make");
    code = make ? mr_share_add(p->service, p->actor, p->arena, &order, &id, &err)
                : mr_share_check(p->service, p->actor, p->arena, &order, &err);
    if (code != MR_OK)
        refuse(p, &f, &err);
    else if (make)
        mr_http_redirect(p->response, mr_arena_format(p->arena, "/wallet/shares/%.*s?made=1", MR_STR_ARG(id)));
    else
        show_preview(p, &f);
}
