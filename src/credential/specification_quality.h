/* A statement of quality assurance as specification files and records of accreditation write it (docs/specification.md, docs/accreditation.md). */
#ifndef MR_CREDENTIAL_SPECIFICATION_QUALITY_H
#define MR_CREDENTIAL_SPECIFICATION_QUALITY_H

#include "credential/specification_values.h"

/* An entry of `quality_assurance`.
 *   provider  stands for "provider" as `by`
 *   returns   false: not usable; the faults are noted */
bool mr_spec_quality(struct mr_spec_reader *r, const mr_json *item, const mr_organisation *provider,
                     struct mr_quality *ret);
/* The same members, of an object that has others beside them, which its reader asks for; and without `by`. */
void mr_spec_quality_members(struct mr_spec_reader *r, const mr_json *item, struct mr_quality *ret);
/* The names of those members. */
#define MR_SPEC_QUALITY_MEMBERS                                                                                        \
    "kind", "title", "by", "reference", "valid_from", "valid_until", "conditional", "conditions", "decision",          \
        "issued", "review", "report", "limits"

#endif
