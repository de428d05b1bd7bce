/* Seals many awards of one version of a specification with several threads, in the order in which they are given. Used by one job. */
#ifndef MR_SERVICE_SEAL_POOL_H
#define MR_SERVICE_SEAL_POOL_H

#include "service/maker.h"

typedef struct mr_seal_pool mr_seal_pool;
/* Open the seal. The calling thread seals as well; others help when there is enough for them, at most so many in all as mr_service_config.seal_threads says.
 *   rows    about how many there will be
 *   errors  those of mr_maker_open */
int mr_seal_pool_open(mr_service *s, mr_str specification_id, int64_t rows, mr_seal_pool **ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* NULL: nothing. */
void mr_seal_pool_close(mr_seal_pool *p);
/* For places and what is published. Borrowed. */
mr_maker *mr_seal_pool_maker(mr_seal_pool *p);

/* Seal from the first on: one at least, and no further ones are begun when those that are made come to `octets`, when `until` (mr_env_now) is reached, or when the
 * service stops.
 *   made    room for `count`; what is in it lives until the next run
 *   errors  those of mr_maker_seal for makings[*ret_made], when all before it are made; *ret_made is set in any case */
int mr_seal_pool_run(mr_seal_pool *p, const struct mr_making *makings, size_t count, size_t octets, int64_t until,
                     struct mr_made *made, size_t *ret_made, struct mr_err *err) MR_MUST_CHECK;

#endif
