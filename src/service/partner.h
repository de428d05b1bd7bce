/* Co-awarding: another awarding body is named in a specification only with its consent, which is asked for, given by a person who may, kept on record, and withdrawn at any
 * time. A body of this installation is asked in its own office; one outside by a mailed link that only this installation can have made. */
#ifndef MR_SERVICE_PARTNER_H
#define MR_SERVICE_PARTNER_H

#include "credential/organisation_file.h"
#include "service/actor.h"
#include "service/service.h"
#include "store/partner.h"

struct mr_partner_order {
    mr_str org_id;        /* who asks */
    mr_str specification; /* slug, of a published specification or of one that is still being described */
    mr_str partner;       /* slug of an organisation of this installation; or */
    mr_str profile;       /* JSON, as in "awarding_bodies" of specification files, and */
    mr_str email;         /* where its consent is asked for, */
    mr_str language;      /* in this language */
};
/* Ask for consent. Faults of the profile or address are findings (MR_E_SPECIFICATION).
 *   errors  MR_E_NOT_FOUND: no such organisation; MR_E_EXISTS: it was asked for this specification already and has not refused; MR_E_FORBIDDEN */
int mr_partner_ask(mr_service *s, mr_arena *a, const struct mr_actor *actor, const struct mr_partner_order *order,
                   struct mr_findings *findings, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Answer for a body of this installation. Errors: MR_E_NOT_FOUND, MR_E_FORBIDDEN, MR_E_STATE (answered, withdrawn or over). */
int mr_partner_answer(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id, bool consents,
                      struct mr_err *err) MR_MUST_CHECK;
/* By either side: what was asked is asked no longer, what was consented to holds no longer. Errors as above. */
int mr_partner_withdraw(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str id,
                        struct mr_err *err) MR_MUST_CHECK;
/* What an organisation asked for and was asked for, the newest first. */
int mr_partner_list(mr_service *s, mr_arena *a, const struct mr_actor *actor, mr_str org_id,
                    struct mr_partner_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* Behind the mailed link. The token opens it for as long as the record stands: once to answer, later to see and to withdraw.
 *   errors  MR_E_NOT_FOUND: no such link */
int mr_partner_open(mr_service *s, mr_arena *a, mr_str id, mr_str token, struct mr_partner_row *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* May it still be answered? */
bool mr_partner_is_waiting(const mr_service *s, const struct mr_partner_row *row);
/* Answer, with name and function of the person who does. Errors also: MR_E_USAGE (one of them is missing or too long), MR_E_STATE. */
int mr_partner_answer_link(mr_service *s, mr_arena *a, mr_str id, mr_str token, bool consents, mr_str name,
                           mr_str function, struct mr_err *err) MR_MUST_CHECK;
int mr_partner_withdraw_link(mr_service *s, mr_arena *a, mr_str id, mr_str token, struct mr_err *err) MR_MUST_CHECK;

/* Is the consent of this body to be named as awarding body of this specification on record, and does it hold now? An organisation needs none of itself, its units and what it is
 * a unit of.
 *   org_id  whose specification it is */
int mr_partner_consented(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str specification_slug,
                         const mr_organisation *body, bool *ret, struct mr_err *err) MR_MUST_CHECK;
/* The same of all awarding bodies of a specification: a fault "partner.no_consent" for each that has not consented. To be asked before it is published, and before its
 * credentials are sealed. */
int mr_partner_check(mr_db_tx *tx, mr_arena *a, mr_str org_id, const mr_specification *specification,
                     struct mr_findings *findings, struct mr_err *err) MR_MUST_CHECK;

#endif
