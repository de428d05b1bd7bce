/* Every door: each address of routes.def, asked for by a stranger, by somebody with each role, and by a member of another organisation. What routes.def and
 * permission.def say is what happens over HTTP. */
#include "people.h"

#define OURS "Aarhus School of Nursing (invented)"
#define THEIRS "Hogeschool Waterland (verzonnen)"

static const struct route {
    mr_http_method method;
    const char *pattern;
    mr_action action;
    bool api;
} routes[] = {
#define MR_ROUTE(method, pattern, handler, access) {method, pattern, MR_MAY_##access, false},
#define MR_API(method, pattern, handler, access, takes, gives, summary) {method, pattern, MR_MAY_##access, true},
#include "web/routes.def"
#undef MR_ROUTE
#undef MR_API
};
#define ROUTES (sizeof routes / sizeof *routes)

struct house {
    struct site site;
    mr_arena a;
    mr_str person, invitation; /* of ours */
    char email[MR_ROLE_COUNT][40];
};

static int open_house(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    struct mr_err err = {0};
    struct mr_invitation_row *rows;
    struct mr_member *members;
    size_t count;
    site_open(&h->site, NULL);
    mr_arena_init(&h->a, 64 << 20);
    for (mr_role r = 0; r < MR_ROLE_COUNT; r++) {
        snprintf(h->email[r], sizeof h->email[r], "%.*s@example.org", MR_STR_ARG(mr_role_word(r)));
        person_add(&h->site, &h->a, h->email[r], OURS, 1u << r, false);
    }
    h->person = person_add(&h->site, &h->a, "colleague@example.org", OURS, 1u << MR_ROLE_DESIGNER, false);
    person_add(&h->site, &h->a, "theirs@example.org", THEIRS, MR_ROLES_ALL, false);
    person_add(&h->site, &h->a, "house@example.org", "", 0, true);
    struct mr_org_count *orgs;
    assert_ok(mr_people_organisations(h->site.service, &h->a, &mr_actor_operator, &orgs, &count, &err), err);
    for (size_t i = 0; i < count; i++) {
        if (!mr_str_is(orgs[i].name, OURS)) continue;
        assert_ok(mr_people_members(h->site.service, &h->a, &mr_actor_operator, orgs[i].id, &members, &count, &err),
                  err);
        assert_int_equal(count, MR_ROLE_COUNT + 1);
        assert_ok(mr_people_invite(h->site.service, &h->a, &mr_actor_operator, orgs[i].id, MR_STR("new@example.org"), 1,
                                   MR_STR("en"), &count, &err),
                  err);
        assert_ok(mr_people_invitations(h->site.service, &h->a, &mr_actor_operator, orgs[i].id, &rows, &count, &err),
                  err);
        h->invitation = rows[0].id;
        break;
    }
    assert_int_equal(h->invitation.len, 36);
    *state = h;
    return 0;
}
static int close_house(void **state)
{
    struct house *h = *state;
    site_close(&h->site);
    mr_arena_done(&h->a);
    free(h);
    return 0;
}

/* The pattern with something in the place of each star. */
static const char *address(mr_arena *a, const char *pattern, const char *instead)
{
    mr_str rest = mr_str_of(pattern), part, path = MR_STR_EMPTY;
    bool first = true;
    while (mr_str_split(&rest, '/', &part)) {
        path = mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(path), first ? "" : "/",
                               MR_STR_ARG(mr_str_is(part, "*") ? mr_str_of(instead) : part));
        first = false;
    }
    return mr_arena_cstr(a, path);
}

/* GET shows, everything else changes: those carry the form's token. */
static void ask(struct house *h, const struct route *r, const struct visitor *v, const char *path, bool with_token)
{
    struct visitor bare = {{0}, {0}, {0}};
    if (v) bare = *v;
    if (!with_token) bare.form_token[0] = '\0';
    if (r->method == MR_POST)
        person_send(&h->site, v ? &bare : NULL, path, "");
    else if (v)
        site_ask(&h->site, r->method, path, SITE_HEADER("Cookie", bare.cookie), MR_STR_EMPTY);
    else
        site_ask(&h->site, r->method, path, SITE_NOTHING_MORE, MR_STR_EMPTY);
}

static void expect(const struct house *h, const struct route *r, const char *who, int unwanted, int wanted)
{
    int got = h->site.response.status;
    if (wanted ? got == wanted : got != unwanted && got < 500) return;
    fail_msg("%d %s as %s: got %d, %s %d", r->method, r->pattern, who, got, wanted ? "wanted" : "never",
             wanted ? wanted : unwanted);
}

static void test_doors__are_closed_to_strangers(void **state)
{
    struct house *h = *state;
    static const struct visitor forged[] = {
        {"merit_session=", "", ""},
        {"merit_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"merit_operator=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}};
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *r = &routes[i];
        if (r->action == MR_MAY_PUBLIC) continue;
        const char *path = address(&h->a, r->pattern, "x");
        ask(h, r, NULL, path, false);
        expect(h, r, "a stranger", 0, r->api ? 401 : 403);
        for (size_t k = 0; k < sizeof forged / sizeof *forged; k++) {
            ask(h, r, &forged[k], path, true);
            expect(h, r, "somebody with a forged cookie", 0, r->api ? 401 : 403);
        }
    }
}

static void test_doors__open_for_the_roles_of_the_table_alone(void **state)
{
    struct house *h = *state;
    size_t opened = 0, refused = 0;
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *r = &routes[i];
        if (r->action == MR_MAY_PUBLIC) continue;
        const char *path = address(&h->a, r->pattern, "x");
        for (mr_role role = 0; role < MR_ROLE_COUNT; role++) {
            struct visitor v;
            bool may = r->action == MR_MAY_SIGNED_IN || mr_action_roles(r->action) & 1u << role;
            person_enter(&h->site, h->email[role], &v); /* anew: some doors lead out */
            ask(h, r, &v, path, true);
            if (r->api) /* a cookie is nothing to the API */
                expect(h, r, h->email[role], 0, 401);
            else
                expect(h, r, h->email[role], 403, may ? 0 : 403);
            may ? opened++ : refused++;
            if (r->api || r->method != MR_POST) continue;
            ask(h, r, &v, path, false);
            expect(h, r, "somebody whose form has no token", 0, 403);
        }
    }
    assert_true(opened > 100 && refused > 50); /* the walk was a walk */
}

static void test_doors__keep_the_installation_to_its_administrators(void **state)
{
    struct house *h = *state;
    size_t count = 0;
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *r = &routes[i];
        if (r->action <= MR_MAY_SIGNED_IN || mr_action_roles(r->action) || r->api) continue;
        struct visitor v;
        const char *path = address(&h->a, r->pattern, "x");
        person_enter(&h->site, "house@example.org", &v);
        ask(h, r, &v, path, true);
        expect(h, r, "an administrator of the installation", 403, 0);
        person_enter(&h->site, "theirs@example.org", &v);
        ask(h, r, &v, path, true);
        expect(h, r, "somebody with every role", 0, 403);
        count++;
    }
    assert_true(count >= 3);
    struct visitor v; /* and running the house is no key to the rooms */
    person_enter(&h->site, "house@example.org", &v);
    site_get(&h->site, "/provider", SITE_HEADER("Cookie", v.cookie));
    assert_status(&h->site, 403, "the office of an organisation");
    site_get(&h->site, "/provider/people", SITE_HEADER("Cookie", v.cookie));
    assert_status(&h->site, 403, "the people of an organisation");
}

/* What belongs to us, in addresses: whoever has every role elsewhere finds nothing there. One row for each kind of object. */
static void test_doors__of_another_organisation_lead_nowhere(void **state)
{
    struct house *h = *state;
    const struct {
        const char *prefix;
        mr_str id;
    } objects[] = {
        {"/provider/people/*", h->person},
        {"/provider/invitations/*", h->invitation},
    };
    size_t walked = 0;
    for (size_t i = 0; i < ROUTES; i++)
        for (size_t k = 0; k < sizeof objects / sizeof *objects; k++) {
            const struct route *r = &routes[i];
            struct visitor v;
            if (r->api || !mr_str_has_prefix(mr_str_of(r->pattern), mr_str_of(objects[k].prefix))) continue;
            const char *path = address(&h->a, r->pattern, objects[k].id.ptr);
            person_enter(&h->site, "theirs@example.org", &v);
            if (r->method == MR_POST)
                person_send(&h->site, &v, path, "role.designer=1");
            else
                ask(h, r, &v, path, true);
            expect(h, r, "a member of another organisation", 0, 404);
            assert_says_not(&h->site, "colleague@example.org");
            assert_says_not(&h->site, "new@example.org");
            walked++;
        }
    assert_true(walked >= 5);
    struct visitor v; /* ours are still there */
    person_enter(&h->site, h->email[MR_ROLE_ADMINISTRATOR], &v);
    site_get(&h->site, "/provider/people", SITE_HEADER("Cookie", v.cookie));
    assert_says(&h->site, "colleague@example.org");
    assert_says(&h->site, "new@example.org");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doors__are_closed_to_strangers),
        cmocka_unit_test(test_doors__open_for_the_roles_of_the_table_alone),
        cmocka_unit_test(test_doors__keep_the_installation_to_its_administrators),
        cmocka_unit_test(test_doors__of_another_organisation_lead_nowhere),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
