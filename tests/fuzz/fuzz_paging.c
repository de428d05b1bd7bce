/* Any octets as the query of a list of the API: never a crash; a limit is in its range, a place is UTF-8, and comes back as it was when it is told again. */
#include "base/encoding.h"
#include "base/limits.h"
#include "http/response.h"
#include "web/api.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_http_response response;
    struct mr_api_paging paging;
    mr_str again;
    mr_arena_init(&a, 16 * MR_MIB);
    mr_http_response_init(&response, &a);
    const mr_http_request request = {
        .path = MR_STR_INIT("/api/v1/batches"), .query = mr_str_make((const char *)data, size), .arena = &a};
    mr_page p = {.request = &request,
                 .response = &response,
                 .arena = &a,
                 .language = mr_language_english(),
                 .actor = &mr_actor_stranger,
                 .is_api = true};
    mr_buf_init(&p.view_out, MR_LIMIT_PAGE);
    if (mr_api_paging(&p, &paging)) {
        require(paging.limit >= 1 && paging.limit <= MR_LIMIT_API_PAGE);
        require(mr_utf8_check(paging.after) == paging.after.len);
        MR_CLEANUP(mr_buf_done) mr_buf text;
        mr_buf_init(&text, MR_MIB);
        mr_base64url_put(&text, paging.after);
        require(mr_base64url_read(&a, mr_buf_str(&text), &again, NULL) == MR_OK && mr_str_eq(again, paging.after));
    } else {
        require(mr_http_status(&response) == 400);
    }
    mr_buf_done(&p.view_out);
    mr_http_response_done(&response);
    return 0;
}
