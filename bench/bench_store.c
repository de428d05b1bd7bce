/* Storing credentials one by one, durably, for many clients at once.
 *
 *   bench_store FOLDER TOKEN [URL]   prints "store.single OURS PEER P99" in credentials per second of the clock, and the time that 99 of 100 wait, in milliseconds
 *
 * CLIENTS threads each store an achievement and its sealed credential (TOKEN, a file) again and again, and go on when it is durable. Ours: mr_db_together. Peer: a transaction
 * for each, as SQLite is with synchronous=FULL (or PostgreSQL at URL), in the same database on the same disk. The clock on the wall, since what is measured is waiting for the disk;
 * both sides take turns, five rounds, medians. Sealing and packing are done before: they are
 * work of the processor, the same on both sides. */
#include "bench.h"

#include "base/file.h"
#include "base/id.h"
#include "base/limits.h"
#include "store/achievement.h"
#include "store/batch.h"
#include "store/body.h"
#include "store/organisation.h"
#include "store/schema.h"
#include "store/specification.h"

#include <pthread.h>
#include <stdatomic.h>

enum { CLIENTS = 64, SAMPLES = 400000 };

struct world {
    mr_db *db;
    mr_arena arena;
    mr_str org, specification, batch, token;
    bool together;
    atomic_bool over;
    atomic_long stored, waits;
    double *wait; /* of ours, in seconds */
};

static double bench_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct piece {
    struct world *w;
    char id[37], key[37];
    mr_buf packed;
};

static int store_one(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct piece *p = self;
    struct world *w = p->w;
    const struct mr_achievement_row row = {.id = mr_str_make(p->id, 36),
                                           .org_id = w->org,
                                           .specification_id = w->specification,
                                           .batch_id = w->batch,
                                           .row_number = 2,
                                           .learner_key = mr_str_make(p->key, 36),
                                           .learner_name = MR_STR("Alva Ström"),
                                           .learner_email = MR_STR("alva@example.org"),
                                           .awarded_on = MR_STR("2026-10-14"),
                                           .claim_until = 1,
                                           .created_at = 1};
    MR_TRY(mr_store_achievement_add(tx, &row, err));
    return mr_store_credential_add_packed(tx, row.id, w->org, MR_STR("vc+jwt"), mr_buf_str(&p->packed), 1, err);
}

static int store_alone(struct piece *p, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(p->w->db, true, &tx, err));
    MR_TRY(store_one(tx, p, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

static void *client(void *self)
{
    struct world *w = self;
    struct piece p = {.w = w};
    struct mr_err err = {0};
    mr_buf_init(&p.packed, 4 * MR_MIB);
    BENCH_NEED(mr_body_pack(MR_STR("vc+jwt"), w->token, &p.packed, &err) == MR_OK);
    while (!atomic_load(&w->over)) {
        mr_id_new(mr_env_system(), p.id);
        mr_id_new(mr_env_system(), p.key);
        double start = bench_clock();
        int code = w->together ? mr_db_together(w->db, store_one, &p, &err) : store_alone(&p, &err);
        if (code != MR_OK && !w->together && code == MR_E_DB) continue; /* waited for too long in the crowd */
        if (code != MR_OK) fprintf(stderr, "%s %s\n", err.message, err.detail);
        BENCH_NEED(code == MR_OK);
        atomic_fetch_add(&w->stored, 1);
        long at = w->together ? atomic_fetch_add(&w->waits, 1) : SAMPLES;
        if (at < SAMPLES) w->wait[at] = bench_clock() - start;
    }
    mr_buf_done(&p.packed);
    return NULL;
}

static double rate(struct world *w, bool together)
{
    pthread_t threads[CLIENTS];
    w->together = together;
    atomic_store(&w->over, false);
    atomic_store(&w->stored, 0);
    double start = bench_clock();
    for (int i = 0; i < CLIENTS; i++) BENCH_NEED(pthread_create(&threads[i], NULL, client, w) == 0);
    nanosleep(&(struct timespec){1, 500000000}, NULL);
    atomic_store(&w->over, true);
    for (int i = 0; i < CLIENTS; i++) pthread_join(threads[i], NULL);
    return (double)atomic_load(&w->stored) / (bench_clock() - start);
}

static void prepare(struct world *w, const char *where, const char *token)
{
    struct mr_err err = {0};
    mr_db_tx *tx;
    const mr_env *env = mr_env_system();
    mr_arena_init(&w->arena, 64 * MR_MIB);
    BENCH_NEED(mr_file_read(&w->arena, token, MR_MIB, &w->token, &err) == MR_OK);
    BENCH_NEED(mr_db_open(where, &w->db, &err) == MR_OK && mr_store_migrate(w->db, &err) == MR_OK);
    BENCH_NEED(mr_db_begin(w->db, true, &tx, &err) == MR_OK);
    BENCH_NEED(mr_store_organisation_ensure(tx, &w->arena, env, MR_STR("bench"), MR_STR("Bench"), &w->org, &err) ==
               MR_OK);
    char slug[37];
    mr_id_new(env, slug);
    const struct mr_specification_row s = {
        .org_id = w->org, .slug = mr_str_make(slug, 36), .version = MR_STR("1"), .document = MR_STR("{}")};
    BENCH_NEED(mr_store_specification_add(tx, &w->arena, env, &s, &w->specification, &err) == MR_OK);
    const struct mr_batch_row b = {
        .org_id = w->org, .specification_id = w->specification, .file_name = MR_STR("a.csv")};
    BENCH_NEED(mr_store_batch_add(tx, &w->arena, env, &b, MR_STR(""), &w->batch, &err) == MR_OK);
    BENCH_NEED(mr_db_commit(tx, &err) == MR_OK);
    w->wait = calloc(SAMPLES, sizeof *w->wait);
    BENCH_NEED(w->wait);
}

int main(int argc, char **argv)
{
    static struct world w;
    double ours[BENCH_ROUNDS], peer[BENCH_ROUNDS];
    char path[4096];
    BENCH_NEED(argc == 3 || argc == 4);
    snprintf(path, sizeof path, "%s/store.db", argv[1]);
    prepare(&w, argc == 4 ? argv[3] : path, argv[2]);
    rate(&w, true); /* warm up */
    for (int i = 0; i < BENCH_ROUNDS; i++) {
        peer[i] = rate(&w, false);
        ours[i] = rate(&w, true);
    }
    size_t waits = (size_t)atomic_load(&w.waits);
    if (waits > SAMPLES) waits = SAMPLES;
    qsort(w.wait, waits, sizeof *w.wait, bench_compare);
    printf("store.single %.1f %.1f %.2f\n", bench_median(ours, BENCH_ROUNDS), bench_median(peer, BENCH_ROUNDS),
           1000 * w.wait[waits * 99 / 100]);
    mr_db_close(w.db);
    free(w.wait);
    mr_arena_done(&w.arena);
    return 0;
}
