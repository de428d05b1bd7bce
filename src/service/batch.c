/* Batches: an uploaded table is kept, looked at as often as the registrar likes, and sealed by one background thread.
 *
 * What a row will come to is found anew each time from the kept table, so that preview, list of refused rows and sealing cannot disagree.
 * Sealing goes row by row: a credential is made outside any transaction (drawing and signing take milliseconds), then a few achievements
 * with their credentials are stored together. A stop at any moment leaves whole achievements; the next start goes on with the rows that
 * are not there yet. The learner is known by a keyed hash of name, birth date and e-mail, unique within a specification. */
#include "service/batch.h"

#include "base/id.h"
#include "base/limits.h"
#include "base/log.h"
#include "service/claim.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/status.h"
#include "service/upload.h"
#include "store/achievement.h"
#include "store/batch.h"

#include <time.h>

#define CLAIM_MS (182 * MR_DAY_MS)
#define CHUNK 20      /* achievements in one transaction */
#define CHUNK_MS 1000 /* or those of so much time, when a time-stamp authority is slow */

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
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

int mr_batch_links(mr_service *s, mr_arena *a, mr_str id, struct mr_claim_link **ret, size_t *ret_count,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row batch;
    struct mr_achievement_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_row(tx, a, id, &batch, err));
    MR_TRY(mr_store_achievement_list(tx, a, id, 0, MR_LIMIT_UPLOAD_ROWS, &rows, &count, err));
    struct mr_claim_link *links = MR_NEW_ARRAY(a, struct mr_claim_link, count);
    if (!links) return MR_FAIL(err, MR_E_NOMEM, "no memory for the links", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        mr_str path = mr_claim_path(s, a, rows[i].id);
        links[i] = (struct mr_claim_link){
            .achievement_id = rows[i].id,
            .learner = rows[i].learner_name,
            .email = rows[i].learner_email,
            .claim_state = rows[i].claim_state,
            .status = mr_status_of_word(rows[i].status),
            .until = rows[i].claim_until,
            .url = mr_arena_format(a, "%.*s%.*s", MR_STR_ARG(s->public_url), MR_STR_ARG(path)),
        };
    }
    *ret = links, *ret_count = count;
    return MR_OK;
}

mr_str mr_claim_link_state(const mr_service *s, const mr_language *l, const struct mr_claim_link *link)
{
    if (link->status == MR_STATUS_REVOKED) return mr_message(l, "batch.status.revoked");
    if (link->status == MR_STATUS_SUSPENDED) return mr_message(l, "batch.status.suspended");
    if (mr_str_is(link->claim_state, "accepted")) return mr_message(l, "batch.claim.accepted");
    if (mr_str_is(link->claim_state, "declined")) return mr_message(l, "batch.claim.declined");
    return mr_message(l, mr_env_now(s->env) > link->until ? "batch.claim.over" : "batch.claim.open");
}

int mr_batch_write_links(mr_service *s, mr_arena *a, mr_str id, const mr_language *l, mr_buf *out, struct mr_err *err)
{
    static const char *const columns[] = {"batch.column.learner", "batch.column.email", "batch.column.state",
                                          "batch.column.link"};
    struct mr_claim_link *links;
    size_t count;
    MR_TRY(mr_batch_links(s, a, id, &links, &count, err));
    mr_buf_puts(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < 4; i++) mr_csv_put_cell(out, mr_message(l, columns[i]), ',');
    mr_csv_end_row(out);
    for (size_t i = 0; i < count; i++) {
        const mr_str cells[] = {links[i].learner, links[i].email, mr_claim_link_state(s, l, &links[i]), links[i].url};
        for (size_t k = 0; k < 4; k++) mr_csv_put_cell(out, cells[k], ',');
        mr_csv_end_row(out);
    }
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the list is too long", MR_NOWHERE) : MR_OK;
}

/* ---- state ---- */

static int move(mr_service *s, mr_str id, const char *from, const char *to, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    bool moved;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_batch_move(tx, id, mr_str_of(from), mr_str_of(to), &moved, err));
    if (!moved) return MR_FAIL(err, MR_E_STATE, "the batch is in another state", MR_NOWHERE);
    return commit(&tx, err);
}

static void wake_worker(mr_service *s)
{
    pthread_mutex_lock(&s->lock);
    s->work_waits = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* Out of preview: how many rows will be sealed is settled now, so that progress has an end. */
static int leave_preview(mr_service *s, mr_arena *a, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_upload_view preview;
    struct mr_findings findings;
    bool moved;
    mr_findings_init(&findings, a);
    MR_TRY(mr_upload_get(s, &mr_actor_system, a, id, &preview, err));
    if (preview.counts[MR_UPLOAD_READY] == 0) return MR_FAIL(err, MR_E_STATE, "no row is ready", MR_NOWHERE);
    MR_TRY(mr_upload_check(s, &mr_actor_system, a, id, &findings, err));
    if (findings.faults)
        return MR_FAIL_DETAIL(err, MR_E_SPECIFICATION, "its credentials would have faults", "%s", findings.items[0].id);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_batch_move(tx, id, MR_STR("preview"), MR_STR("sealing"), &moved, err));
    if (!moved) return MR_FAIL(err, MR_E_STATE, "the batch is in another state", MR_NOWHERE);
    MR_TRY(mr_store_batch_set_ready_rows(tx, id, preview.counts[MR_UPLOAD_READY], err));
    MR_TRY(mr_upload_settle(s, tx, id, err));
    return commit(&tx, err);
}

int mr_batch_seal(mr_service *s, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_batch batch;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY + MR_LIMIT_TABLE);
    MR_TRY(mr_batch_get(s, &a, id, &batch, err));
    if (batch.state == MR_BATCH_FAILED)
        MR_TRY(move(s, id, "failed", "sealing", err));
    else
        MR_TRY(leave_preview(s, &a, id, err));
    wake_worker(s);
    return MR_OK;
}

int mr_batch_discard(mr_service *s, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    bool moved;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_batch_move(tx, id, MR_STR("preview"), MR_STR("discarded"), &moved, err));
    if (!moved) return MR_FAIL(err, MR_E_STATE, "the batch is in another state", MR_NOWHERE);
    MR_TRY(mr_store_batch_empty(tx, id, err));
    return commit(&tx, err);
}

/* ---- sealing ---- */

/* One achievement is sealed in these forms at once: one place in a status list withdraws them all. */
static const mr_format forms[] = {MR_FORMAT_ELM, MR_FORMAT_VC_JWT, MR_FORMAT_OPEN_BADGES, MR_FORMAT_DC_SD_JWT};
#define FORMS (sizeof forms / sizeof *forms)

struct sealed {
    struct mr_achievement_row row;
    mr_str documents[FORMS]; /* empty: a form that this seal cannot have */
};
struct job {
    mr_service *s;
    struct mr_batch_row batch;
    struct sealed chunk[CHUNK];
    size_t count;
    int64_t done;
    size_t row; /* being sealed, for the message when that fails */
    int64_t stored_at;
};

static int store_chunk(struct job *j, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(j->s->db, true, &tx, err));
    for (size_t i = 0; i < j->count; i++) {
        const struct sealed *x = &j->chunk[i];
        MR_TRY(mr_store_achievement_add(tx, &x->row, err));
        for (size_t k = 0; k < FORMS; k++) {
            if (x->documents[k].len == 0) continue;
            MR_TRY(mr_store_credential_add(tx, x->row.id, x->row.org_id, mr_str_of(mr_format_name(forms[k])),
                                           x->documents[k], x->row.created_at, err));
        }
    }
    MR_TRY(mr_store_batch_set_sealed_rows(tx, j->batch.id, j->done + (int64_t)j->count, err));
    MR_TRY(commit(&tx, err));
    j->done += (int64_t)j->count;
    j->count = 0;
    j->stored_at = mr_env_now(j->s->env);
    return MR_OK;
}

/* A kind of key that no badge can be signed with leaves badges out; a European Digital Credential there is always. */
static int seal_forms(mr_issuer *issuer, mr_arena *a, mr_achievement *achievement, mr_str documents[FORMS],
                      struct mr_err *err)
{
    for (size_t k = 0; k < FORMS; k++) {
        MR_CLEANUP(mr_buf_done) mr_buf out;
        mr_buf_init(&out, MR_LIMIT_DOCUMENT);
        int code = mr_issue(issuer, achievement, forms[k], &out, err);
        documents[k] = MR_STR_EMPTY;
        if (code == MR_E_UNSUPPORTED && forms[k] == MR_FORMAT_OPEN_BADGES) continue;
        MR_TRY(code);
        documents[k] = mr_arena_dup(a, mr_buf_str(&out));
        if (!documents[k].ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory to seal", MR_NOWHERE);
    }
    return MR_OK;
}

static int seal_row(struct job *j, mr_issuer *issuer, mr_arena *a, struct mr_result_row *row, struct mr_err *err)
{
    struct sealed *x = &j->chunk[j->count];
    mr_str documents[FORMS];
    MR_TRY(seal_forms(issuer, a, &row->achievement, documents, err));
    char key[33], awarded[11];
    mr_upload_learner_key(j->s, row->learner_key, key);
    mr_date_write(row->achievement.awarded_on, awarded);
    int64_t now = mr_env_now(j->s->env);
    *x = (struct sealed){
        .row = {.id = mr_arena_dup(a, mr_str_of(row->achievement.id)),
                .org_id = j->batch.org_id,
                .specification_id = j->batch.specification_id,
                .batch_id = j->batch.id,
                .row_number = (int64_t)row->number,
                .learner_key = mr_arena_dup(a, mr_str_of(key)),
                .learner_name = mr_arena_dup(a, row->achievement.learner.full_name),
                .learner_email = mr_arena_dup(a, row->achievement.learner.email),
                .awarded_on = mr_arena_dup(a, mr_str_of(awarded)),
                .claim_until = now + CLAIM_MS,
                .created_at = now},
    };
    memcpy(x->documents, documents, sizeof documents);
    if (!x->row.awarded_on.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory to seal", MR_NOWHERE);
    j->count++;
    return MR_OK;
}

static bool must_stop(mr_service *s)
{
    pthread_mutex_lock(&s->lock);
    bool stop = s->stopping;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

/* The specification, the seal, the rows: what the sealing of a batch needs from beginning to end. */
struct making {
    struct mr_published published;
    struct mr_seal_key seal;
    mr_issuer *issuer;
    int64_t after; /* number of the last row that was read */
};
static void making_done(struct making *m)
{
    if (m->issuer) mr_issuer_close(m->issuer);
    mr_seal_key_done(&m->seal);
}

static int making_open(struct making *m, struct job *j, mr_arena *a, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_issuing issuing;
    MR_TRY(mr_catalogue_get(j->s, a, j->batch.specification_id, &m->published, err));
    MR_TRY(mr_service_seal(j->s, &m->published.specification, &m->seal, err));
    mr_service_fill_issuing(j->s, &m->published.specification, &m->seal, &issuing);
    MR_TRY(mr_issuer_open(&issuing, &m->issuer, err));
    MR_TRY(mr_db_begin(j->s->db, false, &tx, err));
    return mr_store_achievement_count(tx, j->batch.id, &j->done, err);
}

/* Rows to be sealed together: read, and each with its place in a status list. */
struct rows {
    struct mr_result_row list[CHUNK];
    size_t count;
    bool end; /* of the table */
};

/* The next rows that are to be sealed, maybe none yet: without those who were awarded before, in another batch, or in this one before a stop. */
static int read_rows(struct job *j, struct making *m, mr_arena *a, struct rows *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(j->s->db, false, &tx, err));
    MR_TRY(mr_upload_next_ready(tx, a, j->batch.id, m->after, CHUNK, ret->list, &ret->count, err));
    if (ret->count) m->after = (int64_t)ret->list[ret->count - 1].number;
    ret->end = ret->count < CHUNK;
    return MR_OK;
}

/* Places are taken before sealing, since they are sealed in. A row that a stop kept from being stored finds its place again. */
static int place_rows(struct job *j, struct making *m, mr_arena *a, struct rows *rows, struct mr_err *err)
{
    char keys[CHUNK][33];
    mr_str names[CHUNK];
    struct mr_status_place *places;
    for (size_t i = 0; i < rows->count; i++) {
        mr_status_award_key(j->s, &m->published.specification, mr_str_of(rows->list[i].learner_key), keys[i]);
        names[i] = mr_str_of(keys[i]);
    }
    MR_TRY(mr_status_allocate(j->s, a, &m->published.specification, MR_STR_EMPTY, names, rows->count, &places, err));
    for (size_t i = 0; i < rows->count; i++) {
        mr_achievement *achievement = &rows->list[i].achievement;
        memcpy(achievement->id, places[i].achievement_id, sizeof achievement->id);
        achievement->status_list = places[i].list;
        achievement->status_index = places[i].index;
    }
    return MR_OK;
}

/* A row could not be sealed: those made before it are stored all the same. */
static int keep_made(struct job *j, int code, struct mr_err *err)
{
    struct mr_err late = {0};
    if (j->count && store_chunk(j, &late) != MR_OK) {
        *err = late;
        return late.code;
    }
    return code;
}

/* Seal rows and store them, some at a time when a time-stamp authority is slow. */
static int seal_chunk(struct job *j, struct making *m, mr_arena *a, struct rows *rows, struct mr_err *err)
{
    for (size_t i = 0; i < rows->count && !must_stop(j->s); i++) {
        j->row = rows->list[i].number;
        int code = seal_row(j, m->issuer, a, &rows->list[i], err);
        if (code != MR_OK) return keep_made(j, code, err);
        if (mr_env_now(j->s->env) - j->stored_at >= CHUNK_MS) MR_TRY(store_chunk(j, err));
    }
    return j->count ? store_chunk(j, err) : MR_OK;
}

/* *ret_all false: the service stops; the batch stays as it is, to be taken up again. */
static int seal_rows(struct job *j, mr_arena *a, bool *ret_all, struct mr_err *err)
{
    MR_CLEANUP(making_done) struct making m = {0};
    MR_CLEANUP(mr_arena_done) mr_arena chunk;
    struct rows rows = {.end = false};
    mr_arena_init(&chunk, MR_LIMIT_DOCUMENT_MEMORY + CHUNK * MR_LIMIT_DOCUMENT);
    MR_TRY(making_open(&m, j, a, err));
    while (!rows.end && !must_stop(j->s)) {
        mr_arena_reset(&chunk);
        MR_TRY(read_rows(j, &m, &chunk, &rows, err));
        if (rows.count) MR_TRY(place_rows(j, &m, &chunk, &rows, err));
        MR_TRY(seal_chunk(j, &m, &chunk, &rows, err));
    }
    *ret_all = rows.end && !must_stop(j->s);
    return MR_OK;
}

static int finish(mr_service *s, mr_str id, mr_str error, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_batch_finish(tx, id, mr_env_now(s->env), error, err));
    return commit(&tx, err);
}

static void seal_batch(mr_service *s, const struct mr_batch_row *batch)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    struct job job = {.s = s, .batch = *batch, .stored_at = mr_env_now(s->env)};
    bool all = false;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY + MR_LIMIT_TABLE);
    mr_log(MR_LOG_INFO, "batch.sealing", "batch", mr_arena_cstr(&a, batch->id), NULL);
    int code = seal_rows(&job, &a, &all, &err);
    if (code != MR_OK) {
        mr_log_err(MR_LOG_ERROR, "batch.failed", &err);
        mr_str what =
            mr_arena_format(&a, "%s: row %zu: %s %s", mr_code_name(err.code), job.row, err.message, err.detail);
        code = finish(s, batch->id, what, &err);
    } else if (all) {
        code = finish(s, batch->id, MR_STR_EMPTY, &err);
        mr_log(MR_LOG_INFO, "batch.sealed", "batch", mr_arena_cstr(&a, batch->id), NULL);
    }
    if (code != MR_OK) mr_log_err(MR_LOG_ERROR, "batch.not_finished", &err);
}

static void seal_waiting(mr_service *s)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_err err = {0};
    struct mr_batch_row *rows = NULL;
    size_t count = 0;
    mr_arena_init(&a, 4 * MR_MIB);
    int code = mr_db_begin(s->db, false, &tx, &err);
    if (code == MR_OK) code = mr_store_batch_list(tx, &a, MR_STR_EMPTY, MR_STR("sealing"), &rows, &count, &err);
    mr_db_rollbackp(&tx);
    tx = NULL;
    if (code != MR_OK) mr_log_err(MR_LOG_ERROR, "batch.not_listed", &err);
    for (size_t i = 0; i < count && !must_stop(s); i++) seal_batch(s, &rows[i]);
}

int mr_job_house_keep(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    int64_t removed;
    (void)job;
    MR_TRY(mr_claim_remove_unclaimed(s, &removed, err));
    if (removed) mr_log(MR_LOG_INFO, "claim.unclaimed_removed", NULL);
    return MR_OK;
}

/* Sleep until there is work or the service stops, at most an hour. Under the lock. */
static void wait_for_work(mr_service *s)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 3600;
    while (!s->work_waits && !s->stopping)
        if (pthread_cond_timedwait(&s->changed, &s->lock, &until) != 0) break;
}

static void *work(void *self)
{
    mr_service *s = self;
    pthread_mutex_lock(&s->lock);
    while (!s->stopping) {
        wait_for_work(s);
        if (s->stopping) break;
        s->work_waits = false;
        s->working = true;
        pthread_mutex_unlock(&s->lock);
        seal_waiting(s);
        pthread_mutex_lock(&s->lock);
        s->working = false;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

int mr_batch_worker_start(mr_service *s, struct mr_err *err)
{
    s->work_waits = true; /* what a stop interrupted */
    if (pthread_create(&s->worker, NULL, work, s) != 0)
        return MR_FAIL(err, MR_E_NOMEM, "no thread for sealing", MR_NOWHERE);
    s->worker_runs = true;
    return MR_OK;
}

void mr_batch_worker_stop(mr_service *s)
{
    if (!s->worker_runs) return;
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->worker, NULL);
    s->worker_runs = false;
}

void mr_batch_wait(mr_service *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->worker_runs && (s->work_waits || s->working)) pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
    mr_jobs_wait(s);
}
