/* Documents with Data Integrity proofs, keys from did:key. Every proof and the whole have a step that says why; nothing passes that has a proof that did
 * not. What can be signed keeps its members, and its new proof passes. */
#include "base/encoding.h"
#include "base/limits.h"
#include "proof/data_integrity.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW 1780000000000
/* vc-di-eddsa, test vectors */
#define MULTIKEY "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
#define SECRET "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

static void need_reason(const struct mr_step *step)
{
    need(step->id && step->state != MR_NOT_APPLICABLE && (step->detail.ptr || !step->detail.len));
}

/* Returns whether it could be verified at all; *ret_last is the last proof's step. */
static bool verify(mr_arena *a, mr_contexts *contexts, const mr_json *root, struct mr_step *ret_last)
{
    struct mr_err err;
    struct mr_data_integrity d;
    struct mr_resolver resolver = {0};
    struct mr_key_source keys = {mr_controller_find, &resolver};
    struct mr_proof_wanted wanted = {.purpose = MR_ASSERTION_METHOD, .now = NOW};
    int code = mr_data_integrity_verify(a, contexts, root, &keys, &wanted, &d, &err);
    need(code == MR_OK || code == MR_E_NOMEM);
    if (code != MR_OK) return false;
    need_reason(&d.step);
    for (size_t i = 0; i < d.count; i++) {
        need_reason(&d.proofs[i].step);
        need(d.step.state != MR_PASSED || d.proofs[i].step.state == MR_PASSED);
        need(d.proofs[i].step.state != MR_PASSED || d.proofs[i].key.key);
    }
    *ret_last = d.count ? d.proofs[d.count - 1].step : d.step;
    mr_data_integrity_done(&d);
    return true;
}

static void sign_and_verify(mr_arena *a, mr_contexts *contexts, mr_str text, const mr_json *root, mr_key *key,
                            mr_cryptosuite suite)
{
    mr_buf out;
    struct mr_err err;
    struct mr_step step;
    const mr_json *again;
    struct mr_proof_options options = {.suite = suite,
                                       .method = MR_STR("did:key:" MULTIKEY "#" MULTIKEY),
                                       .purpose = MR_ASSERTION_METHOD,
                                       .created = NOW,
                                       .expires = MR_TIME_NONE};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    if (mr_data_integrity_sign(a, contexts, text, root, key, &options, &out, &err) == MR_OK) {
        int code = mr_json_parse(a, mr_buf_str(&out), NULL, &again, &err);
        need(code == MR_OK || code == MR_E_NOMEM);
        if (code == MR_OK) {
            need(mr_json_count(again) == mr_json_count(root) + !mr_json_get(root, "proof"));
            if (verify(a, contexts, again, &step)) need(step.state == MR_PASSED);
        }
    } else
        need(out.len == 0 && err.message);
    mr_buf_done(&out);
}

static mr_key *read_key(mr_arena *a)
{
    mr_str octets;
    struct mr_err err;
    mr_key *key;
    need(mr_multibase_read(a, MR_STR(SECRET), &octets, &err) == MR_OK);
    need(mr_key_of_secret_multikey(octets, &key, &err) == MR_OK);
    return key;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mr_arena a;
    struct mr_err err;
    struct mr_step step;
    mr_contexts *contexts;
    const mr_json *root;
    mr_str text = mr_str_make((const char *)data, size);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&a, text, NULL, &root, &err) == MR_OK && mr_contexts_open(&contexts, &err) == MR_OK) {
        mr_key *key = read_key(&a);
        (void)verify(&a, contexts, root, &step);
        sign_and_verify(&a, contexts, text, root, key, MR_EDDSA_RDFC_2022);
        sign_and_verify(&a, contexts, text, root, key, MR_EDDSA_JCS_2022);
        mr_key_free(key);
        mr_contexts_close(contexts);
    }
    mr_arena_done(&a);
    return 0;
}
