#include "sealed.h"

#include "base/limits.h"
#include "credential/verify.h"

struct bench {
    mr_arena arena;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    mr_verifier *verifier;
};

static int set_up(void **state)
{
    static struct bench b;
    struct mr_err err = {0};
    b = (struct bench){0};
    mr_arena_init(&b.arena, 128 * MR_MIB);
    b.env = test_env_fixed(TEST_NOW, 11);
    assert_ok(mr_authority_new(&b.env, &b.authority, &err), err);
    test_seal_new(&b.authority, &b.env, TEST_SCHOOL, TEST_SCHOOL_ID, &b.seal);
    struct mr_verifying verifying = {.env = &b.env, .language = mr_language_english()};
    assert_ok(mr_verifier_open(&verifying, &b.verifier, &err), err);
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    if (!b) return 0; /* set_up failed */
    mr_verifier_close(b->verifier);
    mr_seal_key_done(&b->seal);
    mr_authority_done(&b->authority);
    mr_arena_done(&b->arena);
    return 0;
}

static mr_report report_of(struct bench *b, const struct test_credential *t, const char *language)
{
    struct mr_err err = {0};
    mr_report r;
    mr_str file = test_seal_jades(&b->arena, &b->seal, TEST_NOW, test_credential_write(&b->arena, t));
    mr_verifier_set_language(b->verifier, mr_language_find(mr_str_of(language)));
    assert_ok(mr_verify(b->verifier, &b->arena, file, &r, &err), err);
    mr_verifier_set_language(b->verifier, mr_language_english());
    return r;
}

static mr_report report_of_file(struct bench *b, mr_str file)
{
    struct mr_err err = {0};
    mr_report r;
    assert_ok(mr_verify(b->verifier, &b->arena, file, &r, &err), err);
    return r;
}

static const mr_json *json_of(struct bench *b, const mr_report *r, const char *language)
{
    mr_buf out;
    struct mr_err err = {0};
    const mr_json *root = NULL;
    mr_buf_init(&out, 4 * MR_MIB);
    mr_report_write_json(r, mr_language_find(mr_str_of(language)), MR_STR("wound care \"1\".jsonld"), &out);
    assert_false(mr_buf_failed(&out));
    assert_int_equal(mr_str_find_char(mr_buf_str(&out), '\n'), -1);
    assert_ok(mr_json_parse(&b->arena, mr_arena_dup(&b->arena, mr_buf_str(&out)), NULL, &root, &err), err);
    mr_buf_done(&out);
    return root;
}

static void test_report_json__one_object_with_every_check(void **state)
{
    struct bench *b = *state;
    mr_report r = report_of(b, &(struct test_credential){0}, "en");
    const mr_json *json = json_of(b, &r, "en"), *checks = mr_json_get(json, "checks"), *seal = mr_json_at(checks, 1);
    assert_str(mr_json_get_str(json, "file"), "wound care \"1\".jsonld");
    assert_str(mr_json_get_str(json, "verdict"), "unknown");
    assert_true(mr_json_is(mr_json_get(json, "test_seal"), MR_JSON_TRUE));
    assert_str(mr_json_get_str(json, "checked_at"), "2026-10-14T09:12:00Z");
    assert_int_equal(mr_json_count(checks), MR_CHECK_COUNT);
    for (uint32_t i = 0; i < MR_CHECK_COUNT; i++) {
        const mr_json *c = mr_json_at(checks, i);
        assert_str(mr_json_get_str(c, "code"), mr_check_name((mr_check_code)i));
        assert_true(mr_json_get_str(c, "text").len > 10);
        assert_str(mr_json_get_str(c, "state"), mr_state_name(r.checks[i].state));
    }
    assert_int_equal(mr_json_count(mr_json_get(seal, "checks")), MR_SEAL_CHECK_COUNT);
    const mr_json *credential = mr_json_get(json, "credential");
    assert_str(mr_json_get_str(credential, "learner"), "Mette Krogh Poulsen");
    assert_str(mr_json_get_str(credential, "birth_date"), "1991-03-02");
    assert_str(mr_json_get_str(credential, "awarded_on"), "2026-10-13");
    assert_int_equal(mr_json_count(mr_json_get(credential, "elements")), MR_ELEMENT_COUNT);
    assert_true(mr_json_get_str(json, "note").len > 20);
}

static void test_report_json__claims_nothing_behind_a_failure(void **state)
{
    struct bench *b = *state;
    mr_report r = report_of_file(b, MR_STR("%PDF-1.4"));
    const mr_json *json = json_of(b, &r, "en");
    assert_str(mr_json_get_str(json, "verdict"), "invalid");
    assert_int_equal(mr_json_count(mr_json_get(json, "checks")), 1);
    assert_null(mr_json_get(json, "credential"));
    assert_null(mr_json_get(json, "story"));
}

static void test_report_json__in_the_readers_language(void **state)
{
    struct bench *b = *state;
    mr_report r = report_of(b, &(struct test_credential){0}, "da");
    const mr_json *json = json_of(b, &r, "da");
    assert_true(mr_str_find(mr_json_get_str(json, "summary"), MR_STR("testsegl")) >= 0);
    assert_true(mr_str_find(mr_json_get_str(json, "story"), MR_STR("Sårpleje")) >= 0);
}

/* Every sentence of a report is a message that exists: no id shows through. */
static void assert_no_ids(mr_str text)
{
    static const char *const prefixes[] = {"format.", "seal.",    "issuer.",       "trust.",   "status.", "dates.",
                                           "holder.", "quality.", "completeness.", "summary.", "story.",  "check.",
                                           "state.",  "source.",  "report.",       "element.", "view.",   "say."};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        ptrdiff_t at = mr_str_find(text, mr_str_of(prefixes[i]));
        if (at < 0) continue;
        char next = text.ptr[(size_t)at + strlen(prefixes[i])]; /* the end of a sentence is followed by a blank */
        if (next >= 'a' && next <= 'z') fail_msg("an id stands in: %.*s", MR_STR_ARG(text));
    }
}

static void assert_fits(mr_str text)
{
    mr_str line;
    while (mr_str_split(&text, '\n', &line)) {
        if (mr_utf8_length(line) > 100) fail_msg("%zu wide: %.*s", mr_utf8_length(line), MR_STR_ARG(line));
        assert_int_equal(mr_utf8_check(line), line.len);
        for (size_t i = 0; i < line.len; i++) assert_true((unsigned char)line.ptr[i] >= 32);
        assert_no_ids(line);
    }
}

static mr_str text_of(struct bench *b, const mr_report *r, const char *language, bool colour)
{
    mr_buf out;
    mr_buf_init(&out, 4 * MR_MIB);
    mr_report_write_text(r, mr_language_find(mr_str_of(language)), MR_STR("wound-care.jsonld"), colour, &out);
    assert_false(mr_buf_failed(&out));
    mr_str text = mr_arena_dup(&b->arena, mr_buf_str(&out));
    mr_buf_done(&out);
    return text;
}

static void test_report_text__fits_the_terminal(void **state)
{
    struct bench *b = *state;
    static const char *const languages[] = {"en", "da"};
    for (int i = 0; i < 2; i++) {
        mr_report r = report_of(b, &(struct test_credential){0}, languages[i]);
        mr_str text = text_of(b, &r, languages[i], false);
        assert_fits(text);
        ptrdiff_t summary = mr_str_find(text, r.summary), learner = mr_str_find(text, MR_STR("Mette"));
        assert_true(summary > 0 && summary < learner);
        r = report_of_file(b, MR_STR("{\"a\":"));
        assert_fits(text_of(b, &r, languages[i], false));
    }
}

static void test_report_text__colour_only_adds_colour(void **state)
{
    struct bench *b = *state;
    mr_report r = report_of(b, &(struct test_credential){.eqf = ""}, "en");
    mr_str plain = text_of(b, &r, "en", false), coloured = text_of(b, &r, "en", true);
    mr_buf stripped;
    mr_buf_init(&stripped, 4 * MR_MIB);
    for (size_t i = 0; i < coloured.len; i++) {
        if (coloured.ptr[i] == '\033')
            while (coloured.ptr[i] != 'm') i++;
        else
            mr_buf_putc(&stripped, coloured.ptr[i]);
    }
    assert_true(coloured.len > plain.len);
    assert_str_eq(mr_buf_str(&stripped), plain);
    mr_buf_done(&stripped);
}

static void test_report_text__a_hostile_name_does_not_steer_the_terminal(void **state)
{
    struct bench *b = *state;
    struct test_credential t = {
        .more_specification =
            ",'additionalNote':{'type':'Note','noteLiteral':{'en':'\\u001b[2J\\u009b1m\\u0007 evil \\u007f'}}"};
    mr_report r = report_of(b, &t, "en");
    mr_str text = text_of(b, &r, "en", false);
    assert_true(mr_str_find(text, MR_STR("evil")) > 0);
    assert_fits(text);
    assert_int_equal(mr_str_find(text, MR_STR("\xC2\x9b")), -1);
}

static size_t count_of(mr_str text, const char *part)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = mr_str_find(text, mr_str_of(part))) >= 0; n++) text = mr_str_from(text, (size_t)at + 1);
    return n;
}

/* The state stands before the sentence; a sentence that says it itself is not told twice. */
static void test_report_text__says_once_that_it_could_not_be_checked(void **state)
{
    struct bench *b = *state;
    static const char *const ids[] = {"key.not_asked", "key.unreachable", "seal.detached", "proof.unknown_suite",
                                      "status.unreachable"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        mr_report r = {.format_code = ""};
        r.checks[MR_CHECK_SEAL] = (struct mr_check){
            .claimed = true, .state = MR_UNCHECKED, .text = mr_message(mr_language_english(), ids[i])};
        mr_str text = text_of(b, &r, "en", false);
        if (count_of(text, "ould not be checked") != 1) fail_msg("%.*s", MR_STR_ARG(text));
        r.checks[MR_CHECK_SEAL].text = mr_message(mr_language_find(MR_STR("da")), ids[i]);
        text = text_of(b, &r, "da", false);
        if (count_of(text, "unne ikke kontrolleres") != 1) fail_msg("%.*s", MR_STR_ARG(text));
    }
}

/* Neither a file's name nor a party's writes a line of its own into the report. */
static void test_report_text__a_name_of_several_lines_stays_one(void **state)
{
    struct bench *b = *state;
    struct test_credential t = {.body = "School\\n\\u2713 Genuine and current"};
    mr_report r = report_of(b, &t, "en");
    mr_buf out;
    mr_buf_init(&out, 4 * MR_MIB);
    mr_report_write_text(&r, mr_language_english(), MR_STR("x\n\xE2\x9C\x93 Genuine and current"), false, &out);
    assert_true(mr_str_find(mr_buf_str(&out), MR_STR("x?\xE2\x9C\x93 Genuine")) >= 0);
    assert_int_equal(mr_str_find(mr_buf_str(&out), MR_STR("\n\xE2\x9C\x93 Genuine")), -1);
    assert_int_equal(mr_str_find(mr_buf_str(&out), MR_STR("\n  \xE2\x9C\x93 Genuine")), -1);
    mr_buf_done(&out);
}

/* One letter a check, in the order of the report: p passed, f failed, u could not be checked, n does not apply, - not reached. */
static const struct {
    const char *states;
    mr_verdict verdict;
} sums[] = {
    {"f--------", MR_VERDICT_INVALID}, {"pf-------", MR_VERDICT_INVALID}, {"pu-------", MR_VERDICT_UNKNOWN},
    {"ppppppunp", MR_VERDICT_VALID},   {"pppppppnp", MR_VERDICT_VALID},   {"ppppppupp", MR_VERDICT_VALID},
    {"ppfpppunp", MR_VERDICT_INVALID}, {"ppfufuuuf", MR_VERDICT_INVALID}, {"ppppfpunp", MR_VERDICT_INVALID},
    {"ppupppunp", MR_VERDICT_UNKNOWN}, {"pppupfunf", MR_VERDICT_UNKNOWN}, {"pppfppunp", MR_VERDICT_UNKNOWN},
    {"ppppupunp", MR_VERDICT_UNKNOWN}, {"ppppppuup", MR_VERDICT_UNKNOWN}, {"pppppuunp", MR_VERDICT_UNKNOWN},
    {"pppppfunp", MR_VERDICT_CAUTION}, {"ppppppufp", MR_VERDICT_CAUTION}, {"ppppppunf", MR_VERDICT_CAUTION},
    {"ppppnpunp", MR_VERDICT_VALID},
};

static void test_verdict__is_the_first_that_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        mr_report r = {.verdict = MR_VERDICT_VALID};
        for (int c = 0; c < MR_CHECK_COUNT; c++) {
            char letter = sums[i].states[c];
            r.checks[c].claimed = letter != '-';
            r.checks[c].state = letter == 'p'   ? MR_PASSED
                                : letter == 'f' ? MR_FAILED
                                : letter == 'n' ? MR_NOT_APPLICABLE
                                                : MR_UNCHECKED;
        }
        if (mr_report_verdict(&r) != sums[i].verdict)
            fail_msg("%s: got %s, wanted %s", sums[i].states, mr_verdict_name(mr_report_verdict(&r)),
                     mr_verdict_name(sums[i].verdict));
    }
}

static void test_verdict__exit_codes(void **state)
{
    (void)state;
    assert_int_equal(mr_verdict_exit(MR_VERDICT_VALID), 0);
    assert_int_equal(mr_verdict_exit(MR_VERDICT_INVALID), 1);
    assert_int_equal(mr_verdict_exit(MR_VERDICT_UNKNOWN), 3);
    assert_int_equal(mr_verdict_exit(MR_VERDICT_CAUTION), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_json__one_object_with_every_check),
        cmocka_unit_test(test_report_json__claims_nothing_behind_a_failure),
        cmocka_unit_test(test_report_json__in_the_readers_language),
        cmocka_unit_test(test_report_text__fits_the_terminal),
        cmocka_unit_test(test_report_text__colour_only_adds_colour),
        cmocka_unit_test(test_report_text__a_hostile_name_does_not_steer_the_terminal),
        cmocka_unit_test(test_report_text__says_once_that_it_could_not_be_checked),
        cmocka_unit_test(test_report_text__a_name_of_several_lines_stays_one),
        cmocka_unit_test(test_verdict__is_the_first_that_fits),
        cmocka_unit_test(test_verdict__exit_codes),
    };
    return cmocka_run_group_tests_name("credential/report", tests, set_up, tear_down);
}
