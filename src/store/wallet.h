/* What a learner keeps: items of her wallet, and collections of them. Every statement asks for the person, so that nobody reaches another's. */
#ifndef MR_STORE_WALLET_H
#define MR_STORE_WALLET_H

#include "base/env.h"
#include "db/db.h"

struct mr_wallet_item_row {
    mr_str id, person_id;
    mr_str achievement_id; /* kept from a claim; empty: from elsewhere */
    mr_str format;         /* format_code of the report: "elm+jades", "vc+jwt" ... */
    mr_str digest;         /* of what came from elsewhere: SHA-256, hexadecimal; else empty */
    mr_str verdict;        /* "valid" ... on the day it was added */
    mr_str title, issuer, learner;
    mr_str awarded_on; /* "2026-06-12"; may be empty */
    int64_t ends_at;   /* MR_TIME_NONE: never */
    int64_t ects;      /* credit awarded, hundredths */
    int64_t minutes;   /* workload */
    bool counts;       /* whoever awarded the credit was entitled to */
    mr_str search;     /* folded: mr_store_achievement_fold */
    int64_t checked_at, added_at;
    /* read along, from the achievement; as of something from elsewhere: empty, MR_TIME_NONE */
    mr_str status; /* "active", "suspended", "revoked" */
    mr_str specification_id, org_id;
    int64_t status_changed_at;
    bool renewed;       /* a newer award takes its place */
    mr_str other_email; /* that it was awarded to, when it is none of this person's; else empty */
};
/* A new one; id and added_at are made here.
 *   content, report  of what came from elsewhere: as mr_body_pack packs it, and JSON; else empty
 *   errors           MR_E_EXISTS: somebody keeps this achievement, or this person this file, already */
int mr_store_wallet_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_wallet_item_row *row,
                        mr_str content, mr_str report, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when this person has none such. */
int mr_store_wallet_find(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, struct mr_wallet_item_row *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* Who keeps this achievement: ret->id empty when nobody does. */
int mr_store_wallet_find_achievement(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_wallet_item_row *ret,
                                     struct mr_err *err) MR_MUST_CHECK;
/* This person's with this digest. */
int mr_store_wallet_find_digest(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str digest,
                                struct mr_wallet_item_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Of something from elsewhere: the bytes, octet for octet, and the report. */
int mr_store_wallet_content(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, mr_str *ret_content,
                            mr_str *ret_report, struct mr_err *err) MR_MUST_CHECK;
struct mr_wallet_query {
    mr_str person_id;
    mr_str search;        /* folded; empty: all */
    mr_str collection_id; /* of the same person, in its order; empty: all, the newest award first */
    size_t skip, limit;
};
int mr_store_wallet_list(mr_db_tx *tx, mr_arena *a, const struct mr_wallet_query *query,
                         struct mr_wallet_item_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* How many fit a query (its skip and limit are not looked at). */
int mr_store_wallet_count(mr_db_tx *tx, const struct mr_wallet_query *query, int64_t *ret,
                          struct mr_err *err) MR_MUST_CHECK;
/* Credit and workload of all of a person's items: summed, those from elsewhere whose seal and status held, and those that could not be relied on. Withdrawn and
 * suspended ones are in none. */
struct mr_wallet_sums {
    int64_t count, ects, minutes;
};
struct mr_wallet_totals {
    struct mr_wallet_sums awarded, elsewhere, unverified;
    int64_t withdrawn; /* items that are in none of these */
};
int mr_store_wallet_totals(mr_db_tx *tx, mr_str person_id, struct mr_wallet_totals *ret,
                           struct mr_err *err) MR_MUST_CHECK;
/* Remove one; it leaves its collections and its shares, too; a share that shows nothing any more goes. What refers to an item does it with ON DELETE CASCADE. */
int mr_store_wallet_remove(mr_db_tx *tx, mr_str person_id, mr_str id, bool *ret_removed,
                           struct mr_err *err) MR_MUST_CHECK;
/* Everything of one person becomes another's, shares among it; a file that both have stays once. */
int mr_store_wallet_move(mr_db_tx *tx, mr_str from_person, mr_str to_person, struct mr_err *err) MR_MUST_CHECK;

/* What was awarded to this person's addresses, that nobody keeps and she may still take: not withdrawn, not declined, its copies there, decided or in time. */
struct mr_wallet_offer {
    mr_str achievement_id, specification_id, learner, email, awarded_on;
};
int mr_store_wallet_offers(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t now, size_t limit,
                           struct mr_wallet_offer **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

struct mr_collection_row {
    mr_str id, name;
    int64_t count; /* items */
};
int mr_store_collection_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str person_id, mr_str name, mr_str *ret_id,
                            struct mr_err *err) MR_MUST_CHECK;
/* By name. */
int mr_store_collection_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t limit, struct mr_collection_row **ret,
                             size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when this person has none such. */
int mr_store_collection_find(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, struct mr_collection_row *ret,
                             struct mr_err *err) MR_MUST_CHECK;
int mr_store_collection_rename(mr_db_tx *tx, mr_str person_id, mr_str id, mr_str name,
                               struct mr_err *err) MR_MUST_CHECK;
int mr_store_collection_remove(mr_db_tx *tx, mr_str person_id, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Put an item at the end; one that is in it stays where it is. Both were found to be this person's. */
int mr_store_collection_put(mr_db_tx *tx, mr_str id, mr_str item_id, struct mr_err *err) MR_MUST_CHECK;
int mr_store_collection_take(mr_db_tx *tx, mr_str id, mr_str item_id, struct mr_err *err) MR_MUST_CHECK;
/* Number its items in this order, from 1. */
int mr_store_collection_order(mr_db_tx *tx, mr_str id, const mr_str *item_ids, size_t count,
                              struct mr_err *err) MR_MUST_CHECK;

#endif
