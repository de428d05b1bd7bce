#include "store/count.h"

/* Adding is one statement for each table of counts: what the row counts as, times the sign, is added to what is there. */
static int add(mr_db_tx *tx, const char *sql, mr_str id, int sign, struct mr_err *err)
{
    return mr_db_run(tx, sql, MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("sign", sign)), NULL, err);
}

#define MONTH "SUBSTR(n.awarded_on, 1, 7)"
#define SIGN "CAST($sign AS BIGINT)"
#define INTO_ACHIEVEMENTS                                                                                              \
    "INSERT INTO achievement_count (of_id, month, awarded, addressed, mailed, claimed, declined, suspended, revoked) "
#define OF_ACHIEVEMENT                                                                                                 \
    "CAST($sign AS BIGINT), CASE WHEN n.learner_email <> '' THEN CAST($sign AS BIGINT) ELSE 0 END, 0, "                \
    "CASE WHEN n.claim_state = 'accepted' THEN CAST($sign AS BIGINT) ELSE 0 END, "                                     \
    "CASE WHEN n.claim_state = 'declined' THEN CAST($sign AS BIGINT) ELSE 0 END, "                                     \
    "CASE WHEN n.status = 'suspended' THEN CAST($sign AS BIGINT) ELSE 0 END, "                                         \
    "CASE WHEN n.status = 'revoked' THEN CAST($sign AS BIGINT) ELSE 0 END FROM achievement n WHERE n.id = $id"
/* A row of counts that is there already takes the new ones on top. */
#define ON_TOP                                                                                                         \
    " ON CONFLICT (of_id, month) DO UPDATE SET awarded = achievement_count.awarded + excluded.awarded, "               \
    "addressed = achievement_count.addressed + excluded.addressed, "                                                   \
    "mailed = achievement_count.mailed + excluded.mailed, claimed = achievement_count.claimed + excluded.claimed, "    \
    "declined = achievement_count.declined + excluded.declined, "                                                      \
    "suspended = achievement_count.suspended + excluded.suspended, "                                                   \
    "revoked = achievement_count.revoked + excluded.revoked"

int mr_count_achievement(mr_db_tx *tx, mr_str id, int sign, struct mr_err *err)
{
    MR_TRY(add(tx,
               INTO_ACHIEVEMENTS "SELECT n.specification_id, " MONTH ", " OF_ACHIEVEMENT
                                 " UNION ALL SELECT n.batch_id, '', " OF_ACHIEVEMENT ON_TOP,
               id, sign, err));
    MR_TRY(add(tx,
               "INSERT INTO specification_count (specification_id, awarded) SELECT n.specification_id, " SIGN
               " FROM achievement n WHERE n.id = $id ON CONFLICT (specification_id) DO UPDATE SET awarded = "
               "specification_count.awarded + excluded.awarded",
               id, sign, err));
    return add(
        tx,
        "INSERT INTO expiry_count (specification_id, month, expires_at, achievements) SELECT "
        "n.specification_id, " MONTH ", n.expires_at, CAST($sign AS BIGINT) FROM achievement n WHERE n.id = $id "
        "AND n.expires_at IS NOT NULL ON CONFLICT (specification_id, month, expires_at) DO UPDATE SET achievements "
        "= expiry_count.achievements + excluded.achievements",
        id, sign, err);
}

#define OF_MAIL                                                                                                        \
    "0, 0, " SIGN ", 0, 0, 0, 0 FROM mail c, achievement n WHERE c.id = $id AND c.template = 'claim' AND "             \
    "c.state = 'sent' AND n.id = c.object_id"

int mr_count_mail(mr_db_tx *tx, mr_str id, int sign, struct mr_err *err)
{
    MR_TRY(add(tx,
               "INSERT INTO mail_count (org_id, state, mails) SELECT COALESCE(org_id, ''), state, " SIGN
               " FROM mail WHERE id = $id ON CONFLICT (org_id, state) DO UPDATE SET mails = mail_count.mails + "
               "excluded.mails",
               id, sign, err));
    return add(tx,
               INTO_ACHIEVEMENTS "SELECT n.specification_id, " MONTH ", " OF_MAIL
                                 " UNION ALL SELECT n.batch_id, '', " OF_MAIL ON_TOP,
               id, sign, err);
}

int mr_count_enrolment(mr_db_tx *tx, mr_str id, int sign, struct mr_err *err)
{
    const char *sql =
        sign > 0 ? MR_COUNT_ENROLMENTS("state", "1", "id = $id") : MR_COUNT_ENROLMENTS("state", "-1", "id = $id");
    return mr_db_run(tx, sql, MR_DB_ARGS(MR_DB_T("id", id)), NULL, err);
}

/* ---- counting again ---- */

/* What is counted and what is kept, side by side: the first line that one has and the other has not. */
#define DIFFERS(counted, kept)                                                                                         \
    "SELECT 1 FROM (SELECT * FROM (SELECT * FROM (" counted ") AS c EXCEPT " kept                                      \
    ") AS more UNION ALL SELECT * FROM (" kept " EXCEPT SELECT * FROM (" counted ") AS c) AS fewer) AS different "     \
    "LIMIT 1"

#define ACHIEVEMENTS(of, month)                                                                                        \
    "SELECT " of ", " month ", COUNT(*), COUNT(*) FILTER (WHERE n.learner_email <> ''), CAST(SUM((SELECT COUNT(*) "    \
    "FROM mail m WHERE m.object_id = n.id AND m.template = 'claim' AND m.state = 'sent')) AS BIGINT), COUNT(*) "       \
    "FILTER (WHERE n.claim_state = 'accepted'), COUNT(*) FILTER (WHERE n.claim_state = 'declined'), COUNT(*) FILTER "  \
    "(WHERE n.status = 'suspended'), COUNT(*) FILTER (WHERE n.status = 'revoked') FROM achievement n GROUP BY 1, 2"

static int differs(mr_db_tx *tx, const char *sql, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, sql, NULL, 0, &c, err));
    return mr_db_next(c, ret, err);
}

int mr_count_check(mr_db_tx *tx, const char **ret, struct mr_err *err)
{
    static const struct {
        const char *table, *sql;
    } tables[] = {
        {"mail_count",
         DIFFERS("SELECT COALESCE(org_id, ''), state, COUNT(*) FROM mail GROUP BY COALESCE(org_id, ''), state",
                 "SELECT org_id, state, mails FROM mail_count WHERE mails <> 0")},
        {"enrolment_count",
         DIFFERS("SELECT org_id, specification_slug, state, COUNT(*) FROM enrolment GROUP BY org_id, "
                 "specification_slug, state",
                 "SELECT org_id, specification_slug, state, enrolments FROM enrolment_count WHERE enrolments <> 0")},
        {"achievement_count",
         DIFFERS(ACHIEVEMENTS("n.specification_id", MONTH) " UNION ALL " ACHIEVEMENTS("n.batch_id", "''"),
                 "SELECT of_id, month, awarded, addressed, mailed, claimed, declined, suspended, "
                 "revoked FROM achievement_count WHERE awarded <> 0")},
        {"specification_count",
         DIFFERS("SELECT specification_id, COUNT(*) FROM achievement GROUP BY specification_id",
                 "SELECT specification_id, awarded FROM specification_count WHERE awarded <> 0")},
        {"expiry_count",
         DIFFERS("SELECT specification_id, SUBSTR(awarded_on, 1, 7), expires_at, COUNT(*) FROM achievement WHERE "
                 "expires_at IS NOT NULL GROUP BY specification_id, SUBSTR(awarded_on, 1, 7), expires_at",
                 "SELECT specification_id, month, expires_at, achievements FROM expiry_count WHERE achievements <> "
                 "0")},
    };
    *ret = NULL;
    for (size_t i = 0; i < sizeof tables / sizeof *tables && !*ret; i++) {
        bool wrong;
        MR_TRY(differs(tx, tables[i].sql, &wrong, err));
        if (wrong) *ret = tables[i].table;
    }
    return MR_OK;
}
