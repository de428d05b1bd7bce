/* The job that reminds learners of what they have not decided on: a week after the award, a month after it, and a week before the end of their time; never within a week
 * of another mail about it; not those who were never mailed, whose provider hands links out otherwise, and not those who have stopped it. */
#include "base/limits.h"
#include "service/jobs.h"
#include "service/mail.h"
#include "service/mail_inside.h"
#include "store/achievement.h"
#include "store/mail.h"

#define AT_ONCE 50

static int commit(mr_db_tx **tx, struct mr_err *err)
{
    mr_db_tx *done = *tx;
    *tx = NULL;
    return mr_db_commit(done, err);
}

static int find(mr_service *s, mr_arena *a, mr_str after, mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_reminding when = {.now = mr_env_now(s->env),
                                      .first_ms = 7 * MR_DAY_MS,
                                      .second_ms = 30 * MR_DAY_MS,
                                      .before_end_ms = 7 * MR_DAY_MS,
                                      .pause_ms = 7 * MR_DAY_MS};
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    return mr_store_mail_to_remind(tx, a, &when, after, AT_ONCE, ret, ret_count, err);
}

/* The newest mail that told of it: to whom and in which language. */
static int find_told(mr_service *s, mr_arena *a, mr_str id, struct mr_mail_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    const struct mr_mail_filter about = {.object_id = id};
    struct mr_mail_row *rows;
    size_t count;
    MR_TRY(mr_db_begin(s->db, false, &tx, err));
    MR_TRY(mr_store_mail_list(tx, a, &about, AT_ONCE, &rows, &count, err));
    *ret = (struct mr_mail_row){0};
    for (size_t i = 0; i < count && !ret->id.len; i++)
        if (mr_str_is(rows[i].state, "sent") &&
            (mr_str_is(rows[i].template_name, "claim") || mr_str_is(rows[i].template_name, "replaced")))
            *ret = rows[i];
    return MR_OK;
}

static int remind(mr_service *s, mr_arena *a, mr_str id, struct mr_err *err)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_mail_row told;
    struct mr_achievement_row now;
    mr_str data;
    MR_TRY(find_told(s, a, id, &told, err));
    if (!told.id.len) return MR_OK;
    const mr_language *l = mr_language_find(told.language);
    MR_TRY(mr_mail_about_achievement(s, a, id, l ? l : mr_language_english(), told.recipient, &data, NULL, err));
    const struct mr_mail mail = {.template_name = "reminder",
                                 .org_id = told.org_id,
                                 .to = told.recipient,
                                 .language = told.language,
                                 .object_id = id,
                                 .data = data};
    MR_TRY(mr_db_begin(s->db, true, &tx, err));
    MR_TRY(mr_store_achievement_find(tx, a, id, &now, err));
    if (!mr_str_is(now.claim_state, "open")) return MR_OK; /* decided meanwhile */
    MR_TRY(mr_mail_queue(s, tx, a, &mail, NULL, err));
    return commit(&tx, err);
}

int mr_job_mail_remind(mr_service *s, struct mr_job *job, struct mr_err *err)
{
    char after[37] = "";
    int64_t done = 0;
    for (;;) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_str *ids;
        size_t count;
        mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
        MR_TRY(find(s, &a, mr_str_of(after), &ids, &count, err));
        if (count == 0) return MR_OK;
        for (size_t i = 0; i < count; i++) {
            MR_TRY(remind(s, &a, ids[i], err));
            MR_TRY(mr_job_beat(s, job, ++done, 0, err));
        }
        memcpy(after, ids[count - 1].ptr, 36);
    }
}
