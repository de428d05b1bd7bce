/* Every door: each address of routes.def, asked for by a stranger, by somebody with each role, by a member of another organisation, and by somebody who is more there
 * than here. What routes.def and permission.def say is what happens over HTTP.
 *
 * A refusal counts only when a guard spoke: forms and bodies that are sent are good ones, so that "this is wrong" (400, 415, 422) never stands in for "not yours". */
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
#include "service/upload.h"
#include "service/validation.h"
#include "service/webhook.h"

#include <time.h>

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
static size_t passed[ROUTES], refused[ROUTES]; /* how often somebody signed in was, in all tests so far */

struct house {
    struct site site;
    mr_arena a;
    mr_str person, invitation; /* of ours */
    char email[MR_ROLE_COUNT][40];
    mr_str org, other; /* ids of the organisations */
    char bearer[80];   /* a token of theirs, with every scope */
    mr_str their_webhook;
    struct known_visitor {
        char email[48];
        struct visitor visitor;
    } visitors[MR_ROLE_COUNT + 4]; /* whose sessions go on */
    size_t visitor_count;
};

/* Somebody's session, begun once. */
static const struct visitor *visitor_of(struct house *h, const char *email)
{
    for (size_t i = 0; i < h->visitor_count; i++)
        if (strcmp(h->visitors[i].email, email) == 0) return &h->visitors[i].visitor;
    assert_true(h->visitor_count < sizeof h->visitors / sizeof *h->visitors);
    struct known_visitor *v = &h->visitors[h->visitor_count++];
    snprintf(v->email, sizeof v->email, "%s", email);
    person_enter(&h->site, email, &v->visitor);
    return &v->visitor;
}

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

/* The pattern with `first` in the place of its first star and `second` (NULL: the same) in that of the others. */
static const char *address_of(mr_arena *a, const char *pattern, const char *first, const char *second)
{
    mr_str rest = mr_str_of(pattern), part, path = MR_STR_EMPTY;
    size_t parts = 0, stars = 0;
    while (mr_str_split(&rest, '/', &part)) {
        if (mr_str_is(part, "*")) part = mr_str_of(stars++ && second ? second : first);
        path = mr_arena_format(a, "%.*s%s%.*s", MR_STR_ARG(path), parts++ ? "/" : "", MR_STR_ARG(part));
    }
    return mr_arena_cstr(a, path);
}
static const char *address(mr_arena *a, const char *pattern, const char *instead)
{
    return address_of(a, pattern, instead, NULL);
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
    if (strcmp(who, "a stranger") != 0) (got == 403 || got == 401 ? refused : passed)[r - routes]++;
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
    size_t opened = 0, closed = 0;
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
            may ? opened++ : closed++;
            if (r->api || r->method != MR_POST) continue;
            ask(h, r, &v, path, false);
            expect(h, r, "somebody whose form has no token", 0, 403);
        }
    }
    assert_true(opened > 100 && closed > 50); /* the walk was a walk */
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
    mr_str second; /* in the place of the second star; empty: what `seconds` says */
};
#define OBJECTS_MOST 40
struct objects {
    struct object list[OBJECTS_MOST];
    size_t count;
};

static void put(struct objects *o, const char *prefix, mr_str id)
{
    assert_true(o->count < OBJECTS_MOST && id.len > 0);
    o->list[o->count++] = (struct object){.prefix = prefix, .id = id};
}
static void put_second(struct objects *o, const char *prefix, mr_str id, mr_str second)
{
    put(o, prefix, id);
    assert_true(second.len > 0);
    o->list[o->count - 1].second = second;
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
    assert_ok(mr_batch_list(s, &mr_actor_operator, &h->a, published.id, MR_STR_EMPTY, 100, &batches, &count, &err),
              err);
    put(o, "/provider/batches/*", batches[0].id), put(o, "/api/v1/batches/*", batches[0].id);
    const struct mr_upload upload = {
        .specification_id = published.id, .file_name = MR_STR("hidden.csv"), .content = MR_STR("name\nHidden Nina\n")};
    assert_ok(mr_upload_add(s, us, &h->a, &upload, &id, &err), err);
    put(o, "/provider/batches/*", id), put(o, "/api/v1/batches/*", id); /* in preview; the other is sealed */
    assert_ok(mr_batch_search(s, us, &h->a, &(struct mr_achievement_query){.batch_id = batches[0].id, .limit = 1000},
                              &links, &count, &err),
              err);
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
    struct mr_delivery *deliveries;
    assert_ok(mr_webhook_test(s, us, id, &err), err);
    assert_ok(mr_webhook_deliveries(s, us, &h->a, id, MR_STR_EMPTY, 10, &deliveries, &count, &err), err);
    assert_true(count > 0);
    put_second(o, "/provider/webhooks/*/deliveries/*/send", id, deliveries[0].id);
    put_second(o, "/api/v1/webhooks/*/deliveries/*/send", id, deliveries[0].id);
    const struct mr_webhook theirs = {.url = MR_STR("https://theirs.example.org/hook"),
                                      .events = MR_STR("batch.sealed")};
    assert_ok(mr_webhook_add(s, us, &h->a, h->other, &theirs, &h->their_webhook, &secret, &err), err);
    put_second(o, "/provider/webhooks/*/deliveries/*/send", h->their_webhook, deliveries[0].id);
    put_second(o, "/api/v1/webhooks/*/deliveries/*/send", h->their_webhook, deliveries[0].id);
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

/* What stands in the place of the second star: something that is there, so that only the first can be refused. */
static const char *second_of(const char *pattern)
{
    static const char *const seconds[][2] = {{"/elements/*", "title"},
                                             {"/samples/*", "elm"},
                                             {"/achievements/*/files/*", "european"},
                                             {"/provider/drafts/*/*", "title"}};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++)
        if (mr_str_has_suffix(mr_str_of(pattern), mr_str_of(seconds[i][0]))) return seconds[i][1];
    return NULL;
}

/* A time to seal that is a good one on the day of the test. */
static const char *time_to_seal(const char *form)
{
    static char text[120];
    char day[11];
    time_t then = time(NULL) + 30 * 86400;
    struct tm utc;
    gmtime_r(&then, &utc);
    strftime(day, sizeof day, "%Y-%m-%d", &utc);
    snprintf(text, sizeof text, form, day);
    return text;
}

/* Good bodies of the API, by the end of the address; others take none, or "{}". */
static const char *body_of(const char *pattern)
{
    static const char *const bodies[][2] = {
        {"/elements/*", "{\"value\":{\"en\":\"X\"}}"},
        {"/drafts/*/remarks", "{\"remark\":\"x\"}"},
        {"/drafts/*/languages", "{\"language\":\"da\",\"change\":\"add\"}"},
        {"/drafts/*/return", "{\"reason\":\"x\"}"},
        {"/archive", "{\"archived\":true}"},
        {"/status", "{\"status\":\"suspended\",\"reason\":\"x\"}"},
        {"/mail/*/send", "{}"},
        {"/webhooks/*/state", "{\"state\":\"paused\"}"},
        {"/webhooks/*", "{\"url\":\"https://x.example.org/\",\"events\":[\"batch.sealed\"]}"},
        {"/members/*", "{\"roles\":[\"designer\"]}"},
        {"/replace", "{\"name\":\"X Y\",\"reason\":\"x\"}"},
        {"/supervision", "{\"supervision\":\"none\"}"},
        {"/validations/*/decision", "{\"accept\":true,\"reasons\":\"x\",\"assessor\":\"Y\"}"},
        {"/partners/*/answer", "{\"consents\":true}"},
        {"/batches/*/mapping", "{\"columns\":{\"name\":\"name\"}}"},
        {"/enrolments/*", "{\"state\":\"withdrawn\"}"},
        {"/specifications/*/validations", "{\"name\":\"X Y\",\"claim\":\"x\"}"},
        {"/enrolments/page", "{\"open\":true}"},
        {"/opportunities/*", "{\"specification\":\"wound-care-2026\",\"mode\":\"blended\",\"languages\":[\"da\"]}"},
    };
    if (mr_str_has_suffix(mr_str_of(pattern), MR_STR("/schedule"))) return time_to_seal("{\"at\":\"%sT10:00:00Z\"}");
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (mr_str_has_suffix(mr_str_of(pattern), mr_str_of(bodies[i][0]))) return bodies[i][1];
    return "{}";
}

/* Good forms, by the end of the address; others take none but the token. */
static const char *form_of(const char *pattern)
{
    static const char *const forms[][2] = {
        {"/people/*", "role.designer=1"},
        {"/drafts/*/languages", "op=add&language=da"},
        {"/drafts/*/delete", "sure=1"},
        {"/drafts/*/drop", "member=title"},
        {"/drafts/*/remarks", "remark=x"},
        {"/drafts/*/return", "reason=x"},
        {"/archive", "op=archive"},
        {"/batches/*/status", "asked=1&all=1&to=suspended&code=other&reason=x&confirmed=1"},
        {"/achievements/*/status", "to=suspended&code=other&reason=x&confirmed=1"},
        {"/achievements/*/replace", "reason=x&name=X+Y"},
        {"/validations/*/decision", "decision=accept&assessor=Y&reasons=x"},
        {"/mail/*/send", ""},
        {"/enrolments/*/results", "hand_in=1"},
        {"/enrolments/*/move", "to=withdrawn"},
        {"/enrolments/*/add", "name=X+Y"},
        {"/enrolment", "open=1&keep=12"},
        {"/enrolments/*/page", "open=1&keep=12"},
        {"/batches/*/mapping", "column_name=name"},
        {"/batches/*/supervision", "supervision=none"},
        {"/webhooks/*", "url=https%3A%2F%2Fx.example.org%2F&event.batch.sealed=1"},
        {"/webhooks/*/do", "do=test"},
        {"/partners/*/answer", "answer=consent"},
        {"/specifications/*/validations", "name=X+Y&claim=x"},
        {"/opportunities/*", "specification=wound-care-2026&mode=blended&language=da&revision=1"},
    };
    if (mr_str_has_suffix(mr_str_of(pattern), MR_STR("/schedule"))) return time_to_seal("at=%sT10%%3A00&zone=UTC");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (mr_str_has_suffix(mr_str_of(pattern), mr_str_of(forms[i][0]))) return forms[i][1];
    return "";
}

static void knock(struct house *h, const struct route *r, const char *path, const struct visitor *v, const char *bearer)
{
    if (r->api)
        site_ask(&h->site, r->method, path,
                 SITE_HEADER_LIST({"Authorization", bearer}, {"Content-Type", "application/json"}),
                 r->method == MR_GET || r->method == MR_DELETE ? MR_STR_EMPTY : mr_str_of(body_of(r->pattern)));
    else if (r->method != MR_POST)
        site_ask(&h->site, r->method, path, SITE_HEADER("Cookie", v->cookie), MR_STR_EMPTY);
    else if (mr_str_has_suffix(mr_str_of(r->pattern), MR_STR("/evidence")) ||
             strcmp(r->pattern, "/provider/specifications/*/results") == 0 ||
             mr_str_has_suffix(mr_str_of(r->pattern), MR_STR("/file"))) {
        MR_CLEANUP(mr_buf_done) mr_buf form;
        mr_buf_init(&form, 1 << 16);
        site_form_put(&form, "form_token", NULL, mr_str_of(v->form_token));
        site_form_put(&form, "file", "x.csv", MR_STR("name\nX Y\n"));
        site_ask(&h->site, MR_POST, path, SITE_HEADER_LIST({"Cookie", v->cookie}, {"Content-Type", SITE_FORM}),
                 site_form_end(&form));
    } else
        person_send(&h->site, v, path, form_of(r->pattern));
}

/* A form's address, opened by hand, leads back to the page of its object, which is not there either. */
static bool leads_back_to_nothing(struct house *h, const struct visitor *v, int wanted)
{
    const char *to = mr_arena_cstr(&h->a, site_header_of(&h->site, "Location"));
    site_get(&h->site, to, SITE_HEADER("Cookie", v->cookie));
    return h->site.response.status == wanted || h->site.response.status == 404;
}

/* Some addresses are about everybody's objects, or take no object's id there. */
static bool is_other_thing(const struct route *r, const struct object *o)
{
    mr_str pattern = mr_str_of(r->pattern);
    if (!mr_str_has_prefix(pattern, mr_str_of(o->prefix))) return true;
    if (strcmp(o->prefix, "/provider/enrolments/*") == 0) return mr_str_has_suffix(pattern, MR_STR("/move"));
    if (strcmp(o->prefix, "/provider/specifications/*") == 0) return false;
    if (mr_str_find(pattern, MR_STR("/deliveries/*")) >= 0) return !o->second.len;
    return strcmp(r->pattern, "/provider/mail/templates/*/*") == 0;
}

static const char *address_about(struct house *h, const struct route *r, const struct object *o)
{
    return address_of(&h->a, r->pattern, o->id.ptr, o->second.len ? o->second.ptr : second_of(r->pattern));
}

static bool shows_ours(struct house *h)
{
    return site_says(&h->site, "Hidden ") || site_says(&h->site, "hidden.example.org");
}

static struct objects *make_ours(struct house *h)
{
    static struct objects o;
    if (o.count) return &o;
    make_described(h, &o);
    make_awarded(h, &o);
    make_connected(h, &o);
    return &o;
}

/* What belongs to us: whoever has every role, or a token with every scope, elsewhere finds nothing there, and changes nothing. */
static void test_doors__of_another_organisation_lead_nowhere(void **state)
{
    struct house *h = *state;
    const struct objects *o = make_ours(h);
    size_t walked = 0, wrong = 0, of_api = 0;
    const struct visitor *v = visitor_of(h, "theirs@example.org");
    for (size_t k = 0; k < o->count; k++) {
        size_t here = 0;
        for (size_t i = 0; i < ROUTES; i++) {
            const struct route *r = &routes[i];
            if (r->action == MR_MAY_PUBLIC || is_other_thing(r, &o->list[k])) continue;
            knock(h, r, address_about(h, r, &o->list[k]), v, h->bearer);
            here++, walked++, of_api += r->api;
            int status = h->site.response.status;
            bool shown = shows_ours(h);
            if (!shown && status == 404) continue;
            if (!shown && status == 403 && r->api && mr_action_scope(r->action) == MR_SCOPE_NONE)
                continue; /* no token may this anywhere */
            if (!shown && !r->api && status == 303 && leads_back_to_nothing(h, v, 404)) continue;
            print_error("%d %s: %d%s\n", r->method, r->pattern, status, shown ? ", and shows it" : "");
            wrong++;
        }
        if (!here) fail_msg("no address is about %s", o->list[k].prefix);
    }
    assert_int_equal(wrong, 0);
    assert_true(walked >= 90 && of_api >= 30);
    v = visitor_of(h, h->email[MR_ROLE_ADMINISTRATOR]); /* ours are still there */
    site_get(&h->site, "/provider/people", SITE_HEADER("Cookie", v->cookie));
    assert_says(&h->site, "colleague@example.org");
    assert_says(&h->site, "new@example.org");
    site_get(&h->site, "/provider/webhooks", SITE_HEADER("Cookie", v->cookie));
    assert_says(&h->site, "https://hidden.example.org/hook");
}

/* What is asked about the object: that of the address; a page with a form shows what may be read, and asks more when it is sent. */
static mr_action asked_of(const struct route *r)
{
    static const struct {
        const char *pattern;
        mr_action action;
    } readings[] = {
        {"/provider/opportunities/*", MR_MAY_SPECIFICATION_READ},
        {"/provider/achievements/*/replace", MR_MAY_ACHIEVEMENT_READ},
        {"/provider/batches/*/mapping", MR_MAY_RESULT_READ},
        {"/provider/specifications/*/award", MR_MAY_SPECIFICATION_READ},
    };
    for (size_t i = 0; r->method == MR_GET && i < sizeof readings / sizeof *readings; i++)
        if (strcmp(r->pattern, readings[i].pattern) == 0) return readings[i].action;
    return r->action;
}

/* Somebody who has every role elsewhere and acts for that organisation, and one role here: the router lets them pass, and the use case has to refuse what their one role
 * here may not. */
static void test_doors__are_asked_about_the_object_and_not_about_who_comes(void **state)
{
    struct house *h = *state;
    const struct objects *o = make_ours(h);
    size_t reached[MR_MAY_COUNT] = {0}, wrong = 0;
    struct mr_err err = {0};
    for (mr_role role = 0; role < MR_ROLE_COUNT; role++) {
        char email[40], acting[64];
        snprintf(email, sizeof email, "both-%.*s@example.org", MR_STR_ARG(mr_role_word(role)));
        person_add(&h->site, &h->a, email, THEIRS, MR_ROLES_ALL, false);
        assert_ok(mr_people_change(h->site.service, &h->a, mr_str_of(email), h->org, true, 1u << role, NULL, &err),
                  err);
        struct visitor v;
        person_enter(&h->site, email, &v);
        snprintf(acting, sizeof acting, "organisation=%.*s", MR_STR_ARG(h->other));
        person_send(&h->site, &v, "/account/acting-for", acting);
        assert_status(&h->site, 303, "acting for the other organisation");
        for (size_t k = 0; k < o->count; k++)
            for (size_t i = 0; i < ROUTES; i++) {
                const struct route *r = &routes[i];
                if (r->api || r->action <= MR_MAY_SIGNED_IN || is_other_thing(r, &o->list[k])) continue;
                if (mr_action_roles(asked_of(r)) & 1u << role) continue;
                if (strcmp(r->pattern, "/provider/profiles/*") == 0 && mr_action_roles(MR_MAY_RESULT_READ) & 1u << role)
                    continue; /* whoever uploads chooses among them */
                knock(h, r, address_about(h, r, &o->list[k]), &v, NULL);
                reached[r->action]++;
                int status = h->site.response.status;
                if (status == 403 || status == 404) continue;
                if (status == 303 && leads_back_to_nothing(h, &v, 403)) continue;
                print_error("%d %s, as %.*s here: %d\n", r->method, r->pattern, MR_STR_ARG(mr_role_word(role)), status);
                wrong++;
            }
    }
    assert_int_equal(wrong, 0);
    size_t kinds = 0;
    for (mr_action a = 0; a < MR_MAY_COUNT; a++) kinds += reached[a] > 0;
    assert_true(kinds >= 20);
}

/* A token of ours with one scope: every end point about a thing of ours that needs another one refuses, before it looks at anything else. */
static void test_doors__of_the_api_open_for_the_scope_of_the_table_alone(void **state)
{
    struct house *h = *state;
    const struct objects *o = make_ours(h);
    struct mr_err err = {0};
    size_t kept_out = 0;
    for (mr_scope scope = MR_SCOPE_READ; scope <= MR_SCOPE_MANAGE; scope++) {
        mr_str id, secret;
        const struct mr_api_token_order order = {
            .org_id = h->org, .name = MR_STR("One scope"), .scopes = 1u << MR_SCOPE_READ | 1u << scope, .days = 1};
        assert_ok(mr_api_token_add(h->site.service, &mr_actor_operator, &h->a, &order, &id, &secret, &err), err);
        const char *bearer = mr_arena_format(&h->a, "Bearer %.*s", MR_STR_ARG(secret)).ptr;
        for (size_t i = 0; i < ROUTES; i++) {
            const struct route *r = &routes[i];
            mr_scope needed = mr_action_scope(r->action);
            if (!r->api || r->action <= MR_MAY_SIGNED_IN || needed == scope || needed == MR_SCOPE_READ) continue;
            const char *path = address(&h->a, r->pattern, "x"); /* also where no object is meant */
            for (size_t k = 0; k < o->count; k++)
                if (!is_other_thing(r, &o->list[k])) path = address_about(h, r, &o->list[k]);
            knock(h, r, path, NULL, bearer);
            expect(h, r, mr_scope_word(scope), 0, 403);
            kept_out++;
        }
    }
    assert_true(kept_out > 200);
}

/* Each row of the table opens something for those whom it names, and stays closed for one whom it does not: over pages, or the API, or, where neither asks it, here with
 * the reason. */
/* Each row of the table opens an address for those whom it names, and keeps another out: what no address asks is no rule. */
static void test_doors__reach_every_row_of_the_table(void **state)
{
    (void)state;
    for (mr_action a = MR_MAY_SIGNED_IN + 1; a < MR_MAY_COUNT; a++) {
        size_t let_in = 0, kept_out = 0;
        for (size_t i = 0; i < ROUTES; i++) {
            if (routes[i].action != a) continue;
            let_in += passed[i], kept_out += refused[i];
        }
        if (!let_in || !kept_out)
            fail_msg("%.*s: %zu were let in, and %zu kept out", MR_STR_ARG(mr_action_word(a)), let_in, kept_out);
    }
}

/* Ids of ours within what a program of theirs sends, or asks about. */
static void test_doors__ids_of_others_within_a_body_are_nothing(void **state)
{
    struct house *h = *state;
    const struct objects *o = make_ours(h);
    mr_str batch = MR_STR_EMPTY, achievement = MR_STR_EMPTY, validation = MR_STR_EMPTY, opportunity = MR_STR_EMPTY;
    for (size_t k = 0; k < o->count; k++) {
        if (strcmp(o->list[k].prefix, "/api/v1/batches/*") == 0) batch = o->list[k].id;
        if (strcmp(o->list[k].prefix, "/api/v1/achievements/*") == 0) achievement = o->list[k].id;
        if (strcmp(o->list[k].prefix, "/api/v1/validations/*") == 0) validation = o->list[k].id;
        if (strcmp(o->list[k].prefix, "/api/v1/opportunities/*") == 0) opportunity = o->list[k].id;
    }
    const struct {
        mr_http_method method;
        const char *path;
        mr_str body;
    } tries[] = {
        {MR_POST, "/api/v1/achievements/status",
         mr_arena_format(&h->a, "{\"ids\":[\"%.*s\"],\"status\":\"revoked\",\"reason\":\"x\"}",
                         MR_STR_ARG(achievement))},
        {MR_POST, "/api/v1/achievements",
         MR_STR("{\"specification\":\"wound-care-2026\",\"name\":\"X Y\",\"birth_date\":\"1990-01-01\"}")},
        {MR_POST, "/api/v1/evidence",
         mr_arena_format(&h->a, "{\"kind\":\"batch\",\"object\":\"%.*s\",\"name\":\"x.txt\",\"content\":\"eA==\"}",
                         MR_STR_ARG(batch))},
        {MR_POST, "/api/v1/evidence",
         mr_arena_format(&h->a,
                         "{\"kind\":\"achievement\",\"object\":\"%.*s\",\"name\":\"x.txt\",\"content\":\"eA==\"}",
                         MR_STR_ARG(achievement))},
        {MR_POST, "/api/v1/evidence",
         mr_arena_format(&h->a, "{\"kind\":\"validation\",\"object\":\"%.*s\",\"name\":\"x.txt\",\"content\":\"eA==\"}",
                         MR_STR_ARG(validation))},
        {MR_POST, "/api/v1/enrolments", MR_STR("{\"specification\":\"wound-care-2026\",\"name\":\"X Y\"}")},
        {MR_POST, "/api/v1/enrolments",
         mr_arena_format(&h->a, "{\"specification\":\"wound-care-2026\",\"opportunity\":\"%.*s\",\"name\":\"X Y\"}",
                         MR_STR_ARG(opportunity))},
        {MR_POST, "/api/v1/opportunities",
         MR_STR("{\"specification\":\"wound-care-2026\",\"mode\":\"blended\",\"languages\":[\"da\"]}")},
        {MR_POST, "/api/v1/partners",
         MR_STR("{\"specification\":\"wound-care-2026\",\"profile\":{\"name\":{\"en\":\"X\"},\"country\":\"IE\"},"
                "\"email\":\"x@example.org\"}")},
        {MR_POST, "/api/v1/specifications/wound-care-2026/batches", MR_STR("name\nX Y\n")},
    };
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        bool is_table = tries[i].body.ptr[0] != '{';
        site_ask(&h->site, tries[i].method, tries[i].path,
                 SITE_HEADER_LIST({"Authorization", h->bearer},
                                  {"Content-Type", is_table ? "text/csv" : "application/json"}),
                 tries[i].body);
        if (h->site.response.status == 404 && !shows_ours(h)) continue;
        print_error("%s %.*s: %d %.*s\n", tries[i].path, MR_STR_ARG(tries[i].body), h->site.response.status,
                    MR_STR_ARG(h->site.body));
        wrong++;
    }
    /* Lists, asked about ours: empty, or not there. */
    const char *const lists[] = {
        "/api/v1/audit?limit=500",
        mr_arena_format(&h->a, "/api/v1/audit?object=%.*s", MR_STR_ARG(batch)).ptr,
        "/api/v1/enrolments?specification=wound-care-2026",
        "/api/v1/opportunities?specification=wound-care-2026",
        mr_arena_format(&h->a, "/api/v1/organisation?organisation=%.*s", MR_STR_ARG(h->org)).ptr,
        mr_arena_format(&h->a, "/api/v1/organisation/statements?organisation=%.*s", MR_STR_ARG(h->org)).ptr,
        "/api/v1/mail?limit=500",
        "/api/v1/members",
        "/api/v1/invitations",
        "/api/v1/drafts",
        "/api/v1/partners",
        "/api/v1/profiles",
        "/api/v1/organisation/units",
        "/api/v1/organisation/assessors",
        "/api/v1/achievements/ending",
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        site_get(&h->site, lists[i], SITE_HEADER("Authorization", h->bearer));
        int status = h->site.response.status;
        bool told = shows_ours(h) || site_says(&h->site, "colleague@example.org") ||
                    site_says(&h->site, "new@example.org") || site_says(&h->site, mr_arena_cstr(&h->a, batch)) ||
                    site_says(&h->site, mr_arena_cstr(&h->a, h->org));
        if (!told && (status == 200 || status == 404)) continue;
        print_error("%s: %d%s\n%.*s\n", lists[i], status, told ? ", and tells of us" : "", MR_STR_ARG(h->site.body));
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* Sessions, passkeys: of a person, and nobody else's, whatever roles they have. */
static void test_doors__of_another_person_lead_nowhere(void **state)
{
    struct house *h = *state;
    MR_CLEANUP(mr_arena_done) mr_arena a;
    struct mr_err err = {0};
    struct mr_session session;
    mr_arena_init(&a, 16 << 20);
    struct visitor v;
    person_enter(&h->site, "colleague@example.org", &v);
    assert_ok(mr_session_open(h->site.service, &a, mr_str_of(v.token), &session, &err), err);
    const struct visitor *other = visitor_of(h, h->email[MR_ROLE_ADMINISTRATOR]);
    person_send(&h->site, other, mr_arena_format(&a, "/account/sessions/%.*s/end", MR_STR_ARG(session.id)).ptr, "");
    site_get(&h->site, "/account", SITE_HEADER("Cookie", v.cookie));
    assert_status(&h->site, 200, "a session that somebody else tried to end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doors__are_closed_to_strangers),
        cmocka_unit_test(test_doors__open_for_the_roles_of_the_table_alone),
        cmocka_unit_test(test_doors__keep_the_installation_to_its_administrators),
        cmocka_unit_test(test_doors__of_another_organisation_lead_nowhere),
        cmocka_unit_test(test_doors__are_asked_about_the_object_and_not_about_who_comes),
        cmocka_unit_test(test_doors__of_the_api_open_for_the_scope_of_the_table_alone),
        cmocka_unit_test(test_doors__ids_of_others_within_a_body_are_nothing),
        cmocka_unit_test(test_doors__of_another_person_lead_nowhere),
        cmocka_unit_test(test_doors__reach_every_row_of_the_table),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
