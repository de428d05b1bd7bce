/* Any bytes as a table of results: never a crash; a row is ready, refused with a reason, or a duplicate of an earlier one; what is ready has a
 * name and an awarding date; and the file of refused rows can be read again. */
#include "base/limits.h"
#include "credential/results.h"
#include "credential/specification_file.h"
#include "text/messages.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

static void check_row(mr_arena *a, const struct mr_result_row *row)
{
    const mr_achievement *x = &row->achievement;
    require((row->fate == MR_ROW_REFUSED) == (row->findings.faults > 0));
    require((row->fate == MR_ROW_DUPLICATE) == (row->first_number > 0));
    require(row->first_number < row->number && strlen(row->learner_key) == 32);
    if (row->fate == MR_ROW_READY) {
        require(x->learner.full_name.len > 0 && mr_utf8_check(x->learner.full_name) == x->learner.full_name.len);
        require(mr_date_is_set(x->awarded_on) && x->ects_awarded >= 0);
    }
    for (size_t i = 0; i < row->findings.count; i++)
        require(mr_finding_say(a, mr_language_english(), &row->findings.items[i]).len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_csv_close) mr_csv_reader csv = {0};
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_arena_done) mr_arena row_arena;
    MR_CLEANUP(mr_buf_done) mr_buf refused;
    mr_str text = mr_str_make((const char *)data, size);
    mr_results *r;
    mr_arena_init(&a, MR_MIB);
    mr_arena_init(&row_arena, 16 * MR_MIB);
    mr_buf_init(&refused, 64 * MR_MIB);
    if (mr_csv_open(&csv, mr_csv_from_text(&text), NULL) != MR_OK) return 0;
    if (mr_results_open(&a, &csv, mr_env_system(), &r, NULL) != MR_OK) return 0;
    mr_results_write_refused(r, NULL, MR_STR("reason"), true, &refused);
    for (;;) {
        struct mr_result_row row;
        bool has_row;
        mr_arena_reset(&row_arena);
        if (mr_results_next(r, &row_arena, &row, &has_row, NULL) != MR_OK || !has_row) break;
        check_row(&row_arena, &row);
        mr_results_write_refused(r, &row, MR_STR("because"), false, &refused);
    }
    mr_results_close(r);
    MR_CLEANUP(mr_csv_close) mr_csv_reader again = {0};
    mr_str rest = mr_buf_str(&refused);
    (void)!mr_csv_open(&again, mr_csv_from_text(&rest), NULL);
    return 0;
}
