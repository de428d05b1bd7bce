/* Sealing as a job.
 *
 * Invariants
 *  1. An achievement is kept with all its credentials, the mail about it and the batch's progress in one transaction, and only while the job is this node's.
 *  2. What a row comes to is found anew from the kept rows and what was awarded so far; a stop at any moment leaves whole achievements, and the next run goes
 *     on with the rows that are not there yet.
 *  3. Nobody is awarded twice: (version, learner, how many times) is unique in the database, whatever nodes do.
 *  4. Memory does not grow with the table: a chunk of rows, and of documents what one transaction keeps. */
#include "service/sealing.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/time.h"
#include "json/write.h"
#include "service/audit.h"
#include "service/claim.h"
#include "service/event.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/mail.h"
#include "service/on_behalf.h"
#include "service/recipients.h"
#include "service/seal_pool.h"
#include "service/status.h"
#include "service/upload.h"
#include "store/batch.h"

#include <stdio.h>

#define CHUNK 512                 /* rows read, and places taken, at once: each costs a transaction */
#define STORE_OCTETS (8 * MR_MIB) /* documents in one transaction */
#define STORE_MS                                                                                                       \
    250 /* or those of so much time: whoever waits sees it move, also when a time-stamp authority is slow */
#define SCHEDULE_MOST (731 * MR_DAY_MS)
#define MAIL_CHUNK 500
#define WAIT_MS 30000 /* for a database that is away, or room on the disk */

/* ---- who may ---- */

static const char *const supervisions[] = {"", "none", "supervised", "identity-online", "identity-on-site"};

const char *mr_supervision_word(mr_supervision supervision)
{
    return supervisions[supervision];
}

bool mr_supervision_find(mr_str word, mr_supervision *ret)
{
    for (size_t i = 0; i < sizeof supervisions / sizeof *supervisions; i++) {
        if (!mr_str_is(word, supervisions[i])) continue;
        *ret = (mr_supervision)i;
        return true;
    }
    return false;
}

static int find_sealing(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_sealing_row *ret, struct mr_err *err)
{
    MR_TRY(mr_store_sealing_find(tx, a, id, ret, err));
    return ret->batch_id.len ? MR_OK : MR_FAIL(err, MR_E_NOT_FOUND, "no such batch", MR_NOWHERE);
}

static bool is_free_of_roles(const struct mr_actor *actor)
{
    return actor->kind == MR_ACTOR_OPERATOR || actor->kind == MR_ACTOR_SYSTEM;
}

static int judge(mr_db_tx *tx, const struct mr_actor *actor, struct mr_sealing *sealing, struct mr_err *err)
{
    struct mr_award_setting setting;
    const struct mr_sealing_row *row = &sealing->row;
    bool is_signed = row->signed_at != MR_TIME_NONE;
    bool may_sign = mr_authorise(actor, MR_MAY_RESULT_SIGN, row->org_id, NULL) == MR_OK;
    bool may_seal = mr_authorise(actor, MR_MAY_BATCH_SEAL, row->org_id, NULL) == MR_OK;
    MR_TRY(mr_award_setting_read(tx, row->org_id, &setting, err));
    bool may_both = is_free_of_roles(actor) || setting.same_person ||
                    (actor->kind == MR_ACTOR_TOKEN && may_sign); /* given on purpose */
    sealing->may_sign = may_sign && !is_signed;
    if (!may_seal)
        sealing->hindrance = MR_SEAL_FORBIDDEN;
    else if (!is_signed)
        sealing->hindrance = may_sign && may_both ? MR_SEAL_FREE : MR_SEAL_UNSIGNED;
    else
        sealing->hindrance = !may_both && mr_str_eq(row->signed_by, actor->id) ? MR_SEAL_SAME : MR_SEAL_FREE;
    return MR_OK;
}

int mr_batch_sealing(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str id, struct mr_sealing *ret,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_sealing(tx, a, id, &ret->row, err));
    MR_TRY(mr_authorise(actor, MR_MAY_BATCH_READ, ret->row.org_id, err));
    return judge(tx, actor, ret, err);
}

/* ---- steps before sealing ---- */

/* One change of a batch: found, asked, done, written down, in one transaction. */
struct step {
    mr_service *s;
    const struct mr_actor *actor;
    mr_arena *a;
    mr_str id;
    mr_action action;
    int (*act)(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err);
    mr_str detail; /* for the audit log */
    /* what some of them need */
    mr_supervision supervision;
    int64_t at;
    mr_str zone;
    bool mail;
    int64_t ready;
};

static int step_in(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct step *step = self;
    struct mr_sealing sealing;
    MR_TRY(find_sealing(tx, step->a, step->id, &sealing.row, err));
    MR_TRY(mr_authorise(step->actor, step->action, sealing.row.org_id, err));
    MR_TRY(judge(tx, step->actor, &sealing, err));
    MR_TRY(step->act(step, tx, &sealing, err));
    return mr_audit(step->s, tx, step->actor, step->action, sealing.row.org_id, step->id, step->detail, err);
}

static int take_step(struct step *step, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_arena_init(&a, 4 * MR_MIB);
    step->a = &a;
    return mr_db_together(step->s->db, step_in, step, err);
}

static int other_state(struct mr_err *err)
{
    return MR_FAIL(err, MR_E_STATE, "the batch is in another state", MR_NOWHERE);
}

static int sign(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err)
{
    bool done;
    (void)sealing;
    MR_TRY(
        mr_store_sealing_sign(tx, step->id, mr_env_now(step->s->env), step->actor->id, step->actor->name, &done, err));
    return done ? MR_OK : other_state(err);
}

int mr_batch_sign(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    struct step step = {
        .s = s, .actor = actor, .id = id, .action = MR_MAY_RESULT_SIGN, .act = sign, .detail = MR_STR("signed")};
    return take_step(&step, err);
}

static int unsign(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err)
{
    bool done;
    bool is_own = mr_str_eq(sealing->row.signed_by, step->actor->id);
    if (!is_own && mr_authorise(step->actor, MR_MAY_ORGANISATION_EDIT, sealing->row.org_id, NULL) != MR_OK)
        return MR_FAIL(err, MR_E_FORBIDDEN, "only who signed off, or an administrator, takes that back", MR_NOWHERE);
    MR_TRY(mr_store_sealing_sign(tx, step->id, MR_TIME_NONE, MR_STR_EMPTY, MR_STR_EMPTY, &done, err));
    return done ? MR_OK : other_state(err);
}

int mr_batch_unsign(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    struct step step = {
        .s = s, .actor = actor, .id = id, .action = MR_MAY_RESULT_SIGN, .act = unsign, .detail = MR_STR("taken back")};
    return take_step(&step, err);
}

static int set_supervision(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err)
{
    bool done;
    (void)sealing;
    MR_TRY(
        mr_store_sealing_set_supervision(tx, step->id, mr_str_of(mr_supervision_word(step->supervision)), &done, err));
    return done ? MR_OK : other_state(err);
}

int mr_batch_set_supervision(mr_service *s, const struct mr_actor *actor, mr_str id, mr_supervision supervision,
                             struct mr_err *err)
{
    struct step step = {.s = s,
                        .actor = actor,
                        .id = id,
                        .action = MR_MAY_RESULT_ENTER,
                        .act = set_supervision,
                        .detail = MR_STR("supervision"),
                        .supervision = supervision};
    return take_step(&step, err);
}

static int discard(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err)
{
    bool moved;
    (void)sealing;
    MR_TRY(mr_store_batch_move(tx, step->id, MR_STR("preview"), MR_STR("discarded"), &moved, err));
    return moved ? mr_store_batch_discard(tx, step->id, err) : other_state(err);
}

int mr_batch_discard(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    struct step step = {
        .s = s, .actor = actor, .id = id, .action = MR_MAY_RESULT_ENTER, .act = discard, .detail = MR_STR("discarded")};
    return take_step(&step, err);
}

/* ---- to be sealed ---- */

/* Is it signed off by somebody else, or may this actor do both? Then it is signed now. */
static int require_signature(struct step *step, mr_db_tx *tx, const struct mr_sealing *sealing, struct mr_err *err)
{
    bool done;
    if (sealing->hindrance == MR_SEAL_SAME)
        return MR_FAIL_DETAIL(err, MR_E_FORBIDDEN, "who signed the results off does not have them sealed",
                              "same_person");
    if (sealing->hindrance != MR_SEAL_FREE)
        return MR_FAIL_DETAIL(err, MR_E_STATE, "no assessor has signed the results off", "unsigned");
    if (sealing->row.signed_at != MR_TIME_NONE) return MR_OK;
    MR_TRY(
        mr_store_sealing_sign(tx, step->id, mr_env_now(step->s->env), step->actor->id, step->actor->name, &done, err));
    return done ? MR_OK : other_state(err);
}

/* How many rows will be sealed, so that progress has an end; and the first of them, in `a`. */
static int count_ready(mr_service *s, mr_arena *a, const struct mr_sealing_row *sealing, int64_t *ret_count,
                       struct mr_result_row *ret_first, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t counts[MR_UPLOAD_NOT_PASSED + 1], now = mr_env_now(s->env);
    size_t first;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_upload_count(tx, sealing->batch_id, now, counts, err));
    *ret_count = counts[MR_UPLOAD_READY];
    if (*ret_count == 0) return MR_FAIL(err, MR_E_STATE, "no row is ready", MR_NOWHERE);
    MR_TRY(mr_upload_next_ready(tx, a, sealing->batch_id, now, 0, 1, ret_first, &first, err));
    return first ? MR_OK : MR_FAIL(err, MR_E_STATE, "no row is ready", MR_NOWHERE);
}

/* What is ready, and whether its credentials keep to the official shapes: outside of any transaction that writes. */
static int examine(mr_service *s, mr_arena *a, const struct mr_sealing_row *sealing, int64_t *ret_ready,
                   struct mr_err *err)
{
    struct mr_published published;
    struct mr_findings findings;
    struct mr_result_row first;
    mr_findings_init(&findings, a);
    MR_TRY(count_ready(s, a, sealing, ret_ready, &first, err));
    MR_TRY(mr_catalogue_get(s, a, sealing->specification_id, &published, err));
    MR_TRY(mr_maker_check(s, a, &published, &findings, err));
    MR_TRY(mr_service_check_sample(s, a, &published.specification, &first.achievement, &findings, err));
    if (findings.faults)
        return MR_FAIL_DETAIL(err, MR_E_SPECIFICATION, "its credentials would have faults", "%s", findings.items[0].id);
    return MR_OK;
}

static mr_str job_key(mr_arena *a, mr_str id, int64_t at)
{
    if (!at) return mr_arena_format(a, "batch.seal/%.*s", MR_STR_ARG(id));
    return mr_arena_format(a, "batch.seal/%.*s/%lld", MR_STR_ARG(id), (long long)at);
}

static int begin(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err)
{
    bool moved, is_failed = mr_str_is(sealing->row.state, "failed");
    if (!is_failed) MR_TRY(require_signature(step, tx, sealing, err));
    MR_TRY(mr_store_batch_move(tx, step->id, is_failed ? MR_STR("failed") : MR_STR("preview"), MR_STR("sealing"),
                               &moved, err));
    if (!moved) return other_state(err);
    if (!is_failed) {
        MR_TRY(mr_store_batch_set_ready_rows(tx, step->id, step->ready, err));
        MR_TRY(mr_upload_settle(step->s, tx, step->id, err));
        MR_TRY(mr_store_sealing_set_mailing(tx, step->id, step->mail ? MR_STR("now") : MR_STR("later"), err));
    }
    MR_TRY(mr_store_sealing_set_sealed_by(tx, step->id, step->actor->id, err));
    const struct mr_job_order order = {.kind = "batch.seal",
                                       .key = job_key(step->a, step->id, 0),
                                       .org_id = sealing->row.org_id,
                                       .object_id = step->id};
    return mr_job_add(step->s, tx, &order, err);
}

int mr_batch_seal(mr_service *s, const struct mr_actor *actor, mr_str id, bool mail, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_sealing sealing;
    struct step step = {.s = s,
                        .actor = actor,
                        .id = id,
                        .action = MR_MAY_BATCH_SEAL,
                        .act = begin,
                        .detail = MR_STR("started"),
                        .mail = mail};
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY + MR_LIMIT_TABLE);
    MR_TRY(mr_batch_sealing(s, actor, &a, id, &sealing, err));
    MR_TRY(mr_authorise(actor, MR_MAY_BATCH_SEAL, sealing.row.org_id, err));
    if (mr_str_is(sealing.row.state, "preview"))
        MR_TRY(examine(s, &a, &sealing.row, &step.ready, err));
    else if (!mr_str_is(sealing.row.state, "failed"))
        return other_state(err);
    MR_TRY(take_step(&step, err));
    mr_jobs_wake(s);
    return MR_OK;
}

static int schedule(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err)
{
    bool done;
    if (step->at != MR_TIME_NONE) MR_TRY(require_signature(step, tx, sealing, err));
    MR_TRY(mr_store_sealing_schedule(tx, step->id, step->at, step->zone, step->actor->id, &done, err));
    if (!done) return other_state(err);
    if (step->at == MR_TIME_NONE) return MR_OK;
    MR_TRY(mr_store_sealing_set_mailing(tx, step->id, step->mail ? MR_STR("now") : MR_STR("later"), err));
    const struct mr_job_order order = {.kind = "batch.seal",
                                       .key = job_key(step->a, step->id, step->at),
                                       .org_id = sealing->row.org_id,
                                       .object_id = step->id,
                                       .payload = mr_arena_format(step->a, "%lld", (long long)step->at),
                                       .at = step->at};
    return mr_job_add(step->s, tx, &order, err);
}

int mr_batch_schedule(mr_service *s, const struct mr_actor *actor, mr_str id, int64_t at, mr_str zone, bool mail,
                      struct mr_err *err)
{
    struct step step = {.s = s,
                        .actor = actor,
                        .id = id,
                        .action = MR_MAY_BATCH_SEAL,
                        .act = schedule,
                        .detail = MR_STR("scheduled"),
                        .at = at,
                        .zone = zone,
                        .mail = mail};
    int64_t now = mr_env_now(s->env);
    if (at <= now || at > now + SCHEDULE_MOST)
        return MR_FAIL(err, MR_E_TIME, "a time to seal is in the future, at most two years ahead", MR_NOWHERE);
    MR_TRY(take_step(&step, err));
    mr_jobs_wake(s);
    return MR_OK;
}

int mr_batch_unschedule(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    struct step step = {.s = s,
                        .actor = actor,
                        .id = id,
                        .action = MR_MAY_BATCH_SEAL,
                        .act = schedule,
                        .detail = MR_STR("schedule stopped"),
                        .at = MR_TIME_NONE};
    return take_step(&step, err);
}

/* ---- the job ---- */

/* The sealing of one batch from beginning to end. */
struct work {
    mr_service *s;
    struct mr_job *job;
    struct mr_sealing_row sealing;
    mr_seal_pool *pool;
    int64_t after;              /* number of the last row that was read */
    mr_supervision supervision; /* for rows that say none */
    mr_arena rows;
    struct mr_result_row list[CHUNK];
    struct mr_making makings[CHUNK];
    struct mr_made made[CHUNK];
    size_t count;      /* of list and makings */
    size_t made_count; /* sealed and not yet stored */
    int64_t done, all;
    size_t row;      /* that could not be sealed, for the message */
    bool end;        /* of the table */
    bool is_lost;    /* another node has the job */
    bool is_refused; /* who had it sealed may no longer do so */
};
static void work_done(struct work *w)
{
    mr_seal_pool_close(w->pool);
    mr_arena_done(&w->rows);
}

/* The next rows that are to be sealed: without those who hold it already, from another batch, or from this one before a stop. */
static int read_rows(struct work *w, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_arena_reset(&w->rows);
    MR_TRY(mr_db_begin(w->s->db, false, &tx, err));
    MR_TRY(mr_upload_next_ready(tx, &w->rows, w->sealing.batch_id, mr_env_now(w->s->env), w->after, CHUNK, w->list,
                                &w->count, err));
    w->end = w->count < CHUNK;
    for (size_t i = 0; i < w->count; i++) {
        struct mr_result_row *row = &w->list[i];
        struct mr_holding holding;
        w->after = (int64_t)row->number;
        if (row->achievement.supervision == MR_SUPERVISION_NOT_SAID) row->achievement.supervision = w->supervision;
        w->makings[i] = (struct mr_making){.row = row, .batch_id = w->sealing.batch_id};
        MR_TRY(mr_maker_look(w->s, tx, &w->rows, w->sealing.specification_id, &w->makings[i], &holding, err));
    }
    return MR_OK;
}

static int store_in(mr_db_tx *tx, void *self, struct mr_err *err)
{
    struct work *w = self;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    const mr_specification *specification = &mr_maker_published(mr_seal_pool_maker(w->pool))->specification;
    int64_t done = w->done + (int64_t)w->made_count;
    bool ours, tell;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(mr_job_beat_in(w->s, tx, w->job, done, w->all, &ours, err));
    if (!ours) {
        w->is_lost = true;
        return MR_FAIL(err, MR_E_STATE, "another node has taken this batch up", MR_NOWHERE);
    }
    MR_TRY(mr_event_is_wanted(tx, w->sealing.org_id, "achievement.awarded", &tell, err));
    for (size_t i = 0; i < w->made_count; i++) {
        MR_TRY(mr_made_store(tx, &w->made[i], err));
        if (tell) MR_TRY(mr_made_tell(w->s, tx, &a, &w->made[i], err));
        if (mr_str_is(w->sealing.mailing, "now"))
            MR_TRY(mr_maker_mail(w->s, tx, &a, specification, &w->made[i].row, "claim", MR_STR_EMPTY, err));
    }
    return mr_store_batch_set_sealed_rows(tx, w->sealing.batch_id, done, err);
}

/* Somebody was awarded meanwhile, elsewhere: leave those out. */
static int leave_out_awarded(struct work *w, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    size_t kept = 0;
    MR_TRY(mr_db_begin(w->s->db, false, &tx, err));
    for (size_t i = 0; i < w->made_count; i++) {
        struct mr_holding holding;
        const struct mr_achievement_row *row = &w->made[i].row;
        MR_TRY(mr_store_achievement_holding(tx, &w->rows, row->specification_id, row->person_key, mr_env_now(w->s->env),
                                            &holding, err));
        if (!holding.id.len) w->made[kept++] = w->made[i];
    }
    if (kept == w->made_count) return MR_FAIL(err, MR_E_DB, "an achievement could not be kept", MR_NOWHERE);
    w->made_count = kept;
    return MR_OK;
}

static int store_made(struct work *w, struct mr_err *err)
{
    while (w->made_count) {
        int code = mr_db_together(w->s->db, store_in, w, err);
        if (code == MR_OK) break;
        if (code != MR_E_EXISTS) return code;
        MR_TRY(leave_out_awarded(w, err));
    }
    w->done += (int64_t)w->made_count;
    w->made_count = 0;
    return MR_OK;
}

static int seal_chunk(struct work *w, struct mr_err *err)
{
    struct mr_making *makings[CHUNK];
    for (size_t i = 0; i < w->count; i++) makings[i] = &w->makings[i];
    if (w->count) MR_TRY(mr_maker_place(mr_seal_pool_maker(w->pool), &w->rows, makings, w->count, err));
    for (size_t at = 0; at < w->count && !mr_jobs_stopping(w->s);) {
        struct mr_err why = {0};
        int code = mr_seal_pool_run(w->pool, &w->makings[at], w->count - at, STORE_OCTETS,
                                    mr_env_now(w->s->env) + STORE_MS, w->made, &w->made_count, &why);
        at += w->made_count;
        MR_TRY(store_made(w, err)); /* those made before one that could not be sealed, too */
        if (code == MR_OK) continue;
        w->row = w->list[at].number;
        *err = why;
        return code;
    }
    return MR_OK;
}

static int seal_rows(struct work *w, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_batch_row batch;
    mr_arena_init(&w->rows, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(mr_db_begin(w->s->db, false, &tx, err));
    MR_TRY(mr_store_achievement_count(tx, w->sealing.batch_id, &w->done, err));
    MR_TRY(mr_store_batch_find(tx, w->job->arena, w->sealing.batch_id, &batch, err));
    mr_db_rollbackp(&tx);
    tx = NULL;
    w->all = batch.rows_ready;
    MR_TRY(mr_seal_pool_open(w->s, w->sealing.specification_id, w->all - w->done, &w->pool, err));
    if (!mr_supervision_find(w->sealing.supervision, &w->supervision)) w->supervision = MR_SUPERVISION_NOT_SAID;
    while (!w->end && !mr_jobs_stopping(w->s)) {
        MR_TRY(read_rows(w, err));
        MR_TRY(seal_chunk(w, err));
    }
    return mr_jobs_stopping(w->s) ? MR_FAIL(err, MR_E_STATE, "the service stops", MR_NOWHERE) : MR_OK;
}

/* The title in this language; the file's name when the specification cannot be read, which may be why sealing failed. */
static mr_str title_of(struct work *w, const struct mr_batch_row *batch, mr_str language)
{
    struct mr_published published;
    struct mr_err ignored = {0};
    if (w->pool)
        return mr_texts_get(mr_maker_published(mr_seal_pool_maker(w->pool))->specification.title, language, NULL);
    if (mr_catalogue_get(w->s, w->job->arena, w->sealing.specification_id, &published, &ignored) != MR_OK)
        return batch->file_name;
    return mr_texts_get(published.specification.title, language, NULL);
}

/* What a failure means for people: "net: row 5: ..." has a sentence of its own, as on the batch's page. */
static mr_str failure_in_words(mr_arena *a, const mr_language *l, mr_str error)
{
    mr_str code;
    mr_str_split(&error, ':', &code);
    mr_str id = mr_arena_format(a, "batch.failed.%.*s", MR_STR_ARG(code));
    return mr_message_str(l, mr_message_exists(mr_language_english(), id) ? id : MR_STR("batch.failed.other"));
}

static int mail_end(struct work *w, mr_db_tx *tx, const struct mr_batch_row *batch, const struct mr_recipient *to,
                    mr_str error, struct mr_err *err)
{
    MR_CLEANUP(mr_buf_done) mr_buf data;
    mr_json_writer v;
    mr_arena *a = w->job->arena;
    const mr_language *l = mr_language_find(to->language);
    if (!l) l = mr_language_english();
    mr_buf_init(&data, 64 * MR_KIB);
    mr_json_writer_init(&v, &data, 0);
    mr_json_begin_object(&v);
    mr_json_put_member(&v, "name", to->name);
    mr_json_put_member(&v, "title", title_of(w, batch, mr_language_tag(l)));
    mr_json_put_member(&v, "file", batch->file_name);
    mr_json_put_number(&v, "count", w->done);
    if (error.len) mr_json_put_member(&v, "failed", failure_in_words(a, l, error));
    mr_json_put_member(&v, "link",
                       mr_arena_format(a, "%.*s/provider/batches/%.*s", MR_STR_ARG(w->s->public_url),
                                       MR_STR_ARG(w->sealing.batch_id)));
    mr_json_end_object(&v);
    const struct mr_mail mail = {.template_name = error.len ? "batch_failed" : "batch_done",
                                 .org_id = w->sealing.org_id,
                                 .to = to->email,
                                 .language = mr_language_tag(l),
                                 .object_id = w->sealing.batch_id,
                                 .data = mr_buf_str(&data)};
    return mr_mail_queue(w->s, tx, a, &mail, NULL, err);
}

/* To webhooks, and by mail: who had it sealed; when it failed, the administrators, too. */
static int tell_end(struct work *w, mr_db_tx *tx, mr_str error, struct mr_err *err)
{
    struct mr_recipients to = {0};
    struct mr_batch_row batch;
    mr_arena *a = w->job->arena;
    mr_str data = mr_arena_format(a, "\"specification\":\"%.*s\",\"sealed\":%lld",
                                  MR_STR_ARG(w->sealing.specification_id), (long long)w->done);
    MR_TRY(mr_store_batch_find(tx, a, w->sealing.batch_id, &batch, err));
    if (!error.len) MR_TRY(mr_event(w->s, tx, w->sealing.org_id, "batch.sealed", w->sealing.batch_id, data, err));
    if (!w->is_refused) MR_TRY(mr_recipients_add(tx, a, w->sealing.sealed_by, &to, err));
    if (error.len) MR_TRY(mr_recipients_add_role(tx, a, w->sealing.org_id, MR_ROLE_ADMINISTRATOR, &to, err));
    for (size_t i = 0; i < to.count; i++) MR_TRY(mail_end(w, tx, &batch, &to.list[i], error, err));
    return MR_OK;
}

static int finish(struct work *w, mr_str error, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_str id = w->sealing.batch_id;
    mr_str detail =
        error.len ? MR_STR("failed") : mr_arena_format(w->job->arena, "sealed rows=%lld", (long long)w->done);
    MR_TRY(mr_db_begin(w->s->db, true, &tx, err));
    MR_TRY(mr_store_batch_finish(tx, id, mr_env_now(w->s->env), error, err));
    if (!error.len && mr_str_is(w->sealing.mailing, "now"))
        MR_TRY(mr_store_sealing_set_mailing(tx, id, MR_STR("queued"), err));
    MR_TRY(tell_end(w, tx, error, err));
    MR_TRY(mr_audit(w->s, tx, &mr_actor_system, MR_MAY_BATCH_SEAL, w->sealing.org_id, id, detail, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

#define REFUSED MR_STR("role: who had it sealed may no longer do so")

/* Whoever had it sealed, or set the time, must still be allowed to. If not, a batch in preview stays there without a time, and one that was being sealed has
 * failed: in both cases somebody who may goes on with it, and the administrators are told. */
static int require_right(struct work *w, bool *ret_may, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_sealing_row *row = &w->sealing;
    struct mr_err why = {0};
    bool done;
    MR_TRY(mr_db_begin(w->s->db, true, &tx, err));
    int code = mr_on_behalf_check(w->s, tx, w->job->arena, row->sealed_by, MR_MAY_BATCH_SEAL, row->org_id, &why);
    *ret_may = code == MR_OK;
    if (code == MR_OK) return MR_OK;
    if (code != MR_E_FORBIDDEN) return MR_FAIL_DETAIL(err, code, why.message, "%s", why.detail);
    w->is_refused = true;
    if (mr_str_is(row->state, "preview"))
        MR_TRY(mr_store_sealing_schedule(tx, row->batch_id, MR_TIME_NONE, MR_STR_EMPTY, MR_STR_EMPTY, &done, err));
    else
        MR_TRY(mr_store_batch_finish(tx, row->batch_id, mr_env_now(w->s->env), REFUSED, err));
    MR_TRY(tell_end(w, tx, REFUSED, err));
    MR_TRY(mr_on_behalf_refuse(w->s, tx, MR_MAY_BATCH_SEAL, row->org_id, row->batch_id, &why, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

/* A scheduled batch whose time has come leaves preview now. *ret_go false: this job has nothing to do, the batch went another way. */
static int leave_preview(struct work *w, bool *ret_go, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t ready;
    uint64_t at = 0;
    bool is_preview = mr_str_is(w->sealing.state, "preview"), is_sealing = mr_str_is(w->sealing.state, "sealing");
    bool is_timed = mr_str_to_u64(w->job->payload, &at);
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY + MR_LIMIT_TABLE);
    *ret_go = is_timed ? (is_preview || is_sealing) && w->sealing.seal_at == (int64_t)at : is_sealing;
    if (!*ret_go) return MR_OK;
    MR_TRY(require_right(w, ret_go, err));
    if (!*ret_go || is_sealing) return MR_OK;
    MR_TRY(examine(w->s, &a, &w->sealing, &ready, err));
    MR_TRY(mr_db_begin(w->s->db, true, &tx, err));
    MR_TRY(mr_store_batch_move(tx, w->sealing.batch_id, MR_STR("preview"), MR_STR("sealing"), ret_go, err));
    MR_TRY(mr_store_batch_set_ready_rows(tx, w->sealing.batch_id, ready, err));
    MR_TRY(mr_upload_settle(w->s, tx, w->sealing.batch_id, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

static int read_sealing(mr_service *s, struct mr_job *job, struct mr_sealing_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return find_sealing(tx, job->arena, job->object_id, ret, err);
}

/* The batch says what is true, too: a job that failed is looked at by nobody. */
static int tell_failure(struct work *w, int code, struct mr_err *err)
{
    struct mr_err late = {0};
    mr_log_err(MR_LOG_ERROR, "batch.failed", err);
    mr_str what = mr_arena_format(w->job->arena, "%s: row %zu: %s %s", mr_code_name(err->code), w->row, err->message,
                                  err->detail);
    if (finish(w, what, &late) != MR_OK) mr_log_err(MR_LOG_ERROR, "batch.not_finished", &late);
    return code;
}

static void work_free(struct work **w)
{
    if (*w) work_done(*w);
}

int mr_job_batch_seal(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    MR_CLEANUP(work_free) struct work *w = MR_NEW(job->arena, struct work);
    bool go = false;
    if (!w) return MR_FAIL(err, MR_E_NOMEM, "no memory to seal", MR_NOWHERE);
    w->s = s, w->job = job;
    MR_TRY(read_sealing(s, job, &w->sealing, err));
    int code = leave_preview(w, &go, err);
    if (code == MR_OK && !go) return MR_OK;
    if (code == MR_OK) {
        mr_log(MR_LOG_INFO, "batch.sealing", "batch", mr_arena_cstr(job->arena, job->object_id), NULL);
        code = seal_rows(w, err);
    }
    if (code == MR_OK) code = finish(w, MR_STR_EMPTY, err);
    if (code == MR_OK) {
        mr_log(MR_LOG_INFO, "batch.sealed", "batch", mr_arena_cstr(job->arena, job->object_id), NULL);
        return MR_OK;
    }
    if (code == MR_E_UNAVAILABLE || code == MR_E_FULL) {
        mr_log_err(MR_LOG_WARNING, "batch.waits", err);
        job->again_at = mr_env_now(s->env) + WAIT_MS;
        return MR_OK;
    }
    return w->is_lost || mr_jobs_stopping(s) ? code : tell_failure(w, code, err);
}

void mr_batch_wait(mr_service *s)
{
    mr_jobs_wait(s);
}

/* ---- mail ---- */

static int want_mail(struct step *step, mr_db_tx *tx, struct mr_sealing *sealing, struct mr_err *err)
{
    if (!mr_str_is(sealing->row.state, "sealed")) return other_state(err);
    MR_TRY(mr_store_sealing_set_mailing(tx, step->id, MR_STR("queued"), err));
    const struct mr_job_order order = {.kind = "batch.mail",
                                       .key = mr_arena_format(step->a, "batch.mail/%.*s", MR_STR_ARG(step->id)),
                                       .org_id = sealing->row.org_id,
                                       .object_id = step->id,
                                       .payload = step->actor->id};
    return mr_job_add(step->s, tx, &order, err);
}

int mr_batch_mail(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_err *err)
{
    struct step step = {
        .s = s, .actor = actor, .id = id, .action = MR_MAY_MAIL_SEND, .act = want_mail, .detail = MR_STR("claim")};
    MR_TRY(take_step(&step, err));
    mr_jobs_wake(s);
    return MR_OK;
}

/* One transaction's worth; who has a mail is not found again. */
static int mail_chunk(mr_service *s, mr_arena *a, const struct mr_published *published, mr_str batch_id, mr_str *after,
                      size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_row *rows;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_achievement_unmailed(tx, a, batch_id, MR_STR("claim"), *after, MAIL_CHUNK, &rows, ret_count, err));
    for (size_t i = 0; i < *ret_count; i++)
        MR_TRY(mr_maker_mail(s, tx, a, &published->specification, &rows[i], "claim", MR_STR_EMPTY, err));
    if (*ret_count) *after = rows[*ret_count - 1].id;
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

/* The job's payload is the id of who ordered it. If they no longer may, the links wait for somebody who may. */
static int may_mail(mr_service *s, struct mr_job *job, const struct mr_sealing_row *batch, bool *ret_may,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_err why = {0};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    int code = mr_on_behalf_check(s, tx, job->arena, job->payload, MR_MAY_MAIL_SEND, batch->org_id, &why);
    *ret_may = code == MR_OK;
    if (code == MR_OK) return MR_OK;
    if (code != MR_E_FORBIDDEN) return MR_FAIL_DETAIL(err, code, why.message, "%s", why.detail);
    MR_TRY(mr_store_sealing_set_mailing(tx, batch->batch_id, MR_STR("later"), err));
    MR_TRY(mr_on_behalf_refuse(s, tx, MR_MAY_MAIL_SEND, batch->org_id, batch->batch_id, &why, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_job_batch_mail(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_sealing_row batch;
    struct mr_published published;
    mr_str after = MR_STR_EMPTY;
    char last[37] = "";
    size_t count;
    int64_t done = 0;
    bool may;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    MR_TRY(read_sealing(s, job, &batch, err));
    MR_TRY(may_mail(s, job, &batch, &may, err));
    if (!may) return MR_OK;
    MR_TRY(mr_catalogue_get(s, job->arena, batch.specification_id, &published, err));
    do {
        mr_arena_reset(&a);
        MR_TRY(mail_chunk(s, &a, &published, job->object_id, &after, &count, err));
        if (after.len == 36) memcpy(last, after.ptr, 36);
        after = mr_str_of(last);
        done += (int64_t)count;
        MR_TRY(mr_job_beat(s, job, done, done, err));
    } while (count);
    return MR_OK;
}

/* ---- what became of it ---- */

static int find_for(mr_service *s, mr_db_tx *tx, const struct mr_actor *actor, mr_action action, mr_arena *a, mr_str id,
                    struct mr_err *err)
{
    struct mr_sealing_row row;
    (void)s;
    MR_TRY(find_sealing(tx, a, id, &row, err));
    return mr_authorise(actor, action, row.org_id, err);
}

int mr_batch_count(mr_service *s, const struct mr_actor *actor, mr_str id, struct mr_batch_counts *ret,
                   struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    mr_arena_init(&a, MR_MIB);
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_for(s, tx, actor, MR_MAY_BATCH_READ, &a, id, err));
    return mr_store_sealing_count(tx, id, mr_env_now(s->env), ret, err);
}

static int links_of(mr_service *s, mr_arena *a, const struct mr_achievement_row *rows, size_t count,
                    struct mr_claim_link **ret, struct mr_err *err)
{
    struct mr_claim_link *links = MR_NEW_ARRAY(a, struct mr_claim_link, count);
    if (!links) return MR_FAIL(err, MR_E_NOMEM, "no memory for the links", MR_NOWHERE);
    for (size_t i = 0; i < count; i++) {
        mr_str path = mr_claim_path(s, a, rows[i].id, rows[i].claim_turn);
        links[i] = (struct mr_claim_link){
            .achievement_id = rows[i].id,
            .learner = rows[i].learner_name,
            .email = rows[i].learner_email,
            .claim_state = rows[i].claim_state,
            .status = mr_status_of_word(rows[i].status),
            .until = rows[i].claim_until,
            .expires_at = rows[i].expires_at,
            .place = {rows[i].row_number, rows[i].id},
            .url = mr_arena_format(a, "%.*s%.*s", MR_STR_ARG(s->public_url), MR_STR_ARG(path)),
        };
    }
    *ret = links;
    return MR_OK;
}

int mr_batch_search(mr_service *s, const struct mr_actor *actor, mr_arena *a, const struct mr_achievement_query *query,
                    struct mr_claim_link **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_achievement_query folded = *query;
    struct mr_achievement_row *rows;
    folded.name = mr_store_achievement_fold(a, mr_str_trim(query->name));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(find_for(s, tx, actor, MR_MAY_ACHIEVEMENT_READ, a, query->batch_id, err));
    MR_TRY(mr_store_achievement_search(tx, a, &folded, &rows, ret_count, err));
    return links_of(s, a, rows, *ret_count, ret, err);
}

mr_str mr_claim_link_state(const mr_service *s, const mr_language *l, const struct mr_claim_link *link)
{
    if (link->status == MR_STATUS_REVOKED) return mr_message(l, "batch.status.revoked");
    if (link->status == MR_STATUS_SUSPENDED) return mr_message(l, "batch.status.suspended");
    if (mr_str_is(link->claim_state, "accepted")) return mr_message(l, "batch.claim.accepted");
    if (mr_str_is(link->claim_state, "declined")) return mr_message(l, "batch.claim.declined");
    return mr_message(l, mr_env_now(s->env) > link->until ? "batch.claim.over" : "batch.claim.open");
}

int mr_batch_write_links(mr_service *s, const struct mr_actor *actor, mr_str id, const mr_language *l, mr_buf *out,
                         struct mr_err *err)
{
    static const char *const columns[] = {"batch.column.learner", "batch.column.email", "batch.column.state",
                                          "batch.column.link"};
    enum { PIECE = 500 };
    MR_CLEANUP(mr_arena_done) mr_arena piece;
    struct mr_achievement_query query = {.batch_id = id, .limit = PIECE};
    struct mr_claim_link *links;
    char last[37] = "";
    mr_arena_init(&piece, MR_LIMIT_DOCUMENT_MEMORY);
    mr_buf_puts(out, "\xEF\xBB\xBF");
    for (size_t i = 0; i < 4; i++) mr_csv_put_cell(out, mr_message(l, columns[i]), ',');
    mr_csv_end_row(out);
    for (size_t count = PIECE; count == PIECE;) {
        mr_arena_reset(&piece);
        MR_TRY(mr_batch_search(s, actor, &piece, &query, &links, &count, err));
        for (size_t i = 0; i < count; i++) {
            const mr_str cells[] = {links[i].learner, links[i].email, mr_claim_link_state(s, l, &links[i]),
                                    links[i].url};
            for (size_t k = 0; k < 4; k++) mr_csv_put_cell(out, cells[k], ',');
            mr_csv_end_row(out);
        }
        if (!count) break;
        snprintf(last, sizeof last, "%.*s", MR_STR_ARG(links[count - 1].achievement_id));
        query.after = (struct mr_achievement_place){links[count - 1].place.row_number, mr_str_of(last)};
    }
    return mr_buf_failed(out) ? MR_FAIL(err, MR_E_LIMIT, "the list is too long", MR_NOWHERE) : MR_OK;
}
