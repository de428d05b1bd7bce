/* Is what a credential claims of accreditations true? The records are found, opened, and asked whether they cover what was awarded.
 *
 * A record counts when its signature holds, the accrediting agent itself signed it, and the operator lets that agent accredit (trust folder: a known
 * issuer with "accredits": true; by certificate, one that leads to an anchor besides; or an agent that such a one accredited to accredit, accreditation_chain.h).
 * What the credential says of its accreditation is only where to look: never proof (docs/decisions/0011). */
#ifndef MR_CREDENTIAL_ACCREDITATION_JUDGE_H
#define MR_CREDENTIAL_ACCREDITATION_JUDGE_H

#include "credential/accreditation_record.h"
#include "credential/trust.h"

struct mr_accreditation_judging {
    struct mr_opening opening; /* its fetch asks for records and status lists; NULL: network off */
    const mr_trust *trust;
    const mr_str *embedded; /* records that the credential brought along */
    size_t embedded_count;
};

/* What a record is worth, whatever it says. */
struct mr_accreditation_standing {
    /* PASSED "accreditation.stands". UNCHECKED, because nothing follows from it: "accreditation.seal" (detail: why), "accreditation.form",
     * "accreditation.other_issuer", "accreditation.other_agent", "accreditation.agency_test", "accreditation.agency_unknown", "accreditation.key_revoked",
     * and, of one that stands otherwise, "accreditation.withdrawn_now", "accreditation.suspended_now" (the list does not tell since when) and
     * "accreditation.status" (could not be asked). */
    struct mr_step step;
    bool trusted;   /* all but the status */
    mr_str voucher; /* who says that the agent may accredit: name in the trust folder, or of the root */
    struct mr_accreditation_seal seal;
};
/* Open a record and find out.
 *   payload  the credential, NULL when it cannot be read; may be NULL itself
 *   errors   MR_E_NOMEM only */
int mr_accreditation_stand(mr_arena *a, const struct mr_accreditation_judging *j, mr_str text,
                           mr_accreditation_record *ret, struct mr_accreditation_standing *ret_standing,
                           struct mr_err *err) MR_MUST_CHECK;

/* The party that awarded. */
struct mr_awarding_party {
    mr_party stated;    /* what the credential says of it, and what the seal says */
    mr_party certified; /* what the seal says; empty for a party that only the issuer names */
    bool is_issuer;
};
struct mr_accreditation_answer {
    mr_state state; /* PASSED, FAILED (outside), UNCHECKED */
    const char *
        id; /* "quality.passed", "quality.passed_conditions", "quality.outside.*", "quality.undecided.*", "quality.no_record", and of standings */
    mr_coverage coverage;
    mr_accreditation record; /* that decided; empty when none did */
    mr_str voucher, detail;
    bool fetched;
};
/* Of all records that can be found for a claim, the one that says most: covers, outside, cannot be told.
 *   claim   as the credential has it; NULL: any accreditation of this party
 *   errors  MR_E_NOMEM only */
int mr_accreditation_judge(mr_arena *a, const struct mr_accreditation_judging *j, const mr_accreditation *claim,
                           const struct mr_awarding_party *party, const struct mr_coverage_question *question,
                           struct mr_accreditation_answer *ret, struct mr_err *err) MR_MUST_CHECK;
/* Is `a` the better answer: a proof before a fault, a fault before nothing. */
bool mr_accreditation_answer_is_better(const struct mr_accreditation_answer *a,
                                       const struct mr_accreditation_answer *than);

#endif
