#include "table/reader.h"

#include <stdlib.h>

mr_table mr_table_of_csv(mr_csv_reader *csv)
{
    return (mr_table){.csv = csv, .columns = csv->columns, .column_count = csv->column_count};
}

static int open_csv(mr_table *t, struct mr_err *err)
{
    t->own = t->csv = calloc(1, sizeof *t->csv);
    if (!t->own) return MR_FAIL(err, MR_E_NOMEM, "no memory to read a table", MR_NOWHERE);
    MR_TRY(mr_csv_open(t->own, mr_csv_from_text(&t->rest), err));
    t->columns = t->own->columns;
    t->column_count = t->own->column_count;
    return MR_OK;
}

int mr_table_open(mr_table *t, mr_str content, mr_str sheet, struct mr_err *err)
{
    *t = (mr_table){.rest = content};
    if (!mr_xlsx_is(content)) return open_csv(t, err);
    MR_TRY(mr_xlsx_open(content, sheet, &t->xlsx, err));
    t->column_count = mr_xlsx_columns(t->xlsx, &t->columns);
    return MR_OK;
}

void mr_table_close(mr_table *t)
{
    if (t->own) mr_csv_close(t->own);
    free(t->own);
    mr_xlsx_close(t->xlsx);
    *t = (mr_table){0};
}

int mr_table_next(mr_table *t, const mr_csv_row **ret, struct mr_err *err)
{
    return t->xlsx ? mr_xlsx_next(t->xlsx, ret, err) : mr_csv_next(t->csv, ret, err);
}

int mr_table_column(const mr_table *t, mr_str name)
{
    return mr_csv_find_column(t->columns, t->column_count, name);
}
