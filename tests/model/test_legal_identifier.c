#include "testing.h"

#include "model/legal_identifier.h"

static void test_legal_identifier_is_vat__two_letters_and_a_number(void **state)
{
    static const struct {
        const char *text, *country; /* NULL: not one */
    } cases[] = {
        {"DK12345678", "DK"},
        {"NL123456789B01", "NL"},
        {"SE123456789001", "SE"},
        {"EL123456789", "GR"},
        {"ATU12345678", "AT"},
        {"IE1234567T", "IE"},
        {"12345678", NULL},
        {"dk12345678", NULL},
        {"DK 12345678", NULL},
        {"DK1", NULL},
        {"", NULL},
        {"DK1234567890123456", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char country[3] = "";
        bool is = mr_legal_identifier_is_vat(mr_str_of(cases[i].text), country);
        if (is != (cases[i].country != NULL)) fail_msg("%s: %d", cases[i].text, is);
        if (is) assert_string_equal(country, cases[i].country);
    }
}

/* EN 319 412-1 5.1.4 with its own examples, and the identifier of the Commission's sample. */
static void test_legal_identifier_is_eidas__follows_en_319_412_1(void **state)
{
    static const struct {
        const char *text, *country;
    } cases[] = {
        {"VATBE-0876866142", "BE"},
        {"EI:SE-5567971433", "SE"},
        {"VATES-A00000000", "ES"},
        {"VATEL-123456789", "GR"},
        {"NTRDK-12345678", "DK"},
        {"LEIXG-529900T8BM49AURSDO55", "XG"},
        {"PSDFI-FINFSA-1234", "FI"},
        {"VATDK12345678", NULL},
        {"VATDK-", NULL},
        {"vatDK-12345678", NULL},
        {"XYZDK-12345678", NULL},
        {"VATdk-12345678", NULL},
        {"DK12345678", NULL},
        {"", NULL},
        {"VATDK-1234 5678", NULL},
        {"VATDK-1234\t5678", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char country[3] = "";
        bool is = mr_legal_identifier_is_eidas(mr_str_of(cases[i].text), country);
        if (is != (cases[i].country != NULL)) fail_msg("%s: %d", cases[i].text, is);
        if (is) assert_string_equal(country, cases[i].country);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_legal_identifier_is_vat__two_letters_and_a_number),
        cmocka_unit_test(test_legal_identifier_is_eidas__follows_en_319_412_1),
    };
    return cmocka_run_group_tests_name("model/legal_identifier", tests, NULL, NULL);
}
