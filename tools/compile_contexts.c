/* compile_contexts: check the tables of JSON-LD contexts (spec/context) and write them as one C table (src/rdf/builtin_table.h).
 *
 *   compile_contexts OUT.c SYMBOL FOLDER FILE...      (called by tools/embed_folder)
 *
 * SYMBOL and FOLDER are those of tools/embed.c and have no meaning here. A table is read line by line; spec/context/README.md says how one is
 * written. A block of lines of one indentation becomes one context: an object, or an array when "@context" lines stand in it. What the JSON text
 * of a context says is said by tables alone, so the tool writes while it reads; it keeps lines, prefixes and groups of the file at hand.
 *
 * This runs on the build machine. The first fault ends it with 1 and names file and line. */
#include "base/buf.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_WORDS 8
#define MOST_LINES 2000
#define MOST_NAMES 64 /* prefixes of a table, and groups */
#define MOST_DEPTH 8
#define MOST_CONTEXTS 256
#define POOL (4 * MR_MIB)

struct line {
    uint32_t number, indent, count; /* from 1; blanks before the first word; words */
    mr_str words[MOST_WORDS];
};

/* A prefix, whose value is an IRI, or a group, whose lines follow line `at`. */
struct name {
    mr_str name, iri;
    size_t at;
    bool used;
};

struct names {
    struct name items[MOST_NAMES];
    size_t count;
};

struct table {
    const char *path;
    struct line lines[MOST_LINES + 1]; /* one of indentation 0 and no words behind the last */
    size_t count, terms;               /* terms: the line that the context begins with */
    struct names prefixes, groups;
    mr_str iris[MOST_NAMES];
    size_t iri_count;
};

/* The context that is being written: what it has been told already. */
struct context {
    mr_str terms[MOST_LINES];
    size_t count, elements; /* elements: closed ones of its array */
    bool open;              /* an object is open */
};

struct entry {
    mr_str iri; /* NUL-terminated in the pool */
    size_t text, text_size;
};

static mr_arena memory;

static _Noreturn void fail(const char *path, size_t line, const char *what, mr_str word)
{
    fprintf(stderr, "%s:%zu: %s%s%.*s\n", path, line, what, word.len ? ": " : "", MR_STR_ARG(word));
    exit(1);
}

static _Noreturn void fail_at(const struct table *t, const struct line *l, const char *what, mr_str word)
{
    fail(t->path, l->number, what, word);
}

static mr_str read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = mr_arena_alloc(&memory, MR_LIMIT_CONTEXT);
    if (!in || !text) fail(path, 0, strerror(errno), MR_STR_EMPTY);
    size_t size = fread(text, 1, MR_LIMIT_CONTEXT, in);
    if (ferror(in) || !feof(in)) fail(path, 0, "cannot be read, or is too long", MR_STR_EMPTY);
    fclose(in);
    return mr_str_make(text, size);
}

/* Tables are written without characters that JSON would escape, so that nothing here has to. */
static void split_line(struct table *t, struct line *l, mr_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] > '~' || text.ptr[i] == '"' || text.ptr[i] == '\\')
            fail_at(t, l, "only printable ASCII without quotes and backslashes", MR_STR_EMPTY);
    while (l->indent < text.len && text.ptr[l->indent] == ' ') l->indent++;
    if (l->indent % 2) fail_at(t, l, "two blanks a level", MR_STR_EMPTY);
    mr_str rest = mr_str_from(text, l->indent), word;
    while (mr_str_split(&rest, ' ', &word)) {
        if (!word.len) continue;
        if (l->count == MOST_WORDS) fail_at(t, l, "too many words", word);
        l->words[l->count++] = word;
    }
}

/* Blank lines and those that begin with "#" are for readers. */
static void read_lines(struct table *t, mr_str text)
{
    mr_str rest = text, line;
    for (uint32_t number = 1; mr_str_split(&rest, '\n', &line); number++) {
        mr_str trimmed = mr_str_trim(line);
        if (!trimmed.len || trimmed.ptr[0] == '#') continue;
        if (t->count == MOST_LINES) fail(t->path, number, "too many lines", MR_STR_EMPTY);
        struct line *l = &t->lines[t->count++];
        l->number = number;
        split_line(t, l, line);
    }
    t->lines[t->count].number = t->count ? t->lines[t->count - 1].number : 0;
}

static struct name *find_name(struct names *n, mr_str name)
{
    for (size_t i = 0; i < n->count; i++)
        if (mr_str_eq(n->items[i].name, name)) return &n->items[i];
    return NULL;
}

static struct name *add_name(const struct table *t, const struct line *l, struct names *n, mr_str name)
{
    if (find_name(n, name)) fail_at(t, l, "is there twice", name);
    if (n->count == MOST_NAMES) fail_at(t, l, "one too many", name);
    n->items[n->count] = (struct name){.name = name};
    return &n->items[n->count++];
}

/* The line behind the block that belongs to line `at`. */
static size_t block_end(const struct table *t, size_t at)
{
    size_t end = at + 1;
    while (end < t->count && t->lines[end].indent > t->lines[at].indent) end++;
    return end;
}

/* The lines before the first term: what the table answers for, and its own abbreviations. */
static void read_head(struct table *t)
{
    size_t i = 0;
    while (i < t->count) {
        const struct line *l = &t->lines[i];
        if (mr_str_is(l->words[0], "context") && l->count == 2) {
            if (t->iri_count == MOST_NAMES) fail_at(t, l, "one too many", l->words[1]);
            t->iris[t->iri_count++] = l->words[1];
        } else if (mr_str_is(l->words[0], "prefix") && l->count == 3) {
            add_name(t, l, &t->prefixes, l->words[1])->iri = l->words[2];
        } else if (mr_str_is(l->words[0], "group") && l->count == 2) {
            add_name(t, l, &t->groups, l->words[1])->at = i;
            i = block_end(t, i) - 1;
        } else {
            break;
        }
        i++;
    }
    t->terms = i;
    if (!t->iri_count) fail(t->path, 1, "no line \"context <IRI>\"", MR_STR_EMPTY);
    if (i == t->count) fail_at(t, &t->lines[t->count], "no terms", MR_STR_EMPTY);
}

static void put_quoted(mr_buf *out, mr_str s)
{
    mr_buf_putc(out, '"'), mr_buf_put(out, s), mr_buf_putc(out, '"');
}

/* "prefix:rest" as the IRI that it stands for; keywords as they are; "<...>" is written without the brackets, whatever it is; "null". */
static void put_iri(struct table *t, const struct line *l, mr_str word, mr_buf *out)
{
    ptrdiff_t colon = mr_str_find_char(word, ':');
    if (word.len > 2 && word.ptr[0] == '<' && word.ptr[word.len - 1] == '>') {
        put_quoted(out, mr_str_make(word.ptr + 1, word.len - 2));
    } else if (mr_str_is(word, "null")) {
        mr_buf_put(out, word);
    } else if (word.ptr[0] == '@') {
        put_quoted(out, word);
    } else {
        struct name *prefix = colon < 0 ? NULL : find_name(&t->prefixes, mr_str_make(word.ptr, (size_t)colon));
        if (!prefix) fail_at(t, l, "neither <...> nor a known prefix", word);
        prefix->used = true;
        mr_buf_putc(out, '"'), mr_buf_put(out, prefix->iri);
        mr_buf_put(out, mr_str_from(word, (size_t)colon + 1)), mr_buf_putc(out, '"');
    }
}

/* Begin a member of the object at hand. */
static void begin_member(struct table *t, const struct line *l, struct context *c, mr_str name, mr_buf *out)
{
    for (size_t i = 0; i < c->count; i++)
        if (mr_str_eq(c->terms[i], name)) fail_at(t, l, "is there twice", name);
    c->terms[c->count++] = name;
    if (!c->open && c->elements) mr_buf_putc(out, ',');
    mr_buf_putc(out, c->open ? ',' : '{');
    c->open = true;
    put_quoted(out, name);
    mr_buf_putc(out, ':');
}

static void end_object(struct context *c, mr_buf *out)
{
    if (!c->open) return;
    mr_buf_putc(out, '}');
    c->open = false, c->count = 0, c->elements++;
}

/* JSON-LD 1.1 section 9.15: the keywords of a context, and what follows them in a table. */
static void put_keyword(struct table *t, const struct line *l, struct context *c, mr_buf *out)
{
    static const char *const with_iri[] = {"@vocab", "@base", "@import", NULL};
    static const char *const with_word[] = {"@language", "@direction", NULL};
    mr_str keyword = l->words[0], value = l->count == 2 ? l->words[1] : MR_STR_EMPTY;
    begin_member(t, l, c, keyword, out);
    if (l->count == 1 && mr_str_is(keyword, "@protected")) return mr_buf_puts(out, "true");
    if (mr_str_is(keyword, "@version") && mr_str_is(value, "1.1")) return mr_buf_put(out, value);
    if (mr_str_is(keyword, "@propagate") && mr_str_is(value, "false")) return mr_buf_put(out, value);
    for (size_t i = 0; value.len && with_iri[i]; i++)
        if (mr_str_is(keyword, with_iri[i])) return put_iri(t, l, value, out);
    for (size_t i = 0; value.len && with_word[i]; i++)
        if (mr_str_is(keyword, with_word[i]))
            return mr_str_is(value, "null") ? mr_buf_put(out, value) : put_quoted(out, value);
    fail_at(t, l, "no such line in a context", keyword);
}

static void put_containers(struct table *t, const struct line *l, size_t from, mr_buf *out)
{
    static const char *const containers[] = {"@graph", "@id", "@index", "@language", "@list", "@set", "@type", NULL};
    bool several = l->count - from > 1;
    if (l->count == from) fail_at(t, l, "no container after \"in\"", MR_STR_EMPTY);
    mr_buf_puts(out, several ? ",\"@container\":[" : ",\"@container\":");
    for (size_t i = from; i < l->count; i++) {
        size_t k = 0;
        while (containers[k] && !mr_str_is(l->words[i], containers[k])) k++;
        if (!containers[k]) fail_at(t, l, "no such container", l->words[i]);
        if (i > from) mr_buf_putc(out, ',');
        put_quoted(out, l->words[i]);
    }
    if (several) mr_buf_putc(out, ']');
}

static void put_block(struct table *t, size_t at, size_t end, uint32_t depth, mr_buf *out);

/* Line `at` of a term, and its scoped context in the lines below it. */
static void put_term(struct table *t, size_t at, struct context *c, uint32_t depth, mr_buf *out)
{
    const struct line *l = &t->lines[at];
    size_t end = block_end(t, at), next = 2;
    if (l->count < 2) fail_at(t, l, "a term without IRI", l->words[0]);
    begin_member(t, l, c, l->words[0], out);
    if (l->count == 2 && end == at + 1) {
        put_iri(t, l, l->words[1], out);
        return;
    }
    mr_buf_puts(out, "{\"@id\":");
    put_iri(t, l, l->words[1], out);
    if (l->count > next && !mr_str_is(l->words[next], "in")) {
        mr_buf_puts(out, ",\"@type\":");
        put_iri(t, l, l->words[next++], out);
    }
    if (l->count > next) {
        if (!mr_str_is(l->words[next], "in")) fail_at(t, l, "\"in\" is missing before containers", l->words[next]);
        put_containers(t, l, next + 1, out);
    }
    if (end > at + 1) {
        mr_buf_puts(out, ",\"@context\":");
        put_block(t, at + 1, end, depth + 1, out);
    }
    mr_buf_putc(out, '}');
}

/* "@context <IRI>" and "@context null": an element of its own. */
static void put_reference(struct table *t, const struct line *l, struct context *c, mr_buf *out)
{
    if (l->count != 2) fail_at(t, l, "\"@context\" names one context, or null", MR_STR_EMPTY);
    end_object(c, out);
    if (c->elements++) mr_buf_putc(out, ',');
    put_iri(t, l, l->words[1], out);
}

static void put_lines(struct table *t, size_t at, size_t end, uint32_t depth, struct context *c, mr_buf *out);

static void put_group(struct table *t, const struct line *l, uint32_t depth, struct context *c, mr_buf *out)
{
    struct name *group = l->count == 2 ? find_name(&t->groups, l->words[1]) : NULL;
    if (!group || l < &t->lines[block_end(t, group->at)])
        fail_at(t, l, "no such group before this line", l->words[l->count - 1]);
    group->used = true;
    put_lines(t, group->at + 1, block_end(t, group->at), depth, c, out);
}

static void put_lines(struct table *t, size_t at, size_t end, uint32_t depth, struct context *c, mr_buf *out)
{
    uint32_t indent = t->lines[at].indent;
    if (at == end || depth > MOST_DEPTH) fail_at(t, &t->lines[at], "nothing in it, or too deep", MR_STR_EMPTY);
    while (at < end) {
        const struct line *l = &t->lines[at];
        size_t next = block_end(t, at);
        bool is_term = l->words[0].ptr[0] != '@' && !mr_str_is(l->words[0], "+");
        if (l->indent != indent) fail_at(t, l, "is indented in another way than the lines before", l->words[0]);
        if (!is_term && next != at + 1) fail_at(t, l, "has no lines of its own", l->words[0]);
        if (is_term)
            put_term(t, at, c, depth, out);
        else if (mr_str_is(l->words[0], "@context"))
            put_reference(t, l, c, out);
        else if (mr_str_is(l->words[0], "+"))
            put_group(t, l, depth, c, out);
        else
            put_keyword(t, l, c, out);
        at = next;
    }
}

/* One context of lines at .. end: an object, an IRI or null; an array of them when they are several. */
static void put_block(struct table *t, size_t at, size_t end, uint32_t depth, mr_buf *out)
{
    struct context *c = MR_NEW(&memory, struct context);
    size_t begin = out->len;
    if (!c) fail(t->path, 0, "out of memory", MR_STR_EMPTY);
    put_lines(t, at, end, depth, c, out);
    end_object(c, out);
    if (c->elements == 1) return;
    mr_buf_puts(out, "[]");
    if (mr_buf_failed(out)) fail(t->path, 0, "too much text", MR_STR_EMPTY);
    memmove(out->ptr + begin + 1, out->ptr + begin, out->len - begin - 2);
    out->ptr[begin] = '[';
}

static void check_used(const struct table *t, const struct names *names, const char *what)
{
    for (size_t i = 0; i < names->count; i++)
        if (!names->items[i].used) fail(t->path, 0, what, names->items[i].name);
}

static size_t compile(const char *path, mr_buf *pool, struct entry *entries, size_t count)
{
    struct table *t = MR_NEW(&memory, struct table);
    if (!t) fail(path, 0, "out of memory", MR_STR_EMPTY);
    t->path = path;
    read_lines(t, read_file(path));
    read_head(t);
    size_t text = pool->len;
    mr_buf_puts(pool, "{\"@context\":");
    put_block(t, t->terms, t->count, 1, pool);
    mr_buf_putc(pool, '}');
    check_used(t, &t->prefixes, "a prefix that is not used");
    check_used(t, &t->groups, "a group that is not used");
    for (size_t i = 0; i < t->iri_count; i++) {
        if (count + i == MOST_CONTEXTS) fail(path, 0, "too many contexts", MR_STR_EMPTY);
        entries[count + i] = (struct entry){t->iris[i], text, pool->len - text};
    }
    return count + t->iri_count;
}

static int by_iri(const void *a, const void *b)
{
    return mr_str_compare(((const struct entry *)a)->iri, ((const struct entry *)b)->iri);
}

static void write_literal(FILE *out, mr_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (i % 100 == 0) fputs(i ? "\"\n    \"" : "    \"", out);
        if (s.ptr[i] == '"' || s.ptr[i] == '?') putc('\\', out);
        putc(s.ptr[i], out);
    }
    fputs("\"\n", out);
}

/* IRIs stand in the pool, too, each ended by a NUL. */
static void write_table(FILE *out, mr_str texts, const struct entry *entries, size_t count)
{
    size_t at = texts.len;
    fputs("/* Written by tools/compile_contexts.c: change spec/context, not this text. */\n"
          "#include \"rdf/builtin_table.h\"\n\nstatic const char pool[] =\n",
          out);
    write_literal(out, texts);
    for (size_t i = 0; i < count; i++) fprintf(out, "    \"%.*s\\0\"\n", MR_STR_ARG(entries[i].iri));
    fputs("    \"\";\n\nconst struct mr_builtin_entry mr_builtin_entries[] = {\n", out);
    for (size_t i = 0; i < count; at += entries[i++].iri.len + 1)
        fprintf(out, "    {%zu, %zu, %zu, %zu},\n", at, entries[i].iri.len, entries[i].text, entries[i].text_size);
    fprintf(out, "};\n\nconst size_t mr_builtin_count = %zu;\nconst char *const mr_builtin_pool = pool;\n\n", count);
    fputs("const char *const mr_builtin_iris[] = {\n", out);
    at = texts.len;
    for (size_t i = 0; i < count; at += entries[i++].iri.len + 1) fprintf(out, "    pool + %zu,\n", at);
    fputs("    NULL};\n", out);
}

int main(int argc, char **argv)
{
    static struct entry entries[MOST_CONTEXTS];
    size_t count = 0;
    mr_buf pool;
    if (argc < 5) {
        fputs("usage: compile_contexts OUT.c SYMBOL FOLDER FILE...\n", stderr);
        return 1;
    }
    mr_arena_init(&memory, 64 * MR_MIB);
    mr_buf_init(&pool, POOL);
    for (int i = 4; i < argc; i++) count = compile(argv[i], &pool, entries, count);
    if (mr_buf_failed(&pool)) fail(argv[1], 0, "too much text", MR_STR_EMPTY);
    qsort(entries, count, sizeof *entries, by_iri);
    for (size_t i = 1; i < count; i++)
        if (mr_str_eq(entries[i].iri, entries[i - 1].iri)) fail(argv[1], 0, "two tables of", entries[i].iri);

    FILE *out = fopen(argv[1], "wb");
    if (!out) fail(argv[1], 0, strerror(errno), MR_STR_EMPTY);
    write_table(out, mr_buf_str(&pool), entries, count);
    if (fclose(out) != 0) {
        remove(argv[1]);
        fail(argv[1], 0, strerror(errno), MR_STR_EMPTY);
    }
    mr_buf_done(&pool);
    mr_arena_done(&memory);
    return 0;
}
