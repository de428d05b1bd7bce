/* Any JSON as a credential to be described again: texts are UTF-8 by known languages, a specification file comes of it that can be read, and "no gaps" is what the
 * reader of specifications says, too. */
#include "base/limits.h"
#include "credential/redescribe.h"
#include "credential/specification_file.h"
#include "credential/specification_write.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void check_texts(mr_texts t)
{
    for (size_t i = 0; i < t.count; i++) {
        need(mr_concept_find(MR_SCHEME_LANGUAGE, t.items[i].language) != NULL);
        need(t.items[i].text.len > 0 && mr_utf8_check(t.items[i].text) == t.items[i].text.len);
    }
}

static void check_model(const mr_redescription *r)
{
    const mr_specification *s = &r->specification;
    const mr_texts texts[] = {s->title, s->description, s->further, s->prerequisites, s->provider.name};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) check_texts(texts[i]);
    for (size_t i = 0; i < s->outcome_count; i++) check_texts(s->outcomes[i].title);
    for (size_t i = 0; i < s->assessment_count; i++) check_texts(s->assessments[i].title);
    for (size_t i = 0; i < s->mode_count; i++) need(s->modes[i] != NULL);
    for (size_t i = 0; i < s->quality_count; i++) need(s->quality[i].kind < MR_QUALITY_KINDS_);
    need(s->ects_hundredths >= 0 && s->workload_minutes >= 0 && r->achievement.ects_awarded >= 0);
    need(s->valid_months >= 0 && s->valid_months <= 1200);
}

static void check_file(mr_arena *a, const mr_redescription *r)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_findings findings;
    mr_specification again;
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_specification_write(&r->specification, &out);
    mr_findings_init(&findings, a);
    if (mr_buf_failed(&out)) return;
    int code = mr_specification_read(a, mr_buf_str(&out), &again, &findings, NULL);
    need(code == MR_OK || code == MR_E_NOMEM);
    if (code == MR_OK && r->gaps.faults == 0) need(findings.faults == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *root;
    struct mr_err err;
    mr_redescription r;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &root, NULL) != MR_OK) return 0;
    int code = mr_redescribe(&a, root, &r, &err);
    need(code == MR_OK || code == MR_E_FORMAT || code == MR_E_NOMEM || code == MR_E_LIMIT);
    if (code != MR_OK) return 0;
    check_model(&r);
    check_file(&a, &r);
    return 0;
}
