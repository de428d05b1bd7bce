/* One learner at a time: awarding without a file, and putting right what was sealed wrongly. */
#ifndef MR_SERVICE_AWARD_H
#define MR_SERVICE_AWARD_H

#include "service/actor.h"
#include "service/award_fields.h"
#include "service/service.h"

struct mr_award_order {
    mr_str specification; /* slug (its newest version) or row id of a version */
    struct mr_award_fields fields;
    bool mail;            /* queue the mail with the link */
    mr_str validation_id; /* of prior learning; else empty */
};
struct mr_awarded {
    mr_str id, url; /* of the achievement, and its claim link */
    mr_str renews;  /* the achievement that it renews; may be empty */
};
/* Award, sealed and durable when it returns. Whoever does this answers for the results: programs with a token, the operator, and persons who are assessor and registrar
 * where the provider allows both in one hand. (ACHIEVEMENT_AWARD)
 *   findings  what is wrong with the fields; then MR_E_FORMAT
 *   errors    MR_E_EXISTS (detail: id of the achievement that there is); MR_E_FORBIDDEN (detail "same_person": others sign off and seal); those of sealing */
int mr_award(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_award_order *order,
             struct mr_findings *findings, struct mr_awarded *ret, struct mr_err *err) MR_MUST_CHECK;
/* May this actor award by mr_award here? Else an award becomes a batch of one row, to be signed off. */
int mr_award_is_free(mr_service *s, const struct mr_actor *actor, mr_str org_id, bool *ret,
                     struct mr_err *err) MR_MUST_CHECK;

/* Hand one learner's result in as a batch of one row, for an assessor to sign off (RESULT_ENTER).
 *   name       of the batch, as a file name stands for others
 *   findings   as above
 *   errors     MR_E_FORMAT with findings; MR_E_EXISTS as above */
int mr_award_hand_in(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_award_order *order,
                     mr_str name, struct mr_findings *findings, mr_str *ret_batch_id, struct mr_err *err) MR_MUST_CHECK;

/* What an achievement was made of, for the form that corrects it (ACHIEVEMENT_READ). */
struct mr_award_record {
    mr_str id, org_id, specification_id, batch_id, status, claim_state;
    int64_t claim_turn;            /* for mr_claim_path */
    struct mr_award_fields fields; /* of achievements from before fields were kept: name, address, date */
    mr_str replaces, renews, validation_id, replaced_by;
    int64_t expires_at; /* MR_TIME_NONE: never */
};
int mr_award_find(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                  struct mr_award_record *ret, struct mr_err *err) MR_MUST_CHECK;
/* Seal a corrected credential, withdraw the old one with a reference to it, and tell the learner by mail (template "replaced"): all at once. (ACHIEVEMENT_REPLACE)
 *   errors  as above; MR_E_STATE: the old one is withdrawn; MR_E_EXISTS: somebody else of that name and birth date holds it */
int mr_award_replace(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str achievement_id,
                     const struct mr_award_fields *fields, mr_str reason, struct mr_findings *findings,
                     struct mr_awarded *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
