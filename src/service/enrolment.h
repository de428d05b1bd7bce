/* Enrolments: who takes part in what, entered by hand, from a file, by the API, or by people themselves on a public page; and the results that are entered at them,
 * which become a batch like any other (service/upload.h). */
#ifndef MR_SERVICE_ENROLMENT_H
#define MR_SERVICE_ENROLMENT_H

#include "credential/results.h"
#include "service/actor.h"
#include "service/catalogue.h"
#include "store/enrolment.h"

typedef struct mr_enrolment_row mr_enrolment; /* store/enrolment.h */

/* A learner as somebody wrote her: checked as a row of results is. */
struct mr_enrolment_new {
    mr_str specification;  /* slug or id */
    mr_str opportunity_id; /* may be empty, as all that follows, but some name is needed */
    mr_str full_name, given_name, family_name, birth_date, email, student_number;
    mr_str language; /* for mail; a tag */
    bool applied;    /* has applied only, and waits to be taken */
};
/* Enrol somebody.
 *   source    "hand", "api"
 *   findings  what is wrong with what was written; then MR_E_FORMAT
 *   errors    MR_E_EXISTS (enrolled there already), MR_E_NOT_FOUND, those of mr_authorise */
int mr_enrolment_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_enrolment_new *enrolment,
                     const char *source, struct mr_findings *findings, mr_str *ret_id,
                     struct mr_err *err) MR_MUST_CHECK;

/* A row of a file of enrolments that was left out. */
struct mr_enrolment_refused {
    int64_t number;
    mr_str name;
    bool is_there; /* enrolled already, or twice in the file */
    struct mr_findings findings;
};
struct mr_enrolment_file {
    int64_t added, left_out;
    struct mr_enrolment_refused refused[100]; /* the first of them */
    size_t refused_count;
    mr_str refused_table; /* all of them as they were, as CSV with one column more, the reason; empty: none */
};
/* Enrol everybody in a table (CSV or XLSX, the columns of results); rows that cannot be are told and given back, the others count.
 *   l       the language of the reasons
 *   errors  MR_E_CSV, MR_E_LIMIT, ... */
int mr_enrolment_add_file(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                          mr_str content, const mr_language *l, struct mr_enrolment_file *ret,
                          struct mr_err *err) MR_MUST_CHECK;

/* Enrol the members of a course on a learning platform, in a transaction of the caller, who has asked: whoever was ever enrolled here is left as she is, and whoever
 * cannot be enrolled (a platform may keep names to itself) is left out.
 *   table  CSV with the columns of results
 *   ret    how many were added */
int mr_enrolment_add_members(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_published *published,
                             mr_str table, int64_t *ret_added, struct mr_err *err) MR_MUST_CHECK;

/* Of an organisation, behind `after` (an id; empty: from the start).
 *   specification  a slug; empty: all
 *   state          empty: all */
int mr_enrolment_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, mr_str specification,
                      mr_str state, mr_str after, size_t limit, mr_enrolment **ret, size_t *ret_count,
                      struct mr_err *err) MR_MUST_CHECK;
/* How many there are of each state: applied, enrolled, completed, withdrawn, not passed. */
int mr_enrolment_count(mr_service *s, const struct mr_actor *actor, mr_str org_id, mr_str specification, int64_t ret[5],
                       struct mr_err *err) MR_MUST_CHECK;
int mr_enrolment_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_enrolment *ret,
                     struct mr_err *err) MR_MUST_CHECK;
/* To "enrolled" (from applied) or "withdrawn" (from both). Errors: MR_E_STATE. */
int mr_enrolment_move(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str state,
                      struct mr_err *err) MR_MUST_CHECK;

/* Write down a result, to be handed in later.
 *   passed      1, 0, or -1: not said yet
 *   awarded_on  a day as registrars write it; empty: the day of handing in
 *   findings    what is wrong; then MR_E_FORMAT and nothing is kept
 *   errors      MR_E_STATE: not enrolled any more */
int mr_enrolment_set_result(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, mr_str grade,
                            int passed, mr_str awarded_on, struct mr_findings *findings,
                            struct mr_err *err) MR_MUST_CHECK;
/* Hand in all results of a specification that are written down: passed ones become a batch in preview, the others are marked not passed.
 *   ret_batch_id  empty when nobody passed
 *   errors        MR_E_STATE: there is no result */
int mr_enrolment_hand_in(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                         mr_str *ret_batch_id, int64_t *ret_not_passed, struct mr_err *err) MR_MUST_CHECK;

/* ---- the public page ---- */

struct mr_enrolment_page {
    struct mr_published published;
    struct mr_enrolment_link_row link; /* id empty: there is no page yet */
    bool is_open;  /* the page is, and so is its opportunity, when it is that of one (mr_opportunity_is_open) */
    int64_t seats; /* the fewer of the page's and the opportunity's; -1: as many as come */
    int64_t taken; /* of them */
};
/* For everybody. key: slug of a specification, or id of an opportunity. Errors: MR_E_NOT_FOUND: no such page, or nobody can enrol there now. */
int mr_enrolment_page(mr_service *s, mr_arena *a, mr_str key, struct mr_enrolment_page *ret,
                      struct mr_err *err) MR_MUST_CHECK;
/* Is there such a page, and can somebody enrol there now? For links to it; full ones are open. */
bool mr_enrolment_is_open(mr_service *s, mr_str key);
/* For the office: also when it is closed or not made yet.
 *   opportunity_id  empty: that of the specification itself */
int mr_enrolment_page_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                          mr_str opportunity_id, struct mr_enrolment_page *ret, struct mr_err *err) MR_MUST_CHECK;
/* Open, close or change it.
 *   opportunity_id  the page is that of an opportunity of this specification (else MR_E_NOT_FOUND); or empty
 *   seats           -1: as many as come
 *   keep_months     how long enrolments are kept, told on the page: 1 to 120 */
int mr_enrolment_page_set(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str specification,
                          mr_str opportunity_id, bool is_open, int64_t seats, int64_t keep_months,
                          struct mr_err *err) MR_MUST_CHECK;
typedef enum mr_enrolment_joined { MR_ENROLMENT_JOINED, MR_ENROLMENT_THERE, MR_ENROLMENT_FULL } mr_enrolment_joined;
/* Somebody enrols herself: a seat is counted and taken in one transaction, and mail "enrolled" is queued. The specification and opportunity are the page's.
 *   findings  what is wrong with what was written; then MR_E_FORMAT; an e-mail address is needed here */
int mr_enrolment_join(mr_service *s, mr_arena *a, mr_str key, const struct mr_enrolment_new *enrolment,
                      struct mr_findings *findings, mr_enrolment_joined *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
