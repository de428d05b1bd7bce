/* The official shapes of the European Learning Model, held against its samples and our smallest documents: verdicts that two other engines agree
 * upon (expected/shacl-*.tsv), from JSON-LD and from N-Quads. */
#include "rdf/shacl.h"
#include "base/limits.h"
#include "json/write.h"
#include "rdf/jsonld.h"
#include "rdf/nquads.h"
#include "rdf/turtle.h"
#include "testing.h"

#define MEMORY (256 * MR_MIB)
#define BASE "http://shapes.example/"

/* Shape files that go together. */
static const struct shape_set {
    const char *name;
    const char *files[4];
} shape_sets[] = {
    {"no-cv", {"EDC-generic-no-cv.ttl"}},
    {"full", {"EDC-generic-no-cv.ttl", "EDC-generic-full.ttl"}},
    {"mandate", {"EDC-generic-no-cv.ttl", "EDC-generic-full.ttl", "EDC-issuedByMandate.ttl"}},
    {"accredited", {"EDC-generic-no-cv.ttl", "EDC-generic-full.ttl", "EDC-accredited.ttl"}},
    {"loq", {"LOQ-constraints.ttl"}},
    {"loq-mdr", {"LOQ-constraints.ttl", "LOQ-constraints-mdr.ttl"}},
    {"ams", {"AMS-constraints.ttl"}},
    {"ams-mdr", {"AMS-constraints.ttl", "AMS-constraints-mdr.ttl"}},
};
enum { SETS = sizeof shape_sets / sizeof *shape_sets };

struct fixture {
    mr_arena shapes_memory, memory;
    const mr_shapes *shapes[SETS];
    mr_contexts *contexts;
};

static mr_str read_elm(mr_arena *a, const char *folder, const char *name)
{
    const char *path = mr_arena_format(a, "%s/%s/%s", test_elm(), folder, name).ptr;
    return test_read_file(a, path);
}

static const mr_shapes *load_shapes(mr_arena *a, const struct shape_set *set)
{
    mr_dataset graph;
    const mr_shapes *shapes = NULL;
    struct mr_err err = {0};
    mr_dataset_init(&graph, a);
    for (size_t i = 0; i < 4 && set->files[i]; i++)
        assert_ok(mr_turtle_parse(&graph, read_elm(a, "shacl", set->files[i]), MR_STR(BASE), &err), err);
    assert_ok(mr_shapes_compile(a, &graph, &shapes, &err), err);
    return shapes;
}

static int setup(void **state)
{
    static struct fixture f;
    struct mr_err err = {0};
    mr_arena_init(&f.shapes_memory, MEMORY);
    mr_arena_init(&f.memory, MEMORY);
    *state = &f;
    if (!test_elm()) return 0;
    for (size_t i = 0; i < SETS; i++) f.shapes[i] = load_shapes(&f.shapes_memory, &shape_sets[i]);
    return mr_contexts_open(&f.contexts, &err);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    if (f->contexts) mr_contexts_close(f->contexts);
    mr_arena_done(&f->memory);
    mr_arena_done(&f->shapes_memory);
    return 0;
}

static const mr_shapes *shapes_named(const struct fixture *f, mr_str name)
{
    for (size_t i = 0; i < SETS; i++)
        if (mr_str_is(name, shape_sets[i].name)) return f->shapes[i];
    fail_msg("no shapes are called %.*s", MR_STR_ARG(name));
    return NULL;
}

/* ---- what was found, as the tables write it: "MinCount:issued,Node:issuer", sorted ---- */

static int compare_texts(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

static mr_str join_sorted(mr_arena *a, mr_str *parts, size_t count, bool once)
{
    mr_str joined = MR_STR("");
    if (count) qsort(parts, count, sizeof *parts, compare_texts);
    for (size_t i = 0; i < count; i++) {
        if (once && i && mr_str_eq(parts[i], parts[i - 1])) continue;
        joined = mr_arena_concat(a, (mr_str[]){joined, mr_str_of(joined.len ? "," : ""), parts[i]}, 3);
    }
    return joined;
}

static mr_str tail(mr_str iri)
{
    size_t at = iri.len;
    while (at && iri.ptr[at - 1] != '/' && iri.ptr[at - 1] != '#') at--;
    return mr_str_from(iri, at);
}

static mr_str findings(mr_arena *a, const mr_shacl_report *report, bool once)
{
    mr_str parts[64];
    assert_true(report->count <= 64);
    for (size_t i = 0; i < report->count; i++) {
        const mr_shacl_result *r = &report->results[i];
        mr_str path = r->path ? tail(r->path->text) : MR_STR("");
        parts[i] = mr_arena_format(a, "%s:%.*s", mr_shacl_component_name(r->component), MR_STR_ARG(path));
    }
    return join_sorted(a, parts, report->count, once);
}

static mr_str sorted_list(mr_arena *a, mr_str list)
{
    mr_str parts[64], part;
    size_t count = 0;
    while (list.len && mr_str_split(&list, ',', &part)) parts[count++] = part;
    return join_sorted(a, parts, count, false);
}

static mr_shacl_report validate(struct fixture *f, const mr_shapes *shapes, const mr_dataset *data)
{
    mr_shacl_report report;
    struct mr_err err = {0};
    assert_ok(mr_shacl_validate(&f->memory, shapes, data, 0, &report, &err), err);
    return report;
}

/* ---- documents ---- */

/* The credential in a sealed file, in an upload, or as it is. */
static const mr_json *read_credential(struct fixture *f, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&f->memory, text, NULL, &root, &err), err);
    if (mr_json_get(root, "credential")) return mr_json_get(root, "credential");
    mr_str payload = mr_json_str(mr_json_get(root, "payload"));
    return payload.len ? read_credential(f, payload) : root;
}

static mr_dataset to_rdf(struct fixture *f, const mr_json *document)
{
    mr_dataset ds;
    struct mr_err err = {0};
    mr_dataset_init(&ds, &f->memory);
    assert_ok(mr_jsonld_to_rdf(document, &(mr_jsonld_options){.contexts = f->contexts}, &ds, &err), err);
    return ds;
}

static bool read_quads(struct fixture *f, mr_str document, mr_dataset *ret)
{
    struct mr_err err = {0};
    size_t dot = document.len;
    while (dot && document.ptr[dot - 1] != '.') dot--;
    const char *path = mr_arena_format(&f->memory, "%s/expected/%.*snq", test_elm(), (int)dot, document.ptr).ptr;
    if (!mr_file_exists(path)) return false;
    mr_dataset_init(ret, &f->memory);
    assert_ok(mr_nquads_parse(ret, test_read_file(&f->memory, path), &err), err);
    return true;
}

static mr_str read_document(struct fixture *f, mr_str name)
{
    const char *file = mr_arena_cstr(&f->memory, name);
    const char *sample = mr_arena_format(&f->memory, "%s/samples/%s", test_elm(), file).ptr;
    return read_elm(&f->memory, mr_file_exists(sample) ? "samples" : "minimal", file);
}

/* ---- the samples ---- */

struct sample {
    mr_str file, shapes, conforms, findings;
};

static bool sample_agrees(struct fixture *f, const struct sample *s, const mr_dataset *data, const char *form)
{
    mr_shacl_report report = validate(f, shapes_named(f, s->shapes), data);
    mr_str got = findings(&f->memory, &report, false), wanted = sorted_list(&f->memory, s->findings);
    if (report.conforms == mr_str_is(s->conforms, "true") && mr_str_eq(got, wanted)) return true;
    print_error("%.*s from %s, %.*s\n  got    %.*s\n  wanted %.*s\n", MR_STR_ARG(s->file), form, MR_STR_ARG(s->shapes),
                MR_STR_ARG(got), MR_STR_ARG(wanted));
    return false;
}

/* "name [note]", quads, shapes, conforms, results, agreement, findings */
static bool read_sample(mr_str line, struct sample *ret)
{
    mr_str column[7];
    for (size_t i = 0; i < 7; i++)
        if (!mr_str_split(&line, '\t', &column[i])) return false;
    ptrdiff_t note = mr_str_find(column[0], MR_STR(" ["));
    if (note > 0) column[0].len = (size_t)note;
    *ret = (struct sample){column[0], column[2], column[3], column[6]};
    return true;
}

static void test_shacl_validate__agrees_on_the_samples(void **state)
{
    struct fixture *f = *state;
    mr_arena names;
    mr_str line;
    size_t count = 0, passed = 0;
    if (!test_elm()) test_skip("the learning model is not here (MERIT_ELM)");
    mr_arena_init(&names, MEMORY);
    mr_str table = read_elm(&names, "expected", "shacl-samples.tsv");
    while (mr_str_split(&table, '\n', &line)) {
        struct sample s;
        mr_dataset quads;
        if (!read_sample(line, &s)) continue;
        mr_arena_reset(&f->memory);
        mr_dataset data = to_rdf(f, read_credential(f, read_document(f, s.file)));
        count++, passed += sample_agrees(f, &s, &data, "JSON-LD");
        if (!read_quads(f, s.file, &quads)) continue;
        count++, passed += sample_agrees(f, &s, &quads, "N-Quads");
    }
    test_suite_count("elm shacl-samples", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
    mr_arena_done(&names);
}

/* ---- documents with one fault ---- */

static const struct mutation {
    const char *name, *file, *pointer;
    const char *json;        /* in its place; NULL: nothing */
    const char *text, *with; /* pointer NULL: a text, wherever it stands, and what stands there instead */
} mutations[] = {
    {"drop credentialProfiles", "edc-minimal.jsonld", "/credentialProfiles"},
    {"drop credentialSchema", "edc-minimal.jsonld", "/credentialSchema"},
    {"drop displayParameter", "edc-minimal.jsonld", "/displayParameter"},
    {"drop issuer", "edc-minimal.jsonld", "/issuer"},
    {"drop issuanceDate", "edc-minimal.jsonld", "/issuanceDate"},
    {"drop issued", "edc-minimal.jsonld", "/issued"},
    {"drop validFrom", "edc-minimal.jsonld", "/validFrom"},
    {"drop credentialSubject", "edc-minimal.jsonld", "/credentialSubject"},
    {"drop displayDetail.image", "edc-minimal.jsonld", "/displayParameter/individualDisplay/displayDetail/image"},
    {"drop issuer.location", "edc-minimal.jsonld", "/issuer/location"},
    {"drop issuer.eIDASIdentifier", "edc-minimal.jsonld", "/issuer/eIDASIdentifier"},
    {"drop hasClaim", "edc-minimal.jsonld", "/credentialSubject/hasClaim"},
    {"drop awardedBy", "edc-minimal.jsonld", "/credentialSubject/hasClaim/awardedBy"},
    {"drop awardingBody", "edc-minimal.jsonld", "/credentialSubject/hasClaim/awardedBy/awardingBody"},
    {"country outside scheme", "edc-minimal.jsonld", NULL, NULL,
     "\"http://publications.europa.eu/resource/authority/country\"", "\"http://example.org/countries\""},
    {"two familyName languages", "edc-minimal.jsonld", "/credentialSubject/familyName",
     "{\"en\": \"Andromeda\", \"da\": \"Andromeda\"}"},
    {"eqfLevel outside scheme", "edc-annex1.jsonld", NULL, NULL, "\"http://data.europa.eu/snb/eqf/25831c2\"",
     "\"http://example.org/levels\""},
    {"drop grade", "edc-annex1.jsonld", "/credentialSubject/hasClaim/provenBy/grade"},
    {"volumeOfLearning 60 hours", "edc-annex1.jsonld", "/credentialSubject/hasClaim/specifiedBy/volumeOfLearning",
     "\"60 hours\""},
    {"creditPoint.point number 2", "edc-annex1.jsonld", "/credentialSubject/hasClaim/specifiedBy/creditPoint/point",
     "2"},
    {"unknown property on issuer (open shapes)", "edc-minimal.jsonld", "/issuer/type",
     "\"Organisation\", \"http://example.org/unknown\": \"x\""},
};

/* A copy of the document in which one value is another, or gone with its name. */
static void copy_but(mr_json_writer *w, const mr_json *v, const mr_json *but, const char *json)
{
    if (v == but) {
        mr_json_put_raw(w, mr_str_of(json));
    } else if (mr_json_is(v, MR_JSON_OBJECT)) {
        mr_json_begin_object(w);
        MR_JSON_EACH_MEMBER (name, v) {
            if (name + 1 == but && !json) continue;
            mr_json_put_name_str(w, mr_json_text(name));
            copy_but(w, name + 1, but, json);
        }
        mr_json_end_object(w);
    } else if (mr_json_is(v, MR_JSON_ARRAY)) {
        mr_json_begin_array(w);
        MR_JSON_EACH (item, v) copy_but(w, item, but, json);
        mr_json_end_array(w);
    } else {
        mr_json_put_value(w, v);
    }
}

static mr_str replace_all(mr_arena *a, mr_str in, const char *text, const char *with)
{
    mr_buf out;
    ptrdiff_t at;
    mr_buf_init(&out, 16 * MR_MIB);
    assert_true(mr_str_find(in, mr_str_of(text)) >= 0);
    while ((at = mr_str_find(in, mr_str_of(text))) >= 0) {
        mr_buf_put(&out, mr_str_make(in.ptr, (size_t)at));
        mr_buf_puts(&out, with);
        in = mr_str_from(in, (size_t)at + strlen(text));
    }
    mr_buf_put(&out, in);
    mr_str copy = mr_arena_dup(a, mr_buf_str(&out));
    mr_buf_done(&out);
    return copy;
}

static mr_str mutate(struct fixture *f, const struct mutation *m)
{
    mr_buf out;
    mr_json_writer w;
    const mr_json *root;
    struct mr_err err = {0};
    mr_str text = read_elm(&f->memory, "minimal", m->file);
    if (!m->pointer) return replace_all(&f->memory, text, m->text, m->with);
    assert_ok(mr_json_parse(&f->memory, text, NULL, &root, &err), err);
    const mr_json *but = mr_json_find(root, mr_str_of(m->pointer));
    if (!but) fail_msg("%s: nothing at %s", m->name, m->pointer);
    mr_buf_init(&out, MR_MIB);
    mr_json_writer_init(&w, &out, 0);
    copy_but(&w, root, but, m->json);
    mr_str copy = mr_arena_dup(&f->memory, mr_buf_str(&out));
    mr_buf_done(&out);
    return copy;
}

/* "1x Violation | MinCountConstraintComponent | issued | ..." for each result of each engine, with " / " between: each finding once. */
static mr_str mutation_findings(mr_arena *a, mr_str results)
{
    mr_str parts[64], column;
    size_t count = 0;
    ptrdiff_t at;
    while ((at = mr_str_find(results, MR_STR("Violation | "))) >= 0) {
        results = mr_str_from(results, (size_t)at + strlen("Violation | "));
        mr_str rest = results;
        assert_true(mr_str_split(&rest, '|', &column));
        mr_str component = mr_str_trim(column);
        assert_true(mr_str_split(&rest, '|', &column));
        mr_str path = mr_str_trim(column);
        component.len -= strlen("ConstraintComponent");
        parts[count++] = mr_arena_format(a, "%.*s:%.*s", MR_STR_ARG(component), MR_STR_ARG(path));
        assert_true(count < 64);
    }
    return join_sorted(a, parts, count, true);
}

static const struct mutation *find_mutation(mr_str name)
{
    for (size_t i = 0; i < sizeof mutations / sizeof *mutations; i++)
        if (mr_str_is(name, mutations[i].name)) return &mutations[i];
    return NULL;
}

static bool mutation_agrees(struct fixture *f, mr_str name, mr_str verdict, mr_str results)
{
    const struct mutation *m = find_mutation(name);
    if (!m) return print_error("no such case: %.*s\n", MR_STR_ARG(name)), false;
    mr_dataset data = to_rdf(f, read_credential(f, mutate(f, m)));
    mr_shacl_report report = validate(f, shapes_named(f, MR_STR("full")), &data);
    mr_str got = findings(&f->memory, &report, true), wanted = mutation_findings(&f->memory, results);
    bool conforms = mr_str_find(verdict, MR_STR("conforms=true")) >= 0;
    if (report.conforms == conforms && mr_str_eq(got, wanted)) return true;
    print_error("%s\n  got    %.*s\n  wanted %.*s\n", m->name, MR_STR_ARG(got), MR_STR_ARG(wanted));
    return false;
}

static void test_shacl_validate__agrees_on_documents_with_one_fault(void **state)
{
    struct fixture *f = *state;
    mr_arena names;
    mr_str line, name, verdict;
    size_t count = 0, passed = 0;
    if (!test_elm()) test_skip("the learning model is not here (MERIT_ELM)");
    mr_arena_init(&names, MEMORY);
    mr_str table = read_elm(&names, "expected", "shacl-mutations.tsv");
    assert_true(mr_str_split(&table, '\n', &line)); /* the heading */
    while (mr_str_split(&table, '\n', &line)) {
        if (!line.len) continue;
        assert_true(mr_str_split(&line, '\t', &name) && mr_str_split(&line, '\t', &verdict));
        mr_arena_reset(&f->memory);
        count++, passed += mutation_agrees(f, name, verdict, line);
    }
    test_suite_count("elm shacl-mutations", passed, count, 0);
    assert_int_equal(passed, count);
    assert_int_equal(count, sizeof mutations / sizeof *mutations);
    mr_arena_done(&names);
}

/* The place of a result is the value in the document. */
static void test_shacl_result__knows_its_place_in_the_document(void **state)
{
    struct fixture *f = *state;
    char pointer[160];
    if (!test_elm()) test_skip("the learning model is not here (MERIT_ELM)");
    mr_arena_reset(&f->memory);
    const mr_json *root = read_credential(f, mutate(f, find_mutation(MR_STR("volumeOfLearning 60 hours"))));
    mr_dataset data = to_rdf(f, root);
    mr_shacl_report report = validate(f, shapes_named(f, MR_STR("full")), &data);
    assert_int_equal(report.count, 1);
    assert_non_null(report.results[0].origin);
    mr_json_pointer(root, report.results[0].origin, pointer, sizeof pointer);
    assert_string_equal(pointer, "/credentialSubject/hasClaim/specifiedBy/volumeOfLearning");
}

/* "The issuer is not as it should be" helps nobody: the result says what it lacks. */
static void test_shacl_result__says_what_a_value_lacks(void **state)
{
    struct fixture *f = *state;
    if (!test_elm()) test_skip("the learning model is not here (MERIT_ELM)");
    mr_arena_reset(&f->memory);
    mr_dataset data = to_rdf(f, read_credential(f, mutate(f, find_mutation(MR_STR("drop issuer.eIDASIdentifier")))));
    mr_shacl_report report = validate(f, shapes_named(f, MR_STR("full")), &data);
    assert_int_equal(report.count, 1);
    assert_int_equal(report.results[0].detail_count, 1);
    assert_int_equal(report.results[0].details[0].component, MR_SHACL_MIN_COUNT);
    assert_str(tail(report.results[0].details[0].path->text), "eidasLegalIdentifier");
}

/* ---- learning opportunities and accreditations ---- */

static const struct fault {
    const char *file, *text, *with; /* NULL: as it is */
    const char *loose, *strict;     /* findings of the shapes, and with those of the controlled vocabularies */
} faults[] = {
    {"loq-minimal.ttl", NULL, NULL, "", ""},
    {"ams-minimal.ttl", NULL, NULL, "", ""},
    {"loq-minimal.ttl", "dc:title \"Digital micro-credential creation\"@en ;\n  elm:defaultLanguage",
     "elm:defaultLanguage", "MinCount:title", "MinCount:title"},
    {"loq-minimal.ttl", "\"https://example.edu/lo/1\"^^xsd:anyURI", "\"HTTPS://example.edu/lo/1\"^^xsd:anyURI", "", ""},
    {"loq-minimal.ttl", "\"https://example.edu/lo/1\"^^xsd:anyURI", "\"ftp://example.edu/lo/1\"^^xsd:anyURI",
     "Node:homepage", "Node:homepage"},
    {"loq-minimal.ttl", "\"https://example.edu/lo/1\"^^xsd:anyURI", "\"https://example.edu/lo/1\"",
     "Datatype:contentUrl", "Datatype:contentUrl"},
    {"loq-minimal.ttl", "elm:providedBy <https://example.edu/org/1>", "elm:providedBy <https://example.edu/loc/1>",
     "Class:providedBy", "Class:providedBy"},
    {"loq-minimal.ttl", "a elm:LearningOutcome ;", "a elm:LearningOutcome ; elm:unknown 1 ;", "Closed:unknown",
     "Closed:unknown"},
    {"loq-minimal.ttl", "dc:title \"Develop digital content\"@en",
     "dc:title \"Develop digital content\"@en, \"Create digital content\"@en", "UniqueLang:title", "UniqueLang:title"},
    {"loq-minimal.ttl", "<http://data.europa.eu/snb/eqf/25831c2>", "<http://example.org/levels>", "", "Node:EQFLevel"},
    {"loq-minimal.ttl", "elm:countryCode", "elm:contactPoint", "Closed:contactPoint,MinCount:countryCode",
     "Closed:contactPoint,MinCount:countryCode,MinCount:countryCode"},
    {"ams-minimal.ttl", "elm:organisation <https://authority.example/org/uniz>",
     "elm:organisation <https://authority.example/loc/1>", "Class:organisation", "Class:organisation"},
    {"ams-minimal.ttl", "  dc:type <http://data.europa.eu/snb/accreditation/820101cba6> ;\n", "", "MinCount:type",
     "MinCount:type,MinCount:type"},
    {"ams-minimal.ttl", "<http://data.europa.eu/snb/accreditation/25831c2>", "<http://example.org/kinds>", "",
     "Node:type"},
    {"ams-minimal.ttl", "a elm:Address ;", "a elm:Address ; elm:unknown 1 ;", "Closed:unknown", "Closed:unknown"},
    {"ams-minimal.ttl", "dc:title \"Programme accreditation of the University of Zed\"@en ;", "", "MinCount:title",
     "MinCount:title"},
};

static void check_fault(struct fixture *f, const struct fault *t, bool strict, size_t *wrong)
{
    mr_dataset data;
    struct mr_err err = {0};
    mr_str text = read_elm(&f->memory, "minimal", t->file);
    mr_str family = mr_str_make(t->file, 3);
    mr_str name = mr_arena_concat(&f->memory, (mr_str[]){family, mr_str_of(strict ? "-mdr" : "")}, 2);
    if (t->text) text = replace_all(&f->memory, text, t->text, t->with);
    mr_dataset_init(&data, &f->memory);
    assert_ok(mr_turtle_parse(&data, text, MR_STR(BASE), &err), err);
    mr_shacl_report report = validate(f, shapes_named(f, name), &data);
    mr_str got = findings(&f->memory, &report, false), wanted = mr_str_of(strict ? t->strict : t->loose);
    if (mr_str_eq(got, wanted)) return;
    ++*wrong;
    print_error("%s, %s for %s, %.*s\n  got    %.*s\n  wanted %.*s\n", t->file, t->with ? t->with : "as it is",
                t->text ? t->text : "nothing", MR_STR_ARG(name), MR_STR_ARG(got), MR_STR_ARG(wanted));
}

static void test_shacl_validate__knows_opportunities_and_accreditations(void **state)
{
    struct fixture *f = *state;
    size_t wrong = 0;
    if (!test_elm()) test_skip("the learning model is not here (MERIT_ELM)");
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        mr_arena_reset(&f->memory);
        check_fault(f, &faults[i], false, &wrong);
        check_fault(f, &faults[i], true, &wrong);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shacl_validate__agrees_on_the_samples),
        cmocka_unit_test(test_shacl_validate__agrees_on_documents_with_one_fault),
        cmocka_unit_test(test_shacl_result__knows_its_place_in_the_document),
        cmocka_unit_test(test_shacl_result__says_what_a_value_lacks),
        cmocka_unit_test(test_shacl_validate__knows_opportunities_and_accreditations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
