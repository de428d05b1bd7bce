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
/* Append a field of a form or query: "&name=value", percent-encoded. */
void mr_lti_put_field(mr_buf *b, const char *name, mr_str value);

#endif
