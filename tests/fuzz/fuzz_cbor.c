/* Whatever item is read is written as it was; every fault has a place inside the input, and nothing is read then. */
#include "base/limits.h"
#include "proof/cbor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* Read the next item, of whatever kind it is, and write it. */
static bool copy_item(mr_cbor *c, mr_buf *out)
{
    uint64_t number;
    size_t count, at = c->at;
    mr_str string;
    struct mr_err err = {0};
    if (mr_cbor_read_uint(c, &number, &err) == MR_OK)
        mr_cbor_put_uint(out, number);
    else if (mr_cbor_read_bytes(c, &string, &err) == MR_OK)
        mr_cbor_put_bytes(out, string);
    else if (mr_cbor_read_text(c, &string, &err) == MR_OK)
        mr_cbor_put_text(out, string);
    else if (mr_cbor_read_array(c, &count, &err) == MR_OK)
        mr_cbor_put_array(out, count), need(count <= c->input.len - c->at);
    else if (mr_cbor_read_map(c, &count, &err) == MR_OK)
        mr_cbor_put_map(out, count), need(count <= (c->input.len - c->at) / 2);
    else {
        need(err.position <= c->input.len);
        return false;
    }
    need(c->at > at && c->at <= c->input.len);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_buf out;
    struct mr_err err = {0};
    mr_cbor c = {mr_str_make((const char *)data, size), 0};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    while (copy_item(&c, &out)) {
    }
    need(mr_str_eq(mr_buf_str(&out), mr_str_make(c.input.ptr, c.at)) || mr_buf_failed(&out));
    need((mr_cbor_read_end(&c, &err) == MR_OK) == (c.at == size));
    mr_buf_done(&out);
    return 0;
}
