/* Lists of the elders of Bitstring Status List, of other makers, and of their own test scenarios: statuslist-legacy by its manifest, and the lists of
 * dcc-vc-test-fixtures.
 *
 * What passes. A case says whether a credential is good; most of its lists cannot be held to the letter of the standards, so that Merit would rightly not
 * believe them (`outcome` says what it answers). Such a case is judged twice: mr_status_ask gives that answer, and the bits, read as if the list
 * were in order, say what the case says. Decided so:
 *
 * - Lists whose seal nobody can verify (did:example, EcdsaSecp256k1Signature2019, a proof that is empty, a DID that does not exist because it is written in
 *   quotation marks) are "status.list_seal" or "status.list_changed", and the bits are judged.
 * - Lists in tokens whose claims contradict the credential in them (sub is the issuer there; VC Data Model 1.1 section 6.3.1 wants the subject) are
 *   "status.list_form", and one whose kid names a key that its DID does not have is "status.list_changed"; the bits are judged.
 * - The scenarios "custom" set a verifier to take the value 3 of two bits for good. No standard knows that: in Bitstring Status List only 0 is. The value that
 *   is read is held against the scenario's own.
 * - Where the text of a list is in a wrong encoding, that must be found out, whatever the seal.
 * - 1EdTech's rule is judged by its five lines, of which all must hold. */
#include "credential/status.h"

#include "base/limits.h"
#include "proof/status_list.h"
#include "testing.h"

#define MEMORY (64 * MR_MIB)
#define PLACEHOLDER "<STATUS-CREDENTIAL-PATH-PLACEHOLDER>"
#define NOW INT64_C(1791969120000) /* 2026-10-14 */

/* ---- a world that serves the lists of one case ---- */

struct world {
    mr_arena *a;
    const char *folder;
    struct mr_resolver resolver;
    mr_fetch fetch;
    struct mr_status_asking asking;
    mr_str urls[4], texts[4];
    size_t count;
};

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    struct world *w = self;
    for (size_t i = 0; i < w->count; i++) {
        if (!mr_str_eq(url, w->urls[i])) continue;
        *ret = w->texts[i];
        return MR_OK;
    }
    return MR_FAIL(err, MR_E_NET, "not here", MR_NOWHERE);
}

static void serve(struct world *w, mr_str url, mr_str text)
{
    assert_true(w->count < sizeof w->urls / sizeof *w->urls);
    w->urls[w->count] = url, w->texts[w->count++] = text;
}

static const mr_json *parse(mr_arena *a, mr_str text)
{
    const mr_json *root;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(a, text, NULL, &root, &err), err);
    return root;
}

static mr_str read_file(struct world *w, const char *name)
{
    return test_read_file(w->a, test_path(w->a, w->folder, name));
}

static struct mr_status_answer ask(struct world *w, const mr_json *payload)
{
    struct mr_status_answer answer;
    struct mr_err err = {0};
    assert_ok(mr_status_ask(w->a, &w->asking, payload, &answer, &err), err);
    return answer;
}

/* ---- lists without their seals ---- */

/* The claims of a token, or the document that the text is. */
static const mr_json *contents_of(mr_arena *a, mr_str list)
{
    MR_CLEANUP(mr_jws_done) mr_jws j = {0};
    struct mr_err err = {0};
    list = mr_str_trim(list);
    if (list.len && list.ptr[0] == '{') return parse(a, list);
    assert_ok(mr_jws_read(a, list, &j, &err), err);
    const mr_json *claims = parse(a, j.payload), *vc = mr_json_get(claims, "vc");
    return vc ? vc : claims;
}

static mr_status_list_kind kind_of(const mr_json *entry)
{
    mr_str type = mr_json_get_str(entry, "type");
    return mr_str_is(type, "BitstringStatusListEntry")   ? MR_BITSTRING
           : mr_str_is(type, "RevocationList2020Status") ? MR_REVOCATION_LIST_2020
                                                         : MR_STATUS_LIST_2021;
}

/* The value at the entry's place in its list, or the error code below zero. */
static int value_of(mr_arena *a, const mr_json *entry, mr_str list)
{
    mr_status_list l;
    struct mr_err err = {0};
    uint64_t index = UINT64_MAX;
    int64_t width = 1;
    uint8_t value;
    const mr_json *contents = contents_of(a, list), *subject = mr_json_get(contents, "credentialSubject");
    const mr_json *token = mr_json_get(contents, "status_list");
    mr_json_to_int64(mr_json_get(token ? token : entry, token ? "bits" : "statusSize"), &width);
    int code =
        mr_status_list_read(a, token ? MR_TOKEN_STATUS_LIST : kind_of(entry), (uint8_t)width,
                            token ? mr_json_get_str(token, "lst") : mr_json_get_str(subject, "encodedList"), &l, &err);
    if (code != MR_OK) return -code;
    if (token)
        assert_true(mr_json_to_int64(mr_json_get(entry, "idx"), (int64_t *)&index));
    else
        assert_true(mr_str_to_u64(mr_json_get_str(entry, "statusListIndex"), &index));
    return mr_status_list_get(&l, index, &value) ? value : -MR_E_NOT_FOUND;
}

static bool outcome_is(const struct mr_status_answer *answer, const char *wanted)
{
    if (strcmp(answer->step.id, wanted) == 0) return true;
    print_error("  answered %s (%.*s), wanted %s\n", answer->step.id, MR_STR_ARG(answer->step.detail), wanted);
    return false;
}

/* ---- scenarios of walt.id ---- */

static const struct {
    const char *id, *outcome;
} scenarios[] = {
    {"walt/bitstringstatuslist/custom-invalid", "status.list_form"},
    {"walt/bitstringstatuslist/custom-valid", "status.list_form"},
    {"walt/bitstringstatuslist/multi-status-all-valid", "status.list_form"},
    {"walt/bitstringstatuslist/multi-status-first-not-valid", "status.list_form"},
    {"walt/bitstringstatuslist/revoked", "status.list_form"},
    {"walt/bitstringstatuslist/unrevoked", "status.list_form"},
    {"walt/bitstringstatuslist/wrong-list-encoding", "status.list_form"},
    {"walt/revocationlist2020/revoked", "status.list_form"},
    {"walt/statuslist2021/revoked.07.ebsi", "status.list_changed"},
    {"walt/statuslist2021/revoked.waltid", "status.list_form"},
    {"walt/statuslist2021/unrevoked.waltid", "status.list_form"},
    {"walt/tokenstatuslist/revoked", "status.list_seal"},
    {"walt/tokenstatuslist/unrevoked", "status.list_seal"},
    {"walt/tokenstatuslist/wrong-list-encoding", "status.list_seal"},
};

static const char *outcome_of(mr_str id)
{
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++)
        if (mr_str_is(id, scenarios[i].id)) return scenarios[i].outcome;
    fail_msg("a scenario that is not known: %.*s", MR_STR_ARG(id));
    return "";
}

/* `text` with `from` replaced by `to`, everywhere. */
static mr_str replace(mr_arena *a, mr_str text, mr_str from, mr_str to)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    ptrdiff_t at;
    mr_buf_init(&out, MR_MIB);
    while ((at = mr_str_find(text, from)) >= 0) {
        mr_buf_put(&out, mr_str_make(text.ptr, (size_t)at));
        mr_buf_put(&out, to);
        text = mr_str_from(text, (size_t)at + from.len);
    }
    mr_buf_put(&out, text);
    return mr_arena_dup(a, mr_buf_str(&out));
}

/* The URL of a list is what the list calls itself. */
static mr_str url_of(mr_arena *a, mr_str list)
{
    const mr_json *contents = contents_of(a, list);
    mr_str sub = mr_json_get_str(contents, "sub"), id = mr_json_get_str(contents, "id");
    return id.len ? id : sub;
}

/* Serve the scenario's lists, with their URLs written into it where a placeholder stood. */
static const mr_json *read_scenario(struct world *w, mr_str text)
{
    const mr_json *lists = mr_json_get(parse(w->a, text), "status-credential");
    MR_JSON_EACH (list, lists) {
        mr_str content = mr_json_get_str(list, "content"), url = url_of(w->a, content);
        /* In quotation marks, for the placeholder of one list begins that of another. */
        mr_str from = mr_arena_format(w->a, "\"%.*s\"", MR_STR_ARG(mr_json_get_str(list, "id")));
        text = replace(w->a, text, from, mr_arena_format(w->a, "\"%.*s\"", MR_STR_ARG(url)));
        serve(w, url, content);
    }
    if (mr_json_is(lists, MR_JSON_STRING)) {
        serve(w, url_of(w->a, mr_json_text(lists)), mr_json_text(lists));
        text = replace(w->a, text, MR_STR(PLACEHOLDER), w->urls[0]);
    }
    const mr_json *credential = mr_json_get(parse(w->a, text), "holder-credential"),
                  *vc = mr_json_get(credential, "vc");
    return vc ? vc : credential;
}

/* Whether the bits say what the scenario does: good when each entry has the value that its verifier was set to take for good. */
static bool bits_agree(struct world *w, const mr_json *scenario, const mr_json *credential)
{
    const mr_json *status = mr_json_get(credential, "credentialStatus"),
                  *attribute = mr_json_get(scenario, "attribute");
    const mr_json *token = mr_json_find(credential, MR_STR("/status/status_list"));
    bool valid = mr_json_is(mr_json_get(scenario, "valid"), MR_JSON_TRUE), good = true;
    if (mr_json_get(scenario, "exception"))
        return value_of(w->a, token ? token : status, w->texts[0]) < 0; /* the encoding is found out */
    for (uint32_t i = 0; i < w->count; i++) {
        const mr_json *entry = token ? token : w->count > 1 ? mr_json_at(status, i) : status;
        int64_t wanted = -1;
        int value = value_of(w->a, entry, w->texts[i]);
        assert_true(
            mr_json_to_int64(mr_json_get(w->count > 1 ? mr_json_at(attribute, i) : attribute, "value"), &wanted));
        if (value < 0) return false;
        good = good && value == wanted;
    }
    if (good != valid) print_error("  the bits say otherwise\n");
    return good == valid;
}

static bool scenario_passes(struct world *w, const mr_json *v)
{
    mr_str text = read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "file")));
    const mr_json *credential = read_scenario(w, text);
    struct mr_status_answer answer = ask(w, credential);
    return outcome_is(&answer, outcome_of(mr_json_get_str(v, "id"))) & bits_agree(w, parse(w->a, text), credential);
}

/* ---- Blockcerts ---- */

static bool blockcerts_pass(struct world *w, const mr_json *v)
{
    const mr_json *credential = parse(w->a, read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "file"))));
    mr_str verdict = mr_json_get_str(v, "verdict");
    static const char *const files[] = {"blockcerts/blockcerts-status-list-2021.json",
                                        "blockcerts/blockcerts-status-list-2021-suspension.json"};
    const mr_json *status = mr_json_get(credential, "credentialStatus");
    int values[2] = {0};
    for (uint32_t i = 0; i < 2; i++) {
        mr_str list = read_file(w, files[i]);
        const mr_json *entry = mr_json_is(status, MR_JSON_ARRAY) ? mr_json_at(status, i) : i ? NULL : status;
        serve(w, url_of(w->a, list), list);
        if (entry) values[i] = value_of(w->a, entry, list);
    }
    bool revoked = values[0] == 1, suspended = values[1] == 1;
    bool agrees = mr_str_is(verdict, "revoked")     ? revoked
                  : mr_str_is(verdict, "suspended") ? suspended && !revoked
                                                    : !revoked && !suspended;
    struct mr_status_answer answer = ask(w, credential);
    if (!agrees) print_error("  the bits are %d and %d\n", values[0], values[1]);
    return outcome_is(&answer, "status.list_seal") & agrees;
}

/* ---- single documents ---- */

/* A list with nothing set, which nobody can verify: read through an entry made here. */
static bool spruce_passes(struct world *w, const mr_json *v)
{
    mr_str list = read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "file")));
    const mr_json *document = parse(w->a, list);
    bool of_2020 = mr_str_find(list, MR_STR("RevocationList2020")) >= 0;
    mr_str text = mr_arena_format(w->a,
                                  "{\"credentialStatus\":{\"type\":\"%s\",\"statusPurpose\":\"revocation\","
                                  "\"statusListIndex\":\"94567\",\"statusListCredential\":\"%.*s\"}}",
                                  of_2020 ? "RevocationList2020Status" : "StatusList2021Entry",
                                  MR_STR_ARG(mr_json_get_str(document, "id")));
    const mr_json *credential = parse(w->a, text);
    serve(w, mr_json_get_str(document, "id"), list);
    struct mr_status_answer answer = ask(w, credential);
    return outcome_is(&answer, "status.list_seal") &
           (value_of(w->a, mr_json_get(credential, "credentialStatus"), list) == 0);
}

/* An entry for suspension that names a list of revocations. Its proof is empty, which comes first; that the purposes differ stands in the detail,
 * when the list is opened at all. */
static bool wrong_purpose_passes(struct world *w, const mr_json *v)
{
    mr_str list = read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "list")));
    mr_str entry = read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "file")));
    serve(w, url_of(w->a, list), list);
    struct mr_status_answer answer =
        ask(w, parse(w->a, mr_arena_format(w->a, "{\"credentialStatus\":%.*s}", MR_STR_ARG(entry))));
    return answer.step.state == MR_UNCHECKED &&
           (strcmp(answer.step.id, "status.list_changed") == 0 || strcmp(answer.step.id, "status.list_seal") == 0);
}

/* Sealed and verifiable, by did:web; not valid before 2032, and then read: entry 1 of its octet C0 is set. */
static bool transmute_passes(struct world *w, const mr_json *v)
{
    mr_str list = read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "list")));
    mr_str credential = mr_str_trim(read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "file"))));
    serve(w, MR_STR("https://status-list.vc/.well-known/did.json"), read_file(w, "transmute/wellknown-did.json"));
    serve(w, MR_STR("https://status-list.vc/0"), credential);
    serve(w, MR_STR("https://status-list.vc/1"), list);
    struct mr_status_answer answer = ask(w, contents_of(w->a, credential));
    bool now = outcome_is(&answer, "status.list_not_yet");
    w->asking.opening.now = INT64_C(1975000000000); /* 2 August 2032 */
    answer = ask(w, contents_of(w->a, credential));
    return now & outcome_is(&answer, "status.revoked");
}

static bool one_edtech_passes(struct world *w, const mr_json *v)
{
    mr_str list = read_file(w, mr_arena_cstr(w->a, mr_json_get_str(v, "file"))), url = url_of(w->a, list);
    bool good = true;
    serve(w, url, list);
    MR_JSON_EACH (line, parse(w->a, read_file(w, "1edtech-revocation-list/expected.json"))) {
        mr_str id = mr_json_get_str(line, "credential"), expect = mr_json_get_str(line, "expect");
        bool warning = mr_str_has_prefix(expect, MR_STR("warning"));
        const char *wanted = warning                                        ? "status.unreachable"
                             : mr_str_has_prefix(expect, MR_STR("revoked")) ? "status.revoked"
                                                                            : "status.active";
        mr_str asked = warning ? MR_STR("https://1edtech.edu/gone") : url;
        mr_str text = mr_arena_format(
            w->a, "{\"id\":\"%.*s\",\"credentialStatus\":{\"type\":\"1EdTechRevocationList\",\"id\":\"%.*s\"}}",
            MR_STR_ARG(id), MR_STR_ARG(asked));
        struct mr_status_answer answer = ask(w, parse(w->a, text));
        good &= outcome_is(&answer, wanted);
    }
    return good;
}

/* ---- by the manifest ---- */

static const struct {
    const char *prefix;
    bool (*passes)(struct world *w, const mr_json *v);
} makers[] = {
    {"walt/", scenario_passes}, {"ssikit/", wrong_purpose_passes}, {"blockcerts/", blockcerts_pass},
    {"spruce/", spruce_passes}, {"transmute", transmute_passes},   {"1edtech", one_edtech_passes},
};

static bool case_passes(struct world *w, const mr_json *v)
{
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (mr_str_has_prefix(mr_json_get_str(v, "id"), mr_str_of(makers[i].prefix))) return makers[i].passes(w, v);
    return false;
}

static void world_init(struct world *w, mr_arena *a, const char *folder, mr_contexts *contexts)
{
    *w = (struct world){.a = a, .folder = folder};
    w->fetch = (mr_fetch){get, w};
    w->resolver = (struct mr_resolver){&w->fetch};
    w->asking.opening = (struct mr_opening){
        .contexts = contexts, .keys = {mr_controller_find, &w->resolver}, .fetch = &w->fetch, .now = NOW};
}

static void test_status_ask__reads_the_elders(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a, memory;
    mr_contexts *contexts;
    size_t passed = 0, count = 0;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    mr_arena_init(&memory, MEMORY);
    const char *folder = test_suite(&a, "statuslist-legacy");
    assert_ok(mr_contexts_open(&contexts, &err), err);
    MR_JSON_EACH (v, parse(&a, test_read_file(&a, test_path(&a, folder, "manifest.json")))) {
        struct world w;
        mr_arena_reset(&memory);
        world_init(&w, &memory, folder, contexts);
        bool good = case_passes(&w, v);
        count++, passed += good;
        if (!good) print_error("%.*s\n", MR_STR_ARG(mr_json_get_str(v, "id")));
    }
    mr_contexts_close(contexts);
    test_suite_count("statuslist-legacy", passed, count, 0);
    assert_int_equal(passed, count);
    assert_true(count > 0);
}

/* ---- lists under Data Integrity ---- */

/* What the fixtures' own expectations come to here. The good one has 100,000 entries, of which the standard wants 131,072: that is found out behind a seal
 * that holds. */
static const struct {
    const char *name, *outcome;
} fixtures[] = {
    {"e5WK8CbZ1GjycuPombrj", "status.list_length"},
    {"expired", "status.list_expired"},
    {"missingBitStringType", "status.list_form"},
    {"notYetValid", "status.list_not_yet"},
    {"tampered", "status.list_changed"},
};

static bool fixture_passes(struct world *w, size_t i)
{
    mr_str list = read_file(w, fixtures[i].name), url = url_of(w->a, list);
    serve(w, url, list);
    struct mr_status_answer answer = ask(
        w, parse(w->a, mr_arena_format(w->a,
                                       "{\"credentialStatus\":{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":"
                                       "\"revocation\",\"statusListIndex\":\"7\",\"statusListCredential\":\"%.*s\"}}",
                                       MR_STR_ARG(url))));
    return outcome_is(&answer, fixtures[i].outcome);
}

static void test_status_ask__reads_lists_under_data_integrity(void **state)
{
    MR_CLEANUP(mr_arena_done) mr_arena a;
    mr_contexts *contexts;
    size_t passed = 0, count = sizeof fixtures / sizeof *fixtures;
    struct mr_err err = {0};
    mr_arena_init(&a, MEMORY);
    const char *folder = test_suite(&a, "dcc-vc-test-fixtures/statusLists/didkey-ed25519Signature2020");
    assert_ok(mr_contexts_open(&contexts, &err), err);
    for (size_t i = 0; i < count; i++) {
        struct world w;
        world_init(&w, &a, folder, contexts);
        bool good = fixture_passes(&w, i);
        passed += good;
        if (!good) print_error("%s\n", fixtures[i].name);
    }
    mr_contexts_close(contexts);
    test_suite_count("dcc status lists", passed, count, 0);
    assert_int_equal(passed, count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_ask__reads_the_elders),
        cmocka_unit_test(test_status_ask__reads_lists_under_data_integrity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
