/* Any text as a record of accreditation: as the file that an agency writes, as a signed record that is peeked at, and as an ELM document whose claims are read.
 * Every fault that is told has a sentence. */
#include "base/limits.h"
#include "credential/accreditation_file.h"
#include "credential/accreditation_record.h"
#include "credential/elm_accreditation.h"
#include "credential/specification_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void read_file(mr_arena *a, mr_str text)
{
    struct mr_findings findings;
    mr_accreditation_file file;
    struct mr_err err = {0};
    mr_findings_init(&findings, a);
    if (mr_accreditation_file_read(a, text, &file, &findings, &err) != MR_OK) return;
    for (size_t i = 0; i < findings.count; i++)
        need(mr_message_exists(mr_language_english(), mr_str_of(findings.items[i].id)));
    need(findings.faults > 0 || (file.organisation_count > 0 && file.quality.title.count > 0));
}

/* Each object as an accreditation and as an achievement; both are held against each other. */
static void read_nodes(mr_arena *a, const mr_json *root)
{
    size_t left = 32;
    for (const mr_json *node = root; node < root + root->skip && left; node++) {
        mr_accreditation r;
        struct mr_coverage_question q = {.day = {2026, 5, 1}};
        struct mr_err err = {0};
        if (!mr_json_is(node, MR_JSON_OBJECT)) continue;
        left--;
        if (mr_elm_read_accreditation(a, root, node, &r, &err) != MR_OK) continue;
        if (mr_elm_read_question(a, root, node, &q, &err) != MR_OK) continue;
        for (size_t i = 0; i < r.organisation_count; i++) {
            q.body = &r.organisations[i];
            need(mr_coverage_name(mr_accreditation_covers(&r, &q))[0] != '\0');
            need(mr_party_compare(q.body, &r.agent) == mr_party_compare(&r.agent, q.body));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str text = mr_str_make((const char *)data, size);
    mr_accreditation_record record;
    const mr_json *root = NULL;
    struct mr_err err = {0};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    read_file(&a, text);
    if (mr_accreditation_peek(&a, text, &record, &err) == MR_OK) need(record.text.len <= MR_LIMIT_ACCREDITATION);
    if (mr_json_parse(&a, text, NULL, &root, NULL) == MR_OK) read_nodes(&a, root);
    return 0;
}
