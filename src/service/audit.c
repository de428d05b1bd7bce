/* The audit log, and the proof that it only grew.
 *
 * A checkpoint is HMAC-SHA-256 under the installation's secret over the digest before it and every row since then, in the order of their ids, which is that in which they were kept, also when a clock is put back
 * or two nodes do not agree on the time (store/audit.c). It is made in a transaction that writes, so that no row is on its way meanwhile. Whoever holds the database alone can change rows,
 * and cannot make the digests fit again. */
#include "service/audit.h"

#include "base/encoding.h"
#include "crypto/hmac.h"
#include "json/write.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "table/csv.h"

#include <stdio.h>

#define CHUNK 500

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_audit(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_str org_id,
             mr_str object_id, mr_str detail, struct mr_err *err)
{
    const struct mr_audit_row row = {.org_id = org_id,
                                     .actor_kind = mr_str_of(mr_actor_word(actor)),
                                     .actor_id = actor->id,
                                     .action = mr_action_word(action),
                                     .object_id = object_id,
                                     .detail = detail};
    return mr_store_audit_add(tx, mr_service_env(s), &row, err);
}

int mr_audit_files(mr_service *s, mr_action action, mr_str detail, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    if (!s->db) return MR_OK;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_audit(s, tx, &mr_actor_operator, action, MR_STR_EMPTY, MR_STR_EMPTY, detail, err));
    return commit(&tx, err);
}

/* ---- reading ---- */

static int may_read(const struct mr_actor *actor, mr_str org_id, struct mr_err *err)
{
    return mr_authorise(actor, org_id.len ? MR_MAY_AUDIT_READ : MR_MAY_INSTALLATION_READ, org_id, err);
}

int mr_audit_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_audit_filter *filter,
                  mr_str before, size_t limit, struct mr_audit_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(may_read(actor, filter->org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_audit_list(tx, a, filter, before, limit, ret, ret_count, err);
}

static void write_cells(mr_buf *out, const mr_str *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) mr_csv_put_cell(out, cells[i], ',');
    mr_csv_end_row(out);
}

static void write_csv(mr_buf *out, const struct mr_audit_row *row)
{
    char at[21];
    mr_time_write(row->at, at);
    const mr_str cells[] = {mr_str_of(at),  row->actor_kind, row->actor_id, row->action,
                            row->object_id, row->detail,     row->org_id,   row->id};
    write_cells(out, cells, sizeof cells / sizeof *cells);
}

static void write_json(mr_buf *out, const struct mr_audit_row *row)
{
    char at[21];
    mr_json_writer w;
    mr_time_write(row->at, at);
    mr_json_writer_init(&w, out, 0);
    mr_json_begin_object(&w);
    mr_json_put_member_c(&w, "at", at);
    mr_json_put_member(&w, "actor_kind", row->actor_kind);
    if (row->actor_id.len) mr_json_put_member(&w, "actor", row->actor_id);
    mr_json_put_member(&w, "action", row->action);
    if (row->object_id.len) mr_json_put_member(&w, "object", row->object_id);
    if (row->detail.len) mr_json_put_member(&w, "detail", row->detail);
    if (row->org_id.len) mr_json_put_member(&w, "organisation", row->org_id);
    mr_json_put_member(&w, "id", row->id);
    mr_json_end_object(&w);
    mr_buf_putc(out, '\n');
}

static void write_heading(mr_buf *out)
{
    const mr_str cells[] = {MR_STR("at"),     MR_STR("actor_kind"), MR_STR("actor"),        MR_STR("action"),
                            MR_STR("object"), MR_STR("detail"),     MR_STR("organisation"), MR_STR("id")};
    mr_buf_puts(out, "\xEF\xBB\xBF");
    write_cells(out, cells, sizeof cells / sizeof *cells);
}

/* One transaction for all pages: the export is of one moment. */
static int write_rows(mr_db_tx *tx, const struct mr_audit_filter *filter, mr_audit_form form, mr_buf *out,
                      size_t *ret_count, bool *ret_more, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    char before[37] = "";
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    for (*ret_count = 0;;) {
        struct mr_audit_row *rows;
        size_t count;
        mr_arena_reset(&a);
        MR_TRY(mr_store_audit_list(tx, &a, filter, mr_str_of(before), CHUNK, &rows, &count, err));
        *ret_more = count && *ret_count >= MR_LIMIT_AUDIT_EXPORT;
        if (count == 0 || *ret_more) return MR_OK;
        for (size_t i = 0; i < count; i++) form == MR_AUDIT_CSV ? write_csv(out, &rows[i]) : write_json(out, &rows[i]);
        *ret_count += count;
        snprintf(before, sizeof before, "%.*s", MR_STR_ARG(rows[count - 1].id));
    }
}

/* That it was taken, in a transaction of its own. */
static int tell(mr_service *s, const struct mr_actor *actor, mr_str org_id, size_t count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    char detail[32];
    snprintf(detail, sizeof detail, "rows=%zu", count);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_AUDIT_READ, org_id, MR_STR_EMPTY, mr_str_of(detail), err));
    return commit(&tx, err);
}

int mr_audit_export(mr_service *s, const struct mr_actor *actor, const struct mr_audit_filter *filter,
                    mr_audit_form form, mr_buf *out, bool *ret_more, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    size_t count;
    MR_TRY(may_read(actor, filter->org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    if (form == MR_AUDIT_CSV) write_heading(out);
    MR_TRY(write_rows(tx, filter, form, out, &count, ret_more, err));
    if (mr_buf_failed(out)) return MR_FAIL(err, MR_E_LIMIT, "the export is too large", MR_NOWHERE);
    mr_db_rollbackp(&tx);
    tx = NULL;
    return tell(s, actor, filter->org_id, count, err);
}

/* ---- checkpoints ---- */

/* The running digest: 32 octets under the secret, hexadecimal in the table. */
struct chain {
    mr_str secret;
    uint8_t digest[32];
    mr_buf text;
};

static void add(struct chain *c, const struct mr_audit_row *row)
{
    const mr_str parts[] = {row->id,     row->org_id,    row->actor_kind, row->actor_id,
                            row->action, row->object_id, row->detail};
    mr_buf_clear(&c->text);
    mr_buf_put(&c->text, mr_str_make((const char *)c->digest, sizeof c->digest));
    mr_buf_format(&c->text, "%lld", (long long)row->at);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        mr_buf_format(&c->text, " %zu:", parts[i].len); /* lengths first: no text can look like two */
        mr_buf_put(&c->text, parts[i]);
    }
    mr_hmac_sha256(c->secret, mr_buf_str(&c->text), c->digest);
}

static void chain_begin(struct chain *c, mr_str secret)
{
    *c = (struct chain){.secret = secret};
    mr_buf_init(&c->text, MR_LIMIT_DOCUMENT);
}

static mr_str secret_of(const mr_service *s)
{
    return mr_str_make((const char *)s->secret, sizeof s->secret);
}

static mr_str say(const struct chain *c, mr_arena *a)
{
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    mr_buf_init(&hex, 65);
    mr_hex_put(&hex, mr_str_make((const char *)c->digest, sizeof c->digest));
    return mr_arena_dup(a, mr_buf_str(&hex));
}

/* Take the chain over rows after `after`, up to the row `up_to` (empty: to the last). */
static int follow(struct chain *c, mr_db_tx *tx, char after[37], mr_str up_to, int64_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    for (*ret_count = 0;;) {
        struct mr_audit_row *rows;
        size_t count;
        mr_arena_reset(&a);
        MR_TRY(mr_store_audit_walk(tx, &a, mr_str_of(after), CHUNK, &rows, &count, err));
        for (size_t i = 0; i < count; i++) {
            if (up_to.len && mr_str_compare(rows[i].id, up_to) > 0) return MR_OK;
            add(c, &rows[i]);
            snprintf(after, 37, "%.*s", MR_STR_ARG(rows[i].id));
            ++*ret_count;
        }
        if (count < CHUNK) return MR_OK;
    }
}

static int last_digest(struct chain *c, mr_arena *a, const struct mr_audit_checkpoint_row *last, struct mr_err *err)
{
    mr_str raw;
    if (!last->id.len) return MR_OK;
    MR_TRY(mr_hex_read(a, last->digest, &raw, err));
    if (raw.len != sizeof c->digest) return MR_FAIL(err, MR_E_SIGNATURE, "a checkpoint is damaged", MR_NOWHERE);
    memcpy(c->digest, raw.ptr, raw.len);
    return MR_OK;
}

int mr_job_audit_checkpoint(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_audit_checkpoint_row row;
    struct chain chain;
    char after[37];
    chain_begin(&chain, secret_of(s));
    int code = mr_db_begin(s->db, true, &tx, err);
    if (code == MR_OK) code = mr_store_audit_checkpoint_last(tx, job->arena, &row, err);
    if (code == MR_OK) code = last_digest(&chain, job->arena, &row, err);
    if (code == MR_OK) {
        snprintf(after, sizeof after, "%.*s", MR_STR_ARG(row.up_to));
        code = follow(&chain, tx, after, MR_STR_EMPTY, &row.row_count, err);
    }
    if (code == MR_OK && row.row_count) {
        row.up_to = mr_str_of(after), row.digest = say(&chain, job->arena);
        code = mr_store_audit_checkpoint_add(tx, s->env, &row, err);
    }
    mr_buf_done(&chain.text);
    return code == MR_OK ? commit(&tx, err) : code;
}

static int check_all(struct chain *chain, mr_db_tx *tx, mr_arena *a, int64_t *ret_checkpoints, int64_t *ret_rows,
                     int64_t *ret_since, struct mr_err *err)
{
    char after[37] = "", last[37] = "";
    for (*ret_checkpoints = *ret_rows = 0;;) {
        struct mr_audit_checkpoint_row *rows;
        size_t count;
        mr_arena_reset(a);
        MR_TRY(mr_store_audit_checkpoints(tx, a, mr_str_of(last), CHUNK, &rows, &count, err));
        for (size_t i = 0; i < count; i++) {
            int64_t covered;
            MR_TRY(follow(chain, tx, after, rows[i].up_to, &covered, err));
            if (covered != rows[i].row_count || !mr_str_eq(say(chain, a), rows[i].digest))
                return MR_FAIL_DETAIL(err, MR_E_SIGNATURE, "the audit log was changed",
                                      "checkpoint %.*s covered %lld rows, there are %lld", MR_STR_ARG(rows[i].id),
                                      (long long)rows[i].row_count, (long long)covered);
            snprintf(last, sizeof last, "%.*s", MR_STR_ARG(rows[i].id));
            ++*ret_checkpoints, *ret_rows += covered;
        }
        if (count < CHUNK) break;
    }
    return follow(chain, tx, after, MR_STR_EMPTY, ret_since, err);
}

int mr_audit_check_in(mr_db_tx *tx, mr_str secret, int64_t *ret_checkpoints, int64_t *ret_rows, int64_t *ret_since,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct chain chain;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    chain_begin(&chain, secret);
    int code = check_all(&chain, tx, &a, ret_checkpoints, ret_rows, ret_since, err);
    mr_buf_done(&chain.text);
    return code;
}

int mr_audit_check(mr_service *s, int64_t *ret_checkpoints, int64_t *ret_rows, int64_t *ret_since, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_audit_check_in(tx, secret_of(s), ret_checkpoints, ret_rows, ret_since, err);
}
