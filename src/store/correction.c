#include "store/correction.h"
#include "base/id.h"
#include "base/time.h"

#define SELECT                                                                                                         \
    "SELECT c.id, c.org_id, c.achievement_id, c.right_name, c.remark, c.language, c.state, c.answer, c.asked_at, "     \
    "c.answered_at, n.learner_name, n.specification_id, n.batch_id, n.learner_email FROM correction_request c JOIN "   \
    "achievement n ON n.id = c.achievement_id "

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_correction_row *ret)
{
    *ret = (struct mr_correction_row){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                      .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                      .achievement_id = mr_arena_dup(a, mr_db_text(c, 2)),
                                      .right_name = mr_arena_dup(a, mr_db_text(c, 3)),
                                      .remark = mr_arena_dup(a, mr_db_text(c, 4)),
                                      .language = mr_arena_dup(a, mr_db_text(c, 5)),
                                      .state = mr_arena_dup(a, mr_db_text(c, 6)),
                                      .answer = mr_arena_dup(a, mr_db_text(c, 7)),
                                      .asked_at = mr_db_int(c, 8),
                                      .answered_at = mr_db_is_null(c, 9) ? MR_TIME_NONE : mr_db_int(c, 9),
                                      .learner = mr_arena_dup(a, mr_db_text(c, 10)),
                                      .specification_id = mr_arena_dup(a, mr_db_text(c, 11)),
                                      .batch_id = mr_arena_dup(a, mr_db_text(c, 12)),
                                      .email = mr_arena_dup(a, mr_db_text(c, 13))};
}

int mr_store_correction_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_correction_row *r,
                            mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO correction_request (id, org_id, achievement_id, right_name, remark, language, state, "
                     "asked_at) VALUES ($id, $org, $achievement, $name, $remark, $language, 'open', $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", r->org_id),
                                MR_DB_T("achievement", r->achievement_id), MR_DB_T("name", r->right_name),
                                mr_db_text_or_null("remark", r->remark), MR_DB_T("language", r->language),
                                MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static int one(mr_db_tx *tx, mr_arena *a, const char *sql, mr_str id, struct mr_correction_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_correction_row){0};
    MR_TRY(mr_db_query(tx, sql, MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_correction_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_correction_row *ret, struct mr_err *err)
{
    return one(tx, a, SELECT "WHERE c.id = $id", id, ret, err);
}

int mr_store_correction_of(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_correction_row *ret,
                           struct mr_err *err)
{
    return one(tx, a, SELECT "WHERE c.achievement_id = $id ORDER BY c.asked_at DESC, c.id DESC LIMIT 1", achievement_id,
               ret, err);
}

int mr_store_correction_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str batch_id, size_t limit,
                             struct mr_correction_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_correction_row *list = mr_arena_alloc(a, limit * sizeof *list); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       SELECT "WHERE c.org_id = $org AND c.state = 'open' AND ($batch = '' OR n.batch_id = $batch) "
                              "ORDER BY c.asked_at, c.id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("batch", batch_id.len ? batch_id : MR_STR("")),
                                  MR_DB_I("limit", (int64_t)limit)),
                       &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &list[count++]);
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_store_correction_answer(mr_db_tx *tx, mr_str id, mr_str state, mr_str answer, mr_str by, int64_t now,
                               bool *ret_moved, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "UPDATE correction_request SET state = $state, answer = $answer, answered_by = $by, answered_at = "
                     "$now WHERE id = $id AND state = 'open'",
                     MR_DB_ARGS(MR_DB_T("state", state), mr_db_text_or_null("answer", answer),
                                mr_db_text_or_null("by", by), MR_DB_I("now", now), MR_DB_T("id", id)),
                     &changed, err));
    *ret_moved = changed == 1;
    return MR_OK;
}
