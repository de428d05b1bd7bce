#include "store/achievement.h"
#include "base/limits.h"
#include "base/time.h"
#include "store/body.h"
#include "store/count.h"

#define COLUMNS                                                                                                        \
    "id, org_id, specification_id, batch_id, learner_key, learner_name, learner_email, awarded_on, claim_state, "      \
    "claim_until, claimed_at, created_at, row_number, status, status_changed_at, person_key, search_name, source, "    \
    "replaces, renews, validation_id, expires_at, reminded, claim_turn"

/* The same for lists: what is restricted shows neither name nor address there. */
#define LISTED                                                                                                         \
    "id, org_id, specification_id, batch_id, learner_key, CASE WHEN restricted_at IS NULL THEN learner_name ELSE '' "  \
    "END, CASE WHEN restricted_at IS NULL THEN learner_email END, awarded_on, claim_state, claim_until, claimed_at, "  \
    "created_at, row_number, status, status_changed_at, person_key, search_name, source, replaces, renews, "           \
    "validation_id, expires_at, reminded, claim_turn"

static mr_db_value time_or_null(const char *name, int64_t time)
{
    if (time == MR_TIME_NONE || time == 0) return (mr_db_value)MR_DB_N(name);
    return (mr_db_value)MR_DB_I(name, time);
}

static mr_db_value bytes_or_null(const char *name, mr_str s)
{
    if (s.len == 0) return (mr_db_value)MR_DB_N(name);
    return (mr_db_value)MR_DB_B(name, s);
}

int mr_store_achievement_add(mr_db_tx *tx, const struct mr_achievement_row *r, struct mr_err *err)
{
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO achievement (id, org_id, specification_id, batch_id, row_number, learner_key, learner_name, "
        "learner_email, awarded_on, claim_state, claim_until, created_at, person_key, search_name, source, replaces, "
        "renews, validation_id, expires_at) VALUES ($id, $org, $specification, $batch, $row, $key, $name, $email, "
        "$awarded, 'open', $until, $now, $person, $search, $source, $replaces, $renews, $validation, $expires)",
        MR_DB_ARGS(MR_DB_T("id", r->id), MR_DB_T("org", r->org_id), MR_DB_T("specification", r->specification_id),
                   MR_DB_T("batch", r->batch_id), MR_DB_I("row", r->row_number), MR_DB_T("key", r->learner_key),
                   MR_DB_T("name", r->learner_name), MR_DB_T("email", r->learner_email),
                   MR_DB_T("awarded", r->awarded_on), MR_DB_I("until", r->claim_until), MR_DB_I("now", r->created_at),
                   MR_DB_T("person", r->person_key.len ? r->person_key : r->learner_key),
                   mr_db_text_or_null("search", r->search_name), bytes_or_null("source", r->source),
                   mr_db_text_or_null("replaces", r->replaces), mr_db_text_or_null("renews", r->renews),
                   mr_db_text_or_null("validation", r->validation_id), time_or_null("expires", r->expires_at)),
        NULL, err));
    return mr_count_achievement(tx, r->id, 1, err);
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_achievement_row *ret)
{
    *ret = (struct mr_achievement_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .specification_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .batch_id = mr_arena_dup(a, mr_db_text(c, 3)),
        .learner_key = mr_arena_dup(a, mr_db_text(c, 4)),
        .learner_name = mr_arena_dup(a, mr_db_text(c, 5)),
        .learner_email = mr_arena_dup(a, mr_db_text(c, 6)),
        .awarded_on = mr_arena_dup(a, mr_db_text(c, 7)),
        .claim_state = mr_arena_dup(a, mr_db_text(c, 8)),
        .claim_until = mr_db_int(c, 9),
        .claimed_at = mr_db_is_null(c, 10) ? MR_TIME_NONE : mr_db_int(c, 10),
        .created_at = mr_db_int(c, 11),
        .row_number = mr_db_int(c, 12),
        .status = mr_arena_dup(a, mr_db_text(c, 13)),
        .status_changed_at = mr_db_is_null(c, 14) ? MR_TIME_NONE : mr_db_int(c, 14),
        .person_key = mr_arena_dup(a, mr_db_text(c, 15)),
        .search_name = mr_arena_dup(a, mr_db_text(c, 16)),
        .source = mr_arena_dup(a, mr_db_text(c, 17)),
        .replaces = mr_arena_dup(a, mr_db_text(c, 18)),
        .renews = mr_arena_dup(a, mr_db_text(c, 19)),
        .validation_id = mr_arena_dup(a, mr_db_text(c, 20)),
        .expires_at = mr_db_is_null(c, 21) ? MR_TIME_NONE : mr_db_int(c, 21),
        .reminded = mr_db_is_null(c, 22) ? 0 : mr_db_int(c, 22),
        .claim_turn = mr_db_int(c, 23),
    };
}

int mr_store_achievement_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_achievement_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(
        mr_db_query(tx, "SELECT " COLUMNS " FROM achievement WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row)
        take(c, a, ret);
    else
        *ret = (struct mr_achievement_row){0};
    return MR_OK;
}

/* Pairs of Unicode that a case table of these scripts comes down to. */
static uint32_t small_letter(uint32_t c)
{
    if (c >= 'A' && c <= 'Z') return c + 32;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
    if (c >= 0x100 && c <= 0x137) return c | 1;
    if (c >= 0x139 && c <= 0x148) return c + (c & 1);
    if (c >= 0x14A && c <= 0x177) return c | 1;
    if (c >= 0x179 && c <= 0x17E) return c + (c & 1);
    if (c >= 0x391 && c <= 0x3A9) return c + 32;
    if (c >= 0x410 && c <= 0x42F) return c + 32;
    if (c >= 0x400 && c <= 0x40F) return c + 80;
    return c;
}

mr_str mr_store_achievement_fold(mr_arena *a, mr_str name)
{
    char *out = mr_arena_alloc(a, name.len * 2 + 4);
    size_t len = 0;
    if (!out) return MR_STR_EMPTY;
    for (size_t i = 0; i < name.len;) {
        unsigned char first = (unsigned char)name.ptr[i];
        size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (size > name.len - i) break;
        uint32_t c = size == 1 ? first : first & (0x3F >> (size - 1));
        for (size_t k = 1; k < size; k++) c = c << 6 | ((unsigned char)name.ptr[i + k] & 0x3F);
        len += mr_utf8_write(small_letter(c), out + len);
        i += size;
    }
    return mr_str_make(out, len);
}

static int find_held(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str person_key, int64_t now,
                     struct mr_holding *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(
        tx,
        "SELECT id, awarded_on, batch_id FROM achievement WHERE specification_id = $specification AND person_key = "
        "$person AND status <> 'revoked' AND (expires_at IS NULL OR expires_at > CAST($now AS BIGINT) + "
        "COALESCE((SELECT "
        "s.renew_days FROM award_setting s WHERE s.org_id = achievement.org_id), 90) * 86400000) ORDER BY id DESC "
        "LIMIT 1",
        MR_DB_ARGS(MR_DB_T("specification", specification_id), MR_DB_T("person", person_key), MR_DB_I("now", now)), &c,
        err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    ret->id = mr_arena_dup(a, mr_db_text(c, 0));
    ret->awarded_on = mr_arena_dup(a, mr_db_text(c, 1));
    ret->batch_id = mr_arena_dup(a, mr_db_text(c, 2));
    return MR_OK;
}

int mr_store_achievement_holding(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str person_key, int64_t now,
                                 struct mr_holding *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_holding){0};
    MR_TRY(mr_db_query(
        tx,
        "SELECT COUNT(*), MAX(CASE WHEN status <> 'revoked' THEN id END) FROM achievement WHERE specification_id = "
        "$specification AND person_key = $person",
        MR_DB_ARGS(MR_DB_T("specification", specification_id), MR_DB_T("person", person_key)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row || mr_db_int(c, 0) == 0) return MR_OK;
    ret->count = mr_db_int(c, 0);
    ret->renews = mr_arena_dup(a, mr_db_text(c, 1));
    return find_held(tx, a, specification_id, person_key, now, ret, err);
}

int mr_store_achievement_awarded_on(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str learner_key, mr_str *ret,
                                    mr_str *ret_batch_id, struct mr_err *err)
{
    struct mr_holding held = {0};
    MR_TRY(find_held(tx, a, specification_id, learner_key, 0, &held, err));
    *ret = held.awarded_on;
    if (ret_batch_id) *ret_batch_id = held.batch_id;
    return MR_OK;
}

/* Every row of a cursor, at most `limit`. */
static int take_all(mr_db_cursor *c, mr_arena *a, size_t limit, struct mr_achievement_row **ret, size_t *ret_count,
                    struct mr_err *err)
{
    struct mr_achievement_row *rows = mr_arena_alloc(a, limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_achievement_search(mr_db_tx *tx, mr_arena *a, const struct mr_achievement_query *q,
                                struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(
        tx,
        "SELECT " LISTED
        " FROM achievement WHERE batch_id = $batch AND (row_number > $row OR (row_number = $row AND id > "
        "$id)) AND ($name = '' OR (restricted_at IS NULL AND REPLACE(COALESCE(search_name, LOWER(learner_name)), "
        "$name, '') <> "
        "COALESCE(search_name, LOWER(learner_name)))) ORDER BY row_number, id LIMIT $limit",
        MR_DB_ARGS(MR_DB_T("batch", q->batch_id), MR_DB_I("row", q->after.row_number),
                   MR_DB_T("id", q->after.id.len ? q->after.id : MR_STR("")),
                   MR_DB_T("name", q->name.len ? q->name : MR_STR("")), MR_DB_I("limit", (int64_t)q->limit)),
        &c, err));
    return take_all(c, a, q->limit, ret, ret_count, err);
}

int mr_store_achievement_unmailed(mr_db_tx *tx, mr_arena *a, mr_str batch_id, mr_str template_name, mr_str after,
                                  size_t limit, struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(
        mr_db_query(tx,
                    "SELECT " LISTED " FROM achievement WHERE batch_id = $batch AND id > $after AND learner_email IS "
                    "NOT NULL AND learner_email <> '' AND restricted_at IS NULL AND status <> 'revoked' AND "
                    "claim_state = 'open' AND NOT EXISTS "
                    "(SELECT 1 FROM mail m WHERE m.object_id = achievement.id AND m.template = $template) ORDER BY id "
                    "LIMIT $limit",
                    MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_T("after", after.len ? after : MR_STR("")),
                               MR_DB_T("template", template_name), MR_DB_I("limit", (int64_t)limit)),
                    &c, err));
    return take_all(c, a, limit, ret, ret_count, err);
}

int mr_store_achievement_expiring(mr_db_tx *tx, mr_arena *a, const struct mr_expiry_query *q,
                                  struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(
        tx,
        "SELECT " LISTED
        " FROM achievement WHERE expires_at IS NOT NULL AND expires_at <= $until AND (expires_at > $from "
        "OR ($after <> '' AND expires_at = $from AND id > $after)) AND ($org = '' OR org_id = $org) AND status = "
        "'active' AND restricted_at IS NULL "
        "AND claim_state <> 'declined' AND NOT EXISTS (SELECT 1 FROM achievement n WHERE n.renews = achievement.id) "
        "ORDER "
        "BY expires_at, id LIMIT $limit",
        MR_DB_ARGS(MR_DB_I("until", q->until), MR_DB_I("from", q->from),
                   MR_DB_T("after", q->after_id.len ? q->after_id : MR_STR("")),
                   MR_DB_T("org", q->org_id.len ? q->org_id : MR_STR("")), MR_DB_I("limit", (int64_t)q->limit)),
        &c, err));
    return take_all(c, a, q->limit, ret, ret_count, err);
}

int mr_store_achievement_set_reminded(mr_db_tx *tx, mr_str id, int64_t days, bool *ret_changed, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(
        tx, "UPDATE achievement SET reminded = $days WHERE id = $id AND (reminded IS NULL OR reminded > $days)",
        MR_DB_ARGS(MR_DB_I("days", days), MR_DB_T("id", id)), &changed, err));
    *ret_changed = changed == 1;
    return MR_OK;
}

int mr_store_achievement_list(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t after_row, size_t limit,
                              struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_achievement_row *rows = mr_arena_alloc(a, limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT " LISTED
        " FROM achievement WHERE batch_id = $batch AND row_number > $after ORDER BY row_number LIMIT $limit",
        MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("after", after_row), MR_DB_I("limit", (int64_t)limit)), &c,
        err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_achievement_count(mr_db_tx *tx, mr_str batch_id, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT COUNT(*) FROM achievement WHERE batch_id = $batch",
                       MR_DB_ARGS(MR_DB_T("batch", batch_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_achievement_claim(mr_db_tx *tx, mr_str id, mr_str to, int64_t now, bool *ret_moved, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_count_achievement(tx, id, -1, err));
    MR_TRY(mr_db_run(
        tx, "UPDATE achievement SET claim_state = $to, claimed_at = $now WHERE id = $id AND claim_state = 'open'",
        MR_DB_ARGS(MR_DB_T("to", to), MR_DB_I("now", now), MR_DB_T("id", id)), &changed, err));
    MR_TRY(mr_count_achievement(tx, id, 1, err));
    *ret_moved = changed == 1;
    return MR_OK;
}

int mr_store_credential_add_packed(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str packed,
                                   int64_t now, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO credential (achievement_id, org_id, format, content, created_at) VALUES "
                     "($achievement, $org, $format, $content, $now)",
                     MR_DB_ARGS(MR_DB_T("achievement", achievement_id), MR_DB_T("org", org_id),
                                MR_DB_T("format", format), MR_DB_B("content", packed), MR_DB_I("now", now)),
                     NULL, err);
}

int mr_store_achievement_end_turn(mr_db_tx *tx, mr_str id, int64_t turn, bool *ret_ours, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx, "UPDATE achievement SET claim_turn = claim_turn + 1 WHERE id = $id AND claim_turn = $turn",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("turn", turn)), &changed, err));
    *ret_ours = changed == 1;
    return MR_OK;
}

int mr_store_credential_add(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str content,
                            int64_t now, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf packed;
    mr_buf_init(&packed, 2 * MR_LIMIT_DOCUMENT);
    MR_TRY(mr_body_pack(format, content, &packed, err));
    return mr_store_credential_add_packed(tx, achievement_id, org_id, format, mr_buf_str(&packed), now, err);
}

int mr_store_credential_find(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, mr_str format, mr_str *ret,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT content FROM credential WHERE achievement_id = $achievement AND format = $format",
                       MR_DB_ARGS(MR_DB_T("achievement", achievement_id), MR_DB_T("format", format)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = MR_STR_EMPTY;
    if (!row) return MR_OK;
    return mr_body_unpack(a, mr_db_text(c, 0), ret, err);
}

int mr_store_credential_remove(mr_db_tx *tx, mr_str achievement_id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM credential WHERE achievement_id = $achievement",
                     MR_DB_ARGS(MR_DB_T("achievement", achievement_id)), NULL, err);
}

int mr_store_credential_remove_unclaimed(mr_db_tx *tx, int64_t until, int64_t *ret_removed, struct mr_err *err)
{
    return mr_db_run(tx,
                     "DELETE FROM credential WHERE achievement_id IN (SELECT id FROM achievement WHERE claim_state = "
                     "'open' AND claim_until < $until)",
                     MR_DB_ARGS(MR_DB_I("until", until)), ret_removed, err);
}
