/* `merit rdf`: the linked-data engine on files, for experts. A document is read once, as JSON-LD, Turtle or N-Quads, and written in the form
 * that was asked for; nothing is fetched. Functions of this file return the exit status and have said on standard error what was wrong. */
#include "base/file.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cli/shacl_text.h"
#include "proof/jades.h"
#include "rdf/canon.h"
#include "rdf/jsonld.h"
#include "rdf/nquads.h"
#include "rdf/shape_table.h"
#include "rdf/turtle.h"

static const char help[] =
    "merit rdf expand|compact|nquads|canon|shacl ... FILE: linked data, for experts.\n\n"
    "  merit rdf expand credential.jsonld               what it says, free of contexts\n"
    "  merit rdf compact expanded.json --context https://www.w3.org/ns/credentials/v2\n"
    "  merit rdf nquads credential.jsonld               as RDF, one statement a line\n"
    "  merit rdf canon credential.jsonld --safe | sha256sum\n"
    "                                                   the octets that a proof of RDFC-1.0 covers\n"
    "  merit rdf shacl --shapes edc-generic-no-cv --shapes edc-generic-full credential.jsonld\n"
    "                                                   held against shapes: every fault, and where it stands\n\n"
    "FILE is JSON-LD (.jsonld, .json), Turtle (.ttl) or N-Quads (.nq, .nt); with another name, or - for standard "
    "input, its\n"
    "content tells. A sealed file is not opened here. Nothing is fetched: contexts are built in, or added:\n\n"
    "  --add-context IRI=FILE   the context of this IRI, also in place of a built-in one; as often as needed\n"
    "  --base IRI               what relative IRIs are relative to\n"
    "  --safe                   refuse what JSON-LD drops in silence, as for signing\n"
    "  --context FILE           compact: with this context; a file, or the IRI of a built-in context\n"
    "  --hash sha384            canon: in place of sha256\n"
    "  --shapes FILE            shacl: as often as needed; all count as one graph, owl:imports is not followed. In "
    "place of\n"
    "                           a file, shapes that are built in: edc-generic-no-cv, edc-generic-full, "
    "edc-accredited,\n"
    "                           edc-converted, edc-diploma-supplement, edc-issued-by-mandate, loq, loq-mdr, ams, "
    "ams-mdr, pid\n"
    "  --turtle                 shacl: the report as RDF\n\n"
    "Exit status: 0 done (shacl: conforms), 1 faulty (shacl: does not conform), 2 a wrong call or a file that cannot "
    "be read.\n";

struct wanted {
    const char *context, *base, *hash;
    bool safe, turtle;
    mr_option_list added, shapes;
};

struct job {
    mr_arena a;
    mr_buf out;
    mr_contexts *contexts;
    mr_jsonld_options options;
    const struct wanted *wanted;
    struct mr_err err;
};

enum form { FORM_UNKNOWN, FORM_JSONLD, FORM_TURTLE, FORM_NQUADS };

struct source {
    const char *path;
    mr_str text;
    enum form form;
    const mr_json *root; /* of JSON-LD */
};

static void job_done(struct job *j)
{
    mr_buf_done(&j->out);
    if (j->contexts) mr_contexts_close(j->contexts);
    mr_arena_done(&j->a);
}

static int fail(const struct job *j, const struct source *s)
{
    int status = mr_cli_fail(&j->err, s->path, s->text);
    if (j->err.message && mr_str_is(mr_str_of(j->err.message), MR_JSONLD_CONTEXT_UNKNOWN))
        fputs("merit: that context is unknown here, and contexts are never fetched. Give a copy of it: --add-context "
              "IRI=FILE.\n",
              stderr);
    return status;
}

static int print(const struct job *j)
{
    return mr_cli_print(mr_buf_str(&j->out)) ? 0 : 2;
}

/* Reading. */

static enum form form_of_name(mr_str path)
{
    static const struct {
        const char *ending;
        enum form form;
    } endings[] = {{".jsonld", FORM_JSONLD},
                   {".json", FORM_JSONLD},
                   {".ttl", FORM_TURTLE},
                   {".nq", FORM_NQUADS},
                   {".nt", FORM_NQUADS}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (mr_str_has_suffix(path, mr_str_of(endings[i].ending))) return endings[i].form;
    return FORM_UNKNOWN;
}

/* Turtle, too, may begin with "[", and every N-Quads text without graphs is Turtle: what is stricter is tried first. */
static enum form form_of_content(mr_str text)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_json *root;
    mr_dataset trial;
    char first = '\0';
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    for (size_t i = 0; i < text.len && !first; i++)
        if (!strchr(" \t\r\n", text.ptr[i])) first = text.ptr[i];
    if (first == '{') return FORM_JSONLD;
    if (first == '[') return mr_json_parse(&a, text, NULL, &root, NULL) == MR_OK ? FORM_JSONLD : FORM_TURTLE;
    mr_dataset_init(&trial, &a);
    return mr_nquads_parse(&trial, text, NULL) == MR_OK ? FORM_NQUADS : FORM_TURTLE;
}

static int read_json(struct job *j, struct source *s)
{
    if (mr_json_parse(&j->a, s->text, NULL, &s->root, &j->err) != MR_OK) return fail(j, s);
    if (!mr_jades_is(s->root)) return 0;
    (void)MR_FAIL(&j->err, MR_E_UNSUPPORTED, "it is sealed, and sealed files are not opened here: see merit show",
                  MR_NOWHERE);
    return fail(j, s);
}

static int read_source(struct job *j, const char *path, struct source *ret)
{
    *ret = (struct source){.path = path};
    if (mr_file_read(&j->a, path, MR_LIMIT_DOCUMENT, &ret->text, &j->err) != MR_OK) return fail(j, ret);
    ret->form = form_of_name(mr_str_of(path));
    if (ret->form == FORM_UNKNOWN) ret->form = form_of_content(ret->text);
    return ret->form == FORM_JSONLD ? read_json(j, ret) : 0;
}

/* Add a file of any form to a graph. Each file has its own blank nodes, whatever their labels. */
static int read_rdf(struct job *j, const char *path, mr_dataset *ds, struct source *ret)
{
    int code, status = read_source(j, path, ret);
    if (status) return status;
    ds->labels = NULL;
    switch (ret->form) {
    case FORM_JSONLD: code = mr_jsonld_to_rdf(ret->root, &j->options, ds, &j->err); break;
    case FORM_NQUADS: code = mr_nquads_parse(ds, ret->text, &j->err); break;
    default: code = mr_turtle_parse(ds, ret->text, mr_str_of(j->wanted->base), &j->err);
    }
    return code == MR_OK ? 0 : fail(j, ret);
}

static int read_jsonld(struct job *j, const char *path, struct source *ret)
{
    int status = read_source(j, path, ret);
    if (status || ret->form == FORM_JSONLD) return status;
    (void)MR_FAIL(&j->err, MR_E_FORMAT, "it is RDF and not JSON-LD", MR_NOWHERE);
    return fail(j, ret);
}

static int add_contexts(struct job *j)
{
    const mr_option_list *added = &j->wanted->added;
    for (size_t i = 0; i < added->count; i++) {
        /* the last "=": an IRI has some more often than a file name */
        const char *pair = added->values[i], *sign = strrchr(pair, '=');
        struct source s = {.path = sign ? sign + 1 : pair};
        if (!sign) {
            fputs("merit: --add-context needs IRI=FILE.\n", stderr);
            return 2;
        }
        if (mr_file_read(&j->a, s.path, MR_LIMIT_CONTEXT, &s.text, &j->err) != MR_OK) return fail(j, &s);
        if (mr_contexts_add(j->contexts, mr_str_make(pair, (size_t)(sign - pair)), s.text, &j->err) != MR_OK)
            return fail(j, &s);
    }
    return 0;
}

/* The commands. */

static int expand(struct job *j, char **files, int count)
{
    struct source s;
    mr_expanded_items items;
    mr_json_writer w;
    int status = read_jsonld(j, files[count - 1], &s);
    if (status) return status;
    mr_json_writer_init(&w, &j->out, 2);
    if (mr_jsonld_expand(&j->a, s.root, &j->options, &items, &j->err) != MR_OK ||
        mr_expanded_write(&j->a, &items, &w, &j->err) != MR_OK)
        return fail(j, &s);
    mr_buf_putc(&j->out, '\n');
    return print(j);
}

/* The context to compact with: a file, or an IRI that is known here. */
static int read_context(struct job *j, struct source *ret)
{
    const char *name = j->wanted->context;
    MR_CLEANUP(mr_buf_done) mr_buf quoted;
    *ret = (struct source){.path = name};
    mr_buf_init(&quoted, MR_MIB);
    if (mr_contexts_has(j->contexts, mr_str_of(name))) {
        mr_json_quote(&quoted, mr_str_of(name));
        ret->text = mr_arena_dup(&j->a, mr_buf_str(&quoted));
    } else if (mr_file_read(&j->a, name, MR_LIMIT_CONTEXT, &ret->text, &j->err) != MR_OK)
        return fail(j, ret);
    return mr_json_parse(&j->a, ret->text, NULL, &ret->root, &j->err) == MR_OK ? 0 : fail(j, ret);
}

static int compact(struct job *j, char **files, int count)
{
    struct source s, context;
    mr_json_writer w;
    if (!j->wanted->context) {
        fputs("merit: compact needs --context, a file or the IRI of a built-in context.\n", stderr);
        return 2;
    }
    int status = read_context(j, &context);
    if (!status) status = read_jsonld(j, files[count - 1], &s);
    if (status) return status;
    mr_json_writer_init(&w, &j->out, 2);
    if (mr_jsonld_compact(&j->a, s.root, context.root, &j->options, &w, &j->err) != MR_OK) return fail(j, &s);
    mr_buf_putc(&j->out, '\n');
    return print(j);
}

static int nquads(struct job *j, char **files, int count)
{
    struct source s;
    mr_dataset ds;
    mr_dataset_init(&ds, &j->a);
    int status = read_rdf(j, files[count - 1], &ds, &s);
    if (status) return status;
    return mr_nquads_write(&ds, &j->out, &j->err) == MR_OK ? print(j) : fail(j, &s);
}

static int canon(struct job *j, char **files, int count)
{
    struct source s;
    mr_dataset ds;
    mr_canon_options options = {.hash = MR_SHA256};
    const char *hash = j->wanted->hash;
    if (hash && strcmp(hash, "sha384") == 0)
        options.hash = MR_SHA384;
    else if (hash && strcmp(hash, "sha256") != 0) {
        fputs("merit: --hash is sha256 or sha384.\n", stderr);
        return 2;
    }
    mr_dataset_init(&ds, &j->a);
    int status = read_rdf(j, files[count - 1], &ds, &s);
    if (status) return status;
    return mr_rdf_canonicalise(&j->a, &ds, &options, &j->out, NULL, &j->err) == MR_OK ? print(j) : fail(j, &s);
}

/* Add shapes to a graph: a file, or a table that is built in. */
static int add_shapes(struct job *j, const char *name, mr_dataset *shapes)
{
    struct source s = {.path = name};
    if (mr_file_exists(name) || strcmp(name, "-") == 0) return read_rdf(j, name, shapes, &s);
    int code = mr_shape_table_read(shapes, mr_str_of(name), &j->err);
    if (code == MR_E_NOT_FOUND)
        code = MR_FAIL(&j->err, MR_E_NOT_FOUND, "neither a file nor shapes that are built in", MR_NOWHERE);
    return code == MR_OK ? 0 : fail(j, &s);
}

static int write_report(struct job *j, const mr_shacl_report *report, const struct source *s)
{
    static const struct mr_turtle_prefix prefixes[] = {
        {"rdf", MR_RDF}, {"sh", "http://www.w3.org/ns/shacl#"}, {"xsd", MR_XSD}};
    mr_dataset ds;
    if (!j->wanted->turtle) return mr_shacl_text_write(&j->a, report, s->root, s->text, &j->out, &j->err);
    mr_dataset_init(&ds, &j->a);
    MR_TRY(mr_shacl_write_report(report, &ds, &j->err));
    return mr_turtle_write(&ds, prefixes, sizeof prefixes / sizeof *prefixes, &j->out, &j->err);
}

/* Most official shapes are only half of what they ask: they import others, and nothing is imported here unseen. */
static void tell_of_imports(const mr_option_list *named)
{
    static const char *const imports[][2] = {{"edc-generic-full", "edc-generic-no-cv"},
                                             {"edc-accredited", "edc-generic-full"},
                                             {"edc-converted", "edc-generic-full"},
                                             {"edc-diploma-supplement", "edc-generic-full"},
                                             {"edc-issued-by-mandate", "edc-generic-full"}};
    for (size_t i = 0; i < sizeof imports / sizeof *imports; i++) {
        bool half = false, whole = false;
        for (size_t n = 0; n < named->count; n++) {
            half |= strcmp(named->values[n], imports[i][0]) == 0;
            whole |= strcmp(named->values[n], imports[i][1]) == 0;
        }
        if (half && !whole)
            fprintf(stderr, "merit: %s leaves the rest to %s, which is not asked: add --shapes %s.\n", imports[i][0],
                    imports[i][1], imports[i][1]);
    }
}

/* Shapes stand behind --shapes; of several words all but the last, the data, are shapes, too ("--shapes *.ttl data"). */
static int shacl(struct job *j, char **files, int count)
{
    const mr_option_list *named = &j->wanted->shapes;
    struct source s;
    mr_dataset graph, data;
    const mr_shapes *shapes;
    mr_shacl_report report;
    int status = 0;
    if (!named->count) {
        fputs("merit: shacl needs --shapes FILE.\n", stderr);
        return 2;
    }
    tell_of_imports(named);
    mr_dataset_init(&graph, &j->a);
    mr_dataset_init(&data, &j->a);
    for (size_t i = 0; i < named->count && !status; i++) status = add_shapes(j, named->values[i], &graph);
    for (int i = 0; i < count - 1 && !status; i++) status = add_shapes(j, files[i], &graph);
    if (status) return status;
    s = (struct source){.path = "shapes"};
    if (mr_shapes_compile(&j->a, &graph, &shapes, &j->err) != MR_OK) return fail(j, &s);
    if ((status = read_rdf(j, files[count - 1], &data, &s)) != 0) return status;
    if (mr_shacl_validate(&j->a, shapes, &data, 0, &report, &j->err) != MR_OK || write_report(j, &report, &s) != MR_OK)
        return fail(j, &s);
    if (report.conforms && !j->wanted->turtle) mr_buf_puts(&j->out, "It conforms.\n");
    status = print(j);
    return status ? status : !report.conforms;
}

static const struct {
    const char *name;
    int (*run)(struct job *j, char **files, int count);
    bool many; /* files */
} commands[] = {{"expand", expand, false},
                {"compact", compact, false},
                {"nquads", nquads, false},
                {"canon", canon, false},
                {"shacl", shacl, true}};

static int misused(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, name) != 0) continue;
        fprintf(stderr, "merit: rdf %s reads one file.\n", name);
        return 2;
    }
    fputs("merit: rdf has no \"", stderr);
    mr_cli_put_visible(stderr, name);
    fputs("\". `merit rdf --help` lists what it has.\n", stderr);
    return 2;
}

static int run(const struct wanted *wanted, char **words, int count)
{
    MR_CLEANUP(job_done) struct job j = {.wanted = wanted};
    mr_arena_init(&j.a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&j.out, MR_LIMIT_RDF_TEXT);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(commands[i].name, words[0]) != 0 || (count > 2 && !commands[i].many)) continue;
        if (mr_contexts_open(&j.contexts, &j.err) != MR_OK) return mr_cli_fail(&j.err, NULL, MR_STR_EMPTY);
        j.options = (mr_jsonld_options){.contexts = j.contexts, .base = mr_str_of(wanted->base), .safe = wanted->safe};
        int status = add_contexts(&j);
        return status ? status : commands[i].run(&j, words + 1, count - 1);
    }
    return misused(words[0]);
}

int mr_cli_rdf(int argc, char **argv, const mr_env *env)
{
    (void)env;
    struct wanted wanted = {0};
    const mr_option options[] = {{"context", &wanted.context},
                                 {"base", &wanted.base},
                                 {"hash", &wanted.hash},
                                 {"safe", .flag = &wanted.safe},
                                 {"turtle", .flag = &wanted.turtle},
                                 {"add-context", .list = &wanted.added},
                                 {"shapes", .list = &wanted.shapes}};
    int words;
    bool done;
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &words, &done)) return 2;
    if (done) return 0;
    if (words < 2) {
        fputs(help, stderr);
        return 2;
    }
    return run(&wanted, argv + 1, words);
}
