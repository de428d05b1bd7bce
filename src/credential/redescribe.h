/* Re-description: any credential that Merit reads, taken apart into a specification and an achievement again, in all languages of the source. What
 * the source does not say is not invented; each gap is a finding that names the Annex I element and what to fill in.
 *
 * A new format to write needs nothing from here but these two; a new format to read is one reader more in redescribe.c. */
#ifndef MR_CREDENTIAL_REDESCRIBE_H
#define MR_CREDENTIAL_REDESCRIBE_H

#include "json/json.h"
#include "model/achievement.h"

typedef struct mr_redescription {
    mr_specification specification; /* may lack answers */
    mr_achievement achievement;     /* its id is empty: it is a description, and no new award */
    mr_str source;                  /* id of the credential; may be empty */
    mr_str issuer;                  /* who issued it, in the primary language; may be empty */
    bool unsealed;                  /* nothing seals the source, so it is no proof: for the caller to say */
    struct mr_findings gaps; /* faults: what is missing before it can be issued; warnings: what was not carried over */
} mr_redescription;

/*   document  the credential's JSON out of its envelope: an ELM document (or the wrapper {"credential": ...}), an Open Badge 3.0 or other VC with an
 *             achievement, or the claims of an SD-JWT VC; borrowed for the life of `a`
 *   ret       in `a`; gaps->faults is 0 when `merit spec check` finds the specification complete, and learner and date are there
 *   errors    MR_E_FORMAT (message: "convert.no_object", "convert.no_achievement", "convert.several": it is a record or has several subjects),
 *             MR_E_NOMEM, MR_E_LIMIT (a document that names more than it may) */
int mr_redescribe(mr_arena *a, const mr_json *document, mr_redescription *ret, struct mr_err *err) MR_MUST_CHECK;

/* The same of an achievement that is one of several of the document: of a learner record, or of a badge with a list of them. */
int mr_redescribe_achievement(mr_arena *a, const mr_json *document, const mr_json *achievement, mr_redescription *ret,
                              struct mr_err *err) MR_MUST_CHECK;

/* Say in the specification's further information that it is re-described and which credential remains the proof: for formats that are credentials
 * and are sealed by nobody. In the languages of the title that we have words for, and in English.
 *   errors  MR_E_NOMEM */
int mr_redescription_mark(mr_arena *a, mr_redescription *r, struct mr_err *err) MR_MUST_CHECK;

#endif
