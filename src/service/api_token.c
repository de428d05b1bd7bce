#include "service/api_token.h"

#include "base/encoding.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "service/audit.h"
#include "store/api_token.h"
#include "store/organisation.h"

#define SECRET_BYTES 32
#define TOUCH_MS ((int64_t)3600000) /* so often it is written down that a token is in use */

static const char *const words[] = {NULL, "read", "describe", "award", "sign", "manage"};
#define SCOPES (sizeof words / sizeof *words)

const char *mr_scope_word(mr_scope scope)
{
    return words[scope];
}

bool mr_scopes_read(mr_str text, unsigned *ret)
{
    unsigned scopes = 1u << MR_SCOPE_READ;
    mr_str word;
    while (text.len) {
        size_t end = 0, i = 1;
        while (end < text.len && text.ptr[end] != ' ' && text.ptr[end] != ',') end++;
        word = mr_str_make(text.ptr, end);
        text = mr_str_from(text, end + 1);
        if (word.len == 0) continue;
        while (i < SCOPES && !mr_str_is(word, words[i])) i++;
        if (i == SCOPES) return false;
        scopes |= 1u << i;
    }
    *ret = scopes;
    return true;
}

static mr_str scopes_text(mr_arena *a, unsigned scopes)
{
    mr_str text = MR_STR_EMPTY;
    for (size_t i = 1; i < SCOPES; i++)
        if (scopes & 1u << i) text = mr_arena_format(a, "%.*s%s%s", MR_STR_ARG(text), text.len ? " " : "", words[i]);
    return text;
}

static mr_str hash_of(mr_arena *a, mr_str token)
{
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    uint8_t digest[32];
    mr_buf_init(&hex, 128);
    mr_sha256(token, digest);
    mr_hex_put(&hex, mr_str_make((const char *)digest, sizeof digest));
    return mr_arena_dup(a, mr_buf_str(&hex));
}

/* In the request's arena, from which it goes into the answer. */
static mr_str new_token(mr_service *s, mr_arena *a)
{
    MR_CLEANUP(mr_buf_wipe) mr_buf text;
    uint8_t secret[SECRET_BYTES];
    mr_buf_init(&text, 128);
    mr_buf_reserve(&text, 100);
    mr_env_random(mr_service_env(s), secret, sizeof secret);
    mr_buf_puts(&text, MR_API_TOKEN_PREFIX);
    mr_base64url_put(&text, mr_str_make((const char *)secret, sizeof secret));
    mr_secret_wipe(secret, sizeof secret);
    return mr_arena_dup(a, mr_buf_str(&text));
}

static int check_order(const struct mr_api_token_order *order, struct mr_err *err)
{
    const char *pointer = NULL;
    if (!order->name.len || mr_utf8_length(order->name) > MR_API_TOKEN_NAME || !mr_utf8_is_plain(order->name, true))
        pointer = "/name";
    if (order->days < 0 || order->days > MR_API_TOKEN_DAYS_MOST) pointer = "/days";
    if (!pointer) return MR_OK;
    int code = MR_FAIL(err, MR_E_FORMAT, "the token cannot be made so", MR_NOWHERE);
    if (err) memcpy(err->pointer, pointer, strlen(pointer) + 1);
    return code;
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

int mr_api_token_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_api_token_order *order,
                     mr_str *ret_id, mr_str *ret_token, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row organisation;
    int64_t now = mr_env_now(mr_service_env(s));
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, order->org_id, err));
    MR_TRY(check_order(order, err));
    mr_str token = new_token(s, a), id;
    struct mr_api_token_row row = {.org_id = order->org_id,
                                   .name = order->name,
                                   .hash = hash_of(a, token),
                                   .scopes = scopes_text(a, order->scopes | 1u << MR_SCOPE_READ),
                                   .created_by = actor->id.len ? actor->id : mr_str_of(mr_actor_word(actor)),
                                   .expires_at = order->days ? now + order->days * MR_DAY_MS : MR_TIME_NONE};
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_organisation_find(tx, a, order->org_id, &organisation, err));
    if (!organisation.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such organisation", MR_NOWHERE);
    MR_TRY(mr_store_api_token_add(tx, a, mr_service_env(s), &row, &id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_INTEGRATION_EDIT, order->org_id, id,
                    mr_arena_format(a, "token added: %.*s", MR_STR_ARG(row.scopes)), err));
    MR_TRY(commit(&tx, err));
    *ret_id = id, *ret_token = token;
    return MR_OK;
}

int mr_api_token_holders(mr_service *s, const struct mr_actor *actor, mr_arena *a, struct mr_api_token_holder **ret,
                         size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_organisation_row *rows;
    size_t count, kept = 0;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_organisation_list(tx, a, MR_API_TOKEN_HOLDERS, &rows, &count, err));
    struct mr_api_token_holder *list = MR_NEW_ARRAY(a, struct mr_api_token_holder, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++)
        if (mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, rows[i].id, NULL) == MR_OK)
            list[kept++] = (struct mr_api_token_holder){rows[i].id, rows[i].slug, rows[i].name};
    *ret = list, *ret_count = kept;
    return MR_OK;
}

static struct mr_api_token token_of(const struct mr_api_token_row *row)
{
    struct mr_api_token token = {
        .id = row->id,
        .org_id = row->org_id,
        .organisation = row->organisation,
        .name = row->name,
        .created_at = row->created_at,
        .last_used_at = row->last_used_at,
        .expires_at = row->expires_at,
        .revoked_at = row->revoked_at,
    };
    if (!mr_scopes_read(row->scopes, &token.scopes)) token.scopes = 1u << MR_SCOPE_READ;
    return token;
}

int mr_api_token_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                      struct mr_api_token **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_api_token_row *rows;
    size_t count;
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(mr_store_api_token_list(tx, a, org_id, MR_API_TOKEN_LISTED, &rows, &count, err));
    struct mr_api_token *list = MR_NEW_ARRAY(a, struct mr_api_token, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) list[i] = token_of(&rows[i]);
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_api_token_revoke(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_api_token_row row;
    bool moved;
    mr_arena_init(&a, 1024 * 1024);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_api_token_find(tx, &a, id, &row, err));
    if (!row.id.len || !mr_str_eq(row.id, id))
        return MR_FAIL(err, MR_E_NOT_FOUND, "there is no such token", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_INTEGRATION_EDIT, row.org_id, err));
    MR_TRY(mr_store_api_token_revoke(tx, id, mr_env_now(mr_service_env(s)), &moved, err));
    if (!moved) return MR_OK;
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_INTEGRATION_EDIT, row.org_id, id, MR_STR("token revoked"), err));
    return commit(&tx, err);
}

/* That it is in use is worth a line now and then, and never worth refusing a request. */
static void touch(mr_service *s, const struct mr_api_token_row *row, int64_t now)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    if (row->last_used_at != MR_TIME_NONE && now - row->last_used_at < TOUCH_MS) return;
    if (mr_db_begin(mr_service_db(s), true, &tx, NULL) != MR_OK) return;
    if (mr_store_api_token_touch(tx, row->id, now, NULL) != MR_OK) return;
    if (commit(&tx, NULL) != MR_OK) return;
}

static bool looks_like_token(mr_str token)
{
    return token.len == strlen(MR_API_TOKEN_PREFIX) + mr_base64url_size(SECRET_BYTES) &&
           mr_str_has_prefix(token, MR_STR(MR_API_TOKEN_PREFIX));
}

static int find_row(mr_service *s, mr_arena *a, mr_str token, struct mr_api_token_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_api_token_find(tx, a, hash_of(a, token), ret, err);
}

/* Neither revoked nor over, of an organisation that is open: else a stranger. */
static int actor_of(const struct mr_api_token_row *row, mr_arena *a, int64_t now, struct mr_actor *ret,
                    struct mr_err *err)
{
    *ret = mr_actor_stranger;
    if (!row->id.len || row->revoked_at != MR_TIME_NONE || row->closed ||
        (row->expires_at != MR_TIME_NONE && row->expires_at <= now))
        return MR_OK;
    struct mr_grant *grant = MR_NEW(a, struct mr_grant);
    if (!grant) return MR_FAIL(err, MR_E_NOMEM, "no memory for the token", MR_NOWHERE);
    *grant = (struct mr_grant){.org_id = row->org_id};
    *ret = (struct mr_actor){.kind = MR_ACTOR_TOKEN,
                             .id = row->id,
                             .name = row->name,
                             .org_id = row->org_id,
                             .grants = grant,
                             .grant_count = 1,
                             .scopes = token_of(row).scopes};
    return MR_OK;
}

int mr_api_token_load_actor(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_actor *ret,
                            struct mr_err *err)
{
    struct mr_api_token_row row;
    MR_TRY(mr_store_api_token_find(tx, a, id, &row, err));
    return actor_of(&row, a, mr_env_now(mr_service_env(s)), ret, err);
}

int mr_api_token_find_actor(mr_service *s, mr_arena *a, mr_str token, struct mr_actor *ret, struct mr_err *err)
{
    struct mr_api_token_row row;
    int64_t now = mr_env_now(mr_service_env(s));
    *ret = mr_actor_stranger;
    if (!looks_like_token(token)) return MR_OK;
    MR_TRY(find_row(s, a, token, &row, err));
    MR_TRY(actor_of(&row, a, now, ret, err));
    if (ret->kind == MR_ACTOR_TOKEN) touch(s, &row, now);
    return MR_OK;
}
