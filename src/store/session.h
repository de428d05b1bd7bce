/* Who is signed in where; what counts once and soon ends; failed attempts. Of every secret only a digest is kept. */
#ifndef MR_STORE_SESSION_H
#define MR_STORE_SESSION_H

#include "base/env.h"
#include "db/db.h"

struct mr_session_row {
    mr_str token_hash, id, person_id;
    mr_str org_id; /* for which they act; empty: none chosen */
    mr_str agent;  /* "Firefox, Linux" */
    int64_t created_at, seen_at, fresh_at;
};
/* A new one; id and the times are made here. */
int mr_store_session_add(mr_db_tx *tx, const mr_env *env, const struct mr_session_row *row,
                         struct mr_err *err) MR_MUST_CHECK;
/* By the digest of the cookie, not seen before `idle_since` or made before `made_since` or after `made_until` excepted; ret->id empty when there is none. */
int mr_store_session_find(mr_db_tx *tx, mr_arena *a, mr_str token_hash, int64_t idle_since, int64_t made_since,
                          int64_t made_until, struct mr_session_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Those of a person that live, the one seen last first. */
int mr_store_session_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t idle_since, int64_t made_since,
                          size_t most, struct mr_session_row **ret, size_t *ret_count,
                          struct mr_err *err) MR_MUST_CHECK;
/* Has this person been signed in with such a browser before? */
int mr_store_session_knows(mr_db_tx *tx, mr_str person_id, mr_str agent, bool *ret_knows, bool *ret_any,
                           struct mr_err *err) MR_MUST_CHECK;
int mr_store_session_see(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err) MR_MUST_CHECK;
int mr_store_session_act_for(mr_db_tx *tx, mr_str id, mr_str org_id, struct mr_err *err) MR_MUST_CHECK;
/* End one of a person's (id), or all but one (id is the one that stays; empty: all). */
int mr_store_session_end(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err) MR_MUST_CHECK;
int mr_store_session_end_others(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Remove what has ended long ago: sessions, single uses, attempts. */
int mr_store_session_forget(mr_db_tx *tx, int64_t idle_since, int64_t made_since, int64_t now,
                            struct mr_err *err) MR_MUST_CHECK;

struct mr_single_use_row {
    mr_str token_hash;
    mr_str kind, person_id, data; /* person_id, data: may be empty */
    int64_t tries, expires_at;
};
/* Errors: MR_E_EXISTS: it is there, so it was used already. */
int mr_store_single_use_add(mr_db_tx *tx, const struct mr_single_use_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->kind empty when there is none, or it has ended. */
int mr_store_single_use_find(mr_db_tx *tx, mr_arena *a, mr_str token_hash, int64_t now, struct mr_single_use_row *ret,
                             struct mr_err *err) MR_MUST_CHECK;
/* One try more. */
int mr_store_single_use_try(mr_db_tx *tx, mr_str token_hash, struct mr_err *err) MR_MUST_CHECK;
/* Use it up; ret_ours: it was there, and nobody else used it up at the same time. */
int mr_store_single_use_take(mr_db_tx *tx, mr_str token_hash, bool *ret_ours, struct mr_err *err) MR_MUST_CHECK;
/* How many of a kind a person has that live. */
int mr_store_single_use_count(mr_db_tx *tx, mr_str kind, mr_str person_id, int64_t now, int64_t *ret,
                              struct mr_err *err) MR_MUST_CHECK;

/* The failures of a key since `since`, and until when it waits. */
int mr_store_attempt_get(mr_db_tx *tx, mr_str key, int64_t since, int64_t *ret_failures, int64_t *ret_wait_until,
                         struct mr_err *err) MR_MUST_CHECK;
/* Write them down; failures 0: forget the key. */
int mr_store_attempt_set(mr_db_tx *tx, mr_str key, int64_t failures, int64_t now, int64_t wait_until,
                         struct mr_err *err) MR_MUST_CHECK;

struct mr_passkey_row {
    mr_str id, person_id, name, public_key;          /* id: base64url */
    int64_t algorithm, counter, created_at, used_at; /* used_at MR_TIME_NONE: never */
};
/* Errors: MR_E_EXISTS. */
int mr_store_passkey_add(mr_db_tx *tx, const struct mr_passkey_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_passkey_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_passkey_row *ret,
                          struct mr_err *err) MR_MUST_CHECK;
int mr_store_passkey_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t most, struct mr_passkey_row **ret,
                          size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
int mr_store_passkey_used(mr_db_tx *tx, mr_str id, int64_t counter, int64_t now, struct mr_err *err) MR_MUST_CHECK;
int mr_store_passkey_remove(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* All of a person. */
int mr_store_passkey_remove_all(mr_db_tx *tx, mr_str person_id, struct mr_err *err) MR_MUST_CHECK;

#endif
