#include "store/share.h"
#include "base/id.h"
#include "base/time.h"

#define SHARE                                                                                                          \
    "SELECT s.id, s.person_id, s.label, s.until, s.created_at, s.stopped_at, s.opened, (SELECT MAX(o.at) FROM "        \
    "share_opening o WHERE o.share_id = s.id), p.name FROM share s JOIN person p ON p.id = s.person_id "
/* When it was over, or will be. */
#define OVER "CASE WHEN stopped_at IS NOT NULL AND stopped_at < until THEN stopped_at ELSE until END"

static int64_t time_of(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static mr_db_value time_or_null(const char *name, int64_t time)
{
    if (time == MR_TIME_NONE) return (mr_db_value)MR_DB_N(name);
    return (mr_db_value)MR_DB_I(name, time);
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_share_row *ret)
{
    *ret = (struct mr_share_row){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                 .person_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                 .label = mr_arena_dup(a, mr_db_text(c, 2)),
                                 .until = mr_db_int(c, 3),
                                 .created_at = mr_db_int(c, 4),
                                 .stopped_at = time_of(c, 5),
                                 .opened = mr_db_int(c, 6),
                                 .opened_at = time_of(c, 7),
                                 .person = mr_arena_dup(a, mr_db_text(c, 8))};
}

int mr_store_share_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_share_row *r,
                       const struct mr_share_item_row *items, size_t count, mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(
        mr_db_run(tx,
                  "INSERT INTO share (id, person_id, label, until, created_at) VALUES ($id, $person, $label, "
                  "$until, $now)",
                  MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("person", r->person_id), MR_DB_T("label", r->label),
                             MR_DB_I("until", r->until), MR_DB_I("now", mr_env_now(env))),
                  NULL, err));
    for (size_t i = 0; i < count; i++)
        MR_TRY(
            mr_db_run(tx,
                      "INSERT INTO share_item (share_id, position, item_id, pointers) VALUES ($id, $position, "
                      "$item, $pointers)",
                      MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_I("position", (int64_t)i + 1),
                                 MR_DB_T("item", items[i].item_id), mr_db_text_or_null("pointers", items[i].pointers)),
                      NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_share_find(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, struct mr_share_row *ret,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_share_row){0};
    MR_TRY(mr_db_query(tx, SHARE "WHERE s.id = $id AND ($person = '' OR s.person_id = $person)",
                       MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("person", person_id.len ? person_id : MR_STR(""))), &c,
                       err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

static int count_all(mr_db_tx *tx, mr_str person_id, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT COUNT(*) FROM share WHERE person_id = $person",
                       MR_DB_ARGS(MR_DB_T("person", person_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_share_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t skip, size_t limit,
                        struct mr_share_row **ret, size_t *ret_count, int64_t *ret_all, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_share_row *list = MR_NEW_ARRAY(a, struct mr_share_row, limit);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(count_all(tx, person_id, ret_all, err));
    MR_TRY(mr_db_query(
        tx, SHARE "WHERE s.person_id = $person ORDER BY s.id DESC LIMIT $limit OFFSET $skip",
        MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("limit", (int64_t)limit), MR_DB_I("skip", (int64_t)skip)), &c,
        err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &list[count++]);
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_store_share_items(mr_db_tx *tx, mr_arena *a, mr_str id, size_t limit, struct mr_share_item_row **ret,
                         size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_share_item_row *list = MR_NEW_ARRAY(a, struct mr_share_item_row, limit);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT i.item_id, i.pointers, w.title FROM share_item i JOIN wallet_item w ON w.id = i.item_id "
                       "WHERE i.share_id = $id ORDER BY i.position LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        list[count++] = (struct mr_share_item_row){.item_id = mr_arena_dup(a, mr_db_text(c, 0)),
                                                   .pointers = mr_arena_dup(a, mr_db_text(c, 1)),
                                                   .title = mr_arena_dup(a, mr_db_text(c, 2))};
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_store_share_end(mr_db_tx *tx, mr_str person_id, mr_str id, int64_t until, int64_t stopped_at, bool *ret_changed,
                       struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "UPDATE share SET until = $until, stopped_at = $stopped WHERE id = $id AND person_id = $person",
                     MR_DB_ARGS(MR_DB_I("until", until), time_or_null("stopped", stopped_at), MR_DB_T("id", id),
                                MR_DB_T("person", person_id)),
                     &changed, err));
    *ret_changed = changed == 1;
    return MR_OK;
}

/* ---- openings ---- */

int mr_store_share_opened(mr_db_tx *tx, mr_str id, int64_t now, size_t most, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO share_opening (share_id, at) VALUES ($id, $now) ON CONFLICT (share_id, at) DO "
                     "NOTHING",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("now", now)), NULL, err));
    MR_TRY(mr_db_run(tx,
                     "DELETE FROM share_opening WHERE share_id = $id AND at NOT IN (SELECT k.at FROM share_opening k "
                     "WHERE k.share_id = $id ORDER BY k.at DESC LIMIT $most)",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("most", (int64_t)most)), NULL, err));
    return mr_db_run(tx, "UPDATE share SET opened = opened + 1 WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), NULL,
                     err);
}

int mr_store_share_openings(mr_db_tx *tx, mr_arena *a, mr_str id, size_t limit, int64_t **ret, size_t *ret_count,
                            struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    int64_t *list = MR_NEW_ARRAY(a, int64_t, limit);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, "SELECT at FROM share_opening WHERE share_id = $id ORDER BY at DESC LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        list[count++] = mr_db_int(c, 0);
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* ---- what goes ---- */

int mr_store_share_remove_over(mr_db_tx *tx, mr_str person_id, int64_t now, bool *ret_removed, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "DELETE FROM share WHERE id IN (SELECT id FROM share WHERE person_id = $person AND " OVER
                     " <= $now ORDER BY " OVER ", id LIMIT 1)",
                     MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("now", now)), &changed, err));
    *ret_removed = changed > 0;
    return MR_OK;
}

int mr_store_share_forget(mr_db_tx *tx, int64_t before, int64_t *ret_removed, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DELETE FROM share_opening WHERE at < $before", MR_DB_ARGS(MR_DB_I("before", before)), NULL,
                     err));
    return mr_db_run(tx, "DELETE FROM share WHERE " OVER " < $before", MR_DB_ARGS(MR_DB_I("before", before)),
                     ret_removed, err);
}

int mr_store_share_remove_empty(mr_db_tx *tx, mr_str person_id, struct mr_err *err)
{
    return mr_db_run(tx,
                     "DELETE FROM share WHERE person_id = $person AND NOT EXISTS (SELECT 1 FROM share_item i WHERE "
                     "i.share_id = share.id)",
                     MR_DB_ARGS(MR_DB_T("person", person_id)), NULL, err);
}

int mr_store_share_move(mr_db_tx *tx, mr_str from_person, mr_str to_person, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx,
                     "UPDATE share_item SET item_id = k.id FROM wallet_item w, wallet_item k WHERE w.id = "
                     "share_item.item_id AND w.person_id = $from AND k.person_id = $to AND k.digest = w.digest",
                     MR_DB_ARGS(MR_DB_T("from", from_person), MR_DB_T("to", to_person)), NULL, err));
    return mr_db_run(tx, "UPDATE share SET person_id = $to WHERE person_id = $from",
                     MR_DB_ARGS(MR_DB_T("from", from_person), MR_DB_T("to", to_person)), NULL, err);
}
