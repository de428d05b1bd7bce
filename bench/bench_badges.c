/* Open Badges with every Annex I element: from an achievement to a sealed badge, and from its text to the verdict on its proof.
 *
 *   bench_badges write SPECIFICATION OUT   200 badges without a proof, a line each, for the peer
 *   bench_badges rates SPECIFICATION       prints "issue RATE" and "verify RATE", badges per second of processor time
 *
 * Issuing is all of it: filling the template, reading it, canonical form, signature. The key of a proof is found by its did:key each time, as a verifier does. What was
 * signed is verified, and refused when changed, before anything is measured. */
#include "bench.h"
#include "base/file.h"
#include "base/limits.h"
#include "credential/issue.h"
#include "credential/open_badges.h"
#include "credential/specification_file.h"
#include "crypto/authority.h"
#include "proof/data_integrity.h"

#include <string.h>

#define BADGES 200

struct bench {
    mr_arena arena, memory; /* memory: of one badge, forgotten after it */
    struct mr_authority authority;
    struct mr_seal_key seal;
    struct mr_issuing_key key;
    mr_specification specification;
    mr_issuer *issuer;
    mr_contexts *contexts;
    mr_buf out;
    mr_str signed_ones[BADGES];
};

static void make_key(struct bench *b)
{
    struct mr_err err = {0};
    mr_buf did;
    mr_buf_init(&did, MR_KIB);
    BENCH_NEED(mr_key_generate(MR_KEY_ED25519, 0, &b->key.key, &err) == MR_OK);
    mr_did_key_put(b->key.key, &did);
    b->key.issuer = mr_arena_dup(&b->arena, mr_buf_str(&did));
    mr_str multibase = mr_str_from(b->key.issuer, strlen("did:key:"));
    b->key.method = b->key.kid =
        mr_arena_format(&b->arena, "%.*s#%.*s", MR_STR_ARG(b->key.issuer), MR_STR_ARG(multibase));
    mr_buf_done(&did);
}

static void open_bench(struct bench *b, const char *path)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str text;
    const struct mr_seal_subject subject = {.organisation = MR_STR("School (invented)"),
                                            .organisation_identifier = MR_STR("VATDK-00000000"),
                                            .country = MR_STR("DK"),
                                            .common_name = MR_STR("TEST seal")};
    mr_arena_init(&b->arena, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&b->memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&b->out, MR_LIMIT_DOCUMENT);
    mr_findings_init(&findings, &b->arena);
    BENCH_NEED(mr_file_read(&b->arena, path, MR_LIMIT_DOCUMENT, &text, &err) == MR_OK);
    BENCH_NEED(mr_specification_read(&b->arena, text, &b->specification, &findings, &err) == MR_OK);
    BENCH_NEED(mr_authority_new(mr_env_system(), &b->authority, &err) == MR_OK);
    BENCH_NEED(mr_authority_issue_seal(&b->authority, mr_env_system(), &subject, MR_KEY_P256, &b->seal, &err) == MR_OK);
    BENCH_NEED(mr_contexts_open(&b->contexts, &err) == MR_OK);
    make_key(b);
    const struct mr_issuing issuing = {
        .specification = &b->specification, .seal = &b->seal, .env = mr_env_system(), .key = &b->key, .mandate = true};
    BENCH_NEED(mr_issuer_open(&issuing, &b->issuer, &err) == MR_OK);
}

static mr_achievement learner(mr_arena *a, size_t number)
{
    mr_achievement x = {.learner = {.birth_date = {1990, 1 + (int)(number % 12), 1 + (int)(number % 28)}},
                        .awarded_on = {2026, 3, 14},
                        .grade = MR_STR("Passed"),
                        .place = MR_STR("Aarhus")};
    snprintf(x.id, sizeof x.id, "00000000-0000-4000-8000-%012zx", number);
    x.learner.full_name = mr_arena_format(a, "Learner Number %zu", number);
    return x;
}

static void issue(void *self, size_t turn)
{
    struct bench *b = self;
    struct mr_err err = {0};
    mr_arena_reset(&b->memory);
    mr_buf_clear(&b->out);
    mr_achievement x = learner(&b->memory, turn % BADGES);
    BENCH_NEED(mr_issue(b->issuer, &x, MR_FORMAT_OPEN_BADGES, &b->out, &err) == MR_OK);
}

static mr_state verdict(struct bench *b, mr_str text)
{
    struct mr_err err = {0};
    struct mr_resolver resolver = {0};
    const mr_json *document;
    struct mr_key_source keys = {mr_controller_find, &resolver};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = mr_env_now(mr_env_system())};
    struct mr_data_integrity d;
    mr_arena_reset(&b->memory);
    BENCH_NEED(mr_json_parse(&b->memory, text, NULL, &document, &err) == MR_OK);
    BENCH_NEED(mr_data_integrity_verify(&b->memory, b->contexts, document, &keys, &wanted, &d, &err) == MR_OK);
    mr_state state = d.step.state;
    mr_data_integrity_done(&d);
    return state;
}

static void verify(void *self, size_t turn)
{
    struct bench *b = self;
    BENCH_NEED(verdict(b, b->signed_ones[turn % BADGES]) == MR_PASSED);
}

/* One letter of a learning outcome, deep in what stands in ELM. */
static void assert_changes_are_seen(struct bench *b, mr_str text)
{
    ptrdiff_t at = mr_str_find(text, MR_STR("model/elm/learningOutcome\""));
    BENCH_NEED(at > 0);
    at += mr_str_find(mr_str_from(text, (size_t)at), MR_STR("\"@value\":\"")) + (ptrdiff_t)strlen("\"@value\":\"");
    char *letter = (char *)text.ptr + at, kept = *letter;
    *letter = kept == 'X' ? 'Y' : 'X';
    BENCH_NEED(verdict(b, text) == MR_FAILED);
    *letter = kept;
    BENCH_NEED(verdict(b, text) == MR_PASSED);
}

static void rates(struct bench *b)
{
    for (size_t i = 0; i < BADGES; i++) {
        issue(b, i);
        b->signed_ones[i] = mr_arena_dup(&b->arena, mr_buf_str(&b->out));
        assert_changes_are_seen(b, b->signed_ones[i]);
    }
    bench_alone("issue", issue, b, 5);
    bench_alone("verify", verify, b, 5);
}

/* The peer has its own way with proofs: its badges have none. */
static void write_plain(struct bench *b, const char *path)
{
    struct mr_err err = {0};
    FILE *file = fopen(path, "w");
    const struct mr_elm_issuing elm = {.specification = &b->specification,
                                       .certificate = b->seal.certificate,
                                       .now = mr_env_now(mr_env_system()),
                                       .issuer_id = b->key.issuer};
    const mr_elm_template *t;
    BENCH_NEED(file && mr_open_badges_prepare(&b->arena, &elm, MR_STR_EMPTY, &t, &err) == MR_OK);
    for (size_t i = 0; i < BADGES; i++) {
        static const mr_str end = MR_STR_INIT(",\"proof\":[]}");
        mr_achievement x = learner(&b->arena, i);
        mr_buf_clear(&b->out);
        BENCH_NEED(mr_elm_fill(t, &x, elm.now, MR_STR_EMPTY, &b->out, &err) == MR_OK);
        BENCH_NEED(mr_str_has_suffix(mr_buf_str(&b->out), end));
        fprintf(file, "%.*s}\n", (int)(b->out.len - end.len), b->out.ptr);
    }
    BENCH_NEED(fclose(file) == 0);
}

int main(int argc, char **argv)
{
    static struct bench b;
    bool writes = argc == 4 && strcmp(argv[1], "write") == 0;
    if (!writes && (argc != 3 || strcmp(argv[1], "rates") != 0)) return 2;
    open_bench(&b, argv[2]);
    if (writes)
        write_plain(&b, argv[3]);
    else
        rates(&b);
    mr_issuer_close(b.issuer);
    mr_contexts_close(b.contexts);
    mr_key_free(b.key.key);
    mr_seal_key_done(&b.seal);
    mr_authority_done(&b.authority);
    mr_buf_done(&b.out);
    mr_arena_done(&b.memory);
    mr_arena_done(&b.arena);
    return 0;
}
