#include "service/numbers.h"

#include "service/installation.h"

static void add(struct mr_numbers_row *to, const struct mr_numbers_row *row)
{
    to->awarded += row->awarded;
    to->mailed += row->mailed;
    to->claimed += row->claimed;
    to->declined += row->declined;
    to->undecided += row->undecided;
    to->expired += row->expired;
    to->suspended += row->suspended;
    to->revoked += row->revoked;
}

/* Who enrolled, and who completed: known where enrolments are kept. */
static int count_enrolments(mr_db_tx *tx, mr_str slug, struct mr_numbers *ret, struct mr_err *err)
{
    (void)tx, (void)slug, (void)err;
    ret->has_enrolments = false;
    return MR_OK;
}

int mr_numbers_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str slug, struct mr_numbers *ret,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    MR_TRY(mr_catalogue_get(s, a, slug, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_NUMBERS_READ, published.org_id, err));
    *ret = (struct mr_numbers){0};
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_numbers_list(tx, a, published.slug, mr_env_now(s->env), MR_NUMBERS_MOST, &ret->rows, &ret->count,
                                 err));
    MR_TRY(count_enrolments(tx, published.slug, ret, err));
    for (size_t i = 0; i < ret->count; i++) add(&ret->total, &ret->rows[i]);
    return MR_OK;
}
