/* Claim links that count once: what a used, a guessed, an old and a new link open; who proves an address; and names that are to be corrected. */
#include "learning.h"

static mr_claim_door door(size_t i, mr_str mac, const char *pass)
{
    struct mr_err err = {0};
    struct mr_claim claim;
    assert_ok(mr_claim_open(w.s, &w.a, w.links[i].achievement_id, mac, mr_str_of(pass), &claim, &err), err);
    return claim.door;
}

static void test_claim__a_link_decides_once(void **state)
{
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_claim_pass pass, other;
    mr_str id = w.links[0].achievement_id, mailed_mac = mac_of(0, true), office = mac_of(0, false);
    /* opening it, as scanners do, changes nothing */
    for (int i = 0; i < 3; i++) assert_int_equal(door(0, mailed_mac, ""), MR_CLAIM_TO_DECIDE);
    assert_int_equal(door(0, office, ""), MR_CLAIM_TO_DECIDE);
    assert_ok(mr_claim_accept(w.s, id, mailed_mac, MR_STR_EMPTY, pass, &err), err);
    assert_int_equal(door(0, mailed_mac, pass), MR_CLAIM_PASS);
    /* elsewhere every link of that turn is used up, and tells nothing */
    assert_ok(mr_claim_open(w.s, &w.a, id, office, MR_STR_EMPTY, &claim, &err), err);
    assert_int_equal(claim.door, MR_CLAIM_USED);
    assert_int_equal(claim.learner.len + claim.email.len + claim.elm.len + claim.specification_id.len, 0);
    assert_int_equal(door(0, mailed_mac, ""), MR_CLAIM_USED);
    assert_code(mr_claim_accept(w.s, id, mailed_mac, MR_STR_EMPTY, other, &err), MR_E_STATE, err);
    assert_code(mr_claim_decline(w.s, id, office, MR_STR_EMPTY, other, &err), MR_E_STATE, err);
    assert_code(mr_claim_enter(w.s, id, mailed_mac, other, &err), MR_E_STATE, err);
    /* a guessed one is none */
    assert_code(mr_claim_open(w.s, &w.a, id, MR_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), mr_str_of(pass), &claim, &err),
                MR_E_NOT_FOUND, err);
}

static void test_claim__a_pass_is_of_one_claim_and_one_day(void **state)
{
    struct mr_err err = {0};
    mr_claim_pass pass, other;
    mr_str first = mac_of(0, true), second = mac_of(1, true);
    assert_ok(mr_claim_accept(w.s, w.links[0].achievement_id, first, MR_STR_EMPTY, pass, &err), err);
    assert_ok(mr_claim_accept(w.s, w.links[1].achievement_id, second, MR_STR_EMPTY, other, &err), err);
    assert_int_equal(door(1, second, pass), MR_CLAIM_USED);
    assert_int_equal(door(0, first, pass), MR_CLAIM_PASS);
    other[0] = other[0] == '9' ? '8' : '9'; /* a later end that nobody signed */
    assert_int_equal(door(1, second, other), MR_CLAIM_USED);
    clock_now += MR_LIMIT_CLAIM_PASS_MS - 1;
    assert_int_equal(door(0, first, pass), MR_CLAIM_PASS);
    clock_now += 2;
    assert_int_equal(door(0, first, pass), MR_CLAIM_USED);
}

static void test_claim_link_send__mails_a_new_link_that_opens_once(void **state)
{
    struct mr_err err = {0};
    mr_claim_pass pass, again;
    mr_str id = w.links[0].achievement_id, old = mac_of(0, true);
    assert_ok(mr_claim_accept(w.s, id, old, MR_STR_EMPTY, pass, &err), err);
    for (int i = 0; i < MR_LIMIT_CLAIM_LINKS_PER_HOUR + 2; i++)
        assert_ok(mr_claim_link_send(w.s, &w.a, id, old, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM mail WHERE template = 'claim_link'"), MR_LIMIT_CLAIM_LINKS_PER_HOUR);
    mr_str mac = last_part(mailed("claim_link", w.links[0].email));
    assert_int_equal(door(0, mac, ""), MR_CLAIM_NEW_LINK);
    assert_int_equal(door(0, mac, ""), MR_CLAIM_NEW_LINK); /* looking uses nothing up */
    assert_ok(mr_claim_enter(w.s, id, mac, again, &err), err);
    assert_int_equal(door(0, mac, again), MR_CLAIM_PASS);
    assert_int_equal(door(0, mac, ""), MR_CLAIM_USED);
    assert_code(mr_claim_enter(w.s, id, mac, again, &err), MR_E_STATE, err);
    assert_int_equal(door(0, old, ""), MR_CLAIM_USED);
}

static void test_claim_link_send__answers_alike_where_there_is_nothing_to_open(void **state)
{
    struct mr_err err = {0};
    mr_claim_pass pass;
    mr_str declined = mac_of(0, true), open = mac_of(1, true);
    assert_ok(mr_claim_decline(w.s, w.links[0].achievement_id, declined, MR_STR_EMPTY, pass, &err), err);
    assert_ok(mr_claim_link_send(w.s, &w.a, w.links[0].achievement_id, declined, &err), err);
    assert_ok(mr_claim_link_send(w.s, &w.a, w.links[1].achievement_id, open, &err), err);
    assert_code(mr_claim_link_send(w.s, &w.a, w.links[0].achievement_id, open, &err), MR_E_NOT_FOUND, err);
    assert_int_equal(number("SELECT COUNT(*) FROM mail WHERE template = 'claim_link'"), 0);
}

static void test_claim__only_a_link_mailed_to_her_proves_the_address(void **state)
{
    struct mr_err err = {0};
    struct mr_claim claim;
    mr_str id = w.links[0].achievement_id, data;
    const mr_json *mail;
    assert_ok(mr_claim_open(w.s, &w.a, id, mac_of(0, true), MR_STR_EMPTY, &claim, &err), err);
    assert_true(claim.proves_email);
    assert_ok(mr_claim_open(w.s, &w.a, id, mac_of(0, false), MR_STR_EMPTY, &claim, &err), err);
    assert_false(claim.proves_email);
    /* a registrar who sends the mail to another address gets a link that proves nothing */
    assert_ok(mr_mail_about_achievement(w.s, &w.a, id, mr_language_english(), MR_STR("registrar@example.org"), &data,
                                        NULL, &err),
              err);
    assert_ok(mr_json_parse(&w.a, data, NULL, &mail, &err), err);
    assert_ok(mr_claim_open(w.s, &w.a, id, last_part(mr_json_get_str(mail, "link")), MR_STR_EMPTY, &claim, &err), err);
    assert_false(claim.proves_email);
    /* and it can make no account in her name */
    mr_claim_pass pass;
    struct mr_sign_in r = {0};
    mr_str office = mac_of(0, false), item;
    assert_ok(mr_claim_accept(w.s, id, office, MR_STR_EMPTY, pass, &err), err);
    const struct mr_keep what = {id, office, mr_str_of(pass)};
    assert_code(mr_keep_new(w.s, &w.a, mr_language_english(), &visitor, &what, &r, &item, &err), MR_E_FORBIDDEN, err);
    assert_int_equal(number("SELECT COUNT(*) FROM person"), 0);
}

/* ---- corrections ---- */

static void test_correction__is_asked_answered_and_mailed(void **state)
{
    struct mr_err err = {0};
    mr_str id = w.links[0].achievement_id, mac = mac_of(0, true), person;
    const mr_language *l = mr_language_english();
    const struct mr_new_person registrar = {.email = MR_STR("registrar@example.org"),
                                            .name = MR_STR("Rita Registrar"),
                                            .language = MR_STR("en"),
                                            .roles = 1u << MR_ROLE_REGISTRAR};
    struct mr_new_person hired = registrar;
    struct mr_correction_row *list;
    size_t count;
    hired.org = w.org;
    assert_ok(mr_people_add(w.s, &w.a, &hired, &person, &err), err);
    assert_code(mr_correction_ask(w.s, &w.a, l, id, mac, MR_STR_EMPTY, MR_STR("  "), MR_STR_EMPTY, &err), MR_E_FORMAT,
                err);
    assert_code(mr_correction_ask(w.s, &w.a, l, id, mac, MR_STR_EMPTY, w.links[0].learner, MR_STR_EMPTY, &err),
                MR_E_FORMAT, err);
    assert_ok(
        mr_correction_ask(w.s, &w.a, l, id, mac, MR_STR_EMPTY, MR_STR("Mette K. Poulsen"), MR_STR("I married."), &err),
        err);
    assert_code(mr_correction_ask(w.s, &w.a, l, id, mac, MR_STR_EMPTY, MR_STR("Mette"), MR_STR_EMPTY, &err),
                MR_E_EXISTS, err);
    assert_true(mailed("correction", MR_STR("registrar@example.org")).len > 0);
    assert_ok(mr_correction_list(w.s, &mr_actor_operator, &w.a, w.org, MR_STR_EMPTY, 10, &list, &count, &err), err);
    assert_int_equal(count, 1);
    assert_str(list[0].right_name, "Mette K. Poulsen");
    /* another organisation neither sees nor answers it */
    const struct mr_actor elsewhere = {.kind = MR_ACTOR_PERSON,
                                       .id = person,
                                       .org_id = MR_STR("elsewhere"),
                                       .grants =
                                           (const struct mr_grant[]){{MR_STR("elsewhere"), (1u << MR_ROLE_COUNT) - 1}},
                                       .grant_count = 1};
    assert_code(mr_correction_list(w.s, &elsewhere, &w.a, w.org, MR_STR_EMPTY, 10, &list, &count, &err), MR_E_NOT_FOUND,
                err);
    assert_ok(mr_correction_list(w.s, &mr_actor_operator, &w.a, w.org, MR_STR_EMPTY, 10, &list, &count, &err), err);
    assert_code(mr_correction_refuse(w.s, &elsewhere, &w.a, list[0].id, MR_STR("No."), &err), MR_E_NOT_FOUND, err);
    assert_code(mr_correction_refuse(w.s, &mr_actor_operator, &w.a, list[0].id, MR_STR(" "), &err), MR_E_FORMAT, err);
    assert_ok(mr_correction_refuse(w.s, &mr_actor_operator, &w.a, list[0].id, MR_STR("Your passport says so."), &err),
              err);
    assert_code(mr_correction_refuse(w.s, &mr_actor_operator, &w.a, list[0].id, MR_STR("Again."), &err), MR_E_STATE,
                err);
    assert_true(mailed("correction_answer", w.links[0].email).len > 0);
    struct mr_correction_row row;
    assert_ok(mr_correction_asked(w.s, &w.a, id, &row, &err), err);
    assert_str(row.state, "refused");
    assert_str(row.answer, "Your passport says so.");
}

static void test_correction__needs_a_link_that_is_good(void **state)
{
    struct mr_err err = {0};
    mr_claim_pass pass;
    mr_str id = w.links[0].achievement_id, mac = mac_of(0, true);
    const mr_language *l = mr_language_english();
    assert_ok(mr_claim_accept(w.s, id, mac, MR_STR_EMPTY, pass, &err), err);
    assert_code(mr_correction_ask(w.s, &w.a, l, id, mac, MR_STR_EMPTY, MR_STR("Another"), MR_STR_EMPTY, &err),
                MR_E_STATE, err);
    assert_ok(mr_correction_ask(w.s, &w.a, l, id, mac, mr_str_of(pass), MR_STR("Another"), MR_STR_EMPTY, &err), err);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        T(test_claim__a_link_decides_once),
        T(test_claim__a_pass_is_of_one_claim_and_one_day),
        T(test_claim_link_send__mails_a_new_link_that_opens_once),
        T(test_claim_link_send__answers_alike_where_there_is_nothing_to_open),
        T(test_claim__only_a_link_mailed_to_her_proves_the_address),
        T(test_correction__is_asked_answered_and_mailed),
        T(test_correction__needs_a_link_that_is_good),
    };
    return cmocka_run_group_tests_name("service/claim", tests, NULL, NULL);
}
