/* {"document": ..., "mandatory": [pointers], "show": [pointers]}: what carries a proof is verified, and shown in part; what carries none is signed, and then
 * must hold, and so must every part of it that can be shown. */
#include "base/limits.h"
#include "json/write.h"
#include "proof/data_integrity_inside.h"
#include "proof/ecdsa_sd.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { POINTERS = 16 };

/* Also with NDEBUG. */
static void need(bool condition)
{
    if (!condition) abort();
}

/* One input: everything about it in one arena. */
struct input {
    mr_arena a;
    mr_contexts *contexts;
    mr_key *key;
    mr_str mandatory[POINTERS], show[POINTERS];
    size_t mandatory_count, show_count;
};

static size_t read_pointers(const mr_json *array, mr_str pointers[POINTERS])
{
    size_t count = 0;
    MR_JSON_EACH (one, array)
        if (count < POINTERS) pointers[count++] = mr_json_str(one);
    return count;
}

/* The text of a buffer, read; NULL when the arena is full. */
static const mr_json *read_again(struct input *in, const mr_buf *text)
{
    struct mr_err err;
    const mr_json *root = NULL;
    mr_str copy = mr_arena_dup(&in->a, mr_buf_str(text));
    int code = copy.ptr ? mr_json_parse(&in->a, copy, NULL, &root, &err) : MR_E_NOMEM;
    need(code == MR_OK || code == MR_E_NOMEM);
    return code == MR_OK ? root : NULL;
}

/* May a call fail like this? */
static bool is_failure(int code)
{
    return code == MR_E_JSONLD || code == MR_E_JSONLD_UNSAFE || code == MR_E_FORMAT || code == MR_E_NOT_FOUND ||
           code == MR_E_LIMIT || code == MR_E_NOMEM || code == MR_E_ENCODING || code == MR_E_UTF8 || code == MR_E_JSON;
}

/* holds: it must, unless there is no room to find out. */
static void verify(struct input *in, const mr_json *document, const mr_json *proof, bool holds)
{
    struct mr_err err = {0};
    struct mr_step step = {0};
    const mr_json *unsecured;
    if (mr_proof_document(&in->a, document, NULL, 0, &unsecured, &err) != MR_OK) return;
    int code = mr_ecdsa_sd_verify(&in->a, in->contexts, unsecured, proof, mr_json_get_str(proof, "proofValue"), in->key,
                                  &step, &err);
    need(code == MR_OK ? step.id && (step.state == MR_PASSED || step.state == MR_FAILED) : is_failure(code));
    if (holds) need(code == MR_OK ? step.state == MR_PASSED : code == MR_E_LIMIT || code == MR_E_NOMEM);
}

static void derive(struct input *in, const mr_json *base, bool holds)
{
    mr_buf out;
    struct mr_err err = {0};
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    int code = mr_ecdsa_sd_derive(&in->a, in->contexts, base, in->show, in->show_count, &out, &err);
    need(code == MR_OK || is_failure(code));
    const mr_json *shown = code == MR_OK ? read_again(in, &out) : NULL;
    if (shown) {
        verify(in, shown, mr_json_get(shown, "proof"), holds);
    }
    mr_buf_done(&out);
}

static void sign(struct input *in, const mr_json *document)
{
    mr_buf text, out;
    mr_json_writer w;
    struct mr_err err = {0};
    struct mr_proof_options options = {
        .method = MR_STR("https://school.example/#key"), .created = 0, .expires = MR_TIME_NONE};
    mr_buf_init(&text, MR_LIMIT_DOCUMENT);
    mr_buf_init(&out, MR_LIMIT_DOCUMENT);
    mr_json_writer_init(&w, &text, 0);
    mr_json_put_value(&w, document);
    const mr_json *alone = read_again(in, &text);
    int code = alone ? mr_ecdsa_sd_sign(&in->a, in->contexts, mr_buf_str(&text), alone, in->key, in->mandatory,
                                        in->mandatory_count, &options, &out, &err)
                     : MR_E_NOMEM;
    need(code == MR_OK || is_failure(code));
    const mr_json *base = code == MR_OK ? read_again(in, &out) : NULL;
    if (base) {
        verify(in, base, mr_json_get(base, "proof"), true);
        derive(in, base, true);
    }
    mr_buf_done(&text);
    mr_buf_done(&out);
}

static void check(struct input *in, const mr_json *root)
{
    const mr_json *document = mr_json_get(root, "document"), *proof = mr_json_get(document, "proof");
    in->mandatory_count = read_pointers(mr_json_get(root, "mandatory"), in->mandatory);
    in->show_count = read_pointers(mr_json_get(root, "show"), in->show);
    if (!mr_json_is(document, MR_JSON_OBJECT)) return;
    if (mr_json_is(proof, MR_JSON_OBJECT)) verify(in, document, proof, false);
    if (proof)
        derive(in, document, false);
    else
        sign(in, document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {0};
    struct mr_err err;
    const mr_json *root;
    mr_arena_init(&in.a, MR_LIMIT_DOCUMENT_MEMORY);
    if (mr_json_parse(&in.a, mr_str_make((const char *)data, size), NULL, &root, &err) == MR_OK &&
        mr_contexts_open(&in.contexts, &err) == MR_OK && mr_key_generate(MR_KEY_P256, 0, &in.key, &err) == MR_OK)
        check(&in, root);
    mr_key_free(in.key);
    mr_contexts_close(in.contexts);
    mr_arena_done(&in.a);
    return 0;
}
