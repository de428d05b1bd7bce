/* Any bytes as a file to check: a result for each, a sentence in both languages for every finding, places inside of the document, and a report that is
 * JSON. */
#include "base/limits.h"
#include "credential/check.h"
#include "credential/specification_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* One for the whole run: it keeps the compiled shapes. */
static mr_checker *a_checker(void)
{
    static mr_checker *checker;
    if (!checker) need(mr_checker_open(mr_env_system(), &checker, NULL) == MR_OK);
    return checker;
}

static void check_findings(mr_arena *a, const mr_checked *c, const mr_language *l)
{
    for (size_t i = 0; i < c->findings.count; i++) {
        const struct mr_finding *f = &c->findings.items[i];
        mr_str said = mr_finding_say(a, l, f);
        need(said.len > 0 && mr_utf8_check(said) == said.len);
        need(f->position <= c->document.len);
    }
}

static void check_report(mr_arena *a, const mr_checked *c, const mr_language *l)
{
    mr_buf out;
    const mr_json *root;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_checked_write_json(c, a, l, MR_STR("file"), &out);
    need(mr_buf_failed(&out) || mr_json_parse(a, mr_buf_str(&out), NULL, &root, NULL) == MR_OK);
    mr_buf_clear(&out);
    mr_checked_write_text(c, a, l, MR_STR("file"), &out);
    need(mr_utf8_check(mr_buf_str(&out)) == out.len);
    mr_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_checked checked;
    struct mr_err err;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_check_file(a_checker(), &a, mr_str_make((const char *)data, size), mr_language_english(), &checked, &err) !=
        MR_OK)
        return 0;
    need(checked.kind != MR_CHECKED_NOTHING || checked.refusal);
    for (const mr_language *const *l = mr_languages(); *l; l++) {
        check_findings(&a, &checked, *l);
        check_report(&a, &checked, *l);
    }
    return 0;
}
