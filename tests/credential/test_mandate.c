/* The mandate enclosed in a credential that is sealed on behalf of another: written as the Commission's issuer does, and read from whatever somebody wrote. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "credential/check.h"
#include "credential/elm.h"
#include "credential/mandate.h"
#include "credential/specification_file.h"
#include "credential/view.h"
#include "crypto/authority.h"

#define NOW INT64_C(1795176000000) /* 2026-11-20T12:00:00Z */
#define EVIDENCE "http://data.europa.eu/snb/evidence-type/c_18016257"
#define PDF "%PDF-1.4\ninvented mandate"

static mr_arena arena;

static int setup(void **state)
{
    mr_arena_init(&arena, 256 * MR_MIB);
    return 0;
}
static int teardown(void **state)
{
    mr_arena_done(&arena);
    return 0;
}

static void test_mandate_take__knows_three_kinds_by_their_octets(void **state)
{
    static const struct {
        mr_str octets;
        mr_mandate_kind kind;
    } cases[] = {
        {MR_STR_INIT("%PDF-1.7 ..."), MR_MANDATE_PDF},      {MR_STR_INIT("\x89PNG\r\n\x1a\n..."), MR_MANDATE_PNG},
        {MR_STR_INIT("\xff\xd8\xff\xe0"), MR_MANDATE_JPEG}, {MR_STR_INIT("<html>%PDF-"), MR_MANDATE_NONE},
        {MR_STR_INIT("PK\x03\x04"), MR_MANDATE_NONE},       {MR_STR_INIT(""), MR_MANDATE_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_mandate m;
        int code = mr_mandate_take(cases[i].octets, MR_STR("a/b/mandate.x"), &m, &err);
        assert_code(code, cases[i].kind == MR_MANDATE_NONE ? MR_E_FORMAT : MR_OK, err);
        if (code) continue;
        assert_int_equal(m.kind, cases[i].kind);
        assert_str(m.name, "mandate.x");
    }
}

static void test_mandate_take__has_a_limit(void **state)
{
    struct mr_err err = {0};
    struct mr_mandate m;
    char *octets = mr_arena_zalloc(&arena, 1, MR_LIMIT_MANDATE + 1);
    memcpy(octets, "%PDF-", 5);
    assert_ok(mr_mandate_take(mr_str_make(octets, MR_LIMIT_MANDATE), MR_STR("m"), &m, &err), err);
    assert_code(mr_mandate_take(mr_str_make(octets, MR_LIMIT_MANDATE + 1), MR_STR("m"), &m, &err), MR_E_LIMIT, err);
}

/* ---- written ---- */

static mr_str write_with(const struct mr_mandate *mandate)
{
    struct mr_err err = {0};
    mr_env env = test_env_fixed(NOW, 3);
    struct mr_authority authority;
    struct mr_seal_key seal;
    struct mr_findings findings;
    mr_specification s;
    mr_buf out;
    const struct mr_seal_subject subject = {MR_STR("Sealing Service"), MR_STR("VATDK-99999999"), MR_STR("DK"),
                                            MR_STR("TEST seal")};
    mr_findings_init(&findings, &arena);
    mr_str text = test_read_file(&arena, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    assert_ok(mr_specification_read(&arena, text, &s, &findings, &err), err);
    assert_ok(mr_authority_new(&env, &authority, &err), err);
    assert_ok(mr_authority_issue_seal(&authority, &env, &subject, MR_KEY_P256, &seal, &err), err);
    const struct mr_elm_issuing i = {
        .specification = &s, .certificate = seal.certificate, .now = NOW, .mandate = mandate};
    const mr_achievement x = {.id = "01934567-89ab-7cde-8f01-23456789abcd",
                              .learner = {.full_name = MR_STR("Ida Invented")},
                              .awarded_on = {2026, 10, 14}};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    assert_ok(mr_elm_write_edc(&i, &x, MR_STR("\x89PNG\r\n\x1a\n"), &out, &err), err);
    mr_str document = mr_arena_dup(&arena, mr_buf_str(&out));
    mr_buf_done(&out);
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
    return document;
}

static const mr_json *parse(mr_str text)
{
    struct mr_err err = {0};
    const mr_json *document;
    assert_ok(mr_json_parse(&arena, text, NULL, &document, &err), err);
    return document;
}

static void test_mandate__is_written_and_read_back(void **state)
{
    struct mr_err err = {0};
    struct mr_mandate mandate;
    mr_view view;
    mr_str octets;
    assert_ok(mr_mandate_take(MR_STR(PDF), MR_STR("our \"mandate\".pdf"), &mandate, &err), err);
    const mr_json *d = parse(write_with(&mandate));
    assert_str(mr_json_str(mr_json_find(d, MR_STR("/evidence/0/dcType/id"))), EVIDENCE);
    assert_str(mr_json_str(mr_json_find(d, MR_STR("/evidence/0/embeddedEvidence/0/contentType/id"))),
               "http://publications.europa.eu/resource/authority/file-type/PDF");
    assert_ok(mr_view_read(&arena, d, mr_language_english(), &view, &err), err);
    assert_int_equal(view.mandate.kind, MR_MANDATE_PDF);
    assert_str(view.mandate.name, "our \"mandate\".pdf");
    assert_int_equal(view.mandate.size, sizeof PDF - 1);
    assert_ok(mr_mandate_decode(&arena, &view.mandate, &octets, &err), err);
    assert_str(octets, PDF);
    d = parse(write_with(NULL));
    assert_null(mr_json_find(d, MR_STR("/evidence/0/embeddedEvidence")));
    assert_ok(mr_view_read(&arena, d, mr_language_english(), &view, &err), err);
    assert_int_equal(view.mandate.kind, MR_MANDATE_NONE);
}

/* The document's own profile; "edc-issued-by-mandate" is asked for in tests/cli/commands.py. */
static void test_mandate__conforms_to_the_official_shapes(void **state)
{
    struct mr_err err = {0};
    struct mr_mandate mandate;
    mr_env env = test_env_fixed(NOW, 4);
    mr_checker *checker;
    mr_checked checked;
    assert_ok(mr_mandate_take(MR_STR(PDF), MR_STR("mandate.pdf"), &mandate, &err), err);
    assert_ok(mr_checker_open(&env, &checker, &err), err);
    assert_ok(mr_check_file(checker, &arena, write_with(&mandate), mr_language_english(), &checked, &err), err);
    for (size_t i = 0; i < checked.findings.count; i++)
        if (!checked.findings.items[i].warning)
            fail_msg("%s at %s", checked.findings.items[i].id, checked.findings.items[i].pointer);
    assert_int_equal(checked.findings.faults, 0);
    mr_checker_close(checker);
}

/* ---- read ---- */

static void test_mandate_find__takes_only_what_could_be_one(void **state)
{
    static const struct {
        const char *document, *name;
        mr_mandate_kind kind;
        mr_code decoded;
    } cases[] = {
        {"{}", "", MR_MANDATE_NONE, MR_OK},
        {"{\"evidence\": {\"dcType\": \"" EVIDENCE "\", \"embeddedEvidence\": {\"content\": \"JVBERi0xLjQ=\"}}}", "",
         MR_MANDATE_PDF, MR_OK},
        {"{\"evidence\": [{\"dcType\": {\"id\": \"" EVIDENCE
         "\"}, \"embeddedEvidence\": [{\"title\": {\"da\": \"fuldmagt\"}, \"content\": \"JVBERi0xLjQ=\"}]}]}",
         "fuldmagt", MR_MANDATE_PDF, MR_OK},
        {"{\"evidence\": {\"dcType\": {\"id\": \"urn:another\"}, \"embeddedEvidence\": {\"content\": \"JVBERi0x\"}}}",
         "", MR_MANDATE_NONE, MR_OK},
        {"{\"evidence\": {\"dcType\": \"" EVIDENCE "\", \"embeddedEvidence\": {\"content\": \"PGh0bWw+\"}}}", "",
         MR_MANDATE_NONE, MR_OK},
        {"{\"evidence\": {\"dcType\": \"" EVIDENCE "\", \"embeddedEvidence\": {\"content\": \"JVBERi*\"}}}", "",
         MR_MANDATE_PDF, MR_E_ENCODING},
        {"{\"evidence\": {\"dcType\": \"" EVIDENCE "\", \"embeddedEvidence\": {\"content\": \"JVBERiw=\"}}}", "",
         MR_MANDATE_PDF, MR_E_FORMAT}, /* "%PDF," */
        {"{\"evidence\": {\"dcType\": \"" EVIDENCE "\", \"embeddedEvidence\": {\"content\": [1, {}]}}}", "",
         MR_MANDATE_NONE, MR_OK},
        {"{\"evidence\": [1, [], {\"dcType\": [], \"embeddedEvidence\": 7}]}", "", MR_MANDATE_NONE, MR_OK},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_str octets;
        struct mr_mandate m = mr_mandate_find(parse(mr_str_of(cases[i].document)), MR_STR("en"));
        if (m.kind != cases[i].kind) fail_msg("case %zu: kind %d", i, m.kind);
        assert_str(m.name, cases[i].name);
        if (m.kind == MR_MANDATE_NONE) continue;
        int code = mr_mandate_decode(&arena, &m, &octets, &err);
        if (code != (int)cases[i].decoded) fail_msg("case %zu: %s", i, mr_code_name((mr_code)code));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mandate_take__knows_three_kinds_by_their_octets),
        cmocka_unit_test(test_mandate_take__has_a_limit),
        cmocka_unit_test(test_mandate__is_written_and_read_back),
        cmocka_unit_test(test_mandate__conforms_to_the_official_shapes),
        cmocka_unit_test(test_mandate_find__takes_only_what_could_be_one),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
