/* What the files about identifiers and their documents know of each other; no other folder includes it. */
#ifndef MR_PROOF_CONTROLLER_INSIDE_H
#define MR_PROOF_CONTROLLER_INSIDE_H

#include "proof/controller.h"

/* Why there is no key: the id of the message, how sure it is, and what it is for a caller who wants errors. */
typedef enum mr_key_cause {
    MR_KEY_FINE,
    MR_KEY_NOT_ASKED,
    MR_KEY_UNREACHABLE,
    MR_KEY_UNKNOWN_METHOD,
    MR_KEY_UNKNOWN_KIND,
    MR_KEY_DOCUMENT,
    MR_KEY_OTHER_ID,
    MR_KEY_ABSENT,
    MR_KEY_RELATIONSHIP,
    MR_KEY_CONTROLLER,
    MR_KEY_REVOKED,
    MR_KEY_EXPIRED,
} mr_key_cause;
/* detail is copied into `a`, and left out when there is no room for it. */
struct mr_step mr_key_step(mr_arena *a, mr_key_cause cause, mr_str detail);
static inline struct mr_step mr_key_step_c(mr_key_cause cause, const char *detail)
{
    struct mr_step step = mr_key_step(NULL, cause, MR_STR_EMPTY);
    step.detail = mr_str_of(detail);
    return step;
}
/* The step of an error of reading a key: an unknown kind, or malformed. MR_E_NOMEM has none. */
struct mr_step mr_key_step_of(mr_arena *a, const struct mr_err *err);

/* did.c: the documents of identifiers that hold their key. Errors: MR_E_FORMAT, MR_E_UNSUPPORTED (kind; detail), MR_E_LIMIT, MR_E_NOMEM. */
int mr_did_key_document(mr_arena *a, mr_str did, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_did_jwk_document(mr_arena *a, mr_str did, mr_str *ret, struct mr_err *err) MR_MUST_CHECK;

/* A JSON object from the network.
 *   ret     NULL when *ret_why is not PASSED
 *   errors  MR_E_NOMEM only */
int mr_controller_fetch(mr_arena *a, mr_str url, const char *accept, const mr_fetch *fetch, mr_str *ret_text,
                        const mr_json **ret, struct mr_step *ret_why, struct mr_err *err) MR_MUST_CHECK;

/* verification_method.c: the key of one verification method, an object. ret->key with ret->why PASSED, or why not. Errors: MR_E_NOMEM only. */
int mr_verification_method_read(mr_arena *a, const mr_json *method, struct mr_method *ret,
                                struct mr_err *err) MR_MUST_CHECK;

#endif
