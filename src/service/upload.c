/* A table is read once, in one transaction, row by row: however long it is, one row is held in memory, and a stop leaves all of it or nothing. What can still change
 * until it is sealed, whether a learner has it already, is asked anew each time (store/upload.c). */
#include "service/upload.h"

#include "base/limits.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/installation.h"
#include "service/organisation.h"
#include "service/upload_line.h"
#include "store/batch.h"
#include "store/enrolment.h"
#include "store/mapping.h"

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

void mr_upload_learner_key(const mr_service *s, const char *key, char out[33])
{
    mr_service_mac(s, "learner", mr_str_of(key), out);
}

/* ---- which mapping ---- */

struct reading {
    mr_service *s;
    mr_arena *a;
    mr_db_tx *tx;
    mr_table table;
    mr_mapping mapping;
    struct mr_upload_row upload;
    mr_str slug;
    bool has_enrolments;
    int64_t rows, ready;
};
static void reading_done(struct reading *r)
{
    mr_table_close(&r->table);
    mr_db_rollbackp(&r->tx);
}

/* A column that Merit itself put there: the reasons in a file of rows that were left out. */
static bool is_reason(mr_str column)
{
    for (const mr_language *const *l = mr_languages(); *l; l++)
        if (mr_csv_is_same_name(column, mr_message(*l, "batch.reason"))) return true;
    return false;
}

/* Names of the columns without Merit's own, so that a mended file is read like the one that it came from. */
static int own_columns(struct reading *r, mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    mr_str *columns = MR_NEW_ARRAY(r->a, mr_str, r->table.column_count);
    size_t count = 0;
    if (!columns) return MR_FAIL(err, MR_E_NOMEM, "no memory for the header", MR_NOWHERE);
    for (size_t i = 0; i < r->table.column_count; i++)
        if (r->table.columns[i].len && !is_reason(r->table.columns[i])) columns[count++] = r->table.columns[i];
    *ret = columns, *ret_count = count;
    return MR_OK;
}

static int header_key(struct reading *r, char key[65], struct mr_err *err)
{
    mr_str *columns;
    size_t count;
    MR_TRY(own_columns(r, &columns, &count, err));
    return mr_mapping_header_key(r->a, columns, count, key, err);
}

/* Profile, else what is remembered, else names. */
static int choose_mapping(struct reading *r, mr_str profile_id, struct mr_err *err)
{
    struct mr_mapping_row row = {0};
    mr_result_field doubled;
    char key[65];
    if (profile_id.len) {
        MR_TRY(mr_store_mapping_find(r->tx, r->a, profile_id, &row, err));
        if (!row.id.len || !mr_str_eq(row.org_id, r->upload.org_id))
            return MR_FAIL(err, MR_E_NOT_FOUND, "no such profile", MR_NOWHERE);
        r->upload.source = MR_STR("profile");
    } else {
        MR_TRY(header_key(r, key, err));
        MR_TRY(mr_store_mapping_find_header(r->tx, r->a, r->upload.org_id, mr_str_of(key), &row, err));
        r->upload.source = MR_STR("remembered");
    }
    if (row.id.len) return mr_mapping_parse(r->a, row.document, &r->mapping, err);
    r->upload.source = MR_STR("names");
    mr_mapping_guess(r->table.columns, r->table.column_count, &r->mapping, &doubled);
    const mr_str *columns = r->mapping.columns;
    r->upload.needs_mapping =
        doubled != MR_FIELD_COUNT ||
        (!columns[MR_FIELD_NAME].len && !columns[MR_FIELD_GIVEN].len && !columns[MR_FIELD_FAMILY].len);
    return MR_OK;
}

/* ---- reading ---- */

static int describe(struct reading *r, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    const mr_str *sheets = NULL;
    mr_str *unused;
    size_t sheet_count = 0, unused_count = 0, count;
    mr_buf_init(&text, MR_LIMIT_MAPPING);
    mr_mapping_write(&r->mapping, 0, &text);
    r->upload.mapping = mr_arena_dup(r->a, mr_buf_str(&text));
    MR_TRY(own_columns(r, &unused, &count, err));
    for (size_t i = 0; i < count; i++) {
        bool used = false;
        for (mr_result_field f = 0; f < MR_FIELD_COUNT; f++)
            used |= r->mapping.columns[f].len && mr_csv_is_same_name(unused[i], r->mapping.columns[f]);
        if (!used) unused[unused_count++] = unused[i];
    }
    if (r->table.xlsx) {
        sheet_count = mr_xlsx_sheets(r->table.xlsx, &sheets);
        r->upload.sheet = mr_arena_dup(r->a, mr_xlsx_sheet(r->table.xlsx));
    }
    r->upload.latin1 = r->table.csv && r->table.csv->encoding == MR_CSV_WINDOWS_1252;
    r->upload.separator = r->table.csv ? r->table.csv->separator : ',';
    MR_TRY(mr_upload_list_write(r->a, unused, unused_count, &r->upload.unused, err));
    MR_TRY(mr_upload_list_write(r->a, sheets, sheet_count, &r->upload.sheets, err));
    return mr_upload_list_write(r->a, r->table.columns, r->table.column_count, &r->upload.columns, err);
}

static int keep_row(struct reading *r, mr_arena *scratch, mr_results *results, const struct mr_result_row *row,
                    struct mr_err *err)
{
    struct mr_upload_line line;
    const mr_str *cells;
    char key[33];
    size_t count = mr_results_cells(results, &cells);
    MR_TRY(mr_upload_line_write(scratch, row, cells, count, &line, err));
    mr_upload_learner_key(r->s, row->learner_key, key);
    line.learner_key = mr_str_of(key);
    if (r->has_enrolments && (row->fate == MR_ROW_READY || row->fate == MR_ROW_NOT_PASSED))
        MR_TRY(mr_store_enrolment_match(r->tx, scratch, r->slug, line.learner_key,
                                        row->achievement.learner.student_number, row->achievement.learner.email,
                                        &line.enrolment_id, err));
    r->ready += row->fate == MR_ROW_READY;
    return mr_store_upload_add_line(r->tx, r->upload.batch_id, r->upload.org_id, &line, err);
}

static void results_cleanup(mr_results **results)
{
    mr_results_close(*results);
}

static int read_rows(struct reading *r, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    MR_CLEANUP(results_cleanup) mr_results *results = NULL;
    struct mr_result_row row;
    bool has_row;
    int64_t seats[5];
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(mr_store_enrolment_count(r->tx, r->upload.org_id, r->slug, seats, err));
    r->has_enrolments = seats[0] + seats[1] > 0;
    MR_TRY(mr_results_open_table(r->a, &r->table, &r->mapping, r->s->env, &results, err));
    for (;;) {
        mr_arena_reset(&scratch);
        MR_TRY(mr_results_next(results, &scratch, &row, &has_row, err));
        if (!has_row) break;
        if (++r->rows > MR_LIMIT_UPLOAD_ROWS)
            return MR_FAIL_DETAIL(err, MR_E_LIMIT, "more rows than one upload may have", "%d", MR_LIMIT_UPLOAD_ROWS);
        MR_TRY(keep_row(r, &scratch, results, &row, err));
    }
    return r->rows ? MR_OK : MR_FAIL(err, MR_E_CSV, "the table has a header and no rows", MR_NOWHERE);
}

/* The upload's head and, unless it waits for a mapping, its rows. */
static int keep_all(struct reading *r, struct mr_err *err)
{
    int64_t counts[MR_UPLOAD_NOT_PASSED + 1];
    MR_TRY(describe(r, err));
    MR_TRY(mr_store_upload_put(r->tx, &r->upload, err));
    if (!r->upload.needs_mapping) MR_TRY(read_rows(r, err));
    MR_TRY(mr_store_upload_count(r->tx, r->upload.batch_id, mr_env_now(r->s->env), counts, err));
    return mr_store_upload_set_counts(r->tx, r->upload.batch_id, r->rows, counts[MR_UPLOAD_READY], err);
}

/* A table without any rows is refused at once, whatever its columns mean. */
static int refuse_empty(mr_str content, mr_str sheet, struct mr_err *err)
{
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    const mr_csv_row *row;
    MR_TRY(mr_table_open(&table, content, sheet, err));
    MR_TRY(mr_table_next(&table, &row, err));
    return row ? MR_OK : MR_FAIL(err, MR_E_CSV, "the table has a header and no rows", MR_NOWHERE);
}

int mr_upload_add(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_upload *upload,
                  mr_str *ret_batch_id, struct mr_err *err)
{
    MR_CLEANUP(reading_done) struct reading r = {.s = s, .a = a};
    struct mr_published published;
    MR_TRY(mr_catalogue_get(s, a, upload->specification_id, &published, err));
    MR_TRY(mr_authorise(actor, MR_MAY_RESULT_ENTER, published.org_id, err));
    MR_TRY(mr_organisation_check_open(s, published.org_id, err));
    MR_TRY(refuse_empty(upload->content, upload->sheet, err));
    const struct mr_batch_row batch = {
        .file_name = upload->file_name, .specification_id = published.id, .org_id = published.org_id};
    r.slug = published.slug;
    r.upload.org_id = published.org_id;
    MR_TRY(mr_table_open(&r.table, upload->content, upload->sheet, err));
    MR_TRY(mr_db_begin(s->db, true, &r.tx, err));
    MR_TRY(choose_mapping(&r, upload->profile_id, err));
    if (upload->by_form) r.upload.source = MR_STR("form");
    MR_TRY(mr_store_batch_add(r.tx, a, s->env, &batch, upload->content, &r.upload.batch_id, err));
    MR_TRY(keep_all(&r, err));
    MR_TRY(mr_audit(s, r.tx, actor, MR_MAY_RESULT_ENTER, r.upload.org_id, r.upload.batch_id,
                    mr_arena_format(a, "rows=%lld", (long long)r.rows), err));
    *ret_batch_id = r.upload.batch_id;
    return commit(&r.tx, err);
}

static int remember_mapping(struct reading *r, struct mr_err *err)
{
    struct mr_mapping_row row = {.org_id = r->upload.org_id, .document = r->upload.mapping};
    char key[65];
    mr_str id;
    MR_TRY(header_key(r, key, err));
    row.header_key = mr_str_of(key);
    return mr_store_mapping_put(r->tx, r->a, r->s->env, &row, &id, err);
}

int mr_upload_map(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, const mr_mapping *mapping,
                  mr_str sheet, bool remember, struct mr_err *err)
{
    MR_CLEANUP(reading_done) struct reading r = {.s = s, .a = a, .mapping = *mapping};
    struct mr_published published;
    struct mr_batch_row batch;
    mr_str content;
    MR_TRY(mr_db_begin(s->db, true, &r.tx, err));
    MR_TRY(mr_store_batch_find(r.tx, a, batch_id, &batch, err));
    if (!batch.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such batch", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_RESULT_ENTER, batch.org_id, err));
    MR_TRY(mr_store_upload_find(r.tx, a, batch_id, &r.upload, err));
    MR_TRY(mr_store_batch_content(r.tx, a, batch_id, &content, err));
    if (!mr_str_is(batch.state, "preview") || !r.upload.batch_id.len || !content.len)
        return MR_FAIL(err, MR_E_STATE, "the batch is no longer in preview", MR_NOWHERE);
    MR_TRY(mr_catalogue_get(s, a, batch.specification_id, &published, err));
    r.slug = published.slug;
    MR_TRY(mr_table_open(&r.table, content, sheet.len ? sheet : r.upload.sheet, err));
    r.upload.source = MR_STR("chosen");
    r.upload.needs_mapping = false;
    MR_TRY(keep_all(&r, err));
    if (remember) MR_TRY(remember_mapping(&r, err));
    MR_TRY(mr_audit(s, r.tx, actor, MR_MAY_RESULT_ENTER, batch.org_id, batch_id, MR_STR("mapped"), err));
    return commit(&r.tx, err);
}
