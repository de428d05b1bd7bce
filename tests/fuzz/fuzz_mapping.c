/* Any bytes as a mapping: never a crash; what is read can be written and read again, and says the same then. A second line is a table that it reads. */
#include "base/limits.h"
#include "credential/results.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool truth)
{
    if (!truth) abort();
}

static void read_table(mr_arena *a, const mr_mapping *m, mr_str content)
{
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    struct mr_result_row row;
    mr_results *results;
    bool has_row;
    if (mr_table_open(&table, content, MR_STR_EMPTY, NULL) != MR_OK) return;
    if (mr_results_open_table(a, &table, m, mr_env_system(), &results, NULL) != MR_OK) return;
    for (int i = 0; i < 100 && mr_results_next(results, a, &row, &has_row, NULL) == MR_OK && has_row; i++)
        require(row.fate != MR_ROW_READY || row.achievement.learner.full_name.len > 0);
    mr_results_close(results);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_buf_done) mr_buf once;
    MR_CLEANUP(mr_buf_done) mr_buf twice;
    mr_str text = mr_str_make((const char *)data, size), first;
    mr_mapping m, again;
    mr_arena_init(&a, 64 * MR_MIB);
    mr_buf_init(&once, MR_MIB);
    mr_buf_init(&twice, MR_MIB);
    if (!mr_str_split(&text, '\n', &first) || mr_mapping_parse(&a, first, &m, NULL) != MR_OK) return 0;
    mr_mapping_write(&m, 0, &once);
    require(mr_mapping_parse(&a, mr_buf_str(&once), &again, NULL) == MR_OK);
    mr_mapping_write(&again, 0, &twice);
    require(mr_str_eq(mr_buf_str(&once), mr_buf_str(&twice)));
    if (text.len) read_table(&a, &m, text);
    return 0;
}
