/* Wallets: keeping, from where an account comes, several addresses and joined accounts, what is counted, collections, what is taken in from elsewhere, and that nobody reaches
 * another's. */
#include "learning.h"

#include "service/verify_link.h"

static const mr_language *en(void)
{
    return mr_language_english();
}

static size_t items_of(const struct mr_actor *actor)
{
    struct mr_err err = {0};
    const struct mr_wallet_query all = {.limit = 100};
    struct mr_wallet_item_row *rows;
    size_t count;
    assert_ok(mr_wallet_list(w.s, actor, &w.a, &all, &rows, &count, NULL, &err), err);
    return count;
}

static void test_keep__makes_the_account_in_one_step(void **state)
{
    struct mr_err err = {0};
    mr_str item;
    struct mr_wallet_item kept;
    struct mr_claim claim;
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_str(kept.row.achievement_id, mr_arena_cstr(&w.a, w.links[0].achievement_id));
    assert_true(mr_str_eq(kept.row.learner, w.links[0].learner));
    assert_int_equal(kept.row.ects, 200);
    assert_true(kept.row.counts);
    assert_str(kept.row.status, "active");
    /* one copy of the sealed bytes, and that octet for octet */
    assert_ok(mr_claim_look(w.s, &w.a, w.links[0].achievement_id, &claim, &err), err);
    assert_int_equal(kept.files[0].format, MR_FORMAT_ELM);
    assert_true(mr_str_eq(kept.files[0].content, claim.elm));
    assert_int_equal(number("SELECT COUNT(*) FROM wallet_item WHERE content IS NULL"), 1);
}

static void test_keep__an_account_that_exists_is_never_opened_by_a_claim_link(void **state)
{
    struct mr_err err = {0};
    struct mr_sign_in r = {.state = MR_SIGN_IN_OVER};
    mr_claim_pass pass;
    mr_str person, item, id = w.links[0].achievement_id, mac = mac_of(0, true);
    const struct mr_new_person there = {
        .email = w.links[0].email, .name = w.links[0].learner, .language = MR_STR("en")};
    assert_ok(mr_people_add(w.s, &w.a, &there, &person, &err), err);
    assert_ok(mr_claim_accept(w.s, id, mac, MR_STR_EMPTY, pass, &err), err);
    const struct mr_keep what = {id, mac, mr_str_of(pass)};
    assert_code(mr_keep_new(w.s, &w.a, en(), &visitor, &what, &r, &item, &err), MR_E_EXISTS, err);
    assert_string_equal(err.detail, "account");
    assert_int_equal(number("SELECT COUNT(*) FROM session"), 0);
    const struct mr_actor she = {.kind = MR_ACTOR_PERSON, .id = person};
    assert_ok(mr_keep_mine(w.s, &w.a, en(), &she, &what, &item, &err), err);
    mr_str same;
    assert_ok(mr_keep_mine(w.s, &w.a, en(), &she, &what, &same, &err), err);
    assert_true(mr_str_eq(item, same));
    assert_int_equal(items_of(&she), 1);
    struct mr_wallet_item kept;
    assert_ok(mr_wallet_get(w.s, &she, &w.a, item, &kept, &err), err);
    assert_int_equal(kept.row.other_email.len, 0);
    /* without the pass of the browser that decided there is nothing to keep */
    const struct mr_keep without = {id, mac, MR_STR_EMPTY};
    assert_code(mr_keep_mine(w.s, &w.a, en(), &she, &without, &item, &err), MR_E_STATE, err);
}

static void test_keep_mail__from_a_paper_code_by_a_link_that_works_once(void **state)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    mr_claim_pass pass;
    mr_str id = w.links[0].achievement_id, mac = mac_of(0, false), email, item;
    assert_ok(mr_claim_accept(w.s, id, mac, MR_STR_EMPTY, pass, &err), err);
    const struct mr_keep what = {id, mac, mr_str_of(pass)};
    assert_code(mr_keep_mail(w.s, &w.a, en(), &what, MR_STR("nobody"), &err), MR_E_FORMAT, err);
    assert_ok(mr_keep_mail(w.s, &w.a, en(), &what, MR_STR(" Own@Example.org "), &err), err);
    mr_str token = last_part(mailed("keep", MR_STR("own@example.org")));
    assert_int_equal(token.len, 32);
    assert_ok(mr_keep_link_check(w.s, &w.a, token, &email, &err), err);
    assert_str(email, "own@example.org");
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 0); /* looking makes nothing */
    assert_ok(mr_keep_link_use(w.s, &w.a, en(), &visitor, token, &r, &item, &err), err);
    struct mr_actor she = actor_of(&r);
    assert_int_equal(items_of(&she), 1);
    struct mr_wallet_item kept; /* it was awarded to an address that she has not proved */
    assert_ok(mr_wallet_get(w.s, &she, &w.a, item, &kept, &err), err);
    assert_true(mr_str_eq(kept.row.other_email, w.links[0].email));
    assert_ok(mr_keep_link_use(w.s, &w.a, en(), &visitor, token, &r, &item, &err), err);
    assert_int_equal(r.state, MR_SIGN_IN_OVER);
    assert_ok(mr_keep_link_use(w.s, &w.a, en(), &visitor, MR_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &r, &item, &err),
              err);
    assert_int_equal(r.state, MR_SIGN_IN_OVER);
    for (int i = 0; i < 2 * MR_LIMIT_LINKS_PER_HOUR; i++)
        assert_ok(mr_keep_mail(w.s, &w.a, en(), &what, MR_STR("other@example.org"), &err), err);
    assert_in_range(number("SELECT COUNT(*) FROM mail WHERE template = 'keep'"), 2, MR_LIMIT_LINKS_PER_HOUR);
}

static void test_keep_mail__a_link_ends_with_its_quarter_of_an_hour(void **state)
{
    struct mr_err err = {0};
    struct mr_sign_in r;
    mr_claim_pass pass;
    mr_str id = w.links[0].achievement_id, mac = mac_of(0, false), email, item;
    assert_ok(mr_claim_accept(w.s, id, mac, MR_STR_EMPTY, pass, &err), err);
    const struct mr_keep what = {id, mac, mr_str_of(pass)};
    assert_ok(mr_keep_mail(w.s, &w.a, en(), &what, MR_STR("own@example.org"), &err), err);
    mr_str token = last_part(mailed("keep", MR_STR("own@example.org")));
    clock_now += MR_LIMIT_SIGN_IN_LINK_MS + 1;
    assert_ok(mr_keep_link_check(w.s, &w.a, token, &email, &err), err);
    assert_int_equal(email.len, 0);
    assert_ok(mr_keep_link_use(w.s, &w.a, en(), &visitor, token, &r, &item, &err), err);
    assert_int_equal(r.state, MR_SIGN_IN_OVER);
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 0);
}

/* ---- whose it is ---- */

static void test_wallet__nobody_reaches_anothers(void **state)
{
    struct mr_err err = {0};
    mr_str item, other_item, collection;
    struct mr_wallet_item got;
    struct mr_collection_row row;
    struct mr_actor mette = keep_as_new(0, &item), other = keep_as_new(1, &other_item);
    assert_ok(mr_collection_add(w.s, &mette, &w.a, MR_STR("For work"), &collection, &err), err);
    assert_code(mr_wallet_get(w.s, &other, &w.a, item, &got, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_wallet_remove(w.s, &other, item, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_collection_get(w.s, &other, &w.a, collection, &row, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_collection_rename(w.s, &other, collection, MR_STR("Mine"), &err), MR_E_NOT_FOUND, err);
    assert_code(mr_collection_remove(w.s, &other, collection, &err), MR_E_NOT_FOUND, err);
    /* neither her item into another's collection, nor another's into hers */
    assert_code(mr_collection_change_item(w.s, &other, collection, other_item, MR_COLLECTION_PUT, &err), MR_E_NOT_FOUND,
                err);
    assert_code(mr_collection_change_item(w.s, &mette, collection, other_item, MR_COLLECTION_PUT, &err), MR_E_NOT_FOUND,
                err);
    assert_code(mr_wallet_get(w.s, &mr_actor_operator, &w.a, item, &got, &err), MR_E_FORBIDDEN, err);
    assert_code(mr_wallet_get(w.s, &mr_actor_stranger, &w.a, item, &got, &err), MR_E_FORBIDDEN, err);
    assert_int_equal(items_of(&other), 1);
    assert_int_equal(items_of(&mette), 1);
}

static void test_wallet_offers__finds_what_was_awarded_to_any_of_her_addresses(void **state)
{
    struct mr_err err = {0};
    struct mr_wallet_offered *list;
    size_t count;
    mr_str item, path;
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_wallet_offers(w.s, &mette, &w.a, en(), &list, &count, &err), err);
    size_t before = count;
    assert_code(mr_wallet_offer_take(w.s, &mette, &w.a, en(), w.links[1].achievement_id, &path, &err), MR_E_NOT_FOUND,
                err);
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, w.links[1].email, &err), err);
    struct mr_person_email_link link;
    mr_str token = last_part(mailed("address", w.links[1].email));
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_ADD);
    assert_ok(mr_wallet_offers(w.s, &mette, &w.a, en(), &list, &count, &err), err);
    assert_true(count > before);
    /* what is undecided leads to where she decides, what was accepted is kept */
    assert_ok(mr_wallet_offer_take(w.s, &mette, &w.a, en(), w.links[1].achievement_id, &path, &err), err);
    assert_true(mr_str_has_prefix(path, MR_STR("/claim/")));
    mr_claim_pass pass;
    assert_ok(mr_claim_accept(w.s, w.links[1].achievement_id, last_part(path), MR_STR_EMPTY, pass, &err), err);
    assert_ok(mr_wallet_offer_take(w.s, &mette, &w.a, en(), w.links[1].achievement_id, &path, &err), err);
    assert_true(mr_str_has_prefix(path, MR_STR("/wallet/items/")));
    assert_int_equal(items_of(&mette), 2);
    /* a link of the mail signs in to the one account, sent to the address that was typed */
    assert_ok(mr_sign_in_link_send(w.s, &w.a, &visitor, w.links[1].email, false, MR_STR_EMPTY, &err), err);
    struct mr_sign_in r;
    assert_ok(mr_sign_in_link(w.s, &w.a, &visitor, last_part(mailed("sign_in", w.links[1].email)), &r, &err), err);
    struct mr_actor again = actor_of(&r);
    assert_true(mr_str_eq(again.id, mette.id));
}

/* ---- several addresses ---- */

static void test_person_email__joins_two_accounts_of_one_person(void **state)
{
    struct mr_err err = {0};
    struct mr_person_email_link link;
    mr_str item, other_item, collection;
    struct mr_collection_row row;
    struct mr_actor mette = keep_as_new(0, &item), twin = keep_as_new(1, &other_item);
    assert_ok(mr_collection_add(w.s, &twin, &w.a, MR_STR("For work"), &collection, &err), err);
    assert_ok(mr_collection_change_item(w.s, &twin, collection, other_item, MR_COLLECTION_PUT, &err), err);
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, w.links[1].email, &err), err);
    mr_str token = last_part(mailed("address", w.links[1].email));
    assert_ok(mr_person_email_look(w.s, &w.a, &twin, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_OVER); /* made for another account */
    assert_ok(mr_person_email_look(w.s, &w.a, &mette, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_MERGE);
    assert_int_equal(link.items, 1);
    assert_int_equal(items_of(&twin), 1); /* looking moves nothing */
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette, token, &link, &err), err);
    assert_int_equal(items_of(&mette), 2);
    assert_ok(mr_collection_get(w.s, &mette, &w.a, collection, &row, &err), err);
    assert_int_equal(row.count, 1);
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 1);
    assert_int_equal(number("SELECT COUNT(*) FROM person_email"), 2);
    assert_int_equal(number("SELECT COUNT(*) FROM session"), 1);
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_OVER);
}

static void test_person_email__an_account_with_roles_is_never_joined(void **state)
{
    struct mr_err err = {0};
    struct mr_person_email_link link;
    mr_str item, person;
    struct mr_new_person registrar = {.email = MR_STR("registrar@example.org"),
                                      .name = MR_STR("Rita Registrar"),
                                      .language = MR_STR("en"),
                                      .org = w.org,
                                      .roles = 1u << MR_ROLE_REGISTRAR};
    assert_ok(mr_people_add(w.s, &w.a, &registrar, &person, &err), err);
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, MR_STR("registrar@example.org"), &err), err);
    mr_str token = last_part(mailed("address", MR_STR("registrar@example.org")));
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_BLOCKED);
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 2);
    assert_int_equal(number("SELECT COUNT(*) FROM membership"), 1);
}

static void give_second_step(mr_str person)
{
    struct mr_err err = {0};
    mr_db_tx *tx;
    assert_ok(mr_db_begin(mr_service_db(w.s), true, &tx, &err), err);
    assert_ok(mr_db_run(tx, "UPDATE person SET totp_salt = 'salt' WHERE id = $id", MR_DB_ARGS(MR_DB_T("id", person)),
                        NULL, &err),
              err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static void test_person_email__a_second_step_is_not_walked_around(void **state)
{
    struct mr_err err = {0};
    struct mr_person_email_link link;
    mr_str item, other;
    struct mr_actor mette = keep_as_new(0, &item), twin = keep_as_new(1, &other);
    give_second_step(twin.id);
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, w.links[1].email, &err), err);
    mr_str token = last_part(mailed("address", w.links[1].email));
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_GUARDED);
    assert_int_equal(items_of(&twin), 1);
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 2);
    /* from its own side it is joined */
    assert_ok(mr_person_email_ask(w.s, &w.a, &twin, w.links[0].email, &err), err);
    token = last_part(mailed("address", w.links[0].email));
    assert_ok(mr_person_email_confirm(w.s, &w.a, &twin, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_MERGE);
    assert_int_equal(items_of(&twin), 2);
}

static void test_person_email__the_one_written_to_stays(void **state)
{
    struct mr_err err = {0};
    struct mr_person_email_link link;
    mr_str item;
    struct mr_actor mette = keep_as_new(0, &item);
    assert_code(mr_person_email_ask(w.s, &w.a, &mette, MR_STR("no address"), &err), MR_E_FORMAT, err);
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, MR_STR("second@example.org"), &err), err);
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette, last_part(mailed("address", MR_STR_EMPTY)), &link, &err), err);
    assert_code(mr_person_email_remove(w.s, &w.a, &mette, w.links[0].email, &err), MR_E_STATE, err);
    assert_code(mr_person_email_choose(w.s, &w.a, &mette, MR_STR("third@example.org"), &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_person_email_choose(w.s, &w.a, &mette, MR_STR("second@example.org"), &err), err);
    assert_ok(mr_person_email_remove(w.s, &w.a, &mette, w.links[0].email, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM person_email"), 1);
}

/* ---- what is counted ---- */

static void test_wallet_totals__sum_what_entitled_bodies_awarded_and_keep_the_rest_apart(void **state)
{
    struct mr_err err = {0};
    mr_str item, other_item;
    struct mr_wallet_totals totals;
    struct mr_wallet_item kept;
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_wallet_totals(w.s, &mette, &totals, &err), err);
    assert_int_equal(totals.awarded.ects, 200);
    assert_int_equal(totals.elsewhere.count + totals.unverified.count + totals.withdrawn, 0);
    int64_t minutes = totals.awarded.minutes;
    assert_true(minutes > 0); /* beside the credit, and not made of it */
    /* the same credential as a file from elsewhere: its test seal is of no known authority, so it stands apart */
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_ok(
        mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("mine.jsonld"), kept.files[0].content, &other_item, &err),
        err);
    assert_ok(mr_wallet_totals(w.s, &mette, &totals, &err), err);
    assert_int_equal(totals.awarded.ects, 200);
    assert_int_equal(totals.awarded.minutes, minutes);
    assert_int_equal(totals.elsewhere.ects + totals.unverified.ects, 200);
    /* withdrawn: it stays, is marked, and counts no more */
    const struct mr_status_order order = {.to = MR_STATUS_REVOKED, .reason = MR_STR("Given by mistake.")};
    assert_ok(mr_status_set(w.s, &mr_actor_operator, w.links[0].achievement_id, &order, &err), err);
    assert_ok(mr_wallet_totals(w.s, &mette, &totals, &err), err);
    assert_int_equal(totals.awarded.ects, 0);
    assert_int_equal(totals.withdrawn, 1);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_str(kept.row.status, "revoked");
}

static void test_wallet_import__keeps_the_file_with_the_report_of_that_day(void **state)
{
    struct mr_err err = {0};
    mr_str item, imported, same;
    struct mr_wallet_item kept, got;
    const mr_json *report;
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    for (size_t i = 0; i < kept.file_count; i++) {
        assert_ok(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("mine"), kept.files[i].content, &imported, &err),
                  err);
        assert_ok(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("mine"), kept.files[i].content, &same, &err), err);
        assert_true(mr_str_eq(imported, same));
        assert_ok(mr_wallet_get(w.s, &mette, &w.a, imported, &got, &err), err);
        assert_true(mr_str_eq(got.files[0].content, kept.files[i].content));
        assert_ok(mr_json_parse(&w.a, got.report, NULL, &report, &err), err);
        assert_true(mr_str_eq(mr_json_get_str(report, "verdict"), got.row.verdict));
        assert_true(mr_str_eq(got.row.title, kept.row.title));
    }
    assert_code(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("notes.txt"), MR_STR("Dear diary"), &imported, &err),
                MR_E_FORMAT, err);
    assert_true(err.detail[0] != 0);
    /* a forged one is kept, too, and says so: nothing of what it says is believed */
    char *forged = mr_arena_alloc(&w.a, kept.files[0].content.len);
    memcpy(forged, kept.files[0].content.ptr, kept.files[0].content.len);
    ptrdiff_t at = mr_str_find(kept.files[0].content, MR_STR("\"payload\":\""));
    assert_true(at > 0);
    forged[at + 40] = forged[at + 40] == 'A' ? 'B' : 'A';
    assert_ok(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("forged.jsonld"),
                               mr_str_make(forged, kept.files[0].content.len), &imported, &err),
              err);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, imported, &got, &err), err);
    assert_str(got.row.verdict, "invalid");
    assert_str(got.row.title, "forged.jsonld");
    assert_false(got.row.counts);
}

static void test_wallet_remove__takes_her_copies_and_leaves_the_providers_record(void **state)
{
    struct mr_err err = {0};
    mr_str item, id = w.links[0].achievement_id;
    struct mr_claim claim;
    mr_str verified_at = last_part(mr_verify_path(w.s, &w.a, id));
    assert_code(mr_verify_link_open(w.s, &w.a, id, verified_at, &claim, &err), MR_E_NOT_FOUND, err); /* not accepted */
    struct mr_actor mette = keep_as_new(0, &item);
    struct mr_claim alone;
    assert_ok(mr_verify_link_open(w.s, &w.a, id, verified_at, &claim, &err), err);
    assert_ok(mr_verify_link_open_elm(w.s, &w.a, id, verified_at, &alone, &err), err);
    assert_true(mr_str_eq(alone.elm, claim.elm) && claim.jwt.len > 0);
    assert_int_equal(alone.jwt.len + alone.badge.len + alone.wallet.len, 0);
    assert_ok(mr_wallet_remove(w.s, &mette, item, &err), err);
    assert_code(mr_verify_link_open(w.s, &w.a, id, verified_at, &claim, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_verify_link_open_elm(w.s, &w.a, id, verified_at, &alone, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_wallet_remove(w.s, &mette, item, &err), MR_E_NOT_FOUND, err);
    assert_int_equal(items_of(&mette), 0);
    assert_ok(mr_claim_look(w.s, &w.a, w.links[0].achievement_id, &claim, &err), err);
    assert_int_equal(claim.elm.len + claim.jwt.len + claim.badge.len + claim.wallet.len, 0);
    assert_true(mr_str_eq(claim.learner, w.links[0].learner));
}

static void test_wallet_list__searches_folded_words(void **state)
{
    struct mr_err err = {0};
    mr_str item;
    struct mr_wallet_item_row *rows;
    size_t count;
    struct mr_actor mette = keep_as_new(0, &item);
    static const struct {
        const char *search;
        size_t count;
    } cases[] = {{"", 1}, {"WOUND", 1}, {"nursing", 1}, {"100%", 0}, {"_ound", 0}, {"\\", 0}, {"pottery", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mr_wallet_query query = {.search = mr_str_of(cases[i].search), .limit = 10};
        assert_ok(mr_wallet_list(w.s, &mette, &w.a, &query, &rows, &count, NULL, &err), err);
        if (count != cases[i].count) print_error("searched for \"%s\"\n", cases[i].search);
        assert_int_equal(count, cases[i].count);
    }
}

static void test_collection__keeps_an_order_of_its_own(void **state)
{
    struct mr_err err = {0};
    mr_str items[3], collection;
    struct mr_wallet_item kept;
    struct mr_wallet_item_row *rows;
    size_t count;
    struct mr_actor mette = keep_as_new(0, &items[0]);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, items[0], &kept, &err), err);
    for (size_t i = 1; i < 3; i++)
        assert_ok(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("a"), kept.files[i - 1].content, &items[i], &err),
                  err);
    assert_code(mr_collection_add(w.s, &mette, &w.a, MR_STR("  "), &collection, &err), MR_E_FORMAT, err);
    assert_ok(mr_collection_add(w.s, &mette, &w.a, MR_STR("For work"), &collection, &err), err);
    for (size_t i = 0; i < 3; i++)
        for (int twice = 0; twice < 2; twice++)
            assert_ok(mr_collection_change_item(w.s, &mette, collection, items[i], MR_COLLECTION_PUT, &err), err);
    assert_ok(mr_collection_change_item(w.s, &mette, collection, items[2], MR_COLLECTION_UP, &err), err);
    assert_ok(mr_collection_change_item(w.s, &mette, collection, items[0], MR_COLLECTION_UP, &err),
              err); /* it is the first */
    assert_ok(mr_collection_change_item(w.s, &mette, collection, items[0], MR_COLLECTION_DOWN, &err), err);
    const struct mr_wallet_query query = {.collection_id = collection, .limit = 10};
    assert_ok(mr_wallet_list(w.s, &mette, &w.a, &query, &rows, &count, NULL, &err), err);
    assert_int_equal(count, 3);
    const size_t order[] = {2, 0, 1};
    for (size_t i = 0; i < 3; i++) assert_true(mr_str_eq(rows[i].id, items[order[i]]));
    assert_ok(mr_wallet_remove(w.s, &mette, items[0], &err), err); /* and leaves the collection */
    assert_ok(mr_collection_change_item(w.s, &mette, collection, items[1], MR_COLLECTION_TAKE, &err), err);
    assert_ok(mr_wallet_list(w.s, &mette, &w.a, &query, &rows, &count, NULL, &err), err);
    assert_int_equal(count, 1);
    assert_ok(mr_collection_remove(w.s, &mette, collection, &err), err);
    assert_int_equal(items_of(&mette), 2);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        T(test_keep__makes_the_account_in_one_step),
        T(test_keep__an_account_that_exists_is_never_opened_by_a_claim_link),
        T(test_keep_mail__from_a_paper_code_by_a_link_that_works_once),
        T(test_keep_mail__a_link_ends_with_its_quarter_of_an_hour),
        T(test_wallet__nobody_reaches_anothers),
        T(test_wallet_offers__finds_what_was_awarded_to_any_of_her_addresses),
        T(test_person_email__joins_two_accounts_of_one_person),
        T(test_person_email__an_account_with_roles_is_never_joined),
        T(test_person_email__a_second_step_is_not_walked_around),
        T(test_person_email__the_one_written_to_stays),
        T(test_wallet_totals__sum_what_entitled_bodies_awarded_and_keep_the_rest_apart),
        T(test_wallet_import__keeps_the_file_with_the_report_of_that_day),
        T(test_wallet_remove__takes_her_copies_and_leaves_the_providers_record),
        T(test_wallet_list__searches_folded_words),
        T(test_collection__keeps_an_order_of_its_own),
    };
    return cmocka_run_group_tests_name("service/wallet", tests, NULL, NULL);
}
