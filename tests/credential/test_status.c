#include "credential/status.h"

#include "base/compression.h"
#include "proof/status_list.h"
#include "sealed.h"

#define BASE "https://lists.example/3"
#define ENTRIES 131072

/* ---- a world with a few lists ---- */

struct page {
    const char *url;
    mr_str text;
    mr_code code; /* of getting it */
};
struct world {
    mr_arena a;
    mr_contexts *contexts;
    struct mr_resolver resolver;
    mr_fetch fetch;
    struct page pages[8];
    size_t page_count, asked;
    mr_key *key;
    mr_str did, kid;
    struct mr_status_asking asking;
};

static int get(void *self, mr_arena *a, mr_str url, const char *accept, size_t max, mr_str *ret, struct mr_err *err)
{
    struct world *w = self;
    w->asked++;
    assert_non_null(accept);
    for (size_t i = 0; i < w->page_count; i++) {
        const struct page *p = &w->pages[i];
        if (!mr_str_is(url, p->url)) continue;
        if (p->code) return MR_FAIL(err, p->code, "not to be had", MR_NOWHERE);
        if (p->text.len > max) return MR_FAIL(err, MR_E_LIMIT, "too much", MR_NOWHERE);
        *ret = p->text;
        return MR_OK;
    }
    return MR_FAIL(err, MR_E_NET, "404", MR_NOWHERE);
}

static int world_begin(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf did;
    struct mr_err err = {0};
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    mr_arena_init(&w->a, 64 * MR_MIB);
    mr_buf_init(&did, 1000);
    assert_ok(mr_contexts_open(&w->contexts, &err), err);
    assert_ok(mr_key_generate(MR_KEY_P256, 0, &w->key, &err), err);
    mr_did_key_put(w->key, &did);
    w->did = mr_arena_dup(&w->a, mr_buf_str(&did));
    w->kid = mr_arena_format(&w->a, "%s#%s", w->did.ptr, w->did.ptr + 8);
    w->fetch = (mr_fetch){get, w};
    w->asking = (struct mr_status_asking){.opening = {.contexts = w->contexts,
                                                      .keys = {mr_controller_find, &w->resolver},
                                                      .fetch = &w->fetch,
                                                      .now = TEST_NOW},
                                          .issuer = w->did};
    *state = w;
    return 0;
}

static int world_end(void **state)
{
    struct world *w = *state;
    mr_key_free(w->key);
    mr_contexts_close(w->contexts);
    mr_arena_done(&w->a);
    free(w);
    return 0;
}

static void set_page(struct world *w, const char *url, mr_str text)
{
    w->page_count = 1;
    w->pages[0] = (struct page){url, text, MR_OK};
}

static void add_page(struct world *w, const char *url, mr_str text)
{
    assert_true(w->page_count < sizeof w->pages / sizeof *w->pages);
    w->pages[w->page_count++] = (struct page){url, text, MR_OK};
}

static mr_str sign(struct world *w, const char *typ, mr_str kid, mr_str payload)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    const struct mr_jose_header header = {.typ = typ, .kid = kid, .jwk = true};
    mr_jose_signer signer;
    struct mr_err err = {0};
    mr_buf_init(&out, 8 * MR_MIB);
    assert_ok(mr_jose_signer_init(&signer, &w->a, w->key, &header, &err), err);
    assert_ok(mr_jose_sign(&signer, payload, &w->a, &out, &err), err);
    return mr_arena_dup(&w->a, mr_buf_str(&out));
}

static struct mr_status_answer ask(struct world *w, mr_str payload)
{
    struct mr_status_answer answer;
    const mr_json *json;
    struct mr_err err = {0};
    assert_ok(mr_json_parse(&w->a, payload, NULL, &json, &err), err);
    assert_ok(mr_status_ask(&w->a, &w->asking, json, &answer, &err), err);
    return answer;
}

static void check(const struct mr_status_answer *got, mr_state state, const char *id)
{
    if (got->step.state == state && strcmp(got->step.id, id) == 0) return;
    print_error("got %s %s (%.*s), wanted %s %s\n", mr_state_name(got->step.state), got->step.id,
                MR_STR_ARG(got->step.detail), mr_state_name(state), id);
    fail();
}

/* ---- what Merit publishes ---- */

/* Entries 1 and 131071 revoked, 2 suspended. */
static mr_str publish(struct world *w, mr_status_form form)
{
    static uint8_t statuses[ENTRIES];
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    statuses[1] = statuses[ENTRIES - 1] = MR_STATUS_ENTRY_REVOKED;
    statuses[2] = MR_STATUS_ENTRY_SUSPENDED;
    const struct mr_status_publishing p = {
        .base = MR_STR(BASE), .statuses = statuses, .count = ENTRIES, .now = TEST_NOW, .valid_for_ms = MR_DAY_MS};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_status_publish(&w->a, &p, form, w->key, NULL, 0, w->kid, &out, &err), err);
    return mr_arena_dup(&w->a, mr_buf_str(&out));
}

static void publish_all(struct world *w)
{
    w->page_count = 0;
    add_page(w, BASE "/revocation", publish(w, MR_STATUS_FORM_REVOCATION));
    add_page(w, BASE "/suspension", publish(w, MR_STATUS_FORM_SUSPENSION));
    add_page(w, BASE "/token", publish(w, MR_STATUS_FORM_TOKEN));
}

typedef void put_status(mr_json_writer *w, mr_str base, uint64_t index);

static mr_str document_with(struct world *w, const char *member, put_status *put, uint64_t index)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_json_writer writer;
    mr_buf_init(&out, 10000);
    mr_json_writer_init(&writer, &out, 0);
    mr_json_begin_object(&writer);
    mr_json_put_name(&writer, member);
    put(&writer, MR_STR(BASE), index);
    mr_json_end_object(&writer);
    assert_false(mr_buf_failed(&out));
    return mr_arena_dup(&w->a, mr_buf_str(&out));
}

static void test_status__one_change_shows_in_every_form(void **state)
{
    static const struct {
        uint64_t index;
        mr_state state;
        const char *id;
        mr_status status;
    } cases[] = {
        {0, MR_PASSED, "status.active", MR_STATUS_ACTIVE},
        {1, MR_FAILED, "status.revoked", MR_STATUS_REVOKED},
        {2, MR_FAILED, "status.suspended", MR_STATUS_SUSPENDED},
        {3, MR_PASSED, "status.active", MR_STATUS_ACTIVE},
        {ENTRIES - 1, MR_FAILED, "status.revoked", MR_STATUS_REVOKED},
        {ENTRIES, MR_UNCHECKED, "status.list_range", MR_STATUS_ACTIVE},
    };
    struct world *w = *state;
    publish_all(w);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_status_answer answer =
            ask(w, document_with(w, "credentialStatus", mr_status_put_entries, cases[i].index));
        check(&answer, cases[i].state, cases[i].id);
        assert_int_equal(answer.status, cases[i].status);
        assert_true(mr_str_has_prefix(answer.list, MR_STR(BASE "/")));
        assert_int_equal(answer.list_time, TEST_NOW);
        answer = ask(w, document_with(w, "status", mr_status_put_token_status, cases[i].index));
        check(&answer, cases[i].state, cases[i].id);
        assert_int_equal(answer.status, cases[i].status);
        assert_str(answer.list, BASE "/token");
    }
}

static void test_status__says_the_members_that_the_standards_want(void **state)
{
    struct world *w = *state;
    assert_str(document_with(w, "credentialStatus", mr_status_put_entries, 94567),
               "{\"credentialStatus\":[{\"id\":\"" BASE "/revocation#94567\",\"type\":\"BitstringStatusListEntry\","
               "\"statusPurpose\":\"revocation\",\"statusListIndex\":\"94567\",\"statusListCredential\":\"" BASE
               "/revocation\"},{\"id\":\"" BASE "/suspension#94567\",\"type\":\"BitstringStatusListEntry\","
               "\"statusPurpose\":\"suspension\",\"statusListIndex\":\"94567\",\"statusListCredential\":\"" BASE
               "/suspension\"}]}");
    assert_str(document_with(w, "status", mr_status_put_token_status, 94567),
               "{\"status\":{\"status_list\":{\"idx\":94567,\"uri\":\"" BASE "/token\"}}}");
}

static const mr_json *claims_of(struct world *w, mr_str token, mr_str *ret_typ)
{
    MR_CLEANUP(mr_jws_done) mr_jws j = {0};
    const mr_json *claims;
    struct mr_err err = {0};
    assert_ok(mr_jws_read(&w->a, token, &j, &err), err);
    assert_ok(mr_json_parse(&w->a, j.payload, NULL, &claims, &err), err);
    *ret_typ = j.typ;
    return claims;
}

static void test_status_publish__follows_the_standards(void **state)
{
    struct world *w = *state;
    mr_str typ;
    int64_t number;
    publish_all(w);
    const mr_json *list = claims_of(w, w->pages[1].text, &typ);
    const mr_json *subject = mr_json_get(list, "credentialSubject");
    assert_str(typ, "vc+jwt");
    assert_str(mr_json_get_str(list, "id"), BASE "/suspension");
    assert_str_eq(mr_json_get_str(list, "issuer"), w->did);
    assert_str(mr_json_get_str(list, "validFrom"), "2026-10-14T09:12:00Z");
    assert_str(mr_json_get_str(list, "validUntil"), "2026-10-15T09:12:00Z");
    assert_str(mr_json_get_str(subject, "id"), BASE "/suspension#list");
    assert_str(mr_json_get_str(subject, "type"), "BitstringStatusList");
    assert_str(mr_json_get_str(subject, "statusPurpose"), "suspension");
    assert_true(mr_str_has_prefix(mr_json_get_str(subject, "encodedList"), MR_STR("uH4sI")));

    list = claims_of(w, w->pages[2].text, &typ);
    assert_str(typ, "statuslist+jwt");
    assert_str(mr_json_get_str(list, "sub"), BASE "/token");
    assert_true(mr_json_to_int64(mr_json_get(list, "iat"), &number) && number == TEST_NOW / 1000);
    assert_true(mr_json_to_int64(mr_json_get(list, "exp"), &number) && number == TEST_NOW / 1000 + 86400);
    assert_true(mr_json_to_int64(mr_json_get(list, "ttl"), &number) && number == 3600);
    assert_true(mr_json_to_int64(mr_json_find(list, MR_STR("/status_list/bits")), &number) && number == 2);
}

static void test_status_publish__refuses_what_no_one_could_use(void **state)
{
    static uint8_t statuses[ENTRIES];
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_status_publishing p = {.base = MR_STR(BASE), .statuses = statuses, .count = ENTRIES - 8};
    mr_buf_init(&out, MR_MIB);
    assert_code(mr_status_publish(&w->a, &p, MR_STATUS_FORM_REVOCATION, w->key, NULL, 0, w->kid, &out, &err),
                MR_E_LIMIT, err);
    assert_string_equal(err.message, "STATUS_LIST_LENGTH_ERROR");
    p.count = SIZE_MAX;
    assert_code(mr_status_publish(&w->a, &p, MR_STATUS_FORM_TOKEN, w->key, NULL, 0, w->kid, &out, &err), MR_E_LIMIT,
                err);
    p.count = ENTRIES; /* nothing names the issuer */
    assert_code(mr_status_publish(&w->a, &p, MR_STATUS_FORM_REVOCATION, w->key, NULL, 0, MR_STR_EMPTY, &out, &err),
                MR_E_KEY, err);
    assert_int_equal(out.len, 0);
}

/* Certificates, as Merit's server seals with. */
struct seals {
    struct mr_authority authority;
    struct mr_seal_key ours, other;
};

static void seals_done(struct seals *s)
{
    mr_seal_key_done(&s->ours);
    mr_seal_key_done(&s->other);
    mr_authority_done(&s->authority);
}

static void seals_init(struct seals *s)
{
    struct mr_err err = {0};
    mr_env env = test_env_fixed(TEST_NOW, 3);
    assert_ok(mr_authority_new(&env, &s->authority, &err), err);
    test_seal_new(&s->authority, &env, TEST_SCHOOL, TEST_SCHOOL_ID, &s->ours);
    test_seal_new(&s->authority, &env, "Other School", "VATDK-00000001", &s->other);
}

static mr_str publish_sealed(struct world *w, const struct mr_seal_key *seal, mr_str issuer, int64_t valid_for_ms)
{
    static uint8_t statuses[ENTRIES];
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const struct mr_status_publishing p = {.base = MR_STR(BASE),
                                           .statuses = statuses,
                                           .count = ENTRIES,
                                           .issuer = issuer,
                                           .now = TEST_NOW,
                                           .valid_for_ms = valid_for_ms};
    mr_certificate *chain[] = {seal->certificate};
    mr_buf_init(&out, MR_MIB);
    statuses[1] = MR_STATUS_ENTRY_REVOKED;
    assert_ok(mr_status_publish(&w->a, &p, MR_STATUS_FORM_REVOCATION, seal->key, chain, 1, MR_STR_EMPTY, &out, &err),
              err);
    return mr_arena_dup(&w->a, mr_buf_str(&out));
}

#define SEALED_ENTRY                                                                                                   \
    "{\"credentialStatus\":{\"type\":\"BitstringStatusListEntry\",\"statusPurpose\":\"revocation\","                   \
    "\"statusListIndex\":\"1\",\"statusListCredential\":\"" BASE "/revocation\"}}"

static void test_status__a_list_under_a_certificate_is_named_after_it(void **state)
{
    MR_CLEANUP(seals_done) struct seals s;
    struct world *w = *state;
    mr_str typ;
    seals_init(&s);
    set_page(w, BASE "/revocation", publish_sealed(w, &s.ours, MR_STR_EMPTY, MR_DAY_MS));
    mr_str name = mr_json_get_str(claims_of(w, w->pages[0].text, &typ), "issuer");
    assert_true(mr_str_has_prefix(name, MR_STR(MR_ELM_ISSUER_ID)));
    struct mr_status_answer answer = ask(w, MR_STR(SEALED_ENTRY));
    check(&answer, MR_FAILED, "status.revoked");
    assert_true(mr_str_find(answer.step.detail, name) >= 0); /* which is not the credential's issuer here */
    w->asking.issuer = name;
    answer = ask(w, MR_STR(SEALED_ENTRY));
    check(&answer, MR_FAILED, "status.revoked");
    assert_true(mr_str_find(answer.step.detail, name) < 0);

    set_page(w, BASE "/revocation", publish_sealed(w, &s.other, name, MR_DAY_MS));
    answer = ask(w, MR_STR(SEALED_ENTRY));
    check(&answer, MR_UNCHECKED, "status.list_signer");
}

static void test_status__a_list_counts_no_longer_than_its_certificate(void **state)
{
    MR_CLEANUP(seals_done) struct seals s;
    struct world *w = *state;
    seals_init(&s);
    set_page(w, BASE "/revocation", publish_sealed(w, &s.ours, MR_STR_EMPTY, 3650 * MR_DAY_MS));
    w->asking.opening.now = mr_certificate_not_after(s.ours.certificate);
    struct mr_status_answer answer = ask(w, MR_STR(SEALED_ENTRY));
    check(&answer, MR_FAILED, "status.revoked");
    w->asking.opening.now += MR_DAY_MS;
    answer = ask(w, MR_STR(SEALED_ENTRY));
    check(&answer, MR_UNCHECKED, "status.list_seal");
    assert_true(mr_str_find(answer.step.detail, MR_STR("it says: revoked")) >= 0);
}

/* ---- lists that are not what they should be ---- */

/* A list credential. Members that are NULL keep the usual; "" leaves it out. */
struct list {
    const char *context, *id, *type, *issuer, *dates, *subject_id, *subject_type, *purpose, *text;
    size_t zeros; /* octets of the list when `text` is NULL; 0: the usual */
    const char *typ;
};

/* `count` zero octets, but the last bit set, as encodedList. */
static mr_str encoded(struct world *w, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf compressed, text;
    struct mr_err err = {0};
    char *octets = calloc(count, 1);
    assert_non_null(octets);
    octets[count - 1] = 1;
    mr_buf_init(&compressed, MR_MIB);
    mr_buf_init(&text, 2 * MR_MIB);
    mr_buf_putc(&text, 'u');
    assert_ok(mr_compress(MR_GZIP, mr_str_make(octets, count), &compressed, &err), err);
    mr_base64url_put(&text, mr_buf_str(&compressed));
    free(octets);
    return mr_arena_dup(&w->a, mr_buf_str(&text));
}

/* ,'name':'value', unless the value is "" */
static const char *member(struct world *w, const char *name, const char *value, const char *usual)
{
    value = test_or(value, usual);
    return *value ? mr_arena_format(&w->a, ",'%s':%s", name, value).ptr : "";
}

static mr_str list_text(struct world *w, const struct list *l)
{
    const char *text = l->text ? l->text : encoded(w, l->zeros ? l->zeros : ENTRIES / 8).ptr;
    mr_str json = mr_arena_format(
        &w->a, "{'@context':[%s]%s%s%s%s,'credentialSubject':{'name':'list'%s%s%s%s}}",
        test_or(l->context, "'https://www.w3.org/ns/credentials/v2'"), member(w, "id", l->id, "'" BASE "/revocation'"),
        member(w, "type", l->type, "['VerifiableCredential','BitstringStatusListCredential']"),
        member(w, "issuer", l->issuer, mr_arena_format(&w->a, "'%s'", w->did.ptr).ptr),
        test_or(l->dates, ",'validFrom':'2026-10-14T00:00:00Z','validUntil':'2026-10-15T00:00:00Z'"),
        member(w, "id", l->subject_id, "'" BASE "/revocation#list'"),
        member(w, "type", l->subject_type, "'BitstringStatusList'"),
        member(w, "statusPurpose", l->purpose, "'revocation'"),
        member(w, "encodedList", mr_arena_format(&w->a, *text ? "'%s'" : "", text).ptr, ""));
    return test_json(&w->a, json.ptr);
}

#define ENTRY_OF(purpose, index, more)                                                                                 \
    "{'type':'BitstringStatusListEntry','statusPurpose':'" purpose "','statusListIndex':" index                        \
    ",'statusListCredential':'" BASE "/revocation'" more "}"
#define ENTRY ENTRY_OF("revocation", "'5'", "")

static struct mr_status_answer ask_entries(struct world *w, const char *entries)
{
    return ask(w, test_json(&w->a, mr_arena_format(&w->a, "{'id':'urn:test:1','credentialStatus':%s}", entries).ptr));
}

static const struct {
    const char *what;
    struct list list;
    mr_state state;
    const char *id;
} lists[] = {
    {"the usual", {0}, MR_PASSED, "status.active"},
    {"without an id", {.id = ""}, MR_PASSED, "status.active"},
    {"for two purposes", {.purpose = "['suspension','revocation']"}, MR_PASSED, "status.active"},
    {"without dates", {.dates = ""}, MR_PASSED, "status.active"},
    {"another id", {.id = "'https://lists.example/4/revocation'"}, MR_UNCHECKED, "status.list_subject"},
    {"an id that is no text", {.id = "7"}, MR_UNCHECKED, "status.list_subject"},
    {"no list credential", {.type = "['VerifiableCredential']"}, MR_UNCHECKED, "status.list_form"},
    {"an elder's list",
     {.type = "['VerifiableCredential','StatusList2021Credential']", .subject_type = "'StatusList2021'"},
     MR_UNCHECKED,
     "status.list_form"},
    {"a subject of another type", {.subject_type = "'Person'"}, MR_UNCHECKED, "status.list_form"},
    {"without a list", {.text = ""}, MR_UNCHECKED, "status.list_form"},
    {"another purpose", {.purpose = "'suspension'"}, MR_UNCHECKED, "status.list_purpose"},
    {"other purposes", {.purpose = "['suspension','message']"}, MR_UNCHECKED, "status.list_purpose"},
    {"without a purpose", {.purpose = ""}, MR_UNCHECKED, "status.list_purpose"},
    {"an empty purpose", {.purpose = "''"}, MR_UNCHECKED, "status.list_purpose"},
    {"expired", {.dates = ",'validUntil':'2026-10-14T09:12:00Z'"}, MR_UNCHECKED, "status.list_expired"},
    {"not yet valid", {.dates = ",'validFrom':'2026-10-15T00:00:00Z'"}, MR_UNCHECKED, "status.list_not_yet"},
    {"a little early", {.dates = ",'validFrom':'2026-10-14T09:14:00Z'"}, MR_PASSED, "status.active"},
    {"a date that is none", {.dates = ",'validUntil':'tomorrow'"}, MR_UNCHECKED, "status.list_form"},
    {"a date that is no text", {.dates = ",'validUntil':1791969120"}, MR_UNCHECKED, "status.list_form"},
    {"an end of 1.1 in 2.0", {.dates = ",'expirationDate':'2020-01-01T00:00:00Z'"}, MR_PASSED, "status.active"},
    {"the token expired", {.dates = ",'exp':1791969119"}, MR_UNCHECKED, "status.list_expired"},
    {"the token not yet valid", {.dates = ",'nbf':1792969119"}, MR_UNCHECKED, "status.list_not_yet"},
    {"short", {.zeros = ENTRIES / 8 - 1}, MR_UNCHECKED, "status.list_length"},
    {"too large", {.zeros = MR_LIMIT_STATUS_LIST + 1}, MR_UNCHECKED, "status.list_bomb"},
    {"without its multibase letter", {.text = "H4sIAAAAAAAAA2MAAI3vAtIBAAAA"}, MR_UNCHECKED, "status.list_form"},
    {"in base58btc", {.text = "z6MkjoRhq1jSNJdLiruSXrFFxagqrztZaXHqHGUTKJbcNywp"}, MR_UNCHECKED, "status.list_form"},
    {"not compressed", {.text = "uAAAAAAAA"}, MR_UNCHECKED, "status.list_form"},
    {"of another party than its key's", {.issuer = "'did:web:school.example'"}, MR_UNCHECKED, "status.list_signer"},
    {"another kind of token", {.typ = "statuslist+jwt"}, MR_UNCHECKED, "status.list_form"},
};

static void test_status_ask__holds_a_list_against_the_entry(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        print_message("# %s\n", lists[i].what);
        mr_str text = sign(w, test_or(lists[i].list.typ, "vc+jwt"), w->kid, list_text(w, &lists[i].list));
        set_page(w, BASE "/revocation", text);
        struct mr_status_answer answer = ask_entries(w, ENTRY);
        check(&answer, lists[i].state, lists[i].id);
        assert_int_equal(answer.status, MR_STATUS_ACTIVE);
    }
}

static const struct {
    const char *what, *entries;
    mr_state state;
    const char *id;
    size_t asked; /* lists got */
} entries[] = {
    {"the usual", ENTRY, MR_PASSED, "status.active", 1},
    {"in a list of its own", "[" ENTRY "]", MR_PASSED, "status.active", 1},
    {"none", "[]", MR_NOT_APPLICABLE, "status.none", 0},
    {"the last, which is set", ENTRY_OF("revocation", "'131071'", ""), MR_FAILED, "status.revoked", 1},
    {"behind the last", ENTRY_OF("revocation", "'131072'", ""), MR_UNCHECKED, "status.list_range", 1},
    {"far behind it", ENTRY_OF("revocation", "'18446744073709551615'", ""), MR_UNCHECKED, "status.list_range", 1},
    {"beyond numbers", ENTRY_OF("revocation", "'18446744073709551616'", ""), MR_UNCHECKED, "status.entry_form", 0},
    {"an index that is a number", ENTRY_OF("revocation", "5", ""), MR_UNCHECKED, "status.entry_form", 0},
    {"below zero", ENTRY_OF("revocation", "'-1'", ""), MR_UNCHECKED, "status.entry_form", 0},
    {"with a blank", ENTRY_OF("revocation", "' 5'", ""), MR_UNCHECKED, "status.entry_form", 0},
    {"no index", ENTRY_OF("revocation", "''", ""), MR_UNCHECKED, "status.entry_form", 0},
    {"size 1", ENTRY_OF("revocation", "'5'", ",'statusSize':1"), MR_PASSED, "status.active", 1},
    {"size 2, of a list that is too short then", ENTRY_OF("revocation", "'5'", ",'statusSize':2"), MR_UNCHECKED,
     "status.list_length", 1},
    {"size 0", ENTRY_OF("revocation", "'5'", ",'statusSize':0"), MR_UNCHECKED, "status.entry_form", 0},
    {"size 9", ENTRY_OF("revocation", "'5'", ",'statusSize':9"), MR_UNCHECKED, "status.entry_form", 0},
    {"a size that is text", ENTRY_OF("revocation", "'5'", ",'statusSize':'1'"), MR_UNCHECKED, "status.entry_form", 0},
    {"no entry", "'" BASE "/revocation'", MR_UNCHECKED, "status.entry_form", 0},
    {"null", "null", MR_UNCHECKED, "status.entry_form", 0},
    {"an unknown kind", "{'type':'LedgerStatus2030','id':'urn:test:2'}", MR_UNCHECKED, "status.unknown_type", 0},
    {"without a type", "{'id':'urn:test:2'}", MR_UNCHECKED, "status.unknown_type", 0},
    {"without a purpose", "{'type':'BitstringStatusListEntry','statusListIndex':'5','statusListCredential':'" BASE "'}",
     MR_UNCHECKED, "status.entry_form", 0},
    {"without a list", "{'type':'BitstringStatusListEntry','statusPurpose':'revocation','statusListIndex':'5'}",
     MR_UNCHECKED, "status.entry_form", 0},
    {"a purpose that the list is not for", ENTRY_OF("suspension", "'5'", ""), MR_UNCHECKED, "status.list_purpose", 1},
    {"messages", ENTRY_OF("message", "'131071'", ""), MR_NOT_APPLICABLE, "status.none", 0},
    {"refreshing", ENTRY_OF("refresh", "'131071'", ""), MR_NOT_APPLICABLE, "status.none", 0},
    {"messages beside the usual", "[" ENTRY_OF("message", "'131071'", "") "," ENTRY "]", MR_PASSED, "status.active", 1},
    {"an unknown kind beside the usual", "[" ENTRY ",{'type':'LedgerStatus2030'}]", MR_UNCHECKED, "status.unknown_type",
     1},
    {"an unknown kind beside a bad one", "[{'type':'LedgerStatus2030'}," ENTRY_OF("revocation", "'131071'", "") "]",
     MR_FAILED, "status.revoked", 1},
    {"nothing is asked once it is known to be revoked",
     "[" ENTRY_OF("revocation", "'131071'", "") "," ENTRY "," ENTRY "]", MR_FAILED, "status.revoked", 1},
    {"one by its subject",
     "{'type':'BitstringStatusListEntry','statusPurpose':'revocation','statusListIndex':'5','statusListCredential':"
     "'" BASE "/revocation#list'}",
     MR_PASSED, "status.active", 1},
    {"one by another subject",
     "{'type':'BitstringStatusListEntry','statusPurpose':'revocation','statusListIndex':'5','statusListCredential':"
     "'" BASE "/revocation#other'}",
     MR_UNCHECKED, "status.list_subject", 1},
};

static void test_status_ask__reads_entries(void **state)
{
    struct world *w = *state;
    set_page(w, BASE "/revocation", sign(w, "vc+jwt", w->kid, list_text(w, &(struct list){0})));
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        print_message("# %s\n", entries[i].what);
        w->asked = 0;
        struct mr_status_answer answer = ask_entries(w, entries[i].entries);
        check(&answer, entries[i].state, entries[i].id);
        assert_int_equal(w->asked, entries[i].asked);
    }
}

static void test_status_ask__asks_so_many_and_no_more(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf text;
    struct world *w = *state;
    mr_buf_init(&text, 64 * MR_KIB);
    set_page(w, BASE "/revocation", sign(w, "vc+jwt", w->kid, list_text(w, &(struct list){0})));
    for (int i = 0; i < MR_LIMIT_STATUS_ENTRIES; i++) mr_buf_puts(&text, i ? "," ENTRY : "[" ENTRY);
    const char *most = mr_arena_format(&w->a, "%.*s]", MR_STR_ARG(mr_buf_str(&text))).ptr;
    const char *more = mr_arena_format(&w->a, "%.*s," ENTRY "]", MR_STR_ARG(mr_buf_str(&text))).ptr;
    struct mr_status_answer answer = ask_entries(w, most);
    check(&answer, MR_PASSED, "status.active");
    w->asked = 0;
    answer = ask_entries(w, more);
    check(&answer, MR_UNCHECKED, "status.too_many");
    assert_int_equal(w->asked, MR_LIMIT_STATUS_ENTRIES);
}

static void test_status_ask__suspended_is_less_than_revoked_and_more_than_unchecked(void **state)
{
    struct world *w = *state;
    struct list suspension = {.purpose = "['revocation','suspension']"};
    set_page(w, BASE "/revocation", sign(w, "vc+jwt", w->kid, list_text(w, &suspension)));
#define SUSPENDED ENTRY_OF("suspension", "'131071'", "")
#define REVOKED ENTRY_OF("revocation", "'131071'", "")
#define UNCHECKED ENTRY_OF("revocation", "'131072'", "")
    static const struct {
        const char *entries, *id;
    } cases[] = {
        {"[" ENTRY "," SUSPENDED "]", "status.suspended"},     {"[" SUSPENDED "," UNCHECKED "]", "status.suspended"},
        {"[" UNCHECKED "," SUSPENDED "]", "status.suspended"}, {"[" SUSPENDED "," REVOKED "]", "status.revoked"},
        {"[" UNCHECKED "," REVOKED "]", "status.revoked"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mr_status_answer answer = ask_entries(w, cases[i].entries);
        check(&answer, MR_FAILED, cases[i].id);
    }
}

/* ---- getting the list ---- */

static void test_status_ask__unreachable_is_not_fine(void **state)
{
    static const struct {
        mr_code code;
        const char *id;
    } cases[] = {
        {MR_E_NET, "status.unreachable"}, {MR_E_LIMIT, "status.list_bomb"}, {MR_E_FORBIDDEN, "status.unreachable"}};
    struct world *w = *state;
    struct mr_status_answer answer;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_page(w, BASE "/revocation", MR_STR_EMPTY);
        w->pages[0].code = cases[i].code;
        answer = ask_entries(w, ENTRY);
        check(&answer, MR_UNCHECKED, cases[i].id);
        assert_str(answer.step.detail, "not to be had");
    }
    w->pages[0].code = MR_E_STATE; /* nobody was asked */
    answer = ask_entries(w, ENTRY);
    check(&answer, MR_UNCHECKED, "status.not_asked");
    w->page_count = 0;
    answer = ask_entries(w, ENTRY);
    check(&answer, MR_UNCHECKED, "status.unreachable");
    w->asking.opening.fetch = NULL;
    answer = ask_entries(w, ENTRY);
    check(&answer, MR_UNCHECKED, "status.not_asked");
    assert_str(answer.list, BASE "/revocation");
}

static void test_status_ask__takes_nothing_else_for_a_list(void **state)
{
    static const char *const pages[] = {"", "not here", "<html>", "{", "[]", "7", "a.b.c", "..", "{}~"};
    struct world *w = *state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        print_message("# %s\n", pages[i]);
        set_page(w, BASE "/revocation", mr_str_of(pages[i]));
        struct mr_status_answer answer = ask_entries(w, ENTRY);
        check(&answer, MR_UNCHECKED, "status.list_form");
    }
}

/* ---- the seal of the list ---- */

static mr_str with_other_octet(struct world *w, mr_str token, size_t from_end)
{
    mr_str copy = mr_arena_dup(&w->a, token);
    char *c = (char *)(uintptr_t)copy.ptr + copy.len - from_end;
    *c = *c == 'A' ? 'B' : 'A';
    return copy;
}

static void test_status_ask__a_changed_list_says_nothing(void **state)
{
    struct world *w = *state;
    mr_str token = sign(w, "vc+jwt", w->kid, list_text(w, &(struct list){0}));
    set_page(w, BASE "/revocation", with_other_octet(w, token, 20));
    struct mr_status_answer answer = ask_entries(w, ENTRY_OF("revocation", "'131071'", ""));
    check(&answer, MR_UNCHECKED, "status.list_changed");
}

static void test_status_ask__a_list_that_nobody_sealed_says_nothing(void **state)
{
    struct world *w = *state;
    mr_str json = list_text(w, &(struct list){0}), unknown = list_text(w, &(struct list){.issuer = "'did:example:1'"});
    const struct {
        const char *what;
        mr_str text;
        const char *detail;
    } cases[] = {
        {"no proof", json, "no proof"},
        {"a key that anybody may have put there",
         sign(w, "vc+jwt", MR_STR_EMPTY, list_text(w, &(struct list){.issuer = "'https://school.example'"})),
         "it says: revoked"},
        {"a party whose key cannot be found", sign(w, "vc+jwt", MR_STR("did:example:1#1"), unknown),
         "it says: revoked"},
        {"no algorithm", MR_STR("eyJhbGciOiJub25lIiwidHlwIjoidmMrand0In0.e30."),
         "algorithm"}, /* {"alg":"none","typ":"vc+jwt"} */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("# %s\n", cases[i].what);
        set_page(w, BASE "/revocation", cases[i].text);
        struct mr_status_answer answer = ask_entries(w, ENTRY_OF("revocation", "'131071'", ""));
        check(&answer, MR_UNCHECKED, "status.list_seal");
        if (mr_str_find(answer.step.detail, mr_str_of(cases[i].detail)) < 0)
            fail_msg("%.*s", MR_STR_ARG(answer.step.detail));
    }
}

static void test_status_ask__tells_of_a_list_of_another_party(void **state)
{
    struct world *w = *state;
    set_page(w, BASE "/revocation", sign(w, "vc+jwt", w->kid, list_text(w, &(struct list){0})));
    struct mr_status_answer answer = ask_entries(w, ENTRY);
    assert_true(mr_str_find(answer.step.detail, MR_STR("issuer")) < 0);
    w->asking.issuer = MR_STR("https://school.example");
    answer = ask_entries(w, ENTRY);
    check(&answer, MR_PASSED, "status.active");
    assert_true(mr_str_find(answer.step.detail, MR_STR("not the credential's issuer")) >= 0);
    assert_true(mr_str_find(answer.step.detail, w->did) >= 0);
}

/* Lists of others come under Data Integrity, too. */
static void test_status_ask__reads_a_list_under_data_integrity(void **state)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct world *w = *state;
    const mr_json *document;
    struct mr_err err = {0};
    mr_str text = list_text(w, &(struct list){0});
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_json_parse(&w->a, text, NULL, &document, &err), err);
    const struct mr_proof_options options = {.suite = mr_cryptosuite_of_key(w->key),
                                             .method = w->kid,
                                             .purpose = MR_ASSERTION_METHOD,
                                             .created = TEST_NOW,
                                             .expires = MR_TIME_NONE};
    assert_ok(mr_data_integrity_sign(&w->a, w->contexts, text, document, w->key, &options, &out, &err), err);
    set_page(w, BASE "/revocation", mr_buf_str(&out));
    struct mr_status_answer answer = ask_entries(w, ENTRY);
    check(&answer, MR_PASSED, "status.active");
    answer = ask_entries(w, ENTRY_OF("revocation", "'131071'", ""));
    check(&answer, MR_FAILED, "status.revoked");
    ptrdiff_t at = mr_str_find(mr_buf_str(&out), MR_STR("\"validUntil\":\"2026"));
    out.ptr[at + 17] = '7'; /* 2027 */
    answer = ask_entries(w, ENTRY);
    check(&answer, MR_UNCHECKED, "status.list_changed");
}

/* ---- tokens ---- */

#define URI "https://lists.example/token/1"
#define LST "eNrbuRgAAhcBXQ" /* B9 A3: the example of Token Status List section 4.1 */
#define TOKEN(sub, times, list) "{'sub':'" sub "'" times ",'status_list':" list "}"
#define TIMES ",'iat':1791969000,'exp':1791979000"

static const struct {
    const char *what, *claims, *typ;
    int64_t index;
    mr_state state;
    const char *id;
} tokens[] = {
    {"set", TOKEN(URI, TIMES, "{'bits':1,'lst':'" LST "'}"), NULL, 0, MR_FAILED, "status.revoked"},
    {"not set", TOKEN(URI, TIMES, "{'bits':1,'lst':'" LST "'}"), NULL, 1, MR_PASSED, "status.active"},
    {"two bits: 1", TOKEN(URI, TIMES, "{'bits':2,'lst':'" LST "'}"), NULL, 0, MR_FAILED, "status.revoked"},
    {"two bits: 2", TOKEN(URI, TIMES, "{'bits':2,'lst':'" LST "'}"), NULL, 1, MR_FAILED, "status.suspended"},
    {"two bits: 3", TOKEN(URI, TIMES, "{'bits':2,'lst':'" LST "'}"), NULL, 2, MR_UNCHECKED, "status.unknown_value"},
    {"the last", TOKEN(URI, TIMES, "{'bits':1,'lst':'" LST "'}"), NULL, 14, MR_PASSED, "status.active"},
    {"behind it", TOKEN(URI, TIMES, "{'bits':1,'lst':'" LST "'}"), NULL, 16, MR_UNCHECKED, "status.list_range"},
    {"another sub", TOKEN(URI "2", TIMES, "{'bits':1,'lst':'" LST "'}"), NULL, 1, MR_UNCHECKED, "status.list_subject"},
    {"no sub", "{'iat':1791969000,'status_list':{'bits':1,'lst':'" LST "'}}", NULL, 1, MR_UNCHECKED,
     "status.list_form"},
    {"no iat", TOKEN(URI, "", "{'bits':1,'lst':'" LST "'}"), NULL, 1, MR_UNCHECKED, "status.list_form"},
    {"no end", TOKEN(URI, ",'iat':1791969000", "{'bits':1,'lst':'" LST "'}"), NULL, 1, MR_PASSED, "status.active"},
    {"expired", TOKEN(URI, ",'iat':1791960000,'exp':1791969120", "{'bits':1,'lst':'" LST "'}"), NULL, 1, MR_UNCHECKED,
     "status.list_expired"},
    {"not yet valid", TOKEN(URI, ",'iat':1791960000,'nbf':1799969120", "{'bits':1,'lst':'" LST "'}"), NULL, 1,
     MR_UNCHECKED, "status.list_not_yet"},
    {"no list", TOKEN(URI, TIMES, "null"), NULL, 1, MR_UNCHECKED, "status.list_form"},
    {"no bits", TOKEN(URI, TIMES, "{'lst':'" LST "'}"), NULL, 1, MR_UNCHECKED, "status.list_form"},
    {"three bits", TOKEN(URI, TIMES, "{'bits':3,'lst':'" LST "'}"), NULL, 1, MR_UNCHECKED, "status.list_form"},
    {"bits that are text", TOKEN(URI, TIMES, "{'bits':'1','lst':'" LST "'}"), NULL, 1, MR_UNCHECKED,
     "status.list_form"},
    {"no lst", TOKEN(URI, TIMES, "{'bits':1}"), NULL, 1, MR_UNCHECKED, "status.list_form"},
    {"with a multibase letter", TOKEN(URI, TIMES, "{'bits':1,'lst':'ueNrbuRgAAhcBXQ'}"), NULL, 1, MR_UNCHECKED,
     "status.list_form"},
    {"gzip", TOKEN(URI, TIMES, "{'bits':1,'lst':'H4sIAAAAAAAAA2MAAI3vAtIBAAAA'}"), NULL, 1, MR_UNCHECKED,
     "status.list_form"},
    {"another kind of token", TOKEN(URI, TIMES, "{'bits':1,'lst':'" LST "'}"), "withdrawn+jwt", 1, MR_UNCHECKED,
     "status.list_form"},
};

static void test_status_ask__holds_a_token_against_the_reference(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        print_message("# %s\n", tokens[i].what);
        set_page(w, URI, sign(w, test_or(tokens[i].typ, "statuslist+jwt"), w->kid, test_json(&w->a, tokens[i].claims)));
        const char *claims =
            mr_arena_format(&w->a, "{'status':{'status_list':{'idx':%d,'uri':'" URI "'}}}", (int)tokens[i].index).ptr;
        struct mr_status_answer answer = ask(w, test_json(&w->a, claims));
        check(&answer, tokens[i].state, tokens[i].id);
    }
}

static const struct {
    const char *claims;
    mr_state state;
    const char *id;
} references[] = {
    {"{'status':{}}", MR_UNCHECKED, "status.unknown_type"},
    {"{'status':{'identifier_list':{'id':'1','uri':'" URI "'}}}", MR_UNCHECKED, "status.unknown_type"},
    {"{'status':{'status_list':{'idx':'1','uri':'" URI "'}}}", MR_UNCHECKED, "status.entry_form"},
    {"{'status':{'status_list':{'idx':-1,'uri':'" URI "'}}}", MR_UNCHECKED, "status.entry_form"},
    {"{'status':{'status_list':{'idx':1.5,'uri':'" URI "'}}}", MR_UNCHECKED, "status.entry_form"},
    {"{'status':{'status_list':{'idx':1}}}", MR_UNCHECKED, "status.entry_form"},
    {"{'status':{'status_list':{'uri':'" URI "'}}}", MR_UNCHECKED, "status.entry_form"},
    {"{'status':{'status_list':7}}", MR_UNCHECKED, "status.entry_form"},
    {"{'status':'active'}", MR_NOT_APPLICABLE, "status.none"}, /* some other claim of that name */
    {"{}", MR_NOT_APPLICABLE, "status.none"},
    {"[]", MR_NOT_APPLICABLE, "status.none"},
};

static void test_status_ask__reads_references_of_tokens(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        struct mr_status_answer answer = ask(w, test_json(&w->a, references[i].claims));
        check(&answer, references[i].state, references[i].id);
    }
    assert_int_equal(w->asked, 0);
}

static void test_status_ask__notes_how_long_a_token_may_be_kept(void **state)
{
    struct world *w = *state;
    set_page(w, URI,
             sign(w, "statuslist+jwt", w->kid,
                  test_json(&w->a, TOKEN(URI, TIMES ",'ttl':43200", "{'bits':1,'lst':'" LST "'}"))));
    struct mr_status_answer answer = ask(w, test_json(&w->a, "{'status':{'status_list':{'idx':1,'uri':'" URI "'}}}"));
    check(&answer, MR_PASSED, "status.active");
    assert_true(mr_str_find(answer.step.detail, MR_STR("43200")) >= 0);
    assert_int_equal(answer.list_time, INT64_C(1791969000000));
}

/* ---- lists of ids ---- */

#define REVOCATIONS "https://badges.example/revocations"
#define LISTED(credentials)                                                                                            \
    "{'id':'" REVOCATIONS "','type':'1EdTechRevocationList','issuer':'https://badges.example','revokedCredential':"    \
    "[" credentials "]}"

static const struct {
    const char *what, *url, *list, *credential;
    mr_state state;
    const char *id;
} id_lists[] = {
    {"listed", REVOCATIONS, LISTED("{'id':'urn:test:1'}"), "urn:test:1", MR_FAILED, "status.revoked"},
    {"not listed", REVOCATIONS, LISTED("{'id':'urn:test:1'}"), "urn:test:2", MR_PASSED, "status.active"},
    {"listed as not revoked", REVOCATIONS, LISTED("{'id':'urn:test:1','revoked':false}"), "urn:test:1", MR_PASSED,
     "status.active"},
    {"no list", REVOCATIONS, "{'type':'1EdTechRevocationList'}", "urn:test:1", MR_UNCHECKED, "status.list_form"},
    {"no JSON", REVOCATIONS, "not found", "urn:test:1", MR_UNCHECKED, "status.list_form"},
    {"another type", REVOCATIONS, "{'type':'Profile','revokedCredential':[]}", "urn:test:1", MR_UNCHECKED,
     "status.list_form"},
    {"another list", REVOCATIONS "/2", LISTED(""), "urn:test:1", MR_UNCHECKED, "status.list_subject"},
    {"a credential without id", REVOCATIONS, LISTED(""), "", MR_UNCHECKED, "status.no_id"},
    {"an address that can be stood in for", "http://badges.example/revocations",
     "{'type':'1EdTechRevocationList','revokedCredential':[]}", "urn:test:1", MR_UNCHECKED, "status.list_seal"},
};

static void test_status_ask__looks_into_1edtechs_list(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < sizeof id_lists / sizeof *id_lists; i++) {
        print_message("# %s\n", id_lists[i].what);
        set_page(w, id_lists[i].url, test_json(&w->a, id_lists[i].list));
        const char *document =
            mr_arena_format(&w->a, "{'id':'%s','credentialStatus':{'type':'1EdTechRevocationList','id':'%s'}}",
                            id_lists[i].credential, id_lists[i].url)
                .ptr;
        struct mr_status_answer answer = ask(w, test_json(&w->a, document));
        check(&answer, id_lists[i].state, id_lists[i].id);
    }
}

#define WITHDRAWN "https://lists.example/withdrawn/VATDK-00000000"

static struct mr_status_answer ask_withdrawn(struct world *w, const char *url, const char *id)
{
    struct mr_status_answer answer;
    struct mr_err err = {0};
    assert_ok(mr_status_ask_withdrawn(&w->a, &w->asking, mr_str_of(url), mr_str_of(id), &answer, &err), err);
    return answer;
}

static void test_status__withdrawn_credentials_are_listed_by_their_ids(void **state)
{
    static const mr_str ids[] = {MR_STR_INIT("urn:credential:1"), MR_STR_INIT("urn:credential:2")};
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct world *w = *state;
    struct mr_err err = {0};
    struct mr_status_publishing p = {
        .base = MR_STR(WITHDRAWN), .issuer = MR_STR_EMPTY, .now = TEST_NOW, .valid_for_ms = MR_DAY_MS};
    mr_env env = test_env_fixed(TEST_NOW, 5);
    struct mr_authority authority;
    struct mr_seal_key seal;
    assert_ok(mr_authority_new(&env, &authority, &err), err);
    test_seal_new(&authority, &env, TEST_SCHOOL, TEST_SCHOOL_ID, &seal);
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_status_publish_withdrawn(&w->a, &p, ids, 2, seal.key, &seal.certificate, 1, &out, &err), err);
    set_page(w, WITHDRAWN, mr_buf_str(&out));
    add_page(w, WITHDRAWN "1", mr_buf_str(&out));
    struct mr_status_answer answer = ask_withdrawn(w, WITHDRAWN, "urn:credential:2");
    check(&answer, MR_FAILED, "status.revoked");
    answer = ask_withdrawn(w, WITHDRAWN, "urn:credential:3");
    check(&answer, MR_PASSED, "status.active");
    answer = ask_withdrawn(w, WITHDRAWN, "");
    check(&answer, MR_UNCHECKED, "status.no_id");
    answer = ask_withdrawn(w, WITHDRAWN "1", "urn:credential:3");
    check(&answer, MR_UNCHECKED, "status.list_subject");
    answer = ask_withdrawn(w, WITHDRAWN "2", "urn:credential:3");
    check(&answer, MR_UNCHECKED, "status.unreachable");
    w->asking.opening.now = TEST_NOW + MR_DAY_MS;
    answer = ask_withdrawn(w, WITHDRAWN, "urn:credential:2");
    check(&answer, MR_UNCHECKED, "status.list_expired");
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
}

static void test_status_name__is_that_of_the_words(void **state)
{
    assert_string_equal(mr_status_name(MR_STATUS_ACTIVE), "active");
    assert_string_equal(mr_status_name(MR_STATUS_SUSPENDED), "suspended");
    assert_string_equal(mr_status_name(MR_STATUS_REVOKED), "revoked");
}

#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, world_begin, world_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(test_status__one_change_shows_in_every_form),
        IN_A_WORLD(test_status__says_the_members_that_the_standards_want),
        IN_A_WORLD(test_status_publish__follows_the_standards),
        IN_A_WORLD(test_status_publish__refuses_what_no_one_could_use),
        IN_A_WORLD(test_status__a_list_under_a_certificate_is_named_after_it),
        IN_A_WORLD(test_status__a_list_counts_no_longer_than_its_certificate),
        IN_A_WORLD(test_status_ask__holds_a_list_against_the_entry),
        IN_A_WORLD(test_status_ask__reads_entries),
        IN_A_WORLD(test_status_ask__asks_so_many_and_no_more),
        IN_A_WORLD(test_status_ask__suspended_is_less_than_revoked_and_more_than_unchecked),
        IN_A_WORLD(test_status_ask__unreachable_is_not_fine),
        IN_A_WORLD(test_status_ask__takes_nothing_else_for_a_list),
        IN_A_WORLD(test_status_ask__a_changed_list_says_nothing),
        IN_A_WORLD(test_status_ask__a_list_that_nobody_sealed_says_nothing),
        IN_A_WORLD(test_status_ask__tells_of_a_list_of_another_party),
        IN_A_WORLD(test_status_ask__reads_a_list_under_data_integrity),
        IN_A_WORLD(test_status_ask__holds_a_token_against_the_reference),
        IN_A_WORLD(test_status_ask__reads_references_of_tokens),
        IN_A_WORLD(test_status_ask__notes_how_long_a_token_may_be_kept),
        IN_A_WORLD(test_status_ask__looks_into_1edtechs_list),
        IN_A_WORLD(test_status__withdrawn_credentials_are_listed_by_their_ids),
        cmocka_unit_test(test_status_name__is_that_of_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
