/* Links that learners gave out: what each shows, until when, and when it was opened. What a learner may reach is asked by her person id; the link's own address is asked by id alone, by whoever has
 * found that the address is good (service/share.h). */
#ifndef MR_STORE_SHARE_H
#define MR_STORE_SHARE_H

#include "base/env.h"
#include "db/db.h"

struct mr_share_row {
    mr_str id, person_id;
    mr_str label; /* for whom */
    int64_t until, created_at;
    int64_t stopped_at; /* MR_TIME_NONE: it was not */
    int64_t opened;     /* how often */
    int64_t opened_at;  /* the last time; MR_TIME_NONE: never, or forgotten */
    mr_str person;      /* her name; read along */
};
struct mr_share_item_row {
    mr_str item_id;
    mr_str pointers; /* JSON; empty: the whole credential */
    mr_str title;    /* of the item; read along */
};
/* A new one, its items in this order; id and created_at are made here. */
int mr_store_share_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_share_row *row,
                       const struct mr_share_item_row *items, size_t count, mr_str *ret_id,
                       struct mr_err *err) MR_MUST_CHECK;
/* ret->id empty when there is none such. person_id: whose it has to be; empty: anybody's. */
int mr_store_share_find(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str id, struct mr_share_row *ret,
                        struct mr_err *err) MR_MUST_CHECK;
/* A person's, the newest first. ret_all: how many there are without skip and limit. */
int mr_store_share_list(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t skip, size_t limit,
                        struct mr_share_row **ret, size_t *ret_count, int64_t *ret_all,
                        struct mr_err *err) MR_MUST_CHECK;
/* What it shows, in its order. */
int mr_store_share_items(mr_db_tx *tx, mr_arena *a, mr_str id, size_t limit, struct mr_share_item_row **ret,
                         size_t *ret_count, struct mr_err *err) MR_MUST_CHECK;
/* Write another end. stopped_at: MR_TIME_NONE when it is not stopped (any more). *ret_changed false: she has none such. */
int mr_store_share_end(mr_db_tx *tx, mr_str person_id, mr_str id, int64_t until, int64_t stopped_at, bool *ret_changed,
                       struct mr_err *err) MR_MUST_CHECK;
/* Note an opening; of the times the newest `most` are kept. */
int mr_store_share_opened(mr_db_tx *tx, mr_str id, int64_t now, size_t most, struct mr_err *err) MR_MUST_CHECK;
/* Times, the newest first; at most `limit`. */
int mr_store_share_openings(mr_db_tx *tx, mr_arena *a, mr_str id, size_t limit, int64_t **ret, size_t *ret_count,
                            struct mr_err *err) MR_MUST_CHECK;
/* Remove the person's link that was over first, of those that are over. *ret_removed false: none is. */
int mr_store_share_remove_over(mr_db_tx *tx, mr_str person_id, int64_t now, bool *ret_removed,
                               struct mr_err *err) MR_MUST_CHECK;
/* Remove links that were over before `before`, and openings from before it. ret_removed: links. */
int mr_store_share_forget(mr_db_tx *tx, int64_t before, int64_t *ret_removed, struct mr_err *err) MR_MUST_CHECK;
/* Remove a person's links that show nothing any more. */
int mr_store_share_remove_empty(mr_db_tx *tx, mr_str person_id, struct mr_err *err) MR_MUST_CHECK;
/* Everything of one person becomes another's; before the wallet's items move (store/wallet.h): a file that both have is shown from the copy that stays. */
int mr_store_share_move(mr_db_tx *tx, mr_str from_person, mr_str to_person, struct mr_err *err) MR_MUST_CHECK;

#endif
