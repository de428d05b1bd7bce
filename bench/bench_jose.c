/* vc+jwt with ES256 through our functions beside bare OpenSSL on the same octets: what reading, encoding and checking add to the
 * signature that nobody can avoid. OpenSSL makes a fresh context for every operation, as a program does that signs independent documents.
 *
 *   bench_jose verify|issue FILE    a JSON document a line */
#include "bench.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "proof/jose.h"
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define DOCUMENTS 256

struct input {
    mr_str payloads[DOCUMENTS];
    mr_str tokens[DOCUMENTS];
    size_t count;
    mr_key *key;
    mr_jose_signer signer;
    mr_arena memory; /* of one operation */
    mr_buf out;
    EVP_PKEY *bare; /* the same key */
    EVP_MD_CTX *context;
    unsigned char signatures[DOCUMENTS][80]; /* of the payloads, by OpenSSL */
    size_t lengths[DOCUMENTS];
};

/* A token whose header names the key and carries nothing else, as a verifier meets it that knows its issuers. */
static mr_str token_of(struct input *in, mr_arena *a, mr_str payload)
{
    mr_str signature, token;
    mr_buf_clear(&in->out);
    mr_base64url_put(
        &in->out,
        MR_STR("{\"alg\":\"ES256\",\"typ\":\"vc+jwt\",\"cty\":\"vc\",\"kid\":\"did:web:university.example.eu#key\"}"));
    mr_buf_putc(&in->out, '.');
    mr_base64url_put(&in->out, payload);
    token = mr_buf_str(&in->out);
    BENCH_NEED(mr_key_sign(in->key, MR_ALG_ES256, &token, 1, a, &signature, NULL) == MR_OK);
    mr_buf_putc(&in->out, '.');
    mr_base64url_put(&in->out, signature);
    return mr_arena_dup(a, mr_buf_str(&in->out));
}

static void verify_ours(void *self, size_t turn)
{
    struct input *in = self;
    const mr_json *document;
    mr_jws jws;
    mr_arena_reset(&in->memory);
    BENCH_NEED(mr_jws_read(&in->memory, in->tokens[turn % in->count], &jws, NULL) == MR_OK);
    BENCH_NEED(mr_jws_verify(&jws, in->key, NULL) == MR_OK);
    BENCH_NEED(mr_json_parse(&in->memory, jws.payload, NULL, &document, NULL) == MR_OK);
    mr_jws_done(&jws);
}

static void verify_bare(void *self, size_t turn)
{
    struct input *in = self;
    size_t i = turn % in->count;
    EVP_MD_CTX_reset(in->context);
    BENCH_NEED(EVP_DigestVerifyInit(in->context, NULL, EVP_sha256(), NULL, in->bare) == 1);
    BENCH_NEED(EVP_DigestVerify(in->context, in->signatures[i], in->lengths[i],
                                (const unsigned char *)in->payloads[i].ptr, in->payloads[i].len) == 1);
}

static void issue_ours(void *self, size_t turn)
{
    struct input *in = self;
    mr_arena_reset(&in->memory);
    mr_buf_clear(&in->out);
    BENCH_NEED(mr_jose_sign(&in->signer, in->payloads[turn % in->count], &in->memory, &in->out, NULL) == MR_OK);
}

static void sign_bare(struct input *in, size_t i)
{
    in->lengths[i] = sizeof in->signatures[i];
    EVP_MD_CTX_reset(in->context);
    BENCH_NEED(EVP_DigestSignInit(in->context, NULL, EVP_sha256(), NULL, in->bare) == 1);
    BENCH_NEED(EVP_DigestSign(in->context, in->signatures[i], &in->lengths[i],
                              (const unsigned char *)in->payloads[i].ptr, in->payloads[i].len) == 1);
}

static void issue_bare(void *self, size_t turn)
{
    struct input *in = self;
    sign_bare(in, turn % in->count);
}

static void prepare(struct input *in, mr_arena *a, const char *path)
{
    struct mr_err err = {0};
    mr_str text, line;
    mr_arena_init(&in->memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&in->out, MR_LIMIT_DOCUMENT);
    BENCH_NEED(mr_file_read(a, path, MR_LIMIT_DOCUMENT, &text, &err) == MR_OK);
    BENCH_NEED(mr_key_generate(MR_KEY_P256, 0, &in->key, &err) == MR_OK);
    BENCH_NEED(mr_key_write_pem(in->key, MR_STR_EMPTY, &in->out, &err) == MR_OK);
    BIO *pem = BIO_new_mem_buf(in->out.ptr, (int)in->out.len);
    in->bare = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
    in->context = EVP_MD_CTX_new();
    BENCH_NEED(in->bare && in->context);
    BIO_free(pem);
    const struct mr_jose_header header = {
        .typ = "vc+jwt", .cty = "vc", .kid = MR_STR("did:web:university.example.eu#key"), .jwk = true};
    BENCH_NEED(mr_jose_signer_init(&in->signer, a, in->key, &header, &err) == MR_OK);
    while (mr_str_split(&text, '\n', &line) && in->count < DOCUMENTS) {
        if (!line.len) continue;
        in->payloads[in->count] = line;
        in->tokens[in->count] = token_of(in, a, line);
        sign_bare(in, in->count++);
    }
    BENCH_NEED(in->count > 0);
}

/* A token with one octet changed must be refused, or the figures are of something else. */
static void check(struct input *in, mr_arena *a)
{
    mr_jws jws;
    mr_str token = mr_arena_dup(a, in->tokens[0]);
    char *octet = (char *)(uintptr_t)token.ptr + token.len / 2;
    *octet = *octet == 'A' ? 'B' : 'A';
    int code = mr_jws_read(a, token, &jws, NULL);
    BENCH_NEED(code == MR_OK);
    BENCH_NEED(mr_jws_verify(&jws, in->key, NULL) == MR_E_SIGNATURE);
    mr_jws_done(&jws);
}

int main(int argc, char **argv)
{
    static struct input in;
    mr_arena memory;
    BENCH_NEED(argc == 3);
    mr_arena_init(&memory, MR_LIMIT_DOCUMENT_MEMORY);
    prepare(&in, &memory, argv[2]);
    check(&in, &memory);
    if (!strcmp(argv[1], "verify"))
        bench_pair("jose.verify", verify_ours, verify_bare, &in, 5);
    else
        bench_pair("jose.issue", issue_ours, issue_bare, &in, 10);
    EVP_MD_CTX_free(in.context);
    EVP_PKEY_free(in.bare);
    mr_key_free(in.key);
    mr_buf_done(&in.out);
    mr_arena_done(&in.memory);
    mr_arena_done(&memory);
    return 0;
}
