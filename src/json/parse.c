/* Reading JSON: one pass, one flat array, no recursion.
 *
 * Idea. Most of a credential is short strings, so the reader is one loop (a value, brackets that close behind it, the
 * next name) in which a string without escapes costs a comparison for each 16 octets and one 24-octet store. Nothing
 * is copied: nodes point into the input.
 *
 * Room. Every value or name but the root stands behind one of `[` `{` `,` `:`, so one more than the number of these
 * octets is enough nodes. Counting them costs a tenth of the reading, makes the array exact for documents (those octets
 * inside strings are counted as well; when the arena cannot give that much, they are counted again without the
 * strings), and saves a check per value.
 *
 * Sentinel. The text handed in ends where it ends; nothing may be read behind it. A text that ends in `}` or `]` needs
 * no check for its end in front of each octet: no token but a string runs over a bracket, and a string looks for the
 * end itself. Other texts (a lone number, anything cut short) are copied into the arena with a NUL behind, which stops
 * every token likewise.
 *
 * Invariants
 *   I1  *p is readable wherever the loop looks: p < end, or p == end and *end is the NUL of the copy. After a closing
 *       bracket p may be the end of the text: that is checked there.
 *   I2  `skip` of an open container is the index of the container around it; of a closed one, the nodes it takes.
 *   I3  the node array has room for the next value or name whenever an octet that may precede one was consumed.
 *   I4  a position reported is that of the first octet that cannot be, in document order, but for names that stand
 *       twice: they are found when their object closes.
 *
 * Sources: RFC 8259 (grammar in sections 2 to 7), RFC 7493 sections 2.1 and 2.3, RFC 3629 (UTF-8). */
#include "json/json.h"

#include "base/limits.h"
#include "json/names.h"
#include "json/pointer.h"
#include "json/scan.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define COLD __attribute__((cold, noinline))
#define STRING_SHORT 64 /* octets looked at before the longer stride of mr_json_scan_long */

struct reader {
    mr_arena *arena;
    const char *start, *end;
    mr_json *nodes;
    const mr_json *open; /* the innermost open container, kept for messages */
    void *room;          /* for the names of large objects */
    size_t room_size;
    uint32_t max_depth;
    bool allow_duplicates;
    struct mr_err *err;
};

/* Fill the error; `at` is where. Evaluates to the code. */
#define REFUSE(r, code, message, at) refuse((r), MR_FAIL((r)->err, (code), (message), (size_t)((at) - (r)->start)))

static COLD int refuse(struct reader *r, int code)
{
    if (r->err && r->open) mr_json_pointer_to_open(r->nodes, r->open, r->err->pointer, sizeof r->err->pointer);
    return code;
}

/* The octet at `at` cannot be there. */
static COLD int refuse_octet(struct reader *r, const char *at, const char *message)
{
    if (at == r->end) return REFUSE(r, MR_E_JSON, "the text ends too early", at);
    return REFUSE(r, MR_E_JSON, message, at);
}

/* ---- white space (RFC 8259 section 2) ---- */

static inline bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static __attribute__((noinline)) const char *skip_more_space(const char *p, const char *end)
{
    p = mr_json_scan_space(p, end);
    while (is_space(*p)) p++;
    return p;
}

/* The first octet that is not white space; a single blank, and none at all, are the usual cases. */
static inline const char *skip_space(const struct reader *r, const char *p)
{
    if (LIKELY((uint8_t)*p > ' ')) return p;
    if (*p == ' ' && (uint8_t)p[1] > ' ') return p + 1; /* readable: a blank is never the last octet (I1) */
    return skip_more_space(p, r->end);
}

/* ---- strings (section 7) ---- */

static inline bool is_continuation(char c)
{
    return ((uint8_t)c & 0xc0) == 0x80;
}

/* Octets of the well-formed UTF-8 sequence at p, whose first octet is not ASCII; 0 when it is not well-formed (RFC 3629
 * section 4). Looks no further than the first octet that does not fit. */
static inline size_t utf8_sequence(const char *p)
{
    uint8_t a = (uint8_t)p[0], b = (uint8_t)p[1];
    if (a < 0xc2) return 0;
    if (a < 0xe0) return is_continuation(p[1]) ? 2 : 0;
    if (a < 0xf0) {
        uint8_t low = a == 0xe0 ? 0xa0 : 0x80, high = a == 0xed ? 0x9f : 0xbf;
        return b >= low && b <= high && is_continuation(p[2]) ? 3 : 0;
    }
    if (a > 0xf4) return 0;
    uint8_t low = a == 0xf0 ? 0x90 : 0x80, high = a == 0xf4 ? 0x8f : 0xbf;
    return b >= low && b <= high && is_continuation(p[2]) && is_continuation(p[3]) ? 4 : 0;
}

/* Value of four hexadecimal digits, or -1. */
static int32_t hex4(const char *p)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'                     ? c - '0'
                    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                             : -1;
        if (digit < 0) return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* Octets of the escape at p (a backslash), and what it stands for; 0 when it is none. A surrogate must come with its
 * other half (RFC 7493 section 2.1). */
static size_t read_escape(const char *p, uint32_t *ret_code_point)
{
    static const char plain[256] = {
        ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t'};
    if (p[1] != 'u') {
        *ret_code_point = (uint32_t)plain[(uint8_t)p[1]];
        return *ret_code_point ? 2 : 0;
    }
    int32_t unit = hex4(p + 2);
    if (unit < 0 || (unit >= 0xdc00 && unit <= 0xdfff)) return 0;
    *ret_code_point = (uint32_t)unit;
    if (unit < 0xd800 || unit > 0xdbff) return 6;
    if (p[6] != '\\' || p[7] != 'u') return 0;
    int32_t second = hex4(p + 8);
    if (second < 0xdc00 || second > 0xdfff) return 0;
    *ret_code_point = 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(second - 0xdc00);
    return 12;
}

/* The text from..end with its escapes, which are known to be right, replaced. */
static int unescape(struct reader *r, const char *from, const char *end, mr_json *node)
{
    char *text = mr_arena_alloc(r->arena, (size_t)(end - from)); /* no escape is shorter than what it stands for */
    if (!text) return REFUSE(r, MR_E_NOMEM, "not enough memory for a string", from);
    char *to = text;
    while (from < end) {
        const char *escape = memchr(from, '\\', (size_t)(end - from));
        size_t run = (size_t)((escape ? escape : end) - from);
        memcpy(to, from, run);
        to += run, from += run;
        if (!escape) break;
        uint32_t code_point = 0;
        from += read_escape(from, &code_point);
        to += mr_utf8_write(code_point, to);
    }
    node->ptr = text;
    node->len = (uint32_t)(to - text);
    return MR_OK;
}

/* The first octet that a reader must look at. */
static inline const char *scan(const char *from, const char *end)
{
    bool is_near = end - from <= STRING_SHORT;
    const char *at = mr_json_scan(from, is_near ? end : from + STRING_SHORT, true);
    return is_near || at != from + STRING_SHORT ? at : mr_json_scan_long(at, end);
}

/* A string that has more than plain ASCII: `at` is the first octet that is more. */
static __attribute__((noinline)) int read_rough_string(struct reader *r, const char *at, mr_json *node,
                                                       const char **ret_end)
{
    const char *from = r->start + node->position + 1;
    bool escaped = false;
    for (;; at = scan(at, r->end)) {
        if (at == r->end) return REFUSE(r, MR_E_JSON, "the text ends inside a string", at);
        if (*at == '"') break;
        if (*at == '\\') {
            uint32_t code_point;
            size_t length = read_escape(at, &code_point);
            if (length == 0) return REFUSE(r, MR_E_JSON, "a backslash begins no escape, or half a surrogate pair", at);
            escaped = true;
            at += length;
            continue;
        }
        if ((uint8_t)*at < 0x20) return REFUSE(r, MR_E_JSON, "a control character stands in a string", at);
        for (; (uint8_t)*at >= 0x80;) {
            size_t length = utf8_sequence(at);
            if (length == 0) return REFUSE(r, MR_E_UTF8, "not well-formed UTF-8", at);
            at += length;
        }
    }
    *ret_end = at + 1;
    if (escaped) return unescape(r, from, at, node);
    node->ptr = from;
    node->len = (uint32_t)(at - from);
    return MR_OK;
}

/* The string at *p (a quotation mark). */
static inline __attribute__((always_inline)) int read_string(struct reader *r, const char **p, mr_json *node)
{
    const char *from = *p + 1, *at = scan(from, r->end);
    *node = (mr_json){from, 0, 1, (uint32_t)(*p - r->start), MR_JSON_STRING};
    if (LIKELY(at < r->end && *at == '"')) {
        node->len = (uint32_t)(at - from);
        *p = at + 1;
        return MR_OK;
    }
    const char *behind = NULL;
    int code = read_rough_string(r, at, node, &behind);
    *p = behind;
    return code;
}

/* ---- numbers (section 6) and literals (section 3) ---- */

static inline bool is_digit(char c)
{
    return (uint8_t)(c - '0') < 10;
}

/* Behind the number at p; *ret_wrong tells whether the octet there cannot be. */
static inline const char *read_number(const char *p, bool *ret_wrong)
{
    if (*p == '-') p++;
    *ret_wrong = !is_digit(*p);
    if (*ret_wrong) return p;
    if (*p == '0')
        p++;
    else
        while (is_digit(*p)) p++;
    if (*p == '.') {
        *ret_wrong = !is_digit(*++p);
        while (is_digit(*p)) p++;
    }
    if (!*ret_wrong && (*p == 'e' || *p == 'E')) {
        p++;
        if (*p == '+' || *p == '-') p++;
        *ret_wrong = !is_digit(*p);
        while (is_digit(*p)) p++;
    }
    return p;
}

/* Behind the literal, or NULL; compared octet by octet, so that nothing behind the first difference is read. */
static inline const char *read_literal(const char *p, const char *word)
{
    for (; *word; p++, word++)
        if (*p != *word) return NULL;
    return p;
}

static int read_scalar(struct reader *r, const char **p, mr_json *node)
{
    const char *from = *p, *behind;
    *node = (mr_json){from, 0, 1, (uint32_t)(from - r->start), MR_JSON_NULL};
    bool wrong = false;
    switch (*from) {
    case 't': node->type = MR_JSON_TRUE, behind = read_literal(from, "true"); break;
    case 'f': node->type = MR_JSON_FALSE, behind = read_literal(from, "false"); break;
    case 'n': behind = read_literal(from, "null"); break;
    default:
        if (*from != '-' && !is_digit(*from)) return refuse_octet(r, from, "a value is missing here");
        node->type = MR_JSON_NUMBER, behind = read_number(from, &wrong);
        if (wrong) return refuse_octet(r, behind, "a digit is missing here");
        node->len = (uint32_t)(behind - from);
    }
    if (!behind)
        return REFUSE(r, MR_E_JSON, "only the words true, false and null may stand without quotation marks", from);
    *p = behind;
    return MR_OK;
}

/* ---- names that stand twice (RFC 7493 section 2.3) ---- */

static COLD int refuse_name(struct reader *r, const mr_json *name)
{
    int code = REFUSE(r, MR_E_JSON_DUPLICATE, "an object has the same member twice", r->start + name->position);
    if (r->err) {
        mr_json_pointer_add(mr_json_text(name), r->err->pointer, sizeof r->err->pointer);
        size_t len = name->len < sizeof r->err->detail ? name->len : sizeof r->err->detail - 1;
        while (len < name->len && len > 0 && is_continuation(name->ptr[len])) len--; /* no half character */
        memcpy(r->err->detail, name->ptr, len);
        r->err->detail[len] = 0;
    }
    return code;
}

/* The object is still open (I2), but its members are complete. */
static int check_names(struct reader *r, const mr_json *object)
{
    size_t room = mr_json_names_room(object->len);
    if (room > r->room_size) {
        r->room = mr_arena_alloc(r->arena, room);
        r->room_size = r->room ? room : 0;
        if (!r->room)
            return REFUSE(r, MR_E_NOMEM, "not enough memory for the names of an object", r->start + object->position);
    }
    const mr_json *twice = mr_json_find_twice(object + 1, object->len, r->room);
    return LIKELY(!twice) ? MR_OK : refuse_name(r, twice);
}

/* ---- the loop ---- */

/* A name and the colon behind it; *p is where the name should begin. */
static inline __attribute__((always_inline)) int read_name(struct reader *r, const char **p, mr_json *node)
{
    const char *at = skip_space(r, *p);
    if (*at != '"') return refuse_octet(r, at, "a member name in quotation marks is missing here");
    MR_TRY(read_string(r, &at, node));
    at = skip_space(r, at);
    if (*at != ':') return refuse_octet(r, at, "a colon is missing here");
    *p = at + 1;
    return MR_OK;
}

/* *p is a closing bracket or should be one: close the innermost container, the last node of which is before `next`. */
static inline int close_container(struct reader *r, const char **p, mr_json *open, const mr_json *next,
                                  mr_json **ret_around)
{
    bool is_object = open->type == MR_JSON_OBJECT;
    if (**p != (is_object ? '}' : ']')) return refuse_octet(r, *p, "a comma or a closing bracket is missing here");
    if (is_object && open->len > 1 && !r->allow_duplicates) MR_TRY(check_names(r, open));
    *ret_around = open->skip == MR_JSON_NO_CONTAINER ? NULL : r->nodes + open->skip;
    open->skip = (uint32_t)(next - open);
    r->open = *ret_around;
    *p += 1;
    if (r->open && *p == r->end) return refuse_octet(r, *p, "");
    return MR_OK;
}

/* The whole text into r->nodes, which has room (I3). */
static int read_document(struct reader *r)
{
    const char *p = r->start;
    mr_json *next = r->nodes, *open = NULL;
    uint32_t depth = 0;
    do { /* one value */
        p = skip_space(r, p);
        if (LIKELY(*p == '"')) {
            MR_TRY(read_string(r, &p, next));
            next++;
        } else if (*p == '{' || *p == '[') {
            if (depth++ == r->max_depth) return REFUSE(r, MR_E_LIMIT, "nested too deeply", p);
            uint32_t around = open ? (uint32_t)(open - r->nodes) : MR_JSON_NO_CONTAINER;
            bool is_object = *p == '{';
            *next = (mr_json){p, 0, around, (uint32_t)(p - r->start), is_object ? MR_JSON_OBJECT : MR_JSON_ARRAY};
            r->open = open = next++;
            p = skip_space(r, p + 1);
            if (*p != (is_object ? '}' : ']')) {
                open->len = 1;
                if (!is_object) continue;
                MR_TRY(read_name(r, &p, next));
                next++;
                continue;
            }
        } else {
            MR_TRY(read_scalar(r, &p, next));
            next++;
        }
        /* The value is complete, or an empty container has just begun. */
        while (open && *(p = skip_space(r, p)) != ',') {
            MR_TRY(close_container(r, &p, open, next, &open));
            depth--;
        }
        if (open) {
            p++, open->len++;
            if (open->type == MR_JSON_OBJECT) {
                MR_TRY(read_name(r, &p, next));
                next++;
            }
        }
    } while (open);
    if (p < r->end) p = skip_space(r, p);
    return p == r->end ? MR_OK : REFUSE(r, MR_E_JSON, "something stands behind the end of the value", p);
}

/* ---- room and sentinel ---- */

static inline bool is_opener(char c)
{
    return c == '[' || c == '{' || c == ',' || c == ':';
}

/* Octets of text that stand before a value or name, those inside strings as well. */
static size_t count_openers(const char *p, const char *end)
{
    size_t count = 0;
#ifdef __SSE2__
    while (end - p >= 16) {
        __m128i sums = _mm_setzero_si128(); /* one counter an octet, emptied before it can overflow */
        for (int turn = 0; turn < 255 && end - p >= 16; turn++, p += 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
            __m128i bracket =
                _mm_cmpeq_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('{')); /* '[' | 0x20 is '{' */
            __m128i comma = _mm_cmpeq_epi8(v, _mm_set1_epi8(',')), colon = _mm_cmpeq_epi8(v, _mm_set1_epi8(':'));
            sums = _mm_sub_epi8(sums, _mm_or_si128(_mm_or_si128(comma, colon), bracket));
        }
        __m128i two = _mm_sad_epu8(sums, _mm_setzero_si128());
        count += (size_t)(_mm_cvtsi128_si32(two) + _mm_extract_epi16(two, 4));
    }
#endif
    for (; p < end; p++) count += is_opener(*p);
    return count;
}

/* The same without those inside strings: slower, for when memory is short. Past a fault in the text the count means
 * nothing, but the reader does not come that far. */
static COLD size_t count_openers_outside_strings(const char *p, const char *end)
{
    size_t count = 0;
    for (; p < end; p++) {
        count += is_opener(*p);
        if (*p != '"') continue;
        for (p++; p < end && *p != '"'; p++) p += *p == '\\' && end - p > 1;
    }
    return count;
}

static int make_room(struct reader *r)
{
    size_t count = 1 + count_openers(r->start, r->end);
    r->nodes = mr_arena_alloc(r->arena, count * sizeof *r->nodes);
    if (r->nodes) return MR_OK;
    count = 1 + count_openers_outside_strings(r->start, r->end);
    r->nodes = mr_arena_alloc(r->arena, count * sizeof *r->nodes);
    return r->nodes
               ? MR_OK
               : MR_FAIL(r->err, MR_E_NOMEM, "the document has too many values for the memory it may take", MR_NOWHERE);
}

static COLD int copy_with_sentinel(struct reader *r, mr_str text)
{
    mr_str copy = mr_arena_dup(r->arena, text);
    if (!copy.ptr) return MR_FAIL(r->err, MR_E_NOMEM, "not enough memory for the text", MR_NOWHERE);
    r->start = copy.ptr, r->end = copy.ptr + copy.len;
    return MR_OK;
}

/* What other encodings begin with (RFC 8259 section 8.1: UTF-8, no byte order mark). */
static int check_beginning(mr_str text, struct mr_err *err)
{
    if (mr_str_has_prefix(text, MR_STR("\xef\xbb\xbf")))
        return MR_FAIL(err, MR_E_JSON, "a byte order mark stands before the text", 0);
    bool utf16 = mr_str_has_prefix(text, MR_STR("\xfe\xff")) || mr_str_has_prefix(text, MR_STR("\xff\xfe")) ||
                 (text.len > 1 && (text.ptr[0] == 0) != (text.ptr[1] == 0));
    return utf16 ? MR_FAIL(err, MR_E_UTF8, "the text is UTF-16, not UTF-8", 0) : MR_OK;
}

int mr_json_parse(mr_arena *a, mr_str text, const mr_json_options *options, const mr_json **ret, struct mr_err *err)
{
    if (text.len >= UINT32_MAX) return MR_FAIL(err, MR_E_LIMIT, "a JSON text of 4 GiB or more", 0);
    if (text.len == 0) return MR_FAIL(err, MR_E_JSON, "the text is empty", 0);
    MR_TRY(check_beginning(text, err));

    struct reader r = {.arena = a, .start = text.ptr, .end = text.ptr + text.len, .err = err};
    r.max_depth = options && options->max_depth ? options->max_depth : MR_LIMIT_JSON_DEPTH;
    if (r.max_depth > MR_LIMIT_JSON_DEPTH_MOST) r.max_depth = MR_LIMIT_JSON_DEPTH_MOST;
    r.allow_duplicates = options && options->allow_duplicates;
    while (r.end > r.start && is_space(r.end[-1])) r.end--;
    if (r.end == r.start) return MR_FAIL(err, MR_E_JSON, "the text is empty", text.len);
    if (r.end[-1] != '}' && r.end[-1] != ']') MR_TRY(copy_with_sentinel(&r, text));
    MR_TRY(make_room(&r));
    MR_TRY(read_document(&r));
    *ret = r.nodes;
    return MR_OK;
}
