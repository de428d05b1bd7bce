/* SD-JWT with ES256 and 12 disclosures: issuing, and verifying with everything disclosed. The peer is a program of its own
 * (peer_sd_jwt.mjs), which also wrote the claims.
 *
 *   bench_sd_jwt CLAIMS    a set of claims a line */
#include "bench.h"
#include "base/file.h"
#include "base/limits.h"
#include "proof/sd_jwt.h"

#define MOST 256

static const mr_str hidden[] = {
    MR_STR_INIT("/given_name"),
    MR_STR_INIT("/family_name"),
    MR_STR_INIT("/birth_date"),
    MR_STR_INIT("/learner_id"),
    MR_STR_INIT("/email"),
    MR_STR_INIT("/achievement"),
    MR_STR_INIT("/learning_outcomes"),
    MR_STR_INIT("/ects"),
    MR_STR_INIT("/assessment"),
    MR_STR_INIT("/grade"),
    MR_STR_INIT("/alignment"),
    MR_STR_INIT("/supplementary"),
};
#define HIDDEN (sizeof hidden / sizeof *hidden)

struct input {
    const mr_json *claims[MOST];
    mr_str tokens[MOST];
    size_t count;
    mr_key *key;
    mr_jose_signer signer;
    mr_arena memory; /* of one operation */
    mr_buf out;
};

static void issue(void *self, size_t turn)
{
    struct input *in = self;
    const struct mr_sd_frame frame = {hidden, HIDDEN, 0};
    mr_arena_reset(&in->memory);
    mr_buf_clear(&in->out);
    BENCH_NEED(mr_sd_jwt_issue(&in->signer, in->claims[turn % in->count], &frame, mr_env_system(), &in->memory,
                               &in->out, NULL) == MR_OK);
}

static void verify(void *self, size_t turn)
{
    struct input *in = self;
    mr_sd_jwt s;
    mr_arena_reset(&in->memory);
    BENCH_NEED(mr_sd_jwt_read(&in->memory, in->tokens[turn % in->count], &s, NULL) == MR_OK);
    BENCH_NEED(mr_jws_verify(&s.jws, in->key, NULL) == MR_OK);
    BENCH_NEED(s.disclosure_count == HIDDEN && s.hidden_count == 0);
    mr_sd_jwt_done(&s);
}

/* A token with one octet of a disclosure changed must be refused, or the figures are of something else. */
static void check(struct input *in, mr_arena *a)
{
    mr_sd_jwt s;
    mr_str token = mr_arena_dup(a, in->tokens[0]);
    char *octet = (char *)(uintptr_t)token.ptr + token.len - 10;
    *octet = *octet == 'A' ? 'B' : 'A';
    BENCH_NEED(mr_sd_jwt_read(a, token, &s, NULL) != MR_OK);
}

static void prepare(struct input *in, mr_arena *a, const char *path)
{
    struct mr_err err = {0};
    mr_str text, line;
    const struct mr_jose_header header = {.typ = "dc+sd-jwt", .kid = MR_STR("key-1")};
    mr_arena_init(&in->memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&in->out, MR_LIMIT_DOCUMENT);
    BENCH_NEED(mr_file_read(a, path, MR_LIMIT_DOCUMENT, &text, &err) == MR_OK);
    BENCH_NEED(mr_key_generate(MR_KEY_P256, 0, &in->key, &err) == MR_OK);
    BENCH_NEED(mr_jose_signer_init(&in->signer, a, in->key, &header, &err) == MR_OK);
    while (mr_str_split(&text, '\n', &line) && in->count < MOST) {
        if (!line.len) continue;
        BENCH_NEED(mr_json_parse(a, line, NULL, &in->claims[in->count++], &err) == MR_OK);
    }
    BENCH_NEED(in->count > 0);
    for (size_t i = 0; i < in->count; i++) {
        issue(in, i);
        in->tokens[i] = mr_arena_dup(a, mr_buf_str(&in->out));
    }
}

int main(int argc, char **argv)
{
    static struct input in;
    mr_arena memory;
    BENCH_NEED(argc == 2);
    mr_arena_init(&memory, MR_LIMIT_DOCUMENT_MEMORY);
    prepare(&in, &memory, argv[1]);
    check(&in, &memory);
    bench_alone("issue", issue, &in, 5);
    bench_alone("verify", verify, &in, 5);
    mr_key_free(in.key);
    mr_buf_done(&in.out);
    mr_arena_done(&in.memory);
    mr_arena_done(&memory);
    return 0;
}
