#include "service/claim_code.h"

#include "base/limits.h"
#include "service/audit.h"
#include "service/claim.h"
#include "service/installation.h"
#include "store/achievement.h"
#include "store/batch.h"
#include "store/claim_code.h"

#define LOOKED_AT 500 /* rows of a batch read in one go */

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* ---- codes ---- */

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Product with the element 2 of the field of 32 elements, x^5 = x^2 + 1. */
static unsigned twice(unsigned v)
{
    v <<= 1;
    return v & 32 ? v ^ 0x25 : v;
}

/* The value of all characters as a polynomial at 2: each has another weight, so that no single change and no exchange of two goes unseen. 0 for a code that is right. */
static unsigned sum(const uint8_t *values, size_t count)
{
    unsigned s = 0;
    for (size_t i = 0; i < count; i++) s = twice(s) ^ values[i];
    return s;
}

void mr_claim_code_make(const mr_env *env, char out[MR_CLAIM_CODE + 1])
{
    uint8_t values[MR_CLAIM_CODE];
    mr_env_random(env, values, sizeof values);
    for (size_t i = 0; i < MR_CLAIM_CODE; i++) values[i] &= 31;
    values[MR_CLAIM_CODE - 1] = 0;
    values[MR_CLAIM_CODE - 1] = (uint8_t)sum(values, MR_CLAIM_CODE);
    for (size_t i = 0; i < MR_CLAIM_CODE; i++) out[i] = alphabet[values[i]];
    out[MR_CLAIM_CODE] = '\0';
}

static int value_of(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 32);
    if (c == 'I' || c == 'L') c = '1';
    if (c == 'O') c = '0';
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

bool mr_claim_code_read(mr_str typed, char out[MR_CLAIM_CODE + 1])
{
    uint8_t values[MR_CLAIM_CODE];
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        char c = typed.ptr[i];
        if (strchr(" \t\r\n-._", c) && c) continue;
        int value = value_of(c);
        if (value < 0 || count == MR_CLAIM_CODE) return false;
        values[count++] = (uint8_t)value;
    }
    if (count != MR_CLAIM_CODE || sum(values, count) != 0) return false;
    for (size_t i = 0; i < MR_CLAIM_CODE; i++) out[i] = alphabet[values[i]];
    out[MR_CLAIM_CODE] = '\0';
    return true;
}

mr_str mr_claim_code_show(mr_arena *a, const char code[MR_CLAIM_CODE + 1])
{
    return mr_arena_format(a, "%.4s-%.4s-%.4s-%.4s", code, code + 4, code + 8, code + 12);
}

/* ---- opening ---- */

static int check_tries(mr_db_tx *tx, mr_str peer, int64_t now, struct mr_err *err)
{
    int64_t tries;
    MR_TRY(mr_store_claim_tries(tx, peer, now - MR_LIMIT_CLAIM_TRIES_MS, &tries, err));
    if (tries < MR_LIMIT_CLAIM_TRIES) return MR_OK;
    return MR_FAIL(err, MR_E_LIMIT, "too many wrong codes came from this address", MR_NOWHERE);
}

static int count_try(mr_service *s, mr_str peer, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(s->env);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_claim_try_add(tx, peer, now - MR_LIMIT_CLAIM_TRIES_MS, now, err));
    MR_TRY(commit(&tx, err));
    return MR_FAIL(err, MR_E_NOT_FOUND, "no such code", MR_NOWHERE);
}

int mr_claim_code_open(mr_service *s, mr_arena *a, mr_str typed, mr_str peer, mr_str *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    char code[MR_CLAIM_CODE + 1], hash[33], peer_key[33];
    struct mr_achievement_row row;
    int64_t now = mr_env_now(s->env);
    mr_str id;
    if (!mr_claim_code_read(typed, code)) return MR_FAIL(err, MR_E_FORMAT, "a code is mistyped", MR_NOWHERE);
    mr_service_mac(s, "claim code", mr_str_of(code), hash);
    mr_service_mac(s, "claim peer", peer, peer_key);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(check_tries(tx, mr_str_of(peer_key), now, err));
    MR_TRY(mr_store_claim_code_find(tx, a, mr_str_of(hash), &id, err));
    if (id.len) MR_TRY(mr_store_achievement_find(tx, a, id, &row, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    if (!id.len) return count_try(s, mr_str_of(peer_key), err);
    if (!mr_str_is(row.claim_state, "open") || now > row.claim_until)
        return MR_FAIL(err, MR_E_STATE, "this code was used, or its time is over", MR_NOWHERE);
    *ret = mr_claim_path(s, a, id, row.claim_turn);
    return MR_OK;
}

/* ---- printing ---- */

static int find_batch(mr_db_tx *tx, mr_arena *a, const struct mr_actor *actor, mr_action action, mr_str id,
                      struct mr_batch_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_batch_find(tx, a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such batch", MR_NOWHERE);
    return mr_authorise(actor, action, ret->org_id, err);
}

int mr_claim_codes_count(mr_service *s, const struct mr_actor *actor, mr_str batch_id, struct mr_claim_code_sheet *ret,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row batch;
    struct mr_claim_code_counts counts;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_batch(tx, &a, actor, MR_MAY_ACHIEVEMENT_READ, batch_id, &batch, err));
    MR_TRY(mr_store_claim_code_counts(tx, batch_id, mr_env_now(s->env), &counts, err));
    *ret = (struct mr_claim_code_sheet){counts.open, counts.without_email, counts.printed};
    return MR_OK;
}

static bool wants_slip(const struct mr_achievement_row *row, bool everybody, int64_t now)
{
    return mr_str_is(row->claim_state, "open") && mr_str_is(row->status, "active") && row->claim_until > now &&
           (everybody || !row->learner_email.len);
}

static int make_slip(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_achievement_row *row,
                     struct mr_claim_slip *ret, struct mr_err *err)
{
    char code[MR_CLAIM_CODE + 1], hash[33];
    mr_claim_code_make(s->env, code);
    mr_service_mac(s, "claim code", mr_str_of(code), hash);
    *ret = (struct mr_claim_slip){.achievement_id = row->id,
                                  .learner = row->learner_name,
                                  .code = mr_claim_code_show(a, code),
                                  .url = mr_arena_format(a, "%.*s/claim?code=%s", MR_STR_ARG(s->public_url), code),
                                  .until = row->claim_until,
                                  .row_number = row->row_number};
    return mr_store_claim_code_set(tx, row->id, row->org_id, mr_str_of(hash), mr_env_now(s->env), err);
}

int mr_claim_codes_make(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, bool everybody,
                        int64_t after_row, struct mr_claim_slip **ret, size_t *ret_count, bool *ret_more,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row batch;
    struct mr_claim_slip *slips = MR_NEW_ARRAY(a, struct mr_claim_slip, MR_LIMIT_CLAIM_CODES);
    size_t made = 0, count = LOOKED_AT;
    int64_t now = mr_env_now(s->env);
    if (!slips) return MR_FAIL(err, MR_E_NOMEM, "no memory for the codes", MR_NOWHERE);
    *ret_more = false;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(find_batch(tx, a, actor, MR_MAY_MAIL_SEND, batch_id, &batch, err));
    while (count == LOOKED_AT && !*ret_more) {
        struct mr_achievement_row *rows;
        MR_TRY(mr_store_achievement_list(tx, a, batch_id, after_row, LOOKED_AT, &rows, &count, err));
        for (size_t i = 0; i < count && !*ret_more; i++) {
            after_row = rows[i].row_number;
            if (!wants_slip(&rows[i], everybody, now)) continue;
            if (made == MR_LIMIT_CLAIM_CODES)
                *ret_more = true;
            else
                MR_TRY(make_slip(s, tx, a, &rows[i], &slips[made++], err));
        }
    }
    MR_TRY(
        mr_audit(s, tx, actor, MR_MAY_MAIL_SEND, batch.org_id, batch_id, mr_arena_format(a, "codes=%zu", made), err));
    MR_TRY(commit(&tx, err));
    *ret = slips, *ret_count = made;
    return MR_OK;
}
