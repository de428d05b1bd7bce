/* The rules of the Verifiable Credentials Data Model, 2.0 and 1.1, for credentials and presentations, whatever they are about and whatever secures them. */
#ifndef MR_CREDENTIAL_VCDM_H
#define MR_CREDENTIAL_VCDM_H

#include "json/json.h"
#include "rdf/context.h"

#define MR_VCDM_1_CONTEXT "https://www.w3.org/2018/credentials/v1"
#define MR_VCDM_2_CONTEXT "https://www.w3.org/ns/credentials/v2"

typedef enum mr_vcdm_version { MR_VCDM_NONE, MR_VCDM_1, MR_VCDM_2 } mr_vcdm_version;
typedef enum mr_vcdm_kind {
    MR_VCDM_NOTHING,
    MR_VCDM_CREDENTIAL,
    MR_VCDM_PRESENTATION,
    MR_VCDM_ENVELOPED_CREDENTIAL, /* an object whose id is a data: URL with the secured credential in it: presentation.h opens it */
    MR_VCDM_ENVELOPED_PRESENTATION,
} mr_vcdm_kind;

/* What the first context and the types say it is. */
mr_vcdm_version mr_vcdm_version_of(const mr_json *document);
mr_vcdm_kind mr_vcdm_kind_of(const mr_json *document);

/* Told of one broken rule.
 *   message  message id: "vcdm.context", "vcdm.type", "vcdm.issuer" ...: each rule its own
 *   where    the value, or the object that lacks it
 *   detail   the value or name that it is about; may be empty */
typedef void mr_vcdm_tell(void *self, const char *message, const mr_json *where, mr_str detail);
/* Every rule. A presentation is asked with the credentials that lie in it as JSON; what enveloped ones hold is for presentation.h. Whether a document
 * is secured is not asked here, nor what its proof is worth, and times are held against each other only, not against the clock.
 *   contexts  NULL: then it is not asked whether terms and types have a meaning
 *   errors    MR_E_NOMEM
 *   source    VC Data Model 2.0 section 4; 1.1 section 4 */
int mr_vcdm_check(mr_arena *a, mr_contexts *contexts, const mr_json *document, mr_vcdm_tell *tell, void *self,
                  struct mr_err *err) MR_MUST_CHECK;
/* The same of a document that was expanded in safe mode, without its proofs and with these contexts, and had no fault: it is not done a second time. */
int mr_vcdm_check_expanded(mr_arena *a, mr_contexts *contexts, const mr_json *document, mr_vcdm_tell *tell, void *self,
                           struct mr_err *err) MR_MUST_CHECK;
/* Is what was told no fault of the document, but good to know? A verifier lets it pass; who issues should not.
 *   "vcdm.context_unknown"  a context that is not built in: whether its terms and types have a meaning is not known
 *   "vcdm.term_catch_all"   a member of the document itself that means something only because a context has a catch-all (@vocab)
 *   "vcdm.old_date"         a date of 1.1, which means nothing in 2.0 */
bool mr_vcdm_is_remark(const char *message);

#endif
