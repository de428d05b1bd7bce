/* Databases for tests: an SQLite file, or a schema of its own in a private PostgreSQL cluster that lives as long as the test program does.
 *
 * The cluster is made when first asked for, in a folder of its own, reached through a socket in it and never over the network; the server refuses to run as root
 * and then runs as "postgres" or "nobody". It ends with the test program, however that ends. Where PostgreSQL is not installed tests skip themselves, visibly.
 *
 * A test of the store or of use cases runs on both engines when its program is registered twice, the second time with MERIT_TEST_DATABASE=postgresql
 * (tests/service/meson.build), and it
 *   opens its database at  test_database(path of a file), or
 *   says after mr_service_init  test_use_database(folder)  of each data folder. */
#ifndef MR_TESTING_DB_H
#define MR_TESTING_DB_H

#include "testing.h"

#include "db/db.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

struct test_cluster {
    char folder[64]; /* empty: none yet */
    char bin[PATH_MAX];
    pid_t server, owner;
    int schemas;
};

static inline struct test_cluster *test_cluster(void)
{
    static struct test_cluster c;
    return &c;
}

/* Where initdb and postgres are; false: not on this machine. */
static inline bool test_postgresql_find(char *bin)
{
    static const char *const places[] = {"/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/17/bin",
                                         "/usr/lib/postgresql/16/bin", "/usr/local/bin", "/usr/bin"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/initdb", places[i]);
        if (access(path, X_OK) == 0) return strcpy(bin, places[i]), true;
    }
    return false;
}

static inline struct passwd *test_cluster_user(void)
{
    if (geteuid() != 0) return NULL;
    struct passwd *user = getpwnam("postgres");
    return user ? user : getpwnam("nobody");
}

/* Start one of its programs as the cluster's user, with its output in the log; it ends when this process does. */
static inline pid_t test_cluster_spawn(struct test_cluster *c, char *const argv[])
{
    struct passwd *user = test_cluster_user();
    pid_t child = fork();
    assert_true(child >= 0);
    if (child > 0) return child;
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%.63s/log", c->folder);
    int log = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    dup2(log, 1);
    dup2(log, 2);
    if (user && (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGINT);
    if (chdir(c->folder) != 0) _exit(125);
    snprintf(path, sizeof path, "%s/%s", c->bin, argv[0]);
    execv(path, argv);
    _exit(127);
}

static inline void test_postgresql_stop(void)
{
    struct test_cluster *c = test_cluster();
    if (c->server <= 0 || c->owner != getpid()) return;
    kill(c->server, SIGINT); /* ends the sessions and shuts down in good order */
    waitpid(c->server, NULL, 0);
    c->server = 0;
}

static inline const char *test_cluster_url(struct test_cluster *c, const char *schema, char *out, size_t size)
{
    snprintf(out, size, "postgresql:///postgres?host=%.63s&user=merit%s%s", c->folder,
             schema ? "&options=-csearch_path%3D" : "", schema ? schema : "");
    return out;
}

static inline void test_postgresql_start(void)
{
    struct test_cluster *c = test_cluster();
    char url[512], data[PATH_MAX];
    snprintf(data, sizeof data, "%.63s/data", c->folder);
    c->server =
        test_cluster_spawn(c, (char *[]){"postgres", "-D", data, "-k", c->folder, "-c", "listen_addresses=", "-c",
                                         "shared_buffers=16MB", "-c", "max_connections=80", NULL});
    for (int i = 0; i < 3000; i++) {
        mr_db *db;
        struct mr_err err = {0};
        if (mr_db_open(test_cluster_url(c, NULL, url, sizeof url), &db, &err) == MR_OK) {
            mr_db_close(db);
            return;
        }
        if (waitpid(c->server, NULL, WNOHANG) != 0) fail_msg("postgres has ended; %s/log tells why", c->folder);
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); /* until it listens: it has no other way to say so */
    }
    fail_msg("postgres does not answer");
}

static inline void test_cluster_remove(void)
{
    struct test_cluster *c = test_cluster();
    if (c->owner != getpid()) return;
    test_postgresql_stop();
    nftw(c->folder, test_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void test_cluster_make(struct test_cluster *c)
{
    char data[PATH_MAX];
    int status;
    strcpy(c->folder, "/tmp/merit-pg-XXXXXX"); /* short: the path of a socket has at most 107 octets */
    assert_non_null(mkdtemp(c->folder));
    c->owner = getpid();
    atexit(test_cluster_remove);
    struct passwd *user = test_cluster_user();
    if (user) assert_int_equal(chown(c->folder, user->pw_uid, user->pw_gid), 0);
    snprintf(data, sizeof data, "%.63s/data", c->folder);
    pid_t child = test_cluster_spawn(c, (char *[]){"initdb", "-D", data, "-U", "merit", "-A", "trust", "-E", "UTF8",
                                                   "--locale=C.UTF-8", "--no-sync", NULL});
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0) fail_msg("initdb failed (%d); %s/log tells why", status, c->folder);
    test_postgresql_start();
}

/* The address of an empty PostgreSQL database of its own (a schema). Skips the running test where there is no PostgreSQL. */
static inline const char *test_postgresql(void)
{
    static char urls[256][512];
    struct test_cluster *c = test_cluster();
    char name[16], sql[64], whole[512];
    mr_db *db;
    mr_db_tx *tx;
    struct mr_err err = {0};
    if (!c->folder[0]) {
        if (!test_postgresql_find(c->bin)) test_skip("PostgreSQL is not installed (postgresql-15)");
        test_cluster_make(c);
    }
    assert_true(c->schemas < 256);
    snprintf(name, sizeof name, "t%d", c->schemas);
    snprintf(sql, sizeof sql, "CREATE SCHEMA %s", name);
    assert_ok(mr_db_open(test_cluster_url(c, NULL, whole, sizeof whole), &db, &err), err);
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, NULL, 0, NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
    mr_db_close(db);
    return test_cluster_url(c, name, urls[c->schemas++], sizeof *urls);
}

static inline bool test_on_postgresql(void)
{
    const char *engine = getenv("MERIT_TEST_DATABASE");
    return engine && strcmp(engine, "postgresql") == 0;
}

/* Where to open the database of a test: `path`, or a PostgreSQL database of its own. */
static inline const char *test_database(const char *path)
{
    return test_on_postgresql() ? test_postgresql() : path;
}

/* Give a data folder a PostgreSQL database of its own, when the tests run on that. */
static inline void test_use_database(const char *folder)
{
    char path[PATH_MAX];
    struct mr_err err = {0};
    if (!test_on_postgresql()) return;
    snprintf(path, sizeof path, "%s/database", folder);
    assert_ok(mr_file_write(path, mr_str_of(test_postgresql()), 0600, false, &err), err);
}

#endif
