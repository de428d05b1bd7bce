/* Chains of accreditations: one of three that holds, one bad link of every kind, and the ends of what is allowed. All parties are invented, every
 * accreditation is signed with a key of this test. */
#include "verifying.h"

#include "credential/accreditation_chain.h"
#include "credential/secured.h"

#define REGISTRY "https://registry.example/"
#define ISSUERS REGISTRY "trusted-issuers-registry/v5/issuers/"
#define SCHEMA REGISTRY "trusted-schemas-registry/v3/schemas/zDiploma"
#define ATU "https://publications.europa.eu/resource/authority/atu/"

enum { ROOT, TAO, TI, STRANGER, PARTIES };
struct parties {
    struct bench *b;
    mr_key *key[PARTIES];
    mr_str did[PARTIES], method[PARTIES];
};

static void make_parties(struct bench *b, struct parties *p)
{
    struct mr_err err = {0};
    *p = (struct parties){.b = b};
    for (int i = 0; i < PARTIES; i++) {
        assert_ok(mr_key_generate(MR_KEY_ED25519, 0, &p->key[i], &err), err);
        p->did[i] = did_of(&b->arena, p->key[i]);
        p->method[i] = method_of(&b->arena, p->did[i]);
    }
}

static void free_parties(struct parties *p)
{
    for (int i = 0; i < PARTIES; i++) mr_key_free(p->key[i]);
}

/* A VC 1.1 as a JWT, the way EBSI has it. */
static mr_str sign_vc(struct parties *p, int signer, mr_str vc)
{
    struct bench *b = p->b;
    mr_str payload =
        mr_arena_format(&b->arena, "{\"iss\":\"%.*s\",\"vc\":%.*s}", MR_STR_ARG(p->did[signer]), MR_STR_ARG(vc));
    return sign(b, p->key[signer], MR_ALG_EDDSA,
                format(b, "{'alg':'EdDSA','typ':'JWT','kid':'%.*s'}", p->method[signer]), payload);
}

#define HEAD(types)                                                                                                    \
    "{'@context':['https://www.w3.org/2018/credentials/v1'],'id':'urn:uuid:01890000-0000-7000-8000-0000000000%02d',"   \
    "'type':['VerifiableCredential','VerifiableAttestation'," types                                                    \
    "],'issuer':'%.*s','issuanceDate':'2026-01-01T00:00:00Z','issued':'2026-01-01T00:00:00Z','validFrom':"             \
    "'2026-01-01T00:00:00Z','expirationDate':'2027-01-01T00:00:00Z',"

/* granter accredits grantee; the address of the granter's own accreditation stands in termsOfUse. */
static mr_str accreditation(struct parties *p, const char *role, int granter, int grantee, const char *parent)
{
    return test_json(
        &p->b->arena,
        mr_arena_format(
            &p->b->arena,
            HEAD("'VerifiableAccreditation','%s'") "'credentialSubject':{'id':'%.*s',"
                                                   "'reservedAttributeId':'a%d','accreditedFor':[{"
                                                   "'schemaId':'" SCHEMA "','types':['VerifiableCredential'"
                                                   ",'VerifiableAttestation','DiplomaCredential'],"
                                                   "'limitJurisdiction':'" ATU
                                                   "FIN'}]},'credentialStatus':{'id':'" ISSUERS
                                                   "%.*s/attributes/a%d','type':'"
                                                   "EbsiAccreditationEntry'},'termsOfUse':[{'id':'%s','type'"
                                                   ":'IssuanceCertificate'}],'credentialSchema':{'id':'" REGISTRY
                                                   "s','type':'FullJsonSchemaValidator2021'}}",
            grantee, role, MR_STR_ARG(p->did[granter]), MR_STR_ARG(p->did[grantee]), grantee,
            MR_STR_ARG(p->did[grantee]), grantee, parent)
            .ptr);
}

static const char *address(struct parties *p, int party)
{
    return mr_arena_format(&p->b->arena, ISSUERS "%.*s/attributes/a%d", MR_STR_ARG(p->did[party]), party).ptr;
}

static mr_str diploma(struct parties *p, const char *address_of_accreditation)
{
    return test_json(&p->b->arena,
                     mr_arena_format(&p->b->arena,
                                     HEAD("'DiplomaCredential'") "'credentialSubject':{'id':'did:key:zLearner'},"
                                                                 "'credentialSchema':{'id':'" SCHEMA
                                                                 "','type':'FullJsonSchemaValidator2021'},'termsOfUse':"
                                                                 "{'id':'%s','type':'IssuanceCertificate'}}",
                                     99, MR_STR_ARG(p->did[TI]), address_of_accreditation)
                         .ptr);
}

static mr_str answer(struct parties *p, mr_str body, const char *type)
{
    return test_json(&p->b->arena, mr_arena_format(&p->b->arena,
                                                   "{'did':'x','attribute':{'hash':'h','body':'%.*s','issuerType':'%s',"
                                                   "'tao':'t','rootTao':'r'}}",
                                                   MR_STR_ARG(body), type)
                                       .ptr);
}

static mr_str change(struct parties *p, mr_str text, const char *from, const char *to)
{
    if (!from) return text;
    mr_str old = test_json(&p->b->arena, from), new = test_json(&p->b->arena, to);
    if (mr_str_find(text, old) < 0) fail_msg("nothing to change: %s", from);
    return replace(p->b, text, old.ptr, new.ptr);
}

/* Merit asks that types have a meaning; EBSI's own credentials name only the first context. */
static mr_str with_meaning(struct parties *p, mr_str document)
{
    return change(p, document, "credentials/v1']",
                  "credentials/v1',{'VerifiableAttestation':'urn:x:a','DiplomaCredential':'urn:x:d',"
                  "'IssuanceCertificate':'urn:x:i','FullJsonSchemaValidator2021':'urn:x:f','issued':'urn:x:issued',"
                  "'validFrom':'urn:x:from'}]");
}

static struct mr_accreditation_chain follow(struct parties *p, mr_str document, const char *place, bool online)
{
    struct bench *b = p->b;
    struct mr_err err = {0};
    struct mr_accreditation_chain chain;
    const mr_json *json = NULL;
    struct mr_resolver resolver = {NULL};
    const struct mr_climbing climbing = {.opening = {.contexts = b->contexts,
                                                     .keys = {mr_controller_find, &resolver},
                                                     .fetch = online ? &b->fetch : NULL,
                                                     .now = TEST_NOW},
                                         .trust = &b->trust,
                                         .at = TEST_NOW,
                                         .place = mr_str_of(place)};
    assert_ok(mr_json_parse(&b->arena, document, NULL, &json, &err), err);
    assert_ok(mr_accreditation_chain_follow(&b->arena, &climbing, json, &chain, &err), err);
    return chain;
}

static void expect(const char *what, const struct mr_accreditation_chain *c, mr_state state, const char *id)
{
    if (c->step.state != state || strcmp(c->step.id, id) != 0)
        fail_msg("%s: got %s %s (%.*s), wanted %s", what, mr_state_name(c->step.state), c->step.id,
                 MR_STR_ARG(c->step.detail), id);
    assert_true(mr_message_exists(mr_language_english(), mr_str_of(id)));
}

static void trust(struct parties *p, int root, bool registry)
{
    struct mr_known_issuer *known = MR_NEW_ARRAY(&p->b->arena, struct mr_known_issuer, 2);
    known[0] = (struct mr_known_issuer){.id = p->did[root], .name = MR_STR("Root (invented)"), .accredits = true};
    known[1] = (struct mr_known_issuer){.id = MR_STR(REGISTRY), .name = MR_STR("Registry (invented)")};
    if (registry) known[1].registry = MR_STR(REGISTRY);
    p->b->trust = (mr_trust){.issuers = known, .issuer_count = 2};
}

struct chain_case {
    const char *what;
    enum { NOTHING, LINK_TI, LINK_TAO, DIPLOMA } changed;
    const char *from, *to;
    mr_state state;
    const char *id;
    int ti_signer, tao_signer; /* 0: the right one */
    const char *ti_type, *place;
};

static void run(struct parties *p, const struct chain_case *c)
{
    struct bench *b = p->b;
    mr_str ti = accreditation(p, "VerifiableAccreditationToAttest", TAO, TI, address(p, TAO));
    mr_str tao = accreditation(p, "VerifiableAccreditationToAccredit", ROOT, TAO, address(p, ROOT));
    mr_str document = diploma(p, address(p, TI));
    if (c->changed == LINK_TI) ti = change(p, ti, c->from, c->to);
    if (c->changed == LINK_TAO) tao = change(p, tao, c->from, c->to);
    if (c->changed == DIPLOMA) document = change(p, document, c->from, c->to);
    mr_str ti_token = sign_vc(p, TAO, ti), tao_token = sign_vc(p, ROOT, tao);
    if (c->ti_signer) /* the name of one, the key of another */
        ti_token =
            sign(b, p->key[c->ti_signer], MR_ALG_EDDSA,
                 format(b, "{'alg':'EdDSA','typ':'JWT','kid':'%.*s'}", p->method[TAO]),
                 mr_arena_format(&b->arena, "{\"iss\":\"%.*s\",\"vc\":%.*s}", MR_STR_ARG(p->did[TAO]), MR_STR_ARG(ti)));
    b->pages[0] = (struct page){address(p, TI), answer(p, ti_token, c->ti_type ? c->ti_type : "TI")};
    b->pages[1] = (struct page){address(p, TAO), answer(p, tao_token, "TAO")};
    trust(p, ROOT, true);
    struct mr_accreditation_chain chain = follow(p, document, c->place ? c->place : "FIN", true);
    expect(c->what, &chain, c->state, c->id);
}

static void a_chain_of_three_holds_and_each_bad_link_breaks_it(void **state)
{
    static const struct chain_case cases[] = {
        {.what = "good", .state = MR_PASSED, .id = "chain.passed"},
        {.what = "signature", .state = MR_FAILED, .id = "chain.signature", .ti_signer = STRANGER},
        {.what = "expired",
         .changed = LINK_TI,
         .from = "2027-01-01",
         .to = "2026-10-01",
         .state = MR_FAILED,
         .id = "chain.expired"},
        {.what = "expired above",
         .changed = LINK_TAO,
         .from = "2027-01-01",
         .to = "2026-10-01",
         .state = MR_FAILED,
         .id = "chain.expired"},
        {.what = "early",
         .changed = LINK_TI,
         .from = "'validFrom':'2026-01-01",
         .to = "'validFrom':'2026-12-01",
         .state = MR_FAILED,
         .id = "chain.early"},
        {.what = "another type",
         .changed = DIPLOMA,
         .from = "DiplomaCredential",
         .to = "OtherCredential",
         .state = MR_FAILED,
         .id = "chain.scope"},
        {.what = "wider than its parent",
         .changed = LINK_TI,
         .from = "'DiplomaCredential']",
         .to = "'DiplomaCredential','OtherCredential']",
         .state = MR_FAILED,
         .id = "chain.scope"},
        {.what = "narrower than its parent",
         .changed = LINK_TAO,
         .from = "'DiplomaCredential']",
         .to = "'DiplomaCredential','OtherCredential']",
         .state = MR_PASSED,
         .id = "chain.passed"},
        {.what = "revoked", .state = MR_FAILED, .id = "chain.revoked", .ti_type = "Revoked"},
        {.what = "another place", .state = MR_FAILED, .id = "chain.jurisdiction", .place = "SWE"},
        {.what = "a part of the place", .state = MR_PASSED, .id = "chain.passed", .place = "FIN_KUN_HEL"},
        {.what = "another place below",
         .changed = LINK_TI,
         .from = ATU "FIN",
         .to = ATU "EUR",
         .state = MR_FAILED,
         .id = "chain.jurisdiction"},
        {.what = "no limit below a limit",
         .changed = LINK_TI,
         .from = ",'limitJurisdiction':'" ATU "FIN'",
         .to = "",
         .state = MR_FAILED,
         .id = "chain.jurisdiction"},
        {.what = "place not said", .state = MR_UNCHECKED, .id = "chain.place_unknown", .place = ""},
        {.what = "another schema",
         .changed = DIPLOMA,
         .from = SCHEMA,
         .to = SCHEMA "2",
         .state = MR_FAILED,
         .id = "chain.schema"},
        {.what = "another schema above",
         .changed = LINK_TAO,
         .from = SCHEMA,
         .to = SCHEMA "2",
         .state = MR_FAILED,
         .id = "chain.schema"},
        {.what = "role",
         .changed = LINK_TI,
         .from = "VerifiableAccreditationToAttest",
         .to = "VerifiableAccreditationToAccredit",
         .state = MR_FAILED,
         .id = "chain.role"},
        {.what = "role above",
         .changed = LINK_TAO,
         .from = "VerifiableAccreditationToAccredit",
         .to = "VerifiableAccreditationToAttest",
         .state = MR_FAILED,
         .id = "chain.role"},
        {.what = "no scope",
         .changed = LINK_TI,
         .from = "accreditedFor",
         .to = "accreditedNot",
         .state = MR_FAILED,
         .id = "chain.form"},
        {.what = "no policy above",
         .changed = LINK_TI,
         .from = "IssuanceCertificate",
         .to = "Other",
         .state = MR_UNCHECKED,
         .id = "chain.root_unknown"},
    };
    struct parties p;
    make_parties(*state, &p);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) run(&p, &cases[i]);
    free_parties(&p);
}

static void the_issuer_is_in_the_address_and_the_grantee(void **state)
{
    struct bench *b = *state;
    struct parties p;
    make_parties(b, &p);
    trust(&p, ROOT, true);
    /* the address is another's */
    struct mr_accreditation_chain c = follow(&p, diploma(&p, address(&p, STRANGER)), "FIN", true);
    expect("address", &c, MR_FAILED, "chain.address");
    /* what stands at the right address is another's */
    mr_str others = sign_vc(&p, TAO, accreditation(&p, "VerifiableAccreditationToAttest", TAO, STRANGER, "urn:x"));
    b->pages[0] = (struct page){address(&p, TI), answer(&p, others, "TI")};
    c = follow(&p, diploma(&p, address(&p, TI)), "FIN", true);
    expect("grantee", &c, MR_FAILED, "chain.grantee");
    free_parties(&p);
}

static void what_could_not_be_asked_is_no_pass(void **state)
{
    struct bench *b = *state;
    struct parties p;
    make_parties(b, &p);
    mr_str ti = sign_vc(&p, TAO, accreditation(&p, "VerifiableAccreditationToAttest", TAO, TI, address(&p, TAO))),
           document = diploma(&p, address(&p, TI));
    trust(&p, TAO, true);
    struct mr_accreditation_chain c = follow(&p, document, "FIN", false);
    expect("offline", &c, MR_UNCHECKED, "chain.not_asked");
    c = follow(&p, document, "FIN", true);
    expect("nobody answers", &c, MR_UNCHECKED, "chain.unreachable");
    b->pages[0] = (struct page){address(&p, TI), answer(&p, ti, "TI")};
    c = follow(&p, document, "FIN", true);
    expect("good", &c, MR_PASSED, "chain.passed");
    assert_int_equal(c.count, 1);
    assert_str_eq(c.root, MR_STR("Root (invented)"));
    assert_true(mr_str_find(mr_accreditation_chain_describe(&b->arena, &c), MR_STR("DiplomaCredential")) > 0);
    trust(&p, TAO, false); /* a registry of the credential's own choice may hide that it was revoked */
    c = follow(&p, document, "FIN", true);
    expect("registry", &c, MR_UNCHECKED, "chain.registry_unknown");
    trust(&p, ROOT, true);
    c = follow(&p, document, "FIN", true);
    expect("above", &c, MR_UNCHECKED, "chain.unreachable");
    /* in the trust folder, and the registry that has its status says otherwise */
    struct mr_err err = {0};
    mr_accreditation_record record;
    assert_ok(mr_accreditation_peek(&b->arena, ti, &record, &err), err);
    trust(&p, TAO, true);
    b->trust.records = &record, b->trust.record_count = 1;
    c = follow(&p, document, "FIN", true);
    expect("folder and registry", &c, MR_PASSED, "chain.passed");
    b->pages[0].body = answer(&p, ti, "Revoked");
    c = follow(&p, document, "FIN", true);
    expect("folder, revoked", &c, MR_FAILED, "chain.revoked");
    c = follow(&p, document, "FIN", false);
    expect("folder, offline", &c, MR_UNCHECKED, "chain.status");
    free_parties(&p);
}

static void keys_of_did_ebsi_come_from_a_known_registry_only(void **state)
{
    struct bench *b = *state;
    struct parties p;
    make_parties(b, &p);
    mr_str multibase = mr_str_from(p.did[TAO], 8);
    p.did[TAO] = MR_STR("did:ebsi:zInvented");
    p.method[TAO] = MR_STR("did:ebsi:zInvented#k");
    mr_str ti = sign_vc(&p, TAO, accreditation(&p, "VerifiableAccreditationToAttest", TAO, TI, "urn:x")),
           document = diploma(&p, address(&p, TI));
    trust(&p, TAO, true);
    b->pages[0] = (struct page){address(&p, TI), answer(&p, ti, "TI")};
    struct mr_accreditation_chain c = follow(&p, document, "FIN", true);
    expect("no document", &c, MR_UNCHECKED, "chain.key");
    b->pages[1] = (struct page){
        REGISTRY "did-registry/v5/identifiers/did:ebsi:zInvented",
        test_json(&b->arena, mr_arena_format(&b->arena,
                                             "{'@context':['https://www.w3.org/ns/did/v1'],'id':'did:ebsi:zInvented',"
                                             "'verificationMethod':[{'id':'did:ebsi:zInvented#k','type':'Multikey',"
                                             "'controller':'did:ebsi:zInvented','publicKeyMultibase':'%.*s'}],"
                                             "'assertionMethod':['did:ebsi:zInvented#k']}",
                                             MR_STR_ARG(multibase))
                                 .ptr)};
    c = follow(&p, document, "FIN", true);
    expect("document of the registry", &c, MR_PASSED, "chain.passed");
    /* and so does the key of a credential itself */
    p.did[TI] = p.did[TAO];
    mr_str file = sign_vc(&p, TAO, with_meaning(&p, diploma(&p, "urn:x")));
    mr_report r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "chain.passed"); /* it is a root itself */
    r = verify_with(b, file, false);
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "key.not_asked");
    trust(&p, TAO, false);
    r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_SEAL, MR_UNCHECKED, "key.unknown_method");
    c = follow(&p, document, "FIN", true);
    expect("registry that nobody knows", &c, MR_UNCHECKED, "chain.registry_unknown");
    free_parties(&p);
}

static void circles_are_refused(void **state)
{
    struct bench *b = *state;
    struct parties p;
    make_parties(b, &p);
    mr_str ti = sign_vc(&p, TAO, accreditation(&p, "VerifiableAccreditationToAttest", TAO, TI, address(&p, TAO))),
           tao = sign_vc(&p, TI, accreditation(&p, "VerifiableAccreditationToAccredit", TI, TAO, address(&p, TI))),
           self = sign_vc(&p, TI, accreditation(&p, "VerifiableAccreditationToAttest", TI, TI, address(&p, TI)));
    b->pages[0] = (struct page){address(&p, TI), answer(&p, ti, "TI")};
    b->pages[1] = (struct page){address(&p, TAO), answer(&p, tao, "TAO")};
    trust(&p, ROOT, true);
    struct mr_accreditation_chain c = follow(&p, diploma(&p, address(&p, TI)), "FIN", true);
    expect("two in a circle", &c, MR_FAILED, "chain.cycle");
    b->pages[0].body = answer(&p, self, "TI");
    c = follow(&p, diploma(&p, address(&p, TI)), "FIN", true);
    expect("by itself", &c, MR_FAILED, "chain.cycle");
    free_parties(&p);
}

/* `hops` accreditations above the issuer, in the trust folder, the last by the root. */
static struct mr_accreditation_chain climb(struct bench *b, size_t hops)
{
    mr_key *keys[16];
    struct parties p = {.b = b};
    struct mr_err err = {0};
    mr_accreditation_record records[16];
    mr_str below = MR_STR_EMPTY, document = MR_STR_EMPTY;
    for (size_t i = 0; i <= hops; i++) {
        assert_ok(mr_key_generate(MR_KEY_ED25519, 0, &keys[i], &err), err);
        mr_str did = did_of(&b->arena, keys[i]);
        if (i == 0) {
            p.did[TI] = did;
            document = diploma(&p, "urn:link:1");
        } else {
            p.key[TAO] = keys[i], p.did[TAO] = did, p.method[TAO] = method_of(&b->arena, did);
            p.did[TI] = below;
            mr_str vc =
                accreditation(&p, i == 1 ? "VerifiableAccreditationToAttest" : "VerifiableAccreditationToAccredit", TAO,
                              TI, mr_arena_format(&b->arena, "urn:link:%zu", i + 1).ptr);
            vc = change(&p, vc, "urn:uuid:01890000-0000-7000-8000-000000000002",
                        mr_arena_format(&b->arena, "urn:link:%zu", i).ptr);
            vc = change(&p, vc, "'credentialStatus'", "'credentialNothing'");
            assert_ok(mr_accreditation_peek(&b->arena, sign_vc(&p, TAO, vc), &records[i - 1], &err), err);
        }
        below = did;
    }
    p.did[ROOT] = below;
    trust(&p, ROOT, false);
    b->trust.records = records, b->trust.record_count = hops;
    struct mr_accreditation_chain c = follow(&p, document, "FIN", false);
    b->trust.record_count = 0;
    for (size_t i = 0; i <= hops; i++) mr_key_free(keys[i]);
    return c;
}

static void eight_hops_are_climbed_and_nine_are_not(void **state)
{
    struct mr_accreditation_chain c = climb(*state, 8);
    expect("eight", &c, MR_PASSED, "chain.passed");
    assert_int_equal(c.count, 8);
    c = climb(*state, 9);
    expect("nine", &c, MR_FAILED, "chain.too_long");
}

/* Through the whole verification: a credential of the accredited issuer passes the check, and its sentence names the root. */
static void the_check_quality_climbs(void **state)
{
    struct bench *b = *state;
    struct parties p;
    make_parties(b, &p);
    mr_str ti = sign_vc(&p, TAO, accreditation(&p, "VerifiableAccreditationToAttest", TAO, TI, "urn:x"));
    ti = sign_vc(&p, TAO,
                 change(&p, accreditation(&p, "VerifiableAccreditationToAttest", TAO, TI, "urn:x"),
                        ",'limitJurisdiction':'" ATU "FIN'", ""));
    b->pages[0] = (struct page){address(&p, TI), answer(&p, ti, "TI")};
    trust(&p, TAO, true);
    mr_str document = with_meaning(&p, diploma(&p, address(&p, TI)));
    mr_str file = sign_vc(&p, TI, document);
    mr_report r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_FORMAT, MR_PASSED, "format.passed_other");
    assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed");
    assert_check(&r, MR_CHECK_QUALITY, MR_PASSED, "chain.passed");
    assert_true(mr_str_find(r.checks[MR_CHECK_QUALITY].text, MR_STR("Root (invented)")) > 0);
    r = verify_with(b, file, false);
    assert_check(&r, MR_CHECK_QUALITY, MR_UNCHECKED, "chain.not_asked");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
    free_parties(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_chain_of_three_holds_and_each_bad_link_breaks_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_issuer_is_in_the_address_and_the_grantee, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_could_not_be_asked_is_no_pass, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_of_did_ebsi_come_from_a_known_registry_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(circles_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(eight_hops_are_climbed_and_nine_are_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_check_quality_climbs, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
