/* What an open installation holds; only for the files of this layer. */
#ifndef MR_SERVICE_INSTALLATION_H
#define MR_SERVICE_INSTALLATION_H

#include "credential/check.h"
#include "service/service.h"

#include <pthread.h>

struct mr_service {
    mr_arena arena; /* texts below; never grows after opening */
    const mr_env *env;
    mr_str folder, public_url, verify_url, timestamp_url, fetch_from, password;
    uint8_t secret[32];
    mr_db *db;
    int folder_lock; /* file descriptor, -1 without a database */
    mr_trust trust;
    pthread_mutex_t seal_lock; /* one maker of seals at a time */
    pthread_mutex_t check_lock;
    mr_checker *checker; /* with the compiled shapes, once something was checked; under check_lock */
    /* the sealing thread */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t worker;
    bool worker_runs, stopping, work_waits, working;
};

/* Hold the document that an achievement of this specification would become against the official shapes (mr_check_sample). achievement: NULL for an
 * invented one. */
int mr_service_check_sample(mr_service *s, mr_arena *a, const mr_specification *specification,
                            const mr_achievement *achievement, struct mr_findings *findings,
                            struct mr_err *err) MR_MUST_CHECK;

/* Start the thread that seals batches; it first takes up those that a stop interrupted. */
int mr_batch_worker_start(mr_service *s, struct mr_err *err) MR_MUST_CHECK;
void mr_batch_worker_stop(mr_service *s);

#endif
