/* Reading JSON: our strict reader beside jansson with duplicate names refused, which is the nearest to the same work.
 *
 *   bench_json NAME FILE            one document
 *   bench_json NAME --lines FILE    a document a line, taken in turn */
#include "bench.h"
#include "base/file.h"
#include "base/limits.h"
#include "json/json.h"
#include <jansson.h>
#include <string.h>

#define DOCUMENTS 4096

struct input {
    mr_str documents[DOCUMENTS];
    size_t count;
    mr_arena memory; /* of the reader, forgotten after each document */
};

static void ours(void *self, size_t turn)
{
    struct input *in = self;
    const mr_json *root;
    mr_arena_reset(&in->memory);
    BENCH_NEED(mr_json_parse(&in->memory, in->documents[turn % in->count], NULL, &root, NULL) == MR_OK);
}

static void peer(void *self, size_t turn)
{
    struct input *in = self;
    mr_str text = in->documents[turn % in->count];
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    BENCH_NEED(root != NULL);
    json_decref(root);
}

/* Both must read the same thing, or the comparison means nothing. */
static void compare(struct input *in)
{
    for (size_t i = 0; i < in->count; i++) {
        const mr_json *root;
        struct mr_err err = {0};
        mr_str text = in->documents[i];
        mr_arena_reset(&in->memory);
        BENCH_NEED(mr_json_parse(&in->memory, text, NULL, &root, &err) == MR_OK);
        json_t *other = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
        BENCH_NEED(other && json_object_size(other) == mr_json_count(root));
        json_decref(other);
        BENCH_NEED(mr_json_parse(&in->memory, mr_str_make(text.ptr, text.len - 1), NULL, &root, &err) != MR_OK);
    }
}

int main(int argc, char **argv)
{
    static struct input in;
    mr_arena memory;
    mr_str text, line;
    struct mr_err err = {0};
    bool lines = argc == 4 && !strcmp(argv[2], "--lines");
    BENCH_NEED(argc == 3 || lines);
    mr_arena_init(&memory, MR_LIMIT_DOCUMENT_MEMORY);
    mr_arena_init(&in.memory, MR_LIMIT_DOCUMENT_MEMORY);
    BENCH_NEED(mr_file_read(&memory, argv[argc - 1], MR_LIMIT_DOCUMENT, &text, &err) == MR_OK);
    if (lines) {
        while (mr_str_split(&text, '\n', &line) && in.count < DOCUMENTS)
            if (line.len) in.documents[in.count++] = line;
    } else {
        in.documents[in.count++] = mr_str_trim(text);
    }
    compare(&in);
    bench_pair(argv[1], ours, peer, &in, in.documents[0].len > 20000 ? 2 : 20);
    mr_arena_done(&in.memory);
    mr_arena_done(&memory);
    return 0;
}
