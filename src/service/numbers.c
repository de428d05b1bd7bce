#include "service/numbers.h"

#include "service/installation.h"
#include "store/enrolment.h"
#include "table/csv.h"

#include <stdio.h>

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

/* Who took part, also those who have completed it or did not pass. */
static int count_enrolments(mr_db_tx *tx, const struct mr_published *published, struct mr_numbers *ret,
                            struct mr_err *err)
{
    int64_t states[5]; /* applied, enrolled, completed, withdrawn, not passed */
    MR_TRY(mr_store_enrolment_count(tx, published->org_id, published->slug, states, err));
    ret->enrolled = states[1] + states[2] + states[4];
    ret->completed = states[2];
    ret->has_enrolments = ret->enrolled > 0;
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
    MR_TRY(count_enrolments(tx, &published, ret, err));
    for (size_t i = 0; i < ret->count; i++) add(&ret->total, &ret->rows[i]);
    const struct mr_numbers_row *total = &ret->total;
    ret->claim_percent = total->awarded ? (int)((total->claimed * 200 + total->awarded) / (2 * total->awarded)) : -1;
    return MR_OK;
}

static void put_number(mr_buf *out, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    mr_csv_put_cell(out, mr_str_of(text), ',');
}

void mr_numbers_write(const struct mr_numbers *numbers, const mr_language *l, mr_buf *out)
{
    static const char *const columns[] = {
        "numbers.month",    "numbers.version",   "numbers.awarded", "numbers.mailed",    "numbers.claimed",
        "numbers.declined", "numbers.undecided", "numbers.expired", "numbers.suspended", "numbers.revoked"};
    mr_buf_puts(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) mr_csv_put_cell(out, mr_message(l, columns[i]), ',');
    mr_csv_end_row(out);
    for (size_t i = 0; i < numbers->count; i++) {
        const struct mr_numbers_row *r = &numbers->rows[i];
        const int64_t counts[] = {r->awarded,   r->mailed,  r->claimed,   r->declined,
                                  r->undecided, r->expired, r->suspended, r->revoked};
        mr_csv_put_cell(out, r->month, ',');
        mr_csv_put_cell(out, r->version, ',');
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) put_number(out, counts[k]);
        mr_csv_end_row(out);
    }
}
