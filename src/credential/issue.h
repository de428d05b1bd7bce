/* Issuing: one achievement, all formats. Prepared once for a batch, then called for each achievement. */
#ifndef MR_CREDENTIAL_ISSUE_H
#define MR_CREDENTIAL_ISSUE_H

#include "model/achievement.h"
#include "proof/jades.h"
#include "proof/jose.h"
#include "text/messages.h"

typedef enum mr_format { MR_FORMAT_ELM = 1, MR_FORMAT_VC_JWT = 2 } mr_format; /* bits */
/* "elm", "vc+jwt"; 0 for anything else. */
mr_format mr_format_find(mr_str name);
/* File name ending: ".jsonld", ".jwt". */
const char *mr_format_ending(mr_format f);

struct mr_issuing {
    const mr_specification *specification;
    const struct mr_seal_key *seal;
    const mr_env *env;
    bool page_image; /* false: a blank page stands in (an ELM document must carry one) */
    bool mandate;    /* an awarding body that is not the seal's owner has mandated it (DESIGN 5.5) */
    mr_str verify_url;
    mr_timestamp_source *timestamp; /* or NULL */
    void *timestamp_self;
};
typedef struct mr_issuer mr_issuer; /* one per thread */
/* A sample of the specification is issued and checked (format, completeness, read back) before the first real one.
 * Errors: MR_E_CERTIFICATE (seal not valid now, or may not seal), MR_E_SPECIFICATION, MR_E_LIBRARY ... */
int mr_issuer_open(const struct mr_issuing *issuing, mr_issuer **ret, struct mr_err *err) MR_MUST_CHECK;
void mr_issuer_close(mr_issuer *i);
/* Give the achievement an id when it has none, and append its credential in one format to `out`. */
int mr_issue(mr_issuer *i, mr_achievement *achievement, mr_format format, mr_buf *out,
             struct mr_err *err) MR_MUST_CHECK;

#endif
