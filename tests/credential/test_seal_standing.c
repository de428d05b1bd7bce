/* What a seal is worth: certificates of an invented authority, made by openssl, each with one thing that is to be seen. */
#include "crypto/pki.h"

#include "base/limits.h"
#include "credential/seal_standing.h"
#include "credential/specification_file.h"
#include "crypto/authority.h"

#define ORGANISATION "/C=DK/O=Invented University/organizationIdentifier=VATDK-00000000/CN=Invented seal"

/* QcStatements of EN 319 412-5: compliance, type (1 e-signature, 2 e-seal), the key in a qualified device. */
#define QC(statements)                                                                                                 \
    PKI_SEAL "1.3.6.1.5.5.7.1.3=ASN1:SEQUENCE:statements\n[statements]\n" statements                                   \
             "[compliance]\no=OID:0.4.0.1862.1.1\n[device]\no=OID:0.4.0.1862.1.4\n"                                    \
             "[seal]\no=OID:0.4.0.1862.1.6\nt=SEQUENCE:seal_type\n[seal_type]\no=OID:0.4.0.1862.1.6.2\n"               \
             "[sign]\no=OID:0.4.0.1862.1.6\nt=SEQUENCE:sign_type\n[sign_type]\no=OID:0.4.0.1862.1.6.1\n"

static struct peer *world;

static int setup(void **state)
{
    void *peer = NULL;
    if (peer_setup(&peer) != 0) return -1;
    world = peer;
    if (peer_is_here())
        mr_certificate_free(pki_issue(world, "root", "Invented root", NULL, PKI_AUTHORITY, "-days 4000"));
    return 0;
}
static int teardown(void **state)
{
    void *peer = world;
    return peer_teardown(&peer);
}

/* key: options of genpkey. days: of the certificate. with_root: in the file. */
static void make(const char *key, const char *subject, const char *extensions, int days, bool with_root,
                 struct mr_seal_key *ret)
{
    struct mr_err err = {0};
    peer_write(world, "extensions", mr_str_of(extensions));
    peer_do(world, mr_arena_format(&world->arena,
                                   "openssl genpkey %s -out one.key && openssl req -new -key one.key -subj \"%s\" -out "
                                   "one.csr && openssl x509 -req -in one.csr -CA root.pem -CAkey root.key "
                                   "-CAcreateserial -extfile extensions -days %d -out one.pem && cat one.key one.pem "
                                   "%s >whole.pem",
                                   key, subject, days, with_root ? "root.pem" : "")
                       .ptr);
    assert_ok(mr_seal_key_read(peer_file(world, "whole.pem"), MR_STR_EMPTY, ret, &err), err);
}

static struct mr_seal_standing standing_of(const struct mr_seal_key *seal, const mr_trust *trust,
                                           const mr_specification *specification, int64_t after_ms)
{
    struct mr_err err = {0};
    struct mr_seal_standing s;
    int64_t now = mr_certificate_not_before(seal->certificate) + after_ms;
    assert_ok(mr_seal_standing_find(seal, trust, specification, now, &world->arena, mr_language_english(), &s, &err),
              err);
    return s;
}

static bool has_remark(const struct mr_seal_standing *s, const char *id, bool *ret_hinders)
{
    mr_str text = mr_message(mr_language_english(), id);
    for (size_t i = 0; i < s->remark_count; i++) {
        if (!mr_str_eq(s->remarks[i].text, text)) continue;
        *ret_hinders = s->remarks[i].hinders;
        return true;
    }
    return false;
}

#define P256 "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"
#define HOUR 3600000

static void test_seal_standing__tells_the_level_that_the_certificate_claims(void **state)
{
    static const struct {
        const char *extensions;
        mr_seal_level level;
        const char *remark; /* or NULL */
    } cases[] = {
        {PKI_SEAL, MR_SEAL_LEVEL_PLAIN, NULL},
        {QC("c=SEQUENCE:compliance\nt=SEQUENCE:seal\n"), MR_SEAL_LEVEL_QC, NULL},
        {QC("c=SEQUENCE:compliance\nt=SEQUENCE:seal\nd=SEQUENCE:device\n"), MR_SEAL_LEVEL_QUALIFIED, NULL},
        {QC("t=SEQUENCE:seal\nd=SEQUENCE:device\n"), MR_SEAL_LEVEL_PLAIN, NULL},
        {QC("c=SEQUENCE:compliance\nt=SEQUENCE:sign\nd=SEQUENCE:device\n"), MR_SEAL_LEVEL_PLAIN, "seal_test.person"},
    };
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_seal_key seal;
        bool hinders = true;
        make(P256, ORGANISATION, cases[i].extensions, 700, true, &seal);
        struct mr_seal_standing s = standing_of(&seal, NULL, NULL, HOUR);
        if (s.level != cases[i].level) fail_msg("case %zu: level %d", i, s.level);
        assert_int_equal(s.listed, MR_UNCHECKED); /* never confirmed by itself */
        if (cases[i].remark)
            assert_true(has_remark(&s, cases[i].remark, &hinders) && !hinders);
        else
            assert_int_equal(s.remark_count, 0);
        mr_seal_key_done(&seal);
    }
}

static void test_seal_standing__tells_what_is_in_the_way(void **state)
{
    static const struct {
        const char *key, *subject, *extensions;
        int days;
        int64_t after_ms; /* from the certificate's begin */
        const char *remark;
        bool hinders;
    } cases[] = {
        {P256, ORGANISATION, PKI_SEAL, 100, 101 * MR_DAY_MS, "seal_test.expired", true},
        {P256, ORGANISATION, PKI_SEAL, 100, -HOUR, "seal_test.not_yet", true},
        {P256, ORGANISATION, PKI_SEAL, 100, 41 * MR_DAY_MS, "seal_test.ends_soon", false},
        {P256, ORGANISATION, "keyUsage=critical,keyAgreement\n", 700, HOUR, "seal_test.other_use", true},
        {P256, ORGANISATION, PKI_SEAL "extendedKeyUsage=serverAuth\n", 700, HOUR, "seal_test.other_use", true},
        {"-algorithm RSA -pkeyopt rsa_keygen_bits:1024", ORGANISATION, PKI_SEAL, 700, HOUR, "seal_test.weak", true},
        {"-algorithm ED25519", ORGANISATION, PKI_SEAL, 700, HOUR, "seal_test.ed25519", false},
        {P256, "/C=DK/O=Invented University/CN=Invented seal", PKI_SEAL, 700, HOUR, "seal_test.no_identifier", true},
        {P256, "/C=DK/organizationIdentifier=VATDK-00000000/CN=Invented", PKI_SEAL, 700, HOUR,
         "seal_test.no_organisation", true},
        {P256, ORGANISATION "/GN=Ida/SN=Invented", PKI_SEAL, 700, HOUR, "seal_test.person", false},
    };
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_seal_key seal;
        bool hinders = false;
        make(cases[i].key, cases[i].subject, cases[i].extensions, cases[i].days, true, &seal);
        struct mr_seal_standing s = standing_of(&seal, NULL, NULL, cases[i].after_ms);
        if (!has_remark(&s, cases[i].remark, &hinders)) fail_msg("case %zu: no %s", i, cases[i].remark);
        if (hinders != cases[i].hinders || mr_seal_standing_hinders(&s) != cases[i].hinders || s.remark_count != 1)
            fail_msg("%s: hinders %d, %zu remarks", cases[i].remark, hinders, s.remark_count);
        mr_seal_key_done(&seal);
    }
}

static void test_seal_standing__compares_with_the_specification(void **state)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_specification specification;
    struct mr_seal_key own, other;
    bool hinders = true;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    mr_findings_init(&findings, &world->arena);
    mr_str text = test_read_file(&world->arena, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    assert_ok(mr_specification_read(&world->arena, text, &specification, &findings, &err), err);
    mr_str name = mr_texts_get(specification.awarding_bodies[0].name, MR_STR("en"), NULL);
    make(
        P256,
        mr_arena_format(&world->arena, "/C=DK/O=%.*s/organizationIdentifier=VATDK-00000001/CN=x", MR_STR_ARG(name)).ptr,
        PKI_SEAL, 700, true, &own);
    make(P256, "/C=DK/O=Invented Stranger/organizationIdentifier=VATDK-00000002/CN=x", PKI_SEAL, 700, true, &other);
    struct mr_seal_standing s = standing_of(&own, NULL, &specification, HOUR);
    assert_int_equal(s.remark_count, 0);
    s = standing_of(&other, NULL, &specification, HOUR);
    assert_true(has_remark(&s, "seal_test.name_differs", &hinders) && !hinders);
    mr_seal_key_done(&own);
    mr_seal_key_done(&other);
}

static void test_seal_standing__looks_for_a_way_to_an_anchor(void **state)
{
    struct mr_seal_key seal, test;
    struct mr_err err = {0};
    struct mr_authority authority;
    bool hinders = true;
    const struct mr_seal_subject subject = {MR_STR("Invented"), MR_STR("VATDK-00000000"), MR_STR("DK"), MR_STR("x")};
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    mr_certificate *root = peer_certificate(world, "root.pem");
    mr_trust trust = {.anchors = &root, .count = 1};
    make(P256, ORGANISATION, PKI_SEAL, 700, false, &seal);
    struct mr_seal_standing s = standing_of(&seal, &trust, NULL, HOUR);
    assert_int_equal(s.remark_count, 0);
    assert_ok(mr_authority_new(mr_env_system(), &authority, &err), err);
    assert_ok(mr_authority_issue_seal(&authority, mr_env_system(), &subject, MR_KEY_P256, &test, &err), err);
    trust.anchors = &authority.certificate;
    s = standing_of(&seal, &trust, NULL, HOUR); /* another's */
    assert_true(has_remark(&s, "seal_test.chain_incomplete", &hinders) && !hinders);
    s = standing_of(&test, NULL, NULL, HOUR);
    assert_int_equal(s.level, MR_SEAL_LEVEL_TEST);
    assert_true(has_remark(&s, "seal_test.test", &hinders) && !hinders);
    mr_seal_key_done(&test);
    mr_authority_done(&authority);
    mr_seal_key_done(&seal);
    mr_certificate_free(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seal_standing__tells_the_level_that_the_certificate_claims),
        cmocka_unit_test(test_seal_standing__tells_what_is_in_the_way),
        cmocka_unit_test(test_seal_standing__compares_with_the_specification),
        cmocka_unit_test(test_seal_standing__looks_for_a_way_to_an_anchor),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
