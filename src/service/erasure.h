/* The end of an account, at the wish of its owner: what is hers goes, what a provider keeps of its own is restricted, and both are said before and after (docs/privacy.md). */
#ifndef MR_SERVICE_ERASURE_H
#define MR_SERVICE_ERASURE_H

#include "service/personal_data.h"
#include "store/privacy.h"

struct mr_erasure {
    mr_str name, email, language;
    int64_t items, collections, addresses, undecided; /* what goes; `undecided` awards are declined */
    int64_t claims;                                   /* of prior learning, that nobody has decided: they go */
    struct mr_privacy_keeper *keepers;                /* what stays, and with whom */
    size_t keeper_count;
    int64_t backup_days; /* how long backups still hold all of it; 0: the operator has not said */
    mr_str
        last_administrator_of; /* not empty: this organisation would have none left, and the account cannot end yet; "" and `last_of_installation` likewise */
    bool last_of_installation;
};
/* What would go and what would stay. Errors: MR_E_NOT_FOUND (no such account), MR_E_FORBIDDEN. */
int mr_erasure_look(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str person_id, struct mr_erasure *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* Do it, and mail her that it is done, to an address that is forgotten with that. In one transaction: all or nothing.
 *   ret     as it was before
 *   errors  MR_E_STATE: she is the last administrator; those above */
int mr_erasure_do(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str person_id, struct mr_erasure *ret,
                  struct mr_err *err) MR_MUST_CHECK;
/* The account that has this address or id, for the operator. ret: its id, in `a`. Errors: MR_E_NOT_FOUND. */
int mr_erasure_find(mr_service *s, mr_arena *a, mr_str email_or_id, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
