/* Mail that waits to be sent, or was; and what belongs to it: the way to the server, a provider's own words, who wants no reminders. */
#ifndef MR_STORE_MAIL_H
#define MR_STORE_MAIL_H

#include "base/env.h"
#include "db/db.h"

struct mr_mail_row {
    mr_str id, org_id, template_name, language, recipient, object_id, data, state, answer;
    int64_t attempts, next_at, created_at;
    int64_t sent_at;     /* MR_TIME_NONE: not yet */
    int64_t round;       /* 0: the first sending of it */
    int64_t answer_code; /* of the server; 0: none */
};
/* Keep one, in state "waiting"; its round is 0. */
int mr_store_mail_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_mail_row *row, mr_str *ret_id,
                      struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none. */
int mr_store_mail_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_mail_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Those that are due, in the order in which they fell due. */
int mr_store_mail_due(mr_db_tx *tx, mr_arena *a, int64_t now, size_t limit, struct mr_mail_row **ret, size_t *ret_count,
                      struct mr_err *err) MR_MUST_CHECK;
/* When the next waiting one is due; INT64_MAX when none waits. */
int mr_store_mail_next_at(mr_db_tx *tx, int64_t *ret, struct mr_err *err) MR_MUST_CHECK;
/* How many were sent since. */
int mr_store_mail_sent_between(mr_db_tx *tx, int64_t since, int64_t until, int64_t *ret,
                               struct mr_err *err) MR_MUST_CHECK;
/* After a clock went back: what was tried before and waits until after `latest` is due now. */
int mr_store_mail_bring_forward(mr_db_tx *tx, int64_t now, int64_t latest, struct mr_err *err) MR_MUST_CHECK;

/* What became of a try. Nothing happens unless the mail still waits in the same round. */
struct mr_mail_outcome {
    const char
        *state; /* "waiting": again at next_at; "sent": what it was filled with is emptied; "refused", "given_up" */
    int64_t next_at, now, code;
    mr_str answer;
};
int mr_store_mail_settle(mr_db_tx *tx, const struct mr_mail_row *row, const struct mr_mail_outcome *outcome,
                         struct mr_err *err) MR_MUST_CHECK;
/* Forget whom it went to, what it said and what servers answered; what waits is given up. The row stays: what was mailed about is counted, and nobody is mailed twice. */
int mr_store_mail_empty(mr_db_tx *tx, mr_str id, struct mr_err *err) MR_MUST_CHECK;
/* A report says that it did not arrive: from "sent" of this round to "returned". */
int mr_store_mail_return(mr_db_tx *tx, mr_str id, int64_t round, mr_str answer, bool *ret_returned,
                         struct mr_err *err) MR_MUST_CHECK;
/* Send it again, to this address, filled with this; a new round. */
int mr_store_mail_again(mr_db_tx *tx, mr_str id, mr_str recipient, mr_str data, int64_t now,
                        struct mr_err *err) MR_MUST_CHECK;

/* Which ones a list shows: newest first, those older than `after` (an id; empty: from the newest). */
struct mr_mail_filter {
    mr_str org_id;    /* empty: of the whole installation */
    mr_str state;     /* empty: any */
    mr_str object_id; /* empty: about anything */
    mr_str after;
};
int mr_store_mail_list(mr_db_tx *tx, mr_arena *a, const struct mr_mail_filter *filter, size_t limit,
                       struct mr_mail_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* How many are in each state; org_id empty: of the whole installation. */
struct mr_mail_counts {
    int64_t waiting, sent, refused, returned, given_up;
};
int mr_store_mail_counts(mr_db_tx *tx, mr_str org_id, struct mr_mail_counts *ret, struct mr_err *err) MR_MUST_CHECK;
/* When learners are reminded: so long after the award, a second time, so long before the end; never within `pause_ms` of another mail about it. */
struct mr_reminding {
    int64_t now, first_ms, second_ms, before_end_ms, pause_ms;
};
/* Achievements that nobody has decided on, of whose being there the learner was told by a mail that was sent, and of which a reminder is due now; where the organisation
 * wants it. Ids after `after`, in order. */
int mr_store_mail_to_remind(mr_db_tx *tx, mr_arena *a, const struct mr_reminding *when, mr_str after, size_t limit,
                            mr_str **ret_ids, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

/* The way to the mail server ("server") and the mailbox of reports ("reports"). failures 0: no trouble. */
struct mr_mail_way {
    mr_str trouble;
    int64_t since, failures, read_to;
};
int mr_store_mail_way(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_mail_way *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_store_mail_way_set(mr_db_tx *tx, mr_str id, const struct mr_mail_way *way, struct mr_err *err) MR_MUST_CHECK;

/* A provider's own words; ret->subject empty when there are none. */
struct mr_mail_wording {
    mr_str subject, introduction;
};
int mr_store_mail_wording(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str template_name, mr_str language,
                          struct mr_mail_wording *ret, struct mr_err *err) MR_MUST_CHECK;
/* Both empty: back to Merit's own. */
int mr_store_mail_wording_set(mr_db_tx *tx, mr_str org_id, mr_str template_name, mr_str language,
                              const struct mr_mail_wording *wording, int64_t now, struct mr_err *err) MR_MUST_CHECK;

/* Does the organisation want its learners reminded? Without a word of it, yes. */
/* Are the learners of this organisation reminded? As long as nobody says otherwise, they are. */
int mr_store_mail_reminds(mr_db_tx *tx, mr_str org_id, bool *ret, struct mr_err *err) MR_MUST_CHECK;
int mr_store_mail_set_reminds(mr_db_tx *tx, mr_str org_id, bool remind, struct mr_err *err) MR_MUST_CHECK;

/* No reminders to this address any more; is that so? address: a keyed hash. */
int mr_store_mail_stop(mr_db_tx *tx, mr_str address, int64_t now, struct mr_err *err) MR_MUST_CHECK;
int mr_store_mail_is_stopped(mr_db_tx *tx, mr_str address, bool *ret, struct mr_err *err) MR_MUST_CHECK;

#endif
