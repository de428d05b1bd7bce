/* From a claim into an account: a learner who accepted keeps it in Merit, in one step where her address is proved, with one mailed link where it is not. */
#ifndef MR_SERVICE_KEEP_H
#define MR_SERVICE_KEEP_H

#include "service/claim.h"
#include "service/sign_in.h"
#include "text/messages.h"

/* The claim that a browser holds a pass for (service/claim.h). */
struct mr_keep {
    mr_str achievement_id, mac, pass;
};
/* Into the account that she is signed in to, whatever the address of the award: it is hers because she holds the claim.
 *   errors  MR_E_NOT_FOUND, MR_E_STATE (no pass, or not accepted), MR_E_EXISTS (it is in another wallet), MR_E_FORBIDDEN, MR_E_LIMIT */
int mr_keep_mine(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_actor *actor,
                 const struct mr_keep *what, mr_str *ret_item, struct mr_err *err) MR_MUST_CHECK;
/* Make an account for the address of the award, keep it there, and sign her in. Only for who came by a link that was mailed to that address. An account that exists is never
 * signed in to like this: the link may be months old, and be passed on.
 *   errors  as above; MR_E_FORBIDDEN: the address is not proved; MR_E_EXISTS: somebody has an account with it (detail "account"), or it is in another wallet */
int mr_keep_new(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_visitor *v,
                const struct mr_keep *what, struct mr_sign_in *ret, mr_str *ret_item, struct mr_err *err) MR_MUST_CHECK;
/* Mail a link to an address that she gives, which makes the account, or signs in to the one there is, and keeps it there. Nobody learns which.
 *   errors  as above; MR_E_FORMAT: no e-mail address */
int mr_keep_mail(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_keep *what, mr_str email,
                 struct mr_err *err) MR_MUST_CHECK;
/* Is such a link still good? Nothing is used up. ret_email: that it was mailed to, in `a`; empty: it is not. */
int mr_keep_link_check(mr_service *s, mr_arena *a, mr_str token, mr_str *ret_email, struct mr_err *err) MR_MUST_CHECK;
/* Use it. ret->state MR_SIGN_IN_OVER: it was used or has ended. *ret_item is empty when it is in another wallet by now. */
int mr_keep_link_use(mr_service *s, mr_arena *a, const mr_language *l, const struct mr_visitor *v, mr_str token,
                     struct mr_sign_in *ret, mr_str *ret_item, struct mr_err *err) MR_MUST_CHECK;

#endif
