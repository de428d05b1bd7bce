/* Holds any bytes that are JSON against every schema of the API: never a crash, and each finding's pointer leads to something in the document. */
#include "base/limits.h"
#include "web/api_schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *json;
    mr_arena_init(&a, 16 * MR_MIB);
    if (mr_json_parse(&a, mr_str_make((const char *)data, size), NULL, &json, NULL) != MR_OK) return 0;
    if (!mr_json_is(json, MR_JSON_OBJECT)) return 0;
    for (const struct mr_api_row *r = mr_api_rows(); r->name || r->kind != MR_API_END; r++) {
        struct mr_findings findings;
        if (r->kind != MR_API_SCHEMA) continue;
        mr_findings_init(&findings, &a);
        mr_api_schema_check(r, json, &findings);
        for (size_t i = 0; i < findings.count; i++) {
            const char *pointer = findings.items[i].pointer;
            bool whole = strlen(pointer) < sizeof findings.items[i].pointer - 8; /* longer ones are cut */
            mr_str place = mr_str_of(pointer);
            if (strcmp(findings.items[i].id, "api.wrong.missing") == 0) /* points to where it would stand */
                while (place.len && place.ptr[--place.len] != '/') {
                }
            require(!whole || mr_json_find(json, place));
        }
    }
    return 0;
}
