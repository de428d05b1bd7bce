/* Keys and signatures: the examples of RFC 7515, 7638 and 8037, then the openssl command as a peer in both directions, then what must be refused. */
#include "peer.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/inside.h"

#include <openssl/err.h>
#include <pthread.h>

#define RSA_N                                                                                                          \
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pC" \
    "gNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg6" \
    "65xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW" \
    "yuXpoQ"
#define JOE_PAYLOAD "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

static const struct {
    const char *source;
    mr_alg alg;
    struct mr_jwk jwk;
    const char *text, *signature;
} examples[] = {
    {"RFC 7515 A.2",
     MR_ALG_RS256,
     {.kty = MR_STR_INIT("RSA"), .n = MR_STR_INIT(RSA_N), .e = MR_STR_INIT("AQAB")},
     "eyJhbGciOiJSUzI1NiJ9." JOE_PAYLOAD,
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7"
     "t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi1"
     "2jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGl"
     "UPQGe77Rw"},
    {"RFC 7515 A.3",
     MR_ALG_ES256,
     {.kty = MR_STR_INIT("EC"),
      .crv = MR_STR_INIT("P-256"),
      .x = MR_STR_INIT("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
      .y = MR_STR_INIT("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")},
     "eyJhbGciOiJFUzI1NiJ9." JOE_PAYLOAD,
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {"RFC 8037 A.4",
     MR_ALG_EDDSA,
     {.kty = MR_STR_INIT("OKP"),
      .crv = MR_STR_INIT("Ed25519"),
      .x = MR_STR_INIT("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")},
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"},
};
enum { EXAMPLES = sizeof examples / sizeof *examples };

static mr_key *example_key(size_t i)
{
    struct mr_err err = {0};
    mr_key *key = NULL;
    assert_ok(mr_key_of_jwk(&examples[i].jwk, &key, &err), err);
    return key;
}

static mr_str decoded(mr_arena *a, const char *text)
{
    struct mr_err err = {0};
    mr_str bytes = MR_STR_EMPTY;
    assert_ok(mr_base64url_read(a, mr_str_of(text), &bytes, &err), err);
    return mr_arena_dup(a, bytes);
}

static void test_key_verify__accepts_the_examples_of_the_standards(void **state)
{
    struct peer *p = *state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *key = example_key(i);
        mr_str text = mr_str_of(examples[i].text);
        assert_ok(mr_key_verify(key, examples[i].alg, &text, 1, decoded(&p->arena, examples[i].signature), &err), err);
        mr_str parts[] = {mr_str_make(text.ptr, 7), MR_STR_EMPTY, mr_str_from(text, 7)};
        assert_ok(mr_key_verify(key, examples[i].alg, parts, 3, decoded(&p->arena, examples[i].signature), &err), err);
    }
}

static void test_key_verify__refuses_every_altered_octet(void **state)
{
    struct peer *p = *state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        MR_CLEANUP(mr_key_freep) mr_key *key = example_key(i);
        mr_str text = mr_arena_dup(&p->arena, mr_str_of(examples[i].text)),
               signature = decoded(&p->arena, examples[i].signature);
        struct mr_err err = {0};
        for (size_t at = 0; at < signature.len; at++) {
            ((char *)signature.ptr)[at] ^= 1;
            assert_code(mr_key_verify(key, examples[i].alg, &text, 1, signature, &err), MR_E_SIGNATURE, err);
            ((char *)signature.ptr)[at] ^= 1;
        }
        for (size_t at = 0; at < text.len; at++) {
            ((char *)text.ptr)[at] ^= 4;
            assert_code(mr_key_verify(key, examples[i].alg, &text, 1, signature, &err), MR_E_SIGNATURE, err);
            ((char *)text.ptr)[at] ^= 4;
        }
        assert_ok(mr_key_verify(key, examples[i].alg, &text, 1, signature, &err), err);
        assert_int_equal(ERR_peek_error(), 0);
    }
}

static void test_key_verify__refuses_wrong_lengths_and_numbers(void **state)
{
    struct peer *p = *state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *key = example_key(i);
        mr_str text = mr_str_of(examples[i].text), right = decoded(&p->arena, examples[i].signature);
        mr_str longer = mr_arena_concat(&p->arena, (mr_str[]){right, MR_STR("\0")}, 2);
        mr_str zero = mr_str_make(mr_arena_zalloc(&p->arena, 1, right.len), right.len);
        mr_str ones = mr_str_make(memset(mr_arena_alloc(&p->arena, right.len), 0xFF, right.len), right.len);
        mr_str wrong[] = {MR_STR_EMPTY, mr_str_make(right.ptr, right.len - 1), longer, zero, ones};
        for (size_t j = 0; j < sizeof wrong / sizeof *wrong; j++)
            assert_code(mr_key_verify(key, examples[i].alg, &text, 1, wrong[j], &err), MR_E_SIGNATURE, err);
    }
}

static void test_key_verify__refuses_algorithms_that_do_not_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        MR_CLEANUP(mr_key_freep) mr_key *key = example_key(i);
        mr_str text = MR_STR("x");
        for (mr_alg alg = MR_ALG_NONE; alg <= MR_ALG_EDDSA + 1; alg++) {
            bool rsa = examples[i].alg == MR_ALG_RS256 && alg >= MR_ALG_RS256 && alg <= MR_ALG_PS512;
            bool fits = alg == examples[i].alg || rsa;
            struct mr_err err = {0};
            assert_int_equal(mr_key_fits(key, alg), fits);
            assert_code(mr_key_verify(key, alg, &text, 1, MR_STR("y"), &err), fits ? MR_E_SIGNATURE : MR_E_KEY, err);
        }
    }
}

static void test_key_write_jwk__gives_the_thumbprints_of_the_standards(void **state)
{
    static const struct {
        size_t example;
        const char *thumbprint;
    } cases[] = {{2, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}}; /* RFC 8037 A.3 */
    struct peer *p = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        uint8_t digest[32];
        MR_CLEANUP(mr_key_freep) mr_key *key = example_key(cases[i].example);
        MR_CLEANUP(mr_buf_done) mr_buf text;
        mr_buf_init(&text, 4096);
        assert_ok(mr_key_write_jwk(key, &text, &err), err);
        mr_sha256(mr_buf_str(&text), digest);
        assert_str_eq(mr_str_make((char *)digest, 32), decoded(&p->arena, cases[i].thumbprint));
    }
}

static void test_key_write_jwk__reads_back(void **state)
{
    (void)state;
    static const char *const wanted[] = {
        "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"" RSA_N "\"}",
        "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_"
        "FEzRu9m36HLN_tue659LNpXW6pCy"
        "StikYjKIWI5a0\"}",
        "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"};
    for (size_t i = 0; i < EXAMPLES; i++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *key = example_key(i);
        MR_CLEANUP(mr_buf_done) mr_buf text;
        mr_buf_init(&text, 4096);
        assert_ok(mr_key_write_jwk(key, &text, &err), err);
        assert_str(mr_buf_str(&text), wanted[i]);
    }
}

static void test_key_of_jwk__refuses_what_is_no_key(void **state)
{
    (void)state;
#define X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
#define ZERO32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    static const struct {
        const char *kty, *crv, *x, *y, *n, *e;
        mr_code code;
    } cases[] = {
        {"EC", "P-256", X, X, "", "", MR_E_FORMAT},           /* not on the curve */
        {"EC", "P-256", ZERO32, ZERO32, "", "", MR_E_FORMAT}, /* no point */
        {"EC", "P-256", X, "", "", "", MR_E_FORMAT},
        {"EC", "P-256", "AA" X, Y, "", "", MR_E_FORMAT}, /* too long */
        {"EC", "P-256", X "=", Y, "", "", MR_E_FORMAT},  /* padding */
        {"EC", "P-384", X, Y, "", "", MR_E_FORMAT},      /* another curve's length */
        {"EC", "secp256k1", X, Y, "", "", MR_E_UNSUPPORTED},
        {"EC", "Ed25519", X, Y, "", "", MR_E_UNSUPPORTED},
        {"OKP", "P-256", X, Y, "", "", MR_E_UNSUPPORTED},
        {"OKP", "X25519", X, "", "", "", MR_E_UNSUPPORTED},
        {"OKP", "Ed25519", "AAAA", "", "", "", MR_E_FORMAT},
        {"oct", "", "", "", "", "", MR_E_UNSUPPORTED},
        {"", "", "", "", "", "", MR_E_UNSUPPORTED},
        {"RSA", "", "", "", RSA_N, "", MR_E_FORMAT},
        {"RSA", "", "", "", RSA_N, "AQ", MR_E_FORMAT},     /* exponent 1 */
        {"RSA", "", "", "", RSA_N, "AAEAAQ", MR_E_FORMAT}, /* leading zero octet, RFC 7518 6.3.1.2 */
        {"RSA", "", "", "", RSA_N, "Ag", MR_E_FORMAT},     /* even */
        {"RSA", "", "", "", RSA_N, "AQAAAAAAAAAAAAAB", MR_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        struct mr_jwk jwk = {mr_str_of(cases[i].kty), mr_str_of(cases[i].crv), mr_str_of(cases[i].x),
                             mr_str_of(cases[i].y),   mr_str_of(cases[i].n),   mr_str_of(cases[i].e)};
        if (mr_key_of_jwk(&jwk, &key, &err) != (int)cases[i].code) fail_msg("case %zu: %s", i, mr_code_name(err.code));
        assert_null(key);
    }
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_key_fits__refuses_short_rsa(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    mr_str text = MR_STR("x"), signature;
    peer_do(p, "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out short.pem");
    MR_CLEANUP(mr_key_freep) mr_key *key = peer_key(p, "short.pem");
    assert_int_equal(mr_key_bits(key), 1024);
    assert_false(mr_key_fits(key, MR_ALG_RS256));
    assert_code(mr_key_sign(key, MR_ALG_RS256, &text, 1, &p->arena, &signature, &err), MR_E_KEY, err);
    assert_code(mr_key_verify(key, MR_ALG_PS256, &text, 1, text, &err), MR_E_KEY, err);
}

static void test_alg_find__knows_exactly_its_names(void **state)
{
    (void)state;
    for (mr_alg alg = MR_ALG_ES256; alg <= MR_ALG_EDDSA; alg++)
        assert_int_equal(mr_alg_find(mr_str_of(mr_alg_name(alg))), alg);
    static const char *const foreign[] = {"", "none", "None", "HS256", "es256", "ES256 ", "ES256K", "EdDSA2", "RS1"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        assert_int_equal(mr_alg_find(mr_str_of(foreign[i])), MR_ALG_NONE);
    assert_string_equal(mr_alg_name(MR_ALG_NONE), "none");
}

static void test_key_sign__gives_the_signature_of_rfc_8037(void **state)
{
    struct peer *p = *state;
    struct mr_err err = {0};
    mr_key *key = NULL;
    /* the d of RFC 8037 A.1 in the PKCS#8 of RFC 8410 */
    static const char pem[] =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
        "-----END PRIVATE KEY-----\n";
    assert_ok(mr_key_read_pem(mr_str_of(pem), MR_STR_EMPTY, &key, &err), err);
    mr_str text = mr_str_of(examples[2].text), signature;
    assert_ok(mr_key_sign(key, MR_ALG_EDDSA, &text, 1, &p->arena, &signature, &err), err);
    assert_str_eq(signature, decoded(&p->arena, examples[2].signature));
    mr_str parts[] = {mr_str_make(text.ptr, 3), mr_str_from(text, 3)};
    assert_ok(mr_key_sign(key, MR_ALG_EDDSA, parts, 2, &p->arena, &signature, &err), err);
    assert_str_eq(signature, decoded(&p->arena, examples[2].signature));
    mr_key_free(key);
}

/* ---- the openssl command ---- */

static const struct {
    mr_key_kind kind;
    mr_alg alg;
    const char *generate, *options; /* of dgst or pkeyutl */
} peers[] = {
    {MR_KEY_P256, MR_ALG_ES256, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-sha256"},
    {MR_KEY_P384, MR_ALG_ES384, "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "-sha384"},
    {MR_KEY_P521, MR_ALG_ES512, "-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "-sha512"},
    {MR_KEY_RSA, MR_ALG_RS256, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "-sha256"},
    {MR_KEY_RSA, MR_ALG_RS384, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "-sha384"},
    {MR_KEY_RSA, MR_ALG_RS512, "-algorithm RSA -pkeyopt rsa_keygen_bits:2056", "-sha512"},
    {MR_KEY_RSA, MR_ALG_PS256, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
     "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32"},
    {MR_KEY_RSA, MR_ALG_PS384, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
     "-sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48"},
    {MR_KEY_RSA, MR_ALG_PS512, "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
     "-sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64"},
};
enum { PEERS = sizeof peers / sizeof *peers };

/* An INTEGER of DER from a magnitude. */
static void put_integer(mr_buf *out, mr_str magnitude)
{
    while (magnitude.len > 1 && magnitude.ptr[0] == 0) magnitude = mr_str_from(magnitude, 1);
    bool high = (uint8_t)magnitude.ptr[0] >= 0x80;
    mr_buf_putc(out, 0x02);
    mr_buf_putc(out, (char)(magnitude.len + high));
    if (high) mr_buf_putc(out, 0);
    mr_buf_put(out, magnitude);
}

/* r || s as openssl wants it; other signatures as they are. */
static mr_str as_openssl(struct peer *p, mr_key_kind kind, mr_str signature)
{
    if (kind > MR_KEY_P521) return signature;
    size_t half = signature.len / 2;
    mr_buf body, all;
    mr_buf_init(&body, 1024);
    mr_buf_init(&all, 1024);
    put_integer(&body, mr_str_make(signature.ptr, half));
    put_integer(&body, mr_str_from(signature, half));
    mr_buf_putc(&all, 0x30);
    if (body.len >= 0x80) mr_buf_putc(&all, (char)0x81);
    mr_buf_putc(&all, (char)body.len);
    mr_buf_put(&all, mr_buf_str(&body));
    mr_str copy = mr_arena_dup(&p->arena, mr_buf_str(&all));
    mr_buf_done(&body);
    mr_buf_done(&all);
    return copy;
}

static struct mr_scheme scheme_of(mr_alg alg)
{
    static const mr_digest_kind digests[] = {MR_SHA256, MR_SHA384, MR_SHA512};
    struct mr_scheme s = {MR_SCHEME_ECDSA, digests[(alg - MR_ALG_ES256) % 3]};
    s.family = alg >= MR_ALG_PS256 ? MR_SCHEME_RSA_PSS : alg >= MR_ALG_RS256 ? MR_SCHEME_RSA : MR_SCHEME_ECDSA;
    return s;
}

static void test_key_sign__is_verified_by_openssl(void **state)
{
    PEER_OR_SKIP(p, state);
    for (size_t i = 0; i < PEERS; i++) {
        struct mr_err err = {0};
        peer_do(p, mr_arena_format(
                       &p->arena, "openssl genpkey %s -out key.pem && openssl pkey -in key.pem -pubout -out public.pem",
                       peers[i].generate)
                       .ptr);
        MR_CLEANUP(mr_key_freep) mr_key *key = peer_key(p, "key.pem");
        assert_int_equal(mr_key_get_kind(key), peers[i].kind);
        mr_str parts[] = {MR_STR("header"), MR_STR("."), MR_STR("payload")}, signature;
        assert_ok(mr_key_sign(key, peers[i].alg, parts, 3, &p->arena, &signature, &err), err);
        assert_ok(mr_key_verify(key, peers[i].alg, parts, 3, signature, &err), err);
        peer_write(p, "text", MR_STR("header.payload"));
        peer_write(p, "signature", as_openssl(p, peers[i].kind, signature));
        peer_do(p, mr_arena_format(&p->arena, "openssl dgst %s -verify public.pem -signature signature text",
                                   peers[i].options)
                       .ptr);
        peer_write(p, "text", MR_STR("header.payloae"));
        assert_int_not_equal(
            peer_run(p, mr_arena_format(&p->arena, "openssl dgst %s -verify public.pem -signature signature text",
                                        peers[i].options)
                            .ptr),
            0);
    }
}

static void test_key_verify__accepts_what_openssl_signs(void **state)
{
    PEER_OR_SKIP(p, state);
    for (size_t i = 0; i < PEERS; i++) {
        struct mr_err err = {0};
        peer_write(p, "text", MR_STR("header.payload"));
        peer_do(p,
                mr_arena_format(&p->arena,
                                "openssl genpkey %s -out key.pem && openssl dgst %s -sign key.pem -out signature text",
                                peers[i].generate, peers[i].options)
                    .ptr);
        MR_CLEANUP(mr_key_freep) mr_key *key = peer_key(p, "key.pem");
        mr_str signature = peer_file(p, "signature");
        assert_ok(mr_key_verify_x509(key, scheme_of(peers[i].alg), MR_STR("header.payload"), signature, &err), err);
        assert_code(mr_key_verify_x509(key, scheme_of(peers[i].alg), MR_STR("header.payloae"), signature, &err),
                    MR_E_SIGNATURE, err);
        if (peers[i].kind == MR_KEY_RSA) {
            mr_str text = MR_STR("header.payload");
            assert_ok(mr_key_verify(key, peers[i].alg, &text, 1, signature, &err), err);
        }
    }
}

/* RFC 7518 3.5: the salt is as long as the digest; openssl's own default, the longest, must not pass. */
static void test_key_verify__demands_the_salt_length_of_jose(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    peer_write(p, "text", MR_STR("t"));
    peer_do(p,
            "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem && openssl dgst -sha256 -sigopt "
            "rsa_padding_mode:pss -sigopt rsa_pss_saltlen:20 -sign key.pem -out signature text");
    MR_CLEANUP(mr_key_freep) mr_key *key = peer_key(p, "key.pem");
    mr_str text = MR_STR("t");
    assert_code(mr_key_verify(key, MR_ALG_PS256, &text, 1, peer_file(p, "signature"), &err), MR_E_SIGNATURE, err);
    assert_code(mr_key_verify(key, MR_ALG_RS256, &text, 1, peer_file(p, "signature"), &err), MR_E_SIGNATURE, err);
}

static void test_key_verify__refuses_loose_der_of_ecdsa(void **state)
{
    PEER_OR_SKIP(p, state);
    struct mr_err err = {0};
    peer_write(p, "text", MR_STR("t"));
    peer_do(p, "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem && openssl dgst -sha256 "
               "-sign key.pem -out "
               "signature text");
    MR_CLEANUP(mr_key_freep) mr_key *key = peer_key(p, "key.pem");
    struct mr_scheme scheme = {MR_SCHEME_ECDSA, MR_SHA256};
    mr_str right = peer_file(p, "signature");
    assert_ok(mr_key_verify_x509(key, scheme, MR_STR("t"), right, &err), err);
    mr_str trailing = mr_arena_concat(&p->arena, (mr_str[]){right, MR_STR("\0")}, 2);
    assert_code(mr_key_verify_x509(key, scheme, MR_STR("t"), trailing, &err), MR_E_SIGNATURE, err);
    mr_str longer = mr_arena_dup(&p->arena, right); /* the length in two octets */
    mr_str loose = mr_arena_concat(&p->arena, (mr_str[]){MR_STR("\x30\x81"), mr_str_from(longer, 1)}, 2);
    assert_code(mr_key_verify_x509(key, scheme, MR_STR("t"), loose, &err), MR_E_SIGNATURE, err);
    assert_code(mr_key_verify_x509(key, (struct mr_scheme){MR_SCHEME_RSA, MR_SHA256}, MR_STR("t"), right, &err),
                MR_E_SIGNATURE, err);
}

/* ---- files ---- */

static void test_key_write_pem__is_read_by_openssl_and_by_us(void **state)
{
    PEER_OR_SKIP(p, state);
    static const mr_key_kind kinds[] = {MR_KEY_P256, MR_KEY_P384, MR_KEY_P521, MR_KEY_RSA, MR_KEY_ED25519};
    for (size_t i = 0; i < 2 * sizeof kinds / sizeof *kinds; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL, *again = NULL;
        mr_str password = i % 2 ? MR_STR("correct horse") : MR_STR_EMPTY, text = MR_STR("t"), signature;
        mr_buf pem;
        mr_buf_init(&pem, 64 * 1024);
        assert_ok(mr_key_generate(kinds[i / 2], 2048, &key, &err), err);
        assert_ok(mr_key_write_pem(key, password, &pem, &err), err);
        assert_int_equal(mr_str_has_prefix(mr_buf_str(&pem), MR_STR("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")), i % 2);
        peer_write(p, "ours.pem", mr_buf_str(&pem));
        peer_do(p, "openssl pkcs8 -in ours.pem -passin \"pass:correct horse\" -out plain.pem || openssl pkey -in "
                   "ours.pem -out plain.pem");
        assert_ok(mr_key_read_pem(mr_buf_str(&pem), password, &again, &err), err);
        assert_int_equal(mr_key_get_kind(again), kinds[i / 2]);
        mr_alg alg = mr_key_default_alg(key);
        assert_ok(mr_key_sign(again, alg, &text, 1, &p->arena, &signature, &err), err);
        assert_ok(mr_key_verify(key, alg, &text, 1, signature, &err), err);
        mr_key_free(again);
        again = peer_key(p, "plain.pem");
        assert_ok(mr_key_sign(again, alg, &text, 1, &p->arena, &signature, &err), err);
        assert_ok(mr_key_verify(key, alg, &text, 1, signature, &err), err);
        mr_key_free(again);
        mr_key_free(key);
        mr_buf_wipe(&pem);
    }
}

static void test_key_read_pem__tells_missing_from_wrong(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const makers[] = {
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:right -out key.pem",
        "openssl genrsa -aes128 -traditional -passout pass:right -out key.pem 2048",
        "openssl ecparam -name prime256v1 -genkey -out plain.pem && openssl ec -in plain.pem -aes256 -passout "
        "pass:right -out key.pem",
        "openssl genpkey -algorithm ED25519 -out plain.pem && openssl pkcs8 -topk8 -scrypt -in plain.pem -passout "
        "pass:right -out key.pem",
    };
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        peer_do(p, makers[i]);
        mr_str pem = peer_file(p, "key.pem");
        assert_code(mr_key_read_pem(pem, MR_STR_EMPTY, &key, &err), MR_E_PASSWORD, err);
        assert_code(mr_key_read_pem(pem, MR_STR("wrong"), &key, &err), MR_E_PASSWORD, err);
        assert_code(mr_key_read_pem(pem, MR_STR("right "), &key, &err), MR_E_PASSWORD, err);
        assert_null(key);
        assert_ok(mr_key_read_pem(pem, MR_STR("right"), &key, &err), err);
        assert_true(mr_key_is_private(key));
        assert_int_equal(ERR_peek_error(), 0);
        mr_key_free(key);
    }
}

static void test_key_read_pem__refuses_what_is_no_key(void **state)
{
    PEER_OR_SKIP(p, state);
    static const struct {
        const char *make;
        mr_code code;
    } cases[] = {
        {"printf \"\" > key.pem", MR_E_FORMAT},
        {"printf \"hello\" > key.pem", MR_E_FORMAT},
        {"openssl genpkey -algorithm ED25519 -out k && openssl pkey -in k -pubout -out key.pem", MR_E_FORMAT},
        {"openssl genpkey -algorithm ED448 -out key.pem", MR_E_UNSUPPORTED},
        {"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out key.pem", MR_E_UNSUPPORTED},
        {"openssl ecparam -name prime256v1 -param_enc explicit -genkey -noout -out key.pem", MR_E_UNSUPPORTED},
        {"printf -- \"-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY-----\\n\" > key.pem", MR_E_FORMAT},
        {"head -c 300000 /dev/zero > key.pem", MR_E_LIMIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        peer_do(p, cases[i].make);
        if (mr_key_read_pem(peer_file(p, "key.pem"), MR_STR("x"), &key, &err) != (int)cases[i].code)
            fail_msg("case %zu: %s", i, mr_code_name(err.code));
        assert_int_equal(ERR_peek_error(), 0);
    }
}

static void test_key_sign__refuses_a_public_key(void **state)
{
    struct peer *p = *state;
    for (size_t i = 0; i < EXAMPLES; i++) {
        struct mr_err err = {0};
        MR_CLEANUP(mr_key_freep) mr_key *key = example_key(i);
        mr_str text = MR_STR("t"), signature;
        MR_CLEANUP(mr_buf_done) mr_buf pem;
        mr_buf_init(&pem, 1000);
        assert_false(mr_key_is_private(key));
        assert_code(mr_key_sign(key, examples[i].alg, &text, 1, &p->arena, &signature, &err), MR_E_KEY, err);
        assert_code(mr_key_write_pem(key, MR_STR_EMPTY, &pem, &err), MR_E_KEY, err);
    }
}

static void test_key_write_public_der__equals_openssl(void **state)
{
    PEER_OR_SKIP(p, state);
    static const char *const kinds[] = {"-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "-algorithm RSA",
                                        "-algorithm ED25519", "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        mr_str der;
        peer_do(p, mr_arena_format(
                       &p->arena,
                       "openssl genpkey %s -out k && openssl pkey -in k -pubout -outform DER -out public.der", kinds[i])
                       .ptr);
        mr_str wanted = peer_file(p, "public.der");
        assert_ok(mr_key_of_public_der(wanted, &key, &err), err);
        assert_int_equal(mr_key_get_kind(key) == MR_KEY_OTHER, i == 3);
        assert_ok(mr_key_write_public_der(key, &p->arena, &der, &err), err);
        assert_str_eq(der, wanted);
        mr_key_free(key);
        for (size_t cut = 0; cut < wanted.len; cut++) {
            key = NULL;
            assert_int_not_equal(mr_key_of_public_der(mr_str_make(wanted.ptr, cut), &key, &err), MR_OK);
        }
    }
}

static void test_key_generate__refuses_sizes_outside_its_range(void **state)
{
    (void)state;
    static const unsigned bits[] = {0, 1024, 2047, 8193, 100000};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        assert_code(mr_key_generate(MR_KEY_RSA, bits[i], &key, &err), MR_E_KEY, err);
        assert_code(mr_key_generate(MR_KEY_OTHER, 0, &key, &err), MR_E_KEY, err);
    }
}

/* ---- threads ---- */

struct worker {
    mr_key *key;
    mr_alg alg;
    unsigned failures;
};

static void *work(void *self)
{
    struct worker *w = self;
    mr_arena a;
    mr_arena_init(&a, 1 << 20);
    for (int i = 0; i < 50; i++) {
        mr_str text = mr_str_make((const char *)&i, sizeof i), signature;
        mr_key *mine = mr_key_share(w->key);
        if (mr_key_sign(mine, w->alg, &text, 1, &a, &signature, NULL) ||
            mr_key_verify(mine, w->alg, &text, 1, signature, NULL) || !mr_key_pkey(mine))
            w->failures++;
        mr_key_free(mine);
    }
    mr_arena_done(&a);
    return NULL;
}

static void test_key__serves_several_threads(void **state)
{
    (void)state;
    static const mr_alg algs[] = {MR_ALG_ES256, MR_ALG_EDDSA, MR_ALG_RS256, MR_ALG_PS384};
    static const mr_key_kind kinds[] = {MR_KEY_P256, MR_KEY_ED25519, MR_KEY_RSA, MR_KEY_RSA};
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        struct mr_err err = {0};
        mr_key *key = NULL;
        pthread_t threads[4];
        struct worker workers[4];
        assert_ok(mr_key_generate(kinds[i], 2048, &key, &err), err);
        for (size_t j = 0; j < 4; j++) {
            workers[j] = (struct worker){key, algs[i], 0};
            assert_int_equal(pthread_create(&threads[j], NULL, work, &workers[j]), 0);
        }
        for (size_t j = 0; j < 4; j++) {
            pthread_join(threads[j], NULL);
            assert_int_equal(workers[j].failures, 0);
        }
        mr_key_free(key);
    }
}

/* SubjectPublicKeyInfo of any kind, PKCS#1 of RSA (what lies behind the first 24 octets of its SubjectPublicKeyInfo), and nothing else. */
static void test_key_read_public_pem__what_others_publish(void **state)
{
    static const mr_key_kind kinds[] = {MR_KEY_P256, MR_KEY_ED25519, MR_KEY_RSA, MR_KEY_RSA};
    static const char *const refused[] = {"", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
                                          "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    (void)state;
    mr_arena_init(&a, MR_MIB);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        MR_CLEANUP(mr_key_freep) mr_key *key = NULL;
        MR_CLEANUP(mr_key_freep) mr_key *read = NULL;
        MR_CLEANUP(mr_buf_done) mr_buf pem;
        mr_str der, again;
        bool pkcs1 = i == 3;
        const char *name = pkcs1 ? "RSA PUBLIC KEY" : "PUBLIC KEY";
        assert_ok(mr_key_generate(kinds[i], 2048, &key, &err), err);
        assert_ok(mr_key_write_public_der(key, &a, &der, &err), err);
        mr_buf_init(&pem, MR_MIB);
        mr_buf_format(&pem, "-----BEGIN %s-----\n", name);
        for (mr_str rest = pkcs1 ? mr_str_from(der, 24) : der; rest.len; rest = mr_str_from(rest, 48)) {
            mr_base64_put(&pem, mr_str_make(rest.ptr, rest.len < 48 ? rest.len : 48));
            mr_buf_putc(&pem, '\n');
        }
        mr_buf_format(&pem, "-----END %s-----\n", name);
        assert_ok(mr_key_read_public_pem(mr_buf_str(&pem), &read, &err), err);
        assert_ok(mr_key_write_public_der(read, &a, &again, &err), err);
        assert_str_eq(again, der);
        assert_false(mr_key_is_private(read));
    }
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        mr_key *key = NULL;
        assert_code(mr_key_read_public_pem(mr_str_of(refused[i]), &key, &err), MR_E_FORMAT, err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_verify__accepts_the_examples_of_the_standards),
        cmocka_unit_test(test_key_verify__refuses_every_altered_octet),
        cmocka_unit_test(test_key_verify__refuses_wrong_lengths_and_numbers),
        cmocka_unit_test(test_key_verify__refuses_algorithms_that_do_not_fit),
        cmocka_unit_test(test_key_write_jwk__gives_the_thumbprints_of_the_standards),
        cmocka_unit_test(test_key_write_jwk__reads_back),
        cmocka_unit_test(test_key_of_jwk__refuses_what_is_no_key),
        cmocka_unit_test(test_key_fits__refuses_short_rsa),
        cmocka_unit_test(test_alg_find__knows_exactly_its_names),
        cmocka_unit_test(test_key_sign__gives_the_signature_of_rfc_8037),
        cmocka_unit_test(test_key_sign__is_verified_by_openssl),
        cmocka_unit_test(test_key_verify__accepts_what_openssl_signs),
        cmocka_unit_test(test_key_verify__demands_the_salt_length_of_jose),
        cmocka_unit_test(test_key_verify__refuses_loose_der_of_ecdsa),
        cmocka_unit_test(test_key_write_pem__is_read_by_openssl_and_by_us),
        cmocka_unit_test(test_key_read_pem__tells_missing_from_wrong),
        cmocka_unit_test(test_key_read_pem__refuses_what_is_no_key),
        cmocka_unit_test(test_key_sign__refuses_a_public_key),
        cmocka_unit_test(test_key_write_public_der__equals_openssl),
        cmocka_unit_test(test_key_generate__refuses_sizes_outside_its_range),
        cmocka_unit_test(test_key__serves_several_threads),
        cmocka_unit_test(test_key_read_public_pem__what_others_publish),
    };
    return cmocka_run_group_tests(tests, peer_setup, peer_teardown);
}
