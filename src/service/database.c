/* Which tables there are, and what a new database holds, is asked of a database in memory that the same migrations have just made.
 *
 * A backup always holds an SQLite file, whatever engine it was made from, so that there is one way to put it back, and one format to be read in ten years.
 *
 * Moving. One transaction of the target takes all rows, with references checked at its end; while it runs nobody can write into the source. Then the target is read again, in the
 * same transaction, and must say what the source says. Only after the commit is the folder switched over, by its file `database`. Killed before the commit, nothing has happened;
 * killed after it, the next try finds that both say the same and only switches. */
#include "service/database.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "db/table.h"
#include "service/archive.h"
#include "service/audit.h"
#include "service/search.h"
#include "service/service.h"
#include "store/body.h"
#include "store/count.h"
#include "store/schema.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_DEPTH = 8, FOLDER_NAMES = 4096 };

static void database_cleanup(mr_db **db)
{
    mr_db_close(*db);
}
static void lock_cleanup(int *fd)
{
    if (*fd >= 0) close(*fd);
}

static mr_str in_folder(mr_arena *a, const char *folder, const char *name)
{
    return mr_arena_format(a, "%s/%s", folder, name);
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

/* ---- the folder ---- */

static int need_folder(mr_arena *a, const char *folder, struct mr_err *err)
{
    if (mr_file_exists(in_folder(a, folder, "secret").ptr)) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_NOT_FOUND, "this is no data folder of Merit; `merit init` makes one", "%s", folder);
}

/* As a server holds it (service.c). */
static int lock_folder(mr_arena *a, const char *folder, int *ret, struct mr_err *err)
{
    int fd = open(in_folder(a, folder, "lock").ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return MR_FAIL_DETAIL(err, MR_E_IO, "the data folder cannot be written", "%s", strerror(errno));
    *ret = fd;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_STATE, "a server works on this data folder; stop it first", "%s", folder);
}

static int open_source(mr_arena *a, const char *folder, const char *url, mr_str *ret_where, mr_db **ret,
                       struct mr_err *err)
{
    MR_TRY(need_folder(a, folder, err));
    MR_TRY(mr_service_database(a, mr_str_of(folder), url, ret_where, err));
    return mr_db_open(ret_where->ptr, ret, err);
}

/* ---- what a database holds ---- */

/* The tables, and the database in memory that they were read from. Without those of the catalogue's search ("catalogue_..."), which differ between engines and are
 * derived: where they are empty a server fills them when it starts. */
struct model {
    mr_db *db;
    struct mr_db_table *tables;
    size_t count;
};
static void model_done(struct model *m)
{
    mr_db_close(m->db);
}

static int model_open(struct model *m, mr_arena *a, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_open(":memory:", &m->db, err));
    MR_TRY(mr_store_migrate(m->db, err));
    MR_TRY(mr_db_begin(m->db, false, &tx, err));
    MR_TRY(mr_db_tables(tx, a, &m->tables, &m->count, err));
    size_t kept = 0;
    for (size_t i = 0; i < m->count; i++)
        if (!mr_str_has_prefix(m->tables[i].name, MR_STR("catalogue_"))) m->tables[kept++] = m->tables[i];
    m->count = kept;
    return MR_OK;
}

/* A running summary of one table. */
struct summing {
    int64_t rows;
    uint8_t sum[32];
    mr_buf text;
    mr_db_tx *to; /* rows also go there; may be NULL */
};
static void summing_done(struct summing *s)
{
    mr_buf_done(&s->text);
}

static void put_number(mr_buf *b, uint64_t n)
{
    for (int shift = 56; shift >= 0; shift -= 8) mr_buf_putc(b, (char)(n >> shift));
}

/* Unambiguous: for each column a mark whether there is a value, and its length before it. */
static void write_row(mr_buf *b, const struct mr_db_table *t, const mr_db_value *values)
{
    mr_buf_clear(b);
    for (size_t i = 0; i < t->count; i++) {
        const mr_db_value *v = &values[i];
        mr_buf_putc(b, v->type == MR_DB_NULL ? '-' : '+');
        if (v->type == MR_DB_INT || v->type == MR_DB_BOOL) put_number(b, (uint64_t)v->number);
        if (v->type != MR_DB_TEXT && v->type != MR_DB_BYTES) continue;
        put_number(b, v->text.len);
        mr_buf_put(b, v->text);
    }
}

static int sum_row(void *self, const struct mr_db_table *t, const mr_db_value *values, struct mr_err *err)
{
    struct summing *s = self;
    uint8_t digest[32];
    write_row(&s->text, t, values);
    if (mr_buf_failed(&s->text)) return MR_FAIL(err, MR_E_LIMIT, "a row is too large", MR_NOWHERE);
    mr_sha256(mr_buf_str(&s->text), digest);
    unsigned carry = 0;
    for (int i = 31; i >= 0; i--) {
        carry += (unsigned)s->sum[i] + digest[i];
        s->sum[i] = (uint8_t)carry;
        carry >>= 8;
    }
    s->rows++;
    return s->to ? mr_db_table_add(s->to, t, values, err) : MR_OK;
}

/* Read all tables; copy their rows when `to` is given. */
static int summarise(mr_db_tx *tx, mr_arena *a, const struct model *m, mr_db_tx *to, struct mr_database_summary *ret,
                     struct mr_err *err)
{
    struct mr_database_table *tables = MR_NEW_ARRAY(a, struct mr_database_table, m->count);
    if (!tables) return MR_FAIL(err, MR_E_NOMEM, "no memory for the tables", MR_NOWHERE);
    for (size_t i = 0; i < m->count; i++) {
        MR_CLEANUP(summing_done) struct summing s = {.to = to};
        mr_buf_init(&s.text, 4 * MR_LIMIT_DOCUMENT);
        MR_TRY(mr_db_table_read(tx, &m->tables[i], sum_row, &s, err));
        tables[i] = (struct mr_database_table){.name = m->tables[i].name, .rows = s.rows};
        mr_sha256(mr_str_make((const char *)s.sum, sizeof s.sum), tables[i].digest);
    }
    *ret = (struct mr_database_summary){tables, m->count};
    return MR_OK;
}

/* The first table in which they differ; NULL: none. */
static const struct mr_database_table *find_difference(const struct mr_database_summary *a,
                                                       const struct mr_database_summary *b)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->tables[i].rows != b->tables[i].rows || memcmp(a->tables[i].digest, b->tables[i].digest, 32) != 0)
            return &a->tables[i];
    return NULL;
}

/* ---- copying everything ---- */

static int fill(mr_db_tx *from, mr_db_tx *to, mr_arena *a, const struct model *m, struct mr_database_summary *ret,
                struct mr_err *err)
{
    struct mr_database_summary written;
    MR_TRY(mr_db_references_defer(to, err));
    /* What a new database holds comes from the source as well. Emptied before anything is put in, since emptying one table may empty another. */
    for (size_t i = 0; i < m->count; i++) MR_TRY(mr_db_table_empty(to, &m->tables[i], err));
    MR_TRY(summarise(from, a, m, to, ret, err));
    MR_TRY(mr_db_references_check(to, err));
    MR_TRY(summarise(to, a, m, NULL, &written, err));
    const struct mr_database_table *different = find_difference(ret, &written);
    if (!different) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_DB, "the copy is not what was copied; nothing of it was kept", "%.*s",
                          MR_STR_ARG(different->name));
}

/* Fill a target that holds nothing, or see that it holds the same already. */
static int copy_into(mr_db_tx *from, mr_db *target, mr_arena *a, struct mr_database_summary *ret, struct mr_err *err)
{
    MR_CLEANUP(model_done) struct model m = {0};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *to = NULL;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *new = NULL;
    struct mr_database_summary now, empty;
    MR_TRY(mr_store_migrate(target, err));
    MR_TRY(model_open(&m, a, err));
    MR_TRY(mr_db_begin(target, true, &to, err));
    MR_TRY(mr_db_begin(m.db, false, &new, err));
    MR_TRY(summarise(new, a, &m, NULL, &empty, err));
    MR_TRY(summarise(to, a, &m, NULL, &now, err));
    mr_db_rollbackp(&new);
    if (!find_difference(&now, &empty)) {
        MR_TRY(fill(from, to, a, &m, ret, err));
        return commit(&to, err);
    }
    MR_TRY(summarise(from, a, &m, NULL, ret, err));
    const struct mr_database_table *different = find_difference(&now, ret);
    if (!different) return MR_OK; /* done before, and stopped after that */
    return MR_FAIL_DETAIL(err, MR_E_STATE, "the database to move to is not empty", "%.*s holds %lld rows",
                          MR_STR_ARG(different->name), (long long)different->rows);
}

/* ---- upgrade and check ---- */

static int version_of(mr_db *db, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(db, false, &tx, err));
    return mr_store_version(tx, ret, err);
}

int mr_database_upgrade(const char *data_folder, const char *url, int64_t *ret_from, int64_t *ret_to,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(lock_cleanup) int lock = -1;
    MR_CLEANUP(database_cleanup) mr_db *db = NULL;
    mr_str where;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(need_folder(&a, data_folder, err));
    MR_TRY(lock_folder(&a, data_folder, &lock, err));
    MR_TRY(open_source(&a, data_folder, url, &where, &db, err));
    MR_TRY(version_of(db, ret_from, err));
    MR_TRY(mr_store_migrate(db, err));
    return version_of(db, ret_to, err);
}

/* Bodies are read while nothing else is. */
struct body_check {
    struct mr_database_findings *findings;
    mr_arena *arena; /* of the findings */
    const mr_db_value *id, *format, *content;
};

static const mr_db_value *value_named(const struct mr_db_table *t, const mr_db_value *values, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->columns[i].name, name) == 0) return &values[i];
    return NULL;
}

static int check_body(void *self, const struct mr_db_table *t, const mr_db_value *values, struct mr_err *err)
{
    struct body_check *b = self;
    struct mr_database_findings *f = b->findings;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str sealed, content = value_named(t, values, "content")->text;
    struct mr_err why = {0};
    mr_arena_init(&a, 2 * MR_LIMIT_DOCUMENT);
    f->bodies++;
    f->packed += mr_body_is_packed(content);
    f->stored += (int64_t)content.len;
    int code = mr_body_unpack(&a, content, &sealed, &why);
    if (code == MR_E_LIBRARY || code == MR_E_NOMEM) return MR_FAIL_DETAIL(err, code, why.message, "%s", why.detail);
    if (code == MR_OK || f->damaged++ > 0) return MR_OK;
    f->first_damaged =
        mr_arena_format(b->arena, "%.*s (%.*s)", MR_STR_ARG(value_named(t, values, "achievement_id")->text),
                        MR_STR_ARG(value_named(t, values, "format")->text));
    f->first_why = mr_arena_format(b->arena, "%s %s", why.message, why.detail);
    return MR_OK;
}

/* Made anew from its lines under the folder's secret. That it was changed is a finding. */
static int check_audit(mr_db_tx *tx, mr_arena *a, const char *folder, struct mr_database_findings *f,
                       struct mr_err *err)
{
    struct mr_err why = {0};
    mr_str secret;
    MR_TRY(mr_file_read(a, in_folder(a, folder, "secret").ptr, 64, &secret, err));
    int code = mr_audit_check_in(tx, secret, &f->checkpoints, &f->lines, &f->lines_since, &why);
    mr_secret_wipe((void *)secret.ptr, secret.len);
    if (code == MR_E_SIGNATURE)
        f->lines_changed = mr_arena_format(a, "%s", *why.detail ? why.detail : why.message);
    else if (code != MR_OK)
        return MR_FAIL_DETAIL(err, code, why.message, "%s", why.detail);
    return MR_OK;
}

/* This does not upgrade: whoever looks must not change. */
static int need_version(mr_db *db, mr_db *ours_db, struct mr_err *err)
{
    int64_t version, ours;
    MR_TRY(version_of(db, &version, err));
    MR_TRY(version_of(ours_db, &ours, err));
    if (version == ours) return MR_OK;
    return MR_FAIL_DETAIL(err, MR_E_STATE, "the database is not up to date; `merit db upgrade` brings it there",
                          "version %lld of %lld", (long long)version, (long long)ours);
}

int mr_database_check(mr_arena *a, const char *data_folder, const char *url, struct mr_database_findings *ret,
                      struct mr_err *err)
{
    MR_CLEANUP(database_cleanup) mr_db *db = NULL;
    MR_CLEANUP(model_done) struct model m = {0};
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct body_check bodies = {.findings = ret, .arena = a};
    mr_str where;
    *ret = (struct mr_database_findings){0};
    MR_TRY(open_source(a, data_folder, url, &where, &db, err));
    MR_TRY(model_open(&m, a, err));
    MR_TRY(need_version(db, m.db, err));
    MR_TRY(mr_db_begin(db, false, &tx, err));
    MR_TRY(mr_db_check(tx, a, &ret->fault, err));
    if (ret->fault.len) return MR_OK; /* what is damaged below cannot be read above */
    const char *miscounted;
    MR_TRY(mr_count_check(tx, &miscounted, err));
    if (miscounted) ret->fault = mr_arena_format(a, "the table %s does not say how many there are", miscounted);
    MR_TRY(summarise(tx, a, &m, NULL, &ret->summary, err));
    for (size_t i = 0; i < m.count; i++)
        if (mr_str_is(m.tables[i].name, "credential"))
            MR_TRY(mr_db_table_read(tx, &m.tables[i], check_body, &bodies, err));
    return check_audit(tx, a, data_folder, ret, err);
}

int mr_database_tidy(mr_arena *a, const char *data_folder, const char *url, bool *ret_done, struct mr_err *err)
{
    MR_CLEANUP(database_cleanup) mr_db *db = NULL;
    mr_str where;
    MR_TRY(open_source(a, data_folder, url, &where, &db, err));
    return mr_db_tidy(db, 0, ret_done, err);
}

int mr_database_reindex(const char *data_folder, const char *url, const mr_env *env, size_t *ret_listed,
                        struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const struct mr_service_config config = {.data_folder = data_folder,
                                             .public_url = "",
                                             .env = env,
                                             .database = true,
                                             .database_url = url,
                                             .beside = true};
    mr_service *s;
    mr_arena_init(&a, 4 * MR_MIB);
    {
        MR_CLEANUP(database_cleanup) mr_db *db = NULL;
        MR_CLEANUP(model_done) struct model m = {0};
        mr_str where;
        MR_TRY(open_source(&a, data_folder, url, &where, &db, err));
        MR_TRY(model_open(&m, &a, err));
        MR_TRY(need_version(db, m.db, err));
    }
    MR_TRY(mr_service_open(&config, &s, err));
    int code = mr_search_rebuild(s, ret_listed, err);
    mr_service_close(s);
    return code;
}

/* ---- backup ---- */

/* Not in a backup: the database itself, which is put in as it is at one moment, and what belongs to this node alone. */
static const char *const left_out[] = {"lock", "node", "database"};
static bool is_left_out(const char *name, bool top)
{
    size_t n = strlen(name);
    for (size_t i = 0; top && i < sizeof left_out / sizeof *left_out; i++)
        if (strcmp(name, left_out[i]) == 0) return true;
    return (top && strncmp(name, "merit.db", 8) == 0) || (n > 8 && strcmp(name + n - 8, ".partial") == 0);
}

static void folder_cleanup(DIR **d)
{
    if (*d) closedir(*d);
}

/* below: path within the folder with a slash at its end, or "". */
static int add_folder(mr_archive *w, mr_arena *a, const char *folder, const char *below, int depth, struct mr_err *err)
{
    MR_CLEANUP(folder_cleanup) DIR *d = opendir(mr_arena_format(a, "%s/%s", folder, below).ptr);
    struct dirent *e;
    if (!d || depth == FOLDER_DEPTH)
        return MR_FAIL_DETAIL(err, MR_E_IO, "a folder cannot be read", "%s/%s", folder, below);
    while ((e = readdir(d))) {
        struct stat st;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || is_left_out(e->d_name, !*below)) continue;
        mr_str name = mr_arena_format(a, "%s%s", below, e->d_name),
               path = mr_arena_format(a, "%s/%s", folder, name.ptr);
        if (!path.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for a backup", MR_NOWHERE);
        if (lstat(path.ptr, &st) != 0) continue; /* gone meanwhile */
        if (S_ISDIR(st.st_mode))
            MR_TRY(add_folder(w, a, folder, mr_arena_format(a, "%s/", name.ptr).ptr, depth + 1, err));
        else if (S_ISREG(st.st_mode))
            MR_TRY(mr_archive_add(w, name.ptr, path.ptr, err));
    }
    return MR_OK;
}

static void remove_database_file(const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    char name[4096];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        snprintf(name, sizeof name, "%.4000s%s", path, endings[i]);
        unlink(name);
    }
}

static int copy_as_sqlite(mr_db *db, mr_arena *a, bool is_sqlite, const char *path, struct mr_err *err)
{
    MR_CLEANUP(database_cleanup) mr_db *copy = NULL;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_database_summary summary;
    if (is_sqlite) return mr_db_copy(db, path, err);
    MR_TRY(mr_store_migrate(db, err));
    MR_TRY(mr_db_open(path, &copy, err));
    MR_TRY(mr_db_begin(db, false, &tx, err));
    return copy_into(tx, copy, a, &summary, err);
}

int mr_database_backup(mr_arena *a, const char *data_folder, const char *url, const char *file, struct mr_err *err)
{
    MR_CLEANUP(database_cleanup) mr_db *db = NULL;
    MR_CLEANUP(mr_archive_closep) mr_archive *w = NULL;
    mr_str where, copy = mr_arena_format(a, "%s.database.partial", file);
    MR_TRY(open_source(a, data_folder, url, &where, &db, err));
    MR_TRY(mr_archive_create(file, &w, err));
    remove_database_file(copy.ptr); /* of a backup that was killed */
    int code = copy_as_sqlite(db, a, !mr_db_is_url(where), copy.ptr, err);
    if (code == MR_OK) code = mr_archive_add(w, "merit.db", copy.ptr, err);
    if (code == MR_OK) code = add_folder(w, a, data_folder, "", 0, err);
    remove_database_file(copy.ptr);
    return code == MR_OK ? mr_archive_finish(w, err) : code;
}

/* ---- restore ---- */

static int remove_folder(mr_arena *a, const char *path, int depth)
{
    MR_CLEANUP(folder_cleanup) DIR *d = opendir(path);
    struct dirent *e;
    if (!d || depth == FOLDER_DEPTH) return errno == ENOENT ? 0 : -1;
    while ((e = readdir(d))) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        const char *name = mr_arena_format(a, "%s/%s", path, e->d_name).ptr;
        if (!name || (unlink(name) != 0 && remove_folder(a, name, depth + 1) != 0)) return -1;
    }
    return rmdir(path);
}

static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return -1;
    int failed = fsync(fd);
    close(fd);
    return failed;
}

/* What was unpacked must be a data folder with a sound database in it, and nothing of what no backup holds: a file `database` would send this node to another one. */
static int check_unpacked(mr_arena *a, const char *folder, struct mr_err *err)
{
    MR_CLEANUP(database_cleanup) mr_db *db = NULL;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str fault;
    const char *path = in_folder(a, folder, "merit.db").ptr;
    if (!mr_file_exists(in_folder(a, folder, "secret").ptr) || !mr_file_exists(path))
        return MR_FAIL(err, MR_E_FORMAT, "this is an archive, and no backup of Merit", MR_NOWHERE);
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (mr_file_exists(in_folder(a, folder, left_out[i]).ptr))
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the archive holds something that no backup does", "%s",
                                  left_out[i]);
    MR_TRY(mr_db_open(path, &db, err));
    MR_TRY(mr_store_migrate(db, err));
    MR_TRY(mr_db_begin(db, false, &tx, err));
    MR_TRY(mr_db_check(tx, a, &fault, err));
    if (fault.len)
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "the database in the backup is damaged", "%.*s", MR_STR_ARG(fault));
    return MR_OK;
}

int mr_database_restore(const char *file, const char *data_folder, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 16 * MR_MIB);
    const char *unpacked = mr_arena_format(&a, "%s.restoring", data_folder).ptr;
    if (rmdir(data_folder) != 0 && errno != ENOENT) /* goes when it is empty */
        return MR_FAIL_DETAIL(err, MR_E_EXISTS, "a backup is put back into an empty folder only, and this one is not",
                              "%s", data_folder);
    if (remove_folder(&a, unpacked, 0) != 0 && mr_file_exists(unpacked))
        return MR_FAIL_DETAIL(err, MR_E_IO, "what an earlier try left cannot be removed", "%s", unpacked);
    MR_TRY(mr_file_make_folder(unpacked, err));
    int code = chmod(unpacked, 0700) == 0 ? mr_archive_extract(file, unpacked, err)
                                          : MR_FAIL(err, MR_E_IO, "the folder cannot be made private", MR_NOWHERE);
    if (code == MR_OK) code = check_unpacked(&a, unpacked, err);
    if (code == MR_OK && (sync_folder(unpacked) != 0 || rename(unpacked, data_folder) != 0))
        code =
            MR_FAIL_DETAIL(err, MR_E_IO, "the folder cannot be given its name", "%s: %s", data_folder, strerror(errno));
    if (code != MR_OK) remove_folder(&a, unpacked, 0);
    return code;
}

/* ---- move ---- */

/* From now on the folder uses the other database. A merit.db that was moved away from is kept under another name. */
static int switch_over(mr_arena *a, const char *folder, const char *url, struct mr_err *err)
{
    const char *file = in_folder(a, folder, "database").ptr, *old = in_folder(a, folder, "merit.db").ptr;
    if (!url) {
        if (unlink(file) != 0 && errno != ENOENT)
            return MR_FAIL_DETAIL(err, MR_E_IO, "the file `database` cannot be removed", "%s", strerror(errno));
        return MR_OK;
    }
    MR_TRY(mr_file_write(file, mr_str_of(url), 0600, true, err));
    if (rename(old, in_folder(a, folder, "merit.db.moved").ptr) != 0 && errno != ENOENT)
        return MR_FAIL_DETAIL(err, MR_E_IO, "the old database cannot be given another name", "%s: %s", old,
                              strerror(errno));
    return MR_OK;
}

int mr_database_move(mr_arena *a, const char *data_folder, const char *url, const char *to,
                     struct mr_database_summary *ret_summary, struct mr_err *err)
{
    MR_CLEANUP(lock_cleanup) int lock = -1;
    mr_str where;
    bool to_sqlite = strcmp(to, "sqlite") == 0;
    if (!to_sqlite && !mr_db_is_url(mr_str_of(to)))
        return MR_FAIL(err, MR_E_USAGE, "the target is neither the address of a PostgreSQL database nor \"sqlite\"",
                       MR_NOWHERE);
    MR_TRY(need_folder(a, data_folder, err));
    MR_TRY(lock_folder(a, data_folder, &lock, err));
    const char *target_path = to_sqlite ? in_folder(a, data_folder, "merit.db").ptr : to;
    {
        MR_CLEANUP(database_cleanup) mr_db *source = NULL;
        MR_CLEANUP(database_cleanup) mr_db *target = NULL;
        MR_CLEANUP(mr_db_rollbackp) mr_db_tx *from = NULL;
        MR_TRY(open_source(a, data_folder, url, &where, &source, err));
        if (mr_str_is(where, target_path)) return MR_FAIL(err, MR_E_USAGE, "the database is there already", MR_NOWHERE);
        MR_TRY(mr_store_migrate(source, err));
        MR_TRY(mr_db_open(target_path, &target, err));
        MR_TRY(mr_db_begin(source, true, &from, err)); /* to write: nobody else may meanwhile */
        MR_TRY(copy_into(from, target, a, ret_summary, err));
    }
    return switch_over(a, data_folder, to_sqlite ? NULL : to, err);
}
