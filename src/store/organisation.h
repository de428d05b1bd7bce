/* Providers. */
#ifndef MR_STORE_ORGANISATION_H
#define MR_STORE_ORGANISATION_H

#include "base/env.h"
#include "db/db.h"

/* The row id of the provider with this slug; made when there is none. */
int mr_store_organisation_ensure(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str slug, mr_str name, mr_str *ret_id,
                                 struct mr_err *err) MR_MUST_CHECK;

struct mr_organisation_row {
    mr_str id, slug, name, kind, parent_id;
    mr_str profile;                /* JSON, as "provider" in specification files; empty: only the name is known */
    int64_t created_at, closed_at; /* closed_at MR_TIME_NONE: open */
};
/* By id; ret->id empty when there is none. */
int mr_store_organisation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_organisation_row *ret,
                               struct mr_err *err) MR_MUST_CHECK;

/* The id of the one that was made first; empty when there is none. */
int mr_store_organisation_first(mr_db_tx *tx, mr_arena *a, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;

#endif
