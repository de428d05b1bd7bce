/* train_dictionary NUMBER OUT SAMPLE...: a dictionary for compressing stored credentials (src/store/body.h), trained on files of sealed credentials. The files
 * are folded as they are before they are stored. Called by tools/train_dictionaries. */
#include "base/file.h"
#include "base/limits.h"
#include "store/fold.h"

#define ZDICT_STATIC_LINKING_ONLY
#include <stdio.h>
#include <stdlib.h>
#include <zdict.h>

enum { LARGEST = 112640 }; /* what the zstd program makes, too */

static int fail(const char *what, const char *where)
{
    fprintf(stderr, "train_dictionary: %s: %s\n", where, what);
    return 1;
}

static int read_samples(char **names, size_t count, mr_buf *samples, size_t *sizes, struct mr_err *err)
{
    for (size_t i = 0; i < count; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_str text;
        size_t before = samples->len;
        mr_arena_init(&a, 2 * MR_LIMIT_DOCUMENT);
        MR_TRY(mr_file_read(&a, names[i], MR_LIMIT_DOCUMENT, &text, err));
        MR_TRY(mr_fold(text, samples, err));
        sizes[i] = samples->len - before;
    }
    return MR_OK;
}

int main(int argc, char **argv)
{
    MR_CLEANUP(mr_buf_done) mr_buf samples;
    struct mr_err err = {0};
    static char trained[LARGEST], made[LARGEST];
    mr_buf_init(&samples, (size_t)2048 * MR_MIB);
    if (argc < 10) return fail("NUMBER OUT and at least seven samples are expected", "usage");
    size_t count = (size_t)argc - 3, *sizes = calloc(count, sizeof *sizes);
    if (!sizes || read_samples(argv + 3, count, &samples, sizes, &err) != MR_OK) return fail(err.message, err.detail);
    size_t n = ZDICT_trainFromBuffer(trained, sizeof trained, samples.ptr, sizes, (unsigned)count);
    if (ZDICT_isError(n)) return fail(ZDICT_getErrorName(n), "training");
    /* The same content with our number in its head, and statistics for the level that bodies are compressed at. */
    size_t head = ZDICT_getDictHeaderSize(trained, n);
    ZDICT_params_t p = {.compressionLevel = 12, .dictID = (unsigned)strtoul(argv[1], NULL, 0)};
    n = ZDICT_finalizeDictionary(made, sizeof made, trained + head, n - head, samples.ptr, sizes, (unsigned)count, p);
    if (ZDICT_isError(n)) return fail(ZDICT_getErrorName(n), "finishing");
    free(sizes);
    if (mr_file_write(argv[2], mr_str_make(made, n), 0644, false, &err) != MR_OK) return fail(err.message, argv[2]);
    printf("%s: %zu octets from %zu samples\n", argv[2], n, count);
    return 0;
}
