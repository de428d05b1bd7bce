/* Whatever is read can be written and read again, to the same dataset; the canonical form is its own canonical form; every fault has a place
 * inside the text. */
#include "base/limits.h"
#include "rdf/canon.h"
#include "rdf/nquads.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* Canonical form of a text that can be read; false when the graph is too hard. */
static bool canonical(mr_arena *a, mr_str text, mr_buf *out)
{
    mr_dataset ds;
    struct mr_err err;
    mr_canon_options options = {.budget = 2000};
    mr_dataset_init(&ds, a);
    need(mr_nquads_parse(&ds, text, &err) == MR_OK);
    int code = mr_rdf_canonicalise(a, &ds, &options, out, NULL, &err);
    need(code == MR_OK || code == MR_E_LIMIT);
    return code == MR_OK;
}

static void check_dataset(mr_arena *a, const mr_dataset *ds, mr_str text)
{
    mr_buf written, first, second;
    struct mr_err err;
    mr_buf_init(&written, MR_LIMIT_DOCUMENT);
    mr_buf_init(&first, MR_LIMIT_DOCUMENT);
    mr_buf_init(&second, MR_LIMIT_DOCUMENT);
    need(mr_nquads_write(ds, &written, &err) == MR_OK);
    if (canonical(a, text, &first) && canonical(a, mr_buf_str(&written), &second)) {
        need(mr_str_eq(mr_buf_str(&first), mr_buf_str(&second)));
        mr_buf_clear(&second);
        if (canonical(a, mr_buf_str(&first), &second)) need(mr_str_eq(mr_buf_str(&first), mr_buf_str(&second)));
    }
    mr_buf_done(&written);
    mr_buf_done(&first);
    mr_buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    mr_dataset ds;
    struct mr_err err = {0};
    mr_str text = {(const char *)data, size};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_dataset_init(&ds, &a);
    if (mr_nquads_parse(&ds, text, &err) == MR_OK)
        check_dataset(&a, &ds, text);
    else
        need((err.code == MR_E_FORMAT || err.code == MR_E_UTF8) && err.position <= size);
    mr_arena_done(&a);
    return 0;
}
