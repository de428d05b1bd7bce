/* Background work: rows in a table, taken by any node, done again after a stop. A handler must be safe to run again from the start at any moment: what it did
 * is found in the database, not in memory. jobs.def names the kinds.
 *
 *   int mr_job_batch_seal(mr_service *s, struct mr_job *job, struct mr_err *err)
 *   {
 *       while (there is more) {
 *           ... one piece, in one transaction ...
 *           MR_TRY(mr_job_beat(s, job, done, all, err));
 *       }
 *       return MR_OK;
 *   } */
#ifndef MR_SERVICE_JOBS_H
#define MR_SERVICE_JOBS_H

#include "service/service.h"

struct mr_job {
    mr_str id, kind, org_id, object_id, payload;
    int64_t attempt; /* 1 at first */
    bool last;       /* no further attempt follows: say what is true now */
    int64_t
        again_at; /* set by the handler: not finished, to be run again then, without counting as a failure; 0: finished */
    mr_arena *arena; /* for the handler's small things; gone with the job */
};
typedef int mr_job_handler(mr_service *s, struct mr_job *job, struct mr_err *err);

struct mr_job_order {
    const char *kind;
    mr_str key; /* at most one unfinished job has it; empty: any number */
    mr_str org_id, object_id, payload;
    int64_t at; /* not before; 0: now */
};
/* In the transaction that gives the reason for it. Call mr_jobs_wake after its commit, or the work starts within a few seconds by itself. */
int mr_job_add(mr_service *s, mr_db_tx *tx, const struct mr_job_order *order, struct mr_err *err) MR_MUST_CHECK;
void mr_jobs_wake(mr_service *s);
/* For what queues mail or events inside somebody else's transaction: look a fifth of a second from now, when it will have ended, so that nobody need remember to wake. */
void mr_jobs_expect(mr_service *s);

/* For handlers: still at it (at least every 20 s), this far. Errors: MR_E_STATE: stop, at once and without another step: the service stops, or another node has
 * taken the job up; it is not counted as a failure. */
int mr_job_beat(mr_service *s, struct mr_job *job, int64_t done_steps, int64_t all_steps,
                struct mr_err *err) MR_MUST_CHECK;

/* The same inside a transaction that keeps a piece of the work, so that it is kept only while the job is this node's. It does not ask whether the service
 * stops: mr_jobs_stopping does. */
int mr_job_beat_in(mr_service *s, mr_db_tx *tx, struct mr_job *job, int64_t done_steps, int64_t all_steps,
                   bool *ret_ours, struct mr_err *err) MR_MUST_CHECK;
bool mr_jobs_stopping(mr_service *s);

typedef enum mr_job_state { MR_JOB_NONE, MR_JOB_WAITING, MR_JOB_RUNNING, MR_JOB_DONE, MR_JOB_FAILED } mr_job_state;
struct mr_job_progress {
    mr_job_state state;
    int64_t done_steps, all_steps, attempts, next_at;
    mr_str error;
};
/* Of the newest job of this kind about an object. */
int mr_job_progress(mr_service *s, mr_arena *a, const char *kind, mr_str object_id, struct mr_job_progress *ret,
                    struct mr_err *err) MR_MUST_CHECK;

/* Before everything else here. */
void mr_jobs_init(mr_service *s);
/* Run jobs in so many threads until mr_jobs_stop. */
int mr_jobs_start(mr_service *s, unsigned threads, struct mr_err *err) MR_MUST_CHECK;
void mr_jobs_stop(mr_service *s);
/* Wait until no job is due or running here (tests, demo data). */
void mr_jobs_wait(mr_service *s);

/* The handlers, one for each kind. */
#define MR_JOB(word, handler, attempts, every_ms) mr_job_handler handler;
#include "service/jobs.def"
#undef MR_JOB

#endif
