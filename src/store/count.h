/* Counts that are kept, because finding them out would take long: how many mails, enrolments and achievements there are of each kind.
 *
 * Whoever changes a row that is counted takes it off before and puts it on after, in the same transaction:
 *
 *   MR_TRY(mr_count_mail(tx, id, -1, err));
 *   ... change the mail ...
 *   MR_TRY(mr_count_mail(tx, id, 1, err));
 *
 * What a row counts as is said once, in the SQL of the function, so that no change can be forgotten in one place only. A row that is not there counts nothing. */
#ifndef MR_STORE_COUNT_H
#define MR_STORE_COUNT_H

#include "db/db.h"

/* One mail, and the achievement whose claim link it brings (which counts as mailed while such a mail is sent).
 *   sign  1: put it on; -1: take it off */
int mr_count_mail(mr_db_tx *tx, mr_str id, int sign, struct mr_err *err) MR_MUST_CHECK;
int mr_count_enrolment(mr_db_tx *tx, mr_str id, int sign, struct mr_err *err) MR_MUST_CHECK;
int mr_count_achievement(mr_db_tx *tx, mr_str id, int sign, struct mr_err *err) MR_MUST_CHECK;
/* A statement that does so for many enrolments at once; its parameters are those of its parts.
 *   state  SQL: what they count as
 *   sign   "1" or "-1"
 *   which  SQL: the condition on the table enrolment */
#define MR_COUNT_ENROLMENTS(state, sign, which)                                                                        \
    "INSERT INTO enrolment_count (org_id, specification_slug, state, enrolments) SELECT org_id, "                      \
    "specification_slug, " state ", " sign " * COUNT(*) FROM enrolment WHERE " which                                   \
    " GROUP BY 1, 2, 3 ON CONFLICT (org_id, "                                                                          \
    "specification_slug, state) DO UPDATE SET enrolments = enrolment_count.enrolments + excluded.enrolments"

/* Count everything again and compare, for `merit db check`.
 *   ret  the name of a table of counts that is wrong; NULL: all are right */
int mr_count_check(mr_db_tx *tx, const char **ret, struct mr_err *err) MR_MUST_CHECK;

#endif
