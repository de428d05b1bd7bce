/* Signing and verifying beside bare EVP, in one run: `ninja tests/crypto/rates && tests/crypto/rates`. Bare EVP is one fresh EVP_DigestSign
 * or EVP_DigestVerify for each operation, the key loaded once, as a program would write it. One line an operation: microseconds of processor
 * time (median of seven rounds in which both take turns) and the ratio of the rates. A certificate is read beside d2i_X509. */
#include "crypto/authority.h"
#include "crypto/inside.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 7 };

struct subject {
    const char *name;
    mr_alg alg;
    mr_key_kind kind;
    int count;
    mr_key *key;
    EVP_PKEY *pkey;
    const EVP_MD *md;
    bool pss;
    mr_str text, signature;
    unsigned char evp_signature[1024];
    size_t evp_size;
    mr_arena arena;
};

static void need(bool true_thing)
{
    if (!true_thing) abort();
}

static void set_padding(const struct subject *s, EVP_PKEY_CTX *c)
{
    if (!s->pss) return;
    EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(c, RSA_PSS_SALTLEN_DIGEST);
}

static void evp_sign(struct subject *s)
{
    EVP_PKEY_CTX *padding;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    s->evp_size = sizeof s->evp_signature;
    need(EVP_DigestSignInit(c, &padding, s->md, NULL, s->pkey) == 1);
    set_padding(s, padding);
    need(EVP_DigestSign(c, s->evp_signature, &s->evp_size, (const unsigned char *)s->text.ptr, s->text.len) == 1);
    EVP_MD_CTX_free(c);
}

static void evp_verify(struct subject *s)
{
    EVP_PKEY_CTX *padding;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    need(EVP_DigestVerifyInit(c, &padding, s->md, NULL, s->pkey) == 1);
    set_padding(s, padding);
    need(EVP_DigestVerify(c, s->evp_signature, s->evp_size, (const unsigned char *)s->text.ptr, s->text.len) == 1);
    EVP_MD_CTX_free(c);
}

static void our_sign(struct subject *s)
{
    mr_arena_reset(&s->arena);
    need(mr_key_sign(s->key, s->alg, &s->text, 1, &s->arena, &s->signature, NULL) == MR_OK);
}

static void our_verify(struct subject *s)
{
    need(mr_key_verify(s->key, s->alg, &s->text, 1, s->signature, NULL) == MR_OK);
}

static double measure(void (*work)(struct subject *), struct subject *s, int count)
{
    struct timespec a, b;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    for (int i = 0; i < count; i++) work(s);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    return ((double)(b.tv_sec - a.tv_sec) * 1e6 + (double)(b.tv_nsec - a.tv_nsec) / 1e3) / count;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void compare(const char *what, struct subject *s, void (*ours)(struct subject *),
                    void (*theirs)(struct subject *), int count)
{
    double us[ROUNDS], them[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        us[i] = measure(ours, s, count);
        them[i] = measure(theirs, s, count);
    }
    qsort(us, ROUNDS, sizeof *us, by_size);
    qsort(them, ROUNDS, sizeof *them, by_size);
    printf("%-6s %6zu octets  %-16s ours %8.2f us  OpenSSL %8.2f us  ratio %.2f\n", s->name, s->text.len, what,
           us[ROUNDS / 2], them[ROUNDS / 2], them[ROUNDS / 2] / us[ROUNDS / 2]);
}

static void our_read(struct subject *s)
{
    mr_certificate *c;
    need(mr_certificate_read(s->text, &c, NULL) == MR_OK);
    mr_certificate_free(c);
}

static void their_read(struct subject *s)
{
    const unsigned char *p = (const unsigned char *)s->text.ptr;
    X509 *x = d2i_X509(NULL, &p, (long)s->text.len);
    need(x != NULL);
    X509_free(x);
}

static void read_certificates(mr_key_kind kind, const char *name)
{
    struct mr_authority a;
    struct mr_seal_key seal;
    struct mr_seal_subject subject = {MR_STR("Example"), MR_STR("VATDK-00000000"), MR_STR("DK"), MR_STR("TEST")};
    need(mr_authority_new(mr_env_system(), &a, NULL) == MR_OK);
    need(mr_authority_issue_seal(&a, mr_env_system(), &subject, kind, &seal, NULL) == MR_OK);
    struct subject s = {.name = name, .text = mr_certificate_der(seal.certificate)};
    compare("read certificate", &s, our_read, their_read, 500);
    mr_seal_key_done(&seal);
    mr_authority_done(&a);
}

int main(void)
{
    static char text[4600];
    struct subject all[] = {
        {"ES256", MR_ALG_ES256, MR_KEY_P256, 2000}, {"EdDSA", MR_ALG_EDDSA, MR_KEY_ED25519, 1000},
        {"RS256", MR_ALG_RS256, MR_KEY_RSA, 500},   {"PS256", MR_ALG_PS256, MR_KEY_RSA, 500},
        {"ES384", MR_ALG_ES384, MR_KEY_P384, 100},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct subject *s = &all[i];
        mr_arena_init(&s->arena, 1 << 20);
        need(mr_key_generate(s->kind, 2048, &s->key, NULL) == MR_OK);
        mr_str der;
        need(mr_key_write_public_der(s->key, &s->arena, &der, NULL) == MR_OK);
        /* through PEM, so that OpenSSL has the key in its own best form */
        mr_buf pem;
        mr_buf_init(&pem, 65536);
        need(mr_key_write_pem(s->key, MR_STR_EMPTY, &pem, NULL) == MR_OK);
        BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
        s->pkey = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
        need(s->pkey != NULL);
        s->md = s->kind == MR_KEY_ED25519 ? NULL : s->alg == MR_ALG_ES384 ? EVP_sha384() : EVP_sha256();
        s->pss = s->alg == MR_ALG_PS256;
        for (size_t size = 64; size <= sizeof text; size += sizeof text - 64) {
            s->text = mr_str_make(text, size);
            compare("sign", s, our_sign, evp_sign, s->count);
            compare("verify", s, our_verify, evp_verify, s->count);
        }
        BIO_free(bio);
        mr_buf_wipe(&pem);
        EVP_PKEY_free(s->pkey);
        mr_key_free(s->key);
        mr_arena_done(&s->arena);
    }
    read_certificates(MR_KEY_P256, "P-256");
    read_certificates(MR_KEY_RSA, "RSA");
    return 0;
}
