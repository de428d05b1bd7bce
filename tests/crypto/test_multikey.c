/* Multikeys and private JWKs: pairs of the W3C's Data Integrity vectors and of the RFCs, then what is no key. */
#include "testing.h"

#include "base/encoding.h"
#include "crypto/inside.h"

#include <openssl/err.h>

/* vc-di-eddsa and vc-di-ecdsa, test vectors. */
static const struct {
    mr_key_kind kind;
    const char *public, *secret;
} pairs[] = {
    {MR_KEY_ED25519, "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
     "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"},
    {MR_KEY_P256, "zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
     "z42twTcNeSYcnqg1FLuSFs2bsGH3ZqbRHFmvS9XMsYhjxvHN"},
    {MR_KEY_P256, "zDnaeTHfhmSaQKBc7CmdL3K7oYg3D6SC7yowe2eBeVd2DH32r",
     "z42tqvNGyzyXRzotAYn43UhcFtzDUVdxJ7461fwrfhBPLmfY"},
    {MR_KEY_P384, "z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
     "z2fanyY7zgwNpZGxX5fXXibvScNaUWNprHU9dKx7qpVj7mws9J8LLt4mDB5TyH2GLHWkUc"},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static int setup(void **state)
{
    static mr_arena a;
    mr_arena_init(&a, 1 << 20);
    *state = &a;
    return 0;
}

static int teardown(void **state)
{
    mr_arena_done(*state);
    return 0;
}

static mr_str octets_of(mr_arena *a, const char *text)
{
    struct mr_err err = {0};
    mr_str octets = MR_STR_EMPTY;
    assert_ok(mr_multibase_read(a, mr_str_of(text), &octets, &err), err);
    return octets;
}

static void assert_multikey(const mr_key *k, const char *wanted)
{
    MR_CLEANUP(mr_buf_done) mr_buf octets, text;
    mr_buf_init(&octets, 4096);
    mr_buf_init(&text, 4096);
    mr_key_put_multikey(k, &octets);
    assert_false(mr_buf_failed(&octets));
    mr_multibase_put(&text, 'z', mr_buf_str(&octets));
    assert_str(mr_buf_str(&text), wanted);
}

/* What the private key signs, the public one verifies. */
static void assert_pair(mr_arena *a, mr_key *secret, mr_key *public)
{
    struct mr_err err = {0};
    mr_str text = MR_STR("text"), signature = MR_STR_EMPTY;
    mr_alg alg = mr_key_default_alg(public);
    assert_ok(mr_key_sign(secret, alg, &text, 1, a, &signature, &err), err);
    assert_ok(mr_key_verify(public, alg, &text, 1, signature, &err), err);
}

static void test_key_of_multikey__reads_the_pairs_of_the_standards(void **state)
{
    for (size_t i = 0; i < PAIRS; i++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *public = NULL, *secret = NULL;
        assert_ok(mr_key_of_multikey(octets_of(*state, pairs[i].public), &public, &err), err);
        assert_ok(mr_key_of_secret_multikey(octets_of(*state, pairs[i].secret), &secret, &err), err);
        assert_int_equal(mr_key_get_kind(public), pairs[i].kind);
        assert_int_equal(mr_key_get_kind(secret), pairs[i].kind);
        assert_false(mr_key_is_private(public));
        assert_true(mr_key_is_private(secret));
        assert_multikey(public, pairs[i].public);
        assert_multikey(secret, pairs[i].public); /* only the public part is ever put */
        assert_pair(*state, secret, public);
    }
}

static void test_key_put_multikey__reads_back_for_every_kind(void **state)
{
    for (mr_key_kind kind = MR_KEY_P256; kind < MR_KEY_OTHER; kind++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *made = NULL, *read = NULL;
        MR_CLEANUP(mr_buf_done) mr_buf octets;
        mr_buf_init(&octets, 4096);
        assert_ok(mr_key_generate(kind, 2048, &made, &err), err);
        mr_key_put_multikey(made, &octets);
        assert_ok(mr_key_of_multikey(mr_buf_str(&octets), &read, &err), err);
        assert_pair(*state, made, read);
    }
}

static void test_key_of_multikey__names_the_kinds_it_does_not_handle(void **state)
{
    static const struct {
        mr_str octets;
        const char *name;
    } cases[] = {
        {MR_STR_INIT("\xec\x01xxxx"), "X25519"},       {MR_STR_INIT("\xe7\x01xxxx"), "secp256k1"},
        {MR_STR_INIT("\xea\x01xxxx"), "BLS12-381 G1"}, {MR_STR_INIT("\xeb\x01xxxx"), "BLS12-381 G2"},
        {MR_STR_INIT("\x83\x24xxxx"), "Ed448"},        {MR_STR_INIT("\x90\x24xxxx"), "ML-DSA-44"},
        {MR_STR_INIT("\x12\x34xxxx"), "1234"},         {MR_STR_INIT("\x80\x26xxxx"), "8026"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        assert_code(mr_key_of_multikey(cases[i].octets, &key, &err), MR_E_UNSUPPORTED, err);
        assert_string_equal(err.detail, cases[i].name);
        assert_null(key);
    }
}

#define X32 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define FF32                                                                                                           \
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff" \
    "\xff\xff\xff\xff"
#define ZERO32 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void test_key_of_multikey__refuses_what_is_no_key(void **state)
{
    static const mr_str public[] = {
        MR_STR_INIT(""),
        MR_STR_INIT("\xed"),
        MR_STR_INIT("\xed\x01"),
        MR_STR_INIT("\xed\x01" X32 "x"),
        MR_STR_INIT("\x80\x24"),
        MR_STR_INIT("\x80\x24\x02" FF32),    /* x beyond the field */
        MR_STR_INIT("\x80\x24\x05" X32),     /* no form of a point */
        MR_STR_INIT("\x80\x24\x04" X32 X32), /* uncompressed */
        MR_STR_INIT("\x80\x24\0"),           /* infinity */
        MR_STR_INIT("\x81\x24\x02" X32),     /* too short for P-384 */
        MR_STR_INIT("\x85\x24"),
        MR_STR_INIT("\x85\x24\x30\x06\x02\x01\x04\x02\x01\x03"), /* even modulus */
        MR_STR_INIT("\x85\x24\x30\x80"),
    };
    static const mr_str secret[] = {
        MR_STR_INIT("\x80\x26"),          MR_STR_INIT("\x80\x26" X32 "x"), MR_STR_INIT("\x86\x26" ZERO32),
        MR_STR_INIT("\x86\x26" FF32),     MR_STR_INIT("\x86\x26" X32 "x"), MR_STR_INIT("\x87\x26" X32),
        MR_STR_INIT("\x87\x26" FF32 X32),
    };
    (void)state;
    for (size_t i = 0; i < sizeof public / sizeof *public; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        if (mr_key_of_multikey(public[i], &key, &err) != MR_E_FORMAT)
            fail_msg("case %zu: %s", i, mr_code_name(err.code));
        assert_null(key);
    }
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        if (mr_key_of_secret_multikey(secret[i], &key, &err) != MR_E_FORMAT)
            fail_msg("secret %zu: %s", i, mr_code_name(err.code));
        assert_null(key);
    }
    assert_int_equal(ERR_peek_error(), 0);
}

/* RFC 8037 A.1; RFC 7515 A.3.1 and A.4.1 */
#define OKP_X "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define OKP_D "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define EC_D "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"
#define EC521_X "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk"
#define EC521_Y "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"
#define EC521_D "AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C"

static void test_key_of_private_jwk__demands_that_both_parts_fit(void **state)
{
    static const struct {
        struct mr_jwk jwk;
        mr_str d;
        mr_code code;
    } cases[] = {
#define OKP(x) {MR_STR_INIT("OKP"), MR_STR_INIT("Ed25519"), MR_STR_INIT(x)}
#define EC(crv, x, y)                                                                                                  \
    {                                                                                                                  \
        MR_STR_INIT("EC"), MR_STR_INIT(crv), MR_STR_INIT(x), MR_STR_INIT(y)                                            \
    }
        {OKP(OKP_X), MR_STR_INIT(OKP_D), MR_OK},
        {EC("P-256", EC_X, EC_Y), MR_STR_INIT(EC_D), MR_OK},
        {EC("P-521", EC521_X, EC521_Y), MR_STR_INIT(EC521_D), MR_OK},
        {OKP(OKP_X), MR_STR_INIT(EC_D), MR_E_FORMAT},               /* somebody else's */
        {EC("P-256", EC_X, EC_Y), MR_STR_INIT(OKP_D), MR_E_FORMAT}, /* likewise */
        {OKP(""), MR_STR_INIT(OKP_D), MR_E_FORMAT},
        {OKP(OKP_X), MR_STR_INIT(""), MR_E_FORMAT},
        {OKP(OKP_X), MR_STR_INIT("AAAA"), MR_E_FORMAT},
        {OKP(OKP_X), MR_STR_INIT(OKP_D "="), MR_E_FORMAT},
        {EC("P-256", EC_X, EC_Y), MR_STR_INIT("AA" EC_D), MR_E_FORMAT},
        {{MR_STR_INIT("RSA"), MR_STR_INIT(""), .n = MR_STR_INIT("AQAB"), .e = MR_STR_INIT("AQAB")},
         MR_STR_INIT(EC_D),
         MR_E_UNSUPPORTED},
        {{MR_STR_INIT("oct")}, MR_STR_INIT(EC_D), MR_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *secret = NULL, *public = NULL;
        int code = mr_key_of_private_jwk(&cases[i].jwk, cases[i].d, &secret, &err);
        if (code != (int)cases[i].code) fail_msg("case %zu: %s", i, mr_code_name((mr_code)code));
        if (code != MR_OK) {
            assert_null(secret);
            continue;
        }
        assert_ok(mr_key_of_jwk(&cases[i].jwk, &public, &err), err);
        assert_pair(*state, secret, public);
    }
}

/* Points are remembered by what was given: a second reading gives the same key, and what was refused is refused again. */
static void test_key_of_multikey__reads_a_key_twice_alike(void **state)
{
    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < PAIRS; i++) {
            struct mr_err err = {0};
            mr_str octets = octets_of(*state, pairs[i].public), flipped = mr_arena_dup(*state, octets);
            MR_CLEANUP(mr_key_freep) mr_key *public = NULL, *secret = NULL, *other = NULL;
            assert_ok(mr_key_of_multikey(octets, &public, &err), err);
            assert_multikey(public, pairs[i].public);
            assert_ok(mr_key_of_secret_multikey(octets_of(*state, pairs[i].secret), &secret, &err), err);
            assert_pair(*state, secret, public);
            if (pairs[i].kind == MR_KEY_ED25519) continue;
            ((char *)flipped.ptr)[2] ^= 1; /* the other root of the same x */
            assert_ok(mr_key_of_multikey(flipped, &other, &err), err);
            uint8_t one[133], two[133];
            assert_true(mr_ec_point(public, one) && mr_ec_point(other, two));
            size_t size = mr_ec_size(pairs[i].kind);
            assert_memory_equal(one, two, 1 + size);
            assert_memory_not_equal(one + 1 + size, two + 1 + size, size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_of_multikey__reads_the_pairs_of_the_standards),
        cmocka_unit_test(test_key_put_multikey__reads_back_for_every_kind),
        cmocka_unit_test(test_key_of_multikey__names_the_kinds_it_does_not_handle),
        cmocka_unit_test(test_key_of_multikey__reads_a_key_twice_alike),
        cmocka_unit_test(test_key_of_multikey__refuses_what_is_no_key),
        cmocka_unit_test(test_key_of_private_jwk__demands_that_both_parts_fit),
    };
    return cmocka_run_group_tests_name("crypto/multikey", tests, setup, teardown);
}
