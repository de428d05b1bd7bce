/* Specifications that are being described, who changed them, and remarks about them. */
#ifndef MR_STORE_DRAFT_H
#define MR_STORE_DRAFT_H

#include "base/env.h"
#include "db/db.h"

struct mr_draft_row {
    mr_str id, org_id;
    mr_str slug, version; /* as in the document; empty while it says none */
    mr_str languages;     /* codes with blanks between, the primary one first */
    mr_str document;
    mr_str state; /* "draft", "submitted", "published", "archived" */
    int64_t revision;
    mr_str based_on;         /* row id of the published version that it began with; empty: none */
    mr_str specification_id; /* what it became */
    mr_str submitted_kind, submitted_by, decided_kind, decided_by, reason;
    int64_t submitted_at, decided_at; /* MR_TIME_NONE: not yet */
    int64_t created_at, updated_at;
};
/* Keep a new draft in state "draft", revision 1; slug, version, languages, document, org_id and based_on are taken from the row. ret_id in the arena. */
int mr_store_draft_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_draft_row *row, mr_str *ret_id,
                       struct mr_err *err) MR_MUST_CHECK;
/* By id; ret->id empty when there is none. */
int mr_store_draft_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_draft_row *ret,
                        struct mr_err *err) MR_MUST_CHECK;
struct mr_draft_place {
    int64_t updated_at;
    mr_str id; /* empty: before the first */
};
struct mr_draft_filter {
    mr_str org_id; /* empty: of every organisation */
    mr_str state;  /* empty: in every state */
    struct mr_draft_place after;
    size_t limit;
};
/* Last changed first, those behind `after`. */
int mr_store_draft_list(mr_db_tx *tx, mr_arena *a, const struct mr_draft_filter *filter, struct mr_draft_row **ret,
                        size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
struct mr_draft_counts {
    int64_t to_approve; /* handed in by others than the person */
    int64_t returned;   /* handed in by the person, and sent back */
    int64_t described;  /* being described or waiting for approval */
};
/* Those of an organisation (empty: of all), as a person sees them. */
int mr_store_draft_count(mr_db_tx *tx, mr_str org_id, mr_str person_id, struct mr_draft_counts *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* A draft that is on its way to the version after this one; *ret empty when there is none. */
int mr_store_draft_begun(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str based_on, mr_str *ret,
                         struct mr_err *err) MR_MUST_CHECK;
/* Write everything but id, org_id, based_on and created_at, as revision row->revision + 1.
 *   errors  MR_E_STATE: it is no longer at row->revision */
int mr_store_draft_change(mr_db_tx *tx, const mr_env *env, const struct mr_draft_row *row,
                          struct mr_err *err) MR_MUST_CHECK;
/* With its editors and remarks. */
int mr_store_draft_remove(mr_db_tx *tx, mr_str id, struct mr_err *err) MR_MUST_CHECK;

/* Note that somebody changed it. kind: mr_actor_word; actor_id: may be empty. */
int mr_store_draft_edited(mr_db_tx *tx, const mr_env *env, const struct mr_draft_row *row, mr_str kind, mr_str actor_id,
                          struct mr_err *err) MR_MUST_CHECK;
/* Has anybody but this actor changed it? */
int mr_store_draft_has_other_editor(mr_db_tx *tx, mr_str id, mr_str kind, mr_str actor_id, bool *ret,
                                    struct mr_err *err) MR_MUST_CHECK;

struct mr_draft_comment_row {
    mr_str id, element, remark, kind, actor_id; /* element empty: about the whole */
    int64_t created_at;
};
int mr_store_draft_comment_add(mr_db_tx *tx, const mr_env *env, const struct mr_draft_row *draft,
                               const struct mr_draft_comment_row *comment, struct mr_err *err) MR_MUST_CHECK;
/* Oldest first; at most `most`. */
int mr_store_draft_comment_list(mr_db_tx *tx, mr_arena *a, mr_str draft_id, size_t most,
                                struct mr_draft_comment_row **ret, size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;

#endif
