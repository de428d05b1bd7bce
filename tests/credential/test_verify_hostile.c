/* Files of somebody who wants a false word from a verifier: a pass of a check that did not run, an issuer or holder who never signed, content that no
 * signature covers. Each ends in the check that it is about. */
#include "verifying.h"

#include "credential/status.h"
#include "json/write.h"
#include "proof/sd_jwt.h"

#define V1 "https://www.w3.org/2018/credentials/v1"

static const char *header_of(struct bench *b, const char *typ, mr_str kid)
{
    return mr_arena_format(&b->arena, "{'alg':'EdDSA','typ':'%s','kid':'%.*s'}", typ, MR_STR_ARG(kid)).ptr;
}

static mr_str sign_text(struct bench *b, const char *typ, const char *payload)
{
    mr_str kid = method_of(&b->arena, b->did);
    return sign(b, b->key, MR_ALG_EDDSA, header_of(b, typ, kid), test_json(&b->arena, payload));
}

static mr_report verify_answer(struct bench *b, mr_str file, const char *audience, const char *nonce)
{
    b->audience = mr_str_of(audience), b->nonce = mr_str_of(nonce);
    mr_report r = verify_with(b, file, false);
    b->audience = b->nonce = MR_STR_EMPTY;
    return r;
}

/* ---- what is it? ---- */

/* vct makes an SD-JWT VC of an SD-JWT only. */
static void a_claim_vct_makes_no_sd_jwt_of_another_document(void **state)
{
    struct bench *b = *state;
    mr_str text = badge(b, b->did, ",'vct':'urn:merit:micro-credential:1'");
    mr_report r = verify_with(b, sign_text(b, "vc+jwt", text.ptr), false);
    assert_string_equal(r.format_code, "");
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "vcdm.term_unknown");
    assert_true(mr_str_find(r.checks[MR_CHECK_FORMAT].text, MR_STR("vct")) > 0); /* not "{value}" */
    r = verify_with(b, sign_text(b, "statuslist+jwt", "{'vct':'urn:merit:micro-credential:1','iss':'x'}"), false);
    assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "format.other_token");
}

/* Whoever signs lists or proofs of possession does not issue, whatever stands in them. */
static void tokens_for_another_use_are_no_credentials(void **state)
{
    struct bench *b = *state;
    mr_str text = badge(b, b->did, "");
    static const char *const lists[] = {"statuslist+jwt", "withdrawn+jwt"}, *const others[] = {"kb+jwt", "at+jwt",
                                                                                               "vp+jwt"};
    for (size_t i = 0; i < 2; i++) {
        mr_report r = verify_with(b, sign_text(b, lists[i], text.ptr), false);
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "format.other_token");
        assert_false(r.has_view);
    }
    for (size_t i = 0; i < 3; i++) assert_seal(b, sign_text(b, others[i], text.ptr), false, MR_FAILED, "token.typ");
}

/* ---- a key for another use ---- */

/* The school's document: its key is for signing in, not for issuing. */
static void serve_login_key(struct bench *b)
{
    mr_str key = mr_str_from(b->did, 8);
    b->pages[0] =
        (struct page){"https://school.example/.well-known/did.json",
                      test_json(&b->arena, mr_arena_format(&b->arena,
                                                           "{'id':'did:web:school.example','verificationMethod':[{'id':"
                                                           "'did:web:school.example#k','type':'Multikey','controller':"
                                                           "'did:web:school.example','publicKeyMultibase':'%.*s'}],"
                                                           "'authentication':['did:web:school.example#k']}",
                                                           MR_STR_ARG(key))
                                               .ptr)};
}

/* What is called a presentation is signed with a key for authentication; it must be one then. */
static void a_key_for_authentication_issues_nothing(void **state)
{
    struct bench *b = *state;
    serve_login_key(b);
    mr_str did = MR_STR("did:web:school.example"), text = badge(b, did, "");
    const char *jwt = "{'alg':'EdDSA','typ':'JWT','kid':'did:web:school.example#k'}",
               *sd = "{'alg':'EdDSA','typ':'vp+sd-jwt','kid':'did:web:school.example#k'}";
    const char *wrapped = format(b, "{\"iss\":\"did:web:school.example\",\"vp\":%.*s}", text);
    assert_seal(b, sign(b, b->key, MR_ALG_EDDSA, jwt, mr_str_of(wrapped)), true, MR_FAILED, "token.typ");
    mr_str claims = MR_STR("{\"vct\":\"urn:x\",\"iss\":\"did:web:school.example\"}"),
           token = sign(b, b->key, MR_ALG_EDDSA, sd, claims);
    assert_seal(b, mr_arena_concat(&b->arena, (mr_str[]){token, MR_STR("~")}, 2), true, MR_FAILED, "token.typ");
}

/* The same with a proof: a member vp makes no presentation of a credential. */
static void a_proof_for_authentication_issues_nothing(void **state)
{
    struct bench *b = *state;
    serve_login_key(b);
    mr_str method = MR_STR("did:web:school.example#k"), text = badge(b, MR_STR("did:web:school.example"), ",'vp':{}");
    struct mr_proof_options options = {.suite = MR_EDDSA_JCS_2022,
                                       .method = method,
                                       .purpose = MR_AUTHENTICATION,
                                       .created = TEST_NOW - 60000,
                                       .expires = MR_TIME_NONE};
    assert_seal(b, prove_as(b, text, b->key, &options), true, MR_FAILED, "proof.purpose");
}

/* ---- a certificate for somebody else's identifier ---- */

static mr_str encoded_certificate(struct bench *b, const mr_certificate *c)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, MR_LIMIT_CERTIFICATE);
    mr_base64_put(&out, mr_certificate_der(c));
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

/* The name that people read is the certificate's, the identifier that programs read is the school's. */
static void a_certificate_speaks_for_no_did(void **state)
{
    struct bench *b = *state;
    struct mr_authority authority;
    struct mr_seal_key seal;
    struct mr_err err = {0};
    assert_ok(mr_authority_new(&b->env, &authority, &err), err);
    test_seal_new(&authority, &b->env, "School of Nursing (invented)", TEST_SCHOOL_ID, &seal);
    const char *head = mr_arena_format(&b->arena, "{'alg':'ES256','typ':'vc+jwt','x5c':['%.*s']}",
                                       MR_STR_ARG(encoded_certificate(b, seal.certificate)))
                           .ptr;
    mr_report r =
        verify_with(b, sign(b, seal.key, MR_ALG_ES256, head, badge(b, MR_STR("https://school.example"), "")), false);
    assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.certificate");
    r = verify_with(b, sign(b, seal.key, MR_ALG_ES256, head, badge(b, b->did, "")), false);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.other_identifier");
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
    /* a list that names the school as its own, sealed with the certificate of anybody */
    const char *list_head = mr_arena_format(&b->arena, "{'alg':'ES256','typ':'statuslist+jwt','x5c':['%.*s']}",
                                            MR_STR_ARG(encoded_certificate(b, seal.certificate)))
                                .ptr;
    const char *claims = format(b,
                                "{'iss':'%.*s','sub':'https://lists.example/0','iat':1791000000,'status_list':"
                                "{'bits':1,'lst':'eNpjYBgFo2AUjIJRMApGAQAgAAAB'}}",
                                b->did);
    b->pages[0] = (struct page){"https://lists.example/0",
                                sign(b, seal.key, MR_ALG_ES256, list_head, test_json(&b->arena, claims))};
    const char *sd = header_of(b, "dc+sd-jwt", method_of(&b->arena, b->did));
    mr_str token =
        sign(b, b->key, MR_ALG_EDDSA, sd,
             test_json(&b->arena, format(b,
                                         "{'vct':'urn:x','iss':'%.*s','status':{'status_list':{'idx':3,'uri':"
                                         "'https://lists.example/0'}}}",
                                         b->did)));
    r = verify_with(b, mr_arena_concat(&b->arena, (mr_str[]){token, MR_STR("~")}, 2), true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.list_signer");
    mr_seal_key_done(&seal);
    mr_authority_done(&authority);
}

/* A key of its own makes nobody the awarding body of another's credential. */
static void a_key_awards_for_nobody_else(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *body;
        bool own;
    } cases[] = {{TEST_SCHOOL, true}, {"University of Zed", false}};
    for (size_t i = 0; i < 2; i++) {
        mr_str text = test_credential_write(&b->arena, &(struct test_credential){.vc2 = true, .body = cases[i].body});
        text = replace(b, text, "\"urn:epass:org:1\"", format(b, "\"%.*s\"", b->did));
        mr_report r = verify_with(b, sign_text(b, "vc+jwt", text.ptr), false);
        assert_check(&r, MR_CHECK_SEAL, MR_PASSED, "seal.passed_claimed");
        assert_check(&r, MR_CHECK_ISSUER, cases[i].own ? MR_PASSED : MR_FAILED,
                     cases[i].own ? "issuer.identifier" : "issuer.no_mandate");
    }
}

/* Whom somebody here knows under one name is told under that, whatever it calls itself. */
static void a_known_issuer_takes_no_other_name(void **state)
{
    struct bench *b = *state;
    mr_str text = replace(b, badge(b, b->did, ""), "School of Nursing (invented)", "University of Zed");
    mr_str file = prove(b, text, b->key, method_of(&b->arena, b->did));
    mr_report r = verify_with(b, file, false);
    assert_check(&r, MR_CHECK_TRUST, MR_PASSED, "trust.known");
    assert_str(r.view.issuer, "School of Nursing (invented) (“University of Zed”)");
    assert_int_equal(mr_str_find(r.story, MR_STR("University of Zed awarded")), -1);
    b->trust.issuer_count = 0; /* unknown: its own word */
    r = verify_with(b, file, false);
    assert_str(r.view.issuer, "University of Zed");
}

/* ---- identifiers, times, shapes ---- */

static mr_str did_jwk(struct bench *b, const char *more)
{
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    MR_CLEANUP(mr_buf_done) mr_buf did;
    struct mr_err err = {0};
    mr_buf_init(&jwk, 4 * MR_KIB);
    mr_buf_init(&did, 4 * MR_KIB);
    assert_ok(mr_key_write_jwk(b->key, &jwk, &err), err);
    jwk.len--; /* its bracket */
    mr_buf_puts(&jwk, test_json(&b->arena, more).ptr);
    mr_buf_puts(&did, "did:jwk:");
    mr_base64url_put(&did, mr_buf_str(&jwk));
    return mr_arena_dup(&b->arena, mr_buf_str(&did));
}

static void identifiers_are_taken_as_they_are_written(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *more;
        mr_state state;
        const char *id;
    } keys[] = {{",'d':'AAAA'}", MR_FAILED, "key.document"},
                {",'k':'AAAA'}", MR_FAILED, "key.document"},
                {",'use':'enc'}", MR_FAILED, "key.relationship"},
                {",'crv':'P-256'}", MR_FAILED, "key.document"},
                {"} ", MR_PASSED, "seal.passed_claimed"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        mr_str did = did_jwk(b, keys[i].more);
        mr_str method = mr_arena_format(&b->arena, "%.*s#0", MR_STR_ARG(did));
        mr_report r = verify_with(b, prove(b, badge(b, did, ""), b->key, method), false);
        assert_check(&r, MR_CHECK_SEAL, keys[i].state, keys[i].id);
        if (keys[i].state != MR_PASSED) continue;
        /* the known school's key under another name is not the known school */
        assert_check(&r, MR_CHECK_TRUST, MR_UNCHECKED, "trust.identifier");
    }
    const char *spellings[] = {"did:key:1%.*s", "did:key:z1%.*s", "DID:key:%.*s", "did:key:%.*s?x", "did:key:%.*s/x"};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++) {
        mr_str key = mr_str_from(b->did, i == 1 ? 9 : 8), did = mr_str_of(format(b, spellings[i], key));
        mr_str method = mr_arena_format(&b->arena, "%.*s#%.*s", MR_STR_ARG(did), MR_STR_ARG(mr_str_from(b->did, 8)));
        mr_report r = verify_with(b, prove(b, badge(b, did, ""), b->key, method), false);
        if (r.checks[MR_CHECK_SEAL].state == MR_PASSED || r.has_view) fail_msg("%s", spellings[i]);
    }
}

/* A date that is no date of ours never makes a credential current. */
static void absurd_dates_are_not_current(void **state)
{
    struct bench *b = *state;
    static const char *const exps[] = {"'0'", "null", "-1", "1e400", "253402300800", "[]", "-1e400", "0", "1791000000"};
    for (size_t i = 0; i < sizeof exps / sizeof *exps; i++) {
        mr_str claims = test_json(
            &b->arena,
            mr_arena_format(&b->arena, "{'vct':'urn:x','iss':'%.*s','exp':%s}", MR_STR_ARG(b->did), exps[i]).ptr);
        const char *head = header_of(b, "dc+sd-jwt", method_of(&b->arena, b->did));
        mr_str token = sign(b, b->key, MR_ALG_EDDSA, head, claims);
        mr_report r = verify_with(b, mr_arena_concat(&b->arena, (mr_str[]){token, MR_STR("~")}, 2), false);
        const struct mr_check *dates = &r.checks[MR_CHECK_DATES];
        if (dates->claimed && dates->state == MR_PASSED)
            fail_msg("SD-JWT, exp %s: %.*s", exps[i], MR_STR_ARG(dates->text));
        mr_str text = badge(b, b->did, mr_arena_format(&b->arena, ",'exp':%s", exps[i]).ptr);
        r = verify_with(b, sign_text(b, "vc+jwt", text.ptr), false);
        if (dates->claimed && dates->state == MR_PASSED)
            fail_msg("vc+jwt, exp %s: %.*s", exps[i], MR_STR_ARG(dates->text));
    }
}

/* ---- several proofs ---- */

/* One proof that holds says nothing for another that does not, whoever made them. */
static void every_proof_of_a_set_must_hold(void **state)
{
    struct bench *b = *state;
    mr_str ours = method_of(&b->arena, b->did), theirs = method_of(&b->arena, b->other_did),
           text = badge(b, b->did, "");
    mr_str both[] = {prove(b, prove(b, text, b->key, ours), b->other, theirs),
                     prove(b, prove(b, text, b->other, theirs), b->key, ours)};
    mr_str forged[] = {prove(b, prove(b, text, b->other, ours), b->other, theirs),
                       prove(b, prove(b, text, b->other, theirs), b->other, ours),
                       prove(b, prove(b, text, b->key, ours), b->key, theirs)};
    for (size_t i = 0; i < 2; i++) {
        mr_report r = verify_with(b, both[i], false);
        assert_check(&r, MR_CHECK_ISSUER, MR_PASSED, "issuer.identifier");
        assert_seal(b, replace(b, both[i], "eddsa-rdfc-2022", "future-suite-2030"), false, MR_UNCHECKED,
                    "proof.unknown_suite");
    }
    for (size_t i = 0; i < 3; i++) assert_seal(b, forged[i], false, MR_FAILED, "seal.signature.changed");
    mr_report r = verify_with(b, prove(b, prove(b, text, b->other, theirs), b->other, theirs), false);
    assert_check(&r, MR_CHECK_ISSUER, MR_FAILED, "issuer.other_identifier");
}

static void what_is_no_proof_seals_nothing(void **state)
{
    struct bench *b = *state;
    mr_str good = prove(b, badge(b, b->did, ""), b->key, method_of(&b->arena, b->did));
    ptrdiff_t at = mr_str_find(good, MR_STR("\"proof\":"));
    mr_str before = mr_str_make(good.ptr, (size_t)at + 8), proof = mr_str_from(good, (size_t)at + 8);
    proof.len--; /* the document's bracket */
    static const char *const lists[] = {"[]",       "[1]",         "null",     "true",     "\"x\"",
                                        "[%.*s,1]", "[null,%.*s]", "[[%.*s]]", "[%.*s,{}]"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        mr_str value = mr_str_find(mr_str_of(lists[i]), MR_STR("%")) < 0 ? mr_str_of(lists[i])
                                                                         : mr_str_of(format(b, lists[i], proof));
        mr_report r = verify_with(b, mr_arena_concat(&b->arena, (mr_str[]){before, value, MR_STR("}")}, 3), false);
        if (r.verdict != MR_VERDICT_INVALID || r.has_view) fail_msg("%s", lists[i]);
    }
}

/* ---- what the holder keeps back, or adds ---- */

/* An SD-JWT of the school's: claims as text, what of them can be hidden, and what is shown (all: NULL). */
static mr_str disclose(struct bench *b, const char *typ, mr_str claims, const char *hidable, const char *shown)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    const struct mr_jose_header header = {.typ = typ, .kid = method_of(&b->arena, b->did)};
    mr_str pointers[4], rest = mr_str_of(hidable);
    struct mr_sd_frame frame = {.pointers = pointers};
    mr_jose_signer signer;
    const mr_json *json;
    while (rest.len && mr_str_split(&rest, ' ', &pointers[frame.count])) frame.count++;
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_json_parse(&b->arena, claims, NULL, &json, &err), err);
    assert_ok(mr_jose_signer_init(&signer, &b->arena, b->key, &header, &err), err);
    assert_ok(mr_sd_jwt_issue(&signer, json, &frame, &b->env, &b->arena, &out, &err), err);
    mr_str whole = mr_arena_dup(&b->arena, mr_buf_str(&out));
    if (!shown) return whole;
    mr_sd_jwt read;
    mr_str show = mr_str_of(shown);
    const struct mr_sd_presentation p = {.show = &show, .show_count = show.len > 0, .now = TEST_NOW};
    mr_buf_clear(&out);
    assert_ok(mr_sd_jwt_read(&b->arena, whole, &read, &err), err);
    assert_ok(mr_sd_jwt_present(&read, &p, &b->arena, &out, &err), err);
    mr_sd_jwt_done(&read);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

static mr_str bit_list(struct bench *b, uint8_t value, mr_status_form form)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    struct mr_err err = {0};
    uint8_t *statuses = mr_arena_zalloc(&b->arena, MR_LIMIT_STATUS_INDEXES, 1);
    statuses[7] = value;
    const struct mr_status_publishing p = {.base = MR_STR("https://lists.example/1"),
                                           .statuses = statuses,
                                           .count = MR_LIMIT_STATUS_INDEXES,
                                           .issuer = b->did,
                                           .now = TEST_NOW,
                                           .valid_for_ms = MR_DAY_MS};
    mr_buf_init(&out, MR_MIB);
    assert_ok(mr_status_publish(&b->arena, &p, form, b->key, NULL, 0, method_of(&b->arena, b->did), &out, &err), err);
    return mr_arena_dup(&b->arena, mr_buf_str(&out));
}

/* Revoked and not suspended: shown without the entry for revocation it would seem fine. */
static void a_status_that_is_kept_back_is_not_fine(void **state)
{
    struct bench *b = *state;
    mr_str claims = badge(b, b->did,
                          ",'credentialStatus':[{'type':'BitstringStatusListEntry','statusPurpose':'revocation',"
                          "'statusListIndex':'7','statusListCredential':'https://lists.example/1/revocation'},"
                          "{'type':'BitstringStatusListEntry','statusPurpose':'suspension','statusListIndex':'7',"
                          "'statusListCredential':'https://lists.example/1/suspension'}]");
    b->pages[0] = (struct page){"https://lists.example/1/revocation", bit_list(b, 1, MR_STATUS_FORM_REVOCATION)};
    b->pages[1] = (struct page){"https://lists.example/1/suspension", bit_list(b, 1, MR_STATUS_FORM_SUSPENSION)};
    mr_report r = verify_with(b, disclose(b, "vc+sd-jwt", claims, "/credentialStatus/0", NULL), true);
    assert_check(&r, MR_CHECK_STATUS, MR_FAILED, "status.revoked");
    r = verify_with(b, disclose(b, "vc+sd-jwt", claims, "/credentialStatus/0", ""), true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.hidden");
    r = verify_with(b, disclose(b, "vc+sd-jwt", claims, "/credentialStatus", ""), true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.none");
}

/* A list whose end cannot be read must not last for ever. */
static void a_list_without_a_readable_end_says_nothing(void **state)
{
    struct bench *b = *state;
    struct mr_err err = {0};
    mr_str list = bit_list(b, 0, MR_STATUS_FORM_TOKEN), rest = list, part, payload;
    assert_true(mr_str_split(&rest, '.', &part) && mr_str_split(&rest, '.', &part));
    assert_ok(mr_base64url_read(&b->arena, part, &payload, &err), err);
    mr_str endless = sign_text(b, "statuslist+jwt", replace(b, payload, "\"exp\":", "\"exp\":\"never\",\"x\":").ptr);
    mr_str claims = test_json(&b->arena, format(b,
                                                "{'vct':'urn:x','iss':'%.*s','status':{'status_list':{'idx':7,'uri':"
                                                "'https://lists.example/1/token'}}}",
                                                b->did));
    mr_str file = disclose(b, "dc+sd-jwt", claims, "", NULL);
    b->pages[0] = (struct page){"https://lists.example/1/token", list};
    mr_report r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_STATUS, MR_PASSED, "status.active");
    b->pages[0].body = endless;
    r = verify_with(b, file, true);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.list_form");
}

/* SD-JWT VC section 2.2.2.3: whoever can hide or show them decides whose it is, how long, and whether it was withdrawn. */
static void what_every_recipient_must_see_cannot_be_hidden(void **state)
{
    struct bench *b = *state;
    mr_str claims =
        test_json(&b->arena, format(b,
                                    "{'vct':'urn:x','iss':'%.*s','nbf':1700000000,'exp':1800000000,'cnf':{'jwk':"
                                    "{'kty':'OKP'}},'status':{'status_list':{'idx':1,'uri':'https://l.example'}}}",
                                    b->did));
    static const char *const names[] = {"/iss", "/nbf", "/exp", "/cnf", "/status", "/status/status_list", "/cnf/jwk"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        mr_report r = verify_with(b, disclose(b, "dc+sd-jwt", claims, names[i], NULL), false);
        if (r.verdict != MR_VERDICT_INVALID) fail_msg("%s", names[i]);
        assert_check(&r, MR_CHECK_FORMAT, MR_FAILED, "vct.disclosable");
    }
    mr_report r = verify_with(b, disclose(b, "dc+sd-jwt", claims, "/vct", NULL), false);
    assert_int_equal(r.verdict, MR_VERDICT_INVALID);
}

/* The key that the school named is the learner's; any other proves nothing. */
static void a_binding_by_another_key_is_refused(void **state)
{
    struct bench *b = *state;
    MR_CLEANUP(mr_buf_done) mr_buf jwk;
    struct mr_err err = {0};
    mr_digest digest;
    mr_buf_init(&jwk, MR_KIB);
    assert_ok(mr_key_write_jwk(b->other, &jwk, &err), err);
    mr_str claims = mr_str_of(mr_arena_format(&b->arena, "{\"vct\":\"urn:x\",\"iss\":\"%.*s\",\"cnf\":{\"jwk\":%.*s}}",
                                              MR_STR_ARG(b->did), MR_STR_ARG(mr_buf_str(&jwk)))
                                  .ptr);
    mr_str token = disclose(b, "dc+sd-jwt", claims, "", NULL);
    assert_ok(mr_digest_make(MR_SHA256, &token, 1, &digest, &err), err);
    mr_buf_clear(&jwk);
    mr_base64url_put(&jwk, mr_digest_str(&digest));
    mr_str answer = test_json(
        &b->arena, format(b, "{'iat':1791969000,'aud':'me','nonce':'n-1','sd_hash':'%.*s'}", mr_buf_str(&jwk)));
    const char *header = "{'alg':'EdDSA','typ':'kb+jwt'}";
    mr_str own = sign(b, b->other, MR_ALG_EDDSA, header, answer),
           others = sign(b, b->key, MR_ALG_EDDSA, header, answer);
    mr_report r = verify_answer(b, mr_arena_concat(&b->arena, (mr_str[]){token, own}, 2), "me", "n-1");
    assert_check(&r, MR_CHECK_HOLDER, MR_PASSED, "holder.bound");
    r = verify_answer(b, mr_arena_concat(&b->arena, (mr_str[]){token, own}, 2), "me", "n-2");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "sd_jwt.binding_nonce");
    r = verify_answer(b, token, "me", "n-1");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "sd_jwt.no_key_binding");
    assert_seal(b, mr_arena_concat(&b->arena, (mr_str[]){token, others}, 2), false, MR_FAILED,
                "sd_jwt.binding_signature");
    mr_str untyped = sign(b, b->other, MR_ALG_EDDSA, "{'alg':'EdDSA','typ':'JWT'}", answer);
    assert_seal(b, mr_arena_concat(&b->arena, (mr_str[]){token, untyped}, 2), false, MR_FAILED, "sd_jwt.binding_form");
}

/* ---- who shows it ---- */

/* A presentation of the learner's, whose key is `other`, with these items; more: further claims. */
static mr_str present(struct bench *b, const char *items, const char *more)
{
    mr_str kid = method_of(&b->arena, b->other_did);
    const char *payload =
        mr_arena_format(&b->arena,
                        "{\"@context\":[\"" V2 "\"],\"type\":[\"VerifiablePresentation\"],\"holder\":\"%.*s\","
                        "\"verifiableCredential\":[%s]%s}",
                        MR_STR_ARG(b->other_did), items, test_json(&b->arena, more).ptr)
            .ptr;
    return sign(b, b->other, MR_ALG_EDDSA, header_of(b, "vp+jwt", kid), mr_str_of(payload));
}

/* A badge about this learner, as an item of a presentation. */
static const char *badge_about(struct bench *b, mr_str learner)
{
    mr_str text = replace(b, badge(b, b->did, ""), "\"credentialSubject\":{",
                          format(b, "\"credentialSubject\":{\"id\":\"%.*s\",", learner));
    return prove(b, text, b->key, method_of(&b->arena, b->did)).ptr;
}

static void only_an_answer_to_ones_own_question_shows_the_holder(void **state)
{
    struct bench *b = *state;
    const char *own = badge_about(b, b->other_did), *others = badge_about(b, MR_STR("did:example:somebody-else"));
    mr_str answer = present(b, own, ",'aud':['https://me.example'],'nonce':'n-1'"), plain = present(b, own, "");
    mr_report r = verify_answer(b, answer, "https://me.example", "n-1");
    assert_check(&r, MR_CHECK_HOLDER, MR_PASSED, "holder.bound");
    r = verify_answer(b, answer, "", "");
    assert_check(&r, MR_CHECK_HOLDER, MR_UNCHECKED, "holder.shown_before");
    r = verify_answer(b, answer, "https://me.example", "n-2");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "proof.challenge");
    r = verify_answer(b, answer, "https://other.example", "n-1");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "proof.domain");
    r = verify_answer(b, plain, "https://me.example", "n-1");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "proof.domain");
    r = verify_answer(b, plain, "", "n-1");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "proof.challenge");
    r = verify_answer(b, present(b, own, ",'nonce':'n-1','exp':1700000000"), "", "n-1");
    assert_check(&r, MR_CHECK_SEAL, MR_FAILED, "sd_jwt.binding_time");
    r = verify_answer(b, present(b, others, ",'nonce':'n-1'"), "", "n-1");
    assert_check(&r, MR_CHECK_HOLDER, MR_UNCHECKED, "holder.compare_name");
}

/* Of several, the worst is told: one that cannot be read at all is worse than any that can. */
static void what_cannot_be_read_is_not_passed_over(void **state)
{
    struct bench *b = *state;
    const char *own = badge_about(b, b->other_did);
    static const char *const broken[] = {
        "\"a.b.c\"", "\"e30.e30.e30~\"", "{\"type\":\"EnvelopedVerifiableCredential\",\"id\":\"urn:x\"}",
        "{\"@context\":\"" V2
        "\",\"type\":\"EnvelopedVerifiableCredential\",\"id\":\"data:application/vc+jwt,e30.%zz\"}"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const char *items = mr_arena_format(&b->arena, "%s,%s", own, broken[i]).ptr;
        mr_report r = verify_with(b, present(b, items, ""), false);
        if (r.verdict != MR_VERDICT_INVALID || r.checks[MR_CHECK_FORMAT].state != MR_FAILED) fail_msg("%s", broken[i]);
        assert_false(r.has_view);
    }
}

/* ---- words and what they stand for ---- */

/* The same statements, so that the proof holds, and the opposite to read. */
static void words_that_changed_places_are_not_shown(void **state)
{
    struct bench *b = *state;
    const char *form = "{\"@context\":[\"" V2 "\",{\"passed\":\"urn:x:%s\",\"failed\":\"urn:x:%s\"}],\"type\":"
                       "[\"VerifiableCredential\"],\"issuer\":\"%.*s\",\"credentialSubject\":{\"%s\":\"Algebra\"}}";
    mr_str text = mr_arena_format(&b->arena, form, "passed", "failed", MR_STR_ARG(b->did), "failed");
    mr_str file = prove(b, text, b->key, method_of(&b->arena, b->did));
    assert_seal(b, file, false, MR_UNCHECKED, "proof.own_context");
    file = replace(b, file, "{\"passed\":\"urn:x:passed\",\"failed\":\"urn:x:failed\"}",
                   "{\"passed\":\"urn:x:failed\",\"failed\":\"urn:x:passed\"}");
    file = replace(b, file, "\"failed\":\"Algebra\"", "\"passed\":\"Algebra\"");
    assert_seal(b, file, false, MR_UNCHECKED, "proof.own_context");
}

/* ---- how much it may ask for ---- */

/* A badge that names so many lists, each at a place of its own. */
static mr_str badge_with_lists(struct bench *b, size_t count)
{
    MR_CLEANUP(mr_buf_done) mr_buf out;
    mr_buf_init(&out, 64 * MR_KIB);
    mr_buf_puts(&out, ",'credentialStatus':[");
    for (size_t i = 0; i < count; i++)
        mr_buf_format(&out,
                      "%s{'type':'BitstringStatusListEntry','statusPurpose':'revocation','statusListIndex':'%zu',"
                      "'statusListCredential':'https://lists.example/%zu'}",
                      i ? "," : "", i, i);
    mr_buf_puts(&out, "]");
    mr_buf_putc(&out, '\0');
    mr_str text = badge(b, b->did, mr_buf_str(&out).ptr);
    return prove(b, text, b->key, method_of(&b->arena, b->did));
}

static void a_file_asks_the_network_for_so_much_and_no_more(void **state)
{
    struct bench *b = *state;
    mr_str file = badge_with_lists(b, MR_LIMIT_STATUS_ENTRIES);
    mr_report r = verify_with(b, file, true);
    assert_int_equal(b->asked, MR_LIMIT_VERIFY_FETCHES);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.unreachable");
    b->asked = 0;
    b->delay = MR_LIMIT_VERIFY_MS / 4 + 1;
    r = verify_with(b, file, true);
    assert_int_equal(b->asked, 4);
    assert_check(&r, MR_CHECK_STATUS, MR_UNCHECKED, "status.unreachable");
    assert_int_equal(r.verdict, MR_VERDICT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_claim_vct_makes_no_sd_jwt_of_another_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tokens_for_another_use_are_no_credentials, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_for_authentication_issues_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_proof_for_authentication_issues_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_an_answer_to_ones_own_question_shows_the_holder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_not_passed_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_asks_the_network_for_so_much_and_no_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_that_changed_places_are_not_shown, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_certificate_speaks_for_no_did, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_known_issuer_takes_no_other_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_key_awards_for_nobody_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_status_that_is_kept_back_is_not_fine, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_every_recipient_must_see_cannot_be_hidden, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_proof_of_a_set_must_hold, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_proof_seals_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_binding_by_another_key_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(identifiers_are_taken_as_they_are_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(absurd_dates_are_not_current, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_without_a_readable_end_says_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
