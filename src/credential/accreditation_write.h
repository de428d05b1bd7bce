/* Writing and signing a record of accreditation (accreditation_record.h reads it). */
#ifndef MR_CREDENTIAL_ACCREDITATION_WRITE_H
#define MR_CREDENTIAL_ACCREDITATION_WRITE_H

#include "credential/accreditation_file.h"
#include "credential/issue.h"

typedef enum mr_accreditation_form {
    MR_ACCREDITATION_VC_JWT,
    MR_ACCREDITATION_DATA_INTEGRITY, /* by a key; a JCS suite, which signs the words */
    MR_ACCREDITATION_JADES,          /* by a seal */
} mr_accreditation_form;

struct mr_accreditation_signing {
    const mr_accreditation_file *file;
    const struct mr_issuing_key *key; /* or NULL: */
    const struct mr_seal_key *seal;
    mr_str id; /* of the credential: "urn:credential:<uuid>" */
    int64_t now;
    mr_str status_list; /* in which its status stands; empty: in none */
    uint64_t status_index;
};
/* Append the signed record to `out`.
 *   errors  MR_E_CERTIFICATE (the seal names another than `by`; not valid now), MR_E_UNSUPPORTED (the form fits neither key nor seal), MR_E_KEY, MR_E_LIMIT,
 *           MR_E_NOMEM */
int mr_accreditation_sign(mr_arena *a, const struct mr_accreditation_signing *s, mr_accreditation_form form,
                          mr_buf *out, struct mr_err *err) MR_MUST_CHECK;

#endif
