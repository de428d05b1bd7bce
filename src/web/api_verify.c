/* POST /api/v1/verify: the body is the document, the answer the report of `merit verify --json`. Nothing is kept. */
#include "base/limits.h"
#include "service/verify_link.h"
#include "service/verifying.h"
#include "web/api.h"

static int verify(mr_page *p, mr_arena *a, mr_buf *out, struct mr_err *err)
{
    struct mr_service_verifying how;
    mr_verifier *v;
    mr_report report;
    MR_TRY(mr_service_verifying_init(p->service, p->arena, p->language, &how, err));
    MR_TRY(mr_verifier_open(&how.verifying, &v, err));
    int code = mr_verify(v, a, p->request->body, &report, err);
    if (code == MR_OK) code = mr_verify_link_follow(p->service, v, a, p->language, &report, err);
    if (code == MR_OK) mr_report_write_json(&report, p->language, MR_STR_EMPTY, out);
    mr_verifier_close(v);
    return code;
}

void mr_api_verify(mr_page *p)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&out, MR_LIMIT_HTTP_RESPONSE);
    int code = p->request->body.len ? MR_OK : MR_FAIL(&err, MR_E_FORMAT, "there is no document", MR_NOWHERE);
    if (code == MR_OK) code = verify(p, &a, &out, &err);
    if (code == MR_OK)
        mr_api_give(p, "application/json", mr_buf_str(&out));
    else
        mr_api_fail(p, &err);
}
