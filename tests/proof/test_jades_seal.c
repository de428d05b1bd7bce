/* What we seal: its form, that we verify it, that others verify it, and what we refuse to seal with. */
#include "sealing.h"

/* ---- level B ---- */

static void test_jades_seal__writes_what_the_standard_says(void **state)
{
    struct sealing *s = *state;
    const mr_json *root, *header;
    mr_str text = sealing_make(s, NULL, MR_STR(SEALING_PAYLOAD)), decoded;
    assert_true(mr_str_find_char(text, '\n') < 0);
    assert_ok(mr_json_parse(s->a, text, NULL, &root, &s->err), s->err);
    assert_int_equal(mr_json_count(root), 2);
    assert_str(mr_json_get_str(root, "payload"), SEALING_PAYLOAD);
    const mr_json *one = mr_json_find(root, MR_STR("/signatures/0"));
    assert_int_equal(mr_json_count(one), 2);
    assert_ok(mr_base64url_read(s->a, mr_json_get_str(one, "protected"), &decoded, &s->err), s->err);
    assert_ok(mr_json_parse(s->a, decoded, NULL, &header, &s->err), s->err);
    assert_str(mr_json_get_str(header, "alg"), "ES256");
    assert_str(mr_json_get_str(header, "typ"), "jose+json");
    assert_str(mr_json_get_str(header, "cty"), "ld+json");
    assert_true(mr_json_is(mr_json_get(header, "b64"), MR_JSON_FALSE));
    assert_null(mr_json_get(header, "sigT"));
    int64_t iat = 0;
    assert_true(mr_json_to_int64(mr_json_get(header, "iat"), &iat));
    assert_int_equal(iat, s->now / 1000);
    assert_int_equal(mr_json_count(mr_json_get(header, "crit")), 1);
    assert_int_equal(mr_json_count(mr_json_get(header, "x5c")), 2);
    mr_str der, thumbprint;
    assert_ok(mr_base64_read(s->a, mr_json_str(mr_json_at(mr_json_get(header, "x5c"), 0)), &der, &s->err), s->err);
    assert_str_eq(der, mr_certificate_der(s->seal.certificate));
    assert_ok(mr_base64url_read(s->a, mr_json_get_str(header, "x5t#S256"), &thumbprint, &s->err), s->err);
    assert_str_eq(thumbprint, mr_str_make((const char *)mr_certificate_sha256(s->seal.certificate), 32));
}

static void test_jades_seal__is_verified(void **state)
{
    struct sealing *s = *state;
    sealing_verify(s, sealing_make(s, NULL, MR_STR(SEALING_PAYLOAD)));
    const mr_jades *j = &s->j;
    sealing_assert_step("signature", &j->signature, MR_PASSED, "seal.signature.passed");
    sealing_assert_step("content", &j->content_time, MR_NOT_APPLICABLE, "seal.content_time.none");
    sealing_assert_step("time", &j->signature_time, MR_NOT_APPLICABLE, "seal.signature_time.none");
    sealing_assert_step("archive", &j->archive_time, MR_NOT_APPLICABLE, "seal.archive_time.none");
    sealing_assert_step("evidence", &j->revocation_evidence, MR_NOT_APPLICABLE, "seal.revocation_evidence.none");
    assert_str(j->payload, SEALING_PAYLOAD);
    assert_int_equal(j->level, MR_JADES_B);
    assert_int_equal(j->claimed_time, s->now / 1000 * 1000);
    assert_int_equal(j->best_time, MR_TIME_NONE);
    assert_int_equal(j->chain.state, MR_CHAIN_UNANCHORED);
    assert_int_equal(j->chain.count, 2);
    assert_int_equal(j->pool_count, 2);
    assert_int_equal(j->signatures, 1);
    assert_null(j->purpose_why);
    assert_null(j->remarks[0]);
    assert_false(j->timestamps_anchored);
    assert_str_eq(mr_certificate_der(j->certificate), mr_certificate_der(s->seal.certificate));
    assert_string_equal(mr_jades_level_name(j->level), "JAdES-B");
}

static void test_jades_verify__reaches_the_anchor(void **state)
{
    struct sealing *s = *state;
    mr_str text = sealing_make(s, NULL, MR_STR(SEALING_PAYLOAD));
    sealing_verify_with(s, text, &s->authority.certificate, 1, s->now);
    assert_int_equal(s->j.chain.state, MR_CHAIN_ANCHORED);
    sealing_verify_with(s, text, &s->authority.certificate, 1, s->now + 3650 * MR_DAY_MS);
    sealing_assert_step("signature", &s->j.signature, MR_PASSED, "seal.signature.passed");
    assert_int_equal(s->j.chain.state, MR_CHAIN_BROKEN); /* expired; whoever asks for trust must see it */
}

static void test_jades_seal__appends_and_restores(void **state)
{
    struct sealing *s = *state;
    struct mr_jades_sealing how = {.seal = &s->seal, .now = s->now};
    mr_buf_clear(&s->out);
    mr_buf_puts(&s->out, "kept");
    assert_code(mr_jades_seal(&how, MR_STR("\xFF"), s->a, &s->out, &s->err), MR_E_UTF8, s->err);
    assert_str(mr_buf_str(&s->out), "kept");
    MR_CLEANUP(mr_buf_done) mr_buf small;
    mr_buf_init(&small, 1000);
    assert_code(mr_jades_seal(&how, MR_STR(SEALING_PAYLOAD), s->a, &small, &s->err), MR_E_LIMIT, s->err);
    assert_int_equal(small.len, 0);
    assert_ok(mr_jades_seal(&how, MR_STR(SEALING_PAYLOAD), s->a, &s->out, &s->err), s->err);
    assert_true(mr_str_has_prefix(mr_buf_str(&s->out), MR_STR("kept{\"payload\":")));
}

static void test_jades_seal__every_kind_of_key(void **state)
{
    static const mr_key_kind kinds[] = {MR_KEY_RSA, MR_KEY_P256};
    struct sealing *s = *state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct mr_seal_subject subject = {MR_STR("Invented College"), MR_STR("VATSE-000000000000"), MR_STR("SE"),
                                          MR_STR("Seal")};
        struct mr_seal_key seal;
        assert_ok(mr_authority_issue_seal(&s->authority, &s->env, &subject, kinds[i], &seal, &s->err), s->err);
        struct mr_jades_sealing how = {.seal = &seal, .now = s->now};
        mr_buf_clear(&s->out);
        assert_ok(mr_jades_seal(&how, MR_STR(SEALING_PAYLOAD), s->a, &s->out, &s->err), s->err);
        sealing_verify(s, sealing_keep(s));
        sealing_assert_step("signature", &s->j.signature, MR_PASSED, "seal.signature.passed");
        mr_seal_key_done(&seal);
    }
}

/* ---- what we do not seal with ---- */

static void test_jades_seal__refuses_a_certificate_out_of_its_time(void **state)
{
    struct sealing *s = *state;
    struct mr_jades_sealing how = {.seal = &s->seal, .now = s->now - MR_DAY_MS};
    assert_code(mr_jades_seal(&how, MR_STR("{}"), s->a, &s->out, &s->err), MR_E_CERTIFICATE, s->err);
    how.now = s->now + 3650 * MR_DAY_MS;
    assert_code(mr_jades_seal(&how, MR_STR("{}"), s->a, &s->out, &s->err), MR_E_CERTIFICATE, s->err);
}

/* A seal key from the certificate NAME.pem made by the openssl command. */
static struct mr_seal_key read_seal(struct sealing *s, const char *name)
{
    struct mr_seal_key seal;
    mr_str parts[] = {peer_file(s->peer, mr_arena_format(s->a, "%s.key", name).ptr),
                      peer_file(s->peer, mr_arena_format(s->a, "%s.pem", name).ptr), peer_file(s->peer, "root.pem")};
    assert_ok(mr_seal_key_read(mr_arena_concat(s->a, parts, 3), MR_STR_EMPTY, &seal, &s->err), s->err);
    return seal;
}

static void test_jades_seal__refuses_a_certificate_for_other_ends(void **state)
{
    static const char *const extensions[] = {
        "basicConstraints=CA:FALSE\nkeyUsage=critical,keyEncipherment\n",
        "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n",
    };
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    mr_certificate_free(pki_issue(s->peer, "root", "Root", NULL, PKI_AUTHORITY, ""));
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        mr_certificate_free(pki_issue(s->peer, "wrong", "Wrong", "root", extensions[i], ""));
        struct mr_seal_key seal = read_seal(s, "wrong");
        struct mr_jades_sealing how = {.seal = &seal, .now = s->now + 60000};
        assert_code(mr_jades_seal(&how, MR_STR("{}"), s->a, &s->out, &s->err), MR_E_CERTIFICATE, s->err);
        mr_seal_key_done(&seal);
    }
}

static void test_jades_seal__refuses_without_a_private_key(void **state)
{
    struct sealing *s = *state;
    struct mr_seal_key seal = {.key = mr_certificate_key(s->seal.certificate), .certificate = s->seal.certificate};
    struct mr_jades_sealing how = {.seal = &seal, .now = s->now};
    assert_code(mr_jades_seal(&how, MR_STR("{}"), s->a, &s->out, &s->err), MR_E_KEY, s->err);
}

/* ---- level T ---- */

static void test_jades_seal__carries_a_timestamp(void **state)
{
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    sealing_open_tsa(s);
    mr_str text = sealing_make(s, sealing_stamp, MR_STR(SEALING_PAYLOAD));
    sealing_verify(s, text);
    sealing_assert_step("signature", &s->j.signature, MR_PASSED, "seal.signature.passed");
    sealing_assert_step("time", &s->j.signature_time, MR_PASSED, "seal.signature_time.passed");
    assert_str(s->j.signature_time.authority, "Invented Clock");
    assert_int_equal(s->j.level, MR_JADES_T);
    assert_int_equal(s->j.best_time, s->j.signature_time.at);
    assert_false(s->j.timestamps_anchored);
    assert_int_equal(s->j.anchored_time, MR_TIME_NONE);
    sealing_verify_with(s, text, &s->authority.certificate, 1, s->now);
    assert_int_equal(s->j.chain.state, MR_CHAIN_ANCHORED); /* now is proof enough */
    sealing_verify_with(s, text, &s->authority.certificate, 1, s->now + 3650 * MR_DAY_MS);
    assert_int_equal(s->j.chain.state, MR_CHAIN_UNANCHORED); /* nobody known vouches for the clock */
    assert_non_null(s->j.chain.why);
    mr_certificate *anchors[] = {s->authority.certificate, peer_certificate(s->peer, "tsaroot.pem")};
    sealing_verify_with(s, text, anchors, 2,
                        s->now + 3650 * MR_DAY_MS); /* the certificate has expired since, and the seal still holds */
    assert_true(s->j.timestamps_anchored);
    assert_int_equal(s->j.anchored_time, s->j.best_time);
    assert_int_equal(s->j.chain.state, MR_CHAIN_ANCHORED);
    mr_jades_done(&s->j);
    mr_certificate_free(anchors[1]);
}

static void test_jades_verify__refuses_the_timestamp_of_another_seal(void **state)
{
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    sealing_open_tsa(s);
    mr_str stamped = sealing_make(s, sealing_stamp, MR_STR(SEALING_PAYLOAD));
    mr_str element = sealing_part(s, stamped, "/signatures/0/header/etsiU/0");
    mr_str other = sealing_make(s, NULL, MR_STR("{\"other\":1}"));
    other = sealing_add_header(s, other, mr_arena_format(s->a, "{\"etsiU\":[\"%.*s\"]}", MR_STR_ARG(element)).ptr);
    sealing_verify(s, other);
    sealing_assert_step("signature", &s->j.signature, MR_PASSED, "seal.signature.passed");
    sealing_assert_step("time", &s->j.signature_time, MR_FAILED, "seal.time.changed");
    assert_int_equal(s->j.level, MR_JADES_B);
    assert_int_equal(s->j.best_time, MR_TIME_NONE);
}

static void test_jades_verify__refuses_a_claim_after_the_proof(void **state)
{
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    sealing_open_tsa(s);
    s->now += MR_DAY_MS; /* the sealer's clock */
    sealing_verify(s, sealing_make(s, sealing_stamp, MR_STR(SEALING_PAYLOAD)));
    sealing_assert_step("time", &s->j.signature_time, MR_FAILED, "seal.time.claim");
}

static void test_jades_verify__refuses_a_timestamp_after_expiry(void **state)
{
    struct sealing *s = *state;
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    sealing_open_tsa(s);
    mr_env then = test_env_fixed(1420113600000, 1); /* 2015: seals are valid for five years */
    struct mr_seal_subject subject = {MR_STR("Invented University"), MR_STR("VATDK-00000000"), MR_STR("DK"),
                                      MR_STR("Old seal")};
    mr_seal_key_done(&s->seal);
    assert_ok(mr_authority_issue_seal(&s->authority, &then, &subject, MR_KEY_P256, &s->seal, &s->err), s->err);
    s->now = mr_env_now(&then) + MR_DAY_MS;
    sealing_verify(s, sealing_make(s, sealing_stamp, MR_STR(SEALING_PAYLOAD)));
    sealing_assert_step("signature", &s->j.signature, MR_PASSED, "seal.signature.passed");
    sealing_assert_step("time", &s->j.signature_time, MR_FAILED, "seal.time.expired");
}

/* A source that answers with something else than a token over our digest. */
static int stamp_wrong(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token, struct mr_err *err)
{
    struct sealing *s = self;
    mr_str other = MR_STR("something else");
    (void)a, (void)digest, (void)err;
    *ret_token = sealing_token(s, &other, 1);
    return MR_OK;
}

static int stamp_nothing(void *self, mr_arena *a, const mr_digest *digest, mr_str *ret_token, struct mr_err *err)
{
    (void)self, (void)a, (void)digest, (void)ret_token;
    return MR_FAIL(err, MR_E_NET, "nobody answered", MR_NOWHERE);
}

static void test_jades_seal__lets_no_bad_timestamp_leave_the_house(void **state)
{
    struct sealing *s = *state;
    struct mr_jades_sealing how = {.seal = &s->seal, .now = s->now, .timestamp = stamp_nothing, .timestamp_self = s};
    mr_buf_clear(&s->out);
    assert_code(mr_jades_seal(&how, MR_STR("{}"), s->a, &s->out, &s->err), MR_E_NET, s->err);
    assert_int_equal(s->out.len, 0);
    if (!peer_is_here()) test_skip("the openssl command is not installed");
    sealing_open_tsa(s);
    how.timestamp = stamp_wrong;
    mr_buf_clear(&s->out);
    assert_code(mr_jades_seal(&how, MR_STR("{}"), s->a, &s->out, &s->err), MR_E_NET, s->err);
}

/* ---- other people's verifier ---- */

static void ask_oracle(struct sealing *s, const char *script, mr_str text)
{
    peer_write(s->peer, "sealed.jsonld", text);
    peer_do(s->peer, mr_arena_format(s->a, "python3 \"%s\" sealed.jsonld", script).ptr);
    peer_assert_said(s->peer, "failures: 0");
}

static void test_jades_seal__passes_an_independent_verifier(void **state)
{
    struct sealing *s = *state;
    const char *tools = test_tools();
    if (!tools) test_skip("the independent verifier is not here (MERIT_TOOLS)");
    if (!peer_is_here() || system("python3 -c 'import cryptography' >/dev/null 2>&1") != 0)
        test_skip("openssl or python3-cryptography is not installed");
    const char *script = realpath(test_path(s->a, tools, "oracles/verify_jades.py"), NULL);
    assert_non_null(script);
    sealing_open_tsa(s);
    ask_oracle(s, script, sealing_make(s, NULL, MR_STR(SEALING_PAYLOAD)));
    ask_oracle(s, script, sealing_make(s, sealing_stamp, MR_STR(SEALING_PAYLOAD)));
    free((char *)(uintptr_t)script);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, sealing_setup, sealing_teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_jades_seal__writes_what_the_standard_says),
        CASE(test_jades_seal__is_verified),
        CASE(test_jades_verify__reaches_the_anchor),
        CASE(test_jades_seal__appends_and_restores),
        CASE(test_jades_seal__every_kind_of_key),
        CASE(test_jades_seal__refuses_a_certificate_out_of_its_time),
        CASE(test_jades_seal__refuses_a_certificate_for_other_ends),
        CASE(test_jades_seal__refuses_without_a_private_key),
        CASE(test_jades_seal__carries_a_timestamp),
        CASE(test_jades_verify__refuses_the_timestamp_of_another_seal),
        CASE(test_jades_verify__refuses_a_claim_after_the_proof),
        CASE(test_jades_verify__refuses_a_timestamp_after_expiry),
        CASE(test_jades_seal__lets_no_bad_timestamp_leave_the_house),
        CASE(test_jades_seal__passes_an_independent_verifier),
    };
    return cmocka_run_group_tests_name("jades_seal", tests, NULL, NULL);
}
