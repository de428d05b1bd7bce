/* What a holder can show, in words: names that people know, values that they can read, and never a key or a salt. */
#include "testing.h"

#include "base/limits.h"
#include "credential/disclose.h"
#include "proof/sd_jwt.h"

struct fixture {
    mr_arena a;
    mr_buf out;
    struct mr_err err;
    mr_env env;
    mr_key *issuer;
    mr_jose_signer signer;
};

static int setup(void **state)
{
    static struct fixture f;
    const struct mr_jose_header header = {.typ = "dc+sd-jwt", .kid = MR_STR("key-1")};
    mr_arena_init(&f.a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&f.out, MR_LIMIT_DOCUMENT);
    f.env = test_env_fixed(INT64_C(1792055520000), 1);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &f.issuer, &f.err), f.err);
    assert_ok(mr_jose_signer_init(&f.signer, &f.a, f.issuer, &header, &f.err), f.err);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mr_key_free(f->issuer);
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
    return 0;
}

static mr_str issue(struct fixture *f, const char *claims, mr_str marked)
{
    const struct mr_sd_frame frame = {.pointers = &marked, .count = 1};
    const mr_json *root;
    mr_buf_clear(&f->out);
    assert_ok(mr_json_parse(&f->a, mr_str_of(claims), NULL, &root, &f->err), f->err);
    assert_ok(mr_sd_jwt_issue(&f->signer, root, &frame, &f->env, &f->a, &f->out, &f->err), f->err);
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

static void test_disclose_list__says_it_in_words(void **state)
{
    static const struct {
        const char *claims, *pointer, *language, *name, *value;
    } cases[] = {
        {"{\"given_name\":\"Mette\"}", "/given_name", "da", "Fornavn", "Mette"},
        {"{\"learning_outcomes\":[\"a\",\"b\"]}", "/learning_outcomes", "en", "Learning outcomes", "a; b"},
        {"{\"learning_outcomes\":[\"a\",\"b\"]}", "/learning_outcomes/1", "en", "Learning outcomes 2", "b"},
        {"{\"own\":12.50}", "/own", "en", "own", "12.50"},
        {"{\"exp\":1892073600}", "/exp", "en", "End of validity", "16 December 2029 at 00:00 (UTC)"},
        {"{\"nbf\":\"soon\"}", "/nbf", "en", "nbf", "soon"},
        {"{\"exp\":1e30}", "/exp", "en", "End of validity", "1e30"},
        {"{\"own\":{\"exp\":1892073600}}", "/own", "en", "own", "End of validity: 1892073600"},
        {"{\"own\":true}", "/own", "en", "own", "true"},
        {"{\"own\":{\"en\":\"yes\",\"da\":\"ja\"}}", "/own", "da", "own", "ja"},
        {"{\"own\":{\"fr\":\"oui\",\"nl\":\"ja\"}}", "/own", "en", "own", "oui"},
        {"{\"own\":{\"@value\":\"yes\",\"@language\":\"en\"}}", "/own", "en", "own", "yes"},
        {"{\"own\":{\"street\":\"Vestergade\",\"no\":1}}", "/own", "en", "own", "street: Vestergade; no: 1"},
        {"{\"own\":{\"id\":\"urn:x\"}}", "/own", "en", "own", "urn:x"},
        {"{\"own\":[{\"a\":[1]}]}", "/own", "en", "own", "[{\"a\":[1]}]"},
        {"{\"a/b\":\"x\"}", "/a~1b", "en", "a/b", "x"},
        {"{\"~1\":\"x\"}", "/~01", "en", "~1", "x"},
        {"{\"4\":\"x\"}", "/4", "en", "4", "x"},
        {"{\"\":\"x\"}", "/", "en", "", "x"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_disclosable *items;
        size_t count;
        mr_str token = issue(f, cases[i].claims, mr_str_of(cases[i].pointer));
        const mr_language *l = mr_language_find(mr_str_of(cases[i].language));
        assert_ok(mr_disclose_list(&f->a, token, l, &items, &count, &f->err), f->err);
        assert_true(count >= 1);
        const struct mr_disclosable *last = &items[count - 1];
        assert_str_eq(last->pointer, mr_str_of(cases[i].pointer));
        assert_str_eq(last->name, mr_str_of(cases[i].name));
        assert_str_eq(last->value, mr_str_of(cases[i].value));
        assert_false(last->always);
    }
}

static void test_disclose_list__cuts_long_values_between_characters(void **state)
{
    struct fixture *f = *state;
    MR_CLEANUP(mr_buf_done) mr_buf claims;
    mr_buf_init(&claims, MR_MIB);
    for (size_t kind = 0; kind < 3; kind++) {
        struct mr_disclosable *items;
        size_t count;
        mr_buf_clear(&claims);
        mr_buf_puts(&claims, kind == 0 ? "{\"own\":\"x" : kind == 1 ? "{\"own\":[\"x" : "{\"own\":[1,\"x");
        for (size_t i = 0; i < 1000; i++) mr_buf_puts(&claims, "\xE2\x82\xAC");
        mr_buf_puts(&claims, kind == 0 ? "\"}" : "\"]}");
        mr_buf_putc(&claims, '\0');
        mr_str token = issue(f, claims.ptr, MR_STR("/own"));
        assert_ok(mr_disclose_list(&f->a, token, mr_language_english(), &items, &count, &f->err), f->err);
        assert_int_equal(count, 1);
        assert_true(items[0].value.len <= MR_LIMIT_DISCLOSED_VALUE);
        assert_int_equal(mr_utf8_check(items[0].value), items[0].value.len);
    }
}

/* The holder's key, digests, what the token says of itself: nothing that anybody could read. */
static void test_disclose_list__passes_over_what_machines_read(void **state)
{
    struct fixture *f = *state;
    struct mr_disclosable *items;
    size_t count;
    mr_str token = issue(
        f, "{\"vct\":\"urn:x\",\"cnf\":{\"jwk\":{}},\"status\":{\"status_list\":{}},\"l\":[{}],\"n\":1}", MR_STR("/n"));
    assert_ok(mr_disclose_list(&f->a, token, mr_language_english(), &items, &count, &f->err), f->err);
    assert_int_equal(count, 2);
    assert_str_eq(items[0].pointer, MR_STR("/vct"));
    assert_true(items[0].always);
    assert_str_eq(items[1].pointer, MR_STR("/n"));
}

static void test_disclose__tells_what_cannot_be_shown_in_parts(void **state)
{
    static const struct {
        const char *text;
        mr_code code;
    } cases[] = {
        {"", MR_E_FORMAT},
        {"Dear Mette", MR_E_FORMAT},
        {"{", MR_E_JSON},
        {"{}", MR_E_UNSUPPORTED},
        {"[]", MR_E_UNSUPPORTED},
        {"a.b.c", MR_E_UNSUPPORTED},
        {"{\"proof\":{\"cryptosuite\":\"eddsa-rdfc-2022\",\"proofValue\":\"z1\"}}", MR_E_UNSUPPORTED},
        {"{\"proof\":{\"cryptosuite\":\"ecdsa-sd-2023\"}}", MR_E_UNSUPPORTED},
        {"{\"proof\":{\"cryptosuite\":\"ecdsa-sd-2023\",\"proofValue\":\"u2V0A\"}}", MR_E_JSON},
        {"{\"proof\":[{\"cryptosuite\":\"ecdsa-sd-2023\",\"proofValue\":\"!\"}]}", MR_E_JSON},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mr_disclosing all = {.all = true};
        struct mr_disclosable *items;
        size_t count;
        int code = mr_disclose_list(&f->a, mr_str_of(cases[i].text), mr_language_english(), &items, &count, &f->err);
        bool damaged = cases[i].code == MR_E_JSON; /* any code of a reader */
        if (damaged ? code == MR_OK || code == MR_E_UNSUPPORTED : code != (int)cases[i].code)
            fail_msg("%s: %s", cases[i].text, mr_code_name((mr_code)code));
        assert_int_not_equal(mr_disclose(&f->a, mr_str_of(cases[i].text), &all, &f->out, &f->err), MR_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_disclose_list__says_it_in_words),
        cmocka_unit_test(test_disclose_list__cuts_long_values_between_characters),
        cmocka_unit_test(test_disclose_list__passes_over_what_machines_read),
        cmocka_unit_test(test_disclose__tells_what_cannot_be_shown_in_parts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
