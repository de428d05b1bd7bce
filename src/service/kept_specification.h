/* Published specifications that were read lately, kept as they were read: a published version never changes, and reading one (some 20 KB of JSON) costs more than a whole page. */
#ifndef MR_SERVICE_KEPT_SPECIFICATION_H
#define MR_SERVICE_KEPT_SPECIFICATION_H

#include "credential/specification_file.h"
#include "db/db.h"

#include <pthread.h>

struct mr_kept_specification {
    mr_str id, org_id, slug, version; /* of its row, as all that never changes */
    int64_t published_at;
    mr_str document; /* the specification file */
    mr_specification specification;
};

enum { MR_KEPT_BUCKETS = 256 };
struct mr_kept_specifications {
    pthread_mutex_t lock;
    struct mr_kept_entry *buckets[MR_KEPT_BUCKETS];
    size_t octets; /* of all together: at most MR_LIMIT_SPECIFICATIONS_KEPT */
    uint64_t turn; /* counts what was asked for, to find what was not for the longest time */
};
void mr_kept_specifications_init(struct mr_kept_specifications *kept);
void mr_kept_specifications_done(struct mr_kept_specifications *kept);
/* Keep none of them: for tests that change behind our back what otherwise never changes. */
void mr_kept_specifications_forget(struct mr_kept_specifications *kept);

/* The version with this row id, read unless it is kept.
 *   ret     stays, unchanged, as long as what `a` holds, also when the installation is closed before
 *   errors  MR_E_NOT_FOUND, and those of reading */
int mr_kept_specification_get(struct mr_kept_specifications *kept, mr_db_tx *tx, mr_arena *a, mr_str id,
                              const struct mr_kept_specification **ret, struct mr_err *err) MR_MUST_CHECK;

#endif
