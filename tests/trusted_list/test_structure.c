#include "testing.h"

#include "base/limits.h"
#include "json/json.h"
#include "trusted_list/reader.h"
#include "trusted_list/seal.h"

#define SCHEME_START                                                                                                   \
    "<TSLSequenceNumber>7</TSLSequenceNumber>"                                                                         \
    "<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/EUgeneric</TSLType>"                                     \
    "<SchemeOperatorName><Name xml:lang='en'>Invented Agency</Name></SchemeOperatorName>"                              \
    "<SchemeOperatorAddress><PostalAddresses><PostalAddress xml:lang='en'><StreetAddress>1 Nowhere</StreetAddress>"    \
    "<Locality>Nowhere</Locality><CountryName>ZZ</CountryName></PostalAddress></PostalAddresses>"                      \
    "<ElectronicAddress><URI xml:lang='en'>mailto:list@agency.example</URI></ElectronicAddress>"                       \
    "</SchemeOperatorAddress><SchemeName><Name xml:lang='en'>ZZ:invented</Name></SchemeName>"                          \
    "<SchemeInformationURI><URI xml:lang='en'>https://agency.example/</URI></SchemeInformationURI>"                    \
    "<StatusDeterminationApproach>http://agency.example/how</StatusDeterminationApproach>"                             \
    "<SchemeTerritory>ZZ</SchemeTerritory><HistoricalInformationPeriod>65535</HistoricalInformationPeriod>"
#define SCHEME_END                                                                                                     \
    "<ListIssueDateTime>2026-10-01T00:00:00Z</ListIssueDateTime>"                                                      \
    "<NextUpdate><dateTime>2027-04-01T00:00:00Z</dateTime></NextUpdate></SchemeInformation>"
#define ROOT "<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#' TSLTag='http://uri.etsi.org/19612/TSLTag'>"
#define VERSION(n) "<SchemeInformation><TSLVersionIdentifier>" n "</TSLVersionIdentifier>"
#define END "</TrustServiceStatusList>"

static const struct {
    const char *what, *xml;
    int faults;
} cases[] = {
    {"whole", ROOT VERSION("5") SCHEME_START SCHEME_END END, 0},
    {"version 6", ROOT VERSION("6") SCHEME_START SCHEME_END END, 0},
    {"version 4", ROOT VERSION("4") SCHEME_START SCHEME_END END, 1},
    {"eight elements are missing", ROOT VERSION("5") SCHEME_END END, 8},
    {"two of one", ROOT VERSION("5") SCHEME_START "<SchemeTerritory>ZZ</SchemeTerritory>" SCHEME_END END, 3},
    {"no number", ROOT VERSION("five") SCHEME_START SCHEME_END END, 2},
    {"text between", ROOT "surprise" VERSION("5") SCHEME_START SCHEME_END END, 1},
    {"no tag",
     "<TrustServiceStatusList xmlns='http://uri.etsi.org/02231/v2#'>" VERSION("5") SCHEME_START SCHEME_END END, 1},
    {"another namespace", "<TrustServiceStatusList xmlns='http://other.example/'/>", 1},
    {"empty list of providers", ROOT VERSION("5") SCHEME_START SCHEME_END "<TrustServiceProviderList/>" END, 1},
};

static void test_structure__is_told_fault_by_fault(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        MR_CLEANUP(mr_buf_done) mr_buf out;
        const mr_json *root;
        struct mr_err err = {0};
        int64_t faults = -1;
        mr_arena_init(&a, 8 * MR_MIB);
        mr_buf_init(&out, MR_MIB);
        assert_ok(mr_trusted_list_read(&a, mr_str_of(cases[i].xml), NULL, 0, &out, &err), err);
        assert_ok(mr_json_parse(&a, mr_buf_str(&out), NULL, &root, &err), err);
        assert_true(mr_json_to_int64(mr_json_get(root, "fault_count"), &faults));
        if (faults != cases[i].faults) fail_msg("%s: %.*s", cases[i].what, MR_STR_ARG(mr_buf_str(&out)));
    }
}

static void test_xml__refuses_what_is_no_list(void **state)
{
    static const struct {
        const char *xml;
        mr_code code;
    } refused[] = {
        {"", MR_E_FORMAT},
        {"<a>", MR_E_FORMAT},
        {"<!DOCTYPE a><a/>", MR_E_FORMAT},
        {"<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>", MR_E_FORMAT},
        {"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", MR_E_FORMAT},
        {"<a>&undeclared;</a>", MR_E_FORMAT},
        {"{\"LoTE\": {}}", MR_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        MR_CLEANUP(mr_buf_done) mr_buf out;
        struct mr_err err = {0};
        mr_arena_init(&a, 8 * MR_MIB);
        mr_buf_init(&out, MR_MIB);
        assert_code(mr_trusted_list_read(&a, mr_str_of(refused[i].xml), NULL, 0, &out, &err), refused[i].code, err);
        assert_int_equal(out.len, 0);
    }
}

static void test_xml__has_no_depth_without_end(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf xml, out;
    struct mr_err err = {0};
    mr_arena_init(&a, 8 * MR_MIB);
    mr_buf_init(&xml, 8 * MR_MIB);
    mr_buf_init(&out, MR_MIB);
    for (int i = 0; i < 100000; i++) mr_buf_puts(&xml, "<a>");
    assert_code(mr_trusted_list_read(&a, mr_buf_str(&xml), NULL, 0, &out, &err), MR_E_FORMAT, err);
}

static int start(void **state)
{
    struct mr_err err = {0};
    return mr_xml_seal_start(&err) == MR_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_structure__is_told_fault_by_fault),
                                       cmocka_unit_test(test_xml__refuses_what_is_no_list),
                                       cmocka_unit_test(test_xml__has_no_depth_without_end)};
    return cmocka_run_group_tests(tests, start, NULL);
}
