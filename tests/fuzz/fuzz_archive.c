/* Reads any bytes as a backup: never a crash, never a file outside the folder that it is unpacked into. */
#include "service/archive.h"

#include "base/arena.h"

#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char outer[] = "/tmp/merit-fuzz-XXXXXX", file[64], folder[64];
    struct mr_err err = {0};
    struct stat st;
    if (!mkdtemp(outer)) abort();
    snprintf(file, sizeof file, "%s/a", outer);
    snprintf(folder, sizeof folder, "%s/b", outer);
    FILE *out = fopen(file, "wb");
    if (!out || fwrite(data, 1, size, out) != size || fclose(out) != 0 || mkdir(folder, 0700) != 0) abort();
    if (mr_archive_extract(file, folder, &err) == MR_OK && size < 1024) abort(); /* two empty blocks end it */
    if (stat(outer, &st) != 0 || st.st_nlink != 3) abort();                      /* one folder in it: b */
    if (stat(file, &st) != 0 || (size_t)st.st_size != size) abort();
    nftw(outer, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
