/* Status lists, their entries, and what was changed about them. States are the words "active", "suspended" and "revoked". */
#ifndef MR_STORE_STATUS_H
#define MR_STORE_STATUS_H

#include "base/env.h"
#include "db/db.h"

struct mr_status_list_row {
    mr_str id, org_id;
    mr_str issuer; /* name of the provider's seal */
    mr_str base;   /* URL of the folder of lists; the list's own is <base>/<id> */
    int64_t size, used, created_at;
    int64_t changes; /* how often one of its entries changed */
};
/* ret->id empty when there is none. */
int mr_store_status_list_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_status_list_row *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* All, in the order in which they were opened. */
int mr_store_status_list_all(mr_db_tx *tx, mr_arena *a, struct mr_status_list_row **ret, size_t *ret_count,
                             struct mr_err *err) MR_MUST_CHECK;
/* Set octets[index] of each entry that is not active: 1 revoked, 2 suspended. Entries from `count` on are passed over. */
int mr_store_status_list_read(mr_db_tx *tx, mr_str list_id, uint8_t *octets, size_t count,
                              struct mr_err *err) MR_MUST_CHECK;

struct mr_status_entry_row {
    mr_str achievement_id;
    mr_str org_id, issuer; /* of the list */
    mr_str list;           /* its URL: <base>/<id> */
    mr_str list_id;
    int64_t index;
    mr_str state;
    int64_t changed_at; /* MR_TIME_NONE: never */
};
/* Where the entry of a new award goes: the open list of this issuer under this URL, else a new one. */
struct mr_status_taking {
    mr_str org_id, issuer, base;
    int64_t size; /* of a new list */
};
/* The entry of this award: found by its key, or made with a new achievement id at an index that nobody can foresee. A list is full when half of its
 * entries are taken, so that a free index is found at once and the unused ones hide how many were awarded. */
int mr_store_status_take(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_status_taking *where,
                         mr_str award_key, struct mr_status_entry_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* ret->list_id empty when the achievement is in no list. */
int mr_store_status_find(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_status_entry_row *ret,
                         struct mr_err *err) MR_MUST_CHECK;

struct mr_status_change_row {
    mr_str org_id, issuer, achievement_id, from, to, reason;
    mr_str reason_code; /* may be empty */
    mr_str replaced_by; /* achievement id of what took its place; empty: none */
    int64_t changed_at;
};
/* Change the status: of the entry, of the achievement, whichever there are, and a line about it. */
int mr_store_status_change(mr_db_tx *tx, const mr_env *env, const struct mr_status_change_row *change,
                           struct mr_err *err) MR_MUST_CHECK;
/* The newest change of an achievement; ret->to empty when there was none. */
int mr_store_status_last_change(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_status_change_row *ret,
                                struct mr_err *err) MR_MUST_CHECK;

/* All changes of an achievement, newest first, at most `limit`. */
int mr_store_status_changes(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, size_t limit,
                            struct mr_status_change_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* Ids of all achievements of an issuer that were revoked, also of those in no list, in the order in which that happened. */
int mr_store_status_revoked(mr_db_tx *tx, mr_arena *a, mr_str issuer, mr_str **ret, size_t *ret_count,
                            struct mr_err *err) MR_MUST_CHECK;
int mr_store_status_revoked_count(mr_db_tx *tx, mr_str issuer, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;

struct mr_status_row {
    mr_str achievement_id, state;
    mr_str learner_name; /* empty: it lives in files */
    mr_str replaced_by;  /* as above */
    int64_t changed_at;  /* MR_TIME_NONE: never */
    bool is_listed;
};
/* Achievements with their states by id, after `after` (empty: from the start), at most `limit`. */
int mr_store_status_page(mr_db_tx *tx, mr_arena *a, mr_str after, size_t limit, struct mr_status_row **ret,
                         size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
