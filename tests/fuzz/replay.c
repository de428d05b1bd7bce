/* Feeds every file of the folders given as arguments to a fuzz target and prints TAP, so that the normal test run replays
 * each corpus with any compiler. A crash, a failed assertion or a sanitizer report ends the program without its last
 * lines, which the test run counts as a failure. */
#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_FILES = 100000, LARGEST_FILE = 64 << 20 };

static int give_up(const struct mr_err *err)
{
    printf("Bail out! %s: %s\n", err->message, err->detail);
    return EXIT_FAILURE;
}

/* The input in a piece of its own, so that AddressSanitizer sees a read behind its end. */
static int feed(mr_str input)
{
    uint8_t *copy = malloc(input.len ? input.len : 1);
    if (!copy) return -1;
    if (input.len) memcpy(copy, input.ptr, input.len);
    int result = LLVMFuzzerTestOneInput(copy, input.len);
    free(copy);
    return result;
}

static int replay(const char *folder, size_t *number, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena names_memory;
    MR_CLEANUP(mr_arena_done) mr_arena memory;
    mr_str *names, input;
    size_t count;
    mr_arena_init(&names_memory, 64 << 20);
    mr_arena_init(&memory, 2 * (size_t)LARGEST_FILE);
    MR_TRY(mr_file_list(&names_memory, folder, "", MOST_FILES, &names, &count, err));
    for (size_t i = 0; i < count; i++) {
        mr_arena_reset(&memory);
        mr_str path = mr_arena_format(&memory, "%s/%s", folder, names[i].ptr);
        MR_TRY(mr_file_read(&memory, path.ptr, LARGEST_FILE, &input, err));
        const char *verdict = feed(input) == 0 ? "ok" : "not ok";
        printf("%s %zu - %s\n", verdict, ++*number, names[i].ptr);
        fflush(stdout);
    }
    return MR_OK;
}

int main(int argc, char **argv)
{
    struct mr_err err = {0};
    size_t number = 0;
    for (int i = 1; i < argc; i++)
        if (replay(argv[i], &number, &err) != MR_OK) return give_up(&err);
    printf("1..%zu\n", number);
    return number ? EXIT_SUCCESS : EXIT_FAILURE;
}
