/* What is kept about people: the table of it is the schema's; a learner takes everything with her; when she is forgotten, nothing of her is left outside the restricted record of
 * the provider, in no table and no file; what is restricted is hardly used; what is over is forgotten. */
#include "learning.h"

#include "db/table.h"
#include "service/api_answer.h"
#include "service/erasure.h"
#include "service/export.h"
#include "service/opportunity.h"
#include "service/organisation.h"
#include "service/restriction.h"
#include "service/retention.h"
#include "service/search.h"
#include "service/upload.h"
#include "service/validation.h"
#include "service/verify_link.h"
#include "store/api_answer.h"
#include "store/count.h"
#include "store/enrolment.h"
#include "store/schema.h"
#include "store/privacy.h"

#include <dirent.h>

static const mr_language *en(void)
{
    return mr_language_english();
}

/* ---- the table ---- */

static bool is_named(const char *table, const char *column)
{
    for (size_t i = 0; i < mr_held_count; i++) {
        mr_str names = mr_str_of(mr_held[i].columns), name;
        if (strcmp(mr_held[i].table, table) != 0) continue;
        while (mr_str_split(&names, ' ', &name))
            if (mr_str_is(name, column)) return true;
    }
    return false;
}

/* A new table or column of text or octets stands in personal_data.def, or this is red. */
static void test_personal_data__names_every_column_of_the_schema(void **state)
{
    struct mr_err err = {0};
    mr_db *db;
    mr_db_tx *tx;
    struct mr_db_table *tables;
    size_t count, columns = 0;
    mr_str path = mr_arena_format(&w.a, "%s/schema.db", test_temp()->names[test_temp()->count - 1]);
    assert_ok(mr_db_open(path.ptr, &db, &err), err);
    assert_ok(mr_store_migrate(db, &err), err);
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_db_tables(tx, &w.a, &tables, &count, &err), err);
    for (size_t t = 0; t < count; t++)
        for (size_t c = 0; c < tables[t].count; c++) {
            const struct mr_db_column *column = &tables[t].columns[c];
            if (column->type != MR_DB_TEXT && column->type != MR_DB_BYTES) continue;
            columns++;
            if (!is_named(mr_arena_cstr(&w.a, tables[t].name), column->name))
                fail_msg("%.*s.%s is in no line of personal_data.def: whose is it?", MR_STR_ARG(tables[t].name),
                         column->name);
        }
    assert_true(columns > 200);
    /* and nothing is named that is not there any more */
    for (size_t i = 0; i < mr_held_count; i++) {
        mr_str names = mr_str_of(mr_held[i].columns), name;
        while (mr_str_split(&names, ' ', &name)) {
            bool found = false;
            for (size_t t = 0; t < count; t++)
                for (size_t c = 0; mr_str_is(tables[t].name, mr_held[i].table) && c < tables[t].count; c++)
                    found |= mr_str_is(name, tables[t].columns[c].name);
            if (!found) fail_msg("%s.%.*s is not in the schema", mr_held[i].table, MR_STR_ARG(name));
        }
    }
    mr_db_rollback(tx);
    mr_db_close(db);
}

/* ---- looking everywhere ---- */

/* A table of this schema, of either engine, as the same migrations make it on SQLite. */
static struct mr_db_table *tables_of(size_t *ret_count)
{
    struct mr_err err = {0};
    mr_db *db;
    mr_db_tx *tx;
    struct mr_db_table *tables;
    assert_ok(mr_db_open(":memory:", &db, &err), err);
    assert_ok(mr_store_migrate(db, &err), err);
    assert_ok(mr_db_begin(db, false, &tx, &err), err);
    assert_ok(mr_db_tables(tx, &w.a, &tables, ret_count, &err), err);
    mr_db_rollback(tx);
    mr_db_close(db);
    return tables;
}

struct looking {
    const mr_str *values;
    size_t count;
    char *found; /* "table.column" with blanks between them */
    size_t room;
};

static bool holds(mr_str text, mr_str value)
{
    for (size_t i = 0; value.len && i + value.len <= text.len; i++)
        if (strncasecmp(text.ptr + i, value.ptr, value.len) == 0) return true;
    return false;
}

static int look_at_row(void *self, const struct mr_db_table *t, const mr_db_value *values, struct mr_err *err)
{
    struct looking *l = self;
    (void)err;
    for (size_t c = 0; c < t->count; c++) {
        char place[160];
        if (values[c].type != MR_DB_TEXT && values[c].type != MR_DB_BYTES) continue;
        snprintf(place, sizeof place, "%.*s.%s ", MR_STR_ARG(t->name), t->columns[c].name);
        for (size_t v = 0; v < l->count; v++)
            if (holds(values[c].text, l->values[v]) && !strstr(l->found, place) &&
                strlen(l->found) + strlen(place) < l->room)
                strcat(l->found, place);
    }
    return MR_OK;
}

/* In which columns one of these values stands, of all tables; sealed bytes are unpacked by nobody here, so they are looked for by their rows. */
static const char *where_is(const mr_str *values, size_t count)
{
    static char found[4096];
    struct mr_err err = {0};
    mr_db_tx *tx;
    size_t tables;
    struct mr_db_table *t = tables_of(&tables);
    struct looking l = {values, count, found, sizeof found};
    found[0] = '\0';
    assert_ok(mr_db_begin(mr_service_db(w.s), false, &tx, &err), err);
    for (size_t i = 0; i < tables; i++) assert_ok(mr_db_table_read(tx, &t[i], look_at_row, &l, &err), err);
    mr_db_rollback(tx);
    return found;
}

/* In which files of the data folder; nothing is asked of the database. */
static bool is_in_files(const char *folder, mr_str value, const char **ret_name)
{
    static char name[PATH_MAX];
    DIR *d = opendir(folder);
    struct dirent *e;
    bool found = false;
    assert_non_null(d);
    while (!found && (e = readdir(d))) {
        MR_CLEANUP(mr_arena_done) mr_arena a;
        mr_str text;
        struct mr_err err = {0};
        if (strncmp(e->d_name, "merit.db", 8) != 0) continue;
        snprintf(name, sizeof name, "%s/%.200s", folder, e->d_name);
        mr_arena_init(&a, 512 << 20);
        assert_ok(mr_file_read(&a, name, 256 << 20, &text, &err), err);
        found = holds(text, value);
        *ret_name = name;
    }
    closedir(d);
    return found;
}

static void keep_answer(mr_str body)
{
    struct mr_err err = {0};
    mr_db_tx *tx;
    const struct mr_api_answer_row row = {.holder = MR_STR("token"),
                                          .key = MR_STR("key"),
                                          .request_hash = MR_STR("h"),
                                          .server = MR_STR("n/s"),
                                          .begun_at = clock_now,
                                          .status = 200,
                                          .type = MR_STR("application/json"),
                                          .body = body};
    assert_ok(mr_db_begin(mr_service_db(w.s), true, &tx, &err), err);
    assert_ok(mr_store_api_answer_begin(tx, &row, &err), err);
    assert_ok(mr_store_api_answer_end(tx, &row, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static void assert_counts(void)
{
    struct mr_err err = {0};
    mr_db_tx *tx;
    const char *wrong;
    assert_ok(mr_db_begin(mr_service_db(w.s), false, &tx, &err), err);
    assert_ok(mr_count_check(tx, &wrong, &err), err);
    if (wrong) fail_msg("%s is wrong", wrong);
    mr_db_rollback(tx);
}

/* ---- being forgotten ---- */

static void test_erasure__leaves_nothing_outside_the_restricted_record(void **state)
{
    struct mr_err err = {0};
    mr_str item, collection;
    struct mr_erasure e;
    struct mr_actor mette = keep_as_new(0, &item), other;
    mr_str other_item, name = w.links[0].learner, email = w.links[0].email;
    const char *file;
    other = keep_as_new(1, &other_item);
    assert_ok(mr_collection_add(w.s, &mette, &w.a, MR_STR("Til ansøgningen"), &collection, &err), err);
    assert_ok(mr_collection_change_item(w.s, &mette, collection, item, MR_COLLECTION_PUT, &err), err);
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, MR_STR("private.name@example.org"), &err), err);
    struct mr_person_email_link link;
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette,
                                      last_part(mailed("address", MR_STR("private.name@example.org"))), &link, &err),
              err);
    keep_answer(mr_arena_format(&w.a, "{\"learner\":\"%.*s\"}", MR_STR_ARG(name)));
    run("INSERT INTO lti_platform (id, org_id, name, issuer, client_id, auth_url, token_url, jwks_url, deployments, "
        "created_at) SELECT 'lp', id, 'P', 'https://lms.example.org', 'c', 'a', 't', 'j', '', 1 FROM organisation "
        "LIMIT 1");
    run("INSERT INTO lti_link (id, org_id, platform_id, deployment, resource_id, title) SELECT 'll', org_id, 'lp', "
        "'d', 'r', 'Place' FROM lti_platform");
    run("INSERT INTO lti_member (link_id, org_id, subject, name, email, completed) SELECT 'll', org_id, 'sub', "
        "'Mette from the platform', 'Private.Name@example.org', FALSE FROM lti_link");
    run("INSERT INTO enrolment (id, org_id, specification_slug, learner_key, full_name, email, state, source, "
        "created_at, changed_at) SELECT 'en1', n.org_id, 'wound-care-2026', 'k', 'Mette Enrolled', "
        "'private.name@example.org', 'completed', 'hand', 1, 1 FROM achievement n JOIN wallet_item i ON "
        "i.achievement_id = n.id JOIN collection_item c ON c.item_id = i.id");
    run("INSERT INTO enrolment_count (org_id, specification_slug, state, enrolments) SELECT org_id, "
        "specification_slug, state, 1 FROM enrolment WHERE id = 'en1' ON CONFLICT (org_id, specification_slug, state) "
        "DO UPDATE SET enrolments = enrolment_count.enrolments + 1");
    assert_counts();
    const mr_str values[] = {name, email, MR_STR("private.name@example.org"), MR_STR("Til ansøgningen"),
                             MR_STR("Mette from the platform")};
    const size_t count = sizeof values / sizeof *values;
    assert_non_null(strstr(where_is(values, count), "mail.recipient"));
    assert_non_null(strstr(where_is(values, count), "person.email"));

    assert_code(mr_erasure_do(w.s, &other, &w.a, mette.id, &e, &err), MR_E_FORBIDDEN, err);
    assert_code(mr_erasure_look(w.s, &mr_actor_stranger, &w.a, mette.id, &e, &err), MR_E_FORBIDDEN, err);
    assert_ok(mr_erasure_look(w.s, &mette, &w.a, mette.id, &e, &err), err);
    assert_int_equal(e.items, 1);
    assert_int_equal(e.collections, 1);
    assert_int_equal(e.addresses, 2);
    assert_int_equal(e.keeper_count, 1);
    assert_true(e.keepers[0].records >= 1);
    assert_int_equal(e.keepers[0].enrolments, 1);
    assert_ok(mr_erasure_do(w.s, &mette, &w.a, mette.id, &e, &err), err);

    /* the last mail is the one thing that still has the address, until it has left */
    assert_int_equal(number("SELECT COUNT(*) FROM mail WHERE recipient <> '' AND template = 'erased'"), 1);
    run("UPDATE mail SET recipient = '', data = NULL WHERE template = 'erased'");
    mr_str found = mr_str_of(where_is(values, count)), place;
    while (mr_str_split(&found, ' ', &place)) {
        if (!place.len) continue;
        bool in_record =
            mr_str_has_prefix(place, MR_STR("achievement.")) || mr_str_has_prefix(place, MR_STR("enrolment."));
        if (!in_record) fail_msg("%.*s still knows her", MR_STR_ARG(place));
    }
    assert_int_equal(number("SELECT COUNT(*) FROM achievement WHERE restricted_for = 'erased'"), e.keepers[0].records);
    assert_int_equal(number("SELECT COUNT(*) FROM enrolment WHERE restricted_at IS NOT NULL"), 1);
    assert_int_equal(number("SELECT COUNT(*) FROM credential k JOIN achievement n ON n.id = k.achievement_id WHERE "
                            "n.restricted_for = 'erased'"),
                     0);
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 1);
    assert_int_equal(number("SELECT COUNT(*) FROM api_answer WHERE body IS NOT NULL"), 0);
    assert_counts();
    /* nobody else lost anything */
    struct mr_wallet_item kept;
    assert_ok(mr_wallet_get(w.s, &other, &w.a, other_item, &kept, &err), err);
    assert_true(kept.file_count >= 2);
    /* and what the file still held is gone with the record: octets of the file, its log, everything */
    if (test_on_postgresql()) return;
    bool tidy;
    run("DELETE FROM status_entry WHERE achievement_id IN (SELECT id FROM achievement WHERE restricted_for = "
        "'erased')");
    run("UPDATE achievement SET learner_name = '', learner_email = NULL, search_name = NULL, source = NULL WHERE "
        "restricted_for = 'erased'");
    run("DELETE FROM enrolment WHERE id = 'en1'");
    assert_ok(mr_db_tidy(mr_service_db(w.s), MR_LIMIT_DB_REWRITE, &tidy, &err), err);
    assert_true(tidy);
    for (size_t i = 0; i < count; i++)
        if (is_in_files(test_temp()->names[test_temp()->count - 1], values[i], &file))
            fail_msg("%s still holds \"%.*s\"", file, MR_STR_ARG(values[i]));
}

/* What she claims to have learned: without a decision it goes, a decision stays with the provider, restricted; results that wait are counted before, and have their time. */
static void test_erasure__tells_of_claims_and_of_results_that_wait(void **state)
{
    struct mr_err err = {0};
    struct mr_erasure e;
    struct mr_validation v;
    struct mr_awarded awarded;
    struct mr_findings findings;
    mr_str item, open, refused, accepted, others, batch;
    int64_t counts[MR_PURPOSE_COUNT];
    struct mr_actor mette = keep_as_new(0, &item);
    mr_str email = w.links[0].email, where = MR_STR("wound-care-2026");
    const mr_str values[] = {MR_STR("Mette Claiming"), MR_STR("Tolv år i hjemmeplejen")};
    const struct mr_actor *op = &mr_actor_operator;
    const struct mr_award_fields she = {.name = values[0], .email = email, .date = MR_STR("2026-10-14")},
                                 other = {.name = MR_STR("Ole Blivende"),
                                          .email = MR_STR("ole@example.org"),
                                          .date = MR_STR("2026-10-14")};
    mr_findings_init(&findings, &w.a);
    assert_ok(mr_validation_open(w.s, op, &w.a, where, &she, values[1], &findings, &open, &err), err);
    assert_ok(mr_validation_open(w.s, op, &w.a, where, &she, values[1], &findings, &refused, &err), err);
    assert_ok(mr_validation_open(w.s, op, &w.a, where, &she, values[1], &findings, &accepted, &err), err);
    assert_ok(mr_validation_open(w.s, op, &w.a, where, &other, values[1], &findings, &others, &err), err);
    assert_ok(mr_validation_decide(w.s, op, refused, false, MR_STR("A"), MR_STR("Not enough"), &err), err);
    assert_ok(mr_validation_decide(w.s, op, accepted, true, MR_STR("A"), MR_STR("Enough"), &err), err);
    run("INSERT INTO evidence_file (id, org_id, object_kind, object_id, name, type, size, sha256, content, added_at) "
        "SELECT 'ev-' || id, org_id, 'validation', id, 'Mette Claiming.pdf', 'application/pdf', 1, 'x', source, 1 FROM "
        "validation WHERE learner_name = 'Mette Claiming'");
    const struct mr_upload upload = {
        .specification_id = where,
        .file_name = MR_STR("more.csv"),
        .content = mr_arena_format(&w.a, "name,email\nMette Claiming,%.*s\nOle Blivende,ole@example.org\n",
                                   MR_STR_ARG(email))};
    assert_ok(mr_upload_add(w.s, op, &w.a, &upload, &batch, &err), err);

    assert_ok(mr_personal_data_count(w.s, &mette, mette.id, counts, &err), err);
    assert_int_equal(counts[MR_PURPOSE_INTAKE], 1);
    assert_ok(mr_erasure_look(w.s, &mette, &w.a, mette.id, &e, &err), err);
    assert_int_equal(counts[MR_PURPOSE_AWARD], e.keepers[0].records + 3);
    assert_int_equal(e.claims, 1);
    assert_int_equal(e.keeper_count, 1);
    assert_int_equal(e.keepers[0].decisions, 2);
    assert_int_equal(e.keepers[0].waiting, 1);
    assert_ok(mr_erasure_do(w.s, &mette, &w.a, mette.id, &e, &err), err);

    assert_code(mr_validation_find(w.s, op, &w.a, open, &v, &err), MR_E_NOT_FOUND, err);
    assert_int_equal(number("SELECT COUNT(*) FROM evidence_file"), 2);
    assert_ok(mr_validation_find(w.s, op, &w.a, refused, &v, &err), err);
    assert_int_equal(v.row.restricted_at, clock_now);
    assert_code(mr_validation_award(w.s, op, &w.a, accepted, true, &awarded, &err), MR_E_STATE, err);
    assert_ok(mr_validation_find(w.s, op, &w.a, others, &v, &err), err);
    assert_int_equal(v.row.restricted_at, MR_TIME_NONE);
    mr_str found = mr_str_of(where_is(values, 1)), place;
    while (mr_str_split(&found, ' ', &place))
        if (place.len && !mr_str_has_prefix(place, MR_STR("validation.")) &&
            !mr_str_has_prefix(place, MR_STR("evidence_file.")) && !mr_str_has_prefix(place, MR_STR("upload_row.")) &&
            !mr_str_has_prefix(place, MR_STR("batch.content")))
            fail_msg("%.*s still knows her", MR_STR_ARG(place));

    /* results that wait have their time, and so has the provider's record */
    clock_now += MR_LIMIT_PREVIEW_DAYS * MR_DAY_MS;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM upload_row"), 2);
    clock_now += 1;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM upload_row"), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM batch WHERE state = 'discarded' AND content IS NULL"), 1);
    const struct mr_retention_row row = {.record_months = 12};
    assert_ok(mr_retention_set(w.s, op, w.org, &row, &err), err);
    clock_now += 366 * MR_DAY_MS;
    assert_ok(mr_retention_forget(w.s, &err), err);
    if (where_is(values, 1)[0]) fail_msg("%s still knows her", where_is(values, 1));
    assert_int_equal(number("SELECT COUNT(*) FROM evidence_file"), 0);
    assert_ok(mr_validation_find(w.s, op, &w.a, refused, &v, &err), err);
    assert_str(v.row.state, "refused");
    /* nobody has decided on it */
    assert_ok(mr_validation_find(w.s, op, &w.a, others, &v, &err), err);
    assert_str(v.row.learner_name, "Ole Blivende");
}

/* What is to be sealed at a time of its own waits for that; of what stopped half-way, that much is sealed. */
static void test_retention__of_uploads_counts_from_the_day_that_was_set(void **state)
{
    struct mr_err err = {0};
    mr_str batch;
    const struct mr_upload upload = {.specification_id = MR_STR("wound-care-2026"),
                                     .file_name = MR_STR("more.csv"),
                                     .content = MR_STR("name\nNobody Atall\n")};
    assert_ok(mr_upload_add(w.s, &mr_actor_operator, &w.a, &upload, &batch, &err), err);
    run("UPDATE batch SET seal_at = created_at + 3888000000 WHERE state = 'preview'");
    clock_now += 2 * MR_LIMIT_PREVIEW_DAYS * MR_DAY_MS;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM batch WHERE state = 'preview'"), 1);
    run("UPDATE batch SET state = 'failed', rows_sealed = 1, rows_ready = 3 WHERE state = 'preview'");
    clock_now += MR_LIMIT_PREVIEW_DAYS * MR_DAY_MS;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM batch WHERE state = 'sealed' AND rows_ready = 1 AND mailing = "
                            "'later' AND content IS NULL AND file_name = 'more.csv'"),
                     1);
    assert_int_equal(number("SELECT COUNT(*) FROM upload_row"), 0);
}

/* The same person, two accounts: what one of them keeps is not the other's to forget, whatever address it was awarded to. */
static void test_erasure__of_one_account_leaves_what_another_keeps(void **state)
{
    struct mr_err err = {0};
    struct mr_erasure e;
    mr_str item, second;
    mr_claim_pass pass;
    struct mr_actor mette = keep_as_new(0, &item), twin = keep_as_new(1, &second);
    /* awarded to the first account's address, kept by the second */
    run("UPDATE achievement SET learner_email = (SELECT email FROM person ORDER BY created_at, id LIMIT 1) WHERE id = "
        "(SELECT achievement_id FROM wallet_item ORDER BY added_at DESC, id DESC LIMIT 1)");
    (void)pass;
    assert_ok(mr_erasure_do(w.s, &mette, &w.a, mette.id, &e, &err), err);
    struct mr_wallet_item kept;
    assert_ok(mr_wallet_get(w.s, &twin, &w.a, second, &kept, &err), err);
    assert_true(kept.file_count >= 2);
    assert_int_equal(number("SELECT COUNT(*) FROM achievement n JOIN wallet_item i ON i.achievement_id = n.id WHERE "
                            "n.restricted_at IS NOT NULL"),
                     0);
    /* gone is gone */
    assert_code(mr_erasure_do(w.s, &mette, &w.a, mette.id, &e, &err), MR_E_NOT_FOUND, err);
    /* the operator may, for somebody who cannot get in */
    mr_str id;
    assert_ok(mr_erasure_find(w.s, &w.a, w.links[1].email, &id, &err), err);
    assert_ok(mr_erasure_do(w.s, &mr_actor_operator, &w.a, id, &e, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 0);
    assert_code(mr_erasure_find(w.s, &w.a, w.links[1].email, &id, &err), MR_E_NOT_FOUND, err);
    /* nothing is offered again to a new account with the same address */
    assert_ok(
        mr_people_add(w.s, &w.a,
                      &(struct mr_new_person){.email = w.links[1].email, .name = MR_STR("N"), .language = MR_STR("en")},
                      &id, &err),
        err);
    const struct mr_actor again = {.kind = MR_ACTOR_PERSON, .id = id};
    struct mr_wallet_offered *offers;
    size_t count;
    assert_ok(mr_wallet_offers(w.s, &again, &w.a, en(), &offers, &count, &err), err);
    assert_int_equal(count, 0);
}

static void test_erasure__undecided_awards_are_declined_and_links_end(void **state)
{
    struct mr_err err = {0};
    struct mr_erasure e;
    mr_str person;
    mr_claim_pass pass;
    const struct mr_new_person she = {.email = w.links[2].email, .name = w.links[2].learner, .language = MR_STR("en")};
    assert_ok(mr_people_add(w.s, &w.a, &she, &person, &err), err);
    const struct mr_actor actor = {.kind = MR_ACTOR_PERSON, .id = person};
    mr_str mac = mac_of(2, true);
    assert_ok(mr_erasure_look(w.s, &actor, &w.a, person, &e, &err), err);
    assert_true(e.undecided >= 1);
    assert_ok(mr_erasure_do(w.s, &actor, &w.a, person, &e, &err), err);
    assert_code(mr_claim_accept(w.s, w.links[2].achievement_id, mac, MR_STR_EMPTY, pass, &err), MR_E_STATE, err);
    struct mr_claim claim;
    assert_ok(mr_claim_look(w.s, &w.a, w.links[2].achievement_id, &claim, &err), err);
    assert_int_equal(claim.state, MR_CLAIM_DECLINED);
    assert_int_equal(claim.elm.len, 0);
    assert_counts();
}

static void test_erasure__the_last_administrator_hands_over_first(void **state)
{
    struct mr_err err = {0};
    struct mr_erasure e;
    mr_str id, second;
    run("DELETE FROM membership");
    const struct mr_new_person karin = {.email = MR_STR("karin@example.org"),
                                        .name = MR_STR("Karin"),
                                        .language = MR_STR("en"),
                                        .org = w.org,
                                        .roles = 1u << MR_ROLE_ADMINISTRATOR};
    assert_ok(mr_people_add(w.s, &w.a, &karin, &id, &err), err);
    const struct mr_actor actor = {.kind = MR_ACTOR_PERSON, .id = id};
    assert_ok(mr_erasure_look(w.s, &actor, &w.a, id, &e, &err), err);
    assert_true(e.last_administrator_of.len > 0);
    assert_code(mr_erasure_do(w.s, &actor, &w.a, id, &e, &err), MR_E_STATE, err);
    assert_int_equal(number("SELECT COUNT(*) FROM person WHERE email = 'karin@example.org'"), 1);
    const struct mr_new_person per = {.email = MR_STR("per@example.org"),
                                      .name = MR_STR("Per"),
                                      .language = MR_STR("en"),
                                      .org = w.org,
                                      .roles = 1u << MR_ROLE_ADMINISTRATOR};
    assert_ok(mr_people_add(w.s, &w.a, &per, &second, &err), err);
    assert_ok(mr_erasure_do(w.s, &actor, &w.a, id, &e, &err), err);
}

/* ---- restricting ---- */

static void test_restriction__stops_reminders_and_is_lifted_with_an_answer(void **state)
{
    struct mr_err err = {0};
    mr_str item, id = w.links[0].achievement_id, registrar;
    struct mr_kept_award *awards;
    size_t count;
    struct mr_actor mette = keep_as_new(0, &item), other;
    mr_str other_item;
    other = keep_as_new(1, &other_item);
    const struct mr_new_person rita = {.email = MR_STR("rita@example.org"),
                                       .name = MR_STR("Rita"),
                                       .language = MR_STR("en"),
                                       .org = w.org,
                                       .roles = 1u << MR_ROLE_REGISTRAR};
    assert_ok(mr_people_add(w.s, &w.a, &rita, &registrar, &err), err);
    assert_code(mr_restriction_ask(w.s, &other, &w.a, en(), id, MR_STR("x"), &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_restriction_ask(w.s, &mette, &w.a, en(), id, MR_STR("The grade is wrong."), &err), err);
    assert_code(mr_restriction_ask(w.s, &mette, &w.a, en(), id, MR_STR_EMPTY, &err), MR_E_EXISTS, err);
    assert_true(mailed("restriction", MR_STR("rita@example.org")).len > 0);
    assert_ok(mr_restriction_awards(w.s, &mette, &w.a, en(), 10, &awards, &count, &err), err);
    assert_true(count >= 1);
    struct mr_restriction_row row, *rows;
    assert_ok(mr_restriction_list(w.s, &mr_actor_operator, &w.a, w.org, 10, &rows, &count, &err), err);
    assert_int_equal(count, 1);
    assert_ok(mr_restriction_get(w.s, &mr_actor_operator, &w.a, id, &row, &err), err);
    assert_str(row.remark, "The grade is wrong.");
    /* no reminder is queued about it; that it was withdrawn she would hear */
    mr_db_tx *tx;
    mr_str mail;
    const struct mr_mail reminder = {.template_name = "renewal",
                                     .to = w.links[0].email,
                                     .language = MR_STR("en"),
                                     .object_id = id,
                                     .data = MR_STR("{}")};
    struct mr_mail revoked = reminder;
    revoked.template_name = "revoked";
    assert_ok(mr_db_begin(mr_service_db(w.s), true, &tx, &err), err);
    assert_ok(mr_mail_queue(w.s, tx, &w.a, &reminder, &mail, &err), err);
    assert_int_equal(mail.len, 0);
    assert_ok(mr_mail_queue(w.s, tx, &w.a, &revoked, &mail, &err), err);
    assert_true(mail.len > 0);
    mr_db_rollback(tx);
    assert_code(mr_restriction_lift(w.s, &mr_actor_operator, &w.a, id, MR_STR("  "), &err), MR_E_FORMAT, err);
    assert_ok(mr_restriction_lift(w.s, &mr_actor_operator, &w.a, id, MR_STR("It was corrected."), &err), err);
    assert_true(mailed("restriction_lifted", w.links[0].email).len > 0);
    assert_code(mr_restriction_end(w.s, &mette, &w.a, id, &err), MR_E_STATE, err);
    assert_ok(mr_restriction_ask(w.s, &mette, &w.a, en(), id, MR_STR_EMPTY, &err), err);
    assert_ok(mr_restriction_end(w.s, &mette, &w.a, id, &err), err);
}

/* ---- taking everything along ---- */

static void test_export__holds_every_file_octet_for_octet(void **state)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_str item, imported;
    struct mr_wallet_item kept;
    struct mr_export_result result;
    struct mr_actor mette = keep_as_new(0, &item), other;
    mr_str other_item;
    other = keep_as_new(1, &other_item);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_ok(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("a"), kept.files[1].content, &imported, &err), err);
    struct mr_export_order order = {.person_id = mette.id, .language = en(), .limit = 40, .most = 56 << 20};
    mr_buf_init(&out, 64 << 20);
    assert_code(mr_export_write(w.s, &other, &order, &out, &result, &err), MR_E_FORBIDDEN, err);
    assert_ok(mr_export_write(w.s, &mette, &order, &out, &result, &err), err);
    assert_int_equal(result.items, 2);
    assert_int_equal(result.all, 2);
    assert_int_equal(result.left_out, 0);
    /* what other programs find in it, tests/interop/privacy.py tells; here that the directory has each file */
    mr_str zip = mr_buf_str(&out);
    assert_true(mr_str_has_prefix(zip, MR_STR("PK\x03\x04")));
    for (size_t i = 0; i < 2; i++) {
        const char *const names[] = {"data.json", "README.txt"};
        assert_true(mr_str_find(zip, mr_str_of(names[i])) > 0);
    }
    assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE detail = 'account.exported'"), 1);
    /* what does not fit is told */
    mr_buf_clear(&out);
    order.most = 300 * 1024;
    assert_ok(mr_export_write(w.s, &mette, &order, &out, &result, &err), err);
    assert_int_equal(result.items + result.left_out, 2);
    assert_true(result.left_out > 0);
    assert_true(out.len <= order.most);
}

/* ---- forgetting ---- */

static void test_retention__forgets_what_is_over_and_keeps_the_rest(void **state)
{
    struct mr_err err = {0};
    mr_str item;
    struct mr_wallet_item kept;
    struct mr_actor mette = keep_as_new(0, &item);
    keep_answer(MR_STR("{}"));
    run("INSERT INTO evidence_file (id, org_id, object_kind, object_id, name, type, size, sha256, content, added_at) "
        "SELECT 'ev', org_id, 'achievement', id, 'n.pdf', 'application/pdf', 1, 'x', content, created_at FROM "
        "achievement n JOIN (SELECT achievement_id, content FROM credential LIMIT 1) k ON k.achievement_id = n.id");
    run("INSERT INTO enrolment (id, org_id, specification_slug, learner_key, full_name, state, source, created_at, "
        "changed_at) SELECT 'en2', org_id, 'wound-care-2026', 'k2', 'N', 'completed', 'hand', created_at, created_at "
        "FROM achievement LIMIT 1");
    run("INSERT INTO enrolment_count (org_id, specification_slug, state, enrolments) SELECT org_id, "
        "specification_slug, state, 1 FROM enrolment WHERE id = 'en2' ON CONFLICT (org_id, specification_slug, state) "
        "DO UPDATE SET enrolments = enrolment_count.enrolments + 1");
    int64_t records = number("SELECT COUNT(*) FROM achievement WHERE learner_name <> ''");
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, MR_STR("second@example.org"), &err), err);
    assert_ok(mr_restriction_ask(w.s, &mette, &w.a, en(), w.links[0].achievement_id, MR_STR_EMPTY, &err), err);
    run("UPDATE mail SET state = 'returned', answer = '550 <second@example.org>'");
    run("DELETE FROM mail_count");
    run("INSERT INTO mail_count (org_id, state, mails) SELECT COALESCE(org_id, ''), state, COUNT(*) FROM mail GROUP BY "
        "COALESCE(org_id, ''), state");
    int64_t mails = number("SELECT COUNT(*) FROM mail WHERE recipient <> ''");
    assert_true(mails > 0);
    assert_counts();
    /* nothing is over yet; a day later answers are, and sessions that nobody uses */
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM api_answer"), 1);
    clock_now += MR_DAY_MS + 1;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM api_answer"), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM mail WHERE recipient <> ''"), mails);
    clock_now += 40 * MR_DAY_MS;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM session"), 0);
    clock_now += 150 * MR_DAY_MS;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(
        number("SELECT COUNT(*) FROM mail WHERE recipient <> '' OR data IS NOT NULL OR answer IS NOT NULL"), 0);
    assert_counts();
    /* without periods of its own a provider's records stay for ever */
    clock_now += 3650 * MR_DAY_MS;
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM achievement WHERE learner_name <> ''"), records);
    assert_int_equal(number("SELECT COUNT(*) FROM evidence_file"), 1);
    assert_int_equal(number("SELECT COUNT(*) FROM enrolment WHERE id = 'en2'"), 1);
    /* with them they do not */
    struct mr_retention_row row = {.record_months = 1201, .contact = MR_STR("dpo@example.org")}, got;
    assert_code(mr_retention_set(w.s, &mr_actor_operator, w.org, &row, &err), MR_E_FORMAT, err);
    assert_code(mr_retention_set(w.s, &mette, w.org, &row, &err), MR_E_NOT_FOUND, err);
    row.record_months = 0, row.evidence_months = 12, row.enrolment_months = 24;
    assert_ok(mr_retention_set(w.s, &mr_actor_operator, w.org, &row, &err), err);
    assert_ok(mr_retention_get(w.s, &mr_actor_operator, &w.a, w.org, &got, &err), err);
    assert_int_equal(got.evidence_months, 12);
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM evidence_file"), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM enrolment WHERE id = 'en2'"), 0);
    assert_int_equal(number("SELECT COUNT(*) FROM achievement WHERE learner_name <> ''"), records);
    row.record_months = 60;
    assert_ok(mr_retention_set(w.s, &mr_actor_operator, w.org, &row, &err), err);
    assert_ok(mr_retention_forget(w.s, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM achievement WHERE learner_name <> '' AND claim_state <> 'open' AND "
                            "org_id = (SELECT org_id FROM retention_setting)"),
                     0);
    assert_true(number("SELECT COUNT(*) FROM achievement WHERE restricted_for = 'over'") > 0);
    assert_counts();
    /* what is hers is hers */
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_true(kept.file_count >= 2);
    assert_true(mr_str_eq(kept.row.learner, w.links[0].learner));
}

/* A provider that gives up: nothing more is awarded, and nobody loses what is theirs. */
static void test_organisation__closed_awards_nothing_and_takes_nothing(void **state)
{
    struct mr_err err = {0};
    mr_str item, batch, id = w.links[0].achievement_id;
    struct mr_claim claim;
    struct mr_found found;
    struct mr_offered *offered;
    size_t count;
    const struct mr_question all = {.most = 100};
    struct mr_wallet_item kept;
    struct mr_erasure e;
    struct mr_organisation_shown o;
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_organisation_find(w.s, &w.a, w.org, &o, &err), err);
    struct mr_published published;
    assert_ok(mr_search_find(w.s, &w.a, &all, &found, &err), err);
    int64_t listed = found.all,
            own = number("SELECT COUNT(*) FROM catalogue_entry WHERE slug IN (SELECT s.slug FROM specification s JOIN "
                         "specification w ON w.org_id = s.org_id WHERE w.slug = 'wound-care-2026')");
    struct mr_findings findings;
    mr_str offer;
    mr_findings_init(&findings, &w.a);
    assert_ok(
        mr_opportunity_add(w.s, &w.a, &mr_actor_operator,
                           MR_STR("{\"specification\":\"wound-care-2026\",\"state\":\"open\",\"mode\":\"blended\","
                                  "\"languages\":[\"da\"]}"),
                           &findings, &offer, &err),
        err);
    assert_ok(mr_opportunity_upcoming(w.s, &w.a, w.org, MR_STR_EMPTY, 10, &offered, &count, &err), err);
    size_t offers = count;
    assert_true(own > 0 && offers > 0);
    assert_code(mr_organisation_close(w.s, &w.a, &mette, w.org, true, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_organisation_close(w.s, &w.a, &mr_actor_operator, w.org, true, &err), err);
    assert_code(mr_organisation_close(w.s, &w.a, &mr_actor_operator, w.org, true, &err), MR_E_STATE, err);
    assert_code(mr_organisation_find(w.s, &w.a, w.org, &o, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_organisation_find_ever(w.s, &w.a, o.slug, &o, &err), err);
    assert_true(o.name.len > 0 && o.closed_at == clock_now);
    /* nobody finds what it offered; the page that credentials point at stays */
    assert_ok(mr_search_find(w.s, &w.a, &all, &found, &err), err);
    assert_int_equal(found.all, listed - own);
    for (size_t i = 0; i < found.count; i++) assert_false(mr_str_eq(found.list[i].org_id, w.org));
    assert_ok(mr_opportunity_upcoming(w.s, &w.a, w.org, MR_STR_EMPTY, 10, &offered, &count, &err), err);
    assert_int_equal(count, 0);
    assert_ok(mr_catalogue_get(w.s, &w.a, MR_STR("wound-care-2026"), &published, &err), err);
    assert_ok(mr_search_rebuild(w.s, NULL, &err), err);
    assert_ok(mr_search_find(w.s, &w.a, &all, &found, &err), err);
    assert_int_equal(found.all, listed - own);
    const struct mr_upload upload = {.specification_id = MR_STR("wound-care-2026"),
                                     .file_name = MR_STR("more.csv"),
                                     .content = MR_STR("name\nNobody Atall\n")};
    assert_code(mr_upload_add(w.s, &mr_actor_operator, &w.a, &upload, &batch, &err), MR_E_FORBIDDEN, err);
    assert_ok(mr_verify_link_open(w.s, &w.a, id, last_part(mr_verify_path(w.s, &w.a, id)), &claim, &err), err);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_ok(mr_erasure_look(w.s, &mette, &w.a, mette.id, &e, &err), err);
    assert_true(e.keepers[0].closed);
    /* opened again by who administers the installation, and nobody else */
    const struct mr_grant grant = {.org_id = w.org, .roles = 1u << MR_ROLE_ADMINISTRATOR};
    const struct mr_actor school = {
        .kind = MR_ACTOR_PERSON, .id = mette.id, .org_id = w.org, .grants = &grant, .grant_count = 1};
    assert_code(mr_organisation_close(w.s, &w.a, &school, w.org, false, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_organisation_close(w.s, &w.a, &mr_actor_operator, w.org, false, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE detail = 'organisation opened'"), 1);
    assert_ok(mr_search_find(w.s, &w.a, &all, &found, &err), err);
    assert_int_equal(found.all, listed);
    assert_ok(mr_opportunity_upcoming(w.s, &w.a, w.org, MR_STR_EMPTY, 10, &offered, &count, &err), err);
    assert_int_equal(count, offers);
    assert_ok(mr_upload_add(w.s, &mr_actor_operator, &w.a, &upload, &batch, &err), err);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        T(test_personal_data__names_every_column_of_the_schema),
        T(test_erasure__leaves_nothing_outside_the_restricted_record),
        T(test_erasure__tells_of_claims_and_of_results_that_wait),
        T(test_retention__of_uploads_counts_from_the_day_that_was_set),
        T(test_erasure__of_one_account_leaves_what_another_keeps),
        T(test_erasure__undecided_awards_are_declined_and_links_end),
        T(test_erasure__the_last_administrator_hands_over_first),
        T(test_restriction__stops_reminders_and_is_lifted_with_an_answer),
        T(test_export__holds_every_file_octet_for_octet),
        T(test_organisation__closed_awards_nothing_and_takes_nothing),
        T(test_retention__forgets_what_is_over_and_keeps_the_rest),
    };
    return cmocka_run_group_tests_name("service/privacy", tests, NULL, NULL);
}
