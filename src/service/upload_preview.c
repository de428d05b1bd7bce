/* Uploaded results as they are looked at (service/upload.h): counts, rows of a group, the rows that are left out as a file, the sample, and what is sealed next. */
#include "base/limits.h"
#include "credential/page_image.h"
#include "service/catalogue.h"
#include "service/installation.h"
#include "service/maker.h"
#include "service/upload.h"
#include "service/upload_line.h"
#include "store/batch.h"
#include "table/xlsx_write.h"

#define PIECE 500 /* rows that are held at once when all are written */

/* ---- one upload ---- */

struct looking {
    mr_db_tx *tx;
    struct mr_batch_row batch;
    struct mr_upload_row upload;
    int64_t now;
};
static void looking_done(struct looking *x)
{
    mr_db_rollbackp(&x->tx);
}

static int look(struct looking *x, mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id,
                struct mr_err *err)
{
    x->now = mr_env_now(s->env);
    MR_TRY(mr_db_begin(s->db, false, &x->tx, err));
    MR_TRY(mr_store_batch_find(x->tx, a, batch_id, &x->batch, err));
    if (!x->batch.id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such batch", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_BATCH_READ, x->batch.org_id, err));
    MR_TRY(mr_store_upload_find(x->tx, a, batch_id, &x->upload, err));
    if (mr_str_is(x->batch.state, "preview") && x->upload.batch_id.len) return MR_OK;
    return MR_FAIL(err, MR_E_STATE, "the batch is no longer in preview", MR_NOWHERE);
}

int mr_upload_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, struct mr_upload_view *ret,
                  struct mr_err *err)
{
    MR_CLEANUP(looking_done) struct looking x = {0};
    MR_TRY(look(&x, s, actor, a, batch_id, err));
    *ret = (struct mr_upload_view){.batch_id = x.batch.id,
                                   .org_id = x.batch.org_id,
                                   .specification_id = x.batch.specification_id,
                                   .file_name = x.batch.file_name,
                                   .needs_mapping = x.upload.needs_mapping,
                                   .latin1 = x.upload.latin1,
                                   .sheet = x.upload.sheet,
                                   .source = x.upload.source};
    MR_TRY(mr_mapping_parse(a, x.upload.mapping, &ret->mapping, err));
    MR_TRY(mr_upload_list_read(a, x.upload.columns, &ret->columns, &ret->column_count, err));
    MR_TRY(mr_upload_list_read(a, x.upload.unused, &ret->unused, &ret->unused_count, err));
    MR_TRY(mr_upload_list_read(a, x.upload.sheets, &ret->sheets, &ret->sheet_count, err));
    return mr_store_upload_count(x.tx, batch_id, mr_env_now(s->env), ret->counts, err);
}

static const struct {
    enum mr_upload_group fate;
    const char *word;
} fates[] = {{MR_UPLOAD_READY, "ready"},
             {MR_UPLOAD_REFUSED, "refused"},
             {MR_UPLOAD_DUPLICATE, "duplicate"},
             {MR_UPLOAD_HAS_IT, "has_it"},
             {MR_UPLOAD_NOT_PASSED, "not_passed"}};

const char *mr_upload_fate_word(enum mr_upload_group fate)
{
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
        if (fates[i].fate == fate) return fates[i].word;
    return "all";
}

static int item_of(mr_arena *a, const struct mr_upload_line *line, struct mr_upload_item *ret, struct mr_err *err)
{
    struct mr_result_row row;
    MR_TRY(mr_upload_line_row(a, line, &row, err));
    *ret = (struct mr_upload_item){.number = line->number,
                                   .first_number = line->first_number,
                                   .name = line->name,
                                   .email = line->email,
                                   .grade = row.achievement.grade,
                                   .had_on = line->had_on};
    for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
        if (mr_str_is(line->fate, fates[i].word)) ret->fate = fates[i].fate;
    return mr_upload_line_findings(a, line, &ret->findings, err);
}

int mr_upload_rows(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id,
                   enum mr_upload_group group, int64_t skip, size_t limit, struct mr_upload_item **ret,
                   size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(looking_done) struct looking x = {0};
    struct mr_upload_line *lines;
    size_t count;
    MR_TRY(look(&x, s, actor, a, batch_id, err));
    MR_TRY(mr_store_upload_lines(x.tx, a, batch_id, mr_env_now(s->env), group, 0, skip, limit, &lines, &count, err));
    struct mr_upload_item *items = MR_NEW_ARRAY(a, struct mr_upload_item, count);
    if (!items) return MR_FAIL(err, MR_E_NOMEM, "no memory for rows", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) MR_TRY(item_of(a, &lines[i], &items[i], err));
    *ret = items, *ret_count = count;
    return MR_OK;
}

mr_str mr_upload_reason(mr_arena *a, const mr_language *l, const struct mr_upload_item *item)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_date day;
    mr_buf_init(&b, 64 * MR_KIB);
    if (item->fate == MR_UPLOAD_HAS_IT) {
        bool known = mr_date_parse(item->had_on, &day, NULL) == MR_OK;
        mr_buf_put(&b, MR_SAY(a, l, "batch.row.has_it", {"date", known ? mr_say_date(a, l, day) : item->had_on}));
    }
    if (item->fate == MR_UPLOAD_DUPLICATE)
        mr_buf_put(&b, MR_SAY(a, l, "batch.row.duplicate",
                              {"row", mr_arena_format(a, "%lld", (long long)item->first_number)}));
    if (item->fate == MR_UPLOAD_NOT_PASSED)
        mr_buf_put(&b, MR_SAY(a, l, "batch.row.not_passed", {"grade", item->grade}));
    for (size_t i = 0; i < item->findings.count; i++) {
        if (b.len) mr_buf_putc(&b, ' ');
        mr_buf_put(&b, mr_finding_say(a, l, &item->findings.items[i]));
    }
    return mr_arena_dup(a, mr_buf_str(&b));
}

int mr_upload_samples(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, const mr_str **ret,
                      size_t *ret_rows, struct mr_err *err)
{
    MR_CLEANUP(looking_done) struct looking x = {0};
    MR_CLEANUP(mr_table_close) mr_table table = {0};
    mr_str content;
    MR_TRY(look(&x, s, actor, a, batch_id, err));
    MR_TRY(mr_store_batch_content(x.tx, a, batch_id, &content, err));
    MR_TRY(mr_table_open(&table, content, x.upload.sheet, err));
    mr_str *cells = MR_NEW_ARRAY(a, mr_str, MR_UPLOAD_SAMPLES * table.column_count);
    if (!cells) return MR_FAIL(err, MR_E_NOMEM, "no memory for rows", MR_NOWHERE);
    size_t rows = 0;
    for (; rows < MR_UPLOAD_SAMPLES; rows++) {
        const mr_csv_row *row;
        MR_TRY(mr_table_next(&table, &row, err));
        if (!row) break;
        for (size_t i = 0; i < table.column_count && i < row->count; i++)
            cells[rows * table.column_count + i] = mr_arena_dup(a, mr_str_trim(row->cells[i]));
    }
    *ret = cells, *ret_rows = rows;
    return MR_OK;
}

/* ---- rows that are left out, as a file ---- */

struct writing {
    mr_xlsx_writer *book; /* NULL: CSV */
    mr_buf *out;
    char separator;
    const mr_str *columns;
    size_t column_count;
    int reason_column; /* of an earlier round, or -1 */
};
static void writing_done(struct writing *w)
{
    mr_xlsx_write_drop(w->book);
}

/* Cells as they were but an earlier reason, and the reason. */
static int write_cells(struct writing *w, mr_arena *a, const mr_str *cells, size_t count, mr_str reason, bool is_header,
                       struct mr_err *err)
{
    size_t all = count > w->column_count ? count : w->column_count, n = 0;
    mr_str *line = MR_NEW_ARRAY(a, mr_str, all + 1);
    if (!line) return MR_FAIL(err, MR_E_NOMEM, "no memory for rows", MR_NOWHERE);
    for (size_t i = 0; i < all; i++)
        if ((int)i != w->reason_column) line[n++] = i < count ? cells[i] : MR_STR_EMPTY;
    line[n++] = reason;
    if (w->book) {
        mr_xlsx_write_row(w->book, line, n, is_header);
        return MR_OK;
    }
    for (size_t i = 0; i < n; i++) mr_csv_put_cell(w->out, line[i], w->separator);
    mr_csv_end_row(w->out);
    return MR_OK;
}

static int write_lines(struct writing *w, struct looking *x, const mr_language *l, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena piece;
    int64_t after = 0;
    mr_arena_init(&piece, MR_LIMIT_DOCUMENT_MEMORY);
    for (size_t count = PIECE; count == PIECE;) {
        struct mr_upload_line *lines;
        mr_arena_reset(&piece);
        MR_TRY(mr_store_upload_lines(x->tx, &piece, x->batch.id, x->now, MR_UPLOAD_LEFT_OUT, after, 0, PIECE, &lines,
                                     &count, err));
        for (size_t i = 0; i < count; i++) {
            struct mr_upload_item item;
            const mr_str *cells;
            size_t cell_count;
            MR_TRY(item_of(&piece, &lines[i], &item, err));
            MR_TRY(mr_upload_list_read(&piece, lines[i].cells, &cells, &cell_count, err));
            MR_TRY(write_cells(w, &piece, cells, cell_count, mr_upload_reason(&piece, l, &item), false, err));
            after = lines[i].number;
        }
    }
    return MR_OK;
}

int mr_upload_write_left_out(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id,
                             const mr_language *l, bool as_workbook, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(looking_done) struct looking x = {0};
    MR_CLEANUP(writing_done) struct writing w = {.out = out, .reason_column = -1};
    MR_TRY(look(&x, s, actor, a, batch_id, err));
    MR_TRY(mr_upload_list_read(a, x.upload.columns, &w.columns, &w.column_count, err));
    w.separator = x.upload.separator;
    for (const mr_language *const *each = mr_languages(); *each && w.reason_column < 0; each++)
        w.reason_column = mr_csv_find_column(w.columns, w.column_count, mr_message(*each, "batch.reason"));
    if (as_workbook)
        MR_TRY(mr_xlsx_write_open("Merit", &w.book, err));
    else
        mr_buf_puts(out, "\xEF\xBB\xBF"); /* spreadsheets take a table for UTF-8 when it begins so */
    MR_TRY(write_cells(&w, a, w.columns, w.column_count, mr_message(l, "batch.reason"), true, err));
    MR_TRY(write_lines(&w, &x, l, err));
    mr_xlsx_writer *book = w.book;
    w.book = NULL;
    if (book) return mr_xlsx_write_close(book, out, err);
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the list is too long", MR_NOWHERE) : MR_OK;
}

int mr_upload_write_template(const mr_language *l, mr_buf *out, struct mr_err *err)
{
    static const struct {
        mr_result_field field;
        const char *sample, *note;
    } columns[] = {{MR_FIELD_GIVEN, "Søren", "upload.column.name"},
                   {MR_FIELD_FAMILY, "Kierkegård-Test", "upload.column.name"},
                   {MR_FIELD_BIRTH, "1994-05-05", "upload.column.birth"},
                   {MR_FIELD_EMAIL, "soren@example.org", "upload.column.email"},
                   {MR_FIELD_STUDENT, "s204711", "upload.column.student"},
                   {MR_FIELD_GRADE, "12", "upload.column.grade"},
                   {MR_FIELD_DATE, "2026-06-26", "upload.column.date"},
                   {MR_FIELD_PLACE, "Aarhus", "upload.column.place"},
                   {MR_FIELD_LANGUAGE, "da", "upload.column.language"},
                   {MR_FIELD_SUPERVISION, "identity-on-site", "upload.column.supervision"}};
    static const char *const supervisions[] = {"none", "supervised", "identity-online", "identity-on-site", NULL};
    enum { COUNT = sizeof columns / sizeof *columns };
    mr_str names[COUNT], samples[COUNT];
    mr_xlsx_writer *book;
    MR_TRY(mr_xlsx_write_open("Merit", &book, err));
    for (size_t i = 0; i < COUNT; i++) {
        names[i] = mr_str_of(mr_field_name(columns[i].field));
        samples[i] = mr_str_of(columns[i].sample);
        mr_xlsx_write_width(book, i, 20);
        mr_xlsx_write_note(book, i, mr_message(l, columns[i].note));
    }
    mr_xlsx_write_row(book, names, COUNT, true);
    mr_xlsx_write_row(book, samples, COUNT, false);
    mr_xlsx_write_choices(book, COUNT - 1, 2000, supervisions);
    return mr_xlsx_write_close(book, out, err);
}

/* ---- the sample ---- */

static void seal_cleanup(struct mr_seal_key *k)
{
    mr_seal_key_done(k);
}
static void drawing_cleanup(mr_page_image **p)
{
    if (*p) mr_page_image_close(*p);
}

/* The first row that will be sealed. Its texts live in `a`. */
static int first_ready(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_result_row *ret,
                       struct mr_published *ret_published, struct mr_err *err)
{
    MR_CLEANUP(looking_done) struct looking x = {0};
    size_t count;
    MR_TRY(look(&x, s, actor, a, id, err));
    MR_TRY(mr_upload_next_ready(x.tx, a, id, mr_env_now(s->env), 0, 1, ret, &count, err));
    if (count == 0) return MR_FAIL(err, MR_E_STATE, "no row is ready", MR_NOWHERE);
    return mr_catalogue_get(s, a, x.batch.specification_id, ret_published, err);
}

int mr_upload_draw_sample(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id, mr_buf *out,
                          struct mr_err *err)
{
    MR_CLEANUP(seal_cleanup) struct mr_seal_key seal = {0};
    MR_CLEANUP(drawing_cleanup) mr_page_image *drawing = NULL;
    struct mr_published published;
    struct mr_result_row row;
    MR_TRY(first_ready(s, actor, a, batch_id, &row, &published, err));
    MR_TRY(mr_service_seal(s, &published.specification, &seal, err));
    const mr_language *l = mr_language_find(mr_specification_primary_language(&published.specification));
    MR_TRY(mr_page_image_open(&published.specification, l ? l : mr_language_english(), s->verify_url, seal.is_test,
                              &drawing, err));
    return mr_page_image_draw(drawing, &row.achievement, out, err);
}

int mr_upload_check(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str batch_id,
                    struct mr_findings *findings, struct mr_err *err)
{
    struct mr_published published;
    struct mr_result_row row;
    MR_TRY(first_ready(s, actor, a, batch_id, &row, &published, err));
    int code = mr_maker_check(s, a, &published, findings, err);
    if (code != MR_OK) return code == MR_E_SPECIFICATION ? MR_OK : code;
    return mr_service_check_sample(s, a, &published.specification, &row.achievement, findings, err);
}

/* ---- for sealing ---- */

int mr_upload_next_ready(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t now, int64_t after, size_t most,
                         struct mr_result_row *ret, size_t *ret_count, struct mr_err *err)
{
    struct mr_upload_line *lines;
    size_t count;
    MR_TRY(mr_store_upload_lines(tx, a, batch_id, now, MR_UPLOAD_READY, after, 0, most, &lines, &count, err));
    for (size_t i = 0; i < count; i++) MR_TRY(mr_upload_line_row(a, &lines[i], &ret[i], err));
    *ret_count = count;
    return MR_OK;
}

int mr_upload_settle(mr_service *s, mr_db_tx *tx, mr_str batch_id, struct mr_err *err)
{
    return mr_store_upload_settle_enrolments(tx, batch_id, mr_env_now(s->env), err);
}
