#include "store/lti.h"
#include "base/id.h"

#define PLATFORM                                                                                                       \
    "id, org_id, name, issuer, client_id, auth_url, token_url, jwks_url, deployments, created_at FROM lti_platform"
#define LINK                                                                                                           \
    "id, org_id, platform_id, deployment, resource_id, title, specification_slug, line_item_url, memberships_url "     \
    "FROM lti_link"

static struct mr_lti_platform_row platform_of(const mr_db_cursor *c, mr_arena *a)
{
    return (struct mr_lti_platform_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .name = mr_arena_dup(a, mr_db_text(c, 2)),
        .issuer = mr_arena_dup(a, mr_db_text(c, 3)),
        .client_id = mr_arena_dup(a, mr_db_text(c, 4)),
        .auth_url = mr_arena_dup(a, mr_db_text(c, 5)),
        .token_url = mr_arena_dup(a, mr_db_text(c, 6)),
        .jwks_url = mr_arena_dup(a, mr_db_text(c, 7)),
        .deployments = mr_arena_dup(a, mr_db_text(c, 8)),
        .created_at = mr_db_int(c, 9),
    };
}

int mr_store_lti_platform_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_lti_platform_row *row,
                              mr_str *ret_id, struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO lti_platform (id, org_id, name, issuer, client_id, auth_url, token_url, jwks_url, "
                     "deployments, created_at) VALUES ($id, $org, $name, $issuer, $client, $auth, $token, $jwks, "
                     "$deployments, $now)",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id), MR_DB_T("name", row->name),
                                MR_DB_T("issuer", row->issuer), MR_DB_T("client", row->client_id),
                                MR_DB_T("auth", row->auth_url), MR_DB_T("token", row->token_url),
                                MR_DB_T("jwks", row->jwks_url), MR_DB_T("deployments", row->deployments),
                                MR_DB_I("now", mr_env_now(env))),
                     NULL, err));
    *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

int mr_store_lti_platform_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_lti_platform_row *ret,
                               struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " PLATFORM " WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? platform_of(c, a) : (struct mr_lti_platform_row){0};
    return MR_OK;
}

int mr_store_lti_platform_match(mr_db_tx *tx, mr_arena *a, mr_str issuer, mr_str client_id,
                                struct mr_lti_platform_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_lti_platform_row){0};
    MR_TRY(mr_db_query(tx, "SELECT " PLATFORM " WHERE issuer = $issuer AND ($client = '' OR client_id = $client)",
                       MR_DB_ARGS(MR_DB_T("issuer", issuer), MR_DB_T("client", client_id.len ? client_id : MR_STR(""))),
                       &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    *ret = platform_of(c, a);
    MR_TRY(mr_db_next(c, &row, err));
    if (row) *ret = (struct mr_lti_platform_row){0};
    return MR_OK;
}

int mr_store_lti_platform_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_lti_platform_row **ret,
                               size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_lti_platform_row *rows = MR_NEW_ARRAY(a, struct mr_lti_platform_row, limit);
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, "SELECT " PLATFORM " WHERE $org = '' OR org_id = $org ORDER BY id LIMIT $most",
                       MR_DB_ARGS(MR_DB_T("org", org_id.len ? org_id : MR_STR("")), MR_DB_I("most", (int64_t)limit)),
                       &c, err));
    for (*ret_count = 0; *ret_count < limit;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        rows[(*ret_count)++] = platform_of(c, a);
    }
    *ret = rows;
    return MR_OK;
}

int mr_store_lti_platform_remove(mr_db_tx *tx, mr_str id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM lti_platform WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), NULL, err);
}

/* ---- sign-ins ---- */

int mr_store_lti_state_add(mr_db_tx *tx, mr_str state, mr_str platform_id, mr_str nonce, int64_t expires_at,
                           int64_t now, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx, "DELETE FROM lti_state WHERE expires_at < $now", MR_DB_ARGS(MR_DB_I("now", now)), NULL, err));
    return mr_db_run(
        tx, "INSERT INTO lti_state (state, platform_id, nonce, expires_at) VALUES ($state, $platform, $nonce, $until)",
        MR_DB_ARGS(MR_DB_T("state", state), MR_DB_T("platform", platform_id), MR_DB_T("nonce", nonce),
                   MR_DB_I("until", expires_at)),
        NULL, err);
}

int mr_store_lti_state_take(mr_db_tx *tx, mr_arena *a, mr_str state, int64_t now, mr_str *ret_platform_id,
                            mr_str *ret_nonce, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret_platform_id = *ret_nonce = MR_STR_EMPTY;
    MR_TRY(mr_db_query(tx, "DELETE FROM lti_state WHERE state = $state RETURNING platform_id, nonce, expires_at",
                       MR_DB_ARGS(MR_DB_T("state", state)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row || mr_db_int(c, 2) < now) return MR_OK;
    *ret_platform_id = mr_arena_dup(a, mr_db_text(c, 0));
    *ret_nonce = mr_arena_dup(a, mr_db_text(c, 1));
    return MR_OK;
}

/* ---- places and people ---- */

static struct mr_lti_link_row link_of(const mr_db_cursor *c, mr_arena *a)
{
    return (struct mr_lti_link_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .platform_id = mr_arena_dup(a, mr_db_text(c, 2)),
        .deployment = mr_arena_dup(a, mr_db_text(c, 3)),
        .resource_id = mr_arena_dup(a, mr_db_text(c, 4)),
        .title = mr_arena_dup(a, mr_db_text(c, 5)),
        .specification_slug = mr_arena_dup(a, mr_db_text(c, 6)),
        .line_item_url = mr_arena_dup(a, mr_db_text(c, 7)),
        .memberships_url = mr_arena_dup(a, mr_db_text(c, 8)),
    };
}

int mr_store_lti_link_save(mr_db_tx *tx, mr_arena *a, const mr_env *env, struct mr_lti_link_row *row,
                           struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool found;
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(tx,
                     "INSERT INTO lti_link (id, org_id, platform_id, deployment, resource_id, title, line_item_url, "
                     "memberships_url) VALUES ($id, $org, $platform, $deployment, $resource, $title, $line, $members) "
                     "ON CONFLICT (platform_id, deployment, resource_id) DO UPDATE SET title = excluded.title, "
                     "line_item_url = excluded.line_item_url, memberships_url = excluded.memberships_url",
                     MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), MR_DB_T("org", row->org_id),
                                MR_DB_T("platform", row->platform_id), MR_DB_T("deployment", row->deployment),
                                MR_DB_T("resource", row->resource_id), MR_DB_T("title", row->title),
                                mr_db_text_or_null("line", row->line_item_url),
                                mr_db_text_or_null("members", row->memberships_url)),
                     NULL, err));
    MR_TRY(mr_db_query(
        tx, "SELECT " LINK " WHERE platform_id = $platform AND deployment = $deployment AND resource_id = $resource",
        MR_DB_ARGS(MR_DB_T("platform", row->platform_id), MR_DB_T("deployment", row->deployment),
                   MR_DB_T("resource", row->resource_id)),
        &c, err));
    MR_TRY(mr_db_next(c, &found, err));
    if (found) *row = link_of(c, a);
    return MR_OK;
}

int mr_store_lti_link_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_lti_link_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " LINK " WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row ? link_of(c, a) : (struct mr_lti_link_row){0};
    return MR_OK;
}

int mr_store_lti_link_set(mr_db_tx *tx, mr_str id, mr_str specification_slug, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE lti_link SET specification_slug = $slug WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("slug", specification_slug), MR_DB_T("id", id)), NULL, err);
}

int mr_store_lti_member_save(mr_db_tx *tx, const struct mr_lti_member_row *row, struct mr_err *err)
{
    const mr_db_value completed = {.name = "completed", .type = MR_DB_BOOL, .number = row->completed};
    return mr_db_run(tx,
                     "INSERT INTO lti_member (link_id, org_id, subject, name, email, completed) "
                     "VALUES ($link, $org, $subject, $name, $email, $completed) ON CONFLICT (link_id, subject) "
                     "DO UPDATE SET name = CASE WHEN lti_member.completed THEN lti_member.name ELSE excluded.name END, "
                     "email = CASE WHEN lti_member.completed THEN lti_member.email ELSE excluded.email END, "
                     "completed = (lti_member.completed OR excluded.completed)",
                     MR_DB_ARGS(MR_DB_T("link", row->link_id), MR_DB_T("org", row->org_id),
                                MR_DB_T("subject", row->subject),
                                MR_DB_T("name", row->name.len ? row->name : MR_STR("")),
                                MR_DB_T("email", row->email.len ? row->email : MR_STR("")), completed),
                     NULL, err);
}

int mr_store_lti_member_find(mr_db_tx *tx, mr_arena *a, mr_str link_id, mr_str subject, struct mr_lti_member_row *ret,
                             struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_lti_member_row){0};
    MR_TRY(mr_db_query(tx,
                       "SELECT link_id, org_id, subject, name, email, completed FROM lti_member "
                       "WHERE link_id = $link AND subject = $subject",
                       MR_DB_ARGS(MR_DB_T("link", link_id), MR_DB_T("subject", subject)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (!row) return MR_OK;
    *ret = (struct mr_lti_member_row){.link_id = mr_arena_dup(a, mr_db_text(c, 0)),
                                      .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                      .subject = mr_arena_dup(a, mr_db_text(c, 2)),
                                      .name = mr_arena_dup(a, mr_db_text(c, 3)),
                                      .email = mr_arena_dup(a, mr_db_text(c, 4)),
                                      .completed = mr_db_int(c, 5) != 0};
    return MR_OK;
}

int mr_store_lti_achievement(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str learner_key, mr_str *ret_id,
                             int64_t *ret_claim_turn, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT a.id, a.claim_turn FROM specification s JOIN achievement a ON a.specification_id = s.id "
                       "WHERE s.slug = $slug AND a.learner_key = $key ORDER BY a.id DESC LIMIT 1",
                       MR_DB_ARGS(MR_DB_T("slug", slug), MR_DB_T("key", learner_key)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    *ret_claim_turn = row ? mr_db_int(c, 1) : 0;
    return MR_OK;
}

/* ---- sessions of instructors, the key ---- */

int mr_store_lti_session_add(mr_db_tx *tx, mr_str hash, mr_str link_id, int64_t expires_at, int64_t now,
                             struct mr_err *err)
{
    MR_TRY(
        mr_db_run(tx, "DELETE FROM lti_session WHERE expires_at < $now", MR_DB_ARGS(MR_DB_I("now", now)), NULL, err));
    return mr_db_run(tx, "INSERT INTO lti_session (hash, link_id, expires_at) VALUES ($hash, $link, $until)",
                     MR_DB_ARGS(MR_DB_T("hash", hash), MR_DB_T("link", link_id), MR_DB_I("until", expires_at)), NULL,
                     err);
}

int mr_store_lti_session_find(mr_db_tx *tx, mr_arena *a, mr_str hash, int64_t now, mr_str *ret_link_id,
                              struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT link_id FROM lti_session WHERE hash = $hash AND expires_at >= $now",
                       MR_DB_ARGS(MR_DB_T("hash", hash), MR_DB_I("now", now)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_link_id = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_lti_key_find(mr_db_tx *tx, mr_arena *a, mr_str *ret_pem, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT pem FROM lti_key WHERE id = 'main'", NULL, 0, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret_pem = row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
    return MR_OK;
}

int mr_store_lti_key_add(mr_db_tx *tx, mr_str pem, int64_t now, struct mr_err *err)
{
    return mr_db_run(
        tx, "INSERT INTO lti_key (id, pem, created_at) VALUES ('main', $pem, $now) ON CONFLICT (id) DO NOTHING",
        MR_DB_ARGS(MR_DB_B("pem", pem), MR_DB_I("now", now)), NULL, err);
}
