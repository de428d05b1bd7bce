/* The SQLite engine behind db.h.
 *
 * Idea. SQLite in WAL mode lets many readers work beside one writer, each on its own connection. So a database is a pool: one
 * connection that writes and a few that read, opened when first needed. A transaction takes a connection from the pool and
 * gives it back at its end; nothing else touches that connection meanwhile, so SQLite's own per-connection lock is not needed
 * (SQLITE_OPEN_NOMUTEX). A database in memory lives in one connection, which then does both.
 *
 * Waiting. Threads of this process wait for the writing connection on a condition variable; other processes (the command line
 * beside a running server) are waited for by SQLite's busy handler, after BEGIN IMMEDIATE has asked for the lock. Both wait at
 * most MR_LIMIT_DB_WAIT_MS. Since a writer holds the lock from its first statement on, no statement inside a transaction ever
 * finds the database busy.
 *
 * Statements. Each connection keeps its prepared statements in a table that is indexed by the address of their text; a hit must
 * also agree in content, since a text that was no literal may have given its address to another one. A statement that is still being
 * read by a cursor is not taken twice: the second user gets one of its own.
 *
 * Invariants
 *  1. `busy` of a connection and everything it guards change only under the pool's lock; the rest of a connection belongs to the
 *     thread that holds its transaction.
 *  2. A statement in the table is reset and holds no bound value unless a cursor has it.
 *  3. At the end of a transaction no statement of its connection is active: cursors left open are detached.
 *  4. A statement never runs outside its transaction: when SQLite has rolled back by itself (disk full), every further call fails.
 *
 * Sources: sqlite.org/wal.html, lang_transaction.html, c3ref/c_dbconfig_defensive.html, rescode.html. */
#include "db/engine.h"

#include "base/lazy.h"
#include "base/limits.h"
#include "db/sqlite_search.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SQLITE_FUNCTIONS(F)                                                                                            \
    F(sqlite3_open_v2)                                                                                                 \
    F(sqlite3_close_v2)                                                                                                \
    F(sqlite3_exec)                                                                                                    \
    F(sqlite3_config)                                                                                                  \
    F(sqlite3_db_config)                                                                                               \
    F(sqlite3_busy_timeout)                                                                                            \
    F(sqlite3_errmsg)                                                                                                  \
    F(sqlite3_get_autocommit)                                                                                          \
    F(sqlite3_changes64)                                                                                               \
    F(sqlite3_prepare_v3)                                                                                              \
    F(sqlite3_finalize)                                                                                                \
    F(sqlite3_reset)                                                                                                   \
    F(sqlite3_clear_bindings)                                                                                          \
    F(sqlite3_step)                                                                                                    \
    F(sqlite3_sql)                                                                                                     \
    F(sqlite3_bind_parameter_count)                                                                                    \
    F(sqlite3_bind_parameter_index)                                                                                    \
    F(sqlite3_bind_null)                                                                                               \
    F(sqlite3_bind_int64)                                                                                              \
    F(sqlite3_bind_text64)                                                                                             \
    F(sqlite3_bind_blob64)                                                                                             \
    F(sqlite3_column_count)                                                                                            \
    F(sqlite3_column_type)                                                                                             \
    F(sqlite3_column_int64)                                                                                            \
    F(sqlite3_column_blob)                                                                                             \
    F(sqlite3_column_bytes)                                                                                            \
    F(sqlite3_backup_init)                                                                                             \
    F(sqlite3_backup_step)                                                                                             \
    F(sqlite3_backup_finish)
MR_LAZY_LIBRARY(sqlite, "libsqlite3.so.0", SQLITE_FUNCTIONS)
#define S sqlite_table

static const struct mr_db_functions functions; /* at the end */

enum { KEPT_STATEMENTS = 512, PLACES = 4, MOST_PARAMETERS = 64 };
enum control { BEGIN, BEGIN_WRITING, COMMIT, ROLLBACK, CONTROLS };

struct kept {
    const char *address; /* of the text it was prepared from */
    sqlite3_stmt *statement;
    bool taken; /* by an open cursor */
};

struct connection {
    mr_db_tx base;
    struct pool *db;
    sqlite3 *handle; /* NULL: not opened yet */
    bool busy;       /* in a transaction */
    bool writes;     /* the present transaction does */
    struct cursor *cursors;
    struct kept kept[KEPT_STATEMENTS];
    sqlite3_stmt *control[CONTROLS]; /* each NULL until it is needed */
};

struct cursor {
    mr_db_cursor base;
    struct connection *tx;
    struct cursor *next;     /* in tx->cursors */
    sqlite3_stmt *statement; /* NULL: detached, the transaction has ended */
    struct kept *kept;       /* its place in the table, or NULL: its own */
    bool has_row;
};

/* Connection 0 writes; a database in memory has no other. */
struct pool {
    mr_db base;
    pthread_mutex_t lock;
    pthread_cond_t given_back;
    char *path;
    size_t count; /* of connections */
    struct connection connections[1 + MR_LIMIT_DB_READERS];
};

/* ---- errors ---- */

static int fail_with(struct mr_err *err, sqlite3 *handle, int rc, const char *place)
{
    const char *what = handle ? S.sqlite3_errmsg(handle) : "";
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return MR_FAIL_DETAIL(err, MR_E_EXISTS, "a row with this key is there already", "%s", what);
    }
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT: return MR_FAIL_DETAIL(err, MR_E_STATE, "the row breaks a rule of its table", "%s", what);
    case SQLITE_NOMEM: return MR_FAIL(err, MR_E_NOMEM, "the database has not enough memory", MR_NOWHERE);
    case SQLITE_BUSY: return MR_FAIL_DETAIL(err, MR_E_DB, "another process holds the database", "%s: %s", place, what);
    case SQLITE_FULL: return MR_FAIL_DETAIL(err, MR_E_FULL, "the disk is full", "%s: %s", place, what);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return MR_FAIL_DETAIL(err, MR_E_DB, "the file is damaged or no database", "%s: %s", place, what);
    default: return MR_FAIL_DETAIL(err, MR_E_DB, "the database refused", "%s: %s", place, what);
    }
}

/* ---- opening and closing ---- */

static bool is_over(struct timespec deadline)
{
    struct timespec now = mr_db_deadline(0);
    return now.tv_sec > deadline.tv_sec || (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

/* Changing to WAL needs the file for itself, and SQLite does not wait for that when waiting could never end: another process
 * that opens the same new file would then be refused. */
static int exec_patiently(sqlite3 *handle, const char *sql)
{
    const struct timespec pause = {.tv_nsec = 2000000}, deadline = mr_db_deadline(MR_LIMIT_DB_WAIT_MS);
    int rc;
    while ((rc = S.sqlite3_exec(handle, sql, NULL, NULL, NULL)) != SQLITE_OK) {
        int kind = rc & 0xff;
        if ((kind != SQLITE_BUSY && kind != SQLITE_LOCKED && kind != SQLITE_PROTOCOL) || is_over(deadline)) break;
        nanosleep(&pause, NULL);
    }
    return rc;
}

static int set_up(struct connection *c, struct mr_err *err)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DQS_DML, 0},
        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        int now = -1;
        int rc = S.sqlite3_db_config(c->handle, options[i].option, options[i].value, &now);
        if (rc != SQLITE_OK || now != options[i].value) return fail_with(err, c->handle, rc, "settings");
    }
    S.sqlite3_busy_timeout(c->handle, MR_LIMIT_DB_WAIT_MS);
    int rc = exec_patiently(c->handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                                       "PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;");
    /* The one that writes keeps the pages of indexes whose keys come in no order, and copies pages that many transactions change into the file less often:
     * at most 16 MiB each. */
    bool writes = c == c->db->connections;
    const char *more = writes ? "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=4000;" : "PRAGMA query_only=ON;";
    if (rc == SQLITE_OK) rc = S.sqlite3_exec(c->handle, more, NULL, NULL, NULL);
    if (rc != SQLITE_OK) return fail_with(err, c->handle, rc, "settings");
    return mr_db_sqlite_prepare_search(c->handle, err);
}

static void close_connection(struct connection *c)
{
    for (size_t i = 0; i < KEPT_STATEMENTS; i++) S.sqlite3_finalize(c->kept[i].statement);
    memset(c->kept, 0, sizeof c->kept);
    for (size_t i = 0; i < CONTROLS; i++) S.sqlite3_finalize(c->control[i]);
    memset(c->control, 0, sizeof c->control);
    if (c->handle) S.sqlite3_close_v2(c->handle);
    c->handle = NULL;
}

static int open_connection(struct connection *c, struct mr_err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int rc = S.sqlite3_open_v2(c->db->path, &c->handle, flags, NULL);
    int code = rc == SQLITE_OK ? set_up(c, err) : fail_with(err, c->handle, rc, "open");
    if (code != MR_OK) close_connection(c);
    return code;
}

/* The file belongs to its owner alone, since it holds personal data; SQLite gives its companions the same permissions. */
static int make_file(const char *path, struct mr_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return MR_FAIL_DETAIL(err, MR_E_DB, "the database file cannot be opened", "%s: %s", path, strerror(errno));
    close(fd);
    return MR_OK;
}

static struct pool *new_database(const char *path)
{
    struct pool *db = calloc(1, sizeof *db);
    if (!db) return NULL;
    db->path = strdup(path);
    db->count = strcmp(path, ":memory:") == 0 ? 1 : 1 + MR_LIMIT_DB_READERS;
    db->base.functions = &functions;
    for (size_t i = 0; i < db->count; i++) {
        db->connections[i].base.functions = &functions;
        db->connections[i].db = db;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&db->given_back, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&db->lock, NULL);
    return db;
}

static void close_pool(mr_db *base)
{
    struct pool *db = (struct pool *)base;
    for (size_t i = db->count; i-- > 0;) { /* the writer last: it tidies the log away */
        assert(!db->connections[i].busy);
        close_connection(&db->connections[i]);
    }
    pthread_cond_destroy(&db->given_back);
    pthread_mutex_destroy(&db->lock);
    free(db->path);
    free(db);
}

/* Nobody asks SQLite how much memory it has taken, and counting that costs a lock for every piece. Refused, without harm, when somebody else has begun to use the library. */
static void configure(void)
{
    S.sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int mr_db_sqlite_open(const char *path, mr_db **ret, struct mr_err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    MR_TRY(sqlite_load(err));
    pthread_once(&once, configure);
    bool in_memory = strcmp(path, ":memory:") == 0;
    if (!in_memory) MR_TRY(make_file(path, err));
    struct pool *db = new_database(path);
    if (!db || !db->path) {
        free(db);
        return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a database", MR_NOWHERE);
    }
    int code = open_connection(&db->connections[0], err);
    if (code != MR_OK) {
        close_pool(&db->base);
        return code;
    }
    *ret = &db->base;
    return MR_OK;
}

/* ---- the pool ---- */

#define TIDY_WAIT_MS 1000 /* for those who read: nobody writes meanwhile */

static struct connection *idle_connection(struct pool *db, bool writes)
{
    if (writes || db->count == 1) return db->connections[0].busy ? NULL : &db->connections[0];
    struct connection *closed = NULL;
    for (size_t i = 1; i < db->count; i++) {
        struct connection *c = &db->connections[i];
        if (!c->busy && c->handle) return c;
        if (!c->busy && !closed) closed = c;
    }
    return closed;
}

static struct connection *take_connection(struct pool *db, bool writes)
{
    struct timespec deadline = mr_db_deadline(MR_LIMIT_DB_WAIT_MS);
    pthread_mutex_lock(&db->lock);
    struct connection *c;
    while (!(c = idle_connection(db, writes)))
        if (pthread_cond_timedwait(&db->given_back, &db->lock, &deadline) == ETIMEDOUT) break;
    if (c) c->busy = true;
    pthread_mutex_unlock(&db->lock);
    return c;
}

static void give_back(struct connection *c)
{
    pthread_mutex_lock(&c->db->lock);
    c->busy = false;
    pthread_cond_broadcast(&c->db->given_back); /* all: readers and writers wait on the same condition */
    pthread_mutex_unlock(&c->db->lock);
}

/* ---- prepared statements ---- */

/* Where the statement of this text is kept, else where it may be: in a free one of a few places, so that two texts that are in use all the time seldom drive each other out. */
static struct kept *place_of(struct connection *tx, const char *sql)
{
    uint64_t h = (uint64_t)(uintptr_t)sql * 0x9e3779b97f4a7c15u;
    struct kept *first = &tx->kept[(h >> 32) % (KEPT_STATEMENTS / PLACES) * PLACES], *free = NULL;
    for (size_t i = 0; i < PLACES; i++) {
        if (first[i].address == sql && first[i].statement) return &first[i];
        if (!first[i].statement && !free) free = &first[i];
    }
    return free ? free : &first[(h >> 24) % PLACES];
}

static bool is_blank_tail(const char *sql)
{
    return sql[strspn(sql, " \t\r\n;")] == '\0';
}

static int prepare(struct connection *tx, const char *sql, sqlite3_stmt **ret, struct mr_err *err)
{
    const char *tail = "";
    sqlite3_stmt *statement = NULL;
    int rc = S.sqlite3_prepare_v3(tx->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &tail);
    if (rc != SQLITE_OK) return fail_with(err, tx->handle, rc, "statement");
    if (!statement || !is_blank_tail(tail) || S.sqlite3_bind_parameter_count(statement) > MOST_PARAMETERS) {
        S.sqlite3_finalize(statement);
        return MR_FAIL_DETAIL(err, MR_E_DB, "one statement with at most 64 parameters is expected", "%.150s", sql);
    }
    *ret = statement;
    return MR_OK;
}

/* A statement ready to bind; *ret_kept is NULL when it is the caller's own to finalise. */
static int take_statement(struct connection *tx, const char *sql, sqlite3_stmt **ret, struct kept **ret_kept,
                          struct mr_err *err)
{
    if (S.sqlite3_get_autocommit(tx->handle))
        return MR_FAIL(err, MR_E_DB, "the transaction has been rolled back", MR_NOWHERE);
    struct kept *place = place_of(tx, sql);
    if (place->taken) {
        *ret_kept = NULL;
        return prepare(tx, sql, ret, err);
    }
    bool hit = place->statement && place->address == sql && strcmp(S.sqlite3_sql(place->statement), sql) == 0;
    if (!hit) {
        sqlite3_stmt *fresh;
        MR_TRY(prepare(tx, sql, &fresh, err));
        S.sqlite3_finalize(place->statement);
        *place = (struct kept){sql, fresh, false};
    }
    place->taken = true;
    *ret = place->statement;
    *ret_kept = place;
    return MR_OK;
}

/* BEGIN, COMMIT, ROLLBACK: every transaction needs two of them, so that they are prepared once for a connection. */
static int run_control(struct connection *c, enum control which)
{
    static const char *const texts[] = {"BEGIN", "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"};
    sqlite3_stmt **kept = &c->control[which];
    int rc = SQLITE_OK;
    if (!*kept) rc = S.sqlite3_prepare_v3(c->handle, texts[which], -1, SQLITE_PREPARE_PERSISTENT, kept, NULL);
    if (rc != SQLITE_OK) return rc;
    rc = S.sqlite3_step(*kept);
    int reset = S.sqlite3_reset(*kept);
    return rc == SQLITE_DONE ? SQLITE_OK : reset;
}

static void put_statement(sqlite3_stmt *statement, struct kept *kept)
{
    if (!kept) {
        S.sqlite3_finalize(statement);
        return;
    }
    S.sqlite3_reset(statement);
    S.sqlite3_clear_bindings(statement);
    kept->taken = false;
}

/* An empty text has no address, which SQLite would take for NULL. */
static const char *bytes_of(mr_str s)
{
    return s.ptr ? s.ptr : "";
}

static int bind_value(sqlite3_stmt *statement, int at, const mr_db_value *v, sqlite3_destructor_type keep)
{
    switch (v->type) {
    case MR_DB_INT: return S.sqlite3_bind_int64(statement, at, v->number);
    case MR_DB_BOOL: return S.sqlite3_bind_int64(statement, at, v->number != 0);
    case MR_DB_TEXT: return S.sqlite3_bind_text64(statement, at, bytes_of(v->text), v->text.len, keep, SQLITE_UTF8);
    case MR_DB_BYTES: return S.sqlite3_bind_blob64(statement, at, bytes_of(v->text), v->text.len, keep);
    case MR_DB_NULL: break;
    }
    return S.sqlite3_bind_null(statement, at);
}

/* A parameter may stand several times in the text. Every parameter must get a value: an unbound one would silently be NULL. */
static int bind_all(struct connection *tx, sqlite3_stmt *statement, const mr_db_value *args, size_t count,
                    sqlite3_destructor_type keep, struct mr_err *err)
{
    uint64_t bound = 0;
    for (size_t i = 0; i < count; i++) {
        char name[64] = "$";
        if (strlen(args[i].name) > sizeof name - 2)
            return MR_FAIL_DETAIL(err, MR_E_DB, "the name of a parameter is too long", "%s", args[i].name);
        strcpy(name + 1, args[i].name);
        int at = S.sqlite3_bind_parameter_index(statement, name);
        if (at == 0) return MR_FAIL_DETAIL(err, MR_E_DB, "the statement has no such parameter", "%s", name);
        int rc = bind_value(statement, at, &args[i], keep);
        if (rc != SQLITE_OK) return fail_with(err, tx->handle, rc, name);
        bound |= (uint64_t)1 << (at - 1);
    }
    if (__builtin_popcountll(bound) != S.sqlite3_bind_parameter_count(statement))
        return MR_FAIL_DETAIL(err, MR_E_DB, "a parameter has no value", "%.150s", S.sqlite3_sql(statement));
    return MR_OK;
}

/* ---- transactions ---- */

static int begin_connection(struct pool *db, bool writes, struct connection **ret, struct mr_err *err)
{
    struct connection *tx = take_connection(db, writes);
    if (!tx) return MR_FAIL(err, MR_E_DB, "every connection of this process is in use", MR_NOWHERE);
    int code = tx->handle ? MR_OK : open_connection(tx, err);
    if (code == MR_OK) {
        int rc = run_control(tx, writes ? BEGIN_WRITING : BEGIN);
        if (rc != SQLITE_OK) code = fail_with(err, tx->handle, rc, "begin");
    }
    if (code != MR_OK) {
        give_back(tx);
        return code;
    }
    tx->writes = writes;
    *ret = tx;
    return MR_OK;
}

static int begin(mr_db *base, bool writes, mr_db_tx **ret, struct mr_err *err)
{
    struct connection *tx;
    MR_TRY(begin_connection((struct pool *)base, writes, &tx, err));
    *ret = &tx->base;
    return MR_OK;
}

static void detach_cursors(struct connection *tx)
{
    for (struct cursor *c = tx->cursors, *next; c; c = next) {
        next = c->next;
        put_statement(c->statement, c->kept);
        c->statement = NULL;
        c->next = NULL;
        c->has_row = false;
    }
    tx->cursors = NULL;
}

static void roll_back(struct connection *tx)
{
    /* Fails only when SQLite has rolled back already. */
    if (!S.sqlite3_get_autocommit(tx->handle)) (void)run_control(tx, ROLLBACK);
}

static int commit(mr_db_tx *base, struct mr_err *err)
{
    struct connection *tx = (struct connection *)base;
    detach_cursors(tx);
    int code = MR_OK;
    if (S.sqlite3_get_autocommit(tx->handle)) {
        code = MR_FAIL(err, MR_E_DB, "the transaction has been rolled back", MR_NOWHERE);
    } else {
        int rc = run_control(tx, COMMIT);
        if (rc != SQLITE_OK) code = fail_with(err, tx->handle, rc, "commit");
    }
    roll_back(tx);
    give_back(tx);
    return code;
}

static void rollback(mr_db_tx *base)
{
    struct connection *tx = (struct connection *)base;
    detach_cursors(tx);
    roll_back(tx);
    give_back(tx);
}

/* ---- statements ---- */

static int run(mr_db_tx *base, const char *sql, const mr_db_value *args, size_t count, int64_t *ret_changed,
               struct mr_err *err)
{
    struct connection *tx = (struct connection *)base;
    sqlite3_stmt *statement;
    struct kept *kept;
    MR_TRY(take_statement(tx, sql, &statement, &kept, err));
    int code = bind_all(tx, statement, args, count, SQLITE_STATIC, err);
    if (code == MR_OK) {
        int rc;
        while ((rc = S.sqlite3_step(statement)) == SQLITE_ROW) {
        } /* rows of RETURNING are not wanted */
        if (rc != SQLITE_DONE)
            code = fail_with(err, tx->handle, rc, "run");
        else if (ret_changed)
            *ret_changed = S.sqlite3_changes64(tx->handle);
    }
    put_statement(statement, kept);
    return code;
}

static int query(mr_db_tx *base, const char *sql, const mr_db_value *args, size_t count, mr_db_cursor **ret,
                 struct mr_err *err)
{
    struct connection *tx = (struct connection *)base;
    struct cursor *c = calloc(1, sizeof *c);
    if (!c) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a cursor", MR_NOWHERE);
    int code = take_statement(tx, sql, &c->statement, &c->kept, err);
    if (code == MR_OK && (code = bind_all(tx, c->statement, args, count, SQLITE_TRANSIENT, err)) != MR_OK)
        put_statement(c->statement, c->kept);
    if (code != MR_OK) {
        free(c);
        return code;
    }
    c->base.functions = tx->base.functions;
    c->tx = tx;
    c->next = tx->cursors;
    tx->cursors = c;
    *ret = &c->base;
    return MR_OK;
}

static int next(mr_db_cursor *base, bool *ret_row, struct mr_err *err)
{
    struct cursor *c = (struct cursor *)base;
    if (!c->statement) return MR_FAIL(err, MR_E_STATE, "the transaction of this cursor has ended", MR_NOWHERE);
    int rc = S.sqlite3_step(c->statement);
    c->has_row = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) return fail_with(err, c->tx->handle, rc, "next");
    *ret_row = c->has_row;
    return MR_OK;
}

static bool has_column(const struct cursor *c, int column)
{
    bool is = c->has_row && column >= 0 && column < S.sqlite3_column_count(c->statement);
    assert(is && "a column of the present row");
    return is;
}

static int64_t number(const mr_db_cursor *base, int column)
{
    const struct cursor *c = (const struct cursor *)base;
    return has_column(c, column) ? S.sqlite3_column_int64(c->statement, column) : 0;
}

static mr_str text(const mr_db_cursor *base, int column)
{
    const struct cursor *c = (const struct cursor *)base;
    if (!has_column(c, column)) return MR_STR_EMPTY;
    const char *bytes =
        S.sqlite3_column_blob(c->statement, column); /* first: it may convert, which changes the length */
    return mr_str_make(bytes, (size_t)S.sqlite3_column_bytes(c->statement, column));
}

static bool is_null(const mr_db_cursor *base, int column)
{
    const struct cursor *c = (const struct cursor *)base;
    return !has_column(c, column) || S.sqlite3_column_type(c->statement, column) == SQLITE_NULL;
}

static void cursor_close(mr_db_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    if (c->statement) {
        for (struct cursor **at = &c->tx->cursors; *at; at = &(*at)->next)
            if (*at == c) {
                *at = c->next;
                break;
            }
        put_statement(c->statement, c->kept);
    }
    free(c);
}

/* ---- copying ---- */

static int copy_pages(sqlite3 *from, sqlite3 *to, struct mr_err *err)
{
    sqlite3_backup *backup = S.sqlite3_backup_init(to, "main", from, "main");
    if (!backup) return fail_with(err, to, SQLITE_ERROR, "copy");
    int rc = S.sqlite3_backup_step(backup, -1); /* one look at the source: one moment of it */
    S.sqlite3_backup_finish(backup);
    return rc == SQLITE_DONE ? MR_OK : fail_with(err, to, rc, "copy");
}

static int copy(mr_db *base, const char *path, struct mr_err *err)
{
    struct connection *from;
    sqlite3 *to = NULL;
    MR_TRY(make_file(path, err));
    MR_TRY(begin_connection((struct pool *)base, false, &from, err));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int rc = S.sqlite3_open_v2(path, &to, flags, NULL);
    int code = rc == SQLITE_OK ? copy_pages(from->handle, to, err) : fail_with(err, to, rc, "copy");
    /* One file without companions, whatever the mode of the original. */
    if (code == MR_OK && (rc = S.sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL)) != SQLITE_OK)
        code = fail_with(err, to, rc, "copy");
    S.sqlite3_close_v2(to);
    rollback(&from->base);
    return code;
}

/* The first column says whether somebody was in the way. */
static int cut_log(struct connection *c, bool *ret_done, struct mr_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = S.sqlite3_prepare_v3(c->handle, "PRAGMA wal_checkpoint(TRUNCATE)", -1, 0, &statement, NULL);
    if (rc == SQLITE_OK) rc = S.sqlite3_step(statement);
    *ret_done = rc == SQLITE_ROW && S.sqlite3_column_int64(statement, 0) == 0;
    S.sqlite3_finalize(statement);
    return rc == SQLITE_ROW || rc == SQLITE_BUSY ? MR_OK : fail_with(err, c->handle, rc, "checkpoint");
}

static int file_size(struct connection *c, int64_t *ret, struct mr_err *err)
{
    sqlite3_stmt *statement = NULL;
    int rc = S.sqlite3_prepare_v3(c->handle,
                                  "SELECT n.page_count * s.page_size FROM pragma_page_count n, pragma_page_size s", -1,
                                  0, &statement, NULL);
    if (rc == SQLITE_OK) rc = S.sqlite3_step(statement);
    *ret = rc == SQLITE_ROW ? S.sqlite3_column_int64(statement, 0) : 0;
    S.sqlite3_finalize(statement);
    return rc == SQLITE_ROW ? MR_OK : fail_with(err, c->handle, rc, "size");
}

static int write_anew(struct connection *c, size_t most, bool *ret_done, struct mr_err *err)
{
    int64_t size;
    *ret_done = false;
    MR_TRY(file_size(c, &size, err));
    if (most && size > (int64_t)most) return MR_OK;
    if (!most) S.sqlite3_exec(c->handle, "PRAGMA temp_store=FILE", NULL, NULL, NULL);
    int rc = S.sqlite3_exec(c->handle, "VACUUM", NULL, NULL, NULL);
    if (!most) S.sqlite3_exec(c->handle, "PRAGMA temp_store=MEMORY", NULL, NULL, NULL);
    *ret_done = rc == SQLITE_OK;
    return rc == SQLITE_OK || (rc & 0xFF) == SQLITE_BUSY ? MR_OK : fail_with(err, c->handle, rc, "vacuum");
}

static int tidy(mr_db *base, size_t most, bool *ret_done, struct mr_err *err)
{
    struct connection *c = take_connection((struct pool *)base, true);
    bool written = false, cut = false;
    *ret_done = false;
    if (!c) return MR_OK;
    int code = c->handle ? MR_OK : open_connection(c, err);
    if (code == MR_OK) S.sqlite3_busy_timeout(c->handle, TIDY_WAIT_MS);
    if (code == MR_OK) code = write_anew(c, most, &written, err);
    if (code == MR_OK) code = cut_log(c, &cut, err);
    if (c->handle) S.sqlite3_busy_timeout(c->handle, MR_LIMIT_DB_WAIT_MS);
    *ret_done = written && cut;
    give_back(c);
    return code;
}

static const struct mr_db_functions functions = {
    .engine = MR_DB_SQLITE,
    .tidy = tidy,
    .close = close_pool,
    .begin = begin,
    .copy = copy,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .query = query,
    .next = next,
    .number = number,
    .text = text,
    .is_null = is_null,
    .cursor_close = cursor_close,
};
