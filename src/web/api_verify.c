/* POST /api/v1/verify: the body is the document, the answer the report of `merit verify --json`, also of an empty one. Nothing is kept. */
#include "base/limits.h"
#include "web/api.h"
#include "web/report.h"

struct told {
    mr_page *p;
    mr_buf *out;
};

static int write_report(void *self, mr_arena *a, size_t index, const mr_report *report, struct mr_err *err)
{
    const struct told *x = self;
    (void)a, (void)index, (void)err;
    mr_report_write_json(report, x->p->language, MR_STR_EMPTY, x->out);
    return MR_OK;
}

void mr_api_verify(mr_page *p)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_HTTP_RESPONSE);
    struct told x = {p, &out};
    const struct mr_reported file = {.content = p->request->body};
    if (!mr_page_take_rate(p, mr_verify_count(file.content) - 1)) return; /* one was counted with the request */
    if (mr_web_verify_each(p, &file, 1, write_report, &x, &err) == MR_OK)
        mr_api_give(p, "application/json", mr_buf_str(&out));
    else
        mr_api_fail(p, &err);
}
