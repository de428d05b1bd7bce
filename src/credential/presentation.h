/* What a presentation holds: its credentials, each opened with what secures it, and asked for the rules of the data model. */
#ifndef MR_CREDENTIAL_PRESENTATION_H
#define MR_CREDENTIAL_PRESENTATION_H

#include "credential/secured.h"

/* One credential of a presentation.
 *   where    the item: an object with a proof, an envelope, or (1.1) the text of a token
 *   secured  as opened; its payload is NULL when it could not be
 *   step     PASSED: the seal holds and the data model is kept. Else the first that is not so: secured.step; FAILED with a message of vcdm.h; FAILED "presented.unreadable",
 *            "presented.media_type" (the envelope says another kind than the token), "presented.not_credential", "presented.unsecured" (nothing secures it and it is not
 *            the holder's own word); UNCHECKED "presented.cose"; NOT_APPLICABLE "presented.self_asserted" (nothing but the presentation secures it, and its issuer is the holder) */
struct mr_presented {
    const mr_json *where;
    mr_secured secured;
    struct mr_step step;
};
typedef struct mr_presentation {
    struct mr_presented *credentials; /* in the arena */
    size_t count;
} mr_presentation;

/* Open every credential of a presentation that was opened itself. Whose keys they are and whether that is their issuers', what status lists say, and times
 * are for the caller, as with any other credential. Nothing goes deeper: a presentation is none of a presentation's credentials.
 *   o            as for the presentation; audience and nonce are not asked of the credentials
 *   document     the presentation
 *   ret          given back with mr_presentation_done, also after an error
 *   errors       MR_E_FORMAT (no presentation), MR_E_LIMIT (more than MR_LIMIT_PRESENTED), MR_E_NOMEM
 *   source       VC Data Model 2.0 sections 4.12 and 4.13; 1.1 section 6.3.1; VC-JOSE-COSE 1.0 section 3.1.2 */
int mr_presentation_open(mr_arena *a, const struct mr_opening *o, const mr_json *document, mr_presentation *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* Likewise the credentials in a learner record (ClrCredential), the first MR_LIMIT_PRESENTED of them. One that nothing secures is "presented.unsecured".
 *   document  the record, out of its own envelope
 *   errors    MR_E_NOMEM
 *   source    CLR 2.0 B.1 ClrSubject */
int mr_record_open(mr_arena *a, const struct mr_opening *o, const mr_json *document, mr_presentation *ret,
                   struct mr_err *err) MR_MUST_CHECK;
void mr_presentation_done(mr_presentation *p);

/* The secured document in an EnvelopedVerifiableCredential or EnvelopedVerifiablePresentation.
 *   ret_type  its media type without "application/" and parameters: "vc+jwt", "vc+sd-jwt", "vp+jwt" ...
 *   ret_text  in `a`, or of the envelope
 *   errors    MR_E_FORMAT (no data: URL of such a type), MR_E_ENCODING, MR_E_NOMEM
 *   source    VC Data Model 2.0 section 4.12.1; RFC 2397 */
int mr_envelope_read(mr_arena *a, const mr_json *envelope, mr_str *ret_type, mr_str *ret_text,
                     struct mr_err *err) MR_MUST_CHECK;

#endif
