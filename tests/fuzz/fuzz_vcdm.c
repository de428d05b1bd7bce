/* Any JSON as a credential or presentation: every rule that is told has a sentence in each language and a place in the document. */
#include "base/limits.h"
#include "credential/vcdm.h"
#include "text/messages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* One for the whole run: it keeps what was compiled. */
static mr_contexts *the_contexts(void)
{
    static mr_contexts *contexts;
    if (!contexts) need(mr_contexts_open(&contexts, NULL) == MR_OK);
    return contexts;
}

static void hear(void *self, const char *message, const mr_json *where, mr_str detail)
{
    const mr_json *root = self;
    need(where >= root && where < root + root->skip);
    need(mr_utf8_check(detail) == detail.len);
    for (const mr_language *const *l = mr_languages(); *l; l++) need(mr_message_exists(*l, mr_str_of(message)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *root;
    struct mr_err err;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &root, NULL) != MR_OK) return 0;
    int code = mr_vcdm_check(&a, the_contexts(), root, hear, (void *)(uintptr_t)root, &err);
    need(code == MR_OK || code == MR_E_NOMEM);
    mr_vcdm_kind_of(root), mr_vcdm_version_of(root);
    return 0;
}
