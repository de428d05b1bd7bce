/* Drafts: edited by several people, handed in, approved by a second person. */
#include "service/draft.h"
#include "service/draft_preview.h"
#include "service/installation.h"
#include "service/mail.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "service/people.h"
#include "service/search.h"
#include "testing_db.h"

#include "base/limits.h"
#include "json/write.h"
#include "base/time.h"

#define EXAMPLE MERIT_SOURCE_ROOT "/docs/examples/wound-care.json"

struct world {
    mr_arena a;
    mr_service *s;
    mr_str org;
    struct mr_grant grants[4][1];
    struct mr_actor mette, jonas, approver,
        stranger; /* two designers who may approve too; an approver; somebody of another organisation */
};

static struct world *world(void **state)
{
    return *state;
}

static struct mr_actor person(struct world *w, int i, const char *id, mr_str org, unsigned roles)
{
    w->grants[i][0] = (struct mr_grant){org, roles};
    return (struct mr_actor){
        .kind = MR_ACTOR_PERSON, .id = mr_str_of(id), .org_id = org, .grants = w->grants[i], .grant_count = 1};
}

static int set_up(void **state)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    struct mr_published published;
    struct world *w = calloc(1, sizeof *w);
    bool made;
    mr_str slug;
    mr_arena_init(&w->a, 512 << 20);
    mr_findings_init(&findings, &w->a);
    const char *folder = test_temp_folder();
    assert_ok(mr_service_init(folder, mr_env_system(), &made, &err), err);
    test_use_database(folder);
    const struct mr_service_config config = {
        .data_folder = folder, .public_url = "http://127.0.0.1:8400", .env = mr_env_system(), .database = true};
    assert_ok(mr_service_open(&config, &w->s, &err), err);
    assert_ok(
        mr_catalogue_publish(w->s, &mr_actor_operator, &w->a, test_read_file(&w->a, EXAMPLE), &findings, &slug, &err),
        err);
    assert_ok(mr_catalogue_get(w->s, &w->a, slug, &published, &err), err);
    w->org = published.org_id;
    unsigned both = 1u << MR_ROLE_DESIGNER | 1u << MR_ROLE_APPROVER;
    w->mette = person(w, 0, "person-mette", w->org, both);
    w->jonas = person(w, 1, "person-jonas", w->org, both);
    w->approver = person(w, 2, "person-approver", w->org, 1u << MR_ROLE_APPROVER);
    w->stranger = person(w, 3, "person-stranger", MR_STR("another-organisation"), both);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    mr_service_close(w->s);
    test_temp_remove();
    test_temp()->count = 0;
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

static mr_str begin(struct world *w, const char *title)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_draft_start start = {.title = mr_str_of(title), .languages = MR_STR("da en")};
    assert_ok(mr_draft_new(w->s, &w->mette, &w->a, &start, &id, &err), err);
    return id;
}

static struct mr_draft open_draft(struct world *w, mr_str id)
{
    struct mr_err err = {0};
    struct mr_draft d;
    assert_ok(mr_draft_open(w->s, &w->mette, &w->a, id, &d, &err), err);
    return d;
}

/* Save one member; returns how many conflicts there were. */
static size_t save(struct world *w, const struct mr_actor *actor, mr_str id, const char *member, const char *value,
                   mr_str base)
{
    struct mr_err err = {0};
    struct mr_draft d;
    struct mr_draft_conflict conflict;
    size_t conflicts;
    const struct mr_draft_change change = {mr_str_of(member), mr_str_of(value), base};
    assert_ok(mr_draft_save(w->s, actor, &w->a, id, &change, 1, &conflict, &conflicts, &d, &err), err);
    return conflicts;
}

static mr_str mark(struct world *w, mr_str id, const char *member)
{
    return mr_draft_mark(&w->a, mr_json_get(open_draft(w, id).root, member));
}

/* The example's answers in a draft of another identifier, saved by Mette. */
static mr_str complete(struct world *w, const char *title)
{
    struct mr_err err = {0};
    const mr_json *example;
    mr_str id = begin(w, title);
    assert_ok(mr_json_parse(&w->a, test_read_file(&w->a, EXAMPLE), NULL, &example, &err), err);
    MR_JSON_EACH_MEMBER (name, example) {
        MR_CLEANUP(mr_buf_done) mr_buf value;
        mr_json_writer writer;
        mr_buf_init(&value, MR_MIB);
        if (mr_str_is(mr_json_text(name), "id") || mr_str_is(mr_json_text(name), "specification")) continue;
        mr_json_writer_init(&writer, &value, 0);
        mr_json_put_value(&writer, name + 1);
        mr_buf_putc(&value, '\0');
        save(w, &w->mette, id, mr_arena_cstr(&w->a, mr_json_text(name)), value.ptr, MR_STR_EMPTY);
    }
    return id;
}

static void submit(struct world *w, const struct mr_actor *actor, mr_str id, int expected)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_findings_init(&findings, &w->a);
    assert_code(mr_draft_submit(w->s, actor, &w->a, id, &findings, &err), expected, err);
    assert_int_equal(findings.faults > 0, expected == MR_E_SPECIFICATION);
}

static struct mr_err approve(struct world *w, const struct mr_actor *actor, mr_str id, int expected)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str slug;
    mr_findings_init(&findings, &w->a);
    assert_code(mr_draft_approve(w->s, actor, &w->a, id, &findings, &slug, &err), expected, err);
    return err;
}

/* ---- beginning ---- */

static void test_draft_new__has_a_name_a_version_and_the_provider(void **state)
{
    struct world *w = world(state);
    struct mr_draft d = open_draft(w, begin(w, "Sårpleje: første hjælp!"));
    assert_str(d.slug, "saarpleje-foerste-hjaelp");
    assert_str(d.version, "1");
    assert_str(d.languages, "da en");
    assert_int_equal(d.state, MR_DRAFT_OPEN);
    assert_str(mr_json_get_str(mr_json_get(d.root, "title"), "da"), "Sårpleje: første hjælp!");
    assert_str(mr_json_get_str(mr_json_get(mr_json_get(d.root, "provider"), "name"), "en"),
               "Aarhus School of Nursing (invented)");
}

static void test_draft_take_provider__puts_the_profile_in_place_of_what_stands_there(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id = begin(w, "Baking");
    mr_str before = mr_json_get_str(mr_json_get(mr_json_get(open_draft(w, id).root, "provider"), "name"), "en");
    assert_true(before.len > 0);
    assert_int_equal(save(w, &w->mette, id, "provider", "{\"name\":{\"en\":\"An old name (invented)\"}}", MR_STR_EMPTY),
                     0);
    assert_ok(mr_draft_take_provider(w->s, &w->mette, &w->a, id, &err), err);
    assert_true(
        mr_str_eq(mr_json_get_str(mr_json_get(mr_json_get(open_draft(w, id).root, "provider"), "name"), "en"), before));
}

static void test_draft_new__names_that_are_taken_get_a_number(void **state)
{
    struct world *w = world(state);
    assert_str(open_draft(w, begin(w, "Wound care 2026")).slug, "wound-care-2026-2");
    assert_str(open_draft(w, begin(w, "New")).slug, "new-2");
    assert_str(open_draft(w, begin(w, "Ψ")).slug, "micro-credential");
}

static void test_draft_new__says_what_is_missing(void **state)
{
    struct world *w = world(state);
    static const struct {
        const char *title, *languages, *pointer;
    } cases[] = {{" ", "en", "/title"}, {"A", "", "/languages"}, {"A", "xx qq", "/languages"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        mr_str id;
        const struct mr_draft_start start = {.title = mr_str_of(cases[i].title),
                                             .languages = mr_str_of(cases[i].languages)};
        assert_code(mr_draft_new(w->s, &w->mette, &w->a, &start, &id, &err), MR_E_USAGE, err);
        assert_string_equal(err.pointer, cases[i].pointer);
    }
}

static void test_draft_upload__takes_what_has_faults_and_refuses_what_is_no_object(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id;
    mr_str text = MR_STR("{\"id\":\"x\",\"color\":\"red\",\"title\":{\"sv\":\"A\"},\"price\":{\"nl\":\"1\"}}");
    assert_ok(mr_draft_upload(w->s, &w->mette, &w->a, text, &id, &err), err);
    struct mr_draft d = open_draft(w, id);
    assert_str(d.languages, "sv nl");
    assert_str(mr_json_get_str(d.root, "color"), "red");
    assert_code(mr_draft_upload(w->s, &w->mette, &w->a, MR_STR("[1]"), &id, &err), MR_E_JSON, err);
    assert_code(mr_draft_upload(w->s, &w->mette, &w->a, MR_STR("{\"a\":1,\"a\":2}"), &id, &err), MR_E_JSON_DUPLICATE,
                err);
    /* what files do not know can be taken away, and nothing of the kind be added */
    assert_int_equal(save(w, &w->mette, id, "color", "", MR_STR_EMPTY), 0);
    assert_null(mr_json_get(open_draft(w, id).root, "color"));
    struct mr_draft_conflict conflict;
    size_t conflicts;
    const struct mr_draft_change change = {MR_STR("colour"), MR_STR("1"), MR_STR_EMPTY};
    assert_code(mr_draft_save(w->s, &w->mette, &w->a, id, &change, 1, &conflict, &conflicts, &d, &err), MR_E_USAGE,
                err);
}

/* ---- editing together ---- */

static void test_draft_save__two_people_on_two_elements_do_not_meet(void **state)
{
    struct world *w = world(state);
    mr_str id = begin(w, "Together"), nothing = MR_STR("-");
    assert_int_equal(save(w, &w->mette, id, "price", "{\"en\":\"10 EUR\"}", nothing), 0);
    assert_int_equal(save(w, &w->jonas, id, "purpose", "{\"en\":\"A need\"}", nothing), 0);
    struct mr_draft d = open_draft(w, id);
    assert_str(mr_json_get_str(mr_json_get(d.root, "price"), "en"), "10 EUR");
    assert_str(mr_json_get_str(mr_json_get(d.root, "purpose"), "en"), "A need");
    assert_int_equal(d.revision, 3);
}

static void test_draft_save__two_people_on_one_element_lose_nothing(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id = begin(w, "Together");
    mr_str base = mark(w, id, "price");
    assert_int_equal(save(w, &w->mette, id, "price", "{\"en\":\"10 EUR\"}", base), 0);
    struct mr_draft d;
    struct mr_draft_conflict conflicts[2];
    size_t count;
    const struct mr_draft_change changes[] = {{MR_STR("price"), MR_STR("{\"en\":\"20 EUR\"}"), base},
                                              {MR_STR("purpose"), MR_STR("{\"en\":\"A need\"}"), MR_STR("-")}};
    assert_ok(mr_draft_save(w->s, &w->jonas, &w->a, id, changes, 2, conflicts, &count, &d, &err), err);
    assert_int_equal(count, 1);
    assert_str(conflicts[0].member, "price");
    assert_str(mr_json_get_str(conflicts[0].theirs, "en"), "10 EUR");
    assert_null(mr_json_get(open_draft(w, id).root, "purpose")); /* all or nothing */
    /* the same words are no conflict; nor is what they left as it was */
    assert_int_equal(save(w, &w->jonas, id, "price", "{ \"en\": \"10 EUR\" }", base), 0);
    assert_int_equal(open_draft(w, id).revision, 2);
    /* and on purpose it goes */
    assert_int_equal(save(w, &w->jonas, id, "price", "{\"en\":\"20 EUR\"}", mark(w, id, "price")), 0);
    assert_str(mr_json_get_str(mr_json_get(open_draft(w, id).root, "price"), "en"), "20 EUR");
}

static void test_draft_languages__are_added_put_first_and_not_lost(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id = begin(w, "Sprog");
    assert_ok(mr_draft_set_language(w->s, &w->mette, &w->a, id, MR_DRAFT_LANGUAGE_ADD, MR_STR("sv"), &err), err);
    assert_str(open_draft(w, id).languages, "da en sv");
    save(w, &w->mette, id, "title", "{\"da\":\"Sprog\",\"en\":\"Languages\"}", MR_STR_EMPTY);
    assert_ok(mr_draft_set_language(w->s, &w->mette, &w->a, id, MR_DRAFT_LANGUAGE_FIRST, MR_STR("en"), &err), err);
    struct mr_draft d = open_draft(w, id);
    assert_str(d.languages, "en da sv");
    const mr_json *title = mr_json_get(d.root, "title");
    assert_str(mr_json_text(title + 1), "en");
    assert_code(mr_draft_set_language(w->s, &w->mette, &w->a, id, MR_DRAFT_LANGUAGE_REMOVE, MR_STR("da"), &err),
                MR_E_STATE, err);
    assert_string_equal(err.detail, "texts");
    assert_ok(mr_draft_set_language(w->s, &w->mette, &w->a, id, MR_DRAFT_LANGUAGE_REMOVE, MR_STR("sv"), &err), err);
    assert_code(mr_draft_set_language(w->s, &w->mette, &w->a, id, MR_DRAFT_LANGUAGE_ADD, MR_STR("zz"), &err),
                MR_E_USAGE, err);
}

static void test_draft_document__tells_what_a_language_lacks(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    const mr_json *root;
    mr_str pointers[2];
    mr_str text = MR_STR(
        "{\"title\":{\"en\":\"A\",\"da\":\"B\"},\"price\":{\"en\":\"1\"},\"learning_outcomes\":"
        "[{\"title\":{\"en\":\"C\"},\"skills\":[{\"uri\":\"https://a\",\"label\":{\"en\":\"D\"}}]}],\"id\":\"x\"}");
    assert_ok(mr_json_parse(&w->a, text, NULL, &root, &err), err);
    assert_int_equal(mr_draft_lacking(&w->a, root, MR_STR("da"), pointers, 2), 3);
    assert_str(pointers[0], "/price");
    assert_str(pointers[1], "/learning_outcomes/0/title");
    assert_int_equal(mr_draft_lacking(&w->a, root, MR_STR("en"), pointers, 2), 0);
    assert_int_equal(mr_draft_count_texts(root, MR_STR("da")), 1);
}

static void test_draft_document__next_versions(void **state)
{
    struct world *w = world(state);
    static const char *const cases[][2] = {
        {"1", "2"}, {"2026.1", "2026.2"}, {"9", "10"}, {"draft", "draft.2"}, {"1a", "1a.2"}, {"", "2"}, {"v09", "v10"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(mr_draft_next_version(&w->a, mr_str_of(cases[i][0])), cases[i][1]);
}

/* ---- two persons ---- */

static void test_draft_submit__lists_every_gap(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str id = begin(w, "Gaps");
    static const char *const wanted[] = {"learning_outcomes", "workload",      "level",
                                         "assessment",        "participation", "quality_assurance"};
    mr_findings_init(&findings, &w->a);
    assert_code(mr_draft_submit(w->s, &w->mette, &w->a, id, &findings, &err), MR_E_SPECIFICATION, err);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        size_t found = 0;
        for (size_t f = 0; f < findings.count; f++) found += strcmp(findings.items[f].element, wanted[i]) == 0;
        if (!found) fail_msg("nothing is said of %s", wanted[i]);
    }
    assert_int_equal(open_draft(w, id).state, MR_DRAFT_OPEN);
}

static void test_draft_approve__takes_a_second_person(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_published published;
    mr_str id = complete(w, "Second person");
    submit(w, &w->mette, id, MR_OK);
    assert_string_equal(approve(w, &w->mette, id, MR_E_FORBIDDEN).detail, "own");
    assert_int_equal(open_draft(w, id).state, MR_DRAFT_SUBMITTED);
    approve(w, &w->stranger, id, MR_E_NOT_FOUND);
    approve(w, &w->approver, id, MR_OK);
    struct mr_draft d = open_draft(w, id);
    assert_int_equal(d.state, MR_DRAFT_PUBLISHED);
    assert_str(d.submitted.id, "person-mette");
    assert_str(d.decided.id, "person-approver");
    assert_ok(mr_catalogue_get(w->s, &w->a, MR_STR("second-person"), &published, &err), err);
    assert_str(published.id, mr_arena_cstr(&w->a, d.specification_id));
    approve(w, &w->approver, id, MR_E_STATE);
}

/* ---- what else happens when it is published ---- */

static int64_t found(struct world *w, const char *text)
{
    struct mr_err err = {0};
    const struct mr_question q = {.text = mr_str_of(text), .most = 10};
    int64_t count;
    assert_ok(mr_search_count(w->s, &w->a, &q, &count, &err), err);
    return count;
}

static void test_draft_approve__is_found_at_once_until_it_is_archived(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id = complete(w, "Xylophone repair");
    save(w, &w->mette, id, "title", "{\"en\":\"Xylophone repair\"}", MR_STR_EMPTY);
    submit(w, &w->mette, id, MR_OK);
    assert_int_equal(found(w, "xylophone"), 0);
    approve(w, &w->approver, id, MR_OK);
    assert_int_equal(found(w, "xylophone"), 1);
    assert_ok(mr_catalogue_archive(w->s, &w->mette, open_draft(w, id).slug, true, &err), err);
    assert_int_equal(found(w, "xylophone"), 0);
    assert_ok(mr_catalogue_archive(w->s, &w->mette, open_draft(w, id).slug, false, &err), err);
    assert_int_equal(found(w, "xylophone"), 1);
}

static bool finds(struct world *w, mr_str id, const char *finding, const char *pointer)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_findings_init(&findings, &w->a);
    assert_code(mr_draft_submit(w->s, &w->mette, &w->a, id, &findings, &err), MR_E_SPECIFICATION, err);
    for (size_t i = 0; i < findings.count; i++)
        if (strcmp(findings.items[i].id, finding) == 0 && strcmp(findings.items[i].pointer, pointer) == 0) return true;
    for (size_t i = 0; i < findings.count; i++)
        print_error("  %s %s\n", findings.items[i].id, findings.items[i].pointer);
    return false;
}

static void ensure(struct world *w, const char *name, mr_str *ret)
{
    struct mr_err err = {0};
    mr_db_tx *tx = NULL;
    assert_ok(mr_db_begin(mr_service_db(w->s), true, &tx, &err), err);
    assert_ok(mr_organisation_ensure(w->s, tx, &w->a, mr_str_of(name), ret, &err), err);
    assert_ok(mr_db_commit(tx, &err), err);
}

static void set_profile(struct world *w, mr_str org, const char *profile, int expected)
{
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_findings_init(&findings, &w->a);
    assert_code(mr_organisation_save(w->s, &w->a, &mr_actor_operator, org, MR_STR("university"), mr_str_of(profile),
                                     &findings, &err),
                expected, err);
}

#define HARBOUR "Harbour College (invented)"
#define HARBOUR_PROFILE "{\"name\":{\"en\":\"" HARBOUR "\"},\"country\":\"IE\",\"eidas\":\"VATIE-1234567X\"}"

static void test_draft_provider__is_the_organisation_itself(void **state)
{
    struct world *w = world(state);
    mr_str other, id = complete(w, "Own name");
    ensure(w, HARBOUR, &other);
    set_profile(w, other, HARBOUR_PROFILE, MR_OK);
    static const struct {
        const char *provider, *finding, *pointer;
    } cases[] = {
        {HARBOUR_PROFILE, "provider.other", "/provider/name"},
        {"{\"name\":{\"en\":\"Aarhus School of Nursing (invented)\"},\"country\":\"DK\",\"eidas\":\"VATIE-1234567X\"}",
         "provider.other", "/provider/eidas"},
        {"{\"name\":{\"en\":\"Aarhus School of Nursing (invented)\"},\"country\":\"DK\"}", "provider.other",
         "/provider/eidas"}, /* its seal is another one without the number */
        {"{\"name\":{\"en\":\"Aarhus School of Nursing (invented)\",\"ga\":\"" HARBOUR
         "\"},\"country\":\"DK\",\"eidas\":\"VATDK-00000000\"}",
         "provider.taken", "/provider/name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        save(w, &w->mette, id, "provider", cases[i].provider, MR_STR_EMPTY);
        if (!finds(w, id, cases[i].finding, cases[i].pointer)) fail_msg("case %zu: %s", i, cases[i].provider);
    }
}

/* Between handing in and approving, the profile of another organisation can come to hold the name: it is looked at again. */
static void test_draft_provider__is_looked_at_again_when_it_is_approved(void **state)
{
    struct world *w = world(state);
    mr_str id = complete(w, "Late rival"), other;
    set_profile(w, w->org,
                "{\"name\":{\"en\":\"Aarhus School of Nursing (invented)\"},\"country\":\"DK\",\"eidas\":"
                "\"VATDK-11111111\"}",
                MR_OK);
    ensure(w, HARBOUR, &other);
    save(w, &w->mette, id, "provider",
         "{\"name\":{\"en\":\"Aarhus School of Nursing (invented)\"},\"country\":\"DK\",\"eidas\":\"VATDK-11111111\"}",
         MR_STR_EMPTY);
    submit(w, &w->mette, id, MR_OK);
    set_profile(w, w->org,
                "{\"name\":{\"en\":\"Aarhus School of Nursing (invented)\"},\"country\":\"DK\",\"eidas\":"
                "\"VATDK-22222222\"}",
                MR_OK);
    approve(w, &w->approver, id, MR_E_SPECIFICATION);
    assert_int_equal(open_draft(w, id).state, MR_DRAFT_SUBMITTED);
}

/* Numbers choose seals: nobody takes one that another has, not in any spelling that has the same seal, and not by a file either. */
static void test_organisation_profile__takes_no_number_of_another(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str other, slug, text = test_read_file(&w->a, MERIT_SOURCE_ROOT "/docs/examples/data-ethics.json");
    ensure(w, HARBOUR, &other);
    set_profile(w, other, "{\"name\":{\"en\":\"" HARBOUR "\"},\"country\":\"DK\",\"eidas\":\"VATDK-00000000\"}",
                MR_E_SPECIFICATION);
    set_profile(w, other, "{\"name\":{\"en\":\"VATDK-00000000\"},\"country\":\"DK\"}", MR_E_SPECIFICATION);
    set_profile(w, other, "{\"name\":{\"en\":\"aarhus-school-of-nursing (invented)\"},\"country\":\"DK\"}",
                MR_E_SPECIFICATION);
    set_profile(w, other, HARBOUR_PROFILE, MR_OK);
    set_profile(w, w->org, HARBOUR_PROFILE, MR_E_SPECIFICATION);
    /* a file of somebody who acts for Aarhus, naming another provider, or Aarhus with another's number */
    mr_findings_init(&findings, &w->a);
    assert_code(mr_catalogue_publish(w->s, &w->mette, &w->a, text, &findings, &slug, &err), MR_E_FORBIDDEN, err);
    assert_string_equal(err.pointer, "/provider/name");
    text = test_read_file(&w->a, EXAMPLE);
    ptrdiff_t at = mr_str_find(text, MR_STR("VATDK-00000000"));
    assert_true(at > 0);
    text = mr_arena_format(&w->a, "%.*sVATIE-1234567X%.*s", (int)at, text.ptr,
                           MR_STR_ARG(mr_str_from(text, (size_t)at + 14)));
    assert_code(mr_catalogue_publish(w->s, &w->mette, &w->a, text, &findings, &slug, &err), MR_E_FORBIDDEN, err);
    assert_string_equal(err.pointer, "/provider/eidas");
    assert_string_equal(err.detail, "VATIE-1234567X");
}

static void test_draft_approve__waits_for_consent(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_str other, request, id = complete(w, "Together");
    ensure(w, HARBOUR, &other);
    set_profile(w, other, HARBOUR_PROFILE, MR_OK);
    mr_findings_init(&findings, &w->a);
    save(w, &w->mette, id, "awarding_bodies", "[\"provider\"," HARBOUR_PROFILE "]", MR_STR_EMPTY);
    assert_true(finds(w, id, "partner.no_consent", "/awarding_bodies/1"));
    const struct mr_partner_order order = {
        .org_id = w->org, .specification = open_draft(w, id).slug, .partner = MR_STR("harbour-college-invented")};
    assert_ok(mr_partner_ask(w->s, &w->a, &w->mette, &order, &findings, &request, &err), err);
    assert_true(finds(w, id, "partner.no_consent", "/awarding_bodies/1")); /* asked is not consented */
    assert_ok(mr_partner_answer(w->s, &w->a, &mr_actor_operator, request, true, &err), err);
    submit(w, &w->mette, id, MR_OK);
    assert_ok(mr_partner_withdraw(w->s, &w->a, &mr_actor_operator, request, &err), err);
    approve(w, &w->approver, id, MR_E_SPECIFICATION);
    assert_ok(mr_partner_ask(w->s, &w->a, &w->mette, &order, &findings, &request, &err), err);
    assert_ok(mr_partner_answer(w->s, &w->a, &mr_actor_operator, request, true, &err), err);
    approve(w, &w->approver, id, MR_OK);
}

/* ---- mail about it ---- */

static size_t mails(struct world *w, const char *kind, const char *to, const char *language)
{
    struct mr_err err = {0};
    struct mr_queued_mail *list;
    size_t count, n = 0;
    assert_ok(mr_mail_list(w->s, &mr_actor_operator, &w->a, MR_STR_EMPTY, MR_MAIL_STATES, MR_STR_EMPTY, 100, &list,
                           &count, &err),
              err);
    for (size_t i = 0; i < count; i++)
        n += mr_str_is(list[i].kind, kind) && mr_str_is(list[i].to, to) && mr_str_is(list[i].language, language);
    return n;
}

static mr_str add_person(struct world *w, const char *email, const char *language, unsigned roles)
{
    struct mr_err err = {0};
    mr_str id;
    const struct mr_new_person p = {.email = mr_str_of(email),
                                    .name = MR_STR("Inge Prøve"),
                                    .language = mr_str_of(language),
                                    .org = w->org,
                                    .roles = roles};
    assert_ok(mr_people_add(w->s, &w->a, &p, &id, &err), err);
    return id;
}

static void test_draft_mail__tells_those_who_decide_and_who_waits(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id = complete(w, "Mailed");
    w->mette.id = add_person(w, "mette@example.org", "da", 1u << MR_ROLE_DESIGNER | 1u << MR_ROLE_APPROVER);
    w->approver.id = add_person(w, "approver@example.org", "en", 1u << MR_ROLE_APPROVER);
    add_person(w, "auditor@example.org", "en", 1u << MR_ROLE_AUDITOR);
    submit(w, &w->mette, id, MR_OK);
    assert_int_equal(mails(w, "approval", "approver@example.org", "en"), 1);
    assert_int_equal(mails(w, "approval", "mette@example.org", "da"), 0); /* hers, she knows */
    assert_int_equal(mails(w, "approval", "auditor@example.org", "en"), 0);
    assert_ok(mr_draft_return(w->s, &w->approver, &w->a, id, MR_STR("Say more of the price."), &err), err);
    assert_int_equal(mails(w, "sent_back", "mette@example.org", "da"), 1);
    submit(w, &w->mette, id, MR_OK);
    approve(w, &w->approver, id, MR_OK);
    assert_int_equal(mails(w, "approved", "mette@example.org", "da"), 1);
    assert_int_equal(mails(w, "approval", "approver@example.org", "en"), 2);
}

static void test_draft_approve__is_not_for_the_only_editor(void **state)
{
    struct world *w = world(state);
    mr_str id = complete(w, "Only editor");
    submit(w, &w->jonas, id, MR_OK); /* who has written nothing of it */
    assert_string_equal(approve(w, &w->mette, id, MR_E_FORBIDDEN).detail, "only_editor");
    struct mr_err err = {0};
    assert_ok(mr_draft_return(w->s, &w->jonas, &w->a, id, MR_STR_EMPTY, &err), err); /* takes it back */
    save(w, &w->jonas, id, "price", "{\"en\":\"10 EUR\",\"da\":\"75 kr.\"}", MR_STR_EMPTY);
    submit(w, &w->jonas, id, MR_OK);
    approve(w, &w->mette, id, MR_OK);
}

static void test_draft_approve__an_operator_may_and_it_is_recorded(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id;
    mr_str text = test_read_file(&w->a, MERIT_SOURCE_ROOT "/docs/examples/data-ethics.json");
    assert_ok(mr_draft_upload(w->s, &mr_actor_operator, &w->a, text, &id, &err), err);
    submit(w, &mr_actor_operator, id, MR_OK);
    approve(w, &mr_actor_operator, id, MR_OK);
    struct mr_draft d;
    assert_ok(mr_draft_open(w->s, &mr_actor_operator, &w->a, id, &d, &err), err);
    assert_str(d.submitted.kind, "operator");
    assert_str(d.decided.kind, "operator");
}

static void test_draft_return__needs_a_reason_and_opens_it_again(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_draft d;
    struct mr_draft_conflict conflict;
    size_t conflicts;
    mr_str id = complete(w, "Back");
    const struct mr_draft_change change = {MR_STR("price"), MR_STR_EMPTY, MR_STR_EMPTY};
    submit(w, &w->mette, id, MR_OK);
    assert_code(mr_draft_save(w->s, &w->mette, &w->a, id, &change, 1, &conflict, &conflicts, &d, &err), MR_E_STATE,
                err);
    assert_code(mr_draft_return(w->s, &w->approver, &w->a, id, MR_STR(" "), &err), MR_E_USAGE, err);
    assert_ok(mr_draft_return(w->s, &w->approver, &w->a, id, MR_STR("Say how it is graded."), &err), err);
    d = open_draft(w, id);
    assert_int_equal(d.state, MR_DRAFT_OPEN);
    assert_str(d.reason, "Say how it is graded.");
    assert_int_equal(save(w, &w->mette, id, "price", "", MR_STR_EMPTY), 0);
}

static void test_draft_version__an_old_one_stays_as_it_is(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_published *versions;
    size_t count;
    mr_str id, again;
    assert_ok(mr_draft_new_version(w->s, &w->mette, &w->a, MR_STR("wound-care-2026"), &id, &err), err);
    assert_ok(mr_draft_new_version(w->s, &w->jonas, &w->a, MR_STR("wound-care-2026"), &again, &err), err);
    assert_str(again, mr_arena_cstr(&w->a, id)); /* one at a time */
    assert_str(open_draft(w, id).version, "2026.2");
    save(w, &w->jonas, id, "price", "{\"en\":\"DKK 5,000\",\"da\":\"5.000 kr.\"}", MR_STR_EMPTY);
    save(w, &w->jonas, id, "version", "\"2026.1\"", MR_STR_EMPTY);
    submit(w, &w->jonas, id, MR_E_SPECIFICATION); /* it is published already */
    save(w, &w->jonas, id, "version", "\"2026.2\"", MR_STR_EMPTY);
    submit(w, &w->jonas, id, MR_OK);
    approve(w, &w->approver, id, MR_OK);
    assert_ok(mr_catalogue_versions(w->s, &w->mette, &w->a, MR_STR("wound-care-2026"), &versions, &count, &err), err);
    assert_int_equal(count, 2);
    assert_str(versions[0].version, "2026.2");
    assert_str(mr_texts_find(versions[0].specification.price, MR_STR("en")), "DKK 5,000");
    assert_str(mr_texts_find(versions[1].specification.price, MR_STR("en")), "DKK 4,200");
}

static void test_draft_identifier__belongs_to_whoever_published_first(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_findings findings;
    mr_specification spec;
    struct mr_draft d;
    mr_str id,
        text = MR_STR("{\"specification\":\"1\",\"id\":\"wound-care-2026\",\"version\":\"7\",\"provider\":{\"name\":"
                      "{\"en\":\"Another school (invented)\"}}}");
    mr_findings_init(&findings, &w->a);
    assert_ok(mr_draft_upload(w->s, &mr_actor_operator, &w->a, text, &id, &err), err);
    assert_ok(mr_draft_open(w->s, &mr_actor_operator, &w->a, id, &d, &err), err);
    assert_code(mr_draft_open(w->s, &w->mette, &w->a, id, &d, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_draft_check(w->s, &w->a, &d, false, &spec, &findings, &err), err);
    size_t found = 0;
    for (size_t i = 0; i < findings.count; i++) found += strcmp(findings.items[i].id, "draft.id_taken") == 0;
    assert_int_equal(found, 1);
}

static void test_draft_comment__is_about_an_element_or_the_whole(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_draft_comment *list;
    size_t count;
    mr_str id = begin(w, "Remarks");
    assert_ok(mr_draft_comment(w->s, &w->approver, &w->a, id, MR_STR("level"), MR_STR(" Why 6? "), &err), err);
    assert_ok(mr_draft_comment(w->s, &w->mette, &w->a, id, MR_STR_EMPTY, MR_STR("<b>done</b>"), &err), err);
    assert_code(mr_draft_comment(w->s, &w->mette, &w->a, id, MR_STR("colour"), MR_STR("x"), &err), MR_E_USAGE, err);
    assert_code(mr_draft_comment(w->s, &w->mette, &w->a, id, MR_STR_EMPTY, MR_STR("  "), &err), MR_E_USAGE, err);
    assert_ok(mr_draft_comments(w->s, &w->mette, &w->a, id, &list, &count, &err), err);
    assert_int_equal(count, 2);
    const struct mr_draft_comment *level = &list[list[0].element.len == 0]; /* of one millisecond: in any order */
    const struct mr_draft_comment *whole = &list[list[0].element.len != 0];
    assert_str(level->element, "level");
    assert_str(level->remark, "Why 6?");
    assert_str(level->by.id, "person-approver");
    assert_str(whole->remark, "<b>done</b>");
}

static void test_draft_archive__and_delete_know_their_states(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_draft d;
    struct mr_published *list;
    size_t before, after;
    mr_str id = begin(w, "Away"), sent = complete(w, "Sent");
    submit(w, &w->mette, sent, MR_OK);
    assert_ok(mr_draft_archive(w->s, &w->mette, &w->a, id, true, &err), err);
    assert_code(mr_draft_archive(w->s, &w->mette, &w->a, id, true, &err), MR_E_STATE, err);
    assert_ok(mr_draft_archive(w->s, &w->mette, &w->a, id, false, &err), err);
    assert_ok(mr_draft_delete(w->s, &w->mette, &w->a, id, &err), err);
    assert_code(mr_draft_open(w->s, &w->mette, &w->a, id, &d, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_draft_delete(w->s, &w->mette, &w->a, sent, &err), MR_E_STATE, err);
    assert_code(mr_draft_delete(w->s, &w->approver, &w->a, sent, &err), MR_E_FORBIDDEN, err);
    /* the published: offered no longer, then again */
    mr_str slug = MR_STR("wound-care-2026");
    assert_ok(mr_catalogue_list(w->s, &w->a, &(struct mr_specification_filter){.limit = 100}, &list, &before, &err),
              err);
    assert_code(mr_catalogue_archive(w->s, &w->stranger, slug, true, &err), MR_E_NOT_FOUND, err);
    assert_ok(mr_catalogue_archive(w->s, &w->approver, slug, true, &err), err);
    assert_ok(mr_catalogue_list(w->s, &w->a, &(struct mr_specification_filter){.limit = 100}, &list, &after, &err),
              err);
    assert_int_equal(after, before - 1);
    assert_ok(mr_catalogue_list_own(w->s, &w->mette, &w->a,
                                    &(struct mr_specification_filter){.which = MR_SPECIFICATIONS_ALL, .limit = 100},
                                    &list, &after, &err),
              err);
    assert_int_equal(after, before);
    assert_ok(mr_catalogue_archive(w->s, &w->approver, slug, false, &err), err);
    assert_ok(mr_catalogue_list(w->s, &w->a, &(struct mr_specification_filter){.limit = 100}, &list, &after, &err),
              err);
    assert_int_equal(after, before);
}

static void test_draft_copy__has_another_identifier(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    mr_str id, second;
    assert_ok(mr_draft_copy(w->s, &w->mette, &w->a, MR_STR("wound-care-2026"), &id, &err), err);
    struct mr_draft d = open_draft(w, id);
    assert_str(d.slug, "wound-care-2026-copy");
    assert_str(d.version, "1");
    assert_str(d.based_on, "");
    assert_str(d.languages, "en da");
    assert_ok(mr_draft_copy(w->s, &w->mette, &w->a, id, &second, &err), err);
    assert_str(open_draft(w, second).slug, "wound-care-2026-copy-copy");
    assert_code(mr_draft_copy(w->s, &w->stranger, &w->a, id, &second, &err), MR_E_NOT_FOUND, err);
    assert_code(mr_draft_copy(w->s, &w->mette, &w->a, MR_STR("nothing"), &second, &err), MR_E_NOT_FOUND, err);
}

/* ---- previews ---- */

static void test_draft_preview__shows_every_format_and_keeps_no_seal(void **state)
{
    struct world *w = world(state);
    struct mr_err err = {0};
    struct mr_published published;
    assert_ok(mr_catalogue_get(w->s, &w->a, MR_STR("wound-care-2026"), &published, &err), err);
    for (size_t i = 0; i < MR_FORMAT_COUNT; i++) {
        MR_CLEANUP(mr_buf_done) mr_buf text;
        const mr_json *root;
        mr_buf_init(&text, MR_LIMIT_DOCUMENT);
        assert_ok(mr_draft_sample(w->s, &w->a, &published.specification, mr_format_at(i), &text, &err), err);
        mr_str copy = mr_arena_dup(&w->a, mr_buf_str(&text));
        assert_ok(mr_json_parse(&w->a, copy, NULL, &root, &err), err);
        if (mr_str_find(copy, MR_STR("Wound care with digital follow-up")) < 0 || mr_str_find(copy, MR_STR("Åse")) < 0)
            fail_msg("%s does not say what and who:\n%.*s", mr_format_name(mr_format_at(i)), MR_STR_ARG(copy));
    }
    MR_CLEANUP(mr_buf_done) mr_buf png;
    mr_buf_init(&png, MR_MIB);
    assert_ok(mr_draft_draw(w->s, &published.specification, &png, &err), err);
    assert_memory_equal(png.ptr, "\x89PNG", 4);
    assert_false(mr_service_has_seal(w->s, mr_service_issuer(&w->a, &published.specification)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_draft_new__has_a_name_a_version_and_the_provider),
        TEST(test_draft_take_provider__puts_the_profile_in_place_of_what_stands_there),
        TEST(test_draft_new__names_that_are_taken_get_a_number),
        TEST(test_draft_new__says_what_is_missing),
        TEST(test_draft_upload__takes_what_has_faults_and_refuses_what_is_no_object),
        TEST(test_draft_save__two_people_on_two_elements_do_not_meet),
        TEST(test_draft_save__two_people_on_one_element_lose_nothing),
        TEST(test_draft_languages__are_added_put_first_and_not_lost),
        TEST(test_draft_document__tells_what_a_language_lacks),
        TEST(test_draft_document__next_versions),
        TEST(test_draft_submit__lists_every_gap),
        TEST(test_draft_approve__takes_a_second_person),
        TEST(test_draft_approve__is_found_at_once_until_it_is_archived),
        TEST(test_draft_provider__is_the_organisation_itself),
        TEST(test_draft_provider__is_looked_at_again_when_it_is_approved),
        TEST(test_organisation_profile__takes_no_number_of_another),
        TEST(test_draft_approve__waits_for_consent),
        TEST(test_draft_mail__tells_those_who_decide_and_who_waits),
        TEST(test_draft_approve__is_not_for_the_only_editor),
        TEST(test_draft_approve__an_operator_may_and_it_is_recorded),
        TEST(test_draft_return__needs_a_reason_and_opens_it_again),
        TEST(test_draft_version__an_old_one_stays_as_it_is),
        TEST(test_draft_identifier__belongs_to_whoever_published_first),
        TEST(test_draft_comment__is_about_an_element_or_the_whole),
        TEST(test_draft_archive__and_delete_know_their_states),
        TEST(test_draft_copy__has_another_identifier),
        TEST(test_draft_preview__shows_every_format_and_keeps_no_seal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
