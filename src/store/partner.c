#include "store/partner.h"
#include "base/id.h"
#include "base/time.h"

#define MOST 200
#define COLUMNS                                                                                                        \
    "p.id, p.org_id, p.partner_id, p.specification_slug, p.name, p.profile, p.email, p.token, p.state, p.asked_at, "   \
    "p.expires_at, p.answered_at, p.answered_by, p.answer_name, p.answer_function, p.withdrawn_at"

int mr_store_partner_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_partner_row *row, mr_str *ret_id,
                         struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(
        mr_db_run(tx,
                  "INSERT INTO partner (id, org_id, partner_id, specification_slug, name, profile, email, token, "
                  "state, asked_at, expires_at) VALUES ($id, $org, $partner, $slug, $name, $profile, $email, $token, "
                  "'asked', $asked, $expires)",
                  MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id),
                             mr_db_text_or_null("partner", row->partner_id), MR_DB_T("slug", row->slug),
                             MR_DB_T("name", row->name), MR_DB_B("profile", row->profile),
                             mr_db_text_or_null("email", row->email), mr_db_text_or_null("token", row->token),
                             MR_DB_I("asked", row->asked_at), MR_DB_I("expires", row->expires_at)),
                  NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_partner_row *ret)
{
    *ret = (struct mr_partner_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .partner_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .slug = mr_arena_dup(a, mr_db_text(c, 3)),
        .name = mr_arena_dup(a, mr_db_text(c, 4)),
        .profile = mr_arena_dup(a, mr_db_text(c, 5)),
        .email = mr_arena_dup(a, mr_db_text(c, 6)),
        .token = mr_arena_dup(a, mr_db_text(c, 7)),
        .state = mr_arena_dup(a, mr_db_text(c, 8)),
        .asked_at = mr_db_int(c, 9),
        .expires_at = mr_db_int(c, 10),
        .answered_at = mr_db_is_null(c, 11) ? MR_TIME_NONE : mr_db_int(c, 11),
        .answered_by = mr_arena_dup(a, mr_db_text(c, 12)),
        .answer_name = mr_arena_dup(a, mr_db_text(c, 13)),
        .answer_function = mr_arena_dup(a, mr_db_text(c, 14)),
        .withdrawn_at = mr_db_is_null(c, 15) ? MR_TIME_NONE : mr_db_int(c, 15),
    };
}

int mr_store_partner_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_partner_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_partner_row){0};
    MR_TRY(
        mr_db_query(tx, "SELECT " COLUMNS " FROM partner p WHERE p.id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

static int not_any_more(int64_t changed, struct mr_err *err)
{
    return changed ? MR_OK : MR_FAIL(err, MR_E_STATE, "it was answered or withdrawn already", MR_NOWHERE);
}

int mr_store_partner_answer(mr_db_tx *tx, const struct mr_partner_row *row, struct mr_err *err)
{
    int64_t changed;
    MR_TRY(
        mr_db_run(tx,
                  "UPDATE partner SET state = $state, answered_at = $at, answered_by = $by, answer_name = $name, "
                  "answer_function = $function WHERE id = $id AND state = 'asked'",
                  MR_DB_ARGS(MR_DB_T("id", row->id), MR_DB_T("state", row->state), MR_DB_I("at", row->answered_at),
                             mr_db_text_or_null("by", row->answered_by), mr_db_text_or_null("name", row->answer_name),
                             mr_db_text_or_null("function", row->answer_function)),
                  &changed, err));
    return not_any_more(changed, err);
}

int mr_store_partner_withdraw(mr_db_tx *tx, mr_str id, int64_t at, struct mr_err *err)
{
    int64_t changed;
    MR_TRY(mr_db_run(tx,
                     "UPDATE partner SET state = 'withdrawn', withdrawn_at = $at WHERE id = $id AND state IN "
                     "('asked', 'consented')",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("at", at)), &changed, err));
    return not_any_more(changed, err);
}

int mr_store_partner_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str slug, struct mr_partner_row **ret,
                          size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t count = 0;
    struct mr_partner_row *rows = MR_NEW_ARRAY(a, struct mr_partner_row, MOST);
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " COLUMNS " FROM partner p WHERE (p.org_id = $org OR p.partner_id = $org) AND "
                       "($slug = '' OR p.specification_slug = $slug) ORDER BY p.id DESC LIMIT 200",
                       MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("slug", slug)), &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == MOST) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

/* ---- assessors ---- */

int mr_store_assessor_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_assessor_row *row,
                          mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO assessor_body (id, org_id, name, profile, created_at) VALUES ($id, $org, $name, "
                     "$profile, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id), MR_DB_T("name", row->name),
                                MR_DB_B("profile", row->profile), MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_assessor_remove(mr_db_tx *tx, mr_str org_id, mr_str id, struct mr_err *err)
{
    int64_t changed;
    MR_TRY(mr_db_run(tx, "DELETE FROM assessor_body WHERE id = $id AND org_id = $org",
                     MR_DB_ARGS(MR_DB_T("id", id), MR_DB_T("org", org_id)), &changed, err));
    return changed ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "there is no such assessor here", MR_NOWHERE);
}

int mr_store_assessor_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_assessor_row **ret, size_t *ret_count,
                           struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t count = 0;
    struct mr_assessor_row *rows = MR_NEW_ARRAY(a, struct mr_assessor_row, MOST);
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT id, org_id, name, profile FROM assessor_body WHERE org_id = $org ORDER BY name, id "
                       "LIMIT 200",
                       MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    for (;;) {
        bool row;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == MOST) break;
        rows[count++] = (struct mr_assessor_row){mr_arena_dup(a, mr_db_text(c, 0)), mr_arena_dup(a, mr_db_text(c, 1)),
                                                 mr_arena_dup(a, mr_db_text(c, 2)), mr_arena_dup(a, mr_db_text(c, 3))};
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}
