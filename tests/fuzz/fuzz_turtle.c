/* Whatever is read can be written and read again, to the same graph; every fault has a place inside the text. */
#include "base/limits.h"
#include "rdf/canon.h"
#include "rdf/turtle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* Every dataset that was read has a canonical form; false when the graph is too hard. */
static bool canonical(mr_arena *a, const mr_dataset *ds, mr_buf *out)
{
    struct mr_err err;
    mr_canon_options options = {.budget = 2000};
    int code = mr_rdf_canonicalise(a, ds, &options, out, NULL, &err);
    need(code == MR_OK || code == MR_E_LIMIT);
    return code == MR_OK;
}

static void check_dataset(mr_arena *a, const mr_dataset *ds)
{
    static const struct mr_turtle_prefix prefixes[] = {{"e", "http://e.eu/"}, {"", "urn:"}};
    mr_buf written, first, second;
    mr_dataset again;
    struct mr_err err;
    mr_buf_init(&written, MR_LIMIT_DOCUMENT);
    mr_buf_init(&first, MR_LIMIT_DOCUMENT);
    mr_buf_init(&second, MR_LIMIT_DOCUMENT);
    mr_dataset_init(&again, a);
    if (mr_turtle_write(ds, prefixes, sizeof prefixes / sizeof *prefixes, &written, &err) == MR_OK) {
        need(mr_turtle_parse(&again, mr_buf_str(&written), MR_STR_EMPTY, &err) == MR_OK);
        if (canonical(a, ds, &first) && canonical(a, &again, &second))
            need(mr_str_eq(mr_buf_str(&first), mr_buf_str(&second)));
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
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_dataset_init(&ds, &a);
    if (mr_turtle_parse(&ds, mr_str_make((const char *)data, size), MR_STR("http://e.eu/a/"), &err) == MR_OK)
        check_dataset(&a, &ds);
    else
        need((err.code == MR_E_FORMAT || err.code == MR_E_UTF8 || err.code == MR_E_LIMIT ||
              err.code == MR_E_UNSUPPORTED) &&
             err.position <= size);
    mr_arena_done(&a);
    return 0;
}
