/* N-Quads. The reader takes a text statement by statement; a term without escapes is a piece of the text, one with escapes is decoded into the
 * dataset's arena. The writer measures a term first, which also tells whether it can be written at all, and then cannot fail: whoever writes
 * many terms (rdf/canon.c) measures them all, takes memory once, and copies.
 *
 * What N-Quads cannot write is refused rather than repaired: an IRI with ">" or a line break in it could otherwise add statements to what is signed. */
#include "rdf/nquads.h"

#include "rdf/iri.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

struct reader {
    mr_dataset *ds;
    const char *start, *at, *end;
    struct mr_err *err;
};

static int fail_at(struct reader *r, const char *at, const char *message)
{
    return MR_FAIL(r->err, MR_E_FORMAT, message, (size_t)(at - r->start));
}

static int no_memory(struct reader *r)
{
    return MR_FAIL(r->err, MR_E_NOMEM, "a term", MR_NOWHERE);
}

static bool is_at(const struct reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

static void skip_blanks(struct reader *r)
{
    while (is_at(r, ' ') || is_at(r, '\t')) r->at++;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* UCHAR: behind "\u" or "\U", whose digits stand at `at`. Only scalar values: a lone surrogate has no UTF-8. */
static int read_uchar(struct reader *r, const char *at, const char *end, size_t digits, uint32_t *ret)
{
    uint32_t value = 0;
    if ((size_t)(end - at) < digits) return fail_at(r, at, "hexadecimal digits are missing");
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0) return fail_at(r, at + i, "not a hexadecimal digit");
        value = value << 4 | (uint32_t)digit;
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return fail_at(r, at, "no such character");
    *ret = value;
    return MR_OK;
}

/* ECHAR: the character that a letter behind a backslash stands for, or 0. */
static char echar(char letter)
{
    static const char letters[] = "tbnrf\"'\\", meanings[] = "\t\b\n\r\f\"'\\";
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? meanings[found - letters] : '\0';
}

/* Decode text that has escapes; every escape is longer than what it stands for. */
static int unescape(struct reader *r, mr_str raw, bool with_echar, mr_str *ret)
{
    char *text = mr_arena_alloc(r->ds->arena, raw.len), *to = text;
    if (!text) return no_memory(r);
    for (const char *at = raw.ptr, *end = raw.ptr + raw.len; at < end;) {
        if (*at != '\\') {
            *to++ = *at++;
            continue;
        }
        char letter = at + 1 < end ? at[1] : '\0';
        if (letter == 'u' || letter == 'U') {
            size_t digits = letter == 'u' ? 4 : 8;
            uint32_t character = 0;
            MR_TRY(read_uchar(r, at + 2, end, digits, &character));
            to += mr_utf8_write(character, to);
            at += 2 + digits;
        } else {
            if (!with_echar || !echar(letter)) return fail_at(r, at, "no such escape");
            *to++ = echar(letter);
            at += 2;
        }
    }
    *ret = mr_str_make(text, (size_t)(to - text));
    return MR_OK;
}

/* IRIREF. Without escapes the place of the fault is known; else it is that of the IRI. */
static int refuse_iri(struct reader *r, mr_str iri)
{
    for (size_t i = 0; i < iri.len; i++) {
        unsigned char c = (unsigned char)iri.ptr[i];
        if (c <= ' ' || strchr("<\"{}|^`", c)) return fail_at(r, iri.ptr + i, "no IRI has this character");
    }
    return fail_at(r, iri.ptr, "not an absolute IRI");
}

static int read_iri(struct reader *r, mr_str *ret)
{
    if (!is_at(r, '<')) return fail_at(r, r->at, "an IRI is missing");
    const char *from = r->at + 1, *close = memchr(from, '>', (size_t)(r->end - from));
    mr_str raw = mr_str_make(from, (size_t)((close ? close : r->end) - from)), iri = raw;
    if (close && memchr(raw.ptr, '\\', raw.len)) MR_TRY(unescape(r, raw, false, &iri));
    if (!close || !mr_iri_is_well_formed(iri)) return refuse_iri(r, raw);
    r->at = close + 1;
    *ret = iri;
    return MR_OK;
}

/* One character of well-formed UTF-8. */
static uint32_t decode(const char *at, size_t *ret_octets)
{
    const unsigned char *c = (const unsigned char *)at;
    if (c[0] < 0x80) return *ret_octets = 1, c[0];
    if (c[0] < 0xE0) return *ret_octets = 2, (uint32_t)(c[0] & 31) << 6 | (c[1] & 63);
    if (c[0] < 0xF0) return *ret_octets = 3, (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 | (c[2] & 63);
    *ret_octets = 4;
    return (uint32_t)(c[0] & 7) << 18 | (uint32_t)(c[1] & 63) << 12 | (uint32_t)(c[2] & 63) << 6 | (c[3] & 63);
}

/* PN_CHARS_U or a digit: what a label may begin with. */
static bool may_begin_label(uint32_t c)
{
    static const uint32_t base[][2] = {{'0', ':'},       {'A', 'Z'},       {'_', '_'},       {'a', 'z'},
                                       {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
                                       {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                       {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
    for (size_t i = 0; i < sizeof base / sizeof *base; i++)
        if (c >= base[i][0] && c <= base[i][1]) return true;
    return false;
}

/* PN_CHARS or a dot. */
static bool may_stand_in_label(uint32_t c)
{
    return may_begin_label(c) || c == '-' || c == '.' || c == 0xB7 || (c >= 0x300 && c <= 0x36F) ||
           (c >= 0x203F && c <= 0x2040);
}

/* BLANK_NODE_LABEL; dots at its end are not part of it. */
static int read_blank(struct reader *r, const mr_term **ret)
{
    const char *from = r->at + 2, *at = from;
    size_t octets = 0;
    if (r->end - r->at < 2 || r->at[1] != ':') return fail_at(r, r->at, "a blank node begins with _:");
    if (at == r->end || !may_begin_label(decode(at, &octets))) return fail_at(r, at, "not a blank node label");
    while (at < r->end && may_stand_in_label(decode(at, &octets))) at += octets;
    while (at[-1] == '.') at--;
    *ret = mr_dataset_blank(r->ds, mr_str_make(from, (size_t)(at - from)));
    r->at = at;
    return *ret ? MR_OK : no_memory(r);
}

/* STRING_LITERAL_QUOTE */
static int read_string(struct reader *r, mr_str *ret)
{
    const char *from = ++r->at;
    bool escapes = false;
    for (; !is_at(r, '"'); r->at++) {
        if (r->at == r->end || *r->at == '\n' || *r->at == '\r') return fail_at(r, r->at, "a string does not end");
        if (*r->at == '\\') escapes = true, r->at += r->at + 1 < r->end;
    }
    *ret = mr_str_make(from, (size_t)(r->at++ - from));
    return escapes ? unescape(r, *ret, true, ret) : MR_OK;
}

/* Octets of a LANGTAG without "@", at the beginning of s; 0 when there is none. */
static size_t langtag_length(mr_str s)
{
    size_t at = 0, end = 0;
    for (bool first = true;; first = false) {
        while (at < s.len && (is_letter(s.ptr[at]) || (!first && is_digit(s.ptr[at])))) at++;
        if (at == end + !first) return end; /* a hyphen with nothing behind it is not part of the tag */
        end = at;
        if (at == s.len || s.ptr[at++] != '-') return end;
    }
}

/* A term whose IRI, that of the datatype too, has been checked. */
static int take(struct reader *r, mr_term term, const mr_term **ret)
{
    mr_term *t = mr_arena_alloc(r->ds->arena, sizeof *t);
    if (!t) return no_memory(r);
    *t = term;
    t->checked = true;
    *ret = t;
    return MR_OK;
}

static int read_literal(struct reader *r, const mr_term **ret)
{
    mr_term t = {.kind = MR_TERM_LITERAL, .datatype = MR_STR_INIT(MR_XSD "string")};
    MR_TRY(read_string(r, &t.text));
    if (is_at(r, '@')) {
        t.language = mr_str_make(r->at + 1, langtag_length(mr_str_make(r->at + 1, (size_t)(r->end - r->at - 1))));
        if (!t.language.len) return fail_at(r, r->at + 1, "not a language tag");
        t.datatype = MR_STR(MR_RDF "langString");
        r->at += 1 + t.language.len;
    } else if (is_at(r, '^')) {
        if (r->end - r->at < 2 || r->at[1] != '^') return fail_at(r, r->at, "a datatype stands behind ^^");
        r->at += 2;
        skip_blanks(r);
        MR_TRY(read_iri(r, &t.datatype));
    }
    return take(r, t, ret);
}

static int read_iri_term(struct reader *r, const mr_term **ret)
{
    mr_term t = {.kind = MR_TERM_IRI};
    MR_TRY(read_iri(r, &t.text));
    return take(r, t, ret);
}

static int read_resource(struct reader *r, const mr_term **ret)
{
    skip_blanks(r);
    if (is_at(r, '_')) return read_blank(r, ret);
    if (is_at(r, '<')) return read_iri_term(r, ret);
    return fail_at(r, r->at, "an IRI or a blank node is missing");
}

static int read_statement(struct reader *r)
{
    const mr_term *subject, *predicate, *object, *graph = NULL;
    MR_TRY(read_resource(r, &subject));
    skip_blanks(r);
    MR_TRY(read_iri_term(r, &predicate));
    skip_blanks(r);
    MR_TRY(is_at(r, '"') ? read_literal(r, &object) : read_resource(r, &object));
    skip_blanks(r);
    if (!is_at(r, '.')) MR_TRY(read_resource(r, &graph));
    skip_blanks(r);
    if (!is_at(r, '.')) return fail_at(r, r->at, "a statement does not end with a dot");
    r->at++;
    return mr_dataset_add(r->ds, subject, predicate, object, graph, NULL, r->err);
}

static int read_line(struct reader *r)
{
    skip_blanks(r);
    if (r->at < r->end && !strchr("#\r\n", *r->at)) MR_TRY(read_statement(r));
    skip_blanks(r);
    if (is_at(r, '#'))
        while (r->at < r->end && *r->at != '\n' && *r->at != '\r') r->at++;
    if (r->at < r->end && *r->at != '\n' && *r->at != '\r') return fail_at(r, r->at, "the line should end here");
    r->at += r->at < r->end;
    return MR_OK;
}

static int read_document(struct reader *r)
{
    while (r->at < r->end) MR_TRY(read_line(r));
    return MR_OK;
}

int mr_nquads_parse(mr_dataset *ds, mr_str text, struct mr_err *err)
{
    size_t good = mr_utf8_check(text);
    if (good < text.len) return MR_FAIL(err, MR_E_UTF8, "not UTF-8", good);
    if (!text.len) return MR_OK;
    struct reader r = {ds, text.ptr, text.ptr, text.ptr + text.len, err};
    struct mr_dataset_labels *outside = ds->labels; /* labels mean something in their own document only */
    ds->labels = NULL;
    int code = read_document(&r);
    ds->labels = outside;
    return code;
}

/* The letter of a canonical escape (RDFC-1.0 appendix A), 'u' for a numeric one, 0 for a character that stands for itself. */
static char escape_letter(char c)
{
    switch (c) {
    case '\b': return 'b';
    case '\t': return 't';
    case '\n': return 'n';
    case '\f': return 'f';
    case '\r': return 'r';
    case '"': return '"';
    case '\\': return '\\';
    default: return (unsigned char)c < 0x20 || c == 0x7F ? 'u' : '\0';
    }
}

/* Offset of the first octet at or behind `at` that is written as an escape, or s.len. */
static size_t next_escape(mr_str s, size_t at)
{
#if defined(__SSE2__)
    const __m128i control = _mm_set1_epi8(0x1F), quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'),
                  del = _mm_set1_epi8(0x7F);
    for (; s.len - at >= 16; at += 16) {
        __m128i text = _mm_loadu_si128((const __m128i *)(const void *)(s.ptr + at));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(text, control), text), _mm_cmpeq_epi8(text, quote));
        hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(text, backslash), _mm_cmpeq_epi8(text, del)));
        int mask = _mm_movemask_epi8(hit);
        if (mask) return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    while (at < s.len && !escape_letter(s.ptr[at])) at++;
    return at;
}

/* Octets that escapes add. */
static size_t escapes_size(mr_str s)
{
    size_t more = 0;
    for (size_t at = next_escape(s, 0); at < s.len; at = next_escape(s, at + 1))
        more += escape_letter(s.ptr[at]) == 'u' ? 5 : 1;
    return more;
}

static bool is_xsd_string(mr_str datatype)
{
    return mr_str_eq(datatype, MR_STR(MR_XSD "string"));
}

static size_t literal_size(const mr_term *t)
{
    size_t size = 2 + t->text.len + escapes_size(t->text);
    if (t->language.len) return langtag_length(t->language) == t->language.len ? size + 1 + t->language.len : 0;
    if (is_xsd_string(t->datatype)) return size;
    return t->checked || mr_iri_is_well_formed(t->datatype) ? size + 4 + t->datatype.len : 0;
}

size_t mr_nquads_term_size(const mr_term *t)
{
    switch (t->kind) {
    case MR_TERM_IRI: return t->checked || mr_iri_is_well_formed(t->text) ? t->text.len + 2 : 0;
    case MR_TERM_LITERAL: return literal_size(t);
    default: return 2;
    }
}

static char *copy(char *to, mr_str s)
{
    if (s.len) memcpy(to, s.ptr, s.len);
    return to + s.len;
}

static char *put_escape(char *to, char c)
{
    char letter = escape_letter(c);
    *to++ = '\\';
    *to++ = letter;
    if (letter != 'u') return to;
    *to++ = '0';
    *to++ = '0';
    *to++ = "01234567"[c >> 4];
    *to++ = "0123456789ABCDEF"[c & 15];
    return to;
}

static char *put_literal(char *to, const mr_term *t)
{
    mr_str s = t->text;
    *to++ = '"';
    for (size_t at = 0; at < s.len;) {
        size_t stop = next_escape(s, at);
        to = copy(to, mr_str_make(s.ptr + at, stop - at));
        if (stop < s.len) to = put_escape(to, s.ptr[stop++]);
        at = stop;
    }
    *to++ = '"';
    if (t->language.len) {
        *to++ = '@';
        return copy(to, t->language);
    }
    if (is_xsd_string(t->datatype)) return to; /* RDFC-1.0 appendix A: never written out */
    to = copy(to, MR_STR("^^<"));
    to = copy(to, t->datatype);
    *to++ = '>';
    return to;
}

char *mr_nquads_write_term(char *to, const mr_term *t)
{
    if (t->kind == MR_TERM_LITERAL) return put_literal(to, t);
    if (t->kind == MR_TERM_BLANK) return copy(to, MR_STR("_:"));
    *to++ = '<';
    to = copy(to, t->text);
    *to++ = '>';
    return to;
}

void mr_nquads_put_term(mr_buf *out, const mr_term *term, mr_str label)
{
    size_t size = mr_nquads_term_size(term);
    char *at = mr_buf_reserve(out, size);
    if (!at) return;
    if (!size) {
        out->failed = true;
        return;
    }
    mr_nquads_write_term(at, term);
    out->len += size;
    if (term->kind == MR_TERM_BLANK) mr_buf_put(out, label);
}

static int put_term(mr_buf *out, const mr_term *term, size_t number, struct mr_err *err)
{
    char text[16] = "b", *at = text + sizeof text;
    uint32_t label = term->number;
    if (!mr_nquads_term_size(term)) return MR_FAIL(err, MR_E_FORMAT, "N-Quads cannot write a term", number);
    do *--at = (char)('0' + label % 10);
    while (label /= 10);
    *--at = 'b';
    mr_nquads_put_term(out, term, mr_str_make(at, (size_t)(text + sizeof text - at)));
    return MR_OK;
}

int mr_nquads_write(const mr_dataset *ds, mr_buf *out, struct mr_err *err)
{
    for (size_t i = 0; i < ds->count; i++) {
        const mr_quad *q = &ds->quads[i];
        const mr_term *terms[] = {q->subject, q->predicate, q->object, q->graph};
        for (size_t t = 0; t < 4; t++) {
            if (!terms[t]) continue;
            MR_TRY(put_term(out, terms[t], i, err));
            mr_buf_putc(out, ' ');
        }
        mr_buf_put(out, MR_STR(".\n"));
    }
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "N-Quads too large", MR_NOWHERE) : MR_OK;
}
