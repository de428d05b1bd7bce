/* `merit db`: the operator's work on the database. */
#include "base/encoding.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "service/database.h"
#include "store/schema.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
    "merit db COMMAND [--data DIR]: the database of an installation.\n\n"
    "  merit db upgrade                            bring it up to date, and say what was done\n"
    "  merit db check                              is everything there, and whole?\n"
    "  merit db reindex                            fill the search of the catalogue again\n"
    "  merit db tidy                               leave nothing of what was removed in the file\n"
    "  merit db backup /backups/merit-monday.tar   also while the server runs\n"
    "  merit db restore /backups/merit-monday.tar --data /srv/merit\n"
    "  merit db move --to postgresql://merit@db.example.org/merit\n"
    "  merit db move --to sqlite\n\n"
    "  upgrade      a server does the same when it starts; this is for those who want to see it before\n"
    "  check        reads every row, every sealed credential and the audit log; prints the rows of each table and\n"
    "               their SHA-256\n"
    "  reindex      also while the server runs; loses nothing, since the search is made from what is published\n"
    "  tidy         writes an SQLite file anew (docs/privacy.md); a server does so by itself after an erasure while "
    "the\n"
    "               file is at most 64 MiB. Writing waits meanwhile; needs room for another copy\n"
    "  backup FILE  database, secret, password, seals, keys and trust in one tar file, as of one moment. It is not\n"
    "               encrypted: whoever has it can seal in your name. Keep it as you keep the data folder\n"
    "  restore FILE into a folder that is empty or not there yet\n"
    "  move         to PostgreSQL, or back into the data folder. Stop all servers first. Every table is compared\n"
    "               before anything counts; stopped at any moment, it can be run again\n"
    "  --data DIR      the data folder; without it MERIT_DATA, or ./merit-data\n"
    "  --database URL  where the database is, when the folder does not say so; or MERIT_DATABASE\n"
    "docs/database.md tells more. Exit status: 0 done, 1 something is damaged, 2 not possible.\n";

struct call {
    const char *data, *database, *to, *file;
    const mr_env *env;
};

static void put_summary(const struct mr_database_summary *s)
{
    for (size_t i = 0; i < s->count; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf digest;
        mr_buf_init(&digest, 80);
        mr_hex_put(&digest, mr_str_make((const char *)s->tables[i].digest, 32));
        printf("  %-24.*s %10lld rows  %.*s\n", MR_STR_ARG(s->tables[i].name), (long long)s->tables[i].rows,
               MR_STR_ARG(mr_buf_str(&digest)));
    }
}

static int upgrade(const struct call *c)
{
    struct mr_err err = {0};
    int64_t from, to;
    if (mr_database_upgrade(c->data, c->database, &from, &to, &err) != MR_OK)
        return mr_cli_fail(&err, c->data, MR_STR_EMPTY);
    for (int64_t v = from + 1; v <= to; v++) printf("  %s\n", mr_store_migration_name(v));
    if (from == to)
        printf("The database is up to date (version %lld); nothing was done.\n", (long long)to);
    else
        printf("The database was brought from version %lld to %lld.\n", (long long)from, (long long)to);
    return 0;
}

static int check(const struct call *c)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    struct mr_database_findings f;
    mr_arena_init(&a, 16 * MR_MIB);
    if (mr_database_check(&a, c->data, c->database, &f, &err) != MR_OK) return mr_cli_fail(&err, c->data, MR_STR_EMPTY);
    put_summary(&f.summary);
    if (f.summary.count)
        printf("%lld sealed credentials in %lld octets (%lld compressed), %lld damaged.\n", (long long)f.bodies,
               (long long)f.stored, (long long)f.packed, (long long)f.damaged);
    if (f.summary.count && !f.lines_changed.len)
        printf("The audit log only grew: %lld checkpoints over %lld lines agree; %lld newer lines wait for the next "
               "one.\n",
               (long long)f.checkpoints, (long long)f.lines, (long long)f.lines_since);
    if (!f.fault.len && !f.damaged && !f.lines_changed.len) {
        printf("Everything is whole.\n");
        return 0;
    }
    if (f.lines_changed.len)
        fprintf(stderr,
                "merit: the audit log was changed: %.*s\nLines were changed, removed or put in between. Keep this "
                "database as it is, and compare its log with that\nof a backup (merit audit export).\n",
                MR_STR_ARG(f.lines_changed));
    if (!f.fault.len && !f.damaged) return 1;
    fputs("merit: the database is damaged: ", stderr);
    if (f.fault.len)
        mr_cli_put_visible(stderr, f.fault.ptr);
    else
        fprintf(stderr, "%.*s: %.*s", MR_STR_ARG(f.first_damaged), MR_STR_ARG(f.first_why));
    fputs("\nPut the last backup back (merit db restore), into another folder.\n", stderr);
    return 1;
}

static int reindex(const struct call *c)
{
    struct mr_err err = {0};
    size_t listed;
    if (mr_database_reindex(c->data, c->database, c->env, &listed, &err) != MR_OK)
        return mr_cli_fail(&err, c->data, MR_STR_EMPTY);
    printf("The search of the catalogue was filled again: %zu specifications are listed.\n", listed);
    return 0;
}

static int tidy(const struct call *c)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    bool done;
    mr_arena_init(&a, 64 * MR_MIB);
    if (mr_database_tidy(&a, c->data, c->database, &done, &err) != MR_OK)
        return mr_cli_fail(&err, c->data, MR_STR_EMPTY);
    puts(done ? "Nothing of what was removed is left in the database's file."
              : "Somebody was working on the database just now. Run it again.");
    return done ? 0 : 2;
}

static int backup(const struct call *c)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    mr_arena_init(&a, 64 * MR_MIB);
    if (mr_database_backup(&a, c->data, c->database, c->file, &err) != MR_OK)
        return mr_cli_fail(&err, c->file, MR_STR_EMPTY);
    printf("%s holds the database, the secret, seals, keys and trust of %s. Keep it as you keep that folder.\n",
           c->file, c->data);
    return 0;
}

static int restore(const struct call *c)
{
    struct mr_err err = {0};
    if (mr_database_restore(c->file, c->data, &err) != MR_OK) return mr_cli_fail(&err, NULL, MR_STR_EMPTY);
    printf("%s is what %s holds. `merit db check` looks through it, `merit db move` takes it to PostgreSQL.\n", c->data,
           c->file);
    return 0;
}

static int move(const struct call *c)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    struct mr_database_summary summary;
    mr_arena_init(&a, 64 * MR_MIB);
    if (!c->to) return fputs(help, stderr), 2;
    if (mr_database_move(&a, c->data, c->database, c->to, &summary, &err) != MR_OK)
        return mr_cli_fail(&err, c->data, MR_STR_EMPTY);
    put_summary(&summary);
    if (strcmp(c->to, "sqlite") == 0)
        printf("Both databases hold the same. %s uses its own merit.db from now on.\n", c->data);
    else
        printf("Both databases hold the same. %s uses the other one from now on (its file `database` says so); an old "
               "merit.db\nis kept there as merit.db.moved: remove it when you no longer need it.\n",
               c->data);
    return 0;
}

static const struct word {
    const char *name;
    int (*run)(const struct call *c);
    bool takes_file;
} words[] = {
    {"upgrade", upgrade, false}, {"check", check, false},    {"reindex", reindex, false}, {"tidy", tidy, false},
    {"backup", backup, true},    {"restore", restore, true}, {"move", move, false},
};

int mr_cli_db(int argc, char **argv, const mr_env *env)
{
    struct call c = {0};
    const mr_option options[] = {{"data", &c.data, NULL}, {"database", &c.database, NULL}, {"to", &c.to, NULL}};
    int count;
    bool done;
    c.env = env;
    if (!mr_options_take(argc, argv, options, sizeof options / sizeof *options, help, &count, &done)) return 2;
    if (done) return 0;
    c.data = mr_options_data_folder(c.data);
    for (size_t i = 0; count > 0 && i < sizeof words / sizeof *words; i++) {
        if (strcmp(argv[1], words[i].name) != 0) continue;
        if (count != 1 + words[i].takes_file) break;
        c.file = words[i].takes_file ? argv[2] : NULL;
        return words[i].run(&c);
    }
    fputs(help, stderr);
    return 2;
}
