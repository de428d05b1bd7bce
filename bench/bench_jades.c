/* JAdES seals beside the bare operations of OpenSSL that they contain.
 *
 *   bench_jades verify FILE      a sealed file of level LTA, from text to level: beside the hashes, signatures and certificates in it alone, all parsed before
 *   bench_jades stamp COUNT      seals of level T with a time-stamp authority inside this program: beside a bare signature and TS_RESP_create_response */
#include "bench.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/authority.h"
#include "json/json.h"
#include "proof/jades.h"
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { MOST = 32, PARTS = 6 + MOST };

/* ---- verifying ---- */

struct bare_token {
    mr_str parts[PARTS];
    size_t count;
    CMS_ContentInfo *cms;
    CMS_SignerInfo *signer;
    X509 *authority;
};

struct sealed {
    mr_arena kept, memory; /* of the input; of one operation */
    mr_str text, signed_text[3], signature;
    EVP_PKEY *key;
    struct bare_token tokens[MOST];
    size_t token_count;
    X509 *pool[MOST];
    size_t pool_count;
    OCSP_BASICRESP *ocsp[MOST];
    size_t ocsp_count;
    X509_CRL *crls[MOST];
    size_t crl_count;
};

static mr_str from_base64(mr_arena *a, mr_str text)
{
    mr_str der;
    BENCH_NEED(mr_base64_read(a, text, &der, NULL) == MR_OK);
    return der;
}

static void add_certificate(struct sealed *s, mr_str text)
{
    mr_str der = from_base64(&s->kept, text);
    const unsigned char *p = (const unsigned char *)der.ptr;
    BENCH_NEED(s->pool_count < MOST && (s->pool[s->pool_count] = d2i_X509(NULL, &p, (long)der.len)));
    s->pool_count++;
}

static void add_token(struct sealed *s, const mr_json *container, const mr_str *parts, size_t count)
{
    struct bare_token *t = &s->tokens[s->token_count++];
    mr_str der = from_base64(&s->kept, mr_json_get_str(mr_json_at(mr_json_get(container, "tstTokens"), 0), "val"));
    const unsigned char *p = (const unsigned char *)der.ptr;
    memcpy(t->parts, parts, count * sizeof *parts);
    t->count = count;
    BENCH_NEED(s->token_count < MOST && (t->cms = d2i_CMS_ContentInfo(NULL, &p, (long)der.len)));
    t->signer = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(t->cms), 0);
    STACK_OF(X509) *held = CMS_get1_certs(t->cms);
    for (int i = 0; i < sk_X509_num(held); i++) {
        if (CMS_SignerInfo_cert_cmp(t->signer, sk_X509_value(held, i)) == 0) t->authority = sk_X509_value(held, i);
        BENCH_NEED(s->pool_count < MOST);
        s->pool[s->pool_count++] = sk_X509_value(held, i); /* kept to the end of the program */
    }
    BENCH_NEED(t->authority);
    CMS_SignerInfo_set1_signer_cert(t->signer, t->authority);
}

static void add_evidence(struct sealed *s, const mr_json *values)
{
    MR_JSON_EACH (one, mr_json_get(values, "ocspVals")) {
        mr_str der = from_base64(&s->kept, mr_json_get_str(one, "val"));
        const unsigned char *p = (const unsigned char *)der.ptr;
        OCSP_RESPONSE *outer = d2i_OCSP_RESPONSE(NULL, &p, (long)der.len);
        BENCH_NEED(outer && s->ocsp_count < MOST && (s->ocsp[s->ocsp_count++] = OCSP_response_get1_basic(outer)));
    }
    MR_JSON_EACH (one, mr_json_get(values, "crlVals")) {
        mr_str der = from_base64(&s->kept, mr_json_get_str(one, "val"));
        const unsigned char *p = (const unsigned char *)der.ptr;
        BENCH_NEED(s->crl_count < MOST && (s->crls[s->crl_count++] = d2i_X509_CRL(NULL, &p, (long)der.len)));
    }
}

static const mr_json *inside(struct sealed *s, mr_str text)
{
    const mr_json *json = NULL;
    mr_str octets;
    BENCH_NEED(mr_base64url_read(&s->kept, text, &octets, NULL) == MR_OK &&
               mr_json_parse(&s->kept, octets, NULL, &json, NULL) == MR_OK);
    return json;
}

static void take_apart(struct sealed *s)
{
    const mr_json *root = NULL;
    BENCH_NEED(mr_json_parse(&s->kept, s->text, NULL, &root, NULL) == MR_OK);
    const mr_json *one = mr_json_at(mr_json_get(root, "signatures"), 0);
    mr_str payload = mr_json_get_str(root, "payload"), head = mr_json_get_str(one, "protected"),
           signature = mr_json_get_str(one, "signature");
    mr_str parts[PARTS] = {payload, MR_STR("."), head, MR_STR("."), signature, MR_STR(".")};
    size_t count = 6;
    const mr_json *header = inside(s, head);
    MR_JSON_EACH (c, mr_json_get(header, "x5c")) add_certificate(s, mr_json_text(c));
    if (mr_json_get(header, "adoTst")) add_token(s, mr_json_get(header, "adoTst"), &payload, 1);
    MR_JSON_EACH (text, mr_json_get(mr_json_get(one, "header"), "etsiU")) {
        const mr_json *element = inside(s, mr_json_text(text));
        if (mr_json_get(element, "sigTst")) add_token(s, mr_json_get(element, "sigTst"), &signature, 1);
        if (mr_json_get(element, "arcTst")) add_token(s, mr_json_get(element, "arcTst"), parts, count);
        MR_JSON_EACH (c, mr_json_get(element, "xVals"))
            add_certificate(s, mr_json_get_str(mr_json_get(c, "x509Cert"), "val"));
        if (mr_json_get(element, "rVals")) add_evidence(s, mr_json_get(element, "rVals"));
        BENCH_NEED(count < PARTS);
        parts[count++] = mr_json_text(text);
    }
    s->signed_text[0] = head, s->signed_text[1] = MR_STR("."), s->signed_text[2] = payload;
    BENCH_NEED(mr_base64url_read(&s->kept, signature, &s->signature, NULL) == MR_OK);
    s->key = X509_get0_pubkey(s->pool[0]);
}

static void verify_ours(void *self, size_t turn)
{
    struct sealed *s = self;
    const mr_json *root;
    mr_jades j;
    mr_arena_reset(&s->memory);
    BENCH_NEED(mr_json_parse(&s->memory, s->text, NULL, &root, NULL) == MR_OK);
    BENCH_NEED(mr_jades_verify(&s->memory, s->text, root, NULL, 0, INT64_C(1796126400000), &j, NULL) == MR_OK);
    BENCH_NEED(j.signature.state == MR_PASSED && j.level == MR_JADES_LTA);
    mr_jades_done(&j);
}

static void digest_parts(const mr_str *parts, size_t count)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    BENCH_NEED(c && EVP_DigestInit_ex(c, EVP_sha256(), NULL) == 1);
    for (size_t i = 0; i < count; i++) BENCH_NEED(EVP_DigestUpdate(c, parts[i].ptr, parts[i].len) == 1);
    BENCH_NEED(EVP_DigestFinal_ex(c, digest, NULL) == 1);
    EVP_MD_CTX_free(c);
}

/* The signature of a certificate by whoever in the file issued it; where nobody did, nothing is checked. */
static void verify_certificate(const struct sealed *s, X509 *x)
{
    for (size_t i = 0; i < s->pool_count; i++) {
        if (s->pool[i] == x || X509_check_issued(s->pool[i], x) != X509_V_OK) continue;
        BENCH_NEED(X509_verify(x, X509_get0_pubkey(s->pool[i])) == 1);
        return;
    }
}

static X509 *find_subject(const struct sealed *s, const X509_NAME *name)
{
    for (size_t i = 0; i < s->pool_count; i++)
        if (X509_NAME_cmp(X509_get_subject_name(s->pool[i]), name) == 0) return s->pool[i];
    return NULL;
}

static void verify_ocsp(const struct sealed *s, OCSP_BASICRESP *basic)
{
    X509 *responder = NULL;
    STACK_OF(X509) *more = sk_X509_new_null();
    for (size_t i = 0; i < s->pool_count; i++) sk_X509_push(more, s->pool[i]);
    BENCH_NEED(OCSP_resp_get0_signer(basic, &responder, more) == 1);
    BENCH_NEED(ASN1_item_verify(ASN1_ITEM_rptr(OCSP_RESPDATA), OCSP_resp_get0_tbs_sigalg(basic),
                                OCSP_resp_get0_signature(basic), OCSP_resp_get0_respdata(basic),
                                X509_get0_pubkey(responder)) == 1);
    verify_certificate(s, responder);
    sk_X509_free(more);
}

static void verify_bare(void *self, size_t turn)
{
    struct sealed *s = self;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    BENCH_NEED(c && EVP_DigestVerifyInit(c, NULL, EVP_sha256(), NULL, s->key) == 1);
    for (size_t i = 0; i < 3; i++)
        BENCH_NEED(EVP_DigestVerifyUpdate(c, s->signed_text[i].ptr, s->signed_text[i].len) == 1);
    BENCH_NEED(EVP_DigestVerifyFinal(c, (const unsigned char *)s->signature.ptr, s->signature.len) == 1);
    EVP_MD_CTX_free(c);
    verify_certificate(s, s->pool[0]);
    for (size_t i = 0; i < s->token_count; i++) {
        digest_parts(s->tokens[i].parts, s->tokens[i].count);
        BENCH_NEED(CMS_SignerInfo_verify(s->tokens[i].signer) == 1);
        verify_certificate(s, s->tokens[i].authority);
    }
    for (size_t i = 0; i < s->ocsp_count; i++) verify_ocsp(s, s->ocsp[i]);
    for (size_t i = 0; i < s->crl_count; i++) {
        X509 *issuer = find_subject(s, X509_CRL_get_issuer(s->crls[i]));
        if (issuer) BENCH_NEED(X509_CRL_verify(s->crls[i], X509_get0_pubkey(issuer)) == 1);
    }
}

static int bench_verify(const char *path)
{
    struct sealed *s = calloc(1, sizeof *s);
    BENCH_NEED(s);
    mr_arena_init(&s->kept, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&s->memory, MR_LIMIT_DOCUMENT_MEMORY);
    BENCH_NEED(mr_file_read(&s->kept, path, MR_LIMIT_DOCUMENT, &s->text, NULL) == MR_OK);
    take_apart(s);
    bench_pair("verify", verify_ours, verify_bare, s, 1);
    return 0; /* the process gives its memory back */
}

/* ---- sealing with time-stamps ---- */

struct stamping {
    mr_arena memory;
    mr_buf out;
    const mr_env *env;
    struct mr_authority authority;
    struct mr_seal_key seal;
    TS_RESP_CTX *clock;
    EVP_PKEY *key; /* of the bare signature */
    mr_str payload, request;
    size_t stamps;
    int64_t serial;
};

static ASN1_INTEGER *next_serial(TS_RESP_CTX *context, void *self)
{
    struct stamping *s = self;
    ASN1_INTEGER *n = ASN1_INTEGER_new();
    if (n) ASN1_INTEGER_set_int64(n, ++s->serial);
    return n;
}

static X509 *make_certificate(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, const char *use,
                              const char *purpose)
{
    X509 *x = X509_new();
    X509_NAME *subject = X509_NAME_new();
    X509V3_CTX context;
    BENCH_NEED(x && subject &&
               X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0) == 1);
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
    X509_set_subject_name(x, subject);
    X509_set_issuer_name(x, issuer ? X509_get_subject_name(issuer) : subject);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400);
    X509_set_pubkey(x, key);
    X509V3_set_ctx(&context, issuer ? issuer : x, x, NULL, NULL, 0);
    const char *const values[][2] = {{"basicConstraints", issuer ? "CA:FALSE" : "critical,CA:TRUE"},
                                     {"keyUsage", use},
                                     {"extendedKeyUsage", purpose}};
    for (size_t i = 0; i < 3; i++) {
        X509_EXTENSION *e = values[i][1] ? X509V3_EXT_conf(NULL, &context, values[i][0], values[i][1]) : NULL;
        if (e) X509_add_ext(x, e, -1);
        X509_EXTENSION_free(e);
    }
    BENCH_NEED(X509_sign(x, issuer_key, EVP_sha256()) > 0);
    X509_NAME_free(subject);
    return x;
}

static void open_clock(struct stamping *s)
{
    EVP_PKEY *root_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
    X509 *root = make_certificate("Clock Root", root_key, NULL, root_key, "critical,keyCertSign", NULL);
    X509 *clock = make_certificate("Clock", key, root, root_key, "critical,digitalSignature", "critical,timeStamping");
    STACK_OF(X509) *certificates = sk_X509_new_null();
    s->clock = TS_RESP_CTX_new();
    BENCH_NEED(s->clock && sk_X509_push(certificates, root) && TS_RESP_CTX_set_signer_cert(s->clock, clock) &&
               TS_RESP_CTX_set_signer_key(s->clock, key) && TS_RESP_CTX_set_certs(s->clock, certificates) &&
               TS_RESP_CTX_set_def_policy(s->clock, OBJ_txt2obj("1.2.3.4", 1)) &&
               TS_RESP_CTX_add_md(s->clock, EVP_sha256()) && TS_RESP_CTX_set_signer_digest(s->clock, EVP_sha256()) &&
               TS_RESP_CTX_set_ess_cert_id_digest(s->clock, EVP_sha256()));
    TS_RESP_CTX_set_serial_cb(s->clock, next_serial, s);
}

static TS_RESP *respond(struct stamping *s, mr_str request)
{
    BIO *in = BIO_new_mem_buf(request.ptr, (int)request.len);
    TS_RESP *response = TS_RESP_create_response(s->clock, in);
    BIO_free(in);
    BENCH_NEED(response);
    s->stamps++;
    return response;
}

static int stamp(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret, struct mr_err *err)
{
    struct stamping *s = self;
    unsigned char *der = NULL;
    mr_str request;
    MR_TRY(mr_timestamp_request(a, s->env, digest, &request, err));
    TS_RESP *response = respond(s, request);
    int size = i2d_TS_RESP(response, &der);
    BENCH_NEED(size > 0);
    int code = mr_timestamp_response(a, request, mr_str_make((char *)der, (size_t)size), ret, err);
    OPENSSL_free(der);
    TS_RESP_free(response);
    return code;
}

static void seal_ours(void *self, size_t turn)
{
    struct stamping *s = self;
    const struct mr_jades_sealing how = {
        .seal = &s->seal, .now = mr_env_now(s->env), .timestamp = stamp, .timestamp_self = s, .level = MR_JADES_T};
    mr_arena_reset(&s->memory);
    mr_buf_clear(&s->out);
    BENCH_NEED(mr_jades_seal(&how, s->payload, &s->memory, &s->out, NULL) == MR_OK);
}

static void seal_bare(void *self, size_t turn)
{
    struct stamping *s = self;
    unsigned char signature[80];
    size_t size = sizeof signature;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    BENCH_NEED(c && EVP_DigestSignInit(c, NULL, EVP_sha256(), NULL, s->key) == 1);
    BENCH_NEED(EVP_DigestSign(c, signature, &size, (const unsigned char *)s->payload.ptr, s->payload.len) == 1);
    EVP_MD_CTX_free(c);
    TS_RESP_free(respond(s, s->request));
}

static void fill_stamping(struct stamping *s)
{
    mr_digest digest;
    struct mr_seal_subject subject = {MR_STR("Invented University"), MR_STR("VATDK-00000000"), MR_STR("DK"),
                                      MR_STR("Invented seal")};
    char *octets = malloc(30000);
    BENCH_NEED(octets);
    memset(octets, 'x', 30000);
    mr_arena_init(&s->memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&s->out, MR_LIMIT_DOCUMENT);
    s->env = mr_env_system();
    s->payload = mr_str_make(octets, 30000); /* about an ELM document without its page image */
    s->key = EVP_EC_gen("P-256");
    BENCH_NEED(s->key && mr_authority_new(s->env, &s->authority, NULL) == MR_OK);
    BENCH_NEED(mr_authority_issue_seal(&s->authority, s->env, &subject, MR_KEY_P256, &s->seal, NULL) == MR_OK);
    BENCH_NEED(mr_digest_make(MR_SHA256, &s->payload, 1, &digest, NULL) == MR_OK);
    static mr_arena kept;
    mr_arena_init(&kept, MR_MIB);
    BENCH_NEED(mr_timestamp_request(&kept, s->env, &digest, &s->request, NULL) == MR_OK);
    open_clock(s);
}

/* The whole batch first, with its progress; then both sides in turns. */
static int bench_stamp(size_t count)
{
    struct stamping *s = calloc(1, sizeof *s);
    BENCH_NEED(s && count > 0);
    fill_stamping(s);
    double start = bench_cpu();
    for (size_t i = 0; i < count; i++) {
        seal_ours(s, i);
        if ((i + 1) % (count / 10 + 1) == 0) fprintf(stderr, "\r%zu of %zu seals ", i + 1, count);
    }
    double seconds = bench_cpu() - start;
    fprintf(stderr, "\r%zu seals with time-stamps in %.1f s of processor time, %.0f a second\n", count, seconds,
            (double)count / seconds);
    BENCH_NEED(s->stamps == count);
    bench_pair("stamp", seal_ours, seal_bare, s, 4);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "verify") == 0) return bench_verify(argv[2]);
    if (argc == 3 && strcmp(argv[1], "stamp") == 0) return bench_stamp((size_t)strtoul(argv[2], NULL, 10));
    fprintf(stderr, "bench_jades verify FILE | stamp COUNT\n");
    return 2;
}
