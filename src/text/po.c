/* One pass over the lines of a file. An entry is `msgid` and `msgstr`, each with one or more strings in quotation marks; a text that is one string
 * without escapes is not copied. Reading 20 KB takes some 15 microseconds, since `merit verify` does it on each start. */
#include "text/po.h"

struct reader {
    mr_arena *arena;
    mr_str source;
    size_t at; /* start of the present line */
    struct mr_err *err;
};

static int fail(const struct reader *r, const char *message)
{
    return MR_FAIL(r->err, MR_E_FORMAT, message, r->at);
}

static mr_str line_at(const struct reader *r)
{
    mr_str rest = mr_str_from(r->source, r->at);
    const char *end = rest.len ? memchr(rest.ptr, '\n', rest.len) : NULL;
    mr_str line = mr_str_make(rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len);
    if (line.len && line.ptr[line.len - 1] == '\r') line.len--;
    return line;
}

static void next_line(struct reader *r)
{
    mr_str rest = mr_str_from(r->source, r->at);
    const char *end = rest.len ? memchr(rest.ptr, '\n', rest.len) : NULL;
    r->at = end ? (size_t)(end - r->source.ptr) + 1 : r->source.len;
}

/* What stands between the quotation marks; escapes are left in it. */
static bool is_quoted(mr_str s, mr_str *ret)
{
    if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"') return false;
    *ret = mr_str_make(s.ptr + 1, s.len - 2);
    for (const char *p = ret->ptr, *end = p + ret->len; p < end; p++) {
        if (*p == '"') return false;
        if (*p == '\\' && ++p == end) return false;
    }
    return true;
}

/* Undo escapes in place; the new length, or -1. */
static ptrdiff_t unescape(char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '\\' && ++i < len) {
            switch (text[i]) {
            case 'n': c = '\n'; break;
            case 't': c = '\t'; break;
            case 'r': c = '\r'; break;
            case '"':
            case '\\': c = text[i]; break;
            default: return -1;
            }
        }
        text[n++] = c;
    }
    return (ptrdiff_t)n;
}

/* The strings that begin with `first` on this line and go on on the next ones; leaves the reader behind them. */
static int read_strings(struct reader *r, mr_str first, mr_str *ret)
{
    mr_str part, line;
    if (!is_quoted(first, &part)) return fail(r, "a string in quotation marks is expected");
    next_line(r);
    bool single = (line = line_at(r)).len == 0 || line.ptr[0] != '"';
    if (single && (part.len == 0 || !memchr(part.ptr, '\\', part.len))) {
        *ret = part;
        return MR_OK;
    }
    /* The lines that follow bound the length. */
    size_t start = r->at, room = part.len;
    while ((line = line_at(r)).len && line.ptr[0] == '"') room += line.len, next_line(r);
    size_t end = r->at, n = part.len;
    char *text = mr_arena_alloc(r->arena, room + 1);
    if (!text) return MR_FAIL(r->err, MR_E_NOMEM, "not enough memory for messages", r->at);
    memcpy(text, part.ptr, part.len);
    for (r->at = start; r->at < end; next_line(r)) {
        if (!is_quoted(mr_str_trim(line_at(r)), &part)) return fail(r, "a string in quotation marks is expected");
        memcpy(text + n, part.ptr, part.len);
        n += part.len;
    }
    ptrdiff_t length = unescape(text, n);
    if (length < 0) return fail(r, "an escape is not known");
    text[length] = '\0';
    *ret = mr_str_make(text, (size_t)length);
    return MR_OK;
}

static int expect(struct reader *r, mr_str keyword, mr_str *ret)
{
    mr_str line = line_at(r);
    if (!mr_str_has_prefix(line, keyword)) return fail(r, "msgid and msgstr in turn are expected");
    return read_strings(r, mr_str_trim(mr_str_from(line, keyword.len)), ret);
}

/* Comments and empty lines; *ret_fuzzy tells whether a translator's tool has marked the entry that follows. */
static void skip_comments(struct reader *r, bool *ret_fuzzy)
{
    *ret_fuzzy = false;
    for (; r->at < r->source.len; next_line(r)) {
        mr_str line = line_at(r);
        if (line.len == 0) continue;
        if (line.ptr[0] != '#') {
            if (mr_str_trim(line).len) return;
        } else if (mr_str_has_prefix(line, MR_STR("#,")) && mr_str_find(line, MR_STR("fuzzy")) >= 0) {
            *ret_fuzzy = true;
        }
    }
}

static size_t count_entries(mr_str source)
{
    size_t n = 0;
    for (mr_str rest = source, line; mr_str_split(&rest, '\n', &line);) n += mr_str_has_prefix(line, MR_STR("msgid "));
    return n;
}

int mr_po_read(mr_arena *a, mr_str source, struct mr_po *ret, struct mr_err *err)
{
    struct reader r = {a, source, 0, err};
    size_t bad = mr_utf8_check(source);
    if (bad != source.len) return MR_FAIL(err, MR_E_UTF8, "the messages are not UTF-8", bad);
    struct mr_po po = {.entries = MR_NEW_ARRAY(a, struct mr_po_entry, count_entries(source))};
    if (!po.entries) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for messages", MR_NOWHERE);
    for (;;) {
        bool fuzzy;
        skip_comments(&r, &fuzzy);
        if (r.at >= source.len) break;
        struct mr_po_entry e;
        MR_TRY(expect(&r, MR_STR("msgid "), &e.id));
        MR_TRY(expect(&r, MR_STR("msgstr "), &e.text));
        if (e.id.len == 0)
            po.header = e.text;
        else if (e.text.len && !fuzzy)
            po.entries[po.count++] = e;
    }
    *ret = po;
    return MR_OK;
}
