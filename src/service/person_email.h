/* The addresses of a person: several, each proved by a mailed link, all of them ways in. A link that was sent to an address of another account joins the two: she is signed in
 * to the one and reads the mail of the other, which is proof of both. Everything moves over, and the other account ends; one that is something in an organisation is never
 * joined, because what it did there is written down under its name, and one with a second step can only join others to itself. */
#ifndef MR_SERVICE_PERSON_EMAIL_H
#define MR_SERVICE_PERSON_EMAIL_H

#include "service/sign_in.h"

/* All that a person has, by address. Errors: MR_E_FORBIDDEN: only people have any. The same for the functions below. */
int mr_person_email_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, struct mr_person_email **ret,
                         size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Mail a link to an address that shall become hers; the answer is the same whoever has it, and however often was asked.
 *   errors  MR_E_FORMAT: no e-mail address */
int mr_person_email_ask(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str email,
                        struct mr_err *err) MR_MUST_CHECK;

/* What such a link would do. */
typedef enum mr_person_email_outcome {
    MR_PERSON_EMAIL_ADD,
    MR_PERSON_EMAIL_MERGE, /* another account has it, which would end */
    MR_PERSON_EMAIL_HERS,  /* it is hers already */
    /* from here on nothing is done */
    MR_PERSON_EMAIL_BLOCKED, /* another account has it, which is something in an organisation */
    MR_PERSON_EMAIL_GUARDED, /* another account has it, which asks for a code besides: mail alone does not prove it */
    MR_PERSON_EMAIL_OVER     /* the link was used, has ended, or is for another account */
} mr_person_email_outcome;
struct mr_person_email_link {
    mr_person_email_outcome outcome;
    mr_str email;
    int64_t items, passkeys; /* of the other account, which move over */
};
/* Nothing is changed. */
int mr_person_email_look(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str token,
                         struct mr_person_email_link *ret, struct mr_err *err) MR_MUST_CHECK;
/* Do it; ret as before it was done. Nothing is used up when the outcome is BLOCKED, GUARDED or OVER. */
int mr_person_email_confirm(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str token,
                            struct mr_person_email_link *ret, struct mr_err *err) MR_MUST_CHECK;
/* Write to this one of hers from now on. Errors: MR_E_NOT_FOUND. */
int mr_person_email_choose(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str email,
                           struct mr_err *err) MR_MUST_CHECK;
/* Give one up. Errors: MR_E_STATE: it is the one that we write to. */
int mr_person_email_remove(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str email,
                           struct mr_err *err) MR_MUST_CHECK;

#endif
