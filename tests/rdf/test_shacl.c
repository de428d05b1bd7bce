/* SHACL where the official cases are silent: what is refused, what results carry, what is counted and remembered. */
#include "rdf/shacl.h"
#include "base/limits.h"
#include "rdf/nquads.h"
#include "rdf/turtle.h"
#include "testing.h"

#define MEMORY (128 * MR_MIB)
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define SH "http://www.w3.org/ns/shacl#"
#define PREFIXES                                                                                                       \
    "@prefix : <http://e/> . @prefix sh: <" SH "> . @prefix xsd: <" MR_XSD "> . @prefix rdf: <" MR_RDF "> . "          \
    "@prefix rdfs: <" MR_RDFS "> . "

static mr_arena memory;

static int setup(void **state)
{
    mr_arena_init(&memory, MEMORY);
    return 0;
}

static int teardown(void **state)
{
    mr_arena_done(&memory);
    return 0;
}

static mr_dataset read_turtle(const char *text)
{
    mr_dataset ds;
    struct mr_err err = {0};
    mr_dataset_init(&ds, &memory);
    mr_str whole = mr_arena_concat(&memory, (mr_str[]){MR_STR(PREFIXES), mr_str_of(text)}, 2);
    assert_ok(mr_turtle_parse(&ds, whole, MR_STR("http://e/"), &err), err);
    return ds;
}

static int compile(const char *text, const mr_shapes **ret, struct mr_err *err)
{
    mr_dataset ds = read_turtle(text);
    return mr_shapes_compile(&memory, &ds, ret, err);
}

static int run(const char *shapes_text, const char *data_text, mr_shacl_report *ret, struct mr_err *err)
{
    const mr_shapes *shapes;
    MR_TRY(compile(shapes_text, &shapes, err));
    mr_dataset data = read_turtle(data_text);
    return mr_shacl_validate(&memory, shapes, &data, 0, ret, err);
}

static mr_shacl_report validate(const char *shapes, const char *data)
{
    mr_shacl_report report;
    struct mr_err err = {0};
    assert_ok(run(shapes, data, &report, &err), err);
    return report;
}

static mr_str short_text(const mr_term *t)
{
    if (!t) return MR_STR("-");
    if (t->kind == MR_TERM_BLANK) return MR_STR("_");
    return mr_str_has_prefix(t->text, MR_STR("http://e/")) ? mr_str_from(t->text, 9) : t->text;
}

static int compare_texts(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

/* "Component focus path value count", sorted, with "; " between. */
static mr_str findings(const mr_shacl_report *report)
{
    mr_str parts[32], joined = MR_STR("");
    assert_true(report->count <= COUNT(parts));
    for (size_t i = 0; i < report->count; i++) {
        const mr_shacl_result *r = &report->results[i];
        mr_str focus = short_text(r->focus), path = r->complex_path ? MR_STR("*") : short_text(r->path);
        mr_str value = short_text(r->value);
        parts[i] = mr_arena_format(&memory, "%s %.*s %.*s %.*s %d", mr_shacl_component_name(r->component),
                                   MR_STR_ARG(focus), MR_STR_ARG(path), MR_STR_ARG(value), (int)r->count);
    }
    if (report->count) qsort(parts, report->count, sizeof *parts, compare_texts);
    for (size_t i = 0; i < report->count; i++)
        joined = mr_arena_concat(&memory, (mr_str[]){joined, mr_str_of(i ? "; " : ""), parts[i]}, 3);
    return joined;
}

static const struct check {
    const char *shapes, *data, *findings;
} checks[] = {
    /* counts */
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 3 ] .", ":a :p 1, 2 .", "MinCount a p - 2"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxCount 1 ] .", ":a :p 1, 2, 3 .", "MaxCount a p - 3"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxCount 1 ] .", ":a :p 1 . :a :p 1 .", ""},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] .", "", "MinCount a p - 0"},
    /* targets */
    {":S sh:targetSubjectsOf :p ; sh:nodeKind sh:BlankNode .", ":a :p :b . _:x :p :a .", "NodeKind a - a 0"},
    {":S sh:targetObjectsOf :p ; sh:nodeKind sh:Literal .", ":a :p :b, 1 .", "NodeKind b - b 0"},
    {":S sh:targetClass :C ; sh:in ( 1 ) .", ":a a :D . :D rdfs:subClassOf :C . :b a :C .", "In a - a 0; In b - b 0"},
    {":S sh:targetClass :C, :D ; sh:in ( 1 ) .", ":a a :C, :D .", "In a - a 0"},
    {":C a rdfs:Class, sh:NodeShape ; sh:in ( 1 ) .", ":a a :C .", "In a - a 0"},
    {":K rdfs:subClassOf rdfs:Class . :C a :K ; sh:in ( 1 ) .", ":a a :C .", "In a - a 0"},
    {":C a rdfs:Class ; rdfs:label \"no shape\" .", ":a a :C .", ""},
    {":S sh:targetNode :a ; sh:deactivated true ; sh:in ( 1 ) .", ":a :p 1 .", ""},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:deactivated true ; sh:minCount 1 ] .", "", ""},
    /* classes */
    {":S sh:targetNode :a, :b, :c ; sh:class :C .",
     ":a a :D . :D rdfs:subClassOf :E . :E rdfs:subClassOf :C, :D . :b a :F .", "Class b - b 0; Class c - c 0"},
    /* paths */
    {":S sh:targetNode :a ; sh:property [ sh:path [ sh:inversePath :p ] ; sh:class :C ] .", ":b :p :a .",
     "Class a * b 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path [ sh:zeroOrMorePath :p ] ; sh:in ( :a :c ) ] .",
     ":a :p :b . :b :p :c . :c :p :a .", "In a * b 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 1 ] .", ":a :p :b . :b :p :c .",
     "MaxCount a * - 2"},
    {":S sh:targetNode :a ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:in ( :b :c ) ] .",
     ":a :p :b . :b :p :c . :c :p :a .", "In a * a 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path [ sh:zeroOrOnePath :p ] ; sh:in ( :b ) ] .", ":a :p :b . :b :p :c .",
     "In a * a 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path [ sh:alternativePath ( :p :q ) ] ; sh:maxCount 1 ] .",
     ":a :p :b, :c ; :q :b .", "MaxCount a * - 2"},
    {":S sh:targetNode :c ; sh:property [ sh:path [ sh:inversePath ( :p :q ) ] ; sh:in ( ) ] .",
     ":a :p :b . :b :q :c . :x :q :c .", "In c * a 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path ( :p [ sh:inversePath :p ] ) ; sh:in ( ) ] .",
     ":a :p :b . :c :p :b .", "In a * a 0; In a * c 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path ( [ sh:zeroOrMorePath [ sh:alternativePath ( :p :q ) ] ] :r ) ; "
     "sh:maxCount 0 ] .",
     ":a :p :b . :b :q :c . :c :r 1, 2 . :a :r 2 .", "MaxCount a * - 2"},
    /* texts */
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minLength 2 ; sh:maxLength 3 ] .",
     ":a :p \"\xC3\xA9\xC3\xA9\xC3\xA9\", \"x\", \"abcd\", [] .",
     "MaxLength a p _ 0; MaxLength a p abcd 0; MinLength a p _ 0; MinLength a p x 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^b\" ; sh:flags \"i\" ] .",
     ":a :p \"Bc\", \"cb\", <b:c>, <c:b>, [] .", "Pattern a p _ 0; Pattern a p c:b 0; Pattern a p cb 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"a.c\" ; sh:flags \"q\" ] .",
     ":a :p \"xa.cx\", \"abc\" .", "Pattern a p abc 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"a b$\" ; sh:flags \"x\" ] .",
     ":a :p \"ab\", \"a b\" .", "Pattern a p a b 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^b.d\" ; sh:flags \"ms\" ] .",
     ":a :p \"a\\nb\\nd\", \"ab\\nd\" .", "Pattern a p ab\nd 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^a$\" ] .", ":a :p \"a\\n\" .",
     "Pattern a p a\n 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^(?i)http\", \"^[^[]|[[A-F]\\\\:\\\\.]*\" ] .",
     ":a :p \"HTTP:\", \"ftp:\" .", "Pattern a p ftp: 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:languageIn ( \"en\" \"de-AT\" ) ] .",
     ":a :p \"a\"@EN-gb, \"b\"@de, \"c\"@de-at, \"d\"@eng .", "LanguageIn a p b 0; LanguageIn a p d 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:uniqueLang true ] .",
     ":a :p \"a\"@en, \"b\"@EN, \"c\"@en, \"d\"@da, \"e\", \"f\" .", "UniqueLang a p - 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:uniqueLang false ] .", ":a :p \"a\"@en, \"b\"@en .", ""},
    /* values */
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:hasValue \"x\"@en ] .", ":a :p \"x\"@EN .", ""},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:hasValue 1 ] .", ":a :p \"1\" .", "HasValue a p - 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:in ( 1 ) ] .", ":a :p 1, 01 .", "In a p 01 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:hasValue [] ] .", ":a :p [] .", "HasValue a p - 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:equals :q ] .", ":a :p 1, 2 ; :q 2, 3 .",
     "Equals a p 1 0; Equals a p 3 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:disjoint :q ] .", ":a :p 1, 2 ; :q 2, 3 .",
     "Disjoint a p 2 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:lessThanOrEquals :q ] .", ":a :p 1, 2, \"x\" ; :q 1 .",
     "LessThanOrEquals a p 2 0; LessThanOrEquals a p x 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:datatype xsd:date ] .",
     ":a :p \"2025-02-29\"^^xsd:date, \"2024-02-29\"^^xsd:date, \"x\" .",
     "Datatype a p 2025-02-29 0; Datatype a p x 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxInclusive \"2026-01-01T00:00:00Z\"^^xsd:dateTime ] .",
     ":a :p \"2026-01-01T00:00:00\"^^xsd:dateTime, \"2025-12-31T23:59:59Z\"^^xsd:dateTime .",
     "MaxInclusive a p 2026-01-01T00:00:00 0"},
    /* shapes in shapes */
    {":S sh:targetNode :a ; sh:node :T . :T sh:property [ sh:path :p ; sh:minCount 1 ; sh:severity sh:Info ] .", "",
     "Node a - a 0"},
    {":S sh:targetNode :a ; sh:not [ sh:class :C ] .", ":a a :C .", "Not a - a 0"},
    {":S sh:targetNode :a, :b ; sh:xone ( [ sh:class :C ] [ sh:class :D ] ) .", ":a a :C, :D . :b a :C .",
     "Xone a - a 0"},
    {":S sh:targetNode :a, :b ; sh:and ( [ sh:class :C ] [ sh:class :D ] ) .", ":a a :C, :D . :b a :C .",
     "And b - b 0"},
    {":S sh:targetNode :a ; sh:or ( ) .", "", "Or a - a 0"},
    {":S sh:targetNode :a, :b ; sh:or ( [ sh:path :p ; sh:minCount 1 ] [ sh:path :q ; sh:hasValue 1 ] ) .",
     ":a :q 1 . :b :q 2 .", "Or b - b 0"},
    {":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :C ] ; "
     "sh:qualifiedMinCount 2 ; sh:qualifiedMaxCount 0 ] .",
     ":a :p :x, :y . :x a :C .", "QualifiedMaxCount a p - 1; QualifiedMinCount a p - 1"},
    {":S sh:targetNode :a, :b ; sh:node :T ; sh:property [ sh:path :p ; sh:node :T ] . :T sh:class :C .",
     ":a :p :b . :b :p :a ; a :C .", "Node a - a 0; Node b p a 0"},
    {":S sh:targetNode :a ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path :p ] , "
     "[ sh:path [ sh:inversePath :q ] ] .",
     ":a a :C ; :p 1 ; :q 1, 2 .", "Closed a q 1 0; Closed a q 2 0"},
    /* what does no harm: an ill-formed shape that nothing leads to, words of other vocabularies, parameters without their partners */
    {":S sh:targetNode :a ; sh:in ( 1 ) . :T sh:minCount \"x\" ; sh:path ( ) .", "", "In a - a 0"},
    {":S sh:targetNode :a ; sh:nodekind sh:Literal ; sh:flags \"zz\" .", "", ""},
};

static void test_shacl_validate__finds_what_does_not_hold(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(checks); i++) {
        mr_arena_reset(&memory);
        mr_shacl_report report = validate(checks[i].shapes, checks[i].data);
        mr_str got = findings(&report);
        if (mr_str_is(got, checks[i].findings) && report.conforms == (report.count == 0)) continue;
        print_error("%s\n  got    %.*s\n  wanted %s\n", checks[i].shapes, MR_STR_ARG(got), checks[i].findings);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static const struct refusal {
    const char *shapes;
    mr_code code;
    const char *detail; /* part of it; NULL: any */
} refusals[] = {
    {":S sh:targetNode :a ; sh:node :S .", MR_E_UNSUPPORTED, "http://e/S"},
    {":S sh:targetNode :a ; sh:or ( [ sh:not :T ] ) . :T sh:property [ sh:path :p ; sh:node :S ] .", MR_E_UNSUPPORTED,
     NULL},
    {":S sh:targetNode :a ; sh:property :P . :P sh:path :p ; sh:minCount \"1\" .", MR_E_FORMAT,
     "http://e/P sh:minCount"},
    {":S sh:targetNode :a ; sh:property :P . :P sh:path :p ; sh:minCount -1 .", MR_E_FORMAT, "sh:minCount"},
    {":S sh:targetNode :a ; sh:property :P . :P sh:path :p ; sh:minCount 1, 2 .", MR_E_FORMAT, "sh:minCount"},
    {":S sh:targetNode :a ; sh:minCount 1 .", MR_E_FORMAT, "sh:minCount"},
    {":S sh:targetNode :a ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [] .", MR_E_FORMAT,
     "sh:qualifiedValueShape"},
    {":S sh:targetNode :a ; sh:class \"C\" .", MR_E_FORMAT, "sh:class"},
    {":S sh:targetNode :a ; sh:datatype [] .", MR_E_FORMAT, "sh:datatype"},
    {":S sh:targetNode :a ; sh:nodeKind sh:Node .", MR_E_FORMAT, "sh:nodeKind"},
    {":S sh:targetNode :a ; sh:minInclusive :x .", MR_E_FORMAT, "sh:minInclusive"},
    {":S sh:targetNode :a ; sh:deactivated \"maybe\" .", MR_E_FORMAT, "sh:deactivated"},
    {":S sh:targetNode :a ; sh:closed 1 .", MR_E_FORMAT, "sh:closed"},
    {":S sh:targetNode :a ; sh:severity \"bad\" .", MR_E_FORMAT, "sh:severity"},
    {":S sh:targetNode :a ; sh:in :x .", MR_E_FORMAT, "sh:in"},
    {":S sh:targetNode :a ; sh:languageIn ( :en ) .", MR_E_FORMAT, "sh:languageIn"},
    {":S sh:targetNode :a ; sh:in [ rdf:first 1 ; rdf:rest rdf:nil, ( 2 ) ] .", MR_E_FORMAT, "sh:in"},
    {":S sh:targetNode :a ; sh:pattern \"(\" .", MR_E_FORMAT, "parenthesis"},
    {":S sh:targetNode :a ; sh:pattern \"a\" ; sh:flags \"g\" .", MR_E_FORMAT, "g"},
    {":S sh:targetNode :a ; sh:pattern :p .", MR_E_FORMAT, "sh:pattern"},
    {":S sh:targetNode :a ; sh:property :P .", MR_E_FORMAT, "sh:property"},
    {":S sh:targetNode :a ; sh:path ( :p ) .", MR_E_FORMAT, "sh:path"},
    {":S sh:targetNode :a ; sh:path \"p\" .", MR_E_FORMAT, "sh:path"},
    {":S sh:targetNode :a ; sh:path [ sh:inversePath :p ; sh:zeroOrOnePath :p ] .", MR_E_FORMAT, "sh:zeroOrOnePath"},
    {":S sh:targetNode :a ; sh:path _:x . _:x sh:inversePath _:x .", MR_E_LIMIT, NULL},
    {":S sh:targetNode :a ; sh:path _:x . _:x rdf:first :p ; rdf:rest _:x .", MR_E_LIMIT, NULL},
    {":S sh:targetNode :a ; sh:in _:x . _:x rdf:first 1 ; rdf:rest _:x .", MR_E_LIMIT, NULL},
};

static void test_shapes_compile__refuses_ill_formed_shapes(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const struct refusal *r = &refusals[i];
        const mr_shapes *shapes;
        struct mr_err err = {0};
        mr_arena_reset(&memory);
        int code = compile(r->shapes, &shapes, &err);
        if (code == (int)r->code && (!r->detail || strstr(err.detail, r->detail))) continue;
        print_error("%s\n  got %s (%s), wanted %s (%s)\n", r->shapes, mr_code_name((mr_code)code), err.detail,
                    mr_code_name(r->code), r->detail ? r->detail : "");
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* ---- limits ---- */

/* "before" so many times, then "middle", then "after" as many times. */
static const char *nest(const char *before, const char *middle, const char *after, size_t times)
{
    mr_buf out;
    mr_buf_init(&out, 16 * MR_MIB);
    for (size_t i = 0; i < times; i++) mr_buf_puts(&out, before);
    mr_buf_puts(&out, middle);
    for (size_t i = 0; i < times; i++) mr_buf_puts(&out, after);
    const char *text = mr_arena_cstr(&memory, mr_buf_str(&out));
    mr_buf_done(&out);
    assert_non_null(text);
    return text;
}

static void test_shapes_compile__has_a_limit_of_depth(void **state)
{
    const mr_shapes *shapes;
    struct mr_err err = {0};
    const char *at_limit = nest("[ sh:not ", "[]", " ]", MR_LIMIT_SHACL_DEPTH - 2);
    const char *above = nest("[ sh:not ", "[]", " ]", MR_LIMIT_SHACL_DEPTH);
    assert_ok(compile(mr_arena_format(&memory, ":S sh:targetNode :a ; sh:not %s .", at_limit).ptr, &shapes, &err), err);
    assert_code(compile(mr_arena_format(&memory, ":S sh:targetNode :a ; sh:not %s .", above).ptr, &shapes, &err),
                MR_E_LIMIT, err);
}

/* The second way to a shape is longer than the first. */
static void test_shapes_compile__has_a_limit_of_depth_whatever_the_way(void **state)
{
    const mr_shapes *shapes;
    struct mr_err err = {0};
    const char *deep = nest("[ sh:not ", ":T", " ]", MR_LIMIT_SHACL_DEPTH / 2 + 1);
    const char *body = nest("[ sh:not ", "[]", " ]", MR_LIMIT_SHACL_DEPTH / 2);
    mr_str text =
        mr_arena_format(&memory, ":T sh:targetNode :a ; sh:not %s . :Z sh:targetNode :a ; sh:not %s .", body, deep);
    assert_code(compile(text.ptr, &shapes, &err), MR_E_LIMIT, err);
}

static void test_shapes_compile__has_a_limit_of_members(void **state)
{
    const mr_shapes *shapes;
    struct mr_err err = {0};
    mr_str text =
        mr_arena_format(&memory, ":S sh:targetNode :a ; sh:in ( %s ) .", nest("1 ", "", "", MR_LIMIT_SHACL_LIST + 1));
    assert_code(compile(text.ptr, &shapes, &err), MR_E_LIMIT, err);
}

static void test_shapes_compile__has_a_limit_of_parts_of_paths(void **state)
{
    const mr_shapes *shapes;
    struct mr_err err = {0};
    mr_buf out; /* each path is the one before, twice */
    mr_buf_init(&out, MR_MIB);
    mr_buf_puts(&out, ":S sh:targetNode :a ; sh:path _:p0 . _:p30 rdf:first :p ; rdf:rest ( :p ) . ");
    for (int i = 0; i < 30; i++)
        mr_buf_format(&out, "_:p%d rdf:first _:p%d ; rdf:rest [ rdf:first _:p%d ; rdf:rest rdf:nil ] . ", i, i + 1,
                      i + 1);
    mr_buf_putc(&out, 0);
    int code = compile(out.ptr, &shapes, &err);
    assert_true(code == MR_E_LIMIT || code == MR_E_NOMEM);
    mr_buf_done(&out);
}

static void test_shacl_validate__gives_up_on_slow_patterns(void **state)
{
    mr_shacl_report report;
    struct mr_err err = {0};
    const char *data = mr_arena_format(&memory, ":a :p \"%s!\" .", nest("a", "", "", 60)).ptr;
    assert_code(run(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^(a+)+$\" ] .", data, &report, &err),
                MR_E_LIMIT, err);
    assert_ok(run(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern \"^a+!$\" ] .", data, &report, &err),
              err);
    assert_true(report.conforms);
}

static mr_dataset many_values(size_t count)
{
    mr_dataset ds;
    struct mr_err err = {0};
    mr_dataset_init(&ds, &memory);
    const mr_term *a = mr_term_iri(&memory, MR_STR("http://e/a")), *p = mr_term_iri(&memory, MR_STR("http://e/p"));
    const mr_term *q = mr_term_iri(&memory, MR_STR("http://e/q"));
    for (size_t i = 0; i < count; i++) {
        const mr_term *v =
            mr_term_literal(&memory, mr_arena_format(&memory, "%zu", i), MR_STR(MR_XSD "integer"), MR_STR_EMPTY);
        assert_ok(mr_dataset_add(&ds, a, p, v, NULL, NULL, &err), err);
        assert_ok(mr_dataset_add(&ds, a, q, v, NULL, NULL, &err), err);
    }
    return ds;
}

static void test_shacl_validate__has_a_limit_of_work(void **state)
{
    static const char *const costly[] = {"sh:lessThan :q", "sh:uniqueLang true"};
    const mr_shapes *shapes;
    mr_shacl_report report;
    struct mr_err err = {0};
    mr_dataset data = many_values(5000);
    for (size_t i = 0; i < data.count; i++) /* uniqueLang asks for languages */
        if (i % 2 == 0)
            data.quads[i].object = mr_term_literal(&memory, data.quads[i].object->text, MR_STR_EMPTY, MR_STR("en"));
    for (size_t i = 0; i < COUNT(costly); i++) {
        mr_str text = mr_arena_format(&memory, ":S sh:targetNode :a ; sh:property [ sh:path :p ; %s ] .", costly[i]);
        assert_ok(compile(text.ptr, &shapes, &err), err);
        assert_code(mr_shacl_validate(&memory, shapes, &data, 0, &report, &err), MR_E_LIMIT, err);
    }
}

static void test_shacl_validate__copes_with_many_values(void **state)
{
    const mr_shapes *shapes;
    mr_shacl_report report;
    struct mr_err err = {0};
    mr_dataset data = many_values(100000);
    assert_ok(compile(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:equals :q ; sh:datatype xsd:integer ; "
                      "sh:maxCount 100000 ; sh:hasValue 99999 ] .",
                      &shapes, &err),
              err);
    assert_ok(mr_shacl_validate(&memory, shapes, &data, 0, &report, &err), err);
    assert_true(report.conforms);
}

static void test_shacl_validate__has_a_limit_of_results(void **state)
{
    const mr_shapes *shapes;
    mr_shacl_report report;
    struct mr_err err = {0};
    mr_dataset data = read_turtle(":a :p 1, 2, 3 .");
    assert_ok(compile(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:nodeKind sh:IRI ] .", &shapes, &err), err);
    assert_ok(mr_shacl_validate(&memory, shapes, &data, 3, &report, &err), err);
    assert_int_equal(report.count, 3);
    assert_code(mr_shacl_validate(&memory, shapes, &data, 2, &report, &err), MR_E_LIMIT, err);
}

/* However little memory there is: an error, and nothing left behind. */
static void test_shacl_validate__survives_without_memory(void **state)
{
    mr_dataset shapes_graph = read_turtle(
        ":S sh:targetClass :C ; sh:node :T ; sh:closed true ; sh:or ( :T [ sh:class :D ] ) ; sh:property [ sh:path ( "
        ":p [ sh:zeroOrMorePath "
        ":q ] ) ; sh:pattern \"^(a|b)+c\" ; sh:flags \"i\" ; sh:maxCount 1 ; sh:equals :r ; sh:message \"m\"@en ] . "
        ":T sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:in ( 1 2 ) ] ; sh:qualifiedMinCount 2 ] .");
    mr_dataset data = read_turtle(":a a :C ; :p :b, \"aac\", \"x\" ; :r 1 . :b :q :c . :c :q :b, \"z\" .");
    size_t failed = 0, limit = 1024;
    int code = MR_E_NOMEM;
    for (; code != MR_OK && limit < 4 * MR_MIB; limit += 1024) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        const mr_shapes *shapes;
        mr_shacl_report report;
        mr_dataset out;
        struct mr_err err = {0};
        mr_arena_init(&a, limit);
        mr_dataset_init(&out, &a);
        code = mr_shapes_compile(&a, &shapes_graph, &shapes, &err);
        if (!code) code = mr_shacl_validate(&a, shapes, &data, 0, &report, &err);
        if (!code) code = mr_shacl_write_report(&report, &out, &err);
        if (code) assert_int_equal(code, MR_E_NOMEM);
        failed += code != MR_OK;
    }
    assert_int_equal(code, MR_OK);
    assert_true(failed > 10);
}

/* ---- results ---- */

static void test_shacl_validate__reads_the_default_graph_only(void **state)
{
    const mr_shapes *shapes;
    mr_dataset data;
    mr_shacl_report report;
    struct mr_err err = {0};
    mr_dataset_init(&data, &memory);
    assert_ok(mr_nquads_parse(&data, MR_STR("<http://e/a> <http://e/p> \"1\" <http://e/g> .\n"), &err), err);
    assert_ok(compile(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] .", &shapes, &err), err);
    assert_ok(mr_shacl_validate(&memory, shapes, &data, 0, &report, &err), err);
    assert_int_equal(report.count, 1);
}

static void test_shacl_result__has_the_severity_of_its_shape(void **state)
{
    static const struct {
        const char *iri;
        mr_severity severity;
    } cases[] = {{"sh:Violation", MR_SEVERITY_VIOLATION},
                 {"sh:Warning", MR_SEVERITY_WARNING},
                 {"sh:Info", MR_SEVERITY_INFO},
                 {":Mine", MR_SEVERITY_VIOLATION}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        mr_str text = mr_arena_format(&memory, ":S sh:targetNode :a ; sh:in ( 1 ) ; sh:severity %s .", cases[i].iri);
        mr_shacl_report report = validate(text.ptr, "");
        assert_int_equal(report.count, 1);
        assert_false(report.conforms);
        assert_int_equal(report.results[0].severity, cases[i].severity);
    }
}

static mr_str expected_of(const char *shapes, const char *data)
{
    const mr_term *out[8];
    mr_str joined = MR_STR("");
    mr_shacl_report report = validate(shapes, data);
    assert_int_equal(report.count, 1);
    size_t count = mr_shacl_expected(&report.results[0], out, COUNT(out));
    assert_true(count <= COUNT(out));
    assert_int_equal(mr_shacl_expected(&report.results[0], out, 1), 1);
    count = mr_shacl_expected(&report.results[0], out, COUNT(out));
    for (size_t i = 0; i < count; i++)
        joined = mr_arena_concat(&memory, (mr_str[]){joined, mr_str_of(i ? " " : ""), short_text(out[i])}, 3);
    return joined;
}

static void test_shacl_expected__says_what_would_have_been_right(void **state)
{
    static const char *const cases[][2] = {
        {"sh:class :C", "C"},
        {"sh:minCount 2", "2"},
        {"sh:in ( 1 :x )", "1 x"},
        {"sh:languageIn ( \"en\" \"da\" )", "en da"},
        {"sh:or ( [ sh:class :C ] [ sh:class :D ] [ sh:datatype :d ] [ sh:class :C ] )", "C D d"},
        {"sh:node [ sh:class :C ; sh:property [ sh:path :s ; sh:hasValue :scheme ; sh:class :E ] ]", "C scheme"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        mr_str text = mr_arena_format(&memory, ":S sh:targetNode :a ; sh:property [ sh:path :p ; %s ] .", cases[i][0]);
        assert_str(expected_of(text.ptr, ":a :p :y ."), cases[i][1]);
    }
}

/* ---- the report as RDF ---- */

static mr_str tail_of(mr_str iri)
{
    return mr_str_has_prefix(iri, MR_STR(SH)) ? mr_str_from(iri, strlen(SH)) : iri;
}

static size_t count_of(const mr_dataset *ds, const char *predicate, const char *text, const char *language)
{
    size_t count = 0;
    for (size_t i = 0; i < ds->count; i++) {
        const mr_quad *q = &ds->quads[i];
        count += mr_str_is(tail_of(q->predicate->text), predicate) && mr_str_is(q->object->text, text) &&
                 mr_str_is(q->object->language, language);
    }
    return count;
}

static void test_shacl_write_report__tells_every_message(void **state)
{
    mr_dataset ds;
    struct mr_err err = {0};
    mr_shacl_report report = validate(":S sh:targetNode :a ; sh:in ( 1 ) ; sh:message \"Bad\"@en, \"Skidt\"@da .", "");
    assert_true(mr_str_is(report.results[0].message, "Bad") || mr_str_is(report.results[0].message, "Skidt"));
    mr_dataset_init(&ds, &memory);
    assert_ok(mr_shacl_write_report(&report, &ds, &err), err);
    assert_int_equal(count_of(&ds, "resultMessage", "Bad", "en"), 1);
    assert_int_equal(count_of(&ds, "resultMessage", "Skidt", "da"), 1);
    assert_int_equal(count_of(&ds, "conforms", "false", ""), 1);
    assert_int_equal(count_of(&ds, "sourceConstraintComponent", SH "InConstraintComponent", ""), 1);
}

/* Blank nodes: a focus node that is also a value is one node in the report; the shape is another, whatever their numbers. */
static void test_shacl_write_report__keeps_blank_nodes_apart(void **state)
{
    mr_dataset ds;
    struct mr_err err = {0};
    const mr_term *focus = NULL, *value = NULL, *shape = NULL;
    mr_shacl_report report = validate("_:s sh:targetSubjectsOf :p ; sh:nodeKind sh:IRI .", "_:b :p 1 .");
    mr_dataset_init(&ds, &memory);
    assert_non_null(mr_dataset_blank(&ds, MR_STR("b")));
    assert_ok(mr_shacl_write_report(&report, &ds, &err), err);
    for (size_t i = 0; i < ds.count; i++) {
        mr_str predicate = tail_of(ds.quads[i].predicate->text);
        if (mr_str_is(predicate, "focusNode")) focus = ds.quads[i].object;
        if (mr_str_is(predicate, "value")) value = ds.quads[i].object;
        if (mr_str_is(predicate, "sourceShape")) shape = ds.quads[i].object;
        assert_int_not_equal(ds.quads[i].object->kind == MR_TERM_BLANK && ds.quads[i].object->number == 0, 1);
    }
    assert_true(focus && value && shape);
    assert_true(mr_term_eq(focus, value));
    assert_false(mr_term_eq(focus, shape));
}

static void test_shacl_write_report__of_nothing_conforms(void **state)
{
    mr_dataset ds;
    struct mr_err err = {0};
    mr_shacl_report report = validate(":S sh:targetNode :a .", "");
    mr_dataset_init(&ds, &memory);
    assert_ok(mr_shacl_write_report(&report, &ds, &err), err);
    assert_int_equal(ds.count, 2);
    assert_int_equal(count_of(&ds, "conforms", "true", ""), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_shacl_validate__finds_what_does_not_hold, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shapes_compile__refuses_ill_formed_shapes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shapes_compile__has_a_limit_of_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shapes_compile__has_a_limit_of_depth_whatever_the_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shapes_compile__has_a_limit_of_members, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shapes_compile__has_a_limit_of_parts_of_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_validate__gives_up_on_slow_patterns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_validate__has_a_limit_of_work, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_validate__copes_with_many_values, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_validate__has_a_limit_of_results, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_validate__survives_without_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_validate__reads_the_default_graph_only, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_result__has_the_severity_of_its_shape, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_expected__says_what_would_have_been_right, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_write_report__tells_every_message, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_write_report__keeps_blank_nodes_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(test_shacl_write_report__of_nothing_conforms, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
