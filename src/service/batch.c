/* Batches: an uploaded table is kept, and looked at as often as the registrar likes. Sealing is service/sealing.c.
 *
 * What a row will come to is found anew each time from the kept table, so that preview, list of refused rows and sealing cannot disagree.
 * The learner is known by a keyed hash of name, birth date and e-mail, unique within a specification. */
#include "service/batch.h"

#include "base/id.h"
#include "base/limits.h"
#include "base/log.h"
#include "credential/page_image.h"
#include "service/claim.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/status.h"
#include "store/achievement.h"
#include "store/batch.h"

int mr_job_house_keep(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    int64_t removed;
    (void)job;
    MR_TRY(mr_claim_remove_unclaimed(s, &removed, err));
    if (removed) mr_log(MR_LOG_INFO, "claim.unclaimed_removed", NULL);
    return MR_OK;
}

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

/* ---- rows of a kept table ---- */

struct table {
    mr_str rest;
    mr_csv_reader csv;
    mr_results *results;
};
static void table_done(struct table *t)
{
    if (t->results) mr_results_close(t->results);
    mr_csv_close(&t->csv);
}

static int table_open(struct table *t, mr_arena *a, mr_str content, const mr_env *env, struct mr_err *err)
{
    t->rest = content;
    MR_TRY(mr_csv_open(&t->csv, mr_csv_from_text(&t->rest), err));
    return mr_results_open(a, &t->csv, env, &t->results, err);
}

/* The learner's key as it is stored: nobody without the installation's secret can tell a name from it. */
static void stored_key(const mr_service *s, const struct mr_result_row *row, char out[33])
{
    mr_service_mac(s, "learner", mr_str_of(row->learner_key), out);
}

/* When the learner of a good row was awarded this before; empty when never. */
static int awarded_before(mr_service *s, mr_db_tx *tx, mr_arena *a, mr_str specification_id,
                          const struct mr_result_row *row, mr_str *ret_had_on, struct mr_err *err)
{
    char key[33];
    *ret_had_on = MR_STR_EMPTY;
    if (row->fate != MR_ROW_READY) return MR_OK;
    stored_key(s, row, key);
    struct mr_holding holding;
    MR_TRY(mr_store_achievement_holding(tx, a, specification_id, mr_str_of(key), mr_env_now(s->env), &holding, err));
    *ret_had_on = holding.awarded_on;
    return MR_OK;
}

int mr_batch_upload(mr_service *s, mr_arena *a, mr_str specification_id, mr_str file_name, mr_str content,
                    mr_str *ret_id, struct mr_err *err)
{
    MR_CLEANUP(table_done) struct table table = {0};
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_result_row row;
    struct mr_batch_row batch = {.file_name = file_name};
    struct mr_published published;
    bool has_row;
    mr_str had_on;
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(mr_catalogue_get(s, a, specification_id, &published, err));
    MR_TRY(table_open(&table, a, content, s->env, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    for (;;) {
        mr_arena_reset(&scratch);
        MR_TRY(mr_results_next(table.results, &scratch, &row, &has_row, err));
        if (!has_row) break;
        if (++batch.rows_read > MR_LIMIT_UPLOAD_ROWS)
            return MR_FAIL_DETAIL(err, MR_E_LIMIT, "more rows than one upload may have", "%d", MR_LIMIT_UPLOAD_ROWS);
        MR_TRY(awarded_before(s, tx, &scratch, published.id, &row, &had_on, err));
        batch.rows_ready += row.fate == MR_ROW_READY && !had_on.len;
    }
    mr_db_rollbackp(&tx);
    tx = NULL;
    if (batch.rows_read == 0) return MR_FAIL(err, MR_E_CSV, "the table has a header and no rows", MR_NOWHERE);
    batch.specification_id = published.id;
    batch.org_id = published.org_id;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_batch_add(tx, a, s->env, &batch, content, ret_id, err));
    return commit(&tx, err);
}

/* ---- reading batches ---- */

static mr_batch_state state_of(mr_str name)
{
    static const char *const names[] = {"preview", "sealing", "sealed", "failed", "discarded"};
    for (int i = 0; i < 5; i++)
        if (mr_str_is(name, names[i])) return (mr_batch_state)i;
    return MR_BATCH_FAILED;
}

static struct mr_batch batch_of(const struct mr_batch_row *r)
{
    return (struct mr_batch){
        .id = r->id,
        .specification_id = r->specification_id,
        .file_name = r->file_name,
        .error = r->error,
        .state = state_of(r->state),
        .rows_read = r->rows_read,
        .rows_ready = r->rows_ready,
        .rows_sealed = r->rows_sealed,
        .created_at = r->created_at,
        .sealed_at = r->sealed_at,
    };
}

static int find_row(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_batch_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_batch_find(tx, a, id, ret, err));
    return ret->id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such batch", MR_NOWHERE);
}

int mr_batch_get(mr_service *s, mr_arena *a, mr_str id, struct mr_batch *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row row;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_row(tx, a, id, &row, err));
    *ret = batch_of(&row);
    return MR_OK;
}

int mr_batch_list(mr_service *s, mr_arena *a, mr_str specification_id, struct mr_batch **ret, size_t *ret_count,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_batch_list(tx, a, specification_id, MR_STR_EMPTY, &rows, &count, err));
    struct mr_batch *list = MR_NEW_ARRAY(a, struct mr_batch, count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) list[i] = batch_of(&rows[i]);
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* ---- walking the rows of a batch ---- */

struct walk {
    mr_service *s;
    mr_db_tx *tx; /* for reading */
    struct mr_batch_row batch;
    struct table table;
};
static void walk_done(struct walk *w)
{
    table_done(&w->table);
    mr_db_rollbackp(&w->tx);
}

static int walk_open(struct walk *w, mr_service *s, mr_arena *a, mr_str id, struct mr_err *err)
{
    mr_str content;
    w->s = s;
    MR_TRY(mr_db_begin(s->db, false, &w->tx, err));
    MR_TRY(find_row(w->tx, a, id, &w->batch, err));
    MR_TRY(mr_store_batch_content(w->tx, a, id, &content, err));
    if (content.len == 0) return MR_FAIL(err, MR_E_STATE, "the table of this batch is no longer kept", MR_NOWHERE);
    return table_open(&w->table, a, content, s->env, err);
}

/* The next row and what it will come to; ret_had_on tells when the learner was awarded before, empty when never. */
static int walk_next(struct walk *w, mr_arena *a, struct mr_result_row *row, bool *ret_row, mr_str *ret_had_on,
                     struct mr_err *err)
{
    *ret_had_on = MR_STR_EMPTY;
    MR_TRY(mr_results_next(w->table.results, a, row, ret_row, err));
    if (!*ret_row) return MR_OK;
    return awarded_before(w->s, w->tx, a, w->batch.specification_id, row, ret_had_on, err);
}

static struct mr_preview_row preview_row(mr_arena *a, const struct mr_result_row *row, mr_str had_on)
{
    static const mr_preview_fate fates[] = {[MR_ROW_READY] = MR_PREVIEW_READY,
                                            [MR_ROW_REFUSED] = MR_PREVIEW_REFUSED,
                                            [MR_ROW_DUPLICATE] = MR_PREVIEW_DUPLICATE};
    return (struct mr_preview_row){
        .number = row->number,
        .first_number = row->first_number,
        .fate = had_on.len ? MR_PREVIEW_HAS_IT : fates[row->fate],
        .name = mr_arena_dup(a, row->achievement.learner.full_name),
        .email = mr_arena_dup(a, row->achievement.learner.email),
        .had_on = had_on,
        .findings = row->findings,
    };
}

int mr_batch_preview(mr_service *s, mr_arena *a, mr_str id, struct mr_preview *ret, struct mr_err *err)
{
    MR_CLEANUP(walk_done) struct walk w = {0};
    struct mr_result_row row;
    bool has_row;
    mr_str had_on;
    MR_TRY(walk_open(&w, s, a, id, err));
    if (state_of(w.batch.state) != MR_BATCH_PREVIEW)
        return MR_FAIL(err, MR_E_STATE, "the batch is no longer in preview", MR_NOWHERE);
    size_t capacity = (size_t)w.batch.rows_read;
    *ret = (struct mr_preview){.rows = MR_NEW_ARRAY(a, struct mr_preview_row, capacity),
                               .latin1 = w.table.csv.encoding == MR_CSV_WINDOWS_1252};
    if (!ret->rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the preview", MR_NOWHERE);
    ret->unused_count = mr_results_unused(w.table.results, ret->unused, MR_PREVIEW_COLUMNS);
    for (size_t i = 0; i < ret->unused_count && i < MR_PREVIEW_COLUMNS; i++)
        ret->unused[i] = mr_arena_dup(a, ret->unused[i]);
    while (ret->count < capacity) {
        MR_TRY(walk_next(&w, a, &row, &has_row, &had_on, err));
        if (!has_row) break;
        struct mr_preview_row *r = &ret->rows[ret->count++];
        *r = preview_row(a, &row, had_on);
        ret->ready += r->fate == MR_PREVIEW_READY;
        ret->refused += r->fate == MR_PREVIEW_REFUSED;
        ret->duplicate += r->fate == MR_PREVIEW_DUPLICATE;
        ret->has_it += r->fate == MR_PREVIEW_HAS_IT;
    }
    return MR_OK;
}

static mr_str reason_of(mr_arena *a, const mr_language *l, const struct mr_result_row *row, mr_str had_on)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    mr_buf_init(&b, 64 * MR_KIB);
    if (had_on.len) mr_buf_put(&b, MR_SAY(a, l, "batch.row.has_it", {"date", had_on}));
    if (row->fate == MR_ROW_DUPLICATE)
        mr_buf_put(&b, MR_SAY(a, l, "batch.row.duplicate", {"row", mr_arena_format(a, "%zu", row->first_number)}));
    for (size_t i = 0; i < row->findings.count; i++) {
        if (b.len) mr_buf_putc(&b, ' ');
        mr_buf_put(&b, mr_finding_say(a, l, &row->findings.items[i]));
    }
    return mr_arena_dup(a, mr_buf_str(&b));
}

int mr_batch_write_refused(mr_service *s, mr_arena *a, mr_str id, const mr_language *l, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(walk_done) struct walk w = {0};
    MR_CLEANUP(mr_arena_done) mr_arena scratch;
    struct mr_result_row row;
    bool has_row;
    mr_str had_on;
    mr_arena_init(&scratch, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(walk_open(&w, s, a, id, err));
    mr_results_write_refused(w.table.results, NULL, mr_message(l, "batch.reason"), true, out);
    for (;;) {
        mr_arena_reset(&scratch);
        MR_TRY(walk_next(&w, &scratch, &row, &has_row, &had_on, err));
        if (!has_row) break;
        if (row.fate == MR_ROW_READY && !had_on.len) continue;
        mr_results_write_refused(w.table.results, &row, reason_of(&scratch, l, &row, had_on), false, out);
    }
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the list is too long", MR_NOWHERE) : MR_OK;
}

static void seal_cleanup(struct mr_seal_key *k)
{
    mr_seal_key_done(k);
}
static void drawing_cleanup(mr_page_image **p)
{
    if (*p) mr_page_image_close(*p);
}

/* The first row that will be sealed. Its texts live in `a`. */
static int first_ready(mr_service *s, mr_arena *a, mr_str id, struct mr_result_row *ret, mr_str *ret_specification,
                       struct mr_err *err)
{
    MR_CLEANUP(walk_done) struct walk w = {0};
    bool has_row;
    mr_str had_on;
    MR_TRY(walk_open(&w, s, a, id, err));
    do MR_TRY(walk_next(&w, a, ret, &has_row, &had_on, err));
    while (has_row && (ret->fate != MR_ROW_READY || had_on.len));
    *ret_specification = w.batch.specification_id;
    return has_row ? MR_OK : MR_FAIL(err, MR_E_STATE, "no row is ready", MR_NOWHERE);
}

int mr_batch_draw_sample(mr_service *s, mr_arena *a, mr_str id, mr_buf *out, struct mr_err *err)
{
    MR_CLEANUP(seal_cleanup) struct mr_seal_key seal = {0};
    MR_CLEANUP(drawing_cleanup) mr_page_image *drawing = NULL;
    struct mr_published published;
    struct mr_result_row row;
    mr_str specification;
    MR_TRY(first_ready(s, a, id, &row, &specification, err));
    MR_TRY(mr_catalogue_get(s, a, specification, &published, err));
    MR_TRY(mr_service_seal(s, &published.specification, &seal, err));
    const mr_language *l = mr_language_find(mr_specification_primary_language(&published.specification));
    MR_TRY(mr_page_image_open(&published.specification, l ? l : mr_language_english(), s->verify_url, seal.is_test,
                              &drawing, err));
    return mr_page_image_draw(drawing, &row.achievement, out, err);
}

int mr_batch_check(mr_service *s, mr_arena *a, mr_str id, struct mr_findings *findings, struct mr_err *err)
{
    struct mr_published published;
    struct mr_result_row row;
    mr_str specification;
    MR_TRY(first_ready(s, a, id, &row, &specification, err));
    MR_TRY(mr_catalogue_get(s, a, specification, &published, err));
    return mr_service_check_sample(s, a, &published.specification, &row.achievement, findings, err);
}
