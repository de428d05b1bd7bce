/* Turtle by serd 0.30, in strict mode.
 *
 * serd calls itself for brackets within brackets, so their depth is counted before it sees the text. It names anonymous blank nodes "b1", "b2" ...
 * and turns a label "b1" of the text into "B1", which a label "B1" of the same text would then be merged with; a text that has labels of both
 * kinds is refused. In a long string it takes a backslash behind a single quotation mark for itself; that is refused, too. The text is handed over octet by octet, since that alone tells where serd is when something is wrong. */
#include "rdf/turtle.h"

#include "base/lazy.h"
#include "base/limits.h"
#include "rdf/iri.h"
#include "rdf/nquads.h"

#include <serd/serd.h>
#include <stdio.h>

#define SERD_FUNCTIONS(F)                                                                                              \
    F(serd_env_new)                                                                                                    \
    F(serd_env_free)                                                                                                   \
    F(serd_env_get_base_uri)                                                                                           \
    F(serd_env_set_base_uri)                                                                                           \
    F(serd_env_set_prefix)                                                                                             \
    F(serd_env_expand)                                                                                                 \
    F(serd_reader_new)                                                                                                 \
    F(serd_reader_free)                                                                                                \
    F(serd_reader_set_strict)                                                                                          \
    F(serd_reader_set_error_sink)                                                                                      \
    F(serd_reader_read_source)                                                                                         \
    F(serd_writer_new)                                                                                                 \
    F(serd_writer_free)                                                                                                \
    F(serd_writer_set_error_sink)                                                                                      \
    F(serd_writer_set_prefix)                                                                                          \
    F(serd_writer_write_statement)                                                                                     \
    F(serd_writer_finish)                                                                                              \
    F(serd_strerror)
MR_LAZY_LIBRARY(serd, "libserd-0.so.0", SERD_FUNCTIONS)

struct reading {
    mr_dataset *ds;
    SerdEnv *env;
    mr_str text;
    size_t at;
    int code; /* of the first failure; nothing is taken after it */
    struct mr_err *err;
};

static void env_done(SerdEnv **env)
{
    if (*env) serd_table.serd_env_free(*env);
}

static void reader_done(SerdReader **reader)
{
    if (*reader) serd_table.serd_reader_free(*reader);
}

static void writer_done(SerdWriter **writer)
{
    if (*writer) serd_table.serd_writer_free(*writer);
}

static mr_str node_str(const SerdNode *n)
{
    return mr_str_make((const char *)n->buf, n->n_bytes);
}

/* For serd_reader_read_source: size is 1. */
static size_t next_octet(void *to, size_t size, size_t count, void *stream)
{
    struct reading *r = stream;
    if (r->code || r->at == r->text.len || !count) return 0;
    *(char *)to = r->text.ptr[r->at++];
    return 1;
}

static int no_stream_error(void *stream)
{
    (void)stream;
    return 0;
}

static SerdStatus fail(struct reading *r, mr_code code, const char *message)
{
    if (!r->code) r->code = MR_FAIL(r->err, code, message, r->at);
    return SERD_ERR_BAD_ARG;
}

/* serd's own complaint, without its line feed. */
static SerdStatus take_error(void *handle, const SerdError *e)
{
    struct reading *r = handle;
    char text[sizeof r->err->detail]; /* with octets of the document, which may be no text */
    if (r->code) return SERD_SUCCESS;
    vsnprintf(text, sizeof text, e->fmt, *e->args);
    text[strcspn(text, "\n")] = '\0';
    r->code = MR_FAIL_DETAIL(r->err, MR_E_FORMAT, "not Turtle", "%s", text);
    if (r->err) r->err->position = r->at;
    return SERD_SUCCESS;
}

static SerdStatus take_base(void *handle, const SerdNode *uri)
{
    struct reading *r = handle;
    if (r->code) return SERD_ERR_BAD_ARG;
    SerdStatus status = serd_table.serd_env_set_base_uri(r->env, uri);
    return status ? fail(r, MR_E_FORMAT, "not a base IRI") : SERD_SUCCESS;
}

static SerdStatus take_prefix(void *handle, const SerdNode *name, const SerdNode *uri)
{
    struct reading *r = handle;
    if (r->code) return SERD_ERR_BAD_ARG;
    SerdStatus status = serd_table.serd_env_set_prefix(r->env, name, uri);
    return status ? fail(r, MR_E_FORMAT, "a prefix needs an absolute IRI, or a base") : SERD_SUCCESS;
}

/* The IRI of a node, absolute, in the arena; ptr NULL after a failure. */
static mr_str resolve(struct reading *r, const SerdNode *n)
{
    SerdChunk prefix, suffix;
    mr_str iri = MR_STR_EMPTY, written = node_str(n);
    if (n->type == SERD_CURIE) {
        if (serd_table.serd_env_expand(r->env, n, &prefix, &suffix))
            return fail(r, MR_E_FORMAT, "a prefix is not declared"), MR_STR_EMPTY;
        mr_str parts[] = {{(const char *)prefix.buf, prefix.len}, {(const char *)suffix.buf, suffix.len}};
        iri = mr_arena_concat(r->ds->arena, parts, 2);
    } else {
        mr_str base = node_str(serd_table.serd_env_get_base_uri(r->env, NULL)), whole = written;
        if (!mr_iri_is_absolute(written) && mr_iri_resolve(r->ds->arena, base, written, &whole, NULL) != MR_OK)
            return fail(r, MR_E_NOMEM, "an IRI"), MR_STR_EMPTY;
        iri = mr_arena_dup(r->ds->arena, whole);
    }
    if (!iri.ptr) return fail(r, MR_E_NOMEM, "an IRI"), MR_STR_EMPTY;
    if (mr_iri_is_well_formed(iri)) return iri;
    return fail(r, MR_E_FORMAT, "an IRI is relative without a base, or ill-formed"), MR_STR_EMPTY;
}

static const mr_term *take_literal(struct reading *r, const SerdNode *n, const SerdNode *datatype,
                                   const SerdNode *language)
{
    mr_str lexical = mr_arena_dup(r->ds->arena, node_str(n)), type = MR_STR_EMPTY, tag = MR_STR_EMPTY;
    if (datatype && datatype->buf && !(type = resolve(r, datatype)).ptr) return NULL;
    if (language && language->buf) tag = mr_arena_dup(r->ds->arena, node_str(language));
    if (!lexical.ptr || (language && language->buf && !tag.ptr)) return NULL;
    return mr_term_literal(r->ds->arena, lexical, type, tag);
}

static const mr_term *take_term(struct reading *r, const SerdNode *n, const SerdNode *datatype,
                                const SerdNode *language)
{
    const mr_term *term = NULL;
    if (n->type == SERD_BLANK) {
        term = mr_dataset_blank(r->ds, node_str(n));
    } else if (n->type == SERD_LITERAL) {
        term = take_literal(r, n, datatype, language);
        if (term && !mr_nquads_term_size(term)) return fail(r, MR_E_FORMAT, "not a language tag"), NULL;
    } else {
        mr_str iri = resolve(r, n);
        if (iri.ptr) term = mr_term_iri(r->ds->arena, iri);
    }
    if (!term) fail(r, MR_E_NOMEM, "a term");
    return term;
}

static SerdStatus take_statement(void *handle, SerdStatementFlags flags, const SerdNode *graph, const SerdNode *subject,
                                 const SerdNode *predicate, const SerdNode *object, const SerdNode *datatype,
                                 const SerdNode *language)
{
    struct reading *r = handle;
    (void)flags, (void)graph;
    if (r->code) return SERD_ERR_BAD_ARG;
    const mr_term *s = take_term(r, subject, NULL, NULL), *p = s ? take_term(r, predicate, NULL, NULL) : NULL,
                  *o = p ? take_term(r, object, datatype, language) : NULL;
    if (!o) return SERD_ERR_BAD_ARG;
    r->code = mr_dataset_add(r->ds, s, p, o, NULL, NULL, r->err);
    return r->code ? SERD_ERR_BAD_ARG : SERD_SUCCESS;
}

/* Offset behind a string that begins at `at`, long or short (Turtle 6.5 rules 22 to 25); in a long one, that of a backslash behind a single quotation
 * mark, which serd does not take for an escape. */
static size_t skip_string(mr_str s, size_t at)
{
    char quote = s.ptr[at], three[3] = {quote, quote, quote};
    mr_str end = mr_str_make(three, mr_str_has_prefix(mr_str_from(s, at), mr_str_make(three, 3)) ? 3 : 1);
    for (at += end.len; at < s.len; at++) {
        if (mr_str_has_prefix(mr_str_from(s, at), end)) return at + end.len;
        if (s.ptr[at] == '\\') {
            at++;
        } else if (s.ptr[at] == quote && at + 1 < s.len) {
            if (s.ptr[++at] == '\\') return at;
        }
    }
    return s.len;
}

static size_t skip_until(mr_str s, size_t at, const char *stops)
{
    while (at < s.len && !strchr(stops, s.ptr[at])) at++;
    return at;
}

/* Refuse brackets too deep within each other, labels that serd would confuse, and NUL, which it takes for the end. */
static int check_before(mr_str s, struct mr_err *err)
{
    size_t depth = 0, small = 0, capital = 0;
    for (size_t at = 0; at < s.len;) {
        switch (s.ptr[at]) {
        case '\0': return MR_FAIL(err, MR_E_FORMAT, "not Turtle: a NUL", at);
        case '"':
        case '\'':
            at = skip_string(s, at);
            if (at < s.len && s.ptr[at] == '\\')
                return MR_FAIL(err, MR_E_UNSUPPORTED, "an escape behind a quotation mark in a long string", at);
            continue;
        case '#': at = skip_until(s, at, "\r\n"); continue;
        case '<': at = skip_until(s, at + 1, ">\n"); continue;
        case '\\': at += 2; continue;
        case '[':
        case '(':
            if (++depth > MR_LIMIT_RDF_DEPTH) return MR_FAIL(err, MR_E_LIMIT, "brackets within brackets", at);
            break;
        case ']':
        case ')': depth -= depth > 0; break;
        case '_':
            if (s.len - at < 4 || s.ptr[at + 1] != ':' || s.ptr[at + 3] < '0' || s.ptr[at + 3] > '9') break;
            if (s.ptr[at + 2] == 'b') small = at + 1;
            if (s.ptr[at + 2] == 'B') capital = at + 1;
            break;
        default: break;
        }
        at++;
    }
    if (!small || !capital) return MR_OK;
    return MR_FAIL(err, MR_E_FORMAT, "labels of blank nodes differ only in case",
                   (small > capital ? small : capital) - 1);
}

static int read_document(struct reading *r, mr_str base)
{
    SerdNode base_node = {(const uint8_t *)mr_arena_cstr(r->ds->arena, base), base.len, mr_utf8_length(base), 0,
                          SERD_URI};
    if (!base_node.buf) return MR_FAIL(r->err, MR_E_NOMEM, "a base", MR_NOWHERE);
    MR_CLEANUP(env_done) SerdEnv *env = serd_table.serd_env_new(base.len ? &base_node : NULL);
    MR_CLEANUP(reader_done)
    SerdReader *reader = serd_table.serd_reader_new(SERD_TURTLE, r, NULL, take_base, take_prefix, take_statement, NULL);
    if (!env || !reader) return MR_FAIL(r->err, MR_E_NOMEM, "a reader of Turtle", MR_NOWHERE);
    r->env = env;
    serd_table.serd_reader_set_strict(reader, true);
    serd_table.serd_reader_set_error_sink(reader, take_error, r);
    SerdStatus status = serd_table.serd_reader_read_source(reader, next_octet, no_stream_error, r, NULL, 1);
    if (status > SERD_FAILURE && !r->code) fail(r, MR_E_FORMAT, "not Turtle");
    return r->code;
}

int mr_turtle_parse(mr_dataset *ds, mr_str text, mr_str base, struct mr_err *err)
{
    struct reading r = {.ds = ds, .text = text, .err = err};
    size_t good = mr_utf8_check(text);
    if (good < text.len) return MR_FAIL(err, MR_E_UTF8, "not UTF-8", good);
    MR_TRY(check_before(text, err));
    MR_TRY(serd_load(err));
    struct mr_dataset_labels *outside = ds->labels; /* labels mean something in their own document only */
    ds->labels = NULL;
    int code = read_document(&r, base);
    ds->labels = outside;
    return code;
}

/* Writing. */

struct writing {
    SerdWriter *writer;
    mr_arena scratch;     /* of one triple */
    const char *xsd_name; /* prefix of MR_XSD, once there is one */
};

static size_t put_octets(const void *octets, size_t size, void *stream)
{
    mr_buf_put(stream, mr_str_make(octets, size));
    return mr_buf_failed(stream) ? 0 : size;
}

static SerdStatus pass_over_error(void *handle, const SerdError *e)
{
    (void)handle, (void)e;
    return SERD_SUCCESS; /* the status says enough, and nothing goes to stderr */
}

static SerdNode text_node(struct writing *w, SerdType type, mr_str s)
{
    mr_str copy = mr_arena_dup(&w->scratch, s);
    return (SerdNode){(const uint8_t *)copy.ptr, copy.len, copy.ptr ? mr_utf8_length(copy) : 0, 0, type};
}

static SerdNode term_node(struct writing *w, const mr_term *t)
{
    if (t->kind == MR_TERM_IRI) return text_node(w, SERD_URI, t->text);
    if (t->kind == MR_TERM_BLANK)
        return text_node(w, SERD_BLANK, mr_arena_format(&w->scratch, "n%u", (unsigned)t->number));
    return text_node(w, SERD_LITERAL, t->text); /* without flags: never as long string, which serd would misread */
}

/* [+-]? [0-9]*, and the rest. */
static mr_str behind_digits(mr_str s)
{
    size_t at = s.len && (s.ptr[0] == '+' || s.ptr[0] == '-');
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9') at++;
    return mr_str_from(s, at);
}

/* Does a lexical form mean this datatype when it stands without quotes (Turtle 6.5 rules 19, 20 and 133)? serd writes the forms of these three datatypes
 * without quotes, whatever stands in them. */
static bool is_plain(mr_str lexical, mr_str type)
{
    mr_str rest = behind_digits(lexical);
    if (mr_str_is(type, "boolean")) return mr_str_is(lexical, "true") || mr_str_is(lexical, "false");
    if (!lexical.len || lexical.ptr[lexical.len - 1] < '0' || lexical.ptr[lexical.len - 1] > '9') return false;
    if (mr_str_is(type, "integer")) return !rest.len;
    return rest.len > 1 && rest.ptr[0] == '.' && rest.ptr[1] >= '0' && rest.ptr[1] <= '9' &&
           !behind_digits(mr_str_from(rest, 1)).len;
}

/* The datatype of a literal; where serd must not leave out the quotes, as prefixed name, which it does not look into. */
static int datatype_node(struct writing *w, const mr_term *literal, SerdNode *ret, struct mr_err *err)
{
    static const char *const unquoted[] = {"boolean", "integer", "decimal"};
    mr_str xsd = MR_STR(MR_XSD), type = mr_str_from(literal->datatype, xsd.len);
    bool quotes = false;
    for (size_t i = 0; i < sizeof unquoted / sizeof *unquoted; i++)
        quotes |=
            mr_str_has_prefix(literal->datatype, xsd) && mr_str_is(type, unquoted[i]) && !is_plain(literal->text, type);
    *ret = text_node(w, SERD_URI, literal->datatype);
    if (!quotes) return MR_OK;
    if (!w->xsd_name) {
        SerdNode name = text_node(w, SERD_LITERAL, MR_STR("xsd")), iri = text_node(w, SERD_URI, xsd);
        if (!name.buf || !iri.buf || serd_table.serd_writer_set_prefix(w->writer, &name, &iri))
            return MR_FAIL(err, MR_E_NOMEM, "a prefix", MR_NOWHERE);
        w->xsd_name = "xsd";
    }
    *ret = text_node(w, SERD_CURIE, mr_arena_format(&w->scratch, "%s:%.*s", w->xsd_name, MR_STR_ARG(type)));
    return MR_OK;
}

static bool is_writable(const mr_term *t)
{
    return t->kind == MR_TERM_BLANK || (t->kind == MR_TERM_IRI && mr_iri_is_well_formed(t->text)) ||
           (t->kind == MR_TERM_LITERAL && mr_iri_is_well_formed(t->datatype) && mr_str_find_char(t->text, '\0') < 0);
}

static int write_triple(struct writing *w, const mr_quad *q, size_t number, struct mr_err *err)
{
    if (q->graph) return MR_FAIL(err, MR_E_FORMAT, "Turtle has no named graphs", number);
    if (!is_writable(q->subject) || !is_writable(q->predicate) || !is_writable(q->object))
        return MR_FAIL(err, MR_E_FORMAT, "Turtle cannot write a term", number);
    mr_arena_reset(&w->scratch);
    SerdNode s = term_node(w, q->subject), p = term_node(w, q->predicate), o = term_node(w, q->object);
    SerdNode datatype = SERD_NODE_NULL, language = SERD_NODE_NULL;
    bool is_literal = q->object->kind == MR_TERM_LITERAL, is_tagged = is_literal && q->object->language.len;
    if (is_tagged) language = text_node(w, SERD_LITERAL, q->object->language);
    if (is_literal && !is_tagged && !mr_str_eq(q->object->datatype, MR_STR(MR_XSD "string")))
        MR_TRY(datatype_node(w, q->object, &datatype, err));
    if (!s.buf || !p.buf || !o.buf) return MR_FAIL(err, MR_E_NOMEM, "a term", MR_NOWHERE);
    SerdStatus status = serd_table.serd_writer_write_statement(
        w->writer, 0, NULL, &s, &p, &o, datatype.buf ? &datatype : NULL, language.buf ? &language : NULL);
    if (!status) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_FORMAT, "Turtle cannot write a triple", "%s",
                          (const char *)serd_table.serd_strerror(status));
}

static int write_document(struct writing *w, const mr_dataset *ds, const struct mr_turtle_prefix *prefixes,
                          size_t count, struct mr_err *err)
{
    for (size_t i = 0; i < count; i++) {
        SerdNode name = text_node(w, SERD_LITERAL, mr_str_of(prefixes[i].name));
        SerdNode iri = text_node(w, SERD_URI, mr_str_of(prefixes[i].iri));
        if (!name.buf || !iri.buf) return MR_FAIL(err, MR_E_NOMEM, "a prefix", MR_NOWHERE);
        if (serd_table.serd_writer_set_prefix(w->writer, &name, &iri))
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "not a prefix", "%s", prefixes[i].name);
        if (mr_str_is(MR_STR(MR_XSD), prefixes[i].iri)) w->xsd_name = prefixes[i].name;
    }
    for (size_t i = 0; i < ds->count; i++) MR_TRY(write_triple(w, &ds->quads[i], i, err));
    serd_table.serd_writer_finish(w->writer);
    return MR_OK;
}

int mr_turtle_write(const mr_dataset *ds, const struct mr_turtle_prefix *prefixes, size_t count, mr_buf *out,
                    struct mr_err *err)
{
    MR_TRY(serd_load(err));
    MR_CLEANUP(env_done) SerdEnv *env = serd_table.serd_env_new(NULL);
    MR_CLEANUP(writer_done)
    SerdWriter *writer = env ? serd_table.serd_writer_new(SERD_TURTLE, SERD_STYLE_ABBREVIATED | SERD_STYLE_CURIED, env,
                                                          NULL, put_octets, out)
                             : NULL;
    if (!writer) return MR_FAIL(err, MR_E_NOMEM, "a writer of Turtle", MR_NOWHERE);
    serd_table.serd_writer_set_error_sink(writer, pass_over_error, NULL);
    struct writing w = {.writer = writer};
    mr_arena_init(&w.scratch, MR_LIMIT_DOCUMENT_MEMORY);
    int code = write_document(&w, ds, prefixes, count, err);
    mr_arena_done(&w.scratch);
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_LIMIT, "Turtle too large", MR_NOWHERE);
    return code;
}
