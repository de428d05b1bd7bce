#include "service/retention.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/str.h"
#include "service/api_answer.h"
#include "service/audit.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "store/api_answer.h"
#include "store/batch.h"
#include "store/job.h"
#include "store/sealing.h"
#include "store/session.h"

#include <stdio.h>

enum { AT_ONCE = 200 };
#define PREVIEW_KEPT (MR_LIMIT_PREVIEW_DAYS * MR_DAY_MS)

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *ending = *tx;
    *tx = NULL;
    return mr_db_commit(ending, err);
}

int mr_retention_get(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id,
                     struct mr_retention_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_READ, org_id, err));
    MR_TRY(mr_db_begin(mr_service_db(s), false, &tx, err));
    return mr_store_retention(tx, a, org_id, ret, err);
}

static int check(const struct mr_retention_row *row, struct mr_err *err)
{
    const struct {
        const char *name;
        int64_t months;
    } periods[] = {{"record_months", row->record_months},
                   {"evidence_months", row->evidence_months},
                   {"enrolment_months", row->enrolment_months}};
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        if (periods[i].months < 0 || periods[i].months > MR_LIMIT_RETENTION_MONTHS)
            return MR_FAIL_DETAIL(err, MR_E_FORMAT, "no such number of months", "%s", periods[i].name);
    if (mr_utf8_length(row->contact) > MR_LIMIT_NAME || !mr_utf8_is_plain(row->contact, true))
        return MR_FAIL_DETAIL(err, MR_E_FORMAT, "it is too long", "%s", "contact");
    return MR_OK;
}

int mr_retention_set(mr_service *s, const struct mr_actor *actor, mr_str org_id, const struct mr_retention_row *row,
                     struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_retention_row trimmed = *row;
    trimmed.contact = mr_str_trim(row->contact);
    MR_TRY(mr_authorise(actor, MR_MAY_ORGANISATION_EDIT, org_id, err));
    MR_TRY(check(&trimmed, err));
    MR_TRY(mr_db_begin(mr_service_db(s), true, &tx, err));
    MR_TRY(mr_store_retention_set(tx, org_id, &trimmed, mr_env_now(mr_service_env(s)), err));
    MR_TRY(mr_audit(s, tx, actor, MR_MAY_ORGANISATION_EDIT, org_id, org_id, MR_STR("retention"), err));
    return commit(&tx, err);
}

/* ---- forgetting ---- */

static int forget_small(mr_service *s, int64_t now, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t removed;
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_session_forget(tx, now - MR_DAY_MS - MR_LIMIT_SESSION_IDLE_MS,
                                   now - MR_DAY_MS - MR_LIMIT_SESSION_MS, now - MR_DAY_MS, err));
    MR_TRY(mr_store_forget_tries(tx, now - MR_DAY_MS, err));
    MR_TRY(mr_store_api_answer_forget(tx, now - MR_API_ANSWER_KEPT_MS, err));
    MR_TRY(mr_store_job_forget(tx, now - MR_LIMIT_JOB_KEPT_MS, err));
    MR_TRY(mr_store_forget_invitations(tx, now - MR_LIMIT_INVITATION_KEPT_MS, err));
    MR_TRY(mr_store_forget_enrolments(tx, now, &removed, err));
    MR_TRY(mr_store_forget_evidence(tx, now, &removed, err));
    return commit(&tx, err);
}

typedef int forget_some(mr_db_tx *tx, mr_arena *a, int64_t when, size_t limit, size_t *ret_count, struct mr_err *err);

/* Results that nobody had sealed: thrown away. Of what stopped half-way, that much is sealed, and nobody was told by mail. */
static int forget_uploads(mr_db_tx *tx, mr_arena *a, int64_t before, size_t limit, size_t *ret_count,
                          struct mr_err *err)
{
    struct mr_batch_row *rows;
    MR_TRY(mr_store_batch_over(tx, a, before, limit, &rows, ret_count, err));
    for (size_t i = 0; i < *ret_count; i++) {
        if (!rows[i].rows_sealed) {
            MR_TRY(mr_store_batch_discard(tx, rows[i].id, err));
            continue;
        }
        MR_TRY(mr_store_batch_set_ready_rows(tx, rows[i].id, rows[i].rows_sealed, err));
        MR_TRY(mr_store_sealing_set_mailing(tx, rows[i].id, MR_STR("later"), err));
        MR_TRY(mr_store_batch_finish(tx, rows[i].id, before + PREVIEW_KEPT, MR_STR_EMPTY, err));
    }
    return MR_OK;
}

/* In transactions of some hundred rows, so that others get their turn. */
static int forget_all(mr_service *s, forget_some *some, int64_t when, const char *what, size_t *ret_all,
                      struct mr_err *err)
{
    size_t count = AT_ONCE, all = 0;
    char number[24];
    while (count == AT_ONCE) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
        mr_arena_init(&a, 16 * MR_MIB);
        MR_TRY(mr_db_begin(s->db, true, &tx, err));
        MR_TRY(some(tx, &a, when, AT_ONCE, &count, err));
        MR_TRY(commit(&tx, err));
        all += count;
    }
    snprintf(number, sizeof number, "%zu", all);
    *ret_all = all;
    if (all) mr_log(MR_LOG_INFO, "retention.forgotten", "what", what, "count", number, NULL);
    return MR_OK;
}

int mr_retention_forget(mr_service *s, struct mr_err *err)
{
    int64_t now = mr_env_now(s->env);
    size_t mails, records, claims, uploads;
    bool tidy;
    MR_TRY(forget_small(s, now, err));
    MR_TRY(forget_all(s, mr_store_forget_mail, now - MR_LIMIT_MAIL_KEPT_MS, "mail", &mails, err));
    MR_TRY(forget_all(s, mr_store_forget_records, now, "records", &records, err));
    MR_TRY(forget_all(s, mr_store_forget_claims, now, "claims", &claims, err));
    MR_TRY(forget_all(s, forget_uploads, now - PREVIEW_KEPT, "uploads", &uploads, err));
    return mr_db_tidy(s->db, mails || records || claims || uploads ? MR_LIMIT_DB_REWRITE : 1, &tidy, err);
}

int mr_job_retention_forget(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    (void)job;
    return mr_retention_forget(s, err);
}
