/* Writing JSON. A string without characters to escape, the usual one, is copied and looked through in the same 16-octet
 * steps; only where room runs short or an escape is due it goes the careful way, run by run.
 *
 * Nodes. `skip` of an open container is the index of the container around it, as in parse.c. */
#include "json/write.h"

#include "json/pointer.h"
#include "json/scan.h"

#include <assert.h>

#define LEVELS 64 /* bits of mr_json_writer.object */

/* ---- strings ---- */

static void put_escape(mr_buf *out, char c)
{
    static const char letters[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char hex[] = "0123456789abcdef";
    uint8_t o = (uint8_t)c;
    if (o >= 0x20)
        mr_buf_put(out, (mr_str){(const char[]){'\\', c}, 2});
    else if (letters[o])
        mr_buf_put(out, (mr_str){(const char[]){'\\', letters[o]}, 2});
    else
        mr_buf_put(out, (mr_str){(const char[]){'\\', 'u', '0', '0', hex[o >> 4], hex[o & 15]}, 6});
}

/* The text from..end and the closing quotation mark. */
static void quote_run_by_run(mr_buf *out, const char *from, const char *end)
{
    for (;;) {
        const char *special = mr_json_scan(from, end, false);
        mr_buf_put(out, mr_str_make(from, (size_t)(special - from)));
        if (special == end) break;
        put_escape(out, *special);
        from = special + 1;
    }
    mr_buf_putc(out, '"');
}

static inline void quote(mr_buf *out, mr_str text)
{
    size_t room = out->cap - out->len, plain = 0;
    if (text.len == 0) text.ptr = ""; /* no arithmetic on NULL */
    if (__builtin_expect(room > 18 && text.len <= room - 18, 1)) {
        char *to = out->ptr + out->len;
        *to = '"';
        plain = mr_json_copy_plain(to + 1, text.ptr, text.len);
        out->len += 1 + plain;
        if (plain == text.len) {
            to[1 + plain] = '"';
            out->len++;
            return;
        }
    } else {
        mr_buf_putc(out, '"');
    }
    quote_run_by_run(out, text.ptr + plain, text.ptr + text.len);
}

void mr_json_quote(mr_buf *out, mr_str text)
{
    quote(out, text);
}

/* ---- the writer ---- */

void mr_json_writer_init(mr_json_writer *w, mr_buf *out, uint8_t indent)
{
    *w = (mr_json_writer){.out = out, .indent = indent};
}

void mr_json_writer_init_nodes(mr_json_writer *w, mr_buf *nodes, mr_arena *texts)
{
    *w = (mr_json_writer){.out = nodes, .texts = texts, .open = MR_JSON_NO_CONTAINER};
}

const mr_json *mr_json_writer_root(const mr_json_writer *w)
{
    assert(w->texts && w->depth == 0);
    return mr_buf_failed(w->out) ? NULL : (const mr_json *)(const void *)w->out->ptr;
}

void mr_json_writer_continue(mr_json_writer *w, mr_buf *out)
{
    *w = (mr_json_writer){.out = out, .depth = 1, .object = 1, .comma = true};
}

static void break_line(mr_json_writer *w)
{
    size_t spaces = (size_t)w->depth * w->indent;
    char *to = mr_buf_reserve(w->out, 1 + spaces);
    if (!to) return;
    *to = '\n';
    memset(to + 1, ' ', spaces);
    w->out->len += 1 + spaces;
}

/* ---- nodes ---- */

static inline mr_json *node_at(const mr_json_writer *w, uint32_t index)
{
    return (mr_json *)(void *)w->out->ptr + index;
}

static inline uint32_t node_count(const mr_json_writer *w)
{
    return (uint32_t)(w->out->len / sizeof(mr_json));
}

/* Room for so many nodes more, counted already; NULL when the buffer has failed. */
static inline mr_json *add_nodes(mr_json_writer *w, uint32_t count)
{
    char *at = mr_buf_reserve(w->out, count * sizeof(mr_json));
    if (!at) return NULL;
    w->out->len += count * sizeof(mr_json);
    return (mr_json *)(void *)at;
}

static inline void add_node(mr_json_writer *w, mr_json_type type, mr_str text)
{
    char *copy = text.len ? mr_arena_alloc(w->texts, text.len) : "";
    mr_json *node = add_nodes(w, 1);
    if (!copy) w->out->failed = true;
    if (!copy || !node) return;
    if (text.len) memcpy(copy, text.ptr, text.len);
    *node = (mr_json){.ptr = copy, .len = (uint32_t)text.len, .skip = 1, .type = (uint8_t)type};
}

static void open_node(mr_json_writer *w, bool is_object)
{
    uint32_t index = node_count(w);
    mr_json *node = add_nodes(w, 1);
    w->depth++;
    if (!node) return;
    *node = (mr_json){.ptr = "", .skip = w->open, .type = is_object ? MR_JSON_OBJECT : MR_JSON_ARRAY};
    w->open = index;
}

static void close_node(mr_json_writer *w)
{
    w->depth--;
    if (mr_buf_failed(w->out)) return;
    mr_json *node = node_at(w, w->open);
    uint32_t around = node->skip;
    node->skip = node_count(w) - w->open;
    w->open = around;
}

/* The innermost container gets a member or element more. */
static inline void count_node(const mr_json_writer *w)
{
    if (w->depth && !mr_buf_failed(w->out)) node_at(w, w->open)->len++;
}

static void copy_nodes(mr_json_writer *w, const mr_json *v)
{
    mr_json *to = add_nodes(w, v->skip);
    for (uint32_t i = 0; to && i < v->skip; i++) {
        to[i] = v[i];
        if (v[i].type != MR_JSON_STRING && v[i].type != MR_JSON_NUMBER) continue;
        to[i].ptr = mr_arena_dup(w->texts, mr_json_text(&v[i])).ptr;
        if (!to[i].ptr) w->out->failed = true;
    }
}

/* ---- text and nodes ---- */

/* What stands before an element or a name. */
static inline void separate(mr_json_writer *w)
{
    if (w->texts) {
        count_node(w);
        return;
    }
    if (w->comma) mr_buf_putc(w->out, ',');
    if (w->indent && w->depth) break_line(w);
    w->comma = true;
}

static inline bool in_object(const mr_json_writer *w)
{
    return w->depth > 0 && w->depth <= LEVELS && (w->object >> (w->depth - 1) & 1);
}

static inline void before_value(mr_json_writer *w)
{
    assert(w->named || !in_object(w));
    if (w->named)
        w->named = false;
    else
        separate(w);
}

static void open_container(mr_json_writer *w, char bracket)
{
    mr_buf_putc(w->out, bracket);
    w->depth++;
    w->comma = false;
}

/* w->comma tells whether anything was put inside. */
static void close_container(mr_json_writer *w, char bracket)
{
    w->depth--;
    if (w->indent && w->comma) break_line(w);
    mr_buf_putc(w->out, bracket);
    w->comma = true;
}

static void begin(mr_json_writer *w, char bracket, bool is_object)
{
    before_value(w);
    assert(w->depth < LEVELS);
    if (w->texts)
        open_node(w, is_object);
    else
        open_container(w, bracket);
    uint64_t bit = w->depth <= LEVELS ? 1ull << (w->depth - 1) : 0;
    w->object = is_object ? w->object | bit : w->object & ~bit;
}

void mr_json_begin_object(mr_json_writer *w)
{
    begin(w, '{', true);
}

void mr_json_begin_array(mr_json_writer *w)
{
    begin(w, '[', false);
}

void mr_json_end_object(mr_json_writer *w)
{
    assert(in_object(w) && !w->named);
    if (w->texts)
        close_node(w);
    else
        close_container(w, '}');
}

void mr_json_end_array(mr_json_writer *w)
{
    assert(w->depth > 0 && !in_object(w));
    if (w->texts)
        close_node(w);
    else
        close_container(w, ']');
}

static inline void put_name(mr_json_writer *w, mr_str name)
{
    separate(w);
    if (w->texts) {
        add_node(w, MR_JSON_STRING, name);
        return;
    }
    quote(w->out, name);
    mr_buf_putc(w->out, ':');
    if (w->indent) mr_buf_putc(w->out, ' ');
}

void mr_json_put_name_str(mr_json_writer *w, mr_str name)
{
    assert(in_object(w) && !w->named);
    put_name(w, name);
    w->named = true;
}

void mr_json_put_str(mr_json_writer *w, mr_str text)
{
    before_value(w);
    if (w->texts)
        add_node(w, MR_JSON_STRING, text);
    else
        quote(w->out, text);
}

static void put_read(mr_json_writer *w, mr_str json)
{
    const mr_json *v;
    if (mr_json_parse(w->texts, json, NULL, &v, NULL) == MR_OK)
        copy_nodes(w, v);
    else
        w->out->failed = true;
}

void mr_json_put_raw(mr_json_writer *w, mr_str json)
{
    before_value(w);
    if (w->texts)
        put_read(w, json);
    else
        mr_buf_put(w->out, json);
}

/* A word or a number, which is the same as text. */
static void put_word(mr_json_writer *w, mr_json_type type, mr_str word)
{
    before_value(w);
    if (w->texts)
        add_node(w, type, type == MR_JSON_NUMBER ? word : MR_STR_EMPTY);
    else
        mr_buf_put(w->out, word);
}

void mr_json_put_int(mr_json_writer *w, int64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do digits[--at] = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (value < 0) digits[--at] = '-';
    put_word(w, MR_JSON_NUMBER, mr_str_make(digits + at, sizeof digits - at));
}

void mr_json_put_bool(mr_json_writer *w, bool value)
{
    put_word(w, value ? MR_JSON_TRUE : MR_JSON_FALSE, value ? MR_STR("true") : MR_STR("false"));
}

void mr_json_put_null(mr_json_writer *w)
{
    put_word(w, MR_JSON_NULL, MR_STR("null"));
}

/* ---- values that were read ---- */

/* What stands before the value is put already. Recursion goes as deep as the reader went, MR_LIMIT_JSON_DEPTH_MOST at
 * most; it does not use the 64 levels of the writer, so that a deep document fits into one that wraps it. */
static void put_tree(mr_json_writer *w, const mr_json *v)
{
    switch ((mr_json_type)v->type) {
    case MR_JSON_NULL: mr_buf_put(w->out, MR_STR("null")); break;
    case MR_JSON_FALSE: mr_buf_put(w->out, MR_STR("false")); break;
    case MR_JSON_TRUE: mr_buf_put(w->out, MR_STR("true")); break;
    case MR_JSON_NUMBER: mr_buf_put(w->out, mr_json_text(v)); break;
    case MR_JSON_STRING: quote(w->out, mr_json_text(v)); break;
    case MR_JSON_ARRAY:
        open_container(w, '[');
        MR_JSON_EACH (element, v) {
            separate(w);
            put_tree(w, element);
        }
        close_container(w, ']');
        break;
    case MR_JSON_OBJECT:
        open_container(w, '{');
        MR_JSON_EACH_MEMBER (name, v) {
            put_name(w, mr_json_text(name));
            put_tree(w, name + 1);
        }
        close_container(w, '}');
        break;
    }
}

void mr_json_put_value(mr_json_writer *w, const mr_json *value)
{
    before_value(w);
    if (w->texts)
        copy_nodes(w, value);
    else
        put_tree(w, value);
}
