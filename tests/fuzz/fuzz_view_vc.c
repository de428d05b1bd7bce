/* Any JSON as a badge: what is told of it is UTF-8, says something where it counts as an answer, and can be written as JSON. */
#include "base/limits.h"
#include "credential/view_vc.h"
#include "json/write.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void check_text(mr_str s)
{
    need(s.len == 0 || (s.ptr && mr_utf8_check(s) == s.len));
}

static void check_view(const mr_view *v)
{
    const mr_str texts[] = {v->id, v->title, v->issuer, v->awarding_body, v->learner, v->workload, v->level};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_text(texts[i]);
    for (mr_element e = 0; e < MR_ELEMENT_COUNT; e++) {
        const struct mr_view_answer *a = &v->answers[e];
        need(a->answered == (a->value_count > 0) && a->value_count <= sizeof a->values / sizeof *a->values);
        for (size_t i = 0; i < a->value_count; i++) check_text(a->values[i]);
    }
}

static void check_written(mr_arena *a, const mr_view *v, const mr_language *l)
{
    mr_buf out;
    mr_json_writer w;
    const mr_json *root;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &out, 0);
    mr_view_write_elements(v, l, &w);
    int code = mr_buf_failed(&out) ? MR_OK : mr_json_parse(a, mr_buf_str(&out), NULL, &root, NULL);
    need(code == MR_OK || code == MR_E_NOMEM);
    mr_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *root;
    struct mr_err err;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &root, NULL) != MR_OK) return 0;
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        mr_view v;
        int code = mr_view_read_vc(&a, root, *l, &v, &err);
        need(code == MR_OK || code == MR_E_FORMAT || code == MR_E_NOMEM);
        if (code != MR_OK) continue;
        check_view(&v);
        need(v.part_credentials <= v.part_count && v.part_count <= MR_LIMIT_PRESENTED);
        for (size_t i = 0; i < v.part_count; i++) check_view(&v.parts[i]);
        check_written(&a, &v, *l);
    }
    return 0;
}
