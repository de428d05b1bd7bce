/* The official cases of SHACL Core: a file holds the case, what should be found, and mostly data and shapes as well. */
#include "rdf/shacl.h"
#include "base/limits.h"
#include "rdf/nquads.h"
#include "rdf/turtle.h"
#include "testing.h"

#define MEMORY (128 * MR_MIB)
#define BASE "http://suite.example/"
#define SH "http://www.w3.org/ns/shacl#"
#define SHT "http://www.w3.org/ns/shacl-test#"
#define MF "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"

static const char *const folders[] = {"complex", "misc", "node", "path", "property", "targets", "validation-reports"};

static const mr_term *object_of(const mr_dataset *ds, const mr_term *subject, const char *predicate)
{
    for (size_t i = 0; subject && i < ds->count; i++)
        if (mr_term_eq(ds->quads[i].subject, subject) && mr_str_is(ds->quads[i].predicate->text, predicate))
            return ds->quads[i].object;
    return NULL;
}

static mr_dataset read_turtle(mr_arena *a, const char *folder, mr_str iri)
{
    mr_dataset ds;
    struct mr_err err = {0};
    mr_str name = mr_str_from(iri, strlen(BASE));
    mr_dataset_init(&ds, a);
    mr_str text = test_read_file(a, test_path(a, folder, mr_arena_cstr(a, name)));
    assert_ok(mr_turtle_parse(&ds, text, iri, &err), err);
    return ds;
}

/* A path as text; equal text, equal structure. */
static void put_path(mr_buf *out, const mr_dataset *ds, const mr_term *path)
{
    static const char *const words[] = {SH "inversePath", SH "alternativePath", SH "zeroOrMorePath", SH "oneOrMorePath",
                                        SH "zeroOrOnePath"};
    if (path->kind == MR_TERM_IRI) {
        mr_nquads_put_term(out, path, MR_STR_EMPTY);
        return;
    }
    const mr_term *first = object_of(ds, path, MR_RDF "first");
    if (first) {
        mr_buf_puts(out, "(");
        put_path(out, ds, first);
        put_path(out, ds, object_of(ds, path, MR_RDF "rest"));
        mr_buf_puts(out, ")");
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const mr_term *part = object_of(ds, path, words[i]);
        if (!part) continue;
        mr_buf_format(out, "[%s ", words[i]);
        put_path(out, ds, part);
        mr_buf_puts(out, "]");
    }
}

/* One result as a line. Blank nodes of a report are not those of the data: they are all the same here. */
static mr_str result_line(mr_arena *a, const mr_dataset *ds, const mr_term *result)
{
    static const char *const parts[] = {SH "focusNode", SH "value", SH "sourceShape", SH "sourceConstraintComponent",
                                        SH "resultSeverity"};
    mr_buf out;
    mr_buf_init(&out, MR_MIB);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const mr_term *t = object_of(ds, result, parts[i]);
        if (t) mr_nquads_put_term(&out, t, MR_STR("x"));
        mr_buf_puts(&out, " ");
    }
    const mr_term *path = object_of(ds, result, SH "resultPath");
    if (path) put_path(&out, ds, path);
    mr_str line = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return line;
}

static int compare_lines(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

struct lines {
    mr_str line[64];
    size_t count;
};

static struct lines result_lines(mr_arena *a, const mr_dataset *ds, const mr_term *report)
{
    struct lines lines = {.count = 0};
    for (size_t i = 0; i < ds->count; i++) {
        const mr_quad *q = &ds->quads[i];
        if (!mr_term_eq(q->subject, report) || !mr_str_is(q->predicate->text, SH "result")) continue;
        assert_true(lines.count < 64);
        lines.line[lines.count++] = result_line(a, ds, q->object);
    }
    if (lines.count) qsort(lines.line, lines.count, sizeof(mr_str), compare_lines);
    return lines;
}

static bool says_the_same(mr_arena *a, const mr_dataset *got, const mr_term *got_report, const mr_dataset *wanted,
                          const mr_term *wanted_report)
{
    struct lines g = result_lines(a, got, got_report), w = result_lines(a, wanted, wanted_report);
    const mr_term *conforms = object_of(wanted, wanted_report, SH "conforms");
    bool same = g.count == w.count && mr_term_eq(object_of(got, got_report, SH "conforms"), conforms);
    for (size_t i = 0; i < g.count && i < w.count; i++) same &= mr_str_eq(g.line[i], w.line[i]);
    if (same) return true;
    for (size_t i = 0; i < g.count; i++) print_error("  got    %.*s\n", MR_STR_ARG(g.line[i]));
    for (size_t i = 0; i < w.count; i++) print_error("  wanted %.*s\n", MR_STR_ARG(w.line[i]));
    return false;
}

static bool case_passes(mr_arena *a, const char *folder, mr_str iri, const mr_dataset *file, const mr_term *entry)
{
    const mr_term *action = object_of(file, entry, MF "action"), *wanted = object_of(file, entry, MF "result");
    const mr_term *data_graph = object_of(file, action, SHT "dataGraph");
    const mr_term *shapes_graph = object_of(file, action, SHT "shapesGraph");
    const mr_shapes *shapes;
    mr_shacl_report report;
    struct mr_err err = {0};
    assert_true(action && wanted && data_graph && shapes_graph);
    mr_dataset data = mr_str_eq(data_graph->text, iri) ? *file : read_turtle(a, folder, data_graph->text);
    mr_dataset graph = mr_str_eq(shapes_graph->text, iri) ? *file : read_turtle(a, folder, shapes_graph->text);
    mr_dataset out;
    mr_dataset_init(&out, a);
    int code = mr_shapes_compile(a, &graph, &shapes, &err);
    if (!code) code = mr_shacl_validate(a, shapes, &data, 0, &report, &err);
    if (!code) code = mr_shacl_write_report(&report, &out, &err);
    if (code) {
        print_error("  %s: %s %s\n", mr_code_name((mr_code)code), err.message, err.detail);
        return false;
    }
    return says_the_same(a, &out, out.quads[0].subject, file, wanted);
}

static void run_file(mr_arena *a, const char *folder, const char *name, size_t *passed, size_t *count)
{
    mr_str iri = mr_arena_format(a, BASE "%s", name);
    mr_dataset file = read_turtle(a, folder, iri);
    for (size_t i = 0; i < file.count; i++) {
        const mr_quad *q = &file.quads[i];
        if (!mr_str_is(q->predicate->text, MR_RDF "type") || !mr_str_is(q->object->text, SHT "Validate")) continue;
        ++*count;
        if (case_passes(a, folder, iri, &file, q->subject))
            ++*passed;
        else
            print_error("%s\n", name);
    }
}

static void test_shacl_validate__passes_the_official_cases(void **state)
{
    mr_arena a, memory;
    mr_str *names;
    size_t file_count, passed = 0, count = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    const char *suite = test_suite(&a, "shacl-core");
    mr_arena_init(&memory, MEMORY);
    for (size_t f = 0; f < sizeof folders / sizeof *folders; f++) {
        const char *folder = test_path(&a, suite, folders[f]);
        if (access(folder, F_OK) != 0) continue;
        assert_ok(mr_file_list(&a, folder, ".ttl", 1000, &names, &file_count, &err), err);
        for (size_t i = 0; i < file_count; i++) {
            mr_arena_reset(&memory);
            run_file(&memory, folder, names[i].ptr, &passed, &count);
        }
    }
    test_suite_count("shacl-core", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    mr_arena_done(&a);
    mr_arena_done(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shacl_validate__passes_the_official_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
