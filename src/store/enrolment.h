/* Enrolments, and the public pages on which people enrol themselves. */
#ifndef MR_STORE_ENROLMENT_H
#define MR_STORE_ENROLMENT_H

#include "base/env.h"
#include "base/time.h"
#include "db/db.h"

struct mr_enrolment_row {
    mr_str id, org_id, specification_slug;
    mr_str opportunity_id; /* may be empty, as all that follow but learner_key, full_name, state and source */
    mr_str learner_key, given_name, family_name, full_name, email, student_number, birth_date;
    mr_str state;  /* "applied", "enrolled", "completed", "withdrawn", "not_passed" */
    mr_str source; /* "hand", "file", "api", "link", "lti" */
    mr_str language, grade, awarded_on, batch_id;
    int passed; /* result being entered: 1 passed, 0 not passed, -1 none */
    int64_t created_at, changed_at;
};
/* Errors: MR_E_EXISTS: this learner is enrolled there. The id in `a`. */
int mr_store_enrolment_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_enrolment_row *row,
                           mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_enrolment_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_enrolment_row *ret,
                            struct mr_err *err) MR_MUST_CHECK;
struct mr_enrolment_filter {
    mr_str org_id;
    mr_str slug;  /* empty: of every specification of the organisation */
    mr_str state; /* empty: in every state */
    mr_str after; /* id: those behind it; empty: from the first */
};
/* In the order in which they were made, at most `limit`. */
int mr_store_enrolment_list(mr_db_tx *tx, mr_arena *a, const struct mr_enrolment_filter *filter, size_t limit,
                            struct mr_enrolment_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* How many in each state, in the order of the words above. */
int mr_store_enrolment_count(mr_db_tx *tx, mr_str org_id, mr_str slug, int64_t ret[5],
                             struct mr_err *err) MR_MUST_CHECK;
/* Who take part or may: applied and enrolled, of a specification and an opportunity (empty: those of none). */
int mr_store_enrolment_count_seats(mr_db_tx *tx, mr_str slug, mr_str opportunity_id, int64_t *ret,
                                   struct mr_err *err) MR_MUST_CHECK;
/* The enrolment that a row of results is about: of the same learner, else the only one of that student number, else of that e-mail address; empty when there is none.
 * Only of those who are enrolled or have applied. */
int mr_store_enrolment_match(mr_db_tx *tx, mr_arena *a, mr_str slug, mr_str learner_key, mr_str student_number,
                             mr_str email, mr_str *ret_id, struct mr_err *err) MR_MUST_CHECK;
/* Was this learner ever enrolled here, whatever came of it? */
int mr_store_enrolment_is_known(mr_db_tx *tx, mr_str slug, mr_str learner_key, bool *ret,
                                struct mr_err *err) MR_MUST_CHECK;
int mr_store_enrolment_set_state(mr_db_tx *tx, mr_str id, mr_str state, int64_t now, struct mr_err *err) MR_MUST_CHECK;
/* The result being entered. passed: as in the row. */
int mr_store_enrolment_set_result(mr_db_tx *tx, mr_str id, mr_str grade, int passed, mr_str awarded_on, int64_t now,
                                  struct mr_err *err) MR_MUST_CHECK;
int mr_store_enrolment_set_batch(mr_db_tx *tx, mr_str id, mr_str batch_id, int64_t now,
                                 struct mr_err *err) MR_MUST_CHECK;

/* Remove those of a public page that ended longer ago than the page promised to keep them. */
int mr_store_enrolment_forget(mr_db_tx *tx, int64_t now, int64_t *ret_removed, struct mr_err *err) MR_MUST_CHECK;

struct mr_enrolment_link_row {
    mr_str id; /* the slug of the specification, or the id of the opportunity */
    mr_str org_id, specification_slug, opportunity_id;
    bool is_open;
    int64_t seats; /* -1: as many as come */
    int64_t keep_months, changed_at;
};
int mr_store_enrolment_link_put(mr_db_tx *tx, const struct mr_enrolment_link_row *row,
                                struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_enrolment_link_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_enrolment_link_row *ret,
                                 struct mr_err *err) MR_MUST_CHECK;

#endif
