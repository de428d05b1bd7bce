/* Lists of trusted entities from anywhere: an answer that is JSON, or an error with a sentence; never a good seal when no signer is given. What was read is asked
 * what it says of a day. */
#include "base/limits.h"
#include "credential/lote.h"
#include "credential/qualification.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-10-14T09:12:00Z */
static const int64_t now = INT64_C(1792055520000);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void ask_services(const mr_json *list)
{
    MR_JSON_EACH (service, mr_json_get(list, "services")) {
        struct mr_service_state s = mr_service_at(service, now);
        need(s.since <= now);
        need(s.state || !mr_service_is_active(&s));
        int64_t until = mr_service_until(service, now);
        need(until == MR_TIME_NONE || until > now);
        (void)mr_service_is_for_seals(&s);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const mr_json *root;
    struct mr_err err = {0};
    mr_str text = mr_str_make((const char *)data, size);
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&out, 8 * MR_MIB);
    (void)mr_lote_is(text);
    int code = mr_lote_read(&a, text, NULL, 0, now, &out, &err);
    if (code != MR_OK) {
        need(err.code == (mr_code)code && err.message && out.len == 0);
        return 0;
    }
    need(mr_json_parse(&a, mr_buf_str(&out), NULL, &root, &err) == MR_OK);
    need(!mr_str_is(mr_json_get_str(mr_json_get(root, "signature"), "state"), "good"));
    ask_services(mr_json_get(root, "list"));
    return 0;
}
