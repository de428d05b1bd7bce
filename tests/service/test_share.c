/* Shares: what a recipient reaches and what nobody does; ends; chosen parts; openings; what becomes of them when items go, accounts join, and time passes. */
#include "learning.h"

#include "service/share.h"
#include "service/verify_link.h"

static const mr_language *en(void)
{
    return mr_language_english();
}

static mr_date day_after(int days)
{
    return mr_date_of_time(clock_now + days * MR_DAY_MS);
}

static mr_str share_of(const struct mr_actor *actor, const char *label, const struct mr_share_part *parts, size_t count)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_share_order order = {mr_str_of(label), day_after(30), parts, count};
    assert_ok(mr_share_add(w.s, actor, &w.a, &order, &id, &err), err);
    return id;
}

static mr_str mac_of_share(mr_str id)
{
    return last_part(mr_share_path(w.s, &w.a, id));
}

static int opens(mr_str id, struct mr_share_opened *ret)
{
    struct mr_err err = {0};
    return mr_share_open(w.s, &mr_actor_stranger, &w.a, id, mac_of_share(id), true, ret, &err);
}

static mr_verdict verdict_of(mr_str content, mr_report *report)
{
    struct mr_err err = {0};
    assert_ok(mr_wallet_verify(w.s, &w.a, en(), content, report, &err), err);
    return report->verdict;
}

static struct mr_share seen(const struct mr_actor *actor, mr_str id)
{
    struct mr_err err = {0};
    struct mr_share share;
    assert_ok(mr_share_get(w.s, actor, &w.a, id, &share, &err), err);
    return share;
}

/* ---- what a recipient gets ---- */

static void test_share__shows_the_sealed_document_octet_for_octet(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    struct mr_wallet_item kept;
    mr_report report = {0};
    mr_str item;
    struct mr_actor mette = keep_as_new(0, &item);
    mr_str id = share_of(&mette, "  Hospital (invented) ", &(struct mr_share_part){.item_id = item}, 1);
    assert_int_equal(opens(id, &opened), MR_OK);
    assert_str(opened.label, "Hospital (invented)");
    assert_true(mr_str_eq(opened.person, w.links[0].learner));
    assert_false(opened.own);
    assert_int_equal(opened.count, 1);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_true(mr_str_eq(opened.shown[0].content, kept.files[0].content));
    assert_int_not_equal(verdict_of(opened.shown[0].content, &report), MR_VERDICT_INVALID);
    /* the end of the last day, and nothing of the address is kept */
    assert_int_equal(opened.until, mr_date_to_time(day_after(30)) + MR_DAY_MS - 1);
    assert_int_equal(number("SELECT COUNT(*) FROM share WHERE stopped_at IS NULL AND opened = 1"), 1);
}

static void test_share__shows_the_chosen_parts_and_nothing_else(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    struct mr_wallet_item kept;
    struct mr_disclosable *choices;
    mr_report report = {0};
    size_t count, chosen = 0;
    mr_str item, show[1] = {{0}};
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_ok(mr_share_choices(&w.a, en(), &kept, &choices, &count, &err), err);
    mr_str family = MR_STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (choices[i].always) continue;
        if (!chosen) show[0] = choices[i].pointer, chosen = 1;
        if (mr_str_is(choices[i].pointer, "/name")) family = choices[i].value;
    }
    assert_true(count > 3 && chosen);
    assert_true(family.len > 0);
    const struct mr_share_part none = {.item_id = item, .in_part = true},
                               one = {.item_id = item, .in_part = true, .pointers = show, .pointer_count = 1};
    mr_str without = share_of(&mette, "Nothing of hers", &none, 1), with = share_of(&mette, "One", &one, 1);
    assert_int_equal(opens(without, &opened), MR_OK);
    assert_true(opened.shown[0].in_part);
    assert_int_not_equal(verdict_of(opened.shown[0].content, &report), MR_VERDICT_INVALID);
    assert_true(report.has_view);
    assert_int_equal(report.view.learner.len, 0);
    size_t shorter = opened.shown[0].content.len;
    assert_int_equal(opens(with, &opened), MR_OK);
    assert_int_not_equal(verdict_of(opened.shown[0].content, &report), MR_VERDICT_INVALID);
    assert_true(opened.shown[0].content.len > shorter);
    /* parts that there are none of */
    const mr_str wrong = MR_STR("/no/such/part");
    const struct mr_share_part bad = {.item_id = item, .in_part = true, .pointers = &wrong, .pointer_count = 1};
    const struct mr_share_order order = {MR_STR("Bad"), day_after(1), &bad, 1};
    mr_str id;
    assert_code(mr_share_add(w.s, &mette, &w.a, &order, &id, &err), MR_E_FORMAT, err);
    assert_string_equal(err.detail, "parts");
}

/* ---- what nobody gets ---- */

static void test_share__guessed_addresses_reveal_nothing(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    mr_str item, other_item;
    struct mr_actor mette = keep_as_new(0, &item), other = keep_as_new(1, &other_item);
    mr_str id = share_of(&mette, "One", &(struct mr_share_part){.item_id = item}, 1),
           second = share_of(&mette, "Two", &(struct mr_share_part){.item_id = item}, 1);
    const mr_str macs[] = {MR_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), MR_STR(""), mac_of_share(second),
                           mac_of(0, false), last_part(mr_verify_path(w.s, &w.a, id))};
    for (size_t i = 0; i < 5; i++)
        assert_code(mr_share_open(w.s, &mr_actor_stranger, &w.a, id, macs[i], true, &opened, &err), MR_E_NOT_FOUND,
                    err);
    assert_code(mr_share_open(w.s, &mr_actor_stranger, &w.a, MR_STR("'; --"), macs[0], true, &opened, &err),
                MR_E_NOT_FOUND, err);
    assert_int_equal(number("SELECT SUM(opened) FROM share"), 0);
    /* another learner makes none of what is not hers, and neither sees nor ends this one */
    struct mr_share share;
    const struct mr_share_part theirs[] = {{.item_id = other_item}, {.item_id = item}};
    const struct mr_share_order order = {MR_STR("Mine"), day_after(1), theirs, 2};
    mr_str made;
    assert_code(mr_share_add(w.s, &other, &w.a, &order, &made, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_share_get(w.s, &other, &w.a, id, &share, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_share_stop(w.s, &other, id, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_share_extend(w.s, &other, id, day_after(9), &err), MR_E_NOT_FOUND, err);
    assert_code(mr_share_get(w.s, &mr_actor_operator, &w.a, id, &share, &err), MR_E_FORBIDDEN, err);
    assert_code(mr_share_get(w.s, &mr_actor_stranger, &w.a, id, &share, &err), MR_E_FORBIDDEN, err);
    assert_int_equal(opens(id, &opened), MR_OK);
}

static void test_share_add__says_what_is_wrong(void **state)
{
    struct mr_err err = {0};
    mr_str item, id;
    struct mr_actor mette = keep_as_new(0, &item);
    static struct mr_share_part many[MR_LIMIT_SHARE_ITEMS + 1];
    static char longer[MR_LIMIT_SHARE_LABEL + 2];
    memset(longer, 'x', sizeof longer - 1);
    for (size_t i = 0; i <= MR_LIMIT_SHARE_ITEMS; i++) many[i].item_id = item;
    const struct {
        struct mr_share_order order;
        int code;
        const char *detail;
    } cases[] = {
        {{MR_STR(" "), day_after(1), many, 1}, MR_E_FORMAT, "label"},
        {{mr_str_of(longer), day_after(1), many, 1}, MR_E_FORMAT, "label"},
        {{MR_STR("a\nb"), day_after(1), many, 1}, MR_E_FORMAT, "label"},
        {{MR_STR("A"), (mr_date){0}, many, 1}, MR_E_FORMAT, "until"},
        {{MR_STR("A"), day_after(-1), many, 1}, MR_E_FORMAT, "until"},
        {{MR_STR("A"), day_after(MR_LIMIT_SHARE_DAYS + 2), many, 1}, MR_E_FORMAT, "until"},
        {{MR_STR("A"), day_after(1), many, 0}, MR_E_FORMAT, "items"},
        {{MR_STR("A"), day_after(1), many, MR_LIMIT_SHARE_ITEMS + 1}, MR_E_LIMIT, "items"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_code(mr_share_add(w.s, &mette, &w.a, &cases[i].order, &id, &err), cases[i].code, err);
        assert_string_equal(err.detail, cases[i].detail);
    }
    const struct mr_share_order today = {MR_STR("A"), day_after(0), many, 1};
    assert_ok(mr_share_add(w.s, &mette, &w.a, &today, &id, &err), err);
}

/* ---- ends ---- */

static void test_share__is_over_when_its_day_is(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    mr_str item;
    struct mr_actor mette = keep_as_new(0, &item);
    mr_str id = share_of(&mette, "Hospital", &(struct mr_share_part){.item_id = item}, 1);
    clock_now = seen(&mette, id).row.until;
    assert_int_equal(opens(id, &opened), MR_OK);
    clock_now++;
    assert_int_equal(opens(id, &opened), MR_E_STATE);
    assert_int_equal(seen(&mette, id).state, MR_SHARE_EXPIRED);
    assert_ok(mr_share_stop(w.s, &mette, id, &err), err); /* nothing to stop */
    assert_int_equal(seen(&mette, id).state, MR_SHARE_EXPIRED);
    assert_ok(mr_share_extend(w.s, &mette, id, day_after(7), &err), err);
    assert_int_equal(opens(id, &opened), MR_OK);
}

static void test_share__stops_at_once_and_goes_on_when_she_says_so(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    mr_str item;
    struct mr_actor mette = keep_as_new(0, &item);
    mr_str id = share_of(&mette, "Hospital", &(struct mr_share_part){.item_id = item}, 1),
           other = share_of(&mette, "Ward", &(struct mr_share_part){.item_id = item}, 1);
    assert_ok(mr_share_stop(w.s, &mette, id, &err), err);
    assert_int_equal(opens(id, &opened), MR_E_STATE);
    assert_int_equal(seen(&mette, id).state, MR_SHARE_STOPPED);
    assert_int_equal(opens(other, &opened), MR_OK);
    assert_ok(mr_share_extend(w.s, &mette, id, day_after(7), &err), err);
    assert_int_equal(opens(id, &opened), MR_OK);
    assert_int_equal(number("SELECT COUNT(*) FROM audit WHERE detail LIKE 'share.%'"), 4);
}

/* ---- openings ---- */

static void test_share__notes_openings_but_not_each_load(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    mr_str item;
    struct mr_actor mette = keep_as_new(0, &item);
    mr_str id = share_of(&mette, "Hospital", &(struct mr_share_part){.item_id = item}, 1), mac = mac_of_share(id);
    /* her own look, and a question without reading, are none */
    assert_ok(mr_share_open(w.s, &mette, &w.a, id, mac, true, &opened, &err), err);
    assert_true(opened.own);
    assert_ok(mr_share_open(w.s, &mr_actor_stranger, &w.a, id, mac, false, &opened, &err), err);
    assert_int_equal(seen(&mette, id).row.opened, 0);
    for (int i = 0; i < 5; i++) assert_int_equal(opens(id, &opened), MR_OK);
    assert_int_equal(seen(&mette, id).row.opened, 1);
    clock_now += MR_LIMIT_SHARE_OPENING_MS;
    for (int i = 0; i < 5; i++) assert_int_equal(opens(id, &opened), MR_OK);
    struct mr_share share = seen(&mette, id);
    assert_int_equal(share.row.opened, 2);
    assert_int_equal(share.opening_count, 2);
    assert_int_equal(share.openings[0], clock_now);
    /* the log has an end, the count has none */
    for (int i = 0; i < MR_LIMIT_SHARE_OPENINGS + 3; i++) {
        clock_now += MR_LIMIT_SHARE_OPENING_MS;
        assert_int_equal(opens(id, &opened), MR_OK);
    }
    share = seen(&mette, id);
    assert_int_equal(share.row.opened, MR_LIMIT_SHARE_OPENINGS + 5);
    assert_int_equal(share.opening_count, MR_LIMIT_SHARE_OPENINGS);
    assert_int_equal(share.openings[0], clock_now);
    assert_int_equal(number("SELECT COUNT(*) FROM share_opening"), MR_LIMIT_SHARE_OPENINGS);
}

/* ---- what becomes of them ---- */

static void test_share__ends_with_what_it_shows(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    struct mr_wallet_item kept;
    struct mr_share *list;
    int64_t all;
    size_t count;
    mr_str item, second;
    struct mr_actor mette = keep_as_new(0, &item);
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_ok(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("copy"), kept.files[0].content, &second, &err), err);
    const struct mr_share_part both[] = {{.item_id = item}, {.item_id = second}};
    mr_str one = share_of(&mette, "One", both, 1), two = share_of(&mette, "Two", both, 2);
    assert_ok(mr_wallet_remove(w.s, &mette, item, &err), err);
    assert_int_equal(opens(one, &opened), MR_E_STATE); /* it was a link once, and says no more */
    assert_int_equal(opens(two, &opened), MR_OK);
    assert_int_equal(opened.count, 1);
    assert_ok(mr_share_list(w.s, &mette, &w.a, 0, 10, &list, &count, &all, &err), err);
    assert_int_equal(all, 1);
    assert_true(mr_str_eq(list[0].row.id, two));
    assert_ok(mr_wallet_remove(w.s, &mette, second, &err), err);
    assert_int_equal(opens(two, &opened), MR_E_STATE);
    assert_int_equal(number("SELECT (SELECT COUNT(*) FROM share) + (SELECT COUNT(*) FROM share_item) + (SELECT "
                            "COUNT(*) FROM share_opening)"),
                     0);
}

static void test_share__moves_along_when_accounts_are_joined(void **state)
{
    struct mr_err err = {0};
    struct mr_person_email_link link;
    struct mr_share_opened opened;
    struct mr_wallet_item kept;
    mr_str item, other_item, hers, his;
    struct mr_actor mette = keep_as_new(0, &item), twin = keep_as_new(1, &other_item);
    /* both took in the same file; it stays once, and is shown from there */
    assert_ok(mr_wallet_get(w.s, &mette, &w.a, item, &kept, &err), err);
    assert_ok(mr_wallet_import(w.s, &mette, &w.a, en(), MR_STR("copy"), kept.files[0].content, &hers, &err), err);
    assert_ok(mr_wallet_import(w.s, &twin, &w.a, en(), MR_STR("copy"), kept.files[0].content, &his, &err), err);
    const struct mr_share_part both[] = {{.item_id = other_item}, {.item_id = his}};
    mr_str id = share_of(&twin, "Hospital", both, 2);
    assert_ok(mr_person_email_ask(w.s, &w.a, &mette, w.links[1].email, &err), err);
    mr_str token = last_part(mailed("address", w.links[1].email));
    assert_ok(mr_person_email_confirm(w.s, &w.a, &mette, token, &link, &err), err);
    assert_int_equal(link.outcome, MR_PERSON_EMAIL_MERGE);
    assert_int_equal(opens(id, &opened), MR_OK);
    assert_int_equal(opened.count, 2);
    assert_true(mr_str_eq(opened.person, w.links[0].learner));
    assert_int_equal(seen(&mette, id).item_count, 2);
    assert_ok(mr_share_stop(w.s, &mette, id, &err), err);
    assert_int_equal(opens(id, &opened), MR_E_STATE);
}

static void test_share__is_forgotten_half_a_year_after_its_end(void **state)
{
    struct mr_err err = {0};
    struct mr_share_opened opened;
    int64_t removed;
    mr_str item;
    struct mr_actor mette = keep_as_new(0, &item);
    mr_str id = share_of(&mette, "Hospital", &(struct mr_share_part){.item_id = item}, 1),
           longer = share_of(&mette, "Longer", &(struct mr_share_part){.item_id = item}, 1);
    assert_ok(mr_share_extend(w.s, &mette, longer, day_after(MR_LIMIT_SHARE_DAYS), &err), err);
    assert_int_equal(opens(longer, &opened), MR_OK);
    clock_now = seen(&mette, id).row.until + MR_LIMIT_SHARE_KEPT_MS;
    assert_ok(mr_share_forget(w.s, &removed, &err), err);
    assert_int_equal(removed, 0);
    assert_int_equal(number("SELECT COUNT(*) FROM share_opening"), 0); /* of the one that goes on */
    clock_now++;
    assert_ok(mr_share_forget(w.s, &removed, &err), err);
    assert_int_equal(removed, 1);
    assert_int_equal(opens(id, &opened), MR_E_STATE);
    assert_int_equal(opens(longer, &opened), MR_OK);
    assert_int_equal(seen(&mette, longer).row.opened, 2);
}

static void test_share_add__takes_the_place_of_one_that_is_over(void **state)
{
    struct mr_err err = {0};
    mr_str item, id, first = MR_STR_EMPTY;
    struct mr_actor mette = keep_as_new(0, &item);
    const struct mr_share_part part = {.item_id = item};
    for (int i = 0; i < MR_LIMIT_SHARES; i++) {
        id = share_of(&mette, "Many", &part, 1);
        if (i == 0) first = id;
    }
    const struct mr_share_order order = {MR_STR("More"), day_after(1), &part, 1};
    assert_code(mr_share_add(w.s, &mette, &w.a, &order, &id, &err), MR_E_LIMIT, err);
    assert_string_equal(err.detail, "shares");
    assert_ok(mr_share_stop(w.s, &mette, first, &err), err);
    assert_ok(mr_share_add(w.s, &mette, &w.a, &order, &id, &err), err);
    assert_int_equal(number("SELECT COUNT(*) FROM share"), MR_LIMIT_SHARES);
    assert_int_equal(number("SELECT COUNT(*) FROM share WHERE stopped_at IS NOT NULL"), 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_world, close_world)
    const struct CMUnitTest tests[] = {
        T(test_share__shows_the_sealed_document_octet_for_octet),
        T(test_share__shows_the_chosen_parts_and_nothing_else),
        T(test_share__guessed_addresses_reveal_nothing),
        T(test_share_add__says_what_is_wrong),
        T(test_share__is_over_when_its_day_is),
        T(test_share__stops_at_once_and_goes_on_when_she_says_so),
        T(test_share__notes_openings_but_not_each_load),
        T(test_share__ends_with_what_it_shows),
        T(test_share__moves_along_when_accounts_are_joined),
        T(test_share__is_forgotten_half_a_year_after_its_end),
        T(test_share_add__takes_the_place_of_one_that_is_over),
    };
    return cmocka_run_group_tests_name("service/share", tests, NULL, NULL);
}
