/* Official sealed files taken apart for the tests of this layer: payload, tokens with what they cover, certificates, evidence. */
#ifndef MR_TESTS_CRYPTO_SEALED_H
#define MR_TESTS_CRYPTO_SEALED_H

#include "testing.h"

#include "base/encoding.h"
#include "crypto/timestamp.h"
#include "json/json.h"

enum { SEALED_MOST = 64 };

struct sealed_token {
    const char *kind; /* "sigTst", "arcTst", "adoTst" */
    mr_str der;
    mr_str covered[6 + SEALED_MOST];
    size_t count;
};

struct sealed {
    mr_str payload, protected, signature;
    const mr_json *header;
    struct sealed_token tokens[SEALED_MOST];
    size_t token_count;
    mr_certificate *pool[SEALED_MOST]; /* x5c first */
    size_t pool_count;
    mr_str ocsp[SEALED_MOST], crls[SEALED_MOST];
    size_t ocsp_count, crl_count;
};

static inline mr_str sealed_base64(mr_arena *a, mr_str text)
{
    struct mr_err err = {0};
    mr_str der = MR_STR_EMPTY;
    assert_ok(mr_base64_read(a, text, &der, &err), err);
    return der;
}

/* JSON inside base64url; NULL when it is none. White space around the text is let pass. */
static inline const mr_json *sealed_json(mr_arena *a, mr_str text)
{
    mr_str bytes;
    const mr_json *root = NULL;
    if (mr_base64url_read(a, mr_str_trim(text), &bytes, NULL) || mr_json_parse(a, bytes, NULL, &root, NULL))
        return NULL;
    return root;
}

static inline void sealed_certificate(mr_arena *a, struct sealed *s, mr_str text)
{
    mr_str der;
    if (mr_base64_read(a, text, &der, NULL) == MR_OK && s->pool_count < SEALED_MOST &&
        mr_certificate_read(der, &s->pool[s->pool_count], NULL) == MR_OK)
        s->pool_count++;
}

static inline struct sealed_token *sealed_token(struct sealed *s, const char *kind)
{
    assert_true(s->token_count < SEALED_MOST);
    struct sealed_token *t = &s->tokens[s->token_count++];
    t->kind = kind;
    return t;
}

/* What an arcTst covers: payload, protected, signature, and the elements of etsiU before its own. */
static inline void sealed_archive(struct sealed *s, struct sealed_token *t, const mr_json *etsi_u, uint32_t before)
{
    mr_str parts[] = {s->payload, MR_STR("."), s->protected, MR_STR("."), s->signature, MR_STR(".")};
    memcpy(t->covered, parts, sizeof parts);
    t->count = 6;
    for (uint32_t i = 0; i < before; i++) t->covered[t->count++] = mr_json_str(mr_json_at(etsi_u, i));
}

static inline void sealed_element(mr_arena *a, struct sealed *s, const mr_json *etsi_u, uint32_t at)
{
    const mr_json *one = sealed_json(a, mr_json_str(mr_json_at(etsi_u, at)));
    MR_JSON_EACH (token, mr_json_get(mr_json_get(one, "sigTst"), "tstTokens")) {
        struct sealed_token *t = sealed_token(s, "sigTst");
        t->der = sealed_base64(a, mr_json_get_str(token, "val"));
        t->covered[t->count++] = s->signature;
    }
    MR_JSON_EACH (token, mr_json_get(mr_json_get(one, "arcTst"), "tstTokens")) {
        struct sealed_token *t = sealed_token(s, "arcTst");
        t->der = sealed_base64(a, mr_json_get_str(token, "val"));
        sealed_archive(s, t, etsi_u, at);
    }
    const mr_json *validation = mr_json_get(one, "tstVD");
    const mr_json *values = mr_json_get(validation ? validation : one, "xVals");
    MR_JSON_EACH (c, values) sealed_certificate(a, s, mr_json_get_str(mr_json_get(c, "x509Cert"), "val"));
    const mr_json *evidence = mr_json_get(one, "rVals");
    MR_JSON_EACH (o, mr_json_get(evidence, "ocspVals"))
        s->ocsp[s->ocsp_count++] = sealed_base64(a, mr_json_get_str(o, "val"));
    MR_JSON_EACH (c, mr_json_get(evidence, "crlVals"))
        s->crls[s->crl_count++] = sealed_base64(a, mr_json_get_str(c, "val"));
}

/* The signature `number` of a file in JSON serialization; false when there is none to be taken apart. */
static inline bool sealed_read(mr_arena *a, const char *path, uint32_t number, struct sealed *s)
{
    const mr_json *root = NULL;
    if (mr_json_parse(a, test_read_file(a, path), NULL, &root, NULL) != MR_OK) return false;
    const mr_json *list = mr_json_get(root, "signatures"), *one = list          ? mr_json_at(list, number)
                                                                  : number == 0 ? root
                                                                                : NULL;
    *s = (struct sealed){.payload = mr_json_get_str(root, "payload"),
                         .protected = mr_json_get_str(one, "protected"),
                         .signature = mr_json_get_str(one, "signature")};
    s->header = sealed_json(a, s->protected);
    if (!s->header) return false;
    MR_JSON_EACH (c, mr_json_get(s->header, "x5c")) sealed_certificate(a, s, mr_json_str(c));
    MR_JSON_EACH (token, mr_json_get(mr_json_get(s->header, "adoTst"), "tstTokens")) {
        struct sealed_token *t = sealed_token(s, "adoTst");
        t->der = sealed_base64(a, mr_json_get_str(token, "val"));
        t->covered[t->count++] = s->payload;
    }
    const mr_json *etsi_u = mr_json_get(mr_json_get(one, "header"), "etsiU");
    for (uint32_t i = 0; i < mr_json_count(etsi_u) && i < SEALED_MOST; i++) sealed_element(a, s, etsi_u, i);
    return true;
}

static inline void sealed_done(struct sealed *s)
{
    for (size_t i = 0; i < s->pool_count; i++) mr_certificate_free(s->pool[i]);
}

#endif
