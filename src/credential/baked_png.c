/* Badges in PNG files: a walk over the chunks (PNG third edition, section 5), which are copied as they are. No pixel is decoded.
 *
 * A chunk is the size of its content (4 octets), its type (4 letters), the content, and a check sum of type and content. IHDR comes first, IEND last; what
 * stands behind IEND is no part of the picture, and no reader looks there. */
#include "credential/baked_inside.h"

#include "base/compression.h"

enum { FRAME = 12, HEADER = 8, SIGNATURE = 8 };
#define SIZE_MOST 0x7FFFFFFFu /* PNG 5.3 */

struct chunk {
    size_t at;
    mr_str type, content;
};

static uint32_t u32(const char *octets)
{
    const unsigned char *o = (const unsigned char *)octets;
    return (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3];
}

static bool is_type(mr_str type)
{
    for (size_t i = 0; i < 4; i++) {
        char c = type.ptr[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) return false;
    }
    return true;
}

/* The chunk at an offset. *ret_whole false: the file ends within it. */
static int read_chunk(mr_str png, size_t at, struct chunk *ret, bool *ret_whole, struct mr_err *err)
{
    *ret_whole = false;
    if (png.len - at < FRAME) return MR_OK;
    uint32_t size = u32(png.ptr + at);
    *ret = (struct chunk){.at = at, .type = mr_str_make(png.ptr + at + 4, 4)};
    if (size > SIZE_MOST || !is_type(ret->type)) return MR_FAIL(err, MR_E_FORMAT, "baked.not_png", at);
    if (size > png.len - at - FRAME) return MR_OK;
    ret->content = mr_str_make(png.ptr + at + HEADER, size);
    *ret_whole = true;
    return MR_OK;
}

static bool sum_fits(const struct chunk *c)
{
    return mr_crc32(mr_str_make(c->type.ptr, 4 + c->content.len)) == u32(c->content.ptr + c->content.len);
}

/* Is it a text chunk with one of the keywords? ret_rest: what stands behind the keyword. */
static bool is_badge(const struct chunk *c, mr_baked_standard *ret_standard, mr_str *ret_rest)
{
    mr_str rest = c->content, keyword = MR_STR_EMPTY;
    bool text = mr_str_is(c->type, "iTXt") || mr_str_is(c->type, "tEXt") || mr_str_is(c->type, "zTXt");
    if (!text || mr_str_find_char(rest, '\0') < 0 || !mr_str_split(&rest, '\0', &keyword)) return false;
    bool ob3 = mr_str_is(keyword, "openbadgecredential");
    if (!ob3 && !mr_str_is(keyword, "openbadges")) return false;
    *ret_standard = ob3 ? MR_BAKED_OB3 : MR_BAKED_OB2;
    *ret_rest = rest;
    return true;
}

static int inflate(mr_arena *a, mr_str compressed, size_t at, mr_str *ret, struct mr_err *err)
{
    struct mr_err e = {0};
    int code = mr_inflate(a, MR_ZLIB, compressed, MR_LIMIT_BAKED_TEXT, ret, &e);
    if (code == MR_E_LIMIT) return MR_FAIL(err, MR_E_LIMIT, "baked.too_large", at);
    if (code == MR_E_FORMAT) return MR_FAIL(err, MR_E_FORMAT, "baked.not_inflated", at);
    if (code && err) *err = e;
    return code;
}

/* iTXt: whether it is compressed, how (0: zlib), a language, the keyword in that language, the text (PNG 11.3.3.4). */
static int read_international(mr_arena *a, mr_str rest, size_t at, mr_str *ret, struct mr_err *err)
{
    mr_str language, translated;
    if (rest.len < 4 || (unsigned char)rest.ptr[0] > 1) return MR_FAIL(err, MR_E_FORMAT, "baked.chunk", at);
    bool compressed = rest.ptr[0] == 1;
    if (compressed && rest.ptr[1] != 0) return MR_FAIL(err, MR_E_FORMAT, "baked.not_inflated", at);
    rest = mr_str_from(rest, 2);
    mr_str before = rest;
    mr_str_split(&before, '\0', &language);
    if (before.ptr == NULL) return MR_FAIL(err, MR_E_FORMAT, "baked.chunk", at);
    rest = before;
    mr_str_split(&rest, '\0', &translated);
    if (rest.ptr == NULL) return MR_FAIL(err, MR_E_FORMAT, "baked.chunk", at);
    if (compressed) return inflate(a, rest, at, ret, err);
    *ret = rest;
    return MR_OK;
}

static int read_badge(mr_arena *a, const struct chunk *c, mr_str rest, mr_str *ret, struct mr_err *err)
{
    if (!sum_fits(c)) return MR_FAIL(err, MR_E_FORMAT, "baked.sum", c->at);
    if (mr_str_is(c->type, "iTXt")) return read_international(a, rest, c->at, ret, err);
    if (mr_str_is(c->type, "zTXt")) {
        if (rest.len < 1 || rest.ptr[0] != 0) return MR_FAIL(err, MR_E_FORMAT, "baked.not_inflated", c->at);
        return inflate(a, mr_str_from(rest, 1), c->at, ret, err);
    }
    *ret = rest; /* tEXt: Latin-1 by its standard; what is baked is ASCII, or UTF-8 of writers that did not mind */
    return MR_OK;
}

static int take(mr_arena *a, const struct chunk *c, struct mr_baked_scan *scan, struct mr_err *err)
{
    struct mr_baked_item item = {.from = c->at, .to = c->at + FRAME + c->content.len};
    mr_str rest;
    if (!is_badge(c, &item.standard, &rest)) return MR_OK;
    if (scan->count == MR_LIMIT_BAKED) return MR_FAIL(err, MR_E_LIMIT, "baked.too_many", c->at);
    MR_TRY(read_badge(a, c, rest, &item.text, err));
    item.text = mr_str_trim(item.text);
    if (item.text.len > MR_LIMIT_BAKED_TEXT) return MR_FAIL(err, MR_E_LIMIT, "baked.too_large", c->at);
    scan->items[scan->count++] = item;
    return MR_OK;
}

/* Does a badge stand behind the end, in what looks like more chunks? */
static bool has_badge_behind(mr_str png, size_t at)
{
    struct chunk c;
    mr_baked_standard standard;
    mr_str rest;
    bool whole = false;
    while (read_chunk(png, at, &c, &whole, NULL) == MR_OK && whole) {
        if (is_badge(&c, &standard, &rest)) return true;
        at += FRAME + c.content.len;
    }
    return false;
}

int mr_baked_scan_png(mr_arena *a, mr_str png, bool strict, struct mr_baked_scan *ret, struct mr_err *err)
{
    struct chunk c;
    bool whole = false;
    *ret = (struct mr_baked_scan){0};
    MR_TRY(mr_check_sums_load(err));
    for (size_t at = SIGNATURE; !ret->end; at += FRAME + c.content.len) {
        MR_TRY(read_chunk(png, at, &c, &whole, err));
        if (!whole) break;
        bool header = mr_str_is(c.type, "IHDR");
        if (header != (at == SIGNATURE) || (header && c.content.len != 13))
            return MR_FAIL(err, MR_E_FORMAT, "baked.not_png", at);
        MR_TRY(take(a, &c, ret, err));
        if (strict && !sum_fits(&c)) return MR_FAIL(err, MR_E_FORMAT, "baked.sum", at);
        if (mr_str_is(c.type, "IEND")) ret->place = at, ret->end = at + FRAME + c.content.len;
    }
    ret->cut_off = !ret->end;
    ret->behind = ret->end && has_badge_behind(png, ret->end);
    return MR_OK;
}

/* ---- writing ---- */

static void put_u32(mr_buf *out, uint32_t n)
{
    char octets[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};
    mr_buf_put(out, mr_str_make(octets, 4));
}

void mr_baked_put_rest(mr_str picture, const struct mr_baked_scan *scan, size_t from, size_t to, mr_buf *out)
{
    for (size_t i = 0; i < scan->count; i++) {
        const struct mr_baked_item *item = &scan->items[i];
        if (item->from < from || item->to > to) continue;
        mr_buf_put(out, mr_str_make(picture.ptr + from, item->from - from));
        from = item->to;
    }
    mr_buf_put(out, mr_str_make(picture.ptr + from, to - from));
}

static void put_chunk(const struct mr_bakable *b, mr_buf *out)
{
    mr_str keyword = b->standard == MR_BAKED_OB3 ? MR_STR("openbadgecredential") : MR_STR("openbadges"),
           between = MR_STR("\0\0\0\0\0"); /* not compressed, no language, no translated keyword */
    put_u32(out, (uint32_t)(keyword.len + between.len + b->text.len));
    size_t start = out->len;
    mr_buf_put(out, MR_STR("iTXt"));
    mr_buf_put(out, keyword);
    mr_buf_put(out, between);
    mr_buf_put(out, b->text);
    if (!mr_buf_failed(out)) put_u32(out, mr_crc32(mr_str_make(out->ptr + start, out->len - start)));
}

void mr_baked_put_png(mr_str png, const struct mr_baked_scan *scan, const struct mr_bakable *b, mr_buf *out)
{
    /* In place of one behind the end, nothing: it must not outlive the one that it would be taken for. */
    size_t end = scan->behind ? scan->end : png.len;
    mr_baked_put_rest(png, scan, 0, scan->place, out);
    put_chunk(b, out);
    mr_buf_put(out, mr_str_make(png.ptr + scan->place, end - scan->place));
}
