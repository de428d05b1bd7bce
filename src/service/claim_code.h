/* Claiming by a code on paper, for learners without e-mail.
 *
 * A code is 16 characters of Crockford's base 32 (no I, L, O, U): 75 random bits and a character that tells every single mistyped character and every two that
 * changed places. Only a keyed hash of it is stored. It leads to the claim page as long as the learner has not decided and may; making it anew ends the old one. */
#ifndef MR_SERVICE_CLAIM_CODE_H
#define MR_SERVICE_CLAIM_CODE_H

#include "service/actor.h"
#include "service/service.h"

enum { MR_CLAIM_CODE = 16 };
void mr_claim_code_make(const mr_env *env, char out[MR_CLAIM_CODE + 1]);
/* As people type it: small letters, blanks and hyphens anywhere, I and L for 1, O for 0. False: it is no code, something is mistyped. */
bool mr_claim_code_read(mr_str typed, char out[MR_CLAIM_CODE + 1]);
/* "ABCD-EFGH-JKMN-PQRS", in the arena. */
mr_str mr_claim_code_show(mr_arena *a, const char code[MR_CLAIM_CODE + 1]);

/* Where a code leads.
 *   peer    address that it came from: after MR_LIMIT_CLAIM_TRIES wrong ones it has to wait MR_LIMIT_CLAIM_TRIES_MS
 *   ret     "/claim/<id>/<mac>", in the arena
 *   errors  MR_E_FORMAT (mistyped; not counted), MR_E_NOT_FOUND, MR_E_LIMIT (too many wrong ones), MR_E_STATE (decided, or the time to decide is over) */
int mr_claim_code_open(mr_service *s, mr_arena *a, mr_str typed, mr_str peer, mr_str *ret,
                       struct mr_err *err) MR_MUST_CHECK;

/* What a sheet for this batch would hold: learners who have not decided, those of them without e-mail, those who have a code already. */
struct mr_claim_code_sheet {
    int64_t open, without_email, printed;
};
int mr_claim_codes_count(mr_service *s, const struct mr_actor *actor, mr_str batch_id, struct mr_claim_code_sheet *ret,
                         struct mr_err *err) MR_MUST_CHECK;
struct mr_claim_slip {
    mr_str achievement_id, learner;
    mr_str code; /* as shown */
    mr_str url;  /* of the page with the code typed in */
    int64_t until;
    int64_t row_number;
};
/* Make a code for each learner of a batch who has not decided; those that they had stop working.
 *   everybody  also for those with e-mail
 *   after_row  only those behind this row of the table; 0: from its start
 *   ret        at most MR_LIMIT_CLAIM_CODES, in `a`: the codes are nowhere else
 *   ret_more   there are more of them: ask again after the last row */
int mr_claim_codes_make(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, bool everybody,
                        int64_t after_row, struct mr_claim_slip **ret, size_t *ret_count, bool *ret_more,
                        struct mr_err *err) MR_MUST_CHECK;

#endif
