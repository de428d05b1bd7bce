/* The signing walk-throughs of 1EdTech's implementation guides for Open Badges 3.0 and CLR 2.0: the canonical forms of document and proof, octet by octet.
 *
 * The vectors come without the documents they are of. These are the examples of the validators, but for a few values: what differs is put into the
 * validators' files here, and the proof value inside the record is taken from the vector, where it is an input. */
#include "testing.h"

#include "base/limits.h"
#include "rdf/canon.h"
#include "rdf/jsonld.h"

struct bench {
    mr_arena a;
    mr_contexts *contexts;
    size_t count, passed;
};

/* One place in a file: what stands there, and what stands there in the guide. */
struct change {
    const char *from, *to;
};

static mr_str change(struct bench *b, mr_str text, const char *from, mr_str to)
{
    mr_str done = MR_STR("");
    for (ptrdiff_t at; (at = mr_str_find(text, mr_str_of(from))) >= 0;) {
        done = mr_arena_concat(&b->a, (const mr_str[]){done, mr_str_make(text.ptr, (size_t)at), to}, 3);
        text = mr_str_from(text, (size_t)at + strlen(from));
    }
    return mr_arena_concat(&b->a, (const mr_str[]){done, text}, 2);
}

/* Without white space and the last proof, so that changes are easily written. */
static mr_str read_unproven(struct bench *b, const char *file)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const mr_json *root;
    mr_json_writer w;
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_json_parse(&b->a, test_read_file(&b->a, test_suite(&b->a, file)), NULL, &root, &err), err);
    mr_json_writer_init(&w, &out, 0);
    mr_json_begin_object(&w);
    MR_JSON_EACH_MEMBER (name, root) {
        if (mr_str_is(mr_json_text(name), "proof")) continue;
        mr_json_put_name_str(&w, mr_json_text(name));
        mr_json_put_value(&w, name + 1);
    }
    mr_json_end_object(&w);
    return mr_arena_dup(&b->a, mr_buf_str(&out));
}

static void check(struct bench *b, mr_str document, const char *vector)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const mr_json *root;
    mr_dataset ds;
    const mr_jsonld_options options = {.contexts = b->contexts, .safe = true};
    mr_str wanted = test_read_file(&b->a, test_suite(&b->a, vector));
    mr_buf_init(&out, MR_MIB);
    mr_dataset_init(&ds, &b->a);
    assert_ok(mr_json_parse(&b->a, document, NULL, &root, &err), err);
    assert_ok(mr_jsonld_to_rdf(root, &options, &ds, &err), err);
    assert_ok(mr_rdf_canonicalise(&b->a, &ds, NULL, &out, NULL, &err), err);
    bool same = mr_str_eq(mr_str_trim(mr_buf_str(&out)), mr_str_trim(wanted));
    b->count++, b->passed += same;
    if (!same) print_error("%s:\n%.*s", vector, MR_STR_ARG(mr_buf_str(&out)));
}

static void check_proof(struct bench *b, const char *contexts, const char *vector)
{
    check(b,
          mr_arena_format(&b->a,
                          "{\"@context\":[\"https://www.w3.org/ns/credentials/v2\"%s],\"type\":\"DataIntegrityProof\","
                          "\"created\":\"2010-01-01T19:23:24Z\",\"verificationMethod\":\"https://example.edu/issuers/"
                          "565049#z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi\",\"cryptosuite\":"
                          "\"eddsa-rdfc-2022\",\"proofPurpose\":\"assertionMethod\"}",
                          contexts),
          vector);
}

#define OB "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
#define CLR "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

/* A person is named in the one, and none in the other. */
static mr_str without_subject_name(struct bench *b, mr_str document)
{
    struct mr_err err = {0};
    const mr_json *root;
    assert_ok(mr_json_parse(&b->a, document, NULL, &root, &err), err);
    mr_str name = mr_json_get_str(mr_json_get(root, "credentialSubject"), "name");
    assert_true(name.len > 0);
    return change(b, document, mr_arena_format(&b->a, "\"name\":\"%.*s\",", MR_STR_ARG(name)).ptr, MR_STR(""));
}

static void check_badge(struct bench *b)
{
    static const struct change changes[] = {
        {"https://1edtech.edu/issuers/565049", "https://example.edu/issuers/565049"},
        {"\"awardedDate\":\"2010-01-01T00:00:00Z\",", ""},
        {"did:web:dc.1edtech.org:wellspring2022:wellspring-portal:learner:e42a88f4-7e1d-429b-bcea-0f3b31ee4e5d",
         "did:example:ebfeb1f712ebc6f1c276e12ec21"},
    };
    mr_str document = without_subject_name(b, read_unproven(b, "ob30-1edtech-validator/simple-did-web-method.json"));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        document = change(b, document, changes[i].from, mr_str_of(changes[i].to));
    check(b, document, "ob30-1edtech-impl-vectors/obv3p0/document-canon.txt");
    check_proof(b, ",\"" OB "\"", "ob30-1edtech-impl-vectors/obv3p0/proof-canon.txt");
}

/* The proof value of the credential in the record. */
static mr_str inner_value(struct bench *b)
{
    static const mr_str before = MR_STR_INIT("proofValue> \"");
    mr_str text = test_read_file(&b->a, test_suite(&b->a, "ob30-1edtech-impl-vectors/clrv2p0/document-canon.txt")),
           value;
    ptrdiff_t at = mr_str_find(text, before);
    assert_true(at >= 0);
    text = mr_str_from(text, (size_t)at + before.len);
    assert_true(mr_str_split(&text, '"', &value));
    return value;
}

static void check_record(struct bench *b)
{
    static const struct change changes[] = {
        {"\"https://www.w3.org/2018/credentials/v1\",\"https://dc.imsglobal.org/draft/clr/v2p0/context\",\"https://"
         "purl.imsglobal.org/spec/ob/v3p0/context.json\",\"https://w3id.org/security/suites/ed25519-2020/v1\"",
         "\"https://www.w3.org/ns/credentials/v2\",\"" CLR "\",\"" OB
         "\",\"https://purl.imsglobal.org/spec/ob/v3p0/extensions.json\""},
        {"\"https://www.w3.org/2018/credentials/v1\",\"https://purl.imsglobal.org/spec/ob/v3p0/context.json\","
         "\"https://w3id.org/security/suites/ed25519-2020/v1\"",
         "\"https://www.w3.org/ns/credentials/v2\",\"" OB "\",\"https://purl.imsglobal.org/spec/ob/v3p0/"
         "extensions.json\""},
        {"issuanceDate", "validFrom"},
        {"\"AchievementCredential\"", "\"OpenBadgeCredential\""},
        {"\"id\":\"https://purl.imsglobal.org/ClrCredential.json\",\"type\":\"JsonSchemaValidator2020\"",
         "\"id\":\"https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json\","
         "\"type\":\"1EdTechJsonSchemaValidator2019\""},
        {"\"type\":\"Ed25519Signature2020\",\"created\":\"2022-07-18T18:16:06Z\"",
         "\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-rdfc-2022\",\"created\":\"2010-01-01T19:23:24Z\""},
        {"z6MkwA1498JfoCS3y4y3zggBDAosQEoCi5gsYH2PMXh1cFWK", "z6MkjZRZv3aez3r18pB1RBFJR1kwUVJ5jHt92JmQwXbd5hwi"},
    };
    mr_str document = read_unproven(b, "clr20-1edtech-validator/simple-noproof.json");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        document = change(b, document, changes[i].from, mr_str_of(changes[i].to));
    document =
        change(b, document, "z3zTHJAHPn3pkfhYhfwFBrzLMu6Fs2dVa8MMqkjbrrSh5qADrUXbAL4eC2czVVurPRihFHYKB1nzFrBMYN2FMoqUy",
               inner_value(b));
    check(b, document, "ob30-1edtech-impl-vectors/clrv2p0/document-canon.txt");
    check_proof(b, ",\"" CLR "\",\"" OB "\"", "ob30-1edtech-impl-vectors/clrv2p0/proof-canon.txt");
}

static void test_canonicalise__follows_the_implementation_guides(void **state)
{
    struct bench *b = *state;
    test_suite(&b->a, "ob30-1edtech-impl-vectors");
    check_badge(b);
    check_record(b);
    test_suite_count("ob30 impl vectors", b->passed, b->count, 0);
    assert_int_equal(b->passed, b->count);
    assert_int_equal(b->count, 4);
}

static int setup(void **state)
{
    static struct bench b;
    struct mr_err err = {0};
    mr_arena_init(&b.a, MR_LIMIT_DOCUMENT_MEMORY);
    assert_ok(mr_contexts_open(&b.contexts, &err), err);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mr_contexts_close(b->contexts);
    mr_arena_done(&b->a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_canonicalise__follows_the_implementation_guides, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
