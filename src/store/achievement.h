/* Achievements and their sealed credentials. */
#ifndef MR_STORE_ACHIEVEMENT_H
#define MR_STORE_ACHIEVEMENT_H

#include "db/db.h"

struct mr_achievement_row {
    mr_str id, org_id, specification_id, batch_id, learner_key, learner_name, learner_email, awarded_on, claim_state;
    int64_t claim_until, claimed_at, created_at; /* claimed_at MR_TIME_NONE while open */
    int64_t row_number;                          /* in the table of results, as a spreadsheet shows it */
    mr_str status;             /* "active", "suspended", "revoked" (store/status.h); a new one is active */
    int64_t status_changed_at; /* MR_TIME_NONE: never */
    mr_str
        person_key; /* the learner's keyed hash; learner_key is this, with "/2" ... behind it from the second award on */
    mr_str search_name;      /* learner_name in small letters (mr_store_achievement_fold) */
    mr_str source;           /* the achievement as JSON; empty: awarded before that was kept */
    mr_str replaces, renews; /* achievement ids; may be empty */
    mr_str validation_id;    /* of prior learning; may be empty */
    int64_t expires_at;      /* MR_TIME_NONE: never */
    int64_t reminded;        /* so many days before the end the last reminder was; 0: none */
    int64_t claim_turn;      /* of the claim links that are good (service/claim.h) */
};
/* Errors: MR_E_EXISTS when this learner has this specification already. */
int mr_store_achievement_add(mr_db_tx *tx, const struct mr_achievement_row *row, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_achievement_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_achievement_row *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* A name as it is searched for: Latin, Greek and Cyrillic letters small. In the arena. */
mr_str mr_store_achievement_fold(mr_arena *a, mr_str name);
/* What a learner holds of one version of a specification. */
struct mr_holding {
    mr_str id, awarded_on,
        batch_id;  /* of the newest that counts and does not end soon; empty: may be awarded (again) */
    int64_t count; /* awards so far, withdrawn ones among them */
    mr_str renews; /* the newest that was not withdrawn; empty: none. With id empty: what a new award renews */
};
/*   now  what ends within the organisation's days of renewal from now on may be awarded again */
int mr_store_achievement_holding(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str person_key, int64_t now,
                                 struct mr_holding *ret, struct mr_err *err) MR_MUST_CHECK;
/* When this learner was awarded this specification and still holds it, "2026-06-12"; empty when never. ret_batch_id (may be NULL): in which batch. */
int mr_store_achievement_awarded_on(mr_db_tx *tx, mr_arena *a, mr_str specification_id, mr_str learner_key, mr_str *ret,
                                    mr_str *ret_batch_id, struct mr_err *err) MR_MUST_CHECK;
/* Of one batch, in the order of its table, after row `after_row` (0: from the start), at most `limit`. */
int mr_store_achievement_list(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t after_row, size_t limit,
                              struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* How far a page of achievements reaches: the row and the id behind which the next one begins. */
struct mr_achievement_place {
    int64_t row_number;
    mr_str id;
};
/* Which achievements of a batch: those behind `after` in the order of the table, whose name has `name` in it (folded; empty: all). */
struct mr_achievement_query {
    mr_str batch_id, name;
    struct mr_achievement_place after; /* {0}: from the start */
    size_t limit;
};
int mr_store_achievement_search(mr_db_tx *tx, mr_arena *a, const struct mr_achievement_query *query,
                                struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Those with an address, that count and were sent no mail of this template, behind `after` by id. */
int mr_store_achievement_unmailed(mr_db_tx *tx, mr_arena *a, mr_str batch_id, mr_str template_name, mr_str after,
                                  size_t limit, struct mr_achievement_row **ret, size_t *ret_count,
                                  struct mr_err *err) MR_MUST_CHECK;
/* Those of an organisation (empty: of all) that count, are not renewed, and end until then, by their end, behind a time and an id (empty: behind that time). */
struct mr_expiry_query {
    mr_str org_id, after_id;
    int64_t from, until;
    size_t limit;
};
int mr_store_achievement_expiring(mr_db_tx *tx, mr_arena *a, const struct mr_expiry_query *query,
                                  struct mr_achievement_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Reminded of its end so many days before it. *ret_changed false: of this reminder or a nearer one it was before. */
int mr_store_achievement_set_reminded(mr_db_tx *tx, mr_str id, int64_t days, bool *ret_changed,
                                      struct mr_err *err) MR_MUST_CHECK;
int mr_store_achievement_count(mr_db_tx *tx, mr_str batch_id, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* From "open" to another claim state; *ret_moved false when it was not open. */
int mr_store_achievement_claim(mr_db_tx *tx, mr_str id, mr_str to, int64_t now, bool *ret_moved,
                               struct mr_err *err) MR_MUST_CHECK;

/* End this turn of its links: from now on the next one's are good. *ret_ours false: somebody ended it before. */
int mr_store_achievement_end_turn(mr_db_tx *tx, mr_str id, int64_t turn, bool *ret_ours,
                                  struct mr_err *err) MR_MUST_CHECK;

/* Keep sealed bytes (compressed: store/body.h). Errors: MR_E_EXISTS when the format is there; those of mr_body_pack. */
int mr_store_credential_add(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str content,
                            int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* The same of bytes that mr_body_pack has packed, which takes a millisecond and is better done before the transaction, in which others wait. */
int mr_store_credential_add_packed(mr_db_tx *tx, mr_str achievement_id, mr_str org_id, mr_str format, mr_str packed,
                                   int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* Sealed bytes, octet for octet; empty when there are none. Errors: those of mr_body_unpack. */
int mr_store_credential_find(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, mr_str format, mr_str *ret,
                             struct mr_err *err) MR_MUST_CHECK;
int mr_store_credential_remove(mr_db_tx *tx, mr_str achievement_id, struct mr_err *err) MR_MUST_CHECK;
/* Those of achievements that nobody decided on until then. */
int mr_store_credential_remove_unclaimed(mr_db_tx *tx, int64_t until, int64_t *ret_removed,
                                         struct mr_err *err) MR_MUST_CHECK;

#endif
