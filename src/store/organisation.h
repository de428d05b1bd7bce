/* Providers. */
#ifndef MR_STORE_ORGANISATION_H
#define MR_STORE_ORGANISATION_H

#include "base/env.h"
#include "db/db.h"

/* The row id of the provider with this slug, or else with this very name; made when there is none. */
int mr_store_organisation_ensure(mr_db_tx *tx, mr_arena *a, const mr_env *env, mr_str slug, mr_str name, mr_str *ret_id,
                                 struct mr_err *err) MR_MUST_CHECK;

struct mr_organisation_row {
    mr_str id, slug, name, kind, parent_id;
    mr_str profile;                /* JSON, as "provider" in specification files; empty: only the name is known */
    int64_t created_at, closed_at; /* closed_at MR_TIME_NONE: open */
};
/* Of the oldest one; empty when there is none. */
int mr_store_organisation_first(mr_db_tx *tx, mr_arena *a, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* By id; ret->id empty when there is none. */
int mr_store_organisation_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_organisation_row *ret,
                               struct mr_err *err) MR_MUST_CHECK;
/* Those that are open, by name, at most `limit`. */
int mr_store_organisation_list(mr_db_tx *tx, mr_arena *a, size_t limit, struct mr_organisation_row **ret,
                               size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* By slug, likewise. */
int mr_store_organisation_find_slug(mr_db_tx *tx, mr_arena *a, mr_str slug, struct mr_organisation_row *ret,
                                    struct mr_err *err) MR_MUST_CHECK;
/* A new one; fills ret_id. Errors: MR_E_EXISTS for a slug that is taken. */
int mr_store_organisation_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_organisation_row *row,
                              mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Keep another name, kind and profile. */
int mr_store_organisation_set(mr_db_tx *tx, const struct mr_organisation_row *row, struct mr_err *err) MR_MUST_CHECK;
/* Close it, or with MR_TIME_NONE open it again. */
int mr_store_organisation_close(mr_db_tx *tx, mr_str id, int64_t at, struct mr_err *err) MR_MUST_CHECK;

/* Which organisations are listed. */
typedef enum mr_organisation_list {
    MR_ORGANISATION_LIST_ALL, /* open ones, units included, the oldest first; of `of`: that one's units, closed ones, too */
    MR_ORGANISATION_LIST_PUBLISHERS, /* those with something in the catalogue, by name */
} mr_organisation_list;
/*   of     id of the organisation whose units are asked for; empty: all
 *   after  slug of the last one that was shown; most: so many at most */
int mr_store_organisation_page(mr_db_tx *tx, mr_arena *a, mr_organisation_list which, mr_str of, mr_str after,
                               size_t most, struct mr_organisation_row **ret, size_t *ret_count,
                               struct mr_err *err) MR_MUST_CHECK;

#endif
