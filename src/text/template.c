/* Mustache templates: parsing and rendering.
 *
 * Idea. A template becomes one flat array of nodes in document order: a section is followed by what it contains and knows where
 * that ends, like a JSON value of json.h. Rendering walks the array with a stack of contexts, which are JSON values of the view. Names
 * are looked up by walking the stack from its top; views are small, so a linear search of members wins over anything clever. Most contexts of a page do
 * not have the name, though (what is optional is asked for in each row of a table, and in all that is around it): each context carries a
 * set of marks of its names, and is searched only when the mark is there.
 *
 * Lines. A tag that stands alone on its line (section, comment, partial, change of delimiters) takes the line with it. A partial
 * that stands alone passes the blanks before it on to each line of the partial; for that, a text knows whether it begins a line, and a line that
 * begins with a tag gets an empty text before it.
 *
 * Messages. {{@id}} is a message, its {placeholders} are names in the view; {{@check.(code)}} puts the view's `code` into the id. All of it is
 * escaped: messages hold no markup.
 *
 * Truth is as in mustache.js: false, null, absent, the empty text, zero and the empty list are not true.
 *
 * Invariants
 *  1. node.end is greater than the node's own index and at most the end of its parent.
 *  2. Depth (of sections, partials and contexts together) is at most MR_LIMIT_TEMPLATE_DEPTH; work is at most MR_LIMIT_TEMPLATE_STEPS
 *     nodes, so that a partial that includes itself twice ends as well.
 *
 * Sources: Mustache specification 1.4, core modules (interpolation, sections, inverted, partials, comments, delimiters). */
#include "text/template.h"

#include "base/limits.h"
#include "text/placeholder.h"

enum node_type { TEXT, VALUE, RAW_VALUE, MESSAGE, SECTION, INVERTED, PARTIAL };

struct name {
    mr_str first, rest; /* before the first dot, and behind it */
    uint32_t mark;      /* of the first */
};

struct node {
    mr_str text; /* TEXT: what stands there; otherwise the name */
    struct name name;
    mr_str indent; /* PARTIAL that stands alone: the blanks before it */
    uint32_t end;  /* SECTION, INVERTED: the node behind its content; otherwise the next one */
    uint8_t type;
    bool starts_line; /* TEXT */
};

struct mr_template {
    const struct node *nodes;
    uint32_t count;
};

enum { MARKS = 256 };

/* A number below MARKS that differs for most names of a view. */
static inline uint32_t mark_of(mr_str name)
{
    if (!name.len) return 0;
    uint32_t h = (uint32_t)name.len;
    h = h * 31 + (uint8_t)name.ptr[0];
    h = h * 31 + (uint8_t)name.ptr[name.len / 2];
    h = h * 31 + (uint8_t)name.ptr[name.len - 1];
    return (h * 0x9e3779b1u) >> 24;
}

static struct name name_of(mr_str text)
{
    struct name n = {.rest = text};
    if (mr_str_is(text, ".")) return (struct name){.first = text};
    if (!mr_str_split(&n.rest, '.', &n.first)) n.first = MR_STR_EMPTY;
    n.mark = mark_of(n.first);
    return n;
}

/* ---- parsing ---- */

struct parser {
    mr_arena *arena;
    mr_str source;
    size_t at;
    mr_str open, close; /* delimiters */
    struct node *nodes;
    uint32_t count, room;
    bool line_begun; /* a text of the present line exists */
    uint32_t stack[MR_LIMIT_TEMPLATE_DEPTH];
    uint32_t depth;
    struct mr_err *err;
};

static int fail_at(const struct parser *p, const char *message, size_t position)
{
    return MR_FAIL(p->err, MR_E_FORMAT, message, position);
}

static int add(struct parser *p, struct node node)
{
    if (p->count == p->room) {
        uint32_t room = p->room ? p->room * 2 : 32;
        struct node *more = p->room > UINT32_MAX / 4 ? NULL : MR_NEW_ARRAY(p->arena, struct node, room);
        if (!more) return MR_FAIL(p->err, MR_E_NOMEM, "not enough memory for a template", MR_NOWHERE);
        if (p->count) memcpy(more, p->nodes, p->count * sizeof *more);
        p->nodes = more;
        p->room = room;
    }
    node.end = p->count + 1;
    if (node.type != TEXT) node.name = name_of(node.text);
    p->nodes[p->count++] = node;
    return MR_OK;
}

/* An empty text is only wanted where a line begins. */
static int add_text(struct parser *p, size_t from, size_t to, bool starts_line)
{
    if (from == to && !starts_line) return MR_OK;
    return add(p, (struct node){
                      .type = TEXT, .text = mr_str_make(p->source.ptr + from, to - from), .starts_line = starts_line});
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Is there nothing but blanks before `at` on its line? They begin at *ret_start. */
static bool only_blanks_before(mr_str s, size_t at, size_t *ret_start)
{
    while (at > 0 && is_blank(s.ptr[at - 1])) at--;
    *ret_start = at;
    return at == 0 || s.ptr[at - 1] == '\n';
}

static bool only_blanks_after(mr_str s, size_t at, size_t *ret_next)
{
    while (at < s.len && is_blank(s.ptr[at])) at++;
    if (at + 1 < s.len && s.ptr[at] == '\r' && s.ptr[at + 1] == '\n') at++;
    *ret_next = at < s.len ? at + 1 : at;
    return at == s.len || s.ptr[at] == '\n';
}

static bool starts_a_line(mr_str s, size_t at)
{
    return at == 0 || s.ptr[at - 1] == '\n';
}

struct tag {
    char kind; /* 0: plain; else the sign */
    mr_str name;
    size_t start, end; /* with delimiters */
};

static ptrdiff_t find_from(mr_str s, size_t at, mr_str needle)
{
    ptrdiff_t n = mr_str_find(mr_str_from(s, at), needle);
    return n < 0 ? -1 : (ptrdiff_t)at + n;
}

/* The tag that starts at `start`. */
static int read_tag(struct parser *p, size_t start, struct tag *ret)
{
    size_t at = start + p->open.len;
    while (at < p->source.len && (is_blank(p->source.ptr[at]) || p->source.ptr[at] == '\n')) at++;
    char kind = at < p->source.len && strchr("!#^/>&{=@", p->source.ptr[at]) ? p->source.ptr[at] : 0;
    if (kind) at++;
    mr_str close = p->close;
    if (kind == '{' || kind == '=')
        close = mr_arena_concat(p->arena, (const mr_str[]){kind == '{' ? MR_STR("}") : MR_STR("="), p->close}, 2);
    ptrdiff_t end = close.ptr ? find_from(p->source, at, close) : -1;
    if (end < 0) return fail_at(p, "a tag does not end", start);
    *ret = (struct tag){kind, mr_str_trim(mr_str_make(p->source.ptr + at, (size_t)end - at)), start,
                        (size_t)end + close.len};
    if (kind != '!' && ret->name.len == 0) return fail_at(p, "a tag has no name", start);
    return MR_OK;
}

static int change_delimiters(struct parser *p, const struct tag *tag)
{
    mr_str rest = tag->name, open;
    bool split = mr_str_split(&rest, ' ', &open);
    mr_str close = mr_str_trim(rest);
    if (!split || !rest.ptr || open.len == 0 || close.len == 0 || mr_str_find_char(close, ' ') >= 0 ||
        mr_str_find_char(tag->name, '=') >= 0)
        return fail_at(p, "two delimiters are expected", tag->start);
    p->open = open;
    p->close = close;
    return MR_OK;
}

static int open_section(struct parser *p, const struct tag *tag)
{
    if (p->depth == MR_LIMIT_TEMPLATE_DEPTH) return fail_at(p, "sections are nested too deeply", tag->start);
    p->stack[p->depth++] = p->count;
    return add(p, (struct node){.type = tag->kind == '#' ? SECTION : INVERTED, .text = tag->name});
}

static int close_section(struct parser *p, const struct tag *tag)
{
    if (p->depth == 0 || !mr_str_eq(p->nodes[p->stack[p->depth - 1]].text, tag->name))
        return fail_at(p, "a section is closed that is not open", tag->start);
    p->nodes[p->stack[--p->depth]].end = p->count;
    return MR_OK;
}

/* {{@id}}, where parts in parentheses are names of the view. */
static int add_message(struct parser *p, const struct tag *tag)
{
    mr_str rest = tag->name;
    for (ptrdiff_t open; (open = mr_str_find_char(rest, '(')) >= 0;) {
        ptrdiff_t close = mr_str_find_char(mr_str_from(rest, (size_t)open), ')');
        if (close < 2) return fail_at(p, "a message's name has parentheses that do not fit", tag->start);
        rest = mr_str_from(rest, (size_t)(open + close) + 1);
    }
    return add(p, (struct node){.type = MESSAGE, .text = tag->name});
}

static int add_tag(struct parser *p, const struct tag *tag, mr_str indent)
{
    switch (tag->kind) {
    case '!': return MR_OK;
    case '=': return change_delimiters(p, tag);
    case '#':
    case '^': return open_section(p, tag);
    case '/': return close_section(p, tag);
    case '@': return add_message(p, tag);
    case '>': return add(p, (struct node){.type = PARTIAL, .text = tag->name, .indent = indent});
    default: return add(p, (struct node){.type = tag->kind ? RAW_VALUE : VALUE, .text = tag->name});
    }
}

/* Text up to the next tag, and the tag. */
static int parse_step(struct parser *p)
{
    size_t from = p->at;
    ptrdiff_t found = find_from(p->source, from, p->open);
    if (found < 0) {
        p->at = p->source.len;
        return add_text(p, from, p->source.len, from < p->source.len && starts_a_line(p->source, from));
    }
    struct tag tag;
    MR_TRY(read_tag(p, (size_t)found, &tag));
    size_t line, next;
    bool alone = tag.kind && strchr("!#^/>=", tag.kind) && only_blanks_before(p->source, tag.start, &line) &&
                 line >= from && only_blanks_after(p->source, tag.end, &next);
    if (alone) {
        MR_TRY(add_text(p, from, line, line > from && starts_a_line(p->source, from)));
        p->at = next;
        return add_tag(p, &tag, mr_str_make(p->source.ptr + line, tag.start - line));
    }
    bool begins = starts_a_line(p->source, from);
    MR_TRY(add_text(p, from, tag.start, begins));
    /* the text ends with a line break: the line that the tag begins gets a text of its own */
    if (tag.start > from && starts_a_line(p->source, tag.start)) MR_TRY(add_text(p, tag.start, tag.start, true));
    p->at = tag.end;
    return add_tag(p, &tag, MR_STR_EMPTY);
}

int mr_template_parse(mr_arena *a, mr_str text, const mr_template **ret, struct mr_err *err)
{
    struct parser p = {.arena = a, .source = text, .open = MR_STR("{{"), .close = MR_STR("}}"), .err = err};
    while (p.at < text.len) MR_TRY(parse_step(&p));
    if (p.depth > 0) return fail_at(&p, "a section is not closed", text.len);
    mr_template *t = MR_NEW(a, mr_template);
    if (!t) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a template", MR_NOWHERE);
    t->nodes = p.nodes;
    t->count = p.count;
    *ret = t;
    return MR_OK;
}

/* ---- rendering ---- */

struct context {
    const mr_json *value;
    uint64_t marks[MARKS / 64]; /* of its members' names */
};

struct renderer {
    const mr_language *language;
    mr_template_finder *finder;
    void *self;
    mr_buf *out;
    bool plain;                                    /* nothing is escaped */
    struct context stack[MR_LIMIT_TEMPLATE_DEPTH]; /* the innermost last */
    uint32_t contexts, depth, steps;
    struct mr_err *err;
};

static int render_nodes(struct renderer *r, const mr_template *t, uint32_t from, uint32_t to, mr_str indent);

static void set_context(struct context *c, const mr_json *value)
{
    *c = (struct context){.value = value};
    MR_JSON_EACH_MEMBER (name, value) {
        uint32_t mark = mark_of(mr_json_text(name));
        c->marks[mark / 64] |= 1ull << mark % 64;
    }
}

static const mr_json *find_named(const struct renderer *r, const struct name *name)
{
    if (mr_str_is(name->first, ".")) return r->stack[r->contexts - 1].value;
    const mr_json *v = NULL;
    for (uint32_t i = r->contexts; i-- > 0 && !v;) {
        const struct context *c = &r->stack[i];
        if (c->marks[name->mark / 64] >> name->mark % 64 & 1) v = mr_json_find_member(c->value, name->first);
    }
    mr_str rest = name->rest, part;
    while (v && rest.ptr && mr_str_split(&rest, '.', &part))
        v = mr_json_is(v, MR_JSON_OBJECT) ? mr_json_find_member(v, part) : NULL;
    return v;
}

/* A name that a message or its id holds. */
static const mr_json *find_value(const struct renderer *r, mr_str text)
{
    struct name name = name_of(text);
    return find_named(r, &name);
}

static bool is_true(const mr_json *v)
{
    double n;
    if (!v) return false;
    switch ((mr_json_type)v->type) {
    case MR_JSON_NULL:
    case MR_JSON_FALSE: return false;
    case MR_JSON_STRING:
    case MR_JSON_ARRAY: return v->len > 0;
    case MR_JSON_NUMBER: return !mr_json_to_double(v, &n) || n != 0;
    default: return true;
    }
}

/* A value as text: strings, numbers as they stand in the view, true and false; nothing for the rest. */
static mr_str text_of(const mr_json *v)
{
    if (!v) return MR_STR_EMPTY;
    switch ((mr_json_type)v->type) {
    case MR_JSON_STRING:
    case MR_JSON_NUMBER: return mr_json_text(v);
    case MR_JSON_TRUE: return MR_STR("true");
    case MR_JSON_FALSE: return MR_STR("false");
    default: return MR_STR_EMPTY;
    }
}

static void put_safely(struct renderer *r, mr_str s)
{
    if (r->plain)
        mr_buf_put(r->out, s);
    else
        mr_buf_put_html(r->out, s);
}

static void put_lines(struct renderer *r, const struct node *n, mr_str indent)
{
    if (indent.len == 0) {
        mr_buf_put(r->out, n->text);
        return;
    }
    if (n->starts_line) mr_buf_put(r->out, indent);
    mr_str rest = n->text;
    while (rest.len > 0) {
        ptrdiff_t end = mr_str_find_char(rest, '\n');
        size_t size = end < 0 ? rest.len : (size_t)end + 1;
        mr_buf_put(r->out, mr_str_make(rest.ptr, size));
        rest = mr_str_from(rest, size);
        if (rest.len > 0) mr_buf_put(r->out, indent);
    }
}

/* The id of a message, with values of the view in place of what stands in parentheses. */
static int message_id(struct renderer *r, mr_str name, char *space, size_t size, mr_str *ret)
{
    *ret = name;
    if (mr_str_find_char(name, '(') < 0) return MR_OK;
    size_t n = 0;
    while (name.len > 0) {
        ptrdiff_t open = mr_str_find_char(name, '(');
        mr_str piece = open < 0 ? name : mr_str_make(name.ptr, (size_t)open);
        for (int i = 0; i < 2; i++) {
            if (n + piece.len > size)
                return MR_FAIL(r->err, MR_E_LIMIT, "the name of a message is too long", MR_NOWHERE);
            if (piece.len) memcpy(space + n, piece.ptr, piece.len);
            n += piece.len;
            if (open < 0 || i == 1) break;
            size_t close = (size_t)mr_str_find_char(name, ')'); /* the parser has seen that it is there */
            piece = text_of(find_value(r, mr_str_make(name.ptr + open + 1, close - (size_t)open - 1)));
        }
        name = open < 0 ? MR_STR_EMPTY : mr_str_from(name, (size_t)mr_str_find_char(name, ')') + 1);
    }
    *ret = mr_str_make(space, n);
    return MR_OK;
}

static int put_message(struct renderer *r, mr_str name)
{
    char space[MR_LIMIT_MESSAGE_ID];
    mr_str id;
    MR_TRY(message_id(r, name, space, sizeof space, &id));
    if (id.len == 0) return MR_OK;
    mr_str text = mr_message_str(r->language, id);
    if (mr_str_find_char(text, '{') < 0) {
        put_safely(r, text);
        return MR_OK;
    }
    if (mr_str_find(text, MR_STR("{count}")) >= 0)
        text = mr_message_counting(r->language, id, text_of(find_value(r, MR_STR("count"))));
    mr_str before, placeholder;
    while (mr_placeholder_next(&text, &before, &placeholder)) {
        put_safely(r, before);
        put_safely(r, text_of(find_value(r, placeholder)));
    }
    put_safely(r, text);
    return MR_OK;
}

static int deeper(struct renderer *r)
{
    if (r->depth == MR_LIMIT_TEMPLATE_DEPTH)
        return MR_FAIL(r->err, MR_E_LIMIT, "sections and partials are nested too deeply", MR_NOWHERE);
    r->depth++;
    return MR_OK;
}

static int render_within(struct renderer *r, const mr_template *t, uint32_t at, const mr_json *context, mr_str indent)
{
    if (r->contexts == MR_LIMIT_TEMPLATE_DEPTH)
        return MR_FAIL(r->err, MR_E_LIMIT, "sections and partials are nested too deeply", MR_NOWHERE);
    set_context(&r->stack[r->contexts++], context);
    int code = render_nodes(r, t, at + 1, t->nodes[at].end, indent);
    r->contexts--;
    return code;
}

static int render_section(struct renderer *r, const mr_template *t, uint32_t at, mr_str indent)
{
    const mr_json *v = find_named(r, &t->nodes[at].name);
    if (t->nodes[at].type == INVERTED) return is_true(v) ? MR_OK : render_nodes(r, t, at + 1, t->nodes[at].end, indent);
    if (!is_true(v)) return MR_OK;
    if (!mr_json_is(v, MR_JSON_ARRAY)) return render_within(r, t, at, v, indent);
    MR_JSON_EACH (element, v) MR_TRY(render_within(r, t, at, element, indent));
    return MR_OK;
}

static int render_partial(struct renderer *r, const struct node *n, mr_str indent)
{
    const mr_template *t = r->finder ? r->finder(r->self, n->text) : NULL;
    if (!t) return MR_OK;
    char space[MR_LIMIT_TEMPLATE_INDENT];
    if (indent.len + n->indent.len > sizeof space)
        return MR_FAIL(r->err, MR_E_LIMIT, "partials are indented too far", MR_NOWHERE);
    if (indent.len) memcpy(space, indent.ptr, indent.len);
    if (n->indent.len) memcpy(space + indent.len, n->indent.ptr, n->indent.len);
    return render_nodes(r, t, 0, t->count, mr_str_make(space, indent.len + n->indent.len));
}

static int render_node(struct renderer *r, const mr_template *t, uint32_t at, mr_str indent)
{
    const struct node *n = &t->nodes[at];
    switch ((enum node_type)n->type) {
    case TEXT: put_lines(r, n, indent); return MR_OK;
    case VALUE: put_safely(r, text_of(find_named(r, &n->name))); return MR_OK;
    case RAW_VALUE: mr_buf_put(r->out, text_of(find_named(r, &n->name))); return MR_OK;
    case MESSAGE: return put_message(r, n->text);
    case SECTION:
    case INVERTED: return render_section(r, t, at, indent);
    case PARTIAL: return render_partial(r, n, indent);
    }
    return MR_OK;
}

static int render_nodes(struct renderer *r, const mr_template *t, uint32_t from, uint32_t to, mr_str indent)
{
    MR_TRY(deeper(r));
    for (uint32_t i = from; i < to; i = t->nodes[i].end) {
        if (r->steps++ >= MR_LIMIT_TEMPLATE_STEPS)
            return MR_FAIL(r->err, MR_E_LIMIT, "a page takes too many steps", MR_NOWHERE);
        MR_TRY(render_node(r, t, i, indent));
    }
    r->depth--;
    return MR_OK;
}

static int render(const mr_template *t, const mr_json *view, struct renderer *r)
{
    r->contexts = 1;
    set_context(&r->stack[0], view);
    MR_TRY(render_nodes(r, t, 0, t->count, MR_STR_EMPTY));
    if (mr_buf_failed(r->out)) return MR_FAIL(r->err, MR_E_LIMIT, "a page is larger than its limit", r->out->max);
    return MR_OK;
}

int mr_template_render(const mr_template *t, const mr_json *view, const mr_language *l, mr_template_finder *finder,
                       void *self, mr_buf *out, struct mr_err *err)
{
    struct renderer r;
    r.language = l, r.finder = finder, r.self = self, r.out = out, r.err = err;
    r.plain = false, r.depth = r.steps = 0;
    return render(t, view, &r);
}

int mr_template_render_plain(const mr_template *t, const mr_json *view, const mr_language *l,
                             mr_template_finder *finder, void *self, mr_buf *out, struct mr_err *err)
{
    struct renderer r;
    r.language = l, r.finder = finder, r.self = self, r.out = out, r.err = err;
    r.plain = true, r.depth = r.steps = 0;
    return render(t, view, &r);
}
