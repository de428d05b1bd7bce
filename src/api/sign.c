#include "api/inside.h"

#include "base/limits.h"
#include "json/json.h"
#include "proof/data_integrity.h"
#include "proof/ecdsa_sd.h"
#include "proof/sd_jwt.h"

/* One signing. */
struct work {
    mr_arena a;
    const merit_key *key;
    const struct merit_signing *signing;
    mr_str text, suite, method;
    const mr_json *document;
    mr_str *pointers;
    size_t pointer_count;
};

/* ---- tokens ---- */

/* The seal's certificates tell whose the key is, unless a method was named. */
static int open_signer(struct work *w, const char *typ, const char *cty, mr_jose_signer *ret, struct mr_err *err)
{
    mr_certificate *chain[MR_SEAL_CHAIN_MOST];
    mr_str named = mr_str_of(MR_API_MEMBER(w->signing, method, NULL));
    size_t count = named.len ? 0 : mr_seal_key_chain(&w->key->seal, chain);
    const struct mr_jose_header header = {
        .typ = typ, .cty = cty, .kid = count ? MR_STR_EMPTY : w->method, .chain = chain, .chain_count = count};
    return mr_jose_signer_init(ret, &w->a, w->key->seal.key, &header, err);
}

static int sign_vc_jwt(struct work *w, mr_buf *out, struct mr_err *err)
{
    mr_jose_signer signer;
    MR_TRY(open_signer(w, "vc+jwt", "vc", &signer, err));
    return mr_jose_sign(&signer, w->text, &w->a, out, err);
}

static int sign_sd_jwt(struct work *w, mr_buf *out, struct mr_err *err)
{
    const struct mr_sd_frame frame = {.pointers = w->pointers, .count = w->pointer_count};
    mr_jose_signer signer;
    MR_TRY(open_signer(w, "dc+sd-jwt", NULL, &signer, err));
    return mr_sd_jwt_issue(&signer, w->document, &frame, mr_env_system(), &w->a, out, err);
}

/* ---- Data Integrity ---- */

static int read_options(struct work *w, mr_cryptosuite suite, struct mr_proof_options *ret, struct mr_err *err)
{
    const struct merit_signing *s = w->signing;
    mr_str purpose = mr_str_of(MR_API_MEMBER(s, purpose, NULL));
    int64_t created = MR_API_MEMBER(s, created, 0), expires = MR_API_MEMBER(s, expires, 0);
    *ret = (struct mr_proof_options){.suite = suite,
                                     .method = w->method,
                                     .domain = mr_str_of(MR_API_MEMBER(s, domain, NULL)),
                                     .challenge = mr_str_of(MR_API_MEMBER(s, challenge, NULL)),
                                     .purpose = purpose.len ? mr_relationship_find(purpose) : MR_ASSERTION_METHOD,
                                     .created = created ? created : mr_env_now(mr_env_system()),
                                     .expires = expires ? expires : MR_TIME_NONE};
    if (ret->purpose == MR_RELATIONSHIP_COUNT)
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "there is no such purpose", "%.*s", MR_STR_ARG(purpose));
    return MR_OK;
}

static int sign_data(struct work *w, mr_cryptosuite suite, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(mr_contexts_closep) mr_contexts *contexts = NULL;
    struct mr_proof_options options;
    MR_TRY(read_options(w, suite, &options, err));
    MR_TRY(mr_contexts_open(&contexts, err));
    if (suite == MR_ECDSA_SD_2023)
        return mr_ecdsa_sd_sign(&w->a, contexts, w->text, w->document, w->key->seal.key, w->pointers, w->pointer_count,
                                &options, out, err);
    return mr_data_integrity_sign(&w->a, contexts, w->text, w->document, w->key->seal.key, &options, out, err);
}

/* ---- any ---- */

static int put_method(struct work *w, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf method;
    mr_buf_init(&method, MR_LIMIT_KEY_FILE);
    w->method = mr_str_of(MR_API_MEMBER(w->signing, method, NULL));
    if (w->method.len) return MR_OK;
    mr_api_key_put_method(w->key, false, &method);
    w->method = mr_arena_dup(&w->a, mr_buf_str(&method));
    return w->method.ptr && !method.failed ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory to name a key", MR_NOWHERE);
}

static int sign(struct work *w, mr_buf *out, struct mr_err *err)
{
    const char *const *pointers = MR_API_MEMBER(w->signing, pointers, NULL);
    w->pointer_count = MR_API_MEMBER(w->signing, pointer_count, 0);
    w->suite = mr_str_of(MR_API_MEMBER(w->signing, suite, NULL));
    if (!merit_key_is_private(w->key)) return MR_FAIL(err, MR_E_KEY, "it has no private part", MR_NOWHERE);
    MR_TRY(mr_api_texts(&w->a, pointers, w->pointer_count, &w->pointers, err));
    MR_TRY(mr_json_parse(&w->a, w->text, NULL, &w->document, err));
    if (!mr_json_is(w->document, MR_JSON_OBJECT))
        return MR_FAIL(err, MR_E_FORMAT, "what is signed is a JSON object", MR_NOWHERE);
    MR_TRY(put_method(w, err));
    if (mr_str_is(w->suite, "vc+jwt")) return sign_vc_jwt(w, out, err);
    if (mr_str_is(w->suite, "dc+sd-jwt")) return sign_sd_jwt(w, out, err);
    mr_cryptosuite suite = w->suite.len ? mr_cryptosuite_find(w->suite) : mr_cryptosuite_of_key(w->key->seal.key);
    if (suite == MR_SUITE_NONE)
        return MR_FAIL_DETAIL(err, MR_E_USAGE, "there is no such suite, or none that suits the key", "%.*s",
                              MR_STR_ARG(w->suite));
    return sign_data(w, suite, out, err);
}

merit_code merit_sign(const merit_key *key, const char *json, size_t json_size, const struct merit_signing *signing,
                      char **ret, size_t *ret_size, merit_error *err)
{
    struct work w = {.key = key, .signing = signing, .text = mr_api_str(json, json_size)};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err e = {0};
    mr_buf_init(&out, 2 * MR_LIMIT_DOCUMENT);
    if (json_size > MR_LIMIT_DOCUMENT) return mr_api_refuse(err, MR_E_LIMIT, "a document is not so large");
    mr_arena_init(&w.a, MR_LIMIT_DOCUMENT_MEMORY);
    int code = sign(&w, &out, &e);
    mr_arena_done(&w.a);
    return code == MR_OK ? mr_api_hand_over(&out, ret, ret_size, err) : mr_api_fail(err, &e);
}
