/* API tokens: of each a digest, what it may do, and until when. */
#ifndef MR_STORE_API_TOKEN_H
#define MR_STORE_API_TOKEN_H

#include "base/env.h"
#include "db/db.h"

struct mr_api_token_row {
    mr_str id, org_id;
    mr_str organisation; /* its name; filled by the list */
    mr_str name;
    mr_str hash;                                  /* SHA-256 of the token, hexadecimal */
    mr_str scopes;                                /* words with blanks between them */
    mr_str created_by;                            /* id of the person, or "operator" */
    int64_t created_at;                           /* ms, as all times here */
    int64_t last_used_at, expires_at, revoked_at; /* MR_TIME_NONE: never */
    bool closed;                                  /* the organisation is */
};
/* Keep a new one; ret_id in `a`. */
int mr_store_api_token_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_api_token_row *row,
                           mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* By its digest, or by its id; ret->id empty when there is none. */
int mr_store_api_token_find(mr_db_tx *tx, mr_arena *a, mr_str hash_or_id, struct mr_api_token_row *ret,
                            struct mr_err *err) MR_MUST_CHECK;
/* Of one organisation (empty: of all), newest first, at most `limit`. */
int mr_store_api_token_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_api_token_row **ret,
                            size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* It was used at this time. */
int mr_store_api_token_touch(mr_db_tx *tx, mr_str id, int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* *ret_moved false when it was revoked before. */
int mr_store_api_token_revoke(mr_db_tx *tx, mr_str id, int64_t now, bool *ret_moved, struct mr_err *err) MR_MUST_CHECK;

#endif
