/* Verdicts on badges and records of other makers, whole: 1EdTech's validators and the Digital Credentials Consortium, each file against what is known to be
 * wrong with it.
 *
 * The network is a table. Where a file names its key as a page with the key itself behind the "#", that page is made here with this one key, because the
 * real ones are examples that never existed: so the signature is really verified, and what is said of the page's owner is this test's word. Status lists and
 * DID documents are the suites' own. */
#include "testing.h"

#include "base/limits.h"
#include "credential/verify.h"

/* 2026-10-14: after everything here was issued. */
#define NOW INT64_C(1791969120000)

struct bench {
    mr_arena memory, a;
    mr_env env;
    mr_verifier *verifier;
    mr_fetch fetch;
    mr_str file;         /* the one being verified */
    const char *folder;  /* of its suite */
    const char *revokes; /* what a revocation list of 1EdTech's says of it */
};

/* ---- the network ---- */

/* {"id", "verificationMethod": the key that stands behind the "#"} of a party. */
static mr_str controller_with(mr_arena *a, mr_str id, mr_str key)
{
    return mr_arena_format(a,
                           "{\"@context\":[\"https://www.w3.org/ns/cid/v1\"],\"id\":\"%.*s\",\"verificationMethod\":[{"
                           "\"id\":\"%.*s#%.*s\",\"type\":\"Multikey\",\"controller\":\"%.*s\",\"publicKeyMultibase\":"
                           "\"%.*s\"}],\"assertionMethod\":[\"%.*s#%.*s\"]}",
                           MR_STR_ARG(id), MR_STR_ARG(id), MR_STR_ARG(key), MR_STR_ARG(id), MR_STR_ARG(key),
                           MR_STR_ARG(id), MR_STR_ARG(key));
}

/* The party whose page this is: did:web or the URL itself. */
static mr_str party_of(mr_arena *a, mr_str url)
{
    static const mr_str end = MR_STR_INIT("/did.json"), scheme = MR_STR_INIT("https://");
    if (!mr_str_has_suffix(url, end)) return url;
    mr_str rest = mr_str_make(url.ptr + scheme.len, url.len - scheme.len - end.len);
    char *path = (char *)(uintptr_t)mr_arena_format(a, "did:web:%.*s", MR_STR_ARG(rest)).ptr;
    for (char *p = path + 8; *p; p++)
        if (*p == '/') *p = ':';
    return mr_str_of(path);
}

/* A key that the file names behind this party's identifier. */
static bool find_key(mr_str file, mr_arena *a, mr_str party, mr_str *ret)
{
    mr_str named = mr_arena_format(a, "\"%.*s#z", MR_STR_ARG(party));
    ptrdiff_t at = mr_str_find(file, named);
    if (at < 0) return false;
    mr_str rest = mr_str_from(file, (size_t)at + named.len - 1);
    return mr_str_split(&rest, '"', ret);
}

static bool suite_file(struct bench *b, mr_arena *a, mr_str url, const char *prefix, const char *folder, mr_str *ret)
{
    if (!mr_str_has_prefix(url, mr_str_of(prefix))) return false;
    mr_str path = mr_arena_format(a, "%s/%s%.*s", b->folder, folder, MR_STR_ARG(mr_str_from(url, strlen(prefix))));
    struct mr_err err;
    return mr_file_read(a, path.ptr, MR_MIB, ret, &err) == MR_OK;
}

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    struct bench *b = self;
    mr_str party = party_of(a, url), key;
    (void)accept, (void)max;
    if (suite_file(b, a, url, "https://digitalcredentials.github.io/vc-test-fixtures/", "", ret) ||
        suite_file(b, a, url,
                   "https://raw.githubusercontent.com/digitalcredentials/verifier-core/refs/heads/main/src/"
                   "test-fixtures/status/",
                   "statusLists/didkey-ed25519Signature2020/", ret) ||
        suite_file(b, a, url,
                   "https://raw.githubusercontent.com/1EdTech/digital-credentials-public-validator/refs/heads/main/"
                   "inspector-vc/src/test/resources/ob30/",
                   "", ret))
        return MR_OK;
    if (mr_str_find(url, MR_STR("/revocations/")) >= 0 && b->revokes) {
        *ret = mr_arena_format(a, b->revokes, MR_STR_ARG(url));
        return MR_OK;
    }
    if (!find_key(b->file, a, party, &key)) return MR_FAIL(err, MR_E_NET, "nobody answers", MR_NOWHERE);
    *ret = controller_with(a, party, key);
    return MR_OK;
}

/* ---- what must be said ---- */

/* The one check that must not pass, and what it says; detail: a part of it, or NULL. */
struct wanted {
    const char *file; /* the end of its path */
    mr_check_code check;
    mr_state state;
    const char *id, *detail;
};

/* Of 1EdTech's validators. What is not here is sound: format, seal, issuer and dates pass. */
static const struct wanted validators[] = {
    {"/simple-err-issuer.json", MR_CHECK_FORMAT, MR_FAILED, "vcdm.issuer_missing", NULL},
    {"/simple-err-issued.json", MR_CHECK_DATES, MR_FAILED, "dates.not_yet", NULL},
    {"/simple-err-expired.json", MR_CHECK_DATES, MR_FAILED, "dates.expired", NULL},
    /* a type that nothing defines is covered by no signature: the place is told */
    {"/simple-err-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term", "/type/1"},
    {"/simple-err-issuer-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term", "/issuer/type/0"},
    {"/simple-err-issuer-parentorg-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term",
     "/issuer/parentOrg/type/0"},
    {"/simple-err-issuer-otheridentifier-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term",
     "/issuer/otherIdentifier/1/type"},
    {"/simple-err-credential-subject-profile-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term",
     "/credentialSubject/source/type"},
    {"/simple-err-credential-subject-identifier-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term",
     "/credentialSubject/identifier/0/type"},
    {"/simple-err-credential-subject-result-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term",
     "/credentialSubject/result/1/type/0"},
    {"/simple-err-credential-subject-achievement-result-description-type.json", MR_CHECK_SEAL, MR_FAILED,
     "proof.dropped_term", "/credentialSubject/achievement/resultDescription/2/type"},
    {"/simple-err-evidence-type.json", MR_CHECK_SEAL, MR_FAILED, "proof.dropped_term", "/evidence/1/type"},
    /* proofs */
    {"/simple-err-proof-value.json", MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed", NULL},
    {"/endorsement-err-schema-status-refresh.json", MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed", NULL},
    {"/simple-err-proof-method-no-scheme.json", MR_CHECK_SEAL, MR_FAILED, "key.document", "not an identifier"},
    {"/simple-err-proof-method-unknown-did-method.json", MR_CHECK_SEAL, MR_UNCHECKED, "key.unknown_method",
     "did:example"},
    {"/simple-err-proof-method.json", MR_CHECK_SEAL, MR_UNCHECKED, "key.unknown_kind", NULL},
    {"/simple-eddsa-2022.json", MR_CHECK_SEAL, MR_UNCHECKED, "proof.unknown_suite", "eddsa-2022"},
    {"/simple-multiple-proofs.json", MR_CHECK_SEAL, MR_UNCHECKED, "proof.unknown_suite", "SomeProofType"},
    {"/ob30-1edtech-validator/simple-noproof.json", MR_CHECK_SEAL, MR_FAILED, "seal.none", NULL},
    /* a DID is no name of a key (Controlled Identifiers 1.0 section 3.3) */
    {"/simple-did-key-method.json", MR_CHECK_SEAL, MR_FAILED, "key.absent", NULL},
    {"/ob30-1edtech-validator/simple.jwt", MR_CHECK_SEAL, MR_UNCHECKED, "seal.no_key", NULL},
    {"/velocity.jwt", MR_CHECK_SEAL, MR_UNCHECKED, "key.unknown_method", "did:velocity"},
    {"/complete_v1.json", MR_CHECK_SEAL, MR_UNCHECKED, "key.unreachable",
     NULL}, /* "#key-1" is no key that could be made a page of */
    /* withdrawn; but the list is written so that it must not be believed: an index that is a number, and no text */
    {"/bit-string-list/credential-status-revoked.json", MR_CHECK_STATUS, MR_UNCHECKED, "status.entry_form", NULL},
    {"/credential-status-revoked-blank-nodes.json", MR_CHECK_STATUS, MR_UNCHECKED, "status.entry_form", NULL},
    {"/ob30-1edtech-validator/credential-status-revoked.json", MR_CHECK_STATUS, MR_FAILED, "status.revoked", NULL},
    /* records */
    {"/clr20-1edtech-validator/complex.json", MR_CHECK_SEAL, MR_FAILED, "key.absent", NULL},
    {"/clr20-1edtech-validator/simple-noproof.json", MR_CHECK_SEAL, MR_FAILED, "seal.none", NULL},
    {"/clr20-1edtech-validator/simple_v1.json", MR_CHECK_SEAL, MR_UNCHECKED, "key.unknown_method", "urn"},
    {"/clr20-1edtech-validator/simple_old_safesigned.json", MR_CHECK_SEAL, MR_UNCHECKED, "proof.unknown_context",
     "https://dc.imsglobal.org/draft/clr/v2p0/context"},
    {"/clr20-1edtech-validator/simple.jwt", MR_CHECK_ISSUER, MR_UNCHECKED, "issuer.key_only", NULL},
};

static bool says(const mr_report *r, const struct wanted *w)
{
    const struct mr_check *c = &r->checks[w->check];
    mr_str sentence = mr_message(mr_language_english(), w->id);
    ptrdiff_t hole = mr_str_find_char(sentence, '{');
    if (hole >= 0) sentence = mr_str_make(sentence.ptr, (size_t)hole);
    return c->claimed && c->state == w->state && mr_str_has_prefix(c->text, sentence) &&
           (!w->detail || mr_str_find(c->detail, mr_str_of(w->detail)) >= 0);
}

static bool passes(const mr_report *r, mr_check_code check)
{
    return r->checks[check].claimed && r->checks[check].state == MR_PASSED;
}

/* Everything before the check that must not pass does. */
static bool is_fine_before(const mr_report *r, mr_check_code check)
{
    static const mr_check_code checks[] = {MR_CHECK_FORMAT, MR_CHECK_SEAL, MR_CHECK_ISSUER, MR_CHECK_DATES};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if (checks[i] < check && !passes(r, checks[i])) return false;
    return true;
}

static void print_report(const char *path, const mr_report *r)
{
    print_error("%s: %s\n", path, mr_verdict_name(r->verdict));
    for (int i = 0; i < MR_CHECK_COUNT; i++)
        if (r->checks[i].claimed && r->checks[i].state != MR_PASSED)
            print_error("  %s %s: %.*s [%.*s]\n", mr_check_name((mr_check_code)i), mr_state_name(r->checks[i].state),
                        MR_STR_ARG(r->checks[i].text), MR_STR_ARG(r->checks[i].detail));
}

static mr_report verify(struct bench *b, const char *path)
{
    struct mr_err err = {0};
    mr_report r;
    mr_arena_reset(&b->a);
    b->file = test_read_file(&b->a, path);
    assert_ok(mr_verify(b->verifier, &b->a, b->file, &r, &err), err);
    return r;
}

static bool check_validator_file(struct bench *b, const char *path)
{
    const mr_report r = verify(b, path);
    const struct wanted *w = NULL;
    for (size_t i = 0; i < sizeof validators / sizeof *validators; i++)
        if (mr_str_has_suffix(mr_str_of(path), mr_str_of(validators[i].file))) w = &validators[i];
    bool good = w ? says(&r, w) && is_fine_before(&r, w->check) : is_fine_before(&r, MR_CHECK_COUNT);
    if (!good) print_report(path, &r);
    return good;
}

static struct {
    struct bench *bench;
    size_t count, passed;
} walking;

/* Pictures are for whoever reads them. */
static int visit(const char *path, const struct stat *st, int type, struct FTW *where)
{
    static const char *const endings[] = {".json", ".jwt", ".1ob", "/testlist"};
    (void)st, (void)where;
    for (size_t i = 0; type == FTW_F && i < sizeof endings / sizeof *endings; i++) {
        if (!mr_str_has_suffix(mr_str_of(path), mr_str_of(endings[i]))) continue;
        walking.count++;
        walking.passed += check_validator_file(walking.bench, path);
    }
    return 0;
}

static void walk(struct bench *b, const char *suite, const char *folder)
{
    b->folder = test_suite(&b->memory, folder);
    walking.bench = b;
    walking.count = walking.passed = 0;
    nftw(b->folder, visit, 16, FTW_PHYS);
    test_suite_count(suite, walking.passed, walking.count, 0);
    assert_int_equal(walking.passed, walking.count);
    assert_true(walking.count > 0);
}

static void test_verify__badges_of_the_validator(void **state)
{
    struct bench *b = *state;
    b->revokes = "{\"id\":\"%.*s\",\"type\":\"1EdTechRevocationList\",\"issuer\":\"did:web:dc.1edtech.org:"
                 "wellspring2022:wellspring-portal:org:da1e96e9-afcc-4eed-b9a2-2ddf7353214c\",\"revokedCredential\":[{"
                 "\"id\":\"https://dc.1edtech.org/wellspring2022/wellspring-portal/credential/"
                 "54418d3f-ec01-4652-800a-861c890a51a1\",\"revoked\":true}]}";
    walk(b, "ob30 verdicts", "ob30-1edtech-validator");
}

static void test_verify__records_of_the_validator(void **state)
{
    walk(*state, "clr20 verdicts", "clr20-1edtech-validator");
}

/* ---- the Digital Credentials Consortium: by its manifest ---- */

/* Its lists stand at other addresses than the one that they say is theirs, and some were made to be odd: Merit believes none of them, and never says
 * "withdrawn" or "not withdrawn" after one. */
static bool check_status(const mr_report *r, mr_str file, mr_str status)
{
    static const struct {
        const char *part, *id;
    } odd[] = {{"-tamperedStatus-", "status.list_changed"},
               {"-expiredStatus-", "status.list_expired"},
               {"-notYetValidStatus-", "status.list_not_yet"},
               {"-missingTypeStatus-", "status.list_form"}};
    const char *id = mr_str_is(status, "none") ? "status.none" : "status.list_subject";
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (mr_str_find(file, mr_str_of(odd[i].part)) >= 0) id = odd[i].id;
    const struct wanted w = {"", MR_CHECK_STATUS, MR_UNCHECKED, id, NULL};
    return says(r, &w);
}

/* expired, not_yet_valid: of the credential, on the day of these tests; the manifest was made earlier, and some have run out since. */
static bool check_dates(const mr_report *r, const mr_json *entry)
{
    const struct mr_check *c = &r->checks[MR_CHECK_DATES];
    mr_str file = mr_json_get_str(entry, "file");
    bool list_only = mr_str_find(file, MR_STR("Status-")) >= 0 && mr_str_find(file, MR_STR("-notYetValidStatus-")) >= 0;
    bool early = mr_json_is(mr_json_get(entry, "not_yet_valid"), MR_JSON_TRUE) && !list_only;
    bool over = mr_json_is(mr_json_get(entry, "expired"), MR_JSON_TRUE) ||
                (r->view.valid_until != MR_TIME_NONE && r->view.valid_until < NOW);
    return c->claimed && (c->state == MR_FAILED) == (early || over);
}

static bool check_fixture(struct bench *b, const mr_json *entry)
{
    mr_str file = mr_json_get_str(entry, "file");
    if (!file.len) return false;
    const char *path = mr_arena_format(&b->memory, "%s/%.*s", b->folder, MR_STR_ARG(file)).ptr;
    const mr_report r = verify(b, path);
    bool tampered = mr_str_has_suffix(file, MR_STR("-tampered.json")), good;
    const struct wanted changed = {"", MR_CHECK_SEAL, MR_FAILED, "seal.signature.changed", NULL};
    if (mr_json_is(mr_json_get(entry, "empty_file"), MR_JSON_TRUE))
        good = r.verdict == MR_VERDICT_INVALID && !r.is_credential;
    else if (tampered)
        good = says(&r, &changed) && r.verdict == MR_VERDICT_INVALID && !r.has_view;
    else
        good = passes(&r, MR_CHECK_FORMAT) && passes(&r, MR_CHECK_SEAL) && passes(&r, MR_CHECK_ISSUER) &&
               check_status(&r, file, mr_json_get_str(entry, "status")) && check_dates(&r, entry);
    if (!good) print_report(path, &r);
    return good;
}

static void test_verify__badges_of_the_dcc(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    const mr_json *entries;
    size_t count = 0, passed = 0;
    b->folder = test_suite(&b->memory, "dcc-vc-test-fixtures");
    mr_str manifest = test_read_file(&b->memory, test_path(&b->memory, b->folder, "manifest.json"));
    assert_ok(mr_json_parse(&b->memory, manifest, NULL, &entries, &err), err);
    MR_JSON_EACH (entry, entries) {
        if (!mr_str_has_suffix(mr_json_get_str(entry, "file"), MR_STR(".json"))) continue; /* a picture */
        count++;
        passed += check_fixture(b, entry);
    }
    test_suite_count("dcc verdicts", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
}

/* ---- running ---- */

static int setup(void **state)
{
    static struct bench b;
    static const mr_trust none;
    struct mr_err err = {0};
    b = (struct bench){.env = test_env_fixed(NOW, 1), .fetch = {get, &b}};
    mr_arena_init(&b.memory, 16 * MR_MIB);
    mr_arena_init(&b.a, MR_LIMIT_DOCUMENT_MEMORY);
    const struct mr_verifying v = {.trust = &none, .env = &b.env, .language = mr_language_english(), .fetch = &b.fetch};
    assert_ok(mr_verifier_open(&v, &b.verifier, &err), err);
    *state = &b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    mr_verifier_close(b->verifier);
    mr_arena_done(&b->a);
    mr_arena_done(&b->memory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_verify__badges_of_the_validator, setup, teardown),
        cmocka_unit_test_setup_teardown(test_verify__records_of_the_validator, setup, teardown),
        cmocka_unit_test_setup_teardown(test_verify__badges_of_the_dcc, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
