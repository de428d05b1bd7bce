/* Every format, sealed with keys that live in a token (SoftHSM), and verified as any other. */
#include "crypto/token.h"

#include "base/limits.h"
#include "credential/issue.h"
#include "credential/specification_file.h"
#include "credential/verify.h"

static struct peer *world;

#define SUBJECT "/C=DK/O=Invented University/organizationIdentifier=VATDK-00000000/CN=Invented seal"

static void make_seal(const char *name, const char *key, const char *id)
{
    peer_write(world, "extensions", MR_STR(PKI_SEAL));
    peer_do(world, mr_arena_format(&world->arena,
                                   "openssl genpkey %s -out %s.key && openssl req -new -key %s.key -subj \"" SUBJECT
                                   "\" -out csr.pem && openssl x509 -req -in csr.pem -CA root.pem -CAkey root.key "
                                   "-CAcreateserial -extfile extensions -days 700 -out %s.pem",
                                   key, name, name, name)
                       .ptr);
    token_put_key(world, "Merit", name, id);
    token_put_certificate(world, "Merit", name, id);
}

static int setup(void **state)
{
    void *peer = NULL;
    if (peer_setup(&peer) != 0) return -1;
    world = peer;
    if (!token_module()) return 0;
    token_new(world, "Merit");
    mr_certificate_free(pki_issue(world, "root", "Invented root", NULL, PKI_AUTHORITY, ""));
    make_seal("p256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "01");
    make_seal("rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "02");
    make_seal("ed", "-algorithm ED25519", "03");
    return 0;
}

static int teardown(void **state)
{
    void *peer = world;
    return peer_teardown(&peer);
}

static void read_example(mr_specification *ret)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_findings_init(&findings, &world->arena);
    mr_str text = test_read_file(&world->arena, MERIT_SOURCE_ROOT "/docs/examples/wound-care.json");
    assert_ok(mr_specification_read(&world->arena, text, ret, &findings, &err), err);
    assert_int_equal(findings.faults, 0);
}

static void assert_seal_holds(const char *name, mr_format format, mr_str file)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    mr_certificate *root = peer_certificate(world, "root.pem");
    const mr_trust trust = {.anchors = &root, .count = 1};
    const struct mr_verifying verifying = {.trust = &trust, .env = mr_env_system(), .language = mr_language_english()};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, &world->arena, file, &r, &err), err);
    if (r.checks[MR_CHECK_FORMAT].state != MR_PASSED || r.checks[MR_CHECK_SEAL].state != MR_PASSED ||
        (r.checks[MR_CHECK_TRUST].state != MR_PASSED && format != MR_FORMAT_DATA_INTEGRITY &&
         format != MR_FORMAT_OPEN_BADGES && format != MR_FORMAT_OPEN_BADGES_JWT))
        fail_msg("%s, %s: %.*s: %.*s: %.*s", name, mr_format_name(format), MR_STR_ARG(r.summary),
                 MR_STR_ARG(r.checks[MR_CHECK_SEAL].text), MR_STR_ARG(r.checks[MR_CHECK_TRUST].text));
    mr_verifier_close(v);
    mr_certificate_free(root);
}

/* How many formats were sealed. */
static size_t issue_all(const char *name)
{
    struct mr_err err = {0};
    struct mr_seal_key seal;
    mr_specification specification;
    mr_issuer *issuer = NULL;
    size_t done = 0;
    const struct mr_pkcs11_opening o = {.uri = token_uri(world, "Merit", name), .pin = MR_STR(TOKEN_PIN)};
    mr_achievement learner = {.learner = {.full_name = MR_STR("Ida Invented")}, .awarded_on = {2026, 11, 1}};
    read_example(&specification);
    assert_ok(mr_pkcs11_open(&o, &seal, &err), err);
    const struct mr_issuing issuing = {
        .specification = &specification, .seal = &seal, .env = mr_env_system(), .mandate = true};
    assert_ok(mr_issuer_open(&issuing, &issuer, &err), err);
    for (size_t i = 0; mr_format_at(i); i++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        mr_buf_init(&out, MR_LIMIT_DOCUMENT);
        int code = mr_issue(issuer, &learner, mr_format_at(i), &out, &err);
        if (code == MR_E_UNSUPPORTED) continue;
        assert_ok(code, err);
        assert_seal_holds(name, mr_format_at(i), mr_buf_str(&out));
        done++;
    }
    mr_issuer_close(issuer);
    mr_seal_key_done(&seal);
    return done;
}

static void test_issue__every_format_with_a_key_in_a_token(void **state)
{
    TOKEN_OR_SKIP();
    assert_int_equal(issue_all("p256"), MR_FORMAT_COUNT);
    assert_int_equal(issue_all("rsa"),
                     MR_FORMAT_COUNT - 3); /* no cryptosuite signs with RSA, nor are badges named by such keys */
    assert_int_equal(issue_all("ed"), MR_FORMAT_COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_issue__every_format_with_a_key_in_a_token)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
