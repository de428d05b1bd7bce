#include "store/membership.h"
#include "base/time.h"
#include "base/id.h"

#define INVITATION "id, org_id, email, roles, token_hash, state, language, created_at, expires_at"

static int rows(mr_db_tx *tx, mr_arena *a, const char *sql, const mr_db_value *args, size_t arg_count, size_t most,
                struct mr_membership_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    size_t room = 0;
    bool row;
    *ret = NULL, *ret_count = 0;
    MR_TRY(mr_db_query(tx, sql, args, arg_count, &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) return MR_OK;
        if (*ret_count == most) return MR_FAIL(err, MR_E_LIMIT, "too many roles", MR_NOWHERE);
        if (*ret_count == room) {
            struct mr_membership_row *more = mr_arena_zalloc(a, room = room ? room * 2 : 16, sizeof *more);
            if (!more) return MR_FAIL(err, MR_E_NOMEM, "no memory for roles", MR_NOWHERE);
            if (*ret_count) memcpy(more, *ret, *ret_count * sizeof *more);
            *ret = more;
        }
        const struct mr_membership_row *before = *ret_count ? &(*ret)[*ret_count - 1] : NULL;
        bool same = before && mr_str_eq(before->org_id, mr_db_text(c, 3)); /* a profile may be large: kept once */
        mr_str profile = same ? before->org_profile : mr_arena_dup(a, mr_db_text(c, 7));
        (*ret)[(*ret_count)++] = (struct mr_membership_row){.person_id = mr_arena_dup(a, mr_db_text(c, 0)),
                                                            .name = mr_arena_dup(a, mr_db_text(c, 1)),
                                                            .email = mr_arena_dup(a, mr_db_text(c, 2)),
                                                            .org_id = mr_arena_dup(a, mr_db_text(c, 3)),
                                                            .org_name = mr_arena_dup(a, mr_db_text(c, 4)),
                                                            .role = mr_arena_dup(a, mr_db_text(c, 5)),
                                                            .since = mr_db_int(c, 6),
                                                            .org_profile = profile};
    }
}

/* Does an organisation that the person is something in have units? */
static int has_units(mr_db_tx *tx, mr_str person_id, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx,
                       "SELECT 1 FROM membership m JOIN organisation u ON u.parent_id = m.org_id WHERE m.person_id = "
                       "$person LIMIT 1",
                       MR_DB_ARGS(MR_DB_T("person", person_id)), &c, err));
    return mr_db_next(c, ret, err);
}

int mr_store_membership_of_person(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t most,
                                  struct mr_membership_row **ret, size_t *ret_count, struct mr_err *err)
{
    bool with_units;
    MR_TRY(has_units(tx, person_id, &with_units, err));
    if (!with_units) /* asked with every page: recursion costs many times what this does */
        return rows(tx, a,
                    "SELECT p.id, p.name, p.email, o.id, o.name, m.role, m.since, o.profile FROM membership m "
                    "JOIN organisation o ON o.id = m.org_id JOIN person p ON p.id = m.person_id WHERE m.person_id = "
                    "$person AND o.closed_at IS NULL ORDER BY o.name, o.id, m.role",
                    MR_DB_ARGS(MR_DB_T("person", person_id)), most, ret, ret_count, err);
    /* UNION without ALL ends also where parents were made to go in a circle */
    return rows(tx, a,
                "WITH RECURSIVE reach (org_id, role, since) AS ("
                "SELECT org_id, role, since FROM membership WHERE person_id = $person UNION "
                "SELECT o.id, r.role, r.since FROM organisation o JOIN reach r ON o.parent_id = r.org_id) "
                "SELECT p.id, p.name, p.email, o.id, o.name, r.role, MIN(r.since), o.profile FROM reach r "
                "JOIN organisation o ON o.id = r.org_id JOIN person p ON p.id = $person WHERE o.closed_at IS NULL "
                "GROUP BY p.id, p.name, p.email, o.id, o.name, r.role, o.profile ORDER BY o.name, o.id, r.role",
                MR_DB_ARGS(MR_DB_T("person", person_id)), most, ret, ret_count, err);
}

int mr_store_membership_of_org(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t most, struct mr_membership_row **ret,
                               size_t *ret_count, struct mr_err *err)
{
    return rows(tx, a,
                "SELECT p.id, p.name, p.email, o.id, o.name, m.role, m.since, o.profile FROM membership m "
                "JOIN person p ON p.id = m.person_id JOIN organisation o ON o.id = m.org_id "
                "WHERE m.org_id = $org ORDER BY p.name, p.id, m.role",
                MR_DB_ARGS(MR_DB_T("org", org_id)), most, ret, ret_count, err);
}

int mr_store_membership_add(mr_db_tx *tx, mr_str person_id, mr_str org_id, mr_str role, int64_t now, struct mr_err *err)
{
    return mr_db_run(
        tx,
        "INSERT INTO membership (person_id, org_id, role, since) VALUES ($person, $org, $role, $now) "
        "ON CONFLICT (person_id, org_id, role) DO NOTHING",
        MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("org", org_id), MR_DB_T("role", role), MR_DB_I("now", now)),
        NULL, err);
}

int mr_store_membership_remove(mr_db_tx *tx, mr_str person_id, mr_str org_id, mr_str role, struct mr_err *err)
{
    if (!role.len)
        return mr_db_run(tx, "DELETE FROM membership WHERE person_id = $person AND org_id = $org",
                         MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("org", org_id)), NULL, err);
    return mr_db_run(tx, "DELETE FROM membership WHERE person_id = $person AND org_id = $org AND role = $role",
                     MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("org", org_id), MR_DB_T("role", role)), NULL,
                     err);
}

int mr_store_membership_count_others(mr_db_tx *tx, mr_str org_id, mr_str role, mr_str person_id, int64_t *ret,
                                     struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(
        mr_db_query(tx, "SELECT COUNT(*) FROM membership WHERE org_id = $org AND role = $role AND person_id <> $person",
                    MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("role", role), MR_DB_T("person", person_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_membership_count_orgs(mr_db_tx *tx, mr_arena *a, size_t most, struct mr_org_count **ret, size_t *ret_count,
                                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_count = 0;
    *ret = mr_arena_zalloc(a, most, sizeof **ret);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT o.id, o.name, o.kind, u.name, "
                       "(SELECT COUNT(DISTINCT m.person_id) FROM membership m WHERE m.org_id = o.id), o.created_at, "
                       "o.closed_at FROM organisation o LEFT JOIN organisation u ON u.id = o.parent_id ORDER BY CASE "
                       "WHEN o.closed_at IS NULL THEN 0 ELSE 1 END, o.name, o.id LIMIT $most",
                       MR_DB_ARGS(MR_DB_I("most", (int64_t)most)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == most) return MR_OK;
        (*ret)[(*ret_count)++] =
            (struct mr_org_count){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                  .name = mr_arena_dup(a, mr_db_text(c, 1)),
                                  .kind = mr_arena_dup(a, mr_db_text(c, 2)),
                                  .parent_name = mr_arena_dup(a, mr_db_text(c, 3)),
                                  .people = mr_db_int(c, 4),
                                  .created_at = mr_db_int(c, 5),
                                  .closed_at = mr_db_is_null(c, 6) ? MR_TIME_NONE : mr_db_int(c, 6)};
    }
}

/* ---- invitations ---- */

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_invitation_row *ret)
{
    *ret = (struct mr_invitation_row){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                      .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                      .email = mr_arena_dup(a, mr_db_text(c, 2)),
                                      .roles = mr_arena_dup(a, mr_db_text(c, 3)),
                                      .token_hash = mr_arena_dup(a, mr_db_text(c, 4)),
                                      .state = mr_arena_dup(a, mr_db_text(c, 5)),
                                      .language = mr_arena_dup(a, mr_db_text(c, 6)),
                                      .created_at = mr_db_int(c, 7),
                                      .expires_at = mr_db_int(c, 8)};
}

static int one(mr_db_tx *tx, mr_arena *a, const char *sql, const mr_db_value *args, size_t count,
               struct mr_invitation_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_invitation_row){0};
    MR_TRY(mr_db_query(tx, sql, args, count, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_invitation_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_invitation_row *row,
                            mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO invitation (id, org_id, email, roles, token_hash, state, language, created_at, "
                     "expires_at) VALUES ($id, $org, $email, $roles, $hash, 'open', $language, $now, $until)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id), MR_DB_T("email", row->email),
                                MR_DB_T("roles", row->roles), MR_DB_T("hash", row->token_hash),
                                MR_DB_T("language", row->language), MR_DB_I("now", mr_env_now(env)),
                                MR_DB_I("until", row->expires_at)),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_invitation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_invitation_row *ret, struct mr_err *err)
{
    return one(tx, a, "SELECT " INVITATION " FROM invitation WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), ret, err);
}

int mr_store_invitation_find_token(mr_db_tx *tx, mr_arena *a, mr_str token_hash, struct mr_invitation_row *ret,
                                   struct mr_err *err)
{
    return one(tx, a, "SELECT " INVITATION " FROM invitation WHERE token_hash = $hash",
               MR_DB_ARGS(MR_DB_T("hash", token_hash)), ret, err);
}

int mr_store_invitation_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t most, struct mr_invitation_row **ret,
                             size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_count = 0;
    *ret = mr_arena_zalloc(a, most, sizeof **ret);
    if (!*ret) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT " INVITATION " FROM invitation WHERE org_id = $org AND state = 'open' ORDER BY id "
                       "LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_I("most", (int64_t)most)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == most) return MR_OK;
        take(c, a, &(*ret)[(*ret_count)++]);
    }
}

int mr_store_invitation_change(mr_db_tx *tx, mr_str id, mr_str state, mr_str token_hash, int64_t expires_at,
                               bool *ret_changed, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "UPDATE invitation SET state = $state, token_hash = $hash, expires_at = $until "
                     "WHERE id = $id AND state = 'open'",
                     MR_DB_ARGS(MR_DB_T("state", state), mr_db_text_or_null("hash", token_hash),
                                MR_DB_I("until", expires_at), MR_DB_T("id", id)),
                     &changed, err));
    *ret_changed = changed == 1;
    return MR_OK;
}

int mr_store_invitation_replace(mr_db_tx *tx, mr_str org_id, mr_str email, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE invitation SET state = 'withdrawn', token_hash = NULL "
                     "WHERE org_id = $org AND email = $email AND state = 'open'",
                     MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("email", email)), NULL, err);
}
