/* Specification files: a JSON object, documented in docs/specification.md. Reading and checking are one act: a file is read whole, every fault is
 * found, with its JSON Pointer; unknown members are faults too (a mistyped name must not lose an answer). */
#ifndef MR_CREDENTIAL_SPECIFICATION_FILE_H
#define MR_CREDENTIAL_SPECIFICATION_FILE_H

#include "credential/annex.h"
#include "json/json.h"
#include "text/messages.h"

/*   text      borrowed for the life of `a`
 *   findings  gets every fault (mr_annex_check included); the specification may be used when findings->faults is 0
 *   errors    MR_E_JSON and its kin when the text is no JSON object; MR_E_NOMEM
 *   result    MR_OK also with faults */
int mr_specification_read(mr_arena *a, mr_str text, mr_specification *ret, struct mr_findings *findings,
                          struct mr_err *err) MR_MUST_CHECK;
/* One sentence of a finding in a language: what is wrong, why it matters, what to write. */
mr_str mr_finding_say(mr_arena *a, const mr_language *l, const struct mr_finding *f);

#endif
