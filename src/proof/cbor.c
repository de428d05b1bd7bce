#include "proof/cbor.h"

/* Major types (RFC 8949 section 3.1). */
enum { UINT = 0, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5 };

/* ---- reading ---- */

static int refuse(const mr_cbor *c, const char *message, struct mr_err *err)
{
    return MR_FAIL(err, MR_E_FORMAT, message, c->at);
}

/* The argument of a head (section 3): in the first octet below 24, else in the 1, 2, 4 or 8 octets behind it, and then too large for fewer.
 *   at  moves behind the head */
static int read_argument(const mr_cbor *c, size_t *at, uint64_t *ret, struct mr_err *err)
{
    static const uint64_t least[] = {24, UINT64_C(1) << 8, UINT64_C(1) << 16, UINT64_C(1) << 32};
    unsigned low = (uint8_t)c->input.ptr[(*at)++] & 0x1f;
    *ret = low;
    if (low < 24) return MR_OK;
    if (low > 27) return refuse(c, "a length that is not definite, or no item", err);
    size_t octets = (size_t)1 << (low - 24);
    if (c->input.len - *at < octets) return refuse(c, "cut off", err);
    *ret = 0;
    while (octets--) *ret = *ret << 8 | (uint8_t)c->input.ptr[(*at)++];
    return *ret >= least[low - 24] ? MR_OK : refuse(c, "a number that is longer than it need be", err);
}

/* The head of an item of this type, whose content takes at least `each` octets for every unit of the argument. */
static int read_head(mr_cbor *c, unsigned type, size_t each, uint64_t *ret, struct mr_err *err)
{
    size_t at = c->at;
    if (at == c->input.len) return refuse(c, "cut off", err);
    if ((uint8_t)c->input.ptr[at] >> 5 != type) return refuse(c, "another type of item is expected here", err);
    MR_TRY(read_argument(c, &at, ret, err));
    if (each && *ret > (c->input.len - at) / each) return refuse(c, "longer than what is left", err);
    c->at = at;
    return MR_OK;
}

static int read_string(mr_cbor *c, unsigned type, mr_str *ret, struct mr_err *err)
{
    uint64_t length;
    MR_TRY(read_head(c, type, 1, &length, err));
    *ret = mr_str_make(c->input.ptr + c->at, (size_t)length);
    c->at += (size_t)length;
    return MR_OK;
}

static int read_count(mr_cbor *c, unsigned type, size_t each, size_t *ret, struct mr_err *err)
{
    uint64_t count;
    MR_TRY(read_head(c, type, each, &count, err));
    *ret = (size_t)count;
    return MR_OK;
}

int mr_cbor_read_uint(mr_cbor *c, uint64_t *ret, struct mr_err *err)
{
    return read_head(c, UINT, 0, ret, err);
}

int mr_cbor_read_bytes(mr_cbor *c, mr_str *ret, struct mr_err *err)
{
    return read_string(c, BYTES, ret, err);
}

int mr_cbor_read_text(mr_cbor *c, mr_str *ret, struct mr_err *err)
{
    mr_str text;
    mr_cbor ahead = *c;
    MR_TRY(read_string(&ahead, TEXT, &text, err));
    size_t good = mr_utf8_check(text);
    if (good < text.len) return MR_FAIL(err, MR_E_UTF8, "a text that is not UTF-8", ahead.at - text.len + good);
    *c = ahead;
    *ret = text;
    return MR_OK;
}

int mr_cbor_read_array(mr_cbor *c, size_t *ret_count, struct mr_err *err)
{
    return read_count(c, ARRAY, 1, ret_count, err);
}

int mr_cbor_read_map(mr_cbor *c, size_t *ret_count, struct mr_err *err)
{
    return read_count(c, MAP, 2, ret_count, err);
}

int mr_cbor_read_end(const mr_cbor *c, struct mr_err *err)
{
    return c->at == c->input.len ? MR_OK : refuse(c, "something follows the end", err);
}

/* ---- writing ---- */

static void put_head(mr_buf *out, unsigned type, uint64_t argument)
{
    unsigned size = argument < 24            ? 0
                    : argument <= UINT8_MAX  ? 1
                    : argument <= UINT16_MAX ? 2
                    : argument <= UINT32_MAX ? 4
                                             : 8;
    static const uint8_t low[] = {[1] = 24, [2] = 25, [4] = 26, [8] = 27};
    mr_buf_putc(out, (char)(type << 5 | (size ? low[size] : (unsigned)argument)));
    while (size--) mr_buf_putc(out, (char)(argument >> 8 * size & 0xff));
}

void mr_cbor_put_uint(mr_buf *out, uint64_t value)
{
    put_head(out, UINT, value);
}

void mr_cbor_put_bytes(mr_buf *out, mr_str bytes)
{
    put_head(out, BYTES, bytes.len);
    mr_buf_put(out, bytes);
}

void mr_cbor_put_text(mr_buf *out, mr_str text)
{
    put_head(out, TEXT, text.len);
    mr_buf_put(out, text);
}

void mr_cbor_put_array(mr_buf *out, size_t count)
{
    put_head(out, ARRAY, count);
}

void mr_cbor_put_map(mr_buf *out, size_t count)
{
    put_head(out, MAP, count);
}
