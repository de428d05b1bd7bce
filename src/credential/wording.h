/* Short statements that the certificate, the report and the pages share: workload, level, supervision, in the reader's language. */
#ifndef MR_CREDENTIAL_WORDING_H
#define MR_CREDENTIAL_WORDING_H

#include "model/specification.h"
#include "text/messages.h"

/* "2.5 ECTS, 60 hours"; empty when both are 0. Texts in `a`. */
mr_str mr_wording_workload(mr_arena *a, const mr_language *l, int64_t ects_hundredths, int64_t minutes);
/* "2.5 ECTS" */
mr_str mr_wording_ects(mr_arena *a, const mr_language *l, int64_t hundredths);
/* "EQF 6" */
mr_str mr_wording_eqf(mr_arena *a, const mr_language *l, mr_str level);
/* Two statements with a comma between them; either may be empty. */
mr_str mr_wording_join(mr_arena *a, mr_str first, mr_str second);
/* The most specific statement: a title, with its type in brackets where that says something else; either may be empty. */
mr_str mr_wording_with_type(mr_arena *a, mr_str title, mr_str type);
/* "Supervised with identity check, on site"; empty for NOT_SAID. */
mr_str mr_wording_supervision(const mr_language *l, mr_supervision s);
/* "Internal quality assurance" ... */
mr_str mr_wording_quality(const mr_language *l, mr_quality_kind kind);

/* An issuer as people can read it: a long did:key or did:jwk is cut in its middle, anything else stays. In `a`, or `name` itself. */
mr_str mr_wording_identifier(mr_arena *a, mr_str name);

#endif
