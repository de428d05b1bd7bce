/* From every older schema to this one, with rows in every table: nothing is lost or changed that a migration does not say, and the application reads what is there. Each
 * text of `fillings` stands beside the migration of its number and is written for the tables as that migration left them. A new migration needs a text; so does, if it
 * adds a table, the new table. */
#include "testing_db.h"

#include "base/embedded.h"
#include "base/log.h"
#include "db/table.h"
#include "service/api_token.h"
#include "service/audit.h"
#include "service/batch.h"
#include "service/catalogue.h"
#include "service/claim.h"
#include "service/draft.h"
#include "service/enrolment.h"
#include "service/evidence_file.h"
#include "service/lti.h"
#include "service/mail.h"
#include "service/opportunity.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "service/people.h"
#include "service/profile.h"
#include "service/status.h"
#include "service/webhook.h"
#include "store/schema.h"

MR_EMBEDDED_DECLARE(mr_migrations_embedded);

#define EXAMPLE MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"
#define A1 "00000000-0000-7000-8000-0000000000a1"
#define A2 "00000000-0000-7000-8000-0000000000a2"
#define M1 "00000000-0000-7000-8000-000000000031"
#define SEALED "eyJhbGciOiJub25lIn0.invented.sealed"

static const char *const fillings[] = {
    /* 1: start */
    "INSERT INTO organisation (id, slug, name, created_at) VALUES ('o1', 'old-school', 'Old School (invented)', 1000), "
    "('o2', 'other-school', 'Other School; it''s invented', 1001);"
    "INSERT INTO specification (id, org_id, slug, version, document, published_at) VALUES ('s1', 'o1', "
    "'wound-care-2026', '1.0', '', 1002);"
    "INSERT INTO batch (id, org_id, specification_id, state, file_name, content, rows_read, rows_ready, rows_sealed, "
    "created_at, sealed_at) VALUES ('b1', 'o1', 's1', 'sealed', 'résultats.csv', NULL, 2, 2, 2, 1003, 1004);"
    "INSERT INTO achievement (id, org_id, specification_id, batch_id, row_number, learner_key, learner_name, "
    "learner_email, awarded_on, claim_state, claim_until, claimed_at, created_at) VALUES "
    "('" A1
    "', 'o1', 's1', 'b1', 1, 'key 1', 'Åse Skovgård', 'aase@example.org', '2026-02-01', 'accepted', 4102444800000, "
    "1005, 1004), ('" A2 "', 'o1', 's1', 'b1', 2, 'key 2', 'Sukarno', NULL, '2026-02-01', 'open', 4102444800000, NULL, "
    "1004);"
    "INSERT INTO credential (achievement_id, org_id, format, content, created_at) VALUES ('" A1
    "', 'o1', 'elm', '" SEALED "', 1004), ('" A2 "', 'o1', 'elm', '" SEALED "', 1004)",
    /* 2: status */
    "INSERT INTO status_list (id, org_id, issuer, base, size, used, state, changes, created_at) VALUES ('l1', 'o1', "
    "'old-school', 'https://merit.example.org/', 131072, 1, 'open', 1, 2000);"
    "INSERT INTO status_entry (list_id, idx, achievement_id, award_key, state, changed_at) VALUES ('l1', 77, '" A1 "', "
    "'s1/key 1', 'suspended', 2001);"
    "INSERT INTO status_change (id, org_id, issuer, achievement_id, from_state, to_state, changed_at, reason) VALUES "
    "('c1', 'o1', 'old-school', '" A1 "', 'active', 'suspended', 2001, 'In doubt');"
    "UPDATE achievement SET status = 'suspended', status_changed_at = 2001 WHERE id = '" A1 "'",
    /* 3: replaced */
    "INSERT INTO status_change (id, org_id, issuer, achievement_id, from_state, to_state, changed_at, reason, "
    "replaced_by) VALUES ('c2', 'o2', 'other-school', 'gone', 'active', 'revoked', 3000, 'Misspelt', 'a9')",
    /* 4: office */
    "INSERT INTO job (id, kind, key, org_id, object_id, payload, state, run_at, attempts, done_steps, all_steps, "
    "created_at, ended_at) VALUES ('j1', 'batch.seal', NULL, 'o1', 'b1', '', 'done', 4000, 1, 2, 2, 4000, 4001);"
    "INSERT INTO audit (id, org_id, at, actor_kind, actor_id, action, object_id, detail) VALUES "
    "('00000000-0000-7000-8000-000000000001', 'o1', 4002, 'person', 'p1', 'batch.seal', 'b1', 'started');"
    "INSERT INTO mail (id, org_id, template, language, recipient, object_id, data, state, attempts, next_at, answer, "
    "created_at, sent_at) VALUES ('" M1 "', 'o1', 'claim', 'da', 'aase@example.org', '" A1
    "', '{}', 'sent', 1, 4003, '250 ok', "
    "4003, 4004);"
    "INSERT INTO organisation (id, slug, name, created_at, kind, parent_id, profile) VALUES ('u1', 'old-unit', 'Old "
    "Unit', 4005, 'faculty', 'o1', '{}')",
    /* 5: people */
    "INSERT INTO person (id, email, name, language, password, totp_salt, totp_step, installation, created_at) VALUES "
    "('p1', 'karin@example.org', 'Karin Test', 'da', '$argon2id$invented', 'salt', 5, TRUE, 5000);"
    "INSERT INTO membership (person_id, org_id, role, since) VALUES ('p1', 'o1', 'registrar', 5001), ('p1', 'o1', "
    "'administrator', 5001);"
    "INSERT INTO invitation (id, org_id, email, roles, token_hash, state, language, created_at, expires_at) VALUES "
    "('i1', 'o1', 'new@example.org', 'designer,assessor', 'digest', 'open', 'en', 5002, 4102444800000);"
    "INSERT INTO session (token_hash, id, person_id, org_id, agent, created_at, seen_at, fresh_at) VALUES ('digest', "
    "'n1', 'p1', 'o1', 'Firefox, Linux', 5003, 5003, 5003);"
    "INSERT INTO passkey (id, person_id, name, algorithm, public_key, counter, created_at) VALUES ('k1', 'p1', 'Key', "
    "-7, 'octets', 3, 5004);"
    "INSERT INTO identity (issuer, subject, person_id, created_at) VALUES ('https://idp.example.org', 'x', 'p1', 5005);"
    "INSERT INTO recovery_code (person_id, code_hash) VALUES ('p1', 'digest');"
    "INSERT INTO single_use (token_hash, kind, person_id, data, tries, expires_at) VALUES ('digest', 'link', 'p1', '', "
    "0, 5006);"
    "INSERT INTO attempt (key, failures, last_at, wait_until) VALUES ('digest', 2, 5007, 5008)",
    /* 6: describe */
    "INSERT INTO specification_draft (id, org_id, slug, version, languages, document, state, revision, based_on, "
    "submitted_kind, submitted_by, submitted_at, created_at, updated_at) VALUES ('d1', 'o1', 'wound-care-2026', '1.1', "
    "'en', '{\"title\":{\"en\":\"Wound care\"}}', 'submitted', 4, 's1', 'person', 'p1', 6001, 6000, 6001);"
    "INSERT INTO draft_editor (draft_id, org_id, actor_kind, actor_id, last_at) VALUES ('d1', 'o1', 'person', 'p1', "
    "6001);"
    "INSERT INTO draft_comment (id, draft_id, org_id, element, remark, actor_kind, actor_id, created_at) VALUES ('r1', "
    "'d1', 'o1', 'title', 'Longer?', 'person', 'p1', 6002)",
    /* 7: places */
    "INSERT INTO organisation_statement (id, org_id, kind, version, valid_from, texts, url, published_at) VALUES "
    "('t1', "
    "'o1', 'recognition', '1', '2026-01-01', '{\"en\":\"We recognise\"}', 'https://old.example.org/', 7000);"
    "INSERT INTO assessor_body (id, org_id, name, profile, created_at) VALUES ('y1', 'o1', 'Assessor (invented)', "
    "'{\"name\":{\"en\":\"Assessor (invented)\"}}', 7001);"
    "INSERT INTO partner (id, org_id, partner_id, specification_slug, name, profile, email, token, state, asked_at, "
    "expires_at) VALUES ('q1', 'o1', 'o2', 'another-specification', 'Partner (invented)', '{}', 'q@example.org', 'q', "
    "'asked', 7002, 4102444800000);"
    "INSERT INTO opportunity (id, org_id, specification_slug, state, start_on, time_zone, mode, languages, "
    "price_minor, "
    "currency, funding, seats, revision, created_at, updated_at) VALUES ('x1', 'o1', 'wound-care-2026', 'open', "
    "'2099-02-01', 'Europe/Copenhagen', 'blended', 'da', 0, 'EUR', '{}', 20, 1, 7003, 7003)",
    /* 8: award */
    "INSERT INTO evidence_file (id, org_id, object_kind, object_id, name, type, size, sha256, content, added_at) "
    "VALUES "
    "('e1', 'o1', 'batch', 'b1', 'list.txt', 'text/plain', 4, 'digest', 'text', 8000);"
    "INSERT INTO validation (id, org_id, specification_id, learner_name, source, claim, state, created_at) VALUES "
    "('v1', "
    "'o1', 's1', 'Rosa Invented', '{\"email\":\"rosa@example.org\"}', 'Ten years', 'open', 8001);"
    "INSERT INTO award_setting (org_id, same_person, page_image, formats, renew_days, remind_days) VALUES ('o1', "
    "FALSE, "
    "TRUE, 'elm', 90, '60,30');"
    "UPDATE achievement SET search_name = 'sukarno', expires_at = 4102444800000 WHERE id = '" A2 "';"
    "UPDATE status_change SET reason_code = 'other' WHERE id = 'c1'",
    /* 9: intake */
    "INSERT INTO batch (id, org_id, specification_id, state, file_name, rows_read, rows_ready, rows_sealed, "
    "created_at) "
    "VALUES ('b9', 'o1', 's1', 'preview', 'new.csv', 1, 1, 0, 9000);"
    "INSERT INTO upload (batch_id, org_id, columns, unused, sheets, mapping, source, needs_mapping, latin1, separator) "
    "VALUES ('b9', 'o1', '[\"name\"]', '[]', '[]', '{}', 'names', FALSE, FALSE, ',');"
    "INSERT INTO upload_row (batch_id, row_number, org_id, fate, first_number, learner_key, name, achievement, cells) "
    "VALUES ('b9', 1, 'o1', 'ready', 0, 'key 9', 'Nine', '{}', '[\"Nine\"]');"
    "INSERT INTO mapping (id, org_id, header_key, name, document, changed_at) VALUES ('g1', 'o1', NULL, 'Old profile', "
    "'{\"name\":\"Old profile\"}', 9001);"
    "INSERT INTO enrolment (id, org_id, specification_slug, learner_key, full_name, state, source, created_at, "
    "changed_at) VALUES ('w1', 'o1', 'wound-care-2026', 'key 10', 'Ten Invented', 'enrolled', 'hand', 9002, 9002);"
    "INSERT INTO enrolment_link (id, org_id, specification_slug, is_open, keep_months, changed_at) VALUES "
    "('wound-care-2026', 'o1', 'wound-care-2026', TRUE, 12, 9003)",
    /* 10: post */
    "INSERT INTO mail_way (id, failures, read_to) VALUES ('way', 0, 10);"
    "INSERT INTO mail_wording (org_id, template, language, subject, introduction, changed_at) VALUES ('o1', 'claim', "
    "'en', 'Yours', 'Take it', 10000);"
    "INSERT INTO mail_setting (org_id, remind) VALUES ('o1', FALSE);"
    "INSERT INTO mail_stop (address, stopped_at) VALUES ('digest', 10001);"
    "INSERT INTO claim_code (achievement_id, org_id, hash, made_at) VALUES ('" A2 "', 'o1', 'digest', 10002);"
    "INSERT INTO claim_try (peer, tries, since) VALUES ('digest', 1, 10003);"
    "INSERT INTO webhook (id, org_id, url, events, salt, state, created_at) VALUES ('h1', 'o1', "
    "'https://hook.example.org/', 'batch.sealed', 'salt', 'active', 10004);"
    "INSERT INTO event (id, org_id, type, object_id, payload, created_at) VALUES ('z1', 'o1', 'batch.sealed', 'b1', "
    "'{}', 10005);"
    "INSERT INTO delivery (id, webhook_id, event_id, org_id, state, attempts, next_at, created_at, ended_at) VALUES "
    "('y1', 'h1', 'z1', 'o1', 'delivered', 1, 10005, 10005, 10006);"
    "UPDATE mail SET answer_code = 250 WHERE id = '" M1 "'",
    /* 11: gate */
    "INSERT INTO api_token (id, org_id, name, hash, scopes, created_by, created_at) VALUES ('f1', 'o1', 'Student "
    "system', 'digest', 'read award', 'p1', 11000);"
    "INSERT INTO api_answer (holder, key, request_hash, server, begun_at, status, type, body) VALUES ('f1', 'key', "
    "'digest', 'node', 11001, 200, 'application/json', '{}');"
    "INSERT INTO lti_platform (id, org_id, name, issuer, client_id, auth_url, token_url, jwks_url, deployments, "
    "created_at) VALUES ('lp', 'o1', 'LMS', 'https://lms.example.org', 'client', 'https://lms.example.org/a', "
    "'https://lms.example.org/t', 'https://lms.example.org/j', '1', 11002);"
    "INSERT INTO lti_state (state, platform_id, nonce, expires_at) VALUES ('st', 'lp', 'nonce', 11003);"
    "INSERT INTO lti_link (id, org_id, platform_id, deployment, resource_id, title, specification_slug) VALUES ('ll', "
    "'o1', 'lp', '1', 'resource', 'Course', 'wound-care-2026');"
    "INSERT INTO lti_member (link_id, org_id, subject, name, email, completed) VALUES ('ll', 'o1', 'subject', 'Ten "
    "Invented', 'ten@example.org', TRUE);"
    "INSERT INTO lti_session (hash, link_id, expires_at) VALUES ('digest', 'll', 11004);"
    "INSERT INTO lti_key (id, pem, created_at) VALUES ('lk', 'invented', 11005)",
    /* 12: audit */
    "INSERT INTO audit_checkpoint (id, at, up_to, row_count, digest) VALUES ('00000000-0000-7000-8000-000000000002', "
    "12000, '00000000-0000-7000-8000-000000000001', 1, 'invented')",
    /* 13: installation */
    "INSERT INTO installation (name, value) VALUES ('invented', 'value')",
    /* 14: count; the other counts are those of the rows above */
    "INSERT INTO expiry_count (specification_id, month, expires_at, achievements) VALUES ('s1', '2026-02', 14000, 1)",
    /* 15: branding */
    "INSERT INTO branding (org_id, accent, line, signatory, signatory_role, logo, signature, changed_at) VALUES ('o1', "
    "'#0b5d4e', '#0b5d4e', 'Fifteen Invented', 'Head of studies', 'invented', 'invented', 15000)",
    /* 16: wallet */
    "INSERT INTO person_email (email, person_id, proved_at) VALUES ('karin.private@example.org', 'p1', 16000);"
    "INSERT INTO wallet_item (id, person_id, achievement_id, format, verdict, checked_at, title, issuer, learner, "
    "awarded_on, ects, minutes, counts, search, added_at) VALUES ('wi', 'p1', '" A1
    "', 'elm', 'valid', 16001, 'Wound care', 'Old School (invented)', 'Åse Skovgård', '2026-02-01', 250, 3600, TRUE, "
    "'wound care', 16001);"
    "INSERT INTO collection (id, person_id, name, created_at) VALUES ('co', 'p1', 'For work', 16002);"
    "INSERT INTO collection_item (collection_id, item_id, position) VALUES ('co', 'wi', 1);"
    "INSERT INTO correction_request (id, org_id, achievement_id, right_name, language, state, asked_at) VALUES ('cr', "
    "'o1', '" A2 "', 'Sukarno Invented', 'da', 'open', 16003)",
    /* 17: share */
    "INSERT INTO share (id, person_id, label, until, created_at, opened) VALUES ('sh', 'p1', 'Hospital (invented)', "
    "17001, 17000, 1);"
    "INSERT INTO share_item (share_id, position, item_id, pointers) VALUES ('sh', 1, 'wi', '[\"/name\"]');"
    "INSERT INTO share_opening (share_id, at) VALUES ('sh', 17002)",
    /* 18: privacy */
    "INSERT INTO retention_setting (org_id, record_months, evidence_months, enrolment_months, contact, changed_at) "
    "VALUES ('o1', 120, 12, 24, 'privacy@old.example.org', 18000);"
    "UPDATE achievement SET restricted_at = 18001, restricted_for = 'asked', restricted_remark = 'In doubt' WHERE id = "
    "'" A2 "';"
    "UPDATE enrolment SET restricted_at = 18002",
    /* 19: pages */
    "INSERT INTO specification_count (specification_id, awarded) VALUES ('s-none', 0)",
    /* 20: claims */
    "UPDATE validation SET learner_email = 'rosa@example.org', restricted_at = 20000",
};
#define FILLINGS (sizeof fillings / sizeof *fillings)

/* What 0009 does on purpose: a table that was uploaded before rows were kept is given in again. */
#define WAITING_BATCH                                                                                                  \
    "INSERT INTO batch (id, org_id, specification_id, state, file_name, content, rows_read, rows_ready, rows_sealed, " \
    "created_at) VALUES ('b0', 'o1', 's1', 'preview', 'waiting.csv', 'name', 1, 1, 0, 1)"
#define INTAKE 9

static int64_t latest(void)
{
    return (int64_t)mr_migrations_embedded_count;
}

/* ---- a database of an older version, with rows ---- */

static void run_text(mr_db *db, const char *text)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    /* One "migration" in a list of its own would be noted: statements are run one by one instead. None holds a semicolon but within quotes. */
    MR_CLEANUP(mr_buf_done) mr_buf one;
    mr_buf_init(&one, 1 << 16);
    bool quoted = false;
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    for (const char *c = text;; c++) {
        if (*c == '\'') quoted = !quoted;
        if (*c && (*c != ';' || quoted)) {
            mr_buf_putc(&one, *c);
            continue;
        }
        mr_buf_putc(&one, '\0');
        int code = mr_db_run(tx, one.ptr, NULL, 0, NULL, &err);
        if (code != MR_OK) fail_msg("%s: %s (%s)", one.ptr, err.message, err.detail);
        mr_buf_clear(&one);
        if (!*c) break;
    }
    assert_ok(mr_db_commit(tx, &err), err);
}

static void migrate_to(mr_db *db, int64_t version)
{
    struct mr_err err = {0};
    struct mr_db_migration list[64];
    for (int64_t i = 0; i < version; i++)
        list[i] =
            (struct mr_db_migration){mr_migrations_embedded[i].name, (const char *)mr_migrations_embedded[i].data};
    assert_ok(mr_db_migrate(db, list, (size_t)version, &err), err);
}

/* Octets that a text in SQL would not make octets of on both engines. */
static void put_octets(mr_db *db, const char *sql, mr_str octets)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(db, true, &tx, &err), err);
    assert_ok(mr_db_run(tx, sql, MR_DB_ARGS(MR_DB_B("octets", octets)), NULL, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static mr_db *make_old(mr_arena *a, const char *where, int64_t version)
{
    struct mr_err err = {0};
    mr_db *db;
    assert_ok(mr_db_open(where, &db, &err), err);
    for (int64_t v = 1; v <= version; v++) { /* each filled when it was new: what follows must take the rows along */
        migrate_to(db, v);
        run_text(db, fillings[v - 1]);
        if (v > 1) continue;
        put_octets(db, "UPDATE specification SET document = $octets", test_read_file(a, EXAMPLE));
        put_octets(db, "UPDATE credential SET content = $octets", MR_STR(SEALED));
    }
    return db;
}

/* ---- what it holds ---- */

struct rows {
    mr_arena *a;
    mr_str *list;
    size_t count, room;
};

static int keep_row(void *self, const struct mr_db_table *t, const mr_db_value *values, struct mr_err *err)
{
    struct rows *r = self;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    (void)err;
    mr_buf_init(&text, 4 << 20);
    mr_buf_format(&text, "%.*s", MR_STR_ARG(t->name));
    for (size_t i = 0; i < t->count; i++) {
        const mr_db_value *v = &values[i];
        mr_buf_format(&text, "|%s=", t->columns[i].name);
        if (v->type == MR_DB_NULL) mr_buf_puts(&text, "NULL");
        if (v->type == MR_DB_INT || v->type == MR_DB_BOOL) mr_buf_format(&text, "%lld", (long long)v->number);
        if (v->type == MR_DB_TEXT || v->type == MR_DB_BYTES)
            mr_buf_format(&text, "%zu:", v->text.len), mr_buf_put(&text, v->text);
    }
    assert_true(r->count < r->room);
    r->list[r->count++] = mr_arena_dup(r->a, mr_buf_str(&text));
    return MR_OK;
}

static int by_text(const void *a, const void *b)
{
    return mr_str_compare(*(const mr_str *)a, *(const mr_str *)b);
}

static bool is_derived(mr_str table)
{
    return mr_str_has_prefix(table, MR_STR("catalogue_")) || mr_str_is(table, "schema_version");
}

/* Every row of every table that version `v` has, in the columns that it has; sorted. None may be empty. */
static struct rows read_rows(mr_arena *a, mr_db *db, int64_t v)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_err err = {0};
    struct rows r = {.a = a, .list = mr_arena_zalloc(a, 1000, sizeof(mr_str)), .room = 1000};
    mr_db *model;
    mr_db_tx *of_model;
    struct mr_db_table *tables;
    size_t count;
    assert_ok(mr_db_open(":memory:", &model, &err), err);
    migrate_to(model, v);
    assert_ok(mr_db_begin(model, false, &of_model, &err), err);
    assert_ok(mr_db_tables(of_model, a, &tables, &count, &err), err);
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    for (size_t i = 0; i < count; i++) {
        size_t before = r.count;
        if (is_derived(tables[i].name)) continue;
        assert_ok(mr_db_table_read(tx, &tables[i], keep_row, &r, &err), err);
        if (r.count == before)
            fail_msg("version %lld: the table %.*s holds no row: say one in `fillings`", (long long)v,
                     MR_STR_ARG(tables[i].name));
    }
    mr_db_rollback(of_model);
    mr_db_close(model);
    qsort(r.list, r.count, sizeof *r.list, by_text);
    return r;
}

static void assert_same_rows(const struct rows *got, const struct rows *wanted, int64_t version)
{
    size_t least = got->count < wanted->count ? got->count : wanted->count;
    for (size_t i = 0; i < least; i++)
        if (!mr_str_eq(got->list[i], wanted->list[i]))
            fail_msg(
                "from version %lld:\n  before: %.*s\n  after:  %.*s", (long long)version,
                MR_STR_ARG(mr_str_make(wanted->list[i].ptr, wanted->list[i].len < 900 ? wanted->list[i].len : 900)),
                MR_STR_ARG(mr_str_make(got->list[i].ptr, got->list[i].len < 900 ? got->list[i].len : 900)));
    assert_int_equal(got->count, wanted->count);
}

static mr_str told(mr_arena *a, mr_db *db, const char *sql)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    struct mr_err err = {0};
    bool row;
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    assert_ok(mr_db_next(c, &row, &err), err);
    return row ? mr_arena_dup(a, mr_db_text(c, 0)) : MR_STR_EMPTY;
}

/* ---- the application on top ---- */

#define READS(since, call)                                                                                             \
    do {                                                                                                               \
        if (version < (since)) break;                                                                                  \
        int code_ = (call);                                                                                            \
        if (code_ != MR_OK || count != 1)                                                                              \
            fail_msg("from version %lld: %s: %d, %zu found: %s (%s)", (long long)version, #call, code_, count,         \
                     err.message, err.detail);                                                                         \
    } while (0)

static void read_all(mr_service *s, mr_arena *a, int64_t version)
{
    const struct mr_actor *op = &mr_actor_operator;
    struct mr_err err = {0};
    struct mr_published published;
    struct mr_batch batch;
    struct mr_claim_link *links;
    struct mr_claim claim;
    struct mr_achievement_status status;
    size_t count;
    mr_str org = MR_STR("o1"), none = MR_STR_EMPTY;
    assert_ok(mr_catalogue_get(s, a, MR_STR("wound-care-2026"), &published, &err), err);
    assert_str(published.org_id, "o1");
    assert_ok(mr_batch_get(s, op, a, MR_STR("b1"), &batch, &err), err);
    assert_int_equal(batch.state, MR_BATCH_SEALED);
    assert_str(batch.file_name, "résultats.csv");
    const struct mr_achievement_query all = {.batch_id = MR_STR("b1"), .limit = 10};
    assert_ok(mr_batch_search(s, op, a, &all, &links, &count, &err), err);
    assert_int_equal(count, 2);
    mr_str path = mr_claim_path(s, a, MR_STR(A1), 0), part, mac = MR_STR_EMPTY;
    while (mr_str_split(&path, '/', &part)) mac = part;
    assert_ok(mr_claim_open(s, a, MR_STR(A1), mac, MR_STR_EMPTY, &claim, &err), err);
    assert_int_equal(claim.door, MR_CLAIM_NEW_LINK); /* links that were handed out before there were turns */
    assert_str(claim.elm, SEALED);
    assert_str(claim.learner, "Åse Skovgård");
    assert_int_equal(claim.status, version >= 2 ? MR_STATUS_SUSPENDED : MR_STATUS_ACTIVE);
    assert_ok(mr_status_find(s, op, a, MR_STR(A1), &status, &err), err);
    if (version < INTAKE) {
        assert_ok(mr_batch_get(s, op, a, MR_STR("b0"), &batch, &err), err);
        assert_int_equal(batch.state, MR_BATCH_DISCARDED);
    }
    const struct mr_audit_filter filter = {.org_id = org};
    struct mr_audit_row *lines;
    struct mr_queued_mail *mails;
    struct mr_invitation_row *invitations;
    struct mr_member *members;
    struct mr_draft *drafts;
    struct mr_offered *offers;
    struct mr_assessor_row *assessors;
    struct mr_partner_row *partners;
    struct mr_evidence_file_row *files;
    mr_enrolment *enrolments;
    struct mr_profile *profiles;
    struct mr_webhook *webhooks;
    struct mr_api_token *tokens;
    struct mr_lti_platform *platforms;
    struct mr_actor us = *op;
    us.org_id = org;
    READS(4, mr_audit_list(s, op, a, &filter, none, 10, &lines, &count, &err));
    READS(4, mr_mail_list(s, op, a, org, MR_MAIL_STATES, none, 10, &mails, &count, &err));
    READS(5, mr_people_members(s, a, op, org, &members, &count, &err));
    READS(5, mr_people_invitations(s, a, op, org, &invitations, &count, &err));
    READS(6, mr_draft_list(s, &us, a, &(struct mr_draft_filter){.limit = 10}, &drafts, &count, &err));
    READS(7, mr_opportunity_list(s, a, op, org, none, none, 10, &offers, &count, &err));
    READS(7, mr_organisation_assessors(s, a, op, org, &assessors, &count, &err));
    READS(7, mr_partner_list(s, a, op, org, &partners, &count, &err));
    READS(8, mr_evidence_file_list(s, op, a, MR_EVIDENCE_BATCH, MR_STR("b1"), &files, &count, &err));
    READS(9, mr_enrolment_list(s, op, a, org, MR_STR("wound-care-2026"), none, none, 10, &enrolments, &count, &err));
    READS(9, mr_profile_list(s, op, a, org, &profiles, &count, &err));
    READS(10, mr_webhook_list(s, op, a, org, &webhooks, &count, &err));
    READS(11, mr_api_token_list(s, op, a, org, &tokens, &count, &err));
    READS(11, mr_lti_platform_list(s, op, a, org, &platforms, &count, &err));
    if (version >= 5) assert_int_equal(members[0].roles, 1u << MR_ROLE_REGISTRAR | 1u << MR_ROLE_ADMINISTRATOR);
}

static void test_upgrade__from_every_version_keeps_every_row(void **state)
{
    (void)state;
    if (FILLINGS != mr_migrations_embedded_count)
        fail_msg("%zu migrations, %zu texts that fill their tables", mr_migrations_embedded_count, FILLINGS);
    for (int64_t v = 1; v <= latest(); v++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        struct mr_err err = {0};
        mr_service *s;
        mr_str where;
        bool made;
        mr_arena_init(&a, 256 << 20);
        const char *folder = test_temp_folder();
        assert_ok(mr_service_init(folder, mr_env_system(), &made, &err), err);
        test_use_database(folder);
        assert_ok(mr_service_database(&a, mr_str_of(folder), NULL, &where, &err), err);
        mr_db *db = make_old(&a, where.ptr, v);
        struct rows before = read_rows(&a, db, v);
        if (v < INTAKE) run_text(db, WAITING_BATCH);
        assert_ok(mr_store_migrate(db, &err), err);
        if (v < INTAKE) {
            assert_str(told(&a, db, "SELECT state FROM batch WHERE id = 'b0' AND content IS NULL"), "discarded");
            run_text(db, "DELETE FROM batch WHERE id = 'b0'");
        }
        struct rows after = read_rows(&a, db, v);
        assert_same_rows(&after, &before, v);
        if (v < 8) /* what new columns begin with */
            assert_str(
                told(&a, db, "SELECT person_key FROM achievement WHERE id = '" A2 "' AND learner_key = person_key"),
                "key 2");
        if (v >= 8) assert_str(told(&a, db, "SELECT learner_email FROM validation"), "rosa@example.org");
        if (v < 2) assert_str(told(&a, db, "SELECT MIN(status) || MAX(status) FROM achievement"), "activeactive");
        if (v < INTAKE) run_text(db, WAITING_BATCH ";UPDATE batch SET state = 'discarded' WHERE id = 'b0'");
        mr_db_close(db);
        const struct mr_service_config config = {.data_folder = folder,
                                                 .public_url = "http://127.0.0.1:1",
                                                 .env = mr_env_system(),
                                                 .database = true,
                                                 .beside = true};
        assert_ok(mr_service_open(&config, &s, &err), err);
        read_all(s, &a, v);
        mr_service_close(s);
    }
}

/* ---- killed ---- */

/* Which columns there are, without what is derived. */
static mr_str columns_of(mr_arena *a, mr_db *db)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    MR_CLEANUP(mr_buf_done) mr_buf all;
    struct mr_err err = {0};
    mr_str list[1000];
    size_t count = 0;
    mr_buf_init(&all, 1 << 20);
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    const char *sql =
        mr_db_engine_of(tx) == MR_DB_POSTGRESQL
            ? "SELECT CAST(table_name || '.' || column_name AS TEXT) FROM information_schema.columns WHERE "
              "table_schema = current_schema()"
            : "SELECT m.name || '.' || p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p WHERE "
              "m.type = 'table'";
    assert_ok(mr_db_query(tx, sql, NULL, 0, &c, &err), err);
    for (bool row;;) {
        assert_ok(mr_db_next(c, &row, &err), err);
        if (!row) break;
        mr_str name = mr_arena_dup(a, mr_db_text(c, 0));
        if (mr_str_has_prefix(name, MR_STR("catalogue_")) || mr_str_has_prefix(name, MR_STR("sqlite_"))) continue;
        if (mr_str_has_prefix(name, MR_STR("merit_writer.")))
            continue; /* what writers of PostgreSQL wait for (db/postgresql.c) */
        assert_true(count < 1000);
        list[count++] = name;
    }
    qsort(list, count, sizeof *list, by_text);
    for (size_t i = 0; i < count; i++) mr_buf_format(&all, "%.*s ", MR_STR_ARG(list[i]));
    return mr_arena_dup(a, mr_buf_str(&all));
}

static mr_str columns_at(mr_arena *a, int64_t version)
{
    struct mr_err err = {0};
    mr_db *model;
    assert_ok(mr_db_open(":memory:", &model, &err), err);
    migrate_to(model, version);
    mr_str columns = columns_of(a, model);
    mr_db_close(model);
    return columns;
}

static int64_t version_of(mr_db *db)
{
    MR_CLEANUP(mr_db_rollbackp) mr_db_tx *tx = NULL;
    struct mr_err err = {0};
    int64_t version;
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_store_version(tx, &version, &err), err);
    return version;
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

/* Upgrade in a process of its own, killed after `us` microseconds (-1: never). */
static void upgrade_and_kill(const char *where, int64_t us)
{
    int ready[2], status;
    char c = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        mr_db *db;
        struct mr_err err = {0};
        if (mr_db_open(where, &db, &err) != MR_OK || write(ready[1], "x", 1) != 1) _exit(1);
        _exit(mr_store_migrate(db, &err) != MR_OK);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &c, 1), 1);
    close(ready[0]);
    if (us >= 0) {
        nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, NULL); /* a moment, not a wait for something */
        kill(child, SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (us < 0) assert_int_equal(status, 0);
}

/* At any moment: the schema is exactly that of one version, with every row, and the next try goes on from there. */
static void test_upgrade__killed_leaves_the_old_schema_or_the_new(void **state)
{
    enum { KILLS = 24 };
    int64_t whole = 0;
    size_t between = 0;
    (void)state;
    for (int i = -1; i < KILLS; i++) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        struct mr_err err = {0};
        mr_arena_init(&a, 64 << 20);
        const char *where = test_database(mr_arena_format(&a, "%s/merit.db", test_temp_folder()).ptr);
        mr_db *db = make_old(&a, where, 1);
        struct rows before = read_rows(&a, db, 1);
        mr_db_close(db);
        int64_t start = now_us();
        upgrade_and_kill(where, i < 0 ? -1 : whole * i / KILLS);
        if (i < 0) whole = now_us() - start;
        assert_ok(mr_db_open(where, &db, &err), err);
        int64_t version = version_of(db);
        between += version > 1 && version < latest();
        mr_str got = columns_of(&a, db), wanted = columns_at(&a, version);
        size_t alike = 0;
        while (alike < got.len && alike < wanted.len && got.ptr[alike] == wanted.ptr[alike]) alike++;
        if (alike != got.len || alike != wanted.len)
            fail_msg("version %lld: from here on other columns:\n  has:    %.200s\n  wanted: %.200s",
                     (long long)version, got.ptr + alike, wanted.ptr + alike);
        struct rows after = read_rows(&a, db, 1);
        assert_same_rows(&after, &before, version);
        assert_ok(mr_store_migrate(db, &err), err);
        assert_int_equal(version_of(db), latest());
        after = read_rows(&a, db, 1);
        assert_same_rows(&after, &before, version);
        mr_db_close(db);
        test_temp_remove();
        test_temp()->count = 0;
    }
    print_message("%zu of %d were stopped between two versions\n", between, KILLS);
    assert_true(between > 0); /* the test was one */
}

static int remove_folders(void **state)
{
    (void)state;
    test_temp_remove();
    test_temp()->count = 0;
    return 0;
}

int main(void)
{
    mr_log_set_level(MR_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_upgrade__from_every_version_keeps_every_row, remove_folders),
        cmocka_unit_test_teardown(test_upgrade__killed_leaves_the_old_schema_or_the_new, remove_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
