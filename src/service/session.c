#include "service/session.h"
#include "base/encoding.h"
#include "base/id.h"
#include "base/limits.h"
#include "base/time.h"
#include "crypto/digest.h"
#include "service/audit.h"
#include "store/membership.h"
#include "store/person.h"

#define SESSIONS_LISTED 50
/* A session from further in the future was made while a clock was wrong, and would last too long. */
#define CLOCK_BACK_MS MR_DAY_MS
#define CLOCKS_APART_MS 60000
/* What is over counts no longer at once, and is removed later: a clock that is a day ahead for a while removes nothing that is good again afterwards. */
#define KEPT_MS (2 * MR_DAY_MS)

mr_str mr_session_digest(mr_arena *a, mr_str secret)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    uint8_t digest[32];
    mr_buf_init(&text, 64);
    mr_sha256(secret, digest);
    mr_base64url_put(&text, mr_str_make((const char *)digest, sizeof digest));
    return mr_arena_dup(a, mr_buf_str(&text));
}

/* No more than the family: enough to recognise a device of one's own, too little to follow anybody. */
mr_str mr_session_agent(mr_arena *a, mr_str user_agent)
{
    static const char *const browsers[][2] = {
        {"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}};
    static const char *const systems[][2] = {{"Android", "Android"}, {"iPhone", "iOS"},   {"iPad", "iOS"},
                                             {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}};
    const char *browser = NULL, *system = NULL;
    for (size_t i = 0; i < sizeof browsers / sizeof *browsers && !browser; i++)
        if (mr_str_find(user_agent, mr_str_of(browsers[i][0])) >= 0) browser = browsers[i][1];
    for (size_t i = 0; i < sizeof systems / sizeof *systems && !system; i++)
        if (mr_str_find(user_agent, mr_str_of(systems[i][0])) >= 0) system = systems[i][1];
    if (!browser && !system) return MR_STR("?");
    if (!browser || !system) return mr_str_of(browser ? browser : system);
    return mr_arena_format(a, "%s, %s", browser, system);
}

/* ---- from the cookie to the actor ---- */

/* Rows come by organisation; each becomes one grant and one organisation to act for. */
static int take_roles(mr_arena *a, const struct mr_membership_row *rows, size_t count, struct mr_session *ret,
                      struct mr_err *err)
{
    struct mr_grant *grants = mr_arena_zalloc(a, count ? count : 1, sizeof *grants);
    ret->orgs = mr_arena_zalloc(a, count ? count : 1, sizeof *ret->orgs);
    if (!grants || !ret->orgs) return MR_FAIL(err, MR_E_NOMEM, "no memory for roles", MR_NOWHERE);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        mr_role role = mr_role_find(rows[i].role);
        if (role == MR_ROLE_COUNT) continue;
        if (!n || !mr_str_eq(grants[n - 1].org_id, rows[i].org_id)) {
            ret->orgs[n] = (struct mr_session_org){rows[i].org_id, rows[i].org_name, rows[i].org_profile};
            grants[n++].org_id = rows[i].org_id;
        }
        grants[n - 1].roles |= 1u << role;
    }
    ret->actor.grants = grants;
    ret->actor.grant_count = ret->org_count = n;
    return MR_OK;
}

/* The one chosen as long as they are something there, else the first. */
static mr_str choose_org(const struct mr_session *session, mr_str chosen)
{
    for (size_t i = 0; i < session->org_count; i++)
        if (mr_str_eq(session->orgs[i].id, chosen)) return session->orgs[i].id;
    return session->org_count ? session->orgs[0].id : MR_STR_EMPTY;
}

static int load_person(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_person_row *person, struct mr_session *ret,
                       struct mr_err *err)
{
    struct mr_membership_row *rows;
    size_t count;
    MR_TRY(mr_store_person_find(tx, a, id, person, err));
    if (!person->id.len) return MR_OK;
    MR_TRY(mr_store_membership_of_person(tx, a, person->id, MR_LIMIT_GRANTS, &rows, &count, err));
    MR_TRY(take_roles(a, rows, count, ret, err));
    ret->actor.kind = MR_ACTOR_PERSON;
    ret->actor.id = person->id;
    ret->actor.name = person->name;
    ret->actor.installation = person->installation;
    return MR_OK;
}

int mr_session_person_actor(mr_db_tx *tx, mr_arena *a, mr_str person_id, struct mr_actor *ret, struct mr_err *err)
{
    struct mr_session session = {.actor = mr_actor_stranger};
    struct mr_person_row person;
    MR_TRY(load_person(tx, a, person_id, &person, &session, err));
    *ret = session.actor;
    return MR_OK;
}

static int load(mr_db_tx *tx, mr_arena *a, int64_t now, mr_str token, struct mr_session *ret,
                struct mr_session_row *row, struct mr_err *err)
{
    struct mr_person_row person;
    MR_TRY(mr_store_session_find(tx, a, mr_session_digest(a, token), now - MR_LIMIT_SESSION_IDLE_MS,
                                 now - MR_LIMIT_SESSION_MS, now + CLOCK_BACK_MS, row, err));
    if (!row->id.len) return MR_OK;
    MR_TRY(load_person(tx, a, row->person_id, &person, ret, err));
    if (!person.id.len) return MR_OK;
    ret->actor.org_id = choose_org(ret, row->org_id);
    ret->id = row->id;
    ret->language = person.language;
    ret->email = person.email;
    ret->fresh = now - row->fresh_at < MR_LIMIT_SESSION_FRESH_MS && row->fresh_at - now < CLOCKS_APART_MS;
    return MR_OK;
}

static int see(mr_service *s, mr_str id, int64_t now, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_session_see(tx, id, now, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_session_open(mr_service *s, mr_arena *a, mr_str token, struct mr_session *ret, struct mr_err *err)
{
    *ret = (struct mr_session){.actor = mr_actor_stranger};
    if (!token.len) return MR_OK;
    int64_t now = mr_env_now(mr_service_env(s));
    struct mr_session_row row;
    {
        MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
        MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
        MR_TRY(load(tx, a, now, token, ret, &row, err));
    }
    /* whoever is signed in stays so, even when that cannot be written down just now */
    if (ret->id.len && now - row.seen_at > MR_LIMIT_SESSION_SEEN_MS && see(s, ret->id, now, err) != MR_OK)
        mr_err_clear(err);
    return MR_OK;
}

/* ---- beginning and end ---- */

static int end_by_token(mr_db_tx *tx, mr_arena *a, mr_str token, struct mr_err *err)
{
    struct mr_session_row row;
    if (!token.len) return MR_OK;
    MR_TRY(mr_store_session_find(tx, a, mr_session_digest(a, token), 0, 0, INT64_MAX, &row, err));
    return row.id.len ? mr_store_session_end(tx, row.person_id, row.id, err) : MR_OK;
}

int mr_session_start(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str agent, mr_str old_token,
                     char ret_token[33], struct mr_err *err)
{
    const mr_env *env = mr_service_env(s);
    int64_t now = mr_env_now(env);
    int64_t before = now - KEPT_MS;
    MR_TRY(mr_store_session_forget(tx, before - MR_LIMIT_SESSION_IDLE_MS, before - MR_LIMIT_SESSION_MS, before, err));
    mr_str org_id = MR_STR_EMPTY;
    if (old_token.len) {
        struct mr_session_row old;
        MR_TRY(mr_store_session_find(tx, a, mr_session_digest(a, old_token), 0, 0, INT64_MAX, &old, err));
        if (mr_str_eq(old.person_id, person_id)) org_id = old.org_id;
        MR_TRY(end_by_token(tx, a, old_token, err));
    }
    mr_id_token(env, ret_token);
    const struct mr_session_row row = {.token_hash = mr_session_digest(a, mr_str_of(ret_token)),
                                       .person_id = person_id,
                                       .org_id = org_id,
                                       .agent = agent};
    return mr_store_session_add(tx, env, &row, err);
}

int mr_session_end(mr_service *s, mr_arena *a, mr_str token, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(end_by_token(tx, a, token, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_session_end_one(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_session_end(tx, actor->id, id, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, MR_STR_EMPTY, MR_STR("session.end"), err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_session_end_others(mr_service *s, const struct mr_actor *actor, mr_str but, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_session_end_others(tx, actor->id, but, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_SIGNED_IN, MR_STR_EMPTY, MR_STR_EMPTY, MR_STR("session.end_others"), err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_session_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_session_row **ret,
                    size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(mr_service_env(s));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_session_list(tx, a, actor->id, now - MR_LIMIT_SESSION_IDLE_MS, now - MR_LIMIT_SESSION_MS,
                                 SESSIONS_LISTED, ret, ret_count, err);
}

int mr_session_act_for(mr_service *s, const struct mr_session *session, mr_str org_id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(&session->actor, MR_MAY_ORGANISATION_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_session_act_for(tx, session->id, org_id, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}
