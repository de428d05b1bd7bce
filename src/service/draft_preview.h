/* How the credentials of a draft would look: a sample for an invented learner, sealed with a key that is made for it and forgotten, by a test authority that is made and
 * forgotten, too. So it goes the whole way of a real one, and is worth nothing. */
#ifndef MR_SERVICE_DRAFT_PREVIEW_H
#define MR_SERVICE_DRAFT_PREVIEW_H

#include "service/draft.h"

/* The certificate, PNG, with the words TEST SEAL across it. The specification may lack answers; without a title: MR_E_SPECIFICATION. */
int mr_draft_draw(mr_service *s, const mr_specification *specification, mr_buf *out, struct mr_err *err) MR_MUST_CHECK;
/* What the credential says in one format, JSON, readable: the document that is sealed, a token's payload, the claims of an SD-JWT. The page image is left out of it.
 *   specification  without faults
 *   errors         MR_E_UNSUPPORTED: the format asks for more than the specification says; those of mr_issuer_open and mr_issue */
int mr_draft_sample(mr_service *s, mr_arena *a, const mr_specification *specification, mr_format format, mr_buf *out,
                    struct mr_err *err) MR_MUST_CHECK;

#endif
