/* What is told of a credential: sealed, unsealed, and with a seal that does not hold; the answers, then what is not stated. */
#include "verifying.h"

#include "credential/said.h"

static mr_said said_of(struct bench *b, mr_str file)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_said said;
    const struct mr_verifying verifying = {.env = &b->env, .language = mr_language_english(), .trust = &b->trust};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_said_read(v, &b->arena, mr_language_english(), file, &said, &err), err);
    mr_verifier_close(v);
    return said;
}

static mr_str text_of(struct bench *b, const mr_said *said)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_MIB);
    mr_said_write_text(said, &b->arena, mr_language_english(), &out);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static bool has(mr_str text, const char *part)
{
    return mr_str_find(text, mr_str_of(part)) >= 0;
}

static void a_sealed_badge_is_told_after_its_verdict(void **state)
{
    struct bench *b = *state;
    mr_said said = said_of(b, prove(b, badge(b, b->did, ""), b->key, method_of(&b->arena, b->did)));
    assert_true(said.any && said.sealed);
    mr_str text = text_of(b, &said);
    assert_true(mr_str_has_prefix(text, said.report.summary));
    assert_true(has(text, "Title of the micro-credential\n  Wound care\n"));
    assert_true(has(text, "\nIt does not call itself a European micro-credential."));
    assert_true(has(text, "\n  Notional workload: you cannot tell how much learning it stands for"));
    assert_false(has(text, "\n  Title of the micro-credential: you cannot"));
}

static void an_unsealed_badge_is_told_and_that_nothing_seals_it(void **state)
{
    struct bench *b = *state;
    mr_said said = said_of(b, badge(b, b->did, ""));
    assert_true(said.any);
    assert_false(said.sealed);
    mr_str text = text_of(b, &said);
    assert_true(mr_str_has_prefix(text, MR_STR("Nothing seals this document.")));
    assert_true(has(text, "  Wound care\n"));
}

/* Nothing of it is believed, so nothing of it is shown. */
static void a_broken_seal_shows_nothing(void **state)
{
    struct bench *b = *state;
    mr_str file = prove(b, badge(b, b->did, ""), b->key, method_of(&b->arena, b->did));
    mr_said said = said_of(b, replace(b, file, "Dresses wounds", "Addresses wounds"));
    assert_false(said.any);
    assert_null(said.document);
    assert_int_equal(said.report.verdict, MR_VERDICT_INVALID);
}

static void what_is_no_credential_shows_nothing(void **state)
{
    static const char *const files[] = {"", "a text", "{}", "[1]", "{\"a\":1}", "{\"@context\":7}"};
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) assert_false(said_of(b, mr_str_of(files[i])).any);
}

/* What a stranger wrote cannot pass for Merit's own words, nor steer a terminal. */
static void lines_of_others_stay_where_they_belong(void **state)
{
    struct bench *b = *state;
    mr_str file = replace(b, badge(b, b->did, ""), "Dresses wounds.", "A\\nGenuine and current\\u001b[2J");
    mr_said said = said_of(b, file);
    mr_str text = text_of(b, &said);
    assert_true(has(text, "\n  Genuine and current?[2J\n"));
    assert_false(has(text, "\nGenuine"));
}

static void the_same_as_json(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct bench *b = *state;
    struct mr_err err = {0};
    const mr_json *root;
    mr_said said = said_of(b, badge(b, b->did, ""));
    mr_buf_init(&out, MR_MIB);
    mr_said_write_json(&said, &b->arena, mr_language_english(), MR_STR("b.json"), &out);
    assert_ok(mr_json_parse(&b->arena, mr_buf_str(&out), NULL, &root, &err), err);
    assert_true(mr_json_is(mr_json_get(root, "sealed"), MR_JSON_FALSE));
    assert_str(mr_json_get_str(root, "file"), "b.json");
    assert_str(mr_json_str(mr_json_find(root, MR_STR("/credential/title"))), "Wound care");
    assert_true(mr_json_is(mr_json_find(root, MR_STR("/credential/micro_credential")), MR_JSON_FALSE));
    assert_str(mr_json_str(mr_json_find(root, MR_STR("/credential/not_stated/0/code"))), "learning_outcomes");
    assert_true(mr_json_str(mr_json_find(root, MR_STR("/credential/not_stated/0/meaning"))).len > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sealed_badge_is_told_after_its_verdict, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unsealed_badge_is_told_and_that_nothing_seals_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_broken_seal_shows_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_credential_shows_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lines_of_others_stay_where_they_belong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_as_json, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
