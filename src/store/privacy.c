#include "store/privacy.h"

#include "base/limits.h"
#include "base/time.h"
#include "store/count.h"
#include "store/mail.h"

#define PERSON MR_DB_ARGS(MR_DB_T("person", person_id))
#define ADDRESSES "SELECT e.email FROM person_email e WHERE e.person_id = $person"
/* Ids of what was awarded to her. What somebody else keeps is somebody else's, be it to one of her addresses. */
#define AWARDS                                                                                                         \
    "SELECT w.achievement_id FROM wallet_item w WHERE w.person_id = $person AND w.achievement_id IS NOT NULL UNION "   \
    "SELECT n.id FROM person_email e JOIN achievement n ON LOWER(n.learner_email) = e.email AND n.learner_email IS "   \
    "NOT NULL WHERE e.person_id = $person AND NOT EXISTS (SELECT 1 FROM wallet_item o WHERE o.achievement_id = n.id "  \
    "AND o.person_id <> $person)"
#define MAILS                                                                                                          \
    "(m.recipient <> '' AND LOWER(m.recipient) IN (" ADDRESSES ")) OR m.object_id = $person OR m.object_id IN "        \
    "(" AWARDS ")"
/* What she claimed to have learned, v, and no award came of; those with an award belong to it. */
#define CLAIMED "v.learner_email <> '' AND LOWER(v.learner_email) IN (" ADDRESSES ") AND v.achievement_id IS NULL"
/* Rows of hers in results that wait to be sealed, u: there are no others. */
#define WAITING "u.email IS NOT NULL AND LOWER(u.email) IN (" ADDRESSES ")"
/* A month: a twelfth of 365.25 days. */
#define MONTH_MS "2629800000"

static int number(mr_db_tx *tx, const char *sql, const mr_db_value *args, size_t count, int64_t *ret,
                  struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, sql, args, count, &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    *ret = row && !mr_db_is_null(c, 0) ? mr_db_int(c, 0) : 0;
    return MR_OK;
}

int mr_store_privacy_count(mr_db_tx *tx, const char *purpose, mr_str person_id, int64_t *ret, struct mr_err *err)
{
    static const struct {
        const char *purpose, *sql;
    } counts[] = {
        {"account", "SELECT COUNT(*) FROM person_email WHERE person_id = $person"},
        {"sign_in", "SELECT (SELECT COUNT(*) FROM session WHERE person_id = $person) + (SELECT COUNT(*) FROM passkey "
                    "WHERE person_id = $person) + (SELECT COUNT(*) FROM identity WHERE person_id = $person)"},
        {"wallet", "SELECT COUNT(*) FROM wallet_item WHERE person_id = $person"},
        {"copies", "SELECT COUNT(*) FROM credential k WHERE k.achievement_id IN (" AWARDS ")"},
        {"mail", "SELECT COUNT(*) FROM mail m WHERE m.recipient <> '' AND LOWER(m.recipient) IN (" ADDRESSES ")"},
        {"award", "SELECT (SELECT COUNT(*) FROM achievement a WHERE a.id IN (" AWARDS
                  ")) + (SELECT COUNT(*) FROM validation v WHERE " CLAIMED ")"},
        {"enrolment",
         "SELECT COUNT(*) FROM enrolment r WHERE r.email IS NOT NULL AND LOWER(r.email) IN (" ADDRESSES ")"},
        {"intake", "SELECT COUNT(*) FROM upload_row u WHERE " WAITING},
        {"office", "SELECT COUNT(*) FROM membership WHERE person_id = $person"},
        {"log", "SELECT COUNT(*) FROM audit WHERE actor_id = $person"},
    };
    *ret = 0;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (strcmp(counts[i].purpose, purpose) == 0) return number(tx, counts[i].sql, PERSON, ret, err);
    return MR_OK;
}

/* ---- what was awarded to her ---- */

#define AWARD                                                                                                          \
    "SELECT n.id, n.org_id, g.name, n.specification_id, n.awarded_on, n.claim_state, n.status, n.claim_turn, "         \
    "n.restricted_at, n.restricted_for, n.restricted_remark, EXISTS (SELECT 1 FROM wallet_item k WHERE "               \
    "k.achievement_id = n.id AND k.person_id = $person), EXISTS (SELECT 1 FROM credential b WHERE b.achievement_id = " \
    "n.id), n.claimed_at, n.learner_name, n.learner_email FROM achievement n JOIN organisation g ON g.id = n.org_id "  \
    "WHERE n.id IN (" AWARDS ") "

static int64_t time_or_none(const mr_db_cursor *c, int column)
{
    return mr_db_is_null(c, column) ? MR_TIME_NONE : mr_db_int(c, column);
}

static void take_award(const mr_db_cursor *c, mr_arena *a, struct mr_privacy_award *ret)
{
    *ret = (struct mr_privacy_award){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                     .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                     .org_name = mr_arena_dup(a, mr_db_text(c, 2)),
                                     .specification_id = mr_arena_dup(a, mr_db_text(c, 3)),
                                     .awarded_on = mr_arena_dup(a, mr_db_text(c, 4)),
                                     .claim_state = mr_arena_dup(a, mr_db_text(c, 5)),
                                     .status = mr_arena_dup(a, mr_db_text(c, 6)),
                                     .claim_turn = mr_db_int(c, 7),
                                     .restricted_at = time_or_none(c, 8),
                                     .restricted_for = mr_arena_dup(a, mr_db_text(c, 9)),
                                     .restricted_remark = mr_arena_dup(a, mr_db_text(c, 10)),
                                     .kept = mr_db_int(c, 11) != 0,
                                     .copies = mr_db_int(c, 12) != 0,
                                     .claimed_at = time_or_none(c, 13),
                                     .learner = mr_arena_dup(a, mr_db_text(c, 14)),
                                     .email = mr_arena_dup(a, mr_db_text(c, 15))};
}

int mr_store_privacy_awards(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str after, size_t limit,
                            struct mr_privacy_award **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_privacy_award *list = MR_NEW_ARRAY(a, struct mr_privacy_award, limit + 1);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx, AWARD "AND n.id > $after ORDER BY n.id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("after", after.len ? after : MR_STR("")),
                                  MR_DB_I("limit", (int64_t)limit)),
                       &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take_award(c, a, &list[count++]);
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_store_privacy_award(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str achievement_id,
                           struct mr_privacy_award *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_privacy_award){0};
    MR_TRY(mr_db_query(tx, AWARD "AND n.id = $id",
                       MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("id", achievement_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take_award(c, a, ret);
    return MR_OK;
}

int mr_store_privacy_keepers(mr_db_tx *tx, mr_arena *a, mr_str person_id, size_t limit, struct mr_privacy_keeper **ret,
                             size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_privacy_keeper *list = MR_NEW_ARRAY(a, struct mr_privacy_keeper, limit + 1);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(
        tx,
        "SELECT g.id, g.name, SUM(k.records), SUM(k.enrolments), CASE WHEN g.closed_at IS NULL THEN 0 ELSE 1 END, "
        "SUM(k.decisions), SUM(k.waiting) FROM (SELECT n.org_id AS org_id, 1 AS records, 0 AS enrolments, 0 AS "
        "decisions, 0 AS waiting FROM achievement n WHERE n.id IN (" AWARDS ") UNION ALL SELECT r.org_id, 0, 1, 0, 0 "
        "FROM enrolment r WHERE r.email IS NOT NULL AND LOWER(r.email) IN (" ADDRESSES ") UNION ALL SELECT v.org_id, "
        "0, 0, 1, 0 FROM validation v WHERE v.state <> 'open' AND " CLAIMED " UNION ALL SELECT u.org_id, 0, 0, 0, 1 "
        "FROM upload_row u WHERE " WAITING ") AS k JOIN organisation g ON g.id = k.org_id GROUP BY g.id, g.name, "
        "g.closed_at ORDER BY g.name, g.id LIMIT $limit",
        MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        list[count++] = (struct mr_privacy_keeper){.org_id = mr_arena_dup(a, mr_db_text(c, 0)),
                                                   .name = mr_arena_dup(a, mr_db_text(c, 1)),
                                                   .records = mr_db_int(c, 2),
                                                   .enrolments = mr_db_int(c, 3),
                                                   .closed = mr_db_int(c, 4) != 0,
                                                   .decisions = mr_db_int(c, 5),
                                                   .waiting = mr_db_int(c, 6)};
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

int mr_store_privacy_claims(mr_db_tx *tx, mr_arena *a, mr_str person_id, mr_str after, size_t limit,
                            struct mr_privacy_claim **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_privacy_claim *list = MR_NEW_ARRAY(a, struct mr_privacy_claim, limit + 1);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       "SELECT v.id, v.org_id, v.learner_name, CASE WHEN v.state = 'open' THEN 1 ELSE 0 END FROM "
                       "validation v WHERE v.id > $after AND " CLAIMED " ORDER BY v.id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_T("after", after.len ? after : MR_STR("")),
                                  MR_DB_I("limit", (int64_t)limit)),
                       &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        list[count++] = (struct mr_privacy_claim){.id = mr_arena_dup(a, mr_db_text(c, 0)),
                                                  .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                                  .learner = mr_arena_dup(a, mr_db_text(c, 2)),
                                                  .is_open = mr_db_int(c, 3) != 0};
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* ---- all of it ---- */

/* `columns`: their names in the file, in the order of the statement; with "_at" at the end a time, which is written as in RFC 3339. */
static const struct part {
    const char *name, *columns, *sql;
} parts[] = {
    {"account", "id email name language created_at",
     "SELECT id, email, name, language, created_at FROM person WHERE id = $person LIMIT $limit"},
    {"addresses", "email proved_at",
     "SELECT email, proved_at FROM person_email WHERE person_id = $person ORDER BY email LIMIT $limit"},
    {"passkeys", "id name created_at used_at",
     "SELECT id, name, created_at, used_at FROM passkey WHERE person_id = $person ORDER BY id LIMIT $limit"},
    {"accounts_elsewhere", "issuer subject created_at",
     "SELECT issuer, subject, created_at FROM identity WHERE person_id = $person ORDER BY issuer, subject LIMIT "
     "$limit"},
    {"sessions", "agent created_at seen_at",
     "SELECT agent, created_at, seen_at FROM session WHERE person_id = $person ORDER BY seen_at LIMIT $limit"},
    {"roles", "organisation role since_at",
     "SELECT g.name, m.role, m.since FROM membership m JOIN organisation g ON g.id = m.org_id WHERE m.person_id = "
     "$person ORDER BY g.name, m.role LIMIT $limit"},
    {"awards",
     "id provider specification version name email awarded_on claim claimed_at status restricted_at restricted_for "
     "restricted_remark",
     "SELECT n.id, g.name, s.slug, s.version, n.learner_name, n.learner_email, n.awarded_on, n.claim_state, "
     "n.claimed_at, n.status, n.restricted_at, n.restricted_for, n.restricted_remark FROM achievement n JOIN "
     "organisation g ON g.id = n.org_id JOIN specification s ON s.id = n.specification_id WHERE n.id IN (" AWARDS
     ") ORDER BY n.id LIMIT $limit"},
    {"corrections", "award right_name remark state answer asked_at answered_at",
     "SELECT r.achievement_id, r.right_name, r.remark, r.state, r.answer, r.asked_at, r.answered_at FROM "
     "correction_request r WHERE r.achievement_id IN (" AWARDS ") ORDER BY r.id LIMIT $limit"},
    {"validations",
     "id provider specification version name email claim state reasons decided_at created_at restricted_at",
     "SELECT v.id, g.name, s.slug, s.version, v.learner_name, v.learner_email, v.claim, v.state, v.reasons, "
     "v.decided_at, v.created_at, v.restricted_at FROM validation v JOIN organisation g ON g.id = v.org_id JOIN "
     "specification s ON s.id = v.specification_id WHERE (" CLAIMED ") OR v.achievement_id IN (" AWARDS
     ") ORDER BY v.id LIMIT $limit"},
    {"evidence", "about name type size added_at",
     "SELECT f.object_id, f.name, f.type, CAST(f.size AS TEXT), f.added_at FROM evidence_file f WHERE f.object_id IN "
     "(" AWARDS ") OR f.object_id IN (SELECT v.id FROM validation v WHERE (" CLAIMED ") OR v.achievement_id IN (" AWARDS
     ")) ORDER BY f.id LIMIT $limit"},
    {"results_waiting", "provider specification file row name email cells uploaded_at",
     "SELECT g.name, b.specification_slug, b.file_name, CAST(u.row_number AS TEXT), u.name, u.email, u.cells, "
     "b.created_at FROM upload_row u JOIN batch b ON b.id = u.batch_id JOIN organisation g ON g.id = u.org_id "
     "WHERE " WAITING " ORDER BY u.batch_id, u.row_number LIMIT $limit"},
    {"enrolments",
     "provider specification given_name family_name full_name email student_number birth_date language state grade "
     "awarded_on created_at changed_at restricted_at",
     "SELECT g.name, r.specification_slug, r.given_name, r.family_name, r.full_name, r.email, r.student_number, "
     "r.birth_date, r.language, r.state, r.grade, r.awarded_on, r.created_at, r.changed_at, r.restricted_at FROM "
     "enrolment r JOIN organisation g ON g.id = r.org_id WHERE r.email IS NOT NULL AND LOWER(r.email) IN (" ADDRESSES
     ") ORDER BY r.id LIMIT $limit"},
    {"mails", "kind recipient language state created_at sent_at answer",
     "SELECT m.template, m.recipient, m.language, m.state, m.created_at, m.sent_at, m.answer FROM mail m WHERE "
     "m.recipient <> '' AND LOWER(m.recipient) IN (" ADDRESSES ") ORDER BY m.id LIMIT $limit"},
    {"collections", "id name created_at",
     "SELECT id, name, created_at FROM collection WHERE person_id = $person ORDER BY name, id LIMIT $limit"},
    {"in_collections", "collection item",
     "SELECT i.collection_id, i.item_id FROM collection c JOIN collection_item i ON i.collection_id = c.id WHERE "
     "c.person_id = $person ORDER BY c.id, i.position LIMIT $limit"},
    {"shares", "id label until_at created_at stopped_at opened",
     "SELECT id, label, until, created_at, stopped_at, CAST(opened AS TEXT) FROM share WHERE person_id = $person ORDER "
     "BY id LIMIT $limit"},
    {"in_shares", "share item parts",
     "SELECT i.share_id, i.item_id, i.pointers FROM share h JOIN share_item i ON i.share_id = h.id WHERE h.person_id = "
     "$person ORDER BY h.id, i.position LIMIT $limit"},
    {"share_openings", "share opened_at",
     "SELECT o.share_id, o.at FROM share h JOIN share_opening o ON o.share_id = h.id WHERE h.person_id = $person ORDER "
     "BY o.at LIMIT $limit"},
    {"done", "done_at action detail about",
     "SELECT at, action, detail, object_id FROM audit WHERE actor_id = $person ORDER BY id DESC LIMIT $limit"},
};

static void put_column(mr_json_writer *w, mr_str name, const mr_db_cursor *c, int column)
{
    char time[21];
    if (mr_db_is_null(c, column)) return;
    mr_json_put_name_str(w, name);
    if (!mr_str_has_suffix(name, MR_STR("_at"))) {
        mr_json_put_str(w, mr_db_text(c, column));
        return;
    }
    mr_time_write(mr_db_int(c, column), time);
    mr_json_put_str(w, mr_str_of(time));
}

static int put_part(mr_db_tx *tx, const struct part *part, mr_str person_id, size_t limit, mr_json_writer *w,
                    struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    MR_TRY(mr_db_query(tx, part->sql, MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("limit", (int64_t)limit)), &c,
                       err));
    mr_json_put_name(w, part->name);
    mr_json_begin_array(w);
    for (;;) {
        mr_str names = mr_str_of(part->columns), name;
        MR_TRY(mr_db_next(c, &row, err));
        if (!row) break;
        mr_json_begin_object(w);
        for (int column = 0; mr_str_split(&names, ' ', &name); column++) put_column(w, name, c, column);
        mr_json_end_object(w);
    }
    mr_json_end_array(w);
    return MR_OK;
}

int mr_store_privacy_write(mr_db_tx *tx, mr_str person_id, size_t limit, mr_json_writer *w, struct mr_err *err)
{
    mr_json_begin_object(w);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) MR_TRY(put_part(tx, &parts[i], person_id, limit, w, err));
    mr_json_end_object(w);
    return MR_OK;
}

/* ---- restricting ---- */

int mr_store_restrict(mr_db_tx *tx, mr_str achievement_id, mr_str what, mr_str remark, int64_t now, struct mr_err *err)
{
    return mr_db_run(tx,
                     "UPDATE achievement SET restricted_at = COALESCE(restricted_at, $now), restricted_for = $what, "
                     "restricted_remark = $remark WHERE id = $id AND (restricted_for IS NULL OR (restricted_for = "
                     "'asked' AND $what = 'erased'))",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("what", what), mr_db_text_or_null("remark", remark),
                                MR_DB_T("id", achievement_id)),
                     NULL, err);
}

int mr_store_restrict_lift(mr_db_tx *tx, mr_str achievement_id, bool *ret_lifted, struct mr_err *err)
{
    int64_t changed = 0;
    MR_TRY(mr_db_run(tx,
                     "UPDATE achievement SET restricted_at = NULL, restricted_for = NULL, restricted_remark = NULL "
                     "WHERE id = $id AND restricted_for = 'asked'",
                     MR_DB_ARGS(MR_DB_T("id", achievement_id)), &changed, err));
    *ret_lifted = changed == 1;
    return MR_OK;
}

#define RESTRICTION                                                                                                    \
    "SELECT id, org_id, learner_name, learner_email, restricted_remark, restricted_for, restricted_at FROM "           \
    "achievement "

static void take_restriction(const mr_db_cursor *c, mr_arena *a, struct mr_restriction_row *ret)
{
    *ret = (struct mr_restriction_row){.achievement_id = mr_arena_dup(a, mr_db_text(c, 0)),
                                       .org_id = mr_arena_dup(a, mr_db_text(c, 1)),
                                       .learner = mr_arena_dup(a, mr_db_text(c, 2)),
                                       .email = mr_arena_dup(a, mr_db_text(c, 3)),
                                       .remark = mr_arena_dup(a, mr_db_text(c, 4)),
                                       .what = mr_arena_dup(a, mr_db_text(c, 5)),
                                       .since = time_or_none(c, 6)};
}

int mr_store_restriction(mr_db_tx *tx, mr_arena *a, mr_str achievement_id, struct mr_restriction_row *ret,
                         struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_restriction_row){.since = MR_TIME_NONE};
    MR_TRY(mr_db_query(tx, RESTRICTION "WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", achievement_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row) take_restriction(c, a, ret);
    return MR_OK;
}

int mr_store_restriction_list(mr_db_tx *tx, mr_arena *a, mr_str org_id, size_t limit, struct mr_restriction_row **ret,
                              size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_restriction_row *list = MR_NEW_ARRAY(a, struct mr_restriction_row, limit + 1);
    size_t count = 0;
    bool row;
    if (!list) return MR_FAIL(err, MR_E_NOMEM, "no memory for the list", MR_NOWHERE);
    MR_TRY(mr_db_query(tx,
                       RESTRICTION "WHERE org_id = $org AND restricted_at IS NOT NULL AND restricted_for = 'asked' "
                                   "ORDER BY restricted_at, id LIMIT $limit",
                       MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_I("limit", (int64_t)limit)), &c, err));
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || count == limit) break;
        take_restriction(c, a, &list[count++]);
    }
    *ret = list, *ret_count = count;
    return MR_OK;
}

/* ---- erasing ---- */

int mr_store_erase_beside(mr_db_tx *tx, mr_str person_id, int64_t now, struct mr_err *err)
{
    MR_TRY(mr_db_run(tx,
                     "UPDATE enrolment SET restricted_at = $now WHERE restricted_at IS NULL AND email IS NOT NULL AND "
                     "LOWER(email) IN (" ADDRESSES ")",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("person", person_id)), NULL, err));
    MR_TRY(mr_db_run(tx, "DELETE FROM lti_member WHERE LOWER(email) IN (" ADDRESSES ")", PERSON, NULL, err));
    /* links that were mailed to one of them and have not been used */
    MR_TRY(mr_db_run(tx,
                     "DELETE FROM single_use WHERE data IS NOT NULL AND EXISTS (SELECT 1 FROM person_email e WHERE "
                     "e.person_id = $person AND REPLACE(single_use.data, e.email, '') <> single_use.data)",
                     PERSON, NULL, err));
    return mr_db_run(tx, "DELETE FROM invitation WHERE LOWER(email) IN (" ADDRESSES ")", PERSON, NULL, err);
}

int mr_store_erase_award(mr_db_tx *tx, mr_str achievement_id, struct mr_err *err)
{
    static const char *const statements[] = {"DELETE FROM correction_request WHERE achievement_id = $id",
                                             "DELETE FROM claim_code WHERE achievement_id = $id"};
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        MR_TRY(mr_db_run(tx, statements[i], MR_DB_ARGS(MR_DB_T("id", achievement_id)), NULL, err));
    return MR_OK;
}

int mr_store_erase_claim(mr_db_tx *tx, const struct mr_privacy_claim *claim, int64_t now, struct mr_err *err)
{
    if (!claim->is_open)
        return mr_db_run(tx, "UPDATE validation SET restricted_at = COALESCE(restricted_at, $now) WHERE id = $id",
                         MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", claim->id)), NULL, err);
    MR_TRY(mr_db_run(tx, "DELETE FROM evidence_file WHERE object_kind = 'validation' AND object_id = $id",
                     MR_DB_ARGS(MR_DB_T("id", claim->id)), NULL, err));
    return mr_db_run(tx, "DELETE FROM validation WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", claim->id)), NULL, err);
}

static int read_ids(mr_db_cursor *c, mr_arena *a, mr_str *ids, size_t limit, size_t *ret_count, struct mr_err *err)
{
    bool row;
    *ret_count = 0;
    for (;;) {
        MR_TRY(mr_db_next(c, &row, err));
        if (!row || *ret_count == limit) return MR_OK;
        ids[(*ret_count)++] = mr_arena_dup(a, mr_db_text(c, 0));
    }
}

static int find_ids(mr_db_tx *tx, mr_arena *a, const char *sql, const mr_db_value *args, size_t arg_count, size_t limit,
                    mr_str **ret, size_t *ret_count, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    mr_str *ids = MR_NEW_ARRAY(a, mr_str, limit);
    if (!ids) return MR_FAIL(err, MR_E_NOMEM, "no memory for a list", MR_NOWHERE);
    *ret = ids;
    MR_TRY(mr_db_query(tx, sql, args, arg_count, &c, err));
    return read_ids(c, a, ids, limit, ret_count, err);
}

enum { AT_ONCE = 500 };

int mr_store_erase_mail(mr_db_tx *tx, mr_arena *a, mr_str person_id, int64_t *ret_count, struct mr_err *err)
{
    *ret_count = 0;
    for (;;) {
        mr_str *ids;
        size_t count;
        MR_TRY(find_ids(tx, a,
                        "SELECT m.id FROM mail m WHERE (" MAILS
                        ") AND (m.recipient <> '' OR m.data IS NOT NULL OR m.answer IS NOT NULL) LIMIT $limit",
                        MR_DB_ARGS(MR_DB_T("person", person_id), MR_DB_I("limit", AT_ONCE)), AT_ONCE, &ids, &count,
                        err));
        for (size_t i = 0; i < count; i++) MR_TRY(mr_store_mail_empty(tx, ids[i], err));
        *ret_count += (int64_t)count;
        if (count < AT_ONCE) return MR_OK;
    }
}

static bool holds(mr_str body, const mr_str *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i].len && mr_str_find(body, values[i]) >= 0) return true;
    return false;
}

int mr_store_erase_answers(mr_db_tx *tx, const mr_str *values, size_t count, struct mr_err *err)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_str holders[AT_ONCE], keys[AT_ONCE];
    size_t found;
    mr_arena_init(&a, 4 * MR_MIB);
    do {
        MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
        bool row;
        found = 0;
        mr_arena_reset(&a);
        MR_TRY(mr_db_query(tx, "SELECT holder, key, body FROM api_answer WHERE body IS NOT NULL", NULL, 0, &c, err));
        for (;;) {
            MR_TRY(mr_db_next(c, &row, err));
            if (!row || found == AT_ONCE) break;
            if (!holds(mr_db_text(c, 2), values, count)) continue;
            holders[found] = mr_arena_dup(&a, mr_db_text(c, 0));
            keys[found++] = mr_arena_dup(&a, mr_db_text(c, 1));
        }
        mr_db_cursor_closep(&c);
        c = NULL;
        for (size_t i = 0; i < found; i++)
            MR_TRY(mr_db_run(tx, "UPDATE api_answer SET body = NULL, type = NULL WHERE holder = $holder AND key = $key",
                             MR_DB_ARGS(MR_DB_T("holder", holders[i]), MR_DB_T("key", keys[i])), NULL, err));
    } while (found == AT_ONCE);
    return MR_OK;
}

int mr_store_erase_person(mr_db_tx *tx, mr_str person_id, struct mr_err *err)
{
    static const char *const statements[] = {
        "DELETE FROM session WHERE person_id = $person",
        "DELETE FROM passkey WHERE person_id = $person",
        "DELETE FROM identity WHERE person_id = $person",
        "DELETE FROM recovery_code WHERE person_id = $person",
        "DELETE FROM single_use WHERE person_id = $person",
        "DELETE FROM membership WHERE person_id = $person",
        "DELETE FROM share WHERE person_id = $person",
        "DELETE FROM collection WHERE person_id = $person",
        "DELETE FROM wallet_item WHERE person_id = $person",
        "DELETE FROM person_email WHERE person_id = $person",
        "DELETE FROM person WHERE id = $person",
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
        MR_TRY(mr_db_run(tx, statements[i], PERSON, NULL, err));
    return MR_OK;
}

/* ---- forgetting what is over ---- */

int mr_store_retention(mr_db_tx *tx, mr_arena *a, mr_str org_id, struct mr_retention_row *ret, struct mr_err *err)
{
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    bool row;
    *ret = (struct mr_retention_row){.changed_at = MR_TIME_NONE};
    MR_TRY(mr_db_query(tx,
                       "SELECT record_months, evidence_months, enrolment_months, contact, changed_at FROM "
                       "retention_setting WHERE org_id = $org",
                       MR_DB_ARGS(MR_DB_T("org", org_id)), &c, err));
    MR_TRY(mr_db_next(c, &row, err));
    if (row)
        *ret = (struct mr_retention_row){.record_months = mr_db_int(c, 0),
                                         .evidence_months = mr_db_int(c, 1),
                                         .enrolment_months = mr_db_int(c, 2),
                                         .contact = mr_arena_dup(a, mr_db_text(c, 3)),
                                         .changed_at = mr_db_int(c, 4)};
    return MR_OK;
}

int mr_store_retention_set(mr_db_tx *tx, mr_str org_id, const struct mr_retention_row *row, int64_t now,
                           struct mr_err *err)
{
    return mr_db_run(
        tx,
        "INSERT INTO retention_setting (org_id, record_months, evidence_months, enrolment_months, contact, changed_at) "
        "VALUES ($org, $record, $evidence, $enrolment, $contact, $now) ON CONFLICT (org_id) DO UPDATE SET "
        "record_months = excluded.record_months, evidence_months = excluded.evidence_months, enrolment_months = "
        "excluded.enrolment_months, contact = excluded.contact, changed_at = excluded.changed_at",
        MR_DB_ARGS(MR_DB_T("org", org_id), MR_DB_I("record", row->record_months),
                   MR_DB_I("evidence", row->evidence_months), MR_DB_I("enrolment", row->enrolment_months),
                   mr_db_text_or_null("contact", row->contact), MR_DB_I("now", now)),
        NULL, err);
}

int mr_store_forget_mail(mr_db_tx *tx, mr_arena *a, int64_t before, size_t limit, size_t *ret_count, struct mr_err *err)
{
    mr_str *ids;
    MR_TRY(find_ids(tx, a,
                    "SELECT id FROM mail WHERE recipient <> '' AND state <> 'waiting' AND created_at < $before AND "
                    "COALESCE(sent_at, 0) < $before LIMIT $limit",
                    MR_DB_ARGS(MR_DB_I("before", before), MR_DB_I("limit", (int64_t)limit)), limit, &ids, ret_count,
                    err));
    for (size_t i = 0; i < *ret_count; i++) MR_TRY(mr_store_mail_empty(tx, ids[i], err));
    return MR_OK;
}

int mr_store_forget_invitations(mr_db_tx *tx, int64_t before, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM invitation WHERE expires_at < $before", MR_DB_ARGS(MR_DB_I("before", before)),
                     NULL, err);
}

#define ENROLMENTS_OVER                                                                                                \
    "state IN ('completed', 'withdrawn', 'not_passed') AND changed_at < $now - (SELECT s.enrolment_months * " MONTH_MS \
    " FROM retention_setting s WHERE s.org_id = enrolment.org_id AND s.enrolment_months > 0)"

int mr_store_forget_enrolments(mr_db_tx *tx, int64_t now, int64_t *ret_removed, struct mr_err *err)
{
    MR_TRY(
        mr_db_run(tx, MR_COUNT_ENROLMENTS("state", "-1", ENROLMENTS_OVER), MR_DB_ARGS(MR_DB_I("now", now)), NULL, err));
    return mr_db_run(tx, "DELETE FROM enrolment WHERE " ENROLMENTS_OVER, MR_DB_ARGS(MR_DB_I("now", now)), ret_removed,
                     err);
}

int mr_store_forget_evidence(mr_db_tx *tx, int64_t now, int64_t *ret_removed, struct mr_err *err)
{
    return mr_db_run(tx,
                     "DELETE FROM evidence_file WHERE added_at < $now - (SELECT s.evidence_months * " MONTH_MS
                     " FROM retention_setting s WHERE s.org_id = evidence_file.org_id AND s.evidence_months > 0)",
                     MR_DB_ARGS(MR_DB_I("now", now)), ret_removed, err);
}

#define EMPTY_CLAIM                                                                                                    \
    "UPDATE validation SET learner_name = '', learner_email = '', source = $none, claim = '', reasons = NULL, "        \
    "restricted_at = COALESCE(restricted_at, $now) WHERE "
#define CLAIM_ARGS(id, now) MR_DB_ARGS(MR_DB_B("none", MR_STR("{}")), MR_DB_T("id", id), MR_DB_I("now", now))

static int forget_record(mr_db_tx *tx, mr_arena *a, mr_str id, int64_t now, struct mr_err *err)
{
    MR_TRY(mr_store_erase_award(tx, id, err));
    MR_TRY(mr_db_run(tx,
                     "DELETE FROM evidence_file WHERE object_id = $id OR object_id IN (SELECT v.id FROM validation v "
                     "WHERE v.achievement_id = $id)",
                     MR_DB_ARGS(MR_DB_T("id", id)), NULL, err));
    MR_TRY(mr_db_run(tx, EMPTY_CLAIM "achievement_id = $id", CLAIM_ARGS(id, now), NULL, err));
    mr_str *mails;
    size_t count;
    do {
        MR_TRY(find_ids(tx, a,
                        "SELECT id FROM mail WHERE object_id = $id AND (recipient <> '' OR data IS NOT NULL OR answer "
                        "IS NOT NULL) LIMIT $limit",
                        MR_DB_ARGS(MR_DB_T("id", id), MR_DB_I("limit", AT_ONCE)), AT_ONCE, &mails, &count, err));
        for (size_t i = 0; i < count; i++) MR_TRY(mr_store_mail_empty(tx, mails[i], err));
    } while (count == AT_ONCE);
    MR_TRY(mr_count_achievement(tx, id, -1, err));
    MR_TRY(mr_db_run(tx,
                     "UPDATE achievement SET learner_name = '', learner_email = NULL, search_name = NULL, source = "
                     "NULL, restricted_at = COALESCE(restricted_at, $now), restricted_for = 'over', restricted_remark "
                     "= NULL WHERE id = $id",
                     MR_DB_ARGS(MR_DB_I("now", now), MR_DB_T("id", id)), NULL, err));
    return mr_count_achievement(tx, id, 1, err);
}

int mr_store_forget_records(mr_db_tx *tx, mr_arena *a, int64_t now, size_t limit, size_t *ret_count, struct mr_err *err)
{
    mr_str *ids;
    MR_TRY(find_ids(tx, a,
                    "SELECT n.id FROM retention_setting s JOIN achievement n ON n.org_id = s.org_id WHERE "
                    "s.record_months > 0 AND n.created_at < $now - s.record_months * " MONTH_MS
                    " AND (n.restricted_for IS NULL OR n.restricted_for <> 'over') AND n.claim_state <> 'open' LIMIT "
                    "$limit",
                    MR_DB_ARGS(MR_DB_I("now", now), MR_DB_I("limit", (int64_t)limit)), limit, &ids, ret_count, err));
    for (size_t i = 0; i < *ret_count; i++) MR_TRY(forget_record(tx, a, ids[i], now, err));
    return MR_OK;
}

int mr_store_forget_claims(mr_db_tx *tx, mr_arena *a, int64_t now, size_t limit, size_t *ret_count, struct mr_err *err)
{
    mr_str *ids;
    MR_TRY(find_ids(tx, a,
                    "SELECT v.id FROM retention_setting s JOIN validation v ON v.org_id = s.org_id WHERE "
                    "s.record_months > 0 AND v.created_at < $now - s.record_months * " MONTH_MS
                    " AND v.state <> 'open' AND v.achievement_id IS NULL AND v.learner_name <> '' LIMIT $limit",
                    MR_DB_ARGS(MR_DB_I("now", now), MR_DB_I("limit", (int64_t)limit)), limit, &ids, ret_count, err));
    for (size_t i = 0; i < *ret_count; i++) {
        MR_TRY(mr_db_run(tx, "DELETE FROM evidence_file WHERE object_kind = 'validation' AND object_id = $id",
                         MR_DB_ARGS(MR_DB_T("id", ids[i])), NULL, err));
        MR_TRY(mr_db_run(tx, EMPTY_CLAIM "id = $id", CLAIM_ARGS(ids[i], now), NULL, err));
    }
    return MR_OK;
}

int mr_store_forget_tries(mr_db_tx *tx, int64_t before, struct mr_err *err)
{
    return mr_db_run(tx, "DELETE FROM claim_try WHERE since < $before", MR_DB_ARGS(MR_DB_I("before", before)), NULL,
                     err);
}
