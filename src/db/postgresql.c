/* The PostgreSQL engine behind db.h.
 *
 * Idea. A pool of connections, opened when first needed. A transaction takes one and gives it back at its end. Whatever our SQL may rely on with
 * SQLite it may rely on here: a transaction that writes is the only one that does, in this process and on all nodes, because it begins by
 * locking a table that nothing else uses (TABLE_OF_WRITERS); it then runs at READ COMMITTED, so that each of its statements sees what the writer before it
 * left. One that reads has a snapshot (REPEATABLE READ, READ ONLY) and waits for nobody. So no statement of a use case can meet a serialization failure or
 * a row that changes under its hands, and none has to be tried again (docs/decisions/0012-one-writer-at-a-time.md tells what else was thought of).
 *
 * Statements. Names of parameters are turned into numbers, once for each statement and connection. The types of parameters are asked of the values that
 * are given first; where the server wants another type there (a truth value for a number, say), it is asked for its own. Values and results travel in
 * binary form, numbers among the values as text, which fits every type of number. Results are whole: a cursor reads from memory.
 *
 * A lost server. The transaction that notices ends with MR_E_UNAVAILABLE. The next begin throws the dead connection away and tries a new one, so that everything
 * works again as soon as the server does.
 *
 * Invariants
 *  1. `busy` changes only under the pool's lock; the rest of a connection belongs to the thread that holds its transaction.
 *  2. A connection that is not busy is in no transaction, or has no handle.
 *  3. At the end of a transaction the cursors left open are detached.
 *
 * Sources: PostgreSQL 15 manual, chapters 13.2 and 13.3 (isolation, LOCK), 34 (libpq), 55.2.3 (extended query), appendix A (SQLSTATE); numeric_send in
 * src/backend/utils/adt/numeric.c. */
#include "db/engine.h"

#include "base/lazy.h"
#include "base/limits.h"
#include "db/parameters.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#define PQ_FUNCTIONS(F)                                                                                                \
    F(PQconnectdb)                                                                                                     \
    F(PQstatus)                                                                                                        \
    F(PQerrorMessage)                                                                                                  \
    F(PQfinish)                                                                                                        \
    F(PQexec)                                                                                                          \
    F(PQprepare)                                                                                                       \
    F(PQdescribePrepared)                                                                                              \
    F(PQnparams)                                                                                                       \
    F(PQparamtype)                                                                                                     \
    F(PQexecPrepared)                                                                                                  \
    F(PQresultStatus)                                                                                                  \
    F(PQresultErrorField)                                                                                              \
    F(PQtransactionStatus)                                                                                             \
    F(PQcmdStatus)                                                                                                     \
    F(PQcmdTuples)                                                                                                     \
    F(PQntuples)                                                                                                       \
    F(PQnfields)                                                                                                       \
    F(PQftype)                                                                                                         \
    F(PQgetisnull)                                                                                                     \
    F(PQgetvalue)                                                                                                      \
    F(PQgetlength)                                                                                                     \
    F(PQsetNoticeProcessor)                                                                                            \
    F(PQclear)
MR_LAZY_LIBRARY(pq, "libpq.so.5", PQ_FUNCTIONS)
#define P pq_table

#define TABLE_OF_WRITERS "merit_writer"
enum { KEPT_STATEMENTS = 512, NEIGHBOURS = 8, NUMBER_TEXT = 24, SMALL_TEXT = 64 };
/* Of types, in the server's catalogue (pg_type.dat). */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_TEXT = 25, OID_FLOAT8 = 701 };
enum { OID_VARCHAR = 1043, OID_NUMERIC = 1700 };

struct statement {
    const char *address; /* of the text that it was made from */
    char *sql;           /* a copy of that text; NULL: this place is free */
    char name[SMALL_TEXT / 2];
    struct mr_db_parameters parameters; /* names lie in sql */
    Oid types[MR_DB_PARAMETERS_MOST];
};

struct connection {
    mr_db_tx base;
    struct pool *pool;
    PGconn *handle; /* NULL: not opened yet, or lost */
    bool busy;
    struct cursor *cursors;
    unsigned prepared; /* so many statements so far, for their names */
    struct statement *kept[KEPT_STATEMENTS];
};

struct cursor {
    mr_db_cursor base;
    struct connection *tx;
    struct cursor *next; /* in tx->cursors */
    PGresult *rows;      /* NULL: detached, the transaction has ended */
    int row, count;      /* row: the present one, -1 before the first */
    char *numbers;       /* room for the texts of the present row's numbers, once one was asked for */
};

struct pool {
    mr_db base;
    pthread_mutex_t lock;
    pthread_cond_t given_back;
    char *url;
    struct connection connections[MR_LIMIT_DB_CONNECTIONS];
};

static const struct mr_db_functions functions; /* at the end */

/* ---- errors ---- */

static void result_cleanup(PGresult **r)
{
    if (*r) P.PQclear(*r);
}

static bool is_lost(const struct connection *c)
{
    return !c->handle || P.PQstatus(c->handle) != CONNECTION_OK;
}

static int fail_lost(struct connection *c, const char *place, struct mr_err *err)
{
    return MR_FAIL_DETAIL(err, MR_E_UNAVAILABLE, "the database server does not answer", "%s: %.150s", place,
                          c->handle ? P.PQerrorMessage(c->handle) : "");
}

/* Messages of class 22 (data exception) repeat values, which stay out of errors. */
static int fail_state(const char *state, const char *message, const char *place, struct mr_err *err)
{
    if (strncmp(state, "22", 2) == 0) message = "a value has not the right form";
    if (strcmp(state, "23505") == 0)
        return MR_FAIL_DETAIL(err, MR_E_EXISTS, "a row with this key is there already", "%s", message);
    if (strncmp(state, "23", 2) == 0)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "the row breaks a rule of its table", "%s", message);
    if (strcmp(state, "53100") == 0)
        return MR_FAIL_DETAIL(err, MR_E_FULL, "the disk is full", "%s: %s", place, message);
    if (strcmp(state, "55P03") == 0)
        return MR_FAIL_DETAIL(err, MR_E_DB, "another process holds the database", "%s: %s", place, message);
    if (strcmp(state, "53300") == 0 || strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0)
        return MR_FAIL_DETAIL(err, MR_E_UNAVAILABLE, "the database server does not answer", "%s: %s", place, message);
    if (strcmp(state, "25P02") == 0) return MR_FAIL(err, MR_E_DB, "the transaction has been rolled back", MR_NOWHERE);
    return MR_FAIL_DETAIL(err, MR_E_DB, "the database refused", "%s: %s: %s", place, state, message);
}

static int fail_with(struct connection *c, const PGresult *r, const char *place, struct mr_err *err)
{
    const char *state = r ? P.PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *message = r ? P.PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!state) return fail_lost(c, place, err);
    return fail_state(state, message ? message : "", place, err);
}

static bool is_good(const PGresult *r)
{
    ExecStatusType status = r ? P.PQresultStatus(r) : PGRES_FATAL_ERROR;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* A command without parameters; several, parted by semicolons, travel together. */
static int command(struct connection *c, const char *sql, const char *place, struct mr_err *err)
{
    MR_CLEANUP(result_cleanup) PGresult *r = P.PQexec(c->handle, sql);
    return is_good(r) ? MR_OK : fail_with(c, r, place, err);
}

/* ---- opening and closing ---- */

static void drop_statement(struct connection *c, size_t place)
{
    if (c->kept[place]) free(c->kept[place]->sql);
    free(c->kept[place]);
    c->kept[place] = NULL;
}

static void close_connection(struct connection *c)
{
    for (size_t i = 0; i < KEPT_STATEMENTS; i++) drop_statement(c, i);
    if (c->handle) P.PQfinish(c->handle);
    c->handle = NULL;
}

static void ignore_notice(void *self, const char *message)
{
    (void)self, (void)message;
}

/* A writer that has vanished (its machine, say) holds up all others until the server gives it up: not for longer than a minute. */
static const char settings[] =
    "SET lock_timeout = 10000; SET idle_in_transaction_session_timeout = 60000; SET tcp_user_timeout = 30000;"
    "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;"
    "SET synchronous_commit = on; SET standard_conforming_strings = on; SET client_min_messages = warning";
_Static_assert(MR_LIMIT_DB_WAIT_MS == 10000, "lock_timeout is the limit for waiting");

static int open_connection(struct connection *c, struct mr_err *err)
{
    c->handle = P.PQconnectdb(c->pool->url);
    int code = MR_OK;
    if (is_lost(c)) {
        code = fail_lost(c, "connect", err);
    } else {
        P.PQsetNoticeProcessor(c->handle, ignore_notice, NULL);
        code = command(c, settings, "settings", err);
        if (code == MR_OK) code = command(c, "SET client_encoding = 'UTF8'", "settings", err);
    }
    if (code != MR_OK) close_connection(c);
    return code;
}

/* Two that make the same table at once may both be refused one of its names (23505), though it is there then. */
static int make_table_of_writers(struct connection *c, struct mr_err *err)
{
    static const char sql[] = "CREATE TABLE IF NOT EXISTS " TABLE_OF_WRITERS " (unused BOOLEAN)";
    static const char look[] = "SELECT 1 FROM " TABLE_OF_WRITERS;
    struct mr_err first = {0};
    if (command(c, look, "settings", &first) == MR_OK || command(c, sql, "settings", &first) == MR_OK) return MR_OK;
    return command(c, look, "settings", err);
}

static void close_pool(mr_db *base)
{
    struct pool *pool = (struct pool *)base;
    for (size_t i = 0; i < MR_LIMIT_DB_CONNECTIONS; i++) {
        assert(!pool->connections[i].busy);
        close_connection(&pool->connections[i]);
    }
    pthread_cond_destroy(&pool->given_back);
    pthread_mutex_destroy(&pool->lock);
    free(pool->url);
    free(pool);
}

static struct pool *new_pool(const char *url)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (!pool) return NULL;
    pool->base.functions = &functions;
    pool->url = strdup(url);
    for (size_t i = 0; i < MR_LIMIT_DB_CONNECTIONS; i++) {
        pool->connections[i].base.functions = &functions;
        pool->connections[i].pool = pool;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->given_back, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

int mr_db_postgresql_open(const char *url, mr_db **ret, struct mr_err *err)
{
    MR_TRY(pq_load(err));
    struct pool *pool = new_pool(url);
    if (!pool || !pool->url) {
        free(pool);
        return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a database", MR_NOWHERE);
    }
    int code = open_connection(&pool->connections[0], err);
    if (code == MR_OK) code = make_table_of_writers(&pool->connections[0], err);
    if (code != MR_OK) {
        close_pool(&pool->base);
        return code;
    }
    *ret = &pool->base;
    return MR_OK;
}

/* ---- the pool ---- */

static struct connection *idle_connection(struct pool *pool)
{
    struct connection *closed = NULL;
    for (size_t i = 0; i < MR_LIMIT_DB_CONNECTIONS; i++) {
        struct connection *c = &pool->connections[i];
        if (!c->busy && c->handle) return c;
        if (!c->busy && !closed) closed = c;
    }
    return closed;
}

static struct connection *take_connection(struct pool *pool)
{
    struct timespec deadline = mr_db_deadline(MR_LIMIT_DB_WAIT_MS);
    pthread_mutex_lock(&pool->lock);
    struct connection *c;
    while (!(c = idle_connection(pool)))
        if (pthread_cond_timedwait(&pool->given_back, &pool->lock, &deadline) == ETIMEDOUT) break;
    if (c) c->busy = true;
    pthread_mutex_unlock(&pool->lock);
    return c;
}

static void give_back(struct connection *c)
{
    if (c->handle && (is_lost(c) || P.PQtransactionStatus(c->handle) != PQTRANS_IDLE)) close_connection(c);
    pthread_mutex_lock(&c->pool->lock);
    c->busy = false;
    pthread_cond_signal(&c->pool->given_back);
    pthread_mutex_unlock(&c->pool->lock);
}

/* ---- transactions ---- */

static int start(struct connection *c, bool writes, struct mr_err *err)
{
    static const char writing[] =
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; LOCK TABLE " TABLE_OF_WRITERS " IN EXCLUSIVE MODE";
    return command(c, writes ? writing : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "begin", err);
}

/* A connection that was lost while nobody used it is replaced without anybody noticing. */
static int begin(mr_db *base, bool writes, mr_db_tx **ret, struct mr_err *err)
{
    struct connection *c = take_connection((struct pool *)base);
    struct mr_err first = {0};
    if (!c) return MR_FAIL(err, MR_E_DB, "every connection of this process is in use", MR_NOWHERE);
    int code = c->handle ? start(c, writes, &first) : MR_E_UNAVAILABLE;
    if (code == MR_E_UNAVAILABLE) {
        close_connection(c);
        code = open_connection(c, &first);
        if (code == MR_OK) code = start(c, writes, &first);
    }
    if (code != MR_OK) {
        if (err) *err = first;
        if (c->handle && !is_lost(c)) P.PQclear(P.PQexec(c->handle, "ROLLBACK"));
        give_back(c);
        return code;
    }
    *ret = &c->base;
    return MR_OK;
}

static void detach_cursors(struct connection *c)
{
    for (struct cursor *at = c->cursors, *next; at; at = next) {
        next = at->next;
        P.PQclear(at->rows);
        at->rows = NULL;
        at->next = NULL;
    }
    c->cursors = NULL;
}

static int commit(mr_db_tx *base, struct mr_err *err)
{
    struct connection *c = (struct connection *)base;
    detach_cursors(c);
    MR_CLEANUP(result_cleanup) PGresult *r = P.PQexec(c->handle, "COMMIT");
    int code = MR_OK;
    if (!is_good(r))
        code = fail_with(c, r, "commit", err);
    else if (strcmp(P.PQcmdStatus(r), "COMMIT") != 0) /* "ROLLBACK": something had failed before */
        code = MR_FAIL(err, MR_E_DB, "the transaction has been rolled back", MR_NOWHERE);
    give_back(c);
    return code;
}

static void rollback(mr_db_tx *base)
{
    struct connection *c = (struct connection *)base;
    detach_cursors(c);
    if (!is_lost(c)) P.PQclear(P.PQexec(c->handle, "ROLLBACK"));
    give_back(c);
}

/* ---- preparing ---- */

static Oid type_of(const mr_db_value *v)
{
    static const Oid types[] = {
        [MR_DB_INT] = OID_INT8, [MR_DB_TEXT] = OID_TEXT, [MR_DB_BYTES] = OID_BYTEA, [MR_DB_BOOL] = OID_BOOL};
    return types[v->type]; /* 0: the server's choice */
}

static const mr_db_value *find_value(const mr_db_value *args, size_t count, mr_str name)
{
    for (size_t i = 0; i < count; i++)
        if (mr_str_is(name, args[i].name)) return &args[i];
    return NULL;
}

/* The server cannot make out a type, or has another one in mind (appendix A: 42804 datatype_mismatch, 42883 undefined_function, 42P08
 * ambiguous_parameter, 42P18 indeterminate_datatype, 42846 cannot_coerce). */
static bool is_about_types(const PGresult *r)
{
    static const char *const states[] = {"42804", "42883", "42P08", "42P18", "42846"};
    const char *state = r ? P.PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
        if (strcmp(state, states[i]) == 0) return true;
    return false;
}

static int describe(struct connection *c, struct statement *s, struct mr_err *err)
{
    MR_CLEANUP(result_cleanup) PGresult *r = P.PQdescribePrepared(c->handle, s->name);
    if (!is_good(r)) return fail_with(c, r, "statement", err);
    if (P.PQnparams(r) != (int)s->parameters.count)
        return MR_FAIL(err, MR_E_DB, "the statement has other parameters than it should", MR_NOWHERE);
    for (int i = 0; i < P.PQnparams(r); i++) s->types[i] = P.PQparamtype(r, i);
    return MR_OK;
}

/* One try, in a savepoint: one that fails must not take the transaction with it. *ret_types: it failed, and only because of the types. */
static int try_to_prepare(struct connection *c, struct statement *s, const char *numbered, bool *ret_types,
                          struct mr_err *err)
{
    *ret_types = false;
    MR_TRY(command(c, "SAVEPOINT preparing", "statement", err));
    MR_CLEANUP(result_cleanup)
    PGresult *r = P.PQprepare(c->handle, s->name, numbered, (int)s->parameters.count, s->types);
    if (is_good(r)) {
        MR_TRY(command(c, "RELEASE preparing", "statement", err));
        return describe(c, s, err);
    }
    *ret_types = is_about_types(r);
    int code = fail_with(c, r, "statement", err);
    struct mr_err late = {0};
    if (*ret_types && command(c, "ROLLBACK TO preparing; RELEASE preparing", "statement", &late) != MR_OK)
        *ret_types = false;
    return code;
}

static void forget_on_server(struct connection *c, const struct statement *s)
{
    char text[SMALL_TEXT];
    snprintf(text, sizeof text, "DEALLOCATE %s", s->name);
    P.PQclear(P.PQexec(c->handle, text)); /* in a failed transaction in vain: it stays until the connection ends */
}

/* The server takes "$now + 1000" for a sum of small numbers, which no time in milliseconds is. *ret_any: something was too small. */
static void widen(struct statement *s, const mr_db_value *args, size_t count, bool *ret_any)
{
    *ret_any = false;
    for (size_t i = 0; i < s->parameters.count; i++) {
        const mr_db_value *v = find_value(args, count, s->parameters.names[i]);
        if (!v || v->type != MR_DB_INT || (s->types[i] != OID_INT4 && s->types[i] != OID_INT2)) continue;
        s->types[i] = OID_INT8;
        *ret_any = true;
    }
}

/* First with the types of the values, then with text for those that are NULL, last with what the server makes of the text alone. */
static int prepare_on_server(struct connection *c, struct statement *s, const char *numbered, const mr_db_value *args,
                             size_t count, struct mr_err *err)
{
    bool types = true;
    int code = MR_E_DB;
    for (int attempt = 0; attempt < 3 && types; attempt++) {
        for (size_t i = 0; i < s->parameters.count; i++) {
            const mr_db_value *v = find_value(args, count, s->parameters.names[i]);
            s->types[i] = v && attempt < 2 ? type_of(v) : 0;
            if (v && v->type == MR_DB_NULL && attempt == 1) s->types[i] = OID_TEXT;
        }
        code = try_to_prepare(c, s, numbered, &types, err);
    }
    if (code != MR_OK) return code;
    widen(s, args, count, &types);
    if (!types) return MR_OK;
    forget_on_server(c, s);
    return try_to_prepare(c, s, numbered, &types, err);
}

static int prepare(struct connection *c, struct statement *s, const mr_db_value *args, size_t count, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf numbered;
    mr_buf_init(&numbered, MR_LIMIT_DB_SCRIPT);
    MR_TRY(mr_db_parameters_rewrite(mr_str_of(s->sql), &numbered, &s->parameters, err));
    mr_buf_putc(&numbered, '\0');
    if (mr_buf_failed(&numbered) || numbered.len == 1)
        return MR_FAIL(err, MR_E_DB, "one statement with at most 64 parameters is expected", MR_NOWHERE);
    snprintf(s->name, sizeof s->name, "s%u", c->prepared++);
    return prepare_on_server(c, s, numbered.ptr, args, count, err);
}

/* Where the statement of this text is, or may be put: in one of NEIGHBOURS places, so that two that are used all the time do not drive each other out. */
static size_t place_of(struct connection *c, const char *sql)
{
    size_t first = (size_t)(((uint64_t)(uintptr_t)sql * 0x9e3779b97f4a7c15u) >> 32), free_place = KEPT_STATEMENTS;
    for (size_t i = 0; i < NEIGHBOURS; i++) {
        size_t place = (first + i) % KEPT_STATEMENTS;
        const struct statement *s = c->kept[place];
        if (s && s->address == sql && strcmp(s->sql, sql) == 0) return place;
        if (!s && free_place == KEPT_STATEMENTS) free_place = place;
    }
    return free_place < KEPT_STATEMENTS ? free_place : (first + c->prepared % NEIGHBOURS) % KEPT_STATEMENTS;
}

static int take_statement(struct connection *c, const char *sql, const mr_db_value *args, size_t count,
                          struct statement **ret, struct mr_err *err)
{
    size_t place = place_of(c, sql);
    struct statement *s = c->kept[place];
    if (s && s->address == sql && strcmp(s->sql, sql) == 0) {
        *ret = s;
        return MR_OK;
    }
    if (P.PQtransactionStatus(c->handle) == PQTRANS_INERROR)
        return MR_FAIL(err, MR_E_DB, "the transaction has been rolled back", MR_NOWHERE);
    if (s) forget_on_server(c, s);
    drop_statement(c, place);
    s = calloc(1, sizeof *s);
    char *copy = s ? strdup(sql) : NULL;
    if (!copy) {
        free(s);
        return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a statement", MR_NOWHERE);
    }
    s->address = sql;
    s->sql = copy;
    c->kept[place] = s;
    int code = prepare(c, s, args, count, err);
    if (code != MR_OK) drop_statement(c, place);
    *ret = s;
    return code;
}

/* ---- binding ---- */

/* What travels to the server. */
struct bound {
    const char *values[MR_DB_PARAMETERS_MOST];
    int lengths[MR_DB_PARAMETERS_MOST], formats[MR_DB_PARAMETERS_MOST];
    char small[MR_DB_PARAMETERS_MOST][SMALL_TEXT];
};

static int bind_value(struct bound *b, size_t at, Oid type, const mr_db_value *v, struct mr_err *err)
{
    bool raw = type == OID_TEXT || type == OID_BYTEA || type == OID_VARCHAR;
    char *small = b->small[at];
    b->values[at] = small;
    if (v->type == MR_DB_NULL) {
        b->values[at] = NULL;
    } else if (v->type == MR_DB_INT || v->type == MR_DB_BOOL) {
        int64_t n = v->type == MR_DB_BOOL ? v->number != 0 : v->number;
        if (type == OID_BOOL)
            strcpy(small, n ? "t" : "f");
        else
            snprintf(small, SMALL_TEXT, "%lld", (long long)n);
    } else if (raw) {
        if (v->text.len > INT32_MAX) return MR_FAIL(err, MR_E_LIMIT, "a value is too large", MR_NOWHERE);
        b->values[at] = v->text.ptr ? v->text.ptr : "";
        b->lengths[at] = (int)v->text.len;
        b->formats[at] = 1;
    } else { /* text for a number: as text, which must be short then */
        if (v->text.len >= SMALL_TEXT)
            return MR_FAIL_DETAIL(err, MR_E_DB, "a value has not the right form", "%s", v->name);
        memcpy(small, v->text.ptr ? v->text.ptr : "", v->text.len);
        small[v->text.len] = '\0';
    }
    return MR_OK;
}

static int bind_all(struct bound *b, const struct statement *s, const mr_db_value *args, size_t count,
                    struct mr_err *err)
{
    uint64_t bound = 0;
    memset(b->lengths, 0, s->parameters.count * sizeof *b->lengths);
    memset(b->formats, 0, s->parameters.count * sizeof *b->formats);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < s->parameters.count && !mr_str_is(s->parameters.names[at], args[i].name)) at++;
        if (at == s->parameters.count)
            return MR_FAIL_DETAIL(err, MR_E_DB, "the statement has no such parameter", "$%s", args[i].name);
        MR_TRY(bind_value(b, at, s->types[at], &args[i], err));
        bound |= (uint64_t)1 << at;
    }
    if (__builtin_popcountll(bound) != (int)s->parameters.count)
        return MR_FAIL_DETAIL(err, MR_E_DB, "a parameter has no value", "%.150s", s->sql);
    return MR_OK;
}

static int execute(struct connection *c, const char *sql, const mr_db_value *args, size_t count, PGresult **ret,
                   struct mr_err *err)
{
    struct statement *s = NULL;
    struct bound b;
    if (is_lost(c)) return fail_lost(c, "run", err);
    MR_TRY(take_statement(c, sql, args, count, &s, err));
    MR_TRY(bind_all(&b, s, args, count, err));
    PGresult *r = P.PQexecPrepared(c->handle, s->name, (int)s->parameters.count, b.values, b.lengths, b.formats, 1);
    if (is_good(r)) {
        *ret = r;
        return MR_OK;
    }
    int code = fail_with(c, r, "run", err);
    if (r) P.PQclear(r);
    return code;
}

/* Savepoints are not prepared: going back to one must work where nothing else does any more. */
static bool is_savepoint(const char *sql)
{
    return strncmp(sql, "SAVEPOINT ", 10) == 0 || strncmp(sql, "ROLLBACK TO ", 12) == 0 ||
           strncmp(sql, "RELEASE ", 8) == 0;
}

static int run(mr_db_tx *base, const char *sql, const mr_db_value *args, size_t count, int64_t *ret_changed,
               struct mr_err *err)
{
    MR_CLEANUP(result_cleanup) PGresult *r = NULL;
    struct connection *c = (struct connection *)base;
    if (count == 0 && is_savepoint(sql)) return is_lost(c) ? fail_lost(c, "run", err) : command(c, sql, "run", err);
    MR_TRY(execute(c, sql, args, count, &r, err));
    if (ret_changed) *ret_changed = atoll(P.PQcmdTuples(r));
    return MR_OK;
}

/* ---- rows ---- */

static int query(mr_db_tx *base, const char *sql, const mr_db_value *args, size_t count, mr_db_cursor **ret,
                 struct mr_err *err)
{
    struct connection *tx = (struct connection *)base;
    struct cursor *c = calloc(1, sizeof *c);
    if (!c) return MR_FAIL(err, MR_E_NOMEM, "not enough memory for a cursor", MR_NOWHERE);
    int code = execute(tx, sql, args, count, &c->rows, err);
    if (code != MR_OK) {
        free(c);
        return code;
    }
    c->base.functions = &functions;
    c->tx = tx;
    c->row = -1;
    c->count = P.PQntuples(c->rows);
    c->next = tx->cursors;
    tx->cursors = c;
    *ret = &c->base;
    return MR_OK;
}

static int next(mr_db_cursor *base, bool *ret_row, struct mr_err *err)
{
    struct cursor *c = (struct cursor *)base;
    if (!c->rows) return MR_FAIL(err, MR_E_STATE, "the transaction of this cursor has ended", MR_NOWHERE);
    if (c->row < c->count) c->row++;
    *ret_row = c->row < c->count;
    return MR_OK;
}

static bool has_column(const struct cursor *c, int column)
{
    bool is = c->rows && c->row >= 0 && c->row < c->count && column >= 0 && column < P.PQnfields(c->rows);
    assert(is && "a column of the present row");
    return is;
}

/* Whole numbers of at most eight octets, most significant first. */
static int64_t read_integer(const unsigned char *at, int length)
{
    int64_t n = length > 0 && at[0] & 0x80 ? -1 : 0;
    for (int i = 0; i < length; i++) n = (int64_t)((uint64_t)n << 8 | at[i]);
    return n;
}

static double read_double(const unsigned char *at)
{
    uint64_t bits = (uint64_t)read_integer(at, 8);
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

/* The whole part of a numeric: digits of base 10000, the first of weight 10000^weight (numeric_send). */
static int64_t read_numeric(const unsigned char *at, int length)
{
    if (length < 8) return 0;
    int64_t count = read_integer(at, 2), weight = read_integer(at + 2, 2), n = 0;
    bool negative = read_integer(at + 4, 2) == 0x4000;
    for (int64_t i = 0; i <= weight && weight < 5; i++)
        n = n * 10000 + (i < count && 8 + 2 * i + 1 < length ? read_integer(at + 8 + 2 * i, 2) : 0);
    return negative ? -n : n;
}

static bool read_number(const struct cursor *c, int column, int64_t *ret)
{
    const unsigned char *at = (const unsigned char *)P.PQgetvalue(c->rows, c->row, column);
    int length = P.PQgetlength(c->rows, c->row, column);
    switch (P.PQftype(c->rows, column)) {
    case OID_BOOL: return *ret = length == 1 && at[0], true;
    case OID_INT2:
    case OID_INT4:
    case OID_INT8: return *ret = read_integer(at, length), true;
    case OID_NUMERIC: return *ret = read_numeric(at, length), true;
    case OID_FLOAT8: return *ret = length == 8 ? (int64_t)read_double(at) : 0, true;
    default: return false;
    }
}

/* Text that begins with a number counts as that number, as with SQLite. */
static int64_t number(const mr_db_cursor *base, int column)
{
    const struct cursor *c = (const struct cursor *)base;
    int64_t n;
    if (!has_column(c, column) || P.PQgetisnull(c->rows, c->row, column)) return 0;
    return read_number(c, column, &n) ? n : atoll(P.PQgetvalue(c->rows, c->row, column));
}

static mr_str text(const mr_db_cursor *base, int column)
{
    struct cursor *c = (struct cursor *)base;
    int64_t n;
    if (!has_column(c, column) || P.PQgetisnull(c->rows, c->row, column)) return MR_STR_EMPTY;
    if (!read_number(c, column, &n))
        return mr_str_make(P.PQgetvalue(c->rows, c->row, column), (size_t)P.PQgetlength(c->rows, c->row, column));
    if (!c->numbers) c->numbers = malloc((size_t)P.PQnfields(c->rows) * NUMBER_TEXT);
    if (!c->numbers) return MR_STR_EMPTY;
    char *at = c->numbers + (size_t)column * NUMBER_TEXT;
    snprintf(at, NUMBER_TEXT, "%lld", (long long)n);
    return mr_str_of(at);
}

static bool is_null(const mr_db_cursor *base, int column)
{
    const struct cursor *c = (const struct cursor *)base;
    return !has_column(c, column) || P.PQgetisnull(c->rows, c->row, column);
}

static void cursor_close(mr_db_cursor *base)
{
    struct cursor *c = (struct cursor *)base;
    if (c->rows) {
        for (struct cursor **at = &c->tx->cursors; *at; at = &(*at)->next)
            if (*at == c) {
                *at = c->next;
                break;
            }
        P.PQclear(c->rows);
    }
    free(c->numbers);
    free(c);
}

static int copy(mr_db *base, const char *path, struct mr_err *err)
{
    (void)base, (void)path;
    return MR_FAIL(err, MR_E_UNSUPPORTED, "only an SQLite database is copied as a file", MR_NOWHERE);
}

static const struct mr_db_functions functions = {
    .engine = MR_DB_POSTGRESQL,
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
