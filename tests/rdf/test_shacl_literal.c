/* Lexical spaces and order of literals, after XML Schema 1.1 part 2 and SPARQL 1.1 section 17.3. */
#include "rdf/shacl_literal.h"
#include "testing.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A literal of xsd:..., or of rdf:... where XML Schema has no such datatype. */
static mr_term literal(const char *text, const char *datatype)
{
    static char kept[4][96];
    static size_t turn;
    char *iri = kept[turn++ % COUNT(kept)];
    snprintf(iri, sizeof *kept, "%s%s", MR_XSD, datatype);
    if (mr_datatype_find(mr_str_of(iri)) == MR_DATATYPE_OTHER) snprintf(iri, sizeof *kept, "%s%s", MR_RDF, datatype);
    return (mr_term){.kind = MR_TERM_LITERAL, .text = mr_str_of(text), .datatype = mr_str_of(iri)};
}

/* Forms that are in the lexical space, then forms that are not; both end with NULL. */
static const struct space {
    const char *datatype;
    const char *in[14], *out[16];
} spaces[] = {
    {"string", {"", "a", "\n"}, {NULL}},
    {"boolean", {"true", "false", "1", "0"}, {"", "True", "yes", "TRUE", " true", "2"}},
    {"decimal", {"0", "-1.5", "+1.5", ".5", "5.", "00010.0"}, {"", ".", "+", "1e3", "1,5", "INF", " 1", "1 ", "--1"}},
    {"integer", {"0", "-0", "+7", "007", "123456789012345678901234567890"}, {"", "1.0", "1.", "-", "a", " 1", "1e1"}},
    {"nonPositiveInteger", {"0", "-1", "-0", "+0"}, {"1", "+1"}},
    {"negativeInteger", {"-1", "-10"}, {"0", "-0", "1"}},
    {"nonNegativeInteger", {"0", "-0", "1"}, {"-1"}},
    {"positiveInteger", {"1", "+1", "0010"}, {"0", "-1", "+0"}},
    {"long", {"9223372036854775807", "-9223372036854775808"}, {"9223372036854775808", "-9223372036854775809"}},
    {"int", {"2147483647", "-2147483648"}, {"2147483648", "-2147483649"}},
    {"short", {"32767", "-32768"}, {"32768", "-32769"}},
    {"byte", {"127", "-128", "+0000127"}, {"128", "-129", "300", "c"}},
    {"unsignedLong", {"18446744073709551615", "0"}, {"18446744073709551616", "-1"}},
    {"unsignedInt", {"4294967295"}, {"4294967296", "-1"}},
    {"unsignedShort", {"65535"}, {"65536"}},
    {"unsignedByte", {"255"}, {"256"}},
    {"float", {"1", "-1.5e3", "INF", "-INF", "NaN", "1E+2"}, {"", "inf", "nan", "1e", "e1", "-NaN", "1e1.5"}},
    {"double", {"1", ".5e-3", "+INF", "5."}, {"", ".", ".e1", "Infinity", "0x1"}},
    {"dateTime",
     {"2026-10-14T09:12:00", "2026-10-14T09:12:00Z", "2026-10-14T09:12:00.123+02:00", "2024-02-29T00:00:00",
      "2026-10-14T24:00:00", "-0044-03-15T12:00:00Z", "12026-01-01T00:00:00", "2026-10-14T09:12:00-14:00"},
     {"", "2026-10-14", "2026-10-14 09:12:00", "2026-10-14T09:12", "2026-13-14T09:12:00", "2025-02-29T00:00:00",
      "2026-10-14T24:00:01", "2026-10-14T09:60:00", "2026-10-14T09:12:60", "2026-10-14T09:12:00+14:01",
      "2026-10-14T09:12:00.", "02026-10-14T09:12:00", "2026-10-14T9:12:00", "2026-10-14T09:12:00Zx"}},
    {"dateTimeStamp", {"2026-10-14T09:12:00Z", "2026-10-14T09:12:00+00:00"}, {"2026-10-14T09:12:00"}},
    {"date",
     {"2026-10-14", "2026-10-14Z", "2026-10-14+05:30", "2000-02-29", "-0001-01-01"},
     {"", "26-10-14", "2026-10-32", "2026-00-10", "1900-02-29", "2026-10-14T00:00:00", "14.10.2026", "2026-1-1"}},
    {"time", {"09:12:00", "23:59:59.999Z", "24:00:00"}, {"", "9:12:00", "25:00:00", "24:00:00.1", "09:12"}},
    {"gYear", {"2026", "-0044", "2026Z", "12026"}, {"", "26", "02026", "2026-10"}},
    {"gYearMonth", {"2026-10", "2026-10+01:00"}, {"2026", "2026-13", "2026-1"}},
    {"gMonthDay", {"--10-14", "--02-29", "--02-29Z"}, {"--02-30", "10-14", "--13-01"}},
    {"gMonth", {"--10", "--01Z"}, {"--13", "10", "--1"}},
    {"gDay", {"---14", "---31Z"}, {"---32", "14", "---00"}},
    {"duration",
     {"PT60H", "P1Y2M3DT4H5M6.7S", "-P1D", "PT0S", "P0Y"},
     {"", "P", "PT", "60 hours", "P1YT", "P1S", "PT1D", "P1M1Y", "P1.5D", "P-1D", "1D", "PT60H ", "PT.5S", "PT1.S"}},
    {"yearMonthDuration", {"P1Y", "-P1Y2M", "P14M"}, {"P1D", "PT1H", "P1YT1H", "P"}},
    {"dayTimeDuration", {"P1D", "PT1H", "P1DT2H3M4.5S"}, {"P1Y", "P1M", "P", "P1DT"}},
    {"anyURI", {"", "http://example.org/", "a b", "\xC3\xA9"}, {NULL}},
    {"normalizedString", {"", " a  b "}, {"a\tb", "a\nb", "\r"}},
    {"token", {"", "a b"}, {" a", "a ", "a  b", "a\tb"}},
    {"language", {"en", "da-DK", "x-klingon", "de-1996"}, {"", "en_GB", "abcdefghi", "-en", "en-", "1en", "e n"}},
    {"NMTOKEN", {"a", "1a", "-", "a:b", "\xC3\xA9"}, {"", "a b"}},
    {"Name", {"a", "_a1", ":a"}, {"", "1a", "-a", "a b"}},
    {"NCName", {"a", "_a1.-"}, {"", "a:b", "1"}},
    {"base64Binary",
     {"", "AAAA", "AAA=", "AA==", "AA A A", "+/+/"},
     {"A", "AAA", "AAB=", "AB==", "A===", "=AAA", "AA-_", " AAAA", "AAAA\n"}},
    {"hexBinary", {"", "00", "aF"}, {"0", "0g", " 00"}},
    {"HTML", {"", "<p>", "plain"}, {NULL}},
    {"XMLLiteral", {"<a/>"}, {NULL}},
    {"JSON", {"{}", "[1, 2]", "\"a\"", "null", " 1 ", "{\"a\":1,\"a\":2}"}, {"", "{", "'a'", "nul", "[1,]"}},
    {"langString", {NULL}, {"no language"}},
};

static size_t check_space(const char *datatype, const char *const *forms, bool wanted)
{
    size_t wrong = 0;
    for (; *forms; forms++) {
        mr_term t = literal(*forms, datatype);
        mr_datatype known = mr_datatype_find(t.datatype);
        if (known != MR_DATATYPE_OTHER && mr_literal_is_well_formed(&t, known) == wanted) continue;
        print_error("\"%s\" is %swell-formed as %s\n", *forms, wanted ? "not " : "", datatype);
        wrong++;
    }
    return wrong;
}

static void test_literal_is_well_formed__knows_the_lexical_spaces(void **state)
{
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(spaces); i++) {
        wrong += check_space(spaces[i].datatype, spaces[i].in, true);
        wrong += check_space(spaces[i].datatype, spaces[i].out, false);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(COUNT(spaces), MR_DATATYPE_COUNT - 1);
}

static void test_literal_is_well_formed__lets_unknown_datatypes_be(void **state)
{
    mr_term t = {.kind = MR_TERM_LITERAL, .text = MR_STR("?"), .datatype = MR_STR("http://example.org/mine")};
    assert_int_equal(mr_datatype_find(t.datatype), MR_DATATYPE_OTHER);
    assert_true(mr_literal_is_well_formed(&t, MR_DATATYPE_OTHER));
    t = (mr_term){.kind = MR_TERM_LITERAL, .datatype = MR_STR(MR_RDF "langString"), .language = MR_STR("en")};
    assert_true(mr_literal_is_well_formed(&t, MR_DATATYPE_LANG_STRING));
}

/* a, its datatype, how they stand ('<' '=' '>', '?' for not comparable), b, its datatype */
static const struct pair {
    const char *a, *a_type;
    char order;
    const char *b, *b_type;
} pairs[] = {
    {"1", "integer", '<', "2", "integer"},
    {"10", "integer", '>', "9", "integer"},
    {"-10", "integer", '<', "-9", "integer"},
    {"0", "integer", '=', "-0", "integer"},
    {"-1", "integer", '<', "0", "byte"},
    {"007", "integer", '=', "7.00", "decimal"},
    {"0.1", "decimal", '<', "0.11", "decimal"},
    {"-0.1", "decimal", '>', "-0.11", "decimal"},
    {"100000000000000000000000000000001", "integer", '>', "100000000000000000000000000000000", "integer"},
    {"9007199254740993", "integer", '=', "9007199254740992", "double"},
    {"0.1", "decimal", '=', "1e-1", "double"},
    {"0.1", "float", '=', "0.1", "decimal"},
    {"0.1", "float", '>', "0.1", "double"},
    {"1e3", "double", '=', "1000", "integer"},
    {"INF", "double", '>', "1e308", "double"},
    {"-INF", "float", '<', "-1e30", "double"},
    {"INF", "double", '=', "INF", "float"},
    {"NaN", "double", '?', "NaN", "double"},
    {"1", "integer", '?', "1", "string"},
    {"x", "integer", '?', "1", "integer"},
    {"1", "integer", '?', "x", "integer"},
    {"300", "byte", '?', "1", "integer"},
    {"a", "string", '<', "b", "string"},
    {"a", "string", '<', "aa", "string"},
    {"Z", "string", '<', "a", "string"},
    {"a", "string", '=', "a", "string"},
    {"a", "token", '?', "a", "token"},
    {"false", "boolean", '<', "1", "boolean"},
    {"true", "boolean", '=', "1", "boolean"},
    {"2026-10-14T09:00:00Z", "dateTime", '<', "2026-10-14T09:00:01Z", "dateTime"},
    {"2026-10-14T09:00:00+02:00", "dateTime", '=', "2026-10-14T07:00:00Z", "dateTime"},
    {"2026-10-14T09:00:00+02:00", "dateTime", '<', "2026-10-14T08:00:00Z", "dateTimeStamp"},
    {"2026-10-14T24:00:00Z", "dateTime", '=', "2026-10-15T00:00:00Z", "dateTime"},
    {"2026-10-14T09:00:00.5", "dateTime", '<', "2026-10-14T09:00:00.51", "dateTime"},
    {"2026-10-14T09:00:00.50", "dateTime", '=', "2026-10-14T09:00:00.5", "dateTime"},
    {"2026-10-14T09:00:00", "dateTime", '=', "2026-10-14T09:00:00", "dateTime"},
    {"2026-10-14T09:00:00", "dateTime", '?', "2026-10-14T09:00:00Z", "dateTime"},
    {"2026-10-14T09:00:00", "dateTime", '?', "2026-10-14T23:00:00Z", "dateTime"},
    {"2026-10-14T09:00:00", "dateTime", '<', "2026-10-14T23:00:01Z", "dateTime"},
    {"2026-10-14T09:00:00Z", "dateTime", '>', "2026-10-13T18:59:59", "dateTime"},
    {"-0001-01-01T00:00:00Z", "dateTime", '<', "0001-01-01T00:00:00Z", "dateTime"},
    {"2024-02-29T00:00:00Z", "dateTime", '<', "2024-03-01T00:00:00Z", "dateTime"},
    {"1999-12-31T23:00:00-02:00", "dateTime", '=', "2000-01-01T01:00:00Z", "dateTime"},
    {"1000000000000-01-01T00:00:00Z", "dateTime", '?', "2026-01-01T00:00:00Z", "dateTime"},
    {"2026-10-14", "date", '<', "2026-10-15", "date"},
    {"2026-10-14Z", "date", '>', "2026-10-14+01:00", "date"},
    {"2026-10-14", "date", '?', "2026-10-14Z", "date"},
    {"2026-10-14", "date", '?', "2026-10-14T00:00:00", "dateTime"},
    {"09:00:00", "time", '<', "10:00:00", "time"},
    {"PT1H", "duration", '?', "PT2H", "duration"},
    {"2026", "gYear", '?', "2027", "gYear"},
};

static char order_sign(mr_order order)
{
    return "?<=>"[order];
}

static void test_literal_compare__orders_values(void **state)
{
    static const char mirrored[] = {['<'] = '>', ['>'] = '<', ['='] = '=', ['?'] = '?'};
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        const struct pair *p = &pairs[i];
        mr_term a = literal(p->a, p->a_type), b = literal(p->b, p->b_type);
        char there = order_sign(mr_literal_compare(&a, &b)), back = order_sign(mr_literal_compare(&b, &a));
        if (there == p->order && back == mirrored[(int)p->order]) continue;
        print_error("%s (%s), %s (%s): got %c and back %c, wanted %c\n", p->a, p->a_type, p->b, p->b_type, there, back,
                    p->order);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void test_literal_compare__knows_only_literals(void **state)
{
    mr_term iri = {.kind = MR_TERM_IRI, .text = MR_STR("1")}, one = literal("1", "integer");
    assert_int_equal(mr_literal_compare(&iri, &one), MR_ORDER_NONE);
    assert_int_equal(mr_literal_compare(&one, &iri), MR_ORDER_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_literal_is_well_formed__knows_the_lexical_spaces),
        cmocka_unit_test(test_literal_is_well_formed__lets_unknown_datatypes_be),
        cmocka_unit_test(test_literal_compare__orders_values),
        cmocka_unit_test(test_literal_compare__knows_only_literals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
