/* Collections of the wallet: named sets in an order of their own. */
#include "base/limits.h"
#include "web/office.h"
#include "web/wallet.h"

static mr_str path_of(mr_page *p, mr_str id)
{
    return mr_arena_format(p->arena, "/wallet/collections/%.*s", MR_STR_ARG(id));
}

static void put_wrong(mr_page *p, const char *wrong)
{
    if (!wrong) return;
    mr_http_set_status(p->response, 422);
    mr_json_put_member(&p->view, "wrong", mr_message(p->language, wrong));
    mr_json_put_member(&p->view, "typed", mr_http_form(p->request, "name"));
}

static void show_all(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    mr_json_writer *v = &p->view;
    struct mr_collection_row *list;
    size_t count;
    if (!mr_web_has_wallet(p)) return;
    if (mr_collection_list(p->service, p->actor, p->arena, &list, &count, &err) != MR_OK) {
        mr_page_fail(p, &err);
        return;
    }
    mr_page_begin(p, "collection.title", "wallet");
    mr_web_put_wallet_tab(p, "collections");
    mr_json_put_flag(v, "any", count > 0);
    mr_json_put_name(v, "collections");
    mr_json_begin_array(v);
    for (size_t i = 0; i < count; i++) {
        mr_json_begin_object(v);
        mr_json_put_member(v, "path", path_of(p, list[i].id));
        mr_json_put_member(v, "name", list[i].name);
        mr_json_put_member(v, "count", mr_office_count(p, "collection.count", list[i].count));
        mr_json_end_object(v);
    }
    mr_json_end_array(v);
    put_wrong(p, wrong);
    mr_page_show_private(p, "collections");
}

void mr_web_collections(mr_page *p)
{
    show_all(p, NULL);
}

static const char *wrong_of(int code)
{
    return code == MR_E_FORMAT ? "collection.wrong.name" : "collection.wrong.many";
}

void mr_web_collection_add(mr_page *p)
{
    struct mr_err err = {0};
    mr_str id;
    int code = mr_collection_add(p->service, p->actor, p->arena, mr_http_form(p->request, "name"), &id, &err);
    if (code == MR_OK)
        mr_http_redirect(p->response, path_of(p, id));
    else if (code == MR_E_FORMAT || code == MR_E_LIMIT)
        show_all(p, wrong_of(code));
    else
        mr_page_fail(p, &err);
}

/* ---- one ---- */

static int put_one(mr_page *p, struct mr_err *err)
{
    mr_json_writer *v = &p->view;
    struct mr_collection_row row;
    struct mr_wallet_item_row *in, *all;
    size_t in_count, all_count;
    MR_TRY(mr_collection_get(p->service, p->actor, p->arena, p->part[0], &row, err));
    const struct mr_wallet_query inside = {.collection_id = row.id, .limit = MR_LIMIT_WALLET_ITEMS},
                                 every = {.limit = MR_LIMIT_WALLET_ITEMS};
    MR_TRY(mr_wallet_list(p->service, p->actor, p->arena, &inside, &in, &in_count, NULL, err));
    MR_TRY(mr_wallet_list(p->service, p->actor, p->arena, &every, &all, &all_count, NULL, err));
    mr_page_begin_titled(p, row.name, "wallet");
    mr_json_put_member(v, "address", path_of(p, row.id));
    mr_json_put_member(v, "collection_id", row.id);
    mr_json_put_member(v, "name", row.name);
    mr_json_put_flag(v, "any", in_count > 0);
    mr_json_put_name(v, "items");
    mr_json_begin_array(v);
    for (size_t i = 0; i < in_count; i++) mr_web_put_wallet_item(p, &in[i]);
    mr_json_end_array(v);
    bool more = false;
    mr_json_put_name(v, "others");
    mr_json_begin_array(v);
    for (size_t i = 0; i < all_count; i++) {
        bool is_in = false;
        for (size_t k = 0; k < in_count; k++) is_in |= mr_str_eq(in[k].id, all[i].id);
        if (!is_in) mr_web_put_wallet_item(p, &all[i]);
        more |= !is_in;
    }
    mr_json_end_array(v);
    mr_json_put_flag(v, "has_others", more);
    return MR_OK;
}

static void show_one(mr_page *p, const char *wrong)
{
    struct mr_err err = {0};
    if (!mr_web_has_wallet(p)) return;
    int code = put_one(p, &err);
    if (code == MR_OK) {
        put_wrong(p, wrong);
        mr_page_show_private(p, "collection");
    } else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, &err);
}

void mr_web_collection(mr_page *p)
{
    show_one(p, NULL);
}

static void back(mr_page *p, int code, mr_str path, const struct mr_err *err)
{
    if (code == MR_OK)
        mr_http_redirect(p->response, path);
    else if (code == MR_E_NOT_FOUND)
        mr_page_not_found(p);
    else
        mr_page_fail(p, err);
}

void mr_web_collection_rename(mr_page *p)
{
    struct mr_err err = {0};
    int code = mr_collection_rename(p->service, p->actor, p->part[0], mr_http_form(p->request, "name"), &err);
    if (code == MR_E_FORMAT)
        show_one(p, wrong_of(code));
    else
        back(p, code, path_of(p, p->part[0]), &err);
}

void mr_web_collection_remove(mr_page *p)
{
    struct mr_err err = {0};
    back(p, mr_collection_remove(p->service, p->actor, p->part[0], &err), MR_STR("/wallet/collections"), &err);
}

void mr_web_collection_change(mr_page *p)
{
    static const struct {
        const char *word;
        mr_collection_change change;
    } changes[] = {{"put", MR_COLLECTION_PUT},
                   {"take", MR_COLLECTION_TAKE},
                   {"up", MR_COLLECTION_UP},
                   {"down", MR_COLLECTION_DOWN}};
    struct mr_err err = {0};
    mr_str word = mr_http_form(p->request, "do");
    int code = MR_FAIL(&err, MR_E_FORMAT, "there is no such change", MR_NOWHERE);
    for (size_t i = 0; i < 4; i++)
        if (mr_str_is(word, changes[i].word))
            code = mr_collection_change_item(p->service, p->actor, p->part[0], mr_http_form(p->request, "item"),
                                             changes[i].change, &err);
    back(p, code, path_of(p, p->part[0]), &err);
}
