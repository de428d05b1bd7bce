/* What an open installation holds; only for the files of this layer. */
#ifndef MR_SERVICE_INSTALLATION_H
#define MR_SERVICE_INSTALLATION_H

#include "base/limits.h"
#include "credential/check.h"
#include "net/fetch.h"
#include "service/evidence.h"
#include "service/kept_specification.h"
#include "service/service.h"

#include <pthread.h>

/* A signed status list, kept for everybody who asks. */
struct mr_status_signed {
    uint8_t name[32]; /* digest of what it is */
    int64_t version;  /* count of changes that it was made from */
    int64_t until;    /* 0: nothing is kept here */
    mr_buf text;
};

/* A seal in the data folder, as far as verifiers must know it. */
struct mr_own_seal {
    mr_str file;       /* in seals/ */
    mr_str issuer;     /* whose it is, as in file names */
    mr_str identifier; /* organizationIdentifier of its certificate; empty: none, or the file cannot be read */
};

/* Seals that end soon, as the data folder was a short while ago: reading all certificates costs more than a whole page. */
struct mr_seals_ending {
    pthread_mutex_t lock;
    mr_arena arena;
    struct mr_kept_seal *list;
    size_t count;
    int64_t looked_at; /* 0: not yet, or something was added since */
};

/* How mail leaves, as configured. */
struct mr_post {
    mr_str url, user, password, authorities; /* of the mail server; url empty: mail waits */
    mr_str from, back; /* address to send from; where reports of non-delivery go, empty: the same */
    mr_str reports;    /* mailbox to read them from; empty: none */
    int64_t per_minute;
    long timeout_ms; /* 0: the usual */
};

struct mr_service {
    mr_arena arena; /* texts below; after opening it grows under seal_lock only */
    const mr_env *env;
    mr_str folder, public_url, verify_url, fetch_from, password;
    uint8_t secret[32];
    mr_db *db;
    int folder_lock; /* file descriptor, -1 without a database */
    mr_trust trust;
    mr_net_fetcher *net;           /* NULL: the network is off */
    mr_evidence_client *evidence;  /* for sealing */
    mr_jades_level level;          /* of seals; MR_JADES_NONE: as there is a time-stamp authority */
    pthread_mutex_t seal_lock;     /* one maker of seals at a time */
    struct mr_own_seal *own_seals; /* those that were looked at so far; under seal_lock */
    size_t own_seal_count;
    struct mr_seals_ending seals_ending;
    int64_t
        own_seals_at; /* when the folder was looked at last; 0: it must be looked at before a credential is verified */
    pthread_mutex_t check_lock;
    mr_checker *checker; /* with the compiled shapes, once something was checked; under check_lock */
    struct mr_post post;
    unsigned seal_threads; /* for one batch; 0: as many as there are processors */
    int64_t backup_days;   /* how long backups are kept; 0: not said */
    int64_t status_size;   /* entries of a new status list; tests take small ones */
    pthread_mutex_t status_lock;
    struct mr_status_signed status_signed[MR_LIMIT_STATUS_KEPT]; /* under status_lock */
    struct mr_kept_specifications kept;
    pthread_mutex_t maker_lock;
    struct mr_maker *idle_makers; /* service/maker.h; under maker_lock */
    size_t idle_maker_count;
    struct mr_contexts
        *idle_contexts[MR_LIMIT_IDLE_CONTEXTS]; /* of verifiers (service/verifying.h); under maker_lock */
    size_t idle_contexts_count;
    struct {
        mr_str node; /* name of this installation among those that share a database */
        pthread_mutex_t lock;
        pthread_cond_t changed;
        pthread_t threads[MR_LIMIT_JOB_THREADS];
        unsigned count, busy, wake, idle_at;
        int64_t look_at; /* ms of the monotonic clock: work is expected by then */
        bool stopping, is_clock_known;
        int64_t clock_ahead; /* of the time since the machine started, ms: it changes when the clock is set */
        int64_t rest_until;  /* in the time since the machine started, ms; 0: the clock is believed */
    } jobs;                  /* service/jobs.c; all but node under its lock */
};

/* Hold the document that an achievement of this specification would become against the official shapes (mr_check_sample). achievement: NULL for an
 * invented one. */
int mr_service_check_sample(mr_service *s, mr_arena *a, const mr_specification *specification,
                            const mr_achievement *achievement, struct mr_findings *findings,
                            struct mr_err *err) MR_MUST_CHECK;

/* The seal of this name, which must be there already. Errors: MR_E_NOT_FOUND, else those of mr_service_seal. */
int mr_service_seal_named(mr_service *s, mr_str issuer, struct mr_seal_key *ret, struct mr_err *err) MR_MUST_CHECK;
/* Is there one? Anybody may ask for any name. */
bool mr_service_has_seal(mr_service *s, mr_str issuer);

#endif
