/* What the files of lti share. */
#ifndef MR_SERVICE_LTI_INSIDE_H
#define MR_SERVICE_LTI_INSIDE_H

#include "crypto/key.h"
#include "json/json.h"
#include "service/lti.h"
#include "store/lti.h"

/* The tool's key, made once; kid is its RFC 7638 thumbprint, in `a`. */
int mr_lti_key(mr_service *s, mr_arena *a, mr_key **ret, mr_str *ret_kid, struct mr_err *err) MR_MUST_CHECK;
/* Ask a platform: through the guarded client. type NULL: GET; bearer and ret_next as in mr_net_request. */
struct mr_lti_question {
    mr_str url;
    const char *type, *accept;
    mr_str body, bearer;
    mr_str *ret_next;
};
int mr_lti_ask(mr_service *s, mr_arena *a, const struct mr_lti_question *q, const mr_json **ret,
               struct mr_err *err) MR_MUST_CHECK;
/* What a launch's claims must say (LTI 1.3 section 5.3, Security Framework 5.1.3); for tests, too. now: ms. Errors: MR_E_FORBIDDEN (the detail says what does not fit). */
int mr_lti_check_claims(const mr_json *claims, const struct mr_lti_platform_row *platform, mr_str nonce, int64_t now,
                        struct mr_err *err) MR_MUST_CHECK;
/* Append a field of a form or query: "&name=value", percent-encoded. */
void mr_lti_put_field(mr_buf *b, const char *name, mr_str value);

#endif
