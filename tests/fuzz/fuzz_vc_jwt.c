/* Claims of any token: a document that reads as its text, or a message for why not. The first line of an input is the typ. */
#include "base/limits.h"
#include "proof/vc_jwt.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str rest = mr_str_make((const char *)data, size), typ = MR_STR_EMPTY, text;
    const mr_json *claims, *document;
    bool presentation;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!mr_str_split(&rest, '\n', &typ) || !rest.ptr) return 0;
    if (mr_json_parse(&a, rest, NULL, &claims, NULL) != MR_OK) return 0;
    int code = mr_vc_jwt_document(&a, typ, rest, claims, &text, &document, &presentation, &err);
    if (code == MR_OK)
        need(mr_json_is(document, MR_JSON_OBJECT) && text.len > 0 && text.ptr[0] == '{');
    else
        need(code == MR_E_NOMEM || code == MR_E_LIMIT ||
             (code == MR_E_FORMAT && strncmp(err.message, "token.", 6) == 0));
    return 0;
}
