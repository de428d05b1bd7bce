/* Files in which a quality agency writes down an accreditation, to be signed (docs/accreditation.md): a JSON object, read as strictly as specifications. */
#ifndef MR_CREDENTIAL_ACCREDITATION_FILE_H
#define MR_CREDENTIAL_ACCREDITATION_FILE_H

#include "model/achievement.h"

typedef struct mr_accreditation_file {
    mr_str id; /* URL or URN of the decision; may be empty */
    struct mr_quality quality;
    mr_organisation *organisations; /* who was accredited: one or several */
    size_t organisation_count;
} mr_accreditation_file;

/*   text      borrowed for the life of `a`
 *   findings  gets every fault; the record may be signed when findings->faults is 0
 *   errors    MR_E_JSON and its kin when the text is no JSON object; MR_E_NOMEM */
int mr_accreditation_file_read(mr_arena *a, mr_str text, mr_accreditation_file *ret, struct mr_findings *findings,
                               struct mr_err *err) MR_MUST_CHECK;
/* A file to begin with; everything in it is invented. */
mr_str mr_accreditation_file_template(void);

#endif
