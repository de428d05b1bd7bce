/* ecdsa-sd-2023: what is selected, what holds, and everything that must be noticed. The known answers are in suite_ecdsa_sd.c. */
#include "proof/ecdsa_sd_inside.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "json/write.h"
#include "proof/cbor.h"
#include "proof/data_integrity_inside.h"
#include "testing.h"

#define NOW INT64_C(1770000000000)

/* A credential whose subject has arrays of blank nodes, a list, and objects in objects. */
#define CONTEXT                                                                                                        \
    "[\"https://www.w3.org/ns/credentials/v2\",{\"@vocab\":\"https://terms.example/\","                                \
    "\"steps\":{\"@id\":\"https://terms.example/steps\",\"@container\":\"@list\"}}]"
#define SUBJECT                                                                                                        \
    "{\"id\":\"did:example:learner\",\"type\":\"Learner\",\"name\":\"R. Doe\","                                        \
    "\"results\":[{\"course\":\"A\",\"grade\":1},{\"course\":\"B\",\"grade\":2},{\"course\":\"C\",\"grade\":3}],"      \
    "\"steps\":[\"one\",\"two\",\"three\"],"                                                                           \
    "\"tutor\":{\"type\":\"Tutor\",\"name\":\"T. Utor\",\"address\":{\"type\":\"Address\",\"city\":\"Ghent\","         \
    "\"street\":\"Coupure\"}}}"
#define CREDENTIAL                                                                                                     \
    "{\"@context\":" CONTEXT ",\"id\":\"urn:uuid:d5a1c9c2-2b6f-4b1c-9a53-6f8e4b8f7c11\","                              \
    "\"type\":[\"VerifiableCredential\"],\"issuer\":\"https://school.example/\","                                      \
    "\"validFrom\":\"2026-01-01T00:00:00Z\",\"credentialSubject\":" SUBJECT "}"

struct fixture {
    mr_arena a;
    mr_contexts *contexts;
    mr_key *key;
    mr_buf out;
    struct mr_err err;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f) return -1;
    mr_arena_init(&f->a, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&f->out, MR_LIMIT_DOCUMENT);
    *state = f;
    return mr_contexts_open(&f->contexts, &f->err) || mr_key_generate(MR_KEY_P256, 0, &f->key, &f->err);
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mr_key_free(f->key);
    mr_contexts_close(f->contexts);
    mr_buf_done(&f->out);
    mr_arena_done(&f->a);
    free(f);
    return 0;
}

static const mr_json *parse(struct fixture *f, mr_str text)
{
    const mr_json *v = NULL;
    assert_ok(mr_json_parse(&f->a, text, NULL, &v, &f->err), f->err);
    return v;
}

/* The buffer's text as a document of its own. */
static const mr_json *take(struct fixture *f)
{
    mr_str text = mr_arena_dup(&f->a, mr_buf_str(&f->out));
    mr_buf_clear(&f->out);
    return parse(f, text);
}

/* Pointers: texts that end with NULL, as many as there are. */
static size_t as_texts(const char *const *pointers, mr_str *ret)
{
    size_t count = 0;
    for (; pointers[count]; count++) ret[count] = mr_str_of(pointers[count]);
    return count;
}

static const struct mr_proof_options options = {
    .method = MR_STR_INIT("https://school.example/#key"), .created = NOW, .expires = MR_TIME_NONE};

static int try_sign(struct fixture *f, const char *credential, mr_key *key, const char *const *mandatory)
{
    mr_str pointers[8], text = mr_str_of(credential);
    size_t count = as_texts(mandatory, pointers);
    f->err = (struct mr_err){0};
    mr_buf_clear(&f->out);
    return mr_ecdsa_sd_sign(&f->a, f->contexts, text, parse(f, text), key, pointers, count, &options, &f->out, &f->err);
}

static int try_derive(struct fixture *f, const mr_json *base, const char *const *show)
{
    mr_str pointers[8];
    size_t count = as_texts(show, pointers);
    f->err = (struct mr_err){0};
    mr_buf_clear(&f->out);
    return mr_ecdsa_sd_derive(&f->a, f->contexts, base, pointers, count, &f->out, &f->err);
}

#define POINTERS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_POINTERS ((const char *const[]){NULL})
#define MANDATORY POINTERS("/issuer", "/validFrom", "/credentialSubject/results/0")

static const mr_json *signed_credential(struct fixture *f)
{
    assert_ok(try_sign(f, CREDENTIAL, f->key, MANDATORY), f->err);
    return take(f);
}

/* What most tests start from: one course and the tutor's city are shown. */
static const mr_json *shown_credential(struct fixture *f)
{
    const mr_json *base = signed_credential(f);
    assert_ok(
        try_derive(f, base, POINTERS("/credentialSubject/results/2/course", "/credentialSubject/tutor/address/city")),
        f->err);
    return take(f);
}

static mr_str proof_value(const mr_json *document)
{
    return mr_json_get_str(mr_json_get(document, "proof"), "proofValue");
}

static int try_verify(struct fixture *f, const mr_json *document, mr_str value, struct mr_step *ret)
{
    const mr_json *unsecured = NULL;
    f->err = (struct mr_err){0};
    assert_ok(mr_proof_document(&f->a, document, NULL, 0, &unsecured, &f->err), f->err);
    return mr_ecdsa_sd_verify(&f->a, f->contexts, unsecured, mr_json_get(document, "proof"), value, f->key, ret,
                              &f->err);
}

/* The step has this state and id, or the test fails and prints the case. */
static void assert_step(struct fixture *f, const char *what, const mr_json *document, mr_str value, mr_state state,
                        const char *id)
{
    struct mr_step step = {0};
    assert_ok(try_verify(f, document, value, &step), f->err);
    if (step.state != state || strcmp(step.id, id) != 0)
        fail_msg("%s: %s %s (%.*s), not %s", what, mr_state_name(step.state), step.id, MR_STR_ARG(step.detail), id);
}

static void assert_holds(struct fixture *f, const mr_json *document, const char *id)
{
    assert_step(f, "holds", document, proof_value(document), MR_PASSED, id);
}

/* ---- selection ---- */

#define PLAIN                                                                                                          \
    "{\"id\":\"a\",\"type\":[\"T\"],\"x\":{\"id\":\"b\",\"type\":\"U\",\"y\":[{\"z\":1,\"w\":2},{\"z\":3}],"           \
    "\"v\":true},\"u\":{\"@id\":\"c\",\"@type\":\"V\",\"@context\":{},\"s\":null,\"r\":1},"                            \
    "\"n\":[[1,2],[3,4]],\"b\":{\"id\":\"_:b\",\"m\":5,\"l\":6}}"
#define HEAD "{\"id\":\"a\",\"type\":[\"T\"]"

static const struct selection {
    const char *pointers[4], *selected;
} selections[] = {
    {{""}, PLAIN},
    {{"/id"}, HEAD "}"},
    {{"/type/0"}, HEAD "}"},
    {{"/x/v"}, HEAD ",\"x\":{\"id\":\"b\",\"type\":\"U\",\"v\":true}}"},
    {{"/x/y/1"}, HEAD ",\"x\":{\"id\":\"b\",\"type\":\"U\",\"y\":[{\"z\":3}]}}"},
    {{"/x/y/0/w"}, HEAD ",\"x\":{\"id\":\"b\",\"type\":\"U\",\"y\":[{\"w\":2}]}}"},
    {{"/x/y"}, HEAD ",\"x\":{\"id\":\"b\",\"type\":\"U\",\"y\":[{\"z\":1,\"w\":2},{\"z\":3}]}}"},
    {{"/x/y/1", "/x/y/0/z"}, HEAD ",\"x\":{\"id\":\"b\",\"type\":\"U\",\"y\":[{\"z\":1},{\"z\":3}]}}"},
    {{"/x/v", "/x"}, HEAD ",\"x\":{\"id\":\"b\",\"type\":\"U\",\"y\":[{\"z\":1,\"w\":2},{\"z\":3}],\"v\":true}}"},
    {{"/x", "/x/v"}, HEAD ",\"x\":{\"id\":\"b\",\"type\":\"U\",\"y\":[{\"z\":1,\"w\":2},{\"z\":3}],\"v\":true}}"},
    {{"/u/s"}, HEAD ",\"u\":{\"@id\":\"c\",\"@type\":\"V\",\"@context\":{},\"s\":null}}"},
    {{"/n/1/0"}, HEAD ",\"n\":[[3]]}"},
    {{"/n/1/0", "/n/0/1"}, HEAD ",\"n\":[[2],[3]]}"},
    {{"/b/m"}, HEAD ",\"b\":{\"id\":\"_:b\",\"m\":5}}"},
};

static void test_ecdsa_sd_select__takes_what_is_named_and_what_its_objects_are(void **state)
{
    struct fixture *f = *state;
    const mr_json *document = parse(f, MR_STR(PLAIN));
    for (size_t i = 0; i < sizeof selections / sizeof *selections; i++) {
        mr_json_writer w;
        mr_str pointers[4];
        struct mr_ecdsa_sd_part part;
        size_t count = as_texts(selections[i].pointers, pointers);
        assert_ok(mr_ecdsa_sd_select(&f->a, document, pointers, count, &part, &f->err), f->err);
        mr_buf_clear(&f->out);
        mr_json_writer_init(&w, &f->out, 0);
        mr_json_put_value(&w, part.root);
        assert_str(mr_buf_str(&f->out), selections[i].selected);
        for (uint32_t n = 0; n < part.root->skip; n++) assert_ptr_equal(part.root[n].ptr, part.source[n]->ptr);
    }
}

static void test_ecdsa_sd_select__takes_nothing_without_pointers(void **state)
{
    struct fixture *f = *state;
    struct mr_ecdsa_sd_part part;
    assert_ok(mr_ecdsa_sd_select(&f->a, parse(f, MR_STR(PLAIN)), NULL, 0, &part, &f->err), f->err);
    assert_null(part.root);
}

static void test_ecdsa_sd_select__refuses_pointers_to_nowhere(void **state)
{
    static const char *const nowhere[] = {"x",     "/q",     "/x/y/2", "/x/y/-", "/x/y/01", "/x/v/0", "/x/",
                                          "/x/y/", "/u/s/t", "//",     "/n/0/2", "/type/T", "/x~1y"};
    struct fixture *f = *state;
    const mr_json *document = parse(f, MR_STR(PLAIN));
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++) {
        struct mr_ecdsa_sd_part part;
        mr_str pointers[] = {MR_STR("/x"), mr_str_of(nowhere[i])};
        assert_code(mr_ecdsa_sd_select(&f->a, document, pointers, 2, &part, &f->err), MR_E_NOT_FOUND, f->err);
        assert_string_equal(f->err.detail, nowhere[i]);
    }
}

/* Pointers that each cost the whole of a large document. */
static void test_ecdsa_sd_select__gives_up_on_pointers_that_take_too_long(void **state)
{
    enum { ELEMENTS = 40000 };
    struct fixture *f = *state;
    struct mr_ecdsa_sd_part part;
    static mr_str pointers[MR_LIMIT_SD_POINTERS + 1];
    mr_buf_puts(&f->out, "[0");
    for (size_t i = 1; i < ELEMENTS; i++) mr_buf_puts(&f->out, ",0");
    mr_buf_puts(&f->out, "]");
    const mr_json *document = take(f);
    for (size_t i = 0; i <= MR_LIMIT_SD_POINTERS; i++) pointers[i] = MR_STR("/39999");
    assert_ok(mr_ecdsa_sd_select(&f->a, document, pointers, 1, &part, &f->err), f->err);
    assert_code(mr_ecdsa_sd_select(&f->a, document, pointers, MR_LIMIT_SD_POINTERS, &part, &f->err), MR_E_LIMIT,
                f->err);
    document = parse(f, MR_STR(PLAIN));
    for (size_t i = 0; i <= MR_LIMIT_SD_POINTERS; i++) pointers[i] = MR_STR("/x");
    assert_ok(mr_ecdsa_sd_select(&f->a, document, pointers, MR_LIMIT_SD_POINTERS, &part, &f->err), f->err);
    assert_code(mr_ecdsa_sd_select(&f->a, document, pointers, MR_LIMIT_SD_POINTERS + 1, &part, &f->err), MR_E_LIMIT,
                f->err);
}

/* ---- what holds ---- */

static const struct disclosure {
    const char *mandatory[4], *show[4];
    size_t statements; /* shown that are not mandatory */
} disclosures[] = {
    {{"/issuer"}, {NULL}, 0},
    {{"/issuer"}, {"/issuer"}, 0},
    {{"/issuer"}, {"/validFrom"}, 1},
    {{NULL}, {"/issuer"}, 2}, /* and the type, which always comes along */
    {{"/issuer", "/credentialSubject/results/1"}, {"/credentialSubject/results/0/grade"}, 2},
    {{"/credentialSubject/results/2/grade"}, {"/credentialSubject/results/2/course"}, 1},
    {{"/issuer"}, {"/credentialSubject/steps"}, 9}, /* subject, its type, the list, three cells of two each */
    {{"/issuer"}, {"/credentialSubject/tutor/address/city"}, 7},
    {{"/issuer"}, {""}, 27},
    {{""}, {NULL}, 0},
    {{""}, {"/credentialSubject/name"}, 0},
};

static void test_ecdsa_sd__holds_for_the_whole_and_for_what_is_shown(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof disclosures / sizeof *disclosures; i++) {
        struct mr_ecdsa_sd_value v;
        print_message("# %zu\n", i);
        assert_ok(try_sign(f, CREDENTIAL, f->key, disclosures[i].mandatory), f->err);
        const mr_json *base = take(f);
        assert_holds(f, base, "proof.base_holds");
        assert_ok(try_derive(f, base, disclosures[i].show), f->err);
        const mr_json *shown = take(f);
        assert_holds(f, shown, "proof.sd_holds");
        assert_ok(mr_ecdsa_sd_value_read(&f->a, proof_value(shown), &v, &f->err), f->err);
        assert_int_equal(v.signature_count, disclosures[i].statements);
    }
}

/* Text of the document behind the octets of a JSON file stays as it was; the proof is its last member. */
static void test_ecdsa_sd_sign__leaves_the_text_alone(void **state)
{
    struct fixture *f = *state;
    assert_ok(try_sign(f, CREDENTIAL, f->key, MANDATORY), f->err);
    mr_str before = mr_str_make(CREDENTIAL, strlen(CREDENTIAL) - 1);
    assert_true(mr_str_has_prefix(mr_buf_str(&f->out), before));
    assert_true(mr_str_has_prefix(mr_str_from(mr_buf_str(&f->out), before.len), MR_STR(",\"proof\":{")));
}

static void test_ecdsa_sd_sign__labels_differently_each_time(void **state)
{
    struct fixture *f = *state;
    struct mr_ecdsa_sd_value first, second;
    assert_ok(mr_ecdsa_sd_value_read(&f->a, proof_value(signed_credential(f)), &first, &f->err), f->err);
    assert_ok(mr_ecdsa_sd_value_read(&f->a, proof_value(signed_credential(f)), &second, &f->err), f->err);
    assert_false(mr_str_eq(first.hmac_key, second.hmac_key));
    assert_false(mr_str_eq(first.public_key, second.public_key));
}

static void test_ecdsa_sd_derive__shows_nothing_else(void **state)
{
    static const char *const hidden[] = {"R. Doe", "T. Utor", "Coupure", "\"B\"", "two"};
    static const char *const there[] = {"\"A\"", "\"C\"", "Ghent", "Tutor", "Address", "school.example"};
    struct fixture *f = *state;
    struct mr_ecdsa_sd_value base, v;
    const mr_json *document = signed_credential(f);
    assert_ok(mr_ecdsa_sd_value_read(&f->a, proof_value(document), &base, &f->err), f->err);
    assert_ok(try_derive(f, document,
                         POINTERS("/credentialSubject/results/2/course", "/credentialSubject/tutor/address/city")),
              f->err);
    mr_str text = mr_buf_str(&f->out);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_true(mr_str_find(text, mr_str_of(hidden[i])) < 0);
    for (size_t i = 0; i < sizeof there / sizeof *there; i++) assert_true(mr_str_find(text, mr_str_of(there[i])) >= 0);
    assert_ok(mr_ecdsa_sd_value_read(&f->a, proof_value(take(f)), &v, &f->err), f->err);
    assert_true(v.derived && !v.hmac_key.len && !v.pointer_count);
    assert_str_eq(v.base_signature, base.base_signature);
    assert_str_eq(v.public_key, base.public_key);
    assert_true(v.signature_count < base.signature_count);
}

static void test_ecdsa_sd_derive__gives_the_same_each_time(void **state)
{
    struct fixture *f = *state;
    const mr_json *base = signed_credential(f);
    assert_ok(try_derive(f, base, POINTERS("/credentialSubject/name")), f->err);
    mr_str first = mr_arena_dup(&f->a, mr_buf_str(&f->out));
    assert_ok(try_derive(f, base, POINTERS("/credentialSubject/name", "/issuer")), f->err);
    assert_str_eq(mr_buf_str(&f->out), first);
}

/* Another proof speaks of the whole document: it would not hold for a part, and could not be verified without the rest. */
static void test_ecdsa_sd_derive__leaves_other_proofs_out(void **state)
{
    struct fixture *f = *state;
    const char *with_other = "{\"@context\":" CONTEXT ",\"type\":\"VerifiableCredential\",\"issuer\":"
                             "\"https://school.example/\",\"credentialSubject\":" SUBJECT
                             ",\"proof\":{\"type\":\"DataIntegrityProof\",\"cryptosuite\":\"eddsa-rdfc-2022\"}}";
    assert_ok(try_sign(f, with_other, f->key, POINTERS("/issuer")), f->err);
    const mr_json *base = take(f);
    assert_int_equal(mr_json_count(mr_json_get(base, "proof")), 2);
    assert_ok(try_derive(f, base, NO_POINTERS), f->err);
    const mr_json *shown = take(f);
    assert_true(mr_json_is(mr_json_get(shown, "proof"), MR_JSON_OBJECT));
    assert_holds(f, shown, "proof.sd_holds");
}

/* Two objects that cannot be told apart are two nodes all the same. */
static void test_ecdsa_sd__tells_equal_objects_apart(void **state)
{
    struct fixture *f = *state;
    assert_ok(
        try_sign(f,
                 "{\"@context\":" CONTEXT ",\"type\":\"VerifiableCredential\",\"issuer\":\"https://school.example/\","
                 "\"credentialSubject\":{\"results\":[{\"course\":\"A\"},{\"course\":\"A\"},{\"course\":\"A\"}]}}",
                 f->key, POINTERS("/issuer", "/credentialSubject/results/1")),
        f->err);
    const mr_json *base = take(f);
    assert_holds(f, base, "proof.base_holds");
    assert_ok(try_derive(f, base, POINTERS("/credentialSubject/results/2")), f->err);
    const mr_json *shown = take(f);
    assert_int_equal(mr_json_count(mr_json_find(shown, MR_STR("/credentialSubject/results"))), 2);
    assert_holds(f, shown, "proof.sd_holds");
}

/* A node with a label of its own, which two places share. */
static void test_ecdsa_sd__keeps_shared_blank_nodes_together(void **state)
{
    struct fixture *f = *state;
    assert_ok(
        try_sign(f,
                 "{\"@context\":" CONTEXT ",\"type\":\"VerifiableCredential\",\"issuer\":\"https://school.example/\","
                 "\"credentialSubject\":{\"tutor\":{\"id\":\"_:t\",\"name\":\"T\"},\"examiner\":{\"id\":\"_:t\"}}}",
                 f->key, POINTERS("/issuer")),
        f->err);
    const mr_json *base = take(f);
    assert_ok(try_derive(f, base, POINTERS("/credentialSubject/tutor/name", "/credentialSubject/examiner")), f->err);
    assert_holds(f, take(f), "proof.sd_holds");
}

/* ---- what is changed in a document ---- */

static const struct change {
    const char *what, *from, *to;
} changes[] = {
    {"a value", "\"C\"", "\"D\""},
    {"a mandatory value", "\"A\"", "\"D\""},
    {"the issuer", "https://school.example/\"", "https://other.example/\""},
    {"a mandatory statement is dropped", "\"validFrom\":\"2026-01-01T00:00:00Z\",", ""},
    {"a statement is dropped", ",\"city\":\"Ghent\"", ""},
    {"a statement is added", "\"city\":\"Ghent\"", "\"city\":\"Ghent\",\"zone\":\"North\""},
    {"a statement about the credential is added", "\"issuer\":", "\"name\":\"A name\",\"issuer\":"},
    {"the subject is another", "did:example:learner", "did:example:other"},
    {"a type is another", "\"Tutor\"", "\"Friend\""},
    {"a type is added", "\"Tutor\"", "[\"Tutor\",\"Friend\"]"},
    {"the time of the proof", "\"created\":\"2026", "\"created\":\"2025"},
    {"the purpose of the proof", "assertionMethod", "authentication"},
    {"the key of the proof", "https://school.example/#key", "https://school.example/#other"},
    {"a member of the proof is added", "\"cryptosuite\"", "\"domain\":\"x\",\"cryptosuite\""},
};

/* The document with one piece of its text replaced, which must be there. */
static const mr_json *change_text(struct fixture *f, const mr_json *document, const char *from, const char *to)
{
    mr_json_writer w;
    mr_buf_clear(&f->out);
    mr_json_writer_init(&w, &f->out, 0);
    mr_json_put_value(&w, document);
    mr_str text = mr_arena_dup(&f->a, mr_buf_str(&f->out));
    ptrdiff_t at = mr_str_find(text, mr_str_of(from));
    if (at < 0) fail_msg("%s is not there", from);
    mr_buf_clear(&f->out);
    mr_buf_put(&f->out, mr_str_make(text.ptr, (size_t)at));
    mr_buf_puts(&f->out, to);
    mr_buf_put(&f->out, mr_str_from(text, (size_t)at + strlen(from)));
    return take(f);
}

static void test_ecdsa_sd_verify__notices_every_change(void **state)
{
    struct fixture *f = *state;
    const mr_json *whole = signed_credential(f), *shown = shown_credential(f);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        const mr_json *documents[] = {shown, whole};
        for (size_t d = 0; d < 2; d++) {
            const mr_json *changed = change_text(f, documents[d], changes[i].from, changes[i].to);
            assert_step(f, changes[i].what, changed, proof_value(changed), MR_FAILED, "seal.signature.changed");
        }
    }
}

/* What says the same is the same. */
static void test_ecdsa_sd_verify__lets_pass_what_means_the_same(void **state)
{
    struct fixture *f = *state;
    const mr_json *shown = shown_credential(f);
    const mr_json *changed = change_text(f, shown, "\"type\":\"Tutor\",", "");
    changed = change_text(f, changed, "\"tutor\":{", "\"tutor\":{\"@type\":[\"Tutor\",\"Tutor\"],");
    assert_holds(f, changed, "proof.sd_holds");
}

/* More blank nodes than the proof has labels for, or fewer. */
static void test_ecdsa_sd_verify__notices_other_blank_nodes(void **state)
{
    static const char *const cases[][2] = {
        {"{\"course\":\"C\"}", "{\"course\":\"C\"},{\"course\":\"E\"}"},
        {",{\"course\":\"C\"}", ""},
        {"\"city\":\"Ghent\"", "\"city\":{\"name\":\"Ghent\"}"},
    };
    struct fixture *f = *state;
    const mr_json *shown = shown_credential(f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mr_json *changed = change_text(f, shown, cases[i][0], cases[i][1]);
        assert_step(f, cases[i][1], changed, proof_value(changed), MR_FAILED, "proof.sd_map");
    }
}

static void test_ecdsa_sd_verify__tells_documents_that_are_none_as_errors(void **state)
{
    struct fixture *f = *state;
    struct mr_step step = {0};
    const mr_json *shown = shown_credential(f);
    const mr_json *dropped = change_text(f, shown, "\"@vocab\":\"https://terms.example/\",", "");
    assert_code(try_verify(f, dropped, proof_value(dropped), &step), MR_E_JSONLD_UNSAFE, f->err);
    const mr_json *unknown = change_text(f, shown, "https://www.w3.org/ns/credentials/v2", "https://unknown.example/");
    assert_code(try_verify(f, unknown, proof_value(unknown), &step), MR_E_JSONLD, f->err);
    const mr_json *proof = change_text(f, shown, "\"cryptosuite\"", "\"@nest\":1,\"cryptosuite\"");
    assert_code(try_verify(f, proof, proof_value(proof), &step), MR_E_JSONLD, f->err);
}

static void test_ecdsa_sd_verify__needs_the_issuers_key(void **state)
{
    struct fixture *f = *state;
    struct mr_step step = {0};
    MR_CLEANUP(mr_key_freep) mr_key *other = NULL;
    MR_CLEANUP(mr_key_freep) mr_key *unfit = NULL;
    const mr_json *shown = shown_credential(f);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &other, &f->err), f->err);
    assert_ok(mr_key_generate(MR_KEY_P384, 0, &unfit, &f->err), f->err);
    mr_key *own = f->key;
    f->key = other;
    assert_step(f, "another key", shown, proof_value(shown), MR_FAILED, "seal.signature.changed");
    f->key = unfit;
    assert_code(try_verify(f, shown, proof_value(shown), &step), MR_E_KEY, f->err);
    f->key = own;
}

/* ---- what is changed in a proof value ---- */

/* A proof value whose lists may be changed. */
struct editable {
    struct mr_ecdsa_sd_value v;
    mr_str signatures[32], pointers[8];
    struct mr_ecdsa_sd_label labels[16];
    uint64_t mandatory[32];
};

static void edit(struct fixture *f, const mr_json *document, struct editable *e)
{
    assert_ok(mr_ecdsa_sd_value_read(&f->a, proof_value(document), &e->v, &f->err), f->err);
    assert_true(e->v.signature_count < 31 && e->v.label_count < 15 && e->v.mandatory_count < 31);
    memcpy(e->signatures, e->v.signatures, e->v.signature_count * sizeof *e->signatures);
    if (e->v.pointer_count) memcpy(e->pointers, e->v.pointers, e->v.pointer_count * sizeof *e->pointers);
    if (e->v.label_count) memcpy(e->labels, e->v.labels, e->v.label_count * sizeof *e->labels);
    if (e->v.mandatory_count) memcpy(e->mandatory, e->v.mandatory, e->v.mandatory_count * sizeof *e->mandatory);
    e->v.signatures = e->signatures, e->v.pointers = e->pointers;
    e->v.labels = e->labels, e->v.mandatory = e->mandatory;
}

static mr_str edited(struct fixture *f, const struct editable *e)
{
    mr_buf_clear(&f->out);
    assert_ok(mr_ecdsa_sd_value_write(&e->v, &f->out, &f->err), f->err);
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

static void swap(mr_str *a, mr_str *b)
{
    mr_str kept = *a;
    *a = *b, *b = kept;
}

static void lose_signature(struct editable *e)
{
    e->v.signature_count--;
}

static void add_signature(struct editable *e)
{
    e->signatures[e->v.signature_count++] = e->signatures[0];
}

static void swap_signatures(struct editable *e)
{
    swap(&e->signatures[0], &e->signatures[1]);
}

static void lose_label(struct editable *e)
{
    e->v.label_count--;
}

static void add_label(struct editable *e)
{
    e->labels[e->v.label_count] =
        (struct mr_ecdsa_sd_label){e->v.label_count, MR_STR("01234567890123456789012345678901")};
    e->v.label_count++;
}

static void swap_labels(struct editable *e)
{
    swap(&e->labels[0].hmac, &e->labels[1].hmac);
}

static void change_label(struct editable *e)
{
    e->labels[0].hmac = MR_STR("01234567890123456789012345678901");
}

static void repeat_label(struct editable *e)
{
    e->labels[0].hmac = e->labels[1].hmac;
}

static void repeat_label_number(struct editable *e)
{
    e->labels[0].number = e->labels[1].number;
}

static void exceed_label_number(struct editable *e)
{
    e->labels[0].number = e->v.label_count;
}

static void exceed_label_number_far(struct editable *e)
{
    e->labels[0].number = UINT64_MAX;
}

static void lose_index(struct editable *e)
{
    e->v.mandatory_count--;
}

static void repeat_index(struct editable *e)
{
    e->mandatory[0] = e->mandatory[1];
}

static void exceed_index(struct editable *e)
{
    e->mandatory[0] = e->v.mandatory_count + e->v.signature_count;
}

static void exceed_index_far(struct editable *e)
{
    e->mandatory[0] = UINT64_MAX;
}

/* Statement and index change places: the counts still agree. */
static void shift_index(struct editable *e)
{
    for (size_t i = 0; i < e->v.mandatory_count; i++)
        if (i + 1 == e->v.mandatory_count || e->mandatory[i + 1] > e->mandatory[i] + 1) {
            e->mandatory[i]++;
            return;
        }
}

static void take_statement_as_mandatory(struct editable *e)
{
    bool taken[64] = {false};
    for (size_t i = 0; i < e->v.mandatory_count; i++) taken[e->mandatory[i]] = true;
    uint64_t free_index = 0;
    while (taken[free_index]) free_index++;
    e->mandatory[e->v.mandatory_count++] = free_index;
    e->v.signature_count--;
}

static void change_base_signature(struct editable *e)
{
    e->v.base_signature = e->signatures[0];
}

static void change_public_key(struct editable *e)
{
    e->v.public_key = MR_STR("\x80\x24\x02"
                             "01234567890123456789012345678901");
}

static const struct edit {
    const char *what;
    void (*edit)(struct editable *e);
    const char *id;
} derived_edits[] = {
    {"a signature less", lose_signature, "seal.signature.changed"},
    {"a signature more", add_signature, "seal.signature.changed"},
    {"signatures in another order", swap_signatures, "seal.signature.changed"},
    {"a label less", lose_label, "proof.sd_map"},
    {"a label more", add_label, "proof.sd_map"},
    {"labels exchanged", swap_labels, "seal.signature.changed"},
    {"another label", change_label, "seal.signature.changed"},
    {"one label for two nodes", repeat_label, "proof.sd_map"},
    {"two labels for one node", repeat_label_number, "proof.sd_map"},
    {"a label for no node", exceed_label_number, "proof.sd_map"},
    {"a label for node 2^64-1", exceed_label_number_far, "proof.sd_map"},
    {"an index less", lose_index, "seal.signature.changed"},
    {"an index twice", repeat_index, "seal.signature.changed"},
    {"an index behind the end", exceed_index, "seal.signature.changed"},
    {"index 2^64-1", exceed_index_far, "seal.signature.changed"},
    {"another index", shift_index, "seal.signature.changed"},
    {"a statement told as mandatory", take_statement_as_mandatory, "seal.signature.changed"},
    {"another issuer's signature", change_base_signature, "seal.signature.changed"},
    {"another key", change_public_key, "seal.signature.changed"},
};

static void test_ecdsa_sd_verify__notices_every_change_of_a_derived_proof(void **state)
{
    struct fixture *f = *state;
    const mr_json *shown = shown_credential(f);
    struct editable unchanged = {0};
    edit(f, shown, &unchanged);
    assert_str_eq(edited(f, &unchanged), proof_value(shown));
    for (size_t i = 0; i < sizeof derived_edits / sizeof *derived_edits; i++) {
        struct editable e = {0};
        edit(f, shown, &e);
        derived_edits[i].edit(&e);
        assert_step(f, derived_edits[i].what, shown, edited(f, &e), MR_FAILED, derived_edits[i].id);
    }
}

static void lose_pointer(struct editable *e)
{
    e->v.pointer_count--;
}

static void add_pointer(struct editable *e)
{
    e->pointers[e->v.pointer_count++] = MR_STR("/credentialSubject/name");
}

static void point_nowhere(struct editable *e)
{
    e->pointers[0] = MR_STR("/nowhere");
}

static void point_into_list(struct editable *e)
{
    e->pointers[0] = MR_STR("/credentialSubject/steps/1");
}

static void change_hmac_key(struct editable *e)
{
    e->v.hmac_key = MR_STR("01234567890123456789012345678901");
}

static const struct edit base_edits[] = {
    {"a signature less", lose_signature, "seal.signature.changed"},
    {"a signature more", add_signature, "seal.signature.changed"},
    {"signatures in another order", swap_signatures, "seal.signature.changed"},
    {"a pointer less", lose_pointer, "seal.signature.changed"},
    {"a pointer more", add_pointer, "seal.signature.changed"},
    {"a pointer to nowhere", point_nowhere, "seal.signature.changed"},
    {"a pointer to a piece of a list", point_into_list, "seal.signature.changed"},
    {"other labels", change_hmac_key, "seal.signature.changed"},
    {"another issuer's signature", change_base_signature, "seal.signature.changed"},
    {"another key", change_public_key, "seal.signature.changed"},
};

static void test_ecdsa_sd_verify__notices_every_change_of_a_base_proof(void **state)
{
    struct fixture *f = *state;
    const mr_json *base = signed_credential(f);
    for (size_t i = 0; i < sizeof base_edits / sizeof *base_edits; i++) {
        struct editable e = {0};
        edit(f, base, &e);
        base_edits[i].edit(&e);
        assert_step(f, base_edits[i].what, base, edited(f, &e), MR_FAILED, base_edits[i].id);
    }
}

/* ---- values that are none ---- */

static const char *const not_values[] = {
    "",
    "u",
    "u2V0",
    "u2V0A",           /* header alone */
    "u2V0C",           /* the header of another suite */
    "z2V0AhQ",         /* base58btc */
    "2V0AhQ",          /* no multibase */
    "u2V0AhQ==",       /* padded */
    "u2V0AhR",         /* bits left over */
    "u2V0A!Q",         /* another alphabet */
    "u2V0AhICAgIA",    /* four components */
    "u2V0AhoCAgICAgA", /* six */
    "u2V0An__",        /* indefinite */
    "u2V0AoA",         /* a map */
};

static void test_ecdsa_sd_value__refuses_what_is_no_value(void **state)
{
    struct fixture *f = *state;
    const mr_json *shown = shown_credential(f);
    for (size_t i = 0; i < sizeof not_values / sizeof *not_values; i++)
        assert_step(f, not_values[i], shown, mr_str_of(not_values[i]), MR_FAILED, "proof.value");
}

/* The components of a derived value, one of which is wrong; the rest is as it should be. */
enum fault {
    NONE,
    SHORT_SIGNATURE,
    LONG_SIGNATURE,
    DER_KEY,
    TAGGED_SIGNATURE,
    SHORT_STATEMENT,
    TEXT_STATEMENT,
    SHORT_LABEL,
    TEXT_NUMBER,
    NEGATIVE_INDEX,
    TRAILING,
    LAST_MISSING,
    FAULTS
};

static mr_str octets(struct fixture *f, size_t size)
{
    char *p = mr_arena_zalloc(&f->a, size, 1);
    assert_non_null(p);
    return mr_str_make(p, size);
}

static mr_str faulty_value(struct fixture *f, enum fault fault)
{
    mr_buf b;
    mr_buf_init(&b, MR_KIB);
    mr_buf_put(&b, MR_STR("\xd9\x5d\x01"));
    mr_cbor_put_array(&b, 5);
    if (fault == TAGGED_SIGNATURE) mr_buf_put(&b, MR_STR("\xd8\x40"));
    mr_cbor_put_bytes(&b, octets(f, fault == SHORT_SIGNATURE ? 63 : fault == LONG_SIGNATURE ? 65 : 64));
    mr_cbor_put_bytes(&b, octets(f, fault == DER_KEY ? 91 : 35));
    mr_cbor_put_array(&b, 1);
    if (fault == TEXT_STATEMENT)
        mr_cbor_put_text(&b, octets(f, 64));
    else
        mr_cbor_put_bytes(&b, octets(f, fault == SHORT_STATEMENT ? 0 : 64));
    mr_cbor_put_map(&b, 1);
    if (fault == TEXT_NUMBER)
        mr_cbor_put_text(&b, MR_STR("c14n0"));
    else
        mr_cbor_put_uint(&b, 0);
    mr_cbor_put_bytes(&b, octets(f, fault == SHORT_LABEL ? 31 : 32));
    if (fault != LAST_MISSING) mr_cbor_put_array(&b, 1);
    if (fault == NEGATIVE_INDEX)
        mr_buf_putc(&b, '\x20');
    else if (fault != LAST_MISSING)
        mr_cbor_put_uint(&b, 0);
    if (fault == TRAILING) mr_buf_putc(&b, '\0');
    mr_buf_clear(&f->out);
    mr_multibase_put(&f->out, 'u', mr_buf_str(&b));
    mr_buf_done(&b);
    return mr_arena_dup(&f->a, mr_buf_str(&f->out));
}

static void test_ecdsa_sd_value__refuses_faulty_components(void **state)
{
    struct fixture *f = *state;
    struct mr_ecdsa_sd_value v;
    assert_ok(mr_ecdsa_sd_value_read(&f->a, faulty_value(f, NONE), &v, &f->err), f->err);
    for (enum fault fault = NONE + 1; fault < FAULTS; fault++) {
        print_message("# %d\n", fault);
        assert_code(mr_ecdsa_sd_value_read(&f->a, faulty_value(f, fault), &v, &f->err), MR_E_FORMAT, f->err);
    }
}

static void test_ecdsa_sd_value__has_limits(void **state)
{
    struct fixture *f = *state;
    struct mr_ecdsa_sd_value read;
    mr_str key = octets(f, 35), hmac = octets(f, 32), signature = octets(f, 64);
    mr_str *signatures = MR_NEW_ARRAY(&f->a, mr_str, MR_LIMIT_SD_STATEMENTS + 1);
    mr_str *pointers = MR_NEW_ARRAY(&f->a, mr_str, MR_LIMIT_SD_POINTERS + 1);
    for (size_t i = 0; i <= MR_LIMIT_SD_STATEMENTS; i++) signatures[i] = signature;
    for (size_t more = 0; more < 4; more++) { /* bit 0: a signature too many; bit 1: a pointer */
        struct mr_ecdsa_sd_value v = {.base_signature = signature,
                                      .public_key = key,
                                      .hmac_key = hmac,
                                      .signatures = signatures,
                                      .signature_count = MR_LIMIT_SD_STATEMENTS + (more & 1),
                                      .pointers = pointers,
                                      .pointer_count = MR_LIMIT_SD_POINTERS + (more >> 1)};
        mr_buf_clear(&f->out);
        assert_ok(mr_ecdsa_sd_value_write(&v, &f->out, &f->err), f->err);
        assert_code(mr_ecdsa_sd_value_read(&f->a, mr_buf_str(&f->out), &read, &f->err), more ? MR_E_LIMIT : MR_OK,
                    f->err);
    }
}

/* ---- what cannot be signed or shown ---- */

static void test_ecdsa_sd_sign__refuses(void **state)
{
    struct fixture *f = *state;
    mr_str jwk;
    MR_CLEANUP(mr_key_freep) mr_key *unfit = NULL;
    MR_CLEANUP(mr_key_freep) mr_key *public_key = NULL;
    assert_ok(mr_key_generate(MR_KEY_P384, 0, &unfit, &f->err), f->err);
    mr_key_put_multikey(f->key, &f->out);
    jwk = mr_arena_dup(&f->a, mr_buf_str(&f->out));
    assert_ok(mr_key_of_multikey(jwk, &public_key, &f->err), f->err);
    assert_code(try_sign(f, CREDENTIAL, unfit, NO_POINTERS), MR_E_KEY, f->err);
    assert_code(try_sign(f, CREDENTIAL, public_key, NO_POINTERS), MR_E_KEY, f->err);
    assert_code(try_sign(f, CREDENTIAL, f->key, POINTERS("/issuer", "/nowhere")), MR_E_NOT_FOUND, f->err);
    assert_string_equal(f->err.detail, "/nowhere");
    assert_code(try_sign(f, CREDENTIAL, f->key, POINTERS("/credentialSubject/steps/1")), MR_E_FORMAT, f->err);
    assert_true(strstr(f->err.pointer, "/credentialSubject/steps") == f->err.pointer);
    assert_code(
        try_sign(f, "{\"@context\":\"https://www.w3.org/ns/credentials/v2\",\"type\":\"VerifiableCredential\",\"q\":1}",
                 f->key, NO_POINTERS),
        MR_E_JSONLD_UNSAFE, f->err);
    assert_string_equal(f->err.pointer, "/q");
    assert_int_equal(f->out.len, 0);
}

static void test_ecdsa_sd_derive__refuses(void **state)
{
    struct fixture *f = *state;
    const mr_json *base = signed_credential(f), *shown = shown_credential(f);
    assert_code(try_derive(f, base, POINTERS("/nowhere")), MR_E_NOT_FOUND, f->err);
    assert_code(try_derive(f, base, POINTERS("/proof")), MR_E_NOT_FOUND, f->err);
    assert_code(try_derive(f, base, POINTERS("/credentialSubject/steps/0")), MR_E_FORMAT, f->err);
    assert_true(strstr(f->err.pointer, "/credentialSubject/steps") == f->err.pointer);
    assert_code(try_derive(f, shown, NO_POINTERS), MR_E_FORMAT, f->err);
    assert_code(try_derive(f, parse(f, MR_STR(CREDENTIAL)), NO_POINTERS), MR_E_FORMAT, f->err);
    const mr_json *other = change_text(f, base, "\"name\":\"R. Doe\",", "");
    assert_code(try_derive(f, other, NO_POINTERS), MR_E_FORMAT, f->err);
    assert_ok(try_sign(f, CREDENTIAL, f->key, NO_POINTERS), f->err);
    assert_code(try_derive(f, take(f), NO_POINTERS), MR_E_FORMAT, f->err);
}

static void test_ecdsa_sd_derive__refuses_two_base_proofs(void **state)
{
    struct fixture *f = *state;
    assert_ok(try_sign(f, CREDENTIAL, f->key, MANDATORY), f->err);
    const char *once = mr_arena_cstr(&f->a, mr_buf_str(&f->out));
    assert_ok(try_sign(f, once, f->key, MANDATORY), f->err);
    assert_code(try_derive(f, take(f), NO_POINTERS), MR_E_FORMAT, f->err);
}

/* ---- among the other suites ---- */

struct known_key {
    mr_key *key;
};

static int find_known(void *self, mr_arena *a, mr_str method, mr_relationship use, struct mr_method *ret,
                      struct mr_err *err)
{
    struct known_key *k = self;
    *ret = (struct mr_method){.key = mr_key_share(k->key),
                              .id = method,
                              .controller = MR_STR("https://school.example/"),
                              .expires = MR_TIME_NONE,
                              .revoked = MR_TIME_NONE,
                              .why = {.state = MR_PASSED, .id = "key.found", .at = MR_TIME_NONE}};
    return MR_OK;
}

static void assert_outcome(struct fixture *f, const mr_json *document, mr_state state, const char *id)
{
    struct mr_data_integrity d;
    struct known_key known = {f->key};
    struct mr_key_source keys = {find_known, &known};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    assert_ok(mr_data_integrity_verify(&f->a, f->contexts, document, &keys, &wanted, &d, &f->err), f->err);
    assert_int_equal(d.count, 1);
    assert_string_equal(d.proofs[0].step.id, id);
    assert_int_equal(d.step.state, state);
    mr_data_integrity_done(&d);
}

static void test_data_integrity_verify__knows_ecdsa_sd_2023(void **state)
{
    struct fixture *f = *state;
    const mr_json *base = signed_credential(f), *shown = shown_credential(f);
    assert_outcome(f, base, MR_PASSED, "proof.base_holds");
    assert_outcome(f, shown, MR_PASSED, "proof.sd_holds");
    assert_outcome(f, change_text(f, shown, "\"C\"", "\"D\""), MR_FAILED, "seal.signature.changed");
    assert_outcome(f, change_text(f, shown, "u2V0B", "u2V0C"), MR_FAILED, "proof.value");
    assert_outcome(f, change_text(f, shown, "\"@vocab\":\"https://terms.example/\",", ""), MR_FAILED,
                   "proof.dropped_term");
    assert_outcome(f, change_text(f, shown, "https://www.w3.org/ns/credentials/v2", "https://unknown.example/"),
                   MR_UNCHECKED, "proof.unknown_context");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ecdsa_sd_select__takes_what_is_named_and_what_its_objects_are),
        TEST(test_ecdsa_sd_select__takes_nothing_without_pointers),
        TEST(test_ecdsa_sd_select__refuses_pointers_to_nowhere),
        TEST(test_ecdsa_sd_select__gives_up_on_pointers_that_take_too_long),
        TEST(test_ecdsa_sd__holds_for_the_whole_and_for_what_is_shown),
        TEST(test_ecdsa_sd_sign__leaves_the_text_alone),
        TEST(test_ecdsa_sd_sign__labels_differently_each_time),
        TEST(test_ecdsa_sd_derive__shows_nothing_else),
        TEST(test_ecdsa_sd_derive__gives_the_same_each_time),
        TEST(test_ecdsa_sd_derive__leaves_other_proofs_out),
        TEST(test_ecdsa_sd__tells_equal_objects_apart),
        TEST(test_ecdsa_sd__keeps_shared_blank_nodes_together),
        TEST(test_ecdsa_sd_verify__notices_every_change),
        TEST(test_ecdsa_sd_verify__lets_pass_what_means_the_same),
        TEST(test_ecdsa_sd_verify__notices_other_blank_nodes),
        TEST(test_ecdsa_sd_verify__tells_documents_that_are_none_as_errors),
        TEST(test_ecdsa_sd_verify__needs_the_issuers_key),
        TEST(test_ecdsa_sd_verify__notices_every_change_of_a_derived_proof),
        TEST(test_ecdsa_sd_verify__notices_every_change_of_a_base_proof),
        TEST(test_ecdsa_sd_value__refuses_what_is_no_value),
        TEST(test_ecdsa_sd_value__refuses_faulty_components),
        TEST(test_ecdsa_sd_value__has_limits),
        TEST(test_ecdsa_sd_sign__refuses),
        TEST(test_ecdsa_sd_derive__refuses),
        TEST(test_ecdsa_sd_derive__refuses_two_base_proofs),
        TEST(test_data_integrity_verify__knows_ecdsa_sd_2023),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
