/* SD-JWT: what reading makes of payloads and disclosures, what it refuses, and our own tokens: issued, presented, bound. */
#include "testing.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/jwk.h"
#include "proof/sd_jwt.h"

#define NOW INT64_C(1792055520000) /* 2026-10-15T09:12:00Z */

struct fixture {
    mr_arena a;
    mr_buf out;
    struct mr_err err;
    mr_env env;
    mr_key *issuer, *holder;
    mr_jose_signer signer;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    mr_arena_init(&f->a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&f->out, MR_LIMIT_DOCUMENT);
    f->env = test_env_fixed(NOW, 1);
    const struct mr_jose_header header = {.typ = "dc+sd-jwt", .kid = MR_STR("key-1")};
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &f->issuer, &f->err), f->err);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &f->holder, &f->err), f->err);
    assert_ok(mr_jose_signer_init(&f->signer, &f->a, f->issuer, &header, &f->err), f->err);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mr_key_free(f->issuer);
    mr_key_free(f->holder);
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
    free(f);
    return 0;
}

/* ---- reading ---- */

#define MOST 4

/* "$0" in a payload or in a later disclosure is the digest of the first disclosure, and so on. */
struct made {
    mr_str disclosures[MOST], digests[MOST];
    size_t count;
};

static mr_str fill_in(struct fixture *f, const struct made *m, const char *text)
{
    mr_buf_clear(&f->out);
    for (const char *c = text; *c; c++) {
        if (*c == '$' && c[1] >= '0' && (size_t)(c[1] - '0') < m->count)
            mr_buf_put(&f->out, m->digests[*++c - '0']);
        else
            mr_buf_putc(&f->out, *c);
    }
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

static mr_str base64url(struct fixture *f, mr_str octets)
{
    mr_buf_clear(&f->out);
    mr_base64url_put(&f->out, octets);
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

static void add_disclosure(struct fixture *f, struct made *m, const char *text)
{
    mr_str disclosure = base64url(f, fill_in(f, m, text));
    mr_digest digest;
    assert_ok(mr_digest_make(MR_SHA256, &disclosure, 1, &digest, &f->err), f->err);
    m->disclosures[m->count] = disclosure;
    m->digests[m->count++] = base64url(f, mr_digest_str(&digest));
}

/* An SD-JWT whose signature nobody looks at. */
static mr_str token_of(struct fixture *f, const char *payload, const char *const disclosures[MOST])
{
    struct made m = {0};
    for (size_t i = 0; i < MOST && disclosures[i]; i++) add_disclosure(f, &m, disclosures[i]);
    mr_str text = base64url(f, fill_in(f, &m, payload));
    mr_buf_clear(&f->out);
    mr_base64url_put(&f->out, MR_STR("{\"alg\":\"ES256\"}"));
    mr_buf_putc(&f->out, '.');
    mr_buf_put(&f->out, text);
    mr_buf_puts(&f->out, ".AAAA~");
    for (size_t i = 0; i < m.count; i++) {
        mr_buf_put(&f->out, m.disclosures[i]);
        mr_buf_putc(&f->out, '~');
    }
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

static const struct reading {
    const char *name, *payload, *disclosures[MOST], *claims;
    size_t hidden;
} readings[] = {
    {"nothing to disclose", "{\"a\":1}", {0}, "{\"a\":1}", 0},
    {"a member", "{\"_sd\":[\"$0\"],\"_sd_alg\":\"sha-256\"}", {"[\"s\",\"a\",1]"}, "{\"a\":1}", 0},
    {"numbers as they stand", "{\"_sd\":[\"$0\"]}", {"[\"s\",\"a\",1.50]"}, "{\"a\":1.50}", 0},
    {"white space in a disclosure", "{\"_sd\":[\"$0\"]}", {"[\"s\", \"a\",\n{\"b\": [ ]}]"}, "{\"a\":{\"b\":[]}}", 0},
    {"an element", "{\"a\":[1,{\"...\":\"$0\"},3]}", {"[\"s\",2]"}, "{\"a\":[1,2,3]}", 0},
    {"an element that is an object",
     "{\"a\":[{\"...\":\"$0\"}]}",
     {"[\"s\",{\"b\":null}]"},
     "{\"a\":[{\"b\":null}]}",
     0},
    {"hidden elements go", "{\"a\":[1,{\"...\":\"x\"},{\"...\":\"y\"}]}", {0}, "{\"a\":[1]}", 2},
    {"hidden members go", "{\"_sd\":[\"x\",\"y\"],\"a\":{\"_sd\":[\"z\"]}}", {0}, "{\"a\":{}}", 3},
    {"inside each other",
     "{\"_sd\":[\"$2\",\"decoy\"]}",
     {"[\"s\",\"c\",3]", "[\"s\",true]", "[\"s\",\"a\",{\"_sd\":[\"$0\"],\"b\":[{\"...\":\"$1\"}]}]"},
     "{\"a\":{\"b\":[true],\"c\":3}}",
     1},
    {"one name at two places",
     "{\"_sd\":[\"$0\"],\"b\":{\"_sd\":[\"$1\"]}}",
     {"[\"s\",\"a\",1]", "[\"t\",\"a\",2]"},
     "{\"b\":{\"a\":2},\"a\":1}",
     0},
    {"names with escapes",
     "{\"_sd\":[\"$0\"]}",
     {"[\"s\",\"a\\\"\\u00e6\",\"\\u0001\"]"},
     "{\"a\\\"\xC3\xA6\":\"\\u0001\"}",
     0},
    {"_sd_alg inside is a claim", "{\"a\":{\"_sd_alg\":\"x\"}}", {0}, "{\"a\":{\"_sd_alg\":\"x\"}}", 0},
    {"an empty _sd", "{\"_sd\":[]}", {0}, "{}", 0},
};

static void test_sd_jwt_read__puts_disclosures_where_they_belong(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof readings / sizeof *readings; i++) {
        const struct reading *r = &readings[i];
        mr_sd_jwt s;
        printf("# %s\n", r->name);
        assert_ok(mr_sd_jwt_read(&f->a, token_of(f, r->payload, r->disclosures), &s, &f->err), f->err);
        assert_str(s.claims_text, r->claims);
        assert_int_equal(s.hidden_count, r->hidden);
        assert_true(mr_json_is(s.claims, MR_JSON_OBJECT));
        mr_sd_jwt_done(&s);
    }
}

static const struct refusal {
    const char *payload, *disclosures[MOST];
    mr_code code;
    const char *message;
} refusals[] = {
    {"[]", {0}, MR_E_FORMAT, "sd_jwt.form"},
    {"{\"_sd_alg\":\"md5\"}", {0}, MR_E_UNSUPPORTED, "sd_jwt.digest_kind"},
    {"{\"_sd_alg\":5}", {0}, MR_E_UNSUPPORTED, "sd_jwt.digest_kind"},
    {"{\"a\":1,\"a\":2}", {0}, MR_E_JSON_DUPLICATE, NULL},
    /* the form of disclosures */
    {"{\"_sd\":[\"$0\"]}", {"[\"s\"]"}, MR_E_FORMAT, "sd_jwt.disclosure"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",\"a\",1,2]"}, MR_E_FORMAT, "sd_jwt.disclosure"},
    {"{\"_sd\":[\"$0\"]}", {"{\"s\":\"a\"}"}, MR_E_FORMAT, "sd_jwt.disclosure"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",\"a\",1"}, MR_E_FORMAT, "sd_jwt.disclosure"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",\"a\",{\"b\":1,\"b\":2}]"}, MR_E_FORMAT, "sd_jwt.disclosure"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",7,1]"}, MR_E_FORMAT, "sd_jwt.disclosure"},
    {"{\"_sd\":[\"$0\"]}", {"[5,\"a\",1]"}, MR_E_FORMAT, "sd_jwt.salt"},
    {"{\"a\":[{\"...\":\"$0\"}]}", {"[null,1]"}, MR_E_FORMAT, "sd_jwt.salt"},
    /* names */
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",\"_sd\",[]]"}, MR_E_FORMAT, "sd_jwt.name"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",\"...\",1]"}, MR_E_FORMAT, "sd_jwt.name"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",\"_sd_alg\",\"sha-512\"]"}, MR_E_FORMAT, "sd_jwt.name"},
    {"{\"...\":\"x\"}", {0}, MR_E_FORMAT, "sd_jwt.name"},
    {"{\"a\":[{\"...\":\"x\",\"b\":1}]}", {0}, MR_E_FORMAT, "sd_jwt.name"},
    {"{\"a\":[{\"...\":\"$0\"}]}", {"[\"s\",{\"...\":\"x\"}]"}, MR_E_FORMAT, "sd_jwt.name"},
    {"{\"a\":0,\"_sd\":[\"$0\"]}", {"[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.name_taken"},
    {"{\"_sd\":[\"$0\",\"$1\"]}", {"[\"s\",\"a\",1]", "[\"t\",\"a\",2]"}, MR_E_FORMAT, "sd_jwt.name_taken"},
    {"{\"b\":{\"\\u0061\":0,\"_sd\":[\"$0\"]}}", {"[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.name_taken"},
    /* digests */
    {"{\"_sd\":\"$0\"}", {0}, MR_E_FORMAT, "sd_jwt.digests"},
    {"{\"_sd\":[1]}", {0}, MR_E_FORMAT, "sd_jwt.digests"},
    {"{\"a\":{\"_sd\":null}}", {0}, MR_E_FORMAT, "sd_jwt.digests"},
    {"{\"a\":[{\"...\":1}]}", {0}, MR_E_FORMAT, "sd_jwt.digests"},
    {"{\"_sd\":[\"x\",\"x\"]}", {0}, MR_E_FORMAT, "sd_jwt.digest_twice"},
    {"{\"_sd\":[\"x\"],\"a\":[{\"...\":\"x\"}]}", {0}, MR_E_FORMAT, "sd_jwt.digest_twice"},
    {"{\"_sd\":[\"$0\",\"$0\"]}", {"[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.digest_twice"},
    {"{\"_sd\":[\"$0\"],\"b\":{\"_sd\":[\"$0\"]}}", {"[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.digest_twice"},
    {"{\"_sd\":[\"$0\",\"$1\"]}",
     {"[\"s\",\"a\",1]", "[\"t\",\"b\",{\"_sd\":[\"$0\"]}]"},
     MR_E_FORMAT,
     "sd_jwt.digest_twice"},
    {"{\"_sd\":[\"x\",\"$0\"]}", {"[\"t\",\"b\",{\"_sd\":[\"x\"]}]"}, MR_E_FORMAT, "sd_jwt.digest_twice"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",\"a\",1]", "[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.digest_twice"},
    {"{\"_sd\":[\"x\"]}", {"[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.unreferenced"},
    {"{\"_sd\":[\"x\"]}", {"[\"s\",\"a\",1]", "[\"t\",\"b\",{\"_sd\":[\"$0\"]}]"}, MR_E_FORMAT, "sd_jwt.unreferenced"},
    {"{\"a\":\"$0\"}", {"[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.unreferenced"},
    {"{\"_sd\":[\"$0\"]}", {"[\"s\",1]"}, MR_E_FORMAT, "sd_jwt.wrong_kind"},
    {"{\"a\":[{\"...\":\"$0\"}]}", {"[\"s\",\"a\",1]"}, MR_E_FORMAT, "sd_jwt.wrong_kind"},
};

static void assert_refused(struct fixture *f, mr_str token, mr_code code, const char *message)
{
    mr_sd_jwt s;
    assert_code(mr_sd_jwt_read(&f->a, token, &s, &f->err), code, f->err);
    if (message) assert_string_equal(f->err.message, message);
}

static void test_sd_jwt_read__refuses(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *r = &refusals[i];
        printf("# %s: %s %s\n", r->message ? r->message : "JSON", r->payload,
               r->disclosures[0] ? r->disclosures[0] : "");
        assert_refused(f, token_of(f, r->payload, r->disclosures), r->code, r->message);
    }
}

#define HEAD "eyJhbGciOiJFUzI1NiJ9.e30.AAAA" /* {"alg":"ES256"}, {} */

static const struct form {
    const char *token;
    mr_code code;
    const char *message;
} forms[] = {
    {HEAD "~", MR_OK, NULL},
    {HEAD "~\n", MR_OK, NULL},
    {"", MR_E_FORMAT, "sd_jwt.form"},
    {HEAD, MR_E_FORMAT, "sd_jwt.form"},
    {HEAD "~~", MR_E_FORMAT, "sd_jwt.form"},
    {HEAD "~*~", MR_E_FORMAT, "sd_jwt.disclosure"},
    {"~", MR_E_FORMAT, NULL},
    {"eyJhbGciOiJub25lIn0.e30.~", MR_E_UNSUPPORTED, NULL},
    /* JSON serialisation */
    {"{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\"}", MR_OK, NULL},
    {"{\"payload\":\"e30\",\"signatures\":[{\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\"}]}", MR_OK,
     NULL},
    {"{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\"", MR_E_JSON, NULL},
    {"{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\"}", MR_E_FORMAT, "sd_jwt.form"},
    {"{\"payload\":7,\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\"}", MR_E_FORMAT, "sd_jwt.form"},
    {"{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA~AAAA\"}", MR_E_FORMAT,
     "sd_jwt.form"},
    {"{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\",\"header\":{\"disclosures\":"
     "\"\"}}",
     MR_E_FORMAT, "sd_jwt.form"},
    {"{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\",\"header\":{\"disclosures\":["
     "1]}}",
     MR_E_FORMAT, "sd_jwt.form"},
    {"{\"payload\":\"e30\",\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\",\"header\":{\"kb_jwt\":\"\"}}",
     MR_E_FORMAT, "sd_jwt.form"},
    {"{\"payload\":\"e30\",\"signature\":\"AAAA\",\"signatures\":[{\"protected\":\"eyJhbGciOiJFUzI1NiJ9\","
     "\"signature\":\"AAAA\"}]}",
     MR_E_FORMAT, "sd_jwt.form"},
    {"{\"payload\":\"e30\",\"signatures\":[{\"protected\":\"eyJhbGciOiJFUzI1NiJ9\",\"signature\":\"AAAA\"},"
     "{\"header\":{\"disclosures\":[]}}]}",
     MR_E_FORMAT, "sd_jwt.form"},
    {"{\"payload\":\"e30\",\"signatures\":[]}", MR_E_FORMAT, "sd_jwt.form"},
};

static void test_sd_jwt_read__takes_both_serialisations(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        mr_sd_jwt s;
        printf("# %s\n", forms[i].token[0] == '{' ? "JSON" : "compact");
        int code = mr_sd_jwt_read(&f->a, mr_str_of(forms[i].token), &s, &f->err);
        assert_code(code, forms[i].code, f->err);
        if (forms[i].message) assert_string_equal(f->err.message, forms[i].message);
        if (code == MR_OK) assert_str(s.bound_text, HEAD "~");
        mr_sd_jwt_done(&s);
    }
}

/* What one may nest, and one more: in the payload, and in a disclosure at the bottom of a payload. */
static void test_sd_jwt_read__limits_the_depth_of_what_disclosures_make(void **state)
{
    struct fixture *f = *state;
    char payload[400] = "", value[400] = "";
    size_t outer = 40;
    for (size_t inner = 64 - 40; inner <= 64 - 40 + 1; inner++) {
        size_t at = 0;
        for (size_t i = 0; i < outer - 1; i++) at += (size_t)sprintf(payload + at, "{\"a\":");
        at += (size_t)sprintf(payload + at, "{\"_sd\":[\"$0\"]}");
        for (size_t i = 0; i < outer - 1; i++) payload[at++] = '}';
        payload[at] = 0;
        at = (size_t)sprintf(value, "[\"s\",\"b\",");
        for (size_t i = 0; i < inner; i++) value[at++] = '[';
        for (size_t i = 0; i < inner; i++) value[at++] = ']';
        value[at++] = ']', value[at] = 0;
        mr_str token = token_of(f, payload, (const char *const[MOST]){value});
        mr_sd_jwt s;
        int code = mr_sd_jwt_read(&f->a, token, &s, &f->err);
        assert_code(code, outer + inner > MR_LIMIT_JSON_DEPTH ? MR_E_LIMIT : MR_OK, f->err);
        if (code != MR_OK) assert_string_equal(f->err.message, "sd_jwt.depth");
        mr_sd_jwt_done(&s);
    }
}

static void test_sd_jwt_read__limits_the_disclosures(void **state)
{
    struct fixture *f = *state;
    mr_buf_clear(&f->out);
    mr_buf_puts(&f->out, HEAD "~");
    for (size_t i = 0; i <= MR_LIMIT_DISCLOSURES; i++) mr_buf_puts(&f->out, "AAAA~");
    assert_refused(f, mr_arena_dup(&f->a, mr_buf_str(&f->out)), MR_E_LIMIT, "sd_jwt.too_many");
}

static void test_sd_jwt_read__knows_the_longer_digests(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name;
        mr_digest_kind kind;
    } kinds[] = {{"sha-384", MR_SHA384}, {"sha-512", MR_SHA512}};
    for (size_t i = 0; i < 2; i++) {
        mr_str disclosure = base64url(f, MR_STR("[\"s\",\"a\",1]")), digest_text;
        mr_digest digest;
        mr_sd_jwt s;
        assert_ok(mr_digest_make(kinds[i].kind, &disclosure, 1, &digest, &f->err), f->err);
        digest_text = base64url(f, mr_digest_str(&digest));
        mr_str payload = base64url(f, mr_arena_format(&f->a, "{\"_sd\":[\"%.*s\"],\"_sd_alg\":\"%s\"}",
                                                      MR_STR_ARG(digest_text), kinds[i].name));
        mr_str token =
            mr_arena_format(&f->a, "eyJhbGciOiJFUzI1NiJ9.%.*s.AAAA~%.*s~", MR_STR_ARG(payload), MR_STR_ARG(disclosure));
        assert_ok(mr_sd_jwt_read(&f->a, token, &s, &f->err), f->err);
        assert_str(s.claims_text, "{\"a\":1}");
        assert_int_equal(s.digest, kinds[i].kind);
        mr_sd_jwt_done(&s);
    }
}

/* ---- issuing ---- */

#define CLAIMS                                                                                                         \
    "{\"iss\":\"https://u.example\",\"name\":\"Zo\xC3\xAB \\\"Z\\\"\",\"cnf\":{\"jwk\":%.*s},"                         \
    "\"list\":[\"one\",{\"two\":2},\"three\"],\"deep\":{\"a\":{\"b\":1,\"c\":[true,null]},\"d\":2.50}}"

static const mr_json *claims_of(struct fixture *f)
{
    const mr_json *claims;
    mr_buf_clear(&f->out);
    assert_ok(mr_key_write_jwk(f->holder, &f->out, &f->err), f->err);
    mr_str jwk = mr_arena_dup(&f->a, mr_buf_str(&f->out));
    assert_ok(mr_json_parse(&f->a, mr_arena_format(&f->a, CLAIMS, MR_STR_ARG(jwk)), NULL, &claims, &f->err), f->err);
    return claims;
}

static mr_str issue(struct fixture *f, const mr_json *claims, const mr_str *pointers, size_t count, unsigned decoys)
{
    const struct mr_sd_frame frame = {pointers, count, decoys};
    mr_buf_clear(&f->out);
    mr_buf_puts(&f->out, "before ");
    assert_ok(mr_sd_jwt_issue(&f->signer, claims, &frame, &f->env, &f->a, &f->out, &f->err), f->err);
    return mr_arena_dup(&f->a, mr_str_from(mr_buf_str(&f->out), 7));
}

static mr_str canonical(struct fixture *f, const mr_json *v)
{
    mr_buf_clear(&f->out);
    assert_ok(mr_json_canonicalise(v, &f->out, &f->err), f->err);
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

#define POINTERS                                                                                                       \
    {                                                                                                                  \
        MR_STR("/name"), MR_STR("/list/1"), MR_STR("/list/2"), MR_STR("/deep/a"), MR_STR("/deep/a/b"),                 \
            MR_STR("/deep/a/c/0"), MR_STR("/list/1/two")                                                               \
    }

static void test_sd_jwt_issue__is_read_back(void **state)
{
    struct fixture *f = *state;
    const mr_str pointers[] = POINTERS;
    const mr_json *claims = claims_of(f);
    for (unsigned decoys = 0; decoys < 4; decoys += 3) {
        mr_sd_jwt s;
        mr_str token = issue(f, claims, pointers, 7, decoys);
        assert_ok(mr_sd_jwt_read(&f->a, token, &s, &f->err), f->err);
        assert_ok(mr_jws_verify(&s.jws, f->issuer, &f->err), f->err);
        assert_str(s.jws.typ, "dc+sd-jwt");
        assert_str(s.jws.kid, "key-1");
        assert_null(s.jws.jwk);
        assert_int_equal(s.disclosure_count, 7);
        assert_int_equal(s.hidden_count, decoys * 6); /* the root, deep, a, two's object; list, c */
        assert_str_eq(canonical(f, s.claims), canonical(f, claims));
        assert_true(mr_str_find(s.jws.payload, MR_STR("three")) < 0);
        assert_str(mr_json_get_str(s.payload, "_sd_alg"), "sha-256");
        mr_sd_jwt_done(&s);
    }
}

static void test_sd_jwt_issue__sorts_digests(void **state)
{
    struct fixture *f = *state;
    const mr_json *claims;
    mr_str pointers[20];
    mr_sd_jwt s;
    mr_str before = MR_STR_EMPTY, text = MR_STR("{");
    for (int i = 0; i < 20; i++) {
        text = mr_arena_format(&f->a, "%.*s%s\"c%d\":%d", MR_STR_ARG(text), i ? "," : "", i, i);
        pointers[i] = mr_arena_format(&f->a, "/c%d", i);
    }
    assert_ok(mr_json_parse(&f->a, mr_arena_format(&f->a, "%.*s}", MR_STR_ARG(text)), NULL, &claims, &f->err), f->err);
    assert_ok(mr_sd_jwt_read(&f->a, issue(f, claims, pointers, 20, 5), &s, &f->err), f->err);
    assert_int_equal(mr_json_count(mr_json_get(s.payload, "_sd")), 25);
    MR_JSON_EACH (digest, mr_json_get(s.payload, "_sd")) {
        assert_true(mr_str_compare(before, mr_json_text(digest)) < 0);
        before = mr_json_text(digest);
    }
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_issue__draws_new_salts(void **state)
{
    struct fixture *f = *state;
    const mr_str pointers[] = POINTERS;
    mr_sd_jwt one, two;
    assert_ok(mr_sd_jwt_read(&f->a, issue(f, claims_of(f), pointers, 7, 0), &one, &f->err), f->err);
    assert_ok(mr_sd_jwt_read(&f->a, issue(f, claims_of(f), pointers, 7, 0), &two, &f->err), f->err);
    for (size_t i = 0; i < 7; i++) {
        mr_str octets;
        const mr_json *list;
        assert_false(mr_str_eq(one.disclosures[i], two.disclosures[i]));
        assert_ok(mr_base64url_read(&f->a, one.disclosures[i], &octets, &f->err), f->err);
        assert_ok(mr_json_parse(&f->a, octets, NULL, &list, &f->err), f->err);
        assert_int_equal(mr_json_at(list, 0)->len, 22); /* 128 bits */
    }
    mr_sd_jwt_done(&one);
    mr_sd_jwt_done(&two);
}

static void test_sd_jwt_issue__without_disclosures(void **state)
{
    struct fixture *f = *state;
    mr_sd_jwt s;
    assert_ok(mr_sd_jwt_read(&f->a, issue(f, claims_of(f), NULL, 0, 3), &s, &f->err), f->err);
    assert_int_equal(s.disclosure_count + s.hidden_count, 0);
    assert_null(mr_json_get(s.payload, "_sd_alg"));
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_issue__refuses(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *claims, *pointer;
        unsigned decoys;
        mr_code code;
    } cases[] = {
        {"[]", "/0", 0, MR_E_FORMAT},
        {"{\"a\":1}", "/b", 0, MR_E_NOT_FOUND},
        {"{\"a\":1}", "", 0, MR_E_NOT_FOUND},
        {"{\"a\":1}", "a", 0, MR_E_NOT_FOUND},
        {"{\"a\":[1]}", "/a/1", 0, MR_E_NOT_FOUND},
        {"{\"a\":1,\"_sd\":[]}", "/a", 0, MR_E_FORMAT},
        {"{\"a\":[{\"...\":\"x\"}]}", "/a", 0, MR_E_FORMAT},
        {"{\"a\":{\"...\":\"x\"}}", "/a", 0, MR_E_FORMAT},
        {"{\"a\":1,\"_sd_alg\":\"sha-256\"}", "/a", 0, MR_E_FORMAT},
        {"{\"a\":1}", "/a", 65, MR_E_LIMIT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *claims;
        const mr_str pointer = mr_str_of(cases[i].pointer);
        const struct mr_sd_frame frame = {&pointer, 1, cases[i].decoys};
        assert_ok(mr_json_parse(&f->a, mr_str_of(cases[i].claims), NULL, &claims, &f->err), f->err);
        mr_buf_clear(&f->out);
        assert_code(mr_sd_jwt_issue(&f->signer, claims, &frame, &f->env, &f->a, &f->out, &f->err), cases[i].code,
                    f->err);
        assert_int_equal(f->out.len, 0);
    }
}

/* Claims of the greatest depth: what is added on top of it does not fit any more. */
static void test_sd_jwt_issue__limits_the_depth(void **state)
{
    struct fixture *f = *state;
    for (size_t depth = MR_LIMIT_JSON_DEPTH - 1; depth <= MR_LIMIT_JSON_DEPTH; depth++) {
        char text[600];
        size_t at = (size_t)sprintf(text, "{\"a\":"), end;
        for (size_t i = 0; i < depth - 1; i++) text[at++] = '[';
        text[at++] = '1';
        for (size_t i = 0; i < depth - 1; i++) text[at++] = ']';
        text[at++] = '}', text[at] = 0;
        mr_str pointer = MR_STR("/a");
        for (size_t i = 0; i < depth - 1; i++) pointer = mr_arena_format(&f->a, "%.*s/0", MR_STR_ARG(pointer));
        const struct mr_sd_frame frame = {&pointer, 1, 0};
        const mr_json *claims;
        assert_ok(mr_json_parse(&f->a, mr_str_of(text), NULL, &claims, &f->err), f->err);
        mr_buf_clear(&f->out);
        int code = mr_sd_jwt_issue(&f->signer, claims, &frame, &f->env, &f->a, &f->out, &f->err);
        assert_code(code, depth == MR_LIMIT_JSON_DEPTH ? MR_E_LIMIT : MR_OK, f->err);
        end = f->out.len;
        assert_true((code == MR_OK) == (end > 0));
    }
}

/* ---- presenting ---- */

static mr_str present(struct fixture *f, const mr_sd_jwt *s, const struct mr_sd_presentation *p)
{
    mr_buf_clear(&f->out);
    mr_buf_puts(&f->out, "before ");
    assert_ok(mr_sd_jwt_present(s, p, &f->a, &f->out, &f->err), f->err);
    return mr_arena_dup(&f->a, mr_str_from(mr_buf_str(&f->out), 7));
}

static const struct presenting {
    const char *show[3];
    size_t disclosures;
    const char *with, *without; /* parts of the processed claims */
} presentings[] = {
    {{0}, 0, "\"list\":[\"one\"]", "name"},
    {{"/name"}, 1, "\"name\":\"Zo", "three"},
    {{"/iss", "/deep/d"}, 0, "\"d\":2.50", "name"},
    {{"/list/2"}, 1, "\"list\":[\"one\",\"three\"]", "two"},
    {{"/list/1"}, 1, "\"list\":[\"one\",{}]", "two"},
    {{"/list/1/two"}, 2, "\"list\":[\"one\",{\"two\":2}]", "three"},
    {{"/deep/a"}, 1, "\"a\":{\"c\":[null]}", "\"b\""},
    {{"/deep/a/b"}, 2, "\"a\":{\"c\":[null],\"b\":1}", "true"},
    {{"/deep/a/c/0", "/deep/a/b"}, 3, "\"a\":{\"c\":[true,null],\"b\":1}", "name"},
    {{"/deep/a/c/1"}, 1, "\"c\":[null]", "\"b\""},
};

static void test_sd_jwt_present__shows_what_is_asked_for(void **state)
{
    struct fixture *f = *state;
    const mr_str pointers[] = POINTERS;
    mr_sd_jwt s;
    assert_ok(mr_sd_jwt_read(&f->a, issue(f, claims_of(f), pointers, 7, 1), &s, &f->err), f->err);
    for (size_t i = 0; i < sizeof presentings / sizeof *presentings; i++) {
        const struct presenting *c = &presentings[i];
        mr_str show[3];
        mr_sd_jwt shown;
        struct mr_sd_presentation p = {.show = show};
        while (p.show_count < 3 && c->show[p.show_count])
            show[p.show_count] = mr_str_of(c->show[p.show_count]), p.show_count++;
        assert_ok(mr_sd_jwt_read(&f->a, present(f, &s, &p), &shown, &f->err), f->err);
        printf("# %s: %.*s\n", c->show[0] ? c->show[0] : "nothing", MR_STR_ARG(shown.claims_text));
        assert_int_equal(shown.disclosure_count, c->disclosures);
        assert_true(mr_str_find(shown.claims_text, mr_str_of(c->with)) >= 0);
        assert_true(mr_str_find(shown.claims_text, mr_str_of(c->without)) < 0);
        assert_int_equal(shown.key_binding.len, 0);
        mr_sd_jwt_done(&shown);
    }
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_present__everything_is_the_token_as_issued(void **state)
{
    struct fixture *f = *state;
    const mr_str pointers[] = POINTERS;
    const struct mr_sd_presentation all = {.all = true};
    mr_sd_jwt s;
    mr_str token = issue(f, claims_of(f), pointers, 7, 1);
    assert_ok(mr_sd_jwt_read(&f->a, token, &s, &f->err), f->err);
    assert_str_eq(present(f, &s, &all), token);
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_present__refuses(void **state)
{
    struct fixture *f = *state;
    const mr_str pointers[] = POINTERS, unknown = MR_STR("/deep/z");
    const struct mr_sd_presentation nothing = {.show = &unknown, .show_count = 1};
    const struct mr_sd_presentation another = {.all = true, .holder = f->issuer, .now = NOW};
    mr_sd_jwt s;
    assert_ok(mr_sd_jwt_read(&f->a, issue(f, claims_of(f), pointers, 7, 1), &s, &f->err), f->err);
    mr_buf_clear(&f->out);
    assert_code(mr_sd_jwt_present(&s, &nothing, &f->a, &f->out, &f->err), MR_E_NOT_FOUND, f->err);
    assert_string_equal(f->err.detail, "/deep/z");
    assert_code(mr_sd_jwt_present(&s, &another, &f->a, &f->out, &f->err), MR_E_KEY, f->err);
    assert_int_equal(f->out.len, 0);
    mr_sd_jwt_done(&s);
}

/* ---- key binding ---- */

static mr_str bound(struct fixture *f)
{
    const mr_str pointers[] = POINTERS, show = MR_STR("/name");
    const struct mr_sd_presentation p = {.show = &show,
                                         .show_count = 1,
                                         .holder = f->holder,
                                         .audience = MR_STR("https://verifier.example"),
                                         .nonce = MR_STR("n-1"),
                                         .now = NOW};
    mr_sd_jwt s;
    assert_ok(mr_sd_jwt_read(&f->a, issue(f, claims_of(f), pointers, 7, 0), &s, &f->err), f->err);
    mr_str token = present(f, &s, &p);
    mr_sd_jwt_done(&s);
    return token;
}

static const struct asking {
    const char *audience, *nonce;
    int64_t later, max_age;
    mr_code code;
    const char *message;
} askings[] = {
    {"https://verifier.example", "n-1", 0, 60000, MR_OK, NULL},
    {"", "", 0, 0, MR_OK, NULL},
    {"", "", 1000000000, 0, MR_OK, NULL},
    {"https://other.example", "n-1", 0, 0, MR_E_FORMAT, "sd_jwt.binding_audience"},
    {"https://verifier.example", "n-2", 0, 0, MR_E_FORMAT, "sd_jwt.binding_nonce"},
    {"", "", 61000, 60000, MR_E_FORMAT, "sd_jwt.binding_time"},
    {"", "", -300000, 60000, MR_OK, NULL},
    {"", "", -301000, 0, MR_E_FORMAT, "sd_jwt.binding_time"},
};

static void test_sd_jwt_check_binding__compares_with_what_was_asked(void **state)
{
    struct fixture *f = *state;
    mr_sd_jwt s;
    assert_ok(mr_sd_jwt_read(&f->a, bound(f), &s, &f->err), f->err);
    for (size_t i = 0; i < sizeof askings / sizeof *askings; i++) {
        const struct mr_key_binding wanted = {mr_str_of(askings[i].audience), mr_str_of(askings[i].nonce),
                                              NOW + askings[i].later, askings[i].max_age};
        assert_code(mr_sd_jwt_check_binding(&f->a, &s, &wanted, &f->err), askings[i].code, f->err);
        if (askings[i].message) assert_string_equal(f->err.message, askings[i].message);
    }
    mr_sd_jwt_done(&s);
}

/* Key binding JWTs with one thing wrong, by the right holder unless `key` says otherwise. */
static const struct binding {
    const char *typ, *payload; /* %s: the right sd_hash */
    bool by_issuer;
    mr_code code;
    const char *message;
} bindings[] = {
    {"kb+jwt", "{\"iat\":1792055520,\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"%s\"}", false, MR_OK, NULL},
    {"kb+jwt", "{\"iat\":1792055520.5,\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"%s\"}", false, MR_OK, NULL},
    {"kb+jwt", "{\"iat\":1792055520,\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"%s\"}", true, MR_E_SIGNATURE,
     "sd_jwt.binding_signature"},
    {"JWT", "{\"iat\":1792055520,\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"%s\"}", false, MR_E_FORMAT,
     "sd_jwt.binding_form"},
    {"kb+jwt", "{\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"%s\"}", false, MR_E_FORMAT, "sd_jwt.binding_form"},
    {"kb+jwt", "{\"iat\":\"x\",\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"%s\"}", false, MR_E_FORMAT,
     "sd_jwt.binding_form"},
    {"kb+jwt", "{\"iat\":1e99,\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"%s\"}", false, MR_E_FORMAT,
     "sd_jwt.binding_form"},
    {"kb+jwt", "{\"iat\":1792055520,\"aud\":[\"a\"],\"nonce\":\"n\",\"sd_hash\":\"%s\"}", false, MR_E_FORMAT,
     "sd_jwt.binding_form"},
    {"kb+jwt", "{\"iat\":1792055520,\"aud\":\"a\",\"sd_hash\":\"%s\"}", false, MR_E_FORMAT, "sd_jwt.binding_form"},
    {"kb+jwt", "{\"iat\":1792055520,\"aud\":\"a\",\"nonce\":\"n\"}", false, MR_E_FORMAT, "sd_jwt.binding_form"},
    {"kb+jwt", "{\"iat\":1792055520,\"aud\":\"a\",\"nonce\":\"n\",\"sd_hash\":\"x%s\"}", false, MR_E_FORMAT,
     "sd_jwt.binding_hash"},
    {"kb+jwt", "[]", false, MR_E_FORMAT, "sd_jwt.binding_form"},
    {"kb+jwt", "{", false, MR_E_JSON, NULL},
};

static mr_str bind_with(struct fixture *f, mr_str token, const struct binding *b)
{
    const struct mr_jose_header header = {.typ = b->typ};
    mr_jose_signer signer;
    uint8_t hash[32];
    mr_sha256(token, hash);
    mr_str text = base64url(f, mr_str_make((const char *)hash, 32));
    assert_ok(mr_jose_signer_init(&signer, &f->a, b->by_issuer ? f->issuer : f->holder, &header, &f->err), f->err);
    mr_str payload = mr_arena_format(&f->a, b->payload, text.ptr);
    mr_buf_clear(&f->out);
    mr_buf_put(&f->out, token);
    assert_ok(mr_jose_sign(&signer, payload, &f->a, &f->out, &f->err), f->err);
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

static void test_sd_jwt_check_binding__refuses(void **state)
{
    struct fixture *f = *state;
    const struct mr_key_binding wanted = {.now = NOW};
    mr_str token = issue(f, claims_of(f), NULL, 0, 0);
    for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
        mr_sd_jwt s;
        printf("# %s\n", bindings[i].message ? bindings[i].message : "good");
        assert_ok(mr_sd_jwt_read(&f->a, bind_with(f, token, &bindings[i]), &s, &f->err), f->err);
        assert_code(mr_sd_jwt_check_binding(&f->a, &s, &wanted, &f->err), bindings[i].code, f->err);
        if (bindings[i].message) assert_string_equal(f->err.message, bindings[i].message);
        mr_sd_jwt_done(&s);
    }
}

/* A disclosure taken away or put back after the holder has signed. */
static void test_sd_jwt_check_binding__covers_what_is_shown(void **state)
{
    struct fixture *f = *state;
    const struct mr_key_binding wanted = {.now = NOW};
    mr_str token = bound(f), jwt, rest = token, disclosure;
    mr_sd_jwt s;
    assert_true(mr_str_split(&rest, '~', &jwt) && mr_str_split(&rest, '~', &disclosure));
    mr_str less = mr_arena_format(&f->a, "%.*s~%.*s", MR_STR_ARG(jwt), MR_STR_ARG(rest));
    assert_ok(mr_sd_jwt_read(&f->a, less, &s, &f->err), f->err);
    assert_code(mr_sd_jwt_check_binding(&f->a, &s, &wanted, &f->err), MR_E_FORMAT, f->err);
    assert_string_equal(f->err.message, "sd_jwt.binding_hash");
    mr_sd_jwt_done(&s);
}

static void test_sd_jwt_check_binding__needs_one_and_a_key(void **state)
{
    struct fixture *f = *state;
    const struct mr_key_binding wanted = {.now = NOW};
    mr_sd_jwt s;
    assert_ok(mr_sd_jwt_read(&f->a, MR_STR(HEAD "~"), &s, &f->err), f->err);
    assert_code(mr_sd_jwt_check_binding(&f->a, &s, &wanted, &f->err), MR_E_FORMAT, f->err);
    assert_string_equal(f->err.message, "sd_jwt.no_key_binding");
    mr_sd_jwt_done(&s);
    assert_ok(mr_sd_jwt_read(&f->a, bind_with(f, MR_STR(HEAD "~"), &bindings[0]), &s, &f->err), f->err);
    assert_code(mr_sd_jwt_check_binding(&f->a, &s, &wanted, &f->err), MR_E_FORMAT, f->err);
    assert_string_equal(f->err.message, "sd_jwt.no_cnf");
    mr_sd_jwt_done(&s);
    mr_str garbage = mr_arena_format(&f->a, HEAD "~a.b.c");
    assert_ok(mr_sd_jwt_read(&f->a, garbage, &s, &f->err), f->err);
    assert_true(mr_sd_jwt_check_binding(&f->a, &s, &wanted, &f->err) != MR_OK);
    mr_sd_jwt_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sd_jwt_read__puts_disclosures_where_they_belong, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_read__refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_read__takes_both_serialisations, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_read__limits_the_depth_of_what_disclosures_make, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_read__limits_the_disclosures, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_read__knows_the_longer_digests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_issue__is_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_issue__sorts_digests, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_issue__draws_new_salts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_issue__without_disclosures, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_issue__refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_issue__limits_the_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_present__shows_what_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_present__everything_is_the_token_as_issued, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_present__refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_check_binding__compares_with_what_was_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_check_binding__refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_check_binding__covers_what_is_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sd_jwt_check_binding__needs_one_and_a_key, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
