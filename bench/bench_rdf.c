/* JSON-LD text to the hash of its canonical form: read, expand, deserialise, canonicalise (RDFC-1.0), SHA-256; safe mode, contexts compiled.
 *
 *   bench_rdf hash CREDENTIALS FOLDER    a document a line; their canonical forms by another processor are c0.nq, c1.nq ... in FOLDER
 *   bench_rdf elm FILE CANONICAL         one document and its canonical form
 *
 * The canonical forms are compared octet by octet before anything is measured. Prints "NAME RATE", operations per second of processor time. */
#include "bench.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/digest.h"
#include "rdf/canon.h"
#include "rdf/jsonld.h"
#include <string.h>

#define DOCUMENTS 4096

struct input {
    mr_str documents[DOCUMENTS];
    size_t count;
    mr_contexts *contexts;
    mr_arena memory; /* of one document, forgotten after it */
    mr_buf canonical;
};

static void canonicalise(struct input *in, size_t document)
{
    const mr_json *root;
    mr_dataset ds;
    struct mr_err err = {0};
    mr_jsonld_options options = {.contexts = in->contexts, .safe = true};
    mr_arena_reset(&in->memory);
    mr_buf_clear(&in->canonical);
    BENCH_NEED(mr_json_parse(&in->memory, in->documents[document], NULL, &root, &err) == MR_OK);
    mr_dataset_init(&ds, &in->memory);
    int code = mr_jsonld_to_rdf(root, &options, &ds, &err);
    if (code == MR_OK) code = mr_rdf_canonicalise(&in->memory, &ds, NULL, &in->canonical, NULL, &err);
    if (code == MR_OK) return;
    fprintf(stderr, "document %zu: %s: %s (%s)\n", document, err.message, err.detail, err.pointer);
    exit(1);
}

static void ours(void *self, size_t turn)
{
    struct input *in = self;
    uint8_t hash[32];
    canonicalise(in, turn % in->count);
    mr_sha256(mr_buf_str(&in->canonical), hash);
}

/* Ends the program when a document's canonical form is not as the other processor has it. */
static void compare(struct input *in, const char *path)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    char name[4096];
    size_t same = 0;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    for (size_t i = 0; i < in->count; i++) {
        mr_str wanted;
        struct mr_err err = {0};
        mr_arena_reset(&a);
        snprintf(name, sizeof name, "%s/c%zu.nq", path, i);
        BENCH_NEED(mr_file_read(&a, in->count == 1 ? path : name, MR_LIMIT_DOCUMENT, &wanted, &err) == MR_OK);
        canonicalise(in, i);
        same += mr_str_eq(mr_buf_str(&in->canonical), wanted);
    }
    fprintf(stderr, "%zu of %zu canonical forms are those of the other processor\n", same, in->count);
    if (same < in->count) exit(1);
}

int main(int argc, char **argv)
{
    static struct input in;
    mr_arena memory;
    mr_str text, line;
    struct mr_err err = {0};
    BENCH_NEED(argc == 4);
    mr_arena_init(&memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&in.memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_init(&in.canonical, MR_LIMIT_RDF_TEXT);
    BENCH_NEED(mr_contexts_open(&in.contexts, &err) == MR_OK);
    BENCH_NEED(mr_file_read(&memory, argv[2], MR_LIMIT_DOCUMENT, &text, &err) == MR_OK);
    if (strcmp(argv[1], "hash") == 0) {
        while (mr_str_split(&text, '\n', &line) && in.count < DOCUMENTS)
            if (line.len) in.documents[in.count++] = line;
    } else
        in.documents[in.count++] = mr_str_trim(text);
    compare(&in, argv[3]);
    bench_alone(argv[1], ours, &in, 5);
    mr_contexts_close(in.contexts);
    mr_buf_done(&in.canonical);
    mr_arena_done(&in.memory);
    mr_arena_done(&memory);
    return 0;
}
