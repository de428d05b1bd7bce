/* What an engine gives to db.h: one table of functions, and the beginnings of its structures. Only for the files of this layer.
 * An engine's own structures begin with these, so that a pointer to one is a pointer to the other. */
#ifndef MR_DB_ENGINE_H
#define MR_DB_ENGINE_H

#include "db/db.h"

#include <pthread.h>
#include <time.h>

/* db.h's functions of the same names, of one engine. `number` is mr_db_int. */
struct mr_db_functions {
    mr_db_engine engine;
    void (*close)(mr_db *db);
    int (*begin)(mr_db *db, bool writes, mr_db_tx **ret, struct mr_err *err);
    int (*copy)(mr_db *db, const char *path, struct mr_err *err);
    int (*tidy)(mr_db *db, size_t most, bool *ret_done, struct mr_err *err); /* NULL: nothing lies about */
    int (*commit)(mr_db_tx *tx, struct mr_err *err);
    void (*rollback)(mr_db_tx *tx);
    int (*run)(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, int64_t *ret_changed,
               struct mr_err *err);
    int (*query)(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, mr_db_cursor **ret,
                 struct mr_err *err);
    int (*next)(mr_db_cursor *c, bool *ret_row, struct mr_err *err);
    int64_t (*number)(const mr_db_cursor *c, int column);
    mr_str (*text)(const mr_db_cursor *c, int column);
    bool (*is_null)(const mr_db_cursor *c, int column);
    void (*cursor_close)(mr_db_cursor *c);
};

/* Work that waits to be done together (db/together.c). */
struct mr_db_queue {
    pthread_mutex_t lock;
    struct mr_db_piece *first, **last; /* in the order in which they came */
    bool led;                          /* a thread is doing the work of all that waited */
};

/* The beginnings of the engines' own structures. */
struct mr_db {
    const struct mr_db_functions *functions;
    struct mr_db_queue queue;
};
struct mr_db_tx {
    const struct mr_db_functions *functions;
};
struct mr_db_cursor {
    const struct mr_db_functions *functions;
};

/* mr_db_open for each engine. */
int mr_db_sqlite_open(const char *path, mr_db **ret, struct mr_err *err) MR_MUST_CHECK;
int mr_db_postgresql_open(const char *url, mr_db **ret, struct mr_err *err) MR_MUST_CHECK;

/* For mr_db_open and mr_db_close; nothing waits any more. */
void mr_db_queue_init(struct mr_db_queue *q);
void mr_db_queue_done(struct mr_db_queue *q);

/* A moment on the monotonic clock, `ms` from now. */
static inline struct timespec mr_db_deadline(int64_t ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) t.tv_sec++, t.tv_nsec -= 1000000000;
    return t;
}

#endif
