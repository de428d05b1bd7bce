#include "service/claim.h"

#include "base/id.h"
#include "service/event.h"
#include "service/maker.h"
#include "service/status.h"
#include "store/achievement.h"

#define PURPOSE "claim"

static int find(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str id, mr_str mac, struct mr_achievement_row *ret,
                struct mr_err *err)
{
    if (!mr_id_is_uuid(id) || !mr_service_mac_fits(s, PURPOSE, id, mac))
        return MR_FAIL(err, MR_E_NOT_FOUND, "no such claim", MR_NOWHERE);
    MR_TRY(mr_store_achievement_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such claim", MR_NOWHERE);
    return MR_OK;
}

static mr_claim_state state_of(const struct mr_achievement_row *row)
{
    if (mr_str_is(row->claim_state, "accepted")) return MR_CLAIM_ACCEPTED;
    return mr_str_is(row->claim_state, "declined") ? MR_CLAIM_DECLINED : MR_CLAIM_OPEN;
}

static bool is_over(mr_service *s, const struct mr_achievement_row *row)
{
    return state_of(row) == MR_CLAIM_OPEN && mr_env_now(mr_service_env(s)) > row->claim_until;
}

int mr_claim_open(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_claim *ret,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    MR_TRY(find(s, tx, a, achievement_id, mac, &row, err));
    if (is_over(s, &row)) return MR_FAIL(err, MR_E_STATE, "the time to decide is over", MR_NOWHERE);
    *ret = (struct mr_claim){.achievement_id = row.id,
                             .org_id = row.org_id,
                             .learner = row.learner_name,
                             .email = row.learner_email,
                             .state = state_of(&row),
                             .language = mr_maker_told_language(a, &row),
                             .until = row.claim_until,
                             .claimed_at = row.claimed_at,
                             .specification_id = row.specification_id,
                             .status = mr_status_of_word(row.status),
                             .status_changed_at = row.status_changed_at};
    MR_TRY(mr_store_credential_find(tx, a, row.id, MR_STR("elm"), &ret->elm, err));
    MR_TRY(mr_store_credential_find(tx, a, row.id, MR_STR("vc+jwt"), &ret->jwt, err));
    MR_TRY(mr_store_credential_find(tx, a, row.id, MR_STR("open-badges"), &ret->badge, err));
    return mr_store_credential_find(tx, a, row.id, MR_STR("dc+sd-jwt"), &ret->wallet, err);
}

static int decide(mr_service *s, mr_str id, mr_str mac, const char *to, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row row;
    bool moved;
    mr_arena_init(&a, 1024 * 1024);
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(find(s, tx, &a, id, mac, &row, err));
    if (mr_str_is(row.claim_state, to)) return MR_OK; /* a reloaded page */
    if (is_over(s, &row)) return MR_FAIL(err, MR_E_STATE, "the time to decide is over", MR_NOWHERE);
    MR_TRY(mr_store_achievement_claim(tx, id, mr_str_of(to), mr_env_now(mr_service_env(s)), &moved, err));
    if (!moved) return MR_FAIL(err, MR_E_STATE, "it was decided before", MR_NOWHERE);
    if (strcmp(to, "declined") == 0) MR_TRY(mr_store_credential_remove(tx, id, err));
    MR_TRY(mr_event(s, tx, row.org_id, strcmp(to, "declined") == 0 ? "achievement.declined" : "achievement.claimed", id,
                    mr_arena_format(&a, "\"specification\":\"%.*s\"", MR_STR_ARG(row.specification_id)), err));
    mr_db_tx *done = tx;
    tx = NULL;
    return mr_db_commit(done, err);
}

int mr_claim_accept(mr_service *s, mr_str achievement_id, mr_str mac, struct mr_err *err)
{
    return decide(s, achievement_id, mac, "accepted", err);
}
int mr_claim_decline(mr_service *s, mr_str achievement_id, mr_str mac, struct mr_err *err)
{
    return decide(s, achievement_id, mac, "declined", err);
}

int mr_claim_remove_unclaimed(mr_service *s, int64_t *ret_removed, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_credential_remove_unclaimed(tx, mr_env_now(mr_service_env(s)), ret_removed, err));
    mr_db_tx *done = tx;
    tx = NULL;
    return mr_db_commit(done, err);
}

mr_str mr_claim_path(const mr_service *s, mr_arena *a, mr_str achievement_id)
{
    char mac[33];
    mr_service_mac(s, PURPOSE, achievement_id, mac);
    return mr_arena_format(a, "/claim/%.*s/%s", MR_STR_ARG(achievement_id), mac);
}
