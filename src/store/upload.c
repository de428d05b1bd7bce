#include "store/upload.h"
#include "store/count.h"

int mr_store_upload_put(mr_db_tx *tx, const struct mr_upload_row *row, struct mr_err *err)
{
    mr_db_value separator = MR_DB_T("separator", mr_str_make(&row->separator, 1));
    MR_TRY(mr_store_upload_empty(tx, row->batch_id, err));
    return mr_db_run(tx,
                     "INSERT INTO upload (batch_id, org_id, columns, unused, sheets, sheet, mapping, source, "
                     "needs_mapping, latin1, separator) VALUES ($batch, $org, $columns, $unused, $sheets, $sheet, "
                     "$mapping, $source, $needs, $latin, $separator) "
                     "ON CONFLICT (batch_id) DO UPDATE SET columns = excluded.columns, unused = excluded.unused, "
                     "sheets = excluded.sheets, sheet = excluded.sheet, mapping = excluded.mapping, "
                     "source = excluded.source, needs_mapping = excluded.needs_mapping, latin1 = excluded.latin1, "
                     "separator = excluded.separator",
                     MR_DB_ARGS(MR_DB_T("batch", row->batch_id), MR_DB_T("org", row->org_id),
                                MR_DB_B("columns", row->columns), MR_DB_B("unused", row->unused),
                                MR_DB_B("sheets", row->sheets), mr_db_text_or_null("sheet", row->sheet),
                                MR_DB_B("mapping", row->mapping), MR_DB_T("source", row->source),
                                {.name = "needs", .type = MR_DB_BOOL, .number = row->needs_mapping},
                                {.name = "latin", .type = MR_DB_BOOL, .number = row->latin1}, separator),
                     NULL, err);
}

int mr_store_upload_find(mr_db_tx *tx, mr_arena *a, mr_str batch_id, struct mr_upload_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx,
                       "SELECT batch_id, org_id, columns, unused, sheets, sheet, mapping, source, needs_mapping, "
                       "latin1, separator FROM upload WHERE batch_id = $batch",
                       MR_DB_ARGS(MR_DB_T("batch", batch_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_upload_row){0};
    if (!row) return MR_OK;
    mr_str separator = mr_db_text(c, 10);
    *ret = (struct mr_upload_row){
        .batch_id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .columns = mr_arena_dup(a, mr_db_text(c, 2)),
        .unused = mr_arena_dup(a, mr_db_text(c, 3)),
        .sheets = mr_arena_dup(a, mr_db_text(c, 4)),
        .sheet = mr_arena_dup(a, mr_db_text(c, 5)),
        .mapping = mr_arena_dup(a, mr_db_text(c, 6)),
        .source = mr_arena_dup(a, mr_db_text(c, 7)),
        .needs_mapping = mr_db_int(c, 8) != 0,
        .latin1 = mr_db_int(c, 9) != 0,
        .separator = separator.len ? separator.ptr[0] : ',',
    };
    return ret->source.ptr ? MR_OK : MR_FAIL(err, MR_E_NOMEM, "no memory for an upload", MR_NOWHERE);
}

int mr_store_upload_empty(mr_db_tx *tx, mr_str batch_id, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM upload_row WHERE batch_id = $batch", MR_DB_ARGS(MR_DB_T("batch", batch_id)), NULL,
                     err);
}

int mr_store_upload_set_counts(mr_db_tx *tx, mr_str batch_id, int64_t read, int64_t ready, struct mr_err *err)
{
    return mr_db_run(tx, "UPDATE batch SET rows_read = $read, rows_ready = $ready WHERE id = $batch",
                     MR_DB_ARGS(MR_DB_I("read", read), MR_DB_I("ready", ready), MR_DB_T("batch", batch_id)), NULL, err);
}

int mr_store_upload_add_line(mr_db_tx *tx, mr_str batch_id, mr_str org_id, const struct mr_upload_line *line,
                             struct mr_err *err)
{
    mr_db_value findings = MR_DB_B("findings", line->findings);
    if (!line->findings.len) findings.type = MR_DB_NULL;
    return mr_db_run(tx,
                     "INSERT INTO upload_row (batch_id, row_number, org_id, fate, first_number, learner_key, name, "
                     "email, achievement, findings, cells, enrolment_id) VALUES ($batch, $number, $org, $fate, $first, "
                     "$key, $name, $email, $achievement, $findings, $cells, $enrolment)",
                     MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("number", line->number), MR_DB_T("org", org_id),
                                MR_DB_T("fate", line->fate), MR_DB_I("first", line->first_number),
                                MR_DB_T("key", line->learner_key), mr_db_text_or_null("name", line->name),
                                mr_db_text_or_null("email", line->email), MR_DB_B("achievement", line->achievement),
                                findings, MR_DB_B("cells", line->cells),
                                mr_db_text_or_null("enrolment", line->enrolment_id)),
                     NULL, err);
}

/* When the learner of a row has what the batch would award: the rule of mr_store_achievement_holding. */
#define HAD_ON                                                                                                         \
    "(SELECT MAX(x.awarded_on) FROM achievement x WHERE x.specification_id = b.specification_id AND "                  \
    "x.person_key = r.learner_key AND x.status <> 'revoked' AND (x.expires_at IS NULL OR x.expires_at > "              \
    "CAST($now AS BIGINT) + COALESCE((SELECT s.renew_days FROM award_setting s WHERE s.org_id = x.org_id), 90) * "     \
    "86400000))"
#define LINES                                                                                                          \
    "SELECT number, first_number, fate, learner_key, name, email, achievement, findings, cells, enrolment_id, had_on " \
    "FROM (SELECT r.row_number AS number, r.first_number, r.learner_key, r.name, r.email, r.achievement, "             \
    "r.findings, r.cells, r.enrolment_id, " HAD_ON " AS had_on, "                                                      \
    "CASE WHEN r.fate = 'ready' AND " HAD_ON " IS NOT NULL THEN 'has_it' ELSE r.fate END AS fate "                     \
    "FROM upload_row r JOIN batch b ON b.id = r.batch_id WHERE r.batch_id = $batch AND r.row_number > $after) AS l "
#define ORDER " ORDER BY number LIMIT $limit OFFSET $skip"

int mr_store_upload_lines(mr_db_tx *tx, mr_arena *a, mr_str batch_id, int64_t now, enum mr_upload_group group,
                          int64_t after, int64_t skip, size_t limit, struct mr_upload_line **ret, size_t *ret_count,
                          struct mr_err *err)
{
    static const char *const texts[] = {
        [MR_UPLOAD_ALL] = LINES ORDER,
        [MR_UPLOAD_READY] = LINES "WHERE fate = 'ready'" ORDER,
        [MR_UPLOAD_LEFT_OUT] = LINES "WHERE fate <> 'ready'" ORDER,
        [MR_UPLOAD_REFUSED] = LINES "WHERE fate = 'refused'" ORDER,
        [MR_UPLOAD_DUPLICATE] = LINES "WHERE fate = 'duplicate'" ORDER,
        [MR_UPLOAD_HAS_IT] = LINES "WHERE fate = 'has_it'" ORDER,
        [MR_UPLOAD_NOT_PASSED] = LINES "WHERE fate = 'not_passed'" ORDER,
    };
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_upload_line *lines = MR_NEW_ARRAY(a, struct mr_upload_line, limit);
    size_t count = 0;
    bool row;
    if (!lines) return MR_FAIL(err, MR_E_NOMEM, "no memory for rows", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, texts[group],
                       MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("now", now), MR_DB_I("after", after),
                                  MR_DB_I("limit", (int64_t)limit), MR_DB_I("skip", skip)),
                       &c, err));
    for (; count < limit; count++) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        lines[count] = (struct mr_upload_line){
            .number = mr_db_int(c, 0),
            .first_number = mr_db_int(c, 1),
            .fate = mr_arena_dup(a, mr_db_text(c, 2)),
            .learner_key = mr_arena_dup(a, mr_db_text(c, 3)),
            .name = mr_arena_dup(a, mr_db_text(c, 4)),
            .email = mr_arena_dup(a, mr_db_text(c, 5)),
            .achievement = mr_arena_dup(a, mr_db_text(c, 6)),
            .findings = mr_arena_dup(a, mr_db_text(c, 7)),
            .cells = mr_arena_dup(a, mr_db_text(c, 8)),
            .enrolment_id = mr_arena_dup(a, mr_db_text(c, 9)),
            .had_on = mr_arena_dup(a, mr_db_text(c, 10)),
        };
        if (!lines[count].had_on.ptr) return MR_FAIL(err, MR_E_NOMEM, "no memory for rows", MR_NOWHERE);
    }
    *ret = lines, *ret_count = count;
    return MR_OK;
}

int mr_store_upload_count(mr_db_tx *tx, mr_str batch_id, int64_t now, int64_t ret[MR_UPLOAD_NOT_PASSED + 1],
                          struct mr_err *err)
{
    static const struct {
        const char *fate;
        enum mr_upload_group group;
    } fates[] = {{"ready", MR_UPLOAD_READY},
                 {"refused", MR_UPLOAD_REFUSED},
                 {"duplicate", MR_UPLOAD_DUPLICATE},
                 {"has_it", MR_UPLOAD_HAS_IT},
                 {"not_passed", MR_UPLOAD_NOT_PASSED}};
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    memset(ret, 0, (MR_UPLOAD_NOT_PASSED + 1) * sizeof *ret);
    MR_TRY(mr_db_query(tx,
                       "SELECT fate, COUNT(*) FROM (SELECT CASE WHEN r.fate = 'ready' AND " HAD_ON
                       " IS NOT NULL THEN 'has_it' ELSE r.fate END AS fate FROM upload_row r JOIN batch b ON "
                       "b.id = r.batch_id WHERE r.batch_id = $batch) AS f GROUP BY fate",
                       MR_DB_ARGS(MR_DB_T("batch", batch_id), MR_DB_I("now", now)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
            if (mr_str_is(mr_db_text(c, 0), fates[i].fate)) ret[fates[i].group] = mr_db_int(c, 1);
        ret[MR_UPLOAD_ALL] += mr_db_int(c, 1);
    }
    ret[MR_UPLOAD_LEFT_OUT] = ret[MR_UPLOAD_ALL] - ret[MR_UPLOAD_READY];
    return MR_OK;
}

/* Those whose row decides about them and who still wait for it, and what they become. */
#define SETTLED                                                                                                        \
    "state IN ('applied', 'enrolled') AND id IN (SELECT r.enrolment_id FROM upload_row r WHERE r.batch_id = $batch "   \
    "AND r.fate IN ('ready', 'not_passed') AND r.enrolment_id IS NOT NULL)"
#define SETTLED_AS                                                                                                     \
    "CASE WHEN id IN (SELECT r.enrolment_id FROM upload_row r WHERE r.batch_id = $batch AND r.fate = 'ready' AND "     \
    "r.enrolment_id IS NOT NULL) THEN 'completed' ELSE 'not_passed' END"

int mr_store_upload_settle_enrolments(mr_db_tx *tx, mr_str batch_id, int64_t now, struct mr_err *err)
{
    const mr_db_value batch = MR_DB_T("batch", batch_id), at = MR_DB_I("now", now);
    MR_TRY(mr_db_run(tx, MR_COUNT_ENROLMENTS("state", "-1", SETTLED), MR_DB_ARGS(batch), NULL, err));
    MR_TRY(mr_db_run(tx, MR_COUNT_ENROLMENTS(SETTLED_AS, "1", SETTLED), MR_DB_ARGS(batch), NULL, err));
    return mr_db_run(tx,
                     "UPDATE enrolment SET state = " SETTLED_AS ", batch_id = $batch, changed_at = $now WHERE " SETTLED,
                     MR_DB_ARGS(batch, at), NULL, err);
}
