/* Reads any bytes as a stored body: never a crash, never more than the limit. And folds any bytes, which must come back as they were. */
#include "store/body.h"

#include "base/limits.h"
#include "store/fold.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf folded, unfolded, any;
    mr_str text = mr_str_make((const char *)data, size), body;
    mr_arena_init(&a, 2 * MR_LIMIT_DOCUMENT);
    mr_buf_init(&folded, MR_LIMIT_DOCUMENT);
    mr_buf_init(&unfolded, MR_LIMIT_DOCUMENT);
    mr_buf_init(&any, MR_LIMIT_DOCUMENT);
    if (mr_fold(text, &folded, NULL) != MR_OK || mr_unfold(mr_buf_str(&folded), &unfolded, NULL) != MR_OK ||
        !mr_str_eq(mr_buf_str(&unfolded), text))
        abort();
    if (mr_unfold(text, &any, NULL) == MR_E_UNSUPPORTED) abort();
    if (mr_body_unpack(&a, text, &body, NULL) == MR_OK && body.len > MR_LIMIT_DOCUMENT) abort();
    return 0;
}
