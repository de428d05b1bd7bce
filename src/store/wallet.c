#include "store/wallet.h"
#include "base/id.h"
#include "base/time.h"
#include "store/body.h"
#include "store/share.h"

#define COLUMNS                                                                                                        \
    "w.id, w.person_id, w.achievement_id, w.format, w.digest, w.verdict, w.title, w.issuer, w.learner, w.awarded_on, " \
    "w.ends_at, w.ects, w.minutes, CASE WHEN w.counts THEN 1 ELSE 0 END, w.search, w.checked_at, w.added_at, "         \
    "n.status, n.specification_id, n.org_id, n.status_changed_at, "                                                    \
    "CASE WHEN EXISTS (SELECT 1 FROM achievement r WHERE r.renews = n.id) THEN 1 ELSE 0 END, CASE WHEN EXISTS "        \
    "(SELECT 1 "                                                                                                       \
    "FROM person_email e WHERE e.person_id = w.person_id AND e.email = LOWER(n.learner_email)) THEN '' ELSE "          \
    "n.learner_email END"
#define FROM " FROM wallet_item w LEFT JOIN achievement n ON n.id = w.achievement_id "

static mr_db_value time_or_null(const char *name, int64_t time)
{
    if (time == MR_TIME_NONE) return (mr_db_value)MR_DB_N(name);
    return (mr_db_value)MR_DB_I(name, time);
}

static mr_db_value bytes_or_null(const char *name, mr_str s)
{
    if (s.len == 0) return (mr_db_value)MR_DB_N(name);
    return (mr_db_value)MR_DB_B(name, s);
}

static int64_t time_of(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_wallet_item_row *ret)
{
    *ret = (struct mr_wallet_item_row){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                       .person_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                       .achievement_id = mr_arena_dup(a, mr_db_text(c, 2)),
                                       .format = mr_arena_dup(a, mr_db_text(c, 3)),
                                       .digest = mr_arena_dup(a, mr_db_text(c, 4)),
                                       .verdict = mr_arena_dup(a, mr_db_text(c, 5)),
                                       .title = mr_arena_dup(a, mr_db_text(c, 6)),
                                       .issuer = mr_arena_dup(a, mr_db_text(c, 7)),
                                       .learner = mr_arena_dup(a, mr_db_text(c, 8)),
                                       .awarded_on = mr_arena_dup(a, mr_db_text(c, 9)),
                                       .ends_at = time_of(c, 10),
                                       .ects = mr_db_int(c, 11),
                                       .minutes = mr_db_int(c, 12),
                                       .counts = mr_db_int(c, 13) != 0,
                                       .search = mr_arena_dup(a, mr_db_text(c, 14)),
                                       .checked_at = mr_db_int(c, 15),
                                       .added_at = mr_db_int(c, 16),
                                       .status = mr_arena_dup(a, mr_db_text(c, 17)),
                                       .specification_id = mr_arena_dup(a, mr_db_text(c, 18)),
                                       .org_id = mr_arena_dup(a, mr_db_text(c, 19)),
                                       .status_changed_at = time_of(c, 20),
                                       .renewed = mr_db_int(c, 21) != 0,
                                       .other_email = mr_arena_dup(a, mr_db_text(c, 22))};
}

static int one(mr_db_tx *tx, mr_arena *a, const char *sql, const mr_db_value *args, size_t count,
               struct mr_wallet_item_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_wallet_item_row){0};
    MR_TRY(mr_db_query(tx, sql, args, count, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_wallet_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_wallet_item_row *r,
                        mr_str content, mr_str report, mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO wallet_item (id, person_id, achievement_id, format, content, digest, report, verdict, checked_at, "
        "title, issuer, learner, awarded_on, ends_at, ects, minutes, counts, search, added_at) VALUES ($id, $person, "
        "$achievement, $format, $content, $digest, $report, $verdict, $checked, $title, $issuer, $learner, $awarded, "
        "$ends, $ects, $minutes, $counts, $search, $now)",
        MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("person", r->person_id),
                   mr_db_text_or_null("achievement", r->achievement_id), MR_DB_T("format", r->format),
                   bytes_or_null("content", content), mr_db_text_or_null("digest", r->digest),
                   bytes_or_null("report", report), MR_DB_T("verdict", r->verdict), MR_DB_I("checked", r->checked_at),
                   MR_DB_T("title", r->title), MR_DB_T("issuer", r->issuer), MR_DB_T("learner", r->learner),
                   mr_db_text_or_null("awarded", r->awarded_on), time_or_null("ends", r->ends_at),
                   MR_DB_I("ects", r->ects), MR_DB_I("minutes", r->minutes), MR_DB_IS("counts", r->counts),
                   MR_DB_T("search", r->search), MR_DB_I("now", mr_env_now(env))),
        NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_wallet_find(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, struct mr_wallet_item_row *ret,
                         struct mr_err *err)
{
    return one(tx, a, "SELECT " COLUMNS FROM "WHERE w.id = $id AND w.person_id = $person",
               MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("person", person_id)), ret, err);
}

int mr_store_wallet_find_achievement(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_wallet_item_row *ret,
                                     struct mr_err *err)
{
    return one(tx, a, "SELECT " COLUMNS FROM "WHERE w.achievement_id = $achievement",
               MR_DB_ARGS(MR_DB_T("achievement", achievement_id)), ret, err);
}

int mr_store_wallet_find_digest(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str digest,
                                struct mr_wallet_item_row *ret, struct mr_err *err)
{
    return one(tx, a, "SELECT " COLUMNS FROM "WHERE w.person_id = $person AND w.digest = $digest",
               MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("digest", digest)), ret, err);
}

int mr_store_wallet_content(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, mr_str *ret_content,
                            mr_str *ret_report, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_content = *ret_report = MR_STR_EMPTY;
    MR_TRY(mr_db_query(tx, "SELECT content, report FROM wallet_item WHERE id = $id AND person_id = $person",
                       MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("person", person_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row || mr_db_is_null(c, 0)) return MR_OK;
    *ret_report = mr_arena_dup(a, mr_db_text(c, 1));
    return mr_body_unpack(a, mr_db_text(c, 0), ret_content, err);
}

/* ---- lists ---- */

/* "%words%" for LIKE, whose own signs stand for themselves; empty for all. */
static mr_str pattern(mr_arena *a, mr_str search)
{
    if (!search.len) return MR_STR("%");
    char *out = mr_arena_alloc(a, search.len * 2 + 2);
    size_t len = 0;
    if (!out) return MR_STR_EMPTY;
    out[len++] = '%';
    for (size_t i = 0; i < search.len; i++) {
        if (strchr("%_\\", search.ptr[i]) && search.ptr[i]) out[len++] = '\\';
        out[len++] = search.ptr[i];
    }
    out[len++] = '%';
    return mr_str_make(out, len);
}

static mr_str text_or_empty(mr_str s)
{
    return s.len ? s : MR_STR("");
}

int mr_store_wallet_list(mr_db_tx *tx, mr_arena *a, const struct mr_wallet_query *q, struct mr_wallet_item_row **ret,
                         size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_wallet_item_row *rows = MR_NEW_ARRAY(a, struct mr_wallet_item_row, q->limit);
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT " COLUMNS FROM "LEFT JOIN collection_item i ON i.item_id = w.id AND i.collection_id = $collection "
        "WHERE w.person_id = $person AND ($collection = '' OR i.item_id IS NOT NULL) AND w.search LIKE $search ESCAPE "
        "'\\' ORDER BY i.position NULLS LAST, w.awarded_on DESC NULLS LAST, w.id DESC LIMIT $limit OFFSET $skip",
        MR_DB_ARGS(MR_DB_T("collection", text_or_empty(q->collection_id)), MR_DB_T("person", q->person_id),
                   MR_DB_T("search", pattern(a, q->search)), MR_DB_I("limit", (int64_t)q->limit),
                   MR_DB_I("skip", (int64_t)q->skip)),
        &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == q->limit) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_wallet_count(mr_db_tx *tx, const struct mr_wallet_query *q, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    mr_arena_init(&a, 64 * 1024);
    MR_TRY(mr_db_query(
        tx,
        "SELECT COUNT(*) FROM wallet_item w WHERE w.person_id = $person AND ($collection = '' OR EXISTS (SELECT 1 FROM "
        "collection_item i WHERE i.item_id = w.id AND i.collection_id = $collection)) AND w.search LIKE $search ESCAPE "
        "'\\'",
        MR_DB_ARGS(MR_DB_T("collection", text_or_empty(q->collection_id)), MR_DB_T("person", q->person_id),
                   MR_DB_T("search", pattern(&a, q->search))),
        &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_wallet_totals(mr_db_tx *tx, mr_str person_id, struct mr_wallet_totals *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_wallet_totals){0};
    MR_TRY(mr_db_query(
        tx,
        "SELECT CASE WHEN w.achievement_id IS NOT NULL AND n.status <> 'active' THEN 3 WHEN w.achievement_id IS NOT "
        "NULL AND w.counts THEN 0 WHEN w.counts AND w.verdict IN ('valid', 'caution') THEN 1 ELSE 2 END AS part, "
        "COUNT(*), SUM(w.ects), SUM(w.minutes)" FROM "WHERE w.person_id = $person GROUP BY part",
        MR_DB_ARGS(MR_DB_T("person", person_id)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) return MR_OK;
        const struct mr_wallet_sums sums = {mr_db_int(c, 1), mr_db_int(c, 2), mr_db_int(c, 3)};
        switch (mr_db_int(c, 0)) {
        case 0: ret->awarded = sums; break;
        case 1: ret->elsewhere = sums; break;
        case 2: ret->unverified = sums; break;
        default: ret->withdrawn = sums.count;
        }
    }
}

int mr_store_wallet_remove(mr_db_tx *tx, mr_str person_id, mr_str id, bool *ret_removed, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx, "DELETE FROM wallet_item WHERE id = $id AND person_id = $person",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("person", person_id)), &changed, err));
    *ret_removed = changed == 1;
    return mr_store_share_remove_empty(tx, person_id, err);
}

int mr_store_wallet_move(mr_db_tx *tx, mr_str from_person, mr_str to_person, struct mr_err *err)
{
    MR_TRY(mr_store_share_move(tx, from_person, to_person, err));
    MR_TRY(
        mr_db_run(tx,
                  "DELETE FROM wallet_item WHERE person_id = $from AND digest IN (SELECT k.digest FROM wallet_item k "
                  "WHERE k.person_id = $to AND k.digest IS NOT NULL)",
                  MR_DB_ARGS(MR_DB_T("from", from_person), MR_DB_T("to", to_person)), NULL, err));
    MR_TRY(mr_db_run(tx, "UPDATE wallet_item SET person_id = $to WHERE person_id = $from",
                     MR_DB_ARGS(MR_DB_T("from", from_person), MR_DB_T("to", to_person)), NULL, err));
    return mr_db_run(tx, "UPDATE collection SET person_id = $to WHERE person_id = $from",
                     MR_DB_ARGS(MR_DB_T("from", from_person), MR_DB_T("to", to_person)), NULL, err);
}

int mr_store_wallet_offers(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t now, size_t limit,
                           struct mr_wallet_offer **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_wallet_offer *list = MR_NEW_ARRAY(a, struct mr_wallet_offer, limit);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT n.id, n.specification_id, n.learner_name, n.learner_email, n.awarded_on FROM person_email e JOIN "
        "achievement n ON LOWER(n.learner_email) = e.email WHERE e.person_id = $person AND n.status <> 'revoked' AND "
        "(n.claim_state = 'accepted' OR (n.claim_state = 'open' AND n.claim_until >= $now)) AND NOT EXISTS (SELECT 1 "
        "FROM wallet_item w WHERE w.achievement_id = n.id) AND EXISTS (SELECT 1 FROM credential k WHERE "
        "k.achievement_id = n.id) ORDER BY n.awarded_on DESC, n.id LIMIT $limit",
        MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("now", now), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        list[count++] = (struct mr_wallet_offer){.achievement_id = mr_arena_dup(a, mr_db_text(c, 0)),
                                                 .specification_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                                 .learner = mr_arena_dup(a, mr_db_text(c, 2)),
                                                 .email = mr_arena_dup(a, mr_db_text(c, 3)),
                                                 .awarded_on = mr_arena_dup(a, mr_db_text(c, 4))};
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* ---- collections ---- */

#define COLLECTION                                                                                                     \
    "SELECT c.id, c.name, (SELECT COUNT(*) FROM collection_item i WHERE i.collection_id = c.id) FROM collection c "

static void take_collection(const mr_db_cursor *c, mr_arena *a, struct mr_collection_row *ret)
{
    *ret = (struct mr_collection_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)), .name = mr_arena_dup(a, mr_db_text(c, 1)), .count = mr_db_int(c, 2)};
}

int mr_store_collection_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str person_id, mr_str name, mr_str *ret_id,
                            struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx, "INSERT INTO collection (id, person_id, name, created_at) VALUES ($id, $person, $name, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("person", person_id), MR_DB_T("name", name),
                                MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_collection_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t limit, struct mr_collection_row **ret,
                             size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_collection_row *list = MR_NEW_ARRAY(a, struct mr_collection_row, limit);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, COLLECTION "WHERE c.person_id = $person ORDER BY c.name, c.id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take_collection(c, a, &list[count++]);
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_store_collection_find(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, struct mr_collection_row *ret,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_collection_row){0};
    MR_TRY(mr_db_query(tx, COLLECTION "WHERE c.id = $id AND c.person_id = $person",
                       MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("person", person_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take_collection(c, a, ret);
    return MR_OK;
}

int mr_store_collection_rename(mr_db_tx *tx, mr_str person_id, mr_str id, mr_str name, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE collection SET name = $name WHERE id = $id AND person_id = $person",
                     MR_DB_ARGS(MR_DB_T("name", name), MR_DB_T("id", id), MR_DB_T("person", person_id)), NULL, err);
}

int mr_store_collection_remove(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM collection WHERE id = $id AND person_id = $person",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("person", person_id)), NULL, err);
}

int mr_store_collection_put(mr_db_tx *tx, mr_str id, mr_str item_id, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO collection_item (collection_id, item_id, position) SELECT $id, $item, "
                     "COALESCE(MAX(i.position), 0) + 1 FROM collection_item i WHERE i.collection_id = $id "
                     "ON CONFLICT (collection_id, item_id) DO NOTHING",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("item", item_id)), NULL, err);
}

int mr_store_collection_take(mr_db_tx *tx, mr_str id, mr_str item_id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM collection_item WHERE collection_id = $id AND item_id = $item",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("item", item_id)), NULL, err);
}

int mr_store_collection_order(mr_db_tx *tx, mr_str id, const mr_str *item_ids, size_t count, struct mr_err *err)
{
    for (size_t i = 0; i < count; i++)
        MR_TRY(mr_db_run(
            tx, "UPDATE collection_item SET position = $position WHERE collection_id = $id AND item_id = $item",
            MR_DB_ARGS(MR_DB_I("position", (int64_t)i + 1), MR_DB_T("id", id), MR_DB_T("item", item_ids[i])), NULL,
            err));
    return MR_OK;
}
