/* Any JSON as a badge with endorsements: each is told with a state and a reason, none beyond the most there may be, and nothing passes that was not signed. */
#include "base/limits.h"
#include "credential/endorsement.h"
#include "proof/controller.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void check(const struct mr_endorsement *e)
{
    need((int)e->of < (int)MR_ENDORSED_KINDS && e->step.id != NULL);
    need(mr_utf8_check(e->by) == e->by.len && mr_utf8_check(e->comment) == e->comment.len);
    need(e->step.state == MR_PASSED || e->step.state == MR_FAILED || e->step.state == MR_UNCHECKED);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *root;
    struct mr_err err;
    struct mr_resolver resolver = {0};
    struct mr_endorsement found[MR_LIMIT_ENDORSEMENTS];
    struct mr_opening o = {.keys = {mr_controller_find, &resolver}, .now = 1795176000000};
    size_t count = 0, more = 0;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &root, NULL) != MR_OK) return 0;
    need(mr_contexts_open(&o.contexts, &err) == MR_OK);
    int code = mr_endorsements_open(&a, &o, root, found, &count, &more, &err);
    need(code == MR_OK || code == MR_E_NOMEM);
    need(count <= MR_LIMIT_ENDORSEMENTS && (more == 0 || count == MR_LIMIT_ENDORSEMENTS));
    for (size_t i = 0; code == MR_OK && i < count; i++) check(&found[i]);
    mr_contexts_close(o.contexts);
    return 0;
}
