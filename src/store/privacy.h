/* What is kept about one person, wherever it stands: counting it, restricting it, removing it, and forgetting what is over. */
#ifndef MR_STORE_PRIVACY_H
#define MR_STORE_PRIVACY_H

#include "base/env.h"
#include "db/db.h"
#include "json/write.h"

/* How many rows there are of a purpose (word of service/personal_data.def) about this person; 0 for those that are about nobody with an account. */
int mr_store_privacy_count(mr_db_tx *tx, const char *purpose, mr_str person_id, int64_t *ret,
                           struct mr_err *err) MR_MUST_CHECK;

/* What was awarded to her: what she keeps, and what went to one of her addresses and is in nobody else's wallet. */
struct mr_privacy_award {
    mr_str id, org_id, org_name, specification_id, awarded_on, claim_state, status;
    int64_t claim_turn, restricted_at; /* MR_TIME_NONE: it is not */
    mr_str restricted_for;             /* "asked", "erased", "over" */
    mr_str restricted_remark;
    bool kept;          /* in her wallet */
    bool copies;        /* sealed bytes are there */
    int64_t claimed_at; /* MR_TIME_NONE */
    mr_str learner, email;
};
/* Behind `after` (an id; empty: from the first), in the order of ids, at most `limit`. */
int mr_store_privacy_awards(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str after, size_t limit,
                            struct mr_privacy_award **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* One of them; ret->id empty when it is none of hers. */
int mr_store_privacy_award(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str achievement_id,
                           struct mr_privacy_award *ret, struct mr_err *err) MR_MUST_CHECK;

/* Organisations that keep something about her. */
struct mr_privacy_keeper {
    mr_str org_id, name;
    int64_t records, enrolments;
    int64_t decisions; /* on what she claimed to have learned, without an award */
    int64_t waiting;   /* rows in results that wait to be sealed */
    bool closed;
};
int mr_store_privacy_keepers(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t limit, struct mr_privacy_keeper **ret,
                             size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* What she claimed to have learned before, and no award came of. Behind `after`, in the order of ids. */
struct mr_privacy_claim {
    mr_str id, org_id, learner;
    bool is_open; /* nobody has decided */
};
int mr_store_privacy_claims(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str after, size_t limit,
                            struct mr_privacy_claim **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* All rows about her but her files, as an object of lists: addresses, passkeys, sessions, roles, awards, requests, validations, results that wait, enrolments, mails, collections, what she did. Into a
 * writer that stands where a value is wanted; at most `limit` of each. */
int mr_store_privacy_write(mr_db_tx *tx, mr_str person_id, size_t limit, mr_json_writer *w,
                           struct mr_err *err) MR_MUST_CHECK;

/* ---- restricting ---- */

/* The record of an achievement is restricted from now on. what: "asked", "erased". What is restricted otherwise becomes "erased", and never the other way round. */
int mr_store_restrict(mr_db_tx *tx, mr_str achievement_id, mr_str what, mr_str remark, int64_t now,
                      struct mr_err *err) MR_MUST_CHECK;
/* Of one that she asked for. *ret_lifted false: there was none. */
int mr_store_restrict_lift(mr_db_tx *tx, mr_str achievement_id, bool *ret_lifted, struct mr_err *err) MR_MUST_CHECK;
struct mr_restriction_row {
    mr_str achievement_id, org_id, learner, email, remark, what;
    int64_t since; /* MR_TIME_NONE: not restricted; the rest is filled all the same */
};
/* ret->achievement_id empty: no such achievement. */
int mr_store_restriction(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_restriction_row *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* Those of an organisation that somebody asked for, the oldest first. */
int mr_store_restriction_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_restriction_row **ret,
                              size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* ---- erasing ---- */

/* Her enrolments are restricted; what learning platforms told of her is removed; invitations to her addresses are. */
int mr_store_erase_beside(mr_db_tx *tx, mr_str person_id, int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* Of one of her awards: what she asked to correct, codes on paper. The sealed bytes are store/achievement.h's. */
int mr_store_erase_award(mr_db_tx *tx, mr_str achievement_id, struct mr_err *err) MR_MUST_CHECK;
/* A claim that nobody has decided goes, with its evidence; a decided one is restricted. */
int mr_store_erase_claim(mr_db_tx *tx, const struct mr_privacy_claim *claim, int64_t now,
                         struct mr_err *err) MR_MUST_CHECK;
/* Mail to one of her addresses, about her account, or about one of her awards loses its address, what it says, and what servers answered; what waits is given up. */
int mr_store_erase_mail(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t *ret_count,
                        struct mr_err *err) MR_MUST_CHECK;
/* Kept answers of the API in which one of these values stands lose what they say. */
int mr_store_erase_answers(mr_db_tx *tx, const mr_str *values, size_t count, struct mr_err *err) MR_MUST_CHECK;
/* The account with all that hangs on it: sessions, ways in, addresses, wallet, collections, roles. */
int mr_store_erase_person(mr_db_tx *tx, mr_str person_id, struct mr_err *err) MR_MUST_CHECK;

/* ---- forgetting what is over ---- */

struct mr_retention_row {
    int64_t record_months, evidence_months, enrolment_months; /* 0: as long as the organisation is here */
    mr_str contact;     /* of whoever answers questions about data; may be empty */
    int64_t changed_at; /* MR_TIME_NONE: there is no row */
};
int mr_store_retention(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_retention_row *ret,
                       struct mr_err *err) MR_MUST_CHECK;
int mr_store_retention_set(mr_db_tx *tx, mr_str org_id, const struct mr_retention_row *row, int64_t now,
                           struct mr_err *err) MR_MUST_CHECK;
/* Mails that ended before that time lose address, text and answer; at most `limit` in this transaction.
 *   ret_count  how many did; fewer than `limit`: there are no more */
int mr_store_forget_mail(mr_db_tx *tx, mr_arena *a, int64_t before, size_t limit, size_t *ret_count,
                         struct mr_err *err) MR_MUST_CHECK;
/* Invitations that ended before that time. */
int mr_store_forget_invitations(mr_db_tx *tx, int64_t before, struct mr_err *err) MR_MUST_CHECK;
/* Enrolments that ended longer ago than their organisation keeps them. now: ms; a month is a twelfth of 365.25 days. */
int mr_store_forget_enrolments(mr_db_tx *tx, int64_t now, int64_t *ret_removed, struct mr_err *err) MR_MUST_CHECK;
/* Evidence that is older than its organisation keeps it. */
int mr_store_forget_evidence(mr_db_tx *tx, int64_t now, int64_t *ret_removed, struct mr_err *err) MR_MUST_CHECK;
/* Records of awards whose time is over lose name, address, what was entered, evidence, requests; what says whether the credential is good stays, and so do her copies.
 * Restricted "over" from then on. At most `limit`. */
int mr_store_forget_records(mr_db_tx *tx, mr_arena *a, int64_t now, size_t limit, size_t *ret_count,
                            struct mr_err *err) MR_MUST_CHECK;
/* Decided validations without an award lose the same, as long after they were opened. At most `limit`. */
int mr_store_forget_claims(mr_db_tx *tx, mr_arena *a, int64_t now, size_t limit, size_t *ret_count,
                           struct mr_err *err) MR_MUST_CHECK;
/* Wrong codes from before that time. */
int mr_store_forget_tries(mr_db_tx *tx, int64_t before, struct mr_err *err) MR_MUST_CHECK;

#endif
