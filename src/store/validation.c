#include "store/validation.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/time.h"
#include "json/json.h"

#define COLUMNS                                                                                                        \
    "id, org_id, specification_id, learner_name, source, claim, state, reasons, assessor, decided_by, decided_at, "    \
    "achievement_id, created_at, learner_email, COALESCE(restricted_at, (SELECT n.restricted_at FROM achievement n "   \
    "WHERE n.id = validation.achievement_id))"

int mr_store_validation_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_validation_row *r,
                            mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(
        mr_db_run(tx,
                  "INSERT INTO validation (id, org_id, specification_id, learner_name, learner_email, source, claim, "
                  "state, created_at) VALUES ($id, $org, $specification, $name, $email, $source, $claim, 'open', $now)",
                  MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", r->org_id),
                             MR_DB_T("specification", r->specification_id), MR_DB_T("name", r->learner_name),
                             MR_DB_T("email", r->learner_email.len ? r->learner_email : MR_STR("")),
                             MR_DB_B("source", r->source), MR_DB_T("claim", r->claim), MR_DB_I("now", mr_env_now(env))),
                  NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_validation_row *ret)
{
    *ret = (struct mr_validation_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .specification_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .learner_name = mr_arena_dup(a, mr_db_text(c, 3)),
        .source = mr_arena_dup(a, mr_db_text(c, 4)),
        .claim = mr_arena_dup(a, mr_db_text(c, 5)),
        .state = mr_arena_dup(a, mr_db_text(c, 6)),
        .reasons = mr_arena_dup(a, mr_db_text(c, 7)),
        .assessor = mr_arena_dup(a, mr_db_text(c, 8)),
        .decided_by = mr_arena_dup(a, mr_db_text(c, 9)),
        .decided_at = mr_db_is_null(c, 10) ? MR_TIME_NONE : mr_db_int(c, 10),
        .achievement_id = mr_arena_dup(a, mr_db_text(c, 11)),
        .created_at = mr_db_int(c, 12),
        .learner_email = mr_arena_dup(a, mr_db_text(c, 13)),
        .restricted_at = mr_db_is_null(c, 14) ? MR_TIME_NONE : mr_db_int(c, 14),
    };
}

int mr_store_validation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_validation_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(
        mr_db_query(tx, "SELECT " COLUMNS " FROM validation WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_validation_row){0};
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_validation_list(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str before, size_t limit,
                             struct mr_validation_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_validation_row *rows = MR_NEW_ARRAY(a, struct mr_validation_row, limit);
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " COLUMNS
                       " FROM validation WHERE specification_id IN (SELECT s.id FROM specification s WHERE "
                       "s.slug = $slug) AND ($before = '' OR id < $before) ORDER BY id DESC LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_T("before", before.len ? before : MR_STR("")),
                                  MR_DB_I("limit", (int64_t)limit)),
                       &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_validation_decide(mr_db_tx *tx, const struct mr_validation_row *r, bool *ret_done, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(
        tx,
        "UPDATE validation SET state = $state, reasons = $reasons, assessor = $assessor, decided_by = $by, "
        "decided_at = $at, achievement_id = $achievement WHERE id = $id AND state = 'open'",
        MR_DB_ARGS(MR_DB_T("state", r->state), MR_DB_T("reasons", r->reasons), MR_DB_T("assessor", r->assessor),
                   mr_db_text_or_null("by", r->decided_by), MR_DB_I("at", r->decided_at),
                   mr_db_text_or_null("achievement", r->achievement_id), MR_DB_T("id", r->id)),
        &changed, err));
    *ret_done = changed == 1;
    return MR_OK;
}

int mr_store_validation_set_achievement(mr_db_tx *tx, mr_str id, mr_str achievement_id, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE validation SET achievement_id = $achievement WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("achievement", achievement_id), MR_DB_T("id", id)), NULL, err);
}

/* As many of them at a time as are kept in memory. */
enum { FILLED_AT_ONCE = 100 };

static int fill_some(mr_db_tx *tx, mr_arena *a, size_t *ret_count, struct mr_err *err)
{
    struct {
        mr_str id, source;
    } found[FILLED_AT_ONCE];
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_count = 0;
    MR_TRY(mr_db_query(tx, "SELECT id, source FROM validation WHERE learner_email IS NULL ORDER BY id LIMIT $most",
                       MR_DB_ARGS(MR_DB_I("most", FILLED_AT_ONCE)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == FILLED_AT_ONCE) break;
        found[*ret_count].id = mr_arena_dup(a, mr_db_text(c, 0));
        found[(*ret_count)++].source = mr_arena_dup(a, mr_db_text(c, 1));
    }
    mr_db_cursor_closep(&c);
    c = NULL;
    for (size_t i = 0; i < *ret_count; i++) {
        const mr_json *source;
        mr_str email = MR_STR("");
        if (mr_json_parse(a, found[i].source, NULL, &source, NULL) == MR_OK) email = mr_json_get_str(source, "email");
        MR_TRY(mr_db_run(tx, "UPDATE validation SET learner_email = $email WHERE id = $id",
                         MR_DB_ARGS(MR_DB_T("email", email.len ? email : MR_STR("")), MR_DB_T("id", found[i].id)), NULL,
                         err));
    }
    return MR_OK;
}

int mr_store_validation_fill_addresses(mr_db_tx *tx, struct mr_err *err)
{
    size_t count = FILLED_AT_ONCE;
    while (count == FILLED_AT_ONCE) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_arena_init(&a, 64 * MR_MIB);
        MR_TRY(fill_some(tx, &a, &count, err));
    }
    return MR_OK;
}
