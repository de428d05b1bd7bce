#include "store/mail.h"
#include "base/id.h"
#include "base/time.h"
#include "store/count.h"

#define COLUMNS                                                                                                        \
    "id, org_id, template, language, recipient, object_id, data, state, answer, attempts, next_at, created_at, "       \
    "sent_at, round, answer_code"

int mr_store_mail_add(mr_db_tx *tx, mr_arena *a, const mr_env *env, const struct mr_mail_row *row, mr_str *ret_id,
                      struct mr_err *err)
{
    char id[37];
    mr_id_new(env, id);
    MR_TRY(mr_db_run(
        tx,
        "INSERT INTO mail (id, org_id, template, language, recipient, object_id, data, state, attempts, next_at, "
        "created_at) VALUES ($id, $org, $template, $language, $recipient, $object, $data, 'waiting', 0, $next, $now)",
        MR_DB_ARGS(MR_DB_T("id", mr_str_of(id)), mr_db_text_or_null("org", row->org_id),
                   MR_DB_T("template", row->template_name), MR_DB_T("language", row->language),
                   MR_DB_T("recipient", row->recipient), mr_db_text_or_null("object", row->object_id),
                   MR_DB_B("data", row->data), MR_DB_I("next", row->next_at), MR_DB_I("now", mr_env_now(env))),
        NULL, err));
    MR_TRY(mr_count_mail(tx, mr_str_of(id), 1, err));
    if (ret_id) *ret_id = mr_arena_dup(a, mr_str_of(id));
    return MR_OK;
}

static void take(const mr_db_cursor *c, mr_arena *a, struct mr_mail_row *ret)
{
    *ret = (struct mr_mail_row){
        .id = mr_arena_dup(a, mr_db_text(c, 0)),
        .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
        .template_name = mr_arena_dup(a, mr_db_text(c, 2)),
        .language = mr_arena_dup(a, mr_db_text(c, 3)),
        .recipient = mr_arena_dup(a, mr_db_text(c, 4)),
        .object_id = mr_arena_dup(a, mr_db_text(c, 5)),
        .data = mr_arena_dup(a, mr_db_text(c, 6)),
        .state = mr_arena_dup(a, mr_db_text(c, 7)),
        .answer = mr_arena_dup(a, mr_db_text(c, 8)),
        .attempts = mr_db_int(c, 9),
        .next_at = mr_db_int(c, 10),
        .created_at = mr_db_int(c, 11),
        .sent_at = mr_db_is_null(c, 12) ? MR_TIME_NONE : mr_db_int(c, 12),
        .round = mr_db_int(c, 13),
        .answer_code = mr_db_int(c, 14),
    };
}

static int take_all(mr_db_cursor *c, mr_arena *a, size_t limit, struct mr_mail_row **ret, size_t *ret_count,
                    struct mr_err *err)
{
    struct mr_mail_row *rows = mr_arena_alloc(a, limit * sizeof *rows); /* each is set when it is read */
    size_t count = 0;
    bool row;
    if (!rows) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take(c, a, &rows[count++]);
    }
    *ret = rows, *ret_count = count;
    return MR_OK;
}

int mr_store_mail_find(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_mail_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT " COLUMNS " FROM mail WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_mail_row){0};
    if (row) take(c, a, ret);
    return MR_OK;
}

int mr_store_mail_due(mr_db_tx *tx, mr_arena *a, int64_t now, size_t limit, struct mr_mail_row **ret, size_t *ret_count,
                      struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx,
                       "SELECT " COLUMNS
                       " FROM mail WHERE state = 'waiting' AND next_at <= $now ORDER BY next_at, id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_I("now", now), MR_DB_I("limit", (int64_t)limit)), &c, err));
    return take_all(c, a, limit, ret, ret_count, err);
}

/* The first column of the only row; `absent` when there is none or it is NULL. */
static int one_number(mr_db_cursor *c, int64_t absent, int64_t *ret, struct mr_err *err)
{
    bool row;
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row && !mr_db_is_null(c, 0) ? mr_db_int(c, 0) : absent;
    return MR_OK;
}

int mr_store_mail_bring_forward(mr_db_tx *tx, int64_t now, int64_t latest, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE mail SET next_at = $now WHERE state = 'waiting' AND attempts > 0 AND next_at > $latest",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_I("latest", latest)), NULL, err);
}

int mr_store_mail_next_at(mr_db_tx *tx, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT MIN(next_at) FROM mail WHERE state = 'waiting'", NULL, 0, &c, err));
    return one_number(c, INT64_MAX, ret, err);
}

int mr_store_mail_sent_between(mr_db_tx *tx, int64_t since, int64_t until, int64_t *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT COUNT(*) FROM mail WHERE sent_at > $since AND sent_at <= $until",
                       MR_DB_ARGS(MR_DB_I("since", since), MR_DB_I("until", until)), &c, err));
    return one_number(c, 0, ret, err);
}

/* ---- what became of it ---- */

int mr_store_mail_settle(mr_db_tx *tx, const struct mr_mail_row *row, const struct mr_mail_outcome *o,
                         struct mr_err *err)
{
    const mr_db_value code = o->code ? (mr_db_value)MR_DB_I("code", o->code) : (mr_db_value)MR_DB_N("code");
    MR_TRY(mr_count_mail(tx, row->id, -1, err));
    if (strcmp(o->state, "sent") == 0)
        MR_TRY(
            mr_db_run(tx,
                      "UPDATE mail SET state = 'sent', sent_at = $now, data = NULL, attempts = attempts + 1, "
                      "answer = $answer, answer_code = $code WHERE id = $id AND round = $round AND state = 'waiting'",
                      MR_DB_ARGS(MR_DB_I("now", o->now), mr_db_text_or_null("answer", o->answer), code,
                                 MR_DB_T("id", row->id), MR_DB_I("round", row->round)),
                      NULL, err));
    else
        MR_TRY(mr_db_run(tx,
                         "UPDATE mail SET state = $state, next_at = $next, attempts = attempts + 1, answer = $answer, "
                         "answer_code = $code WHERE id = $id AND round = $round AND state = 'waiting'",
                         MR_DB_ARGS(MR_DB_T("state", mr_str_of(o->state)), MR_DB_I("next", o->next_at),
                                    mr_db_text_or_null("answer", o->answer), code, MR_DB_T("id", row->id),
                                    MR_DB_I("round", row->round)),
                         NULL, err));
    return mr_count_mail(tx, row->id, 1, err);
}

int mr_store_mail_empty(mr_db_tx *tx, mr_str id, struct mr_err *err)
{
    MR_TRY(mr_count_mail(tx, id, -1, err));
    MR_TRY(mr_db_run(tx,
                     "UPDATE mail SET recipient = '', data = NULL, answer = NULL, state = CASE WHEN state = 'waiting' "
                     "THEN 'given_up' ELSE state END WHERE id = $id",
                     MR_DB_ARGS(MR_DB_T("id", id)), NULL, err));
    return mr_count_mail(tx, id, 1, err);
}

int mr_store_mail_return(mr_db_tx *tx, mr_str id, int64_t round, mr_str answer, bool *ret_returned, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_count_mail(tx, id, -1, err));
    MR_TRY(mr_db_run(tx,
                     "UPDATE mail SET state = 'returned', answer = $answer, answer_code = NULL "
                     "WHERE id = $id AND round = $round AND state = 'sent'",
                     MR_DB_ARGS(mr_db_text_or_null("answer", answer), MR_DB_T("id", id), MR_DB_I("round", round)),
                     &changed, err));
    MR_TRY(mr_count_mail(tx, id, 1, err));
    *ret_returned = changed == 1;
    return MR_OK;
}

int mr_store_mail_again(mr_db_tx *tx, mr_str id, mr_str recipient, mr_str data, int64_t now, struct mr_err *err)
{
    MR_TRY(mr_count_mail(tx, id, -1, err));
    MR_TRY(mr_db_run(
        tx,
        "UPDATE mail SET state = 'waiting', round = round + 1, recipient = $recipient, data = $data, "
        "next_at = $now, attempts = 0, sent_at = NULL, answer = NULL, answer_code = NULL WHERE id = $id",
        MR_DB_ARGS(MR_DB_T("recipient", recipient), MR_DB_B("data", data), MR_DB_I("now", now), MR_DB_T("id", id)),
        NULL, err));
    return mr_count_mail(tx, id, 1, err);
}

/* ---- lists ---- */

/* Each combination of filters that is asked for has its own text, so that each finds its own index. */
static int query_list(mr_db_tx *tx, const struct mr_mail_filter *f, size_t limit, mr_db_cursor **c, struct mr_err *err)
{
    mr_str after = f->after.len ? f->after : MR_STR("g"); /* behind every id, which is hexadecimal */
    const mr_db_value a = MR_DB_T("after", after), l = MR_DB_I("limit", (int64_t)limit), o = MR_DB_T("org", f->org_id),
                      s = MR_DB_T("state", f->state), b = MR_DB_T("object", f->object_id);
#define NEWEST " AND id < $after ORDER BY id DESC LIMIT $limit"
    if (f->object_id.len)
        return mr_db_query(tx, "SELECT " COLUMNS " FROM mail WHERE object_id = $object" NEWEST, MR_DB_ARGS(b, a, l), c,
                           err);
    if (f->org_id.len && f->state.len)
        return mr_db_query(tx, "SELECT " COLUMNS " FROM mail WHERE org_id = $org AND state = $state" NEWEST,
                           MR_DB_ARGS(o, s, a, l), c, err);
    if (f->org_id.len)
        return mr_db_query(tx, "SELECT " COLUMNS " FROM mail WHERE org_id = $org" NEWEST, MR_DB_ARGS(o, a, l), c, err);
    if (f->state.len && !mr_str_is(f->state, "sent")) /* most are sent: the newest are found without an index */
        return mr_db_query(tx, "SELECT " COLUMNS " FROM mail WHERE state = $state AND state <> 'sent'" NEWEST,
                           MR_DB_ARGS(s, a, l), c, err);
    if (f->state.len)
        return mr_db_query(tx, "SELECT " COLUMNS " FROM mail WHERE state = $state" NEWEST, MR_DB_ARGS(s, a, l), c, err);
    return mr_db_query(tx, "SELECT " COLUMNS " FROM mail WHERE id < $after ORDER BY id DESC LIMIT $limit",
                       MR_DB_ARGS(a, l), c, err);
#undef NEWEST
}

int mr_store_mail_list(mr_db_tx *tx, mr_arena *a, const struct mr_mail_filter *filter, size_t limit,
                       struct mr_mail_row **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(query_list(tx, filter, limit, &c, err));
    return take_all(c, a, limit, ret, ret_count, err);
}

int mr_store_mail_counts(mr_db_tx *tx, mr_str org_id, struct mr_mail_counts *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    if (org_id.len)
        MR_TRY(mr_db_query(tx, "SELECT state, mails FROM mail_count WHERE org_id = $org",
                           MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    else
        MR_TRY(mr_db_query(tx, "SELECT state, CAST(SUM(mails) AS BIGINT) FROM mail_count GROUP BY state", NULL, 0, &c,
                           err));
    *ret = (struct mr_mail_counts){0};
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) return MR_OK;
        const struct {
            const char *state;
            int64_t *count;
        } kept[] = {{"waiting", &ret->waiting},
                    {"sent", &ret->sent},
                    {"refused", &ret->refused},
                    {"returned", &ret->returned},
                    {"given_up", &ret->given_up}};
        for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
            if (mr_str_is(mr_db_text(c, 0), kept[i].state)) *kept[i].count = mr_db_int(c, 1);
    }
}

int mr_store_mail_to_remind(mr_db_tx *tx, mr_arena *a, const struct mr_reminding *when, mr_str after, size_t limit,
                            mr_str **ret_ids, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    mr_str *ids = MR_NEW_ARRAY(a, mr_str, limit);
    bool row;
    if (!ids) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT a.id FROM achievement a LEFT JOIN mail_setting m ON m.org_id = a.org_id "
        "WHERE a.claim_state = 'open' AND a.status = 'active' AND a.claim_until > $now AND a.created_at <= $first "
        "AND a.id > $after AND COALESCE(m.remind, TRUE) "
        "AND EXISTS (SELECT 1 FROM mail c WHERE c.object_id = a.id AND c.template IN ('claim', 'replaced') "
        "AND c.state = 'sent') "
        "AND NOT EXISTS (SELECT 1 FROM mail r WHERE r.object_id = a.id AND r.created_at > $pause) "
        "AND (SELECT COUNT(*) FROM mail r WHERE r.object_id = a.id AND r.template = 'reminder') < "
        "1 + CASE WHEN a.created_at <= $second THEN 1 ELSE 0 END + CASE WHEN a.claim_until <= $soon THEN 1 ELSE 0 END "
        "ORDER BY a.id LIMIT $limit",
        MR_DB_ARGS(MR_DB_I("now", when->now), MR_DB_I("first", when->now - when->first_ms), MR_DB_T("after", after),
                   MR_DB_I("pause", when->now - when->pause_ms), MR_DB_I("second", when->now - when->second_ms),
                   MR_DB_I("soon", when->now + when->before_end_ms), MR_DB_I("limit", (int64_t)limit)),
        &c, err));
    for (*ret_count = 0; *ret_count < limit; ++*ret_count) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        ids[*ret_count] = mr_arena_dup(a, mr_db_text(c, 0));
    }
    *ret_ids = ids;
    return MR_OK;
}

/* ---- the way ---- */

int mr_store_mail_way(mr_db_tx *tx, mr_arena *a, mr_str id, struct mr_mail_way *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT trouble, since, failures, read_to FROM mail_way WHERE id = $id",
                       MR_DB_ARGS(MR_DB_T("id", id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_mail_way){.since = MR_TIME_NONE};
    if (row)
        *ret = (struct mr_mail_way){.trouble = mr_arena_dup(a, mr_db_text(c, 0)),
                                    .since = mr_db_is_null(c, 1) ? MR_TIME_NONE : mr_db_int(c, 1),
                                    .failures = mr_db_int(c, 2),
                                    .read_to = mr_db_int(c, 3)};
    return MR_OK;
}

int mr_store_mail_way_set(mr_db_tx *tx, mr_str id, const struct mr_mail_way *way, struct mr_err *err)
{
    const mr_db_value since =
        way->since == MR_TIME_NONE ? (mr_db_value)MR_DB_N("since") : (mr_db_value)MR_DB_I("since", way->since);
    return mr_db_run(tx,
                     "INSERT INTO mail_way (id, trouble, since, failures, read_to) VALUES ($id, $trouble, $since, "
                     "$failures, $read_to) ON CONFLICT (id) DO UPDATE SET trouble = excluded.trouble, since = "
                     "excluded.since, failures = excluded.failures, read_to = excluded.read_to",
                     MR_DB_ARGS(MR_DB_T("id", id), mr_db_text_or_null("trouble", way->trouble), since,
                                MR_DB_I("failures", way->failures), MR_DB_I("read_to", way->read_to)),
                     NULL, err);
}

/* ---- a provider's own ---- */

int mr_store_mail_wording(mr_db_tx *tx, mr_arena *a, mr_str org_id, mr_str template_name, mr_str language,
                          struct mr_mail_wording *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(
        tx,
        "SELECT subject, introduction FROM mail_wording WHERE org_id = $org AND template = $template "
        "AND language = $language",
        MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("template", template_name), MR_DB_T("language", language)), &c,
        err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = (struct mr_mail_wording){0};
    if (row) *ret = (struct mr_mail_wording){mr_arena_dup(a, mr_db_text(c, 0)), mr_arena_dup(a, mr_db_text(c, 1))};
    return MR_OK;
}

int mr_store_mail_wording_set(mr_db_tx *tx, mr_str org_id, mr_str template_name, mr_str language,
                              const struct mr_mail_wording *wording, int64_t now, struct mr_err *err)
{
    if (!wording->subject.len && !wording->introduction.len)
        return mr_db_run(
            tx, "DELETE FROM mail_wording WHERE org_id = $org AND template = $template AND language = $language",
            MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("template", template_name), MR_DB_T("language", language)), NULL,
            err);
    return mr_db_run(tx,
                     "INSERT INTO mail_wording (org_id, template, language, subject, introduction, changed_at) VALUES "
                     "($org, $template, $language, $subject, $introduction, $now) ON CONFLICT (org_id, template, "
                     "language) DO UPDATE SET subject = excluded.subject, introduction = excluded.introduction, "
                     "changed_at = excluded.changed_at",
                     MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_T("template", template_name),
                                MR_DB_T("language", language), MR_DB_T("subject", wording->subject),
                                MR_DB_T("introduction", wording->introduction), MR_DB_I("now", now)),
                     NULL, err);
}

int mr_store_mail_reminds(mr_db_tx *tx, mr_str org_id, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, "SELECT CASE WHEN remind THEN 1 ELSE 0 END FROM mail_setting WHERE org_id = $org",
                       MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = !row || mr_db_int(c, 0) == 1;
    return MR_OK;
}

int mr_store_mail_set_reminds(mr_db_tx *tx, mr_str org_id, bool remind, struct mr_err *err)
{
    const mr_db_value value = {.name = "remind", .type = MR_DB_BOOL, .number = remind};
    return mr_db_run(tx,
                     "INSERT INTO mail_setting (org_id, remind) VALUES ($org, $remind) ON CONFLICT (org_id) DO UPDATE "
                     "SET remind = excluded.remind",
                     MR_DB_ARGS(MR_DB_T("org", org_id), value), NULL, err);
}

int mr_store_mail_stop(mr_db_tx *tx, mr_str address, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx,
                     "INSERT INTO mail_stop (address, stopped_at) VALUES ($address, $now) ON CONFLICT (address) DO "
                     "NOTHING",
                     MR_DB_ARGS(MR_DB_T("address", address), MR_DB_I("now", now)), NULL, err);
}

int mr_store_mail_is_stopped(mr_db_tx *tx, mr_str address, bool *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_TRY(mr_db_query(tx, "SELECT 1 FROM mail_stop WHERE address = $address", MR_DB_ARGS(MR_DB_T("address", address)),
                       &c, err));
    return mr_db_next(c, ret, err);
}
