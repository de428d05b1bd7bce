/* The public interface as a caller meets it: through merit/merit.h alone, but for the files of the tests. */
#include "testing.h"

#include <merit/merit.h>

#define NOW INT64_C(1791968400000) /* 2026-10-14T09:00:00Z */

#define assert_done(call, err)                                                                                         \
    do {                                                                                                               \
        merit_code code_ = (call);                                                                                     \
        if (code_ != MERIT_OK) fail_msg("%s: %d %s: %s", #call, (int)code_, (err).name, (err).message);                \
    } while (0)

struct files {
    mr_arena a;
    mr_str specification;
};

static int setup(void **state)
{
    static struct files f;
    mr_arena_init(&f.a, 64 * 1024 * 1024);
    f.specification = test_read_file(&f.a, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    mr_arena_done(&((struct files *)*state)->a);
    return 0;
}

static merit_key *test_seal(void)
{
    merit_error err = {0};
    merit_key *seal = NULL;
    assert_done(merit_key_new_test_seal("Aarhus School of Nursing (invented)", "VATDK-00000000", "DK", &seal, &err),
                err);
    return seal;
}

static merit_issuer *issuer_of(const struct files *f, const merit_key *seal)
{
    merit_error err = {0};
    merit_issuer *issuer = NULL;
    assert_done(merit_issuer_new(f->specification.ptr, f->specification.len, seal, &issuer, &err), err);
    return issuer;
}

static char *issued(const struct files *f, const char *format, size_t *ret_size)
{
    merit_error err = {0};
    char *credential = NULL;
    merit_key *seal = test_seal();
    merit_issuer *issuer = issuer_of(f, seal);
    const struct merit_achievement mette = {
        .size = sizeof mette, .name = "Mette Krogh Poulsen", .birth_date = "1994-03-12", .grade = "10"};
    assert_done(merit_issue(issuer, &mette, format, &credential, ret_size, &err), err);
    merit_issuer_free(issuer);
    merit_key_free(seal);
    return credential;
}

static merit_verifier *verifier_in(const char *language)
{
    merit_error err = {0};
    merit_verifier *verifier = NULL;
    assert_done(merit_verifier_new(&verifier, &err), err);
    assert_done(merit_verifier_set_language(verifier, language, &err), err);
    return verifier;
}

/* ---- keys ---- */

static void test_key__is_made_written_and_read_back(void **state)
{
    static const char *const kinds[] = {"Ed25519", "P-256", "P-384", "P-521"};
    static const char *const passwords[] = {NULL, "", "correct horse"};
    for (size_t i = 0; i < 4 * 3; i++) {
        merit_error err = {0};
        merit_key *key = NULL, *back = NULL;
        char *pem = NULL, *jwk = NULL, *jwk_back = NULL;
        const char *password = passwords[i % 3];
        assert_done(merit_key_new(kinds[i / 3], &key, &err), err);
        assert_true(merit_key_is_private(key));
        assert_false(merit_key_is_seal(key));
        assert_done(merit_key_write_pem(key, password, &pem, &err), err);
        assert_int_equal(strstr(pem, "ENCRYPTED") != NULL, i % 3 == 2);
        assert_done(merit_key_read(pem, strlen(pem), password, &back, &err), err);
        assert_done(merit_key_write_jwk(key, &jwk, &err), err);
        assert_done(merit_key_write_jwk(back, &jwk_back, &err), err);
        assert_string_equal(jwk, jwk_back);
        merit_key_free(back);
        assert_done(merit_key_read(jwk, strlen(jwk), NULL, &back, &err), err);
        assert_false(merit_key_is_private(back));
        assert_int_equal(merit_key_write_pem(back, NULL, &pem, &err), MERIT_E_KEY);
        merit_key_free(key), merit_key_free(back);
        merit_free(pem), merit_free(jwk), merit_free(jwk_back);
    }
}

static void test_key__refuses_what_is_none(void **state)
{
    static const struct {
        const char *text, *password;
        merit_code code;
        const char *name;
    } cases[] = {
        {"", NULL, MERIT_E_INPUT, "format"},
        {"{}", NULL, MERIT_E_UNSUPPORTED, "unsupported"},
        {"{\"kty\":\"oct\",\"k\":\"AA\"}", NULL, MERIT_E_INPUT, "format"},
        {"{\"kty\"", NULL, MERIT_E_INPUT, "json"},
        {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL, MERIT_E_INPUT, "format"},
        {"hello", NULL, MERIT_E_INPUT, "format"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        merit_error err = {0};
        merit_key *key = NULL;
        merit_code code = merit_key_read(cases[i].text, strlen(cases[i].text), cases[i].password, &key, &err);
        if (code != cases[i].code || strcmp(err.name, cases[i].name) != 0)
            fail_msg("%s: %d %s %s", cases[i].text, (int)code, err.name, err.message);
        assert_null(key);
        assert_true(err.message[0] != '\0');
    }
    assert_int_equal(merit_key_read(NULL, 0, NULL, &(merit_key *){NULL}, NULL), MERIT_E_INPUT);
    assert_int_equal(merit_key_new("secp256k1", &(merit_key *){NULL}, NULL), MERIT_E_USAGE);
    assert_int_equal(merit_key_new(NULL, &(merit_key *){NULL}, NULL), MERIT_E_USAGE);
}

static void test_key__tells_a_wrong_password(void **state)
{
    merit_error err = {0};
    merit_key *seal = test_seal(), *back = NULL;
    char *pem = NULL;
    assert_true(merit_key_is_seal(seal));
    assert_done(merit_key_write_pem(seal, "right", &pem, &err), err);
    assert_int_equal(merit_key_read(pem, strlen(pem), "wrong", &back, &err), MERIT_E_PASSWORD);
    assert_int_equal(merit_key_read(pem, strlen(pem), NULL, &back, &err), MERIT_E_PASSWORD);
    assert_done(merit_key_read(pem, strlen(pem), "right", &back, &err), err);
    assert_true(merit_key_is_seal(back));
    merit_key_free(seal), merit_key_free(back), merit_free(pem);
}

static void test_key__holds_itself_in_an_identifier(void **state)
{
    /* did:key Method, test vectors: Ed25519 */
    static const char jwk[] =
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik\"}";
    static const char did[] = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    merit_error err = {0};
    merit_key *key = NULL;
    char *text = NULL;
    assert_done(merit_key_read(jwk, strlen(jwk), NULL, &key, &err), err);
    assert_done(merit_key_write_did(key, "did:key", &text, &err), err);
    assert_string_equal(text, did);
    merit_free(text);
    assert_done(merit_key_write_method(key, "did:key", &text, &err), err);
    char method[256];
    snprintf(method, sizeof method, "%s#%s", did, did + sizeof "did:key:" - 1);
    assert_string_equal(text, method);
    merit_free(text);
    assert_done(merit_key_write_method(key, "did:jwk", &text, &err), err);
    assert_true(strncmp(text, "did:jwk:ey", 10) == 0 && strcmp(text + strlen(text) - 2, "#0") == 0);
    merit_free(text);
    assert_int_equal(merit_key_write_did(key, "did:web", &text, &err), MERIT_E_USAGE);
    assert_int_equal(merit_key_write_method(key, NULL, &text, &err), MERIT_E_USAGE);
    merit_key_free(key);
}

/* ---- issuing and verifying ---- */

static void test_issue__writes_what_verify_reads(void **state)
{
    static const struct {
        const char *format, *code;
    } cases[] = {{"elm", "elm+jades"}, {"vc+jwt", "vc+jwt"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        merit_error err = {0};
        merit_report *report = NULL;
        size_t size = 0, json_size = 0, document_size = 0;
        char *credential = issued(*state, cases[i].format, &size);
        assert_int_equal(size, strlen(credential));
        merit_verifier *verifier = verifier_in("en");
        assert_done(merit_verify(verifier, credential, size, &report, &err), err);
        memset(credential, 'x', size); /* the report has what it needs */
        merit_free(credential);
        merit_verifier_free(verifier);
        assert_int_equal(merit_report_verdict(report), MERIT_UNKNOWN);
        assert_string_equal(merit_report_format_code(report), cases[i].code);
        assert_non_null(strstr(merit_report_story(report), "Mette Krogh Poulsen"));
        assert_int_equal(merit_check_result_state(merit_report_find_check(report, "seal")), MERIT_PASSED);
        assert_int_equal(merit_check_result_state(merit_report_find_check(report, "trust")), MERIT_UNCHECKED);
        const char *json = merit_report_json(report, &json_size);
        assert_int_equal(json_size, strlen(json));
        assert_non_null(strstr(json, "\"verdict\":\"unknown\""));
        assert_ptr_equal(json, merit_report_json(report, NULL));
        const char *document = merit_report_document(report, &document_size);
        assert_int_equal(document_size, strlen(document));
        assert_int_equal(document[0], '{');
        assert_non_null(strstr(merit_report_text(report, NULL), merit_report_summary(report)));
        merit_report_free(report);
    }
}

static void test_report__tells_every_check_and_element(void **state)
{
    static const char *const codes[] = {"format", "seal",   "issuer",  "trust",       "status",
                                        "dates",  "holder", "quality", "completeness"};
    merit_error err = {0};
    merit_report *report = NULL;
    size_t size = 0, answered = 0;
    char *credential = issued(*state, "elm", &size);
    merit_verifier *verifier = verifier_in("da-DK");
    assert_done(merit_verify(verifier, credential, size, &report, &err), err);
    assert_int_equal(merit_report_check_count(report), 9);
    for (size_t i = 0; i < 9; i++) {
        const merit_check_result *check = merit_report_check(report, i);
        assert_string_equal(merit_check_result_code(check), codes[i]);
        assert_ptr_equal(check, merit_report_find_check(report, codes[i]));
        assert_true(merit_check_result_text(check)[0] != '\0');
        assert_int_equal(merit_check_result_count(check) > 0, i == 1);
    }
    const merit_check_result *seal = merit_report_find_check(report, "seal");
    assert_string_equal(merit_check_result_code(merit_check_result_at(seal, 0)), "signature");
    assert_null(merit_check_result_at(seal, merit_check_result_count(seal)));
    assert_null(merit_report_check(report, 9));
    assert_null(merit_report_find_check(report, "beauty"));
    assert_int_equal(merit_report_element_count(report), 16);
    for (size_t i = 0; i < 16; i++) {
        assert_true(merit_report_element_label(report, i)[0] != '\0');
        answered += merit_report_value_count(report, i) > 0;
    }
    assert_true(answered >= 11);
    assert_string_equal(merit_report_element_code(report, 0), "learner");
    assert_non_null(strstr(merit_report_value(report, 0, 0), "Mette"));
    assert_string_equal(merit_report_value(report, 0, 99), "");
    assert_string_equal(merit_report_value(report, 99, 0), "");
    assert_string_equal(merit_report_element_label(report, 16), "");
    merit_report_free(report);
    merit_verifier_free(verifier);
    merit_free(credential);
}

static void test_verify__always_ends_in_a_report(void **state)
{
    static const struct {
        const char *text;
        const char *check;
    } cases[] = {{"", "format"},
                 {"{}", "format"},
                 {"hello", "format"},
                 {"\xff\xfe\0\0", "format"},
                 {"{\"a\":", "format"},
                 {"a.b.c", "format"},
                 {"eyJhbGciOiJub25lIn0.e30.", "format"}};
    merit_error err = {0};
    merit_verifier *verifier = verifier_in("en");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        merit_report *report = NULL;
        assert_done(merit_verify(verifier, cases[i].text, strlen(cases[i].text), &report, &err), err);
        assert_int_equal(merit_report_verdict(report), MERIT_INVALID);
        assert_true(merit_report_summary(report)[0] != '\0');
        assert_string_equal(merit_report_document(report, NULL), "");
        assert_int_equal(merit_report_element_count(report), 0);
        assert_int_equal(merit_report_value_count(report, 0), 0);
        assert_non_null(merit_report_find_check(report, cases[i].check));
        merit_report_free(report);
    }
    merit_report *report = NULL;
    assert_done(merit_verify(verifier, NULL, 0, &report, &err), err);
    merit_report_free(report);
    merit_verifier_free(verifier);
}

static void test_verify__refuses_what_is_too_large_by_its_length(void **state)
{
    merit_error err = {0};
    merit_report *report = NULL;
    merit_verifier *verifier = verifier_in("en");
    size_t size = 64 * 1024 * 1024;
    char *text = test_malloc(size);
    memset(text, ' ', size);
    assert_done(merit_verify(verifier, text, size, &report, &err), err);
    assert_int_equal(merit_report_verdict(report), MERIT_INVALID);
    merit_report_free(report);
    merit_verifier_free(verifier);
    test_free(text);
}

static void test_verifier__is_set_up_in_any_order(void **state)
{
    merit_error err = {0};
    merit_verifier *verifier = verifier_in("en");
    merit_report *english = NULL, *danish = NULL, *later = NULL;
    size_t size = 0;
    char *credential = issued(*state, "vc+jwt", &size), *pem = NULL;
    merit_key *seal = test_seal();
    assert_done(merit_verify(verifier, credential, size, &english, &err), err);
    assert_int_equal(merit_verifier_set_language(verifier, "tlh", &err), MERIT_E_NOT_FOUND);
    assert_done(merit_verifier_set_language(verifier, "da", &err), err);
    assert_done(merit_key_write_pem(seal, NULL, &pem, &err), err);
    assert_done(merit_verifier_trust(verifier, pem, strlen(pem), &err), err);
    assert_done(merit_verifier_expect(verifier, "https://hospital.example", "1", &err), err);
    assert_done(merit_verify(verifier, credential, size, &danish, &err), err);
    assert_string_not_equal(merit_report_summary(english), merit_report_summary(danish));
    merit_verifier_set_time(verifier, NOW + INT64_C(20) * 365 * 86400000);
    assert_done(merit_verify(verifier, credential, size, &later, &err), err);
    assert_int_not_equal(merit_report_verdict(later), MERIT_VALID);
    assert_int_equal(merit_verifier_trust(verifier, "no certificate", 14, &err), MERIT_E_INPUT);
    assert_int_equal(merit_verifier_trust_folder(verifier, "/nowhere/at/all", &err), MERIT_E_NOT_FOUND);
    merit_report_free(english), merit_report_free(danish), merit_report_free(later);
    merit_verifier_free(verifier);
    merit_key_free(seal);
    merit_free(pem), merit_free(credential);
}

static void test_issuer__refuses_with_reasons(void **state)
{
    static const struct {
        struct merit_achievement achievement;
        const char *format;
        merit_code code;
        const char *name;
    } cases[] = {
        {{.name = NULL}, "elm", MERIT_E_USAGE, "usage"},
        {{.name = "  "}, "elm", MERIT_E_USAGE, "usage"},
        {{.name = "A B", .birth_date = "1994-02-30"}, "elm", MERIT_E_INPUT, "format"},
        {{.name = "A B", .awarded_on = "2999-01-01"}, "elm", MERIT_E_INPUT, "format"},
        {{.name = "A\x01"
                  "B"},
         "elm",
         MERIT_E_INPUT,
         "format"},
        {{.name = "A\xff"
                  "B"},
         "elm",
         MERIT_E_INPUT,
         "utf8"},
        {{.name = "A B", .id = "1"}, "elm", MERIT_E_INPUT, "format"},
        {{.name = "A B"}, "pdf", MERIT_E_USAGE, "usage"},
        {{.name = "A B"}, NULL, MERIT_E_USAGE, "usage"},
    };
    merit_key *seal = test_seal();
    merit_issuer *issuer = issuer_of(*state, seal);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        merit_error err = {0};
        char *credential = NULL;
        struct merit_achievement one = cases[i].achievement;
        one.size = sizeof one;
        merit_code code = merit_issue(issuer, &one, cases[i].format, &credential, NULL, &err);
        if (code != cases[i].code || strcmp(err.name, cases[i].name) != 0)
            fail_msg("case %zu: %d %s %s", i, (int)code, err.name, err.message);
        assert_null(credential);
    }
    merit_issuer_free(issuer);
    merit_key_free(seal);
}

static void test_issuer__awards_names_as_they_are(void **state)
{
    static const char *const names[] = {"Ελένη Παπαδοπούλου", "O'Brien, \"Pat\"", "=SUM(A1)", "-Anna",
                                        "Zoë; Smith",         "Nguyễn Văn A"};
    merit_error err = {0};
    merit_key *seal = test_seal();
    merit_issuer *issuer = issuer_of(*state, seal);
    merit_verifier *verifier = verifier_in("en");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *credential = NULL;
        merit_report *report = NULL;
        const struct merit_achievement one = {
            .size = sizeof one, .name = names[i], .id = "7d444840-9dc0-11d1-b245-5ffdce74fad2"};
        assert_done(merit_issue(issuer, &one, "vc+jwt", &credential, NULL, &err), err);
        assert_done(merit_verify(verifier, credential, strlen(credential), &report, &err), err);
        assert_non_null(strstr(merit_report_value(report, 0, 0), names[i]));
        assert_non_null(
            strstr(merit_report_document(report, NULL), "urn:credential:7d444840-9dc0-11d1-b245-5ffdce74fad2"));
        merit_report_free(report);
        merit_free(credential);
    }
    merit_verifier_free(verifier);
    merit_issuer_free(issuer);
    merit_key_free(seal);
}

static void test_issuer__is_set_up_before_its_first_credential(void **state)
{
    merit_error err = {0};
    merit_key *other = NULL;
    merit_issuer *issuer = NULL;
    char *credential = NULL;
    const struct merit_achievement one = {.size = sizeof one, .name = "A B"};
    assert_done(merit_key_new_test_seal("Somebody else", "VATDK-11111111", "DK", &other, &err), err);
    issuer = issuer_of(*state, other);
    assert_int_equal(merit_issue(issuer, &one, "vc+jwt", &credential, NULL, &err), MERIT_E_KEY);
    assert_done(merit_issuer_set_mandate(issuer, true, &err), err);
    assert_done(merit_issuer_set_verify_url(issuer, "https://verify.example", &err), err);
    assert_done(merit_issuer_set_picture(issuer, false, &err), err);
    assert_done(merit_issue(issuer, &one, "vc+jwt", &credential, NULL, &err), err);
    assert_int_equal(merit_issuer_set_mandate(issuer, false, &err), MERIT_E_USAGE);
    assert_int_equal(merit_issuer_set_verify_url(issuer, "", &err), MERIT_E_USAGE);
    assert_int_equal(merit_issuer_set_picture(issuer, true, &err), MERIT_E_USAGE);
    merit_free(credential);
    merit_issuer_free(issuer);
    merit_key_free(other);
}

static void test_issuer__needs_a_seal_and_a_whole_specification(void **state)
{
    const struct files *f = *state;
    merit_error err = {0};
    merit_key *bare = NULL, *seal = test_seal();
    merit_issuer *issuer = NULL;
    assert_done(merit_key_new("P-256", &bare, &err), err);
    assert_int_equal(merit_issuer_new(f->specification.ptr, f->specification.len, bare, &issuer, &err), MERIT_E_KEY);
    assert_int_equal(merit_issuer_new("{}", 2, seal, &issuer, &err), MERIT_E_SPECIFICATION);
    assert_true(strlen(err.message) > 30);
    assert_int_equal(merit_issuer_new("{\"title\": ", 10, seal, &issuer, &err), MERIT_E_INPUT);
    assert_int_equal(err.position, 10);
    assert_null(issuer);
    merit_key_free(bare), merit_key_free(seal);
}

/* A caller that was compiled when the struct ended behind the name. */
static void test_issue__takes_structs_of_older_callers(void **state)
{
    merit_error err = {0};
    char *credential = NULL;
    merit_key *seal = test_seal();
    merit_issuer *issuer = issuer_of(*state, seal);
    struct merit_achievement one;
    memset(&one, 0xAA, sizeof one); /* what lies behind is not his */
    one.size = offsetof(struct merit_achievement, given_name);
    one.name = "Mette Krogh Poulsen";
    assert_done(merit_issue(issuer, &one, "vc+jwt", &credential, NULL, &err), err);
    merit_free(credential);
    merit_issuer_free(issuer);
    merit_key_free(seal);
}

static void test_issue__writes_every_format(void **state)
{
    merit_error err = {0};
    merit_key *seal = test_seal(), *holder = NULL;
    merit_issuer *issuer = issuer_of(*state, seal);
    merit_verifier *verifier = verifier_in("en");
    assert_done(merit_key_new("P-256", &holder, &err), err);
    assert_done(merit_issuer_set_holder(issuer, holder, &err), err);
    const struct merit_achievement mette = {
        .size = sizeof mette, .name = "Mette Krogh Poulsen", .given_name = "Mette Krogh", .family_name = "Poulsen"};
    size_t count = 0;
    for (const char *format; (format = merit_format_name(count)); count++) {
        char *credential = NULL;
        merit_report *report = NULL;
        assert_true(merit_format_ending(format)[0] == '.');
        merit_code code = merit_issue(issuer, &mette, format, &credential, NULL, &err);
        /* The Commission's type demands an end, which the specification does not give. */
        if (strcmp(format, "eu-learning") == 0 && code == MERIT_E_UNSUPPORTED) continue;
        if (code != MERIT_OK) fail_msg("%s: %s", format, err.message);
        assert_done(merit_verify(verifier, credential, strlen(credential), &report, &err), err);
        const merit_check_result *sealed = merit_report_find_check(report, "seal");
        if (!sealed || merit_check_result_state(sealed) != MERIT_PASSED)
            fail_msg("%s: %s", format, merit_report_text(report, NULL));
        merit_report_free(report);
        merit_free(credential);
    }
    assert_true(count >= 6);
    assert_string_equal(merit_format_ending("pdf"), "");
    merit_verifier_free(verifier);
    merit_issuer_free(issuer);
    merit_key_free(seal), merit_key_free(holder);
}

static void test_issuer__signs_under_an_identifier(void **state)
{
    merit_error err = {0};
    merit_key *seal = test_seal(), *key = NULL;
    merit_issuer *issuer = issuer_of(*state, seal);
    merit_verifier *verifier = verifier_in("en");
    merit_report *report = NULL;
    char *did = NULL, *method = NULL, *credential = NULL;
    const struct merit_achievement one = {.size = sizeof one, .name = "A B"};
    assert_done(merit_key_new("Ed25519", &key, &err), err);
    assert_done(merit_key_write_did(key, "did:key", &did, &err), err);
    assert_done(merit_key_write_method(key, "did:key", &method, &err), err);
    assert_int_equal(merit_issuer_set_identifier(issuer, NULL, method, key, &err), MERIT_E_USAGE);
    assert_int_equal(merit_issuer_set_identifier(issuer, did, "", key, &err), MERIT_E_USAGE);
    assert_int_equal(merit_issuer_set_identifier(issuer, did, method, NULL, &err), MERIT_E_USAGE);
    assert_done(merit_issuer_set_identifier(issuer, did, method, key, &err), err);
    assert_done(merit_issue(issuer, &one, "data-integrity", &credential, NULL, &err), err);
    assert_non_null(strstr(credential, method));
    assert_non_null(strstr(credential, "eddsa-rdfc-2022"));
    assert_done(merit_verify(verifier, credential, strlen(credential), &report, &err), err);
    assert_int_equal(merit_check_result_state(merit_report_find_check(report, "seal")), MERIT_PASSED);
    merit_report_free(report);
    merit_verifier_free(verifier);
    merit_issuer_free(issuer);
    merit_free(did), merit_free(method), merit_free(credential);
    merit_key_free(seal), merit_key_free(key);
}

/* ---- signing ---- */

/* A credential by the party whose key it is. */
static char *written_by(const merit_key *key)
{
    merit_error err = {0};
    char *did = NULL, *text = test_malloc(2048);
    assert_done(merit_key_write_did(key, "did:key", &did, &err), err);
    snprintf(text, 2048,
             "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiableCredential\"],\"issuer\":"
             "\"%s\",\"validFrom\":\"2026-01-01T00:00:00Z\",\"credentialSubject\":{\"id\":\"urn:uuid:"
             "7d444840-9dc0-11d1-b245-5ffdce74fad2\"},\"name\":\"Wound care\",\"description\":\"Two credits\"}",
             did);
    merit_free(did);
    return text;
}

static merit_state seal_of(const char *credential)
{
    merit_error err = {0};
    merit_report *report = NULL;
    merit_verifier *verifier = verifier_in("en");
    assert_done(merit_verify(verifier, credential, strlen(credential), &report, &err), err);
    const merit_check_result *check = merit_report_find_check(report, "seal");
    merit_state state = check ? merit_check_result_state(check) : MERIT_UNCHECKED;
    if (state != MERIT_PASSED) print_message("%s\n", merit_report_text(report, NULL));
    merit_report_free(report);
    merit_verifier_free(verifier);
    return state;
}

static void test_sign__in_every_suite(void **state)
{
    static const char *const mandatory[] = {"/issuer"};
    static const struct {
        const char *kind, *suite;
        merit_code code;
    } cases[] = {
        {"Ed25519", NULL, MERIT_OK},
        {"Ed25519", "eddsa-rdfc-2022", MERIT_OK},
        {"Ed25519", "eddsa-jcs-2022", MERIT_OK},
        {"Ed25519", "vc+jwt", MERIT_OK},
        {"P-256", NULL, MERIT_OK},
        {"P-256", "ecdsa-rdfc-2019", MERIT_OK},
        {"P-256", "ecdsa-jcs-2019", MERIT_OK},
        {"P-256", "ecdsa-sd-2023", MERIT_OK},
        {"P-256", "vc+jwt", MERIT_OK},
        {"P-384", "ecdsa-rdfc-2019", MERIT_OK},
        {"P-384", "ecdsa-sd-2023", MERIT_E_KEY},
        {"P-256", "eddsa-rdfc-2022", MERIT_E_KEY},
        {"P-521", NULL, MERIT_E_USAGE},
        {"P-256", "bbs-2023", MERIT_E_UNSUPPORTED},
        {"P-256", "hs256", MERIT_E_USAGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        merit_error err = {0};
        merit_key *key = NULL;
        char *credential = NULL;
        assert_done(merit_key_new(cases[i].kind, &key, &err), err);
        char *text = written_by(key);
        const struct merit_signing signing = {
            .size = sizeof signing, .suite = cases[i].suite, .pointers = mandatory, .pointer_count = 1};
        merit_code code = merit_sign(key, text, strlen(text), &signing, &credential, NULL, &err);
        if (code != cases[i].code) fail_msg("%s %s: %d %s", cases[i].kind, cases[i].suite, (int)code, err.message);
        if (code == MERIT_OK) assert_int_equal(seal_of(credential), MERIT_PASSED);
        merit_free(credential);
        merit_key_free(key);
        test_free(text);
    }
}

static void test_sign__with_a_seal_sends_its_certificates(void **state)
{
    merit_error err = {0};
    merit_key *seal = test_seal();
    char *text = written_by(seal), *with = NULL, *without = NULL, *method = NULL;
    struct merit_signing signing = {.size = sizeof signing, .suite = "vc+jwt"};
    assert_done(merit_sign(seal, text, strlen(text), &signing, &with, NULL, &err), err);
    assert_done(merit_key_write_method(seal, "did:key", &method, &err), err);
    signing.method = method;
    assert_done(merit_sign(seal, text, strlen(text), &signing, &without, NULL, &err), err);
    assert_true(strlen(with) > strlen(without) + 500); /* x5c */
    assert_int_equal(seal_of(without), MERIT_PASSED);
    merit_free(with), merit_free(without), merit_free(method);
    merit_key_free(seal);
    test_free(text);
}

static void test_sign__refuses_with_reasons(void **state)
{
    static const char context[] = "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],";
    static const char *const nowhere[] = {"/nowhere"}, *const nothing[] = {NULL};
    static const struct {
        const char *rest, *suite, *purpose;
        const char *const *pointers;
        merit_code code;
        const char *name;
    } cases[] = {
        {"\"type\":[\"VerifiableCredential\"],\"ttle\":\"x\"}", NULL, NULL, NULL, MERIT_E_INPUT, "jsonld_unsafe"},
        {"\"type\":", NULL, NULL, NULL, MERIT_E_INPUT, "json"},
        {"\"type\":[\"VerifiableCredential\"]}", NULL, "praise", NULL, MERIT_E_USAGE, "usage"},
        {"\"type\":[\"VerifiableCredential\"]}", "ecdsa-sd-2023", NULL, nowhere, MERIT_E_NOT_FOUND, "not_found"},
        {"\"type\":[\"VerifiableCredential\"]}", "dc+sd-jwt", NULL, nowhere, MERIT_E_NOT_FOUND, "not_found"},
        {"\"type\":[\"VerifiableCredential\"]}", "dc+sd-jwt", NULL, nothing, MERIT_E_USAGE, "usage"},
    };
    merit_error err = {0};
    merit_key *key = NULL, *open = NULL;
    char *credential = NULL, *jwk = NULL;
    assert_done(merit_key_new("P-256", &key, &err), err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", context, cases[i].rest);
        const struct merit_signing signing = {.size = sizeof signing,
                                              .suite = cases[i].suite,
                                              .purpose = cases[i].purpose,
                                              .pointers = cases[i].pointers,
                                              .pointer_count = cases[i].pointers ? 1 : 0};
        merit_code code = merit_sign(key, text, strlen(text), &signing, &credential, NULL, &err);
        if (code != cases[i].code || strcmp(err.name, cases[i].name) != 0)
            fail_msg("case %zu: %d %s %s", i, (int)code, err.name, err.message);
        assert_null(credential);
    }
    const struct merit_signing plain = {.size = sizeof plain};
    assert_int_equal(merit_sign(key, "[1]", 3, &plain, &credential, NULL, &err), MERIT_E_INPUT);
    assert_int_equal(merit_sign(key, NULL, 0, &plain, &credential, NULL, &err), MERIT_E_INPUT);
    assert_done(merit_key_write_jwk(key, &jwk, &err), err);
    assert_done(merit_key_read(jwk, strlen(jwk), NULL, &open, &err), err);
    assert_int_equal(merit_sign(open, "{}", 2, &plain, &credential, NULL, &err), MERIT_E_KEY);
    merit_free(jwk);
    merit_key_free(key), merit_key_free(open);
}

/* ---- disclosing ---- */

static char *divisible(const merit_key *key, const merit_key *holder, const char *suite)
{
    static const char *const of_claims[] = {"/name", "/grade"}, *const of_document[] = {"/issuer", "/validFrom",
                                                                                        "/credentialSubject"};
    bool is_token = strcmp(suite, "dc+sd-jwt") == 0;
    merit_error err = {0};
    char *jwk = NULL, *credential = NULL, claims[1024], *document = written_by(key);
    const struct merit_signing signing = {.size = sizeof signing,
                                          .suite = suite,
                                          .pointers = is_token ? of_claims : of_document,
                                          .pointer_count = is_token ? 2 : 3};
    assert_done(merit_key_write_jwk(holder, &jwk, &err), err);
    snprintf(claims, sizeof claims, "{\"vct\":\"urn:x\",\"name\":\"Mette\",\"grade\":\"10\",\"cnf\":{\"jwk\":%s}}",
             jwk);
    const char *text = is_token ? claims : document;
    assert_done(merit_sign(key, text, strlen(text), &signing, &credential, NULL, &err), err);
    merit_free(jwk);
    test_free(document);
    return credential;
}

static size_t count_disclosures(const char *credential, bool always)
{
    merit_error err = {0};
    merit_disclosures *all = NULL;
    size_t count = 0;
    assert_done(merit_disclosures_read(credential, strlen(credential), NULL, &all, &err), err);
    for (size_t i = 0; i < merit_disclosures_count(all); i++) {
        assert_true(merit_disclosure_pointer(all, i)[0] == '/' && merit_disclosure_name(all, i)[0]);
        assert_true(merit_disclosure_value(all, i)[0] != '\0');
        count += merit_disclosure_is_always_shown(all, i) == always;
    }
    assert_string_equal(merit_disclosure_pointer(all, 99), "");
    merit_disclosures_free(all);
    return count;
}

static void test_disclose__shows_what_was_chosen(void **state)
{
    static const struct {
        const char *suite, *show;
        size_t choice, always; /* before */
        const char *hidden;
    } cases[] = {{"dc+sd-jwt", "/name", 2, 1, "/grade"}, {"ecdsa-sd-2023", "/name", 2, 3, "Two credits"}};
    merit_error err = {0};
    merit_key *key = NULL, *holder = NULL;
    assert_done(merit_key_new("P-256", &key, &err), err);
    assert_done(merit_key_new("P-256", &holder, &err), err);
    for (size_t i = 0; i < 2; i++) {
        char *credential = divisible(key, holder, cases[i].suite), *shown = NULL;
        assert_int_equal(count_disclosures(credential, false), cases[i].choice);
        assert_int_equal(count_disclosures(credential, true), cases[i].always);
        const struct merit_disclosing some = {.size = sizeof some, .show = &cases[i].show, .show_count = 1};
        assert_done(merit_disclose(credential, strlen(credential), &some, &shown, NULL, &err), err);
        if (i == 0)
            assert_int_equal(count_disclosures(shown, false), 1);
        else {
            assert_null(strstr(shown, cases[i].hidden));
            assert_non_null(strstr(shown, "Wound care"));
            assert_int_equal(seal_of(shown), MERIT_PASSED);
        }
        merit_free(shown);
        const struct merit_disclosing all = {.size = sizeof all, .all = true};
        assert_done(merit_disclose(credential, strlen(credential), &all, &shown, NULL, &err), err);
        if (i == 1) assert_non_null(strstr(shown, cases[i].hidden));
        merit_free(shown);
        merit_free(credential);
    }
    merit_key_free(key), merit_key_free(holder);
}

static void test_disclose__refuses_with_reasons(void **state)
{
    static const char *const nowhere = "/nowhere", *const name = "/name";
    merit_error err = {0};
    merit_key *key = NULL, *holder = NULL;
    merit_disclosures *none = NULL;
    char *shown = NULL;
    assert_done(merit_key_new("P-256", &key, &err), err);
    assert_done(merit_key_new("P-256", &holder, &err), err);
    char *token = divisible(key, holder, "dc+sd-jwt"), *document = divisible(key, holder, "ecdsa-sd-2023");
    const struct merit_disclosing lost = {.size = sizeof lost, .show = &nowhere, .show_count = 1};
    const struct merit_disclosing unasked = {.size = sizeof unasked, .all = true, .holder = holder};
    const struct merit_disclosing strange = {
        .size = sizeof strange, .show = &name, .show_count = 1, .holder = key, .audience = "a", .nonce = "1"};
    const struct {
        const char *text;
        const struct merit_disclosing *how;
        merit_code code;
    } cases[] = {
        {token, &lost, MERIT_E_NOT_FOUND},     {document, &lost, MERIT_E_NOT_FOUND}, {token, &unasked, MERIT_E_USAGE},
        {document, &unasked, MERIT_E_USAGE},   {token, &strange, MERIT_E_KEY},       {"{}", &lost, MERIT_E_UNSUPPORTED},
        {"a.b.c", &lost, MERIT_E_UNSUPPORTED}, {"", &lost, MERIT_E_INPUT},           {"a.b.c~", &lost, MERIT_E_INPUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        merit_code code = merit_disclose(cases[i].text, strlen(cases[i].text), cases[i].how, &shown, NULL, &err);
        if (code != cases[i].code) fail_msg("case %zu: %d %s %s", i, (int)code, err.name, err.message);
        assert_null(shown);
    }
    assert_int_equal(merit_disclosures_read("{}", 2, NULL, &none, &err), MERIT_E_UNSUPPORTED);
    assert_int_equal(merit_disclosures_read(token, strlen(token), "tlh", &none, &err), MERIT_E_NOT_FOUND);
    merit_free(token), merit_free(document);
    merit_key_free(key), merit_key_free(holder);
}

static void test_bake__into_a_picture_and_out_of_it(void **state)
{
    static const char badge[] =
        "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"],\"type\":[\"VerifiableCredential\","
        "\"OpenBadgeCredential\"],\"credentialSubject\":{\"achievement\":{\"name\":\"Knots\"}},"
        "\"proof\":{\"type\":\"DataIntegrityProof\"}}";
    static const char svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\"><circle r=\"4\"/></svg>",
                      active[] = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>";
    merit_error err = {0};
    char *picture = NULL, *again = NULL, *text = NULL;
    size_t size = 0, again_size = 0, text_size = 0, count = 0;
    struct merit_baking mine = {.size = sizeof mine, .picture = svg, .picture_size = sizeof svg - 1},
                        drawn = {.size = sizeof drawn};
    for (int k = 0; k < 2; k++) {
        assert_done(merit_bake(badge, sizeof badge - 1, k ? &drawn : &mine, &picture, &size, &err), err);
        assert_done(merit_unbake(picture, size, &text, &text_size, &count, &err), err);
        assert_int_equal(count, 1);
        assert_int_equal(text_size, sizeof badge - 1);
        assert_string_equal(text, badge);
        struct merit_baking onto = {.size = sizeof onto, .picture = picture, .picture_size = size};
        assert_int_equal(merit_bake(badge, sizeof badge - 1, &onto, &again, &again_size, &err), MERIT_E_USAGE);
        assert_non_null(strstr(err.message, "already"));
        onto.replace = true;
        assert_done(merit_bake(badge, sizeof badge - 1, &onto, &again, &again_size, &err), err);
        assert_int_equal(again_size, size);
        merit_free(picture), merit_free(again), merit_free(text);
        picture = again = text = NULL;
    }
    mine.picture = active, mine.picture_size = sizeof active - 1;
    assert_int_equal(merit_bake(badge, sizeof badge - 1, &mine, &picture, &size, &err), MERIT_E_UNSUPPORTED);
    assert_non_null(strstr(err.message, "script"));
    assert_int_equal(merit_bake("{}", 2, &drawn, &picture, &size, &err), MERIT_E_INPUT);
    assert_int_equal(merit_unbake(svg, sizeof svg - 1, &text, &text_size, NULL, &err), MERIT_E_NOT_FOUND);
    assert_int_equal(merit_unbake("{}", 2, &text, &text_size, NULL, &err), MERIT_E_INPUT);
    assert_null(picture);
    assert_null(text);
}

/* ---- status, with the network as a table ---- */

#define BASE "https://school.example/status/1"

struct web {
    char *answers[2]; /* revocation, suspension */
    size_t asked;
    bool is_down;
};

static merit_code fetch(void *self, const char *url, const char *accept, size_t max, merit_answer *answer)
{
    struct web *web = self;
    web->asked++;
    const char *text = strcmp(url, BASE "/revocation") == 0   ? web->answers[0]
                       : strcmp(url, BASE "/suspension") == 0 ? web->answers[1]
                                                              : NULL;
    if (web->is_down || !text || max < strlen(text)) return MERIT_E_NETWORK;
    size_t half = strlen(text) / 2;
    merit_code code = merit_answer_put(answer, text, half);
    return code == MERIT_OK ? merit_answer_put(answer, text + half, strlen(text) - half) : code;
}

static void test_status__is_asked_through_the_callers_function(void **state)
{
    static const struct {
        merit_status status;
        bool is_down;
        merit_state wanted;
    } cases[] = {{MERIT_ACTIVE, false, MERIT_PASSED},
                 {MERIT_REVOKED, false, MERIT_FAILED},
                 {MERIT_SUSPENDED, false, MERIT_FAILED},
                 {MERIT_REVOKED, true, MERIT_UNCHECKED}};
    merit_error err = {0};
    merit_key *seal = test_seal();
    merit_issuer *issuer = issuer_of(*state, seal);
    merit_status_list *list = NULL;
    char *credential = NULL;
    const struct merit_achievement one = {
        .size = sizeof one, .name = "Mette", .status_list = BASE, .status_index = 4711};
    assert_done(merit_issue(issuer, &one, "vc+jwt", &credential, NULL, &err), err);
    assert_done(merit_status_list_new(BASE, 0, &list, &err), err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct web web = {.is_down = cases[i].is_down};
        merit_verifier *verifier = verifier_in("en");
        merit_report *report = NULL;
        struct merit_publishing p = {.size = sizeof p, .form = "revocation"};
        assert_done(merit_status_list_set(list, 4711, cases[i].status, &err), err);
        assert_done(merit_status_publish(list, seal, &p, &web.answers[0], NULL, &err), err);
        p.form = "suspension";
        assert_done(merit_status_publish(list, seal, &p, &web.answers[1], NULL, &err), err);
        merit_verifier_set_fetch(verifier, fetch, &web);
        assert_done(merit_verify(verifier, credential, strlen(credential), &report, &err), err);
        const merit_check_result *check = merit_report_find_check(report, "status");
        if (merit_check_result_state(check) != cases[i].wanted)
            fail_msg("case %zu: %s %s", i, merit_check_result_text(check), merit_check_result_detail(check));
        assert_true(web.asked > 0);
        if (cases[i].status == MERIT_REVOKED && !web.is_down)
            assert_int_equal(merit_report_verdict(report), MERIT_INVALID);
        merit_report_free(report);
        size_t asked = web.asked;
        merit_verifier_set_fetch(verifier, NULL, NULL);
        assert_done(merit_verify(verifier, credential, strlen(credential), &report, &err), err);
        assert_int_equal(merit_check_result_state(merit_report_find_check(report, "status")), MERIT_UNCHECKED);
        assert_int_equal(web.asked, asked);
        merit_report_free(report);
        merit_verifier_free(verifier);
        merit_free(web.answers[0]), merit_free(web.answers[1]);
    }
    merit_free(credential);
    merit_status_list_free(list);
    merit_issuer_free(issuer);
    merit_key_free(seal);
}

/* A server that answers with more than was asked for. */
static merit_code fetch_too_much(void *self, const char *url, const char *accept, size_t max, merit_answer *answer)
{
    static const char zeros[65536];
    merit_code code = MERIT_OK;
    for (size_t sent = 0; sent <= max && code == MERIT_OK; sent += sizeof zeros)
        code = merit_answer_put(answer, zeros, sizeof zeros);
    *(merit_code *)self = code;
    return code;
}

static void test_answer__ends_at_what_was_asked_for(void **state)
{
    merit_error err = {0};
    merit_key *seal = test_seal();
    merit_issuer *issuer = issuer_of(*state, seal);
    merit_verifier *verifier = verifier_in("en");
    merit_report *report = NULL;
    merit_code code = MERIT_OK;
    char *credential = NULL;
    const struct merit_achievement one = {.size = sizeof one, .name = "Mette", .status_list = BASE, .status_index = 1};
    assert_done(merit_issue(issuer, &one, "vc+jwt", &credential, NULL, &err), err);
    merit_verifier_set_fetch(verifier, fetch_too_much, &code);
    assert_done(merit_verify(verifier, credential, strlen(credential), &report, &err), err);
    assert_int_equal(code, MERIT_E_LIMIT);
    assert_int_equal(merit_check_result_state(merit_report_find_check(report, "status")), MERIT_UNCHECKED);
    merit_report_free(report);
    merit_verifier_free(verifier);
    merit_free(credential);
    merit_issuer_free(issuer);
    merit_key_free(seal);
}

static void test_status_list__keeps_its_entries(void **state)
{
    merit_error err = {0};
    merit_status_list *list = NULL, *other = NULL;
    size_t size = 0;
    assert_done(merit_status_list_new(BASE, 10, &list, &err), err);
    assert_int_equal(merit_status_list_count(list), 131072);
    assert_done(merit_status_list_set(list, 0, MERIT_REVOKED, &err), err);
    assert_done(merit_status_list_set(list, 131071, MERIT_SUSPENDED, &err), err);
    assert_int_equal(merit_status_list_set(list, 131072, MERIT_REVOKED, &err), MERIT_E_LIMIT);
    assert_int_equal(merit_status_list_set(list, 1, (merit_status)3, &err), MERIT_E_USAGE);
    assert_int_equal(merit_status_list_get(list, 0), MERIT_REVOKED);
    assert_int_equal(merit_status_list_get(list, 131071), MERIT_SUSPENDED);
    assert_int_equal(merit_status_list_get(list, 131072), MERIT_ACTIVE);
    const unsigned char *octets = merit_status_list_octets(list, &size);
    assert_done(merit_status_list_new(BASE, size, &other, &err), err);
    assert_done(merit_status_list_load(other, octets, size, &err), err);
    assert_int_equal(merit_status_list_get(other, 131071), MERIT_SUSPENDED);
    assert_int_equal(merit_status_list_load(other, octets, size - 1, &err), MERIT_E_INPUT);
    unsigned char *wrong = test_malloc(size);
    memset(wrong, 7, size);
    assert_int_equal(merit_status_list_load(other, wrong, size, &err), MERIT_E_INPUT);
    assert_int_equal(merit_status_list_get(other, 0), MERIT_REVOKED);
    test_free(wrong);
    merit_status_list_free(list), merit_status_list_free(other);
    assert_int_equal(merit_status_list_new("http://school.example", 0, &list, &err), MERIT_E_USAGE);
    assert_int_equal(merit_status_list_new(NULL, 0, &list, &err), MERIT_E_USAGE);
    assert_int_equal(merit_status_list_new(BASE, SIZE_MAX, &list, &err), MERIT_E_LIMIT);
}

static void test_status__is_published_in_every_form(void **state)
{
    static const char *const forms[] = {"revocation", "suspension", "token"}, *const ids[] = {"urn:credential:1"};
    merit_error err = {0};
    merit_status_list *list = NULL;
    merit_key *keys[2] = {test_seal(), NULL};
    assert_done(merit_key_new("P-256", &keys[1], &err), err);
    assert_done(merit_status_list_new(BASE, 0, &list, &err), err);
    for (size_t k = 0; k < 2; k++) {
        struct merit_publishing p = {.size = sizeof p};
        char *published = NULL;
        for (size_t i = 0; i < 3; i++) {
            p.form = forms[i];
            assert_done(merit_status_publish(list, keys[k], &p, &published, NULL, &err), err);
            assert_true(strlen(published) > 200);
            merit_free(published);
        }
        assert_done(merit_withdrawn_publish(BASE "/withdrawn", ids, 1, keys[k], &p, &published, NULL, &err), err);
        merit_free(published);
        published = NULL;
        p.form = "praise";
        assert_int_equal(merit_status_publish(list, keys[k], &p, &published, NULL, &err), MERIT_E_USAGE);
        p.form = NULL;
        assert_int_equal(merit_status_publish(list, keys[k], &p, &published, NULL, &err), MERIT_E_USAGE);
        assert_int_equal(merit_withdrawn_publish("ftp://x", ids, 1, keys[k], &p, &published, NULL, &err),
                         MERIT_E_USAGE);
        assert_int_equal(merit_withdrawn_publish(BASE, NULL, 1, keys[k], &p, &published, NULL, &err), MERIT_E_USAGE);
        assert_null(published);
    }
    merit_status_list_free(list);
    merit_key_free(keys[0]), merit_key_free(keys[1]);
}

/* ---- checking ---- */

static void test_check__tells_what_is_missing(void **state)
{
    const struct files *f = *state;
    merit_error err = {0};
    merit_checker *checker = NULL;
    merit_findings *findings = NULL;
    assert_done(merit_checker_new(&checker, &err), err);
    assert_done(merit_check(checker, f->specification.ptr, f->specification.len, &findings, &err), err);
    assert_true(merit_findings_is_complete(findings));
    assert_string_equal(merit_findings_kind(findings), "specification");
    merit_findings_free(findings);

    static const char empty[] = "{\"specification\": \"1\", \"title\": {\"en\": \"x\"}}";
    assert_done(merit_checker_set_language(checker, "da", &err), err);
    merit_checker_set_time(checker, NOW);
    assert_done(merit_check(checker, empty, sizeof empty - 1, &findings, &err), err);
    assert_false(merit_findings_is_complete(findings));
    assert_true(merit_findings_fault_count(findings) > 5);
    assert_true(merit_findings_count(findings) >= merit_findings_fault_count(findings));
    assert_int_equal(merit_finding_severity(findings, 0), MERIT_FAULT);
    for (size_t i = 0; i < merit_findings_count(findings); i++) {
        assert_true(merit_finding_code(findings, i)[0] && merit_finding_text(findings, i)[0]);
        assert_non_null(merit_finding_pointer(findings, i));
        assert_non_null(merit_finding_element(findings, i));
    }
    assert_string_equal(merit_finding_code(findings, 9999), "");
    assert_int_equal(merit_finding_severity(findings, 9999), MERIT_REMARK);
    assert_non_null(strstr(merit_findings_json(findings, NULL), merit_finding_code(findings, 0)));
    assert_non_null(strstr(merit_findings_json(findings, NULL), "\"file\":\"Dokumentet\""));
    assert_true(strlen(merit_findings_text(findings, NULL)) > 200);
    merit_findings_free(findings);

    assert_done(merit_check(checker, "%PDF-1.7", 8, &findings, &err), err);
    assert_string_equal(merit_findings_kind(findings), "");
    assert_false(merit_findings_is_complete(findings));
    merit_findings_free(findings);
    merit_checker_free(checker);
}

/* ---- errors ---- */

static void test_free__takes_nothing(void **state)
{
    merit_free(NULL);
    merit_key_free(NULL);
    merit_verifier_free(NULL);
    merit_report_free(NULL);
    merit_checker_free(NULL);
    merit_findings_free(NULL);
    merit_issuer_free(NULL);
    merit_disclosures_free(NULL);
    merit_status_list_free(NULL);
}

static void test_names__are_those_of_the_report(void **state)
{
    assert_string_equal(merit_verdict_name(MERIT_VALID), "valid");
    assert_string_equal(merit_verdict_name(MERIT_INVALID), "invalid");
    assert_string_equal(merit_verdict_name(MERIT_UNKNOWN), "unknown");
    assert_string_equal(merit_verdict_name(MERIT_CAUTION), "caution");
    assert_string_equal(merit_verdict_name((merit_verdict)2), "");
    assert_string_equal(merit_state_name(MERIT_NOT_APPLICABLE), "not_applicable");
    assert_string_equal(merit_state_name(MERIT_UNCHECKED), "unchecked");
    assert_string_equal(merit_version(), MERIT_VERSION);
    assert_string_equal(merit_format_name(0), "elm");
    assert_null(merit_format_name(99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key__is_made_written_and_read_back),
        cmocka_unit_test(test_key__refuses_what_is_none),
        cmocka_unit_test(test_key__tells_a_wrong_password),
        cmocka_unit_test(test_key__holds_itself_in_an_identifier),
        cmocka_unit_test(test_issue__writes_what_verify_reads),
        cmocka_unit_test(test_report__tells_every_check_and_element),
        cmocka_unit_test(test_verify__always_ends_in_a_report),
        cmocka_unit_test(test_verify__refuses_what_is_too_large_by_its_length),
        cmocka_unit_test(test_verifier__is_set_up_in_any_order),
        cmocka_unit_test(test_issuer__refuses_with_reasons),
        cmocka_unit_test(test_issuer__awards_names_as_they_are),
        cmocka_unit_test(test_issuer__is_set_up_before_its_first_credential),
        cmocka_unit_test(test_issuer__needs_a_seal_and_a_whole_specification),
        cmocka_unit_test(test_issue__takes_structs_of_older_callers),
        cmocka_unit_test(test_issue__writes_every_format),
        cmocka_unit_test(test_issuer__signs_under_an_identifier),
        cmocka_unit_test(test_sign__in_every_suite),
        cmocka_unit_test(test_sign__with_a_seal_sends_its_certificates),
        cmocka_unit_test(test_sign__refuses_with_reasons),
        cmocka_unit_test(test_bake__into_a_picture_and_out_of_it),
        cmocka_unit_test(test_disclose__shows_what_was_chosen),
        cmocka_unit_test(test_disclose__refuses_with_reasons),
        cmocka_unit_test(test_status__is_asked_through_the_callers_function),
        cmocka_unit_test(test_answer__ends_at_what_was_asked_for),
        cmocka_unit_test(test_status_list__keeps_its_entries),
        cmocka_unit_test(test_status__is_published_in_every_form),
        cmocka_unit_test(test_check__tells_what_is_missing),
        cmocka_unit_test(test_free__takes_nothing),
        cmocka_unit_test(test_names__are_those_of_the_report),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
