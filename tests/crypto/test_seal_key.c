/* Key files as they come from authorities and from openssl: PKCS#12 old and new, PEM in every order, and what must be refused. */
#include "pki.h"

#include "crypto/authority.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

struct files {
    mr_certificate *root, *middle, *leaf;
};

static struct files prepare(struct peer *p)
{
    struct files f = {
        .root = pki_issue(p, "root", "Root", NULL, PKI_AUTHORITY, ""),
        .middle = pki_issue(p, "middle", "Middle", "root", PKI_AUTHORITY, ""),
        .leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, ""),
    };
    return f;
}

static void clear(struct files *f)
{
    mr_certificate_free(f->root);
    mr_certificate_free(f->middle);
    mr_certificate_free(f->leaf);
}

static bool same(const mr_certificate *a, const mr_certificate *b)
{
    return memcmp(mr_certificate_sha256(a), mr_certificate_sha256(b), 32) == 0;
}

/* Reads the file and checks that leaf, middle and root are where they belong. */
static void assert_reads(struct peer *p, const struct files *f, const char *file, mr_str password, size_t issuers)
{
    struct mr_err err = {0};
    struct mr_seal_key s;
    mr_str text = MR_STR("t"), signature;
    assert_ok(mr_seal_key_read(peer_file(p, file), password, &s, &err), err);
    assert_int_equal(ERR_peek_error(), 0);
    assert_true(same(s.certificate, f->leaf));
    assert_int_equal(s.issuer_count, issuers);
    if (issuers > 0) assert_true(same(s.issuers[0], f->middle));
    if (issuers > 1) assert_true(same(s.issuers[1], f->root));
    assert_false(s.is_test);
    mr_alg alg = mr_key_default_alg(s.key);
    assert_ok(mr_key_sign(s.key, alg, &text, 1, &p->arena, &signature, &err), err);
    assert_ok(mr_key_verify(mr_certificate_key(s.certificate), alg, &text, 1, signature, &err), err);
    mr_seal_key_done(&s);
    assert_null(s.key);
}

static void test_seal_key_read__opens_pkcs12(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *options;
        mr_str password;
        size_t issuers;
    } cases[] = {
        {"-passout pass:secret", MR_STR_INIT("secret"), 2},
        {"-passout pass:secret -keypbe AES-256-CBC -certpbe NONE", MR_STR_INIT("secret"), 2},
        {"-passout pass:secret -legacy", MR_STR_INIT("secret"), 2},
        {"-passout pass:secret -legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-40", MR_STR_INIT("secret"), 2},
        {"-passout pass:secret -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1", MR_STR_INIT("secret"), 2},
        {"-passout pass:", {NULL, 0}, 2},
        {"-passout pass:p\303\245ss", MR_STR_INIT("p\303\245ss"), 2},
    };
    struct files f = prepare(p);
    peer_do(p, "cat root.pem middle.pem > others.pem");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        peer_do(p, mr_arena_format(
                       &p->arena,
                       "openssl pkcs12 -export -in leaf.pem -inkey leaf.key -certfile others.pem -out seal.p12 %s",
                       cases[i].options)
                       .ptr);
        assert_reads(p, &f, "seal.p12", cases[i].password, cases[i].issuers);
    }
    clear(&f);
}

static void test_seal_key_read__tells_a_wrong_password(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const options[] = {"", "-legacy", "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES"};
    struct files f = prepare(p);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct mr_err err = {0};
        struct mr_seal_key s;
        peer_do(p, mr_arena_format(
                       &p->arena,
                       "openssl pkcs12 -export -in leaf.pem -inkey leaf.key -out seal.p12 -passout pass:secret %s",
                       options[i])
                       .ptr);
        mr_str file = peer_file(p, "seal.p12");
        assert_code(mr_seal_key_read(file, MR_STR("Secret"), &s, &err), MR_E_PASSWORD, err);
        assert_code(mr_seal_key_read(file, MR_STR_EMPTY, &s, &err), MR_E_PASSWORD, err);
        assert_code(mr_seal_key_read(file, MR_STR("secret\0x"), &s, &err), MR_E_PASSWORD, err);
        assert_int_equal(ERR_peek_error(), 0);
        assert_reads(p, &f, "seal.p12", MR_STR("secret"), 0);
    }
    clear(&f);
}

static void test_seal_key_read__takes_pem_in_any_order(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const orders[] = {
        "leaf.key leaf.pem middle.pem root.pem", "root.pem middle.pem leaf.pem leaf.key",
        "middle.pem leaf.key root.pem leaf.pem", "encrypted.key root.pem leaf.pem middle.pem"};
    struct files f = prepare(p);
    peer_do(p, "openssl pkcs8 -topk8 -in leaf.key -out encrypted.key -passout pass:secret");
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        peer_do(p, mr_arena_format(&p->arena, "cat %s > seal.pem", orders[i]).ptr);
        assert_reads(p, &f, "seal.pem", MR_STR("secret"), 2);
    }
    peer_do(p, "cat leaf.key leaf.pem root.pem > seal.pem"); /* a link is missing */
    assert_reads(p, &f, "seal.pem", MR_STR_EMPTY, 0);
    peer_do(p, "openssl ec -in leaf.key -out old.key && openssl ecparam -name prime256v1 -out params && cat params "
               "old.key leaf.pem > seal.pem");
    assert_reads(p, &f, "seal.pem", MR_STR_EMPTY, 0);
    peer_do(p, "tr -d \"\\r\" < seal.pem | sed \"s/$/\\r/\" > dos.pem");
    assert_reads(p, &f, "dos.pem", MR_STR_EMPTY, 0);
    clear(&f);
}

static void test_seal_key_read__takes_rsa_and_ed25519(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const keys[] = {"rsa:2048", "ed25519", "ec -pkeyopt ec_paramgen_curve:P-384"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        peer_do(p, mr_arena_format(&p->arena,
                                   "openssl req -x509 -newkey %s -nodes -keyout k -out c.pem -subj /CN=x && openssl "
                                   "pkcs12 -export -in c.pem "
                                   "-inkey k -out seal.p12 -passout pass:s",
                                   keys[i])
                       .ptr);
        struct files f = {.leaf = peer_certificate(p, "c.pem")};
        assert_reads(p, &f, "seal.p12", MR_STR("s"), 0);
        mr_certificate_free(f.leaf);
    }
}

static void test_seal_key_read__refuses_what_does_not_belong_together(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *make;
        mr_code code;
    } cases[] = {
        {"cat root.key leaf.pem > f", MR_E_KEY},
        {"cat leaf.key > f", MR_E_KEY},
        {"cat leaf.key root.key leaf.pem > f", MR_E_KEY},
        {"cat leaf.pem root.pem > f", MR_E_KEY},
        {"openssl pkcs12 -export -nokeys -in leaf.pem -out f -passout pass:x", MR_E_KEY},
        {"head -c 300 leaf.pem > f", MR_E_FORMAT},
        {"printf hello > f", MR_E_FORMAT},
        {": > f", MR_E_FORMAT},
        {"openssl x509 -in leaf.pem -outform DER -out f", MR_E_FORMAT},
        {"openssl pkcs12 -export -in leaf.pem -inkey leaf.key -passout pass:x > g && head -c 500 g > f", MR_E_FORMAT},
        {"openssl pkcs12 -export -in leaf.pem -inkey leaf.key -passout pass:x > f && printf x >> f", MR_E_FORMAT},
        {"head -c 300000 /dev/zero > f", MR_E_LIMIT},
        {"for i in $(seq 70); do cat leaf.pem; done > f; cat leaf.key >> f", MR_E_LIMIT},
        {"openssl pkcs12 -export -in leaf.pem -inkey leaf.key -passout pass:x -nomac -out f", MR_E_UNSUPPORTED},
        {"openssl pkcs12 -export -in leaf.pem -inkey leaf.key -passout pass:x -legacy -keypbe PBE-SHA1-RC4-128 -out f",
         MR_E_UNSUPPORTED},
        {"openssl genpkey -algorithm ED448 -out k && cat k leaf.pem > f", MR_E_UNSUPPORTED},
    };
    struct files f = prepare(p);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        struct mr_seal_key s = {0};
        peer_do(p, cases[i].make);
        if (mr_seal_key_read(peer_file(p, "f"), MR_STR("x"), &s, &err) != (int)cases[i].code)
            fail_msg("%s: %s %s", cases[i].make, mr_code_name(err.code), err.message ? err.message : "");
        assert_null(s.key);
        assert_int_equal(ERR_peek_error(), 0);
    }
    clear(&f);
}

static EVP_PKEY *read_pkey(struct peer *p, const char *name)
{
    mr_str text = peer_file(p, name);
    BIO *in = BIO_new_mem_buf(text.ptr, (int)text.len);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    BIO_free(in);
    assert_non_null(key);
    return key;
}

/* As Windows exports a person's signing and decrypting keys together. */
static void test_seal_key_read__refuses_two_keys_in_pkcs12(void **state)
{
    PEER_OR_SKIP(p, state);
    struct files f = prepare(p);
    struct mr_err err = {0};
    struct mr_seal_key s = {0};
    STACK_OF(PKCS7) *safes = NULL;
    const char *const keys[] = {"leaf.key", "root.key"};
    for (size_t i = 0; i < 2; i++) {
        STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
        EVP_PKEY *key = read_pkey(p, keys[i]);
        assert_non_null(PKCS12_add_key(&bags, key, 0, 2048, NID_aes_256_cbc, "x"));
        assert_int_equal(PKCS12_add_safe(&safes, bags, -1, 0, NULL), 1);
        sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
        EVP_PKEY_free(key);
    }
    PKCS12 *p12 = PKCS12_add_safes(safes, 0);
    assert_int_equal(PKCS12_set_mac(p12, "x", -1, NULL, 0, 2048, EVP_sha256()), 1);
    unsigned char *der = NULL;
    int size = i2d_PKCS12(p12, &der);
    assert_true(size > 0);
    assert_code(mr_seal_key_read(mr_str_make((const char *)der, (size_t)size), MR_STR("x"), &s, &err), MR_E_KEY, err);
    assert_non_null(strstr(err.message, "several private keys"));
    OPENSSL_free(der);
    PKCS12_free(p12);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    clear(&f);
}

static void test_seal_key_read__takes_the_renewed_certificate(void **state)
{
    PEER_OR_SKIP(p, state);
    struct files f = prepare(p);
    peer_do(p, "cp leaf.pem first.pem");
    mr_certificate_free(f.leaf);
    f.leaf = pki_issue(p, "leaf", "Leaf", "middle", PKI_SEAL, "-days 200");
    peer_do(p, "cat leaf.key first.pem leaf.pem middle.pem > seal.pem");
    assert_reads(p, &f, "seal.pem", MR_STR_EMPTY, 1);
    clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seal_key_read__opens_pkcs12),
        cmocka_unit_test(test_seal_key_read__tells_a_wrong_password),
        cmocka_unit_test(test_seal_key_read__takes_pem_in_any_order),
        cmocka_unit_test(test_seal_key_read__takes_rsa_and_ed25519),
        cmocka_unit_test(test_seal_key_read__refuses_what_does_not_belong_together),
        cmocka_unit_test(test_seal_key_read__refuses_two_keys_in_pkcs12),
        cmocka_unit_test(test_seal_key_read__takes_the_renewed_certificate),
    };
    return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
