/* Our tables of shapes (spec/shapes) against the published ones: the same graph, but for what has no behaviour (names, descriptions, messages, the
 * severity that is the default anyway, the type of a shape). */
#include "rdf/canon.h"
#include "rdf/jsonld.h"
#include "rdf/nquads.h"
#include "rdf/shacl.h"
#include "rdf/shape_table.h"
#include "rdf/turtle.h"
#include "testing.h"

#include "base/limits.h"

#define MEMORY (64 * MR_MIB)
#define SH "http://www.w3.org/ns/shacl#"

static const struct published {
    const char *table, *file;
} published[] = {
    {"ams", "AMS-constraints.ttl"},
    {"ams-mdr", "AMS-constraints-mdr.ttl"},
    {"edc-accredited", "EDC-accredited.ttl"},
    {"edc-converted", "EDC-converted.ttl"},
    {"edc-diploma-supplement", "EDC-diplomaSupplement.ttl"},
    {"edc-generic-full", "EDC-generic-full.ttl"},
    {"edc-generic-no-cv", "EDC-generic-no-cv.ttl"},
    {"edc-issued-by-mandate", "EDC-issuedByMandate.ttl"},
    {"loq", "LOQ-constraints.ttl"},
    {"loq-mdr", "LOQ-constraints-mdr.ttl"},
    {"pid", "PID-constraints.ttl"},
};

/* Predicates of the published shapes that say something about data. The second test sees a new one. */
static const char *const behaviour[] = {
    MR_RDF "first",   MR_RDF "rest",          SH "targetClass", SH "property",     SH "path",
    SH "class",       SH "datatype",          SH "minCount",    SH "maxCount",     SH "nodeKind",
    SH "or",          SH "uniqueLang",        SH "and",         SH "node",         SH "hasValue",
    SH "closed",      SH "pattern",           SH "disjoint",    SH "maxInclusive", SH "in",
    SH "deactivated", SH "ignoredProperties",
};

/* Other predicates of the SHACL vocabulary in the files. nodekind is a slip for nodeKind, which nothing acts on. */
static const char *const silent[] = {SH "name", SH "description", SH "message", SH "severity", SH "nodekind"};

static bool is_among(mr_str iri, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(iri, list[i])) return true;
    return false;
}
#define IS_AMONG(iri, list) is_among((iri), (list), sizeof(list) / sizeof *(list))

/* The published graph without what has no behaviour. */
static void read_published(mr_arena *a, const char *file, mr_dataset *ret)
{
    mr_dataset all;
    struct mr_err err = {0};
    mr_dataset_init(&all, a);
    mr_str text = test_read_file(a, mr_arena_format(a, "%s/shacl/%s", test_elm(), file).ptr);
    assert_ok(mr_turtle_parse(&all, text, MR_STR_EMPTY, &err), err);
    *ret = all;
    ret->count = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (!IS_AMONG(all.quads[i].predicate->text, behaviour)) continue;
        ret->quads[ret->count++] = all.quads[i];
    }
}

static mr_str canonical(mr_arena *a, const mr_dataset *ds)
{
    mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, 16 * MR_MIB);
    assert_ok(mr_rdf_canonicalise(a, ds, NULL, &out, NULL, &err), err);
    mr_str copy = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return copy;
}

static void test_shape_table_read__is_what_was_published(void **state)
{
    if (!test_elm()) test_skip("the ELM model is not here (MERIT_ELM)");
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        mr_arena a;
        mr_dataset ours, theirs;
        struct mr_err err = {0};
        mr_arena_init(&a, MEMORY);
        mr_dataset_init(&ours, &a);
        assert_ok(mr_shape_table_read(&ours, mr_str_of(published[i].table), &err), err);
        read_published(&a, published[i].file, &theirs);
        print_message("# %s: %zu triples\n", published[i].table, ours.count);
        assert_str_eq(canonical(&a, &ours), canonical(&a, &theirs));
        mr_arena_done(&a);
    }
}

static void test_behaviour__covers_every_predicate_of_shacl(void **state)
{
    if (!test_elm()) test_skip("the ELM model is not here (MERIT_ELM)");
    for (size_t i = 0; i < sizeof published / sizeof *published; i++) {
        mr_arena a;
        mr_dataset ds;
        struct mr_err err = {0};
        mr_arena_init(&a, MEMORY);
        mr_dataset_init(&ds, &a);
        mr_str text = test_read_file(&a, mr_arena_format(&a, "%s/shacl/%s", test_elm(), published[i].file).ptr);
        assert_ok(mr_turtle_parse(&ds, text, MR_STR_EMPTY, &err), err);
        for (size_t k = 0; k < ds.count; k++) {
            const mr_quad *q = &ds.quads[k];
            mr_str iri = q->predicate->text;
            if (mr_str_is(iri, SH "severity")) assert_str(q->object->text, SH "Violation");
            if (!mr_str_has_prefix(iri, MR_STR(SH)) || IS_AMONG(iri, behaviour) || IS_AMONG(iri, silent)) continue;
            fail_msg("%s has %.*s", published[i].file, MR_STR_ARG(iri));
        }
        mr_arena_done(&a);
    }
}

/* Tables that are held against data together. */
static const struct profile {
    const char *name, *tables[4]; /* name: as expected/shacl-samples.tsv has it */
} profiles[] = {
    {"no-cv", {"edc-generic-no-cv"}},
    {"full", {"edc-generic-no-cv", "edc-generic-full"}},
    {"mandate", {"edc-generic-no-cv", "edc-generic-full", "edc-issued-by-mandate"}},
    {"accredited", {"edc-generic-no-cv", "edc-generic-full", "edc-accredited"}},
    {"converted", {"edc-generic-no-cv", "edc-generic-full", "edc-converted"}},
    {"diploma supplement", {"edc-generic-no-cv", "edc-generic-full", "edc-diploma-supplement"}},
    {"loq", {"loq", "loq-mdr"}},
    {"ams", {"ams", "ams-mdr"}},
    {"pid", {"pid"}},
};

static const char *published_file(const char *table)
{
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        if (strcmp(published[i].table, table) == 0) return published[i].file;
    fail_msg("%s", table);
    return NULL;
}

static const mr_shapes *compile_profile(mr_arena *a, const struct profile *p, bool ours)
{
    mr_dataset ds;
    const mr_shapes *shapes;
    struct mr_err err = {0};
    mr_dataset_init(&ds, a);
    for (size_t i = 0; p->tables[i]; i++) {
        if (ours) {
            assert_ok(mr_shape_table_read(&ds, mr_str_of(p->tables[i]), &err), err);
            continue;
        }
        mr_str text =
            test_read_file(a, mr_arena_format(a, "%s/shacl/%s", test_elm(), published_file(p->tables[i])).ptr);
        assert_ok(mr_turtle_parse(&ds, text, MR_STR_EMPTY, &err), err);
    }
    assert_ok(mr_shapes_compile(a, &ds, &shapes, &err), err);
    return shapes;
}

static mr_dataset read_data(mr_arena *a, mr_contexts *contexts, const char *path)
{
    mr_dataset ds;
    const mr_json *root;
    struct mr_err err = {0};
    mr_str text = test_read_file(a, path);
    mr_dataset_init(&ds, a);
    if (mr_str_has_suffix(mr_str_of(path), MR_STR(".ttl"))) {
        assert_ok(mr_turtle_parse(&ds, text, MR_STR_EMPTY, &err), err);
        return ds;
    }
    assert_ok(mr_json_parse(a, text, NULL, &root, &err), err);
    mr_str payload = mr_json_get_str(root, "payload"); /* sealed: with b64 false, the text itself */
    if (payload.len) assert_ok(mr_json_parse(a, payload, NULL, &root, &err), err);
    const mr_json *inner = mr_json_get(root, "credential"); /* "uploadable" */
    assert_ok(mr_jsonld_to_rdf(inner ? inner : root, &(mr_jsonld_options){.contexts = contexts}, &ds, &err), err);
    return ds;
}

static int by_text(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

/* One result as a line; blank nodes of shapes and data are all the same here. */
static mr_str result_line(mr_arena *a, const mr_shacl_result *r)
{
    const mr_term *terms[] = {r->focus, r->path, r->value, r->shape, r->severity_iri};
    mr_buf out;
    mr_buf_init(&out, MR_MIB);
    mr_buf_puts(&out, mr_shacl_component_name(r->component));
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        mr_buf_putc(&out, ' ');
        if (terms[i]) mr_nquads_put_term(&out, terms[i], MR_STR("x"));
    }
    mr_buf_putc(&out, '\n');
    mr_str line = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return line;
}

static mr_str report_lines(mr_arena *a, const mr_shapes *shapes, const mr_dataset *data, size_t *ret_count)
{
    mr_shacl_report report;
    struct mr_err err = {0};
    assert_ok(mr_shacl_validate(a, shapes, data, 0, &report, &err), err);
    mr_str *lines = MR_NEW_ARRAY(a, mr_str, report.count + 1);
    for (size_t i = 0; i < report.count; i++) lines[i] = result_line(a, &report.results[i]);
    qsort(lines, report.count, sizeof *lines, by_text);
    assert_int_equal(report.conforms, report.count == 0);
    *ret_count = report.count;
    return mr_arena_concat(a, lines, report.count);
}

/* How many results two other validators agree on; SIZE_MAX when they were not asked. Behind a name there may stand a remark. */
static size_t expected_count(mr_arena *a, const char *name, const char *profile)
{
    mr_str rest = test_read_file(a, test_path(a, test_elm(), "expected/shacl-samples.tsv")), line, cells[5];
    while (mr_str_split(&rest, '\n', &line)) {
        size_t n = 0;
        uint64_t count;
        while (n < 5 && mr_str_split(&line, '\t', &cells[n])) n++;
        if (n < 5 || !mr_str_has_prefix(cells[0], mr_str_of(name)) || !mr_str_is(cells[2], profile)) continue;
        if (mr_str_to_u64(cells[4], &count)) return count;
    }
    return SIZE_MAX;
}

/* What is held against what, and how often the counts of other validators were met. */
struct comparison {
    mr_arena lasting, a;
    mr_contexts *contexts;
    const mr_shapes *ours, *theirs;
    size_t cases, expected;
};

static void compare_reports(struct comparison *c, const char *folder, const char *name, const char *profile)
{
    size_t ours, theirs;
    mr_arena_reset(&c->a);
    const char *path = mr_arena_format(&c->a, "%s/%s/%s", test_elm(), folder, name).ptr;
    mr_dataset data = read_data(&c->a, c->contexts, path);
    mr_str lines = report_lines(&c->a, c->ours, &data, &ours);
    print_message("# %s, %s: %zu\n", profile, name, ours);
    assert_str_eq(lines, report_lines(&c->a, c->theirs, &data, &theirs));
    size_t wanted = expected_count(&c->a, name, profile);
    if (wanted == SIZE_MAX) return;
    assert_int_equal(ours, wanted);
    c->expected++;
}

static void compare_files(struct comparison *c, const char *folder, const char *ending, const char *profile)
{
    mr_arena a;
    mr_str *names;
    size_t count;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    assert_ok(mr_file_list(&a, test_path(&a, test_elm(), folder), ending, 100, &names, &count, &err), err);
    for (size_t i = 0; i < count; i++, c->cases++) compare_reports(c, folder, names[i].ptr, profile);
    mr_arena_done(&a);
}

static void test_shape_tables__find_what_the_published_shapes_find(void **state)
{
    struct comparison c = {0};
    struct mr_err err = {0};
    if (!test_elm()) test_skip("the ELM model is not here (MERIT_ELM)");
    mr_arena_init(&c.lasting, MEMORY);
    mr_arena_init(&c.a, MEMORY);
    assert_ok(mr_contexts_open(&c.contexts, &err), err);
    for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++) {
        c.ours = compile_profile(&c.lasting, &profiles[i], true);
        c.theirs = compile_profile(&c.lasting, &profiles[i], false);
        compare_files(&c, "samples", "", profiles[i].name);
        compare_files(&c, "minimal", ".ttl", profiles[i].name);
        compare_files(&c, "minimal", ".jsonld", profiles[i].name);
    }
    printf("# %zu reports, %zu of them with the count of other validators\n", c.cases, c.expected);
    assert_true(c.expected >= 32);
    mr_contexts_close(c.contexts);
    mr_arena_done(&c.a);
    mr_arena_done(&c.lasting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shape_table_read__is_what_was_published),
        cmocka_unit_test(test_behaviour__covers_every_predicate_of_shacl),
        cmocka_unit_test(test_shape_tables__find_what_the_published_shapes_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
