/* One pass over the lines of a file. An entry is `msgid` and `msgstr`, or `msgid`, `msgid_plural` and `msgstr[0]`, `msgstr[1]` ..., each with one or more
 * strings in quotation marks; a text that is one string without escapes is not copied. */
#include "text/po.h"

struct reader {
    mr_arena *arena;
    mr_str source;
    size_t at, next; /* start of the present line, and of the one behind it */
    mr_str line;     /* the present line, without its end */
    struct mr_err *err;
};

static int fail(const struct reader *r, const char *message)
{
    return MR_FAIL(r->err, MR_E_FORMAT, message, r->at);
}

/* At the end of the file the line is empty and starts there. */
static void go_to(struct reader *r, size_t at)
{
    mr_str rest = mr_str_from(r->source, at);
    const char *end = rest.len ? memchr(rest.ptr, '\n', rest.len) : NULL;
    r->at = at;
    r->line = mr_str_make(rest.ptr, end ? (size_t)(end - rest.ptr) : rest.len);
    r->next = end ? at + r->line.len + 1 : r->source.len;
    if (r->line.len && r->line.ptr[r->line.len - 1] == '\r') r->line.len--;
}

static bool is_at_end(const struct reader *r)
{
    return r->at >= r->source.len;
}

/* What stands between the quotation marks; escapes are left in it. */
static bool is_quoted(mr_str s, mr_str *ret)
{
    if (s.len < 2 || s.ptr[0] != '"' || s.ptr[s.len - 1] != '"') return false;
    *ret = mr_str_make(s.ptr + 1, s.len - 2);
    const char *p = ret->ptr, *end = p + ret->len;
    if (memchr(p, '"', ret->len + 1) == end && !memchr(p, '\\', ret->len)) return true; /* nearly all */
    for (; p < end; p++) {
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

static bool continues(const struct reader *r)
{
    return r->line.len > 0 && r->line.ptr[0] == '"';
}

/* The strings that begin with `first` on this line and go on on the next ones; leaves the reader behind them. */
static int read_strings(struct reader *r, mr_str first, mr_str *ret)
{
    mr_str part;
    if (!is_quoted(first, &part)) return fail(r, "a string in quotation marks is expected");
    go_to(r, r->next);
    if (!continues(r) && (part.len == 0 || !memchr(part.ptr, '\\', part.len))) {
        *ret = part;
        return MR_OK;
    }
    size_t start = r->at, n = part.len;
    while (continues(r)) go_to(r, r->next);
    size_t end = r->at;
    char *text = mr_arena_alloc(r->arena, n + (end - start) + 1); /* the lines bound the length */
    if (!text) return MR_FAIL(r->err, MR_E_NOMEM, "not enough memory for messages", r->at);
    memcpy(text, part.ptr, n);
    for (go_to(r, start); r->at < end; go_to(r, r->next)) {
        if (!is_quoted(mr_str_trim(r->line), &part)) return fail(r, "a string in quotation marks is expected");
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
    if (!mr_str_has_prefix(r->line, keyword)) return fail(r, "msgid and msgstr in turn are expected");
    mr_str first = mr_str_from(r->line, keyword.len);
    return read_strings(r, first.len && first.ptr[0] == '"' ? first : mr_str_trim(first), ret);
}

/* The forms of a message that counts, from `msgid_plural` on. *ret_whole: none of them is empty. */
static int read_forms(struct reader *r, struct mr_po_entry *e, bool *ret_whole)
{
    mr_str form, part;
    MR_TRY(expect(r, MR_STR("msgid_plural "), &part));
    if (!mr_str_eq(part, e->id))
        return fail(r, "the id of a message that counts stands twice, as msgid and as msgid_plural");
    *ret_whole = true;
    for (; mr_str_has_prefix(r->line, MR_STR("msgstr[")); e->forms++) {
        char keyword[] = {'m', 's', 'g', 's', 't', 'r', '[', (char)('0' + e->forms), ']', ' ', '\0'};
        if (e->forms == MR_PO_MOST_FORMS) return fail(r, "there are more plural forms than any language has");
        MR_TRY(expect(r, mr_str_of(keyword), &form));
        *ret_whole = *ret_whole && form.len;
        if (memchr(form.ptr, '\0', form.len)) return fail(r, "a text holds a NUL");
        e->text = e->forms ? mr_arena_concat(r->arena, (const mr_str[]){e->text, mr_str_make("", 1), form}, 3) : form;
        if (!e->text.ptr) return MR_FAIL(r->err, MR_E_NOMEM, "not enough memory for messages", r->at);
    }
    return e->forms ? MR_OK : fail(r, "msgstr[0] is expected");
}

/* Comments and empty lines; *ret_fuzzy tells whether a translator's tool has marked the entry that follows. */
static void skip_comments(struct reader *r, bool *ret_fuzzy)
{
    *ret_fuzzy = false;
    for (; !is_at_end(r); go_to(r, r->next)) {
        if (r->line.len == 0) continue;
        if (r->line.ptr[0] == '#') {
            if (mr_str_has_prefix(r->line, MR_STR("#,")) && mr_str_find(r->line, MR_STR("fuzzy")) >= 0)
                *ret_fuzzy = true;
        } else if (r->line.ptr[0] > ' ' || mr_str_trim(r->line).len) {
            return;
        }
    }
}

int mr_po_read(mr_arena *a, mr_str source, struct mr_po *ret, struct mr_err *err)
{
    enum { SMALLEST_ENTRY = sizeof "msgid \"\"\nmsgstr \"\"" - 1 };
    struct reader r = {.arena = a, .source = source, .err = err};
    size_t bad = mr_utf8_check(source);
    if (bad != source.len) return MR_FAIL(err, MR_E_UTF8, "the messages are not UTF-8", bad);
    /* room for the most that there can be, of which only what is used is touched */
    struct mr_po po = {.entries = mr_arena_alloc(a, (source.len / SMALLEST_ENTRY + 1) * sizeof *po.entries)};
    if (!po.entries) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for messages", MR_NOWHERE);
    for (go_to(&r, 0);;) {
        bool fuzzy;
        skip_comments(&r, &fuzzy);
        if (is_at_end(&r)) break;
        struct mr_po_entry e = {0};
        bool whole = true;
        MR_TRY(expect(&r, MR_STR("msgid "), &e.id));
        if (mr_str_has_prefix(r.line, MR_STR("msgid_plural ")))
            MR_TRY(read_forms(&r, &e, &whole));
        else
            MR_TRY(expect(&r, MR_STR("msgstr "), &e.text));
        if (e.id.len == 0)
            po.header = e.text;
        else if (e.text.len && whole && !fuzzy)
            po.entries[po.count++] = e;
    }
    *ret = po;
    return MR_OK;
}

/* What stands behind `name` up to `end` on; *rest goes on behind it. */
static bool cut(mr_str *rest, mr_str name, char end, mr_str *ret)
{
    ptrdiff_t at = mr_str_find(*rest, name);
    if (at < 0) return false;
    *rest = mr_str_from(*rest, (size_t)at + name.len);
    if (mr_str_find_char(*rest, end) < 0) return false;
    return mr_str_split(rest, end, ret);
}

int mr_po_plural_rule(mr_str header, unsigned *ret_forms, mr_str *ret_expression, struct mr_err *err)
{
    mr_str line, forms, expression;
    bool found = cut(&header, MR_STR("Plural-Forms:"), '\n', &line) && cut(&line, MR_STR("nplurals="), ';', &forms) &&
                 cut(&line, MR_STR("plural="), ';', &expression);
    if (!found || forms.len != 1 || forms.ptr[0] < '1' || forms.ptr[0] > '0' + MR_PO_MOST_FORMS || !expression.len)
        return MR_FAIL(err, MR_E_FORMAT, "the header has no rule of Plural-Forms", MR_NOWHERE);
    for (size_t i = 0; i < expression.len; i++)
        if (!expression.ptr[i] || !strchr("n0123456789 ()?:!=<>&|%", expression.ptr[i]))
            return MR_FAIL(err, MR_E_FORMAT, "the rule of Plural-Forms has a sign that does not belong there",
                           MR_NOWHERE);
    *ret_forms = (unsigned)(forms.ptr[0] - '0');
    *ret_expression = expression;
    return MR_OK;
}
