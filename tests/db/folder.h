/* A folder of its own for each test, gone afterwards. */
#ifndef MR_TESTS_DB_FOLDER_H
#define MR_TESTS_DB_FOLDER_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct folder {
    char path[64];
    char database[80];
};

static inline int folder_make(void **state)
{
    struct folder *f = calloc(1, sizeof *f);
    strcpy(f->path, "/tmp/merit-db-XXXXXX");
    if (!mkdtemp(f->path)) return -1;
    snprintf(f->database, sizeof f->database, "%s/merit.db", f->path);
    *state = f;
    return 0;
}

static inline int folder_remove(void **state)
{
    struct folder *f = *state;
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char name[96];
        snprintf(name, sizeof name, "%s%s", f->database, endings[i]);
        unlink(name);
    }
    rmdir(f->path);
    free(f);
    return 0;
}

#endif
