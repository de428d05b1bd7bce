/* Published specifications, each version a row. */
#ifndef MR_STORE_SPECIFICATION_H
#define MR_STORE_SPECIFICATION_H

#include "base/env.h"
#include "db/db.h"

struct mr_specification_row {
    mr_str id, org_id, slug, version;
    mr_str
        document; /* given to mr_store_specification_add and by mr_store_specification_get only: it is large and seldom needed */
    int64_t published_at;
    int64_t awarded;     /* achievements of this version */
    int64_t archived_at; /* MR_TIME_NONE: it is offered */
};
/* Keep a new version; fills ret_id. Errors: MR_E_EXISTS for a version that is there. */
int mr_store_specification_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_specification_row *row,
                               mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* The newest version by slug, or the version by row id; ret->id empty when there is none. */
int mr_store_specification_find(mr_db_tx *tx, mr_arena *a, mr_str slug_or_id, struct mr_specification_row *ret,
                                struct mr_err *err) MR_MUST_CHECK;
typedef enum mr_specification_which {
    MR_SPECIFICATIONS_OFFERED,
    MR_SPECIFICATIONS_ARCHIVED,
    MR_SPECIFICATIONS_ALL
} mr_specification_which;
struct mr_specification_filter {
    mr_str org_id; /* empty: of every organisation */
    mr_specification_which which;
    bool newest_first;
    mr_str after; /* row id of the last one that was seen; empty: from the first */
    size_t limit;
};
/* The newest version of each, in the order of publication. */
int mr_store_specification_list(mr_db_tx *tx, mr_arena *a, const struct mr_specification_filter *filter,
                                struct mr_specification_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Of an organisation (empty: of all): how many are offered, and awards of any version, as they are counted (store/count.h). */
int mr_store_specification_count(mr_db_tx *tx, mr_str org_id, int64_t *ret_published, int64_t *ret_awarded,
                                 struct mr_err *err) MR_MUST_CHECK;
/* All versions of one, the newest first; at most `most`. */
int mr_store_specification_versions(mr_db_tx *tx, mr_arena *a, mr_str slug, size_t most,
                                    struct mr_specification_row **ret, size_t *ret_count,
                                    struct mr_err *err) MR_MUST_CHECK;
/* Offer it no longer, in any version; MR_TIME_NONE: offer it again. */
int mr_store_specification_archive(mr_db_tx *tx, mr_str slug, int64_t at, struct mr_err *err) MR_MUST_CHECK;
/* One version by row id, its awards not counted; ret->id empty when there is none. */
int mr_store_specification_get(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_specification_row *ret,
                               struct mr_err *err) MR_MUST_CHECK;

#endif
