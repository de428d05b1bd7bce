/* Hosted and signed badges of Open Badges 2.0 in a network of invented pages: what confirms one, and every way in which a site, a file or a
 * stranger can be wrong. */
#include "verifying.h"

#include "credential/assertion.h"
#include "credential/verify_inside.h"

#undef V2
#define V2 "https://w3id.org/openbadges/v2"
#define BADGE "https://school.example/badges/1"
#define CLASS "https://school.example/classes/1"
#define ISSUER "https://school.example/issuer"
#define KEY "https://school.example/key"
#define LIST "https://school.example/revoked"
#define ELSEWHERE "https://elsewhere.example/"

enum { PAGES = 12 };

/* One address, and what it answers: a body, or an HTTP status with where it leads to, or nothing in time. */
struct site {
    const char *url;
    mr_str body;
    int status;
    const char *to;
    bool slow, large;
};
struct world {
    mr_arena a;
    mr_env env;
    struct site sites[PAGES];
    mr_fetch fetch;
    size_t asked;
    mr_key *key, *other;
    struct mr_known_issuer known;
    mr_trust trust;
    mr_str recipient;
};

static int ask(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    struct world *w = self;
    (void)accept, (void)max;
    w->asked++;
    if (mr_str_has_prefix(url, MR_STR("http://"))) return MR_FAIL(err, MR_E_NET, "only https", MR_NOWHERE);
    for (size_t i = 0; i < PAGES && w->sites[i].url; i++) {
        const struct site *s = &w->sites[i];
        if (!mr_str_is(url, s->url)) continue;
        if (s->slow) return MR_FAIL_DETAIL(err, MR_E_NET, "failed", MR_FETCH_SLOW "%d ms", 10000);
        if (s->large) return MR_FAIL(err, MR_E_LIMIT, "too large", MR_NOWHERE);
        if (s->status && s->to)
            return MR_FAIL_DETAIL(err, MR_E_NET, "failed", "HTTP status %d to %s", s->status, s->to);
        if (s->status) return MR_FAIL_DETAIL(err, MR_E_NET, "failed", "HTTP status %d", s->status);
        *ret = mr_arena_dup(a, s->body);
        return MR_OK;
    }
    return MR_FAIL(err, MR_E_NET, "nobody answers", MR_NOWHERE);
}

static mr_str json(struct world *w, const char *text)
{
    return test_json(&w->a, text);
}

static mr_str pem_of(struct world *w, mr_key *key)
{
    MR_CLEANUP(mr_buf_done) mr_buf b;
    struct mr_err err = {0};
    mr_str der;
    mr_buf_init(&b, MR_MIB);
    assert_ok(mr_key_write_public_der(key, &w->a, &der, &err), err);
    mr_buf_puts(&b, "-----BEGIN PUBLIC KEY-----\\n");
    mr_str rest = MR_STR_EMPTY;
    MR_CLEANUP(mr_buf_done) mr_buf text;
    mr_buf_init(&text, MR_MIB);
    mr_base64_put(&text, der);
    for (rest = mr_buf_str(&text); rest.len; rest = mr_str_from(rest, 64)) {
        mr_buf_put(&b, mr_str_make(rest.ptr, rest.len < 64 ? rest.len : 64));
        mr_buf_puts(&b, "\\n");
    }
    mr_buf_puts(&b, "-----END PUBLIC KEY-----\\n");
    return mr_arena_dup(&w->a, mr_buf_str(&b));
}

/* `more`: members, each with a comma before it. */
static mr_str assertion(struct world *w, const char *id, const char *verification, const char *more)
{
    return json(w, mr_arena_format(&w->a,
                                   "{'@context':'" V2 "','type':'Assertion','id':'%s','recipient':{'type':'email',"
                                   "'hashed':true,'salt':'s@lt','identity':'sha256$"
                                   "3eabcb90be56bfca88be49e40f8dbbcda6ac6bd8d3fc1a6f80f0a3a2a8e4a3cf'},"
                                   "'badge':'" CLASS "','issuedOn':'2026-03-04T10:00:00Z','verification':%s%s}",
                                   id, verification, more)
                       .ptr);
}

static mr_str class_of(struct world *w, const char *issuer, const char *more)
{
    return json(w, mr_arena_format(&w->a,
                                   "{'@context':'" V2 "','type':'BadgeClass','id':'" CLASS "','name':'Wound care',"
                                   "'description':'Dresses wounds.','image':'" CLASS ".png','criteria':{'narrative':"
                                   "'An examination.'},'issuer':'%s'%s}",
                                   issuer, more)
                       .ptr);
}

static mr_str issuer_of(struct world *w, const char *id, const char *more)
{
    return json(w, mr_arena_format(&w->a,
                                   "{'@context':'" V2 "','type':'Issuer','id':'%s','name':'School of Nursing "
                                   "(invented)','url':'https://school.example','email':'badges@school.example'%s}",
                                   id, more)
                       .ptr);
}

static mr_str key_of(struct world *w, const char *owner, mr_key *key)
{
    return json(w, mr_arena_format(&w->a,
                                   "{'@context':'" V2 "','type':'CryptographicKey','id':'" KEY "','owner':'%s',"
                                   "'publicKeyPem':'%.*s'}",
                                   owner, MR_STR_ARG(pem_of(w, key)))
                       .ptr);
}

#define HOSTED "{'type':'hosted'}"
#define SIGNED "{'type':'signed','creator':'" KEY "'}"

static int set_up_world(void **state)
{
    static struct world w;
    struct mr_err err = {0};
    w = (struct world){.fetch = {ask, &w}};
    mr_arena_init(&w.a, 256 * MR_MIB);
    w.env = test_env_fixed(TEST_NOW, 7);
    assert_ok(mr_key_generate(MR_KEY_RSA, 2048, &w.key, &err), err);
    assert_ok(mr_key_generate(MR_KEY_RSA, 2048, &w.other, &err), err);
    w.known = (struct mr_known_issuer){.id = MR_STR(ISSUER), .name = MR_STR("School of Nursing (invented)")};
    w.trust = (mr_trust){.issuers = &w.known, .issuer_count = 1};
    w.sites[0] = (struct site){.url = BADGE, .body = assertion(&w, BADGE, HOSTED, "")};
    w.sites[1] = (struct site){.url = CLASS, .body = class_of(&w, ISSUER, "")};
    w.sites[2] = (struct site){.url = ISSUER,
                               .body = issuer_of(&w, ISSUER, ",'publicKey':'" KEY "','revocationList':'" LIST "'")};
    w.sites[3] = (struct site){.url = KEY, .body = key_of(&w, ISSUER, w.key)};
    w.sites[4] = (struct site){.url = LIST,
                               .body = json(&w, "{'@context':'" V2 "','type':'RevocationList','id':'" LIST
                                                "','issuer':'" ISSUER "','revokedAssertions':['urn:uuid:other',"
                                                "{'id':'urn:uuid:withdrawn','revocationReason':'Issued in error.'}]}")};
    *state = &w;
    return 0;
}

static int tear_down_world(void **state)
{
    struct world *w = *state;
    mr_key_free(w->key);
    mr_key_free(w->other);
    mr_arena_done(&w->a);
    return 0;
}

static mr_report look(struct world *w, mr_str file, bool online)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    const struct mr_verifying verifying = {.env = &w->env,
                                           .language = mr_language_english(),
                                           .trust = &w->trust,
                                           .fetch = online ? &w->fetch : NULL,
                                           .recipient = w->recipient};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, &w->a, file, &r, &err), err);
    mr_verifier_close(v);
    return r;
}

static mr_str usual(struct world *w)
{
    return assertion(w, BADGE, HOSTED, "");
}

static mr_str token(struct world *w, mr_key *key, const char *header, mr_str payload)
{
    struct bench b = {.arena = w->a};
    mr_str text = sign(&b, key, MR_ALG_RS256, header, payload);
    w->a = b.arena;
    return text;
}

static mr_str swap(struct world *w, mr_str text, const char *from, const char *to)
{
    struct bench b = {.arena = w->a};
    mr_str swapped = replace(&b, text, from, to);
    w->a = b.arena;
    return swapped;
}

static mr_str signed_badge(struct world *w, const char *id)
{
    return token(w, w->key, "{'alg':'RS256'}", assertion(w, id, SIGNED, ""));
}

static void assert_remark(const mr_report *r, const char *beginning)
{
    for (size_t i = 0; i < r->remark_count; i++)
        if (mr_str_has_prefix(r->remarks[i], mr_str_of(beginning))) return;
    fail_msg("no remark \"%s\"", beginning);
}

/* Nothing of the badge may be shown, and whose it is may not be told. */
static void assert_unconfirmed(struct world *w, mr_str file, mr_state state, const char *id)
{
    mr_report r = look(w, file, true);
    assert_check(&r, MR_CHECK_SEAL, state, id);
    assert_false(r.has_view);
    assert_false(r.checks[MR_CHECK_ISSUER].claimed);
    assert_int_equal(r.verdict, state == MR_FAILED ? MR_VERDICT_INVALID : MR_VERDICT_UNKNOWN);
}

/* ---- hosted ---- */

/* Whoever was known at another time is not known for a badge of today. */
static void test_verify__an_issuer_known_at_another_time(void **state)
{
    struct world *w = *state;
    w->known.says = MR_STR("Register of schools");
    mr_report r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_TRUST, MR_PASSED, "trust.known");
    assert_true(mr_str_has_prefix(r.checks[MR_CHECK_TRUST].text, MR_STR("Register of schools knows ")));
    w->known.until = (mr_date){2020, 12, 31};
    r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_TRUST, MR_FAILED, "trust.known_other_time");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
}

static void test_verify__a_hosted_badge(void **state)
{
    struct world *w = *state;
    mr_report r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.hosted");
    assert_check(&r, MR_CHECK_TRUST, MR_PASSED, "trust.known");
    assert_check(&r, MR_CHECK_STATUS, MR_PASSED, "status.hosted");
    assert_check(&r, MR_CHECK_HOLDER, MR_UNCHECKED, "holder.hashed");
    assert_check(&r, MR_CHECK_COMPLETENESS, MR_NOT_APPLICABLE, "completeness.other");
    assert_int_equal(r.seal_checks[MR_SEAL_SIGNATURE].state, MR_NOT_APPLICABLE);
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
    assert_str(r.view.title, "Wound care");
    assert_str(r.view.issuer, "School of Nursing (invented)");
    assert_int_equal(w->asked, 3);
}

static void test_verify__confirms_nothing_without_the_network(void **state)
{
    struct world *w = *state;
    mr_report r = look(w, usual(w), false);
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed_other");
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "seal.hosted.not_asked");
    assert_false(r.has_view);
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    assert_int_equal(w->asked, 0);
    r = look(w, signed_badge(w, "urn:uuid:1"), false);
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "key.not_asked");
    assert_false(r.has_view);
}

static void test_verify__tells_how_a_site_fails(void **state)
{
    static const struct {
        struct site site;
        const char *id;
    } cases[] = {
        {{.status = 404}, "seal.hosted.missing"},
        {{.status = 500}, "seal.hosted.refused"},
        {{.status = 403}, "seal.hosted.refused"},
        {{.slow = true}, "seal.hosted.slow"},
        {{.large = true}, "seal.hosted.too_large"},
        {{.status = 302, .to = BADGE}, "seal.hosted.moves"},
        {{.status = 302}, "seal.hosted.refused"},
        {{.status = 301, .to = "ftp://school.example/"}, "seal.hosted.nowhere"},
        {{.body = MR_STR_INIT("<!DOCTYPE html><html><body>A badge</body></html>")}, "seal.hosted.page"},
        {{.body = MR_STR_INIT("no badge")}, "seal.hosted.not_json"},
        {{.body = MR_STR_INIT("")}, "seal.hosted.not_json"},
        {{.body = MR_STR_INIT("[1]")}, "seal.hosted.not_json"},
        {{.body = MR_STR_INIT("{\"a\":1}")}, "seal.hosted.form"},
        {{.url = "https://nobody.example/"}, "seal.hosted.unreachable"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        w->sites[0] = cases[i].site;
        if (!w->sites[0].url) w->sites[0].url = BADGE;
        assert_unconfirmed(w, usual(w), MR_UNCHECKED, cases[i].id);
    }
}

static void test_verify__knows_withdrawn_badges(void **state)
{
    struct world *w = *state;
    w->sites[0] = (struct site){.url = BADGE, .status = 410};
    mr_report r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "seal.hosted.withdrawn");
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.revoked");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    assert_str_eq(r.summary, mr_message(mr_language_english(), "summary.withdrawn"));
    assert_false(r.has_view);
    w->sites[0] = (struct site){.url = BADGE,
                                .body = json(w, "{'@context':'" V2 "','id':'" BADGE
                                                "','revoked':true,'revocationReason':'A mix-up of names.'}")};
    r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.revoked_because");
    assert_true(mr_str_find(r.checks[MR_CHECK_STATUS].text, MR_STR("A mix-up of names.")) > 0);
}

static void test_verify__follows_the_sites_own_redirections(void **state)
{
    struct world *w = *state;
    mr_str moved = assertion(w, "https://school.example/new/1", HOSTED, "");
    /* the final object keeps its id */
    w->sites[5] = (struct site){.url = "https://school.example/new/1", .body = usual(w)};
    w->sites[0] = (struct site){.url = BADGE, .status = 302, .to = "https://school.example/new/1"};
    mr_report r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    assert_remark(&r, "The site leads on");
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
    /* or has that of the new place */
    w->sites[5].body = moved;
    r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    /* but not that of a third one */
    w->sites[5].body = assertion(w, "https://school.example/badges/2", HOSTED, "");
    assert_unconfirmed(w, usual(w), MR_FAILED, "seal.hosted.other_id");
    /* nor without end */
    w->sites[5] = (struct site){.url = "https://school.example/new/1", .status = 302, .to = BADGE};
    assert_unconfirmed(w, usual(w), MR_UNCHECKED, "seal.hosted.moves");
}

static void test_verify__asks_for_http_by_https(void **state)
{
    struct world *w = *state;
    mr_report r = look(w, assertion(w, "http://school.example/badges/1", HOSTED, ""), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
}

static void test_verify__tells_in_what_a_file_differs(void **state)
{
    static const struct {
        const char *from, *to, *member;
    } cases[] = {
        {"2026-03-04", "2026-03-05", "issuedOn"},
        {"classes/1", "classes/2", "badge"},
        {"s@lt", "salt", "recipient"},
        {"'verification'", "'narrative':'With honours','verification'", "narrative"},
        {"'verification'", "'expires':'2030-01-01T00:00:00Z','verification'", "expires"},
        {"'verification'", "'evidence':'https://school.example/work','verification'", "evidence"},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_str file = swap(w, usual(w), json(w, cases[i].from).ptr, json(w, cases[i].to).ptr);
        assert_unconfirmed(w, file, MR_FAILED, "seal.hosted.differs");
        mr_report r = look(w, file, true);
        if (mr_str_find(r.checks[MR_CHECK_SEAL].text, mr_str_of(cases[i].member)) < 0) fail_msg("%s", cases[i].member);
    }
}

static void test_verify__shows_what_the_publisher_added(void **state)
{
    struct world *w = *state;
    w->sites[0].body = assertion(w, BADGE, HOSTED, ",'narrative':'With care','image':'" BADGE ".png'");
    mr_report r = look(w, usual(w), true);
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
    assert_remark(&r, "The publisher has added to the badge since this file was made: narrative.");
}

static void test_verify__accepts_the_same_badge_in_other_words(void **state)
{
    struct world *w = *state;
    mr_str old = json(w, "{'uid':'1','recipient':{'type':'email','hashed':true,'salt':'s@lt','identity':'sha256$"
                         "3eabcb90be56bfca88be49e40f8dbbcda6ac6bd8d3fc1a6f80f0a3a2a8e4a3cf'},'badge':'" CLASS
                         "','issuedOn':1772618400,'verify':{'type':'hosted','url':'" BADGE "'}}");
    mr_report r = look(w, old, true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    assert_str(r.format, "Open Badge 1.0 (hosted)");
}

/* ---- whose it is ---- */

static void test_verify__a_stranger_cannot_name_somebody_elses_issuer(void **state)
{
    struct world *w = *state;
    mr_str forged = assertion(w, ELSEWHERE "1", HOSTED, "");
    w->sites[5] = (struct site){.url = ELSEWHERE "1", .body = forged};
    mr_report r = look(w, forged, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.hosted.scope");
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.identifier");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    assert_str_eq(r.summary, mr_message(mr_language_english(), "summary.hosted.other_issuer"));
}

/* An issuer's profile that says it is another one is still where it stands. */
static void test_verify__an_issuer_is_who_its_address_says(void **state)
{
    struct world *w = *state;
    mr_str forged = assertion(w, ELSEWHERE "1", HOSTED, "");
    w->sites[5] = (struct site){.url = ELSEWHERE "1", .body = forged};
    w->sites[6] = (struct site){.url = ELSEWHERE "issuer", .body = issuer_of(w, ISSUER, "")};
    w->sites[1].body = class_of(w, ELSEWHERE "issuer", "");
    mr_report r = look(w, forged, true);
    if (mr_str_eq(r.checks[MR_CHECK_TRUST].text, mr_message(mr_language_english(), "trust.known"))) fail();
    assert_int_equal(r.checks[MR_CHECK_TRUST].state, MR_UNCHECKED);
    assert_remark(&r, "What stands at " ELSEWHERE "issuer calls itself by another address.");
    /* nor by a redirection to the one it would like to be */
    w->sites[6] = (struct site){.url = ELSEWHERE "issuer", .status = 302, .to = ISSUER};
    r = look(w, forged, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.hosted.scope");
}

static void test_verify__a_badge_class_elsewhere_is_not_vouched_for(void **state)
{
    struct world *w = *state;
    mr_str badge = swap(w, usual(w), CLASS, ELSEWHERE "class");
    w->sites[0].body = badge;
    w->sites[5] = (struct site){.url = ELSEWHERE "class", .body = class_of(w, ISSUER, "")};
    mr_report r = look(w, badge, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.hosted.badge_elsewhere");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
}

static void test_verify__follows_the_issuers_verification(void **state)
{
    static const struct {
        const char *verification;
        mr_state state;
    } cases[] = {
        {"{'startsWith':'https://school.example/'}", MR_PASSED},
        {"{'startsWith':'https://school.example/badges/'}", MR_UNCHECKED}, /* the class is outside */
        {"{'startsWith':['https://school.example/badges/','https://school.example/classes/']}", MR_PASSED},
        {"{'startsWith':'https://school.example/other/'}", MR_FAILED},
        {"{'startsWith':'https://school.exam'}", MR_FAILED}, /* the beginning of a name is another name */
        {"{'startsWith':'https:'}", MR_FAILED},
        {"{'allowedOrigins':'school.example'}", MR_PASSED},
        {"{'allowedOrigins':['elsewhere.example','SCHOOL.example']}", MR_PASSED},
        {"{'allowedOrigins':'elsewhere.example'}", MR_FAILED},
        {"{'allowedOrigins':'school.example','startsWith':'https://school.example/other/'}", MR_FAILED},
        {"{'allowedOrigins':'elsewhere.example','startsWith':'https://school.example/'}", MR_FAILED},
        {"{'allowedOrigins':'https://school.example'}", MR_PASSED},
        {"{'allowedOrigins':[],'verificationProperty':'id'}", MR_PASSED},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *more = mr_arena_format(&w->a, ",'verification':%s", cases[i].verification).ptr;
        w->sites[2].body = issuer_of(w, ISSUER, more);
        mr_report r = look(w, usual(w), true);
        if (r.checks[MR_CHECK_ISSUER].state != cases[i].state)
            fail_msg("%s: %s", cases[i].verification, mr_state_name(r.checks[MR_CHECK_ISSUER].state));
    }
}

static void test_verify__says_when_the_issuer_cannot_be_asked(void **state)
{
    struct world *w = *state;
    w->sites[2].status = 500;
    mr_report r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted");
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.hosted.unreachable");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    w->sites[1].status = 404;
    r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.hosted.no_badge");
    w->sites[1] = (struct site){.url = CLASS, .body = json(w, "{'@context':'" V2 "','type':'Assertion'}")};
    r = look(w, usual(w), true);
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "ob.type");
}

/* ---- signed ---- */

static void test_verify__a_signed_badge(void **state)
{
    struct world *w = *state;
    mr_report r = look(w, signed_badge(w, "urn:uuid:1"), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_check(&r, MR_CHECK_TRUST, MR_PASSED, "trust.known");
    assert_check(&r, MR_CHECK_STATUS, MR_PASSED, "status.active");
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
    assert_str(r.format, "Open Badge 2.0 (signed, RS256)");
}

static void test_verify__a_signed_badge_that_was_withdrawn(void **state)
{
    struct world *w = *state;
    mr_report r = look(w, signed_badge(w, "urn:uuid:withdrawn"), true);
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.revoked_because");
    r = look(w, signed_badge(w, "urn:uuid:other"), true);
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.revoked");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
}

static void test_verify__a_list_of_another_issuer_counts_for_nothing(void **state)
{
    struct world *w = *state;
    w->sites[4].body = swap(w, w->sites[4].body, ISSUER, ELSEWHERE "issuer");
    mr_report r = look(w, signed_badge(w, "urn:uuid:withdrawn"), true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.list_issuer");
    w->sites[4] = (struct site){.url = LIST, .status = 500};
    r = look(w, signed_badge(w, "urn:uuid:1"), true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.unreachable");
    w->sites[4] = (struct site){.url = LIST, .body = class_of(w, ISSUER, "")};
    r = look(w, signed_badge(w, "urn:uuid:1"), true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.list_form");
    w->sites[2].body = issuer_of(w, ISSUER, ",'publicKey':'" KEY "'");
    r = look(w, signed_badge(w, "urn:uuid:1"), true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.none");
}

static void test_verify__refuses_signatures_of_others(void **state)
{
    struct world *w = *state;
    mr_str payload = assertion(w, "urn:uuid:1", SIGNED, "");
    assert_unconfirmed(w, token(w, w->other, "{'alg':'RS256'}", payload), MR_FAILED, "seal.signature.changed");
    /* a key that the token brings along is not asked */
    assert_unconfirmed(w, token(w, w->other, "{'alg':'RS256','kid':'" KEY "'}", payload), MR_FAILED,
                       "seal.signature.changed");
    static const char *const headers[] = {"{'alg':'none'}", "{'alg':'HS256'}", "{'alg':'hs256'}", "{}"};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        mr_report r = look(w, token(w, w->key, headers[i], payload), true);
        if (r.checks[MR_CHECK_FORMAT].state != MR_FAILED || r.has_view) fail_msg("%s", headers[i]);
    }
    mr_report r = look(w, token(w, w->key, "{'alg':'ES256'}", payload), true); /* of another kind than the key */
    assert_int_equal(r.checks[MR_CHECK_SEAL].state, MR_FAILED);
}

static void test_verify__a_key_must_be_the_issuers(void **state)
{
    struct world *w = *state;
    w->sites[3].body = key_of(w, ELSEWHERE "issuer", w->key);
    mr_report r = look(w, signed_badge(w, "urn:uuid:1"), true);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.other_identifier");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    /* A stranger's key says that it is the issuer's; the issuer does not know it. */
    w->sites[3].body = key_of(w, ISSUER, w->key);
    w->sites[2].body = issuer_of(w, ISSUER, ",'publicKey':'https://school.example/key-2'");
    r = look(w, signed_badge(w, "urn:uuid:1"), true);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "key.absent");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
}

/* A stranger's key calls itself by the name of the issuer's own. */
static void test_verify__a_key_is_who_its_address_says(void **state)
{
    struct world *w = *state;
    mr_str payload = assertion(w, "urn:uuid:1", "{'type':'signed','creator':'" ELSEWHERE "key'}", "");
    w->sites[5] = (struct site){.url = ELSEWHERE "key", .body = key_of(w, ISSUER, w->other)};
    mr_report r = look(w, token(w, w->other, "{'alg':'RS256'}", payload), true);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "key.absent");
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.identifier");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    /* the same in a profile of the stranger's */
    mr_str inside = key_of(w, ISSUER, w->other);
    w->sites[5].body = issuer_of(w, ISSUER, mr_arena_format(&w->a, ",'publicKey':%.*s", MR_STR_ARG(inside)).ptr);
    assert_unconfirmed(w, token(w, w->other, "{'alg':'RS256'}", payload), MR_FAILED, "key.document");
    /* moved by the issuer's own site, it is the same key */
    w->sites[5] = (struct site){.url = "https://school.example/old-key", .status = 301, .to = KEY};
    payload = assertion(w, "urn:uuid:1", "{'type':'signed','creator':'https://school.example/old-key'}", "");
    r = look(w, token(w, w->key, "{'alg':'RS256'}", payload), true);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
}

static void test_verify__says_when_a_key_cannot_be_had(void **state)
{
    struct world *w = *state;
    w->sites[3].status = 404;
    assert_unconfirmed(w, signed_badge(w, "urn:uuid:1"), MR_UNCHECKED, "key.unreachable");
    w->sites[3] = (struct site){.url = KEY, .body = class_of(w, ISSUER, "")};
    assert_unconfirmed(w, signed_badge(w, "urn:uuid:1"), MR_FAILED, "key.document");
    w->sites[3] = (struct site){.url = KEY,
                                .body = json(w, "{'@context':'" V2 "','type':'CryptographicKey','id':'" KEY
                                                "','owner':'" ISSUER "','publicKeyPem':'none'}")};
    assert_unconfirmed(w, signed_badge(w, "urn:uuid:1"), MR_FAILED, "key.document");
}

static void test_verify__tries_the_issuers_keys_without_a_creator(void **state)
{
    struct world *w = *state;
    mr_str payload = assertion(w, "urn:uuid:1", "{'type':'SignedBadge'}", "");
    mr_report r = look(w, token(w, w->key, "{'alg':'RS256'}", payload), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_unconfirmed(w, token(w, w->other, "{'alg':'RS256'}", payload), MR_FAILED, "seal.signature.changed");
}

static void test_verify__a_signed_badge_needs_its_signature(void **state)
{
    struct world *w = *state;
    assert_unconfirmed(w, assertion(w, BADGE, SIGNED, ""), MR_FAILED, "seal.signature_absent");
    mr_report r = look(w, token(w, w->other, "{'alg':'RS256'}", usual(w)), true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted"); /* it says that it is hosted, and is */
    assert_remark(&r, "The badge is signed, but says");
}

/* Of other kinds than RSA, and with a key that lies in the issuer's profile. */
static void test_verify__keys_of_every_kind(void **state)
{
    static const struct {
        mr_key_kind kind;
        mr_alg alg;
        const char *header;
    } cases[] = {
        {MR_KEY_P256, MR_ALG_ES256, "{'alg':'ES256'}"},
        {MR_KEY_P384, MR_ALG_ES384, "{'alg':'ES384'}"},
        {MR_KEY_ED25519, MR_ALG_EDDSA, "{'alg':'EdDSA'}"},
    };
    struct world *w = *state;
    mr_str payload = assertion(w, "urn:uuid:1", "{'type':'signed','creator':'" ISSUER "#key'}", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mr_key *key = NULL;
        struct mr_err err = {0};
        assert_ok(mr_key_generate(cases[i].kind, 0, &key, &err), err);
        mr_str inside = swap(w, key_of(w, ISSUER, key), KEY, ISSUER "#key");
        mr_str profile = issuer_of(w, ISSUER, mr_arena_format(&w->a, ",'publicKey':[%.*s]", MR_STR_ARG(inside)).ptr);
        w->sites[2].body = profile;
        w->sites[5] = (struct site){.url = ISSUER "#key", .body = profile};
        struct bench b = {.arena = w->a};
        mr_str text = sign(&b, key, cases[i].alg, cases[i].header, payload);
        w->a = b.arena;
        mr_report r = look(w, text, true);
        assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
        assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
        mr_key_free(key);
    }
}

/* Version 1.0 names a bare file as key; it is the issuer's when it stands on its site. */
static void test_verify__a_signed_badge_of_1_0(void **state)
{
    struct world *w = *state;
    mr_str pem = MR_STR_EMPTY, rest = pem_of(w, w->key), line = MR_STR_EMPTY;
    for (ptrdiff_t at; (at = mr_str_find(rest, MR_STR("\\n"))) >= 0; rest = mr_str_from(rest, (size_t)at + 2)) {
        line = mr_str_make(rest.ptr, (size_t)at);
        pem = mr_arena_format(&w->a, "%.*s%.*s\n", MR_STR_ARG(pem), MR_STR_ARG(line));
    }
    const char *places[] = {"https://school.example/key.pem", ELSEWHERE "key.pem"};
    for (size_t i = 0; i < 2; i++) {
        w->sites[5] = (struct site){.url = places[i], .body = pem};
        mr_str payload = json(w, mr_arena_format(&w->a,
                                                 "{'uid':'1','recipient':{'type':'email','hashed':false,'identity':"
                                                 "'robin@learner.example'},'badge':'" CLASS "','issuedOn':'2015-04-30',"
                                                 "'verify':{'type':'signed','url':'%s'}}",
                                                 places[i])
                                     .ptr);
        mr_report r = look(w, token(w, w->key, "{'alg':'RS256'}", payload), true);
        assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
        assert_check(&r, MR_CHECK_HOLDER, MR_UNCHECKED, "holder.address");
        if (i == 0)
            assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
        else
            assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.hosted.unconfirmed");
    }
}

/* ---- in one file, by address, of other kinds ---- */

static void test_verify__a_badge_with_all_in_it(void **state)
{
    struct world *w = *state;
    mr_str class = class_of(w, ISSUER, "");
    mr_str whole = swap(w, class, "\"" ISSUER "\"", mr_arena_cstr(&w->a, issuer_of(w, ISSUER, "")));
    mr_str file = swap(w, usual(w), "\"" CLASS "\"", mr_arena_cstr(&w->a, whole));
    w->sites[0].body = file;
    mr_report r = look(w, file, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.hosted");
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
    w->sites[2].status = 500; /* the issuer in the badge is only what the badge says */
    r = look(w, file, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.hosted.unreachable");
    assert_str(r.view.issuer, "School of Nursing (invented)");
    /* without an address there is only its website, and trust is asked of that */
    w->sites[2].status = 0;
    whole = swap(w, whole, "\"id\":\"" ISSUER "\",", "");
    file = swap(w, usual(w), "\"" CLASS "\"", mr_arena_cstr(&w->a, whole));
    w->sites[0].body = file;
    r = look(w, file, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.hosted");
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.identifier");
    /* and of a badge class that stands elsewhere nobody says that it is right */
    w->sites[5] = (struct site){.url = ELSEWHERE "class", .body = whole};
    file = swap(w, usual(w), CLASS, ELSEWHERE "class");
    w->sites[0].body = file;
    r = look(w, file, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.hosted.unconfirmed");
    whole = swap(w, whole, "https://school.example\",\"email", "https://famous.example\",\"email");
    file = swap(w, usual(w), "\"" CLASS "\"", mr_arena_cstr(&w->a, whole));
    w->sites[0].body = file;
    r = look(w, file, true);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.hosted.unconfirmed");
}

static mr_report look_at_address(struct world *w, const char *url, bool online)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r = {.format_code = ""};
    const struct mr_verifying verifying = {
        .env = &w->env, .language = mr_language_english(), .trust = &w->trust, .fetch = online ? &w->fetch : NULL};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    v->budget.left = MR_LIMIT_VERIFY_FETCHES, v->budget.until = INT64_MAX;
    struct mr_verification one = {.v = v, .a = &w->a, .l = mr_language_english(), .r = &r, .now = mr_env_now(&w->env)};
    assert_ok(mr_verify_assertion_url(&one, mr_str_of(url), &err), err);
    r.verdict = mr_report_verdict(&r);
    mr_verifier_close(v);
    return r;
}

static void test_verify__an_address_alone(void **state)
{
    struct world *w = *state;
    mr_report r = look_at_address(w, BADGE, true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.hosted.address");
    assert_int_equal(r.verdict, MR_VERDICT_VALID);
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed_other");
    r = look_at_address(w, BADGE, false);
    assert_check(&r, MR_CHECK_FORMAT, MR_UNCHECKED, "format.address"); /* nothing was read */
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "seal.hosted.not_asked");
    assert_str(r.format, "Open Badge (an address only)");
    w->sites[0].body = signed_badge(w, "urn:uuid:1"); /* a token stands there */
    r = look_at_address(w, BADGE, true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    w->sites[0].body = MR_STR("<html></html>");
    r = look_at_address(w, BADGE, true);
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "seal.hosted.page");
    r = look_at_address(w, "www.school.example", true);
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "seal.hosted.nowhere");
}

static void test_assertion_is__leaves_newer_credentials_to_others(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        {"{'@context':['https://www.w3.org/2018/credentials/v1','" V2 "'],'type':['VerifiableCredential','Assertion']}",
         false},
        {"{'@context':['https://www.w3.org/ns/credentials/v2'],'type':['VerifiableCredential','OpenBadgeCredential']}",
         false},
        {"{'@context':'" V2 "','type':'Assertion'}", true},
        {"{'@context':['" V2 "','https://w3id.org/blockcerts/v2'],'type':'Assertion'}", true},
        {"{'@context':'https://w3id.org/openbadges/v1','type':'BadgeClass'}", true},
        {"{'recipient':'a@example.org','badge':{'issuer':{'origin':'http://a.example'}}}", true},
        {"{'recipient':'a@example.org','badge':'x'}", false},
        {"{'a':1}", false},
        {"[]", false},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        const mr_json *root;
        assert_ok(mr_json_parse(&w->a, json(w, cases[i].text), NULL, &root, &err), err);
        if (mr_assertion_is(root) != cases[i].is) fail_msg("%s", cases[i].text);
    }
}

/* ---- whom it is about ---- */

static void test_verify__compares_the_recipient(void **state)
{
    struct world *w = *state;
    w->recipient = MR_STR("robin@learner.example");
    mr_digest d;
    MR_CLEANUP(mr_buf_done) mr_buf hex;
    struct mr_err err = {0};
    const mr_str parts[] = {w->recipient, MR_STR("s@lt")};
    mr_buf_init(&hex, MR_KIB);
    assert_ok(mr_digest_make(MR_SHA256, parts, 2, &d, &err), err);
    mr_hex_put(&hex, mr_digest_str(&d));
    mr_str file = swap(w, usual(w), "3eabcb90be56bfca88be49e40f8dbbcda6ac6bd8d3fc1a6f80f0a3a2a8e4a3cf",
                       mr_arena_cstr(&w->a, mr_buf_str(&hex)));
    w->sites[0].body = file;
    mr_report r = look(w, file, true);
    assert_check(&r, MR_CHECK_HOLDER, MR_PASSED, "holder.recipient");
    w->recipient = MR_STR("Robin@Learner.example");
    r = look(w, file, true);
    assert_check(&r, MR_CHECK_HOLDER, MR_PASSED, "holder.recipient");
    w->recipient = MR_STR("alex@learner.example");
    r = look(w, file, true);
    assert_check(&r, MR_CHECK_HOLDER, MR_FAILED, "holder.other_recipient");
    assert_int_equal(r.verdict, MR_VERDICT_VALID); /* who stands in front of one is no property of the badge */
}

/* Known answers: md5sum and sha1sum of "a@example.orgsalt", and of 1EdTech. */
static void test_assertion_match__hashes_that_others_made(void **state)
{
    static const struct {
        const char *recipient, *identity;
        mr_recipient_match is;
    } cases[] = {
#define HASHED(hash, salt) "{'type':'email','hashed':true," salt "'identity':'" hash "'}"
        {HASHED("sha256$85c4196c5516561cef673642157499b70066cb1070852b2a37fdbf3cc599b087", "'salt':'sel gris',"),
         "test@example.com", MR_RECIPIENT_SAME}, /* of the suite of 1EdTech's older validator, version 0.5 */
        {HASHED("md5$7781b825b0c6be622c5872025347516e", "'salt':'salt',"), "a@example.org", MR_RECIPIENT_SAME},
        {HASHED("md5$7781B825B0C6BE622C5872025347516E", "'salt':'salt',"), "a@example.org", MR_RECIPIENT_SAME},
        {HASHED("sha1$0d4b976409416cd705cf791a21eb908e1da0c6b4", "'salt':'salt',"), "a@example.org", MR_RECIPIENT_SAME},
        {HASHED("sha1$0d4b976409416cd705cf791a21eb908e1da0c6b4", ""), "a@example.org", MR_RECIPIENT_OTHER},
        {HASHED("sha256$0d4b", "'salt':'salt',"), "a@example.org", MR_RECIPIENT_OTHER},
        {HASHED("whirlpool$00", ""), "a@example.org", MR_RECIPIENT_UNKNOWN_HASH},
        {HASHED("a@example.org", ""), "a@example.org", MR_RECIPIENT_UNKNOWN_HASH},
        {"{'type':'email','hashed':false,'identity':'a@example.org'}", "A@example.org", MR_RECIPIENT_SAME},
        {"{'type':'email','hashed':false,'identity':'a@example.org'}", "b@example.org", MR_RECIPIENT_OTHER},
    };
    struct world *w = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_err err = {0};
        const mr_json *recipient;
        assert_ok(mr_json_parse(&w->a, json(w, cases[i].recipient), NULL, &recipient, &err), err);
        if (mr_assertion_match(&w->a, recipient, mr_str_of(cases[i].identity)) != cases[i].is)
            fail_msg("%s", cases[i].recipient);
    }
}

/* ---- addresses ---- */

static void test_assertion_host__is_not_fooled(void **state)
{
    static const struct {
        const char *url, *host;
    } cases[] = {
        {"https://school.example/a", "school.example"},
        {"https://school.example", "school.example"},
        {"http://school.example:8443?x", "school.example:8443"},
        {"https://school.example@elsewhere.example/", ""},
        {"https://school.example\\\\@elsewhere.example/", ""},
        {"https://elsewhere.example/#@school.example", "elsewhere.example"},
        {"HTTPS://school.example/", ""},
        {"ftp://school.example/", ""},
        {"https:///a", ""},
        {"https://school.example /a", ""},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_str(mr_assertion_host(mr_str_of(cases[i].url)), cases[i].host);
}

static void test_verify__parts_of_badges_are_no_badges(void **state)
{
    struct world *w = *state;
    for (int i = 1; i < 5; i++) {
        mr_report r = look(w, w->sites[i].body, true);
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "format.badge_part");
        assert_false(r.is_credential);
    }
    assert_int_equal(w->asked, 0);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up_world, tear_down_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_verify__an_issuer_known_at_another_time),
        test(test_verify__a_hosted_badge),
        test(test_verify__confirms_nothing_without_the_network),
        test(test_verify__tells_how_a_site_fails),
        test(test_verify__knows_withdrawn_badges),
        test(test_verify__follows_the_sites_own_redirections),
        test(test_verify__asks_for_http_by_https),
        test(test_verify__tells_in_what_a_file_differs),
        test(test_verify__shows_what_the_publisher_added),
        test(test_verify__accepts_the_same_badge_in_other_words),
        test(test_verify__a_stranger_cannot_name_somebody_elses_issuer),
        test(test_verify__an_issuer_is_who_its_address_says),
        test(test_verify__a_badge_class_elsewhere_is_not_vouched_for),
        test(test_verify__follows_the_issuers_verification),
        test(test_verify__says_when_the_issuer_cannot_be_asked),
        test(test_verify__a_signed_badge),
        test(test_verify__a_signed_badge_that_was_withdrawn),
        test(test_verify__a_list_of_another_issuer_counts_for_nothing),
        test(test_verify__refuses_signatures_of_others),
        test(test_verify__a_key_must_be_the_issuers),
        test(test_verify__a_key_is_who_its_address_says),
        test(test_verify__says_when_a_key_cannot_be_had),
        test(test_verify__tries_the_issuers_keys_without_a_creator),
        test(test_verify__a_signed_badge_needs_its_signature),
        test(test_verify__keys_of_every_kind),
        test(test_verify__a_signed_badge_of_1_0),
        test(test_verify__a_badge_with_all_in_it),
        test(test_verify__an_address_alone),
        test(test_assertion_is__leaves_newer_credentials_to_others),
        test(test_verify__compares_the_recipient),
        test(test_assertion_match__hashes_that_others_made),
        test(test_assertion_host__is_not_fooled),
        test(test_verify__parts_of_badges_are_no_badges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
