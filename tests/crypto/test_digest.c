/* Answers of FIPS 180-4's example documents (NIST CSRC, "Examples with intermediate values"). */
#include "testing.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"

#define ABC "abc"
#define TWO_BLOCKS                                                                                                     \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

static const struct {
    mr_digest_kind kind;
    const char *text, *hex;
} answers[] = {
    {MR_SHA256, ABC, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {MR_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {MR_SHA384, ABC,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
    {MR_SHA512, ABC,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
     "2a9ac94fa54ca49f"},
    {MR_SHA512, TWO_BLOCKS,
     "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545"
     "e96e55b874be909"},
};

static void assert_hex(const mr_digest *digest, const char *hex)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, 1024);
    mr_hex_put(&text, mr_digest_str(digest));
    assert_str(mr_buf_str(&text), hex);
}

static void test_digest_make__gives_the_published_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct mr_err err = {0};
        mr_digest digest;
        mr_str text = mr_str_of(answers[i].text);
        assert_ok(mr_digest_make(answers[i].kind, &text, 1, &digest, &err), err);
        assert_hex(&digest, answers[i].hex);
    }
}

static void test_digest_make__joins_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        mr_str text = mr_str_of(answers[i].text);
        for (size_t cut = 0; cut <= text.len; cut++) {
            struct mr_err err = {0};
            mr_digest digest;
            mr_str parts[] = {mr_str_make(text.ptr, cut), MR_STR_EMPTY, mr_str_from(text, cut)};
            assert_ok(mr_digest_make(answers[i].kind, parts, 3, &digest, &err), err);
            assert_hex(&digest, answers[i].hex);
        }
    }
}

static void test_digest_make__refuses_an_unknown_kind(void **state)
{
    (void)state;
    struct mr_err err = {0};
    mr_digest digest = {.size = 7};
    assert_code(mr_digest_make((mr_digest_kind)99, NULL, 0, &digest, &err), MR_E_CRYPTO, err);
    assert_int_equal(digest.size, 7);
}

static void test_sha256__equals_the_digest(void **state)
{
    (void)state;
    mr_digest digest = {.size = 32};
    mr_sha256(MR_STR(ABC), digest.bytes);
    assert_hex(&digest, answers[0].hex);
}

/* RFC 4231 sections 4.2, 4.3 and 4.7: a short key, one shorter than the digest, one longer than a block; and no text under no key. */
static void test_hmac__gives_the_published_answers(void **state)
{
    char short_key[20], long_key[131];
    memset(short_key, 0x0b, sizeof short_key);
    memset(long_key, 0xaa, sizeof long_key);
    const struct {
        mr_str key, text;
        const char *mac;
    } cases[] = {
        {mr_str_make(short_key, sizeof short_key), MR_STR("Hi There"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {MR_STR("Jefe"), MR_STR("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {mr_str_make(long_key, sizeof long_key), MR_STR("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {MR_STR_EMPTY, MR_STR_EMPTY, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t mac[32];
        char text[65];
        mr_hmac_sha256(cases[i].key, cases[i].text, mac);
        for (size_t k = 0; k < 32; k++) snprintf(text + 2 * k, 3, "%02x", mac[k]);
        assert_string_equal(text, cases[i].mac);
    }
}

static void test_secret_eq__sees_every_difference(void **state)
{
    (void)state;
    char a[33] = "0123456789abcdef0123456789abcdef", b[33];
    assert_true(mr_secret_eq(MR_STR_EMPTY, MR_STR("")));
    assert_false(mr_secret_eq(mr_str_make(a, 32), mr_str_make(a, 31)));
    for (size_t i = 0; i < 32; i++) {
        memcpy(b, a, sizeof a);
        assert_true(mr_secret_eq(mr_str_make(a, 32), mr_str_make(b, 32)));
        b[i] ^= 1;
        assert_false(mr_secret_eq(mr_str_make(a, 32), mr_str_make(b, 32)));
    }
}

static void test_secret_wipe__overwrites(void **state)
{
    (void)state;
    char secret[8] = "secret!", zero[8] = {0};
    mr_secret_wipe(secret, sizeof secret);
    assert_memory_equal(secret, zero, sizeof secret);
    mr_secret_wipe(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digest_make__gives_the_published_answers),
        cmocka_unit_test(test_digest_make__joins_parts),
        cmocka_unit_test(test_digest_make__refuses_an_unknown_kind),
        cmocka_unit_test(test_sha256__equals_the_digest),
        cmocka_unit_test(test_hmac__gives_the_published_answers),
        cmocka_unit_test(test_secret_eq__sees_every_difference),
        cmocka_unit_test(test_secret_wipe__overwrites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
