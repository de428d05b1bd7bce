/* The status of many credentials at once: those chosen in a list, in one transaction; all of a batch, by a job that goes through it in order. A run that was
 * stopped goes on where it was, since what is changed already is passed over. */
#include "service/status.h"

#include "base/limits.h"
#include "service/audit.h"
#include "service/catalogue.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/on_behalf.h"
#include "store/achievement.h"
#include "store/sealing.h"

#include "json/json.h"
#include "json/write.h"

#define CHUNK 200
#define SPECIFICATIONS_MOST 32 /* different ones in one choice */

/* Specifications of achievements, read before a transaction that writes. */
struct known_specifications {
    struct mr_published list[SPECIFICATIONS_MOST];
    size_t count;
};

static const mr_specification *find_known(const struct known_specifications *known, mr_str id)
{
    for (size_t i = 0; i < known->count; i++)
        if (mr_str_eq(known->list[i].id, id)) return &known->list[i].specification;
    return NULL;
}

static int learn(mr_service *s, mr_arena *a, mr_str id, struct known_specifications *known, struct mr_err *err)
{
    if (find_known(known, id)) return MR_OK;
    if (known->count == SPECIFICATIONS_MOST)
        return MR_FAIL(err, MR_E_LIMIT, "achievements of too many specifications at once", MR_NOWHERE);
    MR_TRY(mr_catalogue_get(s, a, id, &known->list[known->count], err));
    known->count++;
    return MR_OK;
}

/* One achievement of many; what was withdrawn for good is passed over. */
static int change(mr_service *s, mr_db_tx *tx, mr_arena *a, const struct mr_achievement_row *row,
                  const struct known_specifications *known, const struct mr_status_order *order,
                  struct mr_status_many *count, struct mr_err *err)
{
    bool changed = false;
    if (mr_status_of_word(row->status) != MR_STATUS_REVOKED)
        MR_TRY(mr_status_change_in(s, tx, a, row->id, MR_STR_EMPTY, find_known(known, row->specification_id), order,
                                   &changed, err));
    count->changed += changed, count->unchanged += !changed;
    return MR_OK;
}

/* ---- those that were chosen ---- */

struct chosen {
    mr_service *s;
    const struct mr_actor *actor;
    mr_arena *a;
    const mr_str *ids;
    size_t count;
    const struct mr_status_order *order;
    struct known_specifications known;
    struct mr_status_many result;
};

static int find_achievement(mr_db_tx *tx, struct chosen *x, mr_action action, mr_str id, struct mr_achievement_row *ret,
                            struct mr_err *err)
{
    MR_TRY(mr_store_achievement_find(tx, x->a, id, ret, err));
    if (!ret->id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no credential of this installation has this id", MR_NOWHERE);
    return mr_authorise(x->actor, action, ret->org_id, err);
}

static int change_chosen(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct chosen *x = self;
    x->result = (struct mr_status_many){0};
    for (size_t i = 0; i < x->count; i++) {
        struct mr_achievement_row row;
        size_t before = x->result.changed;
        MR_TRY(find_achievement(tx, x, MR_MAY_ACHIEVEMENT_STATUS, x->ids[i], &row, err));
        MR_TRY(change(x->s, tx, x->a, &row, &x->known, x->order, &x->result, err));
        if (x->result.changed == before) continue;
        MR_TRY(mr_audit(x->s, tx, x->actor, MR_MAY_ACHIEVEMENT_STATUS, row.org_id, row.id,
                        mr_str_of(mr_status_name(x->order->to)), err));
    }
    return MR_OK;
}

static int learn_chosen(struct chosen *x, struct mr_err *err)
{
    for (size_t i = 0; i < x->count; i++) {
        MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
        struct mr_achievement_row row;
        MR_TRY(mr_db_begin(x->s->db, false, &tx, err));
        MR_TRY(find_achievement(tx, x, MR_MAY_ACHIEVEMENT_STATUS, x->ids[i], &row, err));
        mr_db_rollbackp(&tx);
        tx = NULL;
        MR_TRY(learn(x->s, x->a, row.specification_id, &x->known, err));
    }
    return MR_OK;
}

int mr_status_set_many(mr_service *s, const struct mr_actor *actor, const mr_str *ids, size_t count,
                       const struct mr_status_order *order, struct mr_status_many *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    struct chosen *x = MR_NEW(&a, struct chosen);
    if (!x) return MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
    *x = (struct chosen){.s = s, .actor = actor, .a = &a, .ids = ids, .count = count, .order = order};
    if (count > MR_LIMIT_STATUS_MANY)
        return MR_FAIL_DETAIL(err, MR_E_LIMIT, "too many at once", "%d", MR_LIMIT_STATUS_MANY);
    MR_TRY(mr_status_check_order(order, err));
    MR_TRY(learn_chosen(x, err));
    MR_TRY(mr_db_together(s->db, change_chosen, x, err));
    *ret = x->result;
    return MR_OK;
}

/* ---- all of a batch ---- */

static mr_str write_order(mr_arena *a, const struct mr_actor *by, const struct mr_status_order *order)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_json_writer w;
    mr_buf_init(&text, 64 * MR_KIB);
    mr_json_writer_init(&w, &text, 0);
    mr_json_begin_object(&w);
    if (by->id.len) mr_json_put_member(&w, "by", by->id);
    mr_json_put_member_c(&w, "to", mr_status_name(order->to));
    mr_json_put_member(&w, "code", order->code);
    mr_json_put_member(&w, "reason", order->reason);
    mr_json_put_flag(&w, "mail", order->mail);
    mr_json_end_object(&w);
    return mr_arena_dup(a, mr_buf_str(&text));
}

int mr_status_set_batch(mr_service *s, const struct mr_actor *actor, mr_str batch_id,
                        const struct mr_status_order *order, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_sealing_row batch;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_status_check_order(order, err));
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_sealing_find(tx, &a, batch_id, &batch, err));
    if (!batch.batch_id.len) return MR_FAIL(err, MR_E_NOT_FOUND, "no such batch", MR_NOWHERE);
    MR_TRY(mr_authorise(actor, MR_MAY_ACHIEVEMENT_STATUS, batch.org_id, err));
    const struct mr_job_order job = {.kind = "batch.status",
                                     .org_id = batch.org_id,
                                     .object_id = batch_id,
                                     .payload = write_order(&a, actor, order)};
    MR_TRY(mr_job_add(s, tx, &job, err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ACHIEVEMENT_STATUS, batch.org_id, batch_id,
                    mr_arena_format(&a, "whole batch: %s", mr_status_name(order->to)), err));
    mr_db_tx *ending = tx;
    tx = NULL;
    MR_TRY(mr_db_commit(ending, err));
    mr_jobs_wake(s);
    return MR_OK;
}

/* ret_by: who ordered it. */
static int read_order(struct mr_job *job, struct mr_status_order *ret, mr_str *ret_by, struct mr_err *err)
{
    const mr_json *root;
    MR_TRY(mr_json_parse(job->arena, job->payload, NULL, &root, err));
    *ret_by = mr_json_get_str(root, "by");
    *ret = (struct mr_status_order){.to = mr_status_of_word(mr_json_get_str(root, "to")),
                                    .code = mr_json_get_str(root, "code"),
                                    .reason = mr_json_get_str(root, "reason"),
                                    .mail = mr_json_is(mr_json_get(root, "mail"), MR_JSON_TRUE)};
    return MR_OK;
}

struct piece {
    mr_service *s;
    mr_arena *a;
    const struct known_specifications *known;
    const struct mr_status_order *order;
    struct mr_achievement_query query;
    size_t count;
    struct mr_achievement_place last;
};

static int change_piece(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct piece *x = self;
    struct mr_achievement_row *rows;
    struct mr_status_many result = {0};
    MR_TRY(mr_store_achievement_search(tx, x->a, &x->query, &rows, &x->count, err));
    for (size_t i = 0; i < x->count; i++) MR_TRY(change(x->s, tx, x->a, &rows[i], x->known, x->order, &result, err));
    if (x->count) x->last = (struct mr_achievement_place){rows[x->count - 1].row_number, rows[x->count - 1].id};
    return MR_OK;
}

static int read_batch(mr_service *s, struct mr_job *job, struct mr_sealing_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_sealing_find(tx, job->arena, job->object_id, ret, err);
}

static int may_change(mr_service *s, struct mr_job *job, mr_str by, const struct mr_sealing_row *batch, bool *ret_may,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_err why = {0};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    int code = mr_on_behalf_check(s, tx, job->arena, by, MR_MAY_ACHIEVEMENT_STATUS, batch->org_id, &why);
    *ret_may = code == MR_OK;
    if (code == MR_OK) return MR_OK;
    if (code != MR_E_FORBIDDEN) return MR_FAIL_DETAIL(err, code, why.message, "%s", why.detail);
    MR_TRY(mr_on_behalf_refuse(s, tx, MR_MAY_ACHIEVEMENT_STATUS, batch->org_id, batch->batch_id, &why, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_job_batch_status(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct known_specifications *known = MR_NEW(job->arena, struct known_specifications);
    struct mr_status_order order;
    struct mr_sealing_row batch;
    struct piece x = {
        .s = s, .a = &a, .known = known, .order = &order, .query = {.batch_id = job->object_id, .limit = CHUNK}};
    char last[37] = "";
    int64_t done = 0;
    mr_str by;
    bool may;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    if (!known) return MR_FAIL(err, MR_E_NOMEM, "no memory", MR_NOWHERE);
    MR_TRY(read_order(job, &order, &by, err));
    MR_TRY(read_batch(s, job, &batch, err));
    MR_TRY(may_change(s, job, by, &batch, &may, err));
    if (!may) return MR_OK;
    MR_TRY(learn(s, job->arena, batch.specification_id, known, err));
    do {
        mr_arena_reset(&a);
        MR_TRY(mr_db_together(s->db, change_piece, &x, err));
        if (x.count) memcpy(last, x.last.id.ptr, 36);
        x.query.after = (struct mr_achievement_place){x.last.row_number, mr_str_of(last)};
        done += (int64_t)x.count;
        MR_TRY(mr_job_beat(s, job, done, done, err));
    } while (x.count);
    return MR_OK;
}
