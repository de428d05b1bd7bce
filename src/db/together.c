/* Small pieces of work of several threads in one transaction, so that the disk is waited for once: the same for every engine.
 *
 * Whoever comes while nobody leads does the work of all that wait, itself included, each piece in a savepoint, and commits once. Those who
 * come meanwhile wait, and the first of them leads next. The longer the disk takes, the more work shares it; a lonely piece waits for
 * nobody. No piece waits for more than the transaction that runs and its own.
 *
 * Invariants
 *  1. While anything waits, exactly one thread leads or has been told to.
 *  2. From the moment it is taken until it is `done`, a piece is touched by the leader alone; then it is gone, with the stack that it lives on.
 *  3. A piece returns MR_OK only after the commit did.
 *
 * Source: "group commit", DeWitt et al., Implementation Techniques for Main Memory Database Systems (1984), section 5. */
#include "db/engine.h"

#include "base/limits.h"

struct mr_db_piece {
    mr_db_work *work;
    void *self;
    struct mr_err *err;
    int code;
    bool done, leads; /* leads: it is this thread's turn */
    pthread_cond_t changed;
    struct mr_db_piece *next;
};

void mr_db_queue_init(struct mr_db_queue *q)
{
    *q = (struct mr_db_queue){.last = &q->first};
    pthread_mutex_init(&q->lock, NULL);
}

void mr_db_queue_done(struct mr_db_queue *q)
{
    pthread_mutex_destroy(&q->lock);
}

/* What fails leaves the others as they are. */
static void do_piece(mr_db_tx *tx, struct mr_db_piece *p)
{
    struct mr_err late = {0};
    p->code = mr_db_run(tx, "SAVEPOINT piece", NULL, 0, NULL, p->err);
    if (p->code != MR_OK) return;
    p->code = p->work(tx, p->self, p->err);
    int code = p->code == MR_OK ? MR_OK : mr_db_run(tx, "ROLLBACK TO piece", NULL, 0, NULL, &late);
    if (code == MR_OK) code = mr_db_run(tx, "RELEASE piece", NULL, 0, NULL, &late);
    if (code != MR_OK && p->code == MR_OK) *p->err = late, p->code = code;
}

static void do_all(mr_db *db, struct mr_db_piece *first)
{
    mr_db_tx *tx;
    struct mr_err err = {0};
    int code = mr_db_begin(db, true, &tx, &err);
    if (code == MR_OK) {
        for (struct mr_db_piece *p = first; p; p = p->next) do_piece(tx, p);
        code = mr_db_commit(tx, &err);
    }
    if (code == MR_OK) return;
    for (struct mr_db_piece *p = first; p; p = p->next) /* those that had gone well are lost with it */
        if (p->code == MR_OK) *p->err = err, p->code = code;
}

/* Cut off what waits, at most MR_LIMIT_DB_TOGETHER pieces. Under the lock. */
static struct mr_db_piece *take_pieces(struct mr_db_queue *q)
{
    struct mr_db_piece *first = q->first, **end = &q->first;
    for (size_t i = 0; *end && i < MR_LIMIT_DB_TOGETHER; i++) end = &(*end)->next;
    struct mr_db_piece *rest = *end;
    *end = NULL;
    q->first = rest;
    if (!rest) q->last = &q->first;
    return first;
}

/* Do what waits, tell everybody, and let the first of those that came meanwhile lead. Under the lock. */
static void lead(mr_db *db)
{
    struct mr_db_queue *q = &db->queue;
    struct mr_db_piece *first = take_pieces(q);
    pthread_mutex_unlock(&q->lock);
    do_all(db, first);
    pthread_mutex_lock(&q->lock);
    for (struct mr_db_piece *p = first, *next; p; p = next) {
        next = p->next;
        p->done = true;
        pthread_cond_signal(&p->changed);
    }
    q->led = q->first != NULL;
    if (!q->first) return;
    q->first->leads = true;
    pthread_cond_signal(&q->first->changed);
}

int mr_db_together(mr_db *db, mr_db_work *work, void *self, struct mr_err *err)
{
    struct mr_db_queue *q = &db->queue;
    struct mr_err unwanted = {0};
    struct mr_db_piece p = {.work = work, .self = self, .err = err ? err : &unwanted, .code = MR_OK};
    pthread_cond_init(&p.changed, NULL);
    pthread_mutex_lock(&q->lock);
    *q->last = &p;
    q->last = &p.next;
    p.leads = !q->led;
    q->led = true;
    while (!p.done && !p.leads) pthread_cond_wait(&p.changed, &q->lock);
    if (!p.done) lead(db); /* its own piece stands first */
    pthread_mutex_unlock(&q->lock);
    pthread_cond_destroy(&p.changed);
    return p.code;
}
