#include "testing.h"

#include "model/contact.h"

static void test_contact_is_email__complete_or_not(void **state)
{
    static const char *const good[] = {"ana@example.org",   "a.b+c@mail.example.org", "søren@example.org",
                                       "o'neil@example.ie", "x@æble.example",         "1@example.org"};
    static const char *const bad[] = {"",
                                      "ana",
                                      "ana@",
                                      "@example.org",
                                      "ana@example",
                                      "ana@@example.org",
                                      "ana@example..org",
                                      "ana@.example.org",
                                      "ana@example.org.",
                                      "a na@example.org",
                                      ".ana@example.org",
                                      "ana.@example.org",
                                      "a..na@example.org",
                                      "ana@exa_mple.org",
                                      "ana@-example.org",
                                      "Ana <ana@example.org>",
                                      "ana@example.org, bo@example.org",
                                      "ana@example.org\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!mr_contact_is_email(mr_str_of(good[i]))) fail_msg("%s is refused", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (mr_contact_is_email(mr_str_of(bad[i]))) fail_msg("%s is taken", bad[i]);
    }
    assert_false(mr_contact_is_email(mr_str_make("a\0b@example.org", 15)));
}

static void test_contact_is_url__https_with_a_host(void **state)
{
    static const char *const good[] = {"https://example.org", "https://example.org/a?b=c#d",
                                       "https://www.exämple.org/å", "https://localhost:8400/verify",
                                       "https://example.org:8443"};
    static const char *const bad[] = {"",
                                      "example.org",
                                      "http://example.org",
                                      "https://",
                                      "https://example",
                                      "https:///path",
                                      "https://exam ple.org",
                                      "https://example.org/\"x\"",
                                      "javascript:alert(1)",
                                      "https://example.org/\n",
                                      "https://user@example.org"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!mr_contact_is_url(mr_str_of(good[i]), false)) fail_msg("%s is refused", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (mr_contact_is_url(mr_str_of(bad[i]), false)) fail_msg("%s is taken", bad[i]);
    }
    assert_true(mr_contact_is_url(MR_STR("http://data.europa.eu/esco/skill/1"), true));
    assert_false(mr_contact_is_url(MR_STR("ftp://data.europa.eu/esco/skill/1"), true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contact_is_email__complete_or_not),
        cmocka_unit_test(test_contact_is_url__https_with_a_host),
    };
    return cmocka_run_group_tests_name("model/contact", tests, NULL, NULL);
}
