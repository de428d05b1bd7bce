/* Every door: each address of routes.def, asked for by a stranger, by somebody with each role, and by a member of another organisation. What routes.def and
 * permission.def say is what happens over HTTP. */
#include "people.h"

#include "service/api_token.h"
#include "service/correction.h"
#include "service/draft.h"
#include "service/enrolment.h"
#include "service/evidence_file.h"
#include "service/lti.h"
#include "service/mail.h"
#include "service/opportunity.h"
#include "service/organisation.h"
#include "service/partner.h"
#include "service/profile.h"
#include "service/validation.h"
#include "service/webhook.h"

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
    mr_str org, other; /* ids of the organisations */
    char bearer[80];   /* a token of theirs, with every scope */
};

static int open_house(void **state)
{
    struct house *h = calloc(1, sizeof *h);
    struct mr_err err = {0};
    struct mr_invitation_row *rows;
    struct mr_member *members;
    size_t count, org_count;
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
    assert_ok(mr_people_organisations(h->site.service, &h->a, &mr_actor_operator, &orgs, &org_count, &err), err);
    for (size_t i = 0; i < org_count; i++) {
        if (mr_str_is(orgs[i].name, THEIRS)) h->other = orgs[i].id;
        if (!mr_str_is(orgs[i].name, OURS)) continue;
        h->org = orgs[i].id;
        assert_ok(mr_people_members(h->site.service, &h->a, &mr_actor_operator, orgs[i].id, &members, &count, &err),
                  err);
        assert_int_equal(count, MR_ROLE_COUNT + 1);
        assert_ok(mr_people_invite(h->site.service, &h->a, &mr_actor_operator, orgs[i].id, MR_STR("new@example.org"), 1,
                                   MR_STR("en"), &count, &err),
                  err);
        assert_ok(mr_people_invitations(h->site.service, &h->a, &mr_actor_operator, orgs[i].id, &rows, &count, &err),
                  err);
        h->invitation = rows[0].id;
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

/* ---- what belongs to somebody ---- */

struct object {
    const char *prefix; /* of the addresses that are about it */
    mr_str id;
};
#define OBJECTS_MOST 40
struct objects {
    struct object list[OBJECTS_MOST];
    size_t count;
};

static void put(struct objects *o, const char *prefix, mr_str id)
{
    assert_true(o->count < OBJECTS_MOST && id.len > 0);
    o->list[o->count++] = (struct object){prefix, id};
}

/* What is described and offered. */
static void make_described(struct house *h, struct objects *o)
{
    struct mr_err err = {0};
    struct mr_findings f;
    mr_service *s = h->site.service;
    const struct mr_actor *us = &mr_actor_operator;
    mr_str id;
    mr_findings_init(&f, &h->a);
    const struct mr_draft_start start = {.org_id = h->org, .title = MR_STR("Hidden draft"), .languages = MR_STR("en")};
    assert_ok(mr_draft_new(s, us, &h->a, &start, &id, &err), err);
    put(o, "/provider/drafts/*", id), put(o, "/api/v1/drafts/*", id);
    assert_ok(mr_opportunity_add(
                  s, &h->a, us,
                  MR_STR("{\"specification\":\"wound-care-2026\",\"mode\":\"blended\",\"languages\":[\"da\"]}"), &f,
                  &id, &err),
              err);
    put(o, "/provider/opportunities/*", id), put(o, "/api/v1/opportunities/*", id);
    assert_ok(mr_organisation_add_assessor(s, &h->a, us, h->org,
                                           MR_STR("{\"name\":{\"en\":\"Hidden Assessor\"},\"country\":\"DK\"}"), &f,
                                           &id, &err),
              err);
    put(o, "/provider/organisation/assessors/*", id);
    assert_ok(mr_organisation_add_unit(s, &h->a, us, h->org, MR_STR("faculty"),
                                       MR_STR("{\"name\":{\"en\":\"Hidden Faculty\"}}"), &f, &id, &err),
              err);
    put(o, "/provider/organisation/units/*", id);
    const struct mr_partner_order order = {.org_id = h->org,
                                           .specification = MR_STR("wound-care-2026"),
                                           .profile =
                                               MR_STR("{\"name\":{\"en\":\"Hidden Partner\"},\"country\":\"IE\"}"),
                                           .email = MR_STR("hidden@example.org"),
                                           .language = MR_STR("en")};
    assert_ok(mr_partner_ask(s, &h->a, us, &order, &f, &id, &err), err);
    put(o, "/provider/partners/*", id), put(o, "/api/v1/partners/*", id);
    put(o, "/provider/specifications/*", MR_STR("wound-care-2026"));
    put(o, "/provider/enrolments/*",
        MR_STR("wound-care-2026")); /* "add", "file" and the like are about a specification */
}

/* What is awarded, from enrolment to evidence. */
static void make_awarded(struct house *h, struct objects *o)
{
    struct mr_err err = {0};
    struct mr_findings f;
    struct mr_published published;
    struct mr_batch *batches;
    struct mr_claim_link *links;
    size_t count;
    mr_service *s = h->site.service;
    const struct mr_actor *us = &mr_actor_operator;
    mr_str id;
    mr_findings_init(&f, &h->a);
    assert_ok(mr_catalogue_get(s, &h->a, MR_STR("wound-care-2026"), &published, &err), err);
    assert_ok(mr_batch_list(s, &mr_actor_operator, &h->a, published.id, &batches, &count, &err), err);
    put(o, "/provider/batches/*", batches[0].id), put(o, "/api/v1/batches/*", batches[0].id);
    assert_ok(mr_batch_links(s, us, &h->a, batches[0].id, &links, &count, &err), err);
    put(o, "/provider/achievements/*", links[0].achievement_id),
        put(o, "/api/v1/achievements/*", links[0].achievement_id);
    assert_ok(mr_evidence_file_add(s, us, &h->a, MR_EVIDENCE_BATCH, batches[0].id, MR_STR("hidden.txt"),
                                   MR_STR("Hidden evidence\n"), &id, &err),
              err);
    put(o, "/provider/evidence/*", id), put(o, "/api/v1/evidence/*", id);
    const struct mr_award_fields learner = {.name = MR_STR("Hidden Learner"), .birth_date = MR_STR("1991-03-02")};
    assert_ok(mr_validation_open(s, us, &h->a, published.slug, &learner, MR_STR("Ten years"), &f, &id, &err), err);
    put(o, "/provider/validations/*", id), put(o, "/api/v1/validations/*", id);
    const struct mr_enrolment_new enrolment = {.specification = published.slug, .full_name = MR_STR("Hidden Learner")};
    assert_ok(mr_enrolment_add(s, us, &h->a, &enrolment, "hand", &f, &id, &err), err);
    put(o, "/provider/enrolments/*/move", id), put(o, "/api/v1/enrolments/*", id);
    mr_str path = mr_claim_path(s, &h->a, links[0].achievement_id, 0);
    assert_ok(mr_correction_ask(s, &h->a, mr_language_english(), links[0].achievement_id,
                                mr_str_from(path, path.len - 32), MR_STR_EMPTY, MR_STR("Hidden Learner"), MR_STR_EMPTY,
                                &err),
              err);
    struct mr_correction_row asked;
    assert_ok(mr_correction_asked(s, &h->a, links[0].achievement_id, &asked, &err), err);
    put(o, "/provider/corrections/*", asked.id);
}

/* What connects us with others. */
static void make_connected(struct house *h, struct objects *o)
{
    struct mr_err err = {0};
    struct mr_queued_mail *mails;
    size_t count;
    mr_service *s = h->site.service;
    const struct mr_actor *us = &mr_actor_operator;
    mr_str id, secret;
    assert_ok(mr_mail_list(s, us, &h->a, h->org, MR_MAIL_STATES, MR_STR_EMPTY, 10, &mails, &count, &err), err);
    assert_true(count > 0); /* the invitation, at least */
    put(o, "/provider/mail/*", mails[0].id), put(o, "/api/v1/mail/*", mails[0].id);
    const struct mr_webhook webhook = {.url = MR_STR("https://hidden.example.org/hook"),
                                       .events = MR_STR("batch.sealed")};
    assert_ok(mr_webhook_add(s, us, &h->a, h->org, &webhook, &id, &secret, &err), err);
    put(o, "/provider/webhooks/*", id), put(o, "/api/v1/webhooks/*", id);
    const struct mr_api_token_order order = {.org_id = h->org, .name = MR_STR("Hidden token"), .scopes = 2, .days = 1};
    assert_ok(mr_api_token_add(s, us, &h->a, &order, &id, &secret, &err), err);
    put(o, "/provider/integrations/tokens/*", id);
    const struct mr_lti_platform platform = {.org_id = h->org,
                                             .name = MR_STR("Hidden platform"),
                                             .issuer = MR_STR("https://lms.example.org"),
                                             .client_id = MR_STR("hidden-client"),
                                             .auth_url = MR_STR("https://lms.example.org/auth"),
                                             .token_url = MR_STR("https://lms.example.org/token"),
                                             .jwks_url = MR_STR("https://lms.example.org/jwks"),
                                             .deployments = MR_STR("1")};
    assert_ok(mr_lti_platform_add(s, us, &h->a, &platform, &id, &err), err);
    put(o, "/provider/integrations/lti/*", id);
    mr_str profile = test_read_file(&h->a, MERIT_SOURCE_ROOT "/docs/examples/profiles/stads.json");
    assert_ok(mr_profile_save(s, us, &h->a, h->org, profile, &id, &err), err);
    put(o, "/provider/profiles/*", id), put(o, "/api/v1/profiles/*", id);
    put(o, "/provider/people/*", h->person), put(o, "/api/v1/members/*", h->person);
    put(o, "/provider/invitations/*", h->invitation), put(o, "/api/v1/invitations/*", h->invitation);
    const struct mr_api_token_order all = {.org_id = h->other,
                                           .name = MR_STR("Theirs"),
                                           .scopes = 1u << MR_SCOPE_READ | 1u << MR_SCOPE_DESCRIBE |
                                                     1u << MR_SCOPE_AWARD | 1u << MR_SCOPE_SIGN | 1u << MR_SCOPE_MANAGE,
                                           .days = 1};
    assert_ok(mr_api_token_add(s, us, &h->a, &all, &id, &secret, &err), err);
    snprintf(h->bearer, sizeof h->bearer, "Bearer %.*s", MR_STR_ARG(secret));
}

/* Forms that are looked at before the object is found may say what is wrong with them; nothing is done, and nothing shown. */
static bool leads_nowhere(const struct route *r, int status)
{
    if (status == 404) return true;
    if (r->api && mr_action_scope(r->action) == MR_SCOPE_NONE) return status == 403; /* no token may this anywhere */
    return r->method != MR_GET && (status == 400 || status == 415 || status == 422);
}

static void knock(struct house *h, const struct route *r, const char *path)
{
    struct visitor v;
    if (r->api) {
        site_ask(&h->site, r->method, path,
                 SITE_HEADER_LIST({"Authorization", h->bearer}, {"Content-Type", "application/json"}),
                 r->method == MR_GET || r->method == MR_DELETE ? MR_STR_EMPTY : MR_STR("{}"));
        return;
    }
    person_enter(&h->site, "theirs@example.org", &v);
    if (r->method == MR_POST)
        person_send(&h->site, &v, path, "role.designer=1&reason=x&do=test&to=withdrawn&open=1&keep=12");
    else
        ask(h, r, &v, path, true);
}

/* A form's address, opened by hand, leads back to the page of its object, which is not there either. */
static bool leads_back_to_nothing(struct house *h)
{
    struct visitor v;
    const char *to = mr_arena_cstr(&h->a, site_header_of(&h->site, "Location"));
    person_enter(&h->site, "theirs@example.org", &v);
    site_get(&h->site, to, SITE_HEADER("Cookie", v.cookie));
    return h->site.response.status == 404;
}

/* Some addresses are about everybody's objects, or take no object's id there. */
static bool is_other_thing(const struct route *r, const struct object *o)
{
    mr_str pattern = mr_str_of(r->pattern);
    if (strcmp(o->prefix, "/provider/enrolments/*") == 0) return mr_str_has_suffix(pattern, MR_STR("/move"));
    if (strcmp(o->prefix, "/provider/specifications/*") == 0) return false;
    return strcmp(r->pattern, "/provider/mail/templates/*/*") == 0;
}

/* What belongs to us: whoever has every role, or a token with every scope, elsewhere finds nothing there, and changes nothing. */
static void test_doors__of_another_organisation_lead_nowhere(void **state)
{
    struct house *h = *state;
    struct objects o = {0};
    size_t walked = 0, wrong = 0, of_api = 0;
    make_described(h, &o);
    make_awarded(h, &o);
    make_connected(h, &o);
    for (size_t k = 0; k < o.count; k++) {
        size_t here = 0;
        for (size_t i = 0; i < ROUTES; i++) {
            const struct route *r = &routes[i];
            if (r->action == MR_MAY_PUBLIC || !mr_str_has_prefix(mr_str_of(r->pattern), mr_str_of(o.list[k].prefix)))
                continue;
            if (is_other_thing(r, &o.list[k])) continue;
            knock(h, r, address(&h->a, r->pattern, o.list[k].id.ptr));
            here++, walked++, of_api += r->api;
            int status = h->site.response.status;
            bool shown = site_says(&h->site, "Hidden ") || site_says(&h->site, "hidden.example.org");
            if (!shown && (leads_nowhere(r, status) || (!r->api && status == 303 && leads_back_to_nothing(h))))
                continue;
            print_error("%d %s: %d%s\n", r->method, r->pattern, status, shown ? ", and shows it" : "");
            wrong++;
        }
        if (!here) fail_msg("no address is about %s", o.list[k].prefix);
    }
    assert_int_equal(wrong, 0);
    assert_true(walked >= 80 && of_api >= 20);
    struct visitor v; /* ours are still there */
    person_enter(&h->site, h->email[MR_ROLE_ADMINISTRATOR], &v);
    site_get(&h->site, "/provider/people", SITE_HEADER("Cookie", v.cookie));
    assert_says(&h->site, "colleague@example.org");
    assert_says(&h->site, "new@example.org");
    site_get(&h->site, "/provider/webhooks", SITE_HEADER("Cookie", v.cookie));
    assert_says(&h->site, "https://hidden.example.org/hook");
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
