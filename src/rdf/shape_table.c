/* From tables to SHACL graphs. A table is read in one pass, line by line and word by word; a word that names an IRI is looked up in a hash table
 * that keeps the term it became, so that each is made once. Nothing is checked but the form: what the shapes mean is the business of
 * mr_shapes_compile.
 *
 *   prefix NAME IRI
 *   pattern NAME REGEX
 *   SHAPE parameter...                                  a node shape
 *     PATH COUNT parameter...                           its property shapes: without a name
 *     - PATH COUNT parameter...                         named after the node shape and the path
 *     =SHAPE [PATH COUNT parameter...]                  named otherwise; without more: one that stands elsewhere */
#include "rdf/shape_table.h"

#include "base/embedded.h"
#include "base/limits.h"

MR_EMBEDDED_DECLARE(rdf_shapes);

#define SH "http://www.w3.org/ns/shacl#"
#define IRI(name)                                                                                                      \
    {                                                                                                                  \
        .kind = MR_TERM_IRI, .text = MR_STR_INIT(name)                                                                 \
    }

enum { MOST_PREFIXES = 32, MOST_PATTERNS = 16 };

/* What follows the name of a parameter. */
enum value { ONE_IRI, SHACL_IRI, NOTHING, INTEGER, PATTERN, IRIS, SHAPES };

/* The parameters of SHACL section 4 that tables use; those of one shape in any order. */
static const struct parameter {
    mr_str word;
    enum value value;
    mr_term predicate;
} parameters[] = {
    {MR_STR_INIT("class"), ONE_IRI, IRI(SH "class")},
    {MR_STR_INIT("datatype"), ONE_IRI, IRI(SH "datatype")},
    {MR_STR_INIT("or"), SHAPES, IRI(SH "or")},
    {MR_STR_INIT("uniqueLang"), NOTHING, IRI(SH "uniqueLang")},
    {MR_STR_INIT("node"), ONE_IRI, IRI(SH "node")},
    {MR_STR_INIT("nodeKind"), SHACL_IRI, IRI(SH "nodeKind")},
    {MR_STR_INIT("hasValue"), ONE_IRI, IRI(SH "hasValue")},
    {MR_STR_INIT("target"), ONE_IRI, IRI(SH "targetClass")},
    {MR_STR_INIT("closed"), NOTHING, IRI(SH "closed")},
    {MR_STR_INIT("ignoredProperties"), IRIS, IRI(SH "ignoredProperties")},
    {MR_STR_INIT("disjoint"), ONE_IRI, IRI(SH "disjoint")},
    {MR_STR_INIT("and"), SHAPES, IRI(SH "and")},
    {MR_STR_INIT("pattern"), PATTERN, IRI(SH "pattern")},
    {MR_STR_INIT("in"), IRIS, IRI(SH "in")},
    {MR_STR_INIT("deactivated"), NOTHING, IRI(SH "deactivated")},
    {MR_STR_INIT("maxInclusive"), INTEGER, IRI(SH "maxInclusive")},
};

static const mr_term sh_property = IRI(SH "property"), sh_path = IRI(SH "path"), sh_min = IRI(SH "minCount"),
                     sh_max = IRI(SH "maxCount");
static const mr_term is_true = {
    .kind = MR_TERM_LITERAL, .text = MR_STR_INIT("true"), .datatype = MR_STR_INIT(MR_XSD "boolean")};
static const mr_term one = {
    .kind = MR_TERM_LITERAL, .text = MR_STR_INIT("1"), .datatype = MR_STR_INIT(MR_XSD "integer")};

/* An IRI as the table writes it, and its term. */
struct word {
    mr_str text;
    const mr_term *term;
};

struct reader {
    mr_dataset *ds;
    const char *start, *at, *end; /* the table; the next octet; the end of the line */
    struct {
        mr_str name, iri;
    } prefixes[MOST_PREFIXES];
    struct word patterns[MOST_PATTERNS];
    size_t prefix_count, pattern_count;
    struct word *words; /* open addressing, at most half full */
    uint32_t mask, word_count;
    mr_str shape_name; /* of the node shape whose lines are read, as written */
    const mr_term *shape;
    struct mr_err *err;
};

static int fail(struct reader *r, const char *what, mr_str word)
{
    const char *at = word.ptr ? word.ptr : r->at;
    mr_err_detail(r->err, MR_E_FORMAT, what, __FILE__, __LINE__, "%.*s", (int)(word.len < 100 ? word.len : 100),
                  word.ptr ? word.ptr : "");
    if (r->err) r->err->position = (size_t)(at - r->start);
    return MR_E_FORMAT;
}

static int no_memory(struct reader *r)
{
    return MR_FAIL(r->err, MR_E_NOMEM, "a table of shapes", MR_NOWHERE);
}

static bool is_bracket(char c)
{
    return c == '[' || c == ']' || c == '(' || c == ')';
}

/* The next word of the line, empty at its end: a bracket, what stands between < and >, or what ends at a blank or a bracket. */
static mr_str next_word(struct reader *r)
{
    while (r->at < r->end && *r->at == ' ') r->at++;
    const char *begin = r->at;
    if (begin == r->end) return MR_STR_EMPTY;
    if (is_bracket(*begin)) {
        r->at++;
    } else if (*begin == '<') {
        while (r->at < r->end && *r->at++ != '>') {
        }
    } else {
        while (r->at < r->end && *r->at != ' ' && !is_bracket(*r->at)) r->at++;
    }
    return mr_str_make(begin, (size_t)(r->at - begin));
}

static mr_str peek_word(struct reader *r)
{
    const char *at = r->at;
    mr_str word = next_word(r);
    r->at = at;
    return word;
}

/* Tables are ours: nobody makes their words collide. */
static uint32_t hash_of(mr_str s)
{
    uint64_t h = s.len, w;
    size_t i = 0;
    for (; i + 8 <= s.len; i += 8) {
        memcpy(&w, s.ptr + i, 8);
        h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    w = 0;
    memcpy(&w, s.ptr + i, s.len - i);
    h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h ^ h >> 32);
}

static struct word *slot_of(struct word *words, uint32_t mask, mr_str text)
{
    uint32_t i = hash_of(text) & mask;
    while (words[i].term && !mr_str_eq(words[i].text, text)) i = (i + 1) & mask;
    return &words[i];
}

static bool grow_words(struct reader *r)
{
    uint32_t size = r->words ? 2 * (r->mask + 1) : 1024;
    struct word *words = MR_NEW_ARRAY(r->ds->arena, struct word, size);
    if (!words) return false;
    for (uint32_t i = 0; r->words && i <= r->mask; i++)
        if (r->words[i].term) *slot_of(words, size - 1, r->words[i].text) = r->words[i];
    r->words = words, r->mask = size - 1;
    return true;
}

/* "prefix:rest" or "<IRI>" in full; in the arena, or of the table. */
static int expand(struct reader *r, mr_str word, mr_str *ret)
{
    if (word.len > 2 && word.ptr[0] == '<' && word.ptr[word.len - 1] == '>') {
        *ret = mr_str_make(word.ptr + 1, word.len - 2);
        return MR_OK;
    }
    ptrdiff_t colon = mr_str_find_char(word, ':');
    mr_str name = mr_str_make(word.ptr, colon < 0 ? 0 : (size_t)colon);
    for (size_t i = 0; colon >= 0 && i < r->prefix_count; i++) {
        if (!mr_str_eq(r->prefixes[i].name, name)) continue;
        mr_str parts[] = {r->prefixes[i].iri, mr_str_from(word, (size_t)colon + 1)};
        *ret = mr_arena_concat(r->ds->arena, parts, 2);
        return ret->ptr ? MR_OK : no_memory(r);
    }
    return fail(r, "neither <...> nor a known prefix", word);
}

/* The term of an IRI, the same each time. */
static int term_of(struct reader *r, mr_str word, const mr_term **ret)
{
    mr_str iri;
    if (!word.len) return fail(r, "an IRI is missing", word);
    if (r->word_count >= r->mask / 2 && !grow_words(r)) return no_memory(r);
    struct word *slot = slot_of(r->words, r->mask, word);
    if (!slot->term) {
        MR_TRY(expand(r, word, &iri));
        const mr_term *term = mr_term_iri(r->ds->arena, iri);
        if (!term) return no_memory(r);
        *slot = (struct word){word, term};
        r->word_count++;
    }
    *ret = slot->term;
    return MR_OK;
}

static int add(struct reader *r, const mr_term *subject, const mr_term *predicate, const mr_term *object)
{
    if (!subject || !object) return no_memory(r);
    return mr_dataset_add(r->ds, subject, predicate, object, NULL, NULL, r->err);
}

/* A list (RDF Schema 5.2) that grows: where the next cell will hang. */
struct list {
    const mr_term *subject, *predicate;
};

static int append(struct reader *r, struct list *l, const mr_term *item)
{
    const mr_term *cell = mr_dataset_new_blank(r->ds);
    MR_TRY(add(r, l->subject, l->predicate, cell));
    *l = (struct list){cell, &mr_rdf_rest};
    return add(r, cell, &mr_rdf_first, item);
}

static int read_parameters(struct reader *r, const mr_term *shape, uint32_t depth);

/* "[" parameters "]", one shape after the other. */
static int read_shapes(struct reader *r, struct list list, uint32_t depth)
{
    if (!mr_str_is(peek_word(r), "[")) return fail(r, "a shape in brackets is missing", peek_word(r));
    while (mr_str_is(peek_word(r), "[")) {
        const mr_term *shape = mr_dataset_new_blank(r->ds);
        next_word(r);
        MR_TRY(append(r, &list, shape));
        MR_TRY(read_parameters(r, shape, depth + 1));
    }
    return add(r, list.subject, list.predicate, &mr_rdf_nil);
}

/* "(" IRIs ")" */
static int read_iris(struct reader *r, struct list list)
{
    mr_str word = next_word(r);
    const mr_term *term;
    if (!mr_str_is(word, "(")) return fail(r, "a list is missing", word);
    while (!mr_str_is(word = next_word(r), ")")) {
        MR_TRY(term_of(r, word, &term));
        MR_TRY(append(r, &list, term));
    }
    return add(r, list.subject, list.predicate, &mr_rdf_nil);
}

static int read_integer(struct reader *r, const mr_term **ret)
{
    uint64_t number;
    mr_str word = next_word(r);
    if (!mr_str_to_u64(word, &number)) return fail(r, "a number is missing", word);
    *ret = mr_term_literal(r->ds->arena, word, MR_STR(MR_XSD "integer"), MR_STR_EMPTY);
    return MR_OK;
}

static int read_pattern(struct reader *r, const mr_term **ret)
{
    mr_str word = next_word(r);
    for (size_t i = 0; i < r->pattern_count; i++) {
        if (!mr_str_eq(r->patterns[i].text, word)) continue;
        *ret = r->patterns[i].term;
        return MR_OK;
    }
    return fail(r, "no pattern of that name", word);
}

/* "nodeKind IRI" */
static int read_shacl_iri(struct reader *r, const mr_term **ret)
{
    mr_str word = next_word(r);
    if (!word.len) return fail(r, "an IRI is missing", word);
    mr_str iri = mr_arena_concat(r->ds->arena, (mr_str[]){MR_STR(SH), word}, 2);
    if (!iri.ptr) return no_memory(r);
    *ret = mr_term_iri(r->ds->arena, iri);
    return MR_OK;
}

static int read_value(struct reader *r, const struct parameter *p, const mr_term *shape, uint32_t depth)
{
    const mr_term *value = &is_true;
    switch (p->value) {
    case NOTHING: break;
    case ONE_IRI: MR_TRY(term_of(r, next_word(r), &value)); break;
    case SHACL_IRI: MR_TRY(read_shacl_iri(r, &value)); break;
    case INTEGER: MR_TRY(read_integer(r, &value)); break;
    case PATTERN: MR_TRY(read_pattern(r, &value)); break;
    case IRIS: return read_iris(r, (struct list){shape, &p->predicate});
    case SHAPES: return read_shapes(r, (struct list){shape, &p->predicate}, depth);
    }
    return add(r, shape, &p->predicate, value);
}

static const struct parameter *find_parameter(mr_str word)
{
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
        if (mr_str_eq(parameters[i].word, word)) return &parameters[i];
    return NULL;
}

/* To the end of the line, or of the brackets. */
static int read_parameters(struct reader *r, const mr_term *shape, uint32_t depth)
{
    mr_str word;
    if (depth > MR_LIMIT_SHACL_DEPTH) return MR_FAIL(r->err, MR_E_LIMIT, "shapes within shapes", MR_NOWHERE);
    while ((word = next_word(r)).len) {
        if (depth && mr_str_is(word, "]")) return MR_OK;
        const struct parameter *p = find_parameter(word);
        if (!p) return fail(r, "no parameter of a shape", word);
        MR_TRY(read_value(r, p, shape, depth));
    }
    return depth ? fail(r, "a bracket is not closed", word) : MR_OK;
}

/* "0..*", "0..1", "1..*", "1..1": no table needs others. */
static int read_count(struct reader *r, const mr_term *shape)
{
    mr_str word = next_word(r);
    bool is_count = word.len == 4 && (word.ptr[0] == '0' || word.ptr[0] == '1') && word.ptr[1] == '.' &&
                    word.ptr[2] == '.' && (word.ptr[3] == '1' || word.ptr[3] == '*');
    if (!is_count) return fail(r, "a count is missing", word);
    if (word.ptr[0] == '1') MR_TRY(add(r, shape, &sh_min, &one));
    return word.ptr[3] == '1' ? add(r, shape, &sh_max, &one) : MR_OK;
}

/* "edc:AgentShape" and "dc:type" make "edc:Agent-dc_type", written in full. */
static int derive_name(struct reader *r, mr_str path, const mr_term **ret)
{
    mr_str name = r->shape_name, parts[3] = {MR_STR_EMPTY, MR_STR("-"), path};
    if (mr_str_has_suffix(name, MR_STR("Shape"))) name.len -= strlen("Shape");
    MR_TRY(expand(r, name, &parts[0]));
    mr_str iri = mr_arena_concat(r->ds->arena, parts, 3);
    if (!iri.ptr) return no_memory(r);
    char *colon = memchr((char *)iri.ptr + iri.len - path.len, ':', path.len);
    if (colon) *colon = '_';
    *ret = mr_term_iri(r->ds->arena, iri);
    return MR_OK;
}

static int read_property(struct reader *r)
{
    const mr_term *shape = NULL, *path;
    mr_str word = next_word(r);
    bool is_derived = mr_str_is(word, "-"), is_named = word.len && word.ptr[0] == '=';
    mr_str path_word = is_derived || is_named ? next_word(r) : word;
    if (!r->shape) return fail(r, "a property without shape", word);
    if (is_named)
        MR_TRY(term_of(r, mr_str_from(word, 1), &shape));
    else if (is_derived)
        MR_TRY(derive_name(r, path_word, &shape));
    else
        shape = mr_dataset_new_blank(r->ds);
    MR_TRY(add(r, r->shape, &sh_property, shape));
    if (is_named && !path_word.len) return MR_OK;
    MR_TRY(term_of(r, path_word, &path));
    MR_TRY(add(r, shape, &sh_path, path));
    MR_TRY(read_count(r, shape));
    return read_parameters(r, shape, 0);
}

/* What is left of the line, without the blanks before it. */
static mr_str rest_of_line(struct reader *r)
{
    return mr_str_trim(mr_str_make(r->at, (size_t)(r->end - r->at)));
}

static int read_prefix(struct reader *r)
{
    mr_str name = next_word(r), iri = rest_of_line(r);
    if (!name.len || !iri.len) return fail(r, "a prefix has a name and an IRI", name);
    if (r->prefix_count == MOST_PREFIXES) return fail(r, "too many prefixes", name);
    r->prefixes[r->prefix_count].name = name, r->prefixes[r->prefix_count++].iri = iri;
    return MR_OK;
}

static int read_pattern_line(struct reader *r)
{
    mr_str name = next_word(r), regex = rest_of_line(r);
    if (!name.len || !regex.len) return fail(r, "a pattern has a name and a text", name);
    if (r->pattern_count == MOST_PATTERNS) return fail(r, "too many patterns", name);
    const mr_term *term = mr_term_literal(r->ds->arena, regex, MR_STR_EMPTY, MR_STR_EMPTY);
    if (!term) return no_memory(r);
    r->patterns[r->pattern_count++] = (struct word){name, term};
    return MR_OK;
}

static int read_line(struct reader *r)
{
    if (*r->at == '#') return MR_OK;
    if (*r->at == ' ') return read_property(r);
    mr_str word = next_word(r);
    if (mr_str_is(word, "prefix")) return read_prefix(r);
    if (mr_str_is(word, "pattern")) return read_pattern_line(r);
    r->shape_name = word;
    MR_TRY(term_of(r, word, &r->shape));
    return read_parameters(r, r->shape, 0);
}

int mr_shape_table_parse(mr_dataset *ds, mr_str text, struct mr_err *err)
{
    struct reader r = {.ds = ds, .start = text.ptr, .err = err};
    mr_str rest = text, line;
    while (mr_str_split(&rest, '\n', &line)) {
        r.at = line.ptr, r.end = line.ptr + line.len;
        if (line.len) MR_TRY(read_line(&r));
    }
    return MR_OK;
}

int mr_shape_table_read(mr_dataset *ds, mr_str name, struct mr_err *err)
{
    mr_str file = mr_arena_concat(ds->arena, (mr_str[]){name, MR_STR(".shapes")}, 2);
    if (!file.ptr) return MR_FAIL(err, MR_E_NOMEM, "a table of shapes", MR_NOWHERE);
    const struct mr_embedded *table = mr_embedded_find(rdf_shapes, rdf_shapes_count, file.ptr);
    if (!table) return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "no such table of shapes", "%.*s", MR_STR_ARG(name));
    return mr_shape_table_parse(ds, mr_str_make((const char *)table->data, table->size), err);
}

/* A test holds this list against the folder. */
static const char *const names[] = {"ams",
                                    "ams-mdr",
                                    "edc-accredited",
                                    "edc-converted",
                                    "edc-diploma-supplement",
                                    "edc-generic-full",
                                    "edc-generic-no-cv",
                                    "edc-issued-by-mandate",
                                    "loq",
                                    "loq-mdr",
                                    "pid",
                                    NULL};

const char *const *mr_shape_table_names(void)
{
    return names;
}
