/* XML of trusted lists from anywhere: an answer that is JSON, or an error with a sentence; and never a good seal when no signer is given. */
#include "base/limits.h"
#include "json/json.h"
#include "trusted_list/reader.h"
#include "trusted_list/seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void start(void)
{
    static bool started;
    struct mr_err err = {0};
    if (!started) need(mr_xml_seal_start(&err) == MR_OK);
    started = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_json *root;
    struct mr_err err = {0};
    start();
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&out, 8 * MR_MIB);
    int code = mr_trusted_list_read(&a, mr_str_make((const char *)data, size), NULL, 0, &out, &err);
    if (code != MR_OK) {
        need(err.code == (mr_code)code && err.message && out.len == 0);
        return 0;
    }
    need(mr_json_parse(&a, mr_buf_str(&out), NULL, &root, &err) == MR_OK);
    need(!mr_str_is(mr_json_get_str(mr_json_get(root, "signature"), "state"), "good"));
    return 0;
}
