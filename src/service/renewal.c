/* Reminders: once an hour a job looks at all that end within the longest time of any provider's list. Which of its reminders are behind it is kept with the
 * achievement, in the transaction that queues the mail, so that each goes out once; one that was missed (a server that was off) is not made up for when a nearer one is due. */
#include "service/renewal.h"

#include "base/limits.h"
#include "base/log.h"
#include "service/award_setting.h"
#include "service/catalogue.h"
#include "service/installation.h"
#include "service/jobs.h"
#include "service/maker.h"

#define LOOK_AHEAD_MS (3650 * MR_DAY_MS)
#define CHUNK 200

int mr_renewal_list(mr_service *s, const struct mr_actor *actor, mr_arena *a, mr_str org_id, int64_t days,
                    const struct mr_ending *after, size_t limit, struct mr_ending **ret, size_t *ret_count,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    int64_t now = mr_env_now(s->env);
    struct mr_achievement_row *rows;
    const struct mr_expiry_query query = {.org_id = org_id,
                                          .from = after ? after->expires_at : now,
                                          .after_id = after ? after->achievement_id : MR_STR_EMPTY,
                                          .until = now + days * MR_DAY_MS,
                                          .limit = limit};
    MR_TRY(mr_authorise(actor, MR_MAY_ACHIEVEMENT_READ, org_id, err));
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_achievement_expiring(tx, a, &query, &rows, ret_count, err));
    struct mr_ending *list = MR_NEW_ARRAY(a, struct mr_ending, *ret_count);
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < *ret_count; i++)
        list[i] = (struct mr_ending){.achievement_id = rows[i].id,
                                     .learner = rows[i].learner_name,
                                     .email = rows[i].learner_email,
                                     .specification_id = rows[i].specification_id,
                                     .expires_at = rows[i].expires_at};
    *ret = list;
    return MR_OK;
}

/* The nearest reminder whose time has come, in days; 0: none that is not behind it. */
static int64_t due(const struct mr_award_setting *setting, const struct mr_achievement_row *row, int64_t now)
{
    int64_t nearest = 0;
    for (size_t i = 0; i < MR_REMINDERS_MOST && setting->remind_days[i]; i++)
        if (row->expires_at - now <= setting->remind_days[i] * MR_DAY_MS) nearest = setting->remind_days[i];
    return row->reminded && row->reminded <= nearest ? 0 : nearest;
}

static int remind(mr_service *s, mr_arena *a, const struct mr_achievement_row *row, int64_t days, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_published published;
    char ends[11];
    bool changed;
    MR_TRY(mr_catalogue_get(s, a, row->specification_id, &published, err));
    mr_date_write(mr_date_of_time(row->expires_at), ends);
    mr_str more = mr_arena_format(a, ",\"days\":%lld,\"ends\":\"%s\"", (long long)days, ends);
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_achievement_set_reminded(tx, row->id, days, &changed, err));
    if (changed) MR_TRY(mr_maker_mail(s, tx, a, &published.specification, row, "renewal", more, err));
    mr_db_tx *ending = tx;
    tx = NULL;
    return mr_db_commit(ending, err);
}

static int next_rows(mr_service *s, mr_arena *a, const struct mr_expiry_query *query, struct mr_achievement_row **ret,
                     struct mr_award_setting **ret_settings, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_achievement_expiring(tx, a, query, ret, ret_count, err));
    *ret_settings = MR_NEW_ARRAY(a, struct mr_award_setting, *ret_count);
    if (!*ret_settings) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (size_t i = 0; i < *ret_count; i++)
        MR_TRY(mr_award_setting_read(tx, (*ret)[i].org_id, &(*ret_settings)[i], err));
    return MR_OK;
}

int mr_job_award_remind(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    int64_t now = mr_env_now(s->env), done = 0;
    struct mr_expiry_query query = {.from = now, .until = now + LOOK_AHEAD_MS, .limit = CHUNK};
    struct mr_achievement_row *rows;
    struct mr_award_setting *settings;
    char last[37] = "";
    size_t count;
    mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
    do {
        mr_arena_reset(&a);
        MR_TRY(next_rows(s, &a, &query, &rows, &settings, &count, err));
        for (size_t i = 0; i < count; i++) {
            int64_t days = due(&settings[i], &rows[i], now);
            if (days) MR_TRY(remind(s, &a, &rows[i], days, err));
        }
        if (count) {
            query.from = rows[count - 1].expires_at;
            memcpy(last, rows[count - 1].id.ptr, 36);
            query.after_id = mr_str_of(last);
        }
        done += (int64_t)count;
        MR_TRY(mr_job_beat(s, job, done, done, err));
    } while (count == CHUNK);
    return MR_OK;
}
