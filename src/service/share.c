/* Shares.
 *
 * A share names items of the wallet; their bytes stay where they are, and what is shown in part is made anew from the sealed document each time. So nothing of a credential is kept twice,
 * and removing an item or an account ends its links by itself. */
#include "service/share.h"

#include "base/id.h"
#include "base/limits.h"
#include "json/json.h"
#include "json/write.h"
#include "service/audit.h"

#define PURPOSE "share"

static int64_t now_of(mr_service *s)
{
    return mr_env_now(mr_service_env(s));
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

static int begin(mr_service *s, const struct mr_actor *actor, bool writes, mr_db_tx **ret, struct mr_err *err)
{
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people share", MR_NOWHERE);
    return mr_db_begin(mr_service_db(s), writes, ret, err);
}

static int find(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_str id, struct mr_share_row *ret,
                struct mr_err *err)
{
    *ret = (struct mr_share_row){0};
    if (mr_id_is_uuid(id)) MR_TRY(mr_store_share_find(tx, a, actor->id, id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such share", MR_NOWHERE);
}

static int note(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_str id, const char *what,
                struct mr_err *err)
{
    return mr_audit(s, tx, actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, id, mr_str_of(what), err);
}

/* ---- what is shown ---- */

/* The form of an item that may be shown in part: the one for wallets, or a file from elsewhere as it is. */
static mr_str divisible(const struct mr_wallet_item *item)
{
    if (!item->row.achievement_id.len) return item->file_count ? item->files[0].content : MR_STR_EMPTY;
    for (size_t i = 0; i < item->file_count; i++)
        if (item->files[i].format == MR_FORMAT_DC_SD_JWT) return item->files[i].content;
    return MR_STR_EMPTY;
}

int mr_share_choices(mr_arena *a, const mr_language *l, const struct mr_wallet_item *item, struct mr_disclosable **ret,
                     size_t *ret_count, struct mr_err *err)
{
    struct mr_err why = {0};
    mr_str content = divisible(item);
    *ret = NULL, *ret_count = 0;
    if (!content.len) return MR_OK;
    int code = mr_disclose_list(a, content, l, ret, ret_count, &why);
    if (code != MR_OK) *ret_count = 0;
    return code == MR_E_NOMEM ? MR_FAIL(err, code, "no memory for what can be shown", MR_NOWHERE) : MR_OK;
}

static int show_part(mr_service *s, mr_arena *a, const struct mr_share_part *part, struct mr_share_shown *ret,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const struct mr_disclosing d = {.show = part->pointers, .show_count = part->pointer_count, .now = now_of(s)};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    ret->content = divisible(&ret->item);
    if (!ret->content.len) return MR_OK;
    int code = mr_disclose(a, ret->content, &d, &out, err);
    if (code == MR_E_NOMEM) return code;
    if (code != MR_OK) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "it cannot be shown in these parts", "parts");
    ret->content = mr_arena_dup(a, mr_buf_str(&out));
    return ret->content.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to show it", MR_NOWHERE);
}

int mr_share_show(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_part *part,
                  struct mr_share_shown *ret, struct mr_err *err)
{
    *ret = (struct mr_share_shown){.in_part = part->in_part};
    MR_TRY(mr_wallet_get(s, actor, a, part->item_id, &ret->item, err));
    if (part->in_part) return show_part(s, a, part, ret, err);
    if (ret->item.file_count) ret->content = ret->item.files[0].content;
    return MR_OK;
}

/* ---- hers ---- */

static int check_label(mr_str *label, struct mr_err *err)
{
    *label = mr_str_trim(*label);
    if (label->len && mr_utf8_length(*label) <= MR_LIMIT_SHARE_LABEL && mr_utf8_is_plain(*label, true)) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "it has no name, or one that is too long", "label");
}

/* The end of that day, unless it is over or too far away. */
static int check_day(mr_service *s, mr_date day, int64_t *ret, struct mr_err *err)
{
    int64_t now = now_of(s);
    *ret = mr_date_is_set(day) ? mr_date_to_time(day) + MR_DAY_MS - 1 : now;
    if (*ret > now && *ret <= now + (MR_LIMIT_SHARE_DAYS + 1) * MR_DAY_MS) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "this is no day that it can last until", "until");
}

static int check_parts(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_order *order,
                       struct mr_err *err)
{
    struct mr_share_shown shown;
    if (!order->count) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "nothing is chosen", "items");
    if (order->count > MR_LIMIT_SHARE_ITEMS) return MR_FAIL_DETAIL(err, MR_E_LIMIT, "it is too many", "items");
    for (size_t i = 0; i < order->count; i++) {
        if (order->parts[i].pointer_count > MR_LIMIT_SHARE_POINTERS)
            return MR_FAIL_DETAIL(err, MR_E_LIMIT, "it is too many parts", "parts");
        MR_TRY(mr_share_show(s, actor, a, &order->parts[i], &shown, err));
        if (!shown.content.len) return MR_FAIL_DETAIL(err, MR_E_FORMAT, "it has no such parts", "parts");
    }
    return MR_OK;
}

static int check(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_order *order,
                 struct mr_share_row *ret, struct mr_err *err)
{
    if (actor->kind != MR_ACTOR_PERSON) return MR_FAIL(err, MR_E_FORBIDDEN, "only people share", MR_NOWHERE);
    *ret = (struct mr_share_row){.person_id = actor->id, .label = order->label};
    MR_TRY(check_label(&ret->label, err));
    MR_TRY(check_day(s, order->last_day, &ret->until, err));
    return check_parts(s, actor, a, order, err);
}

int mr_share_check(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_order *order,
                   struct mr_err *err)
{
    struct mr_share_row row;
    return check(s, actor, a, order, &row, err);
}

static int write_pointers(mr_arena *a, const struct mr_share_part *part, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, MR_MIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_array(&w);
    for (size_t i = 0; i < part->pointer_count; i++) mr_json_put_str(&w, part->pointers[i]);
    mr_json_end_array(&w);
    if (mr_buf_failed(&text)) return MR_FAIL_DETAIL(err, MR_E_LIMIT, "it is too many parts", "parts");
    *ret = mr_arena_dup(a, mr_buf_str(&text));
    return ret->ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to share", MR_NOWHERE);
}

/* One more takes the place of one that is over. */
static int make_room(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, struct mr_err *err)
{
    struct mr_share_row *rows;
    size_t count;
    int64_t all;
    bool removed = true;
    MR_TRY(mr_store_share_list(tx, a, person_id, 0, 1, &rows, &count, &all, err));
    if (all >= MR_LIMIT_SHARES) MR_TRY(mr_store_share_remove_over(tx, person_id, now_of(s), &removed, err));
    return removed ? MR_OK : MR_FAIL_DETAIL(err, MR_E_LIMIT, "there are too many links", "shares");
}

int mr_share_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_share_order *order,
                 mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_share_row row;
    struct mr_share_item_row items[MR_LIMIT_SHARE_ITEMS] = {0};
    MR_TRY(check(s, actor, a, order, &row, err));
    for (size_t i = 0; i < order->count; i++) {
        items[i].item_id = order->parts[i].item_id;
        if (order->parts[i].in_part) MR_TRY(write_pointers(a, &order->parts[i], &items[i].pointers, err));
    }
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(make_room(s, tx, a, actor->id, err));
    MR_TRY(mr_store_share_add(tx, a, mr_service_env(s), &row, items, order->count, ret_id, err));
    MR_TRY(note(s, tx, actor, *ret_id, "share.made", err));
    return commit(&tx, err);
}

static mr_share_state state_of(mr_service *s, const struct mr_share_row *row)
{
    if (row->stopped_at != MR_TIME_NONE) return MR_SHARE_STOPPED;
    return row->until < now_of(s) ? MR_SHARE_EXPIRED : MR_SHARE_OPEN;
}

static int fill(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_share_row *row, struct mr_share *ret,
                struct mr_err *err)
{
    *ret = (struct mr_share){.row = *row, .state = state_of(s, row)};
    return mr_store_share_items(tx, a, row->id, MR_LIMIT_SHARE_ITEMS, &ret->items, &ret->item_count, err);
}

int mr_share_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, size_t skip, size_t limit,
                  struct mr_share **ret, size_t *ret_count, int64_t *ret_all, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_share_row *rows;
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(mr_store_share_list(tx, a, actor->id, skip, limit, &rows, ret_count, ret_all, err));
    *ret = MR_NEW_ARRAY(a, struct mr_share, *ret_count + 1);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < *ret_count; i++) MR_TRY(fill(s, tx, a, &rows[i], &(*ret)[i], err));
    return MR_OK;
}

int mr_share_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_share *ret,
                 struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_share_row row;
    MR_TRY(begin(s, actor, false, &tx, err));
    MR_TRY(find(tx, a, actor, id, &row, err));
    MR_TRY(fill(s, tx, a, &row, ret, err));
    return mr_store_share_openings(tx, a, id, MR_LIMIT_SHARE_OPENINGS, &ret->openings, &ret->opening_count, err);
}

static int end(mr_service *s, const struct mr_actor *actor, mr_str id, int64_t until, bool stop, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_share_row row;
    bool changed;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(begin(s, actor, true, &tx, err));
    MR_TRY(find(tx, &a, actor, id, &row, err));
    if (stop && state_of(s, &row) != MR_SHARE_OPEN) return MR_OK;
    MR_TRY(mr_store_share_end(tx, actor->id, id, stop ? row.until : until, stop ? now_of(s) : MR_TIME_NONE, &changed,
                              err));
    MR_TRY(note(s, tx, actor, id, stop ? "share.stopped" : "share.extended", err));
    return commit(&tx, err);
}

int mr_share_extend(mr_service *s, const struct mr_actor *actor, mr_str id, mr_date last_day, struct mr_err *err)
{
    int64_t until;
    MR_TRY(check_day(s, last_day, &until, err));
    return end(s, actor, id, until, false, err);
}

int mr_share_stop(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    return end(s, actor, id, 0, true, err);
}

mr_str mr_share_path(const mr_service *s, mr_arena *a, mr_str id)
{
    char mac[33];
    mr_service_mac(s, PURPOSE, id, mac);
    return mr_arena_format(a, "/shared/%.*s/%s", MR_STR_ARG(id), mac);
}

/* ---- the recipient's ---- */

static int read_pointers(mr_arena *a, mr_str text, struct mr_share_part *ret, struct mr_err *err)
{
    const mr_json *list;
    mr_str *pointers = MR_NEW_ARRAY(a, mr_str, MR_LIMIT_SHARE_POINTERS);
    if (!pointers) return MR_FAIL(err, MR_E_NOMEM, "no memory to show it", MR_NOWHERE);
    MR_TRY(mr_json_parse(a, text, NULL, &list, err));
    MR_JSON_EACH (one, list)
        if (ret->pointer_count < MR_LIMIT_SHARE_POINTERS) pointers[ret->pointer_count++] = mr_json_text(one);
    ret->pointers = pointers, ret->in_part = true;
    return MR_OK;
}

static int find_open(mr_service *s, mr_arena *a, mr_str id, struct mr_share_row *ret, struct mr_share_item_row **items,
                     size_t *count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_share_find(tx, a, MR_STR_EMPTY, id, ret, err));
    if (!ret->id.len || state_of(s, ret) != MR_SHARE_OPEN) return MR_FAIL(err, MR_E_STATE, "it is over", MR_NOWHERE);
    return mr_store_share_items(tx, a, id, MR_LIMIT_SHARE_ITEMS, items, count, err);
}

static bool is_new(mr_service *s, const struct mr_share_row *row)
{
    return row->opened_at == MR_TIME_NONE || now_of(s) - row->opened_at >= MR_LIMIT_SHARE_OPENING_MS;
}

/* Asked again within the transaction: two pages may have been loaded at the same moment. */
static int note_opening(mr_service *s, mr_arena *a, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_share_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_share_find(tx, a, MR_STR_EMPTY, id, &row, err));
    if (!row.id.len || state_of(s, &row) != MR_SHARE_OPEN) return MR_FAIL(err, MR_E_STATE, "it is over", MR_NOWHERE);
    if (!is_new(s, &row)) return MR_OK;
    MR_TRY(mr_store_share_opened(tx, id, now_of(s), MR_LIMIT_SHARE_OPENINGS, err));
    return commit(&tx, err);
}

static int show_all(mr_service *s, mr_arena *a, const struct mr_share_row *row, const struct mr_share_item_row *items,
                    size_t count, struct mr_share_opened *ret, struct mr_err *err)
{
    const struct mr_actor she = {.kind = MR_ACTOR_PERSON, .id = row->person_id};
    ret->shown = MR_NEW_ARRAY(a, struct mr_share_shown, count + 1);
    if (!ret->shown) return MR_FAIL(err, MR_E_NOMEM, "no memory to show it", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        struct mr_share_part part = {.item_id = items[i].item_id};
        if (items[i].pointers.len) MR_TRY(read_pointers(a, items[i].pointers, &part, err));
        int code = mr_share_show(s, &she, a, &part, &ret->shown[ret->count], err);
        if (code == MR_E_NOT_FOUND) continue; /* removed at this moment */
        if (code != MR_OK) return code;
        if (ret->shown[ret->count].content.len) ret->count++;
    }
    return ret->count ? MR_OK : MR_FAIL(err, MR_E_STATE, "there is nothing left of it", MR_NOWHERE);
}

int mr_share_open(mr_service *s, const struct mr_actor *reader, mr_arena *a, mr_str id, mr_str mac, bool notes,
                  struct mr_share_opened *ret, struct mr_err *err)
{
    struct mr_share_row row;
    struct mr_share_item_row *items;
    size_t count;
    if (!mr_id_is_uuid(id) || !mr_service_mac_fits(s, PURPOSE, id, mac))
        return MR_FAIL(err, MR_E_NOT_FOUND, "no such share", MR_NOWHERE);
    MR_TRY(find_open(s, a, id, &row, &items, &count, err));
    *ret = (struct mr_share_opened){.id = row.id,
                                    .person = row.person,
                                    .label = row.label,
                                    .until = row.until,
                                    .own = reader->kind == MR_ACTOR_PERSON && mr_str_eq(reader->id, row.person_id)};
    MR_TRY(show_all(s, a, &row, items, count, ret, err));
    return notes && !ret->own && is_new(s, &row) ? note_opening(s, a, id, err) : MR_OK;
}

int mr_share_forget(mr_service *s, int64_t *ret_removed, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_share_forget(tx, now_of(s) - MR_LIMIT_SHARE_KEPT_MS, ret_removed, err));
    return commit(&tx, err);
}
