/* From results to sealed credentials: an assessor signs the results off, a registrar has them sealed, now or at a time, and a job does it (service/jobs.h), on any
 * node, through stops. And what became of a batch: counters, its achievements, mail.
 *
 * Whoever signs off is not who has it sealed, unless the provider allows that (service/award_setting.h). Then, and for the operator, sealing signs off as well. */
#ifndef MR_SERVICE_SEALING_H
#define MR_SERVICE_SEALING_H

#include "base/buf.h"
#include "credential/status.h"
#include "model/achievement.h"
#include "service/actor.h"
#include "service/service.h"
#include "store/achievement.h"
#include "store/sealing.h"
#include "text/messages.h"

/* May this actor do the next step, and if not, why? */
typedef enum mr_seal_hindrance {
    MR_SEAL_FREE,      /* may have it sealed; signs it off by that when nobody did */
    MR_SEAL_UNSIGNED,  /* an assessor has to sign off first */
    MR_SEAL_SAME,      /* signed it off, and so may not have it sealed */
    MR_SEAL_FORBIDDEN, /* may not have anything sealed here */
} mr_seal_hindrance;
struct mr_sealing {
    struct mr_sealing_row row;
    mr_seal_hindrance hindrance;
    bool may_sign; /* may sign off, and nobody did */
};
/* Action BATCH_READ. */
int mr_batch_sealing(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_sealing *ret,
                     struct mr_err *err) MR_MUST_CHECK;
/* Sign the results off (RESULT_SIGN), or take that back, which only who signed and administrators may. Errors: MR_E_STATE: not in preview, or signed before. */
int mr_batch_sign(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
int mr_batch_unsign(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* How the assessment was supervised, for rows that do not say (RESULT_ENTER); before sign-off. NOT_SAID: as the specification says. Errors: MR_E_STATE. */
int mr_batch_set_supervision(mr_service *s, const struct mr_actor *actor, mr_str id, mr_supervision supervision,
                             struct mr_err *err) MR_MUST_CHECK;
/* Code of a supervision, "identity-online"; "" for NOT_SAID. And back: false for anything else. */
const char *mr_supervision_word(mr_supervision supervision);
bool mr_supervision_find(mr_str word, mr_supervision *ret);

/* Start sealing, or go on with a batch that failed (BATCH_SEAL). Returns at once; the job does the rest.
 *   mail    queue a mail for each learner with an address, in the transaction that keeps her achievement
 *   errors  MR_E_STATE: nothing is ready, another state, or (detail "unsigned") not signed off; MR_E_FORBIDDEN (detail "same_person"); MR_E_SPECIFICATION: its
 *           credentials would have faults, or name who has not consented, and it stays in preview; those of mr_maker_check */
int mr_batch_seal(mr_service *s, const struct mr_actor *actor, mr_str id, bool mail, struct mr_err *err) MR_MUST_CHECK;
/* The same at a time (milliseconds UTC) that was given in a zone (base/zone.h). It can be changed and stopped until then. Errors also: MR_E_TIME: not in the future, or more than two years. */
int mr_batch_schedule(mr_service *s, const struct mr_actor *actor, mr_str id, int64_t at, mr_str zone, bool mail,
                      struct mr_err *err) MR_MUST_CHECK;
int mr_batch_unschedule(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Give up a batch in preview (RESULT_ENTER); its table is not kept any longer. Errors: MR_E_STATE. */
int mr_batch_discard(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* Wait until no job is due or running here (demo data, tests). */
void mr_batch_wait(mr_service *s);

/* ---- what became of it ---- */

/* Action BATCH_READ. */
int mr_batch_count(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_batch_counts *ret,
                   struct mr_err *err) MR_MUST_CHECK;
/* Queue the mail that was not queued at sealing (MAIL_SEND); who was sent one, withdrawn or has decided gets none. A job does it. Errors: MR_E_STATE: not sealed. */
int mr_batch_mail(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err) MR_MUST_CHECK;

struct mr_claim_link {
    mr_str achievement_id, learner, email, claim_state, url;
    mr_status status;
    int64_t until;      /* the end of the learner's time to decide */
    int64_t expires_at; /* MR_TIME_NONE: never */
    struct mr_achievement_place place;
};
/* Page by page, and by name: of `query`, batch_id is the batch, name what was typed. */
int mr_batch_search(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_achievement_query *query,
                    struct mr_claim_link **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* What became of a link, in words: "not decided yet", "accepted" ...; and of the credential, when it was withdrawn or suspended. */
mr_str mr_claim_link_state(const mr_service *s, const mr_language *l, const struct mr_claim_link *link);
/* The links as CSV for a mail merge, with a byte order mark, or spreadsheets read it wrongly. Errors also: MR_E_LIMIT. */
int mr_batch_write_links(mr_service *s, const struct mr_actor *actor, mr_str id, const mr_language *l, mr_buf *out,
                         struct mr_err *err) MR_MUST_CHECK;

#endif
