/* Organisations, what they say in public, partners who consent, and opportunities: who may do what, what is refused, what is kept. */
#include "placing.h"

#include "store/mail.h"

#define PROFILE                                                                                                        \
    "{\"name\":{\"da\":\"Søndre Fagskole (opdigtet)\",\"en\":\"Southern Vocational School "                           \
    "(invented)\"},\"country\":\"DK\","                                                                                \
    "\"vat\":\"DK12345678\",\"eidas\":\"VATDK-12345678\"}"
#define OUTSIDE "{\"name\":{\"en\":\"Guild of Bakers (invented)\"},\"country\":\"IE\",\"vat\":\"IE1234567X\"}"

static struct mr_findings *fresh(struct world *w)
{
    struct mr_findings *f = MR_NEW(&w->a, struct mr_findings);
    mr_findings_init(f, &w->a);
    return f;
}

static bool has(const struct mr_findings *f, const char *id, const char *pointer)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i].id, id) == 0 && strcmp(f->items[i].pointer, pointer) == 0) return true;
    for (size_t i = 0; i < f->count; i++) print_error("  %s at %s\n", f->items[i].id, f->items[i].pointer);
    return false;
}

static int save(struct world *w, const struct mr_actor *actor, const char *kind, const char *profile,
                struct mr_findings *f, struct mr_err *err)
{
    return mr_organisation_save(w->s, &w->a, actor, w->org, mr_str_of(kind), mr_str_of(profile), f, err);
}

/* ---- who it is ---- */

static void test_organisation_slug__is_plain(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *name, *slug;
    } cases[] = {
        {"Søndre Fagskole", "sondre-fagskole"},
        {"ÅÄÖ & Co.", "aao-co"},
        {"École n° 5", "ecole-n-5"},
        {"Łódź", "lodz"},
        {"Þór Æsir", "tor-esir"},
        {"Αθήνα", "provider"},
        {"  --  ", "provider"},
        {"\" onload=x", "onload-x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(mr_organisation_slug(&w->a, mr_str_of(cases[i].name)), cases[i].slug);
}

static void test_organisation__two_of_one_slug_are_two(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_organisation_shown one, two;
    mr_str a, b, again;
    mr_db_tx *tx = begin(w);
    assert_ok(mr_organisation_ensure(w->s, tx, &w->a, MR_STR("Skole Ø"), &a, &err), err);
    assert_ok(mr_organisation_ensure(w->s, tx, &w->a, MR_STR("Skole O"), &b, &err), err);
    assert_ok(mr_organisation_ensure(w->s, tx, &w->a, MR_STR("Skole Ø"), &again, &err), err);
    end(tx);
    assert_str_eq(again, a);
    assert_false(mr_str_eq(a, b));
    assert_ok(mr_organisation_find(w->s, &w->a, MR_STR("skole-o"), &one, &err), err);
    assert_ok(mr_organisation_find(w->s, &w->a, MR_STR("skole-o-2"), &two, &err), err);
    assert_str_eq(one.id, a);
    assert_str_eq(two.id, b);
}

static void test_organisation_save__keeps_what_has_no_fault(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_organisation_shown shown;
    struct mr_findings *f = fresh(w);
    const struct mr_actor *admin = as(w, w->org, MR_ROLE_ADMINISTRATOR);
    assert_ok(save(w, admin, "vocational", PROFILE, f, &err), err);
    assert_ok(mr_organisation_find(w->s, &w->a, w->org, &shown, &err), err);
    assert_str(shown.kind, "vocational");
    assert_str(shown.identity.vat, "DK12345678");
    assert_str(mr_texts_find(shown.identity.name, MR_STR("en")), "Southern Vocational School (invented)");
    assert_code(save(w, admin, "vocational", "{\"name\":{\"da\":\"X\"},\"country\":\"DK\",\"vat\":\"12\"}", f, &err),
                MR_E_SPECIFICATION, err);
    assert_true(has(f, "spec.vat", "/vat"));
    f = fresh(w);
    assert_code(save(w, admin, "vocational", "{\"vat\":\"DK12345678\"}", f, &err), MR_E_SPECIFICATION, err);
    assert_true(has(f, "organisation.name.missing", "/name"));
    assert_true(has(f, "organisation.country.missing", "/country"));
    assert_code(save(w, admin, "castle", PROFILE, fresh(w), &err), MR_E_USAGE, err);
    assert_code(save(w, admin, "vocational", "[]", fresh(w), &err), MR_E_JSON, err);
    assert_ok(mr_organisation_find(w->s, &w->a, w->org, &shown, &err), err);
    assert_str(shown.identity.vat, "DK12345678");
}

static void test_organisation__belongs_to_its_own(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_organisation_shown shown;
    mr_str slug;
    assert_code(save(w, as(w, w->org, MR_ROLE_DESIGNER), "other", PROFILE, fresh(w), &err), MR_E_FORBIDDEN, err);
    assert_code(save(w, as(w, w->other, MR_ROLE_ADMINISTRATOR), "other", PROFILE, fresh(w), &err), MR_E_NOT_FOUND, err);
    assert_code(save(w, &mr_actor_stranger, "other", PROFILE, fresh(w), &err), MR_E_NOT_FOUND, err);
    assert_code(mr_organisation_open(w->s, &w->a, as(w, w->other, MR_ROLE_ADMINISTRATOR),
                                     MR_STR("sondre-fagskole-opdigtet"), &shown, &err),
                MR_E_NOT_FOUND, err);
    assert_code(mr_organisation_add_unit(w->s, &w->a, as(w, w->other, MR_ROLE_ADMINISTRATOR), w->org, MR_STR("faculty"),
                                         MR_STR("{\"name\":{\"da\":\"X\"}}"), fresh(w), &slug, &err),
                MR_E_NOT_FOUND, err);
    assert_ok(mr_organisation_open(w->s, &w->a, &mr_actor_operator, MR_STR(""), &shown, &err), err);
    assert_true(mr_str_eq(shown.id, w->org) || mr_str_eq(shown.id, w->other)); /* they were made in the same instant */
}

static void test_organisation_units__take_over_what_they_do_not_say(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_organisation_shown unit, *units;
    size_t count;
    mr_str slug;
    assert_ok(save(w, as(w, w->org, MR_ROLE_ADMINISTRATOR), "vocational", PROFILE, fresh(w), &err), err);
    assert_ok(mr_organisation_add_unit(w->s, &w->a, as(w, w->org, MR_ROLE_ADMINISTRATOR), w->org, MR_STR("department"),
                                       MR_STR("{\"name\":{\"da\":\"Afdeling for bagning\"}}"), fresh(w), &slug, &err),
              err);
    assert_str(slug, "afdeling-for-bagning");
    assert_ok(mr_organisation_find(w->s, &w->a, slug, &unit, &err), err);
    assert_str(unit.identity.vat, "DK12345678");
    assert_str(unit.identity.country ? mr_str_of(unit.identity.country->code) : MR_STR(""), "DK");
    assert_str_eq(unit.parent_id, w->org);
    assert_ok(mr_organisation_close_unit(w->s, &w->a, as(w, w->org, MR_ROLE_ADMINISTRATOR), slug, true, &err), err);
    assert_code(mr_organisation_find(w->s, &w->a, slug, &unit, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_organisation_units(w->s, &w->a, w->org, false, &units, &count, &err), err);
    assert_int_equal(count, 0);
    assert_ok(mr_organisation_units(w->s, &w->a, w->org, true, &units, &count, &err), err);
    assert_int_equal(count, 1);
    assert_code(mr_organisation_close_unit(w->s, &w->a, as(w, w->org, MR_ROLE_ADMINISTRATOR),
                                           MR_STR("sondre-fagskole-opdigtet"), true, &err),
                MR_E_NOT_FOUND, err); /* no unit */
}

static void test_organisation_statements__have_versions(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_statement *list;
    size_t count;
    struct mr_findings *f = fresh(w);
    struct mr_statement_order o = {MR_STR("recognition"), MR_STR("1"), MR_STR("2026-01-01"),
                                   MR_STR("{\"da\":\"Vi anerkender.\"}"), MR_STR("")};
    const struct mr_actor *admin = as(w, w->org, MR_ROLE_ADMINISTRATOR);
    assert_ok(mr_organisation_publish_statement(w->s, &w->a, admin, w->org, &o, f, &err), err);
    assert_code(mr_organisation_publish_statement(w->s, &w->a, admin, w->org, &o, f, &err), MR_E_EXISTS, err);
    o.version = MR_STR("2"), o.valid_from = MR_STR("2027-01-01"), o.texts = MR_STR("{\"da\":\"Vi anerkender mere.\"}");
    assert_ok(mr_organisation_publish_statement(w->s, &w->a, admin, w->org, &o, f, &err), err);
    assert_ok(mr_organisation_statements(w->s, &w->a, w->org, &list, &count, &err), err);
    assert_int_equal(count, 2);
    assert_str(mr_statement_now(w->s, list, count, "recognition")->version, "1"); /* 2 holds from next year */
    assert_null(mr_statement_now(w->s, list, count, "quality"));
    clock_now += 60 * MR_DAY_MS;
    assert_str(mr_statement_now(w->s, list, count, "recognition")->version, "2");
    o = (struct mr_statement_order){MR_STR("quality"), MR_STR(""), MR_STR("2026-13-01"), MR_STR("{}"),
                                    MR_STR("ftp://x")};
    assert_code(mr_organisation_publish_statement(w->s, &w->a, admin, w->org, &o, f, &err), MR_E_SPECIFICATION, err);
    assert_true(has(f, "statement.version.form", "/version"));
    assert_true(has(f, "spec.date", "/valid_from"));
    assert_true(has(f, "spec.url", "/url"));
    assert_true(has(f, "spec.text.empty", "/text"));
}

/* ---- partners ---- */

static bool consents(struct world *w, const char *body)
{
    struct mr_err err = {0};
    mr_organisation o;
    bool yes;
    mr_db_tx *tx = begin(w);
    assert_ok(mr_organisation_read(&w->a, mr_str_of(body), &o, fresh(w), &err), err);
    assert_ok(mr_partner_consented(tx, &w->a, w->org, MR_STR("bread"), &o, &yes, &err), err);
    end(tx);
    return yes;
}

static void test_partner__one_of_this_installation(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id;
    static const char body[] = "{\"name\":{\"en\":\"Kaupunkikorkeakoulu (keksitty)\"},\"country\":\"FI\"}";
    const struct mr_partner_order order = {
        .org_id = w->org, .specification = MR_STR("bread"), .partner = MR_STR("kaupunkikorkeakoulu-keksitty")};
    assert_false(consents(w, body));
    assert_true(consents(w, "{\"name\":{\"da\":\"Søndre Fagskole (opdigtet)\"},\"country\":\"DK\"}")); /* itself */
    assert_code(mr_partner_ask(w->s, &w->a, as(w, w->other, MR_ROLE_ADMINISTRATOR), &order, fresh(w), &id, &err),
                MR_E_NOT_FOUND, err);
    assert_code(mr_partner_ask(w->s, &w->a, as(w, w->org, MR_ROLE_ASSESSOR), &order, fresh(w), &id, &err),
                MR_E_FORBIDDEN, err);
    assert_ok(mr_partner_ask(w->s, &w->a, as(w, w->org, MR_ROLE_DESIGNER), &order, fresh(w), &id, &err), err);
    assert_code(mr_partner_ask(w->s, &w->a, as(w, w->org, MR_ROLE_DESIGNER), &order, fresh(w), &id, &err), MR_E_EXISTS,
                err);
    assert_false(consents(w, body));
    /* nobody answers for another, nor without the role */
    assert_code(mr_partner_answer(w->s, &w->a, as(w, w->org, MR_ROLE_ADMINISTRATOR), id, true, &err), MR_E_NOT_FOUND,
                err);
    assert_code(mr_partner_answer(w->s, &w->a, as(w, w->other, MR_ROLE_DESIGNER), id, true, &err), MR_E_FORBIDDEN, err);
    assert_ok(mr_partner_answer(w->s, &w->a, as(w, w->other, MR_ROLE_APPROVER), id, true, &err), err);
    assert_true(consents(w, body));
    assert_code(mr_partner_answer(w->s, &w->a, as(w, w->other, MR_ROLE_APPROVER), id, false, &err), MR_E_STATE, err);
    assert_ok(mr_partner_withdraw(w->s, &w->a, as(w, w->other, MR_ROLE_APPROVER), id, &err), err);
    assert_false(consents(w, body));
    assert_code(mr_partner_withdraw(w->s, &w->a, as(w, w->other, MR_ROLE_APPROVER), id, &err), MR_E_STATE, err);
    assert_ok(mr_partner_ask(w->s, &w->a, as(w, w->org, MR_ROLE_DESIGNER), &order, fresh(w), &id, &err), err);
}

/* The secret of the link that was mailed last. */
static mr_str mailed_token(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    MR_CLEANUP(mr_db_cursor_closep) mr_db_cursor *c = NULL;
    const mr_json *data;
    bool row;
    mr_db_tx *tx = begin(w);
    assert_ok(mr_db_query(tx, "SELECT data, template FROM mail WHERE object_id = $id", MR_DB_ARGS(MR_DB_T("id", id)),
                          &c, &err),
              err);
    assert_ok(mr_db_next(c, &row, &err), err);
    assert_true(row);
    assert_str(mr_db_text(c, 1), "consent");
    assert_ok(mr_json_parse(&w->a, mr_arena_dup(&w->a, mr_db_text(c, 0)), NULL, &data, &err), err);
    mr_db_cursor_closep(&c);
    end(tx);
    mr_str link = mr_arena_dup(&w->a, mr_json_get_str(data, "link"));
    assert_true(mr_str_has_prefix(link, MR_STR("http://127.0.0.1:8400/consent/")));
    return mr_str_from(link, link.len - 32);
}

static void test_partner__one_outside_answers_by_link(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_partner_row row;
    struct mr_findings *f = fresh(w);
    mr_str id;
    struct mr_partner_order order = {.org_id = w->org,
                                     .specification = MR_STR("bread"),
                                     .profile = MR_STR(OUTSIDE),
                                     .email = MR_STR("nobody"),
                                     .language = MR_STR("en")};
    const struct mr_actor *designer = as(w, w->org, MR_ROLE_DESIGNER);
    assert_code(mr_partner_ask(w->s, &w->a, designer, &order, f, &id, &err), MR_E_SPECIFICATION, err);
    assert_true(has(f, "spec.email", "/email"));
    order.email = MR_STR("guild@example.org");
    assert_ok(mr_partner_ask(w->s, &w->a, designer, &order, fresh(w), &id, &err), err);
    mr_str token = mailed_token(w, id);
    assert_ok(mr_partner_open(w->s, &w->a, id, token, &row, &err), err);
    assert_false(mr_str_eq(row.token, token)); /* only its digest is kept */
    assert_code(mr_partner_open(w->s, &w->a, id, MR_STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &row, &err),
                MR_E_NOT_FOUND, err);
    assert_code(mr_partner_open(w->s, &w->a, id, MR_STR(""), &row, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_partner_answer_link(w->s, &w->a, id, token, true, MR_STR(" "), MR_STR("Master"), &err), MR_E_USAGE,
                err);
    assert_false(consents(w, OUTSIDE));
    assert_ok(mr_partner_answer_link(w->s, &w->a, id, token, true, MR_STR("Ída Þórsdóttir"), MR_STR("Master"), &err),
              err);
    assert_true(consents(w, OUTSIDE));
    assert_code(mr_partner_answer_link(w->s, &w->a, id, token, false, MR_STR("X"), MR_STR("Y"), &err), MR_E_STATE, err);
    assert_ok(mr_partner_open(w->s, &w->a, id, token, &row, &err), err);
    assert_str(row.answer_name, "Ída Þórsdóttir");
    assert_str(row.answer_function, "Master");
    assert_int_equal(row.answered_at, NOW);
    assert_ok(mr_partner_withdraw_link(w->s, &w->a, id, token, &err), err);
    assert_false(consents(w, OUTSIDE));
}

static void test_partner__a_request_ends(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id;
    const struct mr_partner_order order = {.org_id = w->org,
                                           .specification = MR_STR("bread"),
                                           .profile = MR_STR(OUTSIDE),
                                           .email = MR_STR("guild@example.org"),
                                           .language = MR_STR("en")};
    assert_ok(mr_partner_ask(w->s, &w->a, as(w, w->org, MR_ROLE_DESIGNER), &order, fresh(w), &id, &err), err);
    mr_str token = mailed_token(w, id);
    clock_now += 61 * MR_DAY_MS;
    assert_code(mr_partner_answer_link(w->s, &w->a, id, token, true, MR_STR("X"), MR_STR("Y"), &err), MR_E_STATE, err);
    assert_false(consents(w, OUTSIDE));
}

static void test_partner_check__names_those_that_did_not_consent(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_findings *f = fresh(w);
    mr_specification spec;
    mr_str text = document(&w->a, "bread", "da", "Brød", "Bage", ",\"awarding_bodies\":[\"provider\"," OUTSIDE "]");
    assert_ok(mr_specification_read(&w->a, text, &spec, fresh(w), &err), err);
    mr_db_tx *tx = begin(w);
    assert_ok(mr_partner_check(tx, &w->a, w->org, &spec, f, &err), err);
    end(tx);
    assert_int_equal(f->faults, 1);
    assert_true(has(f, "partner.no_consent", "/awarding_bodies/1"));
}

/* ---- opportunities ---- */

static void test_opportunity__all_faults_at_once(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    mr_str id;
    static const struct {
        const char *json, *finding, *pointer;
    } cases[] = {
        {"{}", "opportunity.missing", "/mode"},
        {"{\"price\":12.345}", "opportunity.price.form", "/price"},
        {"{\"price\":-1}", "opportunity.price.form", "/price"},
        {"{\"price\":\"free\"}", "opportunity.price.form", "/price"},
        {"{\"price\":10}", "opportunity.currency.missing", "/price"},
        {"{\"start\":\"2027-02-30\"}", "spec.date", "/start"},
        {"{\"start\":\"01.02.2027\"}", "spec.date", "/start"},
        {"{\"start\":\"2027-02-02\",\"end\":\"2027-02-01\"}", "opportunity.end.early", "/end"},
        {"{\"end\":\"2027-02-01\",\"apply_until\":\"2027-02-02\"}", "opportunity.apply_until.late", "/apply_until"},
        {"{\"seats\":0}", "opportunity.seats.form", "/seats"},
        {"{\"seats\":1.5}", "opportunity.seats.form", "/seats"},
        {"{\"mode\":\"telepathic\"}", "spec.code", "/mode"},
        {"{\"time_zone\":\"Europe/<b>\"}", "opportunity.time_zone.form", "/time_zone"},
        {"{\"url\":\"javascript:alert(1)\"}", "spec.url", "/url"},
        {"{\"state\":\"sold\"}", "spec.word", "/state"},
        {"{\"colour\":\"red\"}", "spec.member", "/colour"},
        {"{\"languages\":[]}", "spec.list.empty", "/languages"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_findings *f = fresh(w);
        int code = mr_opportunity_add(w->s, &w->a, &mr_actor_operator, mr_str_of(cases[i].json), f, &id, &err);
        if (code == MR_E_SPECIFICATION && has(f, cases[i].finding, cases[i].pointer)) continue;
        print_error("%s: code %d, wanted %s at %s\n", cases[i].json, code, cases[i].finding, cases[i].pointer);
        fail();
    }
}

static void test_opportunity__whose_and_when(void **state)
{
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_offered one, *list;
    size_t count;
    mr_str id;
    static const char draft[] = "{\"specification\":\"bread\",\"mode\":\"blended\",\"languages\":[\"da\",\"en\"],"
                                "\"start\":\"2027-02-01\",\"price\":1200.50,\"currency\":\"DKK\","
                                "\"funding\":{\"da\":\"Staten.\"},\"seats\":12}";
    static const char open[] = "{\"specification\":\"bread\",\"mode\":\"blended\",\"languages\":[\"da\"],"
                               "\"state\":\"open\",\"start\":\"2027-02-01\",\"apply_until\":\"2027-01-15\"}";
    publish(w, "bread", "da", "Brød", "Bage", "");
    const struct mr_actor *designer = as(w, w->org, MR_ROLE_DESIGNER);
    assert_code(
        mr_opportunity_add(w->s, &w->a, as(w, w->other, MR_ROLE_DESIGNER), mr_str_of(draft), fresh(w), &id, &err),
        MR_E_NOT_FOUND, err);
    assert_code(mr_opportunity_add(w->s, &w->a, as(w, w->org, MR_ROLE_AUDITOR), mr_str_of(draft), fresh(w), &id, &err),
                MR_E_FORBIDDEN, err);
    designer = as(w, w->org, MR_ROLE_DESIGNER);
    assert_ok(mr_opportunity_add(w->s, &w->a, designer, mr_str_of(draft), fresh(w), &id, &err), err);
    assert_ok(mr_opportunity_get(w->s, &w->a, designer, id, &one, &err), err);
    assert_int_equal(one.opportunity.price_minor, 120050);
    assert_int_equal(one.opportunity.language_count, 2);
    assert_int_equal(one.opportunity.seats, 12);
    assert_str(mr_texts_find(one.opportunity.funding, MR_STR("da")), "Staten.");
    assert_code(mr_opportunity_find(w->s, &w->a, id, &one, &err), MR_E_NOT_FOUND, err); /* a draft is nobody else's */
    assert_ok(mr_opportunity_upcoming(w->s, &w->a, MR_STR(""), MR_STR("bread"), 10, &list, &count, &err), err);
    assert_int_equal(count, 0);
    assert_code(
        mr_opportunity_set(w->s, &w->a, as(w, w->other, MR_ROLE_DESIGNER), id, 1, mr_str_of(open), fresh(w), &err),
        MR_E_NOT_FOUND, err);
    designer = as(w, w->org, MR_ROLE_DESIGNER);
    assert_ok(mr_opportunity_set(w->s, &w->a, designer, id, 1, mr_str_of(open), fresh(w), &err), err);
    assert_code(mr_opportunity_set(w->s, &w->a, designer, id, 1, mr_str_of(draft), fresh(w), &err), MR_E_STATE, err);
    assert_ok(mr_opportunity_find(w->s, &w->a, id, &one, &err), err);
    assert_int_equal(one.revision, 2);
    assert_int_equal(one.opportunity.price_minor, -1);
    assert_true(mr_opportunity_is_open(w->s, &one.opportunity));
    assert_ok(mr_opportunity_upcoming(w->s, &w->a, MR_STR(""), MR_STR("bread"), 10, &list, &count, &err), err);
    assert_int_equal(count, 1);
    clock_now = INT64_C(1800057600000); /* 2027-01-16 */
    assert_false(mr_opportunity_is_open(w->s, &one.opportunity));
    clock_now = INT64_C(1801612800000); /* 2027-02-03 */
    assert_ok(mr_opportunity_upcoming(w->s, &w->a, MR_STR(""), MR_STR("bread"), 10, &list, &count, &err), err);
    assert_int_equal(count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_organisation_slug__is_plain),
        TEST(test_organisation__two_of_one_slug_are_two),
        TEST(test_organisation_save__keeps_what_has_no_fault),
        TEST(test_organisation__belongs_to_its_own),
        TEST(test_organisation_units__take_over_what_they_do_not_say),
        TEST(test_organisation_statements__have_versions),
        TEST(test_partner__one_of_this_installation),
        TEST(test_partner__one_outside_answers_by_link),
        TEST(test_partner__a_request_ends),
        TEST(test_partner_check__names_those_that_did_not_consent),
        TEST(test_opportunity__all_faults_at_once),
        TEST(test_opportunity__whose_and_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
