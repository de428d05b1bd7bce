/* What draft.c and draft_decision.c share about rows of drafts; only for these two. */
#ifndef MR_SERVICE_DRAFT_INSIDE_H
#define MR_SERVICE_DRAFT_INSIDE_H

#include "service/draft.h"
#include "store/draft.h"

/* A row as a draft, its document read. */
int mr_draft_of_row(mr_arena *a, const struct mr_draft_row *row, struct mr_draft *ret,
                    struct mr_err *err) MR_MUST_CHECK;
/* The row, when the actor may do this to it. Errors: MR_E_NOT_FOUND, MR_E_FORBIDDEN. */
int mr_draft_find_row(mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_arena *a, mr_str id,
                      struct mr_draft_row *ret, struct mr_err *err) MR_MUST_CHECK;
/* Errors: MR_E_STATE when it is in another one. */
int mr_draft_wants_state(const struct mr_draft_row *row, mr_draft_state state, struct mr_err *err) MR_MUST_CHECK;
/* Commit; *tx is NULL afterwards. */
int mr_draft_commit(mr_db_tx **tx, struct mr_err *err) MR_MUST_CHECK;

#endif
