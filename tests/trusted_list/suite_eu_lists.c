/* The suite eu-trusted-lists, XML: real lists, broken ones, wrapping attacks. Its LoTE in JSON are those of tests/credential/suite_lote.c. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/certificate.h"
#include "json/json.h"
#include "trusted_list/reader.h"
#include "trusted_list/seal.h"

struct reading {
    mr_arena a;
    mr_buf out;
    const mr_json *root;
    mr_str state, why;
    int64_t faults;
};

static void done(struct reading *r)
{
    mr_buf_done(&r->out);
    mr_arena_done(&r->a);
}

/* The SHA-256 of a certificate file of the suite. */
static void digest_of(mr_arena *a, const char *name, uint8_t ret[32])
{
    mr_certificate **found;
    size_t count;
    struct mr_err err = {0};
    const char *folder = test_suite(a, "eu-trusted-lists");
    assert_ok(mr_certificates_read_pem(a, test_read_file(a, test_path(a, folder, name)), &found, &count, &err), err);
    assert_int_equal(count, 1);
    memcpy(ret, mr_certificate_sha256(found[0]), 32);
    mr_certificate_free(found[0]);
}

static void read_text(struct reading *r, mr_str text, const uint8_t (*signers)[32], size_t count)
{
    struct mr_err err = {0};
    mr_arena_init(&r->a, 512 * MR_MIB);
    mr_buf_init(&r->out, 64 * MR_MIB);
    assert_ok(mr_trusted_list_read(&r->a, text, signers, count, &r->out, &err), err);
    assert_ok(mr_json_parse(&r->a, mr_buf_str(&r->out), NULL, &r->root, &err), err);
    r->state = mr_json_get_str(mr_json_get(r->root, "signature"), "state");
    r->why = mr_json_get_str(mr_json_get(r->root, "signature"), "why");
    assert_true(mr_json_to_int64(mr_json_get(r->root, "fault_count"), &r->faults));
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* The signer that the file itself brings along. */
static void own_signer(mr_str text, uint8_t ret[32])
{
    struct reading r;
    read_text(&r, text, NULL, 0);
    mr_str hex = mr_json_get_str(mr_json_get(r.root, "signature"), "signer");
    for (size_t i = 0; i < 32 && hex.len == 64; i++)
        ret[i] = (uint8_t)(hex_digit(hex.ptr[2 * i]) << 4 | hex_digit(hex.ptr[2 * i + 1]));
    done(&r);
}

struct expected {
    const char *id, *file, *signer; /* signer: a file of the suite; "own": whom the file names; NULL: none */
    const char *state;
    int faults;            /* -1: some; -2: not asked */
    int parties, services; /* -1: not asked */
};
static const struct expected expected[] = {
    {"lotl-248-right-signer", "xml/eu-lotl.xml", "certs/lotl-signer-248.pem", "good", 0, 0, 0},
    {"lotl-248-wrong-signer", "xml/eu-lotl.xml", "certs/wrong-signer.pem", "stranger", 0, -1, -1},
    {"lotl-248-no-signer", "xml/eu-lotl.xml", NULL, "stranger", 0, -1, -1},
    {"lotl-broken-sig", "xml/eu-lotl-broken-sig.xml", "certs/lotl-signer-248.pem", "changed", -2, -1, -1},
    {"fi-v5", "xml/fi-v5.xml", "own", "good", 0, 1, 19},
    {"fi-v6", "xml/fi-v6.xml", "own", "good", 0, 1, 19},
    {"fi-v5-invalid", "xml/fi-v5-invalid.xml", "own", "good", -1, 1, 19},
    {"fi-v5-sig-cert-v2", "xml/fi-v5-sig-cert-v2.xml", "own", "good", -1, 1, 19},
    {"fi-v6-no-supply-points-type", "xml/fi-v6-no-supply-points-type.xml", "own", "good", 0, 1, 19},
    {"fi-v6-no-tsp-information", "xml/fi-v6-no-tsp-information.xml", "own", "changed", -1, 0, 0},
    {"tl-empty", "xml/tl-empty.xml", NULL, "absent", -1, 0, 0},
    {"tl-empty-with-identifier", "xml/tl-empty-with-identifier.xml", NULL, "absent", -1, 0, 0},
    {"ie-tl", "xml/ie-tl.xml", "own", "good", 0, 3, 4},
    {"dk-21-right-signer", "xml/dk_tl-sn21.xml", "certs/dk-signer-21.pem", "good", 0, 1, -1},
    {"dk-21-newer-cert-of-same-body", "xml/dk_tl-sn21.xml", "certs/dk-other.pem", "stranger", 0, -1, -1},
    {"sk-minimal", "xml/tsl-sk-minimal-dss-1911.xml", "own", "changed", 0, 1, 1},
    {"cy-no-xsw-alarm", "xml/xsw-TSL-CY-sign.xml", "own", "good", 0, -1, -1},
    {"ecdsa-brainpool", "xml/tl-ecdsa-brainpool.xml", "certs/ecdsa-tl-signer.pem", "good", -2, -1, -1},
    {"xsw-fake-signed-properties", "xsw/XSW-enveloped-fake-signedProperties.xml", "own", "refused", -2, -1, -1},
    {"xsw-fake-manifest", "xsw/XSW-enveloping-fake-manifest.xml", "own", "refused", -2, -1, -1},
    {"se-tl", "xml/SE-TL.xml", "own", "good", 0, 4, 12},
    {"se-tl-bad-sig", "xml/SE-TL-bad-sig.xml", "own", "changed", -2, -1, -1},
    {"mt-46", "xml/MT-46.xml", "own", "good", 0, -1, -1},
    {"lote-xml-valid", "lote-xml/valid.xml", NULL, "absent", 0, 1, 1},
    {"lote-xml-valid-full", "lote-xml/valid-full.xml", NULL, "absent", 0, 1, 1},
    {"lote-xml-valid-signed", "lote-xml/valid-signed.xml", "own", "good", 0, 1, 1},
    {"lote-xml-invalid", "lote-xml/invalid.xml", NULL, "absent", -1, -1, -1},
    {"lote-xml-empty-scheme-extensions", "lote-xml/empty-scheme-extensions.xml", NULL, "absent", -1, -1, -1},
};

static bool as_expected(const struct expected *x, const struct reading *r)
{
    const mr_json *list = mr_json_get(r->root, "list");
    int64_t parties = -1;
    (void)!mr_json_to_int64(mr_json_get(list, "parties"), &parties);
    if (!mr_str_is(r->state, x->state)) return false;
    if (x->faults == 0 && r->faults != 0) return false;
    if (x->faults == -1 && r->faults == 0) return false;
    if (mr_str_is(r->state, "refused") && mr_str_find(r->why, MR_STR("wrapping")) < 0) return false;
    if (x->parties >= 0 && parties != x->parties) return false;
    return x->services < 0 || mr_json_count(mr_json_get(list, "services")) == (uint32_t)x->services;
}

static bool run(const struct expected *x)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct reading r;
    uint8_t signer[32] = {0};
    mr_arena_init(&a, 64 * MR_MIB);
    mr_str text = test_read_file(&a, test_path(&a, test_suite(&a, "eu-trusted-lists"), x->file));
    if (x->signer && strcmp(x->signer, "own") == 0)
        own_signer(text, signer);
    else if (x->signer)
        digest_of(&a, x->signer, signer);
    read_text(&r, text, &signer, x->signer ? 1 : 0);
    bool passed = as_expected(x, &r);
    if (!passed)
        print_error("%s: %.*s (%.*s), %d faults\n", x->id, MR_STR_ARG(r.state), MR_STR_ARG(r.why), (int)r.faults);
    done(&r);
    return passed;
}

/* ---- pivots: each is signed by one whom the one before it announces ---- */

static size_t announced(const mr_json *list, mr_arena *a, uint8_t (*ret)[32], size_t most)
{
    size_t count = 0;
    MR_JSON_EACH (pointer, mr_json_get(list, "pointers")) {
        if (mr_str_find(mr_json_get_str(pointer, "type"), MR_STR("listofthelists")) < 0 ||
            !mr_str_is(mr_json_get_str(pointer, "mime"), "application/vnd.etsi.tsl+xml"))
            continue;
        MR_JSON_EACH (text, mr_json_get(pointer, "certificates")) {
            mr_str der;
            struct mr_err err = {0};
            assert_ok(mr_base64_read(a, mr_json_str(text), &der, &err), err);
            if (count < most) mr_sha256(der, ret[count++]);
        }
    }
    return count;
}

static size_t run_pivots(void)
{
    static const char *const files[] = {"xml/tl_pivot_172_mp.xml", "xml/tl_pivot_191_mp.xml", "xml/tl_pivot_226_mp.xml",
                                        "xml/tl_pivot_247_mp.xml", "xml/eu-lotl.xml"};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    uint8_t signers[32][32];
    size_t count = 1, passed = 0;
    mr_arena_init(&a, 64 * MR_MIB);
    digest_of(&a, "certs/pivot-oj-signer.pem", signers[0]);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct reading r;
        const char *folder = test_suite(&a, "eu-trusted-lists");
        read_text(&r, test_read_file(&a, test_path(&a, folder, files[i])), (const uint8_t(*)[32])signers, count);
        bool good = mr_str_is(r.state, "good");
        if (!good) print_error("%s: %.*s\n", files[i], MR_STR_ARG(r.state));
        if (i < 4) passed += good;
        count = announced(mr_json_get(r.root, "list"), &a, signers, 32);
        done(&r);
        if (i == 4) assert_true(good);
    }
    return passed;
}

static void test_lists__get_the_verdicts_of_the_suite(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    size_t passed, count = sizeof expected / sizeof *expected;
    mr_arena_init(&a, MR_MIB);
    test_suite(&a, "eu-trusted-lists");
    passed = run_pivots();
    for (size_t i = 0; i < count; i++) passed += run(&expected[i]);
    test_suite_count("eu-trusted-lists", passed, count + 4, 0);
    assert_int_equal(passed, count + 4);
}

static int start(void **state)
{
    struct mr_err err = {0};
    return mr_xml_seal_start(&err) == MR_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lists__get_the_verdicts_of_the_suite)};
    return cmocka_run_group_tests(tests, start, NULL);
}
