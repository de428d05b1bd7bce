/* Any graph is taken for shapes and for data at once, and held against itself: never a crash, never without end; what is told is about
 * terms that there are, and the same each time. */
#include "base/limits.h"
#include "rdf/nquads.h"
#include "rdf/shacl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void check_result(const mr_shacl_result *r)
{
    const mr_term *expected[4];
    need(r->focus && r->shape && r->severity_iri && r->parameter && r->component < MR_SHACL_COMPONENT_COUNT);
    need(!(r->path && r->complex_path));
    size_t count = mr_shacl_expected(r, expected, 4);
    need(count >= 1 && count <= 4);
    for (size_t i = 0; i < count; i++) need(expected[i] != NULL);
}

static void check_report(mr_arena *a, const mr_shacl_report *report)
{
    mr_dataset out;
    mr_dataset_init(&out, a);
    need(report->conforms == (report->count == 0));
    for (size_t i = 0; i < report->count; i++) check_result(&report->results[i]);
    if (mr_shacl_write_report(report, &out, NULL) == MR_OK) need(out.count >= 2 + 7 * report->count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_dataset ds;
    const mr_shapes *shapes;
    mr_shacl_report first, second;
    struct mr_err err;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_dataset_init(&ds, &a);
    if (mr_nquads_parse(&ds, mr_str_make((const char *)data, size), NULL) != MR_OK) return 0;
    if (mr_shapes_compile(&a, &ds, &shapes, &err) != MR_OK) {
        need(err.code != MR_OK && err.message && memchr(err.detail, 0, sizeof err.detail));
        return 0;
    }
    if (mr_shacl_validate(&a, shapes, &ds, 1000, &first, &err) != MR_OK) {
        need(err.code == MR_E_LIMIT || err.code == MR_E_NOMEM);
        return 0;
    }
    check_report(&a, &first);
    if (mr_shacl_validate(&a, shapes, &ds, 1000, &second, &err) == MR_OK) need(first.count == second.count);
    return 0;
}
