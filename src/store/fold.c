/* A folded text is a row of segments: length and octets of a plain part; then, unless the text ends there, the kind of a stretch, its length and its octets,
 * decoded, and folded once more where KIND_FOLDED says so. Lengths are in LEB128.
 *
 * A stretch has at least SHORTEST characters of one alphabet and is cut to a multiple of four, so that neither padding nor spare bits ever have to be
 * remembered: what is left over is plain. Decoding a stretch that was no base64 does no harm. */
#include "store/fold.h"

#include "base/encoding.h"
#include "base/limits.h"

enum { SHORTEST = 64, DEEPEST = 4 };
enum { KIND_URL = 0, KIND_STANDARD = 1, KIND_FOLDED = 2 };

static void put_length(mr_buf *out, size_t n)
{
    for (; n >= 0x80; n >>= 7) mr_buf_putc(out, (char)(n | 0x80));
    mr_buf_putc(out, (char)n);
}

static bool take_length(mr_str *rest, size_t *ret)
{
    size_t n = 0;
    for (int shift = 0; shift < 35 && rest->len; shift += 7) {
        unsigned char c = (unsigned char)rest->ptr[0];
        *rest = mr_str_from(*rest, 1);
        n |= (size_t)(c & 0x7f) << shift;
        if (c & 0x80) continue;
        *ret = n;
        return true;
    }
    return false;
}

/* Bits of what a character may belong to. */
enum { IN_BOTH = 1, IN_URL = 2, IN_STANDARD = 4 };
static const unsigned char alphabet[256] = {
    ['0' ... '9'] = IN_BOTH, ['A' ... 'Z'] = IN_BOTH, ['a' ... 'z'] = IN_BOTH, ['-'] = IN_URL,
    ['_'] = IN_URL,          ['+'] = IN_STANDARD,     ['/'] = IN_STANDARD,
};

static unsigned alphabet_of(mr_str text, size_t at)
{
    return alphabet[(unsigned char)text.ptr[at]];
}

/* Where a stretch may begin, from `from` on: where SHORTEST characters of any alphabet follow each other. Looking at them from the last one back passes over most of
 * a text that has none. text.len: nowhere. */
static size_t find_run(mr_str text, size_t from)
{
    while (from + SHORTEST <= text.len) {
        size_t i = from + SHORTEST;
        while (i > from && alphabet_of(text, i - 1)) i--;
        if (i == from) return from;
        from = i;
    }
    return text.len;
}

/* The next stretch from *at on; false: there is none. */
static bool find_stretch(mr_str text, size_t *at, size_t *ret_length, int *ret_kind)
{
    for (size_t i = find_run(text, *at), end; i < text.len; i = find_run(text, end)) {
        unsigned seen = 0;
        for (end = i; end < text.len; end++) {
            unsigned in = alphabet_of(text, end);
            if (!in || ((seen | in) & (IN_URL | IN_STANDARD)) == (IN_URL | IN_STANDARD))
                break; /* another alphabet: another stretch */
            seen |= in;
        }
        if (end - i < SHORTEST) continue;
        *at = i;
        *ret_length = (end - i) / 4 * 4;
        *ret_kind = seen & IN_STANDARD ? KIND_STANDARD : KIND_URL;
        return true;
    }
    return false;
}

static int fold(mr_str text, int depth, mr_buf *out, bool *ret_any, struct mr_err *err);

static int fold_stretch(mr_str stretch, int kind, int depth, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf inner;
    mr_str octets;
    bool any = false;
    mr_arena_init(&a, stretch.len + MR_MIB);
    mr_buf_init(&inner, stretch.len + MR_MIB);
    if (kind == KIND_STANDARD)
        MR_TRY(mr_base64_read(&a, stretch, &octets, err));
    else
        MR_TRY(mr_base64url_read(&a, stretch, &octets, err));
    if (depth < DEEPEST) MR_TRY(fold(octets, depth + 1, &inner, &any, err));
    if (any) kind |= KIND_FOLDED, octets = mr_buf_str(&inner);
    mr_buf_putc(out, (char)kind);
    put_length(out, octets.len);
    mr_buf_put(out, octets);
    return MR_OK;
}

static int fold(mr_str text, int depth, mr_buf *out, bool *ret_any, struct mr_err *err)
{
    size_t from = 0, at = 0, length;
    int kind;
    *ret_any = false;
    while (find_stretch(text, &at, &length, &kind)) {
        put_length(out, at - from);
        mr_buf_put(out, mr_str_make(text.ptr + from, at - from));
        MR_TRY(fold_stretch(mr_str_make(text.ptr + at, length), kind, depth, out, err));
        from = at += length;
        *ret_any = true;
    }
    put_length(out, text.len - from);
    mr_buf_put(out, mr_str_from(text, from));
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the text is too long to be folded", MR_NOWHERE) : MR_OK;
}

int mr_fold(mr_str text, mr_buf *out, struct mr_err *err)
{
    bool any;
    return fold(text.len ? text : MR_STR(""), 0, out, &any, err); /* an address to count from */
}

static int unfold(mr_str rest, int depth, mr_buf *out, struct mr_err *err);

static int unfold_stretch(mr_str octets, int kind, int depth, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf inner;
    mr_buf_init(&inner, out->max);
    if (kind & KIND_FOLDED) {
        if (depth >= DEEPEST) return MR_FAIL(err, MR_E_FORMAT, "this is no folded text", MR_NOWHERE);
        MR_TRY(unfold(octets, depth + 1, &inner, err));
        octets = mr_buf_str(&inner);
    }
    if (octets.len % 3 != 0) return MR_FAIL(err, MR_E_FORMAT, "this is no folded text", MR_NOWHERE);
    if (kind & KIND_STANDARD)
        mr_base64_put(out, octets);
    else
        mr_base64url_put(out, octets);
    return MR_OK;
}

static int unfold(mr_str rest, int depth, mr_buf *out, struct mr_err *err)
{
    for (;;) {
        size_t length;
        if (!take_length(&rest, &length) || length > rest.len) break;
        mr_buf_put(out, mr_str_make(rest.ptr, length));
        rest = mr_str_from(rest, length);
        if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_LIMIT, "the text is too long", MR_NOWHERE);
        if (rest.len == 0) return MR_OK;
        int kind = (unsigned char)rest.ptr[0];
        rest = mr_str_from(rest, 1);
        if (kind > (KIND_STANDARD | KIND_FOLDED) || !take_length(&rest, &length) || length > rest.len) break;
        MR_TRY(unfold_stretch(mr_str_make(rest.ptr, length), kind, depth, out, err));
        rest = mr_str_from(rest, length);
    }
    return MR_FAIL(err, MR_E_FORMAT, "this is no folded text", MR_NOWHERE);
}

int mr_unfold(mr_str folded, mr_buf *out, struct mr_err *err)
{
    return unfold(folded, 0, out, err);
}
