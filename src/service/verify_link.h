/* The permanent address at which one credential is verified: printed on certificates, and for issuers' links. Only this installation can make it, and who does not have
 * it learns nothing. */
#ifndef MR_SERVICE_VERIFY_LINK_H
#define MR_SERVICE_VERIFY_LINK_H

#include "credential/verify.h"
#include "service/claim.h"

/* "/verify/<id>/<mac>" in the arena. */
mr_str mr_verify_path(const mr_service *s, mr_arena *a, mr_str achievement_id);
/* The parts of such an address of this installation, whole or from its path on; false for any other text. */
bool mr_verify_link_read(const mr_service *s, mr_str link, mr_str *ret_id, mr_str *ret_mac);
/* What is behind the address, once the learner has accepted it: its `elm` is never empty.
 *   errors  MR_E_NOT_FOUND: a wrong address, not accepted, declined, removed by the learner: nothing is told apart */
int mr_verify_link_open(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_claim *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* The same, with `elm` alone of the sealed bytes. */
int mr_verify_link_open_elm(mr_service *s, mr_arena *a, mr_str achievement_id, mr_str mac, struct mr_claim *ret,
                            struct mr_err *err) MR_MUST_CHECK;
/* A picture that is no credential, and whose QR code holds such an address: the credential behind it is verified in its place, and a remark says so. No other address is followed: a
 * photograph may show any.
 *   a       of the report's texts
 *   report  of the picture; anything else stays as it is
 *   errors  those of mr_verify */
int mr_verify_link_follow(mr_service *s, mr_verifier *v, mr_arena *a, const mr_language *l, mr_report *report,
                          struct mr_err *err) MR_MUST_CHECK;

#endif
