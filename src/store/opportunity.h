/* Opportunities: when, where and in which language a specification can be taken. */
#ifndef MR_STORE_OPPORTUNITY_H
#define MR_STORE_OPPORTUNITY_H

#include "base/env.h"
#include "db/db.h"

struct mr_opportunity_row {
    mr_str id, org_id, slug;              /* slug: of its specification */
    mr_str state;                         /* "draft", "open", "full", "closed", "cancelled" */
    mr_str start_on, end_on, apply_until; /* days, "2027-02-01"; empty: not said */
    mr_str time_zone;                     /* of the days, "Europe/Copenhagen" */
    mr_str mode;                          /* code of MR_SCHEME_MODE */
    mr_str place, address;
    mr_str languages;    /* ISO 639-1 codes with blanks between */
    int64_t price_minor; /* in the smallest unit of the currency; -1: not said; 0: free */
    mr_str currency;     /* ISO 4217 */
    mr_str funding;      /* JSON, a text in several languages; may be empty */
    int64_t seats;       /* 0: not said */
    mr_str url;
    int64_t revision; /* grows with every change */
    int64_t created_at, updated_at;
};
/* Fills ret_id. */
int mr_store_opportunity_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_opportunity_row *row,
                             mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Keep what it says now, unless it was changed since it was read (`revision`). Errors: MR_E_STATE then. */
int mr_store_opportunity_set(mr_db_tx *tx, const mr_env *env, const struct mr_opportunity_row *row,
                             struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_opportunity_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_opportunity_row *ret,
                              struct mr_err *err) MR_MUST_CHECK;
/* What is asked for; empty texts ask for nothing. */
struct mr_opportunity_filter {
    mr_str org_id, slug;
    bool
        is_public; /* open and full ones that have not begun before `today`, the soonest first; else all, the newest first */
    mr_str today;
    mr_str after; /* id of the last one that was shown */
    size_t most;
};
int mr_store_opportunity_list(mr_db_tx *tx, mr_arena *a, const struct mr_opportunity_filter *filter,
                              struct mr_opportunity_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
