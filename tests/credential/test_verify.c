#include "sealed.h"

#include "base/limits.h"
#include "credential/verify.h"

#include <stdlib.h>

struct bench {
    mr_arena arena;
    mr_env env;
    struct mr_authority authority;
    struct mr_seal_key seal, other_seal;
    mr_verifier *verifier;
};

static int set_up(void **state)
{
    static struct bench b;
    struct mr_err err = {0};
    b = (struct bench){0};
    mr_arena_init(&b.arena, 256 * MR_MIB);
    b.env = test_env_fixed(TEST_NOW, 7);
    assert_ok(mr_authority_new(&b.env, &b.authority, &err), err);
    test_seal_new(&b.authority, &b.env, TEST_SCHOOL, TEST_SCHOOL_ID, &b.seal);
    test_seal_new(&b.authority, &b.env, "Another School", "VATDK-11111111", &b.other_seal);
    struct mr_verifying verifying = {.env = &b.env, .language = mr_language_english()};
    assert_ok(mr_verifier_open(&verifying, &b.verifier, &err), err);
    *state = &b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    if (!b) return 0; /* set_up failed */
    mr_verifier_close(b->verifier);
    mr_seal_key_done(&b->seal);
    mr_seal_key_done(&b->other_seal);
    mr_authority_done(&b->authority);
    mr_arena_done(&b->arena);
    return 0;
}

static mr_report verify(struct bench *b, mr_str file)
{
    struct mr_err err = {0};
    mr_report r;
    assert_ok(mr_verify(b->verifier, &b->arena, file, &r, &err), err);
    assert_true(r.summary.len > 0);
    return r;
}

static mr_str sealed(struct bench *b, const struct test_credential *t)
{
    return test_seal_jades(&b->arena, &b->seal, TEST_NOW, test_credential_write(&b->arena, t));
}

static mr_str token(struct bench *b, const struct test_credential *t)
{
    mr_certificate *chain[] = {b->seal.certificate};
    return test_sign_token(&b->arena, b->seal.key, chain, 1, "vc+jwt", test_credential_write(&b->arena, t));
}

static void assert_check(const mr_report *r, mr_check_code code, mr_state state, const char *id)
{
    const struct mr_check *c = &r->checks[code];
    if (!c->claimed || c->state != state)
        fail_msg("%s: got %s%s (%.*s; %.*s), wanted %s", mr_check_name(code), c->claimed ? "" : "unclaimed ",
                 mr_state_name(c->state), MR_STR_ARG(c->text), MR_STR_ARG(c->detail), mr_state_name(state));
    if (id && strchr(mr_message(mr_language_english(), id).ptr, '{') == NULL)
        assert_str_eq(c->text, mr_message(mr_language_english(), id));
}

/* Nothing is claimed behind `last`, and nothing of the document is shown. */
static void assert_nothing_behind(const mr_report *r, mr_check_code last)
{
    for (int i = last + 1; i < MR_CHECK_COUNT; i++)
        if (r->checks[i].claimed) fail_msg("%s is claimed", mr_check_name((mr_check_code)i));
    assert_int_equal(r->verdict, MR_VERDICT_INVALID);
    assert_false(r->has_view);
    assert_int_equal(r->story.len, 0);
    assert_int_equal(r->document.len, 0);
}

/* ---- files that are no credentials ---- */

#define OCTETS(text)                                                                                                   \
    {                                                                                                                  \
        text, sizeof(text) - 1                                                                                         \
    }
static const struct {
    mr_str file;
    const char *id;
    bool is_credential;
} strangers[] = {
    {OCTETS(""), "format.empty", false},
    {OCTETS(" \r\n\t "), "format.empty", false},
    {OCTETS("%PDF-1.7\n%\xe2\xe3"), "format.pdf", false},
    {OCTETS("\xff\xd8\xff\xe0\0\x10JFIF\0"), "format.picture", false},
    {OCTETS("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "baked.cut_off", false},
    {OCTETS("RIFF\0\0\0\0WEBPVP8 "), "format.picture", false},
    {OCTETS("<svg xmlns='http://www.w3.org/2000/svg'/>"), "format.picture_bare", false},
    {OCTETS("PK\3\4\x14\0\0\0"), "format.archive", false},
    {OCTETS("<?xml version='1.0'?><a/>"), "format.xml", false},
    {OCTETS("<!DOCTYPE html><p>Hello"), "format.html", false},
    {OCTETS("-----BEGIN CERTIFICATE-----\nAAAA\n"), "format.pem", false},
    {OCTETS("\xff\xfe{\0\"\0a\0\"\0:\0"
            "1\0}\0"),
     "format.utf16", false},
    {OCTETS("{\0\"\0a\0\"\0:\0"
            "1\0}\0"),
     "format.utf16", false},
    {OCTETS("{\"name\":\"S\xf8ren\"}"), "format.not_utf8", false},
    {OCTETS("{\"payload\":\"{\\\"a\\\":"), "format.truncated", false},
    {OCTETS("{\"a\":1"), "format.truncated", false},
    {OCTETS("{\"a\":1,}"), "format.not_json", false},
    {OCTETS("{\"a\":1} {\"b\":2}"), "format.not_json", false},
    {OCTETS("{\"a\":\"\\ud800\"}"), "format.not_json", false},
    {OCTETS("{\"payload\":\"a\",\"payload\":\"b\",\"signatures\":[]}"), "format.duplicate", false},
    {OCTETS("[{\"a\":1}]"), "format.list", false},
    {OCTETS("{\"a\":1}"), "format.other_json", false},
    {OCTETS("Dear sir or madam"), "format.text", false},
    {OCTETS("\1\2\3\4\5\6\7\x80\x81"), "format.binary", false},
    {OCTETS("www.example.org"), "format.text", false},
    {OCTETS("eyJhbGciOiJFUzI1NiJ9.e30.\nAAAA~WyJhIl0~"), "format.token_in_pieces", false},
    {OCTETS("eyJhbGciOiJFUzI1NiJ9.\r\ne30.AAAA"), "format.token_in_pieces", false},
    {OCTETS("eyJhbGciOiJFUzI1NiJ9.e30"), "format.token_in_pieces", false},
    {OCTETS("eyJhbGciOiJFUzI1NiIsIng1YyI6WyJN"), "format.token_in_pieces", false},
    {OCTETS("\xEF\xBB\xBF"
            "eyJhbGciOiJub25lIn0.e30. \r\n"),
     "format.algorithm", true},
    {OCTETS("eyJhbGciOiJub25lIn0.e30."), "format.algorithm", true},
    {OCTETS("eyJhbGciOiJub25lIiwidHlwIjoidmMrand0In0.e30."), "format.algorithm", true},
    {OCTETS("eyJhbGciOiJFUzI1NiJ9.e30.AAAA~WyJhIl0~"), "sd_jwt.disclosure", true},
    {OCTETS("{\"@context\":[],\"type\":[\"VerifiablePresentation\"]}"), "format.presentation_empty", true},
    {OCTETS("{\"@context\":\"https://w3id.org/openbadges/v2\",\"type\":\"BadgeClass\"}"), "format.badge_part", false},
};

static void test_verify__says_that_nothing_seals_a_document(void **state)
{
    static const mr_str bare[] = {
        OCTETS("{\"@context\":[],\"type\":[\"VerifiableCredential\",\"OpenBadgeCredential\"]}"),
    };
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++) {
        mr_report r = verify(b, bare[i]);
        assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.unsealed");
        assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "seal.none");
        assert_nothing_behind(&r, MR_CHECK_SEAL);
    }
    mr_report r = verify(b, MR_STR("{\"@context\":[],\"type\":[\"VerifiableCredential\"],\"proof\":{}}"));
    assert_str(r.format, "Sealed document (Data Integrity)");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "proof.form");
}

static void test_verify__names_what_is_no_credential(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        mr_report r = verify(b, strangers[i].file);
        mr_str wanted = mr_message(mr_language_english(), strangers[i].id);
        if (!mr_str_eq(r.checks[MR_CHECK_FORMAT].text, wanted) || r.is_credential != strangers[i].is_credential)
            fail_msg("case %zu (%s): got \"%.*s\"", i, strangers[i].id, MR_STR_ARG(r.checks[MR_CHECK_FORMAT].text));
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, strangers[i].id);
        assert_nothing_behind(&r, MR_CHECK_FORMAT);
    }
}

static void test_verify__refuses_what_is_too_large_or_too_deep(void **state)
{
    struct bench *b = *state;
    size_t size = MR_LIMIT_DOCUMENT + 1;
    char *large = malloc(size);
    assert_non_null(large);
    memset(large, '[', size);
    mr_report r = verify(b, mr_str_make(large, size));
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "format.too_large");
    r = verify(b, mr_str_make(large, 100000));
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "format.too_deep");
    large[0] = '[';
    for (size_t i = 1; i < size; i++) large[i] = i % 2 ? '1' : ',';
    mr_arena small;
    struct mr_err err = {0};
    mr_arena_init(&small, MR_LIMIT_DOCUMENT_MEMORY);
    large[MR_LIMIT_DOCUMENT - 1] = ']', large[MR_LIMIT_DOCUMENT - 2] = '1', large[MR_LIMIT_DOCUMENT - 3] = ',';
    assert_ok(mr_verify(b->verifier, &small, mr_str_make(large, MR_LIMIT_DOCUMENT), &r, &err), err);
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, NULL);
    assert_nothing_behind(&r, MR_CHECK_FORMAT);
    mr_arena_done(&small);
    free(large);
}

static void test_verify__an_unsealed_credential_proves_nothing(void **state)
{
    struct bench *b = *state;
    mr_str document = test_credential_write(&b->arena, &(struct test_credential){0});
    mr_report r = verify(b, document);
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "seal.none");
    assert_nothing_behind(&r, MR_CHECK_SEAL);
    mr_str wrapped = mr_arena_format(&b->arena, "{\"credential\":%.*s,\"deliveryDetails\":{}}", MR_STR_ARG(document));
    r = verify(b, wrapped);
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "seal.none");
}

/* ---- sealed credentials ---- */

static void test_verify__a_sealed_credential_under_a_test_seal(void **state)
{
    struct bench *b = *state;
    mr_report r = verify(b, sealed(b, &(struct test_credential){0}));
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed");
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_int_equal(r.seal_checks[MR_SEAL_SIGNATURE].state, MR_PASSED);
    assert_int_equal(r.seal_checks[MR_SEAL_SIGNATURE_TIME].state, MR_NOT_APPLICABLE);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.test_seal");
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.none");
    assert_check(&r, MR_CHECK_DATES, MR_PASSED, "dates.no_end");
    assert_check(&r, MR_CHECK_HOLDER, MR_UNCHECKED, NULL);
    assert_check(&r, MR_CHECK_QUALITY, MR_NOT_APPLICABLE, "quality.internal");
    assert_check(&r, MR_CHECK_COMPLETENESS, MR_PASSED, "completeness.passed");
    assert_true(r.test_seal && r.has_view && r.is_credential);
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    assert_str_eq(r.summary, mr_message(mr_language_english(), "summary.test_seal"));
    assert_str(r.view.learner, "Mette Krogh Poulsen");
    assert_true(mr_str_find(r.story, MR_STR("It says that")) >= 0);
    assert_true(mr_str_find(r.story, MR_STR("(2.5 ECTS, 56 hours)")) >= 0);
    assert_string_equal(r.format_code, "elm+jades");
}

static void test_verify__a_test_authority_as_anchor_changes_nothing(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    mr_certificate *anchors[] = {b->authority.certificate};
    mr_trust trust = {anchors, 1};
    struct mr_verifying verifying = {.trust = &trust, .env = &b->env, .language = mr_language_english()};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    const mr_str files[] = {sealed(b, &(struct test_credential){0}), token(b, &(struct test_credential){.vc2 = true})};
    for (int i = 0; i < 2; i++) {
        assert_ok(mr_verify(v, &b->arena, files[i], &r, &err), err);
        assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.test_seal");
        assert_true(r.test_seal);
        assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    }
    mr_verifier_close(v);
}

static void test_verify__altered_by_one_octet(void **state)
{
    struct bench *b = *state;
    mr_str good = sealed(b, &(struct test_credential){0});
    char *copy = malloc(good.len);
    assert_non_null(copy);
    memcpy(copy, good.ptr, good.len);
    size_t start = (size_t)mr_str_find(good, MR_STR("\"payload\":\"")) + 11,
           end = (size_t)mr_str_find(good, MR_STR("\"signatures\"")) - 2, changed = 0;
    for (size_t at = start; at < end; at += 7) {
        if (copy[at] == '\\' || copy[at] == '"' || (at > 0 && copy[at - 1] == '\\') || (unsigned char)copy[at] >= 0x80)
            continue;
        copy[at] ^= 1;
        if (copy[at] != '"' && copy[at] != '\\') {
            mr_arena a;
            struct mr_err err = {0};
            mr_report r;
            mr_arena_init(&a, MR_LIMIT_DOCUMENT_MEMORY);
            assert_ok(mr_verify(b->verifier, &a, mr_str_make(copy, good.len), &r, &err), err);
            assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed");
            assert_nothing_behind(&r, MR_CHECK_SEAL);
            assert_str_eq(r.summary, mr_message(mr_language_english(), "summary.changed"));
            mr_arena_done(&a);
            changed++;
        }
        copy[at] ^= 1;
    }
    assert_true(changed > 200);
    free(copy);
}

static void test_verify__sealed_again_by_another(void **state)
{
    struct bench *b = *state;
    mr_str payload = test_credential_write(&b->arena, &(struct test_credential){0});
    mr_report r = verify(b, test_seal_jades(&b->arena, &b->other_seal, TEST_NOW, payload));
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, NULL);
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    assert_str_eq(r.summary, mr_message(mr_language_english(), "summary.other_issuer"));
    assert_true(mr_str_find(r.checks[MR_CHECK_ISSUER].text, MR_STR("Another School")) >= 0);
    mr_certificate *chain[] = {b->other_seal.certificate};
    payload = test_credential_write(&b->arena, &(struct test_credential){.vc2 = true});
    r = verify(b, test_sign_token(&b->arena, b->other_seal.key, chain, 1, "vc+jwt", payload));
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, NULL);
}

static const struct {
    const char *what;
    struct test_credential credential;
} disagreeing[] = {
    {"other identifier", {.issuer_id = "VATDK-22222222"}},
    {"other name", {.issuer = "Aarhus School of Forgery"}},
    {"other country", {.country = "SWE"}},
    {"no mandate", {.body = "University of Zed"}},
};

static void test_verify__issuer_and_certificate_must_agree(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof disagreeing / sizeof *disagreeing; i++) {
        mr_report r = verify(b, sealed(b, &disagreeing[i].credential));
        if (!r.checks[MR_CHECK_ISSUER].claimed || r.checks[MR_CHECK_ISSUER].state != MR_FAILED)
            fail_msg("%s passes", disagreeing[i].what);
        assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    }
}

/* A name in a language that nobody certified may be anybody's. */
static void test_verify__shows_the_certified_name_first(void **state)
{
    struct bench *b = *state;
    static const char *const names[] = {"University of Zed','da':'" TEST_SCHOOL,
                                        "University of Zed','xx':['" TEST_SCHOOL "'],'yy':'Q"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct test_credential t = {.issuer = names[i], .body = names[i]};
        mr_report r = verify(b, sealed(b, &t));
        assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
        assert_str(r.view.issuer, TEST_SCHOOL " (“University of Zed”)");
        assert_str(r.view.awarding_body, TEST_SCHOOL " (“University of Zed”)");
        assert_true(mr_str_find(r.checks[MR_CHECK_ISSUER].text, MR_STR(TEST_SCHOOL)) >= 0);
        assert_true(mr_str_find(r.story, MR_STR(TEST_SCHOOL)) >= 0);
    }
}

#define NUMBERED(name, property, number)                                                                               \
    name "'},'" property "':{'id':'urn:epass:legal:9','type':'LegalIdentifier','notation':'" number                    \
         "'},'altLabel':{'en':'" name

/* Whoever seals may write somebody else's name or number beside its own. It is the certificate that says who seals. */
static void test_verify__another_name_beside_its_own_makes_no_other_party(void **state)
{
    struct bench *b = *state;
    static const struct test_credential impostors[] = {
        {.issuer = TEST_SCHOOL "','xx':'University of Zed", .body = "University of Zed"},
        {.issuer = "University of Zed','da':'" TEST_SCHOOL, .body = "University of Zed"},
        {.issuer = NUMBERED(TEST_SCHOOL, "registration", "Z-1"),
         .body = NUMBERED("University of Zed", "registration", "Z-1")},
        {.issuer = NUMBERED(TEST_SCHOOL, "vatIdentifier", "DK99999999"),
         .body = NUMBERED("University of Zed", "vatIdentifier", "DK99999999")}};
    for (size_t i = 0; i < sizeof impostors / sizeof *impostors; i++) {
        mr_report r = verify(b, sealed(b, &impostors[i]));
        assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.no_mandate");
        assert_true(mr_str_find(r.checks[MR_CHECK_ISSUER].text, MR_STR("“")) < 0 ||
                    mr_str_find(r.checks[MR_CHECK_ISSUER].text, MR_STR(TEST_SCHOOL " (“")) >= 0);
        assert_str(r.view.awarding_body, "University of Zed");
        assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    }
    static const struct test_credential own[] = {{.body = "Skolen','xx':'" TEST_SCHOOL},
                                                 {.body = NUMBERED("Skolen", "vatIdentifier", "DK00000000")},
                                                 {.body = NUMBERED("Skolen", "eIDASIdentifier", TEST_SCHOOL_ID)}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        mr_report r = verify(b, sealed(b, &own[i]));
        assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
        assert_false(r.view.others_award);
        assert_str(r.view.awarding_body, TEST_SCHOOL " (“Skolen”)");
    }
}

/* What is too long to be told is no agreement. */
static void test_verify__a_name_too_long_to_tell_is_still_another(void **state)
{
    struct bench *b = *state;
    enum { LONG = 256 * 1024 };
    char *name = malloc(LONG + 1);
    assert_non_null(name);
    memset(name, 'Z', LONG);
    name[LONG] = '\0';
    struct test_credential t = {.vc2 = true, .issuer = name, .body = name};
    mr_str file = token(b, &t);
    size_t refused = 0;
    for (size_t limit = 64 * MR_KIB; limit < 4 * MR_MIB; limit += 16 * MR_KIB) {
        mr_arena small;
        mr_report r;
        mr_arena_init(&small, limit);
        if (mr_verify(b->verifier, &small, file, &r, NULL) == MR_OK && r.checks[MR_CHECK_ISSUER].claimed) {
            assert_int_equal(r.checks[MR_CHECK_ISSUER].state, MR_FAILED);
            refused++;
        }
        mr_arena_done(&small);
    }
    assert_true(refused > 10);
    free(name);
}

#define BODY(id, name) "{'id':'" id "','type':'Organisation','legalName':{'en':'" name "'}}"

/* An issuer is believed about itself, not about others that it names beside itself. */
static void test_verify__a_second_awarding_body_is_only_said(void **state)
{
    struct bench *b = *state;
    mr_report r = verify(b, sealed(b, &(struct test_credential){0}));
    assert_false(r.view.others_award);
    struct test_credential t = {
        .body = TEST_SCHOOL
        "'}}," BODY("urn:epass:org:7",
                    "University of Zed") ",{'id':'urn:epass:org:8','type':'Organisation','legalName':{'en':'Third"};
    r = verify(b, sealed(b, &t));
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
    assert_true(r.view.others_award);
}

/* Of two persons or issuers nothing is shown, rather than one of them. */
static void test_verify__is_about_one_person_and_by_one_issuer(void **state)
{
    struct bench *b = *state;
    static const char *const members[] = {"\"credentialSubject\":{", "\"issuer\":{"};
    mr_str text = test_credential_write(&b->arena, &(struct test_credential){.vc2 = true});
    mr_certificate *chain[] = {b->seal.certificate};
    for (size_t i = 0; i < 2; i++) {
        mr_str member = mr_str_of(members[i]), list = mr_str_make(members[i], member.len - 1);
        ptrdiff_t at = mr_str_find(text, member);
        assert_true(at > 0);
        size_t start = (size_t)at + member.len - 1, end = start, depth = 0;
        do depth += text.ptr[end] == '{', depth -= text.ptr[end] == '}', end++;
        while (depth);
        mr_str one = mr_str_make(text.ptr + start, end - start);
        mr_str twice = mr_arena_format(&b->arena, "%.*s%.*s[%.*s,{\"id\":\"urn:other\"}]%.*s", (int)at, text.ptr,
                                       MR_STR_ARG(list), MR_STR_ARG(one), MR_STR_ARG(mr_str_from(text, end)));
        mr_report r = verify(b, test_sign_token(&b->arena, b->seal.key, chain, 1, "vc+jwt", twice));
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, NULL);
        assert_true(mr_str_find(r.checks[MR_CHECK_FORMAT].detail, MR_STR("more than one")) >= 0);
        assert_nothing_behind(&r, MR_CHECK_FORMAT);
    }
}

static void test_verify__on_behalf_of_another_with_a_mandate(void **state)
{
    struct bench *b = *state;
    struct test_credential t = {.body = "University of Zed",
                                .more = ",'evidence':{'id':'urn:epass:evidence:1','type':'Evidence','dcType':{'id':"
                                        "'http://data.europa.eu/snb/evidence-type/c_18016257','type':'Concept'}}"};
    mr_report r = verify(b, sealed(b, &t));
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
    assert_str(r.view.on_behalf_of, "University of Zed");
    assert_true(mr_str_find(r.story, MR_STR("on behalf of University of Zed")) >= 0);
    assert_true(r.view.others_award);
    /* the mandate is the issuer's own word */
    assert_true(mr_str_find(r.checks[MR_CHECK_ISSUER].text, MR_STR("says")) >= 0);
}

static void test_verify__a_certificate_that_may_not_seal(void **state)
{
    struct bench *b = *state;
    mr_certificate *chain[] = {b->authority.certificate};
    mr_str payload = test_credential_write(&b->arena, &(struct test_credential){.vc2 = true});
    mr_report r = verify(b, test_sign_token(&b->arena, b->authority.key, chain, 1, "vc+jwt", payload));
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.purpose");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
}

static void test_verify__expired_certificates(void **state)
{
    struct bench *b = *state;
    mr_str good = sealed(b, &(struct test_credential){0});
    test_env_set_time(&b->env, TEST_NOW + 6 * 366 * MR_DAY_MS);
    mr_report r = verify(b, good);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.expired_since");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    mr_str payload = test_credential_write(&b->arena, &(struct test_credential){.vc2 = true});
    mr_str late =
        test_sign_header(&b->arena, &b->seal, "{\"alg\":\"ES256\",\"typ\":\"vc+jwt\",\"iat\":1981271520", payload);
    r = verify(b, late);
    test_env_set_time(&b->env, TEST_NOW);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.expired");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    r = verify(
        b, test_sign_header(&b->arena, &b->seal, "{\"alg\":\"ES256\",\"typ\":\"vc+jwt\",\"iat\":1602666720", payload));
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.too_early");
    static const char *const absurd[] = {"253402300800", "9223372036854774", "9223372036854775807"};
    for (size_t i = 0; i < sizeof absurd / sizeof *absurd; i++) {
        const char *header =
            mr_arena_format(&b->arena, "{\"alg\":\"ES256\",\"typ\":\"vc+jwt\",\"iat\":%s", absurd[i]).ptr;
        r = verify(b, test_sign_header(&b->arena, &b->seal, header, payload));
        assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.expired");
    }
}

/* A time that has not come cannot be that of a seal: the clock is wrong here, or was there. */
static void test_verify__sealed_in_the_future(void **state)
{
    struct bench *b = *state;
    mr_str file = sealed(b, &(struct test_credential){0});
    mr_str late = test_sign_header(&b->arena, &b->seal, "{\"alg\":\"ES256\",\"typ\":\"vc+jwt\",\"iat\":1823505120",
                                   test_credential_write(&b->arena, &(struct test_credential){.vc2 = true}));
    mr_report r = verify(b, late); /* a year ahead, while the certificate is valid */
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.not_yet");
    test_env_set_time(&b->env, TEST_NOW - 6 * 60 * 1000);
    r = verify(b, file);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.not_yet");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    test_env_set_time(&b->env, TEST_NOW - 4 * 60 * 1000); /* two clocks are never the same */
    r = verify(b, file);
    test_env_set_time(&b->env, TEST_NOW);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
}

static void test_verify__sealed_but_of_another_form(void **state)
{
    struct bench *b = *state;
    static const char *const payloads[] = {
        "{'@context':['https://www.w3.org/2018/credentials/v1','https://evil.example/"
        "context'],'type':['VerifiableCredential','EuropeanDigitalCredential'],"
        "'credentialSubject':{}}",
        "{'@context':['https://www.w3.org/2018/credentials/v1','http://data.europa.eu/snb/model/context/"
        "edc-ap'],'type':['VerifiableCredential'],"
        "'credentialSubject':{}}",
        "{'hello':'world'}", "[1,2]", "not json at all"};
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        mr_report r = verify(b, test_seal_jades(&b->arena, &b->seal, TEST_NOW, test_json(&b->arena, payloads[i])));
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, NULL);
        assert_nothing_behind(&r, MR_CHECK_FORMAT);
    }
}

static void test_verify__tokens(void **state)
{
    struct bench *b = *state;
    mr_str good = token(b, &(struct test_credential){.vc2 = true});
    mr_report r = verify(b, good);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.test_seal");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    assert_string_equal(r.format_code, "vc+jwt");
    char *copy = malloc(good.len);
    assert_non_null(copy);
    memcpy(copy, good.ptr, good.len);
    size_t at = (size_t)mr_str_find_char(good, '.') + 40;
    copy[at] = copy[at] == 'A' ? 'B' : 'A';
    r = verify(b, mr_str_make(copy, good.len));
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed");
    assert_nothing_behind(&r, MR_CHECK_SEAL);
    free(copy);
}

static void test_verify__a_bare_key_is_nobodys(void **state)
{
    struct bench *b = *state;
    mr_str payload = test_credential_write(&b->arena, &(struct test_credential){.vc2 = true});
    mr_report r = verify(b, test_sign_token(&b->arena, b->seal.key, NULL, 0, "vc+jwt", payload));
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.key_only");
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.key_only");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
}

static void test_verify__many_files_of_one_issuer_get_one_answer(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 40; i++) {
        mr_report r = verify(b, token(b, &(struct test_credential){.vc2 = true}));
        assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.test_seal");
        assert_true(r.test_seal);
    }
}

/* ---- dates, quality, completeness ---- */

static const struct {
    struct test_credential credential;
    mr_check_code code;
    mr_state state;
    const char *id;
} facts[] = {
    {{.more = ",'expirationDate':'2026-10-01T00:00:00Z'"}, MR_CHECK_DATES, MR_FAILED, "dates.expired"},
    {{.more = ",'expirationDate':'2030-10-01T00:00:00Z'"}, MR_CHECK_DATES, MR_PASSED, "dates.until"},
    {{.more = ",'expirationDate':'next year'"}, MR_CHECK_DATES, MR_UNCHECKED, "dates.unreadable"},
    {{.more = ",'validUntil':20261001"}, MR_CHECK_DATES, MR_UNCHECKED, "dates.unreadable"},
    {{.more = ",'validUntil':{'@value':7}"}, MR_CHECK_DATES, MR_UNCHECKED, "dates.unreadable"},
    {{.more = ",'validUntil':''"}, MR_CHECK_DATES, MR_UNCHECKED, "dates.unreadable"},
    {{.more = ",'validUntil':['2030-10-01T00:00:00Z','2026-10-01T00:00:00Z']"},
     MR_CHECK_DATES,
     MR_UNCHECKED,
     "dates.unreadable"},
    {{.more = ",'validUntil':['2030-10-01T00:00:00Z']"}, MR_CHECK_DATES, MR_PASSED, "dates.until"},
    {{.more = ",'validUntil':'2030-10-01T00:00:00Z','expirationDate':'2026-10-01T00:00:00Z'"},
     MR_CHECK_DATES,
     MR_FAILED,
     "dates.expired"},
    {{.issued = "2026-12-01T00:00:00Z"}, MR_CHECK_DATES, MR_FAILED, "dates.not_yet"},
    {{.eqf = ""}, MR_CHECK_COMPLETENESS, MR_FAILED, "completeness.lacking"},
    {{.more_specification =
          ",'additionalNote':{'id':'urn:epass:note:9','type':'Note','noteLiteral':{'en':'It has no level.'},"
          "'subject':{'id':'urn:merit:note:level-does-not-apply','type':'Concept','prefLabel':{'en':'Why a level does "
          "not apply'}}}",
      .eqf = ""},
     MR_CHECK_COMPLETENESS,
     MR_PASSED,
     "completeness.passed"},
    /* what another party says it assures is a claim, whatever its note calls it */
    {{.more =
          ",'evidence':{'id':'urn:epass:evidence:1','type':'Evidence','accreditation':{'id':"
          "'urn:epass:accreditation:2','type':'Accreditation','title':{'en':"
          "'Accredited'},'accreditingAgent':" BODY(
              "urn:epass:org:9",
              "An Agency") ",'additionalNote'"
                           ":{'id':'urn:epass:note:9','type':'Note','noteLiteral':{'en':'Internal'},'subject':{'id':"
                           "'urn:merit:quality:internal','type':'Concept'}}}}"},
     MR_CHECK_QUALITY,
     MR_UNCHECKED,
     "quality.not_asked"},
};

static void test_verify__dates_and_completeness(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        mr_report r = verify(b, sealed(b, &facts[i].credential));
        assert_check(&r, facts[i].code, facts[i].state, facts[i].id);
        assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN); /* the test seal comes first */
    }
}

/* ---- the Commission's sample ---- */

static mr_str read_sample(struct bench *b, const char *name)
{
    const char *elm = test_elm();
    if (!elm) test_skip("the ELM data is not here (MERIT_ELM)");
    return test_read_file(&b->arena, test_path(&b->arena, elm, name));
}

static void test_verify__the_commissions_sample(void **state)
{
    struct bench *b = *state;
    mr_report r = verify(b, read_sample(b, "samples/Sample-MC-Annex1-signed.jsonld"));
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    for (int i = 0; i < MR_SEAL_CHECK_COUNT; i++) {
        assert_true(r.seal_checks[i].claimed);
        assert_int_equal(r.seal_checks[i].state, MR_PASSED);
    }
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.no_anchors");
    assert_check(&r, MR_CHECK_COMPLETENESS, MR_FAILED, NULL);
    assert_int_equal(r.missing_count, 1);
    assert_int_equal(r.missing[0], MR_ELEMENT_QUALITY);
    assert_false(r.test_seal);
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    assert_true(mr_str_find(r.format, MR_STR("JAdES-LTA")) >= 0);
}

static void test_verify__the_commissions_sample_altered(void **state)
{
    struct bench *b = *state;
    mr_str file = read_sample(b, "samples/Sample-MC-Annex1-signed.jsonld");
    ptrdiff_t at = mr_str_find(file, MR_STR("Andromeda"));
    assert_true(at > 0);
    ((char *)(uintptr_t)file.ptr)[at] = 'B';
    mr_report r = verify(b, file);
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed");
    assert_nothing_behind(&r, MR_CHECK_SEAL);
    assert_str(r.summary, "Changed after sealing");
}

static void test_verify__intact_with_a_foreign_context(void **state)
{
    struct bench *b = *state;
    mr_report r = verify(b, read_sample(b, "samples-edc-repo/credential-jws-invalid.jsonld"));
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, NULL);
    assert_nothing_behind(&r, MR_CHECK_FORMAT);
    r = verify(b, read_sample(b, "samples-edc-repo/json_sealed_test_output.json"));
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "format.presentation");
}

/* ---- anchors: certificates made by OpenSSL's own command ---- */

static const char make_certificates[] =
    "set -e; cd '%s'\n"
    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 3650 -subj "
    "'/C=DK/O=Trust Services/CN=Trust CA' "
    "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign\n"
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout seal.key -out seal.csr "
    "-subj '/C=DK/O=" TEST_SCHOOL "/organizationIdentifier=" TEST_SCHOOL_ID "/CN=Seal'\n"
    "printf 'keyUsage=critical,nonRepudiation\\n' > seal.ext\n"
    "openssl x509 -req -in seal.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out seal.crt -days 900 -extfile "
    "seal.ext\n"
    "cat seal.key seal.crt ca.pem > seal.pem\n"
    "printf 'basicConstraints=critical,CA:TRUE\\nkeyUsage=critical,keyCertSign\\n' > sub.ext\n"
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout sub.key -out sub.csr -subj '/CN=Sub CA'\n"
    "openssl x509 -req -in sub.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out sub.pem -days 3650 -extfile sub.ext\n"
    "openssl x509 -req -in seal.csr -CA sub.pem -CAkey sub.key -CAcreateserial -out deep.crt -days 900 -extfile "
    "seal.ext\n"
    "cat seal.key deep.crt sub.pem > deep.pem\n"
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout person.key -out person.csr "
    "-subj '/C=DK/organizationIdentifier=" TEST_SCHOOL_ID "/CN=A person'\n"
    "openssl x509 -req -in person.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out person.crt -days 900 -extfile "
    "seal.ext\n"
    "cat person.key person.crt > person.pem\n"
    "mkdir anchors; cp ca.pem anchors/\n";

static bool run_openssl(const char *folder)
{
    char command[4096];
    snprintf(command, sizeof command, "(");
    size_t used = 1;
    snprintf(command + used, sizeof command - used, make_certificates, folder);
    used = strlen(command);
    snprintf(command + used, sizeof command - used, ") >/dev/null 2>&1");
    return system("openssl version >/dev/null 2>&1") == 0 && system(command) == 0;
}

/* mr_timestamp_source: a clock of one's own, in the folder `self`. */
static int stamp(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token, struct mr_err *err)
{
    static const char make[] =
        "(set -e; cd '%s'; test -f tsa.pem || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout tsa.key -out tsa.pem -subj '/CN=Own clock' -addext basicConstraints=critical,CA:FALSE "
        "-addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=critical,timeStamping\n"
        "printf '[tsa]\\ndefault_tsa=t\\n[t]\\nserial=serial\\ndefault_policy=1.2.3\\ndigests=sha256\\n"
        "ess_cert_id_alg=sha256\\n' > ts.cnf; echo 01 > serial\n"
        "openssl ts -reply -config ts.cnf -signer tsa.pem -inkey tsa.key -sha256 -queryfile request.der "
        "-out response.der) >/dev/null 2>&1";
    mr_str request;
    MR_TRY(mr_timestamp_request(a, mr_env_system(), digest, &request, err));
    MR_TRY(mr_file_write(test_path(a, self, "request.der"), request, 0600, false, err));
    assert_int_equal(system(mr_arena_format(a, make, (const char *)self).ptr), 0);
    return mr_timestamp_response(a, request, test_read_file(a, test_path(a, self, "response.der")), ret_token, err);
}

/* The key of an expired certificate and a clock of one's own make an old seal; the anchored authority is not said to vouch for it. */
static void assert_an_own_clock_makes_no_old_seal(struct bench *b, const mr_trust *trust,
                                                  const struct mr_seal_key *seal, const char *folder, int64_t now)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    mr_buf out;
    char issued[21];
    mr_time_write(now, issued);
    struct mr_verifying verifying = {.trust = trust, .env = &b->env, .language = mr_language_english()};
    struct mr_jades_sealing how = {
        .seal = seal, .now = now - 3600 * 1000, .timestamp = stamp, .timestamp_self = (void *)(uintptr_t)folder};
    mr_str payload = test_credential_write(&b->arena, &(struct test_credential){.issued = issued});
    mr_buf_init(&out, 8 * MR_MIB);
    assert_ok(mr_jades_seal(&how, payload, &b->arena, &out, &err), err);
    for (int years = 0; years < 4; years += 3) { /* the certificate is valid for 900 days */
        test_env_set_time(&b->env, now + years * 366 * MR_DAY_MS);
        assert_ok(mr_verifier_open(&verifying, &v, &err), err);
        assert_ok(mr_verify(v, &b->arena, mr_buf_str(&out), &r, &err), err);
        assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
        assert_check(&r, MR_CHECK_TRUST, years ? MR_UNCHECKED : MR_PASSED, years ? "trust.not_reached" : NULL);
        assert_true(!years || mr_str_find(r.checks[MR_CHECK_TRUST].detail, MR_STR("time-stamp without an anchor")) > 0);
        assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
        mr_verifier_close(v);
    }
    test_env_set_time(&b->env, now);
    mr_buf_done(&out);
}

/* Nothing is wrong with the certificates of an old seal; it is only that nobody can tell any more how old it is. */
static void assert_an_expired_chain_is_open(struct bench *b, const mr_trust *trust, const struct mr_seal_key *seal,
                                            int64_t now)
{
    struct mr_err err = {0};
    mr_verifier *v = NULL;
    mr_report r;
    char issued[21];
    mr_time_write(now, issued);
    struct mr_verifying verifying = {.trust = trust, .env = &b->env, .language = mr_language_english()};
    mr_str file = test_seal_jades(&b->arena, seal, now,
                                  test_credential_write(&b->arena, &(struct test_credential){.issued = issued}));
    for (int years = 0; years < 4; years += 3) { /* the certificate is valid for 900 days */
        test_env_set_time(&b->env, now + years * 366 * MR_DAY_MS);
        assert_ok(mr_verifier_open(&verifying, &v, &err), err);
        assert_ok(mr_verify(v, &b->arena, file, &r, &err), err);
        assert_check(&r, MR_CHECK_TRUST, years ? MR_UNCHECKED : MR_PASSED, years ? "trust.expired" : NULL);
        assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
        mr_verifier_close(v);
    }
    test_env_set_time(&b->env, now);
}

/* Who sends a seal without the certificates above it, or with one of them twice, must not make the next file look the same. */
static void assert_a_short_chain_hides_no_longer_one(struct bench *b, const mr_trust *trust, const char *folder,
                                                     const char *issued)
{
    struct mr_err err = {0};
    struct mr_seal_key deep = {0};
    mr_verifier *v = NULL;
    mr_report r;
    struct mr_verifying verifying = {.trust = trust, .env = &b->env, .language = mr_language_english()};
    assert_ok(mr_seal_key_read(test_read_file(&b->arena, test_path(&b->arena, folder, "deep.pem")), MR_STR_EMPTY, &deep,
                               &err),
              err);
    assert_int_equal(deep.issuer_count, 1);
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    mr_certificate *chain[] = {deep.certificate, deep.issuers[0], deep.issuers[0]};
    static const size_t counts[] = {1, 2, 3, 1, 2};
    mr_str payload = test_credential_write(&b->arena, &(struct test_credential){.vc2 = true, .issued = issued});
    for (size_t start = 0; start < 3; start += 2) { /* a fresh verifier begins with the first, then with the third */
        mr_verifier_close(v);
        assert_ok(mr_verifier_open(&verifying, &v, &err), err);
        for (size_t i = start; i < sizeof counts / sizeof *counts; i++) {
            mr_str file = test_sign_token(&b->arena, deep.key, chain, counts[i], "vc+jwt", payload);
            assert_ok(mr_verify(v, &b->arena, file, &r, &err), err);
            assert_check(&r, MR_CHECK_TRUST, counts[i] > 1 ? MR_PASSED : MR_UNCHECKED,
                         counts[i] > 1 ? NULL : "trust.not_reached");
        }
    }
    mr_verifier_close(v);
    mr_seal_key_done(&deep);
}

/* A certificate that names no organisation is not that of an organisation without a name. */
static void assert_an_empty_name_is_nobodys(struct bench *b, const mr_trust *trust, const char *folder,
                                            const char *issued)
{
    struct mr_err err = {0};
    struct mr_seal_key person = {0};
    mr_verifier *v = NULL;
    mr_report r;
    struct mr_verifying verifying = {.trust = trust, .env = &b->env, .language = mr_language_english()};
    assert_ok(mr_seal_key_read(test_read_file(&b->arena, test_path(&b->arena, folder, "person.pem")), MR_STR_EMPTY,
                               &person, &err),
              err);
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    struct test_credential t = {
        .vc2 = true, .issuer = "University of Zed','xx':'", .body = "University of Zed", .issued = issued};
    mr_str file =
        test_sign_token(&b->arena, person.key, &person.certificate, 1, "vc+jwt", test_credential_write(&b->arena, &t));
    assert_ok(mr_verify(v, &b->arena, file, &r, &err), err);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, NULL);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, NULL);
    mr_verifier_close(v);
    mr_seal_key_done(&person);
}

static void test_verify__an_anchored_seal_is_vouched_for(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    struct mr_seal_key seal = {0};
    mr_trust trust = {0};
    mr_verifier *v = NULL;
    mr_report r;
    const char *folder = test_temp_folder();
    if (!run_openssl(folder)) test_skip("the openssl command is not here");
    assert_ok(mr_seal_key_read(test_read_file(&b->arena, test_path(&b->arena, folder, "seal.pem")), MR_STR_EMPTY, &seal,
                               &err),
              err);
    assert_ok(mr_trust_load(&b->arena, test_path(&b->arena, folder, "anchors"), &trust, &err), err);
    assert_int_equal(trust.count, 1);
    int64_t now = mr_env_now(mr_env_system()) + 3600 * 1000;
    char issued[21];
    mr_time_write(now, issued);
    test_env_set_time(&b->env, now);
    struct mr_verifying verifying = {.trust = &trust, .env = &b->env, .language = mr_language_english()};
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    mr_certificate *chain[] = {seal.certificate};
    const mr_str files[] = {
        test_seal_jades(&b->arena, &seal, now,
                        test_credential_write(&b->arena, &(struct test_credential){.issued = issued})),
        test_sign_token(&b->arena, seal.key, chain, 1, "vc+jwt",
                        test_credential_write(&b->arena, &(struct test_credential){.vc2 = true, .issued = issued})),
    };
    for (int i = 0; i < 4; i++) { /* the second time from what is remembered */
        assert_ok(mr_verify(v, &b->arena, files[i % 2], &r, &err), err);
        assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, NULL);
        assert_check(&r, MR_CHECK_TRUST, MR_PASSED, NULL);
        assert_true(mr_str_find(r.checks[MR_CHECK_TRUST].text, MR_STR("Trust CA")) >= 0);
        assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.none");
        assert_false(r.test_seal);
        assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
        assert_str_eq(r.summary, mr_message(mr_language_english(), "summary.one_unchecked"));
        assert_true(mr_str_has_prefix(r.story, MR_STR(TEST_SCHOOL " awarded")));
    }
    mr_verifier_close(v);
    v = NULL;
    assert_an_empty_name_is_nobodys(b, &trust, folder, issued);
    assert_a_short_chain_hides_no_longer_one(b, &trust, folder, issued);
    assert_an_own_clock_makes_no_old_seal(b, &trust, &seal, folder, now);
    assert_an_expired_chain_is_open(b, &trust, &seal, now);
    verifying.trust = NULL;
    assert_ok(mr_verifier_open(&verifying, &v, &err), err);
    assert_ok(mr_verify(v, &b->arena, files[0], &r, &err), err);
    assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.no_anchors");
    mr_verifier_close(v);
    test_env_set_time(&b->env, TEST_NOW);
    mr_trust_done(&trust);
    mr_seal_key_done(&seal);
}

static void test_trust_load__names_the_file_that_holds_no_certificate(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    mr_trust trust = {0};
    const char *folder = test_temp_folder();
    assert_ok(mr_file_write(test_path(&b->arena, folder, "broken.pem"),
                            MR_STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), 0644, false,
                            &err),
              err);
    assert_code(mr_trust_load(&b->arena, folder, &trust, &err), MR_E_FORMAT, err);
    assert_non_null(strstr(err.detail, "broken.pem"));
    assert_code(mr_trust_load(&b->arena, test_path(&b->arena, folder, "nowhere"), &trust, &err), MR_E_NOT_FOUND, err);
}

/* ---- little memory ---- */

static void test_verify__little_memory_is_an_error_not_a_crash(void **state)
{
    struct bench *b = *state;
    mr_str files[] = {sealed(b, &(struct test_credential){0}), token(b, &(struct test_credential){.vc2 = true})};
    size_t good = 0;
    for (size_t limit = 512; limit < 4 * MR_MIB; limit += limit / 3) {
        for (int i = 0; i < 2; i++) {
            mr_arena small;
            mr_report r;
            mr_arena_init(&small, limit);
            int code = mr_verify(b->verifier, &small, files[i], &r, NULL);
            assert_true(code == MR_OK || code == MR_E_NOMEM);
            if (code == MR_OK && r.has_view) good++;
            if (code == MR_OK && !r.has_view) assert_int_not_equal(r.verdict, MR_VERDICT_VALID);
            mr_arena_done(&small);
        }
    }
    assert_true(good >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verify__names_what_is_no_credential),
        cmocka_unit_test(test_verify__says_that_nothing_seals_a_document),
        cmocka_unit_test(test_verify__refuses_what_is_too_large_or_too_deep),
        cmocka_unit_test(test_verify__an_unsealed_credential_proves_nothing),
        cmocka_unit_test(test_verify__a_sealed_credential_under_a_test_seal),
        cmocka_unit_test(test_verify__a_test_authority_as_anchor_changes_nothing),
        cmocka_unit_test(test_verify__altered_by_one_octet),
        cmocka_unit_test(test_verify__sealed_again_by_another),
        cmocka_unit_test(test_verify__issuer_and_certificate_must_agree),
        cmocka_unit_test(test_verify__shows_the_certified_name_first),
        cmocka_unit_test(test_verify__a_name_too_long_to_tell_is_still_another),
        cmocka_unit_test(test_verify__another_name_beside_its_own_makes_no_other_party),
        cmocka_unit_test(test_verify__a_second_awarding_body_is_only_said),
        cmocka_unit_test(test_verify__is_about_one_person_and_by_one_issuer),
        cmocka_unit_test(test_verify__on_behalf_of_another_with_a_mandate),
        cmocka_unit_test(test_verify__a_certificate_that_may_not_seal),
        cmocka_unit_test(test_verify__expired_certificates),
        cmocka_unit_test(test_verify__sealed_in_the_future),
        cmocka_unit_test(test_verify__sealed_but_of_another_form),
        cmocka_unit_test(test_verify__tokens),
        cmocka_unit_test(test_verify__a_bare_key_is_nobodys),
        cmocka_unit_test(test_verify__many_files_of_one_issuer_get_one_answer),
        cmocka_unit_test(test_verify__dates_and_completeness),
        cmocka_unit_test(test_verify__the_commissions_sample),
        cmocka_unit_test(test_verify__the_commissions_sample_altered),
        cmocka_unit_test(test_verify__intact_with_a_foreign_context),
        cmocka_unit_test(test_verify__an_anchored_seal_is_vouched_for),
        cmocka_unit_test(test_trust_load__names_the_file_that_holds_no_certificate),
        cmocka_unit_test(test_verify__little_memory_is_an_error_not_a_crash),
    };
    return cmocka_run_group_tests_name("credential/verify", tests, set_up, tear_down);
}
